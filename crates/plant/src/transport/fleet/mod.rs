//! Fleets: vehicles that carry parts over a path network.
//!
//! ```text
//!  haulage (floor): what waits where --> choice: which vehicle fetches what --> vehicle: errand, goal
//!                                                                                 |        ^
//!                       traffic (floor): a stretch is free <--> drive: stretch after stretch
//! ```
//!
//! The vehicles are elements of their own, which come into being with the fleet, as the tools of a group do: each has states,
//! failures and energy of its own, and parts on it are there. What they do is decided by the fleet ([`control`]): a vehicle only
//! tells its fleet when it begins or ceases to stand still.

pub(crate) mod aside;
mod audit;
mod battery;
mod choice;
mod control;
mod drive;
mod figures;
mod haul;
mod vehicle;

use bevy_ecs::component::Component;
use kernel::{Distribution, Stream};

use self::battery::{Battery, BatteryPlan};
use self::control::Control;
use self::vehicle::{Vehicle, VehiclePlan};
use crate::codes;
use crate::description::{Acceleration, Label, Length, Name, Speed, TimeDistribution, describe};
use crate::element::{At, Door, ElementIndex, ElementKind, GroupMembers, MemberPlan, Streams};
use crate::floor::Floor;
use crate::part::PartTypeIndex;
use crate::plan::Planner;
use crate::report::Figures;
use crate::transport::course::Ramps;
use crate::transport::paths::{Footprint, Network, PathNetwork};

pub(crate) use figures::add_to_vehicles;
pub use vehicle::{FleetVehicle, VehiclePlan as FleetVehiclePlan};

describe! {
    /// Which vehicle fetches what. In any case what is more urgent comes first, and of several vehicles that are free the one goes
    /// that is there first (counted from where it can stop next).
    pub enum VehicleDispatching {
        /// A vehicle that comes free fetches the part to which it has the shortest way, by time.
        Nearest,
        /// A vehicle that comes free fetches the part that has waited longest.
        LongestWaiting,
        /// As `Nearest`. Besides, a vehicle with nothing to do goes to where a station will be done next with a part to be
        /// fetched, one to each, and waits there.
        LookAhead,
    }
}

describe! {
    /// Vehicles that carry parts over the ways of a [PathNetwork](#pathnetwork): guided vehicles, mobile robots, forklift trucks.
    ///
    /// Each vehicle is an element of its own, called after the fleet: "agv/1", "agv/2" and so on. What the fleet says of failures
    /// and energy each of them has. A vehicle that fails stops at once where it is, and whoever is behind it waits.
    ///
    /// A vehicle loads what it was called for and, while it has room, whatever else waits at that node; then it goes
    /// round the destinations, the nearest first, and only when it is empty is it free again. A part leaves its old place when it
    /// is loaded and comes to the new one when it is unloaded.
    ///
    /// States of a vehicle: `Processing` while it drives, loads and unloads, `Blocked` while it waits for the way,
    /// `PlannedMaintenance` while it charges, `Starved` with nothing to do. The figures say more: driving empty and loaded, handling,
    /// distance, parts carried, and how long parts waited to be loaded.
    pub struct Fleet {
        /// The network on which they drive.
        network: Name,
        /// How many vehicles.
        vehicles: u32,
        /// The nodes where they begin, in turn.
        start: Vec<Label>,
        /// How fast they drive.
        speed: Speed,
        /// How fast they drive loaded; as when empty unless given.
        loaded_speed: Option<Speed> = None,
        /// How fast they get faster; they have their speed at once unless given. With it a vehicle asks for more of its way a braking
        /// distance before the end of what it holds, and if others hold that it brakes and stops there.
        acceleration: Option<Acceleration> = None,
        /// How fast they get slower; as fast as faster unless given.
        braking: Option<Acceleration> = None,
        /// How long they are, load and all. Points unless given.
        length: Length = Length::ZERO,
        /// How wide they are, load and all.
        width: Length = Length::ZERO,
        /// Time to load one part; none unless given.
        load_time: Option<TimeDistribution> = None,
        /// Time to unload one part; none unless given.
        unload_time: Option<TimeDistribution> = None,
        /// Most parts on a vehicle at once.
        capacity: u32 = 1,
        /// Which vehicle fetches what.
        dispatching: VehicleDispatching = VehicleDispatching::Nearest,
        /// The part types that it carries; all that no other fleet on the network names unless given. What a `Batch` has packed is of
        /// the type of its `container`.
        carries: Vec<Name> = Vec::new(),
        /// Nodes to which vehicles go that have nothing to do, each to the nearest with room. Without any they stay where they are,
        /// until they are in somebody's way: then they go on to the nearest node that is free.
        parking: Vec<Label> = Vec::new(),
        /// What they draw their power from, if they have to charge.
        battery: Option<Battery> = None,
    }
}

/// A fleet resolved, but for the nodes that it names: those are known when its network is
/// ([`FleetInfo`](crate::transport::paths::FleetInfo)).
#[derive(Debug, Clone, PartialEq)]
pub struct FleetPlan {
    pub(crate) network: ElementIndex,
    pub(crate) vehicles: u32,
    pub(crate) start: Vec<Label>,
    pub(crate) parking: Vec<Label>,
    pub(crate) speed: Speed,
    pub(crate) loaded_speed: Speed,
    pub(crate) carries: Vec<PartTypeIndex>,
    pub(crate) capacity: u32,
    pub(crate) battery: Option<BatteryPlan>,
    pub(crate) footprint: Footprint,
    /// `None` if vehicles have their speed at once.
    ramps: Option<Ramps>,
    load_time: Option<Distribution>,
    unload_time: Option<Distribution>,
    dispatching: VehicleDispatching,
}

/// What a run changes at a fleet.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct FleetState {
    vehicles: Vec<Vehicle>,
    /// The vehicles that can be called, each with the node where it is or comes to next; in that order.
    free: Vec<(u32, u32)>,
    /// Those of them that have come free and do not know yet what to do meanwhile.
    idle: Vec<u32>,
    load: Stream,
    unload: Stream,
    /// Parts loaded since the end of the warm-up, and how long they had waited since they were called for.
    fetched: u64,
    waited_total: i128,
}
kernel::persist!(struct FleetState { vehicles, free, idle, load, unload, fetched, waited_total });

impl FleetState {
    /// Whether a state that was read can be one of vehicles on `network`.
    pub(crate) fn is_on(&self, network: &Network) -> bool {
        let is_vehicle = |vehicle: &u32| (*vehicle as usize) < self.vehicles.len();
        self.vehicles.iter().all(|vehicle| vehicle.is_on(network))
            && self.free.iter().map(|(_, vehicle)| vehicle).chain(&self.idle).all(is_vehicle)
    }
}

impl ElementKind for Fleet {
    const NAME: &'static str = "Fleet";
    const EXAMPLE: &'static str = r#"Fleet(
    network: "aisles",
    vehicles: 3,
    start: ["depot"],
    speed: "1.5 m/s",
    loaded_speed: "1 m/s",
    load_time: "20 s",
    unload_time: "15 s",
    parking: ["depot"],
    failures: [(time_to_failure: Exponential("40 h"), time_to_repair: Exponential("30 min"))],
)"#;
    const FACETS: &'static [&'static str] = &["failures", "energy"];
    const TAKES_PARTS: bool = false;
    type Plan = FleetPlan;
    type State = FleetState;

    fn plan(&self, planner: &mut Planner<'_>) -> FleetPlan {
        let most = kernel::limits::GROUP_TOOLS;
        let contradict = |planner: &mut Planner<'_>, field: &str, message: String, label: &str, help: &str| {
            let origin = planner.origin_of(field);
            planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
        };
        if self.vehicles > most {
            let message = format!("`vehicles` of this element is {}", self.vehicles);
            contradict(
                planner,
                "vehicles",
                message,
                &format!("there may be {most} at most"),
                "divide them into fleets",
            );
        }
        planner.at_least_one(self.vehicles, "vehicles");
        if self.start.is_empty() {
            let message = "the vehicles begin nowhere".to_owned();
            contradict(planner, "start", message, "expected the names of nodes", "name a node where they begin");
        }
        let loaded_speed = self.loaded_speed.unwrap_or(self.speed);
        for (field, speed) in [("speed", self.speed), ("loaded_speed", loaded_speed)] {
            if speed <= Speed::ZERO {
                let message = format!("`{field}` of this element is 0");
                contradict(planner, field, message, "vehicles have to get on", "give a speed above 0");
            }
        }
        for (field, ramp) in [("acceleration", self.acceleration), ("braking", self.braking)] {
            if ramp.is_some_and(|ramp| ramp <= Acceleration::ZERO) {
                let message = format!("`{field}` of this element is 0");
                let help = "give one above 0, or leave it out: then vehicles have their speed at once";
                contradict(planner, field, message, "vehicles would never reach their speed, or never stop", help);
            }
        }
        if self.braking.is_some() && self.acceleration.is_none() {
            let message = "vehicles brake over a distance and have their speed at once".to_owned();
            contradict(planner, "braking", message, "only beside an `acceleration`", "give both, or neither");
        }
        if (self.length > Length::ZERO) != (self.width > Length::ZERO) {
            let (given, missing) = if self.length > Length::ZERO { ("length", "width") } else { ("width", "length") };
            let message = format!("vehicles have a {given} and no {missing}");
            contradict(planner, given, message, "expected both, or neither", "give both");
        }
        if self.battery.is_some() && planner.gives("energy") {
            let message = "vehicles with a battery draw what they need from that".to_owned();
            let help = "say in `battery` what they draw when driving, standing and charging";
            contradict(planner, "energy", message, "not beside a `battery`", help);
        }
        let time = |time: &Option<TimeDistribution>| time.as_ref().map(|time| time.distribution().clone());
        FleetPlan {
            network: planner.element_of(&self.network, &[PathNetwork::NAME]),
            vehicles: self.vehicles.clamp(1, most),
            start: self.start.clone(),
            parking: self.parking.clone(),
            speed: self.speed,
            loaded_speed,
            carries: self.carries.iter().map(|part_type| planner.part_type(part_type)).collect(),
            capacity: planner.at_least_one(self.capacity, "capacity"),
            battery: self.battery.as_ref().map(|battery| battery.plan(planner)),
            footprint: Footprint { length: self.length, width: self.width },
            ramps: self.acceleration.map(|up| Ramps::new(up, self.braking.unwrap_or(up))),
            load_time: time(&self.load_time),
            unload_time: time(&self.unload_time),
            dispatching: self.dispatching.clone(),
        }
    }

    fn members(&self) -> Option<GroupMembers> {
        let count = self.vehicles.clamp(1, kernel::limits::GROUP_TOOLS);
        Some(GroupMembers { count, kind: FleetVehicle::NAME, are_studied: false })
    }

    fn plan_member(&self, _plan: &FleetPlan, planner: &mut Planner<'_>) -> Option<MemberPlan> {
        let plan = MemberPlan::of::<FleetVehicle>(VehiclePlan { fleet: planner.group()? });
        Some(match &self.battery {
            Some(battery) => plan.drawing(battery.energy()),
            None => plan,
        })
    }

    fn door(_plan: &FleetPlan) -> Door {
        Door::Closed
    }

    fn begin(plan: &FleetPlan, streams: &Streams<'_>) -> FleetState {
        FleetState {
            vehicles: (0..plan.vehicles).map(|_| Vehicle::new(plan)).collect(),
            free: Vec::with_capacity(plan.vehicles as usize),
            idle: Vec::with_capacity(plan.vehicles as usize),
            load: streams.stream("load_time"),
            unload: streams.stream("unload_time"),
            fetched: 0,
            waited_total: 0,
        }
    }

    fn can_follow(plan: &FleetPlan, before: &FleetPlan) -> Result<(), String> {
        let FleetPlan { load_time, unload_time, dispatching, .. } = before.clone();
        let others_as_before = FleetPlan { load_time, unload_time, dispatching, ..plan.clone() };
        if others_as_before != *before {
            return Err("of a fleet only times to load and unload and `dispatching` can change during a run".to_owned());
        }
        let looks = |plan: &FleetPlan| plan.dispatching == VehicleDispatching::LookAhead;
        if looks(plan) == looks(before) {
            Ok(())
        } else {
            Err("vehicles cannot begin or cease to look ahead during a run".to_owned())
        }
    }

    fn fits(plan: &FleetPlan, state: &FleetState) -> bool {
        state.vehicles.len() == plan.vehicles as usize && state.vehicles.iter().all(|vehicle| vehicle.fits(plan))
    }

    fn start(at: At<'_, Self>, floor: &mut Floor<'_>) {
        Control::with(at, floor, |control| control.start());
    }

    /// Something that a vehicle does is done, or its battery is flat: the timers of a fleet are the numbers of its vehicles, and of
    /// their batteries beyond these.
    fn timer(at: At<'_, Self>, floor: &mut Floor<'_>, timer: u32) {
        Control::with(at, floor, |control| control.timer(timer as usize));
    }

    /// What a vehicle waits for may be free now.
    fn granted(at: At<'_, Self>, floor: &mut Floor<'_>, ticket: u32) {
        Control::with(at, floor, |control| control.try_again(ticket as usize));
    }

    /// A vehicle stands still or not, is in somebody's way, or has nothing to fetch any more; or a station has begun or ended something.
    fn observe(at: At<'_, Self>, floor: &mut Floor<'_>, watched: ElementIndex) {
        Control::with(at, floor, |control| control.look_at(watched));
    }

    fn dispatch(at: At<'_, Self>, floor: &mut Floor<'_>) {
        Control::with(at, floor, |control| control.choose());
    }

    fn reset_statistics(at: At<'_, Self>, now: kernel::SimTime) {
        at.state.fetched = 0;
        at.state.waited_total = 0;
        for vehicle in &mut at.state.vehicles {
            vehicle.reset_statistics(now, at.plan);
        }
    }

    fn figures(plan: &FleetPlan, state: &FleetState, figures: &mut Figures<'_>) {
        figures::add(plan, state, figures);
    }
}
