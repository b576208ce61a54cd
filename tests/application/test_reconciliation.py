from decimal import Decimal

import pytest

from application.decision import DecisionDraft
from application.reconciliation import Reconciliation
from domain.connection_events import (
    AccountCompared,
    AccountSetting,
    AccountSettingChanged,
    AccountUnsure,
    ConnectionChanged,
    PositionTold,
    WalletMoved,
)
from domain.halt import TradingHalt
from domain.tape import SessionResumed

WALLET = Decimal("10000.00000001")
HELD = {"BTCUSDT": Decimal("-0.2")}
LIKE_OURS = (PositionTold("BTCUSDT", Decimal("-0.200"), Decimal(91_800)),)


def told(at_ms: int = 0, *, wallet: Decimal = WALLET, strangers: int = 0) -> AccountCompared:
    return AccountCompared(at_ms, wallet, LIKE_OURS, (), strangers)


class Ledger:
    """A reconciliation and what it put on record."""

    def __init__(self) -> None:
        self.draft = DecisionDraft()
        self.reconciliation = Reconciliation(10_000)

    def is_sure(self) -> bool:
        return self.reconciliation.is_reconciled

    def answers_since_ms(self) -> int | None:
        return self.reconciliation.answers_since_ms

    @property
    def words(self) -> list[str]:
        return [f"{record.reason}: {record.detail}" for record in self.draft.records]

    def compare(self, event: AccountCompared) -> None:
        self.reconciliation.compare(event, WALLET, HELD, self.draft)

    def doubt(self, reason: str = "margin call") -> None:
        self.reconciliation.doubt(AccountUnsure(0, reason), self.draft)

    def connect(self, at_ms: int, feed: str, is_up: bool) -> None:
        self.reconciliation.connect(ConnectionChanged(at_ms, feed, is_up), self.draft)


def test_a_book_nobody_doubts_is_believed() -> None:
    ledger = Ledger()
    assert ledger.is_sure()
    ledger.compare(told())
    assert ledger.words == []


def test_a_doubt_lasts_until_the_venue_says_the_same() -> None:
    ledger = Ledger()
    ledger.doubt()
    assert not ledger.is_sure()
    ledger.compare(told())
    assert ledger.is_sure()
    assert ledger.words == ["unsure: margin call", "reconciled: wallet and positions are the venue's"]


def test_a_hundred_millionth_of_a_dollar_is_a_difference() -> None:
    ledger = Ledger()
    ledger.compare(told(wallet=WALLET + Decimal("0.00000001")))
    assert not ledger.is_sure()
    assert ledger.words == ["different: wallet 10000.00000002 there, 10000.00000001 here"]


@pytest.mark.parametrize(
    ("positions", "words"),
    [
        ((), "BTCUSDT 0 there, -0.2 here"),
        ((PositionTold("BTCUSDT", Decimal("0.2"), Decimal(1)),), "BTCUSDT 0.2 there, -0.2 here"),
        (
            (*LIKE_OURS, PositionTold("ETHUSDT", Decimal(1), Decimal(1))),
            "ETHUSDT 1 there, 0 here",
        ),
    ],
)
def test_positions_that_differ_are_named(positions: tuple[PositionTold, ...], words: str) -> None:
    ledger = Ledger()
    ledger.compare(told()._replace(positions=positions))
    assert ledger.words == [f"different: {words}"]


def test_the_same_difference_is_recorded_once() -> None:
    ledger = Ledger()
    for at_ms in (0, 2_000, 4_000):
        ledger.compare(told(at_ms, wallet=Decimal(1)))
    ledger.compare(told(6_000, wallet=Decimal(2)))
    assert [words[:18] for words in ledger.words] == ["different: wallet ", "different: wallet "]


def test_what_differs_for_ten_seconds_halts_with_its_name() -> None:
    ledger = Ledger()
    ledger.compare(told(5_000, wallet=Decimal(1)))
    ledger.compare(told(14_999, wallet=Decimal(1)))
    with pytest.raises(TradingHalt, match="the book is not the venue's: wallet 1 there"):
        ledger.compare(told(15_000, wallet=Decimal(1)))


def test_a_difference_that_was_explained_starts_anew() -> None:
    ledger = Ledger()
    ledger.compare(told(0, wallet=Decimal(1)))
    ledger.compare(told(9_000))
    assert ledger.is_sure()
    ledger.compare(told(12_000, wallet=Decimal(1)))
    assert not ledger.is_sure()


def test_the_accounts_feed_going_down_is_a_doubt_and_nothing_is_answered() -> None:
    ledger = Ledger()
    assert ledger.answers_since_ms() == 0
    ledger.connect(7, "account", False)
    assert not ledger.is_sure()
    assert ledger.answers_since_ms() is None
    ledger.connect(9, "account", True)
    assert not ledger.is_sure(), "it was not compared yet"
    assert ledger.answers_since_ms() == 9
    assert ledger.words == ["connection: account is down", "connection: account is up"]


def test_a_market_feed_going_down_says_nothing_of_the_account() -> None:
    ledger = Ledger()
    ledger.connect(7, "klines", False)
    assert ledger.is_sure()
    assert ledger.answers_since_ms() == 0
    assert ledger.words == ["connection: klines is down"]


def test_strangers_orders_are_told_when_their_number_changes() -> None:
    ledger = Ledger()
    for strangers in (0, 2, 2, 0):
        ledger.compare(told(strangers=strangers))
    assert ledger.words == [
        "strangers: 2 open orders are none of ours",
        "strangers: 0 open orders are none of ours",
    ]


def test_another_position_mode_halts_and_other_settings_are_recorded() -> None:
    ledger = Ledger()
    changed = AccountSettingChanged(3, "BTCUSDT", AccountSetting.LEVERAGE, "7")
    ledger.reconciliation.change(changed, ledger.draft)
    assert [(record.symbol, record.detail) for record in ledger.draft.records] == [
        ("BTCUSDT", "leverage is 7")
    ]
    hedged = AccountSettingChanged(3, "", AccountSetting.POSITION_MODE, "hedge mode")
    with pytest.raises(TradingHalt, match="position mode was changed from outside, to hedge mode"):
        ledger.reconciliation.change(hedged, ledger.draft)


def test_two_records_of_one_millisecond_have_names_of_their_own() -> None:
    ledger = Ledger()
    ledger.doubt("one")
    ledger.doubt("another")
    assert len({record.decision_id for record in ledger.draft.records}) == 2


def test_what_moved_the_wallet_beside_trading_is_on_record() -> None:
    ledger = Ledger()
    ledger.reconciliation.note_move(
        WalletMoved(1, "BTCUSDT", Decimal("-12.5"), "INSURANCE_CLEAR", is_transfer=False), ledger.draft
    )
    assert ledger.words == ["wallet_moved: -12.5 INSURANCE_CLEAR"]


def test_fees_paid_in_another_asset_bar_entries_for_good_and_are_on_record() -> None:
    ledger = Ledger()
    paid = AccountSettingChanged(3, "BTCUSDT", AccountSetting.FEE_ASSET, "0.004 BNB")
    ledger.reconciliation.change(paid, ledger.draft)
    ledger.compare(told(4))
    assert not ledger.is_sure()
    assert ledger.words == ["setting: fee asset is 0.004 BNB"]


def test_orders_that_hang_at_the_venue_are_put_on_record_when_they_change() -> None:
    ledger = Ledger()
    hanging = told()._replace(stuck_orders=("a-s1", "b-t2"))
    for event in (hanging, hanging, told(), told()):
        ledger.compare(event)
    assert ledger.words == [
        "stuck: the venue does not let go of a-s1, b-t2, which fired and hang",
        "stuck: nothing hangs there any more",
    ]
    assert ledger.is_sure()


def test_a_session_that_goes_on_is_in_doubt_until_compared_and_its_old_differences_count_no_more() -> None:
    ledger = Ledger()
    ledger.compare(told(1_000, wallet=WALLET + 1))
    ledger.connect(2_000, "account", is_up=False)
    ledger.reconciliation.resume(SessionResumed(20_000), ledger.draft)
    assert not ledger.is_sure()
    assert ledger.answers_since_ms() == 20_000
    ledger.compare(told(20_500, wallet=WALLET + 1))
    ledger.compare(told(21_000))
    assert ledger.is_sure()
