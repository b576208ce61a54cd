"""The command line from end to end, as a person uses it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

import bootstrap
import composition.engines
from adapters.terminal.app import build_app
from adapters.terminal.notices import in_words
from application.ports.candle_sink import SinkFailed
from domain.structure.structure_view import FEATURE_NAMES

SMALL = ["--days", "3", "--symbols", "2", "--seed", "5"]
RUN = ["--hours", "2", "--learn-days", "0", "--symbols", "2", "--seed", "5", "--set", "setup.is_relaxed=true"]
SHORT = ["--hours", "0.2", "--learn-days", "0", "--symbols", "1"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def slt(*words: str) -> Result:
    return CliRunner().invoke(build_app(bootstrap.Service()), words)


def done(*words: str) -> str:
    result = slt(*words)
    assert result.exit_code == 0, result.output
    return result.output


def told(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(), parse_float=Decimal)
    return read


def ended(
    folder: Path, words: Sequence[str], script: str = "import bootstrap; bootstrap.main()"
) -> tuple[int, str]:
    """Run the real command in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(Path(bootstrap.__file__).parent)}
    run = subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stderr


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of candles, made once."""
    folder = tmp_path_factory.mktemp("tapes")
    done("tape", "generate", "--out", str(folder), *SMALL, "--edge", "0.5")
    return folder


@pytest.fixture
def tape(folder: Path, generated: Path) -> Path:
    """The same candles, seen from a fresh working directory."""
    assert folder != generated
    return generated


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a session has run."""
    folder = tmp_path_factory.mktemp("finished")
    with contextlib.chdir(folder):
        (folder / "output.txt").write_text(done("run", *RUN, "--json", "report.json"))
    return folder


def test_a_run_ends_with_a_summary_and_commands_to_try(finished: Path) -> None:
    output = (finished / "output.txt").read_text()
    for words in (
        "totals",
        "by exit",
        "setups refused",
        "made up",
        "slt why",
        "slt replay",
        "slt run --noise",
    ):
        assert words in output


def test_a_report_adds_up_to_the_last_digit(finished: Path) -> None:
    report = told(finished / "report.json")
    net = sum(Decimal(trade["net_pnl"]) for trade in report["trades"])
    assert report["trades"], "two hours of two symbols give trades when few confirmations are asked for"
    assert net == Decimal(report["totals"]["net_pnl"])
    assert Decimal(report["totals"]["end_wallet"]) - Decimal(report["totals"]["start_wallet"]) == net


def test_every_trade_in_the_report_tells_what_a_trader_asks(finished: Path) -> None:
    wanted = {
        "symbol", "side", "entry_time_ms", "exit_time_ms", "entry_price", "exit_price", "exit_reason", "fees",
        "funding", "net_pnl", "r_multiple", "margin", "leverage", "confidence",
    }  # fmt: skip
    report = told(finished / "report.json")
    assert {"trades", "refusals", "equity", "totals"} <= report.keys()
    assert all(wanted <= trade.keys() for trade in report["trades"])


def test_the_same_run_is_the_same_to_the_byte(folder: Path, finished: Path) -> None:
    done("run", *RUN, "--json", "report.json")
    for name in ("report.json", "var/last/journal.slt"):
        assert (folder / name).read_bytes() == (finished / name).read_bytes()


def test_a_run_leaves_the_folder_of_the_same_run_before_whole(folder: Path) -> None:
    done("run", *SHORT)
    before = (folder / "var/last/journal.slt").read_bytes()
    done("run", *SHORT)
    assert (folder / "var/last/journal.slt").read_bytes() == before


def test_the_last_run_can_be_listed_explained_and_replayed(
    finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(finished)
    done("trades", "--json", str(tmp_path / "trades.json"))
    trade = told(tmp_path / "trades.json")["trades"][0]["trade_id"]
    assert trade in done("trades")
    done("why", trade, "--json", str(tmp_path / "why.json"))
    assert "entry" in {one["kind"] for one in told(tmp_path / "why.json")["decisions"]}
    assert "margin" in done("why", trade)
    assert "the same to the last bit" in done("replay", "var/last/journal.slt")


def test_json_on_standard_output_is_all_there_is(finished: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(finished)
    assert json.loads(done("trades", "--json", "-"))["trades"]


def test_a_backtest_can_be_cut_in_time(folder: Path, tape: Path) -> None:
    done("backtest", str(tape), "--from", "2024-01-02", "--to", "2024-01-03", "--json", "day.json")
    totals = told(folder / "day.json")["totals"]
    assert totals["candles"] == 2 * 1440
    assert totals["first_at_ms"] == 1_704_153_600_000


def test_a_backtest_keeps_what_it_is_told_to_keep(folder: Path, tape: Path) -> None:
    done("backtest", str(tape), "--journal", "j.slt", "--store", "s.sqlite")
    assert "the same to the last bit" in done("replay", "j.slt")
    assert done("trades", "--store", "s.sqlite").count("USDT") > 0
    assert not (folder / "var").exists()


def test_both_engines_write_the_same_features(folder: Path, tape: Path) -> None:
    source = str(next(tape.iterdir()))
    for engine in ("native", "reference"):
        done("features", source, "--out", f"{engine}.parquet", "--engine", engine)
    table = pq.read_table(folder / "native.parquet")
    assert table.column_names == ["open_time_ms", *FEATURE_NAMES]
    assert table.num_rows == 3 * 288
    assert (folder / "native.parquet").read_bytes() == (folder / "reference.parquet").read_bytes()


def test_an_inspected_tape_tells_what_is_in_it(folder: Path, tape: Path) -> None:
    output = done("tape", "inspect", str(tape))
    assert "nothing wrong" in output
    done("tape", "inspect", str(tape), "--json", "facts.json")
    assert [one["audit"]["candles"] for one in told(folder / "facts.json")["tapes"]] == [3 * 1440, 3 * 1440]


def test_a_tape_converts_into_longer_candles(folder: Path, tape: Path) -> None:
    done("tape", "convert", str(next(tape.iterdir())), "--into", "15m", "--out", "longer.parquet")
    assert pq.read_table(folder / "longer.parquet").num_rows == 3 * 96


WITHOUT_ITS_COMPILED_MODULE = """
import sys
sys.modules["native"] = None
import bootstrap
from composition.engines import IS_COMPILED
assert not IS_COMPILED
bootstrap.main()
"""


def test_longer_candles_are_folded_by_what_the_settings_name(
    folder: Path, tape: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["tape", "convert", str(next(tape.iterdir())), "--into", "15m", "--out"]
    done(*words, "native.parquet")
    monkeypatch.setenv("SLT_STRUCTURE", "reference")
    monkeypatch.delitem(composition.engines.AGGREGATORS, "native")
    done(*words, "reference.parquet")
    assert (folder / "native.parquet").read_bytes() == (folder / "reference.parquet").read_bytes()


@pytest.mark.parametrize(("engine", "is_told"), [("native", True), ("reference", False)])
def test_a_tape_is_converted_without_the_compiled_module_and_that_is_told(
    folder: Path, tape: Path, monkeypatch: pytest.MonkeyPatch, engine: str, is_told: bool
) -> None:
    monkeypatch.setenv("SLT_STRUCTURE", engine)
    words = ["tape", "convert", str(next(tape.iterdir())), "--into", "15m", "--out", "longer.parquet"]
    code, said = ended(folder, words, WITHOUT_ITS_COMPILED_MODULE)
    assert (code, "the compiled module is missing" in said) == (0, is_told)
    assert pq.read_table(folder / "longer.parquet").num_rows == 3 * 96


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["backtest", "nowhere.parquet"], 3, "nowhere.parquet does not exist"),
        (["replay", "nowhere.slt"], 3, "nowhere.slt does not exist"),
        (["trades"], 3, "slt run"),
        (["why", "BTCUSDT.L.x"], 3, "slt run"),
        (["run", "--set", "exits.longest_hold=5"], 4, "did you mean"),
        (["run", "--set", "leverage.max_leverage=0"], 4, "max_leverage"),
        (["run", "--confidence", "much"], 4, "confidence"),
        (["run", "--hours", "none"], 2, "--hours"),
        (["backtest", "x.parquet", "--from", "yesterday"], 2, "no day or moment"),
        (["run", "--set", "exits"], 2, "NAME=VALUE"),
        (["features", "x.parquet", "--out", "f.parquet", "--base", "5x"], 2, "no timeframe"),
        (["tape", "convert", "x.parquet", "--out", "y.parquet", "--into", "5x"], 2, "no timeframe"),
        (["fly"], 2, "No such command"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line_and_by_the_exit_code(
    folder: Path, words: list[str], code: int, message: str
) -> None:
    exit_code, said = ended(folder, words)
    assert (exit_code, message in said, "Traceback" in said) == (code, True, False), said


@pytest.mark.parametrize("mistake", [KeyError, IndexError, ValueError, TypeError])
def test_a_mistake_of_ours_is_never_told_as_something_of_the_users(mistake: type[Exception]) -> None:
    assert not issubclass(mistake, tuple(bootstrap.EXIT_CODES))


def test_a_tampered_journal_is_caught(folder: Path, tape: Path) -> None:
    done("backtest", str(tape), "--journal", "j.slt")
    journal = folder / "j.slt"
    content = journal.read_bytes()
    middle = len(content) // 2
    journal.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    code, message = ended(folder, ["replay", "j.slt"])
    assert code == 1
    assert "j.slt" in message


def test_a_journal_is_never_overwritten(folder: Path, tape: Path) -> None:
    done("backtest", str(tape), "--journal", "j.slt")
    before = (folder / "j.slt").read_bytes()
    code, message = ended(folder, ["backtest", str(tape), "--journal", "j.slt"])
    assert (code, (folder / "j.slt").read_bytes()) == (1, before)
    assert "j.slt" in message


def test_nothing_is_written_where_nothing_can_be(folder: Path, tape: Path) -> None:
    code, message = ended(folder, ["backtest", str(tape), "--json", "no/such/folder/report.json"])
    assert (code, "no/such/folder" in message) == (1, True)


def test_a_session_is_shown_even_where_its_report_cannot_be_written(tape: Path) -> None:
    result = slt("backtest", str(tape), "--json", "no/such/folder/report.json")
    assert (type(result.exception), "net P&L" in result.output) == (SinkFailed, True)


@pytest.mark.parametrize(
    "words",
    [
        ["run", *SHORT, "--set", "data_folder=file"],
        ["tape", "generate", *SMALL, "--out", "file"],
        ["backtest", "x" * 300],
    ],
)
def test_a_place_that_cannot_be_is_told_in_one_line(folder: Path, words: list[str]) -> None:
    (folder / "file").write_text("")
    code, message = ended(folder, words)
    assert (code, message.count("\n"), message[:5]) == (1, 1, "slt: "), message


@pytest.fixture
def terminal() -> Iterator[None]:
    """Let Ctrl-C through to programs started here: in the background a shell has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_closes_what_is_open_and_keeps_what_it_did(folder: Path, number: int) -> None:
    script = "import bootstrap; bootstrap.main()"
    environment = {**os.environ, "PYTHONPATH": str(Path(bootstrap.__file__).parent)}
    run = subprocess.Popen(
        [sys.executable, "-c", script, "run", "--hours", "8000", "--symbols", "1", "--learn-days", "0"],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    journal = folder / "var" / "last" / "journal.slt"
    try:
        while run.poll() is None and not (journal.exists() and journal.stat().st_size > 500_000):
            os.sched_yield()
        run.send_signal(number)
        _, said = run.communicate(timeout=60)
    finally:
        run.kill()
    assert (run.returncode, said) == (128 + number, "slt: ended as asked; what was open is closed\n")
    replayed = done("replay", str(journal))
    assert "breaks off before the session's end" not in replayed
    assert "every decision is the same" in replayed


@pytest.mark.parametrize(
    "words",
    [
        ["backtest", "x", "--journal", "kept", "--json", "kept"],
        ["backtest", "x", "--store", "kept", "--json", "kept"],
        ["backtest", "kept", "--json", "kept"],
        ["replay", "kept", "--json", "kept"],
        ["trades", "--store", "kept", "--json", "kept"],
        ["why", "trade", "--store", "kept", "--json", "kept"],
        ["features", "kept", "--out", "kept"],
        ["tape", "convert", "kept", "--out", "kept"],
        ["tape", "inspect", "kept", "--json", "kept"],
    ],
)
def test_no_result_replaces_what_is_kept(folder: Path, words: list[str]) -> None:
    (folder / "kept").write_text("kept")
    assert slt(*words).exit_code == 2
    assert (folder / "kept").read_text() == "kept"


def test_a_window_without_candles_is_refused_before_anything_is_kept(folder: Path, tape: Path) -> None:
    words = ["backtest", str(tape), "--from", "2031-01-01", "--journal", "j.slt"]
    code, message = ended(folder, words)
    assert (code, "no candle lies in the time chosen" in message) == (1, True)
    assert not (folder / "j.slt").exists()


def test_a_tape_of_which_nothing_can_be_used_is_refused(folder: Path) -> None:
    (folder / "BTCUSDT-1m.csv").write_text("1704067200000,5,1,9,5,1,1704067259999,0,0,0,0,0\n" * 2)
    code, message = ended(folder, ["backtest", "BTCUSDT-1m.csv", "--repair"])
    assert (code, "no candle that can be used" in message) == (1, True), message


def test_a_backtest_obeys_the_rules_of_the_venue_it_is_given(folder: Path, tape: Path) -> None:
    rules = [
        {"filterType": "PRICE_FILTER", "tickSize": "0.1"},
        {"filterType": "LOT_SIZE", "minQty": "50", "maxQty": "1000", "stepSize": "50"},
        {"filterType": "MIN_NOTIONAL", "notional": "50"},
    ]
    symbols = [{"symbol": symbol, "filters": rules} for symbol in ("SIMAUSDT", "SIMBUSDT")]
    (folder / "rules.json").write_text(json.dumps({"symbols": symbols}))
    done("backtest", str(tape), "--exchange-info", "rules.json", "--json", "report.json")
    report = told(folder / "report.json")
    assert report["totals"]["trades"] == 0
    assert report["refusals"]["too_small"] > 0


def test_a_symbol_without_rules_is_refused(folder: Path, tape: Path) -> None:
    (folder / "rules.json").write_text('{"symbols": []}')
    code, message = ended(folder, ["backtest", str(tape), "--exchange-info", "rules.json"])
    assert (code, "rules.json: has no rules for SIMAUSDT" in message) == (1, True)


def test_what_the_audit_found_is_in_the_report(folder: Path, tape: Path) -> None:
    done("backtest", str(tape), "--json", "report.json")
    tapes = told(folder / "report.json")["tapes"]
    assert {symbol: audit["candles"] for symbol, audit in tapes.items()} == {
        "SIMAUSDT": 3 * 1440,
        "SIMBUSDT": 3 * 1440,
    }


def test_a_switch_without_effect_is_told_when_the_session_starts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://r")
    monkeypatch.setenv("SLT_LOGS__LEVEL", "info")
    said = ended(folder, ["run", *SHORT])[1]
    assert 'level=warning event="REDIS_URL is set and has no effect yet"' in said
    assert said.index("REDIS_URL") < said.index("session starts") < said.index("session ended")


def test_without_streams_no_session_runs_and_what_can_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISABLE_WEBSOCKET", "1")
    code, said = ended(folder, ["run"])
    assert code == 4
    assert said.startswith("slt: DISABLE_WEBSOCKET is set: without streams")
    assert "slt backtest" in said
    assert list(folder.iterdir()) == []


def test_what_no_rest_fallback_means_is_told_when_the_session_starts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISABLE_REST_FALLBACK", "1")
    said = ended(folder, ["run", *SHORT])[1]
    assert "DISABLE_REST_FALLBACK is set: holes in candles are not filled from trades" in said


@pytest.mark.parametrize("verb", ["features", "tape convert"])
def test_a_window_without_candles_leaves_no_file(folder: Path, tape: Path, verb: str) -> None:
    source = str(next(tape.iterdir()))
    window = ["--from", "2020-01-01", "--to", "2020-01-02"]
    code, message = ended(folder, [*verb.split(), source, "--out", "out.parquet", *window])
    assert (code, "no candle lies in the time chosen" in message) == (1, True)
    assert list(folder.iterdir()) == []


def test_an_amount_beyond_reckoning_is_told_in_words() -> None:
    assert "too large" in in_words(InvalidOperation())
    assert bootstrap.EXIT_CODES[InvalidOperation] == 1


@pytest.mark.parametrize("option", ["--exchange-info", "--settings"])
def test_a_report_never_replaces_rules_or_settings_that_are_read(
    folder: Path, tape: Path, option: str
) -> None:
    (folder / "mine").write_text("wallet = 5000\n")
    code, message = ended(folder, ["backtest", str(tape), option, "mine", "--json", "mine"])
    assert (code, "would replace what is read" in message) == (2, True)
    assert (folder / "mine").read_text() == "wallet = 5000\n"
