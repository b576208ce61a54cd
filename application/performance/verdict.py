"""Whether there is an edge, in one sentence that does not flatter."""

from enum import StrEnum
from typing import Final, NamedTuple

from application.performance.deflated_sharpe import deflated_sharpe
from application.performance.mean_result import ONE_SIDED, MeanResult
from application.performance.performance import Performance
from application.performance.wording import in_r
from application.report_page import Mood, Words

LEAST_TRADES: Final = 30


class Verdict(StrEnum):
    """What the trades of a session show."""

    NOTHING_TRADED = "nothing_traded"
    TOO_FEW = "too_few"
    LOSES = "loses"
    NO_EDGE = "no_edge"
    NOT_PROVEN = "not_proven"
    VISIBLE = "visible"


class Finding(NamedTuple):
    """A verdict, and how it is told."""

    verdict: Verdict
    words: Words


def found(performance: Performance) -> Finding:
    """Judge a session.

    An edge is called visible only where luck, random entries and the number of tries are all ruled out,
    each at 5 %, and the account grew.
    """
    mean, trades = performance.mean, performance.report.totals.trades
    if mean is None:
        return _finding(Verdict.NOTHING_TRADED, "No trade was closed: there is nothing to judge.")
    if trades < LEAST_TRADES or not mean.is_bounded:
        text = f"Too little to tell anything: {trades} trades within {mean.days} days"
        return _finding(Verdict.TOO_FEW, f"{text}, on average {in_r(mean.mean)} R each after costs.")
    if mean.high < 0.0:
        text = "This loses money, and not by bad luck"
        return _finding(Verdict.LOSES, f"{text}: {_told(mean)}.")
    if mean.p_value > ONE_SIDED:
        return _finding(Verdict.NO_EDGE, f"No edge is visible: {_told(mean)}. Luck alone gives as much.")
    doubts = _doubts(performance)
    if doubts:
        text = f"A profit, but no proof of an edge: {_told(mean)}, yet {'; '.join(doubts)}."
        return _finding(Verdict.NOT_PROVEN, text)
    text = f"An edge is visible in these candles: {_told(mean)}."
    return _finding(Verdict.VISIBLE, f"{text} Whether it is there in others, only others can tell.")


def _doubts(performance: Performance) -> list[str]:
    doubts = [*_doubts_by_luck(performance), *_doubts_by_chance(performance)]
    if performance.report.totals.net_pnl <= 0:
        doubts.append("the account did not grow, since the trades that won were the smaller ones")
    return doubts


def _doubts_by_luck(performance: Performance) -> list[str]:
    trials, sharpe = performance.trials, performance.sharpe
    if sharpe is None:
        return ["there are too few days to tell how steady it was"]
    if trials is None:
        return ["it is not known of how many variants this is the best (--trials tells)"]
    skill = deflated_sharpe(sharpe, trials)
    if skill < 1.0 - ONE_SIDED:
        return [f"the best of {trials:,} tries may look like this by luck (deflated Sharpe {skill:.1%})"]
    return []


def _doubts_by_chance(performance: Performance) -> list[str]:
    random = performance.random
    if random is None:
        return ["it was not compared with random entries"]
    if random.as_good > ONE_SIDED:
        return [f"random entries do as well in {random.as_good:.0%} of runs"]
    return []


def _told(mean: MeanResult) -> str:
    return f"{in_r(mean.mean)} R a trade after costs, 90 % interval {in_r(mean.low)} to {in_r(mean.high)}"


def _finding(verdict: Verdict, text: str) -> Finding:
    return Finding(verdict, Words(text, _MOODS[verdict]))


_MOODS: Final = {
    Verdict.NOTHING_TRADED: Mood.DOUBTFUL,
    Verdict.TOO_FEW: Mood.DOUBTFUL,
    Verdict.LOSES: Mood.BAD,
    Verdict.NO_EDGE: Mood.BAD,
    Verdict.NOT_PROVEN: Mood.DOUBTFUL,
    Verdict.VISIBLE: Mood.GOOD,
}
