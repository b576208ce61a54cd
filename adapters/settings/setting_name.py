"""What each setting is called: in a file, in the environment, and when it is misspelt."""

from dataclasses import fields, is_dataclass
from difflib import SequenceMatcher, get_close_matches
from typing import Final, NamedTuple, get_type_hints

from adapters.settings.settings import SECRETS, Settings

PREFIX: Final = "SLT_"

# Read by others, and no settings themselves: the settings file's name, and the folder of real candles.
OTHER_VARIABLES: Final = frozenset({"SLT_SETTINGS", "SLT_MARKET_DATA"})

SWITCHES: Final = {
    "DISABLE_MODEL_TRAINING": "disable_model_training",
    "DISABLE_WEBSOCKET": "disable_websocket",
    "DISABLE_REST_FALLBACK": "disable_rest_fallback",
    "RELAXED_SIGNAL_MODE": "setup.is_relaxed",
    "EXPLORE_LIVE": "explore_live",
    "MAX_LEVERAGE": "leverage.max_leverage",
}

_OF_OTHERS: Final = frozenset({"DATABASE_URI", "REDIS_URI"})
_SECRET_VARIABLES: Final = tuple(name.upper() for name in SECRETS)
_NEAR_MISS: Final = 0.85
_LIKELY: Final = 0.7


class Setting(NamedTuple):
    """One value that can be chosen; `variables` are its names in the environment, the best first."""

    name: str
    variables: tuple[str, ...]
    kind: object
    default: object
    is_secret: bool


def _leaves(name: str, kind: object, default: object) -> list[Setting]:
    if not (isinstance(kind, type) and is_dataclass(kind)):
        return [Setting(name, _variables(name), kind, default, is_secret=name in SECRETS)]
    kinds = get_type_hints(kind)
    return [
        leaf
        for part in fields(kind)
        for leaf in _leaves(f"{name}.{part.name}", kinds[part.name], getattr(default, part.name))
    ]


def _variables(name: str) -> tuple[str, ...]:
    bare = tuple(variable for variable, switched in SWITCHES.items() if switched == name)
    if name in SECRETS:
        return (name.upper(),)
    if bare and "." not in name:
        return bare
    return (*bare, PREFIX + name.upper().replace(".", "__"))


def _all_settings() -> dict[str, Setting]:
    kinds = Settings.model_fields
    found = [
        leaf
        for name, field in kinds.items()
        for leaf in _leaves(name, field.annotation, field.get_default(call_default_factory=True))
    ]
    return {setting.name: setting for setting in found}


SETTINGS: Final = _all_settings()

_BY_VARIABLE: Final = {variable: setting for setting in SETTINGS.values() for variable in setting.variables}
_BY_NAME: Final = SETTINGS | {variable.lower(): SETTINGS[name] for variable, name in SWITCHES.items()}
_GROUPS: Final = {name.rpartition(".")[0] for name in SETTINGS} - {""}


def setting_named(name: str) -> Setting | str:
    """Find a setting by the name it has in a file, or say what is wrong with the name."""
    setting = _BY_NAME.get(name)
    if setting is not None:
        return setting
    if name in _GROUPS:
        return "is a group of settings, not one; name one in it, such as " + _first_in(name)
    return "is no setting" + _guess(name, [*_BY_NAME])


def setting_of_variable(variable: str) -> Setting | str | None:
    """Find a setting by its environment variable, say what is wrong with the name, or None: not ours."""
    setting = _BY_VARIABLE.get(variable)
    if setting is not None or variable in OTHER_VARIABLES:
        return setting
    if variable.upper().startswith(PREFIX):
        return "is no setting" + _guess(variable.upper(), [*_BY_VARIABLE, *OTHER_VARIABLES])
    near = get_close_matches(variable.upper(), SWITCHES, n=1, cutoff=_NEAR_MISS)
    if near:
        return f"is no switch; did you mean {near[0]}?"
    meant = _secret_meant_by(variable.upper())
    return f"is no setting; did you mean {meant}?" if meant else None


def _secret_meant_by(name: str) -> str | None:
    """Find the secret that was misspelt; other programs' variables may look alike without being mistakes."""
    if name in _OF_OTHERS:
        return None
    alike = [secret for secret in _SECRET_VARIABLES if secret.count("_") == name.count("_")]
    near = get_close_matches(name, alike, n=1, cutoff=_NEAR_MISS)
    is_one_of_several = bool(near) and name != near[0] and name.rstrip("S0123456789") == near[0]
    return None if not near or is_one_of_several else near[0]


def _first_in(group: str) -> str:
    return next(name for name in SETTINGS if name.startswith(f"{group}."))


def _guess(name: str, known: list[str]) -> str:
    likely = [one for one in known if _likeness(name, one) >= _LIKELY]
    if not likely:
        return "; docs/settings.md lists them all"
    return f"; did you mean {max(likely, key=lambda one: _likeness(name, one))}?"


def _likeness(name: str, other: str) -> float:
    """Give 0 to 1 for the letters two names share in order, and 0.2 more for each whole word they share."""
    shared_words = _words(name) & _words(other)
    return SequenceMatcher(None, name.lower(), other.lower()).ratio() + 0.2 * len(shared_words)


def _words(name: str) -> set[str]:
    return set(name.lower().removeprefix(PREFIX.lower()).replace(".", "_").split("_")) - {""}
