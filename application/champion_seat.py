"""What is believed of a trade: what the champion thinks of it, or nothing while the seat is empty."""

from dataclasses import dataclass, field, replace
from typing import Final, Self

from application.model_opinion import OpinionatedModel
from application.ports.forest import ForestMaker
from domain.halt import TradingHalt
from domain.learning.belief import Belief, Question
from domain.learning.calibration import CalibrationRules
from domain.learning.drift import DriftRules, DriftState, bet_size
from domain.learning.model_record import ModelRecord
from domain.learning.sample import Context, context_of
from domain.learning.trade_direction import in_trade_direction
from domain.learning.trained_model import TrainedModel
from domain.market.trading_costs import TradingCosts

_NOBODY: Final = Belief(confidence=None, source="no_model")


@dataclass(frozen=True, slots=True)
class SeatRules:
    """What a champion is asked by: how a forest is made, what a trade costs, how careful to be."""

    forest_of: ForestMaker
    costs: TradingCosts
    is_maker_entry: bool
    calibration: CalibrationRules = field(default_factory=CalibrationRules)
    drift: DriftRules = field(default_factory=DriftRules)


@dataclass(frozen=True, slots=True)
class ChampionSeat:
    """Beliefs of whoever sits here; one that drifted bets less, one that was demoted is asked no more."""

    rules: SeatRules
    champion: OpinionatedModel | None = None
    size: float = 1.0

    def of(self, question: Question) -> Belief:
        """Tell the champion's belief; none without a champion, or about features it did not learn."""
        if self.champion is None:
            return _NOBODY
        record = self.champion.record
        if record.schema_hash != question.schema_hash:
            return _not_asked(record, question.schema_hash)
        features = in_trade_direction(question.features, question.setup.direction)
        opinion = self.champion.of(features, self._context(question))
        return Belief(opinion.confidence, record.model_id, self.size, opinion.in_words())

    def with_champion(self, model: TrainedModel | None, drift: DriftState) -> Self:
        """Give the seat after a change. Raises TradingHalt for a model that cannot be asked."""
        size = bet_size(drift, self.rules.drift)
        if model is None or size <= 0.0:
            return replace(self, champion=None, size=1.0)
        rules = self.rules
        try:
            champion = OpinionatedModel(model, rules.forest_of, rules.calibration.bound_z)
        except ValueError as damage:
            raise TradingHalt(f"champion {model.record.model_id} cannot be asked: {damage}") from damage
        return replace(self, champion=champion, size=size)

    def _context(self, question: Question) -> Context:
        rules = self.rules
        return context_of(question.setup, question.atr, rules.costs, is_maker_entry=rules.is_maker_entry)


def _not_asked(record: ModelRecord, schema_hash: str) -> Belief:
    words = f"not asked: it learned features of schema {record.schema_hash}, these are of {schema_hash}"
    return Belief(None, record.model_id, words=words)
