"""A report as somebody reads it from top to bottom, whatever prints it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from application.report_charts import Chart


class Mood(StrEnum):
    """How a statement is meant to be taken."""

    PLAIN = "plain"
    GOOD = "good"
    DOUBTFUL = "doubtful"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph in plain words."""

    text: str
    mood: Mood = Mood.PLAIN


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text as they are to be read; the first column names the row."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Option:
    """One of several things to look at."""

    name: str
    parts: Sequence[Words | Table | Chart]


@dataclass(frozen=True, slots=True)
class Choice:
    """Several things to look at, of which one is shown at a time, the first to begin with."""

    title: str
    options: Sequence[Option]


Part = Words | Table | Chart | Choice


@dataclass(frozen=True, slots=True)
class Section:
    """One question, and what answers it."""

    title: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report: what matters most in a few statements, then the sections, then small print."""

    title: str
    lead: Sequence[Words]
    sections: Sequence[Section]
    small_print: Sequence[str] = ()
