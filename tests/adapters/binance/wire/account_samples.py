"""Account events as the rulebook shows them, with what a test changes."""

import json
from typing import Any

from adapters.binance.wire.account_events import AccountEvent
from adapters.binance.wire.account_frames import read_account_frame
from adapters.binance.wire.other_frames import (
    Acknowledged,
    ControlRefused,
    Malformed,
    ServerShutdown,
    Unknown,
)

AT_MS = 1795305700104
ENTRY = "BTCUSDT.L.mwsgqk0g-e"
STOP = "BTCUSDT.L.mwsgqk0g-s1"

ORDER: dict[str, Any] = {
    "s": "BTCUSDT", "c": ENTRY, "S": "BUY", "o": "LIMIT", "f": "GTX", "q": "0.500", "p": "91800.00",
    "ap": "0", "sp": "0", "x": "NEW", "X": "NEW", "i": 70012345678, "l": "0", "z": "0", "L": "0", "N": "USDT",
    "n": "0", "T": AT_MS - 3, "t": 0, "b": "0", "a": "0", "m": False, "R": False, "wt": "CONTRACT_PRICE",
    "ot": "LIMIT", "ps": "BOTH", "cp": False, "rp": "0", "pP": False, "si": 0, "ss": 0, "V": "EXPIRE_MAKER",
    "pm": "NONE", "gtd": 0, "er": "0",
}  # fmt: skip
TRADE: dict[str, Any] = {
    "x": "TRADE", "X": "PARTIALLY_FILLED", "l": "0.200", "z": "0.200", "L": "91800.00", "n": "3.67200000",
    "t": 6123405001, "m": True,
}  # fmt: skip
ALGO: dict[str, Any] = {
    "caid": STOP, "aid": 3000000001234567, "at": "CONDITIONAL", "o": "STOP_MARKET", "s": "BTCUSDT",
    "S": "SELL", "ps": "BOTH", "f": "GTC", "q": "0.5", "X": "NEW", "ai": "", "ap": "0.00000", "aq": "0.00000",
    "act": "0", "tp": "90900.0", "p": "0", "V": "EXPIRE_MAKER", "wt": "MARK_PRICE", "pm": "NONE", "cp": False,
    "pP": True, "R": True, "tt": 0, "gtd": 0, "rm": "", "ia": False,
}  # fmt: skip
LITE: dict[str, Any] = {
    "e": "TRADE_LITE", "E": AT_MS, "T": AT_MS - 3, "s": "BTCUSDT", "q": "0.500", "p": "91800.00", "m": True,
    "c": ENTRY, "S": "BUY", "L": "91800.00", "l": "0.200", "t": 6123405001, "i": 70012345678,
}  # fmt: skip


def order(at_ms: int = AT_MS, **changed: object) -> AccountEvent:
    return event({"e": "ORDER_TRADE_UPDATE", "T": at_ms - 3, "E": at_ms, "o": {**ORDER, **changed}})


def trade(at_ms: int = AT_MS, **changed: object) -> AccountEvent:
    return order(at_ms, **{**TRADE, **changed})


def algo(at_ms: int = AT_MS, **changed: object) -> AccountEvent:
    return event({"e": "ALGO_UPDATE", "T": at_ms - 3, "E": at_ms, "o": {**ALGO, **changed}})


def lite(**changed: object) -> AccountEvent:
    return event({**LITE, **changed})


def account(
    reason: str = "ORDER", wallet: str = "1000", at_ms: int = AT_MS, **changed: object
) -> AccountEvent:
    change = {
        "m": reason,
        "B": [{"a": "USDT", "wb": wallet, "cw": wallet, "bc": "0"}],
        "P": [
            {
                "s": "BTCUSDT",
                "pa": "0.200",
                "ep": "91800.0",
                "cr": "0",
                "up": "3",
                "mt": "cross",
                "ps": "BOTH",
            }
        ],
        **changed,
    }
    return event({"e": "ACCOUNT_UPDATE", "E": at_ms, "T": at_ms - 4, "a": change})


def event(told: dict[str, Any]) -> AccountEvent:
    read = read_account_frame(json.dumps(told).encode())
    assert not isinstance(read, Acknowledged | ControlRefused | Malformed | ServerShutdown | Unknown), read
    return read
