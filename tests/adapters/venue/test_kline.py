"""Candles of every length."""

from datetime import UTC, datetime

import pytest

from adapters.venue.kline import Kline, span_of


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000


@pytest.mark.parametrize(
    ("interval", "moment", "opens", "next_opens"),
    [
        ("1m", "2026-11-22T10:07:31", "2026-11-22T10:07:00", "2026-11-22T10:08:00"),
        ("15m", "2026-11-22T10:07:31", "2026-11-22T10:00:00", "2026-11-22T10:15:00"),
        ("12h", "2026-11-22T10:07:31", "2026-11-22T00:00:00", "2026-11-22T12:00:00"),
        ("1d", "2026-11-22T10:07:31", "2026-11-22T00:00:00", "2026-11-23T00:00:00"),
        ("1w", "2026-11-22T10:07:31", "2026-11-16T00:00:00", "2026-11-23T00:00:00"),
        ("1M", "2026-12-31T10:07:31", "2026-12-01T00:00:00", "2027-01-01T00:00:00"),
    ],
)
def test_a_candle_opens_where_the_venue_opens_it(
    interval: str, moment: str, opens: str, next_opens: str
) -> None:
    assert span_of(interval, at(moment)) == (at(opens), at(next_opens))


def test_a_candle_without_trades_is_flat_and_has_no_trade_numbers() -> None:
    kline = Kline("1m", 0, 600_000)
    assert (kline.first, kline.last, kline.count) == (-1, -1, 0)
    assert kline.open == kline.high == kline.low == kline.close == 600_000
