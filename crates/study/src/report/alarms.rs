//! When alarms were on.

use crate::film::{AlarmPeriod, Film};

use super::chart::{Frame, Room, WIDE};
use super::figure::{count, counted, percent, seconds};
use super::html::{Figure, Table};
use super::scale::{Clock, Ticks};
use super::svg::{line, rect, shortened, text};

/// Lanes that are drawn.
const MOST_LANES: usize = 60;
/// Narrowest mark of a period, so that a short one is seen too.
const NARROWEST: f64 = 2.0;
const ROW: f64 = 24.0;

/// A line of time for each alarm, and all periods as a table.
pub(super) fn render(film: &Film) -> String {
    if film.alarms.is_empty() {
        return String::new();
    }
    let clock = Clock { start_unix_ns: film.start_unix_ns };
    let mut lanes: Vec<usize> = film.alarms.iter().map(|period| period.alarm).collect();
    lanes.sort_unstable();
    lanes.dedup();
    let total = lanes.len();
    lanes.truncate(MOST_LANES);
    let name = |index: usize| film.elements.get(index).map_or("", |element| &*element.name);
    let end = |period: &AlarmPeriod| period.until.unwrap_or(film.until).as_seconds_f64();
    let length = |period: &AlarmPeriod| (end(period) - period.from.as_seconds_f64()).max(0.0);

    let mut room = Room::new(WIDE, lanes.len() as f64 * ROW);
    (room.left, room.top) = (190.0, 6.0);
    let whole = (kernel::SimTime::ZERO, film.until);
    let mut frame = Frame::over_time(room, clock, whole, &Ticks { labels: Vec::new() }, "");
    frame.shade_before(film.since.as_seconds_f64(), "warm-up");
    let mut summary = Table::new().text("alarm").figures("times").figures("on for").figures("share of the run");
    for (row, lane) in lanes.iter().enumerate() {
        let y = room.top + row as f64 * ROW;
        frame.drawing.add(line(room.left, y + 0.5 * ROW, room.width - room.right, y + 0.5 * ROW).class("grid"));
        let label = shortened(name(*lane), room.left - 20.0, 13.0);
        frame.drawing.add(text(room.left - 10.0, y + 16.0, &label).class("label end").tip(name(*lane)));
        let (mut times, mut on) = (0, 0.0);
        for period in film.alarms.iter().filter(|period| period.alarm == *lane) {
            let (left, right) = (frame.x.at(period.from.as_seconds_f64()), frame.x.at(end(period)));
            let still = if period.until.is_none() { ", still on at the end" } else { "" };
            let from = clock.moment(period.from);
            let tip = format!("{}\nfrom {from}\nfor {}{still}", name(*lane), seconds(length(period)));
            let mark = rect(left, y + 4.0, (right - left).max(NARROWEST), ROW - 8.0);
            frame.drawing.add(mark.class("alarm").tip(&tip));
            times += 1;
            on += length(period);
        }
        let share = on / film.until.as_seconds_f64().max(f64::MIN_POSITIVE);
        summary.row(vec![name(*lane).into(), count(times).into(), seconds(on).into(), percent(share).into()]);
    }
    let mut periods = Table::new().text("alarm").text("from").text("until").figures("for");
    for period in &film.alarms {
        let until = period.until.map_or("still on at the end".to_owned(), |until| clock.moment(until));
        periods.row(vec![
            name(period.alarm).into(),
            clock.moment(period.from).into(),
            until.into(),
            seconds(length(period)).into(),
        ]);
    }
    let mut note = String::new();
    if film.since > kernel::SimTime::ZERO {
        note += "The warm-up is shaded. ";
    }
    if film.alarms_left_out > 0 {
        note += &format!(
            "{} beyond these {} left out.",
            counted(film.alarms_left_out, "period"),
            if film.alarms_left_out == 1 { "is" } else { "are" }
        );
    }
    if total > lanes.len() {
        note += &format!(" {} more are in the table only.", counted((total - lanes.len()) as u64, "alarm"));
    }
    Figure {
        title: "When alarms were on".to_owned(),
        note: note.trim().to_owned(),
        picture: frame.drawing.finish("Periods in which alarms were on"),
        numbers: summary.open() + &periods.folded("All periods"),
        ..Figure::default()
    }
    .render()
}
