import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.leverage_bracket import LeverageBracket
from domain.position.margin import initial_margin, liquidation_price
from domain.position.track_record import TrackRecord
from domain.refusal import Refusal, RefusalReason
from domain.risk.leverage import (
    Leverage,
    LeverageRules,
    choose_leverage,
    earned_leverage,
    shrunken_win_rate,
)
from domain.risk.position_sizer import PositionSizer, SizingRules
from tests.trade_samples import INSTRUMENT, SETUP, mirrored_setup

RULES = LeverageRules()
SIZER = PositionSizer(SizingRules())
EQUITY = Decimal(10_000)
NEAR_STOP = replace(SETUP, stop=Decimal(1020))
WIDE = replace(
    INSTRUMENT,
    brackets=(LeverageBracket(Decimal(0), Decimal("Infinity"), 125, Decimal("0.004"), Decimal(0)),),
)


def record(wins: int, trades: int, closed: int | None = None) -> TrackRecord:
    recent = (True,) * wins + (False,) * (trades - wins)
    return TrackRecord(closed_trades=trades if closed is None else closed, recent_wins=recent)


def chosen(
    track: TrackRecord,
    confidence: float | None = None,
    rules: LeverageRules = RULES,
    **other: Any,  # noqa: ANN401 - whatever the test changes
) -> Leverage:
    choice = asked(track, confidence, rules, **other)
    assert isinstance(choice, Leverage)
    return choice


def asked(
    track: TrackRecord,
    confidence: float | None = None,
    rules: LeverageRules = RULES,
    **other: Any,  # noqa: ANN401 - as above
) -> Leverage | Refusal:
    given_: dict[str, Any] = {
        "equity": EQUITY,
        "kelly_multiplier": 0.25,
        "setup": NEAR_STOP,
        "instrument": WIDE,
    } | other
    return choose_leverage(track, confidence, sizer=SIZER, rules=rules, **given_)


@pytest.mark.parametrize(
    ("wins", "trades", "rate"), [(0, 0, 0.5), (50, 50, 60 / 70), (0, 50, 10 / 70), (7, 10, 17 / 30)]
)
def test_the_win_rate_is_shrunken_towards_one_half(wins: int, trades: int, rate: float) -> None:
    assert shrunken_win_rate(record(wins, trades), RULES) == pytest.approx(rate)


def test_without_a_prior_the_win_rate_is_the_plain_one() -> None:
    plain = replace(RULES, prior_trades=0)
    assert shrunken_win_rate(record(3, 4), plain) == 0.75
    assert shrunken_win_rate(record(0, 0), plain) == 0.5


@pytest.mark.parametrize(
    ("rate", "confidence", "earned"),
    [
        (0.50, None, 1.0),
        (0.55, None, 1.0),
        (0.625, None, 6.5),
        (0.70, None, 12.0),
        (0.85, None, 23.0),
        (0.50, 0.75, 1.5),
        (0.50, 0.40, 1.0),
        (0.625, 1.0, 13.0),
    ],
)
def test_leverage_is_earned_by_record_and_confidence(
    rate: float, confidence: float | None, earned: float
) -> None:
    assert earned_leverage(rate, confidence, RULES) == pytest.approx(earned)


@pytest.mark.parametrize(
    ("closed", "cap"), [(0, 2), (14, 2), (15, 3), (34, 3), (35, 4), (49, 4), (50, 20), (900, 20)]
)
def test_a_young_record_is_capped(closed: int, cap: int) -> None:
    assert RULES.cap_after(closed) == cap
    assert chosen(record(50, 50, closed), 1.0).times == cap


@pytest.mark.parametrize("closed", [0, 20, 40, 60])
def test_the_users_own_maximum_caps_every_age(closed: int) -> None:
    assert replace(RULES, max_leverage=1).cap_after(closed) == 1


def test_without_a_record_leverage_is_one() -> None:
    choice = chosen(record(0, 0))
    assert (choice.times, choice.earned, choice.win_rate, choice.cap) == (1, 1.0, 0.5, 2)


def test_earned_leverage_is_floored() -> None:
    plain = replace(RULES, prior_trades=0)
    assert chosen(record(62, 100, 900), rules=plain).times == 6
    assert chosen(record(70, 100, 900), rules=plain).times == 12


def test_the_venues_bracket_caps_at_the_notional_it_would_make() -> None:
    steps = (
        LeverageBracket(Decimal(0), Decimal(1000), 10, Decimal("0.004"), Decimal(0)),
        LeverageBracket(Decimal(1000), Decimal("Infinity"), 8, Decimal("0.004"), Decimal(0)),
    )
    stepped = replace(INSTRUMENT, brackets=steps)
    assert chosen(record(50, 50), 1.0, instrument=stepped).times == 8
    small: dict[str, Any] = {"kelly_multiplier": 0.1, "instrument": stepped}
    assert chosen(record(50, 50), 1.0, **small).times == 10


def test_leverage_falls_until_liquidation_is_far_enough() -> None:
    far_stop = replace(SETUP, stop=Decimal(984))
    choice = chosen(record(50, 50), 1.0, setup=far_stop)
    assert choice.times == 16
    assert is_far(16, far_stop.stop_distance)
    assert not is_far(17, far_stop.stop_distance)
    assert chosen(record(50, 50), 1.0, setup=mirrored_setup(far_stop)).times == 15


def is_far(times: int, distance: Decimal) -> bool:
    notional = SIZER.notional(EQUITY, 0.25, times)
    price = liquidation_price(
        SETUP.direction, notional / SETUP.entry, notional, initial_margin(notional, times), WIDE.brackets
    )
    return price is not None and SETUP.entry - price >= Decimal("1.5") * distance


def test_liquidation_exactly_far_enough_is_far_enough() -> None:
    free = (LeverageBracket(Decimal(0), Decimal("Infinity"), 125, Decimal(0), Decimal(0)),)
    at_the_edge = replace(SETUP, stop=SETUP.entry - Decimal("51.2"))
    rules = replace(RULES, min_liquidation_stops=Decimal(2))
    one_tick_off = replace(at_the_edge, stop=at_the_edge.stop - Decimal("0.25"))
    instrument = replace(INSTRUMENT, brackets=free)
    assert chosen(record(50, 50), 1.0, rules, setup=at_the_edge, instrument=instrument).times == 10
    assert chosen(record(50, 50), 1.0, rules, setup=one_tick_off, instrument=instrument).times == 9


def test_a_short_whose_liquidation_is_too_near_even_at_one_is_refused() -> None:
    harsh = (LeverageBracket(Decimal(0), Decimal("Infinity"), 20, Decimal("0.985"), Decimal(0)),)
    refusal = asked(record(0, 0), instrument=replace(INSTRUMENT, brackets=harsh), setup=mirrored_setup(SETUP))
    assert refusal == Refusal(
        RefusalReason.LIQUIDATION_TOO_NEAR,
        "even at leverage 1 liquidation lies nearer than 1.5 stop distances of 10",
    )


def test_the_smallest_notional_is_held_to_the_distance_too() -> None:
    harsh = (LeverageBracket(Decimal(0), Decimal("Infinity"), 20, Decimal("0.985"), Decimal(0)),)
    small: dict[str, Any] = {"equity": Decimal(40), "setup": mirrored_setup(SETUP)}
    assert isinstance(asked(record(0, 0), instrument=replace(INSTRUMENT, brackets=harsh), **small), Refusal)


def test_a_long_that_cannot_be_liquidated_is_far_enough() -> None:
    free = (LeverageBracket(Decimal(0), Decimal("Infinity"), 1, Decimal(0), Decimal(0)),)
    assert chosen(record(50, 50), instrument=replace(INSTRUMENT, brackets=free)).times == 1


@pytest.mark.parametrize(
    "other", [{"kelly_multiplier": 0.0}, {"equity": Decimal(0)}, {"equity": Decimal(-5)}]
)
def test_what_will_not_be_sized_needs_no_distance(other: dict[str, Any]) -> None:
    assert chosen(record(0, 0), **other).times == 1


def test_the_arithmetic_is_told_in_one_line() -> None:
    assert chosen(record(0, 0)).in_words() == (
        "leverage 1: earned 1.00 at a win rate of 0.50, capped at 2, the venue's bracket and the distance"
        " to liquidation"
    )


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 200), st.none() | st.floats(0.0, 1.0))
def test_more_wins_never_mean_less_leverage(
    one: int, other: int, closed: int, confidence: float | None
) -> None:
    fewer, more = record(min(one, other), 50, closed), record(max(one, other), 50, closed)
    assert chosen(fewer, confidence).times <= chosen(more, confidence).times


@given(
    st.integers(0, 50),
    st.integers(0, 200),
    st.none() | st.floats(0.0, 1.0),
    st.integers(1, 125),
    st.integers(1, 120),
)
def test_leverage_is_a_whole_number_within_every_cap(
    wins: int, closed: int, confidence: float | None, most: int, stop_distance: int
) -> None:
    rules = replace(RULES, max_leverage=most)
    setup = replace(SETUP, stop=SETUP.entry - stop_distance)
    choice = chosen(record(wins, 50, closed), confidence, rules, setup=setup)
    assert 1 <= choice.times <= min(most, rules.cap_after(closed))
    assert choice.times <= max(1.0, choice.earned + 1e-9)
    assert choice.times <= WIDE.max_leverage_at(SIZER.notional(EQUITY, 0.25, choice.times))
    assert choice.times == 1 or is_far(choice.times, setup.stop_distance)


@pytest.mark.parametrize(
    "change",
    [
        {"win_rate_floor": -0.1},
        {"win_rate_floor": 1.1},
        {"win_rate_span": 0.0},
        {"win_rate_span": 1.1},
        {"most_steps": -1.0},
        {"most_steps": math.nan},
        {"prior_trades": -1},
        {"first_trades": -1},
        {"early_trades": 14},
        {"seasoned_trades": 34},
        {"first_cap": 0},
        {"early_cap": 1},
        {"seasoned_cap": 2},
        {"max_leverage": 0},
        {"max_leverage": 126},
        {"min_liquidation_stops": Decimal("0.99")},
    ],
)
def test_absurd_numbers_are_refused_by_name(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"^{next(iter(change))} is"):
        replace(RULES, **change)


def test_the_ends_of_every_range_are_allowed() -> None:
    low = LeverageRules(0.0, 1.0, 0.0, 0, 0, 1, 0, 1, 0, 1, 125, Decimal(1))
    assert low.cap_after(0) == 125
    assert LeverageRules(win_rate_floor=1.0, max_leverage=1).max_leverage == 1


def test_the_defaults_are_those_of_the_design() -> None:
    assert LeverageRules(0.55, 0.15, 11.0, 20, 15, 2, 35, 3, 50, 4, 20, Decimal("1.5")) == RULES
