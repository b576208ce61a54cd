"""A structure that offers a long, the trade that follows it, and the mirror image of both."""

from dataclasses import replace
from decimal import Decimal

from domain.market.direction import Direction, side_that_opens
from domain.market.instrument import Instrument
from domain.market.trading_costs import TradingCosts
from domain.orders.fill import Fill
from domain.position.open_trade import OpenTrade, ScoredConfidence
from domain.position.position import open_position
from domain.position.trade_plan import TradePlan
from domain.setup.setup import Setup, SetupKind
from domain.structure.structure_view import FrameView, Pool, StructureView, Zone, ZoneKind

SYMBOL = "BTCUSDT"
MINUTE = 60_000
BASE_STEP = 5 * MINUTE
MIDDLE_STEP = 15 * MINUTE
OPEN_MS = 1_699_999_800_000
CLOSE_MS = OPEN_MS + BASE_STEP
MIRROR = 1024

INSTRUMENT = Instrument(
    symbol=SYMBOL,
    tick=Decimal("0.25"),
    lot=Decimal("0.001"),
    min_quantity=Decimal("0.001"),
    max_quantity=Decimal(1000),
    max_market_quantity=Decimal(1000),
    min_notional=Decimal(5),
)
NO_COSTS = TradingCosts(maker_fee=Decimal(0), taker_fee=Decimal(0), slippage=Decimal(0))
COSTS = TradingCosts()

BLOCK = Zone(ZoneKind.ORDER_BLOCK, 1016.0, 1020.0, OPEN_MS - 40 * MINUTE)
GAP = Zone(ZoneKind.FAIR_VALUE_GAP, 1021.0, 1023.0, OPEN_MS - 10 * MINUTE)

FEATURES = (0.9, 0.4, 0.3, 0.6, 0.2, 0.25, 0.8, -0.2, 0.7, 0.5, 0.6, 0.1)
ODD = (True,) * 8 + (False,) * 3 + (True,)

VIEW = StructureView(
    open_time_ms=OPEN_MS,
    close=1024.0,
    features=FEATURES,
    base=FrameView(
        trend=1, last_event=1, is_last_event_choch=False, event_age_bars=4, atr=4.0, step_ms=300_000
    ),
    middle=FrameView(
        trend=1, last_event=1, is_last_event_choch=False, event_age_bars=2, atr=8.0, step_ms=900_000
    ),
    higher=FrameView(
        trend=1, last_event=1, is_last_event_choch=False, event_age_bars=9, atr=16.0, step_ms=3_600_000
    ),
    displacement=1,
    displacement_age_bars=3,
    sweep=0.75,
    sweep_age_bars=5,
    bullish_block=BLOCK,
    bearish_block=None,
    bullish_gap=GAP,
    bearish_gap=None,
    dealing_range=(1000.0, 1064.0),
    pools_above=(Pool(1030.0, 1), Pool(1050.0, 2)),
    pools_below=(Pool(1004.0, 1),),
    killzone=0.0,
)

SETUP = Setup(
    setup_id="BTCUSDT.L.1",
    symbol=SYMBOL,
    direction=Direction.LONG,
    kind=SetupKind.GAP_RETURN,
    found_at_ms=CLOSE_MS,
    entry=Decimal(1024),
    stop=Decimal(1014),
    target=Decimal(1044),
    zone=GAP,
    reasons=("because",),
    features=FEATURES,
    higher_trend=1,
)


def mirrored(view: StructureView) -> StructureView:
    """The same chart upside down, about 1024."""
    return view._replace(
        close=_flip(view.close),
        features=None
        if view.features is None
        else tuple(-x if odd else x for x, odd in zip(view.features, ODD, strict=True)),
        base=_mirrored_frame(view.base),
        middle=_mirrored_frame(view.middle),
        higher=_mirrored_frame(view.higher),
        displacement=-view.displacement,
        sweep=-view.sweep,
        bullish_block=_mirrored_zone(view.bearish_block),
        bearish_block=_mirrored_zone(view.bullish_block),
        bullish_gap=_mirrored_zone(view.bearish_gap),
        bearish_gap=_mirrored_zone(view.bullish_gap),
        dealing_range=None
        if view.dealing_range is None
        else (_flip(view.dealing_range[1]), _flip(view.dealing_range[0])),
        pools_above=tuple(Pool(_flip(pool.level), pool.count) for pool in view.pools_below),
        pools_below=tuple(Pool(_flip(pool.level), pool.count) for pool in view.pools_above),
    )


def flipped(price: Decimal) -> Decimal:
    """A price upside down."""
    return 2 * MIRROR - price


def mirrored_setup(setup: Setup) -> Setup:
    return replace(
        setup,
        direction=setup.direction.opposite,
        entry=flipped(setup.entry),
        stop=flipped(setup.stop),
        target=flipped(setup.target),
        zone=_zone_of(setup.zone),
        features=tuple(-x if odd else x for x, odd in zip(setup.features, ODD, strict=True)),
        higher_trend=-setup.higher_trend,
    )


def a_plan(
    setup: Setup = SETUP,
    quantity: str = "2",
    leverage: int = 2,
    planned_loss: str = "20",
    confidence: float | None = None,
) -> TradePlan:
    size = Decimal(quantity)
    return TradePlan(
        setup=setup,
        quantity=size,
        leverage=leverage,
        initial_margin=size * 1024 / leverage,
        planned_loss=Decimal(planned_loss),
        kelly_multiplier=0.25,
        confidence=confidence,
        is_exploration=confidence is None,
    )


def a_trade(
    plan: TradePlan | None = None,
    *,
    opened_at_ms: int = CLOSE_MS,
    stop: str | None = None,
    is_half_closed: bool = False,
    confidences: tuple[ScoredConfidence, ...] = (),
    fee: str = "0",
) -> OpenTrade:
    """A trade filled whole at its planned entry."""
    plan = plan or a_plan()
    setup = plan.setup
    position = open_position(entry_fill(plan, opened_at_ms, fee))
    return OpenTrade(
        plan=plan,
        position=position,
        stop=setup.stop if stop is None else Decimal(stop),
        target=setup.target,
        is_half_closed=is_half_closed,
        confidences=confidences,
    )


def entry_fill(plan: TradePlan, at_ms: int = CLOSE_MS, fee: str = "0") -> Fill:
    setup = plan.setup
    return Fill(
        fill_id="1",
        order_id="1",
        symbol=setup.symbol,
        side=side_that_opens(setup.direction),
        price=setup.entry,
        quantity=plan.quantity,
        fee=Decimal(fee),
        realized_pnl=Decimal(0),
        is_maker=True,
        is_last=True,
        at_ms=at_ms,
    )


def mirrored_trade(trade: OpenTrade) -> OpenTrade:
    """The same trade the other way; true for a trade filled whole and still whole."""
    plan = replace(trade.plan, setup=mirrored_setup(trade.plan.setup))
    return replace(
        trade,
        plan=plan,
        position=open_position(entry_fill(plan, trade.position.opened_at_ms, str(trade.position.fees))),
        stop=flipped(trade.stop),
        target=flipped(trade.target),
    )


def _mirrored_frame(frame: FrameView) -> FrameView:
    return frame._replace(trend=-frame.trend, last_event=-frame.last_event)


def _mirrored_zone(zone: Zone | None) -> Zone | None:
    return None if zone is None else _zone_of(zone)


def _zone_of(zone: Zone) -> Zone:
    return zone._replace(bottom=_flip(zone.top), top=_flip(zone.bottom))


def _flip(price: float) -> float:
    return 2.0 * MIRROR - price
