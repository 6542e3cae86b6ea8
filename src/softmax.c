#ifndef REAL
#include "softmax.h"

#include <math.h>

/* What is below, once for each dtype. */
#define REAL float
#define NAME(name) sm_##name##_f32
#include "softmax.c"
#undef REAL
#undef NAME
#define REAL double
#define NAME(name) sm_##name##_f64
#include "softmax.c"
#else

/* out = exp(x - max(x)) for one row; returns the sum. */
static REAL NAME(exponentials)(const REAL *x, REAL *out, sm_intp n, sm_loop exponential, void *data, REAL *largest)
{
    const sm_intp steps[2] = {sizeof(REAL), sizeof(REAL)};
    char *args[2] = {(char *)out, (char *)out};
    REAL top = x[0], total = 0;
    for (sm_intp i = 1; i < n; i++)
        if (x[i] > top || x[i] != x[i])
            top = x[i];
    for (sm_intp i = 0; i < n; i++)
        out[i] = x[i] - top;
    exponential(args, &n, steps, data);
    for (sm_intp i = 0; i < n; i++)
        total += out[i];
    *largest = top;
    return total;
}

void NAME(softmax)(const REAL *x, REAL *out, sm_intp rows, sm_intp n, int logarithm, sm_loop exponential, void *data)
{
    for (sm_intp r = 0; r < rows; r++, x += n, out += n) {
        REAL top, total = NAME(exponentials)(x, out, n, exponential, data, &top);
        if (logarithm) {
            const REAL shift = top + (REAL)log(total);
            for (sm_intp i = 0; i < n; i++)
                out[i] = x[i] - shift;
        } else {
            total = 1 / total;
            for (sm_intp i = 0; i < n; i++)
                out[i] *= total;
        }
    }
}

void NAME(losses)(const REAL *x, REAL *out, const int64_t *labels, sm_intp rows, sm_intp n, REAL *scratch,
                  sm_loop exponential, void *data)
{
    for (sm_intp r = 0; r < rows; r++, x += n) {
        REAL top;
        const REAL total = NAME(exponentials)(x, scratch, n, exponential, data, &top);
        out[r] = (REAL)log(total) - (x[labels[r]] - top);
    }
}

void NAME(subtract)(REAL *x, const int64_t *labels, sm_intp rows, sm_intp n)
{
    for (sm_intp r = 0; r < rows; r++)
        x[r * n + labels[r]] -= 1;
}
#endif
