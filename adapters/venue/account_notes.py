"""What the venue writes down about the account beside what the exchange remembers."""

from collections import deque
from dataclasses import dataclass, field

from adapters.venue.order_json import Json

_KEPT = 10_000


def _rows() -> deque[Json]:
    return deque(maxlen=_KEPT)


@dataclass(slots=True)
class AccountNotes:
    """Changes of orders and of isolated margins as their histories show them, oldest first."""

    amendments: deque[Json] = field(default_factory=_rows)
    margin_changes: deque[Json] = field(default_factory=_rows)
    wants_fees_in_bnb: bool = False
