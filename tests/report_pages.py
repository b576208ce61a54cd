"""Reads a printed report as a browser would: its words, tables, charts, and what it refers to."""

import json
from html.parser import HTMLParser
from typing import Any


class PrintedPage(HTMLParser):
    """What a report says; `references` are all values of attributes that could load or lead anywhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.paragraphs: list[tuple[str, str]] = []
        self.headings: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.figures: dict[str, Any] = {}
        self.options: list[str] = []
        self.references: list[str] = []
        self.policy = ""
        self.program = ""
        self._told: list[str] = []
        self._kind = ""
        self._caption = ""
        self._is_muted = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.references += [named[name] for name in ("src", "href", "action", "srcset") if name in named]
        if named.get("http-equiv") == "Content-Security-Policy":
            self.policy = named["content"]
        if tag in {"p", "h1", "h2", "h3", "td", "th", "figcaption", "option", "script", "title"}:
            self._told, self._kind = [], named.get("class", named.get("type", ""))
        elif tag == "noscript":
            self._is_muted = True
        elif tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])

    def handle_data(self, data: str) -> None:
        self._told.append(data)

    def handle_endtag(self, tag: str) -> None:
        told = "".join(self._told)
        match tag:
            case "noscript":
                self._is_muted = False
            case "p" if not self._is_muted:
                self.paragraphs.append((self._kind, told))
            case "h1" | "h2" | "h3":
                self.headings.append(told)
            case "td" | "th":
                self.tables[-1][-1].append(told)
            case "option":
                self.options.append(told)
            case "figcaption":
                self._caption = told
            case "script" if self._kind == "application/json":
                self.figures[self._caption] = json.loads(told)
            case "script":
                self.program += told
            case _:
                pass

    @property
    def words(self) -> str:
        """All paragraphs, a line each."""
        return "\n".join(text for _, text in self.paragraphs)

    def table(self, first_cell: str) -> dict[str, list[str]]:
        """Give the one table whose first column has this head, its rows by their names."""
        (rows,) = [table for table in self.tables if table[0][0] == first_cell]
        return {row[0]: row[1:] for row in rows[1:]}
