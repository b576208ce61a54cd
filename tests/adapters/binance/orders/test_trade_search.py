"""Who traded on the account when nobody told."""

from dataclasses import replace
from decimal import Decimal

import msgspec

from adapters.binance.orders.errand import Task
from adapters.binance.wire.outcome import Done, UnknownOutcome
from domain.connection_events import AccountCompared, AccountUnsure
from domain.orders.order import OrderKind
from domain.orders.order_events import OrderFilled
from domain.tape import WalletMoved
from tests.adapters.binance.orders.clerk_drill import ClerkDrill, refused, report, told, trade
from tests.adapters.binance.wire.order_samples import ENTRY, EXIT

AT_MARKET = replace(ENTRY, kind=OrderKind.MARKET, price=None)
FORCED = replace(EXIT, order_id="autoclose-1795305600000")
STRANGE = replace(EXIT, order_id="web_abc")


def holding() -> ClerkDrill:
    """A drill with half a coin, which the venue holds no more."""
    drill = ClerkDrill()
    drill.send(AT_MARKET)
    drill.place(AT_MARKET, told(AT_MARKET, "FILLED", "0.5"))
    drill.hear(report(ENTRY, "TRADE", "FILLED", last="0.5", filled="0.5", trade=11))
    drill.wait(60_100)
    drill.serve()
    drill.wait(1_100)
    return drill


def test_a_forced_close_is_named_and_told_under_the_venues_name_once() -> None:
    drill = holding()
    drill.trades(drill.expect(Task.FIND_TRADES), [trade(ENTRY, 11, "0.5"), trade(FORCED, 12, "0.5", 70)])
    drill.answer(drill.expect(Task.IDENTIFY), told(FORCED, "FILLED", "0.5", 70))
    drill.hear(report(FORCED, "TRADE", "FILLED", last="0.5", filled="0.5", trade=12, number=70))
    fills = [event.fill.order_id for event in drill.of(OrderFilled)]
    assert fills == [ENTRY.order_id, FORCED.order_id]
    drill.wait(2_100)
    drill.serve()
    drill.hear()
    assert drill.of(AccountCompared)[-1].positions == ()


def test_a_forced_close_that_was_told_without_its_number_is_not_found_again_under_it() -> None:
    """Its fee was kept back too, so that the trades are asked for."""
    drill = holding()
    drill.trades(drill.expect(Task.FIND_TRADES), [trade(ENTRY, 11, "0.5")])
    closed = report(FORCED, "CALCULATED", "FILLED", last="0.5", filled="0.5", number=70)
    order = msgspec.structs.replace(closed.order, fee=None, fee_asset=None)
    drill.hear(msgspec.structs.replace(closed, order=order))
    drill.wait(1_100)
    fee = msgspec.structs.replace(
        trade(FORCED, 12, "0.5", 70), commission=Decimal(2), commission_asset="USDT"
    )
    paid = [trade(ENTRY, 11, "0.5"), fee]
    while (errand := drill.next()) is not None:
        found = told(FORCED, "FILLED", "0.5", 70) if errand.task is Task.IDENTIFY else Done(tuple(paid))
        drill.answer(errand, found)
        drill.wait(1_100)
    assert [event.fill.order_id for event in drill.of(OrderFilled)] == [ENTRY.order_id, FORCED.order_id]
    assert [event.amount for event in drill.of(WalletMoved)] == [Decimal(-2)]


def test_a_strangers_trade_is_not_told_as_ours_and_the_account_is_doubted() -> None:
    drill = holding()
    drill.trades(drill.expect(Task.FIND_TRADES), [trade(STRANGE, 12, "0.5", 70)])
    drill.answer(drill.expect(Task.IDENTIFY), told(STRANGE, "FILLED", "0.5", 70))
    assert len(drill.of(OrderFilled)) == 1
    assert drill.of(AccountUnsure)[-1].reason == "order 70, which is none of ours, has traded"


def test_an_order_that_cannot_be_named_at_first_is_asked_for_again() -> None:
    drill = holding()
    drill.trades(drill.expect(Task.FIND_TRADES), [trade(FORCED, 12, "0.5", 70)])
    for _ in range(3):
        drill.answer(drill.expect(Task.IDENTIFY), refused(-2013))
        drill.wait(1_100)
    drill.answer(drill.expect(Task.IDENTIFY), told(FORCED, "FILLED", "0.5", 70))
    assert len(drill.of(OrderFilled)) == 2


def test_an_order_that_can_never_be_named_is_a_strangers() -> None:
    drill = holding()
    drill.trades(drill.expect(Task.FIND_TRADES), [trade(FORCED, 12, "0.5", 70)])
    while not drill.of(AccountUnsure):
        errand = drill.next()
        if errand is not None and errand.task is Task.IDENTIFY:
            drill.answer(errand, refused(-2013))
        elif errand is not None:
            drill.trades(errand, [])
        drill.wait(1_100)
    assert "none of ours" in drill.of(AccountUnsure)[0].reason


def test_a_search_without_an_answer_is_made_again() -> None:
    drill = holding()
    drill.answer(drill.expect(Task.FIND_TRADES), UnknownOutcome("no answer"))
    drill.wait(1_100)
    drill.trades(drill.expect(Task.FIND_TRADES), [trade(ENTRY, 11, "0.5")])
    assert [event.fill.quantity for event in drill.of(OrderFilled)] == [Decimal("0.5")]


def test_an_account_that_agrees_is_not_searched() -> None:
    drill = ClerkDrill()
    drill.wait(60_100)
    drill.serve()
    assert not {errand.task for errand in drill.asked} & {Task.FIND_TRADES, Task.FIND_FUNDING}
