//! A line of five stations with given process times: every departure of every part, exact to the millisecond.

use std::collections::BTreeMap;

use kernel::SimTime;

use super::{Watched, number, plant_of, play, rows_of, scenario_text};

/// Room between the stations.
const BUFFERS: [u32; 4] = [2, 0, 3, 1];
const MAKESPAN_MS: i64 = 294_089;

#[test]
fn every_departure_of_the_traced_line_is_exact() {
    let oracle = rows_of(include_str!("data/trace_line_5x40.csv"));
    assert_eq!(oracle.len(), 40);
    let mut table = "time,S1,S2,S3,S4,S5\n".to_owned();
    for row in &oracle {
        let times: Vec<&str> = (1..=5).map(|station| row[&format!("S{station}_ms")].as_str()).collect();
        table += &format!("0 s,{}\n", times.join(","));
    }
    let mut stations = String::new();
    for station in 1..=5 {
        let queue = if station == 1 { 0 } else { BUFFERS[station - 2] };
        let next = if station == 5 { "out".to_owned() } else { format!("station {}", station + 1) };
        stations += &format!(
            r#""station {station}": Station(
                process_time: (attribute: "S{station}", unit: "1 ms"), queue: {queue}, next: "{next}",
            ), "#
        );
    }
    let text = scenario_text(
        0.0,
        1_000.0,
        &format!(
            r#"part_types: {{"part": (attributes: {{"S1": 0.0, "S2": 0.0, "S3": 0.0, "S4": 0.0, "S5": 0.0}})}},
            elements: {{
                "supply": Source(arrivals: Table("parts.csv"), next: "station 1"),
                {stations}
                "out": Sink(),
            }}"#
        ),
    );
    let plant = plant_of(&text, &[("parts.csv", &table)]);
    let mut departures: BTreeMap<(u64, u32), SimTime> = BTreeMap::new();
    play(&plant, (0, 0), Watched { events: false, parts: true }, |recorder| {
        departures.extend(recorder.part_records.iter().map(|stay| ((stay.part, stay.element.0), stay.departed)));
    });
    let milliseconds = |time: SimTime| {
        assert_eq!(time.as_nanos() % 1_000_000, 0, "a whole millisecond");
        time.as_nanos() / 1_000_000
    };
    let mut last = 0;
    for (index, row) in oracle.iter().enumerate() {
        for station in 1..=5 {
            let element = plant.element(&format!("station {station}")).expect("a station");
            // Parts are numbered from 1 in the order of the table.
            let departed = milliseconds(departures[&(index as u64 + 1, element.0)]);
            let exact = number(row, &format!("D{station}_ms")) as i64;
            assert_eq!(departed, exact, "part {index} at station {station}");
            last = last.max(departed);
        }
    }
    assert_eq!(last, MAKESPAN_MS);
    println!("trace_line: 200 departures exact to the millisecond, makespan {last} ms");
}
