//! Ramps against adding up nanosecond by nanosecond, and against arithmetic by hand.

use kernel::{Stream, StreamKey};

use super::*;

const METRE: i64 = 1_000_000_000;

fn at(nanoseconds: i64) -> SimTime {
    SimTime::from_nanos(nanoseconds)
}

fn nanoseconds(time: Option<SimDuration>) -> Option<i64> {
    time.map(SimDuration::as_nanos)
}

/// How far a drive is after each nanosecond, in attometres: speeds are held in attometres per second, ways in two thousand
/// millionths of an attometre, and one nanosecond is added after the other.
fn added_up(from: i128, target: i64, acceleration: i64, times: usize) -> Vec<Distance> {
    let (target, acceleration) = (i128::from(target) * FINE, i128::from(acceleration));
    let (mut speed, mut twice) = (from, 0_i128);
    let mut ways = vec![0];
    for _ in 0..times {
        let left = target - speed;
        if acceleration == 0 || left.abs() < acceleration {
            // What is left of the ramp comes at once.
            speed = target;
            twice += 2 * speed;
        } else {
            let next = speed + acceleration * left.signum();
            twice += speed + next;
            speed = next;
        }
        ways.push(twice.div_euclid(2 * FINE));
    }
    ways
}

#[test]
fn random_ramps_are_what_adding_up_says() {
    let mut stream = Stream::new(&StreamKey { seed: 7, replication: 0, name: "drive", purpose: "test" });
    let mut below = |limit: i64| stream.below(limit as u64) as i64;
    let (mut rests, mut on_ramps) = (0, 0);
    for case in 0..1_000 {
        // Ramps of some hundred nanoseconds: speeds of nanometres per second, and what gains them in this time.
        let scale = [1, 1_000, METRE][case % 3];
        let first = below(40 * scale);
        let target = if case % 4 == 0 { 0 } else { below(40 * scale) };
        let acceleration = if case % 10 == 9 { 0 } else { 1 + below(scale * METRE / 3) };
        let (told, watched) = (below(1_000), 600);
        let mut drive = Drive::new();
        drive.aim(at(0), first, 0);
        drive.aim(at(told), target, acceleration);
        let ways = added_up(i128::from(first) * FINE, target, acceleration, watched);
        let before = drive.way(at(told));
        for (time, way) in ways.iter().enumerate() {
            assert_eq!(drive.way(at(told + time as i64)) - before, *way, "case {case} after {time} ns: {drive:?}");
        }
        for _ in 0..20 {
            let begin = below(watched as i64 / 2) as usize;
            let distance = 1 + i128::from(below(20 * scale * 300 + 10));
            let covered = |time: &usize| ways[*time] - ways[begin] >= distance;
            let first_beyond = (begin..ways.len()).find(covered).map(|time| (time - begin) as i64);
            let from_then_on = drive.time_to_cover(distance, at(told + begin as i64));
            if let Some(found) = first_beyond {
                assert_eq!(
                    nanoseconds(from_then_on),
                    Some(found),
                    "case {case}, {distance} am from {begin} ns: {drive:?}"
                );
                let last = (begin..ways.len()).rfind(|time| ways[*time] - ways[begin] <= distance).expect("it begins");
                if last + 1 < ways.len() {
                    let within = drive.time_within(distance, at(told + begin as i64));
                    assert_eq!(nanoseconds(within), Some((last - begin) as i64), "case {case}: {drive:?}");
                }
                on_ramps += usize::from(found < drive.ramp() - begin as i64);
            } else if let Some(time) = from_then_on {
                assert!(begin as i64 + time.as_nanos() > watched as i64, "case {case}: {drive:?}");
            } else {
                assert_eq!(target, 0, "case {case}: only what comes to rest never gets there: {drive:?}");
                rests += 1;
            }
            let (time, end) = (begin + 1, ways.len() - 1);
            let most = (ways[time] - ways[time - 1]).max(ways[(time + 1).min(end)] - ways[time]);
            assert_eq!(drive.step(at(told + time as i64)), most, "case {case}: {drive:?}");
        }
    }
    assert!(
        rests > 500 && on_ramps > 2_000,
        "{rests} come to rest before, {on_ramps} are there while still on the ramp"
    );
}

#[test]
fn a_ramp_of_metres_and_seconds() {
    // From 0 to 0.5 m/s by 0.25 m/s2: 0.5 m in 2 s; 0.125 m after 1 s.
    let mut drive = Drive::new();
    drive.aim(at(0), METRE / 2, METRE / 4);
    let metres = |drive: &Drive, seconds: f64| drive.way(at((seconds * 1e9) as i64)) as f64 / 1e18;
    assert_eq!([0.0, 1.0, 2.0, 6.0].map(|time| metres(&drive, time)), [0.0, 0.125, 0.5, 2.5]);
    let covers = |drive: &Drive, micrometres: i64, now: i64| {
        nanoseconds(drive.time_to_cover(i128::from(micrometres) * 1_000_000_000_000, at(now)))
    };
    assert_eq!(covers(&drive, 0, 0), Some(0));
    assert_eq!(covers(&drive, 125_000, 0), Some(METRE));
    assert_eq!(covers(&drive, 0, METRE), Some(0));
    assert_eq!(covers(&drive, 1_000_000, 0), Some(3 * METRE));
    assert_eq!(covers(&drive, 375_000, METRE), Some(METRE));
    // 0.3 m = a t^2 / 2: t = 1.549193338482966... s.
    assert_eq!(covers(&drive, 300_000, 0), Some(1_549_193_339));
    // It slows down to 0.3 m/s from 1 s on, when it runs at 0.25 m/s: that is faster still. Then it comes to rest.
    drive.aim(at(METRE), 3 * METRE / 10, METRE / 4);
    assert_eq!(covers(&drive, 55_000, METRE), Some(METRE / 5));
    drive.aim(at(METRE + METRE / 5), 0, METRE / 4);
    assert_eq!(covers(&drive, 180_000, METRE + METRE / 5), Some(6 * METRE / 5));
    assert_eq!(covers(&drive, 180_001, METRE + METRE / 5), None);
    assert_eq!(covers(&drive, 1, 100 * METRE), None);
}

#[test]
fn what_has_come_to_rest_at_a_place_has_come_there() {
    // 0.5 m/s, 0.25 m/s2: 0.5 m more. Within 0.5 m for ever, so since it came there.
    let mut drive = Drive::new();
    drive.aim(at(0), METRE / 2, 0);
    drive.aim(at(0), 0, METRE / 4);
    let half_a_metre = 500_000_000_000_000_000;
    assert_eq!(nanoseconds(drive.time_to_cover(half_a_metre, at(0))), Some(2 * METRE));
    assert_eq!(nanoseconds(drive.time_within(half_a_metre, at(0))), Some(2 * METRE));
    assert_eq!(nanoseconds(drive.time_within(half_a_metre + 1, at(0))), None);
}

#[test]
fn how_often_somebody_looks_moves_nothing() {
    let mut drive = Drive::new();
    drive.aim(at(3), 700_000_001, 333_333_333);
    for now in [4, 5, 1_000_003, 2_100_000_000, 2_100_000_010, 5_000_000_000] {
        // To be told the same again is no news.
        let before = drive.clone();
        drive.aim(at(now), 700_000_001, 333_333_333);
        assert_eq!(drive, before);
    }
    drive.stand(at(6_000_000_000));
    assert_eq!((drive.way(at(7_000_000_000)), drive.step(at(7_000_000_000))), (0, 0));
}

#[test]
fn the_fastest_and_the_slowest_are_within_what_numbers_hold() {
    for (from, target, acceleration) in
        [(1_000 * METRE, 0, 1), (0, 1_000 * METRE, 1), (1_000 * METRE, 1, i64::MAX), (0, 1, i64::MAX), (1, 0, 1)]
    {
        let mut drive = Drive::new();
        drive.aim(at(0), from, 0);
        drive.aim(at(0), target, acceleration);
        let end = at(i64::MAX);
        assert!(drive.way(end) >= 0 && drive.step(end) >= 0, "{drive:?}");
        let half = drive.way(at(1_000_000_000_000)) / 2;
        if half > 0 {
            let time = drive.time_to_cover(half, at(0)).expect("it has come so far");
            let before = drive.way(at(time.as_nanos() - 1));
            assert!(before < half && half <= drive.way(at(time.as_nanos())), "{drive:?}");
        }
    }
}
