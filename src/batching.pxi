# Batching: a program of one example, applied to many at once, along a leading axis.
#
# Each record is applied to operands of which some have the axis and others are the same for all examples. Shapes are
# aligned from the end, so an operand of fewer dimensions gets axes of one behind the leading one; attributes are told
# of the axis as the sweeps of a Jacobian tell them (batch_attributes). What is applied here is recorded, or traced, like
# any op: the result is a program too.

cdef Operand lifted(Operand x, tuple shape, int nd, npy_intp n):
    """A value of `shape` for each example, with axes of one behind the leading axis, to have nd of its own."""
    if len(shape) >= nd:
        return x
    whole = (n,) + shape
    return apply_linear(OP_RESHAPE, x, (whole, (n,) + (1,) * (nd - <int>len(shape)) + shape))


cdef Operand repeated(Operand x, npy_intp n):
    """The same value for each example."""
    cdef tuple shape = shape_of(x)
    x = apply_linear(OP_RESHAPE, x, (shape, (1,) + shape))
    return apply_linear(OP_BROADCAST, x, ((n,) + shape, (1,) + shape, (1,) + shape))


cdef Operand apply_to_batch(ProgramCore p, int32_t node, list values, list batched, npy_intp n):
    """One record on operands of which at least one has the leading axis."""
    cdef Record* r = &p.records[node]
    cdef Row* row = &table[r.op]
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int op = r.op, k, count = p.nodes_of(node, &nodes, pair), nd, own = count
    cdef object attribute = p.attribute(node)
    cdef list operands = [values[nodes[k]] for k in range(count)]
    cdef list flags = [batched[nodes[k]] for k in range(count)]
    cdef list shapes = [p.shape(nodes[k]) for k in range(count)]
    if r.flags & HOLES:
        return apply_holes_to_batch(p, node, operands, flags, shapes, attribute, n)
    if row.kind == ELEMENTWISE:
        nd = <int>len(p.shape(node))
        operands = [lifted(<Operand>operands[k], shapes[k], nd, n) if flags[k] else operands[k] for k in range(count)]
        if not row.ready:
            prepare(op)
        if count == 1:
            return apply1(op, <Operand>operands[0])
        if count == 2:
            return binary(op, operands[0], operands[1])
        return elementwise(op, <Operand>operands[0], <Operand>operands[1], <Operand>operands[2])
    if row.kind == MATMUL:
        nd = max(len(shapes[0]), len(shapes[1]))
        operands = [lifted(<Operand>operands[k], shapes[k], nd, n) if flags[k] else operands[k] for k in range(2)]
        return apply_matmul(<Operand>operands[0], <Operand>operands[1], attribute[0], attribute[1])
    if row.kind == LINEAR:
        if op == OP_GATHER_ROWS:
            return apply_linear(OP_TAKE, <Operand>operands[0], ((n,) + shapes[0], (slice(None), attribute[1])))
        changed = batch_attributes(op, attribute, n)
        if changed is not None:
            return apply_linear(op, <Operand>operands[0], changed)
    elif row.leading or row.batched != NULL:
        changed = attribute if row.batched == NULL else (<object>row.batched)(attribute, n)
        if row.batched == NULL or changed is not None:
            operands = [operands[k] if flags[k] else repeated(<Operand>operands[k], n) for k in range(count)]
            return apply_general(op, operands, changed)
    return example_by_example(p, node, operands, flags, attribute, n)


cdef enum:
    MOST_SINGLE = 4096          # examples that are computed one by one


cdef Operand example_by_example(ProgramCore p, int32_t node, list operands, list flags, object attribute, npy_intp n):
    """An op that nobody taught to take a leading axis."""
    cdef int op = p.records[node].op, k
    cdef npy_intp i
    cdef list results = []
    if n > MOST_SINGLE or n == 0:
        raise NotImplementedError(f"{op_name(op)} has no rule for a leading axis, and {n} examples are "
                                  + ("too many" if n else "too few") + " to compute one by one; give its row one "
                                  f"(`batched=`), or write the function for all examples at once")
    for i in range(n):
        these = [getitem(<Operand>operands[k], i) if flags[k] else operands[k] for k in range(len(operands))]
        results.append(apply_linear(op, <Operand>these[0], attribute) if table[op].kind == LINEAR
                       else apply_general(op, these, attribute))
    return public_stack(results, None)


cdef Operand apply_holes_to_batch(ProgramCore p, int32_t node, list operands, list flags, list shapes, object attribute,
                                  npy_intp n):
    """An op that reads some of its attributes from values: look-ups by index."""
    cdef int op = p.records[node].op
    cdef Operand index, values, x = <Operand>operands[0]
    cdef tuple whole
    if (op == OP_GATHER_ROWS or (op == OP_TAKE and isinstance(attribute[1], Hole))) and len(operands) == 2:
        index = <Operand>operands[1]
        if flags[0] and not flags[1]:
            return apply_linear(OP_TAKE, x, ((n,) + shapes[0], (slice(None), lend(index) if traces else array_of(index))))
        if not flags[0]:
            return apply_linear(op, x, (shapes[0], lend(index) if traces else array_of(index)))
        # Rows of its own for each example: all the rows end to end, and indices that count on from example to example.
        whole = <tuple>shapes[0]
        x = apply_linear(OP_RESHAPE, x, ((n,) + whole, (n * <npy_intp>whole[0],) + whole[1:]))
        steps = (numpy.arange(n) * <npy_intp>whole[0]).astype(dtype_objects[index.code]).reshape((n,) + (1,) * len(shapes[1]))
        if op == OP_TAKE:
            negative = binary(OP_LESS, index, new_tensor(numpy.zeros((), dtype_objects[index.code])))
            index = <Operand>elementwise(OP_SELECT, <Operand>negative, <Operand>binary(
                OP_ADD, index, new_tensor(numpy.array(whole[0], dtype_objects[index.code]))), index)
        index = <Operand>binary(OP_ADD, index, new_tensor(steps))
        return apply_linear(OP_TAKE, x, (shape_of(x), lend(index) if traces else array_of(index)))
    if op == op_set_at and isinstance(attribute[1], Hole) and len(operands) == 3:
        whole = <tuple>attribute[0]
        x = x if flags[0] else repeated(x, n)
        values = operands[1] if flags[1] else repeated(<Operand>operands[1], n)
        index = <Operand>operands[2]
        if not flags[2]:
            return set_at(x, (slice(None), lend(index) if traces else array_of(index)), values, False)
        rows = numpy.arange(n).reshape((n,) + (1,) * len(shapes[2]))
        return set_at(x, (rows, lend(index) if traces else array_of(index)), values, False)
    raise NotImplementedError(f"{op_name(op)} by values that differ between examples has no rule for a leading axis")


def apply_to_examples(ProgramCore p, list arguments, list batched_arguments, list variables, list captures, npy_intp n):
    """Apply a program to n examples: arguments with the flag have a leading axis.

    Returns the outputs, for each whether it has the axis, and what the guards ask of each example: [(n truth values,)].
    """
    cdef list values = [None] * p.count, batched = [False] * p.count, conditions = []
    cdef int32_t i
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, count
    cdef Record* r
    if p.assigned:
        raise ValueError("a function that assigns to variables cannot be applied to many examples at once")
    for k in range(len(p.captures)):
        values[<int32_t>(<tuple>p.captures[k])[0]] = captures[k]
    for k in range(p.input_count):
        values[k] = arguments[k]
        batched[k] = batched_arguments[k]
    for k in range(len(p.variables)):
        values[p.input_count + k] = variables[k]
    for i in range(p.input_count + <int>len(p.variables), p.count):
        r = &p.records[i]
        if r.op == OP_CONSTANT:
            if values[i] is None:
                values[i] = p.constant(i)
            continue
        if r.op == OP_GUARD:
            if batched[r.a]:
                conditions.append(condition_of(p, i, <Operand>values[r.a], n))
            else:
                repeat_guard(p, i, <Operand>values[r.a])
            continue
        count = p.nodes_of(i, &nodes, pair)
        for k in range(count):
            batched[i] = batched[i] or batched[nodes[k]]
        if has_effect(r.op):        # numbers of its own for each example
            values[i] = draw_for_each(p, i, n)
            batched[i] = True
        elif batched[i]:
            values[i] = apply_to_batch(p, i, values, batched, n)
        else:
            values[i] = apply_record(p, i, values)
    return [values[node] for node in p.outputs], [batched[node] for node in p.outputs], conditions


cdef Operand draw_for_each(ProgramCore p, int32_t node, npy_intp n):
    kind, seed, sizes, dtype, first, second = p.attribute(node)
    if kind == "permutation":
        return public_stack([apply_general(p.records[node].op, [], p.attribute(node)) for _ in range(n)], None)
    return apply_general(p.records[node].op, [], (kind, seed, (n,) + tuple(sizes), dtype, first, second))


cdef Operand condition_of(ProgramCore p, int32_t node, Operand x, npy_intp n):
    """For which examples a guard holds."""
    cdef Operand same, expected = p.constant(node)
    cdef tuple shape = p.shape(node)
    if p.records[node].payload.partial[0]:      # truth
        if x.code != NPY_BOOL:
            x = <Operand>binary(OP_NOT_EQUAL, x, new_tensor(numpy.zeros((), dtype_objects[x.code])))
        if bool_of(expected):
            return apply_linear(OP_RESHAPE, x, (shape_of(x), (n,)))
        return apply_linear(OP_RESHAPE, <Operand>apply1(opcode_by_name["logical_not"], x), (shape_of(x), (n,)))
    same = <Operand>binary(OP_EQUAL, x, expected)
    if len(shape) == 0:
        return same
    whole = shape_of(same)
    counted = apply_linear(OP_CAST, same, (dtype_objects[NPY_BOOL], np_int64))
    counted = apply_linear(OP_SUM, counted, (whole, (n,) + (1,) * len(shape), (n,)))
    size = 1
    for length in shape:
        size *= length
    return <Operand>binary(OP_EQUAL, counted, new_tensor(numpy.array(size)))
