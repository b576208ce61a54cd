"""A venue played by hand: the test says what happens to each order, the venue keeps the truth."""

from dataclasses import dataclass
from decimal import Decimal

from application.decision import Decision
from domain.market.wallet_unit import in_wallet_units
from domain.orders.fill import Fill
from domain.orders.order import Order, OrderKind, OrderPurpose
from domain.position.position import Position, open_position, realized_by
from domain.tape import (
    FundingSettled,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)

_FEE_RATES = {OrderKind.POST_ONLY_LIMIT: Decimal("0.0002")}
_TAKER_FEE = Decimal("0.0005")


@dataclass
class HeldOrder:
    """An order as the venue has it; `is_held` from its acceptance on."""

    order: Order
    open_quantity: Decimal
    is_held: bool = False
    is_asked_to_go: bool = False


class HandVenue:
    """Changes its books the moment a test acts, and gives the event that tells of it.

    Orders that reduce never turn a position around: they are cut to what is held.
    """

    def __init__(self, wallet: Decimal) -> None:
        self.wallet = wallet
        self.at_ms = 0
        self.orders: dict[str, HeldOrder] = {}
        self.positions: dict[str, Position] = {}
        self.every_id: set[str] = set()
        self._fills = 0

    def take(self, decision: Decision) -> None:
        for approved in decision.orders:
            order = approved.order
            assert order.order_id not in self.every_id, f"{order.order_id} was used before"
            self.every_id.add(order.order_id)
            self.orders[order.order_id] = HeldOrder(order, order.quantity)
        for cancel in decision.cancels:
            assert cancel.order_id in self.every_id
            if cancel.order_id in self.orders:
                self.orders[cancel.order_id].is_asked_to_go = True

    def live(self, purpose: OrderPurpose, symbol: str | None = None) -> list[str]:
        """List the ids of orders that were sent and are not over, oldest first."""
        return [
            order_id
            for order_id, held in self.orders.items()
            if held.order.purpose is purpose and symbol in (None, held.order.symbol)
        ]

    def held(self, purpose: OrderPurpose) -> list[HeldOrder]:
        return [self.orders[order_id] for order_id in self.live(purpose) if self.orders[order_id].is_held]

    def most_that_fills(self, order_id: str) -> Decimal:
        held = self.orders[order_id]
        position = self.positions.get(held.order.symbol)
        if not held.order.is_reduce_only:
            return held.open_quantity
        return min(held.open_quantity, position.quantity) if position else Decimal(0)

    def accept(self, order_id: str) -> OrderAccepted:
        self.orders[order_id].is_held = True
        return OrderAccepted(self.at_ms, self.orders[order_id].order.symbol, order_id)

    def reject(self, order_id: str) -> OrderRejected:
        order = self.orders.pop(order_id).order
        return OrderRejected(self.at_ms, order.symbol, order_id, "-2021 order would trigger at once", False)

    def cancel(self, order_id: str) -> OrderCancelled:
        order = self.orders.pop(order_id).order
        return OrderCancelled(self.at_ms, order.symbol, order_id)

    def expire(self, order_id: str) -> OrderExpired:
        order = self.orders.pop(order_id).order
        return OrderExpired(self.at_ms, order.symbol, order_id, "taken away")

    def fill(self, order_id: str, quantity: str | Decimal | None = None, price: str = "") -> OrderFilled:
        """Trade an order, the whole of it if no quantity is given; one cut to the position is done by it."""
        held = self.orders[order_id]
        order = held.order
        most = self.most_that_fills(order_id)
        traded = most if quantity is None else Decimal(quantity)
        assert 0 < traded <= most, f"{order_id} cannot trade {traded} of {most}"
        held.is_held = True
        held.open_quantity -= traded
        if traded == most:
            del self.orders[order_id]
        at = Decimal(price) if price else order.price or order.trigger_price
        assert at is not None, "a market order needs a price"
        return self._traded(order, order_id, at, traded, is_last=traded == most)

    def fund(self, symbol: str, payment: str) -> FundingSettled:
        self.wallet += Decimal(payment)
        self.positions[symbol] = self.positions[symbol].after_funding(Decimal(payment))
        return FundingSettled(self.at_ms, symbol, Decimal("0.0001"), Decimal(payment))

    def force_close(self, symbol: str, order_id: str, quantity: str, price: str) -> OrderFilled:
        """Close a position, or part of it, against our will."""
        some_exit = next(held.order for held in self.orders.values() if held.order.symbol == symbol)
        return self._traded(some_exit, order_id, Decimal(price), Decimal(quantity), is_last=True)

    def _traded(
        self, order: Order, order_id: str, price: Decimal, quantity: Decimal, *, is_last: bool
    ) -> OrderFilled:
        self._fills += 1
        position = self.positions.get(order.symbol)
        realized = realized_by(position, price, quantity) if position and order.is_reduce_only else Decimal(0)
        fee = in_wallet_units(price * quantity * _FEE_RATES.get(order.kind, _TAKER_FEE))
        fill = Fill(
            fill_id=f"f{self._fills}",
            order_id=order_id,
            symbol=order.symbol,
            side=order.side,
            price=price,
            quantity=quantity,
            fee=fee,
            realized_pnl=realized,
            is_maker=order.kind is OrderKind.POST_ONLY_LIMIT,
            is_last=is_last,
            at_ms=self.at_ms,
        )
        self.wallet += realized - fee
        self._keep(order.symbol, open_position(fill) if position is None else position.after(fill))
        return OrderFilled(self.at_ms, order.symbol, fill)

    def _keep(self, symbol: str, position: Position) -> None:
        if position.is_flat:
            del self.positions[symbol]
        else:
            self.positions[symbol] = position
