//! Random plants, played by the engine and by the reference model, and taken up again at every event.

use plant::description::Node;
use plant::element::Command;

use crate::S;
use crate::line::{Line, conveyor, seconds, text};
use crate::reference::{Arrival, Change, Reference, Stopper};

/// Random plants, each played by the engine and by the reference model; every entry, exit and edge must agree to the
/// nanosecond.
fn agree(cases: impl Iterator<Item = Reference>) -> usize {
    let mut checked = 0;
    for (case, reference) in cases.enumerate() {
        let log = line_of(&reference).play();
        let expected = reference.play();
        assert_eq!(log.arrived("belt"), expected.entered, "entries, case {case}: {reference:?}");
        assert_eq!(log.departed("belt"), expected.left, "exits, case {case}: {reference:?}");
        for (index, edges) in expected.edges.iter().enumerate() {
            let seen: Vec<(i64, bool)> =
                log.edges(&format!("eye {index}"))[1..].iter().map(|(at, value)| (*at, *value == 1.0)).collect();
            assert_eq!(seen, *edges, "eye {index}, case {case}: {reference:?}");
            checked += edges.len();
        }
        checked += expected.entered.len() + expected.left.len();
    }
    checked
}

#[test]
fn random_runs_agree_with_the_reference_model_to_the_nanosecond() {
    let checked = agree((0..400).map(Reference::random));
    assert!(checked > 40_000, "only {checked} times were compared");
}

#[test]
fn random_runs_with_ramps_agree_with_the_reference_model_to_the_nanosecond() {
    let checked = agree((0..400).map(|seed| Reference::random(seed).with_ramps(seed)));
    assert!(checked > 40_000, "only {checked} times were compared");
}

#[test]
fn random_runs_with_ramps_go_on_from_a_snapshot_at_any_event() {
    let taken_up = (0..20).map(|seed| line_of(&Reference::random(seed).with_ramps(seed)).check_snapshots());
    assert!(taken_up.sum::<u64>() > 4_000);
}

/// The plant that a reference model stands for.
fn line_of(reference: &Reference) -> Line {
    let metres = |length: i64| format!("{}.{:09} m", length / S, length % S);
    let nanometres = |length: i64| text(&metres(length));
    let belt = |speed: i64, acceleration: i64, gap: i64, accumulating: bool, stoppers: &[Stopper]| {
        let lengths = reference.types.iter().map(|(name, length, _)| (*name, nanometres(*length)));
        let stoppers = stoppers.iter().map(|stopper| {
            let mut fields =
                vec![("position", nanometres(stopper.position)), ("closed", Node::boolean(stopper.closed))];
            if let Some(dwell) = stopper.dwell {
                fields.push(("dwell", seconds(dwell)));
            }
            (stopper.name, Node::structure("", fields))
        });
        conveyor(
            &metres(reference.length),
            &format!("{}/s", metres(speed)),
            accumulating,
            &[
                ("part_length", Node::map(lengths)),
                ("gap", nanometres(gap)),
                ("stoppers", Node::map(stoppers)),
                ("acceleration", text(&format!("{}/s^2", metres(acceleration)))),
            ],
        )
    };
    let mut line = Line::new("400 s");
    line.part_types(&reference.types.iter().map(|(name, ..)| *name).collect::<Vec<_>>());
    let arrivals: Vec<(i64, &str)> =
        reference.arrivals.iter().map(|Arrival { at, part_type }| (*at, reference.types[*part_type].0)).collect();
    line.arrivals(&arrivals);
    let mut speed = reference.speed;
    let mut acceleration = reference.acceleration;
    let mut gap = reference.gap;
    let mut accumulating = reference.accumulating;
    let mut stoppers = reference.stoppers.clone();
    line.add("belt", belt(speed, acceleration, gap, accumulating, &stoppers));
    line.station_by_type(&reference.types.iter().map(|(name, _, time)| (*name, *time)).collect::<Vec<_>>());
    for (index, position) in reference.eyes.iter().enumerate() {
        line.eye(&format!("eye {index}"), &metres(*position));
    }
    for (at, change) in &reference.changes {
        match change {
            Change::Speed(value) => speed = *value,
            Change::Acceleration(value) => acceleration = *value,
            Change::Gap(value) => gap = *value,
            Change::Accumulating(value) => accumulating = *value,
            Change::Closed(stopper, closed) => stoppers[*stopper].closed = *closed,
            Change::Stop => line.command(*at, "belt", Command::Stop),
            Change::Go => line.command(*at, "belt", Command::Go),
        }
        if !matches!(change, Change::Stop | Change::Go) {
            line.set(*at, "belt", belt(speed, acceleration, gap, accumulating, &stoppers));
        }
    }
    line
}
