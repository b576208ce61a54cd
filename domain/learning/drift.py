"""When a champion may bet no longer as it did, or not at all."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from domain.allowed_range import require_above_zero
from domain.learning.probability_score import logistic, logit_of


class Thresholds(NamedTuple):
    """From where on a figure is mild, strong, or severe."""

    mild: float
    strong: float
    severe: float


_FEATURE: Final = Thresholds(0.5, 1.0, 2.0)
_CALIBRATION: Final = Thresholds(2.0, 3.0, 4.0)
_HIT_RATE: Final = Thresholds(3.0, 5.0, 7.0)


@dataclass(frozen=True, slots=True)
class DriftRules:
    """What counts as drift. Raises ValueError for numbers that make no sense.

    `feature` is for the excess stability index of the feature that changed most, `calibration` for
    standard errors of wins missing, `hit_rate` for the log of odds that the model's wins have become
    rarer by `hit_rate_shift` on the logit. While a model is shrunk, `shrunk_size` of its bet is placed.
    How seldom they strike a model that is as good as ever, and how soon one that is not: docs/drift.md.
    """

    feature: Thresholds = _FEATURE
    calibration: Thresholds = _CALIBRATION
    hit_rate: Thresholds = _HIT_RATE
    hit_rate_shift: float = 0.5
    shrunk_size: float = 0.5

    def __post_init__(self) -> None:
        for name in ("feature", "calibration", "hit_rate"):
            mild, strong, severe = getattr(self, name)
            if not 0.0 < mild <= strong <= severe < math.inf:
                raise ValueError(f"{name} thresholds are {mild}, {strong}, {severe}; they must not fall")
        require_above_zero("hit_rate_shift", self.hit_rate_shift, 5)
        require_above_zero("shrunk_size", self.shrunk_size, 1)


class Finding(StrEnum):
    """How far a champion has drifted."""

    CALM = "calm"
    MILD = "mild"
    STRONG = "strong"
    SEVERE = "severe"


class DriftState(StrEnum):
    """What drift has done to a champion."""

    STEADY = "steady"
    WARNED = "warned"
    SHRUNK = "shrunk"
    DEMOTED = "demoted"


NEXT: Final = {
    DriftState.STEADY: {
        Finding.CALM: DriftState.STEADY,
        Finding.MILD: DriftState.WARNED,
        Finding.STRONG: DriftState.SHRUNK,
        Finding.SEVERE: DriftState.DEMOTED,
    },
    DriftState.WARNED: {
        Finding.CALM: DriftState.STEADY,
        Finding.MILD: DriftState.WARNED,
        Finding.STRONG: DriftState.SHRUNK,
        Finding.SEVERE: DriftState.DEMOTED,
    },
    DriftState.SHRUNK: {
        Finding.CALM: DriftState.WARNED,
        Finding.MILD: DriftState.SHRUNK,
        Finding.STRONG: DriftState.SHRUNK,
        Finding.SEVERE: DriftState.DEMOTED,
    },
    DriftState.DEMOTED: dict.fromkeys(Finding, DriftState.DEMOTED),
}
"""Drift is believed at once, its end one step at a time; only another promotion undoes a demotion."""


class Foretold(NamedTuple):
    """A probability that was stated before, what came, and how unique the case is."""

    probability: float
    is_won: bool
    uniqueness: float = 1.0


class DriftFigures(NamedTuple):
    """The three figures that are watched, see DriftRules, and the name of the feature that moved most."""

    feature: float
    calibration: float
    hit_rate: float
    moved: str = ""


class DriftVerdict(NamedTuple):
    """The state after a look, the worst finding, and every finding that was not calm in words."""

    state: DriftState
    finding: Finding
    reasons: tuple[str, ...]


def judge(state: DriftState, figures: DriftFigures, rules: DriftRules) -> DriftVerdict:
    """Give a champion's state after a look at how it does; the worst of the three figures counts."""
    found = {
        f"feature {figures.moved}".rstrip(): (figures.feature, _finding(figures.feature, rules.feature)),
        "calibration": (figures.calibration, _finding(figures.calibration, rules.calibration)),
        "hit rate": (figures.hit_rate, _finding(figures.hit_rate, rules.hit_rate)),
    }
    ranked = list(Finding)
    worst = max((finding for _, finding in found.values()), key=ranked.index)
    reasons = tuple(
        f"{what}: {finding} drift, {figure:.2f}"
        for what, (figure, finding) in found.items()
        if finding is not Finding.CALM
    )
    return DriftVerdict(NEXT[state][worst], worst, reasons)


def bet_size(state: DriftState, rules: DriftRules) -> float:
    """Give the share of its bet that a champion in this state may place; none once it is demoted."""
    if state is DriftState.DEMOTED:
        return 0.0
    return rules.shrunk_size if state is DriftState.SHRUNK else 1.0


def calibration_drift(foretold: Sequence[Foretold]) -> float:
    """Give by how many standard errors fewer wins came than were foretold; negative when more came.

    sum u (p - y) / sqrt(sum u p (1 - p)), u the uniqueness (after Spiegelhalter 1986): overlapping cases
    count as the fewer independent ones that they are. Zero without cases.
    """
    missing = math.fsum(one.uniqueness * (one.probability - one.is_won) for one in foretold)
    variance = math.fsum(one.uniqueness * one.probability * (1.0 - one.probability) for one in foretold)
    return missing / math.sqrt(variance) if variance > 0.0 else 0.0


def hit_rate_drift(before: float, one: Foretold, rules: DriftRules) -> float:
    """Give the running evidence, after one more case, that wins have become rarer than foretold.

    The cumulative sum of Page (1954): max(0, S + u ln(L1 / L0)), where L0 is the likelihood of the case
    by the champion and L1 that with its logit lower by `hit_rate_shift`. Starts at zero.
    """
    logit = logit_of(one.probability)
    foretold, rarer = logistic(logit), logistic(logit - rules.hit_rate_shift)
    ratio = rarer / foretold if one.is_won else (1.0 - rarer) / (1.0 - foretold)
    return max(0.0, before + one.uniqueness * math.log(ratio))


def _finding(figure: float, thresholds: Thresholds) -> Finding:
    if figure >= thresholds.severe:
        return Finding.SEVERE
    if figure >= thresholds.strong:
        return Finding.STRONG
    return Finding.MILD if figure >= thresholds.mild else Finding.CALM
