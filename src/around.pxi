# What a function finds around it: numbers, strings, tuples, arrays and tensors that its code reads from its closure or
# its module by their names.
#
# Which names those are is read off the code, once (surroundings.py). A program is one for the values that they had; a
# call compares them, by pointer first and by value second. What else may stand there (functions, modules, objects) is
# not compared, and takes no time.

cdef extern from "Python.h":
    PyObject* PyTuple_GET_ITEM(tuple items, Py_ssize_t k) noexcept
    int PyDict_CheckExact(PyObject* thing) noexcept


@cython.final
cdef class Same:
    """A key for what has no value to compare: the very same object."""
    cdef readonly object thing

    def __init__(self, thing):
        self.thing = thing

    def __hash__(self):
        return <Py_hash_t>(<uintptr_t><PyObject*>self.thing >> 4)

    def __eq__(self, other):
        return isinstance(other, Same) and (<Same>other).thing is self.thing


cdef inline PyObject* found_around(PyObject* place, PyObject* name) except? NULL:
    """What stands under a name in a module's dict or in a cell of a closure, or NULL; until it is dropped
    (`drop_found`)."""
    if PyDict_CheckExact(place):
        return found_in_dict(place, name)
    return found_in_cell(place)


cdef object key_around(object value):
    """A key that is equal for equal values; None for what is not compared."""
    cdef object kind = type(value)
    if value is None or kind is bool or kind is int or kind is str or kind is bytes:
        return kind, value
    if kind is float:
        return kind, value.hex()
    if kind is complex:
        return kind, value.real.hex(), value.imag.hex()
    if isinstance(value, np_generic):
        return kind, value.tobytes()
    # (Some on their own: of a tuple of classes Cython asks for no error, and Python's own can give one.)
    if (value is Ellipsis or isinstance(value, (Operand, ndarray, type)) or isinstance(value, np_dtype)
            or isinstance(value, enum_type)):
        return Same(value)
    if kind is range:
        return kind, value
    if kind is slice:
        value = (value.start, value.stop, value.step)
    if isinstance(value, (tuple, frozenset)):
        go_deeper(b" in what a function finds around it")
        try:
            parts = [key_around(part) for part in value]
        finally:
            come_up()
        return None if None in parts else (kind, frozenset(parts) if isinstance(value, frozenset) else tuple(parts))
    return None


def read_around(tuple names):
    """What stands under names now, given as (place, name, place, name ...): a key for all of it, and what `unchanged`
    is to compare, as (place, name, value ...)."""
    cdef Py_ssize_t k
    cdef PyObject* found
    cdef list keys = [], seen = []
    for k in range(0, len(names), 2):
        found = found_around(PyTuple_GET_ITEM(names, k), PyTuple_GET_ITEM(names, k + 1))
        try:
            key = None if found == NULL else key_around(<object>found)
            keys.append(key)
            if key is not None:
                seen += (names[k], names[k + 1], <object>found)
        finally:
            drop_found(found)
    return tuple(keys), tuple(seen)


cdef bint unchanged(tuple seen) except -1:
    """Whether what stood under names stands there still."""
    cdef Py_ssize_t k
    cdef PyObject* now
    cdef PyObject* before
    for k in range(0, len(seen), 3):
        now = found_around(PyTuple_GET_ITEM(seen, k), PyTuple_GET_ITEM(seen, k + 1))
        before = PyTuple_GET_ITEM(seen, k + 2)
        if now != before and (now == NULL or is_another(now, before)):
            return False
        drop_found(now)
    return True


cdef bint is_another(PyObject* now, PyObject* before) except -1:
    """Whether two things are to be told apart; what is dropped then is the first."""
    cdef bint other = True
    try:
        other = key_around(<object>now) != key_around(<object>before)
    finally:
        if other:
            drop_found(now)
    return other
