"""Resolved samples become a model that knows how far it can be believed."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from adapters.xgboost.boosted_trees import NET_R, TO_WIN, BoostedTrees, Floats, Objective, grown
from application.model_hash import named
from application.ports.model_trainer import NotTrained, TrainingOrder, WhyNotTrained
from domain.learning.calibration import Calibration
from domain.learning.feature_drift import spread_of
from domain.learning.forward_calibration import Forecasts, Scored, calibration_on, forward_forecasts
from domain.learning.model_columns import context_row, head_names, head_row
from domain.learning.model_record import DataSpan, ModelRecord
from domain.learning.net_r_foresight import ForetoldR, NetRForesight, net_r_foresight
from domain.learning.outcome import LabelledSample
from domain.learning.payoff import Ended, Payoffs, payoffs_of
from domain.learning.reliability import reliability
from domain.learning.sample_weights import Lifetime, SampleWeights, sample_weights
from domain.learning.trained_model import Heads, TrainedModel
from domain.learning.training_rules import TrainingRules
from domain.learning.walk_forward_folds import Fold, walk_forward_folds


class XGBoostTrainer:
    """Trains where it is called and holds everything up meanwhile: for backtests, not beside a market."""

    async def train(self, order: TrainingOrder) -> TrainedModel | NotTrained:
        """Give a model, or say why there is none."""
        return trained_model(order)


class SampleTable(NamedTuple):
    """Samples as columns, in order of decision: what the heads read, what the rival reads, what came."""

    samples: tuple[LabelledSample, ...]
    rows: Floats
    context_rows: Floats
    lifetimes: tuple[Lifetime, ...]
    net_r: Floats
    is_won: Floats


class Learned(NamedTuple):
    """What one head reads, what it is to foretell, and how."""

    rows: Floats
    targets: Floats
    objective: Objective


class Margins(NamedTuple):
    """What heads said of the samples of each fold, none of which they had learned from."""

    probability: list[list[float]]
    expected_r: list[list[float]]
    context_only: list[list[float]]


def trained_model(order: TrainingOrder) -> TrainedModel | NotTrained:
    """Grow and judge a model. Same samples, rules and seed give the same model to the last bit.

    Calibrations are fitted to out-of-fold scores; the reliability is that of probabilities whose
    calibration, too, had seen nothing of what it was judged on. The heads then learn from all samples.
    """
    refused = _unfit(order)
    if refused is not None:
        return refused
    rules = order.rules
    table = table_of(order.samples, sees_context=rules.sees_context)
    folds = usable_folds(table, rules)
    said = out_of_fold(table, folds, rules, order.seed)
    scored = scored_by(table, folds, said.probability)
    judged = forward_forecasts(scored, rules.folds.embargo_ms, rules.weights, rules.calibration)
    if not judged.forecasts:
        return _too_few(order, len(folds))
    rival = scored_by(table, folds, said.context_only)
    foreseen = foreseen_net_r(table, folds, said.expected_r, rules)
    weighed = _weighed(table, range(len(table.samples)), rules)
    payoffs = _payoffs(table, weighed, rules)
    if payoffs is None:
        return _one_sided(order)
    return named(
        _record(order, table, scored, rival, judged, foreseen, weighed, payoffs),
        _heads(table, weighed, order),
    )


def table_of(samples: Sequence[LabelledSample], *, sees_context: bool) -> SampleTable:
    """Put samples into columns, in order of decision."""
    ordered = tuple(sorted(samples, key=_decided))
    rows = [head_row(one.sample.features, one.sample.context, sees_context=sees_context) for one in ordered]
    return SampleTable(
        samples=ordered,
        rows=np.array(rows, dtype=np.float64),
        context_rows=np.array([context_row(one.sample.context) for one in ordered], dtype=np.float64),
        lifetimes=tuple(Lifetime(one.sample.decided_at_ms, one.outcome.resolved_at_ms) for one in ordered),
        net_r=np.array([one.outcome.net_r for one in ordered], dtype=np.float64),
        is_won=np.array([one.outcome.is_won for one in ordered], dtype=np.float64),
    )


def usable_folds(table: SampleTable, rules: TrainingRules) -> list[Fold]:
    """Give the folds that have both wins and losses to learn from."""
    folds = walk_forward_folds(table.lifetimes, rules.folds)
    return [fold for fold in folds if 0.0 < table.is_won[list(fold.train)].mean() < 1.0]


def out_of_fold(table: SampleTable, folds: Sequence[Fold], rules: TrainingRules, seed: int) -> Margins:
    """Score the samples of each fold by heads that learned only from what was over before it."""
    said = Margins([], [], [])
    for fold in folds:
        weighed, test = _weighed(table, fold.train, rules), list(fold.test)
        for learned, told in zip(_learned(table), said, strict=True):
            trees = _grown(learned, list(fold.train), weighed, rules, seed)
            told.append(trees.margins(learned.rows[test]).astype(np.float64).tolist())
    return said


def scored_by(
    table: SampleTable, folds: Sequence[Fold], said: Sequence[Sequence[float]]
) -> list[list[Scored]]:
    """Put what a head said of each fold beside what came."""
    won = table.is_won.astype(bool).tolist()
    return [
        [
            Scored(table.lifetimes[place], won[place], score)
            for place, score in zip(fold.test, scores, strict=True)
        ]
        for fold, scores in zip(folds, said, strict=True)
    ]


def foreseen_net_r(
    table: SampleTable, folds: Sequence[Fold], said: Sequence[Sequence[float]], rules: TrainingRules
) -> NetRForesight:
    """Hold what the other head said of each fold's samples against what they gave."""
    tested = [place for fold in folds for place in fold.test]
    weighed = _weighed(table, tested, rules)
    told = [margin for margins in said for margin in margins]
    foretold = map(ForetoldR, told, table.net_r[tested].tolist(), weighed.weights)
    return net_r_foresight(tuple(foretold), weighed.effective_size)


def _learned(table: SampleTable) -> tuple[Learned, Learned, Learned]:
    """Give what the three heads learn, in the order of Heads and Margins."""
    return (
        Learned(table.rows, table.is_won, TO_WIN),
        Learned(table.rows, table.net_r, NET_R),
        Learned(table.context_rows, table.is_won, TO_WIN),
    )


def _grown(
    learned: Learned, places: list[int], weighed: SampleWeights, rules: TrainingRules, seed: int
) -> BoostedTrees:
    rows, targets, objective = learned
    return grown(rows[places], targets[places], _independent(weighed), objective, rules.trees, seed)


def _independent(weighed: SampleWeights) -> Floats:
    """Scale weights to sum to the number of independent samples that all are worth."""
    weights = np.array(weighed.weights, dtype=np.float64)
    return weights * (weighed.effective_size / len(weights))


def _weighed(table: SampleTable, places: Sequence[int], rules: TrainingRules) -> SampleWeights:
    """Weigh some samples against each other, as of the last of their outcomes."""
    lifetimes = [table.lifetimes[place] for place in places]
    return sample_weights(lifetimes, max(one.resolved_at_ms for one in lifetimes), rules.weights)


def _heads(table: SampleTable, weighed: SampleWeights, order: TrainingOrder) -> Heads:
    every = list(range(len(table.samples)))
    return Heads(
        *(_grown(learned, every, weighed, order.rules, order.seed).saved() for learned in _learned(table))
    )


def _payoffs(table: SampleTable, weighed: SampleWeights, rules: TrainingRules) -> Payoffs | None:
    kinds = (one.sample.context.kind for one in table.samples)
    ended = list(map(Ended, kinds, table.net_r.tolist(), _independent(weighed).tolist()))
    return payoffs_of(ended, rules.payoff)


def _record(
    order: TrainingOrder,
    table: SampleTable,
    scored: Sequence[Sequence[Scored]],
    rival: Sequence[Sequence[Scored]],
    judged: Forecasts,
    foreseen: NetRForesight,
    weighed: SampleWeights,
    payoffs: Payoffs,
) -> ModelRecord:
    rules, size = order.rules, weighed.effective_size
    until_ms = max(one.resolved_at_ms for one in table.lifetimes)
    rivals = forward_forecasts(rival, rules.folds.embargo_ms, rules.weights, rules.calibration)
    return ModelRecord(
        model_id="",
        probability_head="",
        expected_r_head="",
        context_only_head="",
        trained_at_ms=order.trained_at_ms,
        seed=order.seed,
        span=DataSpan(
            decided_from_ms=table.lifetimes[0].decided_at_ms,
            resolved_until_ms=until_ms,
            samples=len(table.samples),
            shadows=sum(one.outcome.is_shadow for one in table.samples),
            effective_size=size,
        ),
        schema_hash=table.samples[0].sample.schema_hash,
        features=head_names(sees_context=rules.sees_context),
        spreads=tuple(spread_of(column) for column in table.rows.T.tolist()),
        calibration=_calibration(scored, until_ms, rules),
        context_only_calibration=_calibration(rival, until_ms, rules),
        payoffs=payoffs,
        reliability=reliability(judged.forecasts, judged.effective_size),
        context_only_reliability=reliability(rivals.forecasts, rivals.effective_size),
        net_r_foresight=foreseen,
        parent=order.parent,
    )


def _calibration(folds: Sequence[Sequence[Scored]], now_ms: int, rules: TrainingRules) -> Calibration:
    scored = [one for fold in folds for one in fold]
    return calibration_on(scored, now_ms, rules.weights, rules.calibration)


def _unfit(order: TrainingOrder) -> NotTrained | None:
    """Say why nothing can be learned from these samples, before anything is tried."""
    if not order.samples:
        return _too_few(order, 0)
    schemas = {one.sample.schema_hash for one in order.samples}
    if len(schemas) > 1:
        return NotTrained(WhyNotTrained.MIXED_SCHEMAS, f"features of schemas {', '.join(sorted(schemas))}")
    to_come = sum(one.outcome.resolved_at_ms > order.trained_at_ms for one in order.samples)
    if to_come:
        return NotTrained(
            WhyNotTrained.OUTCOME_TO_COME, f"{to_come} outcomes lie after {order.trained_at_ms}"
        )
    if len({one.outcome.is_won for one in order.samples}) == 1:
        return _one_sided(order)
    return None


def _too_few(order: TrainingOrder, folds: int) -> NotTrained:
    least = order.rules.folds.least_train
    return NotTrained(
        WhyNotTrained.TOO_FEW_SAMPLES,
        f"{len(order.samples)} samples make {folds} folds with {least} resolved samples of both kinds before"
        " them; it takes two, so that what one was worth can be judged on the next",
    )


def _one_sided(order: TrainingOrder) -> NotTrained:
    return NotTrained(
        WhyNotTrained.ONLY_WINS_OR_LOSSES, f"{len(order.samples)} samples are all won or all lost"
    )


def _decided(one: LabelledSample) -> tuple[int, str]:
    return one.sample.decided_at_ms, one.sample.sample_id
