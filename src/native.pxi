# Steps of a plan as native code: what they do is told to Python, which writes it in C, has it compiled and gives back
# where it is. A step is the same to the last bit either way, and whatever else a replay does stays as it is.

def native_parts(Plan plan):
    """The steps that can be native code: (number of the step, what it does).

    A step of numbers is a list of (operation, operands, results, whether the value is rounded to float32), in which a
    register is its number. The operation is one of "move" and "truth"; ("text", op) where the op's text in C is the
    operation; ("load", dtype, root, offset) and ("store", dtype, root, offset) for an element of an array in memory; or
    ("call", address) and ("sincos", address) of functions of numbers, and ("row", address, instruction) of what is
    given the instruction and all registers.
    A line is (registers, code): of a register (whether it is one number, its dtype, whether others read it when the
    block is done, its scratch block); of an instruction (op, or None for a copy; whether its text in C gives the same
    to the last bit; operands, result, the loop's address, its data's).
    """
    cdef int s
    found = []
    for s in range(plan.step_count):
        if plan.steps[s].kind == STEP_SCALARS:
            found.append((s, numbers_told(<ScalarStep*>plan.steps[s].data)))
        elif plan.steps[s].kind == STEP_LINE and (<LineStep*>plan.steps[s].data).line.count <= MOST_NATIVE:
            found.append((s, line_told((<LineStep*>plan.steps[s].data).line)))
    return found


cdef list numbers_told(const ScalarStep* step):
    cdef const ScalarOp* o
    cdef int at, k, code
    cdef list told = []
    for at in range(step.count):
        o = &step.ops[at]
        code = plain_code(o.code)
        for k in range(o.count):
            if code >= SCALAR_STORE8:
                dtype = dtype_of_element(code - SCALAR_STORE8)
                offset = o.with_.offset + k * <ptrdiff_t>dtype.itemsize
                told.append((("store", dtype, o.b, offset), [o.a + k], [], False))
            elif code >= SCALAR_LOAD8:
                dtype = dtype_of_element(code - SCALAR_LOAD8)
                offset = o.with_.offset + k * <ptrdiff_t>dtype.itemsize
                told.append((("load", dtype, o.b, offset), [], [o.out + k], False))
            elif code == SCALAR_SINCOS:
                told.append((("sincos", <uintptr_t>o.with_.function), [o.a], [o.out, o.b], False))
            elif code == SCALAR_ROW:
                told.append((("row", <uintptr_t>o.with_.function, <uintptr_t>o), [], [o.out], False))
            elif code == SCALAR_MOVE or code == SCALAR_TRUTH:
                told.append(("move" if code == SCALAR_MOVE else "truth", [o.a], [o.out], bool(o.rounds)))
            else:
                what = ("call", <uintptr_t>o.with_.function)
                if table[o.op].exact:
                    what = ("text", op_name(o.op))
                if o.count > 1:
                    operands = [o.a + k * (o.c & 1), o.b + k * (o.c >> 1 & 1)]
                else:
                    operands = [o.a, o.b, o.c]
                told.append((what, operands[:table[o.op].arity], [o.out + k], bool(o.rounds)))
    return told


cdef object dtype_of_element(int number):
    """The dtypes that numbers are loaded from, and stored to, by how their instructions follow each other."""
    return dtype_objects[NPY_DOUBLE if number == 0 else (NPY_FLOAT if number == 1 else NPY_BOOL)]


cdef tuple line_told(const Line* line):
    cdef const LineRegister* r
    cdef const LineOp* code
    cdef int i, k
    cdef list registers = [], told = []
    for k in range(line.count):
        r = &line.registers[k]
        registers.append((r.kind == UNIFORM_REGISTER or r.kind == NUMBER_REGISTER, dtype_objects[r.dtype],
                          r.kind == DIRECT_REGISTER or r.summed, r.slot))
    for i in range(line.code_count):
        code = &line.code[i]
        operands = [code.registers[k] for k in range(code.arity)]
        exact = code.op == COPIED or table[code.op].exact
        told.append((None if code.op == COPIED else op_name(code.op), exact, operands, code.registers[code.arity],
                     <uintptr_t><void*>code.loop, <uintptr_t>code.extra))
    return registers, told


def bind_native(Plan plan, int step, uintptr_t function, calls, library):
    """Let a step be a native function from here on, which is given the addresses that it calls; the library is kept."""
    cdef Step* s
    cdef void** addresses = <void**>malloc((len(calls) + 1) * sizeof(void*))
    cdef int k
    if addresses == NULL:
        raise MemoryError()
    if not 0 <= step < plan.step_count:
        free(addresses)
        raise IndexError(f"there is no step {step} in a plan of {plan.step_count}")
    s = &plan.steps[step]
    for k in range(<int>len(calls)):
        addresses[k] = <void*><uintptr_t>calls[k]
    plan.libraries.append(library)
    # (The addresses first: another thread may be replaying.)
    if s.kind == STEP_SCALARS and (<ScalarStep*>s.data).native == NULL:
        (<ScalarStep*>s.data).calls = addresses
        publish(&(<ScalarStep*>s.data).native, <void*>function)
    elif s.kind == STEP_LINE and (<LineStep*>s.data).line.native == NULL:
        (<LineStep*>s.data).line.calls = addresses
        publish(&(<LineStep*>s.data).line.native, <void*>function)
    else:
        free(addresses)
