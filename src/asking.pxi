# Asking a tape: what is checked before a sweep, and what a sweep does to the tape that is asked.

cdef str SPENT = "A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)"


cdef str ALONE = ("another thread records on this tape, or on one that was open together with it, or takes a second "
                  "derivative there: that appends to the records, which one thread does at a time")

cdef object hook_missing = None     # the package's: what says so where a gradient is about to be None


def install_missing(tell):
    """Give the core what says so where a gradient is about to be None."""
    global hook_missing
    hook_missing = tell


def kept_answers(Tape tape):
    """What was found out about gradients that are None while the tape had its records: [(target, source, answer)]."""
    return [] if tape.aside is None else list(tape.aside.answers or ())


def is_persistent(Tape tape):
    return tape.persistent


def keep_answers(Tape tape, list answers):
    tape.more().answers = answers


cpdef list checked_sources(list sources):
    """Sources are tensors and variables, or an error says what to name."""
    for value in sources:
        if not is_operand(value):
            if isinstance(value, BufferCore):
                hint = "name the tensor that it was made of, x in b = buffer(x)"
            elif hasattr(value, "trainable_variables"):
                hint = "name its variables: .trainable_variables"
            elif hasattr(value, "__iter__") and not isinstance(value, (str, ndarray)):
                hint = "make it a list: list(...)"
            else:
                hint = "watch a tensor: x = constant(...); tape.watch(x)"
            raise TypeError(f"sources must be tensors or variables, not {type(value).__name__} ({shorten(value)}); "
                            f"{hint}")
    return sources


cdef Operand checked_target(object value):
    """A target, or None (after a warning) if its dtype has no gradient."""
    cdef Operand x
    if not is_operand(value) and isinstance(value, BufferCore):
        value = (<BufferCore>value).value()
    if value is None:
        raise TypeError("targets must be tensors or variables, not None, which is what a function without a return "
                        "statement gives, and a gradient of what does not depend on the source "
                        "(unconnected_gradients=\"zero\" "
                        "makes zeros of that)")
    if not is_operand(value):
        hint = ("take the derivative of one tensor in it after the other" if isinstance(value, (list, tuple, dict)) else
                "a value that left the tape (.numpy(), np.asarray, float()) cannot be differentiated")
        raise TypeError(f"targets must be tensors or variables, not {type(value).__name__} ({shorten(value)}); {hint}")
    x = <Operand>value
    if not differentiable(x.code):
        warn_caller(f"the target tensor has dtype {x.dtype}, which has no gradient; the result is None. Cast before "
                    f"the computation: cast(x, float32)")
        return None
    return x


cdef inline int enter_sweep(Tape tape) except -1:
    """A sweep over a tape's records begins: none of them is cut off until it is left. Where threads run side by side
    one sweeps a log at a time."""
    if FREE_THREADED:
        return take_turn(tape)
    tape.sweeps += 1
    return 0


cdef inline void leave_sweep(Tape tape) noexcept:
    if FREE_THREADED:
        give_turn(tape)
        return
    tape.sweeps -= 1


cdef int take_turn(Tape tape) except -1:
    cdef unsigned long thread = PyThread_get_thread_ident()
    cdef bint refused
    if tape.log != NULL and is_anothers(tape.log):
        raise RuntimeError(ALONE)
    hold_object(tape)
    refused = tape.log == NULL or (tape.sweeps and not tape.persistent and number_now(&tape.log.turn_of) != thread)
    if not refused:
        tape.sweeps += 1        # (the log stays)
    let_go_object(tape)
    if refused:
        raise RuntimeError(SPENT)
    take_turn_of(tape.log)
    return 0


cdef void give_turn(Tape tape) noexcept:
    end_turn(tape.log)
    hold_object(tape)
    tape.sweeps -= 1
    let_go_object(tape)


cdef int begin_sweep(Tape tape, list targets) except -1:
    """What a call of `gradient` does to the tape: unread variables become leaves, and a tape for one use stops here."""
    cdef Operand x
    tape.check_thread()
    if traces:
        refuse_from_inside(tape, targets)
    for x in targets:
        if x.is_variable and tape.automatic and (<VariableCore>x).is_trainable and log_find(tape.log, x) < 0:
            leaf(tape.log, x, tape.bit)
    if tape.open and not tape.persistent:
        tape.pop()
    return 0


cdef int refuse_from_inside(Tape tape, list targets) except -1:
    """A tape from around a recorded function has not heard what is computed in it: the answer would be None, in
    silence."""
    cdef Log* log = tracing_log()
    cdef Operand x
    if log == NULL or tape.log == NULL or tape.log == log:
        return 0
    for x in targets:
        if not x.is_variable and is_of(log, x.log_id) and log_find(tape.log, x) < 0:
            raise RuntimeError("a tape that was opened outside of a recorded function is asked inside of it for the "
                               "derivative of what the function computes, or was given, which the tape has not heard: "
                               "open the tape inside, around the computation, or return the target and ask outside")
    return 0


cdef int end_sweep(Tape tape) except -1:
    if not tape.persistent and not tape.sweeps:
        tape.release()
        tape.spent = True
    return 0


cdef int check_recorded(Tape tape) except -1:
    if tape.log == NULL and not tape.spent:
        raise RuntimeError("this tape has recorded nothing: compute the target inside `with tape:`")
    if tape.log == NULL or (not tape.persistent and tape.sweeps):   # a rule, or another thread, asks while it is spent
        raise RuntimeError(SPENT)
    return 0
