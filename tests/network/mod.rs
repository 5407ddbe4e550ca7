//! Bad networks between a plant and its twin: what they do to what is said there, decided by a seed, and a twin that listens
//! through them by its real feed and queue. [`proxy`] is the part with the connections; [`shdr`] follows an adapter through it,
//! `outside::mqtt::network` a broker.

pub mod proxy;
mod shdr;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use kernel::{Digest, SimDuration, SimTime, Stream, StreamKey};
use live::feed::connection::Watch;
use live::feed::replay::Playback;
use live::feed::{self, FeedError, Intake, Opened, outlet};
use live::journal::Entry;
use live::observation::{Observation, Quality, Reading, Stamps};
use live::signals::Signals;
use live::twin::Twin;
use live::wall_time::WallTime;
use plant::plant::Plant;
use scenario::sources::Sources;

use crate::live::{LINE, told_of};
use crate::playing::{begun, opened_text};

/// How long observations are held back, in milliseconds.
const WINDOW: u64 = 20_000;
/// What is this late is too late.
const TOO_LATE: i64 = 200_000;
/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(60);
/// Runs at a time: most of them wait for a connection.
const AT_A_TIME: u64 = 24;

/// Something that the plant says.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its place among all, from 1: a contact that says 0 says nothing.
    pub number: u64,
    pub at: WallTime,
    pub what: String,
}

/// What a plant says in so many minutes, from an hour from now on: later than anything that has lost its date on the way, which
/// is then timed by its arrival.
pub fn told(minutes: i64) -> Vec<Told> {
    let plant = opened_text(LINE).plant;
    let mut real = begun(&plant, 77, 0);
    real.recorder().events = true;
    real.play_to(SimTime::ZERO + SimDuration::from_minutes(minutes)).expect("a sound plant");
    let start = WallTime::now().as_nanos() / 1_000_000 + 3_600_000;
    let mut told: Vec<Told> = Vec::new();
    let mut latest = 0;
    for record in &real.recorder().event_records {
        let Some(what) = told_of(&plant, record) else { continue };
        // A millisecond each: the plant's clock tells all events apart.
        latest = (start + (record.at - SimTime::ZERO).as_nanos() / 1_000_000).max(latest + 1);
        told.push(Told { number: told.len() as u64 + 1, at: WallTime::from_nanos(latest * 1_000_000), what });
    }
    told
}

/// Signals of that plant, from a source as `from` says. Addresses begin with `prefix`.
pub fn signals(from: &str, prefix: &str, plant: &Plant) -> Signals {
    let mut text = format!(
        r#"Signals(schema: 1, window: "{WINDOW} ms", ahead: "1 d", sources: {{"plc": (from: {from})}}, signals: {{
        "in": (address: "{prefix}in", shows: Started("in")),"#
    );
    for station in ["saw", "pack"] {
        text += &format!(
            r#""{station} begins": (address: "{prefix}{station} begins", shows: Started("{station}")),
            "{station} ends": (address: "{prefix}{station} ends", shows: Finished("{station}")),"#
        );
    }
    let files = BTreeMap::from([("signals.ron".to_owned(), (text + "})").into_bytes())]);
    let signals = Signals::open_from(Sources::new(files), "signals.ron", plant);
    signals.unwrap_or_else(|rejected| panic!("{:?}", rejected.complaints))
}

/// What a network may do besides delays, changes of order and repetitions, which the window mends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nature {
    /// Drops what it carries.
    pub loses: bool,
    /// Changes what it carries, and carries it too late.
    pub harms: bool,
    /// Breaks connections so often.
    pub breaks: u64,
    /// Has lost what was under way where it broke one, and what came until it was made again.
    pub loses_at_breaks: bool,
}

/// What became of what was said.
#[derive(Debug, Clone, Default)]
pub struct Deeds {
    /// The numbers that came in one piece and in time.
    pub came: BTreeSet<u64>,
    /// How many came, whatever became of them on the way.
    pub sent: u64,
    pub garbled: u64,
    pub too_late: u64,
    pub broken: u64,
    /// How many were carried otherwise than at once.
    pub delayed: u64,
    /// Marks that came through, which are for nobody else.
    #[cfg(feature = "mqtt")]
    pub marks: u64,
    /// Everything that was said is through.
    pub is_over: bool,
}

impl Deeds {
    /// How many came that had come before.
    pub fn twice(&self) -> u64 {
        self.sent - self.garbled - self.too_late - self.came.len() as u64
    }
}

/// What a proxy does next.
pub enum Step {
    /// It sends this.
    Send(Vec<u8>),
    /// It sends this half of something and closes the connection.
    Break(Vec<u8>),
}

/// When it is sent, its number, and whether it is sent again.
type Key = (i64, u64, bool);

/// What is carried, until it is sent.
struct Carried {
    number: u64,
    at: i64,
    bytes: Vec<u8>,
    is_garbled: bool,
    is_late: bool,
}

/// A network: takes what is said and says what is sent, and when.
pub struct Network {
    stream: Stream,
    nature: Nature,
    count: u64,
    /// Where it breaks.
    breaks: BTreeSet<u64>,
    /// How many more get lost because the connection is not there.
    away: u64,
    /// The latest that was sent, in milliseconds on the plant's clock.
    latest: i64,
    /// By the time in milliseconds on the plant's clock at which it is sent.
    held: BTreeMap<Key, Carried>,
    deeds: Arc<Mutex<Deeds>>,
}

impl Network {
    /// The network number `seed`, which carries `count` things.
    pub fn new(seed: u64, nature: Nature, count: u64) -> Self {
        let mut stream = Stream::new(&StreamKey { seed, replication: 0, name: "network", purpose: "deeds" });
        let breaks = (0..nature.breaks).map(|_| 2 + stream.below(count - 2 * TAIL)).collect();
        Network {
            stream,
            nature,
            count,
            breaks,
            away: 0,
            latest: i64::MIN,
            held: BTreeMap::new(),
            deeds: Arc::default(),
        }
    }

    /// What it has done so far, for whoever looks on.
    pub fn deeds(&self) -> Arc<Mutex<Deeds>> {
        self.deeds.clone()
    }

    fn chance(&mut self, one_in: u64) -> bool {
        self.stream.below(one_in) == 0
    }

    /// Takes `bytes` that say `number`, dated `at`. `garble` makes nonsense of them, at a place that is drawn.
    pub fn take(
        &mut self,
        number: u64,
        at: WallTime,
        bytes: Vec<u8>,
        garble: impl FnOnce(&mut [u8], &mut Stream),
    ) -> Vec<Step> {
        let at = at.as_nanos() / 1_000_000;
        // What nothing comes after cannot be missed, and without the first one nobody knows when all began.
        let is_spared = number <= 1 || number + TAIL > self.count;
        let mut steps = self.release(at);
        let mut carried = Carried { number, at, bytes, is_garbled: false, is_late: false };
        if std::mem::take(&mut self.away).checked_sub(1).map(|left| self.away = left).is_some() && !is_spared {
            return steps;
        }
        if self.breaks.remove(&number) {
            self.seen().broken += 1;
            steps.push(Step::Break(carried.bytes[..carried.bytes.len() / 2].to_vec()));
            if self.nature.loses_at_breaks {
                self.away = self.stream.below(4);
            } else {
                self.held.insert((at, number, false), carried);
            }
            return steps;
        }
        if self.nature.loses && !is_spared && self.chance(50) {
            return steps;
        } else if self.nature.harms && !is_spared && self.chance(50) {
            garble(&mut carried.bytes, &mut self.stream);
            carried.is_garbled = true;
        } else if self.nature.harms && !is_spared && self.chance(50) {
            carried.is_late = true;
        }
        let mut due = at;
        if carried.is_late {
            due += TOO_LATE;
        } else if number > 1 && self.chance(2) {
            due += self.stream.below(WINDOW - 100) as i64;
        }
        if !carried.is_garbled && !carried.is_late && self.chance(8) {
            let again = due + 1 + self.stream.below(10 * WINDOW) as i64;
            let bytes = carried.bytes.clone();
            self.held.insert((again, number, true), Carried { bytes, ..carried });
        }
        self.seen().delayed += u64::from(due > at);
        self.held.insert((due, number, false), carried);
        if number == self.count {
            steps.extend(self.release(i64::MAX));
            self.seen().is_over = true;
        } else {
            steps.extend(self.release(at));
        }
        steps
    }

    /// Nothing has come for a while: what is held is sent, but for what is to be too late.
    pub fn idle(&mut self) -> Vec<Step> {
        self.release(i64::MAX)
    }

    /// Takes note of a mark: whatever was said before it is through or lost.
    #[cfg(feature = "mqtt")]
    pub fn mark(&mut self, number: u64) {
        self.seen().marks = number;
    }

    /// What was under way is lost.
    pub fn forget(&mut self) {
        self.held.clear();
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Deeds> {
        self.deeds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends what is due by `now`; what is to be too late once later things have been sent, whatever is lost on the way.
    fn release(&mut self, now: i64) -> Vec<Step> {
        let is_early = |key: &Key, carried: &mut Carried| !carried.is_late && key.0 <= now;
        let early: Vec<Carried> = self.held.extract_if(.., is_early).map(|(_, carried)| carried).collect();
        let readable = early.iter().filter(|carried| !carried.is_garbled);
        self.latest = readable.map(|carried| carried.at).fold(self.latest, i64::max);
        let latest = self.latest;
        let late = self.held.extract_if(.., |key: &Key, carried| carried.is_late && key.0 <= latest);
        let late: Vec<Carried> = late.map(|(_, carried)| carried).collect();
        let mut deeds = self.seen();
        let send = |carried: Carried| {
            deeds.sent += 1;
            deeds.garbled += u64::from(carried.is_garbled);
            deeds.too_late += u64::from(carried.is_late);
            if !carried.is_garbled && !carried.is_late {
                deeds.came.insert(carried.number);
            }
            Step::Send(carried.bytes)
        };
        early.into_iter().chain(late).map(send).collect()
    }
}

/// So many at the end are carried as they are: in the meantime everything too late has come.
pub const TAIL: u64 = 40;

/// A twin that listens by a real feed and queue.
pub struct Follower {
    twin: Twin,
    intake: Intake,
    pub watch: Watch,
    thread: JoinHandle<Result<(), FeedError>>,
    /// How often the connection had been made when that was looked at last.
    made: u64,
}

impl Follower {
    /// A twin of `plant` that follows the one source of `signals`.
    pub fn new(plant: &Arc<Plant>, signals: Signals) -> Self {
        let mut opened = feed::open(&signals, Playback::default()).unwrap_or_else(|error| panic!("{error}"));
        let Some(Opened { mut feed, connection: Some((_, watch)) }) = opened.pop() else { panic!("no connection") };
        let (outlet, intake) = outlet(1 << 14);
        let thread = std::thread::spawn(move || feed.run(&outlet));
        let twin = Twin::new(plant.clone(), 1, Arc::new(signals), None, None).expect("a twin");
        Follower { twin, intake, watch, thread, made: 0 }
    }

    /// Takes in what comes within `patience`.
    pub fn listen(&mut self, patience: Duration) {
        let batch = self.intake.take(patience);
        let made = self.watch.connections();
        for is_there in (self.made.max(1)..made).flat_map(|_| [false, true]) {
            self.tell(Entry::Connection { source: 0, is_there });
        }
        self.made = made;
        batch.into_iter().for_each(|batch| self.tell(Entry::Observations(batch)));
        assert_eq!(self.intake.take_dropped(), 0);
    }

    fn tell(&mut self, entry: Entry) {
        self.twin.take_in(entry, &mut |_| {}).expect("a sound model");
    }

    /// Listens until something is so.
    #[track_caller]
    pub fn listen_until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(
                Instant::now() < end,
                "not within a minute: {what}; {}, {:?}, {} connections, {} messages",
                self.twin.counters(),
                self.watch.status(),
                self.watch.connections(),
                self.watch.messages()
            );
            self.listen(Duration::from_millis(2));
        }
    }

    /// How many observations have come.
    pub fn received(&self) -> u64 {
        self.twin.counters().received
    }

    /// Listens no longer; what it has come to.
    pub fn end(mut self) -> Twin {
        self.twin.finish(&mut |_| {}).expect("a sound model");
        drop(self.intake);
        self.thread.join().expect("no panic").unwrap_or_else(|error| panic!("{error}"));
        self.twin
    }
}

/// The digest of a twin that is told, in order and at once, what has one of `numbers`.
pub fn digest_of(plant: &Arc<Plant>, told: &[Told], numbers: &BTreeSet<u64>) -> Digest {
    let signals = Arc::new(signals(r#"ShdrAdapter(adapter: "localhost:1")"#, "", plant));
    let mut twin = Twin::new(plant.clone(), 1, signals, None, None).expect("a twin");
    let observation = |told: &Told| Observation {
        source: 0,
        address: told.what.as_str().into(),
        reading: Reading::Number(told.number as f64),
        stamps: Stamps { source: Some(told.at), server: None, arrival: told.at },
        quality: Quality::Good,
        sequence: Some(told.number),
        is_simulated: false,
        is_standing: false,
    };
    let batch = told.iter().filter(|told| numbers.contains(&told.number)).map(observation).collect();
    twin.take_in(Entry::Observations(batch), &mut |_| {}).expect("a sound model");
    twin.finish(&mut |_| {}).expect("a sound model");
    twin.digest()
}

/// Does `work` for every seed below `seeds`, many at a time, and hands on what comes of them.
pub fn for_seeds<T: Send>(seeds: u64, work: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let next = AtomicU64::new(0);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME.min(seeds) {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds {
                        break;
                    }
                    let one = work(seed);
                    done.lock().expect("no panic").push(one);
                }
            });
        }
    });
    done.into_inner().expect("no panic")
}
