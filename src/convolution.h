/* Convolutions over one to three dimensions, and what is transposed of them: for the operand, and for the filters.
 *
 * All three are one product of matrices, the first of which is not written out: an element of it is found by an offset
 * of its row (where a window begins) and one of its column (where an element of the window lies). So no windows are
 * copied, and each element of a result is one sum in an order that only the sizes decide, however many threads there
 * are. */
#ifndef AUTODIFF_CORE_CONVOLUTION_H
#define AUTODIFF_CORE_CONVOLUTION_H

#include "kernels.h"

/* Of operand and filters; of the result's like and filters; of the operand and the result's like. */
extern const kn_kernel cv_convolved, cv_operand, cv_filters;

#endif
