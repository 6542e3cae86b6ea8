"""Tensors to and from other libraries through DLPack: whose memory it is, and who can write to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core.experimental import dlpack

pytestmark = pytest.mark.skipif(np.lib.NumpyVersion(np.__version__) < "2.1.0", reason="capsules of DLPack 1.0")
DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32"]
DTYPES += ["float64", "complex64", "complex128"]


def address(array: Any) -> int:
    return np.asarray(array).__array_interface__["data"][0]


class Producer:
    """An array of some library, which knows only what it is asked."""

    def __init__(self, array: np.ndarray, versioned: bool = True) -> None:
        self.array, self.versioned = array, versioned

    def __dlpack__(self, **asked: Any) -> Any:
        if not self.versioned and asked:
            raise TypeError("unexpected arguments")
        return self.array.__dlpack__(**asked)

    def __dlpack_device__(self) -> tuple[int, int]:
        return self.array.__dlpack_device__()


def namespace() -> Any:
    return tf.constant(1.0).__array_namespace__()


# ------------------------------------------------------------------------------------------------------------- leaving


@pytest.mark.parametrize("dtype", DTYPES)
def test_numpy_shares_a_tensors_memory_and_cannot_write_to_it(dtype):
    t = tf.constant(np.arange(6).reshape(2, 3).astype(dtype))
    array = np.from_dlpack(t)
    assert array.dtype == dtype and not array.flags.writeable and address(array) == address(t)
    np.testing.assert_array_equal(array, t)


def test_a_variable_leaves_as_a_tensor_does_and_an_assignment_does_not_show():
    v = tf.Variable([1.0, 2.0, 3.0])
    before = np.from_dlpack(v)
    assert address(before) == address(v)
    v.scatter_add(tf.IndexedSlices([5.0], [0]))
    v.assign_add([1.0, 1.0, 1.0])
    np.testing.assert_array_equal(before, [1.0, 2.0, 3.0])


def test_views_and_empty_tensors_leave_with_their_shape():
    for t in (tf.transpose(tf.constant(np.arange(6.0).reshape(2, 3))), tf.zeros((0, 3)), tf.constant([1.0, 2.0])[::-1]):
        np.testing.assert_array_equal(np.from_dlpack(t), t)


def test_the_memory_outlives_the_tensor():
    array = np.from_dlpack(tf.constant(np.arange(1000.0)) * 1.0)
    tf.constant(np.zeros(1000)) * 2.0
    np.testing.assert_array_equal(array, np.arange(1000.0))


def test_a_copy_that_is_asked_for_can_be_written_to():
    t = tf.constant([1.0, 2.0])
    array = np.from_dlpack(t, copy=True)
    assert array.flags.writeable and address(array) != address(t)
    assert np.from_dlpack(Producer(np.zeros(2)), device="cpu").size == 2


def test_a_scalar_leaves_by_value():
    assert np.from_dlpack(tf.constant(2.5)) == 2.5
    with pytest.raises(BufferError, match="copy=False: a scalar tensor has no array to share"):
        tf.constant(2.5).__dlpack__(copy=False, max_version=(1, 0))


@pytest.mark.parametrize("asked", [{}, {"max_version": (0, 8)}, {"stream": None}])
def test_a_capsule_that_cannot_say_read_only_is_refused(asked):
    with pytest.raises(BufferError, match=r"before version 1, .* t\.numpy\(\), or, .*tf\.experimental\.dlpack\.lend"):
        tf.constant([1.0]).__dlpack__(**asked)


def test_a_copy_goes_into_any_capsule():
    capsule = tf.constant([1.0]).__dlpack__(copy=True)
    assert '"dltensor"' in repr(capsule)


def test_another_device_is_refused():
    assert tf.constant(1.0).__dlpack_device__() == (1, 0)
    with pytest.raises(BufferError):
        tf.constant([1.0]).__dlpack__(max_version=(1, 0), dl_device=(2, 0))


def test_a_dtype_that_dlpack_has_not_is_refused():
    with pytest.raises(BufferError):
        np.from_dlpack(tf.constant(np.ones(2, np.longdouble)))


@pytest.mark.parametrize("leave", [np.from_dlpack, dlpack.to_dlpack, dlpack.lend, lambda t: t.__dlpack__(copy=True)])
def test_what_a_recording_tape_follows_does_not_leave(leave):
    x, v, fixed = tf.constant([1.0]), tf.Variable([1.0]), tf.Variable([1.0], trainable=False)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = 2.0 * x
        for followed in (x, y, v):
            with pytest.raises(BufferError, match=r"a tape that is recording follows this .*stop_gradient\(t\)"):
                leave(followed)
        leave(tf.stop_gradient(y))
        leave(fixed)
        leave(tf.constant([3.0]))
        with tape.stop_recording():
            leave(y)
    leave(y)
    leave(v)


def test_in_a_recorded_function_the_value_that_leaves_is_looked_at():
    seen = []

    @tf.function
    def program(x):
        seen.append(np.from_dlpack(x).copy())
        return 2.0 * x

    for value in ([1.0], [2.0]):
        np.testing.assert_array_equal(program(tf.constant(value)), 2.0 * np.array(value))
    np.testing.assert_array_equal(np.ravel(seen[-1]), [2.0])


def test_to_dlpack_and_from_dlpack_share_the_memory():
    t = tf.constant([1.0, 2.0])
    capsule = tf.experimental.dlpack.to_dlpack(t)
    assert '"dltensor_versioned"' in repr(capsule)
    back = tf.experimental.dlpack.from_dlpack(capsule)
    assert isinstance(back, tf.Tensor) and address(back) == address(t)
    with pytest.raises(ValueError, match="the capsule has been imported already"):
        tf.experimental.dlpack.from_dlpack(capsule)


def test_lend_gives_an_older_consumer_the_memory():
    t = tf.constant([1.0, 2.0])
    lent = dlpack.lend(t)
    assert lent.__dlpack_device__() == (1, 0) and '"dltensor"' in repr(lent.__dlpack__(stream=None))
    assert address(np.from_dlpack(lent)) == address(t)


# ------------------------------------------------------------------------------------------------------------ coming in


def test_an_array_that_can_be_written_to_is_copied():
    array = np.arange(3.0)
    for t in (dlpack.from_dlpack(array), namespace().from_dlpack(array), dlpack.from_dlpack(array.__dlpack__())):
        array[0] += 7.0
        assert float(t[0]) != array[0] and address(t) != address(array)


def test_a_view_that_others_can_write_through_is_copied():
    array = np.arange(3.0)
    view = array[:]
    view.flags.writeable = False
    t = namespace().from_dlpack(view)
    array[0] = 9.0
    np.testing.assert_array_equal(t, [0.0, 1.0, 2.0])


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_read_only_array_is_shared(dtype):
    array = np.arange(3).astype(dtype)
    array.flags.writeable = False
    t = namespace().from_dlpack(array)
    assert address(t) == address(array) and t.dtype == dtype
    assert address(namespace().from_dlpack(array, copy=True)) != address(array)
    assert address(namespace().from_dlpack(Producer(array))) == address(array)


def test_the_memory_of_another_library_is_shared_where_the_caller_says_so():
    array = np.arange(3.0)
    assert address(namespace().from_dlpack(array, copy=False)) == address(array)


def test_a_capsule_that_says_nothing_is_copied():
    array = np.arange(3.0)
    t = namespace().from_dlpack(Producer(array, versioned=False))
    array[0] = 9.0
    np.testing.assert_array_equal(t, [0.0, 1.0, 2.0])


def test_a_shared_array_is_computed_with_and_differentiated_and_never_written_to():
    array = np.linspace(1.0, 2.0, 5000)
    array.flags.writeable = False
    x = namespace().from_dlpack(array)
    v = tf.Variable(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reduce_sum(tf.exp(x) * x * v)
    gradient = tape.gradient(y, x)
    v.scatter_add(tf.IndexedSlices([1.0], [0]))
    np.testing.assert_allclose(gradient, np.exp(array) * array * (array + 1.0))
    np.testing.assert_array_equal(array, np.linspace(1.0, 2.0, 5000))


def test_a_tensor_comes_in_as_itself_and_stays_on_its_tape():
    x = tf.constant([1.0, 2.0])
    assert namespace().from_dlpack(x) is x
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = namespace().from_dlpack(x, copy=True) * 3.0
    np.testing.assert_array_equal(tape.gradient(y, x), [3.0, 3.0])


def test_what_is_neither_capsule_nor_producer_is_an_error():
    with pytest.raises(TypeError, match="a list is neither a DLPack capsule nor has it a method __dlpack__"):
        dlpack.from_dlpack([1.0])
    with pytest.raises(ValueError, match="there is the device 'cpu' and no other, not 'gpu'"):
        namespace().from_dlpack(np.ones(1), device="gpu")


def test_the_memory_of_another_device_is_an_error():
    class Elsewhere(Producer):
        def __dlpack_device__(self) -> tuple[int, int]:
            return (2, 0)

    with pytest.raises(BufferError, match="bring it into the CPU's memory first"):
        dlpack.from_dlpack(Elsewhere(np.ones(2)))


# ------------------------------------------------------------------------------------------------------ other libraries


def test_pytorch_shares_the_memory_both_ways():
    torch = pytest.importorskip("torch")
    t = tf.constant([1.0, 2.0, 3.0])
    there = torch.from_dlpack(t)
    assert there.data_ptr() == address(t) and there.tolist() == [1.0, 2.0, 3.0]
    assert torch.utils.dlpack.from_dlpack(dlpack.to_dlpack(t)).data_ptr() == address(t)
    here = namespace().from_dlpack(there, copy=False)
    assert address(here) == there.data_ptr()
    mine = torch.arange(3.0)
    copied = namespace().from_dlpack(mine)
    mine.add_(1.0)
    np.testing.assert_array_equal(copied, [0.0, 1.0, 2.0])


def test_jax_shares_the_memory_both_ways():
    jax = pytest.importorskip("jax")
    t = tf.constant(np.arange(1024.0, dtype=np.float32))
    there = jax.numpy.from_dlpack(dlpack.lend(t))
    assert there.unsafe_buffer_pointer() == address(t)
    mine = jax.numpy.arange(16.0)
    here = namespace().from_dlpack(mine)
    assert address(here) == mine.unsafe_buffer_pointer()
    np.testing.assert_array_equal(here, mine)
