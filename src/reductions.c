#ifndef REAL
#include "reductions.h"

#include <math.h>
#include <string.h>

#define LANES 8
#define GROUP 512 /* neighbouring rows that the loops go across at once */
#define SHORT 32 /* elements of a row up to which extremes are found here: NumPy's loops are quicker along long ones */
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

/* What is below, once for each dtype. */
#define REAL float
#define NAME(name) rd_##name##_f32
#include "reductions.c"
#undef REAL
#undef NAME
#define REAL double
#define NAME(name) rd_##name##_f64
#include "reductions.c"

/* Groups of rows across which loops go, chunks of long rows, or rows. */
static int across(const rows_call *c)
{
    return c->inner >= LANES;
}

static kn_intp units(const rows_call *c)
{
    return across(c) ? c->outer * ((c->inner + GROUP - 1) / GROUP) : c->outer * c->inner * c->chunks;
}

static void run_reals(void *context, kn_intp begin, kn_intp end)
{
    const rows_run *r = context;
    for (kn_intp unit = begin; unit < end; unit++)
        if (r->call->dtype == KN_FLOAT)
            rd_unit_f32(r->call, r->run, unit);
        else
            rd_unit_f64(r->call, r->run, unit);
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

static int take_real(rows_call *c, const kn_call *call, kn_result *result, int what)
{
    const kn_operand *x = &call->operands[0];
    if ((x->dtype != KN_FLOAT && x->dtype != KN_DOUBLE) || !kn_reduced(call, result, &c->outer, &c->n, &c->inner)
        || (what != PRODUCT && (c->n == 0 || (c->inner < LANES && c->n > SHORT))))
        return 0;
    c->what = what;
    c->dtype = x->dtype;
    c->chunks = across(c) || c->n < 2 * CHUNK ? 1 : (c->n + CHUNK - 1) / CHUNK;
    result->work = c->outer * c->n * c->inner;
    if (c->chunks > 1)
        result->scratch = sizeof(double) * (size_t)(c->outer * c->inner * c->chunks);
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
    c->what = what;
    c->dtype = x->dtype;
    c->result = (int)call->numbers[2];
    c->chunks = 1;
    if ((c->result != KN_INT32 && c->result != KN_INT64)
        || !kn_around(x, axis < 0 ? axis : axis - x->nd, &c->outer, &c->n, &c->inner) || c->n == 0
        || (c->inner < LANES && c->n > SHORT))
        return 0;
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

/* One row, in lanes where it lies in one piece: what is joined with what is settled by its length. */
#define ROW(name, start, join)                                                                      \
    KN_CLONES static REAL NAME(name)(const REAL *x, kn_intp n, kn_intp step)                        \
    {                                                                                               \
        REAL lanes[LANES];                                                                          \
        for (int j = 0; j < LANES; j++)                                                             \
            lanes[j] = start;                                                                       \
        kn_intp i = 0;                                                                              \
        if (step == 1)                                                                              \
            for (; i + LANES <= n; i += LANES)                                                      \
                for (int j = 0; j < LANES; j++) {                                                   \
                    const REAL a = lanes[j], b = x[i + j];                                          \
                    lanes[j] = join;                                                                \
                }                                                                                   \
        else                                                                                        \
            for (; i + LANES <= n; i += LANES)                                                      \
                for (int j = 0; j < LANES; j++) {                                                   \
                    const REAL a = lanes[j], b = x[(i + j) * step];                                 \
                    lanes[j] = join;                                                                \
                }                                                                                   \
        for (; i < n; i++) {                                                                        \
            const REAL a = lanes[0], b = x[i * step];                                               \
            lanes[0] = join;                                                                        \
        }                                                                                           \
        for (int half = LANES / 2; half > 0; half /= 2)                                             \
            for (int j = 0; j < half; j++) {                                                        \
                const REAL a = lanes[j], b = lanes[j + half];                                       \
                lanes[j] = join;                                                                    \
            }                                                                                       \
        return lanes[0];                                                                            \
    }

ROW(largest, -INFINITY, LARGER(a, b))
ROW(smallest, INFINITY, SMALLER(a, b))
ROW(product, 1, a * b)
#undef ROW

static REAL NAME(row)(int what, const REAL *x, kn_intp n, kn_intp step)
{
    if (what == PRODUCT)
        return NAME(product)(x, n, step);
    return what == LARGEST || what == PLACE_OF_LARGEST ? NAME(largest)(x, n, step) : NAME(smallest)(x, n, step);
}

static void NAME(put_place)(const rows_call *c, const kn_run *run, kn_intp row, kn_intp place)
{
    if (c->result == KN_INT64)
        ((int64_t *)run->out)[row] = place;
    else
        ((int32_t *)run->out)[row] = (int32_t)place;
}

/* The first of what is equal to the extreme, or of NaNs. */
static kn_intp NAME(place_of)(REAL extreme, const REAL *x, kn_intp n, kn_intp step)
{
    kn_intp i = 0;
    if (extreme != extreme)
        while (i < n - 1 && x[i * step] == x[i * step])
            i++;
    else
        while (i < n - 1 && x[i * step] != extreme)
            i++;
    return i;
}

/* Neighbouring rows, the loops going across them. */
KN_CLONES static void NAME(rows_across)(const rows_call *c, const kn_run *run, kn_intp unit)
{
    REAL made[GROUP];
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
        if (c->what == PRODUCT)
            for (kn_intp j = 0; j < count; j++)
                made[j] *= at[j];
        else if (c->what == LARGEST || c->what == PLACE_OF_LARGEST)
            for (kn_intp j = 0; j < count; j++)
                made[j] = LARGER(made[j], at[j]);
        else
            for (kn_intp j = 0; j < count; j++)
                made[j] = SMALLER(made[j], at[j]);
    }
    if (c->what < PLACE_OF_LARGEST)
        memcpy((REAL *)run->out + o * c->inner + first, made, (size_t)count * sizeof(REAL));
    else
        for (kn_intp j = 0; j < count; j++)
            NAME(put_place)(c, run, o * c->inner + first + j, NAME(place_of)(made[j], x + j, c->n, c->inner));
}

static void NAME(unit)(const rows_call *c, const kn_run *run, kn_intp unit)
{
    if (c->inner >= LANES) {
        NAME(rows_across)(c, run, unit);
        return;
    }
    const kn_intp row = unit / c->chunks, begin = unit % c->chunks * CHUNK;
    const REAL *x = (const REAL *)run->operands[0] + row / c->inner * c->n * c->inner + row % c->inner;
    const kn_intp n = c->chunks == 1 || c->n - begin < CHUNK ? c->n - begin : CHUNK;
    const REAL found = NAME(row)(c->what, x + begin * c->inner, n, c->inner);
    if (c->chunks > 1)
        ((REAL *)run->scratch)[unit] = found;
    else if (c->what < PLACE_OF_LARGEST)
        ((REAL *)run->out)[row] = found;
    else
        NAME(put_place)(c, run, row, NAME(place_of)(found, x, c->n, c->inner));
}

static void NAME(join)(const rows_call *c, const kn_run *run)
{
    for (kn_intp row = 0; row < c->outer * c->inner; row++)
        ((REAL *)run->out)[row] = NAME(row)(c->what, (const REAL *)run->scratch + row * c->chunks, c->chunks, 1);
}
#undef LARGER
#undef SMALLER
#endif
