from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.champion_gate import GateDecision, RecordLength
from domain.learning.model_life import ModelState
from domain.learning.trial import GiveUp, Look, NotYet, TrialRules, next_step, state_after, unfit_for_trial
from tests.model_samples import a_model

RULES = TrialRules()


def a_length(size: float, trades: int = 50, blocks: float = 30.0) -> RecordLength:
    return RecordLength(size, trades, blocks)


@pytest.mark.parametrize(
    ("size", "number", "is_last"),
    [(100.0, 1, False), (199.9, 1, False), (200.0, 2, False), (400.0, 3, False), (800.0, 4, True)],
)
def test_a_look_needs_twice_the_record_of_the_one_before(size: float, number: int, *, is_last: bool) -> None:
    assert next_step(number - 1, a_length(size), RULES) == Look(number, is_last)


def test_nothing_is_looked_at_twice() -> None:
    step = next_step(1, a_length(199.9), RULES)
    assert step == NotYet(("the record is worth 199.9 independent samples of 200 for the next look",))


def test_looks_that_were_overtaken_are_not_made_up_for() -> None:
    assert next_step(0, a_length(450.0), RULES) == Look(3, is_last=False)
    assert next_step(0, a_length(5_000.0), RULES) == Look(4, is_last=True)


def test_before_the_gate_could_test_anything_there_is_no_look() -> None:
    step = next_step(0, RecordLength(99.0, 3, 19.5), RULES)
    assert step == NotYet(
        (
            "the record is worth 99.0 independent samples of 100",
            "it would have taken 3 trades of 30",
            "the record is 19.5 blocks long of 20",
        )
    )


def test_who_takes_hardly_a_trade_is_given_up_when_the_record_is_as_long_as_the_last_look_needs() -> None:
    assert isinstance(next_step(0, a_length(799.0, trades=29), RULES), NotYet)
    assert next_step(0, a_length(800.0, trades=29), RULES) == GiveUp(
        "it would have taken 29 trades of 30, on a record worth 800.0 independent samples"
    )


def test_who_lacks_time_as_well_as_trades_may_go_on() -> None:
    assert isinstance(next_step(0, RecordLength(900.0, 0, 19.0), RULES), NotYet)


def test_after_the_last_look_there_is_none() -> None:
    assert next_step(4, a_length(9_000.0), RULES) == GiveUp("it was looked at for the last time in look 4")


def test_one_look_is_the_last_where_only_one_is_allowed() -> None:
    assert next_step(0, a_length(100.0), TrialRules(most_looks=1)) == Look(1, is_last=True)


@pytest.mark.parametrize("wrong", [0, 21])
def test_numbers_of_looks_that_make_no_sense_are_refused(wrong: int) -> None:
    with pytest.raises(ValueError, match="most_looks"):
        TrialRules(most_looks=wrong)


@pytest.mark.parametrize("is_last", [False, True])
def test_a_promotion_seats_whoever_was_looked_at(*, is_last: bool) -> None:
    assert state_after(Look(1, is_last), GateDecision.PROMOTE) is ModelState.CHAMPION


def test_a_look_that_does_not_promote_leaves_it_on_trial_unless_it_was_the_last() -> None:
    assert state_after(Look(3, is_last=False), GateDecision.REFUSE) is ModelState.CHALLENGER
    assert state_after(Look(4, is_last=True), GateDecision.REFUSE) is ModelState.REFUSED


def test_a_verdict_of_too_early_ends_nothing() -> None:
    assert state_after(Look(4, is_last=True), GateDecision.TOO_EARLY) is ModelState.CHALLENGER


@given(
    grown=st.lists(st.floats(0.0, 400.0), max_size=30),
    trades_each=st.floats(0.0, 1.0),
    most_looks=st.integers(1, 6),
)
def test_a_trial_takes_no_more_looks_than_allowed_and_each_on_twice_the_record(
    grown: list[float], trades_each: float, most_looks: int
) -> None:
    rules = TrialRules(most_looks=most_looks)
    looks, size, looked_at = 0, 0.0, []
    for more in grown:
        size += more
        step = next_step(looks, a_length(size, trades=int(size * trades_each)), rules)
        if isinstance(step, GiveUp):
            break
        if isinstance(step, Look):
            assert step.number > looks
            assert step.is_last == (step.number == most_looks)
            looked_at.append(size)
            looks = step.number
            if state_after(step, GateDecision.REFUSE) is ModelState.REFUSED:
                break
    assert len(looked_at) <= most_looks
    assert all(size >= rules.needed_for(place) for place, size in enumerate(looked_at, 1))


def test_who_takes_no_trades_gives_way_sooner_where_another_one_waits() -> None:
    idle = a_length(200.0, trades=3)
    assert isinstance(next_step(0, idle, RULES), NotYet)
    assert isinstance(next_step(0, a_length(199.0, trades=3), RULES, is_awaited=True), NotYet)
    assert next_step(0, idle, RULES, is_awaited=True) == GiveUp(
        "it would have taken 3 trades of 30, on a record worth 200.0 independent samples"
    )


@pytest.mark.parametrize(("brier_skill", "is_fit"), [(0.01, True), (0.0, False), (-0.196, False)])
def test_a_model_that_told_nothing_out_of_fold_is_not_worth_a_trial(
    brier_skill: float, *, is_fit: bool
) -> None:
    record = a_model().record
    record = replace(record, reliability=record.reliability._replace(brier_skill=brier_skill))
    assert (unfit_for_trial(record) is None) is is_fit


def test_why_it_is_not_worth_a_trial_is_said_in_words() -> None:
    record = a_model().record
    record = replace(record, reliability=record.reliability._replace(brier_skill=-0.196))
    assert unfit_for_trial(record) == "out of fold it told no more than the base rate: Brier skill -19.6%"
