//! Which types of parts can come to which element, found before anything runs.
//!
//! What an element carries has to fit on it, and a type that never comes there need not. So parts of each type are followed
//! from where they are made over every way that they can take. Where chance, room, a number that parts carry or a
//! judgement decides, each way that it can choose counts; a type that is not found here never comes. Elements of other crates
//! are taken to pass on what they get, as it is, to all that they name.

use std::collections::{BTreeMap, BTreeSet};

use super::PlannedElement;
use super::foreseen::Detours;
use crate::control::quality::Rejection;
use crate::element::{Door, ElementIndex};
use crate::flow::branch::BranchPlan;
use crate::flow::source::SourcePlan;
use crate::flow::tool_group::ToolGroupPlan;
use crate::model::{OrderInfo, PartTypeInfo, PresentInfo, RoutingInfo};
use crate::part::PartTypeIndex;
use crate::process::Technology;
use crate::transport::zone::{ActuatorPlan, TablePlan};
use crate::work::{Intake, Release, WorkplacePlan};

/// A part of a type at an element, with so many steps of its routing behind it.
pub(super) type Stay = (ElementIndex, PartTypeIndex, usize);

/// The types that can come to each element, and from where.
#[derive(Debug, Default)]
pub(crate) struct Flows {
    stays: BTreeSet<Stay>,
    types: BTreeSet<(ElementIndex, PartTypeIndex)>,
    ways: BTreeSet<(ElementIndex, ElementIndex)>,
}

/// What the search knows of the plant.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub elements: &'a [Option<PlannedElement>],
    /// Which element sends parts to which, as they say themselves.
    pub ways: &'a BTreeSet<(ElementIndex, ElementIndex)>,
    pub part_types: &'a [PartTypeInfo],
    pub routings: &'a [RoutingInfo],
    pub orders: &'a [OrderInfo],
    pub present: &'a [PresentInfo],
    /// Where else elements send parts, at other times.
    pub detours: &'a Detours,
    /// What else can be there from other times.
    pub held: &'a BTreeSet<Stay>,
}

/// A search under way.
struct Search<'a> {
    ground: &'a Ground<'a>,
    /// What pushes parts off which element.
    actuators: Vec<&'a ActuatorPlan>,
    seen: BTreeSet<Stay>,
    open: Vec<Stay>,
    /// What parts of a type can have been packed in.
    packed: BTreeMap<PartTypeIndex, BTreeSet<(PartTypeIndex, usize)>>,
    /// The types that are made on the way, whose numbers are 0.
    made: BTreeSet<PartTypeIndex>,
    ways: BTreeSet<(ElementIndex, ElementIndex)>,
}

impl Flows {
    /// Follows all parts through the plant.
    pub(super) fn find(ground: &Ground<'_>) -> Flows {
        let plans = ground.elements.iter().flatten().map(|element| element.planned.plan());
        let mut search = Search {
            ground,
            actuators: plans.clone().filter_map(|plan| plan.downcast_ref()).collect(),
            seen: ground.held.clone(),
            open: ground.held.iter().copied().collect(),
            packed: BTreeMap::new(),
            made: plans.filter_map(|plan| plan.downcast_ref::<WorkplacePlan>()).flat_map(made).collect(),
            ways: BTreeSet::new(),
        };
        for (index, element) in ground.elements.iter().enumerate() {
            let source = element.as_ref().and_then(|element| element.planned.plan().downcast_ref::<SourcePlan>());
            for part_type in
                source.map(|source| source.part_types(ground.orders, ground.part_types)).unwrap_or_default()
            {
                for step in search.reached(part_type, 0) {
                    search.send_on((ElementIndex(index as u32), part_type, step));
                }
            }
        }
        for present in ground.present {
            let step = present.position.map_or(0, |position| position.step as usize);
            let stay = (present.at, present.part_type, step);
            if search.seen.insert(stay) {
                search.open.push(stay);
            }
        }
        while let Some(stay) = search.open.pop() {
            search.leave(stay);
        }
        let types = search.seen.iter().map(|(element, part_type, _)| (*element, *part_type)).collect();
        Flows { stays: search.seen, types, ways: search.ways }
    }

    /// What can come where, and with how much of its routing behind it.
    pub(super) fn stays(&self) -> &BTreeSet<Stay> {
        &self.stays
    }

    /// Which elements parts come to from which, whether elements say so themselves or routings do.
    pub(crate) fn ways(&self) -> &BTreeSet<(ElementIndex, ElementIndex)> {
        &self.ways
    }

    /// The types that can come to `element`, in their order.
    pub(crate) fn types_at(&self, element: ElementIndex) -> impl Iterator<Item = PartTypeIndex> {
        let (first, last) = ((element, PartTypeIndex(0)), (element, PartTypeIndex(u16::MAX)));
        self.types.range(first..=last).map(|(_, part_type)| *part_type)
    }
}

/// The types of parts that are made at a workplace.
fn made(plan: &WorkplacePlan) -> Vec<PartTypeIndex> {
    let taken_in = match &plan.intake {
        Intake::One | Intake::Together(_) => None,
        Intake::Bill { product, .. } => *product,
        Intake::Collect { container, .. } => Some(*container),
    };
    let pieces = match &plan.release {
        Release::Pieces(pieces) => &pieces[..],
        Release::Whole | Release::Contents => &[],
    };
    let graded = match plan.technology.as_deref() {
        Some(Technology::Recovery(recovery)) => {
            (0..pieces.len()).flat_map(|piece| recovery.outcomes(piece)).map(|(part_type, _)| part_type).collect()
        }
        _ => Vec::new(),
    };
    pieces.iter().map(|(part_type, ..)| *part_type).chain(taken_in).chain(graded).collect()
}

impl Search<'_> {
    fn come(&mut self, from: ElementIndex, stay: Stay) {
        self.ways.insert((from, stay.0));
        if self.seen.insert(stay) {
            self.open.push(stay);
        }
    }

    /// Everywhere that a part can go from where it is.
    fn leave(&mut self, stay @ (element, part_type, step): Stay) {
        let Some(Some(planned)) = self.ground.elements.get(element.index()).map(Option::as_ref) else { return };
        let plan = planned.planned.plan();
        if let Some(branch) = plan.downcast_ref::<BranchPlan>() {
            for to in branch.destinations(part_type, |attribute| self.numbers(part_type, attribute)) {
                self.come(element, (to, part_type, step));
            }
        } else if let Some(table) = plan.downcast_ref::<TablePlan>() {
            if let Some(to) = table.output(part_type) {
                self.come(element, (to, part_type, step));
            }
        } else if plan.is::<ToolGroupPlan>() {
            // Its tools do the step.
            self.send_on(stay);
        } else if let Some(workplace) = plan.downcast_ref::<WorkplacePlan>() {
            self.work(stay, workplace, planned);
        } else {
            self.send_on(stay);
            // Some elements do a step of the routing and others only carry parts to where it is done.
            if planned.planned.door() != Door::Through {
                for step in self.after(stay) {
                    self.send_on((element, part_type, step));
                }
            }
            let pushed = self.actuators.iter().filter(|actuator| actuator.conveyor == element);
            let pushed = pushed.filter(|actuator| actuator.chosen.get(part_type.index()).copied().unwrap_or(false));
            let lanes: Vec<ElementIndex> = pushed.map(|actuator| actuator.to).collect();
            for lane in lanes {
                self.come(element, (lane, part_type, step));
            }
        }
    }

    /// To all that an element names, or to where the routing goes on from that step.
    fn send_on(&mut self, (element, part_type, step): Stay) {
        let to = self.ground.ways.range((element, ElementIndex(0))..=(element, ElementIndex(u32::MAX)));
        for (_, to) in to {
            self.come(element, (*to, part_type, step));
        }
        let planned = self.ground.elements.get(element.index()).and_then(Option::as_ref);
        if planned.is_some_and(|element| element.planned.follows_routings()) {
            self.follow_routing((element, part_type, step));
        }
        self.take_detours((element, part_type, step));
    }

    /// To where the element sends parts at other times.
    fn take_detours(&mut self, stay @ (element, part_type, step): Stay) {
        for to in self.ground.detours.get(&element).into_iter().flatten() {
            match to {
                Some(to) => self.come(element, (*to, part_type, step)),
                None => self.follow_routing(stay),
            }
        }
    }

    fn follow_routing(&mut self, (element, part_type, step): Stay) {
        let ground = self.ground;
        let Some(routing) = routing(ground, part_type) else { return };
        for to in routing.ways_on(step as u32, element) {
            self.come(element, (*to, part_type, step));
        }
    }

    /// The steps that can be next for a part of a type that has come to `step`.
    fn reached(&self, part_type: PartTypeIndex, step: usize) -> Vec<usize> {
        let Some(routing) = routing(self.ground, part_type) else { return vec![step] };
        routing.reached(step as u32).map(|step| step as usize).collect()
    }

    /// The steps that can be next after a stay: those after the present one if that is done at the element, or that one.
    fn after(&self, (element, part_type, step): Stay) -> Vec<usize> {
        let routing = routing(self.ground, part_type);
        let here = routing.filter(|routing| routing.steps.get(step).is_some_and(|step| step.at.contains(&element)));
        here.map_or_else(|| vec![step], |routing| routing.after(step as u32).map(|step| step as usize).collect())
    }

    /// What comes out of a workplace that a part has come to.
    fn work(&mut self, (element, part_type, step): Stay, plan: &WorkplacePlan, planned: &PlannedElement) {
        let (worked, steps) = match &plan.intake {
            Intake::One | Intake::Together(_) => (part_type, vec![step]),
            Intake::Bill { line_of, product, .. } => {
                match (line_of.get(part_type.index()).copied().flatten(), product) {
                    (Some(_), Some(product)) => (*product, self.reached(*product, 0)),
                    (Some(0), None) => (part_type, vec![step]),
                    _ => return,
                }
            }
            Intake::Collect { container, .. } => {
                // Where packing is a step of their routing, parts have done it when they are unpacked.
                for step in self.after((element, part_type, step)) {
                    if self.packed.entry(*container).or_default().insert((part_type, step)) {
                        self.unpack_again(*container);
                    }
                }
                (*container, self.reached(*container, 0))
            }
        };
        // Routings name the group of a tool.
        let named = plan.group.unwrap_or(element);
        for step in steps.into_iter().flat_map(|step| self.after((named, worked, step))).collect::<Vec<_>>() {
            self.let_out((element, worked, step), plan, planned);
        }
    }

    /// Where a part that has been worked on goes, or what comes out of it.
    fn let_out(&mut self, (element, worked, step): Stay, plan: &WorkplacePlan, planned: &PlannedElement) {
        self.reject((element, worked, step), planned);
        match &plan.release {
            Release::Whole => self.go((element, worked, step), plan.next),
            Release::Contents => {
                for (content, step) in self.packed.get(&worked).cloned().unwrap_or_default() {
                    self.go((element, content, step), plan.next);
                }
            }
            Release::Pieces(pieces) => {
                for (number, (piece, _, to)) in pieces.iter().enumerate() {
                    let graded: Vec<_> = match plan.technology.as_deref() {
                        Some(Technology::Recovery(recovery)) => recovery.outcomes(number).collect(),
                        _ => Vec::new(),
                    };
                    let outcomes = if graded.is_empty() { vec![(*piece, None)] } else { graded };
                    for (piece, of_grade) in outcomes {
                        for step in self.reached(piece, 0) {
                            self.go((element, piece, step), of_grade.or(*to).or(plan.next));
                        }
                    }
                }
            }
        }
    }

    fn go(&mut self, stay @ (element, part_type, step): Stay, next: Option<ElementIndex>) {
        match next {
            Some(next) => self.come(element, (next, part_type, step)),
            None => self.follow_routing(stay),
        }
        self.take_detours(stay);
    }

    /// Where a part goes that is judged bad: back, to an earlier step of its routing, or elsewhere.
    fn reject(&mut self, (element, part_type, step): Stay, planned: &PlannedElement) {
        let Some(quality) = &planned.facets.quality else { return };
        match quality.rejection {
            Rejection::Scrap => {}
            Rejection::Send { to } => self.come(element, (to, part_type, step)),
            Rejection::Rework { to, .. } => {
                let steps = routing(self.ground, part_type).map_or(&[][..], |routing| &routing.steps[..]);
                let back = steps.iter().take(step).rposition(|step| step.at.contains(&to));
                self.come(element, (to, part_type, back.unwrap_or(step)));
            }
        }
    }

    /// Something new can be in containers of a type: wherever they come, they may be unpacked.
    fn unpack_again(&mut self, container: PartTypeIndex) {
        let there = self.seen.iter().filter(|(_, part_type, _)| *part_type == container);
        self.open.extend(there.copied());
    }

    /// From where to where the numbers can lie that parts of a type carry as one of their attributes.
    fn numbers(&self, part_type: PartTypeIndex, attribute: usize) -> Vec<(f64, f64)> {
        let law = self.ground.part_types[part_type.index()].attributes.get(attribute).and_then(Option::as_ref);
        let mut numbers = law.map_or_else(|| vec![(0.0, 0.0)], kernel::Distribution::ranges);
        if self.made.contains(&part_type) {
            numbers.push((0.0, 0.0));
        }
        let plans = self.ground.elements.iter().flatten().map(|element| element.planned.plan());
        for source in plans.filter_map(|plan| plan.downcast_ref::<SourcePlan>()) {
            numbers.extend(source.given(part_type, attribute).map(|number| (number, number)));
        }
        numbers
    }
}

fn routing<'a>(ground: &Ground<'a>, part_type: PartTypeIndex) -> Option<&'a RoutingInfo> {
    ground.routings.get(ground.part_types.get(part_type.index())?.routing? as usize)
}
