//! Times of day, dates and days of the week: what working calendars are made of. All are local and without zones.

use super::codes;
use super::complaint::Complaint;
use super::describe::Describe;
use super::nearest::nearest;
use super::node::{Node, Value, quote};
use super::reader::Reader;
use super::scalar::wrong_type;
use super::shape::Shape;

/// A time of day, from 00:00 to 24:00.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ClockTime {
    seconds: u32,
}

/// A day of the Gregorian calendar, from the year 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// Some days of the week, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weekdays {
    /// Bit 0 is Monday.
    days: u8,
}

/// The days of the week as scenarios write them, Monday first.
pub(crate) const DAY_NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

fn malformed(node: &Node, what: &str, example: &str) -> Complaint {
    let message = match &node.value {
        Value::Text(text) => format!("{} is not {what}", quote(text)),
        _ => format!("this is not {what}"),
    };
    Complaint::new(&codes::MALFORMED, node.origin, message)
        .label(format!("expected {what}"))
        .help(format!("write \"{example}\""))
}

/// Reads a text with `parse`; the answer to a text that does not parse is the complaint it gives.
fn read_text<T>(
    node: &Node,
    what: &str,
    example: &str,
    reader: &mut Reader<'_>,
    parse: impl FnOnce(&str) -> Result<T, Complaint>,
) -> Option<T> {
    let read = match &node.value {
        Value::Text(text) => parse(text.trim()),
        _ => Err(wrong_type(node, what).help(format!("write \"{example}\""))),
    };
    read.map_err(|complaint| reader.complain(complaint)).ok()
}

/// `text` cut at `separator` into numbers of exactly the given digits.
fn numbers<const COUNT: usize>(text: &str, separator: char, digits: [usize; COUNT]) -> Option<[u32; COUNT]> {
    let mut numbers = [0; COUNT];
    let mut pieces = text.split(separator);
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let piece = pieces.next()?;
        if piece.len() != digits || !piece.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = piece.parse().ok()?;
    }
    pieces.next().is_none().then_some(numbers)
}

impl ClockTime {
    /// This time of day; `None` beyond 24:00:00.
    #[must_use]
    pub fn new(hour: u32, minute: u32, second: u32) -> Option<Self> {
        if hour > 24 || minute > 59 || second > 59 {
            return None;
        }
        let seconds = hour * 3600 + minute * 60 + second;
        (seconds <= 24 * 3600).then_some(ClockTime { seconds })
    }

    /// Nanoseconds since 00:00.
    #[must_use]
    pub fn as_nanos(self) -> i64 {
        i64::from(self.seconds) * 1_000_000_000
    }
}

impl Describe for ClockTime {
    fn shape() -> Shape {
        Shape::scalar(
            "time of day",
            "A local time of day from `\"00:00\"` to `\"24:00\"`, with seconds if need be.",
            "\"06:00\"",
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let (what, example) = ("a time of day", "06:00");
        read_text(node, what, example, reader, |text| {
            let padded = if text.find(':') == Some(1) { format!("0{text}") } else { text.to_owned() };
            let [hour, minute, second] = numbers(&padded, ':', [2, 2, 2])
                .or_else(|| numbers(&padded, ':', [2, 2]).map(|[hour, minute]| [hour, minute, 0]))
                .ok_or_else(|| malformed(node, what, example))?;
            ClockTime::new(hour, minute, second).ok_or_else(|| {
                Complaint::new(&codes::OUT_OF_RANGE, node.origin, format!("{} is not on the clock", quote(text)))
                    .label("expected a time from 00:00 to 24:00")
            })
        })
    }

    fn write(&self) -> Option<String> {
        let (hour, minute, second) = (self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60);
        Some(match second {
            0 => format!("\"{hour:02}:{minute:02}\""),
            _ => format!("\"{hour:02}:{minute:02}:{second:02}\""),
        })
    }
}

impl Date {
    /// This day; `None` if there is no such day.
    #[must_use]
    pub fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=days).contains(&day) {
            return None;
        }
        Some(Date { year: u16::try_from(year).ok()?, month: u8::try_from(month).ok()?, day: u8::try_from(day).ok()? })
    }

    /// Days since 1 January 1970; negative before.
    ///
    /// Counts in years that begin in March, so that leap days come last (Neri and Schneider 2023, "Euclidean affine
    /// functions and their application to calendar algorithms").
    #[must_use]
    pub fn days_since_1970(self) -> i64 {
        let (year, month, day) = (i64::from(self.year), i64::from(self.month), i64::from(self.day));
        let (year, month) = if month <= 2 { (year - 1, month + 9) } else { (year, month - 3) };
        let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        365 * year + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
    }
}

impl Describe for Date {
    fn shape() -> Shape {
        Shape::scalar("date", "A day: year, month, day.", "\"2026-12-25\"")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let (what, example) = ("a date", "2026-12-25");
        read_text(node, what, example, reader, |text| {
            let [year, month, day] = numbers(text, '-', [4, 2, 2]).ok_or_else(|| malformed(node, what, example))?;
            Date::new(year, month, day).ok_or_else(|| {
                Complaint::new(&codes::OUT_OF_RANGE, node.origin, format!("there is no day {}", quote(text)))
                    .label("expected year-month-day")
            })
        })
    }

    fn write(&self) -> Option<String> {
        Some(format!("\"{:04}-{:02}-{:02}\"", self.year, self.month, self.day))
    }
}

impl Weekdays {
    /// All seven.
    #[must_use]
    pub const fn every_day() -> Self {
        Weekdays { days: 0x7f }
    }

    /// Whether `day` is one of them, Monday being 0.
    #[must_use]
    pub fn contains(self, day: u8) -> bool {
        day < 7 && self.days & (1 << day) != 0
    }

    /// The days from Monday (0) to Sunday (6).
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..7).filter(move |day| self.contains(*day))
    }
}

impl Describe for Weekdays {
    fn shape() -> Shape {
        let documentation = "Days of the week: single ones and ranges (which may run over Sunday), separated by commas, \
                             of Mon, Tue, Wed, Thu, Fri, Sat, Sun.";
        Shape::scalar("days of the week", documentation, "\"Mon-Fri\"")
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let (what, example) = ("a list of days of the week", "Mon-Fri, Sun");
        read_text(node, what, example, reader, |text| {
            let position = |word: &str| {
                DAY_NAMES.iter().position(|day| *day == word.trim()).ok_or_else(|| {
                    let complaint =
                        malformed(node, what, example).label(format!("there is no day {}", quote(word.trim())));
                    // The first two or three letters are the name in most of the ways people write it.
                    let start: String = word.trim().chars().take(3).collect();
                    let begins = |day: &&str| start.len() > 1 && day.to_lowercase().starts_with(&start.to_lowercase());
                    match nearest(&start, DAY_NAMES).or(DAY_NAMES.into_iter().find(begins)) {
                        Some(meant) => complaint.help(format!("did you mean {meant}?")),
                        None => complaint,
                    }
                })
            };
            let mut days = 0u8;
            for piece in text.split(',') {
                let (first, last) = match piece.split_once('-') {
                    Some((first, last)) => (position(first)?, position(last)?),
                    None => (position(piece)?, position(piece)?),
                };
                let count = (last + 7 - first) % 7;
                for day in first..=first + count {
                    days |= 1 << (day % 7);
                }
            }
            Ok(Weekdays { days })
        })
    }

    fn write(&self) -> Option<String> {
        if *self == Weekdays::every_day() {
            return Some("\"Mon-Sun\"".to_owned());
        }
        let names: Vec<&str> = self.iter().map(|day| DAY_NAMES[usize::from(day)]).collect();
        Some(format!("\"{}\"", names.join(", ")))
    }
}
