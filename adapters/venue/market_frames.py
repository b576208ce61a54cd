"""What the market streams say."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import orjson

from adapters.venue.exchange import Exchange
from adapters.venue.faults import Faults
from adapters.venue.kline import Kline
from adapters.venue.market import Market, SymbolMarket
from adapters.venue.streams import HeardStream, Streams
from domain.market.candle import Candle
from domain.market.direction import Side
from domain.market.funding import next_funding_ms

_LEVELS_TOLD: Final = 200
_LATE_MS: Final = 2_000


class MarketFrames:
    """Looks at who listens and sends what changed; makes nothing that nobody hears."""

    def __init__(self, market: Market, exchange: Exchange, streams: Streams, faults: Faults) -> None:
        self._market = market
        self._exchange = exchange
        self._streams = streams
        self._faults = faults
        self._late: list[tuple[int, HeardStream, bytes]] = []
        self._makers: Mapping[str, Callable[[HeardStream, int], None]] = {
            "kline": self._kline,
            "continuous_kline": self._kline,
            "aggTrade": self._agg_trades,
            "markPrice": self._mark_price,
            "markPrices": self._mark_prices,
            "ticker": self._ticker,
            "miniTicker": self._ticker,
            "tickers": self._tickers,
            "miniTickers": self._tickers,
            "bookTicker": self._book_ticker,
            "bookTickers": self._book_tickers,
            "depth": self._depth,
            "partialDepth": self._partial_depth,
        }

    def step(self, at_ms: int) -> None:
        """Let every stream that is due say what changed."""
        self._send_late(at_ms)
        for heard in list(self._streams.heard.values()):
            if at_ms >= heard.due_ms and heard.name.kind in self._makers:
                heard.due_ms = (
                    at_ms - at_ms % heard.name.every_ms + heard.name.every_ms if heard.name.every_ms else 0
                )
                self._makers[heard.name.kind](heard, at_ms)

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

    def _send_late(self, at_ms: int) -> None:
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

    def _mark_price(self, heard: HeardStream, at_ms: int) -> None:
        row = self.mark_row(heard.name.symbol, at_ms)
        if row is not None:
            heard.send(orjson.dumps(row))

    def _mark_prices(self, heard: HeardStream, at_ms: int) -> None:
        rows = [row for symbol in self._market.symbols if (row := self.mark_row(symbol, at_ms)) is not None]
        if self._faults.strikes("coin_margined_rows", at_ms):
            rows.append(_coin_margined(rows[0], "BTCUSD_PERP"))
        if rows:
            heard.send(orjson.dumps(rows))

    def mark_row(self, symbol: str, at_ms: int) -> dict[str, object] | None:
        """Describe mark, index and funding of a symbol; None before its first trade."""
        market, contract = self._market.symbols.get(symbol), self._exchange.contracts.get(symbol)
        if market is None or contract is None or not market.ticks:
            return None
        return {
            "e": "markPriceUpdate",
            "E": at_ms,
            "s": symbol,
            "p": f"{market.mark:.8f}",
            "ap": f"{market.mark:.8f}",
            "i": f"{market.index:.8f}",
            "P": f"{market.index:.8f}",
            "r": f"{contract.funding_rate:.8f}",
            "T": next_funding_ms(at_ms, contract.funding_interval_ms),
            "st": 1,
        }

    def _ticker(self, heard: HeardStream, at_ms: int) -> None:
        row = self.day_row(heard.name.symbol, at_ms, is_mini=heard.name.kind == "miniTicker")
        if row is not None:
            heard.send(orjson.dumps(row))

    def _tickers(self, heard: HeardStream, at_ms: int) -> None:
        is_mini = heard.name.kind == "miniTickers"
        changed = [symbol for symbol, market in self._market.symbols.items() if market.fresh]
        rows = [
            row for symbol in changed if (row := self.day_row(symbol, at_ms, is_mini=is_mini)) is not None
        ]
        if rows and self._faults.strikes("coin_margined_rows", at_ms):
            rows.append(_coin_margined(rows[0], "BTCUSD_PERP"))
        if rows:
            heard.send(orjson.dumps(rows))

    def day_row(self, symbol: str, at_ms: int, *, is_mini: bool) -> dict[str, object] | None:
        """Describe the last 24 hours of a symbol; None before its first trade."""
        market = self._market.symbols.get(symbol)
        if market is None or not market.ticks:
            return None
        day = market.day(at_ms)
        grid, now = market.grid, market.grid.price(market.ticks)
        decimals = grid.tick_decimals
        row: dict[str, object] = {
            "e": "24hrMiniTicker" if is_mini else "24hrTicker",
            "E": at_ms,
            "s": symbol,
            "ps": symbol,
            "st": 1,
            "c": now,
            "o": f"{day.opened:.{decimals}f}",
            "h": f"{day.high:.{decimals}f}",
            "l": f"{day.low:.{decimals}f}",
            "v": f"{day.volume:.{grid.lot_decimals}f}",
            "q": f"{day.quote:.2f}",
        }
        if is_mini:
            return row
        change = float(now) - day.opened
        return row | {
            "p": f"{change:.{decimals}f}",
            "P": f"{100 * change / day.opened:.3f}",
            "w": f"{day.quote / day.volume if day.volume else day.opened:.{decimals}f}",
            "Q": grid.quantity(market.fresh[-1].units if market.fresh else grid.lot_units),
            "O": at_ms - 86_400_000,
            "C": at_ms,
            "F": day.first,
            "L": day.last,
            "n": day.count,
        }

    def _book_ticker(self, heard: HeardStream, at_ms: int) -> None:
        payload = self._book_ticker_text(heard.name.symbol, at_ms, since=heard.update_id)
        if payload:
            heard.update_id = self._exchange.book_update_id(heard.name.symbol)
            heard.send(payload)

    def _book_tickers(self, heard: HeardStream, at_ms: int) -> None:
        for symbol in self._market.symbols:
            payload = self._book_ticker_text(symbol, at_ms, since=-1)
            if payload:
                heard.send(payload)

    def _book_ticker_text(self, symbol: str, at_ms: int, since: int) -> bytes:
        update_id = self._exchange.book_update_id(symbol)
        bids, asks = self._exchange.levels(symbol, Side.BUY, 1), self._exchange.levels(symbol, Side.SELL, 1)
        if update_id == since or not bids or not asks:
            return b""
        (bid, bid_size), (ask, ask_size) = bids[0], asks[0]
        return (
            f'{{"e":"bookTicker","u":{update_id},"E":{at_ms},"T":{at_ms},"s":"{symbol}","ps":"{symbol}",'
            f'"b":"{bid:f}","B":"{bid_size:f}","a":"{ask:f}","A":"{ask_size:f}","st":1}}'
        ).encode()

    def _depth(self, heard: HeardStream, at_ms: int) -> None:
        symbol, update_id = heard.name.symbol, self._exchange.book_update_id(heard.name.symbol)
        if not update_id or update_id == heard.update_id:
            return
        shown = self._sides(symbol, _LEVELS_TOLD)
        changes = [_changes(before, now) for before, now in zip(heard.shown, shown, strict=True)]
        before = heard.update_id or update_id - 4
        heard.shown, heard.update_id = shown, update_id
        heard.send(_depth_text(symbol, at_ms, before, update_id, changes[0], changes[1]))

    def _partial_depth(self, heard: HeardStream, at_ms: int) -> None:
        symbol, update_id = heard.name.symbol, self._exchange.book_update_id(heard.name.symbol)
        if not update_id or update_id == heard.update_id:
            return
        before, heard.update_id = heard.update_id or update_id - 4, update_id
        bids, asks = (list(map(list, side.items())) for side in self._sides(symbol, heard.name.levels))
        heard.send(_depth_text(symbol, at_ms, before, update_id, bids, asks))

    def _sides(self, symbol: str, most: int) -> tuple[dict[str, str], dict[str, str]]:
        bids, asks = (
            {f"{price:f}": f"{size:f}" for price, size in self._exchange.levels(symbol, side, most)}
            for side in (Side.BUY, Side.SELL)
        )
        return bids, asks


def _exact_candle(whole: Market, market: SymbolMarket, kline: Kline) -> Candle | None:
    is_tape_candle = kline.next_ms - kline.open_ms == whole.length_ms
    if not is_tape_candle or not market.history or market.history[-1][0].open_time_ms != kline.open_ms:
        return None
    return market.history[-1][0]


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[list[str]]:
    changed = [[price, size] for price, size in now.items() if before.get(price) != size]
    return changed + [[price, "0"] for price in before if price not in now]


def _depth_text(
    symbol: str, at_ms: int, before: int, update_id: int, bids: list[list[str]], asks: list[list[str]]
) -> bytes:
    return orjson.dumps(
        {
            "e": "depthUpdate",
            "E": at_ms,
            "T": at_ms,
            "s": symbol,
            "ps": symbol,
            "st": 1,
            "U": before + 1,
            "u": update_id,
            "pu": before,
            "b": bids,
            "a": asks,
        }
    )


def _coin_margined(row: Mapping[str, object], symbol: str) -> dict[str, object]:
    return {**row, "s": symbol, "ps": "BTCUSD", "st": 2}
