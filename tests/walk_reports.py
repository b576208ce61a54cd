"""Whole walks forward, summed up, for whoever shows them."""

from decimal import Decimal

from application.decision import EquityMark
from application.harvest_summary import SetupTally, summary_of
from application.net_r_estimate import Estimate
from application.random_trades import NoRandomTrade, RandomTrade
from application.walk_forward_figures import OutOfSample, out_of_sample, stretch_of
from application.walk_forward_report import Traded, WalkForwardReport, Way, verdict_on
from application.walk_forward_trials import Attempt, TrialsHeld
from domain.learning.champion_gate import GateDecision, GateVerdict
from domain.learning.drift import DriftState
from domain.market.timeframe import DAY_MS
from domain.position.closed_trade import ExitReason
from domain.tape import ChampionChanged
from tests.learning_samples import SeededChance
from tests.model_samples import a_model
from tests.trade_samples import CLOSE_MS
from tests.walks import WITH_EDGE, HandTrainer, walked

WON = Estimate(300, 0.2, 0.1, 0.3, 60)
LOST = Estimate(300, -0.1, -0.2, -0.01, 60)
STEPS = walked(WITH_EDGE, trainer=HandTrainer(refuses=1))
STRETCHES = tuple(map(stretch_of, STEPS))
MODEL = a_model()
MODEL_ID = MODEL.record.model_id


def _seen() -> OutOfSample:
    losers = (
        RandomTrade("BTCUSDT", one.sample.decided_at_ms, one.outcome.resolved_at_ms, -0.1, ExitReason.STOP)
        for one in WITH_EDGE[:50]
    )
    seen = out_of_sample(STEPS, losers, SeededChance(1))
    if seen is None:
        raise ValueError("nothing was judged")
    return seen


SEEN = _seen()
_VERDICT = GateVerdict(GateDecision.PROMOTE, 1, 0.03, 400, 200.0, 90, (), ("better by far",))
NOBODY_TRIED = TrialsHeld(5, 0, 0, (), ())
PROMOTED = TrialsHeld(
    challengers=5,
    trials=2,
    given_up=0,
    attempts=(Attempt(CLOSE_MS + 20 * DAY_MS, MODEL_ID, 1, _VERDICT),),
    changes=(
        ChampionChanged(CLOSE_MS + 20 * DAY_MS, MODEL, DriftState.STEADY, ("better by far",)),
        ChampionChanged(CLOSE_MS + 50 * DAY_MS, None, DriftState.DEMOTED, ("hit rate: severe drift",)),
    ),
)
_MARKS = tuple(
    EquityMark(CLOSE_MS + day * DAY_MS, Decimal(100 + day), Decimal(100 + day)) for day in range(3)
)
WITHOUT = Traded(
    way=Way.WITHOUT,
    seats=0,
    trades=300,
    explored=300,
    net_pnl=Decimal("-12.345"),
    fees=Decimal("9.1"),
    end_wallet=Decimal("987.655"),
    max_drawdown=Decimal("0.0345"),
    r=LOST,
    believed=None,
    equity=_MARKS,
)
GATE = WITHOUT._replace(way=Way.GATE, seats=1, explored=100, net_pnl=Decimal("45.6"), r=WON, believed=WON)
NOTHING = GATE._replace(way=Way.EVERY, seats=5, trades=0, explored=0, r=None, believed=None, equity=())


def a_walk(
    seen: OutOfSample | None = SEEN,
    trials: TrialsHeld = PROMOTED,
    traded: tuple[Traded, ...] = (WITHOUT, GATE, NOTHING),
) -> WalkForwardReport:
    """Give a report with its verdict."""
    return WalkForwardReport(
        verdict=verdict_on(seen, STRETCHES, trials, traded, 100.0),
        seed=1,
        setups=summary_of({"BTCUSDT": SetupTally()}),
        stretches=STRETCHES,
        out_of_sample=seen,
        not_random={NoRandomTrade.NEVER_ENTERED: 3},
        trials=trials,
        traded=traded,
    )


AN_EDGE = a_walk()
NO_EDGE = a_walk(trials=NOBODY_TRIED, traded=(WITHOUT,))
NO_MODEL = a_walk(seen=None, trials=TrialsHeld(0, 0, 0, (), ()), traded=())
