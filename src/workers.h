/* A few threads of our own that share out a kernel's work.
 *
 * OpenMP would need a run-time library beside the wheel, which differs between compilers and clashes with the one that
 * another package brings; this is a lock and two conditions. */
#ifndef AUTODIFF_CORE_WORKERS_H
#define AUTODIFF_CORE_WORKERS_H

typedef void (*wk_task)(void *context, int part, int parts);

/* Run all parts of a task, part 0 in the caller; returns when all are done. Where the threads are busy with another
 * caller's task, or cannot be had, the caller runs all parts itself. Holds no GIL and needs none. */
void wk_run(wk_task task, void *context, int parts);

/* How many parts at most a task should have: 1 for no threads at all. */
int wk_threads(void);
void wk_set_threads(int count);

#endif
