"""What a generated market looks like, and whether there is anything in it to find."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from domain.market.timeframe import DAY_MS, MINUTE_MS

STEP_MS: Final = MINUTE_MS
FIRST_MONDAY_MS: Final = 1_704_067_200_000
"""2024-01-01T00:00 UTC."""


@dataclass(frozen=True, slots=True)
class SimulatedSymbol:
    """One invented instrument: its price, its grid and how it moves.

    `volatility_bp` is the typical one-minute move in basis points, `market_share` the correlation of its
    quiet returns with the market's, `quote_per_minute` the median turnover of a minute in quote currency.
    """

    name: str
    first_price: float
    price_decimals: int
    volume_decimals: int
    volatility_bp: float
    market_share: float
    quote_per_minute: float

    @property
    def tick_size(self) -> Decimal:
        """The smallest step of the price."""
        return Decimal(1).scaleb(-self.price_decimals)

    @property
    def lot_size(self) -> Decimal:
        """The smallest step of the volume."""
        return Decimal(1).scaleb(-self.volume_decimals)


SIMULATED_SYMBOLS: Final = (
    SimulatedSymbol("SIMAUSDT", 60_000.0, 1, 3, 4.3, 0.975, 1_500_000.0),
    SimulatedSymbol("SIMBUSDT", 3_000.0, 2, 3, 5.6, 0.94, 900_000.0),
    SimulatedSymbol("SIMCUSDT", 150.0, 3, 2, 9.0, 0.82, 300_000.0),
    SimulatedSymbol("SIMDUSDT", 0.6, 5, 0, 8.0, 0.78, 120_000.0),
    SimulatedSymbol("SIMEUSDT", 25.0, 3, 1, 10.0, 0.75, 90_000.0),
    SimulatedSymbol("SIMFUSDT", 0.08, 6, 0, 12.0, 0.7, 60_000.0),
)
"""No real market bears these names, so that nobody takes a generated candle for a real one."""


@dataclass(frozen=True, slots=True)
class GeneratorSettings:
    """A generated market: the same settings give the same candles.

    `noise_only` takes away every drift, range and stop run: nothing past tells the sign of what comes.
    `edge_strength` from 0 to 1 is how far price drifts on after a planted stop run, displacement and return
    with large traders behind it; without them it comes back a little.
    """

    seed: int = 7
    symbols: tuple[SimulatedSymbol, ...] = field(default=SIMULATED_SYMBOLS[:4])
    start_ms: int = FIRST_MONDAY_MS
    candles: int = 60 * DAY_MS // STEP_MS
    noise_only: bool = False
    edge_strength: float = 0.0

    def __post_init__(self) -> None:
        """Refuse settings that describe no market. Raises ValueError."""
        if self.seed < 0 or self.candles < 0 or self.start_ms < 0:
            raise ValueError("seed, candles and start_ms must not be negative")
        if self.start_ms % STEP_MS:
            raise ValueError("start_ms must be a whole minute")
        if not 0.0 <= self.edge_strength <= 1.0:
            raise ValueError("edge_strength must lie between 0 and 1")
        if self.noise_only and self.edge_strength > 0.0:
            raise ValueError("pure noise has no edge: leave edge_strength at 0 or noise_only off")
        if len({symbol.name for symbol in self.symbols}) != len(self.symbols):
            raise ValueError("every symbol must have a name of its own")

    def symbol_named(self, name: str) -> SimulatedSymbol:
        """Find a symbol. Raises KeyError with the names that exist."""
        for symbol in self.symbols:
            if symbol.name == name:
                return symbol
        raise KeyError(f"no generated symbol {name}; there are {', '.join(one.name for one in self.symbols)}")


def made_up_market(
    seed: int, symbols: int, days: int, edge_strength: float, *, is_noise: bool
) -> GeneratorSettings:
    """Give a market of the first few invented symbols; noise wins over an edge."""
    return GeneratorSettings(
        seed=seed,
        symbols=SIMULATED_SYMBOLS[:symbols],
        candles=days * DAY_MS // STEP_MS,
        noise_only=is_noise,
        edge_strength=0.0 if is_noise else edge_strength,
    )
