import typing
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given

from adapters.journal.event_codec import KIND_OF, decode_event, encode_event
from adapters.journal.frame import DECISION_KIND, MARK_KIND
from application.ports.journal import JournalFailed
from domain.market.candle import Candle
from domain.tape import (
    AccountCompared,
    CandleClosed,
    Event,
    FundingSettled,
    OrderAccepted,
    PriceMoved,
    SessionEnding,
)
from tests.tape_events import ANY_EVENT, EVENT_TYPES, bits_of


@given(ANY_EVENT)
def test_every_event_is_read_back_to_the_last_bit(event: Event) -> None:
    assert bits_of(decode_event(encode_event(event))) == bits_of(event)


def test_every_event_of_the_tape_has_a_kind_of_its_own() -> None:
    assert set(KIND_OF) == set(EVENT_TYPES)
    assert len(set(KIND_OF.values())) == len(EVENT_TYPES)
    assert not {DECISION_KIND[0], MARK_KIND[0]} & set(KIND_OF.values())


def test_kinds_never_change_their_number() -> None:
    assert {event_type.__name__: kind for event_type, kind in KIND_OF.items()} == {
        "SessionOpened": 16,
        "CandleClosed": 17,
        "PriceMoved": 18,
        "OrderAccepted": 19,
        "OrderRejected": 20,
        "OrderFilled": 21,
        "OrderCancelled": 22,
        "OrderExpired": 23,
        "FundingSettled": 24,
        "SessionEnding": 25,
        "CandleRebuilt": 26,
        "ConnectionChanged": 27,
        "AccountUnsure": 28,
        "AccountCompared": 29,
        "AccountSettingChanged": 30,
        "HistoryLost": 31,
        "TimePassed": 32,
        "CandleRecalled": 33,
        "WalletMoved": 34,
        "InstrumentChanged": 35,
        "SessionResumed": 36,
        "ChampionChanged": 37,
    }


def test_the_bytes_of_an_event_are_those_of_the_written_format() -> None:
    event = FundingSettled(7, "BTCUSDT", Decimal("0.00010"), Decimal("-1.20"))
    assert encode_event(event) == b"\x18\x94\x07\xa7BTCUSDT\xa70.00010\xa5-1.20"


def test_nan_keeps_its_own_bits() -> None:
    odd_nan = np.frombuffer(bytes.fromhex("010000000000f8ff"), dtype="<f8")[0].item()
    event = PriceMoved(1, "BTCUSDT", odd_nan)
    assert encode_event(event)[-8:] == bytes.fromhex("fff8000000000001")
    assert bits_of(decode_event(encode_event(event))) == bits_of(event)


@pytest.mark.parametrize(
    "event",
    [
        SessionEnding(2**70),
        OrderAccepted(1, "BTC\ud800", "id"),
        CandleClosed(1, "BTCUSDT", Candle(0, np.float64(1.0), 1.0, 1.0, 1.0, 1.0)),
        typing.cast("Event", "no event"),
    ],
    ids=["too large a number", "half a character", "a number of another library", "no event"],
)
def test_what_cannot_be_written_exactly_is_refused(event: Event) -> None:
    with pytest.raises(JournalFailed, match="cannot be written"):
        encode_event(event)


@pytest.mark.parametrize(
    "payload",
    [
        b"\x02",
        b"\x19",
        b"\x19\x91",
        b"\x19\x92\x01\x02",
        b"\x19\x91\xa1a",
        encode_event(SessionEnding(1)) + b"\x00",
    ],
    ids=["unknown kind", "no fields", "half the fields", "too many fields", "wrong type", "more behind"],
)
def test_other_bytes_are_refused(payload: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode_event(payload)


def test_a_comparison_of_before_hanging_orders_were_told_is_read_without_them() -> None:
    compared = AccountCompared(7, Decimal(1000), (), ("a-e",), 0)
    payload = encode_event(compared)
    assert payload[1:2] == b"\x96"
    assert decode_event(payload[:1] + b"\x95" + payload[2:-1]) == compared
