# A program: a log that was frozen. Records as on a tape, renumbered; nothing of tapes is left in them.
#
# Node i is record i, as on a log. Arguments come first, then everything in the order in which it was computed. Instead
# of listeners a record has the number of its shape; every operand is a node, constants among them. Passes (passes.pxi)
# rewrite a program, a plan (plan.pxi) lays it out in memory, replay.pxi runs it; whatever else is made of a program,
# its derivative say, is made by applying its records once more, to tensors, while a trace listens.

cdef enum:
    HOLES = 32      # Record.flags: the attributes have holes, which operands behind the op's own fill
    CAPTURED = 64   # a constant that was somebody's tensor, who may have a tape follow it: its value is nothing to
                    # count on
    KEPT = 128      # run even if nobody reads the result: it may raise an error, or prints


@cython.final
cdef class Hole:
    """In a record's attributes: the place of a value that is read when the program runs."""
    cdef readonly int operand

    def __cinit__(self, int operand):
        self.operand = operand

    def __repr__(self):
        return f"Hole({self.operand})"

    def __eq__(self, other):
        return isinstance(other, Hole) and (<Hole>other).operand == self.operand

    def __hash__(self):
        return self.operand


cdef class ProgramCore:
    """The compiled part of Program: records, constants, what goes in and what comes out."""
    cdef Record* records
    cdef Value* values              # of constants and guards
    cdef int32_t count
    cdef int32_t capacity
    cdef int32_t* operands
    cdef int32_t operand_count
    cdef int32_t operand_capacity
    cdef Shapes shapes              # by number; shared with the programs that are made of this one
    cdef readonly int input_count   # nodes 0 ... are the arguments,
    cdef readonly list variables    # and the next ones these variables' values
    cdef readonly list captures     # [(node, tensor)]: constants that were somebody's tensors
    cdef readonly list outputs      # nodes
    cdef readonly list assigned     # [(the number of a variable, node)]
    cdef list watched               # numbers of arguments, and captured tensors, that tapes within watch; or None
    cdef readonly dict places       # of guards: where in the user's code
    cdef readonly bint own_derivatives  # Python said what derivatives are; those of the records are others
    cdef readonly object plan       # how it is laid out in memory (plan.pxi); None until it is
    cdef void* finished             # that, for threads that replay it: NULL until it is
    cdef public object compiler     # what is called with the plan, to make some of its steps native code; or None
    cdef public int64_t memory      # bytes that a replay may take (src/budget.pxi); 0: whatever it takes
    cdef object __weakref__

    def __cinit__(self):
        self.shapes = Shapes()
        self.variables = []
        self.captures = []
        self.outputs = []
        self.assigned = []
        self.places = {}

    def __dealloc__(self):
        cdef int32_t i
        for i in range(self.count):
            if self.records[i].flags & ATTRIBUTE:
                Py_XDECREF(self.records[i].payload.attribute)
            if self.records[i].flags & HELD:
                Py_XDECREF(self.values[i].array)
        free(self.records)
        free(self.values)
        free(self.operands)

    def __len__(self):
        return self.count

    cdef int reserve(self, int64_t count) except -1:
        """Room for so many records in all."""
        if count > self.capacity:
            grow_records(&self.records, &self.values, count, "a program")
            self.capacity = <int32_t>count
        return 0

    cdef int32_t append(self, int op, int dtype, tuple shape, const int32_t* nodes, int n, object attribute) except -1:
        """One more record; returns its node."""
        return self.append_shaped(op, dtype, self.shapes.number_of(shape), nodes, n, <PyObject*>attribute)

    cdef int32_t append_shaped(self, int op, int dtype, uint32_t shape, const int32_t* nodes, int n,
                               PyObject* attribute) except -1:
        """The same, given the number of the shape."""
        cdef int32_t capacity
        cdef Record* r
        if self.count == self.capacity:
            capacity = more_room(self.capacity, <int64_t>self.count + 32)
            grow_records(&self.records, &self.values, capacity, "a program")
            self.capacity = capacity
        r = &self.records[self.count]
        r.op = <uint16_t>op
        r.flags = SCALAR if shape == 0 and (dtype == NPY_DOUBLE or dtype == NPY_FLOAT or dtype == NPY_BOOL) else 0
        r.dtype = <uint8_t>dtype
        r.a = r.b = UNTRACKED
        r.shape = shape
        memset(&r.payload, 0, sizeof(Payload))
        self.values[self.count].array = NULL
        if n <= 2:
            if n > 0:
                r.a = nodes[0]
            if n > 1:
                r.b = nodes[1]
        else:
            list_operands(r, nodes, n, &self.operands, &self.operand_count, &self.operand_capacity)
        if attribute != Py_None:
            Py_INCREF(<object>attribute)
            r.payload.attribute = attribute
            r.flags |= ATTRIBUTE
        self.count += 1
        return self.count - 1

    cdef inline int32_t append_pair(self, int op, int dtype, uint32_t shape, int32_t a, int32_t b) except -1:
        """The same of at most two operands, without an attribute."""
        cdef Record* r
        cdef int32_t pair[2]
        if self.count == self.capacity:
            pair[0] = a
            pair[1] = b
            return self.append_shaped(op, dtype, shape, pair, 0 if a < 0 else (1 if b < 0 else 2), Py_None)
        r = &self.records[self.count]
        r.op = <uint16_t>op
        r.flags = SCALAR if shape == 0 and (dtype == NPY_DOUBLE or dtype == NPY_FLOAT or dtype == NPY_BOOL) else 0
        r.dtype = <uint8_t>dtype
        r.a = a
        r.b = b
        r.shape = shape
        memset(&r.payload, 0, sizeof(Payload))
        self.values[self.count].array = NULL
        self.count += 1
        return self.count - 1

    cdef int32_t append_constant(self, Operand x) except -1:
        cdef int32_t node
        node = self.append(OP_CONSTANT, x.code, shape_of(x), NULL, 0, None)
        self.set_constant(node, x)
        return node

    cdef int32_t append_reference(self, Operand x) except -1:
        """A constant that is an array of somebody's, who may write to it: the attribute is the tensor around it."""
        cdef int32_t node = self.append(OP_CONSTANT, x.code, shape_of(x), NULL, 0, x)
        self.set_constant(node, x)
        return node

    cdef int set_constant(self, int32_t node, Operand x) except -1:
        """Give a constant its value."""
        if x.scalar:
            self.values[node].number = x.number
        else:
            Py_INCREF(x.array)
            self.values[node].array = <PyObject*>x.array
            self.records[node].flags |= HELD
        return 0

    cdef inline int nodes_of(self, int32_t node, int32_t** nodes, int32_t* pair) noexcept:
        """The operands of a record; returns their number."""
        cdef Record* r = &self.records[node]
        check(0 <= node < self.count)
        if r.flags & LIST:
            check(0 <= r.a and 0 <= r.b and r.a + r.b <= self.operand_count)
            nodes[0] = &self.operands[r.a]
            return r.b
        pair[0] = r.a
        pair[1] = r.b
        nodes[0] = pair
        return 0 if r.a == UNTRACKED else (1 if r.b == UNTRACKED else 2)

    cdef inline PyObject* attribute_at(self, int32_t node) noexcept:
        """A record's attribute, borrowed, or None."""
        return self.records[node].payload.attribute if self.records[node].flags & ATTRIBUTE else Py_None

    cdef inline object attribute(self, int32_t node):
        return <object>self.records[node].payload.attribute if self.records[node].flags & ATTRIBUTE else None

    cdef inline tuple shape(self, int32_t node):
        return self.shapes.shape(self.records[node].shape)

    cdef inline Operand reference(self, int32_t node):
        """The tensor around somebody's array that a constant stands for, or None."""
        return <Operand>self.attribute(node) if is_constant(&self.records[node]) else None

    cdef Tensor constant(self, int32_t node):
        """The value of a constant or a guard, now."""
        cdef Operand x = self.reference(node)
        return self.first_value(node) if x is None else new_tensor(own_copy(x.array))

    cdef Tensor first_value(self, int32_t node):
        """The value of a constant or a guard as it was recorded; of somebody's array, the array itself."""
        cdef Record* r = &self.records[node]
        if r.flags & SCALAR:
            return new_scalar(self.values[node].number, r.dtype)
        return bare_tensor(<ndarray>self.values[node].array)

    # ------------------------------------------------------------------------------------------- for Python to read

    def node(self, int32_t node):
        """One record: (op, operands, dtype, shape, attribute). A constant's or a guard's attribute is its value."""
        cdef int32_t pair[2]
        cdef int32_t* nodes
        cdef int k, n
        if not 0 <= node < self.count:
            raise IndexError(f"there is no node {node} in a program of {self.count}")
        cdef Record* r = &self.records[node]
        n = self.nodes_of(node, &nodes, pair)
        attribute = self.attribute(node)
        if is_constant(r):
            attribute = self.constant(node)
        elif is_guard(r):
            attribute = (self.constant(node), bool(r.payload.look.truth), r.payload.look.how)
        return (op_label(r.op), tuple([nodes[k] for k in range(n)]), dtype_objects[r.dtype], self.shape(node),
                attribute)

    def add_node(self, str name, operands, dtype, tuple shape, attribute=None):
        """Append a record that has been checked; for readers of program files and for tests."""
        cdef int32_t* nodes = <int32_t*>PyMem_Malloc((len(operands) + 1) * sizeof(int32_t))
        cdef int32_t node
        cdef int op, k
        cdef Operand value = None
        cdef Record* r
        if nodes == NULL:
            raise MemoryError()
        try:
            for k in range(len(operands)):
                nodes[k] = operands[k]
                if not 0 <= nodes[k] < self.count:
                    raise ValueError(f"node {self.count} names operand {operands[k]}, which is not before it")
            op = special_opcodes[name] if name in special_opcodes else opcode_by_name[name]
            code = code_of_number(np_dtype(dtype).num)
            node = self.append(op, code, shape, nodes, <int>len(operands), attribute if name not in special_opcodes
                               else None)
            r = &self.records[node]
            if is_guard(r):
                value, r.payload.look.truth, r.payload.look.how = attribute
            elif is_constant(r):
                value = attribute
            if value is not None:
                self.set_constant(node, value)
            if r.flags & ATTRIBUTE and has_holes(attribute):
                r.flags |= HOLES
            if does_more(r):
                r.flags |= KEPT
        finally:
            PyMem_Free(nodes)
        return node

    def set_ends(self, int inputs, list variables, list outputs, list assigned, captures=(), dict places=None):
        """Say what goes in and what comes out, once all records are there."""
        self.drop_plan()
        self.input_count = inputs
        self.variables = list(variables)
        self.outputs = list(outputs)
        self.assigned = list(assigned)
        self.places = places or {}
        self.set_captures(list(captures))

    cdef void drop_plan(self) noexcept:
        """Forget how it was laid out: it is changed, which nobody may do who replays it."""
        self.plan = None
        self.finished = NULL

    def refuse_derivatives(self):
        """Say that derivatives of the records are not those of what was recorded."""
        self.own_derivatives = True

    cdef int set_captures(self, list captures) except -1:
        for node, _ in captures:
            self.records[<int32_t>node].flags |= CAPTURED
        self.captures = captures
        return 0

    def copy(self):
        """The same records, to be rewritten."""
        cdef ProgramCore other = program_like(self)
        cdef int32_t i
        cdef int32_t pair[2]
        cdef int32_t* nodes
        cdef int n
        other.reserve(self.count)
        for i in range(self.count):
            n = self.nodes_of(i, &nodes, pair)
            other.append_shaped(self.records[i].op, self.records[i].dtype, self.records[i].shape, nodes, n,
                                self.attribute_at(i))
            other.records[i].flags |= self.records[i].flags & HOLES
            copy_value(self, i, other, i)
        other.own_derivatives = self.own_derivatives
        other.compiler = self.compiler
        other.memory = self.memory
        other.set_ends(self.input_count, self.variables, self.outputs, self.assigned, self.captures, dict(self.places))
        return other


cdef ProgramCore program_like(ProgramCore p):
    """An empty program, for records of another one: shapes have the same numbers."""
    cdef ProgramCore other = ProgramCore.__new__(ProgramCore)
    other.shapes = p.shapes
    return other


cdef dict special_opcodes = {"guard": OP_GUARD, "input": OP_INPUT, "constant": OP_CONSTANT}
cdef dict special_labels = {**{special_opcodes[name]: name for name in special_opcodes},
                            OP_ELEMENT: "element", OP_ELEMENTS: "elements", OP_LATER: "later"}


cdef str op_label(int op):
    return special_labels[op] if op in special_labels else op_name(op)


cdef int copy_value(ProgramCore p, int32_t i, ProgramCore to, int32_t node) except -1:
    """What one program's record holds, for another's that is the same: a constant's value, or what a guard saw and
    how."""
    if holds_value(&p.records[i]):
        to.set_constant(node, p.first_value(i))
    if is_guard(&p.records[i]):
        to.records[node].payload = p.records[i].payload
    return 0


cdef bint has_holes(object attribute) except -1:
    if isinstance(attribute, Hole):
        return True
    if isinstance(attribute, (tuple, list)):
        go_deeper(within)
        try:
            for part in attribute:
                if has_holes(part):
                    return True
        finally:
            come_up()
    return False


cdef object fill_holes(object attribute, list values):
    """Attributes with arrays where the holes were."""
    if isinstance(attribute, Hole):
        return values[(<Hole>attribute).operand]
    if isinstance(attribute, tuple):
        go_deeper(within)
        try:
            return tuple([fill_holes(part, values) for part in attribute])
        finally:
            come_up()
    return attribute


# ------------------------------------------------------------------------------------------------------------ freezing

cdef object open_holes(ProgramCore p, const int32_t* at, object attribute, dict lent, list extra, int first):
    """Attributes with holes where arrays were lent; the nodes that fill them go to the end of `extra`."""
    cdef int32_t node
    if isinstance(attribute, ndarray):
        found = lent.get(<uintptr_t><PyObject*>attribute)
        if found is None or found[1] is not attribute:
            return attribute
        node = at[<int32_t>found[0]]
        if is_constant(&p.records[node]) and not p.records[node].flags & CAPTURED and p.reference(node) is None:
            return attribute        # an array that was made in passing
        extra.append(node)
        return Hole(first + <int>len(extra) - 1)
    if type(attribute) is tuple:
        go_deeper(within)
        try:
            parts = [open_holes(p, at, part, lent, extra, first) for part in <tuple>attribute]
        finally:
            come_up()
        for k in range(len(parts)):
            if parts[k] is not (<tuple>attribute)[k]:
                return tuple(parts)
    return attribute


cdef bint holds_arrays(object attribute) except -1:
    if isinstance(attribute, ndarray):
        return True
    if type(attribute) is tuple:
        go_deeper(within)
        try:
            for part in <tuple>attribute:
                if holds_arrays(part):
                    return True
        finally:
            come_up()
    return False


cdef int32_t read_again(ProgramCore p, int32_t value, int32_t source) except -1:
    """A variable's value where it is read: the one at the call, or the one that it was assigned."""
    cdef int32_t nodes[2]
    nodes[0] = value
    nodes[1] = source
    if value == source or not differentiable(p.records[source].dtype):
        return value
    return p.append(OP_REREAD, p.records[source].dtype, p.shape(source), nodes, 2, None)


cdef inline bint does_more(Record* r) noexcept:
    """Whether a record may do something beside giving its value: raise an error for what it is given, print, or meet
    other processes."""
    cdef Row* row = &table[r.op]
    if row.kind == ELEMENTWISE:
        return row.raises and PyTypeNum_ISINTEGER(r.dtype)
    return row.raises or row.acts or row.meets or r.flags & HOLES


cdef inline int32_t frozen_node(ProgramCore p, Log* log, int32_t reference, const int32_t* at,
                                Constants* shared) except -2:
    """What an operand on a log is in the program of it; -1 where that is nothing."""
    if reference >= 0:
        return at[reference]
    return UNTRACKED if reference == UNTRACKED else number_node(p, log, reference, shared)


def freeze(Tracer tracer, list results, bint whole=False):
    """The program of a trace that is still open, with these tensors as its outputs. The `whole` program of a function
    has also what raises errors or prints, and gives no output anything."""
    cdef Log* log = tracer.log
    cdef ProgramCore p = ProgramCore.__new__(ProgramCore)
    cdef Constants shared
    cdef int32_t* at
    cdef int32_t i, node, inputs = tracer.input_count
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int32_t few[64]
    cdef int32_t* mapped
    cdef int k, n, more
    cdef Record* r
    cdef Operand x
    cdef list ends = [], extra = None
    cdef dict current = {}, assigned = {}, numbers = {}
    cdef list variables = [], captures = []
    cdef PyObject* attribute
    p.shapes = tracer.shapes
    settle_arrays(tracer)
    for x in results:
        node = tracked(log, x)
        ends.append(node)
    at = <int32_t*>malloc((log.count + 1) * sizeof(int32_t))
    if at == NULL:
        raise MemoryError()
    memset(&shared, 0, sizeof(Constants))
    try:
        p.reserve(<int64_t>log.count + 32)
        memset(at, 0xff, (log.count + 1) * sizeof(int32_t))
        for i in range(inputs):
            at[i] = p.append_shaped(OP_INPUT, log.records[i].dtype, log.shapes[i], NULL, 0, Py_None)
        for i in range(inputs, log.count):      # variables next
            r = &log.records[i]
            if is_leaf(r) and r.flags & ATTRIBUTE and (<Operand>r.payload.attribute).is_variable:
                v = <object>r.payload.attribute
                if id(v) not in numbers:
                    numbers[id(v)] = len(variables)
                    variables.append(v)
                    current[id(v)] = p.append_shaped(OP_INPUT, r.dtype, log.shapes[i], NULL, 0, Py_None)
            elif is_assignment(r):
                v = <object>r.payload.attribute
                if id(v) not in numbers:
                    numbers[id(v)] = len(variables)
                    variables.append(v)
                    current[id(v)] = p.append_shaped(OP_INPUT, r.dtype, log.shapes[r.a], NULL, 0, Py_None)
        for i in range(inputs, log.count):
            r = &log.records[i]
            if not meet(log, r.listeners, log.tracer):
                continue
            if is_leaf(r):
                x = <Operand>r.payload.attribute
                if x.is_variable:
                    at[i] = read_again(p, current[id(x)], inputs + <int32_t>numbers[id(x)])
                elif is_reference(x):
                    if others_write(x):
                        at[i] = p.append_reference(x)
                        captures.append((at[i], x))
                    else:
                        at[i] = p.append_constant(x)
                elif is_held_beyond(<PyObject*>x, 2) or other_places(x) is not None:
                    # somebody's, who may have a tape watch it
                    at[i] = p.append_constant(x)
                    captures.append((at[i], x))
                    p.records[at[i]].flags |= CAPTURED
                elif r.flags & SCALAR:
                    at[i] = shared_constant(p, log.values[i], r.dtype, &shared)
                else:
                    at[i] = p.append_constant(x)
                continue
            if is_projection(r):
                at[i] = at[r.b]
                continue
            if is_assignment(r):
                v = <object>r.payload.attribute
                current[id(v)] = at[r.a]
                assigned[numbers[id(v)]] = at[r.a]
                continue
            if is_guard(r):
                node = p.append_shaped(OP_GUARD, r.dtype, log.shapes[r.a], &at[r.a], 1, Py_None)
                p.records[node].payload = r.payload
                if r.flags & SCALAR:
                    p.values[node].number = log.values[i].number
                else:
                    p.set_constant(node, bare_tensor(<ndarray>log.values[i].array))
                p.places[node] = tracer.places.get(i)
                continue
            if not r.flags & (LIST | ATTRIBUTE):
                pair[0] = frozen_node(p, log, r.a, at, &shared)
                pair[1] = frozen_node(p, log, r.b, at, &shared)
                if (pair[0] >= 0 or r.a == UNTRACKED) and (pair[1] >= 0 or r.b == UNTRACKED):
                    at[i] = p.append_pair(r.op, r.dtype, log.shapes[i], pair[0], pair[1])
                    if whole and does_more(&p.records[at[i]]):
                        p.records[at[i]].flags |= KEPT
                    continue
            n = operand_nodes(log, r, &nodes, pair)
            if not r.flags & LIST:
                # (A unary op has no second operand, whatever it has for an attribute.)
                n = 0 if r.a == UNTRACKED else (1 if r.b == UNTRACKED else 2)
            attribute = r.payload.attribute if r.flags & ATTRIBUTE and table[r.op].kind != ELEMENTWISE else Py_None
            more = 0
            if attribute != Py_None:
                own = <object>attribute     # (held, for as long as it is looked at)
                if of_many_operands(r.op):
                    own = (<tuple>own)[0]
                elif table[r.op].kind == MATMUL:
                    own = (<tuple>own)[:2]
                if tracer.lent and own is not None and holds_arrays(own):
                    extra = []
                    own = open_holes(p, at, own, tracer.lent, extra, n)
                    more = <int>len(extra)
                attribute = <PyObject*>own
            mapped = &few[0]
            if n + more > 64:
                mapped = <int32_t*>PyMem_Malloc((n + more) * sizeof(int32_t))
                if mapped == NULL:
                    raise MemoryError()
            try:
                for k in range(n):
                    mapped[k] = at[nodes[k]] if nodes[k] >= 0 else number_node(p, log, nodes[k], &shared)
                    if mapped[k] < 0:
                        raise RuntimeError(f"{op_name(r.op)} reads a value that the recording has not heard of")
                for k in range(more):
                    mapped[n + k] = extra[k]
                at[i] = p.append_shaped(r.op, r.dtype, log.shapes[i], mapped, n + more, attribute)
                if more:
                    p.records[at[i]].flags |= HOLES
                if whole and does_more(&p.records[at[i]]):
                    p.records[at[i]].flags |= KEPT
            finally:
                if mapped != &few[0]:
                    PyMem_Free(mapped)
        p.set_captures(captures)
        p.input_count = inputs
        p.own_derivatives = tracer.own_derivatives
        p.watched = (tracer.watched + [x for _, x in captures if id(x) in tracer.watched_others]) or None
        p.variables = variables
        p.outputs = [at[<int32_t>node] for node in ends]
        p.assigned = sorted(assigned.items())
        if tracer.origins is not None:
            tracer.origins = {at[<int32_t>k]: place for k, place in tracer.origins.items() if at[<int32_t>k] >= 0}
    finally:
        free(at)
        free(shared.nodes)
    return p


def departures(ProgramCore p):
    """The looks of a closed program that nobody asked for by name, at what a tape could follow:
    [(how, place, numbers of the operands that it depends on)]."""
    cdef int32_t i, k
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int j, n
    cdef uint8_t* read
    cdef list found = []
    for i in range(p.count):
        if not is_guard(&p.records[i]) or p.records[i].payload.look.how == 0:
            continue
        read = <uint8_t*>calloc(<size_t>i + 1, 1)
        if read == NULL:
            raise MemoryError()
        try:
            read[p.records[i].a] = 1
            for k in range(i - 1, -1, -1):
                if read[k] and differentiable(p.records[k].dtype):
                    n = passing(p, k, &nodes, pair)
                    for j in range(n):
                        read[nodes[j]] = 1
            numbers = [k for k in range(p.input_count) if read[k] and differentiable(p.records[k].dtype)]
        finally:
            free(read)
        found.append((p.records[i].payload.look.how, p.places.get(i), tuple(numbers)))
    return found


cdef int passing(ProgramCore p, int32_t node, int32_t** nodes, int32_t* pair) except -1:
    """The operands of a record whose derivatives do not all stop at it."""
    cdef Row* row = &table[p.records[node].op]
    cdef int k
    if row.kind == ELEMENTWISE:
        for k in range(row.arity):
            if row.derivative[k] != NOTHING:
                return p.nodes_of(node, nodes, pair)
        return 0
    return p.nodes_of(node, nodes, pair)


def refuse_departures(list found, list operands):
    """Raise where one of a program's departures is from what a recording tape follows."""
    for how, place, numbers in found:
        for k in numbers:
            if followed(<Operand>operands[k], how == BY_NUMBER):
                raise hook_refusal(how, describe(<Operand>operands[k]), True, place)


ctypedef struct Constants:      # a hash table of nodes that are numbers, -1 for none
    int32_t* nodes
    size_t room                 # a power of two
    size_t count


cdef int32_t number_node(ProgramCore p, Log* log, int32_t reference, Constants* shared) except -1:
    """A constant of the log as a node of the program, one for all that are the same number."""
    cdef Constant* c = &log.constants[FIRST_CONSTANT - reference]
    if not c.scalar:
        return p.append_constant(bare_tensor(<ndarray>c.value.array))
    return shared_constant(p, c.value, c.dtype, shared)


cdef int32_t shared_constant(ProgramCore p, Value value, int dtype, Constants* shared) except -1:
    """The node of a number."""
    cdef int32_t node
    cdef size_t at
    if 2 * shared.count >= shared.room:
        make_room_for_constants(p, shared)
    at = place_of_constant(p, shared, value, dtype)
    if shared.nodes[at] >= 0:
        return shared.nodes[at]
    node = p.append_shaped(OP_CONSTANT, dtype, 0, NULL, 0, Py_None)
    p.values[node] = value
    shared.nodes[at] = node
    shared.count += 1
    return node


cdef size_t place_of_constant(ProgramCore p, const Constants* shared, Value value, int dtype) noexcept:
    """Where a number's node is in the table, or the empty place where it belongs."""
    cdef uint64_t hashed = (value.bits ^ <uint64_t>dtype) * 0x9E3779B97F4A7C15ULL
    cdef size_t at = <size_t>(hashed >> 32) & (shared.room - 1)
    cdef int32_t node = shared.nodes[at]
    while node >= 0 and not (p.values[node].bits == value.bits and p.records[node].dtype == dtype):
        at = (at + 1) & (shared.room - 1)
        node = shared.nodes[at]
    return at


cdef int make_room_for_constants(ProgramCore p, Constants* shared) except -1:
    cdef Constants before = shared[0]
    cdef size_t k
    cdef int32_t node
    cdef void* room = malloc((4 * before.room + 16) * sizeof(int32_t))
    if room == NULL:
        raise MemoryError()
    shared.nodes = <int32_t*>room
    shared.room = 4 * before.room if before.room else 16
    memset(shared.nodes, 0xff, shared.room * sizeof(int32_t))
    for k in range(before.room):
        node = before.nodes[k]
        if node >= 0:
            shared.nodes[place_of_constant(p, shared, p.values[node], p.records[node].dtype)] = node
    free(before.nodes)
    return 0


def bare_outputs(list results):
    """Results as tensors that stand on no trace."""
    cdef Operand x
    cdef list bare = []
    for x in results:
        bare.append(new_scalar(x.number, x.code) if x.scalar
                    else bare_tensor(own_copy(x.array) if x.borrowed else x.array))
    return bare


# ------------------------------------------------------------------------------------------------- applying once more

cdef Operand apply_record(ProgramCore p, int32_t node, object values):
    """One record's op on other values: recorded, or traced, like any op."""
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n = p.nodes_of(node, &nodes, pair)
    return apply_to_operands(p, node, [values[nodes[k]] for k in range(n)])


cdef Operand apply_to_operands(ProgramCore p, int32_t node, list operands):
    """The same, given the operands."""
    cdef int n = <int>len(operands), own = own_operands(p, node, n)
    cdef object attribute = p.attribute(node)
    cdef Operand x
    if own < n:
        attribute = fill_holes(attribute, [lend(<Operand>x) if traces else array_of(<Operand>x) for x in operands])
        operands = operands[:own]
    return apply_op(p.records[node].op, operands, attribute)


cdef int own_operands(ProgramCore p, int32_t node, int count):
    """How many of a record's operands are the op's own: those that fill holes in its attributes come behind them."""
    if not p.records[node].flags & HOLES:
        return count
    return 1 if table[p.records[node].op].kind == LINEAR else first_hole(p.attribute(node))


cdef int first_hole(object attribute) except -1:
    """The number of the first operand that fills a hole."""
    cdef int least = 1 << 30, found
    if isinstance(attribute, Hole):
        return (<Hole>attribute).operand
    if isinstance(attribute, tuple):
        go_deeper(within)
        try:
            for part in attribute:
                found = first_hole(part)
                if found < least:
                    least = found
        finally:
            come_up()
    return least


cdef inline bint fits(ProgramCore p, int32_t node, Operand x):
    """Whether a value has a node's dtype and shape."""
    cdef tuple shape = p.shape(node)
    cdef int d, nd = <int>len(shape)
    if x.code != p.records[node].dtype:
        return False
    if x.scalar:
        return nd == 0
    if may_be_swapped(x):
        return fits(p, node, held_value(x))
    if PyArray_NDIM(x.array) != nd:
        return False
    for d in range(nd):
        if PyArray_DIMS(x.array)[d] != <npy_intp>shape[d]:
            return False
    return True


cdef int check_operands(ProgramCore p, list operands, int count) except -1:
    """What a program is run on is what it was recorded with: so many values, of these dtypes and shapes."""
    cdef int k
    if len(operands) != count:
        raise ValueError(f"a program of {p.input_count} inputs, {len(p.variables)} variables and {len(p.captures)} "
                         f"captured values was given {len(operands)} operands where it takes {count}")
    for k in range(count):
        if not fits(p, k, <Operand?>operands[k]):
            raise ValueError(f"operand {k} of a program has shape {shape_of(<Operand>operands[k])} and dtype "
                             f"{(<Operand>operands[k]).dtype}; it was recorded with {p.shape(k)} and "
                             f"{dtype_objects[p.records[k].dtype]}")
    return 0


def close_program(ProgramCore p):
    """The same records as a function of operands alone, without state and effects: (program, what it reads).

    The inputs of the program are those of this one, then the values of the variables and tensors in the second result,
    in that order; its outputs are those of this one, then the values that variables are to take. Whoever applies a
    program to values, with whoever listening, applies this.
    """
    cdef ProgramCore closed
    cdef int32_t i, given = p.input_count + <int32_t>len(p.variables)
    cdef ndarray map = identity_map(p)
    cdef int32_t* at = places_of(map)
    if not p.variables and not p.captures:
        return p, []
    closed = program_like(p)
    closed.reserve(<int64_t>p.count + len(p.captures))
    for i in range(given):
        closed.append(OP_INPUT, p.records[i].dtype, p.shape(i), NULL, 0, None)
    captured = {}
    for node, _ in p.captures:
        i = node
        captured[i] = closed.append(OP_INPUT, p.records[i].dtype, p.shape(i), NULL, 0, None)
    for i in range(given, p.count):
        at[i] = captured[i] if i in captured else copy_record(p, i, closed, at)
    closed.input_count = given + <int>len(p.captures)
    closed.own_derivatives = p.own_derivatives
    closed.compiler = p.compiler
    closed.memory = p.memory
    closed.outputs = [at[<int32_t>node] for node in p.outputs] + [at[<int32_t>node] for _, node in p.assigned]
    closed.places = {at[<int32_t>node]: place for node, place in p.places.items()}
    return closed, [*p.variables, *[tensor for _, tensor in p.captures]]


def draws_as_inputs(ProgramCore p):
    """A closed program that is to be run once more on the same operands: what it drew is then another operand, or it
    would draw anew. Returns the program, whose last inputs are what is drawn, and the nodes of the draws in this
    one."""
    cdef ProgramCore other
    cdef int32_t i
    cdef ndarray map = identity_map(p)
    cdef int32_t* at = places_of(map)
    cdef list drawn = [i for i in range(p.count) if draws(p.records[i].op)]
    check_closed(p)
    if not drawn:
        return p, drawn
    other = program_like(p)
    for i in [*range(p.input_count), *drawn]:
        at[i] = other.append(OP_INPUT, p.records[i].dtype, p.shape(i), NULL, 0, None)
    other.input_count = other.count
    for i in range(p.input_count, p.count):
        if not draws(p.records[i].op):
            at[i] = copy_record(p, i, other, at)
    other.own_derivatives = p.own_derivatives
    other.compiler = p.compiler
    other.memory = p.memory
    other.outputs = [at[<int32_t>node] for node in p.outputs]
    other.places = {at[<int32_t>node]: place for node, place in p.places.items()}
    return other, drawn


def apply_program(ProgramCore p, list operands):
    """Run a closed program record by record on tensors: slowly, but recorded by whatever listens. Returns the
    outputs."""
    cdef list values = [None] * p.count
    cdef ndarray map = identity_map(p)
    cdef int32_t* last = places_of(map)     # of a node: the record that reads it last
    cdef int32_t i
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n
    cdef Record* r
    check_closed(p)
    check_operands(p, operands, p.input_count)
    values[:p.input_count] = operands
    for i in range(p.input_count, p.count):
        n = p.nodes_of(i, &nodes, pair)
        for k in range(n):
            last[nodes[k]] = i
    for i in p.outputs:
        last[i] = p.count
    for i in range(p.input_count, p.count):
        r = &p.records[i]
        if is_constant(r):
            values[i] = p.constant(i)
        elif is_guard(r):
            repeat_guard(p, i, <Operand>values[r.a])
        else:
            values[i] = apply_record(p, i, values)
        n = p.nodes_of(i, &nodes, pair)
        for k in range(n):
            if last[nodes[k]] == i:
                values[nodes[k]] = None     # (it may take much memory, and is kept by who listens, where it is to be)
        if last[i] == i:
            values[i] = None
    return [values[node] for node in p.outputs]


def values_of(ProgramCore p, list operands):
    """The value of every node of a program, of arguments and variables' values, for nobody to hear of; None for
    guards."""
    cdef list values = list(operands) + [None] * (p.count - len(operands))
    cdef int32_t i
    cdef Record* r
    cdef Log* outer = <Log*>ad_get_current_log()
    check_operands(p, operands, p.input_count + <int>len(p.variables))
    ad_set_current_log(NULL)
    try:
        for i in range(<int32_t>len(operands), p.count):
            r = &p.records[i]
            if is_constant(r):
                values[i] = p.constant(i)
            elif not is_guard(r):
                values[i] = apply_record(p, i, values)
    finally:
        ad_set_current_log(outer)
    return values


cdef int check_closed(ProgramCore p) except -1:
    if p.variables or p.captures:
        raise ValueError("a program with variables or captured values is applied to operands as close_program gives "
                         "it, so that each of them is an operand")
    return 0


cdef int repeat_guard(ProgramCore p, int32_t node, Operand x) except -1:
    """A guard of the program that is being applied, in the program that is being traced."""
    cdef Log* log = tracing_log()
    cdef int32_t at
    cdef Record* r
    if log == NULL:
        return 0
    at = varying(log, x)
    if at < 0:
        return 0
    r = log_append(log, OP_GUARD, log.tracer)
    r.a = at
    r.dtype = p.records[node].dtype
    r.payload = p.records[node].payload
    if p.records[node].flags & SCALAR:
        r.flags = SCALAR
        log.values[log.count - 1].number = p.values[node].number
    else:
        log_keep(log, log.count - 1, p.constant(node))
    (<Tracer>log.trace).places[log.count - 1] = p.places.get(node)
    return 0


def row_names():
    """The names of all rows that have been loaded."""
    return list(opcode_by_name)


def row_named(str name):
    """What a reader of program files has to know of a row: (kind, arity, condition first, form, gives); None where
    there is none that has a place in a file. Elementwise rows have an arity, the others a form and a rule of what they
    give."""
    cdef Row* row
    if name not in opcode_by_name:
        return None
    row = &table[<int>opcode_by_name[name]]
    if row.kind == ELEMENTWISE:
        return "elementwise", row.arity, bool(row.condition), None, None
    if row.form == NULL:
        return None
    return ("linear" if row.kind == LINEAR else "matmul" if row.kind == MATMUL else "general", -1, False,
            <object>row.form,
            <object>row.gives)


ctypedef struct TextEmitter:    # functions in Python
    PyObject* constant
    PyObject* instruction


cdef int emit_text_constant(TextEmitter* to, int register, double value) except -1:
    (<object>to.constant)(value)
    return 0


cdef int emit_text_op(TextEmitter* to, const Instruction* code) except -1:
    cdef int k
    (<object>to.instruction)(op_name(code.op), [code.inputs[k] for k in range(MOST_INPUTS) if code.inputs[k] >= 0])
    return 0


def formula_of(str name, constant=None, instruction=None):
    """What an elementwise row is made of, for writing it down elsewhere. `constant(value)` and `instruction(op,
    registers)` are called for each in order: registers are numbered by that, behind the row's operands. Returns the
    result's register; None for a row with a kernel of its own. Without functions it only says which."""
    cdef Row* row = &table[<int>opcode_by_name[name]]
    cdef TextEmitter to
    if row.kind == ELEMENTWISE and not is_up(&row.ready):
        prepare(<int>opcode_by_name[name])
    if row.formula == NULL:
        return None
    to.constant = <PyObject*>constant
    to.instruction = <PyObject*>instruction
    if constant is not None:
        emitted(walk_rule(row.formula, &to, <EmitConstant><void*>emit_text_constant, <EmitOp><void*>emit_text_op))
    return row.formula.result


cdef ndarray identity_map(ProgramCore p):
    cdef ndarray map = zeroed(NPY_INT, p.count)
    cdef int32_t i
    for i in range(p.count):
        places_of(map)[i] = i
    return map


cdef inline int32_t* places_of(ndarray map) noexcept:
    return <int32_t*>PyArray_DATA(map)


cdef int32_t copy_record(ProgramCore p, int32_t i, ProgramCore to, const int32_t* at) except -1:
    """One record, in another program."""
    cdef int32_t pair[2]
    cdef int32_t few[16]
    cdef int32_t* nodes
    cdef int32_t* mapped
    cdef int k, n = p.nodes_of(i, &nodes, pair)
    cdef int32_t node
    mapped = &few[0]
    if n > 16:
        mapped = <int32_t*>PyMem_Malloc(n * sizeof(int32_t))
        if mapped == NULL:
            raise MemoryError()
    try:
        for k in range(n):
            mapped[k] = at[nodes[k]]
        if to.shapes is p.shapes:
            node = to.append_shaped(p.records[i].op, p.records[i].dtype, p.records[i].shape, mapped, n,
                                    p.attribute_at(i))
        else:
            node = to.append(p.records[i].op, p.records[i].dtype, p.shape(i), mapped, n, p.attribute(i))
    finally:
        if mapped != &few[0]:
            PyMem_Free(mapped)
    to.records[node].flags |= p.records[i].flags & (HOLES | KEPT)
    copy_value(p, i, to, node)
    return node


cdef bytes guard_key(Operand seen, bint truth):
    if truth:
        return b"1" if bool_of(seen) else b"0"
    return array_of(seen).tobytes()
