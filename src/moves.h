/* Kernels that move elements, of any dtype: joining, repeating, taking by numbers, and putting where an index says; and
 * the transposes, which add floats and doubles up where they came from. Numbers that are out of bounds are refused before anything is written. */
#ifndef AUTODIFF_CORE_MOVES_H
#define AUTODIFF_CORE_MOVES_H

#include "kernels.h"

extern const kn_kernel mv_concat, mv_stack, mv_take, mv_put_added, mv_set, mv_repeat, mv_repeats_added, mv_take_along,
    mv_put_along;

#endif
