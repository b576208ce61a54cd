"""The port that walks boosted trees."""

from collections.abc import Callable
from typing import Protocol


class Forest(Protocol):
    """Boosted trees that were grown by a trainer; the same bytes and row give the same margin."""

    @property
    def features(self) -> int:
        """How many numbers a row has."""
        ...

    def margin(self, features: tuple[float, ...]) -> float:
        """Give the log-odds of one row, or the value of squared error; NaN means unknown.

        Raises ValueError for a row of another length.
        """
        ...


ForestMaker = Callable[[bytes], Forest]
"""Makes a forest of what a trainer wrote. Raises ValueError for anything else."""
