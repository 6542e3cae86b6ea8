#ifndef REAL
#include "softmax.h"

#include "instructions.h"

#include <math.h>
#include <string.h>

#define PIECE 1024 /* elements whose exponentials are taken in one call: they stay in the first cache */
#define CHUNK 8192 /* of a row that is added up in pieces, by any thread: a multiple of PIECE */
#define LANES 8

enum {
    SOFTMAX,
    LOG_SOFTMAX,
    RESIDUAL,      /* softmax, less one at each row's label */
    LOGSUMEXP,     /* from here on a number a row */
    CLASS_LOSS,    /* the logarithm of softmax at the label, negative */
    CROSS_ENTROPY, /* that of all, weighted with probabilities */
};

/* Rows lie along the axis: `outer` times `inner` of them, whose n elements are `inner` apart. */
typedef struct {
    kn_intp outer, n, inner;
    kn_intp units, chunks; /* what threads take: rows or groups of rows, each in so many chunks */
    int what, single;
    int logits; /* which operand they are; the other one are labels or probabilities */
} axis_call;

/* What is below, once for each dtype. */
#define REAL float
#define NAME(name) sm_##name##_f32
#define WHICH 0
#define MADD(x, y, z) in_maddf(fused, (x), (y), (z))
#include "softmax.c"
#undef REAL
#undef NAME
#undef WHICH
#undef MADD
#define REAL double
#define NAME(name) sm_##name##_f64
#define WHICH 1
#define MADD(x, y, z) in_madd(fused, (x), (y), (z))
#include "softmax.c"

static kn_intp smaller(kn_intp a, kn_intp b)
{
    return a < b ? a : b;
}

/* Beside each other in memory there are enough rows for the loops to go across them. */
static int across(const axis_call *c)
{
    return c->inner >= LANES;
}

static void share_units(axis_call *c)
{
    c->chunks = 1;
    if (across(c))
        c->units = c->outer * ((c->inner + PIECE - 1) / PIECE);
    else if (c->n <= PIECE)
        c->units = (c->outer * c->inner + PIECE / smaller(PIECE, c->n + 1) - 1) / (PIECE / smaller(PIECE, c->n + 1));
    else {
        c->units = c->outer * c->inner;
        if (c->what == LOGSUMEXP)
            c->chunks = (c->n + CHUNK - 1) / CHUNK;
    }
}

static int takes(const kn_operand *x)
{
    return x->dtype == KN_FLOAT || x->dtype == KN_DOUBLE;
}

/* What is the same for all of them: the rows, and a result with the operand's shape, or without its axis `at`. */
static int prepare_rows(axis_call *c, const kn_call *call, kn_result *result, int what, int logits, int64_t axis)
{
    const kn_operand *x = &call->operands[logits];
    if (!takes(x) || !kn_around(x, axis, &c->outer, &c->n, &c->inner))
        return 0;
    c->what = what;
    c->single = x->dtype == KN_FLOAT;
    c->logits = logits;
    share_units(c);
    result->dtype = x->dtype;
    for (int d = 0; d < x->nd; d++)
        if (what < LOGSUMEXP || d != x->nd + (int)axis)
            result->dims[result->nd++] = x->dims[d];
    result->work = 8 * c->outer * c->n * c->inner;
    return 1;
}

static int prepare_softmax(void *made, const kn_call *call, kn_result *result)
{
    return call->number_count == 1 && prepare_rows(made, call, result, SOFTMAX, 0, call->numbers[0]);
}

static int prepare_log_softmax(void *made, const kn_call *call, kn_result *result)
{
    return call->number_count == 1 && prepare_rows(made, call, result, LOG_SOFTMAX, 0, call->numbers[0]);
}

/* Labels are an array among the attributes. */
static int prepare_labelled(axis_call *c, const kn_call *call, kn_result *result, int what)
{
    kn_intp count = 1;
    if (call->number_count != 1 || call->count != 2 || call->operands[1].dtype != KN_INT64
        || !prepare_rows(c, call, result, what, 0, -1))
        return 0;
    for (int d = 0; d < call->operands[1].nd; d++)
        count *= call->operands[1].dims[d];
    return count == c->outer && c->n > 0;
}

static int prepare_residual(void *made, const kn_call *call, kn_result *result)
{
    return prepare_labelled(made, call, result, RESIDUAL);
}

static int prepare_class_loss(void *made, const kn_call *call, kn_result *result)
{
    return prepare_labelled(made, call, result, CLASS_LOSS);
}

static int prepare_cross_entropy(void *made, const kn_call *call, kn_result *result)
{
    return call->number_count == 1 && call->count == 2 && call->operands[0].dtype == call->operands[1].dtype
           && prepare_rows(made, call, result, CROSS_ENTROPY, 1, call->numbers[0]);
}

static int prepare_logsumexp(void *made, const kn_call *call, kn_result *result)
{
    axis_call *c = made;
    if (!takes(&call->operands[0]) || !kn_over(call, 1, result, &c->outer, &c->n, &c->inner))
        return 0;
    c->what = LOGSUMEXP;
    c->single = call->operands[0].dtype == KN_FLOAT;
    c->logits = 0;
    share_units(c);
    result->work = 8 * c->outer * c->n * c->inner;
    if (c->chunks > 1) /* of each a maximum and a sum */
        result->scratch = 2 * sizeof(double) * (size_t)(c->units * c->chunks);
    return 1;
}

/* Labels, looked at, as what the kernels above read. */
typedef struct {
    kn_intp count;
    int64_t classes;
    int wide;
} label_call;

static int prepare_labels(void *made, const kn_call *call, kn_result *result)
{
    label_call *c = made;
    const kn_operand *x = &call->operands[0];
    if (call->number_count != 1 || call->count != 1 || (x->dtype != KN_INT64 && x->dtype != KN_INT32))
        return 0;
    c->count = 1;
    c->classes = call->numbers[0];
    c->wide = x->dtype == KN_INT64;
    result->dtype = KN_INT64;
    result->nd = x->nd;
    for (int d = 0; d < x->nd; d++)
        c->count *= result->dims[d] = x->dims[d];
    return 1;
}

static int run_labels(const void *made, const kn_run *run)
{
    const label_call *c = made;
    int64_t *out = (int64_t *)run->out;
    for (kn_intp i = 0; i < c->count; i++) {
        out[i] = c->wide ? ((const int64_t *)run->operands[0])[i] : ((const int32_t *)run->operands[0])[i];
        if (out[i] < 0 || out[i] >= c->classes)
            return 0;
    }
    return 1;
}

typedef struct {
    const axis_call *call;
    const kn_run *run;
} axis_run;

static void run_units(void *context, kn_intp begin, kn_intp end)
{
    const axis_run *r = context;
    for (kn_intp unit = begin; unit < end; unit++)
        if (r->call->single)
            sm_unit_f32(r->call, r->run, unit);
        else
            sm_unit_f64(r->call, r->run, unit);
}

static int run_along(const void *made, const kn_run *run)
{
    axis_run r = {made, run};
    if (r.call->what == RESIDUAL || r.call->what == CLASS_LOSS) {
        const int64_t *labels = (const int64_t *)run->operands[1];
        for (kn_intp row = 0; row < r.call->outer; row++)
            if (labels[row] < 0 || labels[row] >= r.call->n)
                return 0;
    }
    kn_share(run, r.call->units * r.call->chunks, run_units, &r);
    if (r.call->chunks > 1) {
        if (r.call->single)
            sm_join_f32(r.call, run);
        else
            sm_join_f64(r.call, run);
    }
    return 1;
}

const kn_kernel sm_labels = {"class_numbers", sizeof(label_call), 0, 1, prepare_labels, run_labels};
const kn_kernel sm_softmax = {"softmax", sizeof(axis_call), 0, 1, prepare_softmax, run_along};
const kn_kernel sm_log_softmax = {"log_softmax", sizeof(axis_call), 0, 1, prepare_log_softmax, run_along};
const kn_kernel sm_residual = {"class_residual", sizeof(axis_call), 0, 1, prepare_residual, run_along};
const kn_kernel sm_class_loss = {"class_losses", sizeof(axis_call), 0, 1, prepare_class_loss, run_along};
const kn_kernel sm_cross_entropy = {"cross_entropy", sizeof(axis_call), 0, 1, prepare_cross_entropy, run_along};
const kn_kernel sm_logsumexp = {"logsumexp", sizeof(axis_call), 0, 1, prepare_logsumexp, run_along};
#else

static void NAME(exponentials)(REAL *x, kn_intp n)
{
    const kn_intp steps[2] = {sizeof(REAL), sizeof(REAL)};
    char *args[2] = {(char *)x, (char *)x};
    kn_exp.loop[WHICH](args, &n, steps, kn_exp.data[WHICH]);
}

/* The largest element; NaN is none, and comes back by way of the sum. */
IN_INLINE REAL NAME(largest_of)(const REAL *x, kn_intp n, kn_intp step)
{
    REAL top = -INFINITY;
    kn_intp i = 0;
    if (step == 1 && n >= LANES) {
        REAL tops[LANES];
        for (int j = 0; j < LANES; j++)
            tops[j] = x[j];
        for (i = LANES; i + LANES <= n; i += LANES)
            for (int j = 0; j < LANES; j++)
                tops[j] = tops[j] > x[i + j] ? tops[j] : x[i + j]; /* (NaN is forgotten again) */
        for (int j = 0; j < LANES; j++)
            top = tops[j] > top ? tops[j] : top;
    }
    for (; i < n; i++)
        top = x[i * step] > top ? x[i * step] : top;
    return top;
}

IN_KERNEL(REAL, NAME(largest), (const REAL *x, kn_intp n, kn_intp step), (x, n, step))
{
    return NAME(largest_of)(x, n, step);
}

IN_INLINE REAL NAME(total_of)(const REAL *x, kn_intp n)
{
    REAL sums[LANES] = {0}, rest = 0;
    kn_intp i = 0;
    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++)
            sums[j] += x[i + j];
    for (; i < n; i++)
        rest += x[i];
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7])) + rest;
}

IN_KERNEL(REAL, NAME(total), (const REAL *x, kn_intp n), (x, n))
{
    return NAME(total_of)(x, n);
}

IN_KERNEL(void, NAME(shifted), (const REAL *x, kn_intp step, REAL shift, REAL *out, kn_intp n),
          (x, step, shift, out, n))
{
    if (step == 1)
        for (kn_intp i = 0; i < n; i++)
            out[i] = x[i] - shift;
    else
        for (kn_intp i = 0; i < n; i++)
            out[i] = x[i * step] - shift;
}

/* Where nothing is finite the exponentials are taken as they stand. */
static REAL NAME(shift_of)(REAL top)
{
    return isfinite(top) ? top : 0;
}

/* Maximum and sum of exponentials of what may be a long row, each piece read once. */
static void NAME(pieces)(const REAL *x, kn_intp n, kn_intp step, double *top, double *total)
{
    REAL room[PIECE];
    double sum = 0, shift = -INFINITY;
    for (kn_intp begin = 0; begin < n; begin += PIECE) {
        const kn_intp count = n - begin < PIECE ? n - begin : PIECE;
        const REAL *piece = x + begin * step;
        const REAL most = NAME(largest)(piece, count, step);
        const double here = isfinite(most) ? most : (most > 0 ? 0 : shift);
        if (here > shift || !isfinite(shift)) { /* what there is so far, seen from the new maximum */
            if (isfinite(shift))
                sum *= exp(shift - here);
            shift = here;
        }
        NAME(shifted)(piece, step, isfinite(shift) ? (REAL)shift : 0, room, count);
        NAME(exponentials)(room, count);
        sum += NAME(total)(room, count);
    }
    *top = shift;
    *total = sum;
}

/* The row or the chunk of a row that is added up in pieces. */
static void NAME(join)(const axis_call *c, const kn_run *run)
{
    const double *at = (const double *)run->scratch;
    for (kn_intp row = 0; row < c->units; row++, at += 2 * c->chunks) {
        double top = -INFINITY, total = 0;
        for (kn_intp k = 0; k < c->chunks; k++)
            top = at[2 * k] > top ? at[2 * k] : top;
        for (kn_intp k = 0; k < c->chunks; k++)
            total += isfinite(at[2 * k]) ? at[2 * k + 1] * exp(at[2 * k] - top) : at[2 * k + 1];
        ((REAL *)run->out)[row] = (REAL)(log(total) + (isfinite(top) ? top : 0));
    }
}

/* What a row gives that has the same number everywhere behind its exponentials: `offset` is where it lies. */
static REAL NAME(number_of_row)(const axis_call *c, const kn_run *run, kn_intp row, kn_intp offset, REAL top,
                                REAL total)
{
    const REAL *x = (const REAL *)run->operands[c->logits] + offset;
    const REAL rest = (REAL)log(total);
    if (c->what == LOGSUMEXP)
        return rest + top;
    if (c->what == CLASS_LOSS)
        return rest - (x[((const int64_t *)run->operands[1])[row]] - top);
    const REAL *p = (const REAL *)run->operands[0] + offset;
    REAL sum = 0, room[PIECE];
    for (kn_intp begin = 0; begin < c->n; begin += PIECE) {
        const kn_intp count = c->n - begin < PIECE ? c->n - begin : PIECE;
        for (kn_intp i = 0; i < count; i++)
            room[i] = p[(begin + i) * c->inner] * ((x[(begin + i) * c->inner] - top) - rest);
        sum += NAME(total)(room, count);
    }
    return -sum;
}

static void NAME(less_one)(const axis_call *c, const kn_run *run, kn_intp row)
{
    if (c->what == RESIDUAL)
        ((REAL *)run->out)[row * c->n + ((const int64_t *)run->operands[1])[row]] -= 1;
}

/* Rows that follow each other, each less its largest element. */
IN_KERNEL(void, NAME(begin_rows), (const REAL *x, kn_intp rows, kn_intp n, int finite, REAL *shifts, REAL *room),
          (x, rows, n, finite, shifts, room))
{
    for (kn_intp row = 0; row < rows; row++, x += n, room += n) {
        const REAL top = NAME(largest_of)(x, n, 1), shift = finite && !isfinite(top) ? 0 : top;
        shifts[row] = shift;
        for (kn_intp i = 0; i < n; i++)
            room[i] = x[i] - shift;
    }
}

/* Rows of exponentials, each divided by its sum. */
IN_KERNEL(void, NAME(end_rows), (const REAL *room, kn_intp rows, kn_intp n, REAL *out), (room, rows, n, out))
{
    for (kn_intp row = 0; row < rows; row++, room += n, out += n) {
        const REAL factor = 1 / NAME(total_of)(room, n);
        for (kn_intp i = 0; i < n; i++)
            out[i] = room[i] * factor;
    }
}

/* Short rows, as many as fit a piece, whose exponentials are taken together. */
static void NAME(short_rows)(const axis_call *c, const kn_run *run, kn_intp unit)
{
    REAL room[PIECE], shifts[PIECE];
    const kn_intp group = PIECE / (c->n + 1 < PIECE ? c->n + 1 : PIECE), rows = c->outer * c->inner;
    const kn_intp begin = unit * group, end = begin + group < rows ? begin + group : rows;
    const REAL *x = (const REAL *)run->operands[c->logits];
    if (c->inner == 1)
        NAME(begin_rows)(x + begin * c->n, end - begin, c->n, c->what == LOGSUMEXP, shifts, room);
    for (kn_intp row = begin; row < end && c->inner != 1; row++) {
        const REAL *at = x + row / c->inner * c->n * c->inner + row % c->inner;
        const REAL top = NAME(largest)(at, c->n, c->inner);
        shifts[row - begin] = c->what == LOGSUMEXP ? NAME(shift_of)(top) : top;
        NAME(shifted)(at, c->inner, shifts[row - begin], room + (row - begin) * c->n, c->n);
    }
    NAME(exponentials)(room, (end - begin) * c->n);
    if (c->inner == 1 && (c->what == SOFTMAX || c->what == RESIDUAL)) {
        NAME(end_rows)(room, end - begin, c->n, (REAL *)run->out + begin * c->n);
        for (kn_intp row = begin; row < end; row++)
            NAME(less_one)(c, run, row);
        return;
    }
    for (kn_intp row = begin; row < end; row++) {
        const kn_intp offset = row / c->inner * c->n * c->inner + row % c->inner;
        const REAL *here = room + (row - begin) * c->n;
        const REAL total = NAME(total)(here, c->n), top = shifts[row - begin];
        if (c->what >= LOGSUMEXP) {
            ((REAL *)run->out)[row] = NAME(number_of_row)(c, run, row, offset, top, total);
            continue;
        }
        REAL *out = (REAL *)run->out + offset;
        if (c->what == LOG_SOFTMAX) {
            const REAL whole = top + (REAL)log(total);
            if (c->inner == 1)
                NAME(shifted)(x + offset, 1, whole, out, c->n);
            for (kn_intp i = 0; i < c->n && c->inner != 1; i++)
                out[i * c->inner] = x[offset + i * c->inner] - whole;
        } else {
            const REAL factor = 1 / total;
            for (kn_intp i = 0; i < c->n; i++)
                out[i * c->inner] = here[i] * factor;
            NAME(less_one)(c, run, row);
        }
    }
}

/* A row that does not fit a piece. */
static void NAME(long_row)(const axis_call *c, const kn_run *run, kn_intp row)
{
    REAL room[PIECE];
    const kn_intp offset = row / c->inner * c->n * c->inner + row % c->inner, step = c->inner;
    const REAL *x = (const REAL *)run->operands[c->logits] + offset;
    REAL *out = (REAL *)run->out + offset;
    double top, total;
    if (c->what >= LOGSUMEXP) {
        NAME(pieces)(x, c->n, step, &top, &total);
        const REAL shift = c->what == LOGSUMEXP ? NAME(shift_of)((REAL)top) : (REAL)top;
        ((REAL *)run->out)[row] = NAME(number_of_row)(c, run, row, offset, shift, (REAL)total);
        return;
    }
    top = NAME(largest)(x, c->n, step);
    total = 0;
    for (kn_intp begin = 0; begin < c->n; begin += PIECE) {
        const kn_intp count = c->n - begin < PIECE ? c->n - begin : PIECE;
        NAME(shifted)(x + begin * step, step, (REAL)top, room, count);
        NAME(exponentials)(room, count);
        total += NAME(total)(room, count);
        if (c->what != LOG_SOFTMAX)
            for (kn_intp i = 0; i < count; i++)
                out[(begin + i) * step] = room[i];
    }
    const REAL factor = (REAL)(1 / total), whole = (REAL)top + (REAL)log(total);
    if (c->what == LOG_SOFTMAX)
        for (kn_intp i = 0; i < c->n; i++)
            out[i * step] = x[i * step] - whole;
    else {
        for (kn_intp i = 0; i < c->n; i++)
            out[i * step] *= factor;
        NAME(less_one)(c, run, row);
    }
}

/* Some neighbouring rows, the loops going across them. */
IN_KERNEL(void, NAME(rows_across), (const axis_call *c, const kn_run *run, kn_intp unit), (c, run, unit))
{
    REAL tops[PIECE], totals[PIECE], room[PIECE];
    const kn_intp groups = (c->inner + PIECE - 1) / PIECE, first = unit % groups * PIECE;
    const kn_intp count = c->inner - first < PIECE ? c->inner - first : PIECE;
    const kn_intp at = unit / groups * c->n * c->inner + first;
    const REAL *x = (const REAL *)run->operands[c->logits] + at;
    REAL *out = (REAL *)run->out + (c->what >= LOGSUMEXP ? unit / groups * c->inner + first : at);
    IN_ACROSS
    for (kn_intp j = 0; j < count; j++) {
        tops[j] = -INFINITY;
        totals[j] = 0;
    }
    REAL *top = tops, *next = IN_OTHER(tops, room);
    for (kn_intp i = 0; i < c->n; i++) {
        IN_ACROSS
        for (kn_intp j = 0; j < count; j++)
            next[j] = x[i * c->inner + j] > top[j] ? x[i * c->inner + j] : top[j];
        REAL *const last = top;
        top = next;
        next = last;
    }
    if (c->what == LOGSUMEXP) {
        IN_ACROSS
        for (kn_intp j = 0; j < count; j++)
            tops[j] = NAME(shift_of)(top[j]);
    } else if (top != tops) {
        memcpy(tops, top, (size_t)count * sizeof(REAL));
    }
    const kn_intp most = PIECE / count; /* elements of each row whose exponentials are taken together */
    for (kn_intp begin = 0; begin < c->n; begin += most) {
        const kn_intp rows = c->n - begin < most ? c->n - begin : most;
        for (kn_intp i = 0; i < rows; i++)
            IN_ACROSS
            for (kn_intp j = 0; j < count; j++)
                room[i * count + j] = x[(begin + i) * c->inner + j] - tops[j];
        NAME(exponentials)(room, rows * count);
        for (kn_intp i = 0; i < rows; i++) {
            const REAL *here = room + i * count;
            IN_ACROSS
            for (kn_intp j = 0; j < count; j++)
                totals[j] += here[j];
            if (c->what == SOFTMAX)
                IN_ACROSS
                for (kn_intp j = 0; j < count; j++)
                    out[(begin + i) * c->inner + j] = here[j];
        }
    }
    if (c->what == SOFTMAX) {
        IN_ACROSS
        for (kn_intp j = 0; j < count; j++)
            totals[j] = 1 / totals[j];
        for (kn_intp i = 0; i < c->n; i++)
            IN_ACROSS
            for (kn_intp j = 0; j < count; j++)
                out[i * c->inner + j] *= totals[j];
        return;
    }
    IN_ACROSS
    for (kn_intp j = 0; j < count; j++)
        room[j] = (REAL)log(totals[j]);
    if (c->what == LOGSUMEXP) {
        IN_ACROSS
        for (kn_intp j = 0; j < count; j++)
            out[j] = room[j] + tops[j];
    } else if (c->what == LOG_SOFTMAX) {
        IN_ACROSS
        for (kn_intp j = 0; j < count; j++)
            totals[j] = tops[j] + room[j];
        for (kn_intp i = 0; i < c->n; i++)
            IN_ACROSS
            for (kn_intp j = 0; j < count; j++)
                out[i * c->inner + j] = x[i * c->inner + j] - totals[j];
    } else { /* CROSS_ENTROPY */
        const REAL *p = (const REAL *)run->operands[0] + at;
        IN_ACROSS
        for (kn_intp j = 0; j < count; j++)
            totals[j] = 0;
        for (kn_intp i = 0; i < c->n; i++)
            IN_ACROSS
            for (kn_intp j = 0; j < count; j++)
                totals[j] = MADD(p[i * c->inner + j], (x[i * c->inner + j] - tops[j]) - room[j], totals[j]);
        IN_ACROSS
        for (kn_intp j = 0; j < count; j++)
            out[j] = -totals[j];
    }
}

static void NAME(unit)(const axis_call *c, const kn_run *run, kn_intp unit)
{
    if (c->inner >= LANES) {
        NAME(rows_across)(c, run, unit);
    } else if (c->n <= PIECE) {
        NAME(short_rows)(c, run, unit);
    } else if (c->chunks > 1) {
        const kn_intp row = unit / c->chunks, begin = unit % c->chunks * CHUNK;
        const REAL *x = (const REAL *)run->operands[c->logits] + row / c->inner * c->n * c->inner + row % c->inner;
        double *const pair = (double *)run->scratch + 2 * unit;
        NAME(pieces)(x + begin * c->inner, c->n - begin < CHUNK ? c->n - begin : CHUNK, c->inner, pair, pair + 1);
    } else {
        NAME(long_row)(c, run, unit);
    }
}
#endif
