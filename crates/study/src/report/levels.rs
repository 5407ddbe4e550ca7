//! Where parts were over time: in the whole plant, in each buffer and on each conveyor; and how much was in each tank.

use crate::film::{ElementFilm, Film};

use super::chart::{Frame, Intervals, Room, SMALL, WIDE, ticks_from_zero};
use super::figure::{self, count, counted, number};
use super::html::{Figure, Table};
use super::scale::Clock;
use super::svg::shortened;

/// Elements whose level is drawn.
const MOST_LEVELS: usize = 24;
/// Rows of the table of a chart over time.
pub(super) const ROWS: usize = 48;
/// Places for the pointer along a wide chart, and along a small one.
pub(super) const POINTERS: (usize, usize) = (160, 48);

/// A table of series over time, as means over at most [`ROWS`] spans; each series with its title and its values.
pub(super) fn series_table(film: &Film, series: &[(String, &[f64])]) -> Table {
    let clock = Clock { start_unix_ns: film.start_unix_ns };
    let intervals = Intervals::new(&film.ticks);
    let mut table = Table::new().text("from").text("until");
    for (title, _) in series {
        table = table.figures(title);
    }
    for range in intervals.groups(ROWS) {
        let (from, until) = (intervals.span_of(range.start).0, intervals.span_of(range.end - 1).1);
        let mut row = vec![clock.moment(from).into(), clock.moment(until).into()];
        row.extend(series.iter().map(|(_, values)| number(intervals.mean(values, range.clone())).into()));
        table.row(row);
    }
    table
}

/// A chart of one quantity over the whole run.
#[derive(Debug)]
pub(super) struct OverTime<'a> {
    /// What it shows.
    pub title: &'a str,
    /// What the vertical axis shows.
    pub axis: &'a str,
    /// Its mean in each interval.
    pub values: &'a [f64],
    /// A limit it cannot exceed.
    pub limit: Option<f64>,
    /// Whether the mean after the warm-up is drawn.
    pub shows_mean: bool,
}

impl OverTime<'_> {
    /// The chart as a picture, wide or small.
    pub fn draw(&self, film: &Film, is_small: bool) -> String {
        let clock = Clock { start_unix_ns: film.start_unix_ns };
        let intervals = Intervals::new(&film.ticks);
        let mut room = if is_small { Room::new(SMALL, 96.0) } else { Room::new(WIDE, 210.0) };
        if is_small {
            room.left = 46.0;
        }
        let highest = self.values.iter().copied().fold(0.0, f64::max);
        // A limit far above what ever was there would flatten the picture; then it is only told.
        let limit = self.limit.filter(|limit| *limit <= 3.0 * highest);
        let ticks = ticks_from_zero(self.values.iter().copied().chain(limit), if is_small { 3 } else { 5 });
        let ends = (kernel::SimTime::ZERO, film.ticks.last().copied().unwrap_or(film.until));
        let mut frame = Frame::over_time(room, clock, ends, &ticks, self.axis);
        frame.shade_before(film.since.as_seconds_f64(), "warm-up");
        frame.steps(&intervals, self.values, "area", "curve");
        if let Some(limit) = limit {
            frame.line_at(limit, "limit", &format!("capacity {}", number(limit)));
        }
        if self.shows_mean {
            let from = film.ticks.iter().take_while(|end| **end <= film.since).count();
            let mean = intervals.mean(self.values, from..film.ticks.len());
            frame.line_at(mean, "mean", &format!("mean {}", number(mean)));
        }
        let tip = |index: usize| {
            let value = self.values.get(index).map_or(figure::NONE.to_owned(), |value| number(*value));
            format!("{}\n{}: {value}", clock.moment(intervals.span_of(index).0), self.axis)
        };
        frame.pointers(&intervals, if is_small { POINTERS.1 } else { POINTERS.0 }, tip);
        frame.drawing.finish(self.title)
    }
}

/// Work in progress, and the levels of what holds parts without working on them.
pub(super) fn render(film: &Film) -> String {
    if film.ticks.is_empty() {
        return String::new();
    }
    let mut text = String::new();
    if !film.work_in_progress.is_empty() {
        let title = "Work in progress over time";
        let chart = OverTime {
            title,
            axis: "parts in the plant",
            values: &film.work_in_progress,
            limit: None,
            shows_mean: true,
        };
        text += &Figure {
            title: title.to_owned(),
            picture: chart.draw(film, false),
            numbers: series_table(film, &[(chart.axis.to_owned(), chart.values)]).folded("Numbers"),
            ..Figure::default()
        }
        .render();
    }
    text + &levels(film) + &volumes(film)
}

/// How many parts were where they wait.
fn levels(film: &Film) -> String {
    let shown = shown(film);
    let total = held(film).count();
    if shown.is_empty() {
        return String::new();
    }
    let mut text = String::new();
    text += "<h3>Levels of buffers, conveyors and lines before stations over time</h3>";
    let note = "The dashed line is the capacity, if it is near enough to matter; what was before the end of the warm-up is shaded.";
    let left_out = match total - shown.len() {
        0 => String::new(),
        left_out => format!(" {} with lower levels are left out.", counted(left_out as u64, "element")),
    };
    text += &super::html::paragraph(&format!("{note}{left_out}"));
    text += "<div class=\"multiples\">";
    for element in &shown {
        text += &small(film, element);
    }
    text += "</div>";
    let series: Vec<(String, &[f64])> =
        shown.iter().map(|element| (element.name.to_string(), element.level.as_slice())).collect();
    text + &series_table(film, &series).folded("Numbers of all levels")
}

/// How much was in tanks, and in pipes that fill.
fn volumes(film: &Film) -> String {
    let held: Vec<&ElementFilm> = film.elements.iter().filter(|element| !element.volume.is_empty()).collect();
    if held.is_empty() {
        return String::new();
    }
    let shown = &held[..held.len().min(MOST_LEVELS)];
    let mut text = "<h3>Volumes in tanks and pipes over time</h3><div class=\"multiples\">".to_owned();
    for element in shown {
        let title = format!("Litres in {}", element.name);
        let limit = element.volume_capacity;
        let chart = OverTime { title: &title, axis: "litres", values: &element.volume, limit, shows_mean: false };
        let note = limit.map_or_else(String::new, |limit| format!(", holds {} l", number(limit)));
        let note = format!("{}{note}", element.kind);
        let picture = chart.draw(film, true);
        let title = shortened(&element.name, 300.0, 14.0);
        text += &Figure { title, note, picture, is_small: true, ..Figure::default() }.render();
    }
    text += "</div>";
    let series: Vec<(String, &[f64])> =
        shown.iter().map(|element| (format!("{} (l)", element.name), element.volume.as_slice())).collect();
    text + &series_table(film, &series).folded("Numbers of all volumes")
}

fn small(film: &Film, element: &ElementFilm) -> String {
    let limit = element.capacity.map(f64::from);
    let title = format!("Parts in {}", element.name);
    let chart = OverTime { title: &title, axis: "parts", values: &element.level, limit, shows_mean: false };
    let note = match element.capacity {
        Some(capacity) => format!("{}, holds {}", element.kind, count(capacity.into())),
        None => element.kind.to_owned(),
    };
    let picture = chart.draw(film, true);
    Figure { title: shortened(&element.name, 300.0, 14.0), note, picture, is_small: true, ..Figure::default() }.render()
}

/// Where parts wait, and ever did: what holds them without working on them, and what works and has a line before it.
fn held(film: &Film) -> impl Iterator<Item = &ElementFilm> {
    let is_held = |element: &&ElementFilm| {
        let has_line = !element.works || element.capacity != Some(1);
        element.holds_parts && has_line && element.level.iter().any(|level| *level > 0.0)
    };
    film.elements.iter().filter(is_held)
}

/// Those with the highest mean level, in name order.
fn shown(film: &Film) -> Vec<&ElementFilm> {
    let intervals = Intervals::new(&film.ticks);
    let mut ranked: Vec<(f64, usize, &ElementFilm)> = held(film)
        .enumerate()
        .map(|(index, element)| (intervals.mean(&element.level, 0..film.ticks.len()), index, element))
        .collect();
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    ranked.truncate(MOST_LEVELS);
    ranked.sort_by_key(|(_, index, _)| *index);
    ranked.into_iter().map(|(_, _, element)| element).collect()
}

/// Parts shipped over time.
pub(super) fn throughput(film: &Film) -> String {
    if film.ticks.is_empty() || film.throughput_per_h.is_empty() {
        return String::new();
    }
    let axis = "parts shipped per hour";
    let title = "Throughput over time";
    let chart = OverTime { title, axis, values: &film.throughput_per_h, limit: None, shows_mean: true };
    Figure {
        title: title.to_owned(),
        picture: chart.draw(film, false),
        numbers: series_table(film, &[(axis.to_owned(), chart.values)]).folded("Numbers"),
        ..Figure::default()
    }
    .render()
}
