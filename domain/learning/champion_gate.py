"""Whether a challenger has earned the champion's seat."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from domain.allowed_range import require_above_zero, require_within
from domain.learning.alpha_spending import alpha_of_attempt
from domain.learning.block_bootstrap import BlockMean, BootstrapRules, Chance, Observed, block_mean
from domain.learning.probability_score import brier_score, log_loss
from domain.learning.sample_weights import Lifetime, average_uniqueness


class ShadowScore(NamedTuple):
    """One resolved sample that none of the models had learned from, and what each said of it beforehand.

    All probabilities are calibrated, of a win net of costs. `champion` is the base rate known then
    while there is no champion. `would_take` tells whether the challenger would have traded it.
    """

    decided_at_ms: int
    resolved_at_ms: int
    is_won: bool
    net_r: float
    challenger: float
    champion: float
    context_only: float
    would_take: bool


@dataclass(frozen=True, slots=True)
class GateRules:
    """What a promotion asks for. Raises ValueError for numbers that make no sense.

    `total_alpha` is the chance that noise is ever promoted, over all attempts. Before the record is worth
    `least_effective_size` independent samples, has `least_trades` that the challenger would take and is
    `least_blocks` blocks long, nothing is tested and no attempt is used up.
    """

    total_alpha: float = 0.05
    least_effective_size: float = 100.0
    least_trades: int = 30
    least_blocks: int = 20
    bootstrap: BootstrapRules = field(default_factory=BootstrapRules)

    def __post_init__(self) -> None:
        require_above_zero("total_alpha", self.total_alpha, 0.5)
        require_above_zero("least_effective_size", self.least_effective_size)
        require_within("least_trades", self.least_trades, 2)
        require_within("least_blocks", self.least_blocks, 2)


class GateDecision(StrEnum):
    """What a gate says of a challenger."""

    PROMOTE = "promote"
    REFUSE = "refuse"
    TOO_EARLY = "too_early"


class GateTest(StrEnum):
    """What a challenger is held to; all of it."""

    LOG_LOSS_OF_CHAMPION = "log loss below the champion's"
    BRIER_OF_CHAMPION = "Brier score below the champion's"
    LOG_LOSS_OF_CONTEXT = "log loss below the context-only model's"
    BRIER_OF_CONTEXT = "Brier score below the context-only model's"
    NET_R = "net R of the trades it would take above zero"


class GatePart(NamedTuple):
    """One test and its figures: by how much the challenger is better, on average."""

    test: GateTest
    figures: BlockMean
    is_passed: bool

    def in_words(self, alpha: float) -> str:
        """Tell it in one line."""
        verdict = "yes" if self.is_passed else "not shown"
        return (
            f"{self.test}: {verdict}; {self.figures.mean:+.4f}, at least {self.figures.lower_bound:+.4f},"
            f" p {self.figures.p_value:.4f} of at most {alpha:.4f}"
        )


class RecordLength(NamedTuple):
    """How much a shadow record can tell; `blocks` is how many bootstrap blocks of time it spans."""

    effective_size: float
    trades: int
    blocks: float


class GateVerdict(NamedTuple):
    """A decision with its reasons and figures; too early has no parts and uses no attempt up."""

    decision: GateDecision
    attempt: int
    alpha: float
    samples: int
    effective_size: float
    trades: int
    parts: tuple[GatePart, ...]
    reasons: tuple[str, ...]


def review(
    record: Sequence[ShadowScore], learned_until_ms: int, attempt: int, chance: Chance, rules: GateRules
) -> GateVerdict:
    """Hold a challenger to its shadow record, at the level of this attempt (counted from 1).

    It is promoted only if every test passes, so no test needs a level below the attempt's
    (intersection-union, Berger 1982). `learned_until_ms` is the last moment any of the models has learned
    from: a ValueError is raised for a score decided on no later, for such a record proves nothing.
    """
    leaked = [score for score in record if score.decided_at_ms <= learned_until_ms]
    if leaked:
        raise ValueError(f"{len(leaked)} scores were decided on before learning ended at {learned_until_ms}")
    alpha = alpha_of_attempt(attempt, rules.total_alpha)
    length = record_length(record, rules)
    size, trades = length.effective_size, length.trades
    missing = missing_from(length, rules)
    if missing:
        return GateVerdict(GateDecision.TOO_EARLY, attempt, alpha, len(record), size, trades, (), missing)
    parts = tuple(_parts(record, alpha, chance, rules.bootstrap))
    is_promoted = all(part.is_passed for part in parts)
    return GateVerdict(
        decision=GateDecision.PROMOTE if is_promoted else GateDecision.REFUSE,
        attempt=attempt,
        alpha=alpha,
        samples=len(record),
        effective_size=size,
        trades=trades,
        parts=parts,
        reasons=tuple(part.in_words(alpha) for part in parts),
    )


def record_length(record: Sequence[ShadowScore], rules: GateRules) -> RecordLength:
    """Measure a shadow record; its effective size is the sum of its samples' average uniqueness."""
    lifetimes = [Lifetime(score.decided_at_ms, score.resolved_at_ms) for score in record]
    moments = [score.decided_at_ms for score in record]
    return RecordLength(
        effective_size=math.fsum(average_uniqueness(lifetimes)),
        trades=sum(score.would_take for score in record),
        blocks=(max(moments) - min(moments)) / rules.bootstrap.block_ms if moments else 0.0,
    )


def missing_from(length: RecordLength, rules: GateRules) -> tuple[str, ...]:
    """Say in words what a record lacks before anything can be tested on it."""
    least = rules.least_effective_size
    missing = []
    if length.effective_size < least:
        missing.append(f"the record is worth {length.effective_size:.1f} independent samples of {least:.0f}")
    if length.trades < rules.least_trades:
        missing.append(f"it would have taken {length.trades} trades of {rules.least_trades}")
    if length.blocks < rules.least_blocks:
        missing.append(f"the record is {length.blocks:.1f} blocks long of {rules.least_blocks}")
    return tuple(missing)


def _log_loss_of_champion(score: ShadowScore) -> float:
    won = score.is_won
    return log_loss(score.champion, is_won=won) - log_loss(score.challenger, is_won=won)


def _brier_of_champion(score: ShadowScore) -> float:
    won = score.is_won
    return brier_score(score.champion, is_won=won) - brier_score(score.challenger, is_won=won)


def _log_loss_of_context(score: ShadowScore) -> float:
    won = score.is_won
    return log_loss(score.context_only, is_won=won) - log_loss(score.challenger, is_won=won)


def _brier_of_context(score: ShadowScore) -> float:
    won = score.is_won
    return brier_score(score.context_only, is_won=won) - brier_score(score.challenger, is_won=won)


_BETTER_BY: Final[dict[GateTest, Callable[[ShadowScore], float]]] = {
    GateTest.LOG_LOSS_OF_CHAMPION: _log_loss_of_champion,
    GateTest.BRIER_OF_CHAMPION: _brier_of_champion,
    GateTest.LOG_LOSS_OF_CONTEXT: _log_loss_of_context,
    GateTest.BRIER_OF_CONTEXT: _brier_of_context,
}


def _parts(
    record: Sequence[ShadowScore], alpha: float, chance: Chance, rules: BootstrapRules
) -> list[GatePart]:
    series = {
        test: [Observed(score.decided_at_ms, better_by(score)) for score in record]
        for test, better_by in _BETTER_BY.items()
    }
    taken = [score for score in record if score.would_take]
    series[GateTest.NET_R] = [Observed(score.decided_at_ms, score.net_r) for score in taken]
    parts = []
    for test, observations in series.items():
        figures = block_mean(observations, alpha, chance, rules)
        parts.append(GatePart(test, figures, figures.p_value <= alpha))
    return parts
