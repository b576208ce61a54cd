"""The account's listen key, asked for over REST."""

from typing import TypeVar

from adapters.binance.account_feed import KeyUnavailable
from adapters.binance.binance_client import BinanceClient
from adapters.binance.wire.account_requests import create_listen_key, keep_listen_key
from adapters.binance.wire.error_code import Action
from adapters.binance.wire.outcome import Done, Outcome, Refused, Silenced, Withheld
from adapters.binance.wire.secret import Secret

_Reply = TypeVar("_Reply")


class VenueListenKeys:
    """The one listen key of the account behind a client."""

    def __init__(self, client: BinanceClient) -> None:
        self._client = client
        self._key: Secret | None = None

    async def create(self) -> Secret:
        """Give the account's key; an active one is given again, and lives on. Raises KeyUnavailable."""
        outcome = await self._client.send(create_listen_key())
        if not isinstance(outcome, Done):
            raise self._unavailable(outcome)
        self._key = outcome.reply.listen_key
        return self._key

    async def keep_alive(self) -> bool:
        """Let the key live on; False when the venue has none, or another. Raises KeyUnavailable."""
        outcome = await self._client.send(keep_listen_key())
        if isinstance(outcome, Done):
            return outcome.reply.listen_key == self._key
        if isinstance(outcome, Refused) and outcome.action is Action.RENEW_LISTEN_KEY:
            return False
        raise self._unavailable(outcome)

    def _unavailable(self, outcome: Outcome[_Reply]) -> KeyUnavailable:
        if isinstance(outcome, Silenced | Withheld):
            wait_ms = outcome.until_ms - self._client.clock.now_ms()
            return KeyUnavailable("the venue wants silence", max(0.0, wait_ms / 1_000))
        return KeyUnavailable(outcome.reason if isinstance(outcome, Refused) else type(outcome).__name__)
