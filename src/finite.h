/* Numbers that are not finite: whether an array has any, and what the processor has noted of such. */
#ifndef AUTODIFF_CORE_FINITE_H
#define AUTODIFF_CORE_FINITE_H

#include <stddef.h>
#include <stdint.h>

/* Whether some of n floats that follow each other are infinite or NaN: of items of 2, 4 or 8 bytes, of which the bits in
 * `exponent` are then all set. */
int fn_some(const void *data, size_t n, int item, uint64_t exponent);

enum { FN_INVALID = 1, FN_DIVIDE = 2, FN_OVERFLOW = 4 };

#if defined(__GNUC__) && defined(__x86_64__)
/* Of vectors and of the older unit, by which the C library notes an overflow: the same bits. */
#include <xmmintrin.h>
static inline unsigned fn_noted(void)
{
    unsigned short older;
    __asm__ volatile("fnstsw %0" : "=a"(older));
    return (_mm_getcsr() | older) & 0x0du;
}
static inline int fn_noted_kinds(void)
{
    const unsigned flags = fn_noted();
    return (flags & 1 ? FN_INVALID : 0) | (flags & 4 ? FN_DIVIDE : 0) | (flags & 8 ? FN_OVERFLOW : 0);
}
static inline void fn_forget(void)
{
    _mm_setcsr(_mm_getcsr() & ~0x0du);
    __asm__ volatile("fnclex");
}
static inline void fn_note(unsigned noted) { _mm_setcsr(_mm_getcsr() | noted); }
static inline void fn_note_overflow(void) { fn_note(8); }
#else
#include <fenv.h>
static inline unsigned fn_noted(void) { return (unsigned)fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW); }
static inline int fn_noted_kinds(void)
{
    const unsigned flags = fn_noted();
    return (flags & FE_INVALID ? FN_INVALID : 0) | (flags & FE_DIVBYZERO ? FN_DIVIDE : 0) |
           (flags & FE_OVERFLOW ? FN_OVERFLOW : 0);
}
static inline void fn_forget(void) { feclearexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW); }
static inline void fn_note(unsigned noted) { feraiseexcept((int)noted); }
static inline void fn_note_overflow(void) { fn_note(FE_OVERFLOW); }
#endif

#endif
