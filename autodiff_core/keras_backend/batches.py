"""The batches of an epoch: Keras's own iterator, which takes this library's datasets, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from keras.src import tree
from keras.src.trainers import data_adapters
from keras.src.trainers.data_adapters import data_adapter_utils
from keras.src.trainers.data_adapters.data_adapter import DataAdapter
from keras.src.trainers.epoch_iterator import EpochIterator

from .tensors import convert_to_numpy
from .workers import rows_of_batch, several

__all__ = ["Batches", "joined"]


def _is_dataset(x: Any) -> bool:
    """Whether something is a dataset of this library's (or has what is asked of one here)."""
    kind = type(x)  # (a spec may take a run of what is mapped: nobody needs it here)
    return all(hasattr(kind, name) for name in ("as_numpy_iterator", "cardinality", "element_spec"))


class _DatasetAdapter(DataAdapter):  # type: ignore[misc]
    """A dataset of batches, as Keras asks for it."""

    def __init__(self, dataset: Any, class_weight: dict[int, float] | None) -> None:
        self._dataset, self._class_weight = dataset, class_weight
        count = int(dataset.cardinality())
        self._count = count if count >= 0 else None  # (it is infinite, or nobody knows)

    def get_numpy_iterator(self) -> Iterator[Any]:
        for batch in self._dataset.as_numpy_iterator():
            yield self._weighted(batch)

    def _weighted(self, batch: Any) -> Any:
        if self._class_weight is None:
            return batch
        x, y, weight = data_adapter_utils.unpack_x_y_sample_weight(batch)
        if weight is not None:
            raise ValueError("You cannot `class_weight` and `sample_weight` at the same time.")
        return x, y, data_adapter_utils.class_weight_to_sample_weights(y, self._class_weight)

    @property
    def num_batches(self) -> int | None:
        return self._count

    @property
    def batch_size(self) -> int | None:
        return None

    @property
    def has_partial_batch(self) -> bool | None:
        return None

    @property
    def partial_batch_size(self) -> int | None:
        return None


class Batches(EpochIterator):  # type: ignore[misc]
    """Keras's iterator over the batches of an epoch."""

    def __init__(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        strategy: Any = None,
        **settings: Any,
    ) -> None:
        if _is_dataset(x):
            for name, value in (("y", y), ("sample_weight", sample_weight)):
                if value is not None:
                    data_adapters.raise_unsupported_arg(name, f"`{name}`", "tf.data.Dataset")
            x, class_weight = _DatasetAdapter(x, class_weight), None
        super().__init__(x=x, y=y, sample_weight=sample_weight, class_weight=class_weight, **settings)
        self._strategy = strategy

    def _get_iterator(self) -> Iterator[Any]:
        """The batches; of those that several workers share, this one's rows."""
        batches: Iterator[Any] = super()._get_iterator()
        if self._strategy is None or not several(self._strategy):
            return batches
        return (rows_of_batch(batch, self._strategy) for batch in batches)


def joined(outputs: list[Any]) -> Any:
    """The outputs of batches as arrays: one after the other along their first axis."""
    if not outputs:
        raise ValueError("predict: there are no outputs, since the data has no batch; give it at least one example")
    return tree.map_structure(lambda *parts: np.concatenate([convert_to_numpy(part) for part in parts]), *outputs)
