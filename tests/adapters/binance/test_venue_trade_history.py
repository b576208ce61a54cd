"""Past trades over REST, and never a candle."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import TypeVar

import pytest

from adapters.binance.binance_client import BinanceClient, ClientRules
from adapters.binance.candle_rebuilder import TradesUnavailable
from adapters.binance.streams.rebuilt_candles import PastTrade
from adapters.binance.venue_trade_history import VenueTradeHistory
from tests.adapters.binance.hand_clock import HandClock
from tests.adapters.binance.loopback_venue import Answer, LoopbackVenue

Result = TypeVar("Result")
NOW_MS = 1_795_305_630_000
PAGE = Answer(
    '[{"a":26129,"p":"91851.00","q":"0.250","f":27781,"l":27781,"T":1795305601104,"m":true}]',
    headers={"X-MBX-USED-WEIGHT-1M": "400"},
)


def with_history(
    venue: LoopbackVenue, ask: Callable[[VenueTradeHistory], Awaitable[Result]]
) -> tuple[Result, int]:
    async def main() -> tuple[Result, int]:
        async with venue.open():
            rules = ClientRules(retry_waits_s=())
            client = BinanceClient(
                venue.base_url, None, HandClock(NOW_MS), monotonic_s=lambda: 0.0, rules=rules
            )
            async with client:
                history = VenueTradeHistory(client)
                return await ask(history), history.spare_weight()

    return asyncio.run(main())


def test_a_page_is_asked_by_time_and_costs_weight() -> None:
    venue = LoopbackVenue([PAGE])
    trades, spare = with_history(venue, lambda history: history.trades_between("BTCUSDT", 1_000, 61_000))
    assert trades == [PastTrade(26129, 1_795_305_601_104, 91_851.0, Decimal("0.25"), is_buyer_maker=True)]
    assert spare == 2_000
    assert venue.asked[0].path == "/fapi/v1/aggTrades"
    assert venue.asked[0].query == "symbol=BTCUSDT&startTime=1000&endTime=60999&limit=1000"


def test_the_next_page_is_asked_by_id() -> None:
    venue = LoopbackVenue([PAGE])
    with_history(venue, lambda history: history.trades_from("BTCUSDT", 26_130))
    assert venue.asked[0].query == "symbol=BTCUSDT&fromId=26130&limit=1000"


def test_a_refusal_is_told_with_its_reason() -> None:
    venue = LoopbackVenue([Answer('{"code":-4166,"msg":"Search window is restricted."}', 400)])
    with pytest.raises(TradesUnavailable, match="restricted"):
        with_history(venue, lambda history: history.trades_from("BTCUSDT", 1))
