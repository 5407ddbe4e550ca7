//! Batches: parts packed together to travel as one, and unpacked again.

use kernel::SimDuration;

use crate::control::cadence::Tempo;
use crate::control::dispatching::DispatchingRule;
use crate::control::process_time::ProcessTime;
use crate::control::queue::{Queue, no_time};
use crate::description::{Name, describe};
use crate::element::ElementKind;
use crate::flow::station::WORK_FACETS;
use crate::plan::Planner;
use crate::work::{Intake, Release, WorkplacePlan, made_of_work};

describe! {
    /// Packs parts into a new part, which travels in their stead until an `Unbatch` unpacks it.
    pub struct Batch {
        /// How many parts make a batch.
        size: u32,
        /// The type of the new part (a box, a pallet).
        container: Name,
        /// Whether only parts of the same type go into one batch.
        same_type: bool = false,
        /// A batch that is not full leaves when its first part has waited so long; never unless given.
        longest_wait: Option<SimDuration> = None,
        /// Time to pack one batch.
        process_time: ProcessTime = no_time(),
        /// Room for waiting parts beyond one batch.
        queue: Queue = Queue { capacity: 0, rule: DispatchingRule::Fifo },
        /// Where batches go; without it they follow their routing.
        next: Option<Name> = None,
    }
}

impl ElementKind for Batch {
    const NAME: &'static str = "Batch";
    const EXAMPLE: &'static str =
        r#"Batch(size: 6, container: "box", longest_wait: "10 min", process_time: "12 s", queue: 6, next: "out")"#;
    const FACETS: &'static [&'static str] = WORK_FACETS;

    fn plan(&self, planner: &mut Planner<'_>) -> WorkplacePlan {
        WorkplacePlan {
            places: 1,
            queue_capacity: self.queue.capacity,
            rule: self.queue.rule.clone(),
            process: self.process_time.plan(planner),
            tempo: Tempo::default(),
            intake: Intake::Collect {
                size: planner.at_least_one(self.size, "size"),
                same_type: self.same_type,
                longest_wait: self.longest_wait,
                container: planner.part_type(&self.container),
            },
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

describe! {
    /// Unpacks batches: the parts inside leave one after another, the container is consumed.
    pub struct Unbatch {
        /// Time to unpack one batch.
        process_time: ProcessTime = no_time(),
        /// Room for batches that wait.
        queue: Queue = Queue { capacity: 0, rule: DispatchingRule::Fifo },
        /// Where the unpacked parts go; without it they follow their routing.
        next: Option<Name> = None,
    }
}

impl ElementKind for Unbatch {
    const NAME: &'static str = "Unbatch";
    const EXAMPLE: &'static str = r#"Unbatch(process_time: "8 s", next: "out")"#;
    const FACETS: &'static [&'static str] = WORK_FACETS;

    fn plan(&self, planner: &mut Planner<'_>) -> WorkplacePlan {
        WorkplacePlan {
            places: 1,
            queue_capacity: self.queue.capacity,
            rule: self.queue.rule.clone(),
            process: self.process_time.plan(planner),
            tempo: Tempo::default(),
            intake: Intake::One,
            release: Release::Contents,
            next: self.next.as_ref().map(|next| planner.destination(next)),
            group: None,
            figures: Vec::new(),
            motion: None,
            technology: None,
        }
    }

    made_of_work!();
}
