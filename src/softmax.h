/* Softmax, its logarithm and losses by class, row by row: one pass for the maximum, one for the exponentials, one
 * to scale. The exponential is NumPy's own loop. */
#ifndef AUTODIFF_CORE_SOFTMAX_H
#define AUTODIFF_CORE_SOFTMAX_H

#include <stdint.h>

typedef intptr_t sm_intp;
typedef void (*sm_loop)(char **args, const sm_intp *dims, const sm_intp *strides, void *data);

/* Rows of n elements, at least one each; out may not be x. */
void sm_softmax_f32(const float *x, float *out, sm_intp rows, sm_intp n, int logarithm, sm_loop exponential,
                    void *data);
void sm_softmax_f64(const double *x, double *out, sm_intp rows, sm_intp n, int logarithm, sm_loop exponential,
                    void *data);

/* -log(softmax(x))[label] of each row, which has a label among its n; scratch has room for a row. */
void sm_losses_f32(const float *x, float *out, const int64_t *labels, sm_intp rows, sm_intp n, float *scratch,
                   sm_loop exponential, void *data);
void sm_losses_f64(const double *x, double *out, const int64_t *labels, sm_intp rows, sm_intp n, double *scratch,
                   sm_loop exponential, void *data);

/* x[row, label] -= 1 for each row. */
void sm_subtract_f32(float *x, const int64_t *labels, sm_intp rows, sm_intp n);
void sm_subtract_f64(double *x, const int64_t *labels, sm_intp rows, sm_intp n);

#endif
