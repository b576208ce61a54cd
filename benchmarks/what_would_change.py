"""What would change the result of the rules on real candles, if anything.

`SLT_MARKET_DATA=FOLDER python -m benchmarks.what_would_change`: plays every setup that the candles offered,
taken or not, under the default rules and under some others, and prints what a trade gave, as tables. Nothing
is chosen by looking at the result: everything that was tried is printed.
"""

import argparse
import os
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from benchmarks.harvest import MARKET_DATA
from benchmarks.maker_exit import maker_exits
from benchmarks.played_trades import (
    COLUMNS,
    MAJORS,
    Played,
    estimate,
    files_of,
    head,
    line,
    net_bp,
    on_both,
    played,
    row,
    say,
)
from benchmarks.random_control import at_random, estimates_of
from benchmarks.top_decile import top_deciles
from domain.market.direction import Direction

DEFAULT: Final[Mapping[str, str]] = {}
STOPS: Final = (
    ("2", "0.003"),
    ("3", "0.0045"),
    ("4", "0.006"),
    ("6", "0.009"),
    ("2", "0.006"),
    ("2", "0.01"),
)
AT_MARKET: Final = {"setup.entry": "market"}
SMALLER: Final = (("ARBUSDT", "spot"), ("AVAXUSDT", "um"), ("FILUSDT", "um"), ("NEARUSDT", "um"))
BESIDE: Final = ("", "setups", "R more", "bp more")
MAKER_EXITS: Final = (
    "posted before the limit",
    "held by then",
    "filled",
    "bp more, each",
    "bp more",
    "net bp",
)
TENTHS: Final = ("learned from", "judged", "trades", "gross bp", "more than all", "net bp", "net R")
FINE_TICK: Final = Decimal("0.001")
FIVE_MINUTES: Final = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "ADAUSDT", "BNBUSDT", "XRPUSDT")


def main() -> int:
    parts: Mapping[str, Callable[[list[Played]], None]] = {
        "symbols": symbols,
        "kinds": kinds,
        "stops": stops,
        "entries": entries,
        "exits": exits,
        "regressor": regressor,
        "chance": chance,
    }
    parser = argparse.ArgumentParser(description="Play every setup under other rules.")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(parts)}; all where none is named")
    chosen: list[str] = parser.parse_args().parts or list(parts)
    if MARKET_DATA not in os.environ:
        sys.exit(f"set {MARKET_DATA} to the folder of real candles")
    usual = majors(DEFAULT)
    for name in chosen:
        say(f"\n## {name}\n")
        parts[name](usual)
    return 0


def majors(chosen: Mapping[str, str]) -> list[Played]:
    """Play Bitcoin, Ether and Solana."""
    return [one for symbol in MAJORS for one in played(files_of(symbol), chosen)]


def of(trades: Sequence[Played], symbol: str) -> list[Played]:
    return [one for one in trades if one.sample.symbol == symbol]


def symbols(usual: list[Played]) -> None:
    say(head(*COLUMNS))
    say(row("three majors", usual))
    for symbol in MAJORS:
        say(row(symbol, of(usual, symbol)))
    finer = played(files_of("SOLUSDT"), DEFAULT, FINE_TICK)
    say(row("SOLUSDT, if its tick were 0.001", finer))
    for symbol, kind in SMALLER:
        say(row(symbol, played(files_of(symbol, kind), DEFAULT)))
    for years in ("2020", "2021", "202407"):
        say(f"\nFive-minute candles, {years}\n\n{head(*COLUMNS)}")
        for symbol in FIVE_MINUTES:
            files = files_of(symbol, step="5m", within=years)
            say(row(symbol, played(files, DEFAULT)))


def kinds(usual: list[Played]) -> None:
    say(head(*COLUMNS))
    for kind in sorted({one.sample.context.kind for one in usual}):
        say(row(kind, [one for one in usual if one.sample.context.kind is kind]))
    for way in Direction:
        say(row(way.value, [one for one in usual if one.sample.direction is way]))
    for year in ("2022", "2023", "2024"):
        say(row(year, [one for one in usual if _year_of(one) == year]))
    say(row("taken, one trade of a symbol at a time", [one for one in usual if one.sample.is_taken]))


def _year_of(one: Played) -> str:
    return str(datetime.fromtimestamp(one.sample.decided_at_ms / 1_000, UTC).year)


def stops(usual: list[Played]) -> None:
    say(head(*COLUMNS))
    by_rule: dict[str, list[Played]] = {}
    for atr, floor in STOPS:
        name = f"{atr} ATR, at least {float(floor):.2%}"
        rules = {"setup.min_stop_atr": atr, "setup.min_stop_fraction": floor}
        by_rule[name] = usual if not by_rule else majors(rules)
        say(row(name, by_rule[name]))
    say("\nOn the setups that both rules played, beside the first\n")
    say(head(*BESIDE))
    for name, trades in list(by_rule.items())[1:]:
        say(_beside(name, trades, usual))
    _market_stops()


def _market_stops() -> None:
    say(f"\nEntered at market\n\n{head(*COLUMNS)}")
    for atr, floor in STOPS[:4]:
        rules = {**AT_MARKET, "setup.min_stop_atr": atr, "setup.min_stop_fraction": floor}
        say(row(f"{atr} ATR, at least {float(floor):.2%}", majors(rules)))


def entries(usual: list[Played]) -> None:
    at_market = majors(AT_MARKET)
    pairs = on_both(usual, at_market)
    say(head(*COLUMNS))
    say(row("limit at the zone, all setups", usual))
    say(row("at market, price inside the zone", at_market))
    say(row("limit, on the setups played at market", [limit for limit, _ in pairs]))
    say(row("market, where the limit filled too", [market for _, market in pairs]))
    filled = {limit.sample.sample_id for limit in usual}
    missed = [one for one in at_market if one.sample.sample_id not in filled]
    say(row("market, where the limit never filled", missed))
    say(f"\n{head(*BESIDE)}")
    say(_beside("limit beside market, filled both times", usual, at_market))
    by_id = {limit.sample.sample_id: limit for limit, _ in pairs}
    say(_or_nothing("limit beside market, nothing where it never filled", by_id, at_market))


def _beside(name: str, trades: Sequence[Played], others: Sequence[Played]) -> str:
    pairs = on_both(trades, others)
    more_r = estimate((one.sample.decided_at_ms, one.net_r - other.net_r) for one, other in pairs)
    more_bp = estimate((one.sample.decided_at_ms, one.net_bp - other.net_bp) for one, other in pairs)
    return line(name, f"{len(pairs):,}", more_r, more_bp)


def _or_nothing(name: str, limits: Mapping[str, Played], at_market: Sequence[Played]) -> str:
    """Compare setup by setup; a limit that never filled gave nothing."""
    both = [(one, limits.get(one.sample.sample_id)) for one in at_market]
    more_r = estimate(
        (one.sample.decided_at_ms, (limit.net_r if limit else 0.0) - one.net_r) for one, limit in both
    )
    more_bp = estimate(
        (one.sample.decided_at_ms, (limit.net_bp if limit else 0.0) - one.net_bp) for one, limit in both
    )
    return line(name, f"{len(both):,}", more_r, more_bp)


def exits(usual: list[Played]) -> None:
    say(head(*MAKER_EXITS))
    for minutes in (5, 15, 30, 60):
        moved = [one for symbol in MAJORS for one in maker_exits(symbol, of(usual, symbol), minutes)]
        held = [one for one in moved if one.is_held]
        filled = statistics.fmean(one.is_filled for one in held)
        of_these = estimate((one.at_ms, one.more_bp) for one in held)
        a_trade = estimate((one.at_ms, one.more_bp) for one in moved)
        after = estimate((one.at_ms, one.net_bp + one.more_bp) for one in moved)
        say(line(f"{minutes} minutes", f"{len(held):,}", f"{filled:.1%}", of_these, a_trade, after))
    say(f"\nAs it is: net bp {net_bp(usual)}")


def regressor(usual: list[Played]) -> None:
    by_symbol = {symbol: of(usual, symbol) for symbol in MAJORS}
    by_symbol["ARBUSDT"] = played(files_of("ARBUSDT"), DEFAULT)
    say(head(*TENTHS))
    for sees_context in (False, True):
        for tenth in top_deciles(by_symbol, sees_context=sees_context):
            say(tenth)


def chance(usual: list[Played]) -> None:
    say(head("", "trades", "net R", "net bp", "gross bp"))
    for symbol in MAJORS:
        drawn = at_random(symbol, of(usual, symbol))
        say(line(f"{symbol}, entered at random", f"{len(drawn):,}", *estimates_of(drawn)))
    finer = played(files_of("SOLUSDT"), DEFAULT, FINE_TICK)
    drawn = at_random("SOLUSDT", finer, FINE_TICK)
    say(line("SOLUSDT, if its tick were 0.001, at random", f"{len(drawn):,}", *estimates_of(drawn)))


if __name__ == "__main__":
    sys.exit(main())
