"""Whether the book is known to be the venue's."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from application.decision import DecisionDraft
from application.desk_record import account_record
from domain.connection_events import (
    ACCOUNT_FEED,
    AccountCompared,
    AccountSetting,
    AccountSettingChanged,
    AccountUnsure,
    ConnectionChanged,
    WalletMoved,
)
from domain.halt import TradingHalt
from domain.tape import SessionResumed

_NOTHING: Final = Decimal(0)


class Reconciliation:
    """Doubts the book when it should, and believes it again when the venue's word is the same.

    `answers_since_ms` is when the venue could last be heard again, None while the account's feed is down.
    """

    def __init__(self, longest_difference_ms: int) -> None:
        self._longest_ms = longest_difference_ms
        self._differs_since_ms: int | None = None
        self._difference = ""
        self._strangers = 0
        self._stuck: tuple[str, ...] = ()
        self._records = 0
        self._is_the_same = True
        self._are_fees_in_the_wallet = True
        self.answers_since_ms: int | None = 0

    @property
    def is_reconciled(self) -> bool:
        """Whether the book is known to be the venue's, and to hold all that trading costs."""
        return self._is_the_same and self._are_fees_in_the_wallet

    def doubt(self, event: AccountUnsure, draft: DecisionDraft) -> None:
        """Take no entries until the account was compared."""
        self._is_the_same = False
        self._record(event.at_ms, "", "unsure", event.reason, draft)

    def resume(self, event: SessionResumed, draft: DecisionDraft) -> None:
        """Go on after a silence of our own: the venue is heard again, and the book is in doubt."""
        self._is_the_same = False
        self.answers_since_ms = event.at_ms
        self._differs_since_ms = None
        self._difference = ""
        self._record(event.at_ms, "", "resumed", "the session ended without a word and goes on", draft)

    def compare(
        self,
        event: AccountCompared,
        wallet: Decimal,
        held: Mapping[str, Decimal],
        draft: DecisionDraft,
    ) -> None:
        """Compare the venue's word with the book; `held` are signed quantities of what is not flat.

        Raises TradingHalt when both have differed for 10 s, in every comparison.
        """
        self._note_strangers(event, draft)
        self._note_stuck(event, draft)
        difference = _difference(event, wallet, held)
        if difference:
            self._differ(event.at_ms, difference, draft)
            return
        if not self._is_the_same:
            self._record(event.at_ms, "", "reconciled", "wallet and positions are the venue's", draft)
        self._is_the_same = True
        self._differs_since_ms = None
        self._difference = ""

    def connect(self, event: ConnectionChanged, draft: DecisionDraft) -> None:
        """Take in that a feed came up or went down; without the account's the book is doubted."""
        self._record(event.at_ms, "", "connection", f"{event.feed} is {_up_or_down(event)}", draft)
        if event.feed == ACCOUNT_FEED:
            self.answers_since_ms = event.at_ms if event.is_up else None
            self._is_the_same = self._is_the_same and event.is_up

    def change(self, event: AccountSettingChanged, draft: DecisionDraft) -> None:
        """Take in that somebody else changed a setting. Raises TradingHalt for one we cannot trade under.

        Fees paid in another asset are on no ledger of ours: no entries any more, what is open is seen out.
        """
        if event.setting is AccountSetting.POSITION_MODE:
            raise TradingHalt(f"the position mode was changed from outside, to {event.value}")
        if event.setting is AccountSetting.FEE_ASSET:
            self._are_fees_in_the_wallet = False
        self._record(event.at_ms, event.symbol, "setting", f"{event.setting} is {event.value}", draft)

    def note_move(self, event: WalletMoved, draft: DecisionDraft) -> None:
        """Put on record what moved the wallet beside trading."""
        self._record(event.at_ms, event.symbol, "wallet_moved", f"{event.amount} {event.reason}", draft)

    def _differ(self, at_ms: int, difference: str, draft: DecisionDraft) -> None:
        self._is_the_same = False
        if self._differs_since_ms is None:
            self._differs_since_ms = at_ms
        elif at_ms - self._differs_since_ms >= self._longest_ms:
            raise TradingHalt(f"the book is not the venue's: {difference}")
        if difference != self._difference:
            self._difference = difference
            self._record(at_ms, "", "different", difference, draft)

    def _note_strangers(self, event: AccountCompared, draft: DecisionDraft) -> None:
        if event.strangers_orders != self._strangers:
            self._strangers = event.strangers_orders
            words = f"{event.strangers_orders} open orders are none of ours"
            self._record(event.at_ms, "", "strangers", words, draft)

    def _note_stuck(self, event: AccountCompared, draft: DecisionDraft) -> None:
        if event.stuck_orders == self._stuck:
            return
        self._stuck = event.stuck_orders
        named = ", ".join(event.stuck_orders)
        hanging = f"the venue does not let go of {named}, which fired and hang"
        words = hanging if named else "nothing hangs there any more"
        self._record(event.at_ms, "", "stuck", words, draft)

    def _record(self, at_ms: int, symbol: str, reason: str, detail: str, draft: DecisionDraft) -> None:
        self._records += 1
        draft.records.append(account_record(at_ms, symbol, reason, detail, self._records))


def _difference(event: AccountCompared, wallet: Decimal, held: Mapping[str, Decimal]) -> str:
    """Say where the venue's word is not the book's; nothing when both are the same to the last digit."""
    words: list[str] = []
    if event.wallet != wallet:
        words.append(f"wallet {event.wallet} there, {wallet} here")
    there = {position.symbol: position.signed_quantity for position in event.positions}
    words += [
        f"{symbol} {there.get(symbol, _NOTHING)} there, {held.get(symbol, _NOTHING)} here"
        for symbol in sorted(there.keys() | held.keys())
        if there.get(symbol, _NOTHING) != held.get(symbol, _NOTHING)
    ]
    return "; ".join(words)


def _up_or_down(event: ConnectionChanged) -> str:
    return "up" if event.is_up else "down"
