#include "vmath.h"

#include "instructions.h"

#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------ sine, cosine */

/* Beyond this the three-part reduction below loses bits; libm then does its exact (and slow) one. */
#define VM_LARGEST 1.0e5
#define VM_CHUNK 512
#define VM_LANES 8 /* a multiple of the elements of any vector */

/* sin(x + quarter * pi/2) for x within +-VM_LARGEST.
 *
 * Cody and Waite's reduction to r + t in [-pi/4, pi/4] with pi/2 in parts of 33 bits, so that n * part is exact, then
 * the minimax polynomials of Sun's fdlibm. Both are evaluated and one is selected: no branch, so it vectorises. */
#define MADD(x, y, z) in_madd(fused, (x), (y), (z))
IN_INLINE void sine_chunk(int fused, const double *x, double *out, vm_intp count, uint64_t quarter)
{
    const double two_over_pi = 6.36619772367581382433e-01;
    const double part1 = 1.57079632673412561417e+00, part2 = 6.07710050630396597660e-11,
                 part3 = 2.02226624871116645580e-21, part4 = 8.47842766036889956997e-32;
    const double round_magic = 6755399441055744.0; /* 1.5 * 2^52: adding it leaves the integer in the low bits */
    IN_INDEPENDENT
    for (vm_intp i = 0; i < count; i++) {
        const double shifted = MADD(x[i], two_over_pi, round_magic);
        const double n = shifted - round_magic;
        uint64_t q;
        memcpy(&q, &shifted, sizeof q);
        q += quarter;
        const double r1 = MADD(-n, part1, x[i]);
        const double r2 = MADD(-n, part2, r1);
        const double e2 = MADD(-n, part2, r1 - r2);
        const double w3 = MADD(n, part3, -e2);
        const double r = r2 - w3;
        const double t = MADD(-n, part4, (r2 - r) - w3);
        const double z = r * r;
        const double v = z * r;
        double ps = MADD(z, 1.58969099521155010221e-10, -2.50507602534068634195e-08);
        ps = MADD(z, ps, 2.75573137070700676789e-06);
        ps = MADD(z, ps, -1.98412698298579493134e-04);
        ps = MADD(z, ps, 8.33333333332248946124e-03);
        const double less = MADD(z, MADD(0.5, t, -(v * ps)), -t);
        const double sine = r - MADD(-v, -1.66666666666666324348e-01, less);
        double pc = MADD(z, -1.13596475577881948265e-11, 2.08757232129817482790e-09);
        pc = MADD(z, pc, -2.75573143513906633035e-07);
        pc = MADD(z, pc, 2.48015872894767294178e-05);
        pc = MADD(z, pc, -1.38888888888741095749e-03);
        pc = z * MADD(z, pc, 4.16666666666666019037e-02);
        const double half = 0.5 * z;
        const double one_less = 1.0 - half;
        const double cosine = one_less + (((1.0 - one_less) - half) + MADD(z, pc, -(r * t)));
        uint64_t sine_bits, cosine_bits;
        memcpy(&sine_bits, &sine, sizeof sine_bits);
        memcpy(&cosine_bits, &cosine, sizeof cosine_bits);
        const uint64_t odd = 0 - (q & 1);
        uint64_t bits = (sine_bits & ~odd) | (cosine_bits & odd);
        bits ^= (q & 2) << 62;
        memcpy(&out[i], &bits, sizeof bits);
    }
}

/* What is left of the last vector goes through one too: that is quicker than one by one. */
IN_INLINE void sine_vectors(int fused, const double *x, double *out, vm_intp count, uint64_t quarter)
{
    const vm_intp rest = count % VM_LANES, whole = count - rest;
    double last[VM_LANES];
    const double *from = x;
    double *to = out;
    vm_intp n = whole;
    for (int pass = 0; pass < 2; pass++) {
        sine_chunk(fused, from, to, n, quarter);
        if (rest == 0)
            return;
        if (pass == 0) {
            for (int i = 0; i < VM_LANES; i++)
                last[i] = i < rest ? x[whole + i] : 0.0;
            from = to = last;
            n = VM_LANES;
        }
    }
    for (int i = 0; i < rest; i++)
        out[whole + i] = last[i];
}

IN_KERNEL(void, sine_block, (const double *x, double *out, vm_intp count), (x, out, count))
{
    sine_vectors(fused, x, out, count, 0);
}

IN_KERNEL(void, cosine_block, (const double *x, double *out, vm_intp count), (x, out, count))
{
    sine_vectors(fused, x, out, count, 1);
}

IN_KERNEL(int, all_reducible, (const double *x, vm_intp count), (x, count))
{
    int beyond = 0;
    for (vm_intp i = 0; i < count; i++)
        beyond |= !(fabs(x[i]) <= VM_LARGEST); /* NaN and infinity count as beyond */
    return !beyond;
}

typedef void (*block_function)(const double *, double *, vm_intp);

/* A chunk, of which some elements may be left to libm. */
static void run_chunk(const double *x, double *out, vm_intp count, block_function block, double (*one)(double))
{
    double given[VM_CHUNK];
    if (all_reducible(x, count)) {
        block(x, out, count);
        return;
    }
    memcpy(given, x, (size_t)count * sizeof(double)); /* the output may be the input */
    block(given, out, count);
    for (vm_intp i = 0; i < count; i++)
        if (!(fabs(given[i]) <= VM_LARGEST))
            out[i] = one(given[i]);
}

static void run_blocks(char **args, const vm_intp *dims, const vm_intp *strides, block_function block,
                       double (*one)(double))
{
    const vm_intp n = dims[0];
    if (strides[0] == (vm_intp)sizeof(double) && strides[1] == (vm_intp)sizeof(double)) {
        const double *x = (const double *)args[0];
        double *out = (double *)args[1];
        for (vm_intp start = 0; start < n; start += VM_CHUNK)
            run_chunk(x + start, out + start, n - start < VM_CHUNK ? n - start : VM_CHUNK, block, one);
        return;
    }
    double gathered[VM_CHUNK];
    const char *in = args[0];
    char *to = args[1];
    for (vm_intp start = 0; start < n; start += VM_CHUNK) {
        const vm_intp count = n - start < VM_CHUNK ? n - start : VM_CHUNK;
        for (vm_intp i = 0; i < count; i++, in += strides[0])
            gathered[i] = *(const double *)in;
        run_chunk(gathered, gathered, count, block, one);
        for (vm_intp i = 0; i < count; i++, to += strides[1])
            *(double *)to = gathered[i];
    }
}

VM_LOOP(vm_sin_f64)
{
    (void)data;
    run_blocks(args, dims, strides, sine_block, sin);
}

VM_LOOP(vm_cos_f64)
{
    (void)data;
    run_blocks(args, dims, strides, cosine_block, cos);
}

/* -------------------------------------------------------------------------------------------------- negative */

/* NumPy 2.4's own loop reads the wrong elements for some strides (eight doubles between two operands). */
#define VM_NEGATIVE(name, type)                                                                                 \
    IN_KERNEL(void, name##_array, (const type *x, type *out, vm_intp n), (x, out, n))                           \
    {                                                                                                           \
        IN_INDEPENDENT                                                                                          \
        for (vm_intp i = 0; i < n; i++)                                                                         \
            out[i] = -x[i];                                                                                     \
    }                                                                                                           \
    VM_LOOP(name)                                                                                               \
    {                                                                                                           \
        (void)data;                                                                                             \
        const char *x = args[0];                                                                                \
        char *out = args[1];                                                                                    \
        if (strides[0] == (vm_intp)sizeof(type) && strides[1] == (vm_intp)sizeof(type)) {                       \
            name##_array((const type *)x, (type *)out, dims[0]);                                                \
            return;                                                                                             \
        }                                                                                                       \
        for (vm_intp i = 0; i < dims[0]; i++, x += strides[0], out += strides[1])                               \
            *(type *)out = -*(const type *)x;                                                                   \
    }

VM_NEGATIVE(vm_negative_f32, float)
VM_NEGATIVE(vm_negative_f64, double)

/* -------------------------------------------------------------------------------- cotangents and infinite slopes */

/* Zero times what is infinite or NaN, zero by zero or NaN. */
#define VM_PRODUCT(g, x) ((g) * (x) != (g) * (x) && (g) == 0 ? 0 : (g) * (x))
#define VM_ZERO_PRODUCT(x, y) ((x) * (y) != (x) * (y) && ((x) == 0 || (y) == 0) ? 0 : (x) * (y))
#define VM_QUOTIENT(g, x) ((g) / (x) != (g) / (x) && (g) == 0 ? 0 : (g) / (x))

#define VM_COTANGENT_LOOP(name, type, of, first, second)                                                        \
    IN_KERNEL(void, name, (const type *g, const type *x, type *out, vm_intp n), (g, x, out, n))                 \
    {                                                                                                           \
        IN_INDEPENDENT                                                                                          \
        for (vm_intp i = 0; i < n; i++) {                                                                       \
            const type cotangent = g[first], slope = x[second];                                                 \
            out[i] = of(cotangent, slope);                                                                      \
        }                                                                                                       \
    }

#define VM_COTANGENT(name, type, of)                                                                            \
    VM_COTANGENT_LOOP(name##_arrays, type, of, i, i)                                                            \
    VM_COTANGENT_LOOP(name##_one, type, of, 0, i)                                                               \
    VM_COTANGENT_LOOP(name##_by_one, type, of, i, 0)                                                            \
    VM_LOOP(name)                                                                                               \
    {                                                                                                           \
        (void)data;                                                                                             \
        const vm_intp item = (vm_intp)sizeof(type);                                                             \
        const char *g = args[0], *x = args[1];                                                                  \
        char *out = args[2];                                                                                    \
        if (strides[2] == item) {                                                                               \
            if (strides[0] == item && strides[1] == item) {                                                     \
                name##_arrays((const type *)g, (const type *)x, (type *)out, dims[0]);                          \
                return;                                                                                         \
            }                                                                                                   \
            if (strides[0] == 0 && strides[1] == item) {                                                        \
                const type one = *(const type *)g;                                                              \
                name##_one(&one, (const type *)x, (type *)out, dims[0]);                                        \
                return;                                                                                         \
            }                                                                                                   \
            if (strides[0] == item && strides[1] == 0) {                                                        \
                const type one = *(const type *)x;                                                              \
                name##_by_one((const type *)g, &one, (type *)out, dims[0]);                                     \
                return;                                                                                         \
            }                                                                                                   \
        }                                                                                                       \
        for (vm_intp i = 0; i < dims[0]; i++) {                                                                 \
            const type cotangent = *(const type *)g, slope = *(const type *)x;                                  \
            *(type *)out = of(cotangent, slope);                                                                \
            g += strides[0], x += strides[1], out += strides[2];                                                \
        }                                                                                                       \
    }

VM_COTANGENT(vm_cotangent_product_f32, float, VM_PRODUCT)
VM_COTANGENT(vm_cotangent_product_f64, double, VM_PRODUCT)
VM_COTANGENT(vm_cotangent_product_long, long double, VM_PRODUCT)
VM_COTANGENT(vm_cotangent_quotient_f32, float, VM_QUOTIENT)
VM_COTANGENT(vm_cotangent_quotient_f64, double, VM_QUOTIENT)
VM_COTANGENT(vm_cotangent_quotient_long, long double, VM_QUOTIENT)
VM_COTANGENT(vm_zero_product_f32, float, VM_ZERO_PRODUCT)
VM_COTANGENT(vm_zero_product_f64, double, VM_ZERO_PRODUCT)
VM_COTANGENT(vm_zero_product_long, long double, VM_ZERO_PRODUCT)

/* ---------------------------------------------------------------------------------------------------- select */

typedef struct {
    uint64_t low, high;
} vm_u128;

/* Two long doubles. */
typedef struct {
    vm_u128 first, second;
} vm_u256;

/* What a derivative asks for, contiguous arrays or constants, on its own, so that it becomes a vector
 * blend. */
#define VM_SELECT_LOOP(name, type, first, second)                                                               \
    IN_KERNEL(void, name, (const uint8_t *c, const char *x, const char *y, char *out, vm_intp n), (c, x, y, out, n))\
    {                                                                                                           \
        const type *a = (const type *)x, *b = (const type *)y;                                                  \
        type *to = (type *)out;                                                                                 \
        for (vm_intp i = 0; i < n; i++) {                                                                       \
            const type p = a[first], q = b[second];                                                             \
            to[i] = c[i] ? p : q;                                                                               \
        }                                                                                                       \
    }

#define VM_SELECT(name, type)                                                                                   \
    VM_SELECT_LOOP(name##_arrays, type, i, i)                                                                   \
    VM_SELECT_LOOP(name##_else_constant, type, i, 0)                                                            \
    VM_SELECT_LOOP(name##_then_constant, type, 0, i)                                                            \
    VM_SELECT_LOOP(name##_constants, type, 0, 0)                                                                \
    VM_LOOP(name)                                                                                               \
    {                                                                                                           \
        (void)data;                                                                                             \
        const vm_intp item = (vm_intp)sizeof(type);                                                             \
        const char *c = args[0], *x = args[1], *y = args[2];                                                    \
        char *out = args[3];                                                                                    \
        if (strides[0] == 1 && strides[3] == item) {                                                            \
            if (strides[1] == item && strides[2] == item) {                                                     \
                name##_arrays((const uint8_t *)c, x, y, out, dims[0]);                                          \
                return;                                                                                         \
            }                                                                                                   \
            if (strides[1] == item && strides[2] == 0) {                                                        \
                name##_else_constant((const uint8_t *)c, x, y, out, dims[0]);                                   \
                return;                                                                                         \
            }                                                                                                   \
            if (strides[1] == 0 && strides[2] == 0) {                                                           \
                name##_constants((const uint8_t *)c, x, y, out, dims[0]);                                       \
                return;                                                                                         \
            }                                                                                                   \
            if (strides[1] == 0 && strides[2] == item) {                                                        \
                name##_then_constant((const uint8_t *)c, x, y, out, dims[0]);                                   \
                return;                                                                                         \
            }                                                                                                   \
        }                                                                                                       \
        for (vm_intp i = 0; i < dims[0]; i++) {                                                                 \
            *(type *)out = *c ? *(const type *)x : *(const type *)y;                                            \
            c += strides[0], x += strides[1], y += strides[2], out += strides[3];                               \
        }                                                                                                       \
    }

VM_SELECT(vm_select_1, uint8_t)
VM_SELECT(vm_select_2, uint16_t)
VM_SELECT(vm_select_4, uint32_t)
VM_SELECT(vm_select_8, uint64_t)
VM_SELECT(vm_select_16, vm_u128)
VM_SELECT(vm_select_32, vm_u256)

/* ---------------------------------------------------------------------------------------------- outer products */

#define VM_OUTER(name, type)                                                                                    \
    IN_KERNEL(void, name##_rows, (const char *a, vm_intp step, const char *b, char *out, vm_intp m, vm_intp n), \
              (a, step, b, out, m, n))                                                                          \
    {                                                                                                           \
        const type *row = (const type *)b;                                                                      \
        type *to = (type *)out;                                                                                 \
        for (vm_intp i = 0; i < m; i++, a += step, to += n) {                                                   \
            const type x = *(const type *)a;                                                                    \
            IN_INDEPENDENT                                                                                      \
            for (vm_intp j = 0; j < n; j++)                                                                     \
                to[j] = x * row[j];                                                                             \
        }                                                                                                       \
    }                                                                                                           \
    void name(const char *a, vm_intp step, const char *b, char *out, vm_intp m, vm_intp n)                      \
    {                                                                                                           \
        name##_rows(a, step, b, out, m, n);                                                                     \
    }

VM_OUTER(vm_outer_f32, float)
VM_OUTER(vm_outer_f64, double)
