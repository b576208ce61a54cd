"""Candles of REST: traded, mark, index and premium."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Final

from adapters.venue.kline import LENGTHS_MS, span_of
from adapters.venue.market import SymbolMarket
from adapters.venue.order_reading import contract_of
from adapters.venue.parameters import Parameters
from adapters.venue.venue import Venue

_MOST: Final = 1_500
_Priced = Callable[[float, float], str]


def continuous_klines(venue: Venue, asked: Parameters) -> object:
    """Give candles of a pair's perpetual contract."""
    names = {name: asked.text(name) for name in asked if name not in {"pair", "contractType"}}
    asked.choice("contractType", {"PERPETUAL"})
    return klines(venue, Parameters({**names, "symbol": asked.text("pair")}))


def klines(venue: Venue, asked: Parameters) -> object:
    """Give candles, from the start asked for or the youngest; it is here so that tests count who asks."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    interval = asked.choice("interval", LENGTHS_MS)
    limit = asked.limit(500, _MOST)
    market = venue.market.symbols[symbol]
    open_ms, end_ms = kline_span(venue, market, asked, interval, limit)
    rows: list[list[int | str]] = []
    while len(rows) < limit and open_ms <= end_ms:
        rows.append(market.kline_at(interval, open_ms).row(market.grid))
        _, open_ms = span_of(interval, open_ms)
    return rows


def kline_span(
    venue: Venue, market: SymbolMarket, asked: Parameters, interval: str, limit: int
) -> tuple[int, int]:
    """Give when the first candle asked for opens, and the last moment asked for."""
    now_ms = venue.now_ms()
    start_ms, end_ms = asked.whole("startTime", 0), min(asked.whole("endTime", now_ms), now_ms)
    first_kept_ms = market.history[0][0].open_time_ms if market.history else venue.market.opened_ms
    if start_ms:
        open_ms, next_ms = span_of(interval, start_ms)
        first_ms = open_ms if open_ms == start_ms else next_ms
        return max(first_ms, span_of(interval, first_kept_ms)[0]), end_ms
    open_ms, _ = span_of(interval, end_ms)
    for _ in range(limit - 1):
        earlier_ms, _ = span_of(interval, open_ms - 1)
        if earlier_ms < first_kept_ms:
            break
        open_ms = earlier_ms
    return open_ms, end_ms


def klines_weight(asked: Parameters) -> int:
    """Give the weight of a request for candles."""
    limit = asked.whole("limit", 500)
    return next((weight for most, weight in ((100, 1), (500, 2), (1_000, 5)) if limit <= most), 10)


def mark_klines(venue: Venue, asked: Parameters) -> object:
    """Give candles of the mark price; they have no volume."""
    return _klines(venue, asked, lambda mark, _: f"{mark:.8f}")


def index_klines(venue: Venue, asked: Parameters) -> object:
    """Give candles of the index price of a pair."""
    return _klines(venue, _of_pair(asked), lambda _, index: f"{index:.8f}")


def premium_klines(venue: Venue, asked: Parameters) -> object:
    """Give candles of how far the mark is above the index, as a fraction of it."""
    return _klines(venue, asked, lambda mark, index: f"{mark / index - 1:.8f}")


def _klines(venue: Venue, asked: Parameters, priced: _Priced) -> list[list[int | str]]:
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    interval, limit = asked.choice("interval", LENGTHS_MS), asked.limit(500, _MOST)
    market = venue.market.symbols[symbol]
    start_ms, end_ms = kline_span(venue, market, asked, interval, limit)
    return list(_rows(market, interval, start_ms, end_ms, priced))[:limit]


def _rows(
    market: SymbolMarket, interval: str, start_ms: int, end_ms: int, priced: _Priced
) -> Iterator[list[int | str]]:
    seen = market.marks(start_ms, end_ms + 1)
    for (open_ms, next_ms), trades in groupby(seen, lambda seen: span_of(interval, seen[0])):
        texts = [priced(mark, index) for _, mark, index in trades]
        high, low = max(texts, key=float), min(texts, key=float)
        yield [
            open_ms,
            texts[0],
            high,
            low,
            texts[-1],
            "0",
            next_ms - 1,
            "0",
            len(texts),
            "0",
            "0",
            "0",
        ]


def _of_pair(asked: Parameters) -> Parameters:
    return Parameters({**{name: asked.text(name, "") for name in asked}, "symbol": asked.text("pair")})
