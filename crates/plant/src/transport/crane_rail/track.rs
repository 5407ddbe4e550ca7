//! Where a crane is at any moment of the move that it makes, and how near two of them come: by formula, so that no moment is missed.

use kernel::{SimDuration, SimTime};

use super::CraneRailPlan;
use crate::description::Length;
use crate::transport::course::{Drive, straight};

/// How much nearer than their clearance two cranes may come out by rounding, in metres.
pub(super) const HAIR_M: f64 = 1e-6;

/// A move from standstill to standstill, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Track {
    pub from_nm: i64,
    /// Where it stands in the end, or now.
    pub to_nm: i64,
    pub since: SimTime,
}
kernel::persist!(struct Track { from_nm, to_nm, since });

/// From a moment on a crane moves with constant acceleration; in seconds from now and metres.
#[derive(Debug, Clone, Copy)]
struct Phase {
    begins: f64,
    place: f64,
    speed: f64,
    acceleration: f64,
}

impl Track {
    pub(super) fn standing(at_nm: i64) -> Self {
        Track { from_nm: at_nm, to_nm: at_nm, since: SimTime::ZERO }
    }

    pub(super) fn moves(&self) -> bool {
        self.from_nm != self.to_nm
    }

    /// How far it leads, in nanometres.
    pub(super) fn distance_nm(&self) -> i64 {
        i64::try_from(self.from_nm.abs_diff(self.to_nm)).unwrap_or(i64::MAX)
    }

    fn drive(&self, plan: &CraneRailPlan) -> Option<Drive> {
        straight(self.since, Length::from_nanometres(self.distance_nm()), plan.speed, plan.ramps)
    }

    /// How long it takes.
    pub(super) fn time(&self, plan: &CraneRailPlan) -> SimDuration {
        self.drive(plan).map_or(SimDuration::ZERO, |drive| drive.time_to(self.distance_nm()))
    }

    /// Where it is at `now`, to the nanometre.
    pub(super) fn place_nm(&self, plan: &CraneRailPlan, now: SimTime) -> i64 {
        let Some(drive) = self.drive(plan) else { return self.to_nm };
        let come_nm = drive.at_time(now).at_nm;
        if self.to_nm > self.from_nm { self.from_nm + come_nm } else { self.from_nm - come_nm }
    }

    /// All that it does, seen from `now`: pieces of its move, and at the end it stands.
    fn phases(&self, plan: &CraneRailPlan, now: SimTime) -> Vec<Phase> {
        let mut phases = Vec::with_capacity(4);
        let mut begins = (self.since - now).as_seconds_f64();
        let mut place = self.from_nm as f64 / 1e9;
        let direction = if self.to_nm > self.from_nm { 1.0 } else { -1.0 };
        for [time, speed, acceleration] in self.drive(plan).map_or([[0.0; 3]; 3], |drive| drive.pieces()) {
            if time > 0.0 {
                phases.push(Phase { begins, place, speed: direction * speed, acceleration: direction * acceleration });
                place += direction * (speed + 0.5 * acceleration * time) * time;
                begins += time;
            }
        }
        phases.push(Phase { begins, place: self.to_nm as f64 / 1e9, speed: 0.0, acceleration: 0.0 });
        phases
    }
}

impl Phase {
    /// Where a crane is at a moment of this phase, and how fast.
    fn at(&self, moment: f64) -> (f64, f64) {
        let time = moment - self.begins;
        (self.place + (self.speed + 0.5 * self.acceleration * time) * time, self.speed + self.acceleration * time)
    }
}

/// The phase in which a crane is at a moment; before the first it stands where that begins.
fn phase_at(phases: &[Phase], moment: f64) -> Phase {
    let number = phases.partition_point(|phase| phase.begins <= moment);
    match number.checked_sub(1) {
        Some(number) => phases[number],
        None => Phase { speed: 0.0, acceleration: 0.0, ..phases[0] },
    }
}

/// The least distance from now on between the crane on the left and the one on the right, in metres.
///
/// In between the moments at which either changes its acceleration the distance is a parabola, which is least at one end or at its
/// vertex.
pub(super) fn least_gap_m(left: &Track, right: &Track, plan: &CraneRailPlan, now: SimTime) -> f64 {
    let (left, right) = (left.phases(plan, now), right.phases(plan, now));
    let mut moments: Vec<f64> = left.iter().chain(&right).map(|phase| phase.begins.max(0.0)).collect();
    moments.push(0.0);
    moments.sort_by(f64::total_cmp);
    let mut least = f64::INFINITY;
    for (number, begin) in moments.iter().copied().enumerate() {
        let end = moments.get(number + 1).copied().unwrap_or(begin);
        let (one, other) = (phase_at(&left, begin), phase_at(&right, begin));
        let gap = |moment: f64| other.at(moment).0 - one.at(moment).0;
        least = least.min(gap(begin)).min(gap(end));
        let (closing, bend) = (other.at(begin).1 - one.at(begin).1, other.acceleration - one.acceleration);
        let vertex = begin - closing / bend;
        if vertex > begin && vertex < end {
            least = least.min(gap(vertex));
        }
    }
    least
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::{Acceleration, Speed};
    use crate::transport::course::Ramps;
    use crate::transport::crane_rail::CraneDispatching;

    /// A rail with cranes at 2 m/s, with 1 m/s^2 both ways or none.
    fn plan(with_ramps: bool) -> CraneRailPlan {
        let ramp = Acceleration::from_nanometres_per_s2(1_000_000_000);
        CraneRailPlan {
            stops: Vec::new(),
            start_nm: vec![0, 0],
            reach_nm: (0, 100_000_000_000),
            clearance_nm: 0,
            speed: Speed::from_nanometres_per_second(2_000_000_000),
            ramps: with_ramps.then(|| Ramps::new(ramp, ramp)),
            pick_time: None,
            drop_time: None,
            dispatching: CraneDispatching::Nearest,
        }
    }

    /// From where to where in metres, since when in seconds.
    fn track(from: i64, to: i64, since: i64) -> Track {
        let metres = |metres: i64| metres * 1_000_000_000;
        Track { from_nm: metres(from), to_nm: metres(to), since: SimTime::from_nanos(metres(since)) }
    }

    fn least(left: Track, right: Track, now: i64, with_ramps: bool) -> f64 {
        least_gap_m(&left, &right, &plan(with_ramps), SimTime::from_nanos(now * 1_000_000_000))
    }

    /// Two that stand, one that comes nearer, one that goes away, and both ways of looking at the end of a move.
    #[test]
    fn the_least_distance_is_at_one_end() {
        assert_eq!(least(track(1, 1, 0), track(4, 4, 0), 9, true), 3.0);
        assert_eq!(least(track(1, 3, 0), track(4, 4, 0), 0, false), 1.0);
        assert_eq!(least(track(1, 1, 0), track(4, 9, 2), 2, true), 3.0);
        assert_eq!(least(track(1, 9, 0), track(4, 12, 0), 0, true), 3.0, "side by side");
        assert_eq!(least(track(1, 3, 0), track(4, 4, 0), 60, true), 1.0, "long over");
    }

    /// At 2 s the left one, at 2 m and 2 m/s, begins to brake while the right one sets out from 3 m: 1 - 2 t + t^2 apart.
    #[test]
    fn the_least_distance_is_in_between() {
        assert!(least(track(0, 4, 0), track(3, 20, 2), 2, true).abs() < 1e-9);
    }

    /// A place at any moment lies on the way, and the end of the way is reached when it is said to be.
    #[test]
    fn places_and_times_agree() {
        let (plan, track) = (plan(true), track(7, 1, 0));
        assert_eq!(track.time(&plan), SimDuration::from_secs(5));
        let place = |nanos: i64| track.place_nm(&plan, SimTime::from_nanos(nanos));
        assert_eq!([0, 1_000_000_000, 2_000_000_000].map(place), [7_000_000_000, 6_500_000_000, 5_000_000_000]);
        assert_eq!(
            [3_000_000_000, 5_000_000_000, 9_000_000_000].map(place),
            [3_000_000_000, 1_000_000_000, 1_000_000_000]
        );
    }
}
