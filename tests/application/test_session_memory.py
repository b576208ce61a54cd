import asyncio
from dataclasses import replace
from decimal import Decimal

from application.session_memory import SessionMemory
from domain.connection_events import PositionTold
from domain.orders.order import ApprovedOrder
from domain.orders.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)
from domain.tape import (
    AccountCompared,
    CandleClosed,
    CandleRecalled,
    Event,
    FundingSettled,
    HistoryLost,
    InstrumentChanged,
    PriceMoved,
    SessionOpened,
    TimePassed,
    WalletMoved,
)
from tests.application.drill import BTC, Drill, a_candle
from tests.order_samples import INSTRUMENT, SYMBOL, a_fill, entry, market_exit, stop

OPENED = SessionOpened(1, Decimal(1_000))


def heard(*events: Event) -> SessionMemory:
    memory = SessionMemory()
    memory.hear(OPENED)
    asyncio.run(memory.submit(ApprovedOrder(entry())))
    for event in events:
        memory.hear(event)
    return memory


def filled(at_ms: int = 2, **more: object) -> OrderFilled:
    return OrderFilled(at_ms, SYMBOL, a_fill(fee="0.5", **more))  # type: ignore[arg-type]


def test_what_a_session_did_leaves_open_what_it_leaves_open() -> None:
    drill = Drill()
    drill.enter()
    drill.end()
    memory = SessionMemory()
    for event, decision in zip(drill.events, drill.told.decisions, strict=True):
        memory.hear(event)
        for order in decision.orders:
            asyncio.run(memory.submit(order))
        for cancel in decision.cancels:
            asyncio.run(memory.cancel(cancel.symbol, cancel.order_id))
    assert memory.wallet == drill.desk.wallet
    assert memory.positions == {BTC: drill.trade().position.signed_quantity}
    purposes = sorted(order.order.purpose for order in memory.open_orders)
    assert purposes == ["exit", "stop", "target"]


def test_an_order_is_as_open_as_the_tape_last_said() -> None:
    assert [order.is_accepted for order in heard().open_orders] == [False]
    assert [order.is_accepted for order in heard(OrderAccepted(2, SYMBOL, "a-e")).open_orders] == [True]
    for event in (
        OrderRejected(2, SYMBOL, "a-e", "why", may_retry=False),
        OrderCancelled(2, SYMBOL, "a-e"),
        OrderExpired(2, SYMBOL, "a-e", "why"),
    ):
        assert not heard(event).open_orders


def test_a_part_that_filled_is_held_and_the_rest_is_open() -> None:
    memory = heard(filled(quantity="0.4", is_last=False))
    assert memory.positions == {SYMBOL: Decimal("0.4")}
    assert [(order.filled, order.is_accepted) for order in memory.open_orders] == [(Decimal("0.4"), True)]
    assert memory.wallet == Decimal("999.5")


def test_what_is_said_of_orders_nobody_decided_on_changes_the_account_only() -> None:
    memory = heard(filled(order_id="autoclose-1"), OrderAccepted(3, SYMBOL, "strange"))
    assert memory.positions == {SYMBOL: Decimal(1)}
    assert len(memory.orders) == 1


def test_a_cancel_is_remembered_for_the_order_it_meant() -> None:
    memory = heard()
    asyncio.run(memory.cancel("OTHER", "a-e"))
    asyncio.run(memory.cancel(SYMBOL, "strange"))
    assert not memory.orders["a-e"].is_cancel_wanted
    asyncio.run(memory.cancel(SYMBOL, "a-e"))
    assert memory.orders["a-e"].is_cancel_wanted


def test_an_order_is_dated_by_the_event_that_brought_it() -> None:
    memory = heard(TimePassed(70))
    asyncio.run(memory.submit(ApprovedOrder(stop("99"))))
    assert memory.orders["a-s1"].decided_at_ms == memory.last_at_ms == 70


def test_the_account_agreed_when_the_venue_said_the_same() -> None:
    held = (PositionTold(SYMBOL, Decimal(1), Decimal(100)),)
    same = AccountCompared(5, Decimal("999.5"), held, (), 0)
    assert heard(filled(), same).agreed_at_ms == 5
    assert heard(filled(), same._replace(wallet=Decimal(1))).agreed_at_ms == 1
    assert heard(filled(), same._replace(positions=())).agreed_at_ms == 1


def test_payments_move_the_wallet_and_are_remembered() -> None:
    paid = FundingSettled(2, SYMBOL, Decimal(0), Decimal(-3))
    moved = WalletMoved(3, "", Decimal(50), "DEPOSIT", is_transfer=True)
    memory = heard(paid, moved)
    assert memory.wallet == Decimal(1_047)
    assert list(memory.payments) == [paid, moved]


def test_the_last_candle_is_known_until_history_is_lost() -> None:
    first, last = a_candle(0, 1.0), a_candle(60_000, 2.0)
    events = (CandleRecalled(2, BTC, first), CandleClosed(3, BTC, last), PriceMoved(4, BTC, 3.0))
    assert heard(*events).candles == {BTC: last}
    assert not heard(*events, HistoryLost(5, BTC, "a hole")).candles


def test_rules_that_changed_are_known() -> None:
    finer = replace(INSTRUMENT, lot=Decimal("0.0001"))
    assert heard(InstrumentChanged(2, SYMBOL, finer)).instruments == {SYMBOL: finer}


def test_before_the_session_was_opened_there_is_no_wallet() -> None:
    memory = SessionMemory()
    memory.hear(WalletMoved(3, "", Decimal(50), "DEPOSIT", is_transfer=True))
    assert memory.wallet is None


def test_a_position_closed_by_two_fills_is_flat() -> None:
    memory = heard(filled())
    asyncio.run(memory.submit(ApprovedOrder(market_exit())))
    memory.hear(OrderFilled(4, SYMBOL, a_fill(market_exit().side, order_id="a-x1", fill_id="f2")))
    assert not memory.positions
    assert not memory.open_orders
