from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.learning.shadow_fill import (
    maker_entry,
    reaches_stop,
    reaches_target,
    taker_entry,
    taker_exit,
    trades_through,
)
from domain.market.direction import Direction, Side
from domain.position.position import open_position
from tests.trade_samples import CLOSE_MS, COSTS, INSTRUMENT, SETUP, a_plan, mirrored_setup

LONG, SHORT = a_plan(), a_plan(mirrored_setup(SETUP))


@pytest.mark.parametrize(
    ("low", "fills"), [(1024.0, False), (1023.76, False), (1023.75, True), (900.0, True)]
)
def test_an_entry_fills_once_the_price_trades_a_tick_through_it(low: float, fills: bool) -> None:
    assert trades_through(LONG, low, 1030.0, INSTRUMENT) is fills
    assert trades_through(SHORT, 1010.0, 2048.0 - low, INSTRUMENT) is fills


def test_stop_and_target_act_when_the_price_comes_to_them() -> None:
    assert reaches_stop(Decimal(1014), Direction.LONG, 1014.0, 1030.0)
    assert not reaches_stop(Decimal(1014), Direction.LONG, 1014.25, 1030.0)
    assert reaches_target(Decimal(1044), Direction.LONG, 1030.0, 1044.0)
    assert not reaches_target(Decimal(1044), Direction.LONG, 1030.0, 1043.75)


@given(st.floats(1.0, 2000.0), st.floats(1.0, 2000.0), st.decimals(1, 2000, places=2))
def test_a_stop_of_one_side_is_a_target_of_the_other(one: float, other: float, level: Decimal) -> None:
    low, high = min(one, other), max(one, other)
    for direction in Direction:
        assert reaches_stop(level, direction, low, high) is reaches_target(
            level, direction.opposite, low, high
        )


def test_a_limit_gets_its_own_price_for_the_maker_fee() -> None:
    fill = maker_entry(LONG, COSTS, CLOSE_MS)
    assert (fill.side, fill.price, fill.quantity, fill.at_ms) == (
        Side.BUY,
        Decimal(1024),
        Decimal(2),
        CLOSE_MS,
    )
    assert fill.fee == Decimal("0.40960000")
    assert fill.realized_pnl == 0


def test_a_market_entry_slips_and_pays_the_taker_fee() -> None:
    fill = taker_entry(LONG, Decimal(1024), COSTS, INSTRUMENT, CLOSE_MS)
    assert fill.price == Decimal("1024.25")
    assert fill.fee == Decimal("1.02425000")
    assert taker_entry(SHORT, Decimal(1024), COSTS, INSTRUMENT, CLOSE_MS).price == Decimal("1023.75")


def test_an_exit_realises_the_difference() -> None:
    position = open_position(maker_entry(LONG, COSTS, CLOSE_MS))
    fill = taker_exit(LONG, position, Decimal(1), Decimal(1044), COSTS, INSTRUMENT, CLOSE_MS)
    assert (fill.side, fill.price, fill.realized_pnl) == (Side.SELL, Decimal("1043.75"), Decimal("19.75"))
