"""The readable way to lead shadows: each through every candle, whatever it is."""

from application.symbol_shadows import SymbolShadows, _Growing
from domain.learning.shadow_calm import AT_PEACE, RESTLESS
from domain.learning.shadow_trade import ShadowStep
from domain.market.candle import Candle


class WatchfulShadows(SymbolShadows):
    """Takes no shadow for calm: `after_candle` is asked of each at every candle."""

    def _sleeps_on(self, one: _Growing, step: ShadowStep) -> bool:  # noqa: ARG002 - nobody ever sleeps
        return False

    def _settle_after(self, candle: Candle) -> None:
        super()._settle_after(candle)
        self._calm = RESTLESS if self._growing else AT_PEACE
