"""When a connection that still works has to be replaced."""

from random import Random

from adapters.binance.streams.backoff import BackoffRules
from adapters.binance.streams.handover import RotationRules
from adapters.binance.streams.renewal import Renewal, Wanted

HOUR_MS = 3_600_000
ROTATION = RotationRules(rotation_spread_ms=0)


def renewal() -> Renewal:
    return Renewal(ROTATION, BackoffRules(jitter_fraction=0.0), Random(1))


def test_nothing_is_wanted_before_the_day_is_nearly_over() -> None:
    made = renewal()
    made.opened(0)
    assert made.due(23 * HOUR_MS - 1) is None
    assert made.due(23 * HOUR_MS) == Wanted("rotation", is_urgent=False)


def test_before_the_first_connection_nothing_is_due() -> None:
    assert renewal().due(100 * HOUR_MS) is None


def test_the_first_reason_stands_and_urgency_adds_up() -> None:
    made = renewal()
    made.want("silent", is_urgent=False)
    made.want("the key is gone", is_urgent=True)
    assert made.due(0) == Wanted("silent", is_urgent=True)


def test_what_could_not_be_had_is_wanted_again_later() -> None:
    made = renewal()
    made.want("silent", is_urgent=False)
    made.failed(0, 0.0)
    assert made.due(4_999) is None
    assert made.due(5_000) == Wanted("silent", is_urgent=False)
    made.failed(5_000, 0.0)
    assert made.due(14_999) is None
    made.failed(15_000, 600.0)
    assert made.due(614_999) is None


def test_what_was_had_is_wanted_no_more() -> None:
    made = renewal()
    made.want("silent", is_urgent=False)
    made.opened(0)
    assert made.due(HOUR_MS) is None


def test_a_worse_connection_is_tried_again_two_minutes_later() -> None:
    made = renewal()
    made.opened(0)
    made.want("silent", is_urgent=False)
    made.abandoned(10_000)
    assert made.due(129_999) is None
    assert made.due(130_000) == Wanted("rotation", is_urgent=False)
