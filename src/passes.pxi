# The optimiser of programs: small passes over records, each of which leaves a program that computes the same digits.
#
# A pass says for each node which earlier node has its value (`into`); `compact` then drops what nothing needs any more
# and renumbers the rest. No pass changes the order of two floating-point operations.

cdef void redirect(ProgramCore p, const int32_t* into) noexcept:
    """Let every record read what `into` says."""
    cdef int32_t i
    cdef int k
    cdef Record* r
    for i in range(p.count):
        r = &p.records[i]
        if r.flags & LIST:
            for k in range(r.b):
                p.operands[r.a + k] = into[p.operands[r.a + k]]
        else:
            if r.a >= 0:
                r.a = into[r.a]
            if r.b >= 0:
                r.b = into[r.b]


cdef bint is_pure(const Record* r) noexcept:
    """Whether a record is a row's, and its value all that there is to it, the same each time: it draws and prints
    nothing."""
    return computes(r) and not draws(r.op) and not (table[r.op].kind == GENERAL and table[r.op].acts)


cdef int finish_pass(ProgramCore p, const int32_t* into) except -1:
    """Redirect, and say the ends anew."""
    redirect(p, into)
    p.outputs = [into[<int32_t>node] for node in p.outputs]
    p.assigned = [(which, into[<int32_t>node]) for which, node in p.assigned]
    return 0


def compact(ProgramCore p):
    """Drop the records that no output, no assignment and no guard needs."""
    cdef int32_t fixed = p.input_count + <int32_t>len(p.variables), i, n = 0
    cdef ndarray needed_nodes = zeroed(NPY_BOOL, p.count), map = identity_map(p)
    cdef uint8_t* needed = <uint8_t*>PyArray_DATA(needed_nodes)
    cdef int32_t* at = places_of(map)
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, count
    cdef Record* r
    for i in p.outputs:
        needed[i] = 1
    for _, node in p.assigned:
        needed[<int32_t>node] = 1
    for i in range(p.count - 1, -1, -1):
        r = &p.records[i]
        if is_guard(r) and not is_known(&p.records[r.a]):
            needed[i] = 1
        if i < fixed or r.flags & KEPT or table[r.op].draws:
            needed[i] = 1
        if not needed[i]:
            continue
        count = p.nodes_of(i, &nodes, pair)
        for k in range(count):
            needed[nodes[k]] = 1
    for i in range(p.count):
        r = &p.records[i]
        if not needed[i]:
            if r.flags & ATTRIBUTE:
                Py_XDECREF(r.payload.attribute)
            if r.flags & HELD:
                Py_XDECREF(p.values[i].array)
            r.flags = 0
            continue
        at[i] = n
        count = p.nodes_of(i, &nodes, pair)
        if r.flags & LIST:
            for k in range(count):
                nodes[k] = at[nodes[k]]
        else:
            if r.a >= 0:
                r.a = at[r.a]
            if r.b >= 0:
                r.b = at[r.b]
        if n != i:
            p.records[n] = r[0]
            p.values[n] = p.values[i]
        n += 1
    p.count = n
    p.outputs = [at[<int32_t>node] for node in p.outputs]
    p.assigned = [(which, at[<int32_t>node]) for which, node in p.assigned]
    p.captures = [(at[<int32_t>node], tensor) for node, tensor in p.captures if needed[<int32_t>node]]
    p.places = {at[<int32_t>node]: place for node, place in p.places.items() if needed[<int32_t>node]}


def fold_constants(ProgramCore p):
    """Compute what depends on constants alone."""
    cdef int32_t i
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n
    cdef Record* r
    cdef Operand value
    cdef bint constant
    cdef list values = None
    cdef Log* outer = <Log*>ad_get_current_log()
    ad_set_current_log(NULL)
    try:
        for i in range(p.count):
            r = &p.records[i]
            if not is_pure(r):
                continue
            n = p.nodes_of(i, &nodes, pair)
            constant = True
            for k in range(n):
                constant = constant and is_known(&p.records[nodes[k]])
            if not constant:
                continue
            if values is None:
                values = [None] * p.count
            for k in range(n):
                values[nodes[k]] = p.constant(nodes[k])
            value = apply_record(p, i, values)
            r = &p.records[i]
            if r.flags & ATTRIBUTE:
                Py_XDECREF(r.payload.attribute)
            r.op = OP_CONSTANT
            r.flags &= ~(ATTRIBUTE | LIST | HOLES)
            r.a = r.b = UNTRACKED
            p.set_constant(i, value)
    finally:
        ad_set_current_log(outer)


cdef object attribute_key(object attribute):
    """Equal for equal attributes; None where that is not known."""
    if type(attribute) is tuple:
        parts = []
        go_deeper(within)
        try:
            for part in <tuple>attribute:
                key = attribute_key(part)
                if key is None and part is not None:
                    return None
                parts.append(key)
        finally:
            come_up()
        return tuple(parts)
    if isinstance(attribute, slice):
        return ("slice", attribute.start, attribute.stop, attribute.step)
    if isinstance(attribute, ndarray):
        if (<ndarray>attribute).nbytes > 4096:
            return ("array", id(attribute))
        return ("array", attribute.dtype.str, attribute.shape, attribute.tobytes())
    # (np_dtype on its own: see key_around.)
    if (attribute is None or attribute is Ellipsis or isinstance(attribute, (int, float, str, bool, Hole))
            or isinstance(attribute, np_dtype)):
        return (type(attribute).__name__, attribute)
    return None


def share_common(ProgramCore p):
    """Compute the same thing once."""
    cdef ndarray map = identity_map(p)
    cdef int32_t* into = places_of(map)
    cdef int32_t* slots
    cdef size_t room = 64, at, mask
    cdef uint64_t h
    cdef int32_t i, j, a
    cdef int k
    cdef Record* r
    cdef Record* q
    cdef int32_t* attribute_number
    cdef dict numbers = {}
    cdef bint same
    while room < 2 * <size_t>p.count:
        room *= 2
    mask = room - 1
    slots = <int32_t*>malloc(room * sizeof(int32_t))
    attribute_number = <int32_t*>calloc(p.count + 1, sizeof(int32_t))
    if slots == NULL or attribute_number == NULL:
        free(slots)
        free(attribute_number)
        raise MemoryError()
    memset(slots, 0xff, room * sizeof(int32_t))
    try:
        for i in range(p.count):
            r = &p.records[i]
            if r.flags & LIST:
                for k in range(r.b):
                    p.operands[r.a + k] = into[p.operands[r.a + k]]
            else:
                if r.a >= 0:
                    r.a = into[r.a]
                if r.b >= 0:
                    r.b = into[r.b]
            if not (is_pure(r) or (is_known(r) and r.flags & SCALAR)):
                continue
            if not r.flags & LIST and r.a > r.b and changes_places(r):
                a = r.a
                r.a = r.b
                r.b = a
            if r.flags & ATTRIBUTE:
                key = attribute_key(<object>r.payload.attribute)
                if key is None:
                    continue
                attribute_number[i] = numbers.setdefault((r.op, key), len(numbers) + 1)
            h = (<uint64_t>r.op * 0x9E3779B97F4A7C15ULL) ^ (<uint64_t>r.dtype << 17)
            h ^= <uint64_t>r.shape * 0xC2B2AE3D27D4EB4FULL
            h ^= <uint64_t>attribute_number[i] * 0x165667B19E3779F9ULL
            if is_constant(r):
                h ^= p.values[i].bits * 0x27D4EB2F165667C5ULL
            elif r.flags & LIST:
                for k in range(r.b):
                    h = (h ^ <uint64_t>p.operands[r.a + k]) * 0x9E3779B97F4A7C15ULL
                    h ^= h >> 29
            else:
                h = (h ^ <uint64_t>(r.a + 1)) * 0x9E3779B97F4A7C15ULL
                h ^= h >> 31
                h = (h ^ <uint64_t>(r.b + 1)) * 0xC2B2AE3D27D4EB4FULL
            h ^= h >> 32
            at = <size_t>h & mask
            while slots[at] >= 0:
                j = slots[at]
                q = &p.records[j]
                same = (q.op == r.op and q.dtype == r.dtype and q.shape == r.shape
                        and (q.flags & (LIST | ATTRIBUTE)) == (r.flags & (LIST | ATTRIBUTE))
                        and attribute_number[j] == attribute_number[i])
                if same and is_constant(r):
                    same = p.values[i].bits == p.values[j].bits
                elif same and r.flags & LIST:
                    same = q.b == r.b and memcmp(&p.operands[q.a], &p.operands[r.a], <size_t>r.b * sizeof(int32_t)) == 0
                elif same:
                    same = q.a == r.a and q.b == r.b
                if same:
                    into[i] = j
                    break
                at = (at + 1) & mask
            else:
                slots[at] = i
    finally:
        free(slots)
        free(attribute_number)
    finish_pass(p, into)


cdef inline bint is_known(const Record* r) noexcept:
    """Whether a record's value is known: what somebody may watch is no constant for a tape around the call."""
    return is_constant(r) and not r.flags & CAPTURED


cdef inline bint changes_places(const Record* r) noexcept:
    """Whether a record's value is the same to the last bit with its operands the other way round."""
    return table[r.op].commutes == COMMUTES or (table[r.op].commutes == COMMUTES_ON_REALS
                                                and not PyTypeNum_ISCOMPLEX(r.dtype))


cdef bint is_number(ProgramCore p, int32_t node, double value) noexcept:
    """Whether a node is this constant everywhere."""
    cdef double found
    return find_number(p, node, &found) and same_bits(found, value)


cdef bint is_nonzero(ProgramCore p, int32_t node) noexcept:
    """Whether a node is a constant everywhere, and not zero."""
    cdef double found
    return find_number(p, node, &found) and found != 0


cdef bint find_number(ProgramCore p, int32_t node, double* found) noexcept:
    """The one number that a constant node is everywhere."""
    cdef Record* r = &p.records[node]
    cdef ndarray array
    if table[r.op].plan == PLAN_VIEW and not r.flags & HOLES:
        return find_number(p, r.a, found)
    if not is_known(r) or not (r.dtype == NPY_DOUBLE or r.dtype == NPY_FLOAT):
        return False
    if r.flags & SCALAR:
        found[0] = p.values[node].number
    else:
        array = <ndarray>p.values[node].array
        if not is_uniform(array):
            return False
        found[0] = read_scalar(array)
    return True


def simplify(ProgramCore p):
    """Identities that hold for every float, infinities, NaNs and signed zeros included: what the rows say of
    themselves."""
    cdef ndarray map = identity_map(p)
    cdef int32_t* into = places_of(map)
    cdef int32_t i, same
    cdef int k
    cdef Record* r
    for i in range(p.count):
        r = &p.records[i]
        if r.flags & LIST:
            for k in range(r.b):
                p.operands[r.a + k] = into[p.operands[r.a + k]]
            continue
        if r.a >= 0:
            r.a = into[r.a]
        if r.b >= 0:
            r.b = into[r.b]
        if r.a < 0 or r.flags & HOLES:
            continue
        if table[r.op].plain and is_nonzero(p, r.a):
            r.op = <uint16_t>table[r.op].plain
        if table[r.op].kind == MATMUL:
            fold_transposes(p, i)
        same = same_as(p, i)
        if same < 0 and table[r.op].joined != NULL and join_before(p, i):
            same = same_as(p, i)
        if same >= 0:
            into[i] = same
    finish_pass(p, into)


cdef inline int32_t same_as(ProgramCore p, int32_t node) except -2:
    """The operand, or the operand's operand, that a record's value is; or -1."""
    cdef Record* r = &p.records[node]
    cdef Row* row = &table[r.op]
    if r.b >= 0:
        if not row.has_neutral:
            return -1
        if row.has_neutral & 1 and is_number(p, r.a, row.neutral[0]) and is_like(p, r.b, node):
            return r.b
        if row.has_neutral & 2 and is_number(p, r.b, row.neutral[1]) and is_like(p, r.a, node):
            return r.a
        return -1
    if row.undoes_itself and p.records[r.a].op == r.op and is_like(p, p.records[r.a].a, node):
        return p.records[r.a].a
    if is_like(p, r.a, node) and (row.idle_if_alike or (row.permutes != NULL and stays(permutation(p, node)))):
        return r.a
    return -1


cdef tuple permutation(ProgramCore p, int32_t node):
    """For each axis of a record's value the operand's, where the record does nothing but to permute them; else None."""
    cdef Row* row = &table[p.records[node].op]
    return None if row.permutes == NULL else tuple((<object>row.permutes)(p.attribute(node)))


cdef bint stays(tuple axes):
    return axes == tuple(range(len(axes)))


cdef bint join_before(ProgramCore p, int32_t node) except -1:
    """A record of a row whose operand is another one of that row does what both did."""
    cdef Record* r = &p.records[node]
    cdef Record* q = &p.records[r.a]
    if q.op != r.op or q.flags & HOLES:
        return False
    attribute = (<object>table[r.op].joined)(p.attribute(r.a), p.attribute(node))
    r.a = q.a
    swap_attribute(r, attribute)
    return True


cdef int fold_transposes(ProgramCore p, int32_t node) except -1:
    """A product of transposed matrices reads them as they lie."""
    cdef Record* r = &p.records[node]
    cdef tuple flags = <tuple>p.attribute(node)
    cdef bint ta = flags[0], tb = flags[1], changed = False
    if swaps_last(p, r.a):
        r.a = p.records[r.a].a
        ta = not ta
        changed = True
    if swaps_last(p, r.b):
        r.b = p.records[r.b].a
        tb = not tb
        changed = True
    if changed:
        swap_attribute(r, (ta, tb))
    return 0


cdef bint swaps_last(ProgramCore p, int32_t node):
    """Whether a node is another one with its last two axes exchanged, and nothing else."""
    cdef tuple axes = permutation(p, node)
    cdef int n
    if axes is None:
        return False
    n = <int>len(axes)
    return n >= 2 and axes == tuple(range(n - 2)) + (n - 1, n - 2)


cdef int swap_attribute(Record* r, object attribute) except -1:
    cdef PyObject* before = r.payload.attribute if r.flags & ATTRIBUTE else NULL
    Py_INCREF(attribute)
    r.payload.attribute = <PyObject*>attribute
    r.flags |= ATTRIBUTE
    Py_XDECREF(before)
    return 0


cdef inline bint is_like(ProgramCore p, int32_t node, int32_t other) noexcept:
    return p.records[node].dtype == p.records[other].dtype and p.records[node].shape == p.records[other].shape
