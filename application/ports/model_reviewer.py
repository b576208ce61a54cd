"""The port that puts a challenger to its test."""

from typing import NamedTuple, Protocol

from domain.learning.calibration import CalibrationRules
from domain.learning.champion_gate import GateVerdict
from domain.learning.outcome import LabelledSample
from domain.learning.trained_model import TrainedModel
from domain.learning.trial import GiveUp, Look, NotYet, TrialRules


class ReviewOrder(NamedTuple):
    """Whose shadow record is to be looked at, if it is long enough; the same order gives the same answer.

    `looks` is the number of the last look at this challenger, `attempt` the number that a look now would
    have among those at all challengers, both counted from 1. `is_awaited` tells whether another one waits
    for this trial to end.
    """

    samples: tuple[LabelledSample, ...]
    challenger: TrainedModel
    champion: TrainedModel | None
    looks: int
    attempt: int
    rules: TrialRules
    calibration: CalibrationRules
    seed: int
    is_awaited: bool = False


class LookedAt(NamedTuple):
    """A look, and what it showed."""

    look: Look
    verdict: GateVerdict


ReviewAnswer = NotYet | GiveUp | LookedAt


class ModelReviewer(Protocol):
    """Puts challengers to their test."""

    async def review(self, order: ReviewOrder) -> ReviewAnswer:
        """Look at a challenger's record, or say what it lacks. Raises ReviewFailed, to be tried again."""
        ...


class ReviewFailed(Exception):
    """The test was broken off; nothing was learned of the challenger."""
