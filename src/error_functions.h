/* The error function and its complement as vector kernels, with the signature of NumPy's inner loops.
 *
 * NumPy has neither, and libm's take 9 and 16 ns a number, one at a time. At most 2 ulp from the exact result for erf,
 * 4 for erfc (float32: 1), over all finite numbers. */
#ifndef AUTODIFF_CORE_ERROR_FUNCTIONS_H
#define AUTODIFF_CORE_ERROR_FUNCTIONS_H

#include "vmath.h"

/* Fills the table that erf reads; once, before the first call of a kernel. */
void ef_prepare(void);

VM_LOOP(ef_erf_f64);
VM_LOOP(ef_erf_f32);
VM_LOOP(ef_erfc_f64);
VM_LOOP(ef_erfc_f32);

#endif
