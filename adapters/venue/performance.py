"""How a request is carried out: limits, faults before, the deed, faults after."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from adapters.venue.api_key import ApiKey
from adapters.venue.endpoints import Endpoint
from adapters.venue.parameters import Parameters
from adapters.venue.request_refused import RequestRefused
from adapters.venue.venue import Venue

_USUAL_WINDOW_MS: Final = 5_000
_LONGEST_WINDOW_MS: Final = 60_000
_AHEAD_ALLOWED_MS: Final = 1_000
UNKNOWN: Final = "Unknown error, please check your request or try again later."


class ConnectionCut(Exception):
    """The venue cuts the line instead of answering."""


class Outcome(NamedTuple):
    """A status and a body, and headers beside the usual ones."""

    status: int
    body: object
    headers: Mapping[str, str] = {}


def perform(venue: Venue, endpoint: Endpoint, asked: Parameters) -> object:
    """Carry out a request that is allowed. Raises RequestRefused or ConnectionCut."""
    now_ms = venue.now_ms()
    ten_seconds, minute = endpoint.orders
    if ten_seconds or minute:
        venue.limits.spend_orders(ten_seconds, minute, now_ms)
    _fail_before(venue, endpoint)
    venue.behave()
    answer = endpoint.handler(venue, asked)
    venue.tell_news()
    if endpoint.executes:
        _fail_after(venue)
    return answer


def count(venue: Venue, name: str, weight: int) -> None:
    """Count a request by name and weight. Raises RequestRefused when there are too many."""
    now_ms, faults = venue.now_ms(), venue.faults
    venue.calls[name] += 1
    if faults.strikes("address_banned", now_ms):
        venue.limits.shut_out(now_ms, venue.limits.limits.first_ban_ms)
    venue.limits.spend(weight, now_ms)
    if faults.strikes("too_many_requests", now_ms):
        raise RequestRefused(-1003, "Too many requests.", 429, {"Retry-After": "5"})
    if faults.strikes("too_many_requests_without_header", now_ms):
        raise RequestRefused(-1003, "Too many requests.", 429)


def key_named(venue: Venue, name: str | None) -> ApiKey:
    """Find the key of a request."""
    if not name:
        raise RequestRefused(-2014, "API-key format invalid.", 401)
    key = venue.keys.get(name)
    if key is None:
        message = "Invalid API-key, IP, or permissions for action, request ip: 127.0.0.1"
        raise RequestRefused(-2015, message, 401)
    return key


def check_time(venue: Venue, asked: Parameters) -> None:
    """Check that a request was made just now, by the server's clock."""
    sent_ms, server_ms = asked.whole("timestamp"), venue.server_ms()
    window_ms = asked.whole("recvWindow", _USUAL_WINDOW_MS)
    if not 0 < window_ms <= _LONGEST_WINDOW_MS:
        raise RequestRefused(-1131, "recvWindow must be less than 60000.")
    if sent_ms >= server_ms + _AHEAD_ALLOWED_MS:
        raise RequestRefused(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    if server_ms - sent_ms > window_ms:
        raise RequestRefused(-1021, "Timestamp for this request is outside of the recvWindow.")


def check_signature(key: ApiKey, payload: str, signature: str | None) -> None:
    """Check that the holder of the key made the request."""
    if not signature:
        message = "Mandatory parameter 'signature' was not sent, was empty/null, or malformed."
        raise RequestRefused(-1102, message)
    if not key.has_signed(payload, signature):
        raise RequestRefused(-1022, "Signature for this request is not valid.")


def _fail_before(venue: Venue, endpoint: Endpoint) -> None:
    now_ms, faults = venue.now_ms(), venue.faults
    if endpoint.security != "signed":
        return
    if faults.strikes("cut_before_execution", now_ms):
        raise ConnectionCut
    if faults.strikes("service_unavailable", now_ms):
        raise RequestRefused(-1000, "Service Unavailable.", 503)
    if faults.strikes("internal_error", now_ms):
        raise RequestRefused(-1001, "Internal error; unable to process your request. Please try again.", 503)
    if faults.strikes("unknown_not_executed", now_ms):
        raise RequestRefused(-1000, UNKNOWN, 503)


def _fail_after(venue: Venue) -> None:
    now_ms, faults = venue.now_ms(), venue.faults
    if faults.strikes("cut_after_execution", now_ms):
        raise ConnectionCut
    if faults.strikes("unknown_executed", now_ms):
        raise RequestRefused(-1000, UNKNOWN, 503)
    if faults.strikes("timeout_executed", now_ms):
        message = (
            "Timeout waiting for response from backend server. Send status unknown; execution status unknown."
        )
        raise RequestRefused(-1007, message, 408)
