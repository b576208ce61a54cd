import asyncio
import random
import sqlite3
import subprocess
import sys
import typing
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.sqlite.trade_schema import TRADES
from adapters.sqlite.trade_store import SqliteTradeStore, sessions_in
from application.ports.trade_store import DecisionRecord, StoreFailed
from domain.position.closed_trade import ClosedTrade
from tests.small_disk import file_size_limit, without_rights
from tests.trade_records import decision, trade

ROOT = Path(__file__).parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "trades.db"


def trades_in(path: Path, session_id: str = "session-1") -> list[ClosedTrade]:
    with SqliteTradeStore(path, session_id) as store:
        return asyncio.run(store.trades())


def keep_one(path: Path, number: int, session_id: str = "session-1") -> None:
    with SqliteTradeStore(path, session_id) as store:
        asyncio.run(store.keep([trade(number)], [decision(number)]))


def test_what_was_kept_is_there_when_the_file_is_opened_again(path: Path) -> None:
    keep_one(path, 0)
    keep_one(path, 1)
    assert trades_in(path) == [trade(0), trade(1)]


def test_sessions_do_not_see_each_other(path: Path) -> None:
    keep_one(path, 0, "monday")
    keep_one(path, 0, "tuesday")
    assert trades_in(path, "monday") == trades_in(path, "tuesday") == [trade(0)]
    assert trades_in(path, "wednesday") == []


def test_the_session_that_kept_something_last_is_named_last(path: Path) -> None:
    for number, session_id in enumerate(("b", "a", "c")):
        keep_one(path, number, session_id)
    assert sessions_in(path) == ["b", "a", "c"]
    keep_one(path, 0, "b")
    assert sessions_in(path) == ["a", "c", "b"]


def test_a_session_that_only_reads_leaves_no_name(path: Path) -> None:
    assert trades_in(path) == []
    assert sessions_in(path) == []


def test_asking_for_sessions_makes_no_file(path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"trades.db: there is no such store"):
        sessions_in(path)
    assert not path.exists()


def test_commits_are_written_to_the_disk_before_they_are_acknowledged(path: Path) -> None:
    keep_one(path, 0)
    with SqliteTradeStore(path, "session-1") as store:
        pragma = store._file.connection.execute  # noqa: SLF001 - the pragma holds for this connection only
        assert pragma("PRAGMA journal_mode").fetchone() == ("wal",)
        assert pragma("PRAGMA synchronous").fetchone() == (2,)


def test_every_table_is_strict_and_the_version_is_written(path: Path) -> None:
    keep_one(path, 0)
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute(
            "SELECT name, strict FROM pragma_table_list WHERE schema = 'main'"
        ).fetchall()
        assert {name for name, strict in tables if strict} == {"closed_trades", "decisions", "sessions"}
        assert connection.execute("PRAGMA user_version").fetchone() == (TRADES.version,)
        assert connection.execute("PRAGMA application_id").fetchone() == (TRADES.application_id,)
        assert connection.execute("SELECT entry_price FROM closed_trades").fetchone() == ("37000.10000000",)


def test_every_version_has_its_migration() -> None:
    assert list(TRADES.migrations) == list(range(1, TRADES.version + 1))


def test_a_later_schema_is_refused_and_left_alone(path: Path) -> None:
    keep_one(path, 0)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {TRADES.version + 1}")
    with pytest.raises(
        StoreFailed, match=rf"trades.db: it has schema {TRADES.version + 1}, this version knows"
    ):
        SqliteTradeStore(path, "session-1")


def test_a_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")
    with pytest.raises(StoreFailed, match=r"trades.db: it is no store of trades and decisions"):
        SqliteTradeStore(path, "session-1")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("recipes",)]


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreFailed, match=r"trades.db: it is no SQLite database"):
        SqliteTradeStore(path, "session-1")
    assert path.read_bytes() == b"no database" * 1000


def test_a_damaged_file_is_told(path: Path) -> None:
    keep_one(path, 0)
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    with (
        SqliteTradeStore(path, "session-1") as store,
        pytest.raises(StoreFailed, match=r"trades.db: it is damaged"),
    ):
        asyncio.run(store.trades())


def test_a_row_that_another_hand_changed_is_told(path: Path) -> None:
    keep_one(path, 0)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE closed_trades SET exit_reason = 'whim'")
    with pytest.raises(StoreFailed, match=r"a record cannot be read back: .*whim"):
        trades_in(path)


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match=r"trades.db: it cannot be opened"):
        SqliteTradeStore(tmp_path / "absent" / "trades.db", "session-1")


def test_a_folder_that_may_only_be_read_is_told(tmp_path: Path, path: Path) -> None:
    keep_one(path, 0)
    tmp_path.chmod(0o555)
    path.chmod(0o444)
    with (
        without_rights(),
        pytest.raises(StoreFailed, match=r"trades.db: it (may only be read|cannot be opened)"),
    ):
        SqliteTradeStore(path, "session-1")
    tmp_path.chmod(0o755)


def test_a_place_without_a_write_ahead_log_is_refused() -> None:
    with pytest.raises(StoreFailed, match="no write-ahead log can be kept here"):
        SqliteTradeStore(Path(":memory:"), "session-1")


def test_a_full_disk_loses_the_batch_and_nothing_before_it(path: Path) -> None:
    keep_one(path, 0)
    with SqliteTradeStore(path, "session-1") as store:
        asyncio.run(store.keep([trade(1)], []))
        with file_size_limit(40_000), pytest.raises(StoreFailed, match=r"trades.db: the disk"):
            asyncio.run(store.keep([trade(number) for number in range(2, 500)], []))
        assert asyncio.run(store.trades()) == [trade(0), trade(1)]
        asyncio.run(store.keep([trade(2)], []))
    assert trades_in(path) == [trade(0), trade(1), trade(2)]


def test_a_database_that_may_not_grow_is_told(path: Path) -> None:
    with SqliteTradeStore(path, "session-1") as store:
        store._file.connection.execute("PRAGMA max_page_count = 8")  # noqa: SLF001 - a disk this small does not exist
        with pytest.raises(StoreFailed, match=r"the disk is full; free some space"):
            asyncio.run(store.keep([trade(number) for number in range(500)], []))
        assert asyncio.run(store.trades()) == []


def test_a_store_that_another_program_writes_waits_and_then_tells(path: Path) -> None:
    with SqliteTradeStore(path, "session-1") as store:
        store._file.connection.execute("PRAGMA busy_timeout = 1")  # noqa: SLF001 - nobody wants to wait for the test
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreFailed, match=r"another program is writing it"):
                asyncio.run(store.keep([trade(0)], []))
            other.execute("ROLLBACK")
        asyncio.run(store.keep([trade(0)], []))
    assert trades_in(path) == [trade(0)]


def test_a_closed_store_is_told(path: Path) -> None:
    store = SqliteTradeStore(path, "session-1")
    store.close()
    with pytest.raises(StoreFailed, match=r"trades.db: .*closed"):
        asyncio.run(store.trades())


@pytest.mark.parametrize("odd", [decision(0)._replace(at_ms=2**70), decision(0)._replace(detail="\ud800")])
def test_what_sqlite_cannot_hold_is_told(path: Path, odd: DecisionRecord) -> None:
    with SqliteTradeStore(path, "session-1") as store:
        with pytest.raises(StoreFailed, match="a record cannot be stored"):
            asyncio.run(store.keep([trade(0)], [odd]))
        assert asyncio.run(store.trades()) == []


def test_a_record_of_a_wrong_kind_is_told(path: Path) -> None:
    odd = replace(trade(0), symbol=typing.cast("str", {"BTCUSDT"}))
    with SqliteTradeStore(path, "session-1") as store, pytest.raises(StoreFailed, match="symbol is a set"):
        asyncio.run(store.keep([odd], []))


WRITER = """
import asyncio, sys
from pathlib import Path
from adapters.sqlite.trade_store import SqliteTradeStore, sessions_in
from tests.small_disk import file_size_limit, without_rights
from tests.trade_records import decision, trade

async def write(store, start):
    for number in range(start, 1_000_000):
        await store.keep([trade(number)], [decision(number)])
        sys.stdout.write(f"{number}\\n")
        sys.stdout.flush()

with SqliteTradeStore(Path(sys.argv[1]), "session-1") as store:
    asyncio.run(write(store, int(sys.argv[2])))
"""


def test_kill_9_at_any_point_loses_nothing_that_was_acknowledged(path: Path) -> None:
    rng = random.Random(20261105)
    start = 0
    for _ in range(4):
        acknowledged = start + _acknowledged_before_kill(path, start, rng.randrange(1, 40))
        with SqliteTradeStore(path, "session-1") as store:
            trades, decisions = asyncio.run(store.trades()), asyncio.run(store.decisions())
        assert trades == [trade(number) for number in range(len(trades))]
        assert decisions == [decision(number) for number in range(len(trades))]
        assert len(trades) >= acknowledged
        start = len(trades)


def _acknowledged_before_kill(path: Path, start: int, at_least: int) -> int:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(start)], stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as writer:
        assert writer.stdout is not None
        for _ in range(at_least):
            writer.stdout.readline()
        writer.kill()
        return at_least + len(writer.stdout.read().splitlines())
