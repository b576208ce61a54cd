"""The venue without its network: market, exchange, streams, limits, faults."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import orjson

from adapters.venue.account_notes import AccountNotes
from adapters.venue.api_key import ApiKey
from adapters.venue.exchange import Exchange, News
from adapters.venue.faults import Faults
from adapters.venue.market import Market
from adapters.venue.market_frames import MarketFrames
from adapters.venue.mishaps import Mishaps
from adapters.venue.order_json import price_text, size_text
from adapters.venue.request_limits import RequestLimits
from adapters.venue.streams import ListenKey, Streams
from adapters.venue.user_events import UserEvent, user_events_of
from adapters.venue.venue_clock import VenueClock
from adapters.venue.venue_settings import VenueSettings
from domain.market.funding import next_funding_ms
from domain.market.timeframe import DAY_MS

_SECOND_MS: Final = 1_000
_CLOCK_AHEAD_MS: Final = 5_000
_CLOCK_BEHIND_MS: Final = 10_000


class Venue:
    """All that REST, streams and WebSocket API look at; it moves when it is stepped.

    `calls` counts requests by method and path, or by method of the WebSocket API.
    """

    def __init__(
        self,
        exchange: Exchange,
        market: Market,
        clock: VenueClock,
        keys: Sequence[ApiKey],
        faults: Faults,
        settings: VenueSettings,
    ) -> None:
        self.exchange = exchange
        self.market = market
        self.clock = clock
        self.keys: Mapping[str, ApiKey] = {key.name: key for key in keys}
        self.faults = faults
        self.settings = settings
        self.streams = Streams(faults)
        self.listen_key = ListenKey()
        self.limits = RequestLimits(settings.limits)
        self.frames = MarketFrames(market, exchange, self.streams, faults)
        self.notes = AccountNotes()
        self.calls: Counter[str] = Counter()
        self.last_fill_ms = 0
        self.is_over = False
        self._ids_made = 0
        self._mishaps = Mishaps(self)
        self._next_funding_ms = 0
        self._funded_ms = 0
        self._moments: Iterator[int] = iter(())
        self._second = 0
        self._moment: int | None = None

    def now_ms(self) -> int:
        """Tell the venue's time."""
        return self.clock.now_ms()

    def server_ms(self) -> int:
        """Tell the time the server claims, which a fault may falsify."""
        now_ms = self.now_ms()
        if self.faults.is_on("clock_ahead", now_ms):
            return now_ms + _CLOCK_AHEAD_MS
        return now_ms - _CLOCK_BEHIND_MS if self.faults.is_on("clock_behind", now_ms) else now_ms

    def behave(self) -> None:
        """Let the exchange give the answers that the faults want where the real venue is contested."""
        now_ms, is_on = self.now_ms(), self.faults.is_on
        self.exchange.on_time(now_ms)
        self.exchange.behave(
            is_post_only_refused=not is_on("post_only_expires", now_ms),
            is_fill_or_kill_refused=not is_on("fill_or_kill_expires", now_ms),
            is_reduce_only_stop_refused_when_flat=is_on("reduce_only_stop_refused_when_flat", now_ms),
            does_countdown_cancel_stops=is_on("countdown_cancels_stops", now_ms),
            do_triggered_orders_keep_their_name=not is_on("stop_name_not_kept", now_ms),
        )

    def unused_id(self) -> str:
        """Make up a client id for an order that came without one."""
        return f"venue{self.unused_number():017d}"

    def unused_number(self) -> int:
        """Make up a number that nothing else has."""
        self._ids_made += 1
        return self._ids_made

    def next_moment(self) -> int | None:
        """Tell when the next step is due; None when the tape is at its end."""
        if self._moment is None and not self.is_over:
            self._moment = next(self._moments, None)
            if self._moment is None:
                self._turn_candle()
        return self._moment

    def step(self) -> None:
        """Play one step of the market: trades, timers, frames."""
        at_ms, self._moment = self._moment, None
        if at_ms is None:
            return
        exchange = self.exchange
        for symbol, market in self.market.symbols.items():
            tick = market.grid.tick
            for trade in market.advance(at_ms):
                quantity = trade.units / 100_000_000
                exchange.on_trade(
                    symbol,
                    trade.ticks * tick,
                    quantity,
                    market.mark,
                    at_ms,
                    is_buyer_maker=trade.is_buyer_maker,
                )
        self._let_time_pass(at_ms)
        self.frames.step(at_ms)
        self.tell_news()

    def tell_news(self) -> None:
        """Turn what happened to the account into user events."""
        all_news = self._in_order(self.exchange.take_news())
        now_ms = self.now_ms()
        for news in all_news:
            if news.trade is not None:
                self.last_fill_ms = now_ms
            self._tell_of_forced_close(news)
            for event in user_events_of(news, self.exchange.contracts, now_ms):
                self._tell(event, now_ms)

    def tell_everybody(self, event: Mapping[str, object]) -> None:
        """Send an event to every socket."""
        self.streams.tell_everybody(orjson.dumps(event))

    def expire_listen_key(self, *, is_said: bool) -> None:
        """Take the listen key away, with or without a word."""
        key = self.listen_key.close()
        if key and is_said:
            body = {"e": "listenKeyExpired", "E": self.now_ms(), "listenKey": key}
            self.streams.tell_user(key, "listenKeyExpired", orjson.dumps(body))

    def _turn_candle(self) -> None:
        is_first = not self.market.opened_ms
        end_ms = self.market.opened_ms + self.market.length_ms
        self.market.close()
        if not is_first:
            self.frames.close_klines(end_ms)
        if not self.market.open_next():
            self.is_over = True
            return
        for symbol, market in self.market.symbols.items():
            candle = market.candle
            if candle is not None:
                self.exchange.open_minute(symbol, self._shown_volume(candle.volume))
        self._moments = self.market.moments()
        self._moment = next(self._moments, None)

    def _shown_volume(self, volume: float) -> float:
        return volume / 1_000 if self.faults.is_on("book_thin", self.now_ms()) else volume

    def _let_time_pass(self, at_ms: int) -> None:
        self.exchange.on_time(at_ms)
        if at_ms >= self._next_funding_ms:
            self._settle_funding(at_ms)
        if at_ms // _SECOND_MS != self._second:
            self._second = at_ms // _SECOND_MS
            self.behave()
            self._mishaps.second_passed(at_ms)
            if self.listen_key.has_run_out(at_ms):
                self.expire_listen_key(is_said=True)
        if at_ms % DAY_MS == 0:
            self.exchange.forget_old()

    def _settle_funding(self, at_ms: int) -> None:
        """Settle what is due, and look when the next is: intervals differ by contract."""
        following = []
        for symbol, contract in self.exchange.contracts.items():
            every_ms = contract.funding_interval_ms
            if self._next_funding_ms and at_ms - at_ms % every_ms > self._funded_ms:
                self.exchange.settle_funding(symbol, at_ms - at_ms % every_ms)
            following.append(next_funding_ms(at_ms, every_ms))
        self._funded_ms, self._next_funding_ms = at_ms, min(following)

    def _in_order(self, news: Sequence[News]) -> Sequence[News]:
        if not news or not self.faults.strikes("account_update_first", self.now_ms()):
            return news
        return sorted(news, key=lambda one: one.kind != "account")

    def _tell(self, event: UserEvent, now_ms: int) -> None:
        if not self.listen_key.is_alive(now_ms):
            return
        if event.name == "TRADE_LITE" and self.faults.is_on("trade_lite_withheld", now_ms):
            return
        body = event.body
        if self.faults.strikes("unknown_keys", now_ms):
            body = body | {"zz": {"new": [1, "2", None]}}
        self.streams.tell_user(self.listen_key.text, event.name, orjson.dumps(body))

    def _tell_of_forced_close(self, news: News) -> None:
        order, trade = news.order, news.trade
        if order is None or trade is None or not order.client_id.startswith("autoclose-"):
            return
        grid = self.exchange.contracts[news.symbol].instrument
        body = {
            "s": order.symbol,
            "S": order.side.name,
            "o": order.kind,
            "f": order.time_in_force,
            "q": size_text(order.quantity, grid),
            "p": price_text(order.price, grid),
            "ap": price_text(order.average_price, grid),
            "X": order.status,
            "l": size_text(trade.quantity, grid),
            "z": size_text(order.filled, grid),
            "T": trade.at_ms,
        }
        self.frames.force_order(order.symbol, body, self.now_ms())
