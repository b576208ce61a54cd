"""A desk whose venue changes a contract's rules while it trades."""

from dataclasses import replace
from decimal import Decimal

from application.decision import Decision, encode
from domain.market.instrument import Instrument
from domain.orders.order import Order
from domain.orders.order_life import OrderState
from domain.tape import InstrumentChanged, OrderRejected
from tests.application.drill import (
    BTC,
    ENTRY,
    EXIT,
    EXITS,
    STOP,
    TARGET,
    Drill,
    instrument,
    orders_of,
    sizes_of,
)

COARSE = replace(
    instrument(BTC), tick=Decimal("0.1"), lot=Decimal(3), min_quantity=Decimal(3), min_notional=Decimal(50)
)
"""Ten are held, stop 98.87, target 103: neither the size nor the stop lies on this grid."""
COARSE_TICK = replace(instrument(BTC), tick=Decimal(1))


def entered() -> Drill:
    drill = Drill()
    drill.enter()
    return drill


def change(drill: Drill, rules: Instrument = COARSE) -> Decision:
    return drill.tell(InstrumentChanged(drill.now_ms, BTC, rules))


def levels(orders: list[Order]) -> list[tuple[str, str]]:
    return [(order.purpose, f"{order.trigger_price:f}") for order in orders]


def test_a_position_that_no_lot_fits_gets_a_stop_and_a_target_that_close_whatever_is_held() -> None:
    drill = entered()
    orders = orders_of(change(drill))
    assert levels(orders) == [(STOP, "98.9"), (TARGET, "103.0")]
    assert all(order.closes_position and order.quantity == 10 for order in orders)
    assert drill.told.reasons("data") == ["rules_changed"]
    drill.accept_all()
    held = [order for purpose in (STOP, TARGET) for order in drill.venue.held(purpose)]
    assert [one.order for one in held] == orders


def test_it_is_left_at_market_by_the_next_larger_quantity_which_the_venue_cuts() -> None:
    drill = entered()
    change(drill)
    drill.accept_all()
    assert sizes_of(drill.end()) == ["exit 12"]
    drill.fill(EXIT, price="101")
    drill.accept_all()
    drill.check_the_sums()
    [trade] = drill.told.trades
    assert trade.quantity == 10


def test_a_stop_that_closes_the_position_gives_way_before_another_one_comes() -> None:
    drill = entered()
    change(drill)
    drill.accept_all()
    old = drill.order(STOP)
    decision = drill.price(101.5)
    assert sizes_of(decision) == ["exit 3"]
    moving = drill.fill(EXIT, price="101.5")
    assert [cancel.order_id for cancel in moving.cancels] == [old.order_id]
    assert not orders_of(moving)
    assert drill.book().orders[old.order_id].state is OrderState.CANCELLING
    assert not orders_of(drill.price(101.4)), "nobody takes it for a position without a stop"
    followed = drill.tell(drill.venue.cancel(old.order_id))
    assert levels(orders_of(followed)) == [(STOP, f"{drill.trade().stop:f}")]
    assert drill.trade().stop > old.trigger_price  # type: ignore[operator]
    assert not drill.book().giving_way


def test_a_stop_that_gives_way_and_fires_first_ends_the_trade() -> None:
    drill = entered()
    change(drill)
    drill.accept_all()
    drill.price(101.5)
    drill.fill(EXIT, price="101.5")
    drill.fill(STOP, price="98")
    drill.accept_all()
    assert len(drill.told.trades) == 1
    assert not drill.book().giving_way
    drill.check_the_sums()


def test_what_stands_at_its_level_is_not_sent_again() -> None:
    drill = entered()
    change(drill)
    drill.accept_all()
    for price in (100.4, 100.6):
        assert not drill.price(price).orders
    finer = change(drill, instrument(BTC))
    assert not orders_of(finer), "what closes the position protects it on any lot"


def test_stop_and_target_that_lie_on_no_tick_any_more_stay_until_they_move() -> None:
    drill = entered()
    assert not orders_of(change(drill, COARSE_TICK))
    old = drill.order(STOP)
    drill.tell(drill.venue.expire(drill.venue.live(TARGET)[-1]))
    [target] = orders_of(drill.price(100.4))
    assert target.trigger_price == 103
    assert not target.closes_position
    assert drill.order(STOP) == old


def test_an_entry_that_waits_is_withdrawn() -> None:
    drill = Drill()
    drill.offer()
    drill.accept(ENTRY)
    decision = change(drill)
    assert [cancel.order_id for cancel in decision.cancels] == drill.venue.live(ENTRY)
    assert drill.book().instrument == COARSE


def test_what_the_old_rules_refused_is_tried_again_at_once() -> None:
    drill = entered()
    drill.end()
    drill.tell(drill.venue.reject(drill.venue.live(EXIT)[-1]))
    assert drill.book().exit_from_ms > drill.now_ms
    decision = change(drill)
    assert sizes_of(decision) == ["stop 10", "target 10", "exit 12"]
    assert EXITS.exit_retry_ms > 0


def test_a_refused_stop_counts_from_the_beginning() -> None:
    drill = entered()
    for _ in range(2):
        book = drill.book()
        book.refusals[STOP] = book.refused(STOP) + 1
    change(drill)
    assert not drill.book().refusals
    stop_id = drill.venue.live(STOP)[-1]
    drill.tell(OrderRejected(drill.now_ms, BTC, stop_id, "-4130 there is one", may_retry=True))
    assert drill.book().refused(STOP) == 1


def test_a_symbol_that_is_idle_only_learns_the_rules() -> None:
    drill = Drill()
    decision = change(drill)
    assert not decision.orders
    assert not decision.cancels
    assert drill.book().instrument == COARSE


def test_orders_are_written_as_before_but_for_those_that_close_the_position() -> None:
    drill = entered()
    before = b"".join(encode(decision) for decision in drill.told.decisions)
    assert b"stop_market" in before
    assert b"closes_position" not in before
    assert b'"closes_position":true' in encode(change(drill))


def test_a_position_that_does_not_leave_at_market_gets_stop_and_target_next_to_the_price() -> None:
    drill = entered()
    change(drill)
    drill.accept_all()
    drill.price(100.5)
    drill.end()
    drill.tell(drill.venue.reject(drill.venue.live(EXIT)[-1]))
    drill.wait(EXITS.exit_retry_ms)
    closing_in = drill.price(100.5)
    assert not orders_of(closing_in)
    assert len(closing_in.cancels) == 2
    followed = [drill.tell(drill.venue.cancel(cancel.order_id)) for cancel in closing_in.cancels]
    orders = [order for decision in followed for order in orders_of(decision)]
    assert levels(orders) == [(STOP, "100.3"), (TARGET, "100.7")]
    assert all(order.closes_position for order in orders)
    drill.accept_all()
    drill.fill(STOP)
    drill.accept_all()
    [trade] = drill.told.trades
    assert trade.exit_reason == "session_end"
    drill.check_the_sums()


def test_a_stop_that_is_nearer_already_is_not_loosened_for_it() -> None:
    drill = entered()
    change(drill)
    drill.accept_all()
    drill.end()
    drill.tell(drill.venue.reject(drill.venue.live(EXIT)[-1]))
    drill.wait(EXITS.exit_retry_ms)
    drill.price(99.0)
    assert drill.trade().stop == Decimal("98.9")
    assert drill.trade().target == Decimal("99.2")
