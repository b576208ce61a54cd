"""Orders of a session that broke off: found out about, then told in the order in which it happened."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import msgspec
import pytest

from adapters.binance.orders.account_keeper import AccountRefused
from adapters.binance.orders.broker_rules import BrokerRules
from adapters.binance.orders.errand import Errand, Task
from adapters.binance.orders.order_clerk import OrderClerk
from adapters.binance.orders.takeover import ticket_of
from adapters.binance.orders.ticket import TicketState
from adapters.binance.wire.outcome import Done
from adapters.binance.wire.replies import AccountConfig, BalanceTold, IncomeTold, UserTrade
from application.session_memory import SessionMemory
from domain.connection_events import AccountSetting, AccountSettingChanged
from domain.market.direction import Side
from domain.market.timeframe import DAY_MS, HOUR_MS, MINUTE_MS
from domain.orders.order import ApprovedOrder, Order
from domain.orders.order_events import OrderAccepted, OrderCancelled, OrderFilled, OrderRejected
from domain.orders.order_life import WorkingOrder
from domain.tape import (
    AccountCompared,
    Event,
    FundingSettled,
    SessionOpened,
    SessionResumed,
    TimePassed,
    WalletMoved,
)
from tests.adapters.binance.orders.clerk_drill import (
    SYMBOL,
    VENUE_MS,
    WALLET,
    ClerkDrill,
    algo,
    refused,
    report,
    resident,
    told,
)
from tests.adapters.binance.wire.order_samples import ENTRY, EXIT, STOP, TARGET
from tests.order_samples import INSTRUMENT, a_fill

BROKE_OFF_MS = VENUE_MS - 9 * HOUR_MS
FORCED = replace(EXIT, order_id="autoclose-1795305600000")
HALF = Decimal("0.5")


def entered(at_ms: int) -> OrderFilled:
    fill = a_fill(Side.BUY, "91800", "0.5", fee="1", order_id=ENTRY.order_id, fill_id="11", symbol=SYMBOL)
    return OrderFilled(at_ms, SYMBOL, fill)


def remembered(orders: list[Order], *events: Event) -> SessionMemory:
    """A session that decided on orders, and heard of events, before it broke off."""
    memory = SessionMemory()
    memory.hear(SessionOpened(BROKE_OFF_MS - 2_000, WALLET))
    for order in orders:
        asyncio.run(memory.submit(ApprovedOrder(order)))
    for event in events:
        memory.hear(event)
    return memory


HOLDING = (
    entered(BROKE_OFF_MS - 1_000),
    OrderAccepted(BROKE_OFF_MS - 900, SYMBOL, STOP.order_id),
    OrderAccepted(BROKE_OFF_MS, SYMBOL, TARGET.order_id),
)


class TakeoverDrill(ClerkDrill):
    """A clerk that goes on with what is remembered."""

    def __init__(
        self, memory: SessionMemory, rules: BrokerRules | None = None, fees_paid_in: str = ""
    ) -> None:
        super().__init__(rules, is_open=False)
        self.income: tuple[IncomeTold, ...] = ()
        self.clerk.resume(memory, self.now, fees_paid_in)
        self.clerk.missed_events("connected anew", self.now)
        self.lists["balances"] = (BalanceTold("USDT", memory.wallet or WALLET),)

    def _serve(self, errand: Errand) -> bool:
        if errand.task is Task.FIND_FUNDING:
            self.answer(errand, Done(self.income))
            return True
        return super()._serve(errand)

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.told]


def holding(drill_of: SessionMemory) -> TakeoverDrill:
    drill = TakeoverDrill(drill_of)
    drill.hold((SYMBOL, "0.5"))
    drill.list_residents(resident(STOP), resident(TARGET))
    return drill


def test_where_nothing_happened_meanwhile_the_session_just_goes_on() -> None:
    drill = holding(remembered([ENTRY, STOP, TARGET], *HOLDING))
    drill.serve()
    assert drill.kinds() == ["SessionResumed"]
    drill.wait(2_100)
    drill.serve()
    [compared] = drill.of(AccountCompared)
    assert compared.open_orders == (STOP.order_id, TARGET.order_id)


NOT_TO_BEGIN_ON = {
    "the account may not trade": AccountConfig(can_trade=False),
    "several assets are margin together": AccountConfig(can_trade=True, multi_assets_margin=True),
}


@pytest.mark.parametrize("why", NOT_TO_BEGIN_ON)
def test_where_no_session_may_begin_none_goes_on_that_left_nothing_open(why: str) -> None:
    drill = TakeoverDrill(remembered([]))
    drill.lists["config"] = NOT_TO_BEGIN_ON[why]
    with pytest.raises(AccountRefused, match=why):
        drill.serve()


@pytest.mark.parametrize("why", NOT_TO_BEGIN_ON)
def test_what_is_open_is_taken_over_even_where_no_session_may_begin(why: str) -> None:
    drill = holding(remembered([ENTRY, STOP, TARGET], *HOLDING))
    drill.lists["config"] = NOT_TO_BEGIN_ON[why]
    drill.serve()
    assert drill.kinds()[0] == "SessionResumed"
    settings = [event.setting for event in drill.of(AccountSettingChanged)]
    assert settings == [AccountSetting.ASSETS_MODE] * drill.lists["config"].multi_assets_margin


def test_that_fees_are_paid_in_another_asset_is_told_at_once() -> None:
    memory = remembered([ENTRY, STOP, TARGET], *HOLDING)
    drill = TakeoverDrill(memory, fees_paid_in="BNB")
    drill.hold((SYMBOL, "0.5"))
    drill.list_residents(resident(STOP), resident(TARGET))
    drill.serve()
    assert drill.kinds() == ["SessionResumed", "AccountSettingChanged"]
    [told_of] = drill.of(AccountSettingChanged)
    assert (told_of.setting, told_of.value) == (AccountSetting.FEE_ASSET, "BNB")


def test_an_entry_of_unknown_outcome_is_looked_up_and_never_sent_again() -> None:
    drill = TakeoverDrill(remembered([ENTRY]))
    drill.answer(drill.expect(Task.LOOK_UP, ENTRY), refused(-2013))
    drill.trades(drill.expect(Task.FIND_FILLS, ENTRY), [])
    drill.serve()
    assert [type(event) for event in drill.told[:2]] == [SessionResumed, OrderRejected]
    assert not [errand for errand in drill.asked if errand.task is Task.PLACE]


def test_a_stop_of_unknown_outcome_is_put_back_under_its_own_name_at_once() -> None:
    drill = TakeoverDrill(remembered([ENTRY, STOP], entered(BROKE_OFF_MS)))
    drill.hold((SYMBOL, "0.5"))
    drill.answer(drill.expect(Task.LOOK_UP, STOP), refused(-2013))
    drill.place(STOP, resident(STOP))
    drill.serve()
    assert drill.story(STOP) == ["Accepted"]


def test_an_exit_of_unknown_outcome_is_sent_again_without_waiting_for_a_window_long_over() -> None:
    drill = TakeoverDrill(remembered([ENTRY, EXIT], entered(BROKE_OFF_MS)))
    drill.hold((SYMBOL, "0.5"))
    drill.answer(drill.expect(Task.LOOK_UP, EXIT), refused(-2013))
    drill.trades(drill.expect(Task.FIND_FILLS, EXIT), [])
    drill.place(EXIT, told(EXIT))


@pytest.mark.parametrize("order", [ENTRY, EXIT])
def test_what_was_sent_again_right_before_the_break_may_be_carried_out_still(order: Order) -> None:
    """It was decided on long ago, refused for now, and on its way once more when the session broke off."""
    memory = SessionMemory()
    memory.hear(SessionOpened(VENUE_MS - 60_000, WALLET))
    if order is EXIT:
        asyncio.run(memory.submit(ApprovedOrder(ENTRY)))
        memory.hear(entered(VENUE_MS - 50_000))
    memory.hear(TimePassed(VENUE_MS - 30_000))
    asyncio.run(memory.submit(ApprovedOrder(order)))
    memory.hear(TimePassed(VENUE_MS + 4_000))
    drill = TakeoverDrill(memory)
    if order is EXIT:
        drill.hold((SYMBOL, "0.5"))
    looks = 0
    while (errand := drill.next()) is None or errand.task is Task.LOOK_UP:
        if errand is not None:
            looks += 1
            drill.answer(errand, refused(-2013))
        drill.wait(500)
    assert errand.task is Task.FIND_FILLS
    assert looks > 1
    assert drill.now.venue_ms - (VENUE_MS + 4_000) >= BrokerRules().evidence.send_window_ms


def test_what_may_be_carried_out_still_holds_up_nothing_else() -> None:
    """One entry filled and is bare; another, sent right before the break, may yet come to be."""
    other = replace(ENTRY, order_id=ENTRY.order_id.replace("BTCUSDT", "ETHUSDT"), symbol="ETHUSDT")
    memory = remembered(
        [ENTRY], OrderAccepted(VENUE_MS, SYMBOL, ENTRY.order_id), TimePassed(VENUE_MS + 4_500)
    )
    asyncio.run(memory.submit(ApprovedOrder(other)))
    drill = TakeoverDrill(memory)
    drill.hold((SYMBOL, "0.5"))
    filled = [trade_of(ENTRY, 11, VENUE_MS + 4_800, 7)]
    while not drill.of(OrderFilled) and drill.at_ms < 20_000:
        while (errand := drill.next()) is not None:
            match errand.task, errand.about:
                case Task.LOOK_UP, ENTRY.order_id:
                    drill.answer(errand, told(ENTRY, "FILLED", "0.5"))
                case Task.LOOK_UP, _:
                    drill.answer(errand, refused(-2013))
                case _:
                    drill.trades(errand, filled if errand.about != other.order_id else [])
        drill.wait(100)
    assert drill.at_ms - 5_000 <= 1_500
    drill.wait(10_000)
    drill.answer(drill.expect(Task.LOOK_UP, other), refused(-2013))
    drill.trades(drill.expect(Task.FIND_FILLS, other), [])
    assert drill.story(other) == ["Rejected"]


def test_a_cancel_that_was_wanted_is_asked_for_again() -> None:
    memory = remembered([ENTRY], OrderAccepted(BROKE_OFF_MS, SYMBOL, ENTRY.order_id))
    asyncio.run(memory.cancel(SYMBOL, ENTRY.order_id))
    drill = TakeoverDrill(memory)
    drill.list_orders(told(ENTRY))
    drill.answer(drill.expect(Task.CANCEL, ENTRY), told(ENTRY, "CANCELED"))
    drill.serve()
    assert drill.of(OrderCancelled)


def trade_of(order: Order, number: int, at_ms: int, order_number: int) -> UserTrade:
    return UserTrade(
        id=number,
        order_id=order_number,
        symbol=SYMBOL,
        side=order.side.name,
        price=Decimal(90_900),
        qty=HALF,
        commission=Decimal(1),
        commission_asset="USDT",
        realized_pnl=Decimal(-450),
        time=at_ms,
    )


def test_what_was_missed_is_told_at_once_and_in_the_order_in_which_it_happened() -> None:
    drill = TakeoverDrill(remembered([ENTRY, STOP, TARGET], *HOLDING))
    funded_ms, stopped_ms = VENUE_MS - 6 * HOUR_MS, VENUE_MS - 5 * HOUR_MS
    drill.income = (IncomeTold("FUNDING_FEE", Decimal(-3), "USDT", funded_ms, symbol=SYMBOL, tran_id=77),)
    drill.answer(drill.expect(Task.LOOK_UP, STOP), resident(STOP, "FINISHED", "70"))
    drill.answer(drill.expect(Task.LOOK_UP, STOP), told(STOP, "FILLED", "0.5", 70))
    drill.answer(drill.expect(Task.LOOK_UP, TARGET), resident(TARGET, "CANCELED"))
    assert not drill.told
    drill.trades(drill.expect(Task.FIND_FILLS, STOP), [trade_of(STOP, 12, stopped_ms, 70)])
    drill.wait(1_100)
    drill.trades(drill.expect(Task.FIND_TRADES), [trade_of(STOP, 12, stopped_ms, 70)])
    drill.serve()
    assert drill.kinds()[:4] == ["SessionResumed", "FundingSettled", "OrderFilled", "OrderCancelled"]
    assert len(drill.of(OrderFilled)) == 1


def test_what_the_session_was_paid_before_it_broke_off_is_not_booked_twice() -> None:
    moves = (
        FundingSettled(BROKE_OFF_MS - 400, SYMBOL, Decimal(0), Decimal(-3)),
        WalletMoved(BROKE_OFF_MS - 300, "", Decimal(50), "DEPOSIT", is_transfer=True),
        WalletMoved(BROKE_OFF_MS - 200, SYMBOL, Decimal(-2), "COMMISSION", is_transfer=False),
    )
    drill = holding(remembered([ENTRY, STOP, TARGET], *HOLDING, *moves))
    drill.income = (
        IncomeTold("FUNDING_FEE", Decimal(-3), "USDT", BROKE_OFF_MS - 500, symbol=SYMBOL, tran_id=1),
        IncomeTold("TRANSFER", Decimal(50), "USDT", BROKE_OFF_MS - 500, symbol="", tran_id=2),
        IncomeTold("TRANSFER", Decimal(50), "USDT", BROKE_OFF_MS + 500, symbol="", tran_id=3),
    )
    drill.serve()
    assert drill.kinds() == ["SessionResumed", "WalletMoved"]
    assert drill.told[-1].at_ms == BROKE_OFF_MS + 500


def test_what_the_list_dates_a_little_later_than_the_stream_did_is_not_booked_twice_either() -> None:
    """The session broke off right after it was told of them."""
    moves = (
        FundingSettled(BROKE_OFF_MS, SYMBOL, Decimal(0), Decimal(-3)),
        WalletMoved(BROKE_OFF_MS, "", Decimal(50), "DEPOSIT", is_transfer=True),
    )
    drill = holding(remembered([ENTRY, STOP, TARGET], *HOLDING, *moves))
    drill.income = (
        IncomeTold("FUNDING_FEE", Decimal(-3), "USDT", BROKE_OFF_MS + 700, symbol=SYMBOL, tran_id=1),
        IncomeTold("TRANSFER", Decimal(50), "USDT", BROKE_OFF_MS + 700, symbol="", tran_id=2),
        IncomeTold("TRANSFER", Decimal(50), "USDT", BROKE_OFF_MS + 900, symbol="", tran_id=3),
    )
    drill.serve()
    assert drill.kinds() == ["SessionResumed", "WalletMoved"]
    assert drill.told[-1].at_ms == BROKE_OFF_MS + 900


def test_a_fill_that_is_found_after_a_later_one_was_heard_is_told_before_it_and_is_not_the_last() -> None:
    memory = remembered([ENTRY], OrderAccepted(BROKE_OFF_MS, SYMBOL, ENTRY.order_id))
    drill = TakeoverDrill(memory)
    drill.books[ENTRY.order_id] = WorkingOrder(ENTRY)
    drill.hold((SYMBOL, "0.5"))
    drill.hear(report(ENTRY, "TRADE", "FILLED", last="0.2", filled="0.5", trade=12))
    drill.answer(drill.expect(Task.LOOK_UP, ENTRY), told(ENTRY, "FILLED", "0.5"))
    earlier = msgspec.structs.replace(trade_of(ENTRY, 11, BROKE_OFF_MS + 10, 7), qty=Decimal("0.3"))
    drill.trades(drill.expect(Task.FIND_FILLS, ENTRY), [earlier])
    drill.wait(1_100)
    drill.trades(drill.expect(Task.FIND_TRADES), [earlier])
    drill.serve()
    drill.hear()
    assert [(one.fill.fill_id, one.fill.is_last) for one in drill.of(OrderFilled)] == [
        ("11", False),
        ("12", True),
    ]


def test_trades_of_weeks_are_asked_for_week_by_week() -> None:
    """Sixteen days without a word; the position was liquidated in the second week."""
    week_ms = 7 * DAY_MS
    began_ms, closed_ms = VENUE_MS - 16 * DAY_MS, VENUE_MS - 8 * DAY_MS
    memory = SessionMemory()
    memory.hear(SessionOpened(began_ms, WALLET))
    asyncio.run(memory.submit(ApprovedOrder(ENTRY)))
    memory.hear(entered(began_ms + 1))
    drill = TakeoverDrill(memory)
    drill.serve()
    drill.wait(1_100)
    spans = []
    while (errand := drill.next(among=Task.FIND_TRADES)) is not None:
        asked = {name: int(of) for name, of in errand.request.parameters if name in {"startTime", "endTime"}}
        start_ms = asked["startTime"]
        spans.append((start_ms, asked.get("endTime")))
        is_in_it = start_ms <= closed_ms <= start_ms + week_ms
        drill.trades(errand, [trade_of(FORCED, 12, closed_ms, 70)] if is_in_it else [])
        if is_in_it:
            drill.answer(drill.expect(Task.IDENTIFY), told(FORCED, "FILLED", "0.5", 70))
    first_ms = began_ms - MINUTE_MS
    assert spans == [
        (first_ms, first_ms + week_ms),
        (first_ms + week_ms, first_ms + 2 * week_ms),
        (first_ms + 2 * week_ms, None),
    ]
    drill.wait(12_000)
    drill.hear()
    assert drill.of(OrderFilled)[-1].fill.order_id == FORCED.order_id


def test_a_full_page_of_trades_is_not_all_of_them() -> None:
    drill = TakeoverDrill(remembered([ENTRY], entered(BROKE_OFF_MS)))
    drill.serve()
    drill.wait(1_100)
    page = [trade_of(ENTRY, 11, BROKE_OFF_MS + number, 7) for number in range(1_000)]
    drill.trades(drill.expect(Task.FIND_TRADES), page)
    more = drill.expect(Task.FIND_TRADES)
    assert dict(more.request.parameters)["startTime"] == str(BROKE_OFF_MS + 999)


def test_a_fee_that_the_stream_kept_back_is_asked_for_still() -> None:
    free = entered(BROKE_OFF_MS)._replace(
        fill=a_fill(Side.BUY, "91800", "0.5", order_id=ENTRY.order_id, fill_id="11", symbol=SYMBOL)
    )
    drill = TakeoverDrill(remembered([ENTRY], free))
    drill.hold((SYMBOL, "0.5"))
    drill.serve()
    drill.wait(1_100)
    drill.trades(drill.expect(Task.FIND_TRADES), [trade_of(ENTRY, 11, BROKE_OFF_MS, 7)])
    drill.serve()
    assert [event.amount for event in drill.of(WalletMoved)] == [Decimal(-1)]


def test_a_venue_that_does_not_answer_is_not_waited_for_for_ever() -> None:
    drill = TakeoverDrill(remembered([ENTRY]), BrokerRules(longest_takeover_ms=3_000))
    drill.expect(Task.LOOK_UP, ENTRY)
    drill.wait(2_900)
    assert not drill.told
    drill.wait(200)
    assert drill.kinds()[0] == "SessionResumed"


@pytest.mark.parametrize(
    ("is_accepted", "is_over", "state"),
    [
        (False, False, TicketState.UNSURE),
        (True, False, TicketState.HELD),
        (True, True, TicketState.OVER),
        (False, True, TicketState.OVER),
    ],
)
def test_a_ticket_is_as_sure_as_what_is_remembered(
    is_accepted: bool, is_over: bool, state: TicketState
) -> None:
    memory = remembered([STOP])
    order = memory.orders[STOP.order_id]
    order.is_accepted, order.is_over = is_accepted, is_over
    ticket = ticket_of(order, memory.last_at_ms, ClerkDrill(is_open=False).now)
    assert ticket.state is state
    assert ticket.is_open is not is_over


def test_rules_that_may_have_changed_meanwhile_are_read_at_once() -> None:
    drill = holding(remembered([ENTRY, STOP, TARGET], *HOLDING))
    drill.clerk = OrderClerk(BrokerRules(), {SYMBOL: replace(INSTRUMENT, symbol=SYMBOL)})
    drill.clerk.resume(remembered([ENTRY, STOP, TARGET], *HOLDING), drill.now)
    drill.clerk.missed_events("connected anew", drill.now)
    drill.expect(Task.READ_RULES)


def test_a_switch_that_may_be_armed_still_is_called_off() -> None:
    drill = holding(remembered([ENTRY, STOP, TARGET], *HOLDING))
    drill.serve()
    [call] = [errand for errand in drill.asked if errand.task is Task.COUNT_DOWN]
    assert dict(call.request.parameters)["countdownTime"] == "0"


def test_a_stop_of_before_that_fires_under_a_strange_name_is_known_once_the_venue_says_which_it_was() -> None:
    drill = holding(remembered([ENTRY, STOP, TARGET], *HOLDING))
    drill.serve()
    fired = report(STOP, "TRADE", "FILLED", last="0.5", filled="0.5", trade=12, number=70, name="x-70")
    drill.hear(fired)
    assert not drill.of(OrderFilled)
    drill.hear(algo(STOP, "FINISHED", "70"))
    assert [event.fill.order_id for event in drill.of(OrderFilled)] == [STOP.order_id]
