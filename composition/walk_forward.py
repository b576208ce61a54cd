"""Learning on what is over and trading what comes after, step by step over recorded candles."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from adapters.memory.no_journal import NoJournal
from adapters.memory.trade_store import MemoryTradeStore
from adapters.settings.session_choice import SessionRefused
from adapters.settings.settings import Settings
from adapters.system.report_place import require_place
from adapters.system.seeded_chance import SeededChance
from adapters.terminal.walk_forward_bench import WalkOptions
from adapters.terminal.workbench import Follow, SessionOptions, TapeOptions
from application.harvest_summary import HarvestSummary
from application.market_tape import merged_candles
from application.performance.wording import day
from application.ports.candle_tape import AuditedTape, TapeReading
from application.random_entries import Moments, drawn_entries, shape_of_sample
from application.random_trades import RandomMarket, RandomTrade, RandomTrades
from application.session_header import SessionHeader
from application.session_report import SessionReport
from application.tape_shelf import common_step_ms
from application.walk_forward import WalkForward, WalkForwardRules, WalkStep
from application.walk_forward_page import walk_forward_page
from application.walk_forward_report import (
    RandomOutcome,
    Traded,
    WalkForwardReport,
    Way,
    report_on,
    traded_by,
)
from application.walk_forward_trials import SeatTrials, TrialsHeld, every_challenger
from composition.backtest import play
from composition.engines import IS_COMPILED, compiled_forest, compiled_runs
from composition.harvest import History
from composition.opening import header_of, session_log, settings_for
from composition.pages import MADE_UP, REPORT_BYTES, SIMULATED_NAMES, print_page
from composition.session import Wiring, wired
from composition.tapes import SHELF, every_candle, rules_of, scouted_market
from domain.learning.outcome import LabelledSample
from domain.learning.sample import Sample
from domain.tape import ChampionChanged

NOTHING_TO_LEARN: Final = "a stand-in for the model is set (confidence): take it out, nothing learns with it"


class WalkedTapes(NamedTuple):
    """Recorded candles that are gone through more than once, and by which rules."""

    settings: Settings
    header: SessionHeader
    tapes: Sequence[AuditedTape]
    options: TapeOptions
    follow: Follow

    @property
    def is_scouted(self) -> bool:
        """Whether quiet candles can be passed over."""
        return self.settings.structure == "native" and IS_COMPILED

    def readings(self) -> dict[str, TapeReading]:
        """Begin one more pass over all candles."""
        window = self.options.from_ms, self.options.until_ms
        return {tape.symbol: self.follow(tape).read(*window) for tape in self.tapes}

    def setups(self) -> tuple[list[LabelledSample], HarvestSummary]:
        """Find every setup, and what it would have given. Raises TapeRefused, NotFound without any."""
        return History(self.settings, [self.follow(tape) for tape in self.tapes], self.options).harvested()

    def random_trades(self, like: Sequence[Sample], seed: int) -> RandomOutcome:
        """Enter at random in the place of setups, over the same time. Raises TapeRefused."""
        if not like:
            return RandomOutcome()
        decided = [one.decided_at_ms for one in like]
        moments = Moments(min(decided), max(decided), self.settings.structure_rules.base_step_ms)
        drawn = drawn_entries(map(shape_of_sample, like), moments, 1, SeededChance(seed))
        wiring, rules = self._wiring, self._wiring.shadow_rules()
        market = RandomMarket(
            RandomTrades(instrument, wiring.aggregator(), wiring.structure(), rules, drawn.get(symbol, ()))
            for symbol, instrument in self.header.instruments.items()
        )
        readings = self.readings()
        if not IS_COMPILED:
            candles = merged_candles({symbol: reading.candles for symbol, reading in readings.items()})
            return RandomOutcome(list(market.over(candles)), market.dropped)
        trades: list[RandomTrade] = []
        for symbol, reading in readings.items():
            trades += market.over_runs(symbol, reading.runs(compiled_runs()))
        return RandomOutcome(trades, market.dropped)

    def traded(self, changes: Sequence[ChampionChanged]) -> SessionReport:
        """Trade all of it once, with these changes of champion. Raises TapeRefused, TradingHalt."""
        market_of = scouted_market if self.is_scouted else every_candle
        name = " ".join(self.options.paths)
        market = market_of(self.settings, self.readings(), self.header.step_ms, name)
        return play(self.settings, self.header, market, NoJournal(), MemoryTradeStore(), changes)

    @property
    def _wiring(self) -> Wiring:
        return wired(self.settings, self.header.instruments, self.header.step_ms)


def history_on(tapes: TapeOptions, settings: Settings, follow: Follow) -> WalkedTapes:
    """Open tapes to go through more than once. Raises TapeRefused, FileNotFoundError."""
    opened = SHELF.open(tapes.paths, tapes.policy)
    step_ms = common_step_ms(opened, settings.structure_rules.base_step_ms)
    source = {"tapes": list(tapes.paths), "from_ms": tapes.from_ms, "until_ms": tapes.until_ms}
    header = header_of("walk-forward", settings, rules_of(opened, tapes.exchange_info), step_ms, source)
    return WalkedTapes(settings, header, opened, tapes, follow)


def walked(samples: Sequence[LabelledSample], rules: WalkForwardRules) -> Iterator[WalkStep]:
    """Train and judge, step by step."""
    from adapters.xgboost.model_trainer import XGBoostTrainer  # noqa: PLC0415 - it takes a second to import

    steps = WalkForward(samples, XGBoostTrainer(), compiled_forest, rules).steps()
    with asyncio.Runner() as runner:
        while (step := runner.run(next_of(steps))) is not None:
            yield step


async def next_of(steps: AsyncIterator[WalkStep]) -> WalkStep | None:
    """Wait for the next step, None when there is none."""
    return await anext(steps, None)


def walk_rules(settings: Settings, walk: WalkOptions) -> WalkForwardRules:
    """Give the rules of a walk: those of learning, at another pace."""
    learning = settings.learning
    return WalkForwardRules(
        walk.every_ms, walk.every_trades, walk.seed, learning.training, learning.trial, learning.watch
    )


def traded_ways(
    history: WalkedTapes, steps: Sequence[WalkStep], trials: TrialsHeld, seed: int
) -> Iterator[Traded]:
    """Trade without a model, with whom the gate promoted if anybody, and with every challenger."""
    changes_of = {Way.WITHOUT: (), Way.GATE: trials.changes, Way.EVERY: every_challenger(steps)}
    for way, changes in changes_of.items():
        if changes or way is Way.WITHOUT:
            yield traded_by(way, history.traded(changes), changes, SeededChance(seed))


def print_walk(report: WalkForwardReport, history: WalkedTapes, path: Path) -> None:
    """Put a walk forward on file as a page. Raises SinkFailed."""
    files = ", ".join(sorted({Path(name).name for name in history.options.paths}))
    symbols = ", ".join(sorted(history.header.instruments))
    seen = report.out_of_sample
    span = "" if seen is None else f", {day(seen.from_ms)} to {day(seen.until_ms)}"
    made_by = f"Made by slt {history.header.version} from {files}, seed {report.seed}."
    print_page(walk_forward_page(report, f"Walk forward of {symbols}{span}", [made_by]), path)


def walked_forward(
    tapes: TapeOptions, walk: WalkOptions, session: SessionOptions, follow: Follow
) -> Iterator[WalkStep | WalkForwardReport]:
    """Learn on what is over, trade what comes after; every training, then what all of it comes to."""
    settings = settings_for(session)
    if settings.confidence is not None:
        raise SessionRefused(NOTHING_TO_LEARN)
    if walk.report is not None:
        require_place(walk.report.resolve(), REPORT_BYTES)
    history = history_on(tapes, settings, follow)
    session_log(settings, history.header)
    samples, setups = history.setups()
    rules, steps = walk_rules(settings, walk), list[WalkStep]()
    for step in walked(samples, rules):
        steps.append(step)
        yield step
    trials = SeatTrials(samples, compiled_forest, rules, SeededChance(walk.seed)).history(steps)
    judged = [one.labelled.sample for step in steps for one in step.judged]
    report = report_on(
        seed=walk.seed,
        setups=setups,
        steps=steps,
        at_random=history.random_trades(judged, walk.seed),
        trials=trials,
        traded=tuple(traded_ways(history, steps, trials, walk.seed)),
        chance=SeededChance(walk.seed),
        least_size=rules.trial.gate.least_effective_size,
        warnings=[MADE_UP] if SIMULATED_NAMES.intersection(history.header.instruments) else [],
    )
    if walk.report is not None:
        print_walk(report, history, walk.report)
    yield report
