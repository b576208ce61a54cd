"""The protective stop that lies at the venue."""

from decimal import Decimal

from domain.market.direction import Direction
from domain.market.instrument import Instrument
from domain.position.open_trade import OpenTrade


def is_tighter(trade: OpenTrade, new_stop: Decimal, price: Decimal, instrument: Instrument) -> bool:
    """Tell whether a stop may replace the resident one: tighter, and a tick or more short of the price."""
    sign = trade.position.direction.sign
    return (new_stop - trade.stop) * sign >= instrument.tick and (price - new_stop) * sign >= instrument.tick


def rounded_ahead(instrument: Instrument, price: Decimal, direction: Direction) -> Decimal:
    """Put a price on the tick on the side the trade runs to: up for a long."""
    if direction is Direction.LONG:
        return instrument.price_at_or_above(price)
    return instrument.price_at_or_below(price)
