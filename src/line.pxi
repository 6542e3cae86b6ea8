# A line: elementwise instructions over one shape, run block by block with scratch blocks in the place of temporaries, and
# sums of some of its registers at its end.
#
# Operands are memory as it lies, gathered from another geometry, or padded with zeros; or one number, known or to be looked
# up. The first half builds a line and runs it, whoever's it is. A plan keeps lines in room of their own, and binds addresses
# at each replay. A derivative that nobody records builds one over arrays, in fixed room, runs it and forgets it: the second
# half.

cdef enum:
    BLOCK_BYTES = 8192          # of one scratch block at most: a handful of them stay in the first-level cache
    SCRATCH_BYTES = 1 << 16     # of all scratch blocks together, as long as a block is worth a call
    FEW_BYTES = 1 << 15         # of scratch and sums, that a run has on the C stack

cdef enum RegisterKind:
    DIRECT_REGISTER             # memory as it lies, read or written
    GATHERED_REGISTER           # some other geometry, read into a scratch block
    PADDED_REGISTER             # the same of an array with zeros around it
    UNIFORM_REGISTER            # one number
    NUMBER_REGISTER             # one of the numbers that a run is given
    RESULT_REGISTER             # an instruction's, in a scratch block

ctypedef struct Gathered:
    int nd
    npy_intp* dims              # and strides behind them

ctypedef struct Padded:
    npy_intp low                # the elements that are not zeros
    npy_intp high

ctypedef union Source:
    double number               # UNIFORM_REGISTER
    int32_t place               # NUMBER_REGISTER: among the run's numbers
    Gathered gathered
    Padded padded

ctypedef struct LineRegister:
    uint8_t kind
    uint8_t dtype
    uint8_t item
    uint8_t spread              # a number that stands for an array, whose kernels are the arrays', to the last bit
    uint8_t wanted              # its whole array is asked for
    uint8_t summed              # some sum is of it
    int16_t last                # the last instruction that reads it, or -1
    int16_t slot                # its scratch block, or -1
    int16_t given_back          # once its block is another's: the register that gave one back before it, or -1
    Source source
    PyObject* array             # what it reads or writes, held; NULL in a plan

ctypedef struct LineOp:
    Loop loop
    void* extra
    int16_t arity
    int16_t registers[MOST_INPUTS + 1]  # what it reads, then what it writes

ctypedef struct LineSum:
    int32_t register
    int32_t place               # among the run's numbers

ctypedef struct Line:
    int dtype                   # that it computes in
    int nd
    npy_intp dims[MOST_DIMS]
    npy_intp size
    int register_room
    int code_room
    int count
    int code_count
    int sum_count
    int filled                  # the first scratch blocks, which are filled before the first instruction
    int slots
    npy_intp block              # elements of a block
    npy_intp blocks
    size_t slot_bytes
    npy_intp* ends              # of the blocks, where there are sums: blocks are then nodes of their trees; or NULL
    LineRegister* registers
    LineOp* code
    LineSum* sums

ctypedef struct Bound:          # a register while a line runs
    char* data
    char cell[8]                # a number, in the register's dtype


# ------------------------------------------------------------------------------------------------------------ building

cdef void line_begin(Line* l, int dtype, int nd, const npy_intp* dims) noexcept:
    cdef int d
    check(0 <= nd <= MOST_DIMS)
    l.dtype = dtype
    l.nd = nd
    l.count = l.code_count = l.sum_count = 0
    l.size = 1
    for d in range(nd):
        l.dims[d] = dims[d]
        l.size *= dims[d]


cdef void line_clear(Line* l) noexcept:
    """Forget what has been built."""
    cdef LineRegister* r
    cdef int k
    for k in range(l.count):
        r = &l.registers[k]
        Py_XDECREF(r.array)
        if r.kind == GATHERED_REGISTER:
            free(r.source.gathered.dims)
    free(l.ends)
    l.ends = NULL
    l.count = l.code_count = l.sum_count = 0


cdef Line* new_line(int registers, int code, int sums) except NULL:
    """A line with room for so many; `line_clear` and `free` end it."""
    cdef Line* l = <Line*>calloc(1, sizeof(Line) + registers * sizeof(LineRegister) + code * sizeof(LineOp) + sums * sizeof(LineSum))
    if l == NULL:
        raise MemoryError()
    l.registers = <LineRegister*>(l + 1)
    l.code = <LineOp*>(l.registers + registers)
    l.sums = <LineSum*>(l.code + code)
    l.register_room = registers
    l.code_room = code
    return l


cdef inline bint line_has_room(const Line* l, int code, int registers) noexcept:
    return l.code_count + code <= l.code_room and l.count + registers <= l.register_room


cdef inline int line_register(Line* l, int kind, int dtype) noexcept:
    cdef LineRegister* r = &l.registers[l.count]
    check(0 <= l.count < l.register_room)
    r.kind = <uint8_t>kind
    r.dtype = <uint8_t>dtype
    r.item = <uint8_t>item_size[dtype]
    r.spread = r.wanted = r.summed = 0
    r.last = r.slot = -1
    r.array = NULL
    l.count += 1
    return l.count - 1


cdef int line_uniform(Line* l, double value, int dtype) noexcept:
    """A number."""
    cdef int register = line_register(l, UNIFORM_REGISTER, dtype)
    l.registers[register].source.number = rounded(value, dtype)
    return register


cdef int line_spread(Line* l, double value, int dtype) noexcept:
    """An array of one number everywhere."""
    cdef int register = line_uniform(l, value, dtype)
    l.registers[register].spread = 1
    return register


cdef inline void line_sum(Line* l, int register, int32_t place) noexcept:
    """Add a register's elements up, to the run's number at `place`."""
    l.registers[register].summed = 1
    l.sums[l.sum_count].register = register
    l.sums[l.sum_count].place = place
    l.sum_count += 1


cdef inline int line_append(Line* l, Loop loop, void* extra, int arity, const int* inputs, int dtype) noexcept:
    cdef LineOp* code = &l.code[l.code_count]
    cdef int k
    check(0 <= l.code_count < l.code_room)
    code.loop = loop
    code.extra = extra
    code.arity = <int16_t>arity
    for k in range(arity):
        check(0 <= inputs[k] < l.count)
        code.registers[k] = <int16_t>inputs[k]
        l.registers[inputs[k]].last = <int16_t>l.code_count
    l.code_count += 1
    k = line_register(l, RESULT_REGISTER, dtype)
    code.registers[arity] = <int16_t>k
    return k


cdef int line_copy(Line* l, int register) noexcept:
    """The same value in a register of its own."""
    return line_append(l, copy_loop(l.registers[register].item), NULL, 1, &register, l.registers[register].dtype)


cdef int line_emit(Line* l, int op, const int* inputs) except -1:
    """Append one op, or the ops that its formula is made of; on known numbers it is done at once. Returns the result's
    register."""
    cdef Row* row = &table[op]
    cdef LineRegister* r
    cdef double values[MOST_INPUTS]
    cdef int k, dtype = l.registers[inputs[row.arity - 1]].dtype
    cdef int result = NPY_BOOL if row.boolean else dtype
    cdef bint known = True, spread = False
    for k in range(row.arity):
        r = &l.registers[inputs[k]]
        if r.kind != UNIFORM_REGISTER:
            known = False
            break
        values[k] = r.source.number
        spread = spread or r.spread
    if known and not spread:
        return line_uniform(l, scalar_eval(op, values, dtype), result)
    if known and row.loop[dtype] != NULL:
        return line_spread(l, loop_once(row, dtype, values), result)
    if row.formula != NULL:
        return line_formula(l, row.formula, inputs)
    if row.loop[dtype] == NULL:
        raise TypeError(f"{op_name(op)} has no kernel for dtype {dtype_objects[dtype]}")
    return line_append(l, row.loop[dtype], row.data[dtype], row.arity, inputs, result)


ctypedef struct LineEmitter:
    Line* line
    int registers[MOST_REGISTERS]   # of the line, that a program's registers are


cdef int emit_line_constant(LineEmitter* to, int register, double value) noexcept:
    to.registers[register] = line_uniform(to.line, value, to.line.dtype)
    return 0


cdef int emit_line_op(LineEmitter* to, const Instruction* code) except -1:
    cdef int inputs[MOST_INPUTS]
    cdef int k
    for k in range(MOST_INPUTS):
        if code.inputs[k] >= 0:
            inputs[k] = to.registers[code.inputs[k]]
    to.registers[code.out] = line_emit(to.line, code.op, inputs)
    return 0


cdef int line_formula(Line* l, const Program* p, const int* inputs) except -1:
    """Append a program whose input registers are these. Returns the result's register."""
    cdef LineEmitter to
    cdef int k
    to.line = l
    for k in range(p.inputs):
        to.registers[k] = inputs[k]
    emitted(walk_rule(p, &to, <EmitConstant><void*>emit_line_constant, <EmitOp><void*>emit_line_op))
    return to.registers[p.result]


cdef int line_lay_out(Line* l) except -1:
    """Say which scratch blocks registers have, given back after the last instruction that reads them, and where blocks
    end. All has been emitted."""
    cdef LineRegister* r
    cdef LineOp* code
    cdef npy_intp item = item_size[l.dtype]
    cdef int i, k, spare = -1       # the register that gave a block back last
    l.slots = 0
    for k in range(l.count):
        r = &l.registers[k]
        if r.kind == GATHERED_REGISTER or r.kind == PADDED_REGISTER:
            r.slot = <int16_t>l.slots
            l.slots += 1
    l.filled = l.slots
    for i in range(l.code_count):
        code = &l.code[i]
        r = &l.registers[code.registers[code.arity]]
        if r.kind == RESULT_REGISTER:
            if spare >= 0:
                r.slot = l.registers[spare].slot
                spare = l.registers[spare].given_back
            else:
                r.slot = <int16_t>l.slots
                l.slots += 1
        for k in range(code.arity + 1):
            r = &l.registers[code.registers[k]]
            if r.slot >= 0 and (r.last == i or k == code.arity and r.last < 0) and not r.summed:
                r.given_back = <int16_t>spare
                spare = code.registers[k]
                r.last = -1         # an operand used twice gives its block back once
    l.block = BLOCK_BYTES // item
    while l.block > 256 and l.slots * l.block * item > SCRATCH_BYTES:
        l.block //= 2
    l.slot_bytes = <size_t>(l.block * item)
    l.blocks = (l.size + l.block - 1) // l.block
    if l.sum_count and l.blocks > 1:
        l.blocks = sum_blocks(l.size, l.block, NULL)
        l.ends = <npy_intp*>malloc(l.blocks * sizeof(npy_intp))
        if l.ends == NULL:
            raise MemoryError()
        sum_blocks(l.size, l.block, l.ends)
    return 0


# ------------------------------------------------------------------------------------------------------------- running

ctypedef struct LineRun:
    const Line* line
    const Bound* bound
    char* scratch
    double* sums                # of each block, for each of the line's in turn


cdef int run_line(const Line* l, Bound* bound, double* numbers) except -1:
    """Run a line that is laid out. What lies in memory is bound; of the numbers those are read that registers are, and those
    written that sums go to."""
    cdef LineRun run
    cdef const LineRegister* r
    cdef char few[FEW_BYTES + 64]
    cdef char* memory = &few[0] + (-<uintptr_t>&few[0] & 63)
    cdef char* taken = NULL
    cdef const double* sums
    cdef int k, parts, threads
    cdef size_t scratch
    for k in range(l.count):
        r = &l.registers[k]
        if r.kind == UNIFORM_REGISTER or r.kind == NUMBER_REGISTER:
            write_number(bound[k].cell, r.dtype, r.source.number if r.kind == UNIFORM_REGISTER else numbers[r.source.place])
            bound[k].data = bound[k].cell
    parts = <int>min(<npy_intp>parts_for(l.size * l.code_count), max(l.blocks, 1))
    # (Read once, under the GIL: as many as there is scratch for, whatever another thread sets meanwhile.)
    threads = wk_threads() if parts > 1 else 1
    scratch = <size_t>threads * l.slots * l.slot_bytes
    if scratch + l.blocks * l.sum_count * sizeof(double) > FEW_BYTES:
        memory = taken = <char*>pool_take(scratch + l.blocks * l.sum_count * sizeof(double))
        if taken == NULL:
            raise MemoryError()
    run.line = l
    run.bound = bound
    run.scratch = memory
    run.sums = <double*>(memory + scratch)
    if l.size * l.code_count >= NOGIL_WORK:
        with nogil:
            wk_run(run_line_blocks, &run, parts, threads)
    else:
        run_line_blocks(&run, 0, 0, 1)
    for k in range(l.sum_count):
        r = &l.registers[l.sums[k].register]
        sums = &run.sums[k * l.blocks]      # whichever threads had the blocks, as the whole would be summed
        numbers[l.sums[k].place] = (0.0 if l.size == 0 else
                                    uniform_sum(r.source.number, l.size, r.dtype) if r.kind == UNIFORM_REGISTER else
                                    sum_of_blocks(l.size, l.block, &sums, r.dtype == NPY_FLOAT))
    if taken != NULL:
        pool_give(taken)
    return 0


cdef inline char* block_of(const LineRun* run, char* scratch, int register, npy_intp start, npy_intp* step) noexcept nogil:
    """Where a register's block is."""
    cdef const LineRegister* r = &run.line.registers[register]
    step[0] = r.item
    if r.slot >= 0:
        return scratch + r.slot * run.line.slot_bytes
    if r.kind == DIRECT_REGISTER:
        return run.bound[register].data + start * r.item
    step[0] = 0
    return run.bound[register].data


cdef void run_line_blocks(void* context, int thread, int part, int parts) noexcept nogil:
    """One part of the blocks."""
    cdef const LineRun* run = <const LineRun*>context
    cdef const Line* l = run.line
    cdef const LineOp* code
    cdef const LineRegister* r
    cdef char* scratch = run.scratch + thread * l.slots * l.slot_bytes
    cdef char* args[MOST_INPUTS + 1]
    cdef npy_intp steps[MOST_INPUTS + 1]
    cdef npy_intp start, count, b
    cdef int i, k
    for b in range(l.blocks * part // parts, l.blocks * (part + 1) // parts):
        start = b * l.block
        count = min(l.block, l.size - start)
        if l.ends != NULL:
            start = l.ends[b - 1] if b else 0
            count = l.ends[b] - start
        for k in range(l.count if l.filled else 0):
            r = &l.registers[k]
            if r.kind == GATHERED_REGISTER:
                gt_gather(scratch + r.slot * l.slot_bytes, run.bound[k].data, r.source.gathered.nd, r.source.gathered.dims,
                          r.source.gathered.dims + r.source.gathered.nd, start, count, r.item)
            elif r.kind == PADDED_REGISTER:
                read_padded(scratch + r.slot * l.slot_bytes, run.bound[k].data, &r.source.padded, start, count, r.item)
        for i in range(l.code_count):
            code = &l.code[i]
            for k in range(code.arity + 1):
                args[k] = block_of(run, scratch, code.registers[k], start, &steps[k])
            code.loop(args, &count, steps, code.extra)
        for i in range(l.sum_count):
            r = &l.registers[l.sums[i].register]
            if r.kind != UNIFORM_REGISTER:
                args[0] = block_of(run, scratch, l.sums[i].register, start, &steps[0])
                run.sums[i * l.blocks + b] = block_sum(args[0], steps[0], count, r.dtype)


cdef void read_padded(char* out, const char* data, const Padded* p, npy_intp start, npy_intp count, npy_intp item) noexcept nogil:
    cdef npy_intp low = max(p.low, start), high = min(p.high, start + count)
    if low > start or high < start + count:
        memset(out, 0, <size_t>(count * item))
    if low < high:
        memcpy(out + (low - start) * item, data + (low - p.low) * item, <size_t>((high - low) * item))


# --------------------------------------------------------------------------------- over arrays: built, run, forgotten

ctypedef struct FixedLine:      # some kilobytes, which nobody clears
    Line line
    LineRegister registers[MOST_LINE]
    LineOp code[MOST_CODE]
    LineSum sums[MOST_INPUTS]


cdef inline Line* fixed_line(FixedLine* f) noexcept:
    f.line.registers = &f.registers[0]
    f.line.code = &f.code[0]
    f.line.sums = &f.sums[0]
    f.line.register_room = MOST_LINE
    f.line.code_room = MOST_CODE
    f.line.count = f.line.code_count = f.line.sum_count = 0
    f.line.ends = NULL
    return &f.line


cdef FixedLine* kept_line = NULL    # for the next sweep


cdef Line* spare_line() except NULL:
    global kept_line
    cdef FixedLine* kept = kept_line
    if kept == NULL:
        kept = <FixedLine*>malloc(sizeof(FixedLine))
        if kept == NULL:
            raise MemoryError()
    kept_line = NULL
    return fixed_line(kept)


cdef void return_line(Line* l) noexcept:
    global kept_line
    if kept_line == NULL:
        kept_line = <FixedLine*>l
    else:
        free(l)


cdef inline bint line_fits(const Line* l, int dtype, int nd, const npy_intp* dims) noexcept:
    cdef int d
    if l.dtype != dtype or l.nd != nd:
        return False
    for d in range(nd):
        if l.dims[d] != dims[d]:
            return False
    return True


cdef int line_load(Line* l, ndarray array) except -1:
    """A register that reads `array`, broadcast to the line's shape."""
    cdef ndarray whole = array
    cdef int register
    if is_uniform(array) and (type_code(array) == l.dtype or type_code(array) == NPY_BOOL):
        return line_spread(l, read_scalar(array), type_code(array))
    if not line_fits(l, l.dtype, PyArray_NDIM(array), PyArray_DIMS(array)) or not PyArray_CHKFLAGS(array, NPY_ARRAY_CARRAY_RO):
        whole = new_array(type_code(array), l.nd, l.dims)
        PyArray_CopyInto(whole, array)
    register = line_register(l, DIRECT_REGISTER, type_code(array))
    Py_INCREF(whole)
    l.registers[register].array = <PyObject*>whole
    return register


cdef inline void line_want(Line* l, int register) noexcept:
    """Ask for a register's whole array."""
    l.registers[register].wanted = 1


cdef int line_run(Line* l, double* numbers) except -1:
    """Run what has been emitted. Wanted registers then have an array."""
    cdef Bound bound[MOST_LINE]
    cdef LineRegister* r
    cdef LineRegister* q
    cdef LineOp* code
    cdef ndarray array
    cdef int i, k
    for k in range(l.count):
        if l.registers[k].array != NULL:
            bound[k].data = <char*>PyArray_DATA(<ndarray>l.registers[k].array)
    for i in range(l.code_count):
        code = &l.code[i]
        r = &l.registers[code.registers[code.arity]]
        if not r.wanted:
            continue
        r.kind = DIRECT_REGISTER
        # Write over an input that nobody else holds and nobody reads later; else into a fresh array.
        for k in range(code.arity):
            q = &l.registers[code.registers[k]]
            if (q.array != NULL and q.last <= i and not q.wanted and not q.summed and q.dtype == r.dtype
                    and is_sole(q.array) and pooled_memory(q.array)):
                r.array = q.array
                q.array = NULL
                bound[code.registers[code.arity]].data = bound[code.registers[k]].data
                break
        if r.array == NULL:
            array = new_array(r.dtype, l.nd, l.dims)
            Py_INCREF(array)
            r.array = <PyObject*>array
            bound[code.registers[code.arity]].data = <char*>PyArray_DATA(array)
    line_lay_out(l)
    return run_line(l, bound, numbers)


cdef ndarray line_array(const Line* l, int register):
    """The array of a register that was wanted, after the run."""
    cdef const LineRegister* r = &l.registers[register]
    if r.kind == UNIFORM_REGISTER:
        return uniform_array(r.source.number, r.dtype, l.nd, <npy_intp*>l.dims)
    return <ndarray>r.array


cdef ndarray run_formula(Row* row, int dtype, list arrays, int nd, npy_intp* dims):
    """A kernel that is made of other ops."""
    cdef FixedLine room
    cdef Line* l = fixed_line(&room)
    cdef int inputs[MOST_INPUTS]
    cdef int k, result
    line_begin(l, dtype, nd, dims)
    try:
        for k in range(row.arity):
            inputs[k] = line_load(l, arrays[k])
        result = line_formula(l, row.formula, inputs)
        line_want(l, result)
        line_run(l, NULL)
        return line_array(l, result)
    finally:
        line_clear(l)
