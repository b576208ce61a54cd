"""Whatever the order in which events come, and however often: every fill once, and no life is broken."""

import json
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapters.binance.wire.account_events import AccountEvent
from adapters.binance.wire.account_news import AccountNews
from adapters.binance.wire.blotter import Blotter
from adapters.binance.wire.order_requests import query, query_resident
from domain.orders.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)
from domain.orders.order_life import OrderState, WorkingOrder
from tests.adapters.binance.wire.account_samples import AT_MS, ENTRY, STOP, algo, lite, order, trade
from tests.adapters.binance.wire.order_samples import ENTRY as ENTRY_ORDER
from tests.adapters.binance.wire.order_samples import STOP as STOP_ORDER

STOPPED: dict[str, Any] = {"i": 80, "S": "SELL", "o": "MARKET", "ot": "STOP_MARKET", "p": "0"}


def reports(client_id: str) -> list[AccountEvent]:
    return [
        order(),
        trade(),
        trade(t=2, l="0.3", z="0.5", X="FILLED"),
        order(c=client_id, **STOPPED),
        trade(c=client_id, **STOPPED, t=3, l="0.1", z="0.1"),
        trade(c=client_id, **STOPPED, t=4, l="0.4", z="0.5", X="FILLED"),
    ]


def stop_reports() -> list[AccountEvent]:
    return [
        algo(),
        algo(X="TRIGGERING"),
        algo(X="TRIGGERED", ai="80"),
        algo(X="FINISHED", ai="80", aq="0.5"),
    ]


def announcements(client_id: str) -> list[AccountEvent]:
    stopped = {"c": client_id, "S": "SELL", "i": 80}
    return [lite(), lite(t=2, l="0.3"), lite(t=3, l="0.1", **stopped), lite(t=4, l="0.4", **stopped)]


@st.composite
def told(draw: st.DrawFn) -> list[AccountEvent]:
    """Interleave what each kind tells in its own order, once or, as by two connections, twice."""
    client_id = draw(st.sampled_from([STOP, "x7Jk2mQvPz0aBcDeFgHiJk"]))
    rows = [reports(client_id), stop_reports(), announcements(client_id)] * draw(st.sampled_from([1, 2]))
    waiting = [list(row) for row in rows]
    events: list[AccountEvent] = []
    while any(waiting):
        row = draw(st.sampled_from([row for row in waiting if row]))
        events.append(row.pop(0))
    return events


@given(told())
def test_every_fill_is_told_once_under_our_id_and_no_life_is_broken(events: list[AccountEvent]) -> None:
    blotter = Blotter()
    news = [one for event in events for one in blotter.read(event)]
    fills = sorted((one.fill.order_id, one.fill.fill_id) for one in news if isinstance(one, OrderFilled))
    assert fills == [(ENTRY, "2"), (ENTRY, "6123405001"), (STOP, "3"), (STOP, "4")]
    assert blotter.overdue(AT_MS + 60_000) == []
    for working in (WorkingOrder(ENTRY_ORDER), WorkingOrder(STOP_ORDER)):
        assert _lived(working, news).state is OrderState.DONE


@given(told(), st.integers(0, 40))
def test_answers_to_questions_in_between_change_nothing(events: list[AccountEvent], place: int) -> None:
    blotter = Blotter()
    news = [one for event in events[:place] for one in blotter.read(event)]
    filled = {"orderId": 70012345678, "symbol": "BTCUSDT", "status": "FILLED", "executedQty": "0.5"}
    news += blotter.look_up(
        query("BTCUSDT", ENTRY).read(json.dumps({**filled, "clientOrderId": ENTRY}).encode()), AT_MS
    )
    stop = {"algoId": 3, "clientAlgoId": STOP, "symbol": "BTCUSDT", "algoStatus": "FINISHED", "side": "SELL"}
    news += blotter.look_up_resident(
        query_resident(STOP).read(json.dumps({**stop, "actualOrderId": "80"}).encode()), AT_MS
    )
    news += [one for event in events[place:] for one in blotter.read(event)]
    assert sum(one.fill.quantity for one in news if isinstance(one, OrderFilled)) == Decimal(1)
    for working in (WorkingOrder(ENTRY_ORDER), WorkingOrder(STOP_ORDER)):
        assert _lived(working, news).state is OrderState.DONE


def _lived(working: WorkingOrder, news: list[AccountNews]) -> WorkingOrder:
    for one in news:
        match one:
            case OrderFilled():
                is_its = one.fill.order_id == working.order.order_id
            case OrderAccepted() | OrderCancelled() | OrderExpired() | OrderRejected():
                is_its = one.order_id == working.order.order_id
            case _:
                continue
        working = working.after(one) if is_its else working
    return working
