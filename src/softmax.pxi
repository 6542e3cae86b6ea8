# Softmax, its logarithm and losses by class, over the last axis: arrays for the loops of softmax.c. (NumPy needs eight
# calls for a softmax, each over the whole array.)

cdef extern from "softmax.h" nogil:
    void sm_softmax_f32(const float* x, float* out, npy_intp rows, npy_intp n, bint logarithm, Loop exponential,
                        void* data) noexcept
    void sm_softmax_f64(const double* x, double* out, npy_intp rows, npy_intp n, bint logarithm, Loop exponential,
                        void* data) noexcept
    void sm_losses_f32(const float* x, float* out, const int64_t* labels, npy_intp rows, npy_intp n, float* scratch,
                       Loop exponential, void* data) noexcept
    void sm_losses_f64(const double* x, double* out, const int64_t* labels, npy_intp rows, npy_intp n, double* scratch,
                       Loop exponential, void* data) noexcept
    void sm_subtract_f32(float* x, const int64_t* labels, npy_intp rows, npy_intp n) noexcept
    void sm_subtract_f64(double* x, const int64_t* labels, npy_intp rows, npy_intp n) noexcept


cdef bint rows_fit(ndarray x):
    """Whether the kernels below can take an array: a contiguous float32 or float64 with rows that are not empty."""
    cdef int nd = PyArray_NDIM(x), code = type_code(x)
    return ((code == NPY_FLOAT or code == NPY_DOUBLE) and nd > 0 and PyArray_CHKFLAGS(x, NPY_ARRAY_CARRAY_RO)
            and PyArray_DIMS(x)[nd - 1] > 0)


def softmax_last(x, bint logarithm):
    """softmax, or its logarithm, over the last axis; None where the array is not for this kernel."""
    cdef ndarray array = <ndarray>x, out
    cdef int code, nd
    cdef npy_intp n, rows
    cdef Row* row = &table[OP_EXP]
    if not rows_fit(array):
        return None
    nd = PyArray_NDIM(array)
    code = type_code(array)
    n = PyArray_DIMS(array)[nd - 1]
    rows = PyArray_SIZE(array) // n
    out = new_array(code, nd, PyArray_DIMS(array))
    with nogil:
        if code == NPY_FLOAT:
            sm_softmax_f32(<float*>PyArray_DATA(array), <float*>PyArray_DATA(out), rows, n, logarithm, row.loop[code],
                           row.data[code])
        else:
            sm_softmax_f64(<double*>PyArray_DATA(array), <double*>PyArray_DATA(out), rows, n, logarithm, row.loop[code],
                           row.data[code])
    return out


cdef ndarray label_of_rows(ndarray labels, npy_intp rows, npy_intp classes):
    """Labels as the kernels read them: int64, contiguous, one a row, each one of the classes."""
    cdef ndarray which = labels
    cdef int64_t* label
    cdef npy_intp i
    if which.dtype is not np_int64 or not PyArray_CHKFLAGS(which, NPY_ARRAY_CARRAY_RO):
        which = laid_out(which, numpy.int64)
    label = <int64_t*>PyArray_DATA(which)
    if PyArray_SIZE(which) != rows:
        raise ValueError(f"labels of shape {which.shape} for {rows} rows")
    for i in range(rows):
        if label[i] < 0 or label[i] >= classes:
            raise ValueError(f"labels must be from 0 to {classes - 1}, not {label[i]}")
    return which


def class_losses(labels, x):
    """-log(softmax(x))[label] for each row; None where the array is not for this kernel."""
    cdef ndarray array = <ndarray>x, which, out, scratch
    cdef int code, nd
    cdef npy_intp n, rows
    cdef Row* row = &table[OP_EXP]
    if not rows_fit(array):
        return None
    nd = PyArray_NDIM(array)
    code = type_code(array)
    n = PyArray_DIMS(array)[nd - 1]
    rows = PyArray_SIZE(array) // n
    which = label_of_rows(labels, rows, n)
    out = new_array(code, nd - 1, PyArray_DIMS(array))
    scratch = new_array(code, 1, &n)
    with nogil:
        if code == NPY_FLOAT:
            sm_losses_f32(<float*>PyArray_DATA(array), <float*>PyArray_DATA(out), <int64_t*>PyArray_DATA(which), rows,
                          n,
                          <float*>PyArray_DATA(scratch), row.loop[code], row.data[code])
        else:
            sm_losses_f64(<double*>PyArray_DATA(array), <double*>PyArray_DATA(out), <int64_t*>PyArray_DATA(which), rows,
                          n,
                          <double*>PyArray_DATA(scratch), row.loop[code], row.data[code])
    return out


def checked_labels(labels, npy_intp classes):
    """A contiguous int64 copy of class labels, each checked to be one of `classes`."""
    cdef ndarray which = numpy.array(labels, numpy.int64, order="C")
    cdef int64_t* label = <int64_t*>PyArray_DATA(which)
    cdef npy_intp i
    for i in range(PyArray_SIZE(which)):
        if label[i] < 0 or label[i] >= classes:
            raise ValueError(f"labels must be from 0 to {classes - 1}, not {label[i]}")
    return which


def subtract_at_labels(labels, x):
    """x[row, label] -= 1 for each row of an array of the caller's own."""
    cdef ndarray array = <ndarray>x
    cdef npy_intp n = PyArray_DIMS(array)[PyArray_NDIM(array) - 1]
    cdef ndarray which = label_of_rows(labels, PyArray_SIZE(array) // n if n else 0, n)
    if type_code(array) == NPY_FLOAT:
        sm_subtract_f32(<float*>PyArray_DATA(array), <int64_t*>PyArray_DATA(which), PyArray_SIZE(which), n)
    else:
        sm_subtract_f64(<double*>PyArray_DATA(array), <int64_t*>PyArray_DATA(which), PyArray_SIZE(which), n)
