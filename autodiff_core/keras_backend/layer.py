"""What layers have of the backend: nothing beside what Keras gives them."""

__all__ = ["NumpyLayer"]


class NumpyLayer:
    """The backend's part of Keras's layers."""
