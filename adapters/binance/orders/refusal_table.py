"""What to do with an order that the venue did not take."""

from enum import StrEnum
from typing import Final

from adapters.binance.wire.error_code import Action
from adapters.binance.wire.outcome import Refused


class Handling(StrEnum):
    """What a refusal means for an order."""

    REJECT = "told to the desk: not like this"
    REJECT_FOR_NOW = "told to the desk: perhaps another time"
    SEND_LATER = "sent again when the venue has room"
    SEND_SOON = "sent again in a moment: the venue does not see the position yet"
    IT_IS_THERE = "an order of this id is open: as good as taken"
    LOOK = "looked up before anything else"


_BY_CODE: Final = {
    -4116: Handling.IT_IS_THERE,
    -4509: Handling.SEND_SOON,
    -4129: Handling.SEND_SOON,
    -2022: Handling.REJECT,
    -2024: Handling.REJECT,
    -4118: Handling.REJECT,
    -4130: Handling.REJECT_FOR_NOW,
    -5028: Handling.SEND_LATER,
    -1112: Handling.SEND_LATER,
}
_BY_ACTION: Final = {
    Action.RETRY: Handling.SEND_LATER,
    Action.BACK_OFF: Handling.SEND_LATER,
    Action.RESYNC_CLOCK: Handling.SEND_LATER,
    Action.RECONCILE: Handling.LOOK,
    Action.REPRICE: Handling.REJECT_FOR_NOW,
}
# After these the account is not what we took it for.
_SURPRISING: Final = frozenset({Action.RECONCILE, Action.CANCEL_STALE, Action.OPEN_NOTHING})


def handling_of(refused: Refused) -> Handling:
    """Tell what to do about a refusal; what the table does not name is a rejection."""
    by_code = _BY_CODE.get(refused.code)
    return by_code or _BY_ACTION.get(refused.action, Handling.REJECT)


def is_surprising(refused: Refused) -> bool:
    """Tell whether the account should be compared after this."""
    return refused.action in _SURPRISING and handling_of(refused) in {
        Handling.REJECT,
        Handling.REJECT_FOR_NOW,
    }


def words_of(refused: Refused) -> str:
    """Give the venue's own words."""
    return f"{refused.code} {refused.reason}" if refused.code else refused.reason
