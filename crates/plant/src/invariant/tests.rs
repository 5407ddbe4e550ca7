//! Every invariant over small plants that exercise everything, and each of them seen to fail when state is corrupted.

use std::sync::Arc;

use kernel::{SimDuration, SimTime};

use super::trial::{plant, run};
use super::{Auditor, look};
use crate::description::Map;
use crate::element::{Command, ElementIndex};
use crate::floor::{Floor, Purpose};
use crate::kind::View;
use crate::part::PartId;
use crate::plant::Change;
use crate::run::{Progress, Run, RunError};
use crate::state::State;

/// Failures of three sorts, setups, operators with skills, a shared repairer, breaks, energy with standby, a rework loop.
const SHOP: &str = r#"
    clock: (start: "2026-11-23T06:00:00Z", warm_up: "2 h", horizon: "400 d"),
    part_types: {"red": (), "white": (priority: 2)},
    energy: (emission: "380 g/kWh"),
    elements: {
        "in": Source(arrivals: Interarrival(Exponential("70 s")), part_type: {"red": 3, "white": 1}, next: "saw"),
        "saw": Station(process_time: Triangular("40 s", "45 s", "60 s"), queue: 3,
            failures: [(time_to_failure: Exponential("30 min"), time_to_repair: LogNormal(mean: "4 min", cv: 0.8), repaired_by: "fitters"),
                       (operations_to_failure: Discrete({5: 1, 9: 2}), time_to_repair: "30 s", after_repair: Restart)],
            energy: (processing: "11 kW", idle: "2 kW", down: "1 kW", standby: "300 W", standby_after: "1 min", warm_up_time: "20 s", warm_up: "12 kW"),
            next: "mill"),
        "mill": Station(capacity: 2, process_time: {"red": Exponential("80 s"), "*": "95 s"}, queue: (capacity: 4, rule: Spt),
            setup: (time: "50 s", matrix: {"red": {"white": Uniform("30 s", "90 s")}}),
            staffing: (processing: (pool: "people", skill: "milling"), setup: [(pool: "people"), (pool: "tools", amount: 2)], priority: 3),
            failures: [(time_to_failure: Exponential("40 min"), clock: CalendarTime, time_to_repair: Exponential("3 min"), repaired_by: "fitters", priority: 1, after_repair: Scrap)],
            energy: (processing: "20 kW", idle: "4 kW", setup: "6 kW"),
            next: "check"),
        "check": Station(process_time: Exponential("30 s"), queue: Unlimited,
            staffing: (processing: "people"),
            quality: (yield_ratio: 0.85, inspection: (detection: 0.9, false_alarm: 0.02), rejects: Rework(to: "mill", limit: 2)),
            calendar: (shifts: [(from: "06:00", to: "14:00"), (from: "15:00", to: "23:30")], breaks: [(from: "09:00", to: "09:15")], at_end: StopAtOnce),
            next: "out"),
        "people": Pool(members: [(size: 1, skills: ["milling", "packing"]), (size: 2, skills: ["packing"])],
            calendar: (shifts: [(from: "06:00", to: "22:00")], breaks: [(from: "12:00", to: "12:20")], at_end: StopAtOnce)),
        "tools": Pool(members: 2),
        "fitters": Pool(members: 1, calendar: (shifts: [(from: "06:00", to: "18:00")], breaks: [])),
        "out": Sink(),
    },
"#;

/// Kits, boxes and pallets: assembly into a product, batches with a longest wait, unbatching, disassembly, populations.
const KITS: &str = r#"
    clock: (horizon: "400 d"),
    part_types: {"board": (), "screw": (), "device": (), "box": (), "pallet": (), "frame": (), "motor": ()},
    elements: {
        "boards": Source(arrivals: Interarrival(Exponential("60 s")), part_type: "board", next: "join"),
        "screws": Source(arrivals: Interarrival(Constant("40 s")), batch_size: Discrete({3: 1, 5: 1}), part_type: "screw", when_blocked: Lose, next: "join"),
        "join": Assembly(bill: {"board": 1, "screw": 4}, product: "device", capacity: 2, process_time: Exponential("50 s"), queue: 5,
            failures: [(time_to_failure: Exponential("20 min"), time_to_repair: Exponential("2 min"), after_repair: Scrap)],
            quality: (yield_ratio: 0.9), next: "packer"),
        "packer": Batch(size: 4, container: "box", longest_wait: "3 min", process_time: "10 s", queue: 3, next: "van"),
        "van": Station(capacity: 2, process_time: Exponential("2 min"), queue: 1, next: "opener"),
        "opener": Unbatch(process_time: "5 s", queue: 1, next: "slow"),
        "slow": Station(process_time: Exponential("45 s"), next: "out"),
        "carriers": Source(arrivals: Population(5), part_type: "pallet", next: "loop a"),
        "loop a": Station(process_time: Exponential("30 s"), queue: 1, next: "loop b"),
        "loop b": Station(process_time: Exponential("35 s"), next: "loop out"),
        "loop out": Sink(),
        "old": Source(arrivals: Unlimited, part_type: "frame", next: "cutter"),
        "cutter": Disassembly(pieces: [(part_type: "motor", amount: 2), (part_type: "board", next: "slow")], process_time: Exponential("4 min"), queue: 2, next: "sorter"),
        "sorter": Batch(size: 3, container: "pallet", same_type: true, queue: 2, next: "pile"),
        "pile": Station(process_time: Exponential("1 min"), queue: 2,
            quality: (yield_ratio: 0.8, inspection: (detection: 1.0), rejects: Scrap), next: "out"),
        "out": Sink(),
    },
"#;

/// Routings with alternatives and re-entry, orders with due dates, dispatching rules, unlimited arrivals that block.
const JOBS: &str = r#"
    clock: (warm_up: "1 h", horizon: "400 d"),
    part_types: {"long": (routing: "long"), "short": (routing: "short", priority: 1)},
    routings: {
        "long": (steps: [(at: ["lathe a", "lathe b"], process_time: Exponential("5 min")), (at: ["drill"]), (at: ["lathe b"], process_time: "2 min"), (at: ["drill"], process_time: "1 min")], then: "out"),
        "short": (steps: [(at: ["drill"]), (at: ["lathe b", "lathe a"])], then: "out"),
    },
    orders: [(name: "rush", part_type: "short", quantity: 40, release: "3 h", due: "5 h", source: "desk"),
             (name: "stock", part_type: "long", quantity: 200, release: "10 h", source: "desk")],
    elements: {
        "desk": Source(arrivals: Orders),
        "stream": Source(arrivals: Interarrival(Exponential("6 min")), part_type: {"long": 1, "short": 1}, when_blocked: Pause, start: "10 min"),
        "lathe a": Station(process_time: Exponential("4 min"), queue: (capacity: 2, rule: Edd)),
        "lathe b": Station(process_time: Exponential("3 min"), queue: (capacity: 6, rule: CriticalRatio)),
        "drill": Station(capacity: 3, process_time: Exponential("7 min"), queue: (rule: Mwkr),
            setup: (time: "90 s"), failures: [(time_to_failure: Exponential("2 h"), time_to_repair: Exponential("15 min"), after_repair: Resume)]),
        "out": Sink(),
    },
"#;

const PLANTS: [(&str, &str); 3] = [("shop", SHOP), ("kits", KITS), ("jobs", JOBS)];

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
    let mut changes = vec![
        shop.replan(after(300), &changed, &all),
        shop.replan(after(600), &original, &all),
        shop.replan(after(601), &changed, &[mill]),
        shop.replan(after(900), &original, &[mill, saw]),
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

/// A run in which everything is in use, for corruption.
fn busy_run() -> Run {
    let mut run = run(SHOP, 4);
    let is_busy = |run: &mut Run| {
        run.on_floor(|_, floor| {
            let gates = floor.shop.gates.iter().filter(|gate| !gate.waiting.is_empty()).count();
            let held = floor.shop.holdings.iter().any(|holding| matches!(holding.purpose, Purpose::Work { .. }));
            gates > 0 && held && floor.shop.agenda.is_empty() && floor.parts().alive() > 8
        })
    };
    while run.event_count() < 500 || !is_busy(&mut run) {
        run.advance_by(1).expect("a sound run");
    }
    run
}

/// A run with a part inside another one.
fn packed_run() -> Run {
    let mut run = run(KITS, 4);
    while !run.on_floor(|_, floor| floor.parts().iter().any(|part| part.is_packed())) {
        run.advance_by(1).expect("a sound run");
    }
    run
}

fn some_part(floor: &Floor<'_>, is_it: impl Fn(&crate::part::Part) -> bool) -> PartId {
    floor.parts().iter().find(|part| is_it(part)).expect("such a part").id
}

/// Corrupts `run` and expects the invariant whose message contains `expected` to be found broken.
fn broken(mut run: Run, expected: &str, corrupt: impl FnOnce(&mut [View<'_>], &mut Floor<'_>)) {
    run.check_invariants().expect("sound before it is corrupted");
    run.on_floor(corrupt);
    let error = run.check_invariants().expect_err(expected);
    let message = error.to_string();
    assert!(message.contains(expected), "expected \"{expected}\" in: {message}");
    assert_eq!(run.advance(), Err(error), "a broken run does not go on");
}

#[test]
fn corrupted_books_are_found() {
    broken(busy_run(), "entered in the books", |_, floor| floor.shop.ledger.totals.born += 1);
    broken(busy_run(), "which makes", |_, floor| floor.shop.ledger.totals.shipped += 1);
    broken(busy_run(), "which makes", |_, floor| floor.shop.ledger.totals.consumed += 1);
    broken(busy_run(), "the books say", |_, floor| {
        let now = floor.now();
        floor.shop.ledger.work_in_progress.add(now, 1);
    });
    broken(busy_run(), "its level is", |_, floor| {
        let part = some_part(floor, |_| true);
        let here = floor.parts()[part].location;
        floor.parts_mut()[part].location = ElementIndex((here.0 + 1) % 3);
    });
    broken(busy_run(), "state times sum", |_, floor| {
        let now = floor.now();
        floor.units[0].clock = crate::state::StateClock::new(now, floor.units[0].state());
    });
}

#[test]
fn corrupted_packing_is_found() {
    broken(packed_run(), "is packed and inside no other", |_, floor| {
        let container = some_part(floor, |part| floor.parts().contents(part.id).next().is_some());
        let content = floor.parts_mut().unpack(container).expect("a part inside");
        let beside = floor.parts_mut().create(crate::part::PartTypeIndex(0), ElementIndex(0), SimTime::ZERO);
        let beside = beside.expect("room for a part");
        // Packed, and then its container is forgotten.
        floor.parts_mut().pack(beside, content);
        floor.parts_mut().unpack(beside);
        floor.parts_mut().pack(content, beside);
        floor.parts_mut().pack(beside, content);
        floor.parts_mut().unpack(content);
        floor.shop.ledger.totals.born += 1;
        let now = floor.now();
        floor.shop.ledger.work_in_progress.add(now, 1);
    });
    broken(packed_run(), "is inside two parts", |_, floor| {
        let container = some_part(floor, |part| floor.parts().contents(part.id).next().is_some());
        let content = floor.parts().contents(container).next().expect("a part inside").id;
        let other = some_part(floor, |part| part.id != container && !part.is_packed());
        floor.parts_mut().pack(other, content);
    });
}

#[test]
fn corrupted_gates_are_found() {
    let crowded = |floor: &mut Floor<'_>| {
        floor.shop.gates.iter().position(|gate| !gate.waiting.is_empty()).expect("a crowded gate")
    };
    broken(busy_run(), "free places", |_, floor| {
        let gate = crowded(floor);
        floor.shop.gates[gate].room = 1;
    });
    broken(busy_run(), "waits here twice", |_, floor| {
        let gate = crowded(floor);
        let waiting = floor.shop.gates[gate].waiting[0];
        floor.shop.gates[gate].waiting.push(waiting);
    });
    broken(busy_run(), "any more", |_, floor| {
        let gate = crowded(floor);
        floor.shop.gates[gate].waiting[0].offer.holder = floor.shop.gates[gate].owner;
    });
    broken(busy_run(), "out of order", |_, floor| {
        let gate = crowded(floor);
        let line = &mut floor.shop.gates[gate].waiting;
        let mut late = line[0];
        late.offer.part = some_part(floor, |part| part.id != late.offer.part);
        late.sequence = 0;
        floor.shop.gates[gate].waiting.push(late);
    });
    broken(busy_run(), "of 4294967295", |_, floor| {
        let gate = floor.shop.gates.iter_mut().find(|gate| gate.room > 1_000).expect("the gate of the sink");
        gate.room -= 1;
    });
    broken(busy_run(), "to be given up", |_, floor| {
        let gate = crowded(floor);
        floor.shop.gates[gate].debt += 1;
    });
    broken(busy_run(), "waits at no gate", |_, floor| {
        floor.shop.gates.iter_mut().for_each(|gate| gate.waiting.clear());
    });
}

#[test]
fn corrupted_people_are_found() {
    broken(busy_run(), "free and", |_, floor| {
        floor.facets.iter_mut().filter_map(|facets| facets.crew.as_mut()).for_each(|(_, crew)| crew.free[0] += 1);
    });
    broken(busy_run(), "its level is", |_, floor| {
        floor.shop.holdings.pop();
    });
    broken(busy_run(), "holds 0 crew members", |_, floor| {
        let work = |purpose: Purpose| matches!(purpose, Purpose::Work { .. });
        let holding = floor.shop.holdings.iter_mut().find(|holding| work(holding.purpose)).expect("somebody at work");
        holding.purpose = Purpose::Work { ticket: 77 };
    });
    broken(busy_run(), "asked to choose", |_, floor| floor.units[0].dispatch_requested = true);
}

#[test]
fn corrupted_states_are_found() {
    broken(busy_run(), "should be", |_, floor| {
        let unit = floor.units.iter_mut().find(|unit| unit.state() == State::Processing).expect("a unit at work");
        unit.operation = State::Setup;
    });
    broken(busy_run(), "and does not stand still", |_, floor| {
        let now = floor.now();
        floor.units[0].down = Some(State::Failed);
        floor.units[0].clock.set(now, State::Failed);
    });
    broken(busy_run(), "it stands still and its state is Processing", |_, floor| {
        let unit = floor.units.iter_mut().find(|unit| unit.state() == State::Processing).expect("a unit at work");
        unit.halts += 1;
    });
    broken(busy_run(), "waits at any gate", |_, floor| {
        let now = floor.now();
        let unit = &mut floor.units[0];
        unit.operation = State::Blocked;
        let state = unit.effective_state();
        unit.clock.set(now, state);
    });
    broken(busy_run(), "does not begin", |_, floor| {
        // Somebody has lost the wish to work: the timer of a choice is never asked for.
        let dispatches: Vec<ElementIndex> = floor.shop.dispatches.drain(..).collect();
        dispatches.iter().for_each(|me| floor.units[me.index()].dispatch_requested = false);
        forget_work(floor);
    });
    broken(busy_run(), "no timer", |_, floor| {
        let halted = floor.units.iter().position(|unit| unit.is_halted()).unwrap_or(0);
        floor.units[halted].halts = 0;
        floor.units[halted].down = None;
        let now = floor.now();
        let state = floor.units[halted].effective_state();
        floor.units[halted].clock.set(now, state);
    });
}

fn forget_work(_floor: &mut Floor<'_>) {}

/// Corrupts `run` under the eyes of an auditor, steps on and expects `expected` to be found.
fn broken_over_time(expected: &str, corrupt: impl FnOnce(&mut Floor<'_>)) {
    let mut run = busy_run();
    let mut auditor = Auditor::begin(&mut run).expect("sound before it is corrupted");
    run.on_floor(|_, floor| corrupt(floor));
    for _ in 0..50 {
        if let Err(error) = auditor.step(&mut run) {
            let message = error.to_string();
            assert!(message.contains(expected), "expected \"{expected}\" in: {message}");
            return;
        }
    }
    panic!("nobody finds \"{expected}\"");
}

#[test]
fn corrupted_sums_are_found_by_the_auditor() {
    broken_over_time("Little's law", |floor| floor.units[0].stay_total += 1);
    broken_over_time("Little's law", |floor| {
        let part = some_part(floor, |_| true);
        floor.parts_mut()[part].arrived = SimTime::ZERO;
    });
    broken_over_time("nanoseconds in", |floor| {
        // The right sum in the wrong state.
        let now = floor.now();
        let unit = &mut floor.units[0];
        let (state, since) = (unit.state(), floor.shop.statistics_since);
        let mut clock = crate::state::StateClock::new(since, State::Repair);
        clock.set(now, state);
        unit.clock = clock;
    });
    broken_over_time("work in progress", |floor| {
        let now = floor.now();
        let level = floor.shop.ledger.work_in_progress.level();
        floor.shop.ledger.work_in_progress = kernel::TimeWeighted::new(now, level);
    });
    broken_over_time("milliwatt-nanoseconds", |floor| {
        let now = floor.now();
        floor.facets.iter_mut().filter_map(|facets| facets.energy.as_mut()).for_each(|(_, meter)| {
            meter.reset_statistics(now);
        });
    });
    broken_over_time("milliwatt-nanoseconds of power", |floor| {
        let now = floor.now();
        floor.shop.power.reset_statistics(now);
    });
}
