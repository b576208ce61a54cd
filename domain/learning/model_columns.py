"""What a model reads of a setup, column by column: in training and in trading the same."""

from typing import Final

from domain.learning.sample import Context
from domain.setup.setup import SetupKind
from domain.structure.structure_view import FEATURE_NAMES, Features

CONTEXT_NAMES: Final = Context._fields
_KINDS: Final = tuple(SetupKind)


def context_row(context: Context) -> tuple[float, ...]:
    """Give what the context-only model reads, in the order of CONTEXT_NAMES; a kind is its place."""
    return (
        context.stop_fraction,
        context.cost_in_r,
        context.atr_fraction,
        float(context.hour),
        float(_KINDS.index(context.kind)),
    )


def head_names(*, sees_context: bool) -> tuple[str, ...]:
    """Name the columns that the two heads read."""
    return FEATURE_NAMES + CONTEXT_NAMES if sees_context else FEATURE_NAMES


def head_row(features: Features, context: Context, *, sees_context: bool) -> tuple[float, ...]:
    """Give what the two heads read; the features are those in the trade's direction."""
    return features + context_row(context) if sees_context else features
