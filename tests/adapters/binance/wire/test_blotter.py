import json
from decimal import Decimal
from typing import Any

import pytest

from adapters.binance.wire.account_events import AccountUpdate
from adapters.binance.wire.account_news import (
    AccountNews,
    FeeNote,
    ForeignCause,
    ForeignFilled,
    FundingUnassigned,
    OrderAmended,
    StopTriggering,
    Untold,
)
from adapters.binance.wire.blotter import Blotter
from adapters.binance.wire.order_requests import query, query_resident
from adapters.binance.wire.other_frames import Unknown
from adapters.binance.wire.replies import OrderTold
from domain.market.direction import Side
from domain.orders.fill import Fill
from domain.orders.order_events import OrderAccepted, OrderCancelled, OrderExpired, OrderFilled
from domain.tape import FundingSettled
from tests.adapters.binance.wire.account_samples import (
    AT_MS,
    ENTRY,
    STOP,
    account,
    algo,
    event,
    lite,
    order,
    trade,
)

STOP_ORDER: dict[str, Any] = {"i": 80, "S": "SELL", "o": "MARKET", "ot": "STOP_MARKET", "p": "0"}
VENUES_OWN_IDS = pytest.mark.parametrize("client_id", [STOP, "x7Jk2mQvPz0aBcDeFgHiJk"])


def fills_in(news: list[AccountNews]) -> list[tuple[str, str, bool]]:
    fills = [one.fill for one in news if isinstance(one, OrderFilled)]
    return [(fill.order_id, fill.fill_id, fill.is_last) for fill in fills]


def test_an_order_that_rests_is_accepted() -> None:
    assert Blotter().read(order()) == [OrderAccepted(AT_MS, "BTCUSDT", ENTRY)]


def test_a_fill_is_booked_from_the_venues_own_figures() -> None:
    assert Blotter().read(trade(rp="-1.5")) == [
        OrderFilled(
            AT_MS,
            "BTCUSDT",
            Fill(
                fill_id="6123405001",
                order_id=ENTRY,
                symbol="BTCUSDT",
                side=Side.BUY,
                price=Decimal("91800.00"),
                quantity=Decimal("0.200"),
                fee=Decimal("3.67200000"),
                realized_pnl=Decimal("-1.5"),
                is_maker=True,
                is_last=False,
                at_ms=AT_MS - 3,
            ),
        )
    ]


def test_a_fill_told_by_two_connections_counts_once() -> None:
    blotter = Blotter()
    assert len(blotter.read(trade())) == 1
    assert blotter.read(trade()) == []
    assert fills_in(blotter.read(trade(X="FILLED", t=2, l="0.3", z="0.5"))) == [(ENTRY, "2", True)]


def test_trades_of_two_symbols_may_have_one_number() -> None:
    blotter = Blotter()
    blotter.read(trade())
    assert fills_in(blotter.read(trade(s="ETHUSDT", c="ETHUSDT.L.mwsgqk0g-e")))


@pytest.mark.parametrize("is_lite_first", [True, False])
def test_a_fill_announced_in_short_is_the_same_fill(is_lite_first: bool) -> None:
    blotter = Blotter()
    events = [lite(), trade()] if is_lite_first else [trade(), lite()]
    assert [len(blotter.read(one)) for one in events] == ([0, 1] if is_lite_first else [1, 0])
    assert blotter.overdue(AT_MS + 1) == []


def test_a_fill_that_was_only_announced_is_to_be_asked_for() -> None:
    blotter = Blotter()
    blotter.read(lite())
    assert blotter.overdue(AT_MS) == []
    assert blotter.overdue(AT_MS + 1) == [
        Untold(AT_MS, "BTCUSDT", ENTRY, "fill 6123405001 was only announced")
    ]
    assert blotter.overdue(AT_MS + 1) == []


def test_a_fill_found_in_the_list_of_trades_is_not_told_again() -> None:
    blotter = Blotter()
    (news,) = Blotter().read(trade())
    assert isinstance(news, OrderFilled)
    assert blotter.book(news.fill)
    assert not blotter.book(news.fill)
    assert blotter.read(trade()) == []


def test_a_fill_that_was_lost_shows_in_the_next_report() -> None:
    blotter = Blotter()
    blotter.read(order())
    news = blotter.read(trade(t=9, l="0.1", z="0.3"))
    assert news[1:] == [Untold(AT_MS, "BTCUSDT", ENTRY, "0.2 were filled and not told")]
    assert not any(isinstance(one, Untold) for one in blotter.read(trade(t=10, l="0.1", z="0.4")))


def test_what_was_filled_before_the_stream_began_is_not_missing() -> None:
    blotter = Blotter()
    blotter.know(ENTRY, Decimal("0.2"))
    assert blotter.read(order(x="CANCELED", X="CANCELED", z="0.2")) == [
        OrderCancelled(AT_MS, "BTCUSDT", ENTRY)
    ]


def test_a_cancel_is_told_once() -> None:
    blotter = Blotter()
    cancel = order(x="CANCELED", X="CANCELED")
    assert blotter.read(cancel) == [OrderCancelled(AT_MS, "BTCUSDT", ENTRY)]
    assert blotter.read(cancel) == []


@pytest.mark.parametrize(
    ("status", "reason", "words"),
    [
        ("EXPIRED", "4", "only reduces"),
        ("EXPIRED", "5", "liquidated"),
        ("EXPIRED", "9", "bounds"),
        ("EXPIRED_IN_MATCH", "1", "another order of this account"),
        ("EXPIRED", "0", "gives no reason"),
        ("EXPIRED", "77", "number 77"),
    ],
)
def test_an_order_that_expires_says_why(status: str, reason: str, words: str) -> None:
    (expired,) = Blotter().read(order(x="EXPIRED", X=status, er=reason))
    assert isinstance(expired, OrderExpired)
    assert words in expired.reason


def test_the_rest_of_a_market_order_expires_after_its_fills() -> None:
    blotter = Blotter()
    blotter.read(trade())
    (expired,) = blotter.read(order(x="EXPIRED", X="EXPIRED", er="9", z="0.200"))
    assert isinstance(expired, OrderExpired)


def test_a_fee_in_another_asset_is_noted_and_not_taken_from_the_wallet() -> None:
    filled, note = Blotter().read(trade(N="BNB", n="0.004"))
    assert isinstance(filled, OrderFilled)
    assert filled.fill.fee == 0
    assert note == FeeNote(AT_MS, "BTCUSDT", ENTRY, "6123405001", "BNB", Decimal("0.004"))


def test_a_fee_that_is_not_told_is_noted() -> None:
    told = event(
        {
            "e": "ORDER_TRADE_UPDATE", "E": AT_MS, "T": AT_MS,
            "o": {"s": "BTCUSDT", "c": ENTRY, "S": "BUY", "x": "TRADE", "X": "FILLED", "i": 1, "T": 1, "t": 5,
                  "l": "1", "z": "1", "L": "2"},
        }
    )  # fmt: skip
    filled, note = Blotter().read(told)
    assert isinstance(filled, OrderFilled)
    assert note == FeeNote(AT_MS, "BTCUSDT", ENTRY, "5", "", Decimal(0))


def test_an_amended_order_is_told() -> None:
    assert Blotter().read(order(x="AMENDMENT", p="91700.0", q="0.4", M="17")) == [
        OrderAmended(AT_MS, "BTCUSDT", ENTRY, Decimal("91700.0"), Decimal("0.4"))
    ]


def test_words_of_tomorrow_do_no_harm() -> None:
    assert Blotter().read(order(x="SOMETHING", X="NEW_ADL")) == [Unknown("execution SOMETHING NEW_ADL")]
    assert Blotter().read(algo(X="PAUSED")) == [Unknown("algo status PAUSED")]
    (untold,) = Blotter().read(trade(S="BORROW"))[:1]
    assert isinstance(untold, Untold)


@VENUES_OWN_IDS
def test_a_triggered_stop_fills_under_our_id_when_the_link_comes_first(client_id: str) -> None:
    blotter = Blotter()
    assert blotter.read(algo()) == [OrderAccepted(AT_MS, "BTCUSDT", STOP)]
    assert blotter.read(algo(X="TRIGGERING")) == [StopTriggering(AT_MS, "BTCUSDT", STOP)]
    assert blotter.read(algo(X="TRIGGERED", ai="80")) == []
    assert blotter.read(order(c=client_id, **STOP_ORDER)) == []
    news = blotter.read(trade(c=client_id, **STOP_ORDER, X="FILLED", l="0.5", z="0.5"))
    assert fills_in(news) == [(STOP, "6123405001", True)]
    assert blotter.read(algo(X="FINISHED", ai="80", aq="0.5")) == []
    assert blotter.overdue(AT_MS + 10_000) == []


@VENUES_OWN_IDS
def test_a_triggered_stop_fills_under_our_id_when_the_fill_comes_first(client_id: str) -> None:
    blotter = Blotter()
    blotter.read(algo())
    early = blotter.read(order(c=client_id, **STOP_ORDER))
    early += blotter.read(trade(c=client_id, **STOP_ORDER, X="FILLED", l="0.5", z="0.5"))
    late = blotter.read(algo(X="TRIGGERED", ai="80"))
    assert fills_in(early + late) == [(STOP, "6123405001", True)]
    assert blotter.overdue(AT_MS + 10_000) == []


def test_a_link_found_elsewhere_releases_what_was_held_back() -> None:
    blotter = Blotter()
    blotter.expect(STOP, "BTCUSDT", Side.SELL)
    assert blotter.read(trade(c="venues-own", **{**STOP_ORDER, "ot": "MARKET"})) == []
    assert fills_in(blotter.link(STOP, 80)) == [(STOP, "6123405001", False)]


def test_a_stop_that_finished_and_whose_fill_was_lost_is_to_be_asked_for() -> None:
    blotter = Blotter()
    blotter.read(algo())
    blotter.read(algo(X="FINISHED", ai="80", aq="0.5"))
    assert blotter.overdue(AT_MS + 1) == [Untold(AT_MS, "BTCUSDT", STOP, "it is over, and how was not told")]


def test_a_stop_whose_order_was_cancelled_is_cancelled() -> None:
    blotter = Blotter()
    blotter.read(algo())
    blotter.read(algo(X="TRIGGERED", ai="80"))
    assert blotter.read(order(c="venues-own", **STOP_ORDER, x="CANCELED", X="CANCELED")) == [
        OrderCancelled(AT_MS, "BTCUSDT", STOP)
    ]
    blotter.read(algo(X="FINISHED", ai="80"))
    assert blotter.overdue(AT_MS + 1) == []


def test_a_second_new_of_a_stop_is_no_news() -> None:
    blotter = Blotter()
    assert len(blotter.read(algo())) == 1
    assert blotter.read(algo(ia=True)) == []


@pytest.mark.parametrize(("status", "failure"), [("REJECTED", "Margin is insufficient."), ("EXPIRED", "")])
def test_a_stop_the_venue_took_away_expires_with_its_reason(status: str, failure: str) -> None:
    blotter = Blotter()
    blotter.read(algo())
    (expired,) = blotter.read(algo(X=status, rm=failure))
    assert isinstance(expired, OrderExpired)
    assert expired.order_id == STOP
    assert (failure or "gives no reason") in expired.reason


def test_a_stop_we_took_away_is_cancelled() -> None:
    assert Blotter().read(algo(X="CANCELED")) == [OrderCancelled(AT_MS, "BTCUSDT", STOP)]


def test_a_strangers_stop_is_no_business_of_ours() -> None:
    assert Blotter().read(algo(caid="web_123")) == []


@pytest.mark.parametrize(
    ("client_id", "kind", "cause"),
    [
        ("autoclose-1795305700104", "LIQUIDATION", ForeignCause.LIQUIDATION),
        ("adl_autoclose", "LIMIT", ForeignCause.DELEVERAGING),
        ("adl_autoclose-77", "LIMIT", ForeignCause.DELEVERAGING),
        ("settlement_autoclose-5", "LIMIT", ForeignCause.SETTLEMENT),
        ("delivery_autoclose-5", "LIMIT", ForeignCause.SETTLEMENT),
        ("web_77", "LIMIT", ForeignCause.STRANGER),
        ("odd", "LIQUIDATION", ForeignCause.LIQUIDATION),
    ],
)
def test_an_order_out_of_nowhere_fills_under_its_own_id(
    client_id: str, kind: str, cause: ForeignCause
) -> None:
    blotter = Blotter()
    assert blotter.read(order(c=client_id, o=kind)) == []
    (news,) = blotter.read(trade(c=client_id, o=kind))
    assert isinstance(news, ForeignFilled)
    assert (news.cause, news.filled.fill.order_id) == (cause, client_id)
    assert blotter.read(trade(c=client_id, o=kind)) == []


def test_a_liquidation_without_trade_numbers_counts_every_part() -> None:
    blotter = Blotter()
    parts = [
        trade(c="autoclose-1", x="CALCULATED", t=0, l="0.2", z="0.2"),
        trade(c="autoclose-1", x="CALCULATED", t=0, l="0.3", z="0.5", X="FILLED"),
    ]
    news = [one for part in parts for one in blotter.read(part)]
    assert [one.filled.fill.quantity for one in news if isinstance(one, ForeignFilled)] == [
        Decimal("0.2"),
        Decimal("0.3"),
    ]
    assert blotter.read(parts[0]) == []


def test_a_liquidation_is_not_held_back_although_a_stop_rests() -> None:
    blotter = Blotter()
    blotter.read(algo())
    assert blotter.read(trade(c="autoclose-1", **STOP_ORDER))


def test_an_order_that_could_have_been_our_stop_turns_out_to_be_a_strangers() -> None:
    blotter = Blotter()
    blotter.read(algo())
    assert blotter.read(trade(c="web_77", S="SELL")) == []
    (news,) = blotter.overdue(AT_MS + 1)
    assert isinstance(news, ForeignFilled)
    assert news.cause is ForeignCause.STRANGER


def test_funding_is_told_by_its_symbol() -> None:
    blotter = Blotter()
    blotter.hear_rate("BTCUSDT", Decimal("0.0001"))
    blotter.read(account(wallet="1000"))
    update = account("FUNDING_FEE", "998.5", P=[], S="BTCUSDT")
    assert blotter.read(update) == [
        FundingSettled(AT_MS, "BTCUSDT", Decimal("0.0001"), Decimal("-1.5")),
        update,
    ]


def test_funding_of_an_isolated_position_is_told_by_that_position() -> None:
    balance = [{"a": "USDT", "wb": "998.5", "cw": "998.5", "bc": "-1.5"}]
    (funding, update) = Blotter().read(account("FUNDING_FEE", B=balance))
    assert funding == FundingSettled(AT_MS, "BTCUSDT", Decimal(0), Decimal("-1.5"))
    assert isinstance(update, AccountUpdate)


def test_funding_without_a_symbol_is_that_of_the_only_position() -> None:
    blotter = Blotter()
    blotter.read(account(wallet="1000"))
    funding = blotter.read(account("FUNDING_FEE", "1001", P=[]))[0]
    assert funding == FundingSettled(AT_MS, "BTCUSDT", Decimal(0), Decimal(1))


def test_funding_that_could_be_of_two_positions_or_of_none_is_to_be_asked_for() -> None:
    blotter = Blotter()
    held = [{"s": symbol, "pa": "1"} for symbol in ("BTCUSDT", "ETHUSDT")]
    blotter.read(account(P=held))
    assert blotter.read(account("FUNDING_FEE", "999", P=[]))[0] == FundingUnassigned(
        AT_MS, "USDT", Decimal(-1)
    )
    blotter.read(account("ORDER", "999", P=[{"s": symbol, "pa": "0"} for symbol in ("BTCUSDT", "ETHUSDT")]))
    assert blotter.read(account("FUNDING_FEE", "998", P=[]))[0] == FundingUnassigned(
        AT_MS, "USDT", Decimal(-1)
    )


def test_funding_of_an_unknown_amount_or_in_another_asset_is_to_be_asked_for() -> None:
    assert Blotter().read(account("FUNDING_FEE", S="BTCUSDT"))[0] == FundingUnassigned(AT_MS, "USDT", None)
    other = [{"a": "USDC", "wb": "5", "bc": "-1"}]
    assert Blotter().read(account("FUNDING_FEE", B=other, S="BTCUSDC"))[0] == FundingUnassigned(
        AT_MS, "USDC", Decimal(-1)
    )


def test_what_needs_no_translation_is_handed_on() -> None:
    told = event({"e": "ACCOUNT_CONFIG_UPDATE", "E": 1, "T": 1, "ac": {"s": "BTCUSDT", "l": 10}})
    assert Blotter().read(told) == [told]
    update = account()
    assert Blotter().read(update) == [update]


def looked_up(**changed: object) -> OrderTold:
    told = {"orderId": 70012345678, "symbol": "BTCUSDT", "status": "NEW", "clientOrderId": ENTRY, **changed}
    return query("BTCUSDT", ENTRY).read(json.dumps(told).encode())


def test_an_order_that_is_looked_up_stands_where_the_venue_says() -> None:
    assert Blotter().look_up(looked_up(), AT_MS) == [OrderAccepted(AT_MS, "BTCUSDT", ENTRY)]
    blotter = Blotter()
    assert blotter.look_up(looked_up(status="CANCELED"), AT_MS) == [OrderCancelled(AT_MS, "BTCUSDT", ENTRY)]
    assert blotter.read(order(x="CANCELED", X="CANCELED")) == []
    (expired,) = Blotter().look_up(looked_up(status="EXPIRED"), AT_MS)
    assert isinstance(expired, OrderExpired)
    assert Blotter().look_up(looked_up(clientOrderId="web_1"), AT_MS) == []


def test_what_a_look_shows_as_filled_is_to_be_asked_for() -> None:
    news = Blotter().look_up(looked_up(status="PARTIALLY_FILLED", executedQty="0.2"), AT_MS)
    assert news[1:] == [Untold(AT_MS, "BTCUSDT", ENTRY, "0.2 were filled and not told")]


def test_a_stop_that_is_looked_up_links_its_order() -> None:
    told = {"algoId": 3, "clientAlgoId": STOP, "symbol": "BTCUSDT", "side": "SELL", "algoStatus": "NEW"}
    blotter = Blotter()
    resting = query_resident(STOP).read(json.dumps(told).encode())
    assert blotter.look_up_resident(resting, AT_MS) == [OrderAccepted(AT_MS, "BTCUSDT", STOP)]
    assert blotter.read(trade(c="venues-own", **STOP_ORDER)) == []
    triggered = {**told, "algoStatus": "TRIGGERED", "actualOrderId": 80}
    news = blotter.look_up_resident(query_resident(STOP).read(json.dumps(triggered).encode()), AT_MS)
    assert fills_in(news) == [(STOP, "6123405001", False)]


def test_an_announced_fill_of_a_stop_is_asked_for_under_our_id() -> None:
    blotter = Blotter()
    blotter.link(STOP, 80)
    blotter.read(lite(c="venues-own", i=80))
    (untold,) = blotter.overdue(AT_MS + 1)
    assert isinstance(untold, Untold)
    assert untold.order_id == STOP
