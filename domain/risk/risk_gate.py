"""The one door to the market: the only place that makes an ApprovedOrder."""

from decimal import Decimal
from typing import Final

from domain.market.direction import side_that_closes, side_that_opens
from domain.market.instrument import Instrument
from domain.orders.order import ApprovedOrder, Order, OrderKind, OrderPurpose
from domain.orders.order_validator import OrderFaultReason, OrderValidator
from domain.position.position import Position
from domain.position.trade_plan import TradePlan
from domain.refusal import Refusal, RefusalReason
from domain.risk.cool_down import pause_left_ms
from domain.risk.drawdown import daily_loss, drawdown
from domain.risk.exposure import is_busy, margin_in_use, notional_towards
from domain.risk.gate_limits import GateLimits
from domain.risk.portfolio import Portfolio

_RESIDENT: Final = frozenset({OrderKind.STOP_MARKET, OrderKind.TAKE_PROFIT_MARKET})


class RiskGate:
    """Lets orders through, or says why not; it keeps nothing between two questions."""

    def __init__(self, limits: GateLimits, validator: OrderValidator) -> None:
        self._limits = limits
        self._validator = validator

    def review_entry(
        self,
        order: Order,
        plan: TradePlan,
        portfolio: Portfolio,
        instrument: Instrument,
        last_price: Decimal,
        at_ms: int,
    ) -> ApprovedOrder | Refusal:
        """Approve an entry, or refuse it for the first of these that is not in order.

        Book, data; drawdown, daily loss, cool-down; symbol, positions; position's notional, exposure
        of its direction, total margin; the order against its plan and the venue's rules. A limit may
        be reached but not exceeded, entries in flight counted as filled.
        """
        refusal = (
            self._unknown_ground(portfolio, at_ms)
            or self._losses(portfolio, at_ms)
            or self._places(order, portfolio)
            or self._amounts(order, plan, portfolio, last_price)
            or _unplanned(order, plan)
            or self._invalid(order, instrument, last_price)
        )
        return refusal or ApprovedOrder(order)

    def approve_reducing(
        self, order: Order, position: Position, instrument: Instrument
    ) -> ApprovedOrder | Refusal:
        """Approve a stop, a target or an exit; no limit stands in its way, leaving is always allowed.

        Refused, as INVALID_ORDER, is only what would not reduce the position (not reduce-only, an
        entry, the wrong symbol or side, more than is held) or what the venue cannot take; a rest
        below the venue's least quantity may leave whole. A position that the lot does not fit may be
        left at market by the next larger quantity, which the venue cuts to what is held.
        """
        fault = _not_reducing(order, position, instrument)
        if fault is not None:
            return Refusal(RefusalReason.INVALID_ORDER, fault)
        is_whole_rest = order.quantity == position.quantity
        found = self._validator.check(order, instrument, position.entry_price)
        if found is None or (is_whole_rest and found.reason is OrderFaultReason.TOO_SMALL):
            return ApprovedOrder(order)
        return Refusal(RefusalReason.INVALID_ORDER, found.detail)

    def _unknown_ground(self, portfolio: Portfolio, at_ms: int) -> Refusal | None:
        if not portfolio.is_reconciled:
            return Refusal(RefusalReason.BOOK_NOT_RECONCILED, "the book has not been compared with the venue")
        age_ms, oldest_ms = at_ms - portfolio.data_at_ms, self._limits.max_data_age_ms
        if age_ms > oldest_ms:
            return Refusal(RefusalReason.STALE_DATA, f"last candle {age_ms} ms old of at most {oldest_ms}")
        return None

    def _losses(self, portfolio: Portfolio, at_ms: int) -> Refusal | None:
        limits = self._limits
        fallen, lost = drawdown(portfolio), daily_loss(portfolio)
        if fallen >= limits.max_drawdown:
            detail = f"{_percent(fallen)} below the peak, entries end at {_percent(limits.max_drawdown)}"
            return Refusal(RefusalReason.DRAWDOWN, detail)
        if lost >= limits.max_daily_loss:
            detail = f"{_percent(lost)} lost today, entries end at {_percent(limits.max_daily_loss)}"
            return Refusal(RefusalReason.DAILY_LOSS, detail)
        left_ms = pause_left_ms(portfolio, at_ms, limits.cool_down)
        if left_ms > 0:
            detail = f"{portfolio.losses_in_a_row} losses in a row, {left_ms // 1000} s of the pause left"
            return Refusal(RefusalReason.COOLING_DOWN, detail)
        return None

    def _places(self, order: Order, portfolio: Portfolio) -> Refusal | None:
        if is_busy(order.symbol, portfolio):
            return Refusal(RefusalReason.SYMBOL_BUSY, f"{order.symbol} is held or being entered")
        taken, places = len(portfolio.exposures), self._limits.max_positions
        if taken >= places:
            return Refusal(RefusalReason.TOO_MANY_POSITIONS, f"{taken} positions of at most {places}")
        return None

    def _amounts(
        self, order: Order, plan: TradePlan, portfolio: Portfolio, last_price: Decimal
    ) -> Refusal | None:
        limits, equity = self._limits, portfolio.equity
        notional = order.quantity * (last_price if order.price is None else order.price)
        towards = notional + notional_towards(plan.setup.direction, portfolio)
        margin = margin_in_use(portfolio) + max(plan.initial_margin, notional / plan.leverage)
        return (
            _excess(
                RefusalReason.TOO_MUCH_EXPOSURE, "notional", notional, equity * limits.max_position_notional
            )
            or _excess(
                RefusalReason.TOO_MUCH_EXPOSURE,
                f"{plan.setup.direction} exposure",
                towards,
                equity * limits.max_exposure_per_direction,
            )
            or _excess(RefusalReason.TOO_MUCH_MARGIN, "margin", margin, equity * limits.max_total_margin)
        )

    def _invalid(self, order: Order, instrument: Instrument, last_price: Decimal) -> Refusal | None:
        fault = self._validator.check(order, instrument, last_price)
        return None if fault is None else Refusal(RefusalReason.INVALID_ORDER, fault.detail)


def _unplanned(order: Order, plan: TradePlan) -> Refusal | None:
    """Find what makes an entry another trade than the planned one."""
    setup = plan.setup
    is_as_planned = (
        order.purpose is OrderPurpose.ENTRY
        and not order.is_reduce_only
        and order.symbol == setup.symbol
        and order.side is side_that_opens(setup.direction)
        and order.quantity <= plan.quantity
        and order.leverage == plan.leverage
    )
    if is_as_planned:
        return None
    return Refusal(
        RefusalReason.INVALID_ORDER, f"{order.order_id} is not the planned entry of {setup.setup_id}"
    )


def _not_reducing(order: Order, position: Position, instrument: Instrument) -> str | None:
    if order.purpose is OrderPurpose.ENTRY or not order.is_reduce_only:
        return f"{order.order_id} is not marked to reduce only"
    if order.symbol != position.symbol or order.side is not side_that_closes(position.direction):
        return f"{order.order_id} does not close a {position.direction} of {position.symbol}"
    if order.closes_position and order.kind not in _RESIDENT:
        return f"{order.order_id} closes the position without a trigger"
    if order.quantity > _most_to_leave(order, position, instrument):
        return f"{order.order_id} closes {order.quantity} of {position.quantity} held"
    return None


def _most_to_leave(order: Order, position: Position, instrument: Instrument) -> Decimal:
    held = position.quantity
    is_cut = order.kind is OrderKind.MARKET and not instrument.fits(held)
    return instrument.quantity_at_least(held) if is_cut else held


def _excess(reason: RefusalReason, what: str, amount: Decimal, most: Decimal) -> Refusal | None:
    return Refusal(reason, f"{what} {amount:.2f} of at most {most:.2f}") if amount > most else None


def _percent(fraction: Decimal) -> str:
    return f"{fraction * 100:.2f} %"
