"""What every part of a frame has in common."""

from decimal import Decimal
from typing import Annotated, Final

import msgspec

# More than there is of anything; beyond, arithmetic would overflow.
_MOST_PLACES: Final = 40

# Neither NaN nor an infinity is a price.
Price = Annotated[float, msgspec.Meta(ge=0.0, lt=1e30)]


class Part(msgspec.Struct, frozen=True, gc=False):
    """A part of an event; it refers to nothing that could refer back, so it is never garbage-collected."""


class Told(msgspec.Struct, frozen=True, gc=False, tag_field="e"):
    """An event, told apart from others by its `e`."""


class ExactPart(Part, frozen=True):
    """A part with money in it; NaN, infinities and absurd sizes are none and raise ValueError."""

    def __post_init__(self) -> None:
        _require_money(self)


class ExactTold(Told, frozen=True):
    """An event with money in it; NaN, infinities and absurd sizes are none and raise ValueError."""

    def __post_init__(self) -> None:
        _require_money(self)


def _require_money(told: msgspec.Struct) -> None:
    for name in told.__struct_fields__:
        figure = getattr(told, name)
        if isinstance(figure, Decimal) and not (
            figure.is_finite() and abs(figure.adjusted()) <= _MOST_PLACES
        ):
            raise ValueError(f"{name} is no sum of money")
