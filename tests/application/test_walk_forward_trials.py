from collections.abc import Sequence
from dataclasses import replace

import pytest

from application.champion_watch import WatchRules
from application.walk_forward import WalkForwardRules, WalkStep
from application.walk_forward_trials import SeatTrials, TrialsHeld, every_challenger, seatings
from domain.learning.champion_gate import GateDecision, GateRules
from domain.learning.drift import DriftState
from domain.learning.outcome import LabelledSample
from domain.learning.trained_model import TrainedModel
from domain.learning.trial import TrialRules
from domain.market.timeframe import DAY_MS
from domain.tape import ChampionChanged
from tests.learning_samples import SeededChance
from tests.training_samples import resolved_samples
from tests.walks import BY_FIRST_FEATURE, NOISE, REVERSED, WITH_EDGE, HandTrainer, OneColumn, walked

EVERY_TEN_DAYS = WalkForwardRules(
    every_ms=10 * DAY_MS, trial=TrialRules(GateRules(least_blocks=10)), watch=WatchRules(recent=200)
)


def tried(
    samples: Sequence[LabelledSample],
    steps: Sequence[WalkStep] | None = None,
    forests: dict[bytes, OneColumn] | None = None,
    rules: WalkForwardRules = EVERY_TEN_DAYS,
) -> TrialsHeld:
    held = SeatTrials(samples, (forests or BY_FIRST_FEATURE).__getitem__, rules, SeededChance(1))
    return held.history(walked(samples, rules, forests=forests) if steps is None else steps)


@pytest.fixture(scope="module")
def with_edge() -> TrialsHeld:
    return tried(WITH_EDGE)


def test_a_challenger_with_an_edge_takes_the_seat_once_its_record_is_long_enough(
    with_edge: TrialsHeld,
) -> None:
    first = with_edge.attempts[0]
    assert first.verdict.decision is GateDecision.PROMOTE
    assert with_edge.promoted == 1
    change = with_edge.changes[0]
    assert (change.at_ms, change.drift) == (first.at_ms, DriftState.STEADY)
    assert change.model is not None
    assert change.model.record.model_id == first.model_id
    assert change.reasons == first.verdict.reasons
    assert first.at_ms > change.model.record.trained_at_ms + 10 * DAY_MS


def test_one_is_tried_at_a_time_and_only_the_newest_waits(with_edge: TrialsHeld) -> None:
    assert with_edge.challengers == 6
    assert 1 < with_edge.trials < with_edge.challengers


def test_attempts_of_all_challengers_are_counted_together(with_edge: TrialsHeld) -> None:
    numbers = [one.verdict.attempt for one in with_edge.attempts]
    assert numbers == list(range(1, len(numbers) + 1))


def test_on_noise_nobody_is_promoted() -> None:
    held = tried(NOISE)
    assert held.attempts
    assert (held.promoted, held.changes) == (0, ())


def test_a_challenger_that_never_would_trade_is_given_up_without_an_attempt() -> None:
    long = resolved_samples(4_000, edge=1.0, seed=2)
    held = tried(long, forests={**BY_FIRST_FEATURE, b"wins": OneColumn(0, 0.0)})
    assert held.given_up >= 1
    assert held.attempts == ()


def test_a_champion_whose_wins_stay_away_loses_the_seat() -> None:
    half = len(WITH_EDGE) // 2
    turned = [
        one if place < half else one._replace(outcome=replace(one.outcome, net_r=-one.outcome.net_r))
        for place, one in enumerate(WITH_EDGE)
    ]
    steps = walked(WITH_EDGE, EVERY_TEN_DAYS)[:1]
    held = tried(turned, steps)
    assert held.promoted == 1
    assert held.changes[-1].drift is DriftState.DEMOTED
    assert held.changes[-1].model is None
    assert held.changes[-1].reasons


def test_models_that_say_the_opposite_are_refused() -> None:
    held = tried(WITH_EDGE, forests=REVERSED)
    assert held.attempts
    assert held.promoted == 0


def test_a_training_that_gave_no_model_challenges_nobody() -> None:
    steps = walked(WITH_EDGE, EVERY_TEN_DAYS, HandTrainer(refuses=6))
    assert tried(WITH_EDGE, steps) == TrialsHeld(0, 0, 0, (), ())
    assert every_challenger(steps) == ()


def test_without_a_gate_every_model_sits_as_soon_as_it_is_trained() -> None:
    steps = walked(WITH_EDGE, EVERY_TEN_DAYS, HandTrainer(refuses=1))
    changes = every_challenger(steps)
    assert [change.at_ms for change in changes] == [step.at_ms for step in steps[1:]]
    assert [change.model for change in changes] == [step.model for step in steps[1:]]


def test_a_seat_is_taken_by_whoever_did_not_sit_there_before() -> None:
    first, second = (step.model for step in walked(WITH_EDGE, EVERY_TEN_DAYS)[:2])
    assert isinstance(first, TrainedModel)
    assert isinstance(second, TrainedModel)
    told = [
        ChampionChanged(at_ms, model, DriftState.STEADY, ())
        for at_ms, model in enumerate((first, first, second, None, first))
    ]
    assert [seatings(told[:count]) for count in range(6)] == [0, 1, 1, 2, 2, 3]


def test_without_steps_nothing_is_tried() -> None:
    assert tried([], []) == TrialsHeld(0, 0, 0, (), ())
