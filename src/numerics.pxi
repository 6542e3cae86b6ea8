# Numerics: whether what an operation gives is infinite or NaN, where somebody wants to be told.
#
# Who does: a tape of `check_numerics`, a thread in which `enable_check_numerics` was called, and NumPy's error state
# (`np.errstate(divide="raise")`), which is a context variable. Nobody is asked per operation. A number that an
# operation gives is looked at itself; of arrays the processor notes in its flags what is divided by zero, overflows or
# is invalid anywhere, and these are read once the loop is over (workers.c brings those of the library's threads along).
# Where a flag is up, or a number is not finite, or somebody checks everything, the state is asked, and then the values:
# a flag may be of an element that nobody chose.
#
# An operation is at fault if it gives what none of its operands has: an infinite mask may be passed on, a NaN of it may
# not be made. Rules are not looked at while they run, since what they give where a cotangent is zero is zero (see
# `cotangent_product`); what they come to is, at the gradient's end (faults.pxi).

cdef extern from "Python.h":
    int PyContextVar_Get(object variable, PyObject* default, PyObject** value) except -1

cdef extern from *:
    """
    static AD_THREAD_LOCAL int ad_numerics_hushed = 0;
    #define ad_hush(more) (ad_numerics_hushed += (more))
    #define ad_hushed() (ad_numerics_hushed)
    static inline npy_intp ad_reaches(PyObject *array) {
        return PyArray_NDIM((PyArrayObject *)array) > 0 ?
            PyArray_DIM((PyArrayObject *)array, 0) * PyArray_STRIDE((PyArrayObject *)array, 0) : 0;
    }
    """
    npy_intp ad_reaches(PyObject* array) noexcept   # bytes from one end of the first axis to the other; 0 for none
    void ad_hush(int more) noexcept     # within so many sweeps, whose rules are not looked at one by one
    int ad_hushed() noexcept

cdef enum:
    CHECKED_NUMERICS = 8        # beside the bits of finite.h: everything, as TensorFlow's check
    SHARED = 1 << 14            # bytes: what has more may be computed by several threads of BLAS's

cdef int last_errors = 0        # what NumPy's error state makes an error, when it was
cdef object last_state = None
cdef object error_state = getattr(numpy._core.umath, "_extobj_contextvar", None)
cdef object hook_fault = None   # the package's: the error for a result, or None where there is none,
cdef object hook_gradient_fault = None      # and for gradients


def install_numerics(fault, gradient_fault):
    """Give the core what says whether a result, or gradients, are an error, and which one."""
    global hook_fault, hook_gradient_fault
    hook_fault = fault
    hook_gradient_fault = gradient_fault


def want_numerics(bint wanted):
    """Have everything checked in this thread, or not any more."""
    if wanted != ad_wants_numerics():
        count_up(&watching, 1 if wanted else -1)
        ad_want_numerics(wanted)


cdef int errors_of_numpy() except -1:
    """Which kinds are an error, or a call of the user's, by NumPy's state."""
    global last_errors, last_state
    cdef PyObject* found = NULL
    cdef object state = None
    if FREE_THREADED:           # (threads have states of their own, and would forget each other's)
        return errors_named()
    if error_state is not None:
        PyContextVar_Get(error_state, NULL, &found)
        if found == <PyObject*>last_state:      # (which holds it)
            Py_DECREF(last_state)
            return last_errors
        state = <object>found
        Py_DECREF(state)
    last_errors = errors_named()
    last_state = state
    return last_errors


cdef int errors_named() except -1:
    cdef int errors = 0
    kinds = numpy.geterr()
    for kind, bit in (("invalid", 1), ("divide", 2), ("over", 4)):
        if kinds[kind] in ("raise", "call"):
            errors |= <int>bit
    return errors


cdef int numerics_wanted() except -1:
    """What is an error in this thread now: bits of finite.h, or CHECKED_NUMERICS; 0 where nothing is."""
    return wanted_beside(<Log*>ad_get_current_log())


cdef int wanted_beside(Log* log) except -1:
    """The same where this is the thread's log."""
    cdef int wanted = errors_of_numpy()
    if watching and (ad_wants_numerics() or (log != NULL and log.checking)):
        wanted = CHECKED_NUMERICS
    return 0 if not wanted or ad_hushed() else wanted


def wants_numerics():
    """Whether somebody wants to be told of what is not finite, in this thread."""
    return numerics_wanted() != 0


cdef inline bint in_doubt() noexcept:
    """Whether an array that has just been computed may be one that somebody wants to be told of."""
    return watching or fn_noted()


cdef inline bint in_doubt_of_others(Operand x) noexcept:
    """The same of what other libraries may have computed, with threads of their own, whose flags nobody sees."""
    return in_doubt() or (not x.scalar and ad_reaches(<PyObject*>x.array) > SHARED)


cdef bint some_are_not_finite(Operand x) except -1:
    """Whether a value of floats has an infinite one, or a NaN."""
    cdef ndarray array
    cdef int code = x.code
    cdef npy_intp n
    if x.scalar:
        return not isfinite(x.number)
    if not differentiable(code) or has_no_value(x):
        return False
    array = x.array
    if code == NPY_LONGDOUBLE or not PyArray_CHKFLAGS(array, NPY_ARRAY_CARRAY_RO):
        return not bool(numpy.isfinite(array).all())
    n = PyArray_SIZE(array)
    if PyTypeNum_ISCOMPLEX(code):
        if item_size[code] > 16:
            return not bool(numpy.isfinite(array).all())
        return fn_some(PyArray_DATA(array), 2 * n, item_size[code] // 2,
                       0x7ff0000000000000 if item_size[code] == 16 else 0x7f800000)
    return fn_some(PyArray_DATA(array), n, item_size[code],
                   0x7ff0000000000000 if code == NPY_DOUBLE else (
                       0x7f800000 if code == NPY_FLOAT else (0x7f80 if code == BFLOAT16 else 0x7c00)))


cdef int look_at_result(int op, list operands, Tensor out) except -1:
    """Somebody may want to be told that a result is not finite. An error that this raises is the operation's."""
    cdef int kinds = fn_noted_kinds(), wanted
    if kinds:
        fn_forget()
    wanted = numerics_wanted()
    if not wanted or out is None or not some_are_not_finite(out) or values_are_made_up():
        return 0
    error = fault_of_result(op, operands, out, None if wanted == CHECKED_NUMERICS else kinds, place_in_code())
    if error is not None:
        raise error
    return 0


cdef object fault_of_result(int op, list operands, Tensor out, object kinds, object place):
    """What there is to say of a result that is not finite, as an error; None where its operands are to blame."""
    # A kernel that selects gives on what it is given, whatever that is.
    moves = table[op].selects or table[op].passes_on or table[op].condition
    return hook_fault(op_name(op), handles[op_name(op)].parameters, table[op].kind == ELEMENTWISE, moves,
                      [array_of(<Operand>x) for x in operands], array_of(out), kinds, place)


def fault_of_record(Tape tape, int32_t node, list operands, Tensor out, place):
    """What a check of numbers would have said of a record, as an error; None where that is nothing."""
    if not some_are_not_finite(out):
        return None
    return fault_of_result(tape.log.records[node].op, operands, out, None, place)


cdef int look_at_number(int op, double x, double y, Tensor out) except -1:
    """The same of an operation on numbers."""
    cdef list operands
    if not numerics_wanted():
        if fn_noted():
            fn_forget()
        return 0
    operands = [new_scalar(x, out.code)]
    if table[op].arity > 1:
        operands.append(new_scalar(y, out.code))
    return look_at_result(op, operands, out)
