import pytest

from tests.application.performance.sample_reports import performance_of


def test_a_session_is_measured_from_its_report_alone() -> None:
    performance = performance_of([1.0, -0.5] * 60, 3, [-0.2, 0.1] * 200)
    assert performance.mean is not None
    assert performance.mean.mean == pytest.approx(float(performance.report.totals.mean_r))
    assert performance.sharpe is not None
    assert performance.sharpe.returns == 60
    assert performance.random is not None
    assert performance.random.mean == pytest.approx(0.25)
    assert performance.costs.net_r == pytest.approx(0.25)
    assert performance.trials == 3


def test_nothing_traded_is_nothing_measured() -> None:
    performance = performance_of([])
    assert (performance.mean, performance.sharpe, performance.random) == (None, None, None)
