"""The scripts of `examples/` that are TensorFlow's but for their import, run on TensorFlow and here, side by side.

PYTHONPATH=tests python -m on_tensorflow            # small, seconds each: every printed loss agrees
PYTHONPATH=tests python -m on_tensorflow --full     # as they are: the same quality at the end
"""
