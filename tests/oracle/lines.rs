//! Serial lines against their exact Markov values: every row of `data/lines_exact.csv`.
//!
//! Blocking after service, unlimited supply in front, unlimited room behind. A buffer of the table is the room between
//! two stations without the station's own place: the queue of the station behind it. Failures happen only while
//! working and work resumes, which is what `OperatingTime` and `Resume` mean.

use plant::state::State;

use super::{
    Comparisons, REPLICATIONS, Watched, element, number, numbers, plant_of, play, rows_of, scenario_text, seconds,
    shipped, span_s,
};

/// Widest relative half width of a 95 % interval that is accepted; blocked shares of a few percent are known worst.
const WIDEST: f64 = 0.04;
const WARM_UP_S: f64 = 2_000.0;
/// Observed time of a line without buffers, and how much more for each place in them: a long queue is slow to forget.
const SPAN_S: f64 = 50_000.0;
const SPAN_PER_PLACE_S: f64 = 3_000.0;

/// Shares and levels of one row, in the table's order.
const COLUMNS: [(&str, Option<State>); 5] = [
    ("busy", Some(State::Processing)),
    ("blocked", Some(State::Blocked)),
    ("starved", Some(State::Starved)),
    ("down", Some(State::Failed)),
    ("mean_buffer", None),
];

#[test]
fn serial_lines_keep_to_their_exact_values() {
    let mut table = Comparisons::default();
    let rows = rows_of(include_str!("data/lines_exact.csv"));
    assert_eq!(rows.len(), 38, "every row of the table");
    for (case, row) in (0..).zip(rows) {
        let stations = number(&row, "K") as usize;
        let name = format!("{} K={} buffers={}", row["case"], row["K"], row["buffers"]);
        let text = line(
            &numbers(&row, "mus"),
            &numbers(&row, "buffers"),
            &numbers(&row, "erlang_phases"),
            &numbers(&row, "fail_rate"),
            &numbers(&row, "repair_rate"),
        );
        let plant = plant_of(&text, &[]);
        let reports: Vec<_> = (0..REPLICATIONS)
            .map(|replication| play(&plant, (case, replication), Watched::default(), |_| {}))
            .collect();
        let throughput = reports.iter().map(|report| shipped(report) as f64 / span_s(report)).collect();
        table.add(&name, "throughput", number(&row, "throughput"), throughput);
        for (column, state) in COLUMNS {
            for (index, exact) in numbers(&row, column).into_iter().enumerate() {
                let value = |report| match state {
                    Some(state) => element(report, &format!("station {}", index + 1)).share(state),
                    // What is in front of the next station: all that is there but what is in its place.
                    None => {
                        let behind = element(report, &format!("station {}", index + 2));
                        behind.level_mean - (1.0 - behind.share(State::Starved))
                    }
                };
                // A buffer of no room is empty up to the rounding of a difference of floats.
                let rounded = |value: f64| if value.abs() < 1e-9 { 0.0 } else { value };
                let values = reports.iter().map(|report| rounded(value(report))).collect();
                table.add(&name, &format!("{column} {}", index + 1), exact, values);
            }
        }
        assert_eq!(numbers(&row, "busy").len(), stations);
    }
    table.judge("lines_exact", |_| WIDEST);
}

fn line(rates: &[f64], buffers: &[f64], phases: &[f64], failure_rates: &[f64], repair_rates: &[f64]) -> String {
    let mut stations = String::new();
    for index in 0..rates.len() {
        let mean = seconds(1.0 / rates[index]);
        let process_time = match phases[index] as u32 {
            1 => format!("Exponential({mean})"),
            phases => format!("Erlang({phases}, {mean})"),
        };
        let queue = if index == 0 { 0 } else { buffers[index - 1] as u32 };
        let next = if index + 1 == rates.len() { "out".to_owned() } else { format!("station {}", index + 2) };
        let failures = if failure_rates[index] > 0.0 {
            format!(
                "failures: [(time_to_failure: Exponential({}), time_to_repair: Exponential({}))],",
                seconds(1.0 / failure_rates[index]),
                seconds(1.0 / repair_rates[index])
            )
        } else {
            String::new()
        };
        stations += &format!(
            "\"station {}\": Station(process_time: {process_time}, queue: {queue}, {failures} next: \"{next}\"), ",
            index + 1
        );
    }
    scenario_text(
        WARM_UP_S,
        SPAN_S + SPAN_PER_PLACE_S * buffers.iter().sum::<f64>(),
        &format!(
            r#"elements: {{
                "supply": Source(arrivals: Unlimited, next: "station 1"),
                {stations}
                "out": Sink(),
            }}"#
        ),
    )
}
