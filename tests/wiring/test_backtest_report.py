"""`slt backtest --report` from end to end: the page says what the report says, and changes nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import bootstrap
import composition.backtest
import composition.pages
import composition.tapes
from adapters.terminal.app import build_app
from application.performance.wording import money
from application.ports.candle_sink import SinkFailed
from tests.report_pages import PrintedPage
from tests.small_disk import file_size_limit

RELAXED = ["--set", "setup.is_relaxed=true"]


def slt(*words: str) -> Result:
    return CliRunner().invoke(build_app(bootstrap.Service()), words)


def told(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(), parse_float=Decimal)
    return read


@pytest.fixture(scope="module", autouse=True)
def few_random_trades() -> Iterator[None]:
    """Enough to compare with, and soon led to their ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(composition.pages, "RANDOM_TRADES", 400)
        yield


@pytest.fixture(scope="module")
def tapes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tapes")
    words = ("tape", "generate", "--out", str(folder), "--days", "4", "--symbols", "2", "--seed", "5")
    assert slt(*words).exit_code == 0
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tapes: Path) -> Path:
    """The same backtest, once with a report and once without."""
    folder = tmp_path_factory.mktemp("reports")
    for name in ("with", "without"):
        words = ["backtest", str(tapes), *RELAXED, "--json", str(folder / f"{name}.json")]
        wanted = ["--report", str(folder / "page.html"), "--trials", "7"] if name == "with" else []
        result = slt(*words, *wanted)
        assert result.exit_code == 0, result.output
        (folder / f"{name}.txt").write_text(result.output)
    return folder


@pytest.fixture(scope="module")
def page(folder: Path) -> PrintedPage:
    return PrintedPage((folder / "page.html").read_text())


def test_a_report_changes_nothing_of_what_is_traded(folder: Path) -> None:
    assert (folder / "with.json").read_bytes() == (folder / "without.json").read_bytes()
    assert told(folder / "with.json")["trades"]


def test_the_page_and_the_report_say_the_same(folder: Path, page: PrintedPage) -> None:
    report = told(folder / "with.json")
    totals, figures = report["totals"], page.table("figure")
    assert figures["trades"] == [str(totals["trades"])]
    assert figures["net P&L"] == [money(totals["net_pnl"])]
    assert figures["fees"] == [money(-totals["fees"])]
    assert figures["mean net R"] == [f"{totals['mean_r']:+.3f}"]
    for group in report["by_symbol"]:
        count, _, mean_r, _, net, *_ = page.table("symbol")[group["name"]]
        assert (count, mean_r, net) == (
            str(group["trades"]),
            f"{group['mean_r']:+.3f}",
            money(group["net_pnl"]),
        )
    exits = next(table for table in page.tables if table[0][:2] == ["exit", "trades"])
    assert sum(int(row[1]) for row in exits[1:]) == totals["trades"]


def test_the_equity_drawn_is_the_equity_reported(folder: Path, page: PrintedPage) -> None:
    (line,) = page.figures["Equity"]["data"]
    marks = told(folder / "with.json")["equity"]
    assert line["x"] == [mark["at_ms"] for mark in marks]
    assert line["y"] == [float(mark["equity"]) for mark in marks]


def test_every_chosen_trade_has_its_candles_and_its_structure(folder: Path, page: PrintedPage) -> None:
    trades = {trade["trade_id"]: trade for trade in told(folder / "with.json")["trades"]}
    charts = {title: figure for title, figure in page.figures.items() if "5-minute" in title}
    assert page.options[0].startswith("the best: ")
    assert charts
    shown = [text for _, text in page.paragraphs if text.split(",")[0] in trades]
    assert len(shown) == len(page.options)
    assert "The structure behind it cannot be shown" not in page.words


def test_the_page_loads_nothing(page: PrintedPage) -> None:
    assert page.references == []
    assert page.policy.startswith("default-src 'none'")


def test_the_number_of_trials_is_counted(page: PrintedPage) -> None:
    assert "7" in page.table("variants tried")
    assert "You told of 7." in page.words


def test_the_verdict_is_told_on_the_terminal_too(folder: Path, page: PrintedPage) -> None:
    assert page.paragraphs[0][1] in (folder / "with.txt").read_text().replace("\n", " ")


def test_random_entries_are_drawn_beside_the_trades(page: PrintedPage) -> None:
    (bars,) = page.figures["Mean net R of random entries"]["data"]
    assert sum(bars["y"]) >= 200


def test_the_same_backtest_prints_the_same_page(folder: Path, tapes: Path) -> None:
    again = folder / "again.html"
    assert slt("backtest", str(tapes), *RELAXED, "--report", str(again), "--trials", "7").exit_code == 0
    assert again.read_bytes() == (folder / "page.html").read_bytes()


def test_without_compiled_speed_the_page_is_the_same(
    folder: Path, tapes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(composition.backtest, "IS_COMPILED", False)
    monkeypatch.setattr(composition.tapes, "IS_COMPILED", False)
    slow = folder / "slow.html"
    assert slt("backtest", str(tapes), *RELAXED, "--report", str(slow), "--trials", "7").exit_code == 0
    assert slow.read_bytes() == (folder / "page.html").read_bytes()


def test_a_backtest_without_a_trade_has_a_page(folder: Path, tapes: Path) -> None:
    path = folder / "nothing.html"
    result = slt("backtest", str(tapes), "--to", "2024-01-01T06:00", "--report", str(path))
    assert result.exit_code == 0, result.output
    assert PrintedPage(path.read_text()).paragraphs[0][1].startswith("No trade was closed")


@pytest.mark.parametrize("place", ["nowhere/page.html", ".", "tapes"])
def test_a_place_that_cannot_be_written_is_refused_before_anything_is_read(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "tapes").mkdir()
    result = slt("backtest", "no-such-tape", "--report", str(tmp_path / place))
    assert "cannot be written" in str(result.exception)
    assert sorted(tmp_path.iterdir()) == [tmp_path / "tapes"]


def test_a_disk_that_fills_up_at_the_end_leaves_the_page_of_before(
    tmp_path: Path, tapes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "page.html"
    page.write_text("the one before")
    monkeypatch.setattr(composition.backtest, "REPORT_BYTES", 1)
    with file_size_limit(1_000_000):
        result = slt("backtest", str(tapes), *RELAXED, "--report", str(page))
    assert isinstance(result.exception, SinkFailed)
    assert list(tmp_path.iterdir()) == [page]
    assert page.read_text() == "the one before"


def test_a_made_up_market_is_called_one(page: PrintedPage) -> None:
    assert page.paragraphs[1] == ("doubtful", composition.pages.MADE_UP)


def test_a_page_is_no_stream() -> None:
    assert slt("backtest", "no-such-tape", "--report", "-").exit_code == 2


def test_a_number_of_trials_without_a_report_is_refused() -> None:
    result = slt("backtest", "no-such-tape", "--trials", "3")
    assert result.exit_code == 2


def test_plotly_is_loaded_only_where_a_report_is_made() -> None:
    script = (
        "import sys, bootstrap; bootstrap.build_app(bootstrap.Service()); sys.exit('plotly' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(bootstrap.__file__).parent)}
    assert subprocess.run([sys.executable, "-c", script], env=environment, check=False).returncode == 0
