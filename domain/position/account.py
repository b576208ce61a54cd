"""The wallet and where every cent of it came from."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from domain.orders.fill import Fill

_NOTHING: Final = Decimal(0)


class LedgerKind(StrEnum):
    """Why a wallet changed."""

    OPENING = "opening"
    REALIZED = "realized"
    FEE = "fee"
    FUNDING = "funding"
    OUTSIDE = "outside"


class LedgerEntry(NamedTuple):
    """One change of the wallet; `amount` is positive when the wallet received it.

    `reference` names what caused it: a fill's id, the symbol for funding, the venue's word for the rest.
    """

    kind: LedgerKind
    amount: Decimal
    at_ms: int
    reference: str


class Booking(NamedTuple):
    """An account and the ledger entries that led to it; entries of zero are left out."""

    account: "Account"
    entries: tuple[LedgerEntry, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """The wallet and its totals, to the last digit.

    wallet = opening + realised P&L - fees + funding + outside.

    `fees` are what the wallet paid, `funding` what it received, `outside` what moved it beside trading.
    """

    wallet: Decimal
    realized_pnl: Decimal = _NOTHING
    fees: Decimal = _NOTHING
    funding: Decimal = _NOTHING
    outside: Decimal = _NOTHING

    def after_fill(self, fill: Fill) -> Booking:
        """Book the venue's realised P&L and fee of one fill."""
        account = Account(
            wallet=self.wallet + fill.realized_pnl - fill.fee,
            realized_pnl=self.realized_pnl + fill.realized_pnl,
            fees=self.fees + fill.fee,
            funding=self.funding,
            outside=self.outside,
        )
        realized = LedgerEntry(LedgerKind.REALIZED, fill.realized_pnl, fill.at_ms, fill.fill_id)
        fee = LedgerEntry(LedgerKind.FEE, -fill.fee, fill.at_ms, fill.fill_id)
        return Booking(account, _without_zeros(realized, fee))

    def after_funding(self, payment: Decimal, at_ms: int, symbol: str) -> Booking:
        """Book one funding payment, positive when the wallet received it."""
        account = replace(self, wallet=self.wallet + payment, funding=self.funding + payment)
        return Booking(account, _without_zeros(LedgerEntry(LedgerKind.FUNDING, payment, at_ms, symbol)))

    def after_move(self, amount: Decimal, at_ms: int, reason: str) -> Booking:
        """Book what moved the wallet beside trades and funding, positive when it received something."""
        account = replace(self, wallet=self.wallet + amount, outside=self.outside + amount)
        return Booking(account, _without_zeros(LedgerEntry(LedgerKind.OUTSIDE, amount, at_ms, reason)))

    def equity(self, unrealized_pnl: Decimal) -> Decimal:
        """Give the wallet with all open positions valued."""
        return self.wallet + unrealized_pnl


def open_account(wallet: Decimal, at_ms: int) -> Booking:
    """Start an account; its first ledger entry is the opening balance, so the ledger sums to the wallet."""
    opening = LedgerEntry(LedgerKind.OPENING, wallet, at_ms, "opening")
    return Booking(Account(wallet), _without_zeros(opening))


def _without_zeros(*entries: LedgerEntry) -> tuple[LedgerEntry, ...]:
    return tuple(entry for entry in entries if entry.amount)
