# Kernels of rows that are C functions (kernels.h): a call is laid out for them, of arrays and attributes. Eager calls
# run it at once; a plan keeps what was prepared (plan.pxi).

cdef enum:
    MOST_NUMBERS = 160          # of attributes that a kernel is given
    WORDS_AT_HAND = 512         # of what is prepared, in an eager call that takes no memory for it; 8 bytes each
    OPERANDS_AT_HAND = 8

ctypedef struct LaidOut:        # a call while it is laid out, and memory for a small one
    KernelCall call
    KernelResult result
    int64_t numbers[MOST_NUMBERS]
    KernelOperand* operands
    KernelOperand few[OPERANDS_AT_HAND]


cdef const Kernel* kernel_named(object name) except? NULL:
    """The kernel that a row names; None for none."""
    cdef const Kernel* kernel
    if name is None:
        return NULL
    kernel = find_kernel((<str?>name).encode())
    if kernel == NULL:
        raise ValueError(f"there is no kernel {name!r} in C")
    return kernel


cdef bint add_numbers(LaidOut* to, object attribute, list arrays) except -1:
    """Attributes as numbers (kernels.h), their arrays as operands behind the op's own; False for what has no such
    form."""
    cdef int64_t* number = &to.numbers[to.call.number_count]
    if to.call.number_count == MOST_NUMBERS:
        return False
    to.call.number_count += 1
    if attribute is None:
        number[0] = KN_ABSENT
    elif isinstance(attribute, str):
        number[0] = KN_TEXT
    elif isinstance(attribute, tuple):
        number[0] = KN_TUPLE + <int64_t>len(<tuple>attribute)
        for part in <tuple>attribute:
            if not add_numbers(to, part, arrays):   # (of which there are not too many for C's stack)
                return False
    elif isinstance(attribute, int):
        if not -0x3fffffffffffffff <= attribute <= 0x3fffffffffffffff:
            return False
        number[0] = attribute
    elif isinstance(attribute, np_dtype):
        number[0] = code_of_number(attribute.num)
    elif isinstance(attribute, slice):
        number[0] = KN_WHOLE
        if not (attribute.start is None and attribute.stop is None and attribute.step is None):
            number[0] = KN_SLICE
            for bound in (attribute.start, attribute.stop, attribute.step):
                if not add_numbers(to, bound, arrays):
                    return False
    elif attribute is Ellipsis:
        number[0] = KN_ELLIPSIS
    elif type(attribute) is ndarray:
        if type_code(<ndarray>attribute) == NPY_BOOL:   # (a mask, which is no kernel's: how much it takes is no shape)
            return False
        number[0] = len(arrays)
        arrays.append(attribute)
    else:
        return False
    return True


cdef void note_loops() noexcept:
    """NumPy's loops, for kernels."""
    cdef PyArray_ArrFuncs* functions
    cdef int code
    kn_exp.loop[0] = table[OP_EXP].loop[NPY_FLOAT]
    kn_exp.data[0] = table[OP_EXP].data[NPY_FLOAT]
    kn_exp.loop[1] = table[OP_EXP].loop[NPY_DOUBLE]
    kn_exp.data[1] = table[OP_EXP].data[NPY_DOUBLE]
    for code in range(KN_SORTS):
        functions = PyDataType_GetArrFuncs(PyArray_DescrFromType(code))     # (which never goes)
        kn_sorts[code].sort = functions.sort[0]         # the quickest
        kn_sorts[code].order = functions.argsort[2]     # the stable one


cdef bint lay_out_call(LaidOut* to, const Kernel* kernel, object attribute, list arrays) except -1:
    """Operands and attributes as a kernel sees them. Arrays among the attributes go to the end of `arrays`. False for a
    call that has no such form."""
    cdef int k, n
    cdef ndarray x
    to.call.number_count = 0
    to.operands = NULL
    if not add_numbers(to, attribute, arrays):
        return False
    n = <int>len(arrays)
    to.operands = to.few
    if n > OPERANDS_AT_HAND:
        to.operands = <KernelOperand*>malloc(n * sizeof(KernelOperand))
        if to.operands == NULL:
            raise MemoryError()
    for k in range(n):
        x = <ndarray>arrays[k]
        to.operands[k].dtype = type_code(x)
        to.operands[k].item = <int>item_size[to.operands[k].dtype]
        to.operands[k].nd = PyArray_NDIM(x)
        to.operands[k].dims = PyArray_DIMS(x)
        to.operands[k].strides = PyArray_STRIDES(x)
    to.call.count = n
    to.call.operands = to.operands
    to.call.numbers = to.numbers
    to.result.dtype = -1
    to.result.nd = 0
    to.result.work = 0
    to.result.scratch = 0
    to.result.turned = False
    if kn_exp.loop[0] == NULL:
        note_loops()
    return True


cdef inline void forget_call(LaidOut* laid) noexcept:
    if laid.operands != laid.few:
        free(laid.operands)


cdef bint run_kernel(const Kernel* kernel, const void* made, KernelRun* run, npy_intp work) noexcept:
    """Run what was prepared: without the GIL, and by several threads, where that pays."""
    cdef bint well
    run.threads = wk_threads()
    run.parts = parts_for(work)
    if work < NOGIL_WORK:
        return kernel.run(made, run)
    with nogil:
        well = kernel.run(made, run)
    return well


cdef inline ndarray as_kernel_reads(const Kernel* kernel, ndarray x):
    if PyArray_CHKFLAGS(x, NPY_ARRAY_CARRAY_RO if kernel.contiguous else NPY_ARRAY_ALIGNED):
        return x
    return copy_of(x)


cdef ndarray kernel_value(const Kernel* kernel, object attribute, list arrays):
    """A row's value by its kernel; None where the call, or some value, is not for it."""
    cdef LaidOut laid
    cdef KernelRun run
    cdef int64_t at_hand[WORDS_AT_HAND]
    cdef char* pointers_at_hand[OPERANDS_AT_HAND]
    cdef char* made = <char*>at_hand
    cdef ndarray x, out = None
    cdef size_t room
    cdef int k
    cdef bint well
    arrays = [as_kernel_reads(kernel, <ndarray>x) for x in arrays]
    k = <int>len(arrays)
    if not lay_out_call(&laid, kernel, attribute, arrays):
        return None
    run.operands = pointers_at_hand
    run.scratch = NULL
    room = kernel.room + laid.call.count * kernel.room_each
    try:
        for k in range(k, laid.call.count):     # those of the attributes
            x = as_kernel_reads(kernel, <ndarray>arrays[k])
            arrays[k] = x
            laid.operands[k].strides = PyArray_STRIDES(x)
        if room > sizeof(at_hand) or laid.call.count > OPERANDS_AT_HAND:
            room = (room + sizeof(char*) - 1) // sizeof(char*) * sizeof(char*)
            made = <char*>malloc(room + laid.call.count * sizeof(char*))
            if made == NULL:
                raise MemoryError()
            run.operands = <char**>(made + room)
        if not kernel.take(made, &laid.call, &laid.result):
            return None
        if laid.result.turned:
            x = <ndarray>arrays[0]
            arrays[0] = copy_of(<ndarray>x.transpose([laid.result.order[k] for k in range(PyArray_NDIM(x))]))
        out = new_array(laid.result.dtype, laid.result.nd, laid.result.dims)
        for k in range(laid.call.count):
            run.operands[k] = <char*>PyArray_DATA(<ndarray>arrays[k])
        run.out = <char*>PyArray_DATA(out)
        if laid.result.scratch:
            run.scratch = <char*>pool_take(laid.result.scratch)
            if run.scratch == NULL:
                raise MemoryError()
        well = run_kernel(kernel, made, &run, laid.result.work)
        return out if well else None
    finally:
        forget_call(&laid)
        if made != <char*>at_hand:
            free(made)
        if run.scratch != NULL:
            pool_give(run.scratch)
