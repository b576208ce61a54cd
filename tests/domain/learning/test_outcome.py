import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.outcome import (
    SAYS_NOTHING_OF_THE_SETUP,
    LabelledSample,
    Outcome,
    labelled,
    outcome_of,
)
from domain.position.closed_trade import ExitReason
from tests.learning_samples import a_closed_trade, a_sample, an_outcome
from tests.trade_samples import CLOSE_MS


def test_a_closed_trade_is_the_outcome_of_its_setup() -> None:
    outcome = outcome_of(a_closed_trade(), is_shadow=False)
    assert outcome == Outcome("BTCUSDT.L.1", 1.25, CLOSE_MS + 60_000, ExitReason.TARGET, is_shadow=False)
    assert outcome is not None
    assert outcome.is_won


@pytest.mark.parametrize(("net_r", "is_won"), [(0.01, True), (0.0, False), (-1.0, False)])
def test_won_is_what_made_anything_after_costs(net_r: float, is_won: bool) -> None:
    assert an_outcome(net_r=net_r).is_won is is_won


@pytest.mark.parametrize("reason", sorted(SAYS_NOTHING_OF_THE_SETUP))
def test_an_end_that_says_nothing_of_the_setup_is_no_outcome(reason: ExitReason) -> None:
    assert outcome_of(a_closed_trade(exit_reasons=(reason,)), is_shadow=False) is None
    assert outcome_of(a_closed_trade(exit_reasons=(reason, ExitReason.STOP)), is_shadow=False) is None


def test_a_second_trade_of_one_setup_is_no_outcome() -> None:
    assert outcome_of(a_closed_trade("BTCUSDT.L.1.2"), is_shadow=False) is None


@pytest.mark.parametrize("net_r", [math.nan, math.inf, -math.inf])
def test_a_result_that_is_no_number_is_refused(net_r: float) -> None:
    with pytest.raises(ValueError, match="a net result of"):
        an_outcome(net_r=net_r)


def test_what_is_unresolved_is_left_out_and_never_given_a_default() -> None:
    first, second = a_sample("BTCUSDT.L.1"), a_sample("BTCUSDT.L.2")
    outcome = an_outcome("BTCUSDT.L.2")
    assert labelled([first, second], [outcome]) == (LabelledSample(second, outcome),)
    assert labelled([first], []) == ()
    assert labelled([], [outcome]) == ()


@given(st.permutations([an_outcome(), an_outcome(net_r=2.0, is_shadow=False), an_outcome(net_r=3.0)]))
def test_a_real_outcome_outranks_any_shadow(outcomes: list[Outcome]) -> None:
    (joined,) = labelled([a_sample()], outcomes)
    assert joined.outcome == an_outcome(net_r=2.0, is_shadow=False)


def test_among_equals_the_first_told_counts() -> None:
    (joined,) = labelled([a_sample(), a_sample()], [an_outcome(net_r=1.0), an_outcome(net_r=2.0)])
    assert joined.outcome.net_r == 1.0


@given(st.lists(st.integers(0, 50), unique=True))
def test_samples_come_in_the_order_in_which_they_were_decided(minutes: list[int]) -> None:
    samples = [a_sample(f"BTCUSDT.L.{minute}", CLOSE_MS + minute) for minute in minutes]
    outcomes = [an_outcome(sample.sample_id, resolved_at_ms=CLOSE_MS + 100) for sample in samples]
    joined = labelled(samples, reversed(outcomes))
    assert [one.sample.decided_at_ms - CLOSE_MS for one in joined] == sorted(minutes)


def test_an_outcome_from_before_its_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="was resolved before it was decided on"):
        labelled([a_sample()], [an_outcome(resolved_at_ms=CLOSE_MS - 1)])
