"""Some trades to look at: the candles around them, and the structure in which their setup was seen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from application.ports.candle_aggregator import CandleAggregator
from application.ports.structure_engine import StructureEngine
from domain.market.candle import Candle
from domain.market.candle_run import CandleRun
from domain.position.closed_trade import ClosedTrade
from domain.structure.structure_view import StructureView

BARS_BEFORE: Final = 130
BARS_AFTER: Final = 45


class ChosenTrade(NamedTuple):
    """A trade and why it is shown."""

    why: str
    trade: ClosedTrade


class TradeScene(NamedTuple):
    """A trade among base bars; `view` is the structure at the close at which its setup was found.

    It is None where the tape as it was read again has no bar that closes then.
    """

    chosen: ChosenTrade
    bars: Sequence[Candle]
    bar_ms: int
    view: StructureView | None


def chosen_trades(trades: Sequence[ClosedTrade]) -> list[ChosenTrade]:
    """Choose the best, the worst, the one in the middle, the last, and what is usual for every exit."""
    if not trades:
        return []
    ranked = sorted(trades, key=_result)
    wanted = [
        ChosenTrade("the best", ranked[-1]),
        ChosenTrade("the worst", ranked[0]),
        ChosenTrade("the one in the middle", ranked[len(ranked) // 2]),
        ChosenTrade("the last", max(trades, key=_end)),
    ]
    for reason in sorted({trade.exit_reason for trade in trades}):
        ended = [trade for trade in ranked if trade.exit_reason is reason]
        wanted.append(ChosenTrade(f"usual for {reason.replace('_', ' ')}", ended[len(ended) // 2]))
    first: dict[str, ChosenTrade] = {}
    for one in wanted:
        first.setdefault(one.trade.trade_id, one)
    return list(first.values())


def found_at_ms(trade: ClosedTrade) -> int:
    """Tell when a trade's setup was found, which its name says."""
    return int(trade.trade_id.split(".")[2], 36)


@dataclass(slots=True)
class _Growing:
    """A scene while the tape is read."""

    chosen: ChosenTrade
    from_ms: int
    until_ms: int
    found_at_ms: int
    bars: list[Candle] = field(default_factory=list)
    view: StructureView | None = None


class SymbolScenes:
    """Gathers the scenes of one symbol in one pass over its candles; holds no more than these."""

    def __init__(
        self,
        aggregator: CandleAggregator,
        engine: StructureEngine,
        bar_ms: int,
        chosen: Iterable[ChosenTrade],
    ) -> None:
        """Take an aggregator and an engine as new, and the length of a base bar."""
        self._aggregator = aggregator
        self._engine = engine
        self._bar_ms = bar_ms
        self._scenes = [self._begun(one) for one in chosen]
        self._found = {scene.found_at_ms for scene in self._scenes}

    def over(self, runs: Iterable[CandleRun]) -> list[TradeScene]:
        """Read until nothing more is to be seen, and give the scenes. Raises TapeRefused, CandleRefused."""
        until_ms = max((scene.until_ms for scene in self._scenes), default=0)
        for run in runs:
            if run.candle(0).open_time_ms >= until_ms + self._bar_ms:
                break
            self._take(self._aggregator.take(run))
        return [TradeScene(scene.chosen, scene.bars, self._bar_ms, scene.view) for scene in self._scenes]

    def _begun(self, chosen: ChosenTrade) -> _Growing:
        found = found_at_ms(chosen.trade)
        before, after = BARS_BEFORE * self._bar_ms, BARS_AFTER * self._bar_ms
        return _Growing(chosen, found - before, chosen.trade.closed_at_ms + after, found)

    def _take(self, bars: CandleRun) -> None:
        if not len(bars):
            return
        start, first_ms, last_ms = 0, bars.candle(0).open_time_ms, bars.candle(len(bars) - 1).open_time_ms
        near = [one for one in self._scenes if one.from_ms <= last_ms and one.until_ms > first_ms]
        for index in range(len(bars)) if near else ():
            bar = bars.candle(index)
            self._show(bar, near)
            if bar.open_time_ms + self._bar_ms in self._found:
                self._engine.take(bars.part(start, index + 1))
                self._look(bar.open_time_ms + self._bar_ms)
                start = index + 1
        if start < len(bars):
            self._engine.take(bars.part(start, len(bars)))

    def _show(self, bar: Candle, near: Iterable[_Growing]) -> None:
        for scene in near:
            if scene.from_ms <= bar.open_time_ms <= scene.until_ms - self._bar_ms:
                scene.bars.append(bar)

    def _look(self, closed_at_ms: int) -> None:
        for scene in self._scenes:
            if scene.found_at_ms == closed_at_ms:
                scene.view = self._engine.view()


def by_symbol(chosen: Iterable[ChosenTrade]) -> Mapping[str, Sequence[ChosenTrade]]:
    """Sort what was chosen by symbol, each in the order given."""
    sorted_out: dict[str, list[ChosenTrade]] = {}
    for one in chosen:
        sorted_out.setdefault(one.trade.symbol, []).append(one)
    return sorted_out


def _result(trade: ClosedTrade) -> tuple[float, int, str]:
    return float(trade.r_multiple), trade.closed_at_ms, trade.trade_id


def _end(trade: ClosedTrade) -> tuple[int, str]:
    return trade.closed_at_ms, trade.trade_id
