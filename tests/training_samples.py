"""Resolved samples with an edge of known strength, or with none, for whoever trains on them."""

import math
from dataclasses import replace

import numpy as np

from application.ports.model_trainer import TrainingOrder
from domain.learning.outcome import LabelledSample
from domain.learning.training_rules import TrainingRules
from domain.setup.setup import SetupKind
from tests.learning_samples import a_sample, an_outcome
from tests.trade_samples import CLOSE_MS

STEP_MS = 3_600_000
LONGEST_HOLD_MS = 7_200_000
KINDS = tuple(SetupKind)


def resolved_samples(count: int, edge: float, seed: int = 0) -> tuple[LabelledSample, ...]:
    """Give samples of which the first feature moves the logit of winning by `edge`; the rest is noise."""
    chance = np.random.default_rng(seed)
    features = chance.normal(size=(count, 12))
    wins = chance.random(count) < 1.0 / (1.0 + np.exp(-edge * features[:, 0]))
    sizes = chance.exponential(1.0, size=count) + 0.05
    holds = chance.integers(60_000, LONGEST_HOLD_MS, size=count)
    stops = chance.uniform(0.003, 0.03, size=count)
    return tuple(
        one_of(
            place,
            tuple(features[place].tolist()),
            float(sizes[place] if wins[place] else -math.tanh(sizes[place])),
            CLOSE_MS + place * STEP_MS,
            int(holds[place]),
            float(stops[place]),
        )
        for place in range(count)
    )


def one_of(
    place: int,
    features: tuple[float, ...],
    net_r: float,
    decided_at_ms: int,
    hold_ms: int,
    stop_fraction: float = 0.01,
) -> LabelledSample:
    """Give a resolved sample; its place in the history makes its id, kind and hour."""
    name = f"S{place:06}"
    sample = a_sample(name, decided_at_ms)
    context = sample.context._replace(
        stop_fraction=stop_fraction, hour=place % 24, kind=KINDS[place % len(KINDS)]
    )
    return LabelledSample(
        replace(sample, features=features, context=context),
        an_outcome(name, net_r, decided_at_ms + hold_ms, is_shadow=place % 3 > 0),
    )


def an_order(
    samples: tuple[LabelledSample, ...], rules: TrainingRules | None = None, seed: int = 7
) -> TrainingOrder:
    """Order a training a minute after the last outcome."""
    last_ms = max((one.outcome.resolved_at_ms for one in samples), default=CLOSE_MS)
    return TrainingOrder(samples, rules or TrainingRules(), seed, trained_at_ms=last_ms + 60_000)
