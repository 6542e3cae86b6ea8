# Plans in no more memory than there is room for: some values are computed again where they are read late.
#
# What is computed again, and when, is decided in Python (programs/recomputing.py), of what is told here of a plan. The
# decision is an order: windows of records, in which one may stand several times. A record reads what was computed last,
# so that any order is right in which everything is computed before it is read. What a window reads from before it, it
# reads by way of a record that is `later`: whatever reads that is in a step behind all those that there are by then, so
# that no step of an earlier window takes on what was to be computed late.

def records_for_budget(ProgramCore p):
    """A program as it is laid out without a budget, for deciding what to compute again: the bytes that a replay takes,
    and for each record a tuple.

    Of a record: its operands; the record whose memory its value has; its bytes there; whether it has no memory unless
    it is read in another window; whether it can be computed again.
    """
    cdef Plan plan = lay_out(p, {})
    cdef int32_t i, owner
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n
    cdef Record* r
    cdef int64_t size
    cdef bint within, again
    cdef list told = []
    ends = set(p.outputs)
    ends.update([node for _, node in p.assigned])
    for i in range(p.count):
        r = &p.records[i]
        n = p.nodes_of(i, &nodes, pair)
        owner = plan.places[i].owner
        size = 0
        within = False
        again = (is_pure(r) and not is_element(r) and not of_elements(r) and not plan.places[i].scalar
                 and not plan.by_rows[i] and i not in ends and n > 0)
        if owner == i and not plan.places[i].scalar and plan.step_of[i] >= 0 and not is_guard(r):
            if plan.storage[i].root == ARENA or plan.kind_of[i] == STEP_APPLY:
                size = <int64_t>plan.storage[i].size
            elif plan.storage[i].root < 0 or plan.storage[i].root >= plan.object_roots + plan.object_count:
                size = <int64_t>plan.storage[i].size
                within = True
            else:
                again = False       # (it lies in an output)
        told.append((tuple([nodes[k] for k in range(n)]), owner, size, within, again))
    return memory_taken(plan), told


def plan_of_windows(ProgramCore p, windows, bint renumbered):
    """A program laid out in another order, and the bytes that a replay takes."""
    cdef ProgramCore other = in_windows(p, windows)
    cdef dict looks = other.places
    cdef Plan plan
    if renumbered:      # (its guards have other numbers for those who ask)
        looks = {node: p.places[at] for node, at in looks.items()}
    plan = lay_out(other, looks)
    return plan, memory_taken(plan)


cdef ProgramCore in_windows(ProgramCore p, windows):
    """A program of records in an order that is made of windows. The places of its guards are the numbers that they have
    here."""
    cdef ProgramCore to = program_like(p)
    cdef ndarray now_map = identity_map(p), first_map = identity_map(p), read_map = identity_map(p)
    cdef int32_t* now = places_of(now_map)          # of a record: where it was computed last,
    cdef int32_t* first = places_of(first_map)      # and first
    cdef int32_t* seen = places_of(read_map)        # and the last window in which it can be read as it is
    cdef int32_t i, given = p.input_count + <int32_t>len(p.variables), window = 0
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n
    cdef bint late
    cdef dict looks = {}
    for i in range(p.count):
        first[i] = now[i] = seen[i] = -1
    for i in range(p.count):
        if i < given or is_constant(&p.records[i]):
            first[i] = now[i] = copy_record(p, i, to, now)
    for records in windows:
        for node in records if window else ():      # (all at once, before the window has a step)
            i = node
            n = p.nodes_of(i, &nodes, pair)
            late = first[i] < 0
            for k in range(n):
                if seen[nodes[k]] < window and not is_at_hand(p, nodes[k]):
                    now[nodes[k]] = later(to, now[nodes[k]])
                    seen[nodes[k]] = window
                late = late or not is_at_hand(p, nodes[k])
            if not late and seen[nodes[0]] < window:        # (of numbers alone)
                now[nodes[0]] = later(to, now[nodes[0]])
                seen[nodes[0]] = window
            seen[i] = window
        for node in records:
            i = node
            now[i] = copy_once_more(p, i, to, now, first[i] >= 0)
            if first[i] < 0:
                first[i] = now[i]
            if is_guard(&p.records[i]):
                looks[now[i]] = i
        window += 1
    to.set_ends(p.input_count, p.variables, [first[<int32_t>node] for node in p.outputs],
                [(which, first[<int32_t>node]) for which, node in p.assigned],
                [(first[<int32_t>node], tensor) for node, tensor in p.captures], looks)
    return to


cdef inline bint is_at_hand(ProgramCore p, int32_t node) noexcept:
    """Whether it does not matter when a value is read: it is a number, or there all the time and a constant."""
    return p.records[node].flags & SCALAR != 0 or is_constant(&p.records[node])


cdef int32_t later(ProgramCore to, int32_t node) except -1:
    return to.append_shaped(OP_LATER, to.records[node].dtype, to.records[node].shape, &node, 1, Py_None)


cdef int32_t copy_once_more(ProgramCore p, int32_t i, ProgramCore to, const int32_t* at, bint again) except -1:
    """A record, maybe not for the first time: what may raise an error has then been asked."""
    cdef int32_t node = copy_record(p, i, to, at)
    to.records[node].flags |= p.records[i].flags & OF_ARRAY
    if is_element(&p.records[i]):
        to.records[node].payload = p.records[i].payload
    if again:
        to.records[node].flags &= ~KEPT
    return node
