#ifndef REAL
#include "recurrence.h"

/* What is below, once for each dtype. */
#define REAL float
#define NAME(name) rc_##name##_f32
#include "recurrence.c"
#undef REAL
#undef NAME
#define REAL double
#define NAME(name) rc_##name##_f64
#include "recurrence.c"
#else

void NAME(recur)(const REAL *a, const REAL *b, REAL *out, rc_intp outer, rc_intp n, rc_intp inner, int reverse,
                 int lagged)
{
    const rc_intp step = reverse ? -inner : inner;
    for (rc_intp o = 0; o < outer; o++) {
        rc_intp at = o * n * inner + (reverse ? (n - 1) * inner : 0);
        for (rc_intp m = 0; m < inner; m++)
            out[at + m] = b[at + m];
        if (inner == 1) {
            REAL total = b[at];
            for (rc_intp k = 1; k < n; k++) {
                const rc_intp before = at;
                at += step;
                total = b[at] + a[lagged ? before : at] * total;
                out[at] = total;
            }
            continue;
        }
        for (rc_intp k = 1; k < n; k++) {
            const rc_intp before = at, coefficient = lagged ? before : at + step;
            at += step;
            for (rc_intp m = 0; m < inner; m++)
                out[at + m] = b[at + m] + a[coefficient + m] * out[before + m];
        }
    }
}

void NAME(others)(const REAL *x, REAL *out, rc_intp rows, rc_intp n)
{
    for (rc_intp r = 0; r < rows; r++, x += n, out += n) {
        REAL product = 1;
        for (rc_intp i = 0; i < n; i++) {
            out[i] = product;
            product *= x[i];
        }
        product = 1;
        for (rc_intp i = n - 1; i >= 0; i--) {
            out[i] *= product;
            product *= x[i];
        }
    }
}
#endif
