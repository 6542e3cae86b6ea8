# What both sweeps share: the nodes between sources and targets, what state each is in, and where a sweep begins and
# ends.
#
# The reverse sweep (reverse.pxi) takes cotangents from the targets down to the sources, the forward sweep (forward.pxi)
# tangents from the sources up to the targets. What either finds at a node is kept in one form (adjoints.pxi); what a
# record makes of it is a rule of its kind (kinds.pxi), written once for both and for both ways of emission
# (emission.pxi): raw, when no open tape listens, or as tensors, when one does, so that the derivative is recorded.
#
# A Jacobian is one sweep, not one for each of its rows: then every cotangent has a leading axis, the batch.

cdef enum AdjointKind:
    NO_ADJOINT = 0
    NUMBER = 1                  # a scalar node's
    ARRAY = 2                   # an owned reference
    IN_LINE = 3                 # a register of what is pending
    TENSOR = 4                  # an owned reference: the derivative is recorded
    SLICES = 5                  # a variable's: an owned reference to a list of rows that were looked up, not added up
    BUNDLE = 6                  # an owned list: of a record of several outputs, a tensor or None for each
    NODE = 7                    # of a scalar: the node of the adjoint itself, on the same log
    KIND_MASK = 7

# Other bits of a node's state
cdef enum:
    REACHED = 8                 # it depends on a source
    SOURCE = 16
    TAKEN = 32                  # its adjoint has been handed out
    NEEDED = 64                 # forward: a target depends on it
    TAKEN_UP = 128              # other tapes recorded it, this one watches it: nothing of it lies before

ctypedef union Adjoint:
    double number
    PyObject* object
    int64_t register

ctypedef struct Reduction:      # a register that contributes to a node of a smaller shape
    int32_t node
    int register
    PyObject* shape             # that shape (the record holds it); NULL for a scalar: the sum of all elements

ctypedef struct Sweep:
    Log* log
    npy_intp batch              # the length of the cotangents' leading axis; 0 for none
    const char* units           # where what the sweep begins with lies, if that may be the rows of an identity; or NULL
    bint looked_at              # it is: a product has asked
    int32_t low
    int32_t high
    uint8_t* state              # of node low + k
    Adjoint* adjoint
    Line* line
    int32_t* left               # forward: how many records are still to read a node's tangent
    int32_t* pending            # nodes whose adjoint is, or was, a register of the line
    int pending_count
    int pending_capacity
    Reduction reductions[MOST_INPUTS]
    int reduction_count
    bint forward                # from sources to targets: what nodes have are tangents
    bint tensors                # the derivative is recorded
    bint nodes                  # and no value of it is wanted (nodes.pxi)
    bint objects                # some adjoint is, or was, an array or a tensor
    bint linked                 # the log is the one that this thread records on
    bint keeps                  # adjoints may be nodes at the log's end, which must stay
    double* times               # of each node of the log: the seconds that its record takes, where somebody asks; or
                                # NULL


cdef inline bint wants(Sweep* s, int32_t node) noexcept:
    return node >= s.low and s.state[node - s.low] & REACHED


cdef inline bint has_tangent(Sweep* s, int32_t node) noexcept:
    return node >= s.low and s.state[node - s.low] & KIND_MASK


cdef inline void drop(Sweep* s, int32_t node) noexcept:
    """Free a spent adjoint."""
    cdef int32_t k = node - s.low
    cdef uint8_t kind = s.state[k] & KIND_MASK
    cdef PyObject* held = s.adjoint[k].object
    s.state[k] &= ~KIND_MASK
    if kind >= ARRAY and kind != IN_LINE and kind != NODE:
        Py_XDECREF(held)


ctypedef struct Rules:          # of a kind of rows
    int (*pull)(Sweep* s, int32_t node) except -1   # the node's cotangent, which goes, to those operands that want one
    int (*push)(Sweep* s, int32_t node) except -1   # the operands' tangents; 1 where these have been spent already
    object (*run_op)(int, list, object)             # the op, on operands, with attributes, recorded where a tape
                                                    # listens

cdef Rules rules[KINDS]


cdef void set_rules(int kind, int (*pull)(Sweep*, int32_t) except -1, int (*push)(Sweep*, int32_t) except -1,
                    object (*run_op)(int, list, object)) noexcept:
    rules[kind].pull = pull
    rules[kind].push = push
    rules[kind].run_op = run_op


cdef inline Operand apply_op(int op, list operands, object attribute):
    """A row's op on operands, whatever its kind."""
    return <Operand>rules[table[op].kind].run_op(op, operands, attribute)


# ------------------------------------------------------------------------------------------------ sources and targets

cdef inline int32_t heard_node(Log* log, int32_t node, uint32_t bit) noexcept:
    """`node`, or the nearest leaf before it of the same variable, that the tape listened to; or -1."""
    while node >= 0 and not meet(log, log.records[node].listeners, bit):
        node = log.records[node].b if is_leaf(&log.records[node]) else -1
    return node


cdef inline int32_t next_node(Log* log, int32_t node, uint32_t bit) noexcept:
    """A variable that was assigned to stands at several nodes: the one before, or -1."""
    return heard_node(log, log.records[node].b, bit) if is_leaf(&log.records[node]) else -1


cdef enum:
    FEW_NODES = 256             # so many adjoints lie on the C stack


# Where the sources, and then the targets, of a sweep stand, and the room for its states
ctypedef struct Ends:
    int32_t* nodes
    Py_ssize_t sources
    Py_ssize_t targets
    int32_t low                 # the first source's node
    int32_t high                # the last target's
    int32_t few_nodes[64]
    uint8_t few_states[FEW_NODES]
    Adjoint few_adjoints[FEW_NODES]
    Adjoint* own_adjoints


cdef int find_ends(Ends* e, Log* log, uint32_t bit, list targets, list sources) except -1:
    cdef Py_ssize_t i
    cdef int32_t node
    cdef Operand x
    e.sources = len(sources)
    e.targets = len(targets)
    e.low = 0x7fffffff
    e.high = -1
    e.own_adjoints = NULL
    e.nodes = e.few_nodes
    if e.sources + e.targets > 64:
        e.nodes = <int32_t*>malloc((e.sources + e.targets) * sizeof(int32_t))
        if e.nodes == NULL:
            raise MemoryError()
    for i in range(e.targets):
        node = found_or_taken(log, <Operand>targets[i])
        if node >= 0 and not meet(log, log.records[node].listeners, bit):
            node = -1
        e.nodes[e.sources + i] = node
        if node > e.high:
            e.high = node
    for i in range(e.sources):
        x = <Operand>sources[i]
        node = heard_node(log, found_or_taken(log, x), bit) if differentiable(x.code) else -1
        e.nodes[i] = node
        while node >= 0:
            if node < e.low:
                e.low = node
            node = next_node(log, node, bit)
    return 0


cdef bint leaves_tracked(Log* log, Log* current, int32_t low, int32_t high) except -1:
    """Whether another log that is being recorded follows one of this log's watched tensors."""
    cdef int32_t i
    for i in range(low, high + 1):
        if is_leaf(&log.records[i]) and log.records[i].flags & ATTRIBUTE:
            x = <object>log.records[i].payload.attribute
            if isinstance(x, Tensor) and tracked(current, <Operand>x) >= 0:
                return True
    return False


cdef int mark(Sweep* s, uint32_t bit, uint32_t active, bint* odd, bint* heard) except -1:
    """Mark what depends on a source through records that the tape listened to."""
    cdef int32_t i, k, low = s.low
    cdef Record* r
    cdef uint8_t* state = s.state
    cdef bint reached
    cdef uint32_t listeners = 0
    for i in range(low, s.high + 1):
        r = &s.log.records[i]
        if not state[i - low] & REACHED:
            if not meet(s.log, r.listeners, bit) or is_leaf(r) or state[i - low] & TAKEN_UP:
                continue
            if r.flags & LIST:
                reached = False
                for k in range(r.b):
                    if s.log.operands[r.a + k] >= low and state[s.log.operands[r.a + k] - low] & REACHED:
                        reached = True
                        break
            else:
                reached = (r.a >= low and state[r.a - low] & REACHED) or (r.b >= low and state[r.b - low] & REACHED)
            if not reached:
                continue
            state[i - low] |= REACHED
        listeners = join(s.log, listeners, r.listeners)
        if r.dtype != NPY_DOUBLE and r.dtype != NPY_FLOAT:
            odd[0] = True
    heard[0] = meet(s.log, listeners, active) != 0
    return 0


# --------------------------------------------------------------------------------------------- the beginning and the
# end

cdef bint is_identity(ndarray x, npy_intp size) noexcept:
    """Whether an array is the rows of an identity, as the cotangents or tangents of a Jacobian are."""
    cdef const char* data = <const char*>PyArray_DATA(x)
    cdef npy_intp k, others = 0
    cdef int code = type_code(x)
    if (code != NPY_DOUBLE and code != NPY_FLOAT or PyArray_SIZE(x) != size * size
            or not PyArray_CHKFLAGS(x, NPY_ARRAY_CARRAY_RO)):
        return False
    for k in range(size):
        if ((<const double*>data)[k * (size + 1)] != 1.0 if code == NPY_DOUBLE
                else (<const float*>data)[k * (size + 1)] != 1.0):
            return False
    for k in range(size * size):
        others += (<const double*>data)[k] != 0.0 if code == NPY_DOUBLE else (<const float*>data)[k] != 0.0
    return others == size


cdef int sweep_open(Sweep* s, Ends* e, Log* log, uint32_t bit, list cotangents, bint last) except -1:
    """Make room for the states between the ends, and mark what depends on a source."""
    cdef Log* current = recording_log()
    cdef Operand x
    cdef bint odd = False, heard = False
    cdef int32_t low = e.low, high = e.high, node, leaves = 0
    cdef Py_ssize_t i
    cdef int slot = 0
    s.log = log
    s.low = low
    s.high = high
    s.linked = current == log
    if high - low < FEW_NODES:
        s.state = e.few_states
        s.adjoint = e.few_adjoints
        memset(e.few_states, 0, high - low + 1)
    else:
        s.state = <uint8_t*>malloc(<size_t>(high - low + 1))
        if last and log.sole and log.pure and not log.odd and current == NULL:
            # Numbers all of them, and nobody can ask for the values after this sweep.
            s.adjoint = <Adjoint*>&log.values[low]
        else:
            s.adjoint = e.own_adjoints = <Adjoint*>malloc(<size_t>(high - low + 1) * sizeof(Adjoint))
        if s.state == NULL or s.adjoint == NULL:
            raise MemoryError(f"no memory for the adjoints of {high - low + 1} records")
        expect_writes(s.state, <size_t>(high - low + 1))
        if e.own_adjoints != NULL:
            expect_writes(e.own_adjoints, <size_t>(high - low + 1) * sizeof(Adjoint))
        memset(s.state, 0, high - low + 1)
    if s.batch and len(cotangents) == 1:
        s.units = <const char*>PyArray_DATA((<Operand>cotangents[0]).array)
    for i in range(e.sources):
        node = e.nodes[i]
        while node >= 0:
            if node <= high and not s.state[node - low]:
                s.state[node - low] = REACHED | SOURCE
                leaves += is_leaf(&log.records[node])
            node = next_node(log, node, bit)
    while log.tapes[slot] == NULL or (<Tape>log.tapes[slot]).bit != bit:
        slot += 1
    if (<Tape>log.tapes[slot]).aside is not None:
        for node in ((<Tape>log.tapes[slot]).aside.taken_up or ()):
            if low <= node <= high:
                s.state[node - low] |= TAKEN_UP
    if log.sole and not log.odd and leaves == log.leaf_count and current != log:
        # Every record depends on some leaf, every leaf is a source, and all are this tape's: all are reached.
        for node in range(high - low + 1):
            s.state[node] |= REACHED
    else:
        mark(s, bit, current.active if current == log else 0, &odd, &heard)
    if current != NULL:
        for x in cotangents:
            heard = heard or (x is not None and tracked(current, x) >= 0)
        if current != log and not heard:
            heard = leaves_tracked(log, current, low, high)
    s.tensors = odd or heard
    if not s.tensors:
        s.line = spare_line()
    elif s.linked:
        s.keeps = True
        count_up(&log.kept, 1)
        log.keeper = PyThread_get_thread_ident()
    return 0


cdef void sweep_close(Sweep* s, Ends* e) noexcept:
    cdef int32_t node
    if s.keeps:
        count_up(&s.log.kept, -1)
    if s.objects and s.state != NULL:
        for node in range(s.low, s.high + 1):
            if s.state[node - s.low] & KIND_MASK:
                drop(s, node)
    if s.state != e.few_states:
        free(s.state)
    free(e.own_adjoints)
    free(s.pending)
    free(s.left)
    if e.nodes != e.few_nodes:
        free(e.nodes)
    if s.line != NULL:
        line_clear(s.line)
        return_line(s.line)


cdef void check_spent(Sweep* s) noexcept:
    """In a checked build, after a sweep: what adjoints held has been spent, but for those of ends that nobody asked
    for."""
    cdef int32_t k
    cdef uint8_t kind
    for k in range(s.high - s.low + 1):
        kind = s.state[k] & KIND_MASK
        check(kind != IN_LINE)
        check(kind == NO_ADJOINT or kind == NUMBER or kind == NODE or s.state[k] & (SOURCE | TAKEN_UP)
              or is_leaf(&s.log.records[s.low + k]))
