//! The hours in which New York and London trade most; twin of `domain/market/killzone.py`.

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const STANDARD_OFFSET_HOURS: i64 = -5;
const DAYLIGHT_OFFSET_HOURS: i64 = -4;
const TWO_O_CLOCK_STANDARD_UTC_HOUR: i64 = 7;
const TWO_O_CLOCK_DAYLIGHT_UTC_HOUR: i64 = 6;
const DAYS_IN_400_YEARS: i64 = 146_097;
const DAYS_FROM_YEAR_ZERO: i64 = 719_468;
const DAYS_FROM_MARCH_TO_DECEMBER: i64 = 306;

/// Give 1 in the London and New York openings, 0.5 in the London close and Asia, 0 elsewhere.
///
/// By the bar's open time on New York's clock, start inclusive, end exclusive: London 02-05,
/// New York 07-10, London close 10-12, Asia 20-24.
#[must_use]
pub fn killzone_weight(open_time_ms: i64) -> f64 {
    weight_of(new_york_hour(open_time_ms))
}

fn weight_of(hour: i64) -> f64 {
    match hour {
        2..5 | 7..10 => 1.0,
        10..12 | 20.. => 0.5,
        _ => 0.0,
    }
}

/// Gives `killzone_weight`, which changes on the hour at most, hour after hour.
///
/// New York's clock is asked on Sundays and once on any other day, on which no clock changes.
#[derive(Clone, Copy, Debug)]
pub struct KillzoneClock {
    hour: i64,
    weight: f64,
    day: i64,
    offset_hours: i64,
}

impl KillzoneClock {
    /// Start at the hour that covers this moment.
    #[must_use]
    pub fn at(open_time_ms: i64) -> Self {
        let (hour, day) = (open_time_ms.div_euclid(HOUR_MS), open_time_ms.div_euclid(DAY_MS));
        Self { hour, weight: killzone_weight(open_time_ms), day, offset_hours: new_york_offset(open_time_ms) }
    }

    /// Turn to the hour that covers this moment and give its weight.
    #[inline]
    pub fn turn_to(&mut self, open_time_ms: i64) -> f64 {
        let hour = open_time_ms.div_euclid(HOUR_MS);
        if hour != self.hour {
            self.turn_to_hour(hour, open_time_ms);
        }
        self.weight
    }

    fn turn_to_hour(&mut self, hour: i64, open_time_ms: i64) {
        let day = hour.div_euclid(24);
        if day != self.day || is_sunday(day) {
            *self = Self::at(open_time_ms);
        }
        self.hour = hour;
        self.weight = weight_of((hour + self.offset_hours).rem_euclid(24));
    }
}

/// Give the hour, 0 to 23, that a clock in New York shows.
#[must_use]
pub fn new_york_hour(at_ms: i64) -> i64 {
    (at_ms.div_euclid(HOUR_MS) + new_york_offset(at_ms)).rem_euclid(24)
}

fn new_york_offset(at_ms: i64) -> i64 {
    if is_daylight_saving(at_ms) { DAYLIGHT_OFFSET_HOURS } else { STANDARD_OFFSET_HOURS }
}

/// Tell whether New York's clocks are one hour ahead, by the law in force since 2007.
///
/// From the second Sunday of March to the first Sunday of November, both at two in the morning.
#[must_use]
pub fn is_daylight_saving(at_ms: i64) -> bool {
    let now = (at_ms.div_euclid(DAY_MS), at_ms.rem_euclid(DAY_MS) / HOUR_MS);
    let year = year_of(now.0);
    let start = (sunday_on_or_after(day_number(year, 3, 8)), TWO_O_CLOCK_STANDARD_UTC_HOUR);
    let end = (sunday_on_or_after(day_number(year, 11, 1)), TWO_O_CLOCK_DAYLIGHT_UTC_HOUR);
    start <= now && now < end
}

/// Day 0, 1 January 1970, was a Thursday; day 3 a Sunday.
fn sunday_on_or_after(day: i64) -> i64 {
    day + (3 - day).rem_euclid(7)
}

fn is_sunday(day: i64) -> bool {
    day == sunday_on_or_after(day)
}

/// Count days since 1 January 1970, for months from March on (years that begin in March).
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * (month - 3) + 2) / 5 + day - 1;
    let leap_days = year_of_era / 4 - year_of_era / 100;
    era * DAYS_IN_400_YEARS + year_of_era * 365 + leap_days + day_of_year - DAYS_FROM_YEAR_ZERO
}

/// Give the calendar year of a day counted from 1 January 1970.
fn year_of(day: i64) -> i64 {
    let days = day + DAYS_FROM_YEAR_ZERO;
    let (era, day_of_era) = (days.div_euclid(DAYS_IN_400_YEARS), days.rem_euclid(DAYS_IN_400_YEARS));
    let leap_free = day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096;
    let year = leap_free / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    era * 400 + year + i64::from(day_of_year >= DAYS_FROM_MARCH_TO_DECEMBER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_change_on_the_sundays_of_the_law() {
        let changes = [1_710_054_000_000, 1_730_613_600_000]; // 10 March and 3 November 2024
        assert_eq!(changes.map(|at_ms| is_daylight_saving(at_ms - 1)), [false, true]);
        assert_eq!(changes.map(is_daylight_saving), [true, false]);
    }

    #[test]
    fn every_hour_of_a_winter_day_has_its_weight() {
        let midnight_ms = 1_705_294_800_000; // 15 January 2024, 00:00 in New York
        let weights: Vec<_> = (0..24).map(|hour| killzone_weight(midnight_ms + hour * HOUR_MS)).collect();
        let expected = [0., 0., 1., 1., 1., 0., 0., 1., 1., 1., 0.5, 0.5];
        assert_eq!(weights[..12], expected);
        assert_eq!(weights[12..], [0., 0., 0., 0., 0., 0., 0., 0., 0.5, 0.5, 0.5, 0.5]);
    }

    #[test]
    fn a_clock_that_turns_gives_the_weight_of_every_moment() {
        let mut clock = KillzoneClock::at(0);
        for quarter in 0..40_000 {
            let at_ms = 1_690_000_000_000 + quarter * 900_000;
            assert_eq!(clock.turn_to(at_ms).to_bits(), killzone_weight(at_ms).to_bits());
        }
    }

    #[test]
    fn the_ends_of_the_calendar_do_not_overflow() {
        for at_ms in [i64::MIN, -1, 0, i64::MAX] {
            assert!((0..24).contains(&new_york_hour(at_ms)));
        }
    }
}
