"""What is said on a stream connection: subscribe, unsubscribe, what is subscribed."""

from collections.abc import Sequence
from typing import Final

import msgspec

MOST_STREAMS_A_MESSAGE: Final = 200

_ENCODE: Final = msgspec.json.Encoder().encode


class _Asked(msgspec.Struct, omit_defaults=True):
    method: str
    params: Sequence[str] = ()
    id: int | msgspec.UnsetType = msgspec.UNSET


def subscribe(streams: Sequence[str], request_id: int) -> bytes:
    """Ask for streams; that it is acknowledged says nothing about whether they will deliver."""
    return _ENCODE(_Asked("SUBSCRIBE", streams, request_id))


def unsubscribe(streams: Sequence[str], request_id: int) -> bytes:
    """Ask for streams no more."""
    return _ENCODE(_Asked("UNSUBSCRIBE", streams, request_id))


def list_subscriptions(request_id: int) -> bytes:
    """Ask what is subscribed on this connection."""
    return _ENCODE(_Asked("LIST_SUBSCRIPTIONS", id=request_id))


def in_messages(streams: Sequence[str], most: int = MOST_STREAMS_A_MESSAGE) -> list[Sequence[str]]:
    """Cut a long list of streams into what one message each may carry."""
    return [streams[start : start + most] for start in range(0, len(streams), most)]
