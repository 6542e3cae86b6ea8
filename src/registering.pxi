# What Python calls for rows: registering them, and running them.

def register_elementwise(str name, ufunc, formula, derivatives, parameters, str doc, bint condition=False,
                         bint boolean=False, ufuncs=(), bint raises=False, bint passes_on=False, bint by_width=False,
                         bint keeps_integers=False, bint poles=False, c=None, cost="each", number=None, bint own=False):
    """Add an elementwise row to the op table and return its handle.

    `derivatives` has one entry an operand: a formula of (cotangent, *operands, output), None where the gradient stops,
    or Ellipsis where nobody has written one. A row that `passes_on` has its first operand for value. One whose value
    goes `by_width` is computed in the very dtype of numbers that have no dimensions, too. With `keeps_integers` its
    formula holds for integers as it stands; else they become float64. `number` is one by which C knows the op. A row
    whose text in C is one function of libm's is computed by that where it is the library's `own`, or by a kernel that
    is like it.
    """
    cdef int arity = <int>len(parameters), k
    cdef int opcode
    cdef Row* row
    cdef Op op
    if arity > MOST_INPUTS or len(derivatives) != arity:
        raise ValueError(f"{name}: an elementwise row has one to {MOST_INPUTS} operands and a derivative for each")
    if ufunc is None and formula is None and number is None and not (own and c in texts_of_own_loops):
        raise ValueError(f"{name}: an elementwise row needs a ufunc, or a formula in terms of other rows")
    for taken in (ufunc, *ufuncs):
        if taken is not None and not isinstance(taken, numpy.ufunc):
            raise TypeError(f"{name}: {shorten(taken)} is no ufunc; a function of operations is a formula")
        if taken in opcode_by_ufunc:
            raise ValueError(f"{name}: np.{taken.__name__} belongs to the row {opcode_by_ufunc[taken]!r} already")
    opcode = claim_opcode(name, number)
    row = &table[opcode]
    row.kind = ELEMENTWISE
    row.arity = arity
    row.condition = condition
    row.boolean = boolean
    row.raises = raises
    row.passes_on = passes_on
    row.poles = poles
    row.by_width = by_width
    row.keeps_integers = keeps_integers
    row.rule = keep(tuple(derivatives))
    if ufunc is not None:
        row.ufunc = keep(ufunc)
        take_ufunc_loops(row, ufunc)
        opcode_by_ufunc[ufunc] = name
    for other in ufuncs:
        opcode_by_ufunc[other] = name
    take_own_loops(row, opcode, c if own else None)
    if ufunc is not None:
        remember(row)
    if formula is not None:
        row.formula_rule = keep(formula)
    for k in range(arity):
        row.derivative[k] = NOTHING if derivatives[k] is None else (MISSING if derivatives[k] is ... else UNTRACED)
    take_scalar_kernel(row, c if own else None)
    row.plan = PLAN_LINE
    op = new_handle(name, opcode, parameters, doc, c, cost)
    op.boolean = boolean
    op.method.ml_name = op.encoded_name
    op.method.ml_meth = <void*>call_elementwise
    op.method.ml_flags = METH_FASTCALL | METH_KEYWORDS
    op.method.ml_doc = op.encoded_doc
    op.function = PyCFunction_NewEx(&op.method, op, "autodiff_core")
    keep_for_good(op.function)
    for taken in (ufunc, *ufuncs):
        recorded_ufuncs[taken] = op.function
    return op


def as_dtype(dtype):
    """A dtype, by any of its names."""
    return dtype_of(dtype)


def is_differentiable(dtype):
    """Whether a dtype's values vary smoothly: those of floats and of complex numbers do."""
    return differentiable(code_of_number(dtype_of(dtype).num))


def is_floating(dtype):
    """Whether a dtype is one of real floats, of which bfloat16 is of another kind for NumPy."""
    return is_float(code_of_number(dtype_of(dtype).num))


def on_complex(str name, form):
    """Give an elementwise row what stands in its place where operands are complex: a function of the operands, made of
    other ops. Rows whose kernels and formulas hold for complex numbers as they stand need none."""
    table[<int>opcode_by_name[name]].complex_form = keep(form)


@cython.final
cdef class Compiled:
    """A kernel that the core has for a linear row, with what goes with it."""
    cdef ArrayKernel kernel
    cdef ArrayKernel view
    cdef AttributesBehind behind
    cdef int plan


cdef Compiled compiled(ArrayKernel kernel, ArrayKernel view, AttributesBehind behind, int plan):
    cdef Compiled made = Compiled.__new__(Compiled)
    made.kernel = kernel
    made.view = view
    made.behind = behind
    made.plan = plan
    return made


CAST = compiled(cast_kernel, NULL, as_they_stand, PLAN_CAST)
SUM = compiled(sum_kernel, NULL, shapes_behind, PLAN_SUM)
BROADCAST = compiled(broadcast_kernel, broadcast_kernel, shapes_behind, PLAN_VIEW)
RESHAPE = compiled(reshape_kernel, reshape_view, shapes_behind, PLAN_VIEW)
TRANSPOSE = compiled(transpose_kernel, transpose_kernel, axes_behind, PLAN_VIEW)
SLICE = compiled(slice_kernel, slice_view, index_behind_axis, PLAN_VIEW)
UNSLICE = compiled(unslice_kernel, NULL, index_behind_axis, PLAN_PAD)


cdef int take_kernel(Row* row, object kernel, bint views) except -1:
    if isinstance(kernel, Compiled):
        row.compiled = (<Compiled>kernel).kernel
        row.view = (<Compiled>kernel).view
        row.behind = (<Compiled>kernel).behind
        row.plan = (<Compiled>kernel).plan
    elif kernel is not None:
        row.python = keep(kernel)
        row.plan = PLAN_VIEW if views else PLAN_CALL
    row.scalar_code = SCALAR_MOVE if row.plan == PLAN_VIEW or row.plan == PLAN_CAST else SCALAR_ROW
    return 0


def take_facts(str name, *, neutral=(), commutes=False, bint undoes_itself=False, zeros_kept=None, keeping_zeros=None,
               bint idle_if_alike=False, joined=None, permutes=None, part=None, bint in_order=False):
    """Note of a row what holds to the last bit, infinities, NaNs and signed zeros included, for passes to count on.

    Of elementwise rows: operands that leave the other one as it is (`neutral`: a number or None for each); whether
    operands may change places (True, or "reals": where none is complex); whether the row undoes itself; which zeros
    among the operands are zeros of the value whatever the other one is ("first", "both"); and which row keeps the first
    operand's zeros and is this one else (`keeping_zeros`).
    Of linear rows: whether the value is the operand where it has its dtype and shape; `joined`: (the first's
    attributes, the second's) -> the attributes of one for two on end; `permutes`: attributes -> the operand's axis of
    each of the value's, where that is all that the row does; whether the value is a `part` of the operand ("slice",
    "elements" or "rows"), operand[attributes[1]]; whether it has all elements of the operand, `in_order`.
    """
    cdef int op = <int>opcode_by_name[name], k
    cdef Row* row = &table[op]
    for k, number in enumerate(neutral):
        if number is not None:
            row.has_neutral |= <uint32_t>1 << k
            row.neutral[k] = number
    row.commutes = COMMUTES_ON_REALS if commutes == "reals" else (COMMUTES if commutes else KEEPS_ORDER)
    row.undoes_itself = undoes_itself
    row.zeros_kept = FIRST_ZEROS if zeros_kept == "first" else (BOTH_ZEROS if zeros_kept == "both" else NO_ZEROS)
    if keeping_zeros is not None:
        row.keeping_zeros = opcode_by_name[keeping_zeros]
        table[row.keeping_zeros].plain = op
    row.idle_if_alike = idle_if_alike
    row.part = PART_SLICE if part == "slice" else (PART_ELEMENTS if part == "elements"
                                                   else (PART_ROWS if part == "rows" else NO_PART))
    row.in_order = in_order
    if joined is not None:
        row.joined = keep(joined)
    if permutes is not None:
        row.permutes = keep(permutes)


def register_linear(str name, forward, str partner, backward, bint selects=False, bint partner_selects=False,
                    depends=None,
                    batched=None, examples=None, partner_examples=None, bint widens=False, *, form, gives,
                    c=(None, None),
                    cost=("each", "each"), views=(False, False), numbers=(None, None), kernels=(None, None),
                    bint meets=False):
    """Add a pair of linear rows that are each other's transposes over the same attributes; returns both handles.

    A kernel takes (array, attributes) and returns an array. A row that is its own partner is run with its attributes (a
    tuple) reversed. A kernel that the core has compiled is a `Compiled`. Where one `views`, what it returns is always a
    view of its array, which may have any strides, and it reads no element: a program does not copy any. `batched` makes
    attributes for an operand with a leading axis: (attributes, its length), or None where there are none; `examples` is
    the op itself for many examples (see batching.pxi): (attributes, operands, which of them have the axis, its length),
    or None. With `widens`, both kernels but those that select are given float32 for half precisions. For `selects` and
    `depends` see sparsity.pxi. `form` says what the attributes are, and `gives` what either of the pair makes of its
    operand (ops/forms.py). `c` and `cost` are of either, too, and so are `kernels`, names of those in C (kernels.h).
    The kernels of a pair that `meets` wait for those of other processes.
    """
    cdef int first, second
    cdef const Kernel* kernel = kernel_named(kernels[0])
    cdef const Kernel* partner_kernel = kernel_named(kernels[1])
    if partner != name and partner in opcode_by_name:
        raise ValueError(f"the op table already has a row named {partner!r}")   # before `name` is taken
    first = claim_opcode(name, numbers[0])
    second = first if partner == name else claim_opcode(partner, numbers[1])
    table[first].kind = LINEAR
    table[first].arity = 1
    table[first].partner = second
    table[first].ready = True
    table[first].selects = selects
    table[first].widens = widens and not selects
    table[first].meets = table[second].meets = meets
    if depends is not None:
        table[first].depends = keep(depends)
    if batched is not None:
        table[first].batched = keep(batched)
        table[second].batched = keep(batched)
    if examples is not None:
        table[first].examples = keep(examples)
    if partner_examples is not None:
        table[second].examples = keep(partner_examples)
    take_kernel(&table[first], forward, views[0])
    table[first].kernel = kernel
    take_form(&table[first], form, gives[0])
    if second != first:
        take_form(&table[second], form, gives[1])
        table[second].kind = LINEAR
        table[second].arity = 1
        table[second].partner = first
        table[second].ready = True
        table[second].selects = partner_selects
        table[second].widens = widens and not partner_selects
        take_kernel(&table[second], backward, views[1])
        table[second].kernel = partner_kernel
    op = new_handle(name, first, ["x"], "", c[0], cost[0])
    return op, op if second == first else new_handle(partner, second, ["x"], "", c[1], cost[1])


def register_general(str name, forward, rule, pushforward, bint keeps_inputs, bint keeps_output, linear=None,
                     bint leading=False, bint multiple=False, bint selects=False, depends=None, bint draws=False,
                     bint sparing=False, batched=None, examples=None, bint raises=False, bint acts=False,
                     bint updates_rows=False, bint widens=False, *, form, gives, c=None, cost="each", number=None,
                     kernel=None, bint meets=False):
    """Add a row whose derivative is a Python function over public ops: rule(cotangent, output, attributes, *operands).

    Its tangent is pushforward(tangents, output, attributes, *operands) if given; else the op itself where it is
    `linear` in its operands ("jointly", or in "each"); else the rule is transposed. A row of several outputs
    (`multiple`) is computed by Python and recorded by `multiple`; cotangents and tangents are then lists. With
    `leading`, both rules hold for a leading axis as they stand. A row that `draws` gives other values each time. A
    `sparing` rule of several outputs is told None for the cotangents that are zero. One that `raises` an error for some
    values is run by a program even if nobody reads its result, and so is one that `acts`. One that `updates_rows` has a
    kind of change for attribute (see rows.pxi), and is its first operand but for rows, whose numbers and values are the
    other two. One that `widens` is given float32 for half precisions, and its float result is rounded to them. `kernel`
    names one in C (kernels.h), which is asked before `forward`. The kernel of one that `meets` waits for those of other
    processes. For `selects` and `depends` see sparsity.pxi. `form`
    says what the attributes are, and `gives` what becomes of operands (ops/forms.py); both are None for a row that has
    no place in a program file.
    """
    cdef const Kernel* compiled_kernel = kernel_named(kernel)
    cdef int opcode = claim_opcode(name, number)
    take_form(&table[opcode], form, gives)
    table[opcode].kind = GENERAL
    table[opcode].kernel = compiled_kernel
    table[opcode].ready = True
    table[opcode].keeps_inputs = keeps_inputs
    table[opcode].keeps_output = keeps_output
    table[opcode].linearity = JOINTLY if linear == "jointly" else (IN_EACH if linear == "each" else NOT_LINEAR)
    table[opcode].leading = leading
    table[opcode].multiple = multiple
    if forward is not None:
        table[opcode].python = keep(forward)
    table[opcode].selects = selects
    table[opcode].widens = widens
    table[opcode].draws = draws
    table[opcode].sparing = sparing
    table[opcode].raises = raises
    table[opcode].acts = acts
    table[opcode].meets = meets
    table[opcode].updates_rows = updates_rows
    if batched is not None:
        table[opcode].batched = keep(batched)
    if examples is not None:
        table[opcode].examples = keep(examples)
    if depends is not None:
        table[opcode].depends = keep(depends)
    if rule is not None:
        table[opcode].rule = keep(rule)
    if pushforward is not None:
        table[opcode].pushforward = keep(pushforward)
    return new_handle(name, opcode, ["*operands"], "", c, cost)


def register_update(str name, kernel, winners, *, batched, form, gives, c=None, cost="each", kernel_in_c=None):
    """Add the row of a write: x but for x[index], which are the values of the second operand; its derivative is
    compiled.

    `winners` says of (shape, index) which of the elements that are selected stay, where an index names some twice.
    """
    cdef Op op = register_general(name, kernel, winners, None, False, False, selects=True, batched=batched, form=form,
                                  gives=gives, c=c, cost=cost, number=OP_WRITE, kernel=kernel_in_c)
    table[op.opcode].kind = UPDATE
    return op


cdef int take_form(Row* row, object form, object gives) except -1:
    if form is not None:
        row.form = keep(form)
        row.gives = keep(gives)
    return 0


cdef int register_projection() except -1:
    """The row of records that are one output of a record of several."""
    cdef int opcode = claim_opcode("projection", OP_PROJECTION)
    table[opcode].kind = PROJECTION
    table[opcode].arity = 1
    table[opcode].ready = True
    new_handle("projection", opcode, ["x"], "")
    return 0


register_projection()


def register_matmul(str name, ufunc, *, form, gives, c=None, cost="each"):
    """Add the matrix product, over NumPy's own kernel."""
    cdef int opcode = claim_opcode(name, OP_MATMUL)
    take_form(&table[opcode], form, gives)
    table[opcode].kind = MATMUL
    table[opcode].plan = PLAN_PRODUCT
    table[opcode].arity = 2
    table[opcode].ready = True
    take_ufunc_loops(&table[opcode], ufunc)
    look_at_syrk()
    opcode_by_ufunc[ufunc] = name
    return new_handle(name, opcode, ["a", "b"], "", c, cost)


def has_kernel(str name):
    """Whether a row has a kernel in C that a program runs without Python."""
    return table[<int>opcode_by_name[name]].kernel != NULL


def ufunc_row(ufunc):
    """The name of the row that a NumPy ufunc belongs to, or None."""
    return opcode_by_ufunc.get(ufunc)


def record_ufunc(ufunc, function):
    """Have a ufunc on tensors call a function right away."""
    recorded_ufuncs[ufunc] = function


def linear(Op op, x, attributes):
    """Apply a linear row."""
    if traces:
        attributes = without_tensors(attributes)
    return apply_linear(op.opcode, as_operand(x), attributes)


def broadcast(x, shapes):
    """Apply the transpose of a sum, whose attributes these are."""
    return apply_linear(OP_BROADCAST, as_operand(x), shapes)


def general(Op op, operands, attributes=None):
    """Apply a row with a Python rule."""
    if traces:
        attributes = without_tensors(attributes)
    return apply_general(op.opcode, [as_operand(x) for x in operands], attributes)


def multiple(Op op, operands, outputs, attributes=None):
    """Record tensors that are computed already as the outputs of one record of a row of several outputs."""
    if traces:
        attributes = without_tensors(attributes)
    return apply_multiple(op.opcode, [as_operand(x) for x in operands], list(outputs), attributes)


cdef object call_elementwise(object self, PyObject** args, Py_ssize_t count, PyObject* keywords):
    """The public function of every elementwise row."""
    cdef Op op = <Op>self
    cdef Row* row = &table[op.opcode]
    if keywords == NULL:
        if row.arity == 1 and (count == 1 or count == 2):
            if is_operand(<object>args[0]):
                return apply1(op.opcode, <Operand>args[0])
            return call_slowly(op, [<object>args[0]])
        if row.arity == 2 and (count == 2 or count == 3):
            if is_operand(<object>args[0]):
                result = binary(op.opcode, <object>args[0], <object>args[1])
                if result is not NotImplemented:
                    return result
            return call_slowly(op, [<object>args[0], <object>args[1]])
    return call_slowly(op, bind(op, [<object>args[k] for k in range(count)],
                                <tuple>keywords if keywords != NULL else (), count, args))


cdef list bind(Op op, list values, tuple names, Py_ssize_t count, PyObject** args):
    """Positional and keyword arguments, in the order of the row's parameters; `name` is taken and ignored."""
    cdef Py_ssize_t k, n = len(op.parameters)
    if count > n + 1:
        raise TypeError(f"{op.name}() takes {n} arguments and a name, not {count}")
    values = values[:n] + [op] * (n - min(n, count))      # the op itself marks what is not given yet
    for k in range(len(names)):
        if names[k] == "name":
            continue
        if names[k] not in op.parameters:
            raise TypeError(f"{op.name}() got an unexpected keyword argument {names[k]!r}; its parameters are "
                            f"{', '.join(op.parameters)} and name")
        where = op.parameters.index(names[k])
        if values[where] is not op:
            raise TypeError(f"{op.name}() got two values for {names[k]!r}")
        values[where] = <object>args[count + k]
    for k in range(n):
        if values[k] is op:
            raise TypeError(f"{op.name}() misses its argument {op.parameters[k]!r}")
    return values


cdef inline int number_kind(int code) noexcept:
    return 2 if PyTypeNum_ISCOMPLEX(code) else is_float(code)


cdef object call_slowly(Op op, list values):
    """Any arguments: symbols of a formula that is being traced, numbers, lists, arrays, tensors."""
    cdef Row* row = &table[op.opcode]
    cdef Operand like = None
    cdef list operands = []
    cdef int k
    for value in values:
        if isinstance(value, Symbol):
            return trace_op(op.opcode, tuple(values))
    for value in values[row.condition:]:
        if like is None and isinstance(value, Operand):
            like = <Operand>value
    for value in values[row.condition:]:
        if like is None and isinstance(value, (ndarray, np_generic)):
            like = as_operand(value)
    if like is None:
        like = as_operand(values[row.condition])
        # Beside an integer, a Python float makes both floats; beside either, a complex number makes both complex.
        for value in values[row.condition + 1:]:
            other = as_operand(value)
            if number_kind((<Operand>other).code) > number_kind(like.code):
                like = <Operand>other
    for k, value in enumerate(values):
        operands.append(as_operand(value) if k < row.condition else
                        numeric_beside(value, like, op.name, op.parameters[k]))
    if len(operands) == 1:
        return apply1(op.opcode, operands[0])
    if len(operands) == 2:
        return binary(op.opcode, operands[0], operands[1])
    return elementwise(op.opcode, operands[0], operands[1], operands[2])


def has_derivative(Op op):
    """For each operand of an elementwise row: True, False where the gradient stops, None where the rule is missing."""
    return tuple([None if table[op.opcode].derivative[k] == MISSING else table[op.opcode].derivative[k] != NOTHING
                  for k in range(table[op.opcode].arity)])
