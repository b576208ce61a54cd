"""What a model's heads say along each column: a description of the model, no proof of anything."""

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from application.ports.contributions import ForestExplainer
from application.ports.forest import Forest, ForestMaker
from domain.learning.model_columns import head_names, head_row
from domain.learning.outcome import LabelledSample
from domain.learning.trained_model import TrainedModel

_MOST: Final = 200
"""The newest setups that a column is turned in; more make the lines no smoother."""

_Row = tuple[float, ...]


class FeatureEffect(NamedTuple):
    """A column: at these values, what the model says on average of setups that are otherwise as they were.

    `probabilities` are calibrated, `expected_r` in planned losses. `weight` is the mean size of what
    the column adds to the margin that is calibrated.
    """

    name: str
    values: tuple[float, ...]
    probabilities: tuple[float, ...]
    expected_r: tuple[float, ...]
    weight: float


def feature_effects(
    model: TrainedModel,
    samples: Sequence[LabelledSample],
    forest_of: ForestMaker,
    explainer: ForestExplainer,
) -> tuple[FeatureEffect, ...]:
    """Turn each column through the values it had in training (partial dependence, Friedman 2001).

    The columns that decide most come first. Empty without setups of the model's own features.
    """
    record = model.record
    sees_context = record.features == head_names(sees_context=True)
    known = [one.sample for one in samples if one.sample.schema_hash == record.schema_hash][-_MOST:]
    rows = [head_row(one.features, one.context, sees_context=sees_context) for one in known]
    if not rows:
        return ()
    wins, expects = forest_of(model.heads.probability), forest_of(model.heads.expected_r)
    weights = _weights(explainer, model.heads.probability, rows)
    effects = []
    for place, (name, spread) in enumerate(zip(record.features, record.spreads, strict=True)):
        values = _values(spread.edges, rows, place)
        margins = [_turned(wins, rows, place, value) for value in values]
        effects.append(
            FeatureEffect(
                name=name,
                values=values,
                probabilities=tuple(_mean(map(record.calibration.probability, told)) for told in margins),
                expected_r=tuple(_mean(_turned(expects, rows, place, value)) for value in values),
                weight=weights[place],
            )
        )
    return tuple(sorted(effects, key=lambda one: one.weight, reverse=True))


def _weights(explainer: ForestExplainer, forest: bytes, rows: Sequence[_Row]) -> list[float]:
    told = explainer.contributions(forest, rows)
    columns = zip(*(one.of_columns for one in told), strict=True)
    return [_mean(map(abs, column)) for column in columns]


def _values(edges: Sequence[float], rows: Sequence[_Row], place: int) -> tuple[float, ...]:
    """Give the deciles of the training, and the ends that the setups at hand have."""
    held = [row[place] for row in rows]
    return tuple(sorted({min(held), *edges, max(held)}))


def _turned(forest: Forest, rows: Sequence[_Row], place: int, value: float) -> list[float]:
    return [forest.margin((*row[:place], value, *row[place + 1 :])) for row in rows]


def _mean(values: "Sequence[float] | map[float]") -> float:
    held = list(values)
    return math.fsum(held) / len(held)
