"""`train`: checkpoints: the values of variables in files that are written at once or not at all."""

from ..namespaces import namespace as _namespace

__all__, __dir__, __getattr__ = _namespace(
    __name__,
    "tf.train",
    """
train.checkpoint: Checkpoint
train.manager: CheckpointManager latest_checkpoint
""",
)
