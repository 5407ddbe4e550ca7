//! What a KPI is over two axes of a sweep, as a map of colours.

use super::chart::{LETTERS, WIDE};
use super::figure::{self, NONE, decimals_between, measured, measured_like, rounded, unit};
use super::html::{Figure, Table};
use super::page::{Axis, Sweep, SweptKpi};
use super::palette::heat;
use super::svg::{Drawing, Element, group, rect, shortened, text, text_width};
use super::sweep::largest;

/// Most cells of a map in a row or a column. Axes with more levels are shown by cells that stand for several.
pub(super) const MOST_CELLS: usize = 40;

/// The levels of an axis, side by side in as many cells as fit.
struct Cells {
    /// Levels in a cell; the last may have fewer.
    size: usize,
    labels: Vec<String>,
}

impl Cells {
    fn of(axis: &Axis) -> Self {
        let size = axis.levels.len().div_ceil(MOST_CELLS).max(1);
        let label = |levels: &[String]| match levels {
            [first, .., last] => format!("{first} to {last}"),
            [only] => only.clone(),
            [] => String::new(),
        };
        Self { size, labels: axis.levels.chunks(size).map(label).collect() }
    }
}

/// The mean of all points in each cell of two axes, row by row, and of how many.
fn means(
    sweep: &Sweep,
    kpi: &SweptKpi,
    (along, columns): (usize, &Cells),
    (up, rows): (usize, &Cells),
) -> Vec<Vec<(f64, usize)>> {
    let mut cells = vec![vec![(0.0, 0); columns.labels.len()]; rows.labels.len()];
    for (levels, estimate) in sweep.points.iter().zip(&kpi.estimates) {
        let Some(estimate) = estimate.filter(|estimate| estimate.mean.is_finite()) else { continue };
        let (Some(column), Some(row)) = (levels.get(along), levels.get(up)) else { continue };
        if let Some(cell) = cells.get_mut(row / rows.size).and_then(|row| row.get_mut(column / columns.size)) {
            cell.0 += estimate.mean;
            cell.1 += 1;
        }
    }
    cells.iter_mut().flatten().filter(|cell| cell.1 > 0).for_each(|cell| cell.0 /= cell.1 as f64);
    cells
}

/// A map of the KPI over the two axes that it is shown by.
pub(super) fn map(sweep: &Sweep, kpi: &SweptKpi) -> String {
    let last = sweep.axes.len() - 1;
    let (along, mut up) = (kpi.shown.0.min(last), kpi.shown.1.min(last));
    if along == up {
        up = if along == 0 { 1 } else { 0 };
    }
    let (x_axis, y_axis) = (&sweep.axes[along], &sweep.axes[up]);
    let (columns, rows) = (Cells::of(x_axis), Cells::of(y_axis));
    let cells = means(sweep, kpi, (along, &columns), (up, &rows));
    let known = || cells.iter().flatten().filter(|cell| cell.1 > 0).map(|cell| cell.0);
    if known().next().is_none() {
        return String::new();
    }
    let (least, largest) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
    let unit = unit(kpi.measure, largest.abs().max(least.abs()));
    let decimals = decimals_between(least * unit.factor, largest * unit.factor);
    let (width, height) = (columns.labels.len().max(1) as f64, rows.labels.len().max(1) as f64);
    let labels_width =
        rows.labels.iter().map(|level| text_width(level, LETTERS)).fold(40.0, f64::max).min(160.0) + 16.0;
    let cell_width = ((WIDE - labels_width - 130.0) / width).clamp(8.0, 110.0);
    let cell_height: f64 = if height > 20.0 { 20.0 } else { 38.0 };
    let (left, top) = (labels_width, 26.0);
    let (right, bottom) = (left + cell_width * width, top + cell_height * height);
    let mut drawing = Drawing::new((right + 130.0).max(420.0), bottom + 44.0);
    drawing.add(text(0.0, 12.0, &shortened(&y_axis.name, 400.0, LETTERS)).class("axis-title"));
    for (row, level) in rows.labels.iter().enumerate() {
        // The first level is at the bottom, as on any axis that goes up.
        let y = bottom - cell_height * (row + 1) as f64;
        let label = shortened(level, labels_width - 12.0, LETTERS);
        drawing.add(text(left - 8.0, y + 0.5 * cell_height + 4.0, &label).class("tick end").tip(level));
        for (column, along) in columns.labels.iter().enumerate() {
            let cell = Cell { kpi, unit, least, largest, decimals };
            let tip = format!("{}: {along}\n{}: {level}", x_axis.name, y_axis.name);
            let x = left + cell_width * column as f64;
            drawing.add(cell.draw(cells[row][column], &tip, (x, y), (cell_width, cell_height)));
        }
    }
    // A cell that stands for several levels is called by its first one here: both ends would not find room.
    let ticks: Vec<String> = x_axis.levels.iter().step_by(columns.size).cloned().collect();
    let every = labels_step(&ticks, cell_width);
    for (column, level) in ticks.iter().enumerate().step_by(every) {
        let x = left + cell_width * (column as f64 + 0.5);
        let label = shortened(level, cell_width * every as f64 - 4.0, LETTERS);
        drawing.add(text(x, bottom + 17.0, &label).class("tick middle").tip(level));
    }
    let name = shortened(&x_axis.name, right - left + 100.0, LETTERS);
    drawing.add(text(0.5 * (left + right), bottom + 36.0, &name).class("axis-title middle"));
    drawing.add(key(kpi, (least, largest), (right + 28.0, top, bottom - top)));

    let note = match (sweep.axes.len() > 2, columns.size * rows.size > 1) {
        (false, false) => "Means of all replications.",
        (true, false) => "Each cell is the mean over all levels of the other axes.",
        (false, true) => "Each cell is the mean of all points whose levels are in it.",
        (true, true) => {
            "Each cell is the mean of all points whose levels are in it, over all levels of the other axes."
        }
    };
    Figure {
        title: format!("{} by {} and {}", kpi.name, x_axis.name, y_axis.name),
        note: format!("{note} Cells without data are hatched."),
        picture: drawing.finish(&format!("Map of {}", kpi.name)),
        numbers: map_table(
            kpi,
            &cells,
            &columns.labels,
            (&format!("{} \\ {}", y_axis.name, x_axis.name), &rows.labels),
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
