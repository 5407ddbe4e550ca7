//! Damaged scenarios: random mutations of every good scenario are refused or planned, never a panic, never a hang; and
//! what is surely damage is never accepted in silence.
//!
//! Everything is seeded: a failure names the number of the mutant and repeats. A mutant that plans is played for a
//! bounded number of events.

mod damage;
mod mutants;
mod pairs;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use kernel::{Stream, StreamKey};
use plant::registry::Registry;
use plant::run::{Progress, Run};
use scenario::diagnostic::{Style, render};
use scenario::expand::open_from;
use scenario::sources::Sources;

use self::mutants::Original;
use crate::playing::{files, registry, root, scenarios};

/// Mutants of one test run, over all good scenarios.
const MUTANTS: u64 = 100_000;
/// Threads that share them.
const THREADS: usize = 2;
/// Most events that a mutant is played for.
const EVENTS: u64 = 200;
/// A mutant that takes longer hangs; the slowest good scenario takes a thousandth of it.
const LONGEST: Duration = Duration::from_secs(10);
/// One in so many refused mutants has its complaints drawn.
const DRAWN: u64 = 16;

/// The good scenarios, each with the tables that lie beside it.
fn originals() -> Vec<Original> {
    let text = |path: &String| std::fs::read_to_string(root().join(path)).expect("a text");
    let tables: Vec<(String, String)> =
        files("scenarios", "csv").iter().map(|path| (path.clone(), text(path))).collect();
    scenarios().iter().map(|path| Original::new(path, &text(path), &tables)).collect()
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
    let originals = originals();
    let registry = registry();
    let next = AtomicU64::new(0);
    let start = Instant::now();
    let work = || {
        let mut outcome = Outcome::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= MUTANTS {
                return outcome;
            }
            let mut stream =
                Stream::new(&StreamKey { seed: 23, replication: number, name: "mutant", purpose: "plant" });
            let original = &originals[(number % originals.len() as u64) as usize];
            let (files, is_large) = original.mutant(&mut stream);
            let begun = Instant::now();
            let tried = catch_unwind(AssertUnwindSafe(|| {
                try_mutant(number, original, &files, is_large, &registry, &mut outcome)
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
         {EVENTS} events ({failed_playing} ended with a named error); the slowest took {slowest:?}",
        refused + planned,
        originals.len(),
        start.elapsed().as_secs_f64()
    );
    assert!(faults.is_empty(), "{} faults, the first:\n{}", faults.len(), faults[0]);
    assert_eq!(refused + planned, MUTANTS);
    let share = planned as f64 / MUTANTS as f64;
    assert!((0.02..0.7).contains(&share), "{share} of the mutants are planned: the mutations do not do their work");
}

/// Opens a mutant and plays it a little.
fn try_mutant(
    number: u64,
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
    for _ in 0..EVENTS {
        match run.advance_by(EVENTS - run.event_count().min(EVENTS - 1)) {
            Ok(Progress::Going) if run.event_count() < EVENTS => {}
            Ok(_) => return,
            Err(error) => {
                assert!(error.to_string().len() > 10, "an error without words");
                outcome.failed_playing += 1;
                return;
            }
        }
    }
}
