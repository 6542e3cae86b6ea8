# The objects that every room of the core knows: what lies in them. What they do is written higher up, where all that it
# takes is there: protocol.pxi, variables.pxi, updates.pxi.

cimport cython
from libc.stdint cimport int32_t, uint8_t, uint64_t

cdef extern from "numpy/arrayobject.h":
    ctypedef class numpy.ndarray [object PyArrayObject, check_size ignore]:
        pass


cdef class Elsewhere:
    """What hardly any tensor has."""
    cdef list logs              # [(log id, node)] on logs that are alive beside the latest, or None
    cdef tuple part             # what part of a variable this is, (variable, index), as v[index] gave it; or None
    cdef str error              # what every use of it says: it has outlived the recording that made it


cdef class TensorFields:
    cdef uint64_t log_id        # the log that `node` is of; 0 for none
    cdef int32_t node
    cdef uint8_t code           # of the dtype
    cdef uint8_t scalar         # FLOAT_SCALAR, TRUTH_SCALAR: the value is `number`; else it is `array`
    cdef uint8_t is_variable
    cdef uint8_t borrowed       # the array is a caller's, who may write to it: copy it before keeping it
    cdef double number
    cdef ndarray array
    cdef Elsewhere elsewhere    # nearly always None
    cdef object __weakref__


cdef class Operand(TensorFields):
    pass


cdef class Tensor(Operand):
    pass


cdef class VariableCore(Operand):
    cdef bint is_trainable
    cdef uint64_t version       # of the value, in all threads: leaves on logs say of which one they are


cdef class BufferCore:
    cdef Tensor held                # None while it is being written to
    cdef public bint free_dtype     # nobody chose the dtype: it follows what is written
    cdef uint64_t trace             # the first id of the log of the recording that it was made in; 0 for none
    cdef object __weakref__

    cdef Tensor at_rest(self)
    cpdef Tensor widened(self, object value)
