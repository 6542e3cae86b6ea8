# Emission: what a rule computes with, in either of three ways. Raw, when no open tape listens: values are arrays, and
# elementwise ones registers of a line, which fuses neighbouring records. Recorded, when one does: values are tensors
# that stand at their nodes, so that what a rule does with them is heard; or, where nobody wants the values, the numbers
# of these nodes (nodes.pxi).

# ------------------------------------------------------------------------------------------------------------- values

cdef object value_at(Sweep* s, int32_t reference):
    """The value of a record's array operand."""
    if s.nodes:
        return rule_operand(s, reference).node
    if s.tensors:
        return tensor_at(s, reference)
    if reference <= FIRST_CONSTANT:
        return <ndarray>s.log.constants[FIRST_CONSTANT - reference].value.array
    return <ndarray>s.log.values[reference].array


cdef inline Operand as_tensor(object value):
    return <Operand>value if isinstance(value, Operand) else new_tensor(<ndarray>value)


cdef object spent(Sweep* s, int32_t node):
    """A node's cotangent, which goes, unless the node is a source; of a record of several outputs, a list of
    tensors."""
    cdef int32_t k = node - s.low
    cdef object cotangent
    if s.nodes:
        return node_of(s.log, spent_node(s, node), s.log.records[node].dtype)
    if s.tensors:
        cotangent = adjoint_tensor(s, node)
    elif s.state[k] & KIND_MASK == BUNDLE:
        cotangent = <object>s.adjoint[k].object
    else:
        cotangent = standing_array(s, node)
    if not s.state[k] & SOURCE:
        drop(s, node)
    return cotangent


cdef object tangent_at(Sweep* s, int32_t node):
    """A node's tangent, which other records may read, too; None where it has none."""
    if not has_tangent(s, node):
        return None
    return adjoint_tensor(s, node) if s.tensors else standing_array(s, node)


cdef int give(Sweep* s, int32_t node, object value) except -1:
    """Add to what has come to a node."""
    if s.nodes:
        return give_node(s, node, value)
    if s.tensors:
        return add_tensor(s, node, value)
    return add_array(s, node, array_of(<Operand>value) if isinstance(value, Operand) else <ndarray>value)


cdef inline ndarray array_in(Sweep* s, object x):
    """The array of what is computed with."""
    return array_of(<Operand>x) if s.tensors else <ndarray>x


cdef bint are_units(Sweep* s, ndarray x, int axis) noexcept:
    """Whether these are the rows that a sweep of a Jacobian began with, as a stack of vectors along an axis."""
    if not (PyArray_DATA(x) == s.units and PyArray_NDIM(x) == 3 and PyArray_DIMS(x)[0] == s.batch
            and PyArray_DIMS(x)[axis] == s.batch and PyArray_CHKFLAGS(x, NPY_ARRAY_CARRAY_RO)):
        return False
    if not s.looked_at:
        s.looked_at = True
        if not is_identity(x, s.batch):
            s.units = NULL
    return s.units != NULL


cdef object times_units(Sweep* s, object x, bint tx, object y, bint ty):
    """The product where a factor is the rows of an identity, as a stack of vectors, and the other one a matrix: that
    matrix's columns, or rows. None for any other."""
    cdef ndarray a = array_in(s, x), b = array_in(s, y)
    if type_code(a) != type_code(b):
        return None
    if PyArray_NDIM(a) == 2 and are_units(s, b, 2 if ty else 1):
        return rows_apart(s, x, not tx, 2)
    if PyArray_NDIM(b) == 2 and are_units(s, a, 1 if tx else 2):
        return rows_apart(s, y, ty, 1)
    return None


cdef object rows_apart(Sweep* s, object x, bint transposed, int axis):
    """The rows of a matrix, or its columns, as a stack of matrices of one row (axis 1) or one column (axis 2)."""
    cdef ndarray array = array_in(s, x)
    cdef tuple own = tuple((<tuple>array.shape)[::-1] if transposed else array.shape)
    cdef tuple shape = own[:axis] + (1,) + own[axis:]
    if s.tensors:
        if transposed:
            x = apply_linear(OP_TRANSPOSE, <Operand>x, ((1, 0), (1, 0)))
        return apply_linear(OP_RESHAPE, <Operand>x, (own, shape))
    return reshaped(<ndarray>array.T if transposed else array, shape)


cdef object product(Sweep* s, object x, bint tx, object y, bint ty):
    """A matrix product, of operands that are transposed before where told so."""
    cdef object factor = None
    if s.units != NULL:
        factor = times_units(s, x, tx, y, ty)
        if factor is not None:
            return factor
    if s.nodes:
        return append_product(s.log, x, tx, y, ty)
    if s.tensors:
        return apply_matmul(<Operand>x, <Operand>y, tx, ty)
    return matmul_arrays(<ndarray>x, tx, <ndarray>y, ty)


cdef tuple shape_in(Sweep* s, object x):
    """The shape of what is computed with."""
    if s.nodes:
        return shapes_of(s.log).shape(s.log.shapes[<int32_t>x])
    return shape_of(<Operand>x) if s.tensors else (<object>x).shape


cdef object with_shape(Sweep* s, object x, tuple shape):
    """The same elements in another shape."""
    cdef tuple own = shape_in(s, x)
    if not s.tensors:
        return reshaped(<ndarray>x, shape)
    if s.nodes:
        return node_reshaped(s.log, x, shape)
    return x if own == shape else apply_linear(OP_RESHAPE, <Operand>x, (own, shape))


cdef object stacked_rows(Sweep* s, object x, npy_intp batch):
    """A stack of matrices as one, their rows below one another; with a batch, each entry's."""
    cdef tuple shape = shape_in(s, x)
    cdef npy_intp length, rows = 1
    for length in shape[1 if batch else 0:-1]:
        rows *= length
    return with_shape(s, x, with_batch((rows, shape[-1]), batch))


cdef object reduced(Sweep* s, object x, tuple shape):
    """The sum of a contribution to the shape of an operand that was broadcast."""
    if s.nodes:
        return node_summed(s.log, x, shapes_of(s.log).number_of(shape))
    return sum_tensor_to(<Operand>x, shape, s.batch) if s.tensors else sum_to(<ndarray>x, shape, s.batch)


cdef object lined_up(Sweep* s, object x, int nd):
    """With a batch, a tangent of fewer axes than the result gets ones behind the leading axis."""
    if not s.batch:
        return x
    return aligned_tensor(<Operand>x, s.batch, nd) if s.tensors else aligned(<ndarray>x, s.batch, nd)


cdef object entry(Sweep* s, object x, npy_intp i):
    """One entry of the batch."""
    return getitem(<Operand>x, i) if s.tensors else np_asarray(x[i])


cdef object stacked(Sweep* s, list entries):
    return public_stack(entries, None) if s.tensors else numpy.stack(entries)


cdef object linear_value(Sweep* s, int op, object x, object attribute):
    """A linear op on what may have a leading axis."""
    cdef object batched = attribute
    cdef npy_intp i
    if s.batch:
        batched = batch_attributes(op, attribute, s.batch)
        if batched is None:
            return stacked(s, [one_linear(s, op, entry(s, x, i), attribute) for i in range(s.batch)])
    return one_linear(s, op, x, batched)


cdef inline object one_linear(Sweep* s, int op, object x, object attribute):
    return apply_linear(op, <Operand>x, attribute) if s.tensors else linear_array(op, <ndarray>x, attribute)


cdef object transpose_value(Sweep* s, int op, object cotangent, object attribute):
    """The transpose of a linear op: its partner, or itself with its attributes the other way round."""
    return linear_value(s, table[op].partner, cotangent, transposed_attribute(op, attribute))


cdef inline object transposed_attribute(int op, object attribute):
    return (<tuple>attribute)[::-1] if table[op].partner == op else attribute


cdef object picked(Sweep* s, object x, object index, object kept):
    """x[index] in memory of its own, with zeros for what did not stay."""
    cdef object part
    if s.tensors:
        return picked_tensor(<Operand>x, index, kept)
    part = np_asarray(x[index])
    if (<ndarray>part).base is not None or kept is not None:
        part = own_copy(part)
    if kept is not None:
        numpy.copyto(part, 0, where=~np_asarray(kept))
    return part


cdef object written(Sweep* s, object x, object index, object values, tuple shape):
    """x, but for x[index], which are these values of that shape; zeros for None. The memory of `x` is used, if nobody
    but the caller has it."""
    cdef object whole
    if s.tensors:
        if values is None:
            values = zeros_of_shape(shape, (<Operand>x).code, 0)
        return set_at(<Operand>x, index, <Operand>values, True)
    whole = x if is_sole(<PyObject*>x) and pooled_memory(<PyObject*>x) else own_copy(<ndarray>x)
    if values is None:
        whole[index] = 0
    else:
        put_elements(<ndarray>whole, index, as_tensor(values))
    return whole


cdef object own_value(Sweep* s, object x):
    """A cotangent that may be written to."""
    if s.tensors:       # (a weight of the caller's may be a variable, or an array)
        return identity_of(<Operand>x) if type(x) is not Tensor or (<Tensor>x).borrowed else x
    return x if is_sole(<PyObject*>x) and pooled_memory(<PyObject*>x) else own_copy(<ndarray>x)


cdef object zeros_value(Sweep* s, tuple shape, int code):
    cdef Tensor zeros = zeros_of_shape(shape, code, s.batch)
    return zeros if s.tensors else array_of(zeros)


# --------------------------------------------------------------------------------------------- registers of the line

cdef int load_operand(Sweep* s, int32_t reference) except -1:
    """The value of a record's operand, as a register of the line."""
    cdef Record* r
    cdef Constant* c
    if reference <= FIRST_CONSTANT:
        c = &s.log.constants[FIRST_CONSTANT - reference]
        if c.scalar:
            return line_uniform(s.line, c.value.number, c.dtype)
        return line_load(s.line, <ndarray>c.value.array)
    r = &s.log.records[reference]
    if r.flags & SCALAR:
        return line_uniform(s.line, s.log.values[reference].number, r.dtype)
    return line_load(s.line, <ndarray>s.log.values[reference].array)


cdef int cotangent_register(Sweep* s, int32_t node, int code_room, int register_room) except -1:
    """A node's adjoint, spent unless the node is a source, as a register of a line of its shape that has room."""
    cdef Line* line = s.line
    cdef int32_t k = node - s.low
    cdef int dtype = s.log.records[node].dtype, register
    cdef ndarray cotangent
    if s.state[k] & KIND_MASK == IN_LINE and not line_has_room(line, code_room, register_room):
        flush(s)
    if s.state[k] & KIND_MASK == IN_LINE:
        register = <int>s.adjoint[k].register
    else:
        cotangent = <ndarray>s.adjoint[k].object
        if line.count and not (line_has_room(line, code_room, register_room)
                               and line_fits(line, dtype, PyArray_NDIM(cotangent), PyArray_DIMS(cotangent))):
            flush(s)
        if not line.count:
            line_begin(line, dtype, PyArray_NDIM(cotangent), PyArray_DIMS(cotangent))
        register = line_load(line, cotangent)
        cotangent = None        # before the adjoint goes, so that the line may be its only holder
    if not s.state[k] & SOURCE:
        drop(s, node)
    return register


cdef int tangent_register(Sweep* s, int32_t node) except -1:
    """A node's tangent as a register of the line that has been begun."""
    cdef int32_t k = node - s.low
    cdef uint8_t kind = s.state[k] & KIND_MASK
    cdef ndarray tangent
    if kind == IN_LINE:
        return <int>s.adjoint[k].register
    if kind == NUMBER:
        return line_uniform(s.line, s.adjoint[k].number, s.line.dtype)
    tangent = <ndarray>s.adjoint[k].object
    if type_code(tangent) != s.line.dtype:
        tangent = tangent.astype(dtype_objects[s.line.dtype])
    return line_load(s.line, aligned(tangent, s.batch, s.line.nd))


cdef int begin_result(Sweep* s, int32_t node, int32_t* operands, int n, int code_room, int register_room) except -1:
    """A line of the shape of a record's result that has room."""
    cdef Record* r = &s.log.records[node]
    cdef npy_intp dims[MOST_DIMS]
    cdef int nd = 0, d, i, lead = 1 if s.batch else 0
    cdef int32_t k
    cdef ndarray tangent
    cdef tuple shape
    if lead:
        dims[0] = s.batch
        nd = 1
    if r.flags & ATTRIBUTE:
        shape = <tuple>(<tuple>r.payload.attribute)[3]
        for d in range(<int>len(shape)):
            dims[lead + d] = shape[d]
        nd = lead + <int>len(shape)
    elif not r.flags & SCALAR:
        # Nothing was broadcast: every tangent has the result's shape.
        for i in range(n):
            if has_tangent(s, operands[i]):
                k = operands[i] - s.low
                if s.state[k] & KIND_MASK == IN_LINE:
                    nd = s.line.nd
                    for d in range(nd):
                        dims[d] = s.line.dims[d]
                else:
                    tangent = <ndarray>s.adjoint[k].object
                    nd = PyArray_NDIM(tangent)
                    for d in range(nd):
                        dims[d] = PyArray_DIMS(tangent)[d]
                break
    if s.line.count and not (line_has_room(s.line, code_room, register_room)
                             and line_fits(s.line, r.dtype, nd, dims)):
        flush(s)
    if not s.line.count:
        line_begin(s.line, s.log.records[node].dtype, nd, dims)
    return 0


cdef bint shape_is(tuple shape, int nd, npy_intp* dims):
    cdef int d
    if shape is None or len(shape) != nd:
        return False
    for d in range(nd):
        if <npy_intp>shape[d] != dims[d]:
            return False
    return True


cdef bint is_small_part(Line* line, ndarray part) noexcept:
    """Whether adding a part in its place costs less than adding an array of the line's shape that is zero elsewhere."""
    cdef npy_intp size = 1
    cdef int d
    for d in range(line.nd):
        size *= line.dims[d]
    return 4 * PyArray_SIZE(part) < size


# -------------------------------------------------------------------------------------------- the programs of a row's
# rule

cdef double operand_number(Sweep* s, int32_t reference) noexcept:
    if reference <= FIRST_CONSTANT:
        if s.log.constants[FIRST_CONSTANT - reference].scalar:
            return s.log.constants[FIRST_CONSTANT - reference].value.number
        return 0
    if reference == UNTRACKED:      # (which the rule does not read)
        return 0
    return s.log.values[reference].number


ctypedef struct TensorEmitter:
    PyObject* registers         # a list, of tensors and of Python's numbers


cdef int emit_python_number(TensorEmitter* to, int register, double value) except -1:
    (<list>to.registers)[register] = value
    return 0


cdef int emit_tensor(TensorEmitter* to, const Instruction* code) except -1:
    cdef list registers = <list>to.registers
    cdef int k, op = code.op
    cdef object x = registers[code.inputs[0]]
    if table[op].arity == 1 and is_operand(x):
        x = apply1(op, <Operand>x)
    elif table[op].arity == 2 and not table[op].condition:
        x = binary(op, x, registers[code.inputs[1]])
    else:
        x = call_row(op, [registers[code.inputs[k]] for k in range(table[op].arity)])
    registers[code.out] = x
    return 0


cdef object run_on_tensors(Program* p, list registers):
    """A program over tensors, op by op, recorded where a tape listens."""
    cdef TensorEmitter to
    registers = registers + [None] * (p.constants + p.instructions)
    to.registers = <PyObject*>registers
    emitted(walk_rule(p, &to, <EmitConstant><void*>emit_python_number, <EmitOp><void*>emit_tensor))
    return registers[p.result]


cdef object call_row(int op, list arguments):
    """An elementwise op on tensors and numbers."""
    cdef Operand like = None
    cdef Row* row = &table[op]
    cdef int n = row.arity
    for x in arguments[row.condition:]:
        if isinstance(x, Operand):
            like = <Operand>x
    if n == 1:
        return apply1(op, like)
    if n == 2 and like is not None:
        return binary(op, arguments[0], arguments[1])
    if like is None:
        like = new_scalar(0.0, float_code)
    arguments = [operand_beside(x, like) for x in arguments] + [None, None]
    return elementwise(op, arguments[0], arguments[1], arguments[2])


cdef int emit_node_constant(NodeEmitter* to, int register, double value) noexcept:
    to.registers[register].node = UNTRACKED
    to.registers[register].number = rounded(value, to.code)
    return 0


cdef int emit_node(NodeEmitter* to, const Instruction* code) except -1:
    cdef Scalar arguments[MOST_INPUTS]
    cdef int k
    for k in range(MOST_INPUTS):
        if code.inputs[k] >= 0:
            arguments[k] = to.registers[code.inputs[k]]
    to.registers[code.out] = emit_scalar(to.log, code.op, arguments, table[code.op].arity, to.code)
    return 0


cdef Scalar run_on_nodes(NodeEmitter* to, const Program* p) except *:
    """A program over scalars on the log, its input registers filled in."""
    emitted(walk_rule(p, to, <EmitConstant><void*>emit_node_constant, <EmitOp><void*>emit_node))
    return to.registers[p.result]
