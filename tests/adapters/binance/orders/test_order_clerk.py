"""Every answer the venue can give to an order, and every order in which news can come."""

from dataclasses import replace
from decimal import Decimal

import pytest
from msgspec import structs

from adapters.binance.orders.account_keeper import AccountRefused
from adapters.binance.orders.broker_rules import BrokerRules
from adapters.binance.orders.errand import Task
from adapters.binance.wire.account_events import (
    AccountChange,
    AccountUpdate,
    OrderTradeUpdate,
    TradeLite,
    WalletBalance,
)
from adapters.binance.wire.outcome import Done, Silenced, UnknownOutcome, Withheld
from adapters.binance.wire.replies import AccountConfig, AlgoCancelled, BalanceTold, IncomeTold
from domain.connection_events import AccountCompared, AccountSetting, AccountSettingChanged, AccountUnsure
from domain.orders.order import OrderKind, OrderPurpose
from domain.orders.order_events import OrderAccepted, OrderFilled, OrderRejected
from domain.tape import FundingSettled, SessionOpened, WalletMoved
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
    trade,
)
from tests.adapters.binance.wire import order_samples
from tests.adapters.binance.wire.order_samples import ENTRY, EXIT, STOP

TARGET = replace(order_samples.TARGET, purpose=OrderPurpose.TARGET)
AT_MARKET = replace(ENTRY, kind=OrderKind.MARKET, price=None)
LOST = UnknownOutcome("no answer")
FULL = {"last": "0.5", "filled": "0.5", "trade": 11}


def sent(*orders: object) -> ClerkDrill:
    drill = ClerkDrill()
    drill.send(*orders)  # type: ignore[arg-type]
    return drill


def with_fee(update: OrderTradeUpdate, fee: Decimal | None, asset: str | None) -> OrderTradeUpdate:
    return structs.replace(update, order=structs.replace(update.order, fee=fee, fee_asset=asset))


# The answer, and news before and after it.


def test_news_before_the_reply_and_after_it_tell_an_order_once() -> None:
    drill = sent(AT_MARKET)
    errand = drill.expect(Task.PLACE)
    drill.hear(report(ENTRY), report(ENTRY, "TRADE", "FILLED", **FULL))  # type: ignore[arg-type]
    drill.answer(errand, told(ENTRY, "FILLED", "0.5"))
    drill.hear(report(ENTRY, "TRADE", "FILLED", **FULL))  # type: ignore[arg-type]
    assert drill.story(ENTRY) == ["Accepted", "Filled"]
    assert drill.of(OrderFilled)[0].fill.is_last


def test_a_reply_that_says_filled_waits_for_the_fill_on_the_stream() -> None:
    drill = sent(AT_MARKET)
    drill.place(ENTRY, told(ENTRY, "FILLED", "0.5"))
    drill.wait(1_000)
    assert drill.next() is None
    drill.hear(report(ENTRY, "TRADE", "FILLED", **FULL))  # type: ignore[arg-type]
    drill.wait(3_000)
    assert drill.next() is None
    assert drill.story(ENTRY) == ["Accepted", "Filled"]


def test_fills_that_the_stream_keeps_back_are_found_in_the_list_of_trades_once() -> None:
    drill = sent(AT_MARKET)
    drill.place(ENTRY, told(ENTRY, "FILLED", "0.5"))
    drill.wait(1_600)
    drill.trades(drill.expect(Task.FIND_FILLS), [trade(ENTRY, 11, "0.2"), trade(ENTRY, 12, "0.3")])
    drill.hear(report(ENTRY, "TRADE", "FILLED", last="0.3", filled="0.5", trade=12))
    fills = [event.fill for event in drill.of(OrderFilled)]
    assert [(fill.fill_id, fill.is_last) for fill in fills] == [("11", False), ("12", True)]


def test_a_fill_that_was_missed_before_the_last_one_makes_the_last_one_wait() -> None:
    drill = sent(ENTRY)
    drill.place(ENTRY, told(ENTRY))
    drill.hear(report(ENTRY, "TRADE", "FILLED", last="0.3", filled="0.5", trade=12))
    assert not drill.of(OrderFilled)[0].fill.is_last
    drill.wait(1_600)
    drill.trades(drill.expect(Task.FIND_FILLS), [trade(ENTRY, 11, "0.2"), trade(ENTRY, 12, "0.3")])
    assert [event.fill.is_last for event in drill.of(OrderFilled)] == [False, True]


def test_a_cancel_is_told_after_the_fills_before_it() -> None:
    drill = sent(ENTRY)
    drill.place(ENTRY, told(ENTRY))
    drill.cancel(ENTRY)
    drill.answer(drill.expect(Task.CANCEL), told(ENTRY, "CANCELED", "0.2"))
    assert drill.story(ENTRY) == ["Accepted"]
    drill.wait(1_600)
    drill.trades(drill.expect(Task.FIND_FILLS), [trade(ENTRY, 11, "0.2")])
    assert drill.story(ENTRY) == ["Accepted", "Filled", "Cancelled"]


def test_a_fill_that_was_only_announced_is_asked_for() -> None:
    drill = sent(ENTRY)
    drill.place(ENTRY, told(ENTRY))
    lite = TradeLite(
        VENUE_MS + drill.at_ms, SYMBOL, ENTRY.order_id, 11, 7, Decimal(91_800), Decimal("0.5"), "BUY"
    )
    drill.hear(lite)
    assert drill.story(ENTRY) == ["Accepted"]
    drill.wait(2_200)
    drill.answer(drill.expect(Task.LOOK_UP), told(ENTRY, "FILLED", "0.5"))
    drill.trades(drill.expect(Task.FIND_FILLS), [trade(ENTRY, 11, "0.5")])
    assert drill.story(ENTRY) == ["Accepted", "Filled"]


def test_fills_that_nobody_can_find_are_given_up_and_the_account_doubted() -> None:
    drill = sent(ENTRY)
    drill.place(ENTRY, told(ENTRY))
    drill.hear(report(ENTRY, "CANCELED", "CANCELED", filled="0.2"))
    for _ in range(10):
        drill.wait(1_600)
        drill.trades(drill.expect(Task.FIND_FILLS), [])
    assert drill.story(ENTRY) == ["Accepted", "Cancelled"]
    assert "filled 0.2 and shows 0" in drill.of(AccountUnsure)[-1].reason


# Refusals.


@pytest.mark.parametrize(
    ("code", "may_retry"), [(-2019, False), (-4164, False), (-5022, True), (-4015, False), (-2015, False)]
)
def test_a_refused_entry_is_rejected_with_the_venues_words(code: int, may_retry: bool) -> None:
    drill = sent(ENTRY)
    drill.place(ENTRY, refused(code))
    (rejected,) = drill.of(OrderRejected)
    assert rejected.reason == f"{code} why"
    assert rejected.may_retry is may_retry


def test_a_stop_behind_the_market_is_rejected_at_once() -> None:
    drill = sent(STOP)
    drill.place(STOP, refused(-2021))
    assert drill.story(STOP) == ["Rejected"]


@pytest.mark.parametrize("code", [-4509, -4129])
def test_a_stop_for_a_position_the_venue_does_not_see_yet_is_sent_again_for_two_seconds(code: int) -> None:
    drill = sent(STOP)
    drill.place(STOP, refused(code))
    drill.wait(300)
    drill.place(STOP, refused(code))
    drill.wait(300)
    drill.place(STOP, resident(STOP))
    assert drill.story(STOP) == ["Accepted"]


def test_a_position_that_the_venue_never_sees_rejects_its_stop_after_two_seconds() -> None:
    drill = sent(STOP)
    begun_ms = drill.at_ms
    while not drill.story(STOP):
        drill.place(STOP, refused(-4509))
        drill.wait(300)
    assert drill.story(STOP) == ["Rejected"]
    assert drill.at_ms - begun_ms < 3_000


def test_a_throttled_exit_is_sent_until_there_is_room_and_an_entry_until_it_is_stale() -> None:
    drill = sent(EXIT, ENTRY)
    for _ in range(6):
        while (errand := drill.next()) is not None:
            drill.answer(errand, refused(-1008))
        drill.wait(1_300)
    assert drill.story(ENTRY) == ["Rejected"]
    assert drill.of(OrderRejected)[0].may_retry
    drill.wait(5_000)
    drill.place(EXIT, told(EXIT, "FILLED", "0.5"))
    assert drill.story(EXIT) == ["Accepted"]


def test_an_exit_that_nobody_takes_for_a_minute_is_answered_all_the_same() -> None:
    drill = sent(EXIT)
    for _ in range(70):
        if (errand := drill.next()) is not None:
            drill.answer(errand, refused(-1008))
        drill.wait(1_000)
    (rejected,) = drill.of(OrderRejected)
    assert rejected.may_retry


def test_a_duplicate_id_means_that_the_order_is_there() -> None:
    drill = sent(STOP)
    drill.place(STOP, refused(-4116))
    assert drill.story(STOP) == ["Accepted"]
    drill.wait(1_100)
    drill.answer(drill.expect(Task.LOOK_UP), resident(STOP))
    assert drill.story(STOP) == ["Accepted"]


def test_a_reduce_only_refusal_makes_the_account_be_compared() -> None:
    drill = sent(EXIT)
    compared = len(drill.of(AccountCompared))
    drill.place(EXIT, refused(-2022))
    assert drill.of(AccountUnsure)[-1].reason == "-2022 why"
    drill.wait(1_600)
    drill.serve()
    drill.hear()
    assert len(drill.of(AccountCompared)) == compared + 1


# Unknown outcomes.


def test_an_entry_of_unknown_outcome_is_never_sent_again() -> None:
    drill = sent(ENTRY)
    drill.place(ENTRY, LOST)
    looks = 0
    while not drill.story(ENTRY):
        errand = drill.next()
        assert errand is None or errand.task in {Task.LOOK_UP, Task.FIND_FILLS}
        if errand is not None and errand.task is Task.LOOK_UP:
            looks += 1
            drill.answer(errand, refused(-2013))
        elif errand is not None:
            drill.trades(errand, [])
        drill.wait(500)
    (rejected,) = drill.of(OrderRejected)
    assert not rejected.may_retry
    assert looks >= 4
    assert drill.at_ms >= 5_000 + BrokerRules().evidence.send_window_ms


def test_the_stream_resolves_an_unknown_outcome_before_anybody_asks() -> None:
    drill = sent(ENTRY)
    drill.place(ENTRY, LOST)
    drill.hear(report(ENTRY))
    drill.wait(1_900)
    assert drill.story(ENTRY) == ["Accepted"]
    assert drill.next() is None or drill.asked[-1].task is Task.LOOK_UP


def test_a_trace_in_the_trades_is_followed_to_its_order() -> None:
    drill = sent(AT_MARKET)
    drill.place(AT_MARKET, LOST)
    while (errand := drill.next()) is None or errand.task is Task.LOOK_UP:
        if errand is not None:
            drill.answer(errand, refused(-2013))
        drill.wait(500)
    drill.trades(errand, [trade(ENTRY, 11, "0.5", 44)])
    drill.answer(drill.expect(Task.IDENTIFY), told(ENTRY, "FILLED", "0.5", 44))
    drill.answer(drill.expect(Task.LOOK_UP), told(ENTRY, "FILLED", "0.5", 44))
    drill.trades(drill.expect(Task.FIND_FILLS), [trade(ENTRY, 11, "0.5", 44)])
    assert drill.story(ENTRY) == ["Accepted", "Filled"]


def test_an_entry_that_shows_up_after_it_was_let_go_is_swept_and_its_fill_told_as_one_more() -> None:
    drill = sent(ENTRY)
    drill.place(ENTRY, LOST)
    while not drill.story(ENTRY):
        errand = drill.next()
        if errand is not None:
            drill.answer(errand, refused(-2013) if errand.task is Task.LOOK_UP else Done(()))
        drill.wait(500)
    drill.hear(report(ENTRY))
    drill.serve()
    assert [errand.about for errand in drill.asked if errand.task is Task.SWEEP] == [ENTRY.order_id]
    drill.hear(report(ENTRY, "TRADE", "FILLED", **FULL))  # type: ignore[arg-type]
    assert drill.story(ENTRY) == ["Rejected", "Filled"]
    assert not drill.of(OrderFilled)[0].fill.is_last


def test_a_stop_that_is_not_found_is_sent_again_under_its_own_id_within_three_seconds() -> None:
    drill = sent(STOP)
    begun_ms = drill.at_ms
    drill.place(STOP, LOST)
    drill.wait(1_000)
    drill.answer(drill.expect(Task.LOOK_UP), refused(-2013))
    drill.place(STOP, resident(STOP))
    assert drill.story(STOP) == ["Accepted"]
    assert drill.at_ms - begun_ms < 3_000


def test_a_stop_whose_twin_is_refused_is_looked_up_before_it_is_given_up() -> None:
    drill = sent(STOP)
    drill.place(STOP, LOST)
    drill.wait(1_000)
    drill.answer(drill.expect(Task.LOOK_UP), refused(-2013))
    drill.place(STOP, refused(-2021))
    drill.answer(drill.expect(Task.LOOK_UP), resident(STOP))
    assert drill.story(STOP) == ["Accepted"]


def test_a_market_exit_is_sent_again_only_when_it_can_come_no_more_and_left_no_trace() -> None:
    drill = sent(EXIT)
    drill.place(EXIT, LOST)
    tasks = []
    while (errand := drill.next()) is None or errand.task is not Task.PLACE:
        if errand is not None:
            tasks.append(errand.task)
            drill.answer(errand, refused(-2013) if errand.task is Task.LOOK_UP else Done(()))
        drill.wait(500)
    assert drill.at_ms >= 5_000 + BrokerRules().evidence.send_window_ms
    assert tasks[-1] is Task.FIND_FILLS
    drill.answer(errand, told(EXIT, "FILLED", "0.5"))
    assert drill.story(EXIT) == ["Accepted"]


def test_an_answer_that_does_not_come_is_looked_for_beside_it() -> None:
    drill = sent(STOP)
    hanging = drill.expect(Task.PLACE)
    drill.wait(2_100)
    drill.answer(drill.expect(Task.LOOK_UP), resident(STOP))
    assert drill.story(STOP) == ["Accepted"]
    drill.answer(hanging, LOST)
    assert drill.story(STOP) == ["Accepted"]


# Cancels.


def test_a_cancel_that_finds_nothing_asks_what_became_of_the_order() -> None:
    drill = sent(ENTRY)
    drill.place(ENTRY, told(ENTRY))
    drill.cancel(ENTRY)
    drill.answer(drill.expect(Task.CANCEL), refused(-2011))
    drill.answer(drill.expect(Task.LOOK_UP), told(ENTRY, "FILLED", "0.5"))
    drill.trades(drill.expect(Task.FIND_FILLS), [trade(ENTRY, 11, "0.5")])
    assert drill.story(ENTRY) == ["Accepted", "Filled"]


def test_a_cancel_of_unknown_outcome_is_repeated_while_the_order_rests() -> None:
    drill = sent(ENTRY)
    drill.place(ENTRY, told(ENTRY))
    drill.cancel(ENTRY)
    drill.answer(drill.expect(Task.CANCEL), LOST)
    drill.answer(drill.expect(Task.LOOK_UP), told(ENTRY))
    drill.wait(600)
    drill.answer(drill.expect(Task.CANCEL), told(ENTRY, "CANCELED"))
    assert drill.story(ENTRY) == ["Accepted", "Cancelled"]


def test_a_stop_that_is_triggering_cannot_be_cancelled_and_its_fill_is_its_own() -> None:
    drill = sent(STOP)
    drill.place(STOP, resident(STOP))
    drill.hear(algo(STOP, "NEW"))
    drill.cancel(STOP)
    drill.answer(drill.expect(Task.CANCEL), refused(-4117))
    drill.answer(drill.expect(Task.LOOK_UP), resident(STOP, "TRIGGERING"))
    drill.hear(report(STOP, "TRADE", "FILLED", **FULL, number=99, name="venue1"))  # type: ignore[arg-type]
    assert not drill.of(OrderFilled)
    drill.hear(algo(STOP, "TRIGGERED", "99"))
    assert drill.story(STOP) == ["Accepted", "Filled"]


def test_a_stop_that_hangs_is_told_as_gone_within_three_seconds_of_its_trigger() -> None:
    drill = sent(STOP)
    drill.place(STOP, resident(STOP))
    drill.hear(algo(STOP, "NEW"), algo(STOP, "TRIGGERING"))
    begun_ms = drill.at_ms
    while drill.story(STOP) == ["Accepted"]:
        drill.wait(100)
        if (errand := drill.next()) is not None:
            drill.answer(errand, resident(STOP, "TRIGGERING"))
    assert drill.story(STOP) == ["Accepted", "Expired"]
    assert drill.at_ms - begun_ms < 3_000


def test_an_order_that_waits_is_cancelled_without_the_venue() -> None:
    drill = sent(ENTRY)
    drill.cancel(ENTRY)
    drill.serve()
    assert drill.story(ENTRY) == ["Cancelled"]
    assert Task.PLACE not in {errand.task for errand in drill.asked}


def test_a_cancel_waits_for_the_answer_to_the_order() -> None:
    drill = sent(STOP)
    errand = drill.expect(Task.PLACE)
    drill.cancel(STOP)
    assert drill.next() is None
    drill.answer(errand, resident(STOP))
    drill.answer(drill.expect(Task.CANCEL), Done(AlgoCancelled()))
    assert drill.story(STOP) == ["Accepted", "Cancelled"]


def test_an_order_that_nobody_knows_is_cancelled_all_the_same() -> None:
    drill = ClerkDrill()
    drill.clerk.cancel(SYMBOL, "BTCUSDT.L.zz-s4", drill.now)
    drill.serve()
    assert drill.asked[-1].task is Task.SWEEP
    assert drill.asked[-1].request.path.endswith("algoOrder")


# Silence and order.


def test_after_silence_exits_go_first_then_targets_cancels_and_entries() -> None:
    drill = sent(replace(ENTRY, order_id="BTCUSDT.L.aa-e"))
    resting = replace(ENTRY, order_id="BTCUSDT.L.aa-e")
    drill.place(resting, told(resting))
    drill.send(STOP)
    drill.place(STOP, Silenced(VENUE_MS + drill.at_ms + 3_000))
    drill.send(ENTRY, TARGET, EXIT)
    drill.cancel(resting)
    assert drill.next() is None
    drill.wait(2_900)
    assert drill.next() is None
    drill.wait(200)
    urgent = {drill.expect(Task.PLACE).about, drill.expect(Task.PLACE).about}
    assert urgent == {STOP.order_id, EXIT.order_id}
    drill.expect(Task.PLACE, TARGET)
    drill.expect(Task.CANCEL, resting)
    drill.expect(Task.PLACE, ENTRY)


def test_silence_is_a_doubt_told_once_and_followed_by_a_comparison() -> None:
    drill = sent(STOP, TARGET)
    first, second = drill.expect(Task.PLACE), drill.expect(Task.PLACE)
    for errand in (first, second):
        drill.answer(errand, Silenced(VENUE_MS + drill.at_ms + 3_000))
    assert [event.reason for event in drill.of(AccountUnsure)] == ["the venue wants silence for 3.0 s"]
    drill.wait(3_100)
    drill.place(STOP, resident(STOP))
    drill.place(TARGET, resident(TARGET))
    drill.list_residents(resident(STOP), resident(TARGET))
    drill.serve()
    drill.hear()
    assert drill.of(AccountCompared)[-1].open_orders == (STOP.order_id, TARGET.order_id)


def test_what_would_pass_a_limit_waits_alone_and_a_stale_entry_is_dropped() -> None:
    drill = sent(ENTRY)
    drill.place(ENTRY, Withheld(VENUE_MS + drill.at_ms + 30_000, "ORDERS in 1 MINUTE"))
    drill.send(STOP)
    drill.place(STOP, resident(STOP))
    drill.wait(5_100)
    assert drill.story(ENTRY) == ["Rejected"]
    assert drill.of(OrderRejected)[0].may_retry


def test_only_so_many_requests_are_under_way_and_some_are_kept_for_exits() -> None:
    drill = ClerkDrill(replace(BrokerRules(), most_requests=3, most_other_requests=2))
    orders = [replace(TARGET, order_id=f"BTCUSDT.L.aa-t{number}") for number in range(1, 6)]
    drill.send(*orders)
    assert [drill.next() is not None for _ in range(4)] == [True, True, True, False]


# The account.


def test_a_session_opens_once_and_only_on_a_clean_account() -> None:
    drill = ClerkDrill()
    assert drill.of(SessionOpened) == [SessionOpened(VENUE_MS + 5_000, WALLET)]
    drill.clerk.missed_events("connected anew", drill.now)
    drill.serve()
    drill.hear()
    assert len(drill.of(SessionOpened)) == 1


@pytest.mark.parametrize("why", ["positions", "not ours", "may not trade", "several assets"])
def test_an_account_that_is_not_clean_is_refused_with_the_reason(why: str) -> None:
    drill = ClerkDrill(is_open=False)
    if why == "positions":
        drill.hold((SYMBOL, "0.2"))
    elif why == "not ours":
        drill.list_orders(told(replace(ENTRY, order_id="stranger")))
    else:
        is_multi = why == "several assets"
        drill.lists["config"] = AccountConfig(can_trade=is_multi, multi_assets_margin=is_multi)
    drill.clerk.missed_events("connected anew", drill.now)
    with pytest.raises(AccountRefused, match=why):
        drill.serve()


def test_orders_an_earlier_session_left_are_swept_before_this_one_begins() -> None:
    drill = ClerkDrill(is_open=False)
    drill.list_orders(told(ENTRY))
    drill.list_residents(resident(STOP))
    drill.clerk.missed_events("connected anew", drill.now)
    drill.serve()
    assert not drill.of(SessionOpened)
    assert {errand.about for errand in drill.asked if errand.task is Task.SWEEP} == {
        ENTRY.order_id,
        STOP.order_id,
    }
    drill.list_orders()
    drill.list_residents()
    drill.wait(1_100)
    drill.serve()
    drill.hear()
    assert len(drill.of(SessionOpened)) == 1


def test_nothing_is_sent_before_the_session_is_open() -> None:
    drill = ClerkDrill(is_open=False)
    drill.send(STOP)
    drill.wait(1_000)
    assert drill.next() is None


def test_a_stop_that_vanished_is_sent_again_and_the_venue_says_whether_it_was_there() -> None:
    drill = sent(STOP)
    drill.place(STOP, resident(STOP))
    drill.wait(60_100)
    for _ in range(3):
        drill.answer(drill.expect(Task.LOOK_UP), refused(-2013))
        drill.wait(1_100)
    drill.place(STOP, refused(-4116))
    assert drill.story(STOP) == ["Accepted"]


def test_a_plain_order_that_vanished_is_told_as_expired() -> None:
    drill = sent(ENTRY)
    drill.place(ENTRY, told(ENTRY))
    drill.wait(60_100)
    for _ in range(3):
        drill.answer(drill.expect(Task.LOOK_UP), refused(-2013))
        drill.wait(1_100)
    assert drill.story(ENTRY) == ["Accepted", "Expired"]


def test_funding_that_nobody_told_is_found_in_the_income_list_once() -> None:
    drill = ClerkDrill()
    drill.lists["balances"] = (BalanceTold("USDT", WALLET - 2),)
    drill.wait(60_100)
    errand = drill.expect(Task.FIND_FUNDING)
    row = IncomeTold("FUNDING_FEE", Decimal(-2), "USDT", VENUE_MS + 30_000, symbol=SYMBOL)
    drill.answer(errand, Done((row, row)))
    assert drill.of(FundingSettled) == [FundingSettled(VENUE_MS + 30_000, SYMBOL, Decimal(0), Decimal(-2))]
    assert "incomeType" not in dict(errand.request.parameters)
    drill.wait(2_100)
    drill.serve()
    drill.hear()
    assert drill.of(AccountCompared)[-1].wallet == WALLET - 2


def test_what_moved_the_wallet_and_nobody_told_is_found_once_whatever_its_kind() -> None:
    drill = ClerkDrill()
    drill.lists["balances"] = (BalanceTold("USDT", WALLET - 7),)
    drill.wait(60_100)
    opened_ms = VENUE_MS + 5_000
    kinds = {"INSURANCE_CLEAR": -12, "TRANSFER": 5, "COMMISSION_REBATE": 1, "MYSTERY": -1, "COMMISSION": -3}
    rows = [
        IncomeTold(kind, Decimal(amount), "USDT", opened_ms + number, symbol=SYMBOL, tran_id=7)
        for number, (kind, amount) in enumerate(kinds.items(), 1)
    ]
    other = IncomeTold("TRANSFER", Decimal(5), "BNB", opened_ms + 9, tran_id=8)
    before = IncomeTold("TRANSFER", Decimal(500), "USDT", opened_ms - 1, tran_id=9)
    drill.answer(drill.expect(Task.FIND_FUNDING), Done((before, *rows, rows[0], other)))
    assert [(event.reason, event.amount, event.is_transfer) for event in drill.of(WalletMoved)] == [
        ("INSURANCE_CLEAR", -12, False),
        ("TRANSFER", 5, True),
        ("COMMISSION_REBATE", 1, False),
        ("MYSTERY", -1, False),
    ]
    drill.wait(2_100)
    drill.serve()
    assert drill.of(AccountCompared)[-1].wallet == WALLET - 7


def test_a_full_page_of_the_income_list_is_followed_by_the_next() -> None:
    drill = ClerkDrill()
    drill.lists["balances"] = (BalanceTold("USDT", WALLET - 2),)
    drill.wait(60_100)
    rows = tuple(
        IncomeTold("COMMISSION", Decimal(-1), "USDT", VENUE_MS + 5_000 + number, tran_id=number)
        for number in range(1_000)
    )
    drill.answer(drill.expect(Task.FIND_FUNDING), Done(rows))
    errand = drill.expect(Task.FIND_FUNDING)
    assert dict(errand.request.parameters)["startTime"] == str(VENUE_MS + 5_999)
    drill.answer(errand, Done((IncomeTold("API_REBATE", Decimal(-2), "USDT", VENUE_MS + 6_000),)))
    assert [event.reason for event in drill.of(WalletMoved)] == ["API_REBATE"]
    drill.wait(2_100)
    drill.serve()


@pytest.mark.parametrize(
    ("reason", "amount", "is_transfer"),
    [
        ("DEPOSIT", "5", True),
        ("WITHDRAW", "-5", True),
        ("WITHDRAW_REJECT", "5", True),
        ("ADJUSTMENT", "-5", False),
        ("ADJUSTMENT", "5", True),
        ("INSURANCE_CLEAR", "-12", False),
        ("ADMIN_DEPOSIT", "5", True),
        ("ADMIN_WITHDRAW", "-5", True),
        ("MARGIN_TRANSFER", "-5", True),
        ("ASSET_TRANSFER", "5", True),
        ("OPTIONS_PREMIUM_FEE", "-5", False),
        ("OPTIONS_SETTLE_PROFIT", "5", False),
        ("AUTO_EXCHANGE", "5", True),
        ("COIN_SWAP_DEPOSIT", "5", True),
        ("COIN_SWAP_WITHDRAW", "-5", True),
        ("SOMETHING_NEW", "-5", False),
        ("SOMETHING_NEW", "5", True),
    ],
)
def test_what_the_stream_says_moved_the_wallet_is_told_with_its_reason_and_agrees_with_the_venue(
    reason: str, amount: str, is_transfer: bool
) -> None:
    drill = ClerkDrill()
    by = Decimal(amount)
    change = AccountChange(reason, (WalletBalance("USDT", WALLET + by, change=by),))
    drill.hear(AccountUpdate(VENUE_MS + 6_000, change))
    assert drill.of(WalletMoved) == [WalletMoved(VENUE_MS + 6_000, "", by, reason, is_transfer)]
    drill.lists["balances"] = (BalanceTold("USDT", WALLET + by),)
    drill.wait(60_100)
    drill.serve()
    assert drill.of(AccountCompared)[-1].wallet == WALLET + by
    assert Task.FIND_FUNDING not in {errand.task for errand in drill.asked}


@pytest.mark.parametrize("reason", ["ORDER", "FUNDING_FEE", "MARGIN_TYPE_CHANGE"])
def test_what_is_told_by_other_means_or_moves_nothing_is_no_move(reason: str) -> None:
    drill = ClerkDrill()
    drill.hear(AccountUpdate(VENUE_MS, AccountChange("ORDER", (WalletBalance("USDT", WALLET),))))
    drill.hear(AccountUpdate(VENUE_MS + 6_000, AccountChange(reason, (WalletBalance("USDT", WALLET),))))
    assert not drill.of(WalletMoved)


def test_what_moved_the_wallet_before_the_session_is_in_its_first_balance() -> None:
    drill = ClerkDrill()
    change = AccountChange("DEPOSIT", (WalletBalance("USDT", WALLET, change=Decimal(5)),))
    drill.hear(AccountUpdate(VENUE_MS + 4_999, change))
    assert not drill.of(WalletMoved)


def test_a_fee_the_stream_kept_back_is_read_from_the_trades_and_told() -> None:
    drill = sent(ENTRY)
    drill.place(ENTRY, told(ENTRY))
    filled = report(ENTRY, "TRADE", "FILLED", last="0.5", filled="0.5", trade=5)
    drill.hear(with_fee(filled, None, None))
    assert drill.of(OrderFilled)[0].fill.fee == 0
    drill.wait(1_100)
    mine = structs.replace(trade(ENTRY, 5, "0.5"), commission=Decimal("0.25"), commission_asset="USDT")
    drill.trades(drill.expect(Task.FIND_TRADES), [])
    drill.wait(1_100)
    drill.trades(drill.expect(Task.FIND_TRADES), [mine, mine])
    assert drill.of(WalletMoved) == [
        WalletMoved(VENUE_MS, SYMBOL, Decimal("-0.25"), "COMMISSION", is_transfer=False)
    ]
    drill.wait(1_100)
    drill.serve()


def test_a_fee_that_is_in_no_list_is_looked_for_a_few_times_only() -> None:
    drill = sent(ENTRY)
    drill.place(ENTRY, told(ENTRY))
    filled = report(ENTRY, "TRADE", "FILLED", last="0.5", filled="0.5", trade=5)
    drill.hear(with_fee(filled, None, None))
    for _ in range(5):
        drill.wait(1_100)
        drill.answer(drill.expect(Task.FIND_TRADES), Done(()))
    drill.wait(1_100)
    drill.serve()


def test_a_fee_paid_in_another_asset_is_told_once_for_each_fill() -> None:
    drill = sent(ENTRY)
    drill.place(ENTRY, told(ENTRY))
    filled = report(ENTRY, "TRADE", "PARTIALLY_FILLED", last="0.2", filled="0.2", trade=5)
    drill.hear(with_fee(filled, Decimal("0.004"), "BNB"))
    changed = drill.of(AccountSettingChanged)
    assert [(one.symbol, one.setting, one.value) for one in changed] == [
        (SYMBOL, AccountSetting.FEE_ASSET, "0.004 BNB")
    ]
    assert not drill.of(WalletMoved)


def test_a_difference_that_stays_is_told_as_the_venue_has_it_less_and_less_often() -> None:
    drill = ClerkDrill()
    drill.hold((SYMBOL, "0.2"))
    for _ in range(900):
        drill.wait(100)
        while (errand := drill.next()) is not None:
            drill.answer(errand, Done(()))
    words = drill.of(AccountCompared)[1:]
    assert [held.signed_quantity for held in words[0].positions] == [Decimal("0.2")]
    assert 3 <= len(words) <= 6


def test_unanswered_orders_are_known() -> None:
    drill = sent(STOP)
    assert list(drill.clerk.unanswered) == [STOP.order_id]
    drill.place(STOP, resident(STOP))
    assert not drill.clerk.unanswered


def test_an_order_is_not_taken_in_twice() -> None:
    drill = sent(STOP)
    drill.place(STOP, resident(STOP))
    drill.clerk.submit(STOP, drill.now)
    assert drill.next() is None
    assert len(drill.of(OrderAccepted)) == 1
