//! Times as the format has them: a number and a unit, laws of times, and dates.

use plant::description::Complaint;

use super::complaint;
use super::decimal::Decimal;
use super::table::{Line, number, unknown};
use crate::numbers::Word;

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unit {
    /// As scenarios have it.
    pub word: &'static str,
    pub seconds: i64,
}

const SECOND: Unit = Unit { word: "s", seconds: 1 };
const MINUTE: Unit = Unit { word: "min", seconds: 60 };
const HOUR: Unit = Unit { word: "h", seconds: 3600 };
const DAY: Unit = Unit { word: "d", seconds: 86_400 };

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub number: Decimal,
    pub unit: Unit,
}

impl Span {
    pub fn seconds(self) -> Decimal {
        self.number * self.unit.seconds
    }

    /// As scenarios have it.
    pub fn text(self) -> String {
        format!("{} {}", self.number, self.unit.word)
    }
}

/// A law of times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Law {
    Constant(Span),
    /// As far below the mean as above it.
    Uniform {
        mean: Span,
        half: Decimal,
    },
    Exponential(Span),
}

impl Law {
    /// As scenarios have it, with `mark` around times: nothing in tables, a quotation mark elsewhere.
    pub fn text(self, mark: &str) -> String {
        let quoted = |span: Span| format!("{mark}{}{mark}", span.text());
        match self {
            Law::Constant(span) => quoted(span),
            Law::Uniform { mean, half } => {
                let at = |number: Decimal| quoted(Span { number, ..mean });
                format!("Uniform({}, {})", at(mean.number - half), at(mean.number + half))
            }
            Law::Exponential(mean) => format!("Exponential({})", quoted(mean)),
        }
    }
}

/// A unit of time; what is read is `min` where no unit stands.
pub(super) fn unit(line: Line<'_>, column: &str) -> Result<Unit, Complaint> {
    const UNITS: [(&str, Unit); 10] = [
        ("sec", SECOND),
        ("s", SECOND),
        ("min", MINUTE),
        ("m", MINUTE),
        ("hr", HOUR),
        ("h", HOUR),
        ("hour", HOUR),
        ("day", DAY),
        ("days", DAY),
        ("d", DAY),
    ];
    let word = line.need(column)?;
    let found = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(word.text));
    found.map(|(_, unit)| *unit).ok_or_else(|| unknown(word, "a unit of time", &["sec", "min", "hr", "day"]))
}

pub(super) fn span(line: Line<'_>, column: &str, units: &str) -> Result<Span, Complaint> {
    Ok(Span { number: line.number(column)?, unit: unit(line, units)? })
}

/// A span, where anything stands in its column.
pub(super) fn span_if(line: Line<'_>, column: &str, units: &str) -> Result<Option<Span>, Complaint> {
    line.get(column).map(|_| span(line, column, units)).transpose()
}

/// The columns of a law: its name, its one or two numbers and their unit.
pub(super) struct Columns {
    pub law: &'static str,
    pub first: &'static str,
    pub second: &'static str,
    pub unit: &'static str,
}

pub(super) fn law(line: Line<'_>, columns: &Columns) -> Result<Law, Complaint> {
    let first = span(line, columns.first, columns.unit)?;
    match line.choice(columns.law, &["constant", "uniform", "exponential"])? {
        0 => Ok(Law::Constant(first)),
        1 => {
            let word = line.need(columns.second)?;
            let half = number(word)?;
            if half > first.number {
                let message = format!("{} below {} would be a time below 0", word.text, first.number);
                return Err(complaint(word.origin, message, "expected at most the mean"));
            }
            Ok(if half == Decimal::ZERO { Law::Constant(first) } else { Law::Uniform { mean: first, half } })
        }
        _ => Ok(Law::Exponential(first)),
    }
}

/// A date and time, `mm/dd/yy hh:mm:ss`, in seconds since 1970; years before 70 are of this century.
pub(super) fn date(line: Line<'_>, column: &str) -> Result<i64, Complaint> {
    let word = line.need(column)?;
    read_date(word).ok_or_else(|| {
        complaint(word.origin, format!("\"{}\" is no date and time", word.text), "expected mm/dd/yy hh:mm:ss")
    })
}

fn read_date(word: Word<'_>) -> Option<i64> {
    let (date, time) = word.text.split_once(' ')?;
    let triple = |text: &str, mark: char| -> Option<[i64; 3]> {
        let numbers: Vec<i64> =
            text.split(mark).map(|piece| piece.parse::<u16>().ok().map(i64::from)).collect::<Option<_>>()?;
        numbers.try_into().ok()
    };
    let [month, day, year] = triple(date, '/')?;
    let [hour, minute, second] = triple(time.trim(), ':')?;
    let year = match year {
        0..70 => 2000 + year,
        70..100 => 1900 + year,
        _ => year,
    };
    let is_one = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && (1970..3000).contains(&year)
        && hour < 24
        && minute < 60
        && second < 60;
    is_one.then(|| days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let years = (1970..year).map(|year| 337 + days_in(year, 2)).sum::<i64>();
    years + (1..month).map(|month| days_in(year, month)).sum::<i64>() + day - 1
}

/// A date and time as scenarios have it.
pub(super) fn date_text(seconds: i64) -> String {
    let (mut days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (mut year, mut month) = (1970, 1);
    while days >= 337 + days_in(year, 2) {
        days -= 337 + days_in(year, 2);
        year += 1;
    }
    while days >= days_in(year, month) {
        days -= days_in(year, month);
        month += 1;
    }
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", days + 1)
}

/// Seconds of 0 or more in days, hours, minutes and seconds.
pub(super) fn spelled(seconds: Decimal) -> String {
    let mut rest = seconds;
    let mut words = Vec::new();
    for unit in [DAY, HOUR, MINUTE] {
        let whole = Decimal::whole(unit.seconds);
        match rest.times(whole) {
            0 => {}
            times => words.push(format!("{times} {}", unit.word)),
        }
        rest = rest.rest(whole);
    }
    if rest > Decimal::ZERO || words.is_empty() {
        words.push(format!("{rest} s"));
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use plant::description::Origin;

    use super::*;

    #[test]
    fn dates_come_out_as_they_went_in() {
        let read = |text| read_date(Word { text, origin: Origin::NOWHERE });
        for (text, known) in [
            ("01/01/70 00:00:00", "1970-01-01T00:00:00Z"),
            ("02/29/20 23:59:59", "2020-02-29T23:59:59Z"),
            ("12/31/1999 06:07:08", "1999-12-31T06:07:08Z"),
            ("03/01/2100 00:00:00", "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(read(text).map(date_text).as_deref(), Some(known), "{text}");
        }
        assert_eq!(
            read("02/23/18 20:07:47").zip(read("01/01/18 00:00:00")).map(|(due, start)| due - start),
            Some(4_651_667)
        );
        for wrong in ["02/29/19 00:00:00", "13/01/18 00:00:00", "01/01/18", "01/01/18 24:00:00", "", "a/b/c d:e:f"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn stretches_are_spelled() {
        let spell = |text| spelled(Decimal::parse(text).unwrap_or_else(|| panic!("{text}")));
        assert_eq!(spell("4651667.4"), "53 d 20 h 7 min 47.4 s");
        assert_eq!([spell("0"), spell("60"), spell("86401")], ["0 s", "1 min", "1 d 1 s"]);
    }
}
