# Arrays that a log keeps beyond a budget: written to a file that has no name, and mapped into memory from there.
#
# What a tape keeps lies idle until a sweep comes back for it, the last first. So where it is more than there is room
# for, what was kept first is written, and the record holds an array whose memory is the file: whoever reads it, reads
# as before. It takes none of the process's memory until it is read, and a sweep lets go of what it has passed. Values
# are the same to the last bit, and nothing is computed twice.
#
# What counts is what the pool has given out since the tape was entered: what is kept, what is computed with it, and
# what a sweep has on its way. A sweep looks at it, too, and writes what it comes to last.

cdef enum:
    SPILLED = 1 << 12           # bytes of an array: smaller ones stay where they are
    OF_WRITTEN = 512            # bytes of memory that one in the file takes
    SHARES = 32                 # of the budget: so much is written at once, and read between two looks


@cython.final
cdef class Spill(Keeper):
    cdef int64_t budget         # bytes, in which there is room for what is kept, and for what is computed with it
    cdef int64_t before         # bytes that the pool had given out when the tape was entered, or fewer since then
    cdef int64_t pool_before    # and those that it had altogether
    cdef int64_t beside         # bytes of kept arrays that are not the pool's, less what its blocks have beyond arrays
    cdef int64_t held           # bytes that are kept in memory, more or less
    cdef int64_t since          # of them, those kept since something was written
    cdef int64_t largest        # of one array
    cdef list nodes             # that keep them, in the order in which they began to
    cdef list written           # nodes whose arrays are in the file, or were
    cdef object file            # (autodiff_core/spilled.py); None before anything was written

    def __init__(self, int64_t budget):
        self.budget = budget
        self.before = bytes_in_use()
        self.pool_before = pool_bytes
        self.nodes = []
        self.written = []

    cdef int also(self, int64_t budget) except -1:
        """Another tape of the log's has a budget."""
        self.budget = min(self.budget, budget)
        return 0

    cdef int note_kept(self, Log* log, int32_t node) except -1:
        cdef npy_intp size = bytes_to_write(log, node)
        if size > self.budget // 8 and is_limited(log):
            raise ValueError(f"GradientTape(memory=): {self.budget} bytes are too few for one step: an array of {size} "
                             f"bytes is kept, and what is computed with it takes about 8 times as much")
        if size:
            self.nodes.append(node)
            self.largest = max(self.largest, size)
            self.since += size
            self.count(log.values[node].array, 1)
            if self.since >= self.budget // SHARES and self.taken() > self.room():
                self.write(log)
        return 0

    cdef inline void count(self, PyObject* array, int sign) noexcept:
        """Of a kept array, note that it is in memory now, or (-1) no more."""
        cdef size_t size = <size_t>PyArray_NBYTES(<ndarray>array), capacity = 0
        if pooled_memory(array):
            size_class(size, &capacity)
        self.held += sign * <int64_t>size
        self.beside += sign * (<int64_t>size - <int64_t>capacity)

    cdef int64_t taken(self) noexcept:
        """Bytes that the tape takes now, with all that has been computed since it was entered and is still there."""
        cdef int64_t bytes = bytes_in_use()
        self.before = min(self.before, bytes)
        self.pool_before = min(self.pool_before, pool_bytes)
        return bytes - self.before + self.beside + OF_WRITTEN * len(self.written)

    cdef int64_t room(self) noexcept:
        """Bytes that it may take when it is looked: what is made of some arrays between two looks takes more."""
        return self.budget - max(self.budget // (SHARES // 2), 4 * self.largest)

    cdef int write(self, Log* log) except -1:
        """Write what was kept first, until there is room again for what comes until this is called once more. (Where it
        is others who take the memory, a quarter of the budget is the tape's all the same.)"""
        cdef int64_t most = self.room() - self.budget // SHARES
        cdef int32_t node
        cdef Py_ssize_t k = 0
        cdef bint some_gone = False
        cdef list still = []    # what the user has, too, as the value of a variable: nothing is saved by it
        if self.file is None:
            self.file = opened_file(self.budget // 16)
        self.since = 0
        try:
            while k < len(self.nodes) and self.taken() > most and self.held > self.budget // 4:
                node = self.nodes[k]
                k += 1
                if not bytes_to_write(log, node):
                    some_gone = True    # (another tape had kept it)
                elif is_leaf(&log.records[node]) and is_held_beyond(log.values[node].array, 1):
                    still.append(node)
                else:
                    self.put(log, node)
        finally:
            self.nodes[:k] = still
        if some_gone:
            self.look_through(log)
        if pool_bytes - self.pool_before > self.budget and pool_bytes - bytes_in_use() > 2 * self.budget // SHARES:
            trim_pool()         # (blocks of other sizes than are asked for now)
        return 0

    cdef int put(self, Log* log, int32_t node) except -1:
        """Let the file have the array of a node."""
        cdef PyObject* array = log.values[node].array
        cdef object kept = <object>array
        cdef object written = self.file.put(kept)
        # (Python ran meanwhile, and anything with it.)
        if bytes_to_write(log, node) and log.values[node].array == array:
            self.count(array, -1)
            Py_INCREF(written)
            log.values[node].array = <PyObject*>written
            Py_DECREF(kept)
            self.written.append(node)
        return 0

    cdef int look_through(self, Log* log) except -1:
        """Forget what has gone."""
        cdef int32_t node
        self.written = [node for node in sorted(set(self.written)) if is_written(log, node)]
        self.nodes = [node for node in sorted(set(self.nodes)) if bytes_to_write(log, node)]
        self.held = self.beside = 0
        for node in self.nodes:
            self.count(log.values[node].array, 1)
        return 0


spill_class = Spill
cdef type mapping_type = None   # of what an array of a file has as its base; None before there was a file


cdef object opened_file(int64_t size):
    """A file, of mappings of so many bytes at least."""
    global mapping_type
    from autodiff_core.spilled import SpillFile
    from mmap import mmap
    mapping_type = mmap
    return SpillFile(size)


@cython.final
cdef class Stops:
    """Where a sweep stops for a moment, to let go of what it has read, and for want of room."""
    cdef Spill spill
    cdef bint up                # it goes from the first node to the last
    cdef list nodes             # to stop at: the next one is the last of them

    cdef int32_t next(self, int32_t last) except -2:
        """The next one, as far as `last`, or -1."""
        cdef int32_t node = -1
        if self.nodes:
            node = self.nodes[len(self.nodes) - 1]
            if node > last if self.up else node < last:
                return -1
            del self.nodes[len(self.nodes) - 1]
        return node

    cdef int stop(self, Log* log, int32_t low, int32_t high) except -1:
        """These records have been passed."""
        cdef int32_t pair[2]
        cdef int32_t* operands
        cdef int32_t i
        cdef int k, n
        cdef set nodes = set()
        for i in range(low, high + 1 if self.spill.file is not None else low):
            if is_written(log, i):
                nodes.add(i)
            n = operand_nodes(log, &log.records[i], &operands, pair)
            for k in range(n):
                if operands[k] >= 0 and is_written(log, operands[k]):
                    nodes.add(operands[k])
        if nodes:
            self.spill.file.let_go([<object>log.values[<int32_t>node].array for node in nodes])
        if self.spill.taken() > self.spill.room():
            self.spill.write(log)
        return 0


cdef Stops stops_of(Log* log, bint up):
    """Those of a sweep that is about to begin; None where there is no budget."""
    cdef Spill spill
    cdef Stops stops
    cdef int32_t node
    cdef int64_t bytes = 0
    if log.spill == NULL:
        return None
    spill = <Spill>log.spill
    spill.look_through(log)
    stops = Stops.__new__(Stops)
    stops.spill = spill
    stops.up = up
    stops.nodes = []
    for node in sorted([*spill.nodes, *spill.written], reverse=not up):
        bytes += PyArray_NBYTES(<ndarray>log.values[node].array)
        if bytes >= spill.budget // SHARES:
            stops.nodes.append(node)
            bytes = 0
    stops.nodes.reverse()
    return stops


cdef npy_intp bytes_to_write(Log* log, int32_t node) noexcept:
    """The bytes of the array that a node keeps in memory, if it can be written; or 0."""
    cdef ndarray array
    if node >= log.count or not log.records[node].flags & HELD or is_written(log, node):
        return 0
    array = <ndarray>log.values[node].array
    if PyArray_NBYTES(array) < SPILLED or not PyArray_CHKFLAGS(array, NPY_ARRAY_CARRAY_RO):
        return 0
    return PyArray_NBYTES(array)


cdef bint is_written(Log* log, int32_t node) noexcept:
    """Whether the array of a node is in a file (the user's own count, too)."""
    cdef PyObject* base
    if node >= log.count or not log.records[node].flags & HELD:
        return False
    base = PyArray_BASE(<ndarray>log.values[node].array)
    return base != NULL and mapping_type is not None and isinstance(<object>base, mapping_type)


cdef bint is_limited(Log* log) noexcept:
    """Whether a tape with a budget is open: what others keep after it goes to its file, too, but may be of any size."""
    cdef int k
    for k in range(log.depth):
        if (<Tape>log.stack[k]).memory:
            return True
    return False
