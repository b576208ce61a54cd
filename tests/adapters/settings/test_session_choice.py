from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from adapters.settings.session_choice import about_to_trade, addresses_of, switches_of, why_not_run
from adapters.settings.settings import Mode, Settings, VenueKind, VenueRules

KEY: dict[str, Any] = {"binance_api_key": SecretStr("k"), "binance_api_secret": SecretStr("s")}
AT_BINANCE = VenueRules(kind=VenueKind.BINANCE)
AT_TESTNET = VenueRules(kind=VenueKind.TESTNET)
LIVE = Settings(mode=Mode.LIVE, venue=AT_BINANCE, **KEY)


def why(
    settings: Settings,
    *,
    history: bool = False,
    faults: bool = False,
    confirmed: bool = False,
    fresh: bool = False,
) -> str | None:
    return why_not_run(
        settings, has_history=history, has_faults=faults, is_confirmed=confirmed, is_fresh=fresh
    )


def test_paper_needs_nothing_anywhere() -> None:
    for kind in VenueKind:
        assert why(Settings(venue=VenueRules(kind=kind))) is None


def test_real_money_needs_a_key_and_a_word() -> None:
    assert why(LIVE, confirmed=True) is None
    assert why(LIVE, confirmed=True, fresh=True) is None
    assert "--i-trade-real-money" in (why(LIVE) or "")
    assert "needs a key" in (why(Settings(mode=Mode.LIVE, venue=AT_BINANCE), confirmed=True) or "")


def test_the_testnets_money_needs_a_key_only() -> None:
    assert why(Settings(mode=Mode.LIVE, venue=AT_TESTNET, **KEY)) is None


@pytest.mark.parametrize(
    ("settings", "asked", "reason"),
    [
        (Settings(mode=Mode.LIVE, **KEY), {}, "no place for live trading"),
        (Settings(), {"history": True}, "leave --history out"),
        (Settings(venue=AT_BINANCE), {"faults": True}, "faults are for the embedded venue"),
        (LIVE.model_copy(update={"confidence": 0.9}), {"confirmed": True}, "live trading never takes one"),
        (Settings(venue=AT_BINANCE), {"fresh": True}, "leave --fresh out"),
        (Settings(disable_websocket=True), {}, "slt backtest TAPE"),
    ],
)
def test_what_cannot_be_is_told_with_what_can(
    settings: Settings, asked: dict[str, bool], reason: str
) -> None:
    assert reason in (why(settings, **asked) or "")


def test_a_venue_has_its_own_addresses_unless_others_are_given() -> None:
    assert addresses_of(LIVE) == ("https://fapi.binance.com", "wss://fstream.binance.com")
    assert addresses_of(Settings(venue=AT_TESTNET))[0] == "https://demo-fapi.binance.com"
    elsewhere = VenueRules(VenueKind.BINANCE, "http://127.0.0.1:1", "ws://127.0.0.1:1")
    assert addresses_of(Settings(venue=elsewhere)) == ("http://127.0.0.1:1", "ws://127.0.0.1:1")


def test_what_a_switch_means_is_told_when_it_is_set() -> None:
    assert switches_of(Settings()) == []
    (line,) = switches_of(Settings(disable_rest_fallback=True))
    assert "REST is used for account and orders only" in line


def words(settings: Settings, *, is_warm: bool = True) -> str:
    return "\n".join(about_to_trade(settings, Decimal(250), ["BTCUSDT"], is_warm=is_warm))


def test_before_real_money_is_traded_it_is_told_whose_and_within_which_limits() -> None:
    told = words(LIVE)
    for part in ("REAL money", "holds 250 USDT", "BTCUSDT", "5 positions", "EXPLORE_LIVE=1"):
        assert part in told
    assert "EXPLORE_LIVE" not in words(LIVE.model_copy(update={"explore_live": True}))
    assert "TEST money" in words(Settings(mode=Mode.LIVE, venue=AT_TESTNET, **KEY))


def test_paper_says_that_nothing_is_sent_and_what_is_not_known_yet() -> None:
    told = words(Settings(venue=AT_BINANCE), is_warm=False)
    assert "no order is sent there" in told
    assert "no --history" in told
