//! The plant as a picture: its elements with how they spent their time, and between them what flowed, the wider the more.

use crate::film::{ElementFilm, Film, Flow};

use super::chart::Intervals;
use super::figure::{count, counted, number, percent};
use super::html::{Figure, Table};
use super::layout::{Edge, Layout, Place, Route, Sizes, Stop, layout};
use super::palette;
use super::svg::{Drawing, Path, circle, group, rect, shortened, text, text_width};

/// Elements that are drawn; a picture of more is a carpet.
const MOST_DRAWN: usize = 400;
/// Sizes of boxes and what is between them: six of them fill the width of a page.
const SIZES: Sizes = Sizes { width: 146.0, height: 54.0, gap: 42.0, spacing: 26.0, columns: 6 };
/// Room around the drawing, for bends and marks.
const MARGIN: f64 = 12.0;
/// Widest and narrowest line of a flow.
const FLOW_WIDTH: (f64, f64) = (8.0, 1.5);
/// Chips of what no parts flow through: width, height, room between.
const CHIP: (f64, f64, f64) = (174.0, 36.0, 12.0);

/// The picture of the plant.
pub(super) fn render(film: &Film) -> String {
    if film.elements.is_empty() {
        return String::new();
    }
    let shown = shown(film);
    let index_of = |element: usize| shown.binary_search(&element).ok();
    let flows: Vec<(Flow, Edge)> = film
        .flows
        .iter()
        .filter_map(|flow| {
            Some((*flow, Edge { from: index_of(flow.from)?, to: index_of(flow.to)?, weight: flow.parts }))
        })
        .collect();
    let edges: Vec<Edge> = flows.iter().map(|(_, edge)| *edge).collect();
    let placed = layout(shown.len(), &edges, SIZES);
    let apart: Vec<usize> = (0..shown.len()).filter(|index| placed.places[*index].is_none()).collect();

    let per_row = ((super::chart::WIDE + CHIP.2) / (CHIP.0 + CHIP.2)) as usize;
    let chips_height = match apart.len() {
        0 => 0.0,
        chips => 34.0 + chips.div_ceil(per_row) as f64 * (CHIP.1 + CHIP.2),
    };
    let chips_width = apart.len().min(per_row) as f64 * (CHIP.0 + CHIP.2) - CHIP.2;
    let width = placed.width.max(chips_width).max(420.0) + 2.0 * MARGIN;
    let mut canvas =
        Canvas { film, shown: &shown, drawing: Drawing::new(width, placed.height + chips_height + 2.0 * MARGIN) };
    canvas.flows(&placed, &flows);
    for (index, place) in placed.places.iter().enumerate() {
        if let Some(place) = place {
            canvas.element(shown[index], *place);
        }
    }
    canvas.chips(&apart, placed.height, per_row);

    let mut note =
        "Lines are as wide as the number of parts that went along them; each bar shows how an element spent its time."
            .to_owned();
    if let Some(bottleneck) = film.bottleneck.and_then(|index| film.elements.get(index)) {
        note = format!("The bottleneck is {}: it is outlined. {note}", bottleneck.name);
    }
    if shown.len() < film.elements.len() {
        let left_out = film.elements.len() - shown.len();
        note += &format!(" {} with the least flow are left out.", counted(left_out as u64, "element"));
    }
    if placed.left_out > 0 {
        note += &format!(" {} with the least flow are left out.", counted(placed.left_out as u64, "way"));
    }
    let occurs = |state| film.elements.iter().any(|element| element.shares.iter().any(|(other, _)| *other == state));
    Figure {
        title: "The plant and what flowed through it".to_owned(),
        note,
        legend: palette::state_legend(occurs),
        picture: canvas.drawing.finish("The elements of the plant and the flow of parts between them"),
        numbers: numbers(film).folded("Parts between elements"),
        is_small: false,
    }
    .render()
}

/// Which elements are drawn, by index: all, or those that most parts left.
fn shown(film: &Film) -> Vec<usize> {
    let mut shown: Vec<usize> = (0..film.elements.len()).collect();
    if shown.len() > MOST_DRAWN {
        shown.sort_by_key(|index| std::cmp::Reverse(film.elements[*index].departed));
        shown.truncate(MOST_DRAWN);
        shown.sort_unstable();
    }
    shown
}

fn numbers(film: &Film) -> Table {
    let mut table = Table::new().text("from").text("to").figures("parts");
    let name = |index: usize| film.elements.get(index).map_or("", |element| &*element.name);
    for flow in &film.flows {
        table.row(vec![name(flow.from).into(), name(flow.to).into(), count(flow.parts).into()]);
    }
    table
}

/// What a box says on its right: how much a working element works, how many parts are elsewhere on average.
fn figure_of(film: &Film, element: &ElementFilm) -> String {
    if element.works {
        let processing = element.shares.iter().find(|(state, _)| *state == plant::state::State::Processing);
        return format!("{:.0} %", processing.map_or(0.0, |(_, share)| share * 100.0));
    }
    let intervals = Intervals::new(&film.ticks);
    let after_warm_up = film.ticks.iter().take_while(|end| **end <= film.since).count();
    let mean = intervals.mean(&element.level, after_warm_up..film.ticks.len());
    match element.capacity {
        _ if element.level.is_empty() || (mean == 0.0 && element.capacity.is_none()) => String::new(),
        Some(capacity) => format!("{} / {capacity}", brief(mean)),
        None => brief(mean),
    }
}

fn brief(level: f64) -> String {
    if level >= 99.5 { number(level.round()) } else { format!("{level:.1}") }
}

/// Whether a bar of its time says anything: branches, sinks, sensors and alarms have no state but the one they begin with.
fn has_bar(element: &ElementFilm) -> bool {
    element.works || element.shares.iter().any(|(state, _)| *state != plant::state::State::Starved)
}

/// All that is known of an element, for the pointer.
pub(super) fn told(element: &ElementFilm) -> String {
    let mut told = format!("{}\n{}", element.name, element.kind);
    if element.departed > 0 {
        told += &format!(", {} left it", counted(element.departed, "part"));
    }
    for (state, share) in &element.shares {
        told += &format!("\n{}: {}", state.in_words(), percent(*share));
    }
    told
}

struct Canvas<'a> {
    film: &'a Film,
    shown: &'a [usize],
    drawing: Drawing,
}

impl Canvas<'_> {
    /// The box of an element.
    fn element(&mut self, index: usize, place: Place) {
        let element = &self.film.elements[index];
        let (x, y, width) = (place.x + MARGIN, place.y + MARGIN, SIZES.width);
        let is_bottleneck = self.film.bottleneck == Some(index);
        let class = if is_bottleneck { "box bottleneck" } else { "box" };
        let figure = figure_of(self.film, element);
        let room = width - 24.0 - text_width(&figure, 11.0);
        let mut drawn =
            group("element").tip(&told(element)).child(rect(x, y, width, SIZES.height).at("rx", 5.0).class(class));
        drawn = drawn.child(text(x + 9.0, y + 19.0, &shortened(&element.name, width - 18.0, 14.0)).class("name"));
        drawn = drawn.child(text(x + 9.0, y + 34.0, &shortened(element.kind, room, 11.0)).class("kind"));
        drawn = drawn.child(text(x + width - 9.0, y + 34.0, &figure).class("kind end"));
        if has_bar(element) {
            drawn = drawn.child(bar(element, x + 9.0, y + 40.0, width - 18.0, 7.0));
        }
        if is_bottleneck {
            drawn = drawn.child(rect(x + 8.0, y - 10.0, 82.0, 16.0).at("rx", 8.0).class("badge"));
            drawn = drawn.child(text(x + 49.0, y + 2.0, "bottleneck").class("badge-text middle"));
        }
        self.drawing.add(drawn);
    }

    /// What has no edges, in rows below the rest.
    fn chips(&mut self, apart: &[usize], top: f64, per_row: usize) {
        if apart.is_empty() {
            return;
        }
        let (width, height, gap) = CHIP;
        let is_first = top == 0.0;
        let top = top + MARGIN + if is_first { 14.0 } else { 26.0 };
        let mut sorted: Vec<&ElementFilm> = apart.iter().map(|index| &self.film.elements[self.shown[*index]]).collect();
        sorted.sort_by_key(|element| (!element.holds_parts, element.kind));
        self.drawing.add(text(MARGIN, top, "No parts flow through these:").class("kind"));
        for (index, element) in sorted.into_iter().enumerate() {
            let x = MARGIN + (index % per_row) as f64 * (width + gap);
            let y = top + 10.0 + (index / per_row) as f64 * (height + gap);
            let mut drawn =
                group("element").tip(&told(element)).child(rect(x, y, width, height).at("rx", 5.0).class("chip"));
            drawn =
                drawn.child(text(x + 9.0, y + 15.0, &shortened(&element.name, width - 18.0, 12.0)).class("chip-name"));
            drawn = drawn.child(text(x + 9.0, y + 29.0, &shortened(element.kind, 90.0, 11.0)).class("kind"));
            if has_bar(element) {
                drawn = drawn.child(bar(element, x + 100.0, y + 22.0, width - 109.0, 6.0));
            }
            self.drawing.add(drawn);
        }
    }

    /// All flows, the wide ones below the narrow ones.
    fn flows(&mut self, placed: &Layout, flows: &[(Flow, Edge)]) {
        let most = flows.iter().map(|(flow, _)| flow.parts).max().unwrap_or(0);
        let width = |parts: u64| match (parts, most) {
            (0, _) | (_, 0) => FLOW_WIDTH.1,
            (parts, most) => (FLOW_WIDTH.0 * parts as f64 / most as f64).max(FLOW_WIDTH.1),
        };
        let widths: Vec<f64> = placed.routes.iter().map(|route| width(flows[route.edge].0.parts)).collect();
        let shifts = ports(&placed.routes, &widths);
        let mut order: Vec<usize> = (0..placed.routes.len()).collect();
        order.sort_by(|one, other| widths[*other].total_cmp(&widths[*one]));
        for index in order {
            self.route(&placed.routes[index], flows[placed.routes[index].edge].0, widths[index], shifts[index]);
        }
        for (flow, edge) in flows.iter().filter(|(_, edge)| edge.from == edge.to) {
            if let Some(place) = placed.places[edge.from] {
                let (x, y) = (place.x + MARGIN + SIZES.width - 22.0, place.y + MARGIN);
                let shape = circle(x, y, 8.0).at("stroke-width", width(flow.parts)).class("flow");
                self.drawing.add(group("way").tip(&self.way(*flow)).child(shape));
            }
        }
    }

    fn way(&self, flow: Flow) -> String {
        let name = |index: usize| self.film.elements.get(index).map_or("", |element| &*element.name);
        let parts = if flow.parts == 0 { "no part".to_owned() } else { counted(flow.parts, "part") };
        format!("{} → {}\n{parts}", name(flow.from), name(flow.to))
    }

    fn route(&mut self, route: &Route, flow: Flow, width: f64, (first_shift, last_shift): (f64, f64)) {
        let Some((first, last)) = route.stops.first().zip(route.stops.last()) else { return };
        // The arrow lies against the box that the parts enter, and the line ends where the arrow begins.
        let (length, breadth) = (6.0 + 0.7 * width, 3.0 + 0.75 * width);
        let tip = if route.is_back {
            (first.leave_x + MARGIN, first.y + first_shift + MARGIN, -first.direction)
        } else {
            (last.enter_x + MARGIN, last.y + last_shift + MARGIN, last.direction)
        };
        let short = 0.8 * length;
        let (cut_first, cut_last) = if route.is_back { (short, 0.0) } else { (0.0, short) };
        let mut path = Path::default();
        let mut before = (first.leave_x + first.direction * cut_first, first.y + first_shift, first.direction);
        path.move_to(before.0 + MARGIN, before.1 + MARGIN);
        for (index, stop) in route.stops.iter().enumerate().skip(1) {
            let is_last = index + 1 == route.stops.len();
            let y = stop.y + if is_last { last_shift } else { 0.0 };
            let enter_x = stop.enter_x - if is_last { stop.direction * cut_last } else { 0.0 };
            curve(&mut path, before, (enter_x, y, stop.direction));
            if !is_last {
                path.line_to(stop.leave_x + MARGIN, y + MARGIN);
            }
            before = (stop.leave_x, y, stop.direction);
        }
        let class = match flow.parts {
            0 => "flow idle",
            _ if route.is_back => "flow back",
            _ => "flow",
        };
        let mut arrow = Path::default();
        arrow.move_to(tip.0, tip.1).line_to(tip.0 - tip.2 * length, tip.1 - breadth);
        arrow.line_to(tip.0 - tip.2 * length, tip.1 + breadth).close();
        let arrow_class = match class {
            "flow back" => "arrow back",
            "flow idle" => "arrow idle",
            _ => "arrow",
        };
        let line = path.element();
        let drawn = group("way").tip(&self.way(flow)).child(line.clone().at("stroke-width", width).class(class));
        self.drawing.add(drawn.child(arrow.element().class(arrow_class)).child(line.class("reach")));
    }
}

/// From where an edge leaves a layer to where it enters the next: a swing between neighbours, a bend between rows.
fn curve(path: &mut Path, from: (f64, f64, f64), to: (f64, f64, f64)) {
    let is_bend = from.2 != to.2;
    let reach = if is_bend { 20.0 + (0.05 * (to.1 - from.1).abs()).min(26.0) } else { 0.5 * (to.0 - from.0).abs() };
    let first = (from.0 + from.2 * reach + MARGIN, from.1 + MARGIN);
    let second = (to.0 - to.2 * reach + MARGIN, to.1 + MARGIN);
    path.curve_to(first, second, (to.0 + MARGIN, to.1 + MARGIN));
}

/// How far from the middle of a box each route begins and ends, so that those of one side lie beside each other in the order
/// of where they go to.
fn ports(routes: &[Route], widths: &[f64]) -> Vec<(f64, f64)> {
    let mut shifts = vec![(0.0, 0.0); routes.len()];
    // Side of a box, by its coordinates; where the route goes to; the route; whether this is its first stop.
    let mut ends: Vec<((i64, i64), f64, usize, bool)> = Vec::new();
    for (index, route) in routes.iter().enumerate() {
        let [first, second, before_last, last] = neighbours(&route.stops);
        let side = |x: f64, y: f64| ((x * 8.0).round() as i64, (y * 8.0).round() as i64);
        ends.push((side(first.leave_x, first.y), second.y, index, true));
        ends.push((side(last.enter_x, last.y), before_last.y, index, false));
    }
    ends.sort_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)).then(one.2.cmp(&other.2)));
    for side in ends.chunk_by(|one, other| one.0 == other.0) {
        let needed = |(_, _, index, _): &((i64, i64), f64, usize, bool)| widths[*index] + 4.0;
        let total: f64 = side.iter().map(needed).sum();
        let scale = ((SIZES.height - 12.0) / total).min(1.0);
        let mut at = -0.5 * total * scale;
        for end in side {
            let size = needed(end) * scale;
            let shift = at + 0.5 * size;
            at += size;
            if end.3 { shifts[end.2].0 = shift } else { shifts[end.2].1 = shift }
        }
    }
    shifts
}

/// The first two and the last two stops; of a short route these are the same.
fn neighbours(stops: &[Stop]) -> [Stop; 4] {
    let none = Stop { enter_x: 0.0, leave_x: 0.0, y: 0.0, direction: 1.0 };
    let at = |index: usize| stops.get(index).copied().unwrap_or(none);
    [at(0), at(1), at(stops.len().saturating_sub(2)), at(stops.len().saturating_sub(1))]
}

/// How an element spent its time, as a bar.
pub(super) fn bar(element: &ElementFilm, x: f64, y: f64, width: f64, height: f64) -> super::svg::Element {
    let mut drawn = group("bar").child(rect(x, y, width, height).class("empty"));
    let mut at = x;
    for state in plant::state::State::ALL {
        let share =
            element.shares.iter().find(|(other, _)| *other == state).map_or(0.0, |(_, share)| share.clamp(0.0, 1.0));
        if share > 0.0 {
            drawn = drawn.child(rect(at, y, share * width, height).class(palette::class(state)));
            at += share * width;
        }
    }
    drawn
}
