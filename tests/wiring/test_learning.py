"""The verbs of learning from end to end, as a person uses them."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import bootstrap
import composition.records
from adapters.settings.session_choice import SessionRefused
from adapters.sqlite.learning_store import SqliteLearningStore
from adapters.sqlite.trade_store import SqliteTradeStore
from adapters.terminal.app import build_app
from application.learning_by_hand import NothingToDo
from application.model_explanation import NothingToExplain
from application.ports.sample_book import Lessons
from application.ports.trade_store import DecisionRecord, StoreFailed
from domain.learning.model_history import Happening, What
from domain.learning.outcome import LabelledSample
from domain.learning.trained_model import TrainedModel
from tests.learning_archives import grown_model, promoted, trained
from tests.report_pages import PrintedPage
from tests.training_samples import resolved_samples

SETUP = "S000610"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def slt(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(build_app(bootstrap.Service()), words, input=typed)


def done(*words: str, typed: str = "") -> str:
    result = slt(*words, typed=typed)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def read(path: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(path.read_text())
    return told


def a_file(
    path: Path, happenings: Sequence[Happening], models: Sequence[TrainedModel], closed_trades: int = 0
) -> Path:
    """Write a learning file: 500 samples that taught the model, 120 that came later."""
    samples: tuple[LabelledSample, ...] = resolved_samples(620, 1.0)
    lessons = Lessons(
        tuple(one.sample for one in samples),
        tuple(one.outcome for one in samples),
        tuple(f"T{place}" for place in range(closed_trades)),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with SqliteLearningStore(path) as kept:
        asyncio.run(kept.samples.keep(lessons))
        asyncio.run(kept.models.keep(happenings, models))
    return path


MODEL = grown_model()
MODEL_ID = MODEL.record.model_id
TRAINED_MS = MODEL.record.trained_at_ms


@pytest.fixture
def on_trial(folder: Path) -> str:
    return str(a_file(folder / "learned.sqlite", [trained(MODEL, TRAINED_MS)], [MODEL], 49))


@pytest.fixture
def seated(folder: Path) -> str:
    story = [trained(MODEL, TRAINED_MS), promoted(MODEL, TRAINED_MS + 1)]
    return str(a_file(folder / "learned.sqlite", story, [MODEL]))


def test_the_status_begins_with_what_it_means(on_trial: str, folder: Path) -> None:
    out = done("learn", "status", "--file", on_trial, "--json", "status.json", "--report", "r.html")
    assert out.startswith("No model has proven itself: exploration in paper, no trade in live\n")
    assert "said and come true, out of fold" in out
    assert "r.html: the report, to be opened in a browser" in out
    told = read(folder / "status.json")
    assert (told["champion"], told["on_trial"]["model"]) == (None, MODEL_ID)
    assert told["schedule"] == {
        "closed_trades": 49,
        "last_training": 1,
        "trades_until_next": 51,
        "is_due": False,
        "is_enabled": True,
    }
    assert told["models"][0]["out_of_fold"]["brier"] == MODEL.record.reliability.brier
    page = PrintedPage((folder / "r.html").read_text())
    assert page.paragraphs[0][1].startswith("No model has proven itself")
    assert page.references == []


def test_standard_output_holds_json_and_nothing_else(seated: str) -> None:
    told = json.loads(done("learn", "status", "--file", seated, "--json", "-"))
    assert told["champion"]["model"] == MODEL_ID
    assert told["champion"]["is_by_hand"] is False


def test_the_report_alone_says_the_verdict_too(seated: str, folder: Path) -> None:
    out = done("learn", "report", "r.html", "--file", seated, "--json", "r.json")
    evidence = read(folder / "r.json")["evidence"]
    assert evidence["since_seated"]["setups"] > 100
    assert evidence["curve"][-1]["samples"] == 620
    assert evidence["effects"][0]["name"] == MODEL.record.features[0]
    assert evidence["drift"]["calibration"] < 2.0
    assert out.startswith(f"Champion {MODEL_ID} decides")
    assert (folder / "r.html").stat().st_size > 1_000_000


def test_training_that_is_switched_off_is_told_and_refused(on_trial: str) -> None:
    off = ("--file", on_trial, "--set", "disable_model_training=true")
    assert "never: DISABLE_MODEL_TRAINING is set" in done("learn", "status", *off)
    refused = slt("learn", "train", *off)
    assert isinstance(refused.exception, SessionRefused)
    assert "unset it" in str(refused.exception)


def test_a_training_by_hand_waits_behind_the_trial(on_trial: str, folder: Path) -> None:
    out = done("learn", "train", "--file", on_trial, "--json", "done.json")
    assert "within a minute; another one when it starts." in out
    told = read(folder / "done.json")
    assert told["on_trial"] == MODEL_ID
    assert told["waiting"] == told["happened"][0]["model"] != MODEL_ID
    assert told["happened"][0]["training"] == 0


def test_too_few_samples_make_no_model_and_say_so(folder: Path) -> None:
    with SqliteLearningStore(folder / "empty.sqlite"):
        refused = slt("learn", "train", "--file", "empty.sqlite")
    assert refused.exit_code == 1
    assert "too_few_samples" in refused.output


def test_the_gate_is_asked_now_and_its_verdict_is_kept(on_trial: str, folder: Path) -> None:
    out = done("learn", "promote", "--file", on_trial, "--json", "done.json")
    told = read(folder / "done.json")
    if told["happened"]:
        assert told["happened"][0]["what"] == "looked_at"
    else:
        assert "not tested, nothing spent: " in out


def test_nobody_is_seated_without_proof_by_mistake(on_trial: str) -> None:
    for typed in ("yes\n", ""):
        refused = slt("learn", "promote", "--by-hand", "--file", on_trial, typed=typed)
        assert refused.exit_code == 2
        assert "nothing was changed" in refused.output
    assert json.loads(done("learn", "status", "--file", on_trial, "--json", "-"))["champion"] is None


@pytest.mark.parametrize(("words", "typed"), [((), "without proof\n"), (("--yes",), "")])
def test_whoever_insists_is_obeyed_and_told_for_good(
    on_trial: str, words: tuple[str, ...], typed: str
) -> None:
    done("learn", "promote", "--by-hand", *words, "--file", on_trial, typed=typed)
    out = done("learn", "status", "--file", on_trial)
    assert out.startswith(f"Champion {MODEL_ID}, seated by hand, without proof,")
    assert "WITHOUT PROOF" in out


def test_one_command_sends_a_champion_away(seated: str) -> None:
    assert "rolled back" in done("learn", "rollback", "--file", seated)
    again = slt("learn", "rollback", "--file", seated)
    assert isinstance(again.exception, NothingToDo)
    assert bootstrap.EXIT_CODES[NothingToDo] == 3
    assert "`slt learn status`" in str(again.exception)


def test_a_setup_is_explained_by_the_champion_of_its_time(seated: str, folder: Path) -> None:
    out = done("learn", "explain", SETUP, "--file", seated)
    assert f"Champion {MODEL_ID} was asked.\nIt sat since" in out
    assert "confidence = (1 + " in out
    assert "what speaks for a win" in out
    done("learn", "explain", f"{SETUP}", "--file", seated, "--json", "why.json")
    told = read(folder / "why.json")
    for head in ("to_win", "net_r"):
        summed = told[head]["base"] + sum(one["contribution"] for one in told[head]["columns"])
        assert summed == pytest.approx(told[head]["margin"], abs=1e-5)
    assert (told["was_asked"], told["trade"]) == (True, None)


def test_the_size_arithmetic_of_a_decision_is_told_with_it(seated: str, folder: Path) -> None:
    words = f"why; belief: {MODEL_ID} (win probability 0.6); equity 1000.00 x 5.00 % (Kelly 1.00)"
    entry = DecisionRecord("d1", TRAINED_MS, "BTCUSDT", "entry", "gap_return", words, SETUP)
    with SqliteTradeStore(folder / "trades.sqlite", "a-session") as store:
        asyncio.run(store.keep([], [entry]))
    out = done("learn", "explain", SETUP, "--file", seated, "--store", "trades.sqlite")
    assert "equity 1000.00 x 5.00 % (Kelly 1.00)" in out


def test_a_setup_from_before_any_champion_is_explained_as_that(on_trial: str) -> None:
    out = done("learn", "explain", "S000010", "--file", on_trial)
    assert "No champion sat when this setup was decided on" in out
    assert "its figures prove nothing" in out


def test_a_setup_that_nobody_saw_is_not_found(seated: str) -> None:
    refused = slt("learn", "explain", "X", "--file", seated)
    assert isinstance(refused.exception, NothingToExplain)
    assert bootstrap.EXIT_CODES[NothingToExplain] == 3


@pytest.mark.parametrize(
    "words", [["status"], ["report", "r.html"], ["train"], ["promote"], ["rollback"], ["explain", "X"]]
)
def test_without_a_learning_file_the_verb_that_makes_one_is_named(folder: Path, words: list[str]) -> None:
    refused = slt("learn", *words)
    assert isinstance(refused.exception, FileNotFoundError)
    assert "`slt learn bootstrap TAPE...`" in str(refused.exception)
    assert str(Path("var/last/learning.sqlite")) in str(refused.exception)
    assert list(folder.iterdir()) == []


def test_a_real_market_has_its_own_file_and_its_present_is_now(folder: Path) -> None:
    a_file(folder / "var" / "learning-testnet.sqlite", [trained(MODEL, TRAINED_MS)], [MODEL])
    done("learn", "train", "--set", "venue.kind=testnet", "--json", "done.json")
    (happened,) = read(folder / "done.json")["happened"]
    assert happened["what"] == What.TRAINED
    assert happened["at_ms"] > TRAINED_MS + 1_000_000_000


def test_a_damaged_file_is_told_in_one_line(folder: Path) -> None:
    (folder / "learned.sqlite").write_text("no database at all, but long enough to be looked at" * 20)
    refused = slt("learn", "status", "--file", "learned.sqlite")
    assert isinstance(refused.exception, StoreFailed)
    assert "learned.sqlite: it is no SQLite database" in str(refused.exception)


def test_learning_begins_with_recorded_candles(folder: Path) -> None:
    done("tape", "generate", "--out", "tapes", "--days", "40", "--symbols", "2", "--seed", "3")
    out = done("learn", "bootstrap", "tapes", "--json", "begun.json", "--file", "begun.sqlite")
    assert "setups in history, each played on as a shadow" in out
    assert "`slt learn status --file begun.sqlite` tells it again" in out
    told = read(folder / "begun.json")
    assert told["taught"] + told["tested"] == told["setups"]["total"]["resolved"] > 200
    assert told["training"]["what"] in {"trained", "not_trained"}
    assert told["samples"]["resolved"] == told["setups"]["total"]["resolved"]
    assert {path.name for path in folder.iterdir()} == {"tapes", "begun.json", "begun.sqlite"}
    again = slt("learn", "bootstrap", "tapes", "--file", "begun.sqlite")
    assert isinstance(again.exception, StoreFailed)
    assert "holds learning already; give another --file" in str(again.exception)


def test_candles_without_a_setup_leave_nothing_behind(folder: Path) -> None:
    done("tape", "generate", "--out", "tapes", "--days", "1", "--symbols", "1")
    refused = slt("learn", "bootstrap", "tapes", "--file", "begun.sqlite", "--to", "2024-01-01T03:00")
    assert isinstance(refused.exception, composition.records.NotFound)
    assert {path.name for path in folder.iterdir()} == {"tapes"}
