# Memory for the arrays that the library makes: a pool of blocks behind NumPy's own allocation hook.
#
# At 10^6 elements half of a plain NumPy step is page faults on fresh memory. A block that an array gives back is kept,
# by size class, for the next array of that class. Arrays own their block like any NumPy array (a handler in the array
# itself frees it), so they outlive the library's objects safely. All of this runs under the GIL; where there is none,
# there are several pools, each with a lock, and a thread keeps to one of them. A block goes to that of whoever gives it
# back.

cdef enum:
    HEADER = 64                     # keeps the data on a cache line
    CLASSES = 512
    LARGE = 1 << 16                 # bytes of an array: worth asking NumPy to use the pool
    SMALL = 1024                    # below: classes of 64 bytes; above: eight to a power of two
cdef size_t POOL_LIMIT = 256 << 20  # bytes kept for reuse, over all classes
cdef int TRACE_DOMAIN = 389047      # NumPy's, so that tracemalloc sees these arrays as it sees NumPy's

cdef struct Block:
    size_t capacity
    size_t size                     # what was asked for, of the capacity
    int cls                         # its complement while the block is nobody's
    Block* next

cdef struct Blocks:
    Block* free[CLASSES]
    size_t size                     # bytes in it
    Lock lock
    Apart apart

cdef Blocks pools[LANES]
cdef int64_t pool_bytes = 0         # of all blocks, whether somebody has them or not


cdef inline Blocks* own_pool() noexcept nogil:
    return &pools[own_lane()]


cdef bint pools_are_full(size_t more) noexcept nogil:
    """Whether so many bytes more, in this thread's pool, are too many."""
    cdef size_t size = own_pool().size + more
    cdef int lane
    if size <= POOL_LIMIT // LANES:
        return False
    for lane in range(LANES):
        if lane != own_lane():
            size += pools[lane].size
    return size > POOL_LIMIT


cdef inline int size_class(size_t nbytes, size_t* capacity) noexcept nogil:
    cdef int exponent = 0, step
    cdef size_t top, unit
    if nbytes <= SMALL:
        step = <int>((nbytes + 63) >> 6)
        if step == 0:
            step = 1
        capacity[0] = <size_t>step << 6
        return step
    top = nbytes - 1
    exponent = 63 - clz64(top)
    unit = <size_t>1 << (exponent - 3)
    step = <int>((top >> (exponent - 3)) & 7)
    capacity[0] = (<size_t>1 << exponent) + unit * <size_t>(step + 1)
    return 17 + (exponent - 10) * 8 + step


cdef extern from *:
    bint pool_refuses "ad_fails_here"() noexcept


cdef void* pool_take(size_t nbytes) noexcept:
    cdef size_t capacity
    cdef int cls = size_class(nbytes, &capacity)
    cdef Blocks* pool = own_pool()
    cdef Block* block
    cdef bint reused
    hold(&pool.lock)
    block = pool.free[cls]
    reused = block != NULL
    if reused:
        check(block.cls == ~cls and block.capacity == capacity and pool.size >= capacity)
        if CHECKED and pool_refuses():
            let_go(&pool.lock)
            return NULL
        pool.free[cls] = block.next
        pool.size -= block.capacity
    let_go(&pool.lock)
    if not reused:
        block = <Block*>aligned_block(capacity + HEADER)
        if block == NULL:
            return NULL
        expect_many(block, capacity + HEADER)
        block.capacity = capacity
        count_bytes(&pool_bytes, <int64_t>capacity)
    block.cls = cls
    block.size = nbytes
    note_taken(<char*>block + HEADER, nbytes, capacity, reused)
    PyTraceMalloc_Track(TRACE_DOMAIN, <uintptr_t>(<char*>block + HEADER), nbytes)
    return <char*>block + HEADER


cdef void pool_give(void* data) noexcept:
    cdef Blocks* pool = own_pool()
    cdef Block* block = <Block*>(<char*>data - HEADER)
    PyTraceMalloc_Untrack(TRACE_DOMAIN, <uintptr_t>data)
    check(0 <= block.cls < CLASSES and block.size <= block.capacity)     # no block of another's, none given back twice
    note_given(data, block.size, block.capacity)
    hold(&pool.lock)
    if pools_are_full(block.capacity):
        let_go(&pool.lock)
        release(block)
        return
    block.next = pool.free[block.cls]
    pool.free[block.cls] = block
    pool.size += block.capacity
    block.cls = ~block.cls
    let_go(&pool.lock)


cdef void pool_empty() noexcept:
    """Give back what this thread's pool keeps for reuse, to the system if that can be."""
    cdef Blocks* pool = own_pool()
    cdef Block* block
    cdef Block* following
    cdef int cls
    for cls in range(CLASSES):
        hold(&pool.lock)
        block = pool.free[cls]
        pool.free[cls] = NULL
        following = block
        while following != NULL:
            pool.size -= following.capacity
            following = following.next
        let_go(&pool.lock)
        while block != NULL:
            following = block.next
            release(block)
            block = following
    trim_memory()


cdef inline void release(Block* block) noexcept:
    note_leaving(<char*>block + HEADER, block.capacity)
    count_bytes(&pool_bytes, -<int64_t>block.capacity)
    free_block(block)


cdef int64_t bytes_in_use() noexcept:
    """Of blocks that somebody has."""
    cdef int64_t bytes = pool_bytes
    cdef int lane
    for lane in range(LANES):
        bytes -= <int64_t>pools[lane].size
    return bytes


cdef int32_t more_room(int64_t room, int64_t needed) except -1:
    """For a list that is numbered in 32 bits: twice the room that it has, and what is needed."""
    if needed > 0x7fffffff:
        raise MemoryError(f"a list of {needed} entries: there is room for 2**31 - 1")
    return <int32_t>min(max(2 * room, needed), <int64_t>0x7fffffff)


# NumPy's side of it: PyDataMem_Handler's four functions.
cdef void* handler_malloc(void* ctx, size_t size) noexcept:
    return pool_take(size)

cdef void* handler_calloc(void* ctx, size_t count, size_t size) noexcept:
    cdef void* data = pool_take(count * size)
    if data != NULL:
        memset(data, 0, count * size)
    return data

cdef void* handler_realloc(void* ctx, void* old, size_t size) noexcept:
    cdef void* data = pool_take(size)
    cdef size_t before
    if data != NULL and old != NULL:
        before = (<Block*>(<char*>old - HEADER)).size
        memcpy(data, old, size if size < before else before)
        pool_give(old)
    return data

cdef void handler_free(void* ctx, void* data, size_t size) noexcept:
    if data != NULL:
        pool_give(data)

cdef extern from *:
    """
    /* NumPy compares it whenever it frees an array: where it lies across two pages, that takes twice as long. */
    #if defined(_MSC_VER)
    __declspec(align(64))
    #else
    __attribute__((aligned(64)))
    #endif
    static const char ad_handler_name[] = "mem_handler";
    """
    const char* ad_handler_name

cdef PyDataMem_Handler pool_handler
strcpy(pool_handler.name, b"autodiff_core_pool")
pool_handler.version = 1
pool_handler.allocator.ctx = NULL
pool_handler.allocator.malloc = handler_malloc
pool_handler.allocator.calloc = handler_calloc
pool_handler.allocator.realloc = handler_realloc
pool_handler.allocator.free = handler_free
cdef object pool_capsule = PyCapsule_New(&pool_handler, ad_handler_name, NULL)
keep_for_good(pool_capsule)     # (each array refers to it)


cdef ndarray new_array(int typenum, int nd, npy_intp* dims):
    """A fresh C-contiguous array of a plain dtype, its contents undefined."""
    cdef size_t nbytes = item_size[typenum]
    cdef int i
    cdef void* data
    cdef ndarray array
    for i in range(nd):
        nbytes *= <size_t>dims[i]
    data = pool_take(nbytes)
    if data == NULL:
        raise MemoryError(f"cannot allocate {nbytes} bytes for an array")
    try:
        array = PyArray_New(<PyTypeObject*>ndarray_type, nd, dims, type_number(typenum), NULL, data, 0,
                            NPY_ARRAY_CARRAY, NULL)
    except BaseException:
        pool_give(data)
        raise
    PyArray_ENABLEFLAGS(array, NPY_ARRAY_OWNDATA)
    (<ArrayFields*>array).mem_handler = <PyObject*>pool_capsule
    Py_INCREF(pool_capsule)
    return array


cdef inline bint is_held_beyond(PyObject* thing, Py_ssize_t own) noexcept nogil:
    """Whether somebody refers to an object beside so many references that the caller knows of. (Who means to change it
    asks whether it `is_ours`.)"""
    return Py_REFCNT(thing) > own


cdef inline bint is_sole(PyObject* thing) noexcept nogil:
    """Whether the caller's is the one reference to an object, which it may then change."""
    return is_ours(thing, 1)


cdef object call_kernel(object kernel, object first, list rest, bint first_is_array):
    """kernel(first, *rest), a Python kernel. If one of its arrays is large, those that NumPy makes for it come from the
    pool too: the results' memory is then paged in already, and so is that of what lies between."""
    cdef size_t largest = <size_t>PyArray_NBYTES(<ndarray>first) if first_is_array else 0
    cdef Py_ssize_t k
    if not first_is_array:
        for k in range(len(rest)):
            if <size_t>PyArray_NBYTES(<ndarray>rest[k]) > largest:
                largest = PyArray_NBYTES(<ndarray>rest[k])
    if largest < LARGE:
        return kernel(first, *rest)
    before = PyDataMem_SetHandler(pool_capsule)
    try:
        return kernel(first, *rest)
    finally:
        PyDataMem_SetHandler(before)


cdef ndarray zeros_array(int typenum, int nd, npy_intp* dims):
    cdef ndarray array = new_array(typenum, nd, dims)
    memset(PyArray_DATA(array), 0, <size_t>PyArray_NBYTES(array))
    return array


cdef ndarray zeroed(int typenum, npy_intp count):
    """Zeros for C code to work in. The memory goes with the object, after an error too."""
    return zeros_array(typenum, 1, &count)


cdef ndarray copy_of(ndarray source):
    """The same elements in C order, in memory of the pool."""
    cdef ndarray copy = new_array(type_code(source), PyArray_NDIM(source), PyArray_DIMS(source))
    PyArray_CopyInto(copy, source)
    return copy


cdef ndarray laid_out(object value, object dtype=None):
    """An array as C code reads it: contiguous, and its elements at addresses that are multiples of their size."""
    cdef ndarray array = numpy.ascontiguousarray(value, dtype)
    return array if PyArray_CHKFLAGS(array, NPY_ARRAY_ALIGNED) else PyArray_NewCopy(array, NPY_CORDER)


def trim_pool() -> int:
    """Give the pool's unused memory back to the system; returns the number of bytes."""
    cdef size_t given = 0
    cdef Block* block
    cdef int lane, cls
    for lane in range(LANES):
        hold(&pools[lane].lock)
        given += pools[lane].size
        for cls in range(CLASSES):
            while pools[lane].free[cls] != NULL:
                block = pools[lane].free[cls]
                pools[lane].free[cls] = block.next
                pools[lane].size -= block.capacity
                release(block)
        check(pools[lane].size == 0)
        let_go(&pools[lane].lock)
    return given
