# Arrays that a log keeps beyond a budget: written to a file that has no name, and mapped into memory from there.
#
# What a tape keeps lies idle until a sweep comes back for it, the last first. So where it is more than there is room
# for, what was kept first is written, and the record holds an array whose memory is the file: whoever reads it, reads
# as before. It takes none of the process's memory until it is read, and a sweep that has passed a part of the file lets
# it go again. Values are the same to the last bit, and nothing is computed twice.

cdef enum:
    SPILLED = 1 << 12           # bytes of an array: smaller ones stay where they are


@cython.final
cdef class Spill(Keeper):
    cdef int64_t budget         # bytes, in which there is room for what is kept, and for what is computed with it
    cdef int64_t held           # bytes that are kept in memory, more or less
    cdef list nodes             # that keep them, in the order in which they began to
    cdef object file            # (autodiff_core/spilled.py); None before anything was written
    cdef list lowest            # of each part of it, the lowest node whose array is there

    def __init__(self, int64_t budget):
        self.budget = budget
        self.nodes = []
        self.lowest = []

    cdef int note_kept(self, Log* log, int32_t node) except -1:
        cdef npy_intp size = self.size(log, node)
        if size > self.budget // 8 and is_limited(log):
            raise ValueError(f"GradientTape(memory=): {self.budget} bytes are too few for one step: an array of {size} "
                             f"bytes is kept, and what is computed with it takes about 8 times as much")
        if size:
            self.nodes.append(node)
            self.held += size
            if self.held > self.budget // 2:
                self.write(log)
        return 0

    cdef npy_intp size(self, Log* log, int32_t node) noexcept:
        """The bytes of the array that a node keeps, if it can be written; or 0."""
        cdef ndarray array
        if node >= log.count or not log.records[node].flags & HELD:
            return 0
        array = <ndarray>log.values[node].array
        if PyArray_NBYTES(array) < SPILLED or not PyArray_CHKFLAGS(array, NPY_ARRAY_CARRAY_RO):
            return 0
        return PyArray_NBYTES(array)

    cdef int write(self, Log* log) except -1:
        """Write what was kept first, until half of the room is left."""
        cdef int32_t node
        cdef ndarray array
        cdef Py_ssize_t k = 0
        if self.file is None:
            from autodiff_core.spilled import SpillFile
            self.file = SpillFile(self.budget // 16)
        # (What other tapes had kept, and have dropped, is not there any more.)
        self.nodes = [node for node in self.nodes if self.size(log, node)]
        self.held = sum([self.size(log, node) for node in self.nodes])
        while k < len(self.nodes) and self.held > self.budget // 4:
            node = self.nodes[k]
            k += 1
            array = <ndarray>log.values[node].array
            self.held -= PyArray_NBYTES(array)
            written, part = self.file.put(array)
            if part == len(self.lowest):
                self.lowest.append(node)
            self.lowest[part] = min(self.lowest[part], node)
            # (Python ran meanwhile, and anything with it.)
            if self.size(log, node) and log.values[node].array == <PyObject*>array:
                Py_INCREF(written)
                log.values[node].array = <PyObject*>written
                Py_DECREF(array)
        del self.nodes[:k]
        return 0

    cdef list parts(self):
        """The parts of the file in the order in which a sweep leaves them: [(lowest node, number)]."""
        return sorted([(node, part) for part, node in enumerate(self.lowest)], reverse=True)


spill_class = Spill


cdef bint is_limited(Log* log) noexcept:
    """Whether a tape with a budget is open: what others keep after it goes to its file, too, but may be of any size."""
    cdef int k
    for k in range(log.depth):
        if (<Tape>log.stack[k]).memory:
            return True
    return False
