from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from application.market_minutes import NEVER_MS
from application.trade_watch import TradeWatch
from domain.risk.cross_margin_guard import CrossMarginRules
from tests.application.drill import BTC, ENTRY, EXIT, TARGET, DoubtedDrill, Drill
from tests.fakes.structure_engine import OFFERS_A_SHORT, QUIET

ETH = "ETHUSDT"


def calm_drill(*symbols: str, cross_margin: CrossMarginRules | None = None) -> Drill:
    """Hold a long in each symbol, each looked at once and left alone."""
    drill = Drill(symbols or (BTC,), cross_margin=cross_margin)
    for symbol in drill.books:
        drill.enter(symbol=symbol)
    for symbol in drill.books:
        drill.price(100.0, symbol)
    return drill


def is_looked_at(drill: Drill, price: float, symbol: str = BTC) -> bool:
    """Tell whether a price makes the desk look at a trade again."""
    before = drill.book(symbol).calm
    drill.price(price, symbol)
    return before is None or drill.book(symbol).calm is not before


def test_a_trade_left_alone_is_not_looked_at_again_while_its_price_stays_calm() -> None:
    drill = calm_drill()
    calm = drill.book().calm
    assert calm is not None
    assert not is_looked_at(drill, calm.low + 0.01)
    assert not is_looked_at(drill, calm.high - 0.01)
    drill.price(calm.low)
    assert drill.book().calm is None
    drill.price(100.0)
    assert drill.book().calm == calm


def test_a_price_beyond_the_calm_is_acted_on_as_ever() -> None:
    drill = calm_drill()
    drill.price(98.0)
    assert drill.told.reasons("exit") == ["forced_liquidation"]
    assert drill.book().calm is None


def test_a_base_bar_without_a_reason_to_leave_leaves_the_calm_as_it_is() -> None:
    drill = calm_drill()
    before = drill.book().calm
    drill.candle(100.0)
    assert drill.book().calm is before


def test_a_base_bar_that_gives_a_reason_to_leave_is_acted_on() -> None:
    drill = calm_drill()
    drill.engine().market = QUIET._replace(higher=QUIET.higher._replace(trend=-1))
    drill.candle(100.0)
    assert drill.told.reasons("exit") == ["counter_trend"]
    assert drill.book().calm is None


def test_funding_makes_the_desk_look_again() -> None:
    drill = calm_drill()
    drill.tell(drill.venue.fund(BTC, "-0.1"))
    assert drill.book().calm is None


def test_news_of_an_order_make_the_desk_look_again() -> None:
    drill = calm_drill()
    drill.tell(drill.venue.expire(drill.venue.live(TARGET)[0]))
    assert drill.book().calm is None


def test_a_desk_tells_where_and_how_long_each_of_its_trades_is_left_alone() -> None:
    drill = calm_drill(BTC, ETH)
    calms = {symbol: drill.book(symbol).calm for symbol in (BTC, ETH)}
    still = drill.desk.stillness
    assert still is not None
    assert still.prices == {symbol: (calm.low, calm.high, NEVER_MS) for symbol, calm in calms.items() if calm}
    assert still.until_ms == min(calm.until_ms for calm in calms.values() if calm)


def test_a_desk_is_not_still_while_one_trade_or_the_margin_of_all_needs_a_look() -> None:
    drill = calm_drill(BTC, ETH)
    drill.price(98.0, ETH)
    assert drill.desk.stillness is None
    drill = calm_drill(BTC, ETH)
    drill.book(ETH).calm = None
    assert drill.desk.stillness is None
    tight = CrossMarginRules(max_margin_fraction=Decimal("0.0001"), pause_ms=10**12)
    assert calm_drill(BTC, ETH, cross_margin=tight).desk.stillness is None


def test_what_is_on_its_way_out_is_not_calm() -> None:
    drill = calm_drill()
    drill.price(98.0)
    assert drill.venue.live(EXIT)
    assert is_looked_at(drill, 100.0)
    assert len(drill.venue.live(EXIT)) == 1


def test_the_margin_of_all_is_guarded_even_while_each_of_them_is_calm() -> None:
    tight = CrossMarginRules(max_margin_fraction=Decimal("0.2002"))
    drill = calm_drill(BTC, ETH, cross_margin=tight)
    drill.price(99.4)
    assert not is_looked_at(drill, 99.4)
    assert not drill.told.reasons("exit")
    drill.price(99.4, ETH)
    assert drill.told.reasons("exit") == ["cross_margin_guard"]


def test_nothing_is_left_to_look_at_once_all_is_over() -> None:
    drill = calm_drill()
    drill.end()
    drill.fill(EXIT, price="100")
    drill.accept_all()
    watch: TradeWatch = drill.desk._watch  # noqa: SLF001 - when it looks next is nobody else's business
    assert watch.look_at_ms > drill.now_ms


symbols = st.sampled_from([BTC, ETH])
prices = st.integers(975, 1035).map(lambda tenths: tenths / 10)
steps = st.lists(st.tuples(st.sampled_from(["price", "bar", "fund", "wait", "fill"]), symbols, prices))


@settings(max_examples=100)
@given(steps, st.booleans(), st.sampled_from(["0.2", "0.2002", "0.85"]))
def test_a_desk_that_takes_nothing_for_granted_decides_the_same(
    walk: list[tuple[str, str, float]], is_short: bool, most_margin: str
) -> None:
    limit = CrossMarginRules(max_margin_fraction=Decimal(most_margin))
    drill = DoubtedDrill((BTC, ETH), cross_margin=limit)
    drill.enter()
    drill.enter(OFFERS_A_SHORT, ETH) if is_short else drill.enter(symbol=ETH)
    for what, symbol, price in walk:
        if what == "price":
            drill.price(price, symbol)
        elif what == "bar":
            drill.candle(price, symbol)
        elif what == "wait":
            drill.wait(round(price) * 10_000)
        elif what == "fund" and symbol in drill.venue.positions:
            drill.tell(drill.venue.fund(symbol, "-0.5"))
        elif what == "fill" and drill.venue.live(EXIT, symbol):
            drill.fill(EXIT, price=str(price), symbol=symbol)
            drill.accept_all()
    assert not drill.venue.live(ENTRY)
