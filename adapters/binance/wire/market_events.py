"""What the market streams tell.

Prices are floats straight from the text, as charts are. Times are in milliseconds since 1970, UTC.
"""

from decimal import Decimal
from typing import Final

from adapters.binance.wire.kline import ContinuousKline, Kline
from adapters.binance.wire.told import ExactPart, ExactTold, Price, Told

USD_MARGINED: Final = 1
"""What `st` says of our market; 2 is COIN-M, which shares the streams of all symbols since June 2026."""


class BookTicker(
    Told,
    frozen=True,
    tag="bookTicker",
    rename={
        "update_id": "u",
        "at_ms": "E",
        "traded_at_ms": "T",
        "symbol": "s",
        "bid": "b",
        "bid_quantity": "B",
        "ask": "a",
        "ask_quantity": "A",
        "market": "st",
    },
):
    """`{"e":"bookTicker","u":9,"E":...,"T":...,"s":"BTCUSDT","b":"91850.90","B":"4.112","a":...,"A":...}`."""

    at_ms: int
    symbol: str
    bid: Price
    bid_quantity: Price
    ask: Price
    ask_quantity: Price
    update_id: int = 0
    traded_at_ms: int = 0
    market: int = USD_MARGINED


class MarkPrice(
    Told,
    frozen=True,
    tag="markPriceUpdate",
    rename={
        "at_ms": "E",
        "symbol": "s",
        "price": "p",
        "index_price": "i",
        "funding_rate_text": "r",
        "next_funding_ms": "T",
        "market": "st",
    },
):
    """`{"e":"markPriceUpdate","E":...,"s":"BTCUSDT","p":"91849.55","i":"91855.12","r":"0.0001","T":...}`.

    `funding_rate_text` is empty, and `next_funding_ms` 0, for contracts without funding.
    """

    at_ms: int
    symbol: str
    price: Price
    index_price: Price = 0.0
    funding_rate_text: str = ""
    next_funding_ms: int = 0
    market: int = USD_MARGINED


class AggTrade(
    ExactTold,
    frozen=True,
    tag="aggTrade",
    rename={
        "at_ms": "E",
        "trade_id": "a",
        "symbol": "s",
        "price": "p",
        "quantity": "q",
        "first_id": "f",
        "last_id": "l",
        "traded_at_ms": "T",
        "is_buyer_maker": "m",
        "market": "st",
    },
):
    """`{"e":"aggTrade","E":...,"a":3210045001,"s":"BTCUSDT","p":"91851.00","q":"0.250","T":...,"m":false}`.

    `is_buyer_maker` means that a seller was the aggressor.
    """

    at_ms: int
    trade_id: int
    symbol: str
    price: Price
    quantity: Decimal
    traded_at_ms: int
    is_buyer_maker: bool
    first_id: int = 0
    last_id: int = 0
    market: int = USD_MARGINED


class Trade(
    ExactTold,
    frozen=True,
    tag="trade",
    rename={
        "at_ms": "E",
        "trade_id": "t",
        "symbol": "s",
        "price": "p",
        "quantity": "q",
        "traded_at_ms": "T",
        "is_buyer_maker": "m",
        "market": "st",
    },
):
    """`{"e":"trade","E":...,"T":...,"s":"BTCUSDT","t":7297376207,"p":"68005.00","q":"0.100","m":true}`."""

    at_ms: int
    trade_id: int
    symbol: str
    price: Price
    quantity: Decimal
    traded_at_ms: int
    is_buyer_maker: bool
    market: int = USD_MARGINED


class Liquidation(
    ExactPart,
    frozen=True,
    rename={
        "symbol": "s",
        "side": "S",
        "quantity": "q",
        "price": "p",
        "average_price": "ap",
        "traded_at_ms": "T",
        "market": "st",
    },
):
    """`{"s":"BTCUSDT","S":"SELL","q":"0.140","p":"91300.00","ap":"91412.33","T":...}`."""

    symbol: str
    side: str
    quantity: Decimal
    price: Price
    average_price: Price = 0.0
    traded_at_ms: int = 0
    market: int = USD_MARGINED


class ForceOrder(
    Told,
    frozen=True,
    tag="forceOrder",
    rename={"at_ms": "E", "order": "o", "market": "st"},
):
    """`{"e":"forceOrder","E":...,"st":1,"o":{...}}`; `st` was announced here and may stand in `o`."""

    at_ms: int
    order: Liquidation
    market: int = USD_MARGINED


class ContractBracket(
    ExactPart,
    frozen=True,
    rename={
        "number": "bs",
        "notional_floor": "bnf",
        "notional_cap": "bnc",
        "maintenance_rate": "mmr",
        "maintenance_deduction": "cf",
        "max_leverage": "ma",
    },
):
    """`{"bs":1,"bnf":0,"bnc":5000,"mmr":0.01,"cf":0,"mi":21,"ma":50}`."""

    notional_floor: Decimal
    notional_cap: Decimal
    maintenance_rate: Decimal
    maintenance_deduction: Decimal
    max_leverage: int
    number: int = 0


class ContractInfo(
    Told,
    frozen=True,
    tag="contractInfo",
    rename={
        "at_ms": "E",
        "symbol": "s",
        "contract": "ct",
        "status": "cs",
        "brackets": "bks",
        "market": "st",
    },
):
    """`{"e":"contractInfo","E":...,"s":"XYZUSDT","ct":"PERPETUAL","cs":"PENDING_TRADING","bks":[...]}`.

    `brackets` is empty unless they changed.
    """

    at_ms: int
    symbol: str
    status: str
    contract: str = ""
    brackets: tuple[ContractBracket, ...] = ()
    market: int = USD_MARGINED


class Ticker(
    Told,
    frozen=True,
    tag="24hrTicker",
    rename={"at_ms": "E", "symbol": "s", "last_price": "c", "volume": "v", "turnover": "q", "market": "st"},
):
    """`{"e":"24hrTicker","E":...,"s":"BTCUSDT","c":"91850.90","v":"142318.1","q":"13073912447.1",...}`."""

    at_ms: int
    symbol: str
    last_price: Price
    volume: Price
    turnover: Price
    market: int = USD_MARGINED


class MiniTicker(
    Told,
    frozen=True,
    tag="24hrMiniTicker",
    rename={"at_ms": "E", "symbol": "s", "last_price": "c", "volume": "v", "turnover": "q", "market": "st"},
):
    """`{"e":"24hrMiniTicker","E":...,"s":"BTCUSDT","c":"91850.90","v":"142318.1","q":"13073912447.1",...}`."""

    at_ms: int
    symbol: str
    last_price: Price
    volume: Price
    turnover: Price
    market: int = USD_MARGINED


class DepthUpdate(
    Told,
    frozen=True,
    tag="depthUpdate",
    rename={
        "at_ms": "E",
        "symbol": "s",
        "first_id": "U",
        "last_id": "u",
        "previous_id": "pu",
        "bids": "b",
        "asks": "a",
        "market": "st",
    },
):
    """`{"e":"depthUpdate","E":...,"s":"BTCUSDT","U":401,"u":455,"pu":400,"b":[["91850.90","3.990"]],"a":[]}`.

    Levels are price and quantity; a quantity of zero takes the level away.
    """

    at_ms: int
    symbol: str
    first_id: int
    last_id: int
    bids: list[tuple[Price, Price]]
    asks: list[tuple[Price, Price]]
    previous_id: int = 0
    market: int = USD_MARGINED


MarketEvent = (
    Kline
    | ContinuousKline
    | BookTicker
    | MarkPrice
    | AggTrade
    | Trade
    | ForceOrder
    | ContractInfo
    | Ticker
    | MiniTicker
    | DepthUpdate
)
