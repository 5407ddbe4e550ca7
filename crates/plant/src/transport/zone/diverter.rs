//! Diverters: hardware that guides parts off a running conveyor, where a pusher knocks them off it.
//!
//! Both kinds are in the way of parts that go straight on, so a stop in front holds the next part while one is being moved.

use super::actuator::{Actuation, ActuatorPlan, Side, actuator_handlers, chosen};
use super::bounds::FASTEST_M_PER_S;
use super::layout::{CarrierPlan, DivertPlan};
use kernel::SimDuration;

use crate::codes;
use crate::description::{Angle, Length, Name, Speed, describe};
use crate::element::ElementKind;
use crate::plan::Planner;
use crate::transport::conveyor::ConveyorPlan;

/// How far in front of a fence or pop-up its stop stands, in metres: as thick as a stop is, and some air.
pub(super) const STOP_AHEAD_M: f64 = 0.03;

describe! {
    /// How a diverter moves parts.
    pub enum DiverterKind {
        /// A plate on edge that is hinged beside the conveyor and swings across it; parts slide along it to the other side.
        Fence {
            /// How far it swings out from along the conveyor; the flatter, the gentler and the longer.
            angle: Angle = Angle::from_nanodegrees(45_000_000_000),
            /// How long it takes to swing out, and back.
            swing: SimDuration = SimDuration::from_nanos(300_000_000),
        },
        /// Chains or rollers that come up between those of the conveyor and carry parts across.
        PopUp {
            /// How long it is along the conveyor: at least as long as the parts that it moves.
            length: Length = Length::from_nanometres(600_000_000),
            /// How fast it carries parts across.
            speed: Speed = Speed::from_nanometres_per_second(500_000_000),
        },
    }
}

describe! {
    /// A fence or pop-up that guides parts off a straight and level conveyor in a zone onto a lane. Whether the lane has room
    /// is decided when a chosen part comes near; if it has none, the part goes on to the end of the conveyor. A fence swings out
    /// at once, when what is in front of the part has gone by; a pop-up comes up when the middle of the part is there. While
    /// a part is being moved, a stop in front of the diverter holds the next one; for that, parts must come with a gap of 30 mm
    /// or more. Outside of physics a Branch does this.
    pub struct Diverter {
        /// The conveyor, which must have `fidelity: Physics`.
        at: Name,
        /// Distance of its middle from the entry of the conveyor: where a fence that is out crosses the middle line, or the
        /// middle of a pop-up.
        position: Length,
        /// The conveyor of the same zone to which parts are sent. Without a `place` of its own it begins at the edge of
        /// the conveyor they come from.
        to: Name,
        /// How far in front of the diverter it is decided: what a part goes while a fence swings, or it has to wait at the stop.
        ahead: Length = Length::from_nanometres(300_000_000),
        /// To which side parts are sent.
        side: Side = Side::Left,
        /// Which types of parts are sent there; all unless given.
        part_types: Vec<Name> = Vec::new(),
        /// What does it.
        kind: DiverterKind = DiverterKind::Fence {
            angle: Angle::from_nanodegrees(45_000_000_000),
            swing: SimDuration::from_nanos(300_000_000),
        },
    }
}

impl ElementKind for Diverter {
    const NAME: &'static str = "Diverter";
    const EXAMPLE: &'static str = r#"Diverter(
    at: "infeed",
    position: "2.5 m",
    to: "lane 1",
    side: Left,
    part_types: ["red"],
    kind: PopUp(length: "800 mm", speed: "0.6 m/s"),
)"#;

    fn plan(&self, planner: &mut Planner<'_>) -> ActuatorPlan {
        let mut wrong = |message: String, label: &str, help: &str| {
            let origin = planner.origin_of("kind");
            planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
        };
        let ahead_m = self.ahead.as_metres();
        let actuation = match self.kind {
            DiverterKind::Fence { angle, swing } => {
                if !(10.0..=80.0).contains(&angle.as_degrees()) {
                    wrong(
                        format!("a fence that swings out by {} degrees", angle.as_degrees()),
                        "expected an angle from 10 to 80 degrees",
                        "the side to which it sends parts is given by `side`; 30 to 45 degrees are usual",
                    );
                }
                if !(10_000_000..=60_000_000_000).contains(&swing.as_nanos()) {
                    wrong(
                        format!("a fence that swings out in {swing}"),
                        "expected a time from 10 ms to 1 min",
                        "write `swing: \"300 ms\"`",
                    );
                }
                Actuation::Fence { angle_rad: angle.as_radians(), swing_s: swing.as_seconds_f64(), ahead_m }
            }
            DiverterKind::PopUp { length, speed } => {
                if length == Length::ZERO || speed == Speed::ZERO {
                    wrong(
                        "a pop-up without a length, or without a speed".to_owned(),
                        "it would never move anything",
                        "write `PopUp(length: \"600 mm\", speed: \"0.5 m/s\")`",
                    );
                }
                if speed.as_metres_per_second() > FASTEST_M_PER_S {
                    wrong(
                        format!("a pop-up that carries parts across at {} m/s", speed.as_metres_per_second()),
                        &format!("expected a speed up to {FASTEST_M_PER_S} m/s"),
                        "0.3 to 1 m/s are usual",
                    );
                }
                Actuation::PopUp { length_m: length.as_metres(), speed_m_per_s: speed.as_metres_per_second(), ahead_m }
            }
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

/// From where to where along a conveyor of this width a diverter is in the way; pushers are beside it.
pub(super) fn extent_m(actuation: &Actuation, along_m: f64, width_m: f64) -> Option<(f64, f64)> {
    let half_m = match actuation {
        Actuation::Push { .. } => return None,
        Actuation::Fence { angle_rad, .. } => {
            0.5 * width_m * kernel::libm::cos(*angle_rad) / kernel::libm::sin(*angle_rad)
        }
        Actuation::PopUp { length_m, .. } => 0.5 * length_m,
    };
    Some((along_m - half_m, along_m + half_m))
}

/// Complains if a diverter cannot stand where it is to, or is too short for what it is to move.
pub(super) fn check(actuator: &ActuatorPlan, from: &ConveyorPlan, planner: &mut Planner<'_>) {
    let Some(carriage) = from.carriage() else { return };
    let Some((start_m, end_m)) = extent_m(&actuator.actuation, actuator.along_m, carriage.width_m) else { return };
    let mut complain = |field: &str, message: String, label: &str, help: String| {
        let origin = planner.origin_of(field);
        planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help));
    };
    if carriage.course.turn_rad != 0.0 || carriage.course.incline_rad != 0.0 {
        let help = "divide the conveyor, and put the diverter on a straight and level piece".to_owned();
        complain("at", "a diverter on a curve or a slope".to_owned(), "the conveyor turns or climbs", help);
    }
    let length_m = from.length().as_metres();
    let first_m = start_m - STOP_AHEAD_M;
    if first_m < 0.0 || end_m > length_m {
        let message =
            format!("this diverter reaches from {first_m:.3} m to {end_m:.3} m of a conveyor of {length_m} m");
        let help = format!(
            "give it a `position` from {:.3} m to {:.3} m",
            actuator.along_m - first_m,
            length_m - (end_m - actuator.along_m)
        );
        complain("position", message, "all of it must be on the conveyor, with its stop", help);
    }
    if let Actuation::PopUp { length_m, .. } = actuator.actuation {
        let lengths = actuator.chosen.iter().enumerate().filter(|(_, chosen)| **chosen);
        let longest_m = lengths.map(|(index, _)| from.part_length(index).as_metres()).fold(0.0, f64::max);
        if longest_m > length_m {
            let message = format!("a pop-up of {length_m} m for parts that are {longest_m} m long");
            let help = "make it longer, or name the shorter types in `part_types`".to_owned();
            complain("kind", message, "a part must be on it as a whole", help);
        }
    }
}

/// Complains of diverters of one conveyor that are in each other's way.
pub(super) fn check_diverters(diverts: &[DivertPlan], carriers: &[CarrierPlan], planner: &mut Planner<'_>) {
    let extent = |divert: &DivertPlan| extent_m(&divert.actuation, divert.along_m, carriers[divert.carrier].width_m);
    for (index, one) in diverts.iter().enumerate() {
        for other in &diverts[index + 1..] {
            let (Some(first), Some(second)) = (extent(one), extent(other)) else { continue };
            let apart = first.1 + STOP_AHEAD_M <= second.0 || second.1 + STOP_AHEAD_M <= first.0;
            if one.carrier == other.carrier && !apart {
                let message = format!(
                    "\"{}\" and \"{}\" are in each other's way",
                    planner.name_of(one.element),
                    planner.name_of(other.element)
                );
                let origin = planner.place_of(other.element);
                let help = "give one of them another `position`".to_owned();
                planner.complain(&codes::CONTRADICTION, origin, message, "two diverters in this zone", Some(help));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fence_crosses_the_middle_line_at_its_position() {
        let fence = Actuation::Fence { angle_rad: std::f64::consts::FRAC_PI_4, swing_s: 0.3, ahead_m: 0.3 };
        let (start_m, end_m) = extent_m(&fence, 2.0, 0.6).expect("it is in the way");
        assert!((start_m - 1.7).abs() < 1e-12 && (end_m - 2.3).abs() < 1e-12, "{start_m} {end_m}");
        let popup = Actuation::PopUp { length_m: 0.5, speed_m_per_s: 1.0, ahead_m: 0.3 };
        assert_eq!(extent_m(&popup, 2.0, 0.6), Some((1.75, 2.25)));
    }
}
