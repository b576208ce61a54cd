"""What moved the wallet beside trading and funding, each of it once."""

from decimal import Decimal
from typing import Final

from adapters.binance.wire.account_events import AccountUpdate, WalletBalance
from adapters.binance.wire.account_news import MoveUntold
from adapters.binance.wire.recent import Recent
from adapters.binance.wire.replies import IncomeTold
from domain.tape import WalletMoved

_TOLD_OTHERWISE: Final = frozenset({"ORDER", "FUNDING_FEE"})
"""Their orders' own reports and the funding book tell what these moved."""
_OF_TRADES: Final = frozenset({"REALIZED_PNL", "COMMISSION", "FUNDING_FEE"})
_PAID_IN_OR_OUT: Final = frozenset(
    {
        "DEPOSIT",
        "WITHDRAW",
        "WITHDRAW_REJECT",
        "ADMIN_DEPOSIT",
        "ADMIN_WITHDRAW",
        "MARGIN_TRANSFER",
        "ASSET_TRANSFER",
        "AUTO_EXCHANGE",
        "COIN_SWAP_DEPOSIT",
        "COIN_SWAP_WITHDRAW",
        "TRANSFER",
        "INTERNAL_TRANSFER",
        "CROSS_COLLATERAL_TRANSFER",
        "STRATEGY_UMFUTURES_TRANSFER",
    }
)
_CAME_OF_TRADING: Final = frozenset(
    {
        "INSURANCE_CLEAR",
        "SPECIAL_FUNDING_FEE",
        "COMMISSION_REBATE",
        "API_REBATE",
        "REFERRAL_KICKBACK",
        "POSITION_LIMIT_INCREASE_FEE",
        "OPTIONS_PREMIUM_FEE",
        "OPTIONS_SETTLE_PROFIT",
    }
)
_SAME_WITHIN_MS: Final = 600_000
_MOST_REMEMBERED: Final = 1_000


class MoveBook:
    """Books moves from the stream and from the income list, which tell the same one under other names.

    They have no number in common: the same amount within ten minutes is the same move. A reason nobody
    knows is booked under its own name; what it took is a loss, what it gave counts as paid in, so that no
    limit is loosened by it.
    """

    def __init__(self, wallet_asset: str) -> None:
        self._wallet_asset = wallet_asset
        self._wallet: Decimal | None = None
        self._transactions: Recent[str, None] = Recent(_MOST_REMEMBERED)
        self._heard: list[WalletMoved] = []
        self._found: list[WalletMoved] = []

    def forget_wallet(self) -> None:
        """Updates were missed: how the wallet moved since the last one is not known."""
        self._wallet = None

    def hear(self, update: AccountUpdate) -> list[WalletMoved | MoveUntold]:
        """Take an update of the account; give what it moved, or that the income list has to say it."""
        change = update.change
        news: list[WalletMoved | MoveUntold] = []
        for balance in change.balances:
            if balance.asset != self._wallet_asset:
                continue
            if change.reason not in _TOLD_OTHERWISE:
                news += self._moved(update, balance)
            self._wallet = balance.wallet
        return news

    def find(self, row: IncomeTold) -> WalletMoved | None:
        """Take a row of the income list; give what it moved unless it is known, or told by other means."""
        if row.income_type in _OF_TRADES or row.asset != self._wallet_asset or not row.income:
            return None
        transaction = f"{row.income_type} {row.tran_id} {row.time}"
        if transaction in self._transactions:
            return None
        self._transactions[transaction] = None
        moved = _move(row.time, row.symbol, row.income, row.income_type)
        return None if _claimed(self._heard, moved) else _kept(self._found, moved)

    def _moved(self, update: AccountUpdate, balance: WalletBalance) -> list[WalletMoved | MoveUntold]:
        before = self._wallet
        by = None if before is None else balance.wallet - before
        if by == 0 and not balance.change:
            return []
        if not balance.change or (by is not None and by != balance.change):
            return [MoveUntold(update.at_ms, update.change.reason)]
        moved = _move(update.at_ms, update.change.symbol, balance.change, update.change.reason)
        return [] if _claimed(self._found, moved) else [_kept(self._heard, moved)]


def _move(at_ms: int, symbol: str, amount: Decimal, reason: str) -> WalletMoved:
    is_unknown_gift = reason not in _CAME_OF_TRADING and amount > 0
    return WalletMoved(at_ms, symbol, amount, reason, reason in _PAID_IN_OR_OUT or is_unknown_gift)


def _claimed(others: list[WalletMoved], moved: WalletMoved) -> bool:
    """Take the same move away from those that the other source told, if it is among them."""
    for other in others:
        if other.amount == moved.amount and abs(other.at_ms - moved.at_ms) <= _SAME_WITHIN_MS:
            others.remove(other)
            return True
    return False


def _kept(moves: list[WalletMoved], moved: WalletMoved) -> WalletMoved:
    moves.append(moved)
    del moves[:-_MOST_REMEMBERED]
    return moved
