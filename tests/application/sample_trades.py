"""Closed trades and decisions for tests that only add them up."""

from dataclasses import replace
from decimal import Decimal

from application.ports.trade_store import DecisionRecord
from domain.market.direction import Direction
from domain.position.closed_trade import ExitReason
from tests.trade_records import TRADE

WON = replace(
    TRADE,
    trade_id="BTCUSDT.L.1",
    entry_price=Decimal("100.10"),
    exit_price=Decimal("101.30"),
    quantity=Decimal("2.5"),
    exit_reason=ExitReason.TARGET,
    exit_reasons=(ExitReason.PARTIAL_PROFIT, ExitReason.TARGET),
    gross_pnl=Decimal("3.00"),
    fees=Decimal("0.17622500"),
    funding=Decimal("-0.01"),
    net_pnl=Decimal("2.81377500"),
    r_multiple=Decimal("1.40688750"),
)
LOST = replace(
    WON,
    trade_id="ETHUSDT.S.2",
    symbol="ETHUSDT",
    direction=Direction.SHORT,
    exit_reason=ExitReason.STOP,
    exit_reasons=(ExitReason.STOP,),
    gross_pnl=Decimal(-2),
    fees=Decimal("0.1"),
    funding=Decimal(0),
    net_pnl=Decimal("-2.1"),
    r_multiple=Decimal("-1.05"),
)


def refusal(number: int, reason: str) -> DecisionRecord:
    return DecisionRecord(f"r{number}", number, "BTCUSDT", "refused", reason, "in words", f"s{number}")
