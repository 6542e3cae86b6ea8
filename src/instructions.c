#include "instructions.h"

int in_here = IN_BASELINE;

#if defined(IN_WIDER)
#include <cpuid.h>

/* (The compilers' own __builtin_cpu_supports asks a library that not every linker brings.) Wider registers are of use
 * where the system keeps them, too, when it turns to another thread: bits 1 and 2 of its word, for AVX-512 5 to 7. */
static int widest(void)
{
    unsigned a, b, c, d, kept, high;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_FMA) || !(c & bit_OSXSAVE))
        return IN_BASELINE;
    __asm__("xgetbv" : "=a"(kept), "=d"(high) : "c"(0));
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(b & bit_AVX2) || (kept & 0x06) != 0x06)
        return IN_BASELINE;
    return (b & bit_AVX512F) && (kept & 0xe6) == 0xe6 ? IN_AVX512 : IN_AVX2;
}
#else
static int widest(void)
{
    return IN_BASELINE;
}
#endif

void in_choose(int most)
{
    const int found = widest();
    in_here = found < most ? found : most;
}
