#include "error_functions.h"

#include "instructions.h"

#include <math.h>
#include <string.h>

#define EF_CHUNK 512
/* A multiple of the elements of any vector. */
#define EF_LANES 16
#define EF_PLACES 1024 /* of 1/128 each; beyond 6 erf is 1 */

typedef struct {
    double erf, slope;
} ef_place;

static ef_place places[EF_PLACES];

/* 6, where erf is 1: of a number that it knows, a compiler makes a branch with all that follows from it. */
static double far;

/* From each place to the next by Taylor's series at the middle between them, in which the even terms cancel; the sum is
 * kept in two numbers, so that a thousand steps add up to less than a tenth of an ulp. */
void ef_prepare(void)
{
    const double first = 1.12837916709551257390, half = 1.0 / 256, half2 = half * half; /* 2/sqrt(pi) */
    double sum = 0.0, rest = 0.0;
    far = 6.0;
    for (int k = 0; k < EF_PLACES; k++) {
        const double place = k / 128.0, middle = place + half, m2 = middle * middle;
        places[k].erf = sum;
        places[k].slope = first * exp(-place * place);
        const double c3 = -1.0 / 3 + m2 * (2.0 / 3), c5 = 0.1 + m2 * (-0.4 + m2 * (2.0 / 15));
        const double step = 2.0 * half * first * exp(-m2) * (1.0 + half2 * (c3 + half2 * c5)) + rest;
        const double next = sum + step;
        rest = step - (next - sum);
        sum = next;
    }
}

IN_INLINE uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

IN_INLINE double of_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* erf(r + d) by Taylor's series at the nearest multiple r of 1/128: its derivatives are Hermite polynomials times the
 * first one. |d| is at most 1/256, so six terms are enough. Of numbers, or of vectors of them: of a = |x|, `shifted`,
 * which is a + EF_MAGIC, and what the place has. */
#define EF_MAGIC 52776558133248.0 /* 1.5 * 2^45: adding it leaves 128 times the number in the low bits */
#define EF_SERIES(real, MADD, SET)                                                                              \
    const real r = shifted - SET(EF_MAGIC), d = a - r, r2 = r * r;                                              \
    const real c3 = MADD(r2, SET(2.0 / 3), SET(-1.0 / 3));                                                      \
    const real c4 = MADD(r2, SET(-1.0 / 3), SET(0.5)); /* times r */                                            \
    const real c5 = MADD(r2, MADD(r2, SET(2.0 / 15), SET(-0.4)), SET(0.1));                                     \
    const real c6 = r * MADD(r2, MADD(r2, SET(-2.0 / 45), SET(2.0 / 9)), SET(-1.0 / 6));                        \
    const real last = MADD(r, c4, d * MADD(d, c6, c5));                                                         \
    const real more = MADD(d, MADD(d, last, c3), -r);                                                           \
    const real value = MADD(slope, MADD(d * d, more, d), erf);

#define MADD(x, y, z) in_madd(fused, (x), (y), (z))
#define EF_AS_IT_IS(x) (x)
IN_INLINE double erf_of(int fused, double x)
{
    const double whole = fabs(x), a = whole > far ? far : whole; /* (a NaN stays one) */
    const double shifted = a + EF_MAGIC;
    const uint64_t k = bits_of(shifted) & (EF_PLACES - 1);
    const double erf = places[k].erf, slope = places[k].slope;
    EF_SERIES(double, MADD, EF_AS_IT_IS)
    return of_bits(bits_of(value) | (bits_of(x) & (uint64_t)1 << 63));
}

#define EF_NUMBERS(name, type)                                                                                  \
    IN_INLINE void name##_numbers(int fused, const type *x, type *out, vm_intp n)                               \
    {                                                                                                           \
        IN_INDEPENDENT                                                                                          \
        for (vm_intp i = 0; i < n; i++)                                                                         \
            out[i] = (type)erf_of(fused, (double)x[i]);                                                         \
    }

EF_NUMBERS(erf_f64, double)
EF_NUMBERS(erf_f32, float)

/* With wider registers by their names: compilers fetch the two numbers of a place one by one, or gather them, each as it
 * thinks best, and either takes longer. */
#if defined(IN_WIDER)
#define EF_PAIR(k) _mm_loadu_pd(&places[k].erf)
#define EF_VECTORS(name, type, real, bits, lanes, LOAD, STORE, FMA, MIN, SET, PAIRS, LOW, HIGH)                 \
    static void name(const type *x, type *out, vm_intp n)                                                       \
    {                                                                                                           \
        for (vm_intp i = 0; i < n; i += lanes) {                                                                \
            const real given = LOAD(x + i), sign = SET(-0.0);                                                   \
            const real a = MIN(SET(far), (real)((bits)given & ~(bits)sign)); /* (a NaN stays one) */            \
            const real shifted = a + SET(EF_MAGIC);                                                             \
            const bits k = (bits)shifted & (EF_PLACES - 1);                                                     \
            const real even = PAIRS(k, 0), odd = PAIRS(k, 1), erf = LOW(even, odd), slope = HIGH(even, odd);    \
            EF_SERIES(real, FMA, SET)                                                                           \
            STORE(out + i, (real)((bits)value | ((bits)given & (bits)sign)));                                   \
        }                                                                                                       \
    }

#define EF_PAIRS4(k, first)                                                                                     \
    _mm256_insertf128_pd(_mm256_castpd128_pd256(EF_PAIR(k[first])), EF_PAIR(k[first + 2]), 1)
#define EF_LOAD4(from) _mm256_cvtps_pd(_mm_loadu_ps(from))
#define EF_STORE4(to, x) _mm_storeu_ps(to, _mm256_cvtpd_ps(x))
IN_BEGIN(IN_TARGET_AVX2)
EF_VECTORS(erf_f64_avx2, double, __m256d, __m256i, 4, _mm256_loadu_pd, _mm256_storeu_pd, _mm256_fmadd_pd,
           _mm256_min_pd, _mm256_set1_pd, EF_PAIRS4, _mm256_unpacklo_pd, _mm256_unpackhi_pd)
EF_VECTORS(erf_f32_avx2, float, __m256d, __m256i, 4, EF_LOAD4, EF_STORE4, _mm256_fmadd_pd, _mm256_min_pd,
           _mm256_set1_pd, EF_PAIRS4, _mm256_unpacklo_pd, _mm256_unpackhi_pd)
IN_END

#define EF_PAIRS8(k, first)                                                                                     \
    _mm512_insertf64x4(_mm512_castpd256_pd512(EF_PAIRS4(k, first)), EF_PAIRS4(k, first + 4), 1)
#define EF_LOAD8(from) _mm512_cvtps_pd(_mm256_loadu_ps(from))
#define EF_STORE8(to, x) _mm256_storeu_ps(to, _mm512_cvtpd_ps(x))
IN_BEGIN(IN_TARGET_AVX512)
EF_VECTORS(erf_f64_avx512, double, __m512d, __m512i, 8, _mm512_loadu_pd, _mm512_storeu_pd, _mm512_fmadd_pd,
           _mm512_min_pd, _mm512_set1_pd, EF_PAIRS8, _mm512_unpacklo_pd, _mm512_unpackhi_pd)
EF_VECTORS(erf_f32_avx512, float, __m512d, __m512i, 8, EF_LOAD8, EF_STORE8, _mm512_fmadd_pd, _mm512_min_pd,
           _mm512_set1_pd, EF_PAIRS8, _mm512_unpacklo_pd, _mm512_unpackhi_pd)
IN_END
#define EF_ERF(name, type)                                                                                      \
    IN_INLINE void name##_run(const type *x, type *out, vm_intp n)                                              \
    {                                                                                                           \
        if (in_here == IN_AVX512)                                                                               \
            name##_avx512(x, out, n);                                                                           \
        else if (in_here == IN_AVX2)                                                                            \
            name##_avx2(x, out, n);                                                                             \
        else                                                                                                    \
            name##_numbers(IN_BASELINE_FUSES, x, out, n);                                                       \
    }
#else
#define EF_ERF(name, type)                                                                                      \
    IN_INLINE void name##_run(const type *x, type *out, vm_intp n) { name##_numbers(IN_BASELINE_FUSES, x, out, n); }
#endif
EF_ERF(erf_f64, double)
EF_ERF(erf_f32, float)

/* erfc(a) = exp(-a^2) * f(t) / (1 + 2a) for a = |x|, with f a polynomial of t = (a - 4)/(a + 4), fitted up to 28, where
 * erfc has long been zero (after Shepherd and Laframboise, Math. Comp. 36, 1981). The square is taken in two parts, so
 * that its rounding is not blown up by the exponential. */
IN_INLINE double erfc_of(int fused, double x)
{
    const double log2_e = 1.44269504088896338700e+00, ln2_high = 6.93147180369123816490e-01,
                 ln2_low = 1.90821492927058770002e-10;
    const double round_magic = 6755399441055744.0; /* 1.5 * 2^52 */
    const double whole = fabs(x), a = whole > 28.0 ? 28.0 : whole;
    const double high = of_bits(bits_of(a) & 0xfffffffff8000000u); /* 26 bits: its square is exact */
    const double below = a - high, above = a + high; /* the square's other part is their product */
    const double square = high * high;
    const double shifted = MADD(MADD(below, above, square), -log2_e, round_magic);
    const double n = shifted - round_magic;
    const double r = MADD(-below, above, MADD(n, -ln2_low, MADD(n, -ln2_high, -square)));
    double g = MADD(r, 2.510038549551032e-08, 2.7620088445409746e-07);
    g = MADD(r, g, 2.7557268459997064e-06);
    g = MADD(r, g, 2.4801521295954376e-05);
    g = MADD(r, g, 0.00019841269863053618);
    g = MADD(r, g, 0.0013888888917213717);
    g = MADD(r, g, 0.008333333333330062);
    g = MADD(r, g, 0.04166666666662413);
    g = MADD(r, g, 0.16666666666666669);
    g = MADD(r, g, 0.5);
    const double power = 1.0 + MADD(r * r, g, r);
    const double t = (a - 4.0) / (a + 4.0);
    double f = MADD(t, -1.8206098680308682e-09, -1.3670989863347383e-08);
    f = MADD(t, f, -7.71541861441783e-09);
    f = MADD(t, f, 1.1534943745754157e-07);
    f = MADD(t, f, 6.270727157198311e-08);
    f = MADD(t, f, -8.351619688696847e-07);
    f = MADD(t, f, 3.0135049944875397e-07);
    f = MADD(t, f, 5.7178872846321855e-06);
    f = MADD(t, f, -1.1224789135154701e-05);
    f = MADD(t, f, -2.4403169244974074e-05);
    f = MADD(t, f, 0.000150622243948303);
    f = MADD(t, f, -0.00019925550755614952);
    f = MADD(t, f, -0.00075777334141333);
    f = MADD(t, f, 0.005031969755895426);
    f = MADD(t, f, -0.016197734059115006);
    f = MADD(t, f, 0.03716751556249286);
    f = MADD(t, f, -0.06633036581152939);
    f = MADD(t, f, 0.09373283499679412);
    f = MADD(t, f, -0.10103906603635213);
    f = MADD(t, f, 0.06809705425473732);
    f = MADD(t, f, 0.01537965210262074);
    f = MADD(t, f, -0.1396211168405629);
    f = MADD(t, f, 1.2329951186255526);
    /* The power of two in two factors, each of which is a normal number. */
    const uint64_t bits = bits_of(shifted) - bits_of(round_magic);
    const uint64_t half = (uint64_t)((bits + 4096) >> 1) - 2048;
    const double value =
            power * (f / (1.0 + 2.0 * a)) * of_bits((half + 1023) << 52) * of_bits((bits - half + 1023) << 52);
    /* Near zero, where t is too close to -1, one minus the series of erf. Chosen by bits: a conditional would become a
     * branch. */
    const double z = a * a;
    double near = MADD(z, -1.0 / 1320, 1.0 / 216);
    near = MADD(z, near, -1.0 / 42);
    near = MADD(z, near, 1.0 / 10);
    near = MADD(z, near, -1.0 / 3);
    near = MADD(-1.12837916709551257390 * a, MADD(z, near, 1.0), 1.0);
    const uint64_t is_near = 0 - (uint64_t)(a < 0.0625);
    const double better = of_bits((bits_of(near) & is_near) | (bits_of(value) & ~is_near));
    return x < 0.0 ? 2.0 - better : better;
}

#define EF_ERFC(name, type)                                                                                     \
    IN_KERNEL(void, name##_run, (const type *x, type *out, vm_intp n), (x, out, n))                             \
    {                                                                                                           \
        IN_INDEPENDENT                                                                                          \
        for (vm_intp i = 0; i < n; i++)                                                                         \
            out[i] = (type)erfc_of(fused, (double)x[i]);                                                        \
    }

EF_ERFC(erfc_f64, double)
EF_ERFC(erfc_f32, float)

/* What is left of the last vector goes through one too: see sine_vectors in vmath.c. */
#define EF_KERNEL(name, type, run)                                                                              \
    static void name##_block(const type *x, type *out, vm_intp count)                                           \
    {                                                                                                           \
        const vm_intp rest = count % EF_LANES, whole = count - rest;                                            \
        type last[EF_LANES];                                                                                    \
        const type *from = x;                                                                                   \
        type *to = out;                                                                                         \
        vm_intp n = whole;                                                                                      \
        for (int pass = 0; pass < 2; pass++) {                                                                  \
            run(from, to, n);                                                                                   \
            if (rest == 0)                                                                                      \
                return;                                                                                         \
            if (pass == 0) {                                                                                    \
                for (int i = 0; i < EF_LANES; i++)                                                              \
                    last[i] = i < rest ? x[whole + i] : 0;                                                      \
                from = to = last;                                                                               \
                n = EF_LANES;                                                                                   \
            }                                                                                                   \
        }                                                                                                       \
        for (int i = 0; i < rest; i++)                                                                          \
            out[whole + i] = last[i];                                                                           \
    }                                                                                                           \
                                                                                                                \
    VM_LOOP(name)                                                                                               \
    {                                                                                                           \
        (void)data;                                                                                             \
        if (strides[0] == (vm_intp)sizeof(type) && strides[1] == (vm_intp)sizeof(type)) {                       \
            name##_block((const type *)args[0], (type *)args[1], dims[0]);                                      \
            return;                                                                                             \
        }                                                                                                       \
        type chunk[EF_CHUNK];                                                                                   \
        const char *in = args[0];                                                                               \
        char *out = args[1];                                                                                    \
        for (vm_intp start = 0; start < dims[0]; start += EF_CHUNK) {                                           \
            const vm_intp count = dims[0] - start < EF_CHUNK ? dims[0] - start : EF_CHUNK;                      \
            for (vm_intp i = 0; i < count; i++, in += strides[0])                                               \
                chunk[i] = *(const type *)in;                                                                   \
            name##_block(chunk, chunk, count);                                                                  \
            for (vm_intp i = 0; i < count; i++, out += strides[1])                                              \
                *(type *)out = chunk[i];                                                                        \
        }                                                                                                       \
    }

EF_KERNEL(ef_erf_f64, double, erf_f64_run)
EF_KERNEL(ef_erf_f32, float, erf_f32_run)
EF_KERNEL(ef_erfc_f64, double, erfc_f64_run)
EF_KERNEL(ef_erfc_f32, float, erfc_f32_run)
