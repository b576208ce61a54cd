"""Looking back over candles for every setup they offered, and what it would have given."""

from collections.abc import Sequence
from typing import NamedTuple

from adapters.generator.generator_settings import STEP_MS
from adapters.settings.settings import Settings
from adapters.terminal.workbench import TapeOptions
from application.harvest_summary import HarvestSummary
from application.ports.candle_tape import AuditedTape
from application.sample_harvest import SampleHarvest
from application.tape_shelf import common_step_ms
from composition.engines import IS_COMPILED, compiled_runs, compiled_scout
from composition.records import NotFound
from composition.session import wired
from composition.tapes import rules_of
from composition.venue import VenueMarket
from domain.learning.outcome import LabelledSample


def harvested(settings: Settings, market: VenueMarket, until_ms: int) -> list[LabelledSample]:
    """Look back over the history of a market: every setup, and what it would have given."""
    wiring = wired(settings, market.instruments, STEP_MS)
    harvest, samples = SampleHarvest(wiring.shadows()), list[LabelledSample]()
    for tape in market.tapes:
        samples += harvest.over((tape.symbol, candle) for candle in tape.candles(None, until_ms))
    return samples


class History(NamedTuple):
    """Recorded candles that are to be looked back over."""

    settings: Settings
    tapes: Sequence[AuditedTape]
    options: TapeOptions

    def harvested(self) -> tuple[list[LabelledSample], HarvestSummary]:
        """Find every setup, and what it would have given. Raises TapeRefused, NotFound without any."""
        rules = self.settings.structure_rules
        step_ms = common_step_ms(self.tapes, rules.base_step_ms)
        instruments = rules_of(self.tapes, self.options.exchange_info)
        harvest = SampleHarvest(wired(self.settings, instruments, step_ms).shadows())
        is_fast = self.settings.structure == "native" and IS_COMPILED
        samples: list[LabelledSample] = []
        for tape in self.tapes:
            reading = tape.read(self.options.from_ms, self.options.until_ms)
            if is_fast:
                scout = compiled_scout(step_ms, self.settings.setup, rules)
                samples += harvest.over_runs(tape.symbol, reading.runs(compiled_runs()), scout)
            else:
                samples += harvest.over((tape.symbol, candle) for candle in reading.candles)
        if not samples:
            raise NotFound(
                "no setup came to an end in these candles; give more, or --set relaxed_signal_mode=true"
            )
        return samples, harvest.summary
