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
    stops
        .sort_by(|(one, _, first), (other, _, second)| soonest(first).total_cmp(&soonest(second)).then(one.cmp(other)));
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
