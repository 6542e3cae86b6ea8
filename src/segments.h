/* Kernels of groups of rows, whose numbers an array holds: these numbers checked, the groups' sizes, and the largest or
 * smallest element of each. */
#ifndef AUTODIFF_CORE_SEGMENTS_H
#define AUTODIFF_CORE_SEGMENTS_H

#include "kernels.h"

extern const kn_kernel sg_groups, sg_ordered_groups, sg_sizes, sg_extremum;

#endif
