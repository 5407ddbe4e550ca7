//! Saved runs: the state of a run on the disk, with all that it was made from, so that it can be gone on with anywhere.
//!
//! A file is a line that says what it is and which version of the format it has, then the files of the scenario, what was set,
//! seed and replication, where the run stood and its state ([`Snapshot::to_bytes`]), and at the end a BLAKE3 checksum over all
//! before it. Nothing in it depends on the machine, on memory or on when it was written: the same run at the same event gives
//! the same file.
//!
//! A state is read by the version of the format that wrote it. The version rises whenever the state of any element changes
//! its shape; a test holds the bytes of a saved run against those that are known.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use kernel::persist::{Persist, Reader, Writer, persist};
use kernel::{Digest, SimTime};
use plant::plant::Plant;
use plant::registry::Registry;
use plant::run::{Misfit, Run, RunError, Snapshot};

use crate::expand::{self, Scenario};
use crate::load::{Later, Rejected};
use crate::sources::Sources;
use crate::staged::{FileError, Staged};

/// The version of the format.
pub const FORMAT: u32 = 16;
/// What a file begins with, before the version.
const MAGIC: &[u8] = b"linewright run ";
/// Bytes of the checksum at the end.
const CHECKSUM: usize = 32;

/// A run at one moment, with all that it was made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    /// The engine that played it.
    pub engine: String,
    /// The scenario's file.
    pub file: String,
    /// Every file that it was made from, by path.
    pub files: BTreeMap<String, String>,
    /// What was set, as after `--set`.
    pub settings: Vec<String>,
    /// The seed.
    pub seed: u64,
    /// The replication.
    pub replication: u64,
    /// When it was saved, on its own clock.
    pub now: SimTime,
    /// Events so far.
    pub events: u64,
    /// Its digest.
    pub digest: Digest,
    /// Whether what it follows, if it follows anything, is no plant but plays one.
    pub is_simulated: bool,
    /// States that are as likely as its own, of models that followed the same plant; none for most.
    pub particles: Vec<Vec<u8>>,
    /// What is believed of how long work takes, by element: mean and variance of a multiple of what the scenario says.
    pub beliefs: BTreeMap<String, (f64, f64)>,
    state: Vec<u8>,
}
persist!(struct Saved {
    engine, file, files, settings, seed, replication, now, events, digest, is_simulated, particles, beliefs, state,
});

/// Why a file is no saved run, or cannot be gone on with.
#[derive(Debug)]
pub enum Unusable {
    /// It cannot be read.
    File(FileError),
    /// It is something else; said to the user.
    NotSaved(String),
    /// The scenario in it is wrong, as it may be with other settings.
    Rejected(Box<Rejected>),
    /// The state does not fit the scenario with these settings.
    Misfit(Misfit),
    /// The run cannot be made.
    Run(RunError),
}

impl fmt::Display for Unusable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unusable::File(error) => error.fmt(formatter),
            Unusable::NotSaved(reason) => formatter.write_str(reason),
            Unusable::Rejected(rejected) => write!(formatter, "{} mistakes", rejected.complaints.len()),
            Unusable::Misfit(misfit) => misfit.fmt(formatter),
            Unusable::Run(error) => error.fmt(formatter),
        }
    }
}

impl Saved {
    /// Saves `run`, which plays `scenario` as read from `file` with `settings`.
    #[must_use]
    pub fn of(run: &Run, scenario: &Scenario, file: &str, settings: &[String], engine: &str) -> Self {
        let sources = scenario.loaded.sources.all();
        let files = sources.iter().filter(|source| source.is_file());
        Saved {
            engine: engine.to_owned(),
            file: file.to_owned(),
            files: files.map(|source| (source.name().to_owned(), source.text().to_owned())).collect(),
            settings: settings.to_vec(),
            seed: run.seed(),
            replication: run.replication(),
            now: run.now(),
            events: run.event_count(),
            digest: run.digest(),
            is_simulated: false,
            particles: Vec::new(),
            beliefs: BTreeMap::new(),
            state: run.snapshot().to_bytes(),
        }
    }

    /// As the bytes of a file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.raw(MAGIC);
        writer.raw(format!("{FORMAT}\n").as_bytes());
        self.write(&mut writer);
        let mut bytes = writer.finish();
        let checksum = blake3::hash(&bytes);
        bytes.extend_from_slice(checksum.as_bytes());
        bytes
    }

    /// From the bytes of a file called `name`.
    ///
    /// # Errors
    /// [`Unusable::NotSaved`] for anything but a whole file of this version.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, Unusable> {
        let refuse = |reason: &str| Err(Unusable::NotSaved(format!("{name} {reason}")));
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            return refuse("is no saved run: `linewright run FILE --save NAME` writes one");
        };
        let Some(end) = rest.iter().take(12).position(|byte| *byte == b'\n') else { return refuse("is cut off") };
        let version = String::from_utf8_lossy(&rest[..end]).into_owned();
        if version != FORMAT.to_string() {
            return refuse(&format!(
                "has version {version} of the format of saved runs, and this engine reads {FORMAT}: play the run again with this engine"
            ));
        }
        let Some(body) = bytes.len().checked_sub(CHECKSUM) else { return refuse("is cut off") };
        let (body, checksum) = bytes.split_at(body);
        if blake3::hash(body).as_bytes() != checksum {
            return refuse("is damaged: its checksum is another one; play the run again");
        }
        let start = MAGIC.len() + end + 1;
        let mut reader = Reader::new(body.get(start..).unwrap_or(&[]), 0);
        match Saved::read(&mut reader) {
            Ok(saved) if reader.left() == 0 => Ok(saved),
            Ok(_) => refuse("holds more than a saved run"),
            Err(unreadable) => refuse(&format!("cannot be read: {unreadable}")),
        }
    }

    /// Writes the file at `path`, whole or not at all.
    ///
    /// # Errors
    /// A disk that is full, or a directory that cannot be written.
    pub fn store(&self, path: &Path) -> Result<(), FileError> {
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("run.saved");
        let mut staged = Staged::create(directory, name)?;
        staged.write_all(&self.to_bytes()).map_err(FileError::at(path))?;
        staged.commit()
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// As [`Saved::from_bytes`], or a file that cannot be read.
    pub fn open(path: &Path) -> Result<Self, Unusable> {
        let bytes = std::fs::read(path).map_err(|error| Unusable::File(FileError::at(path)(error)))?;
        Self::from_bytes(&path.display().to_string(), &bytes)
    }

    /// What is set from now on, as it is kept among the settings: it wins over what timed events have set by now.
    #[must_use]
    pub fn further(&self, set: &[String]) -> Vec<String> {
        // A state that cannot be read is refused with its reason where it is gone on with.
        let after = Snapshot::changes_made(&self.state).unwrap_or(0);
        set.iter().map(|setting| Later::written(after, setting)).collect()
    }

    /// The scenario that was played, with `further` settings on top, as they are kept.
    ///
    /// # Errors
    /// Everything that is wrong with it then.
    pub fn scenario(&self, further: &[String], registry: &Arc<Registry>) -> Result<Scenario, Unusable> {
        let files: BTreeMap<String, Vec<u8>> =
            self.files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect();
        let settings: Vec<String> = self.settings.iter().chain(further).cloned().collect();
        expand::open_from(Sources::new(files), &self.file, &settings, registry).map_err(Unusable::Rejected)
    }

    /// The run as it was saved, with `set` from now on.
    ///
    /// # Errors
    /// Settings that are wrong, or that make another plant of it; a state that is none of the scenario.
    pub fn fork(&self, set: &[String], registry: &Arc<Registry>) -> Result<Fork, Unusable> {
        let scenario = self.scenario(&self.further(set), registry)?;
        let before = if set.is_empty() { scenario.plant.clone() } else { self.scenario(&[], registry)?.plant };
        let of_particles = self.particles.iter().map(Vec::as_slice);
        let states = std::iter::once(self.state.as_slice()).chain(of_particles);
        let resume = |plant: &Arc<Plant>, state: &[u8]| {
            let snapshot = Snapshot::from_bytes(plant, state).map_err(Unusable::Misfit)?;
            Run::resume(plant.clone(), self.seed, self.replication, &snapshot).map_err(Unusable::Run)
        };
        let mut runs = Vec::new();
        for state in states {
            let mut run = resume(&before, state)?;
            if !set.is_empty() {
                let differing = run.differing(&scenario.plant);
                let gone_over = run.go_over(&scenario.plant, &differing);
                gone_over.map_err(|reason| Unusable::Misfit(Misfit::Foreign(reason)))?;
                // What is no matter of elements (part types, routings, the clock) is as it is there too.
                run = resume(&scenario.plant, &run.snapshot().to_bytes())?;
            }
            runs.push(run);
        }
        let states = runs.iter().skip(usize::from(runs.len() > 1)).map(|run| run.snapshot().to_bytes()).collect();
        Ok(Fork { run: runs.swap_remove(0), scenario, states })
    }
}

/// A saved run that is gone on with.
#[derive(Debug)]
pub struct Fork {
    /// The scenario with what was set.
    pub scenario: Scenario,
    /// The run as it stands.
    pub run: Run,
    /// The states that futures go on from, each as likely as the others.
    pub states: Vec<Vec<u8>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"Scenario(schema: 1, name: "line", clock: (horizon: "1 d"), elements: {
        "in": Source(arrivals: Interarrival(Exponential("60 s")), next: "mill"),
        "mill": Station(process_time: Exponential("40 s"), queue: 5, next: "out"),
        "out": Sink(),
    })"#;

    fn saved() -> (Saved, Run, Arc<Registry>) {
        let registry = Arc::new(Registry::default());
        let files = BTreeMap::from([("line.ron".to_owned(), TEXT.as_bytes().to_vec())]);
        let settings = vec!["mill.queue=6".to_owned()];
        let scenario = expand::open_from(Sources::new(files), "line.ron", &settings, &registry).expect("a scenario");
        let mut run = Run::new(scenario.plant.clone(), 3, 0).expect("a plant without plugins");
        run.play_to(SimTime::ZERO + kernel::SimDuration::from_minutes(60)).expect("a sound plant");
        (Saved::of(&run, &scenario, "line.ron", &settings, "0.1.0"), run, registry)
    }

    #[test]
    fn a_saved_run_goes_on_as_if_nothing_had_been() {
        let (saved, mut run, registry) = saved();
        let again = Saved::from_bytes("a", &saved.to_bytes()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((&again, again.to_bytes()), (&saved, saved.to_bytes()));
        let mut resumed = again.fork(&[], &registry).unwrap_or_else(|error| panic!("{error}")).run;
        assert_eq!(resumed.digest(), saved.digest);
        for run in [&mut run, &mut resumed] {
            run.play_to(SimTime::ZERO + kernel::SimDuration::from_minutes(600)).expect("a sound plant");
        }
        assert_eq!(run.digest(), resumed.digest());
        let slower = ["mill.process_time=\"30 s\"".to_owned()];
        let mut other = again.fork(&slower, &registry).expect("the same elements").run;
        other.play_to(run.now()).expect("a sound plant");
        assert_ne!(other.digest(), run.digest());
    }

    #[test]
    fn whatever_is_no_saved_run_is_refused_with_a_reason() {
        let (saved, ..) = saved();
        let bytes = saved.to_bytes();
        let reason = |bytes: &[u8]| match Saved::from_bytes("x.run", bytes) {
            Err(Unusable::NotSaved(reason)) => reason,
            other => panic!("{other:?}"),
        };
        assert!(reason(b"Scenario()").contains("x.run is no saved run"));
        assert!(reason(b"linewright run 99\n").contains("has version 99"));
        assert!(reason(b"linewright run ").contains("cut off"));
        for place in (20..bytes.len()).step_by(37) {
            let mut damaged = bytes.clone();
            damaged[place] ^= 4;
            assert!(reason(&damaged).contains("damaged"), "{place}");
            assert!(!reason(&bytes[..place]).is_empty());
        }
    }
}
