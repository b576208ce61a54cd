import pytest

from domain.exits.exit_decision import CloseAll
from domain.exits.exit_rules import ExitRules
from domain.exits.time_stop import overdue_from_ms, time_stop
from domain.position.closed_trade import ExitReason
from tests.trade_samples import CLOSE_MS, MINUTE, a_trade

RULES = ExitRules()
TRADE = a_trade()


@pytest.mark.parametrize(
    ("held_ms", "overdue"), [(0, False), (7_199_999, False), (7_200_000, True), (10**9, True)]
)
def test_two_hours_are_enough(held_ms: int, overdue: bool) -> None:
    assert (time_stop(TRADE, CLOSE_MS + held_ms, RULES) is not None) is overdue


def test_it_names_itself_and_how_long_the_trade_was_held() -> None:
    decision = time_stop(TRADE, CLOSE_MS + 121 * MINUTE + 59_999, RULES)
    assert decision == CloseAll(ExitReason.TIME_STOP, "held for 121 minutes")


def test_the_time_is_a_setting() -> None:
    assert time_stop(TRADE, CLOSE_MS + 60_000, ExitRules(longest_hold_ms=60_000)) is not None


def test_it_is_overdue_from_one_moment_on() -> None:
    moment = overdue_from_ms(TRADE, RULES)
    assert time_stop(TRADE, moment - 1, RULES) is None
    assert time_stop(TRADE, moment, RULES) is not None
