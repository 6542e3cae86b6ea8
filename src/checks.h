/* What a checked build does besides (-DAD_CHECKED): asserts on internal lengths, allocations that fail when a test
 * wants them to, and marks around the pool's memory. Under AddressSanitizer the pool tells it what is nobody's. In a
 * release all of this is nothing: the macros are empty, and the allocations are the C library's. */
#ifndef AUTODIFF_CORE_CHECKS_H
#define AUTODIFF_CORE_CHECKS_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(_WIN32)
#include <malloc.h>
#define AD_ALIGNED(size) _aligned_malloc((size), 64)
#define ad_aligned_free(block) _aligned_free(block)
#else
static inline void *ad_posix_aligned(size_t size)
{
    void *block = NULL;
    return posix_memalign(&block, 64, size) ? NULL : block;
}
#define AD_ALIGNED(size) ad_posix_aligned(size)
#define ad_aligned_free(block) free(block)
#endif

/* What free() keeps for later goes back to the system, where the library has a word for that. */
#if defined(__GLIBC__)
#include <malloc.h>
#define ad_trim() malloc_trim(0)
#else
#define ad_trim() ((void)0)
#endif

#ifdef AD_CHECKED

#include <stdio.h>

/* For tests, which find these by name in the extension's file: `ad_fail_at` counts down with each allocation, and the
 * one that finds 0 there fails. Negative numbers are left alone. */
extern __attribute__((visibility("default"))) long ad_fail_at;
extern __attribute__((visibility("default"))) const char *ad_failed; /* where that was: "file:line" */
#ifdef AD_CHECKS_HERE
long ad_fail_at = -1;
const char *ad_failed = NULL;
#endif

static inline int ad_fails(const char *place)
{
    if (ad_fail_at < 0 || ad_fail_at-- > 0)
        return 0;
    ad_failed = place;
    return 1;
}

#define AD_TEXT(number) #number
#define AD_PLACE_OF(file, line) file ":" AD_TEXT(line)
#define AD_PLACE AD_PLACE_OF(__FILE__, __LINE__)
#define ad_fails_here() ad_fails(AD_PLACE)
#define AD_UNLESS_FAILED(allocation) (ad_fails_here() ? NULL : (allocation))

static inline void ad_broken(const char *place, const char *condition)
{
    fprintf(stderr, "%s: this does not hold: %s\n", place, condition);
    fflush(stderr);
    abort();
}

#define ad_check(condition) ((condition) ? (void)0 : ad_broken(AD_PLACE, #condition))
#define AD_IS_CHECKED 1

#else

#define ad_fails_here() 0
#define AD_UNLESS_FAILED(allocation) (allocation)
#define ad_check(condition) ((void)(0 && (condition)))
#define AD_IS_CHECKED 0

#endif

#define ad_malloc(size) AD_UNLESS_FAILED(malloc(size))
#define ad_calloc(count, size) AD_UNLESS_FAILED(calloc((count), (size)))
#define ad_realloc(memory, size) AD_UNLESS_FAILED(realloc((memory), (size)))
#define ad_aligned(size) AD_UNLESS_FAILED(AD_ALIGNED(size))
#define ad_python_malloc(size) AD_UNLESS_FAILED(PyMem_Malloc(size))
#define ad_python_calloc(count, size) AD_UNLESS_FAILED(PyMem_Calloc((count), (size)))
#define ad_python_realloc(memory, size) AD_UNLESS_FAILED(PyMem_Realloc((memory), (size)))

/* --------------------------------------------------------------------------------------------- the pool's memory */

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define AD_POISON(from, size) ASAN_POISON_MEMORY_REGION((from), (size))
#define AD_UNPOISON(from, size) ASAN_UNPOISON_MEMORY_REGION((from), (size))
#else
#define AD_POISON(from, size) ((void)(from), (void)(size))
#define AD_UNPOISON(from, size) ((void)(from), (void)(size))
#endif

#ifdef AD_CHECKED
#include <string.h>

enum { AD_FRESH = 0xcb, AD_BEYOND = 0xfd, AD_GIVEN = 0xdd };

static inline void ad_check_filled(const unsigned char *from, const unsigned char *to, int with)
{
    while (from < to)
        ad_check(*from++ == with);
}

/* A block of the pool's becomes an array's, `size` bytes of its capacity. */
static inline void ad_taken(void *data, size_t size, size_t capacity, int reused)
{
    unsigned char *const bytes = (unsigned char *)data;
    if (reused) /* nobody wrote to it meanwhile */
        ad_check_filled(bytes, bytes + (capacity < 4096 ? capacity : 4096), AD_GIVEN);
    memset(bytes, AD_FRESH, size);
    memset(bytes + size, AD_BEYOND, capacity - size);
}

/* It is given back: nobody wrote behind the array. */
static inline void ad_given(void *data, size_t size, size_t capacity)
{
    unsigned char *const bytes = (unsigned char *)data;
    ad_check_filled(bytes + size, bytes + capacity, AD_BEYOND);
    memset(bytes, AD_GIVEN, capacity);
}
#elif defined(__SANITIZE_ADDRESS__)
#define ad_taken(data, size, capacity, reused)                                                                  \
    ((void)(reused), AD_UNPOISON((data), (size)), AD_POISON((char *)(data) + (size), (capacity) - (size)))
#define ad_given(data, size, capacity) ((void)(size), AD_POISON((data), (capacity)))
#else
#define ad_taken(data, size, capacity, reused) ((void)(data), (void)(size), (void)(capacity), (void)(reused))
#define ad_given(data, size, capacity) ((void)(data), (void)(size), (void)(capacity))
#endif

/* Before a block goes back to the system. */
#define ad_leaving(data, capacity) AD_UNPOISON((data), (capacity))

#endif
