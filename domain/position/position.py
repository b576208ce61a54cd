"""A position, changed by fills only."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from domain.halt import TradingHalt
from domain.market.direction import Direction, Side, side_that_opens
from domain.market.wallet_unit import in_wallet_units
from domain.orders.fill import Fill

_NOTHING: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Position:
    """What is held of one symbol; never both ways at once.

    `open_cost` is what the open quantity cost (price times quantity). Sums are exact: realised
    P&L is rounded to eight decimals on partial closes and the remainder stays in `open_cost`, so
    that a whole life adds up to the cash that moved. `fees` are what the wallet paid, `funding`
    what it received.
    """

    symbol: str
    direction: Direction
    quantity: Decimal
    open_cost: Decimal
    opened_at_ms: int
    entered_quantity: Decimal
    entered_cost: Decimal
    exited_quantity: Decimal
    exited_cost: Decimal
    realized_pnl: Decimal
    fees: Decimal
    funding: Decimal

    @property
    def is_flat(self) -> bool:
        """Whether nothing is held any more."""
        return not self.quantity

    @property
    def signed_quantity(self) -> Decimal:
        """The quantity, negative for a short."""
        return self.quantity * self.direction.sign

    @property
    def entry_price(self) -> Decimal:
        """The average price of everything that was ever entered, to eight decimals."""
        return in_wallet_units(self.entered_cost / self.entered_quantity)

    @property
    def exit_price(self) -> Decimal:
        """The average price of what was closed, to eight decimals.

        Raises LookupError before the first exit.
        """
        if not self.exited_quantity:
            raise LookupError(f"nothing of {self.symbol} was closed yet")
        return in_wallet_units(self.exited_cost / self.exited_quantity)

    def unrealized_pnl(self, price: Decimal) -> Decimal:
        """Tell what closing the rest at this price would realise, before fees."""
        return self.direction.sign * (price * self.quantity - self.open_cost)

    def after(self, fill: Fill) -> "Position":
        """Give the position after a fill, with the venue's own realised P&L and fee booked.

        Raises TradingHalt when the fill cannot belong to it: another symbol, nothing traded, more
        closed than held, or anything after it was flat.
        """
        if fill.symbol != self.symbol or self.is_flat or fill.quantity <= 0:
            raise TradingHalt(f"fill {fill.fill_id} of {fill.symbol} does not belong to {self}")
        if fill.side is side_that_opens(self.direction):
            return self._increased(fill)
        return self._reduced(fill)

    def after_funding(self, payment: Decimal) -> "Position":
        """Give the position after a funding payment, positive when the wallet received it."""
        return replace(self, funding=self.funding + payment)

    def _increased(self, fill: Fill) -> "Position":
        cost = fill.price * fill.quantity
        return Position(
            symbol=self.symbol,
            direction=self.direction,
            quantity=self.quantity + fill.quantity,
            open_cost=self.open_cost + cost,
            opened_at_ms=self.opened_at_ms,
            entered_quantity=self.entered_quantity + fill.quantity,
            entered_cost=self.entered_cost + cost,
            exited_quantity=self.exited_quantity,
            exited_cost=self.exited_cost,
            realized_pnl=self.realized_pnl + fill.realized_pnl,
            fees=self.fees + fill.fee,
            funding=self.funding,
        )

    def _reduced(self, fill: Fill) -> "Position":
        if fill.quantity > self.quantity:
            raise TradingHalt(
                f"fill {fill.fill_id} closes {fill.quantity} of the {self.quantity} held: {self}"
            )
        proceeds = fill.price * fill.quantity
        cost_closed = proceeds - self.direction.sign * fill.realized_pnl
        rest = self.quantity - fill.quantity
        return Position(
            symbol=self.symbol,
            direction=self.direction,
            quantity=rest,
            open_cost=self.open_cost - cost_closed if rest else _NOTHING,
            opened_at_ms=self.opened_at_ms,
            entered_quantity=self.entered_quantity,
            entered_cost=self.entered_cost,
            exited_quantity=self.exited_quantity + fill.quantity,
            exited_cost=self.exited_cost + proceeds,
            realized_pnl=self.realized_pnl + fill.realized_pnl,
            fees=self.fees + fill.fee,
            funding=self.funding,
        )


def open_position(fill: Fill) -> Position:
    """Give the position that a first fill opens. Raises TradingHalt when the fill traded nothing."""
    if fill.quantity <= 0:
        raise TradingHalt(f"fill {fill.fill_id} of {fill.symbol} opens a position of {fill.quantity}")
    cost = fill.price * fill.quantity
    return Position(
        symbol=fill.symbol,
        direction=Direction.LONG if fill.side is Side.BUY else Direction.SHORT,
        quantity=fill.quantity,
        open_cost=cost,
        opened_at_ms=fill.at_ms,
        entered_quantity=fill.quantity,
        entered_cost=cost,
        exited_quantity=_NOTHING,
        exited_cost=_NOTHING,
        realized_pnl=fill.realized_pnl,
        fees=fill.fee,
        funding=_NOTHING,
    )


def realized_by(position: Position, fill_price: Decimal, quantity: Decimal) -> Decimal:
    """Give what closing part of a position realises, before fees.

    direction x (price x quantity - share of the open cost); a partial close is rounded to eight
    decimals, the close of the whole rest is exact and takes up what rounding left.
    """
    if quantity == position.quantity:
        return position.unrealized_pnl(fill_price)
    share = position.open_cost * quantity / position.quantity
    return in_wallet_units(position.direction.sign * (fill_price * quantity - share))
