# Tracing: a log that hears everything, so that it can become a program.
#
# A trace is a tape like any other, the outermost of a log of its own, but for what it listens to: operations on any
# dtype, comparisons, conditions, what has no derivative. Whatever it has not seen before is a constant, or a variable,
# and gets a leaf. Tapes inside the traced function are inner tapes: their gradients are more records, which it hears as
# any outer tape would. Beside the records a trace keeps the shape of each node, and what Python did besides: the values
# that it looked at (guards), the variables that it assigned to, the arrays of values that became attributes of an op.

cdef extern from "Python.h":
    void Py_SET_TYPE(object thing, PyTypeObject* type)
    object PyWeakref_NewRef(object thing, object callback)
    PyObject* PyWeakref_GetObject(PyObject* reference) noexcept
    PyObject* Py_None

    ctypedef struct PySliceObject:
        PyObject* start
        PyObject* stop
        PyObject* step
    object PyNumber_Index(object value)
    bint PyObject_CheckBuffer(object value)

cdef extern from "digest.h" nogil:
    uint64_t dg_digest(const void* memory, size_t size) noexcept

cdef enum:
    FIRST_MADE = 256            # results of the recorded function that are kept in sight before it is asked which are
                                # still held
    LITTLE = 4096               # bytes

ctypedef struct Made:           # a result of the recorded function
    PyObject* tensor            # itself, or a weak reference to what holds much memory
    PyObject* code              # where in the user's code it was made,
    int instruction
    uint16_t op


cdef inline bint derives(Log* log, uint32_t listeners) noexcept:
    """Whether a tape is among the listeners, beside the trace: whether a derivative may be asked for."""
    return meet(log, listeners, minus(log, log.active, log.tracer)) != 0


cdef inline bint is_reference(Operand x) noexcept:
    """Whether an operand is somebody's array, whose elements may be others the next time."""
    return x.borrowed and <PyObject*>x.array != <PyObject*>None


cdef Tensor refer(ndarray array):
    """A tensor around somebody's array, with the value that it has now. (A number's is in it twice.)"""
    cdef Tensor t = new_tensor(array)
    t.array = array
    t.borrowed = True
    return t


cdef Tensor reference(Log* log, ndarray array):
    """What stands for somebody's array in a trace: one leaf, and the program reads the array anew each time. Where the
    array is another one than at its last use, a leaf for each."""
    cdef Tracer tracer = <Tracer>log.trace
    cdef object address = <uintptr_t><PyObject*>array, digest = digest_of(array)
    cdef Tensor t = tracer.references.get(address)
    if t is not None and digest != tracer.digests[address]:
        tracer.settle(address)
        tracer.restless.add(<uintptr_t>owner_of(array))
        t = None
    if t is None:
        t = refer(array)
        leaf(log, t, log.tracer)
        tracer.digests[address] = digest
        if address not in tracer.around:
            tracer.copies[address] = own_copy(array)    # (before it is found)
        tracer.references[address] = t
    return t


cdef tuple digest_of(ndarray array):
    """What is another one where somebody has written to an array, or laid it out in another way."""
    cdef ndarray lies = array
    if is_blank(array):
        return (array.shape, array.dtype)
    if not PyArray_CHKFLAGS(array, NPY_ARRAY_C_CONTIGUOUS) and not PyArray_CHKFLAGS(array, NPY_ARRAY_F_CONTIGUOUS):
        lies = PyArray_NewCopy(array, NPY_CORDER)
    return (array.shape, array.strides, array.dtype, dg_digest(PyArray_DATA(lies), PyArray_NBYTES(lies)))


cdef int settle_arrays(Tracer tracer) except -1:
    """Before a program is made: an array that has changed since the trace began to read it is a constant for each use,
    with the value of then. No program can repeat that for somebody else's array, since the change is Python's."""
    cdef Tensor t
    cdef dict own = {}      # one view of each changed piece of memory: several would hold it for each other
    cdef set read = set()
    for address, t in tracer.references.items():
        owner = <uintptr_t>owner_of(t.array)
        read.add(owner)
        if owner not in tracer.restless and digest_of(t.array) != tracer.digests[address]:
            tracer.restless.add(owner)
    for address, (array, before) in tracer.around.items():
        owner = <uintptr_t>owner_of(array)
        if owner in read and owner not in tracer.restless:
            # (What an array is now has been found to be what it was when it was read.)
            if before != (tracer.digests[address] if address in tracer.references else digest_of(array)):
                tracer.restless.add(owner)
    for address, t in list(tracer.references.items()):
        owner = <uintptr_t>owner_of(t.array)
        if owner in tracer.restless:
            own[owner] = refer(t.array)
            tracer.settle(address)
    for t in own.values():
        if tracer.obstacle is None and others_write(t):
            tracer.obstacle = is_changed_meanwhile(t.array)
    return 0


cdef str is_changed_meanwhile(ndarray array):
    return f"it computes with an array of shape {tuple(array.shape)} that is changed while it runs"


cdef PyObject* owner_of(ndarray array):
    """The array of which this is a view of a view."""
    cdef PyObject* thing = <PyObject*>array
    while PyArray_BASE(<ndarray>thing) != NULL and isinstance(<object>PyArray_BASE(<ndarray>thing), ndarray):
        thing = PyArray_BASE(<ndarray>thing)
    return thing


cdef bint others_write(Operand x):
    """Whether somebody beside a tensor can write to its array: not where it alone holds an array that was made in
    passing."""
    cdef PyObject* thing = <PyObject*>x.array
    cdef bint held = False
    while isinstance(<object>thing, ndarray):
        held = held or is_held_beyond(thing, 1)
        if held and PyArray_CHKFLAGS(<ndarray>thing, NPY_ARRAY_WRITEABLE):
            return True
        thing = PyArray_BASE(<ndarray>thing)
        if thing == NULL:
            return False
    return not isinstance(<object>thing, (bytes, Operand))


def present(Operand x):
    """The value of a variable, or of what was captured, now. An array is not copied yet."""
    if x.is_variable:
        return (<VariableCore>x).read()
    return refer(x.array) if is_reference(x) else x


def kept_values(list values):
    """Values that somebody is to keep: those of arrays that others may write to are copied."""
    return [new_tensor(own_copy((<Operand>x).array)) if is_reference(<Operand>x) else x for x in values]


cdef int trace_shape(Log* log, int32_t node, Operand out) except -1:
    if not out.scalar:
        log.shapes[node] = (<Hearer>log.trace).shapes.number(PyArray_NDIM(out.array), PyArray_DIMS(out.array))
    return 0


cdef int32_t trace_scalar(Log* log, Row* row, int op, int32_t a, int32_t b, const double* values, double value,
                          int code) except -2:
    """`append_scalar` for a trace: every operand is kept, every op is recorded; tapes hear of it what they would
    hear."""
    cdef uint32_t listeners = 0
    cdef Record* r
    cdef int beside = log.records[a if a >= 0 else b].dtype     # a bare number has the other operand's dtype
    if a < 0:
        a = log_number(log, values[0], beside)
    elif row.derivative[0] != NOTHING:
        listeners = log.records[a].listeners
    if row.arity > 1:
        if b < 0:
            b = log_number(log, values[1], beside)
        elif row.derivative[1] != NOTHING:
            listeners = join(log, listeners, log.records[b].listeners)
    listeners = join(log, meet(log, listeners, log.active), log.tracer)
    r = log_append(log, op, listeners)
    log.values[log.count - 1].number = value
    log.pure = False
    r.flags = SCALAR
    r.dtype = <uint8_t>code
    r.a = a
    r.b = b
    if row.by_partials and derives(log, listeners):
        r.flags = SCALAR | PARTIALS
        r.payload.partial[0] = local_partial(&row.partial[0], values, value)
        if row.arity > 1:
            r.payload.partial[1] = local_partial(&row.partial[1], values, value)
        if code == NPY_FLOAT:
            log.single = True
            float_partials(r, row, values, value)
        if row.by_partials == PARTIALS_WITH_POLES and (is_special(r.payload.partial[0]) or (
                row.arity > 1 and is_special(r.payload.partial[1]))):
            r.flags |= POLE
    return log.count - 1


cdef int trace_silent(Log* log, int op, list operands, object attribute, Tensor out) except -1:
    """The record of an op that no tape follows."""
    cdef int32_t nodes[64]
    cdef int32_t* at = nodes
    cdef int k, n = <int>len(operands)
    cdef Record* r
    if n > 64:
        at = <int32_t*>PyMem_Malloc(n * sizeof(int32_t))
        if at == NULL:
            raise MemoryError()
    try:
        for k in range(n):
            at[k] = tracked(log, <Operand>operands[k])
        r = log_append(log, op, log.tracer)
        log_operand_list(log, r, at, n)
        r = &log.records[log.count - 1]
        r.dtype = out.code
        if attribute is not None:
            own_attribute(log, log.count - 1, (attribute, None, None) if of_many_operands(op) else attribute)
    finally:
        if at != nodes:
            PyMem_Free(at)
    return finish_record(log, log.count - 1, out, False)


cdef int trace_identity(Operand x, Tensor out) except -1:
    """The same value, but the tapes lose sight of it."""
    cdef Log* log = hearing_log()
    if log == NULL:
        return 0
    if differentiable(x.code):
        return trace_silent(log, OP_STOP_GRADIENT, [x], None, out)
    shape = shape_of(x)
    return trace_silent(log, OP_RESHAPE, [x], (shape, shape), out)


cdef int32_t varying(Log* log, Operand x) except -2:
    """The node of what need not be the same at the next call; -1 for a constant."""
    cdef int32_t node
    cdef Log* outer
    if x.is_variable:
        return tracked(log, x)
    if is_reference(x):
        return tracked(log, x)
    node = log_find(log, x)
    if node < 0 or (is_leaf(&log.records[node]) and node >= (<Tracer>log.trace).input_count):
        # What this trace has for a constant may vary for one further out, for which this one is a way to compute.
        outer = (<Tracer>log.trace).before
        return tracked(log, x) if outer != NULL and is_traced(outer) and varying(outer, x) >= 0 else -1
    return node


cdef int look(Operand x, bint truth, int how=0) except -1:
    """Python is told a value: from here on the program is one for this value only. `how`: if nobody asked for it by
    name."""
    cdef Log* log = tracing_log()
    cdef int32_t node
    refuse_look(x)
    if log == NULL:
        return 0
    node = varying(log, x)
    if node < 0 and how and not x.is_variable and differentiable(x.code):
        node = tracked(log, x)      # a constant of this recording, but somebody's, maybe: a tape may follow it at
                                    # another call
    if node < 0:
        return 0
    return append_look(log, node, x, truth, how, place_in_code())


cdef int append_look(Log* log, int32_t node, Operand x, bint truth, int how, object place) except -1:
    cdef Record* r
    if may_be_swapped(x):
        return append_look(log, node, held_value(x), truth, how, place)
    r = log_append(log, OP_GUARD, log.tracer)
    r.a = node
    r.dtype = x.code
    r.payload.look.truth = truth
    r.payload.look.how = how if differentiable(x.code) else 0
    if x.scalar:
        r.flags = SCALAR
        log.values[log.count - 1].number = (1.0 if x.number != 0 else 0.0) if truth else x.number
    else:
        log_keep(log, log.count - 1, x)
    (<Tracer>log.trace).places[log.count - 1] = place
    return 0


cdef str spelled(Operand x, str text):
    """A value as text, where one is made of it. That is a look only if the text leaves the recording."""
    cdef Log* log = tracing_log() if traces else NULL
    cdef int32_t node
    if log != NULL:
        node = varying(log, x)
        if node >= 0:
            if may_be_swapped(x):
                x = held_value(x)
            value = new_scalar(x.number, x.code) if x.scalar else bare_tensor(x.array)
            (<Tracer>log.trace).texts.append((node, value, text, place_in_code()))
    return text


def look_at_text(str text):
    """Something that leaves a recording is text: it is another one where the values that are spelled in it are."""
    cdef Log* log = tracing_log()
    if log != NULL:
        for node, value, part, place in (<Tracer>log.trace).texts:
            if part in text:
                append_look(log, node, <Operand>value, False, 0, place)


def lent_tensor(ndarray array):
    """A tensor of numbers that an op has for an attribute: where they were lent, it stands for what lent them."""
    cdef Log* log = tracing_log()
    cdef Tensor out = bare_tensor(array)
    if log != NULL:
        found = (<Tracer>log.trace).lent.get(<uintptr_t><PyObject*>array)
        if found is not None and found[1] is array:
            place(out, log, <int32_t>found[0])
    return out


cdef ndarray lend(Operand x):
    """A value that is to become an attribute of an op, which the program reads anew at each call."""
    cdef Log* log = tracing_log()
    cdef int32_t node
    cdef ndarray array = array_of(x)
    if log == NULL:
        return array
    node = varying(log, x)
    if node >= 0:
        if is_reference(x):
            array = own_copy(array)     # of which nobody else has a view
        found = (<Tracer>log.trace).lent.get(<uintptr_t><PyObject*>array)
        if found is not None and found[0] != node:
            array = array.view()    # two tensors of one array, as a tensor that is given twice is: each has its own
        (<Tracer>log.trace).lent[<uintptr_t><PyObject*>array] = (node, array)
    return array


cdef int give_up_tracing(str reason, object culprit) except -1:
    """Something that no program can repeat: what is traced goes on, but no program comes of it."""
    cdef Log* log = tracing_log()
    cdef Tracer tracer
    if log != NULL:
        tracer = <Tracer>log.trace
        if tracer.obstacle is None:
            tracer.obstacle = f"{reason} ({spell_place(place_in_code())})"
        if isinstance(culprit, VariableCore):
            tracer.remember(<VariableCore>culprit)
    return 0


def give_up(str reason):
    """No program comes of what this thread traces, if it does: it is run as Python, for a reason that Python knows."""
    give_up_tracing(reason, None)


cdef bint values_are_made_up():
    """Whether what is traced is shapes and dtypes alone: the values stand for others, which nobody has yet."""
    cdef Log* log = tracing_log() if traces else NULL
    return log != NULL and (<Tracer>log.trace).made_up


def are_made_up():
    """Whether the values of what this thread traces mean nothing."""
    return values_are_made_up()


def varies(Operand x):
    """Whether a value need not be the same at the next call of what this thread traces."""
    cdef Log* log = tracing_log()
    return log != NULL and varying(log, x) >= 0


cdef ndarray stand_in(Operand x):
    """Another value of the same shape, which kernels do not refuse: a matrix that is symmetric, positive definite and
    well conditioned."""
    cdef ndarray array = array_of(x)
    if not differentiable(x.code) or PyArray_NDIM(array) < 2:
        return numpy.ones_like(array)
    return numpy.broadcast_to(numpy.eye(*array.shape[-2:], dtype=array.dtype), (<object>array).shape)


def note_own_derivative():
    """Tell a trace, if there is one, that Python says what the derivative is of what is done here."""
    cdef Log* log = tracing_log()
    if log != NULL:
        (<Tracer>log.trace).own_derivatives = True


@cython.final
cdef class Untraced:
    """A context in which this thread traces nothing."""
    cdef void* log

    def __enter__(self):
        self.log = ad_get_current_log()
        ad_set_current_log(NULL)
        return self

    def __exit__(self, kind, error, traceback):
        ad_set_current_log(self.log)


@cython.final
cdef class Rehearsal:
    """A context in which this thread runs something for the record only, or once more: what it prints is not
    printed."""

    def __enter__(self):
        ad_rehearse(1)
        return self

    def __exit__(self, kind, error, traceback):
        ad_rehearse(-1)


def is_rehearsing():
    """Whether what runs in this thread is run for the record only."""
    return ad_rehearsing() > 0


cdef int trace_assignment(VariableCore v, Operand value) except -1:
    cdef Log* log = tracing_log()
    cdef Tracer tracer
    cdef Record* r
    cdef int32_t node
    if log == NULL:
        return 0
    tracer = <Tracer>log.trace
    if not v.is_variable:
        if tracer.shapes_alone:
            raise ValueError("a variable is made in a function of which only shapes are asked for (tf.eval_shape), "
                             "where nothing has an effect: make it before, as a first call of the function does")
        tracer.created.append(PyWeakref_NewRef(v, None))    # it is being made
        return 0
    node = tracked(log, value)
    tracer.remember(v)
    r = log_append(log, OP_ASSIGN, log.tracer)
    r.a = node
    r.dtype = v.code
    own_attribute(log, log.count - 1, v)
    return 0


cdef inline bint is_lost(PyObject* kept) noexcept:
    """Whether nobody has a result but who keeps it in sight: itself, or a weak reference to it."""
    if isinstance(<object>kept, Operand):
        return not is_held_beyond(kept, 1)
    return PyWeakref_GetObject(kept) == Py_None


# What a tensor turns into that outlives the recording that made it (protocol.pxi).
cdef type leaked_class = None


cdef int poison(Tensor t, str error) except -1:
    """Turn a tensor into one that gives this error for an answer."""
    t.elsewhere = new_elsewhere(None, None)
    t.elsewhere.error = error
    Py_SET_TYPE(t, <PyTypeObject*>leaked_class)
    return 0


cdef int refuse_use(TensorFields t) except -1:
    raise ValueError(t.elsewhere.error)


@cython.final
cdef class Tracer(Hearer):
    """A trace: opened with tensors for arguments, and finished as a program or abandoned."""
    cdef Tape tape
    cdef Log* log
    cdef int32_t input_count
    cdef readonly list arguments    # the tensors that stand for the inputs
    cdef list watched               # numbers of arguments that tapes within watch,
    cdef set watched_others         # and the ids of other tensors (the log has them)
    cdef dict references            # by the address of somebody's array: the leaf that stands for it
    cdef dict digests               # what the array was then (digest_of),
    cdef dict copies                # and a copy of it, where one is needed;
    cdef set restless               # the addresses of the owners of those that were seen to change
    cdef dict around                # by its address: an array that the function reads by name, and its digest before
                                    # the function ran
    cdef list texts                 # [(node, value, text, where in the code)]: values that were spelled
    cdef dict lent                  # by the address of an array: the node whose value it is, and the array
    cdef dict places                # of guards: where in the code
    cdef public dict origins        # of all records, where it is wanted: where in the code; once frozen, of the
                                    # program's nodes
    cdef Made* made
    cdef Py_ssize_t made_count
    cdef Py_ssize_t made_capacity
    cdef readonly list assigned     # [(variable, value before)], in the order of the first assignments
    cdef readonly list created      # weak references to the variables made meanwhile
    cdef readonly str obstacle      # why no program comes of it, or None
    cdef bint own_derivatives       # derivatives of the records are not those of what was done
    cdef bint made_up               # values mean nothing: only shapes and dtypes are given
    cdef bint shapes_alone          # and operations are not run (unrun.pxi)

    def __init__(self, list values, bint made_up=False, bint shapes_alone=False, int64_t memory=0):
        cdef Operand x
        cdef Tensor t
        self.memory = memory
        self.made_up = made_up or shapes_alone
        self.shapes_alone = shapes_alone
        self.shapes = Shapes()
        self.watched = []
        self.watched_others = set()
        self.texts = []
        self.lent = {}
        self.references = {}
        self.digests = {}
        self.copies = {}
        self.restless = set()
        self.around = {}
        self.places = {}
        self.assigned = []
        self.created = []
        self.arguments = []
        for x in values:
            if x.scalar:
                t = new_scalar(x.number, x.code)
            else:
                t = new_tensor(own_copy(x.array) if x.borrowed else x.array)
            self.arguments.append(t)

    def notice(self, tuple names):
        """Look at the arrays under names (see `read_around`) before the function runs: it may write to one and then
        read it."""
        cdef PyObject* found
        cdef Py_ssize_t k
        for k in range(0, len(names), 2):
            found = found_around(PyTuple_GET_ITEM(names, k), PyTuple_GET_ITEM(names, k + 1))
            try:
                if found != NULL and isinstance(<object>found, ndarray) and PyArray_CHKFLAGS(<ndarray>found,
                                                                                             NPY_ARRAY_WRITEABLE):
                    self.around[<uintptr_t>found] = (<object>found, digest_of(<ndarray>found))
            finally:
                drop_found(found)

    cdef int settle(self, object address) except -1:
        """Let what stands for an array be a constant, with the value that the array had."""
        cdef Tensor t = self.references.pop(address)
        cdef ndarray copy = self.copies.pop(address, None)
        if copy is None:        # it is somebody's whose name for it the function reads, and no program comes of it
            if self.obstacle is None:
                self.obstacle = is_changed_meanwhile(t.array)
            return 0
        t.array = copy
        t.borrowed = False
        return 0

    cdef ndarray kept_copy(self, Operand x):
        """The value of somebody's array, for a record that keeps it: all of them have one copy."""
        cdef object address = <uintptr_t><PyObject*>x.array
        if self.references.get(address) is not x:
            return own_copy(x.array)
        copy = self.copies.get(address)
        if copy is None:
            copy = self.copies[address] = own_copy(x.array)
        return copy

    def __enter__(self):
        cdef Log* outer = <Log*>ad_get_current_log()
        cdef Tensor t
        self.tape = Tape(True, False, trace=False)
        self.before = outer
        if outer != NULL and is_traced(outer) and (<Tracer>outer.trace).shapes_alone:
            self.made_up = self.shapes_alone = True
        ad_set_current_log(NULL)
        try:
            self.tape.push()
        except BaseException:
            ad_set_current_log(outer)
            raise
        self.log = self.tape.log
        self.log.tracer = self.tape.bit
        self.log.trace = <PyObject*>self
        if self.memory:
            spill = spill_class(self.memory)
            Py_INCREF(spill)
            self.log.spill = <PyObject*>spill
        count_up(&traces, 1)
        try:
            grow_shapes(self.log, self.log.capacity)
            for t in self.arguments:
                leaf(self.log, t, self.log.tracer)
        except BaseException:
            self.leave()
            raise
        self.input_count = self.log.count
        return self

    def __exit__(self, kind, error, traceback):
        """Stop tracing. After an error every variable has the value that it had."""
        self.leave()
        if kind is not None:
            put_back(self.assigned)

    cdef int leave(self) except -1:
        count_up(&traces, -1)
        self.tape.pop()
        self.log.tracer = 0
        self.log.trace = NULL
        if self.log.shapes != NULL:
            drop_shapes(self.log)
        self.log = NULL
        self.tape.release()
        self.tape = None
        ad_set_current_log(self.before)
        return 0

    def __dealloc__(self):
        cdef Py_ssize_t k
        for k in range(self.made_count):
            Py_XDECREF(self.made[k].tensor)
            Py_XDECREF(self.made[k].code)
        free(self.made)

    cdef int note(self, Operand out, int32_t node, int op) except -1:
        """Keep sight of a result, in case that somebody keeps it beyond the recording."""
        cdef Made* m
        kept = out if out.scalar or PyArray_NBYTES(out.array) <= LITTLE else PyWeakref_NewRef(out, None)
        if self.made_count == self.made_capacity:
            self.lose_sight()
        m = &self.made[self.made_count]
        m.code = code_of_user(&m.instruction)
        m.op = <uint16_t>op
        if self.origins is not None and m.code != NULL:
            self.origins[node] = place_at(m.code, m.instruction)
        Py_INCREF(kept)
        m.tensor = <PyObject*>kept
        self.made_count += 1
        return 0

    cdef int lose_sight(self) except -1:
        """Forget the results that nobody holds any more; make room if most are held. So a recording keeps as many
        tensors alive as the function itself does, and asks each a few times at most."""
        cdef Py_ssize_t k, dead_count = 0, count = 0, room
        cdef void* grown
        cdef Made* dead = <Made*>malloc((self.made_count + 1) * sizeof(Made))
        if dead == NULL:
            raise MemoryError()
        for k in range(self.made_count):
            if is_lost(self.made[k].tensor):
                dead[dead_count] = self.made[k]
                dead_count += 1
            else:
                self.made[count] = self.made[k]
                count += 1
        self.made_count = count
        # (Here, since letting go of a tensor may run anything, a recorded operation too.)
        for k in range(dead_count):
            Py_DECREF(<object>dead[k].tensor)
            Py_XDECREF(dead[k].code)
        free(dead)
        if 2 * self.made_count >= self.made_capacity:
            room = max(2 * self.made_capacity, FIRST_MADE)
            grown = realloc(self.made, <size_t>room * sizeof(Made))
            if grown == NULL:
                raise MemoryError()
            self.made = <Made*>grown
            self.made_capacity = room
        return 0

    cdef int let_keep(self) except -1:
        """Lose sight of the last result: an array's value, which is as good beyond the recording."""
        cdef Made* m
        if self.made_count:
            self.made_count -= 1
            m = &self.made[self.made_count]
            Py_XDECREF(m.tensor)
            Py_XDECREF(m.code)
        return 0

    cdef int32_t capture(self, Log* log, Operand x) except -2:
        """What a trace has not seen before: a constant of the program, or a variable."""
        if is_reference(x):
            return reference(log, x.array).node
        return leaf(log, x, log.tracer)

    cdef int hear_result(self, Log* log, int32_t node, Operand out) except -1:
        """Note the shape of a node, and who stands at it."""
        trace_shape(log, node, out)
        if not is_leaf(&log.records[node]):
            self.note(out, node, log.records[node].op)
        return 0

    cdef int note_places(self) except -1:
        if self.origins is None:
            self.origins = {}
        return 0

    cdef object place_of(self, int32_t node):
        return None if self.origins is None else self.origins.get(node)

    cdef int hear_watch(self, Log* log, Operand x, int32_t node) except -1:
        """A tape within the trace watches a tensor from outside: whatever else is the same tensor is the same
        source."""
        if 0 <= node < self.input_count:
            self.watched.append(node)
        elif node < 0 or is_leaf(&log.records[node]):
            self.watched_others.add(id(x))
        return 0

    cdef int remember(self, VariableCore v) except -1:
        for known, _ in self.assigned:
            if known is v:
                return 0
        self.assigned.append((v, value_of(v)))
        return 0

    def lost(self, list variables):
        """How many of the variables that were made are kept by nothing but the trace and its program, whose
        variables are given."""
        cdef Py_ssize_t k, own
        cdef int found = 0
        for reference in self.created:
            v = reference()
            own = 1
            for k in range(len(variables)):
                own += variables[k] is v
            for k in range(len(self.assigned)):
                own += (<tuple>self.assigned[k])[0] is v
            found += v is None or not is_held_beyond(<PyObject*>v, own)
        return found

    def leaks(self):
        """Whether somebody still holds a tensor of the recording."""
        cdef Py_ssize_t k
        for k in range(self.input_count):
            thing = self.arguments[k]
            if is_held_beyond(<PyObject*>thing, 2):
                return True
        for k in range(self.made_count):
            thing = <object>self.made[k].tensor
            if isinstance(thing, Operand):
                if is_held_beyond(self.made[k].tensor, 2):      # this one's, and the loop's
                    return True
            elif thing() is not None:
                return True
        return False

    def poison_leaks(self, str name):
        """Let whoever still holds a tensor of the recording be told so when it is used."""
        cdef str made = f"while {name} was being recorded"
        cdef str advice = ("A recorded function runs once in Python; return the tensor from it, or keep its value in a "
                           "Variable")
        if self.shapes_alone:
            made = "where only shapes were asked for (tf.eval_shape)"
            advice = "It has no value; return it, and its shape is told"
        cdef Py_ssize_t k
        cdef Made* m
        cdef Tensor t
        for k in range(self.input_count):
            t = <Tensor>self.arguments[k]
            if is_held_beyond(<PyObject*>t, 2):
                poison(t, f"argument {k} of {name}, as it was recorded, is used outside of it. A recorded "
                          f"function runs once in Python; keep an argument's value in a Variable"
                       if not self.shapes_alone else f"a tensor that stood for an argument {made} is used outside of "
                                                     f"it. {advice}")
        for k in range(self.made_count):
            m = &self.made[k]
            thing = <object>m.tensor
            if isinstance(thing, Operand):
                if not is_held_beyond(m.tensor, 2):     # this one's, and the loop's
                    continue
            else:
                thing = thing()
            if thing is None or type(thing) is not Tensor:
                continue
            poison(<Tensor>thing, f"a tensor that was made {made} is used outside of it: {op_name(m.op)} at "
                                  f"{spell_place(place_at(m.code, m.instruction))}. {advice}")
