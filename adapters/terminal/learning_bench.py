"""What the commands of learning ask of the wired service; the composition root answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from adapters.terminal.workbench import Follow, SessionOptions, TapeOptions
from application.bootstrap_learning import Bootstrapped
from application.harvest_summary import HarvestSummary
from application.learning_by_hand import Done
from application.learning_evidence import LearningEvidence
from application.learning_status import LearningStatus
from application.model_explanation import Explanation
from application.ports.trade_store import DecisionRecord
from domain.position.closed_trade import ClosedTrade


@dataclass(frozen=True, slots=True)
class LearningOptions:
    """Which learning is meant: that of the settings, or that in `file`; and where a report is wanted."""

    session: SessionOptions = field(default_factory=SessionOptions)
    file: Path | None = None
    report: Path | None = None


class LearningTold(NamedTuple):
    """Where learning stands, in which file, and what the user should be told beside it.

    `evidence` is what a report was made of, None where none was wanted.
    """

    file: Path
    status: LearningStatus
    notices: tuple[str, ...] = ()
    evidence: LearningEvidence | None = None


class LearningDone(NamedTuple):
    """What was done, in which file, and when it will count."""

    file: Path
    done: Done
    notices: tuple[str, ...] = ()


class ExplainedTrade(NamedTuple):
    """A setup taken apart, the trade that came of it if one did, and everything decided on it."""

    explanation: Explanation
    trade: ClosedTrade | None
    decisions: Sequence[DecisionRecord]


class LearningBegun(NamedTuple):
    """What history taught: the setups in it, the challenger and its trial, and where learning stands."""

    setups: HarvestSummary
    bootstrapped: Bootstrapped
    told: LearningTold


class LearningBench(Protocol):
    """Every job of learning, ready to be started by a command."""

    def learning_status(self, learning: LearningOptions) -> LearningTold:
        """Tell where learning stands, and put a report on file where one is wanted."""
        ...

    def explain(self, learning: LearningOptions, trade_id: str) -> ExplainedTrade:
        """Take apart what a model thought of a trade, or of any setup."""
        ...

    def train(self, learning: LearningOptions) -> LearningDone:
        """Train a challenger now."""
        ...

    def promote(self, learning: LearningOptions, *, is_by_hand: bool) -> LearningDone:
        """Have the challenger on trial tested now, or seat it without proof."""
        ...

    def roll_back(self, learning: LearningOptions) -> LearningDone:
        """Send the champion away."""
        ...

    def bootstrap(
        self, tapes: TapeOptions, learning: LearningOptions, taught_share: float, follow: Follow
    ) -> LearningBegun:
        """Begin learning with recorded candles, in an empty file."""
        ...
