/* A few threads of our own that share out a kernel's work.
 *
 * OpenMP would need a run-time library beside the wheel, which differs between compilers and clashes with the one that
 * another package brings; this is a lock and two conditions. */
#ifndef AUTODIFF_CORE_WORKERS_H
#define AUTODIFF_CORE_WORKERS_H

/* `thread` is below the number of threads that were asked for; no two parts run on the same one at a time. */
typedef void (*wk_task)(void *context, int thread, int part, int parts);

/* Run all parts of a task on at most so many threads; returns when all are done. The caller and the threads take one
 * part after the other, so that a thread that the system runs late, or not at all, delays nobody. Where the threads are
 * busy with another caller's task, or cannot be had, or have cost more than they gave just now, the caller runs all parts
 * itself. Holds no GIL and needs none. */
void wk_run(wk_task task, void *context, int parts, int threads);

/* The caller and its threads: 1 for no threads at all. */
int wk_threads(void);

/* The same, as long as sharing pays: 1 while the threads are left alone, and work need not be divided. */
int wk_ready(void);

/* Whether a thread looks for work at this moment, so that sharing takes no waking. */
int wk_awake(void);
void wk_set_threads(int count);

#endif
