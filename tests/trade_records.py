"""Trades and decisions for the tests of stores."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import strategies as st

from application.ports.trade_store import DecisionRecord
from domain.market.direction import Direction
from domain.position.closed_trade import ClosedTrade, ExitReason

TRADE = ClosedTrade(
    trade_id="BTCUSDT-L-1",
    symbol="BTCUSDT",
    direction=Direction.LONG,
    setup_kind="order_block_return",
    opened_at_ms=1_700_000_000_000,
    closed_at_ms=1_700_000_600_000,
    entry_price=Decimal("37000.10000000"),
    exit_price=Decimal("37100.20"),
    quantity=Decimal("0.010"),
    exit_reason=ExitReason.TARGET,
    exit_reasons=(ExitReason.PARTIAL_PROFIT, ExitReason.TARGET),
    gross_pnl=Decimal("1.001"),
    fees=Decimal("0.1480"),
    funding=Decimal("-0.01"),
    net_pnl=Decimal("0.8430"),
    r_multiple=Decimal("0.75"),
    margin=Decimal("185.0005"),
    leverage=2,
    kelly_multiplier=0.25,
    confidence=None,
    is_exploration=True,
    reasons=("sell-side swept", "CHoCH ▲ 'M' \"quoted\""),
)
DECISION = DecisionRecord(
    "BTCUSDT-L-1:taken", 1_700_000_000_000, "BTCUSDT", "setup", "taken", "margin 185.0005", "BTCUSDT-L-1"
)

_MONEY = (
    "entry_price",
    "exit_price",
    "quantity",
    "gross_pnl",
    "fees",
    "funding",
    "net_pnl",
    "r_multiple",
    "margin",
)
_AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False)
_MOMENTS = st.integers(-(2**63), 2**63 - 1)
_CHANCES = st.floats(allow_nan=False, allow_infinity=False)

TRADES: st.SearchStrategy[ClosedTrade] = st.builds(
    ClosedTrade,
    trade_id=st.text(max_size=8),
    opened_at_ms=_MOMENTS,
    closed_at_ms=_MOMENTS,
    leverage=st.integers(1, 125),
    confidence=st.none() | _CHANCES,
    kelly_multiplier=_CHANCES,
    **dict.fromkeys(_MONEY, _AMOUNTS),
)
DECISIONS: st.SearchStrategy[DecisionRecord] = st.builds(
    DecisionRecord, decision_id=st.text(max_size=8), at_ms=_MOMENTS
)


def trade(number: int) -> ClosedTrade:
    """Give the trade of this number; later numbers close later."""
    return replace(TRADE, trade_id=f"trade-{number}", closed_at_ms=TRADE.closed_at_ms + number)


def decision(number: int) -> DecisionRecord:
    """Give the decision of this number; later numbers come later."""
    return DECISION._replace(decision_id=f"decision-{number}", at_ms=DECISION.at_ms + number)
