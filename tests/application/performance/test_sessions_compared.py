from application.performance.sessions_compared import NamedSession, sessions_compared
from application.report_charts import LineChart
from application.report_page import Table
from tests.application.performance.sample_reports import report_of, trades_of
from tests.learning_samples import SeededChance

WITH = NamedSession("with a model", report_of(trades_of([1.0, -0.5] * 30)))
WITHOUT = NamedSession("without", report_of(trades_of([-0.5, 0.25] * 40)))
IDLE = NamedSession("idle", report_of([]))


def test_sessions_stand_beside_each_other() -> None:
    section = sessions_compared("What a model changes", [WITH, WITHOUT, IDLE], SeededChance(1))
    chart, table = section.parts
    assert isinstance(chart, LineChart)
    assert [line.name for line in chart.lines] == ["with a model", "without", "idle"]
    assert len({line.ink for line in chart.lines}) == 3
    assert isinstance(table, Table)
    first, second, third = table.rows
    assert list(first[:6]) == ["with a model", "60", "50.0%", "150.00", "-24.00", "+0.250"]
    assert list(second[:4]) == ["without", "80", "50.0%", "-100.00"]
    assert list(third[4:7]) == ["0.00", "-", "-"]
