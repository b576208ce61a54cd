"""The generated market looks like the real one, by the numbers real markets are known by.

The ranges are those measured on BTCUSDT, ETHUSDT and SOLUSDT spot, 1m, 2022 to mid-2024, one figure per
symbol and year (docs/tapes.md), each widened by about a fifth, clustering a little more. Squared moves have
no finite variance at these tails, so their autocorrelation jumps from sample to sample and has a wide range.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Final

import pytest

from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import GeneratorSettings
from adapters.parquet.parquet_part import ParquetPart
from application.recorded_tape import RecordedTape
from application.tape_facts import TapeFacts
from application.tape_inspection import inspect_tape

CANDLES: Final = 120 * 1440

RANGES: Final = {
    "volatility_bp": (4.0, 25.0),
    "tail_index": (2.3, 3.9),
    "return_memory": (-0.045, 0.045),
    "clustering": (0.27, 0.50),
    "clustering_60": (0.12, 0.30),
    "clustering_day": (0.06, 0.21),
    "squared_clustering": (0.02, 0.60),
    "body_share": (0.42, 0.72),
    "upper_wick_share": (0.14, 0.30),
    "lower_wick_share": (0.14, 0.30),
    "taker_spread": (0.20, 0.62),
    "taker_memory": (0.0, 0.13),
    "taker_lean": (0.35, 0.70),
    "volume_rhythm": (1.5, 3.1),
    "still_share": (0.0, 0.25),
}


def outside(facts: TapeFacts) -> dict[str, float]:
    """Give the facts that lie outside their range."""
    return {
        name: value
        for name, value in asdict(facts).items()
        if not RANGES[name][0] <= value <= RANGES[name][1]
    }


@pytest.mark.parametrize("symbol", ["SIMAUSDT", "SIMDUSDT"])
@pytest.mark.parametrize("mode", ["pure noise", "no edge", "half an edge"])
def test_a_generated_market_has_the_facts_of_a_real_one(mode: str, symbol: str) -> None:
    strength = 0.5 if mode == "half an edge" else 0.0
    settings = GeneratorSettings(
        seed=8, candles=CANDLES, noise_only=mode == "pure noise", edge_strength=strength
    )
    assert outside(inspect_tape(GeneratedTape(settings, symbol)).facts) == {}


@pytest.mark.parametrize("symbol", ["BTCUSDT", "ETHUSDT", "SOLUSDT"])
@pytest.mark.parametrize("year", ["2022", "2023", "2024"])
def test_the_real_market_has_them_too(market_data: Path, symbol: str, year: str) -> None:
    files = sorted((market_data / "spot").glob(f"{symbol}-1m-{year}*.parquet"))
    assert outside(inspect_tape(RecordedTape([ParquetPart(file) for file in files])).facts) == {}
