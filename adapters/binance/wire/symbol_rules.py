"""What exchangeInfo tells of every symbol."""

from decimal import Decimal

from adapters.binance.wire.replies import RateLimit
from adapters.binance.wire.told import ExactPart, Part


class FilterTold(ExactPart, frozen=True, rename="camel"):
    """`{"filterType":"PRICE_FILTER","tickSize":"0.10",...}`; each kind has its own keys."""

    filter_type: str
    min_price: Decimal = Decimal(0)
    max_price: Decimal = Decimal(0)
    tick_size: Decimal = Decimal(0)
    step_size: Decimal = Decimal(0)
    min_qty: Decimal = Decimal(0)
    max_qty: Decimal = Decimal(0)
    notional: Decimal = Decimal(0)
    multiplier_up: Decimal = Decimal(0)
    multiplier_down: Decimal = Decimal(0)


class SymbolTold(ExactPart, frozen=True, rename="camel"):
    """`{"symbol":"BTCUSDT","contractType":"PERPETUAL","status":"TRADING","underlyingType":"COIN",...}`."""

    symbol: str
    filters: tuple[FilterTold, ...]
    contract_type: str = ""
    status: str = ""
    underlying_type: str = ""
    margin_asset: str = ""
    trigger_protect: Decimal = Decimal(0)
    liquidation_fee: Decimal = Decimal(0)
    market_take_bound: Decimal = Decimal(0)


class ExchangeInfo(Part, frozen=True, rename="camel"):
    """`{"rateLimits":[...],"symbols":[...]}`; its own `serverTime` may be days old."""

    symbols: tuple[SymbolTold, ...]
    rate_limits: tuple[RateLimit, ...] = ()
