//! Films against the reports of the same runs, which are computed by other code.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{SimDuration, SimTime, TotalTime};
use plant::registry::Registry;
use plant::report::Report;
use plant::run::Run;
use plant::state::State;
use scenario::expand::{Scenario, open, open_from};
use scenario::sources::Sources;

use super::{Film, FilmOptions, shoot};
use crate::case::Case;

const SCENARIOS: &[&str] = &[
    "02_two_stations",
    "04_shared_repairers",
    "06_shifts_and_energy",
    "07_quality_loop",
    "08_assembly_to_stock",
    "09_conveyor",
    "10_job_shop",
    "11_pallet_loop",
    "12_operators",
    "electronics_line",
];

fn case_of(scenario: Scenario) -> Case {
    Case { name: String::new(), plant: scenario.plant, seed: scenario.seed, until: None }
}

/// A scenario of the tree, with values set.
fn tree(name: &str, overrides: &[&str]) -> Case {
    let path = format!("{}/../../scenarios/{name}.ron", env!("CARGO_MANIFEST_DIR"));
    let overrides: Vec<String> = overrides.iter().map(|value| (*value).to_owned()).collect();
    let scenario = open(&path, &overrides, &Arc::new(Registry::default()));
    case_of(scenario.unwrap_or_else(|rejected| panic!("{name}: {:?}", rejected.complaints)))
}

/// A scenario of these sections.
pub(super) fn text(sections: &str) -> Case {
    let files = BTreeMap::from([("test.ron".to_owned(), format!("Scenario({sections})").into_bytes())]);
    let scenario = open_from(Sources::new(files), "test.ron", &[], &Arc::new(Registry::default()));
    case_of(scenario.unwrap_or_else(|rejected| panic!("{:?}", rejected.complaints)))
}

pub(super) fn film(case: &Case, options: &FilmOptions) -> Film {
    shoot(case, 0, options, &|| false).expect("a run").expect("nobody stops it")
}

fn report(case: &Case) -> Report {
    let mut run = Run::new(case.plant.clone(), case.seed, 0).expect("a run");
    run.set_horizon(case.until.unwrap_or(run.horizon()));
    run.finish().expect("a whole run");
    run.report()
}

/// The mean over the whole run of what has these means in the intervals of `film`.
fn whole_mean(film: &Film, means: &[f64]) -> f64 {
    assert_eq!(means.len(), film.ticks.len());
    let begins = std::iter::once(SimTime::ZERO).chain(film.ticks.iter().copied());
    let lengths = begins.zip(&film.ticks).map(|(begin, end)| (*end - begin).as_seconds_f64());
    let sum: f64 = lengths.zip(means).map(|(length, mean)| length * mean).sum();
    sum / film.until.as_seconds_f64()
}

fn assert_near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{what}: {found}, not {expected}");
}

#[test]
fn a_film_is_the_same_run() {
    for name in SCENARIOS {
        let case = tree(name, &[]);
        let outcome = case.play(3, &|| false).expect("a run").expect("nobody stops it");
        let film = shoot(&case, 3, &FilmOptions::default(), &|| false).expect("a run").expect("nobody stops it");
        assert_eq!(film.digest, outcome.digest, "{name}");
        assert_eq!((film.seed, film.replication), (case.seed, 3));
    }
}

#[test]
fn series_add_up_to_what_the_report_says() {
    for name in SCENARIOS {
        let case = tree(name, &["clock.warm_up=\"0 s\""]);
        // A number of intervals that divides nothing.
        let film = film(&case, &FilmOptions { intervals: 97, ..FilmOptions::default() });
        let report = report(&case);
        assert_eq!((film.ticks.len(), film.ticks.last()), (97, Some(&film.until)), "{name}");
        for (element, expected) in film.elements.iter().zip(&report.elements) {
            assert_eq!(*element.name, *expected.name);
            let what = format!("{name}: level of {}", element.name);
            assert_near(whole_mean(&film, &element.level), expected.level_mean, &what);
            assert_eq!(element.departed, expected.counts.departed);
            assert_near(element.shares.iter().map(|(_, share)| share).sum(), 1.0, &what);
            assert!(element.shares.windows(2).all(|pair| pair[0].1 >= pair[1].1));
        }
        assert_near(whole_mean(&film, &film.work_in_progress), report.work_in_progress_mean, name);
        let shipped: u64 = report.part_types.iter().map(|part_type| part_type.shipped).sum();
        let per_hour = shipped as f64 * 3600.0 / film.until.as_seconds_f64();
        assert_near(whole_mean(&film, &film.throughput_per_h), per_hour, name);
        assert_eq!((film.flow_time.total, film.flow_time.counts.iter().sum()), (shipped, shipped), "{name}");
        assert_eq!(film.energy.is_some(), report.energy_j.is_some(), "{name}");
        if let Some(energy) = &film.energy {
            let joules = whole_mean(&film, &energy.power_kw) * 1000.0 * film.until.as_seconds_f64();
            assert_near(joules / 3.6e6, energy.energy_kwh, name);
            let all: f64 = energy.by_element.iter().map(|(_, power_kw)| whole_mean(&film, power_kw)).sum();
            assert_near(all, whole_mean(&film, &energy.power_kw), name);
            let means: Vec<f64> = energy.by_element.iter().map(|(_, power_kw)| whole_mean(&film, power_kw)).collect();
            assert!(means.windows(2).all(|pair| pair[0] >= pair[1]), "{name}: {means:?}");
        }
    }
}

#[test]
fn statistics_count_from_the_end_of_the_warm_up() {
    let case = tree("electronics_line", &[]);
    let (film, report) = (film(&case, &FilmOptions::default()), report(&case));
    assert_eq!((film.since, film.until), (report.since, report.until));
    assert_eq!(film.flow_time.total, report.flow_time.count());
    assert_eq!(film.flow_time.mean_s, report.flow_time.mean_seconds().expect("parts were shipped"));
    for (element, expected) in film.elements.iter().zip(&report.elements) {
        assert_eq!(element.departed, expected.counts.departed, "{}", element.name);
        for (state, share) in &element.shares {
            assert_eq!(*share, expected.share(*state), "{}", element.name);
        }
    }
    assert_eq!(film.start_unix_ns, Some(1_795_413_600_000_000_000));
    assert_eq!(film.bottleneck.map(|place| &*film.elements[place].name), Some("placer 1"));
    assert!(!film.alarms.is_empty() && film.alarms_left_out == 0);
    for alarm in &film.alarms {
        assert_eq!(film.elements[alarm.alarm].kind, "Alarm");
        assert!(alarm.until.is_none_or(|until| until > alarm.from));
    }
}

#[test]
fn flows_sum_to_what_left_and_pass_through_what_holds_nothing() {
    for name in SCENARIOS {
        let case = tree(name, &[]);
        let (film, report) = (film(&case, &FilmOptions::default()), report(&case));
        let sum = |is_meant: &dyn Fn(&super::Flow) -> bool| -> u64 {
            film.flows.iter().filter(|flow| is_meant(flow)).map(|flow| flow.parts).sum()
        };
        for (place, element) in report.elements.iter().enumerate() {
            let (out, into) = (sum(&|flow| flow.from == place), sum(&|flow| flow.to == place));
            let counts = &element.counts;
            let what = format!("{name}: {}", element.name);
            match element.kind {
                "Branch" | "Merge" => assert_eq!(out, into, "{what}"),
                "Sink" => assert_eq!((out, into), (0, counts.arrived), "{what}"),
                _ => assert_eq!(out + counts.absorbed + counts.scrapped + counts.lost, counts.departed, "{what}"),
            }
        }
        for pair in film.flows.windows(2) {
            assert!((pair[0].from, pair[0].to) < (pair[1].from, pair[1].to), "{name}: each way once, in order");
        }
    }
}

#[test]
fn ways_that_nobody_took_are_there_too() {
    let case = text(
        r#"clock: (horizon: "1 h"), elements: {
            "in": Source(arrivals: Interarrival("5 min"), next: "fork"),
            "fork": Branch(by: FirstFree(["a", "join"])),
            "a": Station(process_time: "1 min", queue: 4, next: "join"),
            "join": Merge(next: "out"),
            "out": Sink(),
        }"#,
    );
    let film = film(&case, &FilmOptions::default());
    let name = |place: usize| &*film.elements[place].name;
    let flows: Vec<(&str, &str, u64)> =
        film.flows.iter().map(|flow| (name(flow.from), name(flow.to), flow.parts)).collect();
    // Twelve parts come; the last one, at the very end, is still in "a".
    let expected = [("a", "join", 11), ("fork", "a", 12), ("fork", "join", 0), ("in", "fork", 12), ("join", "out", 11)];
    assert_eq!(flows, expected);
    let capacity =
        |wanted: &str| film.elements.iter().find(|element| *element.name == *wanted).map(|found| found.capacity);
    assert_eq!(capacity("a"), Some(Some(5)));
    assert_eq!([capacity("in"), capacity("fork"), capacity("out")], [Some(None); 3]);
}

#[test]
fn a_way_that_is_new_leads_through_nobody() {
    let case = text(
        r#"clock: (horizon: "1 h"), elements: {
            "in": Source(arrivals: Interarrival("5 min"), next: "a"),
            "a": Station(process_time: "1 min", next: "b"),
            "b": Station(process_time: "1 min", next: "out"),
            "out": Sink(),
        },
        events: [At("32 min", Set("in.next", "b"))]"#,
    );
    let film = film(&case, &FilmOptions::default());
    let name = |place: usize| &*film.elements[place].name;
    let flows: Vec<(&str, &str, u64)> =
        film.flows.iter().map(|flow| (name(flow.from), name(flow.to), flow.parts)).collect();
    assert_eq!(flows, [("a", "b", 6), ("b", "out", 11), ("in", "a", 6), ("in", "b", 6)]);
}

#[test]
fn electricity_has_its_price_at_every_time() {
    let tariff = [
        "clock.warm_up=\"0 s\"",
        "energy.tariff=(price: \"0.30 EUR/kWh\", times: [(from: \"22:00\", to: \"06:00\", price: \"0.20 EUR/kWh\")])",
    ];
    // Half-hours, in each of which one price holds.
    let case = tree("electronics_line", &tariff);
    let film = film(&case, &FilmOptions { intervals: 12 * 48, ..FilmOptions::default() });
    let energy = film.energy.as_ref().expect("energy");
    let tariff = energy.tariff.as_ref().expect("a tariff");
    assert_eq!(&*tariff.currency, "EUR");
    for (end, price) in film.ticks.iter().zip(&tariff.price_per_kwh) {
        // The run begins at 06:00.
        let cheap = (end.as_seconds_f64() / 3600.0) % 24.0 > 16.0 || end.as_seconds_f64() % 86_400.0 == 0.0;
        assert_near(*price, if cheap { 0.20 } else { 0.30 }, "price");
    }
    let cost: f64 = energy.power_kw.iter().zip(&tariff.price_per_kwh).map(|(power, price)| 0.5 * power * price).sum();
    assert_near(cost, tariff.cost, "cost");
    assert!(tariff.cost > 0.20 * energy.energy_kwh && tariff.cost < 0.30 * energy.energy_kwh);
}

#[test]
fn the_window_is_partitioned_by_the_states_of_each_element() {
    let case = tree("electronics_line", &[]);
    let hour = |hours: i64| SimTime::ZERO + SimDuration::from_hours(hours);
    // Of a window that is the whole observation, the times in each state are known.
    let small = tree("03_failures", &[]);
    let asked = FilmOptions { from: Some(hour(24)), until: Some(hour(60)), ..FilmOptions::default() };
    for (case, options) in [(&case, FilmOptions::default()), (&case, asked), (&small, FilmOptions::default())] {
        let film = film(case, &options);
        let window = &film.window;
        assert_eq!(window.lanes.len(), film.elements.iter().filter(|element| element.works).count());
        for (place, lane) in &window.lanes {
            assert!(film.elements[*place].works);
            let mut last = window.from;
            for (_, end) in lane {
                assert!(*end > last, "every state lasts");
                last = *end;
            }
            assert_eq!(last, window.until, "{}", film.elements[*place].name);
            assert!(lane.windows(2).all(|pair| pair[0].0 != pair[1].0), "neighbours differ");
        }
    }
    let film = film(&case, &FilmOptions::default());
    assert_eq!(film.window.from, film.since);
    let most = film.window.lanes.iter().map(|(_, lane)| lane.len()).max().unwrap_or_default();
    assert!((20..500).contains(&most), "{most} states in the busiest lane");
    assert!(!film.window.is_cut);
}

#[test]
fn states_in_the_window_are_those_of_the_report() {
    let case = text(
        r#"clock: (start: "2026-11-23T06:00:00Z", warm_up: "20 h", horizon: "60 h"), elements: {
            "in": Source(arrivals: Interarrival(Exponential("20 min")), next: "mill"),
            "mill": Station(
                process_time: Exponential("15 min"),
                queue: 3,
                failures: [(time_to_failure: Exponential("2 h"), time_to_repair: Exponential("10 min"))],
                calendar: (shifts: [(from: "06:00", to: "22:00")]),
                next: "press",
            ),
            "press": Station(process_time: Exponential("15 min"), next: "out"),
            "out": Sink(),
        }"#,
    );
    let end = SimTime::ZERO + SimDuration::from_hours(60);
    let (film, report) = (film(&case, &FilmOptions { until: Some(end), ..FilmOptions::default() }), report(&case));
    for (place, lane) in &film.window.lanes {
        let mut times: BTreeMap<State, SimDuration> = BTreeMap::new();
        let mut last = film.window.from;
        for (state, until) in lane {
            *times.entry(*state).or_default() += *until - last;
            last = *until;
        }
        for (state, expected) in &report.elements[*place].times {
            let found = times.get(state).copied().unwrap_or_default();
            assert_eq!(TotalTime::from(found), *expected, "{} {}", film.elements[*place].name, state.name());
        }
    }
}

#[test]
fn a_film_of_a_long_run_is_no_larger() {
    let case = text(
        r#"clock: (horizon: "3000 d"), elements: {
            "in": Source(arrivals: Unlimited, next: "mill"),
            "mill": Station(process_time: Exponential("10 min"), queue: 2, next: "press"),
            "press": Station(process_time: Exponential("10 min"), next: "level"),
            "level": Buffer(capacity: 5, next: "out"),
            "out": Sink(),
            "eye": LevelSensor(of: "press"),
            "busy": Alarm(sensor: "eye", above: 0.5),
        }"#,
    );
    let end = SimTime::ZERO + SimDuration::from_hours(3000 * 24);
    let film = film(&case, &FilmOptions { until: Some(end), ..FilmOptions::default() });
    assert!(film.flow_time.total > 200_000, "{}", film.flow_time.total);
    let states: usize = film.window.lanes.iter().map(|(_, lane)| lane.len()).sum();
    assert!(film.window.is_cut && film.window.until < end && (19_000..=20_002).contains(&states), "{states}");
    assert!(film.flow_time.counts.len() <= 40);
    assert_eq!((film.ticks.len(), film.alarms.len()), (240, 1000));
    assert!(film.alarms_left_out > 50_000, "{}", film.alarms_left_out);
}

#[test]
fn films_of_hardly_anything_are_films() {
    let line = r#"elements: {
        "in": Source(arrivals: Unlimited, next: "mill"), "mill": Station(process_time: "1 min", next: "out"), "out": Sink()
    }"#;
    let mut case = text(&format!(r#"clock: (warm_up: "1 h", horizon: "2 h"), {line}"#));
    for (nanos, ticks) in [(0, 0), (1, 1), (7, 7), (1_000_000, 240), (3_600_000_000_000, 240)] {
        case.until = Some(SimTime::from_nanos(nanos));
        let film = film(&case, &FilmOptions::default());
        assert_eq!((film.until, film.ticks.len()), (SimTime::from_nanos(nanos), ticks));
        assert!(film.window.from <= film.window.until && film.window.until <= film.until);
        assert_eq!(film.flow_time.total, report(&case).flow_time.count());
    }
    let far = FilmOptions { intervals: 0, from: Some(SimTime::MAX), until: Some(SimTime::from_nanos(-5)) };
    assert_eq!(film(&case, &far).ticks.len(), 1);
    assert_eq!(shoot(&case, 0, &FilmOptions::default(), &|| true).expect("a run"), None);
}
