"""Rides ahead of a desk that holds nothing in a symbol."""

from domain.market.candle import Candle, CandleRefused
from domain.market.candle_aggregator import CandleAggregator
from domain.market.candle_run import CandleRun
from domain.market.timeframe import DAY_MS
from domain.setup.first_look import may_offer_entry
from domain.setup.setup_rules import SetupRules
from domain.structure.structure_config import STANDARD, StructureConfig
from domain.structure.structure_engine import StructureEngine


class Scout:
    """Reads the candles of one symbol, each opening where the one before it closed, before the desk is told.

    Raises ValueError unless base bars are a whole number of candles of `step_ms` long.
    """

    __slots__ = ("_aggregator", "_engine", "_rules", "_step_ms")

    def __init__(self, step_ms: int, rules: SetupRules, config: StructureConfig = STANDARD) -> None:
        self._step_ms = step_ms
        self._rules = rules
        self._aggregator = CandleAggregator(step_ms, config.base_step_ms)
        self._engine = StructureEngine(config)

    def ahead(self, run: CandleRun) -> int:
        """Take candles up to the first that the desk must see by itself, and give how many come before it.

        That is one that is refused, one after whose close there may be a setup, or the last of a UTC day.
        """
        for index in range(len(run)):
            if self._is_for_the_desk(run.candle(index)):
                return index
        return len(run)

    def follow(self, run: CandleRun) -> None:
        """Take candles that the desk was shown one by one."""
        for index in range(len(run)):
            self._is_for_the_desk(run.candle(index))

    def _is_for_the_desk(self, candle: Candle) -> bool:
        try:
            bars = self._aggregator.update(candle)
        except CandleRefused:
            return True
        calls = [self._calls_for_the_desk(bar) for bar in bars]
        return any(calls) or self._ends_a_day(candle)

    def _calls_for_the_desk(self, bar: Candle) -> bool:
        try:
            self._engine.update(bar)
        except CandleRefused:
            return True
        return may_offer_entry(self._engine.view(), self._rules)

    def _ends_a_day(self, candle: Candle) -> bool:
        return candle.open_time_ms // DAY_MS != (candle.open_time_ms + self._step_ms) // DAY_MS
