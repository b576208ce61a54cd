"""Why the venue took an order away, in words."""

from typing import Final

_REASONS: Final = {
    "1": "would have traded with another order of this account",
    "2": "immediate-or-cancel: the rest found nobody at this price",
    "3": "immediate-or-cancel: the rest would have traded with another order of this account",
    "4": "only reduces: another order took its place, or it would have turned the position",
    "5": "the account was liquidated",
    "6": "was tied to a position that is gone",
    "7": "the symbol was delisted",
    "8": "its stop had triggered",
    "9": "market order: the rest found no price within the venue's bounds",
}
_UNTOLD: Final = frozenset({"", "0"})


def expiry_in_words(reason: str, status: str) -> str:
    """Say why an order expired, from the venue's `er` and, where that is silent, its status."""
    if reason in _UNTOLD:
        return f"the venue says {status} and gives no reason"
    return _REASONS.get(reason, f"the venue's reason number {reason}")
