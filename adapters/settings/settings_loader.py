"""Settings from the command line, the environment, a file and the defaults, in this order of precedence."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, cast

from pydantic import ValidationError

from adapters.settings.given_value import (
    GivenValue,
    Layer,
    from_command_line,
    from_environment,
    from_file,
    from_header,
)
from adapters.settings.setting_name import SETTINGS
from adapters.settings.settings import Settings

DEFAULT_FILE: Final = "slt.toml"
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class SettingsRefused(Exception):
    """The settings cannot be used; `problems` lists everything that is wrong, a line each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def load_settings(
    environment: Mapping[str, str],
    *,
    chosen: Mapping[str, str] = _NOTHING,
    file: Path | None = None,
    folder: Path = Path(),
) -> Settings:
    """Read all settings. `chosen` came by name on the command line and wins over everything.

    The file is `file`, else the one that SLT_SETTINGS names, else slt.toml in the folder if there is one.
    Raises SettingsRefused with every problem at once.
    """
    layers = [from_environment(environment), from_command_line(chosen)]
    path = file or _file_named_in(environment) or _default_file(folder)
    if path is not None:
        layers.insert(0, from_file(path))
    return _settings_of(layers)


def settings_from_header(header: Mapping[str, object]) -> Settings:
    """Rebuild the settings that `Settings.as_header` gave. Raises SettingsRefused."""
    return _settings_of([from_header(header)])


def _file_named_in(environment: Mapping[str, str]) -> Path | None:
    name = environment.get("SLT_SETTINGS", "").strip()
    return Path(name) if name else None


def _default_file(folder: Path) -> Path | None:
    path = folder / DEFAULT_FILE
    return path if path.exists() else None


def _settings_of(layers: list[Layer]) -> Settings:
    given: dict[str, GivenValue] = {}
    for layer in layers:
        given |= layer.values
    settings, wrong_values = _checked(given)
    problems = [problem for layer in layers for problem in layer.problems] + wrong_values
    if settings is None or problems:
        raise SettingsRefused(problems)
    return settings


def _checked(given: dict[str, GivenValue]) -> tuple[Settings | None, list[str]]:
    """Check again without what was refused, until no new problem shows: one fault may hide another."""
    left = dict(given)
    problems: dict[str, None] = {}
    while True:
        try:
            return Settings.model_validate(_nested(left)), [*problems]
        except ValidationError as error:
            faults = _faults_in(error, left)
        faults += [alone for fault in faults for alone in _faults_alone(fault, left)]
        problems |= dict.fromkeys(line for fault in faults for line in fault.lines())
        refused = {name for fault in faults for name in fault.names}
        if not refused:
            return None, [*problems]
        left = {name: value for name, value in left.items() if name not in refused}


def _nested(given: Mapping[str, GivenValue]) -> dict[str, object]:
    tree: dict[str, object] = {}
    for name, value in given.items():
        *groups, last = name.split(".")
        branch = tree
        for group in groups:
            branch = cast("dict[str, object]", branch.setdefault(group, {}))
        branch[last] = value.value
    return tree


class _Fault(NamedTuple):
    """One thing that is wrong, under the names of the given values that can be blamed for it."""

    where: str
    names: tuple[str, ...]
    culprit: GivenValue | None
    reasons: tuple[str, ...]

    def lines(self) -> list[str]:
        """Say it, a line each: who gave what, and what is allowed."""
        if self.culprit is not None:
            return [f"{self.culprit!r}: {', or '.join(self.reasons)}"]
        return [f"{self.where}: {reason}" if self.where else reason for reason in self.reasons]


def _faults_in(error: ValidationError, given: Mapping[str, GivenValue]) -> list[_Fault]:
    reasons: dict[str, list[str]] = {}
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        text = detail["msg"].removeprefix("Value error, ")
        where = _setting_at(detail["loc"], text)
        reasons.setdefault(where, []).extend(_in_our_words(text))
    return [_fault(where, tuple(told), given) for where, told in reasons.items()]


def _faults_alone(fault: _Fault, given: Mapping[str, GivenValue]) -> list[_Fault]:
    """Where a group cannot say whose fault it is, find those of its values that are wrong by themselves."""
    if fault.culprit is not None:
        return []
    found: list[_Fault] = []
    for name in fault.names:
        alone = {name: given[name]}
        try:
            Settings.model_validate(_nested(alone))
        except ValidationError as error:
            found += [each for each in _faults_in(error, alone) if each.culprit is not None]
    return found


def _setting_at(place: tuple[int | str, ...], text: str) -> str:
    """Give the longest name along the place that is a setting, or the one a rule names first in its text."""
    names = [".".join(map(str, place[:length])) for length in range(len(place), 0, -1)]
    named_in_text = f"{names[0]}.{text.split(' ', 1)[0]}" if names else ""
    for name in (*names, named_in_text):
        if name in SETTINGS:
            return name
    return names[0] if names else ""


def _fault(where: str, reasons: tuple[str, ...], given: Mapping[str, GivenValue]) -> _Fault:
    if where in given:
        return _Fault(where, (where,), given[where], reasons)
    group = where.rpartition(".")[0] if where in SETTINGS else where
    suspects = tuple(name for name in given if group and name.startswith(f"{group}."))
    return _Fault(where, suspects, None, reasons)


def _in_our_words(text: str) -> list[str]:
    return text.replace("Input should be", "it must be").split(", unable")[0].splitlines()
