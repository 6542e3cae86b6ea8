# Tensors: an immutable value and where it stands on a log. A float scalar, or a truth value, is a C double inside the
# object; everything else is a NumPy array that nobody else may write to.

cdef enum:
    NOT_SCALAR = 0
    FLOAT_SCALAR = 1
    TRUTH_SCALAR = 2

# A shape is made without the call of its class, which is Python's and takes as long as an operation.
ctypedef object (*NewTuple)(PyObject*, PyObject*, PyObject*)
cdef NewTuple new_tuple = <NewTuple>(<PyTypeObject*>tuple).tp_new

cdef int float_code = NPY_FLOAT     # what Python floats become: set_floatx


# ------------------------------------------------------------------------------------------------------- making them

cdef inline Tensor new_scalar(double value, int dtype):
    cdef Tensor t = <Tensor>Tensor.__new__(Tensor)
    t.number = value
    t.code = <uint8_t>dtype
    t.scalar = TRUTH_SCALAR if dtype == NPY_BOOL else FLOAT_SCALAR
    t.log_id = 0
    return t


cdef Tensor new_tensor(ndarray array):
    """A tensor of an array that from now on nobody writes to. A float scalar moves into the object."""
    cdef int code = type_code(array)
    cdef Tensor t
    if PyArray_NDIM(array) == 0 and (code == NPY_FLOAT or code == NPY_DOUBLE or code == NPY_BOOL) and not is_blank(
            array):
        return new_scalar(read_scalar(array), code)
    if PyArray_NDIM(array) > TENSOR_DIMS:
        raise ValueError(f"a tensor has at most {TENSOR_DIMS} dimensions, not {PyArray_NDIM(array)}")
    t = <Tensor>Tensor.__new__(Tensor)
    t.array = array
    t.code = <uint8_t>code
    t.log_id = 0
    return t


# A variable's value is several fields, and some changes are of several variables at once, or of one if it still is what
# it was. Where threads run side by side they are made one after the other, and each variable's own lock is held while
# its fields change, and while they are read.
cdef Lock assignments
cdef uint64_t times_assigned = 0    # to several at once; odd while that is done


cdef Tensor numbered_value(VariableCore v, uint64_t* number):
    """The present value as a tensor that stands nowhere, and its number."""
    cdef Tensor t = <Tensor>Tensor.__new__(Tensor)
    t.log_id = 0
    hold_object(v)
    t.array = v.array
    t.number = v.number
    t.scalar = v.scalar
    t.code = v.code
    number[0] = v.version
    let_go_object(v)
    return t


cdef inline Tensor held_value(Operand v):
    """A variable's present value, which no other thread takes away while it is looked at."""
    cdef uint64_t number
    return numbered_value(<VariableCore>v, &number)


cdef inline bint may_be_swapped(Operand x) noexcept:
    """Whether another thread may change a value while it is looked at: then it is held first."""
    return FREE_THREADED and x.is_variable


cdef object owned_value(Operand x):
    """A copy for the caller: an array, or a NumPy scalar."""
    if may_be_swapped(x):
        return owned_value(held_value(x))
    if x.scalar:
        return scalar_types[x.code](x.number)
    refuse_look(x)
    if PyArray_NDIM(x.array) == 0:
        return x.array[()]
    return PyArray_NewCopy(x.array, NPY_CORDER)


cdef inline ndarray array_of(Operand x):
    """The value as an array; a scalar's is made for the occasion."""
    if x.scalar:
        return scalar_array(x.number, x.code)
    if may_be_swapped(x):
        return held_value(x).array
    return x.array


cdef bint bool_of(Operand x):
    if may_be_swapped(x):
        return bool_of(held_value(x))
    return x.number != 0 if x.scalar else bool(x.array)


cdef Tensor bare_tensor(ndarray array):
    """A tensor around an array, of no dimensions even."""
    cdef Tensor t = <Tensor>Tensor.__new__(Tensor)
    t.array = array
    t.code = <uint8_t>type_code(array)
    t.log_id = 0
    return t


cdef inline Elsewhere new_elsewhere(list logs, tuple part):
    cdef Elsewhere made = <Elsewhere>Elsewhere.__new__(Elsewhere)
    made.logs = logs
    made.part = part
    return made


cdef inline list other_places(Operand x):
    """[(log id, node)] where a tensor stands on logs that are alive beside the latest, or None."""
    return None if x.elsewhere is None else x.elsewhere.logs


cdef inline int set_other_places(Operand x, list logs) except -1:
    cdef tuple part = None if x.elsewhere is None else x.elsewhere.part
    x.elsewhere = None if logs is None and part is None else new_elsewhere(logs, part)
    return 0


cdef inline bint is_operand(object x) noexcept:
    return type(x) is Tensor or isinstance(x, Operand)


cdef inline object array_shape(Operand x):
    return None if x is None or x.scalar else array_of(x).shape if FREE_THREADED else x.array.shape


cdef inline tuple shape_of(Operand x):
    return () if x.scalar else <tuple>array_of(x).shape if FREE_THREADED else <tuple>x.array.shape


@cython.final
@cython.no_gc
@cython.freelist(64)
cdef class Lent:
    """The base of the arrays that look into a tensor's memory: it keeps that alive, and NumPy cannot be talked into
    writing there, as it can where an array is the base."""
    cdef ndarray array


cdef ndarray lent_view_of(ndarray array):
    """An array of the same elements that stays read-only, whatever is done to its flags."""
    cdef Lent base = <Lent>Lent.__new__(Lent)
    cdef ndarray view = PyArray_New(<PyTypeObject*>ndarray_type, PyArray_NDIM(array), PyArray_DIMS(array),
                                    PyArray_TYPE(array),
                                    PyArray_STRIDES(array), PyArray_DATA(array), 0, 0, NULL)
    base.array = array
    Py_INCREF(base)                 # which NumPy takes
    PyArray_SetBaseObject(view, base)
    return view


def for_reading(ndarray array):
    """An operand for a kernel of the user's, who may keep it and try to write to it."""
    cdef ndarray owner = array
    while PyArray_BASE(owner) != NULL and isinstance(<object>PyArray_BASE(owner), ndarray):
        owner = <ndarray>PyArray_BASE(owner)
    if PyArray_BASE(owner) == NULL and not PyArray_CHKFLAGS(owner, NPY_ARRAY_OWNDATA):
        array = own_copy(array)     # it looks into a replay's memory, which is for something else in a moment
    return lent_view_of(array)


cdef ndarray seen_array(Operand x, object dtype, object copy):
    """The value as an array that cannot be written to, or a copy of it."""
    cdef ndarray view
    if may_be_swapped(x):
        return seen_array(held_value(x), dtype, copy)
    if x.scalar:
        view = scalar_array(x.number, x.code)
        PyArray_CLEARFLAGS(view, NPY_ARRAY_WRITEABLE)
    else:
        refuse_look(x)
        view = lent_view_of(x.array)
    if dtype is not None and np_dtype(dtype) != view.dtype:
        if copy is False:
            raise ValueError("a change of dtype needs a copy")
        return view.astype(dtype)
    return view.copy() if copy else view


cdef object held_still(object value, int depth=0):
    """Lists as tuples, so that code which runs while NumPy makes numbers of what is in them cannot take it out of
    them."""
    if not isinstance(value, (list, tuple)):
        return value
    check_depth(depth)
    return tuple([held_still(item, depth + 1) for item in value])


cdef bint only_numbers(object value, int depth=0) except -1:
    """Whether nothing in lists has code of its own that makes a number of it."""
    check_depth(depth)
    for item in value:
        if type(item) is float or type(item) is int or type(item) is bool or type(item) is complex:
            continue
        if isinstance(item, (list, tuple)):
            if not only_numbers(item, depth + 1):
                return False
        elif not (type(item) is ndarray or isinstance(item, np_generic)):
            return False
    return True


cdef ndarray array_from(object value):
    """np.asarray; of lists as they are now, whatever is done to them meanwhile."""
    if isinstance(value, (list, tuple)) and not only_numbers(value):
        value = held_still(value)
    return np_asarray(value)


cdef ndarray own_copy(object value):
    """A C-contiguous array of our own."""
    cdef ndarray source = array_from(value)
    if is_blank(source):
        return source
    check_numeric(source)
    if not source.dtype.isnative:
        source = source.astype(source.dtype.newbyteorder("="))
    if item_size[type_code(source)] == 0:
        return PyArray_NewCopy(source, NPY_CORDER)
    return copy_of(source)


# Whoever gives None for a tensor hardly ever wrote it.
cdef str none_says = ('None is what a gradient is where the target does not depend on the source '
                      '(unconnected_gradients="zero" '
                      "makes zeros of that), and what a function without a return statement gives")


cdef bint has_none(ndarray array):
    return any([item is None for item in array.reshape(-1).tolist()])


cdef int check_numeric(ndarray array) except -1:
    cdef int code = type_code(array)
    if code == NO_TYPE:
        code = code_of_number(dtype_of(array.dtype).num)
    if item_size[code] == 0:
        if array.dtype.kind == "O" and has_none(array):
            raise TypeError(f"a tensor cannot be made of None: {none_says}")
        raise TypeError(f"cannot convert values of dtype {array.dtype} to a tensor: only truth values, integers, "
                        f"floats and complex numbers can be")
    return 0


cdef int check_depth(int depth) except -1:
    """Lists in lists are dimensions, and of those there are not that many: one that contains itself ends here."""
    if depth > TENSOR_DIMS:
        raise ValueError(f"lists are nested more than {TENSOR_DIMS} deep, or one of them contains itself; a tensor has "
                         f"at most {TENSOR_DIMS} dimensions")
    return 0


cdef str shorten(object value):
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


# ----------------------------------------------------------------------------------------------------------- showing

cdef str format_shape(Operand x):
    return str(shape_of(x))


cdef str newline_before(str text):
    return "\n" + text if "\n" in text else text


cdef str describe(Operand x):
    """For error messages: shape and dtype."""
    return f"shape {format_shape(x)} and dtype {dtype_objects[x.code]}"


cdef int refuse_look(Operand x) except -1:
    """Raise where Python would be told a value that nobody has."""
    if may_be_swapped(x):
        return refuse_look(held_value(x))
    if has_no_value(x):
        raise no_value(f"Python asks for the value of a tensor of {describe(x)}, and it has none: only shapes are "
                       f"asked for here (tf.eval_shape). Which way the code goes, how often a loop runs, and how large "
                       f"something is, must not depend on the values of arguments there")
    return 0
