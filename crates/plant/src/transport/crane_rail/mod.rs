//! Cranes and hoists on one rail, which cannot pass each other.
//!
//! ```text
//!  haulage (floor): what waits at which stop --> control: which crane fetches what --> crane: errand, stop
//!                                                                                        |
//!                          right_of_way: how far each may go <-- by the age of errands --'
//!                                   |
//!                          track: sets out when it comes too near to nobody all the way
//! ```
//!
//! Cranes are elements of their own, which come into being with their rail as vehicles do with their fleet, and fetch what is called
//! for by the same mechanism (`floor/haulage.rs`).

pub(crate) mod audit;
mod control;
mod crane;
mod right_of_way;
mod track;

use bevy_ecs::component::Component;
use kernel::{Distribution, SimTime, Stream};

use self::control::Control;
use self::crane::Crane;
use super::activity::{Activity, Sums};
use super::course::Ramps;
use crate::codes;
use crate::description::{Acceleration, Coordinate, Length, Map, Speed, TimeDistribution, describe};
use crate::element::{At, Door, ElementIndex, ElementKind, GroupMembers, MemberPlan, Streams};
use crate::floor::Floor;
use crate::plan::Planner;
use crate::report::{ElementReport, Figure, Figures, ratio};

pub use crane::{RailCrane, RailCranePlan};

describe! {
    /// Which crane fetches what. In any case what is more urgent comes first, and of several cranes that reach both stops the one
    /// goes that has the shortest way.
    pub enum CraneDispatching {
        /// A crane that comes free fetches the part to which it has the shortest way.
        Nearest,
        /// A crane that comes free fetches the part that has waited longest.
        LongestWaiting,
    }
}

describe! {
    /// Cranes or hoists on one rail, which cannot pass each other: gantry cranes of a bay, the hoists of an electroplating line.
    ///
    /// Elements stand at stops along the rail. A part that goes from one of them to another waits in its old place, which shows as
    /// `WaitingForTransport`, until a crane has picked it up. It is called for when its destination has a place for it, which is kept for
    /// it from then on, so that a crane never waits with a part for which there is no room. From and to elements that stand
    /// nowhere along the rail parts go by themselves, or as vehicles and other rails take them.
    ///
    /// Each crane is an element of its own, called after the rail: "hoists/1", "hoists/2" and so on, in their order along it.
    /// What the rail says of failures and energy each of them has. A crane carries one part at a time.
    ///
    /// Two that want past each other are ordered by their errands: the one that was called first goes where it has to, and
    /// the others make way as far as they must, loaded or not; those with nothing to do make way for all. What a crane has begun,
    /// a move or picking up and putting down, it finishes first. So nobody waits for ever. A crane sets out when it will be nearer than
    /// `clearance` to no other at any moment, whatever those do just now.
    ///
    /// A crane that fails stops at once where it is, and so do those that would come too near to it.
    ///
    /// States of a crane: `Processing` while it moves, picks up and puts down, `Blocked` while it waits for another crane to make
    /// way, `Starved` with nothing to do.
    pub struct CraneRail {
        /// Where elements stand along the rail, by their names.
        stops: Map<Coordinate>,
        /// How many cranes.
        cranes: u32 = 1,
        /// Where they begin, in their order along the rail; spread evenly from the first stop to the last unless given.
        start: Vec<Coordinate> = Vec::new(),
        /// Where the rail begins; so far before the first stop that all other cranes find room there unless given.
        from: Option<Coordinate> = None,
        /// Where the rail ends; so far behind the last stop that all other cranes find room there unless given.
        to: Option<Coordinate> = None,
        /// Least distance of two cranes, from middle to middle.
        clearance: Length = Length::ZERO,
        /// How fast they move along the rail.
        speed: Speed,
        /// How fast they get faster and slower; they have their speed at once unless given.
        acceleration: Option<Acceleration> = None,
        /// Time to pick a part up, lowering and hoisting included; none unless given. From the stream "pick_time".
        pick_time: Option<TimeDistribution> = None,
        /// Time to put a part down, lowering and hoisting included; none unless given. From the stream "drop_time".
        drop_time: Option<TimeDistribution> = None,
        /// Which crane fetches what.
        dispatching: CraneDispatching = CraneDispatching::Nearest,
    }
}

/// A rail resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct CraneRailPlan {
    /// The elements at stops and where those are, in nanometres, in the order along the rail.
    pub(crate) stops: Vec<(ElementIndex, i64)>,
    /// Where each crane begins.
    start_nm: Vec<i64>,
    /// From where to where the rail leads.
    reach_nm: (i64, i64),
    clearance_nm: i64,
    speed: Speed,
    /// `None` if cranes have their speed at once.
    ramps: Option<Ramps>,
    pick_time: Option<Distribution>,
    drop_time: Option<Distribution>,
    dispatching: CraneDispatching,
}

impl CraneRailPlan {
    fn cranes(&self) -> usize {
        self.start_nm.len()
    }

    /// From where to where a crane can go: the others have to find room on either side.
    fn reach_of(&self, crane: usize) -> (i64, i64) {
        let room = |cranes: usize| self.clearance_nm.saturating_mul(cranes as i64);
        let behind = self.cranes().saturating_sub(crane + 1);
        (self.reach_nm.0.saturating_add(room(crane)), self.reach_nm.1.saturating_sub(room(behind)))
    }

    fn reaches(&self, crane: usize, at_nm: i64) -> bool {
        let (from, to) = self.reach_of(crane);
        (from..=to).contains(&at_nm)
    }

    /// Whether there is a crane that reaches both places.
    pub(crate) fn can_any_carry(&self, from_nm: i64, to_nm: i64) -> bool {
        (0..self.cranes()).any(|crane| self.reaches(crane, from_nm) && self.reaches(crane, to_nm))
    }
}

/// What a run changes at a rail.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct CraneRailState {
    cranes: Vec<Crane>,
    /// Calls so far: the number of the next, by which errands are ordered.
    calls: u64,
    pick: Stream,
    drop: Stream,
    /// Parts picked up since the end of the warm-up, and how long they had waited since they were called for.
    fetched: u64,
    waited_total: i128,
}
kernel::persist!(struct CraneRailState { cranes, calls, pick, drop, fetched, waited_total });

impl CraneRailState {
    /// Gives the cranes their figures, which only their rail knows. `elements` are in the order of the model.
    pub(crate) fn add_to_cranes(&self, cranes: &[ElementIndex], now: SimTime, elements: &mut [ElementReport]) {
        for (element, crane) in cranes.iter().zip(&self.cranes) {
            elements[element.index()].figures = figures_of(std::iter::once(crane), now);
        }
    }
}

/// What some cranes did; they do not charge.
fn figures_of<'c>(cranes: impl Iterator<Item = &'c Crane>, now: SimTime) -> Vec<Figure> {
    let sums = cranes.fold(Sums::default(), |sums, crane| sums.plus(&crane.clock, crane.driven_nm, crane.carried, now));
    let charging = Activity::ALL.iter().find(|(activity, _)| *activity == Activity::Charging).map(|(_, name)| *name);
    sums.figures().into_iter().filter(|figure| Some(figure.name) != charging).collect()
}

impl ElementKind for CraneRail {
    const NAME: &'static str = "CraneRail";
    const EXAMPLE: &'static str = r#"CraneRail(
    stops: {"loading": "0 m", "furnace": "8 m", "quench": "12 m"},
    cranes: 2,
    clearance: "2 m",
    speed: "1 m/s",
    acceleration: "0.4 m/s^2",
    pick_time: "12 s",
    drop_time: "10 s",
    failures: [(time_to_failure: Exponential("60 h"), time_to_repair: Exponential("30 min"))],
)"#;
    const FACETS: &'static [&'static str] = &["failures", "energy"];
    const TAKES_PARTS: bool = false;
    type Plan = CraneRailPlan;
    type State = CraneRailState;

    fn plan(&self, planner: &mut Planner<'_>) -> CraneRailPlan {
        let most = kernel::limits::GROUP_TOOLS;
        if self.cranes > most {
            let message = format!("`cranes` of this element is {}", self.cranes);
            contradict(planner, "cranes", message, &format!("there may be {most} at most"), "take several rails");
        }
        let cranes = planner.at_least_one(self.cranes, "cranes").min(most) as usize;
        if self.stops.is_empty() {
            let message = "nothing stands along the rail".to_owned();
            contradict(
                planner,
                "stops",
                message,
                "expected elements with their places",
                "name an element and where it is",
            );
        }
        if self.speed <= Speed::ZERO {
            let message = "`speed` of this element is 0".to_owned();
            contradict(planner, "speed", message, "cranes have to get on", "give a speed above 0");
        }
        if self.acceleration.is_some_and(|acceleration| acceleration <= Acceleration::ZERO) {
            let message = "`acceleration` of this element is 0".to_owned();
            let help = "give one above 0, or leave it out: then cranes have their speed at once";
            contradict(planner, "acceleration", message, "cranes would never reach their speed", help);
        }
        let mut stops: Vec<(ElementIndex, i64)> =
            self.stops.iter().map(|(name, at)| (planner.element(name), at.as_nanometres())).collect();
        stops.sort_unstable_by_key(|(element, at_nm)| (*at_nm, *element));
        let (first, last) = (stops.first().map_or(0, |stop| stop.1), stops.last().map_or(0, |stop| stop.1));
        let clearance_nm = self.clearance.as_nanometres();
        let room = clearance_nm.saturating_mul(cranes as i64 - 1);
        let end = |given: Option<Coordinate>, otherwise: i64| given.map_or(otherwise, Coordinate::as_nanometres);
        let time = |time: &Option<TimeDistribution>| time.as_ref().map(|time| time.distribution().clone());
        let plan = CraneRailPlan {
            start_nm: self.start_nm(cranes, first, last),
            stops,
            reach_nm: (end(self.from, first.saturating_sub(room)), end(self.to, last.saturating_add(room))),
            clearance_nm,
            speed: self.speed.max(Speed::from_nanometres_per_second(1)),
            ramps: self.acceleration.map(|acceleration| Ramps::new(acceleration, acceleration)),
            pick_time: time(&self.pick_time),
            drop_time: time(&self.drop_time),
            dispatching: self.dispatching.clone(),
        };
        self.check_places(&plan, planner);
        plan
    }

    fn members(&self) -> Option<GroupMembers> {
        let count = self.cranes.clamp(1, kernel::limits::GROUP_TOOLS);
        Some(GroupMembers { count, kind: RailCrane::NAME, are_studied: false })
    }

    fn plan_member(&self, _plan: &CraneRailPlan, planner: &mut Planner<'_>) -> Option<MemberPlan> {
        Some(MemberPlan::of::<RailCrane>(RailCranePlan { rail: planner.group()? }))
    }

    fn door(_plan: &CraneRailPlan) -> Door {
        Door::Closed
    }

    fn begin(plan: &CraneRailPlan, streams: &Streams<'_>) -> CraneRailState {
        CraneRailState {
            cranes: plan.start_nm.iter().map(|start_nm| Crane::at(*start_nm)).collect(),
            calls: 0,
            pick: streams.stream("pick_time"),
            drop: streams.stream("drop_time"),
            fetched: 0,
            waited_total: 0,
        }
    }

    fn can_follow(plan: &CraneRailPlan, before: &CraneRailPlan) -> Result<(), String> {
        let CraneRailPlan { pick_time, drop_time, dispatching, .. } = before.clone();
        if (CraneRailPlan { pick_time, drop_time, dispatching, ..plan.clone() }) == *before {
            return Ok(());
        }
        Err("of a rail only `pick_time`, `drop_time` and `dispatching` can change during a run".to_owned())
    }

    fn fits(plan: &CraneRailPlan, state: &CraneRailState) -> bool {
        state.cranes.len() == plan.cranes() && state.cranes.iter().all(|crane| crane.fits(plan))
    }

    /// The timers of a rail are the numbers of its cranes.
    fn timer(at: At<'_, Self>, floor: &mut Floor<'_>, timer: u32) {
        Control::with(at, floor, |control| control.done(timer as usize));
    }

    /// A crane stands still or goes on, or has nothing to fetch any more.
    fn observe(at: At<'_, Self>, floor: &mut Floor<'_>, watched: ElementIndex) {
        Control::with(at, floor, |control| control.look_at(watched));
    }

    fn dispatch(at: At<'_, Self>, floor: &mut Floor<'_>) {
        Control::with(at, floor, |control| control.choose());
    }

    fn reset_statistics(at: At<'_, Self>, now: SimTime) {
        (at.state.fetched, at.state.waited_total) = (0, 0);
        for crane in &mut at.state.cranes {
            crane.reset_statistics(now);
        }
    }

    fn figures(plan: &CraneRailPlan, state: &CraneRailState, figures: &mut Figures<'_>) {
        figures.number("cranes", plan.cranes() as f64);
        let now = figures.now();
        for Figure { name, value, unit } in figures_of(state.cranes.iter(), now) {
            figures.quantity(name, value, unit);
        }
        let waited_s = ratio(state.waited_total as f64 / 1e9, state.fetched as f64);
        figures.quantity("mean wait for transport", waited_s, "s");
    }
}

fn contradict(planner: &mut Planner<'_>, field: &str, message: String, label: &str, help: &str) {
    let origin = planner.origin_of(field);
    planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
}

impl CraneRail {
    /// Where the cranes begin, if their stops lie from `first` to `last`.
    fn start_nm(&self, cranes: usize, first: i64, last: i64) -> Vec<i64> {
        let given = self.start.iter().map(|at| at.as_nanometres());
        let between = |crane: usize| {
            let share = i128::from(last - first) * crane as i128 / (cranes as i128 - 1).max(1);
            first + share as i64
        };
        given.chain((self.start.len()..cranes).map(between)).take(cranes).collect()
    }

    /// Checks that all cranes have room where they begin.
    fn check_places(&self, plan: &CraneRailPlan, planner: &mut Planner<'_>) {
        if !self.start.is_empty() && self.start.len() != plan.cranes() {
            let message = format!("{} places to begin for {} cranes", self.start.len(), plan.cranes());
            contradict(planner, "start", message, "expected one for each crane", "name as many, or leave `start` out");
        }
        let metres = |nanometres: i64| nanometres as f64 / 1e9;
        let too_near = plan.start_nm.array_windows().position(|[one, other]| other - one < plan.clearance_nm);
        if let Some(crane) = too_near {
            let message = format!(
                "cranes {} and {} begin at {} m and {} m",
                crane + 1,
                crane + 2,
                metres(plan.start_nm[crane]),
                metres(plan.start_nm[crane + 1])
            );
            let label = format!("expected them in their order, {} m or more apart", metres(plan.clearance_nm));
            let help = "say in `start` where they have room, or take fewer cranes";
            return contradict(planner, "start", message, &label, help);
        }
        let outside = (0..plan.cranes()).find(|crane| !plan.reaches(*crane, plan.start_nm[*crane]));
        if let Some(crane) = outside {
            let (from, to) = plan.reach_of(crane);
            let message = format!("crane {} begins at {} m", crane + 1, metres(plan.start_nm[crane]));
            let label = format!("with room for the others it can be from {} m to {} m", metres(from), metres(to));
            contradict(
                planner,
                "start",
                message,
                &label,
                "let it begin elsewhere, or give the rail another `from` and `to`",
            );
        }
    }
}
