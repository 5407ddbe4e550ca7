//! Conveyors, event by event: parts move exactly, and only what changes their movement is an event.
//!
//! A part comes in with its front at the entry and leaves when its front is at the end, so an unhindered journey
//! lasts `length / speed`. The entry is a gate with one place, free again when the tail of the last part and the
//! gap behind it are past the entry: capacity and upstream blocking follow from the geometry. `belt` knows where
//! parts lie and `exact` what follows from it; where parts are bodies in a zone, `physical` takes the place of both.

mod audit;
mod belt;
mod exact;
mod physical;
mod plan;
mod slide;

use bevy_ecs::component::Component;
use kernel::{EventId, SimDuration, SimTime, Stream, TimeWeighted};

use self::belt::{Belt, StopperPlan, Track, distance};
use self::physical::Riding;
use self::plan::{check_lengths, check_stoppers};
pub(crate) use self::slide::{GRAVITY_M_PER_S2, Slide};
use super::PartLength;
use super::zone::{Carriage, CarriageFields, NOTICE, Place};
use crate::description::{Acceleration, Angle, Labels, Length, Name, Speed, TimeDistribution, describe};
use crate::element::{At, Command, Door, ElementIndex, ElementKind, Resumption, Streams};
use crate::floor::Floor;
use crate::follow::{Answer, Refusal, Seen};
use crate::part::PartId;
use crate::plan::Planner;
use crate::report::Figures;

/// The timer of the belt: something has to be settled.
const BELT: u32 = 0;
/// Most places along a conveyor at which parts are seen.
const MOST_SIGHTED: usize = 1_024;

describe! {
    /// A place along a conveyor where parts are stopped, each as its front arrives.
    pub struct Stopper {
        /// Distance from the entry.
        position: Length,
        /// How long each part is held, counted from its arrival, whether the belt runs or not.
        dwell: Option<TimeDistribution> = None,
        /// Whether parts are held until a timed change opens the stopper.
        closed: bool = false,
    }
}

describe! {
    /// How exactly a conveyor is played.
    #[derive(Copy, Eq)]
    pub enum Fidelity {
        /// Event by event: parts move evenly and only what changes their movement is an event. Fast, and exact for what a
        /// belt does.
        Event,
        /// In steps of 8 ms, in a Zone: parts are bodies that slide, push, tip and fall.
        Physics,
    }
}

describe! {
    /// What moves the parts on a conveyor.
    #[derive(Copy, Eq)]
    pub enum Propulsion {
        /// A belt or rollers.
        Belt,
        /// Their weight: a chute. It goes down (`incline` is negative) more steeply than its `friction` holds, parts always
        /// close up, and nothing stops them but what is in their way. For `fidelity: Event` a part takes as long as it slides
        /// from `speed` on, with the friction of the conveyor, at an even speed.
        Gravity,
    }
}

describe! {
    /// A belt or roller conveyor that takes parts in at one end and hands them on at the other. If it accumulates,
    /// parts close up behind one that cannot go on; if not, the whole belt stops until it can.
    ///
    /// A part enters when the one before it has left the entry by the gap, and is handed on when its front is at
    /// the end: unhindered it takes `length` / `speed`. Failures, the end of a shift that stops work at once, the
    /// command `Stop` and a speed of 0 stop the belt with everything on it; a part that is at the end already can
    /// still be taken off. Outside its working time nothing comes in, and what is on it goes on and leaves, unless the
    /// calendar stops work at once. After a repair parts go on from where they are (`Restart` means the same here; `Scrap`
    /// clears the belt). A change of `speed`, `gap`, `accumulating` or `length` during a run leaves every part
    /// where it is; parts beyond a new, nearer end leave as fast as the next element takes them, and new lengths
    /// of parts hold for parts that enter later.
    ///
    /// With `fidelity: Physics` the same conveyor is a flat surface in a Zone and its parts are bodies. What happens to it
    /// during a run then takes effect at the next step of the zone, up to 8 ms later. What only physics knows (width, slope,
    /// friction, the place in the zone) means nothing for `fidelity: Event`.
    pub struct Conveyor {
        /// From the entry to the end.
        length: Length,
        /// Speed of the belt; of a chute, how fast parts come onto it.
        speed: Speed,
        /// What moves the parts.
        drive: Propulsion = Propulsion::Belt,
        /// Whether parts close up behind one that cannot go on.
        accumulating: bool = false,
        /// Length of the parts in the direction of transport; that of the body of their type unless given, or 500 mm if it
        /// has none.
        part_length: Option<PartLength> = None,
        /// Least distance between a part and the next one.
        gap: Length = Length::ZERO,
        /// Stoppers along the conveyor, by name.
        stoppers: Labels<Stopper> = Labels::default(),
        /// Where parts go; without it they follow their routing.
        next: Option<Name> = None,
        /// How exactly it is played.
        fidelity: Fidelity = Fidelity::Event,
        /// The Zone it stands in, for physics.
        zone: Option<Name> = None,
        /// Where the middle of its entry stands in its zone; where the conveyor before it ends unless given.
        place: Option<Place> = None,
        /// Its width.
        width: Length = Length::from_nanometres(600_000_000),
        /// How far it turns to the left over its length (to the right where negative): a curve, whose middle line has the
        /// radius `length` / `turn`.
        turn: Angle = Angle::ZERO,
        /// How steeply it climbs (goes down where negative).
        incline: Angle = Angle::ZERO,
        /// Its coefficient of friction; between a part and a belt the lower one counts.
        friction: f64 = 0.5,
        /// Whether smooth rails stand along its edges, 100 mm high, but where parts come onto it or leave it sideways; on curves
        /// unless told otherwise.
        guides: Option<bool> = None,
        /// How fast the belt speeds up and slows down, also where its `speed` is changed; at once unless given. It stands when the
        /// run begins and in standby. When it is to stop it shows that at once, and runs on for speed^2 / (2 acceleration). If
        /// it does not accumulate, it slows down below the part that cannot go on, which stands where it is, and parts behind
        /// close up as long as it does. Chutes have nothing to speed up.
        acceleration: Option<Acceleration> = None,
    }
}

/// A conveyor resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct ConveyorPlan {
    track: Track,
    speed: Speed,
    length: Length,
    part_lengths: Vec<Length>,
    next: Option<ElementIndex>,
    /// What its zone needs, if it is in one.
    carriage: Option<Carriage>,
}

/// What a run changes at a conveyor.
#[derive(Debug, Clone, PartialEq, Component)]
pub struct ConveyorState {
    belt: Belt,
    /// The parts, where they are bodies in a zone: then the belt stays empty.
    riding: Riding,
    /// Whether the entry has a place for a part.
    entry_free: bool,
    /// Whether the first part has been counted as conveyed.
    finished: bool,
    /// Whether the belt was stopped by command.
    stopped: bool,
    /// Whether the first part was offered at this instant and may still be taken before it is over.
    unanswered: bool,
    timer: Option<(SimTime, EventId)>,
    dwell: Stream,
    parts: TimeWeighted,
    /// Sum of the lengths of the parts on the belt, in nanometres.
    covered: TimeWeighted,
    /// Where a plant that is followed has seen parts, in nanometres from the entry, and the number of the part that is seen there
    /// next.
    sighted: Vec<(i64, u64)>,
}
kernel::persist!(struct ConveyorState {
    belt, riding, entry_free, finished, stopped, unanswered, timer, dwell, parts, covered, sighted,
});

impl ElementKind for Conveyor {
    const NAME: &'static str = "Conveyor";
    const EXAMPLE: &'static str = r#"Conveyor(
    length: "12 m",
    speed: "0.5 m/s",
    accumulating: true,
    part_length: {"pallet": "1.2 m", "*": "400 mm"},
    gap: "50 mm",
    stoppers: {"scanner": (position: "9 m", dwell: "2 s")},
    next: "packer",
)"#;
    const FACETS: &'static [&'static str] = &["failures", "calendar", "energy"];
    type Plan = ConveyorPlan;
    type State = ConveyorState;

    fn plan(&self, planner: &mut Planner<'_>) -> ConveyorPlan {
        let part_lengths = PartLength::plan(self.part_length.as_ref(), planner);
        check_lengths(self, &part_lengths, planner);
        let slide = Slide::plan(self, planner);
        let carriage = CarriageFields {
            zone: self.zone.as_ref(),
            place: self.place.as_ref(),
            length: self.length,
            width: self.width,
            turn: self.turn,
            incline: self.incline,
            friction: self.friction,
            acceleration: self.acceleration,
            slide,
            guides: self.guides,
        };
        let carriage = carriage.plan(self.fidelity == Fidelity::Physics, planner);
        let mut stoppers: Vec<StopperPlan> = self.stoppers.iter().map(|(_, stopper)| stopper.plan()).collect();
        stoppers.sort_by_key(|stopper| stopper.position);
        check_stoppers(self, planner);
        ConveyorPlan {
            track: Track {
                length: distance(self.length.as_nanometres()),
                gap: distance(self.gap.as_nanometres()),
                accumulating: self.accumulating || slide.is_some(),
                // What slides by its weight has no drive to speed up.
                acceleration: self
                    .acceleration
                    .filter(|_| slide.is_none())
                    .map_or(0, Acceleration::as_nanometres_per_s2),
                stoppers,
            },
            speed: slide.map_or(self.speed, |slide| slide.mean_speed(self.length)),
            length: self.length,
            part_lengths,
            next: self.next.as_ref().map(|next| planner.destination(next)),
            carriage,
        }
    }

    fn can_follow(plan: &ConveyorPlan, before: &ConveyorPlan) -> Result<(), String> {
        if plan.carriage != before.carriage {
            return Err(
                "whether a conveyor is in a zone, and how it stands there, cannot change during a run".to_owned()
            );
        }
        if plan.carriage.is_some() && (plan.length != before.length || !plan.track.is_alike(&before.track)) {
            return Err("of a conveyor in a zone, only `speed`, `next`, and the `dwell` and `closed` of its stoppers can change during a run".to_owned());
        }
        Ok(())
    }

    fn follows_routings(plan: &ConveyorPlan) -> bool {
        plan.next.is_none()
    }

    fn door(_plan: &ConveyorPlan) -> Door {
        Door::Entrance
    }

    fn begin(plan: &ConveyorPlan, streams: &Streams<'_>) -> ConveyorState {
        ConveyorState {
            belt: Belt::new(&plan.track),
            riding: Riding::default(),
            entry_free: true,
            finished: false,
            stopped: false,
            unanswered: false,
            timer: None,
            dwell: streams.stream("dwell"),
            parts: TimeWeighted::new(SimTime::ZERO, 0),
            covered: TimeWeighted::new(SimTime::ZERO, 0),
            sighted: Vec::new(),
        }
    }

    fn start(mut at: At<'_, Self>, floor: &mut Floor<'_>) {
        bring_in_line(&mut at, floor);
    }

    fn arrive(mut at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        match at.plan.carriage {
            Some(_) => physical::arrive(&mut at, floor, part),
            None => exact::arrive(&mut at, floor, part),
        }
    }

    fn departed(mut at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
        match at.plan.carriage {
            Some(_) => physical::departed(&mut at, floor, part),
            None => exact::departed(&mut at, floor, part),
        }
    }

    fn timer(mut at: At<'_, Self>, floor: &mut Floor<'_>, timer: u32) {
        if at.plan.carriage.is_some() {
            return physical::timer(&mut at, floor, timer == NOTICE);
        }
        at.state.timer = None;
        exact::settle(&mut at, floor);
    }

    fn dispatch(mut at: At<'_, Self>, floor: &mut Floor<'_>) {
        if at.plan.carriage.is_some() {
            return physical::dispatch(&mut at, floor);
        }
        at.state.unanswered = false;
        exact::settle(&mut at, floor);
    }

    fn halt(mut at: At<'_, Self>, floor: &mut Floor<'_>) {
        bring_in_line(&mut at, floor);
    }

    fn proceed(mut at: At<'_, Self>, floor: &mut Floor<'_>, resumption: Resumption) {
        if at.plan.carriage.is_some() {
            return physical::proceed(&mut at, floor, resumption);
        }
        if resumption == Resumption::Scrap {
            exact::clear(&mut at, floor);
        }
        exact::settle(&mut at, floor);
    }

    /// A photo-eye was placed, or the edge it waits for is due.
    fn observe(mut at: At<'_, Self>, floor: &mut Floor<'_>, _watched: ElementIndex) {
        if at.plan.carriage.is_some() {
            return physical::settle(&mut at, floor);
        }
        at.state.belt.advance(floor.now());
        if !at.state.unanswered {
            exact::look(at.me, at.state, floor);
        }
    }

    fn replanned(mut at: At<'_, Self>, floor: &mut Floor<'_>, before: &ConveyorPlan) {
        match at.plan.carriage {
            Some(_) => physical::replanned(&mut at, floor, before),
            None => exact::replanned(&mut at, floor, before),
        }
    }

    fn command(mut at: At<'_, Self>, floor: &mut Floor<'_>, command: &Command) -> bool {
        match command {
            Command::Stop => at.state.stopped = true,
            Command::Go => at.state.stopped = false,
            _ => return false,
        }
        bring_in_line(&mut at, floor);
        true
    }

    /// A part was seen on the belt, or at its end.
    fn seen(mut at: At<'_, Self>, floor: &mut Floor<'_>, seen: Seen) -> Answer {
        if at.plan.carriage.is_some() {
            return physical::seen();
        }
        match seen {
            Seen::Reached(position) => exact::reach(&mut at, floor, position),
            Seen::Finished => {
                let end = at.plan.length.as_nanometres();
                exact::reach(&mut at, floor, end)
            }
            _ => Answer::Refused(Refusal::NoSuchThing),
        }
    }

    fn hasten(mut at: At<'_, Self>, floor: &mut Floor<'_>) -> Option<SimDuration> {
        match at.plan.carriage {
            Some(_) => physical::hasten(),
            None => exact::hasten(&mut at, floor),
        }
    }

    fn reset_statistics(at: At<'_, Self>, now: SimTime) {
        at.state.parts.reset(now);
        at.state.covered.reset(now);
    }

    fn figures(plan: &ConveyorPlan, state: &ConveyorState, figures: &mut Figures<'_>) {
        figures.number("mean parts on the belt", state.parts.mean(figures.now()));
        figures.number("most parts on the belt", state.parts.maximum() as f64);
        let covered = state.covered.mean(figures.now()) / plan.length.as_nanometres() as f64;
        figures.number("share of the belt covered", covered);
        if let Some(travel) = plan.speed.time_for(plan.length) {
            let dwell = |stopper: &StopperPlan| stopper.dwell.as_ref().map_or(0.0, |dwell| dwell.mean() / 1e9);
            let stops: f64 = plan.track.stoppers.iter().map(dwell).sum();
            figures.quantity("travel time without blocking", travel.as_seconds_f64() + stops, "s");
        }
    }
}

/// Lets everything follow from how things are now.
fn bring_in_line(at: &mut At<'_, Conveyor>, floor: &mut Floor<'_>) {
    match at.plan.carriage {
        Some(_) => physical::settle(at, floor),
        None => exact::settle(at, floor),
    }
}
