"""What learning from taken trades alone costs, in a made-up market of which the truth is known.

`python -m benchmarks.selection_bias`: candidates come one an hour, their first three features matter. A first
champion takes only setups of which the first is high. From then on, after every period, a model is trained
on what is resolved and takes the seat at once, without a gate, so that nothing but the samples differs: taken
trades alone, or every candidate with the outcome of its shadow. After half of the periods a kind of setup
that everybody had learned to refuse begins to pay.

Told for each period: what share of candidates was taken, what was made per hundred candidates, in R after
costs, what who knows the truth would have made, and by how much stated probabilities were too high on average
over all candidates, taken or not.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adapters.native.forest import NativeForest
from adapters.xgboost.model_trainer import trained_model
from application.model_opinion import OpinionatedModel
from application.ports.model_trainer import NotTrained, TrainingOrder
from domain.learning.outcome import LabelledSample
from domain.learning.sample_weights import WeightRules
from domain.learning.training_rules import TrainingRules
from domain.market.timeframe import DAY_MS, HOUR_MS
from domain.refusal import RefusalReason
from tests.trade_samples import CLOSE_MS
from tests.training_samples import one_of

Floats = NDArray[np.float64]
Choice = Callable[[LabelledSample], bool]

PERIODS: Final = 8
CANDIDATES: Final = 600
COST_R: Final = 0.1
HOLD_MS: Final = HOUR_MS // 2
RULES: Final = TrainingRules(weights=WeightRules(half_life_ms=25 * DAY_MS))


class Period(NamedTuple):
    """What a period gave: shares and means over its candidates."""

    taken: float
    made_r: float
    possible_r: float
    overstated: float


def main() -> int:
    parser = argparse.ArgumentParser(description="Learn with and without the outcomes of refused setups.")
    parser.add_argument("--seeds", type=int, default=10)
    seeds: int = parser.parse_args().seeds
    for name, is_shadowed in (("taken trades alone", False), ("every candidate, with shadows", True)):
        runs = [played(seed, is_shadowed=is_shadowed) for seed in range(seeds)]
        sys.stdout.write(f"{name}; {seeds} seeds, mean (standard error)\n")
        sys.stdout.write("period    taken   made per 100   possible   stated too high by\n")
        for number, periods in enumerate(zip(*runs, strict=True)):
            sys.stdout.write(f"{line_of(number, periods)}\n")
    return 0


def line_of(number: int, periods: Sequence[Period]) -> str:
    made = np.array([100.0 * one.made_r for one in periods])
    error = made.std(ddof=1) / np.sqrt(len(made)) if len(made) > 1 else float("nan")
    taken, possible, overstated = (float(np.mean([one[column] for one in periods])) for column in (0, 2, 3))
    return (
        f"{number:6}  {taken:6.0%}   {made.mean():+6.1f} ({error:.1f})  {100.0 * possible:+8.1f}"
        f"   {'' if number == 0 else f'{overstated:+.3f}'}"
    )


def played(seed: int, *, is_shadowed: bool) -> list[Period]:
    """Play all periods; candidates and their outcomes are the seed's, whoever trades."""
    chance = np.random.default_rng(seed)
    known: list[LabelledSample] = []
    model: OpinionatedModel | None = None
    periods = []
    for number in range(PERIODS):
        samples, truth = candidates(number, chance)
        chosen = [takes(model, one) for one in samples]
        periods.append(summed(samples, truth, chosen, model))
        known += [marked(one, is_taken=taken) for one, taken in zip(samples, chosen, strict=True)]
        model = learned(known, seed, is_shadowed=is_shadowed) or model
    return periods


def candidates(number: int, chance: np.random.Generator) -> tuple[list[LabelledSample], Floats]:
    """Give a period's candidates, resolved, and the true probability of each to win."""
    features = chance.normal(size=(CANDIDATES, 12))
    truth = true_probability(features, has_turned=number >= PERIODS // 2)
    is_won = chance.random(CANDIDATES) < truth
    first = number * CANDIDATES
    samples = [
        one_of(
            first + place,
            tuple(features[place].tolist()),
            (1.0 if is_won[place] else -1.0) - COST_R,
            CLOSE_MS + (first + place) * HOUR_MS,
            HOLD_MS,
        )
        for place in range(CANDIDATES)
    ]
    return samples, truth


def true_probability(features: Floats, *, has_turned: bool) -> Floats:
    """Two features pay where they are high; what neither speaks for loses, until the third comes to pay."""
    speaks_first, speaks_second = features[:, 0] > 0.5, features[:, 1] > 0.8
    logit = -0.9 + 1.2 * speaks_first + 1.2 * speaks_second
    if has_turned:
        logit += 2.2 * (~speaks_first & ~speaks_second & (features[:, 2] > 0.8))
    probability: Floats = 1.0 / (1.0 + np.exp(-logit))
    return probability


def takes(model: OpinionatedModel | None, one: LabelledSample) -> bool:
    """Say whether whoever is on the seat takes a setup; the first one looks at one feature only."""
    if model is None:
        return one.sample.features[0] > 0.5
    return model.of(one.sample.features, one.sample.context).confidence > 0.5


def marked(one: LabelledSample, *, is_taken: bool) -> LabelledSample:
    refused_for = None if is_taken else RefusalReason.NO_EDGE
    return one._replace(
        sample=replace(one.sample, refused_for=refused_for),
        outcome=replace(one.outcome, is_shadow=not is_taken),
    )


def learned(known: Sequence[LabelledSample], seed: int, *, is_shadowed: bool) -> OpinionatedModel | None:
    """Train on what is resolved, or on what was taken of it; None where that is too little."""
    seen = tuple(one for one in known if is_shadowed or one.sample.is_taken)
    model = trained_model(TrainingOrder(seen, RULES, seed, known[-1].outcome.resolved_at_ms))
    if isinstance(model, NotTrained):
        return None
    return OpinionatedModel(model, NativeForest, RULES.calibration.bound_z)


def summed(
    samples: Sequence[LabelledSample],
    truth: Floats,
    chosen: Sequence[bool],
    model: OpinionatedModel | None,
) -> Period:
    stated = [
        0.0 if model is None else model.of(one.sample.features, one.sample.context).probability
        for one in samples
    ]
    made = [one.outcome.net_r if is_taken else 0.0 for one, is_taken in zip(samples, chosen, strict=True)]
    return Period(
        taken=float(np.mean(chosen)),
        made_r=float(np.mean(made)),
        possible_r=float(np.mean(np.maximum(2.0 * truth - 1.0 - COST_R, 0.0))),
        overstated=float(np.mean(np.array(stated) - truth)),
    )


if __name__ == "__main__":
    sys.exit(main())
