# What Python calls for derivatives: a tape's gradient, and its like for many cotangents or tangents.

cdef int look_at_gradients(Tape tape, list targets, list seeds, list sources, list results, int wanted) except -1:
    """Somebody wants to be told where gradients stop being finite, if they do."""
    if fn_noted():
        fn_forget()
    if values_are_made_up():
        return 0
    for value in results:
        if not isinstance(value, Operand):
            value = getattr(value, "values", None)
        if isinstance(value, Operand) and some_are_not_finite(<Operand>value):
            break
    else:
        return 0
    error = hook_gradient_fault(tape, targets, seeds, sources, results, wanted == CHECKED_NUMERICS)
    if error is not None:
        raise error
    return 0


def tape_gradient(Tape tape, list targets, list sources, seeds, bint zero, final=None):
    """The gradient of flat lists; see GradientTape.gradient.

    Everything is checked before anything is done: after an error the tape is as it was. `final`(number of the source,
    gradient), if given, is called while the sweep goes on, as soon as nothing more can come to the gradient of a
    variable or of what is watched; other sources' it is not told of, nor what is None.
    """
    return gradient_of_lists(tape, targets, sources, seeds, zero, final)


cdef list gradient_of_lists(Tape tape, list targets, list sources, object seeds, bint zero, object final):
    cdef Operand x, seed
    cdef list given = targets, seeds_ = [None] * len(targets), results
    cdef Py_ssize_t i
    cdef int wanted = CHECKED_NUMERICS if tape.checks else numerics_wanted()
    check_recorded(tape)
    checked_sources(sources)
    for i in range(len(given)):
        x = checked_target(given[i])
        if x is not given[i]:
            targets = list(given) if targets is given else targets
            targets[i] = x
        if x is None or seeds is None or seeds[i] is None:
            continue
        seed = operand_beside(seeds[i], x)
        if seed is None:
            raise TypeError(f"output_gradients must be numeric, not {type(seeds[i]).__name__}")
        if tuple(seed.shape) != tuple(x.shape):
            raise ValueError(f"output_gradients: the gradient for a target of shape {tuple(x.shape)} has shape "
                             f"{tuple(seed.shape)}; they must be equal")
        seeds_[i] = cast_operand(seed, x.code)
    if targets is not given:    # without those that have no gradient
        seeds_ = [seed for x, seed in zip(targets, seeds_) if x is not None]
        targets = [x for x in targets if x is not None]
    begin_sweep(tape, targets)
    enter_sweep(tape)
    try:
        results = reverse(tape.log, tape.bit, targets, seeds_, sources, 0, not tape.persistent and not wanted, final)
        if wanted:
            look_at_gradients(tape, targets, seeds_, sources, results, wanted)
    finally:
        leave_sweep(tape)
    for i in range(len(sources)):
        if results[i] is None:
            if not zero and targets and hook_missing is not None:
                try:
                    hook_missing(tape, targets, sources, results)
                finally:
                    end_sweep(tape)
                return results
            break
    end_sweep(tape)
    if zero:
        for i in range(len(sources)):
            if results[i] is None:
                results[i] = zeros_of(<Operand>sources[i])
    return results


def tape_gradient_flat(Tape tape, target, sources):
    """The gradient of one target with respect to a tensor, or a flat list, tuple or dict of them: the usual call,
    without the flattening of structures. NotImplemented for anything else."""
    cdef list leaves, results
    if not is_operand(target):
        return NotImplemented
    if is_operand(sources):
        return gradient_of_lists(tape, [target], [sources], None, False, None)[0]
    if type(sources) is list:
        leaves = <list>sources
    elif type(sources) is tuple:
        leaves = list(<tuple>sources)
    elif type(sources) is dict:
        leaves = list((<dict>sources).values())
    else:
        return NotImplemented
    for value in leaves:
        if not is_operand(value):
            return NotImplemented
    results = gradient_of_lists(tape, [target], leaves, None, False, None)
    if type(sources) is list:
        return results
    if type(sources) is tuple:
        return tuple(results)
    return dict(zip(<dict>sources, results))


def tape_pullback(Tape tape, target, list sources, cotangents, take=None):
    """For each array of cotangents (a leading axis, then the target's shape) the gradients, which have the same axis.

    The sweeps of a Jacobian, in chunks; see GradientTape.jacobian. Where `take` is given, it is called with each
    chunk's gradients, and what it returns is kept in their place.
    """
    cdef Operand x
    cdef Tensor seed
    cdef list results = []
    cdef int wanted = CHECKED_NUMERICS if tape.checks else numerics_wanted()
    check_recorded(tape)
    checked_sources(sources)
    x = checked_target(target)
    if x is None:
        return [[None] * len(sources)]
    begin_sweep(tape, [x])
    enter_sweep(tape)
    try:
        for cotangent in cotangents:
            seed = cast_operand(<Operand>cotangent, x.code) if isinstance(cotangent, Operand) else new_tensor(
                own_copy(cotangent.astype(x.dtype)))
            gradients = reverse(tape.log, tape.bit, [x], [seed], sources, PyArray_DIMS(seed.array)[0])
            if wanted:      # (where the rows stop being finite, their sum is asked)
                look_at_gradients(tape, [x], None, sources, gradients, wanted)
            results.append(gradients if take is None else take(gradients))
    finally:
        leave_sweep(tape)
    end_sweep(tape)
    return results


def tape_pushforward(Tape tape, list targets, jobs, take=None):
    """For each (sources, tangents, batch) the targets' tangents; None where unconnected.

    With a batch, every tangent has a leading axis of that length. `take` is as in `tape_pullback`.
    """
    cdef Operand x
    cdef list ends = [], connected, pushed, results = []
    cdef int wanted = CHECKED_NUMERICS if tape.checks else numerics_wanted()
    check_recorded(tape)
    for value in targets:
        ends.append(checked_target(value))
    connected = [x for x in ends if x is not None]
    enter_sweep(tape)
    try:
        for sources, tangents, batch in jobs:
            tangents = checked_tangents(checked_sources(sources), tangents, batch)
            begin_sweep(tape, connected)
            found = iter(forward(tape.log, tape.bit, connected, sources, tangents, batch))
            pushed = [None if x is None else next(found) for x in ends]
            if wanted:      # (a slope that is not finite is one backwards, too)
                look_at_gradients(tape, connected, None, sources, pushed, wanted)
            results.append(pushed if take is None else take(pushed))
    finally:
        leave_sweep(tape)
    end_sweep(tape)
    return results


def tape_has_custom_gradient(Tape tape):
    """Whether a function with a gradient of its own was recorded: what it means in forward mode is anybody's guess."""
    return tape.log != NULL and tape.log.ruled


cdef list checked_tangents(list sources, list tangents, npy_intp batch):
    """Tangents as tensors of their sources' shapes and dtypes."""
    cdef Operand x, tangent
    cdef list given = []
    cdef Py_ssize_t k
    for k in range(len(sources)):
        x = <Operand>sources[k]
        tangent = <Operand>operand_like(tangents[k], x)
        if shape_of(tangent) != with_batch(shape_of(x), batch):
            raise ValueError(f"the tangent of a source of shape {shape_of(x)} has shape {shape_of(tangent)}; it must "
                             f"have shape {with_batch(shape_of(x), batch)}")
        given.append(tangent)
    return given
