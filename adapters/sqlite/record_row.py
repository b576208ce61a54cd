"""Trades and decisions as rows of a table, exact both ways."""

import json
import math
from dataclasses import fields
from decimal import Decimal
from typing import Final

import msgspec

from application.ports.trade_store import DecisionRecord
from domain.position.closed_trade import ClosedTrade

Cell = str | int | float | None
Row = tuple[Cell, ...]

TRADE_COLUMNS: Final = tuple(field.name for field in fields(ClosedTrade))
DECISION_COLUMNS: Final = DecisionRecord._fields

_LISTS: Final = ("exit_reasons", "reasons")
_FLAGS: Final = ("is_exploration",)


def trade_row(trade: ClosedTrade) -> Row:
    """Give a trade's cells in the order of TRADE_COLUMNS: Decimals as text, tuples as JSON.

    Raises ValueError for a number that is not finite, for SQLite would not give it back.
    """
    return tuple(_cell(name, getattr(trade, name)) for name in TRADE_COLUMNS)


def _cell(name: str, value: object) -> Cell:
    match value:
        case Decimal() | float() if not math.isfinite(value):
            raise ValueError(f"{name} is {value}, not a finite number")
        case Decimal():
            return str(value)
        case tuple():
            return json.dumps(value, ensure_ascii=False)
        case str() | int() | float() | None:
            return value
        case _:
            raise ValueError(f"{name} is a {type(value).__name__}, which no column takes")


def trade_of(row: Row) -> ClosedTrade:
    """Read a trade back from the cells in the order of TRADE_COLUMNS. Raises ValueError, ArithmeticError."""
    cells: dict[str, object] = dict(zip(TRADE_COLUMNS, row, strict=True))
    for name in _LISTS:
        cells[name] = json.loads(str(cells[name]))
    for name in _FLAGS:
        cells[name] = bool(cells[name])
    return msgspec.convert(cells, ClosedTrade)


def decision_of(row: Row) -> DecisionRecord:
    """Read a decision back from the cells in the order of DECISION_COLUMNS. Raises ValueError."""
    return msgspec.convert(row, DecisionRecord)
