# Evaluations: what solvers ask of functions of a vector, over and over: counted, timed, and kept with the point.

cdef object perf_counter = __import__("time").perf_counter
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
            return Evaluated(point.array, number_of(found))
        value, gradient = <tuple>found
        return Evaluated(point.array, number_of(value), value_array(gradient))


cdef Tensor to_vector(object x):
    """A tensor of float64 with an array's values."""
    if type(x) is ndarray and (<ndarray>x).dtype is float_vector:
        return new_tensor(own_copy(x))
    return new_tensor(own_copy(numpy.array(x, float_vector)))


cdef double number_of(object value) except? -1.0:
    """A tensor's number."""
    if type(value) is Tensor and (<Tensor>value).scalar and not traces:
        return (<Tensor>value).number
    return float(value)
