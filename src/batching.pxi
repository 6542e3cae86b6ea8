# Batching: a program of one example, applied to many at once, along a leading axis.
#
# Each record is applied to operands of which some have the axis and others are the same for all examples. Shapes are
# aligned from the end, so an operand of fewer dimensions gets axes of one behind the leading one; attributes are told
# of the axis as the sweeps of a Jacobian tell them (batch_attributes), or the row says what to do (`examples`). Where
# neither helps, the op is applied to one example after the other. What is applied here is recorded, or traced, like any
# op: the result is a program too.

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
    """One record on operands of which at least one has the leading axis; or one that gives each example its own
    value."""
    cdef int op = p.records[node].op, k, nd, own
    cdef Row* row = &table[op]
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int count = p.nodes_of(node, &nodes, pair)
    cdef object attribute = p.attribute(node), changed
    cdef list operands = [values[nodes[k]] for k in range(count)]
    cdef list flags = [batched[nodes[k]] for k in range(count)]
    if row.kind == ELEMENTWISE or row.kind == MATMUL:   # shapes are aligned from the end
        nd = <int>len(p.shape(node))
        operands = [lifted(<Operand>operands[k], p.shape(nodes[k]), nd, n) if flags[k] else operands[k]
                    for k in range(count)]
        return apply_op(op, operands, attribute)
    own = own_operands(p, node, count)
    if own < count:         # numbers that are read anew stand in the attributes as tensors, with the axis
        attribute = fill_holes(attribute,
                               [operands[k] if flags[k] else repeated(<Operand>operands[k], n) for k in range(count)])
    if row.examples != NULL:
        result = (<object>row.examples)(attribute, operands[:own], flags[:own], n)
        if result is not None:
            return result
    changed = batch_attributes(op, attribute, n) if own == count or row.batched != NULL else None
    if changed is None:
        if not (row.leading and row.batched == NULL and own == count):
            return example_by_example(p, node, operands, flags, n)
        changed = attribute
    operands = [operands[k] if flags[k] else repeated(<Operand>operands[k], n) for k in range(own)]
    return apply_op(op, operands, with_arrays(changed))


def is_product(ProgramCore p, int32_t node):
    """Whether a record is a product of matrices: much work for what it reads and writes."""
    cdef Record* r = record_at(p, node)
    return computes(r) and table[r.op].kind == MATMUL


def takes_examples(ProgramCore p, int32_t node):
    """Whether a record can surely be applied to many examples at once, and not to one after the other."""
    cdef Record* r = record_at(p, node)
    cdef Row* row = &table[r.op]
    cdef int count
    cdef int32_t pair[2]
    cdef int32_t* nodes
    if is_constant(r) or computes(r) and (row.kind == ELEMENTWISE or row.kind == MATMUL):
        return True
    if not computes(r) or row.examples != NULL:
        return False
    count = p.nodes_of(node, &nodes, pair)
    if own_operands(p, node, count) < count:
        return False
    return row.leading or batch_attributes(r.op, p.attribute(node), 1) is not None


cdef bint is_column_wise(ProgramCore p, int32_t node, bint across) noexcept:
    """Whether the matrices of many examples, one behind the other, are one matrix, whose rows are added up over where
    they are multiplied: rows of one, or as many rows as there are."""
    cdef tuple shape = p.shape(node)
    return across or shape[0] == 1 or shape[1] == 1


def joins_examples(ProgramCore p, int32_t node):
    """Whether the sum of a record over examples is one product of joined operands (`sum_of_examples`)."""
    cdef Record* r = record_at(p, node)
    cdef tuple flags
    if not (computes(r) and table[r.op].kind == MATMUL) or len(p.shape(r.a)) != 2 or len(p.shape(r.b)) != 2:
        return False
    flags = <tuple>p.attribute(node)
    return is_column_wise(p, r.a, flags[0]) and is_column_wise(p, r.b, not flags[1])


def sum_of_examples(ProgramCore p, int32_t node, Operand x, Operand y, npy_intp n):
    """The sum over n examples of a product, both of whose operands have a leading axis."""
    if not is_product(p, node):
        raise ValueError(f"node {node} is not a product")
    cdef tuple shape = p.shape(node)
    cdef npy_intp rows = p.shape(p.records[node].a)[0 if (<tuple>p.attribute(node))[0] else 1]
    return apply_matmul(apply_linear(OP_RESHAPE, x, (shape_of(x), (n * rows, shape[0]))),
                        apply_linear(OP_RESHAPE, y, (shape_of(y), (n * rows, shape[1]))), True, False)


cdef object with_arrays(object attribute):
    """Attributes with what a program reads anew in the places of tensors."""
    if isinstance(attribute, Operand):
        return lend(<Operand>attribute) if traces else array_of(<Operand>attribute)
    if type(attribute) is tuple:
        go_deeper(within)
        try:
            return tuple([with_arrays(part) for part in <tuple>attribute])
        finally:
            come_up()
    return attribute


cdef int add_entries(list entries, Operand x, npy_intp n) except -1:
    """The entries of a leading axis, by halves: what adds their gradients up then goes over the whole log(n) times."""
    cdef npy_intp half
    cdef tuple shape = shape_of(x)
    if n == 1:
        entries.append(apply_linear(OP_RESHAPE, x, (shape, shape[1:])))
    elif n > 1:
        half = n // 2
        add_entries(entries, apply_linear(OP_SLICE, x, (shape, slice(None, half))), half)
        add_entries(entries, apply_linear(OP_SLICE, x, (shape, slice(half, None))), n - half)
    return 0


cdef Operand example_by_example(ProgramCore p, int32_t node, list operands, list flags, npy_intp n):
    """An op that nobody taught to take a leading axis, on one example after the other."""
    cdef npy_intp i
    cdef int k
    cdef list results = [], columns = [], entries
    for k in range(len(operands)):
        entries = []
        if flags[k]:
            add_entries(entries, <Operand>operands[k], n)
        columns.append(entries)
    for i in range(n):
        results.append(apply_to_operands(p, node,
                                         [columns[k][i] if flags[k] else operands[k] for k in range(len(operands))]))
    return public_stack(results, None)


def apply_to_examples(ProgramCore p, list operands, list batched_operands, npy_intp n, bint looks=False):
    """Apply a closed program to n examples: operands with the flag have a leading axis.

    Returns the outputs, for each whether it has the axis, what the guards ask of each example: [(n truth values,)],
    whether numbers are drawn, and whether what is drawn decides what guards ask. With `looks`, Python looks at what
    they ask, where the program does: truth values are then arrays.
    """
    cdef list values = [None] * p.count, batched = [False] * p.count, chance = [False] * p.count, conditions = []
    cdef bint draws = False, decided_by_draws = False
    cdef int32_t i
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, count
    cdef Record* r
    check_closed(p)
    if len(operands) != p.input_count or len(batched_operands) != p.input_count:
        raise ValueError(f"a program of {p.input_count} operands was applied to {len(operands)}, with "
                         f"{len(batched_operands)} flags")
    for k in range(p.input_count):
        values[k] = operands[k]
        batched[k] = bool(batched_operands[k])
    for i in range(p.input_count, p.count):
        r = &p.records[i]
        if is_constant(r):
            values[i] = p.constant(i)
            continue
        if is_guard(r):
            decided_by_draws = decided_by_draws or chance[r.a]
            if batched[r.a]:
                conditions.append(seen_of(p, i, <Operand>values[r.a]) if looks
                                  else condition_of(p, i, <Operand>values[r.a], n))
            else:
                repeat_guard(p, i, <Operand>values[r.a])
            continue
        count = p.nodes_of(i, &nodes, pair)
        for k in range(count):
            batched[i] = batched[i] or batched[nodes[k]]
            chance[i] = chance[i] or chance[nodes[k]]
        if table[r.op].draws:       # each example has numbers of its own
            batched[i] = chance[i] = draws = True
        if batched[i]:
            values[i] = apply_to_batch(p, i, values, batched, n)
        else:
            values[i] = apply_record(p, i, values)
    return ([values[node] for node in p.outputs], [batched[node] for node in p.outputs], conditions, draws,
            decided_by_draws)


cdef ndarray seen_of(ProgramCore p, int32_t node, Operand x):
    """For which examples a guard holds, by a look at its value in all of them: the same question, whatever was found
    when the path was recorded."""
    cdef bint truth = p.records[node].payload.look.truth
    cdef ndarray expected = array_of(p.constant(node)), seen
    if truth and x.code != NPY_BOOL:
        x = <Operand>binary(OP_NOT_EQUAL, x, new_tensor(numpy.zeros((), dtype_objects[x.code])))
        expected = expected != 0
    look(x, False, p.records[node].payload.look.how)
    seen = array_of(x)
    same = (seen == expected) | ((seen != seen) & (expected != expected))
    if seen.dtype.kind == "f":
        same &= (seen != 0) | (numpy.signbit(seen) == numpy.signbit(expected))
    return same.reshape(seen.shape[0], -1).all(axis=1)


cdef Operand condition_of(ProgramCore p, int32_t node, Operand x, npy_intp n):
    """For which examples a guard holds."""
    cdef Operand same, expected = p.constant(node)
    cdef tuple shape = p.shape(node)
    if p.records[node].payload.look.truth:
        if x.code != NPY_BOOL:
            x = <Operand>binary(OP_NOT_EQUAL, x, new_tensor(numpy.zeros((), dtype_objects[x.code])))
        if bool_of(expected):
            return apply_linear(OP_RESHAPE, x, (shape_of(x), (n,)))
        return apply_linear(OP_RESHAPE, <Operand>apply1(OP_LOGICAL_NOT, x), (shape_of(x), (n,)))
    same = <Operand>binary(OP_EQUAL, x, expected)
    # Zeros of different signs are equal, and not the same.
    if is_float(x.code) and not numpy.all(array_of(expected)):
        signs = [<Operand>apply1(OP_SIGN_BIT, one) for one in (x, expected)]
        same = <Operand>binary(OP_LOGICAL_AND, same, binary(OP_EQUAL, signs[0], signs[1]))
    if len(shape) == 0:
        return same
    whole = shape_of(same)
    counted = apply_linear(OP_CAST, same, (dtype_objects[NPY_BOOL], np_int64))
    counted = apply_linear(OP_SUM, counted, (whole, (n,) + (1,) * len(shape), (n,)))
    size = 1
    for length in shape:
        size *= length
    return <Operand>binary(OP_EQUAL, counted, new_tensor(numpy.array(size)))
