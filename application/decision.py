"""What the desk answers to one event."""

import json
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Final, NamedTuple

from application.ports.trade_store import DecisionRecord
from domain.orders.order import ApprovedOrder, Order
from domain.position.account import LedgerEntry
from domain.position.closed_trade import ClosedTrade


class Cancel(NamedTuple):
    """An order the venue is asked to take away."""

    symbol: str
    order_id: str


class EquityMark(NamedTuple):
    """The account at a moment: wallet balance, and equity with open positions at their last price."""

    at_ms: int
    wallet: Decimal
    equity: Decimal


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything to be done and remembered after one event."""

    orders: tuple[ApprovedOrder, ...] = ()
    cancels: tuple[Cancel, ...] = ()
    trades: tuple[ClosedTrade, ...] = ()
    records: tuple[DecisionRecord, ...] = ()
    ledger: tuple[LedgerEntry, ...] = ()
    marks: tuple[EquityMark, ...] = ()


STAND_ASIDE: Final = Decision()


@dataclass(slots=True)
class DecisionDraft:
    """A decision while the desk is still making it."""

    orders: list[ApprovedOrder] = field(default_factory=list)
    cancels: list[Cancel] = field(default_factory=list)
    trades: list[ClosedTrade] = field(default_factory=list)
    records: list[DecisionRecord] = field(default_factory=list)
    ledger: list[LedgerEntry] = field(default_factory=list)
    marks: list[EquityMark] = field(default_factory=list)

    def finish(self) -> Decision:
        """Give the decision; the one shared STAND_ASIDE when there is nothing in it."""
        if self.is_empty:
            return STAND_ASIDE
        return Decision(
            orders=tuple(self.orders),
            cancels=tuple(self.cancels),
            trades=tuple(self.trades),
            records=tuple(self.records),
            ledger=tuple(self.ledger),
            marks=tuple(self.marks),
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do and nothing to remember."""
        return not (self.orders or self.cancels or self.trades or self.records or self.ledger or self.marks)


def encode(decision: Decision) -> bytes:
    """Write a decision as canonical JSON, Decimals exact; empty bytes for standing aside.

    Two decisions are the same to the last bit when their encodings are equal.
    """
    if decision is STAND_ASIDE:
        return b""
    told = {
        "orders": [_order(approved.order) for approved in decision.orders],
        "cancels": [cancel._asdict() for cancel in decision.cancels],
        "trades": [_named(trade, _PARTS_OF_TRADE) for trade in decision.trades],
        "records": [record._asdict() for record in decision.records],
        "ledger": [entry._asdict() for entry in decision.ledger],
        "marks": [mark._asdict() for mark in decision.marks],
    }
    return _WRITTEN(told).encode()


def _order(order: Order) -> dict[str, object]:
    """Name the parts of an order; what hardly any order is, is told of those only that are."""
    told = _named(order, _PARTS_OF_ORDER)
    if not order.closes_position:
        del told["closes_position"]
    return told


def _named(thing: Order | ClosedTrade, parts: tuple[str, ...]) -> dict[str, object]:
    return {part: getattr(thing, part) for part in parts}


def _exactly(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"a decision cannot hold {type(value).__name__}")


_PARTS_OF_ORDER: Final = tuple(part.name for part in fields(Order))
_PARTS_OF_TRADE: Final = tuple(part.name for part in fields(ClosedTrade))
_WRITTEN: Final = json.JSONEncoder(default=_exactly, separators=(",", ":"), ensure_ascii=True).encode
