"""What can be traded how: the venue's rules where they were told, else what the candles show."""

from decimal import Decimal

import pytest

from application.ports.candle_tape import TapeRefused
from application.recorded_tape import RecordedTape
from application.tape_instruments import instrument_of_tape, instruments_of
from domain.market.tape_audit import RepairPolicy
from tests.application.drill import instrument
from tests.tape_samples import ListedPart, steady_candles


def tape(symbol: str) -> RecordedTape:
    return RecordedTape([ListedPart.of("file", steady_candles(60), symbol)], RepairPolicy.STANDARD)


def test_rules_that_were_told_are_taken_as_they_are() -> None:
    told = {symbol: instrument(symbol) for symbol in ("ETHUSDT", "BTCUSDT", "SOLUSDT")}
    found = instruments_of([tape("BTCUSDT"), tape("ETHUSDT")], told, "info.json")
    assert found == {symbol: told[symbol] for symbol in ("BTCUSDT", "ETHUSDT")}


def test_a_symbol_without_rules_is_refused() -> None:
    with pytest.raises(TapeRefused, match="has no rules for BTCUSDT"):
        instruments_of([tape("BTCUSDT")], {}, "info.json")


def test_without_rules_the_grid_is_seen_on_the_candles() -> None:
    found = instruments_of([tape("BTCUSDT")], None, "")
    assert found["BTCUSDT"].symbol == "BTCUSDT"
    assert found["BTCUSDT"].tick > Decimal(0)


def test_a_tape_without_candles_shows_no_grid() -> None:
    impossible = [candle._replace(high=1.0) for candle in steady_candles(5)]
    dropped = RecordedTape([ListedPart.of("file", impossible)], RepairPolicy.REPAIR)
    with pytest.raises(TapeRefused, match="holds no candle that can be used"):
        instrument_of_tape(dropped)
