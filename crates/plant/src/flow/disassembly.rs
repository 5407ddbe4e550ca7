//! Disassemblies: one part becomes several.

use crate::control::cadence::Tempo;
use crate::control::dispatching::DispatchingRule;
use crate::control::process_time::ProcessTime;
use crate::control::queue::Queue;
use crate::description::{Labels, Name, describe};
use crate::element::ElementKind;
use crate::flow::station::WORK_FACETS;
use crate::plan::Planner;
use crate::process::Technology;
use crate::process::recovery::{Grade, Material, RecoveryPlan};
use crate::work::{Intake, Release, WorkplacePlan, made_of_work};

describe! {
    /// Parts of one type that come out of a disassembly.
    pub struct Piece {
        /// Their type.
        part_type: Name,
        /// How many.
        amount: u32 = 1,
        /// Where they go; the disassembly's own `next` unless given.
        next: Option<Name> = None,
        /// The grades that they come in by chance, if they do: where each goes and what it is worth.
        grades: Labels<Grade> = Labels::default(),
    }
}

describe! {
    /// Takes a part apart: it is consumed and new parts leave, one after another.
    pub struct Disassembly {
        /// What comes out of one part, in the order of leaving.
        pieces: Vec<Piece>,
        /// The materials that are recovered of one part besides, by their names.
        materials: Labels<Material> = Labels::default(),
        /// Parallel places, each with one part.
        capacity: u32 = 1,
        /// Time to take one part apart.
        process_time: ProcessTime,
        /// Room for parts that wait in front of the places.
        queue: Queue = Queue { capacity: 0, rule: DispatchingRule::Fifo },
        /// Where pieces go that do not say so themselves.
        next: Option<Name> = None,
    }
}

impl ElementKind for Disassembly {
    const NAME: &'static str = "Disassembly";
    const EXAMPLE: &'static str = r#"Disassembly(pieces: [(part_type: "motor"), (part_type: "frame", next: "scrapyard")], process_time: "3 min", next: "out")"#;
    const FACETS: &'static [&'static str] = WORK_FACETS;

    fn plan(&self, planner: &mut Planner<'_>) -> WorkplacePlan {
        let recovery = RecoveryPlan::plan(&self.pieces, &self.materials, planner);
        let pieces = self.pieces.iter().map(|piece| {
            let next = piece.next.as_ref().map(|next| planner.destination(next));
            let amount = planner.at_least_one_of(piece.amount, "amount", &piece.part_type);
            (planner.part_type(&piece.part_type), amount, next)
        });
        let pieces = pieces.collect();
        WorkplacePlan {
            places: planner.places(self.capacity, "capacity"),
            queue_capacity: self.queue.capacity,
            rule: self.queue.rule.clone(),
            process: self.process_time.plan(planner),
            tempo: Tempo::default(),
            intake: Intake::One,
            release: Release::Pieces(pieces),
            next: self.next.as_ref().map(|next| planner.destination(next)),
            group: None,
            figures: Vec::new(),
            motion: None,
            technology: recovery.map(|recovery| Technology::Recovery(recovery).into()),
        }
    }

    made_of_work!();
}
