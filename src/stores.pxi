# Stores: `array[i] = t` with a tensor that a tape follows.
#
# NumPy asks the tensor for its numbers, by `__float__` or `__array__`, and the derivative is lost without a word. That
# it asks for an assignment to an element, and not for `np.asarray(t)` or `float(t)`, which say what they do, is not
# told by its arguments; but the instruction says it at which the Python code stands that called NumPy.

cdef extern from "Python.h":
    ctypedef struct PySequenceMethods:
        void* sq_item
    ctypedef struct SequenceClass "PyTypeObject":
        PySequenceMethods* tp_as_sequence


def hide_sequence(type kind):
    """Let a class that has __getitem__, __len__ and __iter__ not count as a sequence in C: for those NumPy has an error
    of its own, "setting an array element with a sequence", in the place of whatever `__float__` raises."""
    (<SequenceClass*>kind).tp_as_sequence.sq_item = NULL

hide_sequence(Operand)
hide_sequence(Tensor)
hide_sequence(VariableCore)

cdef frozenset store_opcodes = None     # STORE_SUBSCR, and from Python 3.12 on STORE_SLICE
cdef PyObject* code_of_full = NULL      # np.full's code object: it converts its fill value


cdef inline int refuse_store(Operand x) except -1:
    """Raise where a tensor that is followed is asked for its numbers by an assignment to elements of an array."""
    return 0 if recording_log() == NULL or not is_followed(x) else refuse_followed()


cdef int refuse_followed() except -1:
    global store_opcodes, code_of_full
    cdef PyFrameObject* frame
    cdef PyObject* code
    frame = PyEval_GetFrame()
    if frame == NULL:
        return 0
    if store_opcodes is None:
        import opcode
        known = opcode.opmap
        store_opcodes = frozenset([known[name] for name in ("STORE_SUBSCR", "STORE_SLICE") if name in known])
        code_of_full = keep(getattr(numpy.full, "__wrapped__", numpy.full).__code__)
    code = <PyObject*>PyFrame_GetCode(frame)
    try:
        if inside_package(code):
            return 0
        if code == code_of_full:
            raise TypeError("np.full with a tensor that a tape follows: no derivative can follow into a NumPy array. "
                            "Use tf.fill(shape, t), or np.full(shape, t.numpy()) for the number alone")
        if (<object>code).co_code[PyFrame_GetLasti(frame)] in store_opcodes:
            raise TypeError("array[index] = tensor: a tape follows the tensor, and no derivative can follow into a "
                            "NumPy array. Fill a buffer in its place, b = tf.buffer(array); b[index] = tensor, or "
                            "store the numbers alone, array[index] = tensor.numpy()")
    finally:
        Py_DECREF(<object>code)
    return 0
