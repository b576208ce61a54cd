"""The dead man's switch is armed while an entry rests, and at no other time."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.binance.orders.countdown_duty import Countdown, CountdownDuty, CountdownRules

ARM = Countdown("A", 120_000)
OFF = Countdown("A", 0)
RESTING = {"A"}


def done(duty: CountdownDuty, call: Countdown | None, now_ms: int, *, is_done: bool = True) -> None:
    assert call is not None
    duty.began(call)
    duty.answered(call.symbol, is_done=is_done, now_ms=now_ms)


def test_it_is_armed_at_once_and_again_every_thirty_seconds() -> None:
    duty = CountdownDuty(CountdownRules())
    assert duty.due(RESTING, 0) == ARM
    done(duty, ARM, 0)
    assert duty.due(RESTING, 29_999) is None
    assert duty.due(RESTING, 30_000) == ARM


def test_it_is_called_off_when_no_entry_rests_any_more_and_then_left_alone() -> None:
    duty = CountdownDuty(CountdownRules())
    done(duty, duty.due(RESTING, 0), 0)
    assert duty.due(set(), 1) == OFF
    done(duty, OFF, 2)
    assert duty.due(set(), 3) is None
    assert not duty.armed


def test_a_call_that_failed_is_made_again_after_a_moment() -> None:
    duty = CountdownDuty(CountdownRules())
    done(duty, duty.due(RESTING, 0), 0, is_done=False)
    assert duty.due(RESTING, 999) is None
    assert duty.due(RESTING, 1_000) == ARM


def test_one_that_may_be_armed_is_called_off_until_it_surely_is() -> None:
    duty = CountdownDuty(CountdownRules())
    done(duty, duty.due(RESTING, 0), 0, is_done=False)
    done(duty, duty.due(set(), 1_000), 1_000, is_done=False)
    assert duty.due(set(), 2_000) == OFF


def test_a_symbol_is_called_about_once_at_a_time() -> None:
    duty = CountdownDuty(CountdownRules())
    duty.began(ARM)
    assert duty.due(RESTING, 0) is None
    assert duty.due({"A", "B"}, 0) == Countdown("B", 120_000)


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 40_000)), max_size=30))
def test_after_a_good_call_the_switch_is_as_the_entries_want_it(
    steps: list[tuple[bool, bool, int]],
) -> None:
    duty, now_ms = CountdownDuty(CountdownRules()), 0
    for is_resting, is_done, later_ms in steps:
        now_ms += later_ms
        resting = RESTING if is_resting else set()
        if (call := duty.due(resting, now_ms)) is not None:
            done(duty, call, now_ms, is_done=is_done)
            assert not is_done or bool(duty.armed) is is_resting
