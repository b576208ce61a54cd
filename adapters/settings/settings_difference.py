"""In which settings that decide something two sessions differ."""

from collections.abc import Iterator, Mapping
from typing import Final, cast

from adapters.settings.settings import Settings

# What only says how something is spoken to, kept, logged or simulated decides nothing in a live session.
_DECIDES_NOTHING: Final = (
    "binance.",
    "venue.",
    "logs.",
    "data_folder",
    "wallet",
    "disable_",
    "structure",
    "learning.",
)
_DECIDES: Final = (
    "binance.symbols",
    "structure_rules.",
    "learning.training.calibration.bound_z",
    "learning.watch.drift.shrunk_size",
)


def decisive_differences(then: Settings, now: Settings) -> list[str]:
    """Name each setting by which the desk would decide otherwise, with what it was and what it is."""
    before, after = dict(_named(then.as_header())), dict(_named(now.as_header()))
    return [
        f"{name}: {before.get(name)} then, {after.get(name)} now"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name) and _is_decisive(name)
    ]


def _is_decisive(name: str) -> bool:
    return name.startswith(_DECIDES) or not name.startswith(_DECIDES_NOTHING)


def _named(group: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in group.items():
        if isinstance(value, dict):
            yield from _named(cast("Mapping[str, object]", value), f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
