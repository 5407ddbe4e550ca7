//! A broker that is not ours (Eclipse Mosquitto) on a port of its own, and somebody who listens to it through a feed.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use live::feed::connection::{Status, Watch};
use live::feed::replay::Playback;
use live::feed::{self, FeedError, Intake, Opened, outlet};
use live::observation::Observation;
use live::signals::Signals;
use plant::plant::Plant;
use plant::run::Run;

use crate::playing::{begun, opened_text};
use crate::studies::Scratch;

/// Batches that may wait: more than any test sends in one go.
pub const BATCHES: usize = 1 << 17;

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(30);
/// Sleep between two looks.
const NAP: Duration = Duration::from_millis(20);

/// Debian keeps it where only root looks.
fn program() -> Option<&'static str> {
    let answers =
        |name: &&str| Command::new(name).arg("-h").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    ["mosquitto", "/usr/sbin/mosquitto"].into_iter().find(answers)
}

/// Whether a test has to be left out; says so.
pub fn is_missing() -> bool {
    let is_missing = program().is_none();
    if is_missing {
        println!("skipped: there is no mosquitto; `cargo xtask test` installs one");
    }
    is_missing
}

/// A port that nobody uses now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

/// A broker with files of its own.
pub struct Broker {
    scratch: Scratch,
    port: u16,
    process: Option<Child>,
}

impl Broker {
    /// A broker that is not started yet. It keeps what waits for clients that are away, on the disk when it ends.
    pub fn new(name: &str) -> Self {
        let broker = Broker { scratch: Scratch::new(name), port: free_port(), process: None };
        fs::create_dir_all(broker.folder()).expect("a folder");
        let listener = format!("listener {} 127.0.0.1\nallow_anonymous true\n", broker.port);
        broker.configure(&listener);
        broker
    }

    /// Gives it other listeners; its folder holds the files that they name.
    pub fn configure(&self, listeners: &str) {
        let folder = self.scratch.path();
        // As root it would become somebody who may not read its folder.
        let text = format!(
            "user root\npersistence true\npersistence_location {folder}/\nmax_queued_messages 0\nset_tcp_nodelay true\n{listeners}"
        );
        fs::write(self.folder().join("mosquitto.conf"), text).expect("a file");
    }

    pub fn folder(&self) -> &Path {
        Path::new(self.scratch.path())
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn address(&self) -> String {
        format!("localhost:{}", self.port)
    }

    pub fn started(mut self) -> Self {
        self.start();
        self
    }

    pub fn start(&mut self) {
        let log = fs::File::options().create(true).append(true).open(self.folder().join("log")).expect("a log");
        let mut command = Command::new(program().expect("mosquitto"));
        command.arg("-c").arg(self.folder().join("mosquitto.conf"));
        self.process = Some(command.stdout(Stdio::null()).stderr(log).spawn().expect("mosquitto starts"));
        wait("mosquitto listens", || TcpStream::connect(("127.0.0.1", self.port)).is_ok());
    }

    /// Ends it as an operating system does that shuts down. (Killed with SIGKILL it forgets messages it has acknowledged:
    /// no client could make up for that.)
    pub fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let killed = Command::new("kill").arg(process.id().to_string()).status().expect("kill");
        assert!(killed.success());
        let _ = process.wait();
    }

    /// Publishes a file as one message, by a client that is not ours either.
    pub fn publish_file(&self, topic: &str, content: &[u8]) {
        let path = self.folder().join("message");
        fs::write(&path, content).expect("a file");
        let mut command = Command::new("mosquitto_pub");
        command.args(["-p", &self.port.to_string(), "-q", "1", "-t", topic, "-f"]).arg(path);
        assert!(command.status().expect("mosquitto_pub starts").success());
    }
}

/// A client that is not ours either and writes down what comes.
pub struct Raw {
    process: Child,
    file: PathBuf,
}

impl Broker {
    /// Writes down all messages of the topics that `filter` names.
    pub fn listen_raw(&self, filter: &str) -> Raw {
        let file = self.folder().join("raw");
        let mut command = Command::new("stdbuf");
        command.args(["-oL", "mosquitto_sub", "-d", "-p", &self.port.to_string(), "-t", filter, "-F", "raw %t %x"]);
        let output = fs::File::create(&file).expect("a file");
        let process = command.stdout(output).stderr(Stdio::null()).spawn().expect("mosquitto_sub starts");
        wait("a subscription", || fs::read_to_string(&file).is_ok_and(|text| text.contains("Subscribed")));
        Raw { process, file }
    }
}

impl Raw {
    /// The topics, and the payloads in hexadecimal, once nothing more has come for a while.
    pub fn end(mut self) -> Vec<(String, String)> {
        let text = || fs::read_to_string(&self.file).expect("a file");
        let mut before = text();
        loop {
            std::thread::sleep(NAP * 20);
            let now = text();
            if now == before {
                break;
            }
            before = now;
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
        let lines = before.lines().filter_map(|line| line.strip_prefix("raw ")?.rsplit_once(' '));
        lines.map(|(topic, payload)| (topic.to_owned(), payload.to_owned())).collect()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Waits until something is so.
#[track_caller]
pub fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "not within half a minute: {what}");
        std::thread::sleep(NAP);
    }
}

/// A plant for signals to be of.
pub const PLANT: &str = r#"Scenario(schema: 1, name: "line", clock: (horizon: "2 h"), elements: {
    "in": Source(arrivals: Interarrival(Exponential("60 s")), next: "mill"),
    "mill": Station(
        process_time: Exponential("40 s"),
        queue: 9,
        failures: [(time_to_failure: Exponential("10 min"), time_to_repair: Constant("3 min"))],
        next: "out",
    ),
    "out": Sink(),
    "queued": LevelSensor(of: "mill", signal: (sampling: Every("30 s"))),
})"#;

fn plant() -> Arc<Plant> {
    opened_text(PLANT).plant
}

/// A run of that plant.
pub fn run() -> Run {
    begun(&plant(), 1, 0)
}

/// Signals with one source, as `from` says, in a file in `folder`.
pub fn signals(folder: &Path, from: &str) -> Signals {
    let text = format!(r#"Signals(schema: 1, sources: {{"broker": (from: {from})}}, signals: {{}})"#);
    let path = folder.join("signals.ron");
    fs::write(&path, text).expect("a file");
    open(&path)
}

/// Signals from a file.
pub fn open(path: &Path) -> Signals {
    Signals::open(path.to_str().expect("a path in Unicode"), &plant())
        .unwrap_or_else(|rejected| panic!("{:?}", rejected.complaints))
}

/// A feed that runs, and where its observations go.
pub struct Listener {
    pub watch: Watch,
    intake: Option<Intake>,
    pub heard: Vec<Observation>,
    thread: JoinHandle<Result<(), FeedError>>,
}

impl Listener {
    /// Listens to the one source of `signals`.
    pub fn new(signals: &Signals, batches: usize) -> Self {
        let mut opened = feed::open(signals, Playback::default()).unwrap_or_else(|error| panic!("{error}"));
        let Some(Opened { mut feed, connection: Some((_, watch)) }) = opened.pop() else { panic!("no connection") };
        let (outlet, intake) = outlet(batches);
        let thread = std::thread::spawn(move || feed.run(&outlet));
        Listener { watch, intake: Some(intake), heard: Vec::new(), thread }
    }

    /// Waits until it is connected.
    #[track_caller]
    pub fn connected(self) -> Self {
        wait("a connection", || matches!(self.watch.status(), Status::Connected { .. }));
        self
    }

    /// Takes in what has come up to now.
    pub fn listen(&mut self) -> &[Observation] {
        let intake = self.intake.as_ref().expect("an intake");
        while let Some(batch) = intake.take(Duration::ZERO) {
            self.heard.extend(batch);
        }
        &self.heard
    }

    /// What found no room up to now.
    pub fn dropped(&self) -> u64 {
        self.intake.as_ref().expect("an intake").take_dropped()
    }

    /// What the feed ends with by itself.
    pub fn end(self) -> Result<(), FeedError> {
        let end = Instant::now() + PATIENCE;
        while !self.thread.is_finished() {
            assert!(Instant::now() < end, "it has not ended: {:?}", self.watch.status());
            std::thread::sleep(NAP);
        }
        self.thread.join().expect("no panic")
    }

    /// Listens no longer; the feed has to end.
    pub fn leave(mut self) -> Vec<Observation> {
        self.listen();
        self.intake = None;
        let heard = std::mem::take(&mut self.heard);
        self.end().unwrap_or_else(|error| panic!("{error}"));
        heard
    }
}
