"""The listen key over REST."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from adapters.binance.account_feed import KeyUnavailable
from adapters.binance.binance_client import BinanceClient, ClientRules
from adapters.binance.venue_listen_keys import VenueListenKeys
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.signature import HmacKey
from tests.adapters.binance.hand_clock import HandClock
from tests.adapters.binance.loopback_venue import Answer, LoopbackVenue

Result = TypeVar("Result")
NOW_MS = 1_795_305_630_000
KEY = HmacKey(Secret("name"), Secret("shared"))
GIVEN = Answer('{"listenKey":"Kx9"}')


def with_keys(answers: list[Answer], ask: Callable[[VenueListenKeys], Awaitable[Result]]) -> Result:
    async def main() -> Result:
        venue = LoopbackVenue(answers)
        async with venue.open():
            rules = ClientRules(retry_waits_s=())
            client = BinanceClient(
                venue.base_url, KEY, HandClock(NOW_MS), monotonic_s=lambda: 0.0, rules=rules
            )
            async with client:
                return await ask(VenueListenKeys(client))

    return asyncio.run(main())


async def create_and_keep(keys: VenueListenKeys) -> bool:
    await keys.create()
    return await keys.keep_alive()


def test_a_key_is_given_and_never_shown() -> None:
    key = with_keys([GIVEN], lambda keys: keys.create())
    assert key == Secret("Kx9")
    assert "Kx9" not in repr(key)


def test_a_key_that_is_kept_alive_lives() -> None:
    assert with_keys([GIVEN, GIVEN], create_and_keep)


def test_another_key_than_ours_is_as_bad_as_none() -> None:
    assert not with_keys([GIVEN, Answer('{"listenKey":"other"}')], create_and_keep)


def test_a_key_the_venue_does_not_know_is_told() -> None:
    unknown = Answer('{"code":-1125,"msg":"This listenKey does not exist."}', 400)
    assert not with_keys([GIVEN, unknown], create_and_keep)


def test_a_venue_that_wants_silence_says_for_how_long() -> None:
    banned = Answer('{"code":-1003,"msg":"banned"}', 418, {"Retry-After": "120"})
    with pytest.raises(KeyUnavailable) as caught:
        with_keys([banned], lambda keys: keys.create())
    assert caught.value.at_least_s == pytest.approx(120, abs=1)


def test_a_venue_that_fails_is_told_apart() -> None:
    with pytest.raises(KeyUnavailable):
        with_keys([GIVEN, Answer("", 503)], create_and_keep)
