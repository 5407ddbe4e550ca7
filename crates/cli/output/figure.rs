//! What figures need on a terminal beside what all figures do ([`plant::kpi::figure`]): durations in two units, intervals, columns.
//!
//! Files for programs never use these; there a figure is written in full.

use kernel::SimDuration;
use live::wall_time::WallTime;
use plant::kpi::figure::unit;
pub use plant::kpi::figure::{NONE, count, counted, measured, number, percent};
use plant::kpi::{Measure, Quantity};

const KILO: f64 = 1e3;
const MEGA: f64 = 1e6;

/// A number with exactly `decimals` digits behind the point, for columns.
pub fn fixed(value: f64, decimals: usize) -> String {
    if value.is_finite() { format!("{value:.decimals$}") } else { NONE.to_owned() }
}

/// A mean and half the width of its interval in one unit: `2,721 +- 2.5 /h`, `3.3 +- 0.011 s`. The width has two digits: more of it
/// is noise.
pub fn more_or_less(quantity: impl Into<Quantity>, mean: f64, half_width: f64) -> String {
    let quantity = quantity.into();
    let unit = unit(quantity, mean);
    let (mean, half_width) = (mean * unit.factor, half_width * unit.factor);
    if quantity.measure == Measure::Ratio {
        // As shares are written without an interval.
        return unit.behind(format!("{} +- {}", fixed(mean, 1), fixed(half_width, 1)));
    }
    let rounded = format!("{half_width:.1e}").parse().unwrap_or(half_width);
    unit.behind(format!("{} +- {}", number(mean), number(rounded)))
}

/// A difference against `base` and half the width of its interval, relative to the base, `+3.1 % +- 0.6`; of ratios in points.
pub fn change(measure: Measure, base: f64, difference: f64, half_width: Option<f64>) -> String {
    let (whole, unit) = match measure {
        Measure::Ratio => (0.01, "points"),
        _ => (base.abs() / 100.0, "%"),
    };
    if whole == 0.0 {
        return NONE.to_owned();
    }
    let half_width = half_width.map_or(String::new(), |half_width| format!(" +- {:.1}", half_width / whole));
    format!("{:+.1} {unit}{half_width}", difference / whole)
}

/// A moment outside, to the millisecond.
pub fn moment(at: WallTime) -> String {
    WallTime::from_nanos(at.as_nanos() - at.as_nanos().rem_euclid(1_000_000)).to_string()
}

/// A duration in its two leading units, rounded: `3 d 4 h`, `2 h 05 min`, `12 min 30 s`, `45.2 s`, `3.1 ms`.
pub fn duration(duration: SimDuration) -> String {
    let nanos = duration.as_nanos();
    let sign = if nanos < 0 { "-" } else { "" };
    format!("{sign}{}", magnitude(nanos.unsigned_abs()))
}

fn magnitude(nanos: u64) -> String {
    const SECOND: u64 = 1_000_000_000;
    const MINUTE: u64 = 60 * SECOND;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let rounded = |unit: u64| (nanos + unit / 2) / unit;
    let two = |whole: u64, part: u64, names: [&str; 2]| match part {
        0 => format!("{whole} {}", names[0]),
        _ => format!("{whole} {} {part:02} {}", names[0], names[1]),
    };
    // Each step asks what would be printed, so 59.96 s becomes 1 min and not 60.0 s.
    if rounded(HOUR) >= 24 && nanos >= DAY - HOUR / 2 {
        let hours = rounded(HOUR);
        match hours % 24 {
            0 => format!("{} d", count(hours / 24)),
            rest => format!("{} d {rest} h", count(hours / 24)),
        }
    } else if rounded(MINUTE) >= 60 && nanos >= HOUR - MINUTE / 2 {
        let minutes = rounded(MINUTE);
        two(minutes / 60, minutes % 60, ["h", "min"])
    } else if nanos >= MINUTE - SECOND / 20 {
        let seconds = rounded(SECOND);
        if seconds >= 3600 { "1 h".to_owned() } else { two(seconds / 60, seconds % 60, ["min", "s"]) }
    } else if nanos >= SECOND {
        format!("{} s", number(tenths(nanos, SECOND)))
    } else if nanos >= 1_000_000 {
        format!("{} ms", number(tenths(nanos, 1_000_000)))
    } else if nanos >= 1_000 {
        format!("{} us", number(tenths(nanos, 1_000)))
    } else if nanos > 0 {
        format!("{nanos} ns")
    } else {
        "0 s".to_owned()
    }
}

/// A duration in one unit with one digit behind the point, for columns: `3.8 h`, `15.1 min`, `45.2 s`.
pub fn brief(duration: SimDuration) -> String {
    let seconds = duration.as_seconds_f64();
    // Each limit is where the smaller unit would be printed as a whole of the larger one.
    let (value, unit) = match seconds.abs() {
        size if size >= 86_400.0 * 1.95 => (seconds / 86_400.0, "d"),
        size if size >= 3_597.0 => (seconds / 3_600.0, "h"),
        size if size >= 59.95 => (seconds / 60.0, "min"),
        size if size >= 0.999_5 || size == 0.0 => (seconds, "s"),
        size if size >= 0.000_999_5 => (seconds * 1e3, "ms"),
        _ => (seconds * 1e6, "us"),
    };
    if value == value.trunc() { format!("{value:.0} {unit}") } else { format!("{value:.1} {unit}") }
}

fn tenths(nanos: u64, unit: u64) -> f64 {
    ((nanos * 10 + unit / 2) / unit) as f64 / 10.0
}

/// A duration given in seconds.
pub fn seconds(seconds: f64) -> String {
    SimDuration::from_seconds_f64(seconds).map_or_else(|| NONE.to_owned(), duration)
}

/// Events per second: `3.9 M/s`.
pub fn rate(per_second: f64) -> String {
    match per_second {
        rate if rate >= MEGA => format!("{:.1} M/s", rate / MEGA),
        rate if rate >= 10.0 * KILO => format!("{:.0} k/s", rate / KILO),
        rate => format!("{rate:.0} /s"),
    }
}

/// Whole nanoseconds as decimal seconds, exactly, for files: `912.5`.
pub fn exact_seconds(nanos: impl Into<i128>) -> String {
    let nanos: i128 = nanos.into();
    let sign = if nanos < 0 { "-" } else { "" };
    let size = nanos.unsigned_abs();
    let (whole, rest) = (size / 1_000_000_000, size % 1_000_000_000);
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let rest = format!("{rest:09}");
    format!("{sign}{whole}.{}", rest.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_has_its_unit_once() {
        assert_eq!(more_or_less(Measure::PartsPerHour, 2721.3, 2.5139), "2,721 +- 2.5 /h");
        assert_eq!(more_or_less(Measure::Time, 3.3, 0.0111), "3.3 +- 0.011 s");
        assert_eq!(more_or_less(Measure::Parts, 2.377, 0.00271), "2.377 +- 0.0027");
        assert_eq!(more_or_less(Measure::Ratio, 0.5, 0.0123), "50.0 +- 1.2 %");
        assert_eq!(more_or_less(Quantity::of(Measure::Cost, Some("EUR")), 0.3214, 0.0123), "0.321 +- 0.012 EUR");
    }

    #[test]
    fn moments_are_told_to_the_millisecond() {
        let cases = [
            (0, "1970-01-01T00:00:00Z"),
            (1_234_567_899, "1970-01-01T00:00:01.234Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
        ];
        for (nanos, text) in cases {
            assert_eq!(moment(WallTime::from_nanos(nanos)), text);
        }
    }

    #[test]
    fn durations_have_two_units() {
        let cases = [
            ("0 s", 0),
            ("7 ns", 7),
            ("1.5 us", 1_500),
            ("3.1 ms", 3_140_000),
            ("45 s", 45_000_000_000),
            ("45.3 s", 45_250_000_000),
            ("1 min", 59_960_000_000),
            ("12 min 30 s", 750_000_000_000),
            ("1 h", 3_599_600_000_000),
            ("2 h 05 min", 7_500_000_000_000),
            ("1 d", 86_399_000_000_000),
            ("3 d 4 h", 273_600_000_000_000),
            ("-45 s", -45_000_000_000),
        ];
        for (text, nanos) in cases {
            assert_eq!(duration(SimDuration::from_nanos(nanos)), text, "{nanos}");
        }
        assert_eq!(duration(SimDuration::MAX), "106,752 d");
        assert_eq!(seconds(f64::NAN), "-");
    }

    #[test]
    fn brief_durations_have_one_unit() {
        let cases = [
            ("0 s", 0.0),
            ("0.7 us", 0.000_000_7),
            ("237.6 ms", 0.237_6),
            ("1 s", 1.0),
            ("1.0 min", 59.96),
            ("59.9 s", 59.94),
            ("15.1 min", 908.0),
            ("1.0 h", 3_598.0),
            ("3.8 h", 13_500.0),
            ("36 h", 129_600.0),
            ("2 d", 172_800.0),
        ];
        for (text, seconds) in cases {
            let duration = SimDuration::from_seconds_f64(seconds).expect("a short time");
            assert_eq!(brief(duration), text, "{seconds}");
        }
    }

    #[test]
    fn rates_carry_the_unit_that_fits() {
        assert_eq!(rate(3_940_000.0), "3.9 M/s");
        assert_eq!(rate(123.0), "123 /s");
    }

    #[test]
    fn exact_seconds_lose_nothing() {
        let cases = [(0_i64, "0"), (912_500_000_000, "912.5"), (1, "0.000000001"), (-1_500_000_000, "-1.5")];
        for (nanos, text) in cases {
            assert_eq!(exact_seconds(nanos), text);
        }
    }
}
