/* Whether an array has a number that is not finite. (See finite.h.) */

#include "finite.h"

/* An exponent of ones, and 1 added to its last bit, carries into the sign: what is left of all elements has that bit. */
#define SOME(T)                                                                                                        \
    do {                                                                                                               \
        const T *x = (const T *)data, mask = (T)exponent, one = (T)(mask & (~mask + 1));                               \
        T found = 0;                                                                                                   \
        for (size_t i = 0; i < n; i++)                                                                                 \
            found |= (T)((T)(x[i] & mask) + one);                                                                      \
        return (int)(found >> (8 * sizeof(T) - 1));                                                                    \
    } while (0)

int fn_some(const void *data, size_t n, int item, uint64_t exponent)
{
    if (item == 8)
        SOME(uint64_t);
    if (item == 4)
        SOME(uint32_t);
    SOME(uint16_t);
}
