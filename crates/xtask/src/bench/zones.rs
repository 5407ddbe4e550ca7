//! Bodies on belts: how much faster than real time, and what a zone costs beside rapier on the same scene.
//!
//! Rapier alone is the same world with the same hooks and parameters, stepped without anything that a zone does besides:
//! both begin as copies of one zone, and must end with every body in the same place: to the bit where the zone leaves lost what
//! 32 bits lose, and else within what that can be. Rapier as it comes searches for all contacts by itself, where a zone
//! knows those of what lies flat.

use std::time::Instant;

use motion::nalgebra::{Isometry3, Vector3};
use motion::{Belt, Body, BodyMotion, BodyShape, Bounds, Place, STEP_S, Zone, ZoneError};
use stats_alloc::INSTRUMENTED_SYSTEM;

use super::report::Spread;

/// Lanes side by side, and boxes on each.
const LANES: u64 = 10;
const BOXES: u64 = 10;
/// Belts in a row on each lane, each with a mark near its beginning and one near its end.
const BELTS: u32 = 4;
const BELT_M: f64 = 4.0;
const SPEED_M_PER_S: f64 = 0.5;
/// Steps before the clock runs, and those that count: 8 s, in which the boxes go 4 m.
const WARM_UP: u32 = 100;
const STEPS: u32 = 1_000;
/// Boxes that sleep, and as many steps as take a time that can be measured.
const SLEEPING: u64 = 1_000;
const STEPS_ASLEEP: u32 = 100_000;

/// What 32 bits lose of a way within 8 m in the four additions of each step, if all are rounded the same way: half of 2^-21 m
/// each.
const LOST_M: f64 = STEPS as f64 * 4.0 * 0.5 / 2_097_152.0;

/// Everything there is to say of zones, a line each.
///
/// # Errors
/// A sentence for the developer, when a zone refuses something or both sides come out differently.
pub fn all(rounds: usize) -> Result<String, String> {
    let moving = warm(moving().map_err(|error| error.to_string())?);
    let mut lines = compared("100 moving boxes", &moving, STEPS, rounds)?;
    let sleeping = warm(sleeping().map_err(|error| error.to_string())?);
    if !sleeping.is_asleep() {
        return Err("the boxes that were to sleep do not".to_owned());
    }
    lines += &compared("1,000 sleeping boxes", &sleeping, STEPS_ASLEEP, rounds)?;
    Ok(lines)
}

fn belt(x: f64, y: f64, speed_m_per_s: f64) -> Belt {
    let place = Place { position_m: [x, y, 0.0], heading_rad: 0.0, incline_rad: 0.0 };
    Belt { place, length_m: BELT_M, width_m: 0.8, friction: 0.5, speed_m_per_s }
}

fn carton() -> Body {
    let shape = BodyShape::Box { size_m: [0.4, 0.3, 0.2] };
    Body { shape, mass_kg: 2.0, friction: 0.5, restitution: 0.0, centre_of_gravity_m: [0.0; 3] }
}

/// Lanes of belts with boxes that go along them.
fn moving() -> Result<Zone, ZoneError> {
    let mut zone = Zone::new(Bounds::default())?;
    for lane in 0..LANES {
        let y = lane as f64 - 0.5 * LANES as f64;
        for number in 0..BELTS {
            let belt = zone.add_belt(&belt(BELT_M * (f64::from(number) - 0.5 * f64::from(BELTS)), y, SPEED_M_PER_S))?;
            zone.add_mark(belt, 0.1, 0.1)?;
            zone.add_mark(belt, BELT_M - 0.1, 0.1)?;
        }
        for number in 0..BOXES {
            let x = 0.8 * number as f64 - 7.5;
            let motion = BodyMotion::at_rest(Isometry3::translation(x, y, 0.1));
            let motion = BodyMotion { velocity_m_per_s: Vector3::new(SPEED_M_PER_S, 0.0, 0.0), ..motion };
            zone.insert(lane * BOXES + number, &carton(), &motion)?;
        }
    }
    Ok(zone)
}

/// Boxes on belts that stand.
fn sleeping() -> Result<Zone, ZoneError> {
    let mut zone = Zone::new(Bounds::default())?;
    for number in 0..SLEEPING {
        let (row, place) = (number / 25, number % 25);
        let y = 0.9 * row as f64 - 18.0;
        if place == 0 {
            for index in 0..4 {
                let belt = zone.add_belt(&belt(BELT_M * (f64::from(index) - 2.0), y, 0.0))?;
                zone.add_mark(belt, 0.1, 0.1)?;
            }
        }
        let pose = Isometry3::translation(0.6 * place as f64 - 7.5, y, 0.1);
        zone.insert(number, &carton(), &BodyMotion::at_rest(pose))?;
    }
    Ok(zone)
}

fn warm(mut zone: Zone) -> Zone {
    for _ in 0..WARM_UP {
        zone.step();
    }
    zone
}

/// A zone against rapier alone, by turns.
fn compared(what: &str, zone: &Zone, steps: u32, rounds: usize) -> Result<String, String> {
    let (mut whole_s, mut bare_s, mut usual_s) = (Vec::new(), Vec::new(), Vec::new());
    let (mut told, mut allocations) = (0, [0; 2]);
    let (mut astray, mut alone) = (zone.clone(), zone.clone());
    astray.leave_astray();
    for _ in 0..steps {
        astray.step();
        alone.only_compute();
    }
    if !astray.comes_out_as(&alone) {
        return Err(format!("{what}: rapier alone comes out differently"));
    }
    for _ in 0..rounds {
        let (mut whole, mut bare, mut usual) = (zone.clone(), zone.clone(), zone.clone());
        usual.search_for_contacts();
        (usual_s, _) = timed(usual_s, steps, || usual.only_compute());
        (bare_s, allocations[1]) = timed(bare_s, steps, || bare.only_compute());
        (whole_s, allocations[0]) = timed(whole_s, steps, || told += whole.step().len());
        if !bare.comes_out_as(&alone) || !zone.numbers().all(|number| are_near(&whole, &bare, number)) {
            return Err(format!("{what}: rapier alone comes out differently"));
        }
    }
    let by = |others: &[f64]| median(whole_s.iter().zip(others).map(|(whole, other)| whole / other));
    let (ratio, usual_ratio) = (by(&bare_s)?, by(&usual_s)?);
    let (whole, bare) = (median(whole_s.iter().copied())?, median(bare_s.iter().copied())?);
    let usual = median(usual_s.iter().copied())?;
    let bodies = zone.numbers().count() as f64;
    let each = |seconds: f64| 1e6 * seconds / f64::from(steps);
    Ok(format!(
        "{what}, {steps} steps, {rounds} rounds, medians, {} happenings a round\n\
         zone: {:.2} us a step, {:.3} us a body; {:.1} times as fast as real time\n\
         rapier alone: {:.2} us a step, {:.3} us a body\n\
         rapier as it comes: {:.2} us a step, {:.3} us a body\n\
         zone by rapier alone: {ratio:.3}, by rapier as it comes: {usual_ratio:.3} (goal for moving boxes: at most 1.2)\n\
         allocations a step: {:.2}, rapier alone {:.2}\n",
        told / rounds,
        each(whole),
        each(whole) / bodies,
        f64::from(steps) * STEP_S / whole,
        each(bare),
        each(bare) / bodies,
        each(usual),
        each(usual) / bodies,
        allocations[0] as f64 / f64::from(steps),
        allocations[1] as f64 / f64::from(steps),
    ))
}

/// Whether a body is in two zones in the same place but for what 32 bits lose.
fn are_near(one: &Zone, other: &Zone, number: u64) -> bool {
    let place = |zone: &Zone| zone.motion(number).map(|motion| motion.pose.translation.vector);
    place(one).zip(place(other)).is_some_and(|(one, other)| (one - other).norm() < LOST_M)
}

/// Adds the seconds of one processor that so many steps take, and counts what they allocate.
pub(super) fn timed(mut times: Vec<f64>, steps: u32, mut step: impl FnMut()) -> (Vec<f64>, usize) {
    let before = INSTRUMENTED_SYSTEM.stats();
    let (start, start_s) = (Instant::now(), processor_s());
    for _ in 0..steps {
        step();
    }
    let seconds = processor_s().zip(start_s).map(|(end_s, start_s)| end_s - start_s);
    times.push(seconds.unwrap_or_else(|| start.elapsed().as_secs_f64()));
    let heap = INSTRUMENTED_SYSTEM.stats() - before;
    (times, heap.allocations + heap.reallocations)
}

/// How long this thread has been on a processor, where the system tells it (Linux, Documentation/scheduler/sched-stats): a
/// neighbour that is busy changes times on the wall by more than what is to be seen here.
pub(super) fn processor_s() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: u64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds as f64 * 1e-9)
}

fn median(values: impl Iterator<Item = f64>) -> Result<f64, String> {
    Spread::of(values).map(|spread| spread.median).ok_or_else(|| "nothing was timed".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_come_out_alike() {
        assert!(all(1).is_ok_and(|lines| lines.lines().count() == 12));
    }
}
