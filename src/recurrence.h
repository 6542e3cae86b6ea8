/* Kernels along an axis: running sums and products, a linear recurrence, and products of all but one. */
#ifndef AUTODIFF_CORE_RECURRENCE_H
#define AUTODIFF_CORE_RECURRENCE_H

#include "kernels.h"

extern const kn_kernel rc_cumsum, rc_cumprod, rc_recurrence, rc_others;

#endif
