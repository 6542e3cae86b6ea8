# The engine: runs inner loops over arrays. `run_nd` is one op over any broadcast of strided operands; a Stretch is a
# straight line of elementwise ops over one shape, run block by block with scratch registers instead of temporaries.

cdef enum:
    MOST_DIMS = 36              # of an array in the engine: a tensor's, and a batch's axis or two
    TENSOR_DIMS = 32
    BLOCK_BYTES = 8192          # of one scratch register: a handful of them stay in L1
    NOGIL_WORK = 1 << 16        # elements times ops from which giving up the GIL pays
    THREAD_WORK = 1 << 18       # elements times ops of a part of shared work: waking a thread for it pays
    PARTS_PER_THREAD = 4        # at most: what one thread does not get round to, others take


# ------------------------------------------------------------------------------------------------ one op, any strides

cdef struct Operands:
    int count
    int nd
    npy_intp dims[MOST_DIMS]
    npy_intp strides[MOST_INPUTS + 1][MOST_DIMS]
    char* data[MOST_INPUTS + 1]


cdef void run_nd(Loop loop, void* extra, Operands* o) noexcept nogil:
    """Call an inner loop over all of an N-dimensional iteration; operands broadcast by strides of zero."""
    cdef npy_intp steps[MOST_INPUTS + 1]
    cdef int d, k, n = 0
    cdef bint joins
    for d in range(o.nd):
        if o.dims[d] == 0:
            return
    # Drop dimensions of one element, and join neighbours that every operand walks as one.
    for d in range(o.nd):
        if o.dims[d] == 1:
            continue
        joins = n > 0
        if joins:
            for k in range(o.count):
                if o.strides[k][n - 1] != o.strides[k][d] * o.dims[d]:
                    joins = False
                    break
        if joins:
            o.dims[n - 1] *= o.dims[d]
            for k in range(o.count):
                o.strides[k][n - 1] = o.strides[k][d]
        else:
            o.dims[n] = o.dims[d]
            for k in range(o.count):
                o.strides[k][n] = o.strides[k][d]
            n += 1
    if n == 0:
        o.dims[0] = 1
        for k in range(o.count):
            o.strides[k][0] = 0
        n = 1
    o.nd = n
    if n == 1:      # most iterations are: one call of the loop
        for k in range(o.count):
            steps[k] = o.strides[k][0]
        loop(o.data, &o.dims[0], steps, extra)
        return
    run_along(loop, extra, o, inner_dimension(o))


cdef inline int inner_dimension(const Operands* o) noexcept nogil:
    """The inner loop takes the last dimension, unless that one is too short to be worth a call."""
    cdef int d, inner = o.nd - 1
    if o.dims[inner] < 16:
        for d in range(o.nd - 1):
            if o.dims[d] > 4 * o.dims[inner]:
                inner = d
    return inner


cdef void run_along(Loop loop, void* extra, Operands* o, int inner) noexcept nogil:
    """Call an inner loop along one dimension, for each place in the others."""
    cdef npy_intp index[MOST_DIMS]
    cdef npy_intp steps[MOST_INPUTS + 1]
    cdef char* args[MOST_INPUTS + 1]
    cdef char* at[MOST_INPUTS + 1]
    cdef npy_intp count = o.dims[inner]
    cdef int d, k, n = o.nd
    for k in range(o.count):
        steps[k] = o.strides[k][inner]
        at[k] = o.data[k]
    for d in range(inner, n - 1):
        o.dims[d] = o.dims[d + 1]
        for k in range(o.count):
            o.strides[k][d] = o.strides[k][d + 1]
    n -= 1
    for d in range(n):
        index[d] = 0
    while True:
        for k in range(o.count):
            args[k] = at[k]
        loop(args, &count, steps, extra)
        d = n - 1
        while d >= 0:
            index[d] += 1
            if index[d] < o.dims[d]:
                for k in range(o.count):
                    at[k] += o.strides[k][d]
                break
            for k in range(o.count):
                at[k] -= o.strides[k][d] * (o.dims[d] - 1)
            index[d] = 0
            d -= 1
        if d < 0:
            return


cdef inline void set_operand(Operands* o, int k, ndarray array) noexcept:
    """Operand k is `array`, broadcast to the iteration's dimensions (which it must fit)."""
    cdef int nd = PyArray_NDIM(array), lead = o.nd - nd, d
    cdef npy_intp* dims = PyArray_DIMS(array)
    cdef npy_intp* strides = PyArray_STRIDES(array)
    o.data[k] = <char*>PyArray_DATA(array)
    check(lead >= 0 and 0 <= k <= MOST_INPUTS and PyArray_CHKFLAGS(array, NPY_ARRAY_ALIGNED))
    for d in range(lead):
        o.strides[k][d] = 0
    for d in range(nd):
        check(dims[d] == 1 or dims[d] == o.dims[lead + d])
        o.strides[k][lead + d] = 0 if dims[d] == 1 else strides[d]


cdef inline npy_intp operand_size(Operands* o) noexcept:
    cdef npy_intp size = 1
    cdef int d
    for d in range(o.nd):
        size *= o.dims[d]
    return size


cdef inline int set_dims(Operands* o, ndarray array) noexcept:
    cdef int d
    check(PyArray_NDIM(array) <= MOST_DIMS)
    o.nd = PyArray_NDIM(array)
    for d in range(o.nd):
        o.dims[d] = PyArray_DIMS(array)[d]
    return 0


ctypedef struct Shared:         # one op, its iteration shared out along a dimension
    Loop loop
    void* extra
    Operands* operands
    int dimension
    int inner                   # of a sum: the dimension that the loop runs along


cdef void run_share(void* context, int thread, int part, int parts) noexcept nogil:
    cdef Shared* shared = <Shared*>context
    cdef Operands o = shared.operands[0]
    cdef int d = shared.dimension, k
    cdef npy_intp size = o.dims[d], begin = size * part // parts
    o.dims[d] = size * (part + 1) // parts - begin
    for k in range(o.count):
        o.data[k] += begin * o.strides[k][d]
    run_nd(shared.loop, shared.extra, &o)


cdef int parts_for(npy_intp work) noexcept nogil:
    """Into how many parts to divide so much work."""
    cdef npy_intp parts = work // THREAD_WORK
    cdef int most = PARTS_PER_THREAD * wk_threads()
    if parts < 2 or wk_threads() < 2:
        return 1
    return <int>parts if parts < most else most


cdef inline void run_operands(Row* row, int code, Operands* o) noexcept:
    cdef npy_intp size = operand_size(o)
    cdef Shared shared
    cdef int d
    if size < NOGIL_WORK:
        run_nd(row.loop[code], row.data[code], o)
        return
    shared.loop = row.loop[code]
    shared.extra = row.data[code]
    shared.operands = o
    shared.dimension = -1
    # Along the longest dimension in which every thread writes elements of its own: a sum is never split, so that its
    # digits do not depend on the number of threads.
    for d in range(o.nd):
        if o.strides[o.count - 1][d] != 0 and (shared.dimension < 0 or o.dims[d] > o.dims[shared.dimension]):
            shared.dimension = d
    with nogil:
        if shared.dimension < 0 or o.dims[shared.dimension] < parts_for(size):
            run_nd(row.loop[code], row.data[code], o)
        else:
            wk_run(run_share, &shared, parts_for(size), wk_threads())


cdef void write_scalar(char* to, int code, double value) noexcept nogil:
    """A C double as one element of a dtype that scalars may have."""
    if code == NPY_DOUBLE:
        (<double*>to)[0] = value
    elif code == NPY_FLOAT:
        (<float*>to)[0] = <float>value
    else:
        (<uint8_t*>to)[0] = value != 0


cdef ndarray scalar_array(double value, int code):
    cdef ndarray array = new_array(code, 0, NULL)
    write_scalar(<char*>PyArray_DATA(array), code, value)
    return array


cdef ndarray uniform_array(double value, int code, int nd, npy_intp* dims):
    """An array of one value everywhere, in the memory of one element."""
    cdef ndarray one = scalar_array(value, code)
    cdef npy_intp strides[MOST_DIMS]
    cdef ndarray array
    cdef int d
    for d in range(nd):
        strides[d] = 0
    array = PyArray_New(<PyTypeObject*>ndarray_type, nd, dims, type_number(code), strides, PyArray_DATA(one), 0, 0, NULL)
    Py_INCREF(one)
    PyArray_SetBaseObject(array, one)
    return array


cdef bint is_uniform(ndarray array) noexcept:
    """Whether all elements share one place in memory, which can then be read for all of them: there is one, at least."""
    cdef int d
    for d in range(PyArray_NDIM(array)):
        if PyArray_DIMS(array)[d] != 1 and (PyArray_STRIDES(array)[d] != 0 or PyArray_DIMS(array)[d] == 0):
            return False
    return True


cdef inline double read_scalar(ndarray array) noexcept:
    """The first element of a float or truth-value array, which has one. (It need not be aligned.)"""
    cdef int code = type_code(array)
    cdef double number
    cdef float single
    if code == NPY_DOUBLE:
        memcpy(&number, PyArray_DATA(array), sizeof(double))
        return number
    if code == NPY_FLOAT:
        memcpy(&single, PyArray_DATA(array), sizeof(float))
        return single
    return (<uint8_t*>PyArray_DATA(array))[0]


cdef inline bint same_shape(ndarray x, ndarray y) noexcept:
    cdef int d, nd = PyArray_NDIM(x)
    if nd != PyArray_NDIM(y):
        return False
    for d in range(nd):
        if PyArray_DIMS(x)[d] != PyArray_DIMS(y)[d]:
            return False
    return True


cdef inline bint pooled_memory(PyObject* array) noexcept:
    """Whether an array is contiguous, writeable and in a block of its own from the pool."""
    return (PyArray_CHKFLAGS(<ndarray>array, NPY_ARRAY_OWNDATA | NPY_ARRAY_CARRAY)
            and (<ArrayFields*>array).mem_handler == <PyObject*>pool_capsule)


cdef PyObject* add_arrays(PyObject* x, ndarray y) except NULL:
    """x + y of one shape and dtype. Takes over the reference to `x`, and its memory where that was the last one."""
    cdef Operands o
    cdef ndarray out
    cdef int code = type_code(<ndarray>x)
    check(PyArray_CHKFLAGS(y, NPY_ARRAY_ALIGNED))
    o.count = 3
    set_dims(&o, <ndarray>x)
    set_operand(&o, 0, <ndarray>x)
    set_operand(&o, 1, y)
    if x.ob_refcnt == 1 and pooled_memory(x):
        set_operand(&o, 2, <ndarray>x)
        run_operands(&table[OP_ADD], code, &o)
        return x
    try:
        out = new_array(code, PyArray_NDIM(y), PyArray_DIMS(y))
        set_operand(&o, 2, out)
        run_operands(&table[OP_ADD], code, &o)
    finally:
        Py_XDECREF(x)
    Py_INCREF(out)
    return <PyObject*>out


# In which order a sum adds is settled by shapes alone, not by how the operand lies in memory or how many threads there
# are: what is summed eagerly, block by block in a stretch, and in a replay then agrees to the last bit.
#
# Neighbouring dimensions that are summed, or kept, are one. Along the inner one of these NumPy's loops add pairwise: a
# run of more than SUM_LEAF elements is halved (but for a multiple of 8) and the sums of both parts are added up.

cdef enum:
    SUM_LEAF = 128


cdef bint join_sum(Operands* o, const npy_intp* kept) noexcept nogil:
    """Join the dimensions of a sum (operands: result, x, result): `kept` has a one where it is summed. Whether x's strides
    allowed it; else x must be copied before."""
    cdef npy_intp dims[MOST_DIMS]
    cdef bint summed, before = False
    cdef int d, n = 0
    for d in range(o.nd):
        dims[d] = o.dims[d]
    for d in range(o.nd):
        if dims[d] == 1:
            continue
        summed = kept[d] == 1
        if n > 0 and summed == before:
            if o.strides[1][n - 1] != o.strides[1][d] * dims[d]:
                return False
            o.dims[n - 1] *= dims[d]
        else:
            o.dims[n] = dims[d]
            n += 1
        o.strides[0][n - 1] = o.strides[2][n - 1] = o.strides[0][d]
        o.strides[1][n - 1] = o.strides[1][d]
        before = summed
    if n == 0:
        o.dims[0] = 1
        o.strides[0][0] = o.strides[1][0] = o.strides[2][0] = 0
        n = 1
    o.nd = n
    return True


cdef void run_sum_share(void* context, int thread, int part, int parts) noexcept nogil:
    cdef Shared* shared = <Shared*>context
    cdef Operands o = shared.operands[0]
    cdef int d = shared.dimension, k
    cdef npy_intp size = o.dims[d], begin = size * part // parts
    o.dims[d] = size * (part + 1) // parts - begin
    for k in range(o.count):
        o.data[k] += begin * o.strides[k][d]
    if o.dims[d]:
        run_along(shared.loop, shared.extra, &o, shared.inner)


cdef void run_sum(Loop loop, void* extra, Operands* o) noexcept:
    """Add up to a result of zeros, dimensions being joined."""
    cdef npy_intp size = operand_size(o)
    cdef Shared shared
    cdef int d
    if size == 0:
        return
    shared.loop = loop
    shared.extra = extra
    shared.operands = o
    shared.inner = inner_dimension(o)
    shared.dimension = -1
    if size < NOGIL_WORK:
        run_along(loop, extra, o, shared.inner)
        return
    for d in range(o.nd):       # shared out along what is kept only
        if o.strides[2][d] != 0 and (shared.dimension < 0 or o.dims[d] > o.dims[shared.dimension]):
            shared.dimension = d
    with nogil:
        if shared.dimension < 0 or o.dims[shared.dimension] < parts_for(size):
            run_along(loop, extra, o, shared.inner)
        else:
            wk_run(run_sum_share, &shared, parts_for(size), wk_threads())


cdef inline ndarray widened_array(ndarray x):
    """Half precisions as float32, in which they are computed with."""
    return x.astype(dtype_objects[NPY_FLOAT]) if is_half(type_code(x)) else x


cdef inline ndarray narrowed_array(ndarray x, int code):
    """What was computed for operands of a half precision, rounded to it; integers and complex numbers stay."""
    return x.astype(dtype_objects[code]) if is_float(type_code(x)) and type_code(x) != code else x


cdef ndarray sum_array(ndarray x, int nd, npy_intp* kept):
    """The sum of `x` over the axes in which the shape `kept` (of x's rank) has a one."""
    cdef Operands o
    cdef int code = type_code(x)
    cdef ndarray out
    if is_half(code):
        return narrowed_array(sum_array(widened_array(x), nd, kept), code)
    out = zeros_array(code, nd, kept)
    if not PyArray_CHKFLAGS(x, NPY_ARRAY_ALIGNED):
        x = copy_of(x)
    lay_out_sum(&o, x, out)
    if not join_sum(&o, kept):
        x = copy_of(x)
        lay_out_sum(&o, x, out)
        join_sum(&o, kept)
    run_sum(table[OP_ADD].loop[code], table[OP_ADD].data[code], &o)
    return out


cdef void lay_out_sum(Operands* o, ndarray x, ndarray out) noexcept:
    # The output is the first operand too; it stands still along the reduced axes, which NumPy's loops take for a
    # reduction, and sum pairwise.
    o.count = 3
    set_dims(o, x)
    set_operand(o, 1, x)
    set_operand(o, 0, out)
    set_operand(o, 2, out)


cdef inline npy_intp first_half(npy_intp n) noexcept nogil:
    """How many of n elements NumPy's loops add up first, where they are too many for one run."""
    cdef npy_intp half = n // 2
    return half - half % 8


cdef npy_intp sum_blocks(npy_intp n, npy_intp most, npy_intp begin, npy_intp* ends, npy_intp count) noexcept nogil:
    """Where the blocks end of at most so many elements (SUM_LEAF at least) whose sums are nodes of the tree of n elements;
    returns their number. Without `ends` they are only counted."""
    cdef npy_intp half
    if n <= most:
        if ends != NULL:
            ends[count] = begin + n
        return count + 1
    half = first_half(n)
    count = sum_blocks(half, most, begin, ends, count)
    return sum_blocks(n - half, most, begin + half, ends, count)


cdef double sum_of_blocks(npy_intp n, npy_intp most, const double** sums, bint single) noexcept nogil:
    """The sum of n elements from those blocks' sums."""
    cdef npy_intp half
    cdef double total
    if n <= most:
        total = sums[0][0]
        sums[0] += 1
        return total
    half = first_half(n)
    total = sum_of_blocks(half, most, sums, single)
    total += sum_of_blocks(n - half, most, sums, single)
    return <double><float>total if single else total


cdef double block_sum(char* data, npy_intp stride, npy_intp count, int dtype) noexcept nogil:
    """A run of floats or doubles, added up by NumPy's loop."""
    cdef char* args[3]
    cdef npy_intp steps[3]
    cdef double total = 0
    cdef float total_float = 0
    args[0] = args[2] = <char*>&total_float if dtype == NPY_FLOAT else <char*>&total
    args[1] = data
    steps[0] = steps[2] = 0
    steps[1] = stride
    table[OP_ADD].loop[dtype](args, &count, steps, table[OP_ADD].data[dtype])
    return <double>total_float if dtype == NPY_FLOAT else total


cdef double uniform_sum(double value, npy_intp n, int dtype) noexcept nogil:
    """The same number n times, added up. At each depth of the tree there are two numbers of elements, or three."""
    cdef npy_intp sizes[256]
    cdef double sums[256]
    cdef int count = 0
    if n == 0:
        return 0.0
    return uniform_node(value, n, dtype, sizes, sums, &count)


cdef double uniform_node(double value, npy_intp n, int dtype, npy_intp* sizes, double* sums, int* count) noexcept nogil:
    cdef double aligned = 0
    cdef char* cell = <char*>&aligned
    cdef npy_intp half
    cdef double total
    cdef int k
    for k in range(count[0]):
        if sizes[k] == n:
            return sums[k]
    if n <= SUM_LEAF:
        write_scalar(cell, dtype, value)
        total = block_sum(cell, 0, n, dtype)
    else:
        half = first_half(n)
        total = uniform_node(value, half, dtype, sizes, sums, count)
        total += uniform_node(value, n - half, dtype, sizes, sums, count)
        if dtype == NPY_FLOAT:
            total = <double><float>total
    if count[0] < 256:
        sizes[count[0]] = n
        sums[count[0]] = total
        count[0] += 1
    return total


# --------------------------------------------------------------------------------- a straight line, block by block

cdef enum RegisterKind:
    ARRAY_REGISTER              # reads an array of the stretch's shape
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

ctypedef struct Stretch:
    int nd
    int dtype
    int code_count
    int count
    npy_intp dims[MOST_DIMS]
    npy_intp size
    Instruction code[MOST_CODE]
    Register register[MOST_STRETCH]


cdef void stretch_clear(Stretch* s) noexcept:
    cdef int r
    for r in range(s.count):
        Py_XDECREF(s.register[r].owner)
    s.count = 0
    s.code_count = 0


cdef void stretch_begin(Stretch* s, int dtype, int nd, npy_intp* dims) noexcept:
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


cdef inline bint stretch_fits(Stretch* s, int dtype, int nd, npy_intp* dims) noexcept:
    cdef int d
    if s.dtype != dtype or s.nd != nd:
        return False
    for d in range(nd):
        if s.dims[d] != dims[d]:
            return False
    return True


cdef inline Register* stretch_register(Stretch* s, int kind, int dtype) noexcept:
    cdef Register* r = &s.register[s.count]
    check(0 <= s.count < MOST_STRETCH)
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


cdef int stretch_uniform(Stretch* s, double value, int dtype) noexcept:
    cdef Register* r = stretch_register(s, UNIFORM_REGISTER, dtype)
    if dtype == NPY_FLOAT:
        value = <double><float>value
    r.number = value
    return s.count - 1


cdef int stretch_spread(Stretch* s, double value, int dtype) noexcept:
    """An array of one number everywhere."""
    cdef int register = stretch_uniform(s, value, dtype)
    s.register[register].spread = 1
    return register


cdef int stretch_load(Stretch* s, ndarray array) except -1:
    """A register that reads `array`, broadcast to the stretch's shape."""
    cdef Register* r
    cdef ndarray whole = array
    cdef Operands o
    cdef bint fits = PyArray_NDIM(array) == s.nd
    cdef int d
    if is_uniform(array) and (type_code(array) == s.dtype or type_code(array) == NPY_BOOL):
        return stretch_spread(s, read_scalar(array), type_code(array))
    if fits:
        for d in range(s.nd):
            fits = fits and PyArray_DIMS(array)[d] == s.dims[d]
    if not fits or not PyArray_CHKFLAGS(array, NPY_ARRAY_CARRAY_RO):
        whole = new_array(type_code(array), s.nd, s.dims)
        PyArray_CopyInto(whole, array)
    r = stretch_register(s, ARRAY_REGISTER, type_code(array))
    r.data = <char*>PyArray_DATA(whole)
    Py_INCREF(whole)
    r.owner = <PyObject*>whole
    return s.count - 1


cdef double loop_once(Stretch* s, int op, int* inputs) noexcept:
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


cdef int stretch_emit(Stretch* s, int op, int* inputs) noexcept:
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
        return stretch_uniform(s, scalar_eval(op, values, dtype), NPY_BOOL if row.boolean else dtype)
    if uniform and row.loop[dtype] != NULL:
        return stretch_spread(s, loop_once(s, op, inputs), NPY_BOOL if row.boolean else dtype)
    if row.formula != NULL:
        return stretch_run_program(s, row.formula, inputs)
    check(0 <= s.code_count < MOST_CODE)
    code = &s.code[s.code_count]
    code.op = <uint16_t>op
    for k in range(row.arity):
        check(0 <= inputs[k] < s.count)
        code.inputs[k] = <int16_t>inputs[k]
        s.register[inputs[k]].last = <int16_t>s.code_count
    r = stretch_register(s, RESULT_REGISTER, NPY_BOOL if row.boolean else dtype)
    code.out = <int16_t>(s.count - 1)
    s.code_count += 1
    return s.count - 1


cdef int stretch_run_program(Stretch* s, Program* p, int* inputs) noexcept:
    """Append a program whose input registers are these. Returns the result's register."""
    cdef int registers[MOST_REGISTERS]
    cdef int arguments[MOST_INPUTS]
    cdef int i, k, n = p.inputs
    check(n + p.constants + p.instructions <= MOST_REGISTERS)
    for i in range(n):
        registers[i] = inputs[i]
    for i in range(p.constants):
        registers[n + i] = stretch_uniform(s, p.constant[i], s.dtype)
    n += p.constants
    for i in range(p.instructions):
        for k in range(MOST_INPUTS):
            if p.code[i].inputs[k] >= 0:
                arguments[k] = registers[p.code[i].inputs[k]]
        registers[n + i] = stretch_emit(s, p.code[i].op, arguments)
    return registers[p.result]


cdef inline bint stretch_has_room(Stretch* s, int code, int registers) noexcept:
    return s.code_count + code <= MOST_CODE and s.count + registers <= MOST_STRETCH


cdef int stretch_run(Stretch* s) except -1:
    """Run what has been emitted. Wanted registers then own an array, summed ones hold their sum in `total`."""
    cdef int slots[MOST_STRETCH]
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
                        and q.owner != NULL and q.owner.ob_refcnt == 1 and pooled_memory(q.owner)):
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
    cdef StretchRun run
    cdef npy_intp block = BLOCK_BYTES // item_size[s.dtype]
    run.stretch = s
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
        run.blocks = sum_blocks(s.size, block, 0, NULL, 0)
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
            sum_blocks(s.size, block, 0, run.ends, 0)
    if s.size * s.code_count >= NOGIL_WORK:
        with nogil:
            wk_run(run_stretch_blocks, &run, parts, threads)
    else:
        run_stretch_blocks(&run, 0, 0, 1)
    if run.scratch != NULL:
        pool_give(run.scratch)
    if run.sums != NULL:
        add_up_blocks(&run)
        pool_give(run.sums)
    return 0


ctypedef struct StretchRun:
    Stretch* stretch
    int slots                   # scratch blocks of a thread
    npy_intp blocks
    char* scratch
    int summed                  # registers whose elements are summed
    double* sums                # of each block, for each of them in turn
    npy_intp* ends              # of the blocks, where there are sums: blocks are then nodes of their trees


cdef void add_up_blocks(StretchRun* run) noexcept nogil:
    """The sums of the blocks, whichever threads had them, as the whole would be summed."""
    cdef Stretch* s = run.stretch
    cdef const double* sums = run.sums
    cdef Register* r
    cdef int i
    for i in range(s.count):
        r = &s.register[i]
        if r.summed and r.kind != UNIFORM_REGISTER and s.size:
            r.total += sum_of_blocks(s.size, BLOCK_BYTES // item_size[s.dtype], &sums, r.dtype == NPY_FLOAT)


cdef void run_stretch_blocks(void* context, int thread, int part, int parts) noexcept nogil:
    """One part of the blocks."""
    cdef StretchRun* run = <StretchRun*>context
    cdef Stretch* s = run.stretch
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


cdef ndarray stretch_array(Stretch* s, int register):
    """The array of a register that was wanted, after the run."""
    cdef Register* r = &s.register[register]
    if r.kind == UNIFORM_REGISTER:
        return uniform_array(r.number, r.dtype, s.nd, s.dims)
    return <ndarray>r.owner


cdef ndarray run_formula(Row* row, int dtype, list arrays, int nd, npy_intp* dims):
    """A kernel that is made of other ops, fused."""
    cdef Stretch s
    cdef int inputs[MOST_INPUTS]
    cdef int k, result
    stretch_begin(&s, dtype, nd, dims)
    try:
        for k in range(row.arity):
            inputs[k] = stretch_load(&s, arrays[k])
        result = stretch_run_program(&s, row.formula, inputs)
        s.register[result].wanted = 1
        stretch_run(&s)
        return stretch_array(&s, result)
    finally:
        stretch_clear(&s)
