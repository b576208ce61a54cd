import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from random import Random

import pytest

from adapters.binance.binance_client import BinanceClient
from adapters.binance.binance_lines import (
    AccountSeen,
    BinanceLines,
    LineRules,
    VenueRefused,
    account_at,
    hindrances,
    instruments_at,
    require_no_hindrance,
)
from adapters.binance.exchange_info import Contracts
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.signature import HmacKey
from adapters.system.clock import RunningClock
from adapters.venue.faults import Faults, FaultSwitch
from adapters.venue.venue_server import VenueServer
from tests.adapters.binance.loopback_venue import Answer, Asked, LoopbackVenue
from tests.adapters.venue.house import KEY, OTHER, SECRET, START_MS, SYMBOL, venue_of


@asynccontextmanager
async def client_at(faults: Faults | None = None, *, has_key: bool = True) -> AsyncIterator[BinanceClient]:
    key = HmacKey(Secret(KEY), Secret(SECRET)) if has_key else None
    clock = RunningClock(START_MS, time.monotonic)
    async with VenueServer(venue_of(faults=faults)) as server:
        await server.run(START_MS + 1_000)
        urls = server.rest_url, server.stream_url
        lines = BinanceLines(*urls, key, clock, time.monotonic, Random(1), LineRules())
        async with lines.client() as client:
            yield client


def test_the_venue_tells_the_rules_of_what_is_to_be_traded() -> None:
    async def main() -> None:
        async with client_at() as client:
            found = await instruments_at(client, (OTHER, SYMBOL))
            assert list(found) == [OTHER, SYMBOL]
            assert found[SYMBOL].tick == Decimal("0.1")
            assert len(found[SYMBOL].brackets) > 1

    asyncio.run(main())


def test_without_a_key_the_brackets_are_the_cautious_ones() -> None:
    async def main() -> None:
        async with client_at(has_key=False) as client, client_at() as other:
            found = await instruments_at(client, (SYMBOL,))
            assert found[SYMBOL].brackets != (await instruments_at(other, (SYMBOL,)))[SYMBOL].brackets

    asyncio.run(main())


def test_a_symbol_that_cannot_be_traded_is_refused_with_the_reason() -> None:
    async def main() -> None:
        async with client_at() as client:
            with pytest.raises(VenueRefused, match="NOUSDT cannot be traded: the venue does not know it"):
                await instruments_at(client, (SYMBOL, "NOUSDT"))

    asyncio.run(main())


def test_a_venue_that_does_not_tell_its_rules_is_refused() -> None:
    async def main() -> None:
        faults = Faults([FaultSwitch("too_many_requests")])
        async with client_at(faults) as client:
            with pytest.raises(VenueRefused, match="does not tell its rules"):
                await instruments_at(client, (SYMBOL,))

    asyncio.run(main())


def test_the_wallet_is_told_where_it_pays_its_own_fees() -> None:
    async def main() -> None:
        async with client_at() as client:
            assert await account_at(client) == AccountSeen("SgsR", Decimal(10_000))

    asyncio.run(main())


@pytest.mark.parametrize(
    ("burn", "pays_in_bnb"),
    [
        (Answer('{"feeBurn":true}'), True),
        (Answer('{"feeBurn":false}'), False),
        (Answer('{"code":-5000,"msg":"Path is invalid."}', 404), False),
    ],
)
def test_an_account_that_pays_fees_in_bnb_is_no_place_to_begin_and_the_setting_is_named(
    burn: Answer, *, pays_in_bnb: bool
) -> None:
    balance = Answer('[{"asset":"USDT","balance":"12.5"},{"asset":"BNB","balance":"3"}]')

    def answer(asked: Asked) -> Answer:
        return burn if asked.path.endswith("feeBurn") else balance

    async def main() -> None:
        async with LoopbackVenue(answer).open() as venue:
            key, clock = HmacKey(Secret(KEY), Secret(SECRET)), RunningClock(START_MS, time.monotonic)
            lines = BinanceLines(venue.base_url, "ws://", key, clock, time.monotonic, Random(1), LineRules())
            async with lines.client() as client:
                seen = await account_at(client)
        assert seen == AccountSeen("", Decimal("12.5"), pays_in_bnb)
        named = [
            reason for reason in hindrances(Contracts({}, {}), (), seen) if "`Use BNB for fees`" in reason
        ]
        assert len(named) == pays_in_bnb

    asyncio.run(main())


def test_everything_that_keeps_a_session_from_beginning_is_named_and_the_first_of_it_refused() -> None:
    contracts = Contracts({}, {SYMBOL: "status SETTLING"})
    reasons = hindrances(contracts, (SYMBOL, OTHER))
    assert reasons == [
        f"{SYMBOL} cannot be traded: status SETTLING",
        f"{OTHER} cannot be traded: the venue does not know it",
    ]
    with pytest.raises(VenueRefused, match="status SETTLING"):
        require_no_hindrance(reasons)
    require_no_hindrance([])
