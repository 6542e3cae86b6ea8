#if defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* for the cores of threads */
#endif
#include "workers.h"

#include "checks.h"
#include "finite.h"
#include "locks.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define WK_MOST 64

/* Read without the lock, at each kernel, while another thread may set it: whole, and in no order with anything else. */
#if defined(_MSC_VER)
#define WK_SHARED volatile /* (what is aligned is read and written at once there) */
#define wk_load(place) (*(place))
#define wk_store(place, value) (*(place) = (value))
#else
#define WK_SHARED
#define wk_load(place) __atomic_load_n((place), __ATOMIC_RELAXED)
#define wk_store(place, value) __atomic_store_n((place), (value), __ATOMIC_RELAXED)
#endif
static WK_SHARED int limit = 1;
static WK_SHARED int64_t alone_until = 0; /* on the clock: threads are left alone as long */

int wk_threads(void)
{
    return wk_load(&limit);
}

void wk_set_threads(int count)
{
    wk_store(&limit, count < 1 ? 1 : count > WK_MOST ? WK_MOST : count);
    wk_store(&alone_until, 0); /* a number that somebody wants is tried */
}

#if defined(_WIN32)
#define WK_THREAD DWORD WINAPI
static int wk_start(LPTHREAD_START_ROUTINE function, int number)
{
    HANDLE thread = CreateThread(NULL, 0, function, (void *)(intptr_t)number, 0, NULL);
    if (thread == NULL)
        return 0;
    CloseHandle(thread);
    return 1;
}

/* Nanoseconds. */
static int64_t clock_now(void)
{
    LARGE_INTEGER count, second;
    QueryPerformanceCounter(&count);
    QueryPerformanceFrequency(&second);
    return (int64_t)((double)count.QuadPart / (double)second.QuadPart * 1e9);
}
#define own_now() clock_now() /* (a thread's own time is counted in steps of milliseconds there) */
#else
#include <signal.h>
#include <time.h>

#define WK_THREAD void *
static pthread_t workers[WK_MOST];
static int wk_start(void *(*function)(void *), int number)
{
    sigset_t all, before;
    /* Signals are for Python's own threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = ad_fails_here() || pthread_create(&workers[number], NULL, function, (void *)(intptr_t)number);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed)
        return 0;
    pthread_detach(workers[number]);
    return 1;
}

/* Nanoseconds: of the day, and those that the calling thread has run. */
static int64_t nanoseconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
#define clock_now() nanoseconds(CLOCK_MONOTONIC)
#define own_now() nanoseconds(CLOCK_THREAD_CPUTIME_ID)
#endif

/* A moment of a spin, and the core to whoever else wants it. */
#if defined(_MSC_VER)
#define wk_pause() YieldProcessor()
#elif defined(__x86_64__) || defined(__i386__)
#define wk_pause() __builtin_ia32_pause()
#else
#define wk_pause() ((void)0)
#endif
#if defined(_WIN32)
#define wk_yield() SwitchToThread()
#else
#include <sched.h>
#define wk_yield() sched_yield()
#endif

/* Linux wakes a thread on the core of who wakes it, also where that one is busy and another idle: both are in each other's
 * way then, for milliseconds. So threads run where their caller may, but for the core that it is on, which is seldom another
 * than in the round before. */
#if defined(__linux__)
static int off_core[WK_MOST]; /* of each thread: a core and 1, or 0 */

static void keep_off(int core, int threads)
{
    cpu_set_t others;
    int known = 0;
    for (int thread = 1; thread < threads; thread++) {
        if (off_core[thread] == core + 1)
            continue;
        off_core[thread] = core + 1;
        if (!known) {
            if (core < 0 || core >= CPU_SETSIZE || pthread_getaffinity_np(pthread_self(), sizeof(others), &others))
                return; /* (more cores than a set holds) */
            CPU_CLR((size_t)core, &others);
            known = 1;
        }
        if (CPU_COUNT(&others))
            (void)pthread_setaffinity_np(workers[thread], sizeof(others), &others);
    }
}
#define let_go() memset(off_core, 0, sizeof(off_core))
#define core_now() sched_getcpu()
#else
#define let_go() ((void)0)
#define core_now() (-1)
#define keep_off(core, threads) ((void)(core), (void)(threads))
#endif

enum { LOOKS = 32 }; /* a moment's spins before anything else is thought of */

/* A lock that is held for instants only: who finds it taken looks again before it sleeps, and waking it would take longer
 * than many a part. */
static void lock_soon(lk_mutex *lock)
{
    for (int i = 0; i < LOOKS; i++) {
        if (lk_try(lock))
            return;
        wk_pause();
    }
    lk_lock(lock);
}

static void run_alone(wk_task task, void *context, int parts)
{
    for (int part = 0; part < parts; part++)
        task(context, 0, part, parts);
}

static lk_mutex callers = LK_MUTEX; /* held by the one whose task runs */
static lk_mutex state = LK_MUTEX;   /* guards what follows */
static lk_condition begun = LK_CONDITION, finished = LK_CONDITION;
static int started = 0; /* threads, numbered from 1 */
static WK_SHARED unsigned long round_number = 0; /* (this and `left` are looked at without the lock, too) */
static int first_part[WK_MOST], end_part[WK_MOST]; /* of each thread's range: what nobody has taken */
static WK_SHARED int left = 0; /* parts of this round that are still to finish */
static int sleeping = 0;       /* threads that have to be woken */
static int waiting = 0;        /* whether the caller has */
static wk_task present_task = NULL;
static void *present_context = NULL;
static int present_parts = 0;
static int present_threads = 0;
static unsigned noted = 0; /* of numbers that are not finite (finite.h), by other threads than the caller */

/* Whether sharing pays is seen by doing it. Where another process has one of the cores, a thread of ours may be put off
 * in the middle of its part, for milliseconds that the caller waits. So accounts are kept (by whoever holds `callers`) of
 * what sharing has won, against the caller's running all parts at the speed of its own, less what it has lost. (Its speed
 * while it runs: a thread of ours that has to run on the caller's core makes it late, but not slow.) When they
 * are below zero the threads are left alone for so many times the loss: then sharing costs a twentieth at most, whatever
 * else the machine does. What has been won counts up to a bound, so that a machine that gets busy is seen soon. */
enum { ALONE_FOR = 20, MOST_WON = 4000000, MOST_ALONE = 2000000000 };
static int64_t balance = 0;

static void settle(int64_t own, int64_t all, int done, int parts)
{
    if (done == 0)
        return;
    balance += own / done * parts - all;
    if (balance > MOST_WON)
        balance = MOST_WON;
    if (balance >= 0)
        return;
    const int64_t pause = -balance < MOST_ALONE / ALONE_FOR ? -balance * ALONE_FOR : MOST_ALONE;
    wk_store(&alone_until, clock_now() + pause);
    balance = 0;
}

/* Waking a thread takes longer than many a kernel. So one that has had a part looks for the next round for a moment
 * before it sleeps, where rounds have followed each other as closely; and the caller looks as long for the last part.
 * Meanwhile a thread gives its core to whoever else wants it: on a busy machine it is late, and the caller has done all
 * parts itself. (The caller does not: it would be late, too.) */
enum { MOMENT = 200000, MOST_FOLLOWING = 4 };
static int64_t last_end = 0; /* of a round; kept by whoever holds `callers` */
static int following = 0;    /* how many rounds followed closely, of late */
static WK_SHARED int looking = 0; /* threads that look for the next round */

static void note_gap(int64_t begin)
{
    if (begin - last_end < MOMENT)
        following += following < MOST_FOLLOWING;
    else
        following -= following > 0;
}

int wk_awake(void)
{
    return wk_load(&looking) > 0;
}

static int another_round(unsigned long seen) { return wk_load(&round_number) != seen; }
static int none_left(unsigned long seen) { return wk_load(&left) == 0 || another_round(seen); }

/* Until something is so, for a moment at most. Called, and left, with the state locked, which it is not meanwhile. */
static void look_for(int (*is_so)(unsigned long), unsigned long seen, int yields)
{
    const int64_t end = clock_now() + MOMENT;
    lk_unlock(&state);
    do {
        for (int i = 0; i < LOOKS && !is_so(seen); i++)
            wk_pause();
        if (is_so(seen))
            break;
        if (yields)
            wk_yield();
    } while (clock_now() < end);
    lock_soon(&state);
}

int wk_ready(void)
{
    const int count = wk_threads();
    if (count < 2)
        return 1;
    const int64_t until = wk_load(&alone_until);
    return until == 0 || clock_now() >= until ? count : 1;
}

/* A part for a thread; or -1. Each begins with those of a range of its own, in every round of as many parts the same one:
 * what it wrote the last time is in its core's cache, and nowhere else. Then it helps whoever has the most left, from the
 * end. Called with the state locked. */
static int next_part(int thread)
{
    if (first_part[thread] < end_part[thread])
        return first_part[thread]++;
    int most = 0;
    for (int other = 1; other < present_threads; other++)
        if (end_part[other] - first_part[other] > end_part[most] - first_part[most])
            most = other;
    return first_part[most] < end_part[most] ? --end_part[most] : -1;
}

/* Take parts until there are none, and say how many they were. What the processor notes of them is noted for the caller,
 * who looks. Called, and left, with the state locked. */
static int take_parts(int thread)
{
    int done = 0;
    const wk_task task = present_task;
    void *const context = present_context;
    const int parts = present_parts;
    for (int part; (part = next_part(thread)) >= 0;) {
        lk_unlock(&state);
        task(context, thread, part, parts);
        lock_soon(&state);
        if (thread != 0) {
            noted |= fn_noted();
            fn_forget();
        }
        wk_store(&left, left - 1);
        done++;
    }
    return done;
}

static WK_THREAD worker(void *argument)
{
    const int number = (int)(intptr_t)argument;
    unsigned long seen = 0;
    int worked = 0;
    fn_forget(); /* what it has from the thread that began it */
    lk_lock(&state);
    for (;;) {
        if (worked && following && round_number == seen) {
            wk_store(&looking, looking + 1);
            look_for(another_round, seen, 1);
            wk_store(&looking, looking - 1);
        }
        sleeping++;
        while (round_number == seen)
            lk_wait(&begun, &state);
        sleeping--;
        seen = round_number;
        worked = number < present_threads && take_parts(number);
        if (worked && left == 0 && waiting)
            lk_wake(&finished);
    }
    return 0;
}

#if !defined(_WIN32)
/* A forked child has none of the threads, and locks in whatever state they were. */
static void forget_threads(void)
{
    callers = (lk_mutex)LK_MUTEX;
    state = (lk_mutex)LK_MUTEX;
    begun = (lk_condition)LK_CONDITION;
    finished = (lk_condition)LK_CONDITION;
    started = 0;
    round_number = 0;
    present_parts = left = sleeping = waiting = looking = following = 0;
    let_go();
    balance = 0;
    noted = 0;
}
#endif

void wk_run(wk_task task, void *context, int parts, int threads)
{
    if (threads > parts)
        threads = parts;
    if (threads < 2 || wk_ready() < 2 || !lk_try(&callers)) {
        run_alone(task, context, parts);
        return;
    }
#if !defined(_WIN32)
    static int forks_known = 0;
    if (!forks_known)
        forks_known = pthread_atfork(NULL, NULL, forget_threads) == 0;
#endif
    const int64_t begin = clock_now();
    const int64_t own_begin = own_now();
    lock_soon(&state);
    while (started < threads - 1 && wk_start(worker, started + 1))
        started++;
    keep_off(core_now(), started + 1 < threads ? started + 1 : threads);
    present_task = task;
    present_context = context;
    present_parts = parts;
    present_threads = threads;
    for (int thread = 0; thread < threads; thread++) {
        first_part[thread] = (int)((int64_t)parts * thread / threads);
        end_part[thread] = (int)((int64_t)parts * (thread + 1) / threads);
    }
    note_gap(begin);
    wk_store(&left, parts);
    wk_store(&round_number, round_number + 1);
    if (sleeping)
        lk_wake(&begun);
    const int done = take_parts(0);
    const int64_t own = own_now() - own_begin;
    if (left)
        look_for(none_left, round_number, 0);
    waiting = 1;
    while (left)
        lk_wait(&finished, &state);
    waiting = 0;
    if (noted) {
        fn_note(noted);
        noted = 0;
    }
    lk_unlock(&state);
    last_end = clock_now();
    settle(own, last_end - begin, done, parts);
    lk_unlock(&callers);
}
