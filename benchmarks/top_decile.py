"""What the tenth of setups gave that the expected-R head thought most of, out of fold."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np

from adapters.xgboost.boosted_trees import NET_R, grown
from adapters.xgboost.forest import XGBoostForest
from adapters.xgboost.model_trainer import SampleTable, table_of, usable_folds
from benchmarks.played_trades import Played, estimate, line
from domain.learning.outcome import LabelledSample, Outcome
from domain.learning.sample_weights import sample_weights
from domain.learning.training_rules import TrainingRules

TENTH: Final = 10


def top_deciles(by_symbol: Mapping[str, Sequence[Played]], *, sees_context: bool) -> Iterator[str]:
    """Learn from all symbols together and judge each, then learn from each alone; a line of a table each."""
    reads = "features and context" if sees_context else "features"
    everything = [one for trades in by_symbol.values() for one in trades]
    scored = out_of_fold(everything, sees_context=sees_context)
    yield _line(f"all, {reads}", "all", scored)
    for symbol in by_symbol:
        own = [[pair for pair in fold if pair[1].sample.symbol == symbol] for fold in scored]
        yield _line(f"all, {reads}", symbol, own)
    for symbol, trades in by_symbol.items():
        yield _line(f"{symbol}, {reads}", symbol, out_of_fold(trades, sees_context=sees_context))


def out_of_fold(trades: Sequence[Played], *, sees_context: bool) -> list[list[tuple[float, Played]]]:
    """Score each fold by a head that learned only from what was over before it, as a challenger's is."""
    rules = TrainingRules(sees_context=sees_context)
    by_id = {one.sample.sample_id: one for one in trades}
    table = table_of([_labelled(one) for one in trades], sees_context=sees_context)
    scored = []
    for fold in usable_folds(table, rules):
        test = list(fold.test)
        scores = XGBoostForest(_head(table, fold.train, rules)).margins(table.rows[test])
        tested = (by_id[table.samples[place].sample.sample_id] for place in test)
        scored.append(list(zip(scores.tolist(), tested, strict=True)))
    return scored


def _labelled(one: Played) -> LabelledSample:
    trade = one.trade
    outcome = Outcome(trade.trade_id, one.net_r, trade.closed_at_ms, trade.exit_reason, is_shadow=True)
    return LabelledSample(one.sample, outcome)


def _head(table: SampleTable, places: Sequence[int], rules: TrainingRules) -> bytes:
    chosen = list(places)
    lifetimes = [table.lifetimes[place] for place in chosen]
    weighed = sample_weights(lifetimes, max(one.resolved_at_ms for one in lifetimes), rules.weights)
    weights = np.array(weighed.weights) * (weighed.effective_size / len(chosen))
    return grown(table.rows[chosen], table.net_r[chosen], weights, NET_R, rules.trees, 1).saved()


def _line(learned_from: str, judged: str, folds: Sequence[Sequence[tuple[float, Played]]]) -> str:
    """Take the best tenth of each fold; what it gave more is what it gave less the mean of its fold."""
    chosen: list[tuple[Played, float]] = []
    for fold in folds:
        usual = float(np.mean([one.gross_bp for _, one in fold])) if fold else 0.0
        ranked = sorted(fold, key=lambda pair: -pair[0])
        chosen += [(one, usual) for _, one in ranked[: len(ranked) // TENTH]]
    more = estimate((one.sample.decided_at_ms, one.gross_bp - usual) for one, usual in chosen)
    gross = estimate((one.sample.decided_at_ms, one.gross_bp) for one, _ in chosen)
    bp = estimate((one.sample.decided_at_ms, one.net_bp) for one, _ in chosen)
    r = estimate((one.sample.decided_at_ms, one.net_r) for one, _ in chosen)
    return line(learned_from, judged, f"{len(chosen):,}", gross, more, bp, r)
