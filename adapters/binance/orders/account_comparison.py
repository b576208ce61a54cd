"""The venue's account beside our own book."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from adapters.binance.orders.errand import Errand, Priority, Task
from adapters.binance.orders.moment import Moment
from adapters.binance.orders.tape_account import TapeAccount
from adapters.binance.orders.ticket import TicketState
from adapters.binance.orders.ticket_book import TicketBook
from adapters.binance.wire.account_requests import account_config, balances, position_risk
from adapters.binance.wire.order_requests import open_orders, open_residents
from adapters.binance.wire.outcome import Done, Outcome, Silenced, Withheld
from adapters.binance.wire.replies import (
    AccountConfig,
    AlgoOrderTold,
    BalanceTold,
    OrderTold,
    PositionRisk,
)
from adapters.binance.wire.request import Request
from domain.connection_events import PositionTold
from domain.orders.order_ids import setup_of

_NOTHING: Final = Decimal(0)
_AGAIN_AFTER_MS: Final = 1_000
_NONE_STUCK: Final[Mapping[str, str]] = MappingProxyType({})
_HANGING: Final = "TRIGGERING"


class Step(StrEnum):
    """What is asked for, in this order: orders first, as what they trade meanwhile shows in the rest."""

    ORDERS = "orders"
    RESIDENTS = "residents"
    CONFIG = "config"
    POSITIONS = "positions"
    BALANCES = "balances"


_STEPS: Final = tuple(Step)


class Found(NamedTuple):
    """The account as the venue tells it; the asking began at `begun`."""

    begun: Moment
    orders: tuple[OrderTold, ...]
    residents: tuple[AlgoOrderTold, ...]
    config: AccountConfig
    positions: tuple[PositionTold, ...]
    wallet: Decimal


class Differences(NamedTuple):
    """Where the venue's word is not ours.

    `vanished` orders are believed to rest and do not. `orphans` are orders of ours, with their symbol,
    that rest and are believed over, or were never heard of; of them, `stuck` fired and hang there. Those
    can open nothing, and the venue does not let them go. `strangers` are none of ours. `positions` are the
    symbols whose quantity differs.
    """

    vanished: tuple[str, ...]
    orphans: Mapping[str, str]
    strangers: tuple[str, ...]
    positions: tuple[str, ...]
    wallet: Decimal
    stuck: Mapping[str, str] = _NONE_STUCK

    @property
    def are_none(self) -> bool:
        """Whether both say the same; strangers' and stuck orders are told."""
        return not (self.vanished or self.orphans or self.positions or self.wallet)


class AccountRound:
    """Asks for the account, one thing after the other; an answer that fails begins the round anew."""

    def __init__(self, wallet_asset: str = "USDT") -> None:
        self._wallet_asset = wallet_asset
        self._due_ms: int | None = None
        self._is_busy = False
        self._is_stale = False
        self._begun: Moment | None = None
        self._replies: dict[Step, Any] = {}

    @property
    def is_wanted(self) -> bool:
        """Whether a round is due, or under way."""
        return self._due_ms is not None or self._begun is not None

    def want(self, due_ms: int) -> None:
        """Ask at a moment; an earlier one counts."""
        self._due_ms = due_ms if self._due_ms is None else min(self._due_ms, due_ms)

    def restart(self, due_ms: int) -> None:
        """Begin anew: what was answered so far is of an account from before."""
        self._replies = {}
        self._begun = None
        self._is_stale = self._is_busy
        self.want(due_ms)

    def errand(self, now_ms: int) -> Errand | None:
        """Give the next question."""
        is_due = self._due_ms is not None and now_ms >= self._due_ms
        if self._is_busy or (self._begun is None and not is_due):
            return None
        step = _STEPS[len(self._replies)]
        return Errand(Task.COMPARE, step.value, Priority.COMPARE, _REQUESTS[step])

    def began(self, now: Moment) -> None:
        """A question is on its way."""
        self._is_busy = True
        if self._begun is None:
            self._begun = now
            self._due_ms = None

    def answered(self, step: Step, outcome: Outcome[Any], now: Moment) -> Found | None:
        """Take an answer; give the account when it was the last one."""
        self._is_busy = False
        if self._is_stale:
            self._is_stale = False
            return None
        if not isinstance(outcome, Done):
            wait_ms = outcome.until_ms - now.venue_ms if isinstance(outcome, Silenced | Withheld) else 0
            self._abandon(now.steady_ms + max(wait_ms, _AGAIN_AFTER_MS))
            return None
        self._replies[step] = outcome.reply
        if len(self._replies) < len(_STEPS):
            return None
        return self._found(now)

    def _abandon(self, again_ms: int) -> None:
        self._begun = None
        self._replies = {}
        self.want(again_ms)

    def _found(self, now: Moment) -> Found:
        replies = self._replies
        found = Found(
            self._begun or now,
            replies[Step.ORDERS],
            replies[Step.RESIDENTS],
            replies[Step.CONFIG],
            _positions(replies[Step.POSITIONS]),
            _wallet(replies[Step.BALANCES], self._wallet_asset),
        )
        self._begun = None
        self._replies = {}
        return found


_REQUESTS: Final[Mapping[Step, Request[Any]]] = {
    Step.ORDERS: open_orders(),
    Step.RESIDENTS: open_residents(),
    Step.CONFIG: account_config(),
    Step.POSITIONS: position_risk(),
    Step.BALANCES: balances(),
}


def compare(found: Found, book: TicketBook, account: TapeAccount) -> Differences:
    """Say where the venue's word differs from what was sent and told."""
    listed = {told.client_order_id: told.symbol for told in found.orders}
    listed |= {told.client_algo_id: told.symbol for told in found.residents}
    ours = {order_id: symbol for order_id, symbol in listed.items() if setup_of(order_id) is not None}
    orphans = {order_id: symbol for order_id, symbol in ours.items() if _is_orphan(order_id, book)}
    hanging = {told.client_algo_id for told in found.residents if told.algo_status == _HANGING}
    stuck = {order_id: orphans.pop(order_id) for order_id in sorted(hanging & orphans.keys())}
    held = {position.symbol: position.signed_quantity for position in found.positions}
    believed = account.positions
    return Differences(
        vanished=_vanished(found, listed, book),
        orphans=orphans,
        strangers=tuple(sorted(listed.keys() - ours.keys())),
        positions=tuple(sorted({name for name, _ in held.items() ^ believed.items()})),
        wallet=_NOTHING if account.wallet is None else found.wallet - account.wallet,
        stuck=stuck,
    )


def _is_orphan(order_id: str, book: TicketBook) -> bool:
    ticket = book.get(order_id)
    return ticket is None or ticket.is_let_go or (ticket.is_end_told and not ticket.is_open)


def _vanished(found: Found, listed: Mapping[str, str], book: TicketBook) -> tuple[str, ...]:
    return tuple(
        ticket.order_id
        for ticket in book.open()
        if ticket.state is TicketState.HELD
        and ticket.order_id not in listed
        and ticket.sent_at is not None
        and ticket.sent_at.steady_ms < found.begun.steady_ms
    )


def _positions(told: tuple[PositionRisk, ...]) -> tuple[PositionTold, ...]:
    held = (PositionTold(one.symbol, one.position_amt, one.entry_price) for one in told if one.position_amt)
    return tuple(sorted(held))


def _wallet(told: tuple[BalanceTold, ...], asset: str) -> Decimal:
    return sum((one.balance for one in told if one.asset == asset), _NOTHING)
