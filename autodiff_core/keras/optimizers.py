"""Optimizers: rules that change variables by their gradients.

What a rule remembers of the variables (momenta and the like) lies end to end in one array for all of them, and so do
the gradients of a step: a rule is then a handful of passes over a few arrays, whatever the number of variables. The
passes work in place, block by block, so that a large model's numbers are still in the cache for the next pass.

A gradient that is an `IndexedSlices` changes its rows, and what is remembered of these, by the same rule; the other
rows are left alone altogether.

Inside a recorded function the same rules are recorded (recorded_updates.py), and what is remembered lies in variables,
which a replay can read and assign to; it stays there.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

import autodiff_core as tf

from .. import _core
from ..tape import inner
from .recorded_updates import Recorded

__all__ = ["SGD", "Adam", "Optimizer"]
__dir__ = __all__.copy

Rate = float | Callable[[int], float]
# By the id of the variable, which is kept alive so that no other gets its id.
Memory = dict[int, tuple[tf.Variable, list[np.ndarray]]]

_BLOCK = 32768
# An optimizer's attributes that another process, or a copy, makes anew.
_OF_PROCESS = tuple(f"_Optimizer__{name}" for name in ("groups", "known", "memory", "recorded"))
# A step reads what the one before left in the slots: steps of several threads are made one after the other.
_turn = threading.RLock()


def _new_turn() -> None:
    """In a forked process the thread that had its turn may not exist."""
    global _turn
    _turn = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_new_turn)


class _Group:
    """Variables of one dtype, with their gradients and what is remembered of them end to end."""

    def __init__(self, places: list[int], variables: list[tf.Variable], slots: int) -> None:
        self.places, self.variables = places, variables
        shapes = [tuple(variable.shape) for variable in variables]
        ends = np.cumsum([math.prod(shape) for shape in shapes]).tolist()
        # The rows: the gradients first, which the rule turns into the change, then one for each slot.
        self._rows = np.zeros((1 + slots, ends[-1]), variables[0].dtype)
        self._views = [
            [row[start:end].reshape(shape) for row in self._rows]
            for start, end, shape in zip([0, *ends[:-1]], ends, shapes, strict=True)
        ]
        self.changes = [views[0] for views in self._views]
        self.blocks = [tuple(self._rows[:, start : start + _BLOCK]) for start in range(0, ends[-1], _BLOCK)]

    def memory(self) -> Memory:
        """Give what is remembered of each variable."""
        return {
            id(variable): (variable, views[1:]) for variable, views in zip(self.variables, self._views, strict=True)
        }

    def remember(self, memory: Memory) -> None:
        """Go on from what was remembered elsewhere."""
        for variable, views in zip(self.variables, self._views, strict=True):
            if id(variable) in memory:
                for view, remembered in zip(views[1:], memory[id(variable)][1], strict=True):
                    view[...] = remembered


class Optimizer:
    """What the rules have in common; a rule says how the block of a gradient becomes that of a change.

    A gradient that is an `IndexedSlices` is applied lazily: a step changes the rows that it names, duplicates added up,
    and what the rule remembers of them, and no others. (TensorFlow's Adam and momentum go on moving, and decaying, all
    rows of such a variable at each step; its add-on LazyAdam, and SparseAdam in PyTorch, do as is done here.)

    Parameters
    ----------
    learning_rate : float or callable
        The size of a step, or a function that gives it for the number of steps done.
    name : str, optional
        For messages.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> class Sign(tf.keras.optimizers.Optimizer):
    ...     def update_block(self, rate, step, gradient):
    ...         np.sign(gradient, out=gradient)
    ...         gradient *= rate
    >>> import numpy as np
    >>> x = tf.Variable([3.0, -3.0])
    >>> Sign(0.5).apply_gradients([(tf.constant([9.0, -0.1]), x)])
    >>> x.numpy().tolist()
    [2.5, -2.5]
    """

    slots = 0

    def __init__(self, learning_rate: Rate = 0.01, name: str | None = None) -> None:
        self.__rate = tf.Variable(0.0, trainable=False, name="learning_rate", dtype=tf.float64)
        self.learning_rate = learning_rate
        self.name = type(self).__name__ if name is None else name
        self.iterations = tf.Variable(0, trainable=False, name="iterations", dtype=tf.int64)
        self.__known: list[tf.Variable] = []
        self.__groups: list[_Group] = []
        self.__memory: Memory = {}
        # What is remembered by recorded functions; by the id of the variable, as above.
        self.__recorded: dict[int, tuple[tf.Variable, list[tf.Variable]]] = {}

    def __getstate__(self) -> dict[str, Any]:
        """What is remembered by variable: where that lies, and by what number, is this process's own."""
        with _turn:
            state = dict(vars(self))
            memory = [(variable, [np.array(slot) for slot in slots]) for variable, slots in self.__merged().values()]
            recorded = list(self.__recorded.values())
        return state | dict(zip(_OF_PROCESS, ([], [], memory, recorded), strict=True))

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        for name in _OF_PROCESS[2:]:
            vars(self)[name] = {id(variable): (variable, slots) for variable, slots in state[name]}

    @property
    def learning_rate(self) -> Rate:
        """The size of a step, or the function that gives it for the number of steps done."""
        return self.__learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Rate) -> None:
        self.__learning_rate = value if callable(value) else float(value)
        if not callable(value):
            self.__rate.assign(self.__learning_rate)  # where recorded functions read it

    if TYPE_CHECKING:  # which lets subclasses name their slots then

        def update_block(self, *args: Any, **kwargs: Any) -> None: ...

    else:

        def update_block(self, rate, step, gradient, *slots):
            """Turn a gradient into what is subtracted from the variable, in place; a subclass overrides it.

            Parameters
            ----------
            rate : float
                The learning rate. Inside a recorded function this and `step` are float64 scalar tensors.
            step : int
                The number of this step, from 1.
            gradient : ndarray
                Part of the gradients of a dtype, of one axis; becomes the change.
            *slots : ndarray
                As many arrays as the class attribute `slots` says, of the same shape, zeros at first, kept between
                steps.

            Examples
            --------
            >>> import numpy as np
            >>> from autodiff_core.keras import optimizers
            >>> gradient = np.array([1.0, 2.0])
            >>> optimizers.SGD().update_block(0.5, 1, gradient)
            >>> gradient.tolist()
            [0.5, 1.0]
            """
            raise NotImplementedError(f"{type(self).__name__} must implement update_block")

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, tf.Variable]]) -> None:
        """Change variables by their gradients.

        Parameters
        ----------
        grads_and_vars : iterable of pairs
            A gradient and its variable each. A gradient that is None leaves its variable alone, with a warning; one
            that is an `IndexedSlices` changes the rows that it names. A variable with a `constraint` then takes what
            that gives for it.

        Raises
        ------
        ValueError
            If there is no gradient but None, or one whose shape is not its variable's.
        TypeError
            If a gradient has a dtype that does not convert to its variable's, or a pair has no variable in its second
            place.
        IndexError
            If a gradient names rows that its variable does not have. After an error no variable has changed.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> x = tf.Variable(3.0)
        >>> with tf.GradientTape() as tape:
        ...     y = x**2
        >>> optimizer = tf.keras.optimizers.SGD(0.5)
        >>> optimizer.apply_gradients(zip(tape.gradient(y, [x]), [x]))
        >>> float(x)
        0.0
        """
        with _turn:
            self.__make_step(grads_and_vars)

    def __make_step(self, grads_and_vars: Iterable[tuple[Any, tf.Variable]]) -> None:
        recorded = _core.is_tracing() or bool(self.__recorded)
        gradients, variables, by_rows = _with_gradients(grads_and_vars, recorded)
        if recorded:
            self.__record_step(gradients, variables, by_rows)
            return
        self.__arrange(variables, [variable for _, variable in by_rows])
        rate, step = self.learning_rate, int(self.iterations) + 1
        if callable(rate):
            rate = float(rate(step - 1))
        for group in self.__groups if variables else ():
            for place, change in zip(group.places, group.changes, strict=True):
                np.copyto(change, gradients[place], casting="same_kind")
            for block in group.blocks:
                self.update_block(rate, step, *block)
            for variable, change in zip(group.variables, group.changes, strict=True):
                variable.assign_sub(change, read_value=False)
        for slices, variable in by_rows:
            self.__change_rows(rate, step, slices, variable)
        _constrain(variables, by_rows)
        self.iterations.assign(step, read_value=False)

    def __record_step(
        self,
        gradients: list[Any],
        variables: list[tf.Variable],
        by_rows: list[tuple[tf.IndexedSlices, tf.Variable]],
    ) -> None:
        """Make a step by operations on tensors and assignments to variables, which a recorded function can repeat."""
        done: Any = tf.cast(self.iterations.read_value(), tf.float64)  # where an eager step has an integer
        rate: Any = self.__learning_rate(done) if callable(self.__learning_rate) else self.__rate.read_value()
        updates = []
        for gradient, variable in zip(gradients, variables, strict=True):
            slots = self.__slots_of(variable)
            change = Recorded(_of_dtype(tf.convert_to_tensor(gradient), variable.dtype))
            blocks = [Recorded(slot.read_value()) for slot in slots]
            self.update_block(rate, done + 1.0, change, *blocks)
            updates.append((variable, change, slots, blocks))
        for variable, change, slots, blocks in updates:
            variable.assign_sub(change.value, read_value=False)
            for slot, block in zip(slots, blocks, strict=True):
                slot.assign(block.value, read_value=False)
        for slices, variable in by_rows:
            self.__record_rows(rate, done + 1.0, slices, variable)
        _constrain(variables, by_rows)
        self.iterations.assign_add(1, read_value=False)

    def __record_rows(self, rate: Any, step: Any, slices: tf.IndexedSlices, variable: tf.Variable) -> None:
        """Change the rows that a gradient names, and what is remembered of them, as `_record_step` changes the whole.

        A row that is named several times is computed as often, to the same values, and replaced by the last of them:
        so nothing depends on how many there are.
        """
        slots = self.__slots_of(variable)
        rows = slices.totals()
        change = Recorded(_of_dtype(rows.values, variable.dtype))
        blocks = [Recorded(_rows_of(slot, rows)) for slot in slots]
        self.update_block(rate, step, change, *blocks)
        variable.scatter_update(rows.with_values(_rows_of(variable, rows) - change.value))
        for slot, block in zip(slots, blocks, strict=True):
            slot.scatter_update(rows.with_values(block.value))

    def __slots_of(self, variable: tf.Variable) -> list[tf.Variable]:
        """What is remembered of a variable, as variables."""
        if id(variable) not in self.__recorded:
            self.__take_apart()
            with _core.Untraced():  # they are no variables of the function's
                slots = [
                    tf.Variable(value, trainable=False, name=f"{self.name}/{variable.name.removesuffix(':0')}/slot{k}")
                    for k, value in enumerate(self.__kept(variable))
                ]
            self.__recorded[id(variable)] = variable, slots
            self.__memory[id(variable)] = variable, []  # (the arrays can go, and its place in the order stays)
        return self.__recorded[id(variable)][1]

    def minimize(
        self, loss: Any, var_list: Sequence[tf.Variable] | Callable[[], Any], tape: tf.GradientTape | None = None
    ) -> None:
        """Make one step that reduces a loss.

        Parameters
        ----------
        loss : callable or tensor
            A function without arguments that computes the loss; or the loss, computed under `tape`.
        var_list : sequence of Variable, or callable
            What to change, or a function that lists it once the loss is computed.
        tape : GradientTape, optional
            The tape that has seen the loss computed.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> x = tf.Variable(3.0)
        >>> tf.keras.optimizers.SGD(0.5).minimize(lambda: x**2, [x])
        >>> float(x)
        0.0
        """
        if callable(loss):
            with tf.GradientTape() if tape is None else tape as tape:
                value = loss()
        elif tape is None:
            raise ValueError(
                "`tape` is required when the loss is a tensor; without a tape, pass a function that computes it"
            )
        else:
            value = loss
        variables = tf.nest.flatten(var_list() if callable(var_list) else var_list)
        self.apply_gradients(zip(tape.gradient(value, variables), variables, strict=True))

    def build(self, var_list: Iterable[tf.Variable]) -> None:
        """Remember zeros of variables of which nothing is remembered yet, as a first step would.

        Parameters
        ----------
        var_list : iterable of Variable
            Which; before `load_weights`, for example.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> optimizer = tf.keras.optimizers.Adam()
        >>> optimizer.build([tf.Variable([1.0, 2.0])])
        >>> [variable.shape for variable in optimizer.variables]
        [TensorShape([]), TensorShape([2]), TensorShape([2])]
        """
        with _turn:
            known = {id(variable) for variable, _ in self.remembered()}
            for variable in map(inner, var_list):
                if id(variable) not in known:
                    self.__kept(variable)

    @property
    def variables(self) -> list[tf.Variable]:
        """The number of steps, and what is remembered of each variable, as variables.

        Whoever assigns to them changes what the next step goes on from. Steps are made by operations on tensors from
        then on, as in a recorded function, and no longer in place.
        """
        with _turn:
            slots = [slot for variable, _ in self.remembered() for slot in self.__slots_of(variable)]
        return [self.iterations, *slots]

    def remembered(self) -> list[tuple[tf.Variable, list[np.ndarray]]]:
        """What is remembered of each variable, as arrays that the next step may change.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> optimizer, x = tf.keras.optimizers.SGD(0.5, momentum=0.9), tf.Variable(3.0)
        >>> optimizer.apply_gradients([(tf.constant(2.0), x)])
        >>> optimizer.remembered()[0][1]
        [array(1., dtype=float32)]
        """
        with _turn:
            memory = self.__merged()
            for key, (variable, slots) in self.__recorded.items():
                memory[key] = variable, [_core.value_array(slot) for slot in slots]
            return list(memory.values())

    def remember(self, variable: tf.Variable, k: int, value: np.ndarray) -> None:
        """Go on from a value of a variable's slot.

        Parameters
        ----------
        variable : Variable
            Of what.
        k : int
            The slot's number.
        value : ndarray
            Of the variable's shape and dtype.

        Examples
        --------
        >>> import numpy as np
        >>> import autodiff_core as tf
        >>> optimizer, x = tf.keras.optimizers.SGD(0.5, momentum=1.0), tf.Variable(3.0)
        >>> optimizer.remember(x, 0, np.float32(2.0))
        >>> optimizer.apply_gradients([(tf.constant(0.0), x)])
        >>> float(x)
        1.0
        """
        with _turn:
            if id(variable) in self.__recorded:
                self.__recorded[id(variable)][1][k].assign(value, read_value=False)
                return
            self.__take_apart()
            self.__kept(variable)[k] = np.array(value, variable.dtype)

    def __take_apart(self) -> None:
        """Let what is remembered lie in arrays of its own, and in no group."""
        if self.__groups:
            self.__memory = {
                key: (known, [np.array(slot) for slot in slots]) for key, (known, slots) in self.__merged().items()
            }
            self.__groups, self.__known = [], []

    def __kept(self, variable: tf.Variable) -> list[np.ndarray]:
        """What is remembered of a variable that is in no group: at first zeros."""
        if id(variable) not in self.__memory:
            # NumPy's zeros take no memory where nothing is written.
            zeros = [np.zeros(variable.shape, variable.dtype) for _ in range(self.slots)]
            self.__memory[id(variable)] = variable, zeros
        return self.__memory[id(variable)][1]

    def __merged(self) -> Memory:
        """What is remembered by steps in place, in groups or not."""
        memory = dict(self.__memory)
        for group in self.__groups:
            memory.update(group.memory())
        return memory

    def save_weights(self, filepath: Any) -> None:
        """Save the number of steps, the learning rate and what is remembered to a safetensors file.

        Parameters
        ----------
        filepath : path
            The file; ".safetensors" is added unless it ends so. `tf.train.Checkpoint` saves a model and its optimizer
            together.

        Examples
        --------
        >>> import tempfile
        >>> import autodiff_core as tf
        >>> x, optimizer, other = tf.Variable(3.0), tf.keras.optimizers.Adam(0.5), tf.keras.optimizers.Adam()
        >>> optimizer.apply_gradients([(tf.constant(2.0), x)])
        >>> other.build([x])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     optimizer.save_weights(f"{folder}/adam")
        ...     other.load_weights(f"{folder}/adam")
        >>> int(other.iterations), other.learning_rate
        (1, 0.5)
        """
        tf.train.Checkpoint(self).write(filepath)

    def load_weights(self, filepath: Any) -> None:
        """Go on from what `save_weights` saved, of the same variables: see `build`.

        Parameters
        ----------
        filepath : path
            The file, with or without its suffix.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            For a file that is none of safetensors', and where variables, shapes or dtypes differ; nothing has changed
            then.

        Examples
        --------
        >>> import autodiff_core as tf
        >>> tf.keras.optimizers.SGD().load_weights("no such file")
        Traceback (most recent call last):
        ...
        FileNotFoundError: there is no checkpoint 'no such file.safetensors'
        """
        tf.train.Checkpoint(self).load_all(filepath)

    def __change_rows(self, rate: float, step: int, slices: tf.IndexedSlices, variable: tf.Variable) -> None:
        """Change the rows that a gradient names, and what is remembered of them."""
        rows = slices.combined()
        numbers = _core.value_array(rows.indices)
        whole = self.__kept(variable)
        parts = [
            np.array(_core.value_array(rows.values), variable.dtype),
            *(np.take(slot, numbers, axis=0) for slot in whole),
        ]
        flat = [part.reshape(-1) for part in parts]
        for start in range(0, flat[0].size, _BLOCK):
            self.update_block(rate, step, *(part[start : start + _BLOCK] for part in flat))
        for slot, part in zip(whole, parts[1:], strict=True):
            slot[numbers] = part
        variable.scatter_sub(rows.with_values(parts[0]))

    def __arrange(self, variables: list[tf.Variable], others: list[tf.Variable]) -> None:
        """Lay the variables end to end, unless they lie so since the last step, and none of the others among them.

        What is remembered of any of them stays.
        """
        known = self.__known
        if len(known) == len(variables) and all(map(_is, known, variables)):
            return
        if not variables and {id(variable) for variable in known}.isdisjoint(id(variable) for variable in others):
            return
        memory = self.__merged()
        by_dtype: dict[Any, list[int]] = {}
        for place, variable in enumerate(variables):
            by_dtype.setdefault(variable.dtype, []).append(place)
        self.__groups = [
            _Group(places, [variables[place] for place in places], self.slots) for places in by_dtype.values()
        ]
        for group in self.__groups:
            group.remember(memory)
            for variable in group.variables:
                memory.pop(id(variable), None)
        # Arrays of their own, so that the groups that they were part of can go.
        self.__memory = {
            key: (variable, [np.require(slot, requirements="O") for slot in slots])
            for key, (variable, slots) in memory.items()
        }
        self.__known = variables


def _is(one: Any, other: Any) -> bool:
    return one is other


def _constrain(variables: list[tf.Variable], by_rows: list[tuple[tf.IndexedSlices, tf.Variable]]) -> None:
    """Project what a step has changed by the variables' own constraints."""
    for variable in (*variables, *(variable for _, variable in by_rows)):
        if variable.constraint is not None:
            variable.assign(variable.constraint(variable), read_value=False)


def _pair(k: int, pair: Any) -> tuple[Any, tf.Variable]:
    """A gradient and its variable."""
    try:
        gradient, variable = pair
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"apply_gradients takes pairs of a gradient and its variable, as in zip(gradients, variables); number {k} "
            f"is {type(pair).__name__}: {error}"
        ) from error
    variable = inner(variable)
    if isinstance(variable, tf.Variable):
        return gradient, variable
    if isinstance(inner(gradient), tf.Variable):
        raise TypeError(
            f"apply_gradients takes pairs of a gradient and its variable, and pair {k} has the variable "
            f"{inner(gradient).name!r} first: swap them, as in zip(gradients, variables)"
        )
    raise TypeError(
        f"apply_gradients takes pairs of a gradient and its variable, and pair {k} has {type(variable).__name__} in "
        f"the variable's place"
    )


def _of_dtype(tensor: tf.Tensor, dtype: np.dtype[Any]) -> tf.Tensor:
    return tensor if tensor.dtype == dtype else tf.cast(tensor, dtype)


def _rows_of(variable: tf.Variable, slices: tf.IndexedSlices) -> tf.Tensor:
    return tf.gather(tf.stop_gradient(variable), slices.indices)


def _value_of(gradient: Any, recorded: bool) -> Any:
    """A whole gradient, as what a step works on: a tensor if it is recorded, else an array."""
    if recorded:
        return tf.convert_to_tensor(gradient)
    return _core.value_array(tf.convert_to_tensor(gradient) if isinstance(gradient, tf.IndexedSlices) else gradient)


def _with_gradients(
    grads_and_vars: Iterable[tuple[Any, tf.Variable]], recorded: bool
) -> tuple[list[Any], list[tf.Variable], list[tuple[tf.IndexedSlices, tf.Variable]]]:
    """Check the pairs, and give those whose gradient is not None: the dense ones as two lists, and those by rows."""
    pairs: list[tuple[Any, tf.Variable]] = []
    without: list[str] = []
    for k, pair in enumerate(grads_and_vars):
        gradient, variable = _pair(k, pair)
        if gradient is None:
            without.append(variable.name)
            continue
        if not isinstance(gradient, tf.IndexedSlices):
            gradient = _value_of(gradient, recorded)
        _check_fits(gradient, variable)
        pairs.append((gradient, variable))
    if not pairs:
        raise ValueError(f"No gradients provided for any variable: {without}.")
    if without:
        _core.warn_caller(f"Gradients do not exist for variables {without} when minimizing the loss.")
    whole = {id(variable) for gradient, variable in pairs if not isinstance(gradient, tf.IndexedSlices)}
    gradients: list[Any] = []
    variables: list[tf.Variable] = []
    by_rows: list[tuple[tf.IndexedSlices, tf.Variable]] = []
    for gradient, variable in pairs:
        if isinstance(gradient, tf.IndexedSlices) and id(variable) not in whole:
            by_rows.append((gradient, variable))
        else:
            gradients.append(_value_of(gradient, recorded))
            variables.append(variable)
    return gradients, variables, by_rows


def _check_fits(gradient: Any, variable: tf.Variable) -> None:
    """Refuse a gradient that its variable cannot be changed by."""
    whole = shape = tuple(variable.shape)
    if not isinstance(gradient, tf.IndexedSlices) or gradient.dense_shape is not None:
        whole = tuple(gradient.shape)
    else:
        whole = (*shape[:1], *gradient.values.shape[1:])
    if whole != shape or (not shape and isinstance(gradient, tf.IndexedSlices)):
        raise ValueError(
            f"The gradient of variable {variable.name!r} has shape {whole}, but the variable has shape {shape}"
        )
    if not np.can_cast(gradient.dtype, variable.dtype, "same_kind"):
        raise TypeError(
            f"The gradient of variable {variable.name!r} has dtype {gradient.dtype}, but the variable has dtype "
            f"{variable.dtype}"
        )
    if isinstance(gradient, tf.IndexedSlices):
        with _core.Untraced():  # a replay's numbers are checked where it changes the rows
            rows = _core.value_array(gradient.indices)
            last = rows.max() if rows.size else -1
        if last >= shape[0]:
            raise IndexError(f"The gradient of variable {variable.name!r} names row {last} of {shape[0]}")


class SGD(Optimizer):
    """Gradient descent, with or without momentum.

    Parameters
    ----------
    learning_rate : float or callable
        The size of a step.
    momentum : float
        The share of the last change that is made again, in [0, 1].
    nesterov : bool
        Whether the gradient counts as if it had been taken after the momentum's share.
    name : str, optional
        For messages.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> x = tf.Variable(1.0)
    >>> optimizer = tf.keras.optimizers.SGD(0.25, momentum=0.5)
    >>> for _ in range(2):
    ...     optimizer.apply_gradients([(tf.constant(1.0), x)])
    >>> float(x)
    0.375
    """

    def __init__(
        self,
        learning_rate: Rate = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        name: str | None = None,
    ) -> None:
        if not 0 <= momentum <= 1:
            raise ValueError(f"`momentum` must be between [0, 1], got {momentum}")
        super().__init__(learning_rate, name)
        self.momentum, self.nesterov = float(momentum), nesterov
        self.slots = 1 if momentum else 0

    def update_block(self, rate: float, step: int, gradient: np.ndarray, *slots: np.ndarray) -> None:
        gradient *= rate
        for velocity in slots:
            velocity *= self.momentum
            velocity += gradient
            if self.nesterov:
                gradient += self.momentum * velocity
            else:
                gradient[...] = velocity


class Adam(Optimizer):
    """Steps of a size that the gradients' own recent size sets, number by number.

    Parameters
    ----------
    learning_rate : float or callable
        The size of a step.
    beta_1, beta_2 : float
        How much of the mean of the gradients, and of their squares (of complex ones those of absolute values), is kept
        at each step.
    epsilon : float
        What keeps a division from a division by zero.
    name : str, optional
        For messages.

    Examples
    --------
    >>> import autodiff_core as tf
    >>> x = tf.Variable([1.0, 1.0])
    >>> tf.keras.optimizers.Adam(0.5).apply_gradients([(tf.constant([100.0, -0.01]), x)])
    >>> x.numpy().round(3).tolist()
    [0.5, 1.5]
    """

    slots = 2

    def __init__(
        self,
        learning_rate: Rate = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        name: str | None = None,
    ) -> None:
        for setting, value in (("beta_1", beta_1), ("beta_2", beta_2)):
            if not 0 <= value < 1:
                raise ValueError(f"`{setting}` must be in [0, 1), got {value}")
        super().__init__(learning_rate, name)
        self.__beta_1, self.__beta_2, self.__epsilon = float(beta_1), float(beta_2), float(epsilon)

    def update_block(self, rate: float, step: int, gradient: np.ndarray, *slots: np.ndarray) -> None:
        # The slots hold the means divided by (1 - beta), which saves a pass each; the factors are paid back in `rate`
        # and `epsilon`, which are numbers.
        mean, mean_square = slots
        beta_1, beta_2 = self.__beta_1, self.__beta_2
        root = math.sqrt(1 - beta_2)
        correction = 1 - beta_2**step
        correction = math.sqrt(correction) if isinstance(correction, float) else tf.sqrt(correction)
        rate = rate * (correction / (1 - beta_1**step) * (1 - beta_1) / root)
        mean *= beta_1
        mean += gradient
        if gradient.dtype.kind == "c":
            np.multiply(gradient, np.conj(gradient), out=gradient)
        else:
            np.square(gradient, out=gradient)
        mean_square *= beta_2
        mean_square += gradient
        np.sqrt(mean_square, out=gradient)
        gradient += self.__epsilon / root
        np.divide(mean, gradient, out=gradient)
        gradient *= rate
