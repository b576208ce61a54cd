"""The client against a real server, in time that jumps."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from adapters.binance.binance_client import BinanceClient, ClientRules
from adapters.binance.request_weight import BudgetRules
from adapters.binance.wire.account_requests import (
    balances,
    create_listen_key,
    income,
    keep_listen_key,
    set_leverage,
    set_margin_type,
)
from adapters.binance.wire.error_code import Action
from adapters.binance.wire.market_requests import agg_trades, exchange_info
from adapters.binance.wire.order_requests import (
    TriggeredBy,
    cancel,
    open_orders,
    place,
    place_resident,
    query,
)
from adapters.binance.wire.outcome import (
    AlreadySo,
    Done,
    Refused,
    Silenced,
    UnknownOutcome,
    Withheld,
)
from adapters.binance.wire.request import Request, parameters
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.signature import ApiKey, Ed25519Key, HmacKey, signed
from tests.adapters.binance.hand_clock import HandClock
from tests.adapters.binance.loopback_venue import Answer, Asked, LoopbackVenue
from tests.adapters.binance.wire.order_samples import ENTRY, EXIT, STOP
from tests.virtual_time import run

NOW_MS = 1795305630_000  # half past a minute
NAME = "name-of-the-key-5f2c"
SHARED = "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9"
KEY = HmacKey(Secret(NAME), Secret(SHARED))
ORDER = json.dumps({"orderId": 7, "symbol": "BTCUSDT", "status": "NEW", "clientOrderId": ENTRY.order_id})
UNKNOWN_ERROR = "Unknown error, please check your request or try again later."

pytestmark = pytest.mark.filterwarnings("error")


class Table:
    """A client at a venue, with everything that a test may want to look at."""

    def __init__(
        self, venue: LoopbackVenue, client: BinanceClient, clock: HandClock, slept: list[float]
    ) -> None:
        self.venue = venue
        self.client = client
        self.clock = clock
        self.slept = slept


def error(code: int, text: str = "why") -> str:
    return json.dumps({"code": code, "msg": text})


@asynccontextmanager
async def at_table(
    answers: list[Answer] | Callable[[Asked], Answer],
    *,
    key: ApiKey | None = KEY,
    rules: ClientRules | None = None,
    budget: BudgetRules | None = None,
) -> AsyncIterator[Table]:
    clock, slept = HandClock(NOW_MS), list[float]()

    async def sleep(wait_s: float) -> None:
        slept.append(wait_s)

    async with LoopbackVenue(answers).open() as venue:
        client = BinanceClient(
            venue.base_url,
            key,
            clock,
            monotonic_s=lambda: 0.0,
            sleep=sleep,
            rules=rules or ClientRules(answer_timeout_s=0.3),
            budget=budget,
        )
        async with client:
            yield Table(venue, client, clock, slept)


def play(scene: Coroutine[Any, Any, None]) -> None:
    """Play a scene in time that jumps: an answer is late only when nobody will ever give it."""
    run(lambda: scene)


def test_an_order_is_placed_and_signed_as_the_server_verifies_by_itself() -> None:
    async def scene() -> None:
        async with at_table([Answer(ORDER)]) as table:
            outcome = await table.client.send(place(ENTRY))
            assert isinstance(outcome, Done)
            assert outcome.reply.order_id == 7
            (asked,) = table.venue.asked
            expected = hmac.new(SHARED.encode(), asked.signed_text.encode(), hashlib.sha256).hexdigest()
            assert asked.signature == expected
            assert asked.headers["X-MBX-APIKEY"] == NAME
            told = parse_qs(asked.body)
            assert told["timestamp"] == [str(NOW_MS)]
            assert told["recvWindow"] == ["5000"]
            assert (asked.method, asked.path, asked.query) == ("POST", "/fapi/v1/order", "")

    play(scene())


def test_an_ed25519_signature_is_verified_by_the_public_half() -> None:
    pair = Ed25519PrivateKey.generate()
    pem = pair.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    async def scene() -> None:
        async with at_table([Answer("[]")], key=Ed25519Key(Secret(NAME), Secret(pem))) as table:
            assert await table.client.send(open_orders("币安USDT")) == Done(())
            (asked,) = table.venue.asked
            assert asked.query.startswith("symbol=%E5%B8%81%E5%AE%89USDT&recvWindow=5000&timestamp=")
            signature = base64.b64decode(unquote(asked.signature))
            pair.public_key().verify(signature, asked.signed_text.encode())

    play(scene())


def test_a_listen_key_needs_the_key_but_no_signature() -> None:
    async def scene() -> None:
        async with at_table([Answer('{"listenKey":"Kx9"}')]) as table:
            outcome = await table.client.send(create_listen_key())
            assert isinstance(outcome, Done)
            assert outcome.reply.listen_key == Secret("Kx9")
            await table.client.send(keep_listen_key())
            for asked in table.venue.asked:
                assert (asked.query, asked.body) == ("", "")
                assert asked.headers["X-MBX-APIKEY"] == NAME

    play(scene())


def test_a_market_question_carries_no_key() -> None:
    async def scene() -> None:
        async with at_table([Answer("[]")]) as table:
            assert await table.client.send(agg_trades("BTCUSDT", from_id=5)) == Done(())
            (asked,) = table.venue.asked
            assert asked.query == "symbol=BTCUSDT&fromId=5&limit=1000"
            assert "X-MBX-APIKEY" not in asked.headers

    play(scene())


def test_without_a_key_only_the_market_can_be_asked() -> None:
    async def scene() -> None:
        async with at_table([Answer("[]")], key=None) as table:
            refused = await table.client.send(place(ENTRY))
            assert isinstance(refused, Refused)
            assert refused.action is Action.FAIL
            assert table.venue.asked == []
            assert isinstance(await table.client.send(agg_trades("BTCUSDT")), Done)

    play(scene())


@pytest.mark.parametrize(
    "answer",
    [
        Answer(UNKNOWN_ERROR, 503),
        Answer(error(-1000, UNKNOWN_ERROR), 503),
        Answer(error(-1001, "Internal error; unable to process your request. Please try again."), 503),
        Answer(error(-1006), 400),
        Answer(error(-1007), 408),
        Answer("<html>Bad Gateway</html>", 502),
        Answer("", 504),
        Answer(error(-9999), 400),
        Answer("{}", 200),
        Answer("<html>", 200),
        Answer(b"\xff", 200),
        Answer(is_cut=True),
        Answer(is_torn=True),
        Answer(is_hung=True),
    ],
    ids=lambda answer: f"{answer.status} {answer.body!r:.40}",
)
def test_what_may_have_been_done_is_unknown_and_never_sent_twice(answer: Answer) -> None:
    async def scene() -> None:
        async with at_table([answer]) as table:
            requests: list[Request[Any]] = [place(ENTRY), place_resident(STOP, TriggeredBy.MARK)]
            for request in requests:
                before = len(table.venue.asked)
                assert isinstance(await table.client.send(request), UnknownOutcome)
                assert len(table.venue.asked) == before + 1
            assert table.slept == []

    play(scene())


@pytest.mark.parametrize("answer", [Answer(is_cut=True), Answer(is_torn=True)])
@pytest.mark.parametrize("wanted", [cancel("BTCUSDT", ENTRY.order_id), keep_listen_key()])
def test_a_cut_of_a_connection_used_before_sends_nothing_twice(answer: Answer, wanted: Request[Any]) -> None:
    async def scene() -> None:
        async with at_table([Answer("[]"), answer]) as table:
            await table.client.send(open_orders("BTCUSDT"))
            assert isinstance(await table.client.send(wanted), UnknownOutcome)
            assert len(table.venue.asked) == 2

    play(scene())


@pytest.mark.parametrize(
    "answer", [Answer("Service Unavailable.", 503), Answer(error(-1008, "overloaded"), 503)]
)
def test_what_surely_was_not_done_is_tried_again_a_few_times(answer: Answer) -> None:
    async def scene() -> None:
        async with at_table([answer, answer, Answer(ORDER)]) as table:
            assert isinstance(await table.client.send(place(ENTRY)), Done)
            assert table.slept == [0.2, 0.4]
            bodies = {parse_qs(asked.body)["newClientOrderId"][0] for asked in table.venue.asked}
            assert bodies == {ENTRY.order_id}
        async with at_table([answer]) as table:
            refused = await table.client.send(place(ENTRY))
            assert isinstance(refused, Refused)
            assert refused.action is Action.RETRY
            assert table.slept == [0.2, 0.4, 0.8]

    play(scene())


@pytest.mark.parametrize("answer", [Answer(UNKNOWN_ERROR, 503), Answer(is_cut=True), Answer(is_torn=True)])
def test_a_question_is_simply_asked_again(answer: Answer) -> None:
    async def scene() -> None:
        async with at_table([answer, Answer(ORDER)]) as table:
            assert isinstance(await table.client.send(query("BTCUSDT", ENTRY.order_id)), Done)
            assert len(table.venue.asked) == 2

    play(scene())


def test_a_venue_that_cannot_be_reached_did_nothing() -> None:
    async def scene() -> None:
        async with at_table([Answer()]) as table:
            gone = table.venue.base_url
        clock = HandClock(NOW_MS)
        rules = ClientRules(retry_waits_s=())
        client = BinanceClient(gone, KEY, clock, monotonic_s=lambda: 0.0, rules=rules)
        async with client:
            refused = await client.send(place(ENTRY))
        assert isinstance(refused, Refused)
        assert refused.action is Action.RETRY
        assert "127.0.0.1" not in refused.reason

    play(scene())


def test_a_refusal_says_what_to_do() -> None:
    async def scene() -> None:
        async with at_table([Answer(error(-2019, "Margin is insufficient."), 400)]) as table:
            assert await table.client.send(place(ENTRY)) == Refused(
                -2019, "Margin is insufficient.", Action.RESIZE
            )

    play(scene())


def test_a_refusal_is_one_even_when_the_status_says_all_is_well() -> None:
    async def scene() -> None:
        async with at_table([Answer(error(-4046, "No need to change margin type."), 200)]) as table:
            assert await table.client.send(set_margin_type("BTCUSDT", is_isolated=True)) == AlreadySo(-4046)

    play(scene())


def test_a_redirect_is_not_followed() -> None:
    async def scene() -> None:
        async with at_table([Answer("", 302, {"Location": "https://evil.example/"})]) as table:
            assert isinstance(await table.client.send(place(ENTRY)), UnknownOutcome)
            assert len(table.venue.asked) == 1

    play(scene())


@pytest.mark.parametrize(
    ("answer", "until_ms"),
    [
        (Answer(error(-1003), 429, {"Retry-After": "7"}), NOW_MS + 7_000),
        (Answer(error(-1003), 429), NOW_MS + 30_000),
        (Answer(error(-1003, "IP(1.2.3.4) banned until 1795306000000"), 418), 1795306000000),
    ],
)
def test_silence_is_kept_by_everyone_until_it_is_over(answer: Answer, until_ms: int) -> None:
    async def scene() -> None:
        async with at_table([answer, Answer(ORDER)]) as table:
            assert await table.client.send(place(ENTRY)) == Silenced(until_ms)
            assert table.client.silent_until_ms == until_ms
            assert await table.client.send(place(EXIT)) == Silenced(until_ms)
            table.clock.at_ms = until_ms - 1
            assert await table.client.send(query("BTCUSDT", "x")) == Silenced(until_ms)
            assert len(table.venue.asked) == 1
            table.clock.at_ms = until_ms
            assert isinstance(await table.client.send(place(EXIT)), Done)

    play(scene())


def test_used_up_orders_stop_orders_and_nothing_else() -> None:
    async def scene() -> None:
        async with at_table([Answer(error(-1015), 429), Answer(ORDER)]) as table:
            assert isinstance(await table.client.send(place(EXIT)), Refused)
            assert isinstance(await table.client.send(place(EXIT)), Withheld)
            assert isinstance(await table.client.send(query("BTCUSDT", "x")), Done)
            table.clock.at_ms += 10_000
            assert isinstance(await table.client.send(place(EXIT)), Done)

    play(scene())


def test_the_clock_is_set_by_half_the_round_trip() -> None:
    async def scene() -> None:
        moments = iter([10.0, 10.2])
        async with LoopbackVenue([Answer(json.dumps({"serverTime": NOW_MS + 700}))]).open() as venue:
            clock = HandClock(NOW_MS)
            async with BinanceClient(venue.base_url, KEY, clock, monotonic_s=lambda: next(moments)) as client:
                assert await client.set_clock() == Done(800)
                assert client.clock.now_ms() == NOW_MS + 800

    play(scene())


def test_a_wrong_timestamp_sets_the_clock_and_is_sent_once_more() -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path == "/fapi/v1/time":
            return Answer(json.dumps({"serverTime": NOW_MS + 90_000}))
        told = int(parse_qs(asked.query + asked.body)["timestamp"][0])
        return Answer(ORDER) if told >= NOW_MS + 90_000 else Answer(error(-1021), 400)

    async def scene() -> None:
        async with at_table(answer) as table:
            assert isinstance(await table.client.send(place(ENTRY)), Done)
            assert [asked.path for asked in table.venue.asked] == [
                "/fapi/v1/order",
                "/fapi/v1/time",
                "/fapi/v1/order",
            ]

    play(scene())


def test_a_timestamp_that_stays_wrong_is_refused_in_the_end() -> None:
    async def scene() -> None:
        async with at_table([Answer(error(-1021), 400)]) as table:
            refused = await table.client.send(place(ENTRY))
            assert isinstance(refused, Refused)
            assert refused.action is Action.RESYNC_CLOCK
            assert len(table.venue.asked) <= 3

    play(scene())


def test_the_limits_are_learned_and_kept_to() -> None:
    info = {
        "rateLimits": [
            {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE", "intervalNum": 1, "limit": 60},
            {"rateLimitType": "ORDERS", "interval": "SECOND", "intervalNum": 10, "limit": 2},
        ],
        "symbols": [],
    }

    def answer(asked: Asked) -> Answer:
        if asked.path == "/fapi/v1/exchangeInfo":
            return Answer(json.dumps(info), headers={"X-MBX-USED-WEIGHT-1M": "1"})
        return Answer("[]" if asked.method == "GET" else ORDER)

    async def scene() -> None:
        async with at_table(answer, budget=BudgetRules(0.5)) as table:
            assert isinstance(await table.client.learn_rules(), Done)
            assert await table.client.send(income()) == Withheld(
                NOW_MS + 30_000, "REQUEST_WEIGHT in 1 MINUTE"
            )
            assert isinstance(await table.client.send(balances()), Done)
            assert table.client.used_weight == 6
            assert isinstance(await table.client.send(place(ENTRY)), Done)
            assert isinstance(await table.client.send(place(ENTRY)), Withheld)
            assert isinstance(await table.client.send(place(EXIT)), Done)
            table.clock.at_ms += 30_000
            assert isinstance(await table.client.send(exchange_info()), Done)
            assert table.client.used_weight == 1

    play(scene())


def test_what_the_headers_count_is_kept_to() -> None:
    async def scene() -> None:
        async with at_table([Answer("[]", headers={"X-MBX-USED-WEIGHT-1M": "2390"})]) as table:
            await table.client.send(balances())
            assert table.client.used_weight == 2390
            assert isinstance(await table.client.send(income()), Withheld)
            assert isinstance(await table.client.send(balances()), Done)

    play(scene())


def test_calls_are_counted_by_path() -> None:
    async def scene() -> None:
        async with at_table([Answer(ORDER)]) as table:
            await table.client.send(place(ENTRY))
            await table.client.send(place(EXIT))
            await table.client.send(query("BTCUSDT", "x"))
            assert table.client.calls == {"POST /fapi/v1/order": 2, "GET /fapi/v1/order": 1}
            assert not any("kline" in call.lower() for call in table.client.calls)

    play(scene())


def test_many_requests_at_once_stay_within_the_limit() -> None:
    async def scene() -> None:
        async with at_table([Answer("[]")], budget=BudgetRules(0.9)) as table:
            outcomes = await asyncio.gather(*(table.client.send(income()) for _ in range(12)))
            assert sum(isinstance(outcome, Done) for outcome in outcomes) == 8
            assert sum(isinstance(outcome, Withheld) for outcome in outcomes) == 4
            assert len(table.venue.asked) == 8

    play(scene())


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async def scene() -> None:
        async with at_table([Answer(ORDER)]) as table:
            assert isinstance(await table.client.send(place(ENTRY)), Done)

    play(scene())


def test_a_client_that_is_not_open_says_so() -> None:
    client = BinanceClient("http://127.0.0.1:9", KEY, HandClock(NOW_MS), monotonic_s=lambda: 0.0)
    with pytest.raises(RuntimeError, match="async with"):
        asyncio.run(client.send(place(ENTRY)))


def test_no_key_secret_signature_or_address_is_ever_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shown: list[str] = []
    sent: list[Asked] = []
    echo = error(-2015, f"Invalid API-key {NAME}, request ip: 1.2.3.4")

    async def scene() -> None:
        answers = [
            Answer(echo, 401), Answer(is_cut=True), Answer(is_hung=True), Answer(is_torn=True),
            Answer("<html>", 200), Answer(UNKNOWN_ERROR, 503), Answer('{"listenKey":"Kx9-listen"}'),
        ]  # fmt: skip
        async with at_table(answers) as table:
            requests: list[Request[Any]] = [
                place(ENTRY), place(ENTRY), place(ENTRY), place(ENTRY), set_leverage("BTCUSDT", 5),
                cancel("BTCUSDT", "x"), create_listen_key(),
            ]  # fmt: skip
            shown.extend([repr(await table.client.send(request)) for request in requests])
            shown.append(f"{table.client} {table.client!r} {KEY!r}")
            sent.extend(table.venue.asked)

    asyncio.run(scene(), debug=True)
    text = "\n".join([*shown, caplog.text])
    assert len(sent) == 7
    signatures = [asked.signature for asked in sent if asked.signature]
    for secret in (NAME, SHARED, "Kx9-listen", *signatures):
        assert secret not in text
    assert "timestamp=" not in text


@pytest.mark.parametrize("page", ['{{"code":-1100,"msg":"no such page: /order?{}"}}', "<p>/order?{}</p>"])
def test_an_answer_that_repeats_the_question_is_told_without_its_signature(page: str) -> None:
    text = signed(KEY, place(ENTRY).parameters + parameters(recvWindow=5_000, timestamp=NOW_MS))

    async def scene() -> None:
        async with at_table([Answer(page.format(text), 400)]) as table:
            shown = repr(await table.client.send(place(ENTRY)))
            assert table.venue.asked[0].signature in text
            assert table.venue.asked[0].signature not in shown
            assert "signature=(hidden)" in shown or "signature" not in shown

    play(scene())


def test_rules_that_cannot_work_are_refused() -> None:
    with pytest.raises(ValueError, match="answer_timeout_s"):
        ClientRules(answer_timeout_s=0)
    with pytest.raises(ValueError, match="receive_window_ms"):
        ClientRules(receive_window_ms=100_000)
