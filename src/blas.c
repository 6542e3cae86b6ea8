#include "blas.h"

#include "locks.h"

#include <stddef.h>

static bl_get get_count = NULL;
static bl_set set_count = NULL;
static bl_set_here set_here = NULL;

static lk_mutex state = LK_MUTEX; /* guards what follows */
static int inside = 0;            /* callers between begin and end */
static int taken = 0;             /* what was set before the first of them, and is to be given back; or 0 */

#if !defined(_WIN32)
/* A forked child has none of the callers of other threads: what they have taken is given back after its next product. */
static void forget_callers(void)
{
    state = (lk_mutex)LK_MUTEX;
    inside = 0;
}
#endif

void bl_use(bl_get get, bl_set set, bl_set_here here)
{
#if !defined(_WIN32)
    static int forks_known = 0;
    if (!forks_known)
        forks_known = pthread_atfork(NULL, NULL, forget_callers) == 0;
#endif
    get_count = get;
    set_count = set;
    set_here = here;
}

int bl_known(void)
{
    return set_here != NULL || set_count != NULL;
}

int bl_begin(void)
{
    if (set_here != NULL)
        return set_here(1);
    if (set_count == NULL)
        return 0;
    lk_lock(&state);
    if (inside++ == 0) {
        const int count = get_count();
        if (count > 1) {
            taken = count;
            set_count(1);
        }
    }
    lk_unlock(&state);
    return 0;
}

void bl_end(int before)
{
    if (set_here != NULL) {
        set_here(before);
        return;
    }
    if (set_count == NULL)
        return;
    lk_lock(&state);
    if (--inside == 0 && taken) {
        if (get_count() == 1)
            set_count(taken);
        taken = 0;
    }
    lk_unlock(&state);
}
