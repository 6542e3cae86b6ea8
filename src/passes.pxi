# The optimiser of programs: small passes over records, each of which leaves a program that computes the same digits.
#
# A pass says for each node which earlier node has its value (`into`); `compact` then drops what nothing needs any more
# and renumbers the rest. No pass changes the order of two floating-point operations. A plan that there was is of no use
# afterwards.

cdef inline void redirect(ProgramCore p, Record* r, const int32_t* into) noexcept:
    """Let a record read what `into` says: each pass does so on its way, before it looks at the record."""
    cdef int k
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
    nothing, and no other process waits for it."""
    return (computes(r) and not draws(r.op) and not (table[r.op].kind == GENERAL and table[r.op].acts)
            and not table[r.op].meets)


cdef int finish_pass(ProgramCore p, const int32_t* into) except -1:
    """Say the ends anew, once all records have been redirected."""
    p.drop_plan()
    p.outputs = [into[<int32_t>node] for node in p.outputs]
    p.assigned = [(which, into[<int32_t>node]) for which, node in p.assigned]
    return 0


def compact(ProgramCore p):
    """Drop the records that no output, no assignment and no guard needs."""
    cdef int32_t fixed = p.input_count + <int32_t>len(p.variables), i, n = 0, kept = 0
    cdef ndarray needed_nodes = zeroed(NPY_BOOL, p.count), map
    cdef uint8_t* needed = <uint8_t*>PyArray_DATA(needed_nodes)
    cdef int32_t* at
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
        if i < fixed or r.flags & KEPT or table[r.op].draws or table[r.op].meets:
            needed[i] = 1
        if not needed[i]:
            continue
        kept += 1
        count = p.nodes_of(i, &nodes, pair)
        for k in range(count):
            needed[nodes[k]] = 1
    if kept == p.count:
        return
    map = identity_map(p)
    at = places_of(map)
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
    p.drop_plan()
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
            p.drop_plan()
    finally:
        ad_set_current_log(outer)


cdef inline uint64_t mixed(uint64_t h, uint64_t more) noexcept:
    h = (h ^ more) * 0x9E3779B97F4A7C15ULL
    return h ^ h >> 31


cdef bint hash_attribute(object attribute, uint64_t* h) except -1:
    """Mix in a hash that is equal for equal attributes; False where it is not known which are equal."""
    cdef PySliceObject* ends
    kind = type(attribute)
    h[0] = mixed(h[0], <uint64_t><uintptr_t><PyObject*>kind)
    if kind is int:
        h[0] = mixed(h[0], <uint64_t>hash(attribute))
        return True
    if attribute is None or attribute is Ellipsis:
        return True
    if kind is tuple:
        h[0] = mixed(h[0], <uint64_t>len(<tuple>attribute))
        go_deeper(within)
        try:
            for part in <tuple>attribute:
                if not hash_attribute(part, h):
                    return False
        finally:
            come_up()
        return True
    if kind is slice:
        ends = <PySliceObject*>attribute
        go_deeper(within)
        try:
            return (hash_attribute(<object>ends.start, h) and hash_attribute(<object>ends.stop, h)
                    and hash_attribute(<object>ends.step, h))
        finally:
            come_up()
    if isinstance(attribute, ndarray):
        h[0] = mixed(h[0], <uint64_t><uintptr_t><PyObject*>attribute if (<ndarray>attribute).nbytes > FEW_BYTES_OF_KEY
                     else <uint64_t>hash(attribute.tobytes()))
        return True
    # (np_dtype on its own: see key_around.)
    if isinstance(attribute, (int, float, str, Hole)) or isinstance(attribute, np_dtype):
        h[0] = mixed(h[0], <uint64_t>hash(attribute))
        return True
    return False


cdef bint same_attribute(object a, object b) except -1:
    """Whether attributes of which `hash_attribute` knows are equal."""
    cdef Py_ssize_t k
    cdef PySliceObject* p
    cdef PySliceObject* q
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    if type(a) is int:
        return a == b
    if type(a) is tuple:
        if len(<tuple>a) != len(<tuple>b):
            return False
        go_deeper(within)
        try:
            for k in range(len(<tuple>a)):
                if not same_attribute((<tuple>a)[k], (<tuple>b)[k]):
                    return False
        finally:
            come_up()
        return True
    if isinstance(a, slice):
        p = <PySliceObject*>a
        q = <PySliceObject*>b
        return (same_attribute(<object>p.start, <object>q.start) and same_attribute(<object>p.stop, <object>q.stop)
                and same_attribute(<object>p.step, <object>q.step))
    if isinstance(a, ndarray):
        return ((<ndarray>a).nbytes <= FEW_BYTES_OF_KEY and a.dtype.str == b.dtype.str and same_shape(a, b)
                and a.tobytes() == b.tobytes())
    if isinstance(a, float):
        return same_bits(a, b)      # (zeros have signs)
    return a == b


cdef enum:
    FEW_BYTES_OF_KEY = 4096     # of an array among attributes that is compared by its elements
    MET = 256                   # attributes that are told apart as objects before they are looked up
    NEAR = 8                    # places that are looked at near a record's own before those anywhere


ctypedef struct Known:          # a record, by its hash
    uint32_t tag
    int32_t node


ctypedef struct KnownAttribute:
    uint64_t hashed
    PyObject* attribute         # (borrowed of the first record that has it)


ctypedef struct KnownAttributes:    # a hash table
    KnownAttribute* places
    size_t room
    size_t count


cdef PyObject* first_like(KnownAttributes* known, object attribute) except? NULL:
    """The first attribute that was equal to this one; NULL where that is not known."""
    cdef uint64_t hashed = 0
    cdef size_t at
    cdef KnownAttribute* place
    if not hash_attribute(attribute, &hashed):
        return NULL
    if 2 * known.count >= known.room:
        make_room_for_attributes(known)
    at = <size_t>hashed & (known.room - 1)
    while True:
        place = &known.places[at]
        if place.attribute == NULL:
            place.hashed = hashed
            place.attribute = <PyObject*>attribute
            known.count += 1
            return place.attribute
        if place.hashed == hashed and same_attribute(<object>place.attribute, attribute):
            return place.attribute
        at = (at + 1) & (known.room - 1)


cdef int make_room_for_attributes(KnownAttributes* known) except -1:
    cdef KnownAttributes before = known[0]
    cdef size_t k, at
    known.room = 4 * before.room if before.room else 64
    known.places = <KnownAttribute*>calloc(known.room, sizeof(KnownAttribute))
    if known.places == NULL:
        known[0] = before
        raise MemoryError()
    for k in range(before.room):
        if before.places[k].attribute != NULL:
            at = <size_t>before.places[k].hashed & (known.room - 1)
            while known.places[at].attribute != NULL:
                at = (at + 1) & (known.room - 1)
            known.places[at] = before.places[k]
    free(before.places)
    return 0


ctypedef struct MetAttribute:   # an attribute, and the first one like it
    PyObject* attribute
    PyObject* first


def share_common(ProgramCore p):
    """Compute the same thing once. Equal attributes are one object afterwards."""
    cdef ndarray map = identity_map(p)
    cdef int32_t* into = places_of(map)
    cdef KnownAttributes attributes
    cdef Known* slots
    cdef size_t room = 64
    cdef int32_t i
    cdef Record* r
    cdef PyObject* first
    cdef MetAttribute[MET] met      # (many are one object already: a record's and that of its transpose)
    cdef MetAttribute* place
    memset(&attributes, 0, sizeof(KnownAttributes))
    memset(met, 0, sizeof(met))
    while room < 2 * <size_t>p.count:
        room *= 2
    slots = <Known*>malloc(room * sizeof(Known))
    if slots == NULL:
        raise MemoryError()
    memset(slots, 0xff, room * sizeof(Known))
    try:
        for i in range(p.count):
            r = &p.records[i]
            redirect(p, r, into)
            if not (is_pure(r) or (is_known(r) and r.flags & SCALAR)):
                continue
            if not r.flags & LIST and r.a > r.b and changes_places(r):
                r.a, r.b = r.b, r.a
            if r.flags & ATTRIBUTE:
                place = &met[mixed(0, <uint64_t><uintptr_t>r.payload.attribute) & (MET - 1)]
                if place.attribute != r.payload.attribute:
                    place.first = first_like(&attributes, <object>r.payload.attribute)
                    place.attribute = r.payload.attribute
                first = place.first
                if first == NULL:
                    continue
                if first != r.payload.attribute:
                    swap_attribute(r, <object>first)
            into[i] = first_same(p, i, slots, room - 1)
    finally:
        free(slots)
        free(attributes.places)
    finish_pass(p, into)


cdef int32_t first_same(ProgramCore p, int32_t node, Known* slots, size_t mask) noexcept:
    """The first record that is the same as this one: itself, if there was none before.

    It is looked for near a place that its last operand's number gives, and only if there is no room there in one that
    its hash gives: what is recorded one after the other is then looked up side by side, in memory that is at hand."""
    cdef Record* r = &p.records[node]
    cdef uint64_t h = <uint64_t>r.op | <uint64_t>r.dtype << 16 | <uint64_t>r.shape << 32
    cdef int32_t last = -1
    cdef size_t at
    cdef uint32_t tag
    cdef int k
    if is_constant(r):
        h = mixed(h, p.values[node].bits)
    elif r.flags & LIST:
        for k in range(r.b):
            h = mixed(h, <uint64_t>p.operands[r.a + k])
            last = max(last, p.operands[r.a + k])
    else:
        h = mixed(h, <uint64_t><uint32_t>r.a | <uint64_t><uint32_t>r.b << 32)
        last = max(r.a, r.b)
    if r.flags & ATTRIBUTE:
        h = mixed(h, <uint64_t><uintptr_t>r.payload.attribute)
    tag = <uint32_t>(h >> 32)
    if last >= 0:
        for k in range(NEAR):
            at = (2 * <size_t>last + ((h + k) & (NEAR - 1))) & mask
            if slots[at].node < 0:
                slots[at].tag = tag
                slots[at].node = node
                return node
            if slots[at].tag == tag and is_same(p, slots[at].node, node):
                return slots[at].node
    at = <size_t>(h >> 8) & mask
    while slots[at].node >= 0:
        if slots[at].tag == tag and is_same(p, slots[at].node, node):
            return slots[at].node
        at = (at + 1) & mask
    slots[at].tag = tag
    slots[at].node = node
    return node


cdef bint is_same(ProgramCore p, int32_t first, int32_t second) noexcept:
    """Whether two records of which equal attributes are one object compute the same."""
    cdef Record* q = &p.records[first]
    cdef Record* r = &p.records[second]
    if (q.op != r.op or q.dtype != r.dtype or q.shape != r.shape
            or (q.flags & (LIST | ATTRIBUTE)) != (r.flags & (LIST | ATTRIBUTE))
            or (r.flags & ATTRIBUTE and q.payload.attribute != r.payload.attribute)):
        return False
    if is_constant(r):
        return p.values[first].bits == p.values[second].bits
    if r.flags & LIST:
        return q.b == r.b and memcmp(&p.operands[q.a], &p.operands[r.a], <size_t>r.b * sizeof(int32_t)) == 0
    return q.a == r.a and q.b == r.b


cdef inline bint is_known(const Record* r) noexcept:
    """Whether a record's value is known: what somebody may watch is no constant for a tape around the call."""
    return is_constant(r) and not r.flags & CAPTURED


cdef inline bint changes_places(const Record* r) noexcept:
    """Whether a record's value is the same to the last bit with its operands the other way round."""
    return table[r.op].commutes == COMMUTES or (table[r.op].commutes == COMMUTES_ON_REALS
                                                and not PyTypeNum_ISCOMPLEX(r.dtype))


cdef Record* record_at(ProgramCore p, int32_t node) except NULL:
    """A record of a program that has so many."""
    if not 0 <= node < p.count:
        raise IndexError(f"there is no node {node} in a program of {p.count}")
    return &p.records[node]


def has_no_order(ProgramCore p, int32_t node):
    """Whether a record's value is the same to the last bit with its operands the other way round."""
    return changes_places(record_at(p, node))


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
    cdef Record* r
    for i in range(p.count):
        r = &p.records[i]
        redirect(p, r, into)
        if r.flags & (LIST | HOLES) or r.a < 0:
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
    if row.kind == LINEAR and table[p.records[r.a].op].plan == PLAN_PAD and takes_back(p, r.a, node):
        return p.records[r.a].a
    if is_like(p, r.a, node) and (row.idle_if_alike or (row.permutes != NULL and stays(permutation(p, node)))):
        return r.a
    return -1


cdef bint takes_back(ProgramCore p, int32_t padded, int32_t node) except -1:
    """Whether a record takes of zeros with something among them what was put there."""
    cdef Record* q = &p.records[padded]
    if table[p.records[node].op].partner != q.op or q.flags & HOLES or not is_like(p, q.a, node):
        return False
    put, taken = (<tuple>p.attribute(padded))[1], (<tuple>p.attribute(node))[1]
    return same_attribute(put if isinstance(put, tuple) else (put,), taken if isinstance(taken, tuple) else (taken,))


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
