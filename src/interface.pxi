# What Python calls for tensors: making them, looking at them, reducing them; and the arguments of its functions.

def install(*, tensor_shape, stack, indexed_slices, collect, densify):
    """Give the core the package's own pieces that its methods return or call."""
    global TensorShape, scalar_shape, public_stack
    global IndexedSlices, collect_slices, dense_slices
    TensorShape = tensor_shape
    scalar_shape = tensor_shape(())
    public_stack = stack
    IndexedSlices = indexed_slices
    collect_slices = collect
    dense_slices = densify


def install_numpy(array_ufunc, array_function, functions):
    """Give the core what NumPy's hooks call, and NumPy's functions with what computes them on tensors."""
    global hook_array_ufunc, hook_array_function, counterparts
    hook_array_ufunc = array_ufunc
    hook_array_function = array_function
    counterparts = functions


def install_random(state, restore):
    """Give the core what notes where random generators stand, and what puts them back there."""
    global random_state, random_restore
    random_state = state
    random_restore = restore


def wrapped(value):
    """What an object that wraps a tensor gives for itself."""
    return wrapped_tensor(value, None)


def widened(value):
    """What is to be added up: half precisions as float32, recorded, everything else as it is."""
    cdef Operand x = as_operand(value)
    return cast_operand(x, NPY_FLOAT) if is_half(x.code) else x


def narrowed(value, Operand like):
    """What was made of a `widened` operand, rounded to the operand's half precision; all else as it is."""
    return cast_operand(<Operand>value, like.code) if is_half(like.code) and is_float((<Operand>value).code) else value


def operand(value):
    """What an op makes of an argument: tensors and variables as they are, everything else converted."""
    return as_operand(value)


def transposed(Operand x):
    """The axes in reverse order."""
    return transpose_of(x)


def joined(attributes, *parts):
    """The kernel of a concatenation; the first attribute is the axis."""
    if not isinstance(attributes, tuple) or len(<tuple>attributes) == 0 or not isinstance((<tuple>attributes)[0], int):
        raise ValueError(f"the attributes of a concatenation begin with an axis; these are {attributes!r}")
    return PyArray_Concatenate(parts, (<tuple>attributes)[0])


def sizes(Operand x):
    """The shape as a plain tuple: quicker than `x.shape`, for what computes with it."""
    return shape_of(x)


def instruction_set():
    """What kernels of our own run by: "baseline", "avx2" or "avx512"."""
    return instruction_sets[in_here]


def set_num_threads(int count):
    """Share large kernels among so many threads."""
    wk_set_threads(count)


def get_num_threads():
    """Among how many threads large kernels are shared."""
    return wk_threads()


def use_blas(get=0, set=0, set_here=0):
    """Let products have BLAS on one thread while they run: addresses of its entry points, as in blas.h."""
    bl_use(<BlasGet><uintptr_t>get, <BlasSet><uintptr_t>set, <BlasSetHere><uintptr_t>set_here)


def is_recording():
    """Whether a tape of this thread is recording."""
    cdef Log* log = recording_log()
    return log != NULL and (not log.ear or minus(log, log.active, log.ear) != 0)


def operand_like(value, Operand other):
    """A value as a tensor of another's dtype, that nobody can write to: Python numbers and lists take it, others are
    cast."""
    cdef Operand x = operand_beside(value, other)
    if value is None:
        raise TypeError(f"cannot use None beside a tensor of dtype {other.dtype}: {none_says}")
    if x is None:
        raise TypeError(f"cannot use {shorten(value)} beside a tensor of dtype {other.dtype}: it is neither a number "
                        f"nor an array of numbers")
    if dtype_objects[x.code].kind == "c" and dtype_objects[other.code].kind != "c":
        raise TypeError(f"a value of dtype {x.dtype} does not fit a tensor of dtype {other.dtype}: take its real part")
    if x.is_variable:
        x = identity_of(x)
    x = cast_operand(x, other.code)
    return new_tensor(own_copy(x.array)) if x.borrowed and not x.scalar else x


def holds_operands(value):
    """Whether lists and tuples, however nested, hold a tensor: they are an operand as a whole."""
    return value_holds_operands(value)


def all_operands(values):
    """Whether every item of a list or tuple is a tensor or a variable."""
    for value in values:
        if not is_operand(value):
            return False
    return True


def adopt(array):
    """A tensor of an array that the caller gives up: nobody else may hold or write it."""
    return new_tensor(<ndarray>np_asarray(array))


def value_array(value):
    """The value behind an argument as an array that must not be written to. A program is then one for this value."""
    if traces and isinstance(value, ndarray):
        value = as_operand(value)
    if isinstance(value, Operand):
        if traces:
            look(<Operand>value, False)
        return array_of(<Operand>value)
    return array_from(value)


def operands(*values):
    """Several operands of a function, each in its dtype; Python's floats, which have none, in that of the widest floats
    beside them."""
    for value in values:
        if value is None:
            raise TypeError(f"an operand cannot be None: {none_says}")
    return operands_or_none(*values)


def operands_or_none(*values):
    """The same where some but the first may be left out: None stays None."""
    if values and values[0] is None:
        raise TypeError(f"an operand cannot be None: {none_says}")
    cdef Operand x
    cdef object widest = None
    cdef list found = []
    for value in values:
        if not is_operand(value):
            break
    else:
        return list(values)
    for value in values:
        if isinstance(value, Operand) or has_own_dtype(value) or isinstance(value, BufferCore):
            x = as_operand(value)
            if differentiable(x.code):
                real = numpy.empty((), dtype_objects[x.code]).real.dtype
                widest = real if widest is None else promoted(widest, real)
    for value in values:
        if value is None:
            found.append(None)
            continue
        if widest is not None and isinstance(value, (float, list, tuple)) and not holds_numpy(value):
            if not value_holds_operands(value) and np_asarray(value).dtype.kind == "f":
                found.append(convert(value, widest))
                continue
        found.append(as_operand(value))
    return found


def as_index(value):
    """An integer among a function's arguments (an axis, a size, a count) as Python has it, where it is a tensor; what
    is no single number (None, a list) is given back as it is. A program is then one for this value."""
    if isinstance(value, BufferCore):
        value = (<BufferCore>value).value()
    if isinstance(value, Operand):
        return value.__index__()
    return integer(value) if isinstance(value, (float, complex, np_generic)) else value


def integer(value):
    """An integer among a function's arguments (an axis, a size, a count), given in any form, as Python has it. A float
    is none."""
    if type(value) is int:
        return value
    if isinstance(value, BufferCore):
        value = (<BufferCore>value).value()
    if isinstance(value, ndarray) and value.ndim and value.size == 1:
        value = value.reshape(())
    elif isinstance(value, Operand) and value.ndim and value.size == 1:
        value = apply_linear(OP_RESHAPE, <Operand>value, (shape_of(<Operand>value), ()))
    try:
        return PyNumber_Index(value)
    except TypeError as error:
        if no_value is not None and isinstance(error, no_value):
            raise
        raise TypeError(f"an integer is needed, for an axis, a size or a count, not {shorten(value)}") from None


def integer_array(value):
    """Integers among a function's arguments, given in any form, as an array of int64. Floats are none, nor is text."""
    cdef ndarray array = value_array(as_operand(value) if value_holds_operands(value) else value)
    if array.dtype.kind in "iu" or (PyArray_SIZE(array) == 0 and array.dtype.kind == "f"):
        return array.astype(np_int64)
    raise TypeError(f"integers are needed, for axes, sizes or counts, not {shorten(value)}")


def integers(value):
    """The same as a list, in which one integer stands alone."""
    return integer_array(value).reshape(-1).tolist()


def digest(ndarray array):
    """Of the elements in their order a number that is another one for others; see digest.h."""
    if not PyArray_CHKFLAGS(array, NPY_ARRAY_C_CONTIGUOUS):
        array = PyArray_NewCopy(array, NPY_CORDER)
    return dg_digest(PyArray_DATA(array), PyArray_NBYTES(array))


def lent_array(Operand value):
    """The value of a tensor, for (a part of) the attributes of one more op, as it is, and for nothing else: a program
    reads it anew each time."""
    return lend(value) if traces else array_of(value)


def repeated_first(Operand x):
    """The first entry of a tensor in the place of all of them, in no more memory than it takes; off every tape."""
    cdef ndarray first = own_copy(x.array[:1])
    cdef npy_intp strides[MOST_DIMS]
    cdef ndarray array
    cdef int d
    for d in range(PyArray_NDIM(first)):
        strides[d] = PyArray_STRIDES(first)[d] if d else 0
    array = PyArray_New(<PyTypeObject*>ndarray_type, PyArray_NDIM(first), PyArray_DIMS(x.array), PyArray_TYPE(first),
                        strides,
                        PyArray_DATA(first), 0, 0, NULL)
    Py_INCREF(first)
    PyArray_SetBaseObject(array, first)
    return new_tensor(array)


def set_float_code(dtype):
    global float_code
    float_code = np_dtype(dtype).num


def default_float():
    """The dtype that Python floats become."""
    return dtype_objects[float_code]


def matmul(a, b, bint transpose_a=False, bint transpose_b=False):
    """The matrix product of operands."""
    cdef Operand x, y
    if isinstance(a, Operand) or not isinstance(b, Operand):
        x = as_operand(a)
        y = numeric_beside(b, x, "matmul", "b")
    else:
        y = <Operand>b
        x = numeric_beside(a, y, "matmul", "a")
    return apply_matmul(x, y, transpose_a, transpose_b)


cdef tuple ones_tuples = tuple([(1,) * d for d in range(MOST_DIMS + 1)])


cdef tuple reduction(Operand x, object axis, bint keepdims):
    """The three shapes of a reduction (see sum_kernel)."""
    cdef tuple shape = shape_of(x)
    cdef Py_ssize_t nd = len(shape), d
    cdef list kept, result
    if axis is None:
        return (shape, ones_tuples[nd], ones_tuples[nd] if keepdims else ())
    kept = list(shape)
    result = list(shape)
    if type(axis) is not int:
        axis = value_array(axis).tolist() if isinstance(axis, (Operand, ndarray, np_generic)) else axis
    for a in (axis if isinstance(axis, (list, tuple, range)) else (axis,)):
        d = integer(a)
        if not -nd <= d < nd:
            raise ValueError(f"axis {a} is out of bounds for a tensor of {nd} dimensions (shape {shape})")
        if d < 0:
            d += nd
        if result[d] is None:
            raise ValueError(f"an axis is named twice in {axis}")
        kept[d] = 1
        result[d] = None
    if keepdims:
        return (shape, tuple(kept), tuple(kept))
    return (shape, tuple(kept), tuple([size for size in result if size is not None]))


def reduction_shapes(value, axis, bint keepdims):
    """The three shapes of a reduction: the operand's, the same with ones where it is reduced, and the result's; and the
    reduced axes."""
    cdef tuple shapes = reduction(<Operand>value, axis, False)
    if axis is None:
        axes = tuple(range(len(shapes[0])))
    else:
        if isinstance(axis, (Operand, ndarray)):
            axis = np_asarray(axis).tolist()
        axes = tuple([int(a) % len(shapes[0]) for a in (axis if isinstance(axis, (list, tuple, range)) else (axis,))])
    return (shapes[0], shapes[1], shapes[1] if keepdims else shapes[2]), axes


def reduce_sum_of(value, axis, bint keepdims):
    """Sum over axes, recorded."""
    cdef Operand x = as_operand(value)
    return apply_linear(OP_SUM, x, reduction(x, axis, keepdims))


def reduce_mean_of(value, axis, bint keepdims):
    """Mean over axes, recorded: the sum, divided by the number of elements that each sum has."""
    cdef Operand x = as_operand(value)
    if may_be_swapped(x):
        return reduce_mean_of(settled(x), axis, keepdims)
    if is_half(x.code):     # a sum may be more than they hold
        return cast_operand(<Operand>reduce_mean_of(cast_operand(x, NPY_FLOAT), axis, keepdims), x.code)
    if PyTypeNum_ISINTEGER(x.code):
        return apply_general(OP_MEAN_OF_INTEGERS, [x], reduction(x, axis, keepdims))
    cdef Tensor total = apply_linear(OP_SUM, x, reduction(x, axis, keepdims))
    cdef Py_ssize_t whole = 1 if x.scalar else PyArray_SIZE(x.array)
    cdef Py_ssize_t left = 1 if total.scalar else PyArray_SIZE(total.array)
    # Nothing to average is NaN, as in NumPy and TensorFlow.
    return binary(OP_DIVIDE, total, <double>(whole // left) if left and whole else float("nan"))


#
def shown(Operand x):
    """The value as reprs show it."""
    return format_value(x)
