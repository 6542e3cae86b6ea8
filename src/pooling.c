#ifndef REAL
#include "pooling.h"

#include "instructions.h"
#include "sliding_windows.h"
#include "workers.h"

#include <string.h>

/* Channels that are compared beside each other. */
enum { PL_CHANNELS = 64 };

typedef struct {
    wn_geometry geometry;
    kn_intp batch, channels;
    int wide; /* double, not float */
} windows_call;

typedef struct {
    const windows_call *call;
    const void *images;
    int64_t *numbers;
} windows_run;

typedef struct {
    kn_intp count, size;
    int item;
    int wide;
} numbers_call;

/* Elements of a window along one dimension that are within the image: from the first on, up to the last. */
static void within(const wn_geometry *w, int d, kn_intp place, kn_intp *first, kn_intp *last)
{
    const kn_intp begin = place * w->steps[d] - w->before[d], gap = w->gaps[d];
    *first = begin >= 0 ? 0 : (gap - 1 - begin) / gap;
    *last = begin >= w->space[d] ? 0 : (w->space[d] - 1 - begin) / gap + 1;
    if (*last > w->sizes[d])
        *last = w->sizes[d];
}

/* What is below, once for each dtype: a number of its width tells the places in a window apart. */
#define REAL float
#define PLACE int32_t
#define NAME(name) name##_f32
#include "pooling.c"
#undef REAL
#undef PLACE
#undef NAME
#define REAL double
#define PLACE int64_t
#define NAME(name) name##_f64
#include "pooling.c"

static void largest(void *context, int thread, int part, int parts)
{
    const windows_run *r = context;
    const windows_call *w = r->call;
    const kn_intp lines = w->batch * w->geometry.places[0] * w->geometry.places[1];
    (void)thread;
    for (kn_intp line = lines * part / parts; line < lines * (part + 1) / parts; line++) {
        if (w->wide)
            largest_line_f64(r, line);
        else
            largest_line_f32(r, line);
    }
}

static int take_largest(void *made, const kn_call *call, kn_result *result)
{
    windows_call *w = made;
    wn_geometry *g = &w->geometry;
    const kn_operand *x = &call->operands[0];
    int at = 1;
    if (call->count != 1 || (x->dtype != KN_FLOAT && x->dtype != KN_DOUBLE) || call->numbers[0] != KN_TUPLE + 4)
        return 0;
    g->dims = x->nd - 2;
    if (g->dims < 1 || g->dims > 3 || !wn_pads(call, &at, g) || !wn_each(call, &at, g->dims, g->sizes, 1) ||
        !wn_each(call, &at, g->dims, g->steps, 1) || !wn_each(call, &at, g->dims, g->gaps, 1))
        return 0;
    w->wide = x->dtype == KN_DOUBLE;
    w->batch = x->dims[0];
    w->channels = x->dims[g->dims + 1];
    result->dtype = KN_INT64;
    result->nd = x->nd;
    result->dims[0] = w->batch;
    result->dims[g->dims + 1] = w->channels;
    const int missing = 3 - g->dims;
    for (int d = 0; d < 3; d++)
        g->space[d] = d < missing ? 1 : x->dims[d - missing + 1];
    if (!wn_places(g, 1.0) || (double)g->space[0] * (double)g->space[1] * (double)g->space[2] > 2147483647.0)
        return 0;
    for (int d = 0; d < g->dims; d++)
        result->dims[d + 1] = g->places[missing + d];
    result->work = wn_work(g, (double)w->batch * (double)w->channels);
    return 1;
}

static int run_largest(const void *made, const kn_run *run)
{
    windows_run r = {made, run->operands[0], (int64_t *)run->out};
    wk_run(largest, &r, run->parts, run->threads);
    return 1;
}

static kn_intp count_of(const kn_intp *dims, int nd)
{
    kn_intp count = 1;
    for (int d = 0; d < nd; d++)
        count *= dims[d];
    return count;
}

/* out[i] = x[numbers[i]], of as many dimensions as the attributes count, and none that lead. */
static int take_pick(void *made, const kn_call *call, kn_result *result)
{
    numbers_call *n = made;
    const kn_operand *x = &call->operands[0], *numbers = &call->operands[1];
    if (call->count < 2 || call->number_count != 3 || call->numbers[0] != KN_TUPLE + 2 ||
        call->numbers[1] != x->nd || call->numbers[2] != numbers->nd ||
        numbers->dtype != KN_INT64 || (x->item != 4 && x->item != 8) || numbers->nd > KN_DIMS)
        return 0;
    *n = (numbers_call){count_of(numbers->dims, numbers->nd), count_of(x->dims, x->nd), x->item, 0};
    result->dtype = x->dtype;
    result->nd = numbers->nd;
    memcpy(result->dims, numbers->dims, (size_t)numbers->nd * sizeof *numbers->dims);
    result->work = 0; /* (one thread does it) */
    return 1;
}

static int run_pick(const void *made, const kn_run *run)
{
    const numbers_call *n = made;
    const int64_t *numbers = (const int64_t *)run->operands[1];
    uint64_t most = 0;
    for (kn_intp i = 0; i < n->count; i++)
        most = (uint64_t)numbers[i] > most ? (uint64_t)numbers[i] : most;
    if (most >= (uint64_t)n->size)
        return 0;
    if (n->item == 4)
        for (kn_intp i = 0; i < n->count; i++)
            ((uint32_t *)run->out)[i] = ((const uint32_t *)run->operands[0])[numbers[i]];
    else
        for (kn_intp i = 0; i < n->count; i++)
            ((uint64_t *)run->out)[i] = ((const uint64_t *)run->operands[0])[numbers[i]];
    return 1;
}

/* out[numbers[i]] += x[i], to zeros of the shape that the attributes begin with. */
static int take_put(void *made, const kn_call *call, kn_result *result)
{
    numbers_call *n = made;
    const kn_operand *x = &call->operands[0], *numbers = &call->operands[1];
    const int64_t dims = call->number_count < 3 ? -1 : call->numbers[1] - KN_TUPLE;
    if (call->count < 2 || call->numbers[0] != KN_TUPLE + 2 || dims < 0 || dims > KN_DIMS ||
        call->number_count != 3 + dims || call->numbers[2 + dims] != numbers->nd || numbers->dtype != KN_INT64 ||
        (x->dtype != KN_FLOAT && x->dtype != KN_DOUBLE) || x->nd != numbers->nd)
        return 0;
    for (int d = 0; d < x->nd; d++)
        if (x->dims[d] != numbers->dims[d])
            return 0;
    result->dtype = x->dtype;
    result->nd = (int)dims;
    double whole = 1.0;
    for (int d = 0; d < result->nd; d++) {
        if (!wn_fits(call->numbers[2 + d], 0))
            return 0;
        result->dims[d] = (kn_intp)call->numbers[2 + d];
        whole *= (double)result->dims[d];
    }
    if (whole > WN_MOST)
        return 0;
    *n = (numbers_call){count_of(x->dims, x->nd), count_of(result->dims, result->nd), x->item, x->dtype == KN_DOUBLE};
    result->work = 0;
    return 1;
}

static int run_put(const void *made, const kn_run *run)
{
    const numbers_call *n = made;
    const int64_t *numbers = (const int64_t *)run->operands[1];
    memset(run->out, 0, (size_t)(n->size * n->item));
    return n->wide ? put_f64((double *)run->out, (const double *)run->operands[0], numbers, n->count, n->size)
                   : put_f32((float *)run->out, (const float *)run->operands[0], numbers, n->count, n->size);
}

const kn_kernel pl_largest = {"largest_of_windows", sizeof(windows_call), 0, 1, take_largest, run_largest};
const kn_kernel pl_pick = {"pick", sizeof(numbers_call), 0, 1, take_pick, run_pick};
const kn_kernel pl_put = {"put", sizeof(numbers_call), 0, 1, take_put, run_put};
#else

/* Of some channels, the largest so far and its place in the image, and those at one more place. */
IN_KERNEL(void, NAME(compare), (const REAL *x, REAL *best, PLACE *at, PLACE place, kn_intp channels),
          (x, best, at, place, channels))
{
    for (kn_intp c = 0; c < channels; c++) {
        const REAL value = x[c], before = best[c];
        const int more = (value > before) | ((value != value) & (before == before));
        best[c] = more ? value : before;
        at[c] = more ? place : at[c];
    }
}

static void NAME(largest_line)(const windows_run *run, kn_intp line)
{
    const wn_geometry *w = &run->call->geometry;
    const kn_intp y = line % w->places[1], z = line / w->places[1] % w->places[0];
    const kn_intp entry = line / w->places[1] / w->places[0], all = run->call->channels;
    const kn_intp pixels = w->space[0] * w->space[1] * w->space[2];
    const REAL *image = (const REAL *)run->images + entry * pixels * all;
    int64_t *numbers = run->numbers + line * w->places[2] * all;
    kn_intp first[3], last[3];
    REAL best[PL_CHANNELS];
    PLACE at[PL_CHANNELS];
    within(w, 0, z, &first[0], &last[0]);
    within(w, 1, y, &first[1], &last[1]);
    for (kn_intp x = 0; x < w->places[2]; x++, numbers += all) {
        within(w, 2, x, &first[2], &last[2]);
        for (kn_intp c = 0; c < all; c += PL_CHANNELS) {
            const kn_intp channels = all - c < PL_CHANNELS ? all - c : PL_CHANNELS;
            int begun = 0;
            for (kn_intp i = first[0]; i < last[0]; i++)
                for (kn_intp j = first[1]; j < last[1]; j++)
                    for (kn_intp k = first[2]; k < last[2]; k++) {
                        const kn_intp depth = z * w->steps[0] - w->before[0] + i * w->gaps[0];
                        const kn_intp row = y * w->steps[1] - w->before[1] + j * w->gaps[1];
                        const kn_intp column = x * w->steps[2] - w->before[2] + k * w->gaps[2];
                        const kn_intp place = (depth * w->space[1] + row) * w->space[2] + column;
                        const REAL *values = image + place * all + c;
                        if (begun) {
                            NAME(compare)(values, best, at, (PLACE)place, channels);
                            continue;
                        }
                        begun = 1;
                        memcpy(best, values, (size_t)channels * sizeof(REAL));
                        for (kn_intp n = 0; n < channels; n++)
                            at[n] = (PLACE)place;
                    }
            for (kn_intp n = 0; n < channels; n++)
                numbers[c + n] = begun ? (entry * pixels + at[n]) * all + c + n : 0;
        }
    }
}

/* Whether all numbers were of elements. */
static int NAME(put)(REAL *out, const REAL *x, const int64_t *numbers, kn_intp count, kn_intp size)
{
    for (kn_intp i = 0; i < count; i++) {
        if ((uint64_t)numbers[i] >= (uint64_t)size)
            return 0;
        out[numbers[i]] += x[i];
    }
    return 1;
}
#endif
