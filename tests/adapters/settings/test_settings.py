import pytest
from pydantic import ValidationError

from adapters.settings.settings import SECRETS, BinanceRules, Mode, Settings, VenueKind, VenueRules


def test_settings_cannot_be_changed() -> None:
    settings = Settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.explore_live = True


def test_no_environment_is_read_behind_the_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAX_LEVERAGE", "3")
    monkeypatch.setenv("EXPLORE_LIVE", "1")
    assert Settings().leverage.max_leverage == 20
    assert not Settings().explore_live


def test_every_secret_is_of_a_secret_type() -> None:
    for name in SECRETS:
        assert "SecretStr" in str(Settings.model_fields[name].annotation)


def test_the_users_switches_are_off_from_the_start() -> None:
    settings = Settings()
    assert not settings.disable_model_training
    assert not settings.disable_websocket
    assert not settings.disable_rest_fallback
    assert not settings.setup.is_relaxed
    assert not settings.explore_live
    assert settings.leverage.max_leverage == 20


def test_a_venue_that_charges_absurdly_is_refused() -> None:
    with pytest.raises(
        ValueError, match="funding_interval_ms is 59999; it must be a number of at least 60000"
    ):
        VenueRules(funding_interval_ms=59_999)


def test_nothing_real_is_traded_by_default() -> None:
    settings = Settings()
    assert settings.mode is Mode.PAPER
    assert settings.venue.kind is VenueKind.EMBEDDED


@pytest.mark.parametrize(
    ("rest_url", "stream_url", "reason"),
    [
        ("fapi.binance.com", "wss://fstream.binance.com", "it must be an address such as https://host"),
        ("https://fapi.binance.com?a=b", "wss://h", "it must be an address"),
        ("https://key@fapi.binance.com", "wss://h", "it must be an address"),
        ("https://fapi.binance.com", "https://fstream.binance.com", "such as wss://host"),
        ("http://fapi.binance.com", "wss://h", "only to this machine may it be http:// without TLS"),
        ("https://h", "ws://fstream.binance.com", "only to this machine may it be ws:// without TLS"),
        ("https://h", "", "belong together"),
    ],
)
def test_an_address_that_is_none_or_open_is_refused(rest_url: str, stream_url: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        VenueRules(rest_url=rest_url, stream_url=stream_url)


def test_this_machine_may_be_spoken_to_openly() -> None:
    assert VenueRules(rest_url="http://127.0.0.1:8790", stream_url="ws://localhost:8790").rest_url


def test_symbols_are_names_with_commas_between_them() -> None:
    assert BinanceRules(symbols=" btcusdt, ETHUSDT,,BTCUSDT ").symbol_names == ("BTCUSDT", "ETHUSDT")
    for wrong in ("", " , ", "BTC/USDT"):
        with pytest.raises(ValueError, match="it must be names with commas between them"):
            BinanceRules(symbols=wrong)
