"""What a stream is called, what it carries and on which route."""

import re
from typing import Final, NamedTuple

from adapters.venue.kline import LENGTHS_MS

PUBLIC: Final = "public"
MARKET: Final = "market"
PRIVATE: Final = "private"
UNROUTED: Final = ""
_INTERVALS: Final = "|".join(LENGTHS_MS)
_CONTRACTS: Final = "perpetual|current_quarter|next_quarter|tradifi_perpetual"
_SYMBOL: Final = r"(?P<symbol>[^@!A-Z]+)"


class StreamName(NamedTuple):
    """A stream that exists; `every_ms` is how often it speaks at most, zero for at once."""

    text: str
    kind: str
    route: str
    every_ms: int
    symbol: str = ""
    interval: str = ""
    levels: int = 0


_PATTERNS: Final = [
    (re.compile(pattern), kind, route, every_ms)
    for pattern, kind, route, every_ms in (
        (rf"{_SYMBOL}@kline_(?P<interval>{_INTERVALS})", "kline", MARKET, 250),
        (
            rf"(?P<symbol>[^@!A-Z]+?)_(?:{_CONTRACTS})@continuousKline_(?P<interval>{_INTERVALS})",
            "continuous_kline",
            MARKET,
            250,
        ),
        (rf"{_SYMBOL}@aggTrade", "aggTrade", MARKET, 0),
        (rf"{_SYMBOL}@markPrice@1s", "markPrice", MARKET, 1_000),
        (rf"{_SYMBOL}@markPrice", "markPrice", MARKET, 3_000),
        (r"!markPrice@arr@1s", "markPrices", MARKET, 1_000),
        (r"!markPrice@arr", "markPrices", MARKET, 3_000),
        (rf"{_SYMBOL}@ticker", "ticker", MARKET, 2_000),
        (rf"{_SYMBOL}@miniTicker", "miniTicker", MARKET, 2_000),
        (r"!ticker@arr", "tickers", MARKET, 1_000),
        (r"!miniTicker@arr", "miniTickers", MARKET, 1_000),
        (rf"{_SYMBOL}@forceOrder", "forceOrder", MARKET, 0),
        (r"!forceOrder@arr", "forceOrders", MARKET, 0),
        (r"!assetIndex@arr", "assetIndices", MARKET, 1_000),
        (rf"{_SYMBOL}@assetIndex", "assetIndex", MARKET, 1_000),
        (r"!contractInfo", "contractInfo", MARKET, 0),
        (rf"{_SYMBOL}@trade", "trade", PUBLIC, 0),
        (rf"{_SYMBOL}@bookTicker", "bookTicker", PUBLIC, 0),
        (r"!bookTicker", "bookTickers", PUBLIC, 5_000),
        (rf"{_SYMBOL}@(?:depth|rpiDepth)(?P<levels>)", "depth", PUBLIC, 250),
        (rf"{_SYMBOL}@(?:depth|rpiDepth)(?P<levels>)@500ms", "depth", PUBLIC, 500),
        (rf"{_SYMBOL}@depth(?P<levels>)@100ms", "depth", PUBLIC, 100),
        (rf"{_SYMBOL}@depth(?P<levels>)@0ms", "depth", PUBLIC, 0),
        (rf"{_SYMBOL}@depth(?P<levels>5|10|20)", "partialDepth", PUBLIC, 250),
        (rf"{_SYMBOL}@depth(?P<levels>5|10|20)@500ms", "partialDepth", PUBLIC, 500),
        (rf"{_SYMBOL}@depth(?P<levels>5|10|20)@100ms", "partialDepth", PUBLIC, 100),
        (rf"{_SYMBOL}@depth(?P<levels>5|10|20)@0ms", "partialDepth", PUBLIC, 0),
    )
]


def read_stream_name(text: str) -> StreamName | None:
    """Understand a stream name; None for one that does not exist, upper case included."""
    for pattern, kind, route, every_ms in _PATTERNS:
        found = pattern.fullmatch(text)
        if found is not None:
            parts = found.groupdict()
            symbol = parts.get("symbol") or ""
            levels = int(parts.get("levels") or 0)
            interval = parts.get("interval") or ""
            return StreamName(text, kind, route, every_ms, symbol.upper(), interval, levels)
    return None


def is_heard_on(name: StreamName, route: str) -> bool:
    """Tell whether a socket on this route gets the stream; without a route only public ones arrive."""
    return name.route == (route or PUBLIC)
