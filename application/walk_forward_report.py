"""What a walk forward comes to: the verdict first, then everything that it rests on."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple

from application.decision import EquityMark
from application.harvest_summary import HarvestSummary
from application.net_r_estimate import Estimate, estimate_of
from application.random_trades import NoRandomTrade, RandomTrade
from application.session_report import SessionReport
from application.walk_forward import WalkStep
from application.walk_forward_figures import (
    OutOfSample,
    Skill,
    Stretch,
    bootstrap_over,
    out_of_sample,
    stretch_of,
)
from application.walk_forward_trials import TrialsHeld, seatings
from domain.learning.block_bootstrap import Chance, Observed
from domain.position.closed_trade import ClosedTrade
from domain.tape import ChampionChanged


class Way(StrEnum):
    """Who chose the trades: nobody, whom the gate promoted, or every model as soon as it was trained."""

    WITHOUT = "without a model"
    GATE = "with whom the gate promoted"
    EVERY = "with every challenger, without the gate"


class Traded(NamedTuple):
    """A whole backtest through the one loop; amounts in quote currency.

    `r` is the mean result of a trade in planned losses, None without trades; `believed` that of the trades
    that a model believed in, while `explored` of them had none behind them. `seats` is how often a model
    took the seat.
    """

    way: Way
    seats: int
    trades: int
    explored: int
    net_pnl: Decimal
    fees: Decimal
    end_wallet: Decimal
    max_drawdown: Decimal
    r: Estimate | None
    believed: Estimate | None
    equity: tuple[EquityMark, ...]


class RandomOutcome(NamedTuple):
    """What random entries gave, and how many gave nothing that could be counted, by reason."""

    trades: Sequence[RandomTrade] = ()
    dropped: Mapping[NoRandomTrade, int] = MappingProxyType({})


class Finding(StrEnum):
    """What a walk forward has shown."""

    EDGE = "edge"
    NO_EDGE = "no_edge"
    TOO_LITTLE = "too_little"


class Verdict(NamedTuple):
    """The answer in plain words, and one line for everything that it rests on."""

    finding: Finding
    headline: str
    reasons: tuple[str, ...]


class WalkForwardReport(NamedTuple):
    """A walk forward, summed up; `seed` deals the cards of trainings, random entries and intervals.

    `traded` lacks the gate's way where nobody was promoted: it would have been that without a model.
    """

    verdict: Verdict
    seed: int
    setups: HarvestSummary
    stretches: tuple[Stretch, ...]
    out_of_sample: OutOfSample | None
    not_random: Mapping[NoRandomTrade, int]
    trials: TrialsHeld
    traded: tuple[Traded, ...]


_HEADLINES: Final = {
    Finding.EDGE: "An edge was found on this history, after all costs, by every test below."
    " It is one history; what comes next owes it nothing.",
    Finding.NO_EDGE: "No edge was found. Nothing here is a reason to trade with real money.",
    Finding.TOO_LITTLE: "Too little was seen to find an edge in."
    " Nothing here is a reason to trade with real money.",
}


def report_on(
    seed: int,
    setups: HarvestSummary,
    steps: Sequence[WalkStep],
    at_random: RandomOutcome,
    trials: TrialsHeld,
    traded: Sequence[Traded],
    chance: Chance,
    least_size: float,
    warnings: Sequence[str] = (),
) -> WalkForwardReport:
    """Sum a walk up; `least_size` is how many independent setups must have been judged.

    `warnings` are said before anything else.
    """
    stretches = tuple(map(stretch_of, steps))
    seen = out_of_sample(steps, at_random.trades, chance)
    verdict = verdict_on(seen, stretches, trials, traded, least_size)
    return WalkForwardReport(
        verdict=verdict._replace(headline=" ".join((*warnings, verdict.headline))),
        seed=seed,
        setups=setups,
        stretches=stretches,
        out_of_sample=seen,
        not_random=at_random.dropped,
        trials=trials,
        traded=tuple(traded),
    )


def traded_by(way: Way, report: SessionReport, changes: Sequence[ChampionChanged], chance: Chance) -> Traded:
    """Sum one backtest up, on whose tape these changes of champion were."""
    totals, trades = report.totals, report.trades
    believed = [trade for trade in trades if not trade.is_exploration]
    rules = bootstrap_over(totals.first_at_ms or 0, totals.last_at_ms or 0)
    return Traded(
        way=way,
        seats=seatings(changes),
        trades=totals.trades,
        explored=len(trades) - len(believed),
        net_pnl=totals.net_pnl,
        fees=totals.fees,
        end_wallet=totals.end_wallet,
        max_drawdown=totals.max_drawdown,
        r=estimate_of(_results(trades), chance, rules),
        believed=estimate_of(_results(believed), chance, rules),
        equity=report.equity,
    )


def verdict_on(
    seen: OutOfSample | None,
    stretches: Sequence[Stretch],
    trials: TrialsHeld,
    traded: Sequence[Traded],
    least_size: float,
) -> Verdict:
    """Say whether there was an edge: only if every test says so.

    Better probabilities than base rate and context alone, setups worth taking, a model that the gate
    promoted, and trades with it that earned; each with its interval above zero. `least_size` is how many
    independent setups have to be judged before anything is said.
    """
    if seen is None:
        refused = [one.refused for one in stretches if one.refused is not None]
        why = f": {refused[-1]}" if refused else "; a tape of months is needed"
        return _verdict(Finding.TOO_LITTLE, [f"No model could be trained{why}."])
    by_gate = next((one for one in traded if one.way is Way.GATE), None)
    proofs = [
        seen.against_base_rate.better_by.is_above_zero,
        seen.against_context.better_by.is_above_zero,
        _is_above_zero(seen.net_r.taken),
        trials.promoted > 0,
        by_gate is not None and _is_above_zero(by_gate.believed),
    ]
    reasons = [
        _skill_in_words("the share of wins known at the time", seen.against_base_rate),
        _skill_in_words(
            "those of a model that knows stop, costs and hour but no structure", seen.against_context
        ),
        _taken_in_words(seen),
        _trials_in_words(trials),
        *map(_traded_in_words, traded),
    ]
    if seen.effective_size < least_size:
        size = f"The setups judged are worth {seen.effective_size:.0f} independent ones of {least_size:.0f}."
        return _verdict(Finding.TOO_LITTLE, [size, *reasons])
    return _verdict(Finding.EDGE if all(proofs) else Finding.NO_EDGE, reasons)


def r_in_words(estimate: Estimate | None) -> str:
    """Write a mean result with its interval, and what that allows to be said."""
    if estimate is None:
        return "none"
    return f"{estimate.mean:+.3f} R ({interval_in_words(estimate)}), {estimate.reads_as}"


def interval_in_words(estimate: Estimate, digits: int = 3) -> str:
    """Write an interval; too few cases have none."""
    if not math.isfinite(estimate.low + estimate.high):
        return "too few to tell"
    return f"{estimate.low:+.{digits}f} to {estimate.high:+.{digits}f}"


def _results(trades: Sequence[ClosedTrade]) -> list[Observed]:
    return [Observed(trade.opened_at_ms, float(trade.r_multiple)) for trade in trades]


def _verdict(finding: Finding, reasons: Sequence[str]) -> Verdict:
    return Verdict(finding, _HEADLINES[finding], tuple(reasons))


def _is_above_zero(estimate: Estimate | None) -> bool:
    return estimate is not None and estimate.is_above_zero


def _skill_in_words(rival: str, skill: Skill) -> str:
    better = skill.better_by
    how = "better than" if better.is_above_zero else "no better than"
    how = "worse than" if better.high < 0.0 else how
    return (
        f"The models' probabilities are {how} {rival}: Brier skill {skill.share:+.2%},"
        f" gain {better.mean:+.5f} ({interval_in_words(better, 5)})."
    )


def _taken_in_words(seen: OutOfSample) -> str:
    net_r = seen.net_r
    taken = net_r.taken
    picked = f"Of {seen.judged:,} setups they would have taken none: their advice was not to trade"
    if taken is not None:
        gave = r_in_words(taken)
        picked = f"The {taken.cases:,} of {seen.judged:,} setups that they would have taken gave {gave}"
    return (
        f"{picked}. All of them gave {r_in_words(net_r.every)}; random entries under the same exits"
        f" {r_in_words(net_r.random)}."
    )


def _trials_in_words(trials: TrialsHeld) -> str:
    promoted = trials.promoted
    told = (
        f"The gate promoted {promoted or 'none'} of {trials.challengers} challengers"
        f" ({trials.trials} tried, {len(trials.attempts)} looks, {trials.given_up} given up)"
    )
    return f"{told}." if promoted else f"{told}: the product would have traded as it does without a model."


def _traded_in_words(traded: Traded) -> str:
    told = (
        f"Traded {traded.way}: {traded.net_pnl:+,.2f} in {traded.trades:,} trades"
        f" ({traded.explored:,} without a belief), a trade gave {r_in_words(traded.r)}"
    )
    if traded.seats and traded.believed is None:
        return f"{told}. Whoever sat let nothing be traded, and to lose nothing that way is no edge."
    return f"{told}."
