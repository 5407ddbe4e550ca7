//! What must hold of every plant: it is accepted; every invariant holds after each event; a second run and one that was put
//! down as bytes and taken up again come to the same end; nothing panics, nothing hangs.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use kernel::{Stream, StreamKey};
use plant::invariant::Auditor;
use plant::plant::Plant;
use plant::registry::Registry;
use plant::report::Report;
use plant::run::{Progress, Run, Snapshot};
use scenario::diagnostic::{Style, render};
use scenario::expand::open_from;
use scenario::sources::Sources;

/// Events after each of which everything is checked.
const AUDITED: u64 = 250;

/// Events between two checks after those.
const SAMPLED: u64 = 211;

/// More events than any plant that is played for so short a time can have.
const MOST_EVENTS: u64 = 300_000;

/// Seed of all runs.
const SEED: u64 = 3;

/// What a plant did.
#[derive(Debug)]
pub struct Examined {
    /// How it was when the run began, and when it ended.
    pub reports: [Report; 2],
}

impl Examined {
    /// Parts that were shipped.
    #[must_use]
    pub fn shipped(&self) -> u64 {
        self.reports[1].part_types.iter().map(|part_type| part_type.shipped).sum()
    }
}

/// Plays a scenario in every way and holds it to what must hold.
///
/// # Errors
/// What is wrong, in words: complaints as a user sees them, an invariant with its figures, digests that differ, a panic.
pub fn examine(text: &str, registry: &Arc<Registry>) -> Result<Examined, String> {
    catch_unwind(AssertUnwindSafe(|| examined(text, registry))).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("it panics: {}", message.unwrap_or("without a word")))
    })
}

fn examined(text: &str, registry: &Arc<Registry>) -> Result<Examined, String> {
    let sources = Sources::new(BTreeMap::from([("plant.ron".to_owned(), text.as_bytes().to_vec())]));
    let opened = open_from(sources, "plant.ron", &[], registry);
    let opened = opened.map_err(|rejected| {
        format!("it is refused:\n{}", render(&rejected.complaints, &rejected.sources, Style::Plain))
    })?;
    let mut first = begun(&opened.plant)?;
    let at_first = first.report();
    let mut auditor = Auditor::begin(&mut first).map_err(|error| format!("at the beginning: {error}"))?;
    let mut progress = Progress::Going;
    while progress == Progress::Going && first.event_count() < MOST_EVENTS {
        progress = if auditor.events() < AUDITED {
            auditor.step(&mut first).map_err(|error| format!("after {} events: {error}", auditor.events()))?
        } else {
            let progress = played(&mut first, SAMPLED)?;
            first.check_invariants().map_err(|error| format!("after {} events: {error}", first.event_count()))?;
            progress
        };
    }
    if progress == Progress::Going {
        return Err(format!("{MOST_EVENTS} events and no end, at {}", first.now()));
    }
    let report = first.report();
    let same = |mut other: Run, what: &str| {
        while played(&mut other, MOST_EVENTS)? == Progress::Going {}
        if other.digest() != first.digest() {
            return Err(format!("{what} ends with another digest"));
        }
        if other.report() == report { Ok(()) } else { Err(format!("{what} ends with another report")) }
    };
    same(begun(&opened.plant)?, "a second run that nobody looked at")?;
    let key = StreamKey { seed: SEED, replication: first.event_count(), name: "plants", purpose: "restored" };
    let event = Stream::new(&key).below(first.event_count().max(1));
    same(restored(&opened.plant, event)?, &format!("a run saved and restored after event {event}"))?;
    Ok(Examined { reports: [at_first, report] })
}

fn begun(plant: &Arc<Plant>) -> Result<Run, String> {
    Run::new(plant.clone(), SEED, 0).map_err(|error| format!("no run: {error}"))
}

fn played(run: &mut Run, events: u64) -> Result<Progress, String> {
    run.advance_by(events).map_err(|error| format!("after {} events: {error}", run.event_count()))
}

/// A run that was put down as bytes after an event, and taken up again.
fn restored(plant: &Arc<Plant>, event: u64) -> Result<Run, String> {
    let mut run = begun(plant)?;
    loop {
        let left = event - run.event_count();
        if left == 0 || played(&mut run, left)? == Progress::Done {
            break;
        }
    }
    let bytes = run.snapshot().to_bytes();
    let snapshot = Snapshot::from_bytes(plant, &bytes).map_err(|misfit| format!("after event {event}: {misfit}"))?;
    if snapshot.to_bytes() != bytes {
        return Err(format!("after event {event}: what was read is not written as it was"));
    }
    Run::resume(plant.clone(), SEED, 0, &snapshot).map_err(|error| format!("after event {event}: {error}"))
}
