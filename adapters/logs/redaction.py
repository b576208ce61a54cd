"""Keeping secrets out of a text."""

import json
from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import quote, unquote, urlsplit

HIDDEN: Final = "(hidden)"


class Redaction:
    """Hides given secrets in any text, in whatever way they are spelt: plain, quoted, or inside a URL."""

    def __init__(self, secrets: Collection[str]) -> None:
        spelt = {spelling for secret in secrets for part in _parts(secret) for spelling in _spellings(part)}
        self._spellings = sorted(spelt - {""}, key=lambda spelling: (-len(spelling), spelling))

    def of(self, text: str) -> str:
        """Give the text with every secret replaced by `(hidden)`."""
        for spelling in self._spellings:
            text = text.replace(spelling, HIDDEN)
        return text

    def within(self, value: object) -> object:
        """Give a value of a log line without secrets: containers are walked, other things become text."""
        match value:
            case None | bool() | int() | float():
                return value
            case Mapping():
                return {self.of(str(key)): self.within(inner) for key, inner in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.within(inner) for inner in value]
            case _:
                return self.of(str(value))


def _parts(secret: str) -> list[str]:
    """Give the secret itself and, where it is a URL, the password in it."""
    try:
        password = urlsplit(secret).password
    except ValueError:
        password = None
    return [secret] if password is None else [secret, password, unquote(password)]


def _spellings(secret: str) -> set[str]:
    in_text = repr(secret)[1:-1]
    return {secret, in_text, in_text.replace("\\'", "'"), json.dumps(secret)[1:-1], quote(secret, safe="")}
