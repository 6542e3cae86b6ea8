/* Kernels that move elements, of any dtype: joining, and taking by numbers; and their transposes, which add floats and
 * doubles up where they came from. Numbers that are out of bounds are refused before anything is written. */
#ifndef AUTODIFF_CORE_MOVES_H
#define AUTODIFF_CORE_MOVES_H

#include "kernels.h"

extern const kn_kernel mv_concat, mv_stack, mv_take, mv_put_added, mv_take_along, mv_put_along;

#endif
