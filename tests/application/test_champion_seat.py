from dataclasses import replace

import pytest

from adapters.native.forest import NativeForest
from application.champion_seat import ChampionSeat, SeatRules
from application.ports.beliefs import Beliefs
from domain.halt import TradingHalt
from domain.learning.belief import Belief, Question
from domain.learning.drift import DriftState
from domain.learning.trade_direction import in_trade_direction
from domain.market.direction import Direction
from domain.structure.structure_view import Features
from tests.model_samples import a_model
from tests.trade_samples import COSTS, FEATURES, SETUP


class FirstFeature:
    """A forest whose margin is the first feature that moves with direction."""

    features = 12

    def __init__(self, model: bytes) -> None:
        self.model = model

    def margin(self, features: Features) -> float:
        return features[0]


RULES = SeatRules(FirstFeature, COSTS, is_maker_entry=True)
EMPTY: Beliefs = ChampionSeat(RULES)
ASKED = Question(SETUP, FEATURES, 4.0, "schema-1")


def confidence(belief: Belief) -> float:
    assert belief.confidence is not None
    return belief.confidence


def test_an_empty_seat_believes_nothing() -> None:
    assert EMPTY.of(ASKED) == Belief(None, "no_model")


def test_whoever_sits_is_named_with_the_figures() -> None:
    model = a_model(payoff=1.5)
    belief = EMPTY.with_champion(model, DriftState.STEADY).of(ASKED)
    assert (belief.source, belief.size) == (model.record.model_id, 1.0)
    assert belief.words.startswith("win probability 0.")
    assert "realised payoff 1.50" in belief.words


def test_features_are_asked_about_in_the_trades_direction() -> None:
    seat = EMPTY.with_champion(a_model(), DriftState.STEADY)
    short = replace(SETUP, direction=Direction.SHORT)
    long_of_mirror = ASKED._replace(features=in_trade_direction(FEATURES, Direction.SHORT))
    assert confidence(seat.of(ASKED._replace(setup=short))) == confidence(seat.of(long_of_mirror))


@pytest.mark.parametrize(
    ("state", "size"), [(DriftState.STEADY, 1.0), (DriftState.WARNED, 1.0), (DriftState.SHRUNK, 0.5)]
)
def test_a_champion_that_drifted_believes_the_same_and_bets_less(state: DriftState, size: float) -> None:
    steady = EMPTY.with_champion(a_model(), DriftState.STEADY).of(ASKED)
    assert EMPTY.with_champion(a_model(), state).of(ASKED) == steady._replace(size=size)


@pytest.mark.parametrize(("model", "state"), [(None, DriftState.STEADY), (a_model(), DriftState.DEMOTED)])
def test_without_a_champion_or_with_a_demoted_one_the_seat_is_empty(model: None, state: DriftState) -> None:
    seat = EMPTY.with_champion(a_model(), DriftState.SHRUNK).with_champion(model, state)
    assert seat.of(ASKED) == Belief(None, "no_model")


def test_a_champion_whose_forests_are_damaged_halts_trading_by_name() -> None:
    model = a_model()
    damaged = model._replace(heads=model.heads._replace(probability=b"no forest"))
    seat = ChampionSeat(replace(RULES, forest_of=NativeForest))
    words = f"champion {model.record.model_id} cannot be asked: it is neither JSON nor UBJSON"
    with pytest.raises(TradingHalt, match=words):
        seat.with_champion(damaged, DriftState.STEADY)


def test_a_champion_is_not_asked_about_features_it_did_not_learn() -> None:
    model = a_model(schema_hash="schema-0")
    belief = EMPTY.with_champion(model, DriftState.STEADY).of(ASKED)
    assert (belief.confidence, belief.source) == (None, model.record.model_id)
    assert belief.words == "not asked: it learned features of schema schema-0, these are of schema-1"
