//! The numbers behind the structure engine's rules; twin of `domain/structure/structure_config.py`.

use std::fmt::{Display, Formatter};

use super::snapshot::Hexadecimal;
use super::squash::float;

const LARGEST_EXACT: i64 = 1 << 53;
const LEAST_ATR_BARS: i64 = 2;

/// Over how many bars the range is averaged.
#[derive(Clone, Debug)]
pub struct AverageTrueRangeRules {
    pub period_bars: i64,
}

/// How large a displacement's body is, in ATR and as a share of the whole bar.
#[derive(Clone, Debug)]
pub struct DisplacementRules {
    pub min_body_atr: f64,
    pub min_body_share: f64,
}

/// How many bars on each side confirm a swing.
#[derive(Clone, Debug)]
pub struct SwingRules {
    pub reach_bars: i64,
}

/// How many breaks are remembered, and after how many bars the last one counts half.
#[derive(Clone, Debug)]
pub struct TrendRules {
    pub events_kept: i64,
    pub half_life_bars: i64,
}

/// Where a block is sought, how tall it may be, how long and how many are kept on a side.
#[derive(Clone, Debug)]
pub struct OrderBlockRules {
    pub reach_bars: i64,
    pub max_height_atr: f64,
    pub max_age_bars: i64,
    pub kept: i64,
}

/// How large a gap is, how much of its size counts, how long and how many are kept on a side.
#[derive(Clone, Debug)]
pub struct FairValueGapRules {
    pub min_size_atr: f64,
    pub max_counted_size_atr: f64,
    pub max_age_bars: i64,
    pub kept: i64,
}

/// When highs are equal, how long a sweep may take to show, how long and how many pools are kept.
#[derive(Clone, Debug)]
pub struct LiquidityRules {
    pub equal_within_atr: f64,
    pub wait_bars: i64,
    pub max_age_bars: i64,
    pub kept: i64,
    pub half_life_bars: i64,
    pub nearest: i64,
}

/// Over how many bars the flow is added up.
#[derive(Clone, Debug)]
pub struct OrderFlowRules {
    pub window_bars: i64,
}

/// How many bars are now, how many are before, and how many one bar is compared with.
#[derive(Clone, Debug)]
pub struct ParticipationRules {
    pub recent_bars: i64,
    pub earlier_bars: i64,
    pub single_bar_against: i64,
}

/// The three timeframes and the constants of every rule.
#[derive(Clone, Debug)]
pub struct StructureConfig {
    pub base_step_ms: i64,
    pub middle_step_ms: i64,
    pub higher_step_ms: i64,
    pub reset_after_steps: i64,
    pub average_true_range: AverageTrueRangeRules,
    pub displacement: DisplacementRules,
    pub swing: SwingRules,
    pub trend: TrendRules,
    pub order_block: OrderBlockRules,
    pub fair_value_gap: FairValueGapRules,
    pub liquidity: LiquidityRules,
    pub order_flow: OrderFlowRules,
    pub participation: ParticipationRules,
}

/// One number of a config, to read or to set.
#[derive(Debug)]
pub enum Rule<'config> {
    Whole(&'config mut i64),
    Number(&'config mut f64),
}

/// Why a config makes no sense, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigRefused(pub String);

impl Default for StructureConfig {
    fn default() -> Self {
        Self {
            base_step_ms: 300_000,
            middle_step_ms: 900_000,
            higher_step_ms: 3_600_000,
            reset_after_steps: 12,
            average_true_range: AverageTrueRangeRules { period_bars: 14 },
            displacement: DisplacementRules { min_body_atr: 1.5, min_body_share: 0.6 },
            swing: SwingRules { reach_bars: 5 },
            trend: TrendRules { events_kept: 6, half_life_bars: 12 },
            order_block: OrderBlockRules { reach_bars: 5, max_height_atr: 2.0, max_age_bars: 500, kept: 16 },
            fair_value_gap: FairValueGapRules {
                min_size_atr: 0.1,
                max_counted_size_atr: 2.0,
                max_age_bars: 500,
                kept: 32,
            },
            liquidity: LiquidityRules {
                equal_within_atr: 0.1,
                wait_bars: 2,
                max_age_bars: 500,
                kept: 64,
                half_life_bars: 6,
                nearest: 3,
            },
            order_flow: OrderFlowRules { window_bars: 20 },
            participation: ParticipationRules { recent_bars: 5, earlier_bars: 60, single_bar_against: 20 },
        }
    }
}

impl StructureConfig {
    /// Check the numbers against each other.
    ///
    /// # Errors
    ///
    /// `ConfigRefused` when a number is not above zero, too large, or the timeframes do not fit.
    pub fn checked(mut self) -> Result<Self, ConfigRefused> {
        for (name, rule) in self.numbers() {
            match rule {
                Rule::Whole(value) if *value <= 0 => return Err(not_above_zero(name, &value)),
                Rule::Number(value) if *value <= 0.0 => return Err(not_above_zero(name, &value)),
                Rule::Whole(value) if *value > LARGEST_EXACT => {
                    return Err(ConfigRefused(format!("{name} is too large: {value}")));
                }
                _ => (),
            }
        }
        if self.average_true_range.period_bars < LEAST_ATR_BARS {
            let reason = "average_true_range.period_bars must be at least 2: one flat bar has no range";
            return Err(ConfigRefused(reason.into()));
        }
        if self.middle_step_ms % self.base_step_ms != 0 || self.higher_step_ms % self.middle_step_ms != 0 {
            let reason = "each timeframe must be a whole multiple of the one below it";
            return Err(ConfigRefused(reason.into()));
        }
        Ok(self)
    }

    /// List every number with its full name, such as `swing.reach_bars`.
    pub fn numbers(&mut self) -> [(&'static str, Rule<'_>); 28] {
        use Rule::{Number, Whole};
        let (block, gap, pool) = (&mut self.order_block, &mut self.fair_value_gap, &mut self.liquidity);
        let participation = &mut self.participation;
        [
            ("base_step_ms", Whole(&mut self.base_step_ms)),
            ("middle_step_ms", Whole(&mut self.middle_step_ms)),
            ("higher_step_ms", Whole(&mut self.higher_step_ms)),
            ("reset_after_steps", Whole(&mut self.reset_after_steps)),
            ("average_true_range.period_bars", Whole(&mut self.average_true_range.period_bars)),
            ("displacement.min_body_atr", Number(&mut self.displacement.min_body_atr)),
            ("displacement.min_body_share", Number(&mut self.displacement.min_body_share)),
            ("swing.reach_bars", Whole(&mut self.swing.reach_bars)),
            ("trend.events_kept", Whole(&mut self.trend.events_kept)),
            ("trend.half_life_bars", Whole(&mut self.trend.half_life_bars)),
            ("order_block.reach_bars", Whole(&mut block.reach_bars)),
            ("order_block.max_height_atr", Number(&mut block.max_height_atr)),
            ("order_block.max_age_bars", Whole(&mut block.max_age_bars)),
            ("order_block.kept", Whole(&mut block.kept)),
            ("fair_value_gap.min_size_atr", Number(&mut gap.min_size_atr)),
            ("fair_value_gap.max_counted_size_atr", Number(&mut gap.max_counted_size_atr)),
            ("fair_value_gap.max_age_bars", Whole(&mut gap.max_age_bars)),
            ("fair_value_gap.kept", Whole(&mut gap.kept)),
            ("liquidity.equal_within_atr", Number(&mut pool.equal_within_atr)),
            ("liquidity.wait_bars", Whole(&mut pool.wait_bars)),
            ("liquidity.max_age_bars", Whole(&mut pool.max_age_bars)),
            ("liquidity.kept", Whole(&mut pool.kept)),
            ("liquidity.half_life_bars", Whole(&mut pool.half_life_bars)),
            ("liquidity.nearest", Whole(&mut pool.nearest)),
            ("order_flow.window_bars", Whole(&mut self.order_flow.window_bars)),
            ("participation.recent_bars", Whole(&mut participation.recent_bars)),
            ("participation.earlier_bars", Whole(&mut participation.earlier_bars)),
            ("participation.single_bar_against", Whole(&mut participation.single_bar_against)),
        ]
    }
}

impl Display for StructureConfig {
    /// Spell every number exactly, for the schema hashes.
    fn fmt(&self, out: &mut Formatter<'_>) -> std::fmt::Result {
        let mut between = "";
        for (name, rule) in self.clone().numbers() {
            let value = match rule {
                Rule::Whole(value) => float(*value),
                Rule::Number(value) => *value,
            };
            write!(out, "{between}{name}={}", Hexadecimal(value))?;
            between = " ";
        }
        Ok(())
    }
}

/// Give a count of the config as a length in memory.
#[must_use]
pub fn room_for(count: i64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn not_above_zero(name: &str, value: &dyn Display) -> ConfigRefused {
    ConfigRefused(format!("{name} must be above zero, not {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(change: impl Fn(&mut StructureConfig)) -> String {
        let mut config = StructureConfig::default();
        change(&mut config);
        config.checked().unwrap_err().0
    }

    #[test]
    fn the_standard_is_fine_and_spelled_exactly() {
        let text = StructureConfig::default().checked().unwrap().to_string();
        assert!(text.starts_with("base_step_ms=0x1.24f8000000000p+18 middle_step_ms="));
        assert!(text.ends_with(" participation.single_bar_against=0x1.4000000000000p+4"));
    }

    #[test]
    fn numbers_must_be_above_zero_and_exact() {
        assert_eq!(
            refusal(|config| config.swing.reach_bars = 0),
            "swing.reach_bars must be above zero, not 0"
        );
        let share = refusal(|config| config.displacement.min_body_share = -0.5);
        assert_eq!(share, "displacement.min_body_share must be above zero, not -0.5");
        let period = refusal(|config| config.average_true_range.period_bars = 1);
        assert_eq!(period, "average_true_range.period_bars must be at least 2: one flat bar has no range");
        assert!(refusal(|config| config.order_block.kept = i64::MAX).contains("too large"));
    }

    #[test]
    fn timeframes_must_fit_into_each_other() {
        assert!(refusal(|config| config.middle_step_ms = 500_000).contains("whole multiple"));
        assert!(refusal(|config| config.higher_step_ms = 1_000_000).contains("whole multiple"));
    }
}
