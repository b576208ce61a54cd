"""The exchange's books of one account: wallet, positions of both modes, trades and income."""

from collections import deque
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from adapters.simulated.exchange.held_orders import NOTHING, HeldOrder, Income, Trade
from domain.market.direction import side_that_opens
from domain.market.funding import funding_payment
from domain.market.wallet_unit import in_wallet_units
from domain.orders.fill import Fill
from domain.position.account import Account
from domain.position.position import Position, open_position, realized_by

Key = tuple[str, str]
"""A symbol and BOTH, LONG or SHORT."""
_KEPT: Final = 50_000


class Books:
    """Wallet and positions; a position that is flat is not in `positions`.

    `revision` counts what was booked, so that sums can be kept until the next booking.
    """

    def __init__(self, wallet: Decimal) -> None:
        self.account = Account(wallet)
        self.positions: dict[Key, Position] = {}
        self.realized: dict[Key, Decimal] = {}
        self.updated_ms: dict[Key, int] = {}
        self.isolated_wallets: dict[Key, Decimal] = {}
        self.leverages: dict[str, int] = {}
        self.isolated_symbols: set[str] = set()
        self.trades: deque[Trade] = deque(maxlen=_KEPT)
        self.income: deque[Income] = deque(maxlen=_KEPT)
        self.insurance = NOTHING
        self.revision = 0
        self._next_trade_id = 6_000_000_001
        self._next_income = 9_000_000_001

    @property
    def cross_wallet(self) -> Decimal:
        """The wallet without what was set apart for isolated positions."""
        if not self.isolated_wallets:
            return self.account.wallet
        return self.account.wallet - sum(self.isolated_wallets.values(), NOTHING)

    def of_symbol(self, symbol: str) -> Iterator[tuple[Key, Position]]:
        """Walk over the positions of a symbol."""
        for side in ("BOTH", "LONG", "SHORT"):
            position = self.positions.get((symbol, side))
            if position is not None:
                yield (symbol, side), position

    def trade(
        self,
        order: HeldOrder,
        price: Decimal,
        quantity: Decimal,
        fee_rate: Decimal,
        leverage: int,
        at_ms: int,
        *,
        is_maker: bool,
    ) -> list[Trade]:
        """Book an execution; one that turns a position around makes two trades, the closing one first."""
        position = self.positions.get((order.symbol, order.position_side))
        parts = [quantity]
        if position is not None and order.side is not side_that_opens(position.direction):
            parts = [
                part for part in (min(quantity, position.quantity), quantity - position.quantity) if part > 0
            ]
        return [
            self._book(order, price, part, fee_rate, leverage, at_ms, is_maker=is_maker) for part in parts
        ]

    def settle_funding(self, key: Key, mark: Decimal, rate: Decimal, at_ms: int) -> Decimal:
        """Book the funding of one open position and give the payment."""
        self.revision += 1
        position = self.positions[key]
        payment = funding_payment(position.signed_quantity, mark, rate)
        self.account = self.account.after_funding(payment, at_ms, key[0]).account
        self.positions[key] = position.after_funding(payment)
        if key in self.isolated_wallets:
            self.isolated_wallets[key] += payment
        self._note("FUNDING_FEE", key[0], payment, at_ms)
        return payment

    def transfer(self, amount: Decimal, kind: str, symbol: str, at_ms: int) -> None:
        """Book money that comes from outside, or goes there: a deposit, or the insurance fund's share."""
        self.revision += 1
        self.account = Account(
            self.account.wallet + amount, self.account.realized_pnl, self.account.fees, self.account.funding
        )
        if kind == "INSURANCE_CLEAR":
            self.insurance -= amount
        self._note(kind, symbol, amount, at_ms)

    def _book(
        self,
        order: HeldOrder,
        price: Decimal,
        quantity: Decimal,
        fee_rate: Decimal,
        leverage: int,
        at_ms: int,
        *,
        is_maker: bool,
    ) -> Trade:
        key = (order.symbol, order.position_side)
        position = self.positions.get(key)
        opens = position is None or order.side is side_that_opens(position.direction)
        realized = NOTHING if position is None or opens else realized_by(position, price, quantity)
        trade = Trade(
            self._next_trade_id,
            order.order_id,
            order.symbol,
            order.side,
            order.position_side,
            price,
            quantity,
            in_wallet_units(price * quantity * fee_rate),
            realized,
            is_maker,
            at_ms,
        )
        self._next_trade_id += 1
        fill = _as_fill(trade, realized)
        self.account = self.account.after_fill(fill).account
        after = open_position(fill) if position is None else position.after(fill)
        self._set_apart(key, position, after, leverage)
        self._keep(key, after, realized, at_ms)
        self.trades.append(trade)
        if realized:
            self._note("REALIZED_PNL", order.symbol, realized, at_ms, trade.trade_id)
        self._note("COMMISSION", order.symbol, -trade.fee, at_ms, trade.trade_id)
        return trade

    def _set_apart(self, key: Key, before: Position | None, after: Position, leverage: int) -> None:
        if key[0] not in self.isolated_symbols:
            return
        wallet = self.isolated_wallets.get(key, NOTHING)
        held = NOTHING if before is None else before.quantity
        if after.quantity > held:
            added = after.open_cost - (NOTHING if before is None else before.open_cost)
            self.isolated_wallets[key] = wallet + in_wallet_units(added / leverage)
        elif after.is_flat:
            self.isolated_wallets.pop(key, None)
        else:
            self.isolated_wallets[key] = in_wallet_units(wallet * after.quantity / held)

    def _keep(self, key: Key, position: Position, realized: Decimal, at_ms: int) -> None:
        self.revision += 1
        self.realized[key] = self.realized.get(key, NOTHING) + realized
        self.updated_ms[key] = at_ms
        if position.is_flat:
            del self.positions[key]
        else:
            self.positions[key] = position

    def _note(self, kind: str, symbol: str, amount: Decimal, at_ms: int, trade_id: int = 0) -> None:
        self.income.append(Income(kind, symbol, amount, at_ms, self._next_income, trade_id))
        self._next_income += 1


def _as_fill(trade: Trade, realized: Decimal) -> Fill:
    return Fill(
        fill_id=f"{trade.symbol}-{trade.trade_id}",
        order_id=str(trade.order_id),
        symbol=trade.symbol,
        side=trade.side,
        price=trade.price,
        quantity=trade.quantity,
        fee=trade.fee,
        realized_pnl=realized,
        is_maker=trade.is_maker,
        is_last=False,
        at_ms=trade.at_ms,
    )
