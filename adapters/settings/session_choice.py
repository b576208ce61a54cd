"""What a session that was asked for means, and whether it can be."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from adapters.settings.settings import Mode, Settings, VenueKind

_ADDRESSES: Final[Mapping[VenueKind, tuple[str, str]]] = {
    VenueKind.BINANCE: ("https://fapi.binance.com", "wss://fstream.binance.com"),
    VenueKind.TESTNET: ("https://demo-fapi.binance.com", "wss://fstream.binancefuture.com"),
}
_NO_LIVE_EMBEDDED: Final = (
    "the embedded venue is no place for live trading: say --venue binance or --venue testnet, or --mode paper"
)
NO_KEY: Final = "live trading needs a key: set BINANCE_API_KEY and BINANCE_API_SECRET, or say --mode paper"
_NOT_CONFIRMED: Final = "live trading at Binance is with real money: say so with --i-trade-real-money"
_NO_DRILLS: Final = "a confidence that no model gave is for drills: live trading never takes one"
_NO_FAULTS: Final = "faults are for the embedded venue; `slt venue --faults` has them for any client"
_NO_TAKEOVER: Final = "only live sessions are taken over, all others begin anew: leave --fresh out"
_NO_HISTORY: Final = "the embedded venue makes up its own history: leave --history out"
_NO_HOLES_FILLED: Final = (
    "DISABLE_REST_FALLBACK is set: holes in candles are not filled from trades, a symbol that misses one "
    "warms up again; REST is used for account and orders only"
)
_NO_STREAMS: Final = (
    "DISABLE_WEBSOCKET is set: without streams of market and account no session can run; "
    "`slt backtest TAPE` and `slt replay JOURNAL` need none"
)


class SessionRefused(Exception):
    """A session cannot be run as it was asked for; the message names what can."""


def why_not_run(
    settings: Settings, *, has_history: bool, has_faults: bool, is_confirmed: bool, is_fresh: bool = False
) -> str | None:
    """Say why a session cannot be run as it was asked for, and what to say instead; None when it can."""
    is_live, kind = settings.mode is Mode.LIVE, settings.venue.kind
    if settings.disable_websocket:
        return _NO_STREAMS
    if is_fresh and not is_live:
        return _NO_TAKEOVER
    if kind is VenueKind.EMBEDDED:
        if is_live:
            return _NO_LIVE_EMBEDDED
        return _NO_HISTORY if has_history else None
    if has_faults:
        return _NO_FAULTS
    if is_live and settings.confidence is not None:
        return _NO_DRILLS
    if is_live and settings.binance_api_key is None:
        return NO_KEY
    return _NOT_CONFIRMED if is_live and kind is VenueKind.BINANCE and not is_confirmed else None


def addresses_of(settings: Settings) -> tuple[str, str]:
    """Tell where REST and the streams of the chosen venue are."""
    rules = settings.venue
    return (rules.rest_url, rules.stream_url) if rules.rest_url else _ADDRESSES[rules.kind]


def switches_of(settings: Settings) -> list[str]:
    """Say what the switches mean for a session on a venue's own time."""
    return [_NO_HOLES_FILLED] if settings.disable_rest_fallback else []


def about_to_trade(
    settings: Settings, wallet: Decimal, instruments: Iterable[str], *, is_warm: bool
) -> Iterator[str]:
    """Say before the first order what will be done, with whose money, and within which limits."""
    gate, sizes, (rest_url, _) = settings.gate, settings.leverage, addresses_of(settings)
    if settings.mode is Mode.LIVE:
        money = "TEST" if settings.venue.kind is VenueKind.TESTNET else "REAL"
        yield f"LIVE: orders go to {rest_url} with {money} money, of an account that holds {wallet} USDT"
        yield "nothing else may be open there; positions are one-way and margined crosswise"
    else:
        yield f"paper: {wallet} made-up USDT on the market of {rest_url}; no order is sent there"
    yield f"symbols: {', '.join(instruments)}"
    yield (
        f"limits: {gate.max_positions} positions, {gate.max_position_notional:.0%} of equity each, "
        f"leverage up to {sizes.max_leverage}, {sizes.first_cap} in the first {sizes.first_trades} trades, "
        f"no entries after losing {gate.max_daily_loss:.0%} in a day or {gate.max_drawdown:.0%} from the top"
    )
    if settings.mode is Mode.LIVE and not settings.explore_live:
        yield "without a model of proven skill no entry is made; EXPLORE_LIVE=1 trades at exploration size"
    if not is_warm:
        yield "no --history: structure is learned from live candles, for hours before the first entry"
    yield "Ctrl-C takes no new entries, closes what is open and ends; twice ends at once"
