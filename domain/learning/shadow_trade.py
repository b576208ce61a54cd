"""A trade that nobody holds, led through the candles after its setup by the very exits of a real one."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, NamedTuple

from domain.exits.calm import Calm, calm_around, outlasts_bar
from domain.exits.confidence_drop import with_score
from domain.exits.exit_decision import CloseAll, CloseHalf, Moment, MoveStop
from domain.exits.exit_priority import decide_exit
from domain.exits.exit_rules import ExitRules
from domain.exits.partial_profit import half_of
from domain.learning.shadow_fill import (
    maker_entry,
    reaches_stop,
    reaches_target,
    taker_entry,
    taker_exit,
    trades_through,
)
from domain.market.candle import Candle
from domain.market.funding import funding_payment
from domain.market.instrument import Instrument
from domain.market.trading_costs import TradingCosts
from domain.orders.fill import Fill
from domain.position.closed_trade import ClosedTrade, ExitReason
from domain.position.margin import initial_margin
from domain.position.open_trade import OpenTrade, ScoredConfidence
from domain.position.position import open_position
from domain.position.trade_closing import close
from domain.position.trade_plan import TradePlan
from domain.refusal import Refusal, RefusalReason
from domain.risk.planned_loss import planned_loss
from domain.setup.entry_model import spoiled
from domain.setup.setup import Setup
from domain.setup.setup_rules import EntryStyle, SetupRules
from domain.structure.structure_view import StructureView

SHADOW_NOTIONAL: Final = Decimal(10_000)
_UNKNOWN: Final = "the structure is not known any more"


class ShadowTerms(NamedTuple):
    """The rules, costs and grid that a real trade of this symbol would have had."""

    setup: SetupRules
    exits: ExitRules
    costs: TradingCosts
    instrument: Instrument


class ShadowStep(NamedTuple):
    """One candle, and what was known at its close.

    `view` is the structure at the last base bar; `is_bar` tells whether that bar closed with this
    candle, `confidence` what was then believed of the trade. `funding_rate` was settled after the
    candle before, zero when none was.
    """

    candle: Candle
    closed_at_ms: int
    view: StructureView | None
    is_bar: bool
    confidence: float | None = None
    funding_rate: Decimal = Decimal(0)


class NeverEntered(NamedTuple):
    """An entry that was withdrawn before it filled: the sample stays without an outcome."""

    at_ms: int
    reason: str


@dataclass(frozen=True, slots=True)
class ShadowTrade:
    """An entry that waits, or the trade it became; `leaving` is a market order for the next open.

    `next_open_ms` is where the next candle opens unless there is a gap.
    """

    plan: TradePlan
    next_open_ms: int
    last_price: Decimal
    trade: OpenTrade | None = None
    leaving: CloseAll | CloseHalf | None = None
    stop_reason: ExitReason = ExitReason.STOP
    exit_reasons: tuple[ExitReason, ...] = ()
    calm: Calm | None = None


def shadow_of(
    setup: Setup, terms: ShadowTerms, confidence: float | None = None, notional: Decimal = SHADOW_NOTIONAL
) -> ShadowTrade | Refusal:
    """Begin a shadow of a setup at the close at which it was found, without leverage.

    Results count in R, so the size matters only where half of it falls below the venue's least
    quantity: it is at least twice that. Refused where the venue takes no such order.
    """
    instrument, costs = terms.instrument, terms.costs
    wanted = max(notional / setup.entry, 2 * instrument.min_quantity, instrument.min_notional / setup.entry)
    quantity = instrument.quantity_at_most(wanted)
    if quantity < instrument.min_quantity or quantity * setup.entry < instrument.min_notional:
        return Refusal(RefusalReason.TOO_SMALL, f"{quantity} of {setup.symbol} is less than the venue takes")
    is_maker = terms.setup.entry is EntryStyle.POST_ONLY_LIMIT
    plan = TradePlan(
        setup=setup,
        quantity=quantity,
        leverage=1,
        initial_margin=initial_margin(quantity * setup.entry, 1),
        planned_loss=planned_loss(setup.entry, setup.stop, quantity, costs, is_maker_entry=is_maker),
        kelly_multiplier=0.0,
        confidence=confidence,
        is_exploration=confidence is None,
    )
    return shadow_by(plan)


def shadow_by(plan: TradePlan) -> ShadowTrade:
    """Begin a shadow of a plan, of its own size, at the close at which its setup was found."""
    return ShadowTrade(plan, plan.setup.found_at_ms, plan.setup.entry)


def after_candle(
    shadow: ShadowTrade, step: ShadowStep, terms: ShadowTerms
) -> ShadowTrade | ClosedTrade | NeverEntered:
    """Lead a shadow through one candle, as the simulated venue and the desk lead a real trade.

    Funding first; then the open: market orders, stop, target; then what lies between low and high,
    of several things the worst for us; last the close, at which the exits are asked.
    """
    opened = _at_open(_over_gap(_funded(shadow, step), step, terms), step, terms)
    if isinstance(opened, ClosedTrade):
        return opened
    through = _inside(opened, step, terms)
    return through if isinstance(through, ClosedTrade) else _at_close(through, step, terms)


def _funded(shadow: ShadowTrade, step: ShadowStep) -> ShadowTrade:
    trade = shadow.trade
    if trade is None or not step.funding_rate:
        return shadow
    position = trade.position
    payment = funding_payment(position.signed_quantity, shadow.last_price, step.funding_rate)
    return replace(shadow, trade=replace(trade, position=position.after_funding(payment)), calm=None)


def _over_gap(shadow: ShadowTrade, step: ShadowStep, terms: ShadowTerms) -> ShadowTrade:
    """After a gap the new open is a price at which the exits are asked before anything trades."""
    if step.candle.open_time_ms == shadow.next_open_ms:
        return shadow
    moment = Moment(step.candle.open_time_ms, terms.instrument.nearest_price(step.candle.open), step.view)
    return _looked_at(shadow, moment, step.candle.open, terms)


def _at_open(shadow: ShadowTrade, step: ShadowStep, terms: ShadowTerms) -> ShadowTrade | ClosedTrade:
    at_ms, price = step.candle.open_time_ms, step.candle.open
    market = terms.instrument.nearest_price(price)
    if shadow.trade is None:
        shadow = _entered_at_open(shadow, step.candle, market, terms)
    left = _left(shadow, market, at_ms, terms)
    if isinstance(left, ClosedTrade) or left.trade is None:
        return left
    trade = left.trade
    if reaches_stop(trade.stop, trade.position.direction, price, price):
        return _closed(left, trade, market, left.stop_reason, at_ms, terms)
    if reaches_target(trade.target, trade.position.direction, price, price):
        return _closed(left, trade, market, ExitReason.TARGET, at_ms, terms)
    return left


def _entered_at_open(shadow: ShadowTrade, candle: Candle, market: Decimal, terms: ShadowTerms) -> ShadowTrade:
    plan, at_ms = shadow.plan, candle.open_time_ms
    if terms.setup.entry is EntryStyle.MARKET:
        fill = taker_entry(plan, market, terms.costs, terms.instrument, at_ms)
    elif trades_through(plan, candle.open, candle.open, terms.instrument):
        fill = maker_entry(plan, terms.costs, at_ms)
    else:
        return shadow
    return replace(shadow, trade=_trade_of(plan, fill))


def _left(shadow: ShadowTrade, market: Decimal, at_ms: int, terms: ShadowTerms) -> ShadowTrade | ClosedTrade:
    """Carry out what the exits asked for at the close before."""
    trade, leaving = shadow.trade, shadow.leaving
    if trade is None or leaving is None:
        return shadow
    if isinstance(leaving, CloseAll):
        return _closed(shadow, trade, market, leaving.reason, at_ms, terms)
    half = half_of(trade, terms.instrument)
    fill = taker_exit(shadow.plan, trade.position, half, market, terms.costs, terms.instrument, at_ms)
    is_moved = leaving.new_stop != trade.stop
    return replace(
        shadow,
        trade=replace(trade, position=trade.position.after(fill), stop=leaving.new_stop, is_half_closed=True),
        leaving=None,
        stop_reason=ExitReason.BREAK_EVEN_STOP if is_moved else shadow.stop_reason,
        exit_reasons=_with(shadow.exit_reasons, leaving.reason),
        calm=None,
    )


def _inside(shadow: ShadowTrade, step: ShadowStep, terms: ShadowTerms) -> ShadowTrade | ClosedTrade:
    """Trade what the candle reaches: the stop, else the entry, else the target.

    A limit filled inside the candle lies between open and low (of a long), so the low came later and
    the stop acts if it is reached; the high may have come earlier, so only the close makes the target act.
    """
    candle = step.candle
    if shadow.trade is not None:
        return _through(shadow, shadow.trade, step, candle.low, candle.high, terms)
    if not trades_through(shadow.plan, candle.low, candle.high, terms.instrument):
        return shadow
    trade = _trade_of(shadow.plan, maker_entry(shadow.plan, terms.costs, step.closed_at_ms))
    return _through(replace(shadow, trade=trade), trade, step, candle.close, candle.close, terms)


def _through(
    shadow: ShadowTrade,
    trade: OpenTrade,
    step: ShadowStep,
    least_ahead: float,
    most_ahead: float,
    terms: ShadowTerms,
) -> ShadowTrade | ClosedTrade:
    candle, direction, at_ms = step.candle, trade.position.direction, step.closed_at_ms
    if reaches_stop(trade.stop, direction, candle.low, candle.high):
        return _closed(shadow, trade, trade.stop, shadow.stop_reason, at_ms, terms)
    if reaches_target(trade.target, direction, least_ahead, most_ahead):
        return _closed(shadow, trade, trade.target, ExitReason.TARGET, at_ms, terms)
    return shadow


def _at_close(shadow: ShadowTrade, step: ShadowStep, terms: ShadowTerms) -> ShadowTrade | NeverEntered:
    if step.is_bar:
        if shadow.trade is None:
            reason = _withdrawn_for(shadow, step.view, terms)
            if reason is not None:
                return NeverEntered(step.closed_at_ms, reason)
        else:
            shadow = _at_bar(shadow, shadow.trade, step, terms)
    price = terms.instrument.nearest_price(step.candle.close)
    looked = _looked_at(shadow, Moment(step.closed_at_ms, price, step.view), step.candle.close, terms)
    return replace(looked, next_open_ms=step.closed_at_ms, last_price=price)


def _withdrawn_for(shadow: ShadowTrade, view: StructureView | None, terms: ShadowTerms) -> str | None:
    return _UNKNOWN if view is None else spoiled(shadow.plan.setup, view, terms.setup)


def _at_bar(shadow: ShadowTrade, trade: OpenTrade, step: ShadowStep, terms: ShadowTerms) -> ShadowTrade:
    if step.view is not None and step.confidence is not None:
        trade = with_score(trade, ScoredConfidence(step.closed_at_ms, step.confidence), terms.exits)
    calm = shadow.calm
    stays = calm is not None and outlasts_bar(calm, trade, step.view, terms.exits)
    return replace(shadow, trade=trade, calm=calm if stays else None)


def _looked_at(shadow: ShadowTrade, moment: Moment, price: float, terms: ShadowTerms) -> ShadowTrade:
    """Ask the exits, unless the price is one at which they are known to hold."""
    trade, calm = shadow.trade, shadow.calm
    if trade is None or shadow.leaving is not None:
        return shadow
    if calm is not None and calm.holds(price, moment.at_ms):
        return shadow
    decided = decide_exit(trade, moment, terms.exits, terms.costs, terms.instrument)
    if decided is None:
        calm = calm_around(trade, moment, terms.exits, terms.costs, terms.instrument)
        return replace(shadow, calm=calm)
    if isinstance(decided, MoveStop):
        return replace(
            shadow,
            trade=replace(trade, stop=decided.new_stop),
            stop_reason=_named_stop(decided.reason),
            calm=None,
        )
    return replace(shadow, leaving=decided, calm=None)


def _named_stop(moved_for: ExitReason) -> ExitReason:
    """Name what a stop stands for that was moved for this reason."""
    return ExitReason.BREAK_EVEN_STOP if moved_for is ExitReason.PARTIAL_PROFIT else moved_for


def _trade_of(plan: TradePlan, fill: Fill) -> OpenTrade:
    return OpenTrade(plan, open_position(fill), plan.setup.stop, plan.setup.target)


def _closed(
    shadow: ShadowTrade,
    trade: OpenTrade,
    market: Decimal,
    reason: ExitReason,
    at_ms: int,
    terms: ShadowTerms,
) -> ClosedTrade:
    held = trade.position.quantity
    fill = taker_exit(shadow.plan, trade.position, held, market, terms.costs, terms.instrument, at_ms)
    flat = replace(trade, position=trade.position.after(fill))
    return close(flat, _with(shadow.exit_reasons, reason), at_ms)


def _with(reasons: tuple[ExitReason, ...], reason: ExitReason) -> tuple[ExitReason, ...]:
    return reasons if reasons[-1:] == (reason,) else (*reasons, reason)
