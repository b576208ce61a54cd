import pytest

from adapters.plotly.html_page import html_of
from application.report_page import Mood, Page, Words
from application.walk_forward_page import walk_forward_page
from application.walk_forward_report import WalkForwardReport
from tests.report_pages import PrintedPage
from tests.walk_reports import AN_EDGE, GATE, MODEL_ID, NO_EDGE, NO_MODEL, WITHOUT


def page_of(report: WalkForwardReport) -> Page:
    return walk_forward_page(report, "Walk forward of BTCUSDT", ["Made by hand."])


def printed(report: WalkForwardReport) -> PrintedPage:
    return PrintedPage("".join(html_of(page_of(report))))


def test_the_verdict_stands_first_with_everything_it_rests_on() -> None:
    lead = page_of(NO_EDGE).lead
    assert lead[0].text.startswith("No edge was found.")
    assert lead[0].mood is Mood.BAD
    assert [words.text for words in lead[1:]] == list(NO_EDGE.verdict.reasons)


@pytest.mark.parametrize(
    ("report", "reminder"), [(NO_EDGE, "No edge"), (NO_MODEL, "Too little"), (AN_EDGE, "An edge")]
)
def test_no_section_can_be_read_without_the_finding(report: WalkForwardReport, reminder: str) -> None:
    for section in page_of(report).sections:
        first = section.parts[0]
        assert isinstance(first, Words)
        assert first.text.startswith(reminder)


def test_an_edge_is_called_good_and_too_little_doubtful() -> None:
    assert page_of(AN_EDGE).lead[0].mood is Mood.GOOD
    assert page_of(NO_MODEL).lead[0].mood is Mood.DOUBTFUL


def test_tables_tell_what_every_interval_reads_as() -> None:
    cells = [cell for table in printed(AN_EDGE).tables for row in table for cell in row]
    assert {"above zero", "below zero", "no trades"} <= set(cells)
    assert MODEL_ID in cells
    assert "nobody" in cells


def test_it_is_drawn_whole() -> None:
    titles = set(printed(AN_EDGE).figures)
    assert titles == {
        "What was called likely, and how often it came",
        "Mean net R",
        "Equity",
        "Brier skill of each model on what came after it",
    }


def test_a_walk_without_a_model_shows_why_and_nothing_else() -> None:
    page = page_of(NO_MODEL)
    assert [section.title for section in page.sections] == ["Stretch by stretch", "Champion and challengers"]
    assert "No model could be trained" in page.lead[1].text


def test_a_line_that_is_flat_because_nothing_was_traded_is_called_so() -> None:
    flat = "A flat line is a model that let nothing be traded"
    told = {
        place: any(text.startswith(flat) for _, text in printed(report).paragraphs)
        for place, report in enumerate((AN_EDGE, AN_EDGE._replace(traded=(WITHOUT, GATE))))
    }
    assert told == {0: True, 1: False}


def test_the_small_print_tells_who_made_it() -> None:
    assert page_of(AN_EDGE).small_print[0] == "Made by hand."
