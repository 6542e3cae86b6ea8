# Operands: what callers give, whatever it is (numbers, lists, arrays, other libraries' objects), as tensors.

cdef Tensor convert(object value, object dtype):
    """`constant` and `convert_to_tensor` for what is not a tensor: always a copy of our own."""
    cdef ndarray array
    cdef bint python = not has_own_dtype(value)
    cdef Operand inner
    if type(value) is IndexedSlices:
        value = dense_slices(value)
        return value if dtype is None else to_dtype(value, dtype)
    if isinstance(value, BufferCore):
        value = (<BufferCore>value).value()
        return value if dtype is None else to_dtype(value, dtype)
    if is_foreign(value):
        inner = wrapped_tensor(value, dtype)
        if inner is not None:
            return to_tensor(inner, dtype)
        refuse_meaning(value)
    if dtype is not None:
        if python and value_holds_operands(value):
            return stack_operands(value, dtype)
        array = array_from(value)
        check_numeric(array)
        dtype = dtype_of(dtype)
        check_fits(value, array, dtype)
        return new_tensor(own_copy(array.astype(dtype)))
    if python:
        if type(value) is float:
            return new_scalar(<double><float>(<double>value) if float_code == NPY_FLOAT else <double>value, float_code)
        if value_holds_operands(value):
            return stack_operands(value, None)
        array = array_from(value)
        check_numeric(array)
        # Python's own numbers have no width of their own; NumPy values inside a list keep theirs.
        if type_code(array) == NPY_DOUBLE and not holds_numpy(value):
            return new_tensor(own_copy(array.astype(dtype_objects[float_code])))
        # Integers are int32 where they fit, as in TensorFlow.
        if array.dtype == np_int64 and not holds_numpy(value):
            if array.size == 0 or (array.min() >= -2147483648 and array.max() <= 2147483647):
                array = array.astype(np_int32)
        return new_tensor(own_copy(array))
    return new_tensor(own_copy(value))


cdef Operand operand_beside(object value, Operand other):
    """`value` as something of `other`'s kind, a number of Python's of its dtype; None where it is nothing numeric."""
    return beside(value, other, False, False)


cdef Operand numeric_beside(object value, Operand other, str name, str parameter):
    """`value` as an operand of an op whose other operand is `other`, and an error where it is nothing numeric."""
    cdef Operand x = beside(value, other, False, True)
    if x is None and value is None:
        raise TypeError(f"{name}: cannot use None as {parameter!r}: {none_says}")
    if x is None:
        raise TypeError(f"{name}: cannot use {shorten(value)} as {parameter!r}: it is neither a number nor an array of "
                        f"numbers")
    return x


cdef inline Operand operand_or_none(object value, Operand other):
    """The same for an operator; None also for what the operation is left to."""
    return beside(value, other, True, True)


cdef Operand beside(object value, Operand other, bint operator, bint computed):
    cdef Operand inner
    cdef ndarray array
    if isinstance(value, Operand):
        if may_be_swapped(<Operand>value):
            return settled(<Operand>value)
        return <Operand>value
    if type(value) is float or type(value) is int:
        if other.code == NPY_DOUBLE:
            return new_scalar(<double>value, NPY_DOUBLE)
        if other.code == NPY_FLOAT:
            return new_scalar(<double><float>(<double>value), NPY_FLOAT)
    if type(value) is ndarray:
        array = <ndarray>value
        check_numeric(array)
        if not array.dtype.isnative:
            return new_tensor(own_copy(array))
        return borrow(array)
    if isinstance(value, np_generic):
        array = np_asarray(value)
        check_numeric(array)
        return new_tensor(array)
    if isinstance(value, (bool, int, float, complex, list, tuple)):
        if value_holds_operands(value):
            return stack_operands(value, None)
        array = array_from(value)
        check_numeric(array)
        if holds_numpy(value):
            return new_tensor(array)
        dtype = dtype_objects[other.code]
        if computed and other.code == NPY_BOOL:
            dtype = array.dtype                 # what truth values are computed with stays a number, as in NumPy
        elif PyTypeNum_ISCOMPLEX(type_code(array)):
            dtype = np_result_type(dtype, 0j)   # as complex as must be, and as wide as the other
        check_fits(value, array, dtype)
        return new_tensor(array.astype(dtype))
    if type(value) is IndexedSlices:
        return dense_slices(value)
    if isinstance(value, BufferCore):
        return (<BufferCore>value).value()
    if operator and defers(value):
        return None
    inner = wrapped_tensor(value, None)
    if inner is not None:
        return inner
    refuse_meaning(value)
    if isinstance(value, ndarray):
        return beside(np_asarray(value), other, operator, computed)
    if has_own_dtype(value):
        return new_tensor(own_copy(value))
    return None


cdef bint may_change(ndarray array):
    """Whether somebody may write to an array: it is writeable, or a view of what may be. (A tensor's memory never
    is.)"""
    return PyArray_CHKFLAGS(array, NPY_ARRAY_WRITEABLE) or not (array.base is None or type(array.base) is Lent)


cdef Tensor borrow(ndarray array):
    """An array as an operand, for one op: somebody may write to it afterwards."""
    cdef Log* log
    cdef Tensor t
    cdef bint changes = may_change(array)
    if changes and traces:
        log = tracing_log()
        if log != NULL and not_made(PyArray_NDIM(array), PyArray_DIMS(array)):
            return new_tensor(blank_of(array.shape, type_code(array)))
        if log != NULL:
            return reference(log, array)
    t = new_tensor(array)
    t.borrowed = changes
    return t


cdef Operand as_operand(object value):
    """Any argument of an op."""
    if isinstance(value, Operand):
        return <Operand>value
    if type(value) is ndarray and (<ndarray>value).dtype.isnative:
        check_numeric(<ndarray>value)
        return borrow(<ndarray>value)
    if isinstance(value, ndarray) and type(value) is not ndarray and not hasattr(type(value), "__tf_tensor__"):
        refuse_meaning(value)
        return as_operand(np_asarray(value))
    return convert(value, None)


cdef Tensor stack_operands(object values, object dtype):
    """A nested list with tensors in it, as one tensor; recorded."""
    return public_stack(values, dtype)


def to_tensor(value, dtype=None):
    """A tensor of any value; a tensor stays itself, a variable is read."""
    cdef Operand x
    if isinstance(value, Operand):
        x = <Operand>value
        if dtype is None or dtype_of(dtype) == x.dtype:
            return x if isinstance(x, Tensor) and not x.borrowed else identity_of(x)
        return to_dtype(x, dtype)
    if traces and isinstance(value, ndarray):
        return array_to_tensor(<ndarray>value, dtype)
    return convert(value, dtype)


cdef object array_to_tensor(ndarray array, object dtype):
    """`to_tensor` of an array, which a program reads anew where somebody can write to it."""
    cdef Operand x = as_operand(array)
    cdef Log* log = tracing_log()
    if has_no_value(x):
        return x if dtype is None else to_dtype(x, dtype)
    if log == NULL or not is_reference(x):
        return convert(array, dtype)
    out = identity_of(x) if dtype is None else to_dtype(x, dtype)
    (<Tracer>log.trace).let_keep()
    return out


def to_dtype(value, dtype):
    """Cast, recorded."""
    cdef Operand x = as_operand(value)
    cdef object wanted = dtype_of(dtype)
    if item_size[code_of_number(wanted.num)] == 0:
        raise TypeError(f"cannot cast to {wanted}: a tensor holds truth values, integers, floats or complex numbers")
    if x.code == code_of_number(wanted.num):
        return x if isinstance(x, Tensor) and not x.borrowed else identity_of(x)
    return cast_operand(x, code_of_number(wanted.num))


def identity_tensor(value):
    """The value as a tensor of its own, recorded."""
    cdef Operand x = as_operand(value)
    return identity_of(x)


cdef object without_tensors(object attribute):
    """Attributes in which tensors have become their values: those of a record outlive the recording of a program, and
    are no operands."""
    if not isinstance(attribute, (Operand, tuple, list, dict)):
        return attribute
    go_deeper(within)
    try:
        return values_in(attribute)
    finally:
        come_up()


cdef object values_in(object attribute):
    cdef ndarray array
    if isinstance(attribute, tuple):
        for part in <tuple>attribute:
            if isinstance(part, (Operand, tuple, list, dict)):
                return type(attribute)([without_tensors(part) for part in <tuple>attribute]) if (
                    type(attribute) is tuple) else attribute
        return attribute
    if type(attribute) is list:
        return [without_tensors(part) for part in <list>attribute]
    if type(attribute) is dict:
        return {key: without_tensors(part) for key, part in (<dict>attribute).items()}
    if isinstance(attribute, Operand):
        look(<Operand>attribute, False)
        array = array_of(<Operand>attribute)
        return array.item() if PyArray_NDIM(array) == 0 else array
    return attribute


def detached(value):
    """The value as a tensor that stands on no tape."""
    return set_apart(as_operand(value))


cdef Tensor set_apart(Operand x):
    cdef Tensor out
    if may_be_swapped(x):
        return set_apart(settled(x))
    if x.scalar:
        out = new_scalar(x.number, x.code)
    else:
        out = new_tensor(own_copy(x.array) if x.borrowed else x.array)
    if traces or recording_log() != NULL:
        trace_identity(x, out)
    return out


def stopped(value):
    """`detached`, on purpose."""
    cdef Operand x = as_operand(value)
    note_end(x, "stopped", None)
    return set_apart(x)


def flattened(value, str op):
    """`detached`, for an operation that is flat everywhere."""
    cdef Operand x = as_operand(value)
    note_end(x, "flat", op)
    return detached(x)


def assigned(VariableCore v, Operand value):
    """What a variable is to take: the value, standing on no tape."""
    if recording_log() != NULL:
        note_end(value, "assigned", v)
    return set_apart(value)


# --------------------------------------------------------------------------------------------- other libraries' objects

cdef inline bint is_foreign(object value) noexcept:
    """Whether something is neither Python's, nor NumPy's own array or number, nor this library's."""
    return not (isinstance(value, Operand) or type(value) is ndarray or value is None
                or isinstance(value, (float, int, complex, np_generic, list, tuple, str, bytes, BufferCore))
                or type(value) is IndexedSlices)


cdef bint has_own_dtype(object value):
    """Whether numbers have a width of their own, as in NumPy, pandas or JAX; Python's have none."""
    if isinstance(value, (ndarray, np_generic)):
        return True
    return is_foreign(value) and (hasattr(type(value), "__array__") or hasattr(type(value), "__array_interface__")
                                  or PyObject_CheckBuffer(value))


cdef Operand wrapped_tensor(object value, object dtype):
    """What an object that wraps a tensor gives for itself, as Keras' variables do; None for what does not wrap one."""
    method = getattr(type(value), "__tf_tensor__", None)
    if method is None:
        return None
    inner = method(value, dtype, None)
    if not isinstance(inner, Operand):
        if hasattr(type(value), "__array__") and hasattr(type(inner), "__array__"):
            return None  # a tensor of TensorFlow's, which gives itself: an array like any other library's
        raise TypeError(f"{type(value).__name__}.__tf_tensor__ gave {shorten(inner)}, of class {type(inner).__name__}; "
                        f"it must give a tensor or a variable")
    return <Operand>inner


cdef int refuse_meaning(object value) except -1:
    """An array of another library's that says more than its numbers do is not made a tensor of: that would be lost."""
    cdef object kind = type(value)
    if isinstance(getattr(kind, "mask", None), property) and numpy.any(value.mask):
        raise TypeError(f"a tensor has no mask, and this {kind.__name__} has masked elements: fill them first, as in "
                        f"array.filled(0.0), or choose by tf.where")
    if hasattr(kind, "__array_ufunc__") and (hasattr(kind, "units") or hasattr(kind, "unit")):
        raise TypeError(f"a tensor has no units, and this {kind.__name__} has: pass its numbers in the units that are "
                        f"meant, as in quantity.to(units).magnitude")
    if hasattr(kind, "toarray") and not hasattr(kind, "__array__"):
        raise TypeError(f"a tensor has all its elements, and this {kind.__name__} those that are not zero: make it "
                        f"dense first, array.toarray()")
    return 0


cdef bint defers(object value):
    """Whether an operator leaves the operation to the other operand, as NumPy's protocols say; see binary."""
    cdef object kind = type(value)
    if not is_foreign(value) or hasattr(kind, "__tf_tensor__"):
        return False
    if hears_of_ufuncs(value):
        return True
    return ((hasattr(kind, "__array_function__") and not isinstance(value, ndarray))
            or getattr(value, "__array_priority__", 0) > 0)


cdef bint hears_of_ufuncs(object value):
    """Whether NumPy's functions are a matter of this object's class as they are of tensors."""
    cdef object kind = type(value)
    return getattr(kind, "__array_ufunc__", ndarray_ufunc) is not ndarray_ufunc and not hasattr(kind, "__tf_tensor__")


cdef bint all_ours(object kinds):
    """Whether a function of NumPy's that gets objects of these classes is a matter of tensors alone."""
    for kind in kinds:
        if not issubclass(kind, (Operand, ndarray, BufferCore, IndexedSlices)) and not hasattr(kind, "__tf_tensor__"):
            return False
    return True


cdef bint value_holds_operands(object value, int depth=0) except -1:
    if isinstance(value, (list, tuple)):
        check_depth(depth)
        for item in value:
            if (isinstance(item, (Operand, BufferCore)) or type(item) is IndexedSlices
                or value_holds_operands(item, depth + 1)
                    or (is_foreign(item) and hasattr(type(item), "__tf_tensor__"))):
                return True
    return False


cdef bint holds_numpy(object value, int depth=0) except -1:
    if isinstance(value, (list, tuple)):
        check_depth(depth)
        for item in value:
            return holds_numpy(item, depth + 1)
        return False
    return has_own_dtype(value)


cdef int check_fits(object value, ndarray array, object dtype) except -1:
    """A Python number must be of the dtype's kind, or a wider one's: 0.5 is no integer, 2**40 no int32."""
    kind, wanted = array.dtype.kind, dtype.kind
    if has_own_dtype(value):
        return 0
    if (kind == "f" and wanted in "iub" and array.size) or (kind == "c" and wanted in "iubf"):
        raise TypeError(f"cannot convert {shorten(value)} to a tensor of dtype {dtype}: cast the tensor beside it "
                        f"first, as in cast(t, float32)")
    if kind in "iu" and wanted in "iu" and array.size:
        limits = np_iinfo(dtype)
        if array.min() < limits.min or array.max() > limits.max:
            raise ValueError(f"cannot convert {shorten(value)} to a tensor of dtype {dtype}: out of its range; name a "
                             f"wider dtype, as in constant(value, dtype=int64)")
    return 0
