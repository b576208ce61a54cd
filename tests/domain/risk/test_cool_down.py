from decimal import Decimal

import pytest

from domain.risk.cool_down import CoolDownRules, pause_left_ms
from domain.risk.portfolio import Portfolio

RULES = CoolDownRules(after_losses=3, pause_ms=1000)


def left(losses: int, last_loss_at_ms: int | None, at_ms: int) -> int:
    portfolio = Portfolio(
        Decimal(1), Decimal(1), Decimal(1), (), losses, last_loss_at_ms, 0, is_reconciled=True
    )
    return pause_left_ms(portfolio, at_ms, RULES)


@pytest.mark.parametrize(("losses", "waits"), [(0, 0), (2, 0), (3, 1000), (4, 1000)])
def test_the_pause_begins_with_enough_losses_in_a_row(losses: int, waits: int) -> None:
    assert left(losses, 5000, 5000) == waits


@pytest.mark.parametrize(("at_ms", "waits"), [(5400, 600), (5999, 1), (6000, 0), (9000, 0)])
def test_the_pause_runs_out(at_ms: int, waits: int) -> None:
    assert left(3, 5000, at_ms) == waits


def test_without_a_loss_there_is_no_pause() -> None:
    assert left(3, None, 0) == 0


def test_absurd_numbers_are_refused() -> None:
    assert CoolDownRules(after_losses=1, pause_ms=0).pause_ms == 0
    with pytest.raises(ValueError, match=r"^after_losses is"):
        CoolDownRules(after_losses=0)
    with pytest.raises(ValueError, match=r"^pause_ms is"):
        CoolDownRules(pause_ms=-1)


def test_three_losses_pause_for_an_hour() -> None:
    assert CoolDownRules() == CoolDownRules(3, 3_600_000)
