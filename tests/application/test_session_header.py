import json
from dataclasses import replace
from decimal import Decimal
from typing import cast

import pytest

from application.ports.journal import JournalDamaged
from application.session_header import SessionHeader
from domain.market.instrument import Instrument
from domain.market.leverage_bracket import LeverageBracket

BITCOIN = Instrument(
    symbol="BTCUSDT",
    tick=Decimal("0.10"),
    lot=Decimal("0.001"),
    min_quantity=Decimal("0.001"),
    max_quantity=Decimal(1000),
    max_market_quantity=Decimal(120),
    min_notional=Decimal(50),
    brackets=(LeverageBracket(Decimal(0), Decimal("Infinity"), 125, Decimal("0.004"), Decimal(0)),),
)
HEADER = SessionHeader("run", "0.1.0", {"wallet": "10000"}, {"BTCUSDT": BITCOIN}, 60_000, {"seed": 1})


def test_a_header_survives_its_way_through_json() -> None:
    read = SessionHeader.read(json.loads(json.dumps(HEADER.as_json())))
    assert read == HEADER
    assert read.instruments["BTCUSDT"].tick.as_tuple() == Decimal("0.10").as_tuple()


def test_instruments_without_brackets_of_their_own_keep_the_cautious_ones() -> None:
    cautious = Instrument(*(getattr(BITCOIN, name) for name in Instrument.__slots__[:7]))
    header = replace(HEADER, instruments={"BTCUSDT": cautious})
    assert SessionHeader.read(header.as_json()) == header


def test_the_same_session_has_the_same_name() -> None:
    assert HEADER.session_id == SessionHeader.read(HEADER.as_json()).session_id
    assert HEADER.session_id.startswith("run-")


@pytest.mark.parametrize(
    "other",
    [
        replace(HEADER, settings={"wallet": "10001"}),
        replace(HEADER, source={"seed": 2}),
        replace(HEADER, version="0.1.1"),
        replace(HEADER, instruments={"BTCUSDT": replace(BITCOIN, lot=Decimal("0.002"))}),
    ],
)
def test_another_session_has_another_name(other: SessionHeader) -> None:
    assert other.session_id != HEADER.session_id


@pytest.mark.parametrize("missing", sorted(HEADER.as_json()))
def test_a_header_that_lacks_something_is_refused(missing: str) -> None:
    told = HEADER.as_json()
    del told[missing]
    with pytest.raises(JournalDamaged, match="header"):
        SessionHeader.read(told)


@pytest.mark.parametrize("instruments", [[{"symbol": "X"}], [{**HEADER.as_json(), "tick": "much"}], 5])
def test_a_header_with_odd_instruments_is_refused(instruments: object) -> None:
    with pytest.raises(JournalDamaged, match="header"):
        SessionHeader.read({**HEADER.as_json(), "instruments": instruments})


@pytest.mark.parametrize(
    "change", [{"tick": "0"}, {"tick": "NaN"}, {"lot": "-1"}, {"lot": "Infinity"}, {"brackets": []}]
)
def test_an_instrument_nobody_can_trade_is_refused(change: dict[str, object]) -> None:
    told = HEADER.as_json()
    (instrument, *_) = cast("list[dict[str, object]]", told["instruments"])
    with pytest.raises(JournalDamaged, match="no grid or no brackets"):
        SessionHeader.read({**told, "instruments": [{**instrument, **change}]})


def test_a_header_of_before_a_rule_was_known_is_read_without_that_rule() -> None:
    told = HEADER.as_json()
    (instrument, *_) = cast("list[dict[str, object]]", told["instruments"])
    later = ("min_price", "max_price", "lowest_sell_to_mark", "highest_buy_to_mark", "trigger_gap_to_mark")
    earlier = {name: value for name, value in instrument.items() if name not in later}
    assert len(earlier) == len(instrument) - len(later)
    assert SessionHeader.read({**told, "instruments": [earlier]}) == HEADER


@pytest.mark.parametrize("needed", ["tick", "lot", "min_notional"])
def test_a_header_without_a_rule_that_every_session_needs_is_refused(needed: str) -> None:
    told = HEADER.as_json()
    (instrument, *_) = cast("list[dict[str, object]]", told["instruments"])
    torn = {name: value for name, value in instrument.items() if name != needed}
    with pytest.raises(JournalDamaged, match=needed):
        SessionHeader.read({**told, "instruments": [torn]})


@pytest.mark.parametrize("step_ms", [0, -60_000, 7, 90_000])
def test_candles_of_no_whole_minutes_are_refused(step_ms: int) -> None:
    with pytest.raises(JournalDamaged, match=f"candles of {step_ms} ms"):
        SessionHeader.read({**HEADER.as_json(), "step_ms": step_ms})
