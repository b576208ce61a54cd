"""Answers that are not what was asked for, and what they mean for the order behind the question."""

import re
from typing import Final

import msgspec

from adapters.binance.wire.error_code import ACTION_OF, SILENCING_CODE, UNCERTAIN_CODES, Action
from adapters.binance.wire.other_frames import UNREADABLE
from adapters.binance.wire.outcome import AlreadySo, NotDone, Refused, Silenced, UnknownOutcome
from domain.market.timeframe import MINUTE_MS

_BAN_WITHOUT_END_MS: Final = 2 * MINUTE_MS
_BANNED_UNTIL: Final = re.compile(r"banned until (\d{13})\b")
_SECONDS: Final = re.compile(r"\d{1,6}(\.\d{1,6})?")
_LONGEST_TEXT: Final = 200

_TOO_MANY: Final = 429
_BANNED: Final = 418
_GOOD: Final = range(200, 300)
_CODE: Final = b'"code"'
_OUR_SIDE: Final = range(400, 500)
_TIMED_OUT: Final = 408

_UNAVAILABLE: Final = 503
_SURELY_FAILED: Final = "service unavailable"

# By status, where the gateway answers without a code of the venue's.
_GATEWAY: Final = {
    401: Action.OPEN_NOTHING,
    403: Action.BACK_OFF,
    451: Action.OPEN_NOTHING,
}


class VenueError(msgspec.Struct, frozen=True):
    """`{"code":-1121,"msg":"Invalid symbol."}`; no code stands for a text of the gateway's own."""

    code: int = 0
    msg: str = ""


_READ_ERROR: Final = msgspec.json.Decoder(VenueError, strict=False).decode


def is_failure(status: int, body: bytes) -> bool:
    """Tell an answer that is none of success: by its status, or by an error's code under a good status."""
    return status not in _GOOD or (_CODE in body[:_LONGEST_TEXT] and _error_in(body).code < 0)


def read_failure(
    status: int, body: bytes, retry_after: str | None, *, has_effect: bool, now_ms: int
) -> NotDone:
    """Tell what an answer other than 2xx means; `now_ms` is the venue's clock.

    Whatever is not known for certain to have had no effect is an unknown outcome if it could have
    had one, and worth another try if it could not.
    """
    told = _error_in(body)
    if _is_silence(status, told):
        return Silenced(_silent_until(status, told.msg, retry_after, now_ms))
    if _is_unavailable(status, told):
        return Refused(told.code, "the service is unavailable", Action.RETRY)
    action = ACTION_OF.get(told.code)
    if action is Action.ALREADY_SO:
        return AlreadySo(told.code)
    if action is not None:
        return Refused(told.code, told.msg, action)
    if told.code == 0 and status in _GATEWAY:
        return Refused(0, f"HTTP {status}", _GATEWAY[status])
    return _uncertain(status, told, has_effect=has_effect)


def _uncertain(status: int, told: VenueError, *, has_effect: bool) -> NotDone:
    reason = f"HTTP {status}, code {told.code}: {told.msg}"
    if has_effect:
        return UnknownOutcome(reason)
    is_ours = status in _OUR_SIDE and status != _TIMED_OUT and told.code not in UNCERTAIN_CODES
    return Refused(told.code, reason, Action.FAIL if is_ours else Action.RETRY)


def _error_in(body: bytes) -> VenueError:
    try:
        told = _READ_ERROR(body)
    except UNREADABLE:
        return VenueError(0, body[:_LONGEST_TEXT].decode(errors="replace"))
    return VenueError(told.code, told.msg[:_LONGEST_TEXT])


def _is_silence(status: int, told: VenueError) -> bool:
    is_about_orders = told.code not in {0, SILENCING_CODE}
    return status == _BANNED or (status == _TOO_MANY and not is_about_orders) or told.code == SILENCING_CODE


def _is_unavailable(status: int, told: VenueError) -> bool:
    """Tell apart the one 503 that surely failed from the one whose outcome nobody knows."""
    is_said = told.msg.strip().rstrip(".").lower() == _SURELY_FAILED
    return status == _UNAVAILABLE and told.code not in UNCERTAIN_CODES - {-1000} and is_said


def _silent_until(status: int, text: str, retry_after: str | None, now_ms: int) -> int:
    told = [int(until) for until in _BANNED_UNTIL.findall(text)]
    if retry_after is not None and _SECONDS.fullmatch(retry_after.strip()):
        told.append(now_ms + int(float(retry_after) * 1000))
    next_minute_ms = now_ms - now_ms % MINUTE_MS + MINUTE_MS
    untold = now_ms + _BAN_WITHOUT_END_MS if status == _BANNED else next_minute_ms
    return max(told, default=untold)
