"""What a session says that breaks off while something is open."""

import asyncio

import pytest

from adapters.settings.settings import Settings
from application.ports.journal import JournalFailed
from application.ports.trade_store import StoreFailed
from composition.live import telling_what_stays_open
from composition.opening import LIVE, PAPER, header_of
from domain.halt import TradingHalt
from tests.application.drill import Drill
from tests.order_samples import INSTRUMENT, SYMBOL


def broken_off(drill: Drill, kind: str, error: BaseException) -> None:
    """Let a session of this kind break off."""
    header = header_of(kind, Settings(), {SYMBOL: INSTRUMENT}, 60_000, {})
    with pytest.raises(type(error)), telling_what_stays_open(drill.desk, header):
        raise error


@pytest.mark.parametrize(
    "error", [asyncio.CancelledError(), JournalFailed("the disk is full"), StoreFailed("the disk is full")]
)
def test_what_stays_at_the_venue_is_named(error: BaseException, capsys: pytest.CaptureFixture[str]) -> None:
    drill = Drill()
    drill.enter()
    broken_off(drill, LIVE, error)
    said = capsys.readouterr().err
    assert "slt:   BTCUSDT: 10 long, stop at 98.87, target at 103\n" in said
    assert "run the same command again, and the session is taken over" in said


def test_on_paper_nothing_stays(capsys: pytest.CaptureFixture[str]) -> None:
    drill = Drill()
    drill.enter()
    broken_off(drill, PAPER, asyncio.CancelledError())
    assert "on paper it ends with the session" in capsys.readouterr().err


def test_nothing_open_and_a_halted_desk_are_no_news(capsys: pytest.CaptureFixture[str]) -> None:
    drill = Drill()
    broken_off(drill, LIVE, asyncio.CancelledError())
    drill.enter()
    broken_off(drill, LIVE, TradingHalt("the book is not the venue's"))
    assert capsys.readouterr().err == ""
