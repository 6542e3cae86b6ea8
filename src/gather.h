/* Elements of any size, moved between geometries: loops for `run_nd`, and the gathering of a block. */
#ifndef AUTODIFF_CORE_GATHER_H
#define AUTODIFF_CORE_GATHER_H

#include <stddef.h>
#include <stdint.h>

typedef intptr_t gt_intp;
typedef void (*gt_loop)(char **args, const gt_intp *dims, const gt_intp *strides, void *data);

/* The loop that copies elements of so many bytes (1, 2, 4, 8, 16 or 32): args are source and target. */
gt_loop gt_copy_loop(int item);

/* The same of stretches of as many bytes as `data` says, which is that number. */
void gt_copy_stretches(char **args, const gt_intp *dims, const gt_intp *strides, void *data);

/* Elements begin to begin + count of a strided array, in C order, to contiguous memory. */
void gt_gather(char *out, const char *data, int nd, const gt_intp *dims, const gt_intp *strides, gt_intp begin,
               gt_intp count, int item);

/* Rows of `row` elements of which those from `low` to `high` are given (floats or doubles, one row's behind another's):
 * given ones, plus zero, go where they stand among the elements begin to begin + count; the others stay. */
void gt_put_piece(char *out, gt_intp begin, gt_intp count, const char *data, gt_intp low, gt_intp high, gt_intp row,
                  int item);

#if defined(__GLIBC__) || (defined(__linux__) && defined(__GNUC__))
#define GT_HAS_SINCOS 1
#else
#define GT_HAS_SINCOS 0
#endif
void gt_sincos(double x, double *sine, double *cosine);

#endif
