"""Candles of REST: where they begin, and those of mark, index and premium."""

import pytest

from adapters.venue.venue_server import VenueServer
from domain.market.timeframe import MINUTE_MS
from tests.adapters.venue.house import START_MS, SYMBOL, Trader, at_venue

KLINES = "/fapi/v1/klines"


def test_candles_begin_at_the_start_asked_for_and_without_one_end_now() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        asked = {"symbol": SYMBOL, "interval": "1m", "limit": 3}
        first = await trader.ask("GET", KLINES, **asked, startTime=START_MS + 2 * MINUTE_MS)
        assert [row[0] - START_MS for row in first] == [2 * MINUTE_MS, 3 * MINUTE_MS, 4 * MINUTE_MS]
        between = await trader.ask("GET", KLINES, **asked, startTime=START_MS + 2 * MINUTE_MS + 1)
        assert between[0][0] == START_MS + 3 * MINUTE_MS
        last = await trader.ask("GET", KLINES, **asked)
        assert [row[0] - START_MS for row in last] == [8 * MINUTE_MS, 9 * MINUTE_MS, 10 * MINUTE_MS]
        ended = await trader.ask("GET", KLINES, **asked, endTime=START_MS + 5 * MINUTE_MS)
        assert ended[-1][0] == START_MS + 5 * MINUTE_MS
        assert await trader.ask("GET", KLINES, **asked, startTime=START_MS + 20 * MINUTE_MS) == []

    at_venue(scene, minutes=10.5)


def test_a_history_is_read_page_by_page_without_holes() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        opened, from_ms = [], START_MS
        while page := await trader.ask(
            "GET", KLINES, symbol=SYMBOL, interval="1m", limit=4, startTime=from_ms
        ):
            opened += [row[0] for row in page]
            from_ms = page[-1][6] + 1
        assert opened == [START_MS + minute * MINUTE_MS for minute in range(11)]

    at_venue(scene, minutes=10.5)


@pytest.mark.parametrize(
    ("path", "name"),
    [("markPriceKlines", "symbol"), ("indexPriceKlines", "pair"), ("premiumIndexKlines", "symbol")],
)
def test_mark_index_and_premium_have_candles_without_volume(path: str, name: str) -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        asked = {name: SYMBOL, "interval": "5m"}
        rows = await trader.ask("GET", f"/fapi/v1/{path}", **asked)
        assert [row[0] - START_MS for row in rows] == [0, 5 * MINUTE_MS, 10 * MINUTE_MS]
        for _, opened, high, low, closed, volume, *_ in rows:
            assert float(low) <= min(float(opened), float(closed)) <= float(high)
            assert volume == "0"
        young = await trader.ask("GET", f"/fapi/v1/{path}", **asked, startTime=START_MS + 1, limit=1)
        assert young == rows[1:2]

    at_venue(scene, minutes=10.5)


def test_the_last_mark_candle_closes_at_the_mark_price() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        rows = await trader.ask("GET", "/fapi/v1/markPriceKlines", symbol=SYMBOL, interval="1m")
        now = await trader.ask("GET", "/fapi/v1/premiumIndex", symbol=SYMBOL)
        assert rows[-1][4] == now["markPrice"]

    at_venue(scene, minutes=3.5)
