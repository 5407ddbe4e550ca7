//! An emulation as an OPC UA server: what it tells is heard word by word, by their client and by ours.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

use kernel::{SimDuration, SimTime};
use live::emulate::{Emulation, Origin, VariableServer, signals_for};
use live::feed::connection::Status;
use live::observation::{Quality, Reading};
use live::serde_json::{Value, from_str};
use live::wall_time::{TimeFormat, WallTime};

use super::super::listening::{BATCHES, Listener, free_port, open, run, wait};
use super::{Program, folder, python};
use crate::studies::{File, linewright};

#[test]
fn an_opcua_queue_that_was_too_short_is_seen() {
    let scratch = folder("opcua-short");
    let address = format!("127.0.0.1:{}", free_port());
    let mut emulation = Emulation::new(run(), WallTime::now(), "plant").expect("an emulation");
    let server = VariableServer::listen(&address, &emulation).expect("a server");
    let text = signals_for(&emulation, &Origin::Server(address), 400.0);
    let path = Path::new(scratch.path()).join("signals.ron");
    fs::write(&path, text.replace("queue: 100000", "queue: 2")).expect("a file");
    let listener = Listener::new(&open(&path), BATCHES).connected();
    let mut messages = 0;
    let played = emulation.play_to(SimTime::ZERO + SimDuration::from_hours(2), &mut |message| {
        assert!(server.tell(&message), "{message:?}");
        messages += 1;
    });
    assert!(!played.expect("a run") && messages > 700, "{messages}");
    wait("an overflow", || listener.watch.overflows() > 0);
    server.close();
    assert!(listener.leave().len() < messages);
}

/// Nothing happens until everybody listens; then there is much at a time.
const LINE: &str = r#"Scenario(schema: 1, name: "line", clock: (horizon: "2 h"), elements: {
    "in": Source(arrivals: Table(rows: [(time: "1 h", quantity: 80)]), next: "mill"),
    "mill": Station(
        process_time: Exponential("20 s"),
        queue: 9,
        failures: [(time_to_failure: Exponential("4 min"), time_to_repair: Constant("1 min"))],
        next: "out",
    ),
    "out": Sink(),
})"#;

/// What was said of each address, in order: values and times.
type Told<T> = BTreeMap<String, Vec<(Reading, T)>>;

/// The same was said; the first difference is shown.
#[track_caller]
fn assert_same<T: PartialEq + std::fmt::Debug>(heard: &Told<T>, told: &Told<T>) {
    assert_eq!(heard.keys().collect::<Vec<_>>(), told.keys().collect::<Vec<_>>());
    for (address, told) in told {
        let heard = &heard[address];
        assert_eq!(heard.len(), told.len(), "{address}");
        for (number, pair) in heard.iter().zip(told).enumerate() {
            assert_eq!(pair.0, pair.1, "{address}, number {number}");
        }
    }
}

fn reading(value: &Value) -> Reading {
    match value {
        Value::Bool(truth) => Reading::Truth(*truth),
        Value::String(text) => Reading::of_text(text),
        other => other.as_f64().map_or(Reading::Nothing, Reading::Number),
    }
}

#[test]
fn an_emulation_by_opcua_is_heard_word_by_word() {
    let Some(python) = python() else { return };
    let (scratch, port) = (folder("opcua-emulated"), free_port());
    let scenario = File::new("opcua-emulated", LINE);
    let path = |name: &str| Path::new(scratch.path()).join(name).to_str().expect("a path in Unicode").to_owned();
    let (address, told, written) = (format!("127.0.0.1:{port}"), path("told.jsonl"), path("signals.ron"));
    let words = ["emulate", scenario.path(), "--opcua", &address, "--speed", "400", "--topic", "plant"];
    let output = linewright(&[&words[..], &["--signals", &written, "--dry-run"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut other = Program::start(&python, "opcua_client.py", &[&format!("opc.tcp://{address}/")]);
    let mut listener = Listener::new(&open(Path::new(&written)), BATCHES);
    let watch = listener.watch.clone();
    let playing = std::thread::spawn({
        let words: Vec<String> = words.iter().chain(&["--to-file", &told]).map(|word| (*word).to_owned()).collect();
        move || linewright(&words.iter().map(String::as_str).collect::<Vec<_>>())
    });
    assert_eq!(other.hear(), "subscribed");
    wait("a connection", || matches!(watch.status(), Status::Connected { .. }));
    let output = playing.join().expect("no panic");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut expected: Told<WallTime> = BTreeMap::new();
    let mut lines = 0;
    for line in fs::read_to_string(&told).expect("a file").lines() {
        let line: Value = from_str(line).expect("JSON");
        let at = line["time"].as_str().and_then(|time| WallTime::read(time, TimeFormat::Iso8601)).expect("a time");
        let address = line["address"].as_str().expect("an address").to_owned();
        expected.entry(address).or_default().push((reading(&line["value"]), at));
        lines += 1;
    }
    assert!(lines > 250, "{lines}");
    // Ours: to the nanosecond.
    listener.listen();
    let mut ours: Told<WallTime> = BTreeMap::new();
    for one in listener.leave() {
        assert!(one.is_simulated, "{one:?}");
        if one.quality == Quality::Good {
            let address = one.address.strip_prefix("ns=2;s=").expect("a node of ours").to_owned();
            // What was told before we came stands since then, and is dated to when we came.
            let told = expected.get(&address).and_then(|told| told.first()).filter(|_| one.is_standing);
            let at = told.map_or(one.stamps.source, |(_, at)| Some(*at));
            ours.entry(address).or_default().push((one.reading, at.expect("a time")));
        }
    }
    assert_same(&ours, &expected);
    assert_eq!((watch.overflows(), watch.unreadable(), watch.why()), (0, 0, None));
    // Theirs: to the microsecond, which is as far as Python's times go.
    other.say("");
    let found: Value = from_str(&other.hear()).expect("JSON");
    assert_eq!((&found["simulated"], &found["refused"]), (&Value::Bool(true), &Value::Bool(true)));
    assert_eq!(found["tags"], from_str::<Value>(r#"["simulated"]"#).expect("JSON"));
    assert_eq!((&found["nodes"], &found["results"]), (&Value::from(11), &Value::from(11)));
    let micros = |time: WallTime| time.as_nanos() / 1_000;
    let mut theirs: Told<i64> = BTreeMap::new();
    for one in found["seen"].as_array().expect("a list") {
        let at = one[2].as_str().and_then(|time| WallTime::read(time, TimeFormat::Iso8601)).expect("a time");
        let address = one[0].as_str().expect("an address").to_owned();
        theirs.entry(address).or_default().push((reading(&one[1]), micros(at)));
    }
    theirs.remove("Simulated");
    let expected: Told<i64> = expected
        .into_iter()
        .map(|(address, said)| (address, said.into_iter().map(|(reading, at)| (reading, micros(at))).collect()))
        .collect();
    assert_same(&theirs, &expected);
}

#[test]
fn an_emulation_waits_for_its_port() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let scenario = File::new("opcua-port", LINE);
    // Whoever has it leaves it when the emulation has been waiting for a while.
    let leaving = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(1_000));
        drop(taken);
    });
    let output = linewright(&["emulate", scenario.path(), "--opcua", &address, "--speed", "100000"]);
    leaving.join().expect("no panic");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert_eq!(said.matches("waiting for whoever is there to leave").count(), 1, "{said}");
}
