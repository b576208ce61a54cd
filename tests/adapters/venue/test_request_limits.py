"""Windows of the UTC clock, and bans that grow."""

import pytest

from adapters.venue.request_limits import Limits, RequestLimits
from adapters.venue.request_refused import RequestRefused
from domain.market.timeframe import DAY_MS, MINUTE_MS

AT = 20 * MINUTE_MS


def test_a_window_ends_with_the_minute_of_the_clock_not_a_minute_later() -> None:
    limits = RequestLimits(Limits(weight_per_minute=10))
    limits.spend(10, AT + MINUTE_MS - 1)
    with pytest.raises(RequestRefused):
        limits.spend(1, AT + MINUTE_MS - 1)
    limits.spend(10, AT + MINUTE_MS)
    assert limits.used_weight(AT + MINUTE_MS) == 10


def test_refused_requests_cost_their_weight_too() -> None:
    limits = RequestLimits(Limits(weight_per_minute=10))
    with pytest.raises(RequestRefused):
        limits.spend(40, AT)
    assert limits.used_weight(AT) == 40


def test_each_ban_is_twice_as_long_up_to_three_days() -> None:
    limits = RequestLimits(Limits())
    at_ms, lengths = AT, []
    for _ in range(14):
        limits.ban(at_ms)
        lengths.append(limits.banned_until_ms - at_ms)
        at_ms = limits.banned_until_ms
    assert lengths[:3] == [2 * MINUTE_MS, 4 * MINUTE_MS, 8 * MINUTE_MS]
    assert lengths[-1] == 3 * DAY_MS


def test_order_counts_have_two_windows() -> None:
    limits = RequestLimits(Limits(orders_per_ten_seconds=2, orders_per_minute=3))
    limits.spend_orders(1, 1, AT)
    limits.spend_orders(1, 1, AT)
    with pytest.raises(RequestRefused, match="2 orders per 10 SECONDS"):
        limits.spend_orders(1, 1, AT)
    limits.spend_orders(1, 1, AT + 10_000)
    with pytest.raises(RequestRefused, match="3 orders per MINUTE"):
        limits.spend_orders(1, 1, AT + 20_000)


def test_the_header_that_tells_how_long_to_wait_can_be_left_out() -> None:
    limits = RequestLimits(Limits(weight_per_minute=0, does_tell_retry_after=False))
    with pytest.raises(RequestRefused) as refused:
        limits.spend(1, AT)
    assert refused.value.headers == {}
