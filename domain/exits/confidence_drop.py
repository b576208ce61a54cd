"""Exit 3: the model believes much less than five minutes ago, and there is profit to take."""

from dataclasses import replace

from domain.exits.exit_decision import CloseAll
from domain.exits.exit_rules import ExitRules
from domain.exits.standing import Standing
from domain.position.closed_trade import ExitReason
from domain.position.open_trade import OpenTrade, ScoredConfidence


def confidence_drop(trade: OpenTrade, at_ms: int, standing: Standing, rules: ExitRules) -> CloseAll | None:
    """Take a net profit when confidence fell by a fifth or more, relative; silent without a model.

    The comparison is with the last score that is five minutes old or more; the entry's own
    confidence counts as the first score, at the time the setup was found.
    """
    if standing.confidence is None or standing.profit <= 0:
        return None
    before = _confidence_at(at_ms - rules.confidence_drop_over_ms, trade)
    if before is None or not _has_fallen(before, standing.confidence, rules):
        return None
    detail = f"confidence fell from {before:.2f} to {standing.confidence:.2f} at {standing.profit_in_words}"
    return CloseAll(ExitReason.CONFIDENCE_DROP, detail)


def may_drop(trade: OpenTrade, now: float | None, rules: ExitRules) -> bool:
    """Tell whether confidence is a fifth or more below anything it is or was yet to be compared with."""
    if now is None:
        return False
    believed = (trade.plan.confidence, *(score.confidence for score in trade.confidences))
    return any(before is not None and _has_fallen(before, now, rules) for before in believed)


def judged_anew(trade: OpenTrade, confidence: float | None) -> OpenTrade:
    """Give the trade as another model sees it, as if it had from the start: the two are not compared."""
    return replace(trade, confidences=(ScoredConfidence(trade.plan.setup.found_at_ms, confidence),))


def with_score(trade: OpenTrade, score: ScoredConfidence, rules: ExitRules) -> OpenTrade:
    """Give the trade with one more score, less those too old to be compared with again."""
    scores = (*trade.confidences, score)
    known_ms = score.at_ms - rules.confidence_drop_over_ms
    outdated = sum(following.at_ms <= known_ms for following in scores[1:])
    return replace(trade, confidences=scores[outdated:])


def _has_fallen(before: float, now: float, rules: ExitRules) -> bool:
    return now < before and before - now >= rules.confidence_drop * before


def _confidence_at(at_ms: int, trade: OpenTrade) -> float | None:
    """Give what was believed at a moment, None when nothing was yet."""
    for score in reversed(trade.confidences):
        if score.at_ms <= at_ms:
            return score.confidence
    return trade.plan.confidence if trade.plan.setup.found_at_ms <= at_ms else None
