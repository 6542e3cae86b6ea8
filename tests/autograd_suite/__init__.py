"""autograd's own tests, and packages that are written for autograd, run on this library after `install()`.

`make test-autograd` runs both, in an environment of their own, and says what failed; `not_applicable.py` has those of
autograd's tests that do not apply, with reasons. The packages run a second time on autograd itself: results must agree,
and times stand side by side.
"""
