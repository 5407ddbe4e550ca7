//! Queues against exact mean values: M/M/c, M/M/c/K, M/G/1, GI/M/1, priorities, Jackson and closed networks, machine
//! repair, base stock, availability.
//!
//! Each row of `data/queueing_exact.csv` is either played or left out with a reason; a new row is neither and fails.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use kernel::SimTime;
use plant::floor::Happening;
use plant::plant::Plant;
use plant::report::Report;
use plant::state::State;

use super::{
    Comparisons, Draw, REPLICATIONS, Watched, element, number, plant_of, play, rows_of, scenario_text, seconds,
    shipped, span_s, tool_groups,
};

/// Widest relative half width of a 95 % interval that is accepted: heavy traffic is measured worst, as its state is
/// forgotten slowly. The queue of a system 90 % busy would need 10^9 events for 0.3 %.
const WIDEST: f64 = 0.03;
/// The same for the backorders of a stock, which come in rare, long spells.
const WIDEST_OF_BACKORDERS: f64 = 0.12;
/// Seconds before statistics count; the time unit of every case is the second.
const WARM_UP_S: f64 = 3_000.0;

type Metrics = BTreeMap<String, f64>;

/// How the metrics of a scenario are read off.
#[derive(Debug, Clone, Copy)]
enum Family {
    /// One station with this many places.
    Station(u32),
    /// One station whose parts come in this many classes, with these mean process times.
    Classes(&'static [f64]),
    Jackson,
    /// A circle of this many stations.
    Closed(usize),
    /// This many machines and a crew.
    Repair(usize),
    BaseStock,
    Availability,
}

#[test]
fn queues_keep_to_their_exact_values() {
    let mut table = Comparisons::default();
    let mut played: BTreeMap<String, Vec<Metrics>> = BTreeMap::new();
    let rows = rows_of(include_str!("data/queueing_exact.csv"));
    for row in &rows {
        let (case, parameters, metric) = (&row["case"], &row["parameters"], &row["metric"]);
        let name = format!("{case} {parameters}");
        if let Some(reason) = inexpressible(case, metric) {
            table.leave_out(format!("{name} {metric}"), reason);
            continue;
        }
        let (text, family, key) = model(case, parameters, metric);
        let seeds = played.len() as u64;
        let results = played.entry(text).or_insert_with_key(|text| {
            let plant = plant_of(text, &[]);
            (0..REPLICATIONS).map(|replication| replicate(&plant, (seeds, replication), family)).collect()
        });
        let values = results.iter().map(|metrics| metrics[&key]).collect();
        table.add(name, metric, number(row, "exact"), values);
    }
    tool_groups::compare(&mut table, &rows, played.len() as u64);
    table.judge("queueing_exact", |metric| if metric == "E_backorders" { WIDEST_OF_BACKORDERS } else { WIDEST });
}

fn inexpressible(case: &str, metric: &str) -> Option<&'static str> {
    match (case, metric) {
        (_, "W_preemptive_resume") => {
            Some("a part never interrupts the work on another one; only failures and calendars interrupt work")
        }
        (case, _) if case.starts_with("(s,S)") => {
            Some("no element reviews a stock at fixed times and orders up to a level: there is no ReleaseRule yet")
        }
        _ => None,
    }
}

/// A number that follows `key` in the parameters of a case.
fn parameter(parameters: &str, key: &str) -> f64 {
    let (_, after) = parameters.split_once(key).expect(key);
    let end = after.find([' ', ',', ';', ']']).unwrap_or(after.len());
    after[..end].parse().expect(key)
}

/// The numbers in square brackets that follow `key`.
fn list(parameters: &str, key: &str) -> Vec<f64> {
    let (_, after) = parameters.split_once(key).expect(key);
    let (inside, _) = after.split_once(']').expect("a closing bracket");
    inside.split(',').map(|word| word.trim().parse().expect(key)).collect()
}

fn exponential(mean_s: f64) -> String {
    format!("Exponential({})", seconds(mean_s))
}

/// A source, a station and a sink; the source loses what finds no room.
fn one_station(span_s: f64, interarrival: &str, process_time: &str, places: u32, waiting: &str) -> String {
    scenario_text(
        WARM_UP_S,
        span_s,
        &format!(
            r#"elements: {{
                "source": Source(arrivals: Interarrival({interarrival}), when_blocked: Lose, next: "station"),
                "station": Station(capacity: {places}, process_time: {process_time}, queue: {waiting}, next: "out"),
                "out": Sink(),
            }}"#
        ),
    )
}

/// The scenario of a row, how to read it, and the name of the row's metric there.
fn model(case: &str, parameters: &str, metric: &str) -> (String, Family, String) {
    let number = |key: &str| parameter(parameters, key);
    let metric = metric.to_owned();
    match case {
        "M/M/c" => {
            let (lambda, mu, places) = (number("lambda="), number("mu="), number("c=") as u32);
            let span = if lambda < mu { 400_000.0 } else { 200_000.0 };
            let text = one_station(span, &exponential(1.0 / lambda), &exponential(1.0 / mu), places, "Unlimited");
            (text, Family::Station(places), metric)
        }
        "M/M/c/K" => {
            let (lambda, mu) = (number("lambda="), number("mu="));
            let (places, room) = (number("c=") as u32, number("K=") as u32);
            let waiting = (room - places).to_string();
            let text = one_station(100_000.0, &exponential(1.0 / lambda), &exponential(1.0 / mu), places, &waiting);
            (text, Family::Station(places), metric)
        }
        "M/D/1" | "M/E2/1" | "M/E4/1" | "M/U(0,2)/1" => {
            let process_time = match case {
                "M/D/1" => "\"1 s\"",
                "M/E2/1" => "Erlang(2, \"1 s\")",
                "M/E4/1" => "Erlang(4, \"1 s\")",
                _ => "Uniform(\"0 s\", \"2 s\")",
            };
            let text = one_station(200_000.0, &exponential(1.0 / number("lambda=")), process_time, 1, "Unlimited");
            (text, Family::Station(1), metric)
        }
        "D/M/1" | "E2/M/1" | "E4/M/1" => {
            let mean = seconds(1.0 / number("lambda="));
            let interarrival = match case {
                "D/M/1" => mean,
                "E2/M/1" => format!("Erlang(2, {mean})"),
                _ => format!("Erlang(4, {mean})"),
            };
            let text = one_station(200_000.0, &interarrival, &exponential(1.0 / number("mu=")), 1, "Unlimited");
            (text, Family::Station(1), metric)
        }
        "M/M/1 3-class priority" => {
            let rates = list(parameters, "lambda=[");
            let process = exponential(1.0 / number("mu="));
            let text = classes(&rates, &[process.as_str(); 3]);
            (text, Family::Classes(&[1.0, 1.0, 1.0]), format!("class {}", number("class=")))
        }
        "M/G/1 2-class non-preemptive" => {
            let text = classes(&[0.3, 0.4], &["\"1 s\"", "Exponential(\"500 ms\")"]);
            (text, Family::Classes(&[1.0, 0.5]), format!("class {}", number(" class=")))
        }
        "Jackson open" => (jackson(), Family::Jackson, metric),
        case if case.starts_with("Closed network") => {
            let means = list(parameters, "means=[");
            (closed(&means, number("N=") as u32), Family::Closed(means.len()), metric)
        }
        "Machine repair M/M/c//N" => {
            let machines = number("N=") as usize;
            let (up, repair) = (1.0 / number("fail="), 1.0 / number("repair="));
            (machine_repair(machines, number("crew=") as u32, up, repair), Family::Repair(machines), metric)
        }
        "M/M/1 make-to-stock base-stock" => {
            let text = base_stock(1.0 / number("lambda="), 1.0 / number("mu="), number("S=") as u32);
            (text, Family::BaseStock, metric)
        }
        "Availability" => (availability(number("MTBF="), number("MTTR=")), Family::Availability, metric),
        _ => panic!("{case} is neither played nor left out with a reason"),
    }
}

/// One station with a queue by priority, the first class the most urgent; each class from a source of its own.
fn classes(rates: &[f64], process_times: &[&str]) -> String {
    let (mut types, mut sources, mut times) = (String::new(), String::new(), String::new());
    for (index, (rate, process_time)) in rates.iter().zip(process_times).enumerate() {
        let class = index + 1;
        types += &format!("\"class {class}\": (priority: {}), ", rates.len() - index);
        times += &format!("\"class {class}\": {process_time}, ");
        sources += &format!(
            "\"source {class}\": Source(arrivals: Interarrival({}), part_type: \"class {class}\", next: \"station\"), ",
            exponential(1.0 / rate)
        );
    }
    scenario_text(
        WARM_UP_S,
        300_000.0,
        &format!(
            r#"part_types: {{{types}}}, elements: {{
                {sources}
                "station": Station(
                    process_time: {{{times}}}, queue: (capacity: Unlimited, rule: Priority), next: "out",
                ),
                "out": Sink(),
            }}"#
        ),
    )
}

/// The open network of the table: three stations, the third with two places.
fn jackson() -> String {
    scenario_text(
        WARM_UP_S,
        100_000.0,
        &format!(
            r#"elements: {{
                "source 1": Source(arrivals: Interarrival({}), next: "station 1"),
                "source 2": Source(arrivals: Interarrival({}), next: "station 2"),
                "station 1": Station(process_time: {}, queue: Unlimited, next: "after 1"),
                "after 1": Branch(by: Probability({{"station 2": 0.6, "station 3": 0.4}})),
                "station 2": Station(process_time: {}, queue: Unlimited, next: "after 2"),
                "after 2": Branch(by: Probability({{"station 1": 0.1, "station 3": 0.7, "out": 0.2}})),
                "station 3": Station(capacity: 2, process_time: {}, queue: Unlimited, next: "after 3"),
                "after 3": Branch(by: Probability({{"station 2": 0.2, "out": 0.8}})),
                "out": Sink(),
            }}"#,
            exponential(1.0),
            exponential(5.0),
            exponential(1.0 / 2.5),
            exponential(1.0 / 2.2),
            exponential(1.0),
        ),
    )
}

fn closed(means: &[f64], population: u32) -> String {
    let mut stations = String::new();
    for (index, mean) in means.iter().enumerate() {
        let next = if index + 1 == means.len() { "out".to_owned() } else { format!("station {}", index + 2) };
        stations += &format!(
            "\"station {}\": Station(process_time: {}, queue: Unlimited, next: \"{next}\"), ",
            index + 1,
            exponential(*mean)
        );
    }
    scenario_text(
        WARM_UP_S,
        100_000.0,
        &format!(
            r#"elements: {{
                "pallets": Source(arrivals: Population({population}), next: "station 1"),
                {stations}
                "out": Sink(),
            }}"#
        ),
    )
}

/// Machines that nothing is ever sent to: they fail by the calendar and wait for the crew.
fn machine_repair(machines: usize, crew: u32, up_s: f64, repair_s: f64) -> String {
    let mut elements = String::new();
    for machine in 1..=machines {
        elements += &format!(
            r#""machine {machine}": Station(process_time: "1 s", next: "out", failures: [(
                time_to_failure: {}, clock: CalendarTime, time_to_repair: {}, repaired_by: "crew",
            )]), "#,
            exponential(up_s),
            exponential(repair_s)
        );
    }
    scenario_text(
        WARM_UP_S,
        200_000.0,
        &format!(r#"elements: {{ {elements} "crew": Pool(members: {crew}), "out": Sink() }}"#),
    )
}

/// A demand is taken apart into the demand itself, which waits for a part from stock, and an order to make one.
/// Assembling the two, in no time, is the delivery. The stock is full when the run begins.
fn base_stock(interarrival_s: f64, process_s: f64, level: u32) -> String {
    scenario_text(
        WARM_UP_S,
        500_000.0,
        &format!(
            r#"part_types: {{"call": (), "demand": (), "goods": ()}}, elements: {{
                "customers": Source(
                    arrivals: Interarrival({}), part_type: "call", next: "order desk",
                ),
                "order desk": Disassembly(
                    pieces: [(part_type: "demand", next: "store"), (part_type: "goods", next: "machine")],
                    process_time: "0 s", queue: Unlimited,
                ),
                "machine": Station(process_time: {}, queue: Unlimited, next: "store"),
                "first stock": Source(
                    arrivals: Table([(time: "0 s", quantity: {level})]), part_type: "goods", next: "store",
                ),
                "store": Assembly(
                    bill: {{"demand": 1, "goods": 1}}, process_time: "0 s", queue: Unlimited, next: "out",
                ),
                "out": Sink(),
            }}"#,
            exponential(interarrival_s),
            exponential(process_s)
        ),
    )
}

fn availability(up_s: f64, repair_s: f64) -> String {
    scenario_text(
        WARM_UP_S,
        1_000_000.0,
        &format!(
            r#"elements: {{
                "machine": Station(process_time: "1 s", next: "out", failures: [(
                    time_to_failure: {}, clock: CalendarTime, time_to_repair: {},
                )]),
                "out": Sink(),
            }}"#,
            exponential(up_s),
            exponential(repair_s)
        ),
    )
}

/// Plays one replication and reads every metric of its family.
fn replicate(plant: &Arc<Plant>, draw: Draw, family: Family) -> Metrics {
    let metrics: Vec<(String, f64)> = match family {
        Family::Station(places) => station(plant, draw, places),
        Family::Classes(means) => {
            let report = play(plant, draw, Watched::default(), |_| {});
            let waited = |(index, mean): (usize, &f64)| {
                let flow_time = report.part_types[index].flow_time.mean_seconds().expect("parts were shipped");
                (format!("class {}", index + 1), flow_time - mean)
            };
            means.iter().enumerate().map(waited).collect()
        }
        Family::Jackson => network(plant, draw),
        Family::Closed(stations) => {
            let report = play(plant, draw, Watched::default(), |_| {});
            let level = |index| (format!("L{index}"), element(&report, &format!("station {index}")).level_mean);
            let mut metrics: Vec<(String, f64)> = (1..=stations).map(level).collect();
            metrics.push(("throughput".to_owned(), throughput(&report)));
            metrics
        }
        Family::Repair(machines) => repaired(plant, draw, machines),
        Family::BaseStock => stock(plant, draw),
        Family::Availability => {
            let report = play(plant, draw, Watched::default(), |_| {});
            vec![("A".to_owned(), 1.0 - element(&report, "machine").share(State::Failed))]
        }
    };
    metrics.into_iter().collect()
}

fn throughput(report: &Report) -> f64 {
    shipped(report) as f64 / span_s(report)
}

fn named<const N: usize>(metrics: [(&str, f64); N]) -> Vec<(String, f64)> {
    metrics.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn after_warm_up() -> SimTime {
    SimTime::from_seconds_f64(WARM_UP_S).expect("a short time")
}

/// The metrics of one station. Whether a part had to wait is read off the events, one by one: `Pwait`, and `sigma` of
/// GI/M/1, which is the same probability.
fn station(plant: &Arc<Plant>, draw: Draw, places: u32) -> Vec<(String, f64)> {
    let station = plant.element("station").expect("the station");
    let mut in_line: VecDeque<(u64, SimTime)> = VecDeque::new();
    let (mut begun, mut delayed) = (0_u64, 0_u64);
    let since = after_warm_up();
    let report = play(plant, draw, Watched { events: true, parts: false }, |recorder| {
        for event in recorder.event_records.iter().filter(|event| event.element == station) {
            match event.what {
                Happening::Arrived(part) => in_line.push_back((part, event.at)),
                Happening::Started(part) => {
                    let (first, arrived) = in_line.pop_front().expect("what starts has arrived");
                    assert_eq!(first, part, "first in, first out");
                    if arrived >= since {
                        begun += 1;
                        delayed += u64::from(event.at > arrived);
                    }
                }
                _ => {}
            }
        }
    });
    let (machine, source) = (element(&report, "station"), element(&report, "source"));
    let busy = if places == 1 {
        machine.share(State::Processing)
    } else {
        let figure = machine.figures.iter().find(|figure| figure.name == "busy places");
        figure.expect("a figure of parallel places").value
    };
    let waited = delayed as f64 / begun as f64;
    named([
        ("Pwait", waited),
        ("sigma", waited),
        ("Wq", machine.wait_mean.expect("parts were begun").as_seconds_f64()),
        ("W", report.flow_time.mean_seconds().expect("parts were shipped")),
        ("Lq", machine.level_mean - busy),
        ("L", machine.level_mean),
        ("util", busy / f64::from(places)),
        ("Ploss", source.counts.lost as f64 / source.counts.arrived as f64),
        ("throughput", throughput(&report)),
    ])
}

fn network(plant: &Arc<Plant>, draw: Draw) -> Vec<(String, f64)> {
    let third = plant.element("station 3").expect("the third station");
    let (mut stays, mut total_s) = (0_u64, 0.0);
    let since = after_warm_up();
    let report = play(plant, draw, Watched { events: false, parts: true }, |recorder| {
        for stay in recorder.part_records.iter().filter(|stay| stay.element == third && stay.arrived >= since) {
            stays += 1;
            total_s += (stay.departed - stay.arrived).as_seconds_f64();
        }
    });
    let levels = (1..=3).map(|index| element(&report, &format!("station {index}")).level_mean);
    let machine = element(&report, "station 3");
    let busy = machine.figures.iter().find(|figure| figure.name == "busy places").expect("a figure of parallel places");
    named([
        ("lam", machine.counts.arrived as f64 / span_s(&report)),
        ("L", machine.level_mean),
        ("W", total_s / stays as f64),
        ("util", busy.value / 2.0),
        ("L_total", levels.sum()),
        ("W_total", report.flow_time.mean_seconds().expect("parts were shipped")),
    ])
}

fn repaired(plant: &Arc<Plant>, draw: Draw, machines: usize) -> Vec<(String, f64)> {
    let report = play(plant, draw, Watched::default(), |_| {});
    let all = || (1..=machines).map(|machine| element(&report, &format!("machine {machine}")));
    let down: f64 = all().map(|machine| machine.share(State::WaitingForRepair) + machine.share(State::Repair)).sum();
    let failures: u64 = all().map(|machine| machine.counts.failures).sum();
    let up = machines as f64 - down;
    named([
        ("mean_down", down),
        ("mean_up", up),
        ("availability", up / machines as f64),
        ("repair_rate", failures as f64 / span_s(&report)),
        ("P_all_up", element(&report, "crew").share(State::Starved)),
    ])
}

/// Stock and backorders are what waits in the store: the time integral of the stays there, by part type.
fn stock(plant: &Arc<Plant>, draw: Draw) -> Vec<(String, f64)> {
    let store = plant.element("store").expect("the store");
    let (goods, demand) = (plant.part_type("goods").expect("goods"), plant.part_type("demand").expect("demand"));
    let (mut kept_s, mut owed_s) = (0.0, 0.0);
    let (mut demands, mut at_once) = (0_u64, 0_u64);
    let since = after_warm_up();
    let report = play(plant, draw, Watched { events: false, parts: true }, |recorder| {
        for stay in recorder.part_records.iter().filter(|stay| stay.element == store && stay.departed >= since) {
            let stay_s = (stay.departed - stay.arrived.max(since)).as_seconds_f64();
            if stay.part_type == goods {
                kept_s += stay_s;
            } else if stay.part_type == demand {
                owed_s += stay_s;
                demands += 1;
                at_once += u64::from(stay.departed == stay.arrived);
            }
        }
    });
    let span = span_s(&report);
    named([
        ("E_inventory", kept_s / span),
        ("E_backorders", owed_s / span),
        ("fill_rate", at_once as f64 / demands as f64),
    ])
}
