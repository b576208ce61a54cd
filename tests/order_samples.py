"""Orders, fills and an instrument that tests start from."""

from decimal import Decimal

from domain.market.direction import Side
from domain.market.instrument import Instrument
from domain.orders.fill import Fill
from domain.orders.order import Order, OrderKind, OrderPurpose

SYMBOL = "ETHUSDT"
INSTRUMENT = Instrument(
    symbol=SYMBOL,
    tick=Decimal("0.10"),
    lot=Decimal("0.001"),
    min_quantity=Decimal("0.002"),
    max_quantity=Decimal(100),
    max_market_quantity=Decimal(50),
    min_notional=Decimal(5),
)


def entry(
    order_id: str = "a-e",
    side: Side = Side.BUY,
    quantity: str = "1",
    price: str | None = None,
    *,
    symbol: str = SYMBOL,
    leverage: int = 2,
) -> Order:
    kind = OrderKind.MARKET if price is None else OrderKind.POST_ONLY_LIMIT
    limit = None if price is None else Decimal(price)
    return Order(
        order_id, symbol, side, kind, OrderPurpose.ENTRY, Decimal(quantity), price=limit, leverage=leverage
    )


def market_exit(
    order_id: str = "a-x1", side: Side = Side.SELL, quantity: str = "1", *, symbol: str = SYMBOL
) -> Order:
    return Order(
        order_id,
        symbol,
        side,
        OrderKind.MARKET,
        OrderPurpose.EXIT,
        Decimal(quantity),
        is_reduce_only=True,
    )


def limit_exit(order_id: str, side: Side, quantity: str, price: str) -> Order:
    return Order(
        order_id,
        SYMBOL,
        side,
        OrderKind.POST_ONLY_LIMIT,
        OrderPurpose.EXIT,
        Decimal(quantity),
        price=Decimal(price),
        is_reduce_only=True,
    )


def stop(
    trigger: str,
    order_id: str = "a-s1",
    side: Side = Side.SELL,
    quantity: str = "1",
    *,
    symbol: str = SYMBOL,
) -> Order:
    return Order(
        order_id,
        symbol,
        side,
        OrderKind.STOP_MARKET,
        OrderPurpose.STOP,
        Decimal(quantity),
        trigger_price=Decimal(trigger),
        is_reduce_only=True,
    )


def target(
    trigger: str,
    order_id: str = "a-t1",
    side: Side = Side.SELL,
    quantity: str = "1",
    *,
    symbol: str = SYMBOL,
) -> Order:
    return Order(
        order_id,
        symbol,
        side,
        OrderKind.TAKE_PROFIT_MARKET,
        OrderPurpose.TARGET,
        Decimal(quantity),
        trigger_price=Decimal(trigger),
        is_reduce_only=True,
    )


def a_fill(
    side: Side = Side.BUY,
    price: str = "100",
    quantity: str = "1",
    *,
    fee: str = "0",
    realized: str = "0",
    order_id: str = "a-e",
    fill_id: str = "f1",
    symbol: str = SYMBOL,
    is_last: bool = True,
    at_ms: int = 0,
) -> Fill:
    return Fill(
        fill_id,
        order_id,
        symbol,
        side,
        Decimal(price),
        Decimal(quantity),
        Decimal(fee),
        Decimal(realized),
        is_maker=False,
        is_last=is_last,
        at_ms=at_ms,
    )
