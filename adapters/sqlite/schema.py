"""The tables of the embedded store, version by version."""

import sqlite3
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from application.ports.trade_store import StoreFailed

# "SLT1" as a number: tells our files from any other SQLite database.
APPLICATION_ID: Final = 0x534C5431

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

# What leads from the version before to this one; a version that was released is never changed.
MIGRATIONS: Final[Mapping[int, tuple[str, ...]]] = MappingProxyType(
    {1: (_SESSIONS, _CLOSED_TRADES, _DECISIONS)}
)

SCHEMA_VERSION: Final = max(MIGRATIONS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to the current version, within the transaction that the caller opened.

    Raises StoreFailed for a database of another program or of a later version of this one.
    """
    version = _number(connection, "user_version")
    if version == 0 and _is_empty(connection):
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    elif _number(connection, "application_id") != APPLICATION_ID:
        raise StoreFailed("it is a database of another program; give another name")
    if version > SCHEMA_VERSION:
        raise StoreFailed(f"it has schema {version}, this version knows {SCHEMA_VERSION}; update first")
    for step in range(version + 1, SCHEMA_VERSION + 1):
        for statement in MIGRATIONS[step]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {step}")


def _is_empty(connection: sqlite3.Connection) -> bool:
    (count,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return bool(count == 0)


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (number,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(number)
