//! Automated storage and retrieval systems: racks along aisles, each aisle with a crane of its own that stores and retrieves.
//!
//! ```text
//!  gate: a place is kept --> input point --crane--> rack --offer--> gate of what comes next: a place is kept there
//!                                                    |                                |
//!                                                    '------- crane <--- call (haulage) <'
//! ```
//!
//! A part belongs to the store from when it comes in until it is handed out, be it at the input point, in the rack or on a crane; so
//! the places at the gate are those of the rack. What leaves is called for as by vehicles (`floor/haulage.rs`): a crane fetches
//! nothing for which no place is kept. The cranes are elements of their own, as the vehicles of a fleet are, with states, failures
//! and energy; what they do is decided here ([`control`]).

pub(crate) mod audit;
mod control;
mod crane;
mod planning;
mod rack;

use std::collections::{BTreeMap, VecDeque};

use bevy_ecs::component::Component;
use kernel::{Distribution, SimTime, Stream, TimeWeighted};

use self::control::Control;
use self::crane::Crane;
use self::rack::Rack;
use crate::description::{Acceleration, Coordinate, Length, Name, Speed, TimeDistribution, describe};
use crate::element::{At, Door, ElementIndex, ElementKind, GroupMembers, MemberPlan, Streams};
use crate::floor::Floor;
use crate::part::{PartId, PartTypeIndex, RoutingPosition};
use crate::plan::Planner;
use crate::report::{Figures, ratio};

pub use crane::{StorageCrane, StorageCranePlan};

describe! {
    /// Which of the free places of its zone a part is stored in.
    pub enum PlaceRule {
        /// The one that is reached soonest from the input point.
        Nearest,
        /// Any, all with the same chance.
        Random,
    }
}

describe! {
    /// Which of the parts of one type that go the same way is taken out next.
    pub enum RetrievalRule {
        /// The one that was stored first.
        FirstIn,
        /// The one that is brought to the output point soonest.
        Nearest,
    }
}

describe! {
    /// What a crane does in one go.
    pub enum CommandCycle {
        /// It stores or retrieves, whatever was asked for first, and begins and ends at the input and output point.
        Single,
        /// When it has stored and a part waits to be retrieved, it goes from the one place to the other.
        Dual,
    }
}

describe! {
    /// Where a crane waits that has nothing to do.
    pub enum DwellPoint {
        /// Where it has finished.
        Stay,
        /// At the input and output point.
        InputOutput,
    }
}

describe! {
    /// A class of parts and the places that are kept for it.
    pub struct StorageZone {
        /// The part types that are stored there; all that no other zone names unless given.
        part_types: Vec<Name> = Vec::new(),
        /// So many places of each aisle; all that are left, in the last zone, unless given.
        places: Option<u32> = None,
    }
}

describe! {
    /// An automated storage and retrieval system (AS/RS): racks on both sides of aisles, and in each aisle a crane (a
    /// storage/retrieval machine) that stores parts and takes them out.
    ///
    /// A part that comes in has a place of the rack kept for it and waits at the input point until a crane stores it. A stored part
    /// is offered to what comes next, one at a time of each part type and way; when a place is kept for it there, a crane takes it out
    /// and brings it to the output point, where it goes on by itself or is fetched by a vehicle. Whoever takes parts of several types at
    /// places of their own, such as an Assembly, so asks for the types that it lacks.
    ///
    /// A crane travels and lifts at the same time: a move takes the longer of the two times, each a trapezoid of speed. Bay `b` of a
    /// rack, from 1 on, is (b - 1/2) `bay_width` along the aisle, and tier `t` is (t - 1) `tier_height` up.
    ///
    /// Each crane is an element of its own, called after the store: "store/1", "store/2" and so on. What the store says of failures and
    /// energy each of them has. A crane that fails stands still with whatever it carries; `after_repair: Scrap` scraps that.
    ///
    /// The states are those of the cranes: `Processing` while they move, pick up and put down, `Starved` with nothing to do.
    pub struct AutomatedStorage {
        /// How many aisles, each with a crane.
        aisles: u32 = 1,
        /// On how many sides of an aisle there is a rack: 1 or 2.
        sides: u32 = 2,
        /// Bays (columns) of a rack.
        bays: u32,
        /// Tiers (levels) of a rack.
        tiers: u32,
        /// How wide a bay is.
        bay_width: Length,
        /// How high a tier is.
        tier_height: Length,
        /// Where the input and output point is along the aisle, from the beginning of the rack.
        input_along: Coordinate = Coordinate::ZERO,
        /// How high the input and output point is above the lowest tier.
        input_up: Coordinate = Coordinate::ZERO,
        /// How fast cranes travel along the aisle.
        travel_speed: Speed,
        /// How fast they get faster and slower along the aisle; they have their speed at once unless given.
        travel_acceleration: Option<Acceleration> = None,
        /// How fast they lift and lower.
        lift_speed: Speed,
        /// How fast they get faster and slower when they lift and lower; they have their speed at once unless given.
        lift_acceleration: Option<Acceleration> = None,
        /// Time to pick a part up or put it down, each (a fork cycle); none unless given. From the stream "transfer_time".
        transfer_time: Option<TimeDistribution> = None,
        /// Which free place a part is stored in.
        place: PlaceRule = PlaceRule::Nearest,
        /// Which part is taken out.
        retrieval: RetrievalRule = RetrievalRule::FirstIn,
        /// What a crane does in one go.
        command_cycle: CommandCycle = CommandCycle::Dual,
        /// Where a crane waits.
        dwell_point: DwellPoint = DwellPoint::Stay,
        /// Classes of parts, each with places of its own: the first has the nearest places, the next has the nearest of the others and so
        /// on. Two or three are class-based (ABC) storage, one for each part type is dedicated storage. All parts share all places unless
        /// given.
        zones: Vec<StorageZone> = Vec::new(),
        /// Where parts go; without it they follow their routing.
        next: Option<Name> = None,
    }
}

/// A store resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct AutomatedStoragePlan {
    aisles: u32,
    rack: Rack,
    /// The places of each zone in an aisle, by their ranks: from, to.
    zones: Vec<(u32, u32)>,
    /// The zone of each part type.
    zone_of: Vec<Option<usize>>,
    transfer_time: Option<Distribution>,
    place: PlaceRule,
    retrieval: RetrievalRule,
    command_cycle: CommandCycle,
    dwell_point: DwellPoint,
    next: Option<ElementIndex>,
}

impl AutomatedStoragePlan {
    /// How many lines of parts to be fetched it keeps: those called for at this instant, and those of each aisle.
    pub(crate) fn lines(&self) -> usize {
        1 + self.aisles as usize
    }

    fn places(&self) -> u64 {
        u64::from(self.aisles) * self.rack.places() as u64
    }

    fn zone_of(&self, part_type: PartTypeIndex) -> usize {
        self.zone_of.get(part_type.index()).copied().flatten().unwrap_or(0)
    }

    /// The number of the list of free places of a zone in an aisle.
    fn list(&self, zone: usize, aisle: usize) -> usize {
        zone * self.aisles as usize + aisle
    }

    /// The list of free places to which a place of an aisle belongs.
    fn list_of_place(&self, aisle: usize, rank: u32) -> usize {
        let zone = self.zones.iter().position(|(from, to)| (*from..*to).contains(&rank)).unwrap_or(0);
        self.list(zone, aisle)
    }
}

/// A part in the rack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stored {
    aisle: u32,
    /// The place, by its rank in the aisle: the nearest first.
    rank: u32,
    since: SimTime,
}
kernel::persist!(struct Stored { aisle, rank, since });

/// Parts of one type that go the same way and are not called for yet, in the order in which they are taken out.
#[derive(Debug, Clone, PartialEq, Default)]
struct Line {
    parts: VecDeque<(i64, PartId)>,
    /// The one on offer.
    offered: Option<PartId>,
}
kernel::persist!(struct Line { parts, offered });

/// What a run changes at a store.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct AutomatedStorageState {
    place: Stream,
    transfer: Stream,
    /// Free places by zone and aisle, the farthest first.
    free: Vec<Vec<u32>>,
    /// At the input point, first come first.
    waiting: VecDeque<PartId>,
    stored: BTreeMap<PartId, Stored>,
    lines: BTreeMap<(PartTypeIndex, Option<RoutingPosition>), Line>,
    /// At the output point, for a vehicle to fetch.
    handed_out: BTreeMap<PartId, PartTypeIndex>,
    cranes: Vec<Crane>,
    fill: TimeWeighted,
    /// Parts taken out of the rack since the end of the warm-up, and how long they had been there.
    retrieved: u64,
    stored_total: i128,
}
kernel::persist!(struct AutomatedStorageState { place, transfer, free, waiting, stored, lines, handed_out, cranes, fill, retrieved, stored_total });

impl ElementKind for AutomatedStorage {
    const NAME: &'static str = "AutomatedStorage";
    const EXAMPLE: &'static str = r#"AutomatedStorage(
    aisles: 2,
    bays: 40,
    tiers: 8,
    bay_width: "1.4 m",
    tier_height: "1.8 m",
    travel_speed: "2.5 m/s",
    travel_acceleration: "0.5 m/s^2",
    lift_speed: "0.6 m/s",
    lift_acceleration: "0.4 m/s^2",
    transfer_time: "8 s",
    zones: [(part_types: ["fast mover"], places: 160), ()],
    failures: [(time_to_failure: Exponential("90 h"), time_to_repair: Exponential("1 h"))],
    next: "picking",
)"#;
    const FACETS: &'static [&'static str] = &["failures", "energy"];
    const WORKS: bool = false;
    type Plan = AutomatedStoragePlan;
    type State = AutomatedStorageState;

    fn plan(&self, planner: &mut Planner<'_>) -> AutomatedStoragePlan {
        let aisles = planner.at_least_one(self.aisles, "aisles").min(kernel::limits::GROUP_TOOLS);
        let rack = self.plan_rack(planner);
        let (zones, zone_of) = self.plan_zones(rack.places() as u32, planner);
        AutomatedStoragePlan {
            aisles,
            rack,
            zones,
            zone_of,
            transfer_time: self.transfer_time.as_ref().map(|time| time.distribution().clone()),
            place: self.place.clone(),
            retrieval: self.retrieval.clone(),
            command_cycle: self.command_cycle.clone(),
            dwell_point: self.dwell_point.clone(),
            next: self.next.as_ref().map(|next| planner.destination(next)),
        }
    }

    fn members(&self) -> Option<GroupMembers> {
        let count = self.aisles.clamp(1, kernel::limits::GROUP_TOOLS);
        Some(GroupMembers { count, kind: StorageCrane::NAME, are_studied: false })
    }

    fn plan_member(&self, _plan: &AutomatedStoragePlan, planner: &mut Planner<'_>) -> Option<MemberPlan> {
        Some(MemberPlan::of::<StorageCrane>(StorageCranePlan { store: planner.group()? }))
    }

    fn follows_routings(plan: &AutomatedStoragePlan) -> bool {
        plan.next.is_none()
    }

    fn door(plan: &AutomatedStoragePlan) -> Door {
        let room = |(from, to): &(u32, u32)| (to - from) * plan.aisles;
        match &plan.zones[..] {
            [all] if plan.zone_of.is_empty() => Door::Places(room(all)),
            zones => Door::PlacesByType { rooms: zones.iter().map(room).collect(), gate_of: plan.zone_of.clone() },
        }
    }

    fn begin(plan: &AutomatedStoragePlan, streams: &Streams<'_>) -> AutomatedStorageState {
        let zones = plan.zones.iter().flat_map(|zone| std::iter::repeat_n(*zone, plan.aisles as usize));
        AutomatedStorageState {
            place: streams.stream("place"),
            transfer: streams.stream("transfer_time"),
            free: zones.map(|(from, to)| (from..to).rev().collect()).collect(),
            waiting: VecDeque::new(),
            stored: BTreeMap::new(),
            lines: BTreeMap::new(),
            handed_out: BTreeMap::new(),
            cranes: vec![Crane::at(plan.rack.input); plan.aisles as usize],
            fill: TimeWeighted::new(SimTime::ZERO, 0),
            retrieved: 0,
            stored_total: 0,
        }
    }

    fn can_follow(plan: &AutomatedStoragePlan, before: &AutomatedStoragePlan) -> Result<(), String> {
        let AutomatedStoragePlan { transfer_time, place, command_cycle, dwell_point, .. } = before.clone();
        if (AutomatedStoragePlan { transfer_time, place, command_cycle, dwell_point, ..plan.clone() }) == *before {
            return Ok(());
        }
        Err("of a store only `transfer_time`, `place`, `command_cycle` and `dwell_point` can change during a run"
            .to_owned())
    }

    fn fits(plan: &AutomatedStoragePlan, state: &AutomatedStorageState) -> bool {
        let is_place = |rank: u32| (rank as usize) < plan.rack.places();
        state.free.len() == plan.zones.len() * plan.aisles as usize
            && state.free.iter().flatten().all(|rank| is_place(*rank))
            && state.stored.values().all(|stored| stored.aisle < plan.aisles && is_place(stored.rank))
            && state.cranes.len() == plan.aisles as usize
            && state.cranes.iter().all(|crane| is_place(crane.rank) && crane.fits())
    }

    /// What is in the plant from the beginning is in the rack; all else comes to the input point.
    fn arrive(at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        Control::with(at, floor, |control| control.take_in(part));
    }

    /// A vehicle has loaded what was handed out.
    fn departed(at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        if let Some(part_type) = at.state.handed_out.remove(&part) {
            floor.free_place(at.me, part_type);
        }
    }

    /// The timers of a store are the numbers of its cranes.
    fn timer(at: At<'_, Self>, floor: &mut Floor<'_>, timer: u32) {
        Control::with(at, floor, |control| control.done(timer as usize));
    }

    /// A crane stands still, or goes on.
    fn observe(at: At<'_, Self>, floor: &mut Floor<'_>, watched: ElementIndex) {
        Control::with(at, floor, |control| control.look_at(watched));
    }

    /// What a crane carries is scrapped: the ticket is its number.
    fn granted(at: At<'_, Self>, floor: &mut Floor<'_>, ticket: u32) {
        Control::with(at, floor, |control| control.scrap_load(ticket as usize));
    }

    fn dispatch(at: At<'_, Self>, floor: &mut Floor<'_>) {
        Control::with(at, floor, |control| control.choose());
    }

    fn reset_statistics(at: At<'_, Self>, now: SimTime) {
        at.state.fill.reset(now);
        (at.state.retrieved, at.state.stored_total) = (0, 0);
        for crane in &mut at.state.cranes {
            crane.reset_statistics();
        }
    }

    fn figures(plan: &AutomatedStoragePlan, state: &AutomatedStorageState, figures: &mut Figures<'_>) {
        let cycles: u64 = state.cranes.iter().map(|crane| crane.cycles).sum();
        let duals: u64 = state.cranes.iter().map(|crane| crane.dual_cycles).sum();
        let cycle_total: i128 = state.cranes.iter().map(|crane| crane.cycle_total).sum();
        let hours = (figures.now() - state.fill.start()).as_seconds_f64() / 3600.0;
        let (fill, storage_s) = (state.fill.mean(figures.now()), state.stored_total as f64 / 1e9);
        figures.number("places", plan.places() as f64);
        figures.number("fill", ratio(fill, plan.places() as f64));
        figures.number("highest fill", ratio(state.fill.maximum() as f64, plan.places() as f64));
        figures.number("crane use", figures.share_of_members_at_work());
        figures.number("command cycles", cycles as f64);
        figures.number("dual cycles", ratio(duals as f64, cycles as f64));
        figures.quantity("cycles an hour", ratio(cycles as f64, hours), "1/h");
        figures.quantity("mean cycle time", ratio(cycle_total as f64 / 1e9, cycles as f64), "s");
        figures.quantity("mean storage time", ratio(storage_s, state.retrieved as f64), "s");
    }
}
