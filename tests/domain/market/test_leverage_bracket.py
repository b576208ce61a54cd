from decimal import Decimal
from itertools import pairwise

import pytest

from domain.market.leverage_bracket import CAUTIOUS_BRACKETS, bracket_of


@pytest.mark.parametrize(
    ("notional", "index"), [("0", 0), ("50000", 0), ("50000.01", 1), ("1000000", 1), ("1000000.01", 2)]
)
def test_a_notional_on_a_border_belongs_to_the_lower_bracket(notional: str, index: int) -> None:
    assert bracket_of(Decimal(notional), CAUTIOUS_BRACKETS) is CAUTIOUS_BRACKETS[index]


def test_beyond_the_last_cap_the_last_bracket_still_holds() -> None:
    for count in (1, 2):
        assert bracket_of(Decimal(2_000_000), CAUTIOUS_BRACKETS[:count]) is CAUTIOUS_BRACKETS[count - 1]


def test_the_cautious_table_starts_at_nothing_and_has_no_end() -> None:
    assert CAUTIOUS_BRACKETS[0].notional_floor == CAUTIOUS_BRACKETS[0].maintenance_deduction == 0
    assert CAUTIOUS_BRACKETS[-1].notional_cap == Decimal("Infinity")
    assert [bracket.max_leverage for bracket in CAUTIOUS_BRACKETS] == [25, 10, 2]


def test_the_cautious_table_has_no_hole_and_no_jump() -> None:
    for lower, upper in pairwise(CAUTIOUS_BRACKETS):
        assert lower.notional_cap == upper.notional_floor
        assert lower.max_leverage > upper.max_leverage
        step = upper.notional_floor * (upper.maintenance_rate - lower.maintenance_rate)
        assert upper.maintenance_deduction == lower.maintenance_deduction + step
