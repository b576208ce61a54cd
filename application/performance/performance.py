"""What a session's trades are worth, with everything that could make them look better than they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.performance.deflated_sharpe import SharpeRatio, sharpe_ratio
from application.performance.equity_curve import daily_returns
from application.performance.mean_result import MeanResult, mean_result, results_in_r
from application.performance.random_comparison import RandomComparison, compared_with_random
from application.performance.trading_costs_paid import CostsPaid, costs_paid
from application.session_report import SessionReport
from domain.learning.block_bootstrap import Chance


@dataclass(frozen=True, slots=True)
class Performance:
    """A session's report and what follows from it; None where too little was traded to tell.

    `trials` is how many variants were tried before this one was shown, it included; None where
    nobody said.
    """

    report: SessionReport
    trials: int | None
    costs: CostsPaid
    mean: MeanResult | None
    sharpe: SharpeRatio | None
    random: RandomComparison | None


def measured(
    report: SessionReport, trials: int | None, random_results: Sequence[float], chance: Chance
) -> Performance:
    """Measure a session; `random_results` are the net R of random entries under the same exits."""
    results = results_in_r(report.trades)
    return Performance(
        report=report,
        trials=trials,
        costs=costs_paid(report.trades),
        mean=mean_result(results, chance) if results else None,
        sharpe=sharpe_ratio(daily_returns(report.equity)),
        random=compared_with_random([one.value for one in results], random_results, chance),
    )
