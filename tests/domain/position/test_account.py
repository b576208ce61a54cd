from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.direction import Side
from domain.position.account import Account, LedgerEntry, LedgerKind, open_account
from tests.order_samples import a_fill

AMOUNTS = st.decimals("-1000", "1000", places=8)


def test_the_opening_balance_is_the_first_entry() -> None:
    account, entries = open_account(Decimal(1000), 5)
    assert account == Account(Decimal(1000), Decimal(0), Decimal(0), Decimal(0))
    assert entries == (LedgerEntry(LedgerKind.OPENING, Decimal(1000), 5, "opening"),)


def test_a_fill_books_its_realised_pnl_and_its_fee() -> None:
    fill = a_fill(Side.SELL, realized="7", fee="0.5", fill_id="f9", at_ms=3)
    account, entries = Account(Decimal(1000)).after_fill(fill)
    assert account == Account(
        wallet=Decimal("1006.5"), realized_pnl=Decimal(7), fees=Decimal("0.5"), funding=Decimal(0)
    )
    assert entries == (
        LedgerEntry(LedgerKind.REALIZED, Decimal(7), 3, "f9"),
        LedgerEntry(LedgerKind.FEE, Decimal("-0.5"), 3, "f9"),
    )


def test_a_fill_that_opens_only_costs_its_fee() -> None:
    assert [entry.kind for entry in Account(Decimal(10)).after_fill(a_fill(fee="1")).entries] == [
        LedgerKind.FEE
    ]


def test_a_fill_that_moves_no_money_leaves_no_entry() -> None:
    account, entries = Account(Decimal(10)).after_fill(a_fill())
    assert account == Account(Decimal(10))
    assert entries == ()


def test_funding_is_booked_under_its_symbol() -> None:
    account, entries = Account(Decimal(10)).after_funding(Decimal("-0.25"), 8, "ETHUSDT")
    assert account == Account(wallet=Decimal("9.75"), funding=Decimal("-0.25"))
    assert entries == (LedgerEntry(LedgerKind.FUNDING, Decimal("-0.25"), 8, "ETHUSDT"),)


def test_an_account_changes_by_bookings_only() -> None:
    with pytest.raises(FrozenInstanceError):
        Account(Decimal(10)).wallet = Decimal(20)  # type: ignore[misc]


def test_equity_is_the_wallet_and_what_is_open() -> None:
    assert Account(Decimal(10)).equity(Decimal("-2.5")) == Decimal("7.5")


@given(AMOUNTS, st.lists(st.tuples(st.booleans(), AMOUNTS, AMOUNTS)))
def test_the_ledger_is_the_wallet_to_the_last_digit(
    opening: Decimal, steps: list[tuple[bool, Decimal, Decimal]]
) -> None:
    account, entries = open_account(opening, 0)
    ledger = list(entries)
    for number, (is_fill, amount, fee) in enumerate(steps):
        if is_fill:
            booking = account.after_fill(a_fill(realized=str(amount), fee=str(fee), fill_id=str(number)))
        else:
            booking = account.after_funding(amount, number, "ETHUSDT")
        account = booking.account
        ledger.extend(booking.entries)
    assert sum(entry.amount for entry in ledger) == account.wallet
    assert account.wallet == opening + account.realized_pnl - account.fees + account.funding
    assert all(entry.amount for entry in ledger)


def test_what_moves_the_wallet_beside_trading_is_booked_apart() -> None:
    account, entries = Account(Decimal(1000)).after_move(Decimal(-12), 7, "INSURANCE_CLEAR")
    assert account == Account(Decimal(988), outside=Decimal(-12))
    assert entries == (LedgerEntry(LedgerKind.OUTSIDE, Decimal(-12), 7, "INSURANCE_CLEAR"),)
    later = account.after_fill(a_fill(fee="1")).account
    assert (later.wallet, later.outside) == (Decimal(987), Decimal(-12))
