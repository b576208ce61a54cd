"""The readable way to lead shadows: each through every candle, whatever it is."""

from application.growing_shadows import Growing, GrowingShadows
from application.shadow_rules import ShadowRules
from application.symbol_shadows import SymbolShadows
from domain.learning.shadow_calm import AT_PEACE, RESTLESS
from domain.learning.shadow_trade import ShadowStep
from domain.market.candle import Candle
from domain.market.instrument import Instrument


class WatchfulShadows(SymbolShadows):
    """Takes no shadow for calm: `after_candle` is asked of each at every candle."""

    def _nothing_growing(self, instrument: Instrument, rules: ShadowRules) -> GrowingShadows:
        return _Watched(instrument, rules)


class _Watched(GrowingShadows):
    def settle_after(self, candle: Candle) -> None:
        super().settle_after(candle)
        self.calm = RESTLESS if len(self) else AT_PEACE

    def _sleeps_on(self, one: Growing, step: ShadowStep) -> bool:  # noqa: ARG002 - nobody ever sleeps
        return False
