//! Means with their intervals along the levels of something: one axis of a sweep, or one factor of a design.

use super::chart::{Frame, LETTERS, Room};
use super::figure::{Quantity, count, measured, unit};
use super::heat_map::labels_step;
use super::kpis::width_of;
use super::page::Estimate;
use super::scale::{Scale, round_ticks};
use super::svg::{Path, circle, group, line, shortened};

/// One level with what came out there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Point {
    /// The level.
    pub label: String,
    /// What came out, if anything is known.
    pub estimate: Option<Estimate>,
}

/// The least and the largest end of all intervals, if there is any.
pub(super) fn reach<'a>(estimates: impl IntoIterator<Item = &'a Estimate>) -> Option<(f64, f64)> {
    let mut reach: Option<(f64, f64)> = None;
    for estimate in estimates.into_iter().filter(|estimate| estimate.mean.is_finite()) {
        let half_width = estimate.half_width.filter(|width| width.is_finite()).unwrap_or(0.0);
        let (low, high) = (estimate.mean - half_width, estimate.mean + half_width);
        reach = Some(reach.map_or((low, high), |(least, largest)| (least.min(low), largest.max(high))));
    }
    reach
}

/// A picture with a mark and a whisker for each point, joined by a line.
pub(super) fn along(axis: &str, kpi: &str, measure: Quantity, points: &[Point], width: f64, height: f64) -> String {
    let (least, largest) = reach(points.iter().filter_map(|point| point.estimate.as_ref())).unwrap_or((0.0, 1.0));
    along_within(axis, kpi, measure, points, (width, height), (least, largest))
}

/// The same on an axis that reaches from `least` to `largest`, so that pictures side by side compare.
pub(super) fn along_within(
    axis: &str,
    kpi: &str,
    measure: Quantity,
    points: &[Point],
    (width, height): (f64, f64),
    (least, largest): (f64, f64),
) -> String {
    let unit = unit(measure, largest.abs().max(least.abs()));
    let ticks = round_ticks(least * unit.factor, largest * unit.factor, 5);
    let until = points.len().max(1) as f64;
    let title = shortened(&unit.title(kpi), width - 10.0, LETTERS);
    let mut frame = Frame::new(Room::new(width, height), (0.0, until), &ticks, &title);
    frame.x = Scale { low: 0.0, high: until, ..frame.x };
    let pitch = (frame.x.end - frame.x.start) / until;
    let labels: Vec<String> = points.iter().map(|point| point.label.clone()).collect();
    let every = labels_step(&labels, pitch);
    let label =
        |(index, label): (usize, &String)| (index as f64 + 0.5, shortened(label, pitch * every as f64 - 6.0, LETTERS));
    frame
        .x_axis(labels.iter().enumerate().step_by(every).map(label).collect(), &shortened(axis, width - 80.0, LETTERS));
    let mut way = Path::default();
    let mut marks = group("marks");
    for (index, point) in points.iter().enumerate() {
        let Some(estimate) = point.estimate.filter(|estimate| estimate.mean.is_finite()) else { continue };
        let (x, y) = (frame.x.at(index as f64 + 0.5), frame.y.at(estimate.mean * unit.factor));
        if way.is_empty() {
            way.move_to(x, y)
        } else {
            way.line_to(x, y)
        };
        let value = measured(measure, estimate.mean);
        let runs = count(estimate.replications);
        let tip = format!("{}\n{value} {}\n{runs} replications", point.label, width_of(measure, &estimate));
        let mut mark = group("point").tip(&tip);
        if let Some(half_width) = estimate.half_width.filter(|half_width| half_width.is_finite()) {
            let [low, high] = [-half_width, half_width].map(|width| frame.y.at((estimate.mean + width) * unit.factor));
            mark = mark.child(line(x, low, x, high).class("whisker"));
            for end in [low, high] {
                mark = mark.child(line(x - 4.0, end, x + 4.0, end).class("whisker"));
            }
        }
        marks = marks.child(mark.child(circle(x, y, 4.5).class("mark")));
    }
    if !way.is_empty() {
        frame.drawing.add(way.element().class("way"));
    }
    frame.drawing.add(marks);
    frame.drawing.finish(&format!("{kpi} by {axis}"))
}
