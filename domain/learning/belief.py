"""What the model believes of a setup."""

from typing import NamedTuple

from domain.setup.setup import Setup
from domain.structure.structure_view import Features


class Question(NamedTuple):
    """How good is this trade, now? The features and `atr` are those of the base frame's last bar.

    Features are as the engine gave them, not yet in the trade's direction; `schema_hash` names their
    meaning.
    """

    setup: Setup
    features: Features
    atr: float
    schema_hash: str


class Belief(NamedTuple):
    """The even-money equivalent of a win probability and its payoff, or None without a champion.

    `source` names who believes it, for the records: `no_model`, `fixed`, a model's id. `size` is the
    share of its bet that may be placed, `words` tell where the confidence came from.
    """

    confidence: float | None
    source: str
    size: float = 1.0
    words: str = ""

    def in_words(self) -> str:
        """Tell who believes what, and why."""
        return f"{self.source} ({self.words})" if self.words else self.source
