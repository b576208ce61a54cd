import asyncio
from dataclasses import replace

import pytest

from adapters.native.forest import NativeForest
from adapters.xgboost.contributions import XGBoostContributions
from application.model_explanation import (
    Explanation,
    ModelExplainer,
    NothingToExplain,
    opinion_in_words,
)
from application.model_opinion import ModelOpinion
from application.ports.trade_store import DecisionRecord
from domain.learning.drift import DriftRules, DriftState
from domain.learning.model_history import Happening, What
from domain.learning.outcome import LabelledSample
from domain.learning.trained_model import TrainedModel
from tests.learning_archives import Archive, grown_model, promoted, trained
from tests.training_samples import STEP_MS, one_of, resolved_samples

SETUP = "S000499"


def explained(archive: Archive, setup_id: str = SETUP, *decisions: DecisionRecord) -> Explanation:
    explainer = ModelExplainer(
        archive.book,
        archive.registry,
        NativeForest,
        XGBoostContributions(),
        bound_z=1.2816,
        drift=DriftRules(),
    )
    return asyncio.run(explainer.explain(setup_id, decisions))


def known(*happenings: Happening, models: tuple[TrainedModel, ...] = ()) -> Archive:
    archive = Archive().with_samples([*resolved_samples(500, 1.0), later_sample()])
    return archive.with_happenings(*happenings, models=models)


def later_sample() -> LabelledSample:
    return one_of(900, (1.5,) + (0.0,) * 11, 1.2, trained_ms() + STEP_MS, 60_000)


def trained_ms() -> int:
    return grown_model().record.trained_at_ms


def entry_naming(model: TrainedModel) -> DecisionRecord:
    words = f"why; belief: {model.record.model_id} (win probability 0.6); equity 1000"
    return DecisionRecord("d1", 5, "BTCUSDT", "entry", "gap_return", words, SETUP)


def test_contributions_sum_to_the_margin_of_both_heads() -> None:
    model = grown_model()
    told = explained(known(trained(model), models=(model,)))
    for head in (told.to_win, told.net_r):
        assert abs(head.rounding) < 1e-5
        assert len(head.columns) == 12
        sizes = [abs(one.contribution) for one in head.columns]
        assert sizes == sorted(sizes, reverse=True)
    assert {one.name: one.value for one in told.to_win.columns} == dict(
        zip(model.record.features, told.sample.features, strict=True)
    )
    assert told.opinion.probability == model.record.calibration.probability(told.to_win.margin)
    assert told.opinion.expected_r == told.net_r.margin


def test_the_feature_that_carries_the_edge_speaks_loudest() -> None:
    model = grown_model()
    archive = known(trained(model), promoted(model, trained_ms() + 1), models=(model,))
    told = explained(archive, "S000900")
    assert told.to_win.columns[0].name == model.record.features[0]
    assert told.to_win.columns[0].contribution > 0.0
    assert (told.was_asked, told.has_learned_from_it) == (True, False)
    assert told.seating is not None
    assert told.seating.by == promoted(model, trained_ms() + 1)
    assert told.outcome is not None


def test_without_a_champion_then_the_newest_model_speaks_and_was_not_asked() -> None:
    old, new = grown_model(edge=0.5), grown_model()
    told = explained(known(trained(old), trained(new), models=(old, new)))
    assert told.model == new.record
    assert (told.was_asked, told.has_learned_from_it, told.seating) == (False, True, None)


def test_who_was_asked_is_whom_the_decision_names() -> None:
    old, new = grown_model(edge=0.5), grown_model()
    archive = known(
        trained(old), Happening(1, What.SEATED_BY_HAND, old.record.model_id), trained(new), models=(old, new)
    )
    assert explained(archive).model == old.record
    assert explained(archive, SETUP, entry_naming(new)).model == new.record
    assert explained(archive, SETUP, entry_naming(new)._replace(kind="exit")).model == old.record


def test_a_setup_that_nobody_saw_is_not_explained() -> None:
    with pytest.raises(NothingToExplain, match="no setup X is kept there; `slt trades`"):
        explained(known(), "X")


def test_without_any_model_nothing_is_explained() -> None:
    with pytest.raises(NothingToExplain, match=f"no model has learned yet; `slt why {SETUP}`"):
        explained(known())


def test_a_model_is_not_asked_about_features_it_never_learned() -> None:
    model = grown_model()
    other = replace(later_sample().sample, sample_id="S1", schema_hash="schema-2")
    archive = known(trained(model), models=(model,)).with_samples(
        [LabelledSample(other, replace(later_sample().outcome, sample_id="S1"))]
    )
    with pytest.raises(NothingToExplain, match="learned features of schema schema-1, those of S1 are of"):
        explained(archive, "S1")


def test_how_a_belief_becomes_a_bet_is_told_step_by_step() -> None:
    told = opinion_in_words(ModelOpinion(0.62, 0.58, 1.25, 0.622, 0.31))
    assert told == [
        "wins after costs with a probability of 0.620, 0.580 at the lower bound",
        "a win has brought 1.25 times what a loss cost, as trades of its kind really ended",
        "confidence = (1 + 0.580 - (1 - 0.580) / 1.25) / 2 = 0.622",
        "Kelly multiplier = 4 x (0.622 - 0.5) = +0.49: 0.49 of the plain bet",
        "the other head expects +0.31 R",
    ]
    assert "passed over" in opinion_in_words(ModelOpinion(0.5, 0.45, 1.0, 0.45, 0.0))[3]


def test_a_champion_in_doubt_places_a_part_of_its_bet() -> None:
    model = grown_model()
    story = [
        trained(model),
        promoted(model, trained_ms() + 1),
        Happening(trained_ms() + 2, What.DRIFTED, model.record.model_id, drift=DriftState.SHRUNK),
    ]
    told = explained(known(*story, models=(model,)), "S000900")
    assert told.bet_share == 0.5
    assert "it had drifted, and might place only 0.5 of that" in opinion_in_words(told.opinion, 0.5)
    assert explained(known(*story[:2], models=(model,)), "S000900").bet_share == 1.0
