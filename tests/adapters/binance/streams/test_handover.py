"""When a new connection may take over."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from adapters.binance.streams.handover import Handover, RotationRules, Verdict, rotation_due_ms

RULES = RotationRules()
NONE: frozenset[str] = frozenset()
A, AB = frozenset("a"), frozenset("ab")


def test_it_waits_until_the_new_one_says_all_that_the_old_one_says() -> None:
    handover = Handover(RULES, 0)
    assert handover.look(6_000, AB, A, is_settled=True) is Verdict.WAIT
    assert handover.look(7_000, NONE, frozenset("b"), is_settled=True) is Verdict.SWITCH


def test_it_overlaps_for_a_while_whatever_is_said() -> None:
    handover = Handover(RULES, 0)
    assert handover.look(4_999, AB, AB, is_settled=True) is Verdict.WAIT
    assert handover.look(5_000, NONE, NONE, is_settled=True) is Verdict.SWITCH


def test_it_waits_for_the_answers() -> None:
    handover = Handover(RULES, 0)
    assert handover.look(6_000, A, A, is_settled=False) is Verdict.WAIT


def test_in_the_end_the_one_that_says_more_stays() -> None:
    assert Handover(RULES, 0).look(90_000, AB, A, is_settled=True) is Verdict.ABANDON
    assert Handover(RULES, 0).look(90_000, A, frozenset("b"), is_settled=True) is Verdict.SWITCH
    assert Handover(RULES, 0).look(90_000, A, A, is_settled=False) is Verdict.SWITCH


@given(st.integers())
def test_every_connection_is_replaced_before_the_venue_cuts_it(seed: int) -> None:
    due_ms = rotation_due_ms(0, RULES, Random(seed))
    assert 23 * 3_600_000 <= due_ms <= 24 * 3_600_000 - 10 * 60_000
