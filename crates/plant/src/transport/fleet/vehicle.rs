//! One vehicle: what it is out for and where it is; and the element that stands for it.

use std::collections::VecDeque;

use kernel::SimTime;

use super::FleetPlan;
use super::battery::Charge;
use crate::element::{At, ElementIndex};
use crate::floor::Floor;
use crate::transport::activity::ActivityClock;
use crate::transport::course::Course;
use crate::transport::member::tells_its_group;
use crate::transport::paths::Network;
use crate::transport::paths::ways::Leg;
use crate::transport::stint::Stint;

/// What a vehicle is out for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Errand {
    /// Nothing: it may be on its way to where it waits.
    Idle,
    /// It is on its way to what it was called for.
    Fetch,
    Load,
    /// It is on its way to a destination of what it carries.
    Deliver,
    Unload,
    /// It is on its way to a charger.
    ToCharge,
    Charge,
}
kernel::persist!(enum Errand { 0 => Idle, 1 => Fetch, 2 => Load, 3 => Deliver, 4 => Unload, 5 => ToCharge, 6 => Charge });

/// A node that a vehicle has left and is not yet clear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Behind {
    pub node: u32,
    /// Where it will be clear, on the straight line from the beginning of the leg on which it is.
    pub clear_nm: i64,
}
kernel::persist!(struct Behind { node, clear_nm });

/// What a run changes at one vehicle.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Vehicle {
    pub errand: Errand,
    /// The node where it stands, or from which it set out.
    pub node: u32,
    /// The node to which it is to go.
    pub goal: Option<u32>,
    /// Where it goes on to from its goal, if it has turned aside to there for others.
    pub then: Option<u32>,
    /// How often it has turned aside since it last was where it was to go.
    pub turns_aside: u32,
    /// The legs that it holds and has not driven yet, on the first of which it is; none while it stands at a node.
    pub way: VecDeque<Leg>,
    /// Where it is on that, and how fast.
    pub course: Course,
    /// The nodes that it still holds behind it, in the order in which it comes clear of them.
    pub behind: VecDeque<Behind>,
    /// Whether it drives as one that is loaded does.
    pub drives_loaded: bool,
    /// Whether it is at the end of its leg, behind another vehicle.
    pub queues: bool,
    /// Whether it is bound to stop at the end of what it holds, though that is not its goal.
    pub is_to_stop: bool,
    /// The clock of what it does.
    pub stint: Stint,
    /// The station to which it has gone before anything was ready there.
    pub ahead_of: Option<ElementIndex>,
    pub charge: Option<Charge>,
    pub clock: ActivityClock,
    /// What the clock shows but for failures.
    pub activity: crate::transport::activity::Activity,
    /// Distance driven since the end of the warm-up, in nanometres.
    pub driven_nm: i128,
    /// Parts unloaded since the end of the warm-up.
    pub carried: u64,
}
kernel::persist!(struct Vehicle { errand, node, goal, then, turns_aside, way, course, behind, drives_loaded, queues, is_to_stop, stint, ahead_of, charge, clock, activity, driven_nm, carried });

impl Vehicle {
    pub(super) fn new(plan: &FleetPlan) -> Self {
        Vehicle {
            errand: Errand::Idle,
            node: 0,
            goal: None,
            then: None,
            turns_aside: 0,
            way: VecDeque::new(),
            course: Course::default(),
            behind: VecDeque::new(),
            drives_loaded: false,
            queues: false,
            is_to_stop: false,
            stint: Stint::default(),
            ahead_of: None,
            charge: plan.battery.as_ref().map(Charge::full),
            clock: ActivityClock::default(),
            activity: crate::transport::activity::Activity::default(),
            driven_nm: 0,
            carried: 0,
        }
    }

    /// It is to go there from now on, whatever it had turned aside from.
    pub(super) fn head_for(&mut self, goal: Option<u32>) {
        (self.goal, self.then) = (goal, None);
    }

    /// The node where it is, or at the end of what it holds.
    #[inline]
    pub(super) fn next_stop(&self) -> u32 {
        self.way.back().map_or(self.node, |leg| leg.to)
    }

    /// Whether it is on the way, and not at a node.
    #[inline]
    pub(super) fn is_under_way(&self) -> bool {
        !self.way.is_empty()
    }

    /// Whether it stands at a node and has nothing to go to.
    pub(super) fn is_at_rest(&self) -> bool {
        !self.is_under_way() && self.goal.is_none_or(|goal| goal == self.node)
    }

    /// Whether a state that was read is on the nodes and segments of `network`.
    pub(super) fn is_on(&self, network: &Network) -> bool {
        let is_node = |node: u32| (node as usize) < network.nodes.len();
        let length_nm = |leg: &Leg| {
            let segment = network.segments.get(leg.segment as usize)?;
            let to = if leg.forward { segment.to } else { segment.from };
            (leg.to == to).then_some(segment.length.as_nanometres())
        };
        is_node(self.node)
            && self.goal.into_iter().chain(self.then).all(is_node)
            && self.behind.iter().all(|behind| is_node(behind.node))
            && self.way.iter().all(|leg| length_nm(leg).is_some())
            && self.way.front().and_then(length_nm).is_none_or(|length_nm| self.course.at_nm <= length_nm)
    }

    /// Whether a state that was read can be of this fleet.
    pub(super) fn fits(&self, plan: &FleetPlan) -> bool {
        let charge_fits = match (&self.charge, &plan.battery) {
            (Some(charge), Some(battery)) => charge.fits(battery),
            (None, None) => true,
            _ => false,
        };
        let course_fits = self.course.at_nm >= 0
            && (0.0..=1e9).contains(&self.course.speed)
            && self.behind.iter().all(|behind| behind.clear_nm >= 0)
            && self.behind.iter().is_sorted_by_key(|behind| behind.clear_nm);
        charge_fits && course_fits && self.stint.fits()
    }

    pub(super) fn reset_statistics(&mut self, now: SimTime, plan: &FleetPlan) {
        self.clock.reset(now);
        self.driven_nm = 0;
        self.carried = 0;
        if let (Some(charge), Some(battery)) = (&mut self.charge, &plan.battery) {
            charge.reset_statistics(now, battery);
        }
    }
}

tells_its_group! {
    /// A vehicle of a fleet.
    FleetVehicle called "Vehicle": VehiclePlan { fleet: super::Fleet }, VehicleState,
    scrap: |at: &At<'_, FleetVehicle>, floor: &mut Floor<'_>| floor.scrap_load(at.me)
}
