# Dtypes: what numbers a tensor may hold. Records and tables name a dtype by a code: NumPy's type number, but for
# bfloat16, which has none until ml_dtypes is imported.

cdef enum:
    BFLOAT16 = 24               # behind NumPy's plain type numbers: ml_dtypes' dtype
    NO_TYPE = 25                # what no tensor holds
    TYPES = 26

cdef npy_intp item_size[TYPES]
# By code. (One that is missing here, such as datetime's, is no tensor's.)
cdef list dtype_objects = [None] * TYPES
cdef dict scalar_types = {}
for _kind in "?bBhHiIlLqQefdgFDG":
    _dtype = numpy.dtype(_kind)
    dtype_objects[_dtype.num] = _dtype
    scalar_types[_dtype.num] = _dtype.type
    item_size[_dtype.num] = _dtype.itemsize
item_size[BFLOAT16] = 2

cdef int bfloat16_number = -1


cdef inline int code_of_number(int number) noexcept nogil:
    """A dtype's code in records and tables, from NumPy's type number: the same, but for bfloat16."""
    if number < BFLOAT16:
        return number
    return BFLOAT16 if number == bfloat16_number else NO_TYPE


cdef inline int type_code(ndarray array) noexcept nogil:
    return code_of_number(PyArray_TYPE(array))


cdef inline int type_number(int code) noexcept nogil:
    return bfloat16_number if code == BFLOAT16 else code


cdef inline bint is_float(int code) noexcept nogil:
    return PyTypeNum_ISFLOAT(code) or code == BFLOAT16


cdef inline bint is_half(int code) noexcept nogil:
    """Whether numbers of a dtype are added up in float32."""
    return code == NPY_HALF or code == BFLOAT16


cdef inline bint differentiable(int code) noexcept nogil:
    """Whether a dtype's values vary smoothly: floats and complex numbers."""
    return is_float(code) or PyTypeNum_ISCOMPLEX(code)


cdef int promote(int a, int b) except -1:
    """NumPy's promotion of two dtypes."""
    if a == b:
        return a
    if (a == NPY_DOUBLE and b == NPY_FLOAT) or (a == NPY_FLOAT and b == NPY_DOUBLE):
        return NPY_DOUBLE
    return <int>code_of_number(promoted(dtype_objects[a], dtype_objects[b]).num)


def promoted(*dtypes):
    """NumPy's promotion of dtypes; of bfloat16 and those that it has none with, the dtype of their sum in NumPy."""
    try:
        return np_result_type(*dtypes)
    except TypeError:
        for wide in (dtype_objects[NPY_FLOAT], dtype_objects[NPY_DOUBLE]):
            if all([np_can_cast(dtype, wide) for dtype in dtypes]):
                return wide
        raise


cdef inline double rounded(double value, int code) noexcept nogil:
    return <double><float>value if code == NPY_FLOAT else value


cdef inline void write_number(char* to, int code, double value) noexcept nogil:
    """A C double as one element of a dtype that scalars may have."""
    if code == NPY_DOUBLE:
        (<double*>to)[0] = value
    elif code == NPY_FLOAT:
        (<float*>to)[0] = <float>value
    else:
        (<uint8_t*>to)[0] = value != 0


cdef inline double read_number(const char* at, int code) noexcept nogil:
    """That, back."""
    if code == NPY_DOUBLE:
        return (<double*>at)[0]
    if code == NPY_FLOAT:
        return (<float*>at)[0]
    return (<uint8_t*>at)[0]
