"""A report as one HTML file that needs no network, Plotly's program inside."""

import json
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]  # Plotly tells no types

from adapters.plotly.figures import figure_of
from adapters.plotly.page_script import SCRIPT
from adapters.plotly.page_style import STYLE
from application.report_charts import BarChart, CandleChart, Chart, HistogramChart, LineChart
from application.report_page import Choice, Mood, Page, Part, Section, Table, Words

_CHARTS: Final = (LineChart, BarChart, HistogramChart, CandleChart)
_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
)


def html_of(page: Page) -> Iterator[str]:
    """Give the file piece by piece; the same page gives the same text.

    The browser is told to load nothing from anywhere. Raises ValueError for a chart that cannot be drawn.
    """
    title = escape(page.title)
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    yield "<noscript><p>The charts need JavaScript; words and tables do not.</p></noscript>\n"
    yield f'<div class="lead">\n{"".join(map(_words, page.lead))}</div>\n'
    for section in page.sections:
        yield _section(section)
    yield f"<footer>\n{''.join(map(_small, page.small_print))}</footer>\n"
    yield f"<script>{get_plotlyjs()}</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"


def _section(section: Section) -> str:
    return f"<section>\n<h2>{escape(section.title)}</h2>\n{_parts(section.parts)}</section>\n"


def _parts(parts: Sequence[Part]) -> str:
    return "".join(map(_part, parts))


def _part(part: Part) -> str:
    if isinstance(part, Words):
        return _words(part)
    if isinstance(part, Table):
        return _table(part)
    if isinstance(part, Choice):
        return _choice(part)
    return _figure(part)


def _words(words: Words) -> str:
    kind = "" if words.mood is Mood.PLAIN else f' class="{words.mood}"'
    return f"<p{kind}>{escape(words.text)}</p>\n"


def _small(line: str) -> str:
    return f"<p>{escape(line)}</p>\n"


def _table(table: Table) -> str:
    title = f"<h3>{escape(table.title)}</h3>\n" if table.title else ""
    head = "".join(f"<th>{escape(name)}</th>" for name in table.columns)
    rows = "".join(map(_row, table.rows))
    return (
        f'{title}<div class="wide"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table></div>\n"
    )


def _row(row: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n"


def _choice(choice: Choice) -> str:
    names = "".join(f"<option>{escape(option.name)}</option>" for option in choice.options)
    shown = "".join(
        f'<div class="option">\n<h3>{escape(option.name)}</h3>\n{_parts(option.parts)}</div>\n'
        for option in choice.options
    )
    return (
        f'<div class="choice">\n<label>{escape(choice.title)} <select>{names}</select></label>\n'
        f"{shown}</div>\n"
    )


def _figure(chart: Chart) -> str:
    told = json.dumps(figure_of(chart), separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")
    height = "plot tall" if isinstance(chart, CandleChart) else "plot"
    return (
        f'<figure>\n<figcaption>{escape(chart.title)}</figcaption>\n<div class="{height}"></div>\n'
        f'<script type="application/json">{told}</script>\n</figure>\n'
    )
