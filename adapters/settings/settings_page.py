"""docs/settings.md, written from the settings themselves: `python -m adapters.settings.settings_page`."""

import sys
from collections.abc import Iterator
from enum import Enum
from typing import Final, Literal, get_args, get_origin

from adapters.settings.meanings import GROUPS, MEANINGS
from adapters.settings.setting_name import SETTINGS, Setting
from adapters.settings.settings import NOBODY_LISTENS_YET

_PREAMBLE: Final = """\
# Settings

This page is written from the settings themselves, by `python -m adapters.settings.settings_page`.

Every setting has a default; none must be set. Where one is given more than once, the first of these wins:

1. the command line, such as `--set exits.confidence_drop=0.3`
2. the environment
3. the file given with `--settings`, else named by `SLT_SETTINGS`, else `slt.toml` in the working directory

A file looks like this:

```toml
max_leverage = 5

[exits]
confidence_drop = 0.3

[gate.cool_down]
after_losses = 4
```

An unknown name is an error with the likely name beside it, and all problems are told at once. An empty
environment variable is not set. Secrets are read from the environment only; they are never printed, logged
or recorded. All other settings stand in a journal's header, so that a replay decides by the same numbers.

Times are in milliseconds, `0.05` is 5 %, and R is the planned loss of a trade, costs included.
"""


def settings_page() -> str:
    """Give the whole page."""
    tables = [_table(group, title) for group, title in GROUPS.items()]
    return "\n".join([_PREAMBLE, *tables])


def _table(group: str, title: str) -> str:
    heading = f"## {title}" + (f": `{group}`" if group in _groups_of_rules() else "")
    rows = [_row(setting) for setting in SETTINGS.values() if _group_of(setting) == group]
    return "\n".join([heading, "", "| name | variable | default | meaning |", "|---|---|---|---|", *rows, ""])


def _groups_of_rules() -> set[str]:
    return {name.partition(".")[0] for name in SETTINGS if "." in name}


def _group_of(setting: Setting) -> str:
    if setting.is_secret:
        return "secrets"
    return setting.name.partition(".")[0] if "." in setting.name else ""


def _row(setting: Setting) -> str:
    variables = ", ".join(f"`{variable}`" for variable in setting.variables)
    default = "" if setting.default is None else f"`{_plain(setting.default)}`"
    return f"| `{setting.name}` | {variables} | {default} | {' '.join(_sentences(setting))} |"


def _sentences(setting: Setting) -> Iterator[str]:
    yield MEANINGS[setting.name]
    choices = _choices(setting.kind)
    if choices:
        yield "One of " + ", ".join(f"`{choice}`" for choice in choices) + "."
    if setting.name in NOBODY_LISTENS_YET:
        yield "No effect yet."


def _choices(kind: object) -> list[str]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [str(choice.value) for choice in kind]
    return list(get_args(kind)) if get_origin(kind) is Literal else []


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return str([float(part) for part in value])
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    sys.stdout.write(settings_page())
