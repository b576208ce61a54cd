"""A model as it leaves training."""

from typing import NamedTuple

from domain.learning.model_record import ModelRecord


class Heads(NamedTuple):
    """Three forests as XGBoost writes them (UBJSON): whether it wins, what it gives in R, and the rival.

    The margin of `probability` and `context_only` is a logit before calibration, that of `expected_r`
    the net result in planned losses.
    """

    probability: bytes
    expected_r: bytes
    context_only: bytes


class TrainedModel(NamedTuple):
    """What a model says of itself, and its forests."""

    record: ModelRecord
    heads: Heads
