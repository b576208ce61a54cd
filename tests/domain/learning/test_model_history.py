from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.halt import TradingHalt
from domain.learning.drift import DriftState
from domain.learning.model_history import Happening, ModelHistory, What, history_of


def trained(model: str, training: int = 1) -> Happening:
    return Happening(training, What.TRAINED, model, training)


def looked(model: str, look: int) -> Happening:
    return Happening(5, What.LOOKED_AT, model, look=look)


def told(what: What, model: str) -> Happening:
    return Happening(9, what, model)


ON_TRIAL = (trained("a"), trained("b", 2), looked("a", 1), looked("a", 3))
SEATED = (*ON_TRIAL, told(What.PROMOTED, "a"))
DRIFTING = (*SEATED, Happening(10, What.DRIFTED, "a", drift=DriftState.SHRUNK))


def test_before_anything_happened_nobody_is_anything() -> None:
    history = history_of(())
    assert history == ModelHistory()
    assert history.roster.champion is None
    assert history.roster.on_trial is None


def test_a_trained_model_is_on_trial_and_its_training_is_counted() -> None:
    history = history_of([trained("a", 3)])
    assert (history.roster.on_trial, history.last_training) == ("a", 3)


def test_a_training_that_gave_no_model_is_counted_too() -> None:
    history = history_of([trained("a"), Happening(2, What.NOT_TRAINED, "", 2)])
    assert (history.roster.on_trial, history.last_training) == ("a", 2)


def test_a_training_that_somebody_asked_for_takes_none_back() -> None:
    assert history_of([trained("a", 4), trained("b", 0)]).last_training == 4


def test_looks_are_numbered_and_attempts_are_counted() -> None:
    history = history_of(ON_TRIAL)
    assert (history.looks, history.attempts) == (3, 2)


def test_a_look_cannot_come_twice() -> None:
    with pytest.raises(TradingHalt, match="look 3 at model a cannot follow look 3"):
        history_of([*ON_TRIAL, looked("a", 3)])


def test_only_who_is_on_trial_is_looked_at() -> None:
    with pytest.raises(TradingHalt, match="model b was looked at, but a is on trial"):
        history_of([*ON_TRIAL, looked("b", 4)])


@pytest.mark.parametrize("end", [What.PROMOTED, What.SEATED_BY_HAND, What.REFUSED])
def test_when_a_trial_is_over_the_next_one_begins_with_no_look(end: What) -> None:
    history = history_of([*ON_TRIAL, told(end, "a")])
    assert (history.roster.on_trial, history.looks, history.attempts) == ("b", 0, 2)
    assert history.roster.champion == (None if end is What.REFUSED else "a")


@pytest.mark.parametrize("end", [What.SEATED_BY_HAND, What.REFUSED, What.SUPERSEDED])
def test_whoever_leaves_from_behind_the_trial_takes_none_of_its_looks(end: What) -> None:
    history = history_of([*ON_TRIAL, told(end, "b")])
    assert (history.roster.on_trial, history.looks) == ("a", 3)
    assert history.roster.waiting is None


def test_a_trial_goes_on_while_newer_challengers_come() -> None:
    assert history_of([*ON_TRIAL, trained("c", 3)]).looks == 3


def test_drift_is_the_champions() -> None:
    assert history_of(DRIFTING).drift is DriftState.SHRUNK


@pytest.mark.parametrize("what", [What.DRIFTED, What.DEMOTED])
def test_nobody_but_the_champion_drifts(what: What) -> None:
    with pytest.raises(TradingHalt, match=f"model b cannot be {what}: the champion is a"):
        history_of([*SEATED, told(what, "b")])
    with pytest.raises(TradingHalt, match=f"model a cannot be {what}: the champion is nobody"):
        history_of([*ON_TRIAL, told(what, "a")])


@pytest.mark.parametrize(
    ("last", "champion"),
    [
        (told(What.DEMOTED, "a"), None),
        (told(What.ROLLED_BACK, "a"), None),
        (told(What.SEATED_BY_HAND, "b"), "b"),
    ],
)
def test_drift_ends_with_whoever_drifted(last: Happening, champion: str | None) -> None:
    history = history_of([*DRIFTING, last])
    assert history.drift is DriftState.STEADY
    assert history.roster.champion == champion


def test_a_rollback_seats_the_champion_before() -> None:
    history = history_of([*SEATED, told(What.PROMOTED, "b"), told(What.ROLLED_BACK, "b")])
    assert history.roster.champion == "a"


happenings = st.lists(
    st.builds(
        Happening,
        at_ms=st.just(1),
        what=st.sampled_from(What),
        model=st.sampled_from("abc"),
        training=st.integers(0, 5),
        look=st.integers(0, 5),
        drift=st.sampled_from(DriftState),
    ),
    max_size=40,
)


def possible(happenings: Iterable[Happening]) -> list[Happening]:
    history, kept = ModelHistory(), []
    for one in happenings:
        try:
            history = history.after(one)
        except TradingHalt:
            continue
        kept.append(one)
    return kept


@given(happenings)
def test_whatever_can_happen_adds_up(happenings: list[Happening]) -> None:
    told = possible(happenings)
    history = history_of(told)
    assert history.attempts == sum(one.what is What.LOOKED_AT for one in told)
    assert history.last_training == max((one.training for one in told), default=0)
    assert history.roster.on_trial is not None or history.looks == 0
    assert history.roster.champion is not None or history.drift is DriftState.STEADY
