//! A plant in which furnaces, washers in batches, printers and shredders are interrupted, scrap, restart and rework: audited at every
//! event, saved in the middle of jobs, and changed while it runs.

use std::sync::Arc;

use kernel::{SimDuration, SimTime};
use plant::invariant::Auditor;
use plant::plant::Plant;
use plant::run::{Progress, Run, Snapshot};

use crate::play::plan;

/// Furnaces, batches at stations, build jobs of powder and graded recovery, with whatever interrupts and scraps them, crews, shifts,
/// changeovers and rework.
const PROCESSES: &str = r#"(
    clock: (start: "2026-11-23T06:00:00Z", warm_up: "1 d", horizon: "400 d"),
    part_types: {
        "gear": (routing: "gears", volume: "21 cm^3", body: (shape: Cylinder(diameter: "60 mm", height: "40 mm"), mass: "2 kg")),
        "shaft": (routing: "shafts", volume: "33 cm^3", body: (shape: Box(length: "90 mm", width: "30 mm", height: "80 mm"), mass: "5 kg")),
        "core": (),
    },
    routings: {
        "gears": (steps: [(at: ["printer"]), (at: ["furnace"], recipe: "anneal"), (at: ["wash"], process_time: Exponential("20 min")), (at: ["furnace"], recipe: "temper"), (at: ["wash"])], then: "shredder"),
        "shafts": (steps: [(at: ["printer"]), (at: ["wash"]), (at: ["furnace"])], then: "shredder"),
    },
    elements: {
        "in": Source(arrivals: Interarrival(Exponential("170 min")), part_type: {"gear": 2, "shaft": 1}, when_blocked: Pause),
        "printer": AdditiveStation(build_volume: (length: "120 mm", width: "120 mm", height: "100 mm"), packing_density: 0.09, least_fill: 0.7, longest_wait: "3 h",
            preparation: "10 min", layer_thickness: "300 um", recoating_time: "8 s", build_rate: "150 cm^3/h", cool_down: "100 min", removable_chamber: true, queue: (capacity: 9, rule: Lpt),
            powder: (bulk_density: "0.47 g/cm^3", density: "1.03 g/cm^3", recovery: 0.93, refresh: 0.35),
            failures: [(time_to_failure: Exponential("20 h"), time_to_repair: Exponential("30 min"), after_repair: Scrap),
                       (time_to_failure: Exponential("15 h"), time_to_repair: "20 min", repaired_by: "people", after_repair: Restart)],
            staffing: (processing: "people"), energy: (processing: "4 kW", idle: "1 kW", standby: "100 W", standby_after: "20 min", warm_up_time: "10 min")),
        "furnace": Furnace(capacity: 4, minimum: 3, longest_wait: "4 h", queue: (capacity: 5, rule: Priority), load: Mass(most: "13 kg"),
            programs: {
                "anneal": (segments: [Heat(to: "620 degC", power: "40 kW"), Hold("20 min"), Cool(to: "300 degC")]),
                "temper": (segments: [Heat(to: "180 degC", rate: "6 K/min"), Hold("30 min"), Heat(to: "220 degC", rate: "4 K/min"), Hold("5 min"), Cool(to: "90 degC", rate: "9 K/min")]),
                "relieve": (segments: [Heat(to: "400 degC", rate: "12 K/min"), Hold("15 min")], part_types: ["shaft"]),
            },
            time_constant: "2 h", door_time_constant: "20 min", loading: "5 min", unloading: "4 min", holding: (at: "600 degC", power: "9 kW"),
            failures: [(time_to_failure: Exponential("5 h"), time_to_repair: Exponential("40 min"), repaired_by: "people", after_repair: Resume),
                       (time_to_failure: Exponential("9 h"), clock: CalendarTime, time_to_repair: "10 min", after_repair: Restart),
                       (time_to_failure: Exponential("30 h"), time_to_repair: "15 min", after_repair: Scrap)],
            staffing: (processing: "people"), quality: (yield_ratio: 0.9, rejects: Rework(to: "wash", limit: 1)),
            energy: (processing: "2 kW", idle: "500 W", standby: "50 W", standby_after: "30 min", warm_up_time: "3 min")),
        "wash": Station(process_time: Uniform("15 min", "25 min"), capacity: 2, interval: "9 min", queue: (capacity: 4, rule: Lifo),
            batch: (minimum: 2, maximum: 3, longest_wait: "90 min"), setup: (time: "4 min"),
            calendar: (shifts: [(from: "06:00", to: "14:00"), (from: "14:30", to: "05:00")], breaks: [(from: "09:00", to: "09:15")], at_end: StopAtOnce),
            failures: [(time_to_failure: Exponential("8 h"), time_to_repair: Exponential("20 min"), after_repair: Resume)]),
        "shredder": Disassembly(pieces: [(part_type: "core", amount: 2, grades: {"good": (share: 0.6, value: "2 EUR"), "poor": (share: 0.4, next: "bin")})],
            materials: {"steel": (mass: "1.234567 kg", recovery: 0.877, value: "0.3 EUR/kg"), "dross": (mass: "11 g", recovery: 0)},
            process_time: Exponential("10 min"), queue: 2, failures: [(time_to_failure: Exponential("12 h"), time_to_repair: "9 min", after_repair: Scrap)], next: "out"),
        "people": Pool(members: 2, calendar: (shifts: [(from: "06:00", to: "05:00")], breaks: [(from: "12:00", to: "12:20")], at_end: StopAtOnce)),
        "bin": Sink(),
        "out": Sink(),
    },
)"#;

/// Events that are audited.
const EVENTS: u64 = 20_000;

fn sound(text: &str) -> Plant {
    plan(text).unwrap_or_else(|complaints| panic!("{complaints:#?}"))
}

fn audited(mut run: Run, events: u64) -> Run {
    let mut auditor = Auditor::begin(&mut run).expect("sound from the beginning");
    while auditor.events() < events {
        match auditor.step(&mut run) {
            Ok(Progress::Going) => {}
            Ok(Progress::Done) => panic!("it stops by itself"),
            Err(error) => panic!("{error}"),
        }
    }
    run
}

#[test]
fn everything_holds_in_processes() {
    let plant = Arc::new(sound(PROCESSES));
    audited(Run::new(plant.clone(), 2, 0).expect("a run"), EVENTS / 10);
    let report = audited(Run::new(plant, 1, 0).expect("a run"), EVENTS).report();
    // All of it has been used and interrupted, but for the shredder, which works too little to fail often.
    for name in ["printer", "furnace", "wash"] {
        let element = report.elements.iter().find(|element| element.name == name).expect("an element");
        assert!(element.counts.processed > EVENTS / 200, "{name}: {}", element.counts.processed);
        assert!(element.counts.failures > 0, "{name} never fails");
    }
    assert!(report.part_types.iter().map(|part_type| part_type.scrapped).sum::<u64>() > 0);
}

#[test]
fn processes_go_on_from_where_they_were_saved() {
    let plant = Arc::new(sound(PROCESSES));
    let mut whole = Run::new(plant.clone(), 7, 0).expect("a run");
    let horizon = SimTime::ZERO + SimDuration::from_hours(400);
    whole.set_horizon(horizon);
    let mut saved = Vec::new();
    while saved.len() < 24 {
        assert_eq!(whole.advance_by(61), Ok(Progress::Going), "{} are saved", saved.len());
        saved.push(whole.snapshot().to_bytes());
    }
    whole.finish().expect("a sound run");
    for bytes in saved {
        let snapshot = Snapshot::from_bytes(&plant, &bytes).unwrap_or_else(|misfit| panic!("{misfit}"));
        assert_eq!(snapshot.to_bytes(), bytes, "what was read is written as it was");
        let mut again = Run::resume(plant.clone(), 7, 0, &snapshot).expect("a state of this plant");
        again.set_horizon(horizon);
        again.audit(50).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((again.digest(), again.report()), (whole.digest(), whole.report()));
    }
}

#[test]
fn everything_holds_while_plans_change() {
    let mut plant = sound(PROCESSES);
    let other = PROCESSES
        .replace("longest_wait: \"4 h\"", "longest_wait: \"1 h\"")
        .replace("capacity: 4, minimum: 3", "capacity: 6, minimum: 2")
        .replace("Hold(\"20 min\")", "Hold(\"35 min\")")
        .replace("recovery: 0.93", "recovery: 0.5")
        .replace("packing_density: 0.09", "packing_density: 0.12")
        .replace("minimum: 2, maximum: 3", "minimum: 1, maximum: 2")
        .replace("share: 0.6", "share: 0.3")
        .replace("share: 0.4", "share: 0.7");
    let (other, original) = (sound(&other), sound(PROCESSES));
    let changed = ["furnace", "printer", "wash", "shredder"].map(|name| plant.element(name).expect("an element"));
    for day in 2..40 {
        let to = if day % 2 == 0 { &other } else { &original };
        let at = SimTime::ZERO + SimDuration::from_hours(24 * day + 7);
        let change = plant.replan(at, to, &changed).expect("a change that can be made");
        plant.add_change(change);
    }
    audited(Run::new(Arc::new(plant), 3, 0).expect("a run"), EVENTS / 4);
}
