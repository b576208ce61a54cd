"""What a person reads when a session ends with something still open."""

import sys
from decimal import Decimal
from pathlib import Path

import pytest

from adapters.terminal.notices import about_a_step_by_hand, about_the_takeover, still_open
from application.left_open import LeftOpen
from application.session_memory import RememberedOrder, SessionMemory
from domain.tape import OrderFilled, SessionOpened
from tests.order_samples import a_fill, stop

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


def test_a_takeover_says_what_was_open_and_where_the_session_goes_on() -> None:
    memory = SessionMemory(orders={"a-s1": RememberedOrder(stop("99"), 0)})
    memory.hear(SessionOpened(0, Decimal(1_000)))
    ended = "that ended without a word at 1970-01-01 00:00 UTC"
    assert about_the_takeover("live-1", memory, Path("var/live-1")) == [
        f"taking over the session live-1 {ended}: 0 positions, 1 order",
        "what happened since is asked of the venue first; the session goes on in var/live-1",
    ]
    memory.hear(OrderFilled(60_000, "ETHUSDT", a_fill(quantity="0.5")))
    assert about_the_takeover("live-1", memory, Path("var/live-1"))[0].endswith(
        "at 1970-01-01 00:01 UTC: 1 position (0.5 ETHUSDT), 1 order"
    )


def test_a_step_by_hand_says_from_when_on_it_counts() -> None:
    soon = "A session that runs takes this up within a minute"
    assert about_a_step_by_hand(is_of_a_session=False) == f"{soon}; another one when it starts."
    assert about_a_step_by_hand(is_of_a_session=True).endswith("on the embedded venue begins anew.")
