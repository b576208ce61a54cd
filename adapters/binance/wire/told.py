"""What every part of a frame has in common."""

from typing import Annotated

import msgspec

# Neither NaN nor an infinity is a price.
Price = Annotated[float, msgspec.Meta(ge=0.0, lt=1e30)]


class Part(msgspec.Struct, frozen=True, gc=False):
    """A part of an event; it refers to nothing that could refer back, so it is never garbage-collected."""


class Told(msgspec.Struct, frozen=True, gc=False, tag_field="e"):
    """An event, told apart from others by its `e`."""
