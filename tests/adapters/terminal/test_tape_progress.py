from adapters.generator.generated_tape import GeneratedTape
from adapters.generator.generator_settings import made_up_market
from adapters.terminal.tape_progress import TapeProgress
from domain.market.timeframe import MINUTE_MS

MARKET = made_up_market(seed=1, symbols=1, days=1, edge_strength=0.0, is_noise=True)
TAPE = GeneratedTape(MARKET, MARKET.symbols[0].name)


def test_a_followed_tape_is_the_same_tape() -> None:
    with TapeProgress("read") as progress:
        followed = progress.follow(TAPE)
        assert (followed.symbol, followed.step_ms, followed.length) == (
            TAPE.symbol,
            TAPE.step_ms,
            TAPE.length,
        )
        assert list(followed.candles()) == list(TAPE.candles())


def test_a_followed_reading_is_as_long_as_its_window() -> None:
    window = (MARKET.start_ms + 10 * MINUTE_MS, MARKET.start_ms + 40 * MINUTE_MS)
    with TapeProgress("read") as progress:
        reading = progress.follow(TAPE).read(*window)
        assert reading.length == 30
        assert list(reading.candles) == list(TAPE.candles(*window))
        assert reading.audit.candles == 30
