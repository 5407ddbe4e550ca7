//! Dates and times of the world outside: nanoseconds since 1970-01-01T00:00:00Z.
//!
//! Simulated time is [`kernel::SimTime`]; where one begins on the other's scale is a matter of the twin that ties them.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use kernel::SimDuration;

const SECOND: i64 = 1_000_000_000;
const DAY_S: i64 = 86_400;

/// A moment outside, from 1677 to 2262.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime(i64);
kernel::persist!(struct WallTime(nanos));

/// How a plant writes times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TimeFormat {
    /// `2026-11-23T06:00:00.25Z`, with an offset such as `+01:00` in place of the `Z`, or none for UTC.
    #[default]
    Iso8601,
    /// Seconds since 1970, whole or with a fraction.
    UnixSeconds,
    /// Milliseconds since 1970.
    UnixMilliseconds,
    /// Nanoseconds since 1970.
    UnixNanoseconds,
}

impl TimeFormat {
    /// As in a message.
    #[must_use]
    pub fn in_words(self) -> &'static str {
        match self {
            TimeFormat::Iso8601 => "Iso8601, as in 2026-11-23T06:00:00Z",
            TimeFormat::UnixSeconds => "UnixSeconds, as in 1700000000.5",
            TimeFormat::UnixMilliseconds => "UnixMilliseconds, as in 1700000000500",
            TimeFormat::UnixNanoseconds => "UnixNanoseconds, as in 1700000000500000000",
        }
    }
}

impl WallTime {
    /// So many nanoseconds after 1970.
    #[must_use]
    pub const fn from_nanos(nanos: i64) -> Self {
        WallTime(nanos)
    }

    /// Nanoseconds since 1970.
    #[must_use]
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// The clock of this machine.
    #[must_use]
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        WallTime(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
    }

    /// How long after `earlier`; negative if before. The ends of what can be told are far enough apart for any plant.
    #[must_use]
    pub fn since(self, earlier: WallTime) -> SimDuration {
        SimDuration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// So much later; earlier for negative durations.
    #[must_use]
    pub fn after(self, duration: SimDuration) -> WallTime {
        WallTime(self.0.saturating_add(duration.as_nanos()))
    }

    /// Reads a time as the plant writes it; `None` for what is none or out of reach.
    #[must_use]
    pub fn read(text: &str, format: TimeFormat) -> Option<Self> {
        let text = text.trim();
        match format {
            TimeFormat::Iso8601 => iso_8601(text),
            TimeFormat::UnixSeconds => decimal(text, 9),
            TimeFormat::UnixMilliseconds => decimal(text, 6),
            TimeFormat::UnixNanoseconds => decimal(text, 0),
        }
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, nanos) = (self.0.div_euclid(SECOND), self.0.rem_euclid(SECOND));
        let (days, second) = (seconds.div_euclid(DAY_S), seconds.rem_euclid(DAY_S));
        let (year, month, day) = date(days);
        write!(
            formatter,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
            second / 3600,
            second / 60 % 60,
            second % 60
        )?;
        if nanos > 0 {
            let fraction = format!("{nanos:09}");
            write!(formatter, ".{}", fraction.trim_end_matches('0'))?;
        }
        formatter.write_str("Z")
    }
}

/// A decimal number times ten to the power of `places`, exactly.
fn decimal(text: &str, places: u32) -> Option<WallTime> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let mut nanos: i64 = whole.parse().ok()?;
    nanos = nanos.checked_mul(10i64.pow(places))?;
    for (place, digit) in (0..places).rev().zip(fraction.bytes()) {
        nanos = nanos.checked_add(i64::from(digit - b'0') * 10i64.pow(place))?;
    }
    Some(WallTime(if negative { -nanos } else { nanos }))
}

/// A number of so many digits.
fn fixed(text: &str, length: usize) -> Option<i64> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn iso_8601(text: &str) -> Option<WallTime> {
    let (date, time) = text.split_once(['T', ' '])?;
    let (time, offset_s) = offset(time)?;
    let mut date = date.splitn(3, '-');
    let (year, month, day) = (fixed(date.next()?, 4)?, fixed(date.next()?, 2)?, fixed(date.next()?, 2)?);
    let mut time = time.splitn(3, ':');
    let (hour, minute) = (fixed(time.next()?, 2)?, fixed(time.next()?, 2)?);
    let (second, fraction) = match time.next() {
        Some(text) => text.split_once('.').unwrap_or((text, "")),
        None => ("00", ""),
    };
    let second = fixed(second, 2)?;
    if !(1..=12).contains(&month)
        || !(1..=month_days(year, month)).contains(&day)
        || hour > 24
        || minute > 59
        || second > 60
        // The end of a day is a time of it, and nothing after it is.
        || (hour == 24 && (minute > 0 || second > 0 || fraction.bytes().any(|byte| byte != b'0')))
    {
        return None;
    }
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanos = (0..9).rev().zip(fraction.bytes()).map(|(place, digit)| i64::from(digit - b'0') * 10i64.pow(place));
    let seconds = days(year, month, day) * DAY_S + hour * 3600 + minute * 60 + second - offset_s;
    Some(WallTime(seconds.checked_mul(SECOND)?.checked_add(nanos.sum())?))
}

/// The time of day without its offset from UTC, and that offset in seconds.
fn offset(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time, 0));
    }
    let Some(place) = time.rfind(['+', '-']) else { return Some((time, 0)) };
    let text = &time[place + 1..];
    let (hours, minutes) = match text.split_once(':') {
        Some(parts) => parts,
        // Hours alone say enough.
        None if text.len() == 2 => (text, "00"),
        None => text.get(..2).zip(text.get(2..))?,
    };
    let (hours, minutes) = (fixed(hours, 2)?, fixed(minutes, 2)?);
    if hours > 14 || minutes > 59 {
        return None;
    }
    let size = hours * 3600 + minutes * 60;
    Some((&time[..place], if time.as_bytes()[place] == b'-' { -size } else { size }))
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to a date (Hinnant 2013, "days_from_civil").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year - era * 400;
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a number of days since 1970-01-01 (Hinnant 2013, "civil_from_days").
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_plants_write_them() {
        let cases = [
            ("1970-01-01T00:00:00Z", TimeFormat::Iso8601, 0),
            ("2022-08-08T13:51:34.7167146Z", TimeFormat::Iso8601, 1_659_966_694_716_714_600),
            ("2026-11-23T06:00:00+01:00", TimeFormat::Iso8601, 1_795_410_000_000_000_000),
            ("2026-11-23 06:00:00-0130", TimeFormat::Iso8601, 1_795_419_000_000_000_000),
            ("2026-11-23T06:00:00+01", TimeFormat::Iso8601, 1_795_410_000_000_000_000),
            ("2026-11-22T24:00:00.0Z", TimeFormat::Iso8601, 1_795_392_000_000_000_000),
            ("2000-02-29T12:34", TimeFormat::Iso8601, 951_827_640_000_000_000),
            ("1681218578", TimeFormat::UnixSeconds, 1_681_218_578_000_000_000),
            ("1681218578.25", TimeFormat::UnixSeconds, 1_681_218_578_250_000_000),
            ("1681218578251.5", TimeFormat::UnixMilliseconds, 1_681_218_578_251_500_000),
            ("-1", TimeFormat::UnixNanoseconds, -1),
        ];
        for (text, format, nanos) in cases {
            assert_eq!(WallTime::read(text, format), Some(WallTime(nanos)), "{text}");
        }
        for wrong in [
            "",
            "Monday",
            "2026-13-01T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "2300-01-01T00:00:00Z",
            "2026-11-23",
            "2026-11-23T6:00Z",
            "2026-11-23T06:00:00.1x",
            "2026-11-23T06:00:00+01:zz",
            "2026-11-23T06:00:00+01:",
            "2026-11-23T06:00:00+01zz",
            "2026-11-23T06:00:00+1:00",
            "2026-11-23T06:00:00+",
            "2026-11-23T24:59:00Z",
            "2026-11-23T24:00:01Z",
            "2026-11-23T24:00:00.5Z",
        ] {
            assert_eq!(WallTime::read(wrong, TimeFormat::Iso8601), None, "{wrong}");
        }
        for wrong in ["", "1e9", "99999999999999", "1.2.3", "+5", "NaN"] {
            assert_eq!(WallTime::read(wrong, TimeFormat::UnixSeconds), None, "{wrong}");
        }
    }

    #[test]
    fn times_are_written_as_they_are_read() {
        for text in [
            "2026-11-23T06:00:00Z",
            "1969-12-31T23:59:59.999999999Z",
            "2022-08-08T13:51:34.7167146Z",
            "2261-01-01T00:00:00.5Z",
        ] {
            assert_eq!(WallTime::read(text, TimeFormat::Iso8601).map(|time| time.to_string()).as_deref(), Some(text));
        }
    }
}
