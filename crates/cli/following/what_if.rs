//! `linewright what-if`: the futures of one state, as it is and under other parameters, side by side.
//!
//! Each future is played both ways with the same chances (common random numbers), so that what differs is the parameters' doing.

use std::sync::Arc;

use kernel::{Moments, SimTime, student_t_quantile};
use live::forecast::{self, Forecast, OrderForecast, Request, Spread};
use plant::registry::Registry;
use scenario::saved::{Fork, Saved};
use serde::Serialize;

use super::foreseen::{self, ForecastRow, after, percent};
use super::fork::{self, MOST_FUTURES};
use super::keeper;
use crate::arguments::{Format, WhatIf};
use crate::exit::{Exit, Failure};
use crate::interrupt;
use crate::opened::unusable;
use crate::output::table::{Column, Table};
use crate::output::{self, ALARMING, HEADING, SIMULATED, figure, styled, width};
use crate::studies::request::duration;

/// Confidence of the interval of the difference.
const CONFIDENCE: f64 = 0.95;

/// What JSON says.
#[derive(Debug, Serialize)]
struct Row {
    set: Vec<String>,
    /// Whether what was followed is no plant but plays one.
    simulated: bool,
    as_it_is: ForecastRow,
    changed: ForecastRow,
    difference: DifferenceRow,
}

/// By how much more parts are done, with the half width of its 95 % interval.
#[derive(Debug, Clone, Copy, Serialize)]
struct DifferenceRow {
    done: f64,
    half_width: Option<f64>,
}

/// Answers.
///
/// # Errors
/// A file that is no saved state, settings that are wrong or make another plant of it, an error of a future.
pub fn what_if(arguments: &WhatIf, registry: &Arc<Registry>) -> Result<Exit, Failure> {
    let saved = Saved::open(&arguments.saved).map_err(|error| unusable(&error))?;
    let ahead = duration("--ahead", &arguments.ahead)?;
    if !(2..=MOST_FUTURES).contains(&arguments.futures) {
        return Err(Failure::usage(format!("{} futures cannot be compared", arguments.futures), "ask for 2 to 100000"));
    }
    let resume = |set: &[String]| {
        // Says in words what does not fit, before the futures do.
        saved.fork(set, registry).map_err(|error| unusable(&error))
    };
    let (before, after) = (resume(&[])?, resume(&arguments.set)?);
    let foresee = |Fork { run, states, .. }: &Fork| {
        let beliefs = keeper::beliefs(&saved, &before.run, run);
        let request = Request { horizon: ahead, futures: arguments.futures as u32, jobs: 0, beliefs, done_at: None };
        let forecast = forecast::foresee(run.plant(), states, saved.seed, &request, &interrupt::is_asked);
        forecast.map_err(|error| fork::failure(&error))
    };
    interrupt::listen();
    let (as_it_is, changed) = (foresee(&before)?, foresee(&after)?);
    let difference = difference(&as_it_is, &changed);
    match arguments.format {
        Format::Json => output::print_json(&Row {
            set: arguments.set.clone(),
            simulated: saved.is_simulated,
            as_it_is: foreseen::row(&as_it_is, before.run.plant(), ahead),
            changed: foreseen::row(&changed, after.run.plant(), ahead),
            difference,
        })?,
        Format::Human => {
            let now = figure::duration(saved.now - SimTime::ZERO);
            let ahead = figure::duration(ahead);
            let mut text = format!(
                "{}\n  the next {ahead} from {now} on, {} futures both ways\n",
                styled(HEADING, format!("What if {}", arguments.set.join(", "))),
                as_it_is.futures,
            );
            if saved.is_simulated {
                text += &format!("  {}\n", styled(ALARMING, SIMULATED));
            }
            text += "\n";
            output::print(&(text + &table(&as_it_is, &changed, difference)))?;
        }
    }
    Ok(Exit::Done)
}

fn difference(as_it_is: &Forecast, changed: &Forecast) -> DifferenceRow {
    let mut moments = Moments::default();
    as_it_is.done_each.iter().zip(&changed.done_each).for_each(|(before, after)| moments.add(after - before));
    let count = moments.count() as f64;
    let half_width = moments
        .variance()
        .map(|variance| student_t_quantile(0.5 + CONFIDENCE / 2.0, count - 1.0) * (variance / count).sqrt());
    DifferenceRow { done: moments.mean().unwrap_or(0.0), half_width }
}

fn table(as_it_is: &Forecast, changed: &Forecast, difference: DifferenceRow) -> String {
    let mut table = Table::new(&[
        Column::Names("Foreseen"),
        Column::Figures("as it is"),
        Column::Figures("changed"),
        Column::Figures("difference"),
    ]);
    let done = |spread: Spread| format!("{:.0} ({:.0} to {:.0})", spread.middle, spread.low, spread.high);
    let more = match difference.half_width {
        Some(half_width) => format!("{:+.1} ± {half_width:.1}", difference.done),
        None => format!("{:+.1}", difference.done),
    };
    table.row(["parts done".to_owned(), done(as_it_is.done), done(changed.done), more]);
    for order in &as_it_is.orders {
        // An order that is complete in every future at once is no longer told of.
        let Some(other) = changed.orders.iter().find(|other| other.name == order.name) else { continue };
        let complete = |order: &OrderForecast| {
            order.complete.after_s.map(|spread| spread.middle).filter(|middle| middle.is_finite())
        };
        let shown = |seconds: Option<f64>| seconds.map_or_else(|| "not within it".to_owned(), after);
        let sooner = match (complete(order), complete(other)) {
            (Some(before), Some(now)) if now < before => format!("{} sooner", after(before - now)),
            (Some(before), Some(now)) if now > before => format!("{} later", after(now - before)),
            (Some(_), Some(_)) => "none".to_owned(),
            _ => "-".to_owned(),
        };
        table.row([format!("{} complete in", order.name), shown(complete(order)), shown(complete(other)), sooner]);
        if let (Some(before), Some(now)) = (order.missed, other.missed) {
            let points = format!("{:+.0} points", 100.0 * (now - before));
            table.row([format!("{} late", order.name), percent(before), percent(now), points]);
        }
    }
    table.render(width())
}
