"""Whether more samples make a better model: the skill out of fold, learned from ever more of them."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from application.ports.model_trainer import ModelTrainer, NotTrained, TrainingOrder
from domain.learning.outcome import LabelledSample
from domain.learning.probability_score import weighted_mean
from domain.learning.reliability import Reliability
from domain.learning.training_rules import TrainingRules

_PARTS: Final = (0.125, 0.25, 0.5, 0.75, 1.0)


class CurvePoint(NamedTuple):
    """So many samples, the oldest of them all, and what a model out of them is worth out of fold."""

    samples: int
    effective_size: float
    reliability: Reliability
    context_only: Reliability

    @property
    def skill_error(self) -> float:
        """Give how far chance alone moves the Brier skill: its standard error where there is none.

        2 d / sqrt(b (1 - b) n), to first order: d is the root mean square distance of what was stated from
        the base rate b, n the judged samples' share of the effective size.
        """
        told = self.reliability
        judged = sum(one.cases for one in told.bins)
        size = self.effective_size * judged / self.samples
        spread = weighted_mean(
            [(one.mean_predicted - told.base_rate) ** 2 for one in told.bins],
            [one.weight for one in told.bins],
        )
        variance = told.base_rate * (1.0 - told.base_rate) * size
        return 2.0 * math.sqrt(spread / variance) if variance > 0.0 else math.inf


async def learning_curve(
    samples: Sequence[LabelledSample], trainer: ModelTrainer, rules: TrainingRules, seed: int
) -> tuple[CurvePoint, ...]:
    """Train on an eighth of the samples, a quarter, a half, three quarters and all; none of it is kept.

    Parts that are too small for a training are left out. Samples are of one definition of features.
    """
    ordered = sorted(samples, key=_resolved)
    points = []
    for part in _PARTS:
        known = tuple(ordered[: int(len(ordered) * part)])
        if not known:
            continue
        order = TrainingOrder(known, rules, seed, trained_at_ms=known[-1].outcome.resolved_at_ms)
        model = await trainer.train(order)
        if not isinstance(model, NotTrained):
            record = model.record
            worth = record.span.effective_size
            points.append(CurvePoint(len(known), worth, record.reliability, record.context_only_reliability))
    return tuple(points)


def _resolved(one: LabelledSample) -> tuple[int, str]:
    return one.outcome.resolved_at_ms, one.sample.sample_id
