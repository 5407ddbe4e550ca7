//! Sparkplug B: an emulation is an edge node for a broker and a library that are not ours, and a feed follows edge nodes whatever
//! becomes of them.

mod independent;
mod secured;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use live::emulate::{Access, EdgeNode, Emulation, Message};
use live::feed::connection::Status;
use live::observation::{Observation, Quality, Reading};
use live::serde_json::{Value, from_str};
use live::signals::Signals;
use live::wall_time::{TimeFormat, WallTime};

use super::mosquitto::{BATCHES, Broker, Listener, PLANT, is_missing, open, run, signals, wait};
use crate::studies::{File, linewright};

/// The signals of a twin of the group "line".
fn following(broker: &Broker, client: &str, more: &str) -> Signals {
    let address = broker.address();
    let from = format!(r#"Sparkplug(broker: "{address}", client_id: "{client}", groups: ["line"], {more})"#);
    signals(broker.folder(), &from)
}

/// Protocol Buffers by hand (developers.google.com/protocol-buffers, "Encoding"): field by field, without any library.
fn number(field: u64, mut number: u64) -> Vec<u8> {
    let mut bytes = vec![(field << 3) as u8];
    while number > 127 {
        bytes.push(number as u8 | 128);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn bytes(field: u64, content: &[u8]) -> Vec<u8> {
    let length = number(0, content.len() as u64);
    [&[(field << 3) as u8 | 2], &length[1..], content].concat()
}

/// A metric of the type Int64.
fn metric(name: Option<&str>, alias: u64, value: u64) -> Vec<u8> {
    let name = name.map(|name| [bytes(1, name.as_bytes()), number(4, 4)].concat()).unwrap_or_default();
    bytes(2, &[name, number(2, alias), number(3, now()), number(11, value)].concat())
}

fn payload(seq: u64, metrics: &[Vec<u8>]) -> Vec<u8> {
    [number(1, now()), metrics.concat(), number(3, seq)].concat()
}

fn now() -> u64 {
    WallTime::now().as_nanos() as u64 / 1_000_000
}

/// What a feed heard of each address.
fn by_address(heard: &[Observation]) -> BTreeMap<String, Vec<Observation>> {
    let mut by_address: BTreeMap<String, Vec<Observation>> = BTreeMap::new();
    heard.iter().for_each(|one| by_address.entry(one.address.to_string()).or_default().push(one.clone()));
    by_address
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a path in Unicode")
}

fn emulation() -> Emulation {
    Emulation::new(run(), WallTime::now(), "plant").expect("an emulation")
}

fn edge_node(broker: &Broker) -> EdgeNode {
    let access = Access::open(&broker.address(), "edge node");
    EdgeNode::connect(&access, "line", "node", &emulation()).expect("an edge node")
}

fn message(address: &str, value: &str) -> Message {
    let json = format!(r#"{{"time": "{}", "value": {value}}}"#, WallTime::now());
    Message { address: format!("plant/{address}"), sequence: 0, json }
}

/// An emulation that goes on beside us.
fn emulate(scenario: &File, broker: &Broker) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linewright"));
    command.args(["emulate", scenario.path(), "--sparkplug", &broker.address(), "--group", "line", "--node", "node"]);
    command.args(["--speed", "1000", "--until", "100 d"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
}

#[test]
fn a_sparkplug_feed_hears_what_an_emulation_tells() {
    if is_missing() {
        return;
    }
    let broker = Broker::new("sparkplug-emulated").started();
    let scenario = File::new("sparkplug-emulated", PLANT);
    let (written, told) = (broker.folder().join("written.ron"), broker.folder().join("told.jsonl"));
    let arguments = ["emulate", scenario.path(), "--sparkplug", &broker.address(), "--group", "line", "--node", "node"];
    let more = ["--speed", "10000", "--signals", path(&written), "--to-file", path(&told)];
    let dry = linewright(&[&arguments[..], &more[..4], &["--dry-run"]].concat());
    assert!(dry.status.success(), "{}", String::from_utf8_lossy(&dry.stderr));
    let text = fs::read_to_string(&written).expect("signals");
    let mut listeners: Vec<Listener> = ["V4", "V5"]
        .into_iter()
        .map(|version| {
            let path = broker.folder().join(format!("{version}.ron"));
            let client = format!("version: {version}, client_id: \"{version}\"");
            fs::write(&path, text.replace("client_id: \"linewright-live\"", &client)).expect("a file");
            Listener::new(&open(&path), BATCHES).connected()
        })
        .collect();
    let signals = open(&written);
    let output = linewright(&[&arguments[..], &more].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let lines: Vec<Value> =
        fs::read_to_string(&told).expect("a file").lines().map(|line| from_str(line).expect("JSON")).collect();
    assert!(lines.len() > 700, "{}", lines.len());
    let count = format!("{} messages, {} sent as Sparkplug\n", lines.len(), lines.len());
    assert!(String::from_utf8_lossy(&output.stdout).ends_with(&count), "{said}");
    let mut expected: BTreeMap<String, Vec<(i64, Reading)>> = BTreeMap::new();
    for line in &lines {
        let address = line["address"].as_str().expect("an address").replacen("linewright/", "line/node/", 1);
        let time = WallTime::read(line["time"].as_str().expect("a time"), TimeFormat::Iso8601).expect("a time");
        let value = match &line["value"] {
            Value::Bool(truth) => Reading::Truth(*truth),
            Value::String(text) => Reading::Text(text.as_str().into()),
            other => other.as_f64().map_or(Reading::Nothing, Reading::Number),
        };
        expected.entry(address).or_default().push((time.as_nanos() / 1_000_000, value));
    }
    for listener in &mut listeners {
        wait("all messages", || listener.watch.messages() == lines.len() as u64 + 2);
        let heard = by_address(listener.listen());
        for (address, values) in &expected {
            assert!(signals.find(0, &address.as_str().into()).is_some(), "{address}");
            let heard = &heard[address];
            // Birth, data, death.
            let data = &heard[1..heard.len() - 1];
            let data: Vec<(i64, Reading)> = data
                .iter()
                .map(|one| (one.stamps.source.expect("a time").as_nanos() / 1_000_000, one.reading.clone()))
                .collect();
            assert_eq!(&data, values, "{address}");
            let ends = [&heard[0], &heard[heard.len() - 1]];
            assert!(ends.iter().all(|one| one.quality == Quality::Bad && one.reading == Reading::Nothing), "{address}");
        }
        let good = heard.values().flatten().filter(|one| one.quality == Quality::Good);
        assert!(good.clone().all(|one| one.is_simulated));
        let good = good.count();
        assert_eq!(good, lines.iter().filter(|line| !line["value"].is_null()).count());
        let watch = &listener.watch;
        assert_eq!((watch.gaps(), watch.unreadable(), watch.refused(), watch.outdated()), (0, 0, 0, 0));
    }
    listeners.into_iter().for_each(|listener| drop(listener.leave()));
}

#[test]
fn a_killed_sparkplug_node_is_dead_until_it_is_born_again() {
    if is_missing() {
        return;
    }
    let broker = Broker::new("sparkplug-killed").started();
    let scenario = File::new("sparkplug-killed", PLANT);
    let mut listener = Listener::new(&following(&broker, "twin", ""), BATCHES).connected();
    for round in 1..=2 {
        let mut emulation = emulate(&scenario, &broker);
        let begins = listener.listen().len();
        wait("work", || listener.listen()[begins..].iter().filter(|one| one.quality == Quality::Good).count() > 50);
        emulation.kill().expect("it is killed");
        emulation.wait().expect("it has ended");
        wait("death", || {
            let heard = by_address(listener.listen());
            heard.values().all(|of_one| of_one.last().is_some_and(|last| last.quality == Quality::Bad))
        });
        assert!(by_address(&listener.heard).len() >= 9, "round {round}");
    }
    assert_eq!((listener.watch.gaps(), listener.watch.unreadable(), listener.watch.outdated()), (0, 0, 0));
    listener.leave();
}

#[test]
fn a_sparkplug_gap_is_seen_and_asked_about_only_where_that_is_allowed() {
    if is_missing() {
        return;
    }
    for (name, more, asks) in [("mute", "", false), ("asking", "asks_for_rebirth: true", true)] {
        let broker = Broker::new(&format!("sparkplug-{name}")).started();
        let commands = broker.listen_raw("spBv1.0/+/NCMD/#");
        let node = edge_node(&broker);
        wait("a node", || matches!(node.watch().status(), Status::Connected { .. }));
        // The twin comes when the birth is over.
        node.publish(&message("mill/state", r#""Processing""#));
        wait("data on their way", || node.sent().sent == 1);
        std::thread::sleep(Duration::from_millis(200));
        let mut listener = Listener::new(&following(&broker, name, more), BATCHES).connected();
        node.publish(&message("mill/state", r#""Starved""#));
        wait("data", || !listener.listen().is_empty());
        assert_eq!((&*listener.heard[0].address, listener.heard[0].quality), ("line/node", Quality::Bad));
        if asks {
            wait("a birth", || listener.listen().iter().any(|one| one.reading == Reading::Text("Starved".into())));
        }
        node.publish(&message("mill/state", r#""Failed""#));
        let messages = listener.watch.messages();
        wait("more data", || listener.watch.messages() > messages || listener.listen().len() > 1);
        wait("a value", || {
            let last = listener.listen().last().expect("something");
            let expected =
                if asks { (Reading::Text("Failed".into()), Quality::Good) } else { (Reading::Nothing, Quality::Bad) };
            (last.reading.clone(), last.quality) == expected
        });
        // Another node, by hand: two are born, one message is lost.
        broker.publish_file("spBv1.0/line/NBIRTH/hand", &payload(0, &[metric(Some("a"), 1, 1)]));
        broker.publish_file("spBv1.0/line/NDATA/hand", &payload(1, &[metric(None, 1, 2)]));
        broker.publish_file("spBv1.0/line/NDATA/hand", &payload(3, &[metric(None, 1, 4)]));
        let of_hand = |heard: &[Observation]| -> Vec<(Option<f64>, Quality)> {
            let of_hand = heard.iter().filter(|one| &*one.address == "line/hand/a");
            of_hand.map(|one| (one.reading.number(), one.quality)).collect()
        };
        wait("three values", || of_hand(listener.listen()).len() == 3);
        let expected = [(Some(1.0), Quality::Good), (Some(2.0), Quality::Good), (Some(4.0), Quality::Uncertain)];
        assert_eq!(of_hand(&listener.heard), expected);
        assert_eq!(listener.watch.gaps(), 1);
        // Nothing but what is allowed was ever written.
        std::thread::sleep(Duration::from_millis(300));
        let commands = commands.end();
        let topics: Vec<&str> = commands.iter().map(|(topic, _)| topic.as_str()).collect();
        let allowed = ["spBv1.0/line/NCMD/node", "spBv1.0/line/NCMD/hand"];
        assert_eq!(topics, if asks { &allowed[..] } else { &[] });
        listener.leave();
        assert_eq!(node.close(Duration::from_secs(5)).sent, 3);
    }
}

#[test]
fn a_sparkplug_node_tells_what_happened_while_the_broker_was_away() {
    if is_missing() {
        return;
    }
    let mut broker = Broker::new("sparkplug-away").started();
    let mut listener = Listener::new(&following(&broker, "twin", "asks_for_rebirth: true"), BATCHES).connected();
    let node = edge_node(&broker);
    wait("a birth", || !listener.listen().is_empty());
    broker.stop();
    wait("a loss", || matches!(node.watch().status(), Status::Lost { .. }));
    (0..500).for_each(|part| node.publish(&message("mill/started", &part.to_string())));
    broker.start();
    let numbers = |heard: &[Observation]| -> Vec<f64> {
        let started = heard.iter().filter(|one| &*one.address == "line/node/mill/started");
        started.filter_map(|one| one.reading.number()).collect()
    };
    // Whoever is back later than the node asks what it has missed: of what was told before only the last is so now.
    wait("the last", || numbers(listener.listen()).last() == Some(&499.0));
    let heard = numbers(&listener.heard);
    assert!(heard.windows(2).all(|pair| pair[0] <= pair[1]), "{heard:?}");
    assert_eq!(node.close(Duration::from_secs(5)), live::emulate::Sent { sent: 500, waiting: 0, dropped: 0 });
    listener.leave();
}

#[test]
fn sparkplug_poison_is_counted_and_stops_nothing() {
    if is_missing() {
        return;
    }
    let broker = Broker::new("sparkplug-poison").started();
    let mut listener = Listener::new(&following(&broker, "twin", "asks_for_rebirth: true"), BATCHES).connected();
    let births: Vec<Vec<u8>> = (0..100_000).map(|name| bytes(2, &bytes(1, format!("{name}").as_bytes()))).collect();
    let poison: [(&str, Vec<u8>); 8] = [
        ("NDATA/early", payload(0, &[metric(None, 1, 1)])),
        ("NBIRTH/garbage", b"\xff\xff\xff\xff".to_vec()),
        ("NBIRTH/garbage", b"{\"metrics\": []}".to_vec()),
        ("NDATA/garbage", bytes(2, b"\xff\xff")),
        ("NBIRTH/long", vec![0; 2 << 20]),
        ("NBIRTH/many", births.concat()),
        ("NDATA/many/device", payload(1, &[])),
        ("NDEATH/nobody", vec![]),
    ];
    for (topic, payload) in &poison {
        broker.publish_file(&format!("spBv1.0/line/{topic}"), payload);
    }
    broker.publish_file("spBv1.0/line/NBIRTH/sound", &payload(0, &[metric(Some("a"), 1, 7)]));
    broker.publish_file("spBv1.0/line/NDATA/sound", &payload(1, &[metric(None, 2, 8), metric(None, 1, 9)]));
    wait("the last", || listener.listen().iter().any(|one| one.reading == Reading::Number(9.0)));
    let watch = listener.watch.clone();
    assert_eq!((watch.connections(), watch.refused()), (1, 1));
    // The empty message and the topic that fits no subscription are none of them.
    assert_eq!((watch.messages(), watch.unreadable(), watch.gaps()), (9, 6, 0));
    let heard = by_address(&listener.leave());
    let good: Vec<&String> = heard
        .iter()
        .filter(|(_, one)| one.iter().any(|one| one.quality != Quality::Bad))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(good, ["line/sound/a"]);
    for address in ["line/early", "line/garbage", "line/long", "line/sound", "line/many/49999"] {
        assert!(heard.contains_key(address), "{address}");
    }
}
