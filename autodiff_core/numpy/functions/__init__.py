"""NumPy's functions on tensors, in terms of recorded ones: a file a subject, loaded when NumPy first offers one.

`registry` has the tables in which each function of NumPy is decided on: recorded, answered as data, or refused.
"""
