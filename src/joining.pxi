# Joining: what other threads record for the tapes of a log.
#
# A log is one thread's. So what another thread is given to do while a tape with threads=True is open, a task, is
# recorded on a log of its own, an annex, on which an ear hears for each tape that is open there; and what has come of
# it is joined to the tapes' log when it is used there. A value that is used brings with it what was recorded in its
# task up to it, in its order, and first what other tasks had computed that went in. So which records follow each other
# depends on what was computed, and on the order in which the log's own thread uses it, but not on when which thread
# ran: gradients are the same to the last bit.
#
# What a task is given from outside is a leaf of its log, which stands for a node elsewhere. Nothing is copied but
# records; arrays are shared. Records do not change once what they give has been handed to another thread, so a task
# that still runs may be read, too.

@cython.final
cdef class Ear:
    """What hears on the log of a task for a tape."""
    cdef Tape tape              # that does
    cdef int slot               # of the tape for which, on its log
    cdef uint64_t number        # and which one it is


@cython.final
cdef class Annex:
    """A task: its log, and which of the nodes have been joined."""
    cdef Joint joint
    cdef list ears              # None when all has been joined: the log is not needed any more
    cdef list ids               # the log's
    cdef bint running
    cdef bint left              # no tape hears it any more
    cdef int32_t joined         # so many nodes
    cdef int32_t* there         # where each of these is on the tapes' log, or -1
    cdef int32_t room
    cdef list stretches         # of nodes that were joined together: (their end, the id that the tapes' log had)
    cdef dict leaves            # the leaf for what came from outside: by (id, node)
    cdef dict origins           # and that, by the leaf

    def __cinit__(self):
        self.ears = []
        self.ids = []
        self.stretches = []
        self.leaves = {}
        self.origins = {}

    def __dealloc__(self):
        free(self.there)

    cdef Log* log(self) noexcept:
        return NULL if not self.ears else (<Ear>self.ears[0]).tape.log

    cdef void drop_log(self) noexcept:
        cdef Log* log = self.log()
        if log != NULL:
            log.annex = NULL
        self.ears = None

    cdef int32_t place_of(self, Log* log, int32_t node) noexcept:
        """Where a node stands on the tapes' log, if it is still there; or -1."""
        cdef int32_t place = self.there[node] if node < self.joined else -1
        cdef int epoch
        if place < 0:
            return -1
        for end, identity in self.stretches:
            if node < <int32_t>end:
                if <uint64_t>identity == log.id:
                    return place
                epoch = epoch_of(log, <uint64_t>identity)
                return place if epoch >= 0 and place < log.epochs[epoch].end else -1
        return -1


@cython.final
cdef class Joint(Joiner):
    """What brings the log of tapes and those of tasks together."""
    cdef Log* log               # the tapes'; NULL when it has gone
    cdef list annexes
    cdef set open               # the numbers of the tapes that are
    cdef int32_t end            # of what was joined last, on the tapes' log

    def __cinit__(self):
        self.annexes = []
        self.open = set()

    # ---------------------------------------------------------------------------------------------- tapes come and go

    cdef int enter(self, Tape tape) except -1:
        self.log = tape.log
        self.number(tape)
        hook_tasks(True)
        return 0

    cdef int number(self, Tape tape) except -1:
        if not tape.number:
            tape.number = next_number(&tapes_numbered)
        self.open.add(tape.number)
        return 0

    cdef void leave(self, Tape tape) noexcept:
        """What is still running is not heard any more."""
        cdef Annex annex
        cdef Ear ear
        cdef Log* log
        self.open.discard(tape.number)
        for annex in self.annexes:
            log = annex.log() if annex.running else NULL
            if log == NULL:
                continue
            for ear in annex.ears:
                if ear.number == tape.number and not (log.active | ear.tape.bit) & WIDE:
                    log.active &= ~ear.tape.bit
        if tape.threads:
            hook_tasks(False)

    cdef void let_go(self, Log* log) noexcept:
        cdef Annex annex
        cdef list gone
        if log != self.log:
            return
        hold(&logs)
        self.log = NULL if log.used == 0 else log
        let_go(&logs)
        gone = self.annexes
        self.annexes = []
        for annex in gone:
            for identity in annex.ids:
                annexes.pop(identity, None)
            annex.left = True
            if not annex.running:
                annex.drop_log()

    cdef bint has_joined(self, int32_t count) noexcept:
        return self.end > count

    cdef Tape ear_of(self, Tape tape):
        cdef Log* log = <Log*>ad_get_current_log()
        cdef Ear ear
        for ear in (<Annex>log.annex).ears:
            if ear.number == tape.number:
                return ear.tape
        return tape

    cdef list variables_of(self, Tape tape):
        cdef Annex annex
        cdef Ear ear
        cdef list found = []
        for annex in self.annexes:
            for ear in (annex.ears or ()):
                if ear.number == tape.number and ear.tape.variables is not None:
                    found += ear.tape.variables
        return found

    cdef void renew(self, Log* log) noexcept:
        cdef Annex annex = <Annex>log.annex
        if not annex.left:
            annex.ids.append(log.id)
            annexes[log.id] = annex

    # ------------------------------------------------------------------------------------------ where something stands

    cdef tuple origin(self, Operand x):
        """Where `x` stands among these logs: (the task, or None for the tapes' log, id, node); or None."""
        cdef uint64_t identity
        cdef int32_t node
        hold_object(x)
        identity = x.log_id
        node = x.node
        elsewhere = other_places(x)
        let_go_object(x)
        if identity == 0:
            return None
        found = self.origin_at(identity, node)
        for other, place in (() if found is not None or elsewhere is None else list(elsewhere)):
            found = found or self.origin_at(<uint64_t>other, <int32_t>place)
        return found

    cdef tuple origin_at(self, uint64_t identity, int32_t node):
        cdef Annex annex = annexes.get(identity)
        cdef Log* log = NULL
        cdef bint stands
        if annex is not None:
            if annex.joint is not self:
                return None
            log = annex.log()
            if log == NULL:     # all of it has been joined
                return (annex, identity, node)
        hold(&logs)
        if annex is None:
            log = self.log
        stands = log != NULL and node < end_of(log, identity)
        let_go(&logs)
        return (annex, identity, node) if stands else None

    cdef uint32_t heard_by(self, Annex annex, Annex source, int32_t node) except? 0xffffffff:
        """Which ears of a task hear for tapes that follow a node of another one's log, or of the tapes' (None)."""
        cdef Ear ear, other
        cdef Log* log
        cdef uint32_t heard = 0
        cdef int32_t place
        cdef bint hears
        for ear in annex.ears:
            if source is None:
                hold(&logs)
                hears = self.log != NULL and follows(self.log, node, ear.slot)
                let_go(&logs)
            else:
                hears = False
                log = source.log()
                if log == NULL and self.log != NULL:
                    hold(&logs)
                    place = source.place_of(self.log, node)
                    hears = place >= 0 and follows(self.log, place, ear.slot)
                    let_go(&logs)
                for other in (source.ears or ()):
                    if other.number == ear.number:
                        hold(&logs)
                        hears = has_slot(log, log.records[node].listeners, other.tape.slot)
                        let_go(&logs)
            if hears:
                heard = join(ear.tape.log, heard, ear.tape.bit)
        return heard

    cdef uint32_t tapes_of(self, Annex annex, uint32_t listeners) noexcept:
        """The tapes for which ears of a task hear."""
        cdef Ear ear
        cdef Log* log = self.log
        cdef uint32_t heard = 0
        cdef Tape tape
        for ear in annex.ears:
            if has_slot(ear.tape.log, listeners, ear.tape.slot) and ear.slot < log.slots and log.tapes[
                    ear.slot] != NULL:
                tape = <Tape>log.tapes[ear.slot]
                if tape.number == ear.number:
                    heard = join(log, heard, tape.bit)
        return heard

    # ----------------------------------------------------------------------------------------------------- into a task

    cdef int32_t take_in(self, Log* log, Operand x) except -2:
        return self.join(x) if log == self.log else -1 if log.annex == NULL else self.bring(log, x)

    cdef uint32_t watched(self, Log* log, VariableCore v) except? 0xffffffff:
        cdef Annex annex = <Annex>log.annex
        cdef uint32_t heard = 0
        hold_object(v)
        places = [(v.log_id, v.node)] + (other_places(v) or [])
        let_go_object(v)
        for identity, node in places:
            found = self.origin_at(<uint64_t>identity, <int32_t>node)
            if found is not None and found[0] is None:
                heard = join(log, heard, self.heard_by(annex, None, <int32_t>node))
        return meet(log, heard, log.active)

    cdef int32_t bring(self, Log* log, Operand x) except -2:
        """A leaf on a task's log for what stands elsewhere."""
        cdef Annex annex = <Annex>log.annex, source
        cdef Record* r
        cdef uint32_t listeners
        cdef int32_t node
        known = annex.leaves.get((x.log_id, x.node))
        if known is not None:
            return <int32_t>known
        found = self.origin(x)
        if found is None:
            return -1
        source, identity, place = found
        known = annex.leaves.get((identity, place))
        if known is not None:       # (what is recorded as a program in the task has put `x` on its own log meanwhile)
            return <int32_t>known
        listeners = 0 if source is annex else self.heard_by(annex, source, <int32_t>place)
        if not listeners:
            return -1
        if log.finder != NULL:
            (<Noticer>log.finder).notice_taken(log, x, listeners)
            return -1           # (the ears pause)
        r = log_append(log, OP_LEAF, listeners)
        node = log.count - 1
        log.leaf_count += 1
        r.dtype = x.code
        log.odd = log.odd or (x.code != NPY_DOUBLE and x.code != NPY_FLOAT)
        r.payload.leaf.version = 0
        own_attribute(log, node, x)
        if x.scalar:
            r.flags |= SCALAR
            log.values[node].number = x.number
        annex.leaves[(identity, place)] = node
        annex.origins[node] = (source, identity, place)
        return node

    # ------------------------------------------------------------------------------------------------ out of the tasks

    cdef int32_t join(self, Operand x) except -2:
        """The node on the tapes' log of what a task has computed; or -1."""
        cdef Annex annex
        cdef int32_t node
        cdef Log* log
        cdef uint32_t listeners
        found = self.origin(x)
        if found is None or found[0] is None:
            return -1
        annex, _, stands = found
        node = stands
        log = annex.log()
        if node >= annex.joined:
            if log == NULL:
                return -1
            hold(&logs)
            listeners = log.records[node].listeners
            let_go(&logs)
            if not self.tapes_of(annex, listeners):
                return -1
            self.join_before(annex, node)
        node = annex.place_of(self.log, node)
        if node >= 0:
            place(x, self.log, node)
            if self.log.finder != NULL:
                (<Noticer>self.log.finder).notice_taken(self.log, x, self.log.records[node].listeners)
        return node

    cdef int join_before(self, Annex annex, int32_t node) except -1:
        """Join what a task has recorded up to a node, and before that what went in."""
        cdef list waiting = [(annex, node)], needed
        cdef Annex source
        while waiting:
            annex, place = waiting[-1]
            node = place
            if node < annex.joined:
                waiting.pop()
                continue
            needed = []
            for leaf_node, (source, _, place) in list(annex.origins.items()):
                if (annex.joined <= <int32_t>leaf_node <= node and source is not None
                        and <int32_t>place >= source.joined):
                    needed.append((source, place))
            if needed:
                waiting += needed[::-1]
            else:
                self.append_up_to(annex, node)
        return 0

    cdef int append_up_to(self, Annex annex, int32_t node) except -1:
        cdef Log* log = annex.log()
        cdef Log* target = self.log
        cdef int32_t first = annex.joined, before, i, n = 0
        cdef int32_t* leaves = NULL
        cdef uint64_t identity
        cdef void* grown
        if node >= annex.room:
            grown = realloc(annex.there, <size_t>more_room(annex.room, <int64_t>node + 64) * sizeof(int32_t))
            if grown == NULL:
                raise MemoryError()
            annex.there = <int32_t*>grown
            annex.room = more_room(annex.room, <int64_t>node + 64)
        leaves = <int32_t*>malloc(<size_t>(node - first + 1) * sizeof(int32_t))
        if leaves == NULL:
            raise MemoryError()
        try:
            hold(&logs)
            for i in range(first, node + 1):
                annex.there[i] = -1
                if is_leaf(&log.records[i]):
                    leaves[n] = i
                    n += 1
            let_go(&logs)
            identity = target.id
            for i in range(n):
                self.join_leaf(annex, leaves[i])
                if target.id != identity or annex.joined != first:
                    return 0    # (making a list has collected garbage, and that has run anything: once more)
        finally:
            free(leaves)
        before = target.count
        hold(&logs)
        try:
            for i in range(first, node + 1):
                if not is_leaf(&log.records[i]):
                    annex.there[i] = self.append_joined(annex, log, i)
        finally:
            let_go(&logs)
        annex.joined = node + 1
        annex.stretches.append((annex.joined, target.id))
        self.end = target.count
        target.sole = False
        target.pure = False
        target.ruled = target.ruled or log.ruled
        target.single = target.single or log.single
        target.odd = target.odd or log.odd
        if target.spill != NULL:
            for i in range(before, target.count):
                if target.records[i].flags & HELD:
                    (<Keeper>target.spill).note_kept(target, i)
        self.carry_notes(annex, log, first)
        self.move_ends(before)
        if not annex.running and annex.joined == log.count:
            annex.drop_log()
        return 0

    cdef int join_leaf(self, Annex annex, int32_t node) except -1:
        cdef Log* log = annex.log()
        cdef Log* target = self.log
        cdef Record r
        cdef Value value
        cdef Operand x
        cdef Annex source
        cdef uint32_t listeners
        cdef int32_t at = -1, previous = UNTRACKED
        hold(&logs)
        r = log.records[node]
        value = log.values[node]
        x = <Operand>r.payload.attribute if r.flags & ATTRIBUTE else None
        let_go(&logs)
        listeners = self.tapes_of(annex, r.listeners)
        if x is None or not listeners:
            return 0
        if node in annex.origins:
            source, identity, place = annex.origins[node]
            if source is not None:
                at = source.place_of(target, place)
            elif <int32_t>place < end_of(target, identity):
                at = place
            if at < 0:
                return 0        # (what it came from has gone: it is a constant)
        elif x.is_variable:
            previous = at = standing(target, x)
            while at >= 0 and target.records[at].payload.leaf.version != r.payload.leaf.version:
                at = target.records[at].b if is_leaf(&target.records[at]) else -1
        else:
            at = standing(target, x)
        tell_watched(target, x, at, listeners if at < 0 else minus(target, listeners, target.records[at].listeners))
        if at < 0:
            at = self.append_leaf(x, &r, value, previous)
        target.records[at].listeners = join(target, target.records[at].listeners, listeners)
        annex.there[node] = at
        return 0

    cdef int32_t append_leaf(self, Operand x, const Record* of, Value value, int32_t previous) except -1:
        """A leaf as a task has it: of what is watched there, or of a variable's value, which need not be the present
        one."""
        cdef Log* log = self.log
        cdef Record* r = log_append(log, OP_LEAF, 0)
        cdef int32_t node = log.count - 1
        log.leaf_count += 1
        r.b = previous
        r.dtype = of.dtype
        own_attribute(log, node, x)
        r.payload.leaf.version = of.payload.leaf.version
        if of.flags & SCALAR:
            r.flags |= SCALAR
            log.values[node].number = value.number
        if x.is_variable:
            place(x, log, node)
        return node

    cdef int32_t append_joined(self, Annex annex, Log* log, int32_t node) except -2:
        """Append the record of a task's node; -1 where no tape follows it. (Nothing of Python's runs here.)"""
        cdef Log* target = self.log
        cdef Record* of = &log.records[node]
        cdef Record* r
        cdef int32_t pair[2]
        cdef int32_t* nodes
        cdef int k, n = operand_nodes(log, of, &nodes, pair)
        cdef uint32_t listeners = 0
        cdef uint32_t tapes = self.tapes_of(annex, of.listeners)
        if not tapes:
            return -1
        for k in range(n):
            if nodes[k] >= 0 and annex.there[nodes[k]] >= 0:
                listeners = join(target, listeners, target.records[annex.there[nodes[k]]].listeners)
        listeners = meet(target, listeners, tapes)
        if not listeners:
            return -1
        # (What is read once is copied: in a task that still runs, a record may come to hold its value meanwhile.)
        if target.count == target.capacity:
            grow_records(&target.records, &target.values, 2 * <int64_t>target.capacity, "a tape")
            target.capacity *= 2
        r = &target.records[target.count]
        r[0] = of[0]
        r.listeners = listeners
        if of.flags & LIST:
            list_operands(r, nodes, n, &target.operands, &target.operand_count, &target.operand_capacity)
            for k in range(n):
                target.operands[r.a + k] = self.joined_operand(annex, log, nodes[k])
        else:
            r.a = self.joined_operand(annex, log, of.a)
            r.b = self.joined_operand(annex, log, of.b)
        target.values[target.count] = log.values[node]
        if r.flags & ATTRIBUTE:
            Py_INCREF(<object>r.payload.attribute)
        if r.flags & HELD:
            Py_INCREF(<object>log.values[node].array)
        if r.flags & (ATTRIBUTE | HELD):
            target.last_owner = target.count
        target.count += 1
        return target.count - 1

    cdef int32_t joined_operand(self, Annex annex, Log* log, int32_t reference) except 0x7fffffff:
        """A record's operand, as it is on the tapes' log. What no tape follows there is a constant, if it is needed."""
        cdef Log* target = self.log
        cdef Constant constant
        cdef int32_t at
        if reference == UNTRACKED:
            return UNTRACKED
        if reference <= FIRST_CONSTANT:
            constant = log.constants[FIRST_CONSTANT - reference]
        else:
            at = annex.there[reference]
            if at >= 0:
                if log.records[reference].flags & HELD and not target.records[at].flags & (SCALAR | HELD):
                    Py_INCREF(<object>log.values[reference].array)
                    target.values[at].array = log.values[reference].array
                    target.records[at].flags |= HELD
                    target.last_owner = max(target.last_owner, at)
                return at
            if not log.records[reference].flags & (SCALAR | HELD):
                return UNTRACKED
            constant.value = log.values[reference]
            constant.dtype = log.records[reference].dtype
            constant.scalar = FLOAT_SCALAR if log.records[reference].flags & SCALAR else NOT_SCALAR
        if target.constant_count == target.constant_capacity:
            grow_constants(target)
        if not constant.scalar:
            Py_INCREF(<object>constant.value.array)
        target.constants[target.constant_count] = constant
        target.constant_count += 1
        return FIRST_CONSTANT - (target.constant_count - 1)

    cdef int carry_notes(self, Annex annex, Log* log, int32_t first) except -1:
        """What was done in the task with values that the tapes follow."""
        cdef int32_t node, count
        cdef list notes
        if log.notes == NULL:
            return 0
        for kind, at, made, thing, code, instruction in list(<list>log.notes):
            node = at
            count = made
            if not first < count <= annex.joined or (node >= 0 and annex.there[node] < 0):
                continue
            if self.log.notes == NULL:
                notes = []
                Py_INCREF(notes)
                self.log.notes = <PyObject*>notes
            (<list>self.log.notes).append((kind, annex.there[node] if node >= 0 else -1, self.log.count, thing, code,
                                           instruction))
        return 0

    cdef void move_ends(self, int32_t before) noexcept:
        """What was computed while tapes were open counts as theirs, though they have been left since."""
        cdef Log* log = self.log
        cdef Tape tape
        cdef int slot
        for slot in range(log.slots):
            if log.tapes[slot] != NULL:
                tape = <Tape>log.tapes[slot]
                if tape.number and not tape.open and tape.left_at == before:
                    tape.left_at = log.count


joint_class = Joint


cdef Log* joined_log(uint64_t* identity, int32_t* node) noexcept:
    """The log to which a task's node has been joined, and where; or NULL."""
    cdef Annex annex = annexes.get(identity[0])
    cdef int32_t place
    if annex is None or annex.joint.log == NULL:
        return NULL
    place = annex.place_of(annex.joint.log, node[0])
    if place < 0:
        return NULL
    identity[0] = annex.joint.log.id
    node[0] = place
    return annex.joint.log

cdef uint64_t tapes_numbered = 0
cdef object hook_tasks = None       # the package's: what is told that a tape that hears all threads is entered, or left


def install_tasks(tell):
    """Give the core what sees to it that threads record what they are given to do."""
    global hook_tasks
    hook_tasks = tell


cdef inline bint follows(Log* log, int32_t node, int slot) noexcept:
    """Whether a tape of another thread follows a node, as far as that can be seen from here: numbered sets may be about
    to move, and what comes of hearing too much is not joined."""
    return log.records[node].listeners & WIDE or has_slot(log, log.records[node].listeners, slot)


cdef inline int32_t end_of(Log* log, uint64_t identity) noexcept:
    """The end of the nodes that a log has, or had, under an id; 0 where it never had it."""
    cdef int epoch
    if log.id == identity:
        return log.count
    epoch = epoch_of(log, identity)
    return log.epochs[epoch].end if epoch >= 0 else 0


# -------------------------------------------------------------------------------------------------------------- tasks

@cython.final
cdef class Hearing:
    """The tapes that hear what is handed to another thread now."""
    cdef Joint joint
    cdef list tapes             # (slot, number, whether it watches variables by itself, is strict, checks numbers)

    cdef int add(self, Tape tape, int slot, uint64_t number) except -1:
        self.tapes.append((slot, number, tape.automatic, tape.strict, tape.checks))
        return 0


def hearing():
    """The tapes that hear what this thread hands to another one, or None: all that record here, if one of them is for
    that. In a program that is being recorded nothing is handed on: what comes back would be a constant of it."""
    cdef Log* log = <Log*>ad_get_current_log()
    cdef Hearing hears
    cdef Tape tape
    cdef Ear ear
    cdef bint wanted = False, traced = False
    cdef int k
    while log != NULL and is_traced(log) and log.active:
        log = (<Hearer>log.trace).before
        traced = True
    if log == NULL or log.joint == NULL:
        return None
    hears = Hearing()
    hears.joint = <Joint>log.joint
    hears.tapes = []
    if log.annex != NULL:
        for ear in (<Annex>log.annex).ears:
            if ear.tape.recording:
                hears.add(ear.tape, ear.slot, ear.number)
    else:
        for k in range(log.depth):
            tape = <Tape>log.stack[k]
            wanted = wanted or (tape.threads and tape.recording)
        for k in range(log.depth if wanted else 0):
            tape = <Tape>log.stack[k]
            if tape.recording:
                hears.joint.number(tape)
                hears.add(tape, tape.slot, tape.number)
    if traced and hears.tapes:
        raise RuntimeError("what is being recorded as a program, by a tf.function, tf.vectorized_map or a loop, gives "
                           "work to another thread, where a tape hears all threads, GradientTape(threads=True): a "
                           "program is what one thread computes, and what another one gives would be a constant of it; "
                           "compute it in this thread, or give the whole function to the other one")
    return hears if hears.tapes else None


def hearing_of(Tape tape):
    """The one tape, for a thread that it was not entered in."""
    cdef Hearing hears
    cdef Log* log = tape.log
    if not tape.threads:
        raise ValueError("record_here: this tape records what its own thread computes; one that hears others is made "
                         "by GradientTape(threads=True)")
    if not tape.recording or log == NULL:
        raise ValueError("Tape is not recording.")
    hears = Hearing()
    hears.joint = <Joint>log.joint
    hears.tapes = []
    hears.add(tape, tape.slot, tape.number)
    return hears


@cython.final
cdef class Task:
    """A context in which this thread records for tapes of another."""
    cdef Hearing hears
    cdef Annex annex
    cdef void* before           # what the thread records on otherwise
    cdef unsigned long entered  # by which thread; 0: by none

    def __init__(self, Hearing hears not None):
        self.hears = hears

    def __enter__(self):
        cdef Log* log = <Log*>ad_get_current_log()
        cdef Joint joint = self.hears.joint
        if self.entered:
            raise RuntimeError("record_here: this context has been entered already; each use of it, and each thread, "
                               "asks the tape for one of its own")
        self.before = log
        if log != NULL:
            if log.joint == <PyObject*>joint:
                self.entered = PyThread_get_thread_ident()
                return          # the thread's own log is one of these
            if log.active and (log.annex == NULL or log.depth > len((<Annex>log.annex).ears)):
                raise RuntimeError("a tape of this thread's own is open around what it was given to do by another, "
                                   "where a tape hears all threads, GradientTape(threads=True): open this one inside, "
                                   "around the computation")
        tapes = [told for told in self.hears.tapes if told[1] in joint.open]
        if tapes:
            ad_set_current_log(NULL)
            try:
                self.begin(joint, tapes)
            except BaseException:
                self.end()
                self.annex = None
                raise
        self.entered = PyThread_get_thread_ident()

    cdef int begin(self, Joint joint, list tapes) except -1:
        cdef Annex annex = Annex()
        cdef Ear ear
        cdef Log* log
        self.annex = annex
        annex.joint = joint
        annex.running = True
        for slot, number, automatic, strict, checks in tapes:
            ear = Ear()
            ear.slot = slot
            ear.number = number
            ear.tape = Tape(True, automatic, trace=False, check_numerics=checks)
            ear.tape.strict = strict
            ear.tape.push()
            annex.ears.append(ear)
        log = annex.log()
        Py_INCREF(joint)
        log.joint = <PyObject*>joint
        log.annex = <PyObject*>annex
        annex.ids.append(log.id)
        annexes[log.id] = annex
        joint.annexes.append(annex)
        return 0

    cdef void end(self) noexcept:
        cdef Annex annex = self.annex
        cdef Log* log = annex.log()
        cdef Ear ear
        cdef uint32_t others = 0 if log == NULL else log.used
        for ear in reversed(annex.ears):
            if ear.tape.open:
                ear.tape.pop()
            others = minus(log, others, ear.tape.bit)
        if log != NULL and not others:
            unlist(log)         # (else a tape that was opened in the task is to find variables on it)
        annex.running = False
        ad_set_current_log(self.before)

    def __exit__(self, kind, error, traceback):
        if self.entered != PyThread_get_thread_ident():
            raise RuntimeError("record_here: this context was entered in another thread, and is to be left there")
        self.entered = 0
        if self.annex is not None:
            self.end()
            if self.annex.left:
                self.annex.drop_log()
            self.annex = None
