//! Somebody who listens through a feed, for tests of what comes from programs that are not ours.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
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

/// Batches that may wait: more than any test sends in one go.
pub const BATCHES: usize = 1 << 17;

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(30);
/// Sleep between two looks.
const NAP: Duration = Duration::from_millis(20);

/// A port that nobody uses now, and that no other test gets: each has some of its own by the number of its process. They are
/// below those that the system gives to whoever connects (Linux, ip_local_port_range).
pub fn free_port() -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    const EACH: u16 = 64;
    let first = 10_000 + (std::process::id() % 320) as u16 * EACH;
    let mut ports = (0..EACH).map(|_| first + GIVEN.fetch_add(1, Ordering::Relaxed) % EACH);
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a free port")
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
    #[cfg(feature = "mqtt")]
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
