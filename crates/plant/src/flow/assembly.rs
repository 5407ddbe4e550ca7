//! Assemblies: several parts become one.

use crate::control::dispatching::DispatchingRule;
use crate::control::process_time::ProcessTime;
use crate::control::queue::Queue;
use crate::description::{Map, Name, describe};
use crate::element::ElementKind;
use crate::flow::station::WORK_FACETS;
use crate::plan::Planner;
use crate::work::{Intake, Release, WorkplacePlan, work_handlers};

describe! {
    /// Joins parts by a bill: work begins when every part of it is there.
    pub struct Assembly {
        /// How many parts of each type go into one product. The first part of the first line is the main part: it
        /// goes on (or becomes the `product`), all others are consumed.
        bill: Map<u32>,
        /// The type of the result; the main part keeps its own type unless given.
        product: Option<Name> = None,
        /// Parallel places, each with one set of parts.
        capacity: u32 = 1,
        /// Time to assemble one set.
        process_time: ProcessTime,
        /// Room for waiting parts, for each line of the bill.
        queue: Queue = Queue { capacity: 0, rule: DispatchingRule::Fifo },
        /// Where the result goes; without it the part follows its routing.
        next: Option<Name> = None,
    }
}

impl ElementKind for Assembly {
    const NAME: &'static str = "Assembly";
    const EXAMPLE: &'static str =
        r#"Assembly(bill: {"housing": 1, "board": 2}, product: "device", process_time: "30 s", queue: 4, next: "out")"#;
    const FACETS: &'static [&'static str] = WORK_FACETS;

    fn plan(&self, planner: &mut Planner<'_>) -> WorkplacePlan {
        let lines = planner.bill(&self.bill);
        WorkplacePlan {
            places: planner.at_least_one(self.capacity, "capacity"),
            queue_capacity: self.queue.capacity,
            rule: self.queue.rule.clone(),
            process: self.process_time.plan(planner),
            intake: Intake::Bill {
                lines: lines.into_iter().map(|(part_type, amount)| (part_type, amount)).collect(),
                product: self.product.as_ref().map(|product| planner.part_type(product)),
            },
            release: Release::Whole,
            next: self.next.as_ref().map(|next| planner.element(next)),
        }
    }

    work_handlers!();
}
