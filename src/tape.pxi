# The log and the tapes that listen to it.
#
# All tapes that are open at once in a thread share one log: an operation is recorded once, whoever listens. A tape is a
# bit: a record's `listeners` are the tapes that track its result, so what a tape watches, and what it does not see
# while it is paused, are settled at recording time. (From the 32nd tape on, sets of tapes have numbers instead.) A
# tape's derivative that another tape listens to is simply more records at the end of the same log. The log goes when
# the last of its tapes goes.

cdef enum:
    FIRST_CAPACITY = 128
    DIRECT_TAPES = 31           # one bit each in a record
    SET_WORDS = 16
    MOST_TAPES = 64 * SET_WORDS
    REMEMBERED_SETS = 1 << 10   # results of joining and the like that a log finds again without spelling them out
    FEW_VARIABLES = 32          # among which a tape looks for one by one
    SPARE_CAPACITY = 1 << 14    # records of a buffer that is kept for the next log

ctypedef struct Epoch:          # nodes below `end` were recorded while the log had this id
    uint64_t id
    int32_t end

ctypedef struct Combination:    # of two sets; `how` is 0 where nothing is remembered yet
    uint32_t a
    uint32_t b
    uint32_t how
    uint32_t result

ctypedef struct Left:
    PyObject* tape              # owned
    Left* next

ctypedef struct Log:
    uint64_t id                 # of the nodes recorded now; renewed when records are cut off, so that no tensor can
                                # take a new record for one that is gone
    uint64_t first_id           # the id that it began with
    int32_t count
    int32_t constant_count
    int32_t operand_count
    uint32_t active             # the set of tapes that record now
    uint32_t automatic          # those that watch every trainable variable that is read
    uint32_t strict             # those under which what they follow becomes no Python number (leaving.pxi)
    uint32_t used               # those that are alive
    uint64_t* sets              # SET_WORDS words each: sets with a tape that has no bit of its own
    int set_count
    int32_t* set_places         # a hash table of their numbers, -1 for none; its room is a power of two
    int set_room
    Combination* combinations   # what has been made of two of them, each in the place that its hash gives it
    int32_t last_owner          # no record behind this one holds a reference
    int sole                    # one tape all along, never paused: it has listened to every record
    int pure                    # leaves and scalar records with partials, nothing else
    int32_t leaf_count
    int ruled                   # some function has a gradient of its own, which need not be linear in the cotangent
    int single                  # some scalar record is of float32
    int odd                     # some record is of a dtype that the engine does not run
    unsigned long thread        # that records on it while it is current
    int depth                   # tapes on the stack
    int checking                # so many of them check numbers (numerics.pxi)
    int is_current              # some thread records on it
    uint32_t extended           # the tapes that a sweep records for though they may have been left: the log stays
                                # current, whichever others come and go
    PyObject* finder            # what notes the tensors from before it that are read, or NULL (finding.pxi)
    int kept                    # so many hold on to nodes at its end, beside the tapes: none are cut off
    unsigned long keeper        # the thread that they are of
    Lock turn                   # where threads run side by side, to sweep it: held by a thread,
    uint64_t turn_of            # which may do so within a rule of a sweep,
    int turns                   # so often now
    uint32_t tracer             # the tape that hears everything: of a log that becomes a program (tracer.pxi), or a
                                # witness's, while it listens; or 0
    PyObject* trace             # what that one knows (borrowed)
    uint32_t ear                # the tape of a witness (witness.pxi), whether it listens or not; or 0
    PyObject* witness           # and the witness (borrowed)
    PyObject* notes             # what was done with followed values that is no record: a list, or NULL (notes.pxi)
    PyObject* spill             # what writes arrays beyond a budget to a file (spilling.pxi), or NULL
    PyObject* joint             # what joins to the log what other threads record for its tapes (joining.pxi), or NULL
    PyObject* annex            # of a log that such a thread records on: what it is to the joint (borrowed), or NULL
    int unlisted                # it is not among those that are alive
    uint32_t* shapes            # of what hears everything: the number of each node's shape (shapes.pxi)
    int epoch_count
    Epoch* epochs
    Left* left                  # where threads run side by side, tapes that another one has let go of
    Log* next                   # all logs that are alive
    Log* previous
    Record* records             # from here on, room that the next log has, too (`log_open`)
    Value* values
    Constant* constants
    int32_t* operands
    PyObject** stack            # the open tapes, innermost last (borrowed: a tape leaves when it is freed)
    PyObject** tapes            # by slot (borrowed), or NULL
    int32_t capacity
    int32_t constant_capacity
    int32_t operand_capacity
    int slots                   # the room in each of the two

cdef extern from *:
    """
    static AD_THREAD_LOCAL void *ad_current_log = NULL;
    static AD_THREAD_LOCAL PyObject *ad_journal = NULL;
    #define ad_get_current_log() (ad_current_log)
    #define ad_set_current_log(log) (ad_current_log = (log))
    #define ad_get_journal() (ad_journal)
    #define ad_set_journal(journal) (ad_journal = (journal))
    static AD_THREAD_LOCAL uint64_t ad_changes = 0;
    #define ad_note_change() (ad_changes++)
    #define ad_changes_noted() (ad_changes)
    static AD_THREAD_LOCAL int ad_numerics_wanted = 0;
    #define ad_want_numerics(wanted) (ad_numerics_wanted = (wanted))
    #define ad_wants_numerics() (ad_numerics_wanted)
    static AD_THREAD_LOCAL int ad_rehearsals = 0;
    #define ad_rehearsing() (ad_rehearsals)
    #define ad_rehearse(more) (ad_rehearsals += (more))
    """
    void ad_note_change() noexcept          # a variable takes another value, in this thread
    uint64_t ad_changes_noted() noexcept
    void ad_want_numerics(int wanted) noexcept      # numerics.pxi: whether this thread checks numbers
    int ad_wants_numerics() noexcept
    int ad_rehearsing() noexcept nogil      # in how many rehearsals this thread is
    void ad_rehearse(int more) noexcept nogil
    void* ad_get_current_log() noexcept nogil
    void ad_set_current_log(void* log) noexcept nogil
    PyObject* ad_get_journal() noexcept     # past.pxi: what notes assignments, in this thread, or NULL
    void ad_set_journal(PyObject* journal) noexcept

cdef uint64_t last_log_id = 0
cdef Log* alive_logs = NULL
cdef Seat spare_logs[LANES]     # with their buffers, for the next ones
cdef Lock logs                  # guards which logs are alive, their ids and epochs, wherever another thread may look


# What hears all of a log (a trace, or a witness), and what hears of the tensors from before it that are looked up (a
# Finder): they are higher up, and are called from here.

cdef int watching = 0           # so many tapes and threads check numbers (numerics.pxi), in any thread
cdef int traces = 0             # how many are open, in any thread: what else asks whether there is one reads this first
cdef type witness_class = None  # (witness.pxi)
cdef type spill_class = None    # (spilling.pxi)
cdef type joint_class = None    # (joining.pxi)
cdef dict annexes = {}         # by the ids of their logs, what threads record for tapes of others (joining.pxi)
cdef bint trace_all = os.environ.get("AUTODIFF_TRACE", "") not in ("", "0")     # tapes have a witness unless told not


cdef class Keeper:
    cdef int note_kept(self, Log* log, int32_t node) except -1:
        """Hear of an array that a log keeps."""
        return 0

    cdef int also(self, int64_t budget) except -1:
        """Another tape of the log's has a budget."""
        return 0


cdef class Joiner:
    cdef int32_t take_in(self, Log* log, Operand x) except -2:
        """The node, on this log, of what stands on that of another thread; or -1."""
        return -1

    cdef uint32_t watched(self, Log* log, VariableCore v) except? 0xffffffff:
        """Those of what listens on a task's log for tapes that have been told to watch a variable."""
        return 0

    cdef int enter(self, Tape tape) except -1:
        """A tape of the log that hears other threads is entered."""
        return 0

    cdef void leave(self, Tape tape) noexcept:
        """It is left, or forgets what it has heard."""
        pass

    cdef void let_go(self, Log* log) noexcept:
        """No tape hears other threads any more; or a log goes."""
        pass

    cdef void renew(self, Log* log) noexcept:
        """A log has another id."""
        pass

    cdef bint has_joined(self, int32_t count) noexcept:
        """Whether anything was joined to the log since it had so many records."""
        return False

    cdef Tape ear_of(self, Tape tape):
        """What hears in this thread for a tape that was entered in another."""
        return tape

    cdef list variables_of(self, Tape tape):
        """What a tape watches in other threads."""
        return []


cdef class Hearer:
    cdef Log* before            # of a trace: what the thread recorded on; or NULL
    cdef Shapes shapes          # of the records
    cdef int64_t memory         # bytes that the program may take, beyond which what is kept goes to a file
                                # (spilling.pxi); 0: whatever it takes

    cdef int32_t capture(self, Log* log, Operand x) except -2:
        """The node of what the log has not seen before."""
        return -1

    cdef int hear_record(self, Log* log, int32_t node) except -1:
        """A record is about to be appended."""
        return 0

    cdef int hear_watch(self, Log* log, Operand x, int32_t node) except -1:
        """A tape is told to watch something."""
        return 0

    cdef int hear_result(self, Log* log, int32_t node, Operand out) except -1:
        """A record has its result."""
        return 0

    cdef ndarray kept_copy(self, Operand x):
        """The value of an operand to which somebody may write, for a record that keeps it."""
        return own_copy(x.array)

    cdef int note_places(self) except -1:
        """Somebody wants to know where in the user's code records are made."""
        return 0

    cdef object place_of(self, int32_t node):
        """Where in the user's code a record was made, (code object, line); None where nobody noted it."""
        return None

    cdef int begin(self, Tape tape) except -1:
        """A tape that has a witness is entered."""
        return 0

    cdef void end(self, Tape tape) noexcept:
        """It is left."""
        pass

    cdef void start_over(self, Tape tape) noexcept:
        """It forgets what it has recorded."""
        pass

    cdef void lose(self, int32_t end) noexcept:
        """The records from here on are cut off."""
        pass


cdef class Noticer:
    cdef void notice(self, Log* log, Operand x, int32_t node) noexcept:
        pass

    cdef void notice_taken(self, Log* log, Operand x, uint32_t listeners) noexcept:
        pass


# ------------------------------------------------------------------------------------------------------- sets of tapes
#
# A set of the first 31 tapes is a word of bits. One with a later tape in it is WIDE: the number of a set that the log
# holds, which is found again for equal sets, so that equal sets are equal numbers and the empty one is zero.

cdef uint32_t WIDE = <uint32_t>1 << DIRECT_TAPES


cdef enum Combining:
    MEET = 1
    JOIN
    MINUS


cdef inline uint32_t meet(Log* log, uint32_t a, uint32_t b) noexcept:
    """The tapes in both sets."""
    return combined(log, a, b, MEET) if (a | b) & (<uint32_t>1 << DIRECT_TAPES) else a & b


cdef inline uint32_t join(Log* log, uint32_t a, uint32_t b) noexcept:
    """The tapes in either set."""
    return combined(log, a, b, JOIN) if (a | b) & (<uint32_t>1 << DIRECT_TAPES) else a | b


cdef inline uint32_t minus(Log* log, uint32_t a, uint32_t b) noexcept:
    """The tapes in the first set that are not in the second."""
    return combined(log, a, b, MINUS) if (a | b) & (<uint32_t>1 << DIRECT_TAPES) else a & ~b


# Where threads run side by side, one may read what another one records for its tapes (joining.pxi): what is read does
# not change any more, but the memory that it lies in may move.

cdef inline void hold_growing(Log* log) noexcept:
    if FREE_THREADED and log.joint != NULL:
        hold(&logs)


cdef inline void let_go_growing(Log* log) noexcept:
    if FREE_THREADED and log.joint != NULL:
        let_go(&logs)


cdef void spell_out(Log* log, uint32_t which, uint64_t* words) noexcept:
    if which & WIDE:
        memcpy(words, &log.sets[<size_t>(which & ~WIDE) * SET_WORDS], SET_WORDS * sizeof(uint64_t))
    else:
        memset(words, 0, SET_WORDS * sizeof(uint64_t))
        words[0] = which


cdef uint32_t combined(Log* log, uint32_t a, uint32_t b, int how) noexcept:
    """Two sets, one of them WIDE. A loop over records asks for the same few again and again."""
    cdef uint64_t x[SET_WORDS]
    cdef uint64_t y[SET_WORDS]
    cdef uint64_t hashed = (a ^ (<uint64_t>b << 32) ^ (<uint64_t>how << 29)) * 0x9E3779B97F4A7C15ULL
    cdef Combination* c
    cdef int k
    c = &log.combinations[(hashed >> 32) & (REMEMBERED_SETS - 1)]
    if c.a == a and c.b == b and c.how == <uint32_t>how:
        return c.result
    spell_out(log, a, x)
    spell_out(log, b, y)
    for k in range(SET_WORDS):
        if how == JOIN:
            x[k] |= y[k]
        elif how == MEET:
            x[k] &= y[k]
        else:
            x[k] &= ~y[k]
    c.a = a
    c.b = b
    c.how = how
    c.result = numbered(log, x)
    return c.result


cdef int place_of_set(Log* log, const uint64_t* words) noexcept:
    """Where a set is in the hash table, or the empty place where it belongs."""
    cdef uint64_t hashed = 0
    cdef int k, at
    for k in range(SET_WORDS):
        hashed = (hashed ^ words[k]) * 0x9E3779B97F4A7C15ULL
        hashed ^= hashed >> 32
    at = <int>(hashed & <uint64_t>(log.set_room - 1))
    while log.set_places[at] >= 0:
        if memcmp(&log.sets[<size_t>log.set_places[at] * SET_WORDS], words, SET_WORDS * sizeof(uint64_t)) == 0:
            break
        at = (at + 1) & (log.set_room - 1)
    return at


cdef uint32_t numbered(Log* log, const uint64_t* words) noexcept:
    """The set as bits, or its number."""
    cdef uint64_t beyond = words[0] >> DIRECT_TAPES
    cdef int k, at
    for k in range(1, SET_WORDS):
        beyond |= words[k]
    if not beyond:
        return <uint32_t>words[0]
    if 2 * log.set_count >= log.set_room and not grow_sets(log) and log.set_count == log.set_room - 1:
        abort()     # there is no set to give instead; but `reserve_sets` has seen to some that can still be had
    at = place_of_set(log, words)
    if log.set_places[at] < 0:
        memcpy(&log.sets[<size_t>log.set_count * SET_WORDS], words, SET_WORDS * sizeof(uint64_t))
        log.set_places[at] = log.set_count
        log.set_count += 1
    return WIDE | <uint32_t>log.set_places[at]


cdef bint grow_sets(Log* log) noexcept:
    """Room for twice as many sets; False where there is no memory, and all is as it was."""
    cdef int k, room = 2 * log.set_room if log.set_room else 64
    cdef void* sets
    cdef void* places
    if log.annex != NULL:
        hold(&logs)
    sets = realloc(log.sets, <size_t>room * SET_WORDS * sizeof(uint64_t))
    if sets != NULL:
        log.sets = <uint64_t*>sets
    if log.annex != NULL:
        let_go(&logs)
    if sets == NULL:
        return False
    places = realloc(log.set_places, <size_t>room * sizeof(int32_t))
    if places == NULL:
        return False
    log.set_places = <int32_t*>places
    log.set_room = room
    memset(log.set_places, 0xff, <size_t>room * sizeof(int32_t))
    for k in range(log.set_count):
        log.set_places[place_of_set(log, &log.sets[<size_t>k * SET_WORDS])] = k
    return True


cdef int reserve_sets(Log* log) except -1:
    """Before a tape that has no bit of its own: what follows cannot fail where sets are made, in the midst of
    things."""
    if log.combinations == NULL:
        log.combinations = <Combination*>calloc(REMEMBERED_SETS, sizeof(Combination))
    if log.combinations == NULL or (4 * log.set_count >= log.set_room and not grow_sets(log)):
        raise MemoryError("no memory for the sets of so many tapes")
    return 0


cdef uint32_t set_of_slot(Log* log, int slot) noexcept:
    cdef uint64_t words[SET_WORDS]
    if slot < DIRECT_TAPES:
        return <uint32_t>1 << slot
    memset(words, 0, SET_WORDS * sizeof(uint64_t))
    words[slot // 64] = <uint64_t>1 << (slot % 64)
    return numbered(log, words)


cdef inline bint has_slot(Log* log, uint32_t which, int slot) noexcept:
    if which & WIDE:
        return log.sets[<size_t>(which & ~WIDE) * SET_WORDS + slot // 64] >> (slot % 64) & 1
    return slot < DIRECT_TAPES and which >> slot & 1


cdef int free_slot(Log* log) except -1:
    """A place for one more tape."""
    cdef int slot = 0, room
    cdef void* grown
    while slot < log.slots and log.tapes[slot] != NULL:
        slot += 1
    if slot < log.slots:
        return slot
    if slot == MOST_TAPES:
        raise RuntimeError(f"at most {MOST_TAPES} tapes can be alive within one outermost tape; "
                           f"release persistent ones that are no longer needed (del tape)")
    room = 2 * log.slots if log.slots else 8
    grown = realloc(log.tapes, <size_t>room * sizeof(PyObject*))
    if grown == NULL:
        raise MemoryError()
    log.tapes = <PyObject**>grown
    grown = realloc(log.stack, <size_t>room * sizeof(PyObject*))
    if grown == NULL:
        raise MemoryError()
    log.stack = <PyObject**>grown
    memset(&log.tapes[log.slots], 0, <size_t>(room - log.slots) * sizeof(PyObject*))
    log.slots = room
    return slot


# ------------------------------------------------------------------------------------------------------------- the log

cdef inline Log* recording_log() noexcept:
    """The log that this thread records on now, or NULL."""
    cdef Log* log = <Log*>ad_get_current_log()
    if log != NULL and log.active:
        return log
    return NULL


cdef inline bint is_traced(Log* log) noexcept:
    """Whether a log becomes a program."""
    return log.tracer != 0 and log.tracer != log.ear


cdef inline bint is_witnessed(Log* log) noexcept:
    """Whether a witness listens."""
    return log.ear != 0 and log.tracer == log.ear


cdef inline Log* tracing_log() noexcept:
    """The log that this thread traces on, or NULL."""
    cdef Log* log = <Log*>ad_get_current_log()
    return log if log != NULL and is_traced(log) else NULL


cdef inline Log* hearing_log() noexcept:
    """The log of this thread on which everything is heard, by a trace or a witness, or NULL."""
    cdef Log* log = <Log*>ad_get_current_log()
    return log if log != NULL and log.tracer else NULL


def traced_budget():
    """The bytes that the program may take that this thread is recording; 0 where nobody says so."""
    cdef Log* log = tracing_log()
    return 0 if log == NULL else (<Hearer>log.trace).memory


def is_tracing():
    """Whether this thread is recording a program."""
    return tracing_log() != NULL


def is_listened_to():
    """Whether all that this thread computes is heard, by a trace or a witness."""
    return hearing_log() != NULL


cdef Log* log_open() except NULL:
    global alive_logs
    cdef Log* log = <Log*>take_from(&spare_logs[own_lane()].thing)
    if log == NULL:
        log = <Log*>calloc(1, sizeof(Log))
        if log == NULL:
            raise MemoryError()
    else:
        memset(log, 0, <size_t>(<char*>&log.records - <char*>log))
    log.id = log.first_id = next_number(&last_log_id)
    log.last_owner = -1
    log.sole = True
    log.pure = True
    hold(&logs)
    log.next = alive_logs
    if alive_logs != NULL:
        alive_logs.previous = log
    alive_logs = log
    let_go(&logs)
    return log


cdef void record_clear(Log* log, int32_t node) noexcept:
    """Drop what a record holds; the record itself stays in its place."""
    cdef Record* r = &log.records[node]
    cdef uint8_t flags = r.flags
    cdef PyObject* attribute = r.payload.attribute
    cdef PyObject* array = log.values[node].array
    r.flags = flags & ~(ATTRIBUTE | HELD)
    if flags & ATTRIBUTE:
        Py_XDECREF(attribute)
    if flags & HELD:
        log.values[node].array = NULL
        Py_XDECREF(array)


cdef void unlist(Log* log) noexcept:
    """Take a log out of those that are alive."""
    global alive_logs
    if log.unlisted:
        return
    hold(&logs)
    log.unlisted = True
    if log.previous != NULL:
        log.previous.next = log.next
    else:
        alive_logs = log.next
    if log.next != NULL:
        log.next.previous = log.previous
    let_go(&logs)


cdef void log_close(Log* log) noexcept:
    cdef int32_t i
    cdef PyObject* joint = log.joint
    cdef PyObject* notes = log.notes
    cdef PyObject* spill = log.spill
    log.notes = log.spill = NULL
    if joint != NULL:
        (<Joiner>joint).let_go(log)
        log.joint = NULL
    unlist(log)
    for i in range(log.last_owner + 1 if log.last_owner < log.count else log.count):
        if log.records[i].flags & (ATTRIBUTE | HELD):
            record_clear(log, i)
    for i in range(log.constant_count):
        if not log.constants[i].scalar:
            Py_XDECREF(log.constants[i].value.array)
    free(log.epochs)
    free(log.sets)
    free(log.set_places)
    free(log.combinations)
    if log.shapes != NULL:
        drop_shapes(log)
    if (<int64_t>log.capacity + log.constant_capacity + log.operand_capacity <= SPARE_CAPACITY
            and put_into(&spare_logs[own_lane()].thing, log)):
        Py_XDECREF(notes)
        Py_XDECREF(spill)
        Py_XDECREF(joint)
        return
    free(log.records)
    free(log.values)
    free(log.constants)
    free(log.operands)
    free(log.stack)
    free(log.tapes)
    free(log)
    Py_XDECREF(notes)
    Py_XDECREF(spill)
    Py_XDECREF(joint)


cdef int log_grow(Log* log) except -1:
    cdef int64_t capacity = 2 * <int64_t>log.capacity if log.capacity else FIRST_CAPACITY
    hold_growing(log)
    try:
        grow_records(&log.records, &log.values, capacity, "a tape")
    finally:
        let_go_growing(log)
    if log.tracer:
        grow_shapes(log, <int32_t>capacity)
    log.capacity = <int32_t>capacity
    return 0


cdef inline Record* log_append(Log* log, int op, uint32_t listeners) except NULL:
    """A new record, its operands and payload still to be filled in; its node is log.count - 1."""
    cdef Record* r
    if log.tracer:
        (<Hearer>log.trace).hear_record(log, log.count)
    if log.count == log.capacity:
        log_grow(log)
    check(0 <= log.count < log.capacity and 0 <= op < MOST_OPCODES)
    r = &log.records[log.count]
    log.values[log.count].array = NULL
    if log.tracer:
        log.shapes[log.count] = 0
    log.count += 1
    r.op = <uint16_t>op
    log.pure = log.pure and is_leaf(r)
    r.flags = 0
    r.a = UNTRACKED
    r.b = UNTRACKED
    r.listeners = listeners
    return r


cdef ndarray kept_copy(Log* log, Operand x):
    """The value of an operand to which somebody may write, for a record that keeps it."""
    return (<Hearer>log.trace).kept_copy(x) if log.tracer else own_copy(x.array)


cdef int grow_constants(Log* log) except -1:
    cdef int32_t capacity = more_room(log.constant_capacity, <int64_t>log.constant_count + 64)
    cdef void* grown = realloc(log.constants, <size_t>capacity * sizeof(Constant))
    if grown == NULL:
        raise MemoryError()
    log.constants = <Constant*>grown
    log.constant_capacity = capacity
    return 0


cdef int more_constants(Log* log) except -1:
    """Room for more, where another thread may read those that there are. (Of its own, so that who has room does not pay
    for what an error here needs.)"""
    hold_growing(log)
    try:
        return grow_constants(log)
    finally:
        let_go_growing(log)


cdef int32_t log_constant(Log* log, Operand x) except 0:
    """Keep an untracked operand's value; returns the reference to it."""
    cdef Constant* c
    cdef ndarray array
    if log.constant_count == log.constant_capacity:
        more_constants(log)
    if not x.scalar:
        array = kept_copy(log, x) if x.borrowed else x.array
    c = &log.constants[log.constant_count]
    c.dtype = x.code
    c.scalar = x.scalar
    if x.scalar:
        c.value.number = x.number
    else:
        Py_INCREF(array)
        c.value.array = <PyObject*>array
    log.constant_count += 1
    return FIRST_CONSTANT - (log.constant_count - 1)


cdef inline int32_t log_number(Log* log, double value, int dtype) except 0:
    """The same for a bare number."""
    cdef Tensor x
    if log.constant_count == log.constant_capacity:
        x = new_scalar(value, dtype)
        return log_constant(log, x)
    log.constants[log.constant_count].dtype = <uint8_t>dtype
    log.constants[log.constant_count].scalar = FLOAT_SCALAR
    log.constants[log.constant_count].value.number = value
    log.constant_count += 1
    return FIRST_CONSTANT - (log.constant_count - 1)


cdef inline void own_attribute(Log* log, int32_t node, object attribute) noexcept:
    """Let a record hold its attributes."""
    cdef Record* r = &log.records[node]
    Py_INCREF(attribute)
    r.payload.attribute = <PyObject*>attribute
    r.flags |= ATTRIBUTE
    if node > log.last_owner:
        log.last_owner = node


cdef inline int log_keep(Log* log, int32_t node, Operand x) except -1:
    """Keep the value of a tracked node, because a derivative needs it."""
    cdef Record* r = &log.records[node]
    cdef ndarray array
    if not r.flags & (SCALAR | HELD):
        array = kept_copy(log, x) if x.borrowed else x.array
        Py_INCREF(array)
        log.values[node].array = <PyObject*>array
        r.flags |= HELD
        if node > log.last_owner:
            log.last_owner = node
        if log.spill != NULL:
            (<Keeper>log.spill).note_kept(log, node)
    return 0


cdef inline int log_operand_list(Log* log, Record* r, int32_t* nodes, int count) except -1:
    """Give a record more than two operands."""
    if not FREE_THREADED or log.joint == NULL:
        return list_operands(r, nodes, count, &log.operands, &log.operand_count, &log.operand_capacity)
    hold_growing(log)
    try:
        return list_operands(r, nodes, count, &log.operands, &log.operand_count, &log.operand_capacity)
    finally:
        let_go_growing(log)


cdef int grow_shapes(Log* log, int32_t capacity) except -1:
    """Room for the shapes of so many; also of none: that is room, too, and to ask for no bytes would be to free it."""
    cdef void* grown = realloc(log.shapes, <size_t>max(capacity, 1) * sizeof(uint32_t))
    if grown == NULL:
        raise MemoryError()
    log.shapes = <uint32_t*>grown
    return 0


cdef void drop_shapes(Log* log) noexcept:
    free(log.shapes)
    log.shapes = NULL


cdef inline int operand_nodes(Log* log, Record* r, int32_t** nodes, int32_t* pair) noexcept:
    """The operands of a record, however they are stored; returns their number."""
    if r.flags & LIST:
        check(0 <= r.a and 0 <= r.b and r.a + r.b <= log.operand_count)
        nodes[0] = &log.operands[r.a]
        return r.b
    pair[0] = r.a
    pair[1] = r.b
    nodes[0] = pair
    return 0 if is_leaf(r) else (2 if r.b != UNTRACKED or table[r.op].arity > 1 else 1)


cdef void check_records(Log* log, int32_t low, int32_t high) noexcept:
    """In a checked build: what records name is there, and below them."""
    cdef int32_t pair[2]
    cdef int32_t* operands
    cdef int32_t i
    cdef int k, n
    check(0 <= low and high < log.count)
    for i in range(low, high + 1):
        check(log.records[i].op < MOST_OPCODES)
        n = operand_nodes(log, &log.records[i], &operands, pair)
        for k in range(n):
            check(operands[k] < i and operands[k] > FIRST_CONSTANT - log.constant_count)
        if is_leaf(&log.records[i]):
            check(log.records[i].b < i)


# ------------------------------------------------------------------------------------------ where a tensor stands

cdef int32_t log_find(Log* log, Operand x) noexcept:
    """The node of `x` on `log`, or -1."""
    cdef int32_t node
    if stands_on(&x.log_id, &x.node, log.id, &node):
        return node
    if number_now(&x.log_id) == 0:
        return -1
    node = found_earlier(log, x)
    if log.finder != NULL and node >= 0:
        (<Noticer>log.finder).notice(log, x, node)
    return node


cdef inline int32_t found_or_taken(Log* log, Operand x) except -2:
    """The node of `x` on `log`, to which it is joined if another thread has computed it for a tape of the log; or
    -1."""
    cdef int32_t node = log_find(log, x)
    if node < 0 and log.joint != NULL and not x.is_variable:
        node = (<Joiner>log.joint).take_in(log, x)
    return node


cdef int32_t found_earlier(Log* log, Operand x) noexcept:
    """The node of `x`, where that is from another epoch of the log than the present one, or `x` stands on several
    logs."""
    cdef int32_t node
    hold_object(x)
    node = found_in_places(log, x)
    let_go_object(x)
    return node


cdef inline int32_t found_in_places(Log* log, Operand x) noexcept:
    """The same, where no other thread changes where `x` stands."""
    cdef int epoch
    if FREE_THREADED and x.log_id == log.id:
        return x.node       # (another thread has just put it elsewhere, and this one back)
    epoch = epoch_of(log, x.log_id)
    if epoch >= 0:
        return x.node if x.node < log.epochs[epoch].end else -1
    if x.elsewhere is not None and x.elsewhere.logs is not None:
        for identity, node in x.elsewhere.logs:
            if <uint64_t>identity == log.id:
                return <int32_t>node
            epoch = epoch_of(log, <uint64_t>identity)
            if epoch >= 0:
                return <int32_t>node if <int32_t>node < log.epochs[epoch].end else -1
    return -1


cdef inline int32_t standing(Log* log, Operand x) noexcept:
    """The node of a tensor on a log, without a word to whoever notices what is looked up; or -1."""
    cdef int32_t node
    if stands_on(&x.log_id, &x.node, log.id, &node):
        return node
    return found_earlier(log, x) if x.log_id else -1


cdef int epoch_of(Log* log, uint64_t identity) noexcept:
    """The epoch in which the log had this id, or -1: ids grow, and a log can have as many as functions with rules are
    called while everything is heard."""
    cdef int low = 0, high = log.epoch_count, middle
    while low < high:
        middle = (low + high) // 2
        if log.epochs[middle].id < identity:
            low = middle + 1
        else:
            high = middle
    return low if low < log.epoch_count and log.epochs[low].id == identity else -1


cdef inline bint is_of(Log* log, uint64_t identity) noexcept:
    """Whether this is the log's id, or was that of some nodes that are still on it."""
    return log.id == identity or (log.epoch_count != 0 and epoch_of(log, identity) >= 0)


cdef inline bint is_fresh(Log* log, VariableCore v, int32_t node) noexcept:
    """Whether the leaf on the log has the variable's present value."""
    return log.records[node].payload.leaf.version == v.version


cdef Tensor standing_value(VariableCore v, Log* log):
    """A variable's present value, where threads run side by side, standing at the leaf that has it: reading a variable
    makes its tapes watch it."""
    cdef Tensor t
    cdef uint64_t number
    cdef int32_t node
    while True:
        t = numbered_value(v, &number)
        if log == NULL:
            return t
        node = tracked(log, v)
        if node < 0:
            return t
        if log.records[node].payload.leaf.version == number:
            t.log_id = log.id
            t.node = node
            return t
        # (Another thread has assigned to it in between.)


cdef Log* log_of(uint64_t identity) noexcept:
    """The log that is alive under this id, or NULL. (It may be another thread's, and gone in a moment: for
    comparison.)"""
    cdef Log* log
    hold(&logs)
    log = alive_logs
    while log != NULL:
        if is_of(log, identity):
            break
        log = log.next
    let_go(&logs)
    return log


cdef int place(Operand x, Log* log, int32_t node) except -1:
    """Let `x` stand at a node, beside where it stands on other logs that are alive."""
    hold_object(x)
    try:
        put_in_place(x, log, node)
    finally:
        let_go_object(x)
    return 0


cdef bint stays_on(Operand x, uint64_t identity, Log* log) except -1:
    """Whether a place on another log than this one still counts."""
    cdef Log* other = log_of(identity)
    # (Where a variable has been read by what a thread has come to the end of, the leaf says.)
    return other != log if other != NULL else not x.is_variable and identity in annexes


cdef inline int put_in_place(Operand x, Log* log, int32_t node) except -1:
    cdef list others, elsewhere
    cdef tuple entry
    cdef uint64_t before = 0, identity = log.id     # that of the node, whatever is cut off meanwhile
    cdef Py_ssize_t n, k
    while x.log_id != before and (x.log_id != log.id or other_places(x) is not None):
        # (Once more, where making a list has collected garbage, and that has placed `x` elsewhere meanwhile.)
        before = x.log_id
        elsewhere = other_places(x)
        n = len(elsewhere) if elsewhere is not None else 0
        if n & (n - 1):
            # Logs that have gone stay in the list until it is twice as long: each look costs all logs that are alive.
            entry = (x.log_id, x.node)
            if x.log_id != before or other_places(x) is not elsewhere or len(elsewhere) != n:
                before = 0
                continue
            for k in range(n - 1, -1, -1):
                if is_of(log, <uint64_t>(<tuple>elsewhere[k])[0]):
                    del elsewhere[k]
            if not is_of(log, before):
                elsewhere.append(entry)
            break
        others = None           # (no list where there are none, as nearly always)
        if elsewhere is not None:
            others = []
            for other_id, old in elsewhere:
                if stays_on(x, other_id, log):
                    others.append((other_id, old))
        if stays_on(x, x.log_id, log):
            others = [] if others is None else others
            others.append((x.log_id, x.node))
        if x.log_id == before and other_places(x) is elsewhere:
            set_other_places(x, others or None)
        else:
            before = 0
    stand_on(&x.log_id, &x.node, identity, node)
    return 0


cdef void move_back(Operand x, Log* log, int32_t node) noexcept:
    """Let a variable stand at an earlier leaf of a log; where it stands on others stays."""
    cdef uint64_t identity = log.id
    cdef int k
    for k in range(log.epoch_count):
        if node < log.epochs[k].end:
            identity = log.epochs[k].id
            break
    hold_object(x)
    if log_of(x.log_id) == log:
        stand_on(&x.log_id, &x.node, identity, node)
    else:
        set_other_places(x,
                         [(identity, node)] + [entry for entry in other_places(x) if log_of((<tuple>entry)[0]) != log])
    let_go_object(x)


cdef inline int32_t tracked(Log* log, Operand x) except -2:
    """The node of an operand that some recording tape tracks, or -1. Reading a variable makes its tapes watch it."""
    cdef int32_t node
    if x.is_variable:
        return variable_node(log, <VariableCore>x)
    if number_now(&x.log_id) == 0:
        return (<Hearer>log.trace).capture(log, x) if log.tracer else -1
    if not stands_on(&x.log_id, &x.node, log.id, &node):
        node = found_or_taken(log, x)
    if node >= 0 and meet(log, log.records[node].listeners, log.active):
        return node
    return (<Hearer>log.trace).capture(log, x) if log.tracer else -1


cdef inline int finish_record(Log* log, int32_t node, Tensor out, bint keep_output) except -1:
    """Let `out` stand at the new record, and keep its value if asked (a scalar's always)."""
    place_result(log, node, out, keep_output)
    if log.tracer:
        (<Hearer>log.trace).hear_result(log, node, out)
    return 0


cdef inline int place_result(Log* log, int32_t node, Tensor out, bint keep_output) except -1:
    cdef Record* r = &log.records[node]
    log.odd = log.odd or (out.code != NPY_DOUBLE and out.code != NPY_FLOAT)
    if out.scalar:
        r.flags |= SCALAR
        log.values[node].number = out.number
    elif keep_output:
        log_keep(log, node, out)
    out.log_id = log.id
    out.node = node
    return 0


cdef int32_t variable_node(Log* log, VariableCore v) except -2:
    cdef uint32_t wanted = meet(log, log.active, log.automatic) if v.is_trainable and differentiable(v.code) else 0
    cdef uint32_t listeners
    cdef int32_t node
    if log.tracer:
        wanted = join(log, wanted, log.tracer)
    if not stands_on(&v.log_id, &v.node, log.id, &node):
        node = log_find(log, v) if v.log_id != 0 else -1
    if node >= 0:
        listeners = log.records[node].listeners
        if meet(log, listeners, wanted) == wanted and is_fresh(log, v, node):
            return node if meet(log, listeners, log.active) else -1
        if not meet(log, join(log, listeners, wanted), log.active):
            return -1
    elif not wanted:
        if log.annex != NULL:
            wanted = (<Joiner>log.joint).watched(log, v)
        if not wanted:
            return -1
    return leaf(log, v, wanted)


cdef int tell_watched(Log* log, Operand x, int32_t node, uint32_t added) except -1:
    """Let tapes note that they watch what stands at a node, or will stand at a new one (-1)."""
    cdef Tape tape
    cdef int slot
    for slot in range(log.slots):
        if has_slot(log, added, slot) and log.tapes[slot] != NULL:
            tape = <Tape>log.tapes[slot]
            if x.is_variable:
                tape.add_variable(<VariableCore>x)
            if 0 <= node < tape.start:
                if tape.more().below is None:
                    tape.aside.below = []
                tape.aside.below.append(node)
            if node >= 0 and not is_leaf(&log.records[node]):
                if tape.more().taken_up is None:
                    tape.aside.taken_up = []
                tape.aside.taken_up.append(node)
    return 0


cdef int32_t leaf(Log* log, Operand x, uint32_t listeners) except -2:
    """Make `x` watched by some tapes; returns its node."""
    if log.tracer:
        listeners = join(log, listeners, log.tracer)    # which hears whatever any tape does
    cdef int32_t node = found_or_taken(log, x), previous = UNTRACKED
    cdef uint32_t before = log.records[node].listeners if node >= 0 else 0
    cdef uint64_t identity = log.id
    cdef uint32_t added = minus(log, listeners, before)
    cdef Record* r
    if added:
        tell_watched(log, x, node, added)
    if log.tracer and not x.is_variable and minus(log, added, log.tracer):
        (<Hearer>log.trace).hear_watch(log, x, node)
    if log.id != identity:
        # Making a list has collected garbage, and a tape in it, on which `x` may have stood.
        return leaf(log, x, meet(log, listeners, log.used))
    if node >= 0 and x.is_variable and not is_fresh(log, <VariableCore>x, node):
        # Assigned to since it was read: from here on a new value, but the same source.
        previous = node
        listeners = join(log, listeners, before)
        node = -1
    if node >= 0:
        log.records[node].listeners = join(log, log.records[node].listeners, listeners)
        if not is_leaf(&log.records[node]):
            log.sole = False    # a result that is watched is reached without depending on a leaf
        elif not log.records[node].flags & ATTRIBUTE:
            own_attribute(log, node, x)     # nobody had watched it any more
        return node
    r = log_append(log, OP_LEAF, listeners)
    log.leaf_count += 1
    node = log.count - 1
    r.b = previous
    r.dtype = x.code
    log.odd = log.odd or (x.code != NPY_DOUBLE and x.code != NPY_FLOAT)
    own_attribute(log, node, x)
    if FREE_THREADED and x.is_variable:
        hold_object(x)
        log.values[node].number = x.number
        r.payload.leaf.version = (<VariableCore>x).version
        let_go_object(x)
    if x.scalar:
        r.flags |= SCALAR
        if not (FREE_THREADED and x.is_variable):
            log.values[node].number = x.number
    if not (FREE_THREADED and x.is_variable):
        r.payload.leaf.version = (<VariableCore>x).version if x.is_variable else 0
    place(x, log, node)
    if log.tracer:
        (<Hearer>log.trace).hear_result(log, node, x)
    return node


# -------------------------------------------------------------------------------------------------------------- tapes

@cython.final
cdef class Aside:
    """What few tapes have."""
    cdef set variable_ids       # where many variables are watched: theirs
    cdef list below             # nodes from before `start` that it watches
    cdef list taken_up          # results that other tapes recorded, and that it watches: for this one they are leaves
    cdef list pauses            # where records lie that were made while it was paused: (first, end), or empty ones
    cdef list answers           # why gradients were None that it gave (asking.pxi)


cdef class Tape:
    """Tape(persistent=False, watch_accessed_variables=True, *, trace=None, check_numerics=False, memory=None, \
threads=False)\n--\n
    The recording side of a gradient tape: a bit on a log. GradientTape adds structures and documentation.
    """  # the first line is what inspect.signature(GradientTape) reads
    cdef Log* log
    cdef uint32_t bit           # the set of this tape alone
    cdef int slot
    cdef uint32_t around        # the tapes that recorded around it when it was left
    cdef int32_t start
    cdef bint persistent
    cdef bint automatic
    cdef bint strict
    cdef bint checks            # numbers are looked at while it is open
    cdef bint recording         # between enter and exit, and not paused
    cdef bint open              # on the stack
    cdef bint spent             # its one set of gradients has been taken
    cdef int sweeps             # that run over its records now
    cdef list variables         # watched
    cdef Aside aside            # or None
    cdef int32_t constants_start
    cdef int32_t operands_start
    cdef bint traced            # a witness listens while it is open
    cdef bint must_trace        # since the user says so
    cdef bint witnessing        # it does
    cdef Hearer witness         # that of the log
    cdef int32_t left_at        # how many records there were when it was left
    cdef int32_t paused_at
    cdef int64_t memory         # bytes that its gradient may take; 0: whatever it takes
    cdef bint threads           # it hears what other threads are given to do (joining.pxi)
    cdef uint64_t number        # of a tape that does, or is open beside one: which of these, until it is reset; or 0
    cdef object __weakref__

    def __init__(self, bint persistent=False, bint watch_accessed_variables=True, *, trace=None,
                 bint check_numerics=False, memory=None, bint threads=False):
        if memory is not None:
            from autodiff_core.budgets import bytes_of
            self.memory = bytes_of(memory, "GradientTape(memory=)")
        self.persistent = persistent
        self.checks = check_numerics
        self.automatic = watch_accessed_variables
        if threads:
            if trace:
                raise ValueError("GradientTape(threads=True, trace=True): what is traced is what one thread computes; "
                                 "trace a tape that records one thread only")
            if memory is not None:
                raise ValueError("GradientTape(threads=True, memory=): a budget is for what one thread records; leave "
                                 "one of the two out")
            self.threads = True
            self.traced = False
        elif trace is None:     # (what checks numbers is to know their lines)
            self.traced = trace_all or check_numerics or (watching and ad_wants_numerics())
        else:
            self.traced = self.must_trace = trace

    def __dealloc__(self):
        self.release()

    cdef Aside more(self):
        if self.aside is None:
            self.aside = Aside()
        return self.aside

    cdef int add_variable(self, VariableCore v) except -1:
        if self.variables is None:
            self.variables = []
        if len(self.variables) < FEW_VARIABLES:
            for known in self.variables:
                if known is v:
                    return 0
        else:
            if self.more().variable_ids is None:
                self.aside.variable_ids = {<size_t><PyObject*>known for known in self.variables}
            if <size_t><PyObject*>v in self.aside.variable_ids:
                return 0
            self.aside.variable_ids.add(<size_t><PyObject*>v)
        self.variables.append(v)
        return 0

    cdef int push(self) except -1:
        cdef Log* log
        cdef bint opened = False
        cdef int slot
        if self.traced and self.witness is None:
            self.witness = <Hearer>witness_class()  # (here, since making one may collect garbage, which runs anything)
        budget = spill_class(self.memory) if self.memory else None      # (here, for the same reason)
        joint = joint_class() if self.threads else None
        log = <Log*>ad_get_current_log()
        if self.log != NULL and log != self.log and (log != NULL or self.log.is_current):
            raise RuntimeError("this tape holds records from before the enclosing tape was opened, so it cannot go on "
                               "recording inside it; leave the enclosing tape first, or make a new tape")
        if log != NULL and log.joint != NULL and self.traced and not self.must_trace:
            self.traced = False
        if log != NULL and (log.joint != NULL if self.traced else self.threads and log.tracer):
            raise RuntimeError("a tape that hears all threads, GradientTape(threads=True), and what is traced, by "
                               "trace=True, by check_numerics=True around it or in a tf.function, cannot be open "
                               "together: what is traced is what one thread computes")
        if self.threads and log != NULL and log.extended:
            raise RuntimeError("a tape that hears all threads, GradientTape(threads=True), within what is run again "
                               "for a second derivative, as the rule of a custom_gradient is: tapes that are to follow "
                               "it have been left, and do not hear the threads; take the first derivative within "
                               "another tape's block, and the second one by that tape")
        if self.threads and log != NULL and log.annex != NULL:
            raise RuntimeError("a tape that hears all threads, GradientTape(threads=True), within what a thread has "
                               "been given to do where another such tape is open: that one hears this thread, and "
                               "those that this one gives work to; a tape for this thread alone is GradientTape()")
        if self.log == NULL:
            if log == NULL:
                log = log_open()
                opened = True
            try:
                slot = free_slot(log)
                if slot >= DIRECT_TAPES:
                    reserve_sets(log)
            except BaseException:
                if opened:
                    log_close(log)
                raise
            if not opened:
                log.sole = False
            self.slot = slot
            self.bit = set_of_slot(log, slot)
            log.used = join(log, log.used, self.bit)
            log.tapes[slot] = <PyObject*>self
            self.log = log
            self.begin()
        log = self.log
        ad_set_current_log(log)
        if FREE_THREADED:
            take_current(log)
        log.is_current = True
        log.thread = PyThread_get_thread_ident()
        if self.traced:
            if is_traced(log):
                (<Hearer>log.trace).note_places()
            else:
                self.listen_in()
        if budget is not None:
            if log.spill == NULL:
                Py_INCREF(budget)
                log.spill = <PyObject*>budget
            else:
                (<Keeper>log.spill).also(self.memory)
        if joint is not None:
            if log.joint == NULL:
                Py_INCREF(joint)
                log.joint = <PyObject*>joint
            (<Joiner>log.joint).enter(self)
        log.stack[log.depth] = <PyObject*>self
        log.depth += 1
        if self.checks:
            count_up(&watching, 1)
            log.checking += 1
        log.active = join(log, log.active, self.bit)
        if self.automatic:
            log.automatic = join(log, log.automatic, self.bit)
        if self.strict:
            log.strict = join(log, log.strict, self.bit)
        self.recording = True
        self.open = True
        self.spent = False
        return 0

    cdef int listen_in(self) except -1:
        """Let the log's witness listen from here on; there is one for all tapes."""
        if self.log.witness != NULL:
            self.witness = <Hearer>self.log.witness
        try:
            self.witness.begin(self)
        except BaseException:
            if self.log.depth == 0:
                self.log.is_current = False
                ad_set_current_log(NULL)
            raise
        self.witnessing = True
        return 0

    cdef void begin(self):
        self.start = self.log.count
        self.constants_start = self.log.constant_count
        self.operands_start = self.log.operand_count
        self.variables = None
        self.aside = None

    cdef void pop(self) noexcept:
        """Leave the stack, wherever in it the tape stands."""
        cdef Log* log = self.log
        cdef int i, n = 0
        for i in range(log.depth):
            if log.stack[i] != <PyObject*>self:
                log.stack[n] = log.stack[i]
                n += 1
        log.depth = n
        if self.checks and self.open:
            count_up(&watching, -1)
            log.checking -= 1
        log.active = minus(log, log.active, self.bit)
        self.recording = False
        self.open = False
        self.left_at = log.count
        if self.number:
            (<Joiner>log.joint).leave(self)
        if n == 0 and not log.extended and ad_get_current_log() == log:
            # (In another thread, where garbage may be collected, it stays current to its own, idle.)
            log.is_current = False
            ad_set_current_log(NULL)
            if FREE_THREADED:
                let_go_of_left(log)
        if self.witnessing:
            self.witnessing = False
            if self.witness is not None:
                self.witness.end(self)

    cdef void release(self) noexcept:
        """Let go of the log, and of what only this tape kept."""
        if self.log != NULL:
            if FREE_THREADED:
                let_go_in_turn(self)
            else:
                self.let_go()
        self.witness = None     # with which the log goes, where it was the last tape's

    cdef bint let_go(self) noexcept:
        """Whether the log has gone with it."""
        cdef Log* log = self.log
        cdef Tape other
        cdef bint joined
        cdef int slot
        if self.open:
            self.pop()
        self.log = NULL
        if log.ear and log.ear == self.bit:
            if log.tracer == log.ear:
                log.tracer = 0
                log.trace = NULL
            log.ear = 0
            log.witness = NULL
        log.used = minus(log, log.used, self.bit)
        log.active = minus(log, log.active, self.bit)
        log.automatic = minus(log, log.automatic, self.bit)
        log.strict = minus(log, log.strict, self.bit)
        log.tapes[self.slot] = NULL
        self.around = 0
        if log.used == 0 and not log.is_current:
            self.number = 0
            if FREE_THREADED:
                end_turn(log)   # (nobody else can wait for it: that would be another tape's)
            log_close(log)
            return True
        joined = self.number != 0
        for slot in range(log.slots):
            if log.tapes[slot] != NULL:
                other = <Tape>log.tapes[slot]
                other.around = minus(log, other.around, self.bit)
                joined = joined and not other.number
        if joined:
            (<Joiner>log.joint).let_go(log)
        self.number = 0
        forget(log, self)
        return False

    def __enter__(self):
        if self.open:
            raise ValueError("Tape is still recording, This can happen if you try to re-enter an already-active tape.")
        self.push()
        return self

    def __exit__(self, kind, error, traceback):
        cdef Log* log = self.log
        if not self.open:
            return
        self.check_thread()
        if log.stack[log.depth - 1] != <PyObject*>self:
            raise RuntimeError("tapes must be left in the reverse order of entering them: another tape that was opened "
                               "inside this one is still open")
        self.around = join(log, self.around, minus(log, minus(log, log.active, self.bit), log.ear))
        self.pop()

    def refuse_numbers(self):
        """Let float(t) of what this tape follows be an error, from when it is entered on."""
        self.strict = True

    def pause(self):
        """Stop listening; what happens meanwhile is not on this tape."""
        if self.number and self.here() is not self:
            self.here().pause()
            return
        self.check_recording()
        self.log.active = minus(self.log, self.log.active, self.bit)
        self.log.sole = False
        self.recording = False
        self.paused_at = self.log.count

    def resume(self):
        """Listen again; a tape whose gradient was taken meanwhile starts over."""
        if self.number and self.here() is not self:
            self.here().resume()
            return
        if self.open:
            if self.more().pauses is None:
                self.aside.pauses = []
            if not self.aside.pauses or self.log.count > self.paused_at:
                self.aside.pauses.append((self.paused_at, self.log.count))
            self.log.active = join(self.log, self.log.active, self.bit)
            self.recording = True
        elif self.log == NULL:
            self.push()

    cdef Tape here(self):
        """What hears in this thread, for a tape that hears other threads."""
        cdef Log* log = <Log*>ad_get_current_log()
        return self if log == NULL or log.annex == NULL else (<Joiner>log.joint).ear_of(self)

    def check_recording(self):
        if self.number and self.here() is not self:
            self.here().check_recording()
            return
        if not self.recording:
            raise ValueError("Tape is not recording.")
        self.check_thread()

    cdef int check_thread(self) except -1:
        if self.open and self.log.thread != PyThread_get_thread_ident():
            raise RuntimeError("this tape was entered in another thread, and can be used there only until it is left")
        return 0

    def start_over(self):
        """Forget all that was recorded and watched."""
        self.check_recording()
        self.check_thread()
        if self.sweeps:
            raise RuntimeError("a tape cannot be reset while a gradient is taken on it")
        self.log.sole = False
        if self.witnessing:
            self.witness.start_over(self)
        if self.number:
            (<Joiner>self.log.joint).leave(self)
            self.number = 0
        forget(self.log, self)
        self.begin()
        if self.threads:
            (<Joiner>self.log.joint).enter(self)

    def watch_operand(self, Operand x):
        if self.number and self.here() is not self:
            self.here().watch_operand(x)
            return
        self.check_recording()
        leaf(self.log, x, self.bit)
        if x.is_variable:
            self.add_variable(<VariableCore>x)

    def seen_variables(self):
        if self.number and self.log != NULL:
            for v in (<Joiner>self.log.joint).variables_of(self):
                self.add_variable(<VariableCore>v)
        return tuple(self.variables or ())


# Where threads run side by side, one thread at a time sweeps a log or lets go of a tape of it: it has the log's turn.
# And a tape that a thread lets go of (its last reference was there, or garbage was collected there) while another
# thread records on the log is left to that one.

cdef inline void take_turn_of(Log* log) noexcept:
    cdef unsigned long thread = PyThread_get_thread_ident()
    if number_now(&log.turn_of) != thread:
        hold(&log.turn)
        let_number_be(&log.turn_of, thread)
    log.turns += 1


cdef inline void end_turn(Log* log) noexcept:
    log.turns -= 1
    if log.turns == 0:
        let_number_be(&log.turn_of, 0)
        let_go(&log.turn)


cdef inline bint is_anothers(Log* log) noexcept:
    """Whether another thread records on a log."""
    return log.is_current and log.depth and log.thread != PyThread_get_thread_ident()


cdef void take_current(Log* log) noexcept:
    """A log becomes this thread's to record on, once nobody lets go of a tape of it."""
    take_turn_of(log)
    hold(&logs)
    log.is_current = True
    log.thread = PyThread_get_thread_ident()
    let_go(&logs)
    end_turn(log)


cdef void let_go_in_turn(Tape tape) noexcept:
    cdef Log* log = tape.log
    take_turn_of(log)
    if not tape.let_go():
        end_turn(log)


cdef void let_go_of_left(Log* log) noexcept:
    """Let go of what others have left to this thread, which records on the log no more."""
    cdef Left* first
    cdef Left* next
    hold(&logs)
    first = log.left
    log.left = NULL
    let_go(&logs)
    while first != NULL:
        next = first.next
        Py_DECREF(<object>first.tape)
        free(first)
        first = next


cdef void leave_to_owner(PyObject* thing) noexcept:
    """Before a tape goes: if another thread records on its log, that one is to let go of it."""
    cdef Tape tape = <Tape>thing
    cdef Left* left
    if tape.log == NULL or not is_anothers(tape.log):
        return
    left = <Left*>malloc(sizeof(Left))
    if left == NULL:
        return
    hold(&logs)
    if is_anothers(tape.log):
        Py_INCREF(tape)
        left.tape = thing
        left.next = tape.log.left
        tape.log.left = left
        left = NULL
    let_go(&logs)
    free(left)


cdef extern from "Python.h":
    unsigned long Py_TPFLAGS_HAVE_FINALIZE
    ctypedef struct FinalizedClass "PyTypeObject":
        void (*tp_finalize)(PyObject*) noexcept
        unsigned long tp_flags

if FREE_THREADED:
    (<FinalizedClass*><PyObject*>Tape).tp_finalize = leave_to_owner
    (<FinalizedClass*><PyObject*>Tape).tp_flags |= Py_TPFLAGS_HAVE_FINALIZE


cdef uint32_t still_recording(Log* log) noexcept:
    """The open tapes that are not paused."""
    cdef uint32_t tapes = 0
    cdef int i
    for i in range(log.depth):
        if (<Tape>log.stack[i]).recording:
            tapes = join(log, tapes, (<Tape>log.stack[i]).bit)
    return tapes


def suspend(bint but_strict=False):
    """Pause all tapes of this thread, or all `but_strict` ones; returns what `resume` needs."""
    cdef Log* log = <Log*>ad_get_current_log()
    cdef uint32_t active
    if log == NULL:
        return None
    active = log.active
    log.active = join(log, log.tracer, meet(log, active, log.strict)) if but_strict else log.tracer
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


cdef void forget(Log* log, Tape tape) noexcept:
    """Clear a tape's bit, and drop what no other tape needs; records at the end that nobody needs are cut off."""
    cdef int32_t start = tape.start, end = tape.start, i
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n
    cdef Record* r
    cdef uint8_t* needed = <uint8_t*>calloc(<size_t>(log.count - start) + 1, 1)
    for node in ((tape.aside.below if tape.aside is not None else None) or ()):
        log.records[<int32_t>node].listeners = minus(log, log.records[<int32_t>node].listeners, tape.bit)
    for i in range(log.count - 1, start - 1, -1):
        r = &log.records[i]
        r.listeners = minus(log, r.listeners, tape.bit)
        if needed == NULL:
            end = log.count
            continue
        if not r.listeners and not needed[i - start]:
            if r.flags & (ATTRIBUTE | HELD):
                record_clear(log, i)
            continue
        if end == start:
            end = i + 1
        if not r.listeners:
            continue
        # An operand that only this tape tracked is still a value in another tape's derivative.
        n = operand_nodes(log, r, &nodes, pair)
        for k in range(n):
            if nodes[k] >= start:
                needed[nodes[k] - start] = 1
        if is_leaf(r) and r.b >= start:
            needed[r.b - start] = 1
    free(needed)
    if end >= log.count or log.kept:
        return
    if end == start:
        cut_off(log, end, tape.constants_start, tape.operands_start)
    else:
        cut_off(log, end, log.constant_count, log.operand_count)


cdef void cut_off(Log* log, int32_t end, int32_t constants, int32_t operands) noexcept:
    """Cut the log off at `end`: what lies behind is cleared, and no tape needs it."""
    cdef int32_t i
    cdef int k
    cdef Tape other
    add_epoch(log, end)
    if log.count != end:
        return
    for i in range(constants, log.constant_count):
        if not log.constants[i].scalar:
            Py_XDECREF(log.constants[i].value.array)
    log.constant_count = min(log.constant_count, constants)
    log.operand_count = min(log.operand_count, operands)
    # A tape that began behind the cut, with nothing of its own left, begins at it.
    for k in range(log.slots):
        if log.tapes[k] != NULL:
            other = <Tape>log.tapes[k]
            other.start = min(other.start, end)
            other.constants_start = min(other.constants_start, log.constant_count)
            other.operands_start = min(other.operands_start, log.operand_count)
            if other.aside is not None and other.aside.below is not None:
                other.aside.below = [node for node in other.aside.below if node < end]


cdef void add_epoch(Log* log, int32_t end) noexcept:
    """Cut the log off at `end`; the nodes below keep their id, what comes gets a new one."""
    cdef int n = 0
    cdef void* grown
    hold(&logs)
    if end != 0:
        n = log.epoch_count
        while n > 0 and log.epochs[n - 1].end >= end:
            n -= 1
        if n < log.epoch_count:
            # This epoch reaches past the cut: it ends there, and later ones are gone.
            log.epochs[n].end = end
            n += 1
        if n == 0 or log.epochs[n - 1].end < end:
            grown = realloc(log.epochs, <size_t>(n + 1) * sizeof(Epoch))
            if grown == NULL:
                let_go(&logs)
                return      # not cut: the records stay, which costs only memory
            log.epochs = <Epoch*>grown
            log.epochs[n].id = log.id
            log.epochs[n].end = end
            n += 1
    log.epoch_count = n
    log.id = next_number(&last_log_id)
    log.count = end
    let_go(&logs)
    if log.annex != NULL:
        (<Joiner>log.joint).renew(log)
    if log.witness != NULL:
        (<Hearer>log.witness).lose(end)
    if log.notes != NULL:
        drop_notes(log, end)


cdef void drop_notes(Log* log, int32_t end) noexcept:
    """Drop the notes that were made behind a cut."""
    cdef list notes = <list>log.notes
    cdef Py_ssize_t k = len(notes)
    while k > 0 and <int32_t>(<tuple>notes[k - 1])[2] > end:
        k -= 1
    if k < len(notes):
        del notes[k:]
