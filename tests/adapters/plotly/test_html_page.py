"""A report must say what it was given, in any browser, without a network."""

import pytest

from adapters.plotly.html_page import html_of
from application.report_charts import Axis, Bar, BarChart, CandleChart, Line, LineChart
from application.report_page import Choice, Mood, Option, Page, Section, Table, Words
from tests.report_pages import PrintedPage

NASTY = "</script><img src=https://example.com/x> & \"quotes\" 'too'"
NUMBERS = LineChart("numbers", Axis("x"), Axis("y"), [Line("line", [1, 2, 3], [0.5, None, -1.25])])
ROWS = Table("", ["symbol", "R"], [["BTCUSDT", "-0.21"], [NASTY, "1"]])


def page_of(*sections: Section, lead: tuple[Words, ...] = ()) -> Page:
    return Page("A report", lead, sections, ["small print"])


def printed(*sections: Section, lead: tuple[Words, ...] = ()) -> PrintedPage:
    return PrintedPage("".join(html_of(page_of(*sections, lead=lead))))


def test_words_and_tables_come_as_they_were_given() -> None:
    page = printed(Section("what", [Words("plain"), ROWS]), lead=(Words("no edge", Mood.BAD),))
    assert page.headings == ["A report", "what"]
    assert page.paragraphs == [("bad", "no edge"), ("", "plain"), ("", "small print")]
    assert page.tables == [[["symbol", "R"], ["BTCUSDT", "-0.21"], [NASTY, "1"]]]


def test_a_chart_keeps_its_numbers_and_its_holes() -> None:
    (trace,) = printed(Section("what", [NUMBERS])).figures["numbers"]["data"]
    assert (trace["x"], trace["y"]) == ([1, 2, 3], [0.5, None, -1.25])


def test_every_option_of_a_choice_is_there() -> None:
    choice = Choice("trade", [Option("best", [NUMBERS]), Option("worst", [Words("nothing to see"), ROWS])])
    page = printed(Section("trades", [choice]))
    assert page.options == ["best", "worst"]
    assert list(page.figures) == ["numbers"]
    assert "nothing to see" in page.words


def test_nothing_is_loaded_from_anywhere() -> None:
    page = printed(Section(NASTY, [Words(NASTY), ROWS, NUMBERS]), lead=(Words(NASTY),))
    assert page.references == []
    assert page.policy.startswith("default-src 'none'; ")
    assert "http" not in page.policy
    assert "Plotly" in page.program


def test_what_looks_like_html_stays_text_in_a_chart_too() -> None:
    chart = BarChart(NASTY, Axis(NASTY), [Bar(NASTY, 1.0, note=NASTY)])
    page = printed(Section("nasty", [chart]))
    (trace,) = page.figures[NASTY]["data"]
    assert trace["x"] == [NASTY]
    assert page.references == []


def test_the_same_page_is_the_same_file() -> None:
    page = page_of(Section("what", [NUMBERS, ROWS]))
    assert list(html_of(page)) == list(html_of(page))


def test_a_number_that_cannot_be_drawn_is_refused() -> None:
    endless = LineChart("endless", Axis("x"), Axis("y"), [Line("line", [1], [float("inf")])])
    with pytest.raises(ValueError, match="JSON"):
        list(html_of(page_of(Section("what", [endless]))))


def test_an_empty_chart_can_be_printed() -> None:
    assert "nothing" in printed(Section("what", [CandleChart("nothing", ())])).figures
