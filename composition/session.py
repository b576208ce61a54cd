"""One session, wired: who decides, who watches the risk, who records and who learns."""

from collections.abc import Callable, Mapping

from dependency_injector import containers, providers

from adapters.settings.settings import Settings
from adapters.system.clock import TapeClock
from application.champion_seat import ChampionSeat, SeatRules
from application.desk_rules import DeskRules
from application.entry_review import EntryReview
from application.learner import Learner
from application.learning_cycle import LearningCycle
from application.ports.beliefs import Beliefs
from application.ports.broker import Broker
from application.ports.candle_aggregator import CandleAggregator
from application.ports.clock import Clock
from application.ports.feed import Feed
from application.ports.journal import Journal
from application.ports.structure_engine import StructureEngine
from application.ports.trade_store import TradeStore
from application.session_header import SessionHeader
from application.shadow_desk import ShadowDesk
from application.shadow_rules import ShadowRules, SteadyFunding
from application.smart_order_manager import SmartOrderManager
from application.symbol_book import SymbolBook
from application.symbol_shadows import SymbolShadows
from application.trading_desk import TradingDesk
from application.trading_session import TradingSession
from application.unified_trade_recorder import UnifiedTradeRecorder
from composition.engines import AGGREGATORS, ENGINES, compiled_forest
from composition.opening import LIVE
from domain.learning.fixed_confidence import FixedConfidence
from domain.learning.no_model import NoModel
from domain.learning.structure_score import StructureScore
from domain.market.instrument import Instrument
from domain.orders.order_validator import OrderValidator
from domain.risk.risk_gate import RiskGate
from domain.risk.trade_planner import TradePlanner
from domain.setup.setup_rules import EntryStyle


def beliefs_for(settings: Settings) -> Beliefs:
    """Give an empty champion's seat, or what stands in for it: a number, or a score of the structure."""
    confidence, learning = settings.confidence, settings.learning
    if confidence is None:
        is_maker = settings.setup.entry is EntryStyle.POST_ONLY_LIMIT
        calibration, drift = learning.training.calibration, learning.watch.drift
        return ChampionSeat(SeatRules(compiled_forest, settings.costs, is_maker, calibration, drift))
    return StructureScore() if isinstance(confidence, str) else FixedConfidence(confidence)


def shadows_for(
    instruments: Mapping[str, Instrument],
    aggregator: Callable[[], CandleAggregator],
    structure: Callable[[], StructureEngine],
    rules: ShadowRules,
) -> list[SymbolShadows]:
    """Give the shadows of every symbol, with an engine of their own."""
    return [SymbolShadows(one, aggregator(), structure(), rules) for one in instruments.values()]


def learner_on(cycle: LearningCycle | None, shadows: Callable[[], ShadowDesk]) -> Learner | None:
    """Give whoever learns from a session, if anybody does."""
    return None if cycle is None else Learner(shadows(), cycle)


def books_for(book: providers.Factory[SymbolBook], instruments: Mapping[str, Instrument]) -> list[SymbolBook]:
    """Give an empty book per symbol."""
    return [book(instrument=instrument) for instrument in instruments.values()]


class Wiring(containers.DeclarativeContainer):
    """One session; what is opened and closed is opened outside and handed in."""

    settings = providers.Dependency(instance_of=Settings)
    instruments = providers.Dependency(instance_of=dict)
    step_ms = providers.Dependency(instance_of=int)
    feed: providers.Provider[Feed] = providers.Dependency()
    clock: providers.Provider[Clock] = providers.Dependency()
    journal: providers.Provider[Journal] = providers.Dependency()
    broker: providers.Provider[Broker] = providers.Dependency()
    store: providers.Provider[TradeStore] = providers.Dependency()
    is_live = providers.Dependency(instance_of=bool)
    may_explore = providers.Dependency(instance_of=bool)
    cycle: providers.Provider[LearningCycle | None] = providers.Dependency()

    structure: providers.Provider[StructureEngine] = providers.Selector(
        settings.provided.structure,
        native=providers.Factory(ENGINES["native"], settings.provided.structure_rules),
        reference=providers.Factory(ENGINES["reference"], settings.provided.structure_rules),
    )
    aggregator: providers.Provider[CandleAggregator] = providers.Selector(
        settings.provided.structure,
        native=providers.Factory(
            AGGREGATORS["native"], step_ms, settings.provided.structure_rules.base_step_ms
        ),
        reference=providers.Factory(
            AGGREGATORS["reference"], step_ms, settings.provided.structure_rules.base_step_ms
        ),
    )
    beliefs: providers.Provider[Beliefs] = providers.Callable(beliefs_for, settings)
    gate: providers.Provider[RiskGate] = providers.Factory(
        RiskGate, settings.provided.gate, providers.Factory(OrderValidator)
    )
    planner: providers.Provider[TradePlanner] = providers.Factory(
        TradePlanner,
        settings.provided.sizing,
        settings.provided.leverage,
        settings.provided.costs,
        may_explore=may_explore,
    )
    review: providers.Provider[EntryReview] = providers.Factory(
        EntryReview, planner, gate, settings.provided.setup.entry
    )
    book = providers.Factory(SymbolBook, aggregator=aggregator, engine=structure, step_ms=step_ms)
    rules: providers.Provider[DeskRules] = providers.Factory(
        DeskRules,
        settings.provided.setup,
        settings.provided.exits,
        settings.provided.costs,
        settings.provided.cross_margin,
    )
    desk: providers.Provider[TradingDesk] = providers.Singleton(
        TradingDesk,
        providers.Callable(books_for, book.provider, instruments),
        rules,
        beliefs,
        review,
        providers.Factory(SmartOrderManager, gate),
    )
    recorder: providers.Provider[UnifiedTradeRecorder] = providers.Factory(
        UnifiedTradeRecorder, store, is_prompt=is_live
    )
    shadow_rules: providers.Provider[ShadowRules] = providers.Factory(
        ShadowRules,
        rules,
        providers.Factory(NoModel),
        providers.Factory(
            SteadyFunding,
            settings.provided.venue.funding_rate_per_interval,
            settings.provided.venue.funding_interval_ms,
        ),
        step_ms,
    )
    shadows: providers.Provider[list[SymbolShadows]] = providers.Callable(
        shadows_for, instruments, aggregator.provider, structure.provider, shadow_rules
    )
    shadow_desk: providers.Provider[ShadowDesk] = providers.Factory(ShadowDesk, shadows)
    learner: providers.Provider[Learner | None] = providers.Singleton(learner_on, cycle, shadow_desk.provider)
    session: providers.Provider[TradingSession] = providers.Factory(
        TradingSession, feed, clock, journal, desk, broker, recorder, learner
    )


def wired(
    settings: Settings,
    instruments: Mapping[str, Instrument],
    step_ms: int,
    feed: Feed | None = None,
    journal: Journal | None = None,
    broker: Broker | None = None,
    store: TradeStore | None = None,
    cycle: LearningCycle | None = None,
    *,
    is_live: bool = False,
    may_explore: bool = True,
) -> Wiring:
    """Wire a session on the time of its tape; one that is live keeps each closed trade at once."""
    return Wiring(
        settings=providers.Object(settings),
        instruments=providers.Object(instruments),
        step_ms=providers.Object(step_ms),
        feed=providers.Object(feed),
        clock=providers.Factory(TapeClock),
        journal=providers.Object(journal),
        broker=providers.Object(broker),
        store=providers.Object(store),
        is_live=providers.Object(is_live),
        may_explore=providers.Object(may_explore),
        cycle=providers.Object(cycle),
    )


def may_explore(settings: Settings, header: SessionHeader) -> bool:
    """Tell whether a session may trade without a model of proven skill."""
    return header.kind != LIVE or settings.explore_live
