from dataclasses import replace
from decimal import Decimal

import pytest

from domain.exits.exit_rules import ExitRules, ThresholdUnit
from domain.exits.smart_hold import is_smart_hold
from domain.exits.standing import Standing
from domain.market.direction import Direction
from domain.structure.structure_view import StructureView
from tests.trade_samples import INSTRUMENT, VIEW, flipped, mirrored

RULES = ExitRules()


def held(
    loss: str = "15",
    confidence: float | None = 0.9,
    price: str = "1004",
    view: StructureView = VIEW,
    rules: ExitRules = RULES,
) -> bool:
    standing = Standing(-Decimal(loss), Decimal(20), Decimal(1000), confidence)
    long = is_smart_hold(Direction.LONG, Decimal(price), view, standing, rules, INSTRUMENT)
    short = is_smart_hold(
        Direction.SHORT, flipped(Decimal(price)), mirrored(view), standing, rules, INSTRUMENT
    )
    assert long is short
    return long


@pytest.mark.parametrize(
    ("loss", "holds"), [("9.99", False), ("10", True), ("19.8", True), ("19.81", False), ("-15", False)]
)
def test_the_loss_lies_between_half_and_nearly_one_r(loss: str, holds: bool) -> None:
    assert held(loss=loss) is holds


@pytest.mark.parametrize(("confidence", "holds"), [(None, False), (0.799, False), (0.80, True), (1.0, True)])
def test_the_model_must_believe_in_it(confidence: float | None, holds: bool) -> None:
    assert held(confidence=confidence) is holds


@pytest.mark.parametrize(
    ("price", "holds"),
    [("1006.25", False), ("1006", True), ("1004", True), ("1002", True), ("1001.75", False)],
)
def test_price_is_at_a_pool_on_the_losing_side(price: str, holds: bool) -> None:
    assert held(price=price) is holds


def test_a_pool_ahead_holds_nothing() -> None:
    assert not held(price="1030")
    assert not held(view=VIEW._replace(pools_below=()))


def test_the_band_may_count_in_percent_of_margin() -> None:
    rules = replace(
        RULES,
        smart_hold_from=Decimal(1),
        smart_hold_to=Decimal(2),
        smart_hold_unit=ThresholdUnit.PERCENT_OF_MARGIN,
    )
    assert [held(loss=loss, rules=rules) for loss in ("9.99", "10", "20", "20.01")] == [
        False,
        True,
        True,
        False,
    ]
