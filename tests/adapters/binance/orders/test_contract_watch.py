"""The venue's rules read anew: from time to time, and at once when unknown rules refused an order."""

from dataclasses import replace
from decimal import Decimal

import pytest

from adapters.binance.exchange_info import instrument_of
from adapters.binance.orders.broker_rules import BrokerRules
from adapters.binance.orders.contract_watch import ContractWatch, ContractWatchRules
from adapters.binance.orders.errand import Errand, Priority, Task
from adapters.binance.orders.moment import Moment
from adapters.binance.orders.order_clerk import OrderClerk
from adapters.binance.wire.error_code import Action
from adapters.binance.wire.outcome import Done, Refused, Silenced
from adapters.binance.wire.symbol_rules import ExchangeInfo, FilterTold, SymbolTold
from domain.market.instrument import Instrument
from domain.tape import InstrumentChanged
from tests.adapters.binance.orders.clerk_drill import SYMBOL, VENUE_MS, ClerkDrill, refused
from tests.adapters.binance.wire.order_samples import EXIT

RULES = ContractWatchRules(read_every_ms=60_000, doubted_every_ms=2_000)
WEIGHTY = Refused(-4023, "Quantity not increased by step size.", Action.RESIZE)


def told(lot: str = "0.001", symbol: str = SYMBOL, tick: str = "0.1") -> SymbolTold:
    sizes = {"step_size": Decimal(lot), "min_qty": Decimal(lot), "max_qty": Decimal(100)}
    filters = (
        FilterTold(
            "PRICE_FILTER", tick_size=Decimal(tick), min_price=Decimal(tick), max_price=Decimal(10**6)
        ),
        FilterTold("LOT_SIZE", **sizes),
        FilterTold("MOON_PHASE"),
        FilterTold("MIN_NOTIONAL", notional=Decimal(5)),
    )
    return SymbolTold(symbol, filters)


def info(*symbols: SymbolTold) -> Done[ExchangeInfo]:
    return Done(ExchangeInfo(symbols))


KNOWN: Instrument = instrument_of(told())


def at(ms: int) -> Moment:
    return Moment(ms, VENUE_MS + ms)


def watch() -> ContractWatch:
    one = ContractWatch({SYMBOL: KNOWN}, RULES)
    assert one.errand(0) is None
    return one


def asked(one: ContractWatch, ms: int) -> Errand:
    errand = one.errand(ms)
    assert errand is not None
    one.began()
    assert one.errand(ms) is None
    return errand


def test_rules_are_read_from_time_to_time_after_everything_else() -> None:
    one = watch()
    assert one.errand(59_999) is None
    errand = asked(one, 60_000)
    assert (errand.task, errand.priority) == (Task.READ_RULES, Priority.COMPARE)
    assert errand.request.path == "/fapi/v1/exchangeInfo"
    assert one.answered(info(told(), told(symbol="OTHER")), at(60_100)) == []
    assert one.errand(120_099) is None
    assert one.errand(120_100) is not None


def test_a_refusal_by_rules_we_do_not_know_makes_them_be_read_at_once_and_not_too_often() -> None:
    one = watch()
    one.refused(-4023, at(5_000))
    errand = asked(one, 5_000)
    assert errand.priority is Priority.PROTECT
    assert errand.request.is_protective
    assert one.answered(info(told("0.01")), at(5_100)) == [
        InstrumentChanged(
            VENUE_MS + 5_100, SYMBOL, replace(KNOWN, lot=Decimal("0.01"), min_quantity=Decimal("0.01"))
        )
    ]
    one.refused(-1111, at(5_200))
    assert one.errand(7_099) is None
    asked(one, 7_100)
    assert one.answered(info(told("0.01")), at(7_200)) == [], "told once"


@pytest.mark.parametrize("code", [-2021, -2022, -4509, -5022, -1008])
def test_other_refusals_say_nothing_about_the_rules(code: int) -> None:
    one = watch()
    one.refused(code, at(5_000))
    assert one.errand(5_000) is None


def test_what_is_not_answered_is_asked_again_and_silence_is_kept() -> None:
    one = watch()
    one.refused(-4014, at(1_000))
    asked(one, 1_000)
    assert one.answered(Silenced(VENUE_MS + 9_000), at(1_000)) == []
    assert one.errand(8_999) is None
    asked(one, 9_000)
    assert one.answered(refused(-1121), at(9_100)) == []
    assert asked(one, 11_100).priority is Priority.PROTECT


def test_a_symbol_that_is_told_in_part_or_not_at_all_keeps_its_rules() -> None:
    one = watch()
    for turn, reply in enumerate((info(), info(SymbolTold(SYMBOL, ())), info(told(tick="0"))), 1):
        one.refused(-4014, at(turn * 10_000))
        asked(one, turn * 10_000)
        assert one.answered(reply, at(turn * 10_000)) == []


def test_who_knows_no_rules_reads_none() -> None:
    one = ContractWatch({}, RULES)
    one.refused(-4014, at(0))
    assert one.errand(10**9) is None


def test_a_clerk_whose_exit_is_refused_by_the_lot_tells_the_new_one() -> None:
    drill = ClerkDrill(is_open=False)
    drill.clerk = OrderClerk(BrokerRules(), {SYMBOL: KNOWN})
    drill.clerk.missed_events("connected anew", drill.now)
    drill.serve()
    drill.send(EXIT)
    drill.place(EXIT, WEIGHTY)
    drill.answer(drill.expect(Task.READ_RULES), info(told("0.01")))
    [changed] = drill.of(InstrumentChanged)
    assert changed.instrument.lot == Decimal("0.01")
    assert drill.story(EXIT) == ["Rejected"]
