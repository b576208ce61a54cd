"""What is known of before a session: as much as it takes to warm up, of what it trades."""

import pytest

from application.past import WARM_UP_DAYS, Past, past_on
from application.ports.candle_tape import TapeRefused
from application.recorded_tape import RecordedTape
from domain.market.tape_audit import RepairPolicy
from domain.market.timeframe import DAY_MS, MINUTE_MS
from tests.tape_samples import START_MS, ListedPart, steady_candles

NOW_MS = START_MS + (WARM_UP_DAYS * 1_440 + 30) * MINUTE_MS


def tape(symbol: str, count: int = 60) -> RecordedTape:
    candles = steady_candles(count, NOW_MS - count * MINUTE_MS)
    return RecordedTape([ListedPart.of("file", candles, symbol)], RepairPolicy.STANDARD)


def test_only_the_last_days_of_what_is_traded_are_read_in_the_order_of_time() -> None:
    days = WARM_UP_DAYS * 1_440
    past = past_on(
        [tape("BTCUSDT", days + 20), tape("ETHUSDT"), tape("OTHER")], NOW_MS, ["BTCUSDT", "ETHUSDT"]
    )
    assert past.at_ms == NOW_MS
    assert len(past.candles) == days + 60
    opened = [candle.open_time_ms for _, candle in past.candles]
    assert opened == sorted(opened)
    assert opened[0] == NOW_MS - WARM_UP_DAYS * DAY_MS
    assert {symbol: candle.open_time_ms for symbol, candle in past.last.items()} == dict.fromkeys(
        ("BTCUSDT", "ETHUSDT"), NOW_MS - MINUTE_MS
    )


def test_without_tapes_nothing_is_known() -> None:
    assert past_on([], NOW_MS, ["BTCUSDT"]) == Past(NOW_MS, [])


@pytest.mark.parametrize("step_ms", [MINUTE_MS // 2, 5 * MINUTE_MS])
def test_candles_of_another_length_are_no_history(step_ms: int) -> None:
    part = ListedPart("file", [(1, steady_candles(1)[0], START_MS + step_ms - 1)], "BTCUSDT", step_ms)
    with pytest.raises(TapeRefused):
        past_on([RecordedTape([part], RepairPolicy.STANDARD)], NOW_MS, ["BTCUSDT"])
