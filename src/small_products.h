/* Products of small matrices, for which a call of BLAS costs more than the product. */
#ifndef AUTODIFF_CORE_SMALL_PRODUCTS_H
#define AUTODIFF_CORE_SMALL_PRODUCTS_H

#include <stddef.h>
#include <stdint.h>

typedef intptr_t sp_intp;

/* `sizes` are NumPy's for matmul: 1, rows of the first, what is added up, columns of the second. So are `steps`, in
 * bytes: three that are not read, then rows and columns of the first, of the second, and rows of the result, whose
 * columns lie side by side.
 *
 * An element of the result has the same bits wherever it stands among others, and however the operands lie. Its terms
 * are added to four numbers in turn, all of which begin as zero; terms that are left over for the last turn go to the
 * last of them, unless there has been no turn before. Then the third is added to the first, the fourth to the second,
 * and these two to each other. A product and the sum that it is added to are rounded once where the processor fuses
 * them (x86-64 with FMA), and nowhere else. */
typedef void (*sp_loop)(const sp_intp *sizes, const sp_intp *steps, const char *a, const char *b, char *out);

/* The loop for products of these sizes, of float32 (item 4) or float64 (item 8); NULL where they are for BLAS. */
sp_loop sp_find(int item, const sp_intp *sizes);

#endif
