//! The date and time at which a run begins, and other moments of a run: what ties simulated time to a calendar.

use kernel::{SimDuration, limits};

use crate::codes::BEFORE_THE_START;
use crate::description::codes::{MALFORMED, OUT_OF_RANGE};
use crate::description::{ClockTime, Complaint, Date, Describe, Node, Origin, Reader, Shape, Value};

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

    /// Time from 1970-01-01 00:00 to the start, in nanoseconds.
    #[must_use]
    pub fn nanos_since_1970(self) -> i128 {
        i128::from(self.days_since_1970) * i128::from(DAY) + i128::from(self.time.as_nanos())
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
                text.strip_suffix('Z').unwrap_or(text).split_once(TIME_FOLLOWS)
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

/// A moment of a run: so long after its start, a date and time, or a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// So long after the start.
    After(SimDuration),
    /// At this date and time, which is written at this place.
    On(StartInstant, Origin),
    /// On this day, which is written at this place.
    Day(Date, Origin),
}

impl Moment {
    /// The start of the run.
    pub const START: Moment = Moment::After(SimDuration::ZERO);

    /// How long after the start of a run that begins at `start`; a day begins at midnight, and that of the start with it.
    ///
    /// # Errors
    /// A complaint (`LW0509`) of a date before the start, and of one beyond all runs (`LW0206`).
    pub fn since(self, start: StartInstant) -> Result<SimDuration, Complaint> {
        let (instant, origin) = match self {
            Moment::After(duration) => return Ok(duration),
            Moment::On(instant, origin) => (instant, origin),
            Moment::Day(day, _) if day.days_since_1970() == start.days_since_1970 => return Ok(SimDuration::ZERO),
            Moment::Day(day, origin) => (midnight(day.days_since_1970()), origin),
        };
        let distance = distance(instant, start, origin)?;
        if distance >= SimDuration::ZERO {
            return Ok(distance);
        }
        let message = format!("this date lies {} before the start of the run", -distance);
        Err(Complaint::new(&BEFORE_THE_START, origin, message)
            .label("expected `clock.start` or later")
            .help("move it, or let `clock.start` be earlier"))
    }

    /// When it is past: a day ends at midnight, a time at once. May lie before the start.
    fn end_since(self, start: StartInstant) -> Result<SimDuration, Complaint> {
        match self {
            Moment::After(duration) => Ok(duration),
            Moment::On(instant, origin) => distance(instant, start, origin),
            Moment::Day(day, origin) => distance(midnight(day.days_since_1970() + 1), start, origin),
        }
    }
}

fn midnight(days_since_1970: i64) -> StartInstant {
    StartInstant { days_since_1970, time: ClockTime::default() }
}

/// How long after `start` an instant is that is written at `origin`; less than nothing if it is before.
fn distance(instant: StartInstant, start: StartInstant, origin: Origin) -> Result<SimDuration, Complaint> {
    let (nanos, longest) = (instant.nanos_since_1970() - start.nanos_since_1970(), limits::LONGEST_DURATION);
    let within = i64::try_from(nanos).ok().map(SimDuration::from_nanos);
    within.filter(|distance| (-longest..=longest).contains(distance)).ok_or_else(|| {
        Complaint::new(&OUT_OF_RANGE, origin, "this date is out of reach of any run")
            .label(format!("expected at most {longest} from `clock.start`"))
    })
}

impl Describe for Moment {
    fn shape() -> Shape {
        Shape::one_of(
            "Moment",
            "A time from the start of the run, a date and time, or a date: the beginning of that day. Dates are judged against \
             `clock.start`.",
            &[r#""2 d 4 h""#, r#""2026-12-01T08:00:00Z""#, r#""2026-12-01""#],
            vec![SimDuration::shape(), StartInstant::shape(), Date::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.value {
            Value::Text(text) if begins_as_date(text.trim()) => {
                if text.trim().contains(TIME_FOLLOWS) {
                    Some(Moment::On(StartInstant::read(node, reader)?, node.origin))
                } else {
                    Some(Moment::Day(Date::read(node, reader)?, node.origin))
                }
            }
            Value::Text(text) if looks_like_date(text) => {
                let message = format!("\"{}\" is not a date as ISO 8601 writes it", text.trim());
                let complaint = Complaint::new(&MALFORMED, node.origin, message)
                    .label("expected year, month and day, or a duration")
                    .help("write \"2026-12-01\", \"2026-12-01T08:00:00\" or \"2 d 4 h\"");
                reader.complain(complaint);
                None
            }
            _ => Some(Moment::After(SimDuration::read(node, reader)?)),
        }
    }

    fn write(&self) -> Option<String> {
        match self {
            Moment::After(duration) => duration.write(),
            Moment::On(instant, _) => instant.write(),
            Moment::Day(day, _) => day.write(),
        }
    }
}

/// When something is due, or is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueDate(pub Moment);

impl DueDate {
    /// How long after the start of a run that begins at `start`; less than nothing if it is overdue by then.
    ///
    /// # Errors
    /// A complaint (`LW0206`) of a date beyond all runs.
    pub fn since(self, start: StartInstant) -> Result<SimDuration, Complaint> {
        self.0.end_since(start)
    }
}

impl Describe for DueDate {
    fn shape() -> Shape {
        Shape::one_of(
            "DueDate",
            "A time from the start of the run, a date and time, or a date: the end of that day. Dates may lie before `clock.start`: \
             what is overdue when a run begins.",
            &[r#""2 d 4 h""#, r#""2026-12-01T08:00:00Z""#, r#""2026-12-01""#],
            vec![SimDuration::shape(), StartInstant::shape(), Date::shape()],
        )
    }

    fn read(node: &Node, reader: &mut Reader<'_>) -> Option<Self> {
        Moment::read(node, reader).map(DueDate)
    }

    fn write(&self) -> Option<String> {
        self.0.write()
    }
}

/// What stands between a date and a time of day.
const TIME_FOLLOWS: [char; 2] = ['T', ' '];

/// Whether a text begins with a year and a dash, as no duration does.
fn begins_as_date(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    digits == 4 && text.as_bytes().get(digits) == Some(&b'-')
}

/// Whether a text reads like a date of some country: two dots or strokes between digits.
fn looks_like_date(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(|first: char| first.is_ascii_digit()) && text.matches(['.', '/']).count() >= 2
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

    #[test]
    fn moments_are_counted_from_the_start() {
        let start = read::<StartInstant>("2026-11-30T06:00:00Z").expect("a start");
        let found = |text: &str| {
            let moment = read::<Moment>(text)?;
            Some(moment.since(start).map_err(|complaint| complaint.code.id))
        };
        for (text, expected) in [
            ("2 d 4 h", Some(Ok(SimDuration::from_hours(52)))),
            ("2026-12-01T08:00:00Z", Some(Ok(SimDuration::from_hours(26)))),
            (" 2026-11-30T06:00 ", Some(Ok(SimDuration::ZERO))),
            ("2026-11-30T05:59:59Z", Some(Err("LW0509"))),
            ("9999-01-01T00:00:00Z", Some(Err("LW0206"))),
            ("0001-01-01T00:00:00Z", Some(Err("LW0206"))),
            ("2026-12-01", Some(Ok(SimDuration::from_hours(18)))),
            ("2026-11-30", Some(Ok(SimDuration::ZERO))),
            ("2026-11-29", Some(Err("LW0509"))),
            ("2026-12-01 08:00", Some(Ok(SimDuration::from_hours(26)))),
            ("2026-12-32T08:00:00Z", None),
            (" 2026-12-01 ", Some(Ok(SimDuration::from_hours(18)))),
            ("2026-12-32", None),
            ("1.12.2026", None),
            ("12/01/2026", None),
            ("2026", None),
            ("-2 d", None),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
        let due = |text: &str| read::<DueDate>(text)?.since(start).map_err(|complaint| complaint.code.id).ok();
        assert_eq!(due("2026-12-01"), Some(SimDuration::from_hours(42)), "the end of that day");
        assert_eq!(due("2026-11-28"), Some(-SimDuration::from_hours(30)), "overdue");
        assert_eq!(due("2026-11-28T06:00:00"), Some(-SimDuration::from_hours(48)));
        assert_eq!((due("2 d"), due("0001-01-01")), (Some(SimDuration::from_hours(48)), None));
        assert_eq!(Moment::read_cell(&Node::text("2 d"), &mut Reader::without_tables()), read::<Moment>("48 h"));
    }
}
