"""Writes docs/tensorflow_names.md, what there is of TensorFlow's functions: python docs/make_tensorflow_names.py"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import autodiff_core as tf

PAGE = Path(__file__).with_name("tensorflow_names.md")
LIST = Path(__file__).with_name("tensorflow_signatures.txt")

_GRAPHS = "graphs, sessions and TensorFlow's own machinery: there are none"
_TEXT = "text, bits and serialised data: there are only numbers"
_SPARSE = "takes TensorFlow's sparse or ragged tensors"
_SAMPLED = "learns its distribution from earlier calls"
_DEBUG = "switches of TensorFlow's run time"
_INNER = "a name of one of TensorFlow's kernels, without a page in its reference"
_KERAS = "losses of Keras that are not written yet, or its way to name them"
_YET = "not written yet"
REASONS = {
    _GRAPHS: """get_current_name_scope get_logger gradients guarantee_const hessians import_graph_def
        load_library load_op_library no_gradient nondifferentiable_batch_function register_tensor_conversion_function
        type_spec_from_value variable_creator_scope""",
    _TEXT: "as_string edit_distance fingerprint make_ndarray make_tensor_proto",
    _SPARSE: """ragged_fill_empty_rows ragged_fill_empty_rows_grad embedding_lookup_sparse
        safe_embedding_lookup_sparse""",
    _SAMPLED: "learned_unigram_candidate_sampler",
    _DEBUG: """disable_traceback_filtering enable_traceback_filtering
        get_log_device_placement is_traceback_filtering_enabled set_log_device_placement""",
    _INNER: "check_pinned conv2d_backprop_filter_v2 conv2d_backprop_input_v2 random_index_shuffle",
    _KERAS: """KLD MAE MAPE MSE MSLE binary_focal_crossentropy categorical_focal_crossentropy
        categorical_generalized_cross_entropy categorical_hinge circle cosine_similarity ctc deserialize dice get hinge
        kld kullback_leibler_divergence logcosh mape msle poisson serialize squared_hinge tversky""",
}

# Arguments of TensorFlow's that a function here does not take, and why.
_SAME_NAME = "those that are meant are spelled out"
_EXPERIMENTAL = "experiments of TensorFlow's compiler"
_HINTS = "hints for TensorFlow's kernels"
_LAYOUT = "arrays that are spread over devices"
_POLICY = "an index that is out of bounds is always an error"
_COMPOSITES = "there are no composite tensors"
WITHOUT = {
    _LAYOUT: {
        "layout": ("tf.fill", "tf.ones", "tf.ones_like", "tf.zeros", "tf.zeros_like"),
    },
    _EXPERIMENTAL: {
        "experimental_implements": ("tf.function",),
        "experimental_autograph_options": ("tf.function",),
        "experimental_attributes": ("tf.function",),
        "experimental_relax_shapes": ("tf.function",),
        "experimental_compile": ("tf.function",),
        "experimental_follow_type_hints": ("tf.function",),
    },
    _HINTS: {
        "a_is_sparse": ("tf.matmul", "tf.linalg.matmul", "tf.linalg.matvec"),
        "b_is_sparse": ("tf.matmul", "tf.linalg.matmul", "tf.linalg.matvec"),
        "output_type": ("tf.matmul", "tf.linalg.matmul"),
        "grad_a": ("tf.matmul", "tf.linalg.matmul"),
        "grad_b": ("tf.matmul", "tf.linalg.matmul"),
        "perturb_singular": ("tf.linalg.tridiagonal_solve",),
        "tol": ("tf.linalg.eigh_tridiagonal",),
    },
    _POLICY: {
        "bad_indices_policy": (
            *("tf.scatter_nd", "tf.tensor_scatter_nd_add", "tf.tensor_scatter_nd_max"),
            *("tf.tensor_scatter_nd_min", "tf.tensor_scatter_nd_sub"),
        ),
    },
    _COMPOSITES: {
        "expand_composites": ("tf.nest.assert_same_structure", "tf.nest.flatten", "tf.nest.pack_sequence_as"),
    },
    _SAME_NAME: {"kwargs": ("tf.group", "tf.meshgrid", "tf.nest.map_structure", "tf.print")},
}

TEXT = """# TensorFlow's functions, and what is missing

Written by `python docs/make_tensorflow_names.py` from [the list](tensorflow_signatures.txt) of the functions of
TensorFlow's public API in these namespaces, without classes; tests see to it that it is up to date, and that each
function takes TensorFlow's arguments, by TensorFlow's names and in their order. [For TensorFlow users](tensorflow.md)
says where functions that are there behave differently. `tf.losses` is `tf.keras.losses`; images, data pipelines and
sets are not on the list.

| namespace | there | missing |
| --- | --- | --- |
{counts}

{parts}

## Arguments that are missing

{arguments}
"""


def signatures() -> Iterator[tuple[str, str, list[str]]]:
    """Namespace, name and parameters of each function on the list."""
    for line in LIST.read_text().splitlines():
        if not line.startswith("#"):
            path, rest = line.removesuffix(")").split("(", 1)
            prefix, name = path.rsplit(".", 1)
            yield prefix, name, _names(rest)


def _names(text: str) -> list[str]:
    """The parameters' names: commas within a default's brackets part nothing."""
    depth, parts = 0, [""]
    for character in text:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip().split("=")[0].lstrip("*") for part in parts if part.strip()]


def namespace(prefix: str) -> Any:
    found: Any = tf
    for part in prefix.split(".")[1:]:
        found = getattr(found, part, None)
    return found


def has(prefix: str, name: str) -> bool:
    return name in getattr(namespace(prefix), "__all__", ())


def left_out(prefix: str, name: str) -> set[str]:
    """The arguments that this function need not take."""
    path = f"{prefix}.{name}"
    return {argument for group in WITHOUT.values() for argument, paths in group.items() if path in paths}


def parameters(function: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(function).parameters)


def page() -> str:
    reason_of = {name: reason for reason, names in REASONS.items() for name in names.split()}
    spaces: dict[str, list[str]] = {}
    for prefix, name, _ in signatures():
        spaces.setdefault(prefix, []).append(name)
    counts, parts = [], []
    for prefix, names in spaces.items():
        missing = [name for name in names if not has(prefix, name)]
        counts.append(f"| `{prefix}` | {len(names) - len(missing)} | {len(missing)} |")
        lines = []
        for reason in (*REASONS, _YET):
            chosen = [f"`{name}`" for name in missing if reason_of.get(name, _YET) == reason]
            if chosen:
                lines.append(f"- {reason}: {', '.join(chosen)}.")
        if lines:
            parts.append(f"## Missing in {prefix}\n\n" + "\n".join(lines))
    arguments = [
        f"- {reason}: " + "; ".join(f"`{argument}` of {_listed(paths)}" for argument, paths in group.items()) + "."
        for reason, group in WITHOUT.items()
    ]
    return TEXT.format(counts="\n".join(counts), parts="\n\n".join(parts), arguments="\n".join(arguments))


def _listed(paths: tuple[str, ...]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


if __name__ == "__main__":
    PAGE.write_text(page())
