# Reading: records as Python has them, of a tape and of a program. Whatever prints, draws, counts or explains stands on
# it.
#
# A record is told as it lies on the log: what it is, its operands' nodes, its shape, what it keeps. Shapes are not on a
# log, since no sweep asks for them: they are found as rows declare them for whom nothing is run (`gives`), from the
# leaves up. A value is told by a tensor around the array that the record keeps: nothing is copied, nothing can be
# written to, and no tape follows it. What is read is not asked: a tape can be read again, and used afterwards.

cdef str RELEASED = ("this tape has let go of its records: one that is not persistent does so when its gradient is "
                     "taken. Read it before that, or make it persistent: GradientTape(persistent=True)")


cdef int check_readable(Tape tape) except -1:
    tape.check_thread()
    if tape.spent:
        raise RuntimeError(RELEASED)
    return 0


cdef int begin_reading(Tape tape) except -1:
    """Records stay where they are meanwhile: what is read may run Python, and that collect other tapes."""
    enter_sweep(tape)
    count_up(&tape.log.kept, 1)
    tape.log.keeper = PyThread_get_thread_ident()
    return 0


cdef void end_reading(Tape tape) noexcept:
    count_up(&tape.log.kept, -1)
    leave_sweep(tape)


def tape_state(Tape tape):
    """How a tape stands, in a word, and how many records it follows."""
    cdef Log* log = tape.log
    cdef int32_t i, count = 0
    if log == NULL:
        return "released" if tape.spent else "empty", 0
    for i in range(tape.start, log.count):
        count += meet(log, log.records[i].listeners, tape.bit) != 0
    state = "recording" if tape.recording else ("paused" if tape.open else "left")
    return state, count + (0 if tape.aside is None else len(tape.aside.below or ()))


def join_all(Tape tape, list operands):
    """Let a tape's log have what other threads have computed for it, before it is read."""
    if tape.log == NULL or tape.log.joint == NULL:
        return
    begin_reading(tape)
    try:
        for x in operands:
            found_or_taken(tape.log, <Operand>x)
    finally:
        end_reading(tape)


def node_on_tape(Tape tape, Operand x):
    """The node at which a tape follows a tensor, or None."""
    cdef int32_t node
    check_readable(tape)
    if tape.log == NULL:
        return None
    node = heard_node(tape.log, standing(tape.log, x), tape.bit)
    return node if node >= 0 else None


# -------------------------------------------------------------------------------------------------------------- shapes

cdef tuple constant_shape(Log* log, int32_t reference):
    """The shape of a value that was kept beside the records; None where none was."""
    if reference == UNTRACKED:
        return None
    if log.constants[FIRST_CONSTANT - reference].scalar:
        return ()
    return (<object>log.constants[FIRST_CONSTANT - reference].value.array).shape


cdef tuple declared_shape(Log* log, Record* r, list shapes):
    """What a row says that the shape is of what it gives; None where it does not say, or not without the values."""
    cdef Row* row = &table[r.op]
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n
    cdef void* current = ad_get_current_log()
    cdef object attribute = own_attribute_of(r)
    if row.gives == NULL:
        return None
    kinds = []
    n = operand_nodes(log, r, &nodes, pair)
    for k in range(n):
        shape = shapes[nodes[k]] if nodes[k] >= 0 else constant_shape(log, nodes[k])
        if shape is None:
            return None
        kinds.append(kind_class(dtype_objects[reference_dtype(log, nodes[k], r.dtype)], shape))
    ad_set_current_log(NULL)
    try:
        found = (<object>row.gives)(without_blanks(attribute), *kinds)
    except Exception:
        return None         # (a user's row that is wrong about itself)
    finally:
        ad_set_current_log(current)
    return None if found is None else found.shape


cdef tuple shape_on_log(Log* log, int32_t node, list shapes):
    """A node's shape, given those of the nodes before it; None where nobody knows it any more."""
    cdef Record* r = &log.records[node]
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n
    if r.flags & SCALAR:
        return ()
    if r.flags & HELD:
        return (<object>log.values[node].array).shape
    if is_leaf(r):
        return shape_of(<Operand>r.payload.attribute) if r.flags & ATTRIBUTE else None
    if log.ear:
        shape = witnessed_shape(log, node)
        if shape is not None:
            return shape
    elif log.tracer and log.shapes != NULL and not is_guard(r) and not is_assignment(r):
        return shapes_of(log).shape(log.shapes[node])
    if is_projection(r):
        r = &log.records[r.a]
        return (<tuple>(<tuple>r.payload.attribute)[2])[log.records[node].payload.output][0] if r.flags & ATTRIBUTE \
            else None
    if is_guard(r) or is_assignment(r):
        return shapes[r.a] if r.a >= 0 else None
    if table[r.op].kind == ELEMENTWISE:
        if r.flags & ATTRIBUTE:
            return (<tuple>r.payload.attribute)[3]
        n = operand_nodes(log, r, &nodes, pair)
        for k in range(n):      # nothing was broadcast: what has a derivative has the result's shape
            if nodes[k] >= 0 and table[r.op].derivative[k] != NOTHING:
                return shapes[nodes[k]]
        return None
    if of_many_operands(r.op) and r.flags & ATTRIBUTE:
        found = (<tuple>r.payload.attribute)[2]
        if found is not None:
            return None if table[r.op].multiple else <tuple>found
    return declared_shape(log, r, shapes)


# ------------------------------------------------------------------------------------------------------------- records

cdef object attribute_told(object attribute):
    """What an op was told, for a reader: sweeps read its arrays, so that nobody can write to them here."""
    cdef ndarray view
    if type(attribute) is tuple:
        return tuple([attribute_told(part) for part in <tuple>attribute])
    if not isinstance(attribute, ndarray):
        return attribute
    view = attribute.view()
    PyArray_CLEARFLAGS(view, NPY_ARRAY_WRITEABLE)
    return view


cdef Tensor told(ndarray array):
    """A value for a reader; None where nobody has it."""
    return None if is_blank(array) else new_tensor(array)


cdef Tensor constant_told(Log* log, int32_t reference):
    cdef Constant* c
    if reference == UNTRACKED:
        return None
    c = &log.constants[FIRST_CONSTANT - reference]
    return new_scalar(c.value.number, c.dtype) if c.scalar else told(<ndarray>c.value.array)


cdef Tensor value_told(Log* log, int32_t node):
    """The value at a node; None where nobody has kept it."""
    cdef Record* r = &log.records[node]
    cdef Operand x
    if is_projection(r) or is_assignment(r):
        return None
    if r.flags & SCALAR:
        return new_scalar(log.values[node].number, r.dtype)
    if r.flags & HELD:
        return told(<ndarray>log.values[node].array)
    if not is_leaf(r) or not r.flags & ATTRIBUTE:
        return None
    x = <Operand>r.payload.attribute
    if x.is_variable:       # the one that was read, if it is that still
        return value_of(<VariableCore>x) if standing(log, x) == node and is_fresh(log, <VariableCore>x, node) else None
    return None if is_reference(x) else told(array_of(x))


cdef str label_on_log(Log* log, Record* r, bint followed):
    """What a record is, in a word: an op's name, or what stands for no op."""
    if is_leaf(r):
        if r.flags & ATTRIBUTE and (<Operand>r.payload.attribute).is_variable:
            return "variable"
        return "watched" if followed else "captured"
    if is_projection(r):
        return "output"
    return "assign" if is_assignment(r) else op_label(r.op)


cdef tuple record_told(Log* log, int32_t node, bint followed, bint taken_up, list shapes):
    cdef Record* r = &log.records[node]
    cdef int32_t pair[2]
    cdef int32_t* nodes = NULL
    cdef int k, n = 0 if taken_up else operand_nodes(log, r, &nodes, pair)
    cdef Tensor value
    cdef list operands = []
    cdef npy_intp kept = PyArray_NBYTES(<ndarray>log.values[node].array) if r.flags & HELD else 0
    cdef object name = None, place = None
    for k in range(n):
        if nodes[k] >= 0:
            operands.append(nodes[k])
            continue
        value = constant_told(log, nodes[k])
        operands.append(value)
        if value is not None and not value.scalar:
            kept += PyArray_NBYTES(value.array)
    if is_leaf(r) and r.flags & ATTRIBUTE and (<Operand>r.payload.attribute).is_variable:
        name = getattr(<object>r.payload.attribute, "name", None)
    if log.trace != NULL or log.witness != NULL:
        place = (<Hearer>(log.trace if log.trace != NULL else log.witness)).place_of(node)
    return (node, label_on_log(log, r, followed), tuple(operands), attribute_told(own_attribute_of(r)),
            dtype_objects[r.dtype], shapes[node], value_told(log, node), kept, followed, is_leaf(r) or taken_up, name,
            place, tuple([r.payload.partial[k] for k in range(n)]) if r.flags & PARTIALS else None)


def read_tape(Tape tape, bint everything=False):
    """What a tape follows, and the operands of that which it does not follow; or everything on its log.

    A list of (node, op, operands, attribute, dtype, shape, value, bytes, followed, leaf, name, place, slopes), in the
    order in which it was recorded. An operand is a node, or a tensor that no tape follows, or None where that was not
    kept. What is not known is None: a shape, a value that was not kept, a name, a place (code, line), a number's slopes
    (its derivatives with respect to its operands; those with respect to what is not followed mean nothing).
    """
    cdef Log* log
    cdef int32_t i, count
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n
    cdef uint8_t* state = NULL
    cdef list shapes = [], found = []
    check_readable(tape)
    log = tape.log
    if log == NULL:
        return found
    taken_up = set(() if tape.aside is None else tape.aside.taken_up or ())
    begin_reading(tape)
    try:
        count = log.count
        state = <uint8_t*>calloc(<size_t>count + 1, 1)
        if state == NULL:
            raise MemoryError()
        for i in range(count):
            shapes.append(shape_on_log(log, i, shapes))
        for i in range(count):
            if everything:
                state[i] = 1
            if not meet(log, log.records[i].listeners, tape.bit):
                continue
            state[i] = 2
            if i in taken_up:
                continue
            n = operand_nodes(log, &log.records[i], &nodes, pair)
            for k in range(n):
                if nodes[k] >= 0 and not state[nodes[k]]:
                    state[nodes[k]] = 1
        for i in range(count):
            if state[i]:
                found.append(record_told(log, i, state[i] == 2, i in taken_up, shapes))
    finally:
        end_reading(tape)
        free(state)
    return found


def is_traced_tape(Tape tape):
    """Whether a tape has a witness, which has heard what the tape does not follow."""
    return bool(tape.traced)


def kinks_of_record(Tape tape, int32_t node):
    """What a record's row says of where it has no derivative (ops/kinks.py)."""
    cdef Op op = handles.get(op_name(tape.log.records[node].op))
    return () if op is None else op.kinks


def is_elementwise_record(Tape tape, int32_t node):
    return table[tape.log.records[node].op].kind == ELEMENTWISE


def run_record(Tape tape, int32_t node, list operands):
    """What a record gives of other operands, heard by nobody; None of one that stands for no op, that gives several
    things, or other things each time, and of one that meets other processes."""
    cdef Record* r = &tape.log.records[node]
    cdef void* current = ad_get_current_log()
    if (is_leaf(r) or is_projection(r) or is_guard(r) or is_assignment(r) or rules[table[r.op].kind].run_op == NULL
            or table[r.op].meets
            or (table[r.op].kind == GENERAL and (table[r.op].multiple or table[r.op].draws or table[r.op].acts))):
        return None
    attribute = own_attribute_of(r)
    op = r.op
    ad_set_current_log(NULL)
    ad_hush(1)
    try:
        return apply_op(op, operands, attribute)
    finally:
        ad_hush(-1)
        ad_set_current_log(current)


def sweep_times(Tape tape, list targets):
    """The seconds that each record takes in a sweep from targets: an array by node. Records are swept one by one, and
    nobody hears of it."""
    cdef Log* log
    cdef ndarray times
    cdef void* current
    cdef int32_t node
    cdef list ends = [], seeds = [], sources = [], shapes = []
    cdef Operand x
    check_readable(tape)
    log = tape.log
    if log == NULL:
        return numpy.zeros(0)
    for x in targets:
        if differentiable(x.code):
            ends.append(x)
            seeds.append(new_tensor(numpy.ones(shape_of(x), dtype_objects[x.code])))
    current = ad_get_current_log()
    begin_reading(tape)
    try:
        times = numpy.zeros(log.count)
        for node in range(log.count):
            shapes.append(shape_on_log(log, node, shapes))
        for node in range(len(shapes)):
            if is_leaf(&log.records[node]) and meet(log, log.records[node].listeners, tape.bit):
                sources.append(probe_at(log, node, shapes[node]))
        ad_set_current_log(NULL)
        sweep_back(log, tape.bit, ends, conjugated(seeds), sources, 0, False, False,
                   <double*>PyArray_DATA(times))
    finally:
        ad_set_current_log(current)
        end_reading(tape)
    return times


def run_program_record(ProgramCore p, int32_t node, list operands):
    """What a program's record gives of other operands, heard by nobody; None of one that stands for no op, acts,
    or meets other processes."""
    cdef Record* r = &p.records[node]
    cdef void* current = ad_get_current_log()
    if not computes(r) or is_assignment(r) or table[r.op].acts or table[r.op].meets:
        return None
    ad_set_current_log(NULL)
    ad_hush(1)
    try:
        return apply_to_operands(p, node, operands)
    finally:
        ad_hush(-1)
        ad_set_current_log(current)


def read_program(ProgramCore p):
    """The same of a program: every record is followed, and every operand is a node."""
    cdef int32_t i
    cdef Record* r
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n
    cdef str label
    cdef object name, value
    cdef npy_intp kept
    cdef list found = []
    for i in range(p.count):
        r = &p.records[i]
        n = p.nodes_of(i, &nodes, pair)
        label = op_label(r.op)
        name = value = None
        kept = 0
        if is_input(r) and i >= p.input_count:
            label = "variable"
            name = getattr(p.variables[i - p.input_count], "name", None)
        elif holds_value(r):
            value = p.first_value(i) if r.flags & SCALAR else told(<ndarray>p.values[i].array)
            if p.reference(i) is not None:
                value = None        # somebody's array, whose elements are others by now
            kept = PyArray_NBYTES(<ndarray>p.values[i].array) if r.flags & HELD else 0
        found.append((i, label, tuple([nodes[k] for k in range(n)]),
                      None if holds_value(r) else attribute_told(p.attribute(i)), dtype_objects[r.dtype],
                      p.shape(i), value, kept, True, is_input(r) or is_constant(r), name,
                      unnumbered(p.places.get(i)), None))
    return found


def flat_in_program(ProgramCore p, int32_t node):
    """For each operand of a program's record whether the row has no slope there."""
    cdef Record* r
    if not 0 <= node < p.count:
        return ()
    r = &p.records[node]
    return () if is_input(r) or holds_value(r) else flat_operands_of(r)


def shown_array(Operand x):
    """The value for whoever displays it, which is no look at it: an array that cannot be written to; None where nobody
    has it, or it is another one at each call of what is being recorded."""
    if has_no_value(x) or (traces and tracing_log() != NULL):
        return None
    return seen_array(x, None, None)


# ------------------------------------------------------------------------------------------------------------ adjoints

cdef Tensor probe_at(Log* log, int32_t node, tuple shape):
    """What stands at a node, to ask for its adjoint: it has no value."""
    cdef Record* r = &log.records[node]
    cdef Tensor t = new_scalar(0, r.dtype) if r.flags & SCALAR else bare_tensor(blank_of(shape or (), r.dtype))
    cdef int k
    t.log_id = log.id
    for k in range(log.epoch_count):
        if node < log.epochs[k].end:
            t.log_id = log.epochs[k].id
            break
    t.node = node
    return t


def read_adjoints(Tape tape, targets, nodes, weights=None):
    """The adjoints at nodes, as one sweep from targets (a tensor, or a node whose shape is known) leaves them, weighted
    like those of `gradient`: a list of tensors, or rows of them, and None where the target does not depend on the node,
    and at a record of several, whose outputs have them. The tape is as it was, and nobody hears of the sweep."""
    cdef Log* log
    cdef int32_t node, i
    cdef list ends = [], probes = [], seeds = [], shapes = [], results
    cdef void* current
    cdef Operand x
    check_readable(tape)
    log = tape.log
    if log == NULL or (traces and (shapes_alone() or values_are_made_up())):
        return [None for node in nodes]
    current = ad_get_current_log()
    begin_reading(tape)
    try:
        for i in range(log.count):
            shapes.append(shape_on_log(log, i, shapes))
        for node in (*nodes, *[x for x in targets if not isinstance(x, Operand)]):
            if not 0 <= node < len(shapes):
                raise IndexError(f"there is no node {node} on a tape of {len(shapes)}")
        for k, target in enumerate(targets):
            x = target if isinstance(target, Operand) else probe_at(log, target, shapes[<int32_t>target])
            if differentiable(x.code):
                ends.append(x)
                seeds.append(weights[k] if weights is not None and weights[k] is not None else
                             new_tensor(numpy.ones(shape_of(x), dtype_objects[x.code])))
        for node in nodes:
            several = table[log.records[<int32_t>node].op].multiple     # (which has a bundle of them)
            probes.append(new_scalar(0, NPY_DOUBLE) if several else probe_at(log, node, shapes[node]))
        ad_set_current_log(NULL)
        results = conjugated(sweep_back(log, tape.bit, ends, conjugated(seeds), probes, 0, False))
    finally:
        ad_set_current_log(current)
        end_reading(tape)
    return results
