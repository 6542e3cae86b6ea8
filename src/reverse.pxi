# The reverse sweep: from the targets' nodes down to the lowest source, over the records that lie between.

cdef inline void pass_on(uint8_t* state, Adjoint* adjoint, int32_t k, double value, bint single) noexcept nogil:
    """Add to the adjoint of the scalar node low + k, if it depends on a source."""
    cdef uint8_t st = state[k]
    if st & REACHED:
        if single:
            value = <double><float>value
        if st & NUMBER:
            value = (adjoint[k].number + value if not single
                     else <double><float>(<double><float>adjoint[k].number + value))
        state[k] = st | NUMBER
        adjoint[k].number = value


cdef inline int32_t pull_numbers(Sweep* s, int32_t i, bint singles) noexcept nogil:
    """Sweep a run of scalar records that have partials, but for zeros and poles; returns the first node that has none.
    Where some are of float32, each result is rounded, as where the sweep is recorded."""
    cdef int32_t low = s.low
    cdef Record* r
    cdef uint8_t* state = s.state
    cdef Adjoint* adjoint = s.adjoint
    cdef double g
    cdef bint single = False
    while i >= low:
        r = &s.log.records[i]
        if r.flags & (PARTIALS | POLE) != PARTIALS:
            return i
        if state[i - low] & (NUMBER | REACHED | TAKEN_UP) == NUMBER | REACHED:
            g = adjoint[i - low].number
            if singles:
                single = r.dtype == NPY_FLOAT
                if single:
                    g = <double><float>g
            if r.a >= low:
                pass_on(state, adjoint, r.a - low, g * r.payload.partial[0], single)
            if r.b >= low:
                pass_on(state, adjoint, r.b - low, g * r.payload.partial[1], single)
        i -= 1
    return i


cdef int pull_timed(Sweep* s, int32_t i) except -1:
    """One record by itself: what others would be joined with it is not."""
    cdef object begun = perf_counter()
    rules[table[s.log.records[i].op].kind].pull(s, i)
    if not s.tensors:
        flush(s)
    s.times[i] += perf_counter() - begun
    return 0


cdef int32_t walk_down(Sweep* s, int32_t i, int32_t last) except -2:
    """From one node down to another, or beyond it where that is no leaf: a loop, so a tape of any length is swept like
    a short one. Returns the node that is next."""
    cdef int32_t low = s.low
    cdef uint8_t st
    while i >= last:
        if not s.tensors and not s.batch and s.times == NULL:
            i = pull_numbers(s, i, True) if s.log.single else pull_numbers(s, i, False)     # (no leaf is passed over)
            if i < last:
                break
        st = s.state[i - low]
        if st & KIND_MASK and not st & TAKEN_UP and not is_leaf(&s.log.records[i]):
            if st & REACHED:
                if s.times != NULL:
                    pull_timed(s, i)
                else:
                    rules[table[s.log.records[i].op].kind].pull(s, i)
            else:
                drop(s, i)
        i -= 1
    return i


cdef int walk(Sweep* s, int32_t i, int32_t last, Stops stops) except -1:
    """The same, with a stop now and then where there is a budget (spilling.pxi)."""
    cdef int32_t node, before
    if stops is not None:
        node = stops.next(last)
        while node >= 0:
            before = i
            i = walk_down(s, i, node)
            if not s.tensors:
                flush(s)
            stops.stop(s.log, i + 1, before)
            node = stops.next(last)
    before = i
    i = walk_down(s, i, last)
    if stops is not None and last == s.low:
        if not s.tensors:
            flush(s)
        stops.stop(s.log, i + 1, before)
    return 0


cdef int walk_and_tell(Sweep* s, Ends* e, uint32_t bit, list results, object final, Stops stops) except -1:
    """The same from the last node to the first, and on the way, for each source whose gradient nothing can be added to
    any more, `final`(its number, the gradient): of leaves as soon as they have been passed."""
    cdef int32_t i = s.high, node, last
    cdef Py_ssize_t k
    cdef bint leaves
    cdef list ends = []
    for k in range(e.sources):
        node = last = e.nodes[k]
        leaves = node >= 0
        while node >= 0:
            last = min(last, node)
            leaves = leaves and node <= s.high and is_leaf(&s.log.records[node])
            node = next_node(s.log, node, bit)
        if leaves:
            ends.append((-last, k))
    ends.sort()
    for place, k in ends:
        node = -place
        if node <= i:
            walk(s, i, node, stops)
            i = node - 1
        if not s.tensors:
            flush(s)
        results[k] = gradient_of(s, e, bit, k, results)
        if results[k] is not None:
            final(k, conjugated([results[k]])[0])
    return walk(s, i, s.low, stops)


cdef object gradient_of(Sweep* s, Ends* e, uint32_t bit, Py_ssize_t k, list results):
    """What has come to a source, at all of its nodes."""
    cdef object result = None
    cdef int32_t node = e.nodes[k]
    while node >= 0:
        if node <= s.high and s.state[node - s.low] & (KIND_MASK | TAKEN):
            result = collect(s, node, result, e.nodes, k, results)
        node = next_node(s.log, node, bit)
    return result


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
    return [apply1(OP_CONJ, <Operand>x) if is_operand(x) and PyTypeNum_ISCOMPLEX((<Operand>x).code) else x
            for x in values]


cdef list reverse(Log* log, uint32_t bit, list targets, list seeds, list sources, npy_intp batch=0, bint last=False,
                  object final=None):
    """Gradients as the user has them, by TensorFlow's convention: of a real target u, du/d(re x) + i du/d(im x).

    The sweep itself transposes, and conjugates nothing. So every rule, written for real numbers, holds for functions
    that are analytic; the two conventions differ by the conjugate of what goes in and of what comes out.
    """
    cdef list found
    if not batch and final is None and hears_records_alone(log):
        found = reverse_by_nodes(log, bit, targets, seeds, sources)
        if found is not None:
            return found
    return conjugated(sweep_back(log, bit, targets, conjugated(seeds), sources, batch, last, False, NULL, final))


cdef list sweep_back(Log* log, uint32_t bit, list targets, list seeds, list sources, npy_intp batch, bint last,
                     bint for_nodes=False, double* times=NULL, object final=None):
    """Cotangents of the sum of targets (weighted by seeds) with respect to each source; None where unconnected.

    With a batch, seeds have a leading axis of that length, and so have the gradients. After the last sweep of a log its
    values are not needed any more, and adjoints may take their place. A sweep `for_nodes` gives None where there can be
    none by nodes. To `times`, of each node, are added the seconds that its record takes. `final`, if given, is told of
    each gradient as soon as it is one (`walk_and_tell`).
    """
    cdef Sweep s
    cdef Ends e
    cdef Operand seed
    cdef Stops stops = stops_of(log, False) if log.spill != NULL else None
    cdef list results = [None] * len(sources)
    cdef int32_t node
    cdef Py_ssize_t i
    memset(&s, 0, sizeof(Sweep))
    s.batch = batch
    s.times = times
    e.nodes = e.few_nodes
    e.own_adjoints = NULL
    ad_hush(1)
    try:
        find_ends(&e, log, bit, targets, sources)
        if e.low <= e.high:
            if CHECKED:
                check_records(log, e.low, e.high)
            sweep_open(&s, &e, log, bit, seeds, last)
            if for_nodes and not goes_by_nodes(&s):
                return None
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
            if final is None:
                walk(&s, s.high, s.low, stops)
            else:
                walk_and_tell(&s, &e, bit, results, final, stops)
            if not s.tensors:
                flush(&s)
            for i in range(e.sources):
                if results[i] is None:
                    results[i] = gradient_of(&s, &e, bit, i, results)
        if CHECKED and s.state != NULL:
            check_spent(&s)
    finally:
        ad_hush(-1)
        sweep_close(&s, &e)
    return results


cdef bint hears_records_alone(Log* log):
    """Whether what is recorded now is heard by nobody but a trace, which wants no values of it, and whose own mean
    something."""
    cdef Tracer tracer
    if not is_traced(log) or recording_log() != log or log.active != log.tracer:
        return False
    tracer = <Tracer>log.trace
    return not tracer.made_up and tracer.origins is None


cdef list reverse_by_nodes(Log* log, uint32_t bit, list targets, list seeds, list sources):
    """The same for a trace: values by a sweep that is not recorded, and records by one that has none (nodes.pxi). None
    where some record has a rule that takes tensors."""
    cdef list values
    ad_set_current_log(NULL)
    try:
        values = sweep_back(log, bit, targets, seeds, sources, 0, False, True)
    finally:
        ad_set_current_log(log)
    if values is not None:
        sweep_nodes(log, bit, targets, seeds, sources, values)
    return values


cdef int sweep_nodes(Log* log, uint32_t bit, list targets, list seeds, list sources, list values) except -1:
    """Record a reverse sweep, and let the values that it has been found to give stand where it ends."""
    cdef Sweep s
    cdef Ends e
    cdef Py_ssize_t i
    cdef int32_t node
    cdef Scalar total, part
    cdef bint found
    memset(&s, 0, sizeof(Sweep))
    e.nodes = e.few_nodes
    e.own_adjoints = NULL
    try:
        find_ends(&e, log, bit, targets, sources)
        if e.low > e.high:
            return 0
        sweep_open(&s, &e, log, bit, [], False)
        s.nodes = True
        for i in range(e.targets):
            node = e.nodes[e.sources + i]
            if node >= s.low and s.state[node - s.low] & REACHED:
                seed_node(&s, node, <Operand>targets[i], <Operand>seeds[i])
        walk_down(&s, s.high, s.low)
        for i in range(e.sources):
            if values[i] is None or log_find(log, <Operand>values[i]) >= 0:
                continue                # (the same source was named before)
            node = e.nodes[i]
            found = False
            while node >= 0:
                if node <= s.high and s.state[node - s.low] & KIND_MASK:
                    part = standing_node(&s, node)
                    if found:
                        part.node = append_sum(log, node_of(log, total, log.records[node].dtype),
                                               node_of(log, part, log.records[node].dtype))
                    total = part
                    found = True
                node = next_node(log, node, bit)
            if found and total.node >= 0:
                place(<Operand>values[i], log, total.node)
                (<Hearer>log.trace).hear_result(log, total.node, <Operand>values[i])
    finally:
        sweep_close(&s, &e)
    return 0


cdef object collect(Sweep* s, int32_t node, object sum_so_far, int32_t* nodes, Py_ssize_t source, list results):
    """A source's adjoint as a tensor that shares memory with nothing, or as slices."""
    cdef int32_t k = node - s.low
    cdef Record* r = &s.log.records[node]
    cdef uint8_t kind = s.state[k] & KIND_MASK
    cdef object part
    cdef PyObject* held
    cdef Py_ssize_t i
    if s.state[k] & TAKEN:
        # The same source was named before; or a variable was, at an earlier leaf (reading.pxi).
        for i in range(source):
            if nodes[i] == nodes[source]:
                return results[i]
        return sum_so_far
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


cdef list tape_transpose(Tape tape, list targets, list sources, list seeds):
    """The transpose of a function that is linear over the reals, applied to `seeds`: a gradient, but for the
    conjugation."""
    cdef list results
    cdef Operand x
    cdef Py_ssize_t i
    kept = [i for i in range(len(targets)) if differentiable((<Operand>targets[i]).code)]
    targets = [targets[i] for i in kept]
    seeds = [cast_operand(<Operand>seeds[i], (<Operand>x).code) for i, x in zip(kept, targets)]
    begin_sweep(tape, targets)
    enter_sweep(tape)
    try:
        results = sweep_back(tape.log, tape.bit, targets, seeds, sources, 0, True)
    finally:
        leave_sweep(tape)
    end_sweep(tape)
    return results
