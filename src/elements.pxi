# Numbers: a program of numbers, which is run on vectors, over and over.

@cython.final
cdef class Numbers:
    """A program of numbers, run on vectors of float64 that hold its inputs and outputs one behind the other."""
    cdef ProgramCore program
    cdef readonly Plan plan
    cdef int32_t* at            # registers of the inputs, then of the outputs
    cdef readonly int inputs
    cdef readonly int outputs

    def __init__(self, ProgramCore program):
        cdef int k
        self.program = program
        self.plan = planned(program) if published(&program.finished) == NULL else <Plan>program.plan
        self.inputs = program.input_count
        self.outputs = <int>len(program.outputs)
        self.at = <int32_t*>malloc((self.inputs + self.outputs + 1) * sizeof(int32_t))
        if self.at == NULL:
            raise MemoryError()
        for k in range(self.inputs):
            self.at[k] = self.plan.places[k].number
        for k in range(self.outputs):
            self.at[self.inputs + k] = self.plan.places[<int32_t>self.plan.program.outputs[k]].number

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
