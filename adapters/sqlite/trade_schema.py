"""The tables of trades and decisions, version by version."""

from types import MappingProxyType
from typing import Final

from adapters.sqlite.schema import Schema

# `number` grows with every keeping, so the highest is the session that kept something last.
_SESSIONS: Final = """
CREATE TABLE sessions (
    number INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL UNIQUE
) STRICT
"""

_CLOSED_TRADES: Final = """
CREATE TABLE closed_trades (
    sequence INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL,
    trade_id TEXT NOT NULL,
    symbol TEXT NOT NULL,
    direction TEXT NOT NULL,
    setup_kind TEXT NOT NULL,
    opened_at_ms INTEGER NOT NULL,
    closed_at_ms INTEGER NOT NULL,
    entry_price TEXT NOT NULL,
    exit_price TEXT NOT NULL,
    quantity TEXT NOT NULL,
    exit_reason TEXT NOT NULL,
    exit_reasons TEXT NOT NULL,
    gross_pnl TEXT NOT NULL,
    fees TEXT NOT NULL,
    funding TEXT NOT NULL,
    net_pnl TEXT NOT NULL,
    r_multiple TEXT NOT NULL,
    margin TEXT NOT NULL,
    leverage INTEGER NOT NULL,
    kelly_multiplier REAL NOT NULL,
    confidence REAL,
    is_exploration INTEGER NOT NULL CHECK (is_exploration IN (0, 1)),
    reasons TEXT NOT NULL,
    UNIQUE (session_id, trade_id)
) STRICT
"""

_DECISIONS: Final = """
CREATE TABLE decisions (
    sequence INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL,
    decision_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    symbol TEXT NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    setup_id TEXT NOT NULL,
    UNIQUE (session_id, decision_id)
) STRICT
"""

TRADES: Final = Schema(
    application_id=0x534C5431,
    contents="trades and decisions",
    if_damaged="the journals hold the rest",
    migrations=MappingProxyType({1: (_SESSIONS, _CLOSED_TRADES, _DECISIONS)}),
)
"""The application id is "SLT1" as a number: it tells our files from any other SQLite database."""
