from decimal import Decimal

import pytest

from domain.exits.resident import is_tighter, rounded_ahead
from domain.market.direction import Direction
from tests.trade_samples import INSTRUMENT, a_trade, flipped, mirrored_trade


@pytest.mark.parametrize(
    ("new_stop", "tighter"),
    [
        ("1013.75", False),
        ("1014", False),
        ("1014.24", False),
        ("1014.25", True),
        ("1023.75", True),
        ("1023.76", False),
        ("1024", False),
        ("1030", False),
    ],
)
def test_a_stop_may_only_tighten_and_stays_short_of_the_price(new_stop: str, tighter: bool) -> None:
    trade, price = a_trade(), Decimal(1024)
    assert is_tighter(trade, Decimal(new_stop), price, INSTRUMENT) is tighter
    assert (
        is_tighter(mirrored_trade(trade), flipped(Decimal(new_stop)), flipped(price), INSTRUMENT) is tighter
    )


def test_prices_are_rounded_ahead_to_where_the_trade_runs() -> None:
    assert rounded_ahead(INSTRUMENT, Decimal("10.3"), Direction.LONG) == Decimal("10.50")
    assert rounded_ahead(INSTRUMENT, Decimal("10.3"), Direction.SHORT) == Decimal("10.25")
