"""How good a walk's models were on what came after them: probabilities, results, and how sure that is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from application.net_r_estimate import Estimate, estimate_of
from application.ports.model_trainer import NotTrained
from application.random_trades import RandomTrade
from application.walk_forward import Judged, WalkStep
from domain.learning.block_bootstrap import BootstrapRules, Chance, Observed
from domain.learning.net_r_foresight import ForetoldR, NetRForesight, net_r_foresight
from domain.learning.probability_score import brier_score, skill
from domain.learning.reliability import Forecast, Reliability, reliability
from domain.learning.sample_weights import Lifetime, average_uniqueness
from domain.market.timeframe import DAY_MS

EVEN: Final = 0.5
"""The confidence above which Kelly bets anything at all."""

TOP_SHARE: Final = 0.1
_WEEK_MS: Final = 7 * DAY_MS
_LEAST_WEEKS: Final = 20


class Skill(NamedTuple):
    """A model's Brier score against another's on the same setups.

    `share` is the part of the other's loss that is gone, `better_by` the mean difference, above zero
    where the model is better.
    """

    brier: float
    reference: float
    share: float
    better_by: Estimate


class NetR(NamedTuple):
    """What setups gave in planned losses, after all costs; of all that came, of those that were picked.

    `taken` has a confidence above even odds, `top` is the tenth of each stretch of which the model expects
    most, ranked among the setups of that stretch, never by their results. `random` entered at random
    moments under the same exits.
    """

    every: Estimate
    taken: Estimate | None
    top: Estimate | None
    random: Estimate | None


class Stretch(NamedTuple):
    """One training, and what its model was worth until the next; figures are None where nobody judged.

    `refused` says why no model was trained.
    """

    at_ms: int
    until_ms: int
    learned: int
    model_id: str | None
    refused: str | None
    judged: int
    brier_skill: float | None
    mean_net_r: float | None
    taken: int
    taken_net_r: float | None


class OutOfSample(NamedTuple):
    """All setups that came after a model had learned; `effective_size` is what they are worth as one each."""

    judged: int
    from_ms: int
    until_ms: int
    effective_size: float
    reliability: Reliability
    foresight: NetRForesight
    against_base_rate: Skill
    against_context: Skill
    net_r: NetR


def out_of_sample(
    steps: Sequence[WalkStep], random_trades: Iterable[RandomTrade], chance: Chance
) -> OutOfSample | None:
    """Sum up a walk, or give None when no model was ever judged."""
    judged = [one for step in steps for one in step.judged]
    if not judged:
        return None
    rules = bootstrap_over(judged[0].decided_at_ms, judged[-1].decided_at_ms)
    size = sum(average_uniqueness([_lifetime(one) for one in judged]))
    top = [one for step in steps for one in top_of(step.judged)]
    at_random = [Observed(one.decided_at_ms, one.net_r) for one in random_trades]
    return OutOfSample(
        judged=len(judged),
        from_ms=judged[0].decided_at_ms,
        until_ms=judged[-1].decided_at_ms,
        effective_size=size,
        reliability=reliability([Forecast(one.probability, one.is_won) for one in judged], size),
        foresight=net_r_foresight([ForetoldR(one.expected_r, one.net_r) for one in judged], size),
        against_base_rate=_skill(judged, _base_rate, chance, rules),
        against_context=_skill(judged, _context_only, chance, rules),
        net_r=NetR(
            every=_sure(_net_r(judged), chance, rules),
            taken=estimate_of(_net_r(filter(is_taken, judged)), chance, rules),
            top=estimate_of(_net_r(top), chance, rules),
            random=estimate_of(at_random, chance, rules),
        ),
    )


def stretch_of(step: WalkStep) -> Stretch:
    """Sum up what one training was worth."""
    judged, model = step.judged, step.model
    taken = [one.net_r for one in judged if is_taken(one)]
    is_refused = isinstance(model, NotTrained)
    return Stretch(
        at_ms=step.at_ms,
        until_ms=step.until_ms,
        learned=step.learned,
        model_id=None if isinstance(model, NotTrained) else model.record.model_id,
        refused=model.detail if isinstance(model, NotTrained) else None,
        judged=len(judged),
        brier_skill=_share(judged) if judged and not is_refused else None,
        mean_net_r=_mean([one.net_r for one in judged]),
        taken=len(taken),
        taken_net_r=_mean(taken),
    )


def is_taken(one: Judged) -> bool:
    """Whether Kelly would have bet anything on it."""
    return one.confidence > EVEN


def top_of(judged: Sequence[Judged]) -> list[Judged]:
    """Give the tenth of these setups of which most was expected."""
    ranked = sorted(judged, key=_expected, reverse=True)
    return ranked[: round(len(ranked) * TOP_SHARE)]


def bootstrap_over(from_ms: int, until_ms: int) -> BootstrapRules:
    """Cut long records into weeks, shorter ones into days: what hangs together stays in one block."""
    rules = BootstrapRules()
    is_long = until_ms - from_ms >= _LEAST_WEEKS * _WEEK_MS
    return replace(rules, block_ms=_WEEK_MS, cells_per_block=7) if is_long else rules


def _skill(
    judged: Sequence[Judged], reference: Callable[[Judged], float], chance: Chance, rules: BootstrapRules
) -> Skill:
    own, other = _briers(judged, _probability), _briers(judged, reference)
    better = [
        Observed(one.decided_at_ms, theirs - ours)
        for one, ours, theirs in zip(judged, own, other, strict=True)
    ]
    brier, compared = sum(own) / len(own), sum(other) / len(other)
    return Skill(brier, compared, skill(brier, compared), _sure(better, chance, rules))


def _share(judged: Sequence[Judged]) -> float:
    return skill(sum(_briers(judged, _probability)), sum(_briers(judged, _base_rate)))


def _briers(judged: Sequence[Judged], stated: Callable[[Judged], float]) -> list[float]:
    return [brier_score(stated(one), is_won=one.is_won) for one in judged]


def _sure(observed: Sequence[Observed], chance: Chance, rules: BootstrapRules) -> Estimate:
    """Give the estimate of what surely holds observations."""
    estimate = estimate_of(observed, chance, rules)
    if estimate is None:
        raise ValueError("there is nothing to estimate from")
    return estimate


def _net_r(judged: Iterable[Judged]) -> list[Observed]:
    return [Observed(one.decided_at_ms, one.net_r) for one in judged]


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _lifetime(one: Judged) -> Lifetime:
    return Lifetime(one.decided_at_ms, one.labelled.outcome.resolved_at_ms)


def _probability(one: Judged) -> float:
    return one.probability


def _base_rate(one: Judged) -> float:
    return one.base_rate


def _context_only(one: Judged) -> float:
    return one.context_only


def _expected(one: Judged) -> float:
    return one.expected_r
