"""What the streams of mark prices, of indices and of the last 24 hours say."""

from collections.abc import Callable, Mapping

import orjson

from adapters.venue.exchange import Exchange
from adapters.venue.faults import Faults
from adapters.venue.market import Market
from adapters.venue.streams import HeardStream
from domain.market.funding import next_funding_ms

ASSET_INDEX = "USDTUSD"


class PriceFrames:
    """One row a symbol, alone or in arrays; None before the first trade of a symbol."""

    def __init__(self, market: Market, exchange: Exchange, faults: Faults) -> None:
        self._market = market
        self._exchange = exchange
        self._faults = faults
        self.makers: Mapping[str, Callable[[HeardStream, int], None]] = {
            "markPrice": self._mark_price,
            "markPrices": self._mark_prices,
            "ticker": self._ticker,
            "miniTicker": self._ticker,
            "tickers": self._tickers,
            "miniTickers": self._tickers,
            "assetIndex": self._asset_index,
            "assetIndices": self._asset_indices,
        }

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

    def _asset_index(self, heard: HeardStream, at_ms: int) -> None:
        if heard.name.symbol == ASSET_INDEX:
            heard.send(orjson.dumps(_asset_row(at_ms)))

    def _asset_indices(self, heard: HeardStream, at_ms: int) -> None:
        heard.send(orjson.dumps([_asset_row(at_ms)]))


def _asset_row(at_ms: int) -> dict[str, object]:
    """Describe the only asset, which counts in full as margin."""
    rates, buffers = dict.fromkeys("iBAQG", "1.00000000"), dict.fromkeys("baqg", "0.00000000")
    return {"e": "assetIndexUpdate", "E": at_ms, "s": ASSET_INDEX} | rates | buffers


def _coin_margined(row: Mapping[str, object], symbol: str) -> dict[str, object]:
    return {**row, "s": symbol, "ps": "BTCUSD", "st": 2}
