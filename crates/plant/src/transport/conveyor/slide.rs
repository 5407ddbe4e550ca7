//! Sliding down: conveyors without a drive, on which parts go by their weight.
//!
//! A part on a slope speeds up evenly by g (sin s - mu cos s) for as long as it slides (any textbook of mechanics, the inclined
//! plane with Coulomb friction). How long that takes for the whole way decides how fast an exact belt has to be in its place.

use super::{Conveyor, Propulsion};
use crate::codes;
use crate::description::{Angle, Length, Speed};
use crate::plan::Planner;

/// Standard gravity in metres per second squared (BIPM, The International System of Units, 9th edition; CGPM 1901).
pub(crate) const GRAVITY_M_PER_S2: f64 = 9.80665;

/// How parts slide down a conveyor when nothing is in their way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Slide {
    /// How fast they come onto it.
    pub entry_m_per_s: f64,
    /// How fast they are at its end.
    pub exit_m_per_s: f64,
    /// How long they take from its entry to its end.
    pub time_s: f64,
}

impl Slide {
    /// Down a slope of that length, angle and friction; `None` where nothing slides.
    fn down(length_m: f64, slope_rad: f64, friction: f64, entry_m_per_s: f64) -> Option<Slide> {
        let (sin, cos) = (kernel::libm::sin(slope_rad), kernel::libm::cos(slope_rad));
        let acceleration = GRAVITY_M_PER_S2 * (sin - friction * cos);
        if acceleration <= 1e-6 {
            return None;
        }
        let exit_m_per_s = kernel::libm::sqrt(entry_m_per_s * entry_m_per_s + 2.0 * acceleration * length_m);
        Some(Slide { entry_m_per_s, exit_m_per_s, time_s: (exit_m_per_s - entry_m_per_s) / acceleration })
    }

    /// As `conveyor` describes it, if it has no drive; complains where nothing slides on it.
    pub(super) fn plan(conveyor: &Conveyor, planner: &mut Planner<'_>) -> Option<Slide> {
        if conveyor.drive == Propulsion::Belt {
            return None;
        }
        let mut complain = |field: &str, message: String, label: &str, help: String| {
            let origin = planner.origin_of(field);
            planner.complain(&codes::CONTRADICTION, origin, message, label, Some(help));
        };
        if conveyor.turn != Angle::ZERO {
            let help = "parts slide straight down; make the curve a driven conveyor".to_owned();
            complain("turn", "a chute that turns".to_owned(), "here", help);
        }
        let slope_rad = -conveyor.incline.as_radians();
        let length_m = conveyor.length.as_metres();
        let slide = Slide::down(length_m, slope_rad, conveyor.friction, conveyor.speed.as_metres_per_second());
        if slide.is_none() {
            let least = kernel::libm::atan(conveyor.friction).to_degrees();
            let message = format!(
                "nothing slides down a slope of {} degrees with a friction of {}",
                -conveyor.incline.as_degrees(),
                conveyor.friction
            );
            let help =
                format!("it must be steeper than {least:.1} degrees: write `incline: \"-{:.0} deg\"`", least + 5.0);
            complain("incline", message, "a chute goes down, steeper than its friction holds", help);
        }
        slide
    }

    /// The even speed at which the way takes as long.
    pub(super) fn mean_speed(&self, length: Length) -> Speed {
        Speed::from_nanometres_per_second((length.as_nanometres() as f64 / self.time_s).round() as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_takes_what_the_textbook_says() {
        // Without friction and from rest: t = sqrt(2 s / (g sin a)).
        let slide = Slide::down(2.0, 30.0_f64.to_radians(), 0.0, 0.0).expect("it slides");
        assert!((slide.time_s - (4.0 / (GRAVITY_M_PER_S2 * 0.5)).sqrt()).abs() < 1e-12);
        // With friction and a push: s = v t + a t^2 / 2, v' = v + a t.
        let slide = Slide::down(3.0, 20.0_f64.to_radians(), 0.2, 0.5).expect("it slides");
        let acceleration = (slide.exit_m_per_s - 0.5) / slide.time_s;
        assert!((acceleration - 1.511).abs() < 1e-3, "{acceleration}");
        assert!((0.5 * slide.time_s + 0.5 * acceleration * slide.time_s * slide.time_s - 3.0).abs() < 1e-12);
        for (slope_deg, friction) in [(20.0_f64, 0.37), (0.0, 0.0), (-10.0, 0.0)] {
            assert_eq!(Slide::down(1.0, slope_deg.to_radians(), friction, 1.0), None);
        }
        assert!(Slide::down(1.0, 20.0_f64.to_radians(), 0.36, 0.0).is_some());
    }
}
