"""Whether a mean is above zero although its observations hang together in time."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from domain.allowed_range import require_within
from domain.market.timeframe import DAY_MS

_ROUNDING: Final = 1e-12


class Chance(Protocol):
    """Whoever deals the cards; a seeded one makes a verdict repeatable."""

    def below(self, n: int) -> int:
        """Draw a whole number from 0 to n - 1, each equally likely."""
        ...


class Observed(NamedTuple):
    """A value, and the moment it belongs to."""

    at_ms: int
    value: float


@dataclass(frozen=True, slots=True)
class BootstrapRules:
    """How the past is cut and drawn again. Raises ValueError for numbers that make no sense.

    Blocks of `block_ms` must be longer than what hangs together; they begin at every cell, of which a
    block has `cells_per_block`. Drawn at least `least_resamples` times, and `resamples_beyond` times
    on average beyond the level that is asked for, but never more than `most_resamples` times.
    """

    block_ms: int = DAY_MS
    cells_per_block: int = 6
    least_resamples: int = 2_000
    resamples_beyond: int = 10
    most_resamples: int = 100_000

    def __post_init__(self) -> None:
        require_within("cells_per_block", self.cells_per_block, 1, 1_000)
        require_within("block_ms", self.block_ms, self.cells_per_block)
        require_within("least_resamples", self.least_resamples, 1)
        require_within("resamples_beyond", self.resamples_beyond, 1)
        require_within("most_resamples", self.most_resamples, self.least_resamples)


class BlockMean(NamedTuple):
    """A mean per observation and what is known of the one behind it.

    `lower_bound` lies below that with a confidence of 1 - alpha; `p_value` is the chance of such a mean
    where there is none above zero. `blocks` is how many blocks long the record is.
    """

    mean: float
    standard_error: float
    lower_bound: float
    p_value: float
    blocks: int
    resamples: int


class _Block(NamedTuple):
    """Sum and count of a block, and the products that squared residuals are made of."""

    total: float
    observed: float
    total_squared: float
    total_by_observed: float
    observed_squared: float


def block_mean(
    observations: Sequence[Observed], alpha: float, chance: Chance, rules: BootstrapRules
) -> BlockMean:
    """Test a mean against zero, one-sided, by a studentised circular moving-block bootstrap.

    Blocks of time are drawn with their observations (Kuensch 1989; Politis and Romano 1992), the mean is
    the ratio of their sums and counts, and each redrawn mean is divided by its own standard error
    (Goetze and Kuensch 1996), which keeps its level where results are skewed and blocks few. Drawing
    stops once so many redrawn means lie beyond that the level cannot be met any more. With fewer than
    two blocks, or values that do not vary, nothing is known: p is 1 and the bound minus infinity.
    Raises ValueError without observations.
    """
    if not observations:
        raise ValueError("no observations to take the mean of")
    blocks, drawn = _blocks(observations, rules)
    mean = math.fsum(one.value for one in observations) / len(observations)
    error = _standard_error(_sum(blocks), mean, len(blocks), drawn)
    if drawn < 2 or not error > 0.0:  # noqa: PLR2004 - one block has no spread
        return BlockMean(mean, error, -math.inf, 1.0, drawn, 0)
    wanted = max(rules.least_resamples, math.ceil(rules.resamples_beyond / alpha))
    resamples = min(wanted, rules.most_resamples)
    ratios = _redrawn(blocks, drawn, mean, mean / error, alpha, resamples, rules.least_resamples, chance)
    beyond = sum(ratio >= mean / error for ratio in ratios)
    return BlockMean(
        mean=mean,
        standard_error=error,
        lower_bound=mean - _quantile(ratios, alpha) * error,
        p_value=(1 + beyond) / (1 + len(ratios)),
        blocks=drawn,
        resamples=len(ratios),
    )


def _blocks(observations: Sequence[Observed], rules: BootstrapRules) -> tuple[list[_Block], int]:
    """Give the block that begins at each cell, the last ones running on at the first, and how many fit."""
    cell_ms = rules.block_ms // rules.cells_per_block
    first = min(one.at_ms for one in observations) // cell_ms
    size = max(one.at_ms for one in observations) // cell_ms - first + 1
    totals, counts = [0.0] * size, [0] * size
    for at_ms, value in observations:
        cell = at_ms // cell_ms - first
        totals[cell] += value
        counts[cell] += 1
    length = min(rules.cells_per_block, size)
    total, count = math.fsum(totals[:length]), sum(counts[:length])
    blocks = []
    for start in range(size):
        blocks.append(_Block(total, count, total * total, total * count, count * count))
        end = (start + length) % size
        total += totals[end] - totals[start]
        count += counts[end] - counts[start]
    return blocks, -(-size // length)


def _redrawn(
    blocks: Sequence[_Block],
    drawn: int,
    mean: float,
    observed: float,
    alpha: float,
    resamples: int,
    at_least: int,
    chance: Chance,
) -> list[float]:
    """Give the studentised means of redrawn records, until they are enough or say no."""
    most_beyond = alpha * (resamples + 1)
    ratios: list[float] = []
    beyond = 0
    while len(ratios) < resamples and (beyond < most_beyond or len(ratios) < at_least):
        ratio = _ratio(_drawn_sum(blocks, drawn, chance), drawn, mean)
        beyond += ratio >= observed
        ratios.append(ratio)
    return ratios


def _ratio(summed: _Block, drawn: int, mean: float) -> float:
    """Give how many of its own standard errors a redrawn mean lies above the observed one."""
    if not summed.observed:
        return math.inf
    redrawn = summed.total / summed.observed
    error = _standard_error(summed, redrawn, drawn, drawn)
    return (redrawn - mean) / error if error > 0.0 else math.inf


def _drawn_sum(blocks: Sequence[_Block], drawn: int, chance: Chance) -> _Block:
    below, size = chance.below, len(blocks)
    return _sum(blocks[below(size)] for _ in range(drawn))


def _sum(blocks: Iterable[_Block]) -> _Block:
    total = count = squares = products = counts = 0.0
    for block_total, block_observed, total_squared, total_by_observed, observed_squared in blocks:
        total += block_total
        count += block_observed
        squares += total_squared
        products += total_by_observed
        counts += observed_squared
    return _Block(total, count, squares, products, counts)


def _standard_error(summed: _Block, mean: float, blocks: int, drawn: int) -> float:
    """Give the standard error of a ratio of sums over `drawn` blocks, from the residuals of `blocks`."""
    residuals = summed.total_squared - 2.0 * mean * summed.total_by_observed
    residuals += mean * mean * summed.observed_squared
    is_rounding = residuals <= _ROUNDING * summed.total_squared
    variance = 0.0 if is_rounding else residuals / max(1, blocks - 1)
    mean_count = summed.observed / blocks
    return math.sqrt(variance / drawn) / mean_count


def _quantile(ratios: Sequence[float], alpha: float) -> float:
    """Give the redrawn ratio that only a share alpha lies beyond; infinite where too few were drawn."""
    rank = math.ceil((1.0 - alpha) * (len(ratios) + 1))
    return sorted(ratios)[rank - 1] if rank <= len(ratios) else math.inf
