"""What the market streams say."""

from collections.abc import Callable, Iterable, Mapping

import orjson

from adapters.venue.book_frames import BookFrames
from adapters.venue.exchange import Exchange
from adapters.venue.faults import Faults
from adapters.venue.market import Market
from adapters.venue.price_frames import PriceFrames
from adapters.venue.streams import HeardStream, Streams
from adapters.venue.trade_frames import TradeFrames


class MarketFrames:
    """Looks at who listens and sends what changed; makes nothing that nobody hears."""

    def __init__(self, market: Market, exchange: Exchange, streams: Streams, faults: Faults) -> None:
        self.prices = PriceFrames(market, exchange, faults)
        self._trades = TradeFrames(market, streams, faults)
        self._streams = streams
        self._makers: Mapping[str, Callable[[HeardStream, int], None]] = {
            **self._trades.makers,
            **self.prices.makers,
            **BookFrames(market, exchange).makers,
        }

    def step(self, at_ms: int) -> None:
        """Let every stream that is due say what changed."""
        self._trades.send_late(at_ms)
        for heard in list(self._streams.heard.values()):
            if at_ms >= heard.due_ms and heard.name.kind in self._makers:
                heard.due_ms = (
                    at_ms - at_ms % heard.name.every_ms + heard.name.every_ms if heard.name.every_ms else 0
                )
                self._makers[heard.name.kind](heard, at_ms)

    def close_klines(self, at_ms: int) -> None:
        """Send the last frame of every candle that is over."""
        self._trades.close_klines(at_ms)

    def force_order(self, symbol: str, order: Mapping[str, object], at_ms: int) -> None:
        """Tell the market of a liquidation."""
        payload = orjson.dumps({"e": "forceOrder", "E": at_ms, "ps": symbol, "st": 1, "o": order})
        for heard in self._streams.of_kind("forceOrder"):
            if heard.name.symbol == symbol:
                heard.send(payload)
        for heard in self._streams.of_kind("forceOrders"):
            heard.send(payload)

    def contract_info(self, symbol: str, status: str, at_ms: int, brackets: Iterable[object] = ()) -> None:
        """Tell of a contract that changed, with its brackets if they did."""
        told: dict[str, object] = {
            "e": "contractInfo",
            "E": at_ms,
            "s": symbol,
            "ps": symbol,
            "ct": "PERPETUAL",
            "dt": 4_133_404_800_000,
            "ot": 1_569_398_400_000,
            "cs": status,
            "st": 1,
        }
        rows = list(brackets)
        if rows:
            told["bks"] = rows
        for heard in self._streams.of_kind("contractInfo"):
            heard.send(orjson.dumps(told))
