//! Card loops as constants of the plant: where cards are taken and handed back, and which parts need one.

use std::collections::{BTreeMap, BTreeSet};

use super::CardLimit;
use crate::control::cadence::Cadence;
use crate::control::process_time::ProcessPlan;
use crate::element::ElementIndex;
use crate::model::Model;
use crate::part::{Part, Parts};

/// How long parts take at the end of a loop that counts work. As the scenario says it at the beginning: a card is a plan, and
/// goes by what is planned.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drum {
    pub element: ElementIndex,
    pub process: ProcessPlan,
    pub cadence: Cadence,
}

/// One loop.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CardLoopInfo {
    /// The element that is this loop.
    pub element: ElementIndex,
    /// What the run begins with.
    pub limit: CardLimit,
    /// Where parts need a card.
    pub from: Vec<ElementIndex>,
    /// Where they hand it back when they leave for elsewhere, members of groups included; empty: at their end.
    pub to: BTreeSet<ElementIndex>,
    /// By part type: whether its parts need cards.
    pub concerned: Vec<bool>,
    /// By routing and step to be done next: whether the way leads to the end.
    pub leads_to_end: Vec<Vec<bool>>,
    /// Where parts can be that hold a card, on vehicles aside.
    pub inside: BTreeSet<ElementIndex>,
    /// Where the work is done that counts, if work counts.
    pub drum: Option<Drum>,
}

/// All loops of a plant.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct CardLoops {
    /// In the order of their elements.
    pub loops: Vec<CardLoopInfo>,
    /// The loops of which cards are taken at an element.
    starts: BTreeMap<ElementIndex, Vec<u32>>,
    /// The loops of which cards are handed back at an element.
    ends: BTreeMap<ElementIndex, Vec<u32>>,
}

impl CardLoops {
    pub(crate) fn new(loops: Vec<CardLoopInfo>) -> Self {
        let mut all = CardLoops::default();
        for (number, info) in (0..).zip(&loops) {
            for from in &info.from {
                all.starts.entry(*from).or_default().push(number);
            }
            for to in &info.to {
                all.ends.entry(*to).or_default().push(number);
            }
        }
        all.loops = loops;
        all
    }

    /// The number of the loop that is `element`.
    pub(crate) fn number_of(&self, element: ElementIndex) -> Option<usize> {
        self.loops.binary_search_by_key(&element, |info| info.element).ok()
    }

    /// The loops of which cards are taken at `element`.
    pub(crate) fn starting_at(&self, element: ElementIndex) -> &[u32] {
        self.starts.get(&element).map_or(&[], |loops| loops)
    }

    /// Whether cards are taken at `element`.
    pub(crate) fn start_at(&self, element: ElementIndex) -> bool {
        self.starts.contains_key(&element)
    }

    /// The loops of which cards are handed back at `element`.
    pub(crate) fn ending_at(&self, element: ElementIndex) -> &[u32] {
        self.ends.get(&element).map_or(&[], |loops| loops)
    }

    /// Whether cards are handed back at `element`.
    pub(crate) fn end_at(&self, element: ElementIndex) -> bool {
        self.ends.contains_key(&element)
    }
}

impl CardLoopInfo {
    /// Whether `part`, as it stands before its next step, is one that needs a card to come in.
    pub(crate) fn concerns(&self, part: &Part) -> bool {
        let leads_there = |position: crate::part::RoutingPosition| {
            let steps = self.leads_to_end.get(position.routing as usize);
            steps.and_then(|steps| steps.get(position.step as usize)).copied().unwrap_or(true)
        };
        self.concerned.get(part.part_type.index()).copied().unwrap_or(false) && part.position.is_none_or(leads_there)
    }

    /// What `part` counts for: 1, or the mean time of its next operation at the drum in nanoseconds.
    pub(crate) fn amount(&self, model: &Model, parts: &Parts, part: &Part) -> i64 {
        let Some(drum) = &self.drum else { return 1 };
        let pieces = model.pieces(part);
        let steps = part.position.and_then(|position| {
            let routing = model.routings.get(position.routing as usize)?;
            routing.steps.get(position.step as usize..)
        });
        let step = steps.into_iter().flatten().find(|step| step.at.contains(&drum.element));
        let said = step.and_then(|step| Some(step.cadence.mean_ns(step.mean_at(drum.element)?, pieces)));
        said.unwrap_or_else(|| drum.cadence.mean_ns(drum.process.mean_ns(model, parts, part), pieces)).max(0)
    }
}
