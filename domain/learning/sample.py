"""A candidate setup as the learner sees it, taken or refused."""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from domain.learning.trade_direction import in_trade_direction
from domain.market.direction import Direction
from domain.market.killzone import new_york_hour
from domain.market.trading_costs import TradingCosts
from domain.refusal import RefusalReason
from domain.risk.planned_loss import planned_loss
from domain.setup.setup import Setup, SetupKind
from domain.structure.structure_view import FEATURE_NAMES, Features


class Context(NamedTuple):
    """What is known of a setup without reading its structure; all that the context-only model sees.

    Stop distance and ATR of the base frame are fractions of the entry, `cost_in_r` is entry and exit
    cost over the planned loss, `hour` is New York's.
    """

    stop_fraction: float
    cost_in_r: float
    atr_fraction: float
    hour: int
    kind: SetupKind


@dataclass(frozen=True, slots=True)
class Sample:
    """A setup, its twelve features in the trade's direction, its context, and what became of it.

    `sample_id` is the setup's id, a function of symbol, side and time. `schema_hash` names the exact
    definition of the features. `refused_for` is None for a setup that was taken. Raises ValueError
    unless there are twelve finite features.
    """

    sample_id: str
    symbol: str
    direction: Direction
    decided_at_ms: int
    features: Features
    schema_hash: str
    context: Context
    entry: Decimal
    stop: Decimal
    target: Decimal
    refused_for: RefusalReason | None

    def __post_init__(self) -> None:
        if len(self.features) != len(FEATURE_NAMES) or not all(map(math.isfinite, self.features)):
            raise ValueError(f"{self.sample_id}: {self.features} are no {len(FEATURE_NAMES)} finite features")

    @property
    def is_taken(self) -> bool:
        """Whether an entry was sent for it."""
        return self.refused_for is None


def sample_of(
    setup: Setup,
    atr: float,
    schema_hash: str,
    refused_for: RefusalReason | None,
    costs: TradingCosts,
    *,
    is_maker_entry: bool,
) -> Sample:
    """Make a sample of a setup; `atr` is that of the base frame when the setup was found."""
    return Sample(
        sample_id=setup.setup_id,
        symbol=setup.symbol,
        direction=setup.direction,
        decided_at_ms=setup.found_at_ms,
        features=in_trade_direction(setup.features, setup.direction),
        schema_hash=schema_hash,
        context=context_of(setup, atr, costs, is_maker_entry=is_maker_entry),
        entry=setup.entry,
        stop=setup.stop,
        target=setup.target,
        refused_for=refused_for,
    )


def context_of(setup: Setup, atr: float, costs: TradingCosts, *, is_maker_entry: bool) -> Context:
    """Tell what is known of a setup without its structure; `atr` is that of the base frame."""
    return Context(
        stop_fraction=float(setup.stop_distance / setup.entry),
        cost_in_r=cost_in_r(setup.entry, setup.stop, costs, is_maker_entry=is_maker_entry),
        atr_fraction=atr / float(setup.entry),
        hour=new_york_hour(setup.found_at_ms),
        kind=setup.kind,
    )


def cost_in_r(entry: Decimal, stop: Decimal, costs: TradingCosts, *, is_maker_entry: bool) -> float:
    """Give the share of the planned loss that is cost, not price: (R - stop distance) / R."""
    risk = planned_loss(entry, stop, Decimal(1), costs, is_maker_entry=is_maker_entry)
    return float((risk - abs(entry - stop)) / risk)
