//! How a plant stands at the end of a run: what stands still and why, how far orders have come, and which limits are over.

use kernel::SimTime;

use super::QueueTimeReport;
use crate::element::ElementIndex;
use crate::floor::Floor;
use crate::kind::View;
use crate::ledger::{Ledger, QueueTimeLedger};
use crate::model::{QueueTime, RoutingInfo, RoutingStep};
use crate::part::Part;

/// How far a plant has come with all of its orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderProgress {
    /// Orders.
    pub all: u64,
    /// Those shipped to the last part.
    pub completed: u64,
    /// When the last of all was, if all were.
    pub makespan: Option<SimTime>,
}

impl OrderProgress {
    pub(super) fn of(ledger: &Ledger) -> Option<Self> {
        let completed = || ledger.orders.iter().filter_map(|order| order.completed);
        let (all, done) = (ledger.orders.len() as u64, completed().count() as u64);
        let makespan = completed().max().filter(|_| done == all);
        (all > 0).then_some(OrderProgress { all, completed: done, makespan })
    }
}

/// A plant with parts in it that will never go on by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandstillReport {
    /// Since when nothing has happened.
    pub since: SimTime,
    /// Elements with parts by name, and what they wait for, in words behind `waits`.
    pub waits: Vec<(String, String)>,
}

/// An element with parts that has done nothing for long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StuckReport {
    /// Its name.
    pub element: String,
    /// Since when it has done nothing; the end of the warm-up where it has not since then.
    pub since: SimTime,
    /// What it waits for, in words behind `waits`.
    pub waits: String,
}

/// What has done nothing for long in a plant that goes on elsewhere.
pub(super) fn stuck(floor: &Floor<'_>) -> Vec<StuckReport> {
    let report = |(element, since, waits): (ElementIndex, SimTime, String)| StuckReport {
        element: floor.model().name(element).to_owned(),
        since,
        waits,
    };
    floor.stuck().into_iter().map(report).collect()
}

/// Parts that were due before now. What goes into the product of an order has the due date of that, and is not delivered itself.
pub(super) fn overdue(floor: &Floor<'_>) -> u64 {
    let (parts, now) = (floor.parts(), floor.now());
    let is_product = |part: &&Part| parts.ties(part.id).material_of.is_none();
    parts.iter().filter(|part| part.due < now).filter(is_product).count() as u64
}

/// Whether the plant stands still; groups of tools say themselves what their lines lack.
pub(super) fn standstill(floor: &Floor<'_>, views: &[View<'_>]) -> Option<StandstillReport> {
    let mut found = floor.standstill()?;
    for view in views {
        if let View::ToolGroup(at) = view
            && let Some(what) = at.state.lacks(at.me, at.plan, floor)
        {
            found.waits.push((at.me, format!("for {what}")));
        }
    }
    let named = |(element, what): (ElementIndex, String)| (floor.model().name(element).to_owned(), what);
    let mut waits: Vec<(String, String)> = found.waits.into_iter().map(named).collect();
    waits.sort();
    Some(StandstillReport { since: found.since, waits })
}

/// How limits were kept. What has not ended yet and is over counts as missed: whatever comes, it was.
pub(super) fn queue_times(floor: &Floor<'_>) -> Vec<QueueTimeReport> {
    let (model, now) = (floor.model(), floor.now());
    let mut over = vec![0; floor.shop.ledger.queue_times.len()];
    for part in floor.parts().iter().filter(|part| part.is_timed()) {
        let Some(position) = part.position else { continue };
        let steps = &model.routings[position.routing as usize].steps;
        for limit in &floor.parts().ties(part.id).queue_times {
            let said = steps.get(limit.from as usize).and_then(|step| step.queue_time);
            if let Some(said) = said.filter(|said| now - limit.since > said.within)
                && let Some(over) = over.get_mut(said.number as usize)
            {
                *over += 1;
            }
        }
    }
    let report = |(((routing, step, limit), books), over): (
        ((&RoutingInfo, &RoutingStep, QueueTime), &QueueTimeLedger),
        u64,
    )| {
        let to = routing.steps.get(limit.to as usize).map_or("", |to| &to.name);
        QueueTimeReport {
            routing: routing.name.to_string(),
            from: step.name.to_string(),
            to: to.to_owned(),
            within: limit.within,
            kept: books.kept,
            missed: books.missed + over,
        }
    };
    model.queue_times().zip(&floor.shop.ledger.queue_times).zip(over).map(report).collect()
}
