import pytest

from application.model_opinion import ModelOpinion, OpinionatedModel
from domain.learning.confidence import confidence_of
from domain.learning.model_columns import context_row
from domain.structure.structure_view import Features
from tests.learning_samples import A_SAMPLE
from tests.model_samples import CURVE, HEADS, a_model
from tests.trade_samples import FEATURES

MARGINS = {HEADS.probability: 0.4, HEADS.expected_r: 0.25, HEADS.context_only: -0.3}


class KnownMargins:
    """A forest whose margin a test knows; it remembers the rows it was asked about."""

    def __init__(self, model: bytes, features: int = 12) -> None:
        self.features = features
        self.rows: list[Features] = []
        self._margin = MARGINS[model]

    def margin(self, features: Features) -> float:
        self.rows.append(features)
        return self._margin


def test_an_opinion_joins_all_heads_and_the_realised_payoff() -> None:
    model = OpinionatedModel(a_model(payoff=1.5), KnownMargins, bound_z=1.28)
    opinion = model.of(FEATURES, A_SAMPLE.context)
    assert opinion == ModelOpinion(
        probability=CURVE.probability(0.4),
        lower_bound=CURVE.lower_bound(0.4, 1.28),
        payoff=1.5,
        confidence=confidence_of(CURVE.lower_bound(0.4, 1.28), 1.5),
        expected_r=0.25,
    )
    assert opinion.in_words() == (
        "win probability 0.599, at least 0.599; realised payoff 1.50; confidence 0.666; expects +0.25 R"
    )


def test_the_rival_sees_the_context_alone() -> None:
    asked: list[KnownMargins] = []

    def remembered(model: bytes) -> KnownMargins:
        asked.append(KnownMargins(model))
        return asked[-1]

    model = OpinionatedModel(a_model(), remembered, bound_z=1.28)
    assert model.by_context_alone(A_SAMPLE.context) == CURVE.probability(-0.3)
    assert [forest.rows for forest in asked] == [[], [], [context_row(A_SAMPLE.context)]]


def test_a_head_that_reads_more_than_the_record_names_is_refused() -> None:
    with pytest.raises(ValueError, match="reads 13 columns"):
        OpinionatedModel(a_model(), lambda model: KnownMargins(model, features=13), bound_z=1.28)
