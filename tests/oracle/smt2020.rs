//! A fab of 1,443 tools (SMT2020, high volume and low mix), imported and played for 30 days, beside what another open program says of it.
//!
//! The files lie outside of the project (they have no licence), in `../shared/data/smt2020_hvlm`; where they are absent the comparison
//! says so and is skipped.

use std::collections::BTreeMap;
use std::path::Path;

use import::autosched::{Wishes, import};
use plant::run::Run;
use scenario::sources::{Disk, Sources};

use super::{SEED, opened};

const FOLDER: &str = "../shared/data/smt2020_hvlm";
const RUNS: u64 = 2;

/// What PySCFabSim gives for 30 days with first in, first out.
struct Peer {
    product: &'static str,
    /// Lots out at least and at most, where it says.
    lots: Option<(f64, f64)>,
    /// From start to end.
    days: f64,
}

const PEER: [Peer; 4] = [
    Peer { product: "Lot_3", lots: Some((859.0, 885.0)), days: 49.1 },
    Peer { product: "Lot_4", lots: Some((847.0, 857.0)), days: 27.5 },
    Peer { product: "HotLot_3", lots: None, days: 31.9 },
    Peer { product: "HotLot_4", lots: None, days: 18.3 },
];

/// Lots out and days from start to end, by product: means over the runs.
fn played(wishes: &Wishes, change: impl Fn(&str) -> String) -> BTreeMap<String, (f64, f64)> {
    let imported = import(Sources::new(Disk), FOLDER, "fab", wishes).expect("a fab");
    let files: BTreeMap<String, Vec<u8>> =
        imported.files.iter().map(|(name, text)| (name.clone(), change(text).into_bytes())).collect();
    let plant = opened(Sources::new(files), "fab.ron", &[]);
    let mut means: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for replication in 0..RUNS {
        let mut run = Run::new(plant.clone(), SEED, replication).expect("a run");
        run.finish().expect("a sound plant");
        for product in run.report().part_types {
            let days = product.flow_time.mean_seconds().unwrap_or(0.0) / 86_400.0;
            let mean = means.entry(product.name.clone()).or_default();
            mean.0 += product.shipped as f64 / RUNS as f64;
            mean.1 += days / RUNS as f64;
        }
    }
    means
}

#[test]
fn a_fab_takes_its_lots_as_long_as_another_program_says() {
    if !Path::new(FOLDER).exists() {
        println!("{FOLDER} is absent: skipped");
        return;
    }
    let wishes = Wishes { horizon: "30 d".to_owned(), rule: "Fifo".to_owned(), full_batches: false };
    let ours = played(&wishes, str::to_owned);
    let full = played(&Wishes { full_batches: true, ..wishes.clone() }, str::to_owned);
    // By the time in use, which is what breakdowns come to that hurt nobody where a tool is idle.
    let in_use = played(&wishes, |text| text.replace("clock: CalendarTime, ", ""));
    let at_once = played(&wishes, |text| text.replace(", duration", ", staggered: false, duration"));
    println!(
        "product   lots out  days | peer: lots, days | full batches | breakdowns in use | maintenance of all at once"
    );
    for Peer { product, lots, days } in PEER {
        let of = |means: &BTreeMap<String, (f64, f64)>| means[product];
        let [ours, full, in_use, at_once] = [&ours, &full, &in_use, &at_once].map(of);
        println!(
            "{product:9} {:8.1} {:5.2} | {lots:?} {days:5.1} | {:6.1} {:5.2} | {:6.1} {:5.2} | {:6.1} {:5.2}",
            ours.0, ours.1, full.0, full.1, in_use.0, in_use.1, at_once.0, at_once.1
        );
        assert!((ours.1 / days - 1.0).abs() < 0.05, "{product}: {} days, and {days}", ours.1);
        if let Some((least, most)) = lots {
            assert!(ours.0 > 0.95 * least && ours.0 < 1.05 * most, "{product}: {} lots", ours.0);
        }
        // None of these is what makes the difference: by chance it is some half a day from run to run.
        assert!([full, in_use, at_once].iter().all(|other| (other.1 - ours.1).abs() < 0.8), "{product}");
    }
}
