from domain.structure.sided_bar import SidedBar, turned_over, upright
from tests.domain.structure.charts import candle


def test_the_up_side_sees_the_bar_as_it_is() -> None:
    assert upright(candle(0, 100.0, 103.0, 98.0, 101.0)) == SidedBar(100.0, 103.0, 98.0, 101.0)


def test_the_down_side_sees_the_low_as_its_high() -> None:
    bar = turned_over(candle(0, 100.0, 103.0, 98.0, 101.0))
    assert bar == SidedBar(open=-100.0, high=-98.0, low=-103.0, close=-101.0)
