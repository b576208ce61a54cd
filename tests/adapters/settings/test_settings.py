import pytest
from pydantic import ValidationError

from adapters.settings.settings import SECRETS, Settings, SimulatedVenueRules


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
        SimulatedVenueRules(funding_interval_ms=59_999)
