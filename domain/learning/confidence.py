"""How sure a trade would have to be at even money to be as good as this one."""

import math


def confidence_of(win_probability: float, payoff: float) -> float:
    """Give the even-money equivalent of a win probability p and a realised payoff b.

    (1 + p - (1 - p) / b) / 2, held at 0 and never above 1; it is p itself when b = 1, and 0.5 where the
    trade neither wins nor loses on average. The payoff is mean net win over mean net loss of
    resolved trades, never the planned target over the stop. Raises ValueError for a probability
    outside 0 and 1 or a payoff that is not above zero.
    """
    if not 0.0 <= win_probability <= 1.0:
        raise ValueError(f"win probability is {win_probability}; it must be a number from 0 to 1")
    if not (math.isfinite(payoff) and payoff > 0.0):
        raise ValueError(f"payoff is {payoff}; it must be a number above 0")
    return max(0.0, (1.0 + win_probability - (1.0 - win_probability) / payoff) / 2.0)
