"""The user stream in every form in which clients ask for it."""

import pytest

from adapters.venue.venue_server import VenueServer
from domain.market.timeframe import HOUR_MS
from tests.adapters.venue.house import START_MS, SYMBOL, Trader, at_venue, flat_market, listening, venue_of


async def _listen_key(trader: Trader) -> str:
    return str((await trader.ask("POST", "/fapi/v1/listenKey"))["listenKey"])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/private/ws/{key}", {"TRADE_LITE", "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE"}),
        ("/private/ws?listenKey={key}", {"TRADE_LITE", "ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE"}),
        ("/private/ws?listenKey={key}&events=ORDER_TRADE_UPDATE/ALGO_UPDATE", {"ORDER_TRADE_UPDATE"}),
        ("/ws/{key}", set()),
        ("/public/ws/{key}", set()),
        ("/private/ws?listenKey=invalid", set()),
        ("/private/ws/invalid", set()),
    ],
)
def test_raw_forms(path: str, expected: set[str]) -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        key = await _listen_key(trader)
        async with listening(server, path.format(key=key)) as listener:
            await trader.buy("0.010")
            assert {event["e"] for event in await listener.heard(server)} == expected

    at_venue(scene)


def test_combined_forms_wrap_events_with_the_listen_key() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        key = await _listen_key(trader)
        query = f"/private/stream?listenKey={key}&events=ACCOUNT_UPDATE&listenKey=other&events=TRADE_LITE"
        async with listening(server, query) as listed, listening(server, "/private/stream") as subscribed:
            assert await subscribed.say("SUBSCRIBE", [key], "uuid") == {"result": None, "id": "uuid"}
            await trader.buy("0.010")
            by_query, by_message = await listed.heard(server), await subscribed.heard(server)
        assert {(event["stream"], event["data"]["e"]) for event in by_query} == {(key, "ACCOUNT_UPDATE")}
        assert {event["data"]["e"] for event in by_message} == {
            "TRADE_LITE",
            "ORDER_TRADE_UPDATE",
            "ACCOUNT_UPDATE",
        }

    at_venue(scene)


def test_there_is_one_key_for_the_account_and_deleting_it_silences_everybody() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        key = await _listen_key(trader)
        assert await _listen_key(trader) == key
        async with listening(server, f"/private/ws?listenKey={key}") as listener:
            assert await trader.ask("DELETE", "/fapi/v1/listenKey", listenKey=key) == {}
            await trader.buy("0.010")
            assert await listener.heard(server) == []
        gone = await trader.ask("PUT", "/fapi/v1/listenKey")
        assert (trader.status, gone) == (400, {"code": -1125, "msg": "This listenKey does not exist."})
        assert await _listen_key(trader) != key

    at_venue(scene)


def test_a_key_that_is_not_kept_alive_runs_out_after_an_hour_and_says_so() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        key = await _listen_key(trader)
        async with listening(server, f"/private/ws?listenKey={key}") as listener:
            await server.run(START_MS + HOUR_MS // 2)
            await trader.ask("PUT", "/fapi/v1/listenKey")
            await server.run(START_MS + HOUR_MS + 60_000)
            assert await listener.heard(server) == []
            await server.run(START_MS + 2 * HOUR_MS)
            told = await listener.heard(server)
            assert [(event["e"], event["listenKey"]) for event in told] == [("listenKeyExpired", key)]
            await trader.buy("0.010")
            assert await listener.heard(server) == []

    at_venue(scene, venue_of(flat_market([60_000.0] * 130), step_ms=15_000))


def test_events_come_after_the_reply_and_carry_increasing_times() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        key = await _listen_key(trader)
        async with listening(server, f"/private/ws?listenKey={key}") as listener:
            for _ in range(5):
                await trader.buy("0.001")
                await server.run(server.venue.now_ms() + 250)
            times = [event["E"] for event in await listener.heard(server)]
        assert times == sorted(times)
        orders = await trader.signed("GET", "/fapi/v1/allOrders", symbol=SYMBOL)
        assert len(orders) == 5

    at_venue(scene)
