# The op record: the one data structure that recording, sweeping and replaying share.
#
# A log is a run of fixed-size records; record i defines node i. Operands are named by their node; an operand that no
# tape tracks, but that a derivative needs, lies in the log's constants. Beside each record lies one value: the double
# of a scalar, an owned reference to an array that some derivative needs, or nothing.

# Record.flags
cdef enum:
    SCALAR = 1      # the value is a double, in the value's place; the dtype says to what it was rounded
    PARTIALS = 2    # the payload is the local partial derivatives
    OF_ARRAY = 2    # of a plan's program: a number that is an element of an array: the loop over arrays computes it
    ATTRIBUTE = 4   # the payload is an owned reference to the op's attributes
    HELD = 8        # the value's place holds an owned reference
    POLE = 32       # beside PARTIALS: one of them is zero, infinite or NaN, and its product with a cotangent needs a
                    # look
    LEFT = 64       # of a log: the value left, by name (notes.pxi)
    COMPARED = 128  # the number was compared
    LIST = 16       # `a` is an offset into the log's operand lists, `b` the number of operands

# Operand references: a node, or one of these
cdef enum:
    UNTRACKED = -1          # no tape listens to it and no derivative needs its value
    FIRST_CONSTANT = -2     # constant k is written -2 - k

cdef extern from "record.h":
    ctypedef struct Leaf:
        uint64_t version
    ctypedef struct Look:
        int32_t truth
        int32_t how
    ctypedef union Payload "ad_payload":
        double partial[2]
        PyObject* attribute
        Leaf leaf
        int32_t output
        Look look
    ctypedef struct Record "ad_record":     # 32 bytes
        uint16_t op
        uint8_t flags
        uint8_t dtype
        int32_t a
        int32_t b
        uint32_t listeners
        uint32_t shape
        Payload payload

ctypedef union Value:
    double number
    uint64_t bits
    PyObject* array

ctypedef struct Constant:
    Value value
    uint8_t dtype
    uint8_t scalar

# The ops that C code knows by number: their rows say so. All others are given numbers as they register.
cpdef enum:
    OP_LEAF = 0         # a watched tensor or variable; `b` is the same variable's previous leaf; payload: the object
    OP_ADD = 1
    OP_SUBTRACT = 2
    OP_MULTIPLY = 3
    OP_DIVIDE = 4
    OP_NEGATIVE = 5
    OP_SELECT = 6
    OP_CAST = 7
    OP_SUM = 8
    OP_BROADCAST = 9
    OP_RESHAPE = 10
    OP_TRANSPOSE = 11
    OP_SLICE = 12
    OP_UNSLICE = 13
    OP_MATMUL = 14
    OP_SQUARE = 15
    OP_POWER = 16
    OP_FLOOR_DIVIDE = 17
    OP_REMAINDER = 18
    OP_ABSOLUTE = 19
    OP_LESS = 20
    OP_LESS_EQUAL = 21
    OP_EQUAL = 22
    OP_NOT_EQUAL = 23
    OP_GREATER = 24
    OP_GREATER_EQUAL = 25
    OP_TAKE = 26
    OP_BITWISE_AND = 27
    OP_BITWISE_OR = 28
    OP_BITWISE_XOR = 29
    OP_INVERT = 30
    OP_SQRT = 31
    OP_PROJECTION = 32  # one output of a record that has several: `a` is that record
    OP_GATHER_ROWS = 33
    OP_GUARD = 34       # of a trace: Python looked at the value of `a`; the value's place holds what it saw
    OP_ASSIGN = 35      # of a trace: the variable that is the attribute takes the value of `a`
    OP_INPUT = 36       # of a program: an argument, or a variable's value when it is called
    OP_CONSTANT = 37    # of a program: the value's place holds it
    OP_COTANGENT_PRODUCT = 38   # in rules: a cotangent times, or by, what may be infinite, where zero stays zero
    OP_COTANGENT_QUOTIENT = 39
    OP_ZERO_PRODUCT = 40        # in their rules: either factor's zeros stay
    OP_EXP = 41
    OP_CONJ = 42
    OP_LOGICAL_NOT = 43
    OP_LOGICAL_AND = 44
    OP_SIGN_BIT = 45
    OP_STOP_GRADIENT = 46       # of a trace: what a tape within it lost sight of
    OP_MEAN_OF_INTEGERS = 47
    OP_HOW_MANY_HOLD = 48
    OP_WRITE = 49               # x but for x[index]
    OP_REREAD = 50              # of a program: a variable that was assigned to
    OP_ELEMENT = 51             # of a plan's program: one element of `a`, whose number is in the payload
    OP_ELEMENTS = 52            # of a plan's program: an array, of a number for each element
    OP_LATER = 53               # of a plan's program: `a`, for steps behind all that there are so far

cdef enum:
    FIRST_FREE_OPCODE = 54
    MOST_OPCODES = 1024


cdef inline bint same_bits(double a, double b) noexcept nogil:
    return memcmp(&a, &b, sizeof(double)) == 0


# Records that stand for no op of the table. Which a record is, its opcode says; it is asked for here and nowhere else.

cdef inline bint is_leaf(const Record* r) noexcept nogil:
    return r.op == OP_LEAF


cdef inline bint is_projection(const Record* r) noexcept nogil:
    return r.op == OP_PROJECTION


cdef inline bint is_guard(const Record* r) noexcept nogil:
    return r.op == OP_GUARD


cdef inline bint is_assignment(const Record* r) noexcept nogil:
    return r.op == OP_ASSIGN


cdef inline bint is_input(const Record* r) noexcept nogil:
    return r.op == OP_INPUT


cdef inline bint is_constant(const Record* r) noexcept nogil:
    return r.op == OP_CONSTANT


cdef inline bint is_element(const Record* r) noexcept nogil:
    return r.op == OP_ELEMENT


cdef inline bint of_elements(const Record* r) noexcept nogil:
    return r.op == OP_ELEMENTS


cdef inline bint is_later(const Record* r) noexcept nogil:
    return r.op == OP_LATER


cdef inline bint holds_value(const Record* r) noexcept nogil:
    """Whether a program's record has a value in its value's place."""
    return is_constant(r) or is_guard(r)


cdef inline bint computes(const Record* r) noexcept nogil:
    """Whether a program's record computes something: it is a row's."""
    return not (is_input(r) or holds_value(r))


cdef int grow_records(Record** records, Value** values, int64_t capacity, str what) except -1:
    """Room for so many records, and for their values beside them. After an error both are as they were, or larger."""
    cdef void* grown
    if capacity > 0x7fffffff:
        raise MemoryError(f"{what} holds at most 2**31 - 1 records")
    grown = realloc(records[0], <size_t>capacity * sizeof(Record))
    if grown == NULL:
        raise MemoryError(f"no memory for {what} of {capacity} records")
    records[0] = <Record*>grown
    grown = realloc(values[0], <size_t>capacity * sizeof(Value))
    if grown == NULL:
        raise MemoryError(f"no memory for {what} of {capacity} records")
    values[0] = <Value*>grown
    expect_many(records[0], <size_t>capacity * sizeof(Record))
    expect_many(values[0], <size_t>capacity * sizeof(Value))
    return 0


cdef int list_operands(Record* r, const int32_t* nodes, int count, int32_t** operands, int32_t* used,
                       int32_t* room) except -1:
    """Give a record more than two operands, in a list that grows."""
    cdef int32_t wanted
    cdef void* grown
    if count > room[0] - used[0]:
        wanted = more_room(room[0], <int64_t>used[0] + count + 64)
        grown = realloc(operands[0], <size_t>wanted * sizeof(int32_t))
        if grown == NULL:
            raise MemoryError()
        operands[0] = <int32_t*>grown
        room[0] = wanted
    if count:           # (a list of none may be the first, of which there is no memory)
        memcpy(operands[0] + used[0], nodes, <size_t>count * sizeof(int32_t))
    r.flags |= LIST
    r.a = used[0]
    r.b = count
    used[0] += count
    return 0
