"""A champion that bets on its first feature: what it foretells is the logistic of it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.champion_watch import ChampionWatch, WatchRules, drift_figures, look_at_champion
from application.model_opinion import OpinionatedModel
from domain.learning.calibration import Calibration
from domain.learning.drift import DriftFigures, DriftState, DriftVerdict
from domain.learning.feature_drift import WINDOW, spread_of
from domain.learning.model_columns import head_names
from domain.learning.outcome import LabelledSample
from domain.learning.platt_scaling import PlattScaling
from domain.learning.probability_score import logistic
from domain.structure.structure_view import FEATURE_NAMES
from tests.model_samples import CURVE, a_model
from tests.trade_samples import CLOSE_MS
from tests.training_samples import one_of

TRAINED_MS = CLOSE_MS + 1_000
STEP_MS = 60_000
RULES = WatchRules()
UNSURE = PlattScaling(0.0, 1.0, 1.0, 0.0, 0.04, 0.0, 0.04)


@dataclass
class FirstColumn:
    """A forest that gives its first column on, and counts how often it was asked."""

    asked: int = 0
    features: int = 1

    def margin(self, features: tuple[float, ...]) -> float:
        self.asked += 1
        return features[0]


@dataclass
class Champion:
    """A champion, and the forest that says what it foretells; its first feature may be anything."""

    calibration: Calibration = CURVE
    columns: tuple[str, ...] = FEATURE_NAMES
    learned: tuple[float, ...] = tuple(place * 617 % 1_000 / 1_000 for place in range(1_000))
    forest: FirstColumn = field(default_factory=FirstColumn)

    def asked(self) -> OpinionatedModel:
        model = a_model(calibration=self.calibration, trained_at_ms=TRAINED_MS)
        spreads = (spread_of((0.0,)), *(spread_of(self.learned),) * (len(self.columns) - 1))
        record = replace(model.record, features=self.columns, spreads=spreads)
        forests = {b"wins": self.forest, b"expects": FirstColumn(), b"rival": FirstColumn()}
        return OpinionatedModel(model._replace(record=record), forests.__getitem__, bound_z=1.2816)


def resolved(place: int, margin: float, *, is_won: bool, other: float = 0.5) -> LabelledSample:
    """Give the n-th sample after the training; each is over before the next is decided on."""
    net_r = 1.0 if is_won else -1.0
    return one_of(place, (margin,) + (other,) * 11, net_r, TRAINED_MS + place * STEP_MS, STEP_MS // 2)


def honest(count: int, first: int = 1, margin: float = 0.8, shift: float = 0.0) -> list[LabelledSample]:
    """Give bets that are won as often as foretold, or with their logit shifted."""
    chance = random.Random(first)
    truth = logistic(margin + shift)
    places = range(first, first + count)
    return [
        resolved(place, margin, is_won=chance.random() < truth, other=chance.random()) for place in places
    ]


def look(samples: Sequence[LabelledSample], rules: WatchRules = RULES) -> DriftVerdict:
    verdict = look_at_champion(Champion().asked(), samples, DriftState.STEADY, rules)
    assert verdict is not None
    return verdict


def figures(
    samples: Sequence[LabelledSample], champion: Champion | None = None, rules: WatchRules = RULES
) -> DriftFigures:
    measured = drift_figures((champion or Champion()).asked(), samples, rules)
    assert measured is not None
    return measured


def test_nothing_is_said_before_anything_new_is_over() -> None:
    learned, at_once = (one_of(1, (0.8,) * 12, -1.0, TRAINED_MS - at, 1) for at in (1, 0))
    sample, outcome = resolved(1, 0.8, is_won=False)
    foreign = LabelledSample(replace(sample, schema_hash="schema-2"), outcome)
    seen = [learned, at_once, foreign]
    assert look_at_champion(Champion().asked(), seen, DriftState.WARNED, RULES) is None
    assert drift_figures(Champion().asked(), seen, RULES) is None


def test_a_champion_that_keeps_its_word_stays_steady() -> None:
    assert [look(honest(600, first)).state for first in (1, 1_000, 2_000)] == [DriftState.STEADY] * 3


def test_a_champion_whose_bets_lose_is_demoted() -> None:
    verdict = look([*honest(300), *honest(100, first=301, shift=-1.5)])
    assert verdict.state is DriftState.DEMOTED
    assert [reason.split(":")[0] for reason in verdict.reasons] == ["calibration", "hit rate"]


def test_what_it_would_not_bet_on_costs_nothing_and_says_nothing() -> None:
    lost = [resolved(place, -0.1, is_won=False) for place in range(1, 200)]
    assert figures(lost)[1:3] == (0.0, 0.0)
    assert figures([*lost, *honest(30, first=200)]).calibration == figures(honest(30, first=200)).calibration


def test_it_is_held_to_the_lower_bound_that_it_bets_on() -> None:
    """At a margin of 0.8 the curve's logit is known to 0.26 or so, and the bound lies 0.33 below."""
    lost = honest(200, shift=-0.4)
    assert figures(lost).calibration > figures(lost, Champion(UNSURE)).calibration + 1.0
    assert figures(lost).hit_rate > figures(lost, Champion(UNSURE)).hit_rate


def test_few_bets_do_not_judge_its_calibration_but_their_evidence_counts() -> None:
    lost = [resolved(place, 0.8, is_won=False) for place in range(1, 21)]
    assert figures(lost[:19]).calibration == 0.0
    assert figures(lost[:19]).hit_rate > 0.0
    assert figures(lost).calibration > 4.0


def test_bets_that_were_open_together_count_as_the_fewer_that_they_are() -> None:
    lost = [one_of(place, (0.8,) * 12, -1.0, TRAINED_MS + 1 + place % 2, 10_000) for place in range(40)]
    apart = [resolved(place, 0.8, is_won=False) for place in range(1, 41)]
    assert 0.0 < figures(lost).hit_rate < figures(apart).hit_rate / 30
    assert figures(lost).calibration == 0.0 < figures(apart).calibration


def test_calibration_is_that_of_the_last_samples_and_wins_are_followed_from_the_first() -> None:
    lost = [resolved(place, 0.8, is_won=False) for place in range(1, 51)]
    after = [resolved(place, 0.8, is_won=place % 9 < 6) for place in range(51, 101)]
    recent = WatchRules(recent=50)
    assert figures([*lost, *after], rules=recent).calibration == figures(after, rules=recent).calibration
    assert figures([*lost, *after], rules=recent).hit_rate > figures(after, rules=recent).hit_rate


def test_a_feature_that_moved_is_named() -> None:
    moved = [resolved(place, 0.5, is_won=place % 2 == 0, other=5.0) for place in range(1, WINDOW + 1)]
    verdict = look(moved)
    assert verdict.state is DriftState.DEMOTED
    assert verdict.reasons[0].startswith(f"feature {max(FEATURE_NAMES[1:])}: severe drift")


def test_features_say_nothing_before_there_is_a_window_of_them() -> None:
    moved = [resolved(place, 0.5, is_won=place % 2 == 0, other=5.0) for place in range(1, WINDOW + 1)]
    assert figures(moved[1:]) == figures(moved[1:])._replace(feature=0.0, moved="")
    assert figures(moved).feature > 2.0


def test_a_champion_that_sees_the_context_is_watched_for_that_too() -> None:
    """Hours from 0 to 23 lie far from the thousandths of one that it learned."""
    seeing = Champion(columns=head_names(sees_context=True))
    assert figures(honest(WINDOW), seeing).moved not in FEATURE_NAMES


@given(st.integers(1, 90), st.integers(1, 90), st.randoms(use_true_random=False))
def test_looking_again_and_again_sees_what_one_look_sees(
    first: int, more: int, chance: random.Random
) -> None:
    samples = honest(90, shift=-0.3)
    champion, later = Champion(), samples[: max(first, more)]
    watch = ChampionWatch(champion.asked(), RULES)
    watch.look(samples[:first], DriftState.STEADY)
    chance.shuffle(later)
    assert watch.look(later, DriftState.STEADY) == look(samples[: max(first, more)])
    assert champion.forest.asked == max(first, more)


@pytest.mark.parametrize("every", [25, 200])
def test_what_is_settled_is_remembered_and_not_looked_at_again(every: int) -> None:
    samples = honest(2_000, shift=-0.2)
    champion = Champion()
    watch = ChampionWatch(champion.asked(), WatchRules(recent=200))
    last = [watch.look(samples[:end], DriftState.STEADY) for end in range(every, 2_001, every)][-1]
    assert last == look(samples, WatchRules(recent=200))
    assert champion.forest.asked == 2_000
    assert watch.figures(samples[:1_000]) is None


def test_a_real_end_takes_the_place_of_the_shadow_that_was_looked_at() -> None:
    lost = [resolved(place, 0.8, is_won=False) for place in range(1, 31)]
    won = [resolved(place, 0.8, is_won=True) for place in range(1, 31)]
    watch = ChampionWatch(Champion().asked(), RULES)
    assert watch.figures(lost) == figures(lost)
    assert watch.figures(won) == figures(won)


def test_what_is_gone_is_forgotten() -> None:
    champion = Champion()
    watch = ChampionWatch(champion.asked(), RULES)
    samples = honest(30)
    for part in (samples[:20], samples[20:], samples[:20]):
        watch.figures(part)
    assert champion.forest.asked == 50


@pytest.mark.parametrize("wrong", [{"recent": 9}, {"least_effective_size": 0.0}])
def test_numbers_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        WatchRules(**wrong)  # type: ignore[arg-type]  # all are numbers
