/* Where windows lie on an array (batch, *space, channels), of one to three dimensions: read from attributes. */
#ifndef AUTODIFF_CORE_SLIDING_WINDOWS_H
#define AUTODIFF_CORE_SLIDING_WINDOWS_H

#include "kernels.h"

/* Of fewer than three dimensions the first ones are of one element. */
typedef struct {
    int dims;
    kn_intp space[3], sizes[3], places[3], before[3], behind[3], steps[3], gaps[3];
} wn_geometry;

/* Numbers beyond these are for NumPy to refuse, or to be slow with. */
#define WN_LARGEST ((int64_t)1 << 40)
#define WN_MOST 140737488355328.0 /* elements of a padded array */

static inline int wn_fits(int64_t number, int64_t least)
{
    return number >= least && number < WN_LARGEST;
}

/* A tuple of `dims` numbers, from numbers[*at] on. */
static inline int wn_each(const kn_call *call, int *at, int dims, kn_intp to[3], int64_t least)
{
    const int missing = 3 - dims;
    if (*at + 1 + dims > call->number_count || call->numbers[*at] != KN_TUPLE + dims)
        return 0;
    for (int d = 0; d < missing; d++)
        to[d] = 1;
    for (int d = 0; d < dims; d++) {
        const int64_t number = call->numbers[*at + 1 + d];
        if (!wn_fits(number, least))
            return 0;
        to[missing + d] = (kn_intp)number;
    }
    *at += 1 + dims;
    return 1;
}

/* A tuple of pairs. */
static inline int wn_pads(const kn_call *call, int *at, wn_geometry *g)
{
    const int missing = 3 - g->dims;
    if (*at + 1 + 3 * g->dims > call->number_count || call->numbers[*at] != KN_TUPLE + g->dims)
        return 0;
    for (int d = 0; d < missing; d++)
        g->before[d] = g->behind[d] = 0;
    for (int d = 0; d < g->dims; d++) {
        const int64_t *pair = call->numbers + *at + 1 + 3 * d;
        if (pair[0] != KN_TUPLE + 2 || !wn_fits(pair[1], 0) || !wn_fits(pair[2], 0))
            return 0;
        g->before[missing + d] = (kn_intp)pair[1];
        g->behind[missing + d] = (kn_intp)pair[2];
    }
    *at += 1 + 3 * g->dims;
    return 1;
}

/* How many windows there are, where there are any, and not too many elements with what is padded. */
static inline int wn_places(wn_geometry *g, double channels)
{
    double padded = channels;
    for (int d = 0; d < 3; d++) {
        const double whole = (double)g->space[d] + (double)g->before[d] + (double)g->behind[d];
        const double span = (double)(g->sizes[d] - 1) * (double)g->gaps[d] + 1;
        if (span > whole || whole > (double)WN_LARGEST)
            return 0;
        g->places[d] = ((kn_intp)whole - (kn_intp)span) / g->steps[d] + 1;
        padded *= whole;
    }
    return padded <= WN_MOST;
}

/* Work, which only has to be told from little: so many elements, times those of a window. */
static inline kn_intp wn_work(const wn_geometry *g, double elements)
{
    for (int d = 0; d < 3; d++)
        elements *= (double)g->places[d] * (double)g->sizes[d];
    return (kn_intp)(elements < WN_MOST ? elements : WN_MOST);
}

#endif
