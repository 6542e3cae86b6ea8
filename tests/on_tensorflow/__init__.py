"""The scripts of `examples/` that are TensorFlow's but for their import, run on TensorFlow and here, side by side.

PYTHONPATH=tests python -m on_tensorflow            # small, seconds each: every loss agrees; files are exchanged
PYTHONPATH=tests python -m on_tensorflow --full     # as they are: the same quality at the end
"""
