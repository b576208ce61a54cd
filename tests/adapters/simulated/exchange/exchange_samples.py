"""An exchange for tests: one contract at a price of 100, and orders by few words."""

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count

from adapters.simulated.exchange.contract_terms import ContractTerms, ExchangeHabits
from adapters.simulated.exchange.held_orders import HeldOrder
from adapters.simulated.exchange.news import News
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from domain.market.direction import Side
from domain.market.instrument import Instrument
from domain.market.leverage_bracket import LeverageBracket

SYMBOL = "ABCUSDT"
BRACKETS = (
    LeverageBracket(Decimal(0), Decimal(300_000), 125, Decimal("0.004"), Decimal(0)),
    LeverageBracket(Decimal(300_000), Decimal("Infinity"), 100, Decimal("0.005"), Decimal(300)),
)
GRID = Instrument(
    SYMBOL,
    Decimal("0.1"),
    Decimal("0.001"),
    Decimal("0.001"),
    Decimal(10_000),
    Decimal(10_000),
    Decimal(5),
    BRACKETS,
)
_NAMES = count(1)


@dataclass
class Asked:
    side: Side
    quantity: Decimal
    kind: str = "MARKET"
    price: Decimal = Decimal(0)
    time_in_force: str = "GTC"
    is_reduce_only: bool = False
    position_side: str = "BOTH"
    trigger_price: Decimal = Decimal(0)
    closes_position: bool = False
    working_type: str = "CONTRACT_PRICE"
    is_price_protected: bool = False
    activate_price: Decimal = Decimal(0)
    callback_rate: Decimal = Decimal(0)
    good_till_ms: int = 0
    price_match: str = "NONE"
    self_trade: str = "EXPIRE_MAKER"
    symbol: str = SYMBOL
    client_id: str = field(default_factory=lambda: f"n{next(_NAMES)}")


def exchange_at(
    price: float = 100.0,
    wallet: str = "100000",
    habits: ExchangeHabits | None = None,
    typical: float = 1_000.0,
) -> SimulatedExchange:
    exchange = SimulatedExchange({SYMBOL: ContractTerms(GRID)}, Decimal(wallet), habits or ExchangeHabits())
    exchange.open_minute(SYMBOL, typical)
    move(exchange, price)
    return exchange


def move(exchange: SimulatedExchange, price: float, quantity: float = 1.0, mark: float | None = None) -> None:
    """Let the market trade at a price, a second later."""
    at_ms = exchange.now_ms + 1_000
    last_mark = price if mark is None else mark
    exchange.on_trade(SYMBOL, price, quantity, last_mark, at_ms, is_buyer_maker=True)


def buy(quantity: str, **more: object) -> Asked:
    return Asked(Side.BUY, Decimal(quantity), **more)  # type: ignore[arg-type]


def sell(quantity: str, **more: object) -> Asked:
    return Asked(Side.SELL, Decimal(quantity), **more)  # type: ignore[arg-type]


def held(exchange: SimulatedExchange, position_side: str = "BOTH") -> Decimal:
    return next(one.amount for one in exchange.positions(SYMBOL) if one.position_side == position_side)


def order_ends(news: list[News]) -> list[tuple[str, int]]:
    """Give status and expiry reason of orders as they ended."""
    return [
        (one.order.status, one.order.expiry_reason)
        for one in news
        if one.order is not None and one.what in {"EXPIRED", "CANCELED"}
    ]


def plain_order(symbol: str, side: Side, quantity: str) -> HeldOrder:
    """Give a market order as the exchange holds it."""
    asked = Asked(side, Decimal(quantity), symbol=symbol)
    return HeldOrder(
        order_id=1,
        client_id=asked.client_id,
        symbol=symbol,
        side=side,
        position_side="BOTH",
        kind="MARKET",
        original_kind="MARKET",
        time_in_force="GTC",
        quantity=asked.quantity,
        price=Decimal(0),
        is_reduce_only=False,
        good_till_ms=0,
        price_match="NONE",
        self_trade="NONE",
        created_ms=0,
        updated_ms=0,
    )
