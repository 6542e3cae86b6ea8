# Inner loops over arrays: `run_nd` is one op over any broadcast of strided operands, and sums are added up in an order
# that shapes alone settle.

cdef enum:
    MOST_DIMS = 36              # of an array in the engine: a tensor's, and a batch's axis or two
    TENSOR_DIMS = 32
    NOGIL_WORK = 1 << 16        # elements times ops from which giving up the GIL pays
    THREAD_WORK = 1 << 18       # elements times ops of a part of shared work: waking a thread for it pays
    AWAKE = 4                   # a part may be so many times smaller while a thread is awake
    PARTS_PER_THREAD = 4        # at most: what one thread does not get round to, others take


# ------------------------------------------------------------------------------------------------ one op, any strides

cdef extern from "sums.h" nogil:
    npy_intp sum_blocks "su_blocks"(npy_intp n, npy_intp most, npy_intp* ends) noexcept
    double sum_of_blocks "su_of_blocks"(npy_intp n, npy_intp most, const double** sums, bint single) noexcept
    void su_rows(bint single, char* out, npy_intp out_step, const char* data, npy_intp row_step, npy_intp rows,
                 npy_intp n) noexcept
    void su_columns(bint single, char* out, const char* data, npy_intp row_step, npy_intp rows, npy_intp n) noexcept
    double su_run(char* data, npy_intp stride, npy_intp count, bint single, Loop add, void* extra) noexcept
    double su_uniform(double value, npy_intp n, bint single, Loop add, void* extra) noexcept

cdef extern from "gather.h" nogil:
    Loop copy_loop "gt_copy_loop"(int item) noexcept
    void gt_copy_stretches(char** args, const npy_intp* dims, const npy_intp* strides, void* data) noexcept
    void gt_gather(char* out, const char* data, int nd, const npy_intp* dims, const npy_intp* strides, npy_intp begin,
                   npy_intp count, int item) noexcept
    int HAS_SINCOS "GT_HAS_SINCOS"
    void gt_put_piece(char* out, npy_intp begin, npy_intp count, const char* data, npy_intp low, npy_intp high,
                      npy_intp row, int item) noexcept
    void c_sincos "gt_sincos"(double x, double* sine, double* cosine) noexcept


cdef extern from "casts.h" nogil:
    Loop cast_loop "cs_find"(int from_, int to) noexcept


cdef struct Operands:
    int count
    int nd
    npy_intp dims[MOST_DIMS]
    npy_intp strides[MOST_INPUTS + 1][MOST_DIMS]
    char* data[MOST_INPUTS + 1]


cdef inline void take_shape(Operands* o, const Operands* shape) noexcept nogil:
    """Sizes and strides of another iteration: those that there are, of the many that there may be."""
    cdef int k
    cdef size_t size = shape.nd * sizeof(npy_intp)
    o.count = shape.count
    o.nd = shape.nd
    memcpy(&o.dims[0], &shape.dims[0], size)
    for k in range(shape.count):
        memcpy(&o.strides[k][0], &shape.strides[k][0], size)


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


cdef inline npy_intp operand_size(const Operands* o) noexcept nogil:
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


cdef void run_sum_along(Loop loop, void* extra, Operands* o, int inner) noexcept nogil:
    """Add up along one dimension, for each place in the others: by loops of our own over two dimensions, where elements
    lie together and are floats or doubles, which add as NumPy's do."""
    cdef bint single = loop == table[OP_ADD].loop[NPY_FLOAT], rows = o.strides[2][inner] == 0
    cdef npy_intp item = sizeof(float) if single else sizeof(double), count = 1, outer = 1, i, at
    cdef npy_intp step = 0, out_step = 0
    cdef char* out
    cdef char* data
    cdef int d, last = inner - 1
    if (not (single or loop == table[OP_ADD].loop[NPY_DOUBLE]) or inner != o.nd - 1 or o.strides[1][inner] != item
            or not (rows or o.strides[2][inner] == item)):
        run_along(loop, extra, o, inner)
        return
    if last >= 0:
        count = o.dims[last]
        step = o.strides[1][last]
        out_step = o.strides[2][last]
    if not rows and out_step != 0:
        run_along(loop, extra, o, inner)
        return
    for d in range(last):
        outer *= o.dims[d]
    for i in range(outer):
        out = o.data[2]
        data = o.data[1]
        at = i
        for d in range(last - 1, -1, -1):
            out += at % o.dims[d] * o.strides[2][d]
            data += at % o.dims[d] * o.strides[1][d]
            at //= o.dims[d]
        if rows:
            su_rows(single, out, out_step, data, step, count, o.dims[inner])
        else:
            su_columns(single, out, data, step, count, o.dims[inner])


ctypedef struct Shared:         # an iteration, shared out along a dimension
    Loop loop
    void* extra
    Operands* operands
    int dimension
    int inner                   # the dimension that the loop runs along, where that is settled; or -1


cdef inline void run_part(const Shared* shared, Operands* o) noexcept nogil:
    if shared.inner < 0:
        run_nd(shared.loop, shared.extra, o)
    elif operand_size(o):
        run_sum_along(shared.loop, shared.extra, o, shared.inner)


cdef void run_share(void* context, int thread, int part, int parts) noexcept nogil:
    cdef const Shared* shared = <const Shared*>context
    cdef Operands o = shared.operands[0]
    cdef int d = shared.dimension, k
    cdef npy_intp size = o.dims[d], begin = size * part // parts
    o.dims[d] = size * (part + 1) // parts - begin
    for k in range(o.count):
        o.data[k] += begin * o.strides[k][d]
    run_part(shared, &o)


cdef inline int shared_parts(npy_intp work, npy_intp of_part) noexcept nogil:
    """Into how many parts to divide so much work, where for so much of it waking a thread pays."""
    cdef npy_intp parts = work // of_part
    cdef int threads
    if parts < 2 and work >= 2 * (of_part // AWAKE) and wk_awake():
        parts = work // (of_part // AWAKE)
    threads = wk_ready() if parts >= 2 else 1
    return <int>min(parts, <npy_intp>(PARTS_PER_THREAD * threads)) if threads >= 2 else 1


cdef int parts_for(npy_intp work) noexcept nogil:
    """The same of elements times ops."""
    return shared_parts(work, THREAD_WORK)


cdef void share_out(Loop loop, void* extra, Operands* o, int inner) noexcept:
    """Run a whole iteration: a large one without the GIL, by several threads. `inner` is the dimension that the loop
    runs along, where that decides in which order it adds up; or -1."""
    cdef npy_intp size = operand_size(o)
    cdef Shared shared
    cdef int d
    shared.loop = loop
    shared.extra = extra
    shared.operands = o
    shared.inner = inner
    if size < NOGIL_WORK:
        run_part(&shared, o)
        return
    shared.dimension = -1
    # Along the longest dimension in which every thread writes elements of its own: a sum is never split, so that its
    # digits do not depend on the number of threads.
    for d in range(o.nd):
        if o.strides[o.count - 1][d] != 0 and (shared.dimension < 0 or o.dims[d] > o.dims[shared.dimension]):
            shared.dimension = d
    with nogil:
        if shared.dimension < 0 or o.dims[shared.dimension] < parts_for(size):
            run_part(&shared, o)
        else:
            wk_run(run_share, &shared, parts_for(size), wk_threads())


cdef inline void run_operands(Row* row, int code, Operands* o) noexcept:
    share_out(row.loop[code], row.data[code], o, -1)


cdef ndarray scalar_array(double value, int code):
    cdef ndarray array = new_array(code, 0, NULL)
    write_number(<char*>PyArray_DATA(array), code, value)
    return array


cdef ndarray uniform_array(double value, int code, int nd, npy_intp* dims):
    """An array of one value everywhere, in the memory of one element."""
    cdef ndarray one = scalar_array(value, code)
    cdef npy_intp strides[MOST_DIMS]
    cdef ndarray array
    cdef int d
    for d in range(nd):
        strides[d] = 0
    array = PyArray_New(<PyTypeObject*>ndarray_type, nd, dims, type_number(code), strides, PyArray_DATA(one), 0, 0,
                        NULL)
    Py_INCREF(one)
    PyArray_SetBaseObject(array, one)
    return array


cdef bint is_uniform(ndarray array) noexcept:
    """Whether all elements share one place in memory, which can then be read for all of them: there is one, at
    least."""
    cdef int d
    for d in range(PyArray_NDIM(array)):
        if PyArray_DIMS(array)[d] != 1 and (PyArray_STRIDES(array)[d] != 0 or PyArray_DIMS(array)[d] == 0):
            return False
    return True


cdef inline double read_scalar(ndarray array) noexcept:
    """The first element of a float or truth-value array, which has one. (It need not be aligned.)"""
    cdef double cell = 0
    memcpy(&cell, PyArray_DATA(array), item_size[type_code(array)])
    return read_number(<char*>&cell, type_code(array))


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
    if is_sole(x) and pooled_memory(x):
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
# are: what is summed eagerly, block by block in a line, and in a replay then agrees to the last bit.
#
# Neighbouring dimensions that are summed, or kept, are one. Along the inner one of these NumPy's loops add pairwise: a
# run of more than SU_LEAF (sums.h) elements is halved (but for a multiple of 8) and the sums of both parts are added
# up.

cdef bint join_sum(Operands* o, const npy_intp* kept) noexcept nogil:
    """Join the dimensions of a sum (operands: result, x, result): `kept` has a one where it is summed. Whether x's
    strides allowed it; else x must be copied before."""
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


cdef inline void run_sum(Loop loop, void* extra, Operands* o) noexcept:
    """Add up to a result of zeros, dimensions being joined."""
    share_out(loop, extra, o, inner_dimension(o))


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


cdef inline double block_sum(char* data, npy_intp stride, npy_intp count, int dtype) noexcept nogil:
    """A run of floats or doubles, added up by NumPy's loop."""
    return su_run(data, stride, count, dtype == NPY_FLOAT, table[OP_ADD].loop[dtype], table[OP_ADD].data[dtype])


cdef inline double uniform_sum(double value, npy_intp n, int dtype) noexcept nogil:
    """The same number n times, added up."""
    return su_uniform(value, n, dtype == NPY_FLOAT, table[OP_ADD].loop[dtype], table[OP_ADD].data[dtype])
