from decimal import Decimal

import pytest

from application.decision import DecisionDraft
from application.smart_order_manager import SmartOrderManager, entry_order
from domain.market.direction import Side
from domain.orders.order import OrderKind
from domain.orders.order_validator import OrderValidator
from domain.position.closed_trade import ExitReason
from domain.risk.gate_limits import GateLimits
from domain.risk.risk_gate import RiskGate
from tests.application.drill import BTC, ENTRY, EXIT, STOP, TARGET, Drill, orders_of, sizes_of
from tests.fakes.structure_engine import OFFERS_A_LONG, QUIET

ONE_R_AND_MORE = 101.5
TRAILS_FROM = 102.5
SUPPORT_AT_101 = QUIET._replace(dealing_range=(101.0, 120.0))
SUPPORT_AT_102 = QUIET._replace(dealing_range=(102.0, 120.0))


def half_is_home() -> Drill:
    drill = Drill()
    drill.enter()
    drill.price(ONE_R_AND_MORE)
    drill.fill(EXIT, price="101.5")
    drill.accept_all()
    return drill


def stop_levels(drill: Drill) -> list[Decimal | None]:
    return [drill.venue.orders[order_id].order.trigger_price for order_id in drill.venue.live(STOP)]


def test_a_waiting_entry_has_a_price_and_a_market_entry_has_none() -> None:
    drill = Drill()
    drill.offer()
    plan = drill.book().plan
    assert plan is not None
    waiting, at_once = entry_order(plan, OrderKind.POST_ONLY_LIMIT), entry_order(plan, OrderKind.MARKET)
    assert (waiting.price, at_once.price) == (Decimal(100), None)
    assert waiting.side is at_once.side is Side.BUY
    assert waiting.order_id == at_once.order_id == drill.venue.live(ENTRY)[0]


def test_a_moved_stop_is_sent_at_its_new_level_and_named_for_it() -> None:
    drill, draft = Drill(), DecisionDraft()
    drill.enter()
    manager = SmartOrderManager(RiskGate(GateLimits(), OrderValidator()))
    manager.move_stop(drill.book(), Decimal("99.50"), ExitReason.TRAILING_STOP, draft)
    [approved] = draft.orders
    assert approved.order.trigger_price == drill.trade().stop == Decimal("99.50")
    assert drill.book().reasons[approved.order.order_id] is ExitReason.TRAILING_STOP
    assert draft.cancels == []


def test_the_old_stop_goes_only_when_the_venue_holds_the_new_one() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    drill.accept_all()
    old = drill.venue.live(STOP)[0]
    assert drill.fill(ENTRY, "6").cancels == ()
    assert [cancel.order_id for cancel in drill.accept(STOP).cancels] == [old]


def test_a_position_whose_stop_was_once_held_is_never_without_one() -> None:
    drill = Drill()
    drill.offer()
    for piece in ("4", "3", "3"):
        drill.fill(ENTRY, piece)
        while waiting := [i for i, held in drill.venue.orders.items() if not held.is_held]:
            drill.tell(drill.venue.accept(waiting[0]))
            assert drill.venue.held(STOP)
        while asked := [i for i, held in drill.venue.orders.items() if held.is_asked_to_go]:
            drill.tell(drill.venue.cancel(asked[0]))
            assert drill.venue.held(STOP)


def test_one_accepted_stop_takes_over_from_every_older_one() -> None:
    drill = Drill()
    drill.offer()
    for piece in ("4", "3", "3"):
        drill.fill(ENTRY, piece)
    first, second, third = drill.venue.live(STOP)
    assert drill.tell(drill.venue.accept(first)).cancels == ()
    decision = drill.tell(drill.venue.accept(third))
    assert [cancel.order_id for cancel in decision.cancels] == [first, second]
    assert drill.tell(drill.venue.accept(second)).cancels == ()


def test_a_refused_replacement_leaves_no_forgotten_stop_behind() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    drill.accept_all()
    drill.fill(ENTRY, "3")
    refused = drill.venue.live(STOP)[-1]
    drill.fill(ENTRY, "3")
    drill.tell(drill.venue.reject(refused))
    drill.accept_all()
    assert [held.order.quantity for held in drill.venue.held(STOP)] == [10]


def test_a_fill_in_part_proves_as_much_as_an_acceptance() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    drill.fill(ENTRY, "6")
    older, newer = drill.venue.live(TARGET)
    decision = drill.tell(drill.venue.fill(newer, "1"))
    assert [cancel.order_id for cancel in decision.cancels] == [older]


def test_the_late_acceptance_of_a_filled_stop_takes_nothing_away() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    old = drill.venue.live(STOP)[0]
    accepted = drill.venue.accept(old)
    drill.fill(ENTRY, "6")
    drill.tell(drill.venue.fill(old))
    assert drill.tell(accepted).cancels == ()


def test_a_position_whose_stop_is_refused_is_left_at_market_at_once() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY)
    [leaving] = orders_of(drill.tell(drill.venue.reject(drill.venue.live(STOP)[0])))
    assert (leaving.purpose, leaving.kind, leaving.quantity) == (EXIT, OrderKind.MARKET, Decimal(10))
    [trade] = drill.fill(EXIT, price="98.8").trades
    assert trade.exit_reason is ExitReason.STOP
    drill.accept_all()
    drill.check_the_sums()


@pytest.mark.parametrize("answer", ["expire", "cancel"])
def test_a_stop_that_the_venue_takes_away_is_answered_at_market(answer: str) -> None:
    drill = Drill()
    drill.enter()
    stop = drill.venue.live(STOP)[0]
    assert orders_of(drill.tell(getattr(drill.venue, answer)(stop)))[0].purpose is EXIT


def test_a_stop_that_was_asked_to_go_protects_nothing_any_more() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    drill.accept_all()
    drill.fill(ENTRY, "6")
    drill.accept(STOP)
    newer = drill.venue.live(STOP)[-1]
    assert sizes_of(drill.tell(drill.venue.expire(newer))) == ["exit 10"]


def test_a_refused_new_stop_leaves_the_old_one_in_force_and_is_tried_again() -> None:
    drill = half_is_home()
    drill.engine().market = SUPPORT_AT_101
    drill.candle(TRAILS_FROM)
    assert orders_of(drill.told.decisions[-1])[0].trigger_price == Decimal("100.75")
    assert not drill.tell(drill.venue.reject(drill.venue.live(STOP)[-1])).orders
    assert len(drill.venue.held(STOP)) == 1
    [again] = orders_of(drill.price(102.4))
    assert (again.purpose, again.trigger_price) == (STOP, Decimal("100.75"))
    drill.accept_all()
    assert stop_levels(drill) == [Decimal("100.75")]


def test_a_price_beyond_a_refused_stop_is_the_exit_itself() -> None:
    drill = half_is_home()
    drill.engine().market = SUPPORT_AT_101
    drill.candle(TRAILS_FROM)
    drill.tell(drill.venue.reject(drill.venue.live(STOP)[-1]))
    assert orders_of(drill.price(100.7))[0].purpose is EXIT
    [trade] = drill.fill(EXIT, price="100.7").trades
    assert trade.exit_reasons == (ExitReason.PARTIAL_PROFIT, ExitReason.TRAILING_STOP)


def test_a_refused_target_is_placed_again_or_taken_at_market() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY)
    drill.accept(STOP)
    assert not drill.tell(drill.venue.reject(drill.venue.live(TARGET)[0])).orders
    [again] = orders_of(drill.price(100.2))
    assert (again.purpose, again.trigger_price) == (TARGET, Decimal(103))
    drill.tell(drill.venue.reject(again.order_id))
    assert orders_of(drill.price(103.0))[0].purpose is EXIT
    assert drill.fill(EXIT, price="103").trades[0].exit_reason is ExitReason.TARGET


def test_a_trailing_stop_follows_structure_and_leaves_one_stop() -> None:
    drill = half_is_home()
    for market, level in ((SUPPORT_AT_101, "100.75"), (SUPPORT_AT_102, "101.75")):
        drill.engine().market = market
        drill.candle(TRAILS_FROM)
        assert len(drill.venue.live(STOP)) == 2
        drill.accept_all()
        assert stop_levels(drill) == [Decimal(level)]
    [trade] = drill.fill(STOP).trades
    assert trade.exit_reasons == (ExitReason.PARTIAL_PROFIT, ExitReason.TRAILING_STOP)
    drill.accept_all()
    drill.check_the_sums()


def test_two_moves_before_an_answer_end_with_the_tighter_stop() -> None:
    drill = half_is_home()
    for market in (SUPPORT_AT_101, SUPPORT_AT_102):
        drill.engine().market = market
        drill.candle(TRAILS_FROM)
    assert len(drill.venue.live(STOP)) == 3
    drill.accept_all()
    assert stop_levels(drill) == [Decimal("101.75")]


def test_a_position_too_small_to_halve_only_moves_its_stop_to_break_even() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "0.1")
    drill.tell(drill.venue.cancel(drill.venue.live(ENTRY)[0]))
    drill.accept_all()
    [stop] = orders_of(drill.price(ONE_R_AND_MORE))
    assert stop.purpose is STOP
    drill.accept_all()
    assert drill.fill(STOP).trades[0].exit_reason is ExitReason.BREAK_EVEN_STOP


@pytest.mark.parametrize("answer", ["reject", "expire"])
def test_an_exit_that_fails_is_tried_again_a_second_later(answer: str) -> None:
    drill = Drill()
    drill.enter()
    drill.wait(2 * 60 * 60_000)
    first = orders_of(drill.price(100.0))[0]
    assert not drill.tell(getattr(drill.venue, answer)(first.order_id)).orders
    drill.wait(999)
    assert not drill.price(100.0).orders
    drill.wait(1)
    [second] = orders_of(drill.price(100.0))
    assert second.purpose is EXIT
    assert second.order_id != first.order_id
    assert drill.fill(EXIT, price="100").trades[0].exit_reason is ExitReason.TIME_STOP


def test_a_position_that_lost_its_stop_while_leaving_is_left_again() -> None:
    drill = Drill()
    drill.enter()
    drill.price(ONE_R_AND_MORE)
    assert not drill.tell(drill.venue.expire(drill.venue.live(STOP)[0])).orders
    assert not drill.tell(drill.venue.reject(drill.venue.live(EXIT)[0])).orders
    drill.wait(1_000)
    [leaving] = orders_of(drill.price(100.5))
    assert (leaving.purpose, leaving.quantity) == (EXIT, Decimal(10))


def test_leaving_withdraws_an_entry_that_still_waits() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    drill.accept_all()
    drill.wait(2 * 60 * 60_000)
    decision = drill.price(100.0)
    assert [order.quantity for order in orders_of(decision)] == [4]
    assert [cancel.order_id for cancel in decision.cancels] == drill.venue.live(ENTRY)


def test_every_order_of_a_trade_has_a_name_of_its_own_and_names_the_setup() -> None:
    drill = half_is_home()
    drill.fill(STOP)
    drill.accept_all()
    drill.offer(OFFERS_A_LONG)
    names = sorted(drill.venue.every_id)
    assert len(names) == 7
    assert all(name.startswith(BTC) and len(name) <= 36 for name in names)
