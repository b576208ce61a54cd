import pytest

from domain.market.direction import Direction
from domain.setup.change_of_character import middle_event_closed_at_ms, turned_against
from tests.trade_samples import BASE_STEP, CLOSE_MS, MIDDLE_STEP, OPEN_MS, VIEW, mirrored

AGAINST = VIEW.middle._replace(last_event=-1, is_last_event_choch=True, event_age_bars=0)
TURNED = VIEW._replace(middle=AGAINST)


def test_an_event_of_age_zero_closed_with_the_last_middle_bar() -> None:
    assert middle_event_closed_at_ms(TURNED) == CLOSE_MS


def test_each_bar_of_age_is_one_middle_step() -> None:
    older = VIEW._replace(middle=AGAINST._replace(event_age_bars=3))
    assert middle_event_closed_at_ms(older) == CLOSE_MS - 3 * MIDDLE_STEP


@pytest.mark.parametrize("bars_later", [1, 2])
def test_base_bars_inside_a_forming_middle_bar_do_not_move_the_event(bars_later: int) -> None:
    later = TURNED._replace(open_time_ms=OPEN_MS + bars_later * BASE_STEP)
    assert middle_event_closed_at_ms(later) == CLOSE_MS


def test_before_the_first_break_nothing_closed_and_nothing_turned() -> None:
    silent = VIEW._replace(middle=AGAINST._replace(event_age_bars=None))
    assert middle_event_closed_at_ms(silent) is None
    assert not turned_against(silent, Direction.LONG, 0)


def test_only_a_change_after_the_moment_counts() -> None:
    assert turned_against(TURNED, Direction.LONG, CLOSE_MS - 1)
    assert not turned_against(TURNED, Direction.LONG, CLOSE_MS)


def test_a_change_in_favour_or_a_mere_break_against_does_not_count() -> None:
    break_against = VIEW._replace(middle=AGAINST._replace(is_last_event_choch=False))
    assert not turned_against(TURNED, Direction.SHORT, 0)
    assert not turned_against(break_against, Direction.LONG, 0)
    assert turned_against(mirrored(TURNED), Direction.SHORT, 0)
