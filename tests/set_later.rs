//! What is set while a run is under way: it wins over what timed events have set before, over nothing else, and it is done as a timed
//! event would have done it.

use std::process::Command;
use std::sync::Arc;

use kernel::{SimDuration, SimTime};
use live::observation::{Observation, Quality, Reading, Stamps};
use live::signals::Signals;
use live::twin::Twin;
use live::wall_time::WallTime;
use plant::run::Run;
use scenario::expand::Scenario;
use scenario::saved::Saved;

use crate::playing::{begun, in_memory, opened, opened_text, registry, root};
use crate::studies::Scratch;

/// The laboratory line, in which station 3 has another law from 912 s on.
const LAB_LINE: &str = "scenarios/lab_line.ron";

fn at(seconds: i64) -> SimTime {
    SimTime::ZERO + SimDuration::from_nanos(seconds * 1_000_000_000)
}

fn saved_at(scenario: &Scenario, file: &str, seconds: i64) -> Saved {
    let mut run = begun(&scenario.plant, 4, 0);
    run.play_to(at(seconds)).expect("a sound plant");
    Saved::of(&run, scenario, file, &[], "0.1.0")
}

fn forked(saved: &Saved, set: &[&str]) -> Run {
    let set: Vec<String> = set.iter().map(|setting| (*setting).to_owned()).collect();
    saved.fork(&set, &registry()).unwrap_or_else(|error| panic!("{error}")).run
}

/// The mean process time of station 3 by now, in seconds.
fn station_3(run: &Run) -> f64 {
    let station = run.plant().element("station 3").expect("an element");
    (run.process_time(station).expect("a law").mean() / 1e9).round()
}

#[test]
fn what_is_set_now_wins_over_what_a_timed_event_set_before() {
    let scenario = opened(LAB_LINE, &[]);
    let (early, late) = (saved_at(&scenario, LAB_LINE, 500), saved_at(&scenario, LAB_LINE, 1000));
    assert_eq!((station_3(&forked(&early, &[])), station_3(&forked(&late, &[]))), (80.0, 25.0));
    let mut as_it_is = forked(&late, &[]);
    let mut slow = forked(&late, &["station 3.process_time=200 s"]);
    assert_eq!(station_3(&slow), 200.0);
    // The event set one field: setting another one takes nothing of it back.
    assert_eq!(station_3(&forked(&late, &["station 3.queue=2"])), 25.0);
    for run in [&mut as_it_is, &mut slow] {
        run.play_to(at(2000)).expect("a sound plant");
    }
    assert_ne!(as_it_is.digest(), slow.digest());
    // What is still to come happens as it is written, also to what was set.
    let mut slow = forked(&early, &["station 3.process_time=200 s", "station 3.queue=2"]);
    assert_eq!(station_3(&slow), 200.0);
    slow.play_to(at(1000)).expect("a sound plant");
    assert_eq!(station_3(&slow), 25.0);
}

#[test]
fn a_fork_of_a_fork_keeps_what_was_set() {
    let scenario = opened(LAB_LINE, &[]);
    let late = saved_at(&scenario, LAB_LINE, 1000);
    let set = ["station 3.process_time=200 s".to_owned()];
    let fork = late.fork(&set, &registry()).expect("a fork");
    let again = Saved::of(&fork.run, &fork.scenario, LAB_LINE, &late.further(&set), "0.1.0");
    assert_eq!(again.settings, ["[1]station 3.process_time=200 s"]);
    assert_eq!(station_3(&forked(&again, &[])), 200.0);
    assert_eq!(station_3(&forked(&again, &["station 3.process_time=30 s"])), 30.0);
    assert_ne!(
        late.scenario(&late.further(&set), &registry()).expect("a scenario").loaded.hash(),
        scenario.loaded.hash()
    );
}

#[test]
fn places_that_are_set_are_there() {
    let text = r#"Scenario(schema: 1, name: "line", clock: (horizon: "10 h"), elements: {
        "in": Source(arrivals: Unlimited, next: "mill"),
        "mill": Station(process_time: "40 s", next: "out"),
        "out": Sink(),
    })"#;
    let saved = saved_at(&opened_text(text), "test.ron", 3_600);
    let shipped = |set: &[&str]| {
        let mut run = forked(&saved, set);
        run.check_invariants().expect("a sound run");
        run.play_to(at(7_200)).expect("a sound plant");
        run.check_invariants().expect("a sound run");
        run.report().elements.iter().map(|element| element.counts.processed).sum::<u64>()
    };
    assert_eq!((shipped(&[]), shipped(&["mill.capacity=2"])), (180, 270));
    let refused = saved.fork(&["mill.calendar=(shifts: [])".to_owned()], &registry());
    assert!(refused.is_err_and(|error| !error.to_string().is_empty()));
}

#[test]
fn questions_after_a_timed_event_are_answered() {
    let scratch = Scratch::new("set_later");
    let saved = format!("{}.saved", scratch.path());
    let said = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_linewright"));
        let output = command.args(arguments).current_dir(root()).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    };
    said(&["run", LAB_LINE, "--until", "1000 s", "--save", &saved]);
    let slower = "station 3.process_time=200 s";
    let options = ["--ahead", "20 min", "--futures", "20", "--format", "json"];
    let answer = said(&[&["what-if", &saved, "--set", slower][..], &options].concat());
    let answer: live::serde_json::Value = live::serde_json::from_str(&answer).expect("JSON");
    let difference = answer["difference"]["done"].as_f64().expect("a number");
    assert!(difference < -10.0, "{difference}");
}

/// A twin of the line that is told of process times; `station 3` is set to what it is told, and the timed event comes at 912 s.
#[test]
fn a_twin_is_set_again_after_a_timed_event() {
    let lab_line = |set: &[String]| {
        let set: Vec<&str> = set.iter().map(String::as_str).collect();
        opened(LAB_LINE, &set).plant
    };
    let signals = r#"Signals(schema: 1, start: "2026-01-01T00:00:00Z", sources: {"log": (from: Csv(file: "log.csv", time: "t", time_format: UnixSeconds, address: "{a}", value: "v"))},
        signals: {"time": (address: "time", shows: Sets("station 3.process_time"), unit: "s")})"#;
    let plant = lab_line(&[]);
    let signals = Signals::open_from(in_memory(&[("signals.ron", signals)]), "signals.ron", &plant);
    let signals = Arc::new(signals.unwrap_or_else(|rejected| panic!("{:?}", rejected.complaints)));
    let twin = || {
        let reopen = Box::new(move |set: &[String]| Some(lab_line(set)));
        Twin::new(plant.clone(), 1, signals.clone(), None, Some(reopen)).expect("a plant without plugins")
    };
    let start = WallTime::read("2026-01-01T00:00:00Z", live::wall_time::TimeFormat::Iso8601).expect("a time");
    let mut told = twin();
    for (sequence, (seconds, value, expected)) in
        (1..).zip([(500, 70.0, 70.0), (600, 200.0, 200.0), (1000, 200.0, 200.0), (1100, 60.0, 60.0)])
    {
        if seconds == 1000 {
            // By now the timed event has come.
            let silence = live::journal::Entry::Silence(start.after(SimDuration::from_nanos(950_000_000_000)));
            told.take_in(silence, &mut |_| {}).expect("a sound plant");
            assert_eq!(station_3(told.mirror().run()), 25.0);
        }
        let when = start.after(SimDuration::from_nanos(seconds * 1_000_000_000));
        let observation = Observation {
            source: 0,
            address: "time".into(),
            reading: Reading::Number(value),
            stamps: Stamps { source: Some(when), server: None, arrival: when },
            quality: Quality::Good,
            sequence: Some(sequence),
            is_simulated: false,
            is_standing: false,
        };
        told.take_in(live::journal::Entry::Observations(vec![observation]), &mut |_| {}).expect("a sound plant");
        let silence = live::journal::Entry::Silence(when.after(SimDuration::from_nanos(20_000_000_000)));
        told.take_in(silence, &mut |_| {}).expect("a sound plant");
        assert_eq!(station_3(told.mirror().run()), expected, "{:?}", told.settings());
        let mut again = twin();
        again.take_up(&told.state()).expect("its own state");
        assert_eq!(station_3(again.mirror().run()), expected, "taken up");
        assert_eq!((again.digest(), again.state()), (told.digest(), told.state()));
    }
}

#[test]
fn a_process_time_that_is_set_lines_up_anew_who_waits_by_it() {
    // The shortest first, which is "a" with 10 s until its time becomes 30 s: then "b", at 25 s and 45 s.
    for rule in ["Spt", "Lwkr"] {
        let scenario = opened_text(&format!(
            r#"Scenario(
            clock: (horizon: "50 s"),
            part_types: {{"z": (), "a": (), "b": ()}},
            orders: [
                (name: "z", part_type: "z", source: "in"), (name: "a", part_type: "a", quantity: 2, source: "in"),
                (name: "b", part_type: "b", quantity: 2, source: "in"),
            ],
            elements: {{
                "in": Source(arrivals: Orders, next: "mill"),
                "mill": Station(process_time: {{"z": "5 s", "a": "10 s", "b": "20 s"}}, queue: (capacity: 9, rule: {rule}), next: "out"),
                "out": Sink(),
            }},
            events: [At("1 s", Set("mill.process_time", {{"z": "5 s", "a": "30 s", "b": "20 s"}}))],
        )"#
        ));
        let mut run = begun(&scenario.plant, 1, 0);
        run.finish().expect("a sound plant");
        let report = run.report();
        let shipped = |name: &str| {
            report.part_types.iter().find(|part_type| &*part_type.name == name).map(|part_type| part_type.shipped)
        };
        assert_eq!([shipped("z"), shipped("a"), shipped("b")], [Some(1), Some(0), Some(2)], "{rule}");
    }
}
