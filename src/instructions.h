/* What kernels are compiled for, and which of it runs here.
 *
 * One binary serves all x86-64 machines: a kernel is compiled there for three sets of instructions, and which of them
 * runs is settled once, when the library is loaded, by what processor and system say. On aarch64, and where a compiler
 * cannot do that for one function, there is the target's baseline alone.
 *
 *     IN_BASELINE   every processor of the target: SSE2 on x86-64, NEON on aarch64
 *     IN_AVX2       AVX2 and FMA
 *     IN_AVX512     AVX-512F
 *
 * It takes neither the dynamic loader (ifunc, which glibc alone has) nor GCC's target_clones: Clang and GCC both let
 * a function that is always inlined become part of one with more instructions.
 *
 * No compiler fuses a product with a sum by itself (-ffp-contract=off in compiler_flags.txt). Where that is wanted it
 * is written, in_madd, and done by the sets that have it in one instruction: AVX2, AVX-512 and NEON. So those give the
 * same bits, and so do compilers. */
#ifndef AUTODIFF_CORE_INSTRUCTIONS_H
#define AUTODIFF_CORE_INSTRUCTIONS_H

enum { IN_BASELINE, IN_AVX2, IN_AVX512 };

#if defined(__GNUC__) || defined(__clang__)
#define IN_INLINE static inline __attribute__((always_inline))
#define IN_UNUSED __attribute__((unused))
#if defined(_WIN32)
#define IN_HIDDEN
#else
#define IN_HIDDEN __attribute__((visibility("hidden")))
#endif
#if defined(__x86_64__)
#define IN_WIDER 1
#endif
#else
#define IN_INLINE static inline
#define IN_UNUSED
#define IN_HIDDEN
#endif

/* The set that this machine runs: the baseline, until `in_choose` has looked. */
extern IN_HIDDEN int in_here;

/* Looks, before any kernel runs, and takes the widest set that is here, up to `most`. */
void in_choose(int most);

/* ------------------------------------------------------------------------------------------------------- kernels */

/* A static function, compiled for each set:
 *
 *     IN_KERNEL(void, halve, (const double *x, double *out, intptr_t n), (x, out, n))
 *     {
 *         for (intptr_t i = 0; i < n; i++)
 *             out[i] = 0.5 * x[i];
 *     }
 *
 * In its body `fused` says whether in_madd rounds once. IN_KERNEL_TO_AVX2 is one that wider vectors do nothing for. */
#define IN_KERNEL(result, name, parameters, arguments) IN_ALL(result, name, parameters, arguments)
#define IN_KERNEL_TO_AVX2(result, name, parameters, arguments) IN_NARROW(result, name, parameters, arguments)

#define IN_PARAMETERS(...) (const int fused IN_UNUSED, __VA_ARGS__)
#define IN_ARGUMENTS_BASELINE(...) (IN_BASELINE_FUSES, __VA_ARGS__)
#define IN_ARGUMENTS_FUSED(...) (1, __VA_ARGS__)
#define IN_BODY(result, name, parameters) IN_INLINE result name##_body IN_PARAMETERS parameters

#if defined(IN_WIDER)
#define IN_BASELINE_FUSES 0
#define IN_TARGET_AVX2 "avx2,fma"
#if defined(__clang__) && __clang_major__ >= 18 && __clang_major__ < 22 /* (which ask for the registers by a name) */
#define IN_TARGET_AVX512 "avx512f,evex512,avx2,fma"
#else
#define IN_TARGET_AVX512 "avx512f,avx2,fma"
#endif
/* (On its own, so that what picks is a jump.) */
#define IN_COPY(attributes, result, name, set, parameters, arguments)                                           \
    __attribute__((noinline)) attributes static result name##_##set parameters { return name##_body arguments; }
#define IN_ALL(result, name, parameters, arguments)                                                             \
    IN_BODY(result, name, parameters);                                                                          \
    IN_COPY(, result, name, baseline, parameters, IN_ARGUMENTS_BASELINE arguments)                              \
    IN_COPY(__attribute__((target(IN_TARGET_AVX2))), result, name, avx2, parameters,                            \
            IN_ARGUMENTS_FUSED arguments)                                                                       \
    IN_COPY(__attribute__((target(IN_TARGET_AVX512))), result, name, avx512, parameters,                        \
            IN_ARGUMENTS_FUSED arguments)                                                                       \
    static result name parameters                                                                               \
    {                                                                                                           \
        return in_here == IN_AVX512 ? name##_avx512 arguments                                                   \
               : in_here == IN_AVX2 ? name##_avx2 arguments                                                     \
                                    : name##_baseline arguments;                                                \
    }                                                                                                           \
    IN_BODY(result, name, parameters)
#define IN_NARROW(result, name, parameters, arguments)                                                          \
    IN_BODY(result, name, parameters);                                                                          \
    IN_COPY(, result, name, baseline, parameters, IN_ARGUMENTS_BASELINE arguments)                              \
    IN_COPY(__attribute__((target(IN_TARGET_AVX2))), result, name, avx2, parameters,                            \
            IN_ARGUMENTS_FUSED arguments)                                                                       \
    static result name parameters                                                                               \
    {                                                                                                           \
        return in_here >= IN_AVX2 ? name##_avx2 arguments : name##_baseline arguments;                          \
    }                                                                                                           \
    IN_BODY(result, name, parameters)
#else
#if defined(__aarch64__)
#define IN_BASELINE_FUSES 1
#else
#define IN_BASELINE_FUSES 0
#endif
#define IN_ALL(result, name, parameters, arguments)                                                             \
    IN_BODY(result, name, parameters);                                                                          \
    static result name parameters { return name##_body IN_ARGUMENTS_BASELINE arguments; }                       \
    IN_BODY(result, name, parameters)
#define IN_NARROW(result, name, parameters, arguments) IN_ALL(result, name, parameters, arguments)
#endif

/* x * y + z: rounded once, or twice. */
#if defined(__GNUC__) || defined(__clang__)
IN_INLINE double in_madd(int fused, double x, double y, double z)
{
    return fused ? __builtin_fma(x, y, z) : x * y + z;
}
IN_INLINE float in_maddf(int fused, float x, float y, float z)
{
    return fused ? __builtin_fmaf(x, y, z) : x * y + z;
}
#else
IN_INLINE double in_madd(int fused, double x, double y, double z)
{
    (void)fused;
    return x * y + z;
}
IN_INLINE float in_maddf(int fused, float x, float y, float z)
{
    (void)fused;
    return x * y + z;
}
#endif

/* ------------------------------------------------------------------------------------------- stretches of a file */

/* For loops that name a set's instructions (products of matrices): functions between IN_BEGIN(IN_TARGET_...) and IN_END
 * may use them, and who calls one looks at in_here. */
#if defined(IN_WIDER)
#include <immintrin.h>
#define IN_TEXT(...) IN_TEXT_OF(__VA_ARGS__)
#define IN_TEXT_OF(...) #__VA_ARGS__
#define IN_PRAGMA(...) _Pragma(IN_TEXT(__VA_ARGS__))
#if defined(__clang__)
#define IN_BEGIN(set) IN_PRAGMA(clang attribute push(__attribute__((target(set))), apply_to = function))
#define IN_END IN_PRAGMA(clang attribute pop)
#else
#define IN_BEGIN(set) IN_PRAGMA(GCC push_options) IN_PRAGMA(GCC target(set))
#define IN_END IN_PRAGMA(GCC pop_options)
#endif
#endif

/* --------------------------------------------------------------------------------------------------------- loops */

/* Each element is read before it is written and no other is touched, so an output that is the input is no obstacle. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed" /* (what has no vectors, long double, needs no warning) */
#define IN_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#define IN_UNROLLED _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__)
#define IN_INDEPENDENT _Pragma("GCC ivdep")
#define IN_UNROLLED _Pragma("GCC unroll 16")
#else
#define IN_INDEPENDENT
#define IN_UNROLLED
#endif

/* Loops over few elements as well as many. Clang would take several vectors at a time, and leave the rest to loops over
 * numbers. And where an element is written to its own place, or left as it is, it stores some lanes of a vector and not
 * the others, which takes several times as long: there it goes from one room to another and back. */
#if defined(__clang__)
#define IN_ACROSS _Pragma("clang loop vectorize(assume_safety) interleave_count(1)")
#define IN_OTHER(one, other) (other)
#else
#define IN_ACROSS
#define IN_OTHER(one, other) (one)
#endif

#endif
