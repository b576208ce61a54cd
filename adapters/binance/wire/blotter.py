"""What became of our orders, as the account's stream tells it."""

from decimal import Decimal
from typing import Final

from adapters.binance.wire.account_events import (
    AccountEvent,
    AccountUpdate,
    AlgoReport,
    AlgoUpdate,
    OrderReport,
    OrderTradeUpdate,
    TradeLite,
)
from adapters.binance.wire.account_news import (
    AccountNews,
    FeeNote,
    ForeignCause,
    ForeignFilled,
    OrderAmended,
    StopTriggering,
    Untold,
)
from adapters.binance.wire.expiry import expiry_in_words
from adapters.binance.wire.fill_book import FillBook, fill_id_of
from adapters.binance.wire.foreign_order import cause_of
from adapters.binance.wire.funding_book import FundingBook
from adapters.binance.wire.looked_up import algo_update, order_update
from adapters.binance.wire.move_book import MoveBook
from adapters.binance.wire.order_links import OrderLinks
from adapters.binance.wire.other_frames import Unknown
from adapters.binance.wire.recent import Recent
from adapters.binance.wire.replies import AlgoOrderTold, IncomeTold, OrderTold
from domain.market.direction import Side
from domain.orders.fill import Fill
from domain.orders.order_events import OrderAccepted, OrderCancelled, OrderExpired, OrderFilled
from domain.orders.order_ids import setup_of
from domain.tape import WalletMoved

_MOST_REMEMBERED: Final = 20_000
_NOTHING: Final = Decimal(0)
_SIDES: Final = {"BUY": Side.BUY, "SELL": Side.SELL}
_TRADED: Final = frozenset({"TRADE", "CALCULATED"})
_CANCELLED: Final = "CANCELED"
_EXPIRED: Final = frozenset({"EXPIRED", "EXPIRED_IN_MATCH", "REJECTED"})
_EXECUTIONS: Final = frozenset({"NEW", "AMENDMENT", "CANCELED", "EXPIRED"}) | _TRADED
_TRIGGERED: Final = frozenset({"TRIGGERED", "FINISHED"})
_WITHOUT_REASON: Final = "the venue gives no reason; as a rule the position it belonged to is gone"


class Blotter:
    """Turns what the account's stream tells into our events, each of them once, under our own ids.

    `wallet_asset` is what fees and funding are paid in. Nothing is replayed after a reconnect, so
    what the book expects and does not hear is asked for: see `overdue`.
    """

    def __init__(self, wallet_asset: str = "USDT") -> None:
        self._wallet_asset = wallet_asset
        self._links = OrderLinks()
        self._fills = FillBook()
        self._funding = FundingBook(wallet_asset)
        self._moves = MoveBook(wallet_asset)
        self._ended: Recent[str, None] = Recent(_MOST_REMEMBERED)
        self._gaps: Recent[str, Decimal] = Recent(_MOST_REMEMBERED)
        self._finished: dict[str, AlgoUpdate] = {}

    def read(self, event: AccountEvent) -> list[AccountNews]:
        """Give what an event means, in order; nothing when it was told before."""
        match event:
            case OrderTradeUpdate():
                return self._on_report(event)
            case AlgoUpdate():
                return self._on_algo(event)
            case TradeLite():
                self._fills.announce(event)
                return []
            case AccountUpdate():
                return [*self._funding.hear(event), *self._moves.hear(event), event]
            case _:
                return [event]

    def look_up(self, told: OrderTold, at_ms: int) -> list[AccountNews]:
        """Take the answer to a question about an order, or to its placing, as if the stream had told it.

        Fills are not in such an answer: what was filled and not told is to be asked for.
        """
        update = order_update(told, at_ms)
        order_id = self._links.our_id(update.order)
        return [] if order_id is None else self._own(order_id, update)

    def look_up_resident(self, told: AlgoOrderTold, at_ms: int) -> list[AccountNews]:
        """Take the answer to a question about a stop or target as if the stream had told it."""
        return self._on_algo(algo_update(told, at_ms))

    def find_move(self, row: IncomeTold) -> WalletMoved | None:
        """Take a row of the income list; give what it moved beside trading and funding, if that is news."""
        return self._moves.find(row)

    def missed_events(self) -> None:
        """The stream begins anew: by how much a wallet moves is known again from its next update on."""
        self._funding.forget_wallets()
        self._moves.forget_wallet()

    def hear_rate(self, symbol: str, rate: Decimal) -> None:
        """Learn the funding rate in force, from the mark price."""
        self._funding.hear_rate(symbol, rate)

    def know(self, order_id: str, filled: Decimal) -> None:
        """Take over how much of an order was filled before this stream began."""
        self._fills.know(order_id, filled)

    def expect(self, order_id: str, symbol: str, side: Side) -> None:
        """Take over a resident stop or target that was placed before this stream began."""
        self._links.expect(order_id, symbol, side.name)

    def link(self, order_id: str, venue_order_id: int) -> list[AccountNews]:
        """Learn from elsewhere which order a stop or target became; give what was held back for this."""
        held = self._links.link(order_id, venue_order_id)
        return [news for update in held for news in self._on_report(update)]

    def book(self, fill: Fill) -> bool:
        """Take a fill that was found elsewhere, as in the list of trades; False when it was booked before."""
        return self._fills.book(fill.symbol, fill.fill_id, fill.order_id, fill.quantity)

    def knows(self, symbol: str, fill_id: str, venue_order_id: int) -> bool:
        """Tell whether a fill was booked before."""
        return self._fills.knows(symbol, fill_id, venue_order_id)

    def overdue(self, before_ms: int) -> list[AccountNews]:
        """Give what was expected since before a moment and never told.

        Orders that could have been a stop of ours turn out to be a stranger's; fills announced and
        stops finished without their fills are to be asked for.
        """
        foreign = [news for late in self._links.held_since(before_ms) for news in self._foreign(late)]
        announced = [
            Untold(
                trade.at_ms, trade.symbol, self._name_of(trade), f"fill {trade.trade_id} was only announced"
            )
            for trade in self._fills.announced_before(before_ms)
        ]
        return [*foreign, *announced, *self._unfinished(before_ms)]

    def _name_of(self, trade: TradeLite) -> str:
        return self._links.linked(trade.venue_order_id) or trade.client_id

    def _on_report(self, update: OrderTradeUpdate) -> list[AccountNews]:
        report = update.order
        order_id = self._links.our_id(report)
        if order_id is not None:
            return self._own(order_id, update)
        if cause_of(report) is ForeignCause.STRANGER and self._links.may_be_ours(report):
            self._links.hold(update)
            return []
        return self._foreign(update)

    def _own(self, order_id: str, update: OrderTradeUpdate) -> list[AccountNews]:
        report = update.order
        news: list[AccountNews] = []
        if report.execution == "NEW" and not self._links.is_resident(order_id):
            news.append(OrderAccepted(update.at_ms, report.symbol, order_id))
        if report.execution == "AMENDMENT":
            amended = OrderAmended(update.at_ms, report.symbol, order_id, report.price, report.quantity)
            news.append(amended)
        if report.execution in _TRADED:
            news += self._filled(order_id, update)
        news += self._gap(update.at_ms, report.symbol, order_id, report.filled_quantity)
        news += self._ending(order_id, update)
        if report.execution not in _EXECUTIONS:
            news.append(Unknown(f"execution {report.execution} {report.status}"))
        return news

    def _ending(self, order_id: str, update: OrderTradeUpdate) -> list[AccountNews]:
        report = update.order
        if report.status == _CANCELLED:
            return self._end(OrderCancelled(update.at_ms, report.symbol, order_id))
        if report.status in _EXPIRED:
            reason = expiry_in_words(report.expiry_reason, report.status)
            return self._end(OrderExpired(update.at_ms, report.symbol, order_id, reason))
        if report.status == "FILLED":
            self._ended[order_id] = None
        return []

    def _end(self, ending: OrderCancelled | OrderExpired) -> list[AccountNews]:
        if ending.order_id in self._ended:
            return []
        self._ended[ending.order_id] = None
        return [ending]

    def _foreign(self, update: OrderTradeUpdate) -> list[AccountNews]:
        if update.order.execution not in _TRADED:
            return []
        cause = cause_of(update.order)
        return [
            ForeignFilled(cause, news) if isinstance(news, OrderFilled) else news
            for news in self._filled(update.order.client_id, update)
        ]

    def _filled(self, order_id: str, update: OrderTradeUpdate) -> list[AccountNews]:
        report = update.order
        side = _SIDES.get(report.side)
        if side is None:
            return [Untold(update.at_ms, report.symbol, order_id, f"a fill of unknown side {report.side}")]
        fill_id = fill_id_of(report)
        if not self._fills.book(report.symbol, fill_id, order_id, report.last_quantity):
            return []
        fill = self._fill(fill_id, order_id, side, report)
        return [OrderFilled(update.at_ms, report.symbol, fill), *self._fee_note(fill, update)]

    def _fill(self, fill_id: str, order_id: str, side: Side, report: OrderReport) -> Fill:
        return Fill(
            fill_id=fill_id,
            order_id=order_id,
            symbol=report.symbol,
            side=side,
            price=report.last_price,
            quantity=report.last_quantity,
            fee=report.fee if report.fee is not None and self._is_wallet_fee(report) else _NOTHING,
            realized_pnl=report.realized_pnl,
            is_maker=report.is_maker,
            is_last=report.status == "FILLED",
            at_ms=report.at_ms,
        )

    def _is_wallet_fee(self, report: OrderReport) -> bool:
        return report.fee_asset == self._wallet_asset

    def _fee_note(self, fill: Fill, update: OrderTradeUpdate) -> list[AccountNews]:
        report = update.order
        if report.fee is not None and (self._is_wallet_fee(report) or not report.fee):
            return []
        asset, amount = report.fee_asset or "", report.fee or _NOTHING
        return [FeeNote(update.at_ms, fill.symbol, fill.order_id, fill.fill_id, asset, amount)]

    def _gap(self, at_ms: int, symbol: str, order_id: str, told: Decimal) -> list[AccountNews]:
        missing = told - self._fills.filled(order_id)
        if missing <= (self._gaps.get(order_id) or _NOTHING):
            return []
        self._gaps[order_id] = missing
        return [Untold(at_ms, symbol, order_id, f"{missing} were filled and not told")]

    def _on_algo(self, update: AlgoUpdate) -> list[AccountNews]:
        report = update.order
        if setup_of(report.client_id) is None:
            return []
        linked = self._linked_by(report)
        return [*self._algo_status(update), *linked] if self._links.is_news(report) else linked

    def _linked_by(self, report: AlgoReport) -> list[AccountNews]:
        number = report.venue_order_id
        if number.isascii() and number.isdigit() and int(number) > 0:
            return self.link(report.client_id, int(number))
        return []

    def _algo_status(self, update: AlgoUpdate) -> list[AccountNews]:
        report = update.order
        order_id, symbol, at_ms = report.client_id, report.symbol, update.at_ms
        match report.status:
            case "NEW":
                self._links.expect(order_id, symbol, report.side)
                return [OrderAccepted(at_ms, symbol, order_id)]
            case "TRIGGERING":
                return [StopTriggering(at_ms, symbol, order_id)]
            case "TRIGGERED":
                return []
            case "FINISHED":
                self._finished[order_id] = update
                return []
            case "CANCELED":
                self._links.forget(order_id)
                return self._end(OrderCancelled(at_ms, symbol, order_id))
            case "EXPIRED" | "REJECTED":
                self._links.forget(order_id)
                reason = report.failure or _WITHOUT_REASON
                return self._end(OrderExpired(at_ms, symbol, order_id, reason))
            case unknown:
                return [Unknown(f"algo status {unknown}")]

    def _unfinished(self, before_ms: int) -> list[AccountNews]:
        late = [update for update in self._finished.values() if update.at_ms < before_ms]
        news: list[AccountNews] = []
        for update in late:
            report = update.order
            del self._finished[report.client_id]
            self._links.forget(report.client_id)
            if report.client_id not in self._ended:
                news.append(
                    Untold(update.at_ms, report.symbol, report.client_id, "it is over, and how was not told")
                )
        return news
