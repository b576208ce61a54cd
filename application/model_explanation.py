"""Why a model thought of one trade what it thought: column by column, and what followed from that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from application.model_opinion import ModelOpinion, OpinionatedModel
from application.ports.contributions import Contributions, ForestExplainer
from application.ports.forest import ForestMaker
from application.ports.model_registry import ModelRegistry
from application.ports.sample_book import SampleBook
from application.ports.trade_store import DecisionRecord
from application.seat_history import Seating, drift_at, seated_at, seatings
from domain.learning.drift import DriftRules, DriftState, bet_size
from domain.learning.model_columns import head_names, head_row
from domain.learning.model_record import ModelRecord
from domain.learning.outcome import Outcome
from domain.learning.sample import Sample
from domain.learning.trained_model import TrainedModel


class NothingToExplain(LookupError):
    """Nobody knows the setup, or no model could speak of it; the message names what helps."""


class ColumnSays(NamedTuple):
    """One column: its value in the trade's direction, and what it did to the margin."""

    name: str
    value: float
    contribution: float


class HeadSays(NamedTuple):
    """Where a head's margin begins and what each column adds, the strongest first; they sum to `margin`.

    The margin is what trading saw: a logit before calibration, or a net result in planned losses.
    """

    base: float
    columns: tuple[ColumnSays, ...]
    margin: float

    @property
    def rounding(self) -> float:
        """By how much the sum misses the margin."""
        return self.base + sum(one.contribution for one in self.columns) - self.margin


@dataclass(frozen=True, slots=True)
class Explanation:
    """A setup, and what a model says of it by all its heads.

    `was_asked` is false where no champion sat when the setup was decided on: then `model` is the newest
    one, and nothing it says had any part in the trade. `has_learned_from_it` is true where the outcome
    may be in what the model learned: then its figures prove nothing. `bet_share` is what of its bet the
    champion might place after what drift had done to it.
    """

    sample: Sample
    outcome: Outcome | None
    seating: Seating | None
    model: ModelRecord
    was_asked: bool
    bet_share: float
    has_learned_from_it: bool
    opinion: ModelOpinion
    by_context_alone: float
    to_win: HeadSays
    net_r: HeadSays


class ModelExplainer:
    """Takes the opinion of the champion of the moment apart; reads what is kept and changes nothing."""

    def __init__(
        self,
        book: SampleBook,
        registry: ModelRegistry,
        forest_of: ForestMaker,
        explainer: ForestExplainer,
        bound_z: float,
        drift: DriftRules,
    ) -> None:
        self._book = book
        self._registry = registry
        self._forest_of = forest_of
        self._explainer = explainer
        self._bound_z = bound_z
        self._drift = drift

    async def explain(self, setup_id: str, decisions: Sequence[DecisionRecord] = ()) -> Explanation:
        """Explain a setup, taken or refused, given what was decided on it.

        Raises NothingToExplain, StoreFailed, or ValueError for a damaged model.
        """
        known = await self._book.sample(setup_id)
        if known is None:
            raise NothingToExplain(f"no setup {setup_id} is kept there; `slt trades` lists trades")
        sample, outcome = known
        records = await self._registry.records()
        if not records:
            raise NothingToExplain(
                f"no model has learned yet; `slt why {setup_id}` tells how it was decided without one"
            )
        happenings = await self._registry.history()
        seating = seated_at(seatings(happenings), sample.decided_at_ms)
        asked = _asked(records, decisions) or (None if seating is None else seating.model)
        model = await self._registry.model(asked or records[-1].model_id)
        if model.record.schema_hash != sample.schema_hash:
            raise NothingToExplain(
                f"model {model.record.model_id} learned features of schema {model.record.schema_hash},"
                f" those of {setup_id} are of {sample.schema_hash}"
            )
        drift = DriftState.STEADY
        if asked is not None:
            drift = drift_at(happenings, asked, sample.decided_at_ms)
        return self._explanation(model, sample, outcome, seating, drift, was_asked=asked is not None)

    def _explanation(
        self,
        model: TrainedModel,
        sample: Sample,
        outcome: Outcome | None,
        seating: Seating | None,
        drift: DriftState,
        *,
        was_asked: bool,
    ) -> Explanation:
        opinionated = OpinionatedModel(model, self._forest_of, self._bound_z)
        sees_context = model.record.features == head_names(sees_context=True)
        row = head_row(sample.features, sample.context, sees_context=sees_context)
        return Explanation(
            sample=sample,
            outcome=outcome,
            seating=seating,
            model=model.record,
            was_asked=was_asked,
            bet_share=bet_size(drift, self._drift),
            has_learned_from_it=sample.decided_at_ms <= model.record.span.resolved_until_ms,
            opinion=opinionated.of(sample.features, sample.context),
            by_context_alone=opinionated.by_context_alone(sample.context),
            to_win=self._says(model.heads.probability, model.record.features, row),
            net_r=self._says(model.heads.expected_r, model.record.features, row),
        )

    def _says(self, forest: bytes, names: Sequence[str], row: tuple[float, ...]) -> HeadSays:
        (told,) = self._explainer.contributions(forest, [row])
        return HeadSays(told.base, _columns(names, row, told), self._forest_of(forest).margin(row))


def _columns(names: Sequence[str], row: Sequence[float], told: Contributions) -> tuple[ColumnSays, ...]:
    columns = map(ColumnSays, names, row, told.of_columns)
    return tuple(sorted(columns, key=lambda one: abs(one.contribution), reverse=True))


def _asked(records: Iterable[ModelRecord], decisions: Sequence[DecisionRecord]) -> str | None:
    """Find the model that the decision to enter names as the one that was believed."""
    entries = [one.detail for one in decisions if one.kind == "entry"]
    for record in records:
        if any(f"belief: {record.model_id}" in detail for detail in entries):
            return record.model_id
    return None


def opinion_in_words(opinion: ModelOpinion, bet_share: float = 1.0) -> list[str]:
    """Tell how a belief becomes a bet, step by step, with the figures of this trade."""
    doubt = [] if bet_share >= 1.0 else [f"it had drifted, and might place only {bet_share:g} of that"]
    lower, payoff, confidence = opinion.lower_bound, opinion.payoff, opinion.confidence
    multiplier = max(0.0, 4.0 * (confidence - 0.5))
    bet = f"{multiplier:.2f} of the plain bet" if multiplier else "nothing: the trade is passed over"
    return [
        f"wins after costs with a probability of {opinion.probability:.3f}, {lower:.3f} at the lower bound",
        f"a win has brought {payoff:.2f} times what a loss cost, as trades of its kind really ended",
        f"confidence = (1 + {lower:.3f} - (1 - {lower:.3f}) / {payoff:.2f}) / 2 = {confidence:.3f}",
        f"Kelly multiplier = 4 x ({confidence:.3f} - 0.5) = {4.0 * (confidence - 0.5):+.2f}: {bet}",
        *doubt,
        f"the other head expects {opinion.expected_r:+.2f} R",
    ]
