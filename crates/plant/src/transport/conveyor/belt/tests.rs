//! Tests of the geometry of belts, without a plant around them.

use super::*;
use crate::element::ElementIndex;
use crate::part::{PartTypeIndex, Parts};

const METRE: i64 = 1_000_000_000;

fn track(length_m: i64, accumulating: bool) -> Track {
    Track { length: distance(length_m * METRE), gap: 0, accumulating, acceleration: 0, stoppers: Vec::new() }
}

/// A belt with so many parts of one metre, one metre and a half apart, the first with its front at the end.
fn full(track: &Track, parts: i64) -> (Belt, SimTime) {
    let mut slab = Parts::new(0);
    let mut belt = Belt::new(track);
    let mut now = SimTime::ZERO;
    belt.run(track, METRE / 2);
    for index in 0..parts {
        let part = slab.create(PartTypeIndex(0), ElementIndex(0), now).expect("room for a part");
        belt.advance(now);
        belt.push(track, part, distance(METRE));
        let run = if index + 1 < parts { distance(METRE * 3 / 2) } else { track.length - belt.front(0) };
        now += belt.time_to_cover(run).expect("the belt runs");
    }
    belt.advance(now);
    (belt, now)
}

#[test]
fn any_number_of_speed_changes_loses_nothing() {
    let track = track(1000, true);
    let (mut belt, mut now) = full(&track, 1);
    let before = belt.front(0);
    let mut travelled: i128 = 0;
    for step in 1..10_000_i64 {
        let (pace, time) = (step * 7919 % 1_000_003, step * 104_729 % 999_983);
        belt.run(&track, pace);
        now += SimDuration::from_nanos(time);
        belt.advance(now);
        travelled += i128::from(pace) * i128::from(time);
    }
    assert_eq!(belt.front(0) - before, travelled);
}

#[test]
fn a_queue_starts_and_stops_without_touching_its_parts() {
    let track = track(1000, true);
    let (mut belt, mut now) = full(&track, 600);
    assert!(matches!(belt.settle(&track, now), Some(Decision::AtEnd(_))));
    belt.keep();
    assert_eq!(belt.settle(&track, now), None);
    let mut joined = 0;
    while let Some(next) = belt.next_event(&track, now) {
        now = next;
        belt.advance(now);
        assert_eq!(belt.settle(&track, now), None);
        joined += 1;
    }
    assert_eq!(joined, 599, "each part joins the queue once");
    assert!(!belt.is_moving(&track, now));
    for (index, number) in (belt.first..belt.end()).enumerate() {
        assert_eq!(belt.front(number), distance((1000 - index as i64) * METRE));
    }
    let coordinates: Vec<Distance> = belt.carried.iter().map(|carried| carried.front).collect();
    for released in 1..=100 {
        assert_eq!(belt.hand_over(), distance(METRE));
        assert_eq!(belt.settle(&track, now), None);
        now = belt.next_event(&track, now).expect("the queue moves up");
        belt.advance(now);
        assert!(matches!(belt.settle(&track, now), Some(Decision::AtEnd(_))));
        belt.keep();
        assert_eq!(belt.settle(&track, now), None);
        assert_eq!(belt.next_event(&track, now), None, "one event for each part that leaves");
        assert_eq!(belt.front(belt.end() - 1), distance((1000 - 599 + released) * METRE));
    }
    assert!(belt.carried.iter().zip(&coordinates[100..]).all(|(carried, before)| carried.front == *before));
}

#[test]
fn rounding_of_times_is_taken_back_where_parts_stop() {
    // 1 m at 0.3 m/s is 3.33... s: found 0.2 nm past the end, put exactly there.
    for accumulating in [true, false] {
        let track = track(1, accumulating);
        let (mut belt, _) = full(&track, 1);
        belt = Belt { travelled: 0, since: SimTime::ZERO, ..belt };
        belt.carried[0].front = 0;
        belt.run(&track, 300_000_000);
        let now = belt.next_event(&track, SimTime::ZERO).expect("the part comes to the end");
        assert_eq!(now.as_nanos(), 3_333_333_334);
        belt.advance(now);
        assert_eq!(belt.front(0) - track.length, 200_000_000);
        assert!(matches!(belt.settle(&track, now), Some(Decision::AtEnd(_))));
        belt.keep();
        assert_eq!(belt.settle(&track, now), None);
        assert_eq!(belt.front(0), track.length);
    }
}

#[test]
fn parts_taken_off_from_behind_leave_a_sound_belt() {
    let mut track = track(20, true);
    track.stoppers =
        [5, 9].map(|metres| StopperPlan { position: distance(metres * METRE), dwell: None, closed: false }).to_vec();
    for kept in 0..8 {
        let (mut belt, now) = full(&track, 8);
        assert!(matches!(belt.settle(&track, now), Some(Decision::AtEnd(_))));
        belt.keep();
        assert_eq!(belt.settle(&track, now), None);
        let fronts: Vec<Distance> = (0..kept as u64).map(|number| belt.front(number)).collect();
        while belt.take_last(kept).is_some() {}
        assert_eq!(belt.len(), kept);
        assert_eq!((0..kept as u64).map(|number| belt.front(number)).collect::<Vec<_>>(), fronts);
        assert_eq!(belt.offered().is_some(), kept > 0);
        assert!(belt.zones.iter().all(|zone| zone.first <= belt.end() && zone.queued <= belt.end()));
        assert!(belt.zones.windows(2).all(|pair| pair[0].first >= pair[1].first));
        let zones: Vec<usize> = (0..kept as u64).map(|number| belt.zone_of(number)).collect();
        assert!(zones.is_sorted_by(|one, other| one >= other), "{zones:?}");
    }
}
