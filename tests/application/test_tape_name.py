"""Tests of what a tape's name and first rows tell."""

import pytest

from application.ports.candle_tape import TapeRefused
from application.tape_name import TapeName, name_in, settled_step_ms, settled_symbol


@pytest.mark.parametrize(
    ("file_name", "expected"),
    [
        ("BTCUSDT-1m-2026-11-20.zip", TapeName("BTCUSDT", 60_000)),
        ("ETHUSDT-15m.parquet", TapeName("ETHUSDT", 900_000)),
        ("1000PEPEUSDT-1h-2024.csv", TapeName("1000PEPEUSDT", 3_600_000)),
        ("tape.parquet", TapeName()),
        ("funding-8symbols-to-20241231.parquet", TapeName()),
        ("-1m-x.csv", TapeName(None, 60_000)),
    ],
)
def test_a_name_tells_symbol_and_timeframe_or_nothing(file_name: str, expected: TapeName) -> None:
    assert name_in(file_name) == expected


def test_the_commonest_difference_is_the_length_of_a_candle() -> None:
    assert settled_step_ms("f", None, [0, 60, 120, 600, 660]) == 60
    assert settled_step_ms("f", 60, [0, 60, 60, 0]) == 60
    assert settled_step_ms("f", 60, [0]) == 60
    with pytest.raises(TapeRefused, match="f: neither the name nor the rows"):
        settled_step_ms("f", None, [0])
    with pytest.raises(TapeRefused, match="told to last 60 ms but come every 300 ms"):
        settled_step_ms("f", 60, [0, 300])


def test_all_who_tell_a_symbol_must_agree() -> None:
    assert settled_symbol("f", None, "A", "A", None) == "A"
    with pytest.raises(TapeRefused, match="wrong symbol: expected A, found B"):
        settled_symbol("f", "A", None, "B")
    with pytest.raises(TapeRefused, match="say which it is"):
        settled_symbol("f", None)
