"""The port that takes a forest's margin apart."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Contributions(NamedTuple):
    """Where a margin begins, and what each column adds to it; all of it sums to the margin."""

    base: float
    of_columns: tuple[float, ...]

    @property
    def margin(self) -> float:
        """Give the sum."""
        return self.base + sum(self.of_columns)


class ForestExplainer(Protocol):
    """Tells exactly, not by approximation, what each column of a row did to a margin."""

    def contributions(self, forest: bytes, rows: Sequence[tuple[float, ...]]) -> tuple[Contributions, ...]:
        """Take the margins of rows apart. Raises ValueError for what is no forest, or rows that misfit."""
        ...
