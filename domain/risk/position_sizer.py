"""How much of the account a trade may use."""

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from domain.allowed_range import require_above_zero
from domain.market.instrument import Instrument
from domain.refusal import Refusal, RefusalReason

_MULTIPLIER_STEP: Final = Decimal("0.000001")


def kelly_multiplier(confidence: float) -> float:
    """Give twice the Kelly fraction at even money: (confidence - 0.5) * 4.

    0.75 gives 1, certainty 2, and 0.5 or less nothing to bet on.
    """
    return (confidence - 0.5) * 4.0


@dataclass(frozen=True, slots=True)
class SizingRules:
    """Fractions of equity a single trade may use. Raises ValueError for numbers that make no sense.

    `exploration_multiplier` stands in for Kelly's while no model has proven itself.
    """

    margin_fraction: Decimal = Decimal("0.05")
    max_margin_fraction: Decimal = Decimal("0.10")
    max_notional_fraction: Decimal = Decimal("0.50")
    exploration_multiplier: float = 0.25

    def __post_init__(self) -> None:
        require_above_zero("margin_fraction", self.margin_fraction, 1)
        require_above_zero("max_margin_fraction", self.max_margin_fraction, 1)
        require_above_zero("max_notional_fraction", self.max_notional_fraction, 10)
        require_above_zero("exploration_multiplier", self.exploration_multiplier, 2)


@dataclass(frozen=True, slots=True)
class Sizing:
    """A size and every figure it came from; amounts in quote currency.

    `notional` and `margin` are those of the quantity on the lot, never above the wanted ones.
    """

    equity: Decimal
    kelly_multiplier: float
    leverage: int
    margin_fraction: Decimal
    wanted_margin: Decimal
    wanted_notional: Decimal
    max_notional: Decimal
    quantity: Decimal
    notional: Decimal
    margin: Decimal

    def in_words(self) -> str:
        """Tell the arithmetic in one line."""
        percent = self.margin_fraction * 100
        return (
            f"equity {self.equity:.2f} x {percent:.2f} % (Kelly {self.kelly_multiplier:.2f})"
            f" = margin {self.wanted_margin:.2f}; x leverage {self.leverage}, at most {self.max_notional:.2f}"
            f" = notional {self.wanted_notional:.2f}; quantity {self.quantity} = notional {self.notional:.2f}"
            f" on margin {self.margin:.2f}"
        )


class PositionSizer:
    """Sizes a trade by Kelly, within fixed fractions of equity."""

    def __init__(self, rules: SizingRules) -> None:
        self._rules = rules

    def margin_fraction(self, kelly_multiplier: float) -> Decimal:
        """Give the share of equity to put up: 5 % x multiplier, at most 10 %; nothing without an edge.

        The multiplier is rounded to six decimals where it becomes money.
        """
        if not 0.0 < kelly_multiplier < math.inf:
            return Decimal(0)
        multiplier = Decimal(kelly_multiplier).quantize(_MULTIPLIER_STEP, ROUND_HALF_EVEN)
        return min(self._rules.margin_fraction * multiplier, self._rules.max_margin_fraction)

    def notional(self, equity: Decimal, kelly_multiplier: float, leverage: int) -> Decimal:
        """Give the notional wanted at a leverage: margin x leverage, at most 50 % of equity."""
        margin = equity * self.margin_fraction(kelly_multiplier)
        return min(margin * leverage, equity * self._rules.max_notional_fraction)

    def size(
        self, equity: Decimal, kelly_multiplier: float, leverage: int, entry: Decimal, instrument: Instrument
    ) -> Sizing | Refusal:
        """Size a trade, or refuse it: no edge, or too small for the venue."""
        fraction = self.margin_fraction(kelly_multiplier)
        if fraction <= 0:
            return Refusal(RefusalReason.NO_EDGE, f"Kelly multiplier {kelly_multiplier:.4f} is not above 0")
        if equity <= 0:
            return Refusal(RefusalReason.TOO_SMALL, f"equity is {equity:.2f}")
        wanted = self.notional(equity, kelly_multiplier, leverage)
        quantity = instrument.quantity_at_most(wanted / entry)
        notional = quantity * entry
        if quantity < instrument.min_quantity or notional < instrument.min_notional:
            return _too_small(quantity, notional, instrument)
        return Sizing(
            equity=equity,
            kelly_multiplier=kelly_multiplier,
            leverage=leverage,
            margin_fraction=fraction,
            wanted_margin=equity * fraction,
            wanted_notional=wanted,
            max_notional=equity * self._rules.max_notional_fraction,
            quantity=quantity,
            notional=notional,
            margin=notional / leverage,
        )


def _too_small(quantity: Decimal, notional: Decimal, instrument: Instrument) -> Refusal:
    return Refusal(
        RefusalReason.TOO_SMALL,
        f"quantity {quantity} worth {notional:.2f}, the venue takes {instrument.min_quantity}"
        f" worth {instrument.min_notional} or more",
    )
