# The reverse sweep: from the targets' nodes down to the lowest source, over the records that lie between.
#
# A rule is never written here: a record's contributions come from its row's programs (elementwise), from its transpose
# (linear), or from a Python rule over public ops. They are emitted in one of two ways. Raw, when no open tape listens:
# scalars multiply the partials that recording left, arrays go into a Line, which fuses neighbouring records. As
# tensors, when one does: the same programs run on tensors standing at their nodes, so the derivative is recorded.
#
# A Jacobian is one sweep, not one for each of its rows: then every cotangent has a leading axis, the batch. Elementwise
# rules and matrix products hold for it as they stand, because shapes are aligned from the end; a linear row's attributes
# are told of the axis; a Python rule is called for each of its entries.

cdef enum AdjointKind:
    NO_ADJOINT = 0
    NUMBER = 1                  # a scalar node's
    ARRAY = 2                   # an owned reference
    IN_LINE = 3              # a register of what is pending
    TENSOR = 4                  # an owned reference: the derivative is recorded
    SLICES = 5                  # a variable's: an owned reference to a list of rows that were looked up, not added up
    BUNDLE = 6                  # an owned list: of a record of several outputs, a tensor or None for each
    NODE = 7                    # of a scalar: the node of the adjoint itself, on the same log
    KIND_MASK = 7

# Other bits of a node's state
cdef enum:
    REACHED = 8                 # it depends on a source
    SOURCE = 16
    TAKEN = 32                  # its adjoint has been handed out
    NEEDED = 64                 # forward: a target depends on it
    TAKEN_UP = 128              # other tapes recorded it, this one watches it: nothing of it lies before

ctypedef union Adjoint:
    double number
    PyObject* object
    int64_t register

ctypedef struct Reduction:      # a register that contributes to a node of a smaller shape
    int32_t node
    int register
    PyObject* shape             # that shape (the record holds it); NULL for a scalar: the sum of all elements

ctypedef struct Sweep:
    Log* log
    npy_intp batch              # the length of the cotangents' leading axis; 0 for none
    int32_t low
    int32_t high
    uint8_t* state              # of node low + k
    Adjoint* adjoint
    Line* line
    int32_t* left               # forward: how many records are still to read a node's tangent
    int32_t* pending            # nodes whose adjoint is, or was, a register of the line
    int pending_count
    int pending_capacity
    Reduction reductions[MOST_INPUTS]
    int reduction_count
    bint tensors                # emit tensors
    bint objects                # some adjoint is, or was, an array or a tensor
    bint linked                 # the log is the one that this thread records on
    bint keeps                  # adjoints may be nodes at the log's end, which must stay


cdef object no_rule(int op):
    """The error for a derivative that nobody wrote, which says of which operands, where others have one."""
    cdef list missing = []
    cdef int k
    if table[op].kind == ELEMENTWISE:
        missing = [name for k, name in enumerate((<Op>handles[op_name(op)]).parameters) if table[op].derivative[k] == MISSING]
    cdef str which = f" with respect to {' and '.join(missing)}" if 0 < len(missing) < table[op].arity else ""
    return LookupError(f"gradient registry has no entry for: {op_name(op)}. This op has no derivative{which}; wrap its "
                       f"operand in stop_gradient if none should flow through it, or write one with custom_gradient")


# ------------------------------------------------------------------------------------------------- collecting adjoints

cdef inline void drop(Sweep* s, int32_t node) noexcept:
    """Free a spent adjoint."""
    cdef int32_t k = node - s.low
    cdef uint8_t kind = s.state[k] & KIND_MASK
    cdef PyObject* held = s.adjoint[k].object
    s.state[k] &= ~KIND_MASK
    if kind >= ARRAY and kind != IN_LINE and kind != NODE:
        Py_XDECREF(held)


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
        add_number(s, node, read_scalar(array if type_code(array) == r.dtype else cast_array(array, dtype_objects[r.dtype])))
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


cdef bint takes_slices(Sweep* s, int32_t node) noexcept:
    """Whether the rows of a look-up in this node stay apart: it is a variable's, and nothing dense has come to it."""
    cdef Record* r = &s.log.records[node]
    cdef uint8_t kind = s.state[node - s.low] & KIND_MASK
    return (not s.batch and r.op == OP_LEAF and not PyTypeNum_ISCOMPLEX(r.dtype) and r.flags & ATTRIBUTE and (<Operand>r.payload.attribute).is_variable
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


cdef int flush(Sweep* s) except -1:
    """Run the pending line: adjoints in registers become arrays, and reductions reach their nodes."""
    cdef Line* line = s.line
    cdef int i, n = s.pending_count, reductions = s.reduction_count
    cdef int32_t node, k
    cdef ndarray array
    cdef list reduced = []
    s.pending_count = 0
    s.reduction_count = 0
    if line.count == 0:
        return 0
    for i in range(n):
        k = s.pending[i] - s.low
        if s.state[k] & KIND_MASK == IN_LINE:
            line_want(line, <int>s.adjoint[k].register)
    try:
        line_run(line)
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
                add_number(s, node, line_total(line, s.reductions[i].register))
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


cdef ndarray taken_array(Sweep* s, int32_t node):
    """A node's adjoint as an array; spent, unless the node is a source."""
    cdef int32_t k = node - s.low
    cdef ndarray array
    if s.state[k] & KIND_MASK == IN_LINE:
        flush(s)
    if s.state[k] & KIND_MASK == NUMBER:
        array = scalar_array(rounded(s.adjoint[k].number, s.log.records[node].dtype), s.log.records[node].dtype)
    else:
        array = <ndarray>s.adjoint[k].object
    if not s.state[k] & SOURCE:
        drop(s, node)
    return array


cdef void check_spent(Sweep* s) noexcept:
    """In a checked build, after a sweep: what adjoints held has been spent, but for those of ends that nobody asked for."""
    cdef int32_t k
    cdef uint8_t kind
    for k in range(s.high - s.low + 1):
        kind = s.state[k] & KIND_MASK
        check(kind != IN_LINE)
        check(kind == NO_ADJOINT or kind == NUMBER or kind == NODE or s.state[k] & (SOURCE | TAKEN_UP)
              or s.log.records[s.low + k].op == OP_LEAF)


cdef inline bint wants(Sweep* s, int32_t node) noexcept:
    return node >= s.low and s.state[node - s.low] & REACHED


# ------------------------------------------------------------------------------------------------------ raw emission

cdef int load_operand(Sweep* s, int32_t reference) except -1:
    """The value of a record's operand, as a register of the line."""
    cdef Record* r
    cdef Constant* c
    if reference <= FIRST_CONSTANT:
        c = &s.log.constants[FIRST_CONSTANT - reference]
        if c.scalar:
            return line_uniform(s.line, c.value.number, c.dtype)
        return line_load(s.line, <ndarray>c.value.array)
    r = &s.log.records[reference]
    if r.flags & SCALAR:
        return line_uniform(s.line, s.log.values[reference].number, r.dtype)
    return line_load(s.line, <ndarray>s.log.values[reference].array)


cdef double operand_number(Sweep* s, int32_t reference) noexcept:
    if reference <= FIRST_CONSTANT:
        if s.log.constants[FIRST_CONSTANT - reference].scalar:
            return s.log.constants[FIRST_CONSTANT - reference].value.number
        return 0
    return s.log.values[reference].number


cdef int cotangent_register(Sweep* s, int32_t node, int code_room, int register_room) except -1:
    """A node's adjoint, spent unless the node is a source, as a register of a line of its shape that has room."""
    cdef Line* line = s.line
    cdef int32_t k = node - s.low
    cdef int dtype = s.log.records[node].dtype, register
    cdef ndarray cotangent
    if s.state[k] & KIND_MASK == IN_LINE and not line_has_room(line, code_room, register_room):
        flush(s)
    if s.state[k] & KIND_MASK == IN_LINE:
        register = <int>s.adjoint[k].register
    else:
        cotangent = <ndarray>s.adjoint[k].object
        if line.count and not (line_has_room(line, code_room, register_room)
                                  and line_fits(line, dtype, PyArray_NDIM(cotangent), PyArray_DIMS(cotangent))):
            flush(s)
        if not line.count:
            line_begin(line, dtype, PyArray_NDIM(cotangent), PyArray_DIMS(cotangent))
        register = line_load(line, cotangent)
        cotangent = None        # before the adjoint goes, so that the line may be its only holder
    if not s.state[k] & SOURCE:
        drop(s, node)
    return register


cdef int sweep_pole(Sweep* s, int32_t node) noexcept:
    """A scalar record one of whose partials is zero, infinite or NaN."""
    cdef Record* r = &s.log.records[node]
    cdef double pair[2]
    cdef int i
    pair[0] = s.adjoint[node - s.low].number
    for i in range(2):
        if wants(s, r.b if i else r.a):
            pair[1] = r.payload.partial[i]
            add_number(s, r.b if i else r.a, rounded(scalar_eval(table[r.op].slope_product[i], pair, r.dtype), r.dtype))
    return 0


cdef int sweep_partials(Sweep* s, int32_t node) except -1:
    """A scalar record under a batch of cotangents: each is multiplied by the partials that recording left."""
    cdef Record* r = &s.log.records[node]
    cdef int32_t operand
    cdef int pair[2]
    cdef int i, cotangent
    cotangent = cotangent_register(s, node, 4, 8)
    r = &s.log.records[node]    # kernels may have run without the GIL, and the log may have grown
    for i in range(2):
        operand = r.a if i == 0 else r.b
        if wants(s, operand):
            pair[0] = cotangent
            pair[1] = line_uniform(s.line, r.payload.partial[i], r.dtype)
            add_register(s, operand, line_emit(s.line, table[r.op].slope_product[i], pair))
    return 0


cdef int sweep_elementwise(Sweep* s, int32_t node) except -1:
    cdef Record* r = &s.log.records[node]
    cdef Row* row = &table[r.op]
    cdef Line* line = s.line
    cdef int32_t k = node - s.low, operand
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef int registers[MOST_INPUTS + 2]
    cdef double numbers[MOST_INPUTS + 2]
    cdef int i, j, n = row.arity, result, lead = 1 if s.batch else 0
    cdef uint32_t loaded = 0, uses
    cdef tuple shapes, shape
    operand_nodes(s.log, r, &operands, pair)
    if r.flags & SCALAR and not s.batch:
        numbers[0] = s.adjoint[k].number
        for i in range(n):
            numbers[1 + i] = operand_number(s, operands[i]) if operands[i] != UNTRACKED else 0
        numbers[n + 1] = s.log.values[node].number
        for i in range(n):
            if wants(s, operands[i]) and row.derivative[i] != NOTHING:
                if row.derivative[i] == MISSING:
                    raise no_rule(r.op)
                add_number(s, operands[i], run_on_scalars(row.vjp[i], numbers, 0, r.dtype))
        return 0
    registers[0] = cotangent_register(s, node, row.code_room, row.register_room)
    # That may have run kernels without the GIL, and another thread may have made the log grow.
    r = &s.log.records[node]
    operand_nodes(s.log, r, &operands, pair)
    shapes = <tuple>r.payload.attribute if r.flags & ATTRIBUTE else None
    for i in range(n):
        operand = operands[i]
        if not wants(s, operand) or row.derivative[i] == NOTHING:
            continue
        if row.derivative[i] == MISSING:
            raise no_rule(r.op)
        uses = row.vjp[i].uses >> 1
        for j in range(n + 1):
            if uses & ~loaded & (<uint32_t>1 << j):
                registers[1 + j] = load_operand(s, node if j == n else operands[j])
        loaded |= uses
        result = line_formula(line, row.vjp[i], registers)
        shape = None
        if s.log.records[operand].flags & SCALAR:
            shape = () if not r.flags & SCALAR else None
        elif shapes is not None and not shape_is(<tuple>shapes[i], line.nd - lead, line.dims + lead):
            shape = <tuple>shapes[i]
        if shape is None:
            add_register(s, operand, result)
            # Rows may have been added up, in Python, and another thread may have made the log grow.
            r = &s.log.records[node]
            operand_nodes(s.log, r, &operands, pair)
            continue
        s.reductions[s.reduction_count].node = operand
        s.reductions[s.reduction_count].register = result
        if len(shape) == 0 and not s.batch:
            line_sum(line, result)
            s.reductions[s.reduction_count].shape = NULL
        else:
            line_want(line, result)
            s.reductions[s.reduction_count].shape = <PyObject*>shape    # the record holds it, or it is the empty one
        s.reduction_count += 1
    if s.reduction_count:
        flush(s)
    return 0


cdef bint shape_is(tuple shape, int nd, npy_intp* dims):
    cdef int d
    if shape is None or len(shape) != nd:
        return False
    for d in range(nd):
        if <npy_intp>shape[d] != dims[d]:
            return False
    return True


cdef tuple sum_shapes(tuple whole, tuple shape):
    """The attributes of the sum that takes an array of shape `whole` to one that broadcast to it."""
    cdef int lead = <int>(len(whole) - len(shape))
    return (whole, (1,) * lead + shape, shape)


cdef ndarray sum_to(ndarray array, tuple shape, npy_intp batch):
    """Sum to a shape that broadcast to the array's own; a leading axis of a batch stays."""
    cdef npy_intp kept[MOST_DIMS]
    cdef int nd = PyArray_NDIM(array), d, first = 1 if batch else 0, lead = nd - <int>len(shape)
    cdef ndarray out
    cdef bint same = lead == first
    kept[0] = batch
    for d in range(first, nd):
        kept[d] = 1 if d < lead else <npy_intp>shape[d - lead]
        same = same and kept[d] == PyArray_DIMS(array)[d]
    if same:
        return array
    out = sum_array(array, nd, kept)
    return out if lead == first else reshaped(out, with_batch(shape, batch))


cdef inline tuple with_batch(tuple shape, npy_intp batch):
    return (batch,) + shape if batch else shape


cdef object batch_attributes(int op, object attribute, npy_intp batch):
    """A linear row's attributes for an operand with a leading axis, or None where the row must be run for each entry."""
    if op == OP_SUM or op == OP_BROADCAST or op == OP_RESHAPE:
        return tuple([(batch,) + <tuple>shape for shape in <tuple>attribute])
    if op == OP_TRANSPOSE:
        return tuple([(0,) + tuple([axis + 1 for axis in axes]) for axes in <tuple>attribute])
    if op == OP_CAST:
        return attribute
    if op == OP_SLICE or op == OP_UNSLICE:
        shape, index = <tuple>attribute
        return ((batch,) + <tuple>shape, (slice(None),) + (index if isinstance(index, tuple) else (index,)))
    if table[op].batched != NULL:
        return (<object>table[op].batched)(attribute, batch)
    return None


cdef ndarray transposed_linear(Sweep* s, int op, ndarray cotangent, object attribute):
    """The transpose of a linear op, with or without a batch."""
    cdef int partner = table[op].partner
    cdef npy_intp i
    if partner == op:
        attribute = (<tuple>attribute)[::-1]
    if not s.batch:
        return linear_array(partner, cotangent, attribute)
    batched = batch_attributes(partner, attribute, s.batch)
    if batched is not None:
        return linear_array(partner, cotangent, batched)
    return numpy.stack([linear_array(partner, np_asarray(cotangent[i]), attribute) for i in range(s.batch)])


cdef int sweep_linear(Sweep* s, int32_t node) except -1:
    cdef Record* r = &s.log.records[node]
    cdef int32_t a = r.a
    cdef int op = r.op
    cdef ndarray cotangent
    cdef object attribute = <object>r.payload.attribute
    cdef PyObject* held
    if not wants(s, a):
        return 0
    if (op == OP_SUM and r.flags & SCALAR and not s.batch and not s.log.records[a].flags & SCALAR
            and s.log.records[a].dtype == r.dtype):
        return spread_number(s, node, a, <tuple>(<tuple>attribute)[0])
    cotangent = taken_array(s, node)
    if op == OP_GATHER_ROWS and takes_slices(s, a):
        return add_slices(s, a, tensor_alone(<PyObject*>cotangent), attribute)
    if s.state[a - s.low] & KIND_MASK == IN_LINE and (op == OP_GATHER_ROWS or (
            (op == OP_SLICE or op == OP_TAKE) and is_small_part(s.line, cotangent))):
        flush(s)
    if (op == OP_SLICE or op == OP_TAKE or op == OP_GATHER_ROWS) and s.state[a - s.low] & KIND_MASK == ARRAY:
        held = s.adjoint[a - s.low].object
        if held.ob_refcnt == 1 and pooled_memory(held) and type_code(cotangent) == type_code(<ndarray>held):
            # Into its place in what is there already, so that n slices of n elements cost n, not n squared.
            if op == OP_GATHER_ROWS and not s.batch:
                change_rows(OP_ADD, <ndarray>held, row_numbers((<tuple>attribute)[1]), laid_out(cotangent))
                return 0
            if op == OP_TAKE:
                if s.batch:
                    attribute = batch_attributes(op, attribute, s.batch)
                if attribute is not None:
                    numpy.add.at(<ndarray>held, (<tuple>attribute)[1], cotangent)
                    return 0
                attribute = <object>s.log.records[node].payload.attribute
            if op == OP_SLICE:
                if s.batch:
                    attribute = batch_attributes(op, attribute, s.batch)
                add_into_slice(<ndarray>held, (<tuple>attribute)[1], cotangent)
                return 0
    return add_array(s, a, transposed_linear(s, op, cotangent, attribute))


cdef bint is_small_part(Line* line, ndarray part) noexcept:
    """Whether adding a part in its place costs less than adding an array of the line's shape that is zero elsewhere."""
    cdef npy_intp size = 1
    cdef int d
    for d in range(line.nd):
        size *= line.dims[d]
    return 4 * PyArray_SIZE(part) < size


cdef int spread_number(Sweep* s, int32_t node, int32_t a, tuple shape) except -1:
    """The cotangent of a sum over everything is one number, everywhere: a uniform register, no array."""
    cdef npy_intp dims[MOST_DIMS]
    cdef int d, nd = <int>len(shape)
    cdef Line* line = s.line
    cdef int dtype = s.log.records[a].dtype
    for d in range(nd):
        dims[d] = shape[d]
    if line.count and not (line_has_room(line, 1, 3) and line_fits(line, dtype, nd, dims)):
        flush(s)
    if not line.count:
        line_begin(line, dtype, nd, dims)
    return add_register(s, a, line_spread(line, s.adjoint[node - s.low].number, dtype))


cdef int add_into_slice(ndarray whole, object index, ndarray part) except -1:
    cdef Operands o
    view = whole[index] if PyArray_NDIM(part) else whole[index if isinstance(index, tuple) and Ellipsis in index
                                                         else ((index if isinstance(index, tuple) else (index,)) + (Ellipsis,))]
    cdef ndarray at = view
    o.count = 3
    set_dims(&o, at)
    set_operand(&o, 0, at)
    set_operand(&o, 1, part)
    set_operand(&o, 2, at)
    run_operands(&table[OP_ADD], type_code(whole), &o)
    return 0


cdef ndarray operand_array(Sweep* s, int32_t reference):
    if reference <= FIRST_CONSTANT:
        return <ndarray>s.log.constants[FIRST_CONSTANT - reference].value.array
    return <ndarray>s.log.values[reference].array


cdef int sweep_matmul(Sweep* s, int32_t node) except -1:
    cdef Record* r = &s.log.records[node]
    cdef int32_t a = r.a, b = r.b
    cdef tuple flags = <tuple>r.payload.attribute
    cdef bint ta = flags[0], tb = flags[1]
    cdef ndarray g, x
    if not (wants(s, a) or wants(s, b)):
        return 0
    g = taken_array(s, node)
    if wants(s, a):
        x = matmul_arrays(operand_array(s, b), tb, g, True) if ta else matmul_arrays(g, False, operand_array(s, b), not tb)
        add_array(s, a, x if len(flags) == 2 else sum_to(x, flags[2], s.batch))
    if wants(s, b):
        x = matmul_arrays(g, True, operand_array(s, a), ta) if tb else matmul_arrays(operand_array(s, a), not ta, g, False)
        add_array(s, b, x if len(flags) == 2 else sum_to(x, flags[3], s.batch))
    return 0


# --------------------------------------------------------------------------------------------- emission of tensors

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
    if not s.linked and r.op == OP_LEAF and r.flags & ATTRIBUTE and isinstance(<object>r.payload.attribute, Tensor):
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


cdef object sum_tensor_to(Operand x, tuple shape, npy_intp batch):
    """Recorded sum of a contribution to the shape of an operand that was broadcast; a leading axis of a batch stays."""
    cdef tuple whole = shape_of(x), wanted = with_batch(shape, batch)
    cdef int first = 1 if batch else 0, lead = <int>(len(whole) - len(wanted))
    if whole == wanted:
        return x
    return apply_linear(OP_SUM, x, (whole, wanted[:first] + (1,) * lead + shape, wanted))


cdef object linear_tensor(Sweep* s, int op, Operand x, object attribute):
    """A linear op on what may have a leading axis, recorded."""
    cdef npy_intp i
    if not s.batch:
        return apply_linear(op, x, attribute)
    batched = batch_attributes(op, attribute, s.batch)
    if batched is not None:
        return apply_linear(op, x, batched)
    return public_stack([apply_linear(op, getitem(x, i), attribute) for i in range(s.batch)], None)


cdef object transposed_linear_tensor(Sweep* s, int op, Operand cotangent, object attribute):
    """The transpose of a linear op, recorded, with or without a batch."""
    cdef int partner = table[op].partner
    return linear_tensor(s, partner, cotangent, (<tuple>attribute)[::-1] if partner == op else attribute)


cdef object run_on_tensors(Program* p, list registers):
    """A program over tensors, op by op, recorded where a tape listens."""
    cdef int i, k, op
    cdef Instruction* code
    cdef object x, y
    registers = registers + [None] * (p.constants + p.instructions)
    for i in range(p.constants):
        registers[p.inputs + i] = p.constant[i]
    for i in range(p.instructions):
        code = &p.code[i]
        op = code.op
        x = registers[code.inputs[0]]
        if table[op].arity == 1 and is_operand(x):
            x = apply1(op, <Operand>x)
        elif table[op].arity == 2 and not table[op].condition:
            y = registers[code.inputs[1]]
            x = binary(op, x, y)
        else:
            x = call_row(op, [registers[code.inputs[k]] for k in range(table[op].arity)])
        registers[p.inputs + p.constants + i] = x
    return registers[p.result]


cdef object contribution_on_tensors(Sweep* s, int32_t node, int i, list registers):
    """The derivative of an elementwise record with respect to operand i; the registers are those of the row's program. Of
    a scalar record the partial times the first, as a sweep computes it that is not recorded."""
    cdef Record* r = &s.log.records[node]
    cdef Row* row = &table[r.op]
    if r.flags & PARTIALS and not s.batch:
        partial = run_on_tensors(row.partial[i].program, registers[1:])
        if type(partial) is float and partial == 1.0:
            return registers[0]
        return binary(table[r.op].slope_product[i], registers[0], partial)
    return run_on_tensors(row.vjp[i], registers)


cdef object call_row(int op, list arguments):
    """An elementwise op on tensors and numbers."""
    cdef Operand like = None
    cdef Row* row = &table[op]
    cdef int n = row.arity
    for x in arguments[row.condition:]:
        if isinstance(x, Operand):
            like = <Operand>x
    if n == 1:
        return apply1(op, like)
    if n == 2 and like is not None:
        return binary(op, arguments[0], arguments[1])
    if like is None:
        like = new_scalar(0.0, float_code)
    arguments = [operand_beside(x, like) for x in arguments] + [None, None]
    return elementwise(op, arguments[0], arguments[1], arguments[2])


# Scalars are emitted without tensors: an adjoint is then a number, or the node of one on the log.

ctypedef struct Scalar:
    int32_t node                # or UNTRACKED
    double number


cdef object adjoint_tensor(Sweep* s, int32_t node):
    """A node's adjoint as the tensor, or list of tensors, that it stands for."""
    cdef object held = held_adjoint(s, node)
    if s.state[node - s.low] & KIND_MASK == TENSOR:
        return cast_operand(<Operand>held, s.log.records[node].dtype)
    return held


cdef object held_adjoint(Sweep* s, int32_t node):
    """The same, as it is added to: of half precisions in float32."""
    cdef int32_t k = node - s.low
    cdef uint8_t kind = s.state[k] & KIND_MASK
    if kind == NUMBER:
        return new_scalar(s.adjoint[k].number, s.log.records[node].dtype)
    if kind == NODE:
        return tensor_at(s, <int32_t>s.adjoint[k].register)
    return <object>s.adjoint[k].object


cdef Scalar emit_scalar(Log* log, int op, const Scalar* x, int arity, int code) except *:
    """An op on scalars, recorded where a tape listens."""
    cdef double values[MOST_INPUTS]
    cdef int32_t nodes[2]
    cdef Row* row = &table[op]
    cdef Scalar result
    cdef int k
    if op == OP_MULTIPLY:
        for k in range(2):
            if x[k].node < 0 and x[k].number == 1.0:
                return x[1 - k]
    nodes[0] = nodes[1] = UNTRACKED
    for k in range(arity):
        values[k] = x[k].number
        nodes[k] = x[k].node
    if not row.ready:
        prepare(op)
    result.node = UNTRACKED
    result.number = row.scalar2(values[0], values[1]) if row.scalar2 != NULL else scalar_eval(op, values, code)
    if code == NPY_FLOAT and not row.boolean:
        result.number = <double><float>result.number
    if (not row.boolean or log.tracer) and (nodes[0] >= 0 or nodes[1] >= 0):
        result.node = append_scalar(log, row, op, nodes[0], nodes[1], values, result.number, NPY_BOOL if row.boolean else code)
    return result


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


cdef int sweep_scalar_tensors(Sweep* s, int32_t node) except -1:
    """A scalar record of one dtype, its contributions recorded on the same log; no object is made."""
    cdef Record* r = &s.log.records[node]
    cdef int op = r.op, code = r.dtype, i, n = table[op].arity
    cdef int32_t operands[2]
    cdef Scalar registers[MOST_REGISTERS + 1]
    cdef Scalar product[2]
    operands[0] = r.a
    operands[1] = r.b
    registers[0] = adjoint_scalar(s, node)
    if not s.state[node - s.low] & SOURCE:
        drop(s, node)
    for i in range(n):
        registers[1 + i] = scalar_operand(s, operands[i])
    registers[1 + n] = scalar_operand(s, node)
    # The cotangent times the partial, as a sweep does that is not recorded: numbers are the same to the last bit.
    for i in range(n):
        if wants(s, operands[i]):
            product[0] = registers[0]
            product[1] = run_on_nodes(s.log, table[op].partial[i].program, &registers[1], code)
            add_scalar(s, operands[i], emit_scalar(s.log, table[op].slope_product[i], product, 2, code))
    return 0


cdef Scalar run_on_nodes(Log* log, const Program* p, Scalar* registers, int code) except *:
    """A program over scalars on the log, its input registers filled in."""
    cdef Scalar arguments[MOST_INPUTS]
    cdef int j, k
    for j in range(p.constants):
        registers[p.inputs + j].node = UNTRACKED
        registers[p.inputs + j].number = rounded(p.constant[j], code)
    for j in range(p.instructions):
        for k in range(MOST_INPUTS):
            if p.code[j].inputs[k] >= 0:
                arguments[k] = registers[p.code[j].inputs[k]]
        registers[p.inputs + p.constants + j] = emit_scalar(log, p.code[j].op, arguments, table[p.code[j].op].arity, code)
    return registers[p.result]


cdef bint scalar_alone(Sweep* s, int32_t node) noexcept:
    """Whether a record is for the function above: scalars of one dtype, and the log is the one that is recorded on."""
    cdef Record* r = &s.log.records[node]
    return (r.flags & PARTIALS and s.linked and not s.batch
            and (r.a < 0 or s.log.records[r.a].dtype == r.dtype) and (r.b < 0 or s.log.records[r.b].dtype == r.dtype))


cdef int sweep_tensors(Sweep* s, int32_t node) except -1:
    """One record, its contributions recorded."""
    cdef Record* r = &s.log.records[node]
    cdef int op = r.op, i, n
    cdef Row* row = &table[op]
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef list nodes, registers, contributions
    cdef object adjoint = adjoint_tensor(s, node)
    cdef Operand g = <Operand>adjoint if row.kind != GENERAL else None
    cdef object attribute = <object>r.payload.attribute if r.flags & ATTRIBUTE else None
    cdef Operand operand
    cdef bint ta, tb
    n = operand_nodes(s.log, r, &operands, pair)
    nodes = [operands[i] for i in range(n)]
    if not s.state[node - s.low] & SOURCE:
        drop(s, node)
    if row.kind == ELEMENTWISE:
        n = row.arity
        registers = [g] + [tensor_at(s, nodes[i]) for i in range(n)] + [tensor_at(s, node)]
        for i in range(n):
            if not wants(s, nodes[i]) or row.derivative[i] == NOTHING:
                continue
            if row.derivative[i] == MISSING:
                raise no_rule(op)
            contribution = contribution_on_tensors(s, node, i, registers)
            if not isinstance(contribution, Operand):
                contribution = operand_beside(contribution, g)
            # A rule that does not depend on the cotangent (sign's: zero) gives less than its shape.
            if not alike(<Operand>contribution, g):
                contribution = broadcast_tensor(<Operand>contribution, shape_of(g))
            if attribute is not None:
                shape = (<tuple>attribute)[i]
                contribution = sum_tensor_to(<Operand>contribution, () if shape is None else shape, s.batch)
            add_tensor(s, nodes[i], contribution)
    elif row.kind == LINEAR:
        if wants(s, nodes[0]):
            if op == OP_GATHER_ROWS and takes_slices(s, nodes[0]):
                add_slices(s, nodes[0], g, attribute)
            elif op != OP_SLICE or not add_to_part(s, nodes[0], g, (<tuple>attribute)[1]):
                add_tensor(s, nodes[0], transposed_linear_tensor(s, op, g, attribute))
    elif row.kind == MATMUL:
        ta = attribute[0]
        tb = attribute[1]
        registers = [tensor_at(s, nodes[0]), tensor_at(s, nodes[1])]
        if wants(s, nodes[0]):
            operand = apply_matmul(registers[1], g, tb, True) if ta else apply_matmul(g, registers[1], False, not tb)
            add_tensor(s, nodes[0], operand if len(attribute) == 2 else sum_tensor_to(operand, attribute[2], s.batch))
        if wants(s, nodes[1]):
            operand = apply_matmul(g, registers[0], True, ta) if tb else apply_matmul(registers[0], g, not ta, False)
            add_tensor(s, nodes[1], operand if len(attribute) == 2 else sum_tensor_to(operand, attribute[3], s.batch))
    elif row.kind == PROJECTION:
        add_to_bundle(s, node, g)
    else:
        contributions = general_contributions(s, node, adjoint)
        for i in range(n):
            if wants(s, nodes[i]) and contributions[i] is not None:
                add_tensor(s, nodes[i], contributions[i])
    return 0


cdef inline bint alike(Operand x, Operand y) noexcept:
    """Whether two values have one shape."""
    if x.scalar or y.scalar:
        return x.scalar and y.scalar
    return same_shape(x.array, y.array)


cdef object broadcast_tensor(Operand x, tuple shape):
    cdef tuple own = shape_of(x)
    if own == shape:
        return x
    return apply_linear(OP_BROADCAST, x, sum_shapes(shape, own))


cdef int add_to_bundle(Sweep* s, int32_t node, Operand g) except -1:
    """The cotangent of one output joins those of its record."""
    cdef Record* r = &s.log.records[node]
    cdef int32_t k = r.a - s.low
    cdef list bundle
    if not wants(s, r.a):
        return 0
    if s.state[k] & KIND_MASK:
        bundle = <list>s.adjoint[k].object
    else:
        bundle = [None] * len(<tuple>(<tuple>s.log.records[r.a].payload.attribute)[2])
        Py_INCREF(bundle)
        s.adjoint[k].object = <PyObject*>bundle
        s.state[k] |= BUNDLE
        s.objects = True
    bundle[<int>r.payload.partial[0]] = g
    return 0


cdef Tensor zeros_of_shape(tuple shape, int code, npy_intp batch):
    cdef npy_intp dims[MOST_DIMS]
    cdef int d, nd
    shape = with_batch(shape, batch)
    if len(shape) == 0 and (code == NPY_DOUBLE or code == NPY_FLOAT):
        return new_scalar(0.0, code)
    nd = <int>len(shape)
    for d in range(nd):
        dims[d] = shape[d]
    return new_tensor(zeros_array(code, nd, dims))


cdef list general_contributions(Sweep* s, int32_t node, object g):
    """Call a Python rule: rule(cotangent, output, attributes, *operands) -> one contribution an operand, or None.

    The cotangent of a record of several outputs is a list; what no cotangent reached is zeros.
    """
    cdef Record* r = &s.log.records[node]
    cdef Row* row = &table[r.op]
    cdef int op = r.op, i, n
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef tuple shapes
    attribute, shapes, outputs = <tuple>r.payload.attribute
    if row.rule == NULL:
        raise no_rule(op)
    n = operand_nodes(s.log, r, &operands, pair)
    inputs = [tensor_at(s, operands[i]) if row.keeps_inputs else None for i in range(n)]
    output = tensor_at(s, node) if row.keeps_output else None
    if row.multiple and not row.sparing:
        g = [zeros_of_shape(shape, code, s.batch) if x is None else x for x, (shape, code) in zip(g, outputs)]
    rule = <object>row.rule
    if not s.batch or row.leading:
        return contributions_of(op, shapes, s.batch, rule(g, output, attribute, *inputs))
    rows = [contributions_of(op, shapes, 0, rule(entry_of(g, i), output, attribute, *inputs)) for i in range(s.batch)]
    return [stacked_entries(list(entries)) for entries in zip(*rows)]


cdef object stacked_entries(list entries):
    """What a rule gave for each entry of a batch; zeros where it gave None, and None where it gave nothing else."""
    cdef object found
    for found in entries:
        if found is not None:
            return public_stack([zeros_of(<Operand>found) if x is None else x for x in entries], None)
    return None


cdef object entry_of(object x, npy_intp i):
    """One entry of a leading axis: of a tensor, of each of a list, or of None."""
    if isinstance(x, list):
        return [entry_of(item, i) for item in x]
    return None if x is None else getitem(<Operand>x, i)


cdef Operand kept_operand(object value):
    """What a rule gave, as an operand that nobody writes to: an array may be a rule's buffer for the next call."""
    cdef Operand x = as_operand(value)
    return new_tensor(own_copy(x.array)) if x.borrowed and not x.scalar else x


cdef list contributions_of(int op, tuple shapes, npy_intp batch, object result):
    """What a rule gave, checked: one contribution an operand, of the operand's shape."""
    cdef list checked = []
    cdef Operand x
    result = list(result) if isinstance(result, (tuple, list)) else [result]
    if len(result) != len(shapes):
        raise ValueError(f"{op_name(op)}: its derivative gave {len(result)} contributions for {len(shapes)} operands")
    for k, part in enumerate(result):
        if part is None:
            checked.append(None)
            continue
        x = kept_operand(part)
        if shape_of(x) != with_batch(<tuple>shapes[k], batch):
            raise ValueError(f"{op_name(op)}: its derivative with respect to operand {k} has shape {shape_of(x)}; the operand "
                             f"has shape {with_batch(<tuple>shapes[k], batch)}, and they must be equal")
        checked.append(x)
    return checked


cdef int sweep_projection(Sweep* s, int32_t node) except -1:
    return add_to_bundle(s, node, new_tensor(taken_array(s, node)))


cdef int sweep_general(Sweep* s, int32_t node) except -1:
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef int i, n
    cdef object g
    if table[s.log.records[node].op].multiple:
        g = <object>s.adjoint[node - s.low].object
        drop(s, node)
    else:
        g = new_tensor(taken_array(s, node))
    cdef list contributions = general_contributions(s, node, g)
    n = operand_nodes(s.log, &s.log.records[node], &operands, pair)
    for i in range(n):
        if wants(s, operands[i]) and contributions[i] is not None:
            add_array(s, operands[i], array_of(<Operand>contributions[i]))
            operand_nodes(s.log, &s.log.records[node], &operands, pair)
    return 0


# ------------------------------------------------------------------------------------------------------------ the sweep

cdef int mark(Sweep* s, uint32_t bit, uint32_t active, bint* odd, bint* heard) except -1:
    """Mark what depends on a source through records that the tape listened to."""
    cdef int32_t i, k, low = s.low
    cdef Record* r
    cdef uint8_t* state = s.state
    cdef bint reached
    cdef uint32_t listeners = 0
    for i in range(low, s.high + 1):
        r = &s.log.records[i]
        if not state[i - low] & REACHED:
            if not meet(s.log, r.listeners, bit) or r.op == OP_LEAF or state[i - low] & TAKEN_UP:
                continue
            if r.flags & LIST:
                reached = False
                for k in range(r.b):
                    if s.log.operands[r.a + k] >= low and state[s.log.operands[r.a + k] - low] & REACHED:
                        reached = True
                        break
            else:
                reached = (r.a >= low and state[r.a - low] & REACHED) or (r.b >= low and state[r.b - low] & REACHED)
            if not reached:
                continue
            state[i - low] |= REACHED
        listeners = join(s.log, listeners, r.listeners)
        if r.dtype != NPY_DOUBLE and r.dtype != NPY_FLOAT:
            odd[0] = True
    heard[0] = meet(s.log, listeners, active) != 0
    return 0


cdef inline void pass_on(uint8_t* state, Adjoint* adjoint, int32_t k, double value) noexcept nogil:
    """Add to the adjoint of the scalar node low + k, if it depends on a source."""
    cdef uint8_t st = state[k]
    if st & REACHED:
        if st & NUMBER:
            adjoint[k].number += value
        else:
            state[k] = st | NUMBER
            adjoint[k].number = value


cdef int32_t walk_scalars(Sweep* s, int32_t i) noexcept nogil:
    """Sweep a run of scalar records that have partials, but for zeros and poles; returns the first node that has none."""
    cdef int32_t low = s.low
    cdef Record* r
    cdef uint8_t* state = s.state
    cdef Adjoint* adjoint = s.adjoint
    cdef double g
    while i >= low:
        r = &s.log.records[i]
        if r.flags & (PARTIALS | POLE) != PARTIALS:
            return i
        if state[i - low] & (NUMBER | REACHED | TAKEN_UP) == NUMBER | REACHED:
            g = adjoint[i - low].number
            if r.a >= low:
                pass_on(state, adjoint, r.a - low, g * r.payload.partial[0])
            if r.b >= low:
                pass_on(state, adjoint, r.b - low, g * r.payload.partial[1])
        i -= 1
    return i


cdef int32_t walk_single_scalars(Sweep* s, int32_t i) noexcept nogil:
    """The same where some are of float32: each result is rounded, as where the sweep is recorded."""
    cdef int32_t low = s.low, operand
    cdef Record* r
    cdef double g
    cdef float value
    cdef int k
    while i >= low:
        r = &s.log.records[i]
        if r.flags & (PARTIALS | POLE) != PARTIALS:
            return i
        if s.state[i - low] & (NUMBER | REACHED | TAKEN_UP) == NUMBER | REACHED:
            g = s.adjoint[i - low].number
            for k in range(2):
                operand = (r.b if k else r.a) - low
                if operand < 0:
                    continue
                if r.dtype != NPY_FLOAT:
                    pass_on(s.state, s.adjoint, operand, g * r.payload.partial[k])
                elif s.state[operand] & REACHED:
                    value = <float>g * <float>r.payload.partial[k]
                    if s.state[operand] & NUMBER:
                        value = value + <float>s.adjoint[operand].number
                    s.state[operand] |= NUMBER
                    s.adjoint[operand].number = value
        i -= 1
    return i


cdef int walk(Sweep* s) except -1:
    """From the last node to the first: a loop, so a tape of any length is swept like a short one."""
    cdef int32_t i = s.high, low = s.low
    cdef Record* r
    cdef uint8_t st
    cdef int kind
    while i >= low:
        if not s.tensors and not s.batch:
            i = walk_single_scalars(s, i) if s.log.single else walk_scalars(s, i)
            if i < low:
                break
        st = s.state[i - low]
        r = &s.log.records[i]
        if not st & KIND_MASK or r.op == OP_LEAF or st & TAKEN_UP:
            pass
        elif not st & REACHED:
            drop(s, i)
        elif s.tensors:
            if scalar_alone(s, i):
                sweep_scalar_tensors(s, i)
            elif r.op == op_set_at:
                sweep_set_tensors(s, i)
            else:
                sweep_tensors(s, i)
        else:
            kind = table[r.op].kind
            if r.flags & PARTIALS and not s.batch:
                sweep_pole(s, i)
            elif r.flags & PARTIALS:
                sweep_partials(s, i)
            elif kind == ELEMENTWISE:
                sweep_elementwise(s, i)
            elif kind == LINEAR:
                sweep_linear(s, i)
            elif kind == MATMUL:
                sweep_matmul(s, i)
            elif kind == PROJECTION:
                sweep_projection(s, i)
            elif r.op == op_set_at:
                sweep_set(s, i)
            else:
                sweep_general(s, i)
        i -= 1
    return 0


cdef inline int32_t heard_node(Log* log, int32_t node, uint32_t bit) noexcept:
    """`node`, or the nearest leaf before it of the same variable, that the tape listened to; or -1."""
    while node >= 0 and not meet(log, log.records[node].listeners, bit):
        node = log.records[node].b if log.records[node].op == OP_LEAF else -1
    return node


cdef inline int32_t next_node(Log* log, int32_t node, uint32_t bit) noexcept:
    """A variable that was assigned to stands at several nodes: the one before, or -1."""
    return heard_node(log, log.records[node].b, bit) if log.records[node].op == OP_LEAF else -1


cdef Tensor zeros_of(Operand x):
    if x.scalar:
        return new_scalar(0.0, x.code)
    return new_tensor(zeros_array(x.code, PyArray_NDIM(x.array), PyArray_DIMS(x.array)))


cdef Tensor ones_of(Operand x):
    if x.scalar:
        return new_scalar(1.0, x.code)
    if x.code == NPY_FLOAT or x.code == NPY_DOUBLE:
        return new_tensor(uniform_array(1.0, x.code, PyArray_NDIM(x.array), PyArray_DIMS(x.array)))
    return new_tensor(np_ones(x.array.shape, x.array.dtype))


cdef enum:
    FEW_NODES = 256             # so many adjoints lie on the C stack


# Where the sources, and then the targets, of a sweep stand, and the room for its states
ctypedef struct Ends:
    int32_t* nodes
    Py_ssize_t sources
    Py_ssize_t targets
    int32_t low                 # the first source's node
    int32_t high                # the last target's
    int32_t few_nodes[64]
    uint8_t few_states[FEW_NODES]
    Adjoint few_adjoints[FEW_NODES]
    Adjoint* own_adjoints


cdef int find_ends(Ends* e, Log* log, uint32_t bit, list targets, list sources) except -1:
    cdef Py_ssize_t i
    cdef int32_t node
    cdef Operand x
    e.sources = len(sources)
    e.targets = len(targets)
    e.low = 0x7fffffff
    e.high = -1
    e.own_adjoints = NULL
    e.nodes = e.few_nodes
    if e.sources + e.targets > 64:
        e.nodes = <int32_t*>malloc((e.sources + e.targets) * sizeof(int32_t))
        if e.nodes == NULL:
            raise MemoryError()
    for i in range(e.targets):
        node = log_find(log, <Operand>targets[i])
        if node >= 0 and not meet(log, log.records[node].listeners, bit):
            node = -1
        e.nodes[e.sources + i] = node
        if node > e.high:
            e.high = node
    for i in range(e.sources):
        x = <Operand>sources[i]
        node = heard_node(log, log_find(log, x), bit) if differentiable(x.code) else -1
        e.nodes[i] = node
        while node >= 0:
            if node < e.low:
                e.low = node
            node = next_node(log, node, bit)
    return 0


cdef int sweep_open(Sweep* s, Ends* e, Log* log, uint32_t bit, list cotangents, bint last) except -1:
    """Make room for the states between the ends, and mark what depends on a source."""
    cdef Log* current = recording_log()
    cdef Operand x
    cdef bint odd = False, heard = False
    cdef int32_t low = e.low, high = e.high, node, leaves = 0
    cdef Py_ssize_t i
    cdef int slot = 0
    s.log = log
    s.low = low
    s.high = high
    s.linked = current == log
    if high - low < FEW_NODES:
        s.state = e.few_states
        s.adjoint = e.few_adjoints
        memset(e.few_states, 0, high - low + 1)
    else:
        s.state = <uint8_t*>malloc(<size_t>(high - low + 1))
        if last and log.sole and log.pure and not log.odd and current == NULL:
            # Numbers all of them, and nobody can ask for the values after this sweep.
            s.adjoint = <Adjoint*>&log.values[low]
        else:
            s.adjoint = e.own_adjoints = <Adjoint*>malloc(<size_t>(high - low + 1) * sizeof(Adjoint))
        if s.state == NULL or s.adjoint == NULL:
            raise MemoryError(f"no memory for the adjoints of {high - low + 1} records")
        expect_writes(s.state, <size_t>(high - low + 1))
        if e.own_adjoints != NULL:
            expect_writes(e.own_adjoints, <size_t>(high - low + 1) * sizeof(Adjoint))
        memset(s.state, 0, high - low + 1)
    for i in range(e.sources):
        node = e.nodes[i]
        while node >= 0:
            if node <= high and not s.state[node - low]:
                s.state[node - low] = REACHED | SOURCE
                leaves += log.records[node].op == OP_LEAF
            node = next_node(log, node, bit)
    while log.tapes[slot] == NULL or (<Tape>log.tapes[slot]).bit != bit:
        slot += 1
    for taken in ((<Tape>log.tapes[slot]).taken_up or ()):
        node = taken
        if low <= node <= high:
            s.state[node - low] |= TAKEN_UP
    if log.sole and not log.odd and leaves == log.leaf_count and current != log:
        # Every record depends on some leaf, every leaf is a source, and all are this tape's: all are reached.
        for node in range(high - low + 1):
            s.state[node] |= REACHED
    else:
        mark(s, bit, current.active if current == log else 0, &odd, &heard)
    if current != NULL:
        for x in cotangents:
            heard = heard or (x is not None and tracked(current, x) >= 0)
        if current != log and not heard:
            heard = leaves_tracked(log, current, low, high)
    s.tensors = odd or heard
    if not s.tensors:
        s.line = spare_line()
    elif s.linked:
        s.keeps = True
        log.kept += 1
        log.keeper = PyThread_get_thread_ident()
    return 0


cdef void sweep_close(Sweep* s, Ends* e) noexcept:
    cdef int32_t node
    if s.keeps:
        s.log.kept -= 1
    if s.objects and s.state != NULL:
        for node in range(s.low, s.high + 1):
            if s.state[node - s.low] & KIND_MASK:
                drop(s, node)
    if s.state != e.few_states:
        free(s.state)
    free(e.own_adjoints)
    free(s.pending)
    free(s.left)
    if e.nodes != e.few_nodes:
        free(e.nodes)
    if s.line != NULL:
        line_clear(s.line)
        return_line(s.line)


cpdef list conjugated(list values):
    """The complex conjugates of the tensors among these values; nothing is done where none is complex."""
    cdef Py_ssize_t i
    cdef object x
    for i in range(len(values)):
        x = values[i]
        if is_operand(x) and PyTypeNum_ISCOMPLEX((<Operand>x).code):
            break
    else:
        return values
    conj = <int>opcode_by_name["conj"]
    return [apply1(conj, <Operand>x) if is_operand(x) and PyTypeNum_ISCOMPLEX((<Operand>x).code) else x for x in values]


cdef list reverse(Log* log, uint32_t bit, list targets, list seeds, list sources, npy_intp batch=0, bint last=False):
    """Gradients as the user has them, by TensorFlow's convention: of a real target u, du/d(re x) + i du/d(im x).

    The sweep itself transposes, and conjugates nothing. So every rule, written for real numbers, holds for functions that
    are analytic; the two conventions differ by the conjugate of what goes in and of what comes out.
    """
    return conjugated(sweep_back(log, bit, targets, conjugated(seeds), sources, batch, last))


cdef list sweep_back(Log* log, uint32_t bit, list targets, list seeds, list sources, npy_intp batch, bint last):
    """Cotangents of the sum of targets (weighted by seeds) with respect to each source; None where unconnected.

    With a batch, seeds have a leading axis of that length, and so have the gradients. After the last sweep of a log its
    values are not needed any more, and adjoints may take their place.
    """
    cdef Sweep s
    cdef Ends e
    cdef Operand seed
    cdef list results = []
    cdef int32_t node
    cdef Py_ssize_t i
    cdef object result
    memset(&s, 0, sizeof(Sweep))
    s.batch = batch
    e.nodes = e.few_nodes
    e.own_adjoints = NULL
    try:
        find_ends(&e, log, bit, targets, sources)
        if e.low <= e.high:
            if CHECKED:
                check_records(log, e.low, e.high)
            sweep_open(&s, &e, log, bit, seeds, last)
            for i in range(e.targets):
                node = e.nodes[e.sources + i]
                if node < s.low or not s.state[node - s.low] & REACHED:
                    continue
                seed = <Operand>seeds[i]
                if s.tensors:
                    add_tensor(&s, node, ones_of(<Operand>targets[i]) if seed is None else seed)
                elif log.records[node].flags & SCALAR and not batch:
                    add_number(&s, node, 1.0 if seed is None else seed.number)
                else:
                    add_array(&s, node, (ones_of(<Operand>targets[i]) if seed is None else seed).array)
            walk(&s)
            if not s.tensors:
                flush(&s)
        for i in range(e.sources):
            result = None
            node = e.nodes[i] if e.low <= e.high else -1
            while node >= 0:
                if node <= s.high and s.state[node - s.low] & (KIND_MASK | TAKEN):
                    result = collect(&s, node, result, e.nodes, i, results)
                node = next_node(log, node, bit)
            results.append(result)
        if CHECKED and s.state != NULL:
            check_spent(&s)
    finally:
        sweep_close(&s, &e)
    return results


cdef bint leaves_tracked(Log* log, Log* current, int32_t low, int32_t high) except -1:
    """Whether another log that is being recorded follows one of this log's watched tensors."""
    cdef int32_t i
    for i in range(low, high + 1):
        if log.records[i].op == OP_LEAF and log.records[i].flags & ATTRIBUTE:
            x = <object>log.records[i].payload.attribute
            if isinstance(x, Tensor) and tracked(current, <Operand>x) >= 0:
                return True
    return False


cdef object collect(Sweep* s, int32_t node, object sum_so_far, int32_t* nodes, Py_ssize_t source, list results):
    """A source's adjoint as a tensor that shares memory with nothing, or as slices."""
    cdef int32_t k = node - s.low
    cdef Record* r = &s.log.records[node]
    cdef uint8_t kind = s.state[k] & KIND_MASK
    cdef object part
    cdef PyObject* held
    cdef Py_ssize_t i
    if s.state[k] & TAKEN:
        # The same source was named before.
        for i in range(source):
            if nodes[i] == nodes[source]:
                return results[i]
    if kind == NUMBER:
        part = new_scalar(rounded(s.adjoint[k].number, r.dtype), r.dtype)
    elif kind == NODE:
        part = tensor_at(s, <int32_t>s.adjoint[k].register)
    elif kind == SLICES:
        part = collect_slices(<list>s.adjoint[k].object)
    else:
        held = s.adjoint[k].object
        if kind == TENSOR:      # (a weight of the caller's may be a variable, or an array)
            part = cast_operand(<Operand><object>held, r.dtype)
            if not isinstance(part, Tensor) or (<Tensor>part).borrowed:
                part = identity_of(<Operand>part)
        else:
            part = tensor_alone(held)
    drop(s, node)
    s.state[k] |= TAKEN
    return part if sum_so_far is None else sum_so_far + part


cdef Tensor tensor_alone(PyObject* array):
    """An array that the caller holds one reference to, as a tensor that shares memory with nothing."""
    if array.ob_refcnt == 1 and pooled_memory(array):
        return new_tensor(<ndarray>array)
    return new_tensor(own_copy(<object>array))


cdef list tape_transpose(Tape tape, list targets, list sources, list seeds):
    """The transpose of a function that is linear over the reals, applied to `seeds`: a gradient, but for the conjugation."""
    cdef list results
    cdef Operand x
    cdef Py_ssize_t i
    kept = [i for i in range(len(targets)) if differentiable((<Operand>targets[i]).code)]
    targets = [targets[i] for i in kept]
    seeds = [cast_operand(<Operand>seeds[i], (<Operand>x).code) for i, x in zip(kept, targets)]
    begin_sweep(tape, targets)
    tape.sweeps += 1
    try:
        results = sweep_back(tape.log, tape.bit, targets, seeds, sources, 0, True)
    finally:
        tape.sweeps -= 1
    end_sweep(tape)
    return results
