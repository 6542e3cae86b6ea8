# The forward sweep: from the lowest source up to the targets' nodes, over the records that lie between.
#
# It has no rules of its own either. An elementwise rule is linear in its cotangent and works element by element, so the
# program that pulls a cotangent back also pushes a tangent forward. A linear op's tangent is the op itself on the
# tangent; a product's, a term for each factor; where an op has only a Python rule, that rule is recorded on a tape and
# transposed. Emission is as in the reverse sweep: raw, with elementwise tangents fused in a line, or as tensors, when
# an open tape listens. A tangent goes as soon as the last record that reads it has done so.

cdef inline bint has_tangent(Sweep* s, int32_t node) noexcept:
    return node >= s.low and s.state[node - s.low] & KIND_MASK


cdef inline void spend(Sweep* s, int32_t node) noexcept:
    """A record has read a node's tangent."""
    if s.left != NULL and node >= s.low and s.state[node - s.low] & REACHED:
        s.left[node - s.low] -= 1
        if s.left[node - s.low] == 0:
            drop(s, node)


cdef int mark_needed(Sweep* s, Ends* e) except -1:
    """Mark what a target depends on, and count the readers of each tangent."""
    cdef int32_t i, node, low = s.low
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef int k, n
    cdef Record* r
    cdef uint8_t* state = s.state
    if not s.log.pure or s.batch or s.tensors:
        s.left = <int32_t*>calloc(<size_t>(s.high - low + 1), sizeof(int32_t))
        if s.left == NULL:
            raise MemoryError(f"no memory for the tangents of {s.high - low + 1} records")
    for i in range(<int32_t>e.targets):
        node = e.nodes[e.sources + i]
        if node >= low and state[node - low] & REACHED:
            state[node - low] |= NEEDED
            if s.left != NULL:
                s.left[node - low] += 1
    for i in range(s.high, low - 1, -1):
        r = &s.log.records[i]
        if state[i - low] & (NEEDED | REACHED | TAKEN_UP) != NEEDED | REACHED or r.op == OP_LEAF:
            continue
        n = operand_nodes(s.log, r, &operands, pair)
        for k in range(n):
            node = operands[k]
            if node >= low and state[node - low] & REACHED:
                state[node - low] |= NEEDED
                if s.left != NULL:
                    s.left[node - low] += 1
    return 0


cdef int32_t push_scalars(Sweep* s, int32_t i) noexcept nogil:
    """A run of scalar records that have partials; returns the first needed node that has none."""
    cdef int32_t low = s.low, high = s.high
    cdef Record* r
    cdef uint8_t* state = s.state
    cdef Adjoint* tangent = s.adjoint
    cdef double t
    cdef uint8_t found
    while i <= high:
        r = &s.log.records[i]
        if state[i - low] & (NEEDED | REACHED | TAKEN_UP) == NEEDED | REACHED:
            if r.flags & (PARTIALS | POLE) != PARTIALS:
                if r.op != OP_LEAF:
                    return i
            else:
                t = 0
                found = 0
                if r.a >= low and state[r.a - low] & NUMBER:
                    t = rounded(tangent[r.a - low].number * r.payload.partial[0], r.dtype)
                    found = NUMBER
                if r.b >= low and state[r.b - low] & NUMBER:
                    t = rounded(t + rounded(tangent[r.b - low].number * r.payload.partial[1], r.dtype), r.dtype)
                    found = NUMBER
                if state[i - low] & NUMBER:
                    tangent[i - low].number += t
                else:
                    tangent[i - low].number = t
                    state[i - low] |= found
        i += 1
    return i


cdef ndarray aligned(ndarray tangent, npy_intp batch, int nd):
    """With a batch, a tangent of fewer axes than the result gets ones behind the leading axis: shapes are aligned from
    the end."""
    cdef int own = PyArray_NDIM(tangent)
    if not batch or own == nd:
        return tangent
    return reshaped(tangent, (batch,) + (1,) * (nd - own) + (<tuple>tangent.shape)[1:])


cdef Operand aligned_tensor(Operand tangent, npy_intp batch, int nd):
    cdef tuple shape = shape_of(tangent)
    if not batch or len(shape) == nd:
        return tangent
    return apply_linear(OP_RESHAPE, tangent, (shape, (batch,) + (1,) * (nd - <int>len(shape)) + shape[1:]))


# ------------------------------------------------------------------------------------------------------- elementwise

cdef int tangent_register(Sweep* s, int32_t node) except -1:
    """A node's tangent as a register of the line that has been begun."""
    cdef int32_t k = node - s.low
    cdef uint8_t kind = s.state[k] & KIND_MASK
    cdef ndarray tangent
    if kind == IN_LINE:
        return <int>s.adjoint[k].register
    if kind == NUMBER:
        return line_uniform(s.line, s.adjoint[k].number, s.line.dtype)
    tangent = <ndarray>s.adjoint[k].object
    if type_code(tangent) != s.line.dtype:
        tangent = tangent.astype(dtype_objects[s.line.dtype])
    return line_load(s.line, aligned(tangent, s.batch, s.line.nd))


cdef int begin_result(Sweep* s, int32_t node, int32_t* operands, int n, int code_room, int register_room) except -1:
    """A line of the shape of a record's result that has room."""
    cdef Record* r = &s.log.records[node]
    cdef npy_intp dims[MOST_DIMS]
    cdef int nd = 0, d, i, lead = 1 if s.batch else 0
    cdef int32_t k
    cdef ndarray tangent
    cdef tuple shape
    if lead:
        dims[0] = s.batch
        nd = 1
    if r.flags & ATTRIBUTE:
        shape = <tuple>(<tuple>r.payload.attribute)[3]
        for d in range(<int>len(shape)):
            dims[lead + d] = shape[d]
        nd = lead + <int>len(shape)
    elif not r.flags & SCALAR:
        # Nothing was broadcast: every tangent has the result's shape.
        for i in range(n):
            if has_tangent(s, operands[i]):
                k = operands[i] - s.low
                if s.state[k] & KIND_MASK == IN_LINE:
                    nd = s.line.nd
                    for d in range(nd):
                        dims[d] = s.line.dims[d]
                else:
                    tangent = <ndarray>s.adjoint[k].object
                    nd = PyArray_NDIM(tangent)
                    for d in range(nd):
                        dims[d] = PyArray_DIMS(tangent)[d]
                break
    if s.line.count and not (line_has_room(s.line, code_room, register_room)
                                and line_fits(s.line, r.dtype, nd, dims)):
        flush(s)
    if not s.line.count:
        line_begin(s.line, s.log.records[node].dtype, nd, dims)
    return 0


cdef int push_elementwise(Sweep* s, int32_t node) except -1:
    cdef Record* r = &s.log.records[node]
    cdef Row* row = &table[r.op]
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef int registers[MOST_INPUTS + 2]
    cdef int both[2]
    cdef double numbers[MOST_INPUTS + 2]
    cdef int i, j, n = row.arity, result, total = -1
    cdef uint32_t loaded = 0, uses
    cdef double sum = 0
    operand_nodes(s.log, r, &operands, pair)
    if r.flags & SCALAR and not s.batch:
        for i in range(n):
            numbers[1 + i] = operand_number(s, operands[i]) if operands[i] != UNTRACKED else 0
        numbers[n + 1] = s.log.values[node].number
        for i in range(n):
            if has_tangent(s, operands[i]) and row.derivative[i] != NOTHING:
                if row.derivative[i] == MISSING:
                    raise no_rule(r.op)
                numbers[0] = s.adjoint[operands[i] - s.low].number
                sum = rounded(sum + run_on_scalars(row.vjp[i], numbers, 0, r.dtype), r.dtype)
        add_number(s, node, sum)
        return 0
    begin_result(s, node, operands, n, row.code_room + n, row.register_room + 2 * n)
    r = &s.log.records[node]    # kernels may have run without the GIL, and the log may have grown
    operand_nodes(s.log, r, &operands, pair)
    for i in range(n):
        if not has_tangent(s, operands[i]) or row.derivative[i] == NOTHING:
            continue
        if row.derivative[i] == MISSING:
            raise no_rule(r.op)
        registers[0] = tangent_register(s, operands[i])
        uses = row.vjp[i].uses >> 1
        for j in range(n + 1):
            if uses & ~loaded & (<uint32_t>1 << j):
                registers[1 + j] = load_operand(s, node if j == n else operands[j])
        loaded |= uses
        result = line_formula(s.line, row.vjp[i], registers)
        if total >= 0:
            both[0] = total
            both[1] = result
            result = line_emit(s.line, OP_ADD, both)
        total = result
    if total >= 0:
        add_register(s, node, total)
    return 0


cdef int push_pole(Sweep* s, int32_t node) noexcept:
    """A scalar record one of whose partials is zero, infinite or NaN."""
    cdef Record* r = &s.log.records[node]
    cdef double pair[2]
    cdef int32_t operand
    cdef int i
    for i in range(2):
        operand = r.b if i else r.a
        if has_tangent(s, operand):
            pair[0] = s.adjoint[operand - s.low].number
            pair[1] = r.payload.partial[i]
            add_number(s, node, rounded(scalar_eval(table[r.op].slope_product[i], pair, r.dtype), r.dtype))
    return 0


cdef int push_partials(Sweep* s, int32_t node) except -1:
    """A scalar record under a batch of tangents."""
    cdef Record* r = &s.log.records[node]
    cdef int32_t operands[2]
    cdef int both[2]
    cdef int i, total = -1
    operands[0] = r.a
    operands[1] = r.b
    begin_result(s, node, operands, 2, 4, 10)
    r = &s.log.records[node]
    for i in range(2):
        if has_tangent(s, operands[i]):
            both[0] = tangent_register(s, operands[i])
            both[1] = line_uniform(s.line, r.payload.partial[i], r.dtype)
            both[0] = line_emit(s.line, table[r.op].slope_product[i], both)
            if total >= 0:
                both[1] = total
                both[0] = line_emit(s.line, OP_ADD, both)
            total = both[0]
    if total >= 0:
        add_register(s, node, total)
    return 0


# ------------------------------------------------------------------------------------ one emission for all other kinds

cdef Tensor tangent_tensor(Sweep* s, int32_t node):
    """A node's tangent as a tensor (that stands nowhere, when nothing listens), or None."""
    cdef int32_t k = node - s.low
    cdef uint8_t kind
    if not has_tangent(s, node):
        return None
    if s.state[k] & KIND_MASK == IN_LINE:
        flush(s)
    kind = s.state[k] & KIND_MASK
    if kind == NUMBER:
        return new_scalar(rounded(s.adjoint[k].number, s.log.records[node].dtype), s.log.records[node].dtype)
    if kind == NODE:
        return tensor_at(s, <int32_t>s.adjoint[k].register)
    if kind == ARRAY:
        return new_tensor(<ndarray>s.adjoint[k].object)
    return <Tensor>s.adjoint[k].object


cdef int give_tangent(Sweep* s, int32_t node, Operand tangent) except -1:
    if s.tensors:
        return add_tensor(s, node, tangent)
    return add_array(s, node, array_of(tangent))


cdef int push_linear(Sweep* s, int32_t node) except -1:
    cdef Record* r = &s.log.records[node]
    cdef int32_t a = r.a
    cdef int op = r.op
    cdef object attribute = <object>r.payload.attribute
    if not has_tangent(s, a):
        return 0
    if op == OP_SUM and r.flags & SCALAR and not s.batch and s.state[a - s.low] & KIND_MASK == IN_LINE:
        # A sum over everything: the line adds up as it runs, and the tangent needs no array.
        line_sum(s.line, <int>s.adjoint[a - s.low].register)
        s.reductions[0].node = node
        s.reductions[0].register = <int>s.adjoint[a - s.low].register
        s.reductions[0].shape = NULL
        s.reduction_count = 1
        spend(s, a)
        flush(s)
        return 1
    return give_tangent(s, node, linear_tensor(s, op, tangent_tensor(s, a), attribute))


cdef int push_matmul(Sweep* s, int32_t node) except -1:
    cdef Record* r = &s.log.records[node]
    cdef int32_t a = r.a, b = r.b
    cdef tuple flags = <tuple>r.payload.attribute
    cdef bint ta = flags[0], tb = flags[1]
    cdef int nd = 2 if len(flags) == 2 else <int>max(len(<tuple>flags[2]), len(<tuple>flags[3]))
    cdef Operand x = tangent_tensor(s, a), y = tangent_tensor(s, b), total = None
    if s.batch:
        nd += 1
    if x is not None:
        total = <Operand>apply_matmul(aligned_tensor(x, s.batch, nd), tensor_at(s, b), ta, tb)
    if y is not None:
        y = <Operand>apply_matmul(tensor_at(s, a), aligned_tensor(y, s.batch, nd), ta, tb)
        total = y if total is None else <Operand>binary(OP_ADD, total, y)
    return 0 if total is None else give_tangent(s, node, total)


cdef int push_tensors(Sweep* s, int32_t node) except -1:
    """An elementwise record, its tangent recorded."""
    cdef Record* r = &s.log.records[node]
    cdef Row* row = &table[r.op]
    cdef int op = r.op, i, n = row.arity, nd
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef list registers, tangents
    cdef Operand t, total = None
    cdef tuple whole
    operand_nodes(s.log, r, &operands, pair)
    tangents = [tangent_tensor(s, operands[i]) for i in range(n)]
    whole = ()
    if r.flags & ATTRIBUTE:
        whole = <tuple>(<tuple>r.payload.attribute)[3]
    elif not r.flags & SCALAR:
        for t in tangents:
            if t is not None:
                whole = shape_of(t)[1 if s.batch else 0:]
    whole = with_batch(whole, s.batch)
    registers = [None] + [tensor_at(s, operands[i]) for i in range(n)] + [tensor_at(s, node)]
    for i in range(n):
        if tangents[i] is None or row.derivative[i] == NOTHING:
            continue
        if row.derivative[i] == MISSING:
            raise no_rule(op)
        registers[0] = cast_operand(aligned_tensor(<Operand>tangents[i], s.batch, <int>len(whole)), s.log.records[node].dtype)
        part = contribution_on_tensors(s, node, i, registers)
        if not isinstance(part, Operand):
            part = operand_beside(part, <Operand>registers[0])
        total = <Operand>part if total is None else <Operand>binary(OP_ADD, total, part)
    return 0 if total is None else add_tensor(s, node, broadcast_tensor(total, whole))


cdef int push_scalar_tensors(Sweep* s, int32_t node) except -1:
    """A scalar record of one dtype, its tangent recorded on the same log; no object is made."""
    cdef Record* r = &s.log.records[node]
    cdef int op = r.op, code = r.dtype, i, n = table[op].arity
    cdef int32_t operands[2]
    cdef Scalar registers[MOST_REGISTERS + 1]
    cdef Scalar product[2]
    operands[0] = r.a
    operands[1] = r.b
    for i in range(n):
        registers[1 + i] = scalar_operand(s, operands[i])
    registers[1 + n] = scalar_operand(s, node)
    for i in range(n):
        if has_tangent(s, operands[i]):
            product[0] = adjoint_scalar(s, operands[i])
            product[1] = run_on_nodes(s.log, table[op].partial[i].program, &registers[1], code)
            add_scalar(s, node, emit_scalar(s.log, table[op].slope_product[i], product, 2, code))
    return 0


# ------------------------------------------------------------------------------------------------- rows with Python rules

cdef int push_general(Sweep* s, int32_t node) except -1:
    cdef Record* r = &s.log.records[node]
    cdef Row* row = &table[r.op]
    cdef int op = r.op, i, n
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef list tangents, inputs, bundle
    cdef tuple information = <tuple>r.payload.attribute
    cdef int code = r.dtype
    cdef object tangent, output
    n = operand_nodes(s.log, r, &operands, pair)
    tangents = []
    for i in range(n):
        tangents.append(tangent_tensor(s, operands[i]))
        operand_nodes(s.log, &s.log.records[node], &operands, pair)
    for tangent in tangents:
        if tangent is not None:
            break
    else:
        return 0    # a rule above gave none
    inputs = [tensor_at(s, operands[i]) if row.keeps_inputs else None for i in range(n)]
    output = tensor_at(s, node) if row.keeps_output else None
    if not s.batch or row.leading:
        tangent = tangent_of(op, information, code, s.batch, tangents, output, inputs)
    else:
        entries = [tangent_of(op, information, code, 0, [entry_of(t, i) for t in tangents], output, inputs)
                   for i in range(s.batch)]
        if row.multiple:
            tangent = [stacked_entries(list(parts)) for parts in zip(*entries)]
        else:
            tangent = stacked_entries(entries)
    if tangent is None:
        return 0
    if not row.multiple:
        return give_tangent(s, node, <Operand>tangent)
    bundle = <list>tangent
    Py_INCREF(bundle)
    s.adjoint[node - s.low].object = <PyObject*>bundle
    s.state[node - s.low] |= BUNDLE
    s.objects = True
    return 0


cdef object tangent_of(int op, tuple information, int code, npy_intp batch, list tangents, object output, list inputs):
    """The tangent of a record that has a Python rule (a list, where it has several outputs), or None."""
    cdef Row* row = &table[op]
    cdef object attribute, result, total = None
    cdef tuple shapes
    cdef list given
    cdef int k
    attribute, shapes, outputs = information
    if row.pushforward != NULL:
        result = (<object>row.pushforward)(tangents, output, attribute, *inputs)
    elif row.linearity == JOINTLY:
        for t in tangents:
            if t is not None:
                total = t
        result = apply_general(op, [zeros_of_shape(<tuple>shapes[k], (<Operand>total).code, batch) if t is None else t
                                    for k, t in enumerate(tangents)], attribute)
    elif row.linearity == IN_EACH:
        for k, t in enumerate(tangents):
            if t is not None:
                part = apply_general(op, inputs[:k] + [t] + inputs[k + 1:], attribute)
                total = part if total is None else binary(OP_ADD, total, part)
        result = total
    else:
        return transposed_rule(op, information, code, batch, tangents, output, inputs)
    if row.multiple:
        given = list(result)
        if len(given) != len(<tuple>outputs):
            raise ValueError(f"{op_name(op)}: its tangent has {len(given)} parts for {len(<tuple>outputs)} outputs")
        return [None if part is None else checked_tangent(op, part, <tuple>shape, batch)
                for part, (shape, _) in zip(given, outputs)]
    return None if result is None else checked_tangent(op, result, <tuple>outputs, batch)


cdef Operand checked_tangent(int op, object value, tuple shape, npy_intp batch):
    cdef Operand x = kept_operand(value)
    if shape_of(x) != with_batch(shape, batch):
        raise ValueError(f"{op_name(op)}: its tangent has shape {shape_of(x)}; the output has shape {with_batch(shape, batch)}, "
                         f"and they must be equal")
    return x


cdef object transposed_rule(int op, tuple information, int code, npy_intp batch, list tangents, object output, list inputs):
    """A rule is linear in the cotangent, so its own gradient, with respect to the cotangent, pushes tangents forward."""
    cdef Row* row = &table[op]
    cdef Tape tape = Tape(False, False)
    cdef list cotangents, targets = [], seeds = []
    cdef Operand x
    attribute, shapes, outputs = information
    if row.rule == NULL:
        raise no_rule(op)
    if row.multiple:
        cotangents = [zeros_of_shape(shape, own, batch) for shape, own in outputs]
    else:
        cotangents = [zeros_of_shape(<tuple>outputs, code, batch)]
    tape.__enter__()
    try:
        for x in cotangents:
            if differentiable(x.code):
                leaf(tape.log, x, join(tape.log, tape.bit, tape.log.tracer))
        rule = <object>row.rule
        parts = contributions_of(op, <tuple>shapes, batch,
                                 rule(cotangents if row.multiple else cotangents[0], output, attribute, *inputs))
    finally:
        tape.__exit__(None, None, None)
    for part, tangent in zip(parts, tangents):
        if part is not None and tangent is not None:
            targets.append(part)
            seeds.append(tangent)
    results = tape_transpose(tape, targets, cotangents, seeds)
    return results if row.multiple else results[0]


cdef int push_projection(Sweep* s, int32_t node) except -1:
    cdef Record* r = &s.log.records[node]
    cdef object tangent
    if not has_tangent(s, r.a):
        return 0
    tangent = (<list>s.adjoint[r.a - s.low].object)[<int>r.payload.partial[0]]
    return 0 if tangent is None else give_tangent(s, node, <Operand>tangent)


# ------------------------------------------------------------------------------------------------------------ the sweep

cdef int push(Sweep* s) except -1:
    """From the first node to the last."""
    cdef int32_t i = s.low, high = s.high
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef Record* r
    cdef int kind, k, n
    while i <= high:
        if not s.tensors and not s.batch:
            i = push_scalars(s, i)
            if i > high:
                break
        r = &s.log.records[i]
        if s.state[i - s.low] & (NEEDED | REACHED | TAKEN_UP) != NEEDED | REACHED or r.op == OP_LEAF:
            i += 1
            continue
        kind = table[r.op].kind
        if kind == LINEAR:
            if push_linear(s, i):
                i += 1
                continue
        elif kind == MATMUL:
            push_matmul(s, i)
        elif kind == PROJECTION:
            push_projection(s, i)
        elif r.op == op_set_at:
            push_set(s, i)
        elif kind != ELEMENTWISE:
            push_general(s, i)
        elif s.tensors:
            if scalar_alone(s, i):
                push_scalar_tensors(s, i)
            else:
                push_tensors(s, i)
        elif r.flags & PARTIALS and not s.batch:
            push_pole(s, i)
        elif r.flags & PARTIALS:
            push_partials(s, i)
        else:
            push_elementwise(s, i)
        n = operand_nodes(s.log, &s.log.records[i], &operands, pair)
        for k in range(n):
            spend(s, operands[k])
        i += 1
    return 0


cdef list forward(Log* log, uint32_t bit, list targets, list sources, list tangents, npy_intp batch=0):
    """Tangents of the targets for tangents of the sources; None where unconnected.

    With a batch, tangents have a leading axis of that length, and so have the results.
    """
    cdef Sweep s
    cdef Ends e
    cdef list results = []
    cdef int32_t node
    cdef Py_ssize_t i
    cdef Operand tangent
    memset(&s, 0, sizeof(Sweep))
    s.batch = batch
    e.nodes = e.few_nodes
    e.own_adjoints = NULL
    try:
        find_ends(&e, log, bit, targets, sources)
        if e.low <= e.high:
            sweep_open(&s, &e, log, bit, tangents, False)
            mark_needed(&s, &e)
            for i in range(e.sources):
                node = e.nodes[i]
                tangent = <Operand>tangents[i]
                while node >= 0:
                    if node <= s.high and s.state[node - s.low] & NEEDED:
                        give_tangent(&s, node, tangent)
                    node = next_node(log, node, bit)
            push(&s)
            if not s.tensors:
                flush(&s)
        for i in range(e.targets):
            node = e.nodes[e.sources + i]
            if e.low > e.high or not has_tangent(&s, node):
                results.append(None)
            else:
                results.append(collected_tangent(&s, node))
    finally:
        sweep_close(&s, &e)
    return results


cdef Tensor collected_tangent(Sweep* s, int32_t node):
    """A target's tangent as a tensor that shares memory with nothing."""
    cdef Tensor tangent = tangent_tensor(s, node)
    if s.tensors or tangent.scalar:
        return tangent
    # Two references: the sweep's, which goes, and the tensor's own.
    if pooled_memory(<PyObject*>tangent.array) and (<PyObject*>tangent.array).ob_refcnt <= 2:
        return tangent
    return new_tensor(own_copy(tangent.array))
