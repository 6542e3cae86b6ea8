#include "digest.h"

#include <string.h>

#define LANES 8 /* as many multiplications as a processor has under way */
#define FACTOR 0x9E3779B97F4A7C15ULL
#define AHEAD 4096 /* bytes: reading is what takes the time, and twice as much without this */
#if defined(__GNUC__)
#define EXPECT(address) __builtin_prefetch(address)
#else
#define EXPECT(address) ((void)0)
#endif

/* A step can be undone, for a known word or for a known lane. It turns what it has, since a product carries differences
 * upwards only: else those of two words in their highest bits, their signs, would cancel. */
static inline uint64_t stepped(uint64_t lane, uint64_t word)
{
    lane ^= word;
    return (lane << 29 | lane >> 35) * FACTOR;
}

uint64_t dg_digest(const void *memory, size_t size)
{
    const char *at = (const char *)memory;
    uint64_t lanes[LANES], words[LANES], all = size;
    size_t left = size;
    for (int k = 0; k < LANES; k++)
        lanes[k] = (uint64_t)(k + 1) * FACTOR;
    for (; left >= sizeof(words); left -= sizeof(words), at += sizeof(words)) {
        EXPECT((const char *)((uintptr_t)at + AHEAD));
        memcpy(words, at, sizeof(words));
        for (int k = 0; k < LANES; k++)
            lanes[k] = stepped(lanes[k], words[k]);
    }
    memset(words, 0, sizeof(words));
    if (left)
        memcpy(words, at, left);
    for (int k = 0; k < LANES; k++)
        all = stepped(all, stepped(lanes[k], words[k]));
    return all ^ all >> 32;
}
