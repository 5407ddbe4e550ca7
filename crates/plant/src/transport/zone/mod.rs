//! Zones: parts of a plant in which parts obey physics, within the same run.
//!
//! A zone holds one world of rigid bodies on a grid of 8 ms that all zones share. A tick at the start of a step computes the
//! step ahead, and what it finds (fronts at ends, tails out of beams, parts that tip) is told to whom it concerns at the
//! exact time within the step, so nothing lands in the past. Conveyors stay the elements that they are: they hold the
//! parts, offer them on and refuse them; of the zone they ask to let bodies in and out, to drive belts and to hold what was
//! refused, and it takes that up at its next tick. While nothing moves there is no tick.

mod actuator;
mod bounds;
mod carriage;
mod diverter;
mod footprint;
mod guides;
mod hardware;
mod lane;
mod layout;
mod letter;
mod merge;
mod overlap;
mod place;
mod sensor;
mod sight;
mod table;
mod trial;
#[cfg(feature = "motion")]
mod world;
#[cfg(not(feature = "motion"))]
#[path = "no_world.rs"]
mod world;

use bevy_ecs::component::Component;
use kernel::limits::ZONE_INCIDENTS;
use kernel::{EventId, SimDuration, SimTime};

pub use actuator::{ActuatorPlan, ActuatorState, Pusher, Side};
pub use diverter::{Diverter, DiverterKind};
pub use hardware::{Fitting, FittingKind, Movement};
pub use letter::Trouble;
pub use place::Place;
pub use sensor::{BarcodeReader, ProximitySensor, Scale, ZoneSensorPlan, ZoneSensorState};
pub use sight::{PlacedBody, PosesRecord};

pub(crate) use actuator::check as check_actuator;
pub(crate) use bounds::check_table;
pub(crate) use carriage::{Carriage, CarriageFields};
pub(crate) use footprint::{EXACT_FROM_M_PER_S, EXACT_WITHIN_M};
pub(crate) use layout::{complete, zone_of, zones};
pub(crate) use letter::{Mail, NOTICE, Notice, Wish};
pub(crate) use overlap::check_zones;
pub use table::{Lift, LiftOutput, TablePlan, TableState, TurnOutput, Turntable};

pub(crate) use sensor::check as check_sensor;

use self::layout::{BeamPlan, CarrierPlan, DivertPlan, SensorSpot};
use self::place::Spot;
use self::trial::Trial;
use self::world::Slot;
pub use self::world::Transit;
use crate::codes;
use crate::description::describe;
use crate::element::{At, Door, ElementIndex, ElementKind, Streams};
use crate::floor::Floor;
#[cfg(feature = "motion")]
use crate::part::PartId;
use crate::plan::Planner;
use crate::report::{ElementReport, Figures};
use crate::run::RunError;
use crate::transport::BodyInfo;

/// The timer of the next tick.
const TICK: u32 = 0;

/// The grid of all zones.
const STEP: SimDuration = SimDuration::from_nanos(8_000_000);

/// The word for what has gone wrong with parts, and where.
pub const INCIDENTS: &str = "incidents";

/// What has gone wrong with parts in a zone, each by name, place and time, the first ones; nothing for everything else.
pub fn incidents(element: &ElementReport) -> impl Iterator<Item = &str> {
    let word = element.words.iter().find(|word| word.name == INCIDENTS);
    word.into_iter().flat_map(|word| word.word.split(BETWEEN_INCIDENTS))
}

/// What stands between two of them.
const BETWEEN_INCIDENTS: &str = "; ";

describe! {
    /// What becomes of a part that has fallen off, or whose state could not be computed any more.
    #[derive(Copy, Eq)]
    pub enum Loss {
        /// The part is scrapped, and the run goes on.
        Scrap,
        /// The run ends there with an error.
        Stop,
    }
}

describe! {
    /// A part of the plant in which parts obey physics: the conveyors that name it and have `fidelity: Physics`, with what
    /// stands along them. Parts lie, slide, push each other, tip and fall there; belts are flat surfaces of the width and
    /// friction that the conveyors have, and parts are the bodies that their types have. Steps of 8 ms; between them, times
    /// are interpolated. Needs a build with the feature `motion`.
    pub struct Zone {
        /// Where its origin lies in the plant. The places of conveyors are counted from there.
        origin: Place = Place::ORIGIN,
        /// What becomes of parts that fall off.
        fallen: Loss = Loss::Scrap,
        /// What becomes of a part whose state is no finite number any more, or that is faster than 50 m/s.
        quarantined: Loss = Loss::Scrap,
        /// A part that stands so long on a running belt, with nothing in front of it that it waits for, has jammed.
        jam_after: SimDuration = SimDuration::from_nanos(3_000_000_000),
        /// How long after that somebody takes it away, and it is scrapped; nobody does unless given.
        jam_cleared_after: Option<SimDuration> = None,
    }
}

/// A zone resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct ZonePlan {
    origin: Spot,
    fallen: Loss,
    quarantined: Loss,
    jam_after: SimDuration,
    jam_cleared_after: Option<SimDuration>,
    /// Its conveyors, in the order of elements.
    carriers: Vec<CarrierPlan>,
    beams: Vec<BeamPlan>,
    sensors: Vec<SensorSpot>,
    diverts: Vec<DivertPlan>,
    /// What parts of each type are like.
    bodies: Vec<BodyInfo>,
}

/// Something that has gone wrong with a part, and where.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Incident {
    at: SimTime,
    conveyor: ElementIndex,
    part: u64,
    trouble: Trouble,
    along_um: i64,
}
kernel::persist!(struct Incident { at, conveyor, part, trouble, along_um });

/// What a run changes at a zone.
#[derive(Debug, Clone, Component)]
pub struct ZoneState {
    world: Slot,
    /// When the next tick is, while something moves.
    tick: Option<(SimTime, EventId)>,
    /// The last tick that was done.
    ticked: Option<SimTime>,
    ticks: u64,
    /// How often each [`Trouble`] came.
    troubles: [u64; 4],
    incidents: Vec<Incident>,
}
kernel::persist!(struct ZoneState { world, tick, ticked, ticks, troubles, incidents });

impl ElementKind for Zone {
    const NAME: &'static str = "Zone";
    const EXAMPLE: &'static str =
        r#"Zone(origin: (x: "12 m", y: "3 m"), jam_after: "2 s", jam_cleared_after: "1 min")"#;
    const TAKES_PARTS: bool = false;
    type Plan = ZonePlan;
    type State = ZoneState;

    fn plan(&self, planner: &mut Planner<'_>) -> ZonePlan {
        if cfg!(not(feature = "motion")) {
            let origin = planner.origin();
            planner.complain(
                &codes::NO_MOTION,
                origin,
                "this program was built without physics",
                "a zone needs it",
                Some("build it with `--features motion`, or give the conveyors `fidelity: Event`".to_owned()),
            );
        }
        ZonePlan {
            origin: self.origin.spot(),
            fallen: self.fallen,
            quarantined: self.quarantined,
            jam_after: self.jam_after,
            jam_cleared_after: self.jam_cleared_after,
            carriers: Vec::new(),
            beams: Vec::new(),
            sensors: Vec::new(),
            diverts: Vec::new(),
            bodies: Vec::new(),
        }
    }

    fn door(_plan: &ZonePlan) -> Door {
        Door::Closed
    }

    fn can_follow(plan: &ZonePlan, before: &ZonePlan) -> Result<(), String> {
        // How its belts run and where they lead to may change, and with that how long parts take over them.
        let carriers = plan.carriers.iter().zip(&before.carriers).map(|(carrier, before)| CarrierPlan {
            speed_m_per_s: before.speed_m_per_s,
            next: before.next,
            trial: before.trial,
            ..carrier.clone()
        });
        let ZonePlan { fallen, quarantined, jam_after, jam_cleared_after, .. } = *before;
        let alike = ZonePlan {
            carriers: carriers.collect(),
            fallen,
            quarantined,
            jam_after,
            jam_cleared_after,
            ..plan.clone()
        };
        if plan.carriers.len() != before.carriers.len() || alike != *before {
            return Err("what stands in a zone cannot change during a run".to_owned());
        }
        Ok(())
    }

    fn begin(plan: &ZonePlan, _streams: &Streams<'_>) -> ZoneState {
        ZoneState {
            world: Slot::new(plan),
            tick: None,
            ticked: None,
            ticks: 0,
            troubles: [0; 4],
            incidents: Vec::new(),
        }
    }

    fn start(at: At<'_, Self>, floor: &mut Floor<'_>) {
        // It comes last at every instant, as those do who only look.
        floor.look_on(at.me);
    }

    fn timer(at: At<'_, Self>, floor: &mut Floor<'_>, timer: u32) {
        if timer == NOTICE {
            hear(at, floor);
        } else {
            at.state.tick = None;
            floor.request_dispatch(at.me);
        }
    }

    /// A conveyor has asked for something.
    fn observe(at: At<'_, Self>, floor: &mut Floor<'_>, _watched: ElementIndex) {
        wake(at, floor);
    }

    fn dispatch(mut at: At<'_, Self>, floor: &mut Floor<'_>) {
        if at.state.tick.is_some_and(|(time, _)| time > floor.now()) || !on_grid(floor.now()) {
            return;
        }
        if floor.is_settled() {
            tick(&mut at, floor);
        } else {
            floor.request_dispatch(at.me);
        }
    }

    fn fits(plan: &ZonePlan, state: &ZoneState) -> bool {
        state.world.fits(plan)
    }

    fn reset_statistics(at: At<'_, Self>, _now: SimTime) {
        at.state.troubles = [0; 4];
        at.state.incidents.clear();
        at.state.ticks = 0;
    }

    fn figures(plan: &ZonePlan, state: &ZoneState, figures: &mut Figures<'_>) {
        let [tipped, jammed, fell, quarantined] = state.troubles;
        figures.number("parts that tipped over", tipped as f64);
        figures.number("parts that jammed", jammed as f64);
        figures.number("parts that fell off", fell as f64);
        figures.number("parts quarantined", quarantined as f64);
        figures.quantity("time computed", state.ticks as f64 * STEP.as_seconds_f64(), "s");
        let name = |element: ElementIndex| figures.name_of(element);
        let transit = |carrier: &CarrierPlan| match carrier.trial {
            Trial::Unneeded => None,
            Trial::Untried => Some(format!("\"{}\" not tried, as it takes too long", name(carrier.element))),
            Trial::Taken(Transit { mean_s, spread_s }) => {
                let more_s = mean_s - carrier.course.length_m / carrier.speed_m_per_s;
                Some(format!(
                    "\"{}\" {mean_s:.3} s ({more_s:+.3} s, give or take {:.0} ms)",
                    name(carrier.element),
                    1e3 * spread_s
                ))
            }
        };
        let transits: Vec<String> = plan.carriers.iter().filter_map(transit).collect();
        let incident = |incident: &Incident| {
            let (trouble, along_m) = (incident.trouble.in_words(), incident.along_um as f64 / 1e6);
            let Incident { conveyor, part, .. } = incident;
            let at = SimTime::from_nanos((incident.at.as_nanos() + 500_000).div_euclid(1_000_000) * 1_000_000);
            format!("part {part} {trouble} on \"{}\", {along_m:.2} m from its entry, at {at}", name(*conveyor))
        };
        let incidents: Vec<String> = state.incidents.iter().map(incident).collect();
        figures.word("transits of a part alone, and by how much they differ from length / speed", transits.join(", "));
        if !incidents.is_empty() {
            figures.word(INCIDENTS, incidents.join(BETWEEN_INCIDENTS));
        }
    }
}

impl ZoneState {
    /// The bodies in the zone, by the serial numbers of their parts.
    pub(crate) fn bodies(&mut self, plan: &ZonePlan) -> Vec<PlacedBody> {
        self.world.bodies(plan)
    }
}

impl ZonePlan {
    /// How long a part alone takes over each of its conveyors to which parts come.
    pub(crate) fn transits(&self) -> impl Iterator<Item = (ElementIndex, Transit)> {
        self.carriers.iter().filter_map(|carrier| Some((carrier.element, carrier.trial.transit()?)))
    }
}

/// Whether ticks can be at `time`.
fn on_grid(time: SimTime) -> bool {
    (time - SimTime::ZERO).as_nanos() % STEP.as_nanos() == 0
}

/// The first time from `now` on at which a tick can be.
fn grid_from(now: SimTime) -> SimTime {
    let (past, step) = ((now - SimTime::ZERO).as_nanos(), STEP.as_nanos());
    SimTime::ZERO
        + SimDuration::from_nanos((past.div_euclid(step) * step).saturating_add(if past % step == 0 {
            0
        } else {
            step
        }))
}

/// Sees to it that there is a tick as soon as there can be one.
fn wake(at: At<'_, Zone>, floor: &mut Floor<'_>) {
    let mut time = grid_from(floor.now());
    if at.state.ticked == Some(time) {
        time = time.saturating_add(STEP);
    }
    match at.state.tick {
        Some((tick, _)) if tick <= time => return,
        // A zone in which nothing moves may have meant to sleep longer.
        Some((_, timer)) => floor.cancel(timer),
        None => {}
    }
    at.state.tick = Some((time, floor.set_timer_at(at.me, time, TICK)));
}

/// Does one tick.
fn tick(at: &mut At<'_, Zone>, floor: &mut Floor<'_>) {
    let now = floor.now();
    if at.state.ticked == Some(now) {
        return;
    }
    at.state.ticked = Some(now);
    at.state.ticks += 1;
    let wishes = floor.take_wishes(at.me);
    let goes_on = at.state.world.tick(at.plan, at.me, now, wishes, floor);
    if floor.shop.recorder.poses {
        let (bodies, amounts) = (at.state.world.bodies(at.plan), at.state.world.amounts(at.plan));
        let record = PosesRecord { zone: at.me, since: now, at: now.saturating_add(STEP), bodies, amounts };
        floor.shop.recorder.pose_records.push(record);
    }
    let after = now.saturating_add(STEP);
    let look = if goes_on { Some(after) } else { at.state.world.looks_again(at.plan) };
    let next = look.map(|time| grid_from(time).max(after));
    if let Some(next) = next
        && at.state.tick.is_none()
    {
        at.state.tick = Some((next, floor.set_timer_at(at.me, next, TICK)));
    }
}

/// What has happened in the zone comes to its time: it is written down.
fn hear(at: At<'_, Zone>, floor: &mut Floor<'_>) {
    let now = floor.now();
    while let Some(notice) = floor.next_notice(at.me) {
        let Notice::Happened { conveyor, part, trouble, along_um } = notice else { continue };
        let number = match trouble {
            Trouble::Tipped => 0,
            Trouble::Jammed => 1,
            Trouble::Fell => 2,
            Trouble::Quarantined => 3,
        };
        at.state.troubles[number] += 1;
        if at.state.incidents.len() < ZONE_INCIDENTS {
            let part = part.serial();
            at.state.incidents.push(Incident { at: now, conveyor, part, trouble, along_um });
        }
        let stops = match trouble {
            Trouble::Tipped | Trouble::Jammed => false,
            Trouble::Fell => at.plan.fallen == Loss::Stop,
            Trouble::Quarantined => at.plan.quarantined == Loss::Stop,
        };
        if stops {
            let element = floor.model().elements[conveyor.index()].name.clone();
            floor.fail_run(RunError::Incident {
                at: now,
                element,
                part: part.serial(),
                trouble: trouble.in_words(),
                along_um,
            });
        }
    }
}

/// Whether the element after a carrier would take `part` now. Where that is a conveyor of the same zone and the part before
/// came from the same conveyor, the bodies themselves keep their distance, unless a gap is asked for.
#[cfg(feature = "motion")]
fn is_open(plan: &ZonePlan, floor: &Floor<'_>, carrier: usize, part: PartId, came_from: &[Option<u32>]) -> bool {
    let CarrierPlan { next, .. } = &plan.carriers[carrier];
    if let Some(next) = next
        && let Some(index) = plan.carriers.iter().position(|other| other.element == *next)
    {
        if floor.has_room(*next, part) {
            return true;
        }
        if plan.carriers[index].table.is_some() {
            return false;
        }
        let is_shut = floor.unit(*next).closures > 0;
        return !is_shut
            && plan.carriers[index].clear_m == 0.0
            && came_from[index].is_none_or(|from| from as usize == carrier);
    }
    floor.would_take(part, *next)
}
