import pytest

from application.ports.beliefs import Beliefs
from domain.learning.belief import Belief
from domain.learning.no_model import NoModel
from domain.market.direction import Direction
from tests.trade_samples import FEATURES


@pytest.mark.parametrize("direction", Direction)
def test_without_a_model_there_is_no_confidence(direction: Direction) -> None:
    beliefs: Beliefs = NoModel()
    assert beliefs.of(FEATURES, direction) == Belief(None, "no_model")
