#include "kernels.h"

#include "convolution.h"
#include "moves.h"
#include "ordering.h"
#include "pooling.h"
#include "recurrence.h"
#include "reductions.h"
#include "segments.h"
#include "softmax.h"
#include "workers.h"

#include <string.h>

kn_numpy kn_exp;
kn_sorting kn_sorts[KN_SORTS];

static const kn_kernel *const kernels[] = {
    &mv_concat, &mv_stack, &mv_take, &mv_put_added, &mv_set, &mv_repeat, &mv_repeats_added, &mv_take_along,
    &mv_put_along, &sg_groups, &sg_ordered_groups, &sg_sizes, &sg_extremum,
    &rc_cumsum, &rc_cumprod, &rc_recurrence, &rc_others,
    &rd_max, &rd_min, &rd_prod, &rd_argmax, &rd_argmin, &rd_any, &rd_all, &rd_ties,
    &sm_softmax, &sm_log_softmax, &sm_logsumexp, &sm_labels, &sm_residual, &sm_class_loss, &sm_cross_entropy,
    &or_sort, &or_order, &or_sorted_places, &or_largest_places, &or_order_statistics, &or_ranked_places,
    &cv_convolved, &cv_operand, &cv_filters, &pl_largest, &pl_pick, &pl_put,
};

const kn_kernel *kn_find(const char *name)
{
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (strcmp(kernels[i]->name, name) == 0)
            return kernels[i];
    return NULL;
}

static kn_intp product(const kn_intp *dims, int begin, int end)
{
    kn_intp size = 1;
    for (int d = begin; d < end; d++)
        size *= dims[d];
    return size;
}

int kn_around(const kn_operand *x, int64_t axis, kn_intp *outer, kn_intp *n, kn_intp *inner)
{
    if (axis >= 0 || axis < -x->nd) /* (None is far below) */
        return 0;
    const int at = (int)axis + x->nd;
    *outer = product(x->dims, 0, at);
    *n = x->dims[at];
    *inner = product(x->dims, at + 1, x->nd);
    return 1;
}

/* What is reduced, where `gone` says so of each dimension. */
static int around_gone(const kn_operand *x, const char *gone, kn_result *result, kn_intp *outer, kn_intp *n,
                       kn_intp *inner)
{
    int first = x->nd, last = x->nd - 1, at = 0;
    for (int d = x->nd - 1; d >= 0; d--)
        if (gone[d] && x->dims[d] != 1) {
            if (first == x->nd)
                last = d;
            first = d;
        }
    *outer = product(x->dims, 0, first);
    *n = product(x->dims, first, last + 1);
    *inner = product(x->dims, last + 1, x->nd);
    for (int d = first; d < last; d++)
        result->turned |= !gone[d] && x->dims[d] != 1;
    if (!result->turned)
        return 1;
    *outer = *n = *inner = 1;
    for (int turn = 0; turn < 2; turn++)
        for (int d = 0; d < x->nd; d++)
            if ((gone[d] != 0) == turn) {
                *(turn ? n : outer) *= x->dims[d];
                result->order[at++] = d;
            }
    return 1;
}

int kn_reduced(const kn_call *call, kn_result *result, kn_intp *outer, kn_intp *n, kn_intp *inner)
{
    const kn_operand *x = &call->operands[0];
    const int nd = x->nd;
    const int64_t *kept = call->numbers + 3 + nd; /* behind 3, nd, the operand's sizes and nd again */
    const int64_t *shape = kept + nd + 1;
    char gone[KN_DIMS];
    if (call->number_count < 4 + 2 * nd || call->numbers[0] != KN_TUPLE + 3 || call->numbers[1] != KN_TUPLE + nd
        || kept[-1] != KN_TUPLE + nd || nd > KN_DIMS || shape[-1] < KN_TUPLE || shape[-1] > KN_TUPLE + KN_DIMS
        || call->number_count != 4 + 2 * nd + (int)(shape[-1] - KN_TUPLE))
        return 0;
    for (int d = 0; d < nd; d++)
        gone[d] = kept[d] == 1;
    result->dtype = x->dtype;
    result->nd = (int)(shape[-1] - KN_TUPLE);
    for (int d = 0; d < result->nd; d++)
        result->dims[d] = (kn_intp)shape[d];
    return around_gone(x, gone, result, outer, n, inner);
}

int kn_over(const kn_call *call, int at, kn_result *result, kn_intp *outer, kn_intp *n, kn_intp *inner)
{
    const kn_operand *x = &call->operands[0];
    const int64_t *axes = call->numbers + at;
    char gone[KN_DIMS] = {0};
    if (at >= call->number_count || x->nd > KN_DIMS)
        return 0;
    const int tuple = axes[0] >= KN_TUPLE && axes[0] <= KN_TUPLE + KN_DIMS;
    const int count = tuple ? (int)(axes[0] - KN_TUPLE) : 1, keeps = at + tuple + count;
    if (keeps >= call->number_count)
        return 0;
    if (axes[0] == KN_ABSENT)
        memset(gone, 1, sizeof gone);
    else
        for (int k = 0; k < count; k++) {
            const int64_t axis = axes[tuple + k], d = axis < 0 ? axis + x->nd : axis;
            if (d < 0 || d >= x->nd)
                return 0;
            gone[d] = 1;
        }
    result->dtype = x->dtype;
    result->nd = 0;
    for (int d = 0; d < x->nd; d++)
        if (!gone[d] || call->numbers[keeps])
            result->dims[result->nd++] = gone[d] ? 1 : x->dims[d];
    return around_gone(x, gone, result, outer, n, inner);
}

typedef struct {
    kn_intp units;
    kn_range range;
    void *context;
} shared;

static void share(void *context, int thread, int part, int parts)
{
    const shared *s = context;
    (void)thread;
    s->range(s->context, s->units * part / parts, s->units * (part + 1) / parts);
}

void kn_share(const kn_run *run, kn_intp units, kn_range range, void *context)
{
    shared s = {units, range, context};
    if (units < 1) /* (ranges may divide by what is none) */
        return;
    if (run->parts < 2 || units < 2)
        range(context, 0, units);
    else
        wk_run(share, &s, (int)(run->parts < units ? run->parts : units), run->threads);
}
