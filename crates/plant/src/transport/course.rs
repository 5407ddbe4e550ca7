//! How what moves gets over the way that it holds: as fast as it may, and so that it can stop at the end of it. Vehicles and
//! cranes go by the same formulas.
//!
//! Without ramps a vehicle has its speed at once and stops on the spot. With them its speed is a trapezoid over each leg, whose
//! corners follow from where it is, how fast, and how fast it may be at the end of the leg: the formulas for constant acceleration,
//! so nothing is stepped to. It must know of more way before it has to brake for the end of what it holds: as far from there as
//! its braking distance, v^2 / (2 b).

use kernel::{SimDuration, SimTime};

use crate::description::{Acceleration, Length, Speed};

/// Metres in a nanometre.
const NANO: f64 = 1e-9;

/// How fast a vehicle gets faster and slower, both in m/s^2 and above 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ramps {
    up: f64,
    down: f64,
}

impl Ramps {
    pub(super) fn new(acceleration: Acceleration, braking: Acceleration) -> Ramps {
        let metres = |acceleration: Acceleration| acceleration.as_nanometres_per_s2().max(1) as f64 * NANO;
        Ramps { up: metres(acceleration), down: metres(braking) }
    }

    /// The distance in which a vehicle stops, in metres.
    fn braking_distance(self, speed: f64) -> f64 {
        speed * speed / (2.0 * self.down)
    }
}

/// Where a vehicle was when that was looked at last, on the first of its legs, and how fast.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Course {
    pub since: SimTime,
    /// From the beginning of the leg.
    pub at_nm: i64,
    /// In m/s; always 0 without ramps, where nothing follows from it.
    pub speed: f64,
}
kernel::persist!(struct Course { since, at_nm, speed });

/// A leg as driving sees it: its length, and the highest speed on it.
pub(super) type Reach = (Length, Speed);

/// The way over the first of the legs that a vehicle holds, from where it is on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Drive {
    course: Course,
    length_nm: i64,
    speed: Speed,
    /// With ramps, what the trapezoid looks like.
    trapezoid: Option<Trapezoid>,
}

/// Speeds in m/s over a distance: from `begin` up to `peak` and down to `end`.
#[derive(Debug, Clone, Copy)]
struct Trapezoid {
    ramps: Ramps,
    begin: f64,
    peak: f64,
    end: f64,
    /// Until `peak` is reached, until braking begins, and until the end of the leg, in metres from where the vehicle is.
    corners: [f64; 3],
    /// From where the vehicle is to the end of everything that it holds, in metres.
    authority: f64,
}

impl Drive {
    /// Over the first of `legs`, which are those that the vehicle holds; `None` without any. O(legs).
    pub(super) fn over(
        course: Course,
        ramps: Option<Ramps>,
        mut legs: impl DoubleEndedIterator<Item = Reach> + Clone,
    ) -> Option<Drive> {
        let all = legs.clone();
        let (length, speed) = legs.next()?;
        let length_nm = length.as_nanometres();
        let trapezoid = ramps.map(|ramps| {
            let metres = |(length, _): Reach| length.as_nanometres() as f64 * NANO;
            let rest = (length_nm - course.at_nm).max(0) as f64 * NANO;
            let authority = all.map(metres).sum::<f64>() - course.at_nm as f64 * NANO;
            // How fast it may be at the end of a leg, seen from the end of all of them.
            let allowed = legs
                .rev()
                .fold(0.0, |end: f64, leg| limit(leg.1).min((end * end + 2.0 * ramps.down * metres(leg)).sqrt()));
            Trapezoid::over(ramps, course.speed, allowed.min(limit(speed)), limit(speed), rest, authority)
        });
        Some(Drive { course, length_nm, speed, trapezoid })
    }

    /// How long the vehicle takes from where it is to a place on the leg that it has not passed.
    pub(super) fn time_to(&self, at_nm: i64) -> SimDuration {
        let time = match self.trapezoid {
            // The difference of two times from the beginning: however often a leg is looked at, it takes the same time.
            None => match (self.time_from_beginning(at_nm), self.time_from_beginning(self.course.at_nm)) {
                (Some(until), Some(past)) => until - past,
                _ => kernel::limits::LONGEST_DURATION,
            },
            Some(trapezoid) => {
                let seconds = trapezoid.time_to((at_nm - self.course.at_nm) as f64 * NANO);
                SimDuration::from_seconds_f64(seconds).unwrap_or(kernel::limits::LONGEST_DURATION)
            }
        };
        time.clamp(SimDuration::ZERO, kernel::limits::LONGEST_DURATION)
    }

    fn time_from_beginning(&self, at_nm: i64) -> Option<SimDuration> {
        self.speed.time_for(Length::from_nanometres(at_nm))
    }

    /// The course at a place on the leg that the vehicle has not passed, where it comes at `now`.
    pub(super) fn at_place(&self, at_nm: i64, now: SimTime) -> Course {
        let speed =
            self.trapezoid.map_or(0.0, |trapezoid| trapezoid.speed_at((at_nm - self.course.at_nm) as f64 * NANO));
        Course { since: now, at_nm, speed }
    }

    /// The course at `now`, when the vehicle is not yet at the end of the leg.
    pub(super) fn at_time(&self, now: SimTime) -> Course {
        let time = now - self.course.since;
        let (driven_nm, speed) = match self.trapezoid {
            None => {
                let speed = i128::from(self.speed.as_nanometres_per_second());
                ((i128::from(time.as_nanos()) * speed / 1_000_000_000) as i64, 0.0)
            }
            Some(trapezoid) => {
                let (driven, speed) = trapezoid.at(time.as_seconds_f64());
                ((driven / NANO).round() as i64, speed)
            }
        };
        Course { since: now, at_nm: self.course.at_nm.saturating_add(driven_nm).min(self.length_nm), speed }
    }

    /// The way as it is driven, in pieces of constant acceleration: for how many seconds, from which speed on in m/s, and with which
    /// acceleration in m/s^2.
    pub(super) fn pieces(&self) -> [[f64; 3]; 3] {
        match self.trapezoid {
            None => {
                let speed = limit(self.speed);
                let rest = (self.length_nm - self.course.at_nm).max(0) as f64 * NANO;
                [[rest / speed, speed, 0.0], [0.0; 3], [0.0; 3]]
            }
            Some(Trapezoid { ramps, begin, peak, end, corners: [rises, falls, _], .. }) => [
                [(peak - begin) / ramps.up, begin, ramps.up],
                [if falls > rises { (falls - rises) / peak } else { 0.0 }, peak, 0.0],
                [(peak - end) / ramps.down, peak, -ramps.down],
            ],
        }
    }

    /// Where on this leg the vehicle has to know whether it will go on beyond what it holds; `None` if that is on a later one, or if
    /// it needs to know only when it is there.
    pub(super) fn decides_at(&self) -> Option<i64> {
        let place = self.trapezoid?.decides_at()?;
        Some(self.course.at_nm.saturating_add((place / NANO).floor() as i64).clamp(self.course.at_nm, self.length_nm))
    }
}

/// A straight way that begins at `since`, from standstill to standstill; `None` where there is none.
pub(super) fn straight(since: SimTime, length: Length, speed: Speed, ramps: Option<Ramps>) -> Option<Drive> {
    let way = (length > Length::ZERO).then_some((length, speed));
    Drive::over(Course { since, ..Course::default() }, ramps, way.into_iter())
}

/// How long it takes over a straight way, from standstill to standstill.
pub(super) fn time_over(length: Length, speed: Speed, ramps: Option<Ramps>) -> SimDuration {
    straight(SimTime::ZERO, length, speed, ramps)
        .map_or(SimDuration::ZERO, |drive| drive.time_to(length.as_nanometres()))
}

/// In m/s.
fn limit(speed: Speed) -> f64 {
    speed.as_nanometres_per_second() as f64 * NANO
}

impl Trapezoid {
    fn over(ramps: Ramps, begin: f64, allowed: f64, limit: f64, rest: f64, authority: f64) -> Trapezoid {
        let Ramps { up, down } = ramps;
        let end = allowed.min((begin * begin + 2.0 * up * rest).sqrt());
        let reached = (2.0 * up * down * rest + down * begin * begin + up * end * end) / (up + down);
        let peak = reached.max(0.0).sqrt().min(limit).max(begin).max(end);
        let rising = ((peak * peak - begin * begin) / (2.0 * up)).clamp(0.0, rest);
        let falling = ((peak * peak - end * end) / (2.0 * down)).clamp(0.0, rest - rising);
        Trapezoid { ramps, begin, peak, end, corners: [rising, rest - falling, rest], authority }
    }

    fn speed_at(&self, place: f64) -> f64 {
        let [rises, falls, rest] = self.corners;
        if place < rises {
            (self.begin * self.begin + 2.0 * self.ramps.up * place).sqrt()
        } else if place <= falls {
            self.peak
        } else {
            (self.end * self.end + 2.0 * self.ramps.down * (rest - place).max(0.0)).sqrt().min(self.peak)
        }
    }

    fn time_to(&self, place: f64) -> f64 {
        let [rises, falls, _] = self.corners;
        let rising = (self.speed_at(place.min(rises)) - self.begin) / self.ramps.up;
        let steady = place.min(falls) - rises;
        let steady = if steady > 0.0 { steady / self.peak } else { 0.0 };
        let falling = if place > falls { (self.peak - self.speed_at(place)) / self.ramps.down } else { 0.0 };
        rising.max(0.0) + steady + falling
    }

    /// How far it has come after so many seconds, and how fast it is there.
    fn at(&self, time: f64) -> (f64, f64) {
        let [rises, falls, rest] = self.corners;
        let Ramps { up, down } = self.ramps;
        let rising = (self.peak - self.begin) / up;
        let steady = if falls > rises { (falls - rises) / self.peak } else { 0.0 };
        let (place, speed) = if time < rising {
            ((self.begin + 0.5 * up * time) * time, self.begin + up * time)
        } else if time < rising + steady {
            (rises + self.peak * (time - rising), self.peak)
        } else {
            let time = (time - rising - steady).min((self.peak - self.end) / down);
            (falls + (self.peak - 0.5 * down * time) * time, self.peak - down * time)
        };
        (place.clamp(0.0, rest), speed.max(0.0))
    }

    /// Where what is left of the way is the braking distance, which only shrinks as long as it does not brake. A hair early: a
    /// place that comes out beyond the leg by rounding would never be reached.
    fn decides_at(&self) -> Option<f64> {
        let [rises, falls, rest] = self.corners;
        let Ramps { up, down } = self.ramps;
        let hair = 1e-9 + 1e-12 * self.authority;
        let spare = self.authority - hair - self.ramps.braking_distance(self.begin);
        if spare <= 0.0 {
            return Some(0.0);
        }
        let while_rising = spare / (1.0 + up / down);
        if while_rising < rises {
            return Some(while_rising);
        }
        let while_steady = self.authority - hair - self.ramps.braking_distance(self.peak);
        (while_steady <= falls && while_steady < rest).then_some(while_steady.max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn legs(legs: &[(i64, f64)]) -> Vec<Reach> {
        let leg = |(metres, speed): &(i64, f64)| {
            (Length::from_nanometres(metres * 1_000_000_000), Speed::from_nanometres_per_second((speed * 1e9) as i64))
        };
        legs.iter().map(leg).collect()
    }

    fn ramps(up: f64, down: f64) -> Option<Ramps> {
        Some(Ramps { up, down })
    }

    fn over(legs: &[Reach], ramps: Option<Ramps>, course: Course) -> Drive {
        Drive::over(course, ramps, legs.iter().copied()).expect("a leg")
    }

    fn seconds(time: SimDuration) -> f64 {
        time.as_seconds_f64()
    }

    /// 20 m at 2 m/s, 1 m/s^2 up and 0.5 m/s^2 down: 2 s over 2 m, 14 m in 7 s, 4 m in 4 s.
    #[test]
    fn one_leg_is_a_trapezoid() {
        let legs = legs(&[(20, 2.0)]);
        let drive = over(&legs, ramps(1.0, 0.5), Course::default());
        for (metres, time, speed) in [(2, 2.0, 2.0), (9, 5.5, 2.0), (16, 9.0, 2.0), (19, 11.0, 1.0), (20, 13.0, 0.0)] {
            let at_nm = metres * 1_000_000_000;
            let arrives = drive.time_to(at_nm);
            assert!((seconds(arrives) - time).abs() < 2e-9, "{metres} m after {arrives:?}");
            assert!((drive.at_place(at_nm, SimTime::ZERO).speed - speed).abs() < 1e-6, "at {metres} m");
            let there = drive.at_time(SimTime::ZERO + arrives);
            assert!((there.at_nm - at_nm).abs() <= 4 && (there.speed - speed).abs() < 1e-4, "{there:?}");
        }
        assert!((drive.decides_at().expect("braking") - 16_000_000_000).abs() <= 2);
    }

    /// 3 m at 10 m/s with 1 m/s^2 both ways: a triangle with its peak at 1.5 m, sqrt(3) s each way; the choice is there.
    #[test]
    fn a_short_leg_is_a_triangle() {
        let legs = legs(&[(3, 10.0)]);
        let drive = over(&legs, ramps(1.0, 1.0), Course::default());
        assert!((seconds(drive.time_to(3_000_000_000)) - 2.0 * 3f64.sqrt()).abs() < 2e-9);
        assert!((drive.decides_at().expect("braking") - 1_500_000_000).abs() <= 2);
    }

    /// A slow leg behind a fast one: it comes into it no faster than allowed, and need not choose before.
    #[test]
    fn it_brakes_for_what_comes() {
        let legs = legs(&[(20, 2.0), (10, 1.0)]);
        let drive = over(&legs, ramps(1.0, 1.0), Course::default());
        let end = drive.at_place(20_000_000_000, SimTime::ZERO);
        assert!((end.speed - 1.0).abs() < 1e-9);
        assert_eq!(drive.decides_at(), None);
        // 2 s up, 16.5 m at 2 m/s, 1 s down.
        assert!((seconds(drive.time_to(20_000_000_000)) - 11.25).abs() < 2e-9);
        let slow = over(&legs[1..], ramps(1.0, 1.0), Course { at_nm: 0, ..end });
        assert!((slow.decides_at().expect("braking") - 9_500_000_000).abs() <= 2);
        // One whose braking begins before its last leg: 10 m/s^2 down from 2 m/s takes 0.2 m, of which 0.1 m are on the last.
        let short = [legs[0], (Length::from_nanometres(100_000_000), legs[0].1)];
        let drive = over(&short, ramps(1.0, 10.0), Course::default());
        assert!((drive.decides_at().expect("braking") - 19_900_000_000).abs() <= 2);
    }

    /// However often it is looked at in between, it comes to the end at the same time.
    #[test]
    fn looking_changes_nothing() {
        for ramps in [None, ramps(0.7, 0.9)] {
            let legs = legs(&[(20, 1.3), (7, 0.6)]);
            let length = legs[0].0.as_nanometres();
            let mut drive = over(&legs, ramps, Course::default());
            let whole = drive.time_to(length);
            for _ in 0..40 {
                let now = drive.course.since + SimDuration::from_nanos(whole.as_nanos() / 41);
                drive = over(&legs, ramps, drive.at_time(now));
            }
            let end = (drive.course.since - SimTime::ZERO) + drive.time_to(length);
            assert!((end.as_nanos() - whole.as_nanos()).abs() < 200, "{ramps:?}: {end:?}, not {whole:?}");
        }
    }

    /// What came out too fast by a rounding, or by a way that was cut short, is slowed down and not torn apart.
    #[test]
    fn too_fast_is_no_number_out_of_range() {
        let legs = legs(&[(1, 2.0)]);
        let drive = over(&legs, ramps(1.0, 1.0), Course { speed: 3.0, ..Course::default() });
        assert!(seconds(drive.time_to(1_000_000_000)).is_finite());
        assert_eq!(drive.decides_at(), Some(0));
        let end = drive.at_time(SimTime::ZERO + SimDuration::from_nanos(5_000_000_000));
        assert!(end.at_nm <= 1_000_000_000 && end.speed >= 0.0);
    }
}
