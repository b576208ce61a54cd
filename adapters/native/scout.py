"""The scout compiled from Rust."""

from typing import Final

import native
from adapters.native.candle_run import compiled_run
from domain.market.candle_run import CandleRun
from domain.setup.setup_rules import EntryStyle, SetupRules
from domain.structure.structure_config import STANDARD, StructureConfig, numbers_in

_OLDEST_BARS: Final = 2**62


class NativeScout:
    """Reads the candles of one symbol, each opening where the one before it closed, before the desk is told.

    Raises ValueError unless base bars are a whole number of candles of `step_ms` long.
    """

    __slots__ = ("_compiled",)

    def __init__(self, step_ms: int, rules: SetupRules, config: StructureConfig = STANDARD) -> None:
        self._compiled = native.Scout(
            step_ms,
            dict(numbers_in(config)),
            is_relaxed=rules.is_relaxed,
            is_market_entry=rules.entry is EntryStyle.MARKET,
            trigger_max_age_bars=min(rules.trigger_max_age_bars, _OLDEST_BARS),
            displacement_max_age_bars=min(rules.displacement_max_age_bars, _OLDEST_BARS),
            zone_reach_atr=rules.zone_reach_atr,
        )

    def ahead(self, run: CandleRun) -> int:
        """Take candles up to the first that the desk must see by itself, and give how many come before it."""
        return self._compiled.ahead(compiled_run(run))

    def follow(self, run: CandleRun) -> None:
        """Take candles that the desk was shown one by one."""
        self._compiled.follow(compiled_run(run))
