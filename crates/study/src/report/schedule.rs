//! What every element did in a window of the run, one lane each (a Gantt chart).
//!
//! The lanes are a picture within the picture, whose view the page's script moves and widens; without script it shows all of it.

use kernel::SimTime;
use plant::state::State;

use crate::film::{Film, Window};

use super::chart::{LETTERS, WIDE};
use super::figure::{count, counted, percent};
use super::html::{Figure, Table};
use super::palette;
use super::scale::Clock;
use super::svg::{Drawing, Element, Path, group, line, rect, shortened, text};

/// Lanes that are drawn.
const MOST_LANES: usize = 80;
/// Up to so many stretches each one answers to the pointer; more are drawn as one shape for each state of a lane.
const MOST_TIPS: usize = 4_000;
const NAMES: f64 = 150.0;
const ROW: f64 = 22.0;
const TOP: f64 = 6.0;

/// The schedule.
pub(super) fn render(film: &Film) -> String {
    let window = &film.window;
    let lanes = &window.lanes[..window.lanes.len().min(MOST_LANES)];
    let span = (window.until.as_seconds_f64() - window.from.as_seconds_f64()).max(0.0);
    if lanes.is_empty() || span <= 0.0 {
        return String::new();
    }
    let clock = Clock { start_unix_ns: film.start_unix_ns };
    let height = lanes.len() as f64 * ROW;
    let (left, width) = (NAMES, WIDE - NAMES - 10.0);
    let mut drawing = Drawing::new(WIDE, TOP + height + 42.0);
    for (row, (index, _)) in lanes.iter().enumerate() {
        let name = film.elements.get(*index).map_or("", |element| &*element.name);
        let y = TOP + row as f64 * ROW;
        let class = if film.bottleneck == Some(*index) { "label strong end" } else { "label end" };
        drawing.add(text(left - 8.0, y + 15.0, &shortened(name, NAMES - 14.0, 13.0)).class(class).tip(name));
    }
    let stretches: usize = lanes.iter().map(|(_, states)| states.len()).sum();
    let mut inside = String::new();
    for (row, lane) in lanes.iter().enumerate() {
        let drawn = Lane { film, clock, lane, y: row as f64 * ROW + 2.0, scale: width / span };
        inside += &if stretches <= MOST_TIPS { drawn.stretches() } else { drawn.shapes() };
    }
    let view = Element::new("svg")
        .class("lanes")
        .at("x", left)
        .at("y", TOP)
        .at("width", width)
        .at("height", height)
        .with("viewBox", &format!("0 0 {width:.2} {height:.2}"))
        .with("preserveAspectRatio", "none")
        .child(rect(0.0, 0.0, width, height).class("ground"))
        .child(inside);
    drawing.add(view);
    let bottom = TOP + height;
    drawing.add(line(left, bottom, left + width, bottom).class("zero"));
    let ticks = clock.ticks(window.from, window.until, 9);
    let mut marks = group("time-ticks").with("transform", &format!("translate({left} {bottom})"));
    for (time, label) in ticks.labels {
        let x = (time - window.from).as_seconds_f64() / span * width;
        marks = marks.child(line(x, 0.0, x, 4.0).class("zero"));
        let is_outermost = x + 0.5 * super::svg::text_width(&label, LETTERS) > width;
        marks = marks.child(text(x, 17.0, &label).class(if is_outermost { "tick end" } else { "tick middle" }));
    }
    drawing.add(marks);
    drawing.add(text(left + 0.5 * width, bottom + 35.0, &ticks.title).class("axis-title middle"));

    let occurs = |state| lanes.iter().any(|(_, states)| states.iter().any(|(other, _)| *other == state));
    let zoom = Zoom { from: window.from, span, film };
    Figure {
        title: "What every element did, minute by minute".to_owned(),
        note: note(clock, window),
        legend: palette::state_legend(occurs),
        picture: zoom.wrap(&drawing.finish("Schedule of all elements in a window of the run")),
        numbers: table(film).folded("Numbers"),
        is_small: false,
    }
    .render()
}

fn note(clock: Clock, window: &Window) -> String {
    let mut note = format!("From {} to {}.", clock.moment(window.from), clock.moment(window.until));
    if window.is_cut {
        note += " The window is cut short: more changes of state lie in it than a page can show.";
    }
    if window.lanes.len() > MOST_LANES {
        let left_out = (window.lanes.len() - MOST_LANES) as u64;
        note += &format!(" {} are in the table only.", counted(left_out, "element"));
    }
    note
}

/// What the script needs to label the axis of a part of the window.
struct Zoom<'a> {
    from: SimTime,
    span: f64,
    film: &'a Film,
}

impl Zoom<'_> {
    fn wrap(&self, picture: &str) -> String {
        let mut wrapped =
            Element::new("div").class("zoom").with("data-from", &format!("{}", self.from.as_seconds_f64()));
        wrapped = wrapped.with("data-span", &format!("{}", self.span));
        if let Some(start) = self.film.start_unix_ns {
            wrapped = wrapped.with("data-start", &format!("{}", start as f64 / 1e9));
        }
        wrapped.child(picture).to_string()
    }
}

struct Lane<'a> {
    film: &'a Film,
    clock: Clock,
    lane: &'a (usize, Vec<(State, SimTime)>),
    y: f64,
    /// Width of a second.
    scale: f64,
}

impl Lane<'_> {
    fn name(&self) -> &str {
        self.film.elements.get(self.lane.0).map_or("", |element| &*element.name)
    }

    /// Each state with its beginning and its end.
    fn spans(&self) -> impl Iterator<Item = (State, SimTime, SimTime)> {
        let begins = std::iter::once(self.film.window.from).chain(self.lane.1.iter().map(|(_, end)| *end));
        begins.zip(&self.lane.1).map(|(from, (state, until))| (*state, from, *until))
    }

    fn x(&self, time: SimTime) -> f64 {
        (time.as_seconds_f64() - self.film.window.from.as_seconds_f64()) * self.scale
    }

    /// One shape for each stretch, with what it is.
    fn stretches(&self) -> String {
        let stretch = |(state, from, until): (State, SimTime, SimTime)| {
            let length = super::figure::seconds(until.as_seconds_f64() - from.as_seconds_f64());
            let moment = self.clock.moment(from);
            let tip = format!("{}\n{}: {length}\nfrom {moment}", self.name(), state.in_words());
            let shape = rect(self.x(from), self.y, self.x(until) - self.x(from), ROW - 4.0);
            shape.class(palette::class(state)).tip(&tip).to_string()
        };
        self.spans().map(stretch).collect()
    }

    /// One shape for each state, with its share.
    fn shapes(&self) -> String {
        let mut shapes = String::new();
        let span =
            (self.film.window.until.as_seconds_f64() - self.film.window.from.as_seconds_f64()).max(f64::MIN_POSITIVE);
        for state in State::ALL {
            let mut path = Path::default();
            let (mut times, mut seconds) = (0, 0.0);
            for (_, from, until) in self.spans().filter(|(other, ..)| *other == state) {
                let (left, right, bottom) = (self.x(from), self.x(until), self.y + ROW - 4.0);
                path.move_to(left, self.y).line_to(right, self.y).line_to(right, bottom).line_to(left, bottom).close();
                times += 1;
                seconds += until.as_seconds_f64() - from.as_seconds_f64();
            }
            if !path.is_empty() {
                let tip = format!(
                    "{}\n{}: {} times, {}",
                    self.name(),
                    state.in_words(),
                    count(times),
                    percent(seconds / span)
                );
                shapes += &path.element().class(palette::class(state)).tip(&tip).to_string();
            }
        }
        shapes
    }
}

fn table(film: &Film) -> Table {
    let clock = Clock { start_unix_ns: film.start_unix_ns };
    let mut table = Table::new().text("element").text("state").text("from").figures("for");
    for lane in &film.window.lanes {
        let drawn = Lane { film, clock, lane, y: 0.0, scale: 1.0 };
        for (state, from, until) in drawn.spans() {
            let length = super::figure::seconds(until.as_seconds_f64() - from.as_seconds_f64());
            table.row(vec![drawn.name().into(), state.in_words().into(), clock.moment(from).into(), length.into()]);
        }
    }
    table
}
