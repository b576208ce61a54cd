import asyncio
from dataclasses import replace

import pytest

from application.learning_status import LearningArchive, LearningStatus, StatusRules
from domain.learning.alpha_spending import alpha_of_attempt
from domain.learning.champion_gate import GateDecision, GateRules
from domain.learning.drift import DriftState
from domain.learning.model_history import Happening, What
from domain.learning.model_life import ModelState
from domain.learning.outcome import LabelledSample
from domain.learning.retrain_rule import RetrainRules
from domain.learning.trial import TrialRules
from tests.learning_archives import (
    BY_FEATURE,
    TRAINED_MS,
    Archive,
    a_verdict,
    looked_at,
    promoted,
    trained,
)
from tests.model_samples import a_model, another_model
from tests.training_samples import one_of

FIRST, SECOND = a_model(trained_at_ms=TRAINED_MS), another_model(2)
ONE, TWO = FIRST.record.model_id, SECOND.record.model_id
DAY_MS = 86_400_000


def status_of(archive: Archive, rules: StatusRules | None = None) -> LearningStatus:
    reader = LearningArchive(archive.book, archive.registry, BY_FEATURE.__getitem__, rules or StatusRules())
    return asyncio.run(reader.status())


def resolved(place: int, feature: float = 0.5) -> LabelledSample:
    return one_of(place, (feature,) + (0.0,) * 11, 1.0, TRAINED_MS + 10 + place * DAY_MS // 4, 50)


def test_where_nothing_was_learned_the_first_line_says_so() -> None:
    status = status_of(Archive())
    assert status.headline == ("No model has learned anything yet: exploration in paper, no trade in live")
    assert (status.champion, status.on_trial, status.waiting, status.newest) == (None, None, None, None)
    assert status.schedule.trades_until_next == 50
    assert status.spending == (0, 0.0, 0.05)


def test_a_challenger_on_trial_proves_nothing_yet() -> None:
    archive = Archive().with_samples([resolved(place) for place in range(12)], closed_trades=51)
    status = status_of(archive.with_happenings(trained(FIRST), models=[FIRST]))
    assert status.headline.startswith("No model has proven itself")
    assert status.on_trial is not None
    assert status.on_trial.record == FIRST.record
    assert (status.on_trial.looks, status.on_trial.length.trades) == (0, 12)
    assert status.on_trial.missing == (
        "the record is worth 12.0 independent samples of 100",
        "it would have taken 12 trades of 30",
        "the record is 2.8 blocks long of 20",
    )
    assert status.schedule == (51, 1, 49, False, True)
    assert status.newest == FIRST.record


def test_the_champion_is_told_with_its_proof_and_the_challenger_is_held_against_it() -> None:
    verdict = a_verdict(GateDecision.PROMOTE)
    archive = Archive().with_samples([resolved(1)], 120)
    archive.with_happenings(
        trained(FIRST),
        looked_at(FIRST, TRAINED_MS + 5, verdict),
        promoted(FIRST, TRAINED_MS + 5),
        trained(SECOND, TRAINED_MS + 6, 2),
        trained(another_model(3), TRAINED_MS + 7, 3),
        models=[FIRST, SECOND, another_model(3)],
    )
    status = status_of(archive)
    assert status.headline == f"Champion {ONE} decides how much is bet on each setup"
    assert status.champion is not None
    assert status.champion.seating.proof == promoted(FIRST, TRAINED_MS + 5)
    assert status.on_trial is not None
    assert status.on_trial.record.model_id == TWO
    assert status.waiting == another_model(3).record
    assert status.spending.attempts == 1
    assert status.spending.alpha_spent == pytest.approx(alpha_of_attempt(1, 0.05))
    assert [one.state for one in status.models] == [
        ModelState.CHAMPION,
        ModelState.CHALLENGER,
        ModelState.CHALLENGER,
    ]


@pytest.mark.parametrize(
    ("drift", "words"),
    [
        (DriftState.WARNED, "has drifted and is warned: it still bets as before"),
        (DriftState.SHRUNK, "has drifted and is shrunk: it may place only a part of its bet"),
    ],
)
def test_a_champion_that_drifts_is_called_so(drift: DriftState, words: str) -> None:
    archive = Archive().with_happenings(
        trained(FIRST), promoted(FIRST, 20), Happening(30, What.DRIFTED, ONE, drift=drift), models=[FIRST]
    )
    assert status_of(archive).headline == f"Champion {ONE} {words}"


def test_a_champion_by_hand_is_never_called_anything_else() -> None:
    archive = Archive().with_happenings(
        trained(FIRST), Happening(20, What.SEATED_BY_HAND, ONE), models=[FIRST]
    )
    assert "seated by hand, without proof," in status_of(archive).headline


def test_a_demotion_leaves_the_seat_empty_and_is_named() -> None:
    demoted = Happening(30, What.DEMOTED, ONE, drift=DriftState.DEMOTED)
    archive = Archive().with_happenings(trained(FIRST), promoted(FIRST, 20), demoted, models=[FIRST])
    status = status_of(archive)
    assert status.headline.startswith(f"Champion {ONE} was demoted for drift, no other model has proven")
    assert status.champion is None


def test_a_challenger_without_trades_is_about_to_be_given_up() -> None:
    idle = TrialRules(GateRules(least_effective_size=1.0, least_blocks=2), most_looks=1)
    archive = Archive().with_samples([resolved(place, -3.0) for place in range(12)])
    archive.with_happenings(trained(FIRST), models=[FIRST])
    on_trial = status_of(archive, StatusRules(trial=idle)).on_trial
    assert on_trial is not None
    assert on_trial.missing[0].startswith("it will be given up: it would have taken 0 trades of 30")


def test_where_nothing_is_missing_the_look_is_due() -> None:
    short = TrialRules(GateRules(least_effective_size=1.0, least_trades=2, least_blocks=2))
    archive = Archive().with_samples([resolved(place) for place in range(12)])
    archive.with_happenings(trained(FIRST), models=[FIRST])
    on_trial = status_of(archive, StatusRules(trial=short)).on_trial
    assert on_trial is not None
    assert on_trial.missing == ()


def test_a_training_that_is_switched_off_is_never_due() -> None:
    off = StatusRules(retrain=replace(RetrainRules(), is_enabled=False))
    schedule = status_of(Archive().with_samples([], 60), off).schedule
    assert (schedule.is_due, schedule.is_enabled) == (False, False)
