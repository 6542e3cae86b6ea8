# Blanks: arrays without values. Where only shapes are asked for (unrun.pxi), an operand is one: a shape and a dtype
# over one piece of memory that all of them look at, with strides of zero. By that memory they are known, and so are the
# views that NumPy makes of them, whose base it is, too. A blank of no dimensions is no number in a tensor, as other
# floats are: so whoever computes with numbers never meets one.

cdef ndarray nothing = numpy.zeros(64, numpy.uint8)     # (room for one element of any dtype)


cdef inline bint is_blank(ndarray array) noexcept:
    """Whether nobody has an array's values."""
    return PyArray_BASE(array) == <PyObject*>nothing


cdef ndarray blank_array(int code, int nd, const npy_intp* dims):
    """An array of this dtype and shape, without values and without memory."""
    cdef npy_intp strides[MOST_DIMS]
    cdef ndarray array
    cdef int d
    for d in range(nd):
        strides[d] = 0
    array = PyArray_New(<PyTypeObject*>ndarray_type, nd, dims, type_number(code), strides, PyArray_DATA(nothing), 0, 0,
                        NULL)
    Py_INCREF(nothing)
    PyArray_SetBaseObject(array, nothing)
    return array


cdef ndarray blank_of(object shape, int code):
    """The same, of a shape that Python has."""
    cdef npy_intp dims[MOST_DIMS]
    cdef int d, nd = <int>len(shape)
    if nd > MOST_DIMS:
        raise ValueError(f"a tensor has at most {TENSOR_DIMS} dimensions, not {nd}")
    for d in range(nd):
        dims[d] = shape[d]
    return blank_array(code, nd, dims)


cdef inline bint has_no_value(Operand x) noexcept:
    """Whether nobody has an operand's value."""
    if FREE_THREADED and x is not None and x.is_variable:
        return False            # (and nobody looks at an array that another thread may take away)
    return x is not None and not x.scalar and <PyObject*>x.array != <PyObject*>None and is_blank(x.array)


# What the package gives (`install_shapes`).
cdef object no_value = None         # the error for a look at what has no value
cdef object kind_class = None       # a dtype and a shape, as rules of rows take them,
cdef object given_class = None      # and one that stands for an array in attributes


def install_shapes(error, kind, given):
    """Give the core the error for a look at what has no value, and the classes that rules of shapes take."""
    global no_value, kind_class, given_class
    no_value = error
    kind_class = kind
    given_class = given
