import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.exits.exit_retry import next_exit_from_ms
from domain.exits.exit_rules import ExitRules

RULES = ExitRules()


@pytest.mark.parametrize(
    ("refusals", "pause_s"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 16), (500, 16)]
)
def test_a_refused_exit_waits_longer_every_time(refusals: int, pause_s: int) -> None:
    assert next_exit_from_ms(7_000, refusals, RULES) == 7_000 + pause_s * 1_000


@given(st.integers(0, 2**40), st.integers(0, 10_000), st.integers(1_000, 60_000))
def test_it_is_never_tried_more_often_than_once_a_second(at_ms: int, refusals: int, retry_ms: int) -> None:
    assert next_exit_from_ms(at_ms, refusals, ExitRules(exit_retry_ms=retry_ms)) >= at_ms + 1_000
