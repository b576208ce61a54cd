"""What the account's balances say about funding."""

from decimal import Decimal
from typing import Final

from adapters.binance.wire.account_events import AccountUpdate, WalletBalance
from adapters.binance.wire.account_news import FundingUnassigned
from domain.tape import FundingSettled

_FUNDING: Final = "FUNDING_FEE"
_NOTHING: Final = Decimal(0)


class FundingBook:
    """Follows the wallets and positions of an account, to name what a funding payment was for.

    The symbol is told since August 2026, before that only for isolated positions. The amount is the
    balance change told or, where that is silent, by how much the wallet moved since the last update.
    """

    def __init__(self, wallet_asset: str) -> None:
        self._wallet_asset = wallet_asset
        self._wallets: dict[str, Decimal] = {}
        self._held: dict[tuple[str, str], Decimal] = {}
        self._rates: dict[str, Decimal] = {}

    def hear_rate(self, symbol: str, rate: Decimal) -> None:
        """Learn the funding rate in force, from the mark price."""
        self._rates[symbol] = rate

    def forget_wallets(self) -> None:
        """Updates were missed: how the wallets moved since the last one is not known."""
        self._wallets = {}

    def hear(self, update: AccountUpdate) -> list[FundingSettled | FundingUnassigned]:
        """Take an update of the account; give the funding it tells of."""
        funding = self._funding_in(update) if update.change.reason == _FUNDING else []
        for balance in update.change.balances:
            self._wallets[balance.asset] = balance.wallet
        for position in update.change.positions:
            self._hold(position.symbol, position.position_side, position.signed_quantity)
        return funding

    def _hold(self, symbol: str, side: str, signed_quantity: Decimal) -> None:
        if signed_quantity:
            self._held[symbol, side] = signed_quantity
        else:
            self._held.pop((symbol, side), None)

    def _funding_in(self, update: AccountUpdate) -> list[FundingSettled | FundingUnassigned]:
        symbol = self._symbol_of(update)
        return [
            self._booked(update.at_ms, symbol, balance.asset, self._payment(balance))
            for balance in update.change.balances
        ]

    def _booked(
        self, at_ms: int, symbol: str, asset: str, payment: Decimal | None
    ) -> FundingSettled | FundingUnassigned:
        if not symbol or payment is None or asset != self._wallet_asset:
            return FundingUnassigned(at_ms, asset, payment)
        return FundingSettled(at_ms, symbol, self._rates.get(symbol, _NOTHING), payment)

    def _symbol_of(self, update: AccountUpdate) -> str:
        change = update.change
        told = {position.symbol for position in change.positions}
        candidates = told or {symbol for symbol, _ in self._held}
        return change.symbol or (candidates.pop() if len(candidates) == 1 else "")

    def _payment(self, balance: WalletBalance) -> Decimal | None:
        if balance.change:
            return balance.change
        before = self._wallets.get(balance.asset)
        return None if before is None else balance.wallet - before
