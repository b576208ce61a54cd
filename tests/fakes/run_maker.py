"""Keeps the rows of a tape in plain lists."""

from collections.abc import Sequence

from application.ports.run_maker import CandleColumns
from domain.market.candle import Candle
from domain.market.candle_run import CandleList


class ListMaker:
    """Makes the readable runs."""

    def of_columns(self, columns: CandleColumns) -> CandleList:
        _, *numbers, closes = columns
        candles = list(map(Candle._make, zip(*numbers, strict=True)))
        return CandleList(candles, None if closes is None else closes.tolist())

    def of_candles(self, candles: Sequence[Candle]) -> CandleList:
        return CandleList(list(candles))
