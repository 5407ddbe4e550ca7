//! What a plant is as a whole, before anything runs: which element sends parts to which, and how much each can hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Change, PlannedElement, Plant};
use crate::control::queue::Capacity;
use crate::element::{Door, ElementIndex};
use crate::fluid::{Amount, FixturePlan};
use crate::model::{ElementInfo, Model};
use crate::part::PartTypeIndex;
use crate::plan::Mentions;
use crate::transport::BodyInfo;
use crate::transport::robot::ArmMotion;
use crate::transport::zone::{Fitting, Transit, ZonePlan};
use crate::work::WorkplacePlan;

/// The ways that elements name themselves, and those between the steps of routings. Where a source or a buffer leaves it to
/// the routings, the way to the first step is a matter of the parts that come, and is not among them.
pub(super) fn ways(
    mentions: &Mentions,
    elements: &[PlannedElement],
    model: &Model,
) -> BTreeSet<(ElementIndex, ElementIndex)> {
    let mut ways = mentions.ways.clone();
    let mut members: BTreeMap<ElementIndex, Vec<ElementIndex>> = BTreeMap::new();
    for (element, info) in (0..).map(ElementIndex).zip(&model.elements) {
        members.entry(info.group.unwrap_or(element)).or_default().push(element);
    }
    for routing in &model.routings {
        for (number, step) in (0..).zip(&routing.steps) {
            // What is named as a group is done by its tools.
            let doers = step.at.iter().filter_map(|at| members.get(at)).flatten();
            for from in doers.filter(|from| elements[from.index()].planned.follows_routings()) {
                let next = routing.after(number).flat_map(|next| routing.ways_on(next, *from));
                ways.extend(next.map(|to| (*from, *to)));
            }
            ways.extend(step.via.iter().flat_map(|via| step.at.iter().map(|to| (*via, *to))));
        }
    }
    ways
}

impl Plant {
    /// Which element can send parts to which, as the plant is described: what elements name themselves and what follows from
    /// the steps of routings.
    pub fn ways(&self) -> impl Iterator<Item = (ElementIndex, ElementIndex)> {
        self.ways.iter().copied()
    }

    /// The elements that can send parts to `element`, by index; to where a population comes in, all those that send none on.
    pub(crate) fn feeders(&self, element: ElementIndex) -> impl Iterator<Item = ElementIndex> {
        let circulates = self.elements[element.index()].planned.circulates();
        let count = if circulates { self.elements.len() as u32 } else { 0 };
        let ends = (0..count).map(ElementIndex).filter(|end| !self.ways.iter().any(|(from, _)| from == end));
        self.ways.iter().filter(move |(_, to)| *to == element).map(|(from, _)| *from).chain(ends)
    }

    /// A member of a group that only one of this plant and `other` has, and the group.
    #[must_use]
    pub fn unlike_member<'p>(&'p self, other: &'p Plant) -> Option<(&'p str, &'p str)> {
        [(self, other), (other, self)].into_iter().find_map(|(one, other)| {
            let only_here = |info: &&ElementInfo| info.group.is_some() && other.element(&info.name).is_none();
            let member = one.model.elements.iter().find(only_here)?;
            Some((&*member.name, one.model.name(member.group?)))
        })
    }

    /// Whether parts only pass `element`, which holds none (a branch, a merge).
    #[must_use]
    pub fn is_passed(&self, element: ElementIndex) -> bool {
        matches!(self.elements[element.index()].planned.door(), Door::Through)
    }

    /// How long a part alone takes over each conveyor in a zone from its entry to its end, as the zone has found by sending
    /// one over it of each type that comes there; without those to which none comes.
    #[must_use]
    pub fn transits(&self) -> Vec<(ElementIndex, Transit)> {
        let zones = self.elements.iter().filter_map(|element| element.planned.plan().downcast_ref::<ZonePlan>());
        zones.flat_map(ZonePlan::transits).collect()
    }

    /// What stands in the zones of the plant, zone by zone: belts, stoppers, pushers, diverters, tables.
    #[must_use]
    pub fn fittings(&self) -> Vec<Fitting> {
        let plans = (0..self.elements.len() as u32).map(ElementIndex).filter_map(|zone| {
            let plan = self.elements[zone.index()].planned.plan().downcast_ref::<ZonePlan>()?;
            Some(plan.fittings(zone))
        });
        plans.flatten().collect()
    }

    /// The robots of the plant, and how they move.
    pub fn robots(&self) -> impl Iterator<Item = (ElementIndex, &Arc<ArmMotion>)> {
        (0..self.elements.len() as u32).map(ElementIndex).filter_map(|robot| {
            let plan = self.elements[robot.index()].planned.plan().downcast_ref::<WorkplacePlan>()?;
            Some((robot, plan.motion.as_ref()?))
        })
    }

    /// What parts of a type are like as bodies in `zone`; `None` if it is no zone with conveyors.
    #[must_use]
    pub fn body_in(&self, zone: ElementIndex, part_type: PartTypeIndex) -> Option<&BodyInfo> {
        self.elements[zone.index()].planned.plan().downcast_ref::<ZonePlan>()?.body(part_type)
    }

    /// Most litres that `element` holds, if it is a tank or a pipe that fills; timed changes are left out.
    #[must_use]
    pub fn volume_capacity(&self, element: ElementIndex) -> Option<f64> {
        let plan = self.elements[element.index()].planned.plan().downcast_ref::<FixturePlan>()?;
        plan.capacity().map(Amount::litres)
    }

    /// Whether `element` works on parts ([`crate::element::ElementKind::WORKS`]).
    #[must_use]
    pub fn works(&self, element: ElementIndex) -> bool {
        self.registry.kind(self.model.elements[element.index()].kind).is_some_and(|kind| kind.works)
    }

    /// Most parts that `element` ever has places for, timed changes included; `None` where there is no bound or where it is
    /// not a matter of places (a conveyor).
    #[must_use]
    pub fn capacity(&self, element: ElementIndex) -> Option<u32> {
        let changed = self.changes.iter().flat_map(|change| match change {
            Change::Replan { replans, .. } => &replans[..],
            Change::Command { .. } => &[],
        });
        let changed = changed.filter(|replan| replan.element == element).map(|replan| &replan.planned);
        let mut most = 0;
        for planned in changed.chain([&self.elements[element.index()].planned]) {
            most = most.max(places(&planned.door())?);
        }
        Some(most)
    }
}

/// The places behind a door, if they are bounded.
fn places(door: &Door) -> Option<u32> {
    let bounded = |room: u32| (room < Capacity::UNLIMITED.0).then_some(room);
    match door {
        Door::Places(room) => bounded(*room),
        Door::PlacesByType { rooms, .. } => {
            rooms.iter().try_fold(0_u32, |sum, room| bounded(sum.saturating_add(bounded(*room)?)))
        }
        Door::Closed | Door::Through | Door::Entrance => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::invariant::trial;
    use crate::plant::Plant;

    fn ways(plant: &Plant) -> Vec<(&str, &str)> {
        plant.ways().map(|(from, to)| (plant.model.name(from), plant.model.name(to))).collect()
    }

    #[test]
    fn elements_name_their_ways_and_say_what_they_hold() {
        let plant = trial::plant(trial::WAYS);
        let ways = ways(&plant);
        for way in [
            ("crates", "join"),
            ("join", "belt"),
            ("by weight", "heavy"),
            ("by weight", "spread"),
            ("left", "return"),
            ("left", "store"),
            ("turn", "slow belt"),
        ] {
            assert!(ways.contains(&way), "{way:?}");
        }
        assert_eq!(ways.len(), 23, "{ways:?}");
        let element = |name: &str| plant.element(name).expect(name);
        let capacities = ["store", "left", "oven", "light", "belt", "join", "out", "crates"];
        let capacities = capacities.map(|name| plant.capacity(element(name)));
        assert_eq!(capacities, [Some(6), Some(3), Some(3), Some(4), None, None, None, None]);
        assert!(
            plant.is_passed(element("join")) && plant.is_passed(element("turn")) && !plant.is_passed(element("belt"))
        );
        assert!(plant.works(element("oven")) && !plant.works(element("store")) && !plant.works(element("belt")));
    }

    #[test]
    fn routings_are_ways_of_those_who_follow_them() {
        let plant = trial::plant(
            r#"
            clock: (horizon: "1 d"),
            part_types: {"part": (routing: "all")},
            routings: {"all": (steps: [(at: ["a", "b"]), (at: ["rack"]), (at: ["z"])], then: "out")},
            elements: {
                "in": Source(arrivals: Interarrival("1 min")),
                "a": Station(process_time: "10 s"),
                "b": Station(process_time: "10 s", next: "out"),
                "rack": Buffer(capacity: 3),
                "out": Sink(),
                "z": Station(process_time: "10 s"),
            },
        "#,
        );
        assert_eq!(ways(&plant), [("a", "rack"), ("b", "out"), ("rack", "z"), ("z", "out")]);
        // "z" comes last by name, no element names it, and it is a destination all the same. But "b" sends parts past it.
        let warnings: Vec<&str> = plant.warnings.iter().map(|warning| &*warning.message).collect();
        assert_eq!(warnings, [r#"parts from "b" never come to step "2" of routing "all": it sends them elsewhere"#]);
    }
}
