"""Tests of generated tapes: the same everywhere, on the grid, and without any edge where none is wanted."""

import hashlib

import numpy as np
import pytest

from adapters.generator.generated_tape import CHUNK, GeneratedTape
from adapters.generator.generator_settings import SIMULATED_SYMBOLS, GeneratorSettings, SimulatedSymbol
from adapters.generator.steady_arithmetic import Floats
from domain.market.timeframe import DAY_MS, MINUTE_MS
from tests.adapters.generator.generated_columns import column, correlation

NOISE = GeneratorSettings(seed=3, candles=20 * CHUNK, noise_only=True)


def test_the_same_seed_gives_the_same_tape_to_the_last_bit_on_every_machine() -> None:
    digest = hashlib.sha256()
    for mode in ({"noise_only": True}, {}, {"edge_strength": 1.0}):
        tape = GeneratedTape(GeneratorSettings(seed=1, candles=CHUNK + 5, **mode), "SIMDUSDT")
        for part in tape.arrays():
            for values in part.columns():
                digest.update(np.ascontiguousarray(values).astype("<f8").tobytes())
    assert digest.hexdigest()[:16] == "73398f19cf766d7e"


def test_another_seed_gives_another_tape() -> None:
    one, other = (GeneratedTape(GeneratorSettings(seed=seed, candles=5), "SIMAUSDT") for seed in (1, 2))
    assert list(one.candles()) != list(other.candles())


def test_more_symbols_change_nothing_in_those_that_were_there() -> None:
    alone = GeneratorSettings(candles=50, symbols=SIMULATED_SYMBOLS[1:2])
    assert list(GeneratedTape(alone, "SIMBUSDT").candles()) == list(
        GeneratedTape(GeneratorSettings(candles=50), "SIMBUSDT").candles()
    )


def test_a_longer_tape_begins_with_the_shorter_one() -> None:
    short = list(GeneratedTape(GeneratorSettings(candles=100), "SIMAUSDT").candles())
    long = GeneratedTape(GeneratorSettings(candles=2 * CHUNK), "SIMAUSDT")
    assert list(long.candles(until_ms=long.span_ms[0] + 100 * MINUTE_MS)) == short


def test_a_window_of_a_fresh_tape_is_that_of_one_read_from_the_start() -> None:
    settings = GeneratorSettings(candles=3 * CHUNK, edge_strength=0.5)
    fresh, read = GeneratedTape(settings, "SIMCUSDT"), GeneratedTape(settings, "SIMCUSDT")
    whole = list(read.candles())
    from_ms = settings.start_ms + (2 * CHUNK - 7) * MINUTE_MS
    assert list(fresh.candles(from_ms, from_ms + 20 * MINUTE_MS)) == whole[2 * CHUNK - 7 : 2 * CHUNK + 13]
    assert list(read.candles(from_ms, from_ms + 20 * MINUTE_MS)) == whole[2 * CHUNK - 7 : 2 * CHUNK + 13]


def test_an_empty_tape_gives_nothing() -> None:
    tape = GeneratedTape(GeneratorSettings(candles=0), "SIMAUSDT")
    assert list(tape.candles()) == []
    assert list(tape.read().candles) == []
    assert list(tape.planted()) == []


@pytest.mark.parametrize("symbol", [symbol.name for symbol in SIMULATED_SYMBOLS])
@pytest.mark.parametrize("edge_strength", [0.0, 1.0])
def test_every_candle_is_possible_in_its_place_and_on_the_grid(symbol: str, edge_strength: float) -> None:
    settings = GeneratorSettings(
        seed=9, candles=CHUNK + 99, edge_strength=edge_strength, symbols=SIMULATED_SYMBOLS
    )
    tape = GeneratedTape(settings, symbol)
    reading = tape.read()
    assert sum(1 for _ in reading.candles) == tape.length
    assert (reading.audit.dropped, reading.audit.missing_candles) == (0, 0)
    grid = settings.symbol_named(symbol)
    for name, decimals in (("high", grid.price_decimals), ("taker_buy_volume", grid.volume_decimals)):
        values = column(tape, name)
        assert (np.round(values, decimals) == values).all()


def test_a_market_that_falls_forever_turns_at_a_tenth_of_its_first_price() -> None:
    wild = SimulatedSymbol("WILDUSDT", 0.6, 5, 0, 150.0, 0.5, 1_000.0)
    tape = GeneratedTape(GeneratorSettings(candles=15 * CHUNK, symbols=(wild,), noise_only=True), "WILDUSDT")
    closes = column(tape, "close")
    assert closes.min() >= 0.99 * 0.06
    assert closes.max() <= 1.01 * 6.0
    assert closes.min() < 0.1 or closes.max() > 4.0
    assert (column(tape, "low") > 0.0).all()


def _moves(tape: GeneratedTape) -> Floats:
    closes = column(tape, "close")
    return np.clip(np.diff(closes) / closes[:-1], -0.002, 0.002)


@pytest.mark.parametrize("symbol", ["SIMAUSDT", "SIMDUSDT"])
def test_in_pure_noise_nothing_past_tells_the_sign_of_what_comes(symbol: str) -> None:
    tape = GeneratedTape(NOISE, symbol)
    moves = _moves(tape)
    bought = column(tape, "taker_buy_volume")[1:] / column(tape, "volume")[1:] - 0.5
    closes, lows, highs = column(tape, "close"), column(tape, "low"), column(tape, "high")
    wicks = ((closes - lows) / np.maximum(highs - lows, 1e-9))[1:]
    trend = np.convolve(moves, np.ones(60), "full")[: len(moves)]
    error = len(moves) ** -0.5
    for past in (moves, np.sign(moves), bought, wicks, trend):
        assert abs(correlation(past[:-1], moves[1:])) < 4.0 * error
        assert abs(correlation(past[:-1], np.sign(moves[1:]))) < 4.0 * error
    assert list(tape.planted()) == []


def test_in_pure_noise_what_follows_a_swept_low_pays_nothing() -> None:
    tape = GeneratedTape(NOISE, "SIMBUSDT")
    closes, lows = column(tape, "close"), column(tape, "low")
    levels = np.lib.stride_tricks.sliding_window_view(lows, 120).min(axis=1)[:-91]
    swept = np.flatnonzero((lows[120:-90] < levels) & (closes[120:-90] > levels)) + 120
    after = (closes[swept + 90] - closes[swept]) / closes[swept]
    assert len(swept) > 500
    assert abs(after.mean()) < 4.0 * after.std() * (90.0 / len(swept)) ** 0.5


def test_pure_noise_still_clusters() -> None:
    sizes = np.abs(_moves(GeneratedTape(NOISE, "SIMAUSDT")))
    assert correlation(sizes[:-1], sizes[1:]) > 0.2
    assert correlation(sizes[:-1440], sizes[1440:]) > 0.03


def test_symbols_move_together() -> None:
    moves = [_moves(GeneratedTape(NOISE, symbol.name)) for symbol in SIMULATED_SYMBOLS[:3]]
    assert 0.75 < correlation(moves[0], moves[1]) < 0.9
    assert 0.55 < correlation(moves[0], moves[2]) < 0.8


def test_busy_hours_and_quiet_weekends_are_those_of_the_calendar() -> None:
    tape = GeneratedTape(NOISE, "SIMAUSDT")
    volumes, times = column(tape, "volume"), column(tape, "open_time_ms")
    hours = times // (60 * MINUTE_MS) % 24
    by_hour = [volumes[hours == hour].mean() for hour in range(24)]
    assert int(np.argmax(by_hour)) in (14, 15)
    assert int(np.argmin(by_hour)) in (3, 4, 5, 6)
    weekend = (times // DAY_MS + 3) % 7 >= 5
    assert 0.4 < volumes[weekend].mean() / volumes[~weekend].mean() < 0.9
