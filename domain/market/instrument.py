"""A symbol's grid of prices and quantities; the one place where charts become money."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Final

from domain.market.candle import Candle
from domain.market.leverage_bracket import CAUTIOUS_BRACKETS, LeverageBracket, bracket_of

MOST_DECIMALS_SEEN: Final = 8
USUAL_MIN_NOTIONAL: Final = Decimal(5)
GENEROUS_LOTS: Final = 10**12

_NOTHING: Final = Decimal(0)
_UNBOUNDED: Final = Decimal("Infinity")


@dataclass(frozen=True, slots=True)
class Instrument:
    """The venue's rules for one symbol; all of them from the venue, or inferred from a tape.

    A limit price lies between `min_price` and `max_price`; one that sells is at least the mark price
    times `lowest_sell_to_mark`, one that buys at most the mark price times `highest_buy_to_mark`.
    `trigger_gap_to_mark` is how far last and mark price may lie apart, as a fraction, for a protected
    trigger to act.

    A float from a chart is taken at its shortest decimal spelling, so a price that lies on the
    tick grid gives exactly that tick. Prices that are not finite raise ValueError.
    """

    symbol: str
    tick: Decimal
    lot: Decimal
    min_quantity: Decimal
    max_quantity: Decimal
    max_market_quantity: Decimal
    min_notional: Decimal
    brackets: tuple[LeverageBracket, ...] = CAUTIOUS_BRACKETS
    min_price: Decimal = _NOTHING
    max_price: Decimal = _UNBOUNDED
    lowest_sell_to_mark: Decimal = _NOTHING
    highest_buy_to_mark: Decimal = _UNBOUNDED
    trigger_gap_to_mark: Decimal = _UNBOUNDED

    def nearest_price(self, price: float | Decimal) -> Decimal:
        """Give the tick nearest to a price; halfway goes to the even tick."""
        return self._on_grid(price, ROUND_HALF_EVEN)

    def price_at_or_below(self, price: float | Decimal) -> Decimal:
        """Give the highest tick that is not above a price."""
        return self._on_grid(price, ROUND_FLOOR)

    def price_at_or_above(self, price: float | Decimal) -> Decimal:
        """Give the lowest tick that is not below a price."""
        return self._on_grid(price, ROUND_CEILING)

    def quantity_at_most(self, quantity: Decimal) -> Decimal:
        """Round a quantity down to the lot, capped at what one market order could close again."""
        most = min(self.max_quantity, self.max_market_quantity)
        wanted = min(max(quantity, _NOTHING), most)
        return ((wanted / self.lot).to_integral_value(ROUND_FLOOR) * self.lot).quantize(self.lot)

    def fits(self, quantity: Decimal) -> bool:
        """Tell whether a quantity is on the lot and not below the least one."""
        return quantity >= self.min_quantity and not quantity % self.lot

    def quantity_at_least(self, quantity: Decimal) -> Decimal:
        """Round a quantity up to the lot, and to the least one; for what is cut to what is held anyway."""
        lots = (max(quantity, self.min_quantity) / self.lot).to_integral_value(ROUND_CEILING)
        return (lots * self.lot).quantize(self.lot)

    def bracket_at(self, notional: Decimal) -> LeverageBracket:
        """Give the margin bracket a position of this notional falls into; the last one has no end."""
        return bracket_of(notional, self.brackets)

    def max_leverage_at(self, notional: Decimal) -> int:
        """Give the highest leverage the venue allows a position of this notional."""
        return self.bracket_at(notional).max_leverage

    def _on_grid(self, price: float | Decimal, rounding: str) -> Decimal:
        exact = _exactly(price)
        if not exact.is_finite():
            raise ValueError(f"{price} is no price of {self.symbol}")
        rounded = exact.quantize(self.tick, rounding)
        if not rounded % self.tick:
            return rounded
        return ((exact / self.tick).to_integral_value(rounding) * self.tick).quantize(self.tick)


def changes_between(before: Instrument, after: Instrument) -> str:
    """Say in words which of a symbol's rules are others."""
    named = [
        f"{part.name} {getattr(before, part.name)} is now {getattr(after, part.name)}"
        for part in fields(before)
        if part.name != "brackets" and getattr(before, part.name) != getattr(after, part.name)
    ]
    return "; ".join(named + ["other margin brackets"] * (before.brackets != after.brackets))


def instrument_seen_on(symbol: str, candles: Iterable[Candle]) -> Instrument:
    """Infer a symbol's grid from a sample of its candles, for tapes that come without the venue's rules.

    Tick and lot are one unit of the last decimal place that any price, or any volume, of the
    sample uses, at most eight. The rest is usual or generous: least notional 5, least quantity one
    lot, a trillion lots at most, cautious margin brackets. Raises ValueError on an empty sample.
    """
    sample = tuple(candles)
    if not sample:
        raise ValueError(f"no candle of {symbol} to infer its grid from")
    tick = _last_place(price for candle in sample for price in candle[1:5])
    lot = _last_place(candle.volume for candle in sample)
    most = lot * GENEROUS_LOTS
    return Instrument(symbol, tick, lot, lot, most, most, USUAL_MIN_NOTIONAL)


def _exactly(price: float | Decimal) -> Decimal:
    return price if isinstance(price, Decimal) else Decimal(repr(float(price)))


def _last_place(numbers: Iterable[float]) -> Decimal:
    most = max(_decimals_of(number) for number in set(numbers))
    return Decimal(1).scaleb(-min(most, MOST_DECIMALS_SEEN))


def _decimals_of(number: float) -> int:
    exponent = _exactly(number).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
