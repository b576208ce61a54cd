from application.reliability_chart import reliability_chart, reliability_table
from domain.learning.reliability import Forecast, reliability

FORECASTS = [Forecast(0.25, is_won=place == 0) for place in range(4)]
FORECASTS += [Forecast(0.75, is_won=place > 0) for place in range(4)]
TOLD = reliability(FORECASTS, 8.0, bins=2)


def test_what_was_said_is_drawn_against_what_came_with_its_interval() -> None:
    chart = reliability_chart("x", {"this": TOLD, "that": TOLD})
    this, that, low, high, truth = chart.lines
    assert (this.name, this.xs, this.ys) == ("this", [0.25, 0.75], [0.25, 0.75])
    assert this.notes == ["4 setups, won 25.0%", "4 setups, won 75.0%"]
    assert that.ink is not this.ink
    assert low.ys[0] is not None
    assert high.ys[0] is not None
    assert low.ys[0] < 0.25 < high.ys[0]
    assert (truth.xs, truth.ys) == ([0.25, 0.75], [0.25, 0.75])


def test_the_table_says_the_same() -> None:
    rows = reliability_table("x", TOLD).rows
    assert rows[0][:2] == ("25.0%", "25.0%")
    assert rows[1][3:] == ("4", "50.0%")
