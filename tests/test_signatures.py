"""Every public function, class and method says what it takes: `inspect.signature`, and with it `help` and editors."""

import inspect
from types import ModuleType

import pytest

import autodiff_core as tf

pytest.importorskip("scipy")

# What has no signature of its own, or one that says nothing, and why.
WITHOUT = {
    "Tensor": "is not made by calling it",
    **{f"Tensor.{name}": "is refused" for name in ("fill", "partition", "put", "resize", "setflags", "sort")},
    **dict.fromkeys(["Tensor.item", "Tensor.transpose"], "takes the numbers of an index, or axes"),
    "Program.profile": "takes what the function takes that was recorded",
    "Model.add_weight": "takes its arguments in Keras 3's order and in Keras 2's",
    "InvalidArgumentError.add_note": "Python's own",
    "InvalidArgumentError.with_traceback": "Python's own",
    "OperatorNotAllowedInGraphError": "Python's own",
}


def namespaces(module, found):
    """The public modules under a module, itself included; NumPy's namespace is NumPy's."""
    if module.__name__.startswith("autodiff_core") and module is not tf.numpy and module not in found:
        found.append(module)
        for name in names(module):
            if isinstance(getattr(module, name), ModuleType):
                namespaces(getattr(module, name), found)
    return found


def names(module):
    return getattr(module, "__all__", [name for name in dir(module) if not name.startswith("_")])


def callables():
    """Public functions, classes, and the methods of those, once each."""
    found = {}
    for module in namespaces(tf, []):
        for name in names(module):
            thing = getattr(module, name)
            if not callable(thing) or not str(getattr(thing, "__module__", "")).startswith("autodiff_core"):
                continue
            found.setdefault(id(thing), (name, thing))
            if isinstance(thing, type):
                for member in dir(thing):
                    method = getattr(thing, member)
                    if callable(method) and not member.startswith("_"):
                        found.setdefault(id(method), (f"{name}.{member}", method))
    return dict(found.values())


CALLABLES = callables()


def says_nothing(thing):
    try:
        parameters = [p for p in inspect.signature(thing).parameters.values() if p.name != "self"]
    except ValueError:
        return True
    return bool(parameters) and all(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters)


def test_every_public_callable_has_a_signature_that_names_its_parameters():
    assert sorted(name for name, thing in CALLABLES.items() if says_nothing(thing)) == sorted(WITHOUT)


def test_every_public_function_says_its_name_and_what_it_does():
    functions = {name: thing for name, thing in CALLABLES.items() if inspect.isroutine(thing) and "." not in name}
    assert [name for name, thing in functions.items() if not thing.__doc__ or thing.__name__.startswith("_")] == []


@pytest.mark.parametrize(
    "path, expected",
    [
        (
            "GradientTape",
            "(persistent=False, watch_accessed_variables=True, *, trace=None, check_numerics=False, memory=None, "
            "threads=False)",
        ),
        ("sin", "(x, name=None)"),
        ("add", "(x, y, name=None)"),
        ("Tensor.numpy", "(self, /)"),
    ],
)
def test_signature_of_what_is_compiled(path, expected):
    thing = tf
    for name in path.split("."):
        thing = getattr(thing, name)
    assert str(inspect.signature(thing)) == expected
