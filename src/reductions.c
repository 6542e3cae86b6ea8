#ifndef REAL
#include "reductions.h"

#include "instructions.h"

#include <math.h>
#include <string.h>

#define LANES 8
#define GROUP 512 /* neighbouring rows that the loops go across at once */
#define WIDE 32   /* elements that are looked through at once for a place */
#define TURNED 32 /* elements of a row of doubles up to which an operand is turned for it: NumPy's loops need not */
#define CHUNK 16384 /* elements of a long row that one thread takes */

enum { LARGEST, SMALLEST, PRODUCT, PLACE_OF_LARGEST, PLACE_OF_SMALLEST, ANY, ALL, COUNT };

/* Rows lie along the axis: `outer` times `inner` of them, whose n elements are `inner` apart. */
typedef struct {
    kn_intp outer, n, inner;
    kn_intp chunks; /* of a row that is reduced by several threads; or 1 */
    int what, dtype, result;
} rows_call;

typedef struct {
    const rows_call *call;
    const kn_run *run;
} rows_run;

/* Rows, chunks of long ones, or neighbours: groups of many, across which loops go, or chunks of few, all at once. */
static int across(const rows_call *c)
{
    return c->inner >= LANES;
}

/* What is below, once for each dtype. */
#define REAL float
#define BITS int32_t
#define NAME(name) rd_##name##_f32
#include "reductions.c"
#undef REAL
#undef BITS
#undef NAME
#define REAL double
#define BITS int64_t
#define NAME(name) rd_##name##_f64
#include "reductions.c"

static kn_intp units(const rows_call *c)
{
    return c->outer * (across(c) ? (c->inner + GROUP - 1) / GROUP : c->inner == 0 ? 0 : c->chunks);
}

static void run_reals(void *context, kn_intp begin, kn_intp end)
{
    const rows_run *r = context;
    (r->call->dtype == KN_FLOAT ? rd_units_f32 : rd_units_f64)(r->call, r->run, begin, end);
}

static int run_real(const void *made, const kn_run *run)
{
    rows_run r = {made, run};
    kn_share(run, units(made), run_reals, &r);
    if (r.call->chunks > 1) {
        if (r.call->dtype == KN_FLOAT)
            rd_join_f32(r.call, run);
        else
            rd_join_f64(r.call, run);
    }
    return 1;
}

static void divide(rows_call *c, kn_result *result, int dtype, int what)
{
    c->what = what;
    c->dtype = dtype;
    c->chunks = across(c) || c->inner == 0 || c->n < 2 * CHUNK ? 1 : (c->n + CHUNK - 1) / CHUNK;
    if (c->chunks > 1)
        result->scratch = sizeof(double) * (size_t)(c->outer * c->inner * c->chunks);
}

static int take_real(rows_call *c, const kn_call *call, kn_result *result, int what)
{
    const kn_operand *x = &call->operands[0];
    if ((x->dtype != KN_FLOAT && x->dtype != KN_DOUBLE) || !kn_reduced(call, result, &c->outer, &c->n, &c->inner)
        || (what != PRODUCT && c->n == 0))
        return 0;
    if (what != PRODUCT && result->turned && x->dtype == KN_DOUBLE && c->inner < LANES && c->n > TURNED)
        return 0;
    divide(c, result, x->dtype, what);
    result->work = c->outer * c->n * c->inner;
    return 1;
}

static int take_max(void *made, const kn_call *call, kn_result *result)
{
    return take_real(made, call, result, LARGEST);
}

static int take_min(void *made, const kn_call *call, kn_result *result)
{
    return take_real(made, call, result, SMALLEST);
}

static int take_prod(void *made, const kn_call *call, kn_result *result)
{
    return take_real(made, call, result, PRODUCT);
}

static int take_place(rows_call *c, const kn_call *call, kn_result *result, int what)
{
    const kn_operand *x = &call->operands[0];
    if ((x->dtype != KN_FLOAT && x->dtype != KN_DOUBLE) || call->number_count != 3 || x->nd == 0)
        return 0;
    const int64_t axis = call->numbers[1];
    c->result = (int)call->numbers[2];
    if ((c->result != KN_INT32 && c->result != KN_INT64)
        || !kn_around(x, axis < 0 ? axis : axis - x->nd, &c->outer, &c->n, &c->inner) || c->n == 0)
        return 0;
    divide(c, result, x->dtype, what);
    result->dtype = c->result;
    for (int d = 0; d < x->nd; d++)
        if (d != (axis < 0 ? axis + x->nd : axis))
            result->dims[result->nd++] = x->dims[d];
    result->work = 2 * c->outer * c->n * c->inner;
    return 1;
}

static int take_argmax(void *made, const kn_call *call, kn_result *result)
{
    return take_place(made, call, result, PLACE_OF_LARGEST);
}

static int take_argmin(void *made, const kn_call *call, kn_result *result)
{
    return take_place(made, call, result, PLACE_OF_SMALLEST);
}

static void run_bools(void *context, kn_intp begin, kn_intp end)
{
    const rows_run *r = context;
    const rows_call *c = r->call;
    const char *x = r->run->operands[0];
    for (kn_intp row = begin; row < end; row++) {
        const char *at = x + row / c->inner * c->n * c->inner + row % c->inner;
        kn_intp count = 0;
        if (c->what == COUNT) {
            for (kn_intp i = 0; i < c->n; i++)
                count += at[i * c->inner] != 0;
        } else if (c->inner == 1) {
            /* (True is any byte but zero, in a view of other bytes: none is where all are as the first, which is zero.) */
            count = c->what == ALL ? memchr(at, 0, (size_t)c->n) != NULL
                                   : c->n > 0 && (at[0] || memcmp(at, at + 1, (size_t)(c->n - 1)));
        } else {
            for (kn_intp i = 0; i < c->n && !count; i++)
                count = (at[i * c->inner] != 0) == (c->what == ANY);
        }
        if (c->what == COUNT && c->result == KN_FLOAT)
            ((float *)r->run->out)[row] = (float)count;
        else if (c->what == COUNT)
            ((double *)r->run->out)[row] = (double)count;
        else
            r->run->out[row] = (char)(c->what == ANY ? count : !count);
    }
}

static int run_truth(const void *made, const kn_run *run)
{
    const rows_call *c = made;
    rows_run r = {c, run};
    kn_share(run, c->outer * c->inner, run_bools, &r);
    return 1;
}

static int take_truth(rows_call *c, const kn_call *call, kn_result *result, int what)
{
    if (call->operands[0].dtype != KN_BOOL || !kn_over(call, 1, result, &c->outer, &c->n, &c->inner))
        return 0;
    c->what = what;
    result->dtype = KN_BOOL;
    result->work = c->outer * c->n * c->inner;
    return 1;
}

static int take_any(void *made, const kn_call *call, kn_result *result)
{
    return take_truth(made, call, result, ANY);
}

static int take_all(void *made, const kn_call *call, kn_result *result)
{
    return take_truth(made, call, result, ALL);
}

/* The attributes are axes, which stay, and the dtype of what is counted. */
static int take_ties(void *made, const kn_call *call, kn_result *result)
{
    rows_call *c = made;
    if (call->operands[0].dtype != KN_BOOL || !kn_over(call, 1, result, &c->outer, &c->n, &c->inner))
        return 0;
    c->what = COUNT;
    c->result = result->dtype = (int)call->numbers[call->number_count - 1];
    result->work = c->outer * c->n * c->inner;
    return c->result == KN_FLOAT || c->result == KN_DOUBLE;
}

const kn_kernel rd_max = {"largest", sizeof(rows_call), 0, 1, take_max, run_real};
const kn_kernel rd_min = {"smallest", sizeof(rows_call), 0, 1, take_min, run_real};
const kn_kernel rd_prod = {"product", sizeof(rows_call), 0, 1, take_prod, run_real};
const kn_kernel rd_argmax = {"place_of_largest", sizeof(rows_call), 0, 1, take_argmax, run_real};
const kn_kernel rd_argmin = {"place_of_smallest", sizeof(rows_call), 0, 1, take_argmin, run_real};
const kn_kernel rd_any = {"any", sizeof(rows_call), 0, 1, take_any, run_truth};
const kn_kernel rd_all = {"all", sizeof(rows_call), 0, 1, take_all, run_truth};
const kn_kernel rd_ties = {"ties", sizeof(rows_call), 0, 1, take_ties, run_truth};
#else

/* Of two numbers, a NaN where one is. */
#define LARGER(a, b) ((a) > (b) || (a) != (a) ? (a) : (b))
#define SMALLER(a, b) ((a) < (b) || (a) != (a) ? (a) : (b))
#define TIMES(a, b) ((a) * (b))

#if defined(__GNUC__)
/* Some lanes, half and a quarter of them, and what is joined of two in them: LARGER and SMALLER on vectors, where the
 * language has no choice. */
#define VECTOR(type, bytes) type __attribute__((vector_size(bytes), aligned(sizeof(type)), may_alias))
#define PIECE (32 / (kn_intp)sizeof(REAL))
typedef VECTOR(REAL, 32) NAME(reals32);
typedef VECTOR(REAL, 16) NAME(reals16);
typedef VECTOR(REAL, 8) NAME(reals8);
typedef VECTOR(BITS, 32) NAME(bits32);
typedef VECTOR(BITS, 16) NAME(bits16);
typedef VECTOR(BITS, 8) NAME(bits8);

#define JOIN(bytes, before, to, other)                                                                      \
    do {                                                                                                    \
        const NAME(reals##bytes) first = to, second = other;                                                \
        const NAME(bits##bytes) taken = (first before second) | (first != first);                           \
        to = (NAME(reals##bytes))((taken & (NAME(bits##bytes))first) | (~taken & (NAME(bits##bytes))second));\
    } while (0)

/* Such an extreme of each of some rows that lie in one piece, one after the other. The last lanes are filled with
 * elements that were there before, which changes nothing. */
#define EXTREMES(name, before, join)                                                                        \
    IN_KERNEL(void, NAME(name), (const REAL *x, kn_intp rows, kn_intp n, REAL *out), (x, rows, n, out))     \
    {                                                                                                       \
        for (kn_intp row = 0; row < rows; row++, x += n) {                                                  \
            const NAME(reals32) *at = (const NAME(reals32) *)x;                                             \
            if (n < PIECE) {                                                                                \
                REAL found = x[0];                                                                          \
                for (kn_intp i = 1; i < n; i++)                                                             \
                    found = join(found, x[i]);                                                              \
                out[row] = found;                                                                           \
                continue;                                                                                   \
            }                                                                                               \
            NAME(reals32) a = at[0];                                                                        \
            kn_intp i = PIECE;                                                                              \
            if (n >= 4 * PIECE) {                                                                           \
                NAME(reals32) b = at[1], c = at[2], d = at[3];                                              \
                for (i = 4 * PIECE; i + 4 * PIECE <= n; i += 4 * PIECE) {                                   \
                    at += 4;                                                                                \
                    JOIN(32, before, a, at[0]);                                                             \
                    JOIN(32, before, b, at[1]);                                                             \
                    JOIN(32, before, c, at[2]);                                                             \
                    JOIN(32, before, d, at[3]);                                                             \
                }                                                                                           \
                JOIN(32, before, a, b);                                                                     \
                JOIN(32, before, c, d);                                                                     \
                JOIN(32, before, a, c);                                                                     \
            }                                                                                               \
            for (; i < n; i += PIECE)                                                                       \
                JOIN(32, before, a, *(const NAME(reals32) *)(x + (i + PIECE <= n ? i : n - PIECE)));        \
            /* (Pieces by casts of a copy: what has its own address does not stay in a register.) */        \
            const NAME(reals32) all = a;                                                                    \
            NAME(reals16) low, high;                                                                        \
            memcpy(&low, &all, sizeof low);                                                                 \
            memcpy(&high, (const char *)&all + sizeof low, sizeof high);                                    \
            JOIN(16, before, low, high);                                                                    \
            const NAME(reals16) half = low;                                                                 \
            NAME(reals8) few, others;                                                                       \
            memcpy(&few, &half, sizeof few);                                                                \
            memcpy(&others, (const char *)&half + sizeof few, sizeof others);                               \
            if (sizeof(REAL) < 8) {                                                                         \
                JOIN(8, before, few, others);                                                               \
                out[row] = join(few[0], few[PIECE / 8]);                                                    \
            } else                                                                                          \
                out[row] = join(half[0], half[1]);                                                          \
        }                                                                                                   \
    }

#else
#define EXTREMES(name, before, join)                                                                        \
    IN_KERNEL(void, NAME(name), (const REAL *x, kn_intp rows, kn_intp n, REAL *out), (x, rows, n, out))     \
    {                                                                                                       \
        for (kn_intp row = 0; row < rows; row++, x += n) {                                                  \
            REAL found = x[0];                                                                              \
            for (kn_intp i = 1; i < n; i++)                                                                 \
                found = join(found, x[i]);                                                                  \
            out[row] = found;                                                                               \
        }                                                                                                   \
    }
#endif

EXTREMES(largest, >, LARGER)
EXTREMES(smallest, <, SMALLER)
#undef EXTREMES
#undef JOIN
#undef PIECE
#undef VECTOR

/* Neighbouring rows, few: lanes of each, and loops across all of them. A row in one piece is one without neighbours. */
#define NEIGHBOURS(name, start, join)                                                                 \
    IN_KERNEL(void, NAME(name), (const REAL *x, kn_intp n, kn_intp inner, REAL *out),                 \
              (x, n, inner, out))                                                                     \
    {                                                                                                 \
        REAL lanes[LANES * LANES];                                                                    \
        const kn_intp width = LANES * inner;                                                          \
        for (kn_intp j = 0; j < width; j++)                                                           \
            lanes[j] = start;                                                                         \
        kn_intp i = 0;                                                                                \
        for (; i + LANES <= n; i += LANES, x += width)                                                \
            for (kn_intp j = 0; j < width; j++)                                                       \
                lanes[j] = join(lanes[j], x[j]);                                                      \
        for (; i < n; i++, x += inner)                                                                \
            for (kn_intp j = 0; j < inner; j++)                                                       \
                lanes[j] = join(lanes[j], x[j]);                                                      \
        for (kn_intp half = width / 2; half >= inner; half /= 2)                                      \
            for (kn_intp j = 0; j < half; j++)                                                        \
                lanes[j] = join(lanes[j], lanes[j + half]);                                           \
        memcpy(out, lanes, (size_t)inner * sizeof(REAL));                                             \
    }

NEIGHBOURS(largest_of_few, -INFINITY, LARGER)
NEIGHBOURS(smallest_of_few, INFINITY, SMALLER)
NEIGHBOURS(product_of_few, 1, TIMES)
#undef NEIGHBOURS

/* A row in one piece, in as many lanes: the loop that needs no count of neighbours. */
IN_KERNEL(void, NAME(product), (const REAL *x, kn_intp rows, kn_intp n, REAL *out), (x, rows, n, out))
{
    for (kn_intp row = 0; row < rows; row++, x += n) {
        REAL lanes[LANES];
        for (int j = 0; j < LANES; j++)
            lanes[j] = 1;
        kn_intp i = 0;
        for (; i + LANES <= n; i += LANES)
            for (int j = 0; j < LANES; j++)
                lanes[j] *= x[i + j];
        for (; i < n; i++)
            lanes[0] *= x[i];
        for (int half = LANES / 2; half > 0; half /= 2)
            for (int j = 0; j < half; j++)
                lanes[j] *= lanes[j + half];
        out[row] = lanes[0];
    }
}

/* So many stretches of n times `inner` elements, what each gives behind the other. */
static void NAME(reduce)(int what, const REAL *x, kn_intp stretches, kn_intp n, kn_intp inner, REAL *out)
{
    const int largest = what == LARGEST || what == PLACE_OF_LARGEST;
    if (inner == 1)
        (what == PRODUCT ? NAME(product) : largest ? NAME(largest) : NAME(smallest))(x, stretches, n, out);
    else
        for (kn_intp k = 0; k < stretches; k++)
            (what == PRODUCT ? NAME(product_of_few) : largest ? NAME(largest_of_few) : NAME(smallest_of_few))(
                x + k * n * inner, n, inner, out + k * inner);
}

static void NAME(put_place)(const rows_call *c, const kn_run *run, kn_intp row, kn_intp place)
{
    if (c->result == KN_INT64)
        ((int64_t *)run->out)[row] = place;
    else
        ((int32_t *)run->out)[row] = (int32_t)place;
}

/* The first of what is equal to the extreme, or of NaNs: in a row in one piece, the lanes first. */
IN_KERNEL(kn_intp, NAME(place_of), (REAL extreme, const REAL *x, kn_intp n, kn_intp step), (extreme, x, n, step))
{
    kn_intp i = 0;
    if (step == 1)
        for (; i + WIDE <= n; i += WIDE) {
            int is_there = 0;
            if (extreme != extreme)
                for (int j = 0; j < WIDE; j++)
                    is_there |= x[i + j] != x[i + j];
            else
                for (int j = 0; j < WIDE; j++)
                    is_there |= x[i + j] == extreme;
            if (is_there)
                break;
        }
    if (extreme != extreme)
        while (i < n - 1 && x[i * step] == x[i * step])
            i++;
    else
        while (i < n - 1 && x[i * step] != extreme)
            i++;
    return i;
}

/* Of so many stretches, from what their extremes are. */
static void NAME(put_places)(const rows_call *c, const kn_run *run, kn_intp first, kn_intp stretches, const REAL *found)
{
    const REAL *x = (const REAL *)run->operands[0];
    for (kn_intp k = 0; k < stretches; k++)
        for (kn_intp j = 0; j < c->inner; j++)
            NAME(put_place)(c, run, (first + k) * c->inner + j,
                            NAME(place_of)(found[k * c->inner + j], x + ((first + k) * c->n) * c->inner + j, c->n,
                                           c->inner));
}

/* Neighbouring rows, the loops going across them. */
IN_KERNEL(void, NAME(rows_across), (const rows_call *c, const kn_run *run, kn_intp unit), (c, run, unit))
{
    REAL rooms[2][GROUP], *made = rooms[0], *next = IN_OTHER(rooms[0], rooms[1]);
    const kn_intp groups = (c->inner + GROUP - 1) / GROUP, first = unit % groups * GROUP, o = unit / groups;
    const kn_intp count = c->inner - first < GROUP ? c->inner - first : GROUP;
    const REAL *x = (const REAL *)run->operands[0] + o * c->n * c->inner + first;
    const REAL start = c->what == PRODUCT ? 1
                       : c->what == LARGEST || c->what == PLACE_OF_LARGEST ? -INFINITY
                                                                           : INFINITY;
    for (kn_intp j = 0; j < count; j++)
        made[j] = start;
    for (kn_intp i = 0; i < c->n; i++) {
        const REAL *at = x + i * c->inner;
        REAL *const last = made;
        if (c->what == PRODUCT)
            IN_ACROSS
            for (kn_intp j = 0; j < count; j++)
                next[j] = made[j] * at[j];
        else if (c->what == LARGEST || c->what == PLACE_OF_LARGEST)
            IN_ACROSS
            for (kn_intp j = 0; j < count; j++)
                next[j] = LARGER(made[j], at[j]);
        else
            IN_ACROSS
            for (kn_intp j = 0; j < count; j++)
                next[j] = SMALLER(made[j], at[j]);
        made = next;
        next = last;
    }
    if (c->what < PLACE_OF_LARGEST)
        memcpy((REAL *)run->out + o * c->inner + first, made, (size_t)count * sizeof(REAL));
    else
        for (kn_intp j = 0; j < count; j++)
            NAME(put_place)(c, run, o * c->inner + first + j, NAME(place_of)(made[j], x + j, c->n, c->inner));
}

static void NAME(units)(const rows_call *c, const kn_run *run, kn_intp begin, kn_intp end)
{
    const REAL *x = (const REAL *)run->operands[0];
    if (across(c)) {
        for (kn_intp unit = begin; unit < end; unit++)
            NAME(rows_across)(c, run, unit);
    } else if (c->chunks > 1) {
        for (kn_intp unit = begin; unit < end; unit++) {
            const kn_intp first = unit % c->chunks * CHUNK, n = c->n - first < CHUNK ? c->n - first : CHUNK;
            NAME(reduce)(c->what, x + (unit / c->chunks * c->n + first) * c->inner, 1, n, c->inner,
                         (REAL *)run->scratch + unit * c->inner);
        }
    } else if (c->what < PLACE_OF_LARGEST) {
        NAME(reduce)(c->what, x + begin * c->n * c->inner, end - begin, c->n, c->inner,
                     (REAL *)run->out + begin * c->inner);
    } else {
        REAL found[GROUP];
        for (kn_intp most = GROUP / c->inner, count; begin < end; begin += count) {
            count = end - begin < most ? end - begin : most;
            NAME(reduce)(c->what, x + begin * c->n * c->inner, count, c->n, c->inner, found);
            NAME(put_places)(c, run, begin, count, found);
        }
    }
}

/* What chunks have given, put together. */
static void NAME(join)(const rows_call *c, const kn_run *run)
{
    for (kn_intp o = 0; o < c->outer; o++) {
        REAL found[LANES];
        NAME(reduce)(c->what, (const REAL *)run->scratch + o * c->chunks * c->inner, 1, c->chunks, c->inner, found);
        if (c->what < PLACE_OF_LARGEST)
            memcpy((REAL *)run->out + o * c->inner, found, (size_t)c->inner * sizeof(REAL));
        else
            NAME(put_places)(c, run, o, 1, found);
    }
}
#undef LARGER
#undef SMALLER
#undef TIMES
#endif
