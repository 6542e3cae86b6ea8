# Leaving: what a recording tape follows becomes no array without a word.
#
# An array has no place on a log, so a derivative ends where one is made of a tensor. `t.numpy()`, `t.item()` and
# `t.tolist()` say so; `__array__`, which NumPy calls for whoever is given a tensor, does not, and raises where a tape
# follows it. `float(t)` and `int(t)` say what they do under a tape; not within the functions that `grad` and its kin
# differentiate, whose tapes are strict. But NumPy calls them, too, for an assignment to one element; the instruction
# says that at which the Python code stands that called NumPy. And so does SciPy's compiled code, for what a function
# returns to it; there the Python code that stands is SciPy's own.

cdef extern from "Python.h":
    ctypedef struct PySequenceMethods:
        void* sq_item
    ctypedef struct SequenceClass "PyTypeObject":
        PySequenceMethods* tp_as_sequence

cdef enum:
    BY_ARRAY = 1        # how a value was looked at that was not asked for by name: Record.payload.look.how
    BY_NUMBER = 2


def hide_sequence(type kind):
    """Let a class that has __getitem__, __len__ and __iter__ not count as a sequence in C: for those NumPy has an error
    of its own, "setting an array element with a sequence", in the place of whatever `__float__` raises."""
    (<SequenceClass*>kind).tp_as_sequence.sq_item = NULL


hide_sequence(Operand)
hide_sequence(Tensor)
hide_sequence(VariableCore)

cdef frozenset store_opcodes = None     # STORE_SUBSCR, and from Python 3.12 on STORE_SLICE
cdef frozenset call_opcodes = None      # and those that call functions
cdef object hook_refusal = None         # the package's: the error for a way to leave, given who called
cdef object hook_stores = None          # and whether the call that a frame is at stores what it is given


def install_leaving(refusal, stores):
    """Give the core what reads the caller's code: the error, and whether the call that a frame is at stores into
    arrays."""
    global hook_refusal, hook_stores, store_opcodes, call_opcodes
    import opcode
    known = opcode.opmap
    store_opcodes = frozenset([known[name] for name in ("STORE_SUBSCR", "STORE_SLICE") if name in known])
    call_opcodes = frozenset([known[name] for name in ("CALL", "PRECALL", "CALL_KW", "CALL_FUNCTION_EX")
                              if name in known])
    hook_refusal = refusal
    hook_stores = stores


cdef bint followed(Operand x, bint strictly):
    """Whether a tape that records in this thread follows this, or would once the variable is read; `strictly`: one that
    belongs to `grad` or its kin. A tape around a trace may follow what the trace finds around its function."""
    cdef Log* log = recording_log()
    while log != NULL:
        if log.active and followed_on(log, x, strictly):
            return True
        log = (<Hearer>log.trace).before if log.tracer else NULL
    return False


cdef bint followed_on(Log* log, Operand x, bint strictly):
    cdef uint32_t tapes = minus(log, log.active, log.tracer)
    cdef int32_t node
    if strictly:
        tapes = meet(log, tapes, log.strict)
    if not tapes:
        return False
    node = found_or_taken(log, x)
    if node >= 0 and meet(log, log.records[node].listeners, tapes):
        return True
    return bool(x.is_variable and (<VariableCore>x).is_trainable and differentiable(x.code) and
                meet(log, tapes, log.automatic))


def is_followed(Operand x, bint strictly=False):
    """Whether a tape that records in this thread follows a tensor or a variable, or would once the variable is read;
    `strictly`: one that belongs to `grad` or its kin."""
    return followed(x, strictly)


def is_strict():
    """Whether a tape of `grad` or its kin records in this thread, or around what is traced in it."""
    cdef Log* log = recording_log()
    while log != NULL:
        if meet(log, log.active, log.strict):
            return True
        log = (<Hearer>log.trace).before if log.tracer else NULL
    return False


def is_heard(Operand x):
    """Whether somebody who records in this thread would lose something if this became an array: a tape, or a trace for
    which it need not be the same at the next call."""
    cdef Log* log = tracing_log()
    return followed(x, False) or (log != NULL and varying(log, x) >= 0)


cdef inline int refuse_array(Operand x) except -1:
    """Raise where a tensor that is followed would become an array."""
    if recording_log() != NULL and followed(x, False):
        raise hook_refusal(BY_ARRAY, describe(x))
    return 0


cdef inline int refuse_number(Operand x) except -1:
    """Raise where a tensor that is followed would become a number in a function that is differentiated, or an element
    of an array."""
    if recording_log() != NULL and followed(x, False):
        if followed(x, True):
            raise hook_refusal(BY_NUMBER, describe(x))
        if stores_into_array():
            raise hook_refusal(BY_ARRAY, describe(x))
    return 0


cdef int look_by_number(Operand x) except -1:
    """`look`, for `__float__` and its like: an element of an array becomes part of one."""
    if tracing_log() != NULL:
        look(x, False, BY_ARRAY if stores_into_array() else BY_NUMBER)
    return 0


cdef int stores_into_array() except -1:
    """Whether the Python code that is running stands at an assignment to elements."""
    cdef PyFrameObject* frame = PyEval_GetFrame()
    cdef PyObject* code
    cdef int at
    if frame == NULL:
        return False
    code = <PyObject*>PyFrame_GetCode(frame)
    try:
        at = PyFrame_GetLasti(frame)
        instruction = (<object>code).co_code[at]
        return instruction in store_opcodes or (instruction in call_opcodes and bool(hook_stores(<object>frame)))
    finally:
        Py_DECREF(<object>code)
