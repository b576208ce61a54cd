"""How shadows are led, and what funding they pay."""

from dataclasses import dataclass
from decimal import Decimal

from application.desk_rules import DeskRules
from application.ports.beliefs import Beliefs
from domain.market.funding import FUNDING_INTERVAL_MS, next_funding_ms
from domain.market.timeframe import MINUTE_MS


@dataclass(frozen=True, slots=True)
class SteadyFunding:
    """The same rate, paid by longs, at every full interval counted from 00:00 UTC."""

    rate: Decimal = Decimal("0.0001")
    interval_ms: int = FUNDING_INTERVAL_MS

    def settled(self, after_ms: int, until_ms: int) -> Decimal:
        """Give what fell due after one moment and until another, as one rate."""
        return self.rate * (until_ms // self.interval_ms - after_ms // self.interval_ms)

    def due_ms(self, after_ms: int) -> int:
        """Tell when the next rate after a moment falls due."""
        return next_funding_ms(after_ms, self.interval_ms)


@dataclass(frozen=True, slots=True)
class ShadowRules:
    """What setups are looked for and how their shadows are led, as a desk would trade them.

    `step_ms` is the length of the candles told.
    """

    desk: DeskRules
    beliefs: Beliefs
    funding: SteadyFunding = SteadyFunding()
    step_ms: int = MINUTE_MS
