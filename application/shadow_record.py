"""What models had said beforehand of trades that are over: the record a challenger is judged by."""

from collections.abc import Iterable, Iterator
from typing import Final

from application.model_opinion import OpinionatedModel
from domain.learning.champion_gate import ShadowScore
from domain.learning.model_record import ModelRecord
from domain.learning.outcome import LabelledSample
from domain.learning.sample import Sample

_EVEN: Final = 0.5
"""The confidence above which Kelly bets anything at all."""


def learned_until_ms(challenger: ModelRecord, champion: ModelRecord | None) -> int:
    """Give the moment up to which either of the two may have learned."""
    return max(challenger.trained_at_ms, 0 if champion is None else champion.trained_at_ms)


def shadow_record(
    samples: Iterable[LabelledSample], challenger: OpinionatedModel, champion: OpinionatedModel | None
) -> tuple[ShadowScore, ...]:
    """Score the samples that were decided on after everybody had learned, in order of decision.

    Without a champion, or with one that does not know these features, the challenger is held against
    the base rate that was known when it was trained. It would take what its sure probability and the
    realised payoff give Kelly something to bet on. Samples of features it does not know are left out.
    """
    unseen = unseen_samples(samples, challenger.record, None if champion is None else champion.record)
    return tuple(_scores(sorted(unseen, key=_decided), challenger, champion))


def unseen_samples(
    samples: Iterable[LabelledSample], challenger: ModelRecord, champion: ModelRecord | None
) -> Iterator[LabelledSample]:
    """Give those that neither of the two can have learned from, and the challenger knows how to read."""
    until_ms, schema = learned_until_ms(challenger, champion), challenger.schema_hash
    for one in samples:
        if one.sample.decided_at_ms > until_ms and one.sample.schema_hash == schema:
            yield one


def _scores(
    samples: Iterable[LabelledSample], challenger: OpinionatedModel, champion: OpinionatedModel | None
) -> Iterator[ShadowScore]:
    for sample, outcome in samples:
        opinion = challenger.of(sample.features, sample.context)
        yield ShadowScore(
            decided_at_ms=sample.decided_at_ms,
            resolved_at_ms=outcome.resolved_at_ms,
            is_won=outcome.is_won,
            net_r=outcome.net_r,
            challenger=opinion.probability,
            champion=_by_champion(sample, champion, challenger.record),
            context_only=challenger.by_context_alone(sample.context),
            would_take=opinion.confidence > _EVEN,
        )


def _by_champion(sample: Sample, champion: OpinionatedModel | None, challenger: ModelRecord) -> float:
    if champion is None or champion.record.schema_hash != sample.schema_hash:
        return challenger.reliability.base_rate
    return champion.of(sample.features, sample.context).probability


def _decided(one: LabelledSample) -> tuple[int, str]:
    return one.sample.decided_at_ms, one.sample.sample_id
