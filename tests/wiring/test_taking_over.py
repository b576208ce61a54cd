"""Which session is taken over, and why one is not."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.journal.file_journal import FileJournal
from adapters.journal.frame import frame
from adapters.memory.trade_store import MemoryTradeStore
from adapters.settings.settings import Settings
from adapters.settings.settings_loader import load_settings
from adapters.system.session_folder import SessionFolder
from application.decision import encode
from application.ports.journal import JournalDamaged
from application.replay import ReplayDiffers
from application.session_header import SessionHeader
from application.session_place import CannotBeTakenOver, SessionPlace
from bootstrap import Service
from composition.learning import learning_file, learning_if_it_can
from composition.opening import header_of
from composition.session import wired
from composition.takeover import BrokenOff, Recovered, broken_off, files_of, recovered
from domain.connection_events import AccountCompared, AccountSetting, AccountSettingChanged, PositionTold
from domain.tape import ConnectionChanged, Event, SessionEnding, SessionOpened, SessionResumed, TimePassed
from tests.order_samples import INSTRUMENT, SYMBOL

PLACE = SessionPlace("https://venue", "SgsR")
OPENED = SessionOpened(1_000, Decimal(10_000))


def header(
    started_at_ms: int, account: str = PLACE.account, settings: Settings | None = None
) -> SessionHeader:
    source = {"venue": PLACE.venue, "account": account, "started_at_ms": started_at_ms, "history": []}
    return header_of("live", settings or Settings(), {SYMBOL: INSTRUMENT}, 60_000, source)


def recorded(folder: Path, told: SessionHeader, *events: Event, is_finished: bool = False) -> None:
    """Put a session on file as the desk decided it."""
    path = SessionFolder(folder / told.session_id)
    path.path.mkdir(parents=True)
    desk = wired(Settings(), told.instruments, told.step_ms, may_explore=False).desk()
    with FileJournal.create(path.journal, told.as_json(), is_durable=False) as journal:
        for event in events:
            journal.record(event)
            journal.note(encode(desk.on_event(event)))
        if is_finished:
            journal.finish()


def found(folder: Path) -> BrokenOff:
    broken = broken_off(folder, PLACE)
    assert broken is not None
    return broken


def recover(folder: Path, settings: Settings | None = None) -> Recovered:
    return asyncio.run(recovered(settings or Settings(), found(folder), MemoryTradeStore(), None))


def test_where_nobody_traded_nothing_is_taken_over(tmp_path: Path) -> None:
    assert broken_off(tmp_path / "var", PLACE) is None


def test_the_last_session_of_the_account_that_ever_began_is_taken_over(tmp_path: Path) -> None:
    recorded(tmp_path, header(1), OPENED, is_finished=True)
    recorded(tmp_path, header(2), OPENED)
    recorded(tmp_path, header(3), ConnectionChanged(1, "account", is_up=True))
    recorded(tmp_path, header(4, account="another"), OPENED)
    (tmp_path / "live-empty").mkdir()
    (tmp_path / "live-torn").mkdir()
    (tmp_path / "live-torn/journal.slt").write_bytes(b"SLTJ")
    assert found(tmp_path).header == header(2)


def test_a_session_that_left_nothing_open_is_not_taken_over(tmp_path: Path) -> None:
    recorded(tmp_path, header(1), OPENED)
    recorded(tmp_path, header(2), OPENED, is_finished=True)
    assert broken_off(tmp_path, PLACE) is None


def test_a_session_is_decided_again_and_remembered(tmp_path: Path) -> None:
    recorded(tmp_path, header(1), OPENED, TimePassed(2_000))
    again = recover(tmp_path)
    assert (again.memory.wallet, again.memory.last_at_ms) == (Decimal(10_000), 2_000)
    assert again.wiring.desk().wallet == Decimal(10_000)
    assert (again.tally.events, again.unwritten, again.is_over) == (2, b"", False)


def test_a_session_that_ended_and_never_said_so_is_over(tmp_path: Path) -> None:
    recorded(tmp_path, header(1), OPENED, SessionEnding(2_000))
    assert recover(tmp_path).is_over
    recorded(tmp_path, header(2), OPENED, SessionEnding(2_000), SessionResumed(3_000))
    assert not recover(tmp_path).is_over


def test_other_settings_are_named(tmp_path: Path) -> None:
    recorded(tmp_path, header(1), OPENED)
    other = load_settings({}, chosen={"exits.longest_hold_ms": "3600000", "binance.queue_size": "500"})
    with pytest.raises(CannotBeTakenOver) as refused:
        recover(tmp_path, other)
    assert str(refused.value) == (
        "it had other settings (exits.longest_hold_ms: 7200000 then, 3600000 now); start with those"
    )


def test_a_session_that_was_halted_says_why(tmp_path: Path) -> None:
    broken = header(1)
    recorded(tmp_path, broken, OPENED)
    strange = AccountSettingChanged(2_000, "", AccountSetting.POSITION_MODE, "hedge mode")
    with FileJournal.reopen(tmp_path / broken.session_id / "journal.slt", is_durable=False) as journal:
        journal.record(strange)
    with pytest.raises(CannotBeTakenOver, match="it was halted: the position mode was changed"):
        recover(tmp_path)


def test_a_session_that_was_halted_is_replayed_to_its_halt(tmp_path: Path) -> None:
    broken = header(1)
    recorded(tmp_path, broken, OPENED)
    path = tmp_path / broken.session_id / "journal.slt"
    with FileJournal.reopen(path, is_durable=False) as journal:
        journal.record(AccountSettingChanged(2_000, "", AccountSetting.POSITION_MODE, "hedge mode"))
    outcome = Service().replay(path)
    (notice,) = outcome.notices
    assert notice.startswith("the session was halted, and so is this: the position mode was changed")
    assert (outcome.events, outcome.trades) == (1, 0)


def test_a_replay_that_halts_where_the_session_went_on_differs(tmp_path: Path) -> None:
    broken = header(1)
    recorded(tmp_path, broken, OPENED)
    path = tmp_path / broken.session_id / "journal.slt"
    with FileJournal.reopen(path, is_durable=False) as journal:
        journal.record(AccountSettingChanged(2_000, "", AccountSetting.POSITION_MODE, "hedge mode"))
        journal.record(TimePassed(3_000))
    with pytest.raises(ReplayDiffers, match="this replay says halted: the position mode was changed"):
        Service().replay(path)


def test_a_session_that_another_version_decided_otherwise_says_so(tmp_path: Path) -> None:
    older = replace(header(1), version="0.0.1")
    recorded(tmp_path, older, OPENED)
    held = (PositionTold(SYMBOL, Decimal(1), Decimal(1)),)
    with FileJournal.reopen(tmp_path / older.session_id / "journal.slt", is_durable=False) as journal:
        for at_ms in (2_000, 3_000):
            journal.record(AccountCompared(at_ms, Decimal(10_000), held, (), 0))
            journal.note(b"{}")
    with pytest.raises(CannotBeTakenOver, match=r"version 0\.0\.1 wrote its journal"):
        recover(tmp_path)


def test_a_decision_that_was_not_written_is_written_when_the_session_goes_on(tmp_path: Path) -> None:
    torn = header(1)
    recorded(tmp_path, torn, OPENED)
    with FileJournal.reopen(tmp_path / torn.session_id / "journal.slt", is_durable=False) as journal:
        journal.record(ConnectionChanged(2_000, "account", is_up=True))
    broken = found(tmp_path)
    with files_of(broken) as (journal, store):
        again = asyncio.run(recovered(Settings(), broken, store, None))
        assert b"account is up" in again.unwritten
        journal.note(again.unwritten)
    assert recover(tmp_path).unwritten == b""
    assert (tmp_path / "last").resolve() == broken.folder.path.resolve()


def test_settings_of_another_version_are_a_reason_and_not_the_end(tmp_path: Path) -> None:
    older = header(1)
    settings = {**older.settings, "moon_phase": {"is_heeded": True}}
    recorded(tmp_path, replace(older, version="0.0.1", settings=settings), OPENED)
    with pytest.raises(CannotBeTakenOver, match=r"version 0\.0\.1 wrote its journal.*moon_phase"):
        recover(tmp_path)


def test_a_journal_that_cannot_be_read_before_it_began_is_a_reason_and_not_the_end(tmp_path: Path) -> None:
    """It may have traded: nobody knows, so it is not passed over for an older one."""
    recorded(tmp_path, header(1), OPENED)
    strange = header(2)
    recorded(tmp_path, strange, ConnectionChanged(1, "account", is_up=True))
    with (tmp_path / strange.session_id / "journal.slt").open("ab") as journal:
        journal.write(frame(b"\x7fof another version"))
    assert found(tmp_path).header == strange
    with pytest.raises(JournalDamaged):
        recover(tmp_path)


def test_a_learning_file_that_is_damaged_keeps_nobody_from_seeing_out_what_is_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data_folder=tmp_path)
    learning_file(settings).write_bytes(b"no learning at all" * 100)

    async def opened() -> tuple[object, object]:
        async with learning_if_it_can(settings) as found:
            return found

    assert asyncio.run(opened()) == (None, None)
    assert capsys.readouterr().err.startswith("slt: nothing is learned in this session: ")


def test_a_takeover_goes_on_learning_from_what_is_kept(tmp_path: Path) -> None:
    settings = Settings(data_folder=tmp_path)

    async def opened() -> bool:
        async with learning_if_it_can(settings) as (kept, cycle):
            return kept is not None and cycle is not None

    assert asyncio.run(opened())
