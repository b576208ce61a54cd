from decimal import Decimal

from adapters.terminal.venue_commands import opening_lines, summary_tables
from adapters.terminal.workbench import VenueOpened, VenueSummary

OPENED = VenueOpened(
    "http://h:1", "ws://h:1", "ws://h:1/ws-fapi/v1", ("AUSDT", "BUSDT"), "name", "word", 0, 1.0
)


def test_it_is_said_that_nothing_is_real_and_what_goes_where() -> None:
    text = "\n".join(opening_lines(OPENED))
    for words in (
        "Nothing at it is real",
        "http://h:1/fapi",
        "BINANCE_API_KEY=name",
        "BINANCE_API_SECRET=word",
    ):
        assert words in text
    assert "1970-01-01 00:00 UTC, as on this machine" in text


def test_a_client_is_told_whose_time_to_sign_with() -> None:
    for speed, pace in ((60.0, "60 times its pace"), (None, "as fast as the streams are read")):
        text = "\n".join(opening_lines(OPENED._replace(speed=speed)))
        assert pace in text
        assert "/fapi/v1/time" in text


def test_counts_are_shown_where_there_are_any() -> None:
    wallet = Decimal(100)
    quiet = VenueSummary(0, 60_000, {}, {}, 0, 0, 0, wallet, wallet)
    assert [table.title for table in summary_tables(quiet)] == ["the venue"]
    busy = quiet._replace(calls={"GET /fapi/v1/time": 2}, faults={"sockets_cut": 1})
    assert [table.title for table in summary_tables(busy)] == ["the venue", "calls", "faults struck"]
