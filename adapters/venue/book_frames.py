"""What the streams of the order book say."""

from collections.abc import Callable, Mapping
from typing import Final

import orjson

from adapters.venue.exchange import Exchange
from adapters.venue.market import Market
from adapters.venue.streams import HeardStream
from domain.market.direction import Side

_LEVELS_TOLD: Final = 200


class BookFrames:
    """Best prices, changes of the book, and its best levels in full."""

    def __init__(self, market: Market, exchange: Exchange) -> None:
        self._market = market
        self._exchange = exchange
        self.makers: Mapping[str, Callable[[HeardStream, int], None]] = {
            "bookTicker": self._book_ticker,
            "bookTickers": self._book_tickers,
            "depth": self._depth,
            "partialDepth": self._partial_depth,
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
        if not any(changes):
            return
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
