# Shapes by number: what a trace and its programs note of each record. A shape is a tuple once, however many records
# have it, and records that have it are told by a number. Programs that were made of one another have one list, to which
# their threads add one after the other.

ctypedef struct KnownShape:
    uint64_t hashed
    int32_t nd
    int32_t at                  # where its sizes stand


@cython.final
cdef class Shapes:
    """Different shapes, numbered as they come. Number 0 is that of a single number."""
    cdef list tuples
    cdef KnownShape* known
    cdef npy_intp* sizes
    cdef int32_t* slots         # a hash table of numbers, -1 for none; its room is a power of two
    cdef int32_t count
    cdef int32_t capacity
    cdef int32_t size_count
    cdef int32_t size_capacity
    cdef int32_t room

    def __cinit__(self):
        self.tuples = []
        self.number(0, NULL)

    def __dealloc__(self):
        free(self.known)
        free(self.sizes)
        free(self.slots)

    def __len__(self):
        return self.count

    cdef inline tuple shape(self, uint32_t number):
        check(number < <uint32_t>self.count)
        return <tuple>self.tuples[number]

    cdef uint32_t number(self, int nd, const npy_intp* dims) except? 0xffffffff:
        """The number of a shape."""
        cdef uint32_t found
        if nd == 0 and self.count:
            return 0
        if not FREE_THREADED:
            return self.numbered(nd, dims)
        hold_object(self)
        try:
            found = self.numbered(nd, dims)
        finally:
            let_go_object(self)
        return found

    cdef inline uint32_t numbered(self, int nd, const npy_intp* dims) except? 0xffffffff:
        cdef uint64_t hashed = <uint64_t>nd * 0x9E3779B97F4A7C15ULL
        cdef int32_t at
        cdef int d
        for d in range(nd):
            hashed = (hashed ^ <uint64_t>dims[d]) * 0x9E3779B97F4A7C15ULL
            hashed ^= hashed >> 32
        at = self.find(hashed, nd, dims)
        if at >= 0 and self.slots[at] >= 0:
            return self.slots[at]
        shape = tuple([dims[d] for d in range(nd)])
        self.make_room(nd)
        at = self.find(hashed, nd, dims)    # (making a tuple may collect garbage, and that may run anything)
        if self.slots[at] < 0:
            self.tuples.append(shape)
            self.known[self.count].hashed = hashed
            self.known[self.count].nd = nd
            self.known[self.count].at = self.size_count
            if nd:
                memcpy(&self.sizes[self.size_count], dims, nd * sizeof(npy_intp))
            self.size_count += nd
            self.slots[at] = self.count
            self.count += 1
        return self.slots[at]

    cdef uint32_t number_of(self, tuple shape) except? 0xffffffff:
        cdef npy_intp dims[MOST_DIMS]
        cdef int d, nd = <int>len(shape)
        for d in range(nd):
            dims[d] = shape[d]
        return self.number(nd, dims)

    cdef int32_t find(self, uint64_t hashed, int nd, const npy_intp* dims) noexcept:
        """Where a shape is in the table, or the empty place where it belongs; -1 where there is no table."""
        cdef int32_t at
        cdef KnownShape* k
        if self.room == 0:
            return -1
        at = <int32_t>(hashed & <uint64_t>(self.room - 1))
        while self.slots[at] >= 0:
            k = &self.known[self.slots[at]]
            if k.hashed == hashed and k.nd == nd and (
                    nd == 0 or memcmp(&self.sizes[k.at], dims, nd * sizeof(npy_intp)) == 0):
                break
            at = (at + 1) & (self.room - 1)
        return at

    cdef int make_room(self, int nd) except -1:
        """For one more shape."""
        cdef void* grown
        cdef int32_t k, at, room
        if self.count == self.capacity:
            room = more_room(self.capacity, <int64_t>self.count + 8)
            grown = realloc(self.known, <size_t>room * sizeof(KnownShape))
            if grown == NULL:
                raise MemoryError()
            self.known = <KnownShape*>grown
            self.capacity = room
        if nd > self.size_capacity - self.size_count:
            room = more_room(self.size_capacity, <int64_t>self.size_count + nd + 16)
            grown = realloc(self.sizes, <size_t>room * sizeof(npy_intp))
            if grown == NULL:
                raise MemoryError()
            self.sizes = <npy_intp*>grown
            self.size_capacity = room
        if 2 * self.count >= self.room:
            room = 4 * self.room if self.room else 16
            grown = malloc(<size_t>room * sizeof(int32_t))
            if grown == NULL:
                raise MemoryError()
            free(self.slots)
            self.slots = <int32_t*>grown
            self.room = room
            memset(self.slots, 0xff, <size_t>room * sizeof(int32_t))
            for k in range(self.count):
                at = <int32_t>(self.known[k].hashed & <uint64_t>(room - 1))
                while self.slots[at] >= 0:
                    at = (at + 1) & (room - 1)
                self.slots[at] = k
        return 0
