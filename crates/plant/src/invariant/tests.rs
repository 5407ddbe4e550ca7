//! Every invariant holds after every event of small plants that exercise everything.

use std::sync::Arc;

use kernel::{SimDuration, SimTime};

use super::Auditor;
use super::trial::{JOBS, KITS, SHOP, WAYS, plant, run};
use crate::element::{Command, ElementIndex};
use crate::plant::Change;
use crate::run::{Progress, Run, RunError};

const PLANTS: [(&str, &str); 4] = [("shop", SHOP), ("kits", KITS), ("jobs", JOBS), ("ways", WAYS)];

/// Events each plant is audited for.
const EVENTS: u64 = 20_000;

fn audited(run: &mut Run, events: u64) -> Result<u64, RunError> {
    let mut auditor = Auditor::begin(run)?;
    while auditor.events() < events && auditor.step(run)? == Progress::Going {}
    Ok(auditor.events())
}

#[test]
fn everything_holds_after_every_event() {
    for (name, text) in PLANTS {
        for seed in [1, 2] {
            match audited(&mut run(text, seed), EVENTS) {
                Ok(events) => assert_eq!(events, EVENTS, "{name} stops by itself"),
                Err(error) => panic!("{name}, seed {seed}: {error}"),
            }
        }
    }
}

#[test]
fn looking_changes_nothing() {
    for (name, text) in PLANTS {
        let mut seen = run(text, 5);
        audited(&mut seen, 5_000).expect(name);
        let mut unseen = run(text, 5);
        let end = seen.now();
        unseen.set_horizon(end);
        seen.set_horizon(end);
        unseen.finish().expect(name);
        seen.finish().expect(name);
        assert_eq!(seen.digest(), unseen.digest(), "{name}");
        assert_eq!(seen.report(), unseen.report(), "{name}");
    }
}

#[test]
fn everything_holds_through_commands_and_changes_of_plan() {
    let after = |minutes: i64| SimTime::ZERO + SimDuration::from_minutes(minutes);
    let mut shop = plant(SHOP);
    let changed = plant(
        &SHOP
            .replace("capacity: 2,", "capacity: 1,")
            .replace("queue: 3,", "queue: 9,")
            .replace("members: 2", "members: 3")
            .replace("\"11 kW\"", "\"9 kW\"")
            .replace("Triangular(\"40 s\", \"45 s\", \"60 s\")", "\"44 s\""),
    );
    let named = |name: &str| shop.element(name).expect("an element of the plant");
    let all: Vec<ElementIndex> = (0..shop.model.elements.len() as u32).map(ElementIndex).collect();
    let (saw, mill, check, source, people) = (named("saw"), named("mill"), named("check"), named("in"), named("people"));
    let original = plant(SHOP);
    let replan = |minutes: i64, plant, elements: &[ElementIndex]| {
        shop.replan(after(minutes), plant, elements).expect("the same elements and facets")
    };
    let mut changes = vec![
        replan(300, &changed, &all),
        replan(600, &original, &all),
        replan(601, &changed, &[mill]),
        replan(900, &original, &[mill, saw]),
    ];
    for round in 0..40 {
        let at = after(130 + 37 * round);
        let commands = [
            (saw, Command::Fail),
            (check, Command::Fail),
            (source, Command::Rush { quantity: 3, part_type: None, priority: 7 }),
            (mill, Command::Fail),
            (people, Command::Shift { on: false }),
            (saw, Command::Repair),
            (check, Command::Shift { on: round % 2 == 0 }),
            (people, Command::Shift { on: true }),
            (mill, Command::Repair),
            (check, Command::Repair),
        ];
        for (step, (element, command)) in commands.into_iter().enumerate() {
            changes.push(Change::Command { at: at + SimDuration::from_secs(90 * step as i64), element, command });
        }
    }
    changes.sort_by_key(Change::at);
    changes.into_iter().for_each(|change| shop.add_change(change));
    let mut run = Run::new(Arc::new(shop), 3, 0).expect("no plugins");
    if let Err(error) = audited(&mut run, EVENTS) {
        panic!("{error}");
    }
}

#[test]
fn an_audit_can_begin_in_the_middle_and_run_to_the_end() {
    let mut run = run(SHOP, 9);
    while run.event_count() < 4_000 {
        run.advance_by(64).expect("a sound run");
    }
    run.set_horizon(run.now() + SimDuration::from_hours(4));
    run.audit(1).expect("every invariant holds");
    assert_eq!(run.now(), run.horizon());
    let mut sampled = self::run(JOBS, 9);
    sampled.set_horizon(SimTime::ZERO + SimDuration::from_hours(40));
    sampled.audit(100).expect("every invariant holds");
}
