//! How the working elements spent their time: one bar each, all of 100 %.

use plant::state::State;

use crate::film::{ElementFilm, Film};

use super::chart::{LETTERS, WIDE};
use super::figure::{counted, percent};
use super::html::{Figure, Table};
use super::palette;
use super::svg::{Drawing, group, line, rect, shortened, text};

/// Bars that are drawn.
const MOST_BARS: usize = 100;
const ROW: f64 = 24.0;
const NAMES: f64 = 190.0;
const TOP: f64 = 8.0;

/// The bars with their table.
pub(super) fn render(film: &Film) -> String {
    let working =
        || film.elements.iter().enumerate().filter(|(_, element)| element.works && !element.shares.is_empty());
    let total = working().count();
    if total == 0 {
        return String::new();
    }
    let rows = total.min(MOST_BARS);
    let bottom = TOP + rows as f64 * ROW;
    let mut drawing = Drawing::new(WIDE, bottom + 40.0);
    let (left, width) = (NAMES, WIDE - NAMES - 20.0);
    for (row, (index, element)) in working().take(MOST_BARS).enumerate() {
        let y = TOP + row as f64 * ROW;
        let is_bottleneck = film.bottleneck == Some(index);
        let name = shortened(&element.name, NAMES - 26.0, 13.0);
        let class = if is_bottleneck { "label strong end" } else { "label end" };
        drawing.add(text(left - 10.0, y + 16.0, &name).class(class).tip(&element.name));
        if is_bottleneck {
            drawing.add(rect(left - 5.0, y + 2.0, 3.0, ROW - 5.0).class("badge").tip("bottleneck"));
        }
        drawing.add(segments(element, left, y + 2.0, width));
    }
    for tick in 0..=10 {
        let x = left + width * f64::from(tick) / 10.0;
        drawing.add(line(x, TOP, x, bottom + 4.0).class(if tick == 0 { "zero" } else { "grid over" }));
        if tick % 2 == 0 {
            drawing.add(text(x, bottom + 18.0, &format!("{}", tick * 10)).class("tick middle"));
        }
    }
    drawing.add(text(left + 0.5 * width, bottom + 35.0, "share of the observed time (%)").class("axis-title middle"));
    let note = if total > rows {
        format!("{} more are in the table only.", counted((total - rows) as u64, "element"))
    } else {
        String::new()
    };
    Figure {
        title: "How each element spent its time".to_owned(),
        note,
        legend: palette::state_legend(|state| working().any(|(_, element)| share(element, state) > 0.0)),
        picture: drawing.finish("Shares of time in each state, by element"),
        numbers: table(film).folded("Numbers"),
        is_small: false,
    }
    .render()
}

fn share(element: &ElementFilm, state: State) -> f64 {
    element.shares.iter().find(|(other, _)| *other == state).map_or(0.0, |(_, share)| *share)
}

fn segments(element: &ElementFilm, left: f64, y: f64, width: f64) -> super::svg::Element {
    let mut bar = group("bar");
    let mut x = left;
    for state in State::ALL {
        let share = share(element, state).clamp(0.0, 1.0);
        if share > 0.0 {
            let tip = format!("{}\n{}: {}", element.name, state.in_words(), percent(share));
            bar = bar.child(rect(x, y, share * width, ROW - 5.0).class(palette::class(state)).tip(&tip));
            let label = format!("{:.0} %", share * 100.0);
            // Only the state that matters most is written out, where there is room for it.
            if state == State::Processing && share * width > 3.5 * LETTERS {
                bar = bar.child(text(x + 7.0, y + 14.0, &label).class("on-processing"));
            }
            x += share * width;
        }
    }
    bar
}

fn table(film: &Film) -> Table {
    let working = || film.elements.iter().filter(|element| element.works && !element.shares.is_empty());
    let occurring: Vec<State> =
        State::ALL.into_iter().filter(|state| working().any(|element| share(element, *state) > 0.0)).collect();
    let mut table = Table::new().text("element");
    for state in &occurring {
        table = table.figures(state.in_words());
    }
    for element in working() {
        let mut row = vec![(&*element.name).into()];
        row.extend(occurring.iter().map(|state| match share(element, *state) {
            0.0 => "".into(),
            share => percent(share).into(),
        }));
        table.row(row);
    }
    table
}
