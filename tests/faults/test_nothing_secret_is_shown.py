"""No key, secret, signature or listen key is seen anywhere, whatever goes wrong, whatever is logged."""

import asyncio
import gc
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.binance.account_feed import KeyUnavailable
from adapters.binance.stream_place import Unreachable
from adapters.binance.venue_listen_keys import VenueListenKeys
from adapters.sqlite.trade_store import SqliteTradeStore
from domain.orders.order_events import OrderAccepted, OrderCancelled, OrderFilled, OrderRejected
from tests.adapters.binance.trading_room import TradingRoom, entry, play, stop, target
from tests.adapters.venue.house import KEY, SECRET
from tests.faults.secret_hunter import SIGNATURE, SecretHunter, hearing, held_by, is_ours
from tests.loopback_time import run
from tests.replay.live_room import live

LISTEN_KEY = "listenKeyOfTheSimulatedVenue"
TO_THE_TARGET = (
    *(60_300.0,) * 4,
    60_100.0,
    59_900.0,
    60_300.0,
    60_600.0,
    60_900.0,
    61_300.0,
    *(61_900.0,) * 2,
)


class Ear(SecretHunter):
    """Keeps all that is heard."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[str] = []

    def search(self, where: str, text: str) -> None:
        self.heard.append(f"{where} {text}")


@pytest.fixture
def ear() -> Iterator[Ear]:
    """All loggers at debug, those of libraries too, even where they do not pass on what they hear."""
    ear = Ear()
    with hearing(ear):
        yield ear


class Shown:
    """Everything that somebody could come to see."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def look_at(self, room: TradingRoom) -> None:
        """Print whatever our own objects in this process print."""
        assert room.venue.listen_key.text.startswith(LISTEN_KEY)
        ours = [thing for thing in gc.get_objects() if is_ours(thing)]
        assert {type(thing).__name__ for thing in ours} >= {"BinanceClient", "AccountFeed", "StreamLink"}
        self.texts += [repr(thing) for thing in ours]
        self.texts += [repr(held) for thing in ours for held in held_by(thing)]
        self.texts += [repr(room.told), *(repr(task) for task in asyncio.all_tasks())]

    def check(self, *more: str) -> None:
        for text in (*self.texts, *more):
            for key in (KEY, SECRET, LISTEN_KEY):
                assert key not in text
            assert not SIGNATURE.search(text), text[:300]


async def trade(room: TradingRoom) -> None:
    await room.send(entry(None))
    await room.until_told(OrderFilled, entry(None))
    await room.send(stop(), target())
    await room.until_told(OrderAccepted, target())
    await room.cancel(target())
    await room.until_told(OrderCancelled, target())


async def refused(room: TradingRoom) -> None:
    room.fault("engine_window_missed")
    await room.send(entry())
    await room.until_told(OrderRejected, entry())


async def cut_and_renewed(room: TradingRoom) -> None:
    await room.send(entry(None))
    await room.until_told(OrderFilled, entry(None))
    room.fault("sockets_cut", "listen_key_expires", "listen_key_unknown", for_ms=3_000)
    await asyncio.sleep(40)
    room.fault("cut_after_execution", "unknown_executed", chance=0.5, for_ms=3_000)
    await room.send(stop())
    await room.until_told(OrderAccepted, stop(), most_s=120)


async def banned(room: TradingRoom) -> None:
    room.fault("address_banned", for_ms=2_000)
    await room.send(entry())
    await asyncio.sleep(5)
    keys = VenueListenKeys(room.client)
    with pytest.raises(KeyUnavailable) as unavailable:
        await keys.create()
    raise Unreachable("in the end") from unavailable.value


@pytest.mark.parametrize("story", [trade, refused, cut_and_renewed])
def test_neither_logs_nor_reprs_of_a_live_session_show_a_secret(
    story: Any,  # noqa: ANN401 - a scene
    ear: Ear,
    capfd: pytest.CaptureFixture[str],
) -> None:
    shown = Shown()

    async def scene(room: TradingRoom) -> None:
        asyncio.get_running_loop().set_debug(True)
        shown.look_at(room)
        await story(room)
        shown.look_at(room)

    play(scene)
    assert ear.heard
    shown.check(*ear.heard, *capfd.readouterr())


def test_neither_does_an_exception_with_all_that_led_to_it(
    ear: Ear, capfd: pytest.CaptureFixture[str]
) -> None:
    shown = Shown()

    async def scene(room: TradingRoom) -> None:
        asyncio.get_running_loop().set_debug(True)
        shown.look_at(room)
        await banned(room)

    with pytest.raises(Unreachable) as unreachable:
        play(scene)
    told = traceback.TracebackException.from_exception(unreachable.value, capture_locals=True)
    shown.check("".join(told.format()), *ear.heard, *capfd.readouterr())


def test_neither_do_the_files_a_session_leaves(tmp_path: Path) -> None:
    async def session() -> None:
        played = await live(TO_THE_TARGET, tmp_path / "live.journal", 10.9 * 60)
        with SqliteTradeStore(tmp_path / "trades.sqlite", "session") as store:
            await store.keep(await played.store.trades(), await played.store.decisions())
            assert await store.trades()

    run(session)
    contents = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(contents) >= 2
    for content in contents:
        assert not [key for key in (KEY, SECRET, LISTEN_KEY) if key.encode() in content]
        assert b"signature" not in content
