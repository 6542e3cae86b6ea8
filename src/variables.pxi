# Variables: values that are swapped, where tapes, traces and other threads look on.

cdef Operand lasting(Operand value):
    """A value as a variable has it: in memory that is no caller's, and no part of something larger. For a trace it is
    the value still."""
    cdef Tensor kept
    if value.scalar or not (value.borrowed or value.array.base is not None):
        return value
    kept = bare_tensor(own_copy(value.array))
    if traces:
        trace_identity(value, kept)
    return kept


cdef class VariableCore(Operand):
    """The compiled part of Variable: its value, and whether tapes watch it by themselves."""
    def __cinit__(self, *args, **kwargs):
        # Until it is given one: a value nevertheless, for who made it by __new__ alone.
        self.scalar = FLOAT_SCALAR
        self.code = NPY_FLOAT
        self.number = float("nan")

    def __getitem__(self, index):
        cdef Operand part = <Operand>getitem(self, index)
        part.elsewhere = new_elsewhere(None, (self, index))     # (a fresh tensor stands on one log at most)
        return part

    def set_trainable(self, bint trainable):
        self.is_trainable = trainable
        self.is_variable = True

    def set_value(self, Operand value):
        """Swap the value; what a tape has recorded keeps the old one."""
        if ad_get_journal() != NULL:
            note_assignment(self)
        if traces:
            trace_assignment(self, value)
        put_value(self, lasting(value))

    def set_value_if(self, Operand before, Operand value):
        """Swap the value, unless it is not `before` any more: another thread has then been quicker. Whether it was
        done."""
        value = lasting(value)
        if ad_get_journal() != NULL:
            note_assignment(self)
        if traces and tracing_log() != NULL:
            trace_assignment(self, value)
            put_value(self, value)
            return True
        return put_value_if(self, before, value)

    def change_by(self, str kind, Operand delta):
        """Add to the value ("add") or "subtract" from it, and lose no change of another thread's: there can be some
        while a kernel runs without the GIL."""
        cdef int op = row_change(kind)
        cdef Tensor before
        while True:
            before = value_of(self)
            if traces:
                trace_identity(self, before)
            if self.set_value_if(before, binary(op, before, delta)):
                return

    def change_rows(self, str kind, indices, values):
        """Change rows of the value, one after the other: "add", "subtract" or "replace"."""
        change_variable(self, row_change(kind), indices, values)

    def read(self):
        """The value as a tensor, recorded as a read."""
        return identity_of(self)


cdef bint put_value_if(VariableCore v, Operand before, Operand value) noexcept:
    """Let a variable have a value, unless it is not what it was before; whether it was."""
    cdef bint is_so
    hold(&assignments)
    is_so = has_value(v, before)
    if is_so:
        swap_value(v, value)
    let_go(&assignments)
    return is_so


cdef int change_variable(VariableCore v, int op, object indices, ndarray values) except -1:
    """Change rows in the variable's own memory if nothing else refers to it, in a copy if something does.

    What a tape keeps, a tensor that was read and a view of either refer to the array, and never see a change: the
    GIL is held throughout. Where it is not, in a copy, the change is made once more if another thread has come between.
    """
    cdef ndarray rows = row_numbers(indices)
    cdef ndarray changes = laid_out(values, dtype_objects[v.code])
    cdef PyObject* held
    cdef Tensor before
    cdef ndarray whole
    if ad_get_journal() != NULL:
        note_assignment(v)       # which then holds the array
    while True:
        hold(&assignments)
        hold_object(v)
        held = <PyObject*>v.array
        if is_sole(held) and pooled_memory(held) and has_row_loop(op, v.code):
            ad_note_change()
            try:
                change_rows(op, v.array, rows, changes)
                renew(v)
            finally:
                let_go_object(v)
                let_go(&assignments)
            return 0
        let_go_object(v)
        let_go(&assignments)
        before = value_of(v)
        whole = own_copy(before.array)
        change_rows(op, whole, rows, changes)
        if put_value_if(v, before, bare_tensor(whole)):
            return 0


def part_of_variable(Operand x):
    """The variable and the index that a tensor is a part by: (v, index) for v[index]; None for any other tensor."""
    return None if x.elsewhere is None else x.elsewhere.part


def values_now(list variables):
    """What variables are, and how often this thread has changed any: for `assign_all`."""
    return [value_of(<VariableCore?>v) for v in variables], ad_changes_noted()


def assign_all(list variables, list values, tuple before):
    """Let variables take values, unless another thread has assigned to one of them since `values_now`: then none.
    Whether they have taken them."""
    cdef Py_ssize_t k
    was, changes = before
    values = [lasting(detached(value)) for value in values]
    if traces and tracing_log() != NULL:
        for k in range(len(variables)):
            (<VariableCore>variables[k]).set_value(values[k])
        return True
    if ad_get_journal() != NULL:
        for k in range(len(variables)):
            note_assignment(<VariableCore>variables[k])
    hold(&assignments)
    next_number(&times_assigned)
    try:
        if <uint64_t>changes == ad_changes_noted():     # (else the computation itself has assigned, as it would again)
            for k in range(len(variables)):
                if not has_value(<VariableCore>variables[k], <Operand>was[k]):
                    return False
        for k in range(len(variables)):
            swap_value(<VariableCore>variables[k], <Operand>values[k])
    finally:
        next_number(&times_assigned)
        let_go(&assignments)
    return True
