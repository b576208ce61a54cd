"""What a person should know beside the figures, in plain words."""

import shlex
import shutil
import sys
from collections.abc import Iterable, Mapping
from decimal import InvalidOperation
from pathlib import Path
from typing import Final

from adapters.terminal.session_tables import moment
from adapters.terminal.workbench import GeneratorOptions
from application.left_open import LeftOpen
from application.session_memory import SessionMemory
from application.session_report import SessionReport

_BEGIN_ANEW: Final = "--fresh"


def about_the_market(generator: GeneratorOptions) -> list[str]:
    """Say that the market is made up, and what was put into it."""
    if generator.is_noise:
        return ["This market was made up without any edge: whatever was earned here was luck."]
    strength = generator.edge_strength
    planted = f"an edge of strength {strength:g} planted in it" if strength else "no edge planted in it"
    return [
        f"This market was made up, with {planted}. It says nothing about real money: on real candles",
        "of 2022-2023 the same rules lose about their costs (docs/real-candles.md).",
    ]


def about_the_faults(struck: Mapping[str, int]) -> list[str]:
    """Say what went wrong at the venue, and how often."""
    told = [f"{name} {count:,}" for name, count in sorted(struck.items())]
    return [f"Faults struck: {', '.join(told)}."] if told else []


def next_commands(report: SessionReport, journal: Path) -> list[str]:
    """Name the commands to try next."""
    program = _program()
    trade = report.trades[-1].trade_id if report.trades else "TRADE"
    return [
        "Next:",
        f"  {program} why {trade}    why this trade was made, sized and left",
        f"  {program} learn explain {trade}    what the model thought of it, feature by feature",
        f"  {program} learn status    what was learned, from what, and what the gate said",
        f"  {program} replay {journal}    decide the whole session again, bit for bit",
        f"  {program} run --noise --seed 2    the same rules where there is nothing to find",
    ]


def after_a_session(report: SessionReport, journal: Path) -> list[str]:
    """Name what can be looked at after a session at a real market."""
    program = _program()
    why = [
        f"  {program} why {trade.trade_id}    why this trade was made, sized and left"
        for trade in report.trades
    ]
    return [
        "Next:",
        *why[-1:],
        f"  {program} replay {journal}    decide the whole session again, bit for bit",
    ]


def still_open(left: Iterable[LeftOpen], *, is_paper: bool) -> str:
    """Say what a session leaves open, what becomes of it, and what to do next."""
    held = [f"  {_left_in_words(one)}" for one in left]
    if is_paper:
        return "\n".join(
            ["the session is over and this was still open; on paper it ends with the session:", *held]
        )
    command = shlex.join([_program(), *(word for word in sys.argv[1:] if word != _BEGIN_ANEW)])
    return "\n".join(
        [
            "the session is over and this is still open at the venue:",
            *held,
            "Stops and targets stay there and close positions without us; nobody watches the time limit.",
            "Next: run the same command again, and the session is taken over:",
            f"  {command}",
        ]
    )


def _left_in_words(left: LeftOpen) -> str:
    words = [f"{left.symbol}:"]
    if left.signed_quantity:
        side = "long" if left.signed_quantity > 0 else "short"
        words.append(f"{abs(left.signed_quantity).normalize():f} {side},")
        words.append("NO STOP," if left.stop is None else f"stop at {left.stop.normalize():f},")
    if left.target is not None:
        words.append(f"target at {left.target.normalize():f},")
    if left.others:
        words.append(f"orders that may still trade: {', '.join(left.others)}")
    return " ".join(words).rstrip(",")


def about_the_takeover(session: str, memory: SessionMemory, folder: Path) -> list[str]:
    """Say which session goes on, and what it had open when it was last heard of."""
    held = [f"{quantity} {symbol}" for symbol, quantity in sorted(memory.positions.items())]
    named = f" ({', '.join(held)})" if held else ""
    under_way = f"{_counted(len(held), 'position')}{named}, {_counted(len(memory.open_orders), 'order')}"
    ended = f"that ended without a word at {moment(memory.last_at_ms)} UTC"
    return [
        f"taking over the session {session} {ended}: {under_way}",
        f"what happened since is asked of the venue first; the session goes on in {folder}",
    ]


def about_a_step_by_hand(*, is_of_a_session: bool) -> str:
    """Say from when on it counts that somebody changed what was learned."""
    when = "A session that runs takes this up within a minute"
    if is_of_a_session:
        return f"{when}; another one on the embedded venue begins anew."
    return f"{when}; another one when it starts."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _program() -> str:
    """Tell how `slt` is to be typed: as it was, unless the shell finds it anyway."""
    typed = Path(sys.argv[0])
    return str(typed) if typed.name == "slt" and shutil.which("slt") != str(typed) else "slt"


def warnings(idle_settings: Iterable[str], *, is_reference_forced: bool) -> list[str]:
    """Say what was asked for and cannot be had."""
    idle = [f"{name} is set and has no effect yet" for name in idle_settings]
    if not is_reference_forced:
        return idle
    return ["the compiled module is missing, the slower reference engine runs; `make build` mends it", *idle]


def in_words(error: Exception) -> str:
    """Tell an error in one line."""
    if isinstance(error, InvalidOperation):
        return "a price or an amount is too large to be reckoned with to the last digit"
    if isinstance(error, FileNotFoundError) and error.filename is not None:
        return f"{error.filename} does not exist"
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return str(error)
