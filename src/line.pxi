# Lines: elementwise ops over one shape, run block by block with scratch registers in the place of temporaries.

cdef enum RegisterKind:
    ARRAY_REGISTER              # reads an array of the line's shape
    UNIFORM_REGISTER            # one number
    RESULT_REGISTER             # an instruction's

ctypedef struct Register:
    uint8_t kind
    uint8_t dtype
    uint8_t wanted              # its whole array is asked for
    uint8_t summed              # the sum of its elements is asked for: `total`
    uint8_t spread              # a number that stands for an array, whose kernels are the arrays', to the last bit
    int16_t last                # the last instruction that reads it
    int16_t slot                # its scratch block, or -1: `data` is an array
    char* data
    PyObject* owner             # the array read or written
    double number
    double total
    char bytes[8]               # the number, in the register's dtype (aligned, as what stands before it)

ctypedef struct Line:
    int nd
    int dtype
    int code_count
    int count
    npy_intp dims[MOST_DIMS]
    npy_intp size
    Instruction code[MOST_CODE]
    Register register[MOST_LINE]


cdef void line_clear(Line* s) noexcept:
    cdef int r
    for r in range(s.count):
        Py_XDECREF(s.register[r].owner)
    s.count = 0
    s.code_count = 0


cdef void line_begin(Line* s, int dtype, int nd, npy_intp* dims) noexcept:
    cdef int d
    s.count = 0
    s.code_count = 0
    s.dtype = dtype
    s.nd = nd
    check(0 <= nd <= MOST_DIMS)
    s.size = 1
    for d in range(nd):
        s.dims[d] = dims[d]
        s.size *= dims[d]


cdef inline bint line_fits(Line* s, int dtype, int nd, npy_intp* dims) noexcept:
    cdef int d
    if s.dtype != dtype or s.nd != nd:
        return False
    for d in range(nd):
        if s.dims[d] != dims[d]:
            return False
    return True


cdef inline Register* line_register(Line* s, int kind, int dtype) noexcept:
    cdef Register* r = &s.register[s.count]
    check(0 <= s.count < MOST_LINE)
    s.count += 1
    r.kind = <uint8_t>kind
    r.dtype = <uint8_t>dtype
    r.wanted = 0
    r.summed = 0
    r.spread = 0
    r.last = -1
    r.slot = -1
    r.data = NULL
    r.owner = NULL
    return r


cdef int line_uniform(Line* s, double value, int dtype) noexcept:
    cdef Register* r = line_register(s, UNIFORM_REGISTER, dtype)
    if dtype == NPY_FLOAT:
        value = <double><float>value
    r.number = value
    return s.count - 1


cdef int line_spread(Line* s, double value, int dtype) noexcept:
    """An array of one number everywhere."""
    cdef int register = line_uniform(s, value, dtype)
    s.register[register].spread = 1
    return register


cdef int line_load(Line* s, ndarray array) except -1:
    """A register that reads `array`, broadcast to the line's shape."""
    cdef Register* r
    cdef ndarray whole = array
    cdef Operands o
    cdef bint fits = PyArray_NDIM(array) == s.nd
    cdef int d
    if is_uniform(array) and (type_code(array) == s.dtype or type_code(array) == NPY_BOOL):
        return line_spread(s, read_scalar(array), type_code(array))
    if fits:
        for d in range(s.nd):
            fits = fits and PyArray_DIMS(array)[d] == s.dims[d]
    if not fits or not PyArray_CHKFLAGS(array, NPY_ARRAY_CARRAY_RO):
        whole = new_array(type_code(array), s.nd, s.dims)
        PyArray_CopyInto(whole, array)
    r = line_register(s, ARRAY_REGISTER, type_code(array))
    r.data = <char*>PyArray_DATA(whole)
    Py_INCREF(whole)
    r.owner = <PyObject*>whole
    return s.count - 1


cdef double loop_once(Line* s, int op, int* inputs) noexcept:
    """What an op's loop gives for one element."""
    cdef Row* row = &table[op]
    cdef double cells[MOST_INPUTS + 1]      # (as addresses of what is of their dtypes)
    cdef char* args[MOST_INPUTS + 1]
    cdef npy_intp steps[MOST_INPUTS + 1]
    cdef npy_intp one = 1
    cdef int k, dtype = s.register[inputs[row.arity - 1]].dtype
    for k in range(row.arity + 1):
        args[k] = <char*>&cells[k]
        steps[k] = 0
    for k in range(row.arity):
        write_scalar(args[k], s.register[inputs[k]].dtype, s.register[inputs[k]].number)
    row.loop[dtype](args, &one, steps, row.data[dtype])
    if row.out_type[dtype] == NPY_DOUBLE:
        return cells[row.arity]
    if row.out_type[dtype] == NPY_FLOAT:
        return (<float*>args[row.arity])[0]
    return (<uint8_t*>args[row.arity])[0]


cdef int line_emit(Line* s, int op, int* inputs) noexcept:
    """Append one op; on numbers alone it is done at once. Returns the result's register."""
    cdef Row* row = &table[op]
    cdef Register* r
    cdef Instruction* code
    cdef double values[MOST_INPUTS]
    cdef int k, dtype = s.register[inputs[row.arity - 1]].dtype
    cdef bint uniform = True, spread = False
    for k in range(row.arity):
        r = &s.register[inputs[k]]
        values[k] = r.number
        uniform = uniform and r.kind == UNIFORM_REGISTER
        spread = spread or r.spread
    if uniform and not spread:
        return line_uniform(s, scalar_eval(op, values, dtype), NPY_BOOL if row.boolean else dtype)
    if uniform and row.loop[dtype] != NULL:
        return line_spread(s, loop_once(s, op, inputs), NPY_BOOL if row.boolean else dtype)
    if row.formula != NULL:
        return line_formula(s, row.formula, inputs)
    check(0 <= s.code_count < MOST_CODE)
    code = &s.code[s.code_count]
    code.op = <uint16_t>op
    for k in range(row.arity):
        check(0 <= inputs[k] < s.count)
        code.inputs[k] = <int16_t>inputs[k]
        s.register[inputs[k]].last = <int16_t>s.code_count
    r = line_register(s, RESULT_REGISTER, NPY_BOOL if row.boolean else dtype)
    code.out = <int16_t>(s.count - 1)
    s.code_count += 1
    return s.count - 1


ctypedef struct LineEmitter:
    Line* line
    int registers[MOST_REGISTERS]   # of the line, that a program's registers are


cdef int emit_line_constant(LineEmitter* to, int register, double value) noexcept:
    to.registers[register] = line_uniform(to.line, value, to.line.dtype)
    return 0


cdef int emit_line_op(LineEmitter* to, const Instruction* code) noexcept:
    cdef int inputs[MOST_INPUTS]
    cdef int k
    for k in range(MOST_INPUTS):
        if code.inputs[k] >= 0:
            inputs[k] = to.registers[code.inputs[k]]
    to.registers[code.out] = line_emit(to.line, code.op, inputs)
    return 0


cdef int line_formula(Line* s, const Program* p, const int* inputs) noexcept:
    """Append a program whose input registers are these. Returns the result's register."""
    cdef LineEmitter to
    cdef int k
    to.line = s
    for k in range(p.inputs):
        to.registers[k] = inputs[k]
    walk_rule(p, &to, <EmitConstant><void*>emit_line_constant, <EmitOp><void*>emit_line_op)
    return to.registers[p.result]


cdef inline bint line_has_room(Line* s, int code, int registers) noexcept:
    return s.code_count + code <= MOST_CODE and s.count + registers <= MOST_LINE


cdef int line_run(Line* s) except -1:
    """Run what has been emitted. Wanted registers then own an array, summed ones hold their sum in `total`."""
    cdef int slots[MOST_LINE]
    cdef int free_count = 0, slot_count = 0
    cdef int i, k
    cdef Register* r
    cdef Register* q
    cdef Instruction* code
    cdef ndarray array
    for i in range(s.count):
        r = &s.register[i]
        if r.kind == UNIFORM_REGISTER:
            write_scalar(r.bytes, r.dtype, r.number)
            r.data = r.bytes
    for i in range(s.code_count):
        code = &s.code[i]
        r = &s.register[code.out]
        if table[code.op].loop[s.register[code.inputs[table[code.op].arity - 1]].dtype] == NULL:
            raise TypeError(f"{op_name(code.op)} has no kernel for dtype {dtype_objects[s.dtype]}")
        if r.wanted:
            # Write over an input that nobody else holds and nobody reads later; else into a fresh array.
            for k in range(table[code.op].arity):
                q = &s.register[code.inputs[k]]
                if (q.kind == ARRAY_REGISTER and q.last <= i and not q.wanted and not q.summed and q.dtype == r.dtype
                        and q.owner != NULL and is_sole(q.owner) and pooled_memory(q.owner)):
                    r.owner = q.owner
                    r.data = q.data
                    q.owner = NULL
                    break
            if r.owner == NULL:
                array = new_array(r.dtype, s.nd, s.dims)
                Py_INCREF(array)
                r.owner = <PyObject*>array
                r.data = <char*>PyArray_DATA(array)
        elif r.last >= 0 or r.summed:
            if free_count:
                free_count -= 1
                r.slot = <int16_t>slots[free_count]
            else:
                r.slot = <int16_t>slot_count
                slot_count += 1
        else:
            r.slot = -2         # nothing asks for it
        for k in range(table[code.op].arity):
            q = &s.register[code.inputs[k]]
            if q.kind == RESULT_REGISTER and q.slot >= 0 and q.last == i and not q.summed:
                slots[free_count] = q.slot
                free_count += 1
                q.last = -2     # an operand used twice gives its block back once
    cdef LineRun run
    cdef npy_intp block = BLOCK_BYTES // item_size[s.dtype]
    run.line = s
    run.slots = slot_count
    run.blocks = (s.size + block - 1) // block
    run.scratch = NULL
    run.sums = NULL
    run.ends = NULL
    run.summed = 0
    for i in range(s.count):
        r = &s.register[i]
        if r.summed:
            r.total = uniform_sum(r.number, s.size, r.dtype) if r.kind == UNIFORM_REGISTER else 0.0
            run.summed += r.kind != UNIFORM_REGISTER
    if run.summed and s.size:
        run.blocks = sum_blocks(s.size, block, NULL)
    cdef int parts = parts_for(s.size * s.code_count)
    if parts > run.blocks:
        parts = <int>run.blocks if run.blocks else 1
    # (Read once, under the GIL: as many as there is scratch for, whatever another thread sets meanwhile.)
    cdef int threads = wk_threads() if parts > 1 else 1
    if slot_count:
        run.scratch = <char*>pool_take(<size_t>threads * slot_count * BLOCK_BYTES)
        if run.scratch == NULL:
            raise MemoryError()
    if run.summed:
        run.sums = <double*>pool_take(<size_t>(run.blocks * (run.summed + 1) + 1) * sizeof(double))
        if run.sums == NULL:
            if run.scratch != NULL:
                pool_give(run.scratch)
            raise MemoryError()
        run.ends = <npy_intp*>(run.sums + run.blocks * run.summed)
        if s.size:
            sum_blocks(s.size, block, run.ends)
    if s.size * s.code_count >= NOGIL_WORK:
        with nogil:
            wk_run(run_line_blocks, &run, parts, threads)
    else:
        run_line_blocks(&run, 0, 0, 1)
    if run.scratch != NULL:
        pool_give(run.scratch)
    if run.sums != NULL:
        add_up_blocks(&run)
        pool_give(run.sums)
    return 0


ctypedef struct LineRun:
    Line* line
    int slots                   # scratch blocks of a thread
    npy_intp blocks
    char* scratch
    int summed                  # registers whose elements are summed
    double* sums                # of each block, for each of them in turn
    npy_intp* ends              # of the blocks, where there are sums: blocks are then nodes of their trees


cdef void add_up_blocks(LineRun* run) noexcept nogil:
    """The sums of the blocks, whichever threads had them, as the whole would be summed."""
    cdef Line* s = run.line
    cdef const double* sums = run.sums
    cdef Register* r
    cdef int i
    for i in range(s.count):
        r = &s.register[i]
        if r.summed and r.kind != UNIFORM_REGISTER and s.size:
            r.total += sum_of_blocks(s.size, BLOCK_BYTES // item_size[s.dtype], &sums, r.dtype == NPY_FLOAT)


cdef void run_line_blocks(void* context, int thread, int part, int parts) noexcept nogil:
    """One part of the blocks."""
    cdef LineRun* run = <LineRun*>context
    cdef Line* s = run.line
    cdef npy_intp block = BLOCK_BYTES // item_size[s.dtype]
    cdef npy_intp start, count, b, end = run.blocks * (part + 1) // parts
    cdef char* scratch = run.scratch + <size_t>thread * run.slots * BLOCK_BYTES
    cdef char* args[MOST_INPUTS + 1]
    cdef npy_intp steps[MOST_INPUTS + 1]
    cdef int i, k, n, arity, dtype
    cdef Instruction* code
    cdef Register* r
    cdef Row* row
    for b in range(run.blocks * part // parts, end):
        if run.ends != NULL:
            start = run.ends[b - 1] if b else 0
            count = run.ends[b] - start
        else:
            start = b * block
            count = min(block, s.size - start)
        for i in range(s.code_count):
            code = &s.code[i]
            if s.register[code.out].slot == -2:
                continue
            row = &table[code.op]
            arity = row.arity
            for k in range(arity + 1):
                r = &s.register[code.inputs[k] if k < arity else code.out]
                check(r.slot < run.slots)
                if r.kind == UNIFORM_REGISTER:
                    args[k] = r.data
                    steps[k] = 0
                else:
                    steps[k] = item_size[r.dtype]
                    args[k] = r.data + start * steps[k] if r.slot < 0 else scratch + <size_t>r.slot * BLOCK_BYTES
            dtype = s.register[code.inputs[arity - 1]].dtype
            row.loop[dtype](args, &count, steps, row.data[dtype])
        n = 0
        for i in range(s.count if run.summed else 0):
            r = &s.register[i]
            if r.summed and r.kind != UNIFORM_REGISTER:
                run.sums[n * run.blocks + b] = block_sum(
                    r.data + start * item_size[r.dtype] if r.slot < 0 else scratch + <size_t>r.slot * BLOCK_BYTES,
                    item_size[r.dtype], count, r.dtype)
                n += 1


cdef inline void line_want(Line* s, int register) noexcept:
    s.register[register].wanted = 1


cdef inline void line_sum(Line* s, int register) noexcept:
    s.register[register].summed = 1


cdef inline double line_total(Line* s, int register) noexcept:
    return s.register[register].total


cdef ndarray line_array(Line* s, int register):
    """The array of a register that was wanted, after the run."""
    cdef Register* r = &s.register[register]
    if r.kind == UNIFORM_REGISTER:
        return uniform_array(r.number, r.dtype, s.nd, s.dims)
    return <ndarray>r.owner


cdef ndarray run_formula(Row* row, int dtype, list arrays, int nd, npy_intp* dims):
    """A kernel that is made of other ops, fused."""
    cdef Line s
    cdef int inputs[MOST_INPUTS]
    cdef int k, result
    line_begin(&s, dtype, nd, dims)
    try:
        for k in range(row.arity):
            inputs[k] = line_load(&s, arrays[k])
        result = line_formula(&s, row.formula, inputs)
        s.register[result].wanted = 1
        line_run(&s)
        return line_array(&s, result)
    finally:
        line_clear(&s)


cdef Line* kept_line = NULL

cdef Line* spare_line() except NULL:
    """The engine's bookkeeping is some kilobytes: one is kept for the next sweep."""
    global kept_line
    cdef Line* line = kept_line
    if line != NULL:
        kept_line = NULL
        return line
    line = <Line*>malloc(sizeof(Line))
    if line == NULL:
        raise MemoryError()
    line.count = 0
    line.code_count = 0
    return line


cdef void return_line(Line* line) noexcept:
    global kept_line
    if kept_line == NULL:
        kept_line = line
    else:
        free(line)
