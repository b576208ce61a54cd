"""What became of a request: done, refused, or nobody knows."""

from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from adapters.binance.wire.error_code import Action

_Reply = TypeVar("_Reply")


@dataclass(frozen=True, slots=True)
class Done(Generic[_Reply]):
    """The venue did it, and this is its reply."""

    reply: _Reply


class AlreadySo(NamedTuple):
    """Nothing was to do; as good as done."""

    code: int


class Refused(NamedTuple):
    """It was not done, and will not be; `code` is 0 where the venue's gateway gave none."""

    code: int
    reason: str
    action: Action


class UnknownOutcome(NamedTuple):
    """It may have been done or not; only evidence tells, and it is never simply sent again."""

    reason: str


class Silenced(NamedTuple):
    """It was not done: the venue wants to hear nothing from us before this moment of its clock."""

    until_ms: int


class Withheld(NamedTuple):
    """It was not sent: it would have passed a limit, which makes room at this moment of the venue's clock."""

    until_ms: int
    limit: str


Outcome = Done[_Reply] | AlreadySo | Refused | UnknownOutcome | Silenced | Withheld
NotDone = AlreadySo | Refused | UnknownOutcome | Silenced | Withheld
