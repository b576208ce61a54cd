"""What a kind of store is made of, and how an older file of it becomes a current one."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from application.ports.trade_store import StoreFailed


@dataclass(frozen=True, slots=True)
class Schema:
    """A kind of store: the number that marks its files, and the statements that make its tables.

    `migrations` leads from each version to the next, from 1 on; a version that was released is never
    changed. `contents` and `if_damaged` are words for messages.
    """

    application_id: int
    contents: str
    if_damaged: str
    migrations: Mapping[int, tuple[str, ...]]

    @property
    def version(self) -> int:
        """The version that is current."""
        return max(self.migrations)


def migrate(connection: sqlite3.Connection, schema: Schema) -> None:
    """Bring a database to the current version, within the transaction that the caller opened.

    Raises StoreFailed for a database of another kind or of a later version of this one.
    """
    version = _number(connection, "user_version")
    if version == 0 and _is_empty(connection):
        connection.execute(f"PRAGMA application_id = {schema.application_id}")
    elif _number(connection, "application_id") != schema.application_id:
        raise StoreFailed(f"it is no store of {schema.contents}; give another name")
    if version > schema.version:
        raise StoreFailed(f"it has schema {version}, this version knows {schema.version}; update first")
    for step in range(version + 1, schema.version + 1):
        for statement in schema.migrations[step]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {step}")


def _is_empty(connection: sqlite3.Connection) -> bool:
    (count,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return bool(count == 0)


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    (number,) = connection.execute(f"PRAGMA {pragma}").fetchone()
    return int(number)
