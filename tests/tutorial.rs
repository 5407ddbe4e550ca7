//! Every scenario of the tutorial is sound, runs, and makes about what the text says.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use plant::registry::Registry;
use plant::report::Report;
use plant::run::Run;
use scenario::diagnostic::{Style, render};
use scenario::expand::open_from;
use scenario::sources::Sources;

fn tutorial() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tutorial.md");
    std::fs::read_to_string(path).expect("docs/tutorial.md")
}

/// The scenarios of the text in order, each with the claim in front of it, if there is one.
fn steps(text: &str) -> Vec<(Option<String>, String)> {
    let mut steps = Vec::new();
    let mut claim = None;
    let mut block: Option<String> = None;
    for line in text.lines() {
        if let Some(said) = line.strip_prefix("<!-- step: ") {
            claim = said.strip_suffix(" -->").map(str::to_owned);
        } else if line == "```ron" {
            block = Some(String::new());
        } else if line == "```" {
            if let Some(block) = block.take() {
                steps.push((claim.take(), block));
            }
        } else if let Some(block) = &mut block {
            block.push_str(line);
            block.push('\n');
        }
    }
    steps
}

fn play(files: &BTreeMap<String, Vec<u8>>, path: &str, replication: u64) -> Report {
    let registry = Arc::new(Registry::default());
    let scenario = match open_from(Sources::new(files.clone()), path, &[], &registry) {
        Ok(scenario) => scenario,
        Err(rejected) => panic!("{}", render(&rejected.complaints, &rejected.sources, Style::Plain)),
    };
    let mut run = Run::new(scenario.plant, 1, replication).expect("a run");
    run.finish().expect("no error");
    run.report()
}

#[test]
fn every_step_runs_and_makes_what_the_text_says() {
    const REPLICATIONS: u64 = 20;
    let steps = steps(&tutorial());
    assert_eq!(steps.iter().filter(|(claim, _)| claim.is_some()).count(), 5, "five steps with a claim");
    let mut files = BTreeMap::new();
    for (number, (claim, text)) in steps.into_iter().enumerate() {
        let path = if text.contains("base: \"my_line.ron\"") { "rush.ron" } else { "my_line.ron" };
        files.insert(path.to_owned(), text.into_bytes());
        let reports: Vec<Report> = (0..REPLICATIONS).map(|replication| play(&files, path, replication)).collect();
        let Some(claim) = claim else { continue };
        let (what, expected) = claim.split_once(' ').expect("a word and a number");
        let expected: f64 = expected.parse().expect("a number");
        let made = |report: &Report| {
            let shipped: u64 = report.part_types.iter().map(|part_type| part_type.shipped).sum();
            match what {
                "throughput" => shipped as f64 / (report.until - report.since).as_seconds_f64() * 3600.0,
                "shipped" => shipped as f64,
                other => panic!("the tutorial claims something unknown: {other}"),
            }
        };
        let mean = reports.iter().map(made).sum::<f64>() / REPLICATIONS as f64;
        assert!((mean / expected - 1.0).abs() < 0.03, "step {}: claimed {what} {expected}, made {mean}", number + 1);
    }
}
