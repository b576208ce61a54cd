"""`slt run` at a venue in another process, as it would trade at Binance."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from adapters.binance.binance_lines import BinanceLines, LineRules
from adapters.binance.wire.order_requests import place
from adapters.binance.wire.outcome import Done
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.signature import HmacKey
from adapters.journal.journal_file import JournalFile
from adapters.system.clock import WallClock
from application.ports.journal import JournalDamaged
from domain.connection_events import AccountCompared
from domain.tape import Event, PriceMoved, SessionEnding, SessionOpened
from tests.adapters.venue.test_own_adapters import MARKET
from tests.wiring.venue_process import COMMAND, OpenedProcess, environment, opened, refused

SMALL = ["--symbols", "2", "--history-hours", "0.1"]
LIVE = ["--mode", "live", "--i-trade-real-money"]
SHORTLY = ["--hours", "0.001"]


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenedProcess]:
    with opened(tmp_path_factory.mktemp("venue"), *SMALL) as process:
        yield process


def at(venue: OpenedProcess) -> list[str]:
    chosen = {
        "venue.rest_url": f"http://{venue.address}",
        "venue.stream_url": f"ws://{venue.address}",
        "binance.symbols": "SIMAUSDT,SIMBUSDT",
    }
    return ["run", "--venue", "binance", *(f"--set={name}={value}" for name, value in chosen.items())]


def keys(venue: OpenedProcess) -> dict[str, str]:
    return {"BINANCE_API_KEY": venue.key, "BINANCE_API_SECRET": venue.secret}


def told(folder: Path) -> list[Event]:
    return [entry.event for entry in JournalFile(folder / "var/last/journal.slt").entries()]


def test_paper_follows_the_market_and_sends_nothing(tmp_path: Path, venue: OpenedProcess) -> None:
    code, said = refused(tmp_path, *at(venue), *SHORTLY)
    assert code == 0, said
    assert "paper: 10000 made-up USDT" in said
    assert "no order is sent there" in said
    events = told(tmp_path)
    assert isinstance(events[-1], SessionEnding)
    assert {event.symbol for event in events if isinstance(event, PriceMoved)} == {"SIMAUSDT", "SIMBUSDT"}
    assert refused(tmp_path, "replay", "var/last/journal.slt") == (0, "")


def test_live_says_first_what_it_will_do_and_compares_the_account(
    tmp_path: Path, venue: OpenedProcess
) -> None:
    code, said = refused(tmp_path, *at(venue), *LIVE, *SHORTLY, **keys(venue))
    assert code == 0, said
    assert f"LIVE: orders go to http://{venue.address} with REAL money" in said
    assert "without a model of proven skill no entry is made" in said
    assert venue.secret not in said
    assert venue.key not in said
    kinds = {type(event) for event in told(tmp_path)}
    assert {SessionOpened, AccountCompared, SessionEnding} <= kinds
    assert refused(tmp_path, "replay", "var/last/journal.slt") == (0, "")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--mode", "live"], "live trading needs a key: set BINANCE_API_KEY and BINANCE_API_SECRET"),
        (["--faults", "1"], "faults are for the embedded venue"),
        (["--mode", "live", "--confidence", "0.9"], "live trading never takes one"),
        (["--venue", "embedded", "--mode", "live"], "no place for live trading"),
        (["--venue", "embedded", "--history", "x"], "leave --history out"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_does(tmp_path: Path, words: list[str], reason: str) -> None:
    code, said = refused(tmp_path, "run", "--venue", "binance", *words)
    assert (code, reason in said) == (4, True), said


def test_real_money_has_to_be_named(tmp_path: Path, venue: OpenedProcess) -> None:
    code, said = refused(tmp_path, *at(venue), "--mode", "live", **keys(venue))
    assert (code, "say so with --i-trade-real-money" in said) == (4, True), said


@pytest.mark.parametrize(
    ("secret", "code", "reason"),
    [
        ("wrong", 1, "the venue does not show the account: Signature for this request is not valid."),
        ("nowhere.pem", 4, "BINANCE_API_KEY and BINANCE_API_SECRET are no key"),
    ],
)
def test_a_key_that_is_not_taken_is_told(
    tmp_path: Path, venue: OpenedProcess, secret: str, code: int, reason: str
) -> None:
    wrong = {**keys(venue), "BINANCE_API_SECRET": secret}
    told_code, said = refused(tmp_path, *at(venue), *LIVE, **wrong)
    assert (told_code, reason in said) == (code, True), said


def test_a_symbol_the_venue_does_not_know_is_told(tmp_path: Path, venue: OpenedProcess) -> None:
    words = [word.replace("SIMBUSDT", "NOUSDT") for word in at(venue)]
    code, said = refused(tmp_path, *words)
    assert (code, said) == (1, "slt: NOUSDT cannot be traded: the venue does not know it\n")


def test_a_venue_that_is_not_there_is_told(tmp_path: Path, venue: OpenedProcess) -> None:
    words = [word.replace(venue.address, "127.0.0.1:9") for word in at(venue)]
    code, said = refused(tmp_path, *words)
    assert (code, said.startswith("slt: the venue does not tell its rules: not connected")) == (1, True), said


def has_opened(journal: Path) -> bool:
    """Whether anything stands in a journal behind its header."""
    try:
        return any(isinstance(entry.event, SessionOpened) for entry in JournalFile(journal).entries())
    except JournalDamaged:
        return False


def test_a_session_that_is_asked_to_end_ends_well(tmp_path: Path, venue: OpenedProcess) -> None:
    run = subprocess.Popen(
        [*COMMAND, *at(venue), *LIVE],
        cwd=tmp_path,
        env=environment(**keys(venue)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    journal = tmp_path / "var/last/journal.slt"
    try:
        while run.poll() is None and not (journal.exists() and has_opened(journal)):
            os.sched_yield()
        run.send_signal(signal.SIGTERM)
        _, said = run.communicate(timeout=20)
    finally:
        run.kill()
    assert run.returncode == 128 + signal.SIGTERM, said
    assert said.endswith("slt: ended as asked; what was open is closed\n")
    assert isinstance(told(tmp_path)[-1], SessionEnding)


def test_an_account_that_is_not_clean_is_left_alone(tmp_path: Path) -> None:
    async def trade(venue: OpenedProcess) -> None:
        key = HmacKey(Secret(venue.key), Secret(venue.secret))
        urls = f"http://{venue.address}", f"ws://{venue.address}"
        lines = BinanceLines(*urls, key, WallClock(), time.monotonic, Random(1), LineRules())
        async with lines.client() as client:
            assert isinstance(await client.send(place(MARKET)), Done)

    with opened(tmp_path, *SMALL) as venue:
        asyncio.run(trade(venue))
        code, said = refused(tmp_path, *at(venue), *LIVE, **keys(venue))
    assert (code, "the account holds positions: 0.010 SIMAUSDT; close them first" in said) == (1, True), said
