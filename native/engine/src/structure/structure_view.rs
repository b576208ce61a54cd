//! What the structure engine shows beside the twelve features; twin of `domain/structure/structure_view.py`.

pub const FEATURE_NAMES: [&str; 12] = [
    "market_structure",
    "order_blocks_count",
    "institutional_candle",
    "liquidity_grab",
    "order_flow",
    "fvg_count",
    "trend_alignment_enhanced",
    "swing_high_distance",
    "structure_integrity",
    "institutional_participation",
    "timeframe_convergence",
    "liquidity_context",
];

pub type Features = [f64; FEATURE_NAMES.len()];

/// The row of an engine that is not ready.
pub const NOT_READY: Features = [f64::NAN; FEATURE_NAMES.len()];

/// What made a price zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZoneKind {
    OrderBlock,
    Breaker,
    FairValueGap,
}

/// A price zone; bottom < top. `created_ms` is the open time of the bar that created it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zone {
    pub kind: ZoneKind,
    pub bottom: f64,
    pub top: f64,
    pub created_ms: i64,
}

/// Resting liquidity at a level; `count` swings share it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pool {
    pub level: f64,
    pub count: i64,
}

/// One timeframe after its last closed bar.
///
/// `trend` and `last_event` are +1, -1 or 0 (none yet). `event_age_bars` is 0 on the bar of the event
/// and None before the first. `atr` is NaN until 14 bars are known. `step_ms` is the length of a bar.
#[derive(Clone, Copy, Debug)]
pub struct FrameView {
    pub trend: i64,
    pub last_event: i64,
    pub is_last_event_choch: bool,
    pub event_age_bars: Option<i64>,
    pub atr: f64,
    pub step_ms: i64,
}

/// The market's structure at the close of one base bar.
///
/// Blocks (middle frame, breakers under the side they now support) and gaps (base frame) are the
/// nearest to the close on their side. `dealing_range` is (bottom, top) of the middle frame. Pools
/// are the middle frame's unswept ones, nearest first.
#[derive(Clone, Debug)]
pub struct StructureView {
    pub open_time_ms: i64,
    pub close: f64,
    pub features: Option<Features>,
    pub base: FrameView,
    pub middle: FrameView,
    pub higher: FrameView,
    pub displacement: i64,
    pub displacement_age_bars: Option<i64>,
    pub sweep: f64,
    pub sweep_age_bars: Option<i64>,
    pub bullish_block: Option<Zone>,
    pub bearish_block: Option<Zone>,
    pub bullish_gap: Option<Zone>,
    pub bearish_gap: Option<Zone>,
    pub dealing_range: Option<(f64, f64)>,
    pub pools_above: Vec<Pool>,
    pub pools_below: Vec<Pool>,
    pub killzone: f64,
}
