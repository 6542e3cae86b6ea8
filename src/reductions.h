/* Kernels of reductions: extremes and products, the places of extremes, truth values, and how many are true. */
#ifndef AUTODIFF_CORE_REDUCTIONS_H
#define AUTODIFF_CORE_REDUCTIONS_H

#include "kernels.h"

extern const kn_kernel rd_max, rd_min, rd_prod, rd_argmax, rd_argmin, rd_any, rd_all, rd_ties;

#endif
