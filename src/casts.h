/* Loops that turn numbers of one dtype into those of another, in the form of NumPy's. */
#ifndef AUTODIFF_CORE_CASTS_H
#define AUTODIFF_CORE_CASTS_H

#include "kernels.h"

/* From and to NumPy's numbers of dtypes: between truth values, int32, int64, float32 and float64, where every number has
 * one result; NULL for the others (floats may be too large for integers). */
kn_loop cs_find(int from, int to);

#endif
