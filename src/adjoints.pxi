# Adjoints: what has come to a node so far, a cotangent on the way down or a tangent on the way up, in whatever form it
# came.
#
# A scalar's is a number, or the node of one where the derivative is recorded without making objects. An array's is a
# register of what is pending in the line until somebody must have it in memory. What meets at a node is added up
# here, and spent here as soon as nobody needs it any more.


cdef inline void add_number(Sweep* s, int32_t node, double value) noexcept:
    cdef int32_t k = node - s.low
    if s.state[k] & KIND_MASK:
        value += s.adjoint[k].number
    else:
        s.state[k] |= NUMBER
    s.adjoint[k].number = rounded(value, s.log.records[node].dtype)


cdef int set_register(Sweep* s, int32_t node, int register) except -1:
    cdef int32_t k = node - s.low
    cdef void* grown
    cdef int32_t capacity
    if s.pending_count == s.pending_capacity:
        capacity = more_room(s.pending_capacity, <int64_t>s.pending_count + 64)
        grown = realloc(s.pending, <size_t>capacity * sizeof(int32_t))
        if grown == NULL:
            raise MemoryError()
        s.pending = <int32_t*>grown
        s.pending_capacity = capacity
    check(s.low <= node <= s.high and 0 <= register < s.line.count)
    s.pending[s.pending_count] = node
    s.pending_count += 1
    s.state[k] = (s.state[k] & ~KIND_MASK) | IN_LINE
    s.adjoint[k].register = register
    return 0


cdef int add_register(Sweep* s, int32_t node, int register) except -1:
    """Add a register of the line, which has the node's shape and dtype."""
    cdef int32_t k = node - s.low
    cdef int pair[2]
    cdef uint8_t kind = s.state[k] & KIND_MASK
    if kind == NO_ADJOINT:
        return set_register(s, node, register)
    if kind == SLICES:
        add_up_slices(s, node)
        kind = ARRAY
    if kind == ARRAY:
        pair[0] = line_load(s.line, <ndarray>s.adjoint[k].object)
        drop(s, node)
    else:
        pair[0] = <int>s.adjoint[k].register
    pair[1] = register
    return set_register(s, node, line_emit(s.line, OP_ADD, pair))


cdef int add_array(Sweep* s, int32_t node, ndarray array) except -1:
    """Add an array of the node's shape."""
    cdef int32_t k = node - s.low
    cdef Record* r = &s.log.records[node]
    cdef PyObject* total
    if r.flags & SCALAR and not s.batch:
        add_number(s, node,
                   read_scalar(array if type_code(array) == r.dtype else cast_array(array, dtype_objects[r.dtype])))
        return 0
    if type_code(array) != r.dtype:
        array = cast_array(array, dtype_objects[r.dtype])
    if not PyArray_CHKFLAGS(array, NPY_ARRAY_ALIGNED):
        array = own_copy(array)     # (a weight of the caller's, or what a rule gave)
    if s.state[k] & KIND_MASK == SLICES:
        add_up_slices(s, node)
    if s.state[k] & KIND_MASK == IN_LINE:
        if line_has_room(s.line, 1, 2):
            return add_register(s, node, line_load(s.line, array))
        flush(s)
    if s.state[k] & KIND_MASK == NO_ADJOINT:
        Py_INCREF(array)
        s.adjoint[k].object = <PyObject*>array
        s.state[k] |= ARRAY
        s.objects = True
        return 0
    total = s.adjoint[k].object
    s.state[k] &= ~KIND_MASK    # add_arrays takes the reference over
    s.adjoint[k].object = add_arrays(total, array)
    s.state[k] |= ARRAY
    return 0


cdef int flush(Sweep* s) except -1:
    """Run the pending line: adjoints in registers become arrays, and reductions reach their nodes."""
    cdef Line* line = s.line
    cdef double totals[MOST_INPUTS]
    cdef int i, n = s.pending_count, reductions = s.reduction_count
    cdef int32_t node, k
    cdef ndarray array
    cdef list reduced
    s.pending_count = 0
    s.reduction_count = 0
    if line.count == 0:
        return 0
    reduced = []
    for i in range(n):
        k = s.pending[i] - s.low
        if s.state[k] & KIND_MASK == IN_LINE:
            line_want(line, <int>s.adjoint[k].register)
    try:
        line_run(line, totals)
        for i in range(n):
            k = s.pending[i] - s.low
            if s.state[k] & KIND_MASK == IN_LINE:
                array = line_array(line, <int>s.adjoint[k].register)
                Py_INCREF(array)
                s.adjoint[k].object = <PyObject*>array
                s.state[k] = (s.state[k] & ~KIND_MASK) | ARRAY
                s.objects = True
        for i in range(reductions):
            node = s.reductions[i].node
            if s.reductions[i].shape == NULL:
                add_number(s, node, totals[i])
            else:
                array = line_array(line, s.reductions[i].register)
                reduced.append((node, sum_to(array, <tuple>s.reductions[i].shape, s.batch)))
    finally:
        # After an error nothing may point into the line any more.
        for i in range(n):
            k = s.pending[i] - s.low
            if s.state[k] & KIND_MASK == IN_LINE:
                s.state[k] &= ~KIND_MASK
        line_clear(line)
    for item in reduced:
        add_array(s, (<tuple>item)[0], (<tuple>item)[1])
    return 0


# ------------------------------------------------------------------------------- rows that were looked up, not added up

cdef bint takes_slices(Sweep* s, int32_t node) noexcept:
    """Whether the rows of a look-up in this node stay apart: it is a variable's, and nothing dense has come to it."""
    cdef Record* r = &s.log.records[node]
    cdef uint8_t kind = s.state[node - s.low] & KIND_MASK
    return (not s.batch and is_leaf(r) and not PyTypeNum_ISCOMPLEX(r.dtype) and r.flags & ATTRIBUTE
            and (<Operand>r.payload.attribute).is_variable
            and (kind == NO_ADJOINT or kind == SLICES))


cdef int add_slices(Sweep* s, int32_t node, Operand values, object attribute) except -1:
    """Add the cotangent of a look-up to the rows collected so far."""
    cdef int32_t k = node - s.low
    cdef list pieces
    if values.borrowed or values.is_variable:
        values = identity_of(values)    # a weight of the caller's
    if s.state[k] & KIND_MASK == NO_ADJOINT:
        pieces = []
        Py_INCREF(pieces)
        s.adjoint[k].object = <PyObject*>pieces
        s.state[k] |= SLICES
        s.objects = True
    (<list>s.adjoint[k].object).append((values, attribute))
    return 0


cdef int add_up_slices(Sweep* s, int32_t node) except -1:
    """Something dense meets the collected rows: they become an array, or a tensor."""
    cdef object dense = dense_slices(collect_slices(<list>s.adjoint[node - s.low].object))
    drop(s, node)
    if s.tensors:
        add_tensor(s, node, dense)
    else:
        add_array(s, node, (<Operand>dense).array)
    return 0


# ------------------------------------------------------------------------------------------- tensors, and scalars'
# nodes

cdef Tensor tensor_at(Sweep* s, int32_t reference):
    """The value of a node or a constant, as a tensor that stands where it stood."""
    cdef Constant* c
    cdef Record* r
    cdef Tensor t
    cdef int i
    if reference == UNTRACKED:
        return None
    if reference <= FIRST_CONSTANT:
        c = &s.log.constants[FIRST_CONSTANT - reference]
        return new_scalar(c.value.number, c.dtype) if c.scalar else new_tensor(<ndarray>c.value.array)
    r = &s.log.records[reference]
    if not s.linked and is_leaf(r) and r.flags & ATTRIBUTE and isinstance(<object>r.payload.attribute, Tensor):
        return <Tensor>r.payload.attribute
    if r.flags & SCALAR:
        t = new_scalar(s.log.values[reference].number, r.dtype)
    elif r.flags & HELD:
        t = new_tensor(<ndarray>s.log.values[reference].array)
    else:
        return None
    if s.linked:
        t.node = reference
        t.log_id = s.log.id
        for i in range(s.log.epoch_count):
            if reference < s.log.epochs[i].end:
                t.log_id = s.log.epochs[i].id
                break
    return t


cdef int add_tensor(Sweep* s, int32_t node, object contribution) except -1:
    cdef int32_t k = node - s.low
    cdef Operand total
    cdef int code = s.log.records[node].dtype
    if s.state[k] & KIND_MASK == SLICES:
        add_up_slices(s, node)
    if s.state[k] & KIND_MASK == NO_ADJOINT:
        return set_tensor(s, node, cast_operand(<Operand>contribution, code))
    if is_half(code):           # added up in float32, and rounded when it is spent
        code = NPY_FLOAT
    total = <Operand>binary(OP_ADD, cast_operand(<Operand>held_adjoint(s, node), code),
                            cast_operand(<Operand>contribution, code))
    drop(s, node)
    return set_tensor(s, node, total)


cdef int set_tensor(Sweep* s, int32_t node, Operand total) except -1:
    """Let a tensor be a node's adjoint, which has none."""
    cdef int32_t k = node - s.low
    Py_INCREF(total)
    s.adjoint[k].object = <PyObject*>total
    s.state[k] |= TENSOR
    s.objects = True
    return 0


cdef object held_adjoint(Sweep* s, int32_t node):
    """The same, as it is added to: of half precisions in float32."""
    cdef int32_t k = node - s.low
    cdef uint8_t kind = s.state[k] & KIND_MASK
    if kind == NUMBER:
        return new_scalar(s.adjoint[k].number, s.log.records[node].dtype)
    if kind == NODE:
        return tensor_at(s, <int32_t>s.adjoint[k].register)
    return <object>s.adjoint[k].object


cdef object adjoint_tensor(Sweep* s, int32_t node):
    """A node's adjoint as the tensor, or list of tensors, that it stands for."""
    cdef object held = held_adjoint(s, node)
    if s.state[node - s.low] & KIND_MASK == TENSOR:
        return cast_operand(<Operand>held, s.log.records[node].dtype)
    return held


# Scalars are recorded without tensors: an adjoint is then a number, or the node of one on the log.

ctypedef struct Scalar:
    int32_t node                # or UNTRACKED
    double number


cdef Scalar scalar_operand(Sweep* s, int32_t reference) noexcept:
    """A record's operand, or the record itself, as a rule sees it."""
    cdef Scalar x
    x.node = UNTRACKED
    x.number = 0
    if reference <= FIRST_CONSTANT:
        x.number = s.log.constants[FIRST_CONSTANT - reference].value.number
    elif reference >= 0:
        x.number = s.log.values[reference].number
        if meet(s.log, s.log.records[reference].listeners, s.log.active):
            x.node = reference
    return x


cdef Scalar emit_scalar(Log* log, int op, const Scalar* x, int arity, int code) except *:
    """An op on scalars, recorded where a tape listens."""
    cdef double values[MOST_INPUTS]
    cdef int32_t nodes[2]
    cdef Row* row = &table[op]
    cdef Scalar result
    cdef int k
    if row.has_neutral:
        for k in range(2):
            if row.has_neutral >> k & 1 and x[k].node < 0 and same_bits(x[k].number, row.neutral[k]):
                return x[1 - k]
    nodes[0] = nodes[1] = UNTRACKED
    for k in range(arity):
        values[k] = x[k].number
        nodes[k] = x[k].node
    if not is_up(&row.ready):
        prepare(op)
    result.node = UNTRACKED
    result.number = row.scalar2(values[0], values[1]) if row.scalar2 != NULL else scalar_eval(op, values, code)
    if code == NPY_FLOAT and not row.boolean:
        result.number = <double><float>result.number
    if (not row.boolean or log.tracer) and (nodes[0] >= 0 or nodes[1] >= 0):
        result.node = append_scalar(log, row, op, nodes[0], nodes[1], values, result.number, NPY_BOOL if row.boolean
                                    else code)
    return result


cdef Scalar adjoint_scalar(Sweep* s, int32_t node) noexcept:
    """A scalar node's adjoint."""
    cdef int32_t k = node - s.low
    cdef uint8_t kind = s.state[k] & KIND_MASK
    cdef Scalar x
    cdef Tensor t
    if kind == NODE:
        return scalar_operand(s, <int32_t>s.adjoint[k].register)
    x.node = UNTRACKED
    if kind == NUMBER:
        x.number = s.adjoint[k].number
        return x
    t = <Tensor>s.adjoint[k].object
    x = scalar_operand(s, log_find(s.log, t))
    x.number = t.number
    return x


cdef int add_scalar(Sweep* s, int32_t node, Scalar contribution) except -1:
    cdef int32_t k = node - s.low
    cdef uint8_t kind = s.state[k] & KIND_MASK
    cdef int code = s.log.records[node].dtype
    cdef Scalar both[2]
    if kind == TENSOR:
        return add_tensor(s, node, tensor_at(s, contribution.node) if contribution.node >= 0
                          else new_scalar(contribution.number, code))
    if kind:
        both[0] = adjoint_scalar(s, node)
        both[1] = contribution
        contribution = emit_scalar(s.log, OP_ADD, both, 2, code)
        s.state[k] &= ~KIND_MASK
    if contribution.node >= 0:
        s.adjoint[k].register = contribution.node
        s.state[k] |= NODE
    else:
        s.adjoint[k].number = contribution.number
        s.state[k] |= NUMBER
    return 0


# ------------------------------------------------------------------------------------------------------------- spending

cdef ndarray standing_array(Sweep* s, int32_t node):
    """A node's adjoint as an array."""
    cdef int32_t k = node - s.low
    if s.state[k] & KIND_MASK == IN_LINE:
        flush(s)
    if s.state[k] & KIND_MASK == NUMBER:
        return scalar_array(rounded(s.adjoint[k].number, s.log.records[node].dtype), s.log.records[node].dtype)
    return <ndarray>s.adjoint[k].object


cdef Tensor tensor_alone(PyObject* array):
    """An array that the caller holds one reference to, as a tensor that shares memory with nothing."""
    if is_sole(array) and pooled_memory(array):
        return new_tensor(<ndarray>array)
    return new_tensor(own_copy(<object>array))


cdef inline void spend(Sweep* s, int32_t node) noexcept:
    """A record has read a node's tangent."""
    if s.left != NULL and node >= s.low and s.state[node - s.low] & REACHED:
        s.left[node - s.low] -= 1
        if s.left[node - s.low] == 0:
            drop(s, node)
