"""How an event is written down, exact to the last bit."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec

from application.ports.journal import JournalFailed
from domain.tape import (
    AccountCompared,
    AccountSettingChanged,
    AccountUnsure,
    CandleClosed,
    CandleRebuilt,
    CandleRecalled,
    ChampionChanged,
    ConnectionChanged,
    Event,
    FundingSettled,
    HistoryLost,
    InstrumentChanged,
    OrderAccepted,
    OrderCancelled,
    OrderExpired,
    OrderFilled,
    OrderRejected,
    PriceMoved,
    SessionEnding,
    SessionOpened,
    SessionResumed,
    TimePassed,
    WalletMoved,
)

# A number is given once and never to another event: old journals stay readable.
KIND_OF: Final[Mapping[type[Event], int]] = MappingProxyType(
    {
        SessionOpened: 16,
        CandleClosed: 17,
        PriceMoved: 18,
        OrderAccepted: 19,
        OrderRejected: 20,
        OrderFilled: 21,
        OrderCancelled: 22,
        OrderExpired: 23,
        FundingSettled: 24,
        SessionEnding: 25,
        CandleRebuilt: 26,
        ConnectionChanged: 27,
        AccountUnsure: 28,
        AccountCompared: 29,
        AccountSettingChanged: 30,
        HistoryLost: 31,
        TimePassed: 32,
        CandleRecalled: 33,
        WalletMoved: 34,
        InstrumentChanged: 35,
        SessionResumed: 36,
        ChampionChanged: 37,
    }
)

_KIND_BYTE: Final = {event_type: bytes([kind]) for event_type, kind in KIND_OF.items()}
_DECODERS: Final = {kind: msgspec.msgpack.Decoder(event_type) for event_type, kind in KIND_OF.items()}
_encode: Final = msgspec.msgpack.Encoder(decimal_format="string").encode

_NOT_WRITABLE: Final = (KeyError, TypeError, OverflowError, UnicodeEncodeError, msgspec.MsgspecError)


def encode_event(event: Event) -> bytes:
    """Write an event as its kind's byte and a MessagePack array of its fields; Decimals become strings.

    Raises JournalFailed for what is no event, or holds a value that cannot be written exactly.
    """
    try:
        return _KIND_BYTE[type(event)] + _encode(event)
    except _NOT_WRITABLE as error:
        raise JournalFailed(f"{type(event).__name__} cannot be written: {error}") from error


def decode_event(payload: bytes) -> Event:
    """Read what `encode_event` wrote. Raises ValueError for anything else."""
    decoder = _DECODERS.get(payload[0])
    if decoder is None:
        raise ValueError(f"no event has the kind {payload[0]}")
    return decoder.decode(memoryview(payload)[1:])
