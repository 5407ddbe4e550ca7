//! Networks made at random, with pumps that fail and switch, pipes, and stations that take and give: every invariant holds after
//! every event, looking changes nothing, and a run goes on from any moment to the same end.

use std::fmt::Write;
use std::sync::Arc;

use kernel::{SimDuration, SimTime, Stream, StreamKey};

use crate::element::{Command, ElementIndex};
use crate::fluid::{Amount, Fixture};
use crate::invariant::corruption::broken;
use crate::invariant::trial::{plant, run};
use crate::invariant::{Auditor, trial};
use crate::plant::{Change, Plant};
use crate::run::{Progress, Run, Snapshot};

/// Networks that are tried.
const NETWORKS: u64 = 60;

/// A plant with a network, made of draws from a stream of its own.
fn network(number: u64) -> String {
    let mut stream = Stream::new(&StreamKey { seed: number, replication: 0, name: "network", purpose: "test" });
    let tanks = 2 + stream.below(5);
    // The first ones may fall into others that never fall themselves.
    let towers = stream.below(tanks.min(3));
    let mut text = String::from(r#"clock: (warm_up: "20 min", horizon: "100 d"), elements: {"#);
    let mut is_fallen_into = vec![false; tanks as usize];
    for tank in 0..tanks {
        let (capacity, initial) = (50 + stream.below(900), stream.below(50));
        let level = 10 + stream.below(40);
        let _ = write!(
            text,
            r#""tank {tank}": Tank(capacity: "{capacity} l", initial: "{initial} l", area: "0.3 m^2", levels: {{"mark": "{level} l"}}),"#
        );
        if tank < towers {
            let to = towers + stream.below(tanks - towers + 1);
            let target = if to < tanks { format!(r#"to: "tank {to}","#) } else { String::new() };
            if to < tanks {
                is_fallen_into[to as usize] = true;
            }
            let opening = 1 + stream.below(30);
            let _ = write!(text, r#""fall {tank}": Pipe(from: "tank {tank}", {target} opening: "{opening} cm^2"),"#);
        }
    }
    let has_pipe = stream.below(2) == 0;
    if has_pipe {
        let to = stream.below(tanks);
        let _ = write!(text, r#""pipe": Pipe(to: "tank {to}", volume: "{} l"),"#, 1 + stream.below(30));
    }
    for pump in 0..2 + stream.below(7) {
        let from = stream.below(tanks + 2);
        let to = stream.below(tanks + 2);
        if from == to || (from >= tanks && to >= tanks) {
            continue;
        }
        let mut fields = format!(r#"flow: "{} l/min","#, 1 + stream.below(90));
        if from < tanks {
            let _ = write!(fields, r#"from: "tank {from}","#);
            if is_fallen_into[from as usize] || stream.below(4) == 0 {
                fields += r#"drain: (above: "30 l", down_to: "0 l"),"#;
            }
        }
        if to < tanks {
            let _ = write!(fields, r#"to: "tank {to}","#);
            if stream.below(3) == 0 {
                fields += r#"fill: (below: "20 l", up_to: "45 l"),"#;
            }
        } else if to == tanks && has_pipe {
            fields += r#"to: "pipe","#;
        } else if from >= tanks {
            continue;
        }
        match stream.below(3) {
            0 => {
                fields +=
                    r#"failures: [(time_to_failure: Exponential("20 min"), time_to_repair: Exponential("3 min"))],"#
            }
            1 => {
                fields +=
                    r#"energy: (processing: "1 kW", standby: "9 W", standby_after: "1 min", warm_up_time: "7 s"),"#
            }
            _ => {}
        }
        let _ = write!(text, r#""pump {pump}": Pump({fields}),"#);
    }
    for station in 0..stream.below(3) {
        let (takes, gives) = (stream.below(tanks), stream.below(tanks));
        let _ = write!(
            text,
            r#""in {station}": Source(arrivals: Interarrival(Exponential("40 s")), when_blocked: Lose, next: "wash {station}"),
            "wash {station}": Station(capacity: 2, process_time: Exponential("30 s"), queue: 3, next: "out",
                fluid: (takes: {{"tank {takes}": "{} l"}}, gives: {{"tank {gives}": "{} l"}})),"#,
            1 + stream.below(40),
            1 + stream.below(40),
        );
    }
    text + r#""out": Sink()},"#
}

/// The plant with commands to its pumps and pipes at odd times, and other flows for a while.
fn disturbed(text: &str) -> Arc<Plant> {
    let mut original = plant(text);
    let changed = plant(&text.replace("5 l/min", "6 l/min").replace("capacity: \"1", "capacity: \"2"));
    let calm = plant(text);
    let after = |seconds: i64| SimTime::ZERO + SimDuration::from_nanos(seconds * 1_000_000_007);
    let mut changes = Vec::new();
    for index in 0..original.model.elements.len() as u32 {
        let (element, at) = (ElementIndex(index), 100 + 371 * i64::from(index));
        match original.model.elements[element.index()].kind {
            "Pump" | "Pipe" => {
                changes.push(Change::Command { at: after(at), element, command: Command::Stop });
                changes.push(Change::Command { at: after(at + 97), element, command: Command::Go });
            }
            _ => {}
        }
        if matches!(original.model.elements[element.index()].kind, "Pump" | "Tank") {
            changes.push(original.replan(after(at + 211), &changed, &[element]).expect("the same connections"));
            changes.push(original.replan(after(at + 1_400), &calm, &[element]).expect("the same connections"));
        }
    }
    changes.into_iter().for_each(|change| original.add_change(change));
    Arc::new(original)
}

#[test]
fn random_networks_lose_nothing_at_any_event() {
    let (mut events, mut idle) = (0, 0);
    for number in 0..NETWORKS {
        let plant = disturbed(&network(number));
        let mut run = Run::new(plant.clone(), number, 0).expect("no plugins");
        let mut auditor = Auditor::begin(&mut run).unwrap_or_else(|error| panic!("{number}: {error}"));
        while auditor.events() < 1_500 {
            match auditor.step(&mut run) {
                Ok(Progress::Going) => {}
                Ok(Progress::Done) => break,
                Err(error) => panic!("network {number}: {error}\n{}", network(number)),
            }
        }
        events += auditor.events();
        idle += u64::from(auditor.events() < 50);
        let mut unseen = Run::new(plant, number, 0).expect("no plugins");
        unseen.set_horizon(run.now());
        unseen.finish().expect("a sound run");
        run.set_horizon(run.now());
        run.finish().expect("a sound run");
        assert_eq!(run.digest(), unseen.digest(), "network {number}: looking changes nothing");
        assert_eq!(run.report(), unseen.report(), "network {number}");
    }
    println!("{events} events, {idle} networks that soon come to rest");
    assert!(events > 30_000 && idle < NETWORKS / 3, "{events} events, {idle} networks at rest");
}

#[test]
fn a_run_goes_on_from_the_middle_of_a_flow() {
    for number in 0..12 {
        let plant = disturbed(&network(number));
        let mut straight = Run::new(plant.clone(), number, 0).expect("no plugins");
        let end = SimTime::ZERO + SimDuration::from_secs(5_000);
        straight.set_horizon(end);
        straight.finish().expect("a sound run");
        let mut run = Run::new(plant.clone(), number, 0).expect("no plugins");
        run.set_horizon(end);
        while run.advance_by(23).expect("a sound run") == Progress::Going {
            let bytes = run.snapshot().to_bytes();
            let snapshot = Snapshot::from_bytes(&plant, &bytes).unwrap_or_else(|misfit| panic!("{number}: {misfit}"));
            let mut resumed = Run::resume(plant.clone(), number, 0, &snapshot).expect("it resumes");
            resumed.set_horizon(end);
            resumed.finish().expect("a sound run");
            assert_eq!(resumed.digest(), straight.digest(), "network {number} from {}", run.now());
            assert_eq!(resumed.report(), straight.report(), "network {number} from {}", run.now());
        }
    }
}

#[test]
fn recording_volumes_changes_nothing_and_adds_up() {
    for number in 0..12 {
        let text = network(number);
        let end = SimTime::ZERO + SimDuration::from_secs(4_000);
        let mut plain = run(&text, number);
        plain.set_horizon(end);
        plain.finish().expect("a sound run");
        let mut recorded = run(&text, number);
        recorded.set_horizon(end);
        let ticks: Vec<SimTime> = (1..=40).map(|tick| SimTime::ZERO + SimDuration::from_secs(100 * tick)).collect();
        recorded.recorder().volume_ticks = ticks.into();
        recorded.finish().expect("a sound run");
        assert_eq!(recorded.digest(), plain.digest(), "network {number}");
        let report = plain.report();
        assert_eq!(recorded.report(), report, "network {number}");
        recorded.record_volumes();
        let records = std::mem::take(&mut recorded.recorder().volume_records);
        let since = SimTime::ZERO + SimDuration::from_minutes(20);
        for element in report.elements.iter().filter(|element| element.kind == "Tank") {
            let me = recorded.plant().element(&element.name).expect("a tank");
            let of_tank = records.iter().filter(|record| record.element == me && record.until > since);
            let litre_seconds: f64 = of_tank.map(|record| record.litre_seconds).sum();
            let mean = element.figures.iter().find(|figure| figure.name == "mean volume").expect("a mean").value;
            let recorded = litre_seconds / (end - since).as_seconds_f64();
            assert!((recorded - mean).abs() < 1e-6 * mean.max(1.0), "network {number}: {recorded}, not {mean}");
        }
    }
}

/// A run of a network in the middle of a flow.
fn flowing() -> Run {
    let text = r#"clock: (horizon: "1 d"), elements: {
        "a": Tank(capacity: "500 l", initial: "300 l"), "ab": Pump(from: "a", to: "b", flow: "1 l/min"),
        "b": Tank(capacity: "500 l", initial: "9 l"), "in": Source(arrivals: Interarrival("1 min"), next: "wash"),
        "wash": Station(process_time: "10 s", fluid: (takes: {"b": "2 l"}), next: "out"), "out": Sink(),
    },"#;
    let mut run = trial::run(text, 1);
    for _ in 0..40 {
        run.advance_by(1).expect("a sound run");
    }
    run
}

/// The tank or pump called `name`.
fn fixture<'f, 'w>(floor: &'f mut crate::floor::Floor<'w>, name: &str) -> &'f mut Fixture<'w> {
    let index = floor.model().elements.iter().position(|element| &*element.name == name).expect("such an element");
    floor.fixtures[index].as_mut().expect("a tank or a pump")
}

#[test]
fn corrupted_books_of_liquids_are_found() {
    let drop = Amount::from_units(1);
    broken(flowing(), "by what came and went", |_, floor| fixture(floor, "b").state.volume += drop);
    broken(flowing(), "were sent there", |_, floor| {
        let b = fixture(floor, "b");
        (b.state.came, b.state.opening) = (b.state.came + drop, b.state.opening - drop);
    });
    broken(flowing(), "were taken", |_, floor| fixture(floor, "ab").state.went += drop);
    broken(flowing(), "were taken", |_, floor| {
        let wash = floor.facets.iter_mut().find_map(|facets| facets.fluid.as_mut()).expect("a station that takes");
        wash.1.taken[0] += drop;
    });
    broken(flowing(), "of Amount", |_, floor| {
        let b = fixture(floor, "b");
        (b.state.volume, b.state.opening) = (-drop, b.state.opening - b.state.volume - drop);
    });
    let mut run = flowing();
    let mut auditor = Auditor::begin(&mut run).expect("sound before it is corrupted");
    run.on_floor(|_, floor| fixture(floor, "ab").state.flow += 1_000_000);
    let found = (0..50).find_map(|_| auditor.step(&mut run).err()).expect("somebody sees that too much flows");
    assert!(found.to_string().contains("should have flowed"), "{found}");
}
