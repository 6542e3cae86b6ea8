#ifndef REAL
#include "recurrence.h"

/* Rows lie along the axis: `outer` times `inner` of them, whose n elements are `inner` apart. */
typedef struct {
    kn_intp outer, n, inner;
    int single, reverse;
    int exclusive; /* a running sum leaves its own element out */
    int lagged;    /* the coefficient of a recurrence is that of the element before */
} scan_call;

typedef struct {
    const scan_call *call;
    const kn_run *run;
} scan_run;

/* What is below, once for each dtype. */
#define REAL float
#define NAME(name) rc_##name##_f32
#include "recurrence.c"
#undef REAL
#undef NAME
#define REAL double
#define NAME(name) rc_##name##_f64
#include "recurrence.c"

static int take_along(scan_call *c, const kn_call *call, kn_result *result, int64_t axis)
{
    const kn_operand *x = &call->operands[0];
    if ((x->dtype != KN_FLOAT && x->dtype != KN_DOUBLE) || !kn_around(x, axis, &c->outer, &c->n, &c->inner))
        return 0;
    c->single = x->dtype == KN_FLOAT;
    c->reverse = c->exclusive = c->lagged = 0;
    result->dtype = x->dtype;
    result->nd = x->nd;
    for (int d = 0; d < x->nd; d++)
        result->dims[d] = x->dims[d];
    result->work = 2 * c->outer * c->n * c->inner;
    return 1;
}

/* ((axis, exclusive, reverse), those of the transpose) */
static int take_cumsum(void *made, const kn_call *call, kn_result *result)
{
    scan_call *c = made;
    if (call->number_count != 9 || !take_along(c, call, result, call->numbers[2]))
        return 0;
    c->exclusive = call->numbers[3] != 0;
    c->reverse = call->numbers[4] != 0;
    return 1;
}

/* (axis, reverse) */
static int take_cumprod(void *made, const kn_call *call, kn_result *result)
{
    scan_call *c = made;
    if (call->number_count != 3 || !take_along(c, call, result, call->numbers[1]))
        return 0;
    c->reverse = call->numbers[2] != 0;
    return 1;
}

/* (axis, reverse, lagged) */
static int take_recurrence(void *made, const kn_call *call, kn_result *result)
{
    scan_call *c = made;
    if (call->count != 2 || call->number_count != 4 || call->operands[0].dtype != call->operands[1].dtype
        || call->operands[0].nd != call->operands[1].nd || !take_along(c, call, result, call->numbers[1]))
        return 0;
    for (int d = 0; d < call->operands[0].nd; d++)
        if (call->operands[0].dims[d] != call->operands[1].dims[d])
            return 0;
    c->reverse = call->numbers[2] != 0;
    c->lagged = call->numbers[3] != 0;
    return 1;
}

static int take_others(void *made, const kn_call *call, kn_result *result)
{
    return take_along(made, call, result, -1);
}

#define RUN(name)                                                         \
    static void name##_rows(void *context, kn_intp begin, kn_intp end)    \
    {                                                                     \
        const scan_run *r = context;                                      \
        for (kn_intp o = begin; o < end; o++)                             \
            if (r->call->single)                                          \
                rc_##name##_f32(r->call, r->run, o);                      \
            else                                                          \
                rc_##name##_f64(r->call, r->run, o);                      \
    }                                                                     \
    static int run_##name(const void *made, const kn_run *run)            \
    {                                                                     \
        scan_run r = {made, run};                                         \
        if (r.call->n && r.call->inner)                                   \
            kn_share(run, r.call->outer, name##_rows, &r);                \
        return 1;                                                         \
    }

RUN(cumsum)
RUN(cumprod)
RUN(recurrence)
RUN(others)

const kn_kernel rc_cumsum = {"cumsum", sizeof(scan_call), 0, 1, take_cumsum, run_cumsum};
const kn_kernel rc_cumprod = {"cumprod", sizeof(scan_call), 0, 1, take_cumprod, run_cumprod};
const kn_kernel rc_recurrence = {"linear_recurrence", sizeof(scan_call), 0, 1, take_recurrence, run_recurrence};
const kn_kernel rc_others = {"products_of_others", sizeof(scan_call), 0, 1, take_others, run_others};
#else

/* Where a row begins, and how far its elements are apart, in the direction that it is gone in. */
static kn_intp NAME(first)(const scan_call *c, kn_intp o, kn_intp *step)
{
    *step = c->reverse ? -c->inner : c->inner;
    return o * c->n * c->inner + (c->reverse ? (c->n - 1) * c->inner : 0);
}

static void NAME(cumsum)(const scan_call *c, const kn_run *run, kn_intp o)
{
    const REAL *x = (const REAL *)run->operands[0];
    REAL *out = (REAL *)run->out;
    kn_intp step, at = NAME(first)(c, o, &step);
    if (c->inner == 1) {
        REAL total = c->exclusive ? 0 : x[at];
        out[at] = total;
        for (kn_intp k = 1; k < c->n; k++) {
            total += x[c->exclusive ? at : at + step];
            at += step;
            out[at] = total;
        }
        return;
    }
    for (kn_intp m = 0; m < c->inner; m++)
        out[at + m] = c->exclusive ? 0 : x[at + m];
    for (kn_intp k = 1; k < c->n; k++, at += step) {
        const kn_intp added = c->exclusive ? at : at + step;
        for (kn_intp m = 0; m < c->inner; m++)
            out[at + step + m] = out[at + m] + x[added + m];
    }
}

static void NAME(cumprod)(const scan_call *c, const kn_run *run, kn_intp o)
{
    const REAL *x = (const REAL *)run->operands[0];
    REAL *out = (REAL *)run->out;
    kn_intp step, at = NAME(first)(c, o, &step);
    for (kn_intp m = 0; m < c->inner; m++)
        out[at + m] = x[at + m];
    for (kn_intp k = 1; k < c->n; k++, at += step)
        for (kn_intp m = 0; m < c->inner; m++)
            out[at + step + m] = out[at + m] * x[at + step + m];
}

static void NAME(recurrence)(const scan_call *c, const kn_run *run, kn_intp o)
{
    const REAL *a = (const REAL *)run->operands[0], *b = (const REAL *)run->operands[1];
    REAL *out = (REAL *)run->out;
    kn_intp step, at = NAME(first)(c, o, &step);
    for (kn_intp m = 0; m < c->inner; m++)
        out[at + m] = b[at + m];
    if (c->inner == 1) {
        REAL total = b[at];
        for (kn_intp k = 1; k < c->n; k++) {
            const kn_intp before = at;
            at += step;
            total = b[at] + a[c->lagged ? before : at] * total;
            out[at] = total;
        }
        return;
    }
    for (kn_intp k = 1; k < c->n; k++) {
        const kn_intp before = at, coefficient = c->lagged ? before : at + step;
        at += step;
        for (kn_intp m = 0; m < c->inner; m++)
            out[at + m] = b[at + m] + a[coefficient + m] * out[before + m];
    }
}

static void NAME(others)(const scan_call *c, const kn_run *run, kn_intp o)
{
    const REAL *x = (const REAL *)run->operands[0] + o * c->n;
    REAL *out = (REAL *)run->out + o * c->n;
    REAL product = 1;
    for (kn_intp i = 0; i < c->n; i++) {
        out[i] = product;
        product *= x[i];
    }
    product = 1;
    for (kn_intp i = c->n - 1; i >= 0; i--) {
        out[i] *= product;
        product *= x[i];
    }
}
#endif
