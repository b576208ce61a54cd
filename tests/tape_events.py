"""Every event of a recorded tape, as hypothesis draws it, and when two are equal to the last bit."""

import dataclasses
import enum
import struct
import typing
from decimal import Decimal

from hypothesis import strategies as st

from domain.learning.trained_model import TrainedModel
from domain.tape import CandlesPassed, Event
from tests.model_samples import STAIRS, a_model

EVENT_TYPES: tuple[type[Event], ...] = tuple(
    kind for kind in typing.get_args(Event) if kind is not CandlesPassed
)
"""What a journal keeps: all events but the one told only where nobody records."""

_PLAIN: dict[object, st.SearchStrategy[object]] = {
    int: st.integers(-(2**63), 2**63 - 1),
    str: st.text(max_size=20),
    bool: st.booleans(),
    float: st.floats(),
    Decimal: st.decimals(),
    TrainedModel | None: st.sampled_from([None, a_model(), a_model(calibration=STAIRS, payoff=1.5)]),
}


def _drawn(hint: type) -> st.SearchStrategy[object]:
    if hint in _PLAIN:
        return _PLAIN[hint]
    if typing.get_origin(hint) is tuple:
        return st.lists(_drawn(typing.get_args(hint)[0]), max_size=3).map(tuple)
    if issubclass(hint, enum.Enum):
        return st.sampled_from(hint)
    return st.builds(hint, **{name: _drawn(inner) for name, inner in typing.get_type_hints(hint).items()})


def events_of(event_type: type[Event]) -> st.SearchStrategy[Event]:
    """Draw events of one type, odd values included: NaN, negative zero, long Decimals."""
    return typing.cast("st.SearchStrategy[Event]", _drawn(event_type))


ANY_EVENT: st.SearchStrategy[Event] = st.one_of([events_of(event_type) for event_type in EVENT_TYPES])


def bits_of(value: object) -> object:
    """Give a value that is equal to another's only if both agree to the last bit and in every type."""
    if isinstance(value, tuple):
        return type(value), tuple(bits_of(part) for part in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return type(value), tuple(bits_of(getattr(value, part.name)) for part in dataclasses.fields(value))
    if isinstance(value, float):
        return struct.pack("<d", value)
    if isinstance(value, Decimal):
        return value.as_tuple()
    return type(value), value
