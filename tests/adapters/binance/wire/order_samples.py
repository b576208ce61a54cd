"""One order of each kind."""

from dataclasses import replace
from decimal import Decimal

from domain.market.direction import Side
from domain.orders.order import Order, OrderKind, OrderPurpose

ENTRY = Order(
    "BTCUSDT.L.mwsgqk0g-e",
    "BTCUSDT",
    Side.BUY,
    OrderKind.POST_ONLY_LIMIT,
    OrderPurpose.ENTRY,
    Decimal("0.500"),
    price=Decimal("91800.00"),
    leverage=5,
)
EXIT = Order(
    "BTCUSDT.L.mwsgqk0g-x1",
    "BTCUSDT",
    Side.SELL,
    OrderKind.MARKET,
    OrderPurpose.EXIT,
    Decimal("0.5"),
    is_reduce_only=True,
)
STOP = Order(
    "BTCUSDT.L.mwsgqk0g-s1",
    "BTCUSDT",
    Side.SELL,
    OrderKind.STOP_MARKET,
    OrderPurpose.STOP,
    Decimal("0.5"),
    trigger_price=Decimal("90900.0"),
    is_reduce_only=True,
)
TARGET = replace(STOP, order_id="BTCUSDT.L.mwsgqk0g-t1", kind=OrderKind.TAKE_PROFIT_MARKET)
