"""Tests of what a generated market may be."""

from decimal import Decimal
from typing import Any

import pytest

from adapters.generator.generator_settings import SIMULATED_SYMBOLS, GeneratorSettings


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"seed": -1}, "must not be negative"),
        ({"candles": -1}, "must not be negative"),
        ({"start_ms": 60_001}, "a whole minute"),
        ({"edge_strength": 1.5}, "between 0 and 1"),
        ({"edge_strength": 0.5, "noise_only": True}, "pure noise has no edge"),
        ({"symbols": SIMULATED_SYMBOLS[:1] * 2}, "a name of its own"),
    ],
)
def test_settings_that_describe_no_market_are_refused(wrong: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        GeneratorSettings(**wrong)


def test_a_symbol_tells_its_grid() -> None:
    symbol = GeneratorSettings().symbol_named("SIMAUSDT")
    assert (symbol.tick_size, symbol.lot_size) == (Decimal("0.1"), Decimal("0.001"))


def test_an_unknown_symbol_is_told_which_there_are() -> None:
    with pytest.raises(KeyError, match="no generated symbol BTCUSDT; there are SIMAUSDT, SIMBUSDT"):
        GeneratorSettings().symbol_named("BTCUSDT")
