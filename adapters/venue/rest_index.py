"""What is told about indices, funds and sessions."""

from typing import Final

from adapters.venue.order_json import Json
from adapters.venue.order_reading import contract_of, contracts_of
from adapters.venue.parameters import Parameters
from adapters.venue.price_frames import ASSET_INDEX
from adapters.venue.request_refused import RequestRefused
from adapters.venue.venue import Venue
from domain.market.timeframe import DAY_MS

_FUND: Final = "1000000.00000000"


def constituents(venue: Venue, asked: Parameters) -> object:
    """Tell what an index price is made of: this venue's own trades."""
    symbol = contract_of(asked, venue.exchange).instrument.symbol
    price = f"{venue.market.symbols[symbol].index:.8f}"
    row = {"exchange": "simulated", "symbol": symbol, "price": price, "weight": "1.00000000"}
    return {"symbol": symbol, "time": venue.now_ms(), "constituents": [row]}


def index_info(_venue: Venue, asked: Parameters) -> object:
    """List the contracts on a basket of coins: there are none."""
    if "symbol" in asked:
        raise RequestRefused(-1121, "Invalid symbol.")
    return []


def asset_index(venue: Venue, asked: Parameters) -> object:
    """Tell at what rate an asset counts as margin in multi-assets mode: the only one counts in full."""
    row = asset_index_row(venue.now_ms())
    if "symbol" not in asked:
        return [row]
    if asked.text("symbol") != ASSET_INDEX:
        raise RequestRefused(-1121, "Invalid symbol.")
    return row


def asset_index_row(now_ms: int) -> Json:
    """Describe the only asset."""
    rates = ("index", "bidRate", "askRate", "autoExchangeBidRate", "autoExchangeAskRate")
    buffers = ("bidBuffer", "askBuffer", "autoExchangeBidBuffer", "autoExchangeAskBuffer")
    row: Json = {"symbol": ASSET_INDEX, "time": now_ms}
    return row | dict.fromkeys(rates, "1.00000000") | dict.fromkeys(buffers, "0.00000000")


def insurance_balance(venue: Venue, asked: Parameters) -> object:
    """Tell the insurance fund, one for all contracts."""
    symbols = list(venue.exchange.contracts)
    row = {"asset": "USDT", "marginBalance": _FUND, "updateTime": venue.now_ms()}
    funds = {"symbols": symbols, "assets": [row]}
    if "symbol" not in asked:
        return [funds]
    contract_of(asked, venue.exchange)
    return funds


def adl_risk(venue: Venue, asked: Parameters) -> object:
    """Tell how near the contracts are to auto-deleveraging."""
    now_ms = venue.now_ms()
    symbols = contracts_of(asked, venue.exchange)
    rows = [{"symbol": symbol, "adlRisk": "low", "updateTime": now_ms} for symbol in symbols]
    return rows[0] if "symbol" in asked else rows


def trading_schedule(venue: Venue, _asked: Parameters) -> object:
    """Tell the sessions of stocks and commodities: nothing here is one, so none trades."""
    now_ms = venue.now_ms()
    day_ms = now_ms - now_ms % DAY_MS
    closed = {"sessions": [{"startTime": day_ms, "endTime": day_ms + DAY_MS, "type": "NO_TRADING"}]}
    return {"updateTime": now_ms, "marketSchedules": {"EQUITY": closed, "COMMODITY": closed}}
