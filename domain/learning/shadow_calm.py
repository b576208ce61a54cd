"""Between which prices a shadow is surely left alone."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from math import inf
from typing import Final, NamedTuple

from domain.exits.calm import outlasts_bar
from domain.learning.shadow_fill import filled_beyond
from domain.learning.shadow_trade import ShadowTerms, ShadowTrade
from domain.market.candle import Candle
from domain.market.direction import Direction
from domain.setup.entry_model import spoiled
from domain.setup.setup_rules import EntryStyle
from domain.structure.structure_view import StructureView


class ShadowCalm(NamedTuple):
    """A candle strictly between `below` and `above` that closes before `until_ms` only moves a shadow on.

    That is so unless it comes after a gap or after funding; of a base bar, `sleeps_through_bar` tells.
    """

    below: float
    above: float
    until_ms: int

    def holds(self, candle: Candle, closed_at_ms: int) -> bool:
        """Tell whether a candle stays inside."""
        return self.below < candle.low and candle.high < self.above and closed_at_ms < self.until_ms


NEVER_MS: Final = 2**63
AT_PEACE: Final = ShadowCalm(-inf, inf, NEVER_MS)
RESTLESS: Final = ShadowCalm(inf, -inf, 0)


def shadow_calm(shadow: ShadowTrade, terms: ShadowTerms) -> ShadowCalm:
    """Give the calm of a shadow: away from its entry while it waits, else from stop, target and exits."""
    if shadow.trade is None:
        return _calm_of_waiting(shadow, terms)
    calm = shadow.calm
    if calm is None or shadow.leaving is not None:
        return RESTLESS
    stop, target = float(shadow.trade.stop), float(shadow.trade.target)
    low, high = (stop, target) if stop < target else (target, stop)
    return ShadowCalm(max(low, calm.low), min(high, calm.high), calm.until_ms)


def _calm_of_waiting(shadow: ShadowTrade, terms: ShadowTerms) -> ShadowCalm:
    if terms.setup.entry is EntryStyle.MARKET:
        return RESTLESS
    fills = filled_beyond(shadow.plan, terms.instrument)
    is_long = shadow.plan.setup.direction is Direction.LONG
    return AT_PEACE._replace(below=fills) if is_long else AT_PEACE._replace(above=fills)


def common_calm(calms: Iterable[ShadowCalm]) -> ShadowCalm:
    """Give the calm that several shadows have in common."""
    below, above, until_ms = AT_PEACE
    for calm in calms:
        below, above, until_ms = max(below, calm.below), min(above, calm.above), min(until_ms, calm.until_ms)
    return ShadowCalm(below, above, until_ms)


def sleeps_through_bar(
    shadow: ShadowTrade, view: StructureView | None, confidence: float | None, terms: ShadowTerms
) -> bool:
    """Tell whether a shadow that a candle left calm stays so although it ended a base bar."""
    trade, calm = shadow.trade, shadow.calm
    if trade is None:
        return view is not None and spoiled(shadow.plan.setup, view, terms.setup) is None
    if calm is None or (view is not None and confidence is not None):
        return False
    return outlasts_bar(calm, trade, view, terms.exits)


def moved_on(shadow: ShadowTrade, next_open_ms: int, last_price: Decimal) -> ShadowTrade:
    """Give a shadow after candles that left it calm."""
    return replace(shadow, next_open_ms=next_open_ms, last_price=last_price)
