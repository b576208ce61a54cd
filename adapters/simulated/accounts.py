"""The simulated venue's own books: wallet, positions and what stands behind them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from application.market_minutes import CalmPrices
from domain.market.direction import Side, side_that_opens
from domain.market.funding import funding_payment
from domain.market.instrument import Instrument
from domain.market.wallet_unit import in_wallet_units
from domain.orders.fill import Fill
from domain.position.account import Account
from domain.position.margin import cross_balance, initial_margin, liquidation_price, maintenance_margin
from domain.position.position import Position, open_position, realized_by

_NOTHING: Final = Decimal(0)


class Execution(NamedTuple):
    """A trade the venue makes for us, before it is split and booked; `fee_rate` is of notional."""

    order_id: str
    symbol: str
    side: Side
    price: Decimal
    quantity: Decimal
    fee_rate: Decimal
    is_maker: bool
    at_ms: int


class Accounts:
    """One cross-margined account; a symbol without a position is not in `positions`."""

    def __init__(self, wallet: Decimal, instruments: Mapping[str, Instrument]) -> None:
        self.account = Account(wallet)
        self.positions: dict[str, Position] = {}
        self.leverages: dict[str, int] = {}
        self._instruments = instruments
        self._fills_made: dict[str, int] = {}
        self._rough: dict[str, tuple[float, float, float]] = {}
        self._rough_wallet = float(wallet)

    def trade(self, execution: Execution) -> tuple[Fill, ...]:
        """Book a trade; one that turns a position around makes two fills, the closing one first."""
        position = self.positions.get(execution.symbol)
        if position is None or execution.side is side_that_opens(position.direction):
            return (self._book(execution, execution.quantity, is_last=True),)
        rest = execution.quantity - position.quantity
        if rest <= 0:
            return (self._book(execution, execution.quantity, is_last=True),)
        closing = self._book(execution, position.quantity, is_last=False)
        return closing, self._book(execution, rest, is_last=True)

    def settle_funding(self, symbol: str, mark: Decimal, rate: Decimal, at_ms: int) -> Decimal:
        """Book the funding of one open position and give the payment."""
        position = self.positions[symbol]
        payment = funding_payment(position.signed_quantity, mark, rate)
        self.account = self.account.after_funding(payment, at_ms, symbol).account
        self._keep(symbol, position.after_funding(payment))
        return payment

    def free_margin(self, marks: Mapping[str, Decimal]) -> Decimal:
        """Give what is left for new orders: equity less the initial margin of every position."""
        free = self.account.wallet
        for symbol, position in self.positions.items():
            notional = position.quantity * marks[symbol]
            free += position.unrealized_pnl(marks[symbol]) - initial_margin(notional, self.leverages[symbol])
        return free

    def is_far_from_liquidation(self, symbol: str, price: float, last_prices: Mapping[str, float]) -> bool:
        """Tell, by rough sums and the highest rates, that no forced close is near at this price."""
        equity, highest_maintenance = self._rough_wallet, 0.0
        for other, (signed_quantity, signed_cost, rate) in self._rough.items():
            value = signed_quantity * (price if other == symbol else last_prices[other])
            equity += value - signed_cost
            highest_maintenance += abs(value) * rate
        return equity > 1.01 * highest_maintenance

    def stays_far_from_liquidation(self, prices: Mapping[str, CalmPrices]) -> bool:
        """Tell the same of all positions, whatever their prices do between these."""
        equity, highest_maintenance = self._rough_wallet, 0.0
        for symbol, (signed_quantity, signed_cost, rate) in self._rough.items():
            calm = prices[symbol]
            value = signed_quantity * (calm.below if signed_quantity > 0 else calm.above)
            equity += value - signed_cost
            highest_maintenance += abs(value) * rate
        return equity > 1.01 * highest_maintenance

    def liquidation_price(self, symbol: str, marks: Mapping[str, Decimal]) -> Decimal | None:
        """Give the price at which the venue closes this position, the others standing at their marks."""
        unrealized = maintenance = _NOTHING
        for other, position in self.positions.items():
            if other != symbol:
                unrealized += position.unrealized_pnl(marks[other])
                brackets = self._instruments[other].brackets
                maintenance += maintenance_margin(position.quantity * marks[other], brackets)
        position = self.positions[symbol]
        balance = cross_balance(self.account.wallet, unrealized, maintenance)
        brackets = self._instruments[symbol].brackets
        return liquidation_price(position.direction, position.quantity, position.open_cost, balance, brackets)

    def _book(self, execution: Execution, quantity: Decimal, *, is_last: bool) -> Fill:
        position = self.positions.get(execution.symbol)
        number = self._fills_made.get(execution.symbol, 0) + 1
        self._fills_made[execution.symbol] = number
        fill = Fill(
            fill_id=f"{execution.symbol}-{number}",
            order_id=execution.order_id,
            symbol=execution.symbol,
            side=execution.side,
            price=execution.price,
            quantity=quantity,
            fee=in_wallet_units(execution.price * quantity * execution.fee_rate),
            realized_pnl=_realized(position, execution, quantity),
            is_maker=execution.is_maker,
            is_last=is_last,
            at_ms=execution.at_ms,
        )
        self.account = self.account.after_fill(fill).account
        self._keep(fill.symbol, open_position(fill) if position is None else position.after(fill))
        return fill

    def _keep(self, symbol: str, position: Position) -> None:
        self._rough_wallet = float(self.account.wallet)
        if position.is_flat:
            del self.positions[symbol]
            del self._rough[symbol]
            return
        self.positions[symbol] = position
        sign, brackets = position.direction.sign, self._instruments[symbol].brackets
        rate = float(max(bracket.maintenance_rate for bracket in brackets))
        self._rough[symbol] = (float(position.signed_quantity), sign * float(position.open_cost), rate)


def _realized(position: Position | None, execution: Execution, quantity: Decimal) -> Decimal:
    if position is None or execution.side is side_that_opens(position.direction):
        return _NOTHING
    return realized_by(position, execution.price, quantity)
