//! Power over time, stacked by consumer, and below it what a kilowatt-hour costs.

use kernel::SimTime;
use plant::kpi::Measure;

use crate::film::{EnergyFilm, Film};

use super::chart::{Frame, Intervals, Room, WIDE, ticks_from_zero};
use super::figure::{self, measured, number, unit};
use super::html::Figure;
use super::levels::{POINTERS, series_table};
use super::palette::{self, SERIES};
use super::scale::Clock;
use super::svg::{shortened, text};

/// What is stacked: a name, a class and values, from the bottom up.
struct Layer {
    name: String,
    class: &'static str,
    values: Vec<f64>,
}

/// The largest consumers and what the rest takes.
fn layers(film: &Film, energy: &EnergyFilm) -> Vec<Layer> {
    let intervals = film.ticks.len();
    let value = |values: &[f64], index: usize| values.get(index).copied().unwrap_or(0.0);
    let mut layers: Vec<Layer> = Vec::new();
    let mut rest: Vec<f64> = (0..intervals).map(|index| value(&energy.power_kw, index)).collect();
    // A rest of a single consumer may as well be named.
    let named = if energy.by_element.len() <= SERIES { SERIES } else { SERIES - 1 };
    for (rank, (element, power)) in energy.by_element.iter().take(named).enumerate() {
        let name = film.elements.get(*element).map_or("", |element| &*element.name);
        let values: Vec<f64> = (0..intervals).map(|index| value(power, index)).collect();
        rest.iter_mut().zip(&values).for_each(|(rest, value)| *rest -= value);
        layers.push(Layer { name: shortened(name, 220.0, 13.0), class: palette::series(rank), values });
    }
    let largest = energy.power_kw.iter().copied().fold(0.0, f64::max);
    // Differences of sums leave crumbs.
    if rest.iter().any(|rest| *rest > 1e-9 * largest) {
        let name = if energy.by_element.is_empty() { "the plant" } else { "all others" };
        rest.iter_mut().for_each(|rest| *rest = rest.max(0.0));
        layers.push(Layer { name: name.to_owned(), class: palette::series(SERIES), values: rest });
    }
    layers
}

/// Power and price over time.
pub(super) fn render(film: &Film) -> String {
    let Some(energy) = film.energy.as_ref().filter(|energy| !energy.power_kw.is_empty() && !film.ticks.is_empty())
    else {
        return String::new();
    };
    let clock = Clock { start_unix_ns: film.start_unix_ns };
    let intervals = Intervals::new(&film.ticks);
    let layers = layers(film, energy);
    let largest = energy.power_kw.iter().copied().fold(0.0, f64::max);
    let unit = unit(Measure::Power, largest);
    let ticks = ticks_from_zero([largest * unit.factor], 5);
    let mut room = Room::new(WIDE, 230.0);
    // The price has a small plot area of its own below, with the same axis of time.
    let price_height = if energy.tariff.is_some() { 110.0 } else { 0.0 };
    room.bottom += price_height;
    let ends = (SimTime::ZERO, film.ticks.last().copied().unwrap_or(film.until));
    let span = (0.0, ends.1.as_seconds_f64());
    let mut frame = Frame::new(room, span, &ticks, &unit.title("power"));
    frame.shade_before(film.since.as_seconds_f64(), "warm-up");
    let mut sums: Vec<Vec<f64>> = Vec::new();
    let mut sum = vec![0.0; film.ticks.len()];
    for layer in &layers {
        sum.iter_mut().zip(&layer.values).for_each(|(sum, value)| *sum += value * unit.factor);
        sums.push(sum.clone());
    }
    // From the top down, so that each covers what is above it in the stack.
    for (layer, sum) in layers.iter().zip(&sums).rev() {
        frame.steps(&intervals, sum, layer.class, "");
    }
    let tip = |index: usize| {
        let power =
            energy.power_kw.get(index).map_or(figure::NONE.to_owned(), |power| measured(Measure::Power, *power));
        let mut tip = format!("{}\n{power}", clock.moment(intervals.span_of(index).0));
        for layer in layers.iter().rev() {
            tip += &format!(
                "\n{}: {}",
                layer.name,
                layer.values.get(index).map_or_else(String::new, |value| measured(Measure::Power, *value))
            );
        }
        tip
    };
    frame.pointers(&intervals, POINTERS.0, tip);
    if let Some(tariff) = &energy.tariff {
        let title = format!("price ({} per kWh)", tariff.currency);
        let ticks = ticks_from_zero(tariff.price_per_kwh.iter().copied(), 2);
        price(&mut frame, room, &intervals, &ticks, &title, &tariff.price_per_kwh);
        let tip = |index: usize| {
            let price = tariff.price_per_kwh.get(index).copied().unwrap_or(f64::NAN);
            format!("{}\n{} {}/kWh", clock.moment(intervals.span_of(index).0), number(price), tariff.currency)
        };
        frame.pointers(&intervals, POINTERS.0, tip);
    }
    frame.time_axis(clock, ends);
    let mut note = format!("{} after the warm-up", measured(Measure::Energy, energy.energy_kwh));
    if let Some(tariff) = &energy.tariff {
        note += &format!(", at a cost of {} {}", number(tariff.cost), tariff.currency);
        if energy.energy_kwh > 0.0 {
            note += &format!(" ({} {} per kWh on average)", number(tariff.cost / energy.energy_kwh), tariff.currency);
        }
    }
    let mut series = vec![("power (kW)".to_owned(), energy.power_kw.as_slice())];
    series.extend(layers.iter().map(|layer| (format!("{} (kW)", layer.name), layer.values.as_slice())));
    if let Some(tariff) = &energy.tariff {
        series.push((format!("price ({}/kWh)", tariff.currency), tariff.price_per_kwh.as_slice()));
    }
    let entries: Vec<(&str, String)> = layers.iter().rev().map(|layer| (layer.class, layer.name.clone())).collect();
    Figure {
        title: "Power over time".to_owned(),
        note: format!("{note}."),
        legend: palette::legend(entries),
        picture: frame.drawing.finish("Power over time by consumer, and the price of electricity"),
        numbers: series_table(film, &series).folded("Numbers"),
        is_small: false,
    }
    .render()
}

/// Moves the frame to the plot area of the price and draws it there.
fn price(
    frame: &mut Frame,
    room: Room,
    intervals: &Intervals<'_>,
    ticks: &super::scale::Ticks,
    title: &str,
    values: &[f64],
) {
    let (top, bottom) = (frame.y.start + 50.0, frame.y.start + 110.0);
    frame.y = super::scale::Scale { low: ticks.low(), high: ticks.high(), start: bottom, end: top };
    frame.drawing.add(text(0.0, top - 14.0, title).class("axis-title"));
    for (value, label) in &ticks.labels {
        let y = frame.y.at(*value);
        frame.drawing.add(super::svg::line(room.left, y, room.width - room.right, y).class("grid"));
        frame.drawing.add(text(room.left - 8.0, y + 4.0, label).class("tick end"));
    }
    frame.steps(intervals, values, "", "price");
}
