# Calling what was recorded: which program a call is for, and what the tapes around it are told.
#
# For one key (structure, shapes, dtypes, Python values) the programs that were recorded form a tree. A fork is a look
# at a value; its branches are the values that were seen there; a program stands where a path of looks ends. A replay
# that finds another value at a look than its program was recorded with goes on at the branch of what it found.

cdef enum:
    MOST_VALUES = 100           # branches of a fork: a value that takes more is one that always differs,
    MOST_MISSES = 20            # and so is one that has never been met twice


@cython.final
cdef class Fork:
    """A look at a value, or the end of all looks."""
    cdef dict branches          # by the bytes of the value: a Fork
    cdef object end             # the program that ends here
    cdef void* latest           # the program that ran last, at or behind this fork: a Variant (which `Variants` holds)
    cdef int hits
    cdef object place           # of the look, in the user's code

    def __cinit__(self):
        self.branches = {}


@cython.final
cdef class Variant:
    """One recorded path: its program, and the forks that lead to it."""
    cdef readonly ProgramCore program
    cdef list forks
    cdef readonly object extra  # how results are put together: None for a single one, `tuple`, `list`, or what Python
                                # keeps for it
    cdef readonly object derived    # programs made of it, by Python: `derive`
    cdef public object origin   # the program as it was recorded, and where in the code, for Python's checks
    cdef readonly object look   # the place in the user's code at which it left the paths of those before, or None
    cdef object __weakref__

    def __init__(self, ProgramCore program, extra):
        self.program = program
        self.extra = extra
        self.forks = []

    def derive(self, made):
        """Keep programs that were made of this one, if another thread has not been quicker; those that are kept."""
        hold_object(self)
        if self.derived is None:
            self.derived = made
        let_go_object(self)
        return self.derived

    def met_again(self):
        """Note that values came once more that lead here."""
        cdef Fork fork
        for fork in self.forks:
            count_up(&fork.hits, 1)


@cython.final
cdef class Variants:
    """All programs of one key."""
    cdef readonly tuple around          # the key of what stood around the function
    cdef Fork root
    cdef readonly list programs
    cdef public object obstacle         # why this key is not recorded any more, or None
    cdef readonly uint64_t replays      # how often the programs were met again
    cdef list watched                   # what tapes within the programs watch: see `aliases`; or None
    cdef list captured                  # the tensors that the programs captured
    cdef list pairs                     # these two; and what they were, where another thread may be going through them
    cdef void* aliasing                 # the last pair, once something is watched

    def __cinit__(self, tuple around):
        self.around = around
        self.captured = []
        self.pairs = []
        self.root = Fork()
        self.programs = []

    def add(self, Variant variant, list looks):
        """Put a new program where its looks lead: [(value, whether only its truth was asked for, place in the code)].

        Returns the fork at which it branches off for good, if that one has too many branches.
        """
        keys = [guard_key(<Operand>value, truth) for value, truth, _ in looks]
        watched = variant.program.watched
        captured = [tensor for _, tensor in variant.program.captures]
        hold_object(self)
        try:
            crowded = self.put(variant, looks, keys, watched, captured)
        finally:
            let_go_object(self)
        return None if crowded is None else spell_place((<Fork>crowded).place)

    cdef Fork put(self, Variant variant, list looks, list keys, list watched, list captured):
        cdef Fork fork = self.root, next_fork
        cdef Fork crowded = None
        cdef tuple pair
        self.programs.append(variant)
        variant.forks = []
        if watched is not None:
            self.watched = (self.watched or []) + watched
        self.captured = self.captured + captured
        if self.watched is not None:
            pair = (self.watched, self.captured)
            self.pairs = self.pairs + [pair] if FREE_THREADED else [pair]
            publish(&self.aliasing, <void*>pair)
        for key, (_, _, place) in zip(keys, looks):
            variant.forks.append(fork)
            fork.place = place
            next_fork = fork.branches.get(key)
            if next_fork is None:
                if fork.branches and variant.look is None:
                    variant.look = place
                next_fork = Fork()
                fork.branches[key] = next_fork
                if len(fork.branches) > MOST_VALUES or (fork.hits == 0 and len(fork.branches) > MOST_MISSES):
                    crowded = fork
            fork = next_fork
        variant.forks.append(fork)
        fork.end = variant
        for fork in variant.forks:  # (once all are there: who finds the program goes by them)
            publish(&fork.latest, <void*>variant)
        return crowded

    def aliased(self, list operands):
        """Whether these are operands that the programs are not for: see `aliases`."""
        return self.has_aliased(operands)

    cdef inline bint has_aliased(self, list operands) except -1:
        cdef PyObject* pair = <PyObject*>published(&self.aliasing)
        cdef PyObject* watched
        cdef PyObject* captured
        if pair == NULL:
            return False
        watched = PyTuple_GET_ITEM(<tuple>pair, 0)
        captured = PyTuple_GET_ITEM(<tuple>pair, 1)
        return aliased(<list>watched, <list>captured, operands)

    @property
    def latest(self):
        """The program that ran last, or None."""
        cdef PyObject* latest = <PyObject*>published(&self.root.latest)
        return None if latest == NULL else <object>latest

    @property
    def only(self):
        """The program, where Python looks at no value; or None."""
        return self.root.end

    def prefer(self, Variant variant):
        """Begin with this program the next time."""
        cdef Fork fork
        hold_object(self)
        next_number(&self.replays)
        for fork in variant.forks:
            publish(&fork.latest, <void*>variant)
        let_go_object(self)

    def branch(self, Variant variant, int number, bytes seen):
        """The program to go on with where another value was found at a look; None where there is none yet."""
        cdef PyObject* found = NULL
        self.find_branch(variant, number, seen, &found)
        return None if found == NULL else <object>found

    cdef int find_branch(self, Variant variant, int number, bytes seen, PyObject** found) except -1:
        cdef Fork fork = <Fork>variant.forks[number]
        cdef Fork branch = fork.branches.get(seen)
        found[0] = NULL
        if branch is not None:
            count_up(&fork.hits, 1)
            found[0] = <PyObject*>published(&branch.latest)
        return 0

    cdef object replay(self, list arguments, PyObject** chosen):
        """Replay whichever program the arguments are for: its outputs, and which one that was, or None where it is
        still to be recorded. The outputs are SUSPECT where Python is to run, since somebody wants to be told where a
        number stopped being finite. (Programs stay as long as this does, so that nobody counts who refers to them.)"""
        cdef PyObject* first = <PyObject*>published(&self.root.latest)
        cdef PyObject* variant = first
        cdef PyObject* program
        while variant != NULL:
            program = <PyObject*>(<Variant>variant).program
            result = replay(<ProgramCore>program, arguments, BY_FLAGS)
            chosen[0] = variant
            if result is SUSPECT:
                return result
            if type(result) is list:
                if variant != first:
                    self.prefer(<Variant>variant)
                elif not FREE_THREADED or number_now(&self.replays) == 0:   # (what threads write to, they wait for)
                    next_number(&self.replays)
                return result
            node, seen = <tuple>result
            self.find_branch(<Variant>variant, (<tuple>(<Variant>variant).program.places[node])[0], seen, &variant)
        return None

    def run(self, list arguments):
        """The same for Python: (variant, outputs), of which there are none where Python is to run; or None."""
        cdef PyObject* variant = NULL
        result = self.replay(arguments, &variant)
        if result is None:
            return None
        return <Variant>variant, None if result is SUSPECT else result


cdef bint aliased(list watched, list captured, list operands) except -1:
    """Whether one of what is watched (a number of an operand, or a captured tensor) is given a second time."""
    cdef Py_ssize_t i, k, own, n = len(operands), others = len(captured)
    cdef PyObject* x
    if n == 0 or (n == 1 and others == 0):
        return False
    for i in range(len(watched)):
        x = PyList_GET_ITEM(watched, i)
        own = -1
        if type(<object>x) is int:
            own = <Py_ssize_t><object>x
            x = PyList_GET_ITEM(operands, own)
            for k in range(others):
                if PyList_GET_ITEM(captured, k) == x:
                    return True
        for k in range(n):
            if PyList_GET_ITEM(operands, k) == x and k != own:
                return True
    return False


def aliases(ProgramCore program, list operands):
    """Whether a tape within the program watches an argument that is the same tensor as another one, or as a captured
    one.

    The two are then one source, where the program has two: Python has to run."""
    return program.watched is not None and aliased(program.watched, [tensor for _, tensor in program.captures],
                                                   operands)


@cython.final
cdef class LastCall:
    """The last call that was plain. (A thread has its own: who shares it, waits to count that he refers to it.)"""
    cdef tuple arguments                # what each argument was,
    cdef tuple around                   # what the function found around it, or None where that is nothing,
    cdef Variants variants              # and the programs for it


cdef class FunctionCore:
    """The compiled part of a recorded function: the quick way from a call to its program."""
    cdef public object python_function
    cdef list last                      # of each lane: a LastCall, or None
    cdef public bint plain              # whether the quick way may be taken

    def __cinit__(self, *args, **kwargs):
        self.plain = True
        self.last = [None] * LANES

    @classmethod
    def __class_getitem__(cls, types):
        """The class itself: what it takes and gives is known to type checkers alone."""
        return cls

    def remember(self, tuple arguments, tuple around, Variants variants):
        """Let calls like this one take the quick way, as long as things around the function are as they were."""
        cdef list kinds = []
        for value in arguments:
            kind = kind_of_argument(value)
            if kind is None:
                return
            kinds.append(kind)
        cdef LastCall last = LastCall.__new__(LastCall)
        last.arguments = tuple(kinds)
        last.around = around if around else None
        last.variants = variants
        self.last[own_lane()] = last

    def forget_last(self):
        """Look at the next call in full."""
        cdef int lane
        for lane in range(LANES):
            self.last[lane] = None

    def __call__(self, *args, **kwargs):
        cdef list operands
        cdef LastCall last
        cdef PyObject* variant
        if not kwargs and self.plain:
            last = <LastCall>self.last[own_lane()]
            operands = None if last is None else matching(last.arguments, args)
            if (operands is not None and (last.around is None or unchanged(last.around)) and recording_log() == NULL
                    and not (<Variants><PyObject*>last.variants).has_aliased(operands)):
                results = (<Variants><PyObject*>last.variants).replay(operands, &variant)
                if results is SUSPECT:
                    return self.run_plainly(args, kwargs)
                if results is not None:
                    if (<Variant>variant).extra is None:
                        return (<list>results)[0]
                    if (<Variant>variant).extra is tuple:
                        return tuple(<list>results)
                    if (<Variant>variant).extra is list:
                        return results
                    return self.assemble(<Variant>variant, results)
        return self.call(args, kwargs)

    def __get__(self, instance, owner):
        return self if instance is None else self.bound(instance)


cdef extern from "Python.h":
    PyObject* PyObject_Call(object function, PyObject* args, PyObject* kwargs)

    ctypedef struct CallableClass "PyTypeObject":
        PyObject* (*tp_call)(PyObject* function, PyObject* args, PyObject* kwargs)


@cython.final
cdef class Wrapper:
    """A function that was made of another one. Its `__dict__` has its names, and nothing else."""
    cdef object run                     # what a call runs
    cdef readonly tuple recipe          # what it was made by: (function, arguments)
    cdef object reduce                  # how it is pickled, with this recipe
    cdef dict __dict__
    cdef object __weakref__

    def __init__(self, run, tuple recipe, reduce):
        self.run = run
        self.recipe = recipe
        self.reduce = reduce

    def __reduce__(self):
        return self.reduce(self, self.recipe)

    def __repr__(self):
        make, made_of = self.recipe
        return f"<{make.__name__} of {made_of[0]!r}>"

    def __call__(self, *args, **kwargs):
        return self.run(*args, **kwargs)

    def __get__(self, instance, owner):
        return self if instance is None else MethodType(self, instance)


cdef PyObject* call_wrapper(PyObject* wrapper, PyObject* args, PyObject* kwargs) noexcept:
    """`__call__`, with the arguments handed on as they came."""
    return PyObject_Call((<Wrapper>wrapper).run, args, kwargs)

(<CallableClass*><PyObject*>Wrapper).tp_call = call_wrapper


@cython.final
cdef class Branch:
    """What a list, a tuple or a dict of tensors must be the same in."""
    cdef object type
    cdef tuple keys                     # of a dict, in its order; else None
    cdef list order                     # of a dict: the keys as its leaves are listed
    cdef tuple kinds                    # of the leaves


cdef object kind_of_argument(object value):
    """What must be the same for a program to be for an argument; None where that takes a longer look."""
    cdef Operand x
    cdef Branch branch
    if type(value) is Tensor:
        x = <Operand>value
        return (x.code, x.scalar, None if x.scalar else x.array.shape)
    if isinstance(value, VariableCore):
        return value
    if type(value) is not list and type(value) is not tuple and type(value) is not dict or not value:
        return None
    branch = Branch.__new__(Branch)
    branch.type = type(value)
    if type(value) is dict:
        if not all([type(key) is str for key in value]):
            return None
        branch.keys = tuple(value)
        branch.order = sorted(value)
        value = [value[key] for key in branch.order]
    branch.kinds = tuple([kind_of_argument(leaf) for leaf in value])
    return branch if all([kind is not None for kind in branch.kinds]) else None


cdef list matching(tuple kinds, tuple args):
    """The operands of a plain call, if its arguments are of these kinds."""
    cdef Py_ssize_t k
    cdef list operands = []
    cdef Operand x
    if len(kinds) != len(args):
        return None
    for k in range(len(args)):
        value = args[k]
        kind = kinds[k]
        if type(value) is Tensor:
            if type(kind) is not tuple:
                return None
            x = <Operand>value
            if x.code != <int>(<tuple>kind)[0] or x.scalar != <int>(<tuple>kind)[1]:
                return None
            if not x.scalar and x.array.shape != (<tuple>kind)[2]:
                return None
            operands.append(x)
        elif value is not kind:
            if type(kind) is not Branch:
                return None
            leaves = leaves_matching(<Branch>kind, value)
            if leaves is None:
                return None
            operands += leaves
    return operands


cdef list leaves_matching(Branch branch, object value):
    """The same of a branch."""
    cdef tuple leaves
    if type(value) is not branch.type or len(value) != len(branch.kinds):
        return None
    if branch.keys is None:
        leaves = tuple(value)
    elif tuple(<dict>value) == branch.keys:
        leaves = tuple([(<dict>value)[key] for key in branch.order])
    else:
        return None
    return matching(branch.kinds, leaves)


cdef int step_through(ProgramCore p, list arguments) except -1:
    """The records of a program one by one, so that the one is named that makes what is not finite: an error, if there
    is one."""
    cdef list values = []
    cdef int32_t i
    cdef Record* r
    for i in range(p.count):
        r = &p.records[i]
        if i < p.input_count:
            values.append(arguments[i])
        elif is_input(r):
            values.append(value_of(<VariableCore>p.variables[i - p.input_count]))
        elif is_constant(r):
            values.append(present(<Operand>p.constant(i)))
        else:
            values.append(None if is_guard(r) or table[r.op].acts else apply_record(p, i, values))
    return 0


def run_program(ProgramCore program, list arguments):
    """Replay one program, for nobody to hear of: its outputs, or (node, value) of the first guard that did not hold."""
    check_operands(program, arguments, program.input_count)
    result = replay(program, arguments, BY_RESULTS)     # (a derivative's records may be infinite where nobody chose)
    if result is SUSPECT:
        step_through(program, arguments)
        return replay(program, arguments)
    return result


def listening(list operands):
    """Whether a recording tape follows one of these; a trainable variable that is read is followed from here on. (A
    trace follows whatever it is asked about, and is no tape: see is_tracing.)"""
    cdef Log* log = recording_log()
    cdef Operand x
    cdef bint found = False
    cdef int32_t node
    if log == NULL:
        return False
    for x in operands:
        node = tracked(log, x)
        if node >= 0 and (not log.tracer or derives(log, log.records[node].listeners)):
            found = True
    return found


def optimise(ProgramCore program, passes):
    """Run passes over a program, in their order, and drop what is then not needed."""
    for one in passes:
        one(program)
    compact(program)
    return program


def plan_of(ProgramCore program):
    """The plan of a program, for looking at."""
    return planned(program) if published(&program.finished) == NULL else <Plan>program.plan


def guards_of(ProgramCore program):
    """The looks of a program as it was recorded, in their order, numbered from here on: [(value, truth, place)]."""
    cdef int32_t i
    cdef list looks = []
    if not program.places:
        return looks
    for i in range(program.count):
        if is_guard(&program.records[i]):
            place = unnumbered(program.places.get(i))
            program.places[i] = (len(looks), place)
            looks.append((program.constant(i), bool(program.records[i].payload.look.truth), place))
    return looks


def split_program(ProgramCore joint, int cotangents, int outputs):
    """A closed program of values and gradients, as two: one that gives the values, and what the other needs of it; and
    one from that and cotangents to the gradients.

    The first inputs are `cotangents` cotangents, the others the values' operands; the first `outputs` outputs are
    values. Returns the two programs and, for each input of the second before its cotangents, where it comes from:
    ("input", k) or ("output", k) of the first.
    """
    cdef ProgramCore first = program_like(joint), second = program_like(joint)
    cdef ndarray late_nodes = zeroed(NPY_BOOL, joint.count), passed_nodes = zeroed(NPY_BOOL, joint.count)
    cdef ndarray first_map = identity_map(joint), second_map = identity_map(joint)
    cdef uint8_t* late = <uint8_t*>PyArray_DATA(late_nodes)
    cdef uint8_t* passed = <uint8_t*>PyArray_DATA(passed_nodes)
    cdef int32_t* at = places_of(first_map)
    cdef int32_t* there = places_of(second_map)
    cdef int32_t i
    cdef int32_t pair[2]
    cdef int32_t* nodes
    cdef int k, n
    cdef list sources = [], extra = []
    check_closed(joint)
    first.compiler = second.compiler = joint.compiler
    first.memory = second.memory = joint.memory
    for i in range(cotangents):
        late[i] = 1
    for i in range(joint.input_count, joint.count):
        n = joint.nodes_of(i, &nodes, pair)
        for k in range(n):
            if late[nodes[k]]:
                late[i] = 1
    for i in range(joint.input_count, joint.count):
        if late[i]:
            n = joint.nodes_of(i, &nodes, pair)
            for k in range(n):
                if not late[nodes[k]] and not is_constant(&joint.records[nodes[k]]):
                    passed[nodes[k]] = 1
    for k in range(outputs, len(joint.outputs)):
        i = joint.outputs[k]
        if not late[i] and not is_constant(&joint.records[i]):
            passed[i] = 1
    for i in range(joint.count):
        if not late[i]:
            at[i] = copy_record(joint, i, first, at)
    first.input_count = joint.input_count - cotangents
    for i in range(joint.count):
        if passed[i]:
            there[i] = second.append(OP_INPUT, joint.records[i].dtype, joint.shape(i), NULL, 0, None)
            if i < joint.input_count:
                sources.append(("input", i - cotangents))
            else:
                sources.append(("output", outputs + len(extra)))
                extra.append(at[i])
    for i in range(cotangents):
        there[i] = second.append(OP_INPUT, joint.records[i].dtype, joint.shape(i), NULL, 0, None)
    second.input_count = second.count
    for i in range(joint.input_count, joint.count):
        if late[i] or is_constant(&joint.records[i]):
            there[i] = copy_record(joint, i, second, there)
            second.records[there[i]].flags &= ~KEPT
    first.outputs = [at[<int32_t>node] for node in joint.outputs[:outputs]] + extra
    second.outputs = [there[<int32_t>node] for node in joint.outputs[outputs:]]
    first.places = {at[<int32_t>node]: place for node, place in joint.places.items() if not late[<int32_t>node]}
    second.places = {there[<int32_t>node]: place for node, place in joint.places.items() if late[<int32_t>node]}
    return first, second, sources
