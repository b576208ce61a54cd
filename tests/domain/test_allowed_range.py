import math
from decimal import Decimal

import pytest

from domain.allowed_range import require_above_zero, require_within


@pytest.mark.parametrize("value", [0, 0.5, 1, Decimal(0), Decimal(1)])
def test_both_ends_of_a_range_are_within(value: float | Decimal) -> None:
    require_within("share", value, 0, 1)


@pytest.mark.parametrize("value", [-0.001, 1.001, Decimal("1.001"), math.nan, math.inf, Decimal("NaN")])
def test_outside_a_range_is_refused_with_name_value_and_limits(value: float | Decimal) -> None:
    with pytest.raises(ValueError, match=f"^share is {value}; it must be a number from 0 to 1$"):
        require_within("share", value, 0, 1)


def test_a_range_may_be_open_above() -> None:
    require_within("bars", 10**9, 1)
    with pytest.raises(ValueError, match=r"^bars is 0; it must be a number of at least 1$"):
        require_within("bars", 0, 1)
    with pytest.raises(ValueError, match=r"^bars is inf; it must be a number of at least 1$"):
        require_within("bars", math.inf, 1)


@pytest.mark.parametrize("value", [1e-9, 1, Decimal("0.1")])
def test_above_zero_is_allowed_up_to_the_end(value: float | Decimal) -> None:
    require_above_zero("share", value, 1)


@pytest.mark.parametrize("value", [0, -1, 1.001, math.nan, Decimal("Infinity")])
def test_zero_and_beyond_the_end_are_refused(value: float | Decimal) -> None:
    with pytest.raises(ValueError, match=f"^share is {value}; it must be a number above 0 and at most 1$"):
        require_above_zero("share", value, 1)


def test_without_an_end_anything_finite_above_zero_is_allowed() -> None:
    require_above_zero("ratio", 1e300)
    with pytest.raises(ValueError, match=r"^ratio is 0; it must be a number above 0$"):
        require_above_zero("ratio", 0)
    with pytest.raises(ValueError, match=r"^ratio is nan; it must be a number above 0$"):
        require_above_zero("ratio", math.nan)


def test_limits_may_be_exact_decimals() -> None:
    require_within("share", Decimal("0.03"), 0, Decimal("0.03"))
    require_above_zero("share", Decimal("0.03"), Decimal("0.03"))
