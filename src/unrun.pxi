# Shapes alone: operations that are recorded and not run.
#
# Within `eval_shape` an argument is a blank, and so is whatever is made of one: its shape and dtype are those that its
# row declares (ops/forms.py), by which program files are checked, too. What no argument goes into is computed, as long
# as it is small and nothing is drawn: sizes and axes are made of such, and Python may look at them. Who asks is a trace
# like any other, so that tapes and recorded functions within go on as they do where a program is recorded.

cdef enum:
    MUCH = 4096     # elements: what has more is never computed for its shape

cdef object math_prod = __import__("math").prod


cdef bint shapes_alone() noexcept:
    """Whether this thread asks for shapes alone."""
    cdef Log* log = tracing_log()
    return log != NULL and (<Tracer>log.trace).shapes_alone


cdef bint not_made(int nd, const npy_intp* dims) noexcept:
    """Whether an array of this shape is not made, where only its shape is asked for."""
    cdef double size = 1
    cdef int d
    for d in range(nd):
        size *= dims[d]
    return size > MUCH and shapes_alone()


cdef inline bint is_large(Operand x) noexcept:
    return not x.scalar and PyArray_SIZE(x.array) > MUCH


cdef bint stays_unrun(list operands) except -1:
    """Whether an operation is not run: it takes a blank, or much where only shapes are asked for."""
    cdef Operand x
    cdef bint much = False
    for x in operands:
        if has_no_value(x):
            return True
        much = much or is_large(x)
    return much and shapes_alone()


cdef object kind_of(Operand x):
    return kind_class(dtype_objects[x.code], shape_of(x))


cdef object without_blanks(object attribute):
    """Attributes as rules take them: what stands there for arrays without values."""
    cdef ndarray array
    if isinstance(attribute, ndarray):
        array = <ndarray>attribute
        return given_class(array.dtype, array.shape) if is_blank(array) else attribute
    if type(attribute) is tuple:
        return tuple([without_blanks(part) for part in <tuple>attribute])
    if type(attribute) is list:
        return [without_blanks(part) for part in <list>attribute]
    if type(attribute) is dict:
        return {key: without_blanks(part) for key, part in (<dict>attribute).items()}
    return attribute


cdef object said(int op, list operands, object attribute, bint further=False):
    """What a row says that it gives, dtype and shape; None where only values do. Some kernels, of which nothing is
    known, can be tried `further`."""
    cdef Row* row = &table[op]
    cdef void* log = ad_get_current_log()
    cdef Operand x
    if row.gives == NULL:
        return None
    rule = getattr(<object>row.gives, "further", None) if further else <object>row.gives
    if rule is None:
        return None
    ad_set_current_log(NULL)
    try:
        return rule(without_blanks(attribute), *[kind_of(x) for x in operands])
    finally:
        ad_set_current_log(log)


cdef object declared(int op, list operands, object attribute):
    """The same, where there is nothing else to go by."""
    cdef Operand x
    try:
        found = said(op, operands, attribute)
        if found is None:
            found = said(op, operands, attribute, True)
    except ValueError as error:
        raise ValueError(f"{op_name(op)}: {error}") from None
    if found is None:
        why = "only values say what shape the result has, and there are none"
        if table[op].gives != NULL and hasattr(<object>table[op].gives, "further"):
            why = "the operation does not say what shape the result has, and this is too large to try it"
        raise no_value(f"{op_name(op)} of " + " and ".join([describe(x) for x in operands])
                       + f": {why} where only shapes are asked for (tf.eval_shape)")
    return found


cdef ndarray unrun_array(int op, list operands, object attribute):
    """What stands for an operation's value; None where it is to be computed."""
    if stays_unrun(operands) or holds_blank(attribute) or (table[op].draws and shapes_alone()):
        found = declared(op, operands, attribute)
    elif shapes_alone():
        try:
            found = said(op, operands, attribute)
        except ValueError:
            return None         # the kernel says it in its own words
        if found is None or found.size <= MUCH:
            return None
    else:
        return None
    return blank_of(found.shape, code_of_number(found.dtype.num))


cdef bint holds_blank(object attribute) except -1:
    """Whether attributes hold an array without values."""
    if isinstance(attribute, ndarray):
        return is_blank(<ndarray>attribute)
    if type(attribute) is tuple or type(attribute) is list:
        for part in attribute:
            if isinstance(part, (ndarray, tuple, list, dict)) and holds_blank(part):
                return True
    elif type(attribute) is dict:
        for part in (<dict>attribute).values():
            if holds_blank(part):
                return True
    return False


cdef ndarray unrun_elementwise(int op, int n, PyObject** operands, int nd, const npy_intp* dims, int code):
    """The same of what goes element by element; `code`: of the result, or NO_TYPE."""
    cdef int k
    cdef bint unrun = not_made(nd, dims)
    for k in range(n):
        unrun = unrun or has_no_value(<Operand>operands[k])
    if not unrun:
        return None
    if code == NO_TYPE:
        code = code_of_one(op, [<object>operands[k] for k in range(n)])
    return blank_array(code, nd, dims)


cdef int code_of_one(int op, list operands) except -1:
    """The dtype of what an elementwise op makes of one element."""
    cdef void* log = ad_get_current_log()
    cdef object found
    ones = [bare_tensor(np_ones((1,), dtype_objects[(<Operand>x).code])) for x in operands]
    ad_set_current_log(NULL)
    try:
        found = (<object>table[op].formula_rule)(*ones) if table[op].ufunc == NULL else (<object>table[op].ufunc)(
            *[array_of(<Operand>one) for one in ones])
    finally:
        ad_set_current_log(log)
    return (<Operand>found).code if isinstance(found, Operand) else type_code(np_asarray(found))


def blank(shape, dtype):
    """A tensor without a value."""
    return new_tensor(blank_of(shape, code_of_number(dtype_of(dtype).num)))


def is_unknown(value):
    """Whether something is a tensor without a value."""
    return isinstance(value, Operand) and has_no_value(<Operand>value)


def spares(shape):
    """Whether an array of this shape is not made here, since only shapes are asked for."""
    return bool(traces) and math_prod(shape) > MUCH and shapes_alone()


def asks_shapes():
    """Whether this thread asks for shapes alone."""
    return bool(traces) and shapes_alone()
