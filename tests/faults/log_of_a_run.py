"""Simulated hours against a schedule of faults, and a log of them: `make faults ARGS="--hours 24"`."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from adapters.venue.faults import FAULTS, NOT_IN_SCHEDULES
from domain.setup.setup_rules import EntryStyle
from tests.adapters.venue.house import START_MS
from tests.faults.referee import Lasting
from tests.faults.watched_session import Watched, watched


def log_of(played: Watched, cpu_s: float) -> Iterator[str]:
    """Tell a run in lines."""
    referee, desk, faults = played.referee, played.desk, played.faults
    looks = referee.looks
    yield f"seed {played.seed}, {played.minutes / 60:g} simulated hours in {cpu_s:.0f} s of CPU"
    held, answered = 100 * referee.looks_holding / looks, 100 * referee.looks_answering / looks
    yield f"the referee looked {looks} times; at {held:.0f} % of them something was held, at most"
    yield f"{referee.most_held} at once; at {answered:.0f} % of them no fault was on that stops answers"
    yield f"trades closed {len(desk.trades)}, fills {played.fills}, wallet {desk.wallet}"
    exits: dict[str, int] = {}
    for trade in desk.trades:
        exits[str(trade.exit_reason)] = exits.get(str(trade.exit_reason), 0) + 1
    yield from _named("left because of", exits)
    yield from _named("the desk saw", desk.seen)
    yield from _named("entries refused", desk.refused)
    yield from _named("requests", played.calls)
    yield f"most weight in a minute {referee.most_weight} of 2400; told to be silent {referee.silences} times"
    yield f"longest without a stop: {_longest(referee.bare)}"
    yield f"longest difference between book and venue: {_longest(referee.different)}"
    yield f"longest past two hours: {_longest(referee.old)}"
    hunter = played.hunter
    yield f"searched for secrets: {hunter.lines} log lines, {hunter.objects} objects, journal and store"
    on_disk = played.orders_asked - played.orders_too_early
    yield f"orders on disk before they came to the venue: {on_disk} of {played.orders_asked}"
    yield f"stops and targets that close whatever is held: {desk.closing}"
    yield f"stops and targets that hung at the venue at once: {referee.most_stuck}"
    struck = {name: faults.struck[name] for name in sorted(FAULTS.keys() - NOT_IN_SCHEDULES)}
    yield from _named("faults that struck", struck)
    yield f"broken invariants: {len(referee.broken) or 'none'}"
    for broken in referee.broken:
        after_s = (broken.at_ms - START_MS) / 1_000
        yield f"  invariant {broken.invariant} after {after_s:.1f} s: {broken.words}"


def _longest(lasting: Lasting) -> str:
    return (
        f"{lasting.longest_answered / 1_000:.1f} s while the venue answered,"
        f" {lasting.longest_heard / 1_000:.1f} s while it had not silenced us and the account was heard,"
        f" {lasting.longest / 1_000:.1f} s in all"
    )


def _named(title: str, counts: dict[str, int]) -> Iterator[str]:
    yield f"{title}:"
    for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0])):
        yield f"  {count:>8} {name}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--entry", type=EntryStyle, default=EntryStyle.POST_ONLY_LIMIT)
    asked = parser.parse_args()
    began_s = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        played = watched(asked.seed, round(asked.hours * 60), asked.entry, Path(folder))
    sys.stdout.writelines(f"{line}\n" for line in log_of(played, time.process_time() - began_s))
    return 1 if played.referee.broken else 0


if __name__ == "__main__":
    sys.exit(main())
