"""Orders read from parameters."""

from decimal import Decimal
from typing import Final

from adapters.venue.exchange import Contract, Exchange
from adapters.venue.order_request import OrderRequest, StopRequest
from adapters.venue.parameters import Parameters
from adapters.venue.request_refused import RequestRefused
from domain.market.direction import Side

NOTHING: Final = Decimal(0)
CONDITIONAL: Final = frozenset(
    {"STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET"}
)
_TIMES: Final = frozenset({"GTC", "IOC", "FOK", "GTX", "GTD", "RPI"})
_STOP_TIMES: Final = _TIMES | {"GTE_GTC"}
_SIDES: Final = frozenset({"BUY", "SELL"})
_POSITION_SIDES: Final = frozenset({"BOTH", "LONG", "SHORT"})
_PRICE_MATCHES: Final = frozenset(
    {"OPPONENT", "OPPONENT_5", "QUEUE", "QUEUE_5", "QUEUE_10", "QUEUE_20", "NONE"}
)
_SELF_TRADES: Final = frozenset({"EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH", "NONE"})
_WORKING_TYPES: Final = frozenset({"MARK_PRICE", "CONTRACT_PRICE"})
_LAST_GOOD_TILL_MS: Final = 253_402_300_799_000
_LEAST_GOOD_TILL_MS: Final = 600_000


def read_order(asked: Parameters, exchange: Exchange, unused_id: str, now_ms: int) -> OrderRequest:
    """Read a limit or market order; `unused_id` names it if the client does not."""
    contract = contract_of(asked, exchange)
    kind = asked.text("type")
    if kind in CONDITIONAL:
        message = (
            "Order type not supported for this endpoint. Please use the Algo Order API endpoints instead."
        )
        raise RequestRefused(-4120, message)
    if kind not in {"LIMIT", "MARKET"}:
        raise RequestRefused(-1116, "Invalid orderType.")
    price_match = asked.choice("priceMatch", _PRICE_MATCHES, "NONE")
    order = OrderRequest(
        client_id=asked.text("newClientOrderId", unused_id),
        symbol=contract.instrument.symbol,
        side=_side(asked),
        position_side=asked.choice("positionSide", _POSITION_SIDES, "BOTH"),
        kind=kind,
        time_in_force="GTC",
        quantity=_quantity(asked, contract),
        price=NOTHING,
        is_reduce_only=_reduce_only(asked, exchange),
        good_till_ms=0,
        price_match=price_match,
        self_trade=asked.choice("selfTradePreventionMode", _SELF_TRADES, "EXPIRE_MAKER"),
    )
    if kind == "MARKET":
        refuse_unwanted(asked, "timeInForce", "price")
        return order
    order.time_in_force = asked.choice("timeInForce", _TIMES)
    order.good_till_ms = _good_till(asked, order.time_in_force, now_ms)
    if price_match == "NONE":
        order.price = _price(asked, "price", contract)
    else:
        refuse_unwanted(asked, "price")
    return order


def read_change(asked: Parameters, exchange: Exchange) -> OrderRequest:
    """Read the new price and quantity of an order that is changed."""
    contract = contract_of(asked, exchange)
    price_match = asked.choice("priceMatch", _PRICE_MATCHES, "NONE")
    return OrderRequest(
        client_id=asked.text("origClientOrderId", ""),
        symbol=contract.instrument.symbol,
        side=_side(asked),
        position_side=asked.choice("positionSide", _POSITION_SIDES, "BOTH"),
        kind="LIMIT",
        time_in_force="GTC",
        quantity=_quantity(asked, contract),
        price=_price(asked, "price", contract) if price_match == "NONE" else NOTHING,
        is_reduce_only=False,
        good_till_ms=0,
        price_match=price_match,
        self_trade="EXPIRE_MAKER",
    )


def read_stop(asked: Parameters, exchange: Exchange, unused_id: str, now_ms: int) -> StopRequest:
    """Read a conditional order."""
    contract = contract_of(asked, exchange)
    if asked.text("algoType") != "CONDITIONAL":
        raise RequestRefused(-1130, "Data sent for parameter 'algoType' is not valid.")
    kind = asked.choice("type", CONDITIONAL)
    closes = asked.flag("closePosition", otherwise=False)
    is_trailing, is_limit = kind == "TRAILING_STOP_MARKET", kind in {"STOP", "TAKE_PROFIT"}
    price_match = asked.choice("priceMatch", _PRICE_MATCHES, "NONE")
    if is_trailing:
        refuse_unwanted(asked, "triggerPrice")
    time_in_force = asked.choice("timeInForce", _STOP_TIMES, "GTC")
    return StopRequest(
        client_id=asked.text("clientAlgoId", unused_id),
        symbol=contract.instrument.symbol,
        side=_side(asked),
        position_side=asked.choice("positionSide", _POSITION_SIDES, "BOTH"),
        kind=kind,
        time_in_force=time_in_force,
        quantity=asked.decimal("quantity", NOTHING) if closes else _quantity(asked, contract),
        price=_price(asked, "price", contract) if is_limit and price_match == "NONE" else NOTHING,
        trigger_price=NOTHING if is_trailing else _price(asked, "triggerPrice", contract),
        working_type=asked.choice("workingType", _WORKING_TYPES, "CONTRACT_PRICE"),
        is_reduce_only=_reduce_only(asked, exchange),
        closes_position=closes,
        is_price_protected=asked.flag("priceProtect", otherwise=False),
        activate_price=asked.decimal("activatePrice", NOTHING),
        callback_rate=asked.decimal("callbackRate") if is_trailing else NOTHING,
        good_till_ms=_good_till(asked, time_in_force, now_ms),
        price_match=price_match,
        self_trade=asked.choice("selfTradePreventionMode", _SELF_TRADES, "EXPIRE_MAKER"),
    )


def contract_of(asked: Parameters, exchange: Exchange) -> Contract:
    """Find the contract a request is about."""
    contract = exchange.contracts.get(asked.text("symbol"))
    if contract is None:
        raise RequestRefused(-1121, "Invalid symbol.")
    return contract


def contracts_of(asked: Parameters, exchange: Exchange) -> dict[str, Contract]:
    """Find the contract a request is about, or give all of them when it names none."""
    if "symbol" not in asked:
        return dict(exchange.contracts)
    contract = contract_of(asked, exchange)
    return {contract.instrument.symbol: contract}


def refuse_unwanted(asked: Parameters, *names: str) -> None:
    """Refuse parameters that do not belong to this kind of order."""
    for name in names:
        if name in asked:
            raise RequestRefused(-1106, f"Parameter '{name}' sent when not required.")


def _side(asked: Parameters) -> Side:
    return Side[asked.choice("side", _SIDES)]


def _reduce_only(asked: Parameters, exchange: Exchange) -> bool:
    if exchange.is_hedged:
        refuse_unwanted(asked, "reduceOnly")
    return asked.flag("reduceOnly", otherwise=False)


def _quantity(asked: Parameters, contract: Contract) -> Decimal:
    quantity = asked.decimal("quantity")
    if decimals_of(quantity) > decimals_of(contract.instrument.lot):
        raise RequestRefused(-1111, "Precision is over the maximum defined for this asset.")
    return quantity


def _price(asked: Parameters, name: str, contract: Contract) -> Decimal:
    price = asked.decimal(name)
    if decimals_of(price) > decimals_of(contract.instrument.tick):
        raise RequestRefused(-1111, "Precision is over the maximum defined for this asset.")
    return price


def _good_till(asked: Parameters, time_in_force: str, now_ms: int) -> int:
    if time_in_force != "GTD":
        return 0
    good_till_ms = asked.whole("goodTillDate") // 1_000 * 1_000
    if not now_ms + _LEAST_GOOD_TILL_MS < good_till_ms < _LAST_GOOD_TILL_MS:
        raise RequestRefused(-5040, "goodTillDate must be later than 600 seconds from now")
    return good_till_ms


def decimals_of(number: Decimal) -> int:
    """Count the decimals that a number uses."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
