"""What notebooks show: short, escaped, without a record, a copy or a look."""

import base64
import pickle
import re

import numpy as np
import pytest

import autodiff_core as tf
from autodiff_core import _core

NOT_ESCAPED = re.compile(r"<script|<b>x</b>")


def texts(html):
    return re.sub(r"<[^>]*>", " ", html).split()


def test_tensors_show_dtype_shape_and_elements():
    html = tf.constant([[1.5, -2.0], [0.25, 1e-7]])._repr_html_()
    assert texts(html) == ["Tensor", "float32", "(2,", "2)", "1.5", "−2", "0.25", "1e−07"]
    assert texts(tf.constant(3, tf.int64)._repr_html_()) == ["Tensor", "int64", "()", "3"]
    assert texts(tf.constant([True])._repr_html_())[-1] == "True"
    assert "no elements" in tf.zeros([0, 3])._repr_html_()
    assert "[0, 0, :, :], and 5 more" in tf.ones([2, 3, 4, 5])._repr_html_()


@pytest.mark.parametrize("shape", [(100_000_000,), (10_000, 10_000), (1, 100_000_000), (100, 1000, 1000)])
def test_large_arrays_are_short_and_are_not_copied(shape):
    x = tf.broadcast_to(tf.constant(1.0), shape)  # (no memory: a copy would take 400 MB)
    assert len(x._repr_html_()) < 20_000


def test_variables_have_names_which_are_escaped():
    v = tf.Variable(1.0, name="<script>&", trainable=False)
    html = v._repr_html_()
    assert "&lt;script&gt;&amp;" in html and not NOT_ESCAPED.search(html) and "not trainable" in html


def test_a_followed_tensor_is_shown_and_followed_on():
    x = tf.Variable([1.0, 2.0], name="x")
    with tf.GradientTape() as tape:
        y = x * x
        count = len(tape.to_records())
        assert "4" in texts(y._repr_html_()) and "2" in texts(x._repr_html_())
        assert len(tape.to_records()) == count
        z = tf.reduce_sum(y)
    assert tape.gradient(z, x).numpy().tolist() == [2.0, 4.0]


def test_what_is_being_recorded_has_no_value_to_show():
    shown = []

    @tf.function
    def f(x):
        shown.append(x._repr_html_())
        return x * 2.0

    assert float(f(tf.constant(1.0))) == 2.0 and float(f(tf.constant(5.0))) == 10.0
    assert len(shown) == 1 and "it is being recorded" in shown[0] and f.trace_count == 1


def test_modules_list_their_variables():
    class Line(tf.Module):
        def __init__(self):
            super().__init__("line")
            self.slope = tf.Variable(np.ones((3, 4)), name="slope")
            self.fixed = tf.Variable(1.0, name="<b>x</b>", trainable=False)

    html = Line()._repr_html_()
    assert "13 parameters, 12 of them trainable" in html and "slope:0" in html and not NOT_ESCAPED.search(html)
    assert "0 parameters" in tf.Module("empty")._repr_html_()
    many = tf.Module("many")
    many.all = [tf.Variable(1.0) for _ in range(100)]
    assert "60 more" in many._repr_html_()


def test_tapes_and_programs_show_a_picture_and_a_table():
    x = tf.Variable(2.0, name="<b>x</b>")
    with tf.GradientTape() as tape:
        y = x * x
    html = tape._repr_html_()
    assert "<table" in html and not NOT_ESCAPED.search(html)
    svg = base64.b64decode(re.search(r"base64,([^']*)'", html)[1]).decode()
    assert svg.startswith("<svg") and 'data-role="adjoint"' not in svg
    tape.gradient(y, x)
    assert "has let go of its records" in tape._repr_html_() and "<img" not in tape._repr_html_()
    assert "0 records, empty" in tf.GradientTape()._repr_html_()
    assert "image/svg+xml" in tf.Program.from_function(lambda x: x + 1.0, tf.TensorSpec([2]))._repr_html_()


def test_results_of_solvers_are_tables_and_results_of_scipys():
    optimize = pytest.importorskip("scipy.optimize")
    found = tf.minimize(lambda p: tf.reduce_sum((p["<b>x</b>"] - 3.0) ** 2), {"<b>x</b>": np.zeros(2)})
    assert isinstance(found, optimize.OptimizeResult)
    html = found._repr_html_()
    assert "✓" in html and "[3, 3]" in html and not NOT_ESCAPED.search(html)
    again = pickle.loads(pickle.dumps(found))
    assert type(again) is type(found) and again.x["<b>x</b>"].tolist() == found.x["<b>x</b>"].tolist()
    fitted = tf.optimize.fit(lambda x, p: p * x, np.arange(3.0), np.arange(3.0), 0.5)
    assert "covariance" in fitted._repr_html_()


def test_a_display_is_no_look_and_gives_a_view_that_cannot_be_written_to():
    x = tf.constant([1.0, 2.0])
    array = _core.shown_array(x)
    assert np.shares_memory(array, _core.seen(x)) and not array.flags.writeable
    with pytest.raises(ValueError, match="cannot set WRITEABLE flag"):
        array.flags.writeable = True
