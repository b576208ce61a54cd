"""The pause after losses in a row."""

from dataclasses import dataclass

from domain.allowed_range import require_within
from domain.market.timeframe import MINUTE_MS
from domain.risk.portfolio import Portfolio


@dataclass(frozen=True, slots=True)
class CoolDownRules:
    """After how many losses in a row to pause, and how long after the last of them.

    Raises ValueError for numbers that make no sense.
    """

    after_losses: int = 3
    pause_ms: int = 60 * MINUTE_MS

    def __post_init__(self) -> None:
        require_within("after_losses", self.after_losses, 1)
        require_within("pause_ms", self.pause_ms, 0)


def pause_left_ms(portfolio: Portfolio, at_ms: int, rules: CoolDownRules) -> int:
    """Give how long entries still have to wait; zero when they need not."""
    if portfolio.last_loss_at_ms is None or portfolio.losses_in_a_row < rules.after_losses:
        return 0
    return max(0, portfolio.last_loss_at_ms + rules.pause_ms - at_ms)
