from application.ports.beliefs import Beliefs
from domain.learning.belief import Belief, Question
from domain.learning.drift import DriftState
from domain.learning.no_model import NoModel
from tests.trade_samples import FEATURES, SETUP

BELIEFS: Beliefs = NoModel()


def test_without_a_model_there_is_no_confidence() -> None:
    assert BELIEFS.of(Question(SETUP, FEATURES, 1.0, "schema-1")) == Belief(None, "no_model")


def test_no_champion_changes_that() -> None:
    assert BELIEFS.with_champion(None, DriftState.STEADY) is BELIEFS
