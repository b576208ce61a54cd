"""The rules a simulated venue has for an invented symbol."""

from decimal import Decimal
from typing import Final

from adapters.generator.generator_settings import SimulatedSymbol
from domain.market.instrument import Instrument

_MIN_NOTIONAL: Final = Decimal(5)
_MOST_LOTS: Final = 10**7


def instrument_of(symbol: SimulatedSymbol) -> Instrument:
    """Give the grid of a symbol; quantities as large as a small account could ever want."""
    most = symbol.lot_size * _MOST_LOTS
    return Instrument(
        symbol=symbol.name,
        tick=symbol.tick_size,
        lot=symbol.lot_size,
        min_quantity=symbol.lot_size,
        max_quantity=most,
        max_market_quantity=most,
        min_notional=_MIN_NOTIONAL,
    )
