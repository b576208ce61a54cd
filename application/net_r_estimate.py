"""What trades gave on average, and how sure that is."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from domain.learning.block_bootstrap import BootstrapRules, Chance, Observed, block_mean

ONE_SIDE: Final = 0.05
"""What an interval leaves out on either side: 90 % of it lies inside."""


class Estimate(NamedTuple):
    """A mean and the block-bootstrap interval around it, infinite where nothing is known.

    `blocks` is how many blocks of time long the record is.
    """

    cases: int
    mean: float
    low: float
    high: float
    blocks: int

    @property
    def is_above_zero(self) -> bool:
        """Whether all of the interval is."""
        return self.low > 0.0

    @property
    def reads_as(self) -> str:
        """Say what the interval allows to be said."""
        if self.is_above_zero:
            return "above zero"
        return "below zero" if self.high < 0.0 else "not told from zero"


def estimate_of(
    observed: Sequence[Observed], chance: Chance, rules: BootstrapRules, one_side: float = ONE_SIDE
) -> Estimate | None:
    """Give the mean with an interval that leaves out a share on either side; None without observations."""
    if not observed:
        return None
    mirrored = [Observed(at_ms, -value) for at_ms, value in observed]
    below = block_mean(observed, one_side, chance, rules)
    above = block_mean(mirrored, one_side, chance, rules)
    return Estimate(len(observed), below.mean, below.lower_bound, -above.lower_bound, below.blocks)
