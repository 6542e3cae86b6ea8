# What the Python package calls: registering rows, making tensors, and the tape's gradient.

def install(*, tensor_shape, array_ufunc, array_function, functions, stack, indexed_slices, collect, densify):
    """Give the core the package's own pieces that its methods return or call."""
    global TensorShape, scalar_shape, hook_array_ufunc, hook_array_function, counterparts, public_stack
    global IndexedSlices, collect_slices, dense_slices
    TensorShape = tensor_shape
    scalar_shape = tensor_shape(())
    hook_array_ufunc = array_ufunc
    hook_array_function = array_function
    counterparts = functions
    public_stack = stack
    IndexedSlices = indexed_slices
    collect_slices = collect
    dense_slices = densify


cdef object random_state = None
cdef object random_restore = None


def install_random(state, restore):
    """Give the core what notes where random generators stand, and what puts them back there."""
    global random_state, random_restore
    random_state = state
    random_restore = restore


# ---------------------------------------------------------------------------------------------------------------- rows

cdef class Op:
    """A row's handle. `function` is what users call."""
    cdef readonly int opcode
    cdef readonly str name
    cdef readonly tuple parameters
    cdef readonly object function
    cdef bytes encoded_name
    cdef bytes encoded_doc
    cdef PyMethodDef method

    def __reduce__(self):
        return op_named, (self.name,)

    def __getattr__(self, name):
        # Pickle finds a built-in method through the object that it is bound to.
        if name == self.name:
            return self.function
        raise AttributeError(name)

    def __repr__(self):
        return f"<op {self.name!r}>"


cdef dict handles = {}


def op_named(str name):
    """The handle of a row."""
    return handles[name]


cdef Op new_handle(str name, int opcode, parameters, str doc):
    cdef Op op = Op.__new__(Op)
    op.opcode = opcode
    op.name = name
    op.parameters = tuple(parameters)
    op.encoded_name = name.encode()
    op.encoded_doc = f"{name}({', '.join(parameters)}, name=None)\n--\n\n{doc}".encode()
    handles[name] = op
    return op


def register_elementwise(str name, ufunc, formula, derivatives, parameters, str doc, bint condition=False,
                         bint boolean=False, ufuncs=(), bint raises=False, bint passes_on=False, bint by_width=False,
                         bint keeps_integers=False, bint poles=False):
    """Add an elementwise row to the op table and return its handle.

    `derivatives` has one entry an operand: a formula of (cotangent, *operands, output), None where the gradient stops,
    or Ellipsis where nobody has written one. A row that `passes_on` has its first operand for value. One whose value goes
    `by_width` is computed in the very dtype of numbers that have no dimensions, too. With `keeps_integers` its formula
    holds for integers as it stands; else they become float64.
    """
    cdef int arity = <int>len(parameters), k
    cdef int opcode
    cdef Row* row
    cdef Op op
    if arity > MOST_INPUTS or len(derivatives) != arity:
        raise ValueError(f"{name}: an elementwise row has one to {MOST_INPUTS} operands and a derivative for each")
    if ufunc is None and formula is None and name not in own_kernels:
        raise ValueError(f"{name}: an elementwise row needs a ufunc, or a formula in terms of other rows")
    for taken in (ufunc, *ufuncs):
        if taken is not None and not isinstance(taken, numpy.ufunc):
            raise TypeError(f"{name}: {shorten(taken)} is no ufunc; a function of operations is a formula")
        if taken in opcode_by_ufunc:
            raise ValueError(f"{name}: np.{taken.__name__} belongs to the row {opcode_by_ufunc[taken]!r} already")
    opcode = claim_opcode(name)
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
    take_own_loops(row, name)
    if formula is not None:
        row.formula_rule = keep(formula)
    for k in range(arity):
        row.derivative[k] = NOTHING if derivatives[k] is None else (MISSING if derivatives[k] is ... else UNTRACED)
    row.scalar1 = scalar_kernel1(name) if arity == 1 else NULL
    row.scalar2 = scalar_kernel2(name) if arity == 2 else NULL
    op = new_handle(name, opcode, parameters, doc)
    op.method.ml_name = op.encoded_name
    op.method.ml_meth = <void*>call_elementwise
    op.method.ml_flags = METH_FASTCALL | METH_KEYWORDS
    op.method.ml_doc = op.encoded_doc
    op.function = PyCFunction_NewEx(&op.method, op, "autodiff_core")
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


def register_linear(str name, forward, str partner, backward, bint selects=False, bint partner_selects=False, depends=None,
                    batched=None, examples=None, partner_examples=None, bint widens=False, *, form, gives):
    """Add a pair of linear rows that are each other's transposes over the same attributes; returns both handles.

    A kernel takes (array, attributes) and returns an array. A row that is its own partner is run with its attributes (a
    tuple) reversed. Kernels that the core has compiled are given as None. `batched` makes attributes for an operand with
    a leading axis: (attributes, its length), or None where there are none; `examples` is the op itself for many examples
    (see batching.pxi): (attributes, operands, which of them have the axis, its length), or None. With `widens`, both kernels
    but those that select are given float32 for half precisions. For `selects` and `depends` see sparsity.pxi.
    `form` says what the attributes are, and `gives` what either of the pair makes of its operand (ops/forms.py).
    """
    cdef int first, second
    if partner != name and partner in opcode_by_name:
        raise ValueError(f"the op table already has a row named {partner!r}")   # before `name` is taken
    first = claim_opcode(name)
    second = first if partner == name else claim_opcode(partner)
    table[first].kind = LINEAR
    table[first].arity = 1
    table[first].partner = second
    table[first].ready = True
    table[first].selects = selects
    table[first].widens = widens and not selects
    if depends is not None:
        table[first].depends = keep(depends)
    if batched is not None:
        table[first].batched = keep(batched)
        table[second].batched = keep(batched)
    if examples is not None:
        table[first].examples = keep(examples)
    if partner_examples is not None:
        table[second].examples = keep(partner_examples)
    if forward is not None:
        table[first].python = keep(forward)
    take_form(&table[first], form, gives[0])
    if second != first:
        take_form(&table[second], form, gives[1])
        table[second].kind = LINEAR
        table[second].arity = 1
        table[second].partner = first
        table[second].ready = True
        table[second].selects = partner_selects
        table[second].widens = widens and not partner_selects
        if backward is not None:
            table[second].python = keep(backward)
    return new_handle(name, first, ["x"], ""), handles[name] if second == first else new_handle(partner, second, ["x"], "")


def register_general(str name, forward, rule, pushforward, bint keeps_inputs, bint keeps_output, linear=None,
                     bint leading=False, bint multiple=False, bint selects=False, depends=None, bint draws=False,
                     bint sparing=False, batched=None, examples=None, bint raises=False, bint acts=False,
                     bint updates_rows=False, bint widens=False, *, form, gives):
    """Add a row whose derivative is a Python function over public ops: rule(cotangent, output, attributes, *operands).

    Its tangent is pushforward(tangents, output, attributes, *operands) if given; else the op itself where it is `linear`
    in its operands ("jointly", or in "each"); else the rule is transposed. A row of several outputs (`multiple`) is
    computed by Python and recorded by `multiple`; cotangents and tangents are then lists. With `leading`, both rules
    hold for a leading axis as they stand. A row that `draws` gives other values each time. A `sparing` rule of several
    outputs is told None for the cotangents that are zero. One that `raises` an error for some values is run by a program
    even if nobody reads its result, and so is one that `acts`. One that `updates_rows` has a kind of change for attribute (see
    rows.pxi), and is its first operand but for rows, whose numbers and values are the other two. One that `widens` is given
    float32 for half precisions, and its float result is rounded to them. For `selects` and `depends` see sparsity.pxi.
    `form` says what the attributes are, and `gives` what becomes of operands (ops/forms.py); both are None for a row that has no
    place in a program file.
    """
    cdef int opcode = claim_opcode(name)
    take_form(&table[opcode], form, gives)
    table[opcode].kind = GENERAL
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
    return new_handle(name, opcode, ["*operands"], "")


cdef int take_form(Row* row, object form, object gives) except -1:
    if form is not None:
        row.form = keep(form)
        row.gives = keep(gives)
    return 0


cdef int register_projection() except -1:
    """The row of records that are one output of a record of several."""
    cdef int opcode = claim_opcode("projection")
    table[opcode].kind = PROJECTION
    table[opcode].arity = 1
    table[opcode].ready = True
    return 0

register_projection()


def register_matmul(ufunc, *, form, gives):
    """Add the matrix product, over NumPy's own kernel."""
    cdef int opcode = claim_opcode("matmul")
    take_form(&table[opcode], form, gives)
    table[opcode].kind = MATMUL
    table[opcode].arity = 2
    table[opcode].ready = True
    take_ufunc_loops(&table[opcode], ufunc)
    opcode_by_ufunc[ufunc] = "matmul"
    return new_handle("matmul", opcode, ["a", "b"], "")


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


# ------------------------------------------------------------------------------------------------------------- tensors

def to_tensor(value, dtype=None):
    """A tensor of any value; a tensor stays itself, a variable is read."""
    cdef Operand x
    if isinstance(value, Operand):
        x = <Operand>value
        if dtype is None or dtype_of(dtype) == x.dtype:
            return x if isinstance(x, Tensor) and not x.borrowed else identity_of(x)
        return to_dtype(x, dtype)
    if traces and isinstance(value, ndarray):
        return array_to_tensor(<ndarray>value, dtype)
    return convert(value, dtype)


def wrapped(value):
    """What an object that wraps a tensor gives for itself."""
    return wrapped_tensor(value, None)


cdef object array_to_tensor(ndarray array, object dtype):
    """`to_tensor` of an array, which a program reads anew where somebody can write to it."""
    cdef Operand x = as_operand(array)
    cdef Log* log = tracing_log()
    if log == NULL or not is_reference(x):
        return convert(array, dtype)
    out = identity_of(x) if dtype is None else to_dtype(x, dtype)
    (<Tracer>log.trace).let_keep()
    return out


def to_dtype(value, dtype):
    """Cast, recorded."""
    cdef Operand x = as_operand(value)
    cdef object wanted = dtype_of(dtype)
    if item_size[code_of_number(wanted.num)] == 0:
        raise TypeError(f"cannot cast to {wanted}: a tensor holds truth values, integers, floats or complex numbers")
    if x.code == code_of_number(wanted.num):
        return x if isinstance(x, Tensor) and not x.borrowed else identity_of(x)
    return cast_operand(x, code_of_number(wanted.num))


def widened(value):
    """What is to be added up: half precisions as float32, recorded, everything else as it is."""
    cdef Operand x = as_operand(value)
    return cast_operand(x, NPY_FLOAT) if is_half(x.code) else x


def narrowed(value, Operand like):
    """What was made of a `widened` operand, rounded to the operand's half precision; all else as it is."""
    return cast_operand(<Operand>value, like.code) if is_half(like.code) and is_float((<Operand>value).code) else value


def operand(value):
    """What an op makes of an argument: tensors and variables as they are, everything else converted."""
    return as_operand(value)


def transposed(Operand x):
    """The axes in reverse order."""
    return transpose_of(x)


def joined(attributes, *parts):
    """The kernel of a concatenation; the first attribute is the axis."""
    if not isinstance(attributes, tuple) or len(<tuple>attributes) == 0 or not isinstance((<tuple>attributes)[0], int):
        raise ValueError(f"the attributes of a concatenation begin with an axis; these are {attributes!r}")
    return PyArray_Concatenate(parts, (<tuple>attributes)[0])


def sizes(Operand x):
    """The shape as a plain tuple: quicker than `x.shape`, for what computes with it."""
    return shape_of(x)


def set_num_threads(int count):
    """Share large kernels among so many threads."""
    wk_set_threads(count)


def get_num_threads():
    """Among how many threads large kernels are shared."""
    return wk_threads()


def is_recording():
    """Whether a tape of this thread is recording."""
    return recording_log() != NULL


def suspend():
    """Pause all tapes of this thread; returns what `resume` needs."""
    cdef Log* log = <Log*>ad_get_current_log()
    cdef uint32_t active
    if log == NULL:
        return None
    active = log.active
    log.active = log.tracer
    log.sole = False
    return log.first_id, active, still_recording(log)


def resume(suspended):
    """Let those listen again that did, but for what was left or used up meanwhile."""
    cdef Log* log = <Log*>ad_get_current_log()
    if suspended is None or log == NULL:
        return
    identity, active, recording = suspended
    if identity == log.first_id:
        log.active = join(log, log.active, without_left(log, active, recording))


cdef uint32_t without_left(Log* log, uint32_t active, uint32_t recording) noexcept:
    """Tapes that listened, without those that recorded then and do not any more."""
    return meet(log, minus(log, active, minus(log, recording, still_recording(log))), log.used)


def operand_like(value, Operand other):
    """A value as a tensor of another's dtype, that nobody can write to: Python numbers and lists take it, others are cast."""
    cdef Operand x = operand_beside(value, other)
    if value is None:
        raise TypeError(f"cannot use None beside a tensor of dtype {other.dtype}: {none_says}")
    if x is None:
        raise TypeError(f"cannot use {shorten(value)} beside a tensor of dtype {other.dtype}: it is neither a number nor an "
                        f"array of numbers")
    if dtype_objects[x.code].kind == "c" and dtype_objects[other.code].kind != "c":
        raise TypeError(f"a value of dtype {x.dtype} does not fit a tensor of dtype {other.dtype}: take its real part")
    if x.is_variable:
        x = identity_of(x)
    x = cast_operand(x, other.code)
    return new_tensor(own_copy(x.array)) if x.borrowed and not x.scalar else x


def holds_operands(value):
    """Whether lists and tuples, however nested, hold a tensor: they are an operand as a whole."""
    return value_holds_operands(value)


def all_operands(values):
    """Whether every item of a list or tuple is a tensor or a variable."""
    for value in values:
        if not is_operand(value):
            return False
    return True


def adopt(array):
    """A tensor of an array that the caller gives up: nobody else may hold or write it."""
    return new_tensor(<ndarray>np_asarray(array))


def value_array(value):
    """The value behind an argument as an array that must not be written to. A program is then one for this value."""
    if traces and isinstance(value, ndarray):
        value = as_operand(value)
    if isinstance(value, Operand):
        if traces:
            look(<Operand>value, False)
        return array_of(<Operand>value)
    return array_from(value)


def operands(*values):
    """Several operands of a function, each in its dtype; Python's floats, which have none, in that of the widest floats beside
    them."""
    for value in values:
        if value is None:
            raise TypeError(f"an operand cannot be None: {none_says}")
    return operands_or_none(*values)


def operands_or_none(*values):
    """The same where some but the first may be left out: None stays None."""
    if values and values[0] is None:
        raise TypeError(f"an operand cannot be None: {none_says}")
    cdef Operand x
    cdef object widest = None
    cdef list found = []
    for value in values:
        if not is_operand(value):
            break
    else:
        return list(values)
    for value in values:
        if isinstance(value, Operand) or has_own_dtype(value) or isinstance(value, BufferCore):
            x = as_operand(value)
            if differentiable(x.code):
                real = numpy.empty((), dtype_objects[x.code]).real.dtype
                widest = real if widest is None else np_promote_types(widest, real)
    for value in values:
        if value is None:
            found.append(None)
            continue
        if widest is not None and isinstance(value, (float, list, tuple)) and not holds_numpy(value):
            if not value_holds_operands(value) and np_asarray(value).dtype.kind == "f":
                found.append(convert(value, widest))
                continue
        found.append(as_operand(value))
    return found


def as_index(value):
    """An integer among a function's arguments (an axis, a size, a count) as Python has it, where it is a tensor; what is no
    single number (None, a list) is given back as it is. A program is then one for this value."""
    if isinstance(value, BufferCore):
        value = (<BufferCore>value).value()
    if isinstance(value, Operand):
        return value.__index__()
    return integer(value) if isinstance(value, (float, complex, np_generic)) else value


def integer(value):
    """An integer among a function's arguments (an axis, a size, a count), given in any form, as Python has it. A float is none."""
    if type(value) is int:
        return value
    if isinstance(value, BufferCore):
        value = (<BufferCore>value).value()
    if isinstance(value, ndarray) and value.ndim and value.size == 1:
        value = value.reshape(())
    elif isinstance(value, Operand) and value.ndim and value.size == 1:
        value = apply_linear(OP_RESHAPE, <Operand>value, (shape_of(<Operand>value), ()))
    try:
        return PyNumber_Index(value)
    except TypeError:
        raise TypeError(f"an integer is needed, for an axis, a size or a count, not {shorten(value)}") from None


def integer_array(value):
    """Integers among a function's arguments, given in any form, as an array of int64. Floats are none, nor is text."""
    cdef ndarray array = value_array(as_operand(value) if value_holds_operands(value) else value)
    if array.dtype.kind in "iu" or (PyArray_SIZE(array) == 0 and array.dtype.kind == "f"):
        return array.astype(np_int64)
    raise TypeError(f"integers are needed, for axes, sizes or counts, not {shorten(value)}")


def integers(value):
    """The same as a list, in which one integer stands alone."""
    return integer_array(value).reshape(-1).tolist()


cdef object without_tensors(object attribute):
    """Attributes in which tensors have become their values: those of a record outlive the recording of a program, and are
    no operands."""
    if not isinstance(attribute, (Operand, tuple, list, dict)):
        return attribute
    go_deeper(within)
    try:
        return values_in(attribute)
    finally:
        come_up()


cdef object values_in(object attribute):
    cdef ndarray array
    if isinstance(attribute, tuple):
        for part in <tuple>attribute:
            if isinstance(part, (Operand, tuple, list, dict)):
                return type(attribute)([without_tensors(part) for part in <tuple>attribute]) if (
                    type(attribute) is tuple) else attribute
        return attribute
    if type(attribute) is list:
        return [without_tensors(part) for part in <list>attribute]
    if type(attribute) is dict:
        return {key: without_tensors(part) for key, part in (<dict>attribute).items()}
    if isinstance(attribute, Operand):
        look(<Operand>attribute, False)
        array = array_of(<Operand>attribute)
        return array.item() if PyArray_NDIM(array) == 0 else array
    return attribute


def lent_array(Operand value):
    """The value of a tensor, for (a part of) the attributes of one more op, as it is, and for nothing else: a program reads
    it anew each time."""
    return lend(value) if traces else array_of(value)


def repeated_first(Operand x):
    """The first entry of a tensor in the place of all of them, in no more memory than it takes; off every tape."""
    cdef ndarray first = own_copy(x.array[:1])
    cdef npy_intp strides[MOST_DIMS]
    cdef ndarray array
    cdef int d
    for d in range(PyArray_NDIM(first)):
        strides[d] = PyArray_STRIDES(first)[d] if d else 0
    array = PyArray_New(<PyTypeObject*>ndarray_type, PyArray_NDIM(first), PyArray_DIMS(x.array), PyArray_TYPE(first), strides,
                        PyArray_DATA(first), 0, 0, NULL)
    Py_INCREF(first)
    PyArray_SetBaseObject(array, first)
    return new_tensor(array)


def identity_tensor(value):
    """The value as a tensor of its own, recorded."""
    cdef Operand x = as_operand(value)
    return identity_of(x)


def detached(value):
    """The value as a tensor that stands on no tape."""
    cdef Operand x = as_operand(value)
    cdef Tensor out
    if x.scalar:
        out = new_scalar(x.number, x.code)
    else:
        out = new_tensor(own_copy(x.array) if x.borrowed else x.array)
    if traces:
        trace_identity(x, out)
    return out


def set_float_code(dtype):
    global float_code
    float_code = np_dtype(dtype).num


def default_float():
    """The dtype that Python floats become."""
    return dtype_objects[float_code]


def matmul(a, b, bint transpose_a=False, bint transpose_b=False):
    """The matrix product of operands."""
    cdef Operand x, y
    if isinstance(a, Operand) or not isinstance(b, Operand):
        x = as_operand(a)
        y = numeric_beside(b, x, "matmul", "b")
    else:
        y = <Operand>b
        x = numeric_beside(a, y, "matmul", "a")
    return apply_matmul(x, y, transpose_a, transpose_b)


cdef tuple ones_tuples = tuple([(1,) * d for d in range(MOST_DIMS + 1)])


cdef tuple reduction(Operand x, object axis, bint keepdims):
    """The three shapes of a reduction (see sum_kernel)."""
    cdef tuple shape = () if x.scalar else x.array.shape
    cdef Py_ssize_t nd = len(shape), d, k
    cdef list kept, result
    if axis is None:
        return (shape, ones_tuples[nd], ones_tuples[nd] if keepdims else ())
    kept = list(shape)
    result = list(shape)
    if type(axis) is not int:
        axis = value_array(axis).tolist() if isinstance(axis, (Operand, ndarray, np_generic)) else axis
    for a in (axis if isinstance(axis, (list, tuple, range)) else (axis,)):
        d = integer(a)
        if not -nd <= d < nd:
            raise ValueError(f"axis {a} is out of bounds for a tensor of {nd} dimensions (shape {shape})")
        if d < 0:
            d += nd
        if result[d] is None:
            raise ValueError(f"an axis is named twice in {axis}")
        kept[d] = 1
        result[d] = None
    if keepdims:
        return (shape, tuple(kept), tuple(kept))
    return (shape, tuple(kept), tuple([size for size in result if size is not None]))


def reduction_shapes(value, axis, bint keepdims):
    """The three shapes of a reduction: the operand's, the same with ones where it is reduced, and the result's; and the
    reduced axes."""
    cdef tuple shapes = reduction(<Operand>value, axis, False)
    if axis is None:
        axes = tuple(range(len(shapes[0])))
    else:
        if isinstance(axis, (Operand, ndarray)):
            axis = np_asarray(axis).tolist()
        axes = tuple([int(a) % len(shapes[0]) for a in (axis if isinstance(axis, (list, tuple, range)) else (axis,))])
    return (shapes[0], shapes[1], shapes[1] if keepdims else shapes[2]), axes


def reduce_sum_of(value, axis, bint keepdims):
    """Sum over axes, recorded."""
    cdef Operand x = as_operand(value)
    return apply_linear(OP_SUM, x, reduction(x, axis, keepdims))


def reduce_mean_of(value, axis, bint keepdims):
    """Mean over axes, recorded: the sum, divided by the number of elements that each sum has."""
    cdef Operand x = as_operand(value)
    if is_half(x.code):     # a sum may be more than they hold
        return cast_operand(<Operand>reduce_mean_of(cast_operand(x, NPY_FLOAT), axis, keepdims), x.code)
    if PyTypeNum_ISINTEGER(x.code):
        return apply_general(<int>opcode_by_name["mean_of_integers"], [x], reduction(x, axis, keepdims))
    cdef Tensor total = apply_linear(OP_SUM, x, reduction(x, axis, keepdims))
    cdef Py_ssize_t whole = 1 if x.scalar else PyArray_SIZE(x.array), left = 1 if total.scalar else PyArray_SIZE(total.array)
    # Nothing to average is NaN, as in NumPy and TensorFlow.
    return binary(OP_DIVIDE, total, <double>(whole // left) if left and whole else float("nan"))


# ------------------------------------------------------------------------------------------------------------ gradient

cdef str SPENT = "A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)"


cdef list checked_sources(list sources):
    for value in sources:
        if not isinstance(value, Operand):
            if isinstance(value, BufferCore):
                hint = "name the tensor that it was made of, x in b = buffer(x)"
            elif hasattr(value, "trainable_variables"):
                hint = "name its variables: .trainable_variables"
            elif hasattr(value, "__iter__") and not isinstance(value, (str, ndarray)):
                hint = "make it a list: list(...)"
            else:
                hint = "watch a tensor: x = constant(...); tape.watch(x)"
            raise TypeError(f"sources must be tensors or variables, not {type(value).__name__} ({shorten(value)}); {hint}")
    return sources


def warn_caller(text, category=UserWarning):
    """Warn, and point at the line of whoever called into this package: the innermost one that is neither its nor NumPy's."""
    cdef int level = 1
    cdef object frame = sys._getframe(0)
    cdef tuple inside = tuple([os.path.join(os.path.dirname(of.__file__), "") for of in (sys.modules[__name__], numpy)])
    while frame.f_back is not None and frame.f_code.co_filename.startswith(inside):
        frame = frame.f_back
        level += 1
    warn(text, category, stacklevel=level)


cdef Operand checked_target(object value):
    """A target, or None (after a warning) if its dtype has no gradient."""
    cdef Operand x
    if isinstance(value, BufferCore):
        value = (<BufferCore>value).value()
    if value is None:
        raise TypeError("targets must be tensors or variables, not None, which is what a function without a return statement "
                        "gives, and a gradient of what does not depend on the source (unconnected_gradients=\"zero\" makes "
                        "zeros of that)")
    if not isinstance(value, Operand):
        hint = ("take the derivative of one tensor in it after the other" if isinstance(value, (list, tuple, dict)) else
                "a value that left the tape (.numpy(), np.asarray, float()) cannot be differentiated")
        raise TypeError(f"targets must be tensors or variables, not {type(value).__name__} ({shorten(value)}); {hint}")
    x = <Operand>value
    if not differentiable(x.code):
        warn_caller(f"the target tensor has dtype {x.dtype}, which has no gradient; the result is None. Cast before the "
                    f"computation: cast(x, float32)")
        return None
    return x


cdef int begin_sweep(Tape tape, list targets) except -1:
    """What a call of `gradient` does to the tape: unread variables become leaves, and a tape for one use stops here."""
    cdef Operand x
    tape.check_thread()
    if traces:
        refuse_from_inside(tape, targets)
    for x in targets:
        if x.is_variable and tape.automatic and (<VariableCore>x).is_trainable and log_find(tape.log, x) < 0:
            leaf(tape.log, x, tape.bit)
    if tape.open and not tape.persistent:
        tape.pop()
    return 0


cdef int refuse_from_inside(Tape tape, list targets) except -1:
    """A tape from around a recorded function has not heard what is computed in it: the answer would be None, in silence."""
    cdef Log* log = tracing_log()
    cdef Operand x
    if log == NULL or tape.log == NULL or tape.log == log:
        return 0
    for x in targets:
        if not x.is_variable and is_of(log, x.log_id) and log_find(tape.log, x) < 0:
            raise RuntimeError("a tape that was opened outside of a recorded function is asked inside of it for the derivative "
                               "of what the function computes, or was given, which the tape has not heard: open the tape "
                               "inside, around the computation, or return the target and ask outside")
    return 0


cdef int end_sweep(Tape tape) except -1:
    if not tape.persistent and not tape.sweeps:
        tape.release()
        tape.spent = True
    return 0


cdef int check_recorded(Tape tape) except -1:
    if tape.log == NULL and not tape.spent:
        raise RuntimeError("this tape has recorded nothing: compute the target inside `with tape:`")
    if tape.log == NULL or (tape.sweeps and not tape.persistent):   # a rule, or another thread, asks while it is spent
        raise RuntimeError(SPENT)
    return 0


def tape_gradient(Tape tape, list targets, list sources, seeds, bint zero):
    """The gradient of flat lists; see GradientTape.gradient.

    Everything is checked before anything is done: after an error the tape is as it was.
    """
    cdef Operand x, seed
    cdef list targets_ = [], seeds_ = [], results
    cdef Py_ssize_t i
    check_recorded(tape)
    checked_sources(sources)
    for i in range(len(targets)):
        x = checked_target(targets[i])
        if x is None:
            continue
        seed = None
        if seeds is not None and seeds[i] is not None:
            seed = operand_beside(seeds[i], x)
            if seed is None:
                raise TypeError(f"output_gradients must be numeric, not {type(seeds[i]).__name__}")
            if tuple(seed.shape) != tuple(x.shape):
                raise ValueError(f"output_gradients: the gradient for a target of shape {tuple(x.shape)} has shape "
                                 f"{tuple(seed.shape)}; they must be equal")
            seed = cast_operand(seed, x.code)
        targets_.append(x)
        seeds_.append(seed)
    begin_sweep(tape, targets_)
    tape.sweeps += 1
    try:
        results = reverse(tape.log, tape.bit, targets_, seeds_, sources, 0, not tape.persistent)
    finally:
        tape.sweeps -= 1
    end_sweep(tape)
    if zero:
        for i in range(len(sources)):
            if results[i] is None:
                results[i] = zeros_of(<Operand>sources[i])
    return results


cdef list tape_transpose(Tape tape, list targets, list sources, list seeds):
    """The transpose of a function that is linear over the reals, applied to `seeds`: a gradient, but for the conjugation."""
    cdef list results
    cdef Operand x
    cdef Py_ssize_t i
    kept = [i for i in range(len(targets)) if differentiable((<Operand>targets[i]).code)]
    targets = [targets[i] for i in kept]
    seeds = [cast_operand(<Operand>seeds[i], (<Operand>x).code) for i, x in zip(kept, targets)]
    begin_sweep(tape, targets)
    tape.sweeps += 1
    try:
        results = sweep_back(tape.log, tape.bit, targets, seeds, sources, 0, True)
    finally:
        tape.sweeps -= 1
    end_sweep(tape)
    return results


def tape_gradient_flat(Tape tape, target, sources):
    """The gradient of one target with respect to a tensor, or a flat list, tuple or dict of them: the usual call, without
    the flattening of structures. NotImplemented for anything else."""
    cdef list leaves, results
    if not is_operand(target):
        return NotImplemented
    if is_operand(sources):
        leaves = [sources]
    elif type(sources) is list:
        leaves = <list>sources
    elif type(sources) is tuple:
        leaves = list(<tuple>sources)
    elif type(sources) is dict:
        leaves = list((<dict>sources).values())
    else:
        return NotImplemented
    for value in leaves:
        if not is_operand(value):
            return NotImplemented
    results = tape_gradient(tape, [target], leaves, None, False)
    if type(sources) is list:
        return results
    if type(sources) is tuple:
        return tuple(results)
    if type(sources) is dict:
        return dict(zip(<dict>sources, results))
    return results[0]


def tape_pullback(Tape tape, target, list sources, cotangents, take=None):
    """For each array of cotangents (a leading axis, then the target's shape) the gradients, which have the same axis.

    The sweeps of a Jacobian, in chunks; see GradientTape.jacobian. Where `take` is given, it is called with each chunk's
    gradients, and what it returns is kept in their place.
    """
    cdef Operand x
    cdef Tensor seed
    cdef list results = []
    check_recorded(tape)
    checked_sources(sources)
    x = checked_target(target)
    if x is None:
        return [[None] * len(sources)]
    begin_sweep(tape, [x])
    tape.sweeps += 1
    try:
        for cotangent in cotangents:
            seed = new_tensor(own_copy(cotangent.astype(x.dtype)))
            gradients = reverse(tape.log, tape.bit, [x], [seed], sources, PyArray_DIMS(seed.array)[0])
            results.append(gradients if take is None else take(gradients))
    finally:
        tape.sweeps -= 1
    end_sweep(tape)
    return results


def tape_pushforward(Tape tape, list targets, jobs, take=None):
    """For each (sources, tangents, batch) the targets' tangents; None where unconnected.

    With a batch, every tangent has a leading axis of that length. `take` is as in `tape_pullback`.
    """
    cdef Operand x
    cdef list wanted = [], connected, results = []
    check_recorded(tape)
    for value in targets:
        wanted.append(checked_target(value))
    connected = [x for x in wanted if x is not None]
    tape.sweeps += 1
    try:
        for sources, tangents, batch in jobs:
            tangents = checked_tangents(checked_sources(sources), tangents, batch)
            begin_sweep(tape, connected)
            found = iter(forward(tape.log, tape.bit, connected, sources, tangents, batch))
            pushed = [None if x is None else next(found) for x in wanted]
            results.append(pushed if take is None else take(pushed))
    finally:
        tape.sweeps -= 1
    end_sweep(tape)
    return results


def accumulated_jvp(Tape tape, list targets, list primals, list tangents):
    """The targets' tangents, recorded by the tapes that were open around this one, as if they had been computed with the
    targets."""
    cdef uint32_t listeners = 0
    cdef Recording kept
    cdef int i
    if tape.log != NULL:
        listeners = meet(tape.log, tape.around, tape.log.used)
        for i in range(tape.log.depth):     # what is still open listens, or is paused, as it likes
            listeners = minus(tape.log, listeners, (<Tape>tape.log.stack[i]).bit)
    if not listeners:
        return tape_pushforward(tape, targets, [(primals, tangents, 0)])[0]
    record_again(tape.log, listeners, &kept)
    tape.log.sole = False
    try:
        return tape_pushforward(tape, targets, [(primals, tangents, 0)])[0]
    finally:
        stop_again(tape.log, &kept)


# What a log's thread was doing before it was made to record on it once more
ctypedef struct Recording:
    Log* before
    uint32_t active
    uint32_t recording
    uint32_t extended
    int was_current
    unsigned long thread


cdef int record_again(Log* log, uint32_t listeners, Recording* kept) except -1:
    """Let tapes listen that may have been left already."""
    check_alone(log)
    kept.before = <Log*>ad_get_current_log()
    kept.active = log.active
    kept.recording = still_recording(log)
    kept.was_current = log.is_current
    kept.extended = log.extended
    kept.thread = log.thread
    ad_set_current_log(log)
    log.is_current = True
    log.extended = join(log, log.extended, listeners)
    log.thread = PyThread_get_thread_ident()
    log.active = join(log, log.active, listeners)
    return 0


cdef int check_alone(Log* log) except -1:
    """Only one thread at a time can append to a log."""
    cdef unsigned long thread = PyThread_get_thread_ident()
    if (log.is_current and (log.depth or log.extended) and log.thread != thread) or (log.kept and log.keeper != thread):
        raise RuntimeError("another thread records on this tape, or on one that was open together with it, or takes a second "
                           "derivative there: that appends to the records, which one thread does at a time")
    return 0


cdef void stop_again(Log* log, Recording* kept) noexcept:
    log.active = without_left(log, kept.active, kept.recording)
    log.extended = kept.extended
    log.is_current = kept.was_current
    log.thread = kept.thread
    ad_set_current_log(kept.before)


def tape_has_custom_gradient(Tape tape):
    """Whether a function with a gradient of its own was recorded: what it means in forward mode is anybody's guess."""
    return tape.log != NULL and tape.log.ruled


cdef list checked_tangents(list sources, list tangents, npy_intp batch):
    """Tangents as tensors of their sources' shapes and dtypes."""
    cdef Operand x, tangent
    cdef list given = []
    cdef Py_ssize_t k
    for k in range(len(sources)):
        x = <Operand>sources[k]
        tangent = <Operand>operand_like(tangents[k], x)
        if shape_of(tangent) != with_batch(shape_of(x), batch):
            raise ValueError(f"the tangent of a source of shape {shape_of(x)} has shape {shape_of(tangent)}; it must have shape "
                             f"{with_batch(shape_of(x), batch)}")
        given.append(tangent)
    return given


# ------------------------------------------------------------------------------------------------------- second order
#
# A second derivative needs no second run of the program: the gradient is appended to the log, as more records of the same
# tape, and swept in its turn. What was appended is cut off again, unless a tape is listening to it.

ctypedef struct Mark:
    int32_t count
    int32_t constants
    int32_t operands
    int32_t owner
    int32_t leaves
    int pure
    int odd


cdef class Extension:
    """The gradient of a scalar as records at the end of its tape's log, until it is left, as a context."""
    cdef Tape tape
    cdef Mark mark
    cdef bint persistent
    cdef readonly list gradients    # tensors on the tape; None where the target does not depend on a source

    def __init__(self, Tape tape, target, list sources):
        cdef Operand x
        check_recorded(tape)
        checked_sources(sources)
        x = checked_target(target)
        if x is not None and shape_of(x) != ():
            raise ValueError(f"the target of a second derivative must be a scalar; this one has shape {shape_of(x)}: reduce it, "
                             f"as in reduce_sum(target)")
        check_alone(tape.log)
        begin_sweep(tape, [] if x is None else [x])
        self.tape = tape
        self.persistent = tape.persistent
        tape.persistent = True      # until it is left
        tape.sweeps += 1
        cdef Log* log = tape.log
        log.kept += 1
        log.keeper = PyThread_get_thread_ident()
        self.mark.count = log.count
        self.mark.constants = log.constant_count
        self.mark.operands = log.operand_count
        self.mark.owner = log.last_owner
        self.mark.leaves = log.leaf_count
        self.mark.pure = log.pure
        self.mark.odd = log.odd
        try:
            self.gradients = [None] * len(sources) if x is None else appended_gradient(tape, x, sources)
        except BaseException:
            self.withdraw()     # as after an error of `gradient`, the tape may be asked again
            raise

    cdef int withdraw(self) except -1:
        """Cut off what was appended, unless a tape listens to it."""
        cdef Tape tape = self.tape
        if tape is None:
            raise RuntimeError("this second derivative has been left already, or was never begun")
        self.tape = None
        self.gradients = None
        tape.persistent = self.persistent
        tape.sweeps -= 1
        tape.log.kept -= 1
        if not tape.log.active:
            cut(tape.log, &self.mark, tape.bit)
        return 0

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        """Withdraw what was appended, and release a tape that is for one use, but after an error."""
        if kind is None:
            self.finish()
        else:
            self.withdraw()

    cdef int finish(self) except -1:
        cdef Tape tape = self.tape
        self.withdraw()
        return end_sweep(tape)


cdef list appended_gradient(Tape tape, Operand target, list sources):
    """The reverse sweep while the tape's own log is the one that is recorded on."""
    cdef Log* log = tape.log
    cdef Recording kept
    record_again(log, tape.bit, &kept)
    try:
        # Rows become tensors while the log is recorded on: what sweeps them next wants tensors.
        return [dense_slices(gradient) if type(gradient) is IndexedSlices else gradient
                for gradient in reverse(log, tape.bit, [target], [None], sources)]
    finally:
        stop_again(log, &kept)


cdef void cut(Log* log, Mark* mark, uint32_t bit) noexcept:
    """Drop all records from a mark on, unless a tape has come to listen to some: one that a rule opened, and that is
    still alive."""
    cdef int32_t i
    cdef Operand x
    for i in range(mark.count, log.count):
        if minus(log, log.records[i].listeners, bit):
            return
    if log.count == mark.count or log.kept:
        return
    for i in range(log.count - 1, mark.count - 1, -1):
        if log.records[i].op == OP_LEAF and log.records[i].b >= 0 and log.records[i].flags & ATTRIBUTE:
            # A variable that was assigned to stands where it stood before it was read again.
            x = <Operand>log.records[i].payload.attribute
            if log_find(log, x) == i:
                move_back(x, log, log.records[i].b)
        if log.records[i].flags & (ATTRIBUTE | HELD):
            record_clear(log, i)
    cut_off(log, mark.count, mark.constants, mark.operands)
    if log.count != mark.count:
        return
    log.last_owner = mark.owner
    log.leaf_count = mark.leaves
    log.pure = mark.pure
    log.odd = mark.odd


def tape_hvp(Tape tape, target, list sources, list vectors):
    """The Hessian times vectors, one for each source; None where there is no second derivative."""
    cdef Operand x, vector
    cdef list wanted, seeds = []
    cdef Py_ssize_t k
    check_recorded(tape)
    checked_sources(sources)
    for k in range(len(sources)):
        x = <Operand>sources[k]
        vector = <Operand>operand_like(vectors[k], x)
        if shape_of(vector) != shape_of(x):
            raise ValueError(f"hvp: the vector for a source of shape {shape_of(x)} has shape {shape_of(vector)}; they must be equal")
        seeds.append(vector)
    cdef Extension extension = Extension(tape, target, sources)
    try:
        wanted = [k for k in range(len(sources)) if extension.gradients[k] is not None]
        results = reverse(tape.log, tape.bit, [extension.gradients[k] for k in wanted], [seeds[k] for k in wanted], sources)
    except BaseException:
        extension.withdraw()
        raise
    extension.finish()
    return results


def shown(Operand x):
    """The value as reprs show it."""
    return format_value(x)
