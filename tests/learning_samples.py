"""Samples, outcomes and seeded chance for the rules of learning."""

import random
from dataclasses import replace
from decimal import Decimal

from domain.learning.outcome import Outcome
from domain.learning.sample import Sample, sample_of
from domain.position.closed_trade import ClosedTrade, ExitReason
from tests.trade_samples import CLOSE_MS, COSTS, SETUP

A_SAMPLE = sample_of(SETUP, 4.0, "schema-1", None, COSTS, is_maker_entry=True)


class SeededChance:
    """Deals the same cards for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def below(self, n: int) -> int:
        return self._random.randrange(n)


def a_sample(sample_id: str = "BTCUSDT.L.1", decided_at_ms: int = CLOSE_MS) -> Sample:
    return replace(A_SAMPLE, sample_id=sample_id, decided_at_ms=decided_at_ms)


def an_outcome(
    sample_id: str = "BTCUSDT.L.1",
    net_r: float = 1.0,
    resolved_at_ms: int = CLOSE_MS + 1,
    *,
    is_shadow: bool = True,
) -> Outcome:
    return Outcome(sample_id, net_r, resolved_at_ms, ExitReason.TARGET, is_shadow)


def a_closed_trade(
    trade_id: str = "BTCUSDT.L.1",
    exit_reasons: tuple[ExitReason, ...] = (ExitReason.PARTIAL_PROFIT, ExitReason.TARGET),
    r_multiple: str = "1.25",
) -> ClosedTrade:
    return ClosedTrade(
        trade_id=trade_id,
        symbol="BTCUSDT",
        direction=SETUP.direction,
        setup_kind=SETUP.kind.value,
        opened_at_ms=CLOSE_MS,
        closed_at_ms=CLOSE_MS + 60_000,
        entry_price=Decimal(1024),
        exit_price=Decimal(1044),
        quantity=Decimal(2),
        exit_reason=exit_reasons[-1],
        exit_reasons=exit_reasons,
        gross_pnl=Decimal(40),
        fees=Decimal(1),
        funding=Decimal(0),
        net_pnl=Decimal(39),
        r_multiple=Decimal(r_multiple),
        margin=Decimal(1024),
        leverage=2,
        kelly_multiplier=0.25,
        confidence=None,
        is_exploration=True,
        reasons=("because",),
    )
