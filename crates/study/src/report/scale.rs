//! From values to places on paper, and the ticks between: round numbers for values, round times for time.

use kernel::{SimTime, libm};

use super::figure::{self, rounded};

/// A linear scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    /// Value at the beginning of the axis.
    pub low: f64,
    /// Value at its end.
    pub high: f64,
    /// Where it begins on paper.
    pub start: f64,
    /// Where it ends on paper.
    pub end: f64,
}

impl Scale {
    /// Where a value is; values that are no numbers are at the beginning.
    pub fn at(&self, value: f64) -> f64 {
        let span = self.high - self.low;
        if !value.is_finite() || span <= 0.0 {
            return self.start;
        }
        self.start + (value - self.low) / span * (self.end - self.start)
    }
}

/// Round values along an axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ticks {
    /// Value and text of each.
    pub labels: Vec<(f64, String)>,
}

impl Ticks {
    /// The first tick's value.
    pub fn low(&self) -> f64 {
        self.labels.first().map_or(0.0, |(value, _)| *value)
    }

    /// The last tick's value.
    pub fn high(&self) -> f64 {
        self.labels.last().map_or(1.0, |(value, _)| *value)
    }
}

/// The next larger of 1, 2, 5, 10, 20, 50 ... and the exponent of its ten.
fn round_step(step: f64) -> (f64, i32) {
    let exponent = libm::floor(libm::log10(step) + 1e-9);
    let ten = libm::pow(10.0, exponent);
    // A little slack, so that a step of 0.3 / 3 is 0.1 and not 0.2.
    let factor = match step / ten {
        factor if factor <= 1.0 + 1e-9 => 1.0,
        factor if factor <= 2.0 + 1e-9 => 2.0,
        factor if factor <= 5.0 + 1e-9 => 5.0,
        _ => 10.0,
    };
    (factor * ten, exponent as i32 + i32::from(factor == 10.0))
}

/// Ticks that reach from `low` or below to `high` or above, about `wanted` of them, at multiples of 1, 2 or 5 times a power of ten.
///
/// Whatever it is given it gives at least two ticks and at most `2 * wanted + 3`.
pub(super) fn round_ticks(low: f64, high: f64, wanted: usize) -> Ticks {
    let is_usable = |value: f64| value.is_finite() && value.abs() < 1e300;
    let (mut low, mut high) =
        if is_usable(low) && is_usable(high) { (low.min(high), low.max(high)) } else { (0.0, 1.0) };
    let least_span = 1e-9 * low.abs().max(high.abs()).max(1e-290);
    if high - low < least_span {
        let margin = if low == 0.0 { 1.0 } else { 0.1 * low.abs() };
        // An axis about one value that is not negative need not go below 0.
        (low, high) = if low >= 0.0 { ((low - margin).max(0.0), high + margin) } else { (low - margin, high + margin) };
    }
    let (step, exponent) = round_step((high - low) / wanted.max(1) as f64);
    let first = libm::floor(low / step + 1e-9);
    let last = libm::ceil(high / step - 1e-9).max(first + 1.0);
    let decimals = usize::try_from(-exponent).unwrap_or(0);
    let count = ((last - first) as usize).min(2 * wanted + 2);
    let label = |index: usize| {
        let value = (first + index as f64) * step;
        let is_odd_size = value.abs() >= 1e15 || step < 1e-6;
        (value, if is_odd_size { format!("{value:.1e}") } else { rounded(value, decimals) })
    };
    Ticks { labels: (0..=count).map(label).collect() }
}

const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Steps between ticks of time that people count in, from a second to a day.
const STEPS: [i64; 16] = [
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
];

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];

/// How times of a run are written: as date and time where the run has a start, else as time since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    /// Start of the run in nanoseconds since 1970-01-01.
    pub start_unix_ns: Option<i64>,
}

/// The ticks of an axis of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TimeTicks {
    /// What the axis says it shows.
    pub title: String,
    /// Time and text of each tick, all within the axis.
    pub labels: Vec<(SimTime, String)>,
}

/// Day of the month, month from 0 and year of a day since 1970-01-01 (Hinnant 2021, "chrono-compatible low-level date algorithms").
fn civil(days: i64) -> (i64, usize, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months count from March, so that the leap day comes last.
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let from_january = (month + 2) % 12;
    (day, from_january as usize, year_of_era + era * 400 + i64::from(from_january <= 1))
}

impl Clock {
    /// Nanoseconds since 1970, or since the start of a run without a date.
    fn absolute(self, time: SimTime) -> i128 {
        i128::from(time.as_nanos()) + i128::from(self.start_unix_ns.unwrap_or(0))
    }

    /// A moment, to the second: `Tue 24 Nov 06:15:00`, `1 d 02:30:00`.
    pub fn moment(self, time: SimTime) -> String {
        let absolute = self.absolute(time);
        let (days, within) = ((absolute.div_euclid(DAY.into())) as i64, (absolute.rem_euclid(DAY.into())) as i64);
        let clock = of_day(within, SECOND);
        match self.start_unix_ns {
            Some(_) => format!("{} {clock}", date(days)),
            None if days == 0 => clock,
            None => format!("{} d {clock}", figure::rounded(days as f64, 0)),
        }
    }

    /// Ticks between `from` and `until`, about `wanted` of them.
    pub fn ticks(self, from: SimTime, until: SimTime, wanted: usize) -> TimeTicks {
        let span = until.as_nanos().saturating_sub(from.as_nanos()).max(1);
        let wanted = wanted.max(1) as i64;
        let least = span / wanted + 1;
        let step = match STEPS.iter().find(|step| **step >= least) {
            // Under a second per tick there is no date to show, and the axis counts seconds from its own beginning.
            Some(_) if least < SECOND / 2 => return fine_ticks(from, span, wanted),
            Some(step) => *step,
            None => {
                let (days, _) = round_step(least as f64 / DAY as f64);
                (days as i64).saturating_mul(DAY)
            }
        };
        let start = self.start_unix_ns.unwrap_or(0);
        // Days of a calendar begin at midnight, whenever the run begins.
        let shift = (i128::from(from.as_nanos()) + i128::from(start)).rem_euclid(step.into()) as i64;
        let mut at = from.as_nanos().saturating_add(if shift == 0 { 0 } else { step - shift });
        let mut labels = Vec::new();
        while at <= until.as_nanos() && labels.len() <= 2 * wanted as usize {
            labels.push((SimTime::from_nanos(at), self.label(SimTime::from_nanos(at), step)));
            at = match at.checked_add(step) {
                Some(next) => next,
                None => break,
            };
        }
        TimeTicks { title: self.title(from, step), labels }
    }

    fn label(self, time: SimTime, step: i64) -> String {
        let absolute = self.absolute(time);
        let (days, within) = ((absolute.div_euclid(DAY.into())) as i64, (absolute.rem_euclid(DAY.into())) as i64);
        let unit = if step < MINUTE { SECOND } else { MINUTE };
        match self.start_unix_ns {
            Some(_) if within == 0 => short_date(days),
            Some(_) => of_day(within, unit),
            None if step >= DAY => figure::rounded(days as f64, 0),
            None if step >= HOUR => figure::rounded((time.as_nanos() / HOUR) as f64, 0),
            None => {
                let hours = time.as_nanos() / HOUR;
                let rest = of_day(within % HOUR, unit);
                format!("{hours}{}", rest.get(2..).unwrap_or_default())
            }
        }
    }

    fn title(self, from: SimTime, step: i64) -> String {
        let unit = match step {
            step if step >= DAY => "d",
            step if step >= HOUR => "h",
            step if step >= MINUTE => "h:min",
            _ => "h:min:s",
        };
        match self.start_unix_ns {
            Some(_) => {
                let days = self.absolute(from).div_euclid(DAY.into()) as i64;
                let (_, _, year) = civil(days);
                format!("date and time, from {} {year}", date(days))
            }
            None => format!("time since the start ({unit})"),
        }
    }
}

/// Ticks of an axis so short that its ticks are less than a second apart.
fn fine_ticks(from: SimTime, span: i64, wanted: i64) -> TimeTicks {
    let ticks = round_ticks(0.0, span as f64 / 1e9, wanted as usize);
    let within = ticks.labels.into_iter().filter_map(|(seconds, text)| {
        let nanos = (seconds * 1e9).round() as i64;
        (nanos <= span).then(|| (SimTime::from_nanos(from.as_nanos().saturating_add(nanos)), text))
    });
    TimeTicks { title: "time since the left end (s)".to_owned(), labels: within.collect() }
}

/// Time of day, with seconds if the unit is one.
fn of_day(nanos: i64, unit: i64) -> String {
    let (hours, minutes, seconds) = (nanos / HOUR, nanos % HOUR / MINUTE, nanos % MINUTE / SECOND);
    if unit == SECOND { format!("{hours:02}:{minutes:02}:{seconds:02}") } else { format!("{hours:02}:{minutes:02}") }
}

fn short_date(days: i64) -> String {
    let (day, month, _) = civil(days);
    format!("{day} {}", MONTHS[month])
}

fn date(days: i64) -> String {
    format!("{} {}", WEEKDAYS[days.rem_euclid(7) as usize], short_date(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(ticks: &Ticks) -> Vec<&str> {
        ticks.labels.iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_and_enclose() {
        assert_eq!(texts(&round_ticks(0.0, 10.0, 5)), ["0", "2", "4", "6", "8", "10"]);
        assert_eq!(texts(&round_ticks(0.0, 0.3, 3)), ["0.0", "0.1", "0.2", "0.3"]);
        assert_eq!(texts(&round_ticks(-3.0, 4.0, 4)), ["-4", "-2", "0", "2", "4"]);
        assert_eq!(texts(&round_ticks(0.0, 2_400.0, 4)), ["0", "1,000", "2,000", "3,000"]);
        assert_eq!(texts(&round_ticks(5.0, 5.0, 4)), ["4.5", "5.0", "5.5"]);
        assert_eq!(texts(&round_ticks(0.0, 0.0, 2)), ["0.0", "0.5", "1.0"]);
    }

    #[test]
    fn ticks_of_anything_are_few_finite_and_in_order() {
        let values =
            [0.0, 1.0, -1.0, 1e-300, 1e-12, 0.1, 3.7, 99.9, 1e9, -1e15, 1e299, f64::MAX, f64::NAN, f64::INFINITY];
        for low in values {
            for high in values {
                for wanted in [0, 1, 4, 10] {
                    let ticks = round_ticks(low, high, wanted);
                    let count = ticks.labels.len();
                    assert!((2..=2 * wanted + 3).contains(&count), "{low} {high} {wanted}: {count}");
                    assert!(ticks.labels.iter().all(|(value, _)| value.is_finite()), "{low} {high}");
                    assert!(ticks.labels.is_sorted_by(|one, other| one.0 < other.0), "{low} {high} {ticks:?}");
                    let is_plain = |value: f64| value.abs() < 1e12 && (value == 0.0 || value.abs() > 1e-9);
                    if is_plain(low) && is_plain(high) {
                        let slack = 1e-6 * (low.abs().max(high.abs()));
                        assert!(ticks.low() <= low.min(high) + slack, "{low} {high}");
                        assert!(ticks.high() >= low.max(high) - slack, "{low} {high} {ticks:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_scale_maps_ends_to_ends() {
        let scale = Scale { low: 2.0, high: 4.0, start: 100.0, end: 0.0 };
        assert_eq!((scale.at(2.0), scale.at(3.0), scale.at(4.0)), (100.0, 50.0, 0.0));
        assert_eq!(scale.at(f64::NAN), 100.0);
        assert_eq!(Scale { low: 1.0, high: 1.0, ..scale }.at(1.0), 100.0);
    }

    fn hours(hours: f64) -> SimTime {
        SimTime::from_seconds_f64(hours * 3600.0).expect("a short time")
    }

    fn time_texts(ticks: &TimeTicks) -> Vec<&str> {
        ticks.labels.iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn time_is_counted_in_units_people_use() {
        let clock = Clock { start_unix_ns: None };
        let ticks = clock.ticks(hours(0.0), hours(24.0 * 12.0), 6);
        assert_eq!(
            (time_texts(&ticks), ticks.title.as_str()),
            (vec!["0", "2", "4", "6", "8", "10", "12"], "time since the start (d)")
        );
        let ticks = clock.ticks(hours(0.0), hours(24.0), 8);
        assert_eq!(time_texts(&ticks), ["0", "6", "12", "18", "24"]);
        let ticks = clock.ticks(hours(24.1), hours(25.0), 4);
        assert_eq!(
            (time_texts(&ticks), ticks.title.as_str()),
            (vec!["24:30", "25:00"], "time since the start (h:min)")
        );
        let ticks = clock.ticks(hours(0.0), SimTime::from_nanos(1_000_000), 2);
        assert_eq!(time_texts(&ticks), ["0.0000", "0.0005", "0.0010"]);
        assert_eq!(clock.moment(hours(26.5)), "1 d 02:30:00");
    }

    #[test]
    fn dates_begin_at_midnight() {
        // 2026-11-23T06:00:00Z, a Monday.
        let clock = Clock { start_unix_ns: Some(1_795_413_600 * SECOND) };
        let ticks = clock.ticks(hours(0.0), hours(48.0), 4);
        assert_eq!(time_texts(&ticks), ["24 Nov", "25 Nov"]);
        assert_eq!(ticks.title, "date and time, from Mon 23 Nov 2026");
        let ticks = clock.ticks(hours(0.0), hours(24.0), 5);
        assert_eq!(time_texts(&ticks), ["06:00", "12:00", "18:00", "24 Nov", "06:00"]);
        assert_eq!(clock.moment(hours(18.25)), "Tue 24 Nov 00:15:00");
        assert_eq!(civil(0), (1, 0, 1970));
        assert_eq!(civil(11_016), (29, 1, 2000));
        assert_eq!(civil(-1), (31, 11, 1969));
    }

    #[test]
    fn no_time_is_too_far() {
        for start_unix_ns in [None, Some(0), Some(i64::MAX), Some(i64::MIN)] {
            let clock = Clock { start_unix_ns };
            for (from, until) in [(0, i64::MAX), (i64::MIN, i64::MAX), (i64::MAX - 1, i64::MAX), (5, 5), (7, 3)] {
                let ticks = clock.ticks(SimTime::from_nanos(from), SimTime::from_nanos(until), 7);
                assert!(ticks.labels.len() <= 15, "{from} {until}");
                assert!(!clock.moment(SimTime::from_nanos(until)).is_empty());
            }
        }
    }
}
