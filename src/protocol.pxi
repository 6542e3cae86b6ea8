# What Python's operators, and its protocols and NumPy's, do with a tensor or a variable.

@cython.no_gc
@cython.freelist(64)
cdef class Elsewhere:
    pass


@cython.no_gc
@cython.freelist(256)
cdef class TensorFields:
    """What lies in a tensor's memory, whatever has become of it."""


@cython.no_gc
cdef class Operand:
    """What Tensor and Variable share: the value, the place on a log, and the operators."""
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
        if witnesses:
            note_truth(self)
        if may_be_swapped(self):
            return bool(held_value(self))
        if self.scalar:
            return self.number != 0
        return bool(self.array)

    def __float__(self):
        refuse_number(self)
        if traces:
            look_by_number(self)
        note_departure(self, "float()")
        if may_be_swapped(self):
            return float(held_value(self))
        if self.scalar:
            return self.number
        return float(self.array.item()) if self.array.size == 1 else float(self.array)

    def __int__(self):
        refuse_number(self)
        if traces:
            look_by_number(self)
        note_departure(self, "int()")
        if may_be_swapped(self):
            return int(held_value(self))
        if self.scalar:
            return int(self.number)
        return int(self.array.item()) if self.array.size == 1 else int(self.array)

    def __complex__(self):
        refuse_number(self)
        if traces:
            look_by_number(self)
        note_departure(self, "complex()")
        return complex(owned_value(self))

    def __index__(self):
        if self.scalar == FLOAT_SCALAR or not PyTypeNum_ISINTEGER(self.code):
            raise TypeError(f"only an integer scalar tensor can be used as an index; this one is {describe(self)}")
        if traces:
            look(self, False)
        return array_of(self).__index__()

    def __len__(self):
        if may_be_swapped(self):
            return len(held_value(self))
        if self.scalar or PyArray_NDIM(self.array) == 0:
            raise TypeError("a scalar tensor has no length")
        return PyArray_DIMS(self.array)[0]

    def __iter__(self):
        if may_be_swapped(self):
            return iter(settled(self))
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
            raise TypeError("a Variable does not support item assignment; assign to a part of it by "
                            "v[index].assign(x), to the whole by v.assign(x)")
        raise TypeError("a Tensor does not support item assignment: its value never changes. t.at[i].set(x) gives a "
                        "new tensor; to fill an array in a loop, make a buffer: b = tf.buffer(t); b[i] = x")

    def __contains__(self, value):
        raise TypeError("`in` is not defined for tensors; compare element by element and use reduce_any")

    def __format__(self, spec):
        """As TensorFlow has it: a tensor formats like its NumPy value, a variable like itself, and like a number if
        asked to."""
        if not spec and (self.is_variable or has_no_value(self)):
            return str(self)
        return spelled(self, format(owned_value(self), spec))

    # ---------------------------------------------------------------------------------------------------- NumPy

    def numpy(self):
        """The value as a NumPy array of the caller's own (a NumPy scalar for a scalar). Leaves the tape."""
        return left_value(self, ".numpy()")

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
        if may_be_swapped(self):
            return held_value(self).dtype
        if self.scalar or self.array is None:
            return dtype_objects[self.code]
        return self.array.dtype

    @property
    def shape(self):
        """The shape, a TensorShape."""
        if may_be_swapped(self):
            return held_value(self).shape
        if self.scalar:
            return scalar_shape
        arguments = (self.array.shape,)
        return new_tuple(<PyObject*>TensorShape, <PyObject*>arguments, NULL)

    @property
    def ndim(self):
        """The number of dimensions."""
        if may_be_swapped(self):
            return held_value(self).ndim
        return 0 if self.scalar else PyArray_NDIM(self.array)

    @property
    def size(self):
        """The number of elements."""
        if may_be_swapped(self):
            return held_value(self).size
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
        return left_value(self, ".item()").item(*index)

    def tolist(self):
        """The value as nested Python lists. Leaves the tape."""
        return left_value(self, ".tolist()").tolist()

    def ref(self):
        """A hashable key that stands for this very object."""
        return Reference(self)


cdef object left_value(Operand x, str how):
    """The value as the caller's own, who has asked for it by name."""
    if traces:
        look(x, False)
    note_departure(x, how)
    return owned_value(x)


cdef str format_value(Operand x):
    """As TensorFlow's eager repr shows it: what takes several lines starts on a new one."""
    if may_be_swapped(x):
        return format_value(settled(x))
    if x.scalar or PyArray_NDIM(x.array) == 0:
        return spelled(x, str(owned_value(x)))
    return newline_before(spelled(x, repr(lent_view_of(x.array))))


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
        if has_no_value(self):
            return f"<Tensor: shape={format_shape(self)}, dtype={self.dtype}>"
        return f"<Tensor: shape={format_shape(self)}, dtype={self.dtype}, numpy={format_value(self)}>"

    def __str__(self):
        if has_no_value(self):
            return f"Tensor(shape={format_shape(self)}, dtype={self.dtype})"
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


@cython.no_gc
cdef class LeakedTensor(TensorFields):
    """What a tensor turns into that outlives the recording that made it: every use says so. It does so in its place in
    memory: the fields are those of both classes.
    """

    def __repr__(self):
        return f"<leaked {self.elsewhere.error if self.elsewhere is not None else 'Tensor'}>"

    def __getattr__(self, name):
        if name.startswith("__") and name != "__array__":
            raise AttributeError(name)
        refuse_use(self)

    def __array__(self, dtype=None, copy=None): refuse_use(self)
    def __array_ufunc__(self, *args, **kwargs): refuse_use(self)
    def __array_function__(self, *args): refuse_use(self)
    def __bool__(self): refuse_use(self)
    def __float__(self): refuse_use(self)
    def __int__(self): refuse_use(self)
    def __len__(self): refuse_use(self)
    def __iter__(self): refuse_use(self)
    def __getitem__(self, index): refuse_use(self)
    def __add__(x, y): refuse_use(x if isinstance(x, LeakedTensor) else y)
    def __sub__(x, y): refuse_use(x if isinstance(x, LeakedTensor) else y)
    def __mul__(x, y): refuse_use(x if isinstance(x, LeakedTensor) else y)
    def __truediv__(x, y): refuse_use(x if isinstance(x, LeakedTensor) else y)
    def __floordiv__(x, y): refuse_use(x if isinstance(x, LeakedTensor) else y)
    def __mod__(x, y): refuse_use(x if isinstance(x, LeakedTensor) else y)
    def __matmul__(x, y): refuse_use(x if isinstance(x, LeakedTensor) else y)
    def __pow__(x, y, modulo): refuse_use(x if isinstance(x, LeakedTensor) else y)
    def __neg__(self): refuse_use(self)
    def __abs__(self): refuse_use(self)
    def __richcmp__(x, y, int how): refuse_use(x if isinstance(x, LeakedTensor) else y)
    __hash__ = None


cdef object refuse_new(type kind, PyObject* args, PyObject* kwargs):
    raise TypeError("a Tensor is made by constant() or convert_to_tensor()")

# `Tensor.__new__` of Python's would make one that has no value. (What is made here does not ask for it there.)
(<PyTypeObject*>Elsewhere).tp_new = <newfunc>refuse_new
(<PyTypeObject*>TensorFields).tp_new = <newfunc>refuse_new
(<PyTypeObject*>Operand).tp_new = <newfunc>refuse_new
(<PyTypeObject*>Tensor).tp_new = <newfunc>refuse_new
(<PyTypeObject*>LeakedTensor).tp_new = <newfunc>refuse_new
leaked_class = LeakedTensor


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


def iterate(Operand x):
    cdef npy_intp i
    for i in range(PyArray_DIMS(x.array)[0]):
        yield getitem(x, i)


def seen(value, dtype=None):
    """np.asarray, for who means to leave the tapes: what the library looks at, a tensor's value that cannot be written
    to."""
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
