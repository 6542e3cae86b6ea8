"""How much quicker several workers are, and what the time goes by: `PYTHONPATH=bench python -m scaling`.

`problems.py` has what is computed, a file an engine (`mpi.py`, `dask.py`) how workers are started and timed, `model.py`
the cost of a step as a formula, and `__main__.py` puts the tables together. Each worker has one thread.
"""
