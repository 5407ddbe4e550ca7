//! Turntables and lifts: they take one part at a time in, move with it, and send it on.
//!
//! To their zone they are conveyors of a special kind (a surface, a way in, ways out); what they do with the part is decided here,
//! where the part is, and when by the zone.

use bevy_ecs::component::Component;
use kernel::SimTime;

use super::bounds::check_height;
use super::carriage::{Carriage, CarriageFields};
use super::letter::{Notice, Trouble, Wish};
use super::place::{Course, Place, Spot};
use crate::codes;
use crate::description::{
    Acceleration, Angle, AngularAcceleration, AngularSpeed, Coordinate, Length, Map, Name, Speed, describe,
};
use crate::element::{At, Door, ElementIndex, ElementKind, Streams};
use crate::floor::{Floor, Happening, Passage};
use crate::part::{PartId, PartTypeIndex};
use crate::plan::Planner;
use crate::report::Figures;
use crate::state::State;
use crate::transport::PartLength;
use crate::transport::conveyor::ConveyorPlan;

describe! {
    /// Where a turntable sends parts of a type.
    pub struct TurnOutput {
        /// How far it turns to the left first (to the right where negative).
        angle: Angle = Angle::ZERO,
        /// The conveyor of the same zone there; without a `place` of its own it begins at the edge of the table.
        next: Name,
    }
}

describe! {
    /// Where a lift sends parts of a type.
    pub struct LiftOutput {
        /// How far it goes up first (down where negative).
        height: Coordinate = Coordinate::ZERO,
        /// The conveyor of the same zone there; without a `place` of its own it begins at the end of the lift.
        next: Name,
    }
}

describe! {
    /// A table with a belt on it, in a zone. It takes a part in, stops when the middle of the part is on its own, turns, drives the
    /// part out when the next conveyor has room, and turns back; then the next part may come.
    pub struct Turntable {
        /// The Zone it stands in.
        zone: Name,
        /// Where parts go, by part type; `"*"` stands for all others.
        to: Map<TurnOutput>,
        /// How long and wide it is: a square.
        length: Length,
        /// Speed of its belt.
        speed: Speed,
        /// Where the middle of its entry stands in its zone; where the conveyor before it ends unless given.
        place: Option<Place> = None,
        /// Its coefficient of friction; between a part and the belt the lower one counts.
        friction: f64 = 0.5,
        /// How fast it turns at most.
        turning_speed: AngularSpeed = AngularSpeed::from_nanodegrees_per_s(60_000_000_000),
        /// How fast it begins and ceases to turn.
        turning_acceleration: AngularAcceleration = AngularAcceleration::from_nanodegrees_per_s2(90_000_000_000),
    }
}

describe! {
    /// A table with a belt on it that goes up and down, in a zone. It takes a part in, stops when the middle of the part is on its
    /// own, goes to the height of the next conveyor, drives the part out when that has room, and goes back; then the next
    /// part may come.
    pub struct Lift {
        /// The Zone it stands in.
        zone: Name,
        /// Where parts go, by part type; `"*"` stands for all others.
        to: Map<LiftOutput>,
        /// How long it is in the direction of transport.
        length: Length,
        /// Its width.
        width: Length = Length::from_nanometres(600_000_000),
        /// Speed of its belt.
        speed: Speed,
        /// Where the middle of its entry stands in its zone; where the conveyor before it ends unless given.
        place: Option<Place> = None,
        /// Its coefficient of friction; between a part and the belt the lower one counts.
        friction: f64 = 0.5,
        /// How fast it goes up and down at most.
        lifting_speed: Speed = Speed::from_nanometres_per_second(500_000_000),
        /// How fast it speeds up and slows down.
        lifting_acceleration: Acceleration = Acceleration::from_nanometres_per_s2(1_000_000_000),
    }
}

/// How a table moves and where it sends parts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TableSpot {
    pub is_lift: bool,
    /// In radians or metres, per second and per second squared.
    pub speed: f64,
    pub acceleration: f64,
    /// By part type, in radians or metres.
    pub amounts: Vec<f64>,
    /// By part type.
    pub outputs: Vec<ElementIndex>,
}

impl TableSpot {
    /// Where a table that begins at `start` ends when it has moved by an amount.
    pub(super) fn end(&self, start: &Spot, course: &Course, amount: f64) -> Spot {
        if self.is_lift {
            return start.along(course, course.length_m, 0.0, amount);
        }
        let middle = start.along(course, 0.5 * course.length_m, 0.0, 0.0);
        let turned = Spot { heading_rad: middle.heading_rad + amount, ..middle };
        turned.along(course, 0.5 * course.length_m, 0.0, 0.0)
    }
}

/// A table resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct TablePlan {
    /// What it is to its zone.
    belt: ConveyorPlan,
    spot: TableSpot,
}

impl TablePlan {
    /// What it is to its zone.
    pub(super) fn belt(&self) -> &ConveyorPlan {
        &self.belt
    }

    pub(super) fn spot(&self) -> &TableSpot {
        &self.spot
    }

    /// Where it sends parts of a type.
    pub(crate) fn output(&self, part_type: PartTypeIndex) -> Option<ElementIndex> {
        self.spot.outputs.get(part_type.index()).copied()
    }

    /// How long it is, and how long parts of each type are on it.
    pub(crate) fn lengths(&self) -> (Length, &[Length]) {
        self.belt.lengths()
    }
}

/// What a run changes at a table.
#[derive(Debug, Clone, Default, PartialEq, Component)]
pub struct TableState {
    part: Option<PartId>,
    /// Whether the part has been offered on.
    is_offered: bool,
    /// When the last part came, as nobody was in.
    since: Option<SimTime>,
    cycles: u64,
    /// Seconds from a part's coming to the table's being ready again, over all cycles.
    busy_s: f64,
}
kernel::persist!(struct TableState { part, is_offered, since, cycles, busy_s });

/// The fields that both kinds have.
struct TableFields<'a> {
    zone: &'a Name,
    place: Option<&'a Place>,
    length: Length,
    width: Length,
    speed: Speed,
    friction: f64,
    /// Types, amounts and where parts go.
    to: Vec<(&'a Name, f64, &'a Name)>,
    is_lift: bool,
    limits: (f64, f64),
}

impl TableFields<'_> {
    fn plan(&self, planner: &mut Planner<'_>) -> TablePlan {
        let mut wrong = |field: &str, message: &str, label: &str, help: &str| {
            let origin = planner.origin_of(field);
            planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
        };
        if self.speed == Speed::ZERO || self.length == Length::ZERO {
            let field = if self.length == Length::ZERO { "length" } else { "speed" };
            wrong(
                field,
                "a table without a length, or without a speed",
                "no part would come onto it",
                "give it one above 0",
            );
        }
        if self.limits.0 <= 0.0 || self.limits.1 <= 0.0 {
            let field = if self.is_lift { "lifting_speed" } else { "turning_speed" };
            wrong(field, "a table that never moves", "its speed or acceleration is 0", "give it one above 0");
        }
        let (amounts, outputs) = self.outputs(planner);
        let fields = CarriageFields {
            zone: Some(self.zone),
            place: self.place,
            length: self.length,
            width: self.width,
            turn: Angle::ZERO,
            incline: Angle::ZERO,
            friction: self.friction,
            acceleration: None,
            slide: None,
            guides: Some(false),
        };
        let carriage: Option<Carriage> = fields.plan(true, planner);
        let part_lengths = PartLength::plan(None, planner);
        let (speed, acceleration) = self.limits;
        TablePlan {
            belt: ConveyorPlan::of_table(self.length, self.speed, part_lengths, carriage),
            spot: TableSpot { is_lift: self.is_lift, speed, acceleration, amounts, outputs },
        }
    }

    /// How far to move for parts of each type, and where they go then.
    fn outputs(&self, planner: &mut Planner<'_>) -> (Vec<f64>, Vec<ElementIndex>) {
        let mut by_type: Vec<Option<(f64, ElementIndex)>> = vec![None; planner.part_type_count()];
        let is_rest = |name: &Name| name.text() == "*";
        for (name, height_m, _) in self.to.iter().filter(|_| self.is_lift) {
            check_height(name, *height_m, planner);
        }
        for (name, amount, next) in self.to.iter().filter(|(name, ..)| !is_rest(name)) {
            let index = planner.part_type(name).index();
            let next = planner.destination_of(next, &["Conveyor"]);
            if let Some(entry) = by_type.get_mut(index) {
                *entry = Some((*amount, next));
            }
        }
        if let Some((_, amount, next)) = self.to.iter().find(|(name, ..)| is_rest(name)) {
            let next = planner.destination_of(next, &["Conveyor"]);
            by_type.iter_mut().filter(|entry| entry.is_none()).for_each(|entry| *entry = Some((*amount, next)));
        }
        if by_type.iter().any(Option::is_none) {
            let origin = planner.origin_of("to");
            let help = "name every part type in `to`, or write `\"*\"` for all others".to_owned();
            let message = "this table does not know where to send parts of every type";
            planner.complain(&codes::CONTRADICTION, origin, message, "a part type is missing", Some(help));
        }
        let me = planner.me();
        by_type.into_iter().map(|entry| entry.unwrap_or((0.0, me))).unzip()
    }
}

/// What both kinds do alike.
macro_rules! table_handlers {
    () => {
        type Plan = TablePlan;
        type State = TableState;

        fn can_follow(plan: &TablePlan, before: &TablePlan) -> Result<(), String> {
            if plan != before {
                return Err("what stands in a zone cannot change during a run".to_owned());
            }
            Ok(())
        }

        fn door(_plan: &TablePlan) -> Door {
            Door::Entrance
        }

        fn begin(_plan: &TablePlan, _streams: &Streams<'_>) -> TableState {
            TableState::default()
        }

        fn arrive(at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
            at.state.arrive(at.plan, at.me, floor, part);
        }

        fn departed(at: At<'_, Self>, floor: &mut Floor<'_>, part: PartId) {
            if at.state.part == Some(part) {
                at.state.let_go(at.plan, at.me, floor);
            }
        }

        fn timer(at: At<'_, Self>, floor: &mut Floor<'_>, _timer: u32) {
            while let Some(notice) = floor.next_notice(at.me) {
                at.state.hear(at.plan, at.me, floor, notice);
            }
        }

        fn reset_statistics(at: At<'_, Self>, _now: SimTime) {
            (at.state.cycles, at.state.busy_s) = (0, 0.0);
        }

        fn figures(_plan: &TablePlan, state: &TableState, figures: &mut Figures<'_>) {
            figures.number("cycles", state.cycles as f64);
            if state.cycles > 0 {
                figures.quantity("mean cycle", state.busy_s / state.cycles as f64, "s");
            }
        }
    };
}

impl ElementKind for Turntable {
    const NAME: &'static str = "Turntable";
    const EXAMPLE: &'static str = r#"Turntable(
    zone: "sorting",
    length: "800 mm",
    speed: "0.5 m/s",
    to: {"red": (angle: "90 deg", next: "left"), "*": (next: "straight on")},
)"#;

    fn plan(&self, planner: &mut Planner<'_>) -> TablePlan {
        let to = self.to.iter().map(|(name, output)| (name, output.angle.as_radians(), &output.next));
        let fields = TableFields {
            zone: &self.zone,
            place: self.place.as_ref(),
            length: self.length,
            width: self.length,
            speed: self.speed,
            friction: self.friction,
            to: to.collect(),
            is_lift: false,
            limits: (self.turning_speed.as_radians_per_second(), self.turning_acceleration.as_radians_per_s2()),
        };
        fields.plan(planner)
    }

    table_handlers!();
}

impl ElementKind for Lift {
    const NAME: &'static str = "Lift";
    const EXAMPLE: &'static str = r#"Lift(
    zone: "store",
    length: "800 mm",
    speed: "0.5 m/s",
    to: {"red": (height: "2 m", next: "upper"), "*": (next: "lower")},
)"#;

    fn plan(&self, planner: &mut Planner<'_>) -> TablePlan {
        let to = self.to.iter().map(|(name, output)| (name, output.height.as_metres(), &output.next));
        let fields = TableFields {
            zone: &self.zone,
            place: self.place.as_ref(),
            length: self.length,
            width: self.width,
            speed: self.speed,
            friction: self.friction,
            to: to.collect(),
            is_lift: true,
            limits: (self.lifting_speed.as_metres_per_second(), self.lifting_acceleration.as_metres_per_s2()),
        };
        fields.plan(planner)
    }

    table_handlers!();
}

impl TableState {
    fn arrive(&mut self, plan: &TablePlan, me: ElementIndex, floor: &mut Floor<'_>, part: PartId) {
        let Some(carriage) = plan.belt.carriage() else { return };
        (self.part, self.is_offered, self.since) = (Some(part), false, Some(floor.now()));
        floor.wish(me, carriage.zone, Wish::Enter { part, conveyor: me });
        floor.set_operation(me, State::Processing);
    }

    /// What the zone has seen comes to its time.
    fn hear(&mut self, plan: &TablePlan, me: ElementIndex, floor: &mut Floor<'_>, notice: Notice) {
        match (notice, self.part) {
            (Notice::InPlace { part }, Some(mine)) if part == mine && !self.is_offered => {
                let reworks = floor.parts()[part].reworks;
                floor.unit_mut(me).counts.count_operation(reworks);
                floor.record_event(me, Happening::Finished(part.serial()));
                let next = plan.spot.outputs[floor.parts()[part].part_type.index()];
                self.is_offered = true;
                match floor.offer(me, part, next) {
                    Passage::Taken => self.let_go(plan, me, floor),
                    Passage::Waiting => floor.set_operation(me, State::Blocked),
                }
            }
            (Notice::AtHome, None) => {
                if let Some(since) = self.since.take() {
                    self.cycles += 1;
                    self.busy_s += (floor.now() - since).as_seconds_f64();
                }
                floor.set_operation(me, State::Starved);
                floor.free_place(me, PartTypeIndex::default());
            }
            (Notice::Incident { part, trouble }, Some(mine)) if part == mine => {
                floor.record_event(me, Happening::Incident(part.serial(), trouble));
                if matches!(trouble, Trouble::Fell | Trouble::Quarantined) {
                    self.take_away(plan, me, floor, part);
                }
            }
            (Notice::Cleared { part }, Some(mine)) if part == mine => self.take_away(plan, me, floor, part),
            _ => {}
        }
    }

    /// The part is not here any more: the zone drives it out, if it is still there, and brings the table back.
    fn let_go(&mut self, plan: &TablePlan, me: ElementIndex, floor: &mut Floor<'_>) {
        let (Some(part), Some(carriage)) = (self.part.take(), plan.belt.carriage()) else { return };
        self.is_offered = false;
        floor.wish(me, carriage.zone, Wish::Leave { part, conveyor: me });
        floor.set_operation(me, State::Processing);
    }

    fn take_away(&mut self, plan: &TablePlan, me: ElementIndex, floor: &mut Floor<'_>, part: PartId) {
        if self.is_offered {
            floor.withdraw(part);
        }
        self.let_go(plan, me, floor);
        floor.scrap(me, part);
    }
}
