/* A number that tells whether memory has been written to. */

#ifndef AD_DIGEST_H
#define AD_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* Equal for equal bytes. Of other bytes, as many, it is another one but for one case in 2^64, and always where one word of
 * eight bytes alone differs. */
uint64_t dg_digest(const void *memory, size_t size);

#endif
