"""What happens on our account."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final, Protocol

from adapters.binance.stream_line import FeedRules
from adapters.binance.stream_place import Queued, Unreachable
from adapters.binance.streams.account_watch import AccountWatch, AccountWatchRules
from adapters.binance.streams.connectivity import Connectivity
from adapters.binance.streams.feed_counters import FeedCounters
from adapters.binance.streams.listen_key import KeyDuty, ListenKeyLife, ListenKeyRules
from adapters.binance.surroundings import Surroundings
from adapters.binance.unified_websocket_feed import UnifiedWebSocketFeed
from adapters.binance.wire.account_events import AccountEvent, ListenKeyExpired
from adapters.binance.wire.account_frames import read_account_frame
from adapters.binance.wire.other_frames import OtherFrame
from adapters.binance.wire.recent import Recent
from adapters.binance.wire.secret import Secret
from adapters.binance.wire.stream_route import Route, account_url, stream_url

_ACCOUNT: Final = "account"
_CONNECTED: Final = frozenset({Connectivity.UNPROVEN, Connectivity.LIVE})
_FRAMES_REMEMBERED: Final = 2048


class KeyUnavailable(Exception):
    """The venue gives no listen key now; `at_least_s` is how long it asks us to stay away."""

    def __init__(self, reason: str, at_least_s: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at_least_s = at_least_s


class ListenKeys(Protocol):
    """The account's listen key: `POST` and `PUT /fapi/v1/listenKey`."""

    async def create(self) -> Secret:
        """Give the account's key; an active one is given again, and lives on. Raises KeyUnavailable."""
        ...

    async def keep_alive(self) -> bool:
        """Let the key live on; False when the venue does not know it (-1125). Raises KeyUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class AccountFeedRules:
    """Every number of the feed of the account."""

    feed: FeedRules = field(default_factory=FeedRules)
    key: ListenKeyRules = field(default_factory=ListenKeyRules)
    watch: AccountWatchRules = field(default_factory=AccountWatchRules)


def _by_path(base_url: str, key: Secret) -> Secret:
    return Secret(stream_url(base_url, Route.PRIVATE, (key.reveal(),), is_combined=False))


# Each of them was seen silent by somebody: the next one is tried when news does not come.
_FORMS: Final[tuple[Callable[[str, Secret], Secret], ...]] = (account_url, _by_path)


class AccountPlace:
    """The account's address, which changes with its key."""

    streams: Sequence[str] = ()

    def __init__(
        self, base_url: str, keys: ListenKeys, life: ListenKeyLife, surroundings: Surroundings
    ) -> None:
        self.key: Secret | None = None
        self._base_url = base_url
        self._keys = keys
        self._life = life
        self._surroundings = surroundings
        self._form = 0

    async def address(self) -> Secret:
        """Ask for the key, and give the address it makes. Raises Unreachable."""
        try:
            self.key = await self._keys.create()
        except KeyUnavailable as unavailable:
            raise Unreachable(f"no listen key: {unavailable.reason}", unavailable.at_least_s) from None
        self._life.renewed(self._surroundings.steady_ms())
        return _FORMS[self._form % len(_FORMS)](self._base_url, self.key)

    def try_another_form(self) -> None:
        """Write the next address in another way."""
        self._form += 1


class AccountReader:
    """Tells what a frame says once; two overlapping connections say it twice.

    Frames are remembered by their digest, because some hold the listen key.
    """

    def __init__(self, watch: AccountWatch, surroundings: Surroundings) -> None:
        self.duplicates = 0
        self.expired: ListenKeyExpired | None = None
        self._watch = watch
        self._surroundings = surroundings
        self._recent: Recent[bytes, None] = Recent(_FRAMES_REMEMBERED)

    def read(self, frame: bytes, heard: set[str]) -> Sequence[Queued[AccountEvent]] | OtherFrame:
        """Read one frame."""
        digest = blake2b(frame, digest_size=16).digest()
        if digest in self._recent:
            self.duplicates += 1
            return ()
        told = read_account_frame(frame)
        if isinstance(told, OtherFrame):
            return told
        self._recent[digest] = None
        heard.add(_ACCOUNT)
        self._watch.heard(self._surroundings.steady_ms())
        if isinstance(told, ListenKeyExpired):
            self.expired = told
        return ((told, None),)


class AccountFeed(UnifiedWebSocketFeed[AccountEvent]):
    """The account's events, in the venue's order, for the blotter to translate.

    EventsMissed says that some may be lost, as they are never told again: the book has to be reconciled.
    """

    def __init__(
        self, base_url: str, keys: ListenKeys, rules: AccountFeedRules, surroundings: Surroundings
    ) -> None:
        self._keys = keys
        self._life = ListenKeyLife(rules.key)
        self._watch = AccountWatch(rules.watch)
        self._reader = AccountReader(self._watch, surroundings)
        self._place = AccountPlace(base_url, keys, self._life, surroundings)
        super().__init__(_ACCOUNT, (self._place,), self._reader, rules.feed, surroundings, is_in_order=True)

    def moment(self) -> int:
        """Give the present moment, to be taken before an order is sent and handed to `expect_news`."""
        return self._surroundings.steady_ms()

    def expect_news(self, sent: int) -> None:
        """Say that the venue took an order of ours: the stream must tell of it, or it is renewed."""
        self._watch.expect_news(sent, self._surroundings.steady_ms())

    def counters(self) -> FeedCounters:
        """Give what was counted up to now."""
        counters = super().counters()
        counters.duplicates = self._reader.duplicates
        return counters

    def _duties(self) -> Sequence[Coroutine[Any, Any, None]]:
        return (self._look_after_key(),)

    async def _look_after_key(self) -> None:
        while True:
            await self._surroundings.sleep(1.0)
            now_ms = self._surroundings.steady_ms()
            self._look_for_news(now_ms)
            if self._has_expired():
                self._renew("the listen key expired")
            elif self._life.duty(now_ms) is KeyDuty.REPLACE:
                self._life.not_renewed(now_ms)
                self._renew("the listen key was not kept alive")
            elif self._life.duty(now_ms) is KeyDuty.KEEP_ALIVE:
                await self._keep_alive(now_ms)

    def _look_for_news(self, now_ms: int) -> None:
        if self._watch.is_overdue(now_ms) and self.connectivity in _CONNECTED:
            self._counters.silent_renewals += 1
            self._place.try_another_form()
            self._renew("an order was taken and the stream does not tell")

    def _has_expired(self) -> bool:
        expired, self._reader.expired = self._reader.expired, None
        return expired is not None and expired.listen_key in {self._place.key, None}

    async def _keep_alive(self, now_ms: int) -> None:
        try:
            is_known = await self._keys.keep_alive()
        except KeyUnavailable:
            self._life.not_renewed(now_ms)
            return
        if is_known:
            self._life.renewed(now_ms)
        else:
            self._life.not_renewed(now_ms)
            self._renew("the venue does not know the listen key")

    def _renew(self, reason: str) -> None:
        self._lines[0].replace(reason, at_once=True)
