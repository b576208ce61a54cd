"""The port that keeps feature rows."""

from collections.abc import Sequence
from typing import Protocol

from domain.structure.structure_view import Features


class FeatureSink(Protocol):
    """Takes rows in time order; nothing is visible until `finish`, and nothing remains without it."""

    def write(self, open_times_ms: Sequence[int], rows: Sequence[Features]) -> None:
        """Append rows: one open time and twelve numbers each, NaN while not ready."""
        ...

    def finish(self) -> None:
        """Make the whole file visible at once. Raises SinkFailed."""
        ...


class SinkFailed(Exception):
    """An output could not be written; no half of it is left behind."""
