# Witnesses: a log on which everything is heard, though no program comes of it.
#
# A tape records what it follows. Why a gradient is None, or where a NaN came from, stands in what it did not follow,
# and in the lines of the code. So where a tape is traced (`GradientTape(trace=True)`, AUTODIFF_TRACE=1), another one
# listens beside it, the *ear*, to which the log tells all that it tells a trace: operations on any dtype, comparisons,
# what is computed while tapes pause, what has no derivative. It is one bit more in the records; what a tape asks for
# its own bit is what it was, and whoever asks whether a program is recorded (`tracing_log`) hears no. All tapes of a
# log that are traced have one witness, which listens while any of them is open.
#
# Beside the records a witness keeps the shape of each, and the instruction of the user's code that made it; lines are
# looked up when somebody asks.

cdef extern from "Python.h":
    int PyGC_Disable() noexcept
    int PyGC_Enable() noexcept

cdef enum:
    UNKNOWN_SHAPE = 0xffffffff

cdef int witnesses = 0          # that listen, in any thread

ctypedef struct Seen:           # of a node
    PyObject* code              # where in the user's code it was made: an owned reference, or NULL
    int instruction


@cython.final
cdef class Witness(Hearer):
    """What hears all of a log for those of its tapes that are traced."""
    cdef Tape ear
    cdef int open_tapes
    cdef Seen* seen
    cdef int32_t count          # nodes of which something is known
    cdef int32_t capacity

    def __cinit__(self):
        self.shapes = Shapes()
        self.ear = Tape(True, False, trace=False)

    def __dealloc__(self):
        self.lose(0)
        free(self.seen)

    cdef int begin(self, Tape tape) except -1:
        cdef Log* log = tape.log
        cdef int32_t node
        if self.open_tapes == 0:
            self.ear.push()
            try:
                grow_shapes(log, log.capacity)
            except BaseException:
                self.ear.pop()
                raise
            for node in range(self.count, log.count):
                log.shapes[node] = UNKNOWN_SHAPE
            log.ear = log.tracer = self.ear.bit
            log.witness = log.trace = <PyObject*>self
            count_up(&witnesses, 1)
        self.open_tapes += 1
        return 0

    cdef void end(self, Tape tape) noexcept:
        cdef Log* log = tape.log
        self.open_tapes -= 1
        if self.open_tapes == 0:
            count_up(&witnesses, -1)
        if self.open_tapes == 0 and self.ear is not None:   # (garbage is taken apart in any order)
            log.tracer = 0
            log.trace = NULL
            self.ear.pop()

    cdef void start_over(self, Tape tape) noexcept:
        """Nothing is kept that no tape needs, unless another one is traced, too."""
        if self.open_tapes == 1 and self.ear.start >= tape.start:
            forget(self.ear.log, self.ear)
            self.ear.begin()

    cdef void lose(self, int32_t end) noexcept:
        cdef PyObject* code
        while self.count > end:
            self.count -= 1
            code = self.seen[self.count].code
            self.seen[self.count].code = NULL
            Py_XDECREF(code)

    cdef int hear_record(self, Log* log, int32_t node) except -1:
        """Note where in the user's code a record is made. No garbage is collected meanwhile: that may run anything."""
        cdef int collecting
        cdef void* grown
        cdef int32_t room
        if node >= self.capacity:
            room = max(more_room(self.capacity, <int64_t>node + FIRST_CAPACITY), log.capacity)
            grown = realloc(self.seen, <size_t>room * sizeof(Seen))
            if grown == NULL:
                raise MemoryError()
            self.seen = <Seen*>grown
            self.capacity = room
        while self.count < node:    # what was recorded while nobody listened
            self.seen[self.count].code = NULL
            self.count += 1
        collecting = PyGC_Disable()
        self.seen[node].code = code_of_user(&self.seen[node].instruction)
        if collecting:
            PyGC_Enable()
        self.count = node + 1
        return 0

    cdef object place_of(self, int32_t node):
        if not 0 <= node < self.count:
            return None
        return place_at(self.seen[node].code, self.seen[node].instruction)

    cdef int32_t capture(self, Log* log, Operand x) except -2:
        """What has not been seen before, a constant or a variable, has a leaf."""
        return leaf(log, x, log.tracer)

    cdef int hear_result(self, Log* log, int32_t node, Operand out) except -1:
        return trace_shape(log, node, out)


witness_class = Witness


def is_witnessed_tape(Tape tape):
    """Whether a tape's log has a witness."""
    return tape.log != NULL and tape.log.ear != 0


cdef tuple witnessed_shape(Log* log, int32_t node):
    """The shape of a record's result; None where nobody knows."""
    cdef Witness witness
    if log.witness == NULL:
        return None
    witness = <Witness>log.witness
    if not 0 <= node < witness.count or log.shapes[node] == UNKNOWN_SHAPE:
        return None
    return witness.shapes.shape(log.shapes[node])
