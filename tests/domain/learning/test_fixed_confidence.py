import math

import pytest

from application.ports.beliefs import Beliefs
from domain.learning.belief import Belief
from domain.learning.fixed_confidence import FixedConfidence
from domain.market.direction import Direction
from tests.trade_samples import FEATURES


@pytest.mark.parametrize("confidence", [0.0, 0.62, 1.0])
def test_every_setup_is_believed_in_alike(confidence: float) -> None:
    beliefs: Beliefs = FixedConfidence(confidence)
    for direction in Direction:
        assert beliefs.of(FEATURES, direction) == Belief(confidence, "fixed")


@pytest.mark.parametrize("confidence", [-0.01, 1.01, math.nan])
def test_a_confidence_outside_zero_and_one_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        FixedConfidence(confidence)
