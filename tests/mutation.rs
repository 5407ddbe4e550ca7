//! Damaged scenarios: random mutations of every good scenario are refused or planned, never a panic, never a hang; and
//! what is surely damage is never accepted in silence.
//!
//! Everything is seeded: a failure names the number of the mutant and repeats. A mutant that plans is played for a
//! bounded number of events, and for half a minute at most where things move.

mod damage;
mod mutants;
mod pairs;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kernel::{SimDuration, SimTime, Stream, StreamKey};
use plant::registry::Registry;
use plant::run::{Progress, Run};
use scenario::diagnostic::{Style, render};
use scenario::expand::open_from;
use scenario::sources::Sources;

use self::mutants::Original;
use crate::playing::{files, registry, root, scenarios};

/// What mutants are tried for.
#[derive(Debug, Clone, Copy)]
struct Trial {
    /// So many are made, over all scenarios.
    mutants: u64,
    /// Each that plans is played for so many events at most.
    events: u64,
    /// And for so long at most.
    horizon: SimDuration,
}

/// Where nothing moves.
const PLAIN: Trial = Trial { mutants: 100_000, events: 200, horizon: kernel::limits::LONGEST_DURATION };
/// Where things move: planning tries zones and robots, and each step of a zone is an event.
#[cfg(feature = "motion")]
const MOVING: Trial = Trial { mutants: 600, events: 4_000, horizon: SimDuration::from_secs(30) };
/// Threads that share them.
const THREADS: usize = 2;
/// A mutant that takes longer hangs; the slowest good scenario takes a thousandth of it.
const LONGEST: Duration = Duration::from_secs(10);
/// One in so many refused mutants has its complaints drawn.
const DRAWN: u64 = 16;

/// Good scenarios, each with the tables that lie beside it.
fn originals(paths: &[String]) -> Vec<Original> {
    let text = |path: &String| std::fs::read_to_string(root().join(path)).expect("a text");
    let tables: Vec<(String, String)> =
        files("scenarios", "csv").iter().map(|path| (path.clone(), text(path))).collect();
    paths.iter().map(|path| Original::new(path, &text(path), &tables)).collect()
}

/// What came of the mutants.
#[derive(Debug, Default)]
struct Outcome {
    refused: u64,
    planned: u64,
    played: u64,
    failed_playing: u64,
    slowest: Duration,
    faults: Vec<String>,
}

impl Outcome {
    fn add(&mut self, other: Outcome) {
        self.refused += other.refused;
        self.planned += other.planned;
        self.played += other.played;
        self.failed_playing += other.failed_playing;
        self.slowest = self.slowest.max(other.slowest);
        self.faults.extend(other.faults);
    }
}

#[test]
fn mutants_are_refused_or_planned_and_nothing_else() {
    try_mutants(&originals(&scenarios()), PLAIN);
}

#[cfg(feature = "motion")]
#[test]
fn mutants_of_what_moves_are_refused_or_planned_and_nothing_else() {
    let paths: Vec<String> = crate::playing::MOVING.iter().map(|path| (*path).to_owned()).collect();
    try_mutants(&originals(&paths), MOVING);
}

/// Makes mutants, plays those that plan a little, and fails if any of them panics or hangs.
fn try_mutants(originals: &[Original], trial: Trial) {
    let Trial { mutants, events, .. } = trial;
    let registry = registry();
    let next = AtomicU64::new(0);
    let start = Instant::now();
    let work = || {
        let mut outcome = Outcome::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= mutants {
                return outcome;
            }
            let mut stream =
                Stream::new(&StreamKey { seed: 23, replication: number, name: "mutant", purpose: "plant" });
            let original = &originals[(number % originals.len() as u64) as usize];
            let (files, is_large) = original.mutant(&mut stream);
            let begun = Instant::now();
            let tried = catch_unwind(AssertUnwindSafe(|| {
                try_mutant((number, trial), original, &files, is_large, &registry, &mut outcome)
            }));
            let time = begun.elapsed();
            outcome.slowest = outcome.slowest.max(time);
            if tried.is_err() || time > LONGEST {
                let what = if tried.is_err() { "panics" } else { "hangs" };
                outcome.faults.push(format!("mutant {number} {what} ({time:?}):\n{}", files[&original.path]));
            }
        }
    };
    let mut all = Outcome::default();
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        handles.into_iter().for_each(|handle| all.add(handle.join().expect("panics are caught")));
    });
    let Outcome { refused, planned, played, failed_playing, slowest, faults } = all;
    println!(
        "{} mutants of {} scenarios in {:.1} s: {refused} refused, {planned} planned, {played} of those played for at most \
         {events} events ({failed_playing} ended with a named error); the slowest took {slowest:?}",
        refused + planned,
        originals.len(),
        start.elapsed().as_secs_f64()
    );
    assert!(faults.is_empty(), "{} faults, the first:\n{}", faults.len(), faults[0]);
    assert_eq!(refused + planned, mutants);
    let share = planned as f64 / mutants as f64;
    assert!((0.02..0.7).contains(&share), "{share} of the mutants are planned: the mutations do not do their work");
}

/// Opens a mutant and plays it a little.
fn try_mutant(
    (number, trial): (u64, Trial),
    original: &Original,
    files: &BTreeMap<String, String>,
    is_large: bool,
    registry: &Arc<Registry>,
    outcome: &mut Outcome,
) {
    let bytes: BTreeMap<String, Vec<u8>> =
        files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect();
    let scenario = match open_from(Sources::new(bytes), &original.path, &[], registry) {
        Ok(scenario) => scenario,
        Err(rejected) => {
            assert!(!rejected.complaints.is_empty(), "refused without a complaint");
            if number.is_multiple_of(DRAWN) {
                let shown = render(&rejected.complaints, &rejected.sources, Style::Plain);
                assert!(shown.starts_with("error[LW"), "{shown}");
            }
            outcome.refused += 1;
            return;
        }
    };
    outcome.planned += 1;
    // A population of a billion parts is sound and takes a while to make: planned, but not played.
    if is_large {
        return;
    }
    outcome.played += 1;
    let mut run = Run::new(scenario.plant, scenario.seed, 0).expect("a plant without plugins");
    run.set_horizon(run.horizon().min(SimTime::ZERO + trial.horizon));
    for _ in 0..trial.events {
        match run.advance_by(trial.events - run.event_count().min(trial.events - 1)) {
            Ok(Progress::Going) if run.event_count() < trial.events => {}
            Ok(_) => return,
            Err(error) => {
                assert!(error.to_string().len() > 10, "an error without words");
                outcome.failed_playing += 1;
                return;
            }
        }
    }
}
