import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.candle import Candle
from domain.market.instrument import Instrument, changes_between, instrument_seen_on
from domain.market.leverage_bracket import CAUTIOUS_BRACKETS
from tests.order_samples import INSTRUMENT

TICKS = st.sampled_from(
    [Decimal(tick) for tick in ("0.1", "0.01", "0.5", "0.0001", "0.00000001", "1", "0.25")]
)
PRICES = st.floats(1e-6, 1e6)


def with_tick(tick: Decimal) -> Instrument:
    lot = Decimal("0.001")
    return Instrument("X", tick, lot, lot, Decimal(10), Decimal(10), Decimal(5))


@given(TICKS, st.integers(1, 10**7))
def test_a_float_on_the_grid_is_exactly_that_tick_whichever_way_it_is_rounded(
    tick: Decimal, count: int
) -> None:
    instrument, exact = with_tick(tick), tick * count
    for price in (float(exact), exact):
        assert instrument.nearest_price(price) == exact
        assert instrument.price_at_or_below(price) == exact
        assert instrument.price_at_or_above(price) == exact


@given(TICKS, PRICES)
def test_a_price_lies_between_the_ticks_below_and_above_it(tick: Decimal, price: float) -> None:
    instrument, exact = with_tick(tick), Decimal(repr(price))
    below, above = instrument.price_at_or_below(price), instrument.price_at_or_above(price)
    assert below <= exact <= above
    assert above - below in (0, tick)
    assert below % tick == above % tick == 0
    assert instrument.nearest_price(price) in (below, above)
    assert abs(instrument.nearest_price(price) - exact) <= tick / 2


@pytest.mark.parametrize(("price", "tick"), [(100.05, "100.0"), (100.15, "100.2"), (100.051, "100.1")])
def test_halfway_goes_to_the_even_tick(price: float, tick: str) -> None:
    assert INSTRUMENT.nearest_price(price) == Decimal(tick)


def test_prices_are_written_with_the_decimals_of_the_tick() -> None:
    assert str(INSTRUMENT.nearest_price(1e3)) == "1000.00"
    assert str(INSTRUMENT.quantity_at_most(Decimal("1E+1"))) == "10.000"


@pytest.mark.parametrize("price", [math.nan, math.inf, Decimal("nan")])
def test_what_is_no_price_is_refused(price: float | Decimal) -> None:
    with pytest.raises(ValueError, match="is no price of ETHUSDT"):
        INSTRUMENT.nearest_price(price)


@pytest.mark.parametrize(
    ("wanted", "given_quantity"),
    [("1.2349", "1.234"), ("0.0009", "0"), ("-3", "0"), ("1000", "50"), ("50", "50"), ("0.001", "0.001")],
)
def test_a_quantity_is_cut_to_the_lot_and_to_what_one_market_order_closes(
    wanted: str, given_quantity: str
) -> None:
    assert INSTRUMENT.quantity_at_most(Decimal(wanted)) == Decimal(given_quantity)


def test_a_limit_on_quantity_below_that_of_market_orders_holds_too() -> None:
    instrument = Instrument(
        "X", Decimal(1), Decimal(1), Decimal(1), Decimal(7), Decimal(9), Decimal(5), CAUTIOUS_BRACKETS
    )
    assert instrument.quantity_at_most(Decimal(8)) == 7


def test_leverage_falls_with_the_notional() -> None:
    assert INSTRUMENT.bracket_at(Decimal(50_000)) is CAUTIOUS_BRACKETS[0]
    assert INSTRUMENT.max_leverage_at(Decimal(50_000)) == 25
    assert INSTRUMENT.max_leverage_at(Decimal(50_001)) == 10


def candle(price: float, volume: float) -> Candle:
    return Candle(0, price, price, price, price, volume)


def test_the_grid_is_read_off_the_decimals_of_prices_and_volumes() -> None:
    sample = [candle(100.0, 3.0), Candle(0, 100.0, 100.25, 99.9, 100.1, 1.5), candle(7.0, 2.125)]
    seen = instrument_seen_on("SOLUSDT", iter(sample))
    assert seen == Instrument(
        symbol="SOLUSDT",
        tick=Decimal("0.01"),
        lot=Decimal("0.001"),
        min_quantity=Decimal("0.001"),
        max_quantity=Decimal(10**9),
        max_market_quantity=Decimal(10**9),
        min_notional=Decimal(5),
        brackets=CAUTIOUS_BRACKETS,
    )


@pytest.mark.parametrize(
    ("price", "tick"),
    [(100.0, "1"), (1e22, "1"), (1.5e-7, "1E-8"), (1.23e-5, "1E-7"), (0.1 + 0.2, "1E-8")],
)
def test_the_tick_has_as_many_decimals_as_the_prices_and_at_most_eight(price: float, tick: str) -> None:
    assert instrument_seen_on("X", [candle(price, 1.0)]).tick == Decimal(tick)


@pytest.mark.parametrize("place", [1, 2, 3, 4])
def test_every_price_of_a_candle_counts(place: int) -> None:
    opened, high, low, close = (100.5 if place == other else 100.0 for other in (1, 2, 3, 4))
    assert instrument_seen_on("X", [Candle(0, opened, high, low, close, 1.0)]).tick == Decimal("0.1")


def test_what_is_not_finite_shows_no_decimals() -> None:
    assert instrument_seen_on("X", [candle(math.inf, math.nan)]).tick == 1


def test_the_time_of_a_candle_is_no_price() -> None:
    assert instrument_seen_on("X", [Candle(7, 0.5, 0.5, 0.5, 0.5, 0.25)]).tick == Decimal("0.1")


def test_no_candle_shows_no_grid() -> None:
    with pytest.raises(ValueError, match="no candle of X"):
        instrument_seen_on("X", [])


@given(st.integers(1, 50), st.integers(1, 50), st.decimals(0, 100, places=4))
def test_a_quantity_fits_when_rounding_it_up_changes_nothing(lot: int, least: int, quantity: Decimal) -> None:
    step = Decimal(lot) / 100
    grid = replace(with_tick(Decimal("0.1")), lot=step, min_quantity=step * least)
    up = grid.quantity_at_least(quantity)
    assert up >= max(quantity, grid.min_quantity)
    assert up - step < max(quantity, grid.min_quantity)
    assert grid.fits(up)
    assert grid.fits(quantity) is (up == quantity)


def test_what_changed_between_two_rules_is_told_in_words() -> None:
    before = with_tick(Decimal("0.1"))
    coarser = replace(before, tick=Decimal(1), brackets=CAUTIOUS_BRACKETS[:1])
    assert changes_between(before, coarser) == "tick 0.1 is now 1; other margin brackets"
    assert changes_between(before, before) == ""
