//! Tool groups against the exact values of M/M/c: as many tools with one line in front are what theory calls servers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use kernel::SimTime;
use plant::element::ElementIndex;
use plant::floor::Happening;
use plant::plant::Plant;

use super::{
    Comparisons, Draw, REPLICATIONS, Watched, element, number, plant_of, play, scenario_text, seconds, span_s,
};

const WARM_UP_S: f64 = 3_000.0;

/// Plays the rows of M/M/c among the `rows` of the table of queues with tool groups. The first case has the number `first`.
pub(super) fn compare(table: &mut Comparisons, rows: &[BTreeMap<String, String>], first: u64) {
    let mut played: BTreeMap<String, Vec<BTreeMap<&str, f64>>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row["case"] == "M/M/c") {
        let (parameters, metric) = (&row["parameters"], &row["metric"]);
        let [rate, mu, tools] = ["lambda=", "mu=", "c="].map(|key| parameter(parameters, key));
        let case = first + played.len() as u64;
        let results = played.entry(parameters.clone()).or_insert_with(|| {
            let plant = group(rate, mu, tools as u32);
            (0..REPLICATIONS).map(|replication| replicate(&plant, (case, replication), tools)).collect()
        });
        let values = results.iter().map(|metrics| metrics[metric.as_str()]).collect();
        table.add(format!("M/M/c {parameters} in a tool group"), metric, number(row, "exact"), values);
    }
    assert!(played.len() >= 4, "{} cases", played.len());
}

fn parameter(parameters: &str, key: &str) -> f64 {
    let (_, after) = parameters.split_once(key).expect(key);
    after.split(' ').next().expect(key).parse().expect(key)
}

fn group(rate: f64, mu: f64, tools: u32) -> Arc<Plant> {
    let span_s = if rate < mu { 100_000.0 } else { 50_000.0 };
    let exponential = |mean_s: f64| format!("Exponential({})", seconds(mean_s));
    let (interarrival, process_time) = (exponential(1.0 / rate), exponential(1.0 / mu));
    let elements = format!(
        r#"elements: {{
            "source": Source(arrivals: Interarrival({interarrival}), next: "group"),
            "group": ToolGroup(tools: {tools}, process_time: {process_time}, next: "out"),
            "out": Sink(),
        }}"#
    );
    plant_of(&scenario_text(WARM_UP_S, span_s, &elements), &[])
}

/// Plays one replication. Who had to wait is read off the events: who came to the group, and did not begin at once.
fn replicate(plant: &Arc<Plant>, draw: Draw, tools: f64) -> BTreeMap<&'static str, f64> {
    let is_tool = |element: ElementIndex| plant.model.elements[element.index()].group.is_some();
    let group = plant.element("group").expect("the group");
    let since = SimTime::from_seconds_f64(WARM_UP_S).expect("a short time");
    let mut waiting: BTreeSet<(u64, SimTime)> = BTreeSet::new();
    let (mut begun, mut delayed) = (0_u64, 0_u64);
    let report = play(plant, draw, Watched { events: true, parts: false }, |recorder| {
        for event in &recorder.event_records {
            match event.what {
                Happening::Arrived(part) if event.element == group => {
                    waiting.insert((part, event.at));
                }
                Happening::Started(part) if is_tool(event.element) => {
                    let arrived = waiting.range((part, SimTime::ZERO)..).next().copied();
                    let (first, arrived) = arrived.expect("what starts has arrived");
                    assert_eq!(first, part);
                    waiting.remove(&(part, arrived));
                    if arrived >= since {
                        begun += 1;
                        delayed += u64::from(event.at > arrived);
                    }
                }
                _ => {}
            }
        }
    });
    let group = element(&report, "group");
    let busy = group.figures.iter().find(|figure| figure.name == "busy tools").expect("a figure of groups").value;
    let wait_s = group.wait_mean.expect("parts were begun").as_seconds_f64();
    let flow_time_s = report.flow_time.mean_seconds().expect("parts were shipped");
    // What the tools hold is in their own records.
    let in_tools: f64 = report.elements.iter().filter(|tool| tool.group.is_some()).map(|tool| tool.level_mean).sum();
    assert!((in_tools - busy).abs() < 1e-9, "{in_tools} parts in {busy} busy tools over {} s", span_s(&report));
    BTreeMap::from([
        ("Pwait", delayed as f64 / begun as f64),
        ("Wq", wait_s),
        ("W", flow_time_s),
        ("Lq", group.level_mean),
        ("L", group.level_mean + in_tools),
        ("util", busy / tools),
    ])
}
