//! MQTT with a broker that is not ours: emulations reach feeds, whatever becomes of the broker and whatever else is said there.

mod network;
pub mod tls;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use live::emulate::{Access, Emulation, Message, Origin, Publisher, signals_for};
use live::feed::connection::Status;
use live::observation::{Observation, Quality, Reading};
use live::serde_json::{Value, from_str};
use live::wall_time::{TimeFormat, WallTime};

use super::mosquitto::{BATCHES, Broker, Listener, PLANT, is_missing, open, run, signals, wait};
use crate::studies::{File, linewright};

/// A broker as a source, and what else there is to be said of it.
fn source(broker: &Broker, version: &str, client: &str, more: &str) -> String {
    let address = broker.address();
    format!(r#"Mqtt(broker: "{address}", version: {version}, client_id: "{client}", topics: ["plant/#"], {more})"#)
}

const JSON: &str = r#"payload: Json(time: "/time", value: "/value", sequence: "/sequence")"#;

fn message(topic: &str, sequence: u64, value: &str) -> Message {
    let time = WallTime::now();
    let json = format!(r#"{{"time": "{time}", "value": {value}, "sequence": {sequence}}}"#);
    Message { address: topic.to_owned(), sequence, json }
}

fn sequences(heard: &[Observation]) -> BTreeSet<u64> {
    heard.iter().filter_map(|one| one.sequence).collect()
}

#[test]
fn an_emulation_reaches_a_feed_word_by_word() {
    if is_missing() {
        return;
    }
    let broker = Broker::new("emulated").started();
    let scenario = File::new("emulated", PLANT);
    let emulation = Emulation::new(run(), WallTime::now(), "plant").expect("an emulation");
    let origin = Origin::Broker { address: broker.address(), prefix: "plant".to_owned() };
    let text = signals_for(&emulation, &origin, 10_000.0);
    let mut listeners: Vec<Listener> = Vec::new();
    for version in ["V4", "V5"] {
        let path = broker.folder().join(format!("{version}.ron"));
        let client = format!("client_id: \"{version}\", version: {version}");
        fs::write(&path, text.replace("client_id: \"linewright-live\"", &client)).expect("a file");
        listeners.push(Listener::new(&open(&path), BATCHES).connected());
    }
    let written = broker.folder().join("told.jsonl");
    let written_path = written.to_str().expect("a path in Unicode");
    let written_signals = broker.folder().join("written.ron");
    let output = linewright(&[
        "emulate",
        scenario.path(),
        "--mqtt",
        &broker.address(),
        "--topic",
        "plant",
        "--speed",
        "10000",
        "--seed",
        "1",
        "--to-file",
        written_path,
        "--signals",
        written_signals.to_str().expect("a path in Unicode"),
    ]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert_eq!(fs::read_to_string(&written_signals).expect("signals"), text);
    let lines: Vec<Value> =
        fs::read_to_string(&written).expect("a file").lines().map(|line| from_str(line).expect("JSON")).collect();
    assert!(lines.len() > 700, "{}", lines.len());
    let count = format!("{} messages, the broker has {}\n", lines.len(), lines.len());
    assert!(String::from_utf8_lossy(&output.stdout).ends_with(&count), "{said}");
    for mut listener in listeners {
        wait("all messages", || listener.listen().len() >= lines.len());
        let heard = listener.leave();
        assert_eq!(heard.len(), lines.len());
        for (observation, line) in heard.iter().zip(&lines) {
            assert_eq!(*observation.address, *line["address"].as_str().expect("an address"));
            assert_eq!((observation.sequence, observation.quality), (line["sequence"].as_u64(), Quality::Good));
            let at = line["time"].as_str().and_then(|time| WallTime::read(time, TimeFormat::Iso8601));
            assert_eq!(observation.stamps.source, at);
            let value = match &line["value"] {
                Value::Bool(truth) => Reading::Truth(*truth),
                Value::String(text) => Reading::of_text(text),
                other => other.as_f64().map_or(Reading::Nothing, Reading::Number),
            };
            assert_eq!(observation.reading, value);
            assert!(observation.is_simulated && line["simulated"] == true);
        }
    }
}

#[test]
fn a_twin_knows_an_emulation_by_what_it_says() {
    if is_missing() {
        return;
    }
    let broker = Broker::new("tagged").started();
    let scenario = File::new("tagged", PLANT);
    let path = |name: &str| broker.folder().join(name).to_str().expect("a path in Unicode").to_owned();
    let (signals, log, alarms) = (path("signals.ron"), path("log.jsonl"), path("alarms.jsonl"));
    let address = broker.address();
    let words = ["emulate", scenario.path(), "--mqtt", &address, "--topic", "plant", "--speed", "10000"];
    let output = linewright(&[&words[..], &["--signals", &signals, "--dry-run"]].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(&signals).expect("signals");
    assert!(text.contains(", simulated: true"), "{text}");
    fs::write(&signals, text.replace(", simulated: true", "")).expect("signals of a real plant");
    let mut twin = std::process::Command::new(env!("CARGO_BIN_EXE_linewright"))
        .args(["live", scenario.path(), "--signals", &signals, "--log", &log, "--alarms", &alarms])
        .args(["--futures", "0", "--every", "1 min"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let said = BufReader::new(twin.stderr.take().expect("stderr"));
    assert!(said.lines().map_while(Result::ok).any(|line| line.contains("connected")), "it has subscribed");
    let output = linewright(&words);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = |file: &str| -> Vec<Value> {
        let text = fs::read_to_string(file).unwrap_or_default();
        // The last one may be half written.
        text.lines().filter_map(|line| from_str(line).ok()).collect()
    };
    wait("a state that says so", || {
        lines(&log).iter().any(|line| line["counters"].is_object() && line["simulated"] == true)
    });
    wait("alarms", || lines(&alarms).iter().any(|alarm| alarm["alarm"] == "down"));
    twin.kill().expect("killed");
    twin.wait().expect("gone");
    let downs: Vec<Value> = lines(&alarms).into_iter().filter(|alarm| alarm["alarm"] == "down").collect();
    assert!(downs.iter().all(|alarm| alarm["simulated"] == true), "{downs:?}");
}

#[test]
fn nothing_is_lost_while_the_broker_comes_and_goes() {
    if is_missing() {
        return;
    }
    const MESSAGES: u64 = 4_000;
    let mut broker = Broker::new("restarted");
    let mut listeners: Vec<Listener> = ["V4", "V5"]
        .into_iter()
        .map(|version| Listener::new(&signals(broker.folder(), &source(&broker, version, version, JSON)), BATCHES))
        .collect();
    wait("a reason", || listeners.iter().all(|one| matches!(one.watch.status(), Status::Connecting { why: Some(_) })));
    broker.start();
    listeners = listeners.into_iter().map(Listener::connected).collect();
    let publisher = Publisher::connect(&Access::open(&broker.address(), "restarted")).expect("a publisher");
    let mut sequence = 0;
    // Somebody listens all the time: what nobody has done with comes again after a restart.
    let mut publish = |until: u64, publisher: &Publisher, listeners: &mut [Listener]| {
        while sequence < until.min(MESSAGES) {
            publisher.publish(message("plant/mill", sequence, "1"));
            sequence += 1;
            std::thread::sleep(Duration::from_millis(1));
            listeners.iter_mut().for_each(|one| {
                one.listen();
            });
        }
    };
    for round in 1..=3 {
        publish(round * 1_000, &publisher, &mut listeners);
        // In the middle of it, with messages under way in both directions.
        broker.stop();
        wait("a loss", || listeners.iter().all(|one| matches!(one.watch.status(), Status::Lost { .. })));
        publish(round * 1_000 + 300, &publisher, &mut listeners);
        broker.start();
        let back = Instant::now();
        let heard: Vec<usize> = listeners.iter_mut().map(|one| one.listen().len()).collect();
        for (listener, before) in listeners.iter_mut().zip(heard) {
            wait("messages after the restart", || listener.listen().len() > before);
            assert!(back.elapsed() < Duration::from_secs(5), "{:?}", back.elapsed());
        }
    }
    publish(MESSAGES, &publisher, &mut listeners);
    let published = publisher.close(Duration::from_secs(20));
    assert_eq!((published.acknowledged, published.waiting, published.dropped), (MESSAGES, 0, 0));
    for mut listener in listeners {
        wait("all messages", || sequences(listener.listen()).len() as u64 >= MESSAGES);
        assert!(listener.watch.connections() >= 4 && listener.dropped() == 0);
        let heard = listener.leave();
        assert_eq!(sequences(&heard), (0..MESSAGES).collect());
        // What came twice can be told: it is the same in all that was sent.
        let mut first: BTreeMap<u64, &Observation> = BTreeMap::new();
        for one in &heard {
            let first = first.entry(one.sequence.expect("a number")).or_insert(one);
            assert_eq!(
                (&first.address, &first.reading, first.stamps.source),
                (&one.address, &one.reading, one.stamps.source)
            );
        }
        let order: Vec<u64> = heard.iter().filter_map(|one| one.sequence).collect();
        let runs = order.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
        println!("{} messages came twice, in {runs} places", heard.len() as u64 - MESSAGES);
        assert!(heard.len() as u64 - MESSAGES < 1_000, "hardly anything comes twice");
    }
}

#[test]
fn what_is_published_while_we_are_away_comes_later() {
    if is_missing() {
        return;
    }
    let broker = Broker::new("away").started();
    for version in ["V4", "V5"] {
        let signals = signals(broker.folder(), &source(&broker, version, version, JSON));
        let listener = Listener::new(&signals, BATCHES).connected();
        assert!(listener.leave().is_empty());
        let publisher = Publisher::connect(&Access::open(&broker.address(), "away")).expect("a publisher");
        (0..500).for_each(|sequence| publisher.publish(message("plant/mill", sequence, "1")));
        assert_eq!(publisher.close(Duration::from_secs(10)).acknowledged, 500);
        let mut listener = Listener::new(&signals, BATCHES);
        wait("what was missed", || listener.listen().len() >= 500);
        assert_eq!(sequences(&listener.leave()), (0..500).collect());
    }
}

#[test]
fn poison_is_counted_and_stops_nothing() {
    if is_missing() {
        return;
    }
    const TOPICS: u64 = 100_000;
    let broker = Broker::new("poison").started();
    let mut listeners: Vec<Listener> = ["V4", "V5"]
        .into_iter()
        .map(|version| {
            Listener::new(&signals(broker.folder(), &source(&broker, version, version, JSON)), BATCHES).connected()
        })
        .collect();
    let long = [br#"{"value": ""#.to_vec(), vec![b'x'; 2 << 20], br#""}"#.to_vec()].concat();
    broker.publish_file("plant/long", &long);
    let rubbish: [&[u8]; 7] =
        [b"", b"\xff\xfe\x00", b"NaN", b"{\"value\": NaN}", b"{\"value\": [1]}", b"{\"value\": 1e999}", b"[[[[[["];
    rubbish.iter().for_each(|payload| broker.publish_file("plant/rubbish", payload));
    let publisher = Publisher::connect(&Access::open(&broker.address(), "poison")).expect("a publisher");
    for sequence in 0..TOPICS {
        publisher.publish(message(&format!("plant/unknown/{sequence}"), sequence, "1"));
        // The publisher's queue holds no more than this; nobody is to be late here.
        if sequence % 10_000 == 9_999 {
            wait("room", || publisher.published().waiting < 50_000);
        }
    }
    for (year, sequence) in [("1970", TOPICS), ("2262", TOPICS + 1)] {
        let json = format!(r#"{{"time": "{year}-01-01T00:00:00Z", "value": 1, "sequence": {sequence}}}"#);
        publisher.publish(Message { address: "plant/years".to_owned(), sequence, json });
    }
    publisher.publish(message("plant/mill", TOPICS + 2, "7.5"));
    let published = publisher.close(Duration::from_secs(60));
    assert_eq!((published.acknowledged, published.dropped), (TOPICS + 3, 0));
    for mut listener in listeners.drain(..) {
        let all = TOPICS as usize + 1 + rubbish.len() + 3;
        wait("all messages", || listener.listen().len() >= all);
        let watch = listener.watch.clone();
        assert_eq!((watch.connections(), watch.messages()), (1, all as u64));
        assert_eq!((watch.refused(), watch.unreadable()), (1, rubbish.len() as u64));
        let heard = listener.leave();
        let bad = heard.iter().filter(|one| one.quality == Quality::Bad);
        assert_eq!(bad.clone().count(), 1 + rubbish.len());
        assert!(bad.clone().all(|one| one.reading == Reading::Nothing && one.sequence.is_none()));
        let last = heard.last().expect("the last one");
        assert_eq!((&*last.address, &last.reading, last.quality), ("plant/mill", &Reading::Number(7.5), Quality::Good));
    }
}

#[test]
fn a_full_queue_drops_and_counts_and_holds_nobody_up() {
    if is_missing() {
        return;
    }
    let broker = Broker::new("full").started();
    let signals = signals(broker.folder(), &source(&broker, "V5", "full", JSON));
    let mut listener = Listener::new(&signals, 3).connected();
    let publisher = Publisher::connect(&Access::open(&broker.address(), "publisher")).expect("a publisher");
    (0..2_000).for_each(|sequence| publisher.publish(message("plant/mill", sequence, "1")));
    assert_eq!(publisher.close(Duration::from_secs(10)).acknowledged, 2_000);
    wait("all messages", || listener.watch.messages() == 2_000);
    std::thread::sleep(Duration::from_millis(100));
    let dropped = listener.dropped();
    assert_eq!(listener.listen().len() as u64 + dropped, 2_000);
    assert!(dropped > 1_900, "{dropped}");
    listener.leave();
}

#[test]
fn who_is_not_let_in_is_told_so() {
    if is_missing() {
        return;
    }
    let broker = Broker::new("password");
    let file = broker.folder().join("passwords");
    // The environment of every test has these two.
    let (name, password) = ("CARGO_PKG_NAME", "CARGO_PKG_VERSION");
    let value = |name: &str| std::env::var(name).expect("set by cargo");
    let made = std::process::Command::new("mosquitto_passwd")
        .args(["-b", "-c"])
        .arg(&file)
        .args([value(name), value(password)])
        .status()
        .expect("mosquitto_passwd starts");
    assert!(made.success());
    broker.configure(&format!(
        "listener {} 127.0.0.1\nallow_anonymous false\npassword_file {}\n",
        broker.port(),
        file.display()
    ));
    let broker = broker.started();
    for version in ["V4", "V5"] {
        for more in ["", r#"username_from: "CARGO_PKG_NAME", password_from: "CARGO_PKG_NAME","#] {
            let signals = signals(broker.folder(), &source(&broker, version, version, more));
            let error = Listener::new(&signals, BATCHES).end().expect_err("no right password");
            assert!(error.message.contains("does not let us in") && !error.retryable, "{error}");
        }
        let more = format!(r#"username_from: "{name}", password_from: "{password}","#);
        let signals = signals(broker.folder(), &source(&broker, version, version, &more));
        Listener::new(&signals, BATCHES).connected().leave();
    }
}

#[test]
fn a_twin_that_is_killed_is_told_again_what_it_had_not_written_down() {
    if is_missing() {
        return;
    }
    const KILLS: u64 = 20;
    let broker = Broker::new("killed").started();
    let scenario = File::new("killed", PLANT);
    let journal = broker.folder().join("journal");
    let path = broker.folder().join("signals.ron");
    let source = source(&broker, "V5", "killed twin", JSON);
    let text = format!(
        r#"Signals(schema: 1, sources: {{"broker": (from: {source})}}, signals: {{"mill": (address: "plant/mill")}})"#
    );
    fs::write(&path, text).expect("a file");
    let path_of = |path: &std::path::Path| path.to_str().expect("a path in Unicode").to_owned();
    let (signals, journal) = (path_of(&path), path_of(&journal));
    let live = |more: &[&str]| {
        let words = ["live", scenario.path(), "--signals", &signals, "--journal", &journal, "--futures", "0"];
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_linewright"));
        command.args(words).args(["--format", "json", "--every", "1 d"]).args(more);
        command
    };
    let count = || live::journal::read(std::path::Path::new(&journal), 0, |_, _| true).map_or(0, |found| found.count);
    // The broker keeps what comes from the first subscription on.
    let quiet = |mut command: std::process::Command| {
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().expect("it starts")
    };
    let publisher = Publisher::connect(&Access::open(&broker.address(), "killer")).expect("a publisher");
    let mut sequence = 0;
    for round in 0..KILLS {
        let before = count();
        let mut twin = quiet(live(&[]));
        // A connection is a record, and so is every message.
        wait("a connection", || count() > before + 1);
        for _ in 0..100 {
            publisher.publish(message("plant/mill", sequence, "1"));
            sequence += 1;
            std::thread::sleep(Duration::from_micros(200 + 97 * (round % 7)));
        }
        twin.kill().expect("killed");
        twin.wait().expect("gone");
    }
    let published = publisher.close(Duration::from_secs(20));
    assert_eq!((published.acknowledged, published.waiting), (KILLS * 100, 0));
    // What was sent when nobody was there comes now.
    let mut twin = quiet(live(&[]));
    let state = || {
        let output = live(&["--replay"]).output().expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        from_str::<Value>(text.lines().last().expect("a state")).expect("JSON")
    };
    wait("all messages", || state()["counters"]["applied"].as_u64() == Some(KILLS * 100));
    twin.kill().expect("killed");
    twin.wait().expect("gone");
    let state = state();
    println!("{}", state["counters"]);
    assert_eq!(state["missing"], 0);
    assert_eq!(state["counters"]["late"], 0);
}
