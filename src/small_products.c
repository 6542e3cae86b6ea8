#include "small_products.h"

#include "instructions.h"

#include <string.h>

#if defined(IN_WIDER)
/* (Else it is read again by each instruction that uses it.) */
#define SP_HELD(x) __asm__("" : "+v"(x))
#else
#define SP_HELD(x) (void)(x)
#endif
#if defined(__GNUC__)
#define SP_VECTORS 1
#define SP_ALIGNED __attribute__((aligned(64)))
#else
#define SP_VECTORS 0
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
    SP_LONGEST = 128,
    SP_SHORT = 10,    /* terms of a sum whose tiles are its own */
    SP_TALL = 12,     /* rows, for which the other matrix is copied */
    SP_COPIED = 2 * SP_VECTOR, /* elements of the copy */
    SP_TALLEST = 6    /* rows of a tile, at most */
};

/* Rows, which follow each other, times a matrix as wide as a tile, whose rows are `stride` elements apart. */
#define SP_ARGUMENTS                                                                                                   \
    sp_intp m, sp_intp k, const char *a, const void *b, sp_intp stride, char *out, sp_intp step
typedef void (*sp_rows)(SP_ARGUMENTS);

/* Tiles of one vector and of two, by the columns of a vector, the narrowest first. */
typedef struct {
    sp_intp lanes, single_rows, twofold_rows;
    sp_rows single[SP_SHORT + 1], twofold[SP_SHORT + 1]; /* (by the sum's length, and 0 for others) */
} sp_tile;
#define SP_LENGTHS(name, loop)                                                                                         \
    {loop##_##name,      NULL,               loop##_of_2_##name, loop##_of_3_##name,                                   \
     loop##_of_4_##name, loop##_of_5_##name, loop##_of_6_##name, loop##_of_7_##name,                                   \
     loop##_of_8_##name, loop##_of_9_##name, loop##_of_10_##name}
#define SP_TILE(real, bytes, name)                                                                                     \
    {(bytes) / (sp_intp)sizeof(real),                                                                                  \
     single_rows_##name,                                                                                               \
     twofold_rows_##name,                                                                                              \
     SP_LENGTHS(name, single),                                                                                         \
     SP_LENGTHS(name, twofold)}

/* Where a processor fuses a product and a sum, all loops do, by name. */
#if SP_VECTORS
#define REAL double
#define BYTES 16
#define HEIGHT_1 2
#define HEIGHT_2 1
#define NAME(name) name##_plain_f64
#define MADD(x, y, sum) ((sum) + (x) * (y))
#include "small_products_tiles.h"
#define REAL float
#define BYTES 16
#define HEIGHT_1 2
#define HEIGHT_2 1
#define NAME(name) name##_plain_f32
#define MADD(x, y, sum) ((sum) + (x) * (y))
#include "small_products_tiles.h"
#endif
#define REAL double
#define BITS int64_t
#define NAME(name) name##_plain_f64
#define TILES SP_TILE(double, 16, plain_f64)
#define MADD(x, y, sum) ((sum) + (x) * (y))
#define MADDS(x, y, sum) ((sum) + (x) * (y))
#include "small_products_loops.h"
#define REAL float
#define BITS int32_t
#define NAME(name) name##_plain_f32
#define TILES SP_TILE(float, 16, plain_f32)
#define MADD(x, y, sum) ((sum) + (x) * (y))
#define MADDS(x, y, sum) ((sum) + (x) * (y))
#include "small_products_loops.h"
#if defined(IN_WIDER)
IN_BEGIN(IN_TARGET_AVX2)
#define REAL double
#define BYTES 32
#define HEIGHT_1 3
#define HEIGHT_2 1
#define NAME(name) name##_avx_f64
#define MADD(x, y, sum) ((vector)_mm256_fmadd_pd(_mm256_set1_pd(x), (__m256d)(y), (__m256d)(sum)))
#include "small_products_tiles.h"
#define REAL float
#define BYTES 16
#define HEIGHT_1 3
#define HEIGHT_2 1
#define NAME(name) name##_avx16_f32
#define MADD(x, y, sum) ((vector)_mm_fmadd_ps(_mm_set1_ps(x), (__m128)(y), (__m128)(sum)))
#include "small_products_tiles.h"
#define REAL float
#define BYTES 32
#define HEIGHT_1 3
#define HEIGHT_2 1
#define NAME(name) name##_avx_f32
#define MADD(x, y, sum) ((vector)_mm256_fmadd_ps(_mm256_set1_ps(x), (__m256)(y), (__m256)(sum)))
#include "small_products_tiles.h"
#define REAL double
#define BITS int64_t
#define NAME(name) name##_avx_f64
#define TILES SP_TILE(double, 32, avx_f64)
#define MADD(x, y, sum) __builtin_fma(x, y, sum)
#define MADDS(x, y, sum) ((NAME(vector))_mm256_fmadd_pd((__m256d)(x), (__m256d)(y), (__m256d)(sum)))
#include "small_products_loops.h"
#define REAL float
#define BITS int32_t
#define NAME(name) name##_avx_f32
#define TILES SP_TILE(float, 16, avx16_f32), SP_TILE(float, 32, avx_f32)
#define MADD(x, y, sum) __builtin_fmaf(x, y, sum)
#define MADDS(x, y, sum) ((NAME(vector))_mm_fmadd_ps((__m128)(x), (__m128)(y), (__m128)(sum)))
#include "small_products_loops.h"
IN_END
IN_BEGIN(IN_TARGET_AVX512)
#define REAL double
#define BYTES 64
#define HEIGHT_1 6
#define HEIGHT_2 3
#define NAME(name) name##_avx512_f64
#define MADD(x, y, sum) ((vector)_mm512_fmadd_pd(_mm512_set1_pd(x), (__m512d)(y), (__m512d)(sum)))
#include "small_products_tiles.h"
#define REAL float
#define BYTES 64
#define HEIGHT_1 6
#define HEIGHT_2 3
#define NAME(name) name##_avx512_f32
#define MADD(x, y, sum) ((vector)_mm512_fmadd_ps(_mm512_set1_ps(x), (__m512)(y), (__m512)(sum)))
#include "small_products_tiles.h"
#define REAL double
#define BITS int64_t
#define NAME(name) name##_avx512_f64
#define TILES SP_TILE(double, 32, avx_f64), SP_TILE(double, 64, avx512_f64)
#define MADD(x, y, sum) __builtin_fma(x, y, sum)
#define MADDS(x, y, sum) ((NAME(vector))_mm256_fmadd_pd((__m256d)(x), (__m256d)(y), (__m256d)(sum)))
#include "small_products_loops.h"
#define REAL float
#define BITS int32_t
#define NAME(name) name##_avx512_f32
#define TILES SP_TILE(float, 16, avx16_f32), SP_TILE(float, 32, avx_f32), SP_TILE(float, 64, avx512_f32)
#define MADD(x, y, sum) __builtin_fmaf(x, y, sum)
#define MADDS(x, y, sum) ((NAME(vector))_mm_fmadd_ps((__m128)(x), (__m128)(y), (__m128)(sum)))
#include "small_products_loops.h"
IN_END
#endif

sp_loop sp_find(int item, const sp_intp *sizes)
{
    const sp_intp m = sizes[1], k = sizes[2], n = sizes[3];
    if (k < 2 || k > SP_LONGEST || m > SP_VECTOR || n > SP_VECTOR)
        return NULL;
    if (m * k * n > (m == 1 || n == 1 ? SP_VECTOR : SP_WORK))
        return NULL;
#if defined(IN_WIDER)
    if (in_here == IN_AVX512)
        return item == 8 ? multiply_avx512_f64 : multiply_avx512_f32;
    if (in_here == IN_AVX2)
        return item == 8 ? multiply_avx_f64 : multiply_avx_f32;
#endif
    return item == 8 ? multiply_plain_f64 : multiply_plain_f32;
}
