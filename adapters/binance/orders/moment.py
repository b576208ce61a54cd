"""A moment, once to measure with and once to date with."""

from typing import NamedTuple


class Moment(NamedTuple):
    """`steady_ms` never goes back and measures how long things take; `venue_ms` dates what is told."""

    steady_ms: int
    venue_ms: int
