from dataclasses import replace
from decimal import Decimal

import pytest

from application.protection import is_covered, stands, too_late_to_protect
from domain.position.closed_trade import ExitReason
from tests.application.drill import ENTRY, EXIT, EXITS, STOP, TARGET, Drill
from tests.fakes.structure_engine import OFFERS_A_SHORT


def entered(*, short: bool = False) -> Drill:
    drill = Drill()
    if short:
        drill.enter(OFFERS_A_SHORT)
    else:
        drill.enter()
    return drill


def test_what_the_venue_holds_for_the_whole_position_stands() -> None:
    drill = entered()
    assert stands(drill.book(), drill.trade(), STOP)
    assert stands(drill.book(), drill.trade(), TARGET)
    assert too_late_to_protect(drill.book(), drill.trade(), EXITS) is None


def test_a_stop_at_another_level_does_not_stand() -> None:
    drill = entered()
    assert not stands(drill.book(), replace(drill.trade(), stop=Decimal(99)), STOP)


def test_a_stop_for_less_than_the_position_does_not_stand() -> None:
    drill = entered()
    position = replace(drill.trade().position, quantity=Decimal("10.1"))
    assert not stands(drill.book(), replace(drill.trade(), position=position), STOP)


def test_a_stop_that_was_asked_to_go_does_not_stand() -> None:
    drill = entered()
    stop_id = drill.venue.live(STOP)[0]
    drill.book().orders[stop_id] = drill.book().orders[stop_id].asked_to_cancel()
    assert not stands(drill.book(), drill.trade(), STOP)
    assert too_late_to_protect(drill.book(), drill.trade(), EXITS) is not None


def test_without_any_stop_it_is_too_late() -> None:
    drill = entered()
    del drill.book().orders[drill.venue.live(STOP)[0]]
    decided = too_late_to_protect(drill.book(), drill.trade(), EXITS)
    assert decided is not None
    assert decided.reason is ExitReason.STOP


@pytest.mark.parametrize(
    ("is_short", "stop", "price", "is_late"),
    [
        (False, "99", 99.0, True),
        (False, "99", 99.01, False),
        (True, "101", 101.0, True),
        (True, "101", 100.99, False),
    ],
)
def test_the_price_at_a_stop_that_is_not_held_is_too_late(
    is_short: bool, stop: str, price: float, is_late: bool
) -> None:
    drill = entered(short=is_short)
    drill.book().last_price = price
    decided = too_late_to_protect(drill.book(), replace(drill.trade(), stop=Decimal(stop)), EXITS)
    assert (decided is not None) is is_late


@pytest.mark.parametrize(
    ("is_short", "target", "price", "is_late"),
    [
        (False, "102", 102.0, True),
        (False, "102", 101.99, False),
        (True, "98", 98.0, True),
        (True, "98", 98.01, False),
    ],
)
def test_the_price_at_a_target_that_is_not_held_is_the_target(
    is_short: bool, target: str, price: float, is_late: bool
) -> None:
    drill = entered(short=is_short)
    drill.book().last_price = price
    decided = too_late_to_protect(drill.book(), replace(drill.trade(), target=Decimal(target)), EXITS)
    assert (decided is not None) is is_late
    assert decided is None or decided.reason is ExitReason.TARGET


def test_a_level_that_is_held_is_left_to_the_venue() -> None:
    drill = entered()
    drill.book().last_price = 98.5
    assert too_late_to_protect(drill.book(), drill.trade(), EXITS) is None
    assert not drill.venue.live(EXIT)


def test_only_a_stop_that_the_venue_is_known_to_hold_covers_the_position() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY)
    assert not is_covered(drill.book(), drill.trade())
    drill.accept(TARGET)
    assert not is_covered(drill.book(), drill.trade())
    drill.accept(STOP)
    assert is_covered(drill.book(), drill.trade())


def test_a_stop_for_less_than_the_position_does_not_cover_it() -> None:
    drill = Drill()
    drill.offer()
    drill.fill(ENTRY, "4")
    drill.accept_all()
    drill.fill(ENTRY, "6")
    assert not is_covered(drill.book(), drill.trade())
    drill.accept_all()
    assert is_covered(drill.book(), drill.trade())


def test_a_stop_that_is_refused_again_and_again_is_too_late() -> None:
    drill = entered()
    drill.book().refusals[STOP] = 3
    decided = too_late_to_protect(drill.book(), drill.trade(), EXITS)
    assert decided is not None
    assert decided.reason is ExitReason.UNPROTECTED
