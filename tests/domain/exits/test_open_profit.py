from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.exits.open_profit import (
    break_even_price,
    open_margin,
    open_profit,
    open_risk,
    paid_so_far,
    price_of_profit,
)
from domain.market.direction import Direction, side_that_closes
from domain.market.trading_costs import TradingCosts
from domain.orders.fill import Fill
from domain.position.open_trade import OpenTrade
from tests.trade_samples import NO_COSTS, SETUP, a_plan, a_trade, flipped, mirrored_setup, mirrored_trade

COSTS = TradingCosts(maker_fee=Decimal("0.0002"), taker_fee=Decimal("0.0005"), slippage=Decimal("0.0001"))
TRADE = a_trade(fee="0.5")


def half_closed(trade: OpenTrade, price: str, quantity: str = "1") -> OpenTrade:
    """Close part of the trade at market, at the taker fee."""
    proceeds = Decimal(price) * Decimal(quantity)
    sign = trade.position.direction.sign
    fill = Fill(
        fill_id="2",
        order_id="2",
        symbol=trade.position.symbol,
        side=side_that_closes(trade.position.direction),
        price=Decimal(price),
        quantity=Decimal(quantity),
        fee=proceeds * COSTS.taker_fee,
        realized_pnl=sign * (proceeds - trade.plan.setup.entry * Decimal(quantity)),
        is_maker=False,
        is_last=True,
        at_ms=0,
    )
    return replace(trade, position=trade.position.after(fill), is_half_closed=True)


def test_profit_is_net_of_what_was_paid_and_of_leaving() -> None:
    gross, leaving = Decimal(20), Decimal(2068) * Decimal("0.0006")
    assert open_profit(TRADE, Decimal(1034), COSTS) == gross - Decimal("0.5") - leaving


def test_a_short_profits_downwards() -> None:
    short = a_trade(a_plan(mirrored_setup(SETUP)), fee="0.5")
    leaving = Decimal(2028) * Decimal("0.0006")
    assert open_profit(short, Decimal(1014), COSTS) == Decimal(20) - Decimal("0.5") - leaving


def test_funding_received_is_profit_and_funding_paid_is_loss() -> None:
    paid = replace(TRADE, position=TRADE.position.after_funding(Decimal("-0.3")))
    assert paid_so_far(paid.position, COSTS) == Decimal("0.8")
    assert open_profit(TRADE, Decimal(1034), COSTS) - open_profit(paid, Decimal(1034), COSTS) == Decimal(
        "0.3"
    )


def test_after_a_half_close_profit_is_that_of_the_open_half() -> None:
    rest = half_closed(TRADE, "1034")
    assert paid_so_far(rest.position, COSTS) == Decimal("0.25")
    assert open_profit(rest, Decimal(1034), COSTS) * 2 == open_profit(TRADE, Decimal(1034), COSTS)


def test_risk_and_margin_are_those_of_the_open_share_of_the_plan() -> None:
    assert open_risk(TRADE) == 20
    assert open_margin(TRADE) == 1024
    rest = half_closed(TRADE, "1034", "0.5")
    assert open_risk(rest) == 15
    assert open_margin(rest) == 768


def test_an_entry_filled_in_part_risks_that_part() -> None:
    part = replace(TRADE, plan=a_plan(quantity="8", planned_loss="80"))
    assert open_risk(part) == 20
    assert open_margin(part) == 1024


def test_break_even_pays_for_both_ways() -> None:
    assert break_even_price(a_trade(), NO_COSTS) == 1024
    assert break_even_price(TRADE, COSTS) == Decimal("2048.5") / (2 * Decimal("0.9994"))
    short = a_trade(a_plan(mirrored_setup(SETUP)), fee="0.5")
    assert break_even_price(short, COSTS) == Decimal("2047.5") / (2 * Decimal("1.0006"))


@given(
    st.sampled_from(Direction),
    st.decimals("0.1", 4, places=3),
    st.decimals(-1, 1, places=2),
    st.booleans(),
)
def test_profit_at_break_even_is_zero(
    direction: Direction, fee: Decimal, funding: Decimal, is_half: bool
) -> None:
    setup = SETUP if direction is Direction.LONG else mirrored_setup(SETUP)
    trade = a_trade(a_plan(setup), fee=str(fee))
    trade = replace(trade, position=trade.position.after_funding(funding))
    trade = half_closed(trade, "1030") if is_half else trade
    assert abs(open_profit(trade, break_even_price(trade, COSTS), COSTS)) < Decimal("1e-18")


@given(st.decimals(900, 1100, places=2))
def test_the_mirrored_trade_has_the_same_profit_at_the_mirrored_price(price: Decimal) -> None:
    assert open_profit(a_trade(), price, NO_COSTS) == open_profit(
        mirrored_trade(a_trade()), flipped(price), NO_COSTS
    )


@given(st.sampled_from(Direction), st.decimals(-30, 60, places=3), st.booleans())
def test_the_price_of_a_profit_brings_that_profit(
    direction: Direction, profit: Decimal, is_half: bool
) -> None:
    setup = SETUP if direction is Direction.LONG else mirrored_setup(SETUP)
    trade = a_trade(a_plan(setup), fee="0.5")
    trade = half_closed(trade, "1030") if is_half else trade
    assert abs(open_profit(trade, price_of_profit(trade, profit, COSTS), COSTS) - profit) < Decimal("1e-18")
