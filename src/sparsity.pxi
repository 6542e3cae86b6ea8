# Which elements of a source each element of a target depends on, and which rows of that pattern one sweep can serve.
#
# Index sets are carried forward over the records between the two: for each element of a node, the sorted elements of
# the source that it may depend on. A row of the op table says how its result's sets follow from the operands':
# elementwise ones unite them, a selection (slice, reshape, take ...) is run on an array of numbers to see what went
# where, everything else names groups of elements, or is taken to mix all with all. All of them end in one primitive,
# `join`.
#
# Sets are slices of a pool, so that selecting, repeating and sharing them copies none; and a chain of sums whose links
# nobody else uses, as adding up n numbers makes it, is one join, not n of growing sets.

cdef enum:
    # Bits of a node's state, beside the sweep's REACHED, SOURCE and NEEDED
    OUTWARD = 1                 # INLINE and linear: its map says where the operand's elements go
    WANTED_ROWS = 2             # something that depends on it needs its rows as such
    INLINE = 4                  # what uses it joins its operands' rows: it has none of its own
    FEW_INDICES = 24            # sorted by insertion


@cython.final
@cython.no_gc
cdef class Pool:
    """Memory of index sets."""
    cdef int32_t* indices

    def __dealloc__(self):
        PyMem_Free(self.indices)


@cython.final
@cython.no_gc
@cython.freelist(64)
cdef class Rows:
    """An index set for each element of a node: slices of a pool."""
    cdef npy_intp count
    cdef Pool pool
    cdef int64_t* begin
    cdef int32_t* length
    cdef int64_t only_begin     # of the one row that a scalar has
    cdef int32_t only_length
    cdef int64_t seen           # the last join that met it

    def __dealloc__(self):
        if self.begin != &self.only_begin:
            PyMem_Free(self.begin)


cdef Rows new_rows(npy_intp count, Pool pool):
    cdef Rows rows = Rows.__new__(Rows)
    rows.count = count
    rows.pool = pool
    if count == 1:
        rows.begin = &rows.only_begin
        rows.length = &rows.only_length
        return rows
    rows.begin = <int64_t*>PyMem_Malloc(count * (sizeof(int64_t) + sizeof(int32_t)) + 1)
    if rows.begin == NULL:
        raise MemoryError(f"no memory for the sparsity pattern of {count} elements")
    rows.length = <int32_t*>(rows.begin + count)
    return rows


ctypedef struct Part:           # what a join unites; references are owned
    PyObject* rows
    PyObject* inward            # a map: for each row of the result, the row that it takes
    PyObject* outward           # a map: for each row (of those that `inward` lists, if it is given), where it goes

ctypedef struct Span:
    const int32_t* at
    int32_t length

# Maps are arrays of the size of an index, and count rows from 1: 0 is none.


cdef inline PyObject* owned(object thing) noexcept:
    """A reference for a place that Cython does not count."""
    Py_INCREF(thing)
    return <PyObject*>thing


cdef inline npy_intp* places(PyObject* map) noexcept:
    return <npy_intp*>PyArray_DATA(<ndarray>map)


cdef ndarray as_map(object array):
    return <ndarray>laid_out(array, np_intp_dtype).reshape(-1)


cdef int compare_indices(const void* a, const void* b) noexcept nogil:
    return ((<const int32_t*>a)[0] > (<const int32_t*>b)[0]) - ((<const int32_t*>a)[0] < (<const int32_t*>b)[0])


cdef int32_t unite_two(Span a, Span b, int32_t* out) noexcept nogil:
    cdef int32_t i = 0, j = 0, n = 0
    while i < a.length and j < b.length:
        if a.at[i] < b.at[j]:
            out[n] = a.at[i]
            i += 1
        else:
            out[n] = b.at[j]
            if a.at[i] == b.at[j]:
                i += 1
            j += 1
        n += 1
    if i < a.length:
        memcpy(out + n, a.at + i, (a.length - i) * sizeof(int32_t))
        n += a.length - i
    if j < b.length:
        memcpy(out + n, b.at + j, (b.length - j) * sizeof(int32_t))
        n += b.length - j
    return n


cdef int32_t unite(const Span* spans, npy_intp count, int32_t* out, int32_t* stamp, int32_t now,
                   npy_intp width) noexcept nogil:
    """The union of sorted sets within 0 ... width - 1, sorted; `now` is a stamp that was not used before."""
    cdef npy_intp k
    cdef int32_t i, j, x, n = 0, low, high
    cdef bint ascending = True
    if count == 2:
        return unite_two(spans[0], spans[1], out)
    for k in range(count):
        for i in range(spans[k].length):
            x = spans[k].at[i]
            if stamp[x] != now:
                stamp[x] = now
                ascending = ascending and (n == 0 or out[n - 1] < x)
                out[n] = x
                n += 1
        if n == width:
            break
    if ascending:
        return n
    if n <= FEW_INDICES:
        for i in range(1, n):
            x = out[i]
            j = i
            while j > 0 and out[j - 1] > x:
                out[j] = out[j - 1]
                j -= 1
            out[j] = x
        return n
    low = high = out[0]
    for i in range(1, n):
        low = min(low, out[i])
        high = max(high, out[i])
    if (high - low) // 16 > n:
        qsort(out, n, sizeof(int32_t), compare_indices)
        return n
    n = 0
    for x in range(low, high + 1):
        if stamp[x] == now:
            out[n] = x
            n += 1
    return n


cdef bint contains(Span whole, Span part) noexcept nogil:
    """Whether a sorted set has all of another's elements."""
    cdef int32_t i, low = 0, high, middle
    if whole.at == part.at and whole.length >= part.length:
        return True
    if part.length > whole.length:
        return False
    for i in range(part.length):
        high = whole.length
        while low < high:
            middle = low + (high - low) // 2
            if whole.at[middle] < part.at[i]:
                low = middle + 1
            else:
                high = middle
        if low == whole.length or whole.at[low] != part.at[i]:
            return False
    return True


cdef inline Span span_of(const Part* part, npy_intp row) noexcept:
    """What a part without an outward map gives to a row of the result."""
    cdef Rows rows = <Rows>part.rows
    cdef Span span
    if part.inward != NULL:
        row = places(part.inward)[row] - 1
    span.at = NULL
    span.length = 0
    if row >= 0:
        span.at = rows.pool.indices + rows.begin[row]
        span.length = rows.length[row]
    return span


cdef Rows gathered(Rows rows, ndarray inward, npy_intp count):
    """Rows that a map selects: the sets are shared."""
    cdef Rows out = new_rows(count, rows.pool)
    cdef npy_intp* at = <npy_intp*>PyArray_DATA(inward)
    cdef npy_intp i
    for i in range(count):
        out.begin[i] = rows.begin[at[i] - 1] if at[i] else 0
        out.length[i] = rows.length[at[i] - 1] if at[i] else 0
    return out


cdef npy_intp elements(tuple shape) except -1:
    cdef npy_intp n = 1
    for size in shape:
        n *= <npy_intp>size
    return n


cdef npy_intp only_element(tuple shape, object index) except -1:
    """The number, from 1, of the element that plain integers index; 0 for any other index."""
    cdef npy_intp number = 0, at
    cdef Py_ssize_t d
    cdef tuple places_ = <tuple>index if type(index) is tuple else (index,)
    if len(places_) != len(shape):
        return 0
    for d in range(len(shape)):
        if type(places_[d]) is not int:
            return 0
        at = places_[d]
        number = number * <npy_intp>shape[d] + (at if at >= 0 else at + <npy_intp>shape[d])
    return number + 1


@cython.final
cdef class Dependence:
    """One walk over the records from a source to a target."""
    cdef Log* log
    cdef int32_t low
    cdef int32_t high
    cdef uint8_t* state         # of node low + k
    cdef int32_t* uses          # that are still to come
    cdef PyObject** rows        # Rows; of a linear node that is INLINE its map; owned
    cdef PyObject** shape       # a tuple, owned; NULL for a scalar's
    cdef npy_intp width         # elements of the source
    cdef int32_t* stamp
    cdef int32_t now
    cdef int64_t joins
    cdef Part* parts
    cdef npy_intp part_count
    cdef npy_intp part_capacity
    cdef int32_t* todo
    cdef npy_intp todo_capacity
    cdef ndarray numbers        # 1, 2, 3 ...

    def __dealloc__(self):
        cdef npy_intp k
        self.drop_parts()
        if self.rows != NULL and self.shape != NULL:
            for k in range(self.high - self.low + 1):
                Py_XDECREF(self.rows[k])
                Py_XDECREF(self.shape[k])
        free(self.state)
        free(self.uses)
        free(self.rows)
        free(self.shape)
        free(self.stamp)
        free(self.parts)
        free(self.todo)

    # ------------------------------------------------------------------------------------------------------- join

    cdef int add_part(self, Rows rows, ndarray inward, ndarray outward) except -1:
        cdef Part* part
        cdef void* grown
        if self.part_count == self.part_capacity:
            grown = realloc(self.parts, (2 * self.part_capacity + 16) * sizeof(Part))
            if grown == NULL:
                raise MemoryError()
            self.parts = <Part*>grown
            self.part_capacity = 2 * self.part_capacity + 16
        part = &self.parts[self.part_count]
        part.rows = owned(rows)
        part.inward = NULL if inward is None else owned(inward)
        part.outward = NULL if outward is None else owned(outward)
        self.part_count += 1
        return 0

    cdef void drop_part(self, npy_intp k) noexcept:
        Py_XDECREF(self.parts[k].rows)
        Py_XDECREF(self.parts[k].inward)
        Py_XDECREF(self.parts[k].outward)

    cdef void drop_parts(self) noexcept:
        cdef npy_intp k
        for k in range(self.part_count):
            self.drop_part(k)
        self.part_count = 0

    cdef Rows join(self, npy_intp n):
        """Unite the parts, which are spent, into n rows."""
        cdef npy_intp k, kept = 0
        cdef bint outward = False
        cdef Rows rows
        self.joins += 1
        for k in range(self.part_count):
            rows = <Rows>self.parts[k].rows
            if self.parts[k].inward == NULL and self.parts[k].outward == NULL:
                if rows.seen == self.joins:
                    self.drop_part(k)
                    continue
                rows.seen = self.joins
            outward = outward or self.parts[k].outward != NULL
            self.parts[kept] = self.parts[k]
            kept += 1
        self.part_count = kept
        k = -1 if outward else self.part_that_has_all(n)
        if k < 0:
            rows = self.united(n)
        elif self.parts[k].inward == NULL:
            rows = <Rows>self.parts[k].rows
        else:
            rows = gathered(<Rows>self.parts[k].rows, <ndarray>self.parts[k].inward, n)
        self.drop_parts()
        return rows

    cdef npy_intp part_that_has_all(self, npy_intp n) noexcept:
        """The part whose every row contains those of the others, or -1."""
        cdef npy_intp k, row, best = 0
        cdef int64_t size, largest = -1
        if self.part_count == 1:
            return 0
        for k in range(self.part_count):
            size = 0
            for row in range(n):
                size += span_of(&self.parts[k], row).length
            if size > largest:
                largest = size
                best = k
        for row in range(n):
            for k in range(self.part_count):
                if k != best and not contains(span_of(&self.parts[best], row), span_of(&self.parts[k], row)):
                    return -1
        return best if self.part_count else -1

    cdef Rows united(self, npy_intp n):
        cdef npy_intp* starts = NULL        # the pairs of each row of the result
        cdef Span* pairs = NULL
        cdef Span* spans = NULL
        cdef int32_t* out = NULL
        cdef void* grown
        cdef npy_intp k, p, row, listed = 0, most = 0, count
        cdef int64_t total, used = 0, capacity = n + 16, begin = 0
        cdef Part* part
        cdef Span span, previous
        cdef Pool pool = Pool.__new__(Pool)
        cdef Rows rows = new_rows(n, pool)
        previous.at = NULL
        previous.length = 0
        try:
            starts = <npy_intp*>calloc(n + 2, sizeof(npy_intp))
            if starts == NULL:
                raise MemoryError()
            # Counting sort of what goes outward by the row that it goes to; starts[row + 1] is where the next one goes.
            for k in range(self.part_count):
                part = &self.parts[k]
                if part.outward == NULL:
                    most += 1
                    continue
                for p in range(PyArray_SIZE(<ndarray>part.outward)):
                    starts[places(part.outward)[p] + 1] += 1
            starts[1] = 0                   # of what goes nowhere
            for row in range(n):
                listed = max(listed, starts[row + 2])
                starts[row + 2] += starts[row + 1]
            pairs = <Span*>malloc((starts[n + 1] + 1) * sizeof(Span))
            spans = <Span*>malloc((most + listed + 1) * sizeof(Span))
            out = <int32_t*>PyMem_Malloc(capacity * sizeof(int32_t))
            if pairs == NULL or spans == NULL or out == NULL:
                raise MemoryError()
            for k in range(self.part_count):
                part = &self.parts[k]
                if part.outward == NULL:
                    continue
                for p in range(PyArray_SIZE(<ndarray>part.outward)):
                    row = places(part.outward)[p]
                    if row:
                        pairs[starts[row]] = span_of(part, p)
                        starts[row] += 1
            for row in range(n):
                # (starts[row] is the end of the row before by now.)
                count = 0
                total = 0
                for k in range(self.part_count):
                    if self.parts[k].outward == NULL:
                        span = span_of(&self.parts[k], row)
                        if span.length and not (count and spans[count - 1].at == span.at
                                                and spans[count - 1].length == span.length):
                            spans[count] = span
                            count += 1
                            total += span.length
                for p in range(starts[row], starts[row + 1]):
                    span = pairs[p]
                    if span.length and not (count and spans[count - 1].at == span.at
                                            and spans[count - 1].length == span.length):
                        spans[count] = span
                        count += 1
                        total += span.length
                if count == 1 and spans[0].at == previous.at and spans[0].length == previous.length:
                    rows.begin[row] = begin
                    rows.length[row] = previous.length
                    continue
                if count == 1:
                    previous = spans[0]
                else:
                    previous.length = 0
                total = min(total, self.width)
                if used + total > capacity:
                    capacity = max(2 * capacity, used + total)
                    grown = PyMem_Realloc(out, capacity * sizeof(int32_t))
                    if grown == NULL:
                        raise MemoryError(f"no memory for a sparsity pattern of {used + total} entries")
                    out = <int32_t*>grown
                begin = used
                rows.begin[row] = begin
                if count == 0:
                    rows.length[row] = 0
                elif count == 1:
                    memcpy(out + used, spans[0].at, spans[0].length * sizeof(int32_t))
                    rows.length[row] = spans[0].length
                else:
                    rows.length[row] = unite(spans, count, out + used, self.stamp, self.next_stamp(), self.width)
                used += rows.length[row]
                check(used <= capacity and rows.length[row] <= self.width and self.width < 0x7fffffff)
            grown = PyMem_Realloc(out, (used + 1) * sizeof(int32_t))
            pool.indices = <int32_t*>(grown if grown != NULL else out)
            out = NULL
        finally:
            PyMem_Free(out)
            free(starts)
            free(pairs)
            free(spans)
        return rows

    cdef inline int32_t next_stamp(self) noexcept:
        if self.now == 0x7fffffff:
            memset(self.stamp, 0, self.width * sizeof(int32_t))
            self.now = 0
        self.now += 1
        return self.now

    # ---------------------------------------------------------------------------------------------- rows and shapes

    cdef tuple shape_of(self, int32_t node):
        """The shape of a node that depends on the source."""
        cdef PyObject* shape = self.shape[node - self.low]
        return () if shape == NULL else <tuple>shape

    cdef bint depends(self, int32_t node) noexcept:
        return node >= self.low and self.state[node - self.low] & REACHED

    cdef Rows spend(self, int32_t node):
        """An operand's rows, for one of its uses."""
        cdef npy_intp k = node - self.low
        cdef Rows rows = <Rows>self.rows[k]
        self.uses[k] -= 1
        if self.uses[k] == 0:
            self.rows[k] = NULL
            Py_DECREF(rows)
        return rows

    cdef ndarray numbered(self, tuple shape):
        """The numbers from 1, in a shape. Nobody may write to them."""
        cdef npy_intp n = elements(shape)
        if self.numbers is None or PyArray_SIZE(self.numbers) < n:
            self.numbers = numpy.arange(1, n + 1, dtype=np_intp_dtype)
        return self.numbers[:n].reshape(shape)

    cdef ndarray broadcast_map(self, tuple shape, tuple whole):
        return as_map(numpy.broadcast_to(self.numbered(shape), whole))

    cdef Rows grouped(self, Rows rows, ndarray outward, npy_intp groups):
        """The union of the rows of each group."""
        self.add_part(rows, None, outward)
        return self.join(groups)

    # --------------------------------------------------------------------------------------------------- the walk

    cdef bint unites(self, int32_t node) noexcept:
        """Whether a node's rows are the unions of its operands', element by element."""
        cdef Record* r = &self.log.records[node]
        return table[r.op].kind == ELEMENTWISE and not r.flags & ATTRIBUTE

    cdef int call(self, int32_t target) except -1:
        """Going down, mark what the target depends on, and count how often each is used."""
        cdef int32_t node, k
        cdef int32_t pair[2]
        cdef int32_t* operands
        cdef int j, n
        cdef uint8_t* state = self.state
        state[target - self.low] |= NEEDED | WANTED_ROWS
        self.uses[target - self.low] = 1
        for node in range(target, self.low - 1, -1):
            k = node - self.low
            if state[k] & (REACHED | NEEDED | SOURCE) != REACHED | NEEDED:
                continue
            n = operand_nodes(self.log, &self.log.records[node], &operands, pair)
            for j in range(n):
                if self.depends(operands[j]):
                    state[operands[j] - self.low] |= NEEDED if self.unites(node) else NEEDED | WANTED_ROWS
                    self.uses[operands[j] - self.low] += 1
            if self.uses[k] == 1 and not state[k] & WANTED_ROWS:
                n = table[self.log.records[node].op].kind
                if n == ELEMENTWISE or (n == LINEAR and self.selects(node)):
                    state[k] |= INLINE
        return 0

    cdef bint selects(self, int32_t node) noexcept:
        cdef Row* row = &table[self.log.records[node].op]
        return row.selects or table[row.partner].selects

    cdef Rows read(self, int32_t target, Rows identity, tuple shape):
        """The target's rows. `identity` is the source's own, `shape` its shape."""
        cdef int32_t node, k
        self.call(target)
        for node in range(self.low, target + 1):
            k = node - self.low
            if self.state[k] & (REACHED | NEEDED) != REACHED | NEEDED:
                continue
            if self.state[k] & SOURCE:
                self.shape[k] = owned(shape)
                self.rows[k] = owned(identity)
            elif table[self.log.records[node].op].kind == ELEMENTWISE:
                self.read_elementwise(node)
            elif table[self.log.records[node].op].kind == LINEAR:
                self.read_linear(node)
            elif table[self.log.records[node].op].kind == MATMUL:
                self.read_matmul(node)
            elif table[self.log.records[node].op].kind == PROJECTION:
                self.read_projection(node)
            else:
                self.read_general(node)
        return <Rows>self.rows[target - self.low]

    cdef int settle(self, int32_t node) except -1:
        """Give a node its rows: the union of the parts."""
        self.rows[node - self.low] = owned(self.join(elements(self.shape_of(node))))
        return 0

    cdef int push(self, npy_intp count, int32_t node) except -1:
        cdef void* grown
        if count == self.todo_capacity:
            grown = realloc(self.todo, (2 * self.todo_capacity + 64) * sizeof(int32_t))
            if grown == NULL:
                raise MemoryError()
            self.todo = <int32_t*>grown
            self.todo_capacity = 2 * self.todo_capacity + 64
        self.todo[count] = node
        return 0

    cdef int unfold(self, int32_t node) except -1:
        """Add the parts of an elementwise or selecting record: what is INLINE stands for its operands, all the way."""
        cdef npy_intp count = 1
        cdef int32_t pair[2]
        cdef int32_t* operands
        cdef int32_t k
        cdef int j, n
        cdef ndarray map
        self.push(0, node)
        while count:
            count -= 1
            node = self.todo[count]
            k = node - self.low
            n = operand_nodes(self.log, &self.log.records[node], &operands, pair)
            if table[self.log.records[node].op].kind == LINEAR:
                map = None if self.rows[k] == NULL else <ndarray>self.rows[k]
                Py_XDECREF(self.rows[k])
                self.rows[k] = NULL
                if self.state[k] & OUTWARD:
                    self.add_part(self.spend(operands[0]), None, map)
                else:
                    self.add_part(self.spend(operands[0]), map, None)
                continue
            for j in range(n):
                if not self.depends(operands[j]):
                    continue
                if self.state[operands[j] - self.low] & INLINE:
                    self.push(count, operands[j])
                    count += 1
                elif self.shape_of(operands[j]) == self.shape_of(node):
                    self.add_part(self.spend(operands[j]), None, None)
                else:
                    map = self.broadcast_map(self.shape_of(operands[j]), self.shape_of(node))
                    self.add_part(self.spend(operands[j]), map, None)
        return 0

    cdef int read_elementwise(self, int32_t node) except -1:
        cdef Record* r = &self.log.records[node]
        cdef int32_t pair[2]
        cdef int32_t* operands
        cdef int32_t k = node - self.low
        cdef int j, n
        if r.flags & ATTRIBUTE:
            self.shape[k] = owned((<tuple>r.payload.attribute)[3])
        elif not r.flags & SCALAR:
            # Of one shape all, what depends on the source.
            n = operand_nodes(self.log, r, &operands, pair)
            for j in range(n):
                if self.depends(operands[j]) and self.shape[k] == NULL and self.shape[operands[j] - self.low] != NULL:
                    self.shape[k] = owned(<object>self.shape[operands[j] - self.low])
        if not self.state[k] & INLINE:
            self.unfold(node)
            self.settle(node)
        return 0

    cdef int read_linear(self, int32_t node) except -1:
        """A selection is run on numbers: its result says which element came from where, its transpose's which went
        where."""
        cdef Record* r = &self.log.records[node]
        cdef int op = r.op
        cdef int partner = table[op].partner
        cdef int32_t k = node - self.low, operand = r.a
        cdef object attribute = <object>r.payload.attribute
        cdef tuple given = self.shape_of(operand), shape
        cdef npy_intp number
        cdef Rows rows, one
        cdef ndarray map = None
        if table[op].part == PART_SLICE and r.flags & SCALAR:
            number = only_element(given, (<tuple>attribute)[1])
            if number:
                rows = self.spend(operand)
                one = new_rows(1, rows.pool)
                one.begin[0] = rows.begin[number - 1]
                one.length[0] = rows.length[number - 1]
                self.rows[k] = owned(one)
                self.state[k] &= ~INLINE
                return 0
        # (Of zeros with an operand among them the transpose says more: it selects nothing but that.)
        if table[op].selects and not table[op].in_order and table[op].plan != PLAN_PAD:
            map = linear_array(op, self.numbered(given), attribute)
            shape = map.shape
        else:
            shape = linear_array(op, numpy.zeros(given, dtype_objects[self.log.records[operand].dtype]),
                                 attribute).shape
        self.shape[k] = owned(shape)
        if map is not None:
            map = as_map(map)
        elif table[op].in_order:
            pass
        elif table[partner].selects:
            if partner == op:
                attribute = (<tuple>attribute)[::-1]
            map = as_map(linear_array(partner, self.numbered(shape), attribute))
            self.state[k] |= OUTWARD
        else:
            self.add_groups(op, attribute, [operand], (given,), shape)
            self.settle(node)
            return 0
        if map is not None:
            self.rows[k] = owned(map)
        if not self.state[k] & INLINE:
            self.unfold(node)
            self.settle(node)
        return 0

    cdef int read_projection(self, int32_t node) except -1:
        """A record of several outputs has one row, and each element of each output that one."""
        cdef Record* r = &self.log.records[node]
        cdef int32_t whole = r.a
        cdef int k = r.payload.output
        cdef tuple outputs = (<tuple>self.log.records[whole].payload.attribute)[2]
        cdef tuple shape = (<tuple>outputs[k])[0]
        self.shape[node - self.low] = owned(shape)
        self.add_part(self.spend(whole), self.broadcast_map((), shape), None)
        return self.settle(node)

    cdef int read_general(self, int32_t node) except -1:
        cdef Record* r = &self.log.records[node]
        cdef int op = r.op, j
        cdef list operands = [self.log.operands[r.a + j] for j in range(r.b)]
        cdef tuple shapes, shape
        attribute, shapes, result = <tuple>r.payload.attribute
        shape = () if table[op].multiple else result
        self.shape[node - self.low] = owned(shape)
        if table[op].selects:
            self.add_selection(op, attribute, operands, shapes)
        else:
            self.add_groups(op, attribute, operands, shapes, shape)
        return self.settle(node)

    cdef int add_selection(self, int op, object attribute, list operands, tuple shapes) except -1:
        """The operands' elements are numbered through, and the row says which became of them."""
        cdef Pool pool = Pool.__new__(Pool)
        cdef Rows whole, rows
        cdef list arrays = []
        cdef npy_intp count = 0, n, row
        cdef int64_t used = 0
        cdef int32_t node
        cdef list all_rows = [self.spend(node) if self.depends(node) else None for node in operands]
        cdef tuple shape
        for shape in shapes:
            arrays.append(self.numbered(shape) + count)
            count += elements(shape)
        whole = new_rows(count, pool)
        for rows in all_rows:
            for row in range(rows.count if rows is not None else 0):
                used += rows.length[row]
        pool.indices = <int32_t*>PyMem_Malloc((used + 1) * sizeof(int32_t))
        if pool.indices == NULL:
            raise MemoryError(f"no memory for a sparsity pattern of {used} entries")
        used = count = 0
        for shape, rows in zip(shapes, all_rows):
            n = elements(shape)
            for row in range(n):
                whole.begin[count] = used
                whole.length[count] = 0
                if rows is not None:
                    whole.length[count] = rows.length[row]
                    memcpy(pool.indices + used, rows.pool.indices + rows.begin[row], rows.length[row] * sizeof(int32_t))
                used += whole.length[count]
                count += 1
        return self.add_part(whole, as_map((<object>table[op].python)(attribute, *arrays)), None)

    cdef int add_groups(self, int op, object attribute, list operands, tuple shapes, tuple shape) except -1:
        """What a row declares: an element of the result depends on an operand's elements of the same group, or of those
        of several ways to group them."""
        cdef int32_t node
        cdef list groups, made = []
        cdef ndarray outward, inward
        if table[op].depends != NULL:
            groups = list((<object>table[op].depends)(attribute, shapes, shape))
        else:
            groups = [(0, 0)] * len(operands)
        for node, given, ways in zip(operands, shapes, groups):
            if self.depends(node):
                rows = self.spend(node)
                for theirs, ours in ways if type(ways) is list else [ways]:
                    outward = as_map(numpy.broadcast_to(theirs, given) + 1)
                    inward = as_map(numpy.broadcast_to(ours, shape) + 1)
                    n = max([int(map.max(initial=0)) for map in (outward, inward)])
                    made.append((self.grouped(<Rows>rows, outward, n), inward))
        for rows, inward in made:
            self.add_part(<Rows>rows, inward, None)
        return 0

    cdef ndarray matrix_mask(self, int32_t reference, bint transposed):
        """Where a factor that does not depend on the source is not zero in some matrix of its stack; None if nowhere
        zero."""
        cdef object values
        if self.depends(reference):
            return None
        if reference <= FIRST_CONSTANT:
            values = <ndarray>self.log.constants[FIRST_CONSTANT - reference].value.array
        else:
            values = <ndarray>self.log.values[reference].array
        mask = values != 0
        if mask.all():
            return None
        mask = mask.any(axis=tuple(range(mask.ndim - 2)))
        return mask.T if transposed else mask

    cdef tuple factor_shape(self, int32_t reference):
        if self.depends(reference):
            return self.shape_of(reference)
        if reference <= FIRST_CONSTANT:
            return (<ndarray>self.log.constants[FIRST_CONSTANT - reference].value.array).shape
        return (<ndarray>self.log.values[reference].array).shape

    cdef int read_matmul(self, int32_t node) except -1:
        """An element depends on a row of the first factor and a column of the second, but for what the other's zeros
        meet."""
        cdef Record* r = &self.log.records[node]
        cdef int32_t a = r.a, b = r.b
        cdef tuple flags = <tuple>r.payload.attribute
        cdef tuple shape_a = self.factor_shape(a), shape_b = self.factor_shape(b), shape
        cdef int i = -1 if flags[0] else -2, j = -2 if flags[1] else -1
        cdef list made = []
        shape = tuple(numpy.broadcast_shapes(shape_a[:-2], shape_b[:-2])) + (shape_a[i], shape_b[j])
        self.shape[node - self.low] = owned(shape)
        if self.depends(a):
            made.append(self.factor(a, flags[0], self.matrix_mask(b, flags[1]), shape, False))
        if self.depends(b):
            made.append(self.factor(b, not flags[1], self.matrix_mask(a, not flags[0]), shape, True))
        for rows, inward, outward in made:
            self.add_part(<Rows>rows, inward, outward)
        return self.settle(node)

    cdef tuple factor(self, int32_t operand, bint turned, object mask, tuple shape, bint second):
        """What a factor gives to the product: a part, as rows and two maps.

        Seen as the first: the second is that of the transposed product. `turned` says that the factor, so seen, is
        stored transposed; `mask`, where the other one is not zero.
        """
        theirs = self.numbered(self.shape_of(operand))
        result = self.numbered(shape)
        if turned:
            theirs = theirs.swapaxes(-1, -2)
        if second:
            result = result.swapaxes(-1, -2)
        if mask is not None:
            inner, column = mask.nonzero()
            theirs = numpy.broadcast_to(theirs[..., inner], result.shape[:-1] + inner.shape)
            return self.spend(operand), as_map(theirs), as_map(result[..., column])
        # An element depends on a whole line of the factor.
        lines = self.numbered(theirs.shape[:-1] + (1,))
        outward = numpy.broadcast_to(lines, theirs.shape)
        inward = numpy.broadcast_to(lines, result.shape)
        outward = as_map(outward.swapaxes(-1, -2) if turned else outward)
        inward = as_map(inward.swapaxes(-1, -2) if second else inward)
        return self.grouped(self.spend(operand), outward, lines.size), inward, None


def tape_sparsity(Tape tape, target, source):
    """Which elements of a source each element of a target may depend on, from the tape's records: the pattern of the
    Jacobian, as the two index arrays of a CSR matrix, rows sorted."""
    cdef Operand x
    check_recorded(tape)
    x = <Operand>checked_sources([source])[0]
    checked_target(target)
    begin_sweep(tape, [target])
    enter_sweep(tape)
    try:
        return pattern(tape, <Operand>target, x)
    finally:
        leave_sweep(tape)


cdef tuple pattern(Tape tape, Operand y, Operand x):
    cdef Dependence walk = Dependence.__new__(Dependence)
    cdef Sweep marks
    cdef Log* log = tape.log
    cdef Rows rows = None
    cdef Pool pool
    cdef int32_t node, low = 0x7fffffff, high
    cdef bint odd = False, heard = False
    cdef npy_intp i, n
    cdef int64_t entries = 0
    cdef ndarray starts, indices
    cdef int32_t* start
    walk.log = log
    walk.width = 1 if x.scalar else PyArray_SIZE(x.array)
    high = heard_node(log, found_or_taken(log, y), tape.bit)
    node = heard_node(log, found_or_taken(log, x), tape.bit)
    while node >= 0:
        low = node
        node = next_node(log, node, tape.bit)
    n = 1 if y.scalar else PyArray_SIZE(y.array)
    if max(n, walk.width) > 0x7ffffff0:
        raise MemoryError(f"a sparsity pattern has at most 2**31 rows and columns, not {n} and {walk.width}")
    if low <= high:
        walk.low = low
        walk.high = high
        walk.state = <uint8_t*>calloc(high - low + 1, 1)
        walk.uses = <int32_t*>calloc(high - low + 1, sizeof(int32_t))
        walk.rows = <PyObject**>calloc(high - low + 1, sizeof(PyObject*))
        walk.shape = <PyObject**>calloc(high - low + 1, sizeof(PyObject*))
        walk.stamp = <int32_t*>calloc(walk.width + 1, sizeof(int32_t))
        if walk.state == NULL or walk.uses == NULL or walk.rows == NULL or walk.shape == NULL or walk.stamp == NULL:
            raise MemoryError(f"no memory for the sparsity patterns of {high - low + 1} records")
        node = heard_node(log, found_or_taken(log, x), tape.bit)
        while node >= 0:
            if node <= high:
                walk.state[node - low] = REACHED | SOURCE
            node = next_node(log, node, tape.bit)
        memset(&marks, 0, sizeof(Sweep))
        marks.log = log
        marks.low = low
        marks.high = high
        marks.state = walk.state
        mark(&marks, tape.bit, 0, &odd, &heard)
        if walk.state[high - low] & REACHED:
            pool = Pool.__new__(Pool)
            rows = new_rows(walk.width, pool)
            pool.indices = <int32_t*>PyMem_Malloc((walk.width + 1) * sizeof(int32_t))
            if pool.indices == NULL:
                raise MemoryError()
            for i in range(walk.width):
                pool.indices[i] = <int32_t>i
                rows.begin[i] = i
                rows.length[i] = 1
            rows = walk.read(high, rows, () if x.scalar else x.array.shape)
            for i in range(n):
                entries += rows.length[i]
    if entries > 0x7ffffff0:
        raise MemoryError(f"a sparsity pattern has at most 2**31 entries, not {entries}")
    starts = numpy.zeros(n + 1, np_int32)
    indices = numpy.empty(entries, np_int32)
    start = <int32_t*>PyArray_DATA(starts)
    if rows is not None:
        for i in range(n):
            start[i + 1] = start[i] + rows.length[i]
            memcpy(<int32_t*>PyArray_DATA(indices) + start[i], rows.pool.indices + rows.begin[i],
                   rows.length[i] * sizeof(int32_t))
    return starts, indices


# ------------------------------------------------------------------------------------------------------------ colouring

cdef int32_t colour_in_order(const int32_t* start, const int32_t* column, const int32_t* above, const int32_t* row,
                             const uint8_t* repeated, npy_intp n, const npy_intp* order, int32_t* used,
                             int32_t* colours) noexcept nogil:
    """Give each row, in an order, the first colour that no row with a column in common has; returns their number."""
    cdef npy_intp k, i
    cdef int32_t p, q, colour, seen, count = 0
    for i in range(n):
        colours[i] = -1
    for i in range(n + 1):
        used[i] = -1
    for k in range(n):
        i = order[k]
        if start[i] == start[i + 1]:
            continue
        seen = 0
        for p in range(start[i], start[i + 1]):
            if repeated[column[p]]:
                continue
            for q in range(above[column[p]], above[column[p] + 1]):
                colour = colours[row[q]]
                if colour >= 0 and used[colour] != i:
                    used[colour] = <int32_t>i
                    seen += 1
            if seen == count:
                break           # all are taken, whatever the other columns say
        colour = 0
        while used[colour] == i:
            colour += 1
        colours[i] = colour
        if colour >= count:
            count = colour + 1
    return count


def transposed_pattern(ndarray starts, ndarray columns, npy_intp width):
    """The index arrays of the transpose of a pattern with `width` columns: for each column its rows, in order."""
    cdef npy_intp n = PyArray_SIZE(starts) - 1, i, c
    cdef const int32_t* start = <int32_t*>PyArray_DATA(starts)
    cdef const int32_t* column = <int32_t*>PyArray_DATA(columns)
    cdef ndarray column_starts = numpy.zeros(width + 1, np_int32), rows = numpy.empty(PyArray_SIZE(columns), np_int32)
    cdef int32_t* above = <int32_t*>PyArray_DATA(column_starts)
    cdef int32_t* row = <int32_t*>PyArray_DATA(rows)
    cdef int32_t p
    for p in range(start[n]):
        above[column[p] + 1] += 1
    for c in range(width):
        above[c + 1] += above[c]
    for i in range(n):
        for p in range(start[i], start[i + 1]):
            row[above[column[p]]] = <int32_t>i
            above[column[p]] += 1
    # Each has moved to where the next one begins.
    for c in range(width, 0, -1):
        above[c] = above[c - 1]
    above[0] = 0
    return column_starts, rows


def colour_rows(ndarray starts, ndarray columns, ndarray column_starts, ndarray rows):
    """Colours for the rows of a pattern, such that no two rows of one colour have a column in common, and their number;
    -1 for an empty row. The pattern is given with its transpose; given the other way round, its columns are coloured.

    Greedy, in the given order and, unless that is as good as can be, from the row with the most neighbours on.
    """
    cdef npy_intp n = PyArray_SIZE(starts) - 1, width = PyArray_SIZE(column_starts) - 1, i, c, filled = 0
    cdef const int32_t* start = <int32_t*>PyArray_DATA(starts)
    cdef const int32_t* column = <int32_t*>PyArray_DATA(columns)
    cdef const int32_t* above = <int32_t*>PyArray_DATA(column_starts)
    cdef const int32_t* row = <int32_t*>PyArray_DATA(rows)
    cdef ndarray colours = numpy.empty(n, np_int32), others, used = numpy.empty(n + 1, np_int32)
    cdef ndarray repeats = numpy.zeros(width, numpy.uint8), neighbours, order = numpy.arange(n, dtype=np_intp_dtype)
    cdef uint8_t* repeated = <uint8_t*>PyArray_DATA(repeats)
    cdef int32_t p, size, tallest = 0, count = 0, again
    for i in range(n):
        filled += start[i + 1] > start[i]
    # A column with the rows of the one before says nothing new: dense blocks then cost no more than their outline.
    for c in range(width):
        size = above[c + 1] - above[c]
        tallest = max(tallest, size)
        if c and size and size == above[c] - above[c - 1]:
            repeated[c] = memcmp(row + above[c], row + above[c - 1], size * sizeof(int32_t)) == 0
    if tallest == filled:
        for i in range(n):
            (<int32_t*>PyArray_DATA(colours))[i] = count if start[i + 1] > start[i] else -1
            count += start[i + 1] > start[i]
        return colours, count
    count = colour_in_order(start, column, above, row, repeated, n, <npy_intp*>PyArray_DATA(order),
                            <int32_t*>PyArray_DATA(used), <int32_t*>PyArray_DATA(colours))
    if count == tallest:
        return colours, count
    neighbours = numpy.zeros(n, np_int64)
    for i in range(n):
        for p in range(start[i], start[i + 1]):
            (<int64_t*>PyArray_DATA(neighbours))[i] -= above[column[p] + 1] - above[column[p]]
    order = neighbours.argsort(kind="stable").astype(np_intp_dtype)
    others = numpy.empty(n, np_int32)
    again = colour_in_order(start, column, above, row, repeated, n, <npy_intp*>PyArray_DATA(order),
                            <int32_t*>PyArray_DATA(used), <int32_t*>PyArray_DATA(others))
    return (others, again) if again < count else (colours, count)
