"""What must never be printed."""

from typing import Final

_HIDDEN: Final = "(hidden)"


class Secret:
    """A key, or a URL with one in it; every way of printing it says `(hidden)`."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Give the text itself, for the wire and nothing else."""
        return self._text

    def __repr__(self) -> str:
        return _HIDDEN

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not copied into files")
