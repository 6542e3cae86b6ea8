#include "segments.h"

#include <float.h>
#include <string.h>

/* x has n rows of so many elements. What a group without rows has is a number, or else the worst of its dtype. */
typedef struct {
    kn_intp n, inner, count;
    int dtype, wide, largest, filled;
    int64_t empty;
} extremum_call;

/* Attributes: the rows' groups, how many of these there are, whether the largest is asked for, and what is of none. */
static int take_extremum(void *made, const kn_call *call, kn_result *result)
{
    extremum_call *c = made;
    const kn_operand *x = &call->operands[0], *ids = &call->operands[1];
    if (call->count != 2 || call->number_count != 5 || call->numbers[0] != KN_TUPLE + 4 || call->numbers[1] != 1)
        return 0;
    if ((x->dtype != KN_FLOAT && x->dtype != KN_DOUBLE && x->dtype != KN_INT32 && x->dtype != KN_INT64) || x->nd < 1
        || (ids->dtype != KN_INT32 && ids->dtype != KN_INT64) || ids->nd != 1 || ids->dims[0] != x->dims[0]
        || call->numbers[2] < 0)
        return 0;
    c->n = x->dims[0];
    c->inner = 1;
    c->count = (kn_intp)call->numbers[2];
    c->dtype = x->dtype;
    c->wide = ids->dtype == KN_INT64;
    c->largest = call->numbers[3] != 0;
    c->empty = call->numbers[4];
    c->filled = c->empty != KN_ABSENT;
    result->dtype = x->dtype;
    result->nd = x->nd;
    result->dims[0] = c->count;
    for (int d = 1; d < x->nd; d++)
        c->inner *= result->dims[d] = x->dims[d];
    result->work = (c->n + c->count) * c->inner;
    result->scratch = (size_t)c->count + 1;
    return 1;
}

/* What is no number stays what it is. */
#define EXTREMUM(type, name, least, most)                                                                              \
    static void extremum_##name(const extremum_call *c, const kn_run *run)                                             \
    {                                                                                                                  \
        const type *x = (const type *)run->operands[0];                                                                \
        type *const out = (type *)run->out;                                                                            \
        for (kn_intp g = 0; g < c->count; g++) {                                                                       \
            const type start = c->filled && !run->scratch[g] ? (type)c->empty : c->largest ? (least) : (most);         \
            for (kn_intp i = 0; i < c->inner; i++)                                                                     \
                out[g * c->inner + i] = start;                                                                         \
        }                                                                                                              \
        for (kn_intp k = 0; k < c->n; k++, x += c->inner) {                                                            \
            const kn_intp group = (kn_intp)(c->wide ? ((const int64_t *)run->operands[1])[k]                           \
                                                    : ((const int32_t *)run->operands[1])[k]);                         \
            type *const best = out + group * c->inner;                                                                 \
            if (c->largest)                                                                                            \
                for (kn_intp i = 0; i < c->inner; i++)                                                                 \
                    best[i] = best[i] >= x[i] || best[i] != best[i] ? best[i] : x[i];                                  \
            else                                                                                                       \
                for (kn_intp i = 0; i < c->inner; i++)                                                                 \
                    best[i] = best[i] <= x[i] || best[i] != best[i] ? best[i] : x[i];                                  \
        }                                                                                                              \
    }
EXTREMUM(float, f32, -FLT_MAX, FLT_MAX)
EXTREMUM(double, f64, -DBL_MAX, DBL_MAX)
EXTREMUM(int32_t, i32, INT32_MIN, INT32_MAX)
EXTREMUM(int64_t, i64, INT64_MIN, INT64_MAX)

static int run_extremum(const void *made, const kn_run *run)
{
    const extremum_call *c = made;
    memset(run->scratch, 0, (size_t)c->count + 1);
    for (kn_intp k = 0; k < c->n; k++) {
        const int64_t group = c->wide ? ((const int64_t *)run->operands[1])[k] : ((const int32_t *)run->operands[1])[k];
        if (group < 0 || group >= c->count)
            return 0;
        run->scratch[group] = 1;
    }
    if (c->dtype == KN_FLOAT)
        extremum_f32(c, run);
    else if (c->dtype == KN_DOUBLE)
        extremum_f64(c, run);
    else if (c->dtype == KN_INT32)
        extremum_i32(c, run);
    else
        extremum_i64(c, run);
    return 1;
}

/* --------------------------------------------------------------------------------------------------- groups' numbers */

typedef struct {
    kn_intp n, count;
    int wide, dtype; /* of the numbers; of the result */
} groups_call;

static int lay_out_groups(groups_call *c, const kn_call *call, int dtype, kn_result *result)
{
    const kn_operand *ids = &call->operands[0];
    if (call->count != 1 || (ids->dtype != KN_INT32 && ids->dtype != KN_INT64) || sizeof(kn_intp) != sizeof(int64_t))
        return 0;
    c->n = 1;
    for (int d = 0; d < ids->nd; d++)
        c->n *= ids->dims[d];
    c->wide = ids->dtype == KN_INT64;
    c->dtype = result->dtype = dtype;
    result->nd = 1;
    result->dims[0] = c->n;
    result->work = c->n;
    return 1;
}

static int64_t group_of(const groups_call *c, const kn_run *run, kn_intp k)
{
    return c->wide ? ((const int64_t *)run->operands[0])[k] : ((const int32_t *)run->operands[0])[k];
}

/* Attributes: what is for errors, and how many groups there are. Numbers below zero are of a group more. */
static int take_groups(void *made, const kn_call *call, kn_result *result)
{
    groups_call *c = made;
    if (call->number_count != 3 || call->numbers[0] != KN_TUPLE + 2 || call->numbers[2] < 0)
        return 0;
    c->count = (kn_intp)call->numbers[2];
    return lay_out_groups(c, call, KN_INT64, result);
}

static int run_groups(const void *made, const kn_run *run)
{
    const groups_call *c = made;
    int64_t *const out = (int64_t *)run->out;
    int beyond = 0;
    for (kn_intp k = 0; k < c->n; k++) {
        const int64_t group = group_of(c, run, k);
        beyond |= group >= c->count;
        out[k] = group < 0 ? c->count : group;
    }
    return !beyond;
}

/* Attributes: what is for errors, and the shape whose rows have these numbers, which never fall. */
static int take_ordered_groups(void *made, const kn_call *call, kn_result *result)
{
    groups_call *c = made;
    return call->number_count >= 4 && call->numbers[0] == KN_TUPLE + 2 && call->numbers[2] > KN_TUPLE
        && call->operands[0].nd == 1 && call->numbers[3] == call->operands[0].dims[0]
        && lay_out_groups(c, call, KN_INT64, result);
}

static int run_ordered_groups(const void *made, const kn_run *run)
{
    const groups_call *c = made;
    int64_t *const out = (int64_t *)run->out, before = 0;
    int falls = 0;
    for (kn_intp k = 0; k < c->n; k++) {
        const int64_t group = group_of(c, run, k);
        falls |= group < before;
        out[k] = before = group;
    }
    return !falls;
}

/* Attributes: a shape that begins with how many groups there are, and the dtype of their sizes, one at least. */
static int take_sizes(void *made, const kn_call *call, kn_result *result)
{
    groups_call *c = made;
    const int64_t nd = call->number_count - 3;
    if (nd < 1 || nd > KN_DIMS || call->numbers[0] != KN_TUPLE + 2 || call->numbers[1] != KN_TUPLE + nd
        || (call->numbers[2 + nd] != KN_FLOAT && call->numbers[2 + nd] != KN_DOUBLE) || call->operands[0].nd != 1
        || !lay_out_groups(c, call, (int)call->numbers[2 + nd], result))
        return 0;
    c->count = (kn_intp)call->numbers[2];
    result->nd = (int)nd;
    for (int d = 0; d < nd; d++)
        result->dims[d] = d ? 1 : c->count;
    result->scratch = sizeof(int64_t) * (size_t)(c->count + 1);
    return c->count >= 0;
}

static int run_sizes(const void *made, const kn_run *run)
{
    const groups_call *c = made;
    int64_t *const sizes = (int64_t *)run->scratch;
    memset(sizes, 0, sizeof(int64_t) * (size_t)(c->count + 1));
    for (kn_intp k = 0; k < c->n; k++) {
        const int64_t group = group_of(c, run, k);
        if (group < 0 || group >= c->count)
            return 0;
        sizes[group]++;
    }
    for (kn_intp g = 0; g < c->count; g++)
        if (c->dtype == KN_FLOAT)
            ((float *)run->out)[g] = sizes[g] > 1 ? (float)sizes[g] : 1;
        else
            ((double *)run->out)[g] = sizes[g] > 1 ? (double)sizes[g] : 1;
    return 1;
}

const kn_kernel sg_groups = {"groups", sizeof(groups_call), 0, 1, take_groups, run_groups};
const kn_kernel sg_ordered_groups = {"ordered_groups", sizeof(groups_call), 0, 1, take_ordered_groups,
                                     run_ordered_groups};
const kn_kernel sg_sizes = {"group_sizes", sizeof(groups_call), 0, 1, take_sizes, run_sizes};
const kn_kernel sg_extremum = {"segment_extremum", sizeof(extremum_call), 0, 1, take_extremum, run_extremum};
