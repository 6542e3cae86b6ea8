# Rounds: a program that is run over and over, without Python between one round and the next.
#
# A round reads what is carried, a row of each series, and what all rounds share; it gives what is carried on, a row of
# each result, and terms of sums. The body is planned once. From round to round only addresses change: what is carried
# on is written where it is to stay, and read there by the next round. So the arena is that of one round, whatever their
# number.

cdef enum:
    OFTEN = 0x3ff               # (a mask) rounds between two looks at whether somebody wants to interrupt

ctypedef struct Slot:           # of an input or an output of the body
    int32_t number              # the register that holds it; -1: it lies in memory
    int32_t node
    int root                    # which base is its address; -1: it is copied from where it is
    int dtype
    npy_intp size               # bytes

ctypedef struct Moving:         # where an input is read, or an output written, in the next round
    char* at
    npy_intp on                 # bytes from there to where it is in the round after that
    bint turns                  # there are two places, in turn
    int32_t number
    int root
    int dtype


def is_repeatable(ProgramCore program):
    """Whether a program may run over and over as it stands: a function of its operands, with nothing else to it."""
    cdef int32_t i
    if program.variables or program.captures or program.assigned or program.own_derivatives:
        return False
    for i in range(program.count):
        if (is_guard(&program.records[i]) or table[program.records[i].op].draws or table[program.records[i].op].acts
                or table[program.records[i].op].meets
                or (is_constant(&program.records[i]) and program.reference(i) is not None)):
            return False
    return True


cdef bint is_zero_of_zeros(const Record* r) except -1:
    """Whether an elementwise record gives zeros of zeros."""
    cdef Log* outer = <Log*>ad_get_current_log()
    cdef Operand zero = new_tensor(numpy.zeros((), dtype_objects[r.dtype]))
    if table[r.op].kind != ELEMENTWISE or r.flags & (LIST | ATTRIBUTE):
        return False
    ad_set_current_log(NULL)
    try:
        return not numpy.any(array_of(apply_op(r.op, [zero] if r.b < 0 else [zero, zero], None)))
    finally:
        ad_set_current_log(outer)


cdef list stretches_of(Log* log, int32_t node, int depth):
    cdef Record* r = &log.records[node]
    cdef list found
    cdef object index
    if depth < 64 and computes(r) and not is_leaf(r):
        if table[r.op].plan == PLAN_PAD:
            shape, index = <object>r.payload.attribute
            index = index[0] if isinstance(index, tuple) and len(index) == 1 else index
            if len(shape) == 1 and isinstance(index, slice) and index.step in (None, 1):
                return [index.indices(shape[0])[:2]]
        elif is_zero_of_zeros(r):
            found = stretches_of(log, r.a, depth + 1)
            if r.b >= 0 and found is not None:
                more = stretches_of(log, r.b, depth + 1)
                return None if more is None else found + more
            return found
    return None


def stretches(Operand x):
    """Where a vector may be other than zero, as far as a trace says that somebody wrote there: [(first, behind the
    last), ...]; None where it says nothing."""
    cdef Log* log = tracing_log()
    cdef int32_t node = -1 if log == NULL else varying(log, x)
    return None if node < 0 or shape_of(x) == () else stretches_of(log, node, 0)


@cython.final
cdef class Rounds:
    """A program whose inputs are what is carried, rows, and what is shared, and whose outputs are what is carried on,
    rows, and terms of sums."""
    cdef ProgramCore program
    cdef Plan plan
    cdef Slot* slots            # of the inputs, then of the outputs
    cdef int inputs
    cdef int outputs
    cdef int carried
    cdef int rows
    cdef int given

    def __init__(self, ProgramCore program, int carried, int rows, int given):
        cdef int k
        cdef Slot* slot
        if not is_repeatable(program):
            raise ValueError("a program that is run over and over reads its operands alone, and has no effects")
        self.program = program
        self.carried, self.rows, self.given = carried, rows, given
        self.inputs, self.outputs = program.input_count, <int>len(program.outputs)
        if min(carried, rows, given) < 0 or carried + rows > self.inputs or carried + given > self.outputs:
            raise ValueError(f"a loop that carries {carried}, with {rows} rows and {given} results, of a program of "
                             f"{self.inputs} inputs and {self.outputs} outputs")
        self.plan = planned(program) if published(&program.finished) == NULL else <Plan>program.plan
        self.slots = <Slot*>calloc(self.inputs + self.outputs + 1, sizeof(Slot))
        if self.slots == NULL:
            raise MemoryError()
        for k in range(self.inputs + self.outputs):
            slot = &self.slots[k]
            slot.node = k if k < self.inputs else <int32_t>self.plan.program.outputs[k - self.inputs]
            slot.dtype = self.plan.program.records[slot.node].dtype
            slot.size = elements(self.plan.program.shape(slot.node)) * item_size[slot.dtype]
            slot.number = slot.root = -1
            if self.plan.places[slot.node].scalar and self.plan.places[slot.node].nd == 0:
                slot.number = self.plan.places[slot.node].number
            elif k < self.inputs:
                slot.root = self.plan.input_roots + k
            elif self.plan.ends[k - self.inputs].fresh:
                slot.root = self.plan.output_roots + k - self.inputs

    def __dealloc__(self):
        free(self.slots)

    cdef int check_arrays(self, int64_t steps, bint kept, list arrays, list stacks, list sums) except -1:
        """Compiled loops trust what they are given: so that is what the program was made for."""
        cdef int k
        cdef npy_intp count
        cdef ndarray array
        cdef Slot* slot
        if (len(arrays) != self.inputs or len(stacks) != self.carried + self.given
                or len(sums) != self.outputs - self.carried - self.given):
            raise ValueError(f"a loop of {self.inputs} operands and {self.outputs} results was given {len(arrays)} "
                             f"arrays, and {len(stacks)} and {len(sums)} for results")
        for k in range(self.inputs + self.outputs):
            slot = &self.slots[k]
            if k < self.inputs:
                array = arrays[k]
                count = steps if self.carried <= k < self.carried + self.rows else 1
            elif k - self.inputs < self.carried + self.given:
                array = stacks[k - self.inputs]
                # (What is carried on and not kept is written in turn to one of two places.)
                count = steps if kept or k - self.inputs >= self.carried else 2
            else:
                array = sums[k - self.inputs - self.carried - self.given]
                count = 1
            if (type_code(array) != slot.dtype
                    or (slot.size and PyArray_SIZE(array) * item_size[slot.dtype] // slot.size < count)
                    or not PyArray_CHKFLAGS(array, NPY_ARRAY_CARRAY_RO if k < self.inputs else NPY_ARRAY_CARRAY)):
                raise ValueError(f"operand or result {k} of a loop of {steps} rounds lies in an array of shape "
                                 f"{(<object>array).shape} and dtype {(<object>array).dtype}")
        return 0

    cdef int take(self, Run* run, const Slot* slot, char* at) except -1:
        """Write an output that is an array, and was not written where it belongs, there."""
        cdef Address source
        if slot.size == 0:
            return 0
        if self.plan.places[slot.node].direct:
            source = address_of(self.plan, slot.node)
            memmove(at, pointer_to(run, &source), slot.size)
        else:
            PyArray_CopyInto(geometry_array_at(self.plan, slot.node, at), present_array(self.plan, run, slot.node))
        return 0

    def run(self, int64_t steps, int64_t most, bint backwards, bint asks, bint kept, list arrays, list stacks,
            list sums):
        """Run at most so many of the rounds of a loop, and return how many were run; `asks`: only as long as the first
        of what is carried, a truth value, holds. Arrays of results hold them afterwards: `stacks` those of all rounds,
        but where what is carried is not `kept`, of which there are two, in turn; `sums` begin with what they hold.

        A loop runs backwards from the last of the rounds that are run. Nobody has to know how many there will be where
        nothing is kept, and there are no rows."""
        cdef Run* run
        cdef Slot* results = self.slots + self.inputs
        cdef int k, given = 0, stacked = self.carried + self.given
        cdef int64_t j
        cdef npy_intp first
        cdef Moving* moving
        cdef Moving* m
        cdef Moving* ends
        cdef list terms = []
        cdef Log* outer
        if most < 0 or steps < 0 or (most > steps and (kept or self.rows or self.given)):
            raise ValueError(f"{most} rounds of {steps}")
        if asks and not (self.carried and self.slots[0].dtype == NPY_BOOL and self.slots[0].size == 1):
            raise ValueError("the first of what is carried says whether there is another round: a truth value")
        self.check_arrays(steps, kept, arrays, stacks, sums)
        moving = <Moving*>calloc(self.inputs + self.outputs + 1, sizeof(Moving))
        if moving == NULL:
            raise MemoryError()
        ends = moving + self.inputs
        first = most - 1 if backwards else 0
        for k in range(self.inputs + self.outputs):
            m = &moving[k]
            m.number, m.root, m.dtype = self.slots[k].number, self.slots[k].root, self.slots[k].dtype
            if k >= self.inputs:
                continue
            m.at = <char*>PyArray_DATA(<ndarray>arrays[k])
            if self.carried <= k < self.carried + self.rows:
                m.at += first * self.slots[k].size
                m.on = -self.slots[k].size if backwards else self.slots[k].size
        for k in range(self.outputs):
            m = &ends[k]
            if k >= stacked:
                terms.append(array_like(self.plan, results[k].node))
                m.at = <char*>PyArray_DATA(<ndarray>terms[k - stacked])
                continue
            m.at = <char*>PyArray_DATA(<ndarray>stacks[k])
            m.on = results[k].size
            m.turns = k < self.carried and not kept
            if not m.turns:
                m.at += first * m.on
                m.on = -m.on if backwards else m.on
        outer = <Log*>ad_get_current_log()
        run = NULL
        try:
            run = run_begin(self.plan)
            ad_set_current_log(NULL)
            for k in range(self.inputs):
                m = &moving[k]
                if k < self.carried + self.rows:
                    given = k + 1
                elif m.root >= 0:
                    run.bases[m.root] = m.at
                else:           # (is given in each round: a register is somebody else's once it was read)
                    moving[given] = m[0]
                    given += 1
            for j in range(most):
                if asks and not (<uint8_t*>moving[0].at)[0]:
                    most = j
                    break
                if j & OFTEN == OFTEN:
                    PyErr_CheckSignals()
                for k in range(given):
                    m = &moving[k]
                    if m.root >= 0:
                        run.bases[m.root] = m.at
                    elif m.dtype == NPY_DOUBLE:
                        run.registers[m.number] = (<double*>m.at)[0]
                    else:
                        run.registers[m.number] = read_number(m.at, m.dtype)
                    m.at += m.on
                for k in range(self.outputs):
                    if ends[k].root >= 0:
                        run.bases[ends[k].root] = ends[k].at
                if run_steps(self.plan, run) >= 0:
                    raise RuntimeError("a guard in a program that is run over and over")
                for k in range(self.outputs):
                    m = &ends[k]
                    if m.number >= 0:
                        if m.dtype != NPY_DOUBLE:
                            write_number(m.at, m.dtype, run.registers[m.number])
                        elif k < stacked:
                            (<double*>m.at)[0] = run.registers[m.number]
                        else:
                            (<double*>PyArray_DATA(<ndarray>sums[k - stacked]))[0] += run.registers[m.number]
                            continue
                    elif m.root < 0:
                        self.take(run, &results[k], m.at)
                    if k < self.carried:
                        moving[k].at = m.at
                    elif k >= stacked:
                        add_to(<ndarray>sums[k - stacked], <ndarray>terms[k - stacked])
                    m.at += m.on
                    if m.turns:
                        m.on = -m.on
        finally:
            ad_set_current_log(outer)
            if run != NULL:
                run_end(self.plan, run)
            free(moving)
        return most


cdef int add_to(ndarray total, ndarray term) except -1:
    """Add one array to another of its shape; both are contiguous."""
    cdef int code = type_code(total)
    cdef npy_intp count = PyArray_SIZE(total)
    cdef npy_intp steps[3]
    cdef char* args[3]
    if table[OP_ADD].loop[code] == NULL:
        numpy.add(total, term, out=total)
        return 0
    args[0] = args[2] = <char*>PyArray_DATA(total)
    args[1] = <char*>PyArray_DATA(term)
    steps[0] = steps[1] = steps[2] = item_size[code]
    table[OP_ADD].loop[code](args, &count, steps, table[OP_ADD].data[code])
    return 0
