"""Parameters of a request, read as strictly as the real venue reads them."""

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Final
from urllib.parse import unquote_plus

from adapters.venue.request_refused import RequestRefused

_DECIMAL: Final = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")
_DECIMAL_TEXT: Final = "^([0-9]{1,20})(\\.[0-9]{1,20})?$"
_WHOLE: Final = re.compile(r"-?[0-9]{1,19}")


class Parameters:
    """What was sent, by name; of a name sent twice the query's value counts."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return bool(self._values.get(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def text(self, name: str, otherwise: str | None = None) -> str:
        """Give a parameter; without a stand-in it must be there."""
        value = self._values.get(name)
        if value:
            return value
        if otherwise is not None:
            return otherwise
        raise RequestRefused(-1102, _missing(name))

    def choice(self, name: str, allowed: Collection[str], otherwise: str | None = None) -> str:
        """Give a parameter that is one of a few words."""
        value = self.text(name, otherwise)
        if value not in allowed and value != otherwise:
            raise _bad_choice(name)
        return value

    def decimal(self, name: str, otherwise: Decimal | None = None) -> Decimal:
        """Give an amount that is not negative."""
        value = self.text(name, None if otherwise is None else "")
        if not value and otherwise is not None:
            return otherwise
        if value.startswith("-") and _DECIMAL.fullmatch(value[1:]):
            return Decimal(value)
        if _DECIMAL.fullmatch(value) is None:
            raise RequestRefused(-1100, _illegal(name, _DECIMAL_TEXT))
        return Decimal(value)

    def whole(self, name: str, otherwise: int | None = None) -> int:
        """Give a whole number."""
        value = self.text(name, None if otherwise is None else "")
        if not value and otherwise is not None:
            return otherwise
        if _WHOLE.fullmatch(value) is None:
            raise RequestRefused(-1102, _missing(name))
        return int(value)

    def limit(self, usual: int, most: int) -> int:
        """Give how many rows are asked for, within what is allowed."""
        limit = self.whole("limit", usual)
        if not 0 < limit <= most:
            raise RequestRefused(-1130, "Data sent for parameter 'limit' is not valid.")
        return limit

    def flag(self, name: str, *, otherwise: bool | None = None) -> bool:
        """Give a yes or no, spelled true or false in any case."""
        value = self.text(name, None if otherwise is None else "").lower()
        if not value and otherwise is not None:
            return otherwise
        if value not in {"true", "false"}:
            raise RequestRefused(-1130, f"Data sent for parameter '{name}' is not valid.")
        return value == "true"


def parameters_of(query: str, body: str) -> Parameters:
    """Read the parameters of an HTTP request from its raw query and form body."""
    return Parameters({**dict(_pairs(body)), **dict(_pairs(query))})


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for pair in text.split("&"):
        name, separator, value = pair.partition("=")
        if separator:
            yield unquote_plus(name), unquote_plus(value)


def _missing(name: str) -> str:
    return f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."


def _illegal(name: str, legal: str) -> str:
    return f"Illegal characters found in parameter '{name}'; legal range is '{legal}'."


def _bad_choice(name: str) -> RequestRefused:
    by_name = {
        "timeInForce": RequestRefused(-1115, "Invalid timeInForce."),
        "type": RequestRefused(-1116, "Invalid orderType."),
        "side": RequestRefused(-1117, "Invalid side."),
        "interval": RequestRefused(-1120, "Invalid interval."),
        "positionSide": RequestRefused(-4060, "Invalid position side."),
        "workingType": RequestRefused(-4031, "Invalid parameter working type"),
    }
    return by_name.get(name) or RequestRefused(-1130, f"Data sent for parameter '{name}' is not valid.")
