"""Faults written down in a file."""

from math import inf
from pathlib import Path
from typing import Final

import msgspec

from adapters.venue.faults import FaultSwitch, seeded_schedule

_LATEST_S: Final = 1e9


class FaultsRefused(Exception):
    """A file of faults cannot be used; the message says which entry and why."""


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    """`{"fault": "sockets_cut", "chance": 0.5, "from_s": 60, "until_s": 120}`; the fault is enough."""

    fault: str
    chance: float = 1.0
    from_s: float = 0.0
    until_s: float | None = None


def faults_asked_for(asked: Path | int | None, start_ms: int, length_ms: int) -> list[FaultSwitch]:
    """Read a file of faults, or draw a schedule from a seed. Raises OSError, FaultsRefused."""
    if asked is None:
        return []
    if isinstance(asked, int):
        return seeded_schedule(asked, start_ms, length_ms)
    try:
        return read_faults(asked.read_bytes(), start_ms)
    except ValueError as error:
        raise FaultsRefused(f"{asked}: {error}") from error


def read_faults(text: str | bytes, start_ms: int) -> list[FaultSwitch]:
    """Read a JSON list of faults; seconds count from the start of the market.

    Raises ValueError with the entry's number for what is no such list.
    """
    try:
        entries = msgspec.json.decode(text, type=list[_Entry])
    except msgspec.DecodeError as error:
        raise ValueError(f"no list of faults: {error}") from error
    switches = []
    for number, entry in enumerate(entries, 1):
        try:
            switches.append(_switch(entry, start_ms))
        except ValueError as error:
            raise ValueError(f"fault {number}: {error}") from error
    return switches


def _switch(entry: _Entry, start_ms: int) -> FaultSwitch:
    until_s = inf if entry.until_s is None else entry.until_s
    if not 0.0 <= entry.from_s <= _LATEST_S:
        raise ValueError(f"from_s {entry.from_s} of {entry.fault} is not within 0 and {_LATEST_S:.0f}")
    if until_s <= entry.from_s:
        raise ValueError(f"until_s {until_s} of {entry.fault} is not after from_s {entry.from_s}")
    until_ms = None if until_s > _LATEST_S else start_ms + round(until_s * 1_000)
    return FaultSwitch(entry.fault, entry.chance, start_ms + round(entry.from_s * 1_000), until_ms)
