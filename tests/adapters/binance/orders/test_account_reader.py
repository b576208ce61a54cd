"""What the stream says of the account itself."""

from dataclasses import replace
from decimal import Decimal

from adapters.binance.orders.errand import Task
from adapters.binance.wire.account_events import (
    AccountChange,
    AccountConfigUpdate,
    AccountUpdate,
    AssetsModeTold,
    HeldPosition,
    LeverageTold,
    ListenKeyExpired,
    MarginCall,
    WalletBalance,
)
from domain.connection_events import AccountSetting, AccountSettingChanged, AccountUnsure, ConnectionChanged
from domain.orders.order_events import OrderFilled
from domain.tape import FundingSettled
from tests.adapters.binance.orders.clerk_drill import SYMBOL, VENUE_MS, ClerkDrill, report, told
from tests.adapters.binance.wire.order_samples import ENTRY


def entered() -> ClerkDrill:
    drill = ClerkDrill()
    drill.send(ENTRY)
    drill.place(ENTRY, told(ENTRY))
    return drill


def test_a_leverage_changed_from_outside_is_told_and_ours_is_not() -> None:
    drill = entered()
    drill.hear(AccountConfigUpdate(VENUE_MS, LeverageTold(SYMBOL, 5)))
    assert drill.of(AccountSettingChanged) == []
    drill.hear(AccountConfigUpdate(VENUE_MS, LeverageTold(SYMBOL, 20)))
    assert drill.of(AccountSettingChanged) == [
        AccountSettingChanged(VENUE_MS, SYMBOL, AccountSetting.LEVERAGE, "20")
    ]


def test_several_assets_as_margin_is_told() -> None:
    drill = ClerkDrill()
    drill.hear(AccountConfigUpdate(VENUE_MS, assets_mode=AssetsModeTold(is_multi_assets=True)))
    assert drill.of(AccountSettingChanged)[0].value == "several assets"


def test_a_margin_type_changed_from_outside_is_set_again_before_the_next_entry() -> None:
    drill = entered()
    change = AccountChange("MARGIN_TYPE_CHANGE", positions=(HeldPosition(SYMBOL, Decimal(0)),))
    drill.hear(AccountUpdate(VENUE_MS, change))
    other = replace(ENTRY, order_id="BTCUSDT.L.bb-e")
    drill.send(other)
    drill.expect(Task.PLACE, other)
    paths = [errand.request.path for errand in drill.asked if errand.task is Task.SET]
    assert paths.count("/fapi/v1/marginType") == 2


def test_a_margin_call_and_a_stream_that_ended_are_doubts() -> None:
    drill = ClerkDrill()
    drill.hear(MarginCall(VENUE_MS), ListenKeyExpired(VENUE_MS))
    assert [event.reason for event in drill.of(AccountUnsure)] == [
        "margin call",
        "the account's stream has ended",
    ]


def test_funding_is_told_once_by_the_stream_and_not_again_by_the_list() -> None:
    drill = ClerkDrill()
    change = AccountChange(
        "FUNDING_FEE", (WalletBalance("USDT", Decimal(998), change=Decimal(-2)),), (), SYMBOL
    )
    drill.hear(AccountUpdate(VENUE_MS, change), AccountUpdate(VENUE_MS + 900, change))
    assert [event.payment for event in drill.of(FundingSettled)] == [Decimal(-2)]


def test_funding_without_a_symbol_is_looked_for_in_the_income_list() -> None:
    drill = ClerkDrill()
    change = AccountChange("FUNDING_FEE", (WalletBalance("USDT", Decimal(998), change=Decimal(-2)),))
    drill.hear(AccountUpdate(VENUE_MS, change))
    drill.expect(Task.FIND_FUNDING)


def test_a_fill_of_an_order_from_before_this_session_is_told_and_doubted() -> None:
    drill = ClerkDrill()
    drill.hear(report(ENTRY, "TRADE", "FILLED", last="0.5", filled="0.5", trade=5))
    assert len(drill.of(OrderFilled)) == 1
    assert "which nobody knows" in drill.of(AccountUnsure)[0].reason


def test_an_order_from_before_this_session_that_shows_up_is_swept() -> None:
    drill = ClerkDrill()
    drill.hear(report(ENTRY))
    drill.serve()
    assert [errand.about for errand in drill.asked if errand.task is Task.SWEEP] == [ENTRY.order_id]


def test_a_liquidation_under_any_name_is_told_under_one_every_book_knows() -> None:
    drill = ClerkDrill()
    forced = report(
        ENTRY, "TRADE", "FILLED", last="0.5", filled="0.5", trade=5, name="settlement_autoclose-1"
    )
    drill.hear(forced)
    assert drill.of(OrderFilled)[0].fill.order_id == "autoclose-settlement_autoclose-1"


def test_a_strangers_fill_is_no_fill_of_ours() -> None:
    drill = ClerkDrill()
    drill.hear(report(ENTRY, "TRADE", "FILLED", last="0.5", filled="0.5", trade=5, name="web_1"))
    assert not drill.of(OrderFilled)
    assert "none of ours" in drill.of(AccountUnsure)[0].reason


def test_the_connection_is_told_when_it_changes() -> None:
    drill = ClerkDrill()
    for is_up in (True, True, False):
        drill.clerk.connection(is_up=is_up, now=drill.now)
    drill.hear()
    assert [event.is_up for event in drill.of(ConnectionChanged)] == [True, False]
