"""A clerk whose venue is played by hand: the test answers each request, and says what the stream tells."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from adapters.binance.orders.broker_rules import BrokerRules
from adapters.binance.orders.errand import Errand, Task
from adapters.binance.orders.moment import Moment
from adapters.binance.orders.order_clerk import OrderClerk
from adapters.binance.orders.tape_account import BrokerEvent
from adapters.binance.wire.account_events import (
    AccountEvent,
    AlgoReport,
    AlgoUpdate,
    OrderReport,
    OrderTradeUpdate,
)
from adapters.binance.wire.error_code import ACTION_OF
from adapters.binance.wire.outcome import AlreadySo, Done, Refused
from adapters.binance.wire.replies import (
    AccountConfig,
    AlgoCancelled,
    AlgoOrderTold,
    BalanceTold,
    CountdownSet,
    LeverageSet,
    OrderTold,
    PositionRisk,
    Said,
    UserTrade,
)
from domain.orders.order import Order
from domain.orders.order_events import OrderFilled
from domain.orders.order_life import WorkingOrder

VENUE_MS = 1_795_305_600_000
WALLET = Decimal(1_000)
SYMBOL = "BTCUSDT"


def refused(code: int, reason: str = "why") -> Refused:
    return Refused(code, reason, ACTION_OF[code])


def told(order: Order, status: str = "NEW", executed: str = "0", number: int = 7) -> Done[OrderTold]:
    return Done(
        OrderTold(
            order_id=number,
            symbol=order.symbol,
            status=status,
            client_order_id=order.order_id,
            side=order.side.name,
            orig_qty=order.quantity,
            executed_qty=Decimal(executed),
        )
    )


def resident(order: Order, status: str = "NEW", number: str = "") -> Done[AlgoOrderTold]:
    return Done(
        AlgoOrderTold(
            algo_id=3,
            client_algo_id=order.order_id,
            symbol=order.symbol,
            algo_status=status,
            side=order.side.name,
            actual_order_id=number,
        )
    )


def report(
    order: Order,
    execution: str = "NEW",
    status: str = "NEW",
    *,
    last: str = "0",
    filled: str = "0",
    trade: int = 0,
    number: int = 7,
    name: str | None = None,
) -> OrderTradeUpdate:
    """What the stream says of an order."""
    return OrderTradeUpdate(
        VENUE_MS,
        OrderReport(
            symbol=order.symbol,
            client_id=order.order_id if name is None else name,
            side=order.side.name,
            execution=execution,
            status=status,
            venue_order_id=number,
            at_ms=VENUE_MS,
            quantity=order.quantity,
            last_quantity=Decimal(last),
            filled_quantity=Decimal(filled),
            last_price=Decimal(91_800),
            fee=Decimal(0),
            fee_asset="USDT",
            trade_id=trade,
        ),
    )


def algo(order: Order, status: str, number: str = "") -> AlgoUpdate:
    """What the stream says of a stop or target."""
    return AlgoUpdate(
        VENUE_MS,
        AlgoReport(order.order_id, 3, order.symbol, order.side.name, status, venue_order_id=number),
    )


def trade(order: Order, number: int, quantity: str, order_number: int = 7) -> UserTrade:
    return UserTrade(
        id=number,
        order_id=order_number,
        symbol=order.symbol,
        side=order.side.name,
        price=Decimal(91_800),
        qty=Decimal(quantity),
        time=VENUE_MS,
    )


class ClerkDrill:
    """Follows every order as a desk would, which halts on what cannot be."""

    def __init__(self, rules: BrokerRules | None = None, *, is_open: bool = True) -> None:
        self.clerk = OrderClerk(rules or BrokerRules())
        self.at_ms = 5_000
        self.told: list[BrokerEvent] = []
        self.books: dict[str, WorkingOrder] = {}
        self.asked: list[Errand] = []
        self.lists: dict[str, Any] = {
            "orders": (),
            "residents": (),
            "config": AccountConfig(can_trade=True),
            "positions": (),
            "balances": (BalanceTold("USDT", WALLET),),
        }
        if is_open:
            self.clerk.missed_events("connected anew", self.now)
            self.serve()

    @property
    def now(self) -> Moment:
        return Moment(self.at_ms, VENUE_MS + self.at_ms)

    def send(self, *orders: Order) -> None:
        for order in orders:
            self.books[order.order_id] = WorkingOrder(order)
            self.clerk.submit(order, self.now)

    def cancel(self, order: Order) -> None:
        self.books[order.order_id] = self.books[order.order_id].asked_to_cancel()
        self.clerk.cancel(order.symbol, order.order_id, self.now)
        self.hear()

    def hear(self, *events: AccountEvent) -> None:
        for event in events:
            self.clerk.hear(event, self.now)
        for one in self.clerk.take_told():
            self.told.append(one)
            order_id = one.fill.order_id if isinstance(one, OrderFilled) else getattr(one, "order_id", "")
            if order_id in self.books:
                self.books[order_id] = self.books[order_id].after(one)  # type: ignore[arg-type]

    def wait(self, ms: int, every_ms: int = 100) -> None:
        """Let time pass, and serve what is asked but for orders."""
        for _ in range(0, ms, every_ms):
            self.at_ms += every_ms
            self.clerk.look(self.now)
            self.hear()

    def next(self, *, among: Task | None = None) -> Errand | None:
        """Give the next thing asked that is not answered by itself."""
        while (errand := self.clerk.next_errand(self.now)) is not None:
            self.asked.append(errand)
            if not self._serve(errand) and among in {None, errand.task}:
                return errand
        return None

    def serve(self) -> None:
        """Answer everything that answers itself."""
        assert self.next() is None

    def expect(self, task: Task, order: Order | None = None) -> Errand:
        errand = self.next()
        assert errand is not None, f"nothing is asked; {task} was expected"
        assert errand.task is task, f"{errand.task} {errand.about}; {task} was expected"
        assert order is None or errand.about == order.order_id
        return errand

    def answer(self, errand: Errand, outcome: Any) -> None:  # noqa: ANN401 - of whatever kind
        self.clerk.answered(errand, outcome, self.now)
        self.hear()

    def place(self, order: Order, outcome: Any) -> None:  # noqa: ANN401 - of whatever kind
        self.answer(self.expect(Task.PLACE, order), outcome)

    def story(self, order: Order) -> list[str]:
        return [
            type(event).__name__[5:]
            for event in self.told
            if (event.fill.order_id if isinstance(event, OrderFilled) else getattr(event, "order_id", ""))
            == order.order_id
        ]

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.told if isinstance(event, kind)]

    def hold(self, *positions: tuple[str, str]) -> None:
        """Let the venue hold positions of a symbol and a signed quantity."""
        self.lists["positions"] = tuple(
            PositionRisk(symbol, Decimal(quantity), Decimal(91_800)) for symbol, quantity in positions
        )

    def list_orders(self, *answers: Done[OrderTold]) -> None:
        self.lists["orders"] = tuple(answer.reply for answer in answers)

    def list_residents(self, *answers: Done[AlgoOrderTold]) -> None:
        self.lists["residents"] = tuple(answer.reply for answer in answers)

    def trades(self, errand: Errand, found: Sequence[UserTrade]) -> None:
        self.answer(errand, Done(tuple(found)))

    def _serve(self, errand: Errand) -> bool:
        match errand.task:
            case Task.SET:
                path = errand.request.path
                if path.endswith("leverage"):
                    asked = int(dict(errand.request.parameters)["leverage"])
                    self.answer(errand, Done(LeverageSet(errand.about, asked)))
                else:
                    self.answer(errand, AlreadySo(-4046) if path.endswith("marginType") else Done(Said()))
            case Task.COUNT_DOWN:
                self.answer(errand, Done(CountdownSet(errand.about, 1)))
            case Task.COMPARE:
                self.answer(errand, Done(self.lists[errand.about]))
            case Task.SWEEP:
                self.answer(errand, Done(AlgoCancelled()))
            case _:
                return False
        return True
