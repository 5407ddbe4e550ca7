//! How likely each order of a schedule is to be on time, over the replications of a run.

use std::collections::BTreeMap;

use kernel::{Interval, Moments, SimTime};
use plant::kpi::{Measure, Quantity};
use plant::model::{Model, OrderInfo};
use serde::Serialize;
use study::estimate::Estimates;
use study::precision::LEVEL;

use crate::output::figure;
use crate::output::table::{Column, Table};

/// Orders that a page shows; those least likely to be on time come first where there are more.
const SHOWN: usize = 30;

/// One order in JSON.
#[derive(Debug, Serialize)]
pub struct OrderRow {
    order: String,
    /// Share of the runs in which it was on time.
    on_time: Option<f64>,
    /// Wilson's score interval for the probability.
    on_time_from: Option<f64>,
    on_time_to: Option<f64>,
    /// Runs in which that could be said.
    runs: u64,
    /// Runs that ended before, with neither its last part shipped nor its time passed; none of an order that has no such time.
    undecided: u64,
    /// Seconds from the start of the run until its last part was shipped, over the runs in which it was.
    completion_s: Option<f64>,
    /// Seconds by which that is after what was planned.
    delay_s: Option<f64>,
    delay_largest_s: Option<f64>,
}

/// The orders in the order of their release; none where the plant keeps to no schedule.
pub fn rows(estimates: &Estimates, model: &Model, replications: u64) -> Vec<OrderRow> {
    let Some(schedule) = &model.schedule else { return Vec::new() };
    let of_subjects = estimates
        .iter()
        .filter_map(|(column, moments)| Some(((column.subject.as_deref()?, column.definition.key), moments)));
    let known: BTreeMap<(&str, &str), &Moments> = of_subjects.collect();
    let row = |(number, order): (u32, &OrderInfo)| {
        // What nobody wants at any time is neither on time nor late, however long a run is.
        let is_wanted_by = order.due < SimTime::MAX || schedule.end_of(number).is_some();
        let find = |key| known.get(&(&*order.name, key)).map_or_else(Moments::new, |moments| **moments);
        let (on_time, completion, delay) = (find("on_time"), find("completion"), find("delay"));
        let interval = on_time.mean().and_then(|share| Interval::of_share(share, on_time.count(), LEVEL));
        OrderRow {
            order: order.name.to_string(),
            on_time: on_time.mean(),
            on_time_from: interval.map(|interval| interval.lower()),
            on_time_to: interval.map(|interval| interval.upper()),
            runs: on_time.count(),
            undecided: if is_wanted_by { replications.saturating_sub(on_time.count()) } else { 0 },
            completion_s: completion.mean(),
            delay_s: delay.mean(),
            delay_largest_s: delay.maximum(),
        }
    };
    (0..).zip(&model.orders).map(row).collect()
}

/// A table of them; empty where there are none.
pub fn page(rows: &[OrderRow], width: usize) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&[
        Column::Names("Order"),
        Column::Figures("on time"),
        Column::Figures("95 % from"),
        Column::Figures("to"),
        Column::Figures("completion"),
        Column::Figures("delay"),
        Column::Figures("largest"),
        Column::Figures("runs"),
    ]);
    let shown = |measure: Measure, value: Option<f64>| {
        value.map_or(figure::NONE.to_owned(), |value| figure::measured(Quantity::from(measure), value))
    };
    let mut chosen: Vec<&OrderRow> = rows.iter().collect();
    if rows.len() > SHOWN {
        chosen.sort_by(|one, other| {
            let share = |row: &OrderRow| row.on_time.unwrap_or(f64::INFINITY);
            share(one).total_cmp(&share(other))
        });
        chosen.truncate(SHOWN);
    }
    for row in chosen {
        table.row([
            row.order.clone(),
            shown(Measure::Ratio, row.on_time),
            shown(Measure::Ratio, row.on_time_from),
            shown(Measure::Ratio, row.on_time_to),
            shown(Measure::Time, row.completion_s),
            shown(Measure::Time, row.delay_s),
            shown(Measure::Time, row.delay_largest_s),
            figure::count(row.runs),
        ]);
    }
    let left_out = match rows.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("and {} that are no less likely to be on time\n", figure::counted(more as u64, "order")),
    };
    let undecided = match rows.iter().filter(|row| row.undecided > 0).count() as u64 {
        0 => String::new(),
        count => format!(
            "Runs end before {} can be said to be on time or not, and do not count for {}: a longer `horizon` decides them. Until \
             then the shares are of those that are done, and too high.\n",
            figure::counted(count, "order"),
            if count == 1 { "it" } else { "them" },
        ),
    };
    format!("\n{}{left_out}{undecided}", table.fitted(width, &["runs", "largest", "completion"]).render(width))
}
