"""What the streams of trades and of candles say."""

from collections.abc import Callable, Mapping
from typing import Final

from adapters.venue.faults import Faults
from adapters.venue.kline import Kline
from adapters.venue.market import Market, SymbolMarket
from adapters.venue.streams import HeardStream, Streams
from domain.market.candle import Candle

_LATE_MS: Final = 2_000


class TradeFrames:
    """Trades one by one, and candles that grow with them."""

    def __init__(self, market: Market, streams: Streams, faults: Faults) -> None:
        self._market = market
        self._streams = streams
        self._faults = faults
        self._late: list[tuple[int, HeardStream, bytes]] = []
        self.makers: Mapping[str, Callable[[HeardStream, int], None]] = {
            "kline": self._kline,
            "continuous_kline": self._kline,
            "aggTrade": self._agg_trades,
            "trade": self._trades,
        }

    def close_klines(self, at_ms: int) -> None:
        """Send the last frame of every candle that is over."""
        for kind in ("kline", "continuous_kline"):
            for heard in self._streams.of_kind(kind):
                market = self._market.symbols.get(heard.name.symbol)
                kline = None if market is None else market.klines.get(heard.name.interval)
                if market is not None and kline is not None and kline.next_ms <= at_ms:
                    self._close(heard, market, kline, at_ms)
        for market in self._market.symbols.values():
            for interval in [name for name, kline in market.klines.items() if kline.next_ms <= at_ms]:
                del market.klines[interval]

    def _close(self, heard: HeardStream, market: SymbolMarket, kline: Kline, at_ms: int) -> None:
        kline.exact = _exact_candle(self._market, market, kline)
        payload = self._kline_text(heard, market, kline, at_ms, is_closed=True)
        if self._faults.strikes("final_kline_lost", at_ms):
            return
        if self._faults.strikes("final_kline_late", at_ms):
            self._late.append((at_ms + _LATE_MS, heard, payload))
            return
        heard.send(payload)
        if self._faults.strikes("final_kline_twice", at_ms):
            heard.send(payload)

    def send_late(self, at_ms: int) -> None:
        """Send the last frames that a fault held back."""
        due = [late for late in self._late if late[0] <= at_ms]
        if due:
            self._late = [late for late in self._late if late[0] > at_ms]
            for _, heard, payload in due:
                heard.send(payload)

    def _kline(self, heard: HeardStream, at_ms: int) -> None:
        market = self._market.symbols.get(heard.name.symbol)
        if market is None or not market.ticks:
            return
        kline = market.watch(heard.name.interval, at_ms)
        if market.fresh:
            heard.send(self._kline_text(heard, market, kline, at_ms, is_closed=False))

    def _kline_text(
        self, heard: HeardStream, market: SymbolMarket, kline: Kline, at_ms: int, *, is_closed: bool
    ) -> bytes:
        symbol = market.symbol
        if heard.name.kind == "kline":
            body = kline.body(market.grid, is_closed=is_closed, symbol=symbol)
            return f'{{"e":"kline","E":{at_ms},"s":"{symbol}","k":{body}}}'.encode()
        body = kline.body(market.grid, is_closed=is_closed, symbol=None)
        return f'{{"e":"continuous_kline","E":{at_ms},"ps":"{symbol}","ct":"PERPETUAL","k":{body}}}'.encode()

    def _agg_trades(self, heard: HeardStream, at_ms: int) -> None:
        market = self._market.symbols.get(heard.name.symbol)
        if market is None:
            return
        for trade in market.fresh:
            price, quantity = market.grid.price(trade.ticks), market.grid.quantity(trade.units)
            maker = "true" if trade.is_buyer_maker else "false"
            heard.send(
                f'{{"e":"aggTrade","E":{at_ms},"a":{trade.number},"s":"{market.symbol}","p":"{price}",'
                f'"q":"{quantity}","nq":"{quantity}","f":{trade.number},"l":{trade.number},"T":{trade.at_ms},'
                f'"m":{maker},"st":1}}'.encode()
            )

    def _trades(self, heard: HeardStream, at_ms: int) -> None:
        market = self._market.symbols.get(heard.name.symbol)
        if market is None:
            return
        for trade in market.fresh:
            price, quantity = market.grid.price(trade.ticks), market.grid.quantity(trade.units)
            maker = "true" if trade.is_buyer_maker else "false"
            heard.send(
                f'{{"e":"trade","E":{at_ms},"T":{trade.at_ms},"s":"{market.symbol}","t":{trade.number},'
                f'"p":"{price}","q":"{quantity}","X":"MARKET","m":{maker},"st":1}}'.encode()
            )


def _exact_candle(whole: Market, market: SymbolMarket, kline: Kline) -> Candle | None:
    is_tape_candle = kline.next_ms - kline.open_ms == whole.length_ms
    if not is_tape_candle or not market.history or market.history[-1][0].open_time_ms != kline.open_ms:
        return None
    return market.history[-1][0]
