"""Keeps what is written from replacing what is read, and two results from taking one name."""

from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path

import typer

from adapters.terminal.json_file import STANDARD_OUTPUT


def refuse_shared_places(written: Mapping[str, Path | None], read: Iterable[str | Path | None] = ()) -> None:
    """Refuse two results in one file, and a result in the place of a file that is read.

    `written` names each result's place by its option; `read` holds files, folders of files and SYMBOL=PATH.
    Raises typer.BadParameter.
    """
    places = {
        option: path.resolve() for option, path in written.items() if path not in (None, STANDARD_OUTPUT)
    }
    for (option, place), (other, other_place) in combinations(places.items(), 2):
        if place == other_place:
            raise typer.BadParameter(f"{place.name} is also the place of {other}", param_hint=option)
    sources = [path.resolve() for source in read if source is not None for path in _meant(str(source))]
    for option, place in places.items():
        if place in sources or (place.parent in sources and place.exists()):
            raise typer.BadParameter(f"{place.name} would replace what is read", param_hint=option)


def _meant(source: str) -> list[Path]:
    return [Path(source), Path(source.partition("=")[2] or source)]
