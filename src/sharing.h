/* What threads share, where Python has no lock that lets one of them run at a time: a build of Python with
 * Py_GIL_DISABLED, which calls itself free-threaded. Under the lock each of these is the plain C that it stands for, and
 * what is guarded by AD_FREE_THREADED is not compiled at all.
 *
 * Locks are held for a few lines of C that call nothing of Python's which may run other code, and in this order: an
 * object's own, that of assignments before it, then `logs`, then a pool's. */
#ifndef AUTODIFF_CORE_SHARING_H
#define AUTODIFF_CORE_SHARING_H

#include <Python.h>

#include <stdint.h>
#include <string.h>

#if defined(_MSC_VER)
#define AD_THREAD_LOCAL __declspec(thread)
#else
#define AD_THREAD_LOCAL __thread
#endif

#ifdef Py_GIL_DISABLED
#define AD_FREE_THREADED 1

/* Whether at most so many references to an object exist, and nobody else can come by one: the count is this thread's own
 * to read only where it made the object and no other thread has ever referred to it. (What Python 3.14 calls
 * PyUnstable_Object_IsUniquelyReferenced is this for one reference.) */
static inline int ad_is_ours(PyObject *thing, Py_ssize_t own)
{
    return _Py_IsOwnedByCurrentThread(thing) && _Py_atomic_load_ssize_relaxed(&thing->ob_ref_shared) == 0
        && (Py_ssize_t)_Py_atomic_load_uint32_relaxed(&thing->ob_ref_local) <= own;
}

typedef PyMutex ad_lock;
#define ad_hold(lock) PyMutex_Lock(lock)
#define ad_let_go(lock) PyMutex_Unlock(lock)
#define ad_hold_object(thing) PyMutex_Lock(&((PyObject *)(thing))->ob_mutex)
#define ad_let_go_object(thing) PyMutex_Unlock(&((PyObject *)(thing))->ob_mutex)

/* Memory that is kept for the next who needs such lies in as many lanes: a thread keeps to one of them, so that it
 * hardly ever meets another one there. */
enum { AD_LANES = 16 };
static AD_THREAD_LOCAL int ad_own_lane = -1;
static int ad_lanes_given = 0;
static inline int ad_lane(void)
{
    if (ad_own_lane < 0)
        ad_own_lane = (int)((unsigned)_Py_atomic_add_int(&ad_lanes_given, 1) % AD_LANES);
    return ad_own_lane;
}

/* What lies in a place, which is then empty; and to put something into one that is empty, if it is. */
static inline void *ad_take(void *place) { return _Py_atomic_exchange_ptr(place, NULL); }
static inline int ad_put(void *place, void *thing)
{
    void *nothing = NULL;
    return _Py_atomic_compare_exchange_ptr(place, &nothing, thing);
}

/* What one thread writes all the time lies on a line of the cache that no other thread looks at: so much is around it. */
typedef struct { char nothing[64]; } ad_apart;
typedef struct { ad_apart before; void *thing; char after[56]; } ad_seat;

/* A thing that is there until the end, so that nobody counts who refers to it. (As Python does it where a count gets
 * too large; the caller has made it, and no other thread has seen it.) */
#define ad_keep_for_good(thing) Py_SET_REFCNT((thing), PY_SSIZE_T_MAX)

static inline void ad_count(int *number, int more) { _Py_atomic_add_int(number, more); }
static inline void ad_add(int64_t *number, int64_t more) { _Py_atomic_add_int64(number, more); }
static inline uint64_t ad_next(uint64_t *number) { return _Py_atomic_add_uint64(number, 1) + 1; }
/* What another thread may just be writing; what is read after it is no older than that. */
static inline uint64_t ad_now(const uint64_t *number) { return _Py_atomic_load_uint64_acquire(number); }
static inline void ad_let_be(uint64_t *number, uint64_t value) { _Py_atomic_store_uint64_relaxed(number, value); }

/* A flag says that what was written before it can be read. */
#define ad_is_up(flag) (_Py_atomic_load_int_acquire(flag) != 0)
#define ad_raise(flag) _Py_atomic_store_int_release((flag), 1)
#define ad_publish(place, pointer) _Py_atomic_store_ptr_release((place), (void *)(pointer))
#define ad_published(place) _Py_atomic_load_ptr_acquire(place)

/* Where an operand stands is two numbers, which its lock guards; its threads look at them without that. While they
 * change the log has an id that no log has. */
#define AD_MOVING UINT64_MAX
static inline int ad_stands_on(const uint64_t *log_id, const int32_t *node, uint64_t wanted, int32_t *found)
{
    if (_Py_atomic_load_uint64_acquire(log_id) != wanted)
        return 0;
    *found = _Py_atomic_load_int32_relaxed(node);
    _Py_atomic_fence_acquire();
    return _Py_atomic_load_uint64_relaxed(log_id) == wanted;
}
static inline void ad_stand(uint64_t *log_id, int32_t *node, uint64_t new_log_id, int32_t new_node)
{
    _Py_atomic_store_uint64_relaxed(log_id, AD_MOVING);
    _Py_atomic_fence_release();
    _Py_atomic_store_int32_relaxed(node, new_node);
    _Py_atomic_store_uint64_release(log_id, new_log_id);
}

/* What stands under a name in a dict, or in a cell: a reference of the caller's own, since another thread may put
 * something else there. */
static inline PyObject *ad_found_in_dict(PyObject *mapping, PyObject *name)
{
    PyObject *found = NULL;
    return PyDict_GetItemRef(mapping, name, &found) < 0 ? NULL : found;
}
#define ad_found_in_cell(cell) PyCell_Get(cell)
#define ad_drop_found(found) Py_XDECREF(found)

#else
#define AD_FREE_THREADED 0

#define ad_is_ours(thing, own) (Py_REFCNT(thing) <= (own))

typedef char ad_lock;
#define ad_hold(lock) ((void)(lock))
#define ad_let_go(lock) ((void)(lock))
#define ad_hold_object(thing) ((void)(thing))
#define ad_let_go_object(thing) ((void)(thing))

enum { AD_LANES = 1 };
#define ad_lane() 0

/* (Places are pointers of any type: they are copied.) */
static inline void ad_publish(void *place, void *thing) { memcpy(place, &thing, sizeof thing); }
static inline void *ad_published(const void *place)
{
    void *thing;
    memcpy(&thing, place, sizeof thing);
    return thing;
}
static inline void *ad_take(void *place)
{
    void *thing = ad_published(place);
    ad_publish(place, NULL);
    return thing;
}
static inline int ad_put(void *place, void *thing)
{
    void *before;
    memcpy(&before, place, sizeof before);
    if (before != NULL)
        return 0;
    ad_publish(place, thing);
    return 1;
}

typedef char ad_apart;
typedef struct { void *thing; } ad_seat;
#define ad_keep_for_good(thing) ((void)(thing))

#define ad_count(number, more) ((void)(*(number) += (more)))
#define ad_add(number, more) ((void)(*(number) += (more)))
#define ad_next(number) (++*(number))
#define ad_now(number) (*(number))
#define ad_let_be(number, value) ((void)(*(number) = (value)))

#define ad_is_up(flag) (*(flag) != 0)
#define ad_raise(flag) ((void)(*(flag) = 1))

#define ad_stands_on(log_id, node, wanted, found) (*(log_id) == (wanted) ? (*(found) = *(node), 1) : 0)
#define ad_stand(log_id, node, new_log_id, new_node) ((void)(*(node) = (new_node), *(log_id) = (new_log_id)))

#define ad_found_in_dict(mapping, name) PyDict_GetItemWithError((mapping), (name))
#define ad_found_in_cell(cell) PyCell_GET(cell)
#define ad_drop_found(found) ((void)(found))
#endif

#endif
