"""The port that puts feature rows on file."""

from collections.abc import Iterable
from typing import Protocol

from domain.structure.structure_view import Features

FeatureRow = tuple[int, Features]
"""A base bar's open time in milliseconds and its twelve features, NaN while not ready."""


class FeatureSink(Protocol):
    """Takes the rows of one tape; they are on file as a whole, or not at all."""

    def write(self, symbol: str, base_step_ms: int, rows: Iterable[FeatureRow]) -> int:
        """Put all rows on file and give their number. Raises SinkFailed, or what making them raises."""
        ...
