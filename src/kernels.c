#include "kernels.h"

#include "softmax.h"

#include <string.h>

kn_numpy kn_exp;

static const kn_kernel *const kernels[] = {
    &sm_softmax, &sm_log_softmax, &sm_logsumexp, &sm_residual, &sm_class_loss, &sm_cross_entropy,
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
    const int at = (int)(axis + x->nd);
    if (axis >= 0 || at < 0)
        return 0;
    *outer = product(x->dims, 0, at);
    *n = x->dims[at];
    *inner = product(x->dims, at + 1, x->nd);
    return 1;
}

int kn_reduced(const kn_call *call, kn_result *result, kn_intp *outer, kn_intp *n, kn_intp *inner)
{
    const kn_operand *x = &call->operands[0];
    const int nd = x->nd;
    const int64_t *kept = call->numbers + 3 + nd; /* behind 3, nd, the operand's sizes and nd again */
    const int64_t *shape = kept + nd + 1;
    int first = -1, last = -1;
    if (call->number_count < 4 + 2 * nd || shape[-1] > KN_DIMS)
        return 0;
    for (int d = 0; d < nd; d++)
        if (kept[d] == 1 && x->dims[d] != 1) {
            if (first < 0)
                first = d;
            last = d;
        }
    for (int d = first; d >= 0 && d < last; d++)
        if (kept[d] != 1)
            return 0;
    if (first < 0) { /* nothing, or what is one element long */
        first = nd;
        last = nd - 1;
    }
    *outer = product(x->dims, 0, first);
    *n = product(x->dims, first, last + 1);
    *inner = product(x->dims, last + 1, nd);
    result->dtype = x->dtype;
    result->nd = (int)shape[-1];
    for (int d = 0; d < result->nd; d++)
        result->dims[d] = (kn_intp)shape[d];
    return 1;
}
