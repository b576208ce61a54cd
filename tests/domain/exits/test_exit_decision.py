from decimal import Decimal

from domain.exits.exit_decision import CloseAll, CloseHalf, Moment, MoveStop
from domain.position.closed_trade import ExitReason


def test_every_decision_names_its_exit() -> None:
    decisions = (
        CloseAll(ExitReason.TIME_STOP, "held for 120 minutes"),
        CloseHalf(ExitReason.PARTIAL_PROFIT, Decimal(1), "profit 1.00 R"),
        MoveStop(ExitReason.TRAILING_STOP, Decimal(2), "profit 1.60 R"),
    )
    assert [decision.reason.value for decision in decisions] == [
        "time_stop",
        "partial_profit",
        "trailing_stop",
    ]


def test_a_moment_may_come_before_the_first_structure() -> None:
    assert Moment(1, Decimal(100), None).view is None
