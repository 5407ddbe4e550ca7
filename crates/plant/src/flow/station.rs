//! Stations: work units that take one part at a time into each of their places.

use kernel::SimDuration;

use crate::control::cadence::{Handling, Per, Tempo};
use crate::control::dispatching::DispatchingRule;
use crate::control::process_time::ProcessTime;
use crate::control::queue::Queue;
use crate::description::{Name, describe};
use crate::element::ElementKind;
use crate::flow::tool_group::batch::{BatchUnit, GroupBatch};
use crate::plan::Planner;
use crate::process::load::LoadPlan;
use crate::work::{Intake, Release, WorkplacePlan, made_of_work};

describe! {
    /// A work unit (ISA-95): takes parts in, works on them, and hands them on; a finished part that cannot leave
    /// blocks its place.
    pub struct Station {
        /// Parallel places, each with one part.
        capacity: u32 = 1,
        /// Time to process one part.
        process_time: ProcessTime,
        /// For what that time counts.
        per: Per = Per::Job,
        /// After that time the next piece goes in, or the next part where it is no matter of pieces, while earlier ones are inside: a
        /// place is the entrance then. Unless given, that is when they are done.
        interval: Option<SimDuration> = None,
        /// What putting in and taking out adds to every operation.
        handling: Option<Handling> = None,
        /// What each place works on at once, where that is more than one part: they begin, end and leave together. Parts wait for
        /// each other in the places of their batch; counted in pieces they wait in the `queue`.
        batch: Option<GroupBatch> = None,
        /// Room for parts that wait in front of the places, and the rule by which they are chosen.
        queue: Queue = Queue { capacity: 0, rule: DispatchingRule::Fifo },
        /// Where parts go; without it they follow their routing.
        next: Option<Name> = None,
    }
}

/// Facets of everything that works on parts.
pub(crate) const WORK_FACETS: &[&str] =
    &["failures", "maintenance", "setup", "staffing", "calendar", "energy", "quality", "fluid"];

impl ElementKind for Station {
    const NAME: &'static str = "Station";
    const EXAMPLE: &'static str = r#"Station(
    process_time: Triangular("40 s", "45 s", "60 s"),
    queue: 5,
    failures: [(time_to_failure: Exponential("6 h"), time_to_repair: LogNormal(mean: "20 min", cv: 0.8))],
    energy: (processing: "11 kW", idle: "2.1 kW"),
    next: "out",
)"#;
    const FACETS: &'static [&'static str] = WORK_FACETS;

    fn plan(&self, planner: &mut Planner<'_>) -> WorkplacePlan {
        if let Some(batch) = &self.batch {
            batch.check("station", self.queue.capacity.saturating_add(batch.maximum), planner);
            if batch.counted_in == BatchUnit::Pieces {
                planner.at_least_one(self.queue.capacity, "queue");
            }
        }
        WorkplacePlan {
            places: planner.places(self.capacity, "capacity"),
            queue_capacity: self.queue.capacity,
            rule: self.queue.rule.clone(),
            process: self.process_time.plan(planner),
            tempo: Tempo::plan(self.per, self.interval, self.handling, planner),
            intake: self.batch.as_ref().map_or(Intake::One, |batch| Intake::Together(LoadPlan::of_batch(batch))),
            release: Release::Whole,
            next: self.next.as_ref().map(|next| planner.destination(next)),
            group: None,
            figures: Vec::new(),
            motion: None,
            technology: None,
        }
    }

    made_of_work!();
}
