from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.market.direction import Direction, Side, side_that_closes, side_that_opens
from domain.orders.order import ApprovedOrder, Order, OrderKind, OrderPurpose
from domain.orders.order_validator import OrderValidator
from domain.position.trade_plan import TradePlan
from domain.refusal import Refusal, RefusalReason
from domain.risk.cool_down import CoolDownRules
from domain.risk.gate_limits import GateLimits
from domain.risk.portfolio import Exposure, Portfolio
from domain.risk.risk_gate import RiskGate
from tests.trade_samples import INSTRUMENT, SETUP, SYMBOL, a_plan, a_trade, mirrored_setup

NOW = 10_000_000
PRICE = Decimal(1024)
LIMITS = GateLimits(
    max_positions=3,
    max_position_notional=Decimal("0.50"),
    max_exposure_per_direction=Decimal("0.80"),
    max_total_margin=Decimal("0.40"),
    max_daily_loss=Decimal("0.05"),
    max_drawdown=Decimal("0.20"),
    max_data_age_ms=60_000,
    cool_down=CoolDownRules(after_losses=2, pause_ms=30_000),
)
GATE = RiskGate(LIMITS, OrderValidator())
CALM = Portfolio(
    equity=Decimal(10_240),
    day_start_equity=Decimal(10_240),
    peak_equity=Decimal(10_240),
    exposures=(),
    losses_in_a_row=0,
    last_loss_at_ms=None,
    data_at_ms=NOW,
    is_reconciled=True,
)
PLAN = a_plan()


def entry_of(plan: TradePlan, kind: OrderKind = OrderKind.POST_ONLY_LIMIT) -> Order:
    return Order(
        order_id="BTCUSDT.L.1-e",
        symbol=SYMBOL,
        side=side_that_opens(plan.setup.direction),
        kind=kind,
        purpose=OrderPurpose.ENTRY,
        quantity=plan.quantity,
        price=plan.setup.entry if kind is OrderKind.POST_ONLY_LIMIT else None,
        leverage=plan.leverage,
    )


def answer(
    portfolio: Portfolio = CALM, plan: TradePlan = PLAN, order: Order | None = None, price: Decimal = PRICE
) -> ApprovedOrder | Refusal:
    return GATE.review_entry(order or entry_of(plan), plan, portfolio, INSTRUMENT, price, NOW)


def reason(
    portfolio: Portfolio = CALM, plan: TradePlan = PLAN, order: Order | None = None, price: Decimal = PRICE
) -> RefusalReason | None:
    given_ = answer(portfolio, plan, order, price)
    return given_.reason if isinstance(given_, Refusal) else None


def other(
    notional: str = "0", margin: str = "0", symbol: str = "ETHUSDT", direction: Direction = Direction.LONG
) -> Exposure:
    return Exposure(symbol, direction, Decimal(notional), Decimal(margin))


def test_a_planned_entry_on_a_calm_account_is_approved_as_it_is() -> None:
    order = entry_of(PLAN)
    assert answer(order=order) == ApprovedOrder(order)
    short = a_plan(mirrored_setup(SETUP))
    assert reason(plan=short) is None


FAULTS: list[tuple[RefusalReason, dict[str, Any], str]] = [
    (
        RefusalReason.BOOK_NOT_RECONCILED,
        {"is_reconciled": False},
        "the book has not been compared with the venue",
    ),
    (
        RefusalReason.STALE_DATA,
        {"data_at_ms": NOW - 60_001},
        "last candle 60001 ms old of at most 60000",
    ),
    (
        RefusalReason.DRAWDOWN,
        {"peak_equity": Decimal(12_800)},
        "20.00 % below the peak, entries end at 20.00 %",
    ),
    (
        RefusalReason.DAILY_LOSS,
        {"day_start_equity": Decimal(10_779)},
        "5.00 % lost today, entries end at 5.00 %",
    ),
    (
        RefusalReason.COOLING_DOWN,
        {"losses_in_a_row": 2, "last_loss_at_ms": NOW - 10_000},
        "2 losses in a row, 20 s of the pause left",
    ),
    (
        RefusalReason.SYMBOL_BUSY,
        {"exposures": (other(symbol=SYMBOL), other(symbol="A"), other(symbol="B"))},
        "BTCUSDT is held or being entered",
    ),
    (
        RefusalReason.TOO_MANY_POSITIONS,
        {"exposures": (other("9000", "4000"), other(symbol="A"), other(symbol="B"))},
        "3 positions of at most 3",
    ),
    (
        RefusalReason.TOO_MUCH_EXPOSURE,
        {"exposures": (other("6144.01", "4000"),)},
        "long exposure 8192.01 of at most 8192.00",
    ),
    (
        RefusalReason.TOO_MUCH_MARGIN,
        {"exposures": (other("0", "3072.01"),)},
        "margin 4096.01 of at most 4096.00",
    ),
]


@pytest.mark.parametrize(("expected", "change", "detail"), FAULTS)
def test_each_limit_refuses_with_its_figures(
    expected: RefusalReason, change: dict[str, Any], detail: str
) -> None:
    assert answer(CALM._replace(**change)) == Refusal(expected, detail)


@pytest.mark.parametrize(
    "change",
    [
        {"data_at_ms": NOW - 60_000},
        {"peak_equity": Decimal(12_799)},
        {"day_start_equity": Decimal(10_778)},
        {"losses_in_a_row": 1, "last_loss_at_ms": NOW},
        {"losses_in_a_row": 2, "last_loss_at_ms": NOW - 30_000},
        {"exposures": (other(symbol="A"), other(symbol="B"))},
        {"exposures": (other("6144"),)},
        {"exposures": (other("9999", direction=Direction.SHORT),)},
        {"exposures": (other(margin="3072"),)},
    ],
)
def test_a_limit_may_be_reached(change: dict[str, Any]) -> None:
    assert reason(CALM._replace(**change)) is None


def test_losses_end_entries_as_soon_as_they_reach_the_limit() -> None:
    lost = CALM._replace(equity=Decimal(9500), day_start_equity=Decimal(10_000))
    assert reason(lost) is RefusalReason.DAILY_LOSS
    assert reason(lost._replace(equity=Decimal("9500.01"))) is None
    fallen = CALM._replace(equity=Decimal(8000), day_start_equity=Decimal(8000), peak_equity=Decimal(10_000))
    assert reason(fallen) is RefusalReason.DRAWDOWN
    assert reason(fallen._replace(equity=Decimal("8000.01"))) is None


def test_the_last_millisecond_of_a_pause_counts() -> None:
    paused = CALM._replace(losses_in_a_row=2, last_loss_at_ms=NOW - 29_999)
    assert reason(paused) is RefusalReason.COOLING_DOWN


def test_the_first_fault_in_the_fixed_order_is_the_one_told() -> None:
    changes: dict[str, Any] = {}
    for expected, change, _ in reversed(FAULTS):
        changes |= change
        assert reason(CALM._replace(**changes)) is expected


def test_one_position_may_not_exceed_half_of_equity() -> None:
    assert reason(plan=a_plan(quantity="5")) is None
    refusal = answer(plan=a_plan(quantity="5.001"))
    assert refusal == Refusal(RefusalReason.TOO_MUCH_EXPOSURE, "notional 5121.02 of at most 5120.00")


def test_a_market_entry_is_valued_at_the_last_price() -> None:
    plan = a_plan(quantity="5")
    at_market = entry_of(plan, OrderKind.MARKET)
    assert reason(plan=plan, order=at_market) is None
    assert reason(plan=plan, order=at_market, price=PRICE + 1) is RefusalReason.TOO_MUCH_EXPOSURE
    assert reason(plan=plan, price=PRICE + 1) is None


def test_margin_is_the_planned_or_what_the_notional_needs_whichever_is_more() -> None:
    held = CALM._replace(exposures=(other(margin="3000"),))
    assert reason(held, replace(PLAN, initial_margin=Decimal(1097))) is RefusalReason.TOO_MUCH_MARGIN
    understated = replace(PLAN, initial_margin=Decimal(1))
    assert (
        reason(CALM._replace(exposures=(other(margin="3073"),)), understated) is RefusalReason.TOO_MUCH_MARGIN
    )


@pytest.mark.parametrize(
    "change",
    [
        {"purpose": OrderPurpose.EXIT},
        {"is_reduce_only": True},
        {"symbol": "ETHUSDT"},
        {"side": Side.SELL},
        {"quantity": Decimal("2.001")},
        {"leverage": 3},
    ],
)
def test_an_order_that_is_not_the_planned_one_is_refused(change: dict[str, Any]) -> None:
    refusal = answer(order=replace(entry_of(PLAN), **change))
    assert refusal == Refusal(
        RefusalReason.INVALID_ORDER, "BTCUSDT.L.1-e is not the planned entry of BTCUSDT.L.1"
    )


def test_less_than_planned_is_still_the_planned_trade() -> None:
    assert reason(order=replace(entry_of(PLAN), quantity=Decimal(1))) is None


def test_the_venues_rules_are_asked_last() -> None:
    off_tick = replace(entry_of(PLAN), price=Decimal("1023.9"))
    refusal = answer(order=off_tick)
    assert refusal == Refusal(RefusalReason.INVALID_ORDER, "price 1023.9 is no multiple of the tick 0.25")


amounts = st.decimals(0, 6000, places=2)


@given(
    st.lists(st.tuples(amounts, amounts, st.sampled_from(Direction)), max_size=4),
    st.integers(1, 6000).map(lambda n: str(Decimal(n) / 1000)),
    st.integers(1, 20),
    st.sampled_from(Direction),
)
def test_no_approved_entry_takes_the_account_over_a_limit_with_everything_in_flight_filled(
    held: list[tuple[Decimal, Decimal, Direction]], quantity: str, leverage: int, direction: Direction
) -> None:
    setup = SETUP if direction is Direction.LONG else mirrored_setup(SETUP)
    plan = a_plan(setup, quantity=quantity, leverage=leverage)
    exposures = tuple(
        Exposure(f"S{i}", way, notional, margin) for i, (notional, margin, way) in enumerate(held)
    )
    verdict = answer(CALM._replace(exposures=exposures), plan)
    notional = plan.quantity * setup.entry
    towards = notional + sum((e.notional for e in exposures if e.direction is direction), Decimal(0))
    margin = plan.initial_margin + sum((e.margin for e in exposures), Decimal(0))
    is_within = (
        len(exposures) < 3
        and notional <= CALM.equity * Decimal("0.5")
        and towards <= CALM.equity * Decimal("0.8")
        and margin <= CALM.equity * Decimal("0.4")
        and notional >= INSTRUMENT.min_notional
    )
    assert isinstance(verdict, ApprovedOrder) is is_within


TRADE = a_trade()
SHORT = a_trade(a_plan(mirrored_setup(SETUP)))
STOP = Order(
    order_id="BTCUSDT.L.1-s1",
    symbol=SYMBOL,
    side=Side.SELL,
    kind=OrderKind.STOP_MARKET,
    purpose=OrderPurpose.STOP,
    quantity=Decimal(2),
    trigger_price=Decimal(1014),
    is_reduce_only=True,
)
EXIT = replace(STOP, kind=OrderKind.MARKET, purpose=OrderPurpose.EXIT, trigger_price=None)


@pytest.mark.parametrize("order", [STOP, EXIT, replace(EXIT, quantity=Decimal("0.001"))])
def test_leaving_is_always_allowed(order: Order) -> None:
    assert GATE.approve_reducing(order, TRADE.position, INSTRUMENT) == ApprovedOrder(order)
    other_side = replace(order, side=side_that_closes(Direction.SHORT))
    assert GATE.approve_reducing(other_side, SHORT.position, INSTRUMENT) == ApprovedOrder(other_side)


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"purpose": OrderPurpose.ENTRY}, "BTCUSDT.L.1-s1 is not marked to reduce only"),
        ({"is_reduce_only": False, "leverage": 2}, "BTCUSDT.L.1-s1 is not marked to reduce only"),
        ({"symbol": "ETHUSDT"}, "BTCUSDT.L.1-s1 does not close a long of BTCUSDT"),
        ({"side": Side.BUY}, "BTCUSDT.L.1-s1 does not close a long of BTCUSDT"),
        ({"quantity": Decimal("2.001")}, "BTCUSDT.L.1-s1 closes 2.001 of 2 held"),
        ({"trigger_price": Decimal("1014.1")}, "price 1014.1 is no multiple of the tick 0.25"),
    ],
)
def test_what_would_not_reduce_or_the_venue_cannot_take_is_refused(
    change: dict[str, Any], detail: str
) -> None:
    refusal = GATE.approve_reducing(replace(STOP, **change), TRADE.position, INSTRUMENT)
    assert refusal == Refusal(RefusalReason.INVALID_ORDER, detail)


def test_a_rest_below_the_least_quantity_may_leave_whole_but_not_in_part() -> None:
    coarse = replace(INSTRUMENT, min_quantity=Decimal(3))
    assert GATE.approve_reducing(STOP, TRADE.position, coarse) == ApprovedOrder(STOP)
    part = GATE.approve_reducing(replace(STOP, quantity=Decimal(1)), TRADE.position, coarse)
    assert part == Refusal(RefusalReason.INVALID_ORDER, "quantity 1 of at least 3")


def test_a_whole_rest_that_breaks_another_rule_stays_refused() -> None:
    rough = replace(INSTRUMENT, lot=Decimal(3))
    refusal = GATE.approve_reducing(STOP, TRADE.position, rough)
    assert isinstance(refusal, Refusal)
    assert refusal.reason is RefusalReason.INVALID_ORDER


EXIT = replace(STOP, kind=OrderKind.MARKET, purpose=OrderPurpose.EXIT, trigger_price=None)


def test_a_position_that_no_lot_fits_leaves_at_market_by_the_next_larger_quantity() -> None:
    rough = replace(INSTRUMENT, lot=Decimal(3), min_quantity=Decimal(3))
    up = replace(EXIT, quantity=Decimal(3))
    assert GATE.approve_reducing(up, TRADE.position, rough) == ApprovedOrder(up)
    assert isinstance(GATE.approve_reducing(up, TRADE.position, INSTRUMENT), Refusal)
    for order in (replace(up, quantity=Decimal(6)), replace(STOP, quantity=Decimal(3))):
        assert isinstance(GATE.approve_reducing(order, TRADE.position, rough), Refusal)


def test_a_stop_that_closes_the_position_needs_no_lot_and_nothing_else_may_be_one() -> None:
    rough = replace(INSTRUMENT, lot=Decimal(3), min_quantity=Decimal(3))
    closing = replace(STOP, closes_position=True)
    assert GATE.approve_reducing(closing, TRADE.position, rough) == ApprovedOrder(closing)
    at_market = replace(EXIT, closes_position=True)
    assert GATE.approve_reducing(at_market, TRADE.position, INSTRUMENT) == Refusal(
        RefusalReason.INVALID_ORDER, "BTCUSDT.L.1-s1 closes the position without a trigger"
    )
