//! KPIs of each order of a plant that keeps to a schedule: over many runs they say how likely it is to be on time.

use super::{Definition, Formula, Kpi, Measure, PRACTICE, Subjects};
use super::{maybe, read_all};
use crate::report::{OrderReport, Report};

/// The sort of subject that orders are.
pub(super) struct Orders;

impl Subjects for Orders {
    type Subject<'r> = OrderSubject<'r>;
}

/// An order within its report.
#[derive(Debug, Clone, Copy)]
pub(super) struct OrderSubject<'r> {
    order: &'r OrderReport,
    report: &'r Report,
}

impl OrderSubject<'_> {
    /// 1 if it was completed in time, 0 if not; nothing where that cannot be said yet, or no time was set.
    fn on_time(&self) -> Option<f64> {
        let due = self.order.due.or(self.order.planned_end)?;
        match self.order.completed {
            Some(completed) => Some(f64::from(u8::from(completed <= due))),
            None if due < self.report.until => Some(0.0),
            None => None,
        }
    }

    fn delay_s(&self) -> Option<f64> {
        Some((self.order.completed? - self.order.planned_end?).as_seconds_f64())
    }
}

/// The KPIs of `order`, one of `report`.
#[must_use]
pub fn of_order(order: &OrderReport, report: &Report) -> Vec<Kpi> {
    read_all(ORDER_FORMULAS, &order_subject(order, report), report)
}

/// `order` as formulas see it.
pub(super) fn order_subject<'r>(order: &'r OrderReport, report: &'r Report) -> OrderSubject<'r> {
    OrderSubject { order, report }
}

fn any_order(_: &OrderSubject<'_>) -> bool {
    true
}

super::plant::formulas! {
    /// All KPIs of orders.
    ORDER_FORMULAS: Orders;
    "on_time", "On time", Ratio,
        "1 if the last part was shipped by the due date (without one by the end that was planned), else 0: over many runs the probability",
        PRACTICE, any_order, |my| maybe(my.on_time());
    "completion", "Completion", Time, "from the start of the run until the last part was shipped", PRACTICE, any_order,
        |my| maybe(my.order.completed.map(|completed| (completed - kernel::SimTime::ZERO).as_seconds_f64()));
    "delay", "Delay", Time, "completion - planned end; below 0 where it was early", PRACTICE, any_order,
        |my| maybe(my.delay_s());
}
