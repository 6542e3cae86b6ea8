/* Elementwise kernels of our own, with the signature of NumPy's inner loops.
 *
 * A kernel lives here for one of two reasons: NumPy has none (select), or NumPy's was measured at 1.5 times
 * the best peer's cost or more (float64 sin and cos: 8 ns an element against 1 to 2 here; outer products by matmul). */
#ifndef AUTODIFF_CORE_VMATH_H
#define AUTODIFF_CORE_VMATH_H

#include <stddef.h>
#include <stdint.h>

/* The type of npy_intp, spelled without NumPy so that this file compiles on its own. */
typedef intptr_t vm_intp;

#define VM_LOOP(name) void name(char **args, const vm_intp *dims, const vm_intp *strides, void *data)

/* Sine and cosine, float64: at most 1 ulp from the correctly rounded result for |x| <= 1e5; libm beyond that. */
VM_LOOP(vm_sin_f64);
VM_LOOP(vm_cos_f64);

/* A cotangent times, or by, what may be infinite or NaN: the cotangent's zeros stay zero. Of a zero product
 * either factor's do. */
VM_LOOP(vm_cotangent_product_f32);
VM_LOOP(vm_cotangent_product_f64);
VM_LOOP(vm_cotangent_product_long);
VM_LOOP(vm_cotangent_quotient_f32);
VM_LOOP(vm_cotangent_quotient_f64);
VM_LOOP(vm_cotangent_quotient_long);
VM_LOOP(vm_zero_product_f32);
VM_LOOP(vm_zero_product_f64);
VM_LOOP(vm_zero_product_long);

/* condition (one byte), x, y -> x where the condition holds, else y; by item size, so any plain dtype. */
VM_LOOP(vm_negative_f32);
VM_LOOP(vm_negative_f64);
VM_LOOP(vm_select_1);
VM_LOOP(vm_select_2);
VM_LOOP(vm_select_4);
VM_LOOP(vm_select_8);
VM_LOOP(vm_select_16);
VM_LOOP(vm_select_32);

/* A column of m elements, so many bytes apart, times a contiguous row of n: out is contiguous. A product of matrices
 * that have one inner element, for which BLAS costs several times what writing the result does. */
void vm_outer_f32(const char *a, vm_intp step, const char *b, char *out, vm_intp m, vm_intp n);
void vm_outer_f64(const char *a, vm_intp step, const char *b, char *out, vm_intp m, vm_intp n);

#endif
