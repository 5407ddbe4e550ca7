//! What came out of a sweep: a map over two axes, intervals along one, and all points as a table.

use super::chart::{LETTERS, WIDE};
use super::figure::{self, NONE, count, decimals_between, measured, measured_like, rounded, unit};
use super::html::{Figure, Table};
use super::intervals::{Point, along};
use super::page::{Estimate, Sweep, SweptKpi};
use super::palette::heat;
use super::scale::Scale;
use super::svg::{Drawing, Element, circle, group, rect, shortened, text, text_width};

/// Levels of an axis that a map can show; with more of them the points are scattered instead.
const MOST_LEVELS: usize = 40;
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

fn picture(sweep: &Sweep, kpi: &SweptKpi) -> String {
    if sweep.axes.iter().any(|axis| axis.levels.len() > MOST_LEVELS) {
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
fn largest(kpi: &SweptKpi) -> f64 {
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

/// The mean of all points in each cell of two axes, row by row, and of how many.
fn cells(sweep: &Sweep, kpi: &SweptKpi, along: usize, up: usize) -> Vec<Vec<(f64, usize)>> {
    let mut cells = vec![vec![(0.0, 0); sweep.axes[along].levels.len()]; sweep.axes[up].levels.len()];
    for (levels, estimate) in sweep.points.iter().zip(&kpi.estimates) {
        let Some(estimate) = estimate.filter(|estimate| estimate.mean.is_finite()) else { continue };
        let (Some(column), Some(row)) = (levels.get(along), levels.get(up)) else { continue };
        if let Some(cell) = cells.get_mut(*row).and_then(|row| row.get_mut(*column)) {
            cell.0 += estimate.mean;
            cell.1 += 1;
        }
    }
    cells.iter_mut().flatten().filter(|cell| cell.1 > 0).for_each(|cell| cell.0 /= cell.1 as f64);
    cells
}

fn map(sweep: &Sweep, kpi: &SweptKpi) -> String {
    let last = sweep.axes.len() - 1;
    let (along, mut up) = (kpi.shown.0.min(last), kpi.shown.1.min(last));
    if along == up {
        up = if along == 0 { 1 } else { 0 };
    }
    let (x_axis, y_axis) = (&sweep.axes[along], &sweep.axes[up]);
    let cells = cells(sweep, kpi, along, up);
    let known = || cells.iter().flatten().filter(|cell| cell.1 > 0).map(|cell| cell.0);
    if known().next().is_none() {
        return String::new();
    }
    let (least, largest) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    let unit = unit(kpi.measure, largest.abs().max(least.abs()));
    let decimals = decimals_between(least * unit.factor, largest * unit.factor);
    let (columns, rows) = (x_axis.levels.len().max(1), y_axis.levels.len().max(1));
    let labels_width =
        y_axis.levels.iter().map(|level| text_width(level, LETTERS)).fold(40.0, f64::max).min(160.0) + 16.0;
    let cell_width = ((WIDE - labels_width - 130.0) / columns as f64).clamp(8.0, 110.0);
    let cell_height: f64 = if rows > 20 { 20.0 } else { 38.0 };
    let (left, top) = (labels_width, 26.0);
    let (right, bottom) = (left + cell_width * columns as f64, top + cell_height * rows as f64);
    let mut drawing = Drawing::new((right + 130.0).max(420.0), bottom + 44.0);
    drawing.add(text(0.0, 12.0, &shortened(&y_axis.name, 400.0, LETTERS)).class("axis-title"));
    for (row, level) in y_axis.levels.iter().enumerate() {
        // The first level is at the bottom, as on any axis that goes up.
        let y = bottom - cell_height * (row + 1) as f64;
        let label = shortened(level, labels_width - 12.0, LETTERS);
        drawing.add(text(left - 8.0, y + 0.5 * cell_height + 4.0, &label).class("tick end").tip(level));
        for (column, along) in x_axis.levels.iter().enumerate() {
            let cell = Cell { kpi, unit, least, largest, decimals };
            let tip = format!("{}: {along}\n{}: {level}", x_axis.name, y_axis.name);
            let x = left + cell_width * column as f64;
            drawing.add(cell.draw(cells[row][column], &tip, (x, y), (cell_width, cell_height)));
        }
    }
    let every = labels_step(&x_axis.levels, cell_width);
    for (column, level) in x_axis.levels.iter().enumerate().step_by(every) {
        let x = left + cell_width * (column as f64 + 0.5);
        let label = shortened(level, cell_width * every as f64 - 4.0, LETTERS);
        drawing.add(text(x, bottom + 17.0, &label).class("tick middle").tip(level));
    }
    let name = shortened(&x_axis.name, right - left + 100.0, LETTERS);
    drawing.add(text(0.5 * (left + right), bottom + 36.0, &name).class("axis-title middle"));
    drawing.add(key(kpi, (least, largest), (right + 28.0, top, bottom - top)));

    let is_averaged = sweep.axes.len() > 2;
    let note = if is_averaged {
        "Each cell is the mean over all levels of the other axes."
    } else {
        "Means of all replications."
    };
    Figure {
        title: format!("{} by {} and {}", kpi.name, x_axis.name, y_axis.name),
        note: format!("{note} Cells without data are hatched."),
        picture: drawing.finish(&format!("Map of {}", kpi.name)),
        numbers: map_table(
            kpi,
            &cells,
            &x_axis.levels,
            (&format!("{} \\ {}", y_axis.name, x_axis.name), &y_axis.levels),
        )
        .folded("Numbers"),
        ..Figure::default()
    }
    .render()
}

/// How many levels one label stands for, so that labels do not touch.
pub(super) fn labels_step(levels: &[String], pitch: f64) -> usize {
    let widest = levels.iter().map(|level| text_width(level, LETTERS)).fold(0.0, f64::max).min(90.0);
    (((widest + 6.0) / pitch.max(1.0)).ceil() as usize).max(1)
}

struct Cell<'a> {
    kpi: &'a SweptKpi,
    unit: figure::Unit,
    least: f64,
    largest: f64,
    decimals: usize,
}

impl Cell<'_> {
    fn draw(
        &self,
        (mean, points): (f64, usize),
        tip: &str,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
    ) -> Element {
        let shape = rect(x + 0.5, y + 0.5, width - 1.0, height - 1.0).at("rx", 2.0);
        if points == 0 {
            return group("cell").tip(&format!("{tip}\nno data")).child(shape.class("no-data"));
        }
        let span = self.largest - self.least;
        let (colour, is_dark) = heat(if span > 0.0 { (mean - self.least) / span } else { 0.5 });
        let tip = format!("{tip}\n{}: {}", self.kpi.name, measured(self.kpi.measure, mean));
        let mut cell = group("cell").tip(&tip).child(shape.with("style", &format!("fill:{colour}")));
        let label = rounded(mean * self.unit.factor, self.decimals);
        if text_width(&label, LETTERS) + 4.0 < width && height >= 18.0 {
            let class = if is_dark { "on-dark middle" } else { "on-light middle" };
            cell = cell.child(text(x + 0.5 * width, y + 0.5 * height + 4.0, &label).class(class));
        }
        cell
    }
}

/// The key of a map: its colours from the least value to the largest.
fn key(kpi: &SweptKpi, (least, largest): (f64, f64), (x, y, height): (f64, f64, f64)) -> Element {
    const STEPS: usize = 24;
    let mut key = group("key");
    for step in 0..STEPS {
        let (colour, _) = heat((step as f64 + 0.5) / STEPS as f64);
        let size = height / STEPS as f64;
        let top = y + height - size * (step + 1) as f64;
        key = key.child(rect(x, top, 14.0, size + 0.4).with("style", &format!("fill:{colour}")));
    }
    let label = |at: f64, value: f64| text(x + 20.0, at, &measured_like(kpi.measure, value, largest)).class("tick");
    key.child(label(y + 9.0, largest)).child(label(y + height, least))
}

fn map_table(kpi: &SweptKpi, cells: &[Vec<(f64, usize)>], along: &[String], (name, up): (&str, &[String])) -> Table {
    let mut table = Table::new().text(name);
    for level in along {
        table = table.figures(level);
    }
    for (level, row) in up.iter().zip(cells) {
        let mut cells = vec![level.as_str().into()];
        cells.extend(row.iter().map(|(mean, points)| match points {
            0 => NONE.into(),
            _ => measured_like(kpi.measure, *mean, largest(kpi)).into(),
        }));
        table.row(cells);
    }
    table
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
