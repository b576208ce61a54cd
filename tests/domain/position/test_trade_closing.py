from dataclasses import replace
from decimal import Decimal

import pytest

from domain.halt import TradingHalt
from domain.market.direction import Direction, Side
from domain.position.closed_trade import ClosedTrade, ExitReason
from domain.position.open_trade import OpenTrade
from domain.position.position import open_position
from domain.position.trade_closing import close
from domain.position.trade_plan import TradePlan
from domain.setup.setup import Setup, SetupKind
from domain.structure.structure_view import Zone, ZoneKind
from tests.order_samples import a_fill

SETUP = Setup(
    setup_id="ETHUSDT.L.1",
    symbol="ETHUSDT",
    direction=Direction.LONG,
    kind=SetupKind.GAP_RETURN,
    found_at_ms=0,
    entry=Decimal(100),
    stop=Decimal(97),
    target=Decimal(106),
    zone=Zone(ZoneKind.FAIR_VALUE_GAP, 99.0, 100.0, 0),
    reasons=("sell-side swept", "change of character"),
    features=(0.0,) * 12,
    higher_trend=1,
)
PLAN = TradePlan(
    setup=SETUP,
    quantity=Decimal(4),
    leverage=3,
    initial_margin=Decimal("133.33"),
    planned_loss=Decimal(12),
    kelly_multiplier=0.25,
    confidence=0.625,
    is_exploration=True,
)
HALF_CLOSED = (
    open_position(a_fill(price="100", quantity="4", fee="0.08", at_ms=60))
    .after(a_fill(Side.SELL, "106", "2", fee="0.1", realized="12"))
    .after_funding(Decimal("-0.5"))
)
CLOSED = HALF_CLOSED.after(a_fill(Side.SELL, "99", "2", fee="0.12", realized="-2"))


def test_a_closed_trade_sums_its_life_up() -> None:
    trade = OpenTrade(PLAN, CLOSED, stop=Decimal(100), target=Decimal(106), is_half_closed=True)
    reasons = [ExitReason.PARTIAL_PROFIT, ExitReason.CROSS_MARGIN_GUARD, ExitReason.BREAK_EVEN_STOP]
    assert close(trade, reasons, 900) == ClosedTrade(
        trade_id="ETHUSDT.L.1",
        symbol="ETHUSDT",
        direction=Direction.LONG,
        setup_kind="gap_return",
        opened_at_ms=60,
        closed_at_ms=900,
        entry_price=Decimal(100),
        exit_price=Decimal("102.5"),
        quantity=Decimal(4),
        exit_reason=ExitReason.BREAK_EVEN_STOP,
        exit_reasons=(
            ExitReason.PARTIAL_PROFIT,
            ExitReason.CROSS_MARGIN_GUARD,
            ExitReason.BREAK_EVEN_STOP,
        ),
        gross_pnl=Decimal(10),
        fees=Decimal("0.30"),
        funding=Decimal("-0.5"),
        net_pnl=Decimal("9.20"),
        r_multiple=Decimal("0.76666667"),
        margin=Decimal("133.33"),
        leverage=3,
        kelly_multiplier=0.25,
        confidence=0.625,
        is_exploration=True,
        reasons=("sell-side swept", "change of character"),
    )


def test_a_trade_that_still_holds_something_cannot_be_closed() -> None:
    trade = OpenTrade(PLAN, HALF_CLOSED, Decimal(100), Decimal(106))
    with pytest.raises(TradingHalt, match=r"ETHUSDT\.L\.1 cannot be closed"):
        close(trade, [ExitReason.STOP], 900)


def test_a_trade_does_not_close_without_a_reason() -> None:
    trade = OpenTrade(PLAN, CLOSED, Decimal(100), Decimal(106))
    with pytest.raises(TradingHalt, match="cannot be closed"):
        close(replace(trade), [], 900)
