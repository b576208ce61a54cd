"""`slt run` is killed while it holds a position at `slt venue`, and started again; all clocks hurry alike."""

import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import made_up_market
from adapters.journal.journal_file import JournalFile
from adapters.parquet.parquet_sink import ParquetSink
from domain.market.timeframe import HOUR_MS, MINUTE_MS
from domain.tape import OrderFilled, SessionOpened, SessionResumed
from tests.wiring.venue_process import OpenedProcess, environment

pytestmark = pytest.mark.timeout(300)

SPEED = 20.0
WALL_MS = 1_767_603_600_000
PASSED_HOURS, DAYS = 3, 2
LONGEST_WAIT_S = 120.0
MADE_UP = made_up_market(seed=1, symbols=6, days=DAYS, edge_strength=0.0, is_noise=False)
SYMBOLS = [symbol.name for symbol in MADE_UP.symbols]
EAGER = [
    "setup.entry=market",
    "setup.is_relaxed=true",
    "setup.zone_reach_atr=100",
    "setup.trigger_max_age_bars=500",
    "setup.displacement_max_age_bars=500",
    "setup.min_stop_atr=15",
    "setup.min_stop_fraction=0.0001",
    "setup.max_stop_fraction=0.3",
    "setup.min_reward_to_risk=0.3",
    "setup.max_reward_to_risk=100",
    "structure_rules.base_step_ms=60000",
    "structure_rules.middle_step_ms=120000",
    "structure_rules.higher_step_ms=240000",
    "binance.answer_timeout_s=60",
    "binance.connect_timeout_s=60",
    "binance.receive_window_ms=60000",
]
"""Settings by which a trade comes soon and lasts long, and a busy machine brings no doubts."""


@dataclass
class Desk:
    """The venue's process, and how `slt run` is started there."""

    folder: Path
    clocks: list[str]
    venue: OpenedProcess
    runs: "list[subprocess.Popen[str]]"

    def start(self, *more: str) -> "subprocess.Popen[str]":
        chosen = [
            f"venue.rest_url=http://{self.venue.address}",
            f"venue.stream_url=ws://{self.venue.address}",
            f"binance.symbols={','.join(SYMBOLS)}",
            *EAGER,
        ]
        keys = {"BINANCE_API_KEY": self.venue.key, "BINANCE_API_SECRET": self.venue.secret}
        words = ["run", "--venue", "binance", "--mode", "live", "--i-trade-real-money", "--history", "past"]
        run = subprocess.Popen(
            [*self.clocks, *words, *(f"--set={one}" for one in chosen), *more],
            cwd=self.folder,
            env=environment(EXPLORE_LIVE="1", **keys),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.runs.append(run)
        return run

    def ended(self, *more: str) -> tuple[int, str]:
        """Start, and give how it ended and what it said."""
        run = self.start(*more)
        _, said = run.communicate(timeout=LONGEST_WAIT_S)
        return run.returncode, said

    @property
    def journal(self) -> Path:
        return self.folder / "var/last/journal.slt"

    def held(self) -> dict[str, Decimal]:
        held: Counter[str] = Counter()
        if self.journal.exists():
            for entry in JournalFile(self.journal).entries():
                if isinstance(entry.event, OrderFilled):
                    fill = entry.event.fill
                    held[fill.symbol] += fill.side.sign * fill.quantity  # type: ignore[assignment]
        return {symbol: Decimal(amount) for symbol, amount in held.items() if amount}


@contextmanager
def desk_at_a_venue(folder: Path) -> Iterator[Desk]:
    began_s = time.monotonic()
    clocks = [sys.executable, "-m", "tests.takeover.hurried_slt", str(SPEED), str(began_s), str(WALL_MS)]
    words = ["--symbols", "6", "--days", str(DAYS), "--history-hours", str(PASSED_HOURS), "--port", "0"]
    venue = subprocess.Popen(
        [*clocks, "venue", *words], cwd=folder, env=environment(), stdout=subprocess.PIPE, text=True
    )
    runs = [venue]
    try:
        opened = OpenedProcess(venue)
        write_past(folder / "past", WALL_MS + (time.monotonic() - began_s) * SPEED * 1_000)
        yield Desk(folder, clocks, opened, runs)
    finally:
        for run in runs:
            run.kill()
            run.wait()
            for pipe in (run.stdout, run.stderr):
                if pipe is not None:
                    pipe.close()


def write_past(folder: Path, now_ms: float) -> None:
    """Put on file what passed at the venue before it opened, in the time of its clock."""
    folder.mkdir()
    opens_ms = MADE_UP.start_ms + PASSED_HOURS * HOUR_MS
    shift_ms = (int(now_ms) - opens_ms) // MINUTE_MS * MINUTE_MS
    for symbol in SYMBOLS:
        passed = GeneratedTape(MADE_UP, symbol).candles(None, opens_ms)
        shifted = (candle._replace(open_time_ms=candle.open_time_ms + shift_ms) for candle in passed)
        ParquetSink(folder / f"{symbol}.parquet").write(symbol, MINUTE_MS, shifted)


def killed_while_it_held_something(desk: Desk) -> dict[str, Decimal]:
    """Start, find that nobody else may meanwhile, and kill it while it holds something."""
    run = desk.start()
    until_s = time.monotonic() + LONGEST_WAIT_S
    while not desk.journal.exists() and time.monotonic() < until_s:
        assert run.poll() is None, run.communicate()
        time.sleep(0.1)
    code, said = desk.ended("--hours", "0.01")
    assert code == 1, said
    assert "another program trades this account from here" in said
    while not desk.held() and time.monotonic() < until_s:
        assert run.poll() is None, run.communicate()
        time.sleep(0.1)
    run.kill()
    run.communicate()
    return desk.held()


def test_a_killed_session_is_taken_over_by_the_next_run_and_ends_well(tmp_path: Path) -> None:
    with desk_at_a_venue(tmp_path) as desk:
        held = killed_while_it_held_something(desk)
        assert held
        journal = desk.journal.resolve()
        code, said = desk.ended("--hours", "0.02")
        assert code == 0, said
    for symbol, amount in held.items():
        assert re.search(rf"taking over the session {journal.parent.name} .*{amount} {symbol}", said), said
    assert desk.journal.resolve() == journal
    assert JournalFile(journal).is_finished
    assert not desk.held()
    kinds = Counter(type(entry.event) for entry in JournalFile(journal).entries())
    assert (kinds[SessionOpened], kinds[SessionResumed]) == (1, 1)
    words = [*desk.clocks, "replay", str(journal)]
    replay = subprocess.run(words, cwd=tmp_path, env=environment(), capture_output=True, check=False)
    assert replay.returncode == 0, replay.stderr
