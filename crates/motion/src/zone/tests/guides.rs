//! Rails along the edges of belts.

use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};

use super::{carton, run, zone};
use crate::zone::{Belt, BodyMotion, Guide, Place};

/// A carton that stands over the edge by 44 mm runs into the end of a rail: it is led in, on whatever heading, and is not thrown.
#[test]
fn what_stands_over_an_edge_is_led_in_by_the_rail_that_begins_there() {
    for degrees in (0..360).step_by(15) {
        let heading_rad = f64::from(degrees).to_radians();
        let turn = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), heading_rad);
        let at = |along: f64, left: f64| turn * Vector3::new(along, left, 0.0);
        let place = |along: f64, left: f64| Place { position_m: at(along, left).into(), heading_rad, incline_rad: 0.0 };
        let mut zone = zone();
        let belt = Belt { place: place(0.0, 0.0), length_m: 4.0, width_m: 0.7, friction: 0.5, speed_m_per_s: 0.5 };
        zone.add_belt(&belt).expect("a belt");
        for (from_m, length_m, left_m) in [(1.0, 3.0, -0.35), (0.0, 4.0, 0.35)] {
            let is_left = left_m > 0.0;
            let guide = Guide { place: place(from_m, left_m), length_m, height_m: 0.1, is_left };
            zone.add_guide(&guide).expect("a rail");
        }
        let pose = Isometry3::from_parts(Translation3::from(at(0.4, -0.194) + Vector3::z() * 0.125), turn);
        let motion = BodyMotion { velocity_m_per_s: turn * Vector3::x() * 0.5, ..BodyMotion::at_rest(pose) };
        zone.insert(1, &carton([0.3, 0.4, 0.25], 0.5), &motion).expect("a carton");
        let mut fastest_m_per_s: f64 = 0.0;
        for _ in 0..750 {
            run(&mut zone, 1);
            let across = turn.inverse() * zone.motion(1).expect("the carton").velocity_m_per_s;
            fastest_m_per_s = fastest_m_per_s.max(across.y.abs());
        }
        let pose = zone.motion(1).expect("the carton").pose;
        let corners = [(0.15, 0.2), (0.15, -0.2), (-0.15, 0.2), (-0.15, -0.2)].map(|(x, y)| {
            let corner = turn.inverse() * (pose.translation.vector + pose.rotation * Vector3::new(x, y, 0.0));
            corner.y.abs()
        });
        let over_mm = 1000.0 * (corners.into_iter().fold(0.0, f64::max) - 0.35);
        println!("heading {degrees}: over the line by {over_mm:.3} mm, at most {fastest_m_per_s:.3} m/s across");
        assert!(
            over_mm < 1.0 && (pose.translation.vector - at(3.4, 0.0)).norm() < 0.3,
            "{degrees}: {over_mm} {pose:?}"
        );
        assert!(fastest_m_per_s < 0.1, "{degrees}: thrown at {fastest_m_per_s} m/s");
    }
}
