# Emission by nodes: a sweep that nobody hears but a trace, recorded without running a kernel.
#
# Within a recorded function a gradient is two things: values, for Python, which goes on with them, and records, for the
# program. Where no tape listens beside the trace, nothing asks for what lies between. So the sweep is done twice: raw,
# as where nothing is recorded, for the values; and by nodes, for the records. Every adjoint is then a node, or a number
# that is a constant, and what a rule makes of them is shapes and dtypes. The results stand at the nodes that the second
# sweep ends with. (The two agree to the last bit, as an eager gradient and a replayed one do.)

cdef bint goes_by_nodes(Sweep* s) noexcept:
    """Whether the rules of all records of a raw sweep can be recorded so: operands are of one float dtype, and no rule
    is Python's."""
    cdef int32_t i
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef int k, n, kind
    cdef Record* r
    cdef Row* row
    if s.tensors:
        return False
    for i in range(s.low, s.high + 1):
        r = &s.log.records[i]
        if not s.state[i - s.low] & REACHED or is_leaf(r):
            continue
        row = &table[r.op]
        kind = row.kind
        if not (kind == ELEMENTWISE or kind == MATMUL or (kind == LINEAR and row.part != PART_ROWS)):
            return False
        if row.plan == PLAN_CAST:
            continue
        n = operand_nodes(s.log, r, &operands, pair)
        for k in range(n):
            if reference_dtype(s.log, operands[k], r.dtype) != r.dtype and not (k == 0 and row.condition):
                return False
    return True


cdef inline int reference_dtype(Log* log, int32_t reference, int untracked) noexcept:
    """The dtype of a node or a constant."""
    if reference >= 0:
        return log.records[reference].dtype
    return untracked if reference == UNTRACKED else log.constants[FIRST_CONSTANT - reference].dtype


# ------------------------------------------------------------------------------------------------------------- records

cdef int32_t append_unrun(Log* log, int op, int dtype, uint32_t shape) except -1:
    """A record that only the trace hears, its operands still to be filled in."""
    cdef Record* r = log_append(log, op, log.tracer)
    r.dtype = <uint8_t>dtype
    if shape == 0 and (dtype == NPY_DOUBLE or dtype == NPY_FLOAT or dtype == NPY_BOOL):
        r.flags = SCALAR
        log.values[log.count - 1].number = 0    # (which nobody knows, and nobody reads)
    log.shapes[log.count - 1] = shape
    log.odd = log.odd or (dtype != NPY_DOUBLE and dtype != NPY_FLOAT)
    return log.count - 1


cdef int32_t append_linear(Log* log, int op, int32_t node, object attribute, int dtype, uint32_t shape) except -1:
    cdef int32_t made = append_unrun(log, op, dtype, shape)
    log.records[made].a = node
    own_attribute(log, made, attribute)
    return made


cdef uint32_t shape_of_both(Shapes shapes, uint32_t a, uint32_t b) except? 0xffffffff:
    """The number of the shape that two shapes broadcast to: they do."""
    cdef npy_intp dims[MOST_DIMS]
    cdef KnownShape* longer
    cdef KnownShape* shorter
    cdef npy_intp size
    cdef int d, lead
    if a == b or b == 0:
        return a
    if a == 0:
        return b
    longer = &shapes.known[a]
    shorter = &shapes.known[b]
    if longer.nd < shorter.nd:
        longer, shorter = shorter, longer
    lead = longer.nd - shorter.nd
    for d in range(longer.nd):
        dims[d] = shapes.sizes[longer.at + d]
        size = shapes.sizes[shorter.at + d - lead] if d >= lead else 1
        if size != 1:
            dims[d] = size
    return shapes.number(longer.nd, dims)


cdef inline Shapes shapes_of(Log* log):
    return (<Hearer>log.trace).shapes


cdef int32_t node_of(Log* log, Scalar x, int dtype) except -1:
    """A node, of a number too."""
    return x.node if x.node >= 0 else tracked(log, new_scalar(rounded(x.number, dtype), dtype))


cdef int32_t node_summed(Log* log, int32_t node, uint32_t shape) except -1:
    """A contribution to an operand that was broadcast, as `sum_tensor_to` records it."""
    cdef Shapes shapes = shapes_of(log)
    cdef tuple whole, wanted
    if log.shapes[node] == shape:
        return node
    whole = shapes.shape(log.shapes[node])
    wanted = shapes.shape(shape)
    return append_linear(log, OP_SUM, node, (whole, (1,) * (len(whole) - len(wanted)) + wanted, wanted),
                         log.records[node].dtype, shape)


cdef int32_t node_spread(Log* log, int32_t node, uint32_t shape) except -1:
    """A node, broadcast to a shape."""
    cdef Shapes shapes = shapes_of(log)
    if log.shapes[node] == shape:
        return node
    return append_linear(log, OP_BROADCAST, node, sum_shapes(shapes.shape(shape), shapes.shape(log.shapes[node])),
                         log.records[node].dtype, shape)


cdef int32_t node_reshaped(Log* log, int32_t node, tuple shape) except -1:
    """The same elements in another shape."""
    cdef Shapes shapes = shapes_of(log)
    cdef uint32_t number = shapes.number_of(shape)
    if log.shapes[node] == number:
        return node
    return append_linear(log, OP_RESHAPE, node, (shapes.shape(log.shapes[node]), shape), log.records[node].dtype,
                         number)


cdef int32_t append_product(Log* log, int32_t a, bint ta, int32_t b, bint tb) except -1:
    """A product of matrices, or of stacks of them, which fit each other."""
    cdef Shapes shapes = shapes_of(log)
    cdef tuple x = shapes.shape(log.shapes[a]), y = shapes.shape(log.shapes[b]), flags = matmul_flags[2 * ta + tb]
    cdef uint32_t stack
    cdef int32_t made
    if len(x) != len(y) or len(x) > 2:
        flags += (x, y)
    stack = shape_of_both(shapes, shapes.number_of(x[:-2]), shapes.number_of(y[:-2]))
    made = append_unrun(log, OP_MATMUL, log.records[a].dtype, shapes.number_of(
        shapes.shape(stack) + (x[len(x) - 1 if ta else len(x) - 2], y[len(y) - 2 if tb else len(y) - 1])))
    log.records[made].a = a
    log.records[made].b = b
    own_attribute(log, made, flags)
    return made


# ------------------------------------------------------------------------------------------------------------ adjoints

cdef Scalar standing_node(Sweep* s, int32_t node) noexcept:
    """What has come to a node."""
    cdef int32_t k = node - s.low
    cdef Scalar x
    x.node = UNTRACKED
    x.number = 0
    if s.state[k] & KIND_MASK == NODE:
        x.node = <int32_t>s.adjoint[k].register
    else:
        x.number = s.adjoint[k].number
    return x


cdef Scalar spent_node(Sweep* s, int32_t node) noexcept:
    """A node's cotangent, which goes, unless the node is a source."""
    cdef Scalar x = standing_node(s, node)
    if not s.state[node - s.low] & SOURCE:
        drop(s, node)
    return x


cdef int32_t append_sum(Log* log, int32_t a, int32_t b) except -1:
    """The sum of two nodes of one shape and dtype."""
    cdef int32_t made = append_unrun(log, OP_ADD, log.records[a].dtype, log.shapes[a])
    log.records[made].a = a
    log.records[made].b = b
    return made


cdef int give_node(Sweep* s, int32_t node, int32_t contribution) except -1:
    """Add to what has come to a node."""
    cdef int32_t k = node - s.low
    if s.state[k] & KIND_MASK:
        contribution = append_sum(s.log, node_of(s.log, standing_node(s, node), s.log.records[node].dtype),
                                  contribution)
    s.adjoint[k].register = contribution
    s.state[k] = (s.state[k] & ~KIND_MASK) | NODE
    return 0


cdef int seed_node(Sweep* s, int32_t node, Operand target, Operand seed) except -1:
    """The cotangent that a sweep begins with: where that is a number which is no node's, a constant."""
    cdef Scalar x
    if not s.log.records[node].flags & SCALAR:
        return give_node(s, node, tracked(s.log, ones_of(target) if seed is None else seed))
    x.node = UNTRACKED
    if seed is not None:
        x.node = tracked(s.log, seed) if seed.is_variable else log_find(s.log, seed)
    x.number = 1.0 if seed is None else seed.number
    return add_scalar(s, node, x)


cdef Scalar rule_operand(Sweep* s, int32_t reference) except *:
    """A record's operand, or the record itself, as a rule sees it."""
    cdef Scalar x
    cdef Constant* c
    x.node = reference if reference >= 0 else UNTRACKED
    x.number = 0
    if reference <= FIRST_CONSTANT:
        c = &s.log.constants[FIRST_CONSTANT - reference]
        if c.scalar:
            x.number = c.value.number
        else:
            x.node = tracked(s.log, tensor_at(s, reference))
    return x


ctypedef struct NodeEmitter:
    Log* log
    int code                    # of the dtype
    Scalar registers[MOST_REGISTERS]


cdef int emit_unrun_constant(NodeEmitter* to, int register, double value) noexcept:
    to.registers[register].node = UNTRACKED
    to.registers[register].number = value
    return 0


cdef int emit_unrun(NodeEmitter* to, const Instruction* code) except -1:
    """An op of a rule, recorded; on numbers it is done at once."""
    cdef Log* log = to.log
    cdef Row* row = &table[code.op]
    cdef Scalar* out = &to.registers[code.out]
    cdef Scalar* x
    cdef int32_t nodes[MOST_INPUTS]
    cdef double values[MOST_INPUTS]
    cdef int k, dtype = to.code
    cdef uint32_t shape = 0
    cdef bint known = True
    if not is_up(&row.ready):
        prepare(code.op)
    for k in range(row.arity):
        x = &to.registers[code.inputs[k]]
        values[k] = rounded(x.number, to.code)
        nodes[k] = x.node
        if x.node >= 0:
            known = False
            shape = shape_of_both(shapes_of(log), shape, log.shapes[x.node])
            if k >= row.condition:
                dtype = log.records[x.node].dtype
    if known:
        out.node = UNTRACKED
        out.number = rounded(scalar_eval(code.op, values, to.code), to.code)
        return 0
    for k in range(row.arity):
        if nodes[k] < 0:
            nodes[k] = log_number(log, values[k], dtype if k >= row.condition else NPY_BOOL)
    if row.boolean:
        dtype = NPY_BOOL
    elif row.loop[dtype] != NULL:
        dtype = row.out_type[dtype]
    out.node = append_unrun(log, code.op, dtype, shape)
    out.number = 0
    if row.arity > 2:
        log_operand_list(log, &log.records[out.node], nodes, row.arity)
    else:
        log.records[out.node].a = nodes[0]
        log.records[out.node].b = nodes[1] if row.arity > 1 else UNTRACKED
    return 0


cdef Scalar run_unrun(NodeEmitter* to, const Program* p) except *:
    """A row's program over nodes and numbers, its input registers filled in."""
    emitted(walk_rule(p, to, <EmitConstant><void*>emit_unrun_constant, <EmitOp><void*>emit_unrun))
    return to.registers[p.result]
