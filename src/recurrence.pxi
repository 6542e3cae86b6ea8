# A linear recurrence along an axis: what the derivative of a running product is, in one pass and without a division.

cdef void recur(Real* a, Real* b, Real* out, npy_intp outer, npy_intp n, npy_intp inner, bint reverse,
                bint lagged) noexcept nogil:
    """out[i] = b[i] + a[c] * out[j] for arrays of (outer, n, inner): j is the place before i, or behind it if `reverse`;
    c is i, or j if `lagged`."""
    cdef npy_intp o, k, m, at, before, coefficient, step = -inner if reverse else inner
    cdef Real total
    for o in range(outer):
        at = o * n * inner + ((n - 1) * inner if reverse else 0)
        for m in range(inner):
            out[at + m] = b[at + m]
        if inner == 1:
            total = b[at]
            for k in range(1, n):
                before = at
                at += step
                total = b[at] + a[before if lagged else at] * total
                out[at] = total
            continue
        for k in range(1, n):
            before = at
            at += step
            coefficient = before if lagged else at
            for m in range(inner):
                out[at + m] = b[at + m] + a[coefficient + m] * out[before + m]


def recurrence(a, b, Py_ssize_t axis, bint reverse, bint lagged):
    """b[i] + a[i] * (the element before) along an axis; from the end if `reverse`. If `lagged`, the coefficient is that of
    the element before. Arrays of one shape and dtype, float32 or float64."""
    cdef ndarray x = laid_out(a), y = laid_out(b), out
    cdef npy_intp outer = 1, inner = 1, n
    cdef int d, nd = PyArray_NDIM(x)
    cdef int code = PyArray_TYPE(x)
    if (not same_shape(x, y) or PyArray_TYPE(y) != code or (code != NPY_DOUBLE and code != NPY_FLOAT)
            or not 0 <= axis < nd):
        raise ValueError("recurrence takes two arrays of one shape, both of float32 or of float64, and an axis of theirs")
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
            recur[double](<double*>PyArray_DATA(x), <double*>PyArray_DATA(y), <double*>PyArray_DATA(out), outer, n, inner,
                          reverse, lagged)
        else:
            recur[float](<float*>PyArray_DATA(x), <float*>PyArray_DATA(y), <float*>PyArray_DATA(out), outer, n, inner,
                         reverse, lagged)
    return out


cdef void multiply_others(Real* x, Real* out, npy_intp rows, npy_intp n) noexcept nogil:
    """out[r, i] = the product of x[r, j] over all j but i."""
    cdef npy_intp r, i
    cdef Real product
    for r in range(rows):
        product = 1
        for i in range(n):
            out[i] = product
            product *= x[i]
        product = 1
        for i in range(n - 1, -1, -1):
            out[i] *= product
            product *= x[i]
        x += n
        out += n


def products_of_others(x):
    """For each element the product of the others along the last axis, in two passes: right where factors are zero, too."""
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
            multiply_others[double](<double*>PyArray_DATA(array), <double*>PyArray_DATA(out), rows, n)
        else:
            multiply_others[float](<float*>PyArray_DATA(array), <float*>PyArray_DATA(out), rows, n)
    return out
