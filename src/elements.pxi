# Elements: a program over few elements as a program of numbers, which is run on vectors, over and over.
#
# Arrays of two or three elements, cut up and put together again, cost a step of a plan each time; numbers cost an
# instruction. So every element becomes a node of its own. Elementwise ops are repeated; what selects elements is run
# once on their numbers and leaves nothing; sums and products become additions. What is anything else makes the program
# stay.

cdef object wires_of_linear(ProgramCore p, int32_t node, ndarray wires, ProgramCore to):
    """The nodes of a linear record's elements; None where it is no selection and no sum of one."""
    cdef int op = p.records[node].op, partner = table[op].partner
    cdef object attribute = p.attribute(node)
    cdef tuple shape = p.shape(node), given = wires.shape
    cdef int32_t pair[2]
    cdef list sums
    if p.records[node].flags & HOLES:
        return None
    if table[op].plan == PLAN_CAST:
        out = []
        for wire in wires.flat:
            pair[0] = wire
            out.append(to.append(op, p.records[node].dtype, (), pair, 1, attribute))
        return wired(out, shape)
    if table[op].selects:
        places = linear_array(op, numbered_from(given, 1), attribute)
        padded = numpy.concatenate([[zero_node(to, p.records[node].dtype) if not places.all() else 0],
                                    wires.reshape(-1)])
        return padded[places]
    if not table[partner].selects:
        return None
    if partner == op:
        attribute = (<tuple>attribute)[::-1]
    places = linear_array(partner, numbered_from(shape, 1), attribute)
    sums = [-1] * elements(shape)
    for place, wire in zip(places.flat, wires.flat):
        if place:
            sums[place - 1] = wire if sums[place - 1] < 0 else added(to, p.records[node].dtype, sums[place - 1], wire)
    return wired([zero_node(to, p.records[node].dtype) if wire < 0 else wire for wire in sums], shape)


cdef ndarray numbered_from(tuple shape, npy_intp first):
    return numpy.arange(first, first + elements(shape)).reshape(shape)


cdef ndarray wired(list nodes, tuple shape):
    return numpy.array(nodes, numpy.int64).reshape(shape)


cdef int32_t zero_node(ProgramCore to, int dtype) except -1:
    return to.append_constant(new_scalar(0.0, dtype))


cdef int32_t added(ProgramCore to, int dtype, int32_t a, int32_t b) except -1:
    cdef int32_t pair[2]
    pair[0] = a
    pair[1] = b
    return to.append(OP_ADD, dtype, (), pair, 2, None)


cdef object wires_of_product(ProgramCore p, int32_t node, ndarray a, ndarray b, ProgramCore to, int64_t most):
    """The nodes of a product of two matrices or vectors."""
    cdef tuple flags = p.attribute(node)
    cdef int32_t pair[2]
    cdef int32_t total, term
    cdef int dtype = p.records[node].dtype
    if a.ndim > 2 or b.ndim > 2:
        return None
    a = a.reshape(1, -1) if a.ndim == 1 else (a.T if flags[0] else a)
    b = b.reshape(-1, 1) if b.ndim == 1 else (b.T if flags[1] else b)
    if <int64_t>a.size * <int64_t>b.shape[1] > most:
        return None
    out = []
    for row in a:
        for column in b.T:
            total = -1
            for pair[0], pair[1] in zip(row, column):
                term = to.append(OP_MULTIPLY, dtype, (), pair, 2, None)
                total = term if total < 0 else added(to, dtype, total, term)
            out.append(zero_node(to, dtype) if total < 0 else total)
    return wired(out, p.shape(node))


def by_elements(ProgramCore p, int64_t most):
    """A closed program of floats as one of numbers, whose inputs and outputs are the elements; None where it has
    records of another kind, or would have more than so many."""
    cdef ProgramCore to = ProgramCore.__new__(ProgramCore)
    cdef list wires = [], operands
    cdef int32_t i
    cdef int32_t pair[2]
    cdef int32_t few[3]
    cdef int32_t* nodes
    cdef int k, n
    cdef Record* r
    cdef tuple shape
    if p.variables or p.captures or p.places:
        return None
    for i in range(p.count):
        r = &p.records[i]
        shape = p.shape(i)
        if r.dtype != NPY_DOUBLE and r.dtype != NPY_FLOAT and r.dtype != NPY_BOOL or to.count + elements(shape) > most:
            return None
        n = p.nodes_of(i, &nodes, pair)
        operands = [wires[nodes[k]] for k in range(n)]
        if is_input(r):
            found = wired([to.append(OP_INPUT, r.dtype, (), NULL, 0, None) for k in range(elements(shape))], shape)
        elif is_constant(r):
            found = wired([to.append_constant(new_scalar(float(x), r.dtype)) for x in array_of(p.constant(i)).flat],
                          shape)
        elif is_guard(r):
            return None
        elif table[r.op].kind == ELEMENTWISE:
            if n > 3:
                return None
            out = []
            for parts in numpy.broadcast(*operands) if n > 1 else [(wire,) for wire in (<ndarray>operands[0]).flat]:
                for k in range(n):
                    few[k] = parts[k]
                out.append(to.append(r.op, r.dtype, (), few, n, None))
            found = wired(out, shape)
        elif table[r.op].kind == LINEAR:
            found = wires_of_linear(p, i, operands[0], to)
        elif table[r.op].kind == MATMUL:
            found = wires_of_product(p, i, operands[0], operands[1], to, most)
        elif of_many_operands(r.op) and table[r.op].selects and not r.flags & HOLES and table[r.op].python != NULL:
            numbers = []
            total = 1
            for one in operands:
                numbers.append(numbered_from((<object>one).shape, total))
                total += one.size
            places = (<object>table[r.op].python)(p.attribute(i), *numbers)
            zero = zero_node(to, r.dtype) if not places.all() else 0
            found = numpy.concatenate([[zero], *[one.reshape(-1) for one in operands]]).astype(numpy.int64)[places]
        else:
            return None
        if found is None:
            return None
        wires.append(numpy.asarray(found))
    to.set_ends(sum([(<object>wires[i]).size for i in range(p.input_count)]), [],
                [int(wire) for node in p.outputs for wire in (<object>wires[node]).flat], [], [], {})
    return to


@cython.final
cdef class Numbers:
    """A program of numbers, run on vectors of float64 that hold its inputs and outputs one behind the other."""
    cdef ProgramCore program
    cdef Plan plan
    cdef int32_t* at            # registers of the inputs, then of the outputs
    cdef readonly int inputs
    cdef readonly int outputs

    def __init__(self, ProgramCore program):
        cdef int k
        self.program = program
        self.plan = <Plan>program.plan
        if self.plan is None:
            program.plan = self.plan = make_plan(program)
        self.inputs = program.input_count
        self.outputs = <int>len(program.outputs)
        self.at = <int32_t*>malloc((self.inputs + self.outputs + 1) * sizeof(int32_t))
        if self.at == NULL:
            raise MemoryError()
        for k in range(self.inputs):
            self.at[k] = self.plan.places[k].number
        for k in range(self.outputs):
            self.at[self.inputs + k] = self.plan.places[<int32_t>program.outputs[k]].number

    def __dealloc__(self):
        free(self.at)

    @property
    def runs_in_registers(self):
        """Whether no step is anything but instructions on numbers."""
        cdef int s
        for s in range(self.plan.step_count):
            if self.plan.steps[s].kind != STEP_SCALARS:
                return False
        return True

    def run(self, ndarray given, ndarray outputs):
        """Write the outputs; both are contiguous."""
        cdef const double* x
        cdef double* y
        cdef Run* run
        cdef int k
        if (type_code(given) != NPY_DOUBLE or type_code(outputs) != NPY_DOUBLE
            or not PyArray_CHKFLAGS(given, NPY_ARRAY_CARRAY_RO)
                or not PyArray_CHKFLAGS(outputs, NPY_ARRAY_CARRAY) or PyArray_SIZE(given) != self.inputs
                or PyArray_SIZE(outputs) != self.outputs):
            raise ValueError(f"a program of numbers takes vectors of {self.inputs} and {self.outputs}")
        x = <const double*>PyArray_DATA(given)
        y = <double*>PyArray_DATA(outputs)
        run = run_begin(self.plan)
        try:
            for k in range(self.inputs):
                run.registers[self.at[k]] = x[k]
            run_steps(self.plan, run)
            for k in range(self.outputs):
                y[k] = run.registers[self.at[self.inputs + k]]
        finally:
            run_end(self.plan, run)

    def repeat(self, int steps, bint backwards, first, series, shared, int given):
        """A loop: inputs are what is carried, a row of the series, and what is shared; outputs what is carried on, a
        row of results, and terms of sums. Returns all that was carried on, the rows and the sums."""
        cdef ndarray a = numbers_of(first), b = numbers_of(series), c = numbers_of(shared)
        cdef npy_intp carried = a.size, rows = b.size // steps if steps else 0, common = c.size
        cdef npy_intp sums = self.outputs - carried - given, i, j, k
        cdef ndarray states, results, totals
        cdef const double* state = <const double*>PyArray_DATA(a)
        cdef const double* row
        cdef const double* constant = <const double*>PyArray_DATA(c)
        cdef double* after
        cdef double* result
        cdef double* total
        cdef double* x
        cdef const int32_t* at = self.at
        cdef const int32_t* out = self.at + self.inputs
        cdef Run* run
        if steps and (carried + rows + common != self.inputs or sums < 0 or b.size != steps * rows):
            raise ValueError(f"a loop of a program of {self.inputs} numbers was given {carried}, {rows} and {common}")
        states, results, totals = numpy.empty((steps, carried)), numpy.empty((steps, given)), numpy.zeros(max(sums, 0))
        after, result = <double*>PyArray_DATA(states), <double*>PyArray_DATA(results)
        total = <double*>PyArray_DATA(totals)
        run = run_begin(self.plan)
        x = run.registers
        try:
            for j in range(steps):
                k = steps - 1 - j if backwards else j
                row = <const double*>PyArray_DATA(b) + k * rows
                for i in range(carried):
                    x[at[i]] = state[i]
                for i in range(rows):
                    x[at[carried + i]] = row[i]
                for i in range(common):
                    x[at[carried + rows + i]] = constant[i]
                run_steps(self.plan, run)
                for i in range(carried):
                    after[k * carried + i] = x[out[i]]
                for i in range(given):
                    result[k * given + i] = x[out[carried + i]]
                for i in range(sums):
                    total[i] += x[out[carried + given + i]]
                state = after + k * carried
        finally:
            run_end(self.plan, run)
        return states, results, totals


cdef ndarray numbers_of(object value):
    """A contiguous array of float64."""
    return laid_out(value, numpy.float64)
