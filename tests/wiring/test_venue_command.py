"""`slt venue` in a process of its own, spoken to by clients that others wrote."""

import asyncio
import json
import signal
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from binance_common.configuration import ConfigurationRestAPI
from binance_sdk_derivatives_trading_usds_futures.derivatives_trading_usds_futures import (
    DerivativesTradingUsdsFutures,
)

from tests.wiring.venue_process import COMMAND, OpenedProcess, environment, opened, refused

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports names that websockets will drop
    from binance import AsyncClient, BinanceSocketManager  # type: ignore[import-untyped]
    from binance.ws.reconnecting_websocket import ReconnectingWebsocket  # type: ignore[import-untyped]

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
SMALL = ["--symbols", "2", "--history-hours", "0.1", "--json", "summary.json"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def terminal() -> Iterator[None]:
    """Let Ctrl-C through to programs started here: in the background a shell has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_python_binance_trades_and_listens_until_it_is_closed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    async def scene(venue: OpenedProcess) -> None:
        monkeypatch.setattr(AsyncClient, "FUTURES_URL", f"http://{venue.address}/fapi")
        monkeypatch.setattr(BinanceSocketManager, "FSTREAM_URL", f"ws://{venue.address}/")
        monkeypatch.setattr(ReconnectingWebsocket, "TIMEOUT", 1)
        client = AsyncClient(venue.key, venue.secret)
        async with BinanceSocketManager(client).futures_multiplex_socket(["simausdt@kline_1m"]) as socket:
            frame = await asyncio.wait_for(socket.recv(), 10)
            assert frame["data"]["e"] == "kline"
        order = {"symbol": "SIMAUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.02"}
        await client.futures_create_order(**order)
        (balance,) = [row for row in await client.futures_account_balance() if row["asset"] == "USDT"]
        assert float(balance["balance"]) == pytest.approx(500, abs=5)
        await client.close_connection()

    with opened(folder, *SMALL, "--wallet", "500") as venue:
        asyncio.run(scene(venue))
        said = venue.stop(number)
    assert venue.run.returncode == 0
    assert "trades of the account" in said
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["calls"]["POST /fapi/v1/order"] == 1
    assert summary["trades"] >= 1
    assert (summary["open_positions"], summary["start_wallet"]) == (1, 500)


def test_the_official_sdk_is_content_with_faults_about(folder: Path) -> None:
    (folder / "faults.json").write_text('[{"fault": "unknown_filter"}]')
    with opened(folder, *SMALL, "--faults", "faults.json") as venue:
        rest = ConfigurationRestAPI(
            api_key=venue.key, api_secret=venue.secret, base_path=f"http://{venue.address}", retries=0
        )
        api: Any = DerivativesTradingUsdsFutures(config_rest_api=rest).rest_api
        assert api.exchange_information().data() is not None
        assert api.account_information_v3().data() is not None
        api._session.close()  # noqa: SLF001 - it has no other way to be closed
        assert "unknown_filter" in venue.stop(signal.SIGTERM)


def test_a_recorded_tape_ends_by_itself_with_a_summary(folder: Path) -> None:
    tapes = folder / "tapes"
    made = subprocess.run(
        [*COMMAND, "tape", "generate", "--out", "tapes", "--days", "1", "--symbols", "1"],
        cwd=folder,
        env=environment(),
        check=True,
        capture_output=True,
    )
    assert made.returncode == 0
    window = ["--from", "2024-01-01T01:00", "--to", "2024-01-01T01:10"]
    with opened(folder, str(tapes), *window, "--speed", "1000", "--history-hours", "0") as venue:
        said, _ = venue.run.communicate(timeout=20)
    assert venue.run.returncode == 0
    assert "2024-01-01 01:00, 2024-01-01 01:0" in said or "2024-01-01 01:00, 2024-01-01 01:1" in said
    assert "1000 times its pace: sign with the time" in "".join(venue.lines)


def test_a_port_that_is_taken_is_told_with_the_way_out(folder: Path) -> None:
    with opened(folder, *SMALL) as venue:
        port = venue.address.rpartition(":")[2]
        code, said = refused(folder, "venue", "--port", "0", *SMALL, "--port", port)
    assert (code, said) == (1, f"slt: port {port}: cannot be had; choose another, or 0 for any free one\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[{"fault": "sockets_cu"}]', "fault 1: no fault sockets_cu; did you mean sockets_cut?"),
        ("nothing", "no list of faults"),
    ],
)
def test_faults_that_cannot_be_used_are_told(folder: Path, text: str, reason: str) -> None:
    (folder / "faults.json").write_text(text)
    code, said = refused(folder, "venue", "--port", "0", "--faults", "faults.json")
    assert code == 4
    assert said.startswith("slt: faults.json: ")
    assert reason in said


@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (["--faults", "none.json"], 3, "none.json does not exist"),
        (["no-tape.parquet"], 3, "no-tape.parquet does not exist"),
        (["--speed", "fast"], 2, "'fast' is no number above 0, nor max"),
        (["--speed", "nan"], 2, "'nan' is no number above 0, nor max"),
        (["--until", "2001-01-01"], 2, "the venue opens at"),
        (["--wallet", "-5"], 4, "wallet = -5"),
    ],
)
def test_what_cannot_be_is_refused_in_words(folder: Path, words: list[str], code: int, reason: str) -> None:
    told_code, said = refused(folder, "venue", "--port", "0", *words)
    assert told_code == code, said
    assert reason in " ".join(said.replace("│", " ").split())


def test_every_fault_can_be_listed(folder: Path) -> None:
    run = subprocess.run(
        [*COMMAND, "venue", "--list-faults"],
        cwd=folder,
        env=environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    assert "sockets_cut" in run.stdout
