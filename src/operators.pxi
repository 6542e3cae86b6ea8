# Operators: two operands of which at least one is a tensor, and an index.

cdef object binary(int op, object left, object right):
    """A binary operator with a tensor on at least one side."""
    cdef Operand x, y
    if not is_up(&table[op].ready):
        prepare(op)
    if FREE_THREADED and (is_variable(left) or is_variable(right)):
        return binary(op, settled(<Operand>left) if is_variable(left) else left,
                      settled(<Operand>right) if is_variable(right) else right)
    if is_operand(left):
        x = <Operand>left
        if x.scalar == FLOAT_SCALAR and table[op].on_scalars:
            if type(right) is float or type(right) is int:
                return scalar2(op, x, x.number, None, rounded(<double>right, x.code), x.code)
            if is_operand(right):
                y = <Operand>right
                if y.scalar == FLOAT_SCALAR:
                    return scalar2(op, x, x.number, y, y.number, x.code if x.code > y.code else y.code)
                return elementwise(op, x, y, None)
        y = operand_or_none(right, x)
        if y is None:
            return deferred(table[op].ufunc, left, right, right)
    else:
        y = <Operand>right
        if y.scalar == FLOAT_SCALAR and table[op].on_scalars and (type(left) is float or type(left) is int):
            return scalar2(op, None, rounded(<double>left, y.code), y, y.number, y.code)
        x = operand_or_none(left, y)
        if x is None:
            return deferred(table[op].ufunc, left, right, left)
    if x.scalar == FLOAT_SCALAR and y.scalar == FLOAT_SCALAR and table[op].on_scalars:
        return scalar2(op, x, x.number, y, y.number, x.code if x.code > y.code else y.code)
    return elementwise(op, x, y, None)


cdef inline bint is_variable(object x) noexcept:
    return isinstance(x, VariableCore)


cdef object deferred(PyObject* function, object left, object right, object other):
    """What an operator does beside what is no number, or an object of another library's that computes by itself:
    nothing, so that Python asks it; NumPy's function, where it has no such operator but hears of NumPy's functions.

    So NumPy's arrays do: https://numpy.org/neps/nep-0013-ufunc-overrides.html
    """
    cdef object kind = type(other)
    if function == NULL:        # a row with a formula of its own: no operator, and none of NumPy's functions
        return NotImplemented
    cdef object ufunc = <object>function
    cdef str name = operator_names.get(ufunc.__name__, ("", ""))[other is right]
    if getattr(kind, "__array_ufunc__", None) is None or not hears_of_ufuncs(other) or isinstance(other, ndarray):
        return NotImplemented
    if getattr(kind, name, None) is not getattr(object, name, None):
        return NotImplemented
    return ufunc(left, right)


# By the name of NumPy's function for it, Python's methods for an operator, on its left and on its right.
cdef dict operator_names = {
    "add": ("__add__", "__radd__"), "subtract": ("__sub__", "__rsub__"), "multiply": ("__mul__", "__rmul__"),
    "divide": ("__truediv__", "__rtruediv__"), "floor_divide": ("__floordiv__", "__rfloordiv__"),
    "remainder": ("__mod__", "__rmod__"), "power": ("__pow__", "__rpow__"), "matmul": ("__matmul__", "__rmatmul__"),
    "bitwise_and": ("__and__", "__rand__"), "bitwise_or": ("__or__", "__ror__"), "bitwise_xor": ("__xor__", "__rxor__"),
    "less": ("__lt__", "__gt__"), "less_equal": ("__le__", "__ge__"), "equal": ("__eq__", "__eq__"),
    "not_equal": ("__ne__", "__ne__"), "greater": ("__gt__", "__lt__"), "greater_equal": ("__ge__", "__le__"),
}


cdef object power(object left, object right):
    if isinstance(left, Operand) and (type(right) is int or type(right) is float):
        if right == 2 and (type(right) is int or (<Operand>left).code != NPY_BOOL):
            return apply1(OP_SQUARE, <Operand>left)
        if right == 0.5 and differentiable((<Operand>left).code):
            return apply1(OP_SQRT, <Operand>left)
    return binary(OP_POWER, left, right)


cdef object matmul_operator(object left, object right):
    cdef Operand x, y
    if isinstance(left, Operand):
        x = <Operand>left
        y = operand_or_none(right, x)
    else:
        y = <Operand>right
        x = operand_or_none(left, y)
    if x is None or y is None:
        return deferred(<PyObject*>numpy.matmul, left, right, left if x is None else right)
    return apply_matmul(x, y, False, False)


cdef object getitem(Operand x, object index):
    """NumPy's indexing: views for slices and integers, copies for arrays of indices or truth values."""
    if may_be_swapped(x):
        return getitem(settled(x), index)
    cdef ndarray array = array_of(x)
    if type(index) is int:
        return apply_linear(OP_SLICE, x, (array.shape, index))
    index = plain(index)
    return apply_linear(OP_TAKE if is_fancy(index) else OP_SLICE, x, (array.shape, index))


cdef bint is_fancy(object index):
    """Whether arrays or truth values are among the parts of an index."""
    if isinstance(index, tuple):
        for part in <tuple>index:
            if isinstance(part, (ndarray, list, bool, np_bool)):
                return True
        return False
    return isinstance(index, (ndarray, list, bool, np_bool))


cdef object plain(object index):
    """An index as an attribute: without tensors in it, and nobody can change it later."""
    if isinstance(index, tuple):
        return tuple([plain_index(part) for part in <tuple>index])
    index = plain_index(index)
    if (not traces and isinstance(index, (ndarray, list)) and np_asarray(index).ndim == 0
            and np_asarray(index).dtype.kind in "iu"):
        return int(index)
    return index


cdef object plain_index(object part, int depth=0):
    """One part of such an index: a number, a slice, None, an ellipsis, or an array, whatever it was given as."""
    cdef bint nested
    if type(part) is int or part is None or part is Ellipsis:
        return part
    if type(part) is slice:
        return plain_slice(part)
    if isinstance(part, BufferCore):
        part = (<BufferCore>part).value()
    elif traces and isinstance(part, ndarray):
        part = as_operand(part)
    if isinstance(part, Operand):
        if traces and (PyTypeNum_ISINTEGER((<Operand>part).code) or is_lent_mask(<Operand>part)):
            return lend(<Operand>part)
        part = np_asarray(part)
        return int(part) if part.ndim == 0 and part.dtype.kind in "iu" else part.copy()
    if isinstance(part, (list, tuple)):
        check_depth(depth)
        nested = value_holds_operands(part)
        if traces and nested:
            return plain_index(stack_operands(part, None))
        part = array_from([plain_index(item, depth + 1) for item in part] if nested else part)
        return part.astype(np_intp_dtype) if part.size == 0 else part
    if isinstance(part, ndarray):
        return part.copy()
    if isinstance(part, (bool, np_generic)) or hasattr(type(part), "__index__"):
        return part
    # A range, a column of pandas' and the like are arrays of numbers for NumPy; what is none it refuses by name.
    array = numpy.array(part)
    if array.size == 0:
        return array.astype(np_intp_dtype)
    return array if array.dtype.kind in "biu" else part


cdef bint is_lent_mask(Operand x) except -1:
    """Whether these are truth values that a program reads anew: how many hold, and so what shapes there are, is looked
    at."""
    cdef Log* log = tracing_log()
    if log == NULL or x.code != NPY_BOOL or x.scalar or PyArray_NDIM(array_of(x)) == 0 or varying(log, x) < 0:
        return False
    look(<Operand>apply_general(OP_HOW_MANY_HOLD, [x], None), False)
    return True


cdef object plain_slice(object part):
    """A slice whose bounds are Python's integers: they say how long the result is."""
    cdef PySliceObject* bounds = <PySliceObject*>part
    if is_plain_bound(bounds.start) and is_plain_bound(bounds.stop) and is_plain_bound(bounds.step):
        return part
    return slice(plain_bound(part.start), plain_bound(part.stop), plain_bound(part.step))


cdef inline bint is_plain_bound(PyObject* bound) noexcept:
    return <object>bound is None or type(<object>bound) is int


cdef object plain_bound(object bound):
    if isinstance(bound, BufferCore):
        bound = (<BufferCore>bound).value()
    return None if bound is None else PyNumber_Index(bound)
