"""What the user gave, by environment, file and command line, and what is wrong with the names."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from adapters.settings.setting_name import Setting, setting_named, setting_of_variable


class GivenValue(NamedTuple):
    """One value and where it came from, such as `MAX_LEVERAGE` or `slt.toml: max_leverage`."""

    setting: Setting
    told_as: str
    value: object

    def __repr__(self) -> str:
        return f"{self.told_as} = {self.shown}"

    @property
    def shown(self) -> str:
        """The value as it may be shown: never a secret's."""
        return "(hidden)" if self.setting.is_secret else f"{self.value}"


class Layer(NamedTuple):
    """Everything one source gave, by the setting's name, and the lines to refuse it with."""

    values: dict[str, GivenValue]
    problems: list[str]


def from_environment(environment: Mapping[str, str]) -> Layer:
    """Read the environment variables that are settings, or look like one; an empty one is not set."""
    layer = Layer({}, [])
    for variable, text in sorted(environment.items()):
        found = setting_of_variable(variable)
        if isinstance(found, str):
            layer.problems.append(f"{variable} {found}")
        elif found is not None and text.strip():
            _add(layer, GivenValue(found, variable, text))
    return layer


def from_file(path: Path) -> Layer:
    """Read a TOML file of settings; what cannot be read or parsed is one problem with file and line."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        return Layer({}, [f"{path}: cannot be read: {error.strerror}"])
    except UnicodeDecodeError:
        return Layer({}, [f"{path}: is not UTF-8 text"])
    except tomllib.TOMLDecodeError as error:
        return Layer({}, [f"{path}: {error}"])
    except (ArithmeticError, ValueError):
        return Layer({}, [f"{path}: holds a number that is too long"])
    return _named(_leaves(tables), lambda name: f"{path}: {name}")


def from_command_line(chosen: Mapping[str, str]) -> Layer:
    """Read the settings chosen by name on the command line."""
    return _named(chosen.items(), lambda name: name)


def from_header(header: Mapping[str, object]) -> Layer:
    """Read the settings of a journal's header."""
    return _named(_leaves(header), lambda name: f"journal: {name}")


def _named(values: Iterable[tuple[str, object]], told: Callable[[str], str]) -> Layer:
    layer = Layer({}, [])
    for name, value in values:
        setting = setting_named(name)
        if isinstance(setting, str):
            layer.problems.append(f"{told(name)} {setting}")
        elif setting.is_secret:
            variable = setting.variables[0]
            layer.problems.append(f"{told(name)} is a secret and belongs in the environment: set {variable}")
        else:
            _add(layer, GivenValue(setting, told(name), value))
    return layer


def _leaves(table: Mapping[str, object], under: str = "") -> Iterator[tuple[str, object]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{under}{key}.")
        else:
            yield f"{under}{key}", value


def _add(layer: Layer, given: GivenValue) -> None:
    known = layer.values.setdefault(given.setting.name, given)
    if known is not given:
        layer.problems.append(f"{known.told_as} and {given.told_as} are one setting; keep one of them")
    elif isinstance(given.value, bool) and given.setting.kind is not bool:
        del layer.values[given.setting.name]
        layer.problems.append(f"{given!r}: it is no switch; give a value, not true or false")
