"""What a script's tapes and recorded functions did: `python -m autodiff_core explain script.py`."""
