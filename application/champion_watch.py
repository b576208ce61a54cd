"""How the champion has done since it learned: features that moved, wins that stayed away."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

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
from domain.learning.feature_drift import WINDOW, excess_drift
from domain.learning.model_columns import context_row
from domain.learning.outcome import LabelledSample
from domain.learning.sample import Sample
from domain.learning.sample_weights import Lifetime, average_uniqueness

_EVEN: Final = 0.5
"""The confidence above which Kelly bets anything at all."""


@dataclass(frozen=True, slots=True)
class WatchRules:
    """What a look at a champion needs. Raises ValueError for numbers that make no sense.

    Calibration is that of the last `recent` samples, and silent while bets among them are worth fewer than
    `least_effective_size` independent ones; wins are followed from the first one on.
    """

    recent: int = 400
    least_effective_size: float = 20.0
    drift: DriftRules = field(default_factory=DriftRules)

    def __post_init__(self) -> None:
        require_within("recent", self.recent, 10)
        require_above_zero("least_effective_size", self.least_effective_size)


class ChampionWatch:
    """Looks at one champion again and again, and each time only at what is new and what may still change.

    Judged are the samples decided on after it learned: all of them for their features, for wins only those
    it would bet on, and by the lower bound that it bets on. What it lets pass costs nothing, and what it
    could not know for sure when it learned is no drift.
    """

    def __init__(self, champion: OpinionatedModel, rules: WatchRules) -> None:
        self.champion = champion
        self._rules = rules
        self._stakes: dict[str, float | None] = {}
        self._settled_ms = champion.record.trained_at_ms
        self._settled_evidence = 0.0

    def look(self, samples: Sequence[LabelledSample], state: DriftState) -> DriftVerdict | None:
        """Judge it by the samples it has not learned from; None without any."""
        figures = self.figures(samples)
        return None if figures is None else judge(state, figures, self._rules.drift)

    def figures(self, samples: Sequence[LabelledSample]) -> DriftFigures | None:
        """Measure it on the samples it has not learned from; None without any."""
        unseen = self._unsettled(samples)
        if not unseen:
            return None
        self._ask(unseen)
        bets = self._bets(unseen)
        recent_from_ms = unseen[-self._rules.recent :][0].sample.decided_at_ms
        feature, moved = self._feature_drift(unseen[-WINDOW:])
        calibration = self._calibration_drift([one for at_ms, one in bets if at_ms >= recent_from_ms])
        hit_rate = self._evidence(one for _, one in bets)
        self._settle(unseen, bets)
        return DriftFigures(feature, calibration, hit_rate, moved)

    def _unsettled(self, samples: Sequence[LabelledSample]) -> list[LabelledSample]:
        schema, after_ms = self.champion.record.schema_hash, self._settled_ms
        unseen = [
            one for one in samples if one.sample.decided_at_ms > after_ms and one.sample.schema_hash == schema
        ]
        return sorted(unseen, key=_decided)

    def _ask(self, unseen: Sequence[LabelledSample]) -> None:
        """Note the lower bound of every sample that it would bet on, and forget those that are gone."""
        known = self._stakes
        self._stakes = {
            one.sample_id: known[one.sample_id] if one.sample_id in known else self._stake(one)
            for one, _ in unseen
        }

    def _stake(self, sample: Sample) -> float | None:
        opinion = self.champion.of(sample.features, sample.context)
        return opinion.lower_bound if opinion.confidence > _EVEN else None

    def _bets(self, unseen: Sequence[LabelledSample]) -> list[tuple[int, Foretold]]:
        """Give the moment of every bet, and what was foretold of it at least."""
        staked = [(one, stake) for one in unseen if (stake := self._stakes[one.sample.sample_id]) is not None]
        uniqueness = average_uniqueness([_lifetime(one) for one, _ in staked])
        return [
            (one.sample.decided_at_ms, Foretold(stake, one.outcome.is_won, unique))
            for (one, stake), unique in zip(staked, uniqueness, strict=True)
        ]

    def _settle(self, unseen: Sequence[LabelledSample], bets: Sequence[tuple[int, Foretold]]) -> None:
        """Put long finished bets behind it, so that a look costs the same however long a champion sits."""
        kept = max(self._rules.recent, WINDOW)
        if len(unseen) >= 2 * kept:
            until_ms = unseen[-kept - 1].sample.decided_at_ms
            self._settled_evidence = self._evidence(one for at_ms, one in bets if at_ms <= until_ms)
            self._settled_ms = until_ms

    def _evidence(self, bets: Iterable[Foretold]) -> float:
        evidence = self._settled_evidence
        for one in bets:
            evidence = hit_rate_drift(evidence, one, self._rules.drift)
        return evidence

    def _calibration_drift(self, bets: Sequence[Foretold]) -> float:
        size = math.fsum(one.uniqueness for one in bets)
        return calibration_drift(bets) if size >= self._rules.least_effective_size else 0.0

    def _feature_drift(self, recent: Sequence[LabelledSample]) -> tuple[float, str]:
        """Give the excess index of the feature that changed most, and its name; nothing before a window."""
        record = self.champion.record
        if len(recent) < WINDOW:
            return 0.0, ""
        rows = [(*one.sample.features, *context_row(one.sample.context)) for one in recent]
        held = zip(record.features, record.spreads, zip(*rows, strict=True), strict=False)
        return max((excess_drift(spread, column), name) for name, spread, column in held)


def look_at_champion(
    champion: OpinionatedModel, samples: Sequence[LabelledSample], state: DriftState, rules: WatchRules
) -> DriftVerdict | None:
    """Look once, asking the champion about every sample; see ChampionWatch."""
    return ChampionWatch(champion, rules).look(samples, state)


def drift_figures(
    champion: OpinionatedModel, samples: Sequence[LabelledSample], rules: WatchRules
) -> DriftFigures | None:
    """Measure once, without a verdict; see ChampionWatch."""
    return ChampionWatch(champion, rules).figures(samples)


def _lifetime(one: LabelledSample) -> Lifetime:
    return Lifetime(one.sample.decided_at_ms, one.outcome.resolved_at_ms)


def _decided(one: LabelledSample) -> tuple[int, str]:
    return one.sample.decided_at_ms, one.sample.sample_id
