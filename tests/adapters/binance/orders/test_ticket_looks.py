"""What is found when an order is looked up, and what is concluded when it is not."""

import pytest

from adapters.binance.orders.errand import Task
from adapters.binance.wire.outcome import Done, Silenced, UnknownOutcome
from adapters.binance.wire.replies import AccountConfig
from domain.connection_events import AccountCompared, AccountSetting, AccountSettingChanged
from domain.orders.order_events import OrderExpired, OrderFilled
from tests.adapters.binance.orders.clerk_drill import (
    VENUE_MS,
    ClerkDrill,
    algo,
    refused,
    report,
    resident,
    told,
    trade,
)
from tests.adapters.binance.wire.order_samples import ENTRY, EXIT, STOP

LOST = UnknownOutcome("no answer")


def in_doubt() -> ClerkDrill:
    """A stop of which nobody knows whether the venue has it, at the moment it is looked up."""
    drill = ClerkDrill()
    drill.send(STOP)
    drill.place(STOP, LOST)
    drill.wait(1_000)
    return drill


@pytest.mark.parametrize(
    ("status", "story"),
    [
        ("NEW", ["Accepted"]),
        ("CANCELED", ["Cancelled"]),
        ("EXPIRED", ["Expired"]),
        ("REJECTED", ["Expired"]),
        ("FINISHED", ["Expired"]),
        ("SOMETHING_NEW", ["Expired"]),
    ],
)
def test_a_stop_that_is_found_is_told_as_it_is(status: str, story: list[str]) -> None:
    drill = in_doubt()
    drill.answer(drill.expect(Task.LOOK_UP), resident(STOP, status))
    assert drill.story(STOP) == story


@pytest.mark.parametrize("status", ["TRIGGERED", "FINISHED"])
def test_a_stop_that_fired_unheard_is_followed_to_its_order_and_its_fills(status: str) -> None:
    drill = in_doubt()
    drill.answer(drill.expect(Task.LOOK_UP), resident(STOP, status, "99"))
    errand = drill.expect(Task.LOOK_UP)
    assert dict(errand.request.parameters)["orderId"] == "99"
    drill.answer(errand, told(STOP, "FILLED", "0.5", 99))
    drill.trades(drill.expect(Task.FIND_FILLS), [trade(STOP, 5, "0.5", 99)])
    assert drill.story(STOP) == ["Accepted", "Filled"]


def test_the_order_of_a_stop_is_looked_at_until_it_is_over() -> None:
    drill = in_doubt()
    drill.answer(drill.expect(Task.LOOK_UP), resident(STOP, "TRIGGERED", "99"))
    drill.answer(drill.expect(Task.LOOK_UP), told(STOP, "NEW", "0", 99))
    drill.wait(1_100)
    drill.answer(drill.expect(Task.LOOK_UP), told(STOP, "CANCELED", "0", 99))
    assert drill.story(STOP)[0] == "Accepted"
    assert drill.story(STOP)[1] in {"Cancelled", "Expired"}


def test_a_triggered_stop_whose_fill_does_not_come_is_looked_up() -> None:
    drill = ClerkDrill()
    drill.send(STOP)
    drill.place(STOP, resident(STOP))
    drill.hear(algo(STOP, "NEW"), algo(STOP, "TRIGGERING"), algo(STOP, "TRIGGERED", "99"))
    drill.wait(1_600)
    drill.answer(drill.expect(Task.LOOK_UP), told(STOP, "FILLED", "0.5", 99))
    drill.trades(drill.expect(Task.FIND_FILLS), [trade(STOP, 5, "0.5", 99)])
    assert drill.story(STOP) == ["Accepted", "Filled"]


def test_a_look_without_an_answer_is_repeated_and_keeps_silence() -> None:
    drill = in_doubt()
    drill.answer(drill.expect(Task.LOOK_UP), refused(-1008))
    drill.wait(1_100)
    drill.answer(drill.expect(Task.LOOK_UP), Silenced(VENUE_MS + drill.at_ms + 2_000))
    drill.wait(1_900)
    assert drill.next() is None
    drill.wait(200)
    drill.answer(drill.expect(Task.LOOK_UP), resident(STOP))
    assert drill.story(STOP) == ["Accepted"]


def test_a_stop_to_be_cancelled_is_not_sent_again_and_is_gone_when_it_can_come_no_more() -> None:
    drill = in_doubt()
    drill.cancel(STOP)
    while not drill.story(STOP):
        errand = drill.next()
        assert errand is None or errand.task is Task.LOOK_UP
        if errand is not None:
            drill.answer(errand, refused(-2013))
        drill.wait(500)
    assert drill.story(STOP) == ["Cancelled"]


def test_a_stop_put_back_and_then_cancelled_is_looked_up_once_more() -> None:
    drill = in_doubt()
    drill.answer(drill.expect(Task.LOOK_UP), refused(-2013))
    drill.cancel(STOP)
    drill.answer(drill.expect(Task.LOOK_UP), resident(STOP))
    drill.answer(drill.expect(Task.CANCEL), refused(-2011))
    for _ in range(3):
        drill.answer(drill.expect(Task.LOOK_UP), refused(-2013))
        drill.wait(1_100)
    assert drill.story(STOP) == ["Accepted", "Cancelled"]


def test_a_stop_that_can_be_neither_found_nor_placed_is_given_up_after_a_minute() -> None:
    drill = ClerkDrill()
    drill.send(STOP)
    for _ in range(200):
        if (errand := drill.next()) is not None:
            drill.answer(errand, LOST if errand.task is Task.PLACE else refused(-2013))
        drill.wait(500)
        if drill.story(STOP):
            break
    assert drill.story(STOP) == ["Rejected"]
    assert drill.at_ms < 80_000


def test_a_search_for_fills_without_an_answer_is_repeated() -> None:
    drill = ClerkDrill()
    drill.send(ENTRY)
    drill.place(ENTRY, told(ENTRY, "FILLED", "0.5"))
    drill.wait(1_600)
    drill.answer(drill.expect(Task.FIND_FILLS), LOST)
    drill.wait(1_100)
    drill.trades(drill.expect(Task.FIND_FILLS), [trade(ENTRY, 5, "0.5")])
    assert drill.of(OrderFilled)[0].fill.is_last


def test_an_exit_cut_to_what_is_left_ends_with_what_it_filled() -> None:
    drill = ClerkDrill()
    drill.send(EXIT)
    drill.place(EXIT, told(EXIT, "PARTIALLY_FILLED", "0.3"))
    drill.wait(1_600)
    drill.trades(drill.expect(Task.FIND_FILLS), [trade(EXIT, 5, "0.3")])
    drill.wait(60_000)
    drill.answer(drill.expect(Task.LOOK_UP), told(EXIT, "FILLED", "0.3"))
    assert drill.story(EXIT) == ["Accepted", "Filled", "Expired"]
    assert "FILLED" in drill.of(OrderExpired)[0].reason


def test_a_cancel_waits_out_silence_and_a_busy_venue() -> None:
    drill = ClerkDrill()
    drill.send(ENTRY)
    drill.place(ENTRY, told(ENTRY))
    drill.cancel(ENTRY)
    drill.answer(drill.expect(Task.CANCEL), refused(-1008))
    drill.wait(600)
    drill.answer(drill.expect(Task.CANCEL), Silenced(VENUE_MS + drill.at_ms + 3_000))
    drill.wait(2_900)
    assert drill.next() is None
    drill.wait(200)
    drill.answer(drill.expect(Task.CANCEL), told(ENTRY, "CANCELED"))
    assert drill.story(ENTRY) == ["Accepted", "Cancelled"]


def test_an_order_in_the_list_of_open_ones_is_there() -> None:
    drill = ClerkDrill()
    drill.send(ENTRY, STOP)
    drill.place(STOP, LOST)
    drill.place(ENTRY, LOST)
    drill.list_orders(told(ENTRY))
    drill.list_residents(resident(STOP))
    drill.clerk.missed_events("connected anew", drill.now)
    while (errand := drill.next()) is not None:
        drill.answer(errand, resident(STOP) if errand.about == STOP.order_id else told(ENTRY))
    assert drill.story(ENTRY) == ["Accepted"]
    assert drill.story(STOP) == ["Accepted"]


def test_hedge_mode_turned_on_from_outside_is_told() -> None:
    drill = ClerkDrill()
    drill.lists["config"] = AccountConfig(can_trade=True, dual_side_position=True)
    drill.wait(60_100)
    drill.serve()
    drill.hear()
    assert drill.of(AccountSettingChanged)[0].setting is AccountSetting.POSITION_MODE
    assert len(drill.of(AccountCompared)) == 2


def test_an_entry_whose_settings_are_refused_is_rejected_and_one_unanswered_is_tried_again() -> None:
    drill = ClerkDrill()
    drill.send(ENTRY)
    errand = drill.clerk.next_errand(drill.now)
    assert errand is not None
    assert errand.task is Task.SET
    drill.answer(errand, LOST)
    drill.wait(300)
    errand = drill.clerk.next_errand(drill.now)
    assert errand is not None
    drill.answer(errand, refused(-2015))
    assert drill.story(ENTRY) == ["Rejected"]


def test_an_entry_cancelled_while_its_settings_are_made_is_gone_without_the_venue() -> None:
    drill = ClerkDrill()
    drill.send(ENTRY)
    errand = drill.clerk.next_errand(drill.now)
    assert errand is not None
    drill.cancel(ENTRY)
    drill.answer(errand, Done(()))
    drill.serve()
    assert drill.story(ENTRY) == ["Cancelled"]
    assert Task.PLACE not in {one.task for one in drill.asked}


def test_an_order_that_ended_before_this_session_needs_no_sweeping() -> None:
    drill = ClerkDrill()
    drill.hear(report(ENTRY), report(ENTRY, "CANCELED", "CANCELED"))
    drill.serve()
    assert Task.SWEEP not in {errand.task for errand in drill.asked}


def test_a_triggering_stop_that_nobody_heard_of_gets_its_time_from_the_first_look() -> None:
    drill = in_doubt()
    drill.answer(drill.expect(Task.LOOK_UP), resident(STOP, "TRIGGERING"))
    assert drill.story(STOP) == ["Accepted"]
    while drill.story(STOP) == ["Accepted"]:
        drill.wait(500)
        drill.answer(drill.expect(Task.LOOK_UP), resident(STOP, "TRIGGERING"))
    assert drill.story(STOP) == ["Accepted", "Expired"]


def test_a_look_that_finds_nothing_while_the_answer_hangs_proves_nothing() -> None:
    drill = ClerkDrill()
    drill.send(ENTRY)
    hanging = drill.expect(Task.PLACE)
    for _ in range(8):
        drill.wait(1_000)
        if (errand := drill.next()) is not None:
            drill.answer(errand, refused(-2013))
    assert not drill.story(ENTRY)
    drill.answer(hanging, told(ENTRY))
    assert drill.story(ENTRY) == ["Accepted"]


def test_an_entry_told_by_the_stream_while_its_trace_is_looked_for_is_not_let_go() -> None:
    drill = ClerkDrill()
    drill.send(ENTRY)
    drill.place(ENTRY, LOST)
    while (errand := drill.next()) is None or errand.task is Task.LOOK_UP:
        if errand is not None:
            drill.answer(errand, refused(-2013))
        drill.wait(500)
    drill.hear(report(ENTRY))
    drill.trades(errand, [])
    assert drill.story(ENTRY) == ["Accepted"]
