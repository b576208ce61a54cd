"""What a session leaves behind is told by symbol, with what the venue holds for it."""

from decimal import Decimal

from application.left_open import LeftOpen
from tests.application.drill import ENTRY, Drill


def test_a_position_is_left_with_the_stop_and_target_the_venue_holds() -> None:
    drill = Drill()
    drill.enter()
    assert drill.desk.left_open == [
        LeftOpen("BTCUSDT", Decimal(10), Decimal("98.87"), Decimal(103), ()),
    ]


def test_an_entry_that_waits_is_left_as_an_order() -> None:
    drill = Drill()
    drill.offer()
    drill.accept(ENTRY)
    (left,) = drill.desk.left_open
    assert (left.signed_quantity, left.stop, left.target) == (Decimal(0), None, None)
    assert left.others == (drill.order(ENTRY).order_id,)


def test_a_stop_that_was_only_sent_is_not_one_the_venue_holds() -> None:
    drill = Drill()
    drill.offer()
    drill.accept(ENTRY)
    drill.fill(ENTRY)
    (left,) = drill.desk.left_open
    assert (left.signed_quantity, left.stop, left.target) == (Decimal(10), None, None)
    assert len(left.others) == 2


def test_a_session_that_closed_everything_leaves_nothing() -> None:
    assert Drill().desk.left_open == []
