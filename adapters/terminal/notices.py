"""What a person should know beside the figures, in plain words."""

import shutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from adapters.terminal.workbench import GeneratorOptions
from application.session_report import SessionReport


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
    """Name three commands to try next."""
    program = _program()
    trade = report.trades[-1].trade_id if report.trades else "TRADE"
    return [
        "Next:",
        f"  {program} why {trade}    why this trade was made, sized and left",
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
