"""A key that opens nothing but the venue it was made for."""

import random
from string import ascii_letters, digits
from typing import Final

from adapters.venue.api_key import ApiKey

_LENGTH: Final = 64
_MARK: Final = "SIMULATED"


def throw_away_key(seed: int) -> ApiKey:
    """Make up a key and its secret, as long as Binance's; the same seed gives the same."""
    chance = random.Random(f"key {seed}")  # noqa: S311 - it guards nothing: the venue is on loopback
    secret = "".join(chance.choices(ascii_letters + digits, k=_LENGTH))
    name = _MARK + "".join(chance.choices(ascii_letters + digits, k=_LENGTH - len(_MARK)))
    return ApiKey(name, secret)
