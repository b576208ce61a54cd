"""What must be set before an entry: one-way mode, cross margin, leverage."""

from enum import StrEnum
from typing import Any, Final, NamedTuple

from adapters.binance.wire.account_requests import (
    account_config,
    set_leverage,
    set_margin_type,
    set_position_mode,
    symbol_config,
)
from adapters.binance.wire.error_code import Action
from adapters.binance.wire.outcome import AlreadySo, Done, Outcome, Refused
from adapters.binance.wire.replies import AccountConfig, SymbolConfig
from adapters.binance.wire.request import Request

_CROSSED: Final = frozenset({"CROSSED", "CROSS"})
_AGAIN: Final = frozenset({Action.RETRY, Action.BACK_OFF, Action.RESYNC_CLOCK})


class Setting(StrEnum):
    """One thing to set, or to look at when the venue does not let us set it."""

    POSITION_MODE = "position mode"
    POSITION_MODE_IN_FORCE = "position mode in force"
    MARGIN_TYPE = "margin type"
    MARGIN_TYPE_IN_FORCE = "margin type in force"
    LEVERAGE = "leverage"


class Wanted(NamedTuple):
    """The next setting for an entry; its request may be repeated, as it sets what is."""

    setting: Setting
    symbol: str
    leverage: int
    request: Request[Any]


class EntrySettings:
    """Remembers what is in force, and asks for what is not.

    Setting something twice does nothing, so an unknown outcome is simply asked for again.
    """

    def __init__(self) -> None:
        self._is_one_way = False
        self._is_mode_stuck = False
        self._crossed: set[str] = set()
        self._stuck: set[str] = set()
        self._leverage: dict[str, int] = {}
        self._asked: dict[str, int] = {}

    def leverage_of(self, symbol: str) -> int | None:
        """Give the leverage in force, None when it is not known."""
        return self._leverage.get(symbol)

    def next_for(self, symbol: str, leverage: int) -> Wanted | None:
        """Give what is still to set before an entry; None when it may go."""
        if not self._is_one_way:
            if self._is_mode_stuck:
                return Wanted(Setting.POSITION_MODE_IN_FORCE, symbol, leverage, account_config())
            return Wanted(Setting.POSITION_MODE, symbol, leverage, set_position_mode(is_hedge=False))
        if symbol not in self._crossed:
            if symbol in self._stuck:
                return Wanted(Setting.MARGIN_TYPE_IN_FORCE, symbol, leverage, symbol_config(symbol))
            request = set_margin_type(symbol, is_isolated=False)
            return Wanted(Setting.MARGIN_TYPE, symbol, leverage, request)
        if self._leverage.get(symbol) != leverage:
            return Wanted(Setting.LEVERAGE, symbol, leverage, set_leverage(symbol, leverage))
        return None

    def began(self, wanted: Wanted) -> None:
        """A request is on its way; the stream may tell of its effect before the answer comes."""
        if wanted.setting is Setting.LEVERAGE:
            self._asked[wanted.symbol] = wanted.leverage

    def answered(self, wanted: Wanted, outcome: Outcome[Any]) -> str:
        """Take the venue's answer; give why the entry cannot be, or nothing when it may go on."""
        if isinstance(outcome, Done):
            return self._told(wanted, outcome.reply)
        if isinstance(outcome, AlreadySo):
            self._in_force(wanted)
            return ""
        if not isinstance(outcome, Refused) or outcome.action in _AGAIN:
            return ""
        if outcome.action is Action.KEEP_AS_IS and self._becomes_stuck(wanted):
            return ""
        return f"{wanted.setting.value} could not be set: {outcome.code} {outcome.reason}"

    def learn_leverage(self, symbol: str, leverage: int) -> bool:
        """Take the venue's word; False when it is what we had set."""
        is_news = leverage not in {self._leverage.get(symbol, leverage), self._asked.get(symbol)}
        self._leverage[symbol] = leverage
        return is_news

    def learn_mode(self, *, is_hedge: bool) -> bool:
        """Take the venue's word; True when somebody turned one-way mode off after we had set it."""
        is_news = self._is_one_way and is_hedge
        self._is_one_way = not is_hedge
        self._is_mode_stuck = self._is_mode_stuck and is_hedge
        return is_news

    def forget_margin_type(self, symbol: str) -> None:
        """Ask anew: somebody changed it."""
        self._crossed.discard(symbol)

    def _told(self, wanted: Wanted, reply: object) -> str:
        if isinstance(reply, AccountConfig):
            self._is_mode_stuck = False
            self._is_one_way = not reply.dual_side_position
            return "" if self._is_one_way else "the account is in hedge mode, and cannot leave it now"
        if wanted.setting is Setting.MARGIN_TYPE_IN_FORCE:
            return self._told_margin_type(wanted.symbol, reply)
        self._in_force(wanted)
        return ""

    def _told_margin_type(self, symbol: str, reply: object) -> str:
        rows = reply if isinstance(reply, tuple) else ()
        told = {row.symbol: row.margin_type.upper() for row in rows if isinstance(row, SymbolConfig)}
        self._stuck.discard(symbol)
        if told.get(symbol) in _CROSSED:
            self._crossed.add(symbol)
            return ""
        return f"{symbol} is not on cross margin, and cannot be set to it now"

    def _in_force(self, wanted: Wanted) -> None:
        match wanted.setting:
            case Setting.POSITION_MODE | Setting.POSITION_MODE_IN_FORCE:
                self._is_one_way = True
            case Setting.MARGIN_TYPE | Setting.MARGIN_TYPE_IN_FORCE:
                self._crossed.add(wanted.symbol)
            case Setting.LEVERAGE:
                self._leverage[wanted.symbol] = wanted.leverage

    def _becomes_stuck(self, wanted: Wanted) -> bool:
        """The venue keeps what is in force: look at what that is, once."""
        if wanted.setting is Setting.POSITION_MODE:
            self._is_mode_stuck = True
            return True
        if wanted.setting is Setting.MARGIN_TYPE:
            self._stuck.add(wanted.symbol)
            return True
        return False
