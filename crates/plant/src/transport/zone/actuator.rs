//! What moves parts off a conveyor of a zone. The zone moves the hardware; the conveyor, which alone knows its parts, offers
//! each chosen one to the lane as it comes, and lets it pass if the lane has no room.

use bevy_ecs::component::Component;

use super::bounds::MOST_WAY;
use super::diverter;
use super::letter::Notice;
use crate::codes;
use crate::description::{Acceleration, Length, Name, Speed, describe};
use crate::element::{ElementIndex, ElementKind};
use crate::part::PartTypeIndex;
use crate::plan::Planner;
use crate::report::Figures;

/// How high the plates of pushers are, in metres.
pub(super) const PLATE_HEIGHT_M: f64 = 0.15;

/// How thick they are, in metres.
pub(super) const PLATE_THICKNESS_M: f64 = 0.1;

/// How far beside the belt they wait, in metres.
pub(super) const PLATE_BESIDE_M: f64 = 0.01;

describe! {
    /// On which side of a conveyor something is, looking in the direction of transport.
    #[derive(Copy, Eq)]
    pub enum Side {
        /// To the left.
        Left,
        /// To the right.
        Right,
    }
}

describe! {
    /// A plate beside a conveyor in a zone that pushes parts off it onto a lane. It begins when the middle of a chosen part is
    /// there, if the lane has room; if not, the part goes on to the end of the conveyor. Outside of physics a Branch does
    /// this.
    pub struct Pusher {
        /// The conveyor, which must have `fidelity: Physics`.
        at: Name,
        /// Distance of the middle of the plate from the entry of the conveyor.
        position: Length,
        /// The conveyor of the same zone onto which parts are pushed. Without a `place` of its own it begins at the edge of
        /// the conveyor they come from.
        to: Name,
        /// To which side parts are pushed.
        side: Side = Side::Left,
        /// Which types of parts are pushed; all unless given.
        part_types: Vec<Name> = Vec::new(),
        /// How far the plate goes; the width of the conveyor unless given.
        stroke: Option<Length> = None,
        /// How fast it goes at most.
        speed: Speed = Speed::from_nanometres_per_second(1_000_000_000),
        /// How fast it speeds up and slows down.
        acceleration: Acceleration = Acceleration::from_nanometres_per_s2(5_000_000_000),
        /// Width of the plate along the conveyor.
        width: Length = Length::from_nanometres(400_000_000),
    }
}

/// How an actuator moves parts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Actuation {
    /// A plate pushes them.
    Push { stroke_m: Option<f64>, speed_m_per_s: f64, acceleration_m_per_s2: f64, width_m: f64 },
    /// A fence across the conveyor guides them.
    Fence { angle_rad: f64, swing_s: f64, ahead_m: f64 },
    /// A piece of the conveyor carries them across.
    PopUp { length_m: f64, speed_m_per_s: f64, ahead_m: f64 },
}

impl Actuation {
    /// How far in front of it there is decided, where that is not at the place itself.
    pub(crate) fn ahead_m(&self) -> Option<f64> {
        match self {
            Actuation::Push { .. } => None,
            Actuation::Fence { ahead_m, .. } | Actuation::PopUp { ahead_m, .. } => Some(*ahead_m),
        }
    }
}

/// An actuator resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct ActuatorPlan {
    pub(crate) conveyor: ElementIndex,
    pub(crate) to: ElementIndex,
    pub(crate) along_m: f64,
    pub(crate) is_left: bool,
    /// Whether parts of each type are chosen.
    pub(crate) chosen: Vec<bool>,
    pub(crate) actuation: Actuation,
}

impl ActuatorPlan {
    /// 1 to the left, -1 to the right.
    pub(crate) fn side(&self) -> f64 {
        if self.is_left { 1.0 } else { -1.0 }
    }
}

/// What a run changes at an actuator.
#[derive(Debug, Clone, Default, PartialEq, Component)]
pub struct ActuatorState {
    moved: u64,
    missed: u64,
    refused: u64,
}
kernel::persist!(struct ActuatorState { moved, missed, refused });

/// Whether parts of each type are chosen; all are if none is named.
pub(super) fn chosen(part_types: &[Name], planner: &mut Planner<'_>) -> Vec<bool> {
    let named: Vec<PartTypeIndex> = part_types.iter().map(|name| planner.part_type(name)).collect();
    let is_chosen = |index: usize| named.is_empty() || named.iter().any(|chosen| chosen.index() == index);
    (0..planner.part_type_count()).map(is_chosen).collect()
}

impl ActuatorState {
    pub(super) fn hear(&mut self, notice: Notice) {
        match notice {
            Notice::Moved => self.moved += 1,
            Notice::Missed { .. } => self.missed += 1,
            Notice::NoRoom => self.refused += 1,
            _ => {}
        }
    }

    pub(super) fn figures(&self, figures: &mut Figures<'_>) {
        figures.number("parts moved", self.moved as f64);
        figures.number("parts missed", self.missed as f64);
        figures.number("parts let pass for want of room", self.refused as f64);
    }
}

/// What all actuators do alike: they count, and the zone and the conveyor do the rest.
macro_rules! actuator_handlers {
    () => {
        const TAKES_PARTS: bool = false;
        type Plan = $crate::transport::zone::ActuatorPlan;
        type State = $crate::transport::zone::ActuatorState;

        fn door(_plan: &Self::Plan) -> $crate::element::Door {
            $crate::element::Door::Closed
        }

        fn can_follow(plan: &Self::Plan, before: &Self::Plan) -> Result<(), String> {
            if plan != before {
                return Err("what stands in a zone cannot change during a run".to_owned());
            }
            Ok(())
        }

        fn begin(_plan: &Self::Plan, _streams: &$crate::element::Streams<'_>) -> Self::State {
            Self::State::default()
        }

        fn timer(at: $crate::element::At<'_, Self>, floor: &mut $crate::floor::Floor<'_>, _timer: u32) {
            while let Some(notice) = floor.next_notice(at.me) {
                at.state.hear(notice);
            }
        }

        fn reset_statistics(at: $crate::element::At<'_, Self>, _now: kernel::SimTime) {
            *at.state = Self::State::default();
        }

        fn figures(_plan: &Self::Plan, state: &Self::State, figures: &mut $crate::report::Figures<'_>) {
            state.figures(figures);
        }
    };
}
pub(crate) use actuator_handlers;

impl ElementKind for Pusher {
    const NAME: &'static str = "Pusher";
    const EXAMPLE: &'static str =
        r#"Pusher(at: "infeed", position: "2.5 m", to: "lane 1", side: Left, part_types: ["red"])"#;

    fn plan(&self, planner: &mut Planner<'_>) -> ActuatorPlan {
        for (field, is_nothing) in [
            ("speed", self.speed == Speed::ZERO),
            ("acceleration", self.acceleration == Acceleration::ZERO),
            ("width", self.width == Length::ZERO),
            ("stroke", self.stroke == Some(Length::ZERO)),
        ] {
            if is_nothing {
                let origin = planner.origin_of(field);
                let message = format!("`{field}` of this pusher is 0");
                let help = format!("give it a `{field}` above 0");
                planner.complain(&codes::CONTRADICTION, origin, message, "it would never push anything", Some(help));
            }
        }
        let actuation = Actuation::Push {
            stroke_m: self.stroke.map(Length::as_metres),
            speed_m_per_s: self.speed.as_metres_per_second(),
            acceleration_m_per_s2: self.acceleration.as_metres_per_s2(),
            width_m: self.width.as_metres(),
        };
        ActuatorPlan {
            conveyor: planner.element_of(&self.at, &["Conveyor"]),
            to: planner.destination_of(&self.to, &["Conveyor"]),
            along_m: self.position.as_metres(),
            is_left: self.side == Side::Left,
            chosen: chosen(&self.part_types, planner),
            actuation,
        }
    }

    actuator_handlers!();
}

/// Complains if the actuator that is being planned has no conveyor in a zone to act on, or none to move parts to.
pub(crate) fn check(elements: &[Option<crate::plant::PlannedElement>], planner: &mut Planner<'_>) {
    use crate::transport::conveyor::ConveyorPlan;
    let plan = |element: ElementIndex| Some(elements.get(element.index())?.as_ref()?.planned.plan());
    let Some(actuator) = plan(planner.me()).and_then(|plan| plan.downcast_ref::<ActuatorPlan>()) else { return };
    let conveyor = |element| plan(element).and_then(|plan| plan.downcast_ref::<ConveyorPlan>());
    let (Some(from), Some(to)) = (conveyor(actuator.conveyor), conveyor(actuator.to)) else { return };
    let zones = [from, to].map(|plan| plan.carriage().map(|carriage| carriage.zone));
    let mut complain = |field: &str, message: String, label: &str, help: &str| {
        let origin = planner.origin_of(field);
        planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
    };
    if zones[0].is_none() || zones[0] != zones[1] {
        let message = "this acts on conveyors that are not in one zone".to_owned();
        let help = "give both of them `fidelity: Physics` and the same `zone`; without physics a Branch sorts parts";
        complain("to", message, "parts are pushed only where they obey physics", help);
    }
    let length_m = from.length().as_metres();
    if actuator.along_m > length_m {
        let message =
            format!("its place, {} m, is beyond the end of its conveyor, which is {length_m} m long", actuator.along_m);
        complain("position", message, "no part would ever be there", "give it a `position` on the conveyor");
    }
    if let (Actuation::Push { stroke_m, .. }, Some(carriage)) = (&actuator.actuation, from.carriage()) {
        let stroke_m = stroke_m.unwrap_or(carriage.width_m);
        if stroke_m > MOST_WAY {
            let help = "write how far the plate goes; where it is not given that is the width of the conveyor";
            let (message, label) =
                (format!("a pusher with a stroke of {stroke_m} m"), format!("expected a length up to {MOST_WAY} m"));
            complain("stroke", message, &label, help);
        }
    }
    let is_pusher = matches!(actuator.actuation, Actuation::Push { .. });
    if is_pusher && from.carriage().is_some_and(|carriage| carriage.course.incline_rad != 0.0) {
        let help = "divide the conveyor, and put the pusher on a level piece";
        complain("at", "a pusher on a slope".to_owned(), "its plate is level and would cut into the belt", help);
    }
    diverter::check(actuator, from, planner);
}
