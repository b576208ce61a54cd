from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.ports.beliefs import Beliefs
from domain.learning.belief import Question
from domain.learning.drift import DriftState
from domain.learning.structure_score import StructureScore
from domain.learning.trade_direction import in_trade_direction
from domain.market.direction import Direction
from tests.trade_samples import FEATURES, SETUP

SCORE: Beliefs = StructureScore()
vectors = st.tuples(*[st.floats(-1.0, 1.0)] * 12)


def asked(features: tuple[float, ...], direction: Direction) -> Question:
    return Question(replace(SETUP, direction=direction), features, 1.0, "schema-1")


def score(features: tuple[float, ...], direction: Direction) -> float:
    confidence = SCORE.of(asked(features, direction)).confidence
    assert confidence is not None
    return confidence


def test_silent_structure_scores_one_half() -> None:
    assert score((0.0,) * 12, Direction.LONG) == 0.5


def test_it_names_itself_and_counts_the_signed_features_only() -> None:
    assert SCORE.of(asked(FEATURES, Direction.LONG)).source == "structure_score"
    total = 0.9 + 0.4 + 0.3 + 0.6 + 0.2 + 0.25 + 0.8 - 0.2 + 0.1
    assert score(FEATURES, Direction.LONG) == pytest.approx(0.5 + 0.5 * total / (1.0 + total))


@given(vectors)
def test_long_and_short_share_what_there_is(features: tuple[float, ...]) -> None:
    long, short = score(features, Direction.LONG), score(features, Direction.SHORT)
    assert long + short == pytest.approx(1.0)
    assert 0.0 < long < 1.0
    assert score(in_trade_direction(features, Direction.SHORT), Direction.LONG) == short


def test_no_champion_changes_the_score() -> None:
    assert SCORE.with_champion(None, DriftState.STEADY) is SCORE
