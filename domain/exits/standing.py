"""How an open trade stands at a price."""

from decimal import Decimal
from typing import Final, NamedTuple

from domain.exits.exit_decision import Moment
from domain.exits.exit_rules import ThresholdUnit
from domain.exits.open_profit import open_margin, open_profit, open_risk
from domain.market.trading_costs import TradingCosts
from domain.position.open_trade import OpenTrade

_HUNDRED: Final = Decimal(100)


class Standing(NamedTuple):
    """Net profit, R and margin of the open part, and what is believed of it now, None without a model."""

    profit: Decimal
    risk: Decimal
    margin: Decimal
    confidence: float | None

    def amount(self, threshold: Decimal, unit: ThresholdUnit) -> Decimal:
        """Turn a threshold into quote currency."""
        if unit is ThresholdUnit.R:
            return threshold * self.risk
        return threshold * self.margin / _HUNDRED

    @property
    def profit_in_words(self) -> str:
        """Tell profit or loss in R."""
        return f"{self.profit / self.risk:.2f} R" if self.risk else f"{self.profit:.2f}"


def standing_of(trade: OpenTrade, moment: Moment, costs: TradingCosts) -> Standing:
    """Tell how a trade stands at a moment."""
    return Standing(
        profit=open_profit(trade, moment.price, costs),
        risk=open_risk(trade),
        margin=open_margin(trade),
        confidence=believed(trade),
    )


def believed(trade: OpenTrade) -> float | None:
    """Give the latest confidence in a trade, that of its entry before any score, None without a model."""
    scores = trade.confidences
    return scores[-1].confidence if scores else trade.plan.confidence
