# Variables as they were: what undoes assignments after an error, and what shows a rule the values that were recorded.

cdef Tensor value_of(VariableCore v):
    """The present value as a tensor that stands nowhere."""
    if FREE_THREADED:
        return held_value(v)
    return new_scalar(v.number, v.code) if v.scalar else bare_tensor(v.array)


cdef uint64_t versions = 0


cdef inline void renew(VariableCore v) noexcept:
    """A variable's value is another one: leaves that have been read are earlier ones."""
    v.version = next_number(&versions)


cdef void put_value(VariableCore v, Operand value) noexcept:
    """Let a variable have a value, for no trace to hear of. Nothing comes between the swap's parts."""
    cdef ndarray before
    hold(&assignments)
    before = v.array            # (which goes when the lock has gone: with an array whatever may go, and run Python)
    swap_value(v, value)
    let_go(&assignments)


cdef inline void swap_value(VariableCore v, Operand value) noexcept:
    """The same, for who holds the lock of assignments."""
    cdef ndarray before
    ad_note_change()
    hold_object(v)
    before = v.array            # (which goes when all is done, not in the midst of it)
    v.array = None if value.scalar else value.array
    v.number = value.number
    v.scalar = value.scalar
    v.code = value.code
    renew(v)
    let_go_object(v)


def put_back(list assigned):
    """Undo assignments: [(variable, value before)]. No trace hears of it."""
    for v, value in assigned:
        put_value(<VariableCore?>v, <Operand?>value)


cdef int note_assignment(VariableCore v) except -1:
    """A variable is about to change, while the journals of this thread are kept."""
    cdef PyObject* journal = ad_get_journal()
    while journal != NULL:
        (<Journal>journal).note(v)
        journal = (<Journal>journal).before
    return 0


@cython.final
cdef class Journal:
    """A context that is all or nothing: after an error every variable that was assigned to has the value that it
    had."""
    cdef PyObject* before       # the one around it (borrowed: it is left later)
    cdef dict values            # by the id of the variable: it, and the value that it had

    def __enter__(self):
        self.values = {}
        self.before = ad_get_journal()
        ad_set_journal(<PyObject*>self)
        return self

    def __exit__(self, kind, error, traceback):
        ad_set_journal(self.before)
        if kind is not None:
            if tracing_log() != NULL:        # which hears of it
                for v, value in self.values.values():
                    v.set_value(value)
            else:
                put_back(list(self.values.values()))
        self.values = None

    cdef int note(self, VariableCore v) except -1:
        cdef Tensor value
        cdef Log* log = tracing_log()
        if v.is_variable and id(v) not in self.values:      # (not while it is being made)
            value = value_of(v)
            if log != NULL:
                value.node = tracked(log, v)
                value.log_id = log.id
            self.values[id(v)] = (v, value)
        return 0


# A variable's value and its place on logs
# (on those of its thread; a variable is put into the past by one thread at a time)
cdef tuple state_of(VariableCore v):
    return value_of(v), v.log_id, v.node, v.elsewhere, v.version


cdef int set_state(VariableCore v, tuple state) except -1:
    value, log_id, node, elsewhere, version = state
    put_value(v, <Operand>value)
    hold_object(v)
    stand_on(&v.log_id, &v.node, log_id, node)
    v.elsewhere = elsewhere
    v.version = version
    let_go_object(v)
    return 0


cdef inline bint same_number(double a, double b) noexcept:
    return a == b or (a != a and b != b)


cdef bint has_value(VariableCore v, Operand value) noexcept:
    return same_number(v.number, value.number) if v.scalar and value.scalar else (
        not v.scalar and not value.scalar and v.array is value.array)


cdef int rejoin(VariableCore v, uint64_t log_id, int32_t node, tuple state) except -1:
    """A variable stood at a leaf, was put to an earlier one of the same log (`node`), and got new leaves there: let
    these lead to the one where it stood, which leads to the earlier one. All of them are one source."""
    cdef Log* log = log_of(v.log_id) if v.log_id else NULL
    cdef uint64_t stood_on = state[1]
    cdef int32_t first = v.node, stood = state[2], k
    if log == NULL or not (is_of(log, log_id) and is_of(log, stood_on)) or not node < stood < first:
        return 0
    while is_leaf(&log.records[first]) and log.records[first].b > stood:
        first = log.records[first].b
    k = stood
    while is_leaf(&log.records[k]) and log.records[k].b >= node:
        k = log.records[k].b
    if is_leaf(&log.records[first]) and log.records[first].b == node and k == node:
        log.records[first].b = stood
    return 0


@cython.final
cdef class Past:
    """What variables are when a function with a rule is recorded; as a context, they are that again, for the rule."""
    cdef list recorded          # [(variable, value, version, log id, node)]
    cdef list entered           # for each time that it is entered now, by a rule that asks for its own derivative or by
                                # another thread: the thread, and [(variable, the value from then, place from then, its
                                # state now)]

    def __init__(self, list variables):
        cdef Log* log = recording_log()
        cdef int32_t node
        cdef VariableCore v
        self.recorded = []
        self.entered = []
        for v in variables:
            node = -1 if log == NULL else tracked(log, v)
            self.recorded.append((v, value_of(v), v.version, 0 if node < 0 else log.id, node))

    def __enter__(self):
        cdef VariableCore v
        cdef Log* log
        cdef uint64_t log_id
        cdef int32_t node
        cdef list present = []
        for v, value, version, identity, stood in self.recorded:
            log_id = identity
            node = stood
            log = log_of(log_id) if log_id else NULL
            if log == NULL and log_id:
                log = joined_log(&log_id, &node)
            # (Where another thread has read it since, it stands on that one's log, too.)
            if has_value(v, <Operand>value) and (log_id == 0 or (v.log_id == log_id and v.node == node)
                                                 or (log != NULL and standing(log, v) == node)):
                continue
            state = state_of(v)
            put_value(v, <Operand>value)
            if log != NULL and log == <Log*>ad_get_current_log():
                # It stands at its own leaf. (On another log it is a new value of the same source, as after an
                # assignment.)
                hold_object(v)
                v.version = version
                stand_on(&v.log_id, &v.node, log_id, node)
                v.elsewhere = None
                let_go_object(v)
            present.append((v, value, v.log_id, v.node, state))
        self.entered.append((PyThread_get_thread_ident(), present))
        return self

    def __exit__(self, kind, error, traceback):
        cdef VariableCore v
        cdef Py_ssize_t k = len(self.entered) - 1
        while k >= 0 and <unsigned long>(<tuple>self.entered[k])[0] != PyThread_get_thread_ident():
            k -= 1
        if k < 0:
            raise RuntimeError("these variables are not in the past, in this thread")
        for v, value, log_id, node, state in (<tuple>self.entered.pop(k))[1]:
            if not has_value(v, <Operand>value):
                continue            # the rule has assigned to it
            if v.log_id == <uint64_t>log_id and v.node == <int32_t>node:
                set_state(v, <tuple>state)
            else:
                rejoin(v, log_id, node, <tuple>state)
                put_value(v, <Operand>(<tuple>state)[0])    # what was read meanwhile is an earlier value of the same
                                                            # source
