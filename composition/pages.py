"""Reports as pages, to be opened in a browser."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from adapters.generator.generator_settings import SIMULATED_SYMBOLS
from adapters.parquet.whole_file import whole_file
from adapters.settings.settings import Settings
from adapters.system.seeded_chance import SeededChance
from adapters.terminal.workbench import TapeOptions
from application.ports.candle_tape import AuditedTape
from application.report_page import Page
from application.session_header import SessionHeader
from application.session_report import SessionReport
from composition.session import wired
from composition.tapes import runs_again

REPORT_BYTES: Final = 8_000_000
RANDOM_TRADES: Final = 5_000
MADE_UP: Final = "These candles are made up: whatever was earned on them says nothing about real money."
SIMULATED_NAMES: Final = frozenset(symbol.name for symbol in SIMULATED_SYMBOLS)


def page_of(
    report: SessionReport,
    settings: Settings,
    header: SessionHeader,
    tapes: Sequence[AuditedTape],
    options: TapeOptions,
    trials: int | None,
) -> Page:
    """Put a backtest on a page; its candles are read twice more. Raises TapeRefused."""
    from application.backtest_page import MarketAgain, backtest_page  # noqa: PLC0415 - seldom wanted

    wiring = wired(settings, header.instruments, header.step_ms)
    market = MarketAgain(
        instruments=header.instruments,
        rules=wiring.shadow_rules(),
        bar_ms=settings.structure_rules.base_step_ms,
        aggregator=wiring.aggregator,
        engine=wiring.structure,
        runs=partial(runs_again, tapes, options),
    )
    warnings = [MADE_UP] if SIMULATED_NAMES.intersection(header.instruments) else []
    files = ", ".join(sorted({Path(path).name for path in options.paths}))
    made_by = f"Made by slt {header.version} from {files}."
    return backtest_page(report, market, trials, SeededChance(1), RANDOM_TRADES, warnings, [made_by])


def print_page(page: Page, path: Path) -> None:
    """Put a page on file as HTML. Raises SinkFailed, and what stood there stays."""
    from adapters.plotly.html_page import html_of  # noqa: PLC0415 - Plotly is slow to load, and seldom wanted

    with whole_file(path.resolve()) as file:
        file.writelines(part.encode() for part in html_of(page))
