# A plan: a program laid out in memory, as steps that replay.pxi runs.
#
# Scalars are registers, C doubles. An array lies in the arena, at an offset that liveness gives it, or is somebody's:
# an argument, a variable, a constant, an output. Reshaping, slicing and the like are other geometries on the same
# memory. Elementwise records of one shape become one step, wherever in the program they stand, as far as what they read
# allows; inside it values live in blocks that fit the cache, and only what other steps need is written to memory.
#
# Steps that follow each other and treat the rows of one leading axis alike (lines, stacks of products, sums of each
# row) may run slab by slab: some rows through all of them, then the next ones. What one writes, the next then finds in
# the cache, and what only they read takes the memory of one slab.

cdef enum StepKind:
    STEP_SCALARS
    STEP_LINE
    STEP_ND                     # one loop over strided operands
    STEP_SUM
    STEP_COPY                   # elements of any size, to another geometry
    STEP_PAD                    # zeros, with an array in their midst
    STEP_CAST
    STEP_MATMUL
    STEP_KERNEL                 # a row's own kernel in C
    STEP_APPLY                  # whatever else: the op itself, on tensors
    STEP_GUARD
    STEP_UPDATE                 # notes rows of a variable that are to change at the end

cdef enum:
    ARENA = 0                   # roots: where addresses begin
    MOST_JOINED = 256           # ops of a line
    RECENT = 8                  # steps of a kind that an op may still join
    LEAST_STRETCH = 8           # elements between zeros that a line copies at a time
    STRETCH = 512               # bytes that a copy moves in the place of an element, at most
    SLAB_BYTES = 1 << 18        # that steps which run slab by slab write of one slab, or about so much;
    MOST_SLAB_BYTES = 1 << 21   # what they may write of a single row: a cache has to hold it,
    LEAST_SPARED = 1 << 20      # and what of their arrays is spared for it to pay

ctypedef struct Place:          # where a node's value is
    uint8_t scalar              # in a register, as one number or as that number everywhere
    uint8_t direct              # contiguous
    int32_t number              # the register
    int32_t owner               # the node whose memory it is
    npy_intp offset             # bytes
    int32_t nd
    int32_t geometry            # where its sizes, and then its strides, stand in the plan's list

ctypedef struct Address:
    uint8_t scalar
    uint8_t dtype
    int32_t number
    int32_t root
    npy_intp offset

# The same instructions as native code (native.pxi): the registers, where memory begins, and what it calls.
ctypedef void (*NativeNumbers)(double* registers, char** bases, void** calls) noexcept nogil

ctypedef struct ScalarStep:
    int32_t count
    ScalarOp* ops               # and behind them the end
    NativeNumbers native        # or NULL
    void** calls

ctypedef struct LineOperand:    # a register that lies in memory
    int32_t register
    Address at

ctypedef struct LineStep:
    Line* line
    int32_t operand_count
    LineOperand* operands

ctypedef struct LoopStep:       # STEP_ND, STEP_SUM, STEP_COPY, STEP_PAD, STEP_CAST
    Loop loop
    void* extra
    Operands shape              # sizes and strides; the data is found when it runs
    Address at[MOST_INPUTS + 1]
    size_t clear                # bytes of the output's memory to set to zero first
    Address whole
    LoopStep* copied            # STEP_SUM: the copy of the operand that is added up, where it is not as it lies; or
                                # NULL

ctypedef struct ProductStep:
    Products products
    Address a
    Address b
    Address out
    LoopStep* copies[2]         # of an operand that BLAS cannot read as it lies; or NULL

ctypedef struct KernelOperandAt:    # where a kernel finds an operand
    Address at
    char* data                  # an array of the attributes; or NULL
    LoopStep* copied            # the copy, where it reads elements in their order only; or NULL

ctypedef struct KernelStep:
    const Kernel* kernel
    void* made
    npy_intp work
    size_t scratch
    bint turned
    int order[MOST_DIMS]        # of the first operand's axes, in which it is copied where it is turned
    int count
    KernelOperandAt* operands

ctypedef struct Step:
    int kind
    int32_t node
    int32_t first               # among the plan's members: the nodes of the step
    int32_t count
    int32_t reads               # the register that a result in memory goes to; or -1
    int32_t weight              # while nodes still join it: how much of a line's room it takes
    Address result
    void* data

ctypedef struct Storage:        # of a node that owns memory
    int32_t root
    int32_t last                # step
    npy_intp offset
    size_t size

ctypedef struct Recent:         # the last steps of one kind, the oldest first
    int count
    int32_t steps[RECENT]

ctypedef struct Contiguous:     # where in the plan's list the geometry of a shape stands, for items of one size
    int32_t geometry
    int32_t item                # 0 where there is none yet
    size_t size                 # bytes


cdef enum:
    KNOWN_PADDINGS = 256
    FEW_PROBES = 8

ctypedef struct KnownPadding:   # what `find_padded` found
    PyObject* attribute         # of the record (borrowed of the program), NULL for none
    uint32_t shape              # of its operand
    bint is_one
    Padded padded


ctypedef struct Slabs:          # steps that run slab by slab
    int32_t first
    int32_t end
    npy_intp rows               # of the leading axis
    npy_intp each               # of a slab
    npy_intp work               # elements times ops, about
    size_t room                 # bytes of what a slab writes for itself, by one thread
    int32_t first_piece         # among the plan's pieces: the nodes that are there for one slab at a time
    int32_t end_piece

ctypedef struct SlabPiece:
    int32_t root
    size_t offset
    npy_intp row                # bytes

ctypedef struct Run:            # the memory of one replay
    double* registers
    char** bases
    char* arena
    PyObject** objects          # owned: results of Python
    int object_count
    Bound* bound                # a line's registers
    char** pointers             # a kernel's operands,
    double* cells               # and those of them that are registers
    PyObject* acts              # a list of what is to be done when all went well (borrowed)


cdef void run_free(Run* run) noexcept:
    if run != NULL:
        free(run.registers)
        free(run.bases)
        free(run.bound)
        free(run.pointers)
        free(run.cells)
        if run.arena != NULL:
            free_block(run.arena)
        free(run.objects)
        free(run)


ctypedef struct End:            # what a program comes to:
    int32_t node
    int32_t which               # the number of the variable that takes it; -1: an output
    bint fresh                  # its array is a root


@cython.final
cdef class Plan:
    """Steps, and what they need."""
    cdef readonly ProgramCore program   # the one that was asked for, or what it is with small arrays dissolved
    cdef dict looks                 # its guards, where they have other numbers there
    cdef Step* steps
    cdef int step_count
    cdef int step_capacity
    cdef int32_t* step_of           # of a node; -1: there from the start
    cdef uint8_t* kind_of           # of a node: its step's kind, or VIEW
    cdef Place* places
    cdef npy_intp* geometry
    cdef int32_t geometry_count
    cdef int32_t geometry_capacity
    cdef Contiguous* contiguous     # by number of the shape
    cdef Storage* storage
    cdef int32_t register_count
    cdef double* registers          # constants in their places
    cdef int root_count
    cdef readonly size_t arena_size
    cdef list constants             # [(root, array)]
    cdef list references            # nodes: constants that are somebody's arrays, read at each replay
    cdef int input_roots            # the first of the arguments' and variables'
    cdef int output_roots
    cdef int assign_roots
    cdef int object_roots
    cdef int object_count
    cdef int variable_count
    cdef int output_count
    cdef int assigned_count
    cdef End* ends                  # outputs, and what variables are to take
    cdef int32_t* dead              # of a step that runs Python: the first of the results of such that nobody reads any
    cdef int32_t* next_dead         # more when it begins, and the one behind each; -1: none
    cdef int32_t* node_of_object
    cdef int most_registers         # of a line
    cdef int most_operands          # of a kernel
    cdef KernelStep* prepared       # of the record that is looked at, until it has a step
    cdef Line* drafted              # the line that is built, while the plan is made: each moves to memory of its own
    cdef LineOperand* bound         # and what its registers are bound to
    cdef KnownPadding* paddings     # and what has been found of unslices
    cdef bint applies               # some step calls Python
    cdef bint draws                 # some step draws random numbers
    cdef bint acts                  # some step prints
    cdef bint guarded               # some step is a guard
    cdef bint numbers_alone         # all of it are numbers in registers
    cdef list updates               # for each assignment: the changes of rows that it is made of, first to last; or
                                    # None
    cdef bint updating              # there is one of these
    cdef Slabs* slabs               # in the order of the steps
    cdef int slab_count
    cdef int32_t* slabs_of          # of a step: which of these it is in; -1: none
    cdef SlabPiece* pieces
    cdef uint8_t* by_rows           # of a node: a variable but for rows that are to change: it is never made whole
    cdef Seat runs[LANES]           # memory for one replay each, unless it is in use
    cdef list spares                # for each assignment: an array for the next value
    cdef list libraries             # what native code of steps is kept alive by

    def __cinit__(self, ProgramCore program):
        self.program = program
        self.looks = {}
        self.constants = []
        self.references = []
        self.libraries = []

    def __dealloc__(self):
        cdef int i
        for i in range(self.step_count):
            if self.steps[i].kind == STEP_SCALARS and self.steps[i].data != NULL:
                free((<ScalarStep*>self.steps[i].data).ops)
                free((<ScalarStep*>self.steps[i].data).calls)
            if self.steps[i].kind == STEP_LINE and self.steps[i].data != NULL:
                free_line_step(<LineStep*>self.steps[i].data)
            if self.steps[i].kind == STEP_SUM and self.steps[i].data != NULL:
                free((<LoopStep*>self.steps[i].data).copied)
            if self.steps[i].kind == STEP_KERNEL:
                free_kernel_step(<KernelStep*>self.steps[i].data)
                continue
            if self.steps[i].kind == STEP_MATMUL and self.steps[i].data != NULL:
                free((<ProductStep*>self.steps[i].data).copies[0])
                free((<ProductStep*>self.steps[i].data).copies[1])
            free(self.steps[i].data)
        free_kernel_step(self.prepared)
        drop_drafts(self)
        free(self.steps)
        free(self.step_of)
        free(self.kind_of)
        free(self.places)
        free(self.geometry)
        free(self.contiguous)
        free(self.storage)
        free(self.registers)
        free(self.by_rows)
        free(self.dead)
        free(self.next_dead)
        free(self.node_of_object)
        free(self.slabs)
        free(self.slabs_of)
        free(self.pieces)
        free(self.ends)
        for i in range(LANES):
            run_free(<Run*>self.runs[i].thing)

    @property
    def native_steps(self):
        """How many steps are native code."""
        return len(self.libraries)

    def slabs_as_text(self):
        """For looking at: the numbers of steps that run slab by slab, and their rows."""
        cdef int k
        return [(range(self.slabs[k].first, self.slabs[k].end), self.slabs[k].rows) for k in range(self.slab_count)]

    def steps_as_text(self):
        """For looking at: what runs in which order."""
        names = ("scalars", "line", "nd", "sum", "copy", "pad", "cast", "matmul", "kernel", "apply", "guard", "update")
        cdef int i
        return [(names[self.steps[i].kind], self.steps[i].count if self.steps[i].count else 1,
                 op_label(self.program.records[self.steps[i].node].op)) for i in range(self.step_count)]


cdef enum:                      # beside kinds of steps, in kind_of
    VIEW = 100                  # no step's: another geometry on the memory, or the register, of another node
    GIVEN = 101                 # no step's: an argument, a variable, a constant
    TOTAL = 102                 # a sum at the end of a line: whatever reads it comes in a later step


cdef int add_step(Plan plan, int kind, int32_t node) except -1:
    cdef int32_t capacity
    cdef void* grown
    cdef Step* step
    if plan.step_count == plan.step_capacity:
        capacity = more_room(plan.step_capacity, <int64_t>plan.step_count + 32)
        grown = realloc(plan.steps, <size_t>capacity * sizeof(Step))
        if grown == NULL:
            raise MemoryError()
        plan.steps = <Step*>grown
        plan.step_capacity = capacity
    step = &plan.steps[plan.step_count]
    memset(step, 0, sizeof(Step))
    step.kind = kind
    step.node = node
    step.reads = -1
    plan.step_count += 1
    return plan.step_count - 1


cdef int32_t add_geometry(Plan plan, int nd, const npy_intp* dims, const npy_intp* strides) except -1:
    cdef int32_t at = plan.geometry_count
    cdef void* grown
    cdef int d
    cdef int32_t capacity
    if 2 * nd > plan.geometry_capacity - at:
        capacity = more_room(plan.geometry_capacity, <int64_t>at + 2 * nd + 64)
        grown = realloc(plan.geometry, <size_t>capacity * sizeof(npy_intp))
        if grown == NULL:
            raise MemoryError()
        plan.geometry = <npy_intp*>grown
        plan.geometry_capacity = capacity
    for d in range(nd):
        plan.geometry[at + d] = dims[d]
        plan.geometry[at + nd + d] = strides[d]
    plan.geometry_count += 2 * nd
    return at


cdef int place_contiguous(Plan plan, int32_t node) except -1:
    """A node with memory of its own."""
    cdef tuple shape = plan.program.shape(node)
    cdef npy_intp dims[MOST_DIMS]
    cdef npy_intp strides[MOST_DIMS]
    cdef npy_intp step = item_size[plan.program.records[node].dtype]
    cdef int d, nd = <int>len(shape)
    cdef Place* p = &plan.places[node]
    cdef Contiguous* known = &plan.contiguous[plan.program.records[node].shape]
    if known.item != <int32_t>step:
        known.item = 0
        for d in range(nd - 1, -1, -1):
            dims[d] = shape[d]
            strides[d] = step
            step *= dims[d]
        known.geometry = add_geometry(plan, nd, dims, strides)
        known.size = <size_t>step
        known.item = <int32_t>item_size[plan.program.records[node].dtype]
    p.scalar = 0
    p.direct = 1
    p.owner = node
    p.offset = 0
    p.nd = nd
    p.geometry = known.geometry
    plan.storage[node].size = known.size
    return 0


cdef int place_reference(Plan plan, int32_t node, ndarray array) except -1:
    """Somebody's array, read as it lies; or, where its elements do not lie as a computer wants them, a copy of it."""
    cdef Place* p = &plan.places[node]
    place_contiguous(plan, node)
    if PyArray_CHKFLAGS(array, NPY_ARRAY_ALIGNED) and <tuple>array.shape == plan.program.shape(node):
        p.geometry = add_geometry(plan, p.nd, PyArray_DIMS(array), PyArray_STRIDES(array))
        p.direct = PyArray_CHKFLAGS(array, NPY_ARRAY_CARRAY_RO)
    return 0


cdef int place_number(Plan plan, int32_t node, int32_t number) except -1:
    """A node that is one number, maybe everywhere."""
    cdef tuple shape = plan.program.shape(node)
    cdef npy_intp dims[MOST_DIMS]
    cdef npy_intp strides[MOST_DIMS]
    cdef Place* p = &plan.places[node]
    cdef int d
    for d in range(<int>len(shape)):
        dims[d] = shape[d]
        strides[d] = 0
    p.scalar = 1
    p.direct = 0
    p.owner = node
    p.number = number
    p.nd = <int>len(shape)
    if p.nd:
        p.geometry = add_geometry(plan, p.nd, dims, strides)
    return 0


cdef ndarray geometry_array(Plan plan, int32_t node, char* data):
    """An array object on a node's geometry, at some address."""
    cdef Place* p = &plan.places[node]
    return PyArray_New(<PyTypeObject*>ndarray_type, p.nd, plan.geometry + p.geometry,
                       type_number(plan.program.records[node].dtype),
                       plan.geometry + p.geometry + p.nd, data, 0, NPY_ARRAY_WRITEABLE, NULL)


cdef char* nowhere = <char*><uintptr_t>(1 << 20)       # where arrays begin of which only the geometry is looked at


cdef ndarray view_of(Plan plan, int32_t node, int32_t of, npy_intp* offset):
    """What a row makes of its operand where it only looks at it in another way, and how far from the operand's
    beginning that begins; or None. A kernel of the core's reads no element, so that none has to be there; of one in
    Python nobody knows."""
    cdef Row* row = &table[plan.program.records[node].op]
    cdef Place* q = &plan.places[of]
    cdef char* at = nowhere
    cdef ndarray room, view
    cdef npy_intp low = 0, high = item_size[plan.program.records[of].dtype], reach
    cdef int d
    if row.view != NULL:
        view = row.view(geometry_array(plan, of, nowhere), plan.program.attribute(node))
    elif row.python == NULL:
        return None
    else:
        for d in range(q.nd):
            reach = (plan.geometry[q.geometry + d] - 1) * plan.geometry[q.geometry + q.nd + d]
            if plan.geometry[q.geometry + d] == 0:
                return None
            if reach < 0:
                low += reach
            else:
                high += reach
        room = zeroed(NPY_BOOL, high - low)
        at = <char*>PyArray_DATA(room) - low
        found = call_kernel(<object>row.python, geometry_array(plan, of, at), [plan.program.attribute(node)], True)
        if not isinstance(found, ndarray):
            return None
        view = <ndarray>found
        reach = <char*>PyArray_DATA(view) - <char*>PyArray_DATA(room)
        if not 0 <= reach < high - low or type_code(view) != plan.program.records[node].dtype:
            return None         # (it said so, but it is none)
    if view is not None:
        if <tuple>(<object>view).shape != plan.program.shape(node):
            return None
        offset[0] = <char*>PyArray_DATA(view) - at
    return view


cdef bint place_view(Plan plan, int32_t node, int32_t of) except -1:
    """A node that is another one's memory with another geometry; False where it cannot be."""
    cdef Place* p = &plan.places[node]
    cdef Place* q = &plan.places[of]
    cdef ndarray view
    cdef npy_intp offset = 0
    if q.scalar:
        if plan.program.records[node].dtype != plan.program.records[of].dtype:
            return False
        place_number(plan, node, q.number)
        p.owner = q.owner
        return True
    view = view_of(plan, node, of, &offset)
    if view is None:
        return False
    p.scalar = 0
    p.owner = q.owner
    p.offset = q.offset + offset
    p.nd = PyArray_NDIM(view)
    p.geometry = add_geometry(plan, p.nd, PyArray_DIMS(view), PyArray_STRIDES(view))
    p.direct = PyArray_CHKFLAGS(view, NPY_ARRAY_CARRAY_RO) and not (is_uniform(view) and PyArray_SIZE(view) > 1)
    return True


# ------------------------------------------------------------------------------------------------------------ schedule

cdef int32_t earliest(Plan plan, int32_t node, int kind) except -2:
    """The first step that a node could join: behind what it reads, or in the same step where that is of its kind."""
    cdef ProgramCore p = plan.program
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n = p.nodes_of(node, &nodes, pair)
    cdef int32_t found = 0, s
    for k in range(n):
        s = plan.step_of[nodes[k]]
        if s >= 0 and not (plan.kind_of[nodes[k]] == kind and (kind == STEP_SCALARS or kind == STEP_LINE)):
            s += 1
        if s > found:
            found = s
    return found


cdef int32_t join_step(Plan plan, Recent* recent, int32_t node, int kind, int weight) except -1:
    """A step of its kind that a node can join, or a new one."""
    cdef int32_t from_ = earliest(plan, node, kind), s
    cdef int k
    for k in range(recent.count):
        s = recent.steps[k]
        if s >= from_ and (kind == STEP_SCALARS or plan.steps[s].weight + weight <= MOST_JOINED):
            break
    else:
        s = add_step(plan, kind, node)
        if recent.count == RECENT:
            recent.count -= 1
            memmove(recent.steps, &recent.steps[1], (RECENT - 1) * sizeof(int32_t))
        recent.steps[recent.count] = s
        recent.count += 1
    plan.steps[s].count += 1
    plan.steps[s].weight += weight
    plan.step_of[node] = s
    plan.kind_of[node] = <uint8_t>kind
    return s


cdef bint runs_in_line(ProgramCore p, int32_t node) noexcept:
    """Whether the block engine can run an elementwise record: one float dtype, and conditions."""
    cdef Record* r = &p.records[node]
    cdef Row* row = &table[r.op]
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n = p.nodes_of(node, &nodes, pair)
    cdef int code = p.records[nodes[n - 1]].dtype
    if code != NPY_DOUBLE and code != NPY_FLOAT:
        return False
    for k in range(n):
        if p.records[nodes[k]].dtype != code and not (k == 0 and row.condition):
            return False
    if r.dtype != (NPY_BOOL if row.boolean else code):
        return False
    return row.loop[code] != NULL or row.formula != NULL


cdef bint runs_on_scalars(ProgramCore p, int32_t node) noexcept:
    cdef Record* r = &p.records[node]
    cdef Row* row = &table[r.op]
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef Record* q
    cdef int k, n
    if is_element(r) or of_elements(r):
        return True
    if not r.flags & SCALAR or r.flags & HOLES:
        return False
    if r.flags & OF_ARRAY:
        return True
    if row.scalar_code == SCALAR_MOVE:      # one number
        q = &p.records[r.a]
        return q.flags & SCALAR and (row.plan == PLAN_CAST or q.dtype == r.dtype)
    if not row.on_scalars:
        return False
    n = p.nodes_of(node, &nodes, pair)
    for k in range(n):
        q = &p.records[nodes[k]]
        if not q.flags & SCALAR or (q.dtype == NPY_BOOL and not (k == 0 and row.condition)):
            return False
    return r.dtype == NPY_BOOL if row.boolean else r.dtype != NPY_BOOL


cdef bint find_padded(Plan plan, int32_t node, Padded* padded) except -1:
    """Whether an unslice puts its operand, as it lies, into zeros: the same stretch of each of their rows. It is looked
    at once for all that have the same attributes (as one object: `share_common`)."""
    cdef PyObject* attribute = plan.program.attribute_at(node)
    cdef uint32_t shape = plan.program.records[plan.program.records[node].a].shape
    cdef KnownPadding* known
    cdef int k
    if plan.paddings == NULL:
        plan.paddings = <KnownPadding*>calloc(KNOWN_PADDINGS, sizeof(KnownPadding))
        if plan.paddings == NULL:
            raise MemoryError()
    for k in range(FEW_PROBES):
        known = &plan.paddings[(mixed(<uint64_t><uintptr_t>attribute, shape) + k) & (KNOWN_PADDINGS - 1)]
        if known.attribute == NULL or (known.attribute == attribute and known.shape == shape):
            break
    if known.attribute != attribute or known.shape != shape:
        known.attribute = NULL
        known.is_one = look_for_padding(plan.program, node, &known.padded)
        known.shape = shape
        known.attribute = attribute
    padded[0] = known.padded
    return known.is_one


cdef bint look_for_padding(ProgramCore p, int32_t node, Padded* padded) except -1:
    """The same, looked at."""
    cdef tuple shape = <tuple>(<tuple>p.attribute(node))[0]
    cdef object index = (<tuple>p.attribute(node))[1]
    cdef npy_intp dims[MOST_DIMS]
    cdef npy_intp strides[MOST_DIMS]
    cdef npy_intp step = 1, run = 1, row
    cdef int d, nd = <int>len(shape)
    cdef ndarray whole
    for d in range(nd - 1, -1, -1):
        dims[d] = shape[d]
        strides[d] = step
        step *= dims[d]
    whole = PyArray_New(<PyTypeObject*>ndarray_type, nd, dims, NPY_BOOL, strides, nowhere, 0, 0, NULL)
    part = whole[as_view(index)]
    if not isinstance(part, ndarray) or (<tuple>part.shape) != p.shape(p.records[node].a):
        return False
    whole = part
    padded.low = padded.high = 0
    padded.row = step
    padded.next = -1
    padded.covers = False
    if PyArray_SIZE(whole) == 0:
        return step > 0
    padded.low = <char*>PyArray_DATA(whole) - nowhere
    d = PyArray_NDIM(whole) - 1
    while d >= 0 and (PyArray_DIMS(whole)[d] == 1 or PyArray_STRIDES(whole)[d] == run):
        run *= PyArray_DIMS(whole)[d]
        d -= 1
    padded.high = padded.low + run
    if d < 0:
        return True
    padded.row = row = PyArray_STRIDES(whole)[d]
    while d >= 0:
        if PyArray_DIMS(whole)[d] != 1 and PyArray_STRIDES(whole)[d] != row:
            return False
        row *= PyArray_DIMS(whole)[d]
        d -= 1
    return run >= LEAST_STRETCH and row == step and padded.high <= padded.row


cdef bint line_dtype(int dtype) noexcept:
    return dtype == NPY_DOUBLE or dtype == NPY_FLOAT


cdef int32_t updated_by(ProgramCore p, int32_t node, list changes) except -2:
    """What a node is but for changes of rows, which are put into the list, the first one first."""
    cdef int32_t pair[2]
    cdef int32_t* nodes
    while True:
        if p.nodes_of(node, &nodes, pair) == 0:
            return node
        if table[p.records[node].op].updates_rows:
            changes.insert(0, node)
        elif not hands_on(p, node, nodes[0]):
            return node
        node = nodes[0]


cdef int note_ends(Plan plan) except -1:
    """What a replay is asked for, so that it need not look at lists of numbers."""
    cdef ProgramCore p = plan.program
    cdef End* end
    plan.variable_count = <int>len(p.variables)
    plan.output_count, plan.assigned_count = <int>len(p.outputs), <int>len(p.assigned)
    end = plan.ends = <End*>calloc(plan.output_count + plan.assigned_count + 1, sizeof(End))
    if end == NULL:
        raise MemoryError()
    for which, node in [(-1, node) for node in p.outputs] + p.assigned:
        end.which, end.node = which, node
        end += 1
    return 0


cdef int find_updates(Plan plan) except -1:
    """Which variables are assigned what they were, but for rows that change."""
    cdef ProgramCore p = plan.program
    cdef int32_t which, node
    cdef int k
    plan.updates = [None] * len(p.assigned)
    for k in range(len(p.assigned)):
        which, node = <tuple>p.assigned[k]
        changes = []
        if updated_by(p, node, changes) == p.input_count + which and changes and seen_by_rows(plan, k, changes):
            plan.updates[k] = changes
            plan.updating = True
    return 0


cdef bint seen_by_rows(Plan plan, int k, list changes) except -1:
    """Whether all that is read of changed values, but for the next change, are rows by number; they are then marked."""
    cdef ProgramCore p = plan.program
    cdef set values = set()
    cdef int32_t i
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int j, n
    cdef Record* r
    for i in range(p.count):
        r = &p.records[i]
        n = p.nodes_of(i, &nodes, pair)
        for j in range(n):
            if nodes[j] in values and (
                    j or not (i in changes or hands_on(p, i, nodes[0]) or table[r.op].part == PART_ROWS)):
                return False
        if i in changes or (n and nodes[0] in values and hands_on(p, i, nodes[0])):
            values.add(i)
    if not values.isdisjoint(p.outputs):
        return False
    for j in range(len(p.assigned)):
        if j != k and (<tuple>p.assigned[j])[1] in values:
            return False
    for i in values:
        plan.by_rows[i] = 1
    return True


cdef int step_for(Plan plan, int32_t node) except -1:
    """The kind of step that a record becomes, or VIEW or TOTAL: what its row says, where dtypes and shapes allow. A
    view is placed on the way, which is how one finds out whether there is one."""
    cdef ProgramCore p = plan.program
    cdef Record* r = &p.records[node]
    cdef Row* row = &table[r.op]
    cdef Padded padded
    cdef bint scalar = r.flags & SCALAR != 0
    if row.plan == PLAN_LINE and not is_up(&row.ready):
        prepare(r.op)
    if runs_on_scalars(p, node):
        return STEP_SCALARS
    if row.kernel != NULL and prepare_kernel(plan, node, row.kernel):
        return STEP_KERNEL
    if r.flags & HOLES:
        return STEP_APPLY
    if row.plan == PLAN_LINE:
        if not scalar and runs_in_line(p, node):
            return STEP_LINE
        return STEP_ND if loop_for(p, node) != NULL else STEP_APPLY
    if row.plan == PLAN_PAD:
        if (line_dtype(r.dtype) and not scalar and plan.places[r.a].direct and p.records[r.a].shape != r.shape
                and find_padded(plan, node, &padded)):
            return STEP_LINE
        return STEP_PAD
    if row.plan == PLAN_SUM:
        if scalar and line_dtype(r.dtype) and not p.records[r.a].flags & SCALAR:
            return TOTAL
        if not is_float(r.dtype):
            return STEP_APPLY
        if p.shape(r.a) == p.shape(node):
            return STEP_COPY
        return STEP_APPLY if is_half(r.dtype) else STEP_SUM
    if row.plan == PLAN_VIEW:
        if (not scalar or plan.places[r.a].scalar) and place_view(plan, node, r.a):
            return VIEW
        return STEP_COPY if row.view != NULL else STEP_APPLY
    if row.plan == PLAN_CAST:
        return STEP_ND if loop_for(p, node) != NULL else STEP_CAST
    if (row.plan == PLAN_PRODUCT and line_dtype(r.dtype) and p.records[r.a].dtype == r.dtype
            and p.records[r.b].dtype == r.dtype):
        return STEP_MATMUL
    return STEP_APPLY


cdef bint prepare_kernel(Plan plan, int32_t node, const Kernel* kernel) except -1:
    """Prepare a row's kernel for a record, whose step then takes it; False where it is not for the record."""
    cdef ProgramCore p = plan.program
    cdef Record* r = &p.records[node]
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, d, n = p.nodes_of(node, &nodes, pair), own = own_operands(p, node, n)
    cdef LaidOut laid
    cdef KernelStep* made = NULL
    cdef list all_arrays = [], arrays
    cdef object attribute = p.attribute(node)
    cdef tuple shape = p.shape(node)
    cdef bint taken = False
    for k in range(n):
        if plan.by_rows[nodes[k]]:
            return False
        all_arrays.append(geometry_array(plan, nodes[k], nowhere))
    if own < n:
        attribute = fill_holes(attribute, all_arrays)
    arrays = all_arrays[:own]
    if not lay_out_call(&laid, kernel, attribute, arrays):
        return False
    try:
        made = <KernelStep*>calloc(1, sizeof(KernelStep))
        if made == NULL:
            raise MemoryError()
        made.kernel = kernel
        made.count = laid.call.count
        made.made = malloc(kernel.room + made.count * kernel.room_each + 1)
        made.operands = <KernelOperandAt*>calloc(made.count + 1, sizeof(KernelOperandAt))
        if made.made == NULL or made.operands == NULL:
            raise MemoryError()
        taken = kernel.take(made.made, &laid.call, &laid.result)
        taken = taken and laid.result.dtype == r.dtype and laid.result.nd == len(shape)
        for d in range(laid.result.nd if taken else 0):
            taken = taken and laid.result.dims[d] == <npy_intp>shape[d]
        made.work = laid.result.work
        made.scratch = laid.result.scratch
        made.turned = laid.result.turned
        memcpy(made.order, laid.result.order, sizeof(made.order))
        for k in range(made.count if taken else 0):
            made.operands[k].at.number = operand_of_array(all_arrays, arrays[k])
            if made.operands[k].at.number < 0:      # the attributes' own
                made.operands[k].data = <char*>PyArray_DATA(<ndarray>arrays[k])
                taken = taken and PyArray_CHKFLAGS(<ndarray>arrays[k], NPY_ARRAY_CARRAY_RO)
    finally:
        forget_call(&laid)
        if taken:
            free_kernel_step(plan.prepared)
            plan.prepared = made
        else:
            free_kernel_step(made)
    return taken


cdef int operand_of_array(list arrays, object array) except -2:
    """Which of a record's operands an array stands for; -1 for none."""
    cdef int k
    for k in range(len(arrays)):
        if arrays[k] is array:
            return k
    return -1


cdef void free_kernel_step(KernelStep* step) noexcept:
    cdef int k
    if step == NULL:
        return
    for k in range(step.count if step.operands != NULL else 0):
        free(step.operands[k].copied)
    free(step.operands)
    free(step.made)
    free(step)


cdef int build_kernel(Plan plan, int s) except -1:
    """Where a prepared kernel finds its operands, and what has to be copied for it."""
    cdef Step* step = &plan.steps[s]
    cdef KernelStep* made = <KernelStep*>step.data
    cdef KernelOperandAt* o
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int32_t node
    cdef npy_intp strides[MOST_DIMS]
    cdef int k
    plan.program.nodes_of(step.node, &nodes, pair)
    for k in range(made.count):
        o = &made.operands[k]
        if o.data != NULL:
            continue
        node = nodes[o.at.number]
        o.at = address_of(plan, node)
        if k == 0 and made.turned:
            o.copied = contiguous_copy(plan, node, strides, made.order)
        elif made.kernel.contiguous and not plan.places[node].direct and not (
            plan.places[node].scalar and plan.places[node].nd == 0
        ):
            o.copied = contiguous_copy(plan, node, strides)
    step.result = result_address(plan, step.node)
    plan.most_operands = max(plan.most_operands, made.count)
    return 0


cdef int place_register(Plan plan, int32_t node) except -1:
    """A node that is one number, in a register of its own."""
    place_number(plan, node, plan.register_count)
    plan.register_count += 1
    return 0


cdef int schedule(Plan plan) except -1:
    """Give every node its step and its place."""
    cdef Recent* recent = <Recent*>calloc(2 * plan.program.shapes.count + 1, sizeof(Recent))
    if recent == NULL:
        raise MemoryError()
    try:
        give_steps(plan, recent, &recent[1])
    finally:
        free(recent)
    return 0


cdef inline Recent* lines_of(Recent* lines, uint32_t shape, int dtype) noexcept:
    """The last lines over a shape, in a dtype that lines compute in."""
    return &lines[2 * <size_t>shape + (dtype == NPY_FLOAT)]


cdef inline bint is_of_numbers(ProgramCore p, const Record* r, const Row* row) noexcept:
    """Whether an elementwise record of one or two operands runs on scalars (see `runs_on_scalars`): what programs of
    numbers are made of."""
    cdef Record* q = &p.records[r.a]
    if (r.flags & (SCALAR | LIST | HOLES | OF_ARRAY) != SCALAR or r.a < 0 or row.plan != PLAN_LINE
            or not row.on_scalars or row.condition or row.scalar_code == SCALAR_MOVE
            or not q.flags & SCALAR or q.dtype == NPY_BOOL or (r.dtype == NPY_BOOL) != row.boolean):
        return False
    q = &p.records[r.b if r.b >= 0 else r.a]
    return q.flags & SCALAR != 0 and q.dtype != NPY_BOOL


cdef inline int join_numbers(Plan plan, Recent* recent, int32_t node, const Record* r) except -1:
    """The step and the register of a record that is of numbers."""
    cdef Place* place = &plan.places[node]
    cdef int32_t from_ = step_behind(plan, r.a), s = step_behind(plan, r.b) if r.b >= 0 else 0
    if s > from_:
        from_ = s
    if recent.count and recent.steps[0] >= from_:
        s = recent.steps[0]
        plan.steps[s].count += 1
        plan.step_of[node] = s
        plan.kind_of[node] = STEP_SCALARS
    else:
        join_step(plan, recent, node, STEP_SCALARS, 0)
    place.scalar = 1
    place.owner = node
    place.number = plan.register_count
    plan.register_count += 1
    return 0


cdef inline int32_t step_behind(Plan plan, int32_t node) noexcept:
    """The first step of numbers that can read a node."""
    cdef int32_t s = plan.step_of[node]
    return s + 1 if s >= 0 and plan.kind_of[node] != STEP_SCALARS else s


cdef int give_steps(Plan plan, Recent* scalar_steps, Recent* lines) except -1:
    cdef ProgramCore p = plan.program
    cdef int32_t i, given = p.input_count + <int32_t>len(p.variables)
    cdef Record* r
    cdef Row* row
    cdef int kind
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int n
    plan.register_count = 0
    plan.numbers_alone = True
    for i in range(p.count):
        r = &p.records[i]
        plan.step_of[i] = -1
        plan.kind_of[i] = GIVEN
        plan.storage[i].root = -1
        plan.storage[i].last = -1
        if i < given or is_constant(r):
            place_given(plan, i)
            plan.numbers_alone = plan.numbers_alone and plan.places[i].scalar
            continue
        if is_later(r):
            plan.step_of[i] = plan.step_count - 1
            plan.kind_of[i] = VIEW
            plan.places[i] = plan.places[r.a]
            continue
        row = &table[r.op]
        if is_of_numbers(p, r, row):
            join_numbers(plan, scalar_steps, i, r)
            continue
        plan.numbers_alone = False
        if row.passes_on and not r.flags & SCALAR:
            p.nodes_of(i, &nodes, pair)
            # (What a line computes goes on within it.)
            if (hands_on(p, i, nodes[0]) and not plan.places[nodes[0]].scalar
                    and plan.kind_of[plan.places[nodes[0]].owner] != STEP_LINE):
                plan.step_of[i] = plan.step_of[nodes[0]]
                plan.kind_of[i] = VIEW
                plan.places[i] = plan.places[nodes[0]]
                continue
        kind = STEP_UPDATE if plan.by_rows[i] else (STEP_GUARD if is_guard(r) else step_for(plan, i))
        if kind == STEP_SCALARS:
            join_step(plan, scalar_steps, i, kind, 1)
            if of_elements(r):
                place_contiguous(plan, i)
            else:
                place_register(plan, i)
        elif kind == STEP_LINE:
            n = p.nodes_of(i, &nodes, pair)
            join_step(plan, lines_of(lines, r.shape, p.records[nodes[n - 1]].dtype), i, kind,
                      1 if row.formula == NULL else row.formula.code_room)
            place_contiguous(plan, i)
        elif kind == TOTAL:
            join_step(plan, lines_of(lines, p.records[r.a].shape, r.dtype), i, STEP_LINE, 1)
            plan.kind_of[i] = TOTAL
            place_register(plan, i)
        elif kind == VIEW:
            plan.step_of[i] = plan.step_of[plan.places[i].owner] if not plan.places[i].scalar else plan.step_of[r.a]
            plan.kind_of[i] = VIEW
        else:
            take_own_step(plan, i, kind)
    return 0


cdef int place_given(Plan plan, int32_t node) except -1:
    """An argument, a variable's value or a constant."""
    cdef ProgramCore p = plan.program
    cdef Record* r = &p.records[node]
    cdef bint referred = is_constant(r) and r.flags & ATTRIBUTE
    if referred:
        plan.references.append(node)
    if r.flags & SCALAR or (is_constant(r) and not referred and line_dtype(r.dtype)
                            and is_uniform(<ndarray>p.values[node].array)):
        return place_register(plan, node)
    if referred:
        return place_reference(plan, node, p.reference(node).array)
    return place_contiguous(plan, node)


cdef int take_own_step(Plan plan, int32_t node, int kind) except -1:
    """One step for one node, with memory of its own."""
    cdef Row* row = &table[plan.program.records[node].op]
    plan.step_of[node] = add_step(plan, kind, node)
    plan.kind_of[node] = <uint8_t>kind
    if kind == STEP_GUARD:
        plan.guarded = True
        return 0
    if kind == STEP_APPLY:
        plan.applies = True
        plan.draws = plan.draws or row.draws
        plan.acts = plan.acts or row.acts
    elif kind == STEP_KERNEL:
        plan.steps[plan.step_of[node]].data = plan.prepared
        plan.prepared = NULL
    place_contiguous(plan, node)
    if plan.program.records[node].flags & SCALAR and kind != STEP_UPDATE:
        plan.places[node].scalar = 1        # the step's result is read into a register
        plan.places[node].direct = 0        # and from there only
        plan.places[node].number = plan.register_count
        plan.steps[plan.step_of[node]].reads = plan.register_count
        plan.register_count += 1
    return 0


cdef Loop loop_for(ProgramCore p, int32_t node, void** extra=NULL):
    """The inner loop of an elementwise record, or a cast, that the block engine does not run, if there is one to be
    had."""
    cdef Record* r = &p.records[node]
    cdef Row* row = &table[r.op]
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, j, n = p.nodes_of(node, &nodes, pair), code = p.records[nodes[n - 1]].dtype
    cdef UFunc* u
    cdef bint same
    if row.plan == PLAN_CAST:
        return cast_loop(code, r.dtype)
    for k in range(n):
        if p.records[nodes[k]].dtype != code and not (k == 0 and row.condition):
            return NULL
    if row.loop[code] != NULL:
        if row.out_type[code] != r.dtype:
            return NULL
        if extra != NULL:
            extra[0] = row.data[code]
        return row.loop[code]
    # Of loops over integers those that no value makes fail; the others are left to NumPy's own call.
    if row.ufunc == NULL or not PyTypeNum_ISINTEGER(code) or row.poles or row.raises:
        return NULL
    u = <UFunc*>row.ufunc
    for k in range(u.ntypes):
        same = u.functions[k] != NULL and <unsigned char>u.types[k * u.nargs + u.nin] == r.dtype
        for j in range(u.nin):
            same = same and <unsigned char>u.types[k * u.nargs + j] == code
        if same:
            if extra != NULL:
                extra[0] = u.data[k]
            return <Loop>u.functions[k]
    return NULL


# --------------------------------------------------------------------------------------------------------------- slabs

cdef bint made_since(Plan plan, int32_t node, int first) noexcept:
    """Whether what a node is comes of a step from `first` on."""
    return not plan.places[node].scalar and plan.step_of[plan.places[node].owner] >= first


cdef bint lies_by_rows(Plan plan, int32_t node, npy_intp rows, int nd) noexcept:
    """Whether the rows of an operand, of so many axes, are those of what it is a view of."""
    cdef Place* p = &plan.places[node]
    cdef const npy_intp* dims = plan.geometry + p.geometry
    cdef npy_intp row = <npy_intp>plan.storage[p.owner].size // rows
    cdef npy_intp end = p.offset + item_size[plan.program.records[node].dtype]
    cdef int d
    if p.nd != nd or dims[0] != rows or dims[nd] != row or p.offset < 0:
        return False
    for d in range(1, nd):
        if dims[nd + d] < 0:
            return False
        end += (dims[d] - 1) * dims[nd + d]
    return end <= row


cdef bint takes_by_rows(Plan plan, int32_t node, npy_intp rows, int nd, int first) noexcept:
    """Whether a step over so many rows and axes may read an operand of which only some rows are there."""
    return not made_since(plan, node, first) or lies_by_rows(plan, node, rows, nd)


cdef npy_intp rows_of_step(Plan plan, int s, const int32_t* members, int first, npy_intp rows) except -1:
    """How many rows a step goes over that may run some rows at a time, of operands of which, where they come of a step
    from `first` on, only these rows are there. 0 where it is none, or the rows are not as many as asked for (0:
    any)."""
    cdef ProgramCore p = plan.program
    cdef Step* step = &plan.steps[s]
    cdef int32_t i = members[step.first] if step.kind == STEP_LINE else step.node
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef tuple shape
    cdef int k, j, n, nd
    cdef LoopStep sum_step
    cdef Products products
    if step.kind not in (STEP_LINE, STEP_MATMUL, STEP_SUM) or step.reads >= 0 or plan.kind_of[i] == TOTAL:
        return 0
    shape = p.shape(i)
    nd = <int>len(shape)
    if nd == 0 or <npy_intp>shape[0] < 2 or (rows and <npy_intp>shape[0] != rows) or plan.storage[i].size == 0:
        return 0
    rows = shape[0]
    if step.kind == STEP_LINE:
        for k in range(step.count):
            i = members[step.first + k]
            if plan.kind_of[i] == TOTAL:
                return 0
            n = p.nodes_of(i, &nodes, pair)
            for j in range(n):
                if plan.step_of[nodes[j]] == s and plan.kind_of[nodes[j]] == STEP_LINE:
                    continue
                if not takes_by_rows(plan, nodes[j], rows, nd, first) or (
                        table[p.records[i].op].plan == PLAN_PAD and made_since(plan, nodes[j], first)):
                    return 0
        return rows
    n = p.nodes_of(i, &nodes, pair)
    if step.kind == STEP_SUM:
        memset(&sum_step, 0, sizeof(LoopStep))
        if (<npy_intp>(<tuple>(<tuple>p.attribute(i))[1])[0] != rows or p.shape(nodes[0])[0] != rows
                or not takes_by_rows(plan, nodes[0], rows, <int>len(p.shape(nodes[0])), first)
                or not lay_out_sum_step(plan, &sum_step, i, NULL)):
            return 0
        return rows if sum_step.shape.strides[2][0] and sum_step.shape.dims[0] % rows == 0 else 0
    if nd < 3 or not lay_out_product(plan, i, &products) or products.swapped or products.dims[0] != rows:
        return 0
    if products.core[1] != <npy_intp>shape[nd - 2] or products.core[3] != <npy_intp>shape[nd - 1]:
        return 0                # (the stack is the rows of one product)
    for j in range(n):
        if not takes_by_rows(plan, nodes[j], rows, nd, first):
            return 0
    return rows


cdef bint lay_out_product(Plan plan, int32_t node, Products* products) except -1:
    """The products of a record, whose operands BLAS reads as they lie; False where it does not."""
    cdef Record* r = &plan.program.records[node]
    cdef Place* a = &plan.places[r.a]
    cdef Place* b = &plan.places[r.b]
    cdef const npy_intp* da = plan.geometry + a.geometry
    cdef const npy_intp* db = plan.geometry + b.geometry
    cdef int item = item_size[r.dtype]
    cdef tuple flags
    if (a.scalar or b.scalar or not blas_reads(a.nd, da, da + a.nd, item)
            or not blas_reads(b.nd, db, db + b.nd, item)):
        return False
    flags = <tuple>plan.program.attribute(node)
    lay_out_products(products, r.dtype, flags[0], flags[1], a.nd, da, da + a.nd, b.nd, db, db + b.nd)
    return True


cdef inline bint is_spared(Plan plan, int32_t node, const Slabs* slabs, const uint8_t* needed) noexcept:
    """Whether a node of a step of these is read by these alone."""
    return in_arena(plan, node, needed) and plan.storage[node].last < slabs.end


cdef int find_slabs(Plan plan, const int32_t* members, const uint8_t* needed) except -1:
    """Say which steps run slab by slab."""
    cdef Slabs found
    cdef int s
    cdef npy_intp rows
    plan.slabs_of = <int32_t*>malloc((plan.step_count + 1) * sizeof(int32_t))
    if plan.slabs_of == NULL:
        raise MemoryError()
    memset(plan.slabs_of, 0xff, (plan.step_count + 1) * sizeof(int32_t))
    memset(&found, 0, sizeof(Slabs))
    for s in range(plan.step_count):
        rows = rows_of_step(plan, s, members, found.first, found.rows) if found.end > found.first else 0
        if rows == 0:
            keep_slabs(plan, &found, members, needed)
            found.first = s
            found.rows = rows = rows_of_step(plan, s, members, s, 0)
        found.end = s + 1 if rows else s
    return keep_slabs(plan, &found, members, needed)


cdef int keep_slabs(Plan plan, Slabs* found, const int32_t* members, const uint8_t* needed) except -1:
    """Keep these steps for such, if it pays."""
    cdef size_t spared = 0, row = 0, size
    cdef void* grown
    cdef Step* step
    cdef int32_t i
    cdef int s, k
    if found.end - found.first < 2:
        return 0
    found.work = 0
    for s in range(found.first, found.end):
        step = &plan.steps[s]
        for k in range(max(step.count, 1)):
            i = members[step.first + k] if step.count else step.node
            size = plan.storage[i].size
            found.work += <npy_intp>size // item_size[plan.program.records[i].dtype]
            if plan.storage[i].root >= 0 or needed[i]:
                row += size // found.rows
                if is_spared(plan, i, found, needed):
                    spared += size
    if spared < LEAST_SPARED or row > MOST_SLAB_BYTES:
        return 0
    found.each = max(<npy_intp>1, <npy_intp>(SLAB_BYTES // row))
    grown = realloc(plan.slabs, (plan.slab_count + 1) * sizeof(Slabs))
    if grown == NULL:
        raise MemoryError()
    plan.slabs = <Slabs*>grown
    plan.slabs[plan.slab_count] = found[0]
    for s in range(found.first, found.end):
        plan.slabs_of[s] = plan.slab_count
    plan.slab_count += 1
    return 0


# -------------------------------------------------------------------------------------------------------------- memory

cdef int assign_memory(Plan plan, const int32_t* members) except -1:
    """Say where each owner's memory begins: in the arena, or at a root of its own."""
    cdef ProgramCore p = plan.program
    cdef int32_t i, owner, s
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n, given = p.input_count + <int>len(p.variables)
    cdef uint8_t* needed = <uint8_t*>calloc(p.count + 1, 1)
    if needed == NULL:
        raise MemoryError()
    try:
        for i in range(0 if plan.numbers_alone else p.count):
            n = p.nodes_of(i, &nodes, pair)
            for k in range(n):
                owner = plan.places[nodes[k]].owner
                if plan.places[owner].scalar and plan.kind_of[owner] != STEP_APPLY:
                    continue
                # Inside a line values need no memory.
                if not (nodes[k] == owner and plan.kind_of[owner] == STEP_LINE
                        and plan.step_of[i] == plan.step_of[owner]):
                    needed[owner] = 1
                s = plan.step_of[i]
                if plan.kind_of[i] == VIEW and plan.places[i].scalar == 0:
                    s = -1          # a view takes nothing by itself
                if s > plan.storage[owner].last:
                    plan.storage[owner].last = s
        for k in range(plan.output_count + plan.assigned_count):
            owner = plan.places[plan.ends[k].node].owner
            needed[owner] = 1
            plan.storage[owner].last = 0x7fffffff
        # Roots: the arena, arguments and variables, outputs, assignments, then constants, then results of Python.
        plan.root_count = 1
        plan.input_roots = 1
        for i in range(given):
            plan.storage[i].root = plan.root_count
            plan.root_count += 1
        plan.output_roots = plan.root_count
        plan.assign_roots = plan.root_count + plan.output_count
        for k in range(plan.output_count + plan.assigned_count):
            i = plan.ends[k].node
            plan.ends[k].fresh = (
                plan.places[i].owner == i and not plan.places[i].scalar and plan.storage[i].root < 0
                and plan.kind_of[i] != GIVEN and plan.kind_of[i] != STEP_APPLY
                and not (k >= plan.output_count and plan.by_rows[i]))
            if plan.ends[k].fresh:
                plan.storage[i].root = plan.root_count
            plan.root_count += 1
        for i in range(p.count):
            if is_constant(&p.records[i]) and not plan.places[i].scalar and needed[i]:
                plan.storage[i].root = plan.root_count
                if p.records[i].flags & ATTRIBUTE:
                    plan.root_count += 1
                    continue
                plan.constants.append((plan.root_count, laid_out(<ndarray>p.values[i].array)))
                plan.root_count += 1
        plan.object_roots = plan.root_count
        for i in range(p.count):
            if plan.kind_of[i] == STEP_APPLY or plan.kind_of[i] == STEP_UPDATE:
                plan.storage[i].root = plan.root_count
                plan.root_count += 1
                plan.object_count += 1
        if not plan.numbers_alone:
            find_slabs(plan, members, needed)
            place_in_arena(plan, needed)
        if plan.applies:
            find_dead(plan)
    finally:
        free(needed)
    return 0


cdef int find_dead(Plan plan) except -1:
    """Say which results of Python are let go of at which step: the next one that runs Python when nobody reads them
    any more."""
    cdef int32_t i, s, last
    cdef int32_t following = -1
    cdef int32_t* next_apply = <int32_t*>malloc((plan.step_count + 1) * sizeof(int32_t))
    plan.dead = <int32_t*>malloc((plan.step_count + 1) * sizeof(int32_t))
    plan.next_dead = <int32_t*>malloc((plan.object_count + 1) * sizeof(int32_t))
    plan.node_of_object = <int32_t*>malloc((plan.object_count + 1) * sizeof(int32_t))
    if next_apply == NULL or plan.dead == NULL or plan.next_dead == NULL or plan.node_of_object == NULL:
        free(next_apply)
        raise MemoryError()
    for s in range(plan.step_count - 1, -1, -1):
        plan.dead[s] = -1
        next_apply[s] = following       # the first behind it
        if plan.steps[s].kind == STEP_APPLY:
            following = s
    for i in range(plan.program.count):
        if plan.kind_of[i] != STEP_APPLY:
            continue
        plan.node_of_object[plan.storage[i].root - plan.object_roots] = i
        last = max(plan.storage[i].last, plan.step_of[i])
        s = next_apply[last] if last < plan.step_count else -1
        if s >= 0:
            plan.next_dead[plan.storage[i].root - plan.object_roots] = plan.dead[s]
            plan.dead[s] = plan.storage[i].root - plan.object_roots
    free(next_apply)
    return 0


cdef int place_in_arena(Plan plan, uint8_t* needed) except -1:
    """Pieces of the arena, in the order of the steps; each is free again after the last step that reads it. Steps that
    run slab by slab are one step here, but for what is read by them alone: pieces of memory of their own."""
    cdef ProgramCore p = plan.program
    cdef Arena arena, own
    cdef Slabs* slabs = NULL
    cdef int32_t i, s, following, pieces = 0
    cdef int32_t* born = <int32_t*>malloc((2 * <size_t>plan.step_count + 2 * <size_t>p.count + 1) * sizeof(int32_t))
    cdef int32_t* dying = born + plan.step_count        # for each step the first node, and
    cdef int32_t* next_node = dying + plan.step_count   # the one behind each node
    cdef int32_t* piece = next_node + p.count
    cdef Storage* o
    if born == NULL:
        raise MemoryError()
    arena_open(&arena)
    arena_open(&own)
    try:
        expect_many(born, 2 * <size_t>p.count * sizeof(int32_t))
        memset(born, 0xff, 2 * <size_t>plan.step_count * sizeof(int32_t))
        for i in range(p.count - 1, -1, -1):
            if in_arena(plan, i, needed):
                s = plan.step_of[i]
                if plan.slabs_of[s] >= 0:
                    slabs = &plan.slabs[plan.slabs_of[s]]
                    if is_spared(plan, i, slabs, needed):
                        pieces += 1
                    else:
                        s = slabs.first
                next_node[i] = born[s]
                born[s] = i
        plan.pieces = <SlabPiece*>malloc((pieces + 1) * sizeof(SlabPiece))
        if plan.pieces == NULL:
            raise MemoryError()
        pieces = 0
        for s in range(plan.step_count):
            slabs = &plan.slabs[plan.slabs_of[s]] if plan.slabs_of[s] >= 0 else NULL
            if slabs != NULL and s == slabs.first:
                slabs.first_piece = pieces
            i = born[s]
            while i >= 0:
                following = next_node[i]
                o = &plan.storage[i]
                if o.last < s:
                    o.last = s
                if slabs != NULL and is_spared(plan, i, slabs, needed):
                    plan.pieces[pieces].root = o.root = plan.root_count
                    plan.pieces[pieces].row = <npy_intp>o.size // slabs.rows
                    piece[i] = arena_take(&own, <size_t>(slabs.each * plan.pieces[pieces].row))
                    plan.pieces[pieces].offset = own.pieces[piece[i]].offset * ALIGNMENT
                    o.offset = 0
                    pieces += 1
                    plan.root_count += 1
                    next_node[i] = dying[o.last]
                    dying[o.last] = i
                    i = following
                    continue
                piece[i] = arena_take(&arena, o.size)
                o.root = ARENA
                o.offset = <npy_intp>(arena.pieces[piece[i]].offset * ALIGNMENT)
                if o.last < plan.step_count:
                    if plan.slabs_of[o.last] >= 0:
                        o.last = plan.slabs[plan.slabs_of[o.last]].end - 1
                    next_node[i] = dying[o.last]
                    dying[o.last] = i
                i = following
            i = dying[s]
            while i >= 0:
                arena_give(&arena if plan.storage[i].root == ARENA else &own, piece[i])
                i = next_node[i]
            if slabs != NULL and s == slabs.end - 1:
                slabs.end_piece = pieces
                slabs.room = own.end * ALIGNMENT
                arena_close(&own)
                arena_open(&own)
        plan.arena_size = arena.end * ALIGNMENT
    finally:
        arena_close(&arena)
        arena_close(&own)
        free(born)
    return 0


cdef inline bint in_arena(Plan plan, int32_t node, const uint8_t* needed) noexcept:
    """Whether a node's memory is a piece of the arena: it has some of its own, and no root."""
    cdef int kind = plan.kind_of[node]
    if plan.places[node].owner != node or plan.step_of[node] < 0 or plan.storage[node].root >= 0:
        return False
    if kind == STEP_LINE:
        return needed[node]
    if kind == STEP_SCALARS:
        return not plan.places[node].scalar
    return not (kind == VIEW or kind == TOTAL or kind == STEP_GUARD)


cdef Address address_of(Plan plan, int32_t node) noexcept:
    cdef Place* p = &plan.places[node]
    cdef Address a
    a.dtype = plan.program.records[node].dtype
    a.scalar = p.scalar
    a.number = p.number
    a.root = 0
    a.offset = 0
    if not p.scalar:
        a.root = plan.storage[p.owner].root
        a.offset = plan.storage[p.owner].offset + p.offset
    return a


cdef Address result_address(Plan plan, int32_t node) noexcept:
    """Where a step writes what may go to a register after it."""
    cdef Address a = address_of(plan, node)
    a.scalar = 0
    a.root = plan.storage[node].root
    a.offset = plan.storage[node].offset
    return a


# ------------------------------------------------------------------------------------------------------------ building

cdef void row_on_number(const ScalarOp* o, double* x) noexcept nogil:
    """A row that has nothing quicker, on numbers."""
    cdef double arguments[MOST_INPUTS]
    cdef double y
    arguments[0] = x[o.a]
    arguments[1] = x[o.b]
    arguments[2] = x[o.c]
    y = scalar_eval(o.op, arguments, NPY_FLOAT if o.rounds else NPY_DOUBLE)
    x[o.out] = <double><float>y if o.rounds else y


cdef void row_on_float64(const ScalarOp* o, double* x) noexcept nogil:
    row_on_element(o, x, NPY_DOUBLE)


cdef void row_on_float32(const ScalarOp* o, double* x) noexcept nogil:
    row_on_element(o, x, NPY_FLOAT)


cdef inline void row_on_element(const ScalarOp* o, double* x, int dtype) noexcept nogil:
    """An element of an array, as the loop over that computes it."""
    cdef double arguments[MOST_INPUTS]
    arguments[0] = x[o.a]
    arguments[1] = x[o.b]
    arguments[2] = x[o.c]
    x[o.out] = loop_once(&table[o.op], dtype, arguments)


cdef ptrdiff_t element_offset(Plan plan, int32_t node, int64_t number) noexcept:
    """How far an element is from the beginning of an array, in bytes."""
    cdef Place* p = &plan.places[node]
    cdef npy_intp* dims = plan.geometry + p.geometry
    cdef ptrdiff_t offset = 0
    cdef int d
    for d in range(p.nd - 1, -1, -1):
        offset += (number % dims[d]) * dims[p.nd + d]
        number //= dims[d]
    return offset


cdef inline int code_for_element(int dtype, int first) noexcept:
    """The instruction that moves an element of a dtype, of those for the three sizes."""
    return first if dtype == NPY_DOUBLE else (first + 1 if dtype == NPY_FLOAT else first + 2)


cdef void build_element(Plan plan, ScalarOp* o, int32_t node) noexcept:
    """An element of an array in memory, or of one that is a number everywhere."""
    cdef Record* r = &plan.program.records[node]
    cdef Address at = address_of(plan, r.a)
    if at.scalar:
        o.code = SCALAR_MOVE
        o.a = at.number
        return
    o.code = <uint16_t>code_for_element(r.dtype, SCALAR_LOAD8)
    o.b = at.root
    o.with_.offset = at.offset + element_offset(plan, r.a, r.payload.output)


cdef int build_elements(Plan plan, ScalarOp* o, int32_t node) noexcept:
    """Numbers, put into an array; returns how many."""
    cdef Record* r = &plan.program.records[node]
    cdef Address at = address_of(plan, node)
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n = plan.program.nodes_of(node, &nodes, pair)
    for k in range(n):
        o[k].code = <uint16_t>code_for_element(r.dtype, SCALAR_STORE8)
        o[k].count = 1
        o[k].a = plan.places[nodes[k]].number
        o[k].b = at.root
        o[k].with_.offset = at.offset + k * item_size[r.dtype]
    return n


cdef int build_scalars(Plan plan, int s, int32_t* members, int64_t* found) except -1:
    cdef ProgramCore p = plan.program
    cdef Step* step = &plan.steps[s]
    cdef ScalarStep* made = <ScalarStep*>calloc(1, sizeof(ScalarStep))
    cdef ScalarOp* o
    cdef Record* r
    cdef Row* row
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n
    cdef int32_t i
    cdef size_t room = 1
    if made == NULL:
        raise MemoryError()
    step.data = made
    for k in range(step.count):
        room += <size_t>p.nodes_of(members[k], &nodes, pair) if of_elements(&p.records[members[k]]) else 1
    made.ops = <ScalarOp*>calloc(room, sizeof(ScalarOp))
    if made.ops == NULL:
        raise MemoryError()
    expect_many(made.ops, step.count * sizeof(ScalarOp))
    for k in range(step.count):
        i = members[k]
        r = &p.records[i]
        o = &made.ops[made.count]
        if of_elements(r):
            made.count += build_elements(plan, o, i)
            continue
        row = &table[r.op]
        made.count += 1
        n = p.nodes_of(i, &nodes, pair)
        o.op = r.op
        o.count = 1
        o.out = plan.places[i].number
        if is_element(r):
            build_element(plan, o, i)
            continue
        o.a = plan.places[nodes[0]].number
        o.b = plan.places[nodes[1]].number if n > 1 else 0
        o.c = plan.places[nodes[2]].number if n > 2 else 0
        o.rounds = r.dtype == NPY_FLOAT
        if r.flags & OF_ARRAY:
            o.code = SCALAR_ROW
            o.with_.function = <void*>(row_on_float32 if p.records[nodes[n - 1]].dtype == NPY_FLOAT
                                       else row_on_float64)
            continue
        o.code = <uint16_t>row.scalar_code
        o.with_.function = <void*>row.scalar1 if row.arity == 1 else <void*>row.scalar2
        if o.code == SCALAR_ROW:
            o.with_.function = <void*>row_on_number
        elif o.code == SCALAR_MOVE and r.dtype == NPY_BOOL:
            o.code = SCALAR_TRUTH
    pair_sines(made, s, found)
    made.count = <int32_t>join_scalars(made.ops, made.count)
    made.ops[made.count].code = SCALAR_END
    return 0


cdef inline int64_t noted_at(int s, int32_t value) noexcept:
    """A number that holds for step s: what is found there of another step counts as nothing."""
    return <int64_t>s << 32 | value


cdef int pair_sines(ScalarStep* step, int s, int64_t* found) except -1:
    """A sine and a cosine of one number are computed together. `found` is for each register the first of them."""
    cdef int k, n = 0
    cdef ScalarOp* o
    cdef ScalarOp* q
    if not HAS_SINCOS:
        return 0
    for k in range(step.count):
        o = &step.ops[k]
        if (o.code == SCALAR_CALL1 and not o.rounds
                and (o.with_.function == <void*>c_sin or o.with_.function == <void*>c_cos)):
            if found[o.a] >> 32 != s:
                found[o.a] = noted_at(s, n)
            else:
                q = &step.ops[<int32_t>found[o.a]]
                if q.code == SCALAR_CALL1 and q.with_.function != o.with_.function:
                    if q.with_.function == <void*>c_sin:
                        q.b = o.out
                    else:
                        q.b = q.out
                        q.out = o.out
                    q.code = SCALAR_SINCOS
                    q.with_.function = <void*>c_sincos
                    continue
        step.ops[n] = o[0]
        n += 1
    step.count = n
    return 0


cdef void free_line_step(LineStep* step) noexcept:
    if step.line != NULL:
        line_clear(step.line)
        free(step.line)
    free(step.operands)


cdef int bind_register(Plan plan, LineStep* step, int register, int32_t node) noexcept:
    """Let a register lie where a node does."""
    step.operands[step.operand_count].register = register
    step.operands[step.operand_count].at = address_of(plan, node)
    step.operand_count += 1
    return register


cdef int load_node(Plan plan, LineStep* step, int32_t node) except -1:
    """A register that reads a node from outside the step, broadcast to the line's shape, with axes joined where that
    can be."""
    cdef Place* p = &plan.places[node]
    cdef Line* line = step.line
    cdef const npy_intp* dims = plan.geometry + p.geometry
    cdef int dtype = plan.program.records[node].dtype, register, d, n = 0, lead = line.nd - p.nd
    cdef npy_intp stride
    cdef Gathered* g
    cdef Record* r
    r = &plan.program.records[node]
    if p.scalar and is_constant(r) and not r.flags & ATTRIBUTE:     # (which would be read anew)
        if r.flags & SCALAR:
            return line_uniform(line, plan.program.values[node].number, dtype)
        return line_spread(line, read_scalar(<ndarray>plan.program.values[node].array), dtype)
    if p.scalar:
        register = line_register(line, NUMBER_REGISTER, dtype)
        line.registers[register].source.place = p.number
        return register
    if p.direct and line_fits(line, line.dtype, p.nd, dims):
        return bind_register(plan, step, line_register(line, DIRECT_REGISTER, dtype), node)
    register = line_register(line, GATHERED_REGISTER, dtype)
    g = &line.registers[register].source.gathered
    g.dims = <npy_intp*>malloc((2 * line.nd + 1) * sizeof(npy_intp))
    if g.dims == NULL:
        raise MemoryError()
    for d in range(line.nd):
        if line.dims[d] == 1:
            continue
        stride = dims[p.nd + d - lead] if d >= lead and dims[d - lead] != 1 else 0
        if n and g.dims[line.nd + n - 1] == stride * line.dims[d]:
            n -= 1
            g.dims[n] *= line.dims[d]
        else:
            g.dims[n] = line.dims[d]
        g.dims[line.nd + n] = stride
        n += 1
    g.nd = n
    for d in range(n):
        g.dims[n + d] = g.dims[line.nd + d]
    return bind_register(plan, step, register, node)


cdef Line* draft(Plan plan, int registers, int code, int sums) except NULL:
    """An empty line with room for so many, and for what they are bound to."""
    cdef Line* line = plan.drafted
    cdef void* grown
    if line != NULL:
        line_clear(line)
        if line.register_room >= registers and line.code_room >= code and line.sum_room >= sums:
            return line
        registers = max(registers, line.register_room)
        code = max(code, line.code_room)
        sums = max(sums, line.sum_room)
        free(line)
        free(plan.bound)
        plan.drafted = NULL
        plan.bound = NULL
    grown = malloc(registers * sizeof(LineOperand))
    if grown == NULL:
        raise MemoryError()
    plan.bound = <LineOperand*>grown
    plan.drafted = new_line(registers, code, sums)
    return plan.drafted


cdef void drop_drafts(Plan plan) noexcept:
    """What is kept while a plan is made."""
    if plan.drafted != NULL:
        line_clear(plan.drafted)
    free(plan.drafted)
    free(plan.bound)
    free(plan.paddings)
    plan.drafted = NULL
    plan.bound = NULL
    plan.paddings = NULL


cdef bint is_read_once(ProgramCore p, const int32_t* members, int count, const uint8_t* needed, int32_t node) noexcept:
    """Whether of all there is only one record of a line reads a node, and once."""
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, j, n, found = 0
    if needed[node]:
        return False
    for k in range(count):
        n = p.nodes_of(members[k], &nodes, pair)
        for j in range(n):
            found += nodes[j] == node
    return found == 1


cdef int build_line(Plan plan, int s, int32_t* members, uint8_t* needed, int64_t* register_of) except -1:
    """The records of a step as a line: each is an instruction, or several, a sum, or zeros around an operand.
    `register_of` is for each node the line's register."""
    cdef ProgramCore p = plan.program
    cdef Step* step = &plan.steps[s]
    cdef LineStep made          # so far
    cdef Record* r
    cdef Program* formula
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int inputs[MOST_INPUTS]
    cdef npy_intp dims[MOST_DIMS]
    cdef int32_t i = members[0]
    cdef int at, k, j, n, code = 0, registers = 0, padded = 0
    cdef tuple whole = p.shape(p.records[i].a if plan.kind_of[i] == TOTAL else i)
    cdef Line* line
    cdef LineStep* kept = <LineStep*>calloc(1, sizeof(LineStep))
    if kept == NULL:
        raise MemoryError()
    step.data = kept
    for k in range(step.count):     # each with its operands, and a copy where it only reads
        formula = table[p.records[members[k]].op].formula
        code += 1 + (formula.code_room if formula != NULL else 1)
        registers += MOST_INPUTS + 1 + (formula.register_room if formula != NULL else 1)
    made.line = line = draft(plan, registers, code, step.count)
    made.operands = plan.bound
    made.operand_count = 0
    for k in range(<int>len(whole)):
        dims[k] = whole[k]
    n = p.nodes_of(i, &nodes, pair)
    line_begin(line, p.records[nodes[n - 1]].dtype, <int>len(whole), dims)
    line.since = 0
    for k in range(step.count):
        i = members[k]
        r = &p.records[i]
        n = p.nodes_of(i, &nodes, pair)
        if table[r.op].plan == PLAN_PAD:
            padded += 1
            at = line_register(line, PADDED_REGISTER, r.dtype)
            find_padded(plan, i, &line.registers[at].source.padded)
            bind_register(plan, &made, at, nodes[0])
        else:
            for j in range(n):
                if register_of[nodes[j]] >> 32 != s:
                    register_of[nodes[j]] = noted_at(s, load_node(plan, &made, nodes[j]))
                inputs[j] = <int>register_of[nodes[j]]
            if plan.kind_of[i] == TOTAL:
                line_sum(line, inputs[0], plan.places[i].number)
                continue
            if (padded > 1 and adds(&table[r.op]) and line.registers[inputs[0]].kind == PADDED_REGISTER
                    and line.registers[inputs[1]].kind == PADDED_REGISTER
                    and is_read_once(p, members, step.count, needed, nodes[0])
                    and is_read_once(p, members, step.count, needed, nodes[1])
                    and joins_pieces(line, inputs[0], inputs[1])):
                at = inputs[0]
            else:
                at = line_emit(line, r.op, inputs)
        if needed[i]:
            if line.registers[at].kind != RESULT_REGISTER:     # what is only read so far is copied
                at = line_copy(line, at)
            line.registers[at].kind = DIRECT_REGISTER
            bind_register(plan, &made, at, i)
        register_of[i] = noted_at(s, at)
    line_lay_out(line)
    plan.most_registers = max(plan.most_registers, line.count)
    kept.line = moved_line(line)
    kept.operands = <LineOperand*>malloc((made.operand_count + 1) * sizeof(LineOperand))
    if kept.operands == NULL:
        raise MemoryError()
    memcpy(kept.operands, made.operands, made.operand_count * sizeof(LineOperand))
    kept.operand_count = made.operand_count
    return 0


cdef int set_strides(Plan plan, Operands* o, int k, int32_t node, int nd) noexcept:
    """Operand k's strides are a node's, broadcast to `nd` dimensions."""
    cdef Place* p = &plan.places[node]
    cdef int d, lead = nd - p.nd
    for d in range(nd):
        o.strides[k][d] = 0
    if not p.scalar:
        for d in range(p.nd):
            if plan.geometry[p.geometry + d] != 1:
                o.strides[k][lead + d] = plan.geometry[p.geometry + p.nd + d]
    return 0


cdef int build_loop(Plan plan, int s) except -1:
    """A step that is one loop over strided operands."""
    cdef ProgramCore p = plan.program
    cdef Step* step = &plan.steps[s]
    cdef int32_t i = step.node
    cdef Record* r = &p.records[i]
    cdef LoopStep* made = <LoopStep*>calloc(1, sizeof(LoopStep))
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, d, n = p.nodes_of(i, &nodes, pair)
    cdef tuple shape = p.shape(i), operand_shape
    cdef npy_intp stride
    cdef ndarray view
    cdef npy_intp strides[MOST_DIMS]
    if made == NULL:
        raise MemoryError()
    step.data = made
    made.whole = result_address(plan, i)
    step.result = made.whole
    if step.kind == STEP_ND:
        made.loop = loop_for(p, i, &made.extra)
        made.shape.count = n + 1
        made.shape.nd = <int>len(shape)
        for d in range(made.shape.nd):
            made.shape.dims[d] = shape[d]
        for k in range(n):
            made.at[k] = address_of(plan, nodes[k])
            set_strides(plan, &made.shape, k, nodes[k], made.shape.nd)
        set_result_strides(plan, &made.shape, n, i)
        made.at[n] = made.whole
    elif step.kind == STEP_SUM:
        made.loop = table[OP_ADD].loop[r.dtype]
        made.extra = table[OP_ADD].data[r.dtype]
        made.clear = plan.storage[i].size
        made.at[0] = made.at[2] = made.whole
        made.at[1] = address_of(plan, nodes[0])
        if not lay_out_sum_step(plan, made, i, NULL):
            made.copied = contiguous_copy(plan, nodes[0], strides)
            lay_out_sum_step(plan, made, i, strides)
    elif step.kind == STEP_COPY:
        made.loop = copy_loop(<int>item_size[r.dtype])
        made.shape.count = 2
        if not view_of_operand(plan, made, i, nodes[0]):       # the elements in their order
            operand_shape = p.shape(nodes[0])
            made.shape.nd = <int>len(operand_shape)
            stride = item_size[r.dtype]
            for d in range(made.shape.nd - 1, -1, -1):
                made.shape.dims[d] = operand_shape[d]
                made.shape.strides[1][d] = stride
                stride *= made.shape.dims[d]
            set_strides(plan, &made.shape, 0, nodes[0], made.shape.nd)
            made.at[0] = address_of(plan, nodes[0])
        made.at[1] = made.whole
    elif step.kind == STEP_PAD:
        made.loop = copy_loop(<int>item_size[r.dtype])
        made.shape.count = 2
        made.clear = plan.storage[i].size
        view = geometry_array(plan, i, nowhere)
        index = (<tuple>p.attribute(i))[1]
        view = view[as_view(index)]
        made.shape.nd = PyArray_NDIM(view)
        for d in range(made.shape.nd):
            made.shape.dims[d] = PyArray_DIMS(view)[d]
            made.shape.strides[1][d] = PyArray_STRIDES(view)[d]
        set_strides(plan, &made.shape, 0, nodes[0], made.shape.nd)
        made.at[0] = address_of(plan, nodes[0])
        made.at[1] = made.whole
        made.at[1].offset += <char*>PyArray_DATA(view) - nowhere
    if step.kind == STEP_COPY or step.kind == STEP_PAD:
        join_stretches(made, item_size[r.dtype])
    return 0


cdef int join_stretches(LoopStep* made, npy_intp item) noexcept:
    """Let a copy move, in the place of elements, stretches of them that lie together on both sides, while these are
    short."""
    cdef Operands* o = &made.shape
    cdef npy_intp size = item
    cdef int nd = o.nd, d
    for d in range(nd):
        if o.dims[d] == 0:
            return 0
    while nd > 1 and o.strides[0][nd - 1] == size and o.strides[1][nd - 1] == size and size * o.dims[nd - 1] <= STRETCH:
        size *= o.dims[nd - 1]
        nd -= 1
    if nd < o.nd:
        made.loop = <Loop>gt_copy_stretches
        made.extra = <void*><uintptr_t>size
        o.nd = nd
    return 0


cdef bint lay_out_sum_step(Plan plan, LoopStep* made, int32_t node, const npy_intp* strides) except -1:
    """Sizes and strides of a sum, the operand's as it lies unless they are given; whether it can be added up so."""
    cdef ProgramCore p = plan.program
    cdef int32_t of = p.records[node].a
    cdef tuple shape = p.shape(of), middle = <tuple>(<tuple>p.attribute(node))[1]
    cdef npy_intp kept[MOST_DIMS]
    cdef npy_intp stride = item_size[p.records[node].dtype]
    cdef int d
    made.shape.count = 3
    made.shape.nd = <int>len(shape)
    # The output is the first operand too, and stands still along the axes that are summed.
    for d in range(made.shape.nd - 1, -1, -1):
        made.shape.dims[d] = shape[d]
        kept[d] = middle[d]
        made.shape.strides[0][d] = made.shape.strides[2][d] = 0 if kept[d] == 1 else stride
        stride *= kept[d]
    set_strides(plan, &made.shape, 1, of, made.shape.nd)
    if strides != NULL:
        memcpy(made.shape.strides[1], strides, made.shape.nd * sizeof(npy_intp))
    return join_sum(&made.shape, kept)


cdef int set_result_strides(Plan plan, Operands* o, int k, int32_t node) noexcept:
    cdef npy_intp stride = item_size[plan.program.records[node].dtype]
    cdef int d
    for d in range(o.nd - 1, -1, -1):
        o.strides[k][d] = stride
        stride *= o.dims[d]
    return 0


cdef bint view_of_operand(Plan plan, LoopStep* made, int32_t node, int32_t of) except -1:
    """A copy of what would be a view, but for where it has to go; False where there is no view."""
    cdef npy_intp offset = 0
    cdef ndarray view = view_of(plan, node, of,
                                &offset) if table[plan.program.records[node].op].plan == PLAN_VIEW else None
    cdef int d
    if view is None:
        return False
    made.shape.nd = PyArray_NDIM(view)
    for d in range(made.shape.nd):
        made.shape.dims[d] = PyArray_DIMS(view)[d]
        made.shape.strides[0][d] = PyArray_STRIDES(view)[d]
    made.at[0] = address_of(plan, of)
    made.at[0].offset += offset
    set_result_strides(plan, &made.shape, 1, node)
    return True


cdef int build_product(Plan plan, int s) except -1:
    cdef ProgramCore p = plan.program
    cdef Step* step = &plan.steps[s]
    cdef int32_t i = step.node
    cdef Record* r = &p.records[i]
    cdef ProductStep* made = <ProductStep*>calloc(1, sizeof(ProductStep))
    cdef Place* a = &plan.places[r.a]
    cdef Place* b = &plan.places[r.b]
    if made == NULL:
        raise MemoryError()
    step.data = made
    cdef npy_intp strides_a[MOST_DIMS]
    cdef npy_intp strides_b[MOST_DIMS]
    flags = <tuple>p.attribute(i)
    made.copies[0] = copy_for_blas(plan, r.a, strides_a)
    made.copies[1] = copy_for_blas(plan, r.b, strides_b)
    lay_out_products(&made.products, r.dtype, flags[0], flags[1], a.nd, plan.geometry + a.geometry, strides_a,
                     b.nd, plan.geometry + b.geometry, strides_b)
    made.a = address_of(plan, r.a)
    made.b = address_of(plan, r.b)
    made.out = step.result = result_address(plan, i)
    return 0


cdef LoopStep* copy_for_blas(Plan plan, int32_t node, npy_intp* strides) except? NULL:
    """A matrix's strides as the product will see them; and the copy that it takes to make them so, or NULL."""
    cdef Place* p = &plan.places[node]
    cdef npy_intp* dims = plan.geometry + p.geometry
    cdef int d
    for d in range(p.nd):
        strides[d] = 0 if p.scalar else dims[p.nd + d]
    if not p.scalar and blas_reads(p.nd, dims, strides, item_size[plan.program.records[node].dtype]):
        return NULL
    return contiguous_copy(plan, node, strides)


cdef LoopStep* contiguous_copy(Plan plan, int32_t node, npy_intp* strides, const int* order=NULL) except NULL:
    """The copy of an array to memory in the order of its elements, or with its axes in another one, and the strides
    that it has there."""
    cdef Place* p = &plan.places[node]
    cdef npy_intp* dims = plan.geometry + p.geometry
    cdef npy_intp item = item_size[plan.program.records[node].dtype]
    cdef LoopStep* made = <LoopStep*>calloc(1, sizeof(LoopStep))
    cdef int d, axis, nd = p.nd
    if made == NULL:
        raise MemoryError()
    made.loop = copy_loop(<int>item)
    made.shape.count = 2
    made.shape.nd = nd
    made.clear = <size_t>item
    for d in range(nd - 1, -1, -1):
        axis = d if order == NULL else order[d]
        made.shape.dims[d] = dims[axis]
        made.shape.strides[0][d] = 0 if p.scalar else dims[nd + axis]
        made.shape.strides[1][d] = strides[d] = made.clear
        made.clear *= dims[axis]
    made.at[0] = address_of(plan, node)
    join_stretches(made, item)
    return made


cdef object roller = None       # programs/stretches.py: a program -> another one with loops; or None
cdef int32_t least_rolled       # so many records of arrays has a program for which it is asked,

cdef enum:
    LEAST_PUT = 16              # or so many that put an array into zeros


def install_roller(f, int32_t least):
    """Say what makes loops of the stretches of a program that has at least so many records of arrays."""
    global roller, least_rolled
    roller = f
    least_rolled = least


cdef inline bint puts(const Record* r) noexcept:
    """Whether a record puts its operand into zeros."""
    return computes(r) and table[r.op].kind == LINEAR and table[r.op].plan == PLAN_PAD


cdef ProgramCore rolled(ProgramCore program, ProgramCore p):
    """A program with loops for the stretches that repeat, where that is cheaper; else the program itself. The places of
    its guards are the numbers that they have here. `p` is the same with small arrays dissolved: numbers alone are
    quicker one after the other."""
    cdef int32_t i, arrays = 0, put = 0
    if roller is None:
        return program
    for i in range(p.count):
        arrays += computes(&p.records[i]) and p.records[i].shape != 0
        put += puts(&p.records[i])
    if put < LEAST_PUT and (arrays < least_rolled or 2 * arrays < p.count):
        return program
    found = roller(program)
    return program if found is None else <ProgramCore?>found


cdef object recomputing = None      # programs/recomputing.py: (program, budget, renumbered) -> a plan,
cdef object besides_results = None  # and (name of a row, attribute) -> bytes that its kernel takes besides its result


def install_recomputing(f, besides):
    """Say what makes the plan of a program that may not take as much memory as it would, and what kernels in Python
    take."""
    global recomputing, besides_results
    recomputing = f
    besides_results = besides


cdef int64_t memory_taken(Plan plan) except -1:
    """Bytes that a replay takes at most for what it computes, outputs excepted: those of the arena, of results of
    Python, and of what single steps need besides."""
    cdef int64_t objects = 0, most_objects = 0, besides = 0, one
    cdef int32_t which
    cdef int s, k
    cdef Step* step
    cdef KernelStep* kernel
    cdef ProductStep* product
    for s in range(plan.step_count):
        step = &plan.steps[s]
        one = 0
        if step.kind == STEP_APPLY:
            which = plan.dead[s]
            while which >= 0:
                objects -= object_size(plan, which)
                which = plan.next_dead[which]
            objects += <int64_t>plan.storage[step.node].size
            most_objects = max(most_objects, objects)
            one = besides_results(op_label(plan.program.records[step.node].op), plan.program.attribute(step.node))
        elif step.kind == STEP_KERNEL:
            kernel = <KernelStep*>step.data
            one = <int64_t>kernel.scratch
            for k in range(kernel.count):
                one += size_of_copy(kernel.operands[k].copied)
        elif step.kind == STEP_MATMUL:
            product = <ProductStep*>step.data
            one = size_of_copy(product.copies[0]) + size_of_copy(product.copies[1])
        elif step.kind == STEP_SUM:
            one = size_of_copy((<LoopStep*>step.data).copied)
        besides = max(besides, one)
    for k in range(plan.slab_count):
        besides = max(besides, <int64_t>plan.slabs[k].room)
    return <int64_t>plan.arena_size + most_objects + besides


cdef inline int64_t size_of_copy(const LoopStep* copied) noexcept:
    return 0 if copied == NULL else <int64_t>copied.clear


cdef int64_t object_size(Plan plan, int32_t which) noexcept:
    """The bytes of a result of Python."""
    return <int64_t>plan.storage[plan.node_of_object[which]].size


cdef Plan make_plan(ProgramCore program):
    """Lay a program out."""
    cdef ProgramCore p = dissolved(program), loops = rolled(program, p)
    cdef Plan plan
    if loops is program:
        plan = lay_out(p, {} if p is program else p.places)
    else:
        p = dissolved(loops)
        plan = lay_out(p, loops.places if p is loops else {node: loops.places[at] for node, at in p.places.items()})
    if program.memory and memory_taken(plan) > program.memory:
        p = dissolved(program)
        plan = <Plan?>recomputing(p, program.memory, p is not program)
    if program.memory:
        pool_empty()            # (of what it took to record: arenas are none of the pool's)
    if program.compiler is not None:
        program.compiler(plan)
    return plan


cdef Plan lay_out(ProgramCore p, dict looks):
    """A program as steps, as it stands. `looks`: its guards, where they have other numbers for those who ask."""
    cdef Plan plan = Plan.__new__(Plan, p)
    cdef int32_t i
    cdef int32_t* members = NULL
    cdef int32_t* filled = NULL
    cdef uint8_t* needed = NULL
    cdef int64_t* found = NULL      # by node, or register
    cdef int s
    cdef int32_t at = 0
    plan.looks = looks
    plan.step_of = <int32_t*>malloc((p.count + 1) * sizeof(int32_t))
    plan.kind_of = <uint8_t*>malloc(p.count + 1)
    plan.places = <Place*>calloc(p.count + 1, sizeof(Place))
    plan.storage = <Storage*>calloc(p.count + 1, sizeof(Storage))
    plan.by_rows = <uint8_t*>calloc(p.count + 1, 1)
    plan.contiguous = <Contiguous*>calloc(p.shapes.count + 1, sizeof(Contiguous))
    if (plan.step_of == NULL or plan.kind_of == NULL or plan.places == NULL or plan.storage == NULL
            or plan.by_rows == NULL or plan.contiguous == NULL):
        raise MemoryError()
    expect_many(plan.places, p.count * sizeof(Place))
    expect_many(plan.storage, p.count * sizeof(Storage))
    note_ends(plan)
    find_updates(plan)
    schedule(plan)
    plan.registers = <double*>calloc(plan.register_count + 1, sizeof(double))
    members = <int32_t*>malloc((p.count + 1) * sizeof(int32_t))
    filled = <int32_t*>calloc(plan.step_count + 1, sizeof(int32_t))
    needed = <uint8_t*>calloc(p.count + 1, 1)
    found = <int64_t*>malloc((max(p.count, plan.register_count) + 1) * sizeof(int64_t))
    try:
        if plan.registers == NULL or members == NULL or filled == NULL or needed == NULL or found == NULL:
            raise MemoryError()
        for s in range(plan.step_count):
            plan.steps[s].first = at
            at += plan.steps[s].count
        for i in range(p.count):
            s = plan.step_of[i]
            if s >= 0 and plan.steps[s].count and (plan.kind_of[i] == plan.steps[s].kind or plan.kind_of[i] == TOTAL):
                members[plan.steps[s].first + filled[s]] = i
                filled[s] += 1
        assign_memory(plan, members)
        expect_many(found, p.count * sizeof(int64_t))
        memset(found, 0xff, (max(p.count, plan.register_count) + 1) * sizeof(int64_t))
        for i in range(p.count):
            if is_constant(&p.records[i]) and plan.places[i].scalar:
                plan.registers[plan.places[i].number] = (p.values[i].number if p.records[i].flags & SCALAR
                                                         else read_scalar(<ndarray>p.values[i].array))
            needed[i] = plan.storage[i].root >= 0
        for s in range(plan.step_count):
            if plan.steps[s].kind == STEP_SCALARS:
                build_scalars(plan, s, members + plan.steps[s].first, found)
            elif plan.steps[s].kind == STEP_LINE:
                build_line(plan, s, members + plan.steps[s].first, needed, found)
            elif plan.steps[s].kind == STEP_MATMUL:
                build_product(plan, s)
            elif plan.steps[s].kind == STEP_KERNEL:
                build_kernel(plan, s)
            elif plan.steps[s].kind in (STEP_APPLY, STEP_GUARD, STEP_CAST, STEP_UPDATE):
                plan.steps[s].result = result_address(plan, plan.steps[s].node)
            else:
                build_loop(plan, s)
    finally:
        free(members)
        free(filled)
        free(needed)
        free(found)
    drop_drafts(plan)
    plan.spares = [None] * len(p.assigned)
    if CHECKED:
        check_plan(plan)
    return plan


cdef void check_plan(Plan plan) noexcept:
    """In a checked build: records name what is below them, and every number, slot, place and piece is within its
    list."""
    cdef ProgramCore p = plan.program
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int32_t i
    cdef int k, n, s
    cdef Place* place
    cdef Storage* storage
    cdef LineStep* line
    cdef ScalarStep* scalars
    cdef const ScalarOp* o
    for i in range(p.count):
        n = p.nodes_of(i, &nodes, pair)
        for k in range(n):
            check(0 <= nodes[k] < i)
        check(p.records[i].op < MOST_OPCODES and p.records[i].shape < <uint32_t>p.shapes.count)
        place = &plan.places[i]
        storage = &plan.storage[i]
        check(-1 <= plan.step_of[i] < plan.step_count and 0 <= place.owner <= i and storage.root < plan.root_count)
        if place.scalar:
            check(0 <= place.number < plan.register_count)
        if place.nd:
            check(0 <= place.geometry and place.geometry + 2 * place.nd <= plan.geometry_count)
        if storage.root == ARENA:
            check(0 <= storage.offset and storage.offset + storage.size <= plan.arena_size)
    for s in range(plan.step_count):
        if plan.steps[s].kind == STEP_SCALARS:
            scalars = <ScalarStep*>plan.steps[s].data
            for k in range(scalars.count):
                o = &scalars.ops[k]
                check(0 <= o.out and o.out + o.count <= plan.register_count and 0 <= o.a < plan.register_count
                      and o.code < SCALAR_END and 0 <= o.c < max(plan.register_count, 4))
                if SCALAR_LOAD8 <= o.code <= SCALAR_STORE1:
                    check(0 <= o.b < plan.root_count)
                else:
                    check(0 <= o.b < plan.register_count)
        elif plan.steps[s].kind == STEP_LINE:
            line = <LineStep*>plan.steps[s].data
            check(line.line.count <= plan.most_registers and line.operand_count <= line.line.count)
            for k in range(line.line.count):
                check(line.line.registers[k].slot < line.line.slots and line.line.registers[k].item <= 8)
                if line.line.registers[k].kind == NUMBER_REGISTER:
                    check(0 <= line.line.registers[k].source.place < plan.register_count)
            for k in range(line.line.sum_count):
                check(0 <= line.line.sums[k].place < plan.register_count)
