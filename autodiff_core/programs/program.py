"""`Program`: what a function was recorded as, as an object: to run, read, measure, differentiate, save and compile.

A program is made once and never changed. Another one, its derivative say, comes of applying its records once more, to
tensors that a Tracer and a tape follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _core
from ..derivatives.autodiff import ForwardAccumulator
from ..derivatives.transforms import strict_tape
from ..readable import Readable
from ..tape import Tape, UnconnectedGradients, inner
from ..tensors.indexed_slices import dense
from .differentiable import PASSES, DifferentiableProgram, GuardFailed, bare, check_derivative, no_draws, optimised
from .layout import Layout, Place
from .tensor_spec import TensorSpec

if TYPE_CHECKING:
    from ..reading.costs import Profile

__all__ = ["Program"]


class Program(Readable):
    """A recorded computation: records, constants, guards, variables; made by `from_function`.

    Calling it with arguments of its structure, shapes and dtypes replays it. Under a tape the call is recorded, and can
    be differentiated like any other.

    Notes
    -----
    Where Python looked at a tensor's value while the program was recorded, it has a guard: it gives results only where
    it finds the same value there. `function` keeps a program for each value; this is one of them.

    Examples
    --------
    >>> program = tf.Program.from_function(lambda x: tf.reduce_sum(x * x), tf.TensorSpec([3], tf.float64))
    >>> float(program(np.array([1., 2., 3.])))
    14.0
    >>> print(program)
    %0 = input  float64 (3,)
    %1 = multiply(%0, %0)  float64 (3,)
    %2 = sum(%1; (3,), (1,), ())  float64 ()
    return %2
    """

    def __init__(
        self,
        core: Any,
        arguments: Layout,
        results: Layout,
        passes: Sequence[str] = tuple(PASSES),
        names: Sequence[str] = (),
    ) -> None:
        self._core, self._arguments, self._results, self._passes = core, arguments, results, tuple(passes)
        self._names = tuple(names)  # of the arguments, which keywords may fill
        self._inputs = [_spec(core, node) for node in range(core.input_count)]
        self._derived: DifferentiableProgram | None = None

    @classmethod
    def from_function(cls, function: Callable[..., Any], *example_args: Any, **example_kwargs: Any) -> Program:
        """Record a function.

        Parameters
        ----------
        function : callable
            Called once, with tensors. What it does beside computing with tensors happens now, and not when the program
            runs.
        *example_args, **example_kwargs : structure of Tensor, array or TensorSpec
            Arguments of the shapes and dtypes that the program is to be for. Python's numbers, strings and the like are
            not inputs: they are part of the program.

        Returns
        -------
        Program
            Its results are nested as the function's.

        Raises
        ------
        ValueError
            Where no program can repeat what the function does, or a TensorSpec leaves a size open.

        Examples
        --------
        >>> program = tf.Program.from_function(lambda x, y: {"sum": x + y}, np.ones(2), np.ones(2))
        >>> program(np.array([1., 2.]), np.array([3., 4.]))["sum"].numpy()
        array([4., 6.])
        """
        from .function import Function

        if not callable(function):
            raise TypeError(f"Program.from_function: a callable is needed, not {type(function).__name__}")
        recorded = function if isinstance(function, Function) else Function(function)
        return recorded.get_concrete_function(*example_args, **example_kwargs).program

    # ------------------------------------------------------------------------------------------------------- running

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the program.

        Parameters
        ----------
        *args, **kwargs
            Of the structure, shapes and dtypes that it was recorded with.

        Returns
        -------
        structure of Tensor
            As the function gave it.

        Raises
        ------
        TypeError, ValueError
            Where arguments do not fit; nothing has happened then.
        ValueError
            Where a guard does not hold; no variable has been assigned to then.
        """
        for name in self._names[len(args) :]:
            if name not in kwargs:
                break
            args = (*args, kwargs.pop(name))
        operands = self._arguments.operands((args, kwargs), self._inputs)
        core = self._core
        if _core.is_tracing() or _core.listening(
            [*operands, *core.variables, *(tensor for _, tensor in core.captures)]
        ):
            outputs = self._run_recorded(operands)
        else:
            outputs = self._unguarded(_core.run_program(core, operands))
        return self._results.assemble(outputs)

    def _run_recorded(self, operands: list[Any]) -> list[Any]:
        """Run for whoever listens."""
        core = self._core
        if self._derived is None:
            self._derived = DifferentiableProgram(core, self._passes)
        try:
            return self._derived.assigning(core, operands)
        except GuardFailed as failure:
            number, seen = failure.args
            own = next(node for node, place in core.places.items() if place[0] == number)
            raise self._guard_error(own, seen) from None

    def _unguarded(self, result: Any) -> list[Any]:
        if isinstance(result, tuple):
            raise self._guard_error(*result)
        found: list[Any] = result
        return found

    def _guard_error(self, node: int, seen: bytes) -> ValueError:
        (value, truth, _), place = self._core.node(node)[4], self._core.places.get(node)
        if truth:
            now, before = seen == b"1", bool(np.all(value.numpy() != 0))
        else:
            found = np.frombuffer(seen, value.dtype).reshape(tuple(value.shape))
            now, before = found.tolist(), value.numpy().tolist()
        return ValueError(
            f"the program does not hold for these arguments: it was recorded where the value that is looked at in "
            f"{_core.spell_place(place)} is {before!r}, and here it is {now!r}. Record another program with arguments "
            f"like these, or call a tf.function, which keeps a program for each"
        )

    # ------------------------------------------------------------------------------------------------------- reading

    @property
    def inputs(self) -> list[TensorSpec]:
        """What the arguments' tensors must be, in order.

        Examples
        --------
        >>> tf.Program.from_function(lambda x: x + 1.0, tf.TensorSpec([2])).inputs
        [TensorSpec(shape=(2,), dtype=float32, name=None)]
        """
        return list(self._inputs)

    @property
    def outputs(self) -> list[TensorSpec]:
        """What the results' tensors are, in order."""
        return [_spec(self._core, node) for node in self._core.outputs]

    @property
    def variables(self) -> list[Any]:
        """The variables that it reads or assigns to.

        Examples
        --------
        >>> v = tf.Variable(3.0, name="v")
        >>> [v.name for v in tf.Program.from_function(lambda x: x * v, tf.TensorSpec([])).variables]
        ['v:0']
        """
        return list(self._core.variables)

    @property
    def core(self) -> Any:
        """The compiled records; to be read only."""
        return self._core

    @property
    def layouts(self) -> tuple[Layout, Layout]:
        """How arguments (a tuple, and a dict of keywords) and results are nested."""
        return self._arguments, self._results

    @property
    def names(self) -> tuple[str, ...]:
        """What positional arguments are called, as far as that is known: they may be given by keyword."""
        return self._names

    @property
    def passes(self) -> tuple[str, ...]:
        """The optimiser's passes that it and what is made of it went through."""
        return self._passes

    def profile(self, *args: Any, **kwargs: Any) -> Profile:
        """The seconds and bytes that the records take, run one after the other on these arguments.

        Parameters
        ----------
        *args, **kwargs
            Of the structure, shapes and dtypes that it was recorded with.

        Returns
        -------
        Profile
            To be printed: the slowest records and the largest ones. `to_chrome` writes a file for trace viewers.

        Notes
        -----
        Nothing is assigned or printed. A call runs elementwise records together, block by block, which takes less time
        than their sum.

        Examples
        --------
        >>> program = tf.Program.from_function(lambda x: tf.exp(x) @ x, tf.TensorSpec([8, 8]))
        >>> [c.op for c in program.profile(np.ones((8, 8), "float32")).records]
        ['exp', 'matmul']
        """
        from ..reading.costs import profile_of_program

        return profile_of_program(self._core, self._arguments.operands((args, kwargs), self._inputs))

    def __len__(self) -> int:
        return len(self._core)

    def __str__(self) -> str:
        from ..reading.text import listing

        return "\n".join(listing(self._core))

    def __repr__(self) -> str:
        return (
            f"<Program: {len(self._inputs)} inputs, {len(self._core.variables)} variables, {len(self)} records, "
            f"{len(self._core.outputs)} outputs>"
        )

    def cost(self) -> Any:
        """What running it takes.

        Returns
        -------
        Cost
            `flops`, `bytes` read and written, `peak_memory`; printed, it is a table by op.

        Notes
        -----
        An elementwise op counts as one operation an element, whatever it is; a product of an (m, k) with a (k, n)
        matrix as 2 m k n; a sum as one operation an element summed. Bytes are those of operands and results, as if
        each record ran by itself; replays fuse records and move less. Views cost nothing.

        Examples
        --------
        >>> cost = tf.Program.from_function(lambda a, b: a @ b, np.ones((2, 3)), np.ones((3, 4))).cost()
        >>> cost.flops, cost.bytes
        (48, 208)
        """
        from .cost import cost_of

        return cost_of(self._core)

    # ------------------------------------------------------------------------------------------------- differentiating

    def gradient(self, outputs: Sequence[int] | None = None, inputs: Any = None) -> Program:
        """The program of values and gradients.

        Parameters
        ----------
        outputs : sequence of int, optional
            Which of the outputs are differentiated: the sum of all their elements is. All that are floats by default.
        inputs : sequence of int, str or Variable, or one of them, optional
            What to differentiate by: numbers of `inputs`, names of arguments, of which all floats count, variables, or
            their names, such as "w:0". All floats among the arguments and all trainable variables by default. For what
            is left out, data say, nothing is computed.

        Returns
        -------
        Program
            Of the same arguments. It gives (result, gradients, variables' gradients): the result as here, a tuple of
            the positional arguments (then the keyword arguments) with a gradient in the place of each tensor, None
            where it is no float or left out, and a list with a gradient for each trainable variable, in the order of
            `variables`, None where it is left out. What nothing depends on has a gradient of zeros. Variables are
            assigned to as here.

        Raises
        ------
        ValueError
            Where no output is a float, an input has no gradient or is none of the program's, or the function has a
            custom gradient: its rule is Python, and in no program. The program of the function's gradient,
            `Program.from_function(tf.grad(f), ...)`, follows it.
        TypeError
            Where an input is no number, name or variable.

        Examples
        --------
        >>> program = tf.Program.from_function(lambda x: x ** 3, tf.TensorSpec([], tf.float64))
        >>> slope = program.gradient()
        >>> value, (gradient,), _ = slope(2.0)
        >>> float(value), float(gradient)
        (8.0, 12.0)
        >>> _, (second,), _ = slope.gradient(outputs=[1])(2.0)
        >>> float(second)
        12.0
        >>> loss = tf.Program.from_function(lambda w, x: tf.reduce_sum((x @ w) ** 2), np.ones(2), np.ones((3, 2)))
        >>> loss.gradient(inputs="w")(np.array([1., 2.]), np.ones((3, 2)))[1]
        (<Tensor: shape=(2,), dtype=float64, numpy=array([18., 18.])>, None)
        """
        core, count = self._core, len(self._inputs)
        chosen = self._chosen(outputs)
        by_inputs, by_variables = self._sources(inputs)
        with (
            no_draws(),
            _core.Rehearsal(),
            np.errstate(all="ignore"),
            _core.Tracer([*self._examples(), *_values(core.variables)], True) as tracer,
        ):
            own, read = tracer.arguments[:count], tracer.arguments[count:]
            sources = [*(own[k] for k in by_inputs), *(read[k] for k in by_variables)]
            with strict_tape() as tape:
                tape.watch(sources)
                results, assigned = self._applied(own, read)
            found = [dense(g) for g in _gradients(tape, [results[k] for k in chosen], sources)]
            made = _core.freeze(tracer, [*results, *found, *assigned], True)
        behind = range(len(results), len(results) + len(found))
        places = dict(zip(by_inputs, behind, strict=False))
        trained = dict(zip(by_variables, behind[len(by_inputs) :], strict=True))
        of_variables = [Place(trained[k]) if k in trained else None for k in self._trainable()]
        template = (self._results.structure, tuple(self._placed(places)), of_variables)
        return self._derive(made, count, len(results) + len(found), self._arguments, template, self._names)

    def jvp(self) -> Program:
        """The program of values and tangents: a Jacobian times a vector.

        Returns
        -------
        Program
            Of (arguments, tangents), two tuples: the positional arguments (then the keyword arguments), and the same
            with a tangent in the place of each tensor, None where it is no float. It gives (result, tangents), the
            second with zeros where nothing moves, and None where the result is no float. Variables stand still.

        Raises
        ------
        ValueError
            Where the function has a custom gradient; see `gradient`.

        Examples
        --------
        >>> program = tf.Program.from_function(lambda x: x * x, tf.TensorSpec([2], tf.float64))
        >>> value, tangent = program.jvp()((np.array([1., 2.]),), (np.array([1., 1.]),))
        >>> tangent.numpy()
        array([2., 4.])
        """
        core, count = self._core, len(self._inputs)
        floats = self._floats()
        examples = self._examples()
        with (
            no_draws(),
            _core.Rehearsal(),
            np.errstate(all="ignore"),
            _core.Tracer([*examples, *(examples[k] for k in floats), *_values(core.variables)], True) as tracer,
        ):
            own, read = tracer.arguments[:count], tracer.arguments[count + len(floats) :]
            directions = tracer.arguments[count : count + len(floats)]
            accumulator = ForwardAccumulator([own[k] for k in floats], directions)
            accumulator.refuse_numbers()
            with accumulator:
                results, assigned = self._applied(own, read)
            moving = [x for x in results if _core.is_differentiable(x.dtype)]
            found = accumulator.jvp(moving, unconnected_gradients=UnconnectedGradients.ZERO)
            made = _core.freeze(tracer, [*results, *map(dense, found), *assigned], True)
        primals = (*self._arguments.structure[0], *self._arguments.structure[1].values())
        moved = self._placed(dict(zip(floats, range(count, count + len(floats)), strict=True)))
        arguments = Layout(((primals, tuple(moved)), {}))
        behind = iter(range(len(results), len(results) + len(moving)))
        tangents = self._results.assemble(
            [Place(next(behind)) if _core.is_differentiable(x.dtype) else None for x in results]
        )
        template = (self._results.structure, tangents)
        return self._derive(made, count + len(floats), len(results) + len(moving), arguments, template)

    def _applied(self, own: list[Any], read: list[Any]) -> tuple[list[Any], list[Any]]:
        check_derivative(self._core)
        closed, reads = _core.close_program(self._core)
        operands = [*own, *read, *reads[len(read) :]]
        _core.refuse_departures(_core.departures(closed), operands)
        found = _core.apply_program(closed, operands)
        count = len(self._core.outputs)
        return found[:count], found[count:]

    def _chosen(self, outputs: Sequence[int] | None) -> list[int]:
        floats = [k for k, spec in enumerate(self.outputs) if _core.is_differentiable(spec.dtype)]
        if not floats:
            raise ValueError("gradient: the program has no output of a float dtype")
        if outputs is None:
            return floats
        for k in outputs:
            if k not in floats:
                raise ValueError(f"gradient: output {k} is none of the program's outputs of a float dtype: {floats}")
        return list(outputs)

    def _examples(self) -> list[Any]:
        """Something to apply the records to: a 0 is a good index."""
        kinds = [self._core.node(k)[2:4] for k in range(len(self._inputs))]
        return [
            _core.adopt((np.ones if _core.is_differentiable(dtype) else np.zeros)(shape, dtype))
            for dtype, shape in kinds
        ]

    def _floats(self) -> list[int]:
        return [k for k, spec in enumerate(self._inputs) if _core.is_differentiable(spec.dtype)]

    def _trainable(self) -> list[int]:
        return [k for k, v in enumerate(self._core.variables) if v.trainable and _core.is_differentiable(v.dtype)]

    def _sources(self, inputs: Any) -> tuple[list[int], list[int]]:
        """By what is differentiated: numbers of inputs, and of variables."""
        if inputs is None:
            return self._floats(), self._trainable()
        listed = isinstance(inputs, Sequence) and not isinstance(inputs, str)
        own, variables = set[int](), set[int]()
        for one in inputs if listed else [inputs]:
            if isinstance(inner(one), _core.VariableCore):
                variables.add(self._variable(one))
            elif not isinstance(one, str):
                own.add(self._input(one))
            elif one in (names := self._names_of_arguments()):
                own |= self._floats_of(one, names[one])
            else:
                variables.add(self._variable(one))
        if not own and not variables:
            raise ValueError("gradient: inputs is empty, so there is nothing to differentiate by")
        return sorted(own), sorted(variables)

    def _input(self, one: Any) -> int:
        try:
            number = _core.integer(one)
        except TypeError:
            raise TypeError(
                f"gradient: inputs are numbers of the program's inputs, names of its arguments or variables, or "
                f"variables, not {type(one).__name__}"
            ) from None
        if not 0 <= number < len(self._inputs):
            raise ValueError(f"gradient: there is no input {number}: the program has {len(self._inputs)}, from 0")
        if number not in self._floats():
            raise ValueError(
                f"gradient: input {number} is {self._inputs[number]}, which has no gradient: only floating-point and "
                f"complex numbers have one"
            )
        return number

    def _names_of_arguments(self) -> dict[str, Any]:
        args, kwargs = self._arguments.structure
        return dict(zip(self._names, args, strict=False)) | kwargs

    def _floats_of(self, name: str, argument: Any) -> set[int]:
        floats = {leaf.number for leaf in Layout(argument).leaves if isinstance(leaf, Place)}.intersection(
            self._floats()
        )
        if not floats:
            raise ValueError(f"gradient: the argument {name!r} holds no floating-point tensor, so it has no gradient")
        return floats

    def _variable(self, wanted: Any) -> int:
        """The number of a variable, or of the one of a name."""
        known = self._core.variables
        named = isinstance(wanted, str)
        found = [k for k, v in enumerate(known) if (v.name == wanted if named else v is inner(wanted))]
        if len(found) > 1:
            raise ValueError(f"gradient: {len(found)} variables are named {wanted!r}; give the variable itself")
        if not found:
            what = f"nothing named {wanted!r}" if named else f"no variable {wanted.name!r}"
            names = [*map(repr, self._names_of_arguments()), *(repr(v.name) for v in known)]
            raise ValueError(
                f"gradient: the program has {what}. Its inputs are 0 to {len(self._inputs) - 1}; the names of its "
                f"arguments and variables are {', '.join(names) or 'not known'}"
            )
        if found[0] not in self._trainable():
            raise ValueError(f"gradient: the variable {known[found[0]].name!r} is not trainable, so it has no gradient")
        return found[0]

    def _placed(self, places: Mapping[int, int]) -> Iterable[Any]:
        """For each argument its structure, with places for these inputs and None for all else."""
        for argument in (*self._arguments.structure[0], *self._arguments.structure[1].values()):
            yield Layout(argument).replaced(
                lambda leaf: Place(places[leaf.number]) if isinstance(leaf, Place) and leaf.number in places else None
            )

    def _derive(
        self, made: Any, inputs: int, results: int, arguments: Layout, template: Any, names: Sequence[str] = ()
    ) -> Program:
        """A program of records made of this one's: its last outputs are what the variables take."""
        core = self._core
        assigned = [(which, made.outputs[results + k]) for k, (which, _) in enumerate(core.assigned)]
        variables = [*core.variables, *made.variables]  # those of the program, and others that rules read
        made.set_ends(inputs, variables, made.outputs[:results], assigned, made.captures, made.places)
        _core.guards_of(made)
        return Program(optimised(made, self._passes), arguments, Layout(template), self._passes, names)

    # -------------------------------------------------------------------------------------------------------- as bytes

    def save(self, path: Any) -> None:
        """Write the program to a file, with its constants and the present values of its variables.

        Parameters
        ----------
        path : str or path
            Replaced if it exists.

        Raises
        ------
        ProgramFileError
            Where something in it has no place in a file: an argument of an unusual class, say.

        Notes
        -----
        docs/programs.md has the layout. There is no pickle in it: a file from elsewhere is safe to load.

        Examples
        --------
        >>> import os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "cube.program")
        >>> tf.Program.from_function(lambda x: x ** 3, tf.TensorSpec([], tf.float64)).save(path)
        >>> float(tf.Program.load(path)(2.0))
        8.0
        """
        from .encoding import to_bytes

        Path(path).write_bytes(to_bytes(self))

    @classmethod
    def load(cls, path: Any) -> Program:
        """Read a program from a file that `save` wrote.

        Parameters
        ----------
        path : str or path
            The file.

        Returns
        -------
        Program
            With variables of its own, which have the values that were saved.

        Raises
        ------
        ProgramFileError
            Where the file is damaged, of another version, no program, or needs an op that is not there. It is a
            ValueError.
        """
        return from_bytes(Path(path).read_bytes())

    def to_c(self, name: str = "program") -> str:
        """The program as a C99 function that needs nothing but math.h.

        Parameters
        ----------
        name : str
            What the function is called.

        Returns
        -------
        str
            A file of C: `int name(const double *in0, ..., double *out0, ...)`, with `float` for float32 and `unsigned
            char` for bool. Inputs come first, then variables (`var0` ...), outputs, and the values that variables are
            to take (`new0` ...); arrays lie in C order. It returns 0, or the number of the first guard that does not
            hold.

        Raises
        ------
        NotImplementedError
            For an op or a dtype that it cannot write: elementwise ops, reductions, products and what moves elements
            around are there, of float64 and float32.
        ValueError
            Where the name is none of C's.

        Examples
        --------
        >>> program = tf.Program.from_function(lambda x: x * x + 1.0, tf.TensorSpec([], tf.float64))
        >>> print(program.to_c("f").split("*/")[1].strip())
        #include <math.h>
        <BLANKLINE>
        int f(const double *in0, double *out0)
        {
            const double v1 = in0[0] * in0[0];
            const double v3 = v1 + 1.0;
            out0[0] = v3;
            return 0;
        }
        """
        from .c_source import c_source

        return c_source(self._core, name)

    def __copy__(self) -> Program:
        from .encoding import to_bytes

        return from_bytes(to_bytes(self))

    def __reduce__(self) -> Any:
        from .encoding import to_bytes

        # (Variables go by themselves: who is sent along and has them, too, has the same ones afterwards.)
        return from_bytes, (to_bytes(self, with_variables=False), tuple(self._core.variables))


def from_bytes(content: bytes, variables: Sequence[Any] = ()) -> Program:
    """A program from the bytes of a file, and from variables that were sent along.

    Raises
    ------
    ProgramFileError
        Where they are none, whatever they are.
    """
    from .encoding import read

    return Program(*read(content, variables))


def _spec(core: Any, node: int) -> TensorSpec:
    _, _, dtype, shape, _ = core.node(node)
    return TensorSpec(shape, dtype)


def _values(variables: Sequence[Any]) -> list[Any]:
    return bare(variables)


def _gradients(tape: Tape, targets: list[Any], sources: list[Any]) -> list[Any]:
    found: list[Any] = tape.gradient(targets, sources, unconnected_gradients=UnconnectedGradients.ZERO)
    return found
