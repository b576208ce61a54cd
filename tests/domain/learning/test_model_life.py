from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.halt import TradingHalt
from domain.learning.model_life import NEXT, ModelEvent, ModelRoster, ModelState, after

ONE = ModelRoster().with_challenger("a").promoted("a")
TWO = ONE.with_challenger("b").promoted("b")


def states(roster: ModelRoster) -> dict[str, ModelState]:
    return dict(roster.states)


def test_the_table_knows_every_state() -> None:
    assert set(NEXT) == set(ModelState)


@given(st.sampled_from(ModelState), st.sampled_from(ModelEvent))
def test_what_is_not_in_the_table_halts(state: ModelState, event: ModelEvent) -> None:
    following = NEXT[state].get(event)
    if following is not None:
        assert after(state, event) is following
        return
    with pytest.raises(TradingHalt, match=f"a model that is {state} cannot be {event}"):
        after(state, event)


def test_a_promoted_challenger_takes_the_seat_and_the_one_before_retires() -> None:
    assert ONE.champion == "a"
    assert TWO.champion == "b"
    assert states(TWO) == {"a": ModelState.RETIRED, "b": ModelState.CHAMPION}
    assert TWO.seated == ("a", "b")


def test_a_challenger_is_taken_up_once() -> None:
    assert TWO.with_challenger("a") == TWO


def test_a_refused_challenger_never_sits() -> None:
    refused = ONE.with_challenger("b").refused("b")
    assert states(refused)["b"] is ModelState.REFUSED
    assert refused.champion == "a"
    with pytest.raises(TradingHalt, match="cannot be promoted"):
        refused.promoted("b")


def test_a_rollback_seats_the_one_before_again() -> None:
    back = TWO.rolled_back()
    assert back.champion == "a"
    assert states(back) == {"a": ModelState.CHAMPION, "b": ModelState.ROLLED_BACK}
    assert back.seated == ("a", "b", "a")


def test_a_rollback_of_the_first_champion_leaves_the_seat_empty() -> None:
    empty = ONE.rolled_back()
    assert empty.champion is None
    assert states(empty) == {"a": ModelState.ROLLED_BACK}
    with pytest.raises(TradingHalt, match="nothing to roll back"):
        empty.rolled_back()


def test_drift_leaves_the_seat_empty_and_a_rollback_may_fill_it() -> None:
    demoted = TWO.demoted()
    assert demoted.champion is None
    assert states(demoted) == {"a": ModelState.RETIRED, "b": ModelState.DEMOTED}
    assert demoted.rolled_back().champion == "a"
    with pytest.raises(TradingHalt, match="no champion can be demoted"):
        demoted.demoted()


def test_a_model_nobody_knows_halts() -> None:
    with pytest.raises(TradingHalt, match="there is no model z"):
        TWO.promoted("z")


def test_an_empty_roster_has_no_champion() -> None:
    assert ModelRoster().champion is None


def test_the_oldest_challenger_is_on_trial_and_the_next_one_waits() -> None:
    roster = ONE.with_challenger("b").with_challenger("c")
    assert (roster.on_trial, roster.waiting) == ("b", "c")
    assert (ONE.on_trial, ONE.waiting) == (None, None)


def test_a_newer_challenger_replaces_the_one_that_waits() -> None:
    crowded = ONE.with_challenger("b").with_challenger("c").with_challenger("d")
    assert (crowded.on_trial, crowded.waiting) == ("b", "d")
    roster = crowded.superseded("c")
    assert (roster.on_trial, roster.waiting) == ("b", "d")
    assert states(roster)["c"] is ModelState.SUPERSEDED
    assert roster.with_challenger("c") == roster
    with pytest.raises(TradingHalt, match="a model that is superseded cannot be promoted"):
        roster.promoted("c")


def test_a_trial_that_has_begun_is_seen_through() -> None:
    with pytest.raises(TradingHalt, match="challenger b is on trial and cannot be superseded"):
        ONE.with_challenger("b").with_challenger("c").superseded("b")


@pytest.mark.parametrize("end", [ModelRoster.promoted, ModelRoster.refused])
def test_when_a_trial_is_over_the_next_one_begins(end: Callable[[ModelRoster, str], ModelRoster]) -> None:
    roster = end(ONE.with_challenger("b").with_challenger("c"), "b")
    assert (roster.on_trial, roster.waiting) == ("c", None)


models = st.sampled_from("abcd")
steps: st.SearchStrategy[Callable[[ModelRoster], ModelRoster]] = st.one_of(
    models.map(lambda model: lambda roster: roster.with_challenger(model)),
    models.map(lambda model: lambda roster: roster.promoted(model)),
    models.map(lambda model: lambda roster: roster.refused(model)),
    models.map(lambda model: lambda roster: roster.superseded(model)),
    st.just(ModelRoster.demoted),
    st.just(ModelRoster.rolled_back),
)


@given(st.lists(steps, max_size=25))
def test_at_most_one_sits_and_whoever_sits_was_seated_last(
    taken: list[Callable[[ModelRoster], ModelRoster]],
) -> None:
    roster = ModelRoster()
    for step in taken:
        try:
            roster = step(roster)
        except TradingHalt:
            continue
        champions = [model for model, state in roster.states if state is ModelState.CHAMPION]
        assert len(champions) <= 1
        challengers = [model for model, state in roster.states if state is ModelState.CHALLENGER]
        assert roster.on_trial == (challengers[0] if challengers else None)
        assert roster.waiting == (challengers[-1] if len(challengers) > 1 else None)
        if champions:
            assert roster.seated[-1] == champions[0]
