# Dissolving: small arrays of a program as numbers (scalar replacement).
#
# Arrays of a few elements that are cut up, put together and computed with cost a step of a plan each time, and numbers
# an instruction. So every element becomes a node of its own. Elementwise ops are repeated; what selects elements is run
# once on their numbers and leaves nothing; sums become additions, in the order of the loops over arrays. What is only
# elsewhere an array is read from memory element by element (`element`), or put into memory (`elements`). Products stay:
# BLAS rounds most of even the smallest in another way than numbers would.
#
# A plan is made of a program of which those parts are dissolved where that is cheaper. A loop's body is dissolved as a
# whole or not at all: its inputs and outputs are numbers then, too.

cdef enum:
    MOST_PICKED = 1024          # of one of which elements are picked

cdef enum Dissolved:
    STAYS
    SAME                        # the operand's elements one by one
    PICKED                      # the operands' elements, or zeros
    REPEATED                    # an op on numbers for each element
    ADDED_UP
    MULTIPLIED

# What things cost, in nanoseconds: roughly, for what is measured in steps of 10 and 100.
cdef enum:
    COST_OF_COPY = 60           # a step of its own that moves elements
    COST_OF_CALL = 400          # one that calls Python
    COST_IN_LINE = 12           # an instruction of a line over few elements
    COST_OF_NUMBER = 1          # an instruction on a number, within a row of them
    COST_OF_ROUND = 3           # and of the first of these
    COST_OF_LOOP = 14           # a loop over one element
    COST_OF_STORE = 12


cdef inline bint hands_on(ProgramCore p, int32_t node, int32_t first) noexcept:
    """Whether a node's value is its first operand as it stands: the row says so, and the two are alike."""
    return (table[p.records[node].op].passes_on and p.records[node].dtype == p.records[first].dtype
            and p.records[node].shape == p.records[first].shape)


cdef inline bint of_numbers(int dtype) noexcept:
    """Whether a dtype's values are kept in registers."""
    return dtype == NPY_DOUBLE or dtype == NPY_FLOAT or dtype == NPY_BOOL


cdef inline bint adds(const Row* row) noexcept:
    """Whether a row's value is -0.0 only where both operands are, each of which is neutral."""
    return row.has_neutral == 3 and same_bits(row.neutral[0], -0.0) and same_bits(row.neutral[1], -0.0)


cdef int number_cost(int op, int dtype) except -1:
    """What an elementwise op on an element of arrays of a dtype costs; 0 where it cannot be had."""
    cdef Row* row = &table[op]
    cdef int total = 0, k, one
    if not is_up(&row.ready):
        prepare(op)
    if row.exact and row.on_scalars:
        return COST_OF_NUMBER
    if row.formula != NULL:
        for k in range(row.formula.instructions):
            one = number_cost(row.formula.code[k].op, dtype)
            if one == 0:
                return 0
            total += one
        return total
    if row.loop[dtype] == NULL or row.out_type[dtype] != (NPY_BOOL if row.boolean else dtype):
        return 0
    return COST_OF_LOOP


@cython.final
cdef class Dissolving:
    """A program on its way to one of numbers."""
    cdef ProgramCore p
    cdef ProgramCore to
    cdef bint whole                 # every array is dissolved
    cdef int64_t* sizes             # by the number of a shape: elements
    cdef uint8_t* how               # of a node: of Dissolved
    cdef int32_t* parent            # of a node: another one of its component, or itself
    cdef double* gain               # of a component, at its root
    cdef int32_t* at                # of a node: its node in the other program; or -1
    cdef int64_t* first             # of a node: where the nodes of its elements stand in `wires`; or -1
    cdef int32_t* wires
    cdef int64_t wire_count
    cdef int64_t wire_room
    cdef uint8_t* signed            # of the other program's nodes: it may be -0.0
    cdef int32_t signed_room
    cdef int32_t[32] zeros          # by dtype: the node of zero; or -1
    cdef dict places                # by op, attribute and operands' shapes: which elements are picked

    def __cinit__(self, ProgramCore p, bint whole):
        cdef size_t n = <size_t>p.count + 1
        cdef int32_t k
        self.p = p
        self.to = program_like(p)
        self.whole = whole
        self.places = {}
        self.sizes = <int64_t*>calloc(p.shapes.count + 1, sizeof(int64_t))
        self.how = <uint8_t*>calloc(n, 1)
        self.parent = <int32_t*>malloc(n * sizeof(int32_t))
        self.gain = <double*>calloc(n, sizeof(double))
        self.at = <int32_t*>malloc(n * sizeof(int32_t))
        self.first = <int64_t*>malloc(n * sizeof(int64_t))
        if (self.sizes == NULL or self.how == NULL or self.parent == NULL or self.gain == NULL or self.at == NULL
                or self.first == NULL):
            raise MemoryError()
        for k in range(p.shapes.count):
            self.sizes[k] = elements(p.shapes.shape(k))
        for k in range(p.count):
            self.parent[k] = k
            self.at[k] = -1
            self.first[k] = -1
        for k in range(32):
            self.zeros[k] = -1

    def __dealloc__(self):
        free(self.sizes)
        free(self.how)
        free(self.parent)
        free(self.gain)
        free(self.at)
        free(self.first)
        free(self.wires)
        free(self.signed)

    cdef inline int64_t size(self, int32_t node) noexcept:
        return self.sizes[self.p.records[node].shape]

    cdef inline bint is_number(self, int32_t node) noexcept:
        return self.p.records[node].flags & SCALAR != 0

    # ---------------------------------------------------------------------------------------------- what may dissolve

    cdef int could(self, int32_t node) except -1:
        """How a record would be dissolved, of Dissolved. Those of numbers stay as they are."""
        cdef ProgramCore p = self.p
        cdef Record* r = &p.records[node]
        cdef Row* row = &table[r.op]
        cdef int32_t pair[2]
        cdef int32_t* nodes
        cdef int k, n
        cdef bint alike = True, few = True
        if not computes(r) or r.flags & (HOLES | KEPT) or not of_numbers(r.dtype):
            return STAYS
        if r.flags & SCALAR and row.kind == ELEMENTWISE and not self.whole:
            return STAYS
        n = p.nodes_of(node, &nodes, pair)
        if n == 0 or (not self.whole and (self.size(node) > FEW or self.size(node) == 0)):
            return STAYS
        for k in range(n):
            if not of_numbers(p.records[nodes[k]].dtype):
                return STAYS
            alike = alike and p.records[nodes[k]].dtype == r.dtype
            few = few and (self.whole or self.size(nodes[k]) <= FEW)
        if row.kind == ELEMENTWISE:
            if self.is_number(node) and not self.whole:
                return STAYS
            if row.passes_on:
                return SAME if hands_on(p, node, nodes[0]) else STAYS
            return REPEATED if self.repeats(node, nodes, n) else STAYS
        if row.kind == LINEAR:
            if row.plan == PLAN_CAST:
                return STAYS if self.is_number(node) and not self.whole else REPEATED
            if not alike:
                return STAYS
            if row.selects:
                if row.in_order and few:
                    return SAME
                return PICKED if self.whole or self.size(nodes[0]) <= MOST_PICKED else STAYS
            if not few or r.dtype == NPY_BOOL:
                return STAYS
            return ADDED_UP if row.plan == PLAN_SUM or (self.whole and table[row.partner].selects) else STAYS
        if row.kind == MATMUL:
            return MULTIPLIED if self.whole and alike else STAYS
        if row.kind == GENERAL and row.selects and row.python != NULL and alike and few:
            return PICKED
        return STAYS

    cdef bint repeats(self, int32_t node, const int32_t* nodes, int n) except -1:
        """Whether an elementwise record of arrays can be computed number by number, to the same bits."""
        cdef ProgramCore p = self.p
        cdef Row* row = &table[p.records[node].op]
        cdef int k, code = p.records[nodes[n - 1]].dtype, dtype = p.records[node].dtype
        if not is_up(&row.ready):
            prepare(p.records[node].op)
        if n != row.arity or code == NPY_BOOL or dtype != (NPY_BOOL if row.boolean else code):
            return False
        for k in range(n):
            if p.records[nodes[k]].dtype != code and not (k == 0 and row.condition
                                                          and p.records[nodes[k]].dtype == NPY_BOOL):
                return False
        return row.on_scalars if self.is_number(node) else number_cost(p.records[node].op, code) > 0

    cdef int32_t root(self, int32_t node) noexcept:
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    cdef double saved(self, int32_t node, const int32_t* nodes, int n) noexcept:
        """What is saved by dissolving a record, but for what lies between it and memory."""
        cdef Record* r = &self.p.records[node]
        cdef Row* row = &table[r.op]
        cdef double count = self.size(node)
        cdef int how = self.how[node], each
        if how == REPEATED:
            each = COST_OF_NUMBER if row.kind == LINEAR else number_cost(r.op, self.p.records[nodes[n - 1]].dtype)
            return (COST_IN_LINE if row.formula == NULL else COST_IN_LINE * row.formula.code_room) - each * count - (
                COST_OF_ROUND if each == COST_OF_NUMBER else 0)
        if how == ADDED_UP:
            return (COST_IN_LINE if self.is_number(node) else COST_OF_COPY) - COST_OF_NUMBER * self.size(nodes[0])
        if row.plan == PLAN_VIEW:
            return COST_OF_COPY if self.is_number(node) and not self.is_number(nodes[0]) else 0.0
        if row.plan == PLAN_PAD:
            return COST_OF_COPY
        if row.kind == ELEMENTWISE:
            return 0.0
        return COST_OF_CALL if row.kernel == NULL else COST_OF_COPY

    cdef bint decide(self) except -1:
        """Say which records dissolve; whether any does."""
        cdef ProgramCore p = self.p
        cdef int32_t i
        cdef int32_t pair[2]
        cdef int32_t* nodes
        cdef int k, n
        cdef int32_t a, b
        cdef bint some = False
        for i in range(p.count):
            if p.records[i].flags & SCALAR and table[p.records[i].op].kind == ELEMENTWISE:
                continue                # a number, which stays one
            self.how[i] = <uint8_t>self.could(i)
            if self.how[i] == STAYS:
                continue
            some = True
            n = p.nodes_of(i, &nodes, pair)
            for k in range(n):
                if self.how[nodes[k]] != STAYS and not self.is_number(nodes[k]):
                    a = self.root(i)
                    b = self.root(nodes[k])
                    self.parent[a if a > b else b] = a if a < b else b
        if not some:
            return False
        for i in range(p.count):
            n = p.nodes_of(i, &nodes, pair)
            if self.how[i] != STAYS:
                a = self.root(i)
                self.gain[a] += self.saved(i, nodes, n)
                for k in range(n):      # what comes from memory
                    if self.how[nodes[k]] == STAYS and not self.is_number(nodes[k]) and not is_plain(
                            &p.records[nodes[k]]):
                        self.gain[a] -= COST_OF_NUMBER * (
                            self.size(i) if self.how[i] == PICKED else self.size(nodes[k]))
            else:
                for k in range(n):
                    self.charge_store(nodes[k])
        for node in p.outputs:
            self.charge_store(node)
        for _, node in p.assigned:
            self.charge_store(node)
        some = False
        for i in range(p.count):
            if self.how[i] != STAYS:
                if self.gain[self.root(i)] > 0:
                    some = True
                else:
                    self.how[i] = STAYS
        return some

    cdef int charge_store(self, int32_t node) noexcept:
        """A node is read as an array."""
        if self.how[node] != STAYS and not self.is_number(node) and self.first[node] < 0:
            self.first[node] = 0        # (once)
            self.gain[self.root(node)] -= COST_OF_STORE + COST_OF_NUMBER * self.size(node)
        return 0

    # ------------------------------------------------------------------------------------------------------- numbers

    cdef int64_t room(self, int64_t count) except -1:
        """Room for so many wires; where they begin."""
        cdef int64_t at = self.wire_count, wanted
        cdef void* grown
        if at + count > self.wire_room:
            wanted = 2 * (at + count) + 64
            grown = realloc(self.wires, <size_t>wanted * sizeof(int32_t))
            if grown == NULL:
                raise MemoryError()
            self.wires = <int32_t*>grown
            self.wire_room = wanted
        self.wire_count += count
        return at

    cdef int32_t note(self, int32_t node, bint signed_) except -1:
        """A node of the other program that may be -0.0, or not."""
        cdef void* grown
        cdef int32_t wanted
        if node >= self.signed_room:
            wanted = more_room(self.signed_room, <int64_t>node + 64)
            grown = realloc(self.signed, <size_t>wanted)
            if grown == NULL:
                raise MemoryError()
            self.signed = <uint8_t*>grown
            memset(self.signed + self.signed_room, 1, wanted - self.signed_room)
            self.signed_room = wanted
        self.signed[node] = signed_
        return node

    cdef inline bint may_be_signed(self, int32_t node) noexcept:
        return node >= self.signed_room or self.signed[node]

    cdef int32_t constant(self, double value, int dtype) except -1:
        if same_bits(value, 0.0):
            if self.zeros[dtype] < 0:
                self.zeros[dtype] = self.note(self.to.append_constant(new_scalar(0.0, dtype)), False)
            return self.zeros[dtype]
        return self.to.append_constant(new_scalar(value, dtype))

    cdef int32_t number(self, int op, int dtype, const int32_t* nodes, int n, object attribute,
                        bint of_array) except -1:
        """One op on numbers; where an operand is neutral, the other one. x + 0.0 is x if x is not -0.0."""
        cdef Row* row = &table[op]
        cdef int32_t node
        cdef int k
        if n == 2 and row.has_neutral:
            for k in range(2):
                if (self.to.records[nodes[1 - k]].dtype == dtype
                    and ((row.has_neutral >> k & 1 and is_number(self.to, nodes[k], row.neutral[k]))
                         or (adds(row) and not self.may_be_signed(nodes[1 - k])
                             and nodes[k] == self.zeros[dtype]))):
                    return nodes[1 - k]
        node = self.to.append(op, dtype, (), nodes, n, attribute)
        if of_array:
            self.to.records[node].flags |= OF_ARRAY
        elif n == 2 and adds(row) and not (self.may_be_signed(nodes[0]) and self.may_be_signed(nodes[1])):
            self.note(node, False)
        return node

    cdef int32_t plus(self, int dtype, int32_t a, int32_t b) except -1:
        cdef int32_t pair[2]
        pair[0] = a
        pair[1] = b
        return self.number(OP_ADD, dtype, pair, 2, None, False)

    cdef int32_t element(self, int32_t array, int64_t number) except -1:
        """An element of an array in memory."""
        cdef int32_t node = self.to.append(OP_ELEMENT, self.to.records[array].dtype, (), &array, 1, None)
        self.to.records[node].payload.output = <int32_t>number
        return node

    cdef int64_t numbers_of(self, int32_t node) except -1:
        """Where the nodes of a value's elements stand."""
        cdef int64_t at, k, size = self.size(node)
        cdef int32_t array
        cdef int dtype = self.p.records[node].dtype
        if self.first[node] >= 0:
            return self.first[node]
        at = self.room(size)
        if self.is_number(node):
            self.wires[at] = self.array_of(node)
        elif is_plain(&self.p.records[node]):
            for k, value in enumerate(array_of(self.p.constant(node)).reshape(-1)):
                array = self.constant(float(value), dtype)
                self.wires[at + k] = array
        else:
            array = self.array_of(node)
            for k in range(size):
                self.wires[at + k] = self.element(array, k)
        self.first[node] = at
        return at

    cdef int32_t array_of(self, int32_t node) except -1:
        """The node of a value as one."""
        cdef Record* r = &self.p.records[node]
        if self.at[node] < 0:
            if is_constant(r):
                self.at[node] = copy_record(self.p, node, self.to, self.at)
            elif self.is_number(node):
                self.at[node] = self.wires[self.first[node]]
            else:
                self.at[node] = self.to.append(OP_ELEMENTS, r.dtype, self.p.shape(node), self.wires + self.first[node],
                                               <int>self.size(node), None)
        return self.at[node]

    # ------------------------------------------------------------------------------------------------- record by record

    cdef ndarray picked(self, int32_t node, const int32_t* nodes, int n):
        """For each element of a selection the number of the operands' element that it is, from 1 on; 0 is a zero."""
        cdef ProgramCore p = self.p
        cdef Record* r = &p.records[node]
        cdef object attribute = p.attribute(node), shapes
        cdef int k
        cdef int64_t total = 1
        shapes = p.records[nodes[0]].shape if n == 1 else tuple([p.records[nodes[k]].shape for k in range(n)])
        key = (r.op, id(attribute), shapes)     # (the program holds the attribute meanwhile)
        found = self.places.get(key)
        if found is None:
            numbered = []
            for k in range(n):
                numbered.append(numpy.arange(total, total + self.size(nodes[k])).reshape(p.shape(nodes[k])))
                total += self.size(nodes[k])
            if table[r.op].kind == LINEAR:
                found = linear_array(r.op, numbered[0], attribute)
            else:
                found = (<object>table[r.op].python)(attribute, *numbered)
            found = numpy.ascontiguousarray(found, numpy.int64).reshape(-1)
            self.places[key] = found
        return <ndarray>found

    cdef int64_t pick(self, int32_t node, const int32_t* nodes, int n) except -1:
        cdef ProgramCore p = self.p
        cdef ndarray places = self.picked(node, nodes, n)
        cdef const int64_t* place = <const int64_t*>PyArray_DATA(places)
        cdef int64_t size = self.size(node), k, j, at
        cdef int32_t one, which, array = -1
        cdef int dtype = p.records[node].dtype
        if PyArray_SIZE(places) != size:
            raise ValueError(f"{op_label(p.records[node].op)} selects {PyArray_SIZE(places)} elements for a value of "
                             f"{size}")
        # Of an array in memory only the elements that are wanted.
        if n == 1 and self.at[nodes[0]] >= 0 and self.first[nodes[0]] < 0 and not self.is_number(nodes[0]):
            array = self.at[nodes[0]]
        else:
            for which in range(n):
                self.numbers_of(nodes[which])
        at = self.room(size)
        for k in range(size):
            j = place[k]
            if j == 0:
                one = self.constant(0.0, dtype)
            elif array >= 0:
                one = self.element(array, j - 1)
            else:
                which = 0
                j -= 1
                while j >= self.size(nodes[which]):
                    j -= self.size(nodes[which])
                    which += 1
                one = self.wires[self.first[nodes[which]] + j]
            self.wires[at + k] = one
        return at

    cdef int32_t computed(self, int op, const int32_t* nodes, int n, int code) except -1:
        """An elementwise op on an element of arrays of a dtype: as a line has it (line.pxi), to the bits."""
        cdef Row* row = &table[op]
        cdef int dtype = NPY_BOOL if row.boolean else code, i, k
        cdef const Program* f = row.formula
        cdef const Instruction* instruction
        cdef int32_t registers[MOST_REGISTERS]
        cdef int32_t inputs[MOST_INPUTS]
        cdef int32_t one
        if row.exact or f == NULL:
            return self.number(op, dtype, nodes, n, None, not row.exact)
        for k in range(n):
            registers[k] = nodes[k]
        for k in range(f.constants):
            one = self.constant(rounded(f.constant[k], code), code)
            registers[f.inputs + k] = one
        for i in range(f.instructions):
            instruction = &f.code[i]
            n = 0
            for k in range(MOST_INPUTS):
                if instruction.inputs[k] >= 0:
                    inputs[n] = registers[instruction.inputs[k]]
                    n += 1
            one = self.computed(instruction.op, inputs, n, code)
            registers[instruction.out] = one
        return registers[f.result]

    cdef int64_t repeat(self, int32_t node, const int32_t* nodes, int n) except -1:
        """An op for each element of operands that broadcast."""
        cdef ProgramCore p = self.p
        cdef Record* r = &p.records[node]
        cdef Row* row = &table[r.op]
        cdef tuple shape = p.shape(node), other
        cdef int nd = <int>len(shape), k, d, lead
        cdef int64_t strides[MOST_INPUTS][MOST_DIMS]
        cdef int64_t dims[MOST_DIMS]
        cdef int64_t index[MOST_DIMS]
        cdef int64_t at_operand[MOST_INPUTS]
        cdef int64_t step, size = self.size(node), i, at
        cdef int32_t few[MOST_INPUTS]
        cdef int32_t one
        cdef object attribute = p.attribute(node)
        for d in range(nd):
            dims[d] = shape[d]
            index[d] = 0
        for k in range(n):
            self.numbers_of(nodes[k])
            at_operand[k] = 0
            other = p.shape(nodes[k])
            lead = nd - <int>len(other)
            step = 1
            for d in range(nd - 1, -1, -1):
                strides[k][d] = 0
                if d >= lead and other[d - lead] != 1:
                    strides[k][d] = step
                    step *= <int64_t>other[d - lead]
        at = self.room(size)
        for i in range(size):
            for k in range(n):
                few[k] = self.wires[self.first[nodes[k]] + at_operand[k]]
            if row.kind == ELEMENTWISE and nd:
                one = self.computed(r.op, few, n, p.records[nodes[n - 1]].dtype)
            else:
                one = self.number(r.op, r.dtype, few, n, attribute, False)
            self.wires[at + i] = one
            d = nd - 1
            while d >= 0:
                index[d] += 1
                for k in range(n):
                    at_operand[k] += strides[k][d]
                if index[d] < dims[d]:
                    break
                for k in range(n):
                    at_operand[k] -= strides[k][d] * dims[d]
                index[d] = 0
                d -= 1
        return at

    cdef int32_t run_of(self, int dtype, int64_t from_, int64_t stride, int64_t n) except -1:
        """The sum of a run of elements, in the order of NumPy's loop: that of a run of few."""
        cdef int32_t partial[8]
        cdef int64_t i, k
        cdef int32_t total
        if n < 8:
            total = self.wires[from_]
            for i in range(1, n):
                total = self.plus(dtype, total, self.wires[from_ + i * stride])
            return total
        for k in range(8):
            partial[k] = self.wires[from_ + k * stride]
        i = 8
        while i < n - n % 8:
            for k in range(8):
                partial[k] = self.plus(dtype, partial[k], self.wires[from_ + (i + k) * stride])
            i += 8
        for k in range(4):
            partial[k] = self.plus(dtype, partial[2 * k], partial[2 * k + 1])
        total = self.plus(dtype, self.plus(dtype, partial[0], partial[1]), self.plus(dtype, partial[2], partial[3]))
        while i < n:
            total = self.plus(dtype, total, self.wires[from_ + i * stride])
            i += 1
        return total

    cdef int64_t add_up(self, int32_t node, int32_t of) except -1:
        """A sum, in the order in which the loop over arrays adds (engine.pxi)."""
        cdef ProgramCore p = self.p
        cdef int dtype = p.records[node].dtype, d, inner, n
        cdef tuple shape = p.shape(of), middle = <tuple>(<tuple>p.attribute(node))[1]
        cdef Operands o
        cdef npy_intp kept[MOST_DIMS]
        cdef npy_intp index[MOST_DIMS]
        cdef int64_t size = self.size(node), at, from_, to, k
        cdef npy_intp step = 1, result = 1
        cdef int32_t one
        from_ = self.numbers_of(of)
        if shape == p.shape(node):      # (nothing is added, not even to a zero)
            return from_
        at = self.room(size)
        if size == 0:
            return at
        one = self.constant(0.0, dtype)
        for k in range(size):
            self.wires[at + k] = one
        if self.size(of) == 0:
            return at
        o.count = 3
        o.nd = <int>len(shape)
        for d in range(o.nd - 1, -1, -1):
            o.dims[d] = shape[d]
            kept[d] = middle[d]
            o.strides[0][d] = o.strides[2][d] = 0 if kept[d] == 1 else result
            o.strides[1][d] = step
            result *= kept[d]
            step *= o.dims[d]
        join_sum(&o, kept)
        inner = inner_dimension(&o)
        for d in range(o.nd):
            index[d] = 0
        to = at
        while True:
            n = <int>o.dims[inner]
            if o.strides[0][inner] == 0:
                one = self.run_of(dtype, from_, o.strides[1][inner], n)
                one = self.plus(dtype, self.wires[to], one)
                self.wires[to] = one
            else:
                for k in range(n):
                    one = self.plus(dtype, self.wires[to + k * o.strides[0][inner]],
                                    self.wires[from_ + k * o.strides[1][inner]])
                    self.wires[to + k * o.strides[0][inner]] = one
            d = o.nd - 1
            while d >= 0:
                if d != inner:
                    index[d] += 1
                    to += o.strides[0][d]
                    from_ += o.strides[1][d]
                    if index[d] < o.dims[d]:
                        break
                    to -= o.strides[0][d] * o.dims[d]
                    from_ -= o.strides[1][d] * o.dims[d]
                    index[d] = 0
                d -= 1
            if d < 0:
                return at

    cdef int64_t put_back(self, int32_t node, int32_t of) except -1:
        """The transpose of a selection: each element goes to where that one took it from."""
        cdef ProgramCore p = self.p
        cdef int op = p.records[node].op, partner = table[op].partner, dtype = p.records[node].dtype
        cdef object attribute = p.attribute(node)
        cdef tuple shape = p.shape(node)
        cdef int64_t size = self.size(node), k, at
        cdef ndarray places
        cdef const int64_t* place
        cdef int32_t one
        if partner == op:
            attribute = (<tuple>attribute)[::-1]
        places = numpy.ascontiguousarray(
            linear_array(partner, numpy.arange(1, size + 1).reshape(shape), attribute), numpy.int64).reshape(-1)
        place = <const int64_t*>PyArray_DATA(places)
        self.numbers_of(of)
        at = self.room(size)
        for k in range(size):
            self.wires[at + k] = -1
        for k in range(PyArray_SIZE(places)):
            if place[k]:
                one = self.wires[self.first[of] + k]
                if self.wires[at + place[k] - 1] >= 0:
                    one = self.plus(dtype, self.wires[at + place[k] - 1], one)
                self.wires[at + place[k] - 1] = one
        for k in range(size):
            if self.wires[at + k] < 0:
                one = self.constant(0.0, dtype)
                self.wires[at + k] = one
        return at

    cdef int64_t multiply(self, int32_t node, int32_t a, int32_t b, int64_t most) except -2:
        """A product of two matrices or vectors; -1 where it is of another kind, or too large."""
        cdef ProgramCore p = self.p
        cdef tuple flags = <tuple>p.attribute(node), da = p.shape(a), db = p.shape(b)
        cdef int dtype = p.records[node].dtype
        cdef bint ta = flags[0] and len(da) == 2, tb = flags[1] and len(db) == 2
        cdef int64_t rows, inner, columns, i, j, k, at
        cdef int64_t step_a, step_b
        cdef int32_t pair[2]
        cdef int32_t term, total
        if len(da) > 2 or len(db) > 2:
            return -1
        rows = 1 if len(da) == 1 else (da[1] if ta else da[0])
        inner = da[0] if len(da) == 1 or ta else da[1]
        columns = 1 if len(db) == 1 else (db[0] if tb else db[1])
        if rows * inner * columns > most:
            return -1
        self.numbers_of(a)
        self.numbers_of(b)
        at = self.room(rows * columns)
        for i in range(rows):
            for j in range(columns):
                total = -1
                for k in range(inner):
                    pair[0] = self.wires[self.first[a] + (k * rows + i if ta else i * inner + k)]
                    pair[1] = self.wires[self.first[b] + (j * inner + k if tb else k * columns + j)]
                    term = self.number(OP_MULTIPLY, dtype, pair, 2, None, False)
                    total = term if total < 0 else self.plus(dtype, total, term)
                if total < 0:
                    total = self.constant(0.0, dtype)
                self.wires[at + i * columns + j] = total
        return at

    cdef int64_t dissolve(self, int32_t node, int64_t most) except -2:
        """One record, as numbers; where its elements stand, or -1."""
        cdef int32_t pair[2]
        cdef int32_t* nodes
        cdef int n = self.p.nodes_of(node, &nodes, pair), how = self.how[node]
        if how == SAME:
            return self.numbers_of(nodes[0])
        if how == PICKED:
            return self.pick(node, nodes, n)
        if how == REPEATED:
            return self.repeat(node, nodes, n)
        if how == MULTIPLIED:
            return self.multiply(node, nodes[0], nodes[1], most)
        if table[self.p.records[node].op].plan == PLAN_SUM:
            return self.add_up(node, nodes[0])
        return self.put_back(node, nodes[0])


cdef inline bint is_plain(const Record* r) noexcept:
    """Whether a record is a constant that nobody writes to."""
    return is_constant(r) and not r.flags & ATTRIBUTE


cdef ProgramCore dissolved(ProgramCore p):
    """A program with small arrays dissolved, where that is cheaper; else the program itself. The places of its guards
    are the numbers that they have here."""
    cdef Dissolving d = Dissolving.__new__(Dissolving, p, False)
    cdef dict looks = {}
    cdef int32_t i, given = p.input_count + <int32_t>len(p.variables)
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n
    if not d.decide():
        return p
    for i in range(p.count):
        d.first[i] = -1
    for i in range(p.count):
        if i >= given and is_plain(&p.records[i]):
            continue                    # where it is read
        if d.how[i] != STAYS:
            d.first[i] = d.dissolve(i, 0)
            continue
        n = p.nodes_of(i, &nodes, pair)
        for k in range(n):
            d.array_of(nodes[k])
        d.at[i] = copy_record(p, i, d.to, d.at)
        if is_guard(&p.records[i]):
            looks[d.at[i]] = i
    d.to.set_ends(p.input_count, p.variables, [d.array_of(node) for node in p.outputs],
                  [(which, d.array_of(node)) for which, node in p.assigned],
                  [(d.at[node], tensor) for node, tensor in p.captures if d.at[node] >= 0], looks)
    compact(d.to)
    return d.to


def by_elements(ProgramCore p, int64_t most):
    """A closed program of floats as one of numbers, whose inputs and outputs are the elements; None where it has
    records of another kind, or would have more than so many."""
    cdef Dissolving d
    cdef int32_t i
    cdef int64_t k, at
    cdef int32_t one
    cdef list ends = []
    if p.variables or p.captures or p.places:
        return None
    d = Dissolving.__new__(Dissolving, p, True)
    for i in range(p.count):
        if not of_numbers(p.records[i].dtype) or d.to.count + d.size(i) > most:
            return None
        if is_plain(&p.records[i]):
            continue
        if is_input(&p.records[i]):
            at = d.room(d.size(i))
            for k in range(d.size(i)):
                one = d.to.append(OP_INPUT, p.records[i].dtype, (), NULL, 0, None)
                d.wires[at + k] = one
        else:
            d.how[i] = <uint8_t>d.could(i)
            at = -1 if d.how[i] == STAYS else d.dissolve(i, most)
        if at < 0:
            return None
        d.first[i] = at
    for node in p.outputs:
        at = d.numbers_of(node)
        ends += [d.wires[at + k] for k in range(d.size(node))]
    d.to.set_ends(sum([d.size(i) for i in range(p.input_count)]), [], ends, [], [], {})
    return d.to
