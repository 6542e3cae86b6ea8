#include "workers.h"

#include "checks.h"

#include <stddef.h>

#define WK_MOST 64

/* Read without the lock, at each kernel, while another thread may set it: whole, and in no order with anything else. */
#if defined(_MSC_VER)
static volatile int limit = 1; /* (an aligned int is read and written at once there) */
#define wk_load(place) (*(place))
#define wk_store(place, value) (*(place) = (value))
#else
static int limit = 1;
#define wk_load(place) __atomic_load_n((place), __ATOMIC_RELAXED)
#define wk_store(place, value) __atomic_store_n((place), (value), __ATOMIC_RELAXED)
#endif

int wk_threads(void)
{
    return wk_load(&limit);
}

void wk_set_threads(int count)
{
    wk_store(&limit, count < 1 ? 1 : count > WK_MOST ? WK_MOST : count);
}

static void run_alone(wk_task task, void *context, int parts)
{
    for (int part = 0; part < parts; part++)
        task(context, 0, part, parts);
}

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

typedef SRWLOCK wk_mutex;
typedef CONDITION_VARIABLE wk_condition;
#define WK_MUTEX SRWLOCK_INIT
#define WK_CONDITION CONDITION_VARIABLE_INIT
#define wk_lock(mutex) AcquireSRWLockExclusive(mutex)
#define wk_unlock(mutex) ReleaseSRWLockExclusive(mutex)
#define wk_try(mutex) TryAcquireSRWLockExclusive(mutex)
#define wk_wait(condition, mutex) SleepConditionVariableSRW(condition, mutex, INFINITE, 0)
#define wk_wake(condition) WakeAllConditionVariable(condition)
#define WK_THREAD DWORD WINAPI
static int wk_start(LPTHREAD_START_ROUTINE function, void *argument)
{
    HANDLE thread = CreateThread(NULL, 0, function, argument, 0, NULL);
    if (thread == NULL)
        return 0;
    CloseHandle(thread);
    return 1;
}
#else
#include <pthread.h>
#include <signal.h>
#include <stdint.h>

typedef pthread_mutex_t wk_mutex;
typedef pthread_cond_t wk_condition;
#define WK_MUTEX PTHREAD_MUTEX_INITIALIZER
#define WK_CONDITION PTHREAD_COND_INITIALIZER
#define wk_lock(mutex) pthread_mutex_lock(mutex)
#define wk_unlock(mutex) pthread_mutex_unlock(mutex)
#define wk_try(mutex) (pthread_mutex_trylock(mutex) == 0)
#define wk_wait(condition, mutex) pthread_cond_wait(condition, mutex)
#define wk_wake(condition) pthread_cond_broadcast(condition)
#define WK_THREAD void *
static int wk_start(void *(*function)(void *), void *argument)
{
    pthread_t thread;
    sigset_t all, before;
    /* Signals are for Python's own threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = ad_fails_here() || pthread_create(&thread, NULL, function, argument);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return 0;
    pthread_detach(thread);
    return 1;
}
#endif

static wk_mutex callers = WK_MUTEX; /* held by the one whose task runs */
static wk_mutex state = WK_MUTEX;   /* guards what follows */
static wk_condition begun = WK_CONDITION, finished = WK_CONDITION;
static int started = 0; /* threads, numbered from 1 */
static unsigned long round_number = 0;
static int next_part = 0;
static int left = 0; /* parts of this round that are still to finish */
static wk_task present_task = NULL;
static void *present_context = NULL;
static int present_parts = 0;
static int present_threads = 0;

/* Take parts until there are none. Called, and left, with the state locked. */
static void take_parts(int thread)
{
    const wk_task task = present_task;
    void *const context = present_context;
    const int parts = present_parts;
    while (next_part < parts) {
        const int part = next_part++;
        wk_unlock(&state);
        task(context, thread, part, parts);
        wk_lock(&state);
        left--;
    }
}

static WK_THREAD worker(void *argument)
{
    const int number = (int)(intptr_t)argument;
    unsigned long seen = 0;
    wk_lock(&state);
    for (;;) {
        while (round_number == seen)
            wk_wait(&begun, &state);
        seen = round_number;
        if (number >= present_threads)
            continue;
        take_parts(number);
        if (left == 0)
            wk_wake(&finished);
    }
    return 0;
}

#if !defined(_WIN32)
/* A forked child has none of the threads, and locks in whatever state they were. */
static void forget_threads(void)
{
    callers = (wk_mutex)WK_MUTEX;
    state = (wk_mutex)WK_MUTEX;
    begun = (wk_condition)WK_CONDITION;
    finished = (wk_condition)WK_CONDITION;
    started = 0;
    round_number = 0;
    next_part = present_parts = left = 0;
}
#endif

void wk_run(wk_task task, void *context, int parts, int threads)
{
    if (threads > parts)
        threads = parts;
    if (threads < 2 || !wk_try(&callers)) {
        run_alone(task, context, parts);
        return;
    }
#if !defined(_WIN32)
    static int forks_known = 0;
    if (!forks_known)
        forks_known = pthread_atfork(NULL, NULL, forget_threads) == 0;
#endif
    wk_lock(&state);
    while (started < threads - 1 && wk_start(worker, (void *)(intptr_t)(started + 1)))
        started++;
    present_task = task;
    present_context = context;
    present_parts = left = parts;
    present_threads = threads;
    next_part = 0;
    round_number++;
    wk_wake(&begun);
    take_parts(0);
    while (left)
        wk_wait(&finished, &state);
    wk_unlock(&state);
    wk_unlock(&callers);
}
