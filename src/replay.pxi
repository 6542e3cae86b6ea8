# Replay: the steps of a plan, run. No Python object is made for an array or a number on the way; what is made is the
# outputs. Effects come last, when nothing can go wrong any more: variables take their values all or none.

cdef Run* run_begin(Plan plan) except NULL:
    """Memory to replay in: the plan's own, or more of it if a replay is going on in another thread or further out."""
    cdef Run* run = <Run*>take_from(&plan.runs[own_lane()].thing)
    cdef int32_t k
    if run != NULL:
        return run
    run = <Run*>calloc(1, sizeof(Run))
    if run == NULL:
        raise MemoryError()
    run.registers = <double*>malloc((plan.register_count + 1) * sizeof(double))
    run.bases = <char**>calloc(plan.root_count + 1, sizeof(char*))
    run.bound = <Bound*>malloc((plan.most_registers + 1) * sizeof(Bound))
    run.pointers = <char**>malloc((plan.most_operands + 1) * sizeof(char*))
    run.cells = <double*>malloc((plan.most_operands + 1) * sizeof(double))
    run.objects = <PyObject**>calloc(plan.object_count + 1, sizeof(PyObject*))
    run.arena = <char*>aligned_block(plan.arena_size + ALIGNMENT)
    if (run.registers == NULL or run.bases == NULL or run.bound == NULL or run.pointers == NULL or run.cells == NULL
            or run.objects == NULL or run.arena == NULL):
        run_free(run)
        raise MemoryError(f"no memory for a program's arena of {plan.arena_size} bytes")
    memcpy(run.registers, plan.registers, plan.register_count * sizeof(double))
    run.bases[ARENA] = run.arena
    for root, array in plan.constants:
        k = root
        run.bases[k] = <char*>PyArray_DATA(<ndarray>array)
    run.object_count = plan.object_count
    return run


cdef void run_end(Plan plan, Run* run) noexcept:
    cdef int k
    for k in range(run.object_count):
        Py_XDECREF(run.objects[k])
        run.objects[k] = NULL
    if not put_into(&plan.runs[own_lane()].thing, run):
        run_free(run)


cdef inline char* pointer_to(Run* run, const Address* a) noexcept nogil:
    check(not a.scalar and a.root >= 0 and run.bases[a.root] != NULL)
    return run.bases[a.root] + a.offset


cdef inline char* operand_pointer(Run* run, const Address* a, char* cell) noexcept nogil:
    """Where an operand's data is; a register's goes into the cell."""
    if a.scalar:
        write_number(cell, a.dtype, run.registers[a.number])
        return cell
    return pointer_to(run, a)


# --------------------------------------------------------------------------------------------------------------- steps

cdef inline void run_scalar_step(Run* run, const ScalarStep* step) noexcept:
    if step.native != NULL:
        step.native(run.registers, run.bases, step.calls)
    else:
        run_scalars(step.ops, run.registers, run.bases)


cdef int run_line_step(Run* run, const LineStep* step) except -1:
    cdef const LineOperand* o = step.operands
    cdef int k
    for k in range(step.operand_count):
        run.bound[o.register].data = pointer_to(run, &o.at)
        o += 1
    return run_line(step.line, run.bound, run.registers)


cdef void run_loop(Run* run, LoopStep* step) noexcept:
    cdef Operands o
    cdef double cells[MOST_INPUTS + 1]
    cdef int k
    take_shape(&o, &step.shape)
    if step.clear:
        memset(pointer_to(run, &step.whole), 0, step.clear)
    for k in range(o.count):
        o.data[k] = operand_pointer(run, &step.at[k], <char*>&cells[k])
    share_out(step.loop, step.extra, &o, -1)


cdef int run_sum_step(Run* run, LoopStep* step) except -1:
    cdef Operands o
    cdef double cell
    cdef char* copied = NULL
    take_shape(&o, &step.shape)
    memset(pointer_to(run, &step.whole), 0, step.clear)
    o.data[0] = o.data[2] = pointer_to(run, &step.at[2])
    if step.copied != NULL:
        copy_operand(run, step.copied, &copied)
        o.data[1] = copied
    else:
        o.data[1] = operand_pointer(run, &step.at[1], <char*>&cell)
    run_sum(step.loop, step.extra, &o)
    if copied != NULL:
        pool_give(copied)
    return 0


cdef int copy_operand(Run* run, LoopStep* step, char** data) except -1:
    """An operand as BLAS, or a sum, reads it; the memory is the pool's."""
    cdef Operands o
    cdef double cell
    take_shape(&o, &step.shape)
    o.data[0] = operand_pointer(run, &step.at[0], <char*>&cell)
    data[0] = o.data[1] = <char*>pool_take(step.clear)
    if data[0] == NULL:
        raise MemoryError()
    share_out(step.loop, step.extra, &o, -1)
    return 0


cdef int run_product(Run* run, ProductStep* step) except -1:
    cdef Products p
    cdef const Products* made = &step.products
    cdef char* copies[2]
    copies[0] = copies[1] = NULL
    if made.count == 0 or made.core[1] == 0 or made.core[3] == 0:
        return 0
    if made.count == 1 and is_small(made) and step.copies[0] == NULL and step.copies[1] == NULL:
        multiply_small(made, pointer_to(run, &step.a), pointer_to(run, &step.b), pointer_to(run, &step.out))
        return 0
    memcpy(&p, made, sizeof(Products))
    p.out = pointer_to(run, &step.out)
    try:
        if step.copies[0] != NULL:
            copy_operand(run, step.copies[0], &copies[0])
        if step.copies[1] != NULL:
            copy_operand(run, step.copies[1], &copies[1])
        place_operands(&p, copies[0] if copies[0] != NULL else pointer_to(run, &step.a),
                       copies[1] if copies[1] != NULL else pointer_to(run, &step.b))
        multiply_out(&p)
    finally:
        if copies[0] != NULL:
            pool_give(copies[0])
        if copies[1] != NULL:
            pool_give(copies[1])
    return 0


cdef int run_kernel_step(Plan plan, Run* run, Step* step) except -1:
    cdef KernelStep* made = <KernelStep*>step.data
    cdef KernelOperandAt* o = made.operands
    cdef KernelRun call
    cdef Operand x
    cdef int k
    cdef bint copied = False, well
    call.operands = run.pointers
    call.out = pointer_to(run, &step.result)
    call.scratch = NULL
    for k in range(made.count):
        if o.copied != NULL:
            copied = True
        else:
            run.pointers[k] = o.data if o.data != NULL else operand_pointer(run, &o.at, <char*>&run.cells[k])
        o += 1
    if not copied and not made.scratch:
        well = run_kernel(made.kernel, made.made, &call, made.work)
    else:
        well = run_kernel_on_copies(run, made, &call)
    if not well:                # Python says what is wrong with the values
        x = applied(plan, run, step)
        PyArray_CopyInto(geometry_array_at(plan, step.node, call.out), array_of(x))
    return 0


cdef int run_kernel_on_copies(Run* run, KernelStep* made, KernelRun* call) except -1:
    """Whether a kernel could; for one that reads copies of some operands, or needs room, which are the pool's."""
    cdef int k, done = 0
    try:
        for k in range(made.count):
            if made.operands[k].copied != NULL:
                run.pointers[k] = NULL
                copy_operand(run, made.operands[k].copied, &run.pointers[k])
            done += 1
        if made.scratch:
            call.scratch = <char*>pool_take(made.scratch)
            if call.scratch == NULL:
                raise MemoryError()
        return run_kernel(made.kernel, made.made, call, made.work)
    finally:
        for k in range(done):
            if made.operands[k].copied != NULL:
                pool_give(run.pointers[k])
        if call.scratch != NULL:
            pool_give(call.scratch)


cdef ndarray present_array(Plan plan, Run* run, int32_t node):
    """A node's value as an array object that may look into the replay's memory."""
    cdef Place* p = &plan.places[node]
    cdef Address a = address_of(plan, node)
    cdef ndarray array
    if p.scalar:
        array = scalar_array(run.registers[p.number], a.dtype)
        return array if p.nd == 0 else uniform_array(run.registers[p.number], a.dtype, p.nd, plan.geometry + p.geometry)
    array = geometry_array(plan, node, pointer_to(run, &a))
    PyArray_CLEARFLAGS(array, NPY_ARRAY_WRITEABLE)
    return array


cdef int put_off(Plan plan, Run* run, Step* step) except -1:
    """An op that prints: it will, with the values of now, when nothing can go wrong any more."""
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n = plan.program.nodes_of(step.node, &nodes, pair)
    (<list><object>run.acts).append((step.node, [own_copy(present_array(plan, run, nodes[k])) for k in range(n)]))
    return 0


cdef int act(ProgramCore p, list acts) except -1:
    """Do what was put off."""
    for node, arrays in acts:
        call_kernel(<object>table[p.records[<int32_t>node].op].python, p.attribute(node), arrays, False)
    return 0


cdef int note_update(Plan plan, Run* run, Step* step) except -1:
    """Rows that are to change when nothing can go wrong any more, so that they are checked now."""
    cdef ProgramCore p = plan.program
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef ndarray rows, values
    p.nodes_of(step.node, &nodes, pair)
    rows = numpy.array(present_array(plan, run, nodes[1]), np_intp_dtype, order="C")
    values = numpy.array(present_array(plan, run, nodes[2]), dtype_objects[p.records[step.node].dtype], order="C")
    check_rows(geometry_array(plan, step.node, nowhere), rows, values)     # (whose elements nobody reads)
    keep_object(run, <int>(step.result.root - plan.object_roots), (row_change(p.attribute(step.node)), rows, values))
    return 0


cdef int keep_object(Run* run, int which, object thing) except -1:
    check(0 <= which < run.object_count)
    cdef PyObject* before = run.objects[which]
    Py_INCREF(thing)
    run.objects[which] = <PyObject*>thing
    Py_XDECREF(before)
    return 0


cdef void let_go_of_dead(Plan plan, Run* run, int s) noexcept:
    cdef int32_t which = plan.dead[s]
    cdef PyObject* thing
    while which >= 0:
        thing = run.objects[which]
        run.objects[which] = NULL
        Py_XDECREF(thing)
        which = plan.next_dead[which]


cdef inline tuple noted(Plan plan, Run* run, int32_t node):
    """What is to be done to rows: (op, numbers, values)."""
    return <tuple><object>run.objects[plan.storage[node].root - plan.object_roots]


cdef Operand row_of_update(Plan plan, Run* run, int32_t node, int32_t* nodes, int n):
    """Rows that are looked up in what is not made whole."""
    cdef list changes = []
    cdef int k
    cdef int32_t whole = updated_by(plan.program, nodes[0], changes)
    attribute = fill_holes(plan.program.attribute(node),
                           [None] + [present_array(plan, run, nodes[k]) for k in range(1, n)])
    return new_tensor(rows_of_changed(present_array(plan, run, whole), [noted(plan, run, k) for k in changes],
                                      (<tuple>attribute)[1]))


cdef Operand applied(Plan plan, Run* run, Step* step):
    """The value of an op that is not for the engine, on tensors."""
    cdef ProgramCore p = plan.program
    cdef int32_t i = step.node
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n = p.nodes_of(i, &nodes, pair)
    cdef dict values = {}
    cdef Operand x
    for k in range(n):
        if plan.by_rows[nodes[k]]:
            continue
        if plan.places[nodes[k]].scalar and plan.places[nodes[k]].nd == 0:
            values[nodes[k]] = new_scalar(run.registers[plan.places[nodes[k]].number], p.records[nodes[k]].dtype)
        else:
            values[nodes[k]] = bare_tensor(present_array(plan, run, nodes[k]))
    x = row_of_update(plan, run, i, nodes, n) if n and plan.by_rows[nodes[0]] else apply_record(p, i, values)
    if x.code != p.records[i].dtype or shape_of(x) != p.shape(i):
        raise RuntimeError(f"{op_label(p.records[i].op)} gave shape {shape_of(x)} and dtype {x.dtype} where the "
                           f"recorded run gave {p.shape(i)} and {dtype_objects[p.records[i].dtype]}: what an op gives "
                           f"may depend on its operands' shapes and attributes only")
    return x


cdef int run_apply(Plan plan, Run* run, Step* step) except -1:
    """An op in Python, whose result is an object of its own."""
    cdef Operand x = applied(plan, run, step)
    cdef ndarray array
    if step.reads >= 0:
        run.registers[step.reads] = x.number
        return 0
    array = x.array
    if not PyArray_CHKFLAGS(array, NPY_ARRAY_CARRAY_RO) or not PyArray_CHKFLAGS(array, NPY_ARRAY_OWNDATA):
        array = own_copy(array)     # (it may be an operand's memory, which is the replay's, for something else in a
                                    # moment)
    keep_object(run, step.result.root - plan.object_roots, array)
    run.bases[step.result.root] = <char*>PyArray_DATA(array)
    return 0


cdef int run_cast(Plan plan, Run* run, Step* step) except -1:
    cdef ndarray source = present_array(plan, run, plan.program.records[step.node].a)
    cdef ndarray target = geometry_array_at(plan, step.node, pointer_to(run, &step.result))
    if PyTypeNum_ISCOMPLEX(type_code(source)) and not PyTypeNum_ISCOMPLEX(type_code(target)):
        source = cast_array(source, target.dtype)
    PyArray_CopyInto(target, source)
    return 0


cdef ndarray geometry_array_at(Plan plan, int32_t node, char* data):
    """A writeable, contiguous array object of a node's shape."""
    cdef npy_intp dims[MOST_DIMS]
    cdef tuple shape = plan.program.shape(node)
    cdef int d
    for d in range(<int>len(shape)):
        dims[d] = shape[d]
    return PyArray_New(<PyTypeObject*>ndarray_type, <int>len(shape), dims,
                       type_number(plan.program.records[node].dtype), NULL, data, 0,
                       NPY_ARRAY_CARRAY, NULL)


cdef bint guard_holds(Plan plan, Run* run, int32_t node):
    cdef ProgramCore p = plan.program
    cdef Record* r = &p.records[node]
    cdef Place* at = &plan.places[r.a]
    cdef double x, expected
    cdef ndarray seen, now
    if r.flags & SCALAR:
        x = run.registers[at.number]
        expected = p.values[node].number
        if r.payload.look.truth:
            return (x != 0) == (expected != 0)
        return memcmp(&x, &expected, sizeof(double)) == 0 or (x != x and expected != expected)
    seen = <ndarray>p.values[node].array
    now = present_array(plan, run, r.a)
    if r.payload.look.truth:
        return bool(seen) == bool(now)
    return seen.tobytes() == now.tobytes()


cdef bytes value_at_guard(Plan plan, Run* run, int32_t node):
    """What a look finds."""
    cdef ProgramCore p = plan.program
    cdef Operand now
    cdef int32_t at = p.records[node].a
    if p.records[node].flags & SCALAR:
        now = new_scalar(run.registers[plan.places[at].number], p.records[at].dtype)
    else:
        now = bare_tensor(present_array(plan, run, at))
    return guard_key(now, p.records[node].payload.look.truth)


# ------------------------------------------------------------------------------------------------------ slab by slab

ctypedef struct SlabRun:
    const Slabs* slabs
    const Step* steps
    const SlabPiece* pieces
    const Run* run
    int roots
    char* memory                # of each thread: its bases, what a line's registers are bound to, blocks, pieces
    size_t bases
    size_t bound
    size_t blocks
    size_t size


cdef void run_line_rows(const LineStep* step, Run* run, char* blocks, npy_intp begin, npy_intp end,
                        npy_intp rows) noexcept nogil:
    cdef npy_intp row = step.line.size // rows
    cdef int k
    for k in range(step.operand_count):
        run.bound[step.operands[k].register].data = pointer_to(run, &step.operands[k].at)
    run_line_between(step.line, run.bound, run.registers, blocks, begin * row, end * row)


cdef void run_sum_rows(LoopStep* step, Run* run, npy_intp begin, npy_intp end, npy_intp rows) noexcept nogil:
    cdef Operands o
    cdef double cell
    cdef npy_intp each = step.shape.dims[0] // rows
    cdef int inner
    take_shape(&o, &step.shape)
    inner = inner_dimension(&o)     # (as of the whole: in which order is added up may not depend on slabs)
    o.dims[0] = (end - begin) * each
    o.data[0] = o.data[2] = pointer_to(run, &step.at[2]) + begin * each * o.strides[2][0]
    o.data[1] = operand_pointer(run, &step.at[1], <char*>&cell) + begin * each * o.strides[1][0]
    memset(pointer_to(run, &step.whole) + begin * (<npy_intp>step.clear // rows), 0,
           <size_t>(end - begin) * (step.clear // <size_t>rows))
    if operand_size(&o):
        run_sum_along(step.loop, step.extra, &o, inner)


cdef void run_product_rows(const ProductStep* step, Run* run, npy_intp begin, npy_intp end,
                           npy_intp rows) noexcept nogil:
    cdef Products p
    memcpy(&p, &step.products, sizeof(Products))
    p.out = pointer_to(run, &step.out)
    place_operands(&p, pointer_to(run, &step.a), pointer_to(run, &step.b))
    multiply_entries(&p, begin, end, rows)


cdef void run_slab_part(void* context, int thread, int part, int parts) noexcept nogil:
    """Some of the slabs."""
    cdef const SlabRun* all_of = <const SlabRun*>context
    cdef const Slabs* slabs = all_of.slabs
    cdef const SlabPiece* piece
    cdef const Step* step
    cdef char* mine = all_of.memory + thread * all_of.size
    cdef npy_intp count = (slabs.rows + slabs.each - 1) // slabs.each, slab, begin, end
    cdef Run own
    cdef int k, s, before = bl_begin()
    memcpy(&own, all_of.run, sizeof(Run))
    own.bases = <char**>mine
    own.bound = <Bound*>(mine + all_of.bases)
    memcpy(own.bases, all_of.run.bases, all_of.roots * sizeof(char*))
    for slab in range(count * part // parts, count * (part + 1) // parts):
        begin = slab * slabs.each
        end = min(slabs.rows, begin + slabs.each)
        for k in range(slabs.first_piece, slabs.end_piece):
            piece = &all_of.pieces[k]
            own.bases[piece.root] = (mine + all_of.bases + all_of.bound + all_of.blocks + piece.offset
                                     - begin * piece.row)
        for s in range(slabs.first, slabs.end):
            step = &all_of.steps[s]
            if step.kind == STEP_LINE:
                run_line_rows(<const LineStep*>step.data, &own, mine + all_of.bases + all_of.bound, begin, end,
                              slabs.rows)
            elif step.kind == STEP_SUM:
                run_sum_rows(<LoopStep*>step.data, &own, begin, end, slabs.rows)
            else:
                run_product_rows(<const ProductStep*>step.data, &own, begin, end, slabs.rows)
    bl_end(before)


cdef inline size_t to_lines(size_t size) noexcept:
    """Bytes, up to a whole number of the cache's lines."""
    return (size + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT


cdef int run_slabs(Plan plan, Run* run, const Slabs* slabs) except -1:
    """Steps that run slab by slab: threads share out the slabs."""
    cdef SlabRun all_of
    cdef const Line* line
    cdef int s, parts = <int>min(<npy_intp>parts_for(slabs.work), (slabs.rows + slabs.each - 1) // slabs.each)
    cdef int threads = wk_threads() if parts > 1 else 1
    all_of.slabs = slabs
    all_of.steps = plan.steps
    all_of.pieces = plan.pieces
    all_of.run = run
    all_of.roots = plan.root_count
    all_of.bases = to_lines(plan.root_count * sizeof(char*))
    all_of.bound = to_lines((plan.most_registers + 1) * sizeof(Bound))
    all_of.blocks = 0
    for s in range(slabs.first, slabs.end):
        if plan.steps[s].kind == STEP_LINE:
            line = (<LineStep*>plan.steps[s].data).line
            all_of.blocks = max(all_of.blocks, to_lines(line.slots * line.slot_bytes))
    all_of.size = all_of.bases + all_of.bound + all_of.blocks + to_lines(slabs.room)
    all_of.memory = <char*>pool_take(threads * all_of.size)
    if all_of.memory == NULL:
        raise MemoryError()
    with nogil:
        wk_run(run_slab_part, &all_of, parts, threads)
    pool_give(all_of.memory)
    return 0


cdef int32_t run_steps(Plan plan, Run* run) except -2:
    """All steps; returns the guard that did not hold, or -1."""
    cdef int k, s = 0
    cdef int32_t failed
    for k in range(plan.slab_count):
        failed = run_between(plan, run, s, plan.slabs[k].first)
        if failed >= 0:
            return failed
        run_slabs(plan, run, &plan.slabs[k])
        s = plan.slabs[k].end
    return run_between(plan, run, s, plan.step_count)


cdef int32_t run_between(Plan plan, Run* run, int begin, int end) except -2:
    """Some of the steps, one after the other."""
    cdef int s
    cdef unsigned int flags
    cdef Step* step
    for s in range(begin, end):
        step = &plan.steps[s]
        if step.kind == STEP_SCALARS:
            run_scalar_step(run, <ScalarStep*>step.data)
            continue
        elif step.kind == STEP_LINE:
            run_line_step(run, <LineStep*>step.data)
            continue
        elif step.kind == STEP_MATMUL:
            run_product(run, <ProductStep*>step.data)
            continue
        elif step.kind == STEP_GUARD:
            if not guard_holds(plan, run, step.node):
                return step.node
            continue
        elif step.kind == STEP_APPLY:
            let_go_of_dead(plan, run, s)
            if plan.acts and table[plan.program.records[step.node].op].acts:
                put_off(plan, run, step)
            else:
                flags = fn_noted()
                if flags:
                    fn_forget()
                run_apply(plan, run, step)
                if flags:       # (of what was before it: NumPy takes them back)
                    fn_note(flags)
            continue
        elif step.kind == STEP_UPDATE:
            note_update(plan, run, step)
            continue
        elif step.kind == STEP_KERNEL:
            run_kernel_step(plan, run, step)
        elif step.kind == STEP_CAST:
            flags = fn_noted()
            run_cast(plan, run, step)
            if flags:           # (the same)
                fn_note(flags)
        elif step.kind == STEP_SUM:
            run_sum_step(run, <LoopStep*>step.data)
        else:
            run_loop(run, <LoopStep*>step.data)
        if step.reads >= 0:
            run.registers[step.reads] = read_number(pointer_to(run, &step.result),
                                                    plan.program.records[step.node].dtype)
    return -1


cdef int32_t run_steps_that_print(Plan plan, Run* run, list acts) except -2:
    """The steps, of which some print: after an error at once, as far as it came."""
    run.acts = <PyObject*>acts
    try:
        return run_steps(plan, run)
    except BaseException:
        act(plan.program, acts)
        raise


# ---------------------------------------------------------------------------------------------------- one whole replay

cdef int bind_references(Plan plan, Run* run, list held) except -1:
    """Let constants that are somebody's arrays be what these hold now."""
    cdef int32_t node
    cdef ndarray array
    cdef Place* p
    cdef npy_intp* geometry
    cdef int d
    for node in plan.references:
        p = &plan.places[node]
        array = plan.program.reference(node).array
        geometry = plan.geometry + p.geometry
        if PyArray_NDIM(array) != p.nd or type_code(array) != plan.program.records[node].dtype:
            refuse_reshaped(plan.program, node, array)
        for d in range(p.nd):
            if PyArray_DIMS(array)[d] != geometry[d]:
                refuse_reshaped(plan.program, node, array)
        if p.scalar:
            run.registers[p.number] = read_scalar(array)
            continue
        if plan.storage[node].root < 0:
            continue
        for d in range(p.nd):
            if PyArray_STRIDES(array)[d] != geometry[p.nd + d]:
                break
        else:
            if PyArray_CHKFLAGS(array, NPY_ARRAY_ALIGNED):
                run.bases[plan.storage[node].root] = <char*>PyArray_DATA(array)
                continue
        if not p.direct:
            refuse_reshaped(plan.program, node, array)
        array = own_copy(array)
        held.append(array)
        run.bases[plan.storage[node].root] = <char*>PyArray_DATA(array)
    return 0


cdef int refuse_reshaped(ProgramCore p, int32_t node, ndarray array) except -1:
    raise ValueError(f"an array that the program reads has shape {array.shape}, dtype {array.dtype} and strides "
                     f"{array.strides} now; when it was recorded, it had shape {p.shape(node)} and dtype "
                     f"{dtype_objects[p.records[node].dtype]}, and its memory was laid out as it was then: "
                     f"do not reshape it in place")


cdef int bind_argument(Plan plan, Run* run, int k, Operand x, list held) except -1:
    """Let argument or variable k be `x`, which has its shape and dtype; its caller has it until the replay is over."""
    cdef PyObject* array
    cdef Tensor value
    if may_be_swapped(x):
        value = held_value(x)
        held.append(value)
        return bind_argument(plan, run, k, value, held)
    if x.scalar:
        run.registers[plan.places[k].number] = x.number
        return 0
    array = <PyObject*>x.array
    if not PyArray_CHKFLAGS(<ndarray>array, NPY_ARRAY_CARRAY_RO):
        held.append(own_copy(<ndarray>array))
        array = PyList_GET_ITEM(held, len(held) - 1)
    elif x.is_variable:
        held.append(<object>array)      # (it may be assigned to meanwhile)
    run.bases[plan.input_roots + k] = <char*>PyArray_DATA(<ndarray>array)
    return 0


cdef inline bint is_as_recorded(Plan plan, int32_t node, Operand x) noexcept:
    """Whether a value has a node's dtype and shape."""
    cdef Place* at = &plan.places[node]
    cdef PyObject* array = <PyObject*>x.array
    cdef int d
    if x.code != plan.program.records[node].dtype or (0 if x.scalar else PyArray_NDIM(<ndarray>array)) != at.nd:
        return False
    for d in range(at.nd):
        if PyArray_DIMS(<ndarray>array)[d] != plan.geometry[at.geometry + d]:
            return False
    return True


cdef inline ndarray array_like(Plan plan, int32_t node):
    """A fresh array of a node's dtype and shape."""
    cdef Place* at = &plan.places[node]
    return new_array(plan.program.records[node].dtype, at.nd, plan.geometry + at.geometry)


cdef int copy_out(Plan plan, Run* run, int32_t node, ndarray to) except -1:
    PyArray_CopyInto(to, present_array(plan, run, node))
    return 0


cdef bint has_the_array(Plan plan, Run* run, int which, list changes) except -1:
    """Whether a variable's rows can be changed in its own memory: nobody but it, and this replay, refers to the
    array."""
    cdef VariableCore v
    cdef PyObject* held
    if FREE_THREADED:
        return False            # (another thread may just be reading it)
    v = <VariableCore>plan.program.variables[which]
    held = <PyObject*>v.array
    # The list of what was read has it, too, and so has the list of what was bound, if it was bound as it lay.
    if (ad_get_journal() != NULL or is_held_beyond(held, 3) or not pooled_memory(held)
            or run.bases[plan.input_roots + plan.program.input_count + which] != <char*>PyArray_DATA(v.array)):
        return False
    for node in changes:
        if not has_row_loop(<int>noted(plan, run, node)[0], v.code):
            return False
    return True


cdef int make_changes(Plan plan, Run* run, list changes, ndarray whole) except -1:
    cdef tuple change
    for node in changes:
        change = noted(plan, run, node)
        change_rows(<int>change[0], whole, <ndarray>change[1], <ndarray>change[2])
    return 0


cdef list changed_wholes(Plan plan, Run* run, list read):
    """For each assignment that changes rows: the changed value, or None where the variable's own memory is to change.

    Making one may give up the GIL, so that all are looked at once more after it; after the last look it is held.
    """
    cdef list wholes = [None] * len(plan.updates)
    cdef bint again = True
    cdef int k, which
    while again:
        again = False
        for k in range(len(wholes)):
            if plan.updates[k] is None or wholes[k] is not None:
                continue
            which = plan.ends[plan.output_count + k].which
            if not has_the_array(plan, run, which, <list>plan.updates[k]):
                wholes[k] = own_copy(read[which])
                make_changes(plan, run, <list>plan.updates[k], <ndarray>wholes[k])
                again = True
    return wholes


cdef object SUSPECT = object()

cdef enum:                      # how a replay is looked at for what is not finite:
    UNSEEN                      # not at all,
    BY_RESULTS                  # by what it comes to,
    BY_FLAGS                    # or also by what the processor has noted, maybe of what the results do not show


cdef bint is_suspect(Plan plan, Run* run, Log* log, list results, list fresh, bint by_flags) except -1:
    """Whether a program has come, or may have come, to something that is not finite, and somebody wants to be told."""
    cdef int32_t node
    cdef int k, kinds = fn_noted_kinds(), wanted
    if kinds:
        fn_forget()
    wanted = wanted_beside(log)
    if not wanted:
        return False
    if by_flags and (kinds if wanted == CHECKED_NUMERICS else kinds & wanted):
        return True
    for k in range(len(results)):
        if some_are_not_finite(<Operand>results[k]):
            return True
    for k in range(plan.assigned_count):
        node = plan.ends[plan.output_count + k].node
        if fresh[k] is not None:
            if some_are_not_finite(bare_tensor(<ndarray>fresh[k])):
                return True
        elif plan.program.records[node].flags & SCALAR and not isfinite(run.registers[plan.places[node].number]):
            return True
    return False


cdef extern from "Python.h":
    PyObject* PyList_GET_ITEM(list items, Py_ssize_t k) noexcept


cdef object replay(ProgramCore p, list arguments, int looked_at=UNSEEN):
    """Run a program. Returns its outputs, or (node, the value there) of the first guard that did not hold, with nothing
    done; or, where numbers are `looked_at`, SUSPECT, with nothing done. Where another thread has assigned to a variable
    meanwhile that this is to assign to, it is run again: no assignment is lost. (What kernels in Python have assigned
    meanwhile they would again.)

    The caller has the program until then, and that has its plan. (On the way nobody counts who refers to what threads
    share: where they replay one program, they would wait for each other at each count.)"""
    cdef PyObject* plan = <PyObject*>published(&p.finished)
    cdef PyObject* laid_out
    if plan == NULL:
        planned(p)
        plan = <PyObject*>p.plan
    laid_out = <PyObject*>(<Plan>plan).program
    while True:
        result = replay_once(<Plan>plan, <ProgramCore>laid_out, arguments, looked_at)
        if result is not None:
            return result


cdef enum:
    MOST_TRIES = 8


cdef list values_at_once(list variables):
    """The present values of variables, where threads run side by side: if another thread is assigning to several at
    once, all before that or all after it."""
    cdef list values
    cdef uint64_t before
    cdef Py_ssize_t k
    cdef int tries
    for tries in range(MOST_TRIES):
        before = number_now(&times_assigned)
        values = [held_value(<Operand>PyList_GET_ITEM(variables, k)) for k in range(len(variables))]
        if before == number_now(&times_assigned) and not before & 1:
            return values
    hold(&assignments)
    try:
        return [held_value(<Operand>PyList_GET_ITEM(variables, k)) for k in range(len(variables))]
    finally:
        let_go(&assignments)


cdef bint assign_at_once(Plan plan, Run* run, list read, list numbers, list fresh, list wholes,
                         uint64_t changes) except -1:
    """The end of a replay, where threads run side by side: let variables take their values, unless another thread has
    assigned to one of them since they were read. Whether they have taken them."""
    cdef ProgramCore p = plan.program
    cdef VariableCore v
    cdef Tensor before
    cdef End* assigned = plan.ends + plan.output_count
    cdef int32_t node
    cdef int k, which
    cdef list values = []
    for k in range(plan.assigned_count):
        which, node = assigned[k].which, assigned[k].node
        if ad_get_journal() != NULL:
            note_assignment(<VariableCore>p.variables[which])
        if plan.by_rows[node]:
            values.append(None if wholes[k] is None else bare_tensor(<ndarray>wholes[k]))
        elif fresh[k] is None:
            v = <VariableCore>p.variables[which]
            values.append(new_scalar(run.registers[plan.places[node].number], v.code))
        else:
            values.append(bare_tensor(<ndarray>fresh[k]))
    hold(&assignments)
    next_number(&times_assigned)
    try:
        if changes == ad_changes_noted():
            for k in range(plan.assigned_count):
                which = assigned[k].which
                v = <VariableCore>p.variables[which]
                if v.array is not read[which] or (v.scalar and not same_number(v.number, numbers[which])):
                    return False
        for k in range(plan.assigned_count):
            if values[k] is not None:
                swap_value(<VariableCore>p.variables[assigned[k].which], <Operand>values[k])
    finally:
        next_number(&times_assigned)
        let_go(&assignments)
    return True


cdef Plan planned(ProgramCore p):
    """The plan of a program, which is made when it is first asked for."""
    cdef Plan plan = make_plan(p)
    hold_object(p)
    if p.plan is None:          # (else another thread has been quicker)
        p.plan = plan
        publish(&p.finished, <void*>plan)
    plan = <Plan>p.plan
    let_go_object(p)
    return plan


cdef object replay_once(Plan plan, ProgramCore p, list arguments, int looked_at):
    """`replay`, or None where another thread came between; given a plan, and its program."""
    cdef Run* run
    cdef End* outputs = plan.ends
    cdef End* assigned = plan.ends + plan.output_count
    cdef int k, n = plan.variable_count, left
    cdef int32_t node, failed
    cdef VariableCore v
    cdef Operand x
    cdef list held = [], made = [], results = [], read = [], numbers = None, acts = None, fresh = None, wholes = None
    cdef list values = None
    cdef PyObject* variables
    cdef ndarray array
    cdef Log* outer
    cdef uint64_t changes = ad_changes_noted()
    if plan.assigned_count:
        numbers = []
        fresh = []
    if n:
        variables = <PyObject*>p.variables
        values = values_at_once(<list>variables) if FREE_THREADED else <list>variables
    for k in range(n):
        if not is_as_recorded(plan, p.input_count + k, <Operand>PyList_GET_ITEM(values, k)):
            v = <VariableCore>p.variables[k]
            raise ValueError(f"variable {v.name!r} has shape {shape_of(v)} and dtype {v.dtype} now; the program was "
                             f"recorded when it had {p.shape(p.input_count + k)} and "
                             f"{dtype_objects[p.records[p.input_count + k].dtype]}")
    drawn = random_state() if plan.draws and (plan.guarded or plan.assigned_count or watching) else None
    run = run_begin(plan)
    outer = <Log*>ad_get_current_log()
    ad_set_current_log(NULL)
    try:
        for k in range(p.input_count):
            bind_argument(plan, run, k, <Operand>PyList_GET_ITEM(arguments, k), held)
        for k in range(n):
            x = <Operand>PyList_GET_ITEM(values, k)
            if numbers is not None:
                read.append(x.array)
                numbers.append(x.number)
            bind_argument(plan, run, p.input_count + k, x, held)
        if plan.references:
            bind_references(plan, run, held)
        for k in range(plan.output_count):
            array = None
            if outputs[k].fresh:
                array = array_like(plan, outputs[k].node)
                run.bases[plan.output_roots + k] = <char*>PyArray_DATA(array)
            made.append(array)
        for k in range(plan.assigned_count):
            node = assigned[k].node
            array = None
            if not p.records[node].flags & SCALAR and not plan.by_rows[node]:
                if not FREE_THREADED:   # (where several threads would take the same one)
                    array = <ndarray>plan.spares[k]
                    plan.spares[k] = None
                if array is None or is_held_beyond(<PyObject*>array, 1) or not pooled_memory(<PyObject*>array):
                    array = array_like(plan, node)
                run.bases[plan.assign_roots + k] = <char*>PyArray_DATA(array)
            fresh.append(array)
        if plan.acts:
            acts = []
            failed = run_steps_that_print(plan, run, acts)
        else:
            failed = run_steps(plan, run)
        if failed >= 0:
            if drawn is not None:
                random_restore(drawn)
            if fresh is not None and not FREE_THREADED:
                plan.spares = fresh
            return plan.looks.get(failed, failed), value_at_guard(plan, run, failed)
        for k in range(plan.output_count):
            node = outputs[k].node
            array = <ndarray>made[k]
            if p.records[node].flags & SCALAR:
                results.append(new_scalar(run.registers[plan.places[node].number], p.records[node].dtype))
                continue
            if array is None:
                array = array_like(plan, node)
                copy_out(plan, run, node, array)
            results.append(bare_tensor(array))
        for k in range(plan.assigned_count):
            array = <ndarray>fresh[k]
            if array is not None and not assigned[k].fresh:
                copy_out(plan, run, assigned[k].node, array)
        if (looked_at and (watching or fn_noted() or not plan.numbers_alone)
                and is_suspect(plan, run, outer, results, fresh, looked_at == BY_FLAGS)):
            if drawn is not None:
                random_restore(drawn)
            if fresh is not None and not FREE_THREADED:
                plan.spares = fresh
            return SUSPECT
        if plan.updating:
            array = None
            wholes = changed_wholes(plan, run, read)
        left = plan.assigned_count
        if FREE_THREADED and left:
            if not assign_at_once(plan, run, read, numbers, fresh, wholes, changes):
                if drawn is not None:
                    random_restore(drawn)
                return None
            left = 0
        for k in range(left):
            v = <VariableCore>p.variables[assigned[k].which]
            if changes == ad_changes_noted() and (v.array is not read[assigned[k].which] or
                                                  (v.scalar and not same_number(v.number, numbers[assigned[k].which]))):
                plan.spares = fresh
                if drawn is not None:
                    random_restore(drawn)
                return None
        if plan.updating:       # (first of all, before anything that might let another thread look)
            for k in range(left):
                if plan.updates[k] is not None and wholes[k] is None:
                    v = <VariableCore>p.variables[assigned[k].which]
                    make_changes(plan, run, <list>plan.updates[k], v.array)
        held = read = None
        if left:
            ad_note_change()
        for k in range(left):
            node = assigned[k].node
            v = <VariableCore>p.variables[assigned[k].which]
            array = <ndarray>fresh[k]
            if ad_get_journal() != NULL:
                note_assignment(v)
            renew(v)
            if plan.by_rows[node]:
                if wholes[k] is not None:
                    v.array = wholes[k]
            elif array is None:
                v.number = run.registers[plan.places[node].number]
            else:
                plan.spares[k] = v.array
                v.array = array
    finally:
        ad_set_current_log(outer)
        run_end(plan, run)
    if acts:
        act(p, acts)
    return results
