"""What is asked about the market. Candles are not: they come from streams, files and trades."""

from typing import Final

from adapters.binance.wire.replies import AggTradeTold, PremiumIndex, ServerTime, SymbolBrackets
from adapters.binance.wire.reply_reader import list_or_one, reader_of
from adapters.binance.wire.request import Access, Request, parameters
from adapters.binance.wire.symbol_rules import ExchangeInfo

_READ_SERVER_TIME: Final = reader_of(ServerTime)
_READ_EXCHANGE_INFO: Final = reader_of(ExchangeInfo)
_READ_BRACKETS: Final = list_or_one(SymbolBrackets)
_READ_AGG_TRADES: Final = reader_of(tuple[AggTradeTold, ...])
_READ_PREMIUM_INDEX: Final = list_or_one(PremiumIndex)


def server_time() -> Request[ServerTime]:
    """Ask what the venue's clock says."""
    return Request("GET", "/fapi/v1/time", (), _READ_SERVER_TIME, access=Access.ANYONE, is_protective=True)


def exchange_info() -> Request[ExchangeInfo]:
    """Ask for the rules of every symbol and the limits of every client."""
    return Request("GET", "/fapi/v1/exchangeInfo", (), _READ_EXCHANGE_INFO, access=Access.ANYONE)


def leverage_brackets(symbol: str | None = None) -> Request[tuple[SymbolBrackets, ...]]:
    """Ask for the margin brackets of one symbol or of all."""
    asked = parameters(symbol=symbol)
    return Request("GET", "/fapi/v1/leverageBracket", asked, _READ_BRACKETS)


def agg_trades(
    symbol: str,
    *,
    from_id: int | None = None,
    since_ms: int | None = None,
    until_ms: int | None = None,
    most: int = 1000,
) -> Request[tuple[AggTradeTold, ...]]:
    """Ask for a symbol's trades of the last 48 hours, at most a thousand; they cost 20 each time."""
    asked = parameters(symbol=symbol, fromId=from_id, startTime=since_ms, endTime=until_ms, limit=most)
    return Request("GET", "/fapi/v1/aggTrades", asked, _READ_AGG_TRADES, access=Access.ANYONE, weight=20)


def premium_index(symbol: str | None = None) -> Request[tuple[PremiumIndex, ...]]:
    """Ask for mark price and funding rate of one symbol or of all."""
    return Request(
        "GET",
        "/fapi/v1/premiumIndex",
        parameters(symbol=symbol),
        _READ_PREMIUM_INDEX,
        access=Access.ANYONE,
        weight=10 if symbol is None else 1,
    )
