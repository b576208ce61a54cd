from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.random_entries import (
    DrawnEntry,
    EntryShape,
    Moments,
    drawn_entries,
    random_setup,
    shape_of_levels,
    shape_of_sample,
    shape_of_trade,
)
from domain.market.direction import Direction
from domain.market.timeframe import MINUTE_MS
from domain.setup.entry_model import find_setup
from domain.setup.setup_rules import SetupRules
from tests.application.drill import BTC, TEN_O_CLOCK, instrument
from tests.fakes.structure_engine import OFFERS_A_LONG, QUIET
from tests.learning_samples import A_SAMPLE, SeededChance, a_closed_trade

LONG = EntryShape(BTC, Direction.LONG, Decimal("0.01"), Decimal(2))
SHORT = EntryShape(BTC, Direction.SHORT, Decimal("0.01"), Decimal(2))
HOUR = Moments(TEN_O_CLOCK, TEN_O_CLOCK + 59 * MINUTE_MS, MINUTE_MS)
AT_A_HUNDRED = QUIET._replace(open_time_ms=TEN_O_CLOCK, close=100.004)


def test_the_shape_of_a_sample_is_that_of_its_levels() -> None:
    shape = shape_of_sample(A_SAMPLE)
    distance = (A_SAMPLE.entry - A_SAMPLE.stop) * A_SAMPLE.direction.sign
    assert (shape.symbol, shape.direction) == (A_SAMPLE.symbol, A_SAMPLE.direction)
    assert shape.stop_fraction == distance / A_SAMPLE.entry
    assert shape.reward_to_risk == abs(A_SAMPLE.target - A_SAMPLE.entry) / distance


def test_a_stop_on_the_wrong_side_has_no_shape() -> None:
    with pytest.raises(ValueError, match="does not protect a short"):
        shape_of_levels(BTC, Direction.SHORT, Decimal(100), Decimal(99), Decimal(90))


def test_the_levels_of_a_closed_trade_are_read_from_what_its_setup_gave_as_reasons() -> None:
    setup = find_setup(BTC, OFFERS_A_LONG._replace(close=101.0), instrument(BTC), SetupRules())
    assert setup is not None
    trade = replace(
        a_closed_trade(), entry_price=setup.entry, reasons=setup.reasons, direction=setup.direction
    )
    expected = shape_of_levels(trade.symbol, setup.direction, setup.entry, setup.stop, setup.target)
    assert shape_of_trade(trade) == expected


@pytest.mark.parametrize(
    "reasons", [(), ("because",), ("stop losing",), ("stop near, target far",), ("stop 2000, target 1900",)]
)
def test_a_trade_whose_reasons_tell_no_such_levels_has_no_shape(reasons: tuple[str, ...]) -> None:
    assert shape_of_trade(replace(a_closed_trade(), reasons=reasons)) is None


@given(st.integers(0, 2**32))
def test_every_shape_is_drawn_as_often_as_asked_at_closes_of_bars_within_the_span(seed: int) -> None:
    drawn = drawn_entries([LONG, SHORT, LONG], HOUR, 3, SeededChance(seed))[BTC]
    assert Counter(one.shape.direction for one in drawn) == {Direction.LONG: 6, Direction.SHORT: 3}
    moments = [one.at_ms for one in drawn]
    assert moments == sorted(moments)
    assert all(HOUR.from_ms <= at_ms <= HOUR.until_ms and at_ms % MINUTE_MS == 0 for at_ms in moments)


def test_the_same_seed_draws_the_same_moments_and_every_bar_may_be_drawn() -> None:
    draws = [drawn_entries([LONG], HOUR, 1_000, SeededChance(seed))[BTC] for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]
    assert len({one.at_ms for one in draws[0]}) == 60


def test_moments_that_lie_between_bars_are_none() -> None:
    drawn = drawn_entries([LONG], Moments(TEN_O_CLOCK - 1, TEN_O_CLOCK + 1, MINUTE_MS), 1, SeededChance(1))
    assert drawn == {BTC: [DrawnEntry(TEN_O_CLOCK, LONG)]}
    with pytest.raises(ValueError, match="no base bar closes"):
        drawn_entries([LONG], Moments(TEN_O_CLOCK + 1, TEN_O_CLOCK + 2, MINUTE_MS), 1, SeededChance(1))


@pytest.mark.parametrize(
    ("shape", "levels"),
    [
        (LONG, (Decimal("100.00"), Decimal("99.00"), Decimal("102.00"))),
        (SHORT, (Decimal("100.01"), Decimal("101.02"), Decimal("97.99"))),
    ],
)
def test_a_random_entry_has_its_levels_around_the_close_on_the_tick(
    shape: EntryShape, levels: tuple[Decimal, Decimal, Decimal]
) -> None:
    setup = random_setup(shape, AT_A_HUNDRED, (0.0,) * 12, instrument(BTC))
    assert setup is not None
    assert (setup.entry, setup.stop, setup.target) == levels
    assert (setup.zone.bottom, setup.zone.top) == tuple(sorted(map(float, levels[:2])))
    assert setup.found_at_ms == TEN_O_CLOCK + MINUTE_MS
    assert shape_of_levels(BTC, shape.direction, *levels).reward_to_risk == 2


def test_levels_below_zero_or_finer_than_a_tick_are_no_setup() -> None:
    far = LONG._replace(stop_fraction=Decimal(1))
    fine = LONG._replace(stop_fraction=Decimal("0.0001"), reward_to_risk=Decimal("0.5"))
    for shape in (far, fine):
        assert random_setup(shape, AT_A_HUNDRED, (0.0,) * 12, instrument(BTC)) is None
