//! The table of orders of a plant that keeps to a schedule.

use kernel::{SimDuration, SimTime};
use plant::kpi;
use plant::report::OrderReport;

use super::{Page, figure, indented, is_nothing, nothing};
use crate::output::table::{Column, Table};

/// Orders that a page shows.
const SHOWN: usize = 30;

impl Page<'_> {
    /// When orders were to be done and when they were, by release.
    pub(super) fn orders(&self, width: usize) -> String {
        let mut table = Table::new(&[
            Column::Names("Orders"),
            Column::Figures("due"),
            Column::Figures("planned"),
            Column::Figures("shipped"),
            Column::Figures("after the plan"),
            Column::Words("on time"),
        ]);
        let orders = &self.report.orders;
        for order in orders.iter().take(SHOWN) {
            table.row([
                order.name.clone(),
                moment(order.due),
                moment(order.planned_end),
                moment(order.completed),
                delay(order),
                self.on_time(order),
            ]);
        }
        let mut text = table.without_empty_columns(is_nothing).fitted(width, &["planned"]).render(width);
        if let Some(more) = orders.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            text += &indented(&format!("and {} more", figure::count(more as u64)));
        }
        text
    }

    fn on_time(&self, order: &OrderReport) -> String {
        let kpis = kpi::of_order(order, self.report);
        let value = kpis.iter().find(|kpi| kpi.definition.key == "on_time").and_then(|kpi| kpi.value);
        value.map_or_else(nothing, |on_time| if on_time > 0.0 { "yes" } else { "no" }.to_owned())
    }
}

/// A moment as the time from the start of the run.
fn moment(at: Option<SimTime>) -> String {
    at.map_or_else(nothing, |at| figure::duration(at - SimTime::ZERO))
}

fn delay(order: &OrderReport) -> String {
    let Some((completed, planned)) = order.completed.zip(order.planned_end) else { return nothing() };
    match completed - planned {
        early if early < SimDuration::ZERO => format!("-{}", figure::brief(planned - completed)),
        late => figure::brief(late),
    }
}
