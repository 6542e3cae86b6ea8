# Updates: an array but for some elements, made in place where nobody else has the old one.
#
# `set_at` is a row of two operands that is linear in both together: x, but for x[index], which is v. Its adjoint is
# gx = g with zeros at [index] and gv = g[index]; its tangent is the row itself. n such records one behind the other,
# over one array of n elements, would cost n squared, in each direction, if each made an array of its own. So whoever
# asks for one says whether the old array may go; then it is written to, if it is in a block of the pool and nothing
# else refers to it: no tensor that was handed out, no view, no record that keeps it for a derivative. The GIL is held
# from the look at the counts on, but for what NumPy does with large assignments, and then nobody finds the array: who
# changes it has taken it out of where it was.
#
# A buffer is a place for one tensor that nobody else has, and that each write replaces in this way.

cdef int op_set_at = -1
cdef object winners = None          # (shape, index) -> which of the selected elements stay, or None for all of them
cdef object update_class = None     # what `t.at` gives


def install_updates(Op op, find_winners):
    """Tell the core which row `set_at` is, and what finds the elements that stay where an index names them twice."""
    global op_set_at, winners
    op_set_at = op.opcode
    winners = find_winners


cdef object updates_of(Operand x):
    global update_class
    if update_class is None:
        from autodiff_core.ops.updating import At
        update_class = At
    return update_class(x)


# ----------------------------------------------------------------------------------------------------------- the kernel

cdef char* element_at(ndarray array, object index) noexcept:
    """Where the element is that plain integers select; NULL for any other index, and one that is out of bounds."""
    cdef char* at = <char*>PyArray_DATA(array)
    cdef int d, nd = PyArray_NDIM(array)
    cdef npy_intp i
    if type(index) is int and nd == 1:
        index = (index,)
    if type(index) is not tuple or len(<tuple>index) != nd:
        return NULL
    for d in range(nd):
        if type((<tuple>index)[d]) is not int:
            return NULL
        i = small_index((<tuple>index)[d])
        if i < 0:
            i += PyArray_DIMS(array)[d]
        if not 0 <= i < PyArray_DIMS(array)[d]:
            return NULL
        at += i * PyArray_STRIDES(array)[d]
    return at


cdef npy_intp small_index(object i) noexcept:
    """A Python integer; one that is no index of anything stays none."""
    try:
        return <npy_intp>i
    except OverflowError:
        return <npy_intp>1 << 62


cdef int put_elements(ndarray whole, object index, Operand values) except -1:
    """whole[index] = values, of one dtype and of the shape that is selected; of two for one place the last stays."""
    cdef char* at = element_at(whole, index)
    cdef ndarray array
    if at != NULL and values.scalar:
        write_scalar(at, values.code, values.number)
    elif at != NULL:
        memcpy(at, PyArray_DATA(values.array), item_size[values.code])
    else:
        array = array_of(values)
        # (NumPy goes through arrays of indices in the order that suits the memory of the values.)
        whole[index] = numpy.ascontiguousarray(array) if is_fancy(index) and PyArray_NDIM(array) else array
    return 0


cdef bint alone(Operand x):
    """Whether nobody but the caller, by one reference, has a tensor, and it alone its array."""
    return ((<PyObject*>x).ob_refcnt == 1 and (<PyObject*>x.array).ob_refcnt == 1 and pooled_memory(<PyObject*>x.array))


cdef Tensor set_at(Operand x, object index, Operand v, bint spare):
    """x, but for x[index], which is v (of the shape that the index selects, and of x's dtype); recorded.

    With `spare` the memory of `x` is used, if nobody but the caller has it.
    """
    cdef Log* log = recording_log()
    cdef tuple shape = shape_of(x), attribute = (shape, index)
    cdef Tensor out
    cdef ndarray array
    cdef int32_t node
    if x.scalar:
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
                trace_silent(log, op_set_at, [x, v], attribute, out)
        else:
            node = record_general(log, op_set_at, [x, v], attribute, shape)
            if node >= 0:
                log.records[node].dtype = out.code
                finish_record(log, node, out, False)
    if x.scalar:
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
        if self.held is None:
            raise RuntimeError("a buffer is read or written to while another thread writes to it")
        if type(self.held) is not Tensor:
            refuse_use(self.held)
        if log != NULL and self.trace != log.first_id:
            give_up_tracing("a buffer from outside of the recorded function is read, and may hold something else at "
                            "each call", self)
        return self.held

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
        held = self.held if wide is None else wide
        wide = None
        if self.held is None:
            raise RuntimeError("a buffer is read or written to while another thread writes to it")
        self.held = None
        try:
            new = set_at(held, index, v, True)
        except BaseException:
            self.held = held
            raise
        self.held = new

    cpdef Tensor widened(self, object value):
        """The value, as wide as floats that are to be written, where nobody chose the dtype; None where it is so already."""
        cdef Tensor held = self.at_rest()
        if not self.free_dtype:
            return None
        if isinstance(value, BufferCore):
            value = (<BufferCore>value).value()
        if not (isinstance(value, Operand) or has_own_dtype(value)):
            return None
        own = value.dtype if isinstance(value, Operand) else np_asarray(value).dtype
        if own.kind != "f" or np_promote_types(own, held.dtype) == held.dtype:
            return None
        held = <Tensor>to_dtype(held, np_promote_types(own, held.dtype))
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


cdef int own_memory(Tensor t) except -1:
    """Let a tensor that is new, and stands for no kept array, be no view of another's."""
    if not t.scalar and t.array.base is not None:
        t.array = own_copy(t.array)
    return 0


# ------------------------------------------------------------------------------------------------------ its derivatives

cdef object index_behind(object index, tuple shape, npy_intp batch):
    """An index behind a leading axis, where there is one; None where NumPy would put the axes elsewhere."""
    if not batch:
        return index
    behind = batch_attributes(op_set_at, (shape, index), batch)
    return None if behind is None else (<tuple>behind)[1]


cdef object staying(object index, tuple shape):
    """Which of the selected elements stay, as truth values of the selection's shape; None for all of them."""
    return winners(shape, index) if is_fancy(index) else None


cdef ndarray picked(ndarray g, object index, object kept):
    """g[index] in memory of its own, with zeros for what did not stay."""
    cdef ndarray part = np_asarray(g[index])
    if part.base is not None or kept is not None:
        part = own_copy(part)
    if kept is not None:
        numpy.copyto(part, 0, where=~np_asarray(kept))
    return part


cdef Tensor picked_tensor(Operand g, object index, object kept):
    """The same, recorded."""
    cdef Tensor part = apply_linear(OP_TAKE if is_fancy(index) else OP_SLICE, g, (shape_of(g), index))
    own_memory(part)
    if kept is None:
        return part
    return <Tensor>elementwise(OP_SELECT, as_operand(kept), part, zeros_of_shape((), part.code, 0))


cdef int sweep_set(Sweep* s, int32_t node) except -1:
    """The adjoint of a write: the part goes to what was written, and zeros to its place in what was written into."""
    cdef int32_t start = s.log.records[node].a
    cdef int32_t a = s.log.operands[start], b = s.log.operands[start + 1]
    cdef tuple attribute = <tuple>(<tuple><object>s.log.records[node].payload.attribute)[0]
    cdef tuple shape = <tuple>attribute[0]
    cdef object index = attribute[1], behind, kept = None
    cdef bint want_x = wants(s, a), want_v = wants(s, b)
    cdef ndarray g, part
    cdef char* at
    cdef int code
    cdef npy_intp i
    if not (want_x or want_v):
        return 0
    g = taken_array(s, node)
    if want_x and not ((<PyObject*>g).ob_refcnt == 1 and pooled_memory(<PyObject*>g)):
        g = own_copy(g)
    at = element_at(g, index) if not s.batch else NULL
    code = PyArray_TYPE(g)
    if at != NULL and (code == NPY_DOUBLE or code == NPY_FLOAT):
        if want_v:
            add_number(s, b, (<double*>at)[0] if code == NPY_DOUBLE else (<float*>at)[0])
        if want_x:
            write_scalar(at, code, 0)
            add_array(s, a, g)
        return 0
    behind = index_behind(index, shape, s.batch)
    if want_v:
        kept = staying(index, shape)
        if s.batch and behind is None:
            part = numpy.stack([picked(np_asarray(g[i]), index, kept) for i in range(s.batch)])
        else:
            part = picked(g, behind, kept)
    if want_x:
        if s.batch and behind is None:
            for i in range(s.batch):
                g[i][index] = 0
        else:
            g[behind] = 0
        add_array(s, a, g)
    if want_v:
        add_array(s, b, part)
    return 0


cdef int sweep_set_tensors(Sweep* s, int32_t node) except -1:
    """The same, recorded."""
    cdef int32_t start = s.log.records[node].a
    cdef int32_t a = s.log.operands[start], b = s.log.operands[start + 1]
    cdef int code = s.log.records[node].dtype
    cdef tuple information = <tuple><object>s.log.records[node].payload.attribute
    cdef tuple shape = <tuple>(<tuple>information[0])[0], selected = <tuple>(<tuple>information[1])[1]
    cdef object index = (<tuple>information[0])[1], behind, kept
    cdef bint want_x = wants(s, a), want_v = wants(s, b)
    cdef Operand g = <Operand>adjoint_tensor(s, node)
    cdef Tensor zeros
    cdef npy_intp i
    if not s.state[node - s.low] & SOURCE:
        drop(s, node)
    if type(g) is not Tensor or g.borrowed:
        g = identity_of(g)          # a weight of the caller's
    behind = index_behind(index, shape, s.batch)
    if want_v:
        kept = staying(index, shape)
        if s.batch and behind is None:
            part = public_stack([picked_tensor(getitem(g, i), index, kept) for i in range(s.batch)], None)
        else:
            part = picked_tensor(g, behind, kept)
        add_tensor(s, b, part)
    if want_x:
        if s.batch and behind is None:
            zeros = zeros_of_shape(selected, code, 0)
            g = public_stack([set_at(getitem(g, i), index, zeros, False) for i in range(s.batch)], None)
        else:
            g = set_at(g, behind, zeros_of_shape(selected, code, s.batch), True)
        add_tensor(s, a, g)
    return 0


cdef bint add_to_part(Sweep* s, int32_t a, Operand g, object index) except -1:
    """Add the cotangent of a small slice to its place in the adjoint that there is already, recorded: an update of
    this one, and not a sum of two whole arrays. False where that does not go, or does not pay."""
    cdef int32_t k = a - s.low
    cdef Operand total, part
    if s.state[k] & KIND_MASK != TENSOR or s.batch or tracing_log() != NULL:
        return False
    total = <Operand>s.adjoint[k].object
    if type(total) is not Tensor or total.borrowed or total.scalar or g.is_variable:
        return False
    if is_half(g.code):
        total = cast_operand(total, NPY_FLOAT)
        g = cast_operand(g, NPY_FLOAT)
    if total.code != g.code:
        return False
    if 4 * (1 if g.scalar else PyArray_SIZE(g.array)) >= PyArray_SIZE(total.array):
        return False
    if op_set_at < 0:
        from autodiff_core.ops import updating  # which has the row: nothing else that a sweep meets needs it
    part = <Operand>binary(OP_ADD, picked_tensor(total, index, None), g)
    drop(s, a)
    total = set_at(total, index, part, True)
    set_tensor(s, a, total)
    return True


cdef int push_set(Sweep* s, int32_t node) except -1:
    """The tangent of a write is a write of tangents."""
    cdef int32_t start = s.log.records[node].a
    cdef int32_t a = s.log.operands[start], b = s.log.operands[start + 1]
    cdef int code = s.log.records[node].dtype
    cdef tuple information = <tuple><object>s.log.records[node].payload.attribute
    cdef tuple shape = <tuple>(<tuple>information[0])[0], selected = <tuple>(<tuple>information[1])[1]
    cdef object index = (<tuple>information[0])[1], behind
    cdef Tensor y = tangent_tensor(s, b)
    cdef Operand x = tangent_tensor(s, a)
    cdef npy_intp i
    if x is None and y is None:
        return 0
    if x is None:
        x = zeros_of_shape(shape, code, s.batch)
    elif s.left != NULL and s.left[a - s.low] == 1:
        drop(s, a)                  # no other record is to read it
    if y is None:
        y = zeros_of_shape(selected, code, s.batch)
    behind = index_behind(index, shape, s.batch)
    if s.batch and behind is None:
        x = public_stack([set_at(getitem(x, i), index, getitem(y, i), False) for i in range(s.batch)], None)
    else:
        x = set_at(x, behind, y, True)
    return give_tangent(s, node, x)
