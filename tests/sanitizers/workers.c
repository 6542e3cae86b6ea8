/* src/workers.c on its own, from several threads at once, for ThreadSanitizer: what it says of a race is the verdict, and
 * each sum is checked besides. Compiled and run by .ci/sanitize; prints how many tasks were run. */

#include "workers.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CALLERS = 4, ROUNDS = 400, MOST_PARTS = 40, MOST_THREADS = 9 };

typedef struct {
    long of_part[MOST_PARTS];     /* written by whoever takes the part, read when all are done */
    long of_thread[MOST_THREADS]; /* no two parts on one number at a time: adding up needs no lock */
    int nested;
} job;

static int resizing = 1;
static long done = 0;

static void check(int holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "workers: %s\n", what);
    exit(1);
}

static void small_part(void *context, int thread, int part, int parts)
{
    (void)thread;
    ((long *)context)[part] = part + parts;
}

static void take_part(void *context, int thread, int part, int parts)
{
    job *const j = context;
    j->of_part[part] = part + 1;
    j->of_thread[thread] += part + 1;
    if (j->nested) { /* the threads are busy with this task: the inner one is run by its caller alone */
        long inner[3] = {0, 0, 0};
        wk_run(small_part, inner, 3, 3);
        check(inner[0] + inner[1] + inner[2] == 12, "an inner task was not run");
    }
    (void)parts;
}

static void run_one(int parts, int threads, int nested)
{
    job j = {{0}, {0}, nested};
    long by_part = 0, by_thread = 0;
    wk_run(take_part, &j, parts, threads);
    for (int k = 0; k < parts; k++)
        by_part += j.of_part[k];
    for (int k = 0; k < MOST_THREADS; k++)
        by_thread += j.of_thread[k];
    check(by_part == (long)parts * (parts + 1) / 2, "a part was not run");
    check(by_thread == by_part, "a part was run twice, or two at a time on one thread");
    __atomic_add_fetch(&done, 1, __ATOMIC_RELAXED);
}

static void *caller(void *argument)
{
    const int number = (int)(long)argument;
    for (int k = 0; k < ROUNDS; k++) {
        const int threads = wk_threads();
        run_one((k * 7 + number) % MOST_PARTS, threads < MOST_THREADS ? threads : MOST_THREADS, k % 3 == 0);
    }
    return NULL;
}

static void *resizer(void *argument)
{
    (void)argument;
    for (int k = 0; __atomic_load_n(&resizing, __ATOMIC_RELAXED); k++)
        wk_set_threads(k % 12 - 1); /* from too few to more than there are parts */
    return NULL;
}

/* A child has none of its parent's threads and starts its own. */
static void fork_one(void)
{
    int status = 1;
    const pid_t child = fork();
    check(child >= 0, "no child process");
    if (child == 0) {
        for (int k = 0; k < 20; k++)
            run_one(30, 4, k % 2);
        _exit(0);
    }
    check(waitpid(child, &status, 0) == child && status == 0, "a forked child failed");
}

int main(void)
{
    pthread_t threads[CALLERS + 1];
    check(wk_threads() == 1, "there are threads before anybody asked for them");
    wk_set_threads(1000);
    check(wk_threads() == 64, "the limit has no limit");
    wk_set_threads(4);
    pthread_create(&threads[CALLERS], NULL, resizer, NULL);
    for (int k = 0; k < CALLERS; k++)
        pthread_create(&threads[k], NULL, caller, (void *)(long)k);
    for (int k = 0; k < CALLERS; k++)
        pthread_join(threads[k], NULL);
    __atomic_store_n(&resizing, 0, __ATOMIC_RELAXED);
    pthread_join(threads[CALLERS], NULL);
    fork_one();
    run_one(30, 4, 0);
    printf("workers.c: %ld tasks from %d threads, in a forked child too\n", done, CALLERS);
    return 0;
}
