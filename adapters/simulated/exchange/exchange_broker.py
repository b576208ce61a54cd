"""The whole exchange as a broker: our orders in, events of the tape out."""

from collections import deque
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from adapters.simulated.exchange.held_orders import NOTHING, HeldOrder, HeldStop, Trade
from adapters.simulated.exchange.news import DONE, Answer, News
from adapters.simulated.exchange.simulated_exchange import SimulatedExchange
from domain.market.direction import Side
from domain.orders.fill import Fill
from domain.orders.order import ApprovedOrder, Order, OrderKind
from domain.tape import (
    Event,
    FundingSettled,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    WalletMoved,
)

_STOPS: Final = frozenset({OrderKind.STOP_MARKET, OrderKind.TAKE_PROFIT_MARKET})
_WORTH_ANOTHER_TRY: Final = frozenset({-1112, -4509, -5022})
_EXPIRY: Final = {
    0: "good-till time, or a post-only order that would take",
    1: "met our own order",
    2: "nobody traded at once",
    4: "nothing left to reduce",
    5: "liquidation",
    9: "no liquidity within the bound",
}


@dataclass(slots=True)
class _Asked:
    """One of our orders in the exchange's words."""

    client_id: str
    symbol: str
    side: Side
    kind: str
    quantity: Decimal
    time_in_force: str = "GTC"
    price: Decimal = NOTHING
    trigger_price: Decimal = NOTHING
    is_reduce_only: bool = False
    position_side: str = "BOTH"
    working_type: str = "CONTRACT_PRICE"
    closes_position: bool = False
    is_price_protected: bool = False
    activate_price: Decimal = NOTHING
    callback_rate: Decimal = NOTHING
    good_till_ms: int = 0
    price_match: str = "NONE"
    self_trade: str = "NONE"


class ExchangeBroker:
    """Hands orders to a one-way exchange; `told` gives its answers and all that happened, in order."""

    def __init__(self, exchange: SimulatedExchange) -> None:
        self._exchange = exchange
        self._news = exchange.news
        self._told: deque[Event] = deque()
        exchange.tell_briefly()

    async def submit(self, order: ApprovedOrder) -> None:
        """Hand one approved order to the exchange."""
        self.place(order.order)

    async def cancel(self, symbol: str, order_id: str) -> None:
        """Ask the exchange to take one order away; one that is gone has told its end."""
        self.take_back(symbol, order_id)

    def symbols_at_stake(self) -> frozenset[str]:
        """Give the symbols with a position, or with an order that may still trade."""
        return self._exchange.symbols_at_stake

    def place(self, order: Order) -> None:
        """Set the leverage an entry asks for, and place it."""
        exchange, asked, wanted = self._exchange, _asked(order), order.leverage
        answer = DONE
        is_known = order.symbol in exchange.contracts
        if wanted is not None and is_known and wanted != exchange.leverage(order.symbol):
            answer = exchange.set_leverage(order.symbol, wanted)
        if not answer.code:
            answer = exchange.place_stop(asked) if order.kind in _STOPS else exchange.place(asked)
        if answer.code:
            self._refuse(order, answer)

    def take_back(self, symbol: str, order_id: str) -> None:
        """Take one order away, plain or conditional; a stop that hangs is told to be gone.

        Nobody can take a hanging stop away at the exchange, and it acts no more.
        """
        exchange = self._exchange
        if not exchange.cancel(symbol, 0, order_id).code or not exchange.cancel_stop(0, order_id).code:
            return
        stop = exchange.stop(0, order_id)
        if stop is not None and stop.is_waiting:
            self._listen()
            self._told.append(OrderCancelled(exchange.now_ms, symbol, order_id))

    @property
    def has_more(self) -> bool:
        """Whether anything happened that was not told."""
        return bool(self._news or self._told)

    def next_told(self) -> Event | None:
        """Give the oldest thing that happened and was not told, None when there is none."""
        if self._news:
            self._listen()
        return self._told.popleft() if self._told else None

    def told(self) -> list[Event]:
        """Give all that happened and was not told."""
        self._listen()
        told = list(self._told)
        self._told.clear()
        return told

    def _listen(self) -> None:
        for news in self._exchange.take_news():
            event = self._event_of(news)
            if event is not None:
                self._told.append(event)

    def _refuse(self, order: Order, answer: Answer) -> None:
        self._listen()
        reason, may_retry = f"{answer.code} {answer.message}", answer.code in _WORTH_ANOTHER_TRY
        self._told.append(
            OrderRejected(self._exchange.now_ms, order.symbol, order.order_id, reason, may_retry)
        )

    def _event_of(self, news: News) -> Event | None:
        if news.order is not None:
            return self._order_event(news, news.order)
        if news.stop is not None:
            return _stop_event(news, news.stop)
        if news.what == "FUNDING_FEE":
            rate = self._exchange.contracts[news.symbol].funding_rate
            return FundingSettled(news.at_ms, news.symbol, rate, news.amount)
        if news.kind == "account" and news.amount:
            is_transfer = news.what != "INSURANCE_CLEAR"
            return WalletMoved(news.at_ms, news.symbol, news.amount, news.what, is_transfer)
        return None

    def _order_event(self, news: News, order: HeldOrder) -> Event | None:
        name = self._name_of(order)
        if news.trade is not None:
            return OrderFilled(news.at_ms, news.symbol, _fill(news.trade, name, is_last=news.is_over))
        if news.what == "NEW":
            is_ours = not order.algo_id and not order.closes_by_force
            return OrderAccepted(news.at_ms, news.symbol, name) if is_ours else None
        if news.what == "CANCELED":
            return OrderCancelled(news.at_ms, news.symbol, name)
        if news.what == "EXPIRED":
            reason = _EXPIRY.get(order.expiry_reason, "taken away by the venue")
            return OrderExpired(news.at_ms, news.symbol, name, reason)
        return None

    def _name_of(self, order: HeldOrder) -> str:
        if not order.algo_id or self._exchange.habits.do_triggered_orders_keep_their_name:
            return order.client_id
        stop = self._exchange.stop(order.algo_id, "")
        return order.client_id if stop is None else stop.client_id


def _asked(order: Order) -> _Asked:
    asked = _Asked(
        order.order_id,
        order.symbol,
        order.side,
        "MARKET",
        order.quantity,
        is_reduce_only=order.is_reduce_only,
    )
    if order.kind is OrderKind.POST_ONLY_LIMIT:
        asked.kind, asked.time_in_force, asked.price = "LIMIT", "GTX", order.price or NOTHING
    elif order.kind in _STOPS:
        asked.kind, asked.trigger_price = order.kind.name, order.trigger_price or NOTHING
        if order.closes_position:
            asked.quantity, asked.is_reduce_only, asked.closes_position = NOTHING, False, True
    return asked


def _stop_event(news: News, stop: HeldStop) -> Event | None:
    if news.what == "NEW" and not stop.is_activated:
        return OrderAccepted(news.at_ms, news.symbol, stop.client_id)
    if news.what == "CANCELED":
        return OrderCancelled(news.at_ms, news.symbol, stop.client_id)
    if news.what in {"EXPIRED", "REJECTED"}:
        reason = stop.rejected_because or "nothing left to close"
        return OrderExpired(news.at_ms, news.symbol, stop.client_id, reason)
    return None


def _fill(trade: Trade, name: str, *, is_last: bool) -> Fill:
    return Fill(
        fill_id=f"{trade.symbol}-{trade.trade_id}",
        order_id=name,
        symbol=trade.symbol,
        side=trade.side,
        price=trade.price,
        quantity=trade.quantity,
        fee=trade.fee,
        realized_pnl=trade.realized_pnl,
        is_maker=trade.is_maker,
        is_last=is_last,
        at_ms=trade.at_ms,
    )
