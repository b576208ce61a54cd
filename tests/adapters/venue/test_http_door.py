"""Keys, signatures, time and limits, as strict as the real venue."""

import base64
from dataclasses import replace
from urllib.parse import quote, urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from adapters.venue.api_key import ApiKey, signed_payload
from adapters.venue.request_limits import Limits
from adapters.venue.venue_server import VenueServer
from adapters.venue.venue_settings import VenueSettings
from domain.market.timeframe import MINUTE_MS
from tests.adapters.venue.house import KEY, SECRET, START_MS, SYMBOL, Trader, at_venue, sign, venue_of

DOCUMENTED = ApiKey("K", "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9")


@pytest.mark.parametrize(
    ("query", "body", "signature"),
    [
        (
            (
                "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000"
                "&timestamp=1591702613943"
            ),
            "",
            "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9",
        ),
        (
            "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC",
            "quantity=1&price=9000&recvWindow=5000&timestamp=1591702613943",
            "30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4",
        ),
    ],
)
def test_the_documented_signatures_are_accepted(query: str, body: str, signature: str) -> None:
    payload, found = signed_payload(query, f"{body}&signature={signature.upper()}")
    assert found is not None
    assert DOCUMENTED.has_signed(payload, found)


def test_parameters_come_in_query_or_body_or_both_and_the_query_wins() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        now_ms = server.venue.now_ms()
        query = f"symbol={SYMBOL}&side=BUY&type=LIMIT&quantity=0.010"
        body = f"quantity=0.500&price=58000&timeInForce=GTC&timestamp={now_ms}"
        answer = await trader.raw("POST", "/fapi/v1/order", query, f"{body}&signature={sign(query + body)}")
        assert answer["origQty"] == "0.010"
        whole = f"{query}&price=58000&timeInForce=GTC&timestamp={now_ms}&newClientOrderId=a%2Fb"
        answer = await trader.raw("POST", "/fapi/v1/order", "", f"{whole}&signature={sign(whole)}")
        assert answer["clientOrderId"] == "a/b"

    at_venue(scene)


def test_a_wrong_signature_a_missing_one_and_unknown_keys_are_refused() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        query = f"timestamp={server.venue.now_ms()}"
        wrong = await trader.raw("GET", "/fapi/v3/account", f"{query}&signature={'0' * 64}")
        assert (trader.status, wrong["code"]) == (400, -1022)
        assert wrong == {"code": -1022, "msg": "Signature for this request is not valid."}
        missing = await trader.raw("GET", "/fapi/v3/account", query)
        assert missing["code"] == -1102
        trader.key = "nobody"
        unknown = await trader.signed("GET", "/fapi/v3/account")
        assert (trader.status, unknown["code"]) == (401, -2015)
        trader.key = ""
        none = await trader.signed("GET", "/fapi/v3/account")
        assert (trader.status, none["code"]) == (401, -2014)

    at_venue(scene)


def test_ed25519_signs_rest_too() -> None:
    private = Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    async def scene(server: VenueServer, trader: Trader) -> None:
        query = f"timestamp={server.venue.now_ms()}"
        signature = quote(base64.b64encode(private.sign(query.encode())).decode(), safe="")
        ours = await trader.raw("GET", "/fapi/v3/balance", f"{query}&signature={signature}")
        assert ours["code"] == -1022
        answer = await trader.raw("GET", "/fapi/v3/balance", f"{query}&signature={signature}", key="ed")
        assert answer[0]["asset"] == "USDT"
        forged = await trader.raw("GET", "/fapi/v3/balance", f"{query}&signature=AAAA", key="ed")
        assert forged["code"] == -1022

    at_venue(scene, venue_of(keys=[ApiKey("ed", public_key_pem=pem)]))


@pytest.mark.parametrize(
    ("shift_ms", "window_ms", "is_welcome"),
    [
        (0, 5_000, True),
        (999, 5_000, True),
        (1_000, 5_000, False),
        (-5_000, 5_000, True),
        (-5_001, 5_000, False),
        (-9_000, 10_000, True),
    ],
)
def test_a_request_must_have_been_made_just_now(shift_ms: int, window_ms: int, is_welcome: bool) -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        at_ms = server.venue.now_ms() + shift_ms
        answer = await trader.signed("GET", "/fapi/v3/balance", timestamp=at_ms, recvWindow=window_ms)
        assert isinstance(answer, list) is is_welcome
        if not is_welcome:
            assert answer["code"] == -1021

    at_venue(scene)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"symbol": "NOPE"}, -1121),
        ({"quantity": "abc"}, -1100),
        ({"quantity": ""}, -1102),
        ({"quantity": "0.0105"}, -1111),
        ({"quantity": "0"}, -4003),
        ({"quantity": "-1"}, -4003),
        ({"price": "58000.15"}, -1111),
        ({"price": "70000"}, -4016),
        ({"side": "SELL", "price": "50000"}, -4024),
        ({"side": "HOLD"}, -1117),
        ({"type": "STOP_MARKET"}, -4120),
        ({"type": "LUCK"}, -1116),
        ({"timeInForce": "SOON"}, -1115),
        ({"timeInForce": ""}, -1102),
        ({"type": "MARKET", "price": ""}, -1106),
        ({"quantity": "0.001", "price": "1000"}, -4024),
        ({"newClientOrderId": "with blank"}, -4015),
        ({"newClientOrderId": "x" * 37}, -4015),
        ({"reduceOnly": "true"}, -2022),
        ({"reduceOnly": "maybe"}, -1130),
        ({"positionSide": "LONG"}, -4061),
        ({"positionSide": "UP"}, -4060),
        ({"quantity": "100", "price": "59000"}, -2027),
        ({"quantity": "20000"}, -4005),
        ({"timeInForce": "GTD", "goodTillDate": "1"}, -5040),
        ({"timestamp": "soon"}, -1102),
        ({"recvWindow": "60001"}, -1131),
    ],
)
def test_a_bad_order_is_refused_with_the_code_of_the_real_venue(params: dict[str, str], code: int) -> None:
    order = {"side": "BUY", "type": "LIMIT", "quantity": "0.010", "price": "58000", "timeInForce": "GTC"}
    if params.get("side") == "SELL" or params.get("price") == "1000":
        order |= {"side": "SELL"}

    async def scene(_server: VenueServer, trader: Trader) -> None:
        answer = await trader.order(**{**order, **params})
        assert answer["code"] == code, answer

    at_venue(scene)


def test_weight_is_counted_by_the_minute_of_the_clock_and_told_in_a_header() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        await trader.ask("GET", "/fapi/v1/depth", symbol=SYMBOL, limit=1000)
        assert trader.headers["X-MBX-USED-WEIGHT-1M"] == "20"
        await trader.ask("GET", "/fapi/v1/ping")
        assert trader.headers["X-MBX-USED-WEIGHT-1M"] == "21"
        await server.run(START_MS + MINUTE_MS)
        await trader.ask("GET", "/fapi/v1/ping")
        assert trader.headers["X-MBX-USED-WEIGHT-1M"] == "1"

    at_venue(scene)


def test_order_counts_are_told_and_limited() -> None:
    limits = Limits(orders_per_ten_seconds=2)

    async def scene(_server: VenueServer, trader: Trader) -> None:
        for count in ("1", "2"):
            await trader.buy("0.001")
            assert trader.headers["X-MBX-ORDER-COUNT-10S"] == count
        refused = await trader.buy("0.001")
        assert (trader.status, refused["code"]) == (429, -1015)

    at_venue(scene, venue_of(settings=VenueSettings(limits=limits)))


def test_too_many_requests_lead_to_429_and_stubbornness_to_a_ban() -> None:
    limits = Limits(weight_per_minute=10, refusals_until_ban=3)

    async def scene(server: VenueServer, trader: Trader) -> None:
        for _ in range(10):
            await trader.ask("GET", "/fapi/v1/ping")
        refused = await trader.ask("GET", "/fapi/v1/ping")
        assert (trader.status, refused["code"]) == (429, -1003)
        assert trader.headers["Retry-After"] == str((MINUTE_MS - 6_000) // 1_000)
        for _ in range(3):
            refused = await trader.ask("GET", "/fapi/v1/ping")
        assert (trader.status, refused["code"]) == (418, -1003)
        until_ms = server.venue.now_ms() + 2 * MINUTE_MS
        assert f"banned until {until_ms}" in refused["msg"]
        await server.run(until_ms)
        assert await trader.ask("GET", "/fapi/v1/ping") == {}

    at_venue(scene, venue_of(settings=VenueSettings(limits=limits)))


def test_a_path_that_is_not_there_is_told() -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        assert (await trader.ask("GET", "/fapi/v1/horoscope"))["code"] == -5000
        assert trader.status == 404

    at_venue(scene)


def test_calls_are_counted_so_that_a_test_can_prove_there_was_none() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        assert server.venue.calls["GET /fapi/v1/klines"] == 0
        await trader.ask("GET", "/fapi/v1/klines", symbol=SYMBOL, interval="1m")
        assert server.venue.calls["GET /fapi/v1/klines"] == 1

    at_venue(scene)


def test_a_key_never_shows_its_secret() -> None:
    assert SECRET not in repr(ApiKey(KEY, SECRET))
    assert SECRET not in repr(replace(ApiKey(KEY, SECRET), public_key_pem="pem"))


def test_order_parameters_are_signed_as_they_were_sent() -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        params = {"symbol": SYMBOL, "orderIdList": "[1,2]", "timestamp": server.venue.now_ms()}
        query = urlencode(params)
        answers = await trader.raw("DELETE", "/fapi/v1/batchOrders", f"{query}&signature={sign(query)}")
        assert [answer["code"] for answer in answers] == [-2011, -2011]

    at_venue(scene)


@pytest.mark.parametrize(
    ("kind", "is_read"),
    [
        ("application/x-www-form-urlencoded", True),
        ("application/x-www-form-urlencoded; charset=nonsense", True),
        ("application/json", False),
        ("text/plain", False),
    ],
)
def test_only_a_form_holds_parameters(kind: str, is_read: bool) -> None:
    async def scene(server: VenueServer, trader: Trader) -> None:
        body = f"timestamp={server.venue.now_ms()}"
        answer = await trader.raw(
            "GET", "/fapi/v3/balance", "", f"{body}&signature={sign(body)}", content_type=kind
        )
        assert (trader.status == 200) is is_read
        assert is_read or answer["code"] == -1102

    at_venue(scene)


@pytest.mark.parametrize("body", [bytes(range(256)), b"\xff\xfe=1", b"a=%ff%zz&&=&b"])
def test_a_garbled_body_is_refused_like_an_empty_one(body: bytes) -> None:
    async def scene(_server: VenueServer, trader: Trader) -> None:
        answer = await trader.raw("POST", "/fapi/v1/order", "", body)
        assert (trader.status, answer["code"]) == (400, -1102)

    at_venue(scene)
