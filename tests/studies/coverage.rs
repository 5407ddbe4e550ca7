//! Whether intervals are worth what they say: how often they hold the true value, and how few runs pairs need.

use std::sync::Arc;

use kernel::{Interval, Moments};
use plant::kpi::columns;
use plant::registry::Registry;
use scenario::expand::{HalfWidth, Replications, open_from};
use scenario::sources::Sources;
use study::case::Case;
use study::precision::Rule;
use study::team::Team;

/// Studies that are played of each model.
const STUDIES: u64 = 1_000;

/// A scenario as a case under a seed.
fn case(text: &str, seed: u64) -> Case {
    let files = std::collections::BTreeMap::from([("a.ron".to_owned(), text.as_bytes().to_vec())]);
    let registry = Arc::new(Registry::with_plugins(&[]));
    let scenario = open_from(Sources::new(files), "a.ron", &[], &registry).expect("a scenario");
    Case { name: "a".to_owned(), plant: scenario.plant, seed, until: None }
}

/// The values of a KPI over replications.
fn values(team: &Team, case: &Case, kpi: &str, replications: u64) -> Vec<f64> {
    let place = columns(&case.plant.model).iter().position(|column| column.to_string() == kpi).expect("the KPI");
    let mut values = Vec::new();
    let take = |_, outcomes: &[study::case::Outcome]| {
        values.push(outcomes[0].values[place]);
        true
    };
    team.play(std::slice::from_ref(case), 0..replications, &|| false, take).expect("the runs end");
    values
}

/// The share of 1,000 studies whose interval holds the truth; each under a seed of its own.
fn coverage(model: &Case, kpi: &str, replications: u64, truth: f64) -> f64 {
    let team = Team::new(0).expect("threads");
    let holds = (0..STUDIES).filter(|study| {
        let values = values(&team, &Case { seed: 1_000 + study, ..model.clone() }, kpi, replications);
        Interval::of_replications(&values, 0.95).expect("values").contains(truth)
    });
    holds.count() as f64 / STUDIES as f64
}

const QUEUE: &str = r#"Scenario(clock: (warm_up: "100 s", horizon: "900 s"), elements: {
    "in": Source(arrivals: Interarrival(Exponential("2 s")), next: "server"),
    "server": Station(process_time: Exponential("1 s"), queue: Unlimited, next: "out"),
    "out": Sink(),
})"#;

const TWO_STATIONS: &str = r#"Scenario(clock: (warm_up: "100 s", horizon: "900 s"), elements: {
    "in": Source(arrivals: Unlimited, next: "saw"),
    "saw": Station(process_time: Exponential("1 s"), next: "drill"),
    "drill": Station(process_time: Exponential("1 s"), queue: 5, next: "out"),
    "out": Sink(),
})"#;

#[test]
fn intervals_hold_the_truth_as_often_as_they_say() {
    // M/M/1 with load 0.5 has one part in the system on average; two stations with five places between make 7/8 of what one does.
    for (name, text, kpi, truth) in [("M/M/1", QUEUE, "wip", 1.0), ("line", TWO_STATIONS, "throughput", 3_150.0)] {
        let share = coverage(&case(text, 1), kpi, 20, truth);
        println!("{name}: {:.1} % of {STUDIES} intervals hold the truth", 100.0 * share);
        assert!((0.93..=0.97).contains(&share), "{name}: {share}");
    }
}

#[test]
fn sequential_studies_cover_a_little_less_and_not_much_less() {
    let model = case(TWO_STATIONS, 1);
    let kpi = columns(&model.plant.model).into_iter().find(|column| column.to_string() == "throughput").expect("it");
    let rule = Rule(Replications::Until { kpi, half_width: HalfWidth::Relative(0.01), min: 10, max: 100 });
    let team = Team::new(0).expect("threads");
    let place = columns(&model.plant.model).iter().position(|column| column.to_string() == "throughput").expect("it");
    let (mut holds, mut runs) = (0, 0);
    for study in 0..STUDIES {
        let case = Case { seed: 5_000 + study, ..model.clone() };
        let mut progress = rule.begin();
        let mut moments = Moments::new();
        let take = |_, outcomes: &[study::case::Outcome]| {
            progress.add(outcomes[0].values[place]);
            moments.add(outcomes[0].values[place]);
            progress.wants_more()
        };
        team.play(&[case], 0..rule.most(), &|| false, take).expect("the runs end");
        runs += moments.count();
        holds += u32::from(moments.interval(0.95).expect("ten values").contains(3_150.0));
    }
    let share = f64::from(holds) / STUDIES as f64;
    let mean = runs as f64 / STUDIES as f64;
    println!("sequential: {:.1} % hold the truth, {mean:.1} replications on average", 100.0 * share);
    assert!(mean > 11.0, "the rule has to decide something: {mean}");
    assert!((0.91..=0.97).contains(&share), "{share}");
}

/// Model b: twenty stations in series with buffers of ten; station 10 takes so long on average.
fn twenty_stations(tenth: &str) -> String {
    let station = |number: usize| {
        let time = if number == 10 { tenth } else { "1 s" };
        let next = if number == 20 { "out".to_owned() } else { format!("s{}", number + 1) };
        let queue = if number == 1 { 0 } else { 10 };
        format!("\"s{number}\": Station(process_time: Exponential(\"{time}\"), queue: {queue}, next: \"{next}\"),")
    };
    let stations: String = (1..=20).map(station).collect();
    format!(
        r#"Scenario(clock: (warm_up: "2000 s", horizon: "8000 s"), elements: {{
            "in": Source(arrivals: Unlimited, next: "s1"), {stations} "out": Sink(),
        }})"#
    )
}

#[test]
fn one_per_cent_of_one_process_time_in_twenty_is_found_with_pairs_and_not_without() {
    const RUNS: u64 = 40;
    let team = Team::new(0).expect("threads");
    let (slow, fast) = (case(&twenty_stations("1 s"), 1), case(&twenty_stations("0.99 s"), 1));
    let base = values(&team, &slow, "throughput", RUNS);
    let paired: Vec<f64> =
        values(&team, &fast, "throughput", RUNS).iter().zip(&base).map(|(fast, slow)| fast - slow).collect();
    let other = values(&team, &Case { seed: 2, ..fast }, "throughput", RUNS);
    let unpaired: Vec<f64> = other.iter().zip(&base).map(|(fast, slow)| fast - slow).collect();
    let interval = |values: &[f64]| Interval::of_replications(values, 0.95).expect("values");
    let (paired, unpaired) = (interval(&paired), interval(&unpaired));
    println!("paired {paired:?}, unpaired {unpaired:?}");
    assert!(paired.lower() > 0.0, "pairs find the change: {paired:?}");
    assert!(unpaired.lower() < 0.0 && unpaired.upper() > 0.0, "{RUNS} runs without pairs do not: {unpaired:?}");
    // The runs that a width takes grow with its square: Var(X - Y) = Var X + Var Y - 2 Cov(X, Y), and pairs have the covariance.
    let times_fewer = (unpaired.half_width / paired.half_width).powi(2);
    println!("pairs take {times_fewer:.0} times fewer runs");
    assert!(times_fewer > 5.0, "{times_fewer}");
}
