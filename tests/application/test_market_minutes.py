from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from application.market_minutes import Busy, EveryCandle, Minute
from domain.market.candle import Candle

MARKET = st.lists(st.tuples(st.integers(0, 8), st.sampled_from(["BTCUSDT", "ETHUSDT"])))


def minutes_of(market: list[tuple[str, Candle]], busy: Busy = MappingProxyType({})) -> list[Minute]:
    minutes = EveryCandle(market)
    given_so_far = []
    while (minute := minutes.next_minute(busy)) is not None:
        given_so_far.append(minute)
    assert minutes.next_minute(busy) is None
    return given_so_far


@given(MARKET)
def test_minutes_hold_every_candle_once_in_order(drawn: list[tuple[int, str]]) -> None:
    market = [(symbol, Candle(minute, 1.0, 1.0, 1.0, 1.0, 1.0)) for minute, symbol in sorted(drawn)]
    minutes = minutes_of(market)
    assert [one for minute in minutes for one in minute.candles] == market
    assert [minute.closes for minute in minutes] == [minute.candles for minute in minutes]
    assert [minute.opened_ms for minute in minutes] == sorted({minute for minute, _ in drawn})
    assert not any(minute.late for minute in minutes)
    for minute in minutes:
        assert {candle.open_time_ms for _, candle in minute.candles} == {minute.opened_ms}


def test_whoever_is_busy_makes_no_difference() -> None:
    market = [("BTCUSDT", Candle(minute, 1.0, 1.0, 1.0, 1.0, 1.0)) for minute in range(3)]
    assert minutes_of(market, busy={"BTCUSDT": None}) == minutes_of(market)
