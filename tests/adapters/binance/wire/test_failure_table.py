import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.binance.wire.error_code import ACTION_OF, UNCERTAIN_CODES, Action
from adapters.binance.wire.failure_table import read_failure
from adapters.binance.wire.outcome import AlreadySo, NotDone, Refused, Silenced, UnknownOutcome

NOW_MS = 1795305630_000  # half past a minute
NEXT_MINUTE_MS = 1795305660_000


def read(
    status: int, code: int = 0, text: str = "", *, retry_after: str | None = None, has_effect: bool = True
) -> NotDone:
    body = json.dumps({"code": code, "msg": text}).encode() if code else text.encode()
    return read_failure(status, body, retry_after, has_effect=has_effect, now_ms=NOW_MS)


UNKNOWN_ERROR = "Unknown error, please check your request or try again later."
INTERNAL_ERROR = "Internal error; unable to process your request. Please try again."
BANNED = "Way too many requests; IP(1.2.3.4) banned until 1795306000000. Please use the websocket."


@pytest.mark.parametrize(
    ("status", "code", "text"),
    [
        (503, 0, UNKNOWN_ERROR),
        (503, -1000, UNKNOWN_ERROR),
        (503, -1001, INTERNAL_ERROR),
        (400, -1006, "An unexpected response was received from the message bus."),
        (408, -1007, "Timeout waiting for response from backend server."),
        (408, 0, ""),
        (500, 0, "<html>"),
        (502, 0, "<html>Bad Gateway</html>"),
        (503, 0, "<html>503 Service Temporarily Unavailable</html>"),
        (504, 0, ""),
        (404, 0, "<html>"),
        (302, 0, ""),
        (400, -9999, "A code of tomorrow."),
        (400, 0, "no JSON at all"),
    ],
)
def test_what_may_have_been_done_stays_unknown_until_there_is_evidence(
    status: int, code: int, text: str
) -> None:
    assert isinstance(read(status, code, text), UnknownOutcome)
    assert isinstance(read(status, code, text, has_effect=False), Refused)


@pytest.mark.parametrize("code", [0, -1000])
def test_a_service_that_is_unavailable_did_nothing(code: int) -> None:
    assert read(503, code, "Service Unavailable.") == Refused(
        code, "the service is unavailable", Action.RETRY
    )


@pytest.mark.parametrize("text", ["Service Unavailable.", "service unavailable", " Service Unavailable. \n"])
def test_the_wording_of_the_gateway_may_differ_a_little(text: str) -> None:
    assert isinstance(read(503, 0, text), Refused)


def test_an_overloaded_venue_did_nothing() -> None:
    refused = read(503, -1008, "Server is currently overloaded with other requests.")
    assert isinstance(refused, Refused)
    assert refused.action is Action.RETRY


@pytest.mark.parametrize(
    ("status", "code", "text", "retry_after", "until_ms"),
    [
        (429, -1003, "Too many requests.", "7", NOW_MS + 7_000),
        (429, -1003, "Too many requests.", None, NEXT_MINUTE_MS),
        (429, -1003, "Too many requests.", "soon", NEXT_MINUTE_MS),
        (429, 0, "<html>", None, NEXT_MINUTE_MS),
        (418, -1003, BANNED, None, 1795306000000),
        (418, -1003, BANNED, "9999", NOW_MS + 9_999_000),
        (418, 0, "teapot", None, NOW_MS + 120_000),
        (400, -1003, BANNED, None, 1795306000000),
    ],
)
def test_a_venue_that_wants_silence_gets_it(
    status: int, code: int, text: str, retry_after: str | None, until_ms: int
) -> None:
    assert read(status, code, text, retry_after=retry_after) == Silenced(until_ms)


def test_too_many_orders_silence_orders_only() -> None:
    refused = read(429, -1015, "Too many new orders.")
    assert isinstance(refused, Refused)
    assert refused.action is Action.BACK_OFF


@pytest.mark.parametrize("code", [-4046, -4059, -4171])
def test_what_is_so_already_is_as_good_as_done(code: int) -> None:
    assert read(400, code, "No need to change.") == AlreadySo(code)


@pytest.mark.parametrize(
    ("code", "action"),
    [
        (-1021, Action.RESYNC_CLOCK),
        (-1022, Action.FAIL),
        (-1102, Action.FAIL),
        (-1111, Action.RESIZE),
        (-1121, Action.FAIL),
        (-1125, Action.RENEW_LISTEN_KEY),
        (-2010, Action.FAIL),
        (-2011, Action.RECONCILE),
        (-2013, Action.RECONCILE),
        (-2015, Action.OPEN_NOTHING),
        (-2018, Action.RESIZE),
        (-2019, Action.RESIZE),
        (-2021, Action.EXIT_AT_MARKET),
        (-2022, Action.RECONCILE),
        (-2023, Action.OPEN_NOTHING),
        (-2025, Action.CANCEL_STALE),
        (-2027, Action.RESIZE),
        (-4014, Action.RESIZE),
        (-4015, Action.FAIL),
        (-4016, Action.RESIZE),
        (-4023, Action.RESIZE),
        (-4024, Action.RESIZE),
        (-4045, Action.CANCEL_STALE),
        (-4067, Action.KEEP_AS_IS),
        (-4061, Action.FAIL),
        (-4116, Action.RECONCILE),
        (-4117, Action.RECONCILE),
        (-4120, Action.FAIL),
        (-4130, Action.RECONCILE),
        (-4131, Action.RESIZE),
        (-4142, Action.EXIT_AT_MARKET),
        (-4164, Action.RESIZE),
        (-4192, Action.OPEN_NOTHING),
        (-4400, Action.OPEN_NOTHING),
        (-4509, Action.RECONCILE),
        (-5021, Action.REPRICE),
        (-5022, Action.REPRICE),
        (-5028, Action.RECONCILE),
    ],
)
def test_every_refusal_says_what_to_do(code: int, action: Action) -> None:
    assert read(400, code, "why") == Refused(code, "why", action)


@pytest.mark.parametrize(
    ("status", "action"), [(401, Action.OPEN_NOTHING), (403, Action.BACK_OFF), (451, Action.OPEN_NOTHING)]
)
def test_a_gateway_that_lets_nothing_through_did_nothing(status: int, action: Action) -> None:
    assert read(status, 0, "<html>") == Refused(0, f"HTTP {status}", action)


def test_a_question_without_effect_may_be_asked_again() -> None:
    assert _action(read(503, 0, UNKNOWN_ERROR, has_effect=False)) is Action.RETRY
    assert _action(read(400, -1007, "x", has_effect=False)) is Action.RETRY
    assert _action(read(400, -9999, "x", has_effect=False)) is Action.FAIL


def test_no_uncertain_code_has_an_action_of_its_own() -> None:
    assert UNCERTAIN_CODES.isdisjoint(ACTION_OF)


def test_a_long_text_is_cut() -> None:
    refused = read(400, -1102, "x" * 10_000)
    assert isinstance(refused, Refused)
    assert len(refused.reason) == 200


@given(st.integers(300, 599), st.binary(), st.none() | st.text(), st.booleans())
def test_whatever_comes_it_is_one_of_the_outcomes(
    status: int, body: bytes, retry_after: str | None, has_effect: bool
) -> None:
    outcome = read_failure(status, body, retry_after, has_effect=has_effect, now_ms=NOW_MS)
    assert isinstance(outcome, AlreadySo | Refused | Silenced | UnknownOutcome)
    if isinstance(outcome, Silenced):
        assert outcome.until_ms > NOW_MS or retry_after is not None


@given(
    st.integers(300, 599).filter(lambda status: status not in {401, 403, 418, 429, 451}),
    st.integers(-9999, -1),
)
def test_a_code_without_a_rule_is_never_taken_for_a_refusal(status: int, code: int) -> None:
    if code not in ACTION_OF and code != -1003:
        assert isinstance(read(status, code, "?"), UnknownOutcome)


def _action(outcome: NotDone) -> Action:
    assert isinstance(outcome, Refused)
    return outcome.action


def test_the_ban_is_found_in_the_rulebooks_wording() -> None:
    assert re.search(r"banned until \d{13}", BANNED)
