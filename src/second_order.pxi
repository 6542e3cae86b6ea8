# Sweeps that are recorded on the log that they sweep.
#
# A second derivative needs no second run of the program: the gradient is appended to the log, as more records of the
# same tape, and swept in its turn. What was appended is cut off again, unless a tape is listening to it.

def accumulated_jvp(Tape tape, list targets, list primals, list tangents):
    """The targets' tangents, recorded by the tapes that were open around this one, as if they had been computed with
    the targets."""
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


def is_recorded_again():
    """Whether this thread records for tapes that may have been left."""
    cdef Log* log = <Log*>ad_get_current_log()
    return log != NULL and log.extended != 0


cdef int check_alone(Log* log) except -1:
    """Only one thread at a time can append to a log."""
    cdef unsigned long thread = PyThread_get_thread_ident()
    if (log.is_current and (log.depth or log.extended) and log.thread != thread) or (log.kept and log.keeper != thread):
        raise RuntimeError(ALONE)
    return 0


cdef void stop_again(Log* log, Recording* kept) noexcept:
    log.active = without_left(log, kept.active, kept.recording)
    log.extended = kept.extended
    log.is_current = kept.was_current
    log.thread = kept.thread
    ad_set_current_log(kept.before)


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
            raise ValueError(f"the target of a second derivative must be a scalar; this one has shape {shape_of(x)}: "
                             f"reduce it, as in reduce_sum(target)")
        check_alone(tape.log)
        begin_sweep(tape, [] if x is None else [x])
        enter_sweep(tape)
        self.tape = tape
        self.persistent = tape.persistent
        tape.persistent = True      # until it is left
        cdef Log* log = tape.log
        count_up(&log.kept, 1)
        log.keeper = PyThread_get_thread_ident()
        if log.joint != NULL:   # what was computed elsewhere comes before the mark
            for y in ([x] if x is not None else []) + sources:
                found_or_taken(log, <Operand>y)
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
        count_up(&tape.log.kept, -1)
        if not tape.log.active:
            cut(tape.log, &self.mark, tape.bit)
        leave_sweep(tape)
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
    if log.joint != NULL and (<Joiner>log.joint).has_joined(mark.count):
        return
    for i in range(log.count - 1, mark.count - 1, -1):
        if is_leaf(&log.records[i]) and log.records[i].b >= 0 and log.records[i].flags & ATTRIBUTE:
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
    cdef list wanted, ends, seeds = []
    cdef Py_ssize_t k
    cdef int checked = CHECKED_NUMERICS if tape.checks else numerics_wanted()
    check_recorded(tape)
    checked_sources(sources)
    for k in range(len(sources)):
        x = <Operand>sources[k]
        vector = <Operand>operand_like(vectors[k], x)
        if shape_of(vector) != shape_of(x):
            raise ValueError(f"hvp: the vector for a source of shape {shape_of(x)} has shape {shape_of(vector)}; they "
                             f"must be equal")
        seeds.append(vector)
    cdef Extension extension = Extension(tape, target, sources)
    try:
        wanted = [k for k in range(len(sources)) if extension.gradients[k] is not None]
        ends, seeds = [extension.gradients[k] for k in wanted], [seeds[k] for k in wanted]
        results = reverse(tape.log, tape.bit, ends, seeds, sources)
        if checked:
            look_at_gradients(tape, [target], None, sources, ends, checked)
            look_at_gradients(tape, ends, seeds, sources, results, checked)
    except BaseException:
        extension.withdraw()
        raise
    extension.finish()
    return results
