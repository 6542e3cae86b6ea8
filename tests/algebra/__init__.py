"""The algebra of transformations: every transformation holds inside every other.

`corpus` has functions, one entry each; `transformations` has what is done to functions, one entry each; `combinations`
puts them together, and says which are documented errors; `check` runs a combination in the library and in the
reference, and compares. The reference (`duals`, `reference`) shares nothing with the library: numbers that carry
derivatives, in plain NumPy arrays of objects, and Python loops.

    python -m algebra              every combination, in subprocesses (from tests/; `make algebra` does it)
    python -m algebra NAME...      those whose names have all of these in them, here, with tracebacks
"""
