"""The venue's account beside the book: what vanished, what nobody wants, what differs."""

from decimal import Decimal
from typing import Any

from adapters.binance.orders.account_comparison import AccountRound, Differences, Found, Step, compare
from adapters.binance.orders.moment import Moment
from adapters.binance.orders.tape_account import TapeAccount
from adapters.binance.orders.ticket import Ticket, TicketStep
from adapters.binance.orders.ticket_book import TicketBook
from adapters.binance.wire.error_code import Action
from adapters.binance.wire.outcome import Done, Refused, Silenced
from adapters.binance.wire.replies import AccountConfig, BalanceTold, PositionRisk
from domain.connection_events import PositionTold
from domain.orders.order import Order
from domain.orders.order_events import OrderCancelled
from domain.tape import SessionOpened
from tests.adapters.binance.orders.clerk_drill import SYMBOL, WALLET, resident, told
from tests.adapters.binance.wire.order_samples import ENTRY, STOP

NOW = Moment(1_000, 1_000)
ANSWERS: dict[Step, Any] = {
    Step.ORDERS: (),
    Step.RESIDENTS: (),
    Step.CONFIG: AccountConfig(can_trade=True),
    Step.POSITIONS: (
        PositionRisk("B", Decimal(0), Decimal(0)),
        PositionRisk("A", Decimal(-1), Decimal(5)),
    ),
    Step.BALANCES: (BalanceTold("BNB", Decimal(9)), BalanceTold("USDT", WALLET)),
}


def found(**more: Any) -> Found:  # noqa: ANN401 - any part of it
    usual: dict[str, Any] = {"orders": (), "residents": (), "positions": (), "wallet": WALLET}
    return Found(NOW, config=AccountConfig(can_trade=True), **(usual | more))


def account() -> TapeAccount:
    told_so_far = TapeAccount()
    told_so_far.tell([SessionOpened(0, WALLET)])
    return told_so_far


def held(*orders: Order, sent_ms: int = 0) -> TicketBook:
    book = TicketBook()
    for order in orders:
        ticket = Ticket(order, 0)
        ticket.step(TicketStep.SENT)
        ticket.sent_at = Moment(sent_ms, sent_ms)
        ticket.accept(0)
        book.add(ticket)
    return book


def differences(book: TicketBook, **more: Any) -> Differences:  # noqa: ANN401 - any part of it
    return compare(found(**more), book, account())


def test_two_accounts_that_say_the_same_differ_in_nothing() -> None:
    book = held(ENTRY, STOP)
    same = differences(book, orders=(told(ENTRY).reply,), residents=(resident(STOP).reply,))
    assert same.are_none


def test_an_order_that_should_rest_and_does_not_has_vanished() -> None:
    assert differences(held(ENTRY, STOP), orders=(told(ENTRY).reply,)).vanished == (STOP.order_id,)


def test_an_order_sent_after_the_question_has_not_vanished() -> None:
    assert differences(held(ENTRY, sent_ms=1_000)).are_none


def test_an_order_of_ours_that_nobody_knows_or_wants_is_an_orphan() -> None:
    assert differences(TicketBook(), orders=(told(ENTRY).reply,)).orphans == {ENTRY.order_id: SYMBOL}
    book = held(ENTRY)
    ticket = book.get(ENTRY.order_id)
    assert ticket is not None
    ticket.end(OrderCancelled(0, SYMBOL, ENTRY.order_id))
    assert differences(book, orders=(told(ENTRY).reply,)).orphans == {ENTRY.order_id: SYMBOL}


def test_an_order_on_its_way_is_no_orphan() -> None:
    book = TicketBook()
    book.add(Ticket(ENTRY, 0))
    assert differences(book, orders=(told(ENTRY).reply,)).are_none


def test_positions_and_wallet_are_compared_to_the_last_digit() -> None:
    other = differences(TicketBook(), positions=(PositionTold(SYMBOL, Decimal("0.1"), Decimal(1)),))
    assert other.positions == (SYMBOL,)
    assert differences(TicketBook(), wallet=WALLET + Decimal("0.01")).wallet == Decimal("0.01")


def test_a_round_asks_one_thing_after_the_other_and_leaves_out_what_is_flat() -> None:
    asking = AccountRound()
    assert asking.errand(0) is None
    asking.want(500)
    assert asking.errand(499) is None
    result = None
    for step in Step:
        errand = asking.errand(500)
        assert errand is not None
        assert errand.about == step.value
        asking.began(NOW)
        assert asking.errand(500) is None
        result = asking.answered(step, Done(ANSWERS[step]), NOW)
    assert result is not None
    assert result.positions == (PositionTold("A", Decimal(-1), Decimal(5)),)
    assert result.wallet == WALLET
    assert not asking.is_wanted


def test_an_answer_that_fails_begins_the_round_anew_after_the_silence_asked_for() -> None:
    asking = AccountRound()
    asking.want(0)
    asking.began(NOW)
    asking.answered(Step.ORDERS, Done(()), NOW)
    asking.began(NOW)
    asking.answered(Step.RESIDENTS, Silenced(NOW.venue_ms + 9_000), NOW)
    assert asking.errand(9_999) is None
    errand = asking.errand(10_000)
    assert errand is not None
    assert errand.about == Step.ORDERS.value
    asking.began(NOW)
    asking.answered(Step.ORDERS, Refused(0, "not connected", Action.RETRY), NOW)
    assert asking.errand(1_999) is None
    assert asking.errand(2_000) is not None


def test_what_was_asked_before_the_stream_was_lost_counts_for_nothing() -> None:
    asking = AccountRound()
    asking.want(0)
    asking.began(NOW)
    asking.restart(1_000)
    assert asking.answered(Step.ORDERS, Done(()), NOW) is None
    errand = asking.errand(1_000)
    assert errand is not None
    assert errand.about == Step.ORDERS.value
