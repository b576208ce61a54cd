"""The port that keeps what setups were and what became of them."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from domain.learning.outcome import LabelledSample


class SamplesRefused(ValueError):
    """Kept samples cannot be read; `row` counts from 1 and is None where no single row is to blame."""

    def __init__(self, file: str, row: int | None, reason: str) -> None:
        place = file if row is None else f"{file}, row {row}"
        super().__init__(f"{place}: {reason}")
        self.file = file
        self.row = row
        self.reason = reason


class SampleStore(Protocol):
    """Keeps labelled samples; they are kept as a whole, or not at all."""

    def write(self, samples: Iterable[LabelledSample]) -> int:
        """Keep these instead of what was kept before, and give their number.

        Raises SinkFailed, or what making them raises; then what was kept before still is.
        """
        ...

    def samples(self) -> Iterator[LabelledSample]:
        """Give the samples in the order in which they were written. Raises SamplesRefused."""
        ...
