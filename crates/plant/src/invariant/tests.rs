//! Every invariant holds after every event of small plants that exercise everything.

use std::sync::Arc;

use kernel::{SimDuration, SimTime};

use super::Auditor;
use super::trial::{AISLES, FAB, JOBS, KITS, LOTS, SHOP, WAYS, plant, run, walking_shop};
use crate::element::{Command, ElementIndex};
use crate::plant::Change;
use crate::run::{Progress, Run, RunError};

const PLANTS: [(&str, &str); 7] =
    [("shop", SHOP), ("kits", KITS), ("jobs", JOBS), ("ways", WAYS), ("fab", FAB), ("lots", LOTS), ("aisles", AISLES)];

/// Events each plant is audited for.
const EVENTS: u64 = 20_000;

fn audited(run: &mut Run, events: u64) -> Result<u64, RunError> {
    let mut auditor = Auditor::begin(run)?;
    while auditor.events() < events && auditor.step(run)? == Progress::Going {}
    Ok(auditor.events())
}

/// Audits a plant for [`EVENTS`] events, and for a tenth of that under another seed.
#[track_caller]
fn holds(text: &str) {
    for (seed, events) in [(1, EVENTS), (2, EVENTS / 10)] {
        match audited(&mut run(text, seed), events) {
            Ok(audited) => assert_eq!(audited, events, "it stops by itself"),
            Err(error) => panic!("seed {seed}: {error}"),
        }
    }
}

#[test]
fn everything_holds_in_the_shop() {
    holds(SHOP);
}

#[test]
fn everything_holds_where_people_walk() {
    holds(&walking_shop());
}

#[test]
fn everything_holds_with_kits_and_boxes() {
    holds(KITS);
}

#[test]
fn everything_holds_with_routings_and_orders() {
    holds(JOBS);
}

#[test]
fn everything_holds_in_tool_groups() {
    holds(FAB);
}

#[test]
fn everything_holds_with_lots_of_pieces() {
    holds(LOTS);
}

#[test]
fn everything_holds_with_vehicles() {
    holds(AISLES);
}

#[test]
fn everything_holds_on_all_ways() {
    holds(WAYS);
}

#[test]
fn a_change_of_power_counts_at_once_in_every_energy_state() {
    let text = r#"
        clock: (horizon: "3 h"),
        elements: {
            "in": Source(arrivals: Table([(time: "10 min"), (time: "1 h")]), next: "oven"),
            "oven": Station(process_time: "20 min", next: "out",
                energy: (processing: "8 kW", idle: "2 kW", standby: "500 W", standby_after: "1 min", warm_up_time: "5 min")),
            "out": Sink(),
        },
    "#;
    let changed = plant(&text.replace("8 kW", "6 kW").replace("2 kW", "1 kW").replace("500 W", "400 W"));
    let original = plant(text);
    // Idle, in standby, warming up, processing.
    for minutes in [0, 5, 12, 20, 50] {
        let mut plant = plant(text);
        let oven = plant.element("oven").expect("an element of the plant");
        let after = |minutes: i64| SimTime::ZERO + SimDuration::from_minutes(minutes);
        for (at, plan) in [(after(minutes), &changed), (after(minutes + 2), &original)] {
            let change = plant.replan(at, plan, &[oven]).expect("the same elements and facets");
            plant.add_change(change);
        }
        let mut run = Run::new(Arc::new(plant), 1, 0).expect("no plugins");
        if let Err(error) = run.audit(1) {
            panic!("changed after {minutes} min: {error}");
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
    holds_through_changes(SHOP);
}

#[test]
fn everything_holds_where_people_walk_through_commands_and_changes_of_plan() {
    holds_through_changes(&walking_shop());
}

/// Audits the shop or one like it while it is told to do this and that.
#[track_caller]
fn holds_through_changes(text: &str) {
    let after = |minutes: i64| SimTime::ZERO + SimDuration::from_minutes(minutes);
    let mut shop = plant(text);
    let changed = plant(
        &text
            .replace("capacity: 2,", "capacity: 1,")
            .replace("queue: 3,", "queue: 9,")
            .replace("members: 2", "members: 3")
            .replace("(size: 2, skills: [\"packing\"])", "(size: 1, skills: [\"packing\"])")
            .replace("1.3 m/s", "0.9 m/s")
            .replace("\"11 kW\"", "\"9 kW\"")
            .replace("Triangular(\"40 s\", \"45 s\", \"60 s\")", "\"44 s\""),
    );
    let named = |name: &str| shop.element(name).expect("an element of the plant");
    let all: Vec<ElementIndex> = (0..shop.model.elements.len() as u32).map(ElementIndex).collect();
    let (saw, mill, check, source, people) =
        (named("saw"), named("mill"), named("check"), named("in"), named("people"));
    let original = plant(text);
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
