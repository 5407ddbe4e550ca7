//! The date and time at which a run begins: what ties simulated time to a calendar.

use kernel::SimDuration;

use crate::description::codes::MALFORMED;
use crate::description::{ClockTime, Complaint, Date, Describe, Node, Reader, Shape, Value};

/// Nanoseconds in a day.
pub(crate) const DAY: i64 = 24 * 3600 * 1_000_000_000;

/// Date and time at which a run begins, in the plant's local time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StartInstant {
    days_since_1970: i64,
    time: ClockTime,
}

impl Default for StartInstant {
    /// A Monday at midnight: 2024-01-01T00:00:00.
    fn default() -> Self {
        StartInstant { days_since_1970: 19_723, time: ClockTime::default() }
    }
}

impl StartInstant {
    /// Days from 1970-01-01 to the Monday of the week in which the run begins.
    #[must_use]
    pub fn monday_days_since_1970(self) -> i64 {
        self.days_since_1970 - self.weekday()
    }

    /// Time from that Monday 00:00 to the start.
    #[must_use]
    pub fn in_week(self) -> SimDuration {
        SimDuration::from_nanos(self.weekday() * DAY + self.time.as_nanos())
    }

    /// The day of the week, Monday being 0: 1970-01-01 was a Thursday.
    fn weekday(self) -> i64 {
        (self.days_since_1970 + 3).rem_euclid(7)
    }
}

impl Describe for StartInstant {
    fn shape() -> Shape {
        Shape::scalar(
            "date and time",
            "Date and local time as in ISO 8601; a final `Z` is allowed. Calendars are read in the same local time, \
             without daylight saving.",
            "\"2026-11-23T06:00:00Z\"",
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        let pieces = match &node.value {
            Value::Text(text) => {
                let text = text.trim();
                text.strip_suffix('Z').unwrap_or(text).split_once('T')
            }
            _ => None,
        };
        let Some((date, time)) = pieces else {
            reader.complain(
                Complaint::new(&MALFORMED, node.origin, format!("{} is not a date and time", node.kind_in_words()))
                    .label("expected a date, a T and a time of day")
                    .help("write \"2026-11-23T06:00:00Z\""),
            );
            return None;
        };
        let piece = |text: &str| Node::text(text).at(node.origin);
        let date = Date::read(&piece(date), reader);
        let time = ClockTime::read(&piece(time), reader);
        Some(StartInstant { days_since_1970: date?.days_since_1970(), time: time? })
    }

    fn write(&self) -> Option<String> {
        (*self == StartInstant::default()).then(|| "\"2024-01-01T00:00:00Z\"".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: Describe>(text: &str) -> Option<T> {
        T::read(&Node::text(text), &mut Reader::without_tables())
    }

    #[test]
    fn the_start_lies_in_its_week() {
        let start = read::<StartInstant>("2026-11-25T06:00:00Z").expect("a start");
        assert_eq!(start.in_week(), SimDuration::from_hours(2 * 24 + 6));
        let monday = read::<Date>("2026-11-23").expect("a date");
        assert_eq!(start.monday_days_since_1970(), monday.days_since_1970());
        assert_eq!(read::<StartInstant>("2024-01-01T00:00:00"), Some(StartInstant::default()));
        for wrong in ["2026-11-25", "2026-02-30T06:00:00", "2026-11-25T25:00:00", "2026-11-25T06:00:00ZZ", "T", ""] {
            assert_eq!(read::<StartInstant>(wrong), None, "{wrong}");
        }
    }
}
