//! A forecast as tables and as JSON.

use kernel::SimDuration;
use live::forecast::{Forecast, Spread, When};
use plant::plant::Plant;
use plant::state::State;
use serde::Serialize;

use crate::output::table::{Column, Table};
use crate::output::{HEADING, figure, styled, width};

/// Most elements whose next stop is shown.
const MOST_STOPS: usize = 8;

/// What JSON says of a forecast.
#[derive(Debug, Serialize)]
pub struct ForecastRow {
    futures: u32,
    ahead_s: f64,
    done: SpreadRow,
    orders: Vec<OrderRow>,
    stops: Vec<StopRow>,
}

/// A number over the futures.
#[derive(Debug, Serialize)]
struct SpreadRow {
    mean: f64,
    p05: f64,
    p50: f64,
    p95: f64,
}

#[derive(Debug, Serialize)]
struct OrderRow {
    order: String,
    probability: f64,
    complete_after_s: Option<SpreadRow>,
    missed: Option<f64>,
}

#[derive(Debug, Serialize)]
struct StopRow {
    element: String,
    state: &'static str,
    probability: f64,
    after_s: Option<SpreadRow>,
}

fn spread(spread: Spread) -> SpreadRow {
    SpreadRow { mean: spread.mean, p05: spread.low, p50: spread.middle, p95: spread.high }
}

/// A forecast for programs.
pub fn row(forecast: &Forecast, plant: &Plant, ahead: SimDuration) -> ForecastRow {
    let order = |order: &live::forecast::OrderForecast| OrderRow {
        order: order.name.to_string(),
        probability: order.complete.probability,
        complete_after_s: order.complete.after_s.map(spread),
        missed: order.missed,
    };
    let stop = |(element, state, when): &(plant::element::ElementIndex, State, When)| StopRow {
        element: plant.model.name(*element).to_owned(),
        state: state.in_words(),
        probability: when.probability,
        after_s: when.after_s.map(spread),
    };
    ForecastRow {
        futures: forecast.futures,
        ahead_s: ahead.as_seconds_f64(),
        done: spread(forecast.done),
        orders: forecast.orders.iter().map(order).collect(),
        stops: forecast.stops.iter().map(stop).collect(),
    }
}

/// A time in seconds in the words of people.
pub fn after(seconds: f64) -> String {
    if seconds == f64::INFINITY {
        return "later".to_owned();
    }
    SimDuration::from_seconds_f64(seconds.max(0.0)).map_or_else(|| "-".to_owned(), figure::duration)
}

/// A share in percent.
pub fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}

/// A forecast for people.
pub fn page(forecast: &Forecast, plant: &Plant, ahead: SimDuration, now: SimDuration) -> String {
    let Spread { low, middle, high, .. } = forecast.done;
    let mut text = format!(
        "{}\n  parts done in the next {}: {middle:.0}, with 90 % between {low:.0} and {high:.0} ({} futures from {} on)\n",
        styled(HEADING, "Forecast"),
        figure::duration(ahead),
        forecast.futures,
        figure::duration(now),
    );
    // Of what seldom happens, when it does.
    let typical = |after: Spread| if after.middle.is_finite() { after.middle } else { after.mean };
    let soonest = |when: &When| when.after_s.map_or(f64::INFINITY, typical);
    if !forecast.orders.is_empty() {
        let mut table = Table::new(&[
            Column::Names("Order"),
            Column::Figures("complete in"),
            Column::Figures("90 % between"),
            Column::Figures("within the horizon"),
            Column::Figures("late"),
        ]);
        for order in &forecast.orders {
            let Spread { low, middle, high, .. } = order.complete.after_s.unwrap_or_default();
            let known = order.complete.after_s.is_some();
            let shown = |text: String| if known { text } else { "-".to_owned() };
            table.row([
                order.name.to_string(),
                shown(after(middle)),
                shown(format!("{} and {}", after(low), after(high))),
                percent(order.complete.probability),
                order.missed.map_or_else(|| "-".to_owned(), percent),
            ]);
        }
        text += &format!("\n{}", table.render(width()));
    }
    let mut stops: Vec<_> = forecast.stops.iter().filter(|(_, _, when)| when.probability >= 0.05).collect();
    // Those that work first: a way that is empty for a while is seldom news.
    stops.sort_by(|(one, _, first), (other, _, second)| {
        let order = plant.works(*other).cmp(&plant.works(*one));
        order.then(soonest(first).total_cmp(&soonest(second))).then(one.cmp(other))
    });
    if !stops.is_empty() {
        let mut table = Table::new(&[
            Column::Names("Next stop"),
            Column::Words("state"),
            Column::Figures("in"),
            Column::Figures("probability"),
        ]);
        for (element, state, when) in stops.iter().take(MOST_STOPS) {
            table.row([
                plant.model.name(*element).to_owned(),
                state.in_words().to_owned(),
                after(soonest(when)),
                percent(when.probability),
            ]);
        }
        text += &format!("\n{}", table.render(width()));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use plant::registry::Registry;
    use scenario::sources::Sources;

    use super::*;

    #[test]
    fn what_works_is_told_of_before_ways_and_sooner_before_later() {
        let text = r#"Scenario(schema: 1, name: "line", clock: (horizon: "1 d"), elements: {
            "in": Source(arrivals: Unlimited, next: "way"),
            "way": Delay(time: "1 min", next: "mill"),
            "mill": Station(process_time: "40 s", next: "belt"),
            "belt": Conveyor(length: "3 m", speed: "0.5 m/s", next: "saw"),
            "saw": Station(process_time: "40 s", next: "out"),
            "out": Sink(),
        })"#;
        let files = BTreeMap::from([("plant.ron".to_owned(), text.as_bytes().to_vec())]);
        let registry = Arc::new(Registry::default());
        let opened = scenario::expand::open_from(Sources::new(files), "plant.ron", &[], &registry).expect("a plant");
        let stop = |name: &str, seconds: f64| {
            let after_s = Spread::of(&mut [seconds]);
            let element = opened.plant.element(name).expect("an element");
            (element, State::Starved, When { probability: 1.0, after_s })
        };
        let forecast = Forecast {
            futures: 1,
            done: Spread::default(),
            done_each: vec![0.0],
            parts: BTreeMap::new(),
            orders: Vec::new(),
            stops: vec![stop("way", 1.0), stop("mill", 9.0), stop("belt", 2.0), stop("saw", 5.0)],
        };
        let page = page(&forecast, &opened.plant, SimDuration::from_hours(1), SimDuration::ZERO);
        let names = ["saw", "mill", "way", "belt"];
        let told: Vec<&str> = page
            .lines()
            .filter_map(|line| names.into_iter().find(|name| line.trim_start().starts_with(name)))
            .collect();
        assert_eq!(told, names, "{page}");
    }
}
