"""What the quick look calls far from a forced close is far by the exact sums."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.simulated.exchange.books import Books
from adapters.simulated.exchange.contract_terms import ContractTerms, ExchangeHabits
from adapters.simulated.exchange.exchange_state import ExchangeState, Quote
from adapters.simulated.exchange.margins import Margins
from adapters.simulated.exchange.rough_margin import RoughMargin
from application.market_minutes import CalmPrices
from domain.market.direction import Side
from tests.adapters.simulated.exchange.exchange_samples import plain_order
from tests.order_samples import INSTRUMENT, SYMBOL

OTHER = "BTCUSDT"
LOST = Decimal(1)
Held = tuple[str, Side, str]


def holding(*held: Held, wallet: str = "1000", isolated: str | None = None) -> ExchangeState:
    """Give an account that holds quantities bought or sold at 100, without fees."""
    contracts = {name: ContractTerms(replace(INSTRUMENT, symbol=name)) for name in (SYMBOL, OTHER)}
    state = ExchangeState(contracts, Decimal(wallet), ExchangeHabits())
    if isolated is not None:
        state.books.isolated_symbols.add(isolated)
    for symbol, side, quantity in held:
        state.quotes[symbol] = Quote(100.0, 100.0)
        trade(state.books, symbol, side, quantity)
    return state


def trade(books: Books, symbol: str, side: Side, quantity: str) -> None:
    order = plain_order(symbol, side, quantity)
    books.trade(order, Decimal(100), Decimal(quantity), Decimal(0), 5, 0, is_maker=False)


@pytest.mark.parametrize(("price", "is_far"), [(100.0, True), (58.0, True), (57.0, False), (40.0, False)])
def test_far_from_a_forced_close_is_told_by_the_highest_rate(price: float, is_far: bool) -> None:
    state = holding((SYMBOL, Side.BUY, "20"))
    rough = RoughMargin(state)
    assert rough.is_far_between(SYMBOL, price, 500.0) is is_far
    assert rough.is_far_between(OTHER, 1.0, 500.0)
    assert rough.stays_far({SYMBOL: CalmPrices(price, 500.0)}) is is_far
    state.quotes[SYMBOL].mark = price
    assert rough.is_far() is is_far


def test_a_share_asks_for_more_distance() -> None:
    state = holding((SYMBOL, Side.BUY, "20"))
    state.quotes[SYMBOL].mark = 60.0
    assert RoughMargin(state).is_far(0.9)
    assert not RoughMargin(state).is_far(0.5)


def test_an_isolated_position_stands_on_its_own_margin() -> None:
    rough = RoughMargin(holding((SYMBOL, Side.BUY, "20"), isolated=SYMBOL))
    assert rough.is_far_between(SYMBOL, 95.0, 100.0)
    assert not rough.is_far_between(SYMBOL, 90.0, 100.0)


def test_what_is_booked_is_seen_at_once() -> None:
    state = holding((SYMBOL, Side.BUY, "20"))
    rough = RoughMargin(state)
    assert not rough.is_far_between(SYMBOL, 50.0, 100.0)
    trade(state.books, SYMBOL, Side.SELL, "20")
    assert rough.is_far_between(SYMBOL, 50.0, 100.0)
    trade(state.books, SYMBOL, Side.SELL, "20")
    assert not rough.is_far_between(SYMBOL, 50.0, 145.0)
    state.books.transfer(Decimal(500), "TRANSFER", "", 0)
    assert rough.is_far_between(SYMBOL, 50.0, 145.0)


SIDES = st.lists(st.sampled_from(Side), min_size=2, max_size=2)
ENDS = st.lists(st.tuples(st.floats(1.0, 300.0), st.floats(1.0, 300.0)), min_size=2, max_size=2)
SIZES = st.lists(st.decimals("0.1", "50", places=1), min_size=2, max_size=2)


@given(SIDES, SIZES, ENDS, st.lists(st.floats(0.0, 1.0), min_size=2, max_size=2))
def test_what_stays_far_between_prices_is_far_at_each_of_them(
    sides: list[Side], sizes: list[Decimal], ends: list[tuple[float, float]], shares: list[float]
) -> None:
    names = (SYMBOL, OTHER)
    state = holding(*((name, side, str(size)) for name, side, size in zip(names, sides, sizes, strict=True)))
    calm = {name: CalmPrices(min(two), max(two)) for name, two in zip(names, ends, strict=True)}
    for name, share in zip(names, shares, strict=True):
        state.quotes[name].mark = calm[name].below + share * (calm[name].above - calm[name].below)
    rough = RoughMargin(state)
    assert rough.is_far() or not rough.stays_far(calm)
    marks = {name: state.quotes[name].mark for name in names}
    are_far = [rough.is_far_between(name, marks[name], marks[name]) for name in names]
    assert all(are_far) or not rough.stays_far(calm)


@given(
    st.sampled_from(Side),
    st.decimals("0.1", "500", places=1),
    st.decimals("0.1", "500", places=1),
    st.floats(0.1, 500.0),
)
def test_nothing_is_far_where_the_exact_price_is_reached(
    side: Side, quantity: Decimal, other_quantity: Decimal, other_mark: float
) -> None:
    state = holding((SYMBOL, side, str(quantity)), (OTHER, Side.BUY, str(other_quantity)))
    state.quotes[OTHER].mark = other_mark
    exact = Margins(state).liquidation_price((SYMBOL, "BOTH"))
    if exact:
        assert not RoughMargin(state).is_far_between(SYMBOL, float(exact), float(exact))


@given(SIDES, SIZES, st.lists(st.floats(1.0, 300.0), min_size=2, max_size=2), st.booleans())
def test_what_is_lost_is_never_called_far(
    sides: list[Side], sizes: list[Decimal], marks: list[float], has_isolated: bool
) -> None:
    names = (SYMBOL, OTHER)
    held = [(name, side, str(size)) for name, side, size in zip(names, sides, sizes, strict=True)]
    state = holding(*held, isolated=OTHER if has_isolated else None)
    for name, mark in zip(names, marks, strict=True):
        state.quotes[name].mark = mark
    for share in (Decimal(1), Decimal("0.8")):
        assert not Margins(state).positions_at(share) or not RoughMargin(state).is_far(float(share))
