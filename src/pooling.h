/* The places of the largest elements of windows, and elements that are picked, or added up, by such numbers. */
#ifndef AUTODIFF_CORE_POOLING_H
#define AUTODIFF_CORE_POOLING_H

#include "kernels.h"

extern const kn_kernel pl_largest, pl_pick, pl_put;

#endif
