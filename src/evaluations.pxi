# Evaluations: what solvers ask of functions of a vector, over and over: counted, timed, and kept with the point.

cdef object float_vector = np_dtype("float64")


@cython.final
cdef class Evaluated:
    """What a function was at a point; nobody writes to these arrays."""
    cdef readonly ndarray x
    cdef readonly double value
    cdef readonly ndarray gradient      # or None

    def __init__(self, ndarray x, double value, ndarray gradient=None):
        self.x = x
        self.value = value
        self.gradient = gradient


@cython.final
cdef class Asked:
    """What solvers ask for, as a function of tensors: counted and timed, and nothing else, as it may be very short."""
    cdef readonly object program
    cdef readonly int64_t count
    cdef readonly double seconds

    def __init__(self, program):
        self.program = program

    def __call__(self, *arguments):
        cdef double start = <double>perf_counter()
        found = self.program(*arguments)
        self.seconds += <double>perf_counter() - start
        self.count += 1
        return found

    def at(self, x):
        """What a number, or a number and its gradient, is at a vector, of which solvers write to theirs."""
        cdef Tensor point = to_vector(x)
        cdef double start = <double>perf_counter()
        found = self.program(point)
        self.seconds += <double>perf_counter() - start
        self.count += 1
        if type(found) is not tuple:
            return evaluated(point, found, None)
        value, gradient = <tuple>found
        return evaluated(point, value, value_array(gradient))


cdef Tensor to_vector(object x):
    """A tensor of float64 with an array's values."""
    cdef ndarray copy
    if (type(x) is ndarray and (<ndarray>x).dtype is float_vector
            and PyArray_CHKFLAGS(<ndarray>x, NPY_ARRAY_CARRAY_RO)):
        copy = new_array(NPY_DOUBLE, PyArray_NDIM(<ndarray>x), PyArray_DIMS(<ndarray>x))
        memcpy(PyArray_DATA(copy), PyArray_DATA(<ndarray>x), PyArray_NBYTES(<ndarray>x))
        return new_tensor(copy)
    return new_tensor(own_copy(numpy.array(x, float_vector)))


cdef Evaluated evaluated(Tensor point, object value, ndarray gradient):
    cdef Evaluated made = Evaluated.__new__(Evaluated)
    made.x = point.array
    made.value = number_of(value)
    made.gradient = gradient
    return made


cdef double number_of(object value) except? -1.0:
    """A tensor's number."""
    if type(value) is Tensor and (<Tensor>value).scalar and not traces:
        return (<Tensor>value).number
    return float(value)
