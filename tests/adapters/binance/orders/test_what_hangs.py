"""Stops and targets that fired and hang at the venue: told, swept, and never taken for a difference."""

from dataclasses import replace
from decimal import Decimal

from adapters.binance.orders.errand import Task
from adapters.binance.orders.ticket import TicketState
from adapters.binance.wire.order_requests import TriggeredBy
from adapters.binance.wire.outcome import Done, UnknownOutcome
from domain.connection_events import AccountCompared
from domain.orders.order_events import OrderFilled
from tests.adapters.binance.orders.clerk_drill import ClerkDrill, algo, refused, report, resident
from tests.adapters.binance.wire.order_samples import STOP

HANGS = resident(STOP, "TRIGGERING")


def hanging() -> ClerkDrill:
    """A drill whose stop fired two seconds ago and hangs; the venue lists it."""
    drill = ClerkDrill()
    drill.send(STOP)
    drill.place(STOP, resident(STOP))
    drill.hear(algo(STOP, "NEW"), algo(STOP, "TRIGGERING"))
    drill.list_residents(HANGS)
    while drill.story(STOP) == ["Accepted"]:
        drill.wait(100)
        if (errand := drill.next()) is not None:
            drill.answer(errand, HANGS)
    assert drill.story(STOP) == ["Accepted", "Expired"]
    return drill


def compared(drill: ClerkDrill, ms: int) -> list[AccountCompared]:
    before = len(drill.of(AccountCompared))
    for _ in range(0, ms, 100):
        drill.wait(100)
        drill.serve()
    return drill.of(AccountCompared)[before:]


def test_what_hangs_is_told_within_seconds_and_again_only_with_every_comparison() -> None:
    drill = hanging()
    first = compared(drill, 3_000)
    assert {one.stuck_orders for one in first} == {(STOP.order_id,)}
    assert first[0].open_orders == ()
    assert len(compared(drill, 120_000)) <= 4


def test_it_is_swept_at_once_and_after_every_comparison_until_the_venue_lets_it_go() -> None:
    drill = hanging()
    sweeps = [one for one in drill.asked if one.task is Task.SWEEP]
    compared(drill, 60_000)
    assert len([one for one in drill.asked if one.task is Task.SWEEP]) > len(sweeps)
    drill.list_residents()
    assert compared(drill, 61_000)[-1].stuck_orders == ()


def test_a_sweep_that_is_refused_is_tried_again_after_the_next_comparison() -> None:
    drill = ClerkDrill()
    drill.list_residents(HANGS)
    drill.wait(60_100)
    for _ in range(50):
        while (errand := drill.clerk.next_errand(drill.now)) is not None:
            if errand.task is Task.SWEEP:
                drill.asked.append(errand)
                drill.answer(errand, refused(-2011))
            else:
                drill.answer(errand, Done(drill.lists[errand.about]))
        drill.wait(2_500)
    asked = [one for one in drill.asked if one.task is Task.SWEEP]
    assert 2 <= len(asked) <= 3
    assert drill.of(AccountCompared)[-1].stuck_orders == (STOP.order_id,)


def test_a_sweep_that_is_not_answered_yet_is_not_sent_again() -> None:
    drill = ClerkDrill()
    drill.clerk.cancel(STOP.symbol, "an-s1", drill.now)
    errand = drill.clerk.next_errand(drill.now)
    assert errand is not None
    assert errand.task is Task.SWEEP
    drill.wait(3_000)
    assert drill.clerk.next_errand(drill.now) is None
    drill.answer(errand, UnknownOutcome("no answer"))
    again = drill.clerk.next_errand(drill.now)
    assert again == errand


def test_a_session_begins_beside_what_hangs_from_an_earlier_one() -> None:
    drill = ClerkDrill(is_open=False)
    drill.list_residents(HANGS)
    drill.clerk.missed_events("connected anew", drill.now)
    drill.serve()
    [first] = drill.of(AccountCompared)
    assert first.stuck_orders == (STOP.order_id,)


def test_a_stop_that_closes_the_position_is_asked_for_without_a_quantity() -> None:
    drill = ClerkDrill()
    closing = replace(STOP, closes_position=True)
    drill.send(closing)
    errand = drill.expect(Task.PLACE, closing)
    asked = dict(errand.request.parameters)
    assert asked["closePosition"] == "true"
    assert not {"quantity", "reduceOnly"} & asked.keys()
    assert TriggeredBy.MARK.value == asked["workingType"]
    drill.answer(errand, resident(closing))
    assert drill.story(closing) == ["Accepted"]


def test_it_may_fill_more_and_less_than_was_held_and_ends_when_the_venue_says_so() -> None:
    closing = replace(STOP, closes_position=True)
    more, less = str(closing.quantity * 2), str(closing.quantity / 2)
    for filled in (more, less):
        drill = ClerkDrill()
        drill.send(closing)
        drill.place(closing, resident(closing))
        drill.hear(algo(closing, "TRIGGERED", "7"))
        part = str(Decimal(filled) / 2)
        drill.hear(report(closing, "TRADE", "PARTIALLY_FILLED", last=part, filled=part, trade=1))
        assert not drill.of(OrderFilled)[-1].fill.is_last
        drill.hear(report(closing, "TRADE", "FILLED", last=part, filled=filled, trade=2))
        assert drill.of(OrderFilled)[-1].fill.is_last


def test_an_order_put_back_that_is_not_wanted_any_more_is_told_as_cancelled() -> None:
    drill = ClerkDrill()
    drill.send(STOP)
    errand = drill.expect(Task.PLACE, STOP)
    drill.cancel(STOP)
    drill.answer(errand, refused(-4509))
    assert drill.story(STOP) == ["Cancelled"]
    ticket = drill.clerk._book.get(STOP.order_id)  # noqa: SLF001
    assert ticket is not None
    assert ticket.state is TicketState.OVER


def test_what_fired_unheard_and_hangs_is_seen_in_the_list_and_protects_nobody() -> None:
    """The stream was cut when the stop fired, and tells nothing of it any more."""
    drill = ClerkDrill()
    drill.send(STOP)
    drill.place(STOP, resident(STOP))
    drill.hear(algo(STOP, "NEW"))
    drill.list_residents(HANGS)
    drill.clerk.missed_events("connected anew", drill.now)
    for _ in range(40):
        drill.wait(100)
        while (errand := drill.next()) is not None:
            drill.answer(errand, HANGS)
    assert drill.story(STOP) == ["Accepted", "Expired"]
    assert drill.of(AccountCompared)[-1].stuck_orders == (STOP.order_id,)
