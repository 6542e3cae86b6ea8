# The forward sweep: from the lowest source up to the targets' nodes, over the records that lie between. A tangent goes
# as soon as the last record that reads it has done so.


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
        if state[i - low] & (NEEDED | REACHED | TAKEN_UP) != NEEDED | REACHED or is_leaf(r):
            continue
        n = operand_nodes(s.log, r, &operands, pair)
        for k in range(n):
            node = operands[k]
            if node >= low and state[node - low] & REACHED:
                state[node - low] |= NEEDED
                if s.left != NULL:
                    s.left[node - low] += 1
    return 0


cdef int32_t push_numbers(Sweep* s, int32_t i) noexcept nogil:
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
                if not is_leaf(r):
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


cdef int32_t walk_up(Sweep* s, int32_t i, int32_t high) except -2:
    """From one node up to another, or beyond it. Returns the node that is next."""
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef int k, n
    while i <= high:
        if not s.tensors and not s.batch:
            i = push_numbers(s, i)
            if i > high:
                break
        if (s.state[i - s.low] & (NEEDED | REACHED | TAKEN_UP) == NEEDED | REACHED and not is_leaf(&s.log.records[i])
                and not rules[table[s.log.records[i].op].kind].push(s, i)):
            n = operand_nodes(s.log, &s.log.records[i], &operands, pair)
            for k in range(n):
                spend(s, operands[k])
        i += 1
    return i


cdef int walk_all_up(Sweep* s, Stops stops) except -1:
    """From the first node to the last, with a stop now and then where there is a budget (spilling.pxi)."""
    cdef int32_t i = s.low, before, node
    if stops is not None:
        node = stops.next(s.high)
        while node >= 0:
            before = i
            i = walk_up(s, i, node)
            if not s.tensors:
                flush(s)
            stops.stop(s.log, before, i - 1)
            node = stops.next(s.high)
    before = i
    i = walk_up(s, i, s.high)
    if not s.tensors:
        flush(s)
    if stops is not None:
        stops.stop(s.log, before, i - 1)
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
    cdef Stops stops = stops_of(log, True) if log.spill != NULL else None
    memset(&s, 0, sizeof(Sweep))
    s.batch = batch
    s.forward = True
    e.nodes = e.few_nodes
    e.own_adjoints = NULL
    ad_hush(1)
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
                        give(&s, node, tangent)
                    node = next_node(log, node, bit)
            walk_all_up(&s, stops)
        for i in range(e.targets):
            node = e.nodes[e.sources + i]
            if e.low > e.high or not has_tangent(&s, node):
                results.append(None)
            else:
                results.append(collected_tangent(&s, node))
    finally:
        ad_hush(-1)
        sweep_close(&s, &e)
    return results


cdef Tensor collected_tangent(Sweep* s, int32_t node):
    """A target's tangent as a tensor that shares memory with nothing."""
    cdef Tensor tangent = <Tensor>as_tensor(tangent_at(s, node))
    if s.tensors or tangent.scalar:
        return tangent
    # Two references: the sweep's, which goes, and the tensor's own.
    if pooled_memory(<PyObject*>tangent.array) and is_ours(<PyObject*>tangent.array, 2):
        return tangent
    return new_tensor(own_copy(tangent.array))
