# Stretches: records of a program that repeat, as what looks for them is told of them, and as a loop takes them over.
#
# Which stretch repeats, and whether a loop of it pays, is found in Python (programs/stretches.py), which knows what a
# loop is. A loop is made of copies of records.

cdef ndarray view_at_nowhere(ProgramCore p, int32_t node, const Row* row, int32_t of):
    """What a record of a row looks at of a value that lies in order, at no address; None for other rows."""
    cdef npy_intp dims[MOST_DIMS]
    cdef tuple shape
    cdef int d
    if row.plan != PLAN_VIEW or row.view == NULL or p.records[node].flags & (HOLES | LIST) or p.records[node].b >= 0:
        return None
    shape = p.shape(of)
    for d in range(<int>len(shape)):
        dims[d] = shape[d]
    return row.view(PyArray_New(<PyTypeObject*>ndarray_type, <int>len(shape), dims,
                                type_number(p.records[of].dtype), NULL, nowhere, 0, NPY_ARRAY_WRITEABLE, NULL),
                    p.attribute(node))


def part_taken(ProgramCore p, int32_t node):
    """Where a record that only looks at its operand looks, or one that puts it into zeros puts it: (bytes from the
    beginning of the larger one, shape, strides), which lies in order; None for other records."""
    cdef Record* r
    cdef ndarray view = None
    if not 0 <= node < p.count:
        raise IndexError(f"there is no node {node} in a program of {p.count}")
    r = &p.records[node]
    if computes(r) and table[r.op].plan == PLAN_VIEW:
        view = view_at_nowhere(p, node, &table[r.op], r.a)
    elif puts(r):
        view = view_at_nowhere(p, node, &table[table[r.op].partner], node)
    if view is None:
        return None
    return (<char*>PyArray_DATA(view) - nowhere, (<object>view).shape, (<object>view).strides)


cdef bint owns_memory(ProgramCore p, int32_t node) noexcept:
    """Whether a record's value, where it is an array, lies in order in memory of its own."""
    cdef Record* r = &p.records[node]
    cdef Row* row = &table[r.op]
    if is_input(r):
        return True
    if is_constant(r):
        return not r.flags & ATTRIBUTE and (
            r.flags & SCALAR or PyArray_CHKFLAGS(<ndarray>p.values[node].array, NPY_ARRAY_CARRAY_RO))
    return computes(r) and row.plan != PLAN_VIEW and not row.passes_on


def records_told(ProgramCore p):
    """The records as arrays, one number a record, and the list of operands.

    The arrays are: operation, dtype and number of the shape in one number; how many operands; the attribute's address,
    or 0; the first operand, or where in the list of operands they begin if there are more than two; the second, or -1
    (of those whose order does not matter, constants come first); and what it is. Of that bit 0 says that it computes,
    1 that it may be run in a loop, 2 that it does so element by element, 3 that its value lies in order in memory, 4
    that it is a constant that nobody writes to, 5 that it is a look, 6 that it puts its operand into zeros, and 7 that
    it adds."""
    cdef int32_t i
    cdef ndarray kinds = zeroed(NPY_INT64, p.count), counts = zeroed(NPY_INT, p.count)
    cdef ndarray attributes = zeroed(NPY_INT64, p.count), first = zeroed(NPY_INT, p.count)
    cdef ndarray second = zeroed(NPY_INT, p.count), what = zeroed(NPY_INT, p.count)
    cdef ndarray listed = zeroed(NPY_INT, p.operand_count), view
    cdef uint64_t* kind = <uint64_t*>PyArray_DATA(kinds)
    cdef uint64_t* attribute = <uint64_t*>PyArray_DATA(attributes)
    cdef int32_t* bits = <int32_t*>PyArray_DATA(what)
    cdef int32_t* nodes
    cdef int32_t pair[2]
    cdef Record* r
    cdef Row* row
    for i in range(p.operand_count):
        (<int32_t*>PyArray_DATA(listed))[i] = p.operands[i]
    for i in range(p.count):
        r = &p.records[i]
        row = &table[r.op]
        kind[i] = <uint64_t>r.op | <uint64_t>r.dtype << 16 | <uint64_t>r.shape << 24
        places_of(counts)[i] = p.nodes_of(i, &nodes, pair)
        if r.flags & ATTRIBUTE:
            attribute[i] = <uint64_t><uintptr_t>r.payload.attribute
        places_of(first)[i] = r.a
        places_of(second)[i] = r.b
        if not r.flags & LIST and r.b >= 0 and changes_places(r) and is_plain(&p.records[r.b]):
            places_of(first)[i], places_of(second)[i] = r.b, r.a    # (constants stand where they were first met)
        bits[i] = owns_memory(p, i) << 3 | is_plain(r) << 4 | is_guard(r) << 5
        if not computes(r):
            continue
        bits[i] |= 1 | (row.kind == ELEMENTWISE) << 2 | puts(r) << 6 | adds(row) << 7
        if is_pure(r) and not (row.kind == GENERAL and (row.updates_rows or row.multiple)):
            bits[i] |= 2
        if row.plan == PLAN_VIEW and places_of(counts)[i] == 1 and bits[r.a] & 8:
            if row.in_order:
                bits[i] |= 8
            else:
                view = view_at_nowhere(p, i, row, r.a)
                if view is not None and PyArray_CHKFLAGS(view, NPY_ARRAY_CARRAY_RO):
                    bits[i] |= 8
    return kinds, counts, attributes, first, second, what, listed


def empty_like(ProgramCore p):
    """A program without records, for some of another one's."""
    return program_like(p)


def copy_records(ProgramCore p, ndarray nodes, ProgramCore to, ndarray at):
    """Append records of a program to another one; `at` says where their operands are there, and then where they are."""
    cdef npy_intp k
    cdef int32_t i
    if (type_code(nodes) != NPY_INT or type_code(at) != NPY_INT or PyArray_SIZE(at) < p.count
            or not PyArray_CHKFLAGS(nodes, NPY_ARRAY_CARRAY_RO) or not PyArray_CHKFLAGS(at, NPY_ARRAY_CARRAY)):
        raise ValueError("nodes are int32, and every node has its place")
    for k in range(PyArray_SIZE(nodes)):
        i = places_of(nodes)[k]
        check_copied(p, i, to, at)
        places_of(at)[i] = copy_record(p, i, to, places_of(at))


cdef int check_copied(ProgramCore p, int32_t node, ProgramCore to, ndarray at) except -1:
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n
    if not 0 <= node < p.count:
        raise IndexError(f"there is no node {node} in a program of {p.count}")
    n = p.nodes_of(node, &nodes, pair)
    for k in range(n):
        if not 0 <= places_of(at)[nodes[k]] < to.count:
            raise ValueError(f"operand {nodes[k]} of node {node} is not there yet")
    return 0


def copy_with(ProgramCore p, int32_t node, ProgramCore to, list operands):
    """Append a record of a program to another one that numbers shapes as it does, with these operands."""
    cdef int32_t* nodes
    cdef int32_t pair[2]
    cdef int32_t made
    cdef int k, n
    if not 0 <= node < p.count:
        raise IndexError(f"there is no node {node} in a program of {p.count}")
    n = p.nodes_of(node, &nodes, pair)
    if n != len(operands) or to.shapes is not p.shapes:
        raise ValueError(f"node {node} has {n} operands, and is given {len(operands)}, or shapes have other numbers")
    nodes = <int32_t*>PyMem_Malloc((n + 1) * sizeof(int32_t))
    if nodes == NULL:
        raise MemoryError()
    try:
        for k in range(n):
            nodes[k] = operands[k]
            if not 0 <= nodes[k] < to.count:
                raise ValueError(f"operand {nodes[k]} of node {node} is not there yet")
        made = to.append_shaped(p.records[node].op, p.records[node].dtype, p.records[node].shape, nodes, n,
                                p.attribute_at(node))
    finally:
        PyMem_Free(nodes)
    to.records[made].flags |= p.records[node].flags & (HOLES | KEPT)
    copy_value(p, node, to, made)
    return made
