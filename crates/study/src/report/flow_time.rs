//! How long parts were in the plant: a histogram with the mean and the time that 95 % do not exceed.

use plant::kpi::Measure;

use crate::film::Film;

use super::chart::{Frame, Room, WIDE};
use super::figure::{count, percent, seconds, unit};
use super::html::{Figure, Table};
use super::scale::round_ticks;
use super::svg::rect;

/// The histogram.
pub(super) fn render(film: &Film) -> String {
    let histogram = &film.flow_time;
    let is_usable = histogram.width_s > 0.0 && histogram.from_s.is_finite() && histogram.width_s.is_finite();
    if histogram.total == 0 || histogram.counts.is_empty() || !is_usable {
        return String::new();
    }
    let until = histogram.from_s + histogram.width_s * histogram.counts.len() as f64;
    let unit = unit(Measure::Time, until);
    let share = |count: u64| count as f64 / histogram.total as f64;
    let highest = histogram.counts.iter().map(|count| share(*count)).fold(0.0, f64::max);
    let ticks = round_ticks(0.0, 100.0 * highest, 5);
    let ends = (histogram.from_s * unit.factor, until * unit.factor);
    let mut frame = Frame::new(Room::new(WIDE, 210.0), ends, &ticks, "share of parts (%)");
    let mut table =
        Table::new().figures(&format!("from ({})", unit.name())).figures(&format!("until ({})", unit.name()));
    table = table.figures("parts").figures("share");
    for (index, parts) in histogram.counts.iter().enumerate() {
        let from = histogram.from_s + histogram.width_s * index as f64;
        let end = from + histogram.width_s;
        if *parts > 0 {
            let (left, right) = (frame.x.at(from * unit.factor), frame.x.at(end * unit.factor));
            let top = frame.y.at(100.0 * share(*parts));
            let tip =
                format!("{} to {}\n{} parts, {}", seconds(from), seconds(end), count(*parts), percent(share(*parts)));
            // A hair's breadth between bars, unless they are no wider than that.
            let gap = if right - left > 3.0 { 1.0 } else { 0.0 };
            frame.drawing.add(rect(left, top, right - left - gap, frame.y.start - top).class("column").tip(&tip));
        }
        table.row(vec![
            unit.bare(from).into(),
            unit.bare(end).into(),
            count(*parts).into(),
            percent(share(*parts)).into(),
        ]);
    }
    let labels = round_ticks(ends.0, ends.1, 10).labels;
    let within = labels.into_iter().filter(|(value, _)| (ends.0..=ends.1).contains(value)).collect();
    frame.x_axis(within, &unit.title("flow time"));
    let marks = [(histogram.mean_s, "mean"), (histogram.p95_s, "95 % within")];
    for (level, (value, name)) in marks.into_iter().enumerate() {
        if value.is_finite() && (histogram.from_s..=until).contains(&value) {
            frame.line_up_at(value * unit.factor, "mean", &format!("{name} {}", unit.with_unit(value)), level);
        }
    }
    Figure {
        title: "How long parts take through the plant".to_owned(),
        note: format!("Flow times of the {} parts shipped after the warm-up.", count(histogram.total)),
        picture: frame.drawing.finish("Histogram of flow times"),
        numbers: table.folded("Numbers"),
        ..Figure::default()
    }
    .render()
}
