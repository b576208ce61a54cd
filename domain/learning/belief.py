"""What the model believes of a setup."""

from typing import NamedTuple


class Belief(NamedTuple):
    """The even-money equivalent of a win probability and its payoff, or None without a champion.

    `source` names who believes it, for the records: `no_model`, `fixed`, a model's id.
    """

    confidence: float | None
    source: str
