/* Softmax, its logarithm, the logarithm of a sum of exponentials, and losses by class, along any axis: one pass for
 * the maximum, one for the exponentials, one to scale, on pieces that fit the cache. The exponential is NumPy's own
 * loop. Labels of classes are looked at before. */
#ifndef AUTODIFF_CORE_SOFTMAX_H
#define AUTODIFF_CORE_SOFTMAX_H

#include "kernels.h"

extern const kn_kernel sm_softmax, sm_log_softmax, sm_logsumexp;
extern const kn_kernel sm_labels, sm_residual, sm_class_loss, sm_cross_entropy;

#endif
