"""How Binance names its streams."""

from typing import Final

ALL_MARK_PRICES: Final = "!markPrice@arr@1s"
ALL_CONTRACTS: Final = "!contractInfo"
ALL_LIQUIDATIONS: Final = "!forceOrder@arr"
ALL_BOOK_TICKERS: Final = "!bookTicker"


def kline_stream(symbol: str, timeframe: str = "1m") -> str:
    """Name the stream of a symbol's candles, such as `btcusdt@kline_1m`."""
    return f"{symbol.lower()}@kline_{timeframe}"


def continuous_kline_stream(pair: str, timeframe: str = "1m", contract: str = "perpetual") -> str:
    """Name the stream of a pair's candles, such as `btcusdt_perpetual@continuousKline_1m`."""
    return f"{pair.lower()}_{contract.lower()}@continuousKline_{timeframe}"


def book_ticker_stream(symbol: str) -> str:
    """Name the stream of a symbol's best bid and ask."""
    return f"{symbol.lower()}@bookTicker"


def mark_price_stream(symbol: str) -> str:
    """Name the stream of a symbol's mark price, told once a second."""
    return f"{symbol.lower()}@markPrice@1s"


def agg_trade_stream(symbol: str) -> str:
    """Name the stream of a symbol's trades."""
    return f"{symbol.lower()}@aggTrade"


def liquidation_stream(symbol: str) -> str:
    """Name the stream of a symbol's liquidations, the largest of each second."""
    return f"{symbol.lower()}@forceOrder"


def ticker_stream(symbol: str) -> str:
    """Name the stream of a symbol's last 24 hours."""
    return f"{symbol.lower()}@ticker"


def depth_stream(symbol: str) -> str:
    """Name the stream of changes of a symbol's book, told ten times a second."""
    return f"{symbol.lower()}@depth@100ms"
