"""How a setup is to be traded."""

from dataclasses import dataclass, replace
from decimal import Decimal

from domain.market.wallet_unit import in_wallet_units
from domain.setup.setup import Setup


@dataclass(frozen=True, slots=True)
class TradePlan:
    """A setup with its size, fixed before the entry is sent.

    `planned_loss` is R: the loss at the initial stop for the whole quantity, entry and exit fees
    and slippage included. `confidence` is None without a model; such a trade is exploration.
    """

    setup: Setup
    quantity: Decimal
    leverage: int
    initial_margin: Decimal
    planned_loss: Decimal
    kelly_multiplier: float
    confidence: float | None
    is_exploration: bool

    def scaled_to(self, quantity: Decimal) -> "TradePlan":
        """Give the plan of the part that filled; margin and planned loss shrink with the quantity."""
        return replace(
            self,
            quantity=quantity,
            initial_margin=in_wallet_units(self.initial_margin * quantity / self.quantity),
            planned_loss=in_wallet_units(self.planned_loss * quantity / self.quantity),
        )
