//! When to tell of a motion that is known as a function of time, so that the ways between what is told of come near enough.
//!
//! A zone is told of step by step; an arm has no steps. It is told of at least 25 times a second while it moves, and where the way
//! between two poses would leave the motion, at the middle between them.

use nalgebra::{Isometry3, Vector3};

use super::stored_pose::between;

/// No point of a thing is further from where it is than this on the way between two moments, in metres: at the moments that are
/// looked at, three in each span.
pub const MOMENTS_TOLERANCE_M: f64 = 1e-3;

/// The longest time between two moments, in seconds, and how often it is halved.
const LONGEST_S: f64 = 0.04;
const MOST_HALVINGS: u32 = 6;

/// The most spans that a motion is divided into before any is halved; longer motions are told of less often.
const MOST_SPANS: f64 = 10_000.0;

/// Where spans are looked at.
const LOOKS: [f64; 3] = [0.25, 0.5, 0.75];

/// The times in seconds, from 0 to the end of a motion, at which to tell of things that move: their poses as a function of time,
/// and how far each reaches from its origin along its axes, in metres. Times at which there are no poses are taken to be fine.
pub fn moments(
    duration_s: f64,
    extents_m: &[[f64; 3]],
    poses_at: impl Fn(f64) -> Option<Vec<Isometry3<f64>>>,
) -> Vec<f64> {
    // What is no number is no time.
    let spans = (duration_s / LONGEST_S).ceil().clamp(1.0, MOST_SPANS) as u32;
    let mut moments = vec![0.0];
    let mut open: Vec<(f64, f64, u32)> = Vec::new();
    for span in 0..spans {
        let [from_s, to_s] = [span, span + 1].map(|span| duration_s * (f64::from(span) / f64::from(spans)));
        open.push((from_s, to_s, 0));
        while let Some((from_s, to_s, halvings)) = open.pop() {
            if halvings < MOST_HALVINGS && !passes(from_s, to_s, extents_m, &poses_at) {
                let middle_s = 0.5 * (from_s + to_s);
                // The earlier half comes first.
                open.extend([(middle_s, to_s, halvings + 1), (from_s, middle_s, halvings + 1)]);
            } else {
                moments.push(to_s);
            }
        }
    }
    moments
}

/// Whether the way from one time to another comes near enough to the motion.
fn passes(
    from_s: f64,
    to_s: f64,
    extents_m: &[[f64; 3]],
    poses_at: &impl Fn(f64) -> Option<Vec<Isometry3<f64>>>,
) -> bool {
    let (Some(from), Some(to)) = (poses_at(from_s), poses_at(to_s)) else { return true };
    LOOKS.iter().all(|share| {
        let Some(there) = poses_at(from_s + share * (to_s - from_s)) else { return true };
        let ways = from.iter().zip(&to).map(|(from, to)| between(from, to, *share));
        ways.zip(&there)
            .zip(extents_m)
            .all(|((way, there), extent_m)| furthest_m(&way, there, extent_m) <= MOMENTS_TOLERANCE_M)
    })
}

/// How far the points of a thing at the ends of its axes are from each other in two poses, at most.
fn furthest_m(one: &Isometry3<f64>, other: &Isometry3<f64>, extent_m: &[f64; 3]) -> f64 {
    let shift = one.translation.vector - other.translation.vector;
    let off = |axis: usize, reach_m: f64| {
        let point = Vector3::ith(axis, reach_m);
        (shift + one.rotation * point - other.rotation * point).norm()
    };
    (0..3).flat_map(|axis| [off(axis, extent_m[axis]), off(axis, -extent_m[axis])]).fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use nalgebra::{Translation3, UnitQuaternion};

    use super::*;
    use crate::trigonometry::sin_cos;

    /// A rod of 2 m that turns about one of its ends, evenly speeding up and slowing down, half a turn in a second.
    fn rod(time_s: f64) -> Option<Vec<Isometry3<f64>>> {
        let (first, second) = (time_s.min(0.5), (time_s - 0.5).max(0.0));
        let angle = 2.0 * std::f64::consts::PI * (first * first + second - second * second);
        let (sine, cosine) = sin_cos(angle);
        let turn = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), angle);
        Some(vec![Isometry3::from_parts(Translation3::new(cosine, sine, 0.0), turn)])
    }

    #[test]
    fn ways_between_moments_come_near_enough_and_are_no_more_than_needed() {
        let extents_m = [[1.0, 0.02, 0.02]];
        let moments = moments(1.0, &extents_m, rod);
        assert!(moments[0] == 0.0 && moments[moments.len() - 1] == 1.0);
        assert!(moments.windows(2).all(|pair| pair[0] < pair[1] && pair[1] - pair[0] < LONGEST_S + 1e-9));
        let mut furthest = 0.0_f64;
        for pair in moments.windows(2) {
            let [from, to] = [pair[0], pair[1]].map(|time_s| rod(time_s).expect("a pose")[0]);
            for look in 0..=20 {
                let share = f64::from(look) / 20.0;
                let there = rod(pair[0] + share * (pair[1] - pair[0])).expect("a pose")[0];
                furthest = furthest.max(furthest_m(&between(&from, &to, share), &there, &extents_m[0]));
            }
        }
        println!("{} moments, {:.3} mm", moments.len(), 1e3 * furthest);
        // Three looks at a span do not see the very furthest.
        assert!((0.3e-3..1.1 * MOMENTS_TOLERANCE_M).contains(&furthest), "{furthest} m");
        // Evenly spaced as densely as it needs where it is fastest: 6.28 rad/s at a radius of 2 m are 79 m/s^2, so 10 ms.
        assert!((40..140).contains(&moments.len()), "{}", moments.len());
    }

    #[test]
    fn what_stands_still_is_told_of_seldom_and_nothing_is_no_motion() {
        let still = |_: f64| Some(vec![Isometry3::identity()]);
        assert_eq!(moments(0.1, &[[1.0; 3]], still).len(), 4);
        assert_eq!(moments(0.0, &[[1.0; 3]], still), [0.0, 0.0]);
        assert_eq!(moments(1e9, &[[1.0; 3]], still).len(), 10_001);
        // A jump is no reason to go on forever.
        let jump = |time_s: f64| Some(vec![Isometry3::translation(if time_s < 0.03 { 0.0 } else { 1.0 }, 0.0, 0.0)]);
        assert!(moments(0.04, &[[1.0; 3]], jump).len() < 20);
        assert_eq!(moments(0.04, &[[1.0; 3]], |_| None).len(), 2);
    }
}
