"""The union of every event the desk can see, in the order of one tape."""

from decimal import Decimal
from typing import NamedTuple

from domain.connection_events import (
    AccountCompared,
    AccountSettingChanged,
    AccountUnsure,
    ConnectionChanged,
    HistoryLost,
    TimePassed,
    WalletMoved,
)
from domain.learning.drift import DriftState
from domain.learning.trained_model import TrainedModel
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun
from domain.market.instrument import Instrument
from domain.orders.order_events import (
    OrderAccepted,
    OrderCancelled,
    OrderEvent,
    OrderExpired,
    OrderFilled,
    OrderRejected,
)

__all__ = [
    "AccountCompared",
    "AccountSettingChanged",
    "AccountUnsure",
    "CandleClosed",
    "CandleRebuilt",
    "CandleRecalled",
    "CandlesPassed",
    "ChampionChanged",
    "ConnectionChanged",
    "Event",
    "FundingSettled",
    "HistoryLost",
    "InstrumentChanged",
    "OrderAccepted",
    "OrderCancelled",
    "OrderEvent",
    "OrderExpired",
    "OrderFilled",
    "OrderRejected",
    "PriceMoved",
    "SessionEnding",
    "SessionOpened",
    "SessionResumed",
    "TimePassed",
    "WalletMoved",
]


class SessionOpened(NamedTuple):
    """The session starts with this wallet balance and an empty book."""

    at_ms: int
    wallet: Decimal


class SessionResumed(NamedTuple):
    """A session that ended without a word goes on; what happened since its last event follows."""

    at_ms: int


class CandleClosed(NamedTuple):
    """A one-minute candle closed; `at_ms` is the moment it ended, or later when it was told late."""

    at_ms: int
    symbol: str
    candle: Candle


class CandleRebuilt(NamedTuple):
    """A candle that never came, made from the trades of its time and told when that was done."""

    at_ms: int
    symbol: str
    candle: Candle


class CandleRecalled(NamedTuple):
    """A candle of before the session, told so that the structure is known; nothing is decided on it."""

    at_ms: int
    symbol: str
    candle: Candle


class CandlesPassed(NamedTuple):
    """Candles closed in which nothing could happen to a symbol that nothing is held or planned in.

    They stand for as many CandleClosed and may be told late, but before the symbol's next event;
    the last of them ended at `closed_at_ms`. Only a tape that nobody records tells them like this.
    """

    at_ms: int
    symbol: str
    run: CandleRun
    closed_at_ms: int


class PriceMoved(NamedTuple):
    """The last price of a symbol."""

    at_ms: int
    symbol: str
    price: float


class InstrumentChanged(NamedTuple):
    """The venue's rules for a symbol are others than they were; from now on these hold."""

    at_ms: int
    symbol: str
    instrument: Instrument


class FundingSettled(NamedTuple):
    """Funding was booked; `payment` is positive when the wallet received it."""

    at_ms: int
    symbol: str
    rate: Decimal
    payment: Decimal


class ChampionChanged(NamedTuple):
    """From now on this model is asked, or none where `model` is None, and why.

    `drift` tells how much of its bet it may place. The model comes whole, so that a tape can be played
    again without whoever kept it.
    """

    at_ms: int
    model: TrainedModel | None
    drift: DriftState
    reasons: tuple[str, ...]


class SessionEnding(NamedTuple):
    """No more market will come; what is open is closed now."""

    at_ms: int


Event = (
    SessionOpened
    | SessionResumed
    | CandleClosed
    | CandleRebuilt
    | CandleRecalled
    | CandlesPassed
    | PriceMoved
    | OrderEvent
    | FundingSettled
    | WalletMoved
    | ConnectionChanged
    | AccountUnsure
    | AccountCompared
    | AccountSettingChanged
    | HistoryLost
    | InstrumentChanged
    | ChampionChanged
    | TimePassed
    | SessionEnding
)
