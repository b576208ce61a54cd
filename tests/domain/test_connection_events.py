"""Connection events are plain values that say when they happened."""

from decimal import Decimal
from typing import get_type_hints

import pytest

from domain.connection_events import (
    AccountCompared,
    AccountSetting,
    AccountSettingChanged,
    AccountUnsure,
    ConnectionChanged,
    HistoryLost,
    PositionTold,
    TimePassed,
)

EVENTS = [AccountCompared, AccountSettingChanged, AccountUnsure, ConnectionChanged, HistoryLost, TimePassed]


@pytest.mark.parametrize("kind", EVENTS)
def test_every_event_begins_with_the_moment_it_is_told_for(kind: type[tuple[object, ...]]) -> None:
    assert next(iter(get_type_hints(kind).items())) == ("at_ms", int)


def test_two_equal_words_of_the_venue_are_equal() -> None:
    held = PositionTold("BTCUSDT", Decimal("-0.2"), Decimal(91800))
    told = AccountCompared(5, Decimal(1000), (held,), ("a-e",), 0)
    assert told == AccountCompared(5, Decimal("1000.0"), (held,), ("a-e",), 0)
    assert told != told._replace(strangers_orders=1)


def test_a_setting_reads_as_a_trader_would_say_it() -> None:
    changed = AccountSettingChanged(5, "BTCUSDT", AccountSetting.LEVERAGE, "7")
    assert f"{changed.setting} of {changed.symbol}" == "leverage of BTCUSDT"
