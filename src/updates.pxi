# Updates: an array but for some elements, made in place where nobody else has the old one.
#
# A write is a row of two operands that is linear in both together: x, but for x[index], which is v. Its adjoint is
# gx = g with zeros at [index] and gv = g[index]; its tangent is the row itself. n such records one behind the other,
# over one array of n elements, would cost n squared, in each direction, if each made an array of its own. So whoever
# asks for one says whether the old array may go; then it is written to, if it is in a block of the pool and nothing
# else refers to it: no tensor that was handed out, no view, no record that keeps it for a derivative. The GIL is held
# from the look at the counts on, but for what NumPy does with large assignments, and then nobody finds the array: who
# changes it has taken it out of where it was.
#
# A buffer is a place for one tensor that nobody else has, and that each write replaces in this way.

cdef object update_class = None     # what `t.at` gives


cdef int writing() except -1:
    """The row of writes, which is loaded when it is first needed."""
    if table[OP_WRITE].name == NULL:
        from autodiff_core.ops import updating
    return OP_WRITE


cdef object updates_of(Operand x):
    global update_class
    if update_class is None:
        from autodiff_core.ops.updating import At
        update_class = At
    return update_class(x)


# ----------------------------------------------------------------------------------------------------------- the kernel

cdef int put_elements(ndarray whole, object index, Operand values) except -1:
    """whole[index] = values, of one dtype and of the shape that is selected; of two for one place the last stays."""
    cdef char* at = element_at(whole, index)
    cdef ndarray array
    if at != NULL and values.scalar:
        write_number(at, values.code, values.number)
    elif at != NULL:
        memcpy(at, PyArray_DATA(values.array), item_size[values.code])
    else:
        array = array_of(values)
        # (NumPy goes through arrays of indices in the order that suits the memory of the values.)
        whole[index] = numpy.ascontiguousarray(array) if is_fancy(index) and PyArray_NDIM(array) else array
    return 0


cdef bint alone(Operand x):
    """Whether nobody but the caller, by one reference, has a tensor, and it alone its array."""
    return (is_sole(<PyObject*>x) and is_sole(<PyObject*>x.array) and pooled_memory(<PyObject*>x.array))


cdef Tensor set_at(Operand x, object index, Operand v, bint spare):
    """x, but for x[index], which is v (of the shape that the index selects, and of x's dtype); recorded.

    With `spare` the memory of `x` is used, if nobody but the caller has it.
    """
    cdef Log* log = recording_log()
    cdef tuple shape = shape_of(x), attribute = (shape, index)
    cdef int op = writing()
    cdef Tensor out
    cdef ndarray array
    cdef int32_t node
    cdef bint unrun = traces and (stays_unrun([x, v]) or holds_blank(index))
    if unrun:
        out = new_tensor(blank_of(shape, x.code))
    elif x.scalar:
        array = scalar_array(x.number, x.code)
        put_elements(array, index, v)
        out = new_tensor(array)
    else:
        out = <Tensor>Tensor.__new__(Tensor)
        out.array = x.array         # for its shape
        out.code = x.code
        out.log_id = 0
    if log != NULL:
        if not differentiable(out.code):
            if log.tracer:
                trace_silent(log, op, [x, v], attribute, out)
        else:
            node = record_general(log, op, [x, v], attribute, shape)
            if node >= 0:
                log.records[node].dtype = out.code
                finish_record(log, node, out, False)
    if x.scalar or unrun:
        return out
    out.array = None
    array = x.array if spare and alone(x) else own_copy(x.array)
    put_elements(array, index, v)
    out.array = array
    return out


def updated(Operand x, index, Operand values):
    """A tensor but for what an index selects: the recorded row `set_at`."""
    return set_at(settled(x), index, values, False)


def plain_form(index):
    """An index as attributes have it: without tensors, and nobody can change it later."""
    return plain(index)


def fitting(value, Operand x, tuple shape, str what):
    """A value that is to be written into a tensor, in its dtype and in a shape; recorded."""
    cdef Operand v
    cdef tuple own
    cdef int lead
    if isinstance(value, BufferCore):
        value = (<BufferCore>value).value()
    try:
        v = operand_beside(value, x)
    except TypeError as error:
        raise TypeError(f"{what}: {error}") from None
    if value is None:
        raise TypeError(f"{what}: cannot write None: {none_says}")
    if v is None:
        raise TypeError(f"{what}: cannot write {shorten(value)} into a tensor of dtype {x.dtype}: it is neither a "
                        f"number nor an array of numbers")
    if v.code != x.code:
        if not numpy.can_cast(v.dtype, x.dtype, "same_kind"):
            raise TypeError(f"{what}: a value of dtype {v.dtype} does not go into a tensor of dtype {x.dtype}; cast "
                            f"one of them first, as in tf.cast(value, {x.dtype})")
    own = shape_of(v)
    lead = <int>(len(own) - len(shape))
    if own != shape:
        if lead > 0 and own[:lead] == (1,) * lead:
            v = apply_linear(OP_RESHAPE, v, (own, own[lead:]))
            own = own[lead:]
        for k in range(1, len(own) + 1):
            if len(own) > len(shape) or (own[-k] != 1 and own[-k] != shape[-k]):
                raise ValueError(f"{what}: a value of shape {shape_of(v)} does not broadcast to the shape {shape} that "
                                 f"the index selects of a tensor of shape {shape_of(x)}")
    if v.code != x.code:
        v = cast_operand(v, x.code)
    if v.is_variable:
        v = settled(v)
    return broadcast_tensor(v, shape)


def selected(Operand x, index):
    """What an index in its plain form selects, in memory of its own; recorded."""
    cdef Tensor out = apply_linear(OP_TAKE if is_fancy(index) else OP_SLICE, x, (shape_of(x), index))
    own_memory(out)
    return out


def selected_shape(Operand x, index, str what):
    """The shape of what an index selects."""
    cdef ndarray array = array_of(x)
    if element_at(array, index) != NULL:
        return ()
    if traces and (is_blank(array) or holds_blank(index)):
        return declared(OP_TAKE if is_fancy(index) else OP_SLICE, [x], (shape_of(x), index)).shape
    try:
        return np_asarray(array[index]).shape
    except (IndexError, TypeError, ValueError) as error:
        raise type(error)(f"{what}: {error}; the tensor has shape {shape_of(x)}") from None


# ----------------------------------------------------------------------------------------------------------- the buffer

cdef class BufferCore:
    """The compiled part of a buffer: a tensor that nobody else has, and that each write replaces."""
    def __init__(self, Tensor start):
        cdef Log* log = tracing_log()
        if log != NULL:
            self.trace = log.first_id
        self.held = identity_of(start)
        own_memory(self.held)

    cdef Tensor at_rest(self):
        """The tensor, for reading."""
        cdef Log* log = tracing_log() if traces else NULL
        cdef Tensor held
        hold_object(self)
        held = self.held
        let_go_object(self)
        if held is None:
            raise RuntimeError("a buffer is read or written to while another thread writes to it")
        if type(held) is not Tensor:
            refuse_use(held)
        if log != NULL and self.trace != log.first_id:
            give_up_tracing("a buffer from outside of the recorded function is read, and may hold something else at "
                            "each call", self)
        return held

    def value(self):
        """The present value, a tensor; it never changes."""
        cdef Tensor held = self.at_rest()
        cdef Tensor out
        cdef Log* log
        out = new_scalar(held.number, held.code) if held.scalar else bare_tensor(held.array)
        out.log_id = held.log_id
        out.node = held.node
        others = other_places(held)
        set_other_places(out, None if others is None else list(others))
        log = tracing_log() if traces else NULL
        if log != NULL and out.log_id == log.id:
            (<Tracer>log.trace).note(out, out.node, log.records[out.node].op)
        return out

    def __getitem__(self, index):
        cdef Tensor out = <Tensor>getitem(self.at_rest(), index)
        own_memory(out)
        return out

    def __setitem__(self, index, value):
        cdef Tensor held = self.at_rest(), new, wide
        cdef Log* log = tracing_log() if traces else NULL
        cdef Operand v
        cdef str what = "buffer[index] = value"
        if log != NULL and self.trace != log.first_id:
            raise RuntimeError("buffer[index] = value: the buffer is from outside of the function that is being "
                               "recorded, where a write would happen at the recording and at no later call; make the "
                               "buffer inside of it, as in b = tf.buffer(x), and return b.value()")
        index = plain(index)
        wide = self.widened(value) if self.free_dtype else None
        v = <Operand>fitting(value, held if wide is None else wide, selected_shape(held, index, what), what)
        held = taken_out(self)
        if held is None:
            raise RuntimeError("a buffer is read or written to while another thread writes to it")
        if wide is not None:
            held = wide
        wide = None
        try:
            new = set_at(held, index, v, True)
        except BaseException:
            put_in(self, held)
            raise
        put_in(self, new)

    cpdef Tensor widened(self, object value):
        """The value, as wide as floats that are to be written, where nobody chose the dtype; None where it is so
        already."""
        cdef Tensor held = self.at_rest()
        if not self.free_dtype:
            return None
        if isinstance(value, BufferCore):
            value = (<BufferCore>value).value()
        if not (isinstance(value, Operand) or has_own_dtype(value)):
            return None
        own = value.dtype if isinstance(value, Operand) else np_asarray(value).dtype
        if own.kind != "f" or promoted(own, held.dtype) == held.dtype:
            return None
        held = <Tensor>to_dtype(held, promoted(own, held.dtype))
        own_memory(held)
        return held

    @property
    def dtype(self):
        """The NumPy dtype."""
        return self.at_rest().dtype

    @property
    def shape(self):
        """The shape, a TensorShape."""
        return self.at_rest().shape

    @property
    def ndim(self):
        """The number of dimensions."""
        return self.at_rest().ndim

    @property
    def size(self):
        """The number of elements."""
        return self.at_rest().size


cdef Tensor taken_out(BufferCore b):
    """The tensor of a buffer, which is nobody else's until it is put in again."""
    cdef Tensor held
    hold_object(b)
    held = b.held
    b.held = None
    let_go_object(b)
    return held


cdef void put_in(BufferCore b, Tensor held) noexcept:
    hold_object(b)
    b.held = held
    let_go_object(b)


cdef int own_memory(Tensor t) except -1:
    """Let a tensor that is new, and stands for no kept array, be no view of another's."""
    if not t.scalar and t.array.base is not None:
        t.array = own_copy(t.array)
    return 0


# ------------------------------------------------------------------------------------------------------ its derivatives

cdef object staying(object index, tuple shape):
    """Which of the selected elements stay, as truth values of the selection's shape; None for all of them."""
    return (<object>table[writing()].rule)(shape, index) if is_fancy(index) else None


cdef Tensor picked_tensor(Operand g, object index, object kept):
    """x[index] in memory of its own, with zeros for what did not stay; recorded."""
    cdef Tensor part = apply_linear(OP_TAKE if is_fancy(index) else OP_SLICE, g, (shape_of(g), index))
    own_memory(part)
    if kept is None:
        return part
    return <Tensor>elementwise(OP_SELECT, as_operand(kept), part, zeros_of_shape((), part.code, 0))
