//! Whether the structure could offer a trade at all; twin of `domain/setup/first_look.py`.

use crate::structure::structure_view::{StructureView, Zone};

/// The numbers of the setup rules that need no money to be told.
#[derive(Clone, Copy, Debug)]
pub struct FirstLookRules {
    pub is_relaxed: bool,
    pub is_market_entry: bool,
    pub trigger_max_age_bars: i64,
    pub displacement_max_age_bars: i64,
    pub zone_reach_atr: f64,
}

/// A long or a short, by its sign.
#[derive(Clone, Copy)]
enum Side {
    Long,
    Short,
}

/// Tell whether there is anything that may become a setup; where not, there is none.
#[must_use]
pub fn may_offer_entry(view: &StructureView, rules: &FirstLookRules) -> bool {
    let is_known = view.features.is_some() && view.base.atr > 0.0;
    let Some(range) = view.dealing_range.filter(|_| is_known) else { return false };
    may_offer(view, Side::Long, range, rules) || may_offer(view, Side::Short, range, rules)
}

fn may_offer(view: &StructureView, side: Side, range: (f64, f64), rules: &FirstLookRules) -> bool {
    view.higher.trend != -side.whole_sign()
        && is_confirmed(view, side, rules)
        && side.zones(view).iter().flatten().any(|zone| is_entry_zone(zone, view, side, range, rules))
}

fn is_confirmed(view: &StructureView, side: Side, rules: &FirstLookRules) -> bool {
    let triggers = [sweep(view, side), base_change(view, side), middle_change(view, side)];
    let mut young = triggers.iter().flatten().filter(|trigger| trigger.0 <= rules.trigger_max_age_bars);
    match (displacement_age(view, side, rules), rules.is_relaxed) {
        (Some(_), true) => true,
        (None, true) => young.next().is_some(),
        (Some(age), false) => young.any(|&(_, earliest)| age <= earliest),
        (None, false) => false,
    }
}

fn displacement_age(view: &StructureView, side: Side, rules: &FirstLookRules) -> Option<i64> {
    let is_ours = view.displacement == side.whole_sign();
    view.displacement_age_bars.filter(|&age| is_ours && age <= rules.displacement_max_age_bars)
}

/// How many base bars ago something happened, and the age of the oldest displacement that came with it.
type Trigger = (i64, i64);

fn sweep(view: &StructureView, side: Side) -> Option<Trigger> {
    view.sweep_age_bars.filter(|_| view.sweep * side.sign() > 0.0).map(|age| (age, age))
}

fn base_change(view: &StructureView, side: Side) -> Option<Trigger> {
    let base = &view.base;
    let is_ours = base.is_last_event_choch && base.last_event == side.whole_sign();
    base.event_age_bars.filter(|_| is_ours).map(|age| (age, age))
}

fn middle_change(view: &StructureView, side: Side) -> Option<Trigger> {
    let (middle, base_step_ms) = (&view.middle, view.base.step_ms);
    let is_ours = middle.is_last_event_choch && middle.last_event == side.whole_sign();
    let bars_ago = middle.event_age_bars.filter(|_| is_ours)?;
    let into_bar_ms = view.open_time_ms.saturating_add(base_step_ms).rem_euclid(middle.step_ms);
    let age = bars_ago.saturating_mul(middle.step_ms).saturating_add(into_bar_ms) / base_step_ms;
    Some((age, age.saturating_add(middle.step_ms / base_step_ms - 1)))
}

/// A zone that price has not closed through, within reach, with its entry on the cheap side if it must be.
fn is_entry_zone(
    zone: &Zone,
    view: &StructureView,
    side: Side,
    (bottom, top): (f64, f64),
    rules: &FirstLookRules,
) -> bool {
    let (sign, close) = (side.sign(), view.close);
    let (near, far) = side.edges(zone);
    let reach = if rules.is_market_entry { 0.0 } else { rules.zone_reach_atr * view.base.atr };
    let away = (close - near) * sign;
    let distance = if away > 0.0 { away } else { 0.0 };
    let level = if distance > 0.0 { near } else { close };
    let is_cheap = ((level - bottom) - (top - level)) * sign <= 0.0;
    let is_closed_through = (close - far) * sign < 0.0;
    !is_closed_through && distance <= reach && (rules.is_relaxed || is_cheap)
}

impl Side {
    fn whole_sign(self) -> i64 {
        match self {
            Self::Long => 1,
            Self::Short => -1,
        }
    }

    fn sign(self) -> f64 {
        match self {
            Self::Long => 1.0,
            Self::Short => -1.0,
        }
    }

    fn zones(self, view: &StructureView) -> [Option<&Zone>; 2] {
        match self {
            Self::Long => [view.bullish_block.as_ref(), view.bullish_gap.as_ref()],
            Self::Short => [view.bearish_block.as_ref(), view.bearish_gap.as_ref()],
        }
    }

    /// The edge that a returning price meets first, and the one whose loss proves the zone wrong.
    fn edges(self, zone: &Zone) -> (f64, f64) {
        match self {
            Self::Long => (zone.top, zone.bottom),
            Self::Short => (zone.bottom, zone.top),
        }
    }
}
