//! A workplace resolved: how many places, what a job takes in and lets out, and what follows from that.

use std::sync::Arc;

use kernel::{SimDuration, SimTime, TimeWeighted};

use super::{PHASES, Phase, Workplace};
use crate::control::cadence::Tempo;
use crate::control::dispatching::{DispatchingRule, PartQueue, Waiting, Work as WorkContent};
use crate::control::likeness::Likeness;
use crate::control::process_time::ProcessPlan;
use crate::element::{Door, ElementIndex, Streams};
use crate::floor::Floor;
use crate::model::Model;
use crate::part::{Part, PartTypeIndex, Parts};
use crate::process::load::{LoadPlan, LoadTally};
use crate::process::{Particulars, Technology};
use crate::transport::robot::ArmMotion;
use crate::work::job::Job;
use crate::work::kit::Selection;

/// What a job takes in.
#[derive(Debug, Clone, PartialEq)]
#[repr(u8)]
pub(crate) enum Intake {
    /// One part.
    One,
    /// A number of parts of each of several types, which are consumed into the first one or into a new product.
    Bill {
        /// A part type of each line (any of those it takes) and how many of them.
        lines: Vec<(PartTypeIndex, u32)>,
        /// The line of each part type; several types may share one.
        line_of: Vec<Option<usize>>,
        /// What each line asks for besides; empty if none does.
        selections: Vec<Selection>,
        product: Option<PartTypeIndex>,
    },
    /// A number of parts, packed into a new part.
    Collect { size: u32, same_type: bool, longest_wait: Option<SimDuration>, container: PartTypeIndex },
    /// Parts that are alike, as many as go in together, which remain what they are.
    Together(LoadPlan),
}

/// What a job lets out.
#[derive(Debug, Clone, PartialEq)]
#[repr(u8)]
pub(crate) enum Release {
    /// The part that was worked on.
    Whole,
    /// What was packed in it; the container is gone.
    Contents,
    /// New parts in its stead, each type to its own destination (the element's `next` if none is given).
    Pieces(Vec<(PartTypeIndex, u32, Option<ElementIndex>)>),
}

/// A workplace resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkplacePlan {
    pub(crate) places: u32,
    pub(crate) queue_capacity: u32,
    pub(crate) rule: DispatchingRule,
    pub(crate) process: ProcessPlan,
    /// For what its process time counts, and what comes to it.
    pub(crate) tempo: Tempo,
    pub(crate) intake: Intake,
    pub(crate) release: Release,
    pub(crate) next: Option<ElementIndex>,
    /// The group that it is a tool of, which gives it its parts.
    pub(crate) group: Option<ElementIndex>,
    /// What planning has worked out and results show: names, values, units.
    pub(crate) figures: Vec<(&'static str, f64, &'static str)>,
    /// How it moves, if it is a robot.
    pub(crate) motion: Option<Arc<ArmMotion>>,
    /// What is special about the work.
    pub(crate) technology: Option<Arc<Technology>>,
}

impl Workplace {
    /// What is not there with which something of what waits at `me` could begin, in words; `None` if nothing waits or nothing is
    /// missing.
    pub(crate) fn lacks(&self, me: ElementIndex, plan: &WorkplacePlan, floor: &Floor<'_>) -> Option<String> {
        let line = &floor.unit(me).line;
        let batch = |least: u32| {
            let there = floor.parts_in_words(self.waiting(floor.unit(me)));
            self.waiting(floor.unit(me))
                .next()
                .is_some()
                .then(|| format!("more parts for a batch of {least} (there are {there})"))
        };
        match &plan.intake {
            Intake::Bill { .. } if self.lines.iter().all(PartQueue::is_empty) => None,
            Intake::Bill { .. } => {
                let model = floor.model();
                let (lacking, _) = self.lacking(plan);
                let names = lacking.iter().map(|part_type| format!("\"{}\"", model.part_type(*part_type).name));
                let names: Vec<String> = names.collect();
                Some(if names.is_empty() { "parts that go together".to_owned() } else { names.join(", ") })
            }
            Intake::Collect { size, .. } => batch(*size),
            Intake::Together(load) => batch(load.minimum),
            Intake::One if self.scheduled && !line.is_empty() => {
                Some("what the schedule has before the parts that are there".to_owned())
            }
            Intake::One => None,
        }
    }
}

impl WorkplacePlan {
    /// Whether something that leaves goes where its routing says.
    pub(crate) fn follows_routings(&self) -> bool {
        let Release::Pieces(pieces) = &self.release else { return self.next.is_none() };
        // What a grade says goes before what is said of the piece.
        let is_told = |(number, (_, _, to)): (usize, &(PartTypeIndex, u32, Option<ElementIndex>))| {
            let recovery = self.technology.as_deref().and_then(Technology::recovery);
            let grades = || recovery.into_iter().flat_map(|recovery| recovery.outcomes(number));
            to.is_some() || (grades().next().is_some() && grades().all(|(_, to)| to.is_some()))
        };
        self.next.is_none() && !pieces.iter().enumerate().all(is_told)
    }

    /// The type of what it packs others in, if it does.
    pub(crate) fn container(&self) -> Option<PartTypeIndex> {
        match self.intake {
            Intake::Collect { container, .. } => Some(container),
            _ => None,
        }
    }

    pub(crate) fn door(&self) -> Door {
        let room = |kit: u32| self.queue_capacity.saturating_add(self.places.saturating_mul(kit));
        match &self.intake {
            Intake::One => Door::Places(room(1)),
            Intake::Collect { size, .. } => Door::Places(room(*size)),
            Intake::Together(load) => Door::Places(room(load.places().unwrap_or(0))),
            Intake::Bill { lines, line_of, .. } => Door::PlacesByType {
                rooms: lines.iter().map(|(_, amount)| room(*amount)).collect(),
                gate_of: line_of.clone(),
            },
        }
    }

    /// A bill can change its amounts during a run, not its lines.
    pub(crate) fn can_follow(&self, before: &WorkplacePlan) -> Result<(), String> {
        let same = match (&self.intake, &before.intake) {
            (Intake::Bill { lines, line_of, .. }, Intake::Bill { lines: old_lines, line_of: old_line_of, .. }) => {
                lines.len() == old_lines.len() && line_of == old_line_of
            }
            (after, before) => std::mem::discriminant(after) == std::mem::discriminant(before),
        };
        if !same {
            return Err("the lines of a bill cannot change during a run, only their amounts".to_owned());
        }
        match (&self.technology, &before.technology) {
            (Some(technology), Some(before)) => technology.can_follow(before),
            (None, None) => Ok(()),
            _ => Err("what is special about the work of an element cannot come or go during a run".to_owned()),
        }
    }

    /// Whether a job takes several parts in that remain what they are.
    pub(crate) fn takes_loads(&self) -> bool {
        matches!(self.intake, Intake::Together(_))
    }

    /// Whether a workplace has to keep more than jobs.
    pub(super) fn has_particulars(&self) -> bool {
        self.takes_loads() || self.technology.is_some()
    }

    /// Whether parts that come in line up one after another, with nothing else to be done about them.
    pub(super) fn lines_up_by_arrival(&self) -> bool {
        matches!(self.intake, Intake::One) && self.rule.is_by_arrival()
    }

    /// Whether parts wait at `me` in lines of what is alike: each choice asks something of those that wait.
    pub(super) fn lines_up_by_likeness(&self, me: ElementIndex, floor: &Floor<'_>) -> bool {
        let setup = floor.facets[me.index()].setup.as_ref();
        let keeps_runs = setup.is_some_and(|(plan, _)| plan.keeps_runs());
        match self.intake {
            Intake::One => self.group.is_none() && !floor.is_scheduled(me) && (self.rule.looks_anew() || keeps_runs),
            Intake::Collect { same_type, .. } => same_type,
            Intake::Bill { .. } | Intake::Together(_) => false,
        }
    }

    /// The line in which `part`, which came at `arrived`, waits with its like, and its place there.
    pub(super) fn place_with_its_like(
        &self,
        me: ElementIndex,
        floor: &Floor<'_>,
        part: &Part,
        arrived: SimTime,
    ) -> (Likeness, Waiting) {
        let work = || self.work_on(floor, part);
        if matches!(self.intake, Intake::Collect { .. }) {
            return (Likeness::of_type(part), self.rule.waiting(part, arrived, work));
        }
        let likeness = Likeness::of_way(floor.parts(), part, 0);
        let likeness = match self.rule {
            DispatchingRule::CriticalRatio => likeness.with_work(work().here),
            _ => likeness,
        };
        let setup = floor.facets[me.index()].setup.as_ref();
        let likeness = match setup {
            Some((plan, _)) if plan.is_by_option() => likeness.with_choices(floor.choices_of(part.id)),
            _ => likeness,
        };
        (likeness, self.rule.waiting_with_its_like(part, arrived, work))
    }

    /// What is still to be done to `part`, which waits here.
    pub(super) fn work_on(&self, floor: &Floor<'_>, part: &Part) -> WorkContent {
        WorkContent::of(part, floor.model(), self.mean_ns(floor.model(), floor.parts(), part))
    }

    /// Mean time of an operation on `part` here in nanoseconds, its routing and handling left aside.
    pub(crate) fn mean_ns(&self, model: &Model, parts: &Parts, part: &Part) -> i64 {
        self.tempo.cadence.mean_ns(self.process.mean_ns(model, parts, part), model.pieces(part))
    }

    /// Whether the next job may begin at `me` while earlier ones are inside.
    pub(super) fn overlaps(&self, me: ElementIndex, model: &Model) -> bool {
        let steps = || model.routings.iter().flat_map(|routing| &routing.steps);
        matches!(self.intake, Intake::One | Intake::Together(_))
            && (self.tempo.overlaps()
                || self.technology.as_ref().is_some_and(|technology| technology.overlaps())
                || steps().any(|step| step.cadence.overlaps() && model.is_done_at(step, me)))
    }

    pub(crate) fn begin(&self, streams: &Streams<'_>) -> Workplace {
        let lines = match &self.intake {
            Intake::Bill { lines, .. } => lines.len(),
            _ => 0,
        };
        let mut phases = [0; PHASES];
        phases[Phase::Empty as usize] = self.places;
        Workplace {
            lines: vec![PartQueue::default(); lines],
            alike: None,
            first: Job::new(),
            further: (1..self.places).map(|_| Job::new()).collect(),
            phases,
            process: streams.stream("process_time"),
            slowness: 1.0,
            means: self.process.means(),
            busy: TimeWeighted::new(SimTime::ZERO, 0),
            batch_timer: None,
            turn: 0,
            scheduled: false,
            schedule_timer: None,
            batch_overdue: false,
            straight: false,
            overlaps: false,
            mean_for_all: None,
            onward: None,
            particulars: self.has_particulars().then(|| {
                let technology = self.technology.as_ref().map(|technology| technology.begin(streams));
                Box::new(Particulars { loads: LoadTally::default(), technology })
            }),
        }
    }
}
