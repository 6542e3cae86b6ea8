# A linear recurrence along an axis, and products of all but one: arrays for the loops of recurrence.c.

cdef extern from "recurrence.h" nogil:
    void rc_recur_f32(const float* a, const float* b, float* out, npy_intp outer, npy_intp n, npy_intp inner,
                      bint reverse,
                      bint lagged) noexcept
    void rc_recur_f64(const double* a, const double* b, double* out, npy_intp outer, npy_intp n, npy_intp inner,
                      bint reverse, bint lagged) noexcept
    void rc_others_f32(const float* x, float* out, npy_intp rows, npy_intp n) noexcept
    void rc_others_f64(const double* x, double* out, npy_intp rows, npy_intp n) noexcept


def recurrence(a, b, Py_ssize_t axis, bint reverse, bint lagged):
    """b[i] + a[i] * (the element before) along an axis; from the end if `reverse`. If `lagged`, the coefficient is that
    of the element before. Arrays of one shape and dtype, float32 or float64."""
    cdef ndarray x = laid_out(a), y = laid_out(b), out
    cdef npy_intp outer = 1, inner = 1, n
    cdef int d, nd = PyArray_NDIM(x)
    cdef int code = PyArray_TYPE(x)
    if (not same_shape(x, y) or PyArray_TYPE(y) != code or (code != NPY_DOUBLE and code != NPY_FLOAT)
            or not 0 <= axis < nd):
        raise ValueError("recurrence takes two arrays of one shape, both of float32 or of float64, and an axis of "
                         "theirs")
    out = new_array(code, nd, PyArray_DIMS(x))
    n = PyArray_DIMS(x)[axis]
    for d in range(nd):
        if d < axis:
            outer *= PyArray_DIMS(x)[d]
        elif d > axis:
            inner *= PyArray_DIMS(x)[d]
    if PyArray_SIZE(out) == 0:
        return out
    with nogil:
        if code == NPY_DOUBLE:
            rc_recur_f64(<double*>PyArray_DATA(x), <double*>PyArray_DATA(y), <double*>PyArray_DATA(out), outer, n,
                         inner,
                         reverse, lagged)
        else:
            rc_recur_f32(<float*>PyArray_DATA(x), <float*>PyArray_DATA(y), <float*>PyArray_DATA(out), outer, n, inner,
                         reverse, lagged)
    return out


def products_of_others(x):
    """For each element the product of the others along the last axis, in two passes: right where factors are zero,
    too."""
    cdef ndarray array = laid_out(x), out
    cdef int code = PyArray_TYPE(array), nd = PyArray_NDIM(array)
    cdef npy_intp n, rows
    if nd == 0 or (code != NPY_DOUBLE and code != NPY_FLOAT):
        raise ValueError("products_of_others takes arrays of float32 or float64")
    n = PyArray_DIMS(array)[nd - 1]
    out = new_array(code, nd, PyArray_DIMS(array))
    if PyArray_SIZE(out) == 0:
        return out
    rows = PyArray_SIZE(out) // n
    with nogil:
        if code == NPY_DOUBLE:
            rc_others_f64(<double*>PyArray_DATA(array), <double*>PyArray_DATA(out), rows, n)
        else:
            rc_others_f32(<float*>PyArray_DATA(array), <float*>PyArray_DATA(out), rows, n)
    return out
