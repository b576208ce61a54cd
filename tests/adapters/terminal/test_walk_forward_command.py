import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from adapters.terminal.walk_forward_bench import WalkOptions
from adapters.terminal.walk_forward_command import add_walk_forward_command, walk_options
from adapters.terminal.workbench import Follow, SessionOptions, TapeOptions
from application.walk_forward import WalkStep
from application.walk_forward_report import WalkForwardReport
from domain.market.timeframe import DAY_MS
from tests.walk_reports import AN_EDGE, NO_EDGE, STEPS


class Walker:
    """Has walked already, and remembers what it was asked."""

    def __init__(self, report: WalkForwardReport = AN_EDGE) -> None:
        self.report = report
        self.asked: list[tuple[TapeOptions, WalkOptions, SessionOptions]] = []

    def walk_forward(
        self,
        tapes: TapeOptions,
        walk: WalkOptions,
        session: SessionOptions,
        follow: Follow,  # noqa: ARG002 - nothing is read
    ) -> Iterator[WalkStep | WalkForwardReport]:
        self.asked.append((tapes, walk, session))
        yield from STEPS
        yield self.report


def slt(bench: Walker, *words: str) -> tuple[int, str]:
    app = typer.Typer()
    add_walk_forward_command(app, bench)
    result = CliRunner().invoke(app, words)
    return result.exit_code, result.stdout


def told(text: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(text)
    return read


def test_what_was_asked_for_reaches_the_bench() -> None:
    bench = Walker()
    words = (
        "a.parquet",
        "--every",
        "50",
        "--seed",
        "3",
        "--from",
        "2023-01-01",
        "--set",
        "setup.is_relaxed=true",
    )
    exit_code, _ = slt(bench, *words, "--report", "walk.html")
    ((tapes, walk, session),) = bench.asked
    assert exit_code == 0
    assert (tapes.paths, tapes.from_ms) == (["a.parquet"], 1_672_531_200_000)
    assert walk == WalkOptions(DAY_MS, 50, 3, Path("walk.html"))
    assert session.settings == {"setup.is_relaxed": "true"}


def test_a_month_is_the_pace_unless_told_otherwise() -> None:
    bench = Walker()
    slt(bench, "a.parquet")
    assert bench.asked[0][1] == WalkOptions(30 * DAY_MS)


def test_the_verdict_frames_everything_that_is_shown() -> None:
    _, text = slt(Walker(NO_EDGE), "a.parquet")
    lines = text.strip().splitlines()
    assert lines[0] == lines[-1] == NO_EDGE.verdict.headline
    assert "No edge was found" in lines[0]
    assert lines[1] == f"- {NO_EDGE.verdict.reasons[0]}"


def test_json_tells_the_verdict_first_and_no_model_whole() -> None:
    _, text = slt(Walker(), "a.parquet", "--json", "-")
    read = told(text)
    assert next(iter(read)) == "verdict"
    assert read["verdict"]["finding"] == "edge"
    assert read["trials"]["promoted"] == 1
    assert [change["model_id"] is None for change in read["trials"]["changes"]] == [False, True]
    assert [one["way"] for one in read["traded"]] == ["without", "gate", "every"]
    assert read["random_entries_without_a_trade"] == {"never_entered": 3}
    assert read["stretches"][0]["refused"] == "too few by hand"


def test_days_and_trades_are_told_apart_by_their_unit() -> None:
    assert walk_options("7d", 1, None) == WalkOptions(7 * DAY_MS, 0, 1, None)
    assert walk_options("7", 1, None) == WalkOptions(DAY_MS, 7, 1, None)


@pytest.mark.parametrize("wrong", ["", "d", "0d", "0", "-1d", "1.5d", "month"])
def test_what_is_no_pace_is_refused(wrong: str) -> None:
    with pytest.raises(typer.BadParameter, match="no number of days or trades"):
        walk_options(wrong, 1, None)


def test_a_report_in_the_place_of_a_tape_is_refused() -> None:
    exit_code, _ = slt(Walker(), "a.parquet", "--report", "a.parquet")
    assert exit_code == 2
