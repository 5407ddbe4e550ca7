//! Journals under fire: what is cut short, doubled or foreign.

use kernel::{Digest, Stream, StreamKey};

use super::*;
use crate::case::Outcome;

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("linewright-journal-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn case(number: u8) -> CaseId {
    CaseId::of_bytes([number; 16])
}

fn run(number: u8, replication: u64) -> StoredRun {
    let values = vec![f64::from(number), replication as f64, f64::NAN];
    let outcome = Outcome { digest: Digest::from_bits(u128::from(replication) << 70), events: 7, values };
    StoredRun { case: case(number), replication, outcome }
}

fn columns() -> Vec<String> {
    ["throughput", "wip", "oee@mill"].map(str::to_owned).to_vec()
}

fn replications(journal: &Journal, number: u8, wanted: Range<u64>) -> Vec<u64> {
    let mut runs = journal.read(&case(number), wanted);
    let mut found = Vec::new();
    while let Some((columns, run)) = runs.next_run().expect("readable") {
        assert_eq!(*columns, ["throughput", "wip"], "columns without a value are left out");
        assert_eq!(run.outcome.values, [f64::from(number), run.replication as f64]);
        assert_eq!(run.outcome.digest.bits() >> 70, u128::from(run.replication));
        found.push(run.replication);
    }
    found
}

fn missing(journal: &Journal, number: u8, wanted: Range<u64>) -> Vec<u64> {
    let missing: Vec<u64> = journal.missing(&case(number), wanted.clone()).flatten().collect();
    let there = wanted.end - wanted.start - missing.len() as u64;
    assert_eq!(journal.count(&case(number), wanted), there);
    missing
}

#[test]
fn runs_come_back_in_order_and_once() {
    let scratch = Scratch::new("order");
    let mut journal = Journal::open(&scratch.0).expect("no journal yet");
    let commit = |journal: &mut Journal, runs: &[StoredRun]| journal.commit(&columns(), runs).expect("written");
    commit(&mut journal, &(10..700).map(|replication| run(1, replication)).collect::<Vec<_>>());
    commit(&mut journal, &[run(2, 0), run(1, 0), run(1, 1)]);
    // Another process, with some of the same.
    let mut other = Journal::open(&scratch.0).expect("a journal");
    commit(&mut other, &(0..12).map(|replication| run(1, replication)).collect::<Vec<_>>());
    journal.refresh().expect("readable");
    for journal in [&journal, &Journal::open(&scratch.0).expect("a journal")] {
        assert!(replications(journal, 1, 0..700).into_iter().eq(0..700));
        assert_eq!(replications(journal, 1, 5..8), [5, 6, 7]);
        assert_eq!(replications(journal, 3, 0..9), [0_u64; 0]);
        assert_eq!(missing(journal, 2, 0..3), [1, 2]);
        assert_eq!(missing(journal, 1, 0..702), [700, 701]);
    }
}

#[test]
fn a_damaged_segment_is_named_and_its_runs_are_missing() {
    let scratch = Scratch::new("damage");
    let mut journal = Journal::open(&scratch.0).expect("no journal yet");
    journal.commit(&columns(), &[run(1, 0), run(1, 1)]).expect("written");
    journal.commit(&columns(), &[run(1, 2)]).expect("written");
    let path = journal.segments[0].path.clone();
    let whole = fs::read(&path).expect("the segment");
    for cut in (0..whole.len()).step_by(7) {
        fs::write(&path, &whole[..cut]).expect("cut short");
        let journal = Journal::open(&scratch.0).expect("a journal");
        assert_eq!(journal.damaged().len(), 1);
        assert_eq!(journal.damaged()[0].path, path);
        assert_eq!(missing(&journal, 1, 0..3), [0, 1]);
    }
    for at in 0..whole.len() {
        let mut changed = whole.clone();
        changed[at] ^= 0x10;
        fs::write(&path, &changed).expect("changed");
        assert_eq!(Journal::open(&scratch.0).expect("a journal").damaged().len(), 1, "byte {at}");
    }
    let mut journal = Journal::open(&scratch.0).expect("a journal");
    journal.tidy();
    journal.commit(&columns(), &[run(1, 0), run(1, 1)]).expect("written again");
    let journal = Journal::open(&scratch.0).expect("a journal");
    assert!(journal.damaged().is_empty());
    assert_eq!(replications(&journal, 1, 0..9), [0, 1, 2]);
}

#[test]
fn whatever_overlaps_is_counted_and_read_once() {
    let scratch = Scratch::new("overlaps");
    let mut journal = Journal::open(&scratch.0).expect("no journal yet");
    let mut draws = Stream::new(&StreamKey { seed: 1, replication: 0, name: "runs", purpose: "stretches" });
    let mut there: BTreeSet<(u8, u64)> = BTreeSet::new();
    for _ in 0..40 {
        // A few stretches of random lengths, some of them the same runs once more.
        let mut runs = Vec::new();
        for number in 1..4 {
            let first = (draws.uniform() * 90.0) as u64;
            let last = first + (draws.uniform() * 12.0) as u64;
            runs.extend((first..last).filter(|replication| replication % 7 != 3).map(|at| run(number, at)));
        }
        there.extend(runs.iter().map(|run| (run.case.bytes()[0], run.replication)));
        journal.commit(&columns(), &runs).expect("written");
        assert_eq!(journal.size().0, there.len() as u64);
        for (number, wanted) in [(1, 0..120), (2, 30..60), (3, 59..60), (3, 7..7), (2, 100..200)] {
            let is_there = |replication: &u64| there.contains(&(number, *replication));
            let (found, lacking): (Vec<u64>, Vec<u64>) = wanted.clone().partition(is_there);
            assert_eq!(missing(&journal, number, wanted.clone()), lacking);
            assert_eq!(replications(&journal, number, wanted), found);
        }
    }
    assert_eq!(journal.columns.len(), 1, "equal columns are kept once");
}
