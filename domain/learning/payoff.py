"""What a win brings against what a loss costs, as trades really ended."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from domain.allowed_range import require_above_zero
from domain.setup.setup import SetupKind


@dataclass(frozen=True, slots=True)
class PayoffRules:
    """How many samples of all kinds a kind's own means are mixed with. Raises ValueError if none."""

    pooled_size: float = 50.0

    def __post_init__(self) -> None:
        require_above_zero("pooled_size", self.pooled_size)


class Ended(NamedTuple):
    """One resolved sample: its kind, net result in R, and weight."""

    kind: SetupKind
    net_r: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Payoffs:
    """Mean net win over mean net loss, of all setups and of each kind."""

    pooled: float
    by_kind: tuple[tuple[SetupKind, float], ...]

    def of(self, kind: SetupKind) -> float:
        """Give the payoff of a kind; one that was never seen has the pooled one."""
        return dict(self.by_kind).get(kind, self.pooled)


class _Sums(NamedTuple):
    """Weights and weighted R of wins and losses; losses count positive."""

    win_weight: float
    won: float
    loss_weight: float
    lost: float


def payoffs_of(ended: Sequence[Ended], rules: PayoffRules) -> Payoffs | None:
    """Give the realised payoffs b, or None while there are not both wins and losses.

    Mean win and mean loss of a kind are shrunken to those of all kinds: (sum + m mean) / (n + m) with
    m = `pooled_size`. A result of exactly zero is no win: it counts as a loss of nothing, as it
    does in the probability to win that the payoff is used with.
    """
    pooled = _sums(ended)
    if not (pooled.won > 0.0 and pooled.lost > 0.0):
        return None
    mean_win, mean_loss = pooled.won / pooled.win_weight, pooled.lost / pooled.loss_weight
    by_kind = []
    for kind in SetupKind:
        own = [one for one in ended if one.kind is kind]
        if own:
            by_kind.append((kind, _shrunken(_sums(own), mean_win, mean_loss, rules.pooled_size)))
    return Payoffs(mean_win / mean_loss, tuple(by_kind))


def _shrunken(own: _Sums, mean_win: float, mean_loss: float, pooled_size: float) -> float:
    win = (own.won + pooled_size * mean_win) / (own.win_weight + pooled_size)
    loss = (own.lost + pooled_size * mean_loss) / (own.loss_weight + pooled_size)
    return win / loss


def _sums(ended: Sequence[Ended]) -> _Sums:
    wins = [one for one in ended if one.net_r > 0.0]
    losses = [one for one in ended if not one.net_r > 0.0]
    return _Sums(
        win_weight=math.fsum(one.weight for one in wins),
        won=math.fsum(one.weight * one.net_r for one in wins),
        loss_weight=math.fsum(one.weight for one in losses),
        lost=math.fsum(-one.weight * one.net_r for one in losses),
    )
