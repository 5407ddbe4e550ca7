//! A job shop written as a scenario: a station for each machine, a routing for each job, all orders released at the start.

use kernel::SimDuration;

use super::{JobShop, Layout, Operation, Wishes};
use crate::Imported;

/// Writes the scenario and its table of orders.
pub(super) fn write(shop: &JobShop, name: &str, path: &str, wishes: &Wishes, unit: SimDuration) -> Imported {
    let orders = format!("{name}_orders.csv");
    let lines = |count: usize, line: &dyn Fn(usize) -> String| (1..=count).map(line).collect::<String>();
    let is_flexible = shop.layout == Layout::Flexible;
    let what = if is_flexible { "flexible job shop" } else { "job shop" };
    let jobs = shop.jobs.len();
    let width = jobs.to_string().len();
    let job = |number: usize| format!("job {number:0width$}");
    let text = format!(
        "// A {what} of {jobs} jobs on {machines} machines, imported from {path}; a unit of time there is {unit} here.\n\
         // All jobs are there at the start. The makespan is the time at which the last one is done (`flow_time.max`).\n\
         //   linewright run {name}.ron\n\
         {more}\
         Scenario(\n\
         {i}schema: 1,\n\
         {i}name: {quoted},\n\
         {i}clock: (horizon: {horizon}),\n\
         {i}part_types: {{\n{types}{i}}},\n\
         {i}routings: {{\n{routings}{i}}},\n\
         {i}orders: {orders_quoted},\n\
         {i}elements: {{\n\
         {i}{i}\"release\": Source(arrivals: Orders),\n{floor}{stations}\
         {i}{i}\"out\": Sink(),\n\
         {i}}},\n)\n",
        i = INDENT,
        more = if is_flexible {
            String::new()
        } else {
            format!("//   linewright run {name}.ron --set '*.queue=(rule: Spt)'\n")
        },
        machines = shop.machines,
        unit = wishes.unit.trim(),
        quoted = quoted(name),
        orders_quoted = quoted(&orders),
        horizon = duration(horizon(shop), unit),
        types = lines(jobs, &|number| format!("{INDENT}{INDENT}\"{0}\": (routing: \"{0}\"),\n", job(number))),
        routings = lines(jobs, &|number| routing(&job(number), &shop.jobs[number - 1], unit, is_flexible)),
        floor = if is_flexible { FLOOR } else { "" },
        stations = lines(shop.machines, &|number| station(number, &wishes.rule, is_flexible)),
    );
    let table = format!(
        "name,part_type,source\n{}",
        lines(jobs, &|number| format!("J{number:0width$},{},release\n", job(number)))
    );
    Imported { files: vec![(format!("{name}.ron"), text), (orders, table)], notes: notes(shop) }
}

const INDENT: &str = "    ";

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A number of units of time: `30 s` three times is `90 s`.
fn duration(units: u64, unit: SimDuration) -> String {
    let unit = unit.as_nanos() as u64;
    let words = [
        ("d", 86_400_000_000_000),
        ("h", 3_600_000_000_000),
        ("min", 60_000_000_000),
        ("s", 1_000_000_000),
        ("ms", 1_000_000),
    ];
    let (word, nanos) = words.into_iter().find(|(_, nanos)| unit.is_multiple_of(*nanos)).unwrap_or(("ns", 1));
    format!("\"{} {word}\"", units.saturating_mul(unit / nanos))
}

/// Longer than any schedule that leaves no machine idle in front of work.
fn horizon(shop: &JobShop) -> u64 {
    let longest = |operation: &Operation| operation.iter().map(|(_, time)| *time).max().unwrap_or(0);
    shop.jobs.iter().flatten().map(longest).sum::<u64>() + 1
}

/// Where parts of a flexible job shop wait for whichever machine comes free.
const FLOOR: &str = "        \"floor\": Buffer(capacity: Unlimited),\n";

fn station(number: usize, rule: &str, is_flexible: bool) -> String {
    let queue = if is_flexible { String::new() } else { format!(", queue: (rule: {rule})") };
    format!("{INDENT}{INDENT}\"machine {number}\": Station(process_time: \"0 s\"{queue}),\n")
}

fn routing(job: &str, operations: &[Operation], unit: SimDuration, is_flexible: bool) -> String {
    let deep = INDENT.repeat(3);
    let first = |number: usize| if is_flexible && number == 0 { ", via: \"floor\"" } else { "" };
    let steps: String =
        operations.iter().enumerate().map(|(number, operation)| step(operation, unit, first(number))).collect();
    let transport = if is_flexible { format!("{deep}transport: \"floor\",\n") } else { String::new() };
    format!(
        "{INDENT}{INDENT}\"{job}\": (\n{deep}steps: [\n{steps}{deep}],\n{transport}{deep}then: \"out\",\n{INDENT}{INDENT}),\n"
    )
}

fn step(operation: &Operation, unit: SimDuration, more: &str) -> String {
    let machine = |number: usize| format!("\"machine {}\"", number + 1);
    let names: Vec<String> = operation.iter().map(|(number, _)| machine(*number)).collect();
    let time = match &operation[..] {
        [(_, time)] => duration(*time, unit),
        several => {
            let times = several.iter().map(|(number, time)| format!("{}: {}", machine(*number), duration(*time, unit)));
            format!("{{{}}}", times.collect::<Vec<_>>().join(", "))
        }
    };
    format!("{}(at: [{}], process_time: {time}{more}),\n", INDENT.repeat(4), names.join(", "))
}

fn notes(shop: &JobShop) -> Vec<String> {
    let of_layout = match shop.layout {
        Layout::Flexible => Some(
            "an operation that several machines can do is done by the one that comes free first, of several that are free by the \
             first in the file; of the jobs that wait for a machine the one goes first that has waited longest"
                .to_owned(),
        ),
        Layout::Standard | Layout::Taillard => None,
    };
    shop.notes.iter().cloned().chain(of_layout).collect()
}
