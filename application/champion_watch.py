"""How the champion has done since it learned: features that moved, wins that stayed away."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from application.model_opinion import OpinionatedModel
from domain.allowed_range import require_above_zero, require_within
from domain.learning.drift import (
    DriftFigures,
    DriftRules,
    DriftState,
    DriftVerdict,
    Foretold,
    calibration_drift,
    hit_rate_drift,
    judge,
)
from domain.learning.feature_drift import excess_drift
from domain.learning.model_columns import context_row
from domain.learning.outcome import LabelledSample
from domain.learning.sample_weights import Lifetime, average_uniqueness


@dataclass(frozen=True, slots=True)
class WatchRules:
    """What a look at a champion needs. Raises ValueError for numbers that make no sense.

    Features and calibration are those of the last `recent` samples, wins are followed from the first
    one on; below `least_effective_size` nothing is said.
    """

    recent: int = 400
    least_effective_size: float = 50.0
    drift: DriftRules = field(default_factory=DriftRules)

    def __post_init__(self) -> None:
        require_within("recent", self.recent, 10)
        require_above_zero("least_effective_size", self.least_effective_size)


def look_at_champion(
    champion: OpinionatedModel, samples: Sequence[LabelledSample], state: DriftState, rules: WatchRules
) -> DriftVerdict | None:
    """Judge a champion by the samples decided on after it learned; None while they say too little."""
    unseen = [one for one in samples if _is_unseen(one, champion)]
    unseen.sort(key=_decided)
    lifetimes = [Lifetime(one.sample.decided_at_ms, one.outcome.resolved_at_ms) for one in unseen]
    uniqueness = average_uniqueness(lifetimes)
    recent_size = math.fsum(uniqueness[-rules.recent :])
    if recent_size < rules.least_effective_size:
        return None
    foretold = [
        Foretold(champion.of(one.sample.features, one.sample.context).probability, one.outcome.is_won, unique)
        for one, unique in zip(unseen, uniqueness, strict=True)
    ]
    figures = DriftFigures(
        feature=_feature_drift(champion, unseen[-rules.recent :], recent_size),
        calibration=calibration_drift(foretold[-rules.recent :]),
        hit_rate=_evidence(foretold, rules.drift),
    )
    return judge(state, figures, rules.drift)


def _feature_drift(champion: OpinionatedModel, recent: Sequence[LabelledSample], size: float) -> float:
    """Give the index of the feature that changed most."""
    spreads = champion.record.spreads
    rows = [(*one.sample.features, *context_row(one.sample.context))[: len(spreads)] for one in recent]
    columns = zip(*rows, strict=True)
    return max(excess_drift(spread, column, size) for spread, column in zip(spreads, columns, strict=True))


def _evidence(foretold: Sequence[Foretold], rules: DriftRules) -> float:
    evidence = 0.0
    for one in foretold:
        evidence = hit_rate_drift(evidence, one, rules)
    return evidence


def _is_unseen(one: LabelledSample, champion: OpinionatedModel) -> bool:
    record = champion.record
    is_known = one.sample.schema_hash == record.schema_hash
    return is_known and one.sample.decided_at_ms > record.trained_at_ms


def _decided(one: LabelledSample) -> tuple[int, str]:
    return one.sample.decided_at_ms, one.sample.sample_id
