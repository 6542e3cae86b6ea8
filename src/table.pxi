# The op table as C arrays: kernels by dtype, arity, what a derivative needs, and rule programs.
#
# A row is registered once, from Python, with its NumPy function and its derivative written in terms of other ops. The
# derivative is traced (trace.pxi) into a short straight-line program of opcodes the first time it is needed; after
# that no Python runs for a record.

ctypedef void (*Loop)(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept nogil
ctypedef double (*Scalar1)(double) noexcept nogil
ctypedef double (*Scalar2)(double, double) noexcept nogil
ctypedef double (*Scalar3)(double, double, double) noexcept nogil

# Scalars stay C doubles; this is what runs on them.
cdef extern from "scalars.h" nogil:
    enum:
        SCALAR_ROW "SC_ROW"
        SCALAR_CALL1 "SC_CALL1"
        SCALAR_CALL2 "SC_CALL2"
        SCALAR_ADD "SC_ADD"
        SCALAR_MULTIPLY "SC_MULTIPLY"
        SCALAR_SUBTRACT "SC_SUBTRACT"
        SCALAR_DIVIDE "SC_DIVIDE"
        SCALAR_COTANGENT_PRODUCT "SC_COTANGENT_PRODUCT"
        SCALAR_COTANGENT_QUOTIENT "SC_COTANGENT_QUOTIENT"
        SCALAR_NEGATIVE "SC_NEGATIVE"
        SCALAR_SQUARE "SC_SQUARE"
        SCALAR_SELECT "SC_SELECT"
        SCALAR_LESS "SC_LESS"
        SCALAR_GREATER "SC_GREATER"
        SCALAR_MOVE "SC_MOVE"
        SCALAR_TRUTH "SC_TRUTH"
        SCALAR_SINCOS "SC_SINCOS"
        SCALAR_LOAD8 "SC_LOAD8"
        SCALAR_LOAD4 "SC_LOAD4"
        SCALAR_LOAD1 "SC_LOAD1"
        SCALAR_STORE8 "SC_STORE8"
        SCALAR_STORE4 "SC_STORE4"
        SCALAR_STORE1 "SC_STORE1"
        SCALAR_END "SC_END"
    ctypedef union ScalarWith:
        void* function
        ptrdiff_t offset
    ctypedef struct ScalarOp "sc_op":
        uint16_t code
        uint16_t op
        uint16_t rounds         # the result is a float32
        uint16_t count
        int32_t out
        int32_t a
        int32_t b
        int32_t c
        ScalarWith with_ "with"
    int plain_code "sc_plain"(int code) noexcept
    size_t join_scalars "sc_join"(ScalarOp* ops, size_t count) noexcept
    void run_scalars "sc_run"(const ScalarOp* ops, double* registers, char** bases) noexcept
    ctypedef struct ScalarKernel "sc_scalar":
        int code
        int exact
        Scalar1 one
        Scalar2 two
        Scalar3 three
    const ScalarKernel* scalar_kernel "sc_find"(const char* text) noexcept
    double scalar_cotangent_product "sc_cotangent_product"(double g, double x) noexcept
    double scalar_cotangent_quotient "sc_cotangent_quotient"(double g, double x) noexcept

# What a kernel in C is to a row (kernels.h).
cdef extern from "kernels.h" nogil:
    int KN_DIMS
    int64_t KN_ABSENT
    int64_t KN_TUPLE
    int64_t KN_WHOLE
    int64_t KN_SLICE
    int64_t KN_ELLIPSIS
    int64_t KN_TEXT
    ctypedef struct KernelOperand "kn_operand":
        int dtype
        int item
        int nd
        const npy_intp* dims
        const npy_intp* strides
    ctypedef struct KernelCall "kn_call":
        int count
        const KernelOperand* operands
        int number_count
        const int64_t* numbers
    ctypedef struct KernelResult "kn_result":
        int dtype
        int nd
        npy_intp dims[36]
        npy_intp work
        size_t scratch
        bint turned
        int order[36]
    ctypedef struct KernelRun "kn_run":
        char** operands
        char* out
        char* scratch
        int parts
        int threads
    ctypedef struct Kernel "kn_kernel":
        const char* name
        size_t room
        size_t room_each
        int contiguous
        bint (*take)(void* made, const KernelCall* call, KernelResult* result) noexcept nogil
        bint (*run)(const void* made, const KernelRun* run) noexcept nogil
    const Kernel* find_kernel "kn_find"(const char* name) noexcept
    ctypedef struct NumpyLoops "kn_numpy":
        Loop loop[2]
        void* data[2]
    NumpyLoops kn_exp
    int KN_SORTS
    ctypedef struct Sorting "kn_sorting":
        int (*sort)(void*, npy_intp, void*) noexcept
        int (*order)(void*, npy_intp*, npy_intp, void*) noexcept
    Sorting kn_sorts[13]

cdef const char* within = b" in the attributes of an operation"    # where these are walked, for a RecursionError


cdef inline int go_deeper(const char* where) except -1:
    """One level more of what nobody has counted the levels of; an error before C's stack is full."""
    return -1 if Py_EnterRecursiveCall(where) else 0


cdef enum:
    MOST_INPUTS = 3             # of an elementwise op
    MOST_REGISTERS = 64         # of a formula's program
    MOST_CODE = 240             # instructions of a line that is built in fixed room
    MOST_LINE = 480             # its registers
    OUTPUT_GIVEN = 1 << 30      # Program.uses: the last input register is the op's own output

cdef enum Kind:
    NO_OP
    ELEMENTWISE
    LINEAR                      # one input; the transpose is its partner with the same attributes
    MATMUL                      # bilinear, with transposed operands by flags
    GENERAL                     # a Python rule over public ops
    UPDATE                      # the first operand but for some elements, which are those of the second
    PROJECTION                  # one output of a GENERAL record that has several
    KINDS

# GENERAL: how the result depends on the operands, where that makes the tangent the op itself
cdef enum Linearity:
    NOT_LINEAR
    JOINTLY                     # linear in all operands together: the op on the tangents
    IN_EACH                     # linear in each: the sum over operands of the op with that one's tangent in its place

# What is known of one input's derivative
cdef enum Derivative:
    UNTRACED                    # a formula that has not been traced yet
    NOTHING                     # the gradient stops here: floor, comparisons, conditions
    MISSING                     # nobody wrote one: asking is a LookupError
    TRACED

cdef enum:
    PARTIALS_WITH_POLES = 2

# How a plan runs a row's records, where their dtypes and shapes allow; else as PLAN_CALL
cdef enum HowPlanned:
    PLAN_CALL                   # the op itself, on tensors
    PLAN_LINE                   # on numbers, in a line with its neighbours, or as a loop of its own
    PLAN_VIEW                   # another geometry on the operand's memory
    PLAN_CAST
    PLAN_SUM                    # at the end of a line, or as a step of its own
    PLAN_PAD                    # zeros with the operand among them: in a line, or as a step of its own
    PLAN_PRODUCT                # by BLAS

cdef enum Commuting:
    KEEPS_ORDER
    COMMUTES_ON_REALS           # (a product of complex numbers is rounded in another way than the same two the other
                                # way round)
    COMMUTES

# ELEMENTWISE: which zeros among the operands are zeros of the value whatever the other operand is
cdef enum ZerosKept:
    NO_ZEROS
    FIRST_ZEROS
    BOTH_ZEROS

# LINEAR: of what its value is but a part, which is operand[attributes[1]]
cdef enum PartTaken:
    NO_PART
    PART_SLICE                  # basic indexing
    PART_ELEMENTS               # by arrays
    PART_ROWS                   # by numbers of rows, in bounds and not negative

ctypedef struct Instruction:
    uint16_t op
    int16_t out
    int16_t inputs[MOST_INPUTS]

# Registers: the inputs, then the constants, then one for each instruction's result.
ctypedef struct Program:
    int inputs
    int constants
    int instructions
    int result
    int code_room               # instructions, and registers beside the inputs, that it takes in a line,
    int register_room           # where the formulas of the ops in it are spelled out
    uint32_t uses               # bit k: input register k is read
    bint by_width               # some op in it goes by its dtype (Row.by_width)
    double* constant
    Instruction* code

# Where a scalar's local partial derivative comes from
cdef enum PartialSource:
    FROM_CONSTANT
    FROM_FIRST
    FROM_SECOND
    FROM_OUTPUT
    FROM_SCALAR1                # a C function of the first operand, with a sign: cos, -sin
    FROM_PROGRAM

ctypedef struct Partial:
    int source
    double constant             # FROM_CONSTANT: the value; FROM_SCALAR1: the factor
    Scalar1 function
    Program* program            # registers: inputs, output

ctypedef ndarray (*ArrayKernel)(ndarray x, object attribute)
ctypedef object (*AttributesBehind)(object attribute, npy_intp length)

ctypedef struct Row:
    int kind
    int arity
    int partner                 # LINEAR: the transpose's opcode
    int boolean                 # the result is a truth value
    int condition               # the first input is a truth value
    int ready                   # every formula has been traced
    int on_scalars              # there is something that runs on C doubles
    int by_partials             # every input has a derivative, and none of them selects: a cotangent that is infinite
                                # must not meet the zero of what was not selected, which would make a NaN;
                                # PARTIALS_WITH_POLES where some slope may be infinite
    int code_room               # what all its derivatives together take in a line
    int register_room
    int poles                   # ELEMENTWISE: the value is infinite or NaN at some finite operands
    int slope_zeros[MOST_INPUTS]    # ELEMENTWISE: of ZerosKept: the most that an op in its derivative keeps,
    int slope_product[MOST_INPUTS]  # ELEMENTWISE: the op that multiplies a cotangent by the slope: one that keeps zeros
                                    # where
                                # the slope may be infinite or NaN
    int keeps_inputs            # GENERAL: what its rule is given
    int keeps_output
    int multiple                # GENERAL: the record has several outputs, which are projections of it
    int linearity               # GENERAL: of the Linearities
    int sparing                 # GENERAL, of several outputs: its rule takes None for cotangents that are zero
    int leading                 # GENERAL: its rule holds for a leading axis as it stands
    int draws                   # GENERAL: its value is another one each time: random numbers
    int acts                    # GENERAL: it is there for what it does, at the end of a replay: it prints
    int meets                   # LINEAR, GENERAL: its kernel waits for that of other processes: it runs as often, and
                                # in the order, as it was recorded
    int raises                  # GENERAL: some values make it raise an error; ELEMENTWISE: some integers do
    int keeps_integers          # ELEMENTWISE: its formula of integers is an integer
    int by_width                # ELEMENTWISE: not only the rounding of its value depends on the dtype: the next float
                                # does
    int passes_on               # ELEMENTWISE: its value is the first operand as it stands: a program need not copy it
    int updates_rows            # GENERAL: its value is the first operand with rows changed, as its attribute says
                                # (rows.pxi), by numbers and values that are the other two: a program that assigns it
                                # changes rows in place
    int selects                 # LINEAR, GENERAL: each element of the result is an operand's, or zero
    int widens                  # LINEAR, GENERAL: it computes, so that its kernel is given float32 in the place of half
                                # precisions, and what it gives is rounded once
    int derivative[MOST_INPUTS]
    Program* vjp[MOST_INPUTS]       # registers: cotangent, inputs, output
    Partial partial[MOST_INPUTS]
    uint32_t uses[MOST_INPUTS]      # what vjp[k] reads: bit j: input j, bit arity: the output
    Program* formula            # registers: inputs; the kernel, where it is made of other ops
    Scalar1 scalar1
    Scalar2 scalar2
    Scalar3 scalar3
    Loop loop[TYPES]
    void* data[TYPES]
    uint8_t out_type[TYPES]
    PyObject* name
    PyObject* ufunc             # or NULL
    PyObject* python            # GENERAL and LINEAR: the forward function over arrays
    PyObject* rule              # the derivative as it was written; UPDATE: (shape, index) -> which of the elements that
                                # the index selects stay, where it names some twice; None for all of them
    PyObject* pushforward       # GENERAL: the tangent as it was written, or NULL: then the rule is transposed
    PyObject* batched           # LINEAR, GENERAL: the attributes for operands that all have one more, leading axis; or
                                # NULL
    PyObject* examples          # LINEAR, GENERAL: the op for operands of which some have a leading axis, by public ops;
                                # or NULL
    PyObject* depends           # LINEAR, GENERAL: which elements depend on which, where that is not all on all; or NULL
    PyObject* formula_rule      # the formula as it was written
    PyObject* form              # LINEAR, MATMUL, GENERAL: what its attributes are (ops/forms.py); NULL: it has no place
                                # in a program file
    PyObject* gives             # LINEAR, MATMUL, GENERAL: the dtype and shape of its value, from its attributes and the
                                # operands'; likewise
    int plan                    # of HowPlanned
    int scalar_code             # of ScalarCode
    const Kernel* kernel        # LINEAR, GENERAL: what runs it without Python where dtypes, shapes and attributes are
                                # for it (kernels.pxi); or NULL
    int exact                   # ELEMENTWISE: what runs on numbers is correctly rounded, or chooses: an array's loop
                                # gives the same bits
    ArrayKernel compiled        # LINEAR: the forward function, where the core has it; or NULL
    ArrayKernel view            # PLAN_VIEW: the same over arrays without memory, of which it reads nothing: a view, or
                                # None where there is none and the value is the operand's elements in their order; or
                                # NULL: by `python`
    AttributesBehind behind     # LINEAR: what `batched` is, compiled; or NULL
    int part                    # LINEAR: of PartTaken
    int in_order                # LINEAR: its value has the operand's elements one by one, in their order, in another
                                # shape or dtype
    # What passes may count on, to the last bit, infinities, NaNs and signed zeros included
    int commutes                # ELEMENTWISE: of Commuting
    int undoes_itself           # ELEMENTWISE: of its own value it gives the operand
    int zeros_kept              # ELEMENTWISE: of ZerosKept
    int plain                   # ELEMENTWISE: the op that it is where the first operand is not zero; or 0
    int keeping_zeros           # ELEMENTWISE: the op of which this is the plain one; or 0
    uint32_t has_neutral        # ELEMENTWISE: bit k: where operand k is neutral[k], the value is the other operand
    double neutral[MOST_INPUTS]
    int idle_if_alike           # LINEAR: where the value has the operand's dtype and shape, it is the operand
    PyObject* joined            # LINEAR: (the first's attributes, the second's) -> those of one that does both; or NULL
    PyObject* permutes          # LINEAR: attributes -> the operand's axis of each of the value's, which is all it does;
                                # or NULL
    PyObject* complex_form      # ELEMENTWISE: what stands in its place where an operand is complex, of other ops; or
                                # NULL

cdef Row table[MOST_OPCODES]
cdef int next_opcode = FIRST_FREE_OPCODE
cdef dict opcode_by_name = {}
cdef dict opcode_by_ufunc = {}
cdef dict recorded_ufuncs = {}      # to the public functions of elementwise rows

cdef inline bint of_many_operands(int op) noexcept nogil:
    """Whether a record keeps, beside its attributes, the shapes of its operands and of what it gives (apply.pxi)."""
    return table[op].kind == GENERAL or table[op].kind == UPDATE


cdef int take_scalar_kernel(Row* row, object c) except -1:
    """What runs a row on numbers, and how the interpreter of numbers does it, by the row's text in C."""
    cdef const ScalarKernel* kernel = scalar_kernel((<str>c).encode()) if isinstance(c, str) else NULL
    row.scalar_code = SCALAR_ROW
    if kernel != NULL:
        row.scalar1 = kernel.one
        row.scalar2 = kernel.two
        row.scalar3 = kernel.three
        row.scalar_code = kernel.code
        row.exact = kernel.exact
    return 0


cdef enum:
    PROBED = 32                 # numbers, so that there are vectors of them, too
    NOTED_OVERFLOW = 4          # (finite.h)


ctypedef struct Forgetful:      # a loop that takes back what the processor has noted
    Loop loop
    void* data


cdef void run_and_remember(char** args, const npy_intp* dims, const npy_intp* steps, void* data) noexcept nogil:
    """Run one, and let what was noted before it stand: it may be of an infinity that goes no further."""
    cdef const Forgetful* f = <const Forgetful*>data
    cdef unsigned int flags = fn_noted()
    f.loop(args, dims, steps, f.data)
    if flags:
        fn_note(flags)


cdef bint forgets(Row* row, int code) noexcept:
    """Whether a loop does, as it is found to on a few numbers."""
    cdef double memory[MOST_INPUTS + 1][4 * PROBED]
    cdef char* args[MOST_INPUTS + 1]
    cdef npy_intp steps[MOST_INPUTS + 1]
    cdef npy_intp count = PROBED
    cdef unsigned int before = fn_noted()
    cdef bint lost
    cdef int k
    memset(memory, 0, sizeof(memory))       # (zeros, of any dtype)
    for k in range(row.arity + 1):
        args[k] = <char*>memory[k]
        steps[k] = item_size[code if k < row.arity else row.out_type[code]]
    fn_note_overflow()
    if not fn_noted_kinds() & NOTED_OVERFLOW:       # (as where instructions are simulated)
        return False
    row.loop[code](args, &count, steps, row.data[code])
    lost = not fn_noted_kinds() & NOTED_OVERFLOW
    fn_forget()
    if before:
        fn_note(before)
    return lost


cdef int remember(Row* row) except -1:
    """Let the loops of a row that forget what has been noted be called by one that does not."""
    cdef Forgetful* f
    cdef int code
    for code in range(TYPES):
        if row.loop[code] != NULL and code != BFLOAT16 and differentiable(code) and forgets(row, code):
            f = <Forgetful*>malloc(sizeof(Forgetful))
            if f == NULL:
                raise MemoryError()
            f.loop = row.loop[code]
            f.data = row.data[code]
            row.loop[code] = run_and_remember
            row.data[code] = f
    return 0


cdef void take_ufunc_loops(Row* row, object ufunc):
    """NumPy's compiled inner loops, from the ufunc object: for inputs of one dtype, the first that NumPy lists."""
    cdef UFunc* u = <UFunc*>ufunc
    cdef int i, j, code
    cdef bint same
    for i in range(u.ntypes):
        code = <unsigned char>u.types[i * u.nargs]
        same = True
        for j in range(u.nin):
            same = same and <unsigned char>u.types[i * u.nargs + j] == code
        # Integers have no derivative, and some of their loops raise: NumPy's own call serves those.
        if same and (code == NPY_BOOL or differentiable(code)) and row.loop[code] == NULL and u.functions[i] != NULL:
            if <unsigned char>u.types[i * u.nargs + u.nin] < TYPES:
                row.loop[code] = <Loop>u.functions[i]
                row.data[code] = u.data[i]
                row.out_type[code] = <uint8_t>u.types[i * u.nargs + u.nin]
    take_bfloat16_loop(row, ufunc)


cdef void take_bfloat16_loop(Row* row, object ufunc):
    """The loop that ml_dtypes added to a ufunc, which has the form of NumPy's own."""
    cdef UFunc* u = <UFunc*>ufunc
    cdef AddedLoop* loop
    cdef int j
    cdef bint same
    if bfloat16_number < 0 or row.loop[BFLOAT16] != NULL or u.userloops == NULL or u.core_enabled:
        return
    capsule = (<dict>u.userloops).get(bfloat16_number)
    loop = <AddedLoop*>PyCapsule_GetPointer(capsule, NULL) if capsule is not None else NULL
    while loop != NULL:
        same = True
        for j in range(u.nin):
            same = same and loop.arg_types[j] == bfloat16_number
        if same and code_of_number(loop.arg_types[u.nin]) != NO_TYPE:
            row.loop[BFLOAT16] = <Loop>loop.func
            row.data[BFLOAT16] = loop.data
            row.out_type[BFLOAT16] = <uint8_t>code_of_number(loop.arg_types[u.nin])
            return
        loop = loop.next


cdef int learn_bfloat16(object dtype) except -1:
    """Take in the dtype, once ml_dtypes has been imported: tensors may hold it from then on."""
    global bfloat16_number
    cdef int op
    if bfloat16_number == dtype.num:
        return 0
    bfloat16_number = dtype.num
    dtype_objects[BFLOAT16] = dtype
    scalar_types[BFLOAT16] = dtype.type
    for op in range(next_opcode):
        if table[op].ufunc != NULL:
            take_bfloat16_loop(&table[op], <object>table[op].ufunc)
    return 0


cdef object dtype_of(object wanted):
    """A dtype, by any of its names: NumPy does not know bfloat16 by name until ml_dtypes is imported."""
    if type(wanted) is str and wanted == "bfloat16":
        try:
            wanted = __import__("ml_dtypes").bfloat16
        except ImportError as error:
            raise ImportError("bfloat16 needs the extra: pip install \"autodiff-core[bfloat16]\"") from error
    dtype = np_dtype(wanted)
    if code_of_number(dtype.num) == NO_TYPE and dtype.name == "bfloat16":
        learn_bfloat16(dtype)
    return dtype


cdef tuple texts_of_own_loops = ("sin(x)", "cos(x)", "erf(x)", "erfc(x)")
# Loops of our own over float32, float64 and long doubles, of the ops that C code knows.
cdef Loop[FIRST_FREE_OPCODE][3] own_loops
own_loops[OP_NEGATIVE][0] = vm_negative_f32
own_loops[OP_NEGATIVE][1] = vm_negative_f64
own_loops[OP_COTANGENT_PRODUCT][0] = vm_cotangent_product_f32
own_loops[OP_COTANGENT_PRODUCT][1] = vm_cotangent_product_f64
own_loops[OP_COTANGENT_PRODUCT][2] = vm_cotangent_product_long
own_loops[OP_COTANGENT_QUOTIENT][0] = vm_cotangent_quotient_f32
own_loops[OP_COTANGENT_QUOTIENT][1] = vm_cotangent_quotient_f64
own_loops[OP_COTANGENT_QUOTIENT][2] = vm_cotangent_quotient_long
own_loops[OP_ZERO_PRODUCT][0] = vm_zero_product_f32
own_loops[OP_ZERO_PRODUCT][1] = vm_zero_product_f64
own_loops[OP_ZERO_PRODUCT][2] = vm_zero_product_long


cdef void take_own_loops(Row* row, int op, object c):
    """Kernels of our own, in NumPy's place or where it has none: for an op that C code knows, or by a row's text in
    C."""
    cdef int code, k
    cdef int[3] codes = [NPY_FLOAT, NPY_DOUBLE, NPY_LONGDOUBLE]
    if op < FIRST_FREE_OPCODE:
        for k in range(3):
            if own_loops[op][k] != NULL:
                row.loop[codes[k]] = own_loops[op][k]
    if c == "sin(x)":
        row.loop[NPY_DOUBLE] = vm_sin_f64
    elif c == "cos(x)":
        row.loop[NPY_DOUBLE] = vm_cos_f64
    elif c == "erf(x)":
        ef_prepare()
        row.loop[NPY_DOUBLE] = ef_erf_f64
        row.loop[NPY_FLOAT] = ef_erf_f32
        row.out_type[NPY_DOUBLE] = NPY_DOUBLE
        row.out_type[NPY_FLOAT] = NPY_FLOAT
    elif c == "erfc(x)":
        row.loop[NPY_DOUBLE] = ef_erfc_f64
        row.loop[NPY_FLOAT] = ef_erfc_f32
        row.out_type[NPY_DOUBLE] = NPY_DOUBLE
        row.out_type[NPY_FLOAT] = NPY_FLOAT
    elif c == "condition ? x : y":
        for code in range(TYPES):
            row.out_type[code] = <uint8_t>code
            if item_size[code] == 1:
                row.loop[code] = vm_select_1
            elif item_size[code] == 2:
                row.loop[code] = vm_select_2
            elif item_size[code] == 4:
                row.loop[code] = vm_select_4
            elif item_size[code] == 8:
                row.loop[code] = vm_select_8
            elif item_size[code] == 16:
                row.loop[code] = vm_select_16
            elif item_size[code] == 32:
                row.loop[code] = vm_select_32
    for code in range(TYPES):
        if row.loop[code] != NULL and row.ufunc == NULL:
            row.out_type[code] = <uint8_t>code


cdef int comparison_opcode[6]     # by the number that Python has for a comparison
comparison_opcode[Py_LT] = OP_LESS
comparison_opcode[Py_LE] = OP_LESS_EQUAL
comparison_opcode[Py_EQ] = OP_EQUAL
comparison_opcode[Py_NE] = OP_NOT_EQUAL
comparison_opcode[Py_GT] = OP_GREATER
comparison_opcode[Py_GE] = OP_GREATER_EQUAL


cdef int claim_opcode(str name, number=None) except -1:
    """The opcode of a new row: a number by which C knows it, or the next one."""
    global next_opcode
    cdef int op
    hold(&claims)
    try:
        if name in opcode_by_name:
            raise ValueError(f"the op table already has a row named {name!r}")
        if number is not None:
            op = number
            if not 0 < op < FIRST_FREE_OPCODE or table[op].name != NULL:
                raise ValueError(f"{name}: {number} is no number of an op that C knows, or another row's")
        else:
            op = next_opcode
            if op >= MOST_OPCODES:
                raise ValueError(f"the op table is full: it holds {MOST_OPCODES} rows")
            next_opcode += 1
        opcode_by_name[name] = op
        table[op].name = keep(name)
        return op
    finally:
        let_go(&claims)


cdef Lock claims                # modules that add rows may be imported by several threads


cdef PyObject* keep(object thing):
    """A reference that the table owns for the life of the process."""
    Py_INCREF(thing)
    return <PyObject*>thing


cdef str op_name(int op):
    return <str>table[op].name if table[op].name != NULL else f"op {op}"


cdef bint draws(int op) noexcept:
    """Whether an op gives other numbers each time."""
    return table[op].kind == GENERAL and table[op].draws


cdef double loop_once(const Row* row, int dtype, const double* x) noexcept nogil:
    """What the loop of a dtype gives for one element."""
    cdef double cells[MOST_INPUTS + 1]      # (as addresses of what is of their dtypes)
    cdef char* args[MOST_INPUTS + 1]
    cdef npy_intp strides[MOST_INPUTS + 1]
    cdef npy_intp one = 1
    cdef int k
    for k in range(row.arity):
        args[k] = <char*>&cells[k]
        strides[k] = 1 if k == 0 and row.condition else item_size[dtype]
        write_number(args[k], NPY_BOOL if k == 0 and row.condition else dtype, x[k])
    args[row.arity] = <char*>&cells[row.arity]
    strides[row.arity] = item_size[row.out_type[dtype]]
    row.loop[dtype](args, &one, strides, row.data[dtype])
    return read_number(<char*>&cells[row.arity], row.out_type[dtype])      # (some loops advance `args`)


cdef double scalar_eval(int op, const double* x, int dtype) noexcept nogil:
    """One op on C doubles that stand for numbers of a dtype, to which the caller rounds. Truth values are 0 and 1."""
    cdef Row* row = &table[op]
    if row.scalar2 != NULL:
        return row.scalar2(x[0], x[1])
    if row.scalar1 != NULL:
        return row.scalar1(x[0])
    if row.scalar3 != NULL:
        return row.scalar3(x[0], x[1], x[2])
    if row.formula != NULL:
        return run_on_scalars(row.formula, x, 0, dtype if row.formula.by_width else NPY_DOUBLE)
    if row.by_width and dtype == NPY_FLOAT and row.out_type[NPY_FLOAT] == NPY_FLOAT:
        return loop_once(row, NPY_FLOAT, x)
    return loop_once(row, NPY_DOUBLE, x)


# A rule, or a formula, is walked here and nowhere else. An emitter says what becomes of a constant and of an
# instruction: a number, an instruction of a line, a tensor, a record, a line of C. It has a register file of its own,
# with the program's inputs filled in, and finds operands and puts results there by the program's numbers. One that can
# fail returns -1, with an exception set; `emitted` hands that on.

ctypedef int (*EmitConstant)(void* to, int register, double value) noexcept nogil
ctypedef int (*EmitOp)(void* to, const Instruction* code) noexcept nogil


cdef inline int walk_rule(const Program* p, void* to, EmitConstant constant, EmitOp op) noexcept nogil:
    cdef int i
    for i in range(p.constants):
        if constant(to, p.inputs + i, p.constant[i]) < 0:
            return -1
    for i in range(p.instructions):
        if op(to, &p.code[i]) < 0:
            return -1
    return 0


cdef extern from *:
    int emitted "(int)"(int) except -1


ctypedef struct NumberEmitter:
    int dtype
    double registers[MOST_REGISTERS]


cdef inline int emit_number(NumberEmitter* to, int register, double value) noexcept nogil:
    to.registers[register] = rounded(value, to.dtype)
    return 0


cdef inline int emit_evaluation(NumberEmitter* to, const Instruction* code) noexcept nogil:
    cdef double arguments[MOST_INPUTS]
    cdef int k
    for k in range(MOST_INPUTS):
        if code.inputs[k] >= 0:
            arguments[k] = to.registers[code.inputs[k]]
    return emit_number(to, code.out, scalar_eval(code.op, arguments, to.dtype))


cdef double run_on_scalars(const Program* program, const double* inputs, double output, int dtype) noexcept nogil:
    """A program over C doubles; where it has one input register more than `inputs`, that is `output`. Of float32 each
    result is rounded, as where the program is recorded op by op."""
    cdef NumberEmitter to
    cdef int i, n = program.inputs
    to.dtype = dtype
    for i in range(n - 1):
        to.registers[i] = inputs[i]
    to.registers[n - 1] = output if program.uses & OUTPUT_GIVEN else inputs[n - 1]
    walk_rule(program, &to, <EmitConstant>emit_number, <EmitOp>emit_evaluation)
    return to.registers[program.result]


cdef inline double local_partial(const Partial* p, const double* x, double y) noexcept nogil:
    """d(output)/d(input), from the inputs and the output."""
    if p.source == FROM_CONSTANT:
        return p.constant
    if p.source == FROM_FIRST:
        return x[0]
    if p.source == FROM_SECOND:
        return x[1]
    if p.source == FROM_OUTPUT:
        return y
    if p.source == FROM_SCALAR1:
        return p.constant * p.function(x[0])
    return run_on_scalars(p.program, x, y, NPY_DOUBLE)


cdef inline bint is_special(double partial) noexcept nogil:
    """Whether a product with this partial may be the NaN that zero and infinity give."""
    return partial == 0 or not isfinite(partial)


cdef void float_partials(Record* r, const Row* row, const double* x, double y) noexcept nogil:
    """A float32 record's partials, rounded at each step."""
    cdef const Partial* p
    cdef int k
    for k in range(row.arity):
        p = &row.partial[k]
        if p.source == FROM_PROGRAM:
            r.payload.partial[k] = run_on_scalars(p.program, x, y, NPY_FLOAT)
        else:
            r.payload.partial[k] = <double><float>local_partial(p, x, y)


cdef void classify_partial(Partial* p, Program* program, int arity) noexcept:
    """Most partials are a constant, an operand, the result or one function of an operand: no program need run."""
    p.program = program
    p.source = FROM_PROGRAM
    if program.instructions == 0:
        if program.result >= program.inputs:
            p.source = FROM_CONSTANT
            p.constant = program.constant[program.result - program.inputs]
        elif program.result == arity:
            p.source = FROM_OUTPUT
        elif program.result < 2:
            p.source = FROM_FIRST if program.result == 0 else FROM_SECOND
    elif (program.instructions == 1 and program.code[0].inputs[0] == 0 and table[program.code[0].op].arity == 1
            and table[program.code[0].op].scalar1 != NULL):
        p.source = FROM_SCALAR1
        p.constant = 1.0
        p.function = table[program.code[0].op].scalar1


cdef class Op:
    """A row's handle. `function` is what users call."""
    cdef readonly int opcode
    cdef readonly str name
    cdef readonly tuple parameters
    cdef readonly object function
    cdef readonly bint boolean
    cdef readonly object c              # its C text, and what it costs: see ops/c_loops.py and ops/forms.py
    cdef readonly object cost
    cdef public tuple kinks             # where it has no derivative: ops/kinks.py
    cdef public object formula          # how it is written, in the names of its parameters, as a function of its
                                        # attributes; None: as its C text, or by its name
    cdef bytes encoded_name
    cdef bytes encoded_doc
    cdef PyMethodDef method

    def __reduce__(self):
        return op_named, (self.name,)

    def __getattr__(self, name):
        # Pickle finds a built-in method through the object that it is bound to.
        if name == self.name:
            return self.function
        raise AttributeError(name)

    def __repr__(self):
        return f"<op {self.name!r}>"


cdef dict handles = {}


def op_named(str name):
    """The handle of a row."""
    return handles[name]


cdef Op new_handle(str name, int opcode, parameters, str doc, c=None, cost="each"):
    cdef Op op = Op.__new__(Op)
    op.c = c
    op.cost = cost
    op.kinks = ()
    op.opcode = opcode
    op.name = name
    op.parameters = tuple(parameters)
    op.encoded_name = name.encode()
    op.encoded_doc = f"{name}({', '.join(parameters)}, name=None)\n--\n\n{doc}".encode()
    handles[name] = op
    keep_for_good(op)
    return op
