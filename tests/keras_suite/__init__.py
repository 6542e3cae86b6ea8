"""Keras's own tests, which its wheel brings, on this engine: `make test-keras`."""
