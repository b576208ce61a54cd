from decimal import Decimal

import pytest

from domain.halt import TradingHalt
from domain.market.direction import Direction, Side
from domain.position.closed_trade import ExitReason
from domain.tape import OrderAccepted, OrderFilled, OrderRejected
from tests.application.drill import BTC, ENTRY, EXIT, STOP, TARGET, Drill, orders_of, shorter_hold, sizes_of
from tests.fakes.structure_engine import OFFERS_A_LONG, OFFERS_A_SHORT

MINUTE = 60_000


def test_an_entry_fill_opens_the_position_and_asks_for_a_stop_and_a_target_of_its_size() -> None:
    drill = Drill()
    drill.offer()
    drill.accept(ENTRY)
    decision = drill.fill(ENTRY)
    stop, target = orders_of(decision)
    assert sizes_of(decision) == ["stop 10", "target 10"]
    assert (stop.trigger_price, target.trigger_price) == (Decimal("98.87"), Decimal(103))
    assert stop.is_reduce_only
    assert target.is_reduce_only
    assert drill.trade().position.quantity == 10


def test_a_short_is_protected_from_above() -> None:
    drill = Drill()
    drill.offer(OFFERS_A_SHORT)
    stop, target = orders_of(drill.fill(ENTRY))
    assert (stop.trigger_price, target.trigger_price) == (Decimal("101.13"), Decimal(97))
    assert drill.trade().position.direction is Direction.SHORT


@pytest.mark.parametrize("answer", ["reject", "expire", "cancel"])
def test_an_entry_that_ends_unfilled_leaves_the_book_idle_and_ready(answer: str) -> None:
    drill = Drill()
    drill.offer()
    drill.tell(getattr(drill.venue, answer)(drill.venue.live(ENTRY)[0]))
    assert drill.book().is_idle
    assert drill.book().plan is None
    assert orders_of(drill.offer())[0].purpose is ENTRY


@pytest.mark.parametrize(("answer", "kind"), [("reject", "rejected"), ("expire", "expired")])
def test_what_the_venue_refuses_or_takes_away_is_recorded_with_its_words(answer: str, kind: str) -> None:
    drill = Drill()
    drill.offer()
    order_id = drill.venue.live(ENTRY)[0]
    [record] = drill.tell(getattr(drill.venue, answer)(order_id)).records
    assert (record.kind, record.reason, record.setup_id) == (kind, "entry", order_id)
    assert record.detail


def test_a_part_filled_entry_grows_and_its_protection_with_it() -> None:
    drill = Drill()
    drill.offer()
    sizes = []
    for piece in ("4", "3", "3"):
        sizes.append([order.quantity for order in orders_of(drill.fill(ENTRY, piece))])
        drill.accept_all()
    assert sizes == [[4, 4], [7, 7], [10, 10]]
    assert [held.order.quantity for held in drill.venue.held(STOP)] == [10]
    assert [held.order.quantity for held in drill.venue.held(TARGET)] == [10]


def test_a_part_filled_entry_whose_rest_is_cancelled_is_the_smaller_trade() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    whole = drill.trade().plan
    drill.tell(drill.venue.cancel(drill.venue.live(ENTRY)[0]))
    plan = drill.trade().plan
    assert plan == drill.book().plan == whole.scaled_to(Decimal(4))
    assert plan.planned_loss == whole.planned_loss * Decimal("0.4")


def test_a_stop_closes_the_trade_and_names_itself() -> None:
    drill = Drill()
    drill.enter()
    drill.wait(MINUTE)
    decision = drill.fill(STOP)
    [trade] = decision.trades
    assert (trade.exit_reason, trade.exit_reasons) == (ExitReason.STOP, (ExitReason.STOP,))
    assert trade.closed_at_ms == drill.now_ms
    assert [cancel.order_id for cancel in decision.cancels] == drill.venue.live(TARGET)
    drill.accept_all()
    assert drill.book().is_idle
    drill.check_the_sums()


def test_a_target_closes_the_trade_and_names_itself() -> None:
    drill = Drill()
    drill.enter()
    [trade] = drill.fill(TARGET).trades
    assert trade.exit_reason is ExitReason.TARGET
    assert trade.gross_pnl == 30
    drill.check_the_sums()


def test_a_fill_told_twice_is_booked_once() -> None:
    drill = Drill()
    drill.offer()
    event = drill.venue.fill(drill.venue.live(ENTRY)[0])
    drill.tell(event)
    assert drill.tell(event).ledger == ()
    assert drill.trade().position.quantity == 10


def test_the_last_fill_of_a_trade_told_again_later_is_still_known() -> None:
    drill = Drill()
    drill.enter()
    event = drill.venue.fill(drill.venue.live(STOP)[0])
    drill.tell(event)
    drill.accept_all()
    assert drill.tell(event).ledger == ()
    drill.offer()
    assert drill.tell(event).ledger == ()
    drill.check_the_sums()


def test_a_fill_of_an_order_nobody_sent_halts() -> None:
    drill = Drill()
    drill.offer()
    event = drill.venue.fill(drill.venue.live(ENTRY)[0])
    stranger = event.fill._replace(order_id="somebody-else")
    with pytest.raises(TradingHalt, match="never sent"):
        drill.desk.on_event(OrderFilled(event.at_ms, BTC, stranger))


def later_trade_and_the_stop_of_the_one_before() -> tuple[Drill, str]:
    drill = Drill()
    drill.enter()
    stop_id = drill.venue.live(STOP)[0]
    drill.tell(drill.venue.expire(stop_id))
    drill.fill(EXIT, price="99")
    drill.accept_all()
    drill.wait(MINUTE)
    drill.enter()
    return drill, stop_id


@pytest.mark.parametrize(("closed", "left"), [("4", "5.9"), ("9.9", "")])
def test_a_stop_that_hung_and_trades_during_a_later_trade_closes_some_of_that_one(
    closed: str, left: str
) -> None:
    drill, stop_id = later_trade_and_the_stop_of_the_one_before()
    decision = drill.tell(drill.venue.force_close(BTC, stop_id, closed, "99"))
    assert f"{stop_id} of an earlier trade closed {closed}" in decision.records[0].detail
    assert sizes_of(decision) == ([f"stop {left}", f"target {left}"] if left else [])
    assert [trade.exit_reason for trade in decision.trades] == ([] if left else [ExitReason.STOP])
    if left:
        drill.accept_all()
        drill.fill(STOP)
    drill.accept_all()
    assert drill.book().is_idle
    drill.check_the_sums()


@pytest.mark.parametrize("change", [{"quantity": Decimal("10.1")}, {"side": Side.BUY}])
def test_a_late_fill_that_cannot_belong_to_the_later_trade_halts(change: dict[str, Decimal | Side]) -> None:
    drill, stop_id = later_trade_and_the_stop_of_the_one_before()
    event = drill.venue.force_close(BTC, stop_id, "1", "99")
    strange = event._replace(fill=event.fill._replace(**change))  # type: ignore[arg-type]
    with pytest.raises(TradingHalt):
        drill.desk.on_event(strange)


def test_other_news_of_an_order_nobody_sent_is_no_business_of_ours() -> None:
    drill = Drill()
    assert not drill.tell(OrderAccepted(drill.now_ms, BTC, "somebody-else")).orders


def test_an_exit_fill_without_a_position_halts() -> None:
    drill = Drill()
    drill.enter()
    stop, target = drill.venue.live(STOP)[0], drill.venue.live(TARGET)[0]
    event = drill.venue.fill(stop)
    drill.tell(event)
    beyond = event.fill._replace(order_id=target, fill_id="other")
    with pytest.raises(TradingHalt, match="without a position"):
        drill.desk.on_event(OrderFilled(event.at_ms, BTC, beyond))


def test_more_filled_than_ordered_halts() -> None:
    drill = Drill()
    drill.offer()
    event = drill.venue.fill(drill.venue.live(ENTRY)[0])
    too_much = event.fill._replace(quantity=Decimal("10.1"))
    with pytest.raises(TradingHalt, match="does not fit"):
        drill.desk.on_event(OrderFilled(event.at_ms, BTC, too_much))


@pytest.mark.parametrize("order_id", ["autoclose-1700000000000", "adl_autoclose"])
def test_a_close_by_the_venue_is_a_liquidation(order_id: str) -> None:
    drill = Drill()
    drill.enter()
    decision = drill.tell(drill.venue.force_close(BTC, order_id, "10", "50"))
    [trade] = decision.trades
    assert trade.exit_reason is ExitReason.VENUE_LIQUIDATION
    told = [(record.kind, record.reason, record.setup_id) for record in decision.records]
    assert ("exit", "venue_liquidation", trade.trade_id) in told
    drill.accept_all()
    drill.check_the_sums()


def test_a_close_by_the_venue_in_part_leaves_the_rest_protected() -> None:
    drill = Drill()
    drill.enter()
    assert sizes_of(drill.tell(drill.venue.force_close(BTC, "adl_autoclose", "6", "99"))) == [
        "stop 4",
        "target 4",
    ]
    drill.accept_all()
    [trade] = drill.fill(STOP).trades
    assert trade.exit_reasons == (ExitReason.VENUE_LIQUIDATION, ExitReason.STOP)
    drill.check_the_sums()


def test_a_close_by_the_venue_in_part_does_not_end_a_half_close_under_way() -> None:
    drill = Drill()
    drill.enter()
    drill.price(101.5)
    drill.tell(drill.venue.force_close(BTC, "adl_autoclose", "1", "101"))
    assert not drill.trade().is_half_closed
    assert drill.book().exit_under_way is not None
    drill.fill(EXIT, price="101.4")
    assert drill.trade().is_half_closed
    assert drill.trade().position.quantity == 4


def test_half_goes_home_and_the_rest_can_no_longer_lose() -> None:
    drill = Drill()
    drill.enter()
    assert sizes_of(drill.price(101.5)) == ["exit 5"]
    decision = drill.fill(EXIT, price="101.5")
    assert sizes_of(decision) == ["stop 5", "target 5"]
    stop = orders_of(decision)[0]
    assert Decimal(100) < (stop.trigger_price or 0) < Decimal("100.2")
    drill.accept_all()
    assert [held.order for held in drill.venue.held(STOP)] == [stop]
    [trade] = drill.fill(STOP).trades
    assert trade.exit_reasons == (ExitReason.PARTIAL_PROFIT, ExitReason.BREAK_EVEN_STOP)
    drill.check_the_sums()


def test_half_is_closed_once() -> None:
    drill = Drill()
    drill.enter()
    drill.price(101.5)
    assert not drill.price(101.6).orders
    drill.fill(EXIT, price="101.5")
    drill.accept_all()
    assert not drill.price(101.5).orders


def test_the_pieces_of_one_exit_are_one_reason() -> None:
    drill = Drill(exits=shorter_hold(10 * MINUTE))
    drill.enter()
    drill.wait(10 * MINUTE)
    drill.price(100.0)
    for piece in ("3", "3", None):
        drill.fill(EXIT, piece, price="100")
    [trade] = drill.told.trades
    assert trade.exit_reasons == (ExitReason.TIME_STOP,)
    drill.check_the_sums()


def test_a_stop_that_overtakes_an_exit_closes_the_trade_under_its_own_name() -> None:
    drill = Drill(exits=shorter_hold(10 * MINUTE))
    drill.enter()
    drill.wait(10 * MINUTE)
    drill.price(99.0)
    exit_order = drill.venue.live(EXIT)[0]
    decision = drill.fill(STOP)
    assert decision.trades[0].exit_reason is ExitReason.STOP
    assert exit_order in [cancel.order_id for cancel in decision.cancels]
    assert not drill.book().is_idle
    drill.tell(drill.venue.reject(exit_order))
    drill.accept_all()
    assert drill.book().is_idle
    drill.check_the_sums()


def test_the_late_end_of_an_exit_does_not_touch_the_next_trade() -> None:
    drill = Drill(exits=shorter_hold(10 * MINUTE))
    drill.enter()
    drill.wait(10 * MINUTE)
    drill.price(99.0)
    exit_order = drill.venue.live(EXIT)[0]
    drill.fill(STOP)
    drill.tell(drill.venue.cancel(drill.venue.live(TARGET)[0]))
    assert drill.offer().orders == (), "an order of the last trade may still act"
    drill.tell(drill.venue.expire(exit_order))
    drill.enter()
    rejected = OrderRejected(drill.now_ms, BTC, exit_order, "told twice", may_retry=False)
    before = drill.trade()
    assert not drill.tell(rejected).orders
    assert drill.trade() is before


def test_a_stop_that_fills_in_part_beside_an_exit_adds_up() -> None:
    drill = Drill(exits=shorter_hold(10 * MINUTE))
    drill.enter()
    drill.wait(10 * MINUTE)
    drill.price(99.0)
    drill.fill(STOP, "4")
    drill.fill(EXIT, price="98.8")
    [trade] = drill.told.trades
    assert trade.exit_reasons == (ExitReason.STOP, ExitReason.TIME_STOP)
    assert trade.quantity == 10
    drill.accept_all()
    drill.check_the_sums()


def test_an_old_stop_that_fills_before_the_new_one_is_held_leaves_the_rest_protected() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    drill.accept_all()
    drill.fill(ENTRY, "6")
    old_stop = drill.venue.live(STOP)[0]
    assert sizes_of(drill.tell(drill.venue.fill(old_stop))) == ["stop 6", "target 6"]


def test_a_half_close_that_fills_in_part_and_dies_still_frees_the_rest_of_risk() -> None:
    drill = Drill()
    drill.enter()
    drill.price(101.5)
    drill.fill(EXIT, "2", price="101.5")
    assert sizes_of(drill.tell(drill.venue.expire(drill.venue.live(EXIT)[0]))) == ["stop 8", "target 8"]
    assert drill.trade().is_half_closed
    assert drill.book().stop_reason is ExitReason.BREAK_EVEN_STOP


def test_an_entry_may_go_on_filling_while_the_exit_is_under_way() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    drill.end()
    drill.fill(ENTRY, "3")
    assert drill.venue.orders[drill.venue.live(ENTRY)[0]].is_asked_to_go
    drill.fill(EXIT, price="100")
    assert drill.trade().position.quantity == 3
    drill.fill(EXIT, price="100")
    drill.accept_all()
    [trade] = drill.told.trades
    assert trade.quantity == 7
    assert drill.book().is_idle
    drill.check_the_sums()


def test_an_entry_that_fills_after_its_trade_is_over_makes_a_second_trade() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    drill.accept_all()
    drill.fill(STOP)
    assert drill.book().plan is not None, "the rest of the entry may still fill"
    drill.fill(ENTRY, "3")
    drill.accept_all()
    drill.fill(STOP)
    first, second = drill.told.trades
    assert second.trade_id == f"{first.trade_id}.2"
    assert [first.quantity, second.quantity] == [4, 3]
    assert first.r_multiple == second.r_multiple
    drill.check_the_sums()


def test_a_trade_out_of_part_of_an_entry_is_measured_by_its_own_size() -> None:
    whole, part = Drill(), Drill()
    whole.enter()
    part.offer()
    part.fill(ENTRY, "4")
    part.accept_all()
    [of_all] = whole.fill(STOP).trades
    [of_four] = part.fill(STOP).trades
    assert of_four.r_multiple == of_all.r_multiple
    assert of_four.margin == of_all.margin * Decimal("0.4")


def test_a_fill_from_before_a_cancel_may_be_told_after_it() -> None:
    drill = Drill()
    drill.offer()
    order_id = drill.venue.live(ENTRY)[0]
    fill, cancel = drill.venue.fill(order_id, "4"), drill.venue.cancel(order_id)
    drill.tell(cancel)
    assert drill.book().is_idle
    assert sizes_of(drill.tell(fill)) == ["stop 4", "target 4"]
    assert drill.trade().plan.quantity == 4
    drill.accept_all()
    drill.fill(STOP)
    drill.accept_all()
    assert drill.book().is_idle
    drill.check_the_sums()


def test_a_position_out_of_a_late_fill_is_left_in_time_too() -> None:
    drill = Drill(("BTCUSDT", "ETHUSDT"))
    drill.offer()
    order_id = drill.venue.live(ENTRY)[0]
    fill, cancel = drill.venue.fill(order_id, "4"), drill.venue.cancel(order_id)
    drill.tell(cancel)
    drill.price(100.0)
    drill.tell(fill)
    drill.accept_all()
    drill.wait(120 * MINUTE)
    assert orders_of(drill.price(10.0, "ETHUSDT"))[0].purpose is EXIT


def test_an_entry_that_may_still_fill_counts_as_exposure_after_its_trade() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    drill.accept_all()
    drill.fill(STOP)
    assert drill.offer(OFFERS_A_LONG).orders == ()
    drill.accept_all()
    assert orders_of(drill.offer(OFFERS_A_LONG))[0].purpose is ENTRY


def test_funding_counts_in_the_trade_it_was_paid_for() -> None:
    drill = Drill()
    drill.enter()
    drill.tell(drill.venue.fund(BTC, "-0.25"))
    [trade] = drill.fill(STOP).trades
    assert trade.funding == Decimal("-0.25")
    drill.check_the_sums()


def test_the_name_of_a_moved_stop_belongs_to_the_order_not_to_the_moment() -> None:
    drill = Drill()
    drill.enter()
    drill.price(101.5)
    drill.fill(EXIT, price="101.5")
    old_stop = drill.venue.live(STOP)[0]
    drill.tell(drill.venue.fill(old_stop))
    [trade] = drill.told.trades
    assert trade.exit_reasons == (ExitReason.PARTIAL_PROFIT, ExitReason.STOP)
