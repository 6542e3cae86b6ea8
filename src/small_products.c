#include "small_products.h"

#include <string.h>

/* A processor that has it would fuse a product and a sum in some of the loops, and not in others. */
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif

/* (As in vmath.c: the loader picks. Wider vectors would be longer than most rows.) */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__GLIBC__) \
    && !defined(__SANITIZE_THREAD__)
#define SP_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define SP_CLONES
#endif
#if defined(__GNUC__)
#define SP_VECTORS 1
#define SP_INLINE static inline __attribute__((always_inline))
#else
#define SP_VECTORS 0
#define SP_INLINE static inline
#endif
#if defined(__clang__)
#define SP_SHUFFLE(bits, x, y, ...) __builtin_shufflevector(x, y, __VA_ARGS__)
#else
#define SP_SHUFFLE(bits, x, y, ...) __builtin_shuffle(x, y, (bits){__VA_ARGS__})
#endif

enum {
    LANES = 4,
    SP_WORK = 256,    /* multiplications of two matrices, up to which BLAS is slower */
    SP_VECTOR = 1024, /* and of a matrix and a vector, which is at most so long: */
    SP_LONGEST = 128
};

#define REAL double
#define BITS int64_t
#define NAME(name) name##_f64
#include "small_products_loops.h"
#undef REAL
#undef BITS
#undef NAME
#define REAL float
#define BITS int32_t
#define NAME(name) name##_f32
#include "small_products_loops.h"

sp_loop sp_find(int item, const sp_intp *sizes)
{
    const sp_intp m = sizes[1], k = sizes[2], n = sizes[3];
    if (k < 2 || k > SP_LONGEST || m > SP_VECTOR || n > SP_VECTOR)
        return NULL;
    if (m * k * n > (m == 1 || n == 1 ? SP_VECTOR : SP_WORK))
        return NULL;
    return item == 8 ? multiply_f64 : multiply_f32;
}
