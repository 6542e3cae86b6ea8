# Tensor: an immutable value and where it stands on a log. A float scalar, or a truth value, is a C double inside the
# object; everything else is a NumPy array that nobody else may write to.

cdef enum:
    NOT_SCALAR = 0
    FLOAT_SCALAR = 1
    TRUTH_SCALAR = 2

# A shape is made without the call of its class, which is Python's and takes as long as an operation.
ctypedef object (*NewTuple)(PyObject*, PyObject*, PyObject*)
cdef NewTuple new_tuple = <NewTuple>(<PyTypeObject*>tuple).tp_new

cdef int float_code = NPY_FLOAT     # what Python floats become: set_floatx


@cython.no_gc
@cython.freelist(256)
cdef class Operand:
    """What Tensor and Variable share: the value, the place on a log, and the operators."""
    cdef uint64_t log_id            # the log that `node` is of; 0 for none
    cdef int32_t node
    cdef uint8_t code               # NumPy's type number of the dtype
    cdef uint8_t scalar
    cdef uint8_t is_variable
    cdef uint8_t borrowed           # the array is a caller's, who may write to it: copy it before keeping it
    cdef double number
    cdef ndarray array
    # Nearly always None. A list: [(log id, node)] on logs that are alive beside the latest. A tuple: what part of a variable
    # this is, (variable, index), as v[index] gave it; in the list, that is the entry of the log 0, which there is not.
    cdef object elsewhere
    cdef object __weakref__

    def __init__(self, *args, **kwargs):
        raise TypeError("a Tensor is made by constant() or convert_to_tensor()")

    # ------------------------------------------------------------------------------------------------ arithmetic

    def __add__(x, y): return binary(OP_ADD, x, y)
    def __sub__(x, y): return binary(OP_SUBTRACT, x, y)
    def __mul__(x, y): return binary(OP_MULTIPLY, x, y)
    def __truediv__(x, y): return binary(OP_DIVIDE, x, y)
    def __floordiv__(x, y): return binary(OP_FLOOR_DIVIDE, x, y)
    def __mod__(x, y): return binary(OP_REMAINDER, x, y)
    def __matmul__(x, y): return matmul_operator(x, y)
    def __neg__(self): return apply1(OP_NEGATIVE, self)
    def __pos__(self): return identity_of(self)
    def __abs__(self): return apply1(OP_ABSOLUTE, self)
    def __and__(x, y): return binary(OP_BITWISE_AND, x, y)
    def __or__(x, y): return binary(OP_BITWISE_OR, x, y)
    def __xor__(x, y): return binary(OP_BITWISE_XOR, x, y)
    def __invert__(self): return apply1(OP_INVERT, self)
    def __lshift__(x, y): return numpy.left_shift(x, y)     # of integers: nothing to record
    def __rshift__(x, y): return numpy.right_shift(x, y)

    def __pow__(x, y, modulo):
        if modulo is not None:
            return NotImplemented
        return power(x, y)

    def __divmod__(x, y):
        quotient = binary(OP_FLOOR_DIVIDE, x, y)
        return NotImplemented if quotient is NotImplemented else (quotient, binary(OP_REMAINDER, x, y))

    def __richcmp__(x, y, int how):
        if y is None and (how == Py_EQ or how == Py_NE):
            return how == Py_NE
        return binary(comparison_opcode[how], x, y)

    def __hash__(self):
        raise TypeError(f"{type(self).__name__} is unhashable, because == compares element by element; "
                        f"use .ref() as the key instead")

    # ------------------------------------------------------------------------------------------ as a Python value

    def __bool__(self):
        if traces:
            look(self, True)
        if self.scalar:
            return self.number != 0
        return bool(self.array)

    def __float__(self):
        refuse_number(self)
        if traces:
            look_by_number(self)
        if self.scalar:
            return self.number
        return float(self.array.item()) if self.array.size == 1 else float(self.array)

    def __int__(self):
        refuse_number(self)
        if traces:
            look_by_number(self)
        if self.scalar:
            return int(self.number)
        return int(self.array.item()) if self.array.size == 1 else int(self.array)

    def __complex__(self):
        refuse_number(self)
        if traces:
            look_by_number(self)
        return complex(owned_value(self))

    def __index__(self):
        if self.scalar == FLOAT_SCALAR or not PyTypeNum_ISINTEGER(self.code):
            raise TypeError(f"only an integer scalar tensor can be used as an index; this one is {describe(self)}")
        if traces:
            look(self, False)
        return self.array.__index__()

    def __len__(self):
        if self.scalar or PyArray_NDIM(self.array) == 0:
            raise TypeError("a scalar tensor has no length")
        return PyArray_DIMS(self.array)[0]

    def __iter__(self):
        if self.scalar or PyArray_NDIM(self.array) == 0:
            raise TypeError("cannot iterate over a scalar tensor")
        return iterate(self)

    def __reversed__(self):
        return iter(getitem(self, slice(None, None, -1)))

    def __getitem__(self, index):
        return getitem(self, index)

    @property
    def at(self):
        """What `t.at[index].set(v)` and the other updates are asked of: they give a new tensor."""
        return updates_of(self)

    def __setitem__(self, index, value):
        if self.is_variable:
            raise TypeError("a Variable does not support item assignment; assign to a part of it by v[index].assign(x), to "
                            "the whole by v.assign(x)")
        raise TypeError("a Tensor does not support item assignment: its value never changes. t.at[i].set(x) gives a new tensor; "
                        "to fill an array in a loop, make a buffer: b = tf.buffer(t); b[i] = x")

    def __contains__(self, value):
        raise TypeError("`in` is not defined for tensors; compare element by element and use reduce_any")

    def __format__(self, spec):
        """As TensorFlow has it: a tensor formats like its NumPy value, a variable like itself, and like a number if asked to."""
        if self.is_variable and not spec:
            return str(self)
        return spelled(self, format(owned_value(self), spec))

    # ---------------------------------------------------------------------------------------------------- NumPy

    def numpy(self):
        """The value as a NumPy array of the caller's own (a NumPy scalar for a scalar). Leaves the tape."""
        if traces:
            look(self, False)
        return owned_value(self)

    def __array__(self, dtype=None, copy=None):
        if copy is False and self.scalar:
            raise ValueError("a scalar tensor has no array to share; np.asarray(t, copy=None) makes one")
        refuse_array(self)
        if traces:
            look(self, False, BY_ARRAY)
        return seen_array(self, dtype, copy)

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if len(inputs) > 1:
            for x in <tuple>inputs:
                if is_foreign(x) and hears_of_ufuncs(x):
                    return NotImplemented       # NumPy asks it next
        if not kwargs and method == "__call__":
            function = recorded_ufuncs.get(ufunc)
            if function is not None:
                return function(*inputs)
        return hook_array_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, function, types, args, kwargs):
        if len(types) > 1 and not all_ours(types):
            return NotImplemented
        if "out" not in <dict>kwargs:
            counterpart = counterparts.get(function)
            if counterpart is not None:
                return counterpart(*<tuple>args, **<dict>kwargs)
        return hook_array_function(function, types, args, kwargs)

    @property
    def dtype(self):
        """The NumPy dtype."""
        if self.scalar or self.array is None:
            return dtype_objects[self.code]
        return self.array.dtype

    @property
    def shape(self):
        """The shape, a TensorShape."""
        if self.scalar:
            return scalar_shape
        arguments = (self.array.shape,)
        return new_tuple(<PyObject*>TensorShape, <PyObject*>arguments, NULL)

    @property
    def ndim(self):
        """The number of dimensions."""
        return 0 if self.scalar else PyArray_NDIM(self.array)

    @property
    def size(self):
        """The number of elements."""
        return 1 if self.scalar else PyArray_SIZE(self.array)

    @property
    def T(self):
        """The tensor with its axes reversed."""
        return transpose_of(self)

    def get_shape(self):
        """The shape, a TensorShape."""
        return self.shape

    def item(self, *index):
        """The value of a tensor of one element, or the one at an index, as a Python number. Leaves the tape."""
        return self.numpy().item(*index)

    def tolist(self):
        """The value as nested Python lists. Leaves the tape."""
        return self.numpy().tolist()

    def ref(self):
        """A hashable key that stands for this very object."""
        return Reference(self)


@cython.no_gc
cdef class Tensor(Operand):
    """An immutable array of numbers that a GradientTape can follow.

    Tensors come from `constant`, `convert_to_tensor` and from operations; they are never written to. They index,
    iterate and compare like NumPy arrays, and combine with numbers, lists and arrays by the usual operators.

    See Also
    --------
    constant, Variable

    Notes
    -----
    After TensorFlow's eager tensor, https://www.tensorflow.org/api_docs/python/tf/Tensor. Python's `==` compares
    element by element, so a tensor cannot be a dictionary key: use `tensor.ref()`.

    Examples
    --------
    >>> t = tf.constant([[1., 2.], [3., 4.]])
    >>> t @ t + 1.0
    <Tensor: shape=(2, 2), dtype=float32, numpy=
    array([[ 8., 11.],
           [16., 23.]], dtype=float32)>
    """

    def __repr__(self):
        return f"<Tensor: shape={format_shape(self)}, dtype={self.dtype}, numpy={format_value(self)}>"

    def __str__(self):
        text = spelled(self, str(owned_value(self)))
        return f"Tensor({newline_before(text)}, shape={format_shape(self)}, dtype={self.dtype})"

    def __reduce__(self):
        if traces:
            look(self, False)
        return rebuild_tensor, (seen_array(self, None, None),)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


cdef object refuse_new(type kind, PyObject* args, PyObject* kwargs):
    raise TypeError("a Tensor is made by constant() or convert_to_tensor()")

# `Tensor.__new__` of Python's would make one that has no value. (What is made here does not ask for it there.)
(<PyTypeObject*>Operand).tp_new = <newfunc>refuse_new
(<PyTypeObject*>Tensor).tp_new = <newfunc>refuse_new


@cython.final
@cython.freelist(16)
cdef class Reference:
    """A hashable stand-in for a tensor or a variable, by identity."""
    cdef Operand operand

    def __cinit__(self, Operand operand):
        self.operand = operand

    def deref(self):
        """The tensor or variable."""
        return self.operand

    def __hash__(self):
        return <Py_hash_t>(<uintptr_t><PyObject*>self.operand >> 4)

    def __richcmp__(self, other, int how):
        if not isinstance(other, Reference) or (how != Py_EQ and how != Py_NE):
            return NotImplemented
        return (self.operand is (<Reference>other).operand) == (how == Py_EQ)

    def __repr__(self):
        return f"<Reference wrapping {self.operand!r}>"


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
    if PyArray_NDIM(array) == 0 and (code == NPY_FLOAT or code == NPY_DOUBLE or code == NPY_BOOL):
        return new_scalar(read_scalar(array), code)
    if PyArray_NDIM(array) > TENSOR_DIMS:
        raise ValueError(f"a tensor has at most {TENSOR_DIMS} dimensions, not {PyArray_NDIM(array)}")
    t = <Tensor>Tensor.__new__(Tensor)
    t.array = array
    t.code = <uint8_t>code
    t.log_id = 0
    return t


cdef object owned_value(Operand x):
    """A copy for the caller: an array, or a NumPy scalar."""
    if x.scalar:
        return scalar_types[x.code](x.number)
    if PyArray_NDIM(x.array) == 0:
        return x.array[()]
    return PyArray_NewCopy(x.array, NPY_CORDER)


cdef inline ndarray array_of(Operand x):
    """The value as an array; a scalar's is made for the occasion."""
    if x.scalar:
        return scalar_array(x.number, x.code)
    return x.array


@cython.final
@cython.no_gc
@cython.freelist(64)
cdef class Lent:
    """The base of the arrays that look into a tensor's memory: it keeps that alive, and NumPy cannot be talked into writing
    there, as it can where an array is the base."""
    cdef ndarray array


cdef ndarray lent_view_of(ndarray array):
    """An array of the same elements that stays read-only, whatever is done to its flags."""
    cdef Lent base = <Lent>Lent.__new__(Lent)
    cdef ndarray view = PyArray_New(<PyTypeObject*>ndarray_type, PyArray_NDIM(array), PyArray_DIMS(array), PyArray_TYPE(array),
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
    if x.scalar:
        view = scalar_array(x.number, x.code)
        PyArray_CLEARFLAGS(view, NPY_ARRAY_WRITEABLE)
    else:
        view = lent_view_of(x.array)
    if dtype is not None and np_dtype(dtype) != view.dtype:
        if copy is False:
            raise ValueError("a change of dtype needs a copy")
        return view.astype(dtype)
    return view.copy() if copy else view


def seen(value, dtype=None):
    """np.asarray, for who means to leave the tapes: what the library looks at, a tensor's value that cannot be written to."""
    if type(value) is IndexedSlices:
        value = dense_slices(value)
    elif isinstance(value, BufferCore):
        value = (<BufferCore>value).value()
    if isinstance(value, Operand):
        if traces:
            look(<Operand>value, False)
        return seen_array(<Operand>value, dtype, None)
    return np_asarray(array_from(value), dtype)


def rebuild_tensor(array):
    """Unpickle a tensor."""
    return new_tensor(own_copy(array))


cdef object held_still(object value, int depth=0):
    """Lists as tuples, so that code which runs while NumPy makes numbers of what is in them cannot take it out of them."""
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
    check_numeric(source)
    if not source.dtype.isnative:
        source = source.astype(source.dtype.newbyteorder("="))
    if item_size[type_code(source)] == 0:
        return PyArray_NewCopy(source, NPY_CORDER)
    return copy_of(source)


# Whoever gives None for a tensor hardly ever wrote it.
cdef str none_says = ('None is what a gradient is where the target does not depend on the source (unconnected_gradients="zero" '
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
        raise TypeError(f"cannot convert values of dtype {array.dtype} to a tensor: only truth values, integers, floats and "
                        f"complex numbers can be")
    return 0


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
        raise TypeError(f"{type(value).__name__}.__tf_tensor__ gave {shorten(inner)}, of class {type(inner).__name__}; it must give "
                        f"a tensor or a variable")
    return <Operand>inner


cdef int refuse_meaning(object value) except -1:
    """An array of another library's that says more than its numbers do is not made a tensor of: that would be lost."""
    cdef object kind = type(value)
    if isinstance(getattr(kind, "mask", None), property) and numpy.any(value.mask):
        raise TypeError(f"a tensor has no mask, and this {kind.__name__} has masked elements: fill them first, as in "
                        f"array.filled(0.0), or choose by tf.where")
    if hasattr(kind, "__array_ufunc__") and (hasattr(kind, "units") or hasattr(kind, "unit")):
        raise TypeError(f"a tensor has no units, and this {kind.__name__} has: pass its numbers in the units that are meant, as "
                        f"in quantity.to(units).magnitude")
    if hasattr(kind, "toarray") and not hasattr(kind, "__array__"):
        raise TypeError(f"a tensor has all its elements, and this {kind.__name__} those that are not zero: make it dense first, "
                        f"array.toarray()")
    return 0


cdef bint defers(object value):
    """Whether an operator leaves the operation to the other operand, as NumPy's protocols say; see binary."""
    cdef object kind = type(value)
    if not is_foreign(value) or hasattr(kind, "__tf_tensor__"):
        return False
    if hears_of_ufuncs(value):
        return True
    return (hasattr(kind, "__array_function__") and not isinstance(value, ndarray)) or getattr(value, "__array_priority__", 0) > 0


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


cdef int check_depth(int depth) except -1:
    """Lists in lists are dimensions, and of those there are not that many: one that contains itself ends here."""
    if depth > TENSOR_DIMS:
        raise ValueError(f"lists are nested more than {TENSOR_DIMS} deep, or one of them contains itself; a tensor has at most "
                         f"{TENSOR_DIMS} dimensions")
    return 0


cdef bint value_holds_operands(object value, int depth=0) except -1:
    if isinstance(value, (list, tuple)):
        check_depth(depth)
        for item in value:
            if (isinstance(item, (Operand, BufferCore)) or type(item) is IndexedSlices or value_holds_operands(item, depth + 1)
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
        raise TypeError(f"cannot convert {shorten(value)} to a tensor of dtype {dtype}: cast the tensor beside it first, "
                        f"as in cast(t, float32)")
    if kind in "iu" and wanted in "iu" and array.size:
        limits = np_iinfo(dtype)
        if array.min() < limits.min or array.max() > limits.max:
            raise ValueError(f"cannot convert {shorten(value)} to a tensor of dtype {dtype}: out of its range; name a wider "
                             f"dtype, as in constant(value, dtype=int64)")
    return 0


cdef str shorten(object value):
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


cdef Operand operand_beside(object value, Operand other):
    """`value` as an operand of an op whose other operand is `other`; None where it is nothing numeric."""
    return beside(value, other, False)


cdef Operand numeric_beside(object value, Operand other, str name, str parameter):
    """The same, and an error where it is nothing numeric."""
    cdef Operand x = beside(value, other, False)
    if x is None and value is None:
        raise TypeError(f"{name}: cannot use None as {parameter!r}: {none_says}")
    if x is None:
        raise TypeError(f"{name}: cannot use {shorten(value)} as {parameter!r}: it is neither a number nor an array of "
                        f"numbers")
    return x


cdef inline Operand operand_or_none(object value, Operand other):
    """The same for an operator; None also for what the operation is left to."""
    return beside(value, other, True)


cdef Operand beside(object value, Operand other, bint operator):
    cdef Operand inner
    cdef ndarray array
    if isinstance(value, Operand):
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
        if PyTypeNum_ISCOMPLEX(type_code(array)):
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
        return beside(np_asarray(value), other, operator)
    if has_own_dtype(value):
        return new_tensor(own_copy(value))
    return None


cdef bint may_change(ndarray array):
    """Whether somebody may write to an array: it is writeable, or a view of what may be. (A tensor's memory never is.)"""
    return PyArray_CHKFLAGS(array, NPY_ARRAY_WRITEABLE) or not (array.base is None or type(array.base) is Lent)


cdef Tensor borrow(ndarray array):
    """An array as an operand, for one op: somebody may write to it afterwards."""
    cdef Log* log
    cdef Tensor t
    cdef bint changes = may_change(array)
    if changes and traces:
        log = tracing_log()
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


# ----------------------------------------------------------------------------------------------------------- showing

cdef str format_shape(Operand x):
    return "()" if x.scalar else str(x.array.shape)


cdef str format_value(Operand x):
    """As TensorFlow's eager repr shows it: what takes several lines starts on a new one."""
    if x.scalar or PyArray_NDIM(x.array) == 0:
        return spelled(x, str(owned_value(x)))
    return newline_before(spelled(x, repr(lent_view_of(x.array))))


cdef str newline_before(str text):
    return "\n" + text if "\n" in text else text


cdef str describe(Operand x):
    """For error messages: shape and dtype."""
    return f"shape {format_shape(x)} and dtype {dtype_objects[x.code]}"
