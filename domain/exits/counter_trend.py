"""Exit 5: the higher trend turned against the position."""

from domain.exits.exit_decision import CloseAll
from domain.exits.exit_rules import ExitRules
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade
from domain.structure.structure_view import StructureView


def counter_trend(
    trade: OpenTrade, view: StructureView, confidence: float | None, rules: ExitRules
) -> CloseAll | None:
    """Leave when the higher trend is against the trade and was not when the setup was found.

    Confidence of 0.80 or more keeps the trade; without a model structure alone decides.
    """
    if confidence is not None and confidence >= rules.counter_trend_confidence:
        return None
    against = -trade.position.direction.sign
    if view.higher.trend != against or trade.plan.setup.higher_trend == against:
        return None
    return CloseAll(ExitReason.COUNTER_TREND, "the higher trend turned against the trade")
