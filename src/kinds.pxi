# The kinds of rows: for each, how a record pulls a cotangent back to its operands, and how it pushes their tangents on.
#
# A rule is never written here: a record's contributions come from its row's programs (elementwise), from its transpose
# (linear), or from a Python rule over public ops. An elementwise rule is linear in its cotangent and works element by
# element, so the program that pulls a cotangent back also pushes a tangent forward: one function does both. A linear
# op's tangent is the op itself on the tangent; a product's, a term for each factor; where an op has only a Python rule,
# that rule is recorded on a tape and transposed.

cdef object no_rule(int op):
    """The error for a derivative that nobody wrote, which says of which operands, where others have one."""
    cdef list missing = []
    cdef int k
    if table[op].kind == ELEMENTWISE:
        missing = [name for k, name in enumerate((<Op>handles[op_name(op)]).parameters)
                   if table[op].derivative[k] == MISSING]
    cdef str which = f" with respect to {' and '.join(missing)}" if 0 < len(missing) < table[op].arity else ""
    return LookupError(f"gradient registry has no entry for: {op_name(op)}. This op has no derivative{which}; wrap its "
                       f"operand in stop_gradient if none should flow through it, or write one with custom_gradient")

# -------------------------------------------------------------------------------------------------------- elementwise
#
# A record carries what lies at one end of it to the other: its cotangent to each operand, or each operand's tangent to
# itself. What is carried is multiplied by the slope, in the form that numbers have there.

cdef inline bint leads(Sweep* s, int32_t operand) noexcept:
    """Whether an operand has a tangent, or wants a cotangent."""
    return has_tangent(s, operand) if s.forward else wants(s, operand)


cdef inline bint carries(Sweep* s, int op, int i, int32_t operand) except -1:
    """Whether a record has a derivative to carry from, or to, its operand i."""
    cdef int derivative = table[op].derivative[i]
    if not leads(s, operand) or derivative == NOTHING:
        return False
    if derivative == MISSING:
        raise no_rule(op)
    return True


cdef int carry_elementwise(Sweep* s, int32_t node) except -1:
    if s.tensors:
        if scalar_alone(s, node):
            return carry_nodes(s, node)
        return carry_unrun(s, node) if s.nodes else carry_tensors(s, node)
    if s.log.records[node].flags & SCALAR and not s.batch:
        return carry_numbers(s, node)
    return carry_registers(s, node)


cdef int carry_numbers(Sweep* s, int32_t node) except -1:
    """Numbers: times the partials that recording left, of which one is zero, infinite or NaN; else by the row's
    programs."""
    cdef Record* r = &s.log.records[node]
    cdef Row* row = &table[r.op]
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef double numbers[MOST_INPUTS + 2]
    cdef double value, total = 0
    cdef int i, n = row.arity
    cdef bint found = False
    operand_nodes(s.log, r, &operands, pair)
    if not r.flags & PARTIALS:
        for i in range(n):
            numbers[1 + i] = operand_number(s, operands[i])
        numbers[n + 1] = s.log.values[node].number
    for i in range(n):
        if not carries(s, r.op, i, operands[i]):
            continue
        numbers[0] = s.adjoint[(operands[i] if s.forward else node) - s.low].number
        if r.flags & PARTIALS:
            numbers[1] = r.payload.partial[i]
            value = rounded(scalar_eval(row.slope_product[i], numbers, r.dtype), r.dtype)
        else:
            value = run_on_scalars(row.vjp[i], numbers, 0, r.dtype)
        if not s.forward:
            add_number(s, operands[i], value)
        else:
            total = rounded(total + value, r.dtype) if found else value
            found = True
    if found:
        add_number(s, node, total)
    return 0


cdef int carry_registers(Sweep* s, int32_t node) except -1:
    """Arrays, or a batch: registers of the line. A scalar record's partials are numbers there."""
    cdef Record* r = &s.log.records[node]
    cdef Row* row = &table[r.op]
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef int registers[MOST_INPUTS + 2]
    cdef int both[2]
    cdef int i, j, n = row.arity, result, total = -1
    cdef int code_room = 4 if r.flags & PARTIALS else row.code_room
    cdef int register_room = 8 if r.flags & PARTIALS else row.register_room
    cdef uint32_t loaded = 0, uses
    operand_nodes(s.log, r, &operands, pair)
    if s.forward:
        begin_result(s, node, operands, n, code_room + n, register_room + 2 * n)
    else:
        registers[0] = cotangent_register(s, node, code_room, register_room)
    # That may have run kernels without the GIL, and another thread may have made the log grow.
    r = &s.log.records[node]
    operand_nodes(s.log, r, &operands, pair)
    for i in range(n):
        if not carries(s, r.op, i, operands[i]):
            continue
        if s.forward:
            registers[0] = tangent_register(s, operands[i])
        if r.flags & PARTIALS:
            both[0] = registers[0]
            both[1] = line_uniform(s.line, r.payload.partial[i], r.dtype)
            result = line_emit(s.line, row.slope_product[i], both)
        else:
            uses = row.vjp[i].uses >> 1
            for j in range(n + 1):
                if uses & ~loaded & (<uint32_t>1 << j):
                    registers[1 + j] = load_operand(s, node if j == n else operands[j])
            loaded |= uses
            result = line_formula(s.line, row.vjp[i], registers)
        if not s.forward:
            give_register(s, node, i, operands[i], result)
            # Rows may have been added up, in Python, and another thread may have made the log grow.
            r = &s.log.records[node]
            operand_nodes(s.log, r, &operands, pair)
        elif total < 0:
            total = result
        else:
            both[0] = total
            both[1] = result
            total = line_emit(s.line, OP_ADD, both)
    if total >= 0:
        add_register(s, node, total)
    if s.reduction_count:
        flush(s)
    return 0


cdef int give_register(Sweep* s, int32_t node, int i, int32_t operand, int register) except -1:
    """Add a contribution to operand i of a record, summed to its shape where it was broadcast."""
    cdef Record* r = &s.log.records[node]
    cdef Line* line = s.line
    cdef int lead = 1 if s.batch else 0
    cdef tuple shape = None
    if s.log.records[operand].flags & SCALAR:
        # Numbers of another width are beside each other: the array that comes of the register is cast.
        shape = () if not r.flags & SCALAR or s.log.records[operand].dtype != r.dtype else None
    elif r.flags & ATTRIBUTE:
        shape = <tuple>(<tuple>r.payload.attribute)[i]
        if shape_is(shape, line.nd - lead, line.dims + lead):
            shape = None
    if shape is None:
        return add_register(s, operand, register)
    if len(shape) == 0 and not s.batch:
        line_sum(line, register, s.reduction_count)
        s.reductions[s.reduction_count].shape = NULL
    else:
        line_want(line, register)
        s.reductions[s.reduction_count].shape = <PyObject*>shape    # the record holds it
    s.reductions[s.reduction_count].node = operand
    s.reductions[s.reduction_count].register = register
    s.reduction_count += 1
    return 0


cdef inline bint of_number(Sweep* s, int32_t node) noexcept:
    """Whether what has come to a scalar node, if anything has, is a number: beside values it may be what has a shape
    alone (unrun.pxi)."""
    return (node < s.low or s.state[node - s.low] & KIND_MASK != TENSOR
            or (<Operand>s.adjoint[node - s.low].object).scalar != NOT_SCALAR)


cdef bint scalar_alone(Sweep* s, int32_t node) noexcept:
    """Whether a record is of scalars of one dtype, and the log the one that is recorded on: then no object need be
    made."""
    cdef Record* r = &s.log.records[node]
    return (r.flags & PARTIALS and s.linked and not s.batch
            and (r.a < 0 or s.log.records[r.a].dtype == r.dtype) and (r.b < 0 or s.log.records[r.b].dtype == r.dtype)
            and (of_number(s, r.a) and of_number(s, r.b) if s.forward else of_number(s, node)))


cdef int carry_nodes(Sweep* s, int32_t node) except -1:
    """Scalars, recorded on the same log: times the partial, as in a sweep that is not recorded, to the last bit."""
    cdef Record* r = &s.log.records[node]
    cdef int op = r.op, code = r.dtype, i, n = table[op].arity
    cdef int32_t operands[2]
    cdef NodeEmitter to
    cdef Scalar pair[2]
    cdef Scalar both[2]
    cdef bint found = False
    to.log = s.log
    to.code = code
    operands[0] = r.a
    operands[1] = r.b
    if not s.forward:
        pair[0] = adjoint_scalar(s, node)
        if not s.state[node - s.low] & SOURCE:
            drop(s, node)
    for i in range(n):
        to.registers[i] = scalar_operand(s, operands[i])
    to.registers[n] = scalar_operand(s, node)
    for i in range(n):
        if not leads(s, operands[i]):
            continue
        if s.forward:
            pair[0] = adjoint_scalar(s, operands[i])
        pair[1] = run_on_nodes(&to, table[op].partial[i].program)
        both[1] = emit_scalar(s.log, table[op].slope_product[i], pair, 2, code)
        if not s.forward:
            add_scalar(s, operands[i], both[1])
        else:
            both[0] = emit_scalar(s.log, OP_ADD, both, 2, code) if found else both[1]
            found = True
    if found:
        add_scalar(s, node, both[0])
    return 0


cdef int carry_unrun(Sweep* s, int32_t node) except -1:
    """Arrays, and what is no number alone, recorded by nodes: a reverse sweep, of operands of one dtype."""
    cdef Record* r = &s.log.records[node]
    cdef int op = r.op, i, n = table[op].arity
    cdef int32_t pair[2]
    cdef int32_t operands[MOST_INPUTS]
    cdef int32_t* nodes
    cdef int32_t part
    cdef NodeEmitter to
    to.log = s.log
    to.code = r.dtype
    operand_nodes(s.log, r, &nodes, pair)
    for i in range(n):
        operands[i] = nodes[i]
    to.registers[0] = spent_node(s, node)
    for i in range(n):
        to.registers[1 + i] = rule_operand(s, operands[i])
    to.registers[1 + n] = rule_operand(s, node)
    for i in range(n):
        if carries(s, op, i, operands[i]):
            # (A rule that does not depend on the cotangent gives less than its shape.)
            part = node_of(s.log, run_unrun(&to, table[op].vjp[i]), to.code)
            part = node_spread(s.log, part, s.log.shapes[node])
            give_node(s, operands[i], node_summed(s.log, part, s.log.shapes[operands[i]]))
    return 0


cdef int carry_tensors(Sweep* s, int32_t node) except -1:
    """Anything, recorded."""
    cdef Record* r = &s.log.records[node]
    cdef Row* row = &table[r.op]
    cdef int op = r.op, code = r.dtype, i, n = row.arity
    cdef int32_t pair[2]
    cdef int32_t operands[MOST_INPUTS]
    cdef int32_t* nodes
    cdef list registers
    cdef tuple shapes = <tuple>r.payload.attribute if r.flags & ATTRIBUTE else None, whole = ()
    cdef Operand part, total = None
    operand_nodes(s.log, r, &nodes, pair)
    for i in range(n):
        operands[i] = nodes[i]
    registers = [None] + [tensor_at(s, operands[i]) for i in range(n)] + [tensor_at(s, node)]
    if s.forward:
        whole = result_shape(s, node, shapes, operands, n)
    else:
        registers[0] = spent(s, node)
    for i in range(n):
        if not carries(s, op, i, operands[i]):
            continue
        if s.forward:
            registers[0] = cast_operand(aligned_tensor(<Operand>tangent_at(s, operands[i]), s.batch, <int>len(whole)),
                                        code)
        part = times_slope(s, node, i, registers)
        if s.forward:
            total = part if total is None else <Operand>binary(OP_ADD, total, part)
            continue
        # A rule that does not depend on the cotangent (sign's: zero) gives less than its shape.
        if not alike(part, <Operand>registers[0]):
            part = broadcast_tensor(part, shape_of(<Operand>registers[0]))
        if shapes is not None:
            part = sum_tensor_to(part, () if shapes[i] is None else <tuple>shapes[i], s.batch)
        add_tensor(s, operands[i], part)
    return 0 if total is None else add_tensor(s, node, broadcast_tensor(total, whole))


cdef tuple result_shape(Sweep* s, int32_t node, tuple shapes, int32_t* operands, int n):
    """The shape of a record's tangent."""
    cdef int i
    if shapes is not None:
        return with_batch(<tuple>shapes[3], s.batch)
    if s.log.records[node].flags & SCALAR:
        return with_batch((), s.batch)
    for i in range(n):      # nothing was broadcast: every tangent has it
        if has_tangent(s, operands[i]):
            return shape_of(<Operand>tangent_at(s, operands[i]))
    return ()


cdef Operand times_slope(Sweep* s, int32_t node, int i, list registers):
    """What is carried along operand i of an elementwise record; the registers are those of the row's program. Of a
    scalar record the partial times the first, as a sweep computes it that is not recorded."""
    cdef Record* r = &s.log.records[node]
    cdef Row* row = &table[r.op]
    cdef object part
    if r.flags & PARTIALS and not s.batch:
        part = run_on_tensors(row.partial[i].program, registers[1:])
        if type(part) is float and part == 1.0:
            part = registers[0]
        else:
            part = binary(table[r.op].slope_product[i], registers[0], part)
    else:
        part = run_on_tensors(row.vjp[i], registers)
    if part is NotImplemented:
        raise RuntimeError(f"{op_name(r.op)}: the value of an operand, which its derivative needs, is not there")
    return <Operand>part if isinstance(part, Operand) else operand_beside(part, <Operand>registers[0])


cdef object apply_elementwise(int op, list operands, object attribute):
    if len(operands) == 1:
        return apply1(op, <Operand>operands[0])
    if len(operands) == 2:
        return binary(op, operands[0], operands[1])
    return elementwise(op, <Operand>operands[0], <Operand>operands[1], <Operand>operands[2])


set_rules(ELEMENTWISE, carry_elementwise, carry_elementwise, apply_elementwise)


# ------------------------------------------------------------------------------------------------------------- linear

cdef int pull_linear(Sweep* s, int32_t node) except -1:
    cdef Record* r = &s.log.records[node]
    cdef int32_t a = r.a
    cdef int op = r.op
    cdef object attribute = <object>r.payload.attribute, cotangent
    if not wants(s, a):
        return 0
    if s.nodes:     # (of which no kernel finds the shape)
        return give_node(s, a, append_linear(s.log, table[op].partner, spent(s, node),
                                             transposed_attribute(op, attribute), s.log.records[a].dtype,
                                             s.log.shapes[a]))
    if (table[op].plan == PLAN_SUM and r.flags & SCALAR and not s.batch and not s.tensors
        and not s.log.records[a].flags & SCALAR
            and s.log.records[a].dtype == r.dtype):
        return spread_number(s, node, a, <tuple>(<tuple>attribute)[0])
    cotangent = spent(s, node)
    if add_in_place(s, op, a, cotangent, attribute):
        return 0
    return give(s, a, transpose_value(s, op, cotangent, attribute))


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

cdef bint add_in_place(Sweep* s, int op, int32_t a, object cotangent, object attribute) except -1:
    """Add the cotangent of a part to its place in what has come to the whole, so that n parts of n elements cost n, not
    n squared. False where nothing has come yet, or it is not for us to write to."""
    cdef PyObject* held
    cdef int part = table[op].part
    if part == NO_PART:
        return False
    if part == PART_ROWS and takes_slices(s, a):
        add_slices(s, a, as_tensor(cotangent) if s.tensors else tensor_alone(<PyObject*>cotangent), attribute)
        return True
    if s.tensors:
        return part == PART_SLICE and add_to_part(s, a, <Operand>cotangent, (<tuple>attribute)[1])
    if s.state[a - s.low] & KIND_MASK == IN_LINE and (part == PART_ROWS or is_small_part(s.line, <ndarray>cotangent)):
        flush(s)
    if s.state[a - s.low] & KIND_MASK != ARRAY:
        return False
    held = s.adjoint[a - s.low].object
    if not is_sole(held) or not pooled_memory(held) or type_code(<ndarray>cotangent) != type_code(<ndarray>held):
        return False
    if part == PART_ROWS and not s.batch:
        change_rows(OP_ADD, <ndarray>held, row_numbers((<tuple>attribute)[1]), laid_out(cotangent))
        return True
    if part == PART_ROWS:
        return False
    if s.batch:
        attribute = batch_attributes(op, attribute, s.batch)
    if attribute is None:
        return False
    if part == PART_SLICE:
        add_into_slice(<ndarray>held, (<tuple>attribute)[1], <ndarray>cotangent)
    else:
        numpy.add.at(<ndarray>held, (<tuple>attribute)[1], cotangent)
    return True


cdef int add_into_slice(ndarray whole, object index, ndarray part) except -1:
    cdef Operands o
    cdef int code = type_code(whole)
    cdef char* place = element_at(whole, index) if code == NPY_DOUBLE or code == NPY_FLOAT else NULL
    if place != NULL and PyArray_NDIM(part) == 0:
        write_number(place, code, rounded(read_number(place, code) + read_scalar(part), code))
        return 0
    view = whole[index] if PyArray_NDIM(part) else whole[index if isinstance(index, tuple) and Ellipsis in index
                                                         else ((index if isinstance(index, tuple)
                                                                else (index,)) + (Ellipsis,))]
    cdef ndarray at = view
    o.count = 3
    set_dims(&o, at)
    set_operand(&o, 0, at)
    set_operand(&o, 1, part)
    set_operand(&o, 2, at)
    run_operands(&table[OP_ADD], type_code(whole), &o)
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
    part = <Operand>binary(OP_ADD, picked_tensor(total, index, None), g)
    drop(s, a)
    total = set_at(total, index, part, True)
    set_tensor(s, a, total)
    return True

cdef int push_linear(Sweep* s, int32_t node) except -1:
    cdef Record* r = &s.log.records[node]
    cdef int32_t a = r.a
    cdef int op = r.op
    cdef object attribute = <object>r.payload.attribute
    if not has_tangent(s, a):
        return 0
    if table[op].plan == PLAN_SUM and r.flags & SCALAR and not s.batch and s.state[a - s.low] & KIND_MASK == IN_LINE:
        # A sum over everything: the line adds up as it runs, and the tangent needs no array.
        line_sum(s.line, <int>s.adjoint[a - s.low].register, 0)
        s.reductions[0].node = node
        s.reductions[0].register = <int>s.adjoint[a - s.low].register
        s.reductions[0].shape = NULL
        s.reduction_count = 1
        spend(s, a)
        flush(s)
        return 1
    return give(s, node, linear_value(s, op, tangent_at(s, a), attribute))


cdef object apply_to_one(int op, list operands, object attribute):
    return apply_linear(op, <Operand>operands[0], attribute)


set_rules(LINEAR, pull_linear, push_linear, apply_to_one)


# ----------------------------------------------------------------------------------------------------------- bilinear

cdef int pull_product(Sweep* s, int32_t node) except -1:
    """Of op(a) @ op(b): g @ op(b).T and op(a).T @ g, transposed where the factor is."""
    cdef Record* r = &s.log.records[node]
    cdef int32_t a = r.a, b = r.b
    cdef tuple flags = <tuple>r.payload.attribute
    cdef bint ta = flags[0], tb = flags[1]
    cdef object g, x, y
    if not (wants(s, a) or wants(s, b)):
        return 0
    g = spent(s, node)
    x = value_at(s, a) if wants(s, b) else None
    y = value_at(s, b) if wants(s, a) else None
    if y is not None:
        y = product(s, y, tb, g, True) if ta else product(s, g, False, y, not tb)
        give(s, a, y if len(flags) == 2 else reduced(s, y, <tuple>flags[2]))
    if x is not None:
        if len(flags) > 2 and not ta and is_one_for_all(<tuple>flags[2], <tuple>flags[3]):
            # The sum of the products of a stack is one product: of all rows.
            x = stacked_rows(s, x, 0)
            g = stacked_rows(s, g, s.batch)
            x = product(s, g, True, x, False) if tb else product(s, x, True, g, False)
            give(s, b, with_shape(s, x, with_batch(<tuple>flags[3], s.batch)))
            return 0
        x = product(s, g, True, x, ta) if tb else product(s, x, not ta, g, False)
        give(s, b, x if len(flags) == 2 else reduced(s, x, <tuple>flags[3]))
    return 0


cdef bint is_one_for_all(tuple stack, tuple other):
    """Whether matrices of one shape are a stack, and those of the other one matrix."""
    cdef npy_intp length, count = 1, alone = 1
    for length in stack[:-2]:
        count *= length
    for length in other[:-2]:
        alone *= length
    return count > 1 and alone == 1


cdef int push_product(Sweep* s, int32_t node) except -1:
    cdef Record* r = &s.log.records[node]
    cdef int32_t a = r.a, b = r.b
    cdef tuple flags = <tuple>r.payload.attribute
    cdef bint ta = flags[0], tb = flags[1]
    cdef int nd = 2 if len(flags) == 2 else <int>max(len(<tuple>flags[2]), len(<tuple>flags[3]))
    cdef object x = tangent_at(s, a), y = tangent_at(s, b)
    if s.batch:
        nd += 1
    if x is not None:
        give(s, node, product(s, lined_up(s, x, nd), ta, value_at(s, b), tb))
    if y is not None:
        give(s, node, product(s, value_at(s, a), ta, lined_up(s, y, nd), tb))
    return 0


cdef object apply_product(int op, list operands, object attribute):
    return apply_matmul(<Operand>operands[0], <Operand>operands[1], attribute[0], attribute[1])


set_rules(MATMUL, pull_product, push_product, apply_product)


# ------------------------------------------------------------------------------------------------------------- updates
#
# Linear in both operands together: what is written into, and what is written.

ctypedef struct Update:
    int32_t whole               # the operands' nodes
    int32_t part
    PyObject* attribute         # what the record holds: (the shape of the whole, the index),
    PyObject* selected          # and the shape of the part


cdef inline Update update_at(Sweep* s, int32_t node) noexcept:
    cdef Record* r = &s.log.records[node]
    cdef Update u
    u.whole = s.log.operands[r.a]
    u.part = s.log.operands[r.a + 1]
    u.attribute = <PyObject*>(<tuple>r.payload.attribute)[0]
    u.selected = <PyObject*>(<tuple>(<tuple>r.payload.attribute)[1])[1]
    return u


cdef object index_behind(Sweep* s, int32_t node, tuple attribute):
    """The index behind the batch's axis, where there is one; None where NumPy would put the axes elsewhere."""
    cdef object behind = batch_attributes(s.log.records[node].op, attribute, s.batch) if s.batch else attribute
    return None if behind is None else (<tuple>behind)[1]


cdef int pull_update(Sweep* s, int32_t node) except -1:
    """The part goes to what was written, and zeros to its place in what was written into."""
    cdef Update u = update_at(s, node)
    cdef tuple attribute = <tuple>u.attribute, selected = <tuple>u.selected
    cdef object index = attribute[1], behind, g, kept
    cdef bint want_whole = wants(s, u.whole), want_part = wants(s, u.part)
    cdef npy_intp i
    if not (want_whole or want_part):
        return 0
    g = spent(s, node)
    if want_whole:
        g = own_value(s, g)
    if not s.tensors and not s.batch and pull_element(s, &u, g, index):
        return 0
    behind = index_behind(s, node, attribute)
    kept = staying(index, attribute[0]) if want_part else None
    if s.batch and behind is None:
        if want_part:
            give(s, u.part, stacked(s, [picked(s, entry(s, g, i), index, kept) for i in range(s.batch)]))
        if want_whole:
            give(s, u.whole, stacked(s, [written(s, entry(s, g, i), index, None, selected) for i in range(s.batch)]))
        return 0
    if want_part:
        give(s, u.part, picked(s, g, behind, kept))
    if want_whole:
        give(s, u.whole, written(s, g, behind, None, with_batch(selected, s.batch)))
    return 0


cdef bint pull_element(Sweep* s, Update* u, ndarray g, object index) except -1:
    """The same for one element, as the elements of a vector are written in a loop."""
    cdef char* at = element_at(g, index)
    cdef int code = PyArray_TYPE(g)
    if at == NULL or not (code == NPY_DOUBLE or code == NPY_FLOAT):
        return False
    if wants(s, u.part):
        add_number(s, u.part, (<double*>at)[0] if code == NPY_DOUBLE else (<float*>at)[0])
    if wants(s, u.whole):
        write_number(at, code, 0)
        add_array(s, u.whole, g)
    return True


cdef int push_update(Sweep* s, int32_t node) except -1:
    """The tangent of a write is a write of tangents."""
    cdef Update u = update_at(s, node)
    cdef tuple attribute = <tuple>u.attribute, selected = <tuple>u.selected
    cdef object index = attribute[1], behind = index_behind(s, node, attribute), x, y
    cdef int code = s.log.records[node].dtype
    cdef npy_intp i
    y = tangent_at(s, u.part)
    x = tangent_at(s, u.whole)
    if x is None and y is None:
        return 0
    if x is None:
        x = zeros_value(s, attribute[0], code)
    elif s.left != NULL and s.left[u.whole - s.low] == 1:
        drop(s, u.whole)            # no other record is to read it
    if s.batch and behind is None:
        x = stacked(s, [written(s, entry(s, x, i), index, None if y is None else entry(s, y, i), selected)
                        for i in range(s.batch)])
    else:
        x = written(s, x, behind, y, with_batch(selected, s.batch))
    return give(s, node, x)


set_rules(UPDATE, pull_update, push_update, apply_general)


# ------------------------------------------------------------------------------------------- rows with Python rules

cdef list general_contributions(Sweep* s, int32_t node, object g):
    """Call a Python rule: rule(cotangent, output, attributes, *operands) -> one contribution an operand, or None.

    The cotangent of a record of several outputs is a list; what no cotangent reached is zeros. Of a rule for each
    operand, those are called whose contribution somebody wants.
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
    operand_nodes(s.log, &s.log.records[node], &operands, pair)
    wanted = [wants(s, operands[i]) for i in range(n)]
    if not s.batch or row.leading:
        return contributions_of(op, shapes, s.batch, contributions_by(rule, wanted, g, output, attribute, inputs))
    rows = [contributions_of(op, shapes, 0, contributions_by(rule, wanted, entry_of(g, i), output, attribute, inputs))
            for i in range(s.batch)]
    return [stacked_entries(list(entries)) for entries in zip(*rows)]


cdef object contributions_by(object rule, list wanted, object g, object output, object attribute, list inputs):
    """What a rule gives; of one for each operand, those are called whose contribution somebody wants."""
    if type(rule) is not tuple:
        return rule(g, output, attribute, *inputs)
    return [part(g, output, attribute, *inputs) if asked else None for part, asked in zip(<tuple>rule, wanted)]


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
            raise ValueError(f"{op_name(op)}: its derivative with respect to operand {k} has shape {shape_of(x)}; "
                             f"the operand has shape {with_batch(<tuple>shapes[k], batch)}, and they must be equal")
        checked.append(x)
    return checked


cdef Operand kept_operand(object value):
    """What a rule gave, as an operand that nobody writes to: an array may be a rule's buffer for the next call."""
    cdef Operand x = as_operand(value)
    return new_tensor(own_copy(x.array)) if x.borrowed and not x.scalar else x

cdef int pull_general(Sweep* s, int32_t node) except -1:
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef int i, n
    cdef object g = spent(s, node)
    cdef list contributions = general_contributions(s, node, g if isinstance(g, list) else as_tensor(g))
    n = operand_nodes(s.log, &s.log.records[node], &operands, pair)
    for i in range(n):
        if wants(s, operands[i]) and contributions[i] is not None:
            give(s, operands[i], contributions[i])
            operand_nodes(s.log, &s.log.records[node], &operands, pair)
    return 0


cdef int push_general(Sweep* s, int32_t node) except -1:
    cdef Record* r = &s.log.records[node]
    cdef Row* row = &table[r.op]
    cdef int op = r.op, i, n
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef list tangents, inputs
    cdef tuple information = <tuple>r.payload.attribute
    cdef int code = r.dtype
    cdef object tangent, output
    n = operand_nodes(s.log, r, &operands, pair)
    tangents = []
    for i in range(n):
        tangent = tangent_at(s, operands[i])
        tangents.append(None if tangent is None else as_tensor(tangent))
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
        return give(s, node, tangent)
    bundle_at(s, node, <list>tangent)
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
        raise ValueError(f"{op_name(op)}: its tangent has shape {shape_of(x)}; the output has shape "
                         f"{with_batch(shape, batch)}, and they must be equal")
    return x


cdef object transposed_rule(int op, tuple information, int code, npy_intp batch, list tangents, object output,
                            list inputs):
    """A rule is linear in the cotangent, so its own gradient, with respect to the cotangent, pushes tangents
    forward."""
    cdef Row* row = &table[op]
    cdef Tape tape = Tape(False, False, trace=False)
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
        parts = contributions_of(op, <tuple>shapes, batch,
                                 contributions_by(<object>row.rule, [tangent is not None for tangent in tangents],
                                                  cotangents if row.multiple else cotangents[0], output, attribute,
                                                  inputs))
    finally:
        tape.__exit__(None, None, None)
    for part, tangent in zip(parts, tangents):
        if part is not None and tangent is not None:
            targets.append(part)
            seeds.append(tangent)
    results = tape_transpose(tape, targets, cotangents, seeds)
    return results if row.multiple else results[0]

set_rules(GENERAL, pull_general, push_general, apply_general)


# ------------------------------------------------------------------------------------------ one output of several

cdef list bundle_at(Sweep* s, int32_t node, list bundle):
    """What has come to the outputs of a record of several: a tensor or None for each. What is given is put there."""
    cdef int32_t k = node - s.low
    if s.state[k] & KIND_MASK:
        return <list>s.adjoint[k].object
    Py_INCREF(bundle)
    s.adjoint[k].object = <PyObject*>bundle
    s.state[k] |= BUNDLE
    s.objects = True
    return bundle


cdef int pull_projection(Sweep* s, int32_t node) except -1:
    """The cotangent of one output joins those of its record."""
    cdef Record* r = &s.log.records[node]
    cdef int32_t whole = r.a
    cdef int k = r.payload.output
    if not wants(s, whole):
        return 0
    outputs = <tuple>(<tuple>s.log.records[whole].payload.attribute)[2]
    bundle_at(s, whole, [None] * len(outputs))[k] = as_tensor(spent(s, node))
    return 0


cdef int push_projection(Sweep* s, int32_t node) except -1:
    cdef Record* r = &s.log.records[node]
    cdef object tangent
    if not has_tangent(s, r.a):
        return 0
    tangent = bundle_at(s, r.a, None)[r.payload.output]
    return 0 if tangent is None else give(s, node, tangent)


set_rules(PROJECTION, pull_projection, push_projection, NULL)     # (which is no op that anybody applies)
