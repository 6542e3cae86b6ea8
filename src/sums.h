/* Sums in an order that is settled by how many elements there are, not by how they lie in memory or who adds them up.
 *
 * NumPy's loops add pairwise: a run of more than SU_LEAF elements is halved (but for a multiple of 8) and the sums of
 * both parts are added up. Those up to SU_LEAF are eight sums of every eighth element. Blocks that are nodes of that tree can be summed apart, in any order, and put together. */
#ifndef AUTODIFF_CORE_SUMS_H
#define AUTODIFF_CORE_SUMS_H

#include <stdint.h>

#define SU_LEAF 128

typedef intptr_t su_intp;
typedef void (*su_loop)(char **args, const su_intp *dims, const su_intp *strides, void *data);

/* Where the blocks end of at most so many elements (SU_LEAF at least) whose sums are nodes of the tree of n elements;
 * returns their number. Without `ends` they are only counted. */
su_intp su_blocks(su_intp n, su_intp most, su_intp *ends);

/* The sum of n elements from those blocks' sums, which `sums` is moved behind; rounded to float32 if `single`. */
double su_of_blocks(su_intp n, su_intp most, const double **sums, int single);

/* To each of `rows` numbers the sum of a row of n doubles, or floats if `single`, that lie together. The numbers are
 * `out_step` bytes apart, which may be none: then all rows go to one. */
void su_rows(int single, char *out, su_intp out_step, const char *data, su_intp row_step, su_intp rows, su_intp n);

/* To n numbers those of each row, one row after the other. */
void su_columns(int single, char *out, const char *data, su_intp row_step, su_intp rows, su_intp n);

/* A run of doubles, or of floats if `single`, so many bytes apart; what does not lie together is added up by NumPy's
 * loop for addition. */
double su_run(char *data, su_intp stride, su_intp count, int single, su_loop add, void *extra);

/* The same number n times, added up as an array of it would be. */
double su_uniform(double value, su_intp n, int single, su_loop add, void *extra);

#endif
