"""What is asked of Binance's REST side, before it is signed."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Generic, TypeVar
from urllib.parse import quote

_Reply = TypeVar("_Reply")


class Access(Enum):
    """Who may ask."""

    ANYONE = "anyone"
    KEY_HOLDER = "key_holder"
    SIGNED = "signed"


@dataclass(frozen=True, slots=True)
class Request(Generic[_Reply]):
    """One request and how its reply is read.

    `weight` is its cost per minute and address, `is_order` whether it counts as an order,
    `is_protective` whether it may use what is kept back for exits. `has_effect` marks what must not
    be sent twice without looking first.
    """

    method: str
    path: str
    parameters: tuple[tuple[str, str], ...]
    read: Callable[[bytes], _Reply]
    access: Access = Access.SIGNED
    weight: int = 1
    is_order: bool = False
    is_protective: bool = False

    @property
    def has_effect(self) -> bool:
        """Whether it changes something on the account."""
        return self.method != "GET"


def parameters(**asked: str | int | Decimal | bool | None) -> tuple[tuple[str, str], ...]:
    """Spell parameters as the venue reads them: booleans as words, numbers plain, None left out."""
    return tuple((name, _spelt(value)) for name, value in asked.items() if value is not None)


def encoded(asked: tuple[tuple[str, str], ...]) -> str:
    """Give the percent-encoded text of parameters: exactly what is signed and sent."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in asked)


def _spelt(value: str | int | Decimal | bool) -> str:  # noqa: FBT001 - it spells booleans
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
