# Notes: what was done with a followed value that is no record.
#
# A derivative ends where a value leaves (`numpy`, `float`), where `stop_gradient` says so, at a variable that takes it,
# at integers, and at what is flat everywhere. A tape records none of that, but it is what someone asks for who finds
# None. So these doors, none of which is hot, leave a note on the log: the latest few, or all of them where a witness
# listens. Comparing numbers is hot; it leaves no more than a mark on the record.

cdef enum:
    MOST_NOTES = 64


cdef int note(Log* log, str kind, int32_t node, object thing) except -1:
    """Leave a note about a node (-1: of a variable that was not read)."""
    cdef int instruction = 0
    cdef PyObject* code
    cdef list notes
    if log.notes == NULL:
        notes = []
        Py_INCREF(notes)
        log.notes = <PyObject*>notes
    notes = <list>log.notes
    code = code_of_user(&instruction)
    notes.append((kind, node, log.count, thing, None if code == NULL else <object>code, instruction))
    Py_XDECREF(code)
    if len(notes) > MOST_NOTES and not log.ear:
        del notes[0]
    return 0


cdef int note_departure(Operand x, str how) except -1:
    """A value becomes a number or an array of Python's, as was asked for by name."""
    cdef Log* log = recording_log()
    cdef int32_t node
    if log == NULL or is_traced(log) or not followed_on(log, x, False):
        return 0
    node = standing(log, x)
    if node >= 0:
        log.records[node].flags |= LEFT
    return note(log, "left", node, (how, x if x.is_variable else None))


cdef int note_end(Operand x, str kind, object thing) except -1:
    """An operation on a followed value gives what no tape follows."""
    cdef Log* log = recording_log()
    if log != NULL and not is_traced(log) and followed_on(log, x, False):
        note(log, kind, tracked(log, x), thing)     # (a variable is read by that, as by any operation)
    return 0


cdef int note_truth(Operand x) except -1:
    """Python asks a witnessed value whether it is true."""
    cdef Log* log = hearing_log()
    cdef int32_t node
    if log != NULL and is_witnessed(log):
        node = standing(log, x)
        if node >= 0:
            note(log, "truth", node, None)
    return 0


cdef inline void note_comparison(Log* log, Operand x) noexcept:
    """A number was compared."""
    if x.log_id == log.id:
        log.records[x.node].flags |= COMPARED


cdef object place_noted(object code, int instruction):
    return place_at(NULL if code is None else <PyObject*>code, instruction)


def notes_of(Tape tape):
    """The notes on a tape's log, in their order: (kind, node, how many records there were, what beside, (code, line)).

    `left`: beside is how, and the variable; `stopped`; `assigned`: the variable; `integer`, `flat` and `compared`: the
    op; `truth`: Python asked for it. And `compared` for numbers, of which nothing else is known.
    """
    cdef Log* log = tape.log
    cdef int32_t i
    cdef list found = []
    if log == NULL:
        return found
    for i in range(log.count):
        if log.records[i].flags & COMPARED:
            found.append(("compared", i, i, None, None))
    if log.notes != NULL:
        for kind, node, count, thing, code, instruction in list(<list>log.notes):
            found.append((kind, node, count, thing, place_noted(code, instruction)))
    return found


def tape_bounds(Tape tape):
    """Which records were made while a tape was open, the ranges of those while it paused, and whether it watches
    variables by itself: (first, end, pauses, automatic)."""
    cdef int32_t end = tape.left_at if not tape.open else (0 if tape.log == NULL else tape.log.count)
    return tape.start, end, (None if tape.aside is None else tape.aside.pauses) or [], tape.automatic


def where_it_stands(Tape tape, Operand x):
    """The node of a tensor on a tape's log, or -1; and of one that is not there where it is: "elsewhere", on a log of
    this thread's or "in a thread" of another's, on one that is "gone", or "nowhere"."""
    cdef Log* log
    cdef int32_t node = -1 if tape.log == NULL else standing(tape.log, x)
    if node >= 0:
        return node, "here"
    if x.log_id == 0:
        return -1, "nowhere"
    log = log_of(x.log_id)
    if log == NULL:
        return -1, "gone"
    return -1, "elsewhere" if log.thread == PyThread_get_thread_ident() else "in a thread"


cdef tuple flat_operands_of(const Record* r):
    cdef Row* row = &table[r.op]
    cdef int k
    if row.kind != ELEMENTWISE or is_leaf(r) or is_projection(r):
        return ()
    return tuple([row.derivative[k] == NOTHING for k in range(row.arity)])


def flat_operands(Tape tape, int32_t node):
    """For each operand of a record on a tape's log whether the row has no slope there."""
    return flat_operands_of(&tape.log.records[node]) if 0 <= node < tape.log.count else ()


def has_factors(Tape tape, int32_t node):
    """Whether a record's slope for one operand is, or holds as a factor, another operand."""
    cdef Record* r = &tape.log.records[node]
    return not is_leaf(r) and (table[r.op].keeping_zeros != 0 or table[r.op].kind == MATMUL)


def nodes_of_source(Tape tape, Operand x):
    """Where a tensor stands on a tape's log; a variable that was assigned to at several nodes, the latest first."""
    cdef Log* log = tape.log
    cdef int32_t node = -1 if log == NULL else standing(log, x)
    cdef list found = []
    while node >= 0:
        found.append(node)
        node = log.records[node].b if is_leaf(&log.records[node]) else -1
    return found


cdef bint takes_up(Log* log, int32_t node):
    """Whether a number or an array from outside, of which the log does not know where it comes from, goes into a
    record."""
    cdef Record* r = &log.records[node]
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n
    if is_leaf(r):      # (a variable that was read before has been assigned to; any other has a value of its own)
        return r.b >= 0 or not (r.flags & ATTRIBUTE and (<Operand>r.payload.attribute).is_variable)
    n = operand_nodes(log, r, &nodes, pair)
    for k in range(n):
        if nodes[k] < 0:
            return True
    return holds_numbers(own_attribute_of(r))


cdef object own_attribute_of(Record* r):
    """What an op was told beside its operands, without what the log keeps there for itself."""
    if is_projection(r):
        return r.payload.output
    if not r.flags & ATTRIBUTE or is_leaf(r) or table[r.op].kind == ELEMENTWISE:
        return None
    if of_many_operands(r.op):
        return (<tuple>r.payload.attribute)[0]
    if table[r.op].kind == MATMUL:
        return (<tuple>r.payload.attribute)[:2]
    return <object>r.payload.attribute


cdef bint holds_numbers(object attribute):
    if isinstance(attribute, (tuple, list)):
        for part in attribute:
            if holds_numbers(part):
                return True
        return False
    return isinstance(attribute, (float, complex, numpy.ndarray, numpy.number))


def taken_up_by(Tape tape, targets):
    """Of the records that targets depend on those into which something goes that the log does not know, the latest
    first: what left after that has not come back. None where a target is not on the log: nobody knows."""
    cdef Log* log = tape.log
    cdef uint8_t* behind
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int32_t i, node
    cdef int k, n
    cdef list found = []
    if log == NULL:
        return None
    behind = <uint8_t*>calloc(<size_t>log.count + 1, 1)
    if behind == NULL:
        return None
    try:
        for x in targets:
            node = standing(log, <Operand>x)
            if node < 0:
                return None
            behind[node] = 1
        for i in range(log.count - 1, -1, -1):
            if not behind[i]:
                continue
            if takes_up(log, i):
                found.append(i)
            n = 0 if is_leaf(&log.records[i]) else operand_nodes(log, &log.records[i], &nodes, pair)
            for k in range(n):
                if nodes[k] >= 0:
                    behind[nodes[k]] = 1
        return found
    finally:
        free(behind)


def left_behind(Tape tape, targets, Operand source):
    """The note of a value that depends on a source, left, and can have come back on the way to targets,
    (how, (code, line)); or None."""
    cdef Log* log = tape.log
    cdef uint8_t* reached
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int32_t i, node
    cdef int k, n
    if log == NULL or log.notes == NULL:
        return None
    back = taken_up_by(tape, targets)
    left = [entry for entry in <list>log.notes
            if (<tuple>entry)[0] == "left" and (back is None or (back and (<tuple>entry)[2] <= back[0]))]
    if not left:
        return None
    reached = <uint8_t*>calloc(<size_t>log.count + 1, 1)
    if reached == NULL:
        return None
    for node in nodes_of_source(tape, source):
        reached[node] = 1
    for i in range(log.count):
        n = 0 if reached[i] else operand_nodes(log, &log.records[i], &nodes, pair)
        for k in range(n):
            if nodes[k] >= 0 and reached[nodes[k]]:
                reached[i] = 1
    found = None
    for entry in left:
        node = (<tuple>entry)[1]
        if (node >= 0 and reached[node]) or (<tuple>(<tuple>entry)[3])[1] is source:
            found = entry
            break
    free(reached)
    if found is None:
        return None
    _, _, _, (how, _), code, instruction = found
    return how, place_noted(code, instruction)
