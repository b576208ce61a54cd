"""What a model said of setups that came after it had learned, and what they gave."""

from collections.abc import Sequence
from typing import NamedTuple

from application.model_opinion import OpinionatedModel
from application.net_r_estimate import Estimate, estimate_of
from application.shadow_record import shadow_record
from domain.learning.block_bootstrap import BootstrapRules, Chance, Observed
from domain.learning.champion_gate import ShadowScore
from domain.learning.outcome import LabelledSample
from domain.learning.reliability import Forecast, Reliability, reliability
from domain.learning.sample_weights import Lifetime, average_uniqueness


class Stretch(NamedTuple):
    """Setups of some time: what all gave, what those gave that the model would have taken, and the rest.

    An estimate is None where there were none. `effective_size` is what all are worth together.
    """

    setups: int
    effective_size: float
    every: Estimate | None
    taken: Estimate | None
    left: Estimate | None
    reliability: Reliability | None


class Unseen(NamedTuple):
    """The setups after a model had learned: those it was promoted by, and those since it sits.

    Those it was promoted by look good because it was promoted by them; only the others prove anything.
    Without a seat all are its trial's. `scores` are all of them, in order of decision.
    """

    scores: tuple[ShadowScore, ...]
    on_trial: Stretch
    since_seated: Stretch | None


def unseen_by(
    model: OpinionatedModel,
    samples: Sequence[LabelledSample],
    seated_from_ms: int | None,
    chance: Chance,
    rules: BootstrapRules,
) -> Unseen:
    """Split what came after a model had learned by the moment at which it was seated."""
    scores = shadow_record(samples, model, None)
    before = [one for one in scores if seated_from_ms is None or one.decided_at_ms <= seated_from_ms]
    seated = None
    if seated_from_ms is not None:
        seated = _stretch(scores[len(before) :], chance, rules)
    return Unseen(scores, _stretch(before, chance, rules), seated)


def _stretch(scores: Sequence[ShadowScore], chance: Chance, rules: BootstrapRules) -> Stretch:
    lifetimes = [Lifetime(one.decided_at_ms, one.resolved_at_ms) for one in scores]
    uniqueness = average_uniqueness(lifetimes)
    size = sum(uniqueness)
    forecasts = [
        Forecast(one.challenger, one.is_won, unique) for one, unique in zip(scores, uniqueness, strict=True)
    ]

    def estimated(chosen: Sequence[ShadowScore]) -> Estimate | None:
        return estimate_of([Observed(one.decided_at_ms, one.net_r) for one in chosen], chance, rules)

    return Stretch(
        setups=len(scores),
        effective_size=size,
        every=estimated(scores),
        taken=estimated([one for one in scores if one.would_take]),
        left=estimated([one for one in scores if not one.would_take]),
        reliability=reliability(forecasts, size) if forecasts else None,
    )
