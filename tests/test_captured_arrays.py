"""Arrays that a recorded function finds around it are read at each replay, as Python would read them."""

import copy
import gc
import tracemalloc
import weakref

import numpy as np
import pytest

import autodiff_core as tf

N = 4
X = tf.constant(np.linspace(0.5, 2.0, N))
M = tf.constant(np.linspace(-1.0, 1.0, N * N).reshape(N, N))


def strided():
    return np.arange(1.0, 2.0 * N + 1.0)[::2]


def transposed():
    return np.arange(1.0, N * N + 1.0).reshape(N, N).T


def unaligned():
    return np.frombuffer(bytearray(8 * N + 1), np.uint8)[1:].view(np.float64)


def read_only_view():
    view = np.arange(1.0, N + 1.0)[:]
    view.flags.writeable = False
    return view


ARRAYS = {
    "float64": lambda: np.arange(1.0, N + 1.0),
    "float32": lambda: np.arange(1.0, N + 1.0, dtype=np.float32),
    "int64": lambda: np.arange(1, N + 1),
    "bool": lambda: np.zeros(N, bool),
    "complex": lambda: np.arange(1.0, N + 1.0) + 0j,
    "float16": lambda: np.arange(1.0, N + 1.0, dtype=np.float16),
    "no dimensions": lambda: np.array(2.0),
    "no dimensions, int": lambda: np.array(2),
    "matrix": lambda: np.arange(1.0, N * N + 1.0).reshape(N, N),
    "transposed": transposed,
    "strided": strided,
    "backwards": lambda: np.arange(1.0, N + 1.0)[::-1],
    "broadcast": lambda: np.broadcast_to(np.array([2.0]), (N,)),
    "unaligned": unaligned,
    "read-only view": read_only_view,
}


def base_of(array):
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def change(array, value=7):
    """Write to an array, or to what it is a view of."""
    base_of(array).flat[0] = value
    base_of(array).flat[-1] = value


USES = {
    "product": lambda x, a: x * a,
    "product from the left": lambda x, a: a * x,
    "NumPy's function": lambda x, a: np.add(a, x),
    "chain": lambda x, a: tf.tanh(x * a + a) / (10.0 * tf.ones_like(x) + a * x),
    "alone": lambda x, a: tf.reduce_sum(a) * x,
    "constant": lambda x, a: tf.constant(a) + x,
    "cast": lambda x, a: tf.cast(a, tf.complex128) + tf.cast(x, tf.complex128),
    "view inside": lambda x, a: x * a[..., None],
    "result": lambda x, a: (a, x),
    "twice": lambda x, a: x * a - tf.sin(a),
    "NumPy and list": lambda x, a: tf.stack([x, a * tf.ones_like(x)]) if a.ndim < 2 else x * a,
}


def equal(found, expected):
    for one, other in zip(tf.nest.flatten(found), tf.nest.flatten(expected), strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
        assert one.dtype == other.dtype


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("kind", ARRAYS)
def test_arrays_are_read_at_each_replay(kind, use):
    array, f = ARRAYS[kind](), USES[use]
    recorded = tf.function(lambda x: f(x, array))
    equal(recorded(X), f(X, array))
    for value in (0, 1):
        change(array, value)
        equal(recorded(X), f(X, array))
    assert recorded.trace_count == 1


@pytest.mark.parametrize("kind", ["float64", "transposed", "strided", "no dimensions", "unaligned"])
def test_operands_of_products_are_read_at_each_replay(kind):
    array = ARRAYS[kind]()
    f = lambda x: x @ np.broadcast_to(array, (N, N))  # noqa: E731
    recorded = tf.function(f)
    recorded(M)
    change(array)
    np.testing.assert_array_equal(recorded(M), f(M))


INDICES = np.array([0, 2, 1])
BY_INDEX = {
    "x[i]": lambda i: X[i],
    "x[:, i]": lambda i: M[:, i],
    "x[i, i]": lambda i: M[i, i],
    "gather": lambda i: tf.gather(X, i),
    "gather along an axis": lambda i: tf.gather(M, i, axis=1),
    "np.take": lambda i: np.take(X, i),
    "embedding_lookup": lambda i: tf.nn.embedding_lookup(M, i),
    "one_hot": lambda i: tf.one_hot(i, N),
    "labels": lambda i: tf.nn.sparse_softmax_cross_entropy_with_logits(i, M[:3]),
    "gather_nd": lambda i: tf.gather_nd(M, i[:, None]),
    "unsorted_segment_sum": lambda i: tf.math.unsorted_segment_sum(X[:3], i, 4),
    "tensor_scatter_nd_add": lambda i: tf.tensor_scatter_nd_add(X, i[:, None], X[:3]),
    "scatter_nd": lambda i: tf.scatter_nd(i[:, None], X[:3], [4]),
    "sequence_mask": lambda i: tf.sequence_mask(i, 4),
    "repeat": lambda i: tf.repeat(X[:3], i),
}


@pytest.mark.parametrize("name", BY_INDEX)
def test_arrays_of_indices_are_read_at_each_replay(name):
    indices, f = INDICES.copy(), BY_INDEX[name]
    recorded = tf.function(lambda: f(indices))
    for values in ([0, 2, 1], [1, 2, 0], [2, 2, 1], [0, 2, 1]):
        indices[:] = values
        equal(recorded(), f(indices))


WHOLE = {
    "shift": (lambda i: tf.roll(M, i, [0, 1]), [1, 2], [2, 3]),
    "shape": (lambda i: tf.reshape(X, i), [2, 2], [4, 1]),
    "permutation": (lambda i: tf.transpose(M, i), [0, 1], [1, 0]),
    "begin": (lambda i: tf.slice(M, i, [2, 2]), [0, 1], [1, 0]),
    "paddings": (lambda i: tf.pad(X, i[None]), [0, 1], [1, 1]),
    "multiples": (lambda i: tf.tile(M, i), [1, 2], [2, 1]),
    "sizes": (lambda i: tf.split(X, i)[0], [1, 3], [3, 1]),
    "zeros": (lambda i: tf.zeros(i) + X[0], [1, 2], [2, 1]),
    "broadcast": (lambda i: tf.broadcast_to(X[0], i), [1, 2], [2, 1]),
    "axes": (lambda i: tf.reduce_max(M[None] * M[:, :, None], i), [0, 1], [1, 2]),
}


@pytest.mark.parametrize("name", WHOLE)
def test_arrays_as_shapes_and_axes_are_those_of_the_call(name):
    f, *values = WHOLE[name]
    numbers = np.array(values[0])
    recorded = tf.function(lambda: f(numbers))
    for value in (values[0], values[1], values[0]):
        numbers[:] = value
        equal(recorded(), f(numbers))


@pytest.mark.parametrize("f", [lambda m: X[m], lambda m: tf.boolean_mask(X, m), lambda m: tf.where(m)])
def test_masks_are_those_of_the_call(f):
    mask = np.array([True, False, True, False])
    recorded = tf.function(lambda: f(mask))
    for place in (1, 2, 1):
        mask[place] = not mask[place]
        equal(recorded(), f(mask))


TRANSFORMS = {
    "grad": lambda f: tf.function(tf.grad(f)),
    "grad outside": lambda f: tf.grad(tf.function(f)),
    "value_and_grad": lambda f: tf.function(tf.value_and_grad(f)),
    "hessian": lambda f: tf.function(tf.hessian(f)),
    "hessian outside": lambda f: tf.hessian(tf.function(f)),
    "jacobian": lambda f: tf.jacobian(tf.function(lambda x: f(x) * x)),
    "nested": lambda f: tf.function(tf.function(f)),
    "vectorize": lambda f: lambda x: tf.vectorize(f)(x[None]),
    "vectorize of grad": lambda f: lambda x: tf.vectorize(tf.grad(f))(x[None]),
    "vectorize kept": lambda f: (lambda g: lambda x: g(x[None]))(tf.vectorize(f)),
    "vectorize inside": lambda f: tf.function(lambda x: tf.vectorize(f)(x[None])),
    "custom_gradient": lambda f: tf.function(tf.grad(tf.custom_gradient(lambda x: (f(x), lambda g: g * 2.0 * x)))),
    "recompute_grad": lambda f: tf.function(tf.grad(tf.recompute_grad(f))),
    "Program": lambda f: tf.Program.from_function(f, X),
    "Program's gradient": lambda f: tf.Program.from_function(f, X).gradient(),
    "jvp": lambda f: lambda x: tf.jvp(tf.function(f), [x], [x]),
    "concrete": lambda f: tf.function(f).get_concrete_function(X),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_arrays_are_read_anew_under_every_transform(name):
    array, number, indices = np.arange(1.0, N + 1.0), np.array(2.0), np.array([0, 1, 1, 3])

    def f(x):
        return tf.reduce_sum(x * array * x[indices] * tf.gather(x, indices) * number)

    transformed = TRANSFORMS[name](f)
    transformed(X)
    change(array)
    number[()] = 3.0
    indices[0] = 2
    found, expected = transformed(X), TRANSFORMS[name](f)(X)
    for one, other in zip(tf.nest.flatten(found), tf.nest.flatten(expected), strict=True):
        np.testing.assert_allclose(np.asarray(one), np.asarray(other), rtol=1e-14)


def test_a_tape_keeps_the_values_of_the_call():
    array = np.arange(1.0, N + 1.0)
    f = tf.function(lambda x: x * array)
    for value in (2.0, 3.0):
        array[:] = value
        with tf.GradientTape() as tape:
            tape.watch(X)
            y = f(X)
        array[:] = 50.0
        np.testing.assert_array_equal(tape.gradient(y, X), np.full(N, value))


def test_a_training_step_reads_its_data_anew():
    weights, data = tf.Variable(np.ones(N)), np.ones(N)

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(weights * data * weights)
        weights.assign_sub(tape.gradient(loss, weights))
        return loss

    assert float(step()) == float(N)
    weights.assign(np.ones(N))
    data[:] = 3.0
    assert float(step()) == 3.0 * N
    np.testing.assert_array_equal(weights, np.full(N, -5.0))


def test_assigned_arrays_are_read_anew():
    array, v = np.ones(N), tf.Variable(np.zeros(N))
    f = tf.function(lambda: v.assign(array))
    f()
    array[0] = 5.0
    f()
    np.testing.assert_array_equal(v, array)


def test_a_loss_that_is_one_times_an_array_of_ones_is_not_simplified_away():
    ones, zeros = np.array(1.0), np.zeros(N)
    f = tf.function(lambda x: x * ones + zeros)
    f(X)
    ones[()], zeros[0] = 2.0, 1.0
    np.testing.assert_array_equal(f(X), X.numpy() * 2.0 + zeros)


def operations(f, *args):
    program = tf.Program.from_function(f, *args)
    return [line.split("=")[1].split("(")[0].strip() for line in str(program).splitlines() if "=" in line]


def test_arrays_that_nobody_else_has_are_constants():
    def f(x):
        table = np.arange(1.0, N + 1.0)
        return x + tf.reduce_sum(table) + tf.reduce_sum(np.ones(N)[1:]) + x[np.array([1, 0, 0, 1])]

    assert "reduce_sum" not in operations(f, X) and len(operations(f, X)) == 7


def test_read_only_arrays_are_constants():
    table = np.arange(1.0, N + 1.0)
    table.flags.writeable = False
    assert "reduce_sum" not in operations(lambda x: x + tf.reduce_sum(table), X)


def test_programs_save_the_values_of_the_moment(tmp_path):
    array, number = np.ones(N), np.array(2.0)
    program = tf.Program.from_function(lambda x: x * array * number, X)
    array[0], number[()] = 5.0, 3.0
    program.save(tmp_path / "program")
    expected = X.numpy() * array * number
    copied = copy.deepcopy(program)
    array[0], number[()] = 6.0, 4.0
    for kept in (tf.Program.load(tmp_path / "program"), copied):
        np.testing.assert_array_equal(kept(X), expected)
    np.testing.assert_array_equal(program(X), X.numpy() * array * number)


def test_an_array_reshaped_in_place_is_an_error():
    array = np.ones(N)
    f = tf.function(lambda x: x * array)
    f(X)
    array.resize((2, 2), refcheck=False)
    with pytest.raises(
        ValueError, match=r"an array that the program reads has shape \(2, 2\), .* do not reshape it in place"
    ):
        f(X)
    array.resize((N,), refcheck=False)
    array[:] = 2.0
    np.testing.assert_array_equal(f(X), 2.0 * X.numpy())


def test_arrays_made_tensors_may_be_kept():
    kept = []

    @tf.function
    def f(x):
        if not kept:
            kept.append(tf.constant(np.arange(N)))
        return x * tf.cast(kept[0], tf.float64)

    f(X)
    np.testing.assert_array_equal(f(X), X.numpy() * np.arange(N))
    np.testing.assert_array_equal(kept[0], np.arange(N))


def test_arrays_die_with_their_function():
    array = np.ones(N)
    alive = weakref.ref(array)
    f = tf.function(lambda x, a=array: x * a.view())
    f(X)
    del f, array
    gc.collect()
    assert alive() is None


def basis(x, array, uses):
    found = []
    for i in range(3):
        array[i] = 1
        found.append(uses(x, array))
        array[i] = 0
    return tf.stack(found)


def running(x, array, uses):
    y = x
    for _ in range(3):
        array += 1
        y = y + uses(x, array)
    return y


FILLED = {
    "operand": (np.float64, lambda x, a: tf.reduce_sum(x * a)),
    "product": (np.float64, lambda x, a: tf.linalg.matvec(tf.stack([x, x * x, x + 1.0]), a)),
    "made a tensor": (np.float64, lambda x, a: tf.reduce_sum(x * tf.constant(a) + tf.convert_to_tensor(a))),
    "backwards": (np.float64, lambda x, a: tf.reduce_sum(x * a[::-1])),
    "indices": (np.int64, lambda x, a: tf.reduce_sum(x[a] + tf.gather(x, a))),
    "mask": (np.bool_, lambda x, a: tf.reduce_sum(tf.where(a, x, -x)) + tf.reduce_sum(x[a])),
}


def of_several(transform):
    """The result of the transformed function for some vectors, and that of the function itself."""

    def found(f):
        vectors = [tf.constant(np.arange(1.0, 4.0) + k) for k in range(3)]
        transformed = transform(f)
        return [transformed(x).numpy() for x in vectors], [f(x).numpy() for x in vectors]

    return found


WITHIN = {
    "function": lambda f: tf.function(f),
    "vectorize": lambda f: lambda x: tf.vectorize(f)(tf.stack([x, -x]))[0],
    "program": lambda f: tf.Program.from_function(f, tf.TensorSpec([3], tf.float64)),
    "function of vectorize": lambda f: tf.function(lambda x: tf.vectorize(f)(tf.stack([x, -x]))[0]),
    "program of a function": lambda f: tf.function(lambda x: tf.function(f)(x)).get_concrete_function(
        tf.TensorSpec([3], tf.float64)
    ),
}


@pytest.mark.parametrize("within", WITHIN)
@pytest.mark.parametrize("use", FILLED)
def test_an_array_that_a_function_makes_and_fills_is_at_each_use_what_it_was_then(use, within):
    dtype, uses = FILLED[use]
    for filling in (basis, running) if use not in ("indices", "mask") else (basis,):
        found, expected = of_several(WITHIN[within])(lambda x, fill=filling: fill(x, np.zeros(3, dtype), uses))
        np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_a_function_that_fills_an_array_of_its_own_is_recorded_once():
    f = tf.function(lambda x: basis(x, np.zeros(3), FILLED["operand"][1]))
    assert [f(X[:3] * float(k)).numpy().tolist() for k in (1, 2)] == [
        X[:3].numpy().tolist(),
        (2 * X[:3]).numpy().tolist(),
    ]
    assert f.trace_count == 1


def test_a_function_that_changes_an_array_around_it_before_it_reads_it_runs_as_plain_python():
    counter = np.zeros(2)

    def count(x):
        counter[0] += 1.0
        return tf.reduce_sum(x * counter[:1])

    f = tf.function(count)
    with pytest.warns(UserWarning, match=r"an array of shape \(1,\) that is changed while it runs"):
        assert [f(tf.constant(2.0)).numpy() for _ in range(3)] == [2.0, 4.0, 6.0]


def test_a_function_that_changes_an_array_beside_what_it_computes_is_recorded():
    counter = np.zeros(1)

    def count(x):
        counter[0] += 1.0
        return x * 2.0

    f = tf.function(count)
    assert [f(tf.constant(k)).numpy() for k in (1.0, 2.0)] == [2.0, 4.0]
    assert counter[0] == 1.0
    assert f.trace_count == 1


def test_a_function_that_changes_an_array_around_it_runs_as_plain_python():
    counter = np.zeros(1)

    def count(x):
        y = x * counter
        counter[0] += 1.0
        return y

    f = tf.function(count)
    with pytest.warns(UserWarning, match=r"an array of shape \(1,\) that is changed while it runs"):
        assert [f(tf.constant(2.0)).numpy()[0] for _ in range(3)] == [0.0, 2.0, 4.0]
    with pytest.raises(ValueError, match="count cannot be recorded as a program: it computes with an array of shape"):
        tf.Program.from_function(count, tf.TensorSpec([], tf.float32))


CHANGES = {
    "signs": lambda data: np.negative(data, out=data),
    "order": lambda data: data.__setitem__(slice(None), data[::-1].copy()),
    "two places": lambda data: data.__setitem__([0, 64], data[[64, 0]]),
    "the last element": lambda data: data.__setitem__(-1, data[-1] + 1.0),
    "layout": lambda data: setattr(data, "shape", data.shape[::-1]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_an_array_around_a_function_is_found(change):
    data = np.arange(1.0, 131.0).reshape((65, 2) if change == "layout" else (130,))

    def f(x):
        y = x * tf.reshape(data, (-1,))
        CHANGES[change](data)
        return y + tf.reshape(data, (-1,))

    expected, data = f(tf.constant(2.0)).numpy(), np.arange(1.0, 131.0).reshape(data.shape)
    with pytest.warns(UserWarning, match="that is changed while it runs"):
        np.testing.assert_array_equal(tf.function(f)(tf.constant(2.0)), expected)


def test_a_tape_within_a_recorded_function_keeps_what_an_array_was():
    data = np.array([1.0, 2.0])

    def f(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.reduce_sum(x * x * data)
        data[:] = 5.0
        slope = tape.gradient(y, x)
        data[:] = 1.0, 2.0
        return slope

    recorded = tf.function(f)
    for scale in (1.0, 2.0):
        np.testing.assert_array_equal(recorded(tf.constant([scale, scale])), [2.0 * scale, 4.0 * scale])
    assert recorded.trace_count == 1


@pytest.mark.parametrize(("derived", "most"), [(False, 0.5), (True, 1.5)])
def test_a_recording_copies_an_array_around_it_where_a_tape_keeps_it(derived, most):
    data = np.linspace(0.0, 1.0, 1 << 18).reshape(512, 512)
    f = tf.function(tf.grad(lambda x: tf.reduce_sum(data @ x)) if derived else lambda x: tf.reduce_sum(data @ x))
    x = tf.ones((512, 1), tf.float64)
    tracemalloc.start()
    try:
        f(x)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most * data.nbytes


def test_gradients_are_checked_within_a_recorded_function():
    def f(t):
        tf.testing.check_gradients(lambda x: tf.sin(x * t), [[0.3, 0.5]])
        return t * 2.0

    assert tf.function(f)(tf.constant(1.5, tf.float64)).numpy() == 3.0
