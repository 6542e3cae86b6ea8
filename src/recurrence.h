/* A linear recurrence along an axis: what the derivative of a running product is, in one pass, without a division. */
#ifndef AUTODIFF_CORE_RECURRENCE_H
#define AUTODIFF_CORE_RECURRENCE_H

#include <stdint.h>

typedef intptr_t rc_intp;

/* out[i] = b[i] + a[c] * out[j] for arrays of (outer, n, inner), n at least 1: j is the place before i, or behind it if
 * `reverse`; c is i, or j if `lagged`. */
void rc_recur_f32(const float *a, const float *b, float *out, rc_intp outer, rc_intp n, rc_intp inner, int reverse,
                  int lagged);
void rc_recur_f64(const double *a, const double *b, double *out, rc_intp outer, rc_intp n, rc_intp inner, int reverse,
                  int lagged);

/* out[r, i] = the product of x[r, j] over all j but i. */
void rc_others_f32(const float *x, float *out, rc_intp rows, rc_intp n);
void rc_others_f64(const double *x, double *out, rc_intp rows, rc_intp n);

#endif
