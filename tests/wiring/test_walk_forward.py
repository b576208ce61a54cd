"""`slt walk-forward` from end to end: what is told, drawn and written is one verdict."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import bootstrap
from adapters.settings.session_choice import SessionRefused
from adapters.terminal.app import build_app
from tests.report_pages import PrintedPage

pytestmark = pytest.mark.timeout(120)  # eight seconds of work, all in one fixture
WALK = ["--every", "4d", "--set", "setup.is_relaxed=true"]


def slt(*words: str) -> Result:
    return CliRunner().invoke(build_app(bootstrap.Service()), words)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("walk")
    words = ("tape", "generate", "--out", str(folder), "--days", "12", "--symbols", "1", "--edge", "1")
    assert slt(*words).exit_code == 0
    return folder


@pytest.fixture(scope="module")
def result(folder: Path) -> Result:
    (tape,) = folder.glob("*.parquet")
    written = ["--json", str(folder / "walk.json"), "--report", str(folder / "walk.html")]
    return slt("walk-forward", str(tape), *WALK, *written)


@pytest.fixture(scope="module")
def told(folder: Path, result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    read: dict[str, Any] = json.loads((folder / "walk.json").read_text())
    return read


def test_the_verdict_is_the_first_and_the_last_line(result: Result, told: dict[str, Any]) -> None:
    lines = result.stdout.strip().splitlines()
    assert lines[0] == lines[-1] == told["verdict"]["headline"]
    assert [line.removeprefix("- ") for line in lines if line.startswith("- ")] == told["verdict"]["reasons"]


def test_a_made_up_market_is_called_one_before_anything_else(result: Result) -> None:
    assert result.stdout.startswith("These candles are made up")


def test_every_model_learned_before_and_was_judged_after(told: dict[str, Any]) -> None:
    stretches = told["stretches"]
    assert [one["model_id"] is not None for one in stretches].count(True) >= 2
    assert all(one["at_ms"] < one["until_ms"] for one in stretches)
    assert sum(one["judged"] for one in stretches) == told["out_of_sample"]["judged"] > 0


def test_a_planted_edge_shows_beside_random_entries(told: dict[str, Any]) -> None:
    net_r = told["out_of_sample"]["net_r"]
    assert net_r["taken"]["mean"] > net_r["random"]["high"]
    assert told["out_of_sample"]["against_base_rate"]["share"] > 0.0


def test_trading_is_told_without_a_model_and_with_every_one(told: dict[str, Any]) -> None:
    by_way = {one["way"]: one for one in told["traded"]}
    assert {"without", "every"} <= set(by_way)
    assert by_way["without"]["explored"] == by_way["without"]["trades"] > 0
    assert by_way["every"]["seats"] == sum(one["model_id"] is not None for one in told["stretches"])
    assert by_way["every"]["explored"] < by_way["every"]["trades"]


def test_the_page_begins_with_the_same_words(folder: Path, told: dict[str, Any]) -> None:
    page = PrintedPage((folder / "walk.html").read_text())
    said = [text for _, text in page.paragraphs]
    assert said[0] == told["verdict"]["headline"]
    assert said[1 : 1 + len(told["verdict"]["reasons"])] == told["verdict"]["reasons"]


def test_a_stand_in_for_the_model_is_refused(folder: Path) -> None:
    (tape,) = folder.glob("*.parquet")
    refused = slt("walk-forward", str(tape), "--set", "confidence=0.8")
    assert isinstance(refused.exception, SessionRefused)


def test_a_pace_that_is_none_is_refused_before_anything_is_read() -> None:
    for pace in ("often", "0d", "-5", "0"):
        refused = slt("walk-forward", "missing.parquet", "--every", pace)
        assert refused.exit_code == 2
