import pytest

from adapters.settings.settings_difference import decisive_differences
from adapters.settings.settings_loader import load_settings


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"exits.longest_hold_ms": "3600000"}, ["exits.longest_hold_ms: 7200000 then, 3600000 now"]),
        ({"gate.cool_down.after_losses": "4"}, ["gate.cool_down.after_losses: 3 then, 4 now"]),
        (
            {"structure_rules.base_step_ms": "180000"},
            ["structure_rules.base_step_ms: 300000 then, 180000 now"],
        ),
        ({"explore_live": "1"}, ["explore_live: False then, True now"]),
        ({"binance.symbols": "BTCUSDT"}, None),
        ({"binance.queue_size": "500", "logs.level": "debug", "data_folder": "elsewhere"}, []),
        ({"venue.funding_interval_ms": "3600000", "wallet": "7", "structure": "reference"}, []),
        ({"disable_rest_fallback": "1"}, []),
    ],
)
def test_only_what_decides_something_is_a_difference(chosen: dict[str, str], told: list[str] | None) -> None:
    found = decisive_differences(load_settings({}), load_settings({}, chosen=chosen))
    if told is None:
        assert [line.partition(":")[0] for line in found] == list(chosen)
    else:
        assert found == told
