"""Conditional orders: a service of its own, as the venue has it since December 2025."""

from decimal import Decimal
from typing import Final, Protocol

from adapters.simulated.exchange import order_rules as rules
from adapters.simulated.exchange.exchange_state import ExchangeState
from adapters.simulated.exchange.held_orders import AskedStop, HeldOrder, HeldStop
from adapters.simulated.exchange.matching_engine import UNKNOWN, MatchingEngine
from adapters.simulated.exchange.news import DONE, Answer
from adapters.simulated.exchange.triggered_order import AT_MARKET, TRAILING, TriggeredOrder, order_fired_by
from domain.market.direction import Side

CALLBACK_RANGE: Final = (Decimal("0.1"), Decimal(20))
WOULD_TRIGGER: Final = Answer(-2021, "Order would immediately trigger.")
NO_POSITION: Final = Answer(
    -4509,
    "Time in Force (TIF) GTE can only be used with open positions. "
    "Please ensure that positions are available.",
)
ONE_IS_THERE: Final = Answer(
    -4130, "An open stop or take profit order with GTE and closePosition in the direction is existing."
)


class TriggerFate(Protocol):
    """Says what becomes of a stop that fires: well, stuck, rejected or cancelled."""

    def of_trigger(self, symbol: str, at_ms: int) -> str:
        """Give the fate of the stop that fires now."""
        ...


class EverythingWell:
    """Every stop that fires becomes an order."""

    def of_trigger(self, symbol: str, at_ms: int) -> str:  # noqa: ARG002 - it is well at any time
        """Say that it goes well."""
        return "well"


class StopService:
    """Takes, watches, fires and drops conditional orders."""

    def __init__(self, state: ExchangeState, engine: MatchingEngine, fate: TriggerFate) -> None:
        self._state = state
        self._engine = engine
        self._fate = fate
        self._stops_fired = 0

    def place(self, asked: AskedStop) -> Answer:
        """Take a conditional order or say why not."""
        objection = rules.form_objection(self._state, asked)
        if not objection.code:
            objection = self._objection(asked)
        if objection.code:
            return objection
        stop = self._make(asked)
        self._state.orders.add_stop(stop)
        self._state.tell_stop(stop)
        return Answer(stop=stop)

    def cancel(self, stop: HeldStop) -> Answer:
        """Take a waiting conditional order away; one that is firing cannot be taken back."""
        if stop.status != "NEW":
            return UNKNOWN
        self._end(stop, "CANCELED")
        return Answer(stop=stop)

    def watch(self, symbol: str) -> None:
        """Fire what the prices of a symbol reach."""
        for stop in self._state.orders.stops_of(symbol):
            if stop.status == "NEW" and self._fires(stop, self._price(stop)):
                self.fire(stop)

    def fire(self, stop: HeldStop) -> HeldOrder | None:
        """Let a stop become the order it stands for; none when it hangs, is rejected or cancelled."""
        state, fate = self._state, self._fate_of(stop)
        stop.status, stop.triggered_ms = "TRIGGERING", state.now_ms
        state.orders.changed.add(stop.symbol)
        state.tell_stop(stop)
        if fate == "stuck":
            return None
        asked = order_fired_by(state, stop)
        objection = self._engine.objection(asked, asked.price)
        if fate == "rejected" or objection.code:
            stop.rejected_because = objection.message or "Unknown error"
            self._end(stop, "REJECTED")
            return None
        order = self._order_of(stop, asked)
        state.orders.close_stop(stop)
        stop.status, stop.actual_order_id, stop.actual_kind = "TRIGGERED", order.order_id, order.kind
        state.tell_stop(stop)
        if fate == "cancelled":
            state.orders.add_order(order)
            state.tell_order(order, "NEW")
            self._engine.cancel(order)
            return None
        return self._engine.admit(order)

    def drop_orphans(self) -> None:
        """Expire the stops that close a position which is gone."""
        if not self._state.orders.closing_stops:
            return
        for stop in self._state.orders.stops_of(None):
            if stop.status == "NEW" and stop.closes_position and rules.closable(self._state, stop) is None:
                self._end(stop, "EXPIRED")

    def expire_overdue(self) -> None:
        """Expire stops whose good-till time has passed."""
        for stop in self._state.orders.stops_of(None):
            if stop.status == "NEW" and 0 < stop.good_till_ms <= self._state.now_ms:
                self._end(stop, "EXPIRED")

    def _objection(self, asked: AskedStop) -> Answer:
        state = self._state
        if len(state.orders.stops_of(None)) >= rules.MOST_OPEN_STOPS:
            return Answer(-4045, "Reach max stop order limit.")
        if state.orders.has_open_stop_named(asked.client_id):
            return Answer(-4116, "ClientOrderId is duplicated.")
        objection = (
            self._objection_to_closing(asked) if asked.closes_position else self._objection_to_size(asked)
        )
        return objection if objection.code else self._objection_to_trigger(asked)

    def _objection_to_closing(self, asked: AskedStop) -> Answer:
        if asked.kind not in {"STOP_MARKET", "TAKE_PROFIT_MARKET"}:
            return Answer(
                -4136, "Target strategy invalid for orderType " + asked.kind + ",closePosition true"
            )
        if asked.quantity:
            return Answer(-4137, "Quantity must be zero with closePosition equals true")
        if asked.is_reduce_only:
            return Answer(-4138, "Reduce only must be true with closePosition equals true")
        if rules.closable(self._state, asked) is None:
            return NO_POSITION
        twins = (
            stop
            for stop in self._state.orders.stops_of(asked.symbol)
            if stop.closes_position
            and (stop.kind, stop.side, stop.position_side) == (asked.kind, asked.side, asked.position_side)
        )
        return ONE_IS_THERE if next(twins, None) is not None else DONE

    def _objection_to_size(self, asked: AskedStop) -> Answer:
        state, terms = self._state, self._state.contracts[asked.symbol]
        checks = [rules.quantity_objection(terms, asked.quantity, is_market=asked.kind in AT_MARKET)]
        if asked.kind not in AT_MARKET and asked.price_match == "NONE":
            checks.append(rules.price_objection(terms, asked.price))
        is_flat = rules.closable(state, asked) is None
        if asked.is_reduce_only and is_flat and state.habits.is_reduce_only_stop_refused_when_flat:
            checks.append(Answer(-2022, "ReduceOnly Order is rejected."))
        return next((check for check in checks if check.code), DONE)

    def _objection_to_trigger(self, asked: AskedStop) -> Answer:
        if asked.kind == TRAILING:
            return self._objection_to_trailing(asked)
        objection = rules.price_objection(self._state.contracts[asked.symbol], asked.trigger_price)
        if objection.code:
            return objection
        return WOULD_TRIGGER if _is_reached(_below(asked), self._price(asked), asked.trigger_price) else DONE

    def _objection_to_trailing(self, asked: AskedStop) -> Answer:
        lowest, highest = CALLBACK_RANGE
        if not lowest <= asked.callback_rate <= highest:
            return Answer(-2007, "Invalid callback rate.")
        last = self._price(asked)
        if asked.activate_price and asked.side.sign * (asked.activate_price - last) >= 0:
            return WOULD_TRIGGER
        return DONE

    def _make(self, asked: AskedStop) -> HeldStop:
        now_ms, closes = self._state.now_ms, asked.closes_position
        stop = HeldStop(
            self._state.orders.next_algo_id(),
            asked.client_id,
            asked.symbol,
            asked.side,
            asked.position_side,
            asked.kind,
            "GTE_GTC" if closes else asked.time_in_force,
            asked.quantity,
            asked.price,
            asked.trigger_price,
            asked.working_type,
            asked.is_reduce_only or closes,
            closes,
            asked.is_price_protected,
            asked.activate_price,
            asked.callback_rate,
            asked.good_till_ms,
            asked.price_match,
            asked.self_trade,
            now_ms,
            now_ms,
        )
        if stop.kind == TRAILING and not stop.activate_price:
            stop.extreme = self._price(stop)
        return stop

    def _fires(self, stop: HeldStop, price: Decimal) -> bool:
        if stop.kind == TRAILING:
            reached = self._trails(stop, price)
        else:
            reached = _is_reached(stop.acts_below, price, stop.trigger_price)
        return reached and not self._is_protected_against(stop)

    def _trails(self, stop: HeldStop, price: Decimal) -> bool:
        sign = stop.side.sign
        if not stop.extreme:
            if sign * (price - stop.activate_price) > 0:
                return False
            stop.extreme, stop.is_activated = price, True
            self._state.tell_stop(stop)
        stop.extreme = min(stop.extreme, price) if stop.side is Side.BUY else max(stop.extreme, price)
        return sign * (price - stop.extreme * (1 + sign * stop.callback_rate / 100)) >= 0

    def _is_protected_against(self, stop: HeldStop) -> bool:
        mark, last = self._state.mark(stop.symbol), self._state.last(stop.symbol)
        return (
            stop.is_price_protected
            and abs(mark - last) > last * self._state.contracts[stop.symbol].trigger_protect
        )

    def _fate_of(self, stop: HeldStop) -> str:
        every = self._state.habits.stuck_stop_every
        if every and not stop.kind.startswith("TAKE_PROFIT"):
            self._stops_fired += 1
            if self._stops_fired % every == 0:
                return "stuck"
        return self._fate.of_trigger(stop.symbol, self._state.now_ms)

    def _order_of(self, stop: HeldStop, asked: TriggeredOrder) -> HeldOrder:
        order = self._engine.make(asked, asked.price)
        order.original_kind, order.stop_price, order.algo_id = stop.kind, stop.trigger_price, stop.algo_id
        order.working_type, order.is_price_protected = stop.working_type, stop.is_price_protected
        order.closes_position = stop.closes_position
        return order

    def _end(self, stop: HeldStop, status: str) -> None:
        stop.status = status
        self._state.orders.close_stop(stop)
        self._state.tell_stop(stop)

    def _price(self, asked: AskedStop) -> Decimal:
        is_mark = asked.working_type == "MARK_PRICE"
        return self._state.mark(asked.symbol) if is_mark else self._state.last(asked.symbol)


def _below(asked: AskedStop) -> bool:
    return (asked.side is Side.SELL) is not asked.kind.startswith("TAKE_PROFIT")


def _is_reached(acts_below: bool, price: Decimal, trigger: Decimal) -> bool:  # noqa: FBT001 - a side of the trigger
    return price <= trigger if acts_below else price >= trigger
