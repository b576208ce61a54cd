"""When the next challenger is trained."""

from dataclasses import dataclass

from domain.allowed_range import require_within


@dataclass(frozen=True, slots=True)
class RetrainRules:
    """After how many closed trades, and whether at all. Raises ValueError for less than one trade."""

    every_trades: int = 50
    is_enabled: bool = True

    def __post_init__(self) -> None:
        require_within("every_trades", self.every_trades, 1)


def due_training(closed: int, last_training: int, rules: RetrainRules) -> int | None:
    """Give the number of the training that is due now, or None.

    The n-th training is due at the n-th fifty of closed trades. The number is kept with the training,
    begun or done, so whoever restarts counts the same trades and asks for no training twice. Several
    that were missed are made up for by one. None while training is switched off.
    """
    number = closed // rules.every_trades
    return number if rules.is_enabled and number > last_training else None


def trades_until_due(closed: int, last_training: int, rules: RetrainRules) -> int:
    """Tell how many more trades must close before the next training is due, 0 when one is."""
    following = max(last_training + 1, 1)
    return max(0, following * rules.every_trades - closed)
