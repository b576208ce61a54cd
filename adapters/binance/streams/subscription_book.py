"""What has been asked for on one connection, and what was answered."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from adapters.binance.wire.stream_control import in_messages


@dataclass(frozen=True, slots=True)
class SubscriptionRules:
    """How fast to talk; the venue closes connections that say more than ten things a second."""

    streams_a_message: int = 200
    pause_between_ms: int = 210
    answer_within_ms: int = 10_000
    most_attempts: int = 2


class Method(StrEnum):
    """What a control message asks."""

    SUBSCRIBE = "SUBSCRIBE"
    UNSUBSCRIBE = "UNSUBSCRIBE"


class Ask(NamedTuple):
    """One control message to be sent now."""

    request_id: int
    method: Method
    streams: tuple[str, ...]
    attempt: int = 1


class SubscriptionRefused(NamedTuple):
    """The venue turned a control message down, or never answered it."""

    streams: tuple[str, ...]
    reason: str


class SubscriptionBook:
    """Paces control messages, and repeats what nobody answered.

    That something was acknowledged is no evidence that it will be delivered: the stream watch judges that.
    """

    def __init__(self, rules: SubscriptionRules) -> None:
        self._refused: list[SubscriptionRefused] = []
        self._rules = rules
        self._to_say: deque[tuple[Method, tuple[str, ...], int]] = deque()
        self._asked: dict[int, tuple[Ask, int]] = {}
        self._said = 0
        self._free_at_ms: int | None = None

    def is_settled(self) -> bool:
        """Tell whether everything has been said and answered."""
        return not self._to_say and not self._asked

    def subscribe(self, streams: Iterable[str]) -> None:
        """Ask for streams, when their turn comes."""
        self._say(Method.SUBSCRIBE, streams)

    def renew(self, streams: Iterable[str]) -> None:
        """Give streams up and ask for them again."""
        names = tuple(streams)
        self._say(Method.UNSUBSCRIBE, names)
        self._say(Method.SUBSCRIBE, names)

    def next_ask(self, now_ms: int) -> Ask | None:
        """Give the message to be sent now, if there is one and it is not too early."""
        self._give_up_waiting(now_ms)
        if not self._to_say or not self._may_speak(now_ms):
            return None
        method, streams, attempt = self._to_say.popleft()
        self._said += 1
        self._free_at_ms = now_ms + self._rules.pause_between_ms
        ask = Ask(self._said, method, streams, attempt)
        self._asked[ask.request_id] = ask, now_ms
        return ask

    def wait_ms(self, now_ms: int) -> int | None:
        """Tell how long until there may be something to say; None while nothing is pending."""
        if self._to_say:
            return max(0, (self._free_at_ms or now_ms) - now_ms)
        due = (sent_ms + self._rules.answer_within_ms - now_ms for _, sent_ms in self._asked.values())
        return max(0, min(due, default=0)) if self._asked else None

    def acknowledged(self, request_id: int | str | None) -> bool:
        """Note an answer; False when it answers nothing that was asked."""
        return self._take_asked(request_id) is not None

    def turned_down(self, request_id: int | str | None, code: int, text: str) -> None:
        """Note a refusal; what it refuses is unknown when it bears no known id."""
        ask = self._take_asked(request_id)
        self._refused.append(SubscriptionRefused(ask.streams if ask else (), f"{code} {text}"))

    def take_refused(self) -> list[SubscriptionRefused]:
        """Give what was turned down since this was last asked."""
        refused, self._refused = self._refused, []
        return refused

    def _take_asked(self, request_id: int | str | None) -> Ask | None:
        asked = self._asked.pop(request_id, None) if isinstance(request_id, int) else None
        return None if asked is None else asked[0]

    def _say(self, method: Method, streams: Iterable[str], attempt: int = 1) -> None:
        for names in in_messages(tuple(streams), self._rules.streams_a_message):
            self._to_say.append((method, tuple(names), attempt))

    def _may_speak(self, now_ms: int) -> bool:
        return self._free_at_ms is None or now_ms >= self._free_at_ms

    def _give_up_waiting(self, now_ms: int) -> None:
        rules = self._rules
        late = [ask for ask, sent_ms in self._asked.values() if now_ms - sent_ms >= rules.answer_within_ms]
        for ask in late:
            del self._asked[ask.request_id]
            if ask.attempt < rules.most_attempts:
                self._say(ask.method, ask.streams, ask.attempt + 1)
            else:
                self._refused.append(SubscriptionRefused(ask.streams, "never answered"))
