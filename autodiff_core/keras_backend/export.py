"""What Keras asks of a backend to write a model as a program of another library's: this one has none."""

from typing import Any

__all__ = ["NumpyExportArchive"]


class NumpyExportArchive:
    """Refuses to export."""

    def track(self, resource: Any) -> None:
        raise NotImplementedError(
            "export: this backend writes no SavedModel and no ONNX; save the model as .keras, which Keras loads on "
            "every backend, and export it there"
        )

    def track_and_add_endpoint(self, name: str, resource: Any, input_signature: Any, **kwargs: Any) -> None:
        self.track(resource)

    def add_endpoint(self, name: str, fn: Any, input_signature: Any = None, **kwargs: Any) -> None:
        self.track(fn)
