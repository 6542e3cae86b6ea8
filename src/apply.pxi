# Ops with attributes: their kernels called, and the records of that.

cdef inline Operand settled(Operand x):
    """A variable's present value, standing where the variable stands: kernels run without the GIL, and another thread
    may assign to it meanwhile."""
    cdef Tensor t
    cdef Log* log
    cdef int32_t node
    if FREE_THREADED:
        return x if x is None or not x.is_variable else standing_value(<VariableCore>x, recording_log())
    if x is None or not x.is_variable or x.scalar:
        return x
    t = <Tensor>Tensor.__new__(Tensor)
    t.array = x.array
    t.code = x.code
    t.log_id = 0
    log = recording_log()
    if log != NULL:
        node = tracked(log, x)
        if node >= 0:
            t.log_id = log.id
            t.node = node
    return t


cdef int complain_tracked(Log* log, int op, list operands) except -1:
    """Refuse to lose the track of a float beside a dtype that has no derivative."""
    for operand in operands:
        node = tracked(log, operand)
        if node >= 0 and derives(log, log.records[<int32_t>node].listeners):
            raise TypeError(f"{op_name(op)}: no derivative is known for operands of dtype "
                            + " and ".join([str(t.dtype) for t in operands])
                            + "; take the tracked one out of the tape with stop_gradient if none is wanted")
    return 0


# ---------------------------------------------------------------------------------- linear ops, and those with Python
# rules

cdef Tensor apply_linear(int op, Operand x, object attribute):
    """An op that is linear in its one operand, with attributes; its transpose has the same attributes."""
    x = settled(x)
    cdef Tensor out
    cdef bint stopped = False
    try:
        out = linear_kernel(op, x, attribute)
    except FloatingPointError:
        out = <Tensor>in_spite_of_state(op, [x], attribute)
        stopped = True
    if stopped or in_doubt_of_others(out):
        look_at_result(op, [x], out)
    cdef Log* log = recording_log()
    cdef int32_t node
    cdef Record* r
    if log == NULL:
        return out
    node = tracked(log, x)
    if log.tracer and not differentiable(out.code):
        trace_silent(log, op, [x], attribute, out)
        return out
    if node < 0 or not differentiable(out.code):
        if node >= 0:
            note_end(x, "integer", op_name(op))
        return out
    r = log_append(log, op, meet(log, log.records[node].listeners, log.active))
    r.a = node
    r.dtype = out.code
    own_attribute(log, log.count - 1, attribute)
    finish_record(log, log.count - 1, out, False)
    return out


cdef inline Tensor linear_kernel(int op, Operand x, object attribute):
    """A linear op's value."""
    if x.scalar == FLOAT_SCALAR and table[op].plan == PLAN_CAST:
        code = code_of_number((<tuple>attribute)[1].num)
        if code == NPY_DOUBLE or code == NPY_FLOAT:
            return new_scalar(rounded(x.number, code), code)
    if traces and (has_no_value(x) or shapes_alone()):
        unrun = unrun_array(op, [x], attribute)
        if unrun is not None:
            return new_tensor(unrun)
    return new_tensor(linear_array(op, array_of(x), attribute, x.borrowed))


cdef ndarray cast_array(ndarray x, object dtype):
    """The same numbers in another dtype; of complex ones the real parts, where that is real."""
    if PyTypeNum_ISCOMPLEX(type_code(x)) and not PyTypeNum_ISCOMPLEX(dtype.num) and dtype.num != NPY_BOOL:
        x = x.real
    return x.astype(dtype)


cdef ndarray linear_array(int op, ndarray x, object attribute, bint borrowed=False):
    cdef ndarray out
    cdef object owner
    if table[op].kernel != NULL:
        out = kernel_value(table[op].kernel, attribute, [x])
        if out is not None:
            return out
    if table[op].compiled != NULL:
        out = table[op].compiled(x, attribute)
    elif table[op].widens and is_half(type_code(x)):
        return narrowed_array(linear_array(op, widened_array(x), attribute), type_code(x))
    else:
        result = call_kernel(<object>table[op].python, x, [attribute], True)
        out = <ndarray>result if isinstance(result, ndarray) else np_asarray(result)
        # What is neither the operand's memory nor nobody else's is of a buffer that the kernel keeps.
        owner = out.base
        if owner is None:
            if out is not x and not is_ours(<PyObject*>out, 2):
                out = own_copy(out)
        elif owner is not x and owner is not x.base and not is_ours(<PyObject*>owner, 2):
            out = own_copy(out)
    if borrowed and (out is x or out.base is not None):
        out = own_copy(out)
    return out


# Kernels of linear rows: of an array and attributes. A view is the same of an array that has no memory: None where
# there is none.

cdef ndarray cast_kernel(ndarray x, object attribute):
    return cast_array(x, (<tuple>attribute)[1])


cdef ndarray transpose_kernel(ndarray x, object attribute):
    return <ndarray>x.transpose((<tuple>attribute)[0])


cdef ndarray reshape_kernel(ndarray x, object attribute):
    return reshaped(x, (<tuple>attribute)[1])


cdef ndarray reshape_view(ndarray x, object attribute):
    """The same memory in another shape, wherever NumPy's reshape, which eager calls go by, gives that: so that products
    find their operands as they do there. None where elements would be copied."""
    if PyArray_CHKFLAGS(x, NPY_ARRAY_CARRAY_RO):
        return reshape_kernel(x, attribute)
    try:
        return <ndarray?>x.reshape((<tuple>attribute)[1], copy=False)
    except (TypeError, ValueError):     # (NumPy 2.0 cannot be asked)
        return None


cdef char* element_at(ndarray array, object index) noexcept:
    """Where the element is that plain integers select; NULL for any other index, and one that is out of bounds."""
    cdef char* at = <char*>PyArray_DATA(array)
    cdef int d, nd = PyArray_NDIM(array)
    cdef npy_intp i
    if type(index) is int and nd == 1:
        index = (index,)
    if type(index) is not tuple or len(<tuple>index) != nd:
        return NULL
    for d in range(nd):
        if type((<tuple>index)[d]) is not int:
            return NULL
        i = small_index((<tuple>index)[d])
        if i < 0:
            i += PyArray_DIMS(array)[d]
        if not 0 <= i < PyArray_DIMS(array)[d]:
            return NULL
        at += i * PyArray_STRIDES(array)[d]
    return at


cdef npy_intp small_index(object i) noexcept:
    """A Python integer; one that is no index of anything stays none."""
    try:
        return <npy_intp>i
    except OverflowError:
        return <npy_intp>1 << 62


cdef ndarray slice_kernel(ndarray x, object attribute):
    cdef object index = (<tuple>attribute)[1]
    cdef char* at = NULL
    cdef ndarray one
    if type_code(x) == NPY_DOUBLE or type_code(x) == NPY_FLOAT:
        at = element_at(x, index)
    if at == NULL:
        return np_asarray(x[index])
    one = new_array(type_code(x), 0, NULL)      # (NumPy would make a scalar of its own on the way)
    memcpy(PyArray_DATA(one), at, item_size[type_code(x)])
    return one


def common_shape(list values):
    """The shape that values have in common, where they are tensors of one dtype and one shape; else None."""
    cdef Operand x, first
    cdef tuple shape
    if not values or not isinstance(values[0], Operand):
        return None
    first = <Operand>values[0]
    shape = shape_of(first)
    for value in values:
        if not isinstance(value, Operand):
            return None
        x = <Operand>value
        if x.code != first.code or not (x.scalar and first.scalar or shape_of(x) == shape):
            return None
    return shape


cdef tuple as_view(object index):
    """An index that gives a view, of a single element even, which NumPy would read."""
    cdef tuple indices = <tuple>index if isinstance(index, tuple) else (index,)
    for part in indices:
        if part is Ellipsis:
            return indices
    return indices + (Ellipsis,)


cdef ndarray slice_view(ndarray x, object attribute):
    return <ndarray>x[as_view((<tuple>attribute)[1])]


cdef ndarray unslice_kernel(ndarray x, object attribute):
    """Zeros, with `x` where the index of basic indexing says."""
    cdef tuple shape = <tuple>(<tuple>attribute)[0]
    cdef object index = (<tuple>attribute)[1]
    cdef npy_intp dims[MOST_DIMS]
    cdef int d, nd = <int>len(shape)
    cdef ndarray whole
    cdef char* at
    if nd > MOST_DIMS:
        raise ValueError(f"a tensor has at most {TENSOR_DIMS} dimensions, not {nd}")
    for d in range(nd):
        dims[d] = shape[d]
    if not only_inside(index):
        whole = zeros_array(type_code(x), nd, dims)
        at = element_at(whole, index)
        if at != NULL and PyArray_NDIM(x) == 0:
            memcpy(at, PyArray_DATA(x), item_size[type_code(x)])
        else:
            whole[index] = x
        return whole
    # A box: zeros around it, so that nothing is written twice but in the corners.
    whole = new_array(type_code(x), nd, dims)
    parts = index if isinstance(index, tuple) else (index,)
    whole[index] = x
    for d, part in enumerate(parts):
        start, stop, _ = (<slice>part).indices(dims[d])
        stop = max(start, stop)
        if start > 0:
            whole[(*parts[:d], slice(0, start))] = 0
        if stop < dims[d]:
            whole[(*parts[:d], slice(stop, None))] = 0
    return whole


cdef bint only_inside(object index):
    """Whether basic indexing picks a box: slices without steps."""
    if isinstance(index, slice):
        return (<slice>index).step is None or (<slice>index).step == 1
    if not isinstance(index, tuple):
        return False
    for part in <tuple>index:
        if not isinstance(part, slice) or ((<slice>part).step is not None and (<slice>part).step != 1):
            return False
    return True


cdef ndarray reshaped(ndarray x, tuple shape):
    cdef npy_intp dims[MOST_DIMS]
    cdef PyArray_Dims wanted
    cdef int d
    if len(shape) > MOST_DIMS:
        raise ValueError(f"a tensor has at most {TENSOR_DIMS} dimensions, not {len(shape)}")
    wanted.len = <int>len(shape)
    wanted.ptr = dims
    for d in range(wanted.len):
        dims[d] = shape[d]
    return PyArray_Newshape(x, &wanted, NPY_CORDER)


# The attributes of a sum are three shapes: the operand's, the same with ones where it is summed, and the result's.

cdef ndarray sum_kernel(ndarray x, object attribute):
    cdef npy_intp kept[MOST_DIMS]
    cdef tuple shapes = <tuple>attribute
    cdef tuple middle = <tuple>shapes[1]
    cdef int d, nd = <int>len(middle)
    cdef ndarray out
    # Nothing is added up, not even to a zero, whose sign would be lost.
    if shapes[0] == shapes[2] and type_code(x) != NPY_BOOL:
        return x
    if not is_float(type_code(x)):
        axes = tuple([d for d in range(nd) if middle[d] == 1 and PyArray_DIMS(x)[d] != 1])
        dtype = None if type_code(x) == NPY_BOOL else x.dtype
        return np_asarray(np_sum(x, axis=axes, keepdims=True, dtype=dtype)).reshape(shapes[2])
    for d in range(nd):
        kept[d] = middle[d]
    out = sum_array(x, nd, kept)
    if len(<tuple>shapes[2]) == nd:
        return out
    return reshaped(out, <tuple>shapes[2])


cdef ndarray broadcast_kernel(ndarray x, object attribute):
    """A view of `x`, repeated along the axes that the sum summed; no memory of its own."""
    cdef tuple shapes = <tuple>attribute
    cdef tuple whole = <tuple>shapes[0]
    cdef tuple middle = <tuple>shapes[1]
    cdef npy_intp dims[MOST_DIMS]
    cdef npy_intp strides[MOST_DIMS]
    cdef int d, nd = <int>len(whole)
    cdef bint same_rank = PyArray_NDIM(x) == nd
    cdef ndarray out
    if nd > MOST_DIMS:
        raise ValueError(f"a tensor has at most {TENSOR_DIMS} dimensions, not {nd}")
    for d in range(nd):
        dims[d] = whole[d]
        strides[d] = 0
    if same_rank:
        for d in range(nd):
            if middle[d] != 1:
                strides[d] = PyArray_STRIDES(x)[d]
    else:
        # The result lacks the axes of one; the others follow in order.
        x = reshaped(x, middle)
        for d in range(nd):
            if middle[d] != 1:
                strides[d] = PyArray_STRIDES(x)[d]
    out = PyArray_New(<PyTypeObject*>ndarray_type, nd, dims, PyArray_TYPE(x), strides, PyArray_DATA(x), 0, 0, NULL)
    Py_INCREF(x)
    PyArray_SetBaseObject(out, x)
    return out


# A general record's attribute is what its rules need beside the values: (attributes, shapes of the operands, shape of
# the output), or for a record of several outputs a tuple of (shape, type number) in the last place.

cdef object general_kernel(Row* row, object attribute, list arrays):
    """A general op's value; one that computes takes half precisions for float32."""
    cdef int code = NO_TYPE
    cdef bint half = False
    cdef ndarray x
    if row.widens:
        for x in arrays:
            if is_float(type_code(x)):
                half = half or is_half(type_code(x))
                code = type_code(x) if code == NO_TYPE else promote(code, type_code(x))
        if half:
            arrays = [widened_array(x) for x in arrays]
    value = kernel_value(row.kernel, attribute, arrays) if row.kernel != NULL else None
    if value is None:
        value = call_kernel(<object>row.python, attribute, arrays, False)
    if not half:
        return value
    value = np_asarray(value)
    return narrowed_array(<ndarray>value, code) if is_half(code) else value


cdef object in_spite_of_state(int op, list operands, object attribute):
    """What a kernel gives that NumPy's error state has stopped, in NumPy's words, and maybe for what is not the result.
    Whoever asks looks at the result."""
    cdef Row* row = &table[op]
    with numpy.errstate(all="ignore"):
        if row.kind == LINEAR:
            return linear_kernel(op, <Operand>operands[0], attribute)
        arrays = [array_of(<Operand>x) for x in operands]
        return (<object>row.ufunc)(*arrays) if row.kind == ELEMENTWISE else general_kernel(row, attribute, arrays)


cdef object apply_general(int op, list operands, object attribute):
    """An op of any number of operands whose derivative is a Python rule over public ops."""
    cdef Row* row = &table[op]
    cdef Tensor out
    cdef Log* log
    cdef int32_t node
    operands = [settled(<Operand>x) for x in operands]
    value = unrun_array(op, operands, attribute) if traces else None
    try:
        if value is None:
            value = general_kernel(row, attribute, [array_of(<Operand>x) for x in operands])
    except FloatingPointError:
        value = in_spite_of_state(op, operands, attribute)
    except Exception:
        if not values_are_made_up():
            raise
        value = general_kernel(row, attribute, [stand_in(<Operand>x) for x in operands])
    cdef ndarray array = <ndarray>value if isinstance(value, ndarray) else np_asarray(value)
    # (`value` and `array` are two references; one more is an operand's, or of a buffer that the kernel keeps.)
    if array.base is not None or not PyArray_CHKFLAGS(array, NPY_ARRAY_OWNDATA) or not is_ours(<PyObject*>array, 2):
        array = own_copy(array)
    out = new_tensor(array)
    if row.python != NULL or in_doubt_of_others(out):     # (NumPy takes back the flags that its functions have raised)
        look_at_result(op, operands, out)
    log = recording_log()
    if log != NULL and log.tracer and not differentiable(out.code):
        trace_silent(log, op, operands, attribute, out)
        return out
    if log == NULL or not differentiable(out.code):
        if log != NULL:
            for operand in operands:
                note_end(<Operand>operand, "integer", op_name(op))
        return out
    node = record_general(log, op, operands, attribute, shape_of(out))
    if node >= 0:
        log.records[node].dtype = out.code
        finish_record(log, node, out, row.keeps_output)
    return out


cdef int32_t record_general(Log* log, int op, list operands, object attribute, object output) except -2:
    """Append a record of any number of operands; -1 where no tape tracks any of them."""
    cdef Row* row = &table[op]
    cdef Record* r
    cdef Operand x
    cdef int32_t nodes[64]
    cdef int32_t* at = nodes
    cdef int k, n = <int>len(operands)
    cdef uint32_t listeners = 0
    if n > 64:
        at = <int32_t*>PyMem_Malloc(n * sizeof(int32_t))
        if at == NULL:
            raise MemoryError()
    try:
        for k in range(n):
            at[k] = tracked(log, <Operand>operands[k])
            if at[k] >= 0:
                listeners = join(log, listeners, log.records[at[k]].listeners)
        listeners = meet(log, listeners, log.active)
        if log.tracer:
            # (The outputs of a record of several are values that were traced by themselves: apply_multiple.)
            listeners = minus(log, listeners, log.tracer) if row.multiple else join(log, listeners, log.tracer)
        if not listeners:
            return -1
        information = (attribute, tuple([shape_of(<Operand>x) for x in operands]), output)
        for k in range(n):
            x = <Operand>operands[k]
            if not row.keeps_inputs or (log.tracer and not derives(log, listeners)):
                continue
            if at[k] >= 0:
                log_keep(log, at[k], x)
            else:
                at[k] = log_constant(log, x)
        r = log_append(log, op, listeners)
        log_operand_list(log, r, at, n)
        r = &log.records[log.count - 1]
        own_attribute(log, log.count - 1, information)
    finally:
        if at != nodes:
            PyMem_Free(at)
    return log.count - 1


cdef list apply_multiple(int op, list operands, list outputs, object attribute):
    """Record values that Python has computed as the outputs of one record; returns them as tensors of their own."""
    cdef Log* log = recording_log()
    cdef Tensor value, out
    cdef Record* r
    cdef int32_t node = -1
    cdef int k
    cdef list results = []
    for value in outputs:
        out = new_scalar(value.number, value.code) if value.scalar else new_tensor(
            own_copy(value.array) if value.borrowed else value.array)
        if in_doubt_of_others(out):
            look_at_result(op, operands, out)
        results.append(out)
    if log == NULL:
        return results
    if log.tracer:
        for k in range(len(results)):
            trace_silent(log, OP_RESHAPE, [outputs[k]], (shape_of(<Operand>outputs[k]), shape_of(<Operand>outputs[k])),
                         <Tensor>results[k])
    node = record_general(log, op, [settled(<Operand>x) for x in operands], attribute,
                          tuple([(shape_of(<Operand>value), (<Operand>value).code) for value in outputs]))
    if node < 0:
        return results
    log.records[node].dtype = NPY_DOUBLE
    log.ruled = log.ruled or table[op].pushforward == NULL
    for k, out in enumerate(results):
        if not differentiable(out.code):
            continue
        r = log_append(log, OP_PROJECTION, log.records[node].listeners)
        r.a = node
        r.dtype = out.code
        r.payload.output = k
        if log.tracer:
            r.b = out.node      # the value, as the program has it, where the trace has noted the tensor
            r.listeners = join(log, r.listeners, log.tracer)
            trace_shape(log, log.count - 1, out)
        place_result(log, log.count - 1, out, False)
    return results


cdef Tensor identity_of(Operand x):
    """The value as a tensor of its own, recorded."""
    shape = shape_of(x)
    return apply_linear(OP_RESHAPE, x, (shape, shape))


cdef object transpose_of(Operand x):
    if may_be_swapped(x):
        return transpose_of(settled(x))
    if x.scalar or PyArray_NDIM(x.array) < 2:
        return identity_of(x)
    axes = tuple(range(PyArray_NDIM(x.array) - 1, -1, -1))
    return apply_linear(OP_TRANSPOSE, x, (axes, axes))
