//! A twin is watched while it follows: a machine breaks, the alarm comes, the metrics show it, it works again; rubbish in between
//! harms nothing, and a connection that breaks is told of, however soon it is back. The plant is an MTConnect adapter that these
//! tests play.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use kernel::SimDuration;
use live::journal::{Entry, read};
use live::serde_json::{Value, from_str};
use live::wall_time::WallTime;

use crate::studies::Scratch;

const LINE: &str = r#"Scenario(schema: 1, name: "line", clock: (horizon: "10 d"), elements: {
    "in": Source(arrivals: Interarrival(Exponential("60 s")), next: "saw"),
    "saw": Station(
        process_time: Exponential("45 s"), queue: 40,
        failures: [(time_to_failure: Exponential("8 h"), time_to_repair: Constant("30 min"))], next: "out",
    ),
    "out": Sink(),
})"#;

/// Waits until something is there.
#[track_caller]
fn wait<T>(what: &str, mut find: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = find() {
            return found;
        }
        assert!(Instant::now() < end, "not within half a minute: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A twin that does not outlive its test: it would go on to call whoever has its port next.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn lines(path: &str) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_default();
    // The last line may be half written yet.
    text.lines().filter_map(|line| from_str(line).ok()).collect()
}

fn ask(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: here\r\n\r\n").expect("it reads");
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text);
    text
}

#[test]
fn a_machine_that_breaks_is_told_of_everywhere_and_rubbish_harms_nothing() {
    let scratch = Scratch::new("watching");
    fs::create_dir_all(scratch.path()).expect("a folder");
    let file = |name: &str| format!("{}/{name}", scratch.path());
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let adapter = listener.local_addr().expect("an address");
    let signals = format!(
        r#"Signals(schema: 1, window: "100 ms", sources: {{"saw plc": (from: ShdrAdapter(adapter: "{adapter}"), simulated: true)}},
        signals: {{
            "in": (address: "in", shows: Started("in")), "begins": (address: "begins", shows: Started("saw")),
            "ends": (address: "ends", shows: Finished("saw")), "down": (address: "down", shows: Down("saw")),
        }})"#
    );
    fs::write(file("line.ron"), LINE).expect("a file");
    fs::write(file("signals.ron"), signals).expect("a file");
    let [line, signals, alarms, log] = ["line.ron", "signals.ron", "alarms.jsonl", "log.jsonl"].map(file);
    let twin = Command::new(env!("CARGO_BIN_EXE_linewright"))
        .args(["live", &line, "--signals", &signals, "--alarms", &alarms, "--log", &log, "--metrics", "0"])
        .args(["--ahead", "1 h", "--futures", "50", "--every", "1 s", "--journal", &file("journal")])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut twin = Running(twin);
    let mut said = BufReader::new(twin.0.stderr.take().expect("stderr"));
    let mut first = String::new();
    said.read_line(&mut first).expect("a line");
    let address = first.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address").to_owned();
    let (mut plant, _) = listener.accept().expect("a call");
    let mut say = |text: &str| writeln!(plant, "{}|{text}", WallTime::now()).expect("it listens");
    let mut told = 0;
    // A part every tenth of a second: each comes in, is begun, and is ended; contacts go back to 0 in between.
    let mut work = |say: &mut dyn FnMut(&str), parts: u32| {
        for _ in 0..parts {
            for event in ["in", "begins", "ends"] {
                say(&format!("{event}|1|{event}|0"));
                told += 2;
                std::thread::sleep(Duration::from_millis(15));
            }
        }
    };
    work(&mut say, 20);
    let alarm = |alarms: &str, about: &str, kind: &str, on: bool| {
        lines(alarms).into_iter().find(|one| one["about"] == about && one["alarm"] == kind && one["on"] == on)
    };
    assert_eq!(alarm(&alarms, "saw", "down", true), None);
    say("down|1");
    let broken = wait("an alarm", || alarm(&alarms, "saw", "down", true));
    assert_eq!(broken["simulated"], true);
    wait("metrics", || {
        ask(&address, "/metrics").contains("linewright_element_down{element=\"saw\"} 1\n").then_some(())
    });
    // A date of tomorrow, no number, an unknown address, no date at all: counted, and the clock of the twin stays right.
    let tomorrow = WallTime::now().after(SimDuration::from_minutes(24 * 60));
    say("down|NaN|nobody knows|7");
    say("down");
    writeln!(plant, "{tomorrow}|ends|1\nsome day|ends|1\n{tomorrow}|nobody knows|1").expect("it listens");
    let mut say = |text: &str| writeln!(plant, "{}|{text}", WallTime::now()).expect("it listens");
    std::thread::sleep(Duration::from_millis(1_500));
    let during =
        wait("a forecast", || lines(&log).into_iter().rfind(|state| state["forecast"]["done"]["p50"].is_number()));
    say("down|0");
    wait("the end of the alarm", || alarm(&alarms, "saw", "down", false));
    work(&mut say, 20);
    let after = wait("a later forecast", || {
        let state = lines(&log).into_iter().rfind(|state| state["forecast"]["done"]["p50"].is_number())?;
        (state["now_s"].as_f64() > during["now_s"].as_f64().map(|at| at + 1.0)).then_some(state)
    });
    let done = |state: &Value| state["forecast"]["done"]["p50"].as_f64().expect("a number");
    println!("{} done in the next hour while it is down, {} when it works again", done(&during), done(&after));
    assert!(done(&during) < done(&after));
    let health = ask(&address, "/health");
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    assert!(health.contains("\"why\":[]") && health.contains("\"simulated\":true"), "{health}");
    // A plant that has begun anew is behind the twin: nothing of it can be applied, and that is no state to be silent about.
    let before = WallTime::now().after(-SimDuration::from_minutes(10));
    for number in 0..60 {
        writeln!(plant, "{}|ends|1", before.after(SimDuration::from_nanos(number * 1_000_000))).expect("it listens");
    }
    wait("an alarm of what is late", || alarm(&alarms, "the plant", "all late", true));
    let unwell = wait("a twin that is not well", || {
        Some(ask(&address, "/health")).filter(|health| health.starts_with("HTTP/1.1 503"))
    });
    assert!(unwell.contains("\"why\":[\"all that comes is late\"]"), "{unwell}");
    // Nobody answers there any more.
    drop(listener);
    drop(plant);
    wait("an alarm of the connection", || alarm(&alarms, "saw plc", "source lost", true));
    wait("the reason", || ask(&address, "/health").contains("\"why\":[\"saw plc ").then_some(()));
    let status = Command::new("kill").args(["-INT", &twin.0.id().to_string()]).status().expect("kill");
    assert!(status.success());
    let mut rest = String::new();
    let _ = said.read_to_string(&mut rest);
    let status = twin.0.wait().expect("gone");
    assert_eq!(status.code(), Some(130), "{rest}");
    let last = lines(&log).into_iter().rfind(|line| line["counters"].is_object()).expect("a state");
    let counter = |name: &str| last["counters"][name].as_u64().expect("a counter");
    println!("{}", last["counters"]);
    // What was told, down twice; and of the rubbish nothing.
    assert_eq!(counter("applied"), told + 2);
    assert_eq!((counter("late"), counter("duplicate"), counter("refused")), (60, 0, 0));
    assert_eq!(counter("invalid"), 6);
    assert_eq!(last["simulated"], true);
}

#[test]
fn ctrl_c_is_heard_while_futures_are_played() {
    let scratch = Scratch::new("endless");
    fs::create_dir_all(scratch.path()).expect("a folder");
    let file = |name: &str| format!("{}/{name}", scratch.path());
    let [line, signals, log, state] = ["line.ron", "signals.ron", "log.csv", "state.saved"].map(file);
    fs::write(&line, LINE).expect("a file");
    let text = r#"Signals(schema: 1, sources: {"log": (from: Csv(file: "log.csv", time: "at", address: "{what}", value: "value"))},
        signals: {"ends": (address: "ends", shows: Finished("saw"))})"#;
    fs::write(&signals, text).expect("a file");
    fs::write(&log, "at,what,value\n2026-11-23T06:00:00Z,ends,1\n2026-11-23T06:10:00Z,ends,2\n").expect("a file");
    let program = || Command::new(env!("CARGO_BIN_EXE_linewright"));
    let saved = program().args(["run", &line, "--until", "1 h", "--save", &state]).output().expect("it starts");
    assert!(saved.status.success(), "{}", String::from_utf8_lossy(&saved.stderr));
    // Each of them would play for hours.
    for arguments in [
        vec!["live", &line, "--signals", &signals, "--ahead", "30000 d"],
        vec!["what-if", &state, "--set", "saw.queue=41", "--ahead", "30000 d"],
        vec!["fork", &state, "--futures", "1000", "--until", "30000 d"],
    ] {
        let twin = program().args(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut twin = Running(twin);
        std::thread::sleep(Duration::from_secs(2));
        assert!(twin.0.try_wait().expect("it can be asked").is_none(), "{arguments:?}");
        let status = Command::new("kill").args(["-INT", &twin.0.id().to_string()]).status().expect("kill");
        assert!(status.success());
        let asked = Instant::now();
        let status = wait("the end of it", || twin.0.try_wait().expect("it can be asked"));
        assert_eq!(status.code(), Some(130), "{arguments:?}");
        assert!(asked.elapsed() < Duration::from_secs(8), "{arguments:?}: {:?}", asked.elapsed());
    }
}

#[test]
fn every_loss_is_told_however_short() {
    const SOURCES: usize = 8;
    let scratch = Scratch::new("flickering");
    fs::create_dir_all(scratch.path()).expect("a folder");
    let file = |name: &str| format!("{}/{name}", scratch.path());
    let listeners: Vec<TcpListener> =
        (0..SOURCES).map(|_| TcpListener::bind(("127.0.0.1", 0)).expect("a port")).collect();
    let sources = listeners.iter().enumerate().map(|(number, listener)| {
        let address = listener.local_addr().expect("an address");
        format!("\"plc {number}\": (from: ShdrAdapter(adapter: \"{address}\")),")
    });
    let sources: String = sources.collect();
    fs::write(file("line.ron"), LINE).expect("a file");
    fs::write(file("signals.ron"), format!("Signals(schema: 1, sources: {{{sources}}}, signals: {{}})"))
        .expect("a file");
    let [line, signals, journal] = ["line.ron", "signals.ron", "journal"].map(file);
    let twin = Command::new(env!("CARGO_BIN_EXE_linewright"))
        .args(["live", &line, "--signals", &signals, "--journal", &journal, "--futures", "0"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let mut twin = Running(twin);
    let told = || {
        let mut told = vec![Vec::new(); SOURCES];
        let _ = read(Path::new(&journal), 0, |_, entry| {
            if let Entry::Connection { source, is_there } = entry {
                told[usize::from(source)].push(is_there);
            }
            true
        });
        told
    };
    // Each says that it may be silent for a long time: nobody is to be called anew for that.
    let called = |listener: &TcpListener| {
        let (mut plant, _) = listener.accept().expect("a call");
        plant.write_all(b"* PONG 60000\n").expect("it listens");
        plant
    };
    let call = || -> Vec<TcpStream> { listeners.iter().map(called).collect() };
    let plants = call();
    let is_told = |told: &[bool], ends: &[bool]| told.ends_with(ends);
    wait("all connections", || told().iter().all(|told| is_told(told, &[true])).then_some(()));
    // Each is called again a tenth of a second later, before anybody has looked.
    for plant in plants {
        drop(plant);
        std::thread::sleep(Duration::from_millis(7));
    }
    let _plants = call();
    wait("all losses", || told().iter().all(|told| is_told(told, &[true, false, true])).then_some(()));
    let status = Command::new("kill").args(["-INT", &twin.0.id().to_string()]).status().expect("kill");
    assert!(status.success());
    twin.0.wait().expect("gone");
}
