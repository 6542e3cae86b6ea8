/* Kernels that put the elements of lines along an axis in order, or find where they belong: as NumPy does, NaN behind
 * everything, and equal elements in the order of their places. */
#ifndef AUTODIFF_CORE_ORDERING_H
#define AUTODIFF_CORE_ORDERING_H

#include "kernels.h"

extern const kn_kernel or_sort, or_order, or_sorted_places, or_largest_places, or_order_statistics, or_ranked_places;

#endif
