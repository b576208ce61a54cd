"""Orders as the wire asks for them; numbers of zero are not given."""

from dataclasses import dataclass
from decimal import Decimal

from domain.market.direction import Side


@dataclass(slots=True)
class OrderRequest:
    """A limit or market order."""

    client_id: str
    symbol: str
    side: Side
    position_side: str
    kind: str
    time_in_force: str
    quantity: Decimal
    price: Decimal
    is_reduce_only: bool
    good_till_ms: int
    price_match: str
    self_trade: str


@dataclass(slots=True)
class StopRequest:
    """A conditional order."""

    client_id: str
    symbol: str
    side: Side
    position_side: str
    kind: str
    time_in_force: str
    quantity: Decimal
    price: Decimal
    trigger_price: Decimal
    working_type: str
    is_reduce_only: bool
    closes_position: bool
    is_price_protected: bool
    activate_price: Decimal
    callback_rate: Decimal
    good_till_ms: int
    price_match: str
    self_trade: str
