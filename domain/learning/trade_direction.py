"""The twelve features as a trade of one direction sees them."""

from typing import Final

from domain.market.direction import Direction
from domain.structure.structure_view import FEATURE_NAMES, Features

EVEN_FEATURES: Final = ("structure_integrity", "institutional_participation", "timeframe_convergence")
ODD_INDEXES: Final = tuple(i for i, name in enumerate(FEATURE_NAMES) if name not in EVEN_FEATURES)


def in_trade_direction(features: Features, direction: Direction) -> Features:
    """Turn the features so that positive favours the trade: the odd ones are negated for a short.

    Which are odd is part of the features' definition: mirrored prices negate them exactly.
    """
    if direction is Direction.LONG:
        return features
    return tuple(-value if i in ODD_INDEXES else value for i, value in enumerate(features))
