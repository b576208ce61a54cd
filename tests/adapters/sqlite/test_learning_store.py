import asyncio
import random
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from adapters.sqlite.learning_schema import LEARNING
from adapters.sqlite.learning_store import SqliteLearningStore
from adapters.sqlite.sealed_record import SealedRecord
from adapters.sqlite.trade_schema import TRADES
from adapters.sqlite.trade_store import SqliteTradeStore
from application.ports.sample_book import Lessons
from application.ports.trade_store import StoreFailed
from domain.learning.model_history import Happening, What
from domain.learning.model_record import ModelRecord
from domain.learning.sample import Sample
from tests.learning_history import keep_step, lessons_of, model_of, trained
from tests.learning_samples import a_sample
from tests.small_disk import file_size_limit, without_rights

ROOT: Final = Path(__file__).parents[3]
ONLY_ADDED: Final = ("heads", "models", "happenings")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "learning.sqlite"


def keep(path: Path, *numbers: int) -> None:
    with SqliteLearningStore(path) as store:
        for number in numbers:
            asyncio.run(keep_step(store, number))


def steps_in(path: Path) -> int:
    """Check that everything in a file belongs together, and tell how many steps are in it."""
    with SqliteLearningStore(path) as store:
        history = asyncio.run(store.models.history())
        records = asyncio.run(store.models.records())
        samples = asyncio.run(store.samples.resolved(1_000_000))
        closed = asyncio.run(store.samples.closed_trades())
        models = [asyncio.run(store.models.model(record.model_id)) for record in records]
    steps = len(samples) // len(lessons_of(0).samples)
    assert [one.sample for one in samples] == [
        one for step in range(steps) for one in lessons_of(step).samples
    ]
    assert closed == steps
    assert history == tuple(trained(step) for step in range(len(history)))
    assert models == [model_of(step) for step in range(len(history))]
    assert len(history) in {steps - 1, steps}
    return steps


def changed_by_hand(path: Path, statement: str) -> None:
    """Change a file as somebody would who does not care for triggers and keys."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in ONLY_ADDED:
            connection.execute(f"DROP TRIGGER {table}_stay_on_update")
            connection.execute(f"DROP TRIGGER {table}_stay_on_delete")
        assert connection.execute(statement).rowcount > 0


def test_what_was_kept_is_there_when_the_file_is_opened_again(path: Path) -> None:
    keep(path, 0)
    keep(path, 1, 2)
    assert steps_in(path) == 3


def test_commits_are_written_to_the_disk_before_they_are_acknowledged(path: Path) -> None:
    with SqliteLearningStore(path) as store:
        pragma = store._file.connection.execute  # noqa: SLF001 - the pragma holds for this connection only
        assert pragma("PRAGMA journal_mode").fetchone() == ("wal",)
        assert pragma("PRAGMA synchronous").fetchone() == (2,)
        assert pragma("PRAGMA foreign_keys").fetchone() == (1,)


def test_every_table_is_strict_and_the_version_is_written(path: Path) -> None:
    keep(path, 0)
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'")
        assert {name for name, strict in tables if strict} == {
            "samples",
            "outcomes",
            "closed_trades",
            *ONLY_ADDED,
        }
        assert connection.execute("PRAGMA user_version").fetchone() == (LEARNING.version,)
        assert connection.execute("PRAGMA application_id").fetchone() == (LEARNING.application_id,)


def test_every_version_has_its_migration() -> None:
    assert list(LEARNING.migrations) == list(range(1, LEARNING.version + 1))
    assert LEARNING.application_id != TRADES.application_id


def test_a_later_schema_is_refused_and_left_alone(path: Path) -> None:
    keep(path, 0)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {LEARNING.version + 1}")
    with pytest.raises(
        StoreFailed, match=rf"learning.sqlite: it has schema {LEARNING.version + 1}.*update first"
    ):
        SqliteLearningStore(path)


def test_a_store_of_another_kind_is_refused_and_left_alone(path: Path, tmp_path: Path) -> None:
    keep(path, 0)
    with pytest.raises(StoreFailed, match=r"learning.sqlite: it is no store of trades and decisions"):
        SqliteTradeStore(path, "session-1")
    SqliteTradeStore(tmp_path / "trades.sqlite", "session-1").close()
    with pytest.raises(StoreFailed, match=r"trades.sqlite: it is no store of samples and models"):
        SqliteLearningStore(tmp_path / "trades.sqlite")
    assert steps_in(path) == 1


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreFailed, match=r"learning.sqlite: it is no SQLite database"):
        SqliteLearningStore(path)
    assert path.read_bytes() == b"no database" * 1000


def test_a_file_that_was_cut_off_is_told(path: Path) -> None:
    keep(path, *range(5))
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(StoreFailed, match=r"learning.sqlite: it is damaged; .* or go on without it"):
        steps_in(path)


def test_a_write_ahead_log_that_was_cut_off_loses_what_stood_in_its_torn_end(path: Path) -> None:
    with SqliteLearningStore(path) as store:
        for number in range(3):
            asyncio.run(keep_step(store, number))
        copy = path.with_name("copy.sqlite")
        log = path.with_name("learning.sqlite-wal").read_bytes()
        copy.write_bytes(path.read_bytes())
        copy.with_name("copy.sqlite-wal").write_bytes(log[:-1])
    assert steps_in(path) == steps_in(copy) == 3
    with SqliteLearningStore(copy) as store:
        assert len(asyncio.run(store.models.history())) == 2
        asyncio.run(keep_step(store, 2))
    assert steps_in(copy) == 3


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed, match=r"learning.sqlite: it cannot be opened"):
        SqliteLearningStore(tmp_path / "absent" / "learning.sqlite")


def test_a_folder_that_may_only_be_read_is_told(tmp_path: Path, path: Path) -> None:
    keep(path, 0)
    tmp_path.chmod(0o555)
    path.chmod(0o444)
    with (
        without_rights(),
        pytest.raises(StoreFailed, match=r"learning.sqlite: it (may only be read|cannot be opened)"),
    ):
        SqliteLearningStore(path)
    tmp_path.chmod(0o755)


def test_a_full_disk_loses_the_batch_and_nothing_before_it(path: Path) -> None:
    keep(path, 0)
    samples = tuple(a_sample(str(number)) for number in range(500))
    with SqliteLearningStore(path) as store:
        asyncio.run(keep_step(store, 1))
        with file_size_limit(200_000), pytest.raises(StoreFailed, match=r"learning.sqlite: the disk"):
            asyncio.run(store.samples.keep(Lessons(samples, closed_trades=("t",))))
        big = model_of(2, head=b"\x00" * 400_000)
        with file_size_limit(200_000), pytest.raises(StoreFailed, match=r"learning.sqlite: the disk"):
            asyncio.run(store.models.keep([Happening(1, What.NOT_TRAINED, "")], [big]))
        asyncio.run(keep_step(store, 2))
    assert steps_in(path) == 3


def test_two_who_have_the_file_open_see_what_the_other_one_keeps(path: Path) -> None:
    with SqliteLearningStore(path) as one, SqliteLearningStore(path) as other:
        for number in range(6):
            asyncio.run(keep_step(one if number % 2 else other, number))
        assert asyncio.run(one.models.history()) == asyncio.run(other.models.history())
    assert steps_in(path) == 6


def test_programs_that_write_at_once_wait_for_each_other_and_lose_nothing(path: Path) -> None:
    with ExitStack() as running:
        writers = [
            running.enter_context(
                subprocess.Popen([sys.executable, "-c", TALKER, str(path), name], cwd=ROOT, text=True)
            )
            for name in "ab"
        ]
        assert [writer.wait() for writer in writers] == [0, 0]
    with SqliteLearningStore(path) as store:
        told = [one.reasons[0] for one in asyncio.run(store.models.history())]
    assert len(told) == 80
    for name in "ab":
        assert [one for one in told if one.startswith(name)] == [f"{name}{number}" for number in range(40)]


def test_what_another_one_did_meanwhile_is_not_done_twice(path: Path) -> None:
    keep(path, 0)
    seated = Happening(5, What.SEATED_BY_HAND, model_of(0).record.model_id)
    with SqliteLearningStore(path) as one, SqliteLearningStore(path) as other:
        assert len(asyncio.run(one.models.history())) == 1
        asyncio.run(other.models.keep([seated]))
        with pytest.raises(StoreFailed, match="seated_by_hand cannot follow what is kept"):
            asyncio.run(one.models.keep([seated]))
        assert asyncio.run(one.models.history()) == (trained(0), seated)


def test_a_store_that_another_program_writes_waits_and_then_tells(path: Path) -> None:
    with SqliteLearningStore(path) as store:
        store._file.connection.execute("PRAGMA busy_timeout = 1")  # noqa: SLF001 - nobody wants to wait for the test
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreFailed, match=r"another program is writing it"):
                asyncio.run(store.samples.keep(lessons_of(0)))
            with pytest.raises(StoreFailed, match=r"another program is writing it"):
                asyncio.run(store.models.keep([trained(0)], [model_of(0)]))
            assert asyncio.run(store.models.history()) == ()
            other.execute("ROLLBACK")
        asyncio.run(keep_step(store, 0))
    assert steps_in(path) == 1


@pytest.mark.parametrize("table", ONLY_ADDED)
@pytest.mark.parametrize("change", ["UPDATE {} SET rowid = rowid + 100", "DELETE FROM {}"])
def test_models_and_what_happened_are_only_ever_added_to(path: Path, table: str, change: str) -> None:
    keep(path, 0)
    with (
        closing(sqlite3.connect(path)) as connection,
        pytest.raises(sqlite3.IntegrityError, match=f"{table} are only ever added to"),
    ):
        connection.execute(change.format(table))


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE happenings SET at_ms = 7 WHERE number = 2",
            "the Happening kept as 2 is not what was written",
        ),
        ("UPDATE happenings SET what = 'promoted' WHERE number = 2", "the Happening kept as 2 is not what"),
        ("DELETE FROM happenings WHERE number = 2", "happening 2 is missing"),
        ("UPDATE happenings SET number = number + 10", "happening 1 is missing"),
        (
            "UPDATE happenings SET model = (SELECT model_id FROM models WHERE number = 1) WHERE number = 2",
            "the Happening kept as 2 is not what was written",
        ),
        ("DELETE FROM models WHERE number = 2", "model .* of happening 2 is missing"),
        (
            "UPDATE models SET record = (SELECT record FROM models WHERE number = 1) WHERE number = 2",
            "the ModelRecord kept as .* is not what was written",
        ),
        (
            "UPDATE models SET record = CAST(record || 'x' AS BLOB) WHERE number = 2",
            "the ModelRecord kept as .* is not",
        ),
        ("UPDATE models SET record = x'' WHERE number = 2", "the ModelRecord kept as .* is not what was"),
        ("DELETE FROM heads", "a forest of model .* is missing"),
        (
            "UPDATE heads SET content = CAST(content || 'x' AS BLOB)",
            "a forest of model .* is not what was written",
        ),
        ("UPDATE samples SET refused_for = 'symbol_busy'", "the Sample kept as .* is not what was written"),
        ("UPDATE samples SET decided_at_ms = 1 WHERE sequence = 4", "the Sample kept as .* is not what"),
        ("UPDATE samples SET record = substr(record, 1, 80)", "the Sample kept as .* is not what was"),
        ("UPDATE outcomes SET is_shadow = 1 - is_shadow", "the Outcome kept as .* is not what was written"),
    ],
)
def test_what_another_hand_changed_is_told(path: Path, statement: str, told: str) -> None:
    keep(path, 0, 1, 2)
    changed_by_hand(path, statement)
    with pytest.raises(StoreFailed, match=rf"learning.sqlite: {told}.*restore a copy of the file"):
        steps_in(path)


def test_a_record_that_was_sealed_under_another_name_is_told(path: Path) -> None:
    keep(path, 0, 1)
    with SqliteLearningStore(path) as store:
        cell = SealedRecord(ModelRecord).sealed(model_of(0).record, model_of(1).record.model_id)
        execute = store._file.connection.execute  # noqa: SLF001 - somebody who knows how the file is made
        execute("DROP TRIGGER models_stay_on_update")
        execute("UPDATE models SET record = ? WHERE number = 2", (cell,))
        with pytest.raises(StoreFailed, match="is not the name of the record that is kept as it"):
            asyncio.run(store.models.records())


def test_a_history_that_cannot_have_happened_is_told(path: Path) -> None:
    keep(path, 0)
    with SqliteLearningStore(path) as store:
        one = Happening(9, What.DEMOTED, model_of(0).record.model_id)
        keys = (2, one.at_ms, one.what.value, one.model)
        row = (*keys, SealedRecord(Happening).sealed(one, *keys))
        store._file.connection.execute("INSERT INTO happenings VALUES (?, ?, ?, ?, ?)", row)  # noqa: SLF001 - as above
    with pytest.raises(StoreFailed, match="demoted cannot follow what is kept"):
        steps_in(path)


def test_a_closed_store_is_told(path: Path) -> None:
    store = SqliteLearningStore(path)
    store.close()
    with pytest.raises(StoreFailed, match=r"learning.sqlite: .*closed"):
        asyncio.run(store.models.history())


@pytest.mark.parametrize(
    "odd",
    [
        a_sample(decided_at_ms=2**70),
        a_sample("\ud800"),
        replace(a_sample(), context=a_sample().context._replace(atr_fraction=float("nan"))),
    ],
    ids=["moment", "name", "number"],
)
def test_what_cannot_be_kept_is_told(path: Path, odd: Sample) -> None:
    with SqliteLearningStore(path) as store:
        with pytest.raises(StoreFailed, match=r"cannot be (kept|stored)"):
            asyncio.run(store.samples.keep(Lessons((a_sample("fine"), odd))))
        assert asyncio.run(store.samples.counts()).seen == 0


TALKER = """
import asyncio, sys
from pathlib import Path
from adapters.sqlite.learning_store import SqliteLearningStore
from domain.learning.model_history import Happening, What

async def talk(store, name):
    for number in range(40):
        await store.models.keep([Happening(number, What.NOT_TRAINED, "", reasons=(f"{name}{number}",))])

with SqliteLearningStore(Path(sys.argv[1])) as store:
    asyncio.run(talk(store, sys.argv[2]))
"""

WRITER = """
import asyncio, sys
from pathlib import Path
from adapters.sqlite.learning_store import SqliteLearningStore
from domain.learning.model_record import ModelRecord
from domain.learning.sample import Sample
from tests.learning_history import keep_step

async def write(store, start):
    for number in range(start, 1_000_000):
        await keep_step(store, number)
        sys.stdout.write(f"{number}\\n")
        sys.stdout.flush()

with SqliteLearningStore(Path(sys.argv[1])) as store:
    asyncio.run(write(store, int(sys.argv[2])))
"""


def test_kill_9_at_any_point_loses_nothing_that_was_acknowledged(path: Path) -> None:
    rng = random.Random(20261122)
    start = 0
    for _ in range(4):
        acknowledged = start + _acknowledged_before_kill(path, start, rng.randrange(1, 20))
        start = steps_in(path)
        assert start >= acknowledged
        keep(path, start - 1)
        assert steps_in(path) == start


def _acknowledged_before_kill(path: Path, start: int, at_least: int) -> int:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(start)], stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as writer:
        assert writer.stdout is not None
        for _ in range(at_least):
            writer.stdout.readline()
        writer.kill()
        return at_least + len(writer.stdout.read().splitlines())
