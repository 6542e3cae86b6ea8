# Products of matrices, and of stacks of them.

cdef extern from "small_products.h" nogil:
    ctypedef void (*SmallProduct "sp_loop")(const npy_intp* core, const npy_intp* steps, const char* a, const char* b,
                                            char* out) noexcept
    SmallProduct small_product "sp_find"(int item, const npy_intp* core) noexcept


cdef enum:
    FEW = 16                    # elements of an array that a plan may take for numbers (dissolving.pxi)


cdef inline bint blas_reads(int nd, const npy_intp* dims, const npy_intp* strides, npy_intp item) noexcept nogil:
    """Whether a product may be left to BLAS with these matrices as they lie: either of the two axes is one of
    neighbours. (It takes no strides of zero, as the cotangent of a sum has them, and no rows backwards, and NumPy's
    loop for what it does not take adds up in another order. Rows of few elements lie side by side, as a plan has those
    that it takes for numbers: what BLAS makes of few depends on their strides.)"""
    cdef npy_intp rows = dims[nd - 2], columns = dims[nd - 1], count = 1
    cdef int d
    if strides[nd - 2] == item or (rows == 1 and columns == 1):
        return True
    if strides[nd - 1] != item or rows == 1 or strides[nd - 2] == item * columns:
        return strides[nd - 1] == item
    for d in range(nd):
        count *= dims[d]
    return strides[nd - 2] == 0 or (strides[nd - 2] > item * columns and count > FEW)


cdef inline ndarray for_blas(ndarray x):
    if not PyArray_CHKFLAGS(x, NPY_ARRAY_ALIGNED):
        return own_copy(x)
    return x if blas_reads(PyArray_NDIM(x), PyArray_DIMS(x), PyArray_STRIDES(x),
                           item_size[type_code(x)]) else own_copy(x)


cdef enum:
    BLAS_WORK = 1 << 13         # multiplications from which BLAS may wake threads for a matrix times a vector
    PART_WORK = 1 << 20         # work of a part: waking a thread for it pays
    PIECE_WORK = 1 << 21        # multiplications of a piece of one product
    JOINED_WORK = (1 << 22) // 3 + 1    # the same, of rows that join: with ROW_GRAIN fewer of FEW_ROWS it is 1 << 20
    VECTOR_WORK = 1 << 17       # the same, where one operand is a vector
    LONG = 1024                 # of the inner dimension, in a piece that is a sum
    ROW_GRAIN = 24              # rows: a multiple of what BLAS' kernels take at a time
    FEW_ROWS = 4 * ROW_GRAIN    # pieces of fewer pack the other operand for little
    MOST_PIECES = 64

cdef extern from *:
    """
    #if defined(__x86_64__) || defined(_M_X64)
    #define ROWS_JOIN 1
    #else
    #define ROWS_JOIN 0
    #endif
    """
    const bint ROWS_JOIN

ctypedef struct Products:       # a stack of matrix products
    int code
    int nd                      # of the stack
    npy_intp dims[MOST_DIMS]
    npy_intp sa[MOST_DIMS]
    npy_intp sb[MOST_DIMS]
    npy_intp core[4]
    npy_intp steps[9]
    char* a
    char* b
    char* out
    npy_intp count
    SmallProduct small_loop     # what runs each of them in the place of BLAS; or NULL
    bint swapped                # a is the second operand, and b the first one: the result is another's transpose
    npy_intp pieces             # of one product: what `cut_product` says
    npy_intp grain
    int cut                     # which dimension of `core` is cut
    char* sums                  # of pieces of the inner one: room for all but the first
    bint joins
    bint mirrors                # where a matrix meets itself, the result is symmetric, and a piece is of one half


# A product's result is cut in pieces, its rows or its columns, which threads share. Each is a call of BLAS, and what
# BLAS adds up in which order depends on the sizes that it is given. So the pieces are those of the product's shape, not
# of the number of threads, and one thread runs them singly, too. (Of a small result, whose inner dimension is long,
# this one is cut, and what the pieces come to is added up in turn.) Two exceptions spare it that. What is added up
# nowhere, or by NumPy's plain loops, may be cut anywhere. And on x86-64 OpenBLAS' kernels give a row the same bits
# wherever it is, among at least PIECE_WORK / 2 multiplications and from a multiple of ROW_GRAIN on (tried with each of
# them, for all dtypes; the columns do not hold it): there neighbouring pieces are one call.

cdef inline bint is_for_blas(int code) noexcept nogil:
    return code == NPY_FLOAT or code == NPY_DOUBLE or code == NPY_CFLOAT or code == NPY_CDOUBLE


cdef void cut_product(Products* p) noexcept nogil:
    """Say in which pieces one product is run."""
    cdef npy_intp m = p.core[1], k = p.core[2], n = p.core[3], most = m * k * n
    p.cut = 1
    p.pieces = p.grain = 1
    p.joins = p.mirrors = False
    if k == 1 or not is_for_blas(p.code):
        p.pieces = m
        p.joins = True
        return
    if not bl_known() or most < 2 * VECTOR_WORK:
        return
    if m == 1 or n == 1:
        # (Between the elements of a vector of the result lie rows, or columns that are read a stretch at a time.)
        p.cut = 3 if m == 1 else 1
        p.grain = 64
        p.pieces = min(most // VECTOR_WORK, max(m, n) // 512, MOST_PIECES)
        if p.pieces < 2:
            cut_inner(p, VECTOR_WORK)
        elif p.pieces % 2:      # (two threads have as many)
            p.pieces += 1
    elif (m == n and p.steps[3] == p.steps[6] and p.steps[4] == p.steps[5]
          and (p.a == p.b or memcmp(p.sa, p.sb, p.nd * sizeof(npy_intp)) != 0)):
        p.mirrors = True
        p.grain = 2 * ROW_GRAIN
        p.pieces = min(most // (2 * PIECE_WORK), m // (2 * FEW_ROWS), 8)
    elif ROWS_JOIN and (m >= FEW_ROWS or m >= 2 * ROW_GRAIN and n < 512):
        p.grain = ROW_GRAIN
        p.pieces = min(most // (PIECE_WORK if m < FEW_ROWS else JOINED_WORK), max(2, m // FEW_ROWS), MOST_PIECES)
        p.joins = True
    else:
        p.cut = 1 if m >= n else 3
        p.grain = 2 * FEW_ROWS
        # (Each piece more is a call that one thread pays for, too.)
        p.pieces = min(most // PIECE_WORK, max(m, n) // 256, max(2, max(m, n) // 512), MOST_PIECES)
    if p.pieces < 2:
        cut_inner(p, PIECE_WORK)


cdef void cut_inner(Products* p, npy_intp work) noexcept nogil:
    """Let the pieces be sums of a part of the inner dimension each, where it is long."""
    cdef npy_intp m = p.core[1], k = p.core[2], n = p.core[3], pieces = min(m * k * n // work, k // LONG, 8)
    p.pieces = 1
    if pieces >= 2 and p.count == 1:
        p.pieces = pieces // 2 * 2
        p.cut = 2
        p.grain = 8
        p.joins = p.mirrors = False


cdef inline npy_intp piece_begin(const Products* p, npy_intp piece) noexcept nogil:
    cdef npy_intp size = p.core[p.cut], part = p.pieces * p.grain
    return size if piece == p.pieces else (size * piece + part // 2) // part * p.grain


# A matrix times itself, transposed, NumPy's loop leaves to a routine of BLAS's own, syrk. OpenBLAS 0.3.31, which wheels
# of NumPy bring, has that wrong for float32 on processors with Arm's SME, Apple's M4 among them: the result is zeros,
# or has the NaNs of what lay there before (its issue 5873 and pull request 5889). Its other products are right. So it
# is tried once, and where it fails such a product is two: of some of the columns, and of the others.

cdef bint syrk_fails = False


cdef bint tries_syrk() noexcept:
    """Whether a float32 matrix times its transpose comes out right, over NaNs."""
    cdef float a[16]
    cdef float out[16]
    cdef npy_intp* core = [1, 4, 4, 4]
    cdef npy_intp* steps = [0, 0, 0, 16, 4, 4, 16, 16, 4]
    cdef char** args = [<char*>a, <char*>a, <char*>out]
    cdef int k
    for k in range(16):
        a[k] = 1.0
    memset(out, 0xff, sizeof(out))
    table[OP_MATMUL].loop[<int>NPY_FLOAT](args, core, steps, table[OP_MATMUL].data[<int>NPY_FLOAT])
    fn_forget()
    for k in range(16):
        if out[k] != 4.0:
            return False
    return True


cdef int look_at_syrk() except -1:
    """Find out, where it may be wrong."""
    global syrk_fails
    syrk_fails = not ROWS_JOIN and not tries_syrk()
    return 0


cdef inline void blas_loop(const Products* p, char** args, const npy_intp* core) noexcept nogil:
    """NumPy's loop on one product, or a piece of it."""
    cdef Loop loop = table[OP_MATMUL].loop[p.code]
    cdef void* data = table[OP_MATMUL].data[p.code]
    cdef npy_intp part[4]
    cdef char* others[3]
    if not (syrk_fails and p.code == NPY_FLOAT and args[0] == args[1] and core[1] == core[3] and core[1] > 1
            and p.steps[3] == p.steps[6] and p.steps[4] == p.steps[5]):
        loop(args, core, p.steps, data)
        return
    memcpy(part, core, sizeof(part))
    part[3] = core[3] // 2
    loop(args, part, p.steps, data)
    others[0] = args[0]
    others[1] = args[1] + part[3] * p.steps[6]
    others[2] = args[2] + part[3] * p.steps[8]
    part[3] = core[3] - part[3]
    loop(others, part, p.steps, data)


cdef void run_mirrored(const Products* p, char* a, char* b, char* out, npy_intp piece) noexcept nogil:
    """Rows of a matrix times its transpose, as far as the diagonal, and the columns that mirror them. The last rows,
    which are the longest, come first."""
    cdef npy_intp core[4]
    cdef npy_intp begin = piece_begin(p, p.pieces - 1 - piece), end = piece_begin(p, p.pieces - piece), i
    cdef npy_intp steps[2]
    cdef char* args[3]
    cdef char* args_copy[2]
    cdef int item = item_size[p.code]
    memcpy(core, p.core, sizeof(core))
    core[1] = core[3] = end - begin
    args[0] = a + begin * p.steps[3]
    args[1] = b + begin * p.steps[6]
    args[2] = out + begin * (p.steps[7] + p.steps[8])
    blas_loop(p, args, core)
    if begin == 0:
        return
    core[3] = begin
    args[1] = b
    args[2] = out + begin * p.steps[7]
    blas_loop(p, args, core)
    steps[0] = p.steps[7]
    steps[1] = item
    core[1] = end - begin
    for i in range(begin):
        args_copy[0] = out + begin * p.steps[7] + i * item
        args_copy[1] = out + i * p.steps[7] + begin * item
        copy_loop(item)(args_copy, &core[1], steps, NULL)


cdef inline void run_pieces(const Products* p, char* a, char* b, char* out, npy_intp first,
                            npy_intp last) noexcept nogil:
    """Pieces of one product, as one."""
    cdef npy_intp core[4]
    cdef npy_intp scaled[3]
    cdef char* args[3]
    cdef npy_intp begin = 0
    if p.pieces > 1 and p.mirrors and a == b and p.small_loop == NULL:
        run_mirrored(p, a, b, out, first)
        return
    memcpy(core, p.core, sizeof(core))
    if p.pieces > 1:
        begin = piece_begin(p, first)
        core[p.cut] = piece_begin(p, last) - begin
        if p.cut == 1:
            a += begin * p.steps[3]
            out += begin * p.steps[7]
        elif p.cut == 3:
            b += begin * p.steps[6]
            out += begin * p.steps[8]
        else:
            a += begin * p.steps[4]
            b += begin * p.steps[5]
            if first > 0:
                out = p.sums + (first - 1) * core[1] * core[3] * item_size[p.code]
    if p.small_loop != NULL:
        p.small_loop(core, p.steps, a, b, out)
    elif core[2] == 1 and core[3] == 1 and table[OP_MULTIPLY].loop[p.code] != NULL:
        # A vector times a number, as the gradient of an inner product is.
        args[0] = a
        args[1] = b
        args[2] = out
        scaled[0] = p.steps[3]
        scaled[1] = 0
        scaled[2] = item_size[p.code]
        table[OP_MULTIPLY].loop[p.code](args, &core[1], scaled, table[OP_MULTIPLY].data[p.code])
    elif core[2] == 1 and p.code == NPY_FLOAT and p.steps[6] == 4:
        vm_outer_f32(a, p.steps[3], b, out, core[1], core[3])
    elif core[2] == 1 and p.code == NPY_DOUBLE and p.steps[6] == 8:
        vm_outer_f64(a, p.steps[3], b, out, core[1], core[3])
    else:
        args[0] = a
        args[1] = b
        args[2] = out
        blas_loop(p, args, core)


cdef void run_products(void* context, int thread, int part, int parts) noexcept nogil:
    """One part of the pieces of all the stack."""
    cdef const Products* p = <const Products*>context
    cdef npy_intp all = p.count * p.pieces
    run_units(p, all * part // parts, all * (part + 1) // parts)


cdef void run_units(const Products* p, npy_intp unit, npy_intp end) noexcept nogil:
    """Some of the pieces of all the stack."""
    cdef npy_intp index[MOST_DIMS]
    cdef npy_intp first, last, at
    cdef npy_intp size = p.core[1] * p.core[3] * item_size[p.code]
    cdef char* pa = p.a
    cdef char* pb = p.b
    cdef char* pc = p.out
    cdef int d
    at = unit // p.pieces
    pc += at * size
    for d in range(p.nd - 1, -1, -1):
        index[d] = at % p.dims[d]
        at //= p.dims[d]
        pa += index[d] * p.sa[d]
        pb += index[d] * p.sb[d]
    while unit < end:
        first = unit % p.pieces
        last = min(p.pieces, first + end - unit) if p.joins else first + 1
        run_pieces(p, pa, pb, pc, first, last)
        unit += last - first
        if last < p.pieces:
            continue
        pc += size
        d = p.nd - 1
        while d >= 0:
            index[d] += 1
            pa += p.sa[d]
            pb += p.sb[d]
            if index[d] < p.dims[d]:
                break
            pa -= p.sa[d] * p.dims[d]
            pb -= p.sb[d] * p.dims[d]
            index[d] = 0
            d -= 1


cdef void run_products_alone(void* context, int thread, int part, int parts) noexcept nogil:
    """The same, with BLAS on this thread alone."""
    cdef int before = bl_begin()
    run_products(context, thread, part, parts)
    bl_end(before)


cdef void lay_out_products(Products* p, int code, bint ta, bint tb, int na, const npy_intp* da, const npy_intp* sa,
                           int nb,
                           const npy_intp* db, const npy_intp* sb) noexcept:
    """The products of op(a) and op(b), stacks of matrices of these sizes and strides that fit; the data is filled in
    later. The result's sizes are then in `dims`."""
    cdef int d
    cdef npy_intp size_a, size_b, item = item_size[code], stride
    cdef bint together
    p.code = code
    p.swapped = False
    p.pieces = 1
    p.core[0] = 1
    p.core[1] = da[na - 1] if ta else da[na - 2]
    p.core[2] = da[na - 2] if ta else da[na - 1]
    p.core[3] = db[nb - 2] if tb else db[nb - 1]
    # (By the size of one of the stack, so that what stands beside it does not matter, as in a Jacobian's chunks.)
    p.small_loop = NULL
    if code == NPY_FLOAT or code == NPY_DOUBLE:
        p.small_loop = small_product(item_size[code], p.core)
    p.nd = (na if na > nb else nb) - 2
    p.count = 1
    for d in range(p.nd):
        size_a = da[d - p.nd + na - 2] if d - p.nd + na - 2 >= 0 else 1
        size_b = db[d - p.nd + nb - 2] if d - p.nd + nb - 2 >= 0 else 1
        p.dims[d] = size_b if size_a == 1 else size_a
        p.sa[d] = sa[d - p.nd + na - 2] if size_a != 1 else 0
        p.sb[d] = sb[d - p.nd + nb - 2] if size_b != 1 else 0
        p.count *= p.dims[d]
    p.dims[p.nd] = p.core[1]
    p.dims[p.nd + 1] = p.core[3]
    p.steps[0] = p.steps[1] = p.steps[2] = 0
    p.steps[3] = sa[na - 1 if ta else na - 2]
    p.steps[4] = sa[na - 2 if ta else na - 1]
    p.steps[5] = sb[nb - 1 if tb else nb - 2]
    p.steps[6] = sb[nb - 2 if tb else nb - 1]
    p.steps[7] = p.core[3] * item
    p.steps[8] = item
    if p.nd == 0:
        return
    if p.core[3] == 1 and stands_still(p, p.sa) and is_rows(p, p.sb, p.steps[5]):
        # One matrix times a stack of columns: the columns are the rows of a matrix, which is multiplied by the other.
        p.swapped = True
        p.steps[5] = p.steps[4]
        p.steps[6] = p.steps[3]
        p.core[3] = p.core[1]
        join_rows(p)
        p.steps[7] = p.core[3] * item
        return
    if p.core[1] == 1 and stands_still(p, p.sb) and is_rows(p, p.sa, p.steps[4]):
        join_rows(p)
        return
    # A stack times one matrix is one product, its rows those of all the stack.
    together = not ta and stands_still(p, p.sb)
    stride = item
    for d in range(na - 1, -1, -1):
        together = together and (da[d] == 1 or sa[d] == stride)
        stride *= da[d]
    if together and stride == p.count * p.core[1] * p.core[2] * item:
        p.count *= p.core[1]
        join_rows(p)


cdef inline void join_rows(Products* p) noexcept:
    """Let the stack's vectors, which follow each other, be the rows of one matrix, the first of one product."""
    p.core[1] = p.count
    p.count = 1
    p.steps[4] = item_size[p.code]
    p.steps[3] = p.core[2] * p.steps[4]         # (an axis of one element may have any stride)


cdef inline bint stands_still(const Products* p, const npy_intp* steps) noexcept:
    """Whether an operand is the same matrix for all of the stack."""
    cdef int d
    for d in range(p.nd):
        if steps[d] != 0 and p.dims[d] != 1:
            return False
    return True


cdef inline bint is_rows(const Products* p, const npy_intp* steps, npy_intp step) noexcept:
    """Whether an operand is a stack of vectors that follow each other in memory."""
    cdef npy_intp stride = item_size[p.code]
    cdef int d
    if step != stride and p.core[2] != 1:
        return False
    stride *= p.core[2]
    for d in range(p.nd - 1, -1, -1):
        if steps[d] != stride and p.dims[d] != 1:
            return False
        stride *= p.dims[d]
    return True


cdef inline void place_operands(Products* p, char* a, char* b) noexcept nogil:
    p.a = b if p.swapped else a
    p.b = a if p.swapped else b


cdef inline bint is_small(const Products* p) noexcept nogil:
    """Whether BLAS wakes no thread for it, and it is one piece."""
    cdef npy_intp work = p.count * p.core[1] * p.core[2] * p.core[3]
    return work < BLAS_WORK or work < NOGIL_WORK and p.core[1] != 1 and p.core[3] != 1


cdef inline void multiply_small(const Products* p, char* a, char* b, char* out) noexcept nogil:
    """Run the only product of a small one."""
    if p.small_loop != NULL:
        p.small_loop(p.core, p.steps, b if p.swapped else a, a if p.swapped else b, out)
    else:
        run_pieces(p, b if p.swapped else a, a if p.swapped else b, out, 0, 1)


cdef void add_sums(const Products* p) noexcept nogil:
    """Add to the first piece's sums those of the others, in their order."""
    cdef npy_intp size = p.core[1] * p.core[3], piece
    cdef npy_intp steps[3]
    cdef char* args[3]
    steps[0] = steps[1] = steps[2] = item_size[p.code]
    args[0] = args[2] = p.out
    for piece in range(p.pieces - 1):
        args[1] = p.sums + piece * size * item_size[p.code]
        table[OP_ADD].loop[p.code](args, &size, steps, table[OP_ADD].data[p.code])


cdef void multiply_entries(Products* p, npy_intp begin, npy_intp end, npy_intp rows) noexcept nogil:
    """What `multiply_out` does, of some of so many entries of the stack's first axis, on this thread."""
    cdef npy_intp each = p.count // rows
    p.pieces = 1
    p.sums = NULL              # (those of one product alone)
    if p.count * p.core[1] * p.core[2] * p.core[3] >= NOGIL_WORK and not is_small(p):
        cut_product(p)
    run_units(p, begin * each * p.pieces, end * each * p.pieces)


cdef int multiply_out(Products* p) except -1:
    """Run the products, on our threads: BLAS has some of its own, which would contend with ours for the cores."""
    cdef npy_intp m = p.core[1], k = p.core[2], n = p.core[3], work = p.count * m * k * n
    cdef int parts
    p.sums = NULL
    p.pieces = 1
    if is_small(p):
        run_products(p, 0, 0, 1)
    elif work < NOGIL_WORK:
        run_products_alone(p, 0, 0, 1)
    else:
        cut_product(p)
        if k == 1:
            parts = parts_for(work)
        else:
            # A small product is mostly a call, and a thin one what it reads and writes.
            parts = shared_parts(work + p.count * 8 * (m * k + k * n + m * n + 1000), PART_WORK)
            if p.joins:         # (each part has BLAS pack the other operand again)
                parts = min(parts, 2 * wk_threads())
            elif parts > 1:
                parts = MOST_PIECES
        parts = <int>min(<npy_intp>parts, p.count * p.pieces)
        if p.pieces > 1 and p.cut == 2:
            p.sums = <char*>pool_take((p.pieces - 1) * m * n * item_size[p.code])
            if p.sums == NULL:
                raise MemoryError()
        with nogil:
            wk_run(run_products if k == 1 else run_products_alone, p, parts, wk_threads())
            if p.sums != NULL:
                add_sums(p)
        if p.sums != NULL:
            pool_give(p.sums)
    return 0


cdef ndarray matmul_arrays(ndarray a, bint ta, ndarray b, bint tb):
    """op(a) @ op(b); NumPy's own loop hands transposed strides to BLAS without copies."""
    cdef Products p
    cdef ndarray out
    cdef bint unrun = traces and (is_blank(a) or is_blank(b))
    if not unrun:
        a = for_blas(a)
        b = for_blas(b)
    lay_out_products(&p, type_code(a), ta, tb, PyArray_NDIM(a), PyArray_DIMS(a), PyArray_STRIDES(a),
                     PyArray_NDIM(b), PyArray_DIMS(b), PyArray_STRIDES(b))
    if unrun or (traces and (not_made(p.nd + 2, p.dims) or not_made(PyArray_NDIM(a), PyArray_DIMS(a))
                             or not_made(PyArray_NDIM(b), PyArray_DIMS(b)))):
        return blank_array(p.code, p.nd + 2, p.dims)
    out = new_array(p.code, p.nd + 2, p.dims)
    if PyArray_SIZE(out) == 0:
        return out
    place_operands(&p, <char*>PyArray_DATA(a), <char*>PyArray_DATA(b))
    p.out = <char*>PyArray_DATA(out)
    multiply_out(&p)
    return out


cdef object apply_matmul(Operand x, Operand y, bint tx, bint ty):
    """Matrices, or stacks of them that broadcast."""
    x = settled(x)
    y = settled(y)
    cdef int code = promote(x.code, y.code)
    cdef ndarray a, b
    cdef int na, nb, d
    cdef npy_intp inner_a, inner_b, size_a, size_b
    cdef Tensor out
    cdef Log* log
    cdef int32_t na_node, nb_node
    cdef uint32_t listeners = 0
    cdef Record* r
    if x.scalar or y.scalar or PyArray_NDIM(x.array) == 0 or PyArray_NDIM(y.array) == 0:
        raise ValueError(f"matmul: operands of shapes {tuple(x.shape)} and {tuple(y.shape)}: a scalar has no matrix "
                         f"product; use *")
    if code == BFLOAT16:
        return cast_operand(<Operand>apply_matmul(cast_operand(x, NPY_FLOAT), cast_operand(y, NPY_FLOAT), tx, ty),
                            BFLOAT16)
    if PyArray_NDIM(x.array) == 1 or PyArray_NDIM(y.array) == 1:
        return matmul_vectors(x, y, tx, ty)
    if table[OP_MATMUL].loop[code] == NULL:
        log = recording_log()
        if log != NULL:
            complain_tracked(log, OP_MATMUL, [x, y])
        a = x.array.swapaxes(-1, -2) if tx else x.array
        b = y.array.swapaxes(-1, -2) if ty else y.array
        if traces and stays_unrun([x, y]):
            found = declared(OP_MATMUL, [x, y], matmul_flags[2 * tx + ty])
            out = new_tensor(blank_of(found.shape, code_of_number(found.dtype.num)))
        else:
            out = new_tensor(own_copy(numpy.matmul(a, b)))
        if in_doubt_of_others(out):
            look_at_result(OP_MATMUL, [x, y], out)
        if log != NULL and log.tracer:
            trace_silent(log, OP_MATMUL, [x, y], matmul_flags[2 * tx + ty], out)
        return out
    x = cast_operand(x, code)
    y = cast_operand(y, code)
    a = x.array
    b = y.array
    na = PyArray_NDIM(a)
    nb = PyArray_NDIM(b)
    inner_a = PyArray_DIMS(a)[na - 2 if tx else na - 1]
    inner_b = PyArray_DIMS(b)[nb - 1 if ty else nb - 2]
    if inner_a != inner_b:
        raise ValueError(complain_matmul(x, y, tx, ty))
    for d in range(3, (na if na < nb else nb) + 1):
        size_a = PyArray_DIMS(a)[na - d]
        size_b = PyArray_DIMS(b)[nb - d]
        if size_a != size_b and size_a != 1 and size_b != 1:
            raise ValueError(complain_matmul(x, y, tx, ty))
    out = new_tensor(matmul_arrays(a, tx, b, ty))
    if in_doubt_of_others(out):
        look_at_result(OP_MATMUL, [x, y], out)
    log = recording_log()
    if log == NULL:
        return out
    na_node = tracked(log, x)
    nb_node = tracked(log, y)
    if na_node >= 0:
        listeners = log.records[na_node].listeners
    if nb_node >= 0:
        listeners = join(log, listeners, log.records[nb_node].listeners)
    listeners = meet(log, listeners, log.active)
    if not listeners:
        return out
    flags = matmul_flags[2 * tx + ty]
    if na != nb or na > 2:
        flags += (a.shape, b.shape)     # one may have been broadcast
    # The derivative with respect to one needs the other.
    if log.tracer and not derives(log, listeners):
        pass
    elif na_node >= 0 and nb_node >= 0:
        log_keep(log, na_node, x)
        log_keep(log, nb_node, y)
    elif na_node >= 0:
        nb_node = log_constant(log, y)
    else:
        na_node = log_constant(log, x)
    r = log_append(log, OP_MATMUL, listeners)
    r.a = na_node
    r.b = nb_node
    r.dtype = out.code
    own_attribute(log, log.count - 1, flags)
    finish_record(log, log.count - 1, out, False)
    return out


cdef tuple matmul_flags = ((False, False), (False, True), (True, False), (True, True))


cdef str complain_matmul(Operand x, Operand y, bint tx, bint ty):
    note = "".join([", the first transposed" if tx else "", ", the second transposed" if ty else ""])
    return (f"matmul: shapes {tuple(x.shape)} and {tuple(y.shape)} do not match{note}: the first's last axis must be "
            f"as long as the second's last but one, and the axes before them must broadcast")


cdef object matmul_vectors(Operand x, Operand y, bint tx, bint ty):
    """NumPy's rule for one-dimensional operands: a row before, a column behind, dropped from the result."""
    cdef tuple sx = x.array.shape, sy = y.array.shape
    cdef bint vx = len(sx) == 1, vy = len(sy) == 1
    if sx[-2 if tx and not vx else -1] != sy[-1 if (ty and not vy) or vy else -2]:
        raise ValueError(complain_matmul(x, y, tx, ty))
    if vx:
        x = apply_linear(OP_RESHAPE, x, (sx, (1,) + sx))
    if vy:
        y = apply_linear(OP_RESHAPE, y, (sy, sy + (1,)))
    out = <Tensor>apply_matmul(x, y, tx and not vx, ty and not vy)
    shape = shape_of(<Operand>out)
    short = shape
    if vy:
        short = short[:-1]
    if vx:
        short = short[:-1] if vy else short[:-2] + short[-1:]
    return apply_linear(OP_RESHAPE, out, (shape, short))
