# A leading axis: what shapes, attributes and sums become where every operand, cotangent or tangent is many at once.
#
# Shapes are aligned from the end, so elementwise ops and products need to be told nothing. Attributes are.

cdef inline tuple with_batch(tuple shape, npy_intp batch):
    return (batch,) + shape if batch else shape


cdef object as_they_stand(object attribute, npy_intp length):
    return attribute


cdef object shapes_behind(object attribute, npy_intp length):
    return tuple([(length,) + <tuple>shape for shape in <tuple>attribute])


cdef object axes_behind(object attribute, npy_intp length):
    return tuple([(0,) + tuple([axis + 1 for axis in axes]) for axes in <tuple>attribute])


cdef object index_behind_axis(object attribute, npy_intp length):
    shape, index = <tuple>attribute
    return ((length,) + <tuple>shape, (slice(None),) + (index if isinstance(index, tuple) else (index,)))


cdef object batch_attributes(int op, object attribute, npy_intp batch):
    """A linear row's attributes for an operand with a leading axis, or None where the row must be run for each
    entry."""
    if table[op].behind != NULL:
        return table[op].behind(attribute, batch)
    if table[op].batched != NULL:
        return (<object>table[op].batched)(attribute, batch)
    return None


cdef tuple sum_shapes(tuple whole, tuple shape):
    """The attributes of the sum that takes an array of shape `whole` to one that broadcast to it."""
    cdef int lead = <int>(len(whole) - len(shape))
    return (whole, (1,) * lead + shape, shape)


cdef ndarray sum_to(ndarray array, tuple shape, npy_intp batch):
    """Sum to a shape that broadcast to the array's own; a leading axis of a batch stays."""
    cdef npy_intp kept[MOST_DIMS]
    cdef int nd = PyArray_NDIM(array), d, first = 1 if batch else 0, lead = nd - <int>len(shape)
    cdef ndarray out
    cdef bint same = lead == first
    kept[0] = batch
    for d in range(first, nd):
        kept[d] = 1 if d < lead else <npy_intp>shape[d - lead]
        same = same and kept[d] == PyArray_DIMS(array)[d]
    if same:
        return array
    out = sum_array(array, nd, kept)
    return out if lead == first else reshaped(out, with_batch(shape, batch))


cdef object sum_tensor_to(Operand x, tuple shape, npy_intp batch):
    """Recorded sum of a contribution to the shape of an operand that was broadcast; a leading axis of a batch stays."""
    cdef tuple whole = shape_of(x), wanted = with_batch(shape, batch)
    cdef int first = 1 if batch else 0, lead = <int>(len(whole) - len(wanted))
    if whole == wanted:
        return x
    return apply_linear(OP_SUM, x, (whole, wanted[:first] + (1,) * lead + shape, wanted))


cdef object broadcast_tensor(Operand x, tuple shape):
    cdef tuple own = shape_of(x)
    if own == shape:
        return x
    return apply_linear(OP_BROADCAST, x, sum_shapes(shape, own))


cdef inline bint alike(Operand x, Operand y) noexcept:
    """Whether two values have one shape."""
    if x.scalar or y.scalar:
        return x.scalar and y.scalar
    return same_shape(x.array, y.array)


cdef Tensor zeros_of_shape(tuple shape, int code, npy_intp batch):
    cdef npy_intp dims[MOST_DIMS]
    cdef int d, nd
    shape = with_batch(shape, batch)
    if len(shape) == 0 and (code == NPY_DOUBLE or code == NPY_FLOAT):
        return new_scalar(0.0, code)
    nd = <int>len(shape)
    for d in range(nd):
        dims[d] = shape[d]
    return new_tensor(blank_array(code, nd, dims) if traces and not_made(nd, dims) else zeros_array(code, nd, dims))


cdef object entry_of(object x, npy_intp i):
    """One entry of a leading axis: of a tensor, of each of a list, or of None."""
    if isinstance(x, list):
        return [entry_of(item, i) for item in x]
    return None if x is None else getitem(<Operand>x, i)


cdef Tensor zeros_of(Operand x):
    if x.scalar:
        return new_scalar(0.0, x.code)
    if traces and not_made(PyArray_NDIM(x.array), PyArray_DIMS(x.array)):
        return new_tensor(blank_of(shape_of(x), x.code))
    return new_tensor(zeros_array(x.code, PyArray_NDIM(x.array), PyArray_DIMS(x.array)))


cdef Tensor ones_of(Operand x):
    if x.scalar:
        return new_scalar(1.0, x.code)
    if traces and not_made(PyArray_NDIM(x.array), PyArray_DIMS(x.array)):
        return new_tensor(blank_of(shape_of(x), x.code))
    if x.code == NPY_FLOAT or x.code == NPY_DOUBLE:
        return new_tensor(uniform_array(1.0, x.code, PyArray_NDIM(x.array), PyArray_DIMS(x.array)))
    return new_tensor(np_ones(x.array.shape, x.array.dtype))


cdef object stacked_entries(list entries):
    """What a rule gave for each entry of a batch; zeros where it gave None, and None where it gave nothing else."""
    cdef object found
    for found in entries:
        if found is not None:
            return public_stack([zeros_of(<Operand>found) if x is None else x for x in entries], None)
    return None


cdef ndarray aligned(ndarray tangent, npy_intp batch, int nd):
    """With a batch, a tangent of fewer axes than the result gets ones behind the leading axis: shapes are aligned from
    the end."""
    cdef int own = PyArray_NDIM(tangent)
    if not batch or own == nd:
        return tangent
    return reshaped(tangent, (batch,) + (1,) * (nd - own) + (<tuple>tangent.shape)[1:])


cdef Operand aligned_tensor(Operand tangent, npy_intp batch, int nd):
    cdef tuple shape = shape_of(tangent)
    if not batch or len(shape) == nd:
        return tangent
    return apply_linear(OP_RESHAPE, tangent, (shape, (batch,) + (1,) * (nd - <int>len(shape)) + shape[1:]))
