from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.halt import TradingHalt
from domain.market.direction import Side
from domain.orders.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)
from domain.orders.order_life import NEXT, OrderState, OrderStep, WorkingOrder
from tests.order_samples import SYMBOL, a_fill, entry

ACCEPTED = OrderAccepted(1, SYMBOL, "a-e")
REJECTED = OrderRejected(1, SYMBOL, "a-e", "no", may_retry=False)
CANCELLED = OrderCancelled(1, SYMBOL, "a-e")
EXPIRED = OrderExpired(1, SYMBOL, "a-e", "gone")


def filled(quantity: str, *, is_last: bool, order_id: str = "a-e") -> OrderFilled:
    return OrderFilled(1, SYMBOL, a_fill(Side.BUY, quantity=quantity, is_last=is_last, order_id=order_id))


PART = filled("0.4", is_last=False)
LAST = filled("0.6", is_last=True)


def lived(*events: OrderEvent) -> WorkingOrder:
    working = WorkingOrder(entry())
    for event in events:
        working = working.after(event)
    return working


@pytest.mark.parametrize(
    ("events", "state", "filled_quantity"),
    [
        ((), OrderState.SENT, "0"),
        ((ACCEPTED,), OrderState.RESTING, "0"),
        ((REJECTED,), OrderState.DEAD, "0"),
        ((ACCEPTED, PART), OrderState.RESTING, "0.4"),
        ((ACCEPTED, PART, LAST), OrderState.DONE, "1.0"),
        ((PART, ACCEPTED, LAST), OrderState.DONE, "1.0"),
        ((LAST, ACCEPTED), OrderState.DONE, "0.6"),
        ((ACCEPTED, PART, CANCELLED), OrderState.DEAD, "0.4"),
        ((ACCEPTED, CANCELLED, PART), OrderState.DEAD, "0.4"),
        ((ACCEPTED, EXPIRED), OrderState.DEAD, "0"),
        ((EXPIRED,), OrderState.DEAD, "0"),
        ((CANCELLED, CANCELLED, EXPIRED, ACCEPTED), OrderState.DEAD, "0"),
        ((LAST, CANCELLED), OrderState.DONE, "0.6"),
    ],
)
def test_an_order_lives_by_the_table(
    events: tuple[OrderEvent, ...], state: OrderState, filled_quantity: str
) -> None:
    working = lived(*events)
    assert working.state is state
    assert working.filled_quantity == Decimal(filled_quantity)


def test_a_fill_that_overtakes_our_cancel_is_booked() -> None:
    working = lived(ACCEPTED).asked_to_cancel()
    assert working.state is OrderState.CANCELLING
    assert working.after(PART).state is OrderState.CANCELLING
    assert working.after(PART).after(LAST).state is OrderState.DONE
    assert working.after(PART).after(CANCELLED).filled_quantity == Decimal("0.4")


@pytest.mark.parametrize("events", [(ACCEPTED, LAST), (REJECTED,), (ACCEPTED, CANCELLED)])
def test_cancelling_what_is_already_over_changes_nothing(events: tuple[OrderEvent, ...]) -> None:
    working = lived(*events)
    assert working.asked_to_cancel() == working


def test_a_cancel_may_be_asked_before_the_venue_knows_the_order() -> None:
    working = WorkingOrder(entry()).asked_to_cancel()
    assert working.after(ACCEPTED).state is OrderState.CANCELLING
    assert working.after(REJECTED).state is OrderState.DEAD
    assert working.asked_to_cancel().state is OrderState.CANCELLING


@pytest.mark.parametrize(
    ("events", "impossible", "told"),
    [
        ((ACCEPTED,), REJECTED, "order a-e is resting and cannot be rejected"),
        ((LAST,), EXPIRED, "order a-e is done and cannot be expired"),
        ((LAST,), filled("0.1", is_last=False), "order a-e is done and cannot be part_filled"),
        ((REJECTED,), LAST, "order a-e is dead and cannot be filled"),
        ((REJECTED,), REJECTED, "order a-e is dead and cannot be rejected"),
    ],
)
def test_a_step_that_is_not_in_the_table_halts(
    events: tuple[OrderEvent, ...], impossible: OrderEvent, told: str
) -> None:
    with pytest.raises(TradingHalt, match=told):
        lived(*events).after(impossible)


def test_more_filled_than_ordered_halts() -> None:
    with pytest.raises(TradingHalt, match="does not fit order"):
        lived(ACCEPTED, PART).after(filled("0.61", is_last=True))


@pytest.mark.parametrize(
    "event", [OrderAccepted(1, SYMBOL, "b-e"), filled("0.1", is_last=False, order_id="b-e")]
)
def test_the_events_of_another_order_halt(event: OrderEvent) -> None:
    with pytest.raises(TradingHalt, match=r"does not (belong to|fit) order"):
        lived(ACCEPTED).after(event)


def test_only_a_live_order_may_still_trade() -> None:
    assert lived(ACCEPTED, PART).is_live
    assert lived(ACCEPTED, PART).open_quantity == Decimal("0.6")
    for over in (lived(PART, CANCELLED), lived(LAST)):
        assert not over.is_live
        assert over.open_quantity == 0


def test_the_table_knows_every_state_and_leads_nowhere_else() -> None:
    assert set(NEXT) == set(OrderState)
    for state, steps in NEXT.items():
        is_over = state in (OrderState.DONE, OrderState.DEAD)
        assert set(steps.values()) <= ({state} if is_over else set(OrderState) - {OrderState.SENT})
        assert {OrderStep.CANCEL_ASKED, OrderStep.CANCELLED, OrderStep.ACCEPTED} <= set(steps)


@given(st.lists(st.sampled_from([ACCEPTED, REJECTED, CANCELLED, EXPIRED, PART, LAST])))
def test_no_sequence_fills_more_than_was_ordered_or_less_than_nothing(events: list[OrderEvent]) -> None:
    working = WorkingOrder(entry())
    for event in events:
        try:
            working = working.after(event)
        except TradingHalt:
            break
    assert 0 <= working.open_quantity <= working.order.quantity
    assert 0 <= working.filled_quantity <= working.order.quantity


@pytest.mark.parametrize(
    ("working", "stands"),
    [
        (lived(), True),
        (lived(ACCEPTED, PART), True),
        (lived(ACCEPTED).asked_to_cancel(), False),
        (lived(PART, LAST), False),
        (lived(REJECTED), False),
    ],
)
def test_an_order_stands_while_it_may_trade_and_nobody_asked_it_to_go(
    working: WorkingOrder, *, stands: bool
) -> None:
    assert working.is_standing is stands


def test_an_order_covers_what_it_may_still_trade_and_one_that_closes_the_position_covers_all() -> None:
    whole = lived(ACCEPTED)
    assert whole.covers(Decimal(1))
    assert not whole.after(PART).covers(Decimal(1))
    closing = WorkingOrder(replace(entry(), closes_position=True))
    assert closing.covers(Decimal(5))
    assert not closing.after(CANCELLED).covers(Decimal(1))


def test_an_order_that_closes_the_position_may_fill_more_than_was_held_when_it_was_made() -> None:
    closing = WorkingOrder(replace(entry(), closes_position=True))
    assert closing.after(filled("3", is_last=True)).state is OrderState.DONE
