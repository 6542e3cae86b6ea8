# Tracing: a row's formula, run once on symbols, becomes a program of opcodes.

cdef void free_program(Program* p) noexcept:
    PyMem_Free(p.constant)
    PyMem_Free(p.code)
    PyMem_Free(p)


cdef Program* new_program(int constants, int instructions) except NULL:
    cdef Program* p = <Program*>PyMem_Calloc(1, sizeof(Program))
    if p == NULL:
        raise MemoryError()
    p.constants = constants
    p.instructions = instructions
    p.constant = <double*>PyMem_Calloc(constants + 1, sizeof(double))
    p.code = <Instruction*>PyMem_Calloc(instructions + 1, sizeof(Instruction))
    if p.constant == NULL or p.code == NULL:
        free_program(p)
        raise MemoryError()
    return p


@cython.final
cdef class Trace:
    """A program being written down."""
    cdef int inputs
    cdef list constants
    cdef list code              # (opcode, operands)
    cdef list results           # and what each gives

    def __cinit__(self, int inputs):
        self.inputs = inputs
        self.constants = []
        self.code = []
        self.results = []

    cdef Symbol constant(self, double value):
        cdef Symbol symbol = Symbol.__new__(Symbol)
        symbol.trace = self
        symbol.is_constant = True
        symbol.value = value
        return symbol

    cdef Symbol symbol(self, int register):
        cdef Symbol symbol = Symbol.__new__(Symbol)
        symbol.trace = self
        symbol.register = register
        return symbol

    cdef Symbol emit(self, int op, list operands):
        """Append one op; a constant expression is folded, a factor of one or its like dropped, and what has been
        computed not computed again."""
        cdef double values[MOST_INPUTS]
        cdef Symbol s
        cdef Symbol made
        cdef int k
        cdef bint constant = True, varies = False, unbounded = table[op].poles
        if table[op].formula == NULL and table[op].formula_rule != NULL:
            table[op].formula = trace_formula(<object>table[op].formula_rule, table[op].arity)
        if table[op].loop[NPY_DOUBLE] == NULL and table[op].formula == NULL:
            raise ValueError(f"{op_name(op)} has no kernel for floats, so a formula cannot use it")
        for k in range(MOST_INPUTS):
            values[k] = 0
        for k, s in enumerate(operands):
            values[k] = s.value
            constant = constant and s.is_constant
            varies = varies or s.varies
            unbounded = unbounded or s.unbounded
        if constant:
            return self.constant(scalar_eval(op, values, NPY_DOUBLE))
        for k in range(2):
            if table[op].has_neutral >> k & 1:
                s = operands[k]
                if s.is_constant and same_bits(s.value, table[op].neutral[k]):
                    return operands[1 - k]
        op, operands = keeping_zero(op, operands)
        for k, (other, before) in enumerate(self.code):
            if other == op and same_symbols(before, operands):
                return self.results[k]
        self.code.append((op, operands))
        made = self.symbol(-len(self.code))
        made.varies = varies
        made.unbounded = unbounded
        self.results.append(made)
        return made

    cdef Program* finish(self, Symbol result, bint output_given) except NULL:
        """Lay the program out in C: inputs, constants, results of instructions."""
        cdef Program* p
        cdef int n = len(self.code)
        cdef list constants = []
        cdef Symbol s
        for _, operands in self.code:
            for s in operands:
                if s.is_constant and s.value not in constants:
                    constants.append(s.value)
        if result.is_constant and result.value not in constants:
            constants.append(result.value)
        if self.inputs + len(constants) + n > MOST_REGISTERS:
            raise ValueError(f"a formula takes {self.inputs + len(constants) + n} registers; {MOST_REGISTERS} is the "
                             "limit")
        p = new_program(<int>len(constants), n)
        try:
            self.lay_out(p, result, constants)
        except BaseException:
            free_program(p)
            raise
        if output_given:
            p.uses |= OUTPUT_GIVEN
        return p

    cdef int lay_out(self, Program* p, Symbol result, list constants) except -1:
        cdef int i, k
        cdef Program* formula
        cdef Symbol s
        p.inputs = self.inputs
        for i, value in enumerate(constants):
            p.constant[i] = value
        for i, (op, operands) in enumerate(self.code):
            p.code[i].op = op
            p.code[i].out = <int16_t>(p.inputs + p.constants + i)
            for k in range(MOST_INPUTS):
                p.code[i].inputs[k] = -1
            for k, s in enumerate(operands):
                p.code[i].inputs[k] = <int16_t>self.place(p, s, constants)
            formula = table[<int>op].formula
            p.code_room += 1 if formula == NULL else formula.code_room
            p.register_room += 1 if formula == NULL else formula.register_room
            p.by_width = p.by_width or table[<int>op].by_width or (formula != NULL and formula.by_width)
        p.register_room += p.constants
        if p.code_room > MOST_CODE // 4 or p.register_room > MOST_LINE // 4:
            raise ValueError(f"a formula takes {p.code_room} instructions with the formulas in it spelled out; "
                             f"{MOST_CODE // 4} is the limit")
        p.result = self.place(p, result, constants)
        if p.result < p.inputs:
            p.uses |= <uint32_t>1 << p.result
        return 0

    cdef int place(self, Program* p, Symbol s, list constants) except -1:
        if s.trace is not self:
            raise ValueError("a formula may use only its own arguments and numbers")
        if s.is_constant:
            return p.inputs + <int>constants.index(s.value)
        if s.register < 0:
            return p.inputs + p.constants - s.register - 1
        p.uses |= <uint32_t>1 << s.register
        return s.register


@cython.final
cdef class Symbol:
    """What a row's formula is traced on: a register of the program that is being written down."""
    cdef Trace trace
    cdef int register           # an input's; or -1 - the number of the instruction
    cdef bint is_constant
    cdef bint varies            # with the cotangent
    cdef bint unbounded         # it may be infinite or NaN where no operand is
    cdef double value

    def __add__(a, b): return trace_op(OP_ADD, (a, b))
    def __sub__(a, b): return trace_op(OP_SUBTRACT, (a, b))
    def __mul__(a, b): return trace_op(OP_MULTIPLY, (a, b))
    def __truediv__(a, b): return trace_op(OP_DIVIDE, (a, b))
    def __pow__(a, b, modulo): return trace_op(OP_POWER, (a, b))
    def __neg__(self): return trace_op(OP_NEGATIVE, (self,))
    def __abs__(self): return trace_op(OP_ABSOLUTE, (self,))

    def __richcmp__(a, b, int how):
        return trace_op(comparison_opcode[how], (a, b))

    __array_ufunc__ = None      # NumPy's functions do not take symbols, and say so
    __hash__ = None

    def __bool__(self):
        raise TypeError("a formula is traced once, for all values, so Python cannot branch on them; use "
                        "select(condition, x, y)")


cdef bint same_symbols(list a, list b) except -1:
    """Whether operands are the same registers and numbers, one by one."""
    cdef Symbol s
    cdef Symbol t
    for s, t in zip(a, b, strict=True):
        if s.is_constant != t.is_constant or s.register != t.register or not same_bits(s.value, t.value):
            return False
    return True


cdef tuple keeping_zero(int op, list operands):
    """A product or a quotient as it is in a derivative: where a cotangent meets what may be infinite, its zeros stay
    zero."""
    cdef Symbol a
    cdef Symbol b
    if table[op].keeping_zeros:
        a, b = operands
        if table[op].commutes and b.varies:
            a, b = b, a
        if a.varies and not b.varies and not b.is_constant and (b.unbounded or table[op].poles):
            return table[op].keeping_zeros, [a, b]
    return op, operands


cdef object trace_op(int op, tuple operands):
    """An op on symbols and numbers, written into the symbols' program."""
    cdef Trace trace = None
    cdef list symbols = []
    for x in operands:
        if isinstance(x, Symbol):
            trace = (<Symbol>x).trace
    for x in operands:
        symbols.append(x if isinstance(x, Symbol) else trace.constant(float(x)))
    return trace.emit(op, symbols)


cdef Program* trace_formula(object formula, int inputs) except NULL:
    cdef Trace trace = Trace(inputs)
    result = formula(*[trace.symbol(k) for k in range(inputs)])
    return trace.finish(result if isinstance(result, Symbol) else trace.constant(float(result)), False)


cdef tuple slope_products = (OP_MULTIPLY, OP_COTANGENT_PRODUCT, OP_ZERO_PRODUCT)    # by what zeros they keep


cdef int trace_derivative(int op, int k) except -1:
    """Trace the derivative with respect to input k both ways: times a cotangent, and alone (a cotangent of one)."""
    cdef Row* row = &table[op]
    cdef Trace trace
    cdef list arguments
    cdef Program* pulled
    cdef Program* alone
    if row.derivative[k] != UNTRACED:
        return 0
    rule = (<tuple>row.rule)[k]
    trace = Trace(row.arity + 2)
    arguments = [trace.symbol(j) for j in range(row.arity + 2)]
    (<Symbol>arguments[0]).varies = True
    (<Symbol>arguments[row.arity + 1]).unbounded = row.poles
    result = rule(*arguments)
    pulled = trace.finish(result if isinstance(result, Symbol) else trace.constant(float(result)), False)
    try:
        trace = Trace(row.arity + 1)
        arguments = [trace.constant(1.0)] + [trace.symbol(j) for j in range(row.arity + 1)]
        result = rule(*arguments)
        alone = trace.finish(result if isinstance(result, Symbol) else trace.constant(float(result)), True)
    except BaseException:
        free_program(pulled)
        raise
    row.vjp[k] = pulled
    classify_partial(&row.partial[k], alone, row.arity)
    row.slope_zeros[k] = NO_ZEROS
    for j in range(row.vjp[k].instructions):
        row.slope_zeros[k] = max(row.slope_zeros[k], table[row.vjp[k].code[j].op].zeros_kept)
    row.slope_product[k] = <int>slope_products[row.slope_zeros[k]]
    row.uses[k] = row.vjp[k].uses >> 1
    row.derivative[k] = TRACED
    return 0


cdef bint selects(Program* p, uint64_t varying) noexcept:
    """Whether a derivative is not for records of scalars with partials: it has an op of three operands, or one
    whose formula selects among what depends on the cotangent. `varying` has a bit for each register that does."""
    cdef uint64_t among
    cdef int i, k
    for i in range(p.instructions):
        if table[p.code[i].op].arity > 2:
            return True
        among = 0
        for k in range(table[p.code[i].op].arity):
            among |= (varying >> p.code[i].inputs[k] & 1) << k
        if among:
            varying |= <uint64_t>1 << p.code[i].out
            if table[p.code[i].op].formula != NULL and selects(table[p.code[i].op].formula, among):
                return True
    return False


cdef int prepare(int op) except -1:
    """Trace what is still to be traced of a row. (One thread at a time, since formulas are Python, of other rows.)"""
    if not FREE_THREADED:
        return prepare_row(op)
    with turn_at_rows:
        if not table[op].ready:
            prepare_row(op)
    return 0


cdef object turn_at_rows = RLock()


cdef int prepare_row(int op) except -1:
    cdef Row* row = &table[op]
    cdef int k
    if row.formula == NULL and row.formula_rule != NULL:
        row.formula = trace_formula(<object>row.formula_rule, row.arity)
    for k in range(row.arity):
        if row.derivative[k] == UNTRACED:
            trace_derivative(op, k)
    row.on_scalars = (row.scalar1 != NULL or row.scalar2 != NULL or row.scalar3 != NULL or row.formula != NULL
                      or row.loop[NPY_DOUBLE] != NULL)
    row.by_partials = True
    row.code_room = row.arity               # adding up what meets at an operand
    row.register_room = 2 * row.arity + 2   # that, and loading what is kept
    for k in range(row.arity):
        if row.vjp[k] != NULL:
            row.code_room += row.vjp[k].code_room
            row.register_room += row.vjp[k].register_room
        if row.derivative[k] != TRACED or selects(row.vjp[k], 1):
            row.by_partials = False
        if row.by_partials and row.slope_zeros[k]:
            row.by_partials = PARTIALS_WITH_POLES
    raise_flag(&row.ready)
    return 0
