//! What came out of a sweep: a map over two axes, intervals along one, and all points as a table.

use super::chart::{LETTERS, WIDE};
use super::figure::{self, NONE, count, measured, measured_like, unit};
use super::heat_map::{MOST_CELLS, map};
use super::html::{Figure, Table};
use super::intervals::{Point, along};
use super::page::{Estimate, Sweep, SweptKpi};
use super::scale::Scale;
use super::svg::{circle, shortened};

/// Levels of a single axis that are told apart, and axes over which points are scattered.
const MOST_LEVELS: usize = MOST_CELLS;
/// KPIs that are drawn.
const MOST_KPIS: usize = 12;
/// Dots that are scattered, over all axes.
const MOST_DOTS: usize = 20_000;

/// A picture for each KPI and one table of all points.
pub(super) fn render(sweep: &Sweep) -> String {
    if sweep.axes.is_empty() || sweep.points.is_empty() {
        return String::new();
    }
    let mut text = String::new();
    for kpi in sweep.kpis.iter().take(MOST_KPIS) {
        text += &picture(sweep, kpi);
    }
    if sweep.kpis.len() > MOST_KPIS {
        text += &format!("<p class=\"note\">{} more KPIs are in the table only.</p>", sweep.kpis.len() - MOST_KPIS);
    }
    text + &table(sweep).folded("All points")
}

/// Whether the points fill the space instead of lying on a grid: then most levels of an axis are met by a single point, and a
/// map would be empty but for a few cells.
fn is_scattered(sweep: &Sweep) -> bool {
    let most = sweep.axes.iter().map(|axis| axis.levels.len()).max().unwrap_or(0);
    most > MOST_LEVELS && sweep.points.len() < 2 * most
}

fn picture(sweep: &Sweep, kpi: &SweptKpi) -> String {
    if is_scattered(sweep) {
        return scattered(sweep, kpi);
    }
    match sweep.axes.as_slice() {
        [axis] => {
            let mut points: Vec<Point> =
                axis.levels.iter().map(|level| Point { label: level.clone(), estimate: None }).collect();
            for (levels, estimate) in sweep.points.iter().zip(&kpi.estimates) {
                if let Some(point) = levels.first().and_then(|level| points.get_mut(*level)) {
                    point.estimate = *estimate;
                }
            }
            let mut table =
                Table::new().text(&axis.name).figures("mean").figures("95 % interval").figures("replications");
            let largest = largest(kpi);
            for point in &points {
                table.row(vec![
                    point.label.as_str().into(),
                    shown(kpi, largest, point.estimate).into(),
                    spread(kpi, largest, point.estimate).into(),
                    runs(point.estimate).into(),
                ]);
            }
            Figure {
                title: format!("{} by {}", kpi.name, axis.name),
                note: "Means with their 95 % intervals.".to_owned(),
                picture: along(&axis.name, &kpi.name, kpi.measure, &points, WIDE, 220.0),
                numbers: table.folded("Numbers"),
                ..Figure::default()
            }
            .render()
        }
        _ => map(sweep, kpi),
    }
}

/// The largest mean, whose unit fits all of them.
pub(super) fn largest(kpi: &SweptKpi) -> f64 {
    let means = kpi.estimates.iter().flatten().map(|estimate| estimate.mean.abs());
    means.filter(|mean| mean.is_finite()).fold(0.0, f64::max)
}

fn shown(kpi: &SweptKpi, largest: f64, estimate: Option<Estimate>) -> String {
    estimate.map_or_else(|| NONE.to_owned(), |estimate| measured_like(kpi.measure, estimate.mean, largest))
}

fn spread(kpi: &SweptKpi, largest: f64, estimate: Option<Estimate>) -> String {
    let width = estimate.and_then(|estimate| estimate.half_width);
    width.map_or_else(|| NONE.to_owned(), |width| figure::spread(kpi.measure, width, largest))
}

fn runs(estimate: Option<Estimate>) -> String {
    estimate.map_or_else(|| NONE.to_owned(), |estimate| count(estimate.replications))
}

/// Every point above its level of each axis, for designs that fill the space instead of lying on a grid.
fn scattered(sweep: &Sweep, kpi: &SweptKpi) -> String {
    let known: Vec<(&Vec<usize>, Estimate)> = sweep
        .points
        .iter()
        .zip(&kpi.estimates)
        .filter_map(|(levels, estimate)| Some((levels, (*estimate)?)))
        .take(MOST_DOTS / sweep.axes.len().clamp(1, MOST_LEVELS))
        .collect();
    let unit = unit(kpi.measure, largest(kpi));
    let means = || known.iter().map(|(_, estimate)| estimate.mean * unit.factor).filter(|mean| mean.is_finite());
    if means().next().is_none() {
        return String::new();
    }
    let ticks =
        super::scale::round_ticks(means().fold(f64::INFINITY, f64::min), means().fold(f64::NEG_INFINITY, f64::max), 4);
    let mut text =
        format!("<h3>{}</h3><div class=\"multiples\">", super::svg::escape(&format!("{} at every point", kpi.name)));
    for (index, axis) in sweep.axes.iter().enumerate().take(MOST_LEVELS) {
        let room = super::chart::Room::new(super::chart::SMALL, 150.0);
        let until = (axis.levels.len().max(2) - 1) as f64;
        let mut frame = super::chart::Frame::new(room, (0.0, until), &ticks, &unit.title(&kpi.name));
        frame.x = Scale { start: frame.x.start + 6.0, end: frame.x.end - 6.0, ..frame.x };
        let ends = [0, axis.levels.len() / 2, axis.levels.len().saturating_sub(1)];
        let labels =
            ends.into_iter().filter_map(|at| Some((at as f64, shortened(axis.levels.get(at)?, 90.0, LETTERS))));
        frame.x_axis(labels.collect(), &shortened(&axis.name, 280.0, LETTERS));
        for (levels, estimate) in &known {
            let Some(level) = levels.get(index) else { continue };
            let tip = format!(
                "{}\n{}",
                axis.levels.get(*level).map_or("", |level| level),
                measured(kpi.measure, estimate.mean)
            );
            let dot = circle(frame.x.at(*level as f64), frame.y.at(estimate.mean * unit.factor), 3.0);
            frame.drawing.add(dot.class("dot").tip(&tip));
        }
        let picture = frame.drawing.finish(&format!("{} over {}", kpi.name, axis.name));
        text += &Figure { title: format!("over {}", axis.name), picture, is_small: true, ..Figure::default() }.render();
    }
    text + "</div>"
}

fn table(sweep: &Sweep) -> Table {
    let mut table = Table::new().figures("point");
    for axis in &sweep.axes {
        table = table.text(&axis.name);
    }
    for kpi in &sweep.kpis {
        table = table.figures(&kpi.name).figures("95 % interval");
    }
    let all_largest: Vec<f64> = sweep.kpis.iter().map(largest).collect();
    for (index, levels) in sweep.points.iter().enumerate() {
        let mut row = vec![count(index as u64).into()];
        row.extend(
            sweep
                .axes
                .iter()
                .zip(levels)
                .map(|(axis, level)| axis.levels.get(*level).map_or(NONE, |level| level).into()),
        );
        for (kpi, largest) in sweep.kpis.iter().zip(&all_largest) {
            let (estimate, largest) = (kpi.estimates.get(index).copied().flatten(), *largest);
            row.push(shown(kpi, largest, estimate).into());
            row.push(spread(kpi, largest, estimate).into());
        }
        table.row(row);
    }
    table
}
