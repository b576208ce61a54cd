import json

from adapters.binance.wire.stream_control import (
    in_messages,
    list_subscriptions,
    subscribe,
    unsubscribe,
)


def test_control_messages_are_as_the_venue_wants_them() -> None:
    assert json.loads(subscribe(["btcusdt@kline_1m", "ethusdt@kline_1m"], 7)) == {
        "method": "SUBSCRIBE",
        "params": ["btcusdt@kline_1m", "ethusdt@kline_1m"],
        "id": 7,
    }
    assert json.loads(unsubscribe(["btcusdt@kline_1m"], 8)) == {
        "method": "UNSUBSCRIBE",
        "params": ["btcusdt@kline_1m"],
        "id": 8,
    }
    assert json.loads(list_subscriptions(9)) == {"method": "LIST_SUBSCRIPTIONS", "id": 9}


def test_a_long_list_goes_in_several_messages() -> None:
    streams = [f"s{number}@kline_1m" for number in range(401)]
    parts = in_messages(streams)
    assert [len(part) for part in parts] == [200, 200, 1]
    assert [stream for part in parts for stream in part] == streams
