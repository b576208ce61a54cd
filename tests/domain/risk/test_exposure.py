from decimal import Decimal

from domain.market.direction import Direction
from domain.risk.exposure import is_busy, margin_in_use, notional_towards
from domain.risk.portfolio import Exposure, Portfolio

EMPTY = Portfolio(Decimal(1), Decimal(1), Decimal(1), (), 0, None, 0, is_reconciled=True)
HELD = EMPTY._replace(
    exposures=(
        Exposure("A", Direction.LONG, Decimal(100), Decimal(10)),
        Exposure("B", Direction.SHORT, Decimal(40), Decimal(20)),
        Exposure("C", Direction.LONG, Decimal(5), Decimal(5)),
    )
)


def test_each_direction_adds_up_by_itself() -> None:
    assert notional_towards(Direction.LONG, HELD) == 105
    assert notional_towards(Direction.SHORT, HELD) == 40
    assert notional_towards(Direction.SHORT, EMPTY) == 0


def test_margin_adds_up_over_both_directions() -> None:
    assert margin_in_use(HELD) == 35
    assert margin_in_use(EMPTY) == 0


def test_a_symbol_is_busy_when_held_either_way() -> None:
    assert is_busy("B", HELD)
    assert not is_busy("D", HELD)
