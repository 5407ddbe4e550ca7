//! A twin that goes on from a checkpoint is the twin that never stopped: to the byte, wherever it was taken.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kernel::{SimDuration, SimTime, Stream, StreamKey};
use live::counters::Fate;
use live::journal::{self, Entry, Journal, Retention};
use live::observation::{Observation, Quality, Reading, Stamps};
use live::signals::Signals;
use live::twin::{Notice, Twin};
use live::wall_time::WallTime;
use plant::plant::Plant;
use plant::registry::Registry;
use scenario::expand;
use scenario::sources::Sources;

use crate::live::{LINE, LINE_SIGNALS, told_of};
use crate::playing::{begun, golden_difference, root};
use crate::studies::Scratch;

/// What states of twins were like when their format was last changed.
const STATES: &str = "tests/golden/twin_states.txt";

/// The line with these settings, if they can be set.
fn reopened(settings: &[String]) -> Option<Arc<Plant>> {
    let files = BTreeMap::from([("line.ron".to_owned(), LINE.as_bytes().to_vec())]);
    let opened = expand::open_from(Sources::new(files), "line.ron", settings, &Arc::new(Registry::default()));
    opened.ok().map(|opened| opened.plant)
}

fn line(settings: &[String]) -> Arc<Plant> {
    reopened(settings).expect("a line without mistakes")
}

fn signals() -> Arc<Signals> {
    let files = BTreeMap::from([("signals.ron".to_owned(), LINE_SIGNALS.as_bytes().to_vec())]);
    let signals = Signals::open_from(Sources::new(files), "signals.ron", &line(&[]));
    Arc::new(signals.unwrap_or_else(|rejected| panic!("{:?}", rejected.complaints)))
}

/// A twin that corrects itself, with or without particles.
fn twin(signals: &Arc<Signals>, journal: Option<Journal>, particles: u32) -> Twin {
    let reopen = Box::new(reopened);
    let twin = Twin::new(line(&[]), 1, signals.clone(), journal, Some(reopen)).expect("a plant without plugins");
    let twin = twin.correcting();
    if particles > 0 { twin.split(particles).expect("forks") } else { twin }
}

/// What a line tells whose saw takes twice as long as planned from the third hour on: some of it twice, some a little late, some of
/// no use, with lost connections and silences in between.
fn entries(hours: i64) -> Vec<Entry> {
    let slow = line(&[
        "saw.process_time=Exponential(\"90 s\")".to_owned(),
        "in.arrivals=Interarrival(Exponential(\"95 s\"))".to_owned(),
    ]);
    let planned = line(&[]);
    let mut entries = Vec::new();
    let mut number = 0;
    for (plant, from, to) in [(planned, 0, 3), (slow, 3, hours)] {
        let mut real = begun(&plant, 77, 0);
        real.recorder().events = true;
        real.play_to(SimTime::ZERO + SimDuration::from_minutes(60 * (to - from))).expect("a sound plant");
        for record in &real.recorder().event_records {
            let Some(what) = told_of(&plant, record) else { continue };
            number += 1;
            let at = WallTime::from_nanos(1_700_000_000_000_000_000)
                .after(SimDuration::from_minutes(60 * from))
                .after(record.at - SimTime::ZERO);
            let told = Observation {
                source: 0,
                address: what.as_str().into(),
                reading: Reading::Text(format!("part {number}").into()),
                stamps: Stamps { source: Some(at), server: None, arrival: at },
                quality: Quality::Good,
                sequence: (number % 90 != 0).then_some(number),
                is_simulated: false,
                is_standing: false,
            };
            match number % 40 {
                3 => entries.push(Entry::Observations(vec![told.clone(), told])),
                7 => entries.push(Entry::Observations(vec![Observation { address: "nobody knows".into(), ..told }])),
                11 => {
                    entries.extend([Entry::Connection { source: 0, is_there: false }, Entry::Observations(vec![told])])
                }
                12 => {
                    entries.extend([Entry::Connection { source: 0, is_there: true }, Entry::Observations(vec![told])])
                }
                20 => entries.extend([Entry::Silence(at), Entry::Observations(vec![told])]),
                30 => entries.extend([Entry::Observations(vec![told]), Entry::Dropped(2)]),
                _ => entries.push(Entry::Observations(vec![told])),
            }
        }
    }
    entries
}

fn take_in(twin: &mut Twin, entry: &Entry) -> bool {
    let mut corrected = false;
    let mut hear = |notice| corrected |= matches!(notice, Notice::Changed { correction: Some(_), .. });
    twin.take_in(entry.clone(), &mut hear).unwrap_or_else(|error| panic!("{error}"));
    corrected
}

#[test]
fn a_twin_goes_on_from_any_checkpoint_as_if_it_had_never_stopped() {
    let signals = signals();
    let entries = entries(8);
    for (particles, step) in [(0, 11), (8, 83)] {
        let mut straight = twin(&signals, None, particles);
        let (mut corrections, mut resumed) = (0, Vec::new());
        for (number, entry) in entries.iter().enumerate() {
            if number % step == 0 {
                let state = straight.state();
                let mut other = twin(&signals, None, particles);
                other.take_up(&state).unwrap_or_else(|reason| panic!("after {number}: {reason}"));
                assert!(other.state() == state, "what was read after {number} is written as it was");
                resumed.push((number, other));
            }
            corrections += u32::from(take_in(&mut straight, entry));
            // As many as memory allows go on together; each sees what comes within the next hours.
            for (_, other) in &mut resumed {
                take_in(other, entry);
            }
            if resumed.len() > 15 {
                let (from, other) = resumed.remove(0);
                assert_eq!(other.digest(), straight.digest(), "from {from} to {number}");
                assert!(other.state() == straight.state(), "from {from} to {number}");
            }
        }
        assert!(corrections >= 1 && entries.len() > 1_000, "{corrections} corrections in {}", entries.len());
        for (from, mut other) in resumed {
            assert!(other.state() == straight.state(), "from {from} to the end, {particles} particles");
            other.finish(&mut |_| {}).expect("a sound plant");
        }
        let counters = straight.counters();
        let seen = [Fate::Applied, Fate::Duplicate, Fate::Invalid, Fate::Dropped];
        assert!(seen.iter().all(|fate| counters.of(*fate) > 0), "{counters}");
    }
}

/// Brings a twin back to where the journal in `directory` ends, from the checkpoint that `choose` takes.
fn come_back(signals: &Arc<Signals>, directory: &Path, newest: bool) -> (Twin, u64) {
    let mut twin = twin(signals, None, 0);
    let checkpoints = journal::checkpoints(directory).expect("checkpoints");
    let chosen = if newest { checkpoints.last() } else { checkpoints.first() };
    let chosen = chosen.expect("a checkpoint");
    let state = chosen.open("this line").expect("sound").expect("of this twin");
    twin.take_up(&state).unwrap_or_else(|reason| panic!("{reason}"));
    let mut count = 0;
    let read = journal::read(directory, chosen.number, |_, entry| {
        count += entry.records();
        twin.take_again(entry, &mut |_| {}).expect("a sound plant");
        true
    });
    read.unwrap_or_else(|error| panic!("{error}"));
    (twin, count)
}

#[test]
fn what_retention_has_removed_is_not_missed() {
    let scratch = Scratch::new("checkpoints");
    let directory = Path::new(scratch.path());
    let signals = signals();
    // All but what is being written is to go at once.
    let retention = Retention { bytes: 0, age: Duration::from_secs(3600) };
    let (journal, _) = Journal::open(directory, "this line", retention).expect("a journal");
    let mut straight = twin(&signals, Some(journal), 0);
    let (mut first, mut read) = (0, 0);
    for (number, entry) in entries(6).iter().enumerate() {
        take_in(&mut straight, entry);
        if number % 100 == 99 {
            straight.checkpoint().expect("written");
        }
        if number % 150 == 149 {
            let (twin, count) = come_back(&signals, directory, true);
            assert!(twin.state() == straight.state(), "after {number}");
            assert!(come_back(&signals, directory, false).0.state() == straight.state());
            read = read.max(count);
            first = journal::read(directory, 0, |_, _| true).expect("a journal").first;
        }
    }
    assert!(first > 500, "the journal begins at {first}");
    assert!(read < 150, "{read} records were taken in again");
}

#[test]
fn golden_twin_states() {
    let signals = signals();
    let mut text = format!("format {} of states {}\n", journal::CHECKPOINT_VERSION, scenario::saved::FORMAT);
    for particles in [0, 3] {
        let mut twin = twin(&signals, None, particles);
        entries(4).iter().for_each(|entry| _ = take_in(&mut twin, entry));
        let hash = scenario::blake3::hash(&twin.state()).to_hex();
        text += &format!("{particles} particles {} {}\n", twin.digest(), &hash[..16]);
    }
    let golden = std::fs::read_to_string(root().join(STATES)).unwrap_or_default();
    assert!(
        golden.lines().next() != text.lines().next() || !is_reshaped(&golden, &text),
        "states of the same twins are written otherwise: raise `live::journal::CHECKPOINT_VERSION`, or checkpoints are misread"
    );
    let difference = golden_difference(STATES, &text);
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}

/// Whether a twin has come to the same digest and another state.
fn is_reshaped(before: &str, now: &str) -> bool {
    let lines = before.lines().zip(now.lines()).skip(1);
    lines.map(|(before, now)| (before.rsplit_once(' '), now.rsplit_once(' '))).any(|(before, now)| {
        before.zip(now).is_some_and(|((run_before, hash_before), (run, hash))| run_before == run && hash_before != hash)
    })
}

#[test]
fn a_damaged_state_is_refused_or_can_be_gone_on_with() {
    let signals = signals();
    let entries = entries(5);
    let (before, after) = entries.split_at(entries.len() - 60);
    let mut straight = twin(&signals, None, 0);
    before.iter().for_each(|entry| _ = take_in(&mut straight, entry));
    let state = straight.state();
    let mut stream = Stream::new(&StreamKey { seed: 1, replication: 0, name: "damage", purpose: "place" });
    let (mut taken, mut refused) = (0, 0);
    for _ in 0..1_500 {
        let mut damaged = state.clone();
        damaged[stream.below(state.len() as u64) as usize] = stream.next_u64() as u8;
        let mut again = twin(&signals, None, 0);
        if again.take_up(&damaged).is_err() {
            refused += 1;
            continue;
        }
        taken += 1;
        // It may end in an error, and never in a panic.
        let _ = after.iter().try_for_each(|entry| again.take_in(entry.clone(), &mut |_| {}));
        let _ = (again.counters().to_string(), again.state());
    }
    assert!(taken > 100 && refused > 300, "{taken} taken, {refused} refused");
}
