"""The embedded store of closed trades and decisions: one SQLite file, no server."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self, TypeVar

from adapters.sqlite.record_row import DECISION_COLUMNS, TRADE_COLUMNS, Row, decision_of, trade_of, trade_row
from adapters.sqlite.store_file import StoreFile
from adapters.sqlite.trade_schema import TRADES
from application.ports.trade_store import DecisionRecord, StoreFailed
from domain.position.closed_trade import ClosedTrade

_Record = TypeVar("_Record", ClosedTrade, DecisionRecord)


class _Table(NamedTuple):
    """The statements of one table; the first column is the record's id."""

    insert: str
    find: str
    read: str


def _table(name: str, columns: tuple[str, ...], moment: str) -> _Table:
    names, marks = ", ".join(columns), ", ?" * len(columns)
    of_session = f"SELECT {names} FROM {name} WHERE session_id = ?"  # noqa: S608 - names written in this file
    return _Table(
        insert=f"INSERT INTO {name} (session_id, {names}) VALUES (?{marks}) ON CONFLICT DO NOTHING",  # noqa: S608 - as above
        find=f"{of_session} AND {columns[0]} = ?",
        read=f"{of_session} ORDER BY {moment}, sequence",
    )


_TRADES: Final = _table("closed_trades", TRADE_COLUMNS, "closed_at_ms")
_DECISIONS: Final = _table("decisions", DECISION_COLUMNS, "at_ms")

_SESSIONS: Final = "SELECT session_id FROM sessions ORDER BY number"
_TOUCH: Final = """
INSERT INTO sessions (session_id) VALUES (?)
ON CONFLICT (session_id) DO UPDATE SET number = (SELECT max(number) + 1 FROM sessions)
"""


def sessions_in(path: Path) -> list[str]:
    """Name the sessions kept in a file, the one that kept something last at the end.

    Raises FileNotFoundError when there is no such file, StoreFailed when it is no store.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such store")
    with closing(StoreFile(path, TRADES)) as file, file.failures_named():
        return [str(session_id) for (session_id,) in file.connection.execute(_SESSIONS)]


class SqliteTradeStore:
    """Keeps the trades and decisions of one session; a file may hold many sessions.

    Calls run where they are made, without a thread. Every failure is a StoreFailed with the path.
    """

    def __init__(self, path: Path, session_id: str) -> None:
        self._file = StoreFile(path, TRADES)
        self._session_id = session_id

    async def keep(self, trades: Sequence[ClosedTrade], decisions: Sequence[DecisionRecord]) -> None:
        """Write all or nothing; on disk when this returns.

        The same record again changes nothing; another record under a known id is a StoreFailed.
        """
        with self._file.transaction():
            self._file.connection.execute(_TOUCH, (self._session_id,))
            for trade in trades:
                self._keep_trade(trade)
            for decision in decisions:
                self._keep_decision(decision)

    async def trades(self) -> list[ClosedTrade]:
        """Give every closed trade of the session, oldest first."""
        return self._all(_TRADES, trade_of)

    async def decisions(self) -> list[DecisionRecord]:
        """Give every decision of the session, oldest first."""
        return self._all(_DECISIONS, decision_of)

    def close(self) -> None:
        """Let go of the file; what was kept stays."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _keep_trade(self, trade: ClosedTrade) -> None:
        try:
            row = trade_row(trade)
        except ValueError as error:
            raise StoreFailed(f"trade {trade.trade_id} cannot be kept: {error}") from error
        if not self._is_new(_TRADES, row) and self._kept(_TRADES, row, trade_of) != trade:
            raise StoreFailed(f"another trade is kept as {trade.trade_id}; nothing was changed")

    def _keep_decision(self, decision: DecisionRecord) -> None:
        if (
            not self._is_new(_DECISIONS, decision)
            and self._kept(_DECISIONS, decision, decision_of) != decision
        ):
            raise StoreFailed(f"another decision is kept as {decision.decision_id}; nothing was changed")

    def _is_new(self, table: _Table, row: Row) -> bool:
        return self._file.connection.execute(table.insert, (self._session_id, *row)).rowcount == 1

    def _kept(self, table: _Table, row: Row, read: Callable[[Row], _Record]) -> _Record:
        return read(self._file.connection.execute(table.find, (self._session_id, row[0])).fetchone())

    def _all(self, table: _Table, read: Callable[[Row], _Record]) -> list[_Record]:
        with self._file.failures_named():
            return [read(row) for row in self._file.connection.execute(table.read, (self._session_id,))]
