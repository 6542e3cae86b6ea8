# Finding: which tensors that tapes follow a function reads, while these tapes pause.
#
# A function that is one record, whatever it does inside, has its arguments for operands, and what else it reads:
# variables, which a tape of its own tells, and tensors from around it. Those are from before the call. A call begins
# another epoch of the log, so they are the ones whose place is looked up the long way (`log_find`), which asks here.
# Recording pays nothing.

@cython.final
cdef class Finder(Noticer):
    """A context in which all tapes of this thread pause; `found` are the tensors that they follow, and that were read
    meanwhile, but for those that stand where an argument does."""
    cdef object arguments
    cdef set own                # the arguments' nodes
    cdef object suspended
    cdef PyObject* before       # the one around it (borrowed: it is left later)
    cdef uint64_t log_id        # of the nodes from before
    cdef uint64_t first_id      # the log's, or 0 where there is none
    cdef int32_t start
    cdef uint32_t tapes         # that pause
    cdef readonly list found

    def __init__(self, arguments):
        self.arguments = arguments

    def __enter__(self):
        cdef Log* log = <Log*>ad_get_current_log()
        self.found = []
        self.own = set()
        self.first_id = 0
        if log == NULL:
            return self
        self.own.update([found_or_taken(log, <Operand>x) for x in self.arguments if isinstance(x, Operand)])
        self.tapes = minus(log, log.active, log.tracer)
        self.suspended = suspend()
        self.first_id = log.first_id
        self.start = log.count
        self.log_id = log.id
        self.before = log.finder
        if self.tapes:
            add_epoch(log, log.count)
        log.finder = <PyObject*>self
        return self

    cdef void notice(self, Log* log, Operand x, int32_t node) noexcept:
        """An operand from an earlier epoch is looked up: those that look for it take it down."""
        cdef PyObject* at = log.finder
        cdef Finder finder
        cdef Record* r = &log.records[node]
        if is_leaf(r) and r.flags & ATTRIBUTE and (<Operand>r.payload.attribute).is_variable:
            return          # a variable's value: the variable is told by the tape of its own
        while at != NULL:
            finder = <Finder>at
            if node < finder.start and node not in finder.own:
                finder.take_down(log, x, log.records[node].listeners)
            at = finder.before

    cdef void notice_taken(self, Log* log, Operand x, uint32_t listeners) noexcept:
        """An operand is looked up that another thread's log has, where these tapes follow it."""
        cdef PyObject* at = log.finder
        while at != NULL:
            (<Finder>at).take_down(log, x, listeners)
            at = (<Finder>at).before

    cdef void take_down(self, Log* log, Operand x, uint32_t listeners) noexcept:
        if meet(log, listeners, self.tapes) and differentiable(x.code):
            for known in self.found:
                if known is x:
                    break
            else:
                self.found.append(x)

    def __exit__(self, kind, error, traceback):
        cdef Log* log = <Log*>ad_get_current_log()
        cdef int n
        if self.first_id == 0 or log == NULL or log.first_id != self.first_id:
            return
        log.finder = self.before
        n = log.epoch_count - 1
        if (self.tapes and log.count == self.start and n >= 0 and log.epochs[n].id == self.log_id
                and log.epochs[n].end == self.start):
            # Nothing has been recorded: the epoch goes on.
            hold(&logs)
            log.id = self.log_id
            log.epoch_count = n
            let_go(&logs)
        resume(self.suspended)
