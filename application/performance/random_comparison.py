"""What chance gives in the place of the entries, and whether they did any better."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from domain.learning.block_bootstrap import Chance

LEAST_RANDOM_TRADES: Final = 100
_DRAWS: Final = 1_000_000
_MOST_RUNS: Final = 2_000
_LEAST_RUNS: Final = 200


class RandomComparison(NamedTuple):
    """Random entries under the same exits, beside `trades` of the session whose mean net R is `mean`.

    `run_means` are the mean net R of runs of random entries, in ascending order. `as_good` is the chance
    that such a run does at least as well as the trades did.
    """

    trades: int
    mean: float
    random_trades: int
    random_mean: float
    run_means: Sequence[float]
    as_good: float

    @property
    def median_run(self) -> float:
        """The mean net R of the run in the middle."""
        return self.run_means[len(self.run_means) // 2]


def compared_with_random(
    results: Sequence[float], random_results: Sequence[float], chance: Chance
) -> RandomComparison | None:
    """Hold the net R of trades to that of random entries; None where there are too few of either.

    Runs are drawn from the random results with replacement. Their means spread as far as the mean of as
    many trades and the mean of all random results do together: of n trades and m random ones,
    n m / (n + m) are drawn.
    """
    trades, known = len(results), len(random_results)
    if not trades or known < LEAST_RANDOM_TRADES:
        return None
    size = max(1, round(trades * known / (trades + known)))
    runs = min(_MOST_RUNS, max(_LEAST_RUNS, _DRAWS // size))
    means = sorted(_drawn_mean(random_results, size, chance) for _ in range(runs))
    mean = math.fsum(results) / trades
    as_good = (1 + sum(one >= mean for one in means)) / (1 + runs)
    return RandomComparison(trades, mean, known, math.fsum(random_results) / known, means, as_good)


def _drawn_mean(results: Sequence[float], size: int, chance: Chance) -> float:
    known = len(results)
    return math.fsum(results[chance.below(known)] for _ in range(size)) / size
