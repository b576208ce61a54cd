"""The venue's margin brackets."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple


class LeverageBracket(NamedTuple):
    """One step of the venue's margin table; it holds from `notional_floor` up to `notional_cap`.

    `maintenance_deduction` is the amount the venue calls cum.
    """

    notional_floor: Decimal
    notional_cap: Decimal
    max_leverage: int
    maintenance_rate: Decimal
    maintenance_deduction: Decimal


# Wide enough for a small account on any liquid perpetual; the venue's own table replaces it.
CAUTIOUS_BRACKETS: Final = (
    LeverageBracket(Decimal(0), Decimal(50_000), 25, Decimal("0.01"), Decimal(0)),
    LeverageBracket(Decimal(50_000), Decimal(1_000_000), 10, Decimal("0.025"), Decimal(750)),
    LeverageBracket(Decimal(1_000_000), Decimal("Infinity"), 2, Decimal("0.125"), Decimal(100_750)),
)


def bracket_of(notional: Decimal, brackets: Sequence[LeverageBracket]) -> LeverageBracket:
    """Give the first bracket whose cap is not below the notional, or the last one.

    `brackets` are in rising order; a notional on a border still belongs to the lower one.
    """
    for bracket in brackets:
        if notional <= bracket.notional_cap:
            return bracket
    return brackets[-1]
