"""What is told about all traders together; apart from volumes, this venue's crowd is even and steady."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from adapters.venue.candle_path import UNITS
from adapters.venue.kline import Kline
from adapters.venue.market import SymbolMarket
from adapters.venue.order_json import Json, number
from adapters.venue.order_reading import contract_of
from adapters.venue.parameters import Parameters
from adapters.venue.rest_klines import kline_span
from adapters.venue.venue import Venue

LOTS_HELD: Final = 10_000
_PERIODS: Final = frozenset({"5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d"})
_USUAL: Final = 30
_MOST: Final = 500
_SECOND_MS: Final = 1_000


def open_interest(venue: Venue, asked: Parameters) -> object:
    """Tell what is held by everybody: ten thousand lots and what is ours."""
    grid = contract_of(asked, venue.exchange).instrument
    held = number(_held(venue, grid.symbol, grid.lot))
    return {"symbol": grid.symbol, "openInterest": held, "time": venue.now_ms()}


def open_interest_history(venue: Venue, asked: Parameters) -> object:
    """Tell what everybody held, at the end of each period; what is ours counts as if always held."""
    grid = contract_of(asked, venue.exchange).instrument
    held = _held(venue, grid.symbol, grid.lot)
    return [
        {
            "symbol": grid.symbol,
            "sumOpenInterest": number(held),
            "sumOpenInterestValue": f"{float(held) * kline.close * float(grid.tick):.8f}",
            "CMCCirculatingSupply": "0.00000000",
            "timestamp": kline.next_ms,
        }
        for kline in _periods(venue, asked, grid.symbol)
    ]


def long_short_ratio(venue: Venue, asked: Parameters) -> object:
    """Tell how many are long for each who is short: as many."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    even: Json = {
        "symbol": symbol,
        "longAccount": "0.5000",
        "longShortRatio": "1.0000",
        "shortAccount": "0.5000",
    }
    return [even | {"timestamp": kline.next_ms} for kline in _periods(venue, asked, symbol)]


def taker_volume(venue: Venue, asked: Parameters) -> object:
    """Tell how much was bought and sold by takers."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    rows = []
    for kline in _periods(venue, asked, symbol):
        bought, sold = kline.bought / UNITS, (kline.units - kline.bought) / UNITS
        rows.append(
            {
                "buySellRatio": f"{bought / sold if sold else 1:.4f}",
                "sellVol": f"{sold:.3f}",
                "buyVol": f"{bought:.3f}",
                "timestamp": kline.next_ms,
            }
        )
    return rows


def basis(venue: Venue, asked: Parameters) -> object:
    """Tell how far the contract was from its index at the end of each period."""
    asked.choice("contractType", {"PERPETUAL"})
    pair = {name: asked.text(name, "") for name in asked} | {"symbol": asked.text("pair")}
    grid = contract_of(Parameters(pair), venue.exchange).instrument
    market = venue.market.symbols[grid.symbol]
    rows = []
    for kline in _periods(venue, asked, grid.symbol):
        price = kline.close * market.grid.tick
        index = _index_at(market, kline.next_ms) or price
        rows.append(
            {
                "indexPrice": f"{index:.8f}",
                "contractType": "PERPETUAL",
                "basisRate": f"{price / index - 1:.4f}",
                "futuresPrice": market.grid.price(kline.close),
                "annualizedBasisRate": "",
                "basis": f"{price - index:.8f}",
                "pair": grid.symbol,
                "timestamp": kline.next_ms,
            }
        )
    return rows


def delivery_prices(venue: Venue, asked: Parameters) -> object:
    """List what contracts of a pair were settled at: none ever was."""
    contract_of(Parameters({"symbol": asked.text("pair")}), venue.exchange)
    return []


def _held(venue: Venue, symbol: str, lot: Decimal) -> Decimal:
    return lot * LOTS_HELD + sum((abs(one.amount) for one in venue.exchange.positions(symbol)), Decimal(0))


def _periods(venue: Venue, asked: Parameters, symbol: str) -> Iterator[Kline]:
    """Walk over the periods that are over, the youngest ones when nothing says from where."""
    period, limit = asked.choice("period", _PERIODS), asked.limit(_USUAL, _MOST)
    market = venue.market.symbols[symbol]
    at_ms, end_ms = kline_span(venue, market, asked, period, limit + 1)
    for _ in range(limit):
        kline = market.kline_at(period, at_ms)
        if kline.next_ms > end_ms:
            return
        yield kline
        at_ms = kline.next_ms


def _index_at(market: SymbolMarket, at_ms: int) -> float:
    seen = list(market.marks(at_ms - _SECOND_MS, at_ms))
    return seen[-1][2] if seen else 0.0
