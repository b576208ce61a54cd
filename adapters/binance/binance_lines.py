"""One venue's addresses, and everything of ours that speaks to them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Final, NamedTuple

from adapters.binance.account_feed import AccountFeed, AccountFeedRules
from adapters.binance.binance_broker import BinanceBroker, BrokerRules
from adapters.binance.binance_client import BinanceClient, ClientRules
from adapters.binance.exchange_info import Contracts, contracts_of
from adapters.binance.hole_order import Stakes
from adapters.binance.kline_feed import KlineFeed, KlineFeedRules
from adapters.binance.price_feed import PriceFeed, PriceFeedRules
from adapters.binance.surroundings import Surroundings
from adapters.binance.venue_listen_keys import VenueListenKeys
from adapters.binance.venue_trade_history import VenueTradeHistory
from adapters.binance.wire.account_requests import balances, fee_burn
from adapters.binance.wire.market_requests import leverage_brackets
from adapters.binance.wire.outcome import Done, NotDone, Refused
from adapters.binance.wire.signature import ApiKey
from application.ports.clock import Clock
from domain.market.candle import Candle
from domain.market.instrument import Instrument

_FEES_IN_BNB: Final = (
    "this account pays its fees in BNB, and a book in USDT would not show what trading costs: "
    "switch the futures setting `Use BNB for fees` off (POST /fapi/v1/feeBurn with feeBurn=false)"
)


class VenueRefused(Exception):
    """The venue does not let us trade; the message says why."""


@dataclass(frozen=True, slots=True)
class LineRules:
    """Every number of all that speaks to a venue."""

    client: ClientRules = field(default_factory=ClientRules)
    klines: KlineFeedRules = field(default_factory=KlineFeedRules)
    prices: PriceFeedRules = field(default_factory=PriceFeedRules)
    account: AccountFeedRules = field(default_factory=AccountFeedRules)
    broker: BrokerRules = field(default_factory=BrokerRules)


@dataclass(frozen=True, slots=True)
class BinanceLines:
    """Makes what a session needs of a venue; whoever takes it opens and runs it.

    `steady_s` measures how long something takes; without a key only the market can be followed.
    """

    rest_url: str
    stream_url: str
    key: ApiKey | None
    clock: Clock
    steady_s: Callable[[], float]
    chance: Random
    rules: LineRules

    def client(self) -> BinanceClient:
        """Give the REST side, to be opened."""
        rules = self.rules.client
        return BinanceClient(self.rest_url, self.key, self.clock, monotonic_s=self.steady_s, rules=rules)

    def klines(
        self, client: BinanceClient, symbols: Iterable[str], last: Mapping[str, Candle], stakes: Stakes
    ) -> KlineFeed:
        """Give closed candles; `last` are those that are known already, `stakes` whose holes come first."""
        history = VenueTradeHistory(client)
        return KlineFeed(self.stream_url, symbols, history, self.rules.klines, self._around(), last, stakes)

    def prices(self, symbols: Iterable[str]) -> PriceFeed:
        """Give prices between candles."""
        return PriceFeed(self.stream_url, symbols, self.rules.prices, self._around())

    def account(self, client: BinanceClient) -> AccountFeed:
        """Give what happens on the account."""
        keys = VenueListenKeys(client)
        return AccountFeed(self.stream_url, keys, self.rules.account, self._around())

    def broker(
        self, client: BinanceClient, account: AccountFeed, instruments: Mapping[str, Instrument]
    ) -> BinanceBroker:
        """Give the broker that trades the account, to be opened; `instruments` are the rules known so far."""
        return BinanceBroker(client, account, self.rules.broker, self._around(), instruments)

    def _around(self) -> Surroundings:
        return Surroundings(self.clock.now_ms, lambda: round(self.steady_s() * 1_000), chance=self.chance)


class AccountSeen(NamedTuple):
    """An account as it is found: the venue's name for it, its wallet, and whether it pays its own fees."""

    name: str
    wallet: Decimal
    pays_in_bnb: bool = False


async def account_at(client: BinanceClient, asset: str = "USDT") -> AccountSeen:
    """Ask for the account. Raises VenueRefused when the venue does not show it."""
    told = await client.send(balances())
    if not isinstance(told, Done):
        raise VenueRefused(f"the venue does not show the account: {_why(told)}")
    burn = await client.send(fee_burn())
    name = next((row.account_alias for row in told.reply if row.account_alias), "")
    wallet = sum((row.balance for row in told.reply if row.asset == asset), Decimal(0))
    return AccountSeen(name, wallet, isinstance(burn, Done) and burn.reply.fee_burn)


async def contracts_at(client: BinanceClient) -> Contracts:
    """Ask the venue for its rules; without a key, leverage is bounded cautiously.

    Raises VenueRefused when it does not tell.
    """
    await client.set_clock()
    learned = await client.learn_rules()
    if not isinstance(learned, Done):
        raise VenueRefused(f"the venue does not tell its rules: {_why(learned)}")
    told = await client.send(leverage_brackets())
    return contracts_of(learned.reply, told.reply if isinstance(told, Done) else ())


async def instruments_at(client: BinanceClient, symbols: Iterable[str]) -> dict[str, Instrument]:
    """Ask the venue for the rules of what is to be traded there.

    Raises VenueRefused when it does not tell, or does not trade a symbol.
    """
    contracts, named = await contracts_at(client), tuple(symbols)
    require_no_hindrance(hindrances(contracts, named))
    return {symbol: contracts.instruments[symbol] for symbol in named}


def hindrances(contracts: Contracts, symbols: Iterable[str], account: AccountSeen | None = None) -> list[str]:
    """Tell why no session may begin: symbols that are not traded, fees that no ledger of ours shows."""
    reasons = [
        f"{symbol} cannot be traded: {contracts.left_out.get(symbol, 'the venue does not know it')}"
        for symbol in symbols
        if symbol not in contracts.instruments
    ]
    return [*reasons, _FEES_IN_BNB] if account is not None and account.pays_in_bnb else reasons


def require_no_hindrance(reasons: Iterable[str]) -> None:
    """Raise VenueRefused with the first reason, if there is one."""
    for reason in reasons:
        raise VenueRefused(reason)


def _why(outcome: NotDone) -> str:
    return outcome.reason if isinstance(outcome, Refused) else "it wants to hear nothing from us now"
