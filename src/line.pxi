# A line: elementwise instructions over one shape, run block by block with scratch blocks in the place of temporaries,
# and sums of some of its registers at its end.
#
# Operands are memory as it lies, gathered from another geometry, or padded with zeros; or one number, known or to be
# looked up. The first half builds a line and runs it, whoever's it is. A plan keeps lines in room of their own, and
# binds addresses at each replay. A derivative that nobody records builds one over arrays, in fixed room, runs it and
# forgets it: the second half.

cdef enum:
    BLOCK_BYTES = 8192          # of one scratch block at most: a handful of them stay in the first-level cache
    SCRATCH_BYTES = 1 << 16     # of all scratch blocks together, as long as a block is worth a call
    FEW_BYTES = 1 << 15         # of scratch and sums, that a run has on the C stack

cdef enum:
    COPIED = -1                 # in the place of an op: the operand's elements
    BEHIND_ALL = 1 << 30        # instructions
    MOST_NATIVE = 512           # registers of a line that may be native code

# The instructions of a line as native code (native.pxi), on so many elements: where registers' blocks, or numbers, are,
# and the loops and their data that it calls.
ctypedef void (*NativeLine)(char** registers, npy_intp count, void** calls) noexcept nogil

cdef enum RegisterKind:
    DIRECT_REGISTER             # memory as it lies, read or written
    GATHERED_REGISTER           # some other geometry, read into a scratch block
    PADDED_REGISTER             # the same of an array with zeros around it, or of several arrays side by side
    PIECE_REGISTER              # one of those, which a padded register reads
    UNIFORM_REGISTER            # one number
    NUMBER_REGISTER             # one of the numbers that a run is given
    RESULT_REGISTER             # an instruction's, in a scratch block

ctypedef struct Gathered:
    int nd
    npy_intp* dims              # and strides behind them

ctypedef struct Padded:
    npy_intp low                # of each row, the elements that are not zeros
    npy_intp high
    npy_intp row                # elements
    int next                    # the register of a piece that stands in the same rows, or -1
    bint covers                 # all pieces together leave no zeros

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

cdef extern from "short_lines.h" nogil:
    enum:
        MOST_OF_SHORT "SL_MOST"
    ctypedef struct LineOp "sl_op":
        Loop loop
        void* extra
        int16_t op              # or COPIED
        int16_t arity
        int16_t registers[MOST_INPUTS + 1]  # what it reads, then what it writes
        int16_t before[MOST_INPUTS]     # of each that it reads, the last instruction before that does; or -1
        int16_t quick           # how it runs where the line is short
        npy_intp steps[MOST_INPUTS + 1]     # from element to element of each, bytes: none of a number
    int quick_code "sl_quick"(int code, int item, const LineOp* op) noexcept
    void run_short "sl_run"(const LineOp* code, int instructions, char** registers, npy_intp count) noexcept

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
    int sum_room
    int count
    int code_count
    int sum_count
    int since                   # the first instruction that need not be repeated: what it gives may be given again
    int filled                  # the first scratch blocks, which are filled before the first instruction
    int slots
    npy_intp block              # elements of a block
    npy_intp blocks
    size_t slot_bytes
    bint is_short               # all is one block of few elements
    npy_intp* ends              # of the blocks, where there are sums: blocks are then nodes of their trees; or NULL
    LineRegister* registers
    LineOp* code
    LineSum* sums
    NativeLine native           # or NULL
    void** calls

ctypedef struct Bound:          # a register while a line runs
    char* data
    char cell[8]                # a number, in the register's dtype


# ------------------------------------------------------------------------------------------------------------ building

cdef void line_begin(Line* line, int dtype, int nd, const npy_intp* dims) noexcept:
    cdef int d
    check(0 <= nd <= MOST_DIMS)
    line.dtype = dtype
    line.nd = nd
    line.count = line.code_count = line.sum_count = 0
    line.since = BEHIND_ALL
    line.size = 1
    for d in range(nd):
        line.dims[d] = dims[d]
        line.size *= dims[d]


cdef void line_clear(Line* line) noexcept:
    """Forget what has been built."""
    cdef LineRegister* r
    cdef int k
    for k in range(line.count):
        r = &line.registers[k]
        Py_XDECREF(r.array)
        if r.kind == GATHERED_REGISTER:
            free(r.source.gathered.dims)
    free(line.ends)
    free(line.calls)
    line.ends = NULL
    line.calls = NULL
    line.native = NULL
    line.count = line.code_count = line.sum_count = 0


cdef Line* new_line(int registers, int code, int sums) except NULL:
    """A line with room for so many; `line_clear` and `free` end it."""
    cdef size_t size = registers * sizeof(LineRegister) + code * sizeof(LineOp) + sums * sizeof(LineSum)
    cdef Line* line = <Line*>malloc(sizeof(Line) + size)
    if line == NULL:
        raise MemoryError()
    memset(line, 0, sizeof(Line))       # (registers and instructions are written as they are made)
    line.registers = <LineRegister*>(line + 1)
    line.code = <LineOp*>(line.registers + registers)
    line.sums = <LineSum*>(line.code + code)
    line.register_room = registers
    line.code_room = code
    line.sum_room = sums
    return line


cdef Line* moved_line(Line* line) except NULL:
    """A line that has been built, in no more memory than it takes; the other one is empty again."""
    cdef Line* made = new_line(line.count, line.code_count, line.sum_count)
    cdef Line rooms = made[0]
    made[0] = line[0]
    made.registers = rooms.registers
    made.code = rooms.code
    made.sums = rooms.sums
    made.register_room = rooms.register_room
    made.code_room = rooms.code_room
    made.sum_room = rooms.sum_room
    memcpy(made.registers, line.registers, line.count * sizeof(LineRegister))
    memcpy(made.code, line.code, line.code_count * sizeof(LineOp))
    memcpy(made.sums, line.sums, line.sum_count * sizeof(LineSum))
    line.ends = NULL
    line.count = line.code_count = line.sum_count = 0
    return made


cdef inline bint line_has_room(const Line* line, int code, int registers) noexcept:
    return line.code_count + code <= line.code_room and line.count + registers <= line.register_room


cdef inline int line_register(Line* line, int kind, int dtype) noexcept:
    cdef LineRegister* r = &line.registers[line.count]
    check(0 <= line.count < line.register_room)
    r.kind = <uint8_t>kind
    r.dtype = <uint8_t>dtype
    r.item = <uint8_t>item_size[dtype]
    r.spread = r.wanted = r.summed = 0
    r.last = r.slot = -1
    r.array = NULL
    line.count += 1
    return line.count - 1


cdef int line_uniform(Line* line, double value, int dtype) noexcept:
    """A number."""
    cdef int register = line_register(line, UNIFORM_REGISTER, dtype)
    line.registers[register].source.number = rounded(value, dtype)
    return register


cdef int line_spread(Line* line, double value, int dtype) noexcept:
    """An array of one number everywhere."""
    cdef int register = line_uniform(line, value, dtype)
    line.registers[register].spread = 1
    return register


cdef inline void line_sum(Line* line, int register, int32_t place) noexcept:
    """Add a register's elements up, to the run's number at `place`."""
    line.registers[register].summed = 1
    line.sums[line.sum_count].register = register
    line.sums[line.sum_count].place = place
    line.sum_count += 1


cdef inline int line_append(Line* line, int op, Loop loop, void* extra, int arity, const int* inputs,
                            int dtype) noexcept:
    cdef LineOp* code = &line.code[line.code_count]
    cdef int k
    check(0 <= line.code_count < line.code_room)
    code.op = <int16_t>op
    code.loop = loop
    code.extra = extra
    code.arity = <int16_t>arity
    for k in range(arity):
        check(0 <= inputs[k] < line.count)
        code.registers[k] = <int16_t>inputs[k]
        code.before[k] = line.registers[inputs[k]].last
        line.registers[inputs[k]].last = <int16_t>line.code_count
    line.code_count += 1
    k = line_register(line, RESULT_REGISTER, dtype)
    code.registers[arity] = <int16_t>k
    return k


cdef int line_copy(Line* line, int register) noexcept:
    """The same value in a register of its own."""
    cdef LineRegister* r = &line.registers[register]
    return line_append(line, COPIED, copy_loop(r.item), NULL, 1, &register, r.dtype)


cdef inline bint same_register(const Line* line, int a, int b) noexcept:
    """Whether two registers are one, or the same number."""
    cdef const LineRegister* r = &line.registers[a]
    cdef const LineRegister* q = &line.registers[b]
    return a == b or (r.kind == UNIFORM_REGISTER and q.kind == UNIFORM_REGISTER and r.dtype == q.dtype
                      and r.spread == q.spread and same_bits(r.source.number, q.source.number))


cdef int line_found(const Line* line, int op, const int* inputs) noexcept:
    """The register of what need not be computed again; or -1."""
    cdef int arity = table[op].arity, key = 0, i, k
    cdef const LineOp* code
    cdef bint same
    while key < arity and line.registers[inputs[key]].kind == UNIFORM_REGISTER:
        key += 1
    i = line.registers[inputs[key]].last if key < arity else -1
    while i >= line.since:
        code = &line.code[i]
        if code.op == op:
            same = True
            for k in range(arity):
                same = same and same_register(line, code.registers[k], inputs[k])
            if not same and table[op].commutes:
                same = (same_register(line, code.registers[0], inputs[1])
                        and same_register(line, code.registers[1], inputs[0]))
            if same:
                return code.registers[arity]
        k = 0
        while code.registers[k] != inputs[key]:
            k += 1
        i = code.before[k]
    return -1


cdef int line_emit(Line* line, int op, const int* inputs) except -1:
    """Append one op, or the ops that its formula is made of; on known numbers it is done at once. Returns the result's
    register."""
    cdef Row* row = &table[op]
    cdef LineRegister* r
    cdef double values[MOST_INPUTS]
    cdef int k, dtype = line.registers[inputs[row.arity - 1]].dtype
    cdef int result = NPY_BOOL if row.boolean else dtype
    cdef bint known = True, spread = False
    for k in range(row.arity):
        r = &line.registers[inputs[k]]
        if r.kind != UNIFORM_REGISTER:
            known = False
            break
        values[k] = r.source.number
        spread = spread or r.spread
    if known and not spread:
        return line_uniform(line, scalar_eval(op, values, dtype), result)
    if known and row.loop[dtype] != NULL:
        return line_spread(line, loop_once(row, dtype, values), result)
    if row.formula != NULL:
        return line_formula(line, row.formula, inputs)
    if row.loop[dtype] == NULL:
        raise TypeError(f"{op_name(op)} has no kernel for dtype {dtype_objects[dtype]}")
    k = line_found(line, op, inputs) if line.since < line.code_count else -1
    return k if k >= 0 else line_append(line, op, row.loop[dtype], row.data[dtype], row.arity, inputs, result)


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


cdef int line_formula(Line* line, const Program* p, const int* inputs) except -1:
    """Append a program whose input registers are these. Returns the result's register. What is computed twice in it, in
    formulas within it too, is computed once."""
    cdef LineEmitter to
    cdef int k, since = line.since
    to.line = line
    for k in range(p.inputs):
        to.registers[k] = inputs[k]
    line.since = min(since, line.code_count)
    emitted(walk_rule(p, &to, <EmitConstant><void*>emit_line_constant, <EmitOp><void*>emit_line_op))
    line.since = since
    return to.registers[p.result]


cdef bint joins_pieces(Line* line, int one, int other) noexcept:
    """Let a register of an array with zeros around it read another one, too, if they stand side by side: their sum.
    Nothing else may read them."""
    cdef Padded* p
    cdef Padded* q
    cdef npy_intp covered = 0
    cdef int i, j
    if one == other or line.registers[one].kind != PADDED_REGISTER or line.registers[other].kind != PADDED_REGISTER:
        return False
    i = one
    while i >= 0:
        p = &line.registers[i].source.padded
        covered += p.high - p.low
        j = other
        while j >= 0:
            q = &line.registers[j].source.padded
            if p.row != q.row or p.low < q.high and q.low < p.high:
                return False
            if i == one:
                covered += q.high - q.low
            j = q.next
        i = p.next
    p = &line.registers[one].source.padded
    p.covers = covered == p.row
    while p.next >= 0:
        p = &line.registers[p.next].source.padded
    p.next = other
    line.registers[other].kind = PIECE_REGISTER
    return True


cdef int line_lay_out(Line* line) except -1:
    """Say which scratch blocks registers have, given back after the last instruction that reads them, and where blocks
    end. All has been emitted."""
    cdef LineRegister* r
    cdef LineOp* code
    cdef npy_intp item = item_size[line.dtype]
    cdef int i, k, spare = -1       # the register that gave a block back last
    line.slots = 0
    for k in range(line.count):
        r = &line.registers[k]
        if r.kind == GATHERED_REGISTER or r.kind == PADDED_REGISTER:
            r.slot = <int16_t>line.slots
            line.slots += 1
    line.filled = line.slots
    for i in range(line.code_count):
        code = &line.code[i]
        r = &line.registers[code.registers[code.arity]]
        if r.kind == RESULT_REGISTER:
            if spare >= 0:
                r.slot = line.registers[spare].slot
                spare = line.registers[spare].given_back
            else:
                r.slot = <int16_t>line.slots
                line.slots += 1
        for k in range(code.arity + 1):
            r = &line.registers[code.registers[k]]
            code.steps[k] = 0 if r.kind == UNIFORM_REGISTER or r.kind == NUMBER_REGISTER else r.item
            if r.slot >= 0 and (r.last == i or k == code.arity and r.last < 0) and not r.summed:
                r.given_back = <int16_t>spare
                spare = code.registers[k]
                r.last = -1         # an operand used twice gives its block back once
    line.block = BLOCK_BYTES // item
    line.is_short = 0 < line.size <= MOST_OF_SHORT and line.count <= MOST_NATIVE
    if line.is_short:
        line.block = MOST_OF_SHORT
        line.slot_bytes = <size_t>(line.size * item + 63) & ~<size_t>63
        line.is_short = line.slots * line.slot_bytes <= FEW_BYTES
    if line.is_short:
        line.blocks = 1
        for i in range(line.code_count):
            quicken(line, &line.code[i])
        return 0
    line.block = BLOCK_BYTES // item
    while line.block > 256 and line.slots * line.block * item > SCRATCH_BYTES:
        line.block //= 2
    line.slot_bytes = <size_t>(line.block * item)
    line.blocks = (line.size + line.block - 1) // line.block
    if line.sum_count and line.blocks > 1:
        line.blocks = sum_blocks(line.size, line.block, NULL)
        line.ends = <npy_intp*>malloc(line.blocks * sizeof(npy_intp))
        if line.ends == NULL:
            raise MemoryError()
        sum_blocks(line.size, line.block, line.ends)
    return 0


cdef inline void quicken(const Line* line, LineOp* code) noexcept:
    """Say how an instruction of a short line runs: by itself, where all that it reads and writes are floats alike."""
    cdef int k, dtype = line.registers[code.registers[code.arity]].dtype
    code.quick = 0
    if dtype != NPY_DOUBLE and dtype != NPY_FLOAT:
        return
    for k in range(code.arity):
        if line.registers[code.registers[k]].dtype != dtype:
            return
    code.quick = <int16_t>quick_code(SCALAR_MOVE if code.op == COPIED else table[code.op].scalar_code,
                                     item_size[dtype], code)


# ------------------------------------------------------------------------------------------------------------- running

ctypedef struct LineRun:
    const Line* line
    const Bound* bound
    char* scratch
    double* sums                # of each block, for each of the line's in turn


cdef inline void bind_numbers(const Line* line, Bound* bound, const double* numbers) noexcept nogil:
    cdef const LineRegister* r
    cdef int k
    for k in range(line.count):
        r = &line.registers[k]
        if r.kind == UNIFORM_REGISTER or r.kind == NUMBER_REGISTER:
            write_number(bound[k].cell, r.dtype, r.source.number if r.kind == UNIFORM_REGISTER
                         else numbers[r.source.place])
            bound[k].data = bound[k].cell


cdef int run_line(const Line* line, Bound* bound, double* numbers) except -1:
    """Run a line that is laid out. What lies in memory is bound; of the numbers those are read that registers are, and
    those written that sums go to."""
    cdef LineRun run
    cdef const LineRegister* r
    cdef char few[FEW_BYTES + 64]
    cdef char* memory = &few[0] + (-<uintptr_t>&few[0] & 63)
    cdef char* taken = NULL
    cdef const double* sums
    cdef double total
    cdef int k, parts, threads
    cdef size_t scratch
    if line.is_short:
        run_short_line(line, bound, numbers, memory)
        return 0
    bind_numbers(line, bound, numbers)
    parts = <int>min(<npy_intp>parts_for(line.size * line.code_count), max(line.blocks, 1))
    # (Read once, under the GIL: as many as there is scratch for, whatever another thread sets meanwhile.)
    threads = wk_threads() if parts > 1 else 1
    scratch = <size_t>threads * line.slots * line.slot_bytes
    if scratch + line.blocks * line.sum_count * sizeof(double) > FEW_BYTES:
        memory = taken = <char*>pool_take(scratch + line.blocks * line.sum_count * sizeof(double))
        if taken == NULL:
            raise MemoryError()
    run.line = line
    run.bound = bound
    run.scratch = memory
    run.sums = <double*>(memory + scratch)
    if line.size * line.code_count >= NOGIL_WORK:
        with nogil:
            wk_run(run_line_blocks, &run, parts, threads)
    else:
        run_line_blocks(&run, 0, 0, 1)
    for k in range(line.sum_count):
        r = &line.registers[line.sums[k].register]
        sums = &run.sums[k * line.blocks]      # whichever threads had the blocks, as the whole would be summed
        if line.size == 0:
            total = 0.0
        elif r.kind == UNIFORM_REGISTER:
            total = uniform_sum(r.source.number, line.size, r.dtype)
        else:
            total = sum_of_blocks(line.size, line.block, &sums, r.dtype == NPY_FLOAT)
        numbers[line.sums[k].place] = total
    if taken != NULL:
        pool_give(taken)
    return 0


cdef void run_short_line(const Line* line, Bound* bound, double* numbers, char* scratch) noexcept:
    """The same where all is one block of few elements: blocks of scratch are side by side, and in the first-level
    cache."""
    cdef const LineRegister* r
    cdef char* registers[MOST_NATIVE]
    cdef double total
    cdef int k
    for k in range(line.count):
        r = &line.registers[k]
        if r.slot >= 0:
            registers[k] = scratch + r.slot * line.slot_bytes
            if line.filled and r.kind != RESULT_REGISTER:
                fill_block(line, bound, k, registers[k], 0, line.size)
        elif r.kind == DIRECT_REGISTER or r.kind == PIECE_REGISTER:
            registers[k] = bound[k].data
        else:
            total = r.source.number if r.kind == UNIFORM_REGISTER else numbers[r.source.place]
            registers[k] = bound[k].cell
            write_number(registers[k], r.dtype, total)
    if line.native != NULL:
        line.native(registers, line.size, line.calls)
    else:
        run_short(line.code, line.code_count, registers, line.size)
    for k in range(line.sum_count):
        r = &line.registers[line.sums[k].register]
        if r.kind == UNIFORM_REGISTER:
            total = uniform_sum(r.source.number, line.size, r.dtype)
        else:
            total = block_sum(registers[line.sums[k].register], 0 if r.kind == NUMBER_REGISTER else r.item, line.size,
                              r.dtype)
        numbers[line.sums[k].place] = total


cdef inline void fill_block(const Line* line, const Bound* bound, int register, char* block, npy_intp start,
                            npy_intp count) noexcept nogil:
    """Read a block of a register that another geometry, or zeros around it, make."""
    cdef const LineRegister* r = &line.registers[register]
    cdef const char* data = bound[register].data
    if r.kind == GATHERED_REGISTER:
        gt_gather(block, data, r.source.gathered.nd, r.source.gathered.dims,
                  r.source.gathered.dims + r.source.gathered.nd, start, count, r.item)
    elif r.kind == PADDED_REGISTER:
        if r.source.padded.next < 0:
            read_padded(block, data, &r.source.padded, start, count, r.item)
        else:
            read_pieces(line, bound, register, block, start, count)


cdef inline char* block_of(const LineRun* run, char* scratch, int register, npy_intp start,
                           npy_intp* step) noexcept nogil:
    """Where a register's block is."""
    cdef const LineRegister* r = &run.line.registers[register]
    step[0] = r.item
    if r.slot >= 0:
        return scratch + r.slot * run.line.slot_bytes
    if r.kind == DIRECT_REGISTER:
        return run.bound[register].data + start * r.item
    step[0] = 0
    return run.bound[register].data


cdef inline void run_line_block(const LineRun* run, char* scratch, npy_intp start, npy_intp count) noexcept nogil:
    cdef const Line* line = run.line
    cdef const LineOp* code
    cdef const LineRegister* r
    cdef char* args[MOST_INPUTS + 1]
    cdef char* registers[MOST_NATIVE]
    cdef npy_intp step
    cdef int i, k
    for k in range(line.count if line.filled else 0):
        r = &line.registers[k]
        fill_block(line, run.bound, k, scratch + r.slot * line.slot_bytes, start, count)
    if line.native != NULL:
        for k in range(line.count):
            registers[k] = block_of(run, scratch, k, start, &step)
        line.native(registers, count, line.calls)
    else:
        for i in range(line.code_count):
            code = &line.code[i]
            for k in range(code.arity + 1):
                r = &line.registers[code.registers[k]]
                args[k] = (scratch + r.slot * line.slot_bytes if r.slot >= 0
                           else run.bound[code.registers[k]].data + start * code.steps[k])
            code.loop(args, &count, code.steps, code.extra)


cdef void run_line_blocks(void* context, int thread, int part, int parts) noexcept nogil:
    """One part of the blocks."""
    cdef const LineRun* run = <const LineRun*>context
    cdef const Line* line = run.line
    cdef const LineRegister* r
    cdef char* scratch = run.scratch + thread * line.slots * line.slot_bytes
    cdef char* data
    cdef npy_intp step
    cdef npy_intp start, count, b
    cdef int i
    for b in range(line.blocks * part // parts, line.blocks * (part + 1) // parts):
        start = b * line.block
        count = min(line.block, line.size - start)
        if line.ends != NULL:
            start = line.ends[b - 1] if b else 0
            count = line.ends[b] - start
        run_line_block(run, scratch, start, count)
        for i in range(line.sum_count):
            r = &line.registers[line.sums[i].register]
            if r.kind != UNIFORM_REGISTER:
                data = block_of(run, scratch, line.sums[i].register, start, &step)
                run.sums[i * line.blocks + b] = block_sum(data, step, count, r.dtype)


cdef void run_line_between(const Line* line, Bound* bound, const double* numbers, char* scratch, npy_intp start,
                           npy_intp end) noexcept nogil:
    """Some of a line's elements, on this thread, of a line without sums. `scratch` has room for its blocks."""
    cdef LineRun run
    run.line = line
    run.bound = bound
    bind_numbers(line, bound, numbers)
    while start < end:
        run_line_block(&run, scratch, start, min(line.block, end - start))
        start += line.block


cdef void read_padded(char* out, const char* data, const Padded* p, npy_intp start, npy_intp count,
                      npy_intp item) noexcept nogil:
    cdef npy_intp row = start // p.row, begin = start - row * p.row, end, low, high
    data += (row * (p.high - p.low) - p.low) * item
    while count > 0:
        end = min(p.row, begin + count)
        low = min(max(p.low, begin), end)
        high = max(min(p.high, end), low)
        memset(out, 0, <size_t>((low - begin) * item))
        memcpy(out + (low - begin) * item, data + low * item, <size_t>((high - low) * item))
        memset(out + (high - begin) * item, 0, <size_t>((end - high) * item))
        out += (end - begin) * item
        count -= end - begin
        data += (p.high - p.low) * item
        begin = 0


cdef void read_pieces(const Line* line, const Bound* bound, int register, char* out, npy_intp start,
                      npy_intp count) noexcept nogil:
    """The sum of arrays with zeros around them that stand side by side: what there is of each, plus zero."""
    cdef const Padded* p = &line.registers[register].source.padded
    cdef int item = line.registers[register].item
    if not p.covers:
        memset(out, 0, <size_t>(count * item))
    while register >= 0:
        p = &line.registers[register].source.padded
        gt_put_piece(out, start, count, bound[register].data, p.low, p.high, p.row, item)
        register = p.next


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
    f.line.native = NULL
    f.line.calls = NULL
    return &f.line


cdef Seat kept_lines[LANES]         # for the next sweep


cdef Line* spare_line() except NULL:
    cdef FixedLine* kept = <FixedLine*>take_from(&kept_lines[own_lane()].thing)
    if kept == NULL:
        kept = <FixedLine*>malloc(sizeof(FixedLine))
        if kept == NULL:
            raise MemoryError()
    return fixed_line(kept)


cdef void return_line(Line* line) noexcept:
    if not put_into(&kept_lines[own_lane()].thing, line):
        free(line)


cdef inline bint line_fits(const Line* line, int dtype, int nd, const npy_intp* dims) noexcept:
    cdef int d
    if line.dtype != dtype or line.nd != nd:
        return False
    for d in range(nd):
        if line.dims[d] != dims[d]:
            return False
    return True


cdef int line_load(Line* line, ndarray array) except -1:
    """A register that reads `array`, broadcast to the line's shape."""
    cdef ndarray whole = array
    cdef int register
    if is_uniform(array) and (type_code(array) == line.dtype or type_code(array) == NPY_BOOL):
        return line_spread(line, read_scalar(array), type_code(array))
    if (not line_fits(line, line.dtype, PyArray_NDIM(array), PyArray_DIMS(array))
            or not PyArray_CHKFLAGS(array, NPY_ARRAY_CARRAY_RO)):
        whole = new_array(type_code(array), line.nd, line.dims)
        PyArray_CopyInto(whole, array)
    register = line_register(line, DIRECT_REGISTER, type_code(array))
    Py_INCREF(whole)
    line.registers[register].array = <PyObject*>whole
    return register


cdef inline void line_want(Line* line, int register) noexcept:
    """Ask for a register's whole array."""
    line.registers[register].wanted = 1


cdef int line_run(Line* line, double* numbers) except -1:
    """Run what has been emitted. Wanted registers then have an array."""
    cdef Bound bound[MOST_LINE]
    cdef LineRegister* r
    cdef LineRegister* q
    cdef LineOp* code
    cdef ndarray array
    cdef int i, k
    for k in range(line.count):
        if line.registers[k].array != NULL:
            bound[k].data = <char*>PyArray_DATA(<ndarray>line.registers[k].array)
    for i in range(line.code_count):
        code = &line.code[i]
        r = &line.registers[code.registers[code.arity]]
        if not r.wanted:
            continue
        r.kind = DIRECT_REGISTER
        # Write over an input that nobody else holds and nobody reads later; else into a fresh array.
        for k in range(code.arity):
            q = &line.registers[code.registers[k]]
            if (q.array != NULL and q.last <= i and not q.wanted and not q.summed and q.dtype == r.dtype
                    and is_sole(q.array) and pooled_memory(q.array)):
                r.array = q.array
                q.array = NULL
                bound[code.registers[code.arity]].data = bound[code.registers[k]].data
                break
        if r.array == NULL:
            array = new_array(r.dtype, line.nd, line.dims)
            Py_INCREF(array)
            r.array = <PyObject*>array
            bound[code.registers[code.arity]].data = <char*>PyArray_DATA(array)
    line_lay_out(line)
    return run_line(line, bound, numbers)


cdef ndarray line_array(const Line* line, int register):
    """The array of a register that was wanted, after the run."""
    cdef const LineRegister* r = &line.registers[register]
    if r.kind == UNIFORM_REGISTER:
        return uniform_array(r.source.number, r.dtype, line.nd, <npy_intp*>line.dims)
    return <ndarray>r.array


cdef ndarray run_formula(Row* row, int dtype, list arrays, int nd, npy_intp* dims):
    """A kernel that is made of other ops."""
    cdef FixedLine room
    cdef Line* line = fixed_line(&room)
    cdef int inputs[MOST_INPUTS]
    cdef int k, result
    line_begin(line, dtype, nd, dims)
    try:
        for k in range(row.arity):
            inputs[k] = line_load(line, arrays[k])
        result = line_formula(line, row.formula, inputs)
        line_want(line, result)
        line_run(line, NULL)
        return line_array(line, result)
    finally:
        line_clear(line)
