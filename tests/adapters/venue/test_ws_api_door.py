"""Trading over the WebSocket API."""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import orjson
import websockets
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.venue.api_key import ApiKey
from adapters.venue.request_limits import Limits
from adapters.venue.venue_server import VenueServer
from adapters.venue.venue_settings import VenueSettings
from domain.market.timeframe import MINUTE_MS
from tests.adapters.venue.house import KEY, START_MS, SYMBOL, Json, Trader, at_venue, sign, venue_of

MARKET_BUY = {"symbol": SYMBOL, "side": "BUY", "type": "MARKET", "quantity": "0.010"}


class Line:
    def __init__(self, server: VenueServer, line: websockets.ClientConnection) -> None:
        self._server = server
        self._line = line

    async def ask(self, method: str, params: Mapping[str, object] | None = None, number: object = 1) -> Json:
        await self._line.send(orjson.dumps({"id": number, "method": method, "params": params or {}}).decode())
        return orjson.loads(await asyncio.wait_for(self._line.recv(), 2))

    async def signed(self, method: str, **params: object) -> Json:
        told = {"apiKey": KEY, "timestamp": self._server.venue.now_ms(), **params}
        payload = "&".join(f"{name}={told[name]}" for name in sorted(told))
        return await self.ask(method, {**told, "signature": sign(payload)})

    async def say(self, text: str) -> Json:
        await self._line.send(text)
        return orjson.loads(await asyncio.wait_for(self._line.recv(), 2))


@asynccontextmanager
async def on_line(server: VenueServer, query: str = "") -> AsyncIterator[Line]:
    async with websockets.connect(server.ws_api_url + query, compression=None) as line:
        yield Line(server, line)


def test_an_order_is_placed_looked_at_and_cancelled() -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        limit = {"symbol": SYMBOL, "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
        async with on_line(server) as line:
            placed = await line.signed(
                "order.place", **limit, quantity="0.010", price="58000", newClientOrderId="w"
            )
            assert (placed["status"], placed["result"]["status"]) == (200, "NEW")
            assert "avgPrice" not in placed["result"]
            counts = {(one["rateLimitType"], one["interval"]): one["count"] for one in placed["rateLimits"]}
            assert counts == {
                ("REQUEST_WEIGHT", "MINUTE"): 5,
                ("ORDERS", "SECOND"): 1,
                ("ORDERS", "MINUTE"): 1,
            }
            change = {"symbol": SYMBOL, "side": "BUY", "origClientOrderId": "w", "quantity": "0.02"}
            changed = await line.signed("order.modify", **change, price="58001")
            assert changed["result"]["origQty"] == "0.020"
            status = await line.signed("order.status", symbol=SYMBOL, origClientOrderId="w")
            assert status["result"]["cumQuote"] == "0"
            gone = await line.signed("order.cancel", symbol=SYMBOL, origClientOrderId="w")
            assert gone["result"]["status"] == "CANCELED"

    at_venue(scene)


def test_stops_account_and_market_are_asked_by_their_methods() -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with on_line(server) as line:
            stop = {"algoType": "CONDITIONAL", "symbol": SYMBOL, "side": "SELL", "type": "STOP_MARKET"}
            placed = await line.signed("algoOrder.place", **stop, quantity="0.010", triggerPrice="55000")
            algo_id = placed["result"]["algoId"]
            assert (await line.signed("algoOrder.cancel", algoId=algo_id))["result"]["code"] == "200"
            for method in (
                "account.balance",
                "v2/account.balance",
                "account.position",
                "v2/account.position",
                "account.status",
                "v2/account.status",
            ):
                assert (await line.signed(method))["status"] == 200
            for method in ("ping", "time", "depth", "ticker.price", "ticker.book"):
                assert (await line.ask(method, {"symbol": SYMBOL}))["status"] == 200
            started = await line.ask("userDataStream.start", {"apiKey": KEY})
            kept = await line.ask("userDataStream.ping", {"apiKey": KEY})
            assert kept["result"] == started["result"]
            assert (await line.ask("userDataStream.stop", {"apiKey": KEY}))["result"] == {}

    at_venue(scene)


def test_what_is_wrong_is_answered_under_its_id() -> None:
    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with on_line(server, "?returnRateLimits=false") as line:
            refused = await line.signed("order.place", **MARKET_BUY | {"reduceOnly": "true"})
            told = {"code": -2022, "msg": "ReduceOnly Order is rejected."}
            assert refused == {"id": 1, "status": 400, "error": told}
            bad = await line.ask(
                "order.place", {**MARKET_BUY, "apiKey": KEY, "timestamp": server.venue.now_ms()}
            )
            assert bad["error"]["code"] == -1102
            assert (await line.ask("klines", {"symbol": SYMBOL}, number="x"))["id"] == "x"
            nobody = await line.ask(
                "order.place", MARKET_BUY | {"timestamp": server.venue.now_ms()}, number=None
            )
            assert (nobody["id"], nobody["status"], nobody["error"]["code"]) == (None, 401, -2014)
            assert (await line.say("{"))["error"]["code"] == -1135
            assert (await line.say("[]"))["error"]["code"] == -1135
            for params in ("[1]", '"x"', "7"):
                told = await line.say(f'{{"id":9,"method":"depth","params":{params}}}')
                assert (told["id"], told["error"]["code"]) == (9, -1135)
            assert (await line.say('{"id":{},"method":"ping"}'))["error"]["code"] == -1135
            assert (await line.signed("session.logon"))["error"]["code"] == -4056
            assert (await line.signed("session.dance"))["status"] == 400

    at_venue(scene)


def test_after_a_logon_key_and_signature_may_be_left_out() -> None:
    private = Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    async def scene(server: VenueServer, _trader: Trader) -> None:
        now_ms = server.venue.now_ms()
        payload = f"apiKey=ed&timestamp={now_ms}".encode()
        logon = {
            "apiKey": "ed",
            "timestamp": now_ms,
            "signature": base64.b64encode(private.sign(payload)).decode(),
        }
        async with on_line(server) as line:
            session = (await line.ask("session.logon", logon))["result"]
            assert (session["apiKey"], session["authorizedSince"]) == ("ed", now_ms)
            placed = await line.ask("order.place", MARKET_BUY | {"timestamp": now_ms})
            assert placed["status"] == 200
            assert (await line.ask("session.status"))["result"]["apiKey"] == "ed"
            assert (await line.ask("session.logout"))["result"]["apiKey"] is None
            assert (await line.ask("order.place", MARKET_BUY | {"timestamp": now_ms}))["status"] == 401

    at_venue(scene, venue_of(keys=[ApiKey("ed", public_key_pem=pem)]))


def test_a_handshake_costs_weight_and_is_cut_short_when_there_is_none_left() -> None:
    limits = Limits(weight_per_minute=7)

    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with on_line(server) as line:
            assert (await line.ask("ticker.price", {"symbol": SYMBOL}))["rateLimits"][0]["count"] == 6
        line_cut = await websockets.connect(server.ws_api_url, compression=None)
        await line_cut.wait_closed()
        assert line_cut.close_code == 1008

    at_venue(scene, venue_of(settings=VenueSettings(limits=limits)))


def test_a_line_is_pinged_and_lives_a_day() -> None:
    settings = VenueSettings(ping_every_ms=MINUTE_MS, socket_lasts_ms=3 * MINUTE_MS)

    async def scene(server: VenueServer, _trader: Trader) -> None:
        async with websockets.connect(server.ws_api_url, compression=None) as line:
            await server.run(START_MS + 4 * MINUTE_MS)
            await asyncio.wait_for(line.wait_closed(), 2)
            assert line.close_code == 1000

    at_venue(scene, venue_of(settings=settings, step_ms=5_000))


def test_a_line_that_does_not_pong_is_dropped() -> None:
    settings = VenueSettings(ping_every_ms=MINUTE_MS, pong_within_ms=2 * MINUTE_MS)

    async def scene(server: VenueServer, _trader: Trader) -> None:
        host, _, port = server.address.partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"GET /ws-fapi/v1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        await server.run(START_MS + 4 * MINUTE_MS)
        frames = await asyncio.wait_for(reader.read(4_096), 2)
        assert frames[0] == 0x89
        assert b"Pong timeout" in frames
        writer.close()

    at_venue(scene, venue_of(settings=settings, step_ms=5_000))
