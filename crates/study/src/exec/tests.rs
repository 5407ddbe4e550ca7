//! Shards of a comparison whose base decides how often all are played: they share it.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plant::registry::Registry;

use super::*;
use crate::plan::{Files, Plan};

const TEXT: &str = r#"Scenario(
    clock: (horizon: "10 h"),
    elements: {
        "in": Source(arrivals: Unlimited, next: "saw"),
        "saw": Station(process_time: Exponential("60 s"), next: "out"),
        "out": Sink(),
    },
    replications: Until(kpi: "throughput", half_width: Relative(0.01), min: 10, max: 300),
    variants: {"slow": {"saw.process_time": "61 s"}, "quick": {"saw.process_time": "59 s"}},
)"#;

fn comparison() -> Study {
    let plan = Plan {
        kind: Kind::Compare,
        files: vec!["a.ron".into()],
        set: Vec::new(),
        variants: Vec::new(),
        seed: None,
        until: None,
        replications: None,
        replication: 0,
        runs: None,
        kpis: Vec::new(),
        confidence: 0.95,
    };
    let files = Files::from([("a.ron".to_owned(), TEXT.as_bytes().to_vec())]);
    Study::open(plan, Some(&files), "test", &Arc::new(Registry::with_plugins(&[]))).expect("a study")
}

#[test]
fn shards_begin_with_other_replications_and_see_what_others_have_finished() {
    let shard = |index| Shard { index, of: 4 };
    let mut begun: Vec<u64> = (0..4).flat_map(|index| shard(index).first((0..10).collect(), 1)).collect();
    begun.sort_unstable();
    begun.dedup();
    assert!(begun.into_iter().eq(0..10), "all of them together begin with all");
    assert_eq!(shard(1).first(vec![2, 3, 4, 7], 1), [2], "what is nobody's own is that of the next");
    assert_eq!(Shard::WHOLE.first(vec![2, 3, 4], 1), [2, 3, 4]);

    let study = comparison();
    let team = Team::new(1).expect("a thread");
    let directory = |name: &str| -> PathBuf {
        let path = std::env::temp_dir().join(format!("linewright-exec-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        path
    };
    let (whole, part) = (directory("whole"), directory("part"));
    let played = |path: &PathBuf, share: Shard, stop: &(dyn Fn() -> bool + Sync)| {
        let mut journal = Journal::open(path).expect("no journal yet");
        let mut last = Advance::default();
        let ended = exec(&study, &mut journal, Share::Shard(share), &team, stop, &mut |advance| last = *advance);
        assert_eq!(ended.expect("played"), Ended::Done);
        last
    };
    let alone = played(&whole, Shard::WHOLE, &|| false);
    assert!(alone.played > 60 && alone.played % 3 == 0 && alone.found == 0, "{alone:?}");
    // While the first replications are played, others finish everything.
    let is_there = AtomicBool::new(false);
    let others_finish = || {
        if !is_there.swap(true, Ordering::Relaxed) {
            std::fs::create_dir_all(&part).expect("a directory");
            for entry in std::fs::read_dir(&whole).expect("segments") {
                let entry = entry.expect("an entry");
                std::fs::copy(entry.path(), part.join(entry.file_name())).expect("copied");
            }
        }
        false
    };
    assert_eq!(played(&part, shard(1), &others_finish).played, 3, "a quarter of the ten that are played first");
    assert_eq!(played(&part, shard(0), &|| false).played, 0);
    [whole, part].iter().for_each(|path| std::fs::remove_dir_all(path).expect("cleaned up"));
}
