"""The public half of REST: time, book, trades, prices and funding."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Final

from adapters.venue.candle_path import UNITS, MarketTrade
from adapters.venue.market import SymbolMarket
from adapters.venue.order_json import Json, number
from adapters.venue.order_reading import contract_of, contracts_of
from adapters.venue.parameters import Parameters
from adapters.venue.request_refused import RequestRefused
from adapters.venue.venue import Venue
from domain.market.direction import Side
from domain.market.funding import FUNDING_INTERVAL_MS, next_funding_ms
from domain.market.timeframe import DAY_MS, HOUR_MS

_DEPTHS: Final = {5: 2, 10: 2, 20: 2, 50: 2, 100: 5, 500: 10, 1_000: 20}
_RPI_DEPTH: Final = 1_000
_MOST_TRADES: Final = 1_000


def ping(_venue: Venue, _asked: Parameters) -> object:
    """Answer that the venue is there."""
    return {}


def server_time(venue: Venue, _asked: Parameters) -> object:
    """Tell the server's time."""
    return {"serverTime": venue.server_ms()}


def depth(venue: Venue, asked: Parameters) -> object:
    """Give a snapshot of the book; its number lies within the next change that the streams tell."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    limit = asked.whole("limit", 500)
    if limit not in _DEPTHS:
        raise RequestRefused(-4021, f"Invalid depth limit: {limit}")
    bids, asks = (
        [[number(price), number(size)] for price, size in venue.exchange.levels(symbol, side, limit)]
        for side in (Side.BUY, Side.SELL)
    )
    now_ms = venue.now_ms()
    update_id = venue.exchange.book_update_id(symbol) + 1
    return {"lastUpdateId": update_id, "E": now_ms, "T": now_ms, "bids": bids, "asks": asks}


def rpi_depth(venue: Venue, asked: Parameters) -> object:
    """Give a snapshot of the book with retail orders, of which this venue has none."""
    if asked.whole("limit", _RPI_DEPTH) != _RPI_DEPTH:
        raise RequestRefused(-4021, f"Invalid depth limit: {asked.text('limit')}")
    return depth(venue, Parameters({"symbol": asked.text("symbol"), "limit": str(_RPI_DEPTH)}))


def depth_weight(asked: Parameters) -> int:
    """Give the weight of a snapshot."""
    return _DEPTHS.get(asked.whole("limit", 500), 1)


def agg_trades(venue: Venue, asked: Parameters) -> object:
    """Give trades of the last 48 hours, oldest first; the youngest ones when nothing says from where."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    market, limit = venue.market.symbols[symbol], asked.limit(500, _MOST_TRADES)
    now_ms = venue.now_ms()
    start_ms, end_ms = asked.whole("startTime", 0), asked.whole("endTime", 0)
    if "fromId" in asked and (start_ms or end_ms):
        raise RequestRefused(-1128, "Combination of optional parameters invalid.")
    if start_ms and end_ms and start_ms > end_ms:
        raise RequestRefused(-1023, "Start time is greater than end time.")
    if start_ms and start_ms < now_ms - 2 * DAY_MS:
        raise RequestRefused(-4166, "Search window is restricted to recent 2 days only.")
    if "fromId" in asked:
        found = _first(market.trades_from(asked.whole("fromId")), limit)
    elif start_ms or end_ms:
        from_ms = start_ms or end_ms - HOUR_MS
        found = _first(market.trades(from_ms, (end_ms or from_ms + HOUR_MS) + 1), limit)
    else:
        found = list(market.trades(now_ms - HOUR_MS, now_ms + 1))[-limit:]
    return [
        {
            "a": trade.number,
            "p": market.grid.price(trade.ticks),
            "q": market.grid.quantity(trade.units),
            "nq": market.grid.quantity(trade.units),
            "f": trade.number,
            "l": trade.number,
            "T": trade.at_ms,
            "m": trade.is_buyer_maker,
        }
        for trade in found
    ]


def recent_trades(venue: Venue, asked: Parameters) -> object:
    """Give the youngest trades of the last hour, oldest first."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    market, limit = venue.market.symbols[symbol], asked.limit(500, _MOST_TRADES)
    now_ms = venue.now_ms()
    return [_trade(market, one) for one in list(market.trades(now_ms - HOUR_MS, now_ms + 1))[-limit:]]


def old_trades(venue: Venue, asked: Parameters) -> object:
    """Give trades from a number on, as far back as any are kept; without a number the youngest."""
    if "fromId" not in asked:
        return recent_trades(venue, asked)
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    market, limit = venue.market.symbols[symbol], asked.limit(500, _MOST_TRADES)
    return [_trade(market, one) for one in _first(market.trades_from(asked.whole("fromId")), limit)]


def premium_index(venue: Venue, asked: Parameters) -> object:
    """Tell mark price, index price and funding."""
    return _one_or_all(venue, asked, _premium)


def funding_rate(venue: Venue, asked: Parameters) -> object:
    """Tell the funding rates of the past, as long as the venue has run."""
    limit = asked.limit(100, 1_000)
    rows: list[Json] = []
    for symbol, contract in contracts_of(asked, venue.exchange).items():
        market = venue.market.symbols[symbol]
        first_ms = market.history[0][0].open_time_ms if market.history else venue.market.opened_ms
        at_ms = next_funding_ms(max(first_ms, asked.whole("startTime", 0)) - 1, contract.funding_interval_ms)
        while at_ms <= min(venue.now_ms(), asked.whole("endTime", venue.now_ms())):
            rows.append(
                {
                    "symbol": symbol,
                    "fundingTime": at_ms,
                    "fundingRate": f"{contract.funding_rate:.8f}",
                    "markPrice": number(venue.exchange.mark_price(symbol)),
                    "rateType": "Regular",
                }
            )
            at_ms += contract.funding_interval_ms
    rows.sort(key=lambda row: str(row["fundingTime"]))
    return rows[:limit] if "startTime" in asked else rows[-limit:]


def funding_info(venue: Venue, _asked: Parameters) -> object:
    """Tell the contracts whose funding interval is not eight hours."""
    return [
        {
            "symbol": symbol,
            "adjustedFundingRateCap": "0.02000000",
            "adjustedFundingRateFloor": "-0.02000000",
            "fundingIntervalHours": contract.funding_interval_ms // HOUR_MS,
            "disclaimer": False,
        }
        for symbol, contract in venue.exchange.contracts.items()
        if contract.funding_interval_ms != FUNDING_INTERVAL_MS
    ]


def book_ticker(venue: Venue, asked: Parameters) -> object:
    """Tell the best bid and ask."""
    return _one_or_all(venue, asked, _best)


def price_ticker(venue: Venue, asked: Parameters) -> object:
    """Tell the last price."""
    return _one_or_all(venue, asked, _last)


def day_ticker(venue: Venue, asked: Parameters) -> object:
    """Tell the last 24 hours."""
    return _one_or_all(venue, asked, _day)


def _trade(market: SymbolMarket, trade: MarketTrade) -> Json:
    return {
        "id": trade.number,
        "price": market.grid.price(trade.ticks),
        "qty": market.grid.quantity(trade.units),
        "quoteQty": f"{trade.ticks * market.grid.tick * trade.units / UNITS:.8f}",
        "time": trade.at_ms,
        "isBuyerMaker": trade.is_buyer_maker,
        "isRPITrade": False,
    }


def _premium(venue: Venue, symbol: str) -> Json:
    row = venue.frames.prices.mark_row(symbol, venue.now_ms()) or {}
    return {
        "symbol": symbol,
        "markPrice": row.get("p", "0"),
        "indexPrice": row.get("i", "0"),
        "estimatedSettlePrice": row.get("P", "0"),
        "lastFundingRate": row.get("r", "0"),
        "interestRate": "0.00010000",
        "nextFundingTime": row.get("T", 0),
        "time": venue.now_ms(),
    }


def _best(venue: Venue, symbol: str) -> Json:
    row: Json = {"symbol": symbol}
    for side, name in ((Side.BUY, "bid"), (Side.SELL, "ask")):
        price, size = next(iter(venue.exchange.levels(symbol, side, 1)), (Decimal(0), Decimal(0)))
        row |= {f"{name}Price": number(price), f"{name}Qty": number(size)}
    return row | {"time": venue.now_ms(), "lastUpdateId": venue.exchange.book_update_id(symbol)}


def _last(venue: Venue, symbol: str) -> Json:
    return {"symbol": symbol, "price": number(venue.exchange.last_price(symbol)), "time": venue.now_ms()}


def _day(venue: Venue, symbol: str) -> Json:
    row = venue.frames.prices.day_row(symbol, venue.now_ms(), is_mini=False) or {}
    names = {
        "p": "priceChange",
        "P": "priceChangePercent",
        "w": "weightedAvgPrice",
        "c": "lastPrice",
        "Q": "lastQty",
        "o": "openPrice",
        "h": "highPrice",
        "l": "lowPrice",
        "v": "volume",
        "q": "quoteVolume",
        "O": "openTime",
        "C": "closeTime",
        "F": "firstId",
        "L": "lastId",
        "n": "count",
    }
    return {"symbol": symbol, **{name: row[key] for key, name in names.items() if key in row}}


def _one_or_all(venue: Venue, asked: Parameters, row: Callable[[Venue, str], Json]) -> object:
    rows = [row(venue, symbol) for symbol in contracts_of(asked, venue.exchange)]
    return rows[0] if "symbol" in asked else rows


def _first(trades: Iterator[MarketTrade], most: int) -> list[MarketTrade]:
    return list(islice(trades, most))
