"""Account frames: bytes in, our words out."""

from collections.abc import Callable
from typing import Final

import msgspec

from adapters.binance.wire.account_events import AccountEvent
from adapters.binance.wire.other_frames import UNREADABLE, OtherFrame, read_other
from adapters.binance.wire.secret import Secret

_KINDS: Final = frozenset(
    {
        "ORDER_TRADE_UPDATE",
        "TRADE_LITE",
        "ACCOUNT_UPDATE",
        "ALGO_UPDATE",
        "MARGIN_CALL",
        "ACCOUNT_CONFIG_UPDATE",
        "listenKeyExpired",
        "CONDITIONAL_ORDER_TRIGGER_REJECT",
    }
)


class _Wrapped(msgspec.Struct):
    """`{"stream":"<the listen key>","data":{...}}`; the name of the stream is a secret and left out."""

    data: AccountEvent


def _secret(_: type, told: object) -> Secret:
    if not isinstance(told, str):
        raise TypeError("a key is a text")
    return Secret(told)


_READ: Final[Callable[[bytes], AccountEvent]] = msgspec.json.Decoder(
    AccountEvent, strict=False, dec_hook=_secret
).decode
_READ_WRAPPED: Final = msgspec.json.Decoder(_Wrapped, strict=False, dec_hook=_secret).decode
_IS_WRAPPED: Final = b'"data":'


def read_account_frame(frame: bytes) -> AccountEvent | OtherFrame:
    """Read one frame of the account's stream, wrapped or bare; whatever the bytes, nothing is raised."""
    try:
        return _READ_WRAPPED(frame).data if _IS_WRAPPED in frame else _READ(frame)
    except UNREADABLE as error:
        return read_other(frame, str(error), _KINDS)
