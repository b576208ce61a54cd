import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.refusal import Refusal, RefusalReason
from domain.risk.position_sizer import PositionSizer, Sizing, SizingRules, kelly_multiplier
from tests.trade_samples import INSTRUMENT

RULES = SizingRules()
SIZER = PositionSizer(RULES)
EQUITY, ENTRY = Decimal(10_000), Decimal(1000)


def sized(multiplier: float, leverage: int = 1, equity: Decimal = EQUITY, entry: Decimal = ENTRY) -> Sizing:
    sizing = SIZER.size(equity, multiplier, leverage, entry, INSTRUMENT)
    assert isinstance(sizing, Sizing)
    return sizing


def refused(
    multiplier: float, leverage: int = 1, equity: Decimal = EQUITY, entry: Decimal = ENTRY
) -> Refusal:
    refusal = SIZER.size(equity, multiplier, leverage, entry, INSTRUMENT)
    assert isinstance(refusal, Refusal)
    return refusal


@pytest.mark.parametrize(("confidence", "multiplier"), [(0.5, 0.0), (0.75, 1.0), (1.0, 2.0), (0.25, -1.0)])
def test_the_multiplier_is_four_times_what_lies_above_one_half(confidence: float, multiplier: float) -> None:
    assert kelly_multiplier(confidence) == multiplier


def test_a_multiplier_of_one_puts_up_five_percent() -> None:
    assert sized(1.0, leverage=3) == Sizing(
        equity=EQUITY,
        kelly_multiplier=1.0,
        leverage=3,
        margin_fraction=Decimal("0.05"),
        wanted_margin=Decimal(500),
        wanted_notional=Decimal(1500),
        max_notional=Decimal(5000),
        quantity=Decimal("1.5"),
        notional=Decimal(1500),
        margin=Decimal(500),
    )


def test_a_small_edge_gets_a_small_size() -> None:
    assert SIZER.margin_fraction(0.05) == Decimal("0.0025")
    assert sized(0.05).quantity == Decimal("0.025")


def test_margin_stops_at_ten_percent() -> None:
    assert SIZER.margin_fraction(1.9) == Decimal("0.095")
    assert SIZER.margin_fraction(2.0) == SIZER.margin_fraction(3.0) == Decimal("0.10")


def test_the_multiplier_is_rounded_to_six_decimals() -> None:
    assert SIZER.margin_fraction(1.0000014) == Decimal("0.05") * Decimal("1.000001")
    assert SIZER.margin_fraction(1.0000016) == Decimal("0.05") * Decimal("1.000002")
    assert refused(0.0000004).reason is RefusalReason.NO_EDGE


def test_notional_stops_at_half_of_equity() -> None:
    assert SIZER.notional(EQUITY, 2.0, 5) == 5000
    assert SIZER.notional(EQUITY, 2.0, 20) == 5000
    sizing = sized(2.0, leverage=20)
    assert sizing.quantity == 5
    assert sizing.notional == 5000
    assert sizing.margin == 250


def test_the_quantity_is_rounded_down_to_the_lot() -> None:
    sizing = sized(1.0, entry=Decimal("3000.25"))
    assert sizing.quantity == Decimal("0.166")
    assert sizing.notional == Decimal("0.166") * Decimal("3000.25")
    assert sizing.margin == sizing.notional < sizing.wanted_notional


@pytest.mark.parametrize("multiplier", [0.0, -0.5, math.nan, math.inf, -math.inf])
def test_without_an_edge_there_is_no_size(multiplier: float) -> None:
    assert refused(multiplier).reason is RefusalReason.NO_EDGE
    assert SIZER.notional(EQUITY, multiplier, 5) == 0


def test_the_refusals_carry_their_figures() -> None:
    assert refused(-0.5).detail == "Kelly multiplier -0.5000 is not above 0"
    assert refused(1.0, equity=Decimal(0)) == Refusal(RefusalReason.TOO_SMALL, "equity is 0.00")
    assert refused(1.0, equity=Decimal(1)).detail.startswith("quantity 0.000 worth 0.00,")
    assert refused(1.0, equity=Decimal(80)) == Refusal(
        RefusalReason.TOO_SMALL, "quantity 0.004 worth 4.00, the venue takes 0.001 worth 5 or more"
    )


def test_exactly_the_least_notional_is_enough() -> None:
    assert sized(1.0, equity=Decimal(100)).notional == 5
    assert refused(1.0, equity=Decimal("99.99")).reason is RefusalReason.TOO_SMALL


def test_exactly_the_least_quantity_is_enough() -> None:
    coarse = replace(INSTRUMENT, min_quantity=Decimal("0.5"))
    enough = SIZER.size(EQUITY, 1.0, 1, ENTRY, coarse)
    assert isinstance(enough, Sizing)
    assert enough.quantity == Decimal("0.5")
    refusal = SIZER.size(EQUITY, 1.0, 1, Decimal("1000.25"), coarse)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is RefusalReason.TOO_SMALL


def test_a_lost_account_gets_no_size() -> None:
    assert refused(1.0, equity=Decimal(-1)).reason is RefusalReason.TOO_SMALL


def test_the_arithmetic_is_told_in_one_line() -> None:
    assert sized(0.25, leverage=2, entry=Decimal(3000)).in_words() == (
        "equity 10000.00 x 1.25 % (Kelly 0.25) = margin 125.00; x leverage 2, at most 5000.00"
        " = notional 250.00; quantity 0.083 = notional 249.00 on margin 124.50"
    )


@given(
    st.decimals(1, 10**7, places=2),
    st.floats(-1.0, 10.0),
    st.integers(1, 125),
    st.decimals(1, 10**5, places=2),
)
def test_no_size_ever_exceeds_a_cap(
    equity: Decimal, multiplier: float, leverage: int, entry: Decimal
) -> None:
    sizing = SIZER.size(equity, multiplier, leverage, entry, INSTRUMENT)
    if isinstance(sizing, Refusal):
        assert sizing.reason in {RefusalReason.NO_EDGE, RefusalReason.TOO_SMALL}
        return
    assert sizing.margin <= sizing.wanted_margin <= equity * Decimal("0.10")
    assert sizing.margin <= equity * Decimal("0.05") * (Decimal(multiplier) + Decimal("0.0000005"))
    assert sizing.notional <= sizing.wanted_notional <= equity * Decimal("0.50")
    assert sizing.notional >= INSTRUMENT.min_notional
    assert sizing.quantity % INSTRUMENT.lot == 0


@pytest.mark.parametrize(
    "change",
    [
        {"margin_fraction": Decimal(0)},
        {"margin_fraction": Decimal("1.01")},
        {"max_margin_fraction": Decimal("-0.1")},
        {"max_margin_fraction": Decimal("1.01")},
        {"max_notional_fraction": Decimal("NaN")},
        {"max_notional_fraction": Decimal("10.01")},
        {"exploration_multiplier": 0.0},
        {"exploration_multiplier": 2.01},
    ],
)
def test_absurd_numbers_are_refused_by_name(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"^{next(iter(change))} is"):
        replace(RULES, **change)


def test_the_defaults_are_those_of_the_design_and_may_be_stretched_to_the_ends() -> None:
    assert SizingRules(Decimal("0.05"), Decimal("0.10"), Decimal("0.50"), 0.25) == RULES
    assert SizingRules(Decimal(1), Decimal(1), Decimal(10), 2.0).max_notional_fraction == 10
