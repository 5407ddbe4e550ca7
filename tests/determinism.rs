//! The same scenario, seed and version give the same digest: twice, on any number of threads, watched or not, after a
//! snapshot at every event, in forks, and against golden digests that every machine and build must reproduce.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use kernel::{Digest, SimTime};
use plant::plant::Plant;
use plant::run::{Progress, Run};

use crate::playing::{begun, golden_difference, opened, opened_text, played, scenarios};

/// A small plant with everything that a run can hold in the middle of something.
pub const EVERYTHING: &str = r#"Scenario(
    schema: 1,
    name: "everything",
    clock: (start: "2026-11-23T06:00:00Z", warm_up: "10 min", horizon: "75 min"),
    energy: (
        emission: (emission: "380 g/kWh", times: [(from: "06:30", to: "08:00", emission: "200 g/kWh")]),
        tariff: (price: "0.3 EUR/kWh"),
        carriers: {"air": (electricity: "0.1 kWh/m^3"), "gas": (price: "0.1 EUR/kWh", emission: "200 g/kWh")},
        solar: (peak: "9 kW", profile: [(from: "06:20", share: 0.5), (from: "07:00", share: 1.0)]),
        battery: (capacity: "1 kWh", charging: "3 kW", discharging: "2 kW", efficiency: 0.9),
        feed_in: "0.1 EUR/kWh",
        peak: (limit: "1 MW", hold: ["mill"], shed: ["mill"]),
    ),
    costs: (labour: {"people": "40 EUR/h"}, machines: {"right": (always: "9 EUR/h")}, materials: {"*": "2 EUR"}, late: {"red": "1 EUR/h"}),
    calendars: {"day": (shifts: [(from: "06:00", to: "07:10")], breaks: [(from: "06:30", to: "06:36")])},
    part_types: {"blank": (volume: "20 cm^3"), "red": (), "blue": (priority: 2), "box": (), "board": (routing: "boards", pieces: 2)},
    routings: {
        "boards": (
            steps: [
                (name: "print", at: ["printer"], queue_time: "40 s", queue_time_to: "test", queue_time_spoils: true),
                (name: "print again", at: ["printer"], sampled: 0.5, same_tool_as: "print"),
                (name: "test", at: ["tester"], process_time: Uniform("6 s", "9 s"), per: Piece, interval: "4 s", setup: "gauge", rework: 0.2, rework_to: "print"),
            ],
            transport: "shuttle",
            then: "out",
        ),
    },
    work_in_progress: [(part_type: "board", step: "test", quantity: 2, due: "20 min", age: "1 h"), (part_type: "red", at: "repair")],
    elements: {
        "boards": Source(arrivals: Interarrival("45 s"), part_type: "board"),
        "printer": Station(process_time: Exponential("15 s"), queue: (capacity: Unlimited, rule: Mwkr)),
        "tester": Station(queue: Unlimited, process_time: "1 min", setup: (by: Step, time: "3 s"), handling: (load: "2 s", unload: "1 s", occupies: false)),
        "shuttle": Delay(time: Uniform("5 s", "9 s")),
        "board cards": CardLoop(cards: 4, from: ["printer"], to: ["tester"]),
        "wrapping work": CardLoop(cards: Work("2 min"), from: ["bay"], to: ["wrap"]),
        "people": Pool(
            members: [(size: 1, skills: ["setting", "mending"]), (size: 1, skills: ["packing"])],
            walking: (
                speed: "1.1 m/s",
                base: (x: "3 m"),
                at: {"mill": (), "right": (x: "6 m"), "pack": (x: "9 m", y: "2 m"), "ovens": (y: "5 m"), "ovens/2": (y: "6 m"), "truck": (x: "-4 m"), "furnace": (x: "2 m", y: "-3 m")},
                when_free: Return,
                way: Axes,
            ),
        ),
        "in": Source(arrivals: Interarrival(Exponential("40 s")), part_type: {"red": 2, "blue": 1}, next: "mill"),
        "mill": Station(
            process_time: {"red": Triangular("20 s", "25 s", "40 s"), "blue": LogNormal(mean: "25 s", cv: 0.4)},
            queue: (capacity: 5, rule: SetupAvoiding),
            setup: (time: Uniform("15 s", "40 s")),
            staffing: (setup: (pool: "people", skill: "setting")),
            failures: [
                (time_to_failure: Exponential("9 min"), time_to_repair: Exponential("2 min"), repaired_by: (pool: "people", skill: "mending")),
                (operations_to_failure: Geometric(0.05), time_to_repair: Uniform("5 s", "20 s")),
            ],
            calendar: "day",
            energy: (processing: "11 kW", idle: "2 kW", standby: "300 W", standby_after: "1 min", warm_up_time: "10 s", per_part: "0.1 kWh",
                carriers: {"air": (processing: "9 m^3/h", per_part: "20 l"), "gas": (idle: "1 kW")}),
            next: "belt",
        ),
        "belt": Conveyor(length: "4 m", speed: "0.2 m/s", accumulating: true, part_length: "300 mm", gap: "100 mm", acceleration: "0.05 m/s^2", failures: [(time_to_failure: Exponential("3 min"), time_to_repair: "9 s")], next: "split"),
        "split": Branch(by: ShortestQueue(["left", "right"])),
        "left": Station(
            process_time: Exponential("50 s"),
            queue: 3,
            quality: (yield_ratio: 0.8, inspection: (detection: 0.9, false_alarm: 0.05), rejects: Rework(to: "repair", limit: 1)),
            next: "join",
        ),
        "right": Station(process_time: Exponential("50 s"), queue: 3, maintenance: [(every: "20 min", first: "13 min", duration: "90 s"), (operations: 9, duration: Exponential("1 min"), done_by: (pool: "people", skill: "mending"))], failures: [(time_to_failure: Weibull(shape: 1.5, scale: "15 min"), clock: CalendarTime, time_to_repair: "90 s")], next: "join"),
        "repair": Station(
            process_time: Exponential("60 s"),
            queue: Unlimited,
            fluid: (takes: {"cleaner": "3 l"}, gives: {"sump": "2.5 l"}),
            next: "left",
        ),
        "cleaner": Tank(capacity: "20 l", initial: "5 l", area: "200 cm^2", levels: {"low": "4 l"}),
        "supply": Pump(
            to: "hose",
            flow: "2 l/min",
            failures: [(time_to_failure: Exponential("6 min"), time_to_repair: Exponential("3 min"))],
            energy: (processing: "200 W", standby: "5 W", standby_after: "40 s", warm_up_time: "3 s"),
        ),
        "hose": Pipe(to: "cleaner", volume: "1.5 l"),
        "leak": Pipe(from: "cleaner", to: "sump", opening: "5 mm^2", discharge: 0.6),
        "sump": Tank(capacity: "25 l"),
        "drain": Pump(from: "sump", flow: "5 l/min", drain: (above: "12 l", down_to: "1 l"), calendar: "day"),
        "dipstick": LevelSensor(of: "cleaner"),
        "cleaner low": Alarm(sensor: "dipstick", below: 4),
        "join": Merge(priorities: {"right": 1}, next: "cool"),
        "cool": Delay(time: Uniform("60 s", "120 s"), next: "store"),
        "store": Buffer(capacity: 10, next: "pack"),
        "pack": Batch(
            size: 3,
            container: "box",
            longest_wait: "6 min",
            process_time: "20 s",
            queue: 6,
            staffing: (processing: (pool: "people", skill: "packing")),
            next: "unpack",
        ),
        "unpack": Unbatch(process_time: "10 s", queue: 5, next: "ovens"),
        "ovens": ToolGroup(
            tools: 3,
            process_time: {"red": Triangular("40 s", "60 s", "90 s"), "*": Uniform("30 s", "50 s")},
            queue: 6,
            ranking: [SetupAvoiding, Priority, Lifo],
            qualified: {"blue": [1, 3]},
            setup: (time: "20 s", minimum_run: 2),
            batch: (minimum: 2, maximum: 3, longest_wait: "2 min"),
            interval: "25 s",
            handling: (load: "4 s", unload: "3 s"),
            maintenance: [(every: "25 min", first: "12 min", duration: "30 s"), (pieces: 20, duration: Exponential("20 s"))],
            failures: [(time_to_failure: Exponential("8 min"), time_to_repair: "40 s", repaired_by: (pool: "people", skill: "mending"))],
            energy: (processing: "5 kW", idle: "1 kW", standby: "200 W", standby_after: "30 s", warm_up_time: "5 s"),
            next: "out",
        ),
        "blanks": Source(arrivals: Interarrival("4 min"), part_type: "blank", next: "printer 3d"),
        "printer 3d": AdditiveStation(
            build_volume: (length: "100 mm", width: "100 mm", height: "80 mm"),
            packing_density: 0.1,
            least_fill: 0.5,
            longest_wait: "9 min",
            preparation: "30 s",
            layer_thickness: "500 um",
            recoating_time: "2 s",
            build_rate: "800 cm^3/h",
            cool_down: "5 min",
            removable_chamber: true,
            powder: (bulk_density: "0.45 g/cm^3", density: "1.01 g/cm^3", recovery: 0.9, refresh: 0.4, price: "60 EUR/kg"),
            failures: [(time_to_failure: Exponential("20 min"), time_to_repair: "30 s", after_repair: Restart)],
            next: "furnace",
        ),
        "furnace": Furnace(
            capacity: 3,
            minimum: 2,
            longest_wait: "8 min",
            load: Mass(most: "90 g", of: {"blank": "20 g"}),
            programs: {"sinter": (segments: [Heat(to: "320 degC", rate: "2 K/s"), Hold("90 s"), Cool(to: "200 degC")], part_types: ["blank"])},
            time_constant: "8 min",
            holding: (at: "320 degC", power: "3 kW"),
            loading: "20 s",
            queue: 4,
            energy: (processing: "1 kW", idle: "100 W"),
            failures: [(time_to_failure: Exponential("9 min"), time_to_repair: Exponential("1 min"), repaired_by: (pool: "people", skill: "mending"))],
            next: "salvage",
        ),
        "salvage": Disassembly(
            pieces: [(part_type: "blue", amount: 2, grades: {"good": (share: 0.7, value: "3 EUR"), "poor": (share: 0.3, part_type: "red")})],
            materials: {"steel": (mass: "20 g", recovery: 0.9, value: "2 EUR/kg")},
            process_time: Exponential("40 s"),
            queue: Unlimited,
            next: "out",
        ),
        "washer": Station(process_time: "30 s", batch: (minimum: 2, maximum: 3, longest_wait: "4 min"), queue: 3, next: "out"),
        "dirty": Source(arrivals: Interarrival(Exponential("70 s")), part_type: {"red": 1, "blue": 1}, next: "washer"),
        "pallets": Source(arrivals: Interarrival(Exponential("70 s")), part_type: "box", next: "bay"),
        "bay": Buffer(capacity: 4, rule: Lifo, next: "wrap"),
        "wrap": Station(process_time: Exponential("50 s"), queue: 2, next: "out bay"),
        "out bay": Delay(time: Uniform("10 s", "50 s"), capacity: 2, next: "racks"),
        "racks": AutomatedStorage(
            aisles: 2,
            sides: 1,
            bays: 4,
            tiers: 3,
            bay_width: "1.2 m",
            tier_height: "1.5 m",
            travel_speed: "1.5 m/s",
            travel_acceleration: "0.5 m/s^2",
            lift_speed: "0.4 m/s",
            transfer_time: Uniform("3 s", "6 s"),
            place: Random,
            zones: [(part_types: ["box"], places: 9), ()],
            failures: [(time_to_failure: Exponential("12 min"), time_to_repair: Exponential("1 min"), after_repair: Scrap)],
            next: "dip",
        ),
        "dip": Station(process_time: Exponential("35 s"), queue: 1, next: "rinse"),
        "rinse": Station(process_time: "25 s", next: "drip"),
        "drip": Delay(time: "30 s", capacity: 2, next: "out"),
        "hoists": CraneRail(
            stops: {"racks": "0 m", "dip": "5 m", "drip": "6 m", "rinse": "9 m"},
            cranes: 2,
            clearance: "1.5 m",
            speed: "0.8 m/s",
            acceleration: "0.4 m/s^2",
            pick_time: Exponential("4 s"),
            drop_time: "3 s",
            failures: [(time_to_failure: Exponential("14 min"), time_to_repair: Exponential("40 s"))],
        ),
        "yard": PathNetwork(
            nodes: {
                "a": (serves: ["bay"]),
                "b": (x: "20 m", capacity: 2, serves: ["wrap"]),
                "c": (x: "20 m", y: "12 m", serves: ["out bay"]),
                "d": (y: "12 m", stop: false),
                "dock": (x: "-9 m", y: "6 m", capacity: 3),
            },
            segments: [
                (from: "a", to: "b", capacity: 2),
                (from: "b", to: "c", speed: "0.7 m/s"),
                (from: "c", to: "d"),
                (from: "d", to: "a"),
                (from: "d", to: "dock"),
                (from: "dock", to: "a"),
            ],
        ),
        "truck": Fleet(
            network: "yard",
            vehicles: 3,
            start: ["dock"],
            speed: "1.3 m/s",
            loaded_speed: "0.9 m/s",
            acceleration: "0.5 m/s^2",
            braking: "0.8 m/s^2",
            length: "1.1 m",
            width: "0.7 m",
            load_time: Uniform("5 s", "8 s"),
            unload_time: Exponential("6 s"),
            capacity: 2,
            dispatching: LookAhead,
            parking: ["dock"],
            battery: (capacity: "300 Wh", driving: "500 W", standing: "20 W", charging: "1500 W", chargers: ["dock"], charge_below: 0.6, resume_at: 0.8),
            failures: [(time_to_failure: Exponential("9 min"), time_to_repair: Exponential("1 min"), repaired_by: (pool: "people", skill: "mending"))],
        ),
        "out": Sink(),
        "eye": PhotoEye(at: "belt", position: "3 m"),
        "stock": LevelSensor(of: "store", signal: (sampling: Every("30 s"), noise: 0.3)),
        "good": Counter(of: "left", count: Good, output: Rate("5 min"), signal: (sampling: Every("1 min"))),
        "heat": ProcessValue(of: "mill", value: 60, by_state: {"Failed": 20}, initial: 40, time_constant: "3 min", signal: (sampling: Every("20 s"), noise: 0.5)),
        "meter": PowerMeter(of: "mill", signal: (sampling: Every("1 min"))),
        "hot": Alarm(sensor: "heat", above: 50, hysteresis: 5, severity: Warning),
        "seen": Alarm(sensor: "eye", above: 0.5, delay: "5 s", severity: Warning),
    },
    events: [
        At("11 min", Set("mill.process_time", "18 s")),
        At("15 min", Stop("belt")),
        At("16 min", Go("belt")),
        At("20 min", Set("belt.speed", "0.1 m/s")),
        At("25 min", SensorFault("heat", Freeze)),
        At("28 min", SensorFault("heat", Clear)),
        At("40 min", Rush(source: "in", quantity: 3, part_type: "blue")),
        At("42 min", Stop("leak")),
        At("44 min", Set("supply.flow", "7 l/min")),
        At("45 min", Fail("right")),
        At("46 min", Go("leak")),
        At("48 min", Set("cleaner.capacity", "9 l")),
        At("50 min", Repair("right")),
        At("55 min", Set("people.members", [(size: 2, skills: ["setting", "mending", "packing"])])),
        At("57 min", Fail("ovens/2")),
        At("59 min", Set("ovens.ranking", CriticalRatio)),
        At("59 min", Set("furnace.longest_wait", "3 min")),
        At("60 min", Shift("left", false)),
        At("62 min", Shift("left", true)),
    ],
)"#;

const SEED: u64 = 4;

fn everything() -> Arc<Plant> {
    opened_text(EVERYTHING).plant
}

#[test]
fn two_runs_agree_and_others_do_not() {
    let plant = everything();
    let first = played(&plant, SEED, 0);
    assert_eq!(first.digest(), played(&plant, SEED, 0).digest());
    assert_eq!(first.digest(), played(&everything(), SEED, 0).digest(), "read a second time");
    assert_ne!(first.digest(), played(&plant, SEED + 1, 0).digest(), "another seed");
    assert_ne!(first.digest(), played(&plant, SEED, 1).digest(), "another replication");
}

#[test]
fn any_number_of_threads_gives_the_same_digests() {
    const REPLICATIONS: u64 = 12;
    let plant = everything();
    let digests = |threads: usize| -> Vec<(u64, Digest)> {
        let next = AtomicU64::new(0);
        let work = || {
            let mut mine = Vec::new();
            loop {
                let replication = next.fetch_add(1, Ordering::Relaxed);
                if replication >= REPLICATIONS {
                    return mine;
                }
                mine.push((replication, played(&plant, SEED, replication).digest()));
            }
        };
        let mut all: Vec<(u64, Digest)> = std::thread::scope(|scope| {
            let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            handles.into_iter().flat_map(|handle| handle.join().expect("no thread panics")).collect()
        });
        all.sort();
        all
    };
    let alone = digests(1);
    assert_eq!(alone.len() as u64, REPLICATIONS);
    for threads in 2..=4 {
        assert_eq!(digests(threads), alone, "{threads} threads");
    }
}

#[test]
fn recorders_change_nothing() {
    let plant = everything();
    let plain = played(&plant, SEED, 0);
    for choice in 1..8_u32 {
        let mut run = begun(&plant, SEED, 0);
        let recorder = run.recorder();
        (recorder.events, recorder.parts, recorder.samples) = (choice & 1 != 0, choice & 2 != 0, choice & 4 != 0);
        run.finish().expect("a sound plant");
        assert_eq!(run.digest(), plain.digest(), "recorders {choice:03b}");
        let recorder = run.recorder();
        let kept = [
            !recorder.event_records.is_empty(),
            !recorder.part_records.is_empty(),
            !recorder.sample_records.is_empty(),
        ];
        assert_eq!(kept, [choice & 1 != 0, choice & 2 != 0, choice & 4 != 0], "what was asked for was recorded");
    }
}

#[test]
fn a_snapshot_at_any_event_leads_to_the_same_end() {
    let plant = everything();
    let mut straight = played(&plant, SEED, 0);
    let (digest, report) = (straight.digest(), straight.report());
    let mut run = begun(&plant, SEED, 0);
    let mut snapshots = 0_u64;
    loop {
        let snapshot = run.snapshot();
        let mut resumed = Run::resume(plant.clone(), SEED, 0, &snapshot).expect("a plant without plugins");
        assert_eq!(resumed.digest(), run.digest(), "right after the restore at event {}", run.event_count());
        resumed.finish().expect("a sound plant");
        assert_eq!(resumed.digest(), digest, "from event {} at {}", run.event_count(), run.now());
        if snapshots.is_multiple_of(16) {
            assert_eq!(resumed.report(), report, "from event {}", run.event_count());
        }
        snapshots += 1;
        if run.advance_by(1).expect("a sound plant") == Progress::Done {
            break;
        }
    }
    println!("{snapshots} snapshots of {} events", run.event_count());
    assert!(snapshots >= run.event_count() && run.event_count() > 400, "{snapshots} of {}", run.event_count());
    assert_eq!(run.digest(), digest, "taking snapshots changes nothing");
}

#[test]
fn a_run_can_be_put_back_and_forked() {
    let plant = everything();
    let digest = played(&plant, SEED, 0).digest();
    let mut run = begun(&plant, SEED, 0);
    for _ in 0..20 {
        run.advance_by(15).expect("a sound plant");
        let (snapshot, here) = (run.snapshot(), run.digest());
        run.advance_by(40).expect("a sound plant");
        run.restore(&snapshot);
        assert_eq!(run.digest(), here);
    }
    let snapshot = run.snapshot();
    let changed = opened_text(&EVERYTHING.replace("time_to_repair: \"90 s\"", "time_to_repair: \"80 s\"")).plant;
    let element = plant.element("right").expect("it is there");
    let fork = |change: bool| {
        let mut fork = Run::resume(plant.clone(), SEED, 0, &snapshot).expect("a plant without plugins");
        if change {
            let change = plant.replan(SimTime::ZERO, &changed, &[element]).expect("a change of one element");
            fork.make_change(&change);
        }
        fork.finish().expect("a sound plant");
        fork.digest()
    };
    assert_eq!(fork(false), digest, "a fork without a change");
    let other = fork(true);
    assert_ne!(other, digest, "a fork with a change");
    assert_eq!(other, fork(true), "the same fork again");
    run.finish().expect("a sound plant");
    assert_eq!(run.digest(), digest, "the run that was forked");
}

/// The digest of every scenario: the same in every build and on every machine.
#[test]
fn golden_digests_of_the_scenarios() {
    let mut text = String::new();
    for path in scenarios() {
        let scenario = opened(&path, &[]);
        let run = played(&scenario.plant, scenario.seed, 0);
        let _ = writeln!(text, "{path} {} events {}", run.event_count(), run.digest());
    }
    let difference = golden_difference("tests/golden/digests.txt", &text);
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}
