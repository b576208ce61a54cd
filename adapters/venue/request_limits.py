"""How much one address may ask, and what happens to whoever asks more."""

from dataclasses import dataclass
from typing import Final

from adapters.venue.request_refused import RequestRefused
from domain.market.timeframe import DAY_MS, MINUTE_MS

TEN_SECONDS_MS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Weight a minute, orders in ten seconds and a minute; refusals in a minute that lead to a ban."""

    weight_per_minute: int = 2_400
    orders_per_ten_seconds: int = 300
    orders_per_minute: int = 1_200
    refusals_until_ban: int = 60
    first_ban_ms: int = 2 * MINUTE_MS
    does_tell_retry_after: bool = True


class RequestLimits:
    """Counts in windows of the UTC clock: a new minute starts from nothing."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.banned_until_ms = 0
        self._bans = 0
        self._weight = _Window(MINUTE_MS)
        self._refusals = _Window(MINUTE_MS)
        self._orders_in_ten_seconds = _Window(TEN_SECONDS_MS)
        self._orders_in_minute = _Window(MINUTE_MS)

    def spend(self, weight: int, now_ms: int) -> None:
        """Count a request; refused ones count too. Raises RequestRefused with 429 or 418."""
        if now_ms < self.banned_until_ms:
            raise self._banned(now_ms)
        used = self._weight.add(weight, now_ms)
        if used > self.limits.weight_per_minute:
            raise self._refused(now_ms)

    def spend_orders(self, in_ten_seconds: int, in_minute: int, now_ms: int) -> None:
        """Count orders. Raises RequestRefused with 429."""
        limits = self.limits
        if self._orders_in_ten_seconds.add(in_ten_seconds, now_ms) > limits.orders_per_ten_seconds:
            raise _too_many_orders(limits.orders_per_ten_seconds, "10 SECONDS")
        if self._orders_in_minute.add(in_minute, now_ms) > limits.orders_per_minute:
            raise _too_many_orders(limits.orders_per_minute, "MINUTE")

    def ban(self, now_ms: int) -> None:
        """Shut an address out, each time for longer, three days at most."""
        self.shut_out(now_ms, min(self.limits.first_ban_ms * 2**self._bans, 3 * DAY_MS))
        self._bans += 1

    def shut_out(self, now_ms: int, for_ms: int) -> None:
        """Shut an address out for a time; one that is out already stays so no longer."""
        if now_ms >= self.banned_until_ms:
            self.banned_until_ms = now_ms + for_ms

    def used_weight(self, now_ms: int) -> int:
        """Give the weight used in this minute."""
        return self._weight.at(now_ms)

    def order_counts(self, now_ms: int) -> tuple[int, int]:
        """Give the orders counted in these ten seconds and in this minute."""
        return self._orders_in_ten_seconds.at(now_ms), self._orders_in_minute.at(now_ms)

    def told(self, now_ms: int) -> list[dict[str, str | int]]:
        """Describe limits and counts as the WebSocket API does."""
        ten_seconds, minute = self.order_counts(now_ms)
        limits = self.limits
        return [
            _told("REQUEST_WEIGHT", "MINUTE", 1, limits.weight_per_minute, self.used_weight(now_ms)),
            _told("ORDERS", "SECOND", 10, limits.orders_per_ten_seconds, ten_seconds),
            _told("ORDERS", "MINUTE", 1, limits.orders_per_minute, minute),
        ]

    def _refused(self, now_ms: int) -> RequestRefused:
        if self._refusals.add(1, now_ms) > self.limits.refusals_until_ban:
            self.ban(now_ms)
            return self._banned(now_ms)
        most = self.limits.weight_per_minute
        message = (
            f"Too many requests; current limit of IP(127.0.0.1) is {most} requests per minute. "
            "Please use the websocket for live updates to avoid polling the API."
        )
        return RequestRefused(-1003, message, 429, self._retry_after(MINUTE_MS - now_ms % MINUTE_MS))

    def _banned(self, now_ms: int) -> RequestRefused:
        message = (
            f"Way too many requests; IP(127.0.0.1) banned until {self.banned_until_ms}. "
            "Please use the websocket for live updates to avoid bans."
        )
        return RequestRefused(-1003, message, 418, self._retry_after(self.banned_until_ms - now_ms))

    def _retry_after(self, wait_ms: int) -> dict[str, str]:
        return {"Retry-After": str(-(-wait_ms // 1_000))} if self.limits.does_tell_retry_after else {}


class _Window:
    def __init__(self, length_ms: int) -> None:
        self._length_ms = length_ms
        self._number = 0
        self._count = 0

    def add(self, count: int, now_ms: int) -> int:
        self._count = self.at(now_ms) + count
        return self._count

    def at(self, now_ms: int) -> int:
        number = now_ms // self._length_ms
        if number != self._number:
            self._number, self._count = number, 0
        return self._count


def _told(kind: str, interval: str, number: int, limit: int, count: int) -> dict[str, str | int]:
    return {
        "rateLimitType": kind,
        "interval": interval,
        "intervalNum": number,
        "limit": limit,
        "count": count,
    }


def _too_many_orders(limit: int, interval: str) -> RequestRefused:
    return RequestRefused(-1015, f"Too many new orders; current limit is {limit} orders per {interval}.", 429)
