import math
from dataclasses import replace

import pytest

from application.ports.beliefs import Beliefs
from domain.learning.belief import Belief, Question
from domain.learning.drift import DriftState
from domain.learning.fixed_confidence import FixedConfidence
from domain.market.direction import Direction
from tests.trade_samples import FEATURES, SETUP


@pytest.mark.parametrize("confidence", [0.0, 0.62, 1.0])
def test_every_setup_is_believed_in_alike(confidence: float) -> None:
    beliefs: Beliefs = FixedConfidence(confidence)
    for direction in Direction:
        asked = Question(replace(SETUP, direction=direction), FEATURES, 1.0, "schema-1")
        assert beliefs.of(asked) == Belief(confidence, "fixed")


def test_no_champion_changes_what_was_chosen() -> None:
    beliefs = FixedConfidence(0.6)
    assert beliefs.with_champion(None, DriftState.STEADY) is beliefs


@pytest.mark.parametrize("confidence", [-0.01, 1.01, math.nan])
def test_a_confidence_outside_zero_and_one_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        FixedConfidence(confidence)
