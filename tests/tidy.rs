//! The house rules hold, and the ladder of scenarios stands: each says what it teaches, runs to its horizon, and gives
//! the figures that its header takes from theory.

use std::time::{Duration, Instant};

use kernel::Interval;
use plant::report::{ElementReport, Report};
use plant::state::State;

use crate::playing::{opened, played, root, scenarios};

/// Fewest scenarios of the ladder.
const FEWEST: usize = 12;
/// A scenario that takes longer than this to play is none to learn from.
const LONGEST: Duration = Duration::from_secs(60);
/// Replications behind each figure.
const REPLICATIONS: u64 = 12;

/// What a report says that theory knows too.
type Figure = fn(&Report) -> f64;

/// The figures in the headers: scenario, figure, its value, how it is read off, and half a unit of its last digit.
const THEORY: &[(&str, &str, f64, Figure, f64)] = &[
    ("01_single_station", "mean flow time in s", 5.0, |report| report.flow_time.mean_seconds().unwrap_or(0.0), 0.0),
    ("01_single_station", "mean parts in the plant", 4.0, |report| report.work_in_progress_mean, 0.0),
    ("01_single_station", "busy", 0.8, |report| element(report, "station").share(State::Processing), 0.0),
    ("02_two_stations", "parts a second", 0.875, throughput_per_s, 0.0),
    ("02_two_stations", "saw blocked", 0.125, |report| element(report, "saw").share(State::Blocked), 0.0),
    ("02_two_stations", "drill starved", 0.125, |report| element(report, "drill").share(State::Starved), 0.0),
    ("03_failures", "parts a second", 0.7759, throughput_per_s, 5e-5),
    ("03_failures", "press down", 0.0776, |report| down(element(report, "press")), 5e-5),
    ("03_failures", "weld down", 0.0776, |report| down(element(report, "weld")), 5e-5),
    ("04_shared_repairers", "a machine available", 0.8721, |report| 1.0 - machines_down(report) / 5.0, 5e-5),
    ("04_shared_repairers", "machines down", 0.6395, machines_down, 5e-5),
    (
        "08_assembly_to_stock",
        "goods in stock and backorders",
        6.43 + 0.43,
        |report| element(report, "delivery").level_mean,
        0.01,
    ),
    (
        "10_job_shop",
        "minutes to the last job",
        61.0,
        |report| report.flow_time.maximum().map_or(0.0, |time| time.as_seconds_f64() / 60.0),
        0.0,
    ),
    ("11_pallet_loop", "parts a minute", 0.69615, |report| 60.0 * throughput_per_s(report), 5e-6),
    ("13_buffer_allocation", "parts an hour as it is", 41.75, |report| 3600.0 * throughput_per_s(report), 5e-3),
    ("walking_operators", "parts an hour of one operator", 27.87, |report| 3600.0 * throughput_per_s(report), 5e-3),
];

fn element<'r>(report: &'r Report, name: &str) -> &'r ElementReport {
    report.elements.iter().find(|element| element.name == name).expect(name)
}

fn throughput_per_s(report: &Report) -> f64 {
    let shipped: u64 = report.part_types.iter().map(|part_type| part_type.shipped).sum();
    shipped as f64 / (report.until - report.since).as_seconds_f64()
}

/// Share of the time in which an element is down.
fn down(element: &ElementReport) -> f64 {
    [State::Failed, State::WaitingForRepair, State::Repair].map(|state| element.share(state)).iter().sum()
}

fn machines_down(report: &Report) -> f64 {
    report.elements.iter().filter(|element| element.kind == "Station").map(down).sum()
}

#[test]
fn the_house_is_tidy() {
    let findings = xtask::tidy::check(root(), &[]).expect("the workspace can be read");
    let broken: Vec<String> = findings.iter().filter(|finding| !finding.warning).map(ToString::to_string).collect();
    assert!(broken.is_empty(), "{} rules broken:\n{}", broken.len(), broken.join("\n"));
}

#[test]
fn every_scenario_teaches_and_runs_to_its_horizon() {
    let all = scenarios();
    assert!(all.len() >= FEWEST, "{} scenarios", all.len());
    for path in all {
        let text = std::fs::read_to_string(root().join(&path)).expect("a text");
        let header: Vec<&str> = text.lines().take_while(|line| line.starts_with("//")).collect();
        assert!(header.iter().any(|line| line.starts_with("// Teaches: ")), "{path} does not say what it teaches");
        let stem = path.trim_start_matches("scenarios/").trim_end_matches(".ron");
        let has_theory = header.iter().any(|line| line.starts_with("// Theory: "));
        assert_eq!(has_theory, THEORY.iter().any(|(name, ..)| *name == stem), "{path}: the header and THEORY differ");
        let start = Instant::now();
        let scenario = opened(&path, &[]);
        assert_eq!(scenario.plant.warnings, [], "{path}");
        let run = played(&scenario.plant, scenario.seed, 0);
        assert_eq!(run.now(), run.horizon(), "{path}");
        assert!(run.event_count() > 30, "{path}: {} events", run.event_count());
        let time = start.elapsed();
        println!("{path}: {} events in {time:?}", run.event_count());
        assert!(time < LONGEST, "{path} took {time:?}");
    }
}

/// Every figure of a header lies within the interval of its replications, at the level at which one of the whole
/// table misses by chance in twenty.
#[test]
fn theory_is_met() {
    let level = 1.0 - 0.05 / THEORY.len() as f64;
    let mut names: Vec<&str> = THEORY.iter().map(|(name, ..)| *name).collect();
    names.dedup();
    let mut wrong = Vec::new();
    for name in names {
        let plant = opened(&format!("scenarios/{name}.ron"), &[]).plant;
        let reports: Vec<Report> =
            (0..REPLICATIONS).map(|replication| played(&plant, 1, replication).report()).collect();
        for (_, what, expected, figure, rounding) in THEORY.iter().filter(|(scenario, ..)| *scenario == name) {
            let values: Vec<f64> = reports.iter().map(figure).collect();
            let interval = Interval::of_replications(&values, level).expect("finite values");
            let line =
                format!("{name}: {what}: theory {expected}, played {:.5} +- {:.5}", interval.mean, interval.half_width);
            println!("{line}");
            let distance = (interval.mean - expected).abs();
            if distance > interval.half_width + rounding + 1e-9 || interval.half_width > 0.05 * expected {
                wrong.push(line);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
