//! Two unreliable machines and a buffer between them, in slots (exact) and as a fluid (by ever smaller parts).
//!
//! The slotted rows of `data/two_machine.csv` are the deterministic processing time line of Gershwin (1994, chapter 3):
//! solving that Markov chain gives the table to its last digit. A machine that works in a slot fails with probability
//! p and makes nothing in it; it is repaired with probability r a slot; the level n changes at the end of a slot; a
//! machine is blocked while n = N. Scenarios say the same thing in three steps. (1) A blocked machine of ours keeps
//! its finished part, which counts in n, so N is the queue, the place behind it and the place in front: queue N - 2.
//! (2) A machine that has been repaired surely makes its next part, so the parts between failures are geometric from
//! 1 on; failures by operating time, in whole slots. (3) A failure has to strike inside a slot, never between two (it
//! would strike a machine that may be starved): a first part of half a slot shifts the clocks by half a slot.

use plant::state::State;

use super::{
    Comparisons, REPLICATIONS, Watched, element, number, plant_of, play, rows_of, scenario_text, seconds, shipped,
    span_s,
};

/// Widest relative half width of a 95 % interval that is accepted: a large buffer forgets its level slowly.
const WIDEST: f64 = 0.05;
const WARM_UP_S: f64 = 20_000.0;
/// The fluid is played with frequent failures only.
const FLUID_WARM_UP_S: f64 = 2_000.0;
/// Size of the parts that stand for a fluid; 1 is what a machine makes in the table's time unit.
const GRAIN: f64 = 0.1;
/// What a fluid and parts of [`GRAIN`] may differ by, besides the random error: half a part at each end of the buffer.
const GRAIN_ERROR: f64 = 0.01;
/// The tail of a geometric law that is cut off.
const TAIL: f64 = 1e-9;

#[test]
fn two_machines_in_slots_keep_to_their_exact_values() {
    let mut table = Comparisons::default();
    for (seeds, row) in (0..).zip(rows_of(include_str!("data/two_machine.csv"))) {
        if row["model"] != "discrete_sync_geometric" {
            continue;
        }
        let law = |column: &str| geometric(number(&row, column));
        let machines = [(law("p1"), law("r1")), (law("p2"), law("r2"))];
        let rare = number(&row, "p1").min(number(&row, "p2")) < 0.005;
        let span = if rare { 250_000.0 } else { 100_000.0 };
        let text = line(1.0, number(&row, "N") as u32 - 2, &machines, (WARM_UP_S, span));
        let (throughput, level) = replicate(&text, seeds, 1.0);
        let name = case(&row);
        table.add(&name, "throughput", number(&row, "throughput"), throughput);
        table.add(&name, "mean_level", number(&row, "mean_level"), level);
    }
    table.judge("two_machine, slotted", |_| WIDEST);
}

/// Not an exact comparison: parts are discrete, so a fluid is only approached.
#[test]
fn two_machines_with_small_parts_come_close_to_a_fluid() {
    let (mut played, mut left_out, mut wrong) = (0, 0, Vec::new());
    for (seeds, row) in (0..).zip(rows_of(include_str!("data/two_machine.csv"))) {
        if row["model"] != "continuous_equal_speed" {
            continue;
        }
        let (name, room) = (case(&row), number(&row, "N"));
        let reason = match room {
            0.0 => Some("parts always take up some room between two stations"),
            room if room > 20.0 => Some("hundreds of parts in a buffer that forgets slowly: too long for a test"),
            _ if number(&row, "p1") < 0.005 => Some("failures too rare: too long for a test"),
            _ => None,
        };
        if let Some(reason) = reason {
            println!("two_machine, fluid: {name} | not played: {reason}");
            left_out += 1;
            continue;
        }
        let law = |column: &str| format!("Exponential({})", seconds(1.0 / number(&row, column)));
        let machines = [(law("p1"), law("r1")), (law("p2"), law("r2"))];
        let queue = (room / GRAIN).round() as u32 - 2;
        let (throughput, level) = replicate(&line(GRAIN, queue, &machines, (FLUID_WARM_UP_S, 20_000.0)), seeds, GRAIN);
        for (metric, values) in [("throughput", throughput), ("mean_level", level)] {
            let exact = number(&row, metric);
            let interval = kernel::Interval::of_replications(&values, 0.999).expect("several values");
            let allowed =
                interval.half_width + GRAIN_ERROR * exact.max(room * f64::from(u8::from(metric != "throughput")));
            println!(
                "two_machine, fluid: {name} | {metric} | exact {exact:.6} | played {:.6} +- {:.6}",
                interval.mean, interval.half_width
            );
            played += 1;
            if (interval.mean - exact).abs() > allowed {
                wrong.push(format!("{name} {metric}: {} and not {exact} +- {allowed}", interval.mean));
            }
        }
    }
    println!("two_machine, fluid: {played} metrics come close, {left_out} rows not played");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn case(row: &std::collections::BTreeMap<String, String>) -> String {
    format!("p={}/{} r={}/{} N={}", row["p1"], row["p2"], row["r1"], row["r2"], row["N"])
}

/// A geometric number of seconds from 1 on, as the law of a duration.
fn geometric(probability: f64) -> String {
    let mut left = 1.0;
    let mut pairs = Vec::new();
    while left > TAIL {
        pairs.push(format!("(\"{} s\", {:e})", pairs.len() + 1, left * probability));
        left *= 1.0 - probability;
    }
    format!("Discrete([{}])", pairs.join(", "))
}

/// Two machines with their laws of failure and repair, and the part of half a process time that comes first.
fn line(process_s: f64, queue: u32, machines: &[(String, String); 2], (warm_up_s, span_s): (f64, f64)) -> String {
    let station = |(failure, repair): &(String, String), queue: u32, next: &str| {
        format!(
            r#"Station(
                process_time: {{"half": {}, "whole": {}}}, queue: {queue}, next: "{next}",
                failures: [(time_to_failure: {failure}, time_to_repair: {repair})],
            )"#,
            seconds(process_s / 2.0),
            seconds(process_s)
        )
    };
    scenario_text(
        warm_up_s,
        span_s,
        &format!(
            r#"part_types: {{"half": (), "whole": ()}}, elements: {{
                "first": Source(arrivals: Table([(time: "0 s")]), part_type: "half", next: "machine 1"),
                "supply": Source(arrivals: Unlimited, start: {}, part_type: "whole", next: "machine 1"),
                "machine 1": {},
                "machine 2": {},
                "out": Sink(),
            }}"#,
            seconds(process_s / 4.0),
            station(&machines[0], 0, "machine 2"),
            station(&machines[1], queue, "out")
        ),
    )
}

/// Throughput and mean level, both in units of `grain`, by replication.
fn replicate(text: &str, seeds: u64, grain: f64) -> (Vec<f64>, Vec<f64>) {
    let plant = plant_of(text, &[]);
    let reports: Vec<_> =
        (0..REPLICATIONS).map(|replication| play(&plant, (seeds, replication), Watched::default(), |_| {})).collect();
    let throughput = reports.iter().map(|report| grain * shipped(report) as f64 / span_s(report)).collect();
    let level = reports.iter().map(|report| {
        let waiting = element(report, "machine 2").level_mean;
        grain * (waiting + element(report, "machine 1").share(State::Blocked))
    });
    (throughput, level.collect())
}
