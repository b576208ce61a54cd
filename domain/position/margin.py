"""What the venue wants behind a position, and where it takes the position away."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from domain.market.direction import Direction
from domain.market.leverage_bracket import LeverageBracket, bracket_of
from domain.market.wallet_unit import in_wallet_units

_NOTHING: Final = Decimal(0)


def initial_margin(notional: Decimal, leverage: int) -> Decimal:
    """Give what must be free to open a position: notional over leverage, to eight decimals."""
    return in_wallet_units(notional / leverage)


def maintenance_margin(notional: Decimal, brackets: Sequence[LeverageBracket]) -> Decimal:
    """Give what must stay behind a position: notional x rate - deduction of its bracket, at least zero."""
    bracket = bracket_of(notional, brackets)
    return max(_NOTHING, notional * bracket.maintenance_rate - bracket.maintenance_deduction)


def liquidation_price(
    direction: Direction,
    quantity: Decimal,
    open_cost: Decimal,
    balance: Decimal,
    brackets: Sequence[LeverageBracket],
) -> Decimal | None:
    """Give the price at which the venue closes the position by force, to eight decimals, or None.

    `balance` is what stands behind it. Isolated: the position's own margin. Cross: see
    `cross_balance`. `open_cost` is entry price times quantity. LP = (balance + deduction - sign x
    open_cost) / (quantity x (rate - sign)) with rate and deduction of the bracket at LP: brackets
    are tried in rising order until the price lies inside its own, the last one has no end. None
    when no price above zero can bring it about.
    """
    price = _NOTHING
    for bracket in brackets:
        price = _price_within(bracket, direction.sign, quantity, open_cost, balance)
        if price * quantity <= bracket.notional_cap:
            break
    return in_wallet_units(price) if price > 0 else None


def cross_balance(wallet: Decimal, others_unrealized: Decimal, others_maintenance: Decimal) -> Decimal:
    """Give what stands behind one cross-margined position: the wallet and what the others leave of it."""
    return wallet + others_unrealized - others_maintenance


def _price_within(
    bracket: LeverageBracket, sign: int, quantity: Decimal, open_cost: Decimal, balance: Decimal
) -> Decimal:
    loss_left = balance + bracket.maintenance_deduction - sign * open_cost
    return loss_left / (quantity * (bracket.maintenance_rate - sign))
