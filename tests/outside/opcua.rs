//! OPC UA with a server and a client that are not ours (asyncua): what a server says comes in whole and in order, whatever becomes of
//! the server, and what must be refused is refused.

mod emulated;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use kernel::SimDuration;
use live::feed::connection::Status;
use live::observation::{Observation, Quality, Reading};
use live::wall_time::{TimeFormat, WallTime};

use super::listening::{BATCHES, Listener, free_port, open, wait};
use crate::playing::root;
use crate::studies::Scratch;

/// Names the Python that has asyncua; `cargo xtask test` sets it.
const PYTHON: &str = "LINEWRIGHT_PYTHON";
/// When the server's own times begin.
const START: &str = "2026-11-23T06:00:00Z";

/// The Python, unless the test has to be left out; says so.
fn python() -> Option<String> {
    let python = std::env::var(PYTHON).ok();
    if python.is_none() {
        println!("skipped: {PYTHON} names no Python with asyncua; `cargo xtask test` installs one");
    }
    python
}

/// A program of Python's that says what it has done, line by line.
struct Program {
    process: Child,
    input: Option<ChildStdin>,
    said: Receiver<String>,
}

impl Program {
    fn start(python: &str, script: &str, arguments: &[&str]) -> Self {
        let mut command = Command::new(python);
        command.arg(root().join("tests/outside").join(script)).args(arguments);
        let process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = process.expect("Python starts");
        let output = BufReader::new(process.stdout.take().expect("output"));
        let (sender, said) = channel();
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let program = Program { input: process.stdin.take(), process, said };
        assert_eq!(program.hear(), "ready");
        program
    }

    /// The next line. Python takes a while to start.
    fn hear(&self) -> String {
        self.said.recv_timeout(Duration::from_secs(60)).expect("a line within a minute")
    }

    fn say(&mut self, line: &str) {
        writeln!(self.input.as_mut().expect("input"), "{line}").expect("somebody reads");
    }

    fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

fn folder(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    fs::create_dir_all(scratch.path()).expect("a folder");
    scratch
}

/// A file of signals for the server at `port`, with what else there is to be said of it, and these nodes.
fn signals(folder: &Scratch, port: u16, more: &str, nodes: &[String]) -> PathBuf {
    let mut text = format!(
        "Signals(schema: 1, sources: {{\"server\": (from: OpcUa(endpoint: \"opc.tcp://localhost:{port}/\", {more}))}}, signals: {{"
    );
    for node in nodes {
        text += &format!("\"{node}\": (address: \"{node}\"),\n");
    }
    let path = Path::new(folder.path()).join("signals.ron");
    fs::write(&path, text + "})").expect("a file");
    path
}

fn nodes(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| format!("ns=2;s={name}")).collect()
}

fn of<'o>(heard: &'o [Observation], address: &str) -> Vec<&'o Observation> {
    heard.iter().filter(|one| &*one.address == address).collect()
}

#[test]
fn all_that_an_opcua_server_says_comes_in_order() {
    let Some(python) = python() else { return };
    const CHANGES: usize = 3_000;
    let (scratch, port) = (folder("opcua-types"), free_port());
    let mut server = Program::start(&python, "opcua_server.py", &[&port.to_string()]);
    let scalars = [
        ("truth", Reading::Truth(true)),
        ("sbyte", Reading::Number(-7.0)),
        ("byte", Reading::Number(200.0)),
        ("int16", Reading::Number(-300.0)),
        ("uint16", Reading::Number(60_000.0)),
        ("int32", Reading::Number(-70_000.0)),
        ("uint32", Reading::Number(4e9)),
        ("int64", Reading::Number(-5e9)),
        ("uint64", Reading::Number(5e9)),
        ("float", Reading::Number(0.5)),
        ("double", Reading::Number(-0.1)),
        ("string", Reading::Text("ACTIVE".into())),
        ("array", Reading::Nothing),
        ("time", Reading::Nothing),
        ("nan", Reading::Nothing),
    ];
    let mut asked = nodes(&scalars.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    asked.extend(["ns=2;s=count", "ns=2;s=nobody", "ns=2;i=5", "ns=7;i=1"].map(str::to_owned));
    let mut listener = Listener::new(&open(&signals(&scratch, port, "queue: 5000", &asked)), BATCHES).connected();
    // What is there is told first, and what is not is told too.
    wait("first values", || listener.listen().len() >= asked.len());
    let before = listener.listen().len();
    for missing in ["ns=2;s=nobody", "ns=7;i=1"] {
        let said = of(listener.listen(), missing);
        assert!(
            matches!(said[..], [one] if one.quality == Quality::Bad && one.reading == Reading::Nothing),
            "{said:?}"
        );
    }
    let why = listener.watch.why().expect("a reason");
    assert!(why.starts_with("2 of 19 nodes cannot be had") && why.contains("ns=2;s=nobody"), "{why}");
    server.say(&format!("play {CHANGES}"));
    assert_eq!(server.hear(), "done");
    wait("all changes", || listener.listen().len() > before + CHANGES + scalars.len());
    let watch = listener.watch.clone();
    assert_eq!((watch.connections(), watch.overflows()), (1, 0));
    let heard = listener.leave()[before..].to_vec();
    let start = WallTime::read(START, TimeFormat::Iso8601).expect("a time");
    let after = |number: usize| start.after(SimDuration::from_millis(number as i64));
    let counts = of(&heard, "ns=2;s=count");
    assert_eq!(counts.len(), CHANGES);
    for (number, one) in counts.into_iter().enumerate() {
        let quality = [Quality::Good, Quality::Uncertain, Quality::Bad][number % 3];
        // Their server leaves a value out that is bad.
        let reading = if quality == Quality::Bad { Reading::Nothing } else { Reading::Number(number as f64) };
        assert_eq!((&one.reading, one.quality), (&reading, quality));
        assert_eq!(one.stamps.source, Some(after(number)));
        assert_eq!(one.stamps.server, Some(after(number + 1_000)));
        assert!(!one.is_simulated);
    }
    for (number, (name, reading)) in scalars.iter().enumerate() {
        let said = of(&heard, &format!("ns=2;s={name}"));
        let is_bad = *reading == Reading::Nothing;
        let quality = if is_bad { Quality::Bad } else { Quality::Good };
        assert!(matches!(said[..], [one] if one.reading == *reading && one.quality == quality), "{name}: {said:?}");
        assert_eq!(said[0].stamps.source, Some(after(number)), "{name}");
    }
    assert_eq!(of(&heard, "ns=2;i=5")[0].reading, Reading::Number(2.0));
    // Three of them twice: at first, and changed.
    assert_eq!(watch.unreadable(), 6);
}

#[test]
fn times_of_an_opcua_server_whose_clock_is_wrong_are_told_as_they_are() {
    let Some(python) = python() else { return };
    for hours in ["-230000", "2"] {
        let (scratch, port) = (folder("opcua-clock"), free_port());
        let arguments = [&port.to_string(), "--hours", hours];
        let mut server = Program::start(&python, "opcua_server.py", &arguments);
        let signals = open(&signals(&scratch, port, "", &nodes(&["count"])));
        let mut listener = Listener::new(&signals, BATCHES).connected();
        wait("a first value", || !listener.listen().is_empty());
        server.say("play 100");
        assert_eq!(server.hear(), "done");
        wait("all changes", || listener.listen().len() > 100);
        let start = WallTime::read(START, TimeFormat::Iso8601).expect("a time");
        for (number, one) in listener.leave()[1..].iter().enumerate() {
            assert_eq!(one.stamps.source, Some(start.after(SimDuration::from_millis(number as i64))), "{hours}");
            assert_eq!(
                one.stamps.server,
                Some(start.after(SimDuration::from_millis(number as i64 + 1_000))),
                "{hours}"
            );
        }
    }
}

#[test]
fn opcua_subscriptions_are_split() {
    let Some(python) = python() else { return };
    const MANY: usize = 2_500;
    let (scratch, port) = (folder("opcua-many"), free_port());
    let mut server = Program::start(&python, "opcua_server.py", &[&port.to_string(), "--many", &MANY.to_string()]);
    let mut asked: Vec<String> = (0..MANY).map(|number| format!("ns=2;s=many{number}")).collect();
    asked.push("ns=2;s=count".to_owned());
    let mut listener = Listener::new(&open(&signals(&scratch, port, "queue: 2", &asked)), BATCHES).connected();
    wait("first values", || listener.listen().len() >= asked.len());
    server.say("change");
    assert_eq!(server.hear(), "done");
    // The value of the first one does not change, and its time does.
    wait("all changes", || listener.listen().len() >= asked.len() + MANY);
    let heard = listener.listen();
    for number in 0..MANY {
        let said = of(heard, &format!("ns=2;s=many{number}"));
        assert_eq!(said[1].reading, Reading::Number(-(number as f64)));
    }
    listener.leave();
}

#[test]
fn an_opcua_server_that_is_killed_is_followed_again() {
    let Some(python) = python() else { return };
    let (scratch, port) = (folder("opcua-killed"), free_port());
    let start = || Program::start(&python, "opcua_server.py", &[&port.to_string(), "--ticks"]);
    let signals = open(&signals(&scratch, port, "", &nodes(&["count"])));
    let mut listener = Listener::new(&signals, BATCHES);
    wait("a reason", || matches!(listener.watch.status(), Status::Connecting { why: Some(_) }));
    let mut server = start();
    listener = listener.connected();
    for round in 1..=3 {
        wait("values", || listener.listen().len() > round * 20);
        server.kill();
        wait("a loss", || matches!(listener.watch.status(), Status::Lost { .. }));
        let before = listener.listen().len();
        server = start();
        let back = Instant::now();
        wait("values again", || listener.listen().len() > before + 5);
        assert!(back.elapsed() < Duration::from_secs(10), "{:?}", back.elapsed());
        assert!(matches!(listener.watch.status(), Status::Connected { .. }));
    }
    assert_eq!(listener.watch.connections(), 4);
    let left = Instant::now();
    listener.leave();
    assert!(left.elapsed() < Duration::from_secs(1), "{:?}", left.elapsed());
}

#[test]
fn an_opcua_server_that_is_stopped_in_its_tracks_is_missed() {
    let Some(python) = python() else { return };
    let (scratch, port) = (folder("opcua-frozen"), free_port());
    let server = Program::start(&python, "opcua_server.py", &[&port.to_string(), "--ticks"]);
    let signals = open(&signals(&scratch, port, "", &nodes(&["count"])));
    let mut listener = Listener::new(&signals, BATCHES).connected();
    let signal = |name: &str| {
        let mut command = Command::new("kill");
        assert!(command.args([name, &server.process.id().to_string()]).status().expect("kill").success());
    };
    signal("-STOP");
    wait("a loss", || matches!(listener.watch.status(), Status::Lost { .. }));
    signal("-CONT");
    let (before, back) = (listener.listen().len(), Instant::now());
    wait("values again", || listener.listen().len() > before + 100);
    assert!(back.elapsed() < Duration::from_secs(10), "{:?}", back.elapsed());
    listener.leave();
}

#[test]
fn only_opcua_certificates_that_are_trusted_are_taken() {
    let Some(python) = python() else { return };
    let (scratch, port) = (folder("opcua-certificates"), free_port());
    let folder = Path::new(scratch.path());
    let (pki, clients) = (folder.join("pki"), folder.join("clients"));
    fs::create_dir_all(&clients).expect("a folder");
    let text = |path: &Path| path.to_str().expect("a path in Unicode").to_owned();
    let (port_text, place, trusted) = (port.to_string(), text(folder), text(&clients));
    let arguments = [&port_text[..], "--secure", &place, "--trusted", &trusted];
    let server = Program::start(&python, "opcua_server.py", &arguments);
    let secured = "security: SignAndEncrypt";
    let refused = |more: &str, expected: &str| {
        let error = Listener::new(&open(&signals(&scratch, port, more, &nodes(&["count"]))), BATCHES).end();
        let error = error.expect_err(expected);
        assert!(error.message.contains(expected) && !error.retryable, "{expected}: {error}");
    };
    refused("security: Sign", "it offers Sign with Aes256-Sha256-RsaPss, SignAndEncrypt with Basic256Sha256");
    // We do not know the server.
    refused(secured, "the server's certificate is not trusted");
    refused(secured, "the server's certificate is not trusted");
    let rejected: Vec<_> = fs::read_dir(pki.join("rejected")).expect("a folder").map_while(Result::ok).collect();
    assert_eq!(rejected.len(), 1);
    assert_eq!(fs::read(rejected[0].path()).expect("a file"), fs::read(folder.join("server.der")).expect("a file"));
    // Trusted under any name, and then the server does not know us.
    fs::rename(rejected[0].path(), pki.join("trusted/the server.der")).expect("a file that moves");
    refused(secured, "have the server trust ours");
    drop(server);
    fs::copy(pki.join("own/cert.der"), clients.join("linewright.der")).expect("a copy");
    let mut server = Program::start(&python, "opcua_server.py", &arguments);
    for more in [secured, "security: Sign, policy: Aes256Sha256RsaPss"] {
        let signals = open(&signals(&scratch, port, more, &nodes(&["count"])));
        let mut listener = Listener::new(&signals, BATCHES).connected();
        server.say("play 10");
        assert_eq!(server.hear(), "done");
        wait("values", || listener.listen().len() >= 10);
        listener.leave();
    }
    // Another server in its place is not trusted, and neither is one whose trust was withdrawn.
    drop(server);
    fs::remove_file(folder.join("server_key.pem")).expect("a file");
    let _server = Program::start(&python, "opcua_server.py", &arguments);
    refused(secured, "the server's certificate is not trusted");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let key = fs::metadata(pki.join("private/private.pem")).expect("a key");
        assert_eq!(key.permissions().mode() & 0o077, 0, "nobody else may read it");
    }
}

#[test]
fn who_is_not_let_in_by_an_opcua_server_is_told_so() {
    let Some(python) = python() else { return };
    let (scratch, port) = (folder("opcua-users"), free_port());
    // The environment of every test has these two.
    let (name, password) = ("CARGO_PKG_NAME", "CARGO_PKG_VERSION");
    let value = |name: &str| std::env::var(name).expect("set by cargo");
    let port_text = port.to_string();
    let _server = Program::start(&python, "opcua_server.py", &[&port_text, "--user", &value(name), &value(password)]);
    for (more, expected) in [
        ("", "lets nobody in without a name"),
        (r#"username_from: "CARGO_PKG_NAME", password_from: "CARGO_PKG_NAME""#, "does not let us in"),
    ] {
        let error = Listener::new(&open(&signals(&scratch, port, more, &nodes(&["count"]))), BATCHES).end();
        let error = error.expect_err(expected);
        assert!(error.message.contains(expected) && !error.retryable, "{expected}: {error}");
    }
    let more = format!(r#"username_from: "{name}", password_from: "{password}""#);
    Listener::new(&open(&signals(&scratch, port, &more, &nodes(&["count"]))), BATCHES).connected().leave();
}
