//! What a conveyor says of itself that only its zone needs.

use super::place::{Course, Place, Spot};
use crate::codes;
use crate::description::{Acceleration, Angle, Length, Name};
use crate::element::ElementIndex;
use crate::plan::Planner;
use crate::transport::body::is_friction;
use crate::transport::conveyor::Slide;

/// A conveyor as its zone sees it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Carriage {
    pub zone: ElementIndex,
    /// Where it begins, if the scenario says so.
    pub spot: Option<Spot>,
    pub course: Course,
    pub width_m: f64,
    pub friction: f64,
    /// How fast the belt speeds up and slows down; at once if not given.
    pub acceleration_m_per_s2: Option<f64>,
    /// How parts slide down, where nothing drives them.
    pub slide: Option<Slide>,
    /// Whether rails stand along its edges.
    pub is_guided: bool,
}

/// The fields of a conveyor that make its carriage.
#[derive(Debug)]
pub(crate) struct CarriageFields<'a> {
    pub zone: Option<&'a Name>,
    pub place: Option<&'a Place>,
    pub length: Length,
    pub width: Length,
    pub turn: Angle,
    pub incline: Angle,
    pub friction: f64,
    pub acceleration: Option<Acceleration>,
    pub slide: Option<Slide>,
    pub guides: Option<bool>,
}

impl CarriageFields<'_> {
    /// Checks the fields, and says what the zone needs where the conveyor is `physical`.
    pub fn plan(&self, physical: bool, planner: &mut Planner<'_>) -> Option<Carriage> {
        let mut complain = |field: &str, message: String, label: &str, help: &str| {
            let origin = planner.origin_of(field);
            planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help.to_owned()));
        };
        if !is_friction(self.friction) {
            let message = format!("a conveyor with a friction of {}", self.friction);
            let help = "write a number from 0 to 10, such as 0.5 for a rubber belt";
            complain("friction", message, "a coefficient of friction is between 0 and 10", help);
        }
        if self.turn != Angle::ZERO && self.incline != Angle::ZERO {
            let message = "a conveyor that turns and climbs at once".to_owned();
            complain("incline", message, "a curve is level", "make it two conveyors, one after the other");
        }
        if self.incline.as_degrees().abs() > 60.0 {
            let message = format!("a conveyor that climbs at {} degrees", self.incline.as_degrees());
            complain("incline", message, "expected an angle from -60 to 60 degrees", "nothing stays on a steeper one");
        }
        if self.turn.as_degrees().abs() > 350.0 {
            let message = format!("a conveyor that turns by {} degrees", self.turn.as_degrees());
            complain("turn", message, "expected an angle from -350 to 350 degrees", "make it several conveyors");
        }
        let course = Course {
            length_m: self.length.as_metres(),
            turn_rad: self.turn.as_radians(),
            incline_rad: self.incline.as_radians(),
        };
        let width_m = self.width.as_metres();
        if let Some(radius) = course.radius_m()
            && width_m >= 2.0 * radius
        {
            let message = format!("a curve of {width_m} m width whose middle line has a radius of {radius:.3} m");
            let help = "its radius is `length` divided by `turn` in radians: make it longer, or narrower";
            complain("turn", message, "its inner edge would be beyond its centre", help);
        }
        if self.width == Length::ZERO {
            complain("width", "a conveyor without a width".to_owned(), "`width` must be more than 0", "give its width");
        }
        if !physical {
            return None;
        }
        let Some(zone) = self.zone else {
            let message = "a conveyor with `fidelity: Physics` that is in no zone".to_owned();
            let help = "add a Zone to the elements, and its name here: `zone: \"...\"`";
            complain("fidelity", message, "parts obey physics only within a zone", help);
            return None;
        };
        Some(Carriage {
            zone: planner.element_of(zone, &["Zone"]),
            spot: self.place.map(Place::spot),
            course,
            width_m,
            friction: self.friction,
            acceleration_m_per_s2: self.acceleration.map(Acceleration::as_metres_per_s2).filter(|value| *value > 0.0),
            slide: self.slide,
            is_guided: self.guides.unwrap_or(course.turn_rad != 0.0),
        })
    }
}
