import math

import pytest

from domain.structure.liquidity import LastSweep, LiquidityPools, LiquidityRules
from domain.structure.sided_bar import SidedBar
from tests.domain.structure.carried_over import carry_over
from tests.domain.structure.charts import moment

RULES = LiquidityRules()
ATR = 2.0


def pools_at(*levels: float) -> LiquidityPools:
    pools = LiquidityPools(RULES)
    for number, level in enumerate(levels):
        pools.add(level, moment(number, atr=ATR))
    return pools


def bar(high: float, close: float) -> SidedBar:
    return SidedBar(close, high, close - 5.0, close)


def resting(pools: LiquidityPools) -> list[tuple[float, int]]:
    return [(pool.level, pool.count) for pool in pools.resting]


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((111.0,), [(111.0, 1)]),
        ((111.0, 111.0), [(111.0, 2)]),
        ((111.25, 111.0625), [(111.25, 2)]),
        ((111.25, 111.0), [(111.25, 1), (111.0, 1)]),
        ((111.25, 111.125, 111.0), [(111.25, 2), (111.0, 1)]),
    ],
    ids=["one", "equal", "within a tenth ATR", "further apart", "the level stays"],
)
def test_equal_highs_share_a_pool_at_the_first_ones_level(
    levels: tuple[float, ...], expected: list[tuple[float, int]]
) -> None:
    assert resting(pools_at(*levels)) == expected


def test_without_an_atr_no_highs_are_equal() -> None:
    pools = LiquidityPools(RULES)
    pools.add(111.0, moment(0, atr=math.nan))
    pools.add(111.0, moment(1, atr=math.nan))
    assert resting(pools) == [(111.0, 1), (111.0, 1)]


EQUAL_HIGHS = 0.5 + 0.5 * (1.5 / 2.5)
"""Two highs at 111, the wick to 112, ATR 2: z = (112 - 111) / 2 + 2 - 1 = 1.5."""


@pytest.mark.parametrize(
    ("bars", "swept"),
    [
        ([(112.0, 110.0)], [EQUAL_HIGHS]),
        ([(112.0, 111.0)], [EQUAL_HIGHS]),
        ([(112.0, 111.5), (111.75, 110.0)], [0.0, EQUAL_HIGHS]),
        ([(111.25, 111.125), (112.0, 111.5), (111.75, 111.0)], [0.0, 0.0, EQUAL_HIGHS]),
        ([(112.0, 111.5), (112.0, 111.5), (112.0, 111.5), (112.0, 110.0)], [0.0, 0.0, 0.0, 0.0]),
        ([(111.0, 110.0), (111.0, 111.0)], [0.0, 0.0]),
    ],
    ids=[
        "swept by its own bar",
        "a close on the level is no run",
        "swept one bar later",
        "swept two bars later, the highest high counting",
        "a run",
        "a high on the level is no pierce",
    ],
)
def test_equal_highs_are_swept_within_two_bars_or_were_a_run(
    bars: list[tuple[float, float]], swept: list[float]
) -> None:
    pools = pools_at(111.0, 111.0)
    assert [
        pools.sweep(bar(high, close), moment(2 + number, atr=ATR))
        for number, (high, close) in enumerate(bars)
    ] == swept


def test_a_pierced_pool_is_no_longer_resting() -> None:
    pools = pools_at(111.0)
    pools.sweep(bar(112.0, 111.5), moment(1))
    assert pools.resting == []
    assert pools.nearest(100.0) == []


def test_one_bar_may_sweep_several_pools() -> None:
    pools = pools_at(114.0, 112.0, 110.0)
    both = pools.sweep(bar(113.0, 109.0), moment(3, atr=ATR))
    assert both == (0.5 + 0.5 * (1.5 / 2.5)) + (0.5 + 0.5 * (0.5 / 1.5))
    assert resting(pools) == [(114.0, 1)]


@pytest.mark.parametrize("atr", [math.nan, 0.0])
def test_without_an_atr_a_sweep_is_worth_a_half(atr: float) -> None:
    assert pools_at(111.0, 111.0).sweep(bar(112.0, 110.0), moment(2, atr=atr)) == 0.5


def test_a_pool_is_forgotten_after_five_hundred_bars_unless_it_grows() -> None:
    pools = pools_at(115.0, 111.0)
    pools.add(111.0, moment(400, atr=ATR))
    quiet = bar(100.0, 99.0)
    pools.sweep(quiet, moment(500))
    assert resting(pools) == [(115.0, 1), (111.0, 2)]
    pools.sweep(quiet, moment(501))
    assert resting(pools) == [(111.0, 2)]
    pools.sweep(quiet, moment(900))
    assert resting(pools) == [(111.0, 2)]
    assert pools.sweep(bar(112.0, 110.0), moment(901)) == 0.0


def test_a_sixty_fifth_pool_pushes_out_the_oldest() -> None:
    pools = pools_at(*(1000.0 - number for number in range(65)))
    assert len(pools.resting) == 64
    assert pools.resting[0].level == 999.0


def test_the_three_nearest_pools_are_those_the_close_has_not_passed() -> None:
    pools = pools_at(120.0, 115.0, 112.0, 111.0, 110.0)
    assert [pool.level for pool in pools.nearest(110.5)] == [111.0, 112.0, 115.0]
    assert [pool.level for pool in pools.nearest(110.0)] == [110.0, 111.0, 112.0]
    assert [pool.level for pool in pools.nearest(116.0)] == [120.0]


def test_a_pool_weighs_its_count_by_nearness() -> None:
    pools = pools_at(114.0, 111.0, 111.0)
    assert pools.weight(110.0, ATR) == 2 / (1.0 + 0.5) + 1 / (1.0 + 2.0)


def test_the_last_sweep_is_remembered_with_its_age() -> None:
    """Row by row: what was swept above and below, then magnitude and age."""
    last = LastSweep(RULES)
    assert last.strength() == 0.0
    for highs, lows, magnitude, age in (
        (0.0, 0.0, 0.0, None),
        (0.75, 0.0, -0.75, 0),
        (0.0, 0.0, -0.75, 1),
        (0.0, 0.625, 0.625, 0),
        (0.75, 0.5, -0.25, 0),
        (1.5, 0.0, -1.0, 0),
        (0.0, 1.5, 1.0, 0),
        (0.5, 0.5, 0.0, 0),
    ):
        last.update(highs, lows)
        assert (last.magnitude, last.age_bars) == (magnitude, age)


def test_a_sweep_fades_by_half_in_six_bars() -> None:
    last = LastSweep(RULES)
    last.update(0.0, 0.75)
    assert last.strength() == 0.75
    for _ in range(6):
        last.update(0.0, 0.0)
    assert last.strength() == 0.375


def test_carried_over_pools_and_sweeps_are_the_same() -> None:
    pools, heir = pools_at(114.0, 111.0, 111.0), LiquidityPools(RULES)
    pools.sweep(bar(112.0, 111.5), moment(3))
    carry_over(pools, heir)
    back = bar(113.0, 110.0)
    assert heir.sweep(back, moment(4)) == pools.sweep(back, moment(4)) > 0.0
    last, last_heir = LastSweep(RULES), LastSweep(RULES)
    last.update(0.5, 0.0)
    carry_over(last, last_heir)
    assert (last_heir.magnitude, last_heir.age_bars) == (-0.5, 0)
