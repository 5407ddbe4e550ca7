//! Numbers, durations and amounts as people read them: three or four digits that matter, and always a unit.
//!
//! Files for programs never use these; there a figure is written in full.

use kernel::SimDuration;
use plant::kpi::Measure;

const KILO: f64 = 1e3;
const MEGA: f64 = 1e6;
const GIGA: f64 = 1e9;
const JOULES_PER_WH: f64 = 3600.0;

/// What stands where there is no figure.
pub const NONE: &str = "-";

/// A count with marks between thousands: `1,204,331`.
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `3 parts`, `1 part`.
pub fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A number with about four digits that matter: `1,234`, `123.4`, `12.34`, `0.1234`, `1.2e-7`.
pub fn number(value: f64) -> String {
    let size = value.abs();
    if !value.is_finite() {
        return NONE.to_owned();
    }
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e15).contains(&size) {
        return format!("{value:.2e}");
    }
    if size >= 999.95 {
        let sign = if value < 0.0 { "-" } else { "" };
        return format!("{sign}{}", count(size.round() as u64));
    }
    let decimals = if size >= 99.995 {
        1
    } else if size >= 9.9995 {
        2
    } else if size >= 0.1 {
        3
    } else {
        4
    };
    let text = format!("{value:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A number with exactly `decimals` digits behind the point, for columns.
pub fn fixed(value: f64, decimals: usize) -> String {
    if value.is_finite() { format!("{value:.decimals$}") } else { NONE.to_owned() }
}

/// A value of a KPI with its unit.
pub fn measured(measure: Measure, value: f64) -> String {
    match measure {
        Measure::Ratio => percent(value),
        Measure::Time => seconds(value),
        Measure::Parts => number(value),
        Measure::PartsPerHour => format!("{} /h", number(value)),
        Measure::Energy => energy(value * 3.6e6),
        Measure::Power => power(value * 1e3),
        Measure::Emission => mass(value * 1e3),
        Measure::Cost => number(value),
    }
}

/// A mean and half the width of its interval, the unit once where it is the same: `2,721 +- 2.5 /h`, `3.3 s +- 11 ms`. The width
/// has two digits: more of it is noise.
pub fn more_or_less(measure: Measure, mean: f64, half_width: f64) -> String {
    let rounded = format!("{half_width:.1e}").parse().unwrap_or(half_width);
    let (mean, width) = (measured(measure, mean), measured(measure, rounded));
    match (mean.rsplit_once(' '), width.rsplit_once(' ')) {
        (Some((number, unit)), Some((width, same))) if unit == same && !number.contains(' ') => {
            format!("{number} +- {width} {unit}")
        }
        _ => format!("{mean} +- {width}"),
    }
}

/// A share of one in percent with one digit behind the point: `62.1 %`.
pub fn percent(share: f64) -> String {
    if share.is_finite() { format!("{:.1} %", share * 100.0) } else { NONE.to_owned() }
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

/// Energy given in joules: `1,234 kWh`.
pub fn energy(joules: f64) -> String {
    prefixed(joules / JOULES_PER_WH, "Wh")
}

/// Power given in watts: `12.3 kW`.
pub fn power(watts: f64) -> String {
    prefixed(watts, "W")
}

/// Mass given in grams: `12.3 kg`, `1.2 t`.
pub fn mass(grams: f64) -> String {
    if grams.abs() >= MEGA { format!("{} t", number(grams / MEGA)) } else { prefixed(grams, "g") }
}

/// Events per second: `3.9 M/s`.
pub fn rate(per_second: f64) -> String {
    match per_second {
        rate if rate >= MEGA => format!("{:.1} M/s", rate / MEGA),
        rate if rate >= 10.0 * KILO => format!("{:.0} k/s", rate / KILO),
        rate => format!("{rate:.0} /s"),
    }
}

fn prefixed(value: f64, unit: &str) -> String {
    let size = value.abs();
    let (value, prefix) = if size >= GIGA {
        (value / GIGA, "G")
    } else if size >= MEGA {
        (value / MEGA, "M")
    } else if size >= KILO {
        (value / KILO, "k")
    } else {
        (value, "")
    };
    format!("{} {prefix}{unit}", number(value))
}

/// Whole nanoseconds as decimal seconds, exactly, for files: `912.5`.
pub fn exact_seconds(nanos: i64) -> String {
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
        assert_eq!(more_or_less(Measure::Time, 3.3, 0.0111), "3.3 s +- 11 ms");
        assert_eq!(more_or_less(Measure::Parts, 2.377, 0.00271), "2.377 +- 0.0027");
        assert_eq!(more_or_less(Measure::Ratio, 0.5, 0.0), "50.0 +- 0.0 %");
    }

    #[test]
    fn counts_have_marks_between_thousands() {
        for (value, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")] {
            assert_eq!(count(value), text);
        }
        assert_eq!(counted(1, "part"), "1 part");
        assert_eq!(counted(2, "part"), "2 parts");
    }

    #[test]
    fn numbers_keep_the_digits_that_matter() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (0.000_012_3, "1.23e-5"),
            (0.012_34, "0.0123"),
            (0.5, "0.5"),
            (12.344, "12.34"),
            (99.999, "100"),
            (123.45, "123.5"),
            (999.96, "1,000"),
            (-1_234.4, "-1,234"),
            (1e20, "1.00e20"),
            (f64::NAN, "-"),
            (f64::INFINITY, "-"),
        ];
        for (value, text) in cases {
            assert_eq!(number(value), text, "{value:?}");
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
    fn amounts_carry_the_unit_that_fits() {
        assert_eq!(energy(3_600_000.0), "1 kWh");
        assert_eq!(energy(4_443_840_000.0), "1.234 MWh");
        assert_eq!(power(12_340.0), "12.34 kW");
        assert_eq!(mass(12_300.0), "12.3 kg");
        assert_eq!(mass(1_230_000.0), "1.23 t");
        assert_eq!(rate(3_940_000.0), "3.9 M/s");
        assert_eq!(rate(123.0), "123 /s");
        assert_eq!(percent(0.6209), "62.1 %");
    }

    #[test]
    fn exact_seconds_lose_nothing() {
        let cases = [(0, "0"), (912_500_000_000, "912.5"), (1, "0.000000001"), (-1_500_000_000, "-1.5")];
        for (nanos, text) in cases {
            assert_eq!(exact_seconds(nanos), text);
        }
    }
}
