"""Contracts and their rules as exchangeInfo tells them."""

from decimal import Decimal
from typing import Final

from adapters.venue.exchange import Contract
from adapters.venue.order_json import Json, number
from adapters.venue.order_reading import decimals_of
from adapters.venue.parameters import Parameters
from adapters.venue.venue import Venue

_ORDER_TYPES: Final = (
    "LIMIT",
    "MARKET",
    "STOP",
    "STOP_MARKET",
    "TAKE_PROFIT",
    "TAKE_PROFIT_MARKET",
    "TRAILING_STOP_MARKET",
)


def exchange_info(venue: Venue, _asked: Parameters) -> object:
    """Tell every contract's rules and the limits of the venue."""
    limits = venue.settings.limits
    odd = venue.faults.is_on("unknown_filter", venue.now_ms())
    return {
        "timezone": "UTC",
        "serverTime": venue.server_ms(),
        "futuresType": "U_MARGINED",
        "rateLimits": [
            _limit("REQUEST_WEIGHT", "MINUTE", 1, limits.weight_per_minute),
            _limit("ORDERS", "MINUTE", 1, limits.orders_per_minute),
            _limit("ORDERS", "SECOND", 10, limits.orders_per_ten_seconds),
        ],
        "exchangeFilters": [],
        "assets": [{"asset": "USDT", "marginAvailable": True, "autoAssetExchange": "-10000"}],
        "symbols": [_symbol(contract, has_odd_filter=odd) for contract in venue.exchange.contracts.values()],
    }


def _limit(kind: str, interval: str, count: int, limit: int) -> Json:
    return {"rateLimitType": kind, "interval": interval, "intervalNum": count, "limit": limit}


def _symbol(contract: Contract, *, has_odd_filter: bool) -> Json:
    grid = contract.instrument
    symbol = grid.symbol
    base = symbol.removesuffix("USDT")
    band = contract.price_band
    filters: list[Json] = [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": number(grid.tick),
            "maxPrice": number(grid.tick * 10_000_000),
            "tickSize": number(grid.tick),
        },
        _lot("LOT_SIZE", grid.min_quantity, grid.max_quantity, grid.lot),
        _lot("MARKET_LOT_SIZE", grid.min_quantity, grid.max_market_quantity, grid.lot),
        {"filterType": "MAX_NUM_ORDERS", "limit": 200},
        {"filterType": "MIN_NOTIONAL", "notional": number(grid.min_notional)},
        {
            "filterType": "PERCENT_PRICE",
            "multiplierUp": f"{1 + band:.4f}",
            "multiplierDown": f"{1 - band:.4f}",
            "multiplierDecimal": "4",
        },
        {"filterType": "POSITION_RISK_CONTROL", "positionControlSide": "NONE"},
    ]
    if has_odd_filter:
        filters.insert(0, {"filterType": "MOON_PHASE", "phases": ["full"], "limit": 3})
    return {
        "symbol": symbol,
        "pair": symbol,
        "contractType": "PERPETUAL",
        "deliveryDate": 4_133_404_800_000,
        "onboardDate": 1_569_398_400_000,
        "status": contract.status,
        "maintMarginPercent": "2.5000",
        "requiredMarginPercent": "5.0000",
        "baseAsset": base,
        "quoteAsset": "USDT",
        "marginAsset": "USDT",
        "pricePrecision": decimals_of(grid.tick),
        "quantityPrecision": decimals_of(grid.lot),
        "baseAssetPrecision": 8,
        "quotePrecision": 8,
        "underlyingType": "COIN",
        "underlyingSubType": ["PoW"],
        "triggerProtect": f"{contract.trigger_protect:.4f}",
        "liquidationFee": f"{contract.liquidation_fee:.6f}",
        "marketTakeBound": f"{contract.market_take_bound:.2f}",
        "maxMoveOrderLimit": 10_000,
        "filters": filters,
        "orderTypes": list(_ORDER_TYPES),
        "timeInForce": ["GTC", "IOC", "FOK", "GTX", "GTD"],
        "permissionSets": ["GRID", "COPY"],
    }


def _lot(kind: str, least: Decimal, most: Decimal, step: Decimal) -> Json:
    return {"filterType": kind, "minQty": number(least), "maxQty": number(most), "stepSize": number(step)}
