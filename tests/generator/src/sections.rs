//! What a scenario says besides its elements: the clock, prices and costs, what is there at the start, what happens when.

use crate::beside::SENSORS;
use crate::draft::{Draft, Drawn, listed, quoted};

/// Minutes that a plant is played.
const MINUTES: u64 = 90;

/// Draws all sections but those that flows have entered already.
pub fn draw(draft: &mut Draft<'_>) {
    clock(draft);
    if draft.chance.one_in(2) {
        energy(draft);
    }
    if draft.chance.one_in(2) {
        costs(draft);
    }
    if draft.chance.one_in(3) {
        work_in_progress(draft);
    }
    for _ in 0..draft.chance.below(9) {
        event(draft);
    }
}

fn clock(draft: &mut Draft<'_>) {
    let warm_up = draft.chance.below(3) * 10;
    draft.enter(
        "clock",
        format!(r#"(start: "2026-11-23T06:00:00Z", warm_up: "{warm_up} min", horizon: "{MINUTES} min")"#),
    );
}

fn energy(draft: &mut Draft<'_>) {
    let (usual, cheap) = (draft.chance.between(20, 40), draft.chance.between(5, 19));
    let times = if draft.chance.one_in(2) {
        format!(r#", times: [(days: "Mon-Fri", from: "06:{cheap:02}", to: "07:00", price: "0.{cheap:02} EUR/kWh")]"#)
    } else {
        String::new()
    };
    let mut fields = vec![format!(r#"tariff: (price: "0.{usual} EUR/kWh"{times})"#)];
    let chance = &mut draft.chance;
    fields.push(match chance.below(2) {
        0 => r#"emission: "380 g/kWh""#.to_owned(),
        _ => r#"emission: (emission: "380 g/kWh", times: [(from: "06:30", to: "07:10", emission: "200 g/kWh")])"#
            .to_owned(),
    });
    if chance.one_in(2) {
        let peak = chance.between(5, 90);
        fields.push(format!(
            r#"solar: (peak: "{peak} kW", profile: [(from: "06:20", share: 0.5), (from: "07:00", share: 1.0)])"#
        ));
        fields.push(r#"feed_in: "0.08 EUR/kWh""#.to_owned());
    }
    if chance.one_in(2) {
        let room = chance.between(1, 20);
        fields.push(format!(
            r#"battery: (capacity: "{room} kWh", charging: "9 kW", discharging: "7 kW", efficiency: 0.9)"#
        ));
    }
    if chance.one_in(3) {
        fields.extend(limit_of_load(draft));
    }
    if draft.chance.one_in(2) {
        fields.push(
            r#"carriers: {"air": (electricity: "0.1 kWh/m^3"), "gas": (price: "0.1 EUR/kWh", emission: "200 g/kWh")}"#
                .to_owned(),
        );
        for station in draft.names_of(|element| element.kind == "Station" && element.has("energy")) {
            let takes =
                draft.chance.word(&[r#""air": (processing: "9 m^3/h", per_part: "20 l")"#, r#""gas": (idle: "1 kW")"#]);
            draft.say(&station, "energy", |energy| format!("{}, carriers: {{{takes}}})", energy.trim_end_matches(')')));
        }
    }
    draft.enter("energy", format!("({})", fields.join(", ")));
}

/// A limit of the load, for which some stations wait.
fn limit_of_load(draft: &mut Draft<'_>) -> Option<String> {
    let held = draft.names_of(|element| element.kind == "Station" && element.has("energy"));
    if held.is_empty() {
        return None;
    }
    let (limit, hold) = (draft.chance.between(60, 200), listed(&draft.chance.some(&held)));
    Some(format!(r#"peak: (limit: "{limit} kW", hold: {hold})"#))
}

fn costs(draft: &mut Draft<'_>) {
    let rates = |names: &[String], rate: &str| -> String {
        names.iter().map(|name| format!("{}: {rate}", quoted(name))).collect::<Vec<_>>().join(", ")
    };
    let pools = draft.names_of(|element| element.kind == "Pool");
    let machines = draft.names_of(|element| ["Station", "ToolGroup", "Conveyor", "Fleet"].contains(&element.kind));
    let labour = rates(&pools, "\"38 EUR/h\"");
    let machines: Vec<String> = machines.into_iter().filter(|_| draft.chance.one_in(3)).collect();
    let machines = rates(&machines, "(in_use: \"12 EUR/h\", always: \"3 EUR/h\")");
    draft.enter(
        "costs",
        format!(
            r#"(labour: {{{labour}}}, machines: {{{machines}}}, materials: {{"*": "2 EUR"}}, scrap: {{"*": "1 EUR"}}, late: {{"*": "4 EUR/h"}})"#
        ),
    );
}

/// Parts at elements that have room for one, and parts that follow routings, which lead to where there is room for any.
fn work_in_progress(draft: &mut Draft<'_>) {
    for flow in draft.flows.clone() {
        let endless = |name: &str| draft.element(name).is_some_and(Drawn::has_endless_queue);
        let is_roomy = flow.stands.iter().all(|stand| match stand.kind {
            "Station" => endless(&stand.name),
            kind => ["Buffer", "Delay", "ToolGroup"].contains(&kind),
        });
        for stand in
            flow.stands.iter().filter(|stand| ["Station", "Buffer", "Delay", "ToolGroup"].contains(&stand.kind))
        {
            let part_type = quoted(draft.chance.pick(&stand.types));
            if flow.is_routed && is_roomy && draft.chance.one_in(2) {
                draft.enter("work_in_progress", format!("(part_type: {part_type}, quantity: 2, due: \"25 min\")"));
            } else if !flow.is_routed && draft.chance.one_in(2) {
                let (at, age) = (quoted(&stand.name), draft.chance.below(50));
                draft.enter("work_in_progress", format!("(part_type: {part_type}, at: {at}, age: \"{age} min\")"));
            }
        }
    }
}

/// Something that happens at some time, and what ends it later.
fn event(draft: &mut Draft<'_>) {
    type Command = fn(&str) -> String;
    let kinds_of = |kinds: &[&str]| draft.names_of(|element| kinds.contains(&element.kind));
    let units =
        |facet: &str| draft.names_of(|element| element.has(facet) && !["Fleet", "ToolGroup"].contains(&element.kind));
    let commands: [(Vec<String>, Command, Command); 5] = [
        (units("failures"), |name| format!("Fail({name})"), |name| format!("Repair({name})")),
        (kinds_of(&["Conveyor", "Pump"]), |name| format!("Stop({name})"), |name| format!("Go({name})")),
        (
            draft.names_of(|element| element.kind == "Source" && element.says("arrivals") != Some("Orders")),
            |name| format!("Rush(source: {name}, quantity: 2)"),
            |name| format!("Rush(source: {name})"),
        ),
        (
            kinds_of(SENSORS),
            |name| format!("SensorFault({name}, Drift(2))"),
            |name| format!("SensorFault({name}, Clear)"),
        ),
        (
            kinds_of(&["Station", "Buffer", "Delay", "Pool"]),
            |name| format!("Shift({name}, false)"),
            |name| format!("Shift({name}, true)"),
        ),
    ];
    let chance = &mut draft.chance;
    let (begin, end) = (chance.between(2, MINUTES / 2), chance.between(MINUTES / 2, MINUTES - 2));
    if chance.one_in(2) && !draft.settings.is_empty() {
        let (path, value) = chance.pick(&draft.settings);
        let event = format!("At(\"{begin} min\", Set({}, {value}))", quoted(path));
        return draft.enter("events", event);
    }
    let (names, from, to) = chance.pick(&commands);
    if !names.is_empty() {
        let name = quoted(chance.pick(names));
        draft.enter("events", format!("At(\"{begin} min\", {})", from(&name)));
        draft.enter("events", format!("At(\"{end} min\", {})", to(&name)));
    }
}
