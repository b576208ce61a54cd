"""What moved the wallet beside trading is booked once, whoever tells it first."""

from decimal import Decimal

import pytest

from adapters.binance.wire.account_events import AccountChange, AccountUpdate, WalletBalance
from adapters.binance.wire.account_news import MoveUntold
from adapters.binance.wire.move_book import MoveBook
from adapters.binance.wire.replies import IncomeTold
from domain.tape import WalletMoved

AT_MS = 1_795_305_700_000
MINUTE_MS = 60_000


def heard(
    wallet: str, change: str, reason: str = "DEPOSIT", *, at_ms: int = AT_MS, asset: str = "USDT"
) -> AccountUpdate:
    balance = WalletBalance(asset, Decimal(wallet), change=Decimal(change))
    return AccountUpdate(at_ms, AccountChange(reason, (balance,)))


def row(amount: str, *, number: int = 1, at_ms: int = AT_MS, kind: str = "TRANSFER") -> IncomeTold:
    return IncomeTold(kind, Decimal(amount), "USDT", at_ms, tran_id=number)


def moved(amount: str, reason: str = "DEPOSIT", *, is_transfer: bool = True) -> WalletMoved:
    return WalletMoved(AT_MS, "", Decimal(amount), reason, is_transfer)


def test_a_move_is_heard_at_once_and_not_again_when_the_list_has_it() -> None:
    book = MoveBook("USDT")
    assert book.hear(heard("105", "5")) == [moved("5")]
    assert book.find(row("5", at_ms=AT_MS + 3_000)) is None
    assert book.find(row("5", number=2)) == moved("5", "TRANSFER")


def test_a_move_found_in_the_list_is_not_told_again_by_the_stream() -> None:
    book = MoveBook("USDT")
    assert book.find(row("5")) == moved("5", "TRANSFER")
    assert book.find(row("5")) is None
    assert book.hear(heard("105", "5")) == []
    assert book.hear(heard("110", "5")) == [moved("5")]


def test_the_same_sum_much_later_is_another_move() -> None:
    book = MoveBook("USDT")
    assert book.hear(heard("105", "5")) == [moved("5")]
    later = row("5", at_ms=AT_MS + 11 * MINUTE_MS)
    assert book.find(later) == moved("5", "TRANSFER")._replace(at_ms=later.time)


def test_a_sum_that_the_wallet_does_not_show_is_left_to_the_list() -> None:
    book = MoveBook("USDT")
    book.hear(heard("100", "0", "ORDER"))
    assert book.hear(heard("103", "5")) == [MoveUntold(AT_MS, "DEPOSIT")]
    assert book.hear(heard("104", "0", "INSURANCE_CLEAR")) == [MoveUntold(AT_MS, "INSURANCE_CLEAR")]
    assert book.hear(heard("104", "0", "MARGIN_TYPE_CHANGE")) == []


def test_after_missed_updates_the_sum_told_is_all_there_is() -> None:
    book = MoveBook("USDT")
    book.hear(heard("100", "0", "ORDER"))
    book.forget_wallet()
    assert book.hear(heard("80", "5")) == [moved("5")]
    book.forget_wallet()
    assert book.hear(heard("80", "0")) == [MoveUntold(AT_MS, "DEPOSIT")]


@pytest.mark.parametrize("kind", ["REALIZED_PNL", "COMMISSION", "FUNDING_FEE"])
def test_what_trades_and_funding_tell_is_no_move(kind: str) -> None:
    assert MoveBook("USDT").find(row("-5", kind=kind)) is None


def test_another_asset_and_nothing_at_all_move_nothing() -> None:
    book = MoveBook("USDT")
    assert book.hear(heard("3", "3", asset="BNB")) == []
    assert book.find(row("0")) is None
    assert book.find(IncomeTold("TRANSFER", Decimal(5), "BNB", AT_MS)) is None


@pytest.mark.parametrize(
    ("kind", "amount", "is_transfer"),
    [
        ("COMMISSION_REBATE", "1", False),
        ("API_REBATE", "1", False),
        ("REFERRAL_KICKBACK", "1", False),
        ("INSURANCE_CLEAR", "-1", False),
        ("SPECIAL_FUNDING_FEE", "1", False),
        ("AUTO_EXCHANGE", "-1", True),
        ("INTERNAL_TRANSFER", "-1", True),
        ("NEVER_HEARD_OF", "-1", False),
        ("NEVER_HEARD_OF", "1", True),
    ],
)
def test_a_kind_nobody_knows_is_a_loss_when_it_took_and_no_profit_when_it_gave(
    kind: str, amount: str, is_transfer: bool
) -> None:
    assert MoveBook("USDT").find(row(amount, kind=kind)) == moved(amount, kind, is_transfer=is_transfer)
