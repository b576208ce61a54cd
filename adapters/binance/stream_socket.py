"""The socket: one heartbeat, and the library's own."""

import logging
from dataclasses import dataclass
from typing import Final, cast

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from adapters.binance.frame_socket import FrameSocket
from adapters.binance.stream_place import Unreachable
from adapters.binance.wire.secret import Secret

# The library logs addresses at debug level, and the account's address holds a key.
# This logger stands outside the tree of loggers, so that no setting can make it talk.
_UNHEARD: Final = logging.Logger("unheard", level=logging.CRITICAL + 1)  # noqa: LOG001
_TOLD_TO_STAY_AWAY: Final = frozenset({418, 429})
_LONGEST_REASON: Final = 80


@dataclass(frozen=True, slots=True)
class SocketRules:
    """The one heartbeat, and how much may wait in a socket that is not read.

    `stay_away_s` is how long to be silent after the venue said 418 or 429 without saying how long.
    """

    ping_interval_s: float = 20.0
    ping_timeout_s: float = 20.0
    open_timeout_s: float = 10.0
    close_timeout_s: float = 2.0
    frames_waiting: int = 1024
    largest_frame_bytes: int = 16 * 1024 * 1024
    stay_away_s: float = 120.0


async def open_socket(address: Secret, rules: SocketRules) -> FrameSocket:
    """Connect. Raises Unreachable, which never tells the address."""
    try:
        socket = await connect(
            address.reveal(),
            compression=None,
            proxy=None,
            ping_interval=rules.ping_interval_s,
            ping_timeout=rules.ping_timeout_s,
            open_timeout=rules.open_timeout_s,
            close_timeout=rules.close_timeout_s,
            max_queue=rules.frames_waiting,
            max_size=rules.largest_frame_bytes,
            logger=_UNHEARD,
            create_connection=FrameSocket,
        )
    except InvalidStatus as refused:
        raise _refusal(refused, rules) from None
    except (OSError, WebSocketException) as error:
        raise Unreachable(f"cannot connect: {type(error).__name__}") from None
    return cast("FrameSocket", socket)


def why_closed(closed: ConnectionClosed) -> str:
    """Say how a connection ended."""
    told = closed.rcvd
    if told is not None:
        return f"closed by the venue with {told.code} {told.reason[:_LONGEST_REASON]}".rstrip()
    if closed.sent is not None:
        return f"closed by us with {closed.sent.code} {closed.sent.reason[:_LONGEST_REASON]}".rstrip()
    return "cut without a word"


def _refusal(refused: InvalidStatus, rules: SocketRules) -> Unreachable:
    status = refused.response.status_code
    reason = f"refused with HTTP {status}"
    if status not in _TOLD_TO_STAY_AWAY:
        return Unreachable(reason)
    asked = refused.response.headers.get("Retry-After", "")
    return Unreachable(reason, float(asked) if asked.isdecimal() else rules.stay_away_s)
