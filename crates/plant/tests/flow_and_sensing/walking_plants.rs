//! Members who walk, against a loop of events of the test's own, and in plants made up by chance: audited after every event, and saved
//! and taken up again in the middle of walks.

use std::fmt::Write;
use std::sync::Arc;

use kernel::{SimDuration, SimTime, Stream, StreamKey};
use plant::element::Command;
use plant::invariant::Auditor;
use plant::plant::{Change, Plant};
use plant::run::{Progress, Run, RunError, Snapshot};
use plant::state::State;

use crate::play::{plan, play};

/// A machine: where it stands, in millimetres, how long it runs before it fails, and how long a repair takes, in milliseconds.
struct Machine {
    place_mm: i64,
    runs_ms: i64,
    repair_ms: i64,
}

/// Horizon of the repair shop, in milliseconds.
const HORIZON_MS: i64 = 7_200_000;

/// How long each machine has waited for a repairer, and how often it has failed: the machine repair model with ways at 1 m/s, first come
/// first served, by a loop that shares nothing with the engine.
fn repaired_by_hand(machines: &[Machine], repairers: usize) -> Vec<(i64, u64)> {
    // What comes next of each machine: it fails, or is repaired by that repairer.
    let mut next: Vec<(i64, Option<usize>)> = machines.iter().map(|machine| (machine.runs_ms, None)).collect();
    // Where each repairer is, since when it is free, and whether it is.
    let mut crew = vec![(0_i64, 0_i64, true); repairers];
    let (mut line, mut sums): (Vec<(i64, usize)>, _) = (Vec::new(), vec![(0, 0); machines.len()]);
    loop {
        let (now, number) = (0..machines.len()).map(|number| (next[number].0, number)).min().expect("machines");
        if now >= HORIZON_MS {
            break;
        }
        match next[number].1 {
            None => {
                sums[number].1 += 1;
                line.push((now, number));
                next[number].0 = i64::MAX;
            }
            Some(repairer) => {
                crew[repairer] = (machines[number].place_mm, now, true);
                next[number] = (now + machines[number].runs_ms, None);
            }
        }
        while let Some((failed, number)) = line.first().copied() {
            let machine = &machines[number];
            let free = (0..repairers).filter(|repairer| crew[*repairer].2);
            let nearest =
                |repairer: &usize| ((machine.place_mm - crew[*repairer].0).abs(), crew[*repairer].1, *repairer);
            let Some(repairer) = free.min_by_key(nearest) else { break };
            line.remove(0);
            let begins = now + (machine.place_mm - crew[repairer].0).abs();
            crew[repairer].2 = false;
            sums[number].0 += begins.min(HORIZON_MS) - failed;
            next[number] = (begins + machine.repair_ms, Some(repairer));
        }
    }
    for (failed, number) in line {
        sums[number].0 += HORIZON_MS - failed;
    }
    sums
}

#[test]
fn repairers_who_walk_are_those_of_the_machine_repair_model() {
    let machines: Vec<Machine> = [
        (-31_007, 61_013, 9_001),
        (-4_003, 97_021, 14_009),
        (2_011, 71_003, 5_023),
        (17_029, 83_047, 21_011),
        (44_017, 113_021, 3_019),
        (90_001, 131_009, 8_017),
    ]
    .map(|(place_mm, runs_ms, repair_ms)| Machine { place_mm, runs_ms, repair_ms })
    .into();
    let milliseconds = |value: i64| format!("{}.{:03} s", value / 1000, value % 1000);
    for repairers in 1..=3 {
        let (mut elements, mut at) = (String::new(), String::new());
        for (number, machine) in machines.iter().enumerate() {
            let _ = write!(
                elements,
                r#""in {number}": Source(arrivals: Unlimited, next: "m{number}"), "m{number}": Station(process_time: "10 s", next: "out",
                    failures: [(time_to_failure: "{}", time_to_repair: "{}", repaired_by: "fitters")]),"#,
                milliseconds(machine.runs_ms),
                milliseconds(machine.repair_ms)
            );
            let _ = write!(at, r#""m{number}": (x: "{} mm"), "#, machine.place_mm);
        }
        let run = play(&format!(
            r#"(clock: (horizon: "{}"), elements: {{{elements} "out": Sink(),
                "fitters": Pool(members: {repairers}, walking: (speed: "1 m/s", base: (), at: {{{at}}}))}})"#,
            milliseconds(HORIZON_MS)
        ));
        for (number, (waited_ms, failures)) in repaired_by_hand(&machines, repairers).into_iter().enumerate() {
            let machine = run.element(&format!("m{number}"));
            let waited = machine.time_in(State::WaitingForRepair).as_nanos();
            assert_eq!(
                (waited, machine.counts.failures),
                (i128::from(waited_ms) * 1_000_000, failures),
                "m{number}, {repairers} repairers"
            );
        }
    }
}

/// Plants that are played.
const PLANTS: u64 = 60;

/// Events for which each is audited.
const EVENTS: u64 = 1_200;

/// Events from one saved state to the next.
const SAVED_EVERY: u64 = 37;

/// Numbers by chance.
struct Chance(Stream);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0.below(bound)
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len() as u64) as usize]
    }
}

/// Stations in a row and a tool group, with crews, setups, repairs and maintenance by pools whose members walk; and the same with
/// other members, who walk faster.
fn scenarios(number: u64) -> [String; 2] {
    let mut chance =
        Chance(Stream::new(&StreamKey { seed: 29, replication: number, name: "walkers", purpose: "layout" }));
    let crews = [
        r#""people""#,
        r#"(pool: "people", skill: "a")"#,
        r#"(pool: "people", amount: 2)"#,
        r#"[(pool: "people", skill: "b"), (pool: "people")]"#,
        r#"[(pool: "people", skill: "a"), (pool: "hoists")]"#,
        r#""hoists""#,
    ];
    let (mut elements, mut at) = (String::new(), String::new());
    for station in 0..5 {
        let next = if station < 4 { format!("s{}", station + 1) } else { "tools".to_owned() };
        let calendar = chance.one_of(&["", "", r#"calendar: "short","#]);
        let failures = chance.one_of(&[
            "",
            r#"failures: [(time_to_failure: Exponential("6 min"), clock: CalendarTime, time_to_repair: Exponential("1 min"), repaired_by: CREW, priority: 1)],"#,
            r#"failures: [(time_to_failure: Exponential("4 min"), time_to_repair: "40 s", repaired_by: CREW, after_repair: Scrap),
                (operations_to_failure: Constant(7), time_to_repair: "20 s", after_repair: Restart)],"#,
        ]);
        let maintenance =
            chance.one_of(&["", r#"maintenance: [(every: "9 min", duration: "1 min", done_by: CREW, priority: 2)],"#]);
        let setup = chance.one_of(&["", r#"setup: (time: Exponential("10 s")),"#]);
        let needs = if setup.is_empty() { "processing: CREW" } else { "processing: CREW, setup: CREW" };
        let element = format!(
            r#""s{station}": Station(capacity: {}, process_time: Exponential("{} s"), queue: {}, {failures} {maintenance} {setup} {calendar}
                staffing: ({needs}, priority: {}), next: "{next}"),"#,
            1 + chance.below(2),
            10 + chance.below(40),
            1 + chance.below(3),
            chance.below(3)
        );
        for (index, piece) in element.split("CREW").enumerate() {
            elements += if index > 0 { chance.one_of(&crews) } else { "" };
            elements += piece;
        }
        let _ = write!(at, r#""s{station}": (x: "{} m", y: "{} m"), "#, 9 * chance.below(5), 7 * chance.below(3));
    }
    let walking = |chance: &mut Chance, speed: u64| {
        format!(
            r#"walking: (speed: "{speed} dm/s", base: (x: "20 m"), when_free: {}, way: {}, at: {{{at} "tools": (x: "-9 m"), "tools/2": (x: "-14 m", y: "3 m")}}),"#,
            chance.one_of(&["Stay", "Return"]),
            chance.one_of(&["Straight", "Axes"])
        )
        .replace(" dm/s", "00 mm/s")
    };
    let (ways, hoist_ways) = (walking(&mut chance, 8), walking(&mut chance, 3));
    let hoists = if chance.below(2) == 0 { hoist_ways } else { String::new() };
    let on_shift = chance.one_of(&["", r#"calendar: "short","#]);
    let members = [
        r#"[(size: 2, skills: ["a"]), (size: 1, skills: ["a", "b"])]"#,
        r#"[(size: 1, skills: ["b"]), (size: 1, skills: ["a", "b"])]"#,
        r#"[(size: 3, skills: ["a", "b"])]"#,
    ];
    let [first, second] = [0, 1].map(|_| chance.one_of(&members));
    let scenario = |members: &str, ways: &str| {
        format!(
            r#"(
            clock: (start: "2026-11-23T06:00:00Z", horizon: "30 d"),
            part_types: {{"red": (), "blue": ()}},
            calendars: {{"short": (shifts: [(from: "06:00", to: "06:20"), (from: "06:25", to: "06:50"), (from: "07:00", to: "23:00")], at_end: StopAtOnce)}},
            elements: {{
                "in": Source(arrivals: Interarrival(Exponential("40 s")), part_type: {{"red": 1, "blue": 1}}, next: "s0"),
                {elements}
                "tools": ToolGroup(tools: 3, process_time: Exponential("50 s"), queue: 4, staffing: (processing: (pool: "people", skill: "b"), priority: 1), next: "out",
                    failures: [(time_to_failure: Exponential("8 min"), time_to_repair: "30 s", repaired_by: "people")]),
                "people": Pool(members: {members}, {ways} {on_shift}),
                "hoists": Pool(members: 2, {hoists}),
                "out": Sink(),
            }},
        )"#
        )
    };
    [scenario(first, &ways), scenario(second, &ways.replace("800 mm/s", "1300 mm/s"))]
}

/// A plant made up by chance, in which units are told to fail and to be repaired, pools to go off shift, and members come and go.
fn made_up(number: u64) -> Plant {
    let [scenario, changed] = scenarios(number);
    let planned = |scenario: &str| plan(scenario).unwrap_or_else(|complaints| panic!("{scenario}\n{complaints:#?}"));
    let (mut plant, changed) = (planned(&scenario), planned(&changed));
    let at = |seconds: u64| SimTime::ZERO + SimDuration::from_secs(seconds as i64);
    let people = plant.element("people").expect("a pool");
    let members = plant.replan(at(700), &changed, &[people]).expect("other members");
    plant.add_change(members);
    let mut chance =
        Chance(Stream::new(&StreamKey { seed: 29, replication: number, name: "walkers", purpose: "orders" }));
    for turn in 0..30 {
        let (element, command) = match chance.below(4) {
            0 => ("people", Command::Shift { on: chance.below(2) == 0 }),
            1 => (["s0", "s2", "tools/1"][chance.below(3) as usize], Command::Repair),
            _ => (["s0", "s1", "s3", "tools/3"][chance.below(4) as usize], Command::Fail),
        };
        let element = plant.element(element).expect("an element of this name");
        plant.add_change(Change::Command { at: at(40 + 61 * turn), element, command });
    }
    plant.add_change(Change::Command { at: at(1_900), element: people, command: Command::Shift { on: true } });
    plant
}

#[test]
fn whoever_walks_where_everybody_is_where_the_books_say() {
    let (mut walked, mut shipped) = (0.0, 0);
    for number in 0..PLANTS {
        let plant = Arc::new(made_up(number));
        let fails = |error: RunError| -> ! { panic!("plant {number}: {error}\n{}", scenarios(number)[0]) };
        let mut run = Run::new(plant.clone(), 3, 0).expect("a run");
        let mut auditor = Auditor::begin(&mut run).unwrap_or_else(|error| fails(error));
        let mut states = Vec::new();
        while auditor.events() < EVENTS
            && auditor.step(&mut run).unwrap_or_else(|error| fails(error)) == Progress::Going
        {
            if auditor.events().is_multiple_of(SAVED_EVERY)
                && (number + auditor.events() / SAVED_EVERY).is_multiple_of(14)
            {
                states.push((run.event_count(), run.snapshot().to_bytes()));
            }
        }
        let (end, digest, last) = (run.event_count(), run.digest(), run.snapshot().to_bytes());
        for (event, bytes) in states {
            let state = Snapshot::from_bytes(&plant, &bytes)
                .unwrap_or_else(|error| panic!("plant {number}, event {event}: {error}"));
            assert_eq!(state.to_bytes(), bytes, "plant {number}, event {event}");
            let mut resumed = Run::resume(plant.clone(), 3, 0, &state).expect("a run");
            let mut auditor = Auditor::begin(&mut resumed).unwrap_or_else(|error| fails(error));
            while resumed.event_count() < end {
                auditor.step(&mut resumed).unwrap_or_else(|error| fails(error));
            }
            assert_eq!(resumed.digest(), digest, "plant {number}, from event {event}");
            assert!(
                resumed.snapshot().to_bytes() == last,
                "plant {number}, from event {event}: the same to the last bit"
            );
        }
        let report = run.report();
        let people = report.elements.iter().find(|element| element.name == "people").expect("a pool");
        walked += people.figures.iter().find(|figure| figure.name == "distance walked").expect("they walk").value;
        shipped += report.part_types.iter().map(|part_type| part_type.shipped).sum::<u64>();
    }
    assert!(walked > 20.0 * PLANTS as f64 && shipped > PLANTS, "{walked} m, {shipped} parts");
}
