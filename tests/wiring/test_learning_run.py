"""A session that learns from its history, trades by what it learned, and can be played again."""

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from dependency_injector import providers
from typer.testing import CliRunner, Result

import bootstrap
import composition.session
from adapters.journal.journal_file import JournalFile
from adapters.memory.sample_book import MemorySampleBook
from adapters.memory.trade_store import MemoryTradeStore
from adapters.settings.settings_loader import settings_from_header
from adapters.sqlite.learning_store import SqliteLearningStore
from adapters.terminal.app import build_app
from application.replay import RecordedSession
from application.session_header import SessionHeader
from domain.learning.outcome import LabelledSample
from domain.tape import CandleClosed, ChampionChanged, SessionOpened
from tests.learning_steps import a_cycle

pytestmark = pytest.mark.timeout(240)  # fifty-four days of four symbols teach before eight hours are traded

LEARNING = ["--hours", "8", "--seed", "7"]
EXPLORING = [
    "--hours", "4", "--learn-days", "0", "--symbols", "2", "--seed", "5", "--set", "setup.is_relaxed=true",
]  # fmt: skip


def slt(*words: str) -> Result:
    return CliRunner().invoke(build_app(bootstrap.Service()), words)


def done(*words: str) -> str:
    result = slt(*words)
    assert result.exit_code == 0, result.output
    return result.output


def ran(folder: Path, words: list[str]) -> Path:
    with contextlib.chdir(folder):
        (folder / "output.txt").write_text(done("run", *words, "--json", "report.json"))
        (folder / "shown.txt").write_text(done("learn", "status"))
    return folder


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a session has learned and traded."""
    return ran(tmp_path_factory.mktemp("learned"), LEARNING)


@pytest.fixture(scope="module")
def explored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a session has traded without a model."""
    return ran(tmp_path_factory.mktemp("explored"), EXPLORING)


def report(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((folder / "report.json").read_text())
    return told


def test_the_first_run_ends_with_a_champion_that_history_has_proven(learned: Path) -> None:
    champion = report(learned)["learning"]["champion"]
    assert champion is not None
    output = (learned / "shown.txt").read_text()
    for words in ("champion", "said and come true, out of fold", "looked at", "promoted"):
        assert words in output


def test_every_trade_is_sized_by_what_the_champion_believes(learned: Path) -> None:
    trades = report(learned)["trades"]
    assert trades
    assert all(trade["confidence"] is not None and not trade["is_exploration"] for trade in trades)
    assert "no_edge" in report(learned)["refusals"]


def test_the_champion_sits_down_on_the_tape_before_the_first_candle(learned: Path) -> None:
    events = [entry.event for entry in JournalFile(learned / "var/last/journal.slt").entries()]
    kinds = [type(event) for event in events]
    seated = kinds.index(ChampionChanged)
    assert kinds.index(SessionOpened) < seated < kinds.index(CandleClosed)


def test_a_session_with_a_champion_replays_to_the_last_bit_without_any_registry(
    learned: Path, tmp_path: Path
) -> None:
    journal = tmp_path / "journal.slt"
    journal.write_bytes((learned / "var/last/journal.slt").read_bytes())
    assert "every decision is the same to the last bit" in done("replay", str(journal))


def test_a_session_that_is_played_again_up_to_its_end_teaches_the_same(explored: Path) -> None:
    async def again() -> tuple[tuple[LabelledSample, ...], int]:
        recorded = JournalFile(explored / "var/last/journal.slt")
        header, played, book = (
            SessionHeader.read(recorded.header),
            RecordedSession(recorded),
            MemorySampleBook(),
        )
        settings = settings_from_header(header.settings)
        cycle = a_cycle(settings.learning, book)
        await cycle.open()
        store = MemoryTradeStore()
        wiring = composition.session.wired(
            settings, header.instruments, header.step_ms, played, played, played, store, cycle
        )
        learner = wiring.learner()
        assert learner is not None
        wiring.feed.override(providers.Object(learner.beside(played)))
        await wiring.session().run()
        return await book.resolved(10_000), await book.closed_trades()

    async def kept() -> tuple[tuple[LabelledSample, ...], int]:
        with SqliteLearningStore(explored / "var/last/learning.sqlite") as learning:
            return await learning.samples.resolved(10_000), await learning.samples.closed_trades()

    samples, trades = asyncio.run(kept())
    assert trades == len(report(explored)["trades"]) > 0
    assert any(not one.outcome.is_shadow for one in samples)
    assert any(one.outcome.is_shadow for one in samples)
    assert {one.sample.is_taken for one in samples} == {True, False}
    assert asyncio.run(again()) == (samples, trades)


def test_without_a_model_the_report_says_so_and_every_trade_explores(explored: Path) -> None:
    learning = report(explored)["learning"]
    assert learning["champion"] is None
    assert learning["headline"].startswith("No model has learned anything yet")
    assert all(trade["is_exploration"] for trade in report(explored)["trades"])


def test_a_session_that_is_run_again_knows_nothing_of_the_first_time(tmp_path: Path) -> None:
    words = ["--hours", "0.2", "--symbols", "1", "--learn-days", "5"]
    first = report(ran(tmp_path, words))
    (tmp_path / "report.json").unlink()
    assert report(ran(tmp_path, words)) == first
    assert len(first["learning"]["happenings"]) == 1


def test_training_that_is_switched_off_takes_no_history_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DISABLE_MODEL_TRAINING", "1")
    done("run", "--hours", "0.2", "--symbols", "1", "--json", "report.json")
    assert report(tmp_path)["learning"]["models"] == []


def test_a_backtest_learns_on_the_way_and_knows_the_past_only_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done("tape", "generate", "--days", "6", "--symbols", "2", "--seed", "5", "--out", "tapes")
    plain = done("backtest", "tapes", "--json", "plain.json")
    done("backtest", "tapes", "--learn", "learning.sqlite", "--json", "report.json")
    told, before = report(tmp_path), json.loads((tmp_path / "plain.json").read_text())
    assert told.pop("learning")["samples"]["seen"] > len(told["trades"]) > 0
    assert told == before
    assert "newest model" not in plain
    again = slt("backtest", "tapes", "--learn", "learning.sqlite")
    assert "trading the past by what came later proves nothing" in str(again.exception)
