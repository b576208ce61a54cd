from decimal import Decimal

import pytest

from adapters.memory.journal import MemoryJournal
from application.session_header import SessionHeader
from application.session_place import SessionPlace, has_begun, started_at_ms
from domain.tape import ConnectionChanged, SessionOpened
from tests.order_samples import INSTRUMENT, SYMBOL

HERE = SessionPlace("https://venue", "SgsR")


def header(source: object) -> SessionHeader:
    return SessionHeader("live", "1", {}, {SYMBOL: INSTRUMENT}, 60_000, source)


def test_a_live_session_tells_what_it_traded_and_since_when() -> None:
    told = header({"venue": "https://venue", "account": "SgsR", "started_at_ms": 7})
    assert SessionPlace.of(told) == HERE
    assert started_at_ms(told) == 7


@pytest.mark.parametrize("source", [None, "a tape", {}, {"venue": "https://venue", "started_at_ms": "soon"}])
def test_a_session_that_does_not_tell_is_nobodys(source: object) -> None:
    assert SessionPlace.of(header(source)) is None
    assert started_at_ms(header(source)) == 0


def test_a_place_has_a_short_name_of_its_own() -> None:
    marks = {
        HERE.mark,
        SessionPlace("https://venue", "other").mark,
        SessionPlace("https://venueS", "gsR").mark,
    }
    assert len(marks) == 3
    assert HERE.mark == SessionPlace("https://venue", "SgsR").mark


def test_a_session_that_was_refused_at_the_door_never_began() -> None:
    journal = MemoryJournal({})
    journal.record(ConnectionChanged(1, "account", is_up=True))
    assert not has_begun(journal)
    journal.record(SessionOpened(2, Decimal(1)))
    assert has_begun(journal)
