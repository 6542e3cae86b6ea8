# Operators to values to records: what runs when an op is called.



# ------------------------------------------------------------------------------------------------------------ scalars

cdef inline bint is_special(double partial) noexcept nogil:
    """Whether a product with this partial may be the NaN that zero and infinity give."""
    return partial == 0 or not isfinite(partial)


cdef inline int32_t append_scalar(Log* log, Row* row, int op, int32_t a, int32_t b, const double* values, double value,
                                  int code) except -2:
    """The record of an op on scalars whose operands stand at these nodes (UNTRACKED: a bare number); returns its node, or
    UNTRACKED where no tape listens. What it needs for its derivative lies in it, or beside it, from now on."""
    cdef Record* r
    cdef uint32_t listeners = 0, needs = 0
    if log.tracer:
        return trace_scalar(log, row, op, a, b, values, value, code)
    if not row.by_partials:
        if a >= 0 and row.derivative[0] == NOTHING:
            a = UNTRACKED
        if b >= 0 and row.derivative[1] == NOTHING:
            b = UNTRACKED
    if a >= 0:
        listeners = log.records[a].listeners
        needs = row.uses[0]
    if b >= 0:
        listeners = join(log, listeners, log.records[b].listeners)
        needs |= row.uses[1]
    listeners = meet(log, listeners, log.active)
    if not listeners:
        return UNTRACKED
    if a < 0 and needs & 1:
        a = log_number(log, values[0], code)
    elif b < 0 and needs & 2:
        b = log_number(log, values[1], code)
    if log.count == log.capacity:
        log_grow(log)
    r = &log.records[log.count]
    log.values[log.count].number = value
    log.count += 1
    r.op = <uint16_t>op
    r.flags = SCALAR | PARTIALS
    r.dtype = <uint8_t>code
    r.listeners = listeners
    r.a = a
    r.b = b
    if not row.by_partials:
        r.flags = SCALAR
        log.pure = False
        return log.count - 1
    if code == NPY_FLOAT:
        log.single = True
        float_partials(r, row, values, value)
    else:
        if a >= 0:
            r.payload.partial[0] = local_partial(&row.partial[0], values, value)
        if b >= 0:
            r.payload.partial[1] = local_partial(&row.partial[1], values, value)
    if row.by_partials == PARTIALS_WITH_POLES and ((a >= 0 and is_special(r.payload.partial[0]))
                                                   or (b >= 0 and is_special(r.payload.partial[1]))):
        r.flags |= POLE
    return log.count - 1


cdef Tensor scalar1(int op, Operand x):
    cdef Row* row = &table[op]
    cdef double value = row.scalar1(x.number) if row.scalar1 != NULL else scalar_eval(op, &x.number, x.code)
    cdef int code = x.code
    cdef Tensor out
    cdef Log* log = recording_log()
    cdef int32_t node
    if row.boolean:
        if log != NULL and x.is_variable:   # compared, it is watched like any variable that is read
            tracked(log, x)
        if log == NULL or not log.tracer:
            return new_scalar(value, NPY_BOOL)
        code = NPY_BOOL
    if code == NPY_FLOAT:
        value = <double><float>value
    out = new_scalar(value, code)
    if log == NULL:
        return out
    node = tracked(log, x)
    if node >= 0:
        node = append_scalar(log, row, op, node, UNTRACKED, &x.number, value, code)
        if node >= 0:
            stand(log, out, node)
    return out


cdef inline int stand(Log* log, Tensor out, int32_t node) except -1:
    """Let a scalar stand at its record."""
    out.log_id = log.id
    out.node = node
    if log.tracer:
        trace_result(log, node, out)
    return 0


cdef Tensor scalar2(int op, Operand x, double xv, Operand y, double yv, int code):
    """A binary op on scalars; an operand that is None is a bare number."""
    cdef Row* row = &table[op]
    cdef double values[2]
    cdef double value
    cdef Tensor out
    cdef Log* log = recording_log()
    cdef int32_t a = UNTRACKED, b = UNTRACKED
    values[0] = xv
    values[1] = yv
    value = row.scalar2(xv, yv) if row.scalar2 != NULL else scalar_eval(op, values, code)
    if row.boolean:
        if log != NULL and x is not None and x.is_variable:
            tracked(log, x)
        if log != NULL and y is not None and y.is_variable:
            tracked(log, y)
        if log == NULL or not log.tracer:
            return new_scalar(value, NPY_BOOL)
        code = NPY_BOOL
    if code == NPY_FLOAT:
        value = <double><float>value
    out = new_scalar(value, code)
    if log == NULL:
        return out
    if x is not None:
        a = tracked(log, x)
    if y is not None:
        b = tracked(log, y)
    if a >= 0 or b >= 0:
        a = append_scalar(log, row, op, a, b, values, value, code)
        if a >= 0:
            stand(log, out, a)
    return out


# -------------------------------------------------------------------------------------------------------- elementwise

cdef object apply1(int op, Operand x):
    cdef Row* row = &table[op]
    if not row.ready:
        prepare(op)
    if x.scalar == FLOAT_SCALAR and row.on_scalars:
        return scalar1(op, x)
    return elementwise(op, x, None, None)


cdef inline bint is_operand(object x) noexcept:
    return type(x) is Tensor or isinstance(x, Operand)


cdef object binary(int op, object left, object right):
    """A binary operator with a tensor on at least one side."""
    cdef Operand x, y
    if not table[op].ready:
        prepare(op)
    if is_operand(left):
        x = <Operand>left
        if x.scalar == FLOAT_SCALAR and table[op].on_scalars:
            if type(right) is float or type(right) is int:
                return scalar2(op, x, x.number, None, rounded(<double>right, x.code), x.code)
            if is_operand(right):
                y = <Operand>right
                if y.scalar == FLOAT_SCALAR:
                    return scalar2(op, x, x.number, y, y.number, x.code if x.code > y.code else y.code)
                return elementwise(op, x, y, None)
        y = operand_or_none(right, x)
        if y is None:
            return deferred(table[op].ufunc, left, right, right)
    else:
        y = <Operand>right
        if y.scalar == FLOAT_SCALAR and table[op].on_scalars and (type(left) is float or type(left) is int):
            return scalar2(op, None, rounded(<double>left, y.code), y, y.number, y.code)
        x = operand_or_none(left, y)
        if x is None:
            return deferred(table[op].ufunc, left, right, left)
    if x.scalar == FLOAT_SCALAR and y.scalar == FLOAT_SCALAR and table[op].on_scalars:
        return scalar2(op, x, x.number, y, y.number, x.code if x.code > y.code else y.code)
    return elementwise(op, x, y, None)


cdef object deferred(PyObject* function, object left, object right, object other):
    """What an operator does beside what is no number, or an object of another library's that computes by itself: nothing,
    so that Python asks it; NumPy's function, where it has no such operator but hears of NumPy's functions.

    So NumPy's arrays do: https://numpy.org/neps/nep-0013-ufunc-overrides.html
    """
    cdef object kind = type(other)
    if function == NULL:        # a row with a formula of its own: no operator, and none of NumPy's functions
        return NotImplemented
    cdef object ufunc = <object>function
    cdef str name = operator_names.get(ufunc.__name__, ("", ""))[other is right]
    if getattr(kind, "__array_ufunc__", None) is None or not hears_of_ufuncs(other) or isinstance(other, ndarray):
        return NotImplemented
    if getattr(kind, name, None) is not getattr(object, name, None):
        return NotImplemented
    return ufunc(left, right)


# By the name of NumPy's function for it, Python's methods for an operator, on its left and on its right.
cdef dict operator_names = {
    "add": ("__add__", "__radd__"), "subtract": ("__sub__", "__rsub__"), "multiply": ("__mul__", "__rmul__"),
    "divide": ("__truediv__", "__rtruediv__"), "floor_divide": ("__floordiv__", "__rfloordiv__"),
    "remainder": ("__mod__", "__rmod__"), "power": ("__pow__", "__rpow__"), "matmul": ("__matmul__", "__rmatmul__"),
    "bitwise_and": ("__and__", "__rand__"), "bitwise_or": ("__or__", "__ror__"), "bitwise_xor": ("__xor__", "__rxor__"),
    "less": ("__lt__", "__gt__"), "less_equal": ("__le__", "__ge__"), "equal": ("__eq__", "__eq__"),
    "not_equal": ("__ne__", "__ne__"), "greater": ("__gt__", "__lt__"), "greater_equal": ("__ge__", "__le__"),
}


cdef inline double rounded(double value, int code) noexcept nogil:
    return <double><float>value if code == NPY_FLOAT else value


cdef object power(object left, object right):
    if isinstance(left, Operand) and (type(right) is int or type(right) is float):
        if right == 2:
            return apply1(OP_SQUARE, <Operand>left)
        if right == 0.5 and differentiable((<Operand>left).code):
            return apply1(OP_SQRT, <Operand>left)
    return binary(OP_POWER, left, right)


cdef Operand cast_operand(Operand x, int code):
    """The same numbers in another dtype; recorded, so that the gradient comes back in the source's."""
    cdef Tensor t
    cdef Log* log
    cdef int32_t node
    if x.code == code:
        return x
    if x.scalar == FLOAT_SCALAR and (code == NPY_DOUBLE or code == NPY_FLOAT):
        log = recording_log()
        if log == NULL or tracked(log, x) < 0:
            return new_scalar(rounded(x.number, code), code)
    return apply_linear(OP_CAST, x, (dtype_objects[x.code], dtype_objects[code]))


cdef int promote(int a, int b) except -1:
    """NumPy's promotion of two dtypes."""
    if a == b:
        return a
    if (a == NPY_DOUBLE and b == NPY_FLOAT) or (a == NPY_FLOAT and b == NPY_DOUBLE):
        return NPY_DOUBLE
    return <int>code_of_number(np_promote_types(dtype_objects[a], dtype_objects[b]).num)


cdef str complain_shapes(int op, tuple operands):
    shapes = " and ".join(str(tuple((<Operand>x).shape)) for x in operands)
    return f"{op_name(op)}: shapes {shapes} do not broadcast together; sizes must be equal or 1, counted from the last axis"


cdef inline Operand settled(Operand x):
    """A variable's present value, standing where the variable stands: kernels run without the GIL, and another thread
    may assign to it meanwhile."""
    cdef Tensor t
    cdef Log* log
    cdef int32_t node
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


cdef inline bint lies_badly(ndarray array) noexcept:
    """Whether NumPy's loops are given a copy: of what is walked from its end along some axis, since they take other ways
    there, whose last bits are others; and of what is not aligned, which they may not be given."""
    cdef int d
    if PyArray_CHKFLAGS(array, NPY_ARRAY_CARRAY_RO):
        return False
    if not PyArray_CHKFLAGS(array, NPY_ARRAY_ALIGNED):
        return True
    for d in range(PyArray_NDIM(array)):
        if PyArray_STRIDES(array)[d] < 0 and PyArray_DIMS(array)[d] > 1:
            return True
    return False


cdef object elementwise(int op, Operand x, Operand y, Operand z):
    """An elementwise op of one to three operands, on anything that broadcasts; records it where a tape listens."""
    cdef Row* row = &table[op]
    cdef int n = row.arity, k, d, nd, code, first = 1 if row.condition else 0, out_code
    cdef PyObject* operands[3]      # borrowed from x, y and z
    cdef Operand operand, given_x = x, given_y = y, given_z = z
    cdef ndarray out
    cdef ndarray forwards
    cdef list copies
    cdef Operands o
    cdef npy_intp size
    cdef double numbers[3]          # (as addresses of what is of their dtype)
    cdef int32_t nodes[3]
    cdef bint recorded = False
    cdef Log* log
    cdef Tensor result
    if not row.ready:
        prepare(op)
    x = settled(x)
    y = settled(y)
    z = settled(z)
    # One dtype for all but a condition.
    code = y.code if first else x.code
    if n > 1:
        code = promote(code, y.code)
    if n > 2:
        code = promote(code, z.code)
    if first and x.code != NPY_BOOL:
        raise TypeError(f"{op_name(op)}: the condition must be of dtype bool, not {x.dtype}; compare first, as in x != 0")
    if row.complex_form != NULL and PyTypeNum_ISCOMPLEX(code):
        return (<object>row.complex_form)(*[<object>operand for operand in (x, y, z)[:n]])
    if row.loop[code] == NULL and (row.formula == NULL or not is_float(code)):
        if code == BFLOAT16 or (code == NPY_HALF and (row.loop[NPY_FLOAT] != NULL or row.formula != NULL)):
            return by_float32(op, x, y, z, code)
        return foreign(op, x, y, z)
    if not first and x.code != code:
        x = cast_operand(x, code)
    if n > 1 and y.code != code:
        y = cast_operand(y, code)
    if n > 2 and z.code != code:
        z = cast_operand(z, code)
    operands[0] = <PyObject*>x
    operands[1] = <PyObject*>y
    operands[2] = <PyObject*>z
    # The common shape.
    nd = 0
    for k in range(n):
        operand = <Operand>operands[k]
        if not operand.scalar and PyArray_NDIM(operand.array) > nd:
            nd = PyArray_NDIM(operand.array)
    o.nd = nd
    o.count = n + 1
    for d in range(nd):
        o.dims[d] = 1
    for k in range(n):
        operand = <Operand>operands[k]
        if operand.scalar:
            continue
        for d in range(PyArray_NDIM(operand.array)):
            size = PyArray_DIMS(operand.array)[d]
            if size != 1 and size != o.dims[nd - PyArray_NDIM(operand.array) + d]:
                if o.dims[nd - PyArray_NDIM(operand.array) + d] != 1:
                    raise ValueError(complain_shapes(op, (given_x, given_y, given_z)[:n]))
                o.dims[nd - PyArray_NDIM(operand.array) + d] = size
    if row.loop[code] != NULL:
        out_code = row.out_type[code]
        out = thin_array(out_code, nd, o.dims, n, operands) if traces else new_array(out_code, nd, o.dims)
        copies = None
        for k in range(n):
            operand = <Operand>operands[k]
            if operand.scalar:
                o.data[k] = <char*>&numbers[k]
                write_scalar(o.data[k], operand.code, operand.number)
                for d in range(nd):
                    o.strides[k][d] = 0
            elif lies_badly(operand.array):
                forwards = own_copy(operand.array)
                copies = [forwards] if copies is None else copies + [forwards]
                set_operand(&o, k, forwards)
            else:
                set_operand(&o, k, operand.array)
        set_operand(&o, n, out)
        if traces:
            for d in range(nd):     # what is the same along an axis is computed once
                if o.strides[n][d] == 0 and o.dims[d]:
                    o.dims[d] = 1
        run_operands(row, code, &o)
    elif code == NPY_FLOAT or code == NPY_DOUBLE:
        out = run_formula(row, code, [array_of(<Operand>operands[k]) for k in range(n)], nd, o.dims)
    elif is_half(code) and not row.formula.by_width:
        out = run_formula(row, NPY_FLOAT, [widened_array(array_of(<Operand>operands[k])) for k in range(n)], nd, o.dims)
        out = narrowed_array(out, code)
    else:
        out = formula_unheard(op, [<object>operands[k] for k in range(n)], nd, o.dims)
    result = new_tensor(out)
    log = recording_log()
    if log != NULL:
        for k in range(n):
            nodes[k] = tracked(log, <Operand>operands[k])
            recorded = recorded or nodes[k] >= 0
        if recorded and (not row.boolean or log.tracer):
            record_elementwise(log, op, x, y, z, nodes, result)
    return result


cdef object by_float32(int op, Operand x, Operand y, Operand z, int code):
    """An op that there is no loop for in a narrower float, by way of float32. A ufunc leaves float16 there, as NumPy's."""
    cdef int n = table[op].arity, first = 1 if table[op].condition else 0
    x = x if first else cast_operand(x, NPY_FLOAT)
    y = cast_operand(y, NPY_FLOAT) if n > 1 else None
    z = cast_operand(z, NPY_FLOAT) if n > 2 else None
    result = elementwise(op, x, y, z)
    if (<Operand>result).code != NPY_FLOAT or (code == NPY_HALF and table[op].ufunc != NULL):
        return result
    return cast_operand(<Operand>result, code)


cdef ndarray thin_array(int code, int nd, npy_intp* dims, int n, PyObject** operands):
    """An array for a result, without memory for the axes along which no operand changes: tracing the batch of a program
    (batching.pxi) has one example for all."""
    cdef npy_intp thin[MOST_DIMS]
    cdef npy_intp strides[MOST_DIMS]
    cdef ndarray inner, array
    cdef Operand x
    cdef bint same = False
    cdef int d, k, lead
    for d in range(nd):
        thin[d] = 1 if dims[d] > 1 else dims[d]
        for k in range(n):
            x = <Operand>operands[k]
            if x.scalar:
                continue
            lead = nd - PyArray_NDIM(x.array)
            if d >= lead and PyArray_DIMS(x.array)[d - lead] != 1 and PyArray_STRIDES(x.array)[d - lead] != 0:
                thin[d] = dims[d]
        same = same or thin[d] != dims[d]
    if not same:
        return new_array(code, nd, dims)
    inner = new_array(code, nd, thin)
    for d in range(nd):
        strides[d] = 0 if thin[d] != dims[d] else PyArray_STRIDES(inner)[d]
    array = PyArray_New(<PyTypeObject*>ndarray_type, nd, dims, type_number(code), strides, PyArray_DATA(inner), 0, 0, NULL)
    Py_INCREF(inner)
    PyArray_SetBaseObject(array, inner)
    return array


cdef int record_elementwise(Log* log, int op, Operand x, Operand y, Operand z, int32_t* nodes, Tensor out) except -1:
    """Append the record of an op on arrays, keeping what its derivatives need."""
    cdef Row* row = &table[op]
    cdef Operand operand
    cdef Record* r
    cdef uint32_t listeners = 0, needs = 0
    cdef int k, n = row.arity
    cdef bint broadcast = False
    cdef tuple shapes = None
    for k in range(n):
        if nodes[k] >= 0:
            if row.derivative[k] == NOTHING:
                if not log.tracer:
                    nodes[k] = UNTRACKED
                continue
            operand = x if k == 0 else (y if k == 1 else z)
            if not out.scalar and (operand.scalar or not same_shape(operand.array, out.array)):
                broadcast = True
            listeners = join(log, listeners, log.records[nodes[k]].listeners)
            if row.derivative[k] == TRACED:
                needs |= row.uses[k]
    listeners = meet(log, listeners, log.active)
    if log.tracer:
        needs = needs if derives(log, listeners) else 0
        listeners = join(log, listeners, log.tracer)
    if not listeners:
        return 0
    if broadcast:
        # (Before anything is appended: making a tuple may collect garbage, and that may run anything.)
        shapes = (array_shape(x), array_shape(y), array_shape(z), out.array.shape)
    for k in range(n):
        operand = x if k == 0 else (y if k == 1 else z)
        if nodes[k] >= 0:
            if needs & (<uint32_t>1 << k):
                log_keep(log, nodes[k], operand)
        elif needs & (<uint32_t>1 << k):
            nodes[k] = log_constant(log, operand)
    r = log_append(log, op, listeners)
    r.dtype = out.code
    if n > 2:
        log_operand_list(log, r, nodes, n)
    else:
        r.a = nodes[0]
        r.b = nodes[1] if n > 1 else UNTRACKED
    if broadcast:
        own_attribute(log, log.count - 1, shapes)
    finish_record(log, log.count - 1, out, needs & (<uint32_t>1 << n))
    return 0


cdef inline object array_shape(Operand x):
    return None if x is None or x.scalar else x.array.shape


cdef inline tuple shape_of(Operand x):
    return () if x.scalar else <tuple>x.array.shape


cdef inline int finish_record(Log* log, int32_t node, Tensor out, bint keep_output) except -1:
    """Let `out` stand at the new record, and keep its value if asked (a scalar's always)."""
    place_result(log, node, out, keep_output)
    if log.tracer:
        trace_result(log, node, out)
    return 0


cdef inline int place_result(Log* log, int32_t node, Tensor out, bint keep_output) except -1:
    cdef Record* r = &log.records[node]
    log.odd = log.odd or (out.code != NPY_DOUBLE and out.code != NPY_FLOAT)
    if out.scalar:
        r.flags |= SCALAR
        log.values[node].number = out.number
    elif keep_output:
        log_keep(log, node, out)
    out.log_id = log.id
    out.node = node
    return 0


cdef int complain_tracked(Log* log, int op, list operands) except -1:
    """Refuse to lose the track of a float beside a dtype that has no derivative."""
    for operand in operands:
        node = tracked(log, operand)
        if node >= 0 and derives(log, log.records[<int32_t>node].listeners):
            raise TypeError(f"{op_name(op)}: no derivative is known for operands of dtype "
                            + " and ".join([str(t.dtype) for t in operands])
                            + "; take the tracked one out of the tape with stop_gradient if none is wanted")
    return 0


cdef object foreign(int op, Operand x, Operand y, Operand z):
    """An op on dtypes that it has no derivative for, such as integers: NumPy's ufunc decides."""
    cdef Row* row = &table[op]
    cdef Log* log = recording_log()
    cdef Tensor out
    operands = [operand for operand in (x, y, z) if operand is not None]
    if row.ufunc == NULL:
        if row.keeps_integers and all([PyTypeNum_ISINTEGER((<Operand>operand).code) for operand in operands]):
            return (<object>row.formula_rule)(*operands)
        if row.formula_rule != NULL and not any([PyTypeNum_ISCOMPLEX((<Operand>operand).code) for operand in operands]):
            operands = [cast_operand(operand, NPY_DOUBLE) for operand in operands] + [None, None]
            return elementwise(op, operands[0], operands[1], operands[2])
        raise TypeError(f"{op_name(op)} takes no operands of dtype " + " and ".join([str(t.dtype) for t in operands]))
    try:
        value = (<object>row.ufunc)(*[array_of(<Operand>operand) for operand in operands])
    except TypeError as error:
        raise TypeError(f"{op_name(op)} takes no operands of dtype " + " and ".join([str(t.dtype) for t in operands])) from error
    except ValueError as error:
        raise ValueError(complain_shapes(op, tuple(operands)) if "broadcast" in str(error) else f"{op_name(op)}: {error}") from error
    if log != NULL:
        complain_tracked(log, op, operands)
    out = new_tensor(own_copy(value))
    if log != NULL and log.tracer:
        trace_silent(log, op, operands, None, out)
    return out


cdef ndarray formula_unheard(int op, list operands, int nd, npy_intp* dims):
    """A formula's value in a dtype that the engine does not run, op by op. These are nobody's: the op is what is
    recorded."""
    cdef void* log = ad_get_current_log()
    cdef ndarray found
    ad_set_current_log(NULL)
    try:
        found = array_of(<Operand>(<object>table[op].formula_rule)(*operands))
    finally:
        ad_set_current_log(log)
    whole = tuple([dims[k] for k in range(nd)])
    return found if (<object>found).shape == whole else own_copy(numpy.broadcast_to(found, whole))


# ---------------------------------------------------------------------------------- linear ops, and those with Python rules

cdef Tensor apply_linear(int op, Operand x, object attribute):
    """An op that is linear in its one operand, with attributes; its transpose has the same attributes."""
    x = settled(x)
    cdef Tensor out = linear_kernel(op, x, attribute)
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
        return out
    r = log_append(log, op, meet(log, log.records[node].listeners, log.active))
    r.a = node
    r.dtype = out.code
    own_attribute(log, log.count - 1, attribute)
    finish_record(log, log.count - 1, out, False)
    return out


cdef Tensor linear_kernel(int op, Operand x, object attribute):
    """A linear op's value."""
    if op == OP_CAST and x.scalar == FLOAT_SCALAR:
        code = code_of_number((<tuple>attribute)[1].num)
        if code == NPY_DOUBLE or code == NPY_FLOAT:
            return new_scalar(rounded(x.number, code), code)
    return new_tensor(linear_array(op, array_of(x), attribute, x.borrowed))


cdef ndarray cast_array(ndarray x, object dtype):
    """The same numbers in another dtype; of complex ones the real parts, where that is real."""
    if PyTypeNum_ISCOMPLEX(type_code(x)) and not PyTypeNum_ISCOMPLEX(dtype.num) and dtype.num != NPY_BOOL:
        x = x.real
    return x.astype(dtype)


cdef ndarray linear_array(int op, ndarray x, object attribute, bint borrowed=False):
    cdef ndarray out
    cdef object owner
    if op == OP_SUM:
        out = sum_kernel(x, <tuple>attribute)
    elif op == OP_BROADCAST:
        out = broadcast_kernel(x, <tuple>attribute)
    elif op == OP_RESHAPE:
        out = reshaped(x, (<tuple>attribute)[1])
    elif op == OP_CAST:
        out = cast_array(x, (<tuple>attribute)[1])
    elif op == OP_SLICE:
        out = np_asarray(x[(<tuple>attribute)[1]])
    elif op == OP_UNSLICE:
        out = unslice_kernel(x, <tuple>(<tuple>attribute)[0], (<tuple>attribute)[1])
    elif table[op].widens and is_half(type_code(x)):
        return narrowed_array(linear_array(op, widened_array(x), attribute), type_code(x))
    else:
        result = call_kernel(<object>table[op].python, x, [attribute], True)
        out = <ndarray>result if isinstance(result, ndarray) else np_asarray(result)
        # What is neither the operand's memory nor nobody else's is of a buffer that the kernel keeps.
        owner = out.base
        if owner is None:
            if out is not x and (<PyObject*>out).ob_refcnt > 2:
                out = own_copy(out)
        elif owner is not x and owner is not x.base and (<PyObject*>owner).ob_refcnt > 2:
            out = own_copy(out)
    if borrowed and (out is x or out.base is not None):
        out = own_copy(out)
    return out


cdef ndarray unslice_kernel(ndarray x, tuple shape, object index):
    """Zeros, with `x` where the index of basic indexing says."""
    cdef npy_intp dims[MOST_DIMS]
    cdef int d, nd = <int>len(shape)
    cdef ndarray whole
    if nd > MOST_DIMS:
        raise ValueError(f"a tensor has at most {TENSOR_DIMS} dimensions, not {nd}")
    for d in range(nd):
        dims[d] = shape[d]
    if not only_inside(index):
        whole = zeros_array(type_code(x), nd, dims)
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

cdef ndarray sum_kernel(ndarray x, tuple shapes):
    cdef npy_intp kept[MOST_DIMS]
    cdef tuple middle = <tuple>shapes[1]
    cdef int d, nd = <int>len(middle)
    cdef ndarray out
    if not is_float(type_code(x)):
        axes = tuple([d for d in range(nd) if middle[d] == 1 and PyArray_DIMS(x)[d] != 1])
        dtype = None if type_code(x) == NPY_BOOL else x.dtype
        return np_asarray(np_sum(x, axis=axes, keepdims=True, dtype=dtype)).reshape(shapes[2])
    if shapes[0] == shapes[2]:      # nothing is added up, not even to a zero, whose sign would be lost
        return x
    for d in range(nd):
        kept[d] = middle[d]
    out = sum_array(x, nd, kept)
    if len(<tuple>shapes[2]) == nd:
        return out
    return reshaped(out, <tuple>shapes[2])


cdef ndarray broadcast_kernel(ndarray x, tuple shapes):
    """A view of `x`, repeated along the axes that the sum summed; no memory of its own."""
    cdef tuple whole = <tuple>shapes[0]
    cdef tuple middle = <tuple>shapes[1]
    cdef npy_intp dims[MOST_DIMS]
    cdef npy_intp strides[MOST_DIMS]
    cdef int d, j = 0, nd = <int>len(whole)
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


# A general record's attribute is what its rules need beside the values: (attributes, shapes of the operands, shape of the
# output), or for a record of several outputs a tuple of (shape, type number) in the last place.

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
    if not half:
        return call_kernel(<object>row.python, attribute, arrays, False)
    value = np_asarray(call_kernel(<object>row.python, attribute, [widened_array(x) for x in arrays], False))
    return narrowed_array(<ndarray>value, code) if is_half(code) else value


cdef object apply_general(int op, list operands, object attribute):
    """An op of any number of operands whose derivative is a Python rule over public ops."""
    cdef Row* row = &table[op]
    cdef Tensor out
    cdef Log* log
    cdef int32_t node
    operands = [settled(<Operand>x) for x in operands]
    try:
        value = general_kernel(row, attribute, [array_of(<Operand>x) for x in operands])
    except Exception:
        if not values_are_made_up():
            raise
        value = general_kernel(row, attribute, [stand_in(<Operand>x) for x in operands])
    cdef ndarray array = <ndarray>value if isinstance(value, ndarray) else np_asarray(value)
    # (`value` and `array` are two references; one more is an operand's, or of a buffer that the kernel keeps.)
    if array.base is not None or not PyArray_CHKFLAGS(array, NPY_ARRAY_OWNDATA) or (<PyObject*>array).ob_refcnt > 2:
        array = own_copy(array)
    out = new_tensor(array)
    log = recording_log()
    if log != NULL and log.tracer and not differentiable(out.code):
        trace_silent(log, op, operands, attribute, out)
        return out
    if log == NULL or not differentiable(out.code):
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
        results.append(out)
    if log == NULL:
        return results
    if log.tracer:
        for k in range(len(results)):
            trace_silent(log, OP_RESHAPE, [outputs[k]], (shape_of(<Operand>outputs[k]), shape_of(<Operand>outputs[k])), <Tensor>results[k])
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
        r.payload.partial[0] = k
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
    if x.scalar or PyArray_NDIM(x.array) < 2:
        return identity_of(x)
    axes = tuple(range(PyArray_NDIM(x.array) - 1, -1, -1))
    return apply_linear(OP_TRANSPOSE, x, (axes, axes))


# ------------------------------------------------------------------------------------------------------------- matmul

cdef inline bint blas_reads(int nd, const npy_intp* dims, const npy_intp* strides, npy_intp item) noexcept nogil:
    """Whether a product may be left to BLAS with these matrices as they lie: either of the two axes is one of neighbours.
    (It takes no strides of zero, as the cotangent of a sum has them, and NumPy's loop for what it does not take adds up in
    another order.)"""
    return strides[nd - 1] == item or strides[nd - 2] == item or (dims[nd - 1] == 1 and dims[nd - 2] == 1)


cdef inline ndarray for_blas(ndarray x):
    if not PyArray_CHKFLAGS(x, NPY_ARRAY_ALIGNED):
        return own_copy(x)
    return x if blas_reads(PyArray_NDIM(x), PyArray_DIMS(x), PyArray_STRIDES(x), item_size[type_code(x)]) else own_copy(x)


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


cdef void run_products(void* context, int thread, int part, int parts) noexcept nogil:
    """One part of the stack."""
    cdef Products* p = <Products*>context
    cdef npy_intp index[MOST_DIMS]
    cdef npy_intp begin = p.count * part // parts, end = p.count * (part + 1) // parts, i, at = begin
    cdef npy_intp size = p.core[1] * p.core[3] * item_size[p.code]
    cdef npy_intp scaled[3]
    cdef char* args[3]
    cdef char* pa = p.a
    cdef char* pb = p.b
    cdef char* pc = p.out + begin * size
    cdef int d
    for d in range(p.nd - 1, -1, -1):
        index[d] = at % p.dims[d]
        at //= p.dims[d]
        pa += index[d] * p.sa[d]
        pb += index[d] * p.sb[d]
    for i in range(begin, end):
        args[0] = pa
        args[1] = pb
        args[2] = pc
        if p.core[2] == 1 and p.core[3] == 1 and table[OP_MULTIPLY].loop[p.code] != NULL:
            # A vector times a number, as the gradient of an inner product is.
            scaled[0] = p.steps[3]
            scaled[1] = 0
            scaled[2] = item_size[p.code]
            table[OP_MULTIPLY].loop[p.code](args, &p.core[1], scaled, table[OP_MULTIPLY].data[p.code])
        elif p.core[2] == 1 and p.code == NPY_FLOAT and p.steps[6] == 4:
            vm_outer_f32(pa, p.steps[3], pb, pc, p.core[1], p.core[3])
        elif p.core[2] == 1 and p.code == NPY_DOUBLE and p.steps[6] == 8:
            vm_outer_f64(pa, p.steps[3], pb, pc, p.core[1], p.core[3])
        else:
            table[OP_MATMUL].loop[p.code](args, p.core, p.steps, table[OP_MATMUL].data[p.code])
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


cdef void lay_out_products(Products* p, int code, bint ta, bint tb, int na, const npy_intp* da, const npy_intp* sa, int nb,
                           const npy_intp* db, const npy_intp* sb) noexcept:
    """The products of op(a) and op(b), stacks of matrices of these sizes and strides that fit; the data is filled in later.
    The result's sizes are then in `dims`."""
    cdef int d
    cdef npy_intp size_a, size_b, item = item_size[code], stride
    cdef bint together
    p.code = code
    p.core[0] = 1
    p.core[1] = da[na - 1] if ta else da[na - 2]
    p.core[2] = da[na - 2] if ta else da[na - 1]
    p.core[3] = db[nb - 2] if tb else db[nb - 1]
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
    # A stack times one matrix is one product, its rows those of all the stack.
    together = p.nd > 0 and not ta
    stride = item
    for d in range(na - 1, -1, -1):
        together = together and (da[d] == 1 or sa[d] == stride)
        stride *= da[d]
    if together and stride == p.count * p.core[1] * p.core[2] * item:
        for d in range(p.nd):
            if p.sb[d] != 0 and p.dims[d] != 1:
                break
        else:
            p.core[1] *= p.count
            p.count = 1
            p.steps[3] = p.core[2] * item       # (an axis of one element may have any stride)
            p.steps[4] = item


cdef void multiply_out(Products* p) noexcept:
    """Run the products. BLAS has threads of its own, but for the outer ones."""
    cdef npy_intp size = p.count * p.core[1] * p.core[3]
    cdef int parts = parts_for(size) if p.core[2] == 1 else 1
    if size * p.core[2] >= NOGIL_WORK:
        with nogil:
            wk_run(run_products, p, parts if parts <= p.count else 1, wk_threads())
    else:
        run_products(p, 0, 0, 1)


cdef ndarray matmul_arrays(ndarray a, bint ta, ndarray b, bint tb):
    """op(a) @ op(b) with NumPy's own loop, which hands transposed strides to BLAS without copies."""
    cdef Products p
    cdef ndarray out
    a = for_blas(a)
    b = for_blas(b)
    lay_out_products(&p, type_code(a), ta, tb, PyArray_NDIM(a), PyArray_DIMS(a), PyArray_STRIDES(a),
                     PyArray_NDIM(b), PyArray_DIMS(b), PyArray_STRIDES(b))
    out = new_array(p.code, p.nd + 2, p.dims)
    if PyArray_SIZE(out) == 0:
        return out
    p.a = <char*>PyArray_DATA(a)
    p.b = <char*>PyArray_DATA(b)
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
        raise ValueError(f"matmul: operands of shapes {tuple(x.shape)} and {tuple(y.shape)}: a scalar has no matrix product; use *")
    if code == BFLOAT16:
        return cast_operand(<Operand>apply_matmul(cast_operand(x, NPY_FLOAT), cast_operand(y, NPY_FLOAT), tx, ty), BFLOAT16)
    if table[OP_MATMUL].loop[code] == NULL:
        log = recording_log()
        if log != NULL:
            complain_tracked(log, OP_MATMUL, [x, y])
        a = x.array.swapaxes(-1, -2) if tx and PyArray_NDIM(x.array) > 1 else x.array
        b = y.array.swapaxes(-1, -2) if ty and PyArray_NDIM(y.array) > 1 else y.array
        out = new_tensor(own_copy(numpy.matmul(a, b)))
        if log != NULL and log.tracer:
            trace_silent(log, OP_MATMUL, [x, y], matmul_flags[2 * tx + ty], out)
        return out
    x = cast_operand(x, code)
    y = cast_operand(y, code)
    a = x.array
    b = y.array
    na = PyArray_NDIM(a)
    nb = PyArray_NDIM(b)
    if na == 1 or nb == 1:
        return matmul_vectors(x, y, tx, ty)
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
    return (f"matmul: shapes {tuple(x.shape)} and {tuple(y.shape)} do not match{note}: the first's last axis must be as long as the "
            f"second's last but one, and the axes before them must broadcast")


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


cdef object matmul_operator(object left, object right):
    cdef Operand x, y
    if isinstance(left, Operand):
        x = <Operand>left
        y = operand_or_none(right, x)
    else:
        y = <Operand>right
        x = operand_or_none(left, y)
    if x is None or y is None:
        return deferred(<PyObject*>numpy.matmul, left, right, left if x is None else right)
    return apply_matmul(x, y, False, False)


# ----------------------------------------------------------------------------------------------------------- indexing

cdef object getitem(Operand x, object index):
    """NumPy's indexing: views for slices and integers, copies for arrays of indices or truth values."""
    cdef ndarray array = array_of(x)
    index = plain(index)
    return apply_linear(OP_TAKE if is_fancy(index) else OP_SLICE, x, (array.shape, index))


cdef bint is_fancy(object index):
    """Whether arrays or truth values are among the parts of an index."""
    if isinstance(index, tuple):
        for part in <tuple>index:
            if isinstance(part, (ndarray, list, bool, np_bool)):
                return True
        return False
    return isinstance(index, (ndarray, list, bool, np_bool))


cdef object plain(object index):
    """An index as an attribute: without tensors in it, and nobody can change it later."""
    if isinstance(index, tuple):
        return tuple([plain_index(part) for part in <tuple>index])
    index = plain_index(index)
    if (not traces and isinstance(index, (ndarray, list)) and np_asarray(index).ndim == 0
            and np_asarray(index).dtype.kind in "iu"):
        return int(index)
    return index


cdef object plain_index(object part, int depth=0):
    """One part of such an index."""
    cdef bint nested
    if type(part) is slice:
        return plain_slice(part)
    if isinstance(part, BufferCore):
        part = (<BufferCore>part).value()
    elif traces and isinstance(part, ndarray):
        part = as_operand(part)
    if isinstance(part, Operand):
        if traces and (PyTypeNum_ISINTEGER((<Operand>part).code) or is_lent_mask(<Operand>part)):
            return lend(<Operand>part)
        part = np_asarray(part)
        return int(part) if part.ndim == 0 and part.dtype.kind in "iu" else part.copy()
    if isinstance(part, list):
        check_depth(depth)
        nested = value_holds_operands(part)
        if traces and nested:
            return plain_index(stack_operands(part, None))
        part = array_from([plain_index(item, depth + 1) for item in part] if nested else part)
        return part.astype(np_intp_dtype) if part.size == 0 else part
    if isinstance(part, ndarray):
        return part.copy()
    return part


cdef bint is_lent_mask(Operand x) except -1:
    """Whether these are truth values that a program reads anew: how many hold, and so what shapes there are, is looked at."""
    cdef Log* log = tracing_log()
    if log == NULL or x.code != NPY_BOOL or x.scalar or PyArray_NDIM(array_of(x)) == 0 or varying(log, x) < 0:
        return False
    look(<Operand>apply_general(<int>opcode_by_name["how_many_hold"], [x], None), False)
    return True


cdef object plain_slice(object part):
    """A slice whose bounds are Python's integers: they say how long the result is."""
    cdef PySliceObject* bounds = <PySliceObject*>part
    if is_plain_bound(bounds.start) and is_plain_bound(bounds.stop) and is_plain_bound(bounds.step):
        return part
    return slice(plain_bound(part.start), plain_bound(part.stop), plain_bound(part.step))


cdef inline bint is_plain_bound(PyObject* bound) noexcept:
    return <object>bound is None or type(<object>bound) is int


cdef object plain_bound(object bound):
    if isinstance(bound, BufferCore):
        bound = (<BufferCore>bound).value()
    return None if bound is None else PyNumber_Index(bound)


def iterate(Operand x):
    cdef npy_intp i
    for i in range(PyArray_DIMS(x.array)[0]):
        yield getitem(x, i)


cdef Tensor stack_operands(object values, object dtype):
    """A nested list with tensors in it, as one tensor; recorded."""
    return public_stack(values, dtype)
