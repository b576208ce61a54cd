"""The tables of what was learned, version by version."""

from types import MappingProxyType
from typing import Final

from adapters.sqlite.schema import Schema

# A record is sealed bytes; the other columns are what it is looked up by, and sealed with it.
_SAMPLES: Final = """
CREATE TABLE samples (
    sequence INTEGER PRIMARY KEY,
    sample_id TEXT NOT NULL UNIQUE,
    schema_hash TEXT NOT NULL,
    decided_at_ms INTEGER NOT NULL,
    refused_for TEXT,
    record BLOB NOT NULL
) STRICT
"""

_SAMPLES_BY_TIME: Final = "CREATE INDEX samples_by_time ON samples (decided_at_ms, sample_id)"
_SAMPLES_BY_REFUSAL: Final = "CREATE INDEX samples_by_refusal ON samples (refused_for)"

_OUTCOMES: Final = """
CREATE TABLE outcomes (
    sample_id TEXT NOT NULL PRIMARY KEY,
    resolved_at_ms INTEGER NOT NULL,
    is_shadow INTEGER NOT NULL CHECK (is_shadow IN (0, 1)),
    record BLOB NOT NULL
) STRICT
"""

_CLOSED_TRADES: Final = """
CREATE TABLE closed_trades (
    trade_id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID
"""

_HEADS: Final = """
CREATE TABLE heads (
    hash TEXT NOT NULL PRIMARY KEY,
    content BLOB NOT NULL
) STRICT
"""

_MODELS: Final = """
CREATE TABLE models (
    number INTEGER PRIMARY KEY,
    model_id TEXT NOT NULL UNIQUE,
    record BLOB NOT NULL
) STRICT
"""

_HAPPENINGS: Final = """
CREATE TABLE happenings (
    number INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    what TEXT NOT NULL,
    model TEXT REFERENCES models (model_id),
    record BLOB NOT NULL
) STRICT
"""


def _stays(table: str, change: str) -> str:
    return f"""
CREATE TRIGGER {table}_stay_on_{change} BEFORE {change.upper()} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} are only ever added to'); END
"""


_ONLY_ADDED_TO: Final = tuple(
    _stays(table, change) for table in ("heads", "models", "happenings") for change in ("update", "delete")
)

LEARNING: Final = Schema(
    application_id=0x534C4C31,
    contents="samples and models",
    if_damaged="or go on without it and learn anew",
    migrations=MappingProxyType(
        {
            1: (
                _SAMPLES,
                _SAMPLES_BY_TIME,
                _SAMPLES_BY_REFUSAL,
                _OUTCOMES,
                _CLOSED_TRADES,
                _HEADS,
                _MODELS,
                _HAPPENINGS,
                *_ONLY_ADDED_TO,
            )
        }
    ),
)
"""The application id is "SLL1" as a number."""
