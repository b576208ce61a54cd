"""Truth tables: what one candle does to one order, always the worse of what it may have done."""

from dataclasses import replace
from decimal import Decimal

import pytest

from domain.market.direction import Side
from domain.market.trading_costs import TradingCosts
from domain.orders.order import Order
from domain.tape import OrderFilled, WalletMoved
from tests.adapters.simulated.candle_play import (
    FREE,
    Play,
    Script,
    Terms,
    autoclose,
    candle,
    candles_of,
    play,
    resting,
)
from tests.order_samples import INSTRUMENT, SYMBOL, entry, limit_exit, market_exit, stop, target

CALM = "100 100 100 100"
SLIPPERY = Terms(TradingCosts(slippage=Decimal("0.001")))
BUY, SELL = Side.BUY, Side.SELL


def with_position(side: Side, orders: list[Order], prices: str) -> Play:
    """Enter at 100 in minute 1, place the orders at its close, then play one more candle."""
    script = {"closed 1": [entry(side=side)], "closed 2": orders}
    return play(candles_of(CALM, CALM, prices), script)


@pytest.mark.parametrize(
    ("side", "limit", "prices", "trade"),
    [
        (BUY, "99.0", "100 101 99.0 100", None),
        (BUY, "99.0", "100 101 98.9 100", ("99.0", 2)),
        (BUY, "99.0", "99.0 101 99.0 100", None),
        (BUY, "99.0", "99.0 101 98.9 100", ("99.0", 2)),
        (BUY, "99.0", "98.9 101 98.9 100", ("99.0", 1)),
        (BUY, "99.0", "95 96 95 96", ("99.0", 1)),
        (SELL, "101.0", "100 101.0 99 100", None),
        (SELL, "101.0", "100 101.1 99 100", ("101.0", 2)),
        (SELL, "101.0", "101.1 101.1 100 100", ("101.0", 1)),
        (SELL, "101.0", "105 106 104 105", ("101.0", 1)),
    ],
)
def test_a_waiting_limit_fills_at_its_own_price_once_the_price_trades_through(
    side: Side, limit: str, prices: str, trade: tuple[str, float] | None
) -> None:
    played = play(candles_of(CALM, prices), {"closed 1": [entry(side=side, price=limit)]})
    assert played.trades == ([] if trade is None else [("a-e", *trade)])


@pytest.mark.parametrize(
    ("side", "trigger", "prices", "trade"),
    [
        (BUY, "98.0", "100 101 98.1 100", None),
        (BUY, "98.0", "100 101 98.0 100", ("98.0", 3)),
        (BUY, "98.0", "100 101 90 100", ("98.0", 3)),
        (BUY, "98.0", "98.0 99 97 98", ("98.0", 2)),
        (BUY, "98.0", "95 101 94 100", ("95.0", 2)),
        (SELL, "102.0", "100 101.9 99 100", None),
        (SELL, "102.0", "100 102.0 99 100", ("102.0", 3)),
        (SELL, "102.0", "105 106 99 100", ("105.0", 2)),
    ],
)
def test_a_resident_stop_fills_at_its_trigger_or_at_a_worse_open(
    side: Side, trigger: str, prices: str, trade: tuple[str, float] | None
) -> None:
    closing = SELL if side is BUY else BUY
    played = with_position(side, [stop(trigger, side=closing)], prices)
    assert played.trades[1:] == ([] if trade is None else [("a-s1", *trade)])


@pytest.mark.parametrize(
    ("side", "trigger", "prices", "trade"),
    [
        (BUY, "102.0", "100 101.9 99 100", None),
        (BUY, "102.0", "100 102.0 99 100", ("102.0", 3)),
        (BUY, "102.0", "103 104 99 100", ("103.0", 2)),
        (SELL, "98.0", "100 101 98.1 100", None),
        (SELL, "98.0", "100 101 97 100", ("98.0", 3)),
        (SELL, "98.0", "97 98 96 98", ("97.0", 2)),
    ],
)
def test_a_resident_target_fills_at_its_trigger_or_at_a_better_open(
    side: Side, trigger: str, prices: str, trade: tuple[str, float] | None
) -> None:
    closing = SELL if side is BUY else BUY
    played = with_position(side, [target(trigger, side=closing)], prices)
    assert played.trades[1:] == ([] if trade is None else [("a-t1", *trade)])


@pytest.mark.parametrize(
    ("prices", "order_id", "price"),
    [
        ("100 105 95 104", "a-s1", "98.0"),
        ("100 105 99 104", "a-t1", "102.0"),
        ("100 101 95 96", "a-s1", "98.0"),
        ("103 105 95 104", "a-t1", "103.0"),
        ("97 105 95 104", "a-s1", "97.0"),
    ],
)
def test_stop_and_target_within_one_candle_is_the_stop_unless_the_open_already_decided(
    prices: str, order_id: str, price: str
) -> None:
    played = with_position(BUY, [target("102.0"), stop("98.0")], prices)
    assert [trade[:2] for trade in played.trades[1:]] == [(order_id, price)]
    other = {"a-s1": "a-t1", "a-t1": "a-s1"}[order_id]
    left = [order for order in ("a-s1", "a-t1") if f"expired {order}" in played.words]
    assert left + resting(played.exchange) == [other]


@pytest.mark.parametrize(
    ("prices", "trades"),
    [
        ("100 103 98.5 98.6", []),
        ("100 103 98.0 100", [("a-s1", "98.0")]),
        ("100 103 98.5 102", [("a-t1", "102.0")]),
        ("100 103 98.5 101.9", []),
        ("100 103 97 102.5", [("a-s1", "98.0")]),
    ],
)
def test_after_a_limit_filled_inside_a_candle_the_low_counts_for_the_stop_and_only_the_close_for_the_target(
    prices: str, trades: list[tuple[str, str]]
) -> None:
    script = {"closed 1": [entry(price="99.0")], "filled a-e": [target("102.0"), stop("98.0")]}
    played = play(candles_of(CALM, prices), script)
    assert [trade[:2] for trade in played.trades[1:]] == trades
    assert all(trade[2] == 2 for trade in played.trades)


@pytest.mark.parametrize(
    ("prices", "trades"),
    [
        ("100 101.4 97 98.1", []),
        ("100 102.0 97 98.1", [("a-s1", "102.0")]),
        ("100 101.4 97 98.0", [("a-t1", "98.0")]),
        ("100 102.0 97 97.5", [("a-s1", "102.0")]),
    ],
)
def test_the_same_holds_mirrored_for_a_short(prices: str, trades: list[tuple[str, str]]) -> None:
    both = [target("98.0", side=BUY), stop("102.0", side=BUY)]
    script = {"closed 1": [entry(side=SELL, price="101.0")], "filled a-e": both}
    played = play(candles_of(CALM, prices), script)
    assert [trade[:2] for trade in played.trades[1:]] == trades


@pytest.mark.parametrize(
    ("prices", "trade"),
    [
        ("100 103 99 100", ("a-t1", "102.0", 2)),
        ("100 101 97 100", ("a-s1", "98.0", 2)),
        ("100 103 97 100", ("a-s1", "98.0", 2)),
    ],
)
def test_after_a_fill_at_the_open_stop_and_target_are_live_for_the_whole_candle(
    prices: str, trade: tuple[str, str, float]
) -> None:
    script = {"closed 1": [entry()], "filled a-e": [target("102.0"), stop("98.0")]}
    assert play(candles_of(CALM, prices), script).trades == [("a-e", "100.0", 1), trade]


def test_a_limit_jumped_over_at_the_open_is_protected_for_the_whole_candle() -> None:
    script = {"closed 1": [entry(price="99.0")], "filled a-e": [target("102.0"), stop("97.0")]}
    played = play(candles_of(CALM, "98 103 97.5 98"), script)
    assert played.trades == [("a-e", "99.0", 1), ("a-t1", "102.0", 2)]


def test_a_stop_placed_beyond_the_open_that_filled_its_entry_is_refused() -> None:
    script = {
        "closed 1": [entry(price="99.0")],
        "filled a-e": [stop("97.0")],
        "rejected a-s1": [market_exit()],
    }
    played = play(candles_of(CALM, "96 103 95 98"), script)
    assert played.trades == [("a-e", "99.0", 1), ("a-x1", "96.0", 1)]


def test_a_limit_placed_inside_a_candle_waits_for_the_next() -> None:
    script = {"closed 1": [entry(price="99.0")], "filled a-e": [entry("b-e", price="98.5")]}
    played = play(candles_of(CALM, "100 100 98 98.8", "98.8 99 98 98.8"), script)
    assert played.trades == [("a-e", "99.0", 2), ("b-e", "98.5", 3)]


def test_a_market_order_sent_inside_a_candle_waits_for_the_next_open() -> None:
    script = {"closed 1": [entry(price="99.0")], "filled a-e": [market_exit()]}
    played = play(candles_of(CALM, "100 100 98 98.8", "98.7 99 98 98.8"), script)
    assert played.trades == [("a-e", "99.0", 2), ("a-x1", "98.7", 2)]


def test_a_market_order_fills_at_the_next_open() -> None:
    played = play(candles_of(CALM, "101 105 95 100"), {"closed 1": [entry()]})
    assert played.trades == [("a-e", "101.0", 1)]


@pytest.mark.parametrize(
    ("side", "price"), [(BUY, "100.1"), (SELL, "99.9")], ids=["a buy pays more", "a sell gets less"]
)
def test_slippage_is_against_us_and_rounded_against_us(side: Side, price: str) -> None:
    played = play(candles_of(CALM, CALM), {"closed 1": [entry(side=side)]}, SLIPPERY)
    assert played.trades == [("a-e", price, 1)]


@pytest.mark.parametrize(
    ("prices", "order_id", "price"),
    [
        ("100 101 97 98", "a-s1", "97.9"),
        ("97 98 96 98", "a-s1", "96.9"),
        ("100 103 99 100", "a-t1", "101.8"),
        ("103 104 102 104", "a-t1", "102.8"),
    ],
)
def test_stops_and_targets_slip_too(prices: str, order_id: str, price: str) -> None:
    script = {"closed 1": [entry()], "closed 2": [stop("98.0"), target("102.0")]}
    played = play(candles_of(CALM, CALM, prices), script, SLIPPERY)
    assert played.trades[1][:2] == (order_id, price)


def test_the_nearest_of_two_stops_comes_first() -> None:
    orders = [stop("95.0", "a-s1", quantity="0.5"), stop("97.0", "a-s2", quantity="0.5")]
    assert [trade[0] for trade in with_position(BUY, orders, "100 100 94 94").trades[1:]] == ["a-s2", "a-s1"]
    orders = [stop("105.0", "a-s1", BUY, "0.5"), stop("103.0", "a-s2", BUY, "0.5")]
    assert [trade[0] for trade in with_position(SELL, orders, "100 106 100 100").trades[1:]] == [
        "a-s2",
        "a-s1",
    ]


def test_an_exit_at_a_limit_comes_after_the_stop() -> None:
    orders = [limit_exit("a-x1", SELL, "1", "101.0"), stop("98.0")]
    assert with_position(BUY, orders, "100 102 97 100").trades[1:] == [("a-s1", "98.0", 3)]
    assert with_position(BUY, orders, "100 101.1 99 100").trades[1:] == [("a-x1", "101.0", 3)]


def test_a_market_exit_at_the_open_comes_before_a_stop_the_open_jumped_over() -> None:
    played = with_position(BUY, [stop("98.0"), market_exit()], "95 96 94 95")
    assert played.trades[1:] == [("a-x1", "95.0", 2)]
    assert played.words[-3:] == ["expired a-s1", "closed 3", "ending"]


def test_every_nth_triggered_stop_hangs_and_the_next_ones_act() -> None:
    terms = Terms(FREE.costs, Decimal(0), stuck_stop_every=2)
    script = {
        "closed 1": [entry()],
        "closed 2": [stop("98.0", "a-s1", quantity="0.5"), stop("97.0", "a-s2", quantity="0.5")],
        "closed 3": [stop("89.0", "a-s3", quantity="0.5")],
    }
    played = play(candles_of(CALM, CALM, "100 100 90 90", "90 90 88 90"), script, terms)
    assert [trade[0] for trade in played.trades] == ["a-e", "a-s1", "a-s3"]
    assert resting(played.exchange) == ["a-s2"]


def test_a_stop_jumped_over_at_the_open_may_hang_too() -> None:
    terms = Terms(FREE.costs, Decimal(0), stuck_stop_every=1)
    script: Script = {
        "closed 1": [entry()],
        "closed 2": [stop("98.0")],
        "closed 3": ["a-s1", market_exit()],
    }
    played = play(candles_of(CALM, CALM, "95 96 90 91", "91 91 91 91"), script, terms)
    assert played.trades[1:] == [("a-x1", "91.0", 3)]
    assert "cancelled a-s1" in played.words


def test_targets_do_not_count_as_triggered_stops() -> None:
    terms = Terms(FREE.costs, Decimal(0), stuck_stop_every=1)
    script = {"closed 1": [entry()], "closed 2": [target("102.0")]}
    assert play(candles_of(CALM, CALM, "100 103 99 100"), script, terms).trades[1][0] == "a-t1"


LEVERED = {"closed 1": [entry(quantity="10", leverage=20)]}


@pytest.mark.parametrize(
    ("prices", "trades"),
    [
        ("100 100 93.0 100", [("a-e", "100.0", 1)]),
        ("100 100 92.9 100", [("a-e", "100.0", 1), (autoclose(2), "92.9", 2)]),
        ("100 100 50.0 100", [("a-e", "100.0", 1), (autoclose(2), "92.9", 2)]),
    ],
)
def test_a_position_is_closed_by_force_where_equity_falls_to_maintenance(
    prices: str, trades: list[tuple[str, str, float]]
) -> None:
    assert play(candles_of(CALM, prices), LEVERED, wallet="80").trades == trades


def test_a_jump_beyond_the_liquidation_price_closes_at_the_open() -> None:
    script = {
        **LEVERED,
        "closed 2": [stop("95.0", quantity="10"), entry("b-e", price="94.0", quantity="0.1", leverage=20)],
    }
    played = play(candles_of(CALM, CALM, "90 91 89 90"), script, wallet="80")
    assert played.trades == [("a-e", "100.0", 1), (autoclose(2), "90.0", 2)]
    forced = ["expired b-e", f"filled {autoclose(2)}", "moved by INSURANCE_CLEAR"]
    assert played.words[-6:-2] == [*forced, "expired a-s1"]
    assert played.exchange.balance == 0


def test_a_stop_on_the_way_to_the_liquidation_price_saves_the_rest() -> None:
    script = {**LEVERED, "filled a-e": [stop("95.0", quantity="10")]}
    played = play(candles_of(CALM, "100 100 80 80"), script, wallet="80")
    assert played.trades[1:] == [("a-s1", "95.0", 2)]


def test_a_stop_beyond_the_liquidation_price_comes_too_late() -> None:
    script = {**LEVERED, "filled a-e": [stop("92.0", quantity="10")]}
    played = play(candles_of(CALM, "100 100 80 80"), script, wallet="80")
    assert played.trades[1:] == [(autoclose(2), "92.9", 2)]


def test_a_short_is_closed_by_force_on_the_way_up() -> None:
    script = {"closed 1": [entry(side=SELL, quantity="10", leverage=20)]}
    played = play(candles_of(CALM, "100 108 100 100"), script, wallet="80")
    assert played.trades[1:] == [(autoclose(2), "107.0", 2)]
    script["filled a-e"] = [stop("106.9", side=BUY, quantity="10")]
    played = play(candles_of(CALM, "100 108 100 100"), script, wallet="80")
    assert played.trades[1:] == [("a-s1", "106.9", 2)]
    script["filled a-e"] = [stop("107.0", side=BUY, quantity="10")]
    played = play(candles_of(CALM, "100 108 100 100"), script, wallet="80")
    assert played.trades[1:][0][0] == autoclose(2)


def test_a_bankrupt_wallet_never_trades_again() -> None:
    script = {**LEVERED, "closed 3": [entry("b-e", quantity="0.1", leverage=25)]}
    played = play(candles_of(CALM, CALM, "85 85 85 85", CALM), script, wallet="80")
    moves = [event.amount for event in played.events if isinstance(event, WalletMoved)]
    assert (moves, played.exchange.balance) == ([Decimal(70)], Decimal(0))
    assert "rejected b-e" in played.words


@pytest.mark.parametrize(
    ("other_close", "closed_by_force"), [("99", []), ("96", [SYMBOL, "BTCUSDT"]), ("104", [])]
)
def test_a_position_stands_on_what_the_others_leave(other_close: str, closed_by_force: list[str]) -> None:
    other = "BTCUSDT"
    falls, moves = "100 100 94 94", f"100 105 95 {other_close}"
    minutes = [(CALM, CALM), (CALM, CALM), (falls, moves), ("94 94 94 94", " ".join([other_close] * 4))]
    market = [
        (symbol, candle(minute, words))
        for minute, both in enumerate(minutes)
        for symbol, words in zip((SYMBOL, other), both, strict=True)
    ]
    both_entries = [
        entry(quantity="10", leverage=20),
        entry("b-e", symbol=other, quantity="10", leverage=20),
    ]
    instruments = {SYMBOL: INSTRUMENT, other: replace(INSTRUMENT, symbol=other)}
    played = play(market, {"closed 1": both_entries}, wallet="100", instruments=instruments)
    fills = [event.fill for event in played.events if isinstance(event, OrderFilled)]
    assert [fill.symbol for fill in fills if fill.order_id.startswith("autoclose-")] == closed_by_force
