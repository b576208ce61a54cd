from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.model_opinion import OpinionatedModel
from application.shadow_record import learned_until_ms, shadow_record
from domain.learning.champion_gate import ShadowScore
from domain.learning.outcome import LabelledSample
from domain.learning.probability_score import logistic
from domain.learning.reliability import Forecast, reliability
from domain.learning.trained_model import TrainedModel
from tests.model_samples import a_model
from tests.trade_samples import CLOSE_MS
from tests.training_samples import one_of

TRAINED_MS = CLOSE_MS + 1_000


@dataclass(frozen=True)
class OneColumn:
    """A forest that gives a column on, times something."""

    column: int
    times: float = 1.0
    features: int = 1

    def margin(self, features: tuple[float, ...]) -> float:
        return self.times * features[self.column]


BY_FEATURE = {b"wins": OneColumn(0), b"expects": OneColumn(1), b"rival": OneColumn(0, 10.0)}
REVERSED = {**BY_FEATURE, b"wins": OneColumn(0, -1.0)}


def asked(model: TrainedModel, forests: dict[bytes, OneColumn] | None = None) -> OpinionatedModel:
    return OpinionatedModel(model, (forests or BY_FEATURE).__getitem__, bound_z=1.2816)


CHALLENGER = asked(a_model(trained_at_ms=TRAINED_MS))


def resolved(place: int, feature: float, net_r: float, after_ms: int) -> LabelledSample:
    return one_of(place, (feature,) + (0.0,) * 11, net_r, TRAINED_MS + after_ms, 50)


def record_of(
    *samples: LabelledSample,
    challenger: OpinionatedModel = CHALLENGER,
    champion: OpinionatedModel | None = None,
) -> tuple[ShadowScore, ...]:
    return shadow_record(samples, challenger, champion)


def test_every_model_says_its_own_probability() -> None:
    sample = resolved(1, 0.5, 1.5, 10)
    (score,) = record_of(sample, champion=asked(a_model(trained_at_ms=CLOSE_MS), REVERSED))
    assert score == ShadowScore(
        decided_at_ms=TRAINED_MS + 10,
        resolved_at_ms=TRAINED_MS + 60,
        is_won=True,
        net_r=1.5,
        challenger=logistic(0.5),
        champion=logistic(-0.5),
        context_only=logistic(10.0 * sample.sample.context.stop_fraction),
        would_take=True,
    )


def test_what_was_decided_before_everybody_had_learned_is_left_out() -> None:
    samples = [resolved(1, 0.5, 1.0, after_ms) for after_ms in (-1, 0, 1, 500)]
    assert [one.decided_at_ms - TRAINED_MS for one in record_of(*samples)] == [1, 500]
    younger = a_model(trained_at_ms=TRAINED_MS + 100)
    assert [one.decided_at_ms - TRAINED_MS for one in record_of(*samples, champion=asked(younger))] == [500]
    assert learned_until_ms(CHALLENGER.record, younger.record) == TRAINED_MS + 100
    assert learned_until_ms(younger.record, CHALLENGER.record) == TRAINED_MS + 100
    assert learned_until_ms(CHALLENGER.record, None) == TRAINED_MS


def test_without_a_champion_the_base_rate_of_the_training_speaks() -> None:
    model = a_model(trained_at_ms=TRAINED_MS)
    judged = reliability([Forecast(0.5, is_won) for is_won in (True, False, False, False)], 4.0)
    challenger = OpinionatedModel(
        model._replace(record=replace(model.record, reliability=judged)), BY_FEATURE.__getitem__, 1.2816
    )
    scores = record_of(resolved(1, 0.5, 1.0, 1), resolved(2, 0.5, -1.0, 2), challenger=challenger)
    assert [score.champion for score in scores] == [0.25, 0.25]


def test_a_champion_of_other_features_is_not_asked() -> None:
    stranger = asked(a_model(trained_at_ms=CLOSE_MS, schema_hash="schema-0"), REVERSED)
    (score,) = record_of(resolved(1, 0.7, 1.0, 1), champion=stranger)
    assert score.champion == CHALLENGER.record.reliability.base_rate


def test_samples_of_features_it_did_not_learn_are_left_out() -> None:
    known = resolved(1, 0.5, 1.0, 1)
    stranger = known._replace(sample=replace(known.sample, schema_hash="schema-2"))
    assert len(record_of(known, stranger)) == 1


@pytest.mark.parametrize(("payoff", "would_take"), [(1.0, False), (2.0, True)])
def test_the_realised_payoff_decides_what_it_would_take(payoff: float, *, would_take: bool) -> None:
    challenger = asked(a_model(trained_at_ms=TRAINED_MS, payoff=payoff))
    (score,) = record_of(resolved(1, -0.2, 1.0, 1), challenger=challenger)
    assert score.would_take is would_take


def test_even_odds_are_nothing_to_bet_on() -> None:
    (score,) = record_of(resolved(1, 0.0, 1.0, 1))
    assert not score.would_take


@given(st.permutations([resolved(place, 0.1 * place, 1.0, place // 2) for place in range(2, 10)]))
def test_the_record_is_in_order_of_decision(samples: list[LabelledSample]) -> None:
    assert record_of(*samples) == record_of(*sorted(samples, key=lambda one: one.sample.sample_id))
