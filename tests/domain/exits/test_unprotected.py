from dataclasses import replace

import pytest

from domain.exits.exit_rules import ExitRules
from domain.exits.unprotected import stop_refused, unprotected
from domain.position.closed_trade import ExitReason

RULES = ExitRules()


@pytest.mark.parametrize(("bare_ms", "leaves"), [(0, False), (2_999, False), (3_000, True), (60_000, True)])
def test_three_seconds_without_a_stop_are_left_at_market(bare_ms: int, leaves: bool) -> None:
    decided = unprotected(1_000, 1_000 + bare_ms, RULES)
    assert (decided is not None) is leaves


def test_the_exit_names_itself_and_says_how_long() -> None:
    decided = unprotected(1_000, 4_500, RULES)
    assert decided is not None
    assert (decided.reason, "3500 ms" in decided.detail) == (ExitReason.UNPROTECTED, True)


def test_the_patience_is_a_setting() -> None:
    assert unprotected(0, 3_000, replace(RULES, longest_bare_ms=3_001)) is None


@pytest.mark.parametrize(("refusals", "leaves"), [(0, False), (2, False), (3, True), (4, True)])
def test_a_stop_refused_three_times_is_not_asked_for_any_more(refusals: int, leaves: bool) -> None:
    decided = stop_refused(refusals, RULES)
    assert (decided is not None) is leaves
    assert decided is None or f"refused its stop {refusals} times" in decided.detail
