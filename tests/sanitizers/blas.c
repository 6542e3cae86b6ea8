/* src/blas.c from several threads at once, for ThreadSanitizer: while one of them is inside, BLAS has one thread, and when
 * all have left, it has its own number again; in a child that is forked meanwhile, too. */

#include "blas.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CALLERS = 4, ROUNDS = 20000, OWN = 8 };

static int count = OWN; /* read and written as a BLAS does: whole, without a lock */

static int get(void)
{
    return __atomic_load_n(&count, __ATOMIC_RELAXED);
}

static void set(int number)
{
    __atomic_store_n(&count, number, __ATOMIC_RELAXED);
}

static void check(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "blas: %s\n", what);
    exit(1);
}

static void *call(void *nothing)
{
    for (int k = 0; k < ROUNDS; k++) {
        const int before = bl_begin();
        check(get() == 1, "more than one thread inside of a call");
        bl_end(before);
    }
    return nothing;
}

int main(void)
{
    pthread_t threads[CALLERS];
    int status = 0;
    check(!bl_known(), "known before it was found");
    bl_use(get, set, NULL);
    for (int k = 0; k < CALLERS; k++)
        check(pthread_create(&threads[k], NULL, call, NULL) == 0, "a thread did not start");
    const pid_t child = fork(); /* while others are inside */
    if (child == 0) {
        call(NULL);
        _exit(get() == OWN ? 0 : 1);
    }
    check(waitpid(child, &status, 0) == child && status == 0, "a forked child has not its own number again");
    for (int k = 0; k < CALLERS; k++)
        pthread_join(threads[k], NULL);
    check(get() == OWN, "the number was not given back");
    printf("blas.c: %d calls from %d threads\n", CALLERS * ROUNDS, CALLERS);
    return 0;
}
