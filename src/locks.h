/* A mutex and a condition of the system's, by one name each. */
#ifndef AUTODIFF_CORE_LOCKS_H
#define AUTODIFF_CORE_LOCKS_H

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

typedef SRWLOCK lk_mutex;
typedef CONDITION_VARIABLE lk_condition;
#define LK_MUTEX SRWLOCK_INIT
#define LK_CONDITION CONDITION_VARIABLE_INIT
#define lk_lock(mutex) AcquireSRWLockExclusive(mutex)
#define lk_unlock(mutex) ReleaseSRWLockExclusive(mutex)
#define lk_try(mutex) TryAcquireSRWLockExclusive(mutex)
#define lk_wait(condition, mutex) SleepConditionVariableSRW(condition, mutex, INFINITE, 0)
#define lk_wake(condition) WakeAllConditionVariable(condition)
#else
#include <pthread.h>

typedef pthread_mutex_t lk_mutex;
typedef pthread_cond_t lk_condition;
#define LK_MUTEX PTHREAD_MUTEX_INITIALIZER
#define LK_CONDITION PTHREAD_COND_INITIALIZER
#define lk_lock(mutex) pthread_mutex_lock(mutex)
#define lk_unlock(mutex) pthread_mutex_unlock(mutex)
#define lk_try(mutex) (pthread_mutex_trylock(mutex) == 0)
#define lk_wait(condition, mutex) pthread_cond_wait(condition, mutex)
#define lk_wake(condition) pthread_cond_broadcast(condition)
#endif

#endif
