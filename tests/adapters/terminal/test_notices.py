"""What a person reads when a session ends with something still open."""

import sys
from decimal import Decimal

import pytest

from adapters.terminal.notices import still_open
from application.left_open import LeftOpen

HELD = LeftOpen("BTCUSDT", Decimal("0.0100"), Decimal("59000.0"), Decimal(62_000), ())
BARE = LeftOpen("ETHUSDT", Decimal(-2), None, None, ("ETHUSDT.S.a-s1",))
WAITING = LeftOpen("SOLUSDT", Decimal(0), None, None, ("SOLUSDT.L.b-e",))


def test_what_is_left_at_a_venue_is_named_with_the_command_that_goes_on_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "argv", ["slt", "run", "--mode", "live", "--fresh", "--set", "wallet=1 2"])
    assert still_open([HELD, BARE, WAITING], is_paper=False).splitlines() == [
        "the session is over and this is still open at the venue:",
        "  BTCUSDT: 0.01 long, stop at 59000, target at 62000",
        "  ETHUSDT: 2 short, NO STOP, orders that may still trade: ETHUSDT.S.a-s1",
        "  SOLUSDT: orders that may still trade: SOLUSDT.L.b-e",
        "Stops and targets stay there and close positions without us; nobody watches the time limit.",
        "Next: run the same command again, and the session is taken over:",
        "  slt run --mode live --set 'wallet=1 2'",
    ]


def test_on_paper_nothing_stays_anywhere() -> None:
    assert still_open([HELD], is_paper=True).splitlines() == [
        "the session is over and this was still open; on paper it ends with the session:",
        "  BTCUSDT: 0.01 long, stop at 59000, target at 62000",
    ]
