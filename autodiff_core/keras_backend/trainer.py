"""fit, evaluate and predict."""

from . import derived

derived.run("trainer", globals())
