from dataclasses import replace
from decimal import Decimal

from tests.domain.position.test_trade_closing import PLAN


def test_a_plan_filled_in_part_shrinks_with_its_quantity() -> None:
    assert PLAN.scaled_to(Decimal(1)) == replace(
        PLAN, quantity=Decimal(1), initial_margin=Decimal("33.3325"), planned_loss=Decimal(3)
    )


def test_margin_and_planned_loss_keep_eight_decimals() -> None:
    scaled = replace(PLAN, quantity=Decimal(3)).scaled_to(Decimal(2))
    assert str(scaled.initial_margin) == "88.88666667"
    assert str(scaled.planned_loss) == "8.00000000"


def test_a_plan_filled_whole_stays_as_it_was() -> None:
    assert PLAN.scaled_to(PLAN.quantity) == PLAN
