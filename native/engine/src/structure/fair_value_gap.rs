//! Prices that a fast bar jumped over; twin of `domain/structure/fair_value_gap.py`.

use super::order_block::distance_to_zone;
use super::sided_bar::{Moment, SidedBar};
use super::snapshot::{SnapshotReader, SnapshotRefused, SnapshotWriter};
use super::squash::{added_up_of, larger, smaller};
use super::structure_config::{FairValueGapRules, room_for};

/// The zone between the first bar's high and the third bar's low.
///
/// `edge` is the lowest price seen in it since: what lies below is still open.
#[derive(Clone, Copy, Debug)]
pub struct FairValueGap {
    pub bottom: f64,
    pub top: f64,
    pub edge: f64,
    pub created_bar: i64,
    pub created_ms: i64,
    share: f64,
}

impl FairValueGap {
    /// Let price come down into the gap as far as this low.
    fn fill_down_to(&mut self, low: f64) {
        self.edge = smaller(self.edge, low);
        self.share = (self.edge - self.bottom) / (self.top - self.bottom);
    }

    /// Give remaining share x min(size / ATR, most) / (1 + d).
    fn weight(&self, close: f64, atr: f64, most: f64) -> f64 {
        let away = distance_to_zone(close, self.bottom, self.edge) / atr;
        self.share * smaller((self.top - self.bottom) / atr, most) / (1.0 + away)
    }
}

/// The open fair value gaps of one side, oldest first.
#[derive(Clone, Debug)]
pub struct FairValueGaps {
    rules: FairValueGapRules,
    open: Vec<FairValueGap>,
    highest_edge: f64,
}

impl FairValueGaps {
    pub fn new(rules: &FairValueGapRules) -> Self {
        Self { rules: rules.clone(), open: Vec::new(), highest_edge: f64::NEG_INFINITY }
    }

    /// Let every gap live through the bar: filled a little, filled, or too old.
    pub fn update(&mut self, bar: &SidedBar, moment: &Moment) {
        let oldest = moment.bar - self.rules.max_age_bars;
        let has_one_too_old = self.open.first().is_some_and(|gap| gap.created_bar < oldest);
        if bar.low < self.highest_edge || has_one_too_old {
            self.fill(bar, oldest);
        }
    }

    #[inline(never)]
    fn fill(&mut self, bar: &SidedBar, oldest: i64) {
        let mut has_ended = self.open.first().is_some_and(|gap| gap.created_bar < oldest);
        for gap in &mut self.open {
            gap.fill_down_to(bar.low);
            has_ended |= gap.edge <= gap.bottom;
        }
        if has_ended {
            self.open.retain(|gap| gap.edge > gap.bottom && gap.created_bar >= oldest);
        }
        self.highest_edge = highest_edge(&self.open);
    }

    /// Take a gap when the bar is the third in a row and leaves one open.
    pub fn find(&mut self, bar: &SidedBar, before: &[SidedBar], moment: &Moment) {
        let [.., first, second] = before else { return };
        let (bottom, top) = (first.high, bar.low);
        let is_left_behind = moment.is_third_in_row && top > bottom && second.close > bottom;
        if is_left_behind && top - bottom >= self.rules.min_size_atr * moment.atr_before {
            self.leave(bottom, top, moment);
        }
    }

    #[inline(never)]
    fn leave(&mut self, bottom: f64, top: f64, moment: &Moment) {
        if self.open.len() >= room_for(self.rules.kept) {
            self.open.remove(0);
        }
        let (created_bar, created_ms) = (moment.bar, moment.open_time_ms);
        self.open.push(FairValueGap { bottom, top, edge: top, created_bar, created_ms, share: 1.0 });
        self.highest_edge = larger(self.highest_edge, top);
    }

    /// Add up the gaps: remaining share x min(size / ATR, 2) / (1 + d).
    ///
    /// d is the distance of the close to what is still open, in ATR.
    pub fn weight(&self, close: f64, atr: f64) -> f64 {
        let most = self.rules.max_counted_size_atr;
        added_up_of(&self.open, |gap| gap.weight(close, atr, most))
    }

    /// Give the gap whose open part is closest to the close, of equally close ones the youngest.
    pub fn nearest(&self, close: f64) -> Option<&FairValueGap> {
        let (mut found, mut least) = (None, f64::INFINITY);
        for gap in &self.open {
            let away = distance_to_zone(close, gap.bottom, gap.edge);
            if away <= least {
                (found, least) = (Some(gap), away);
            }
        }
        found
    }

    /// Write the state.
    pub fn save(&self, out: &mut SnapshotWriter) {
        out.length(self.open.len());
        for gap in &self.open {
            out.number(gap.bottom);
            out.number(gap.top);
            out.number(gap.edge);
            out.whole(gap.created_bar);
            out.whole(gap.created_ms);
        }
    }

    /// Read the state back.
    pub fn load(&mut self, saved: &mut SnapshotReader) -> Result<(), SnapshotRefused> {
        self.open = saved.each(loaded)?;
        self.highest_edge = highest_edge(&self.open);
        Ok(())
    }
}

fn highest_edge(gaps: &[FairValueGap]) -> f64 {
    gaps.iter().fold(f64::NEG_INFINITY, |highest, gap| larger(highest, gap.edge))
}

fn loaded(saved: &mut SnapshotReader) -> Result<FairValueGap, SnapshotRefused> {
    let (bottom, top, edge) = (saved.number()?, saved.number()?, saved.number()?);
    let (created_bar, created_ms) = (saved.whole()?, saved.whole()?);
    let share = (edge - bottom) / (top - bottom);
    Ok(FairValueGap { bottom, top, edge, created_bar, created_ms, share })
}

#[cfg(test)]
mod tests {
    use super::super::structure_config::StructureConfig;
    use super::*;

    fn bar(high: f64, low: f64, close: f64) -> SidedBar {
        SidedBar { open: close, high, low, close }
    }

    fn moment(number: i64) -> Moment {
        Moment { bar: number, open_time_ms: number, atr_before: 2.0, atr: 2.0, is_third_in_row: true }
    }

    fn one_gap() -> FairValueGaps {
        let mut gaps = FairValueGaps::new(&StructureConfig::default().fair_value_gap);
        gaps.find(&bar(15.0, 12.0, 14.0), &[bar(10.0, 9.0, 9.5), bar(13.0, 9.5, 12.5)], &moment(0));
        gaps
    }

    #[test]
    fn a_gap_is_filled_from_above_until_it_is_gone() {
        let mut gaps = one_gap();
        let mut weights = vec![gaps.weight(12.0, 2.0)];
        for (number, low) in (1..).zip([13.0, 11.0, 11.5]) {
            gaps.update(&bar(14.0, low, 14.0), &moment(number));
            weights.push(gaps.weight(11.0, 2.0));
        }
        assert_eq!(weights, [1.0, 1.0, 0.5, 0.5]);
        gaps.update(&bar(14.0, 10.0, 14.0), &moment(4));
        assert!(gaps.nearest(11.0).is_none());
    }

    #[test]
    fn no_gap_without_a_hole_a_middle_close_enough_size_and_equal_spacing() {
        let config = StructureConfig::default().fair_value_gap;
        let (first, second, third) = (bar(10.0, 9.0, 9.5), bar(13.0, 9.5, 12.5), bar(15.0, 12.0, 14.0));
        let apart = Moment { is_third_in_row: false, ..moment(0) };
        let cases = [
            (bar(15.0, 10.0, 14.0), vec![first, second], moment(0)),
            (third, vec![first, bar(13.0, 9.5, 10.0)], moment(0)),
            (bar(15.0, 10.1, 14.0), vec![first, second], moment(0)),
            (third, vec![first, second], apart),
            (third, vec![second], moment(0)),
        ];
        for (third, before, moment) in cases {
            let mut gaps = FairValueGaps::new(&config);
            gaps.find(&third, &before, &moment);
            assert!(gaps.open.is_empty(), "{third:?} {before:?}");
        }
    }

    #[test]
    fn a_gap_ends_of_age() {
        let mut gaps = one_gap();
        gaps.update(&bar(20.0, 20.0, 20.0), &moment(500));
        assert!(gaps.nearest(20.0).is_some());
        gaps.update(&bar(20.0, 20.0, 20.0), &moment(501));
        assert!(gaps.nearest(20.0).is_none());
    }
}
