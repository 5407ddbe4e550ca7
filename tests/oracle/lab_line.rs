//! The laboratory line: `scenarios/lab_line.ron` against the event log of the real line.
//!
//! The log lies outside the project (it has no licence), in `../shared/data/lab_line`; where it is absent the
//! comparison says so and is skipped. That a line without the change at 912 s makes fewer parts is tested anyway.

use std::collections::BTreeMap;
use std::path::PathBuf;

use kernel::Interval;
use plant::floor::Happening;
use scenario::sources::Sources;

use super::{Watched, opened, play, rows_of};

const STATIONS: usize = 5;
const LAB_REPLICATIONS: u64 = 30;
/// What the log gives, as it is described; the log itself is counted again where it is there.
const REAL_FINISHED: [f64; STATIONS] = [69.0, 68.0, 34.0, 24.0, 58.0];
const REAL_FLOW_TIME_S: f64 = 338.31;

/// What is compared, of the real run or of one replication.
#[derive(Debug, Clone, PartialEq)]
struct Figures {
    /// Finished operations by station.
    finished: [f64; STATIONS],
    /// Mean time from the start at station 1 to the finish at station 5, over the parts that finished there.
    flow_time_s: f64,
}

/// Starts and finishes of operations, in the order of time: time in seconds, station from 1, part, whether it ended.
fn figures(events: impl Iterator<Item = (f64, usize, String, bool)>) -> Figures {
    let (mut finished, mut started) = ([0.0; STATIONS], BTreeMap::new());
    let (mut flow_times, mut total_s) = (0.0, 0.0);
    for (at, station, part, ended) in events {
        match (station, ended) {
            (1, false) => {
                started.insert(part, at);
            }
            (station, true) => {
                finished[station - 1] += 1.0;
                if station == STATIONS {
                    flow_times += 1.0;
                    total_s += at - started[&part];
                }
            }
            _ => {}
        }
    }
    Figures { finished, flow_time_s: total_s / flow_times }
}

fn path_of(relative: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(relative)
}

/// Plays all replications of the scenario with what `overrides` set.
fn simulated(overrides: &[&str]) -> Vec<Figures> {
    let path = path_of("scenarios/lab_line.ron");
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    let plant = opened(Sources::default(), path.to_str().expect("a path in UTF-8"), &overrides);
    let station = |index: u32| {
        (1..=STATIONS)
            .find(|station| plant.element(&format!("station {station}")).is_some_and(|element| element.0 == index))
    };
    let replication = |replication| {
        let mut events = Vec::new();
        play(&plant, (0, replication), Watched { events: true, parts: false }, |recorder| {
            for event in &recorder.event_records {
                let Some(station) = station(event.element.0) else { continue };
                match event.what {
                    Happening::Started(part) => {
                        events.push((event.at.as_seconds_f64(), station, part.to_string(), false));
                    }
                    Happening::Finished(part) => {
                        events.push((event.at.as_seconds_f64(), station, part.to_string(), true));
                    }
                    _ => {}
                }
            }
        });
        figures(events.into_iter())
    };
    (0..LAB_REPLICATIONS).map(replication).collect()
}

/// Mean and 95 % interval of one figure over the replications.
fn interval(played: &[Figures], figure: impl Fn(&Figures) -> f64) -> Interval {
    let values: Vec<f64> = played.iter().map(figure).collect();
    Interval::of_replications(&values, 0.95).expect("several finite values")
}

fn print_and_compare(title: &str, played: &[Figures]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut line = |name: String, real: f64, interval: Interval, allowed: f64| {
        println!(
            "lab_line, {title}: {name} | real {real:.2} | played {:.2} +- {:.2}",
            interval.mean, interval.half_width
        );
        if (interval.mean - real).abs() > allowed {
            wrong.push(format!("{name}: {:.2} and not {real} +- {allowed:.2}", interval.mean));
        }
    };
    for (station, real) in REAL_FINISHED.into_iter().enumerate() {
        let name = format!("finished at station {}", station + 1);
        line(name, real, interval(played, |figures| figures.finished[station]), 2.0);
    }
    let flow_time = interval(played, |figures| figures.flow_time_s);
    line("start at 1 to finish at 5 in s".to_owned(), REAL_FLOW_TIME_S, flow_time, 0.02 * REAL_FLOW_TIME_S);
    wrong
}

#[test]
fn the_laboratory_line_makes_what_the_real_one_made() {
    let wrong = print_and_compare("with the change", &simulated(&[]));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The times that the log itself shows, instead of those of the published model: process times with the second or so
/// that changing pallets takes, ways where the station behind them stood free. It shows what the difference costs.
const MEASURED: [&str; 8] = [
    r#"station 1.process_time=Normal("13.2 s", "1.9 s")"#,
    r#"station 2.process_time=Normal("19.3 s", "2.3 s")"#,
    r#"station 3.process_time=Normal("81.1 s", "1.9 s")"#,
    r#"station 4.process_time=Normal("82.1 s", "1.5 s")"#,
    r#"station 5.process_time=Normal("11.3 s", "1.6 s")"#,
    r#"3 to 5.time="6.8 s""#,
    r#"4 to 5.time="5.8 s""#,
    r#"events=[At("912 s", Set("station 3.process_time", Normal("26.4 s", "2 s")))]"#,
];

#[test]
fn the_times_measured_in_the_log_lead_to_the_same_figures() {
    let wrong = print_and_compare("with measured times", &simulated(&MEASURED));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_the_change_at_912_s_the_laboratory_line_would_make_about_49() {
    let played = simulated(&["events=[]"]);
    print_and_compare("without the change", &played);
    let finished = interval(&played, |figures| figures.finished[STATIONS - 1]);
    assert!((finished.mean - 49.0).abs() <= 2.0, "{finished:?}");
}

#[test]
fn the_figures_of_the_real_line_are_those_of_its_log() {
    let path = path_of("../shared/data/lab_line/events.csv");
    let Ok(log) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let rows = rows_of(&log);
    let time = |row: &BTreeMap<String, String>| row["timestamp_real"].parse::<f64>().expect("Unix time");
    let start = time(&rows[0]);
    let events = rows.iter().map(|row| {
        let station = row["machine_id"].trim_start_matches("Machine ").parse().expect("a station");
        (time(row) - start, station, row["part_id"].clone(), row["activity_type"] == "Finished")
    });
    let real = figures(events);
    assert_eq!(real.finished, REAL_FINISHED);
    assert!((real.flow_time_s - REAL_FLOW_TIME_S).abs() < 0.005, "{}", real.flow_time_s);
    assert_eq!(time(&rows[rows.len() - 1]) - start, 2098.0, "the horizon of the scenario");
}
