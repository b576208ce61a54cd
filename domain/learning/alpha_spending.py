"""How sure a challenger must be, the more often challengers have tried."""

import math
from typing import Final

_SUM_OF_INVERSE_SQUARES: Final = math.pi * math.pi / 6.0


def alpha_of_attempt(attempt: int, total_alpha: float) -> float:
    """Give the chance of a false promotion that the n-th attempt, counted from 1, may take.

    total x 6 / (pi n)^2: over all attempts for ever these sum to the total, whatever the attempts
    have in common (Bonferroni's inequality). Raises ValueError for an attempt below 1.
    """
    if attempt < 1:
        raise ValueError(f"attempts are counted from 1, not {attempt}")
    return total_alpha / (_SUM_OF_INVERSE_SQUARES * attempt * attempt)


def alpha_spent(attempts: int, total_alpha: float) -> float:
    """Give what so many attempts have taken together."""
    return math.fsum(alpha_of_attempt(attempt, total_alpha) for attempt in range(1, attempts + 1))
