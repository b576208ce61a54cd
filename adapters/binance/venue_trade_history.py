"""Past trades, asked for over REST."""

from collections.abc import Sequence

from adapters.binance.binance_client import BinanceClient
from adapters.binance.candle_rebuilder import TradesUnavailable
from adapters.binance.request_weight import WEIGHT_A_MINUTE
from adapters.binance.streams.rebuilt_candles import PastTrade
from adapters.binance.wire.market_requests import agg_trades
from adapters.binance.wire.outcome import Done, Refused
from adapters.binance.wire.replies import AggTradeTold
from adapters.binance.wire.request import Request


class VenueTradeHistory:
    """`GET /fapi/v1/aggTrades`, within the weight the client has left."""

    def __init__(self, client: BinanceClient, weight_a_minute: int = WEIGHT_A_MINUTE) -> None:
        self._client = client
        self._weight_a_minute = weight_a_minute

    def spare_weight(self) -> int:
        """Tell how much request weight is left in this minute."""
        return self._weight_a_minute - self._client.used_weight

    async def trades_between(self, symbol: str, from_ms: int, until_ms: int) -> Sequence[PastTrade]:
        """Give the first trades of at most an hour, `until_ms` excluded. Raises TradesUnavailable."""
        return await self._page(agg_trades(symbol, since_ms=from_ms, until_ms=until_ms - 1))

    async def trades_from(self, symbol: str, trade_id: int) -> Sequence[PastTrade]:
        """Give the trades from an id on. Raises TradesUnavailable."""
        return await self._page(agg_trades(symbol, from_id=trade_id))

    async def _page(self, request: Request[tuple[AggTradeTold, ...]]) -> Sequence[PastTrade]:
        outcome = await self._client.send(request)
        if isinstance(outcome, Done):
            return [PastTrade(told.a, told.T, float(told.p), told.q, told.m) for told in outcome.reply]
        raise TradesUnavailable(outcome.reason if isinstance(outcome, Refused) else type(outcome).__name__)
