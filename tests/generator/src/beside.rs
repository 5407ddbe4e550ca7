//! Kinds that stand beside the way of parts: one function and one line of a list for each sort.

use crate::draft::{Draft, listed, quoted};
use crate::laws;

/// How some kinds are put beside what there is.
#[derive(Debug)]
pub struct Beside {
    /// The kinds.
    pub kinds: &'static [&'static str],
    /// Adds them; nothing where there is nothing that they could belong to.
    pub draw: fn(&mut Draft<'_>),
}

/// Every kind that parts do not go through.
pub const BESIDE: &[Beside] = &[
    Beside { kinds: &["Tank", "Pump", "Pipe"], draw: liquids },
    Beside { kinds: &["PathNetwork", "Fleet"], draw: vehicles },
    Beside { kinds: &["CraneRail"], draw: crane_rail },
    Beside { kinds: &["CardLoop"], draw: card_loop },
    Beside { kinds: &["Pool"], draw: pool },
    Beside { kinds: &["Counter"], draw: counter },
    Beside { kinds: &["LevelSensor"], draw: level_sensor },
    Beside { kinds: &["StateSensor"], draw: state_sensor },
    Beside { kinds: &["PowerMeter"], draw: power_meter },
    Beside { kinds: &["ProcessValue"], draw: process_value },
    Beside { kinds: &["PhotoEye"], draw: photo_eye },
    Beside { kinds: &["Alarm"], draw: alarm },
];

/// Kinds that show readings.
pub const SENSORS: &[&str] = &["Counter", "LevelSensor", "StateSensor", "PowerMeter", "ProcessValue"];

/// Kinds that work on parts.
pub const WORKING: &[&str] = &["Station", "Assembly", "Disassembly", "Batch", "Unbatch", "ToolGroup"];

fn pool(draft: &mut Draft<'_>) {
    let pool = draft.beside("Pool", &[]);
    let size = draft.chance.between(1, 3);
    draft.settings.push((format!("{pool}.members"), format!("[(size: {size}, skills: [\"skill a\", \"skill b\"])]")));
}

/// Who is needed for something.
pub fn crew(draft: &mut Draft<'_>) -> String {
    let pools = draft.names_of(|element| element.kind == "Pool");
    if pools.is_empty() || (pools.len() < 4 && draft.chance.one_in(5)) {
        pool(draft);
    }
    let pools = draft.names_of(|element| element.kind == "Pool");
    let pool = quoted(draft.chance.pick(&pools));
    let skill = draft.chance.word(&["skill a", "skill b"]);
    match draft.chance.below(4) {
        0 => pool,
        1 if pools.len() > 1 => format!("[(pool: {}), (pool: {})]", quoted(&pools[0]), quoted(&pools[1])),
        _ => format!("(pool: {pool}, skill: {})", quoted(&skill)),
    }
}

/// Gives everybody who calls members of a pool that walk a place, when all of them are known.
pub fn say_where(draft: &mut Draft<'_>) {
    let pools = draft.names_of(|element| element.has("walking"));
    for pool in pools {
        let callers = draft.names_of(|element| element.kind != "Pool" && element.mentions(&pool));
        let at: Vec<String> = callers
            .iter()
            .map(|caller| {
                let (x, y) = (draft.chance.below(12), draft.chance.below(6));
                format!("{}: (x: \"{x} m\", y: \"{y} m\")", quoted(caller))
            })
            .collect();
        draft.say(&pool, "walking", |walking| walking.replace("at: {}", &format!("at: {{{}}}", at.join(", "))));
    }
}

/// A tank that can be taken from and one that can be given into.
pub fn tanks(draft: &mut Draft<'_>) -> (String, String) {
    if draft.tanks.is_empty() {
        liquids(draft);
    }
    let tanks = draft.tanks.clone();
    draft.chance.pick(&tanks).clone()
}

/// A header that is filled, by way of a pipe or not, and may leak, and a sump that is drained.
fn liquids(draft: &mut Draft<'_>) {
    let chance = &mut draft.chance;
    let (room, sump_room) = (chance.between(10, 60), chance.between(12, 60));
    let levels =
        if chance.one_in(2) { format!("{{\"low\": \"{} l\"}}", chance.between(2, 8)) } else { "{}".to_owned() };
    let initial = chance.below(10);
    let header = draft.beside(
        "Tank",
        &[
            ("capacity", format!("\"{room} l\"")),
            ("initial", format!("\"{initial} l\"")),
            ("area", "\"300 cm^2\"".to_owned()),
            ("levels", levels),
        ],
    );
    let sump = draft.beside("Tank", &[("capacity", format!("\"{sump_room} l\""))]);
    let flow = format!("\"{} l/min\"", draft.chance.between(1, 20));
    let mut supply = vec![("flow", flow.clone())];
    if draft.chance.one_in(2) {
        let volume = draft.chance.between(1, 9);
        let hose = draft.beside("Pipe", &[("to", quoted(&header)), ("volume", format!("\"0.{volume} l\""))]);
        supply.push(("to", quoted(&hose)));
        // Nothing asks for more than that to be in it.
        draft.settings.push((format!("{header}.capacity"), format!("\"{} l\"", room / 2 + 5)));
    } else {
        supply.push(("to", quoted(&header)));
        if draft.chance.one_in(2) {
            supply.push(("fill", format!("(below: \"{} l\", up_to: \"{} l\")", room / 3, room - 1)));
        }
    }
    let supply = draft.beside("Pump", &supply);
    draft.settings.push((format!("{supply}.flow"), flow));
    if draft.chance.one_in(2) {
        let opening = draft.chance.between(1, 30);
        draft.beside(
            "Pipe",
            &[
                ("from", quoted(&header)),
                ("to", quoted(&sump)),
                ("opening", format!("\"{opening} mm^2\"")),
                ("discharge", "0.6".to_owned()),
            ],
        );
    }
    let (flow, down_to) = (draft.chance.between(2, 20), draft.chance.below(4));
    draft.beside(
        "Pump",
        &[
            ("from", quoted(&sump)),
            ("flow", format!("\"{flow} l/min\"")),
            ("drain", format!("(above: \"{} l\", down_to: \"{down_to} l\")", sump_room * 2 / 3)),
        ],
    );
    draft.tanks.push((header, sump));
}

/// A loop of paths along the elements of a flow, with fewer vehicles than places: there nobody ever waits for good.
fn vehicles(draft: &mut Draft<'_>) {
    let Some(flow) = draft.flows.iter_mut().find(|flow| !flow.is_driven && flow.stands.len() > 1) else { return };
    flow.is_driven = true;
    let stands = flow.stands.clone();
    let chance = &mut draft.chance;
    let count = chance.between(3, 8) as usize;
    let mut serves: Vec<Vec<String>> = vec![Vec::new(); count];
    for stand in &stands {
        if !chance.one_in(5) {
            let node = chance.below(count as u64) as usize;
            serves[node].push(stand.name.clone());
        }
    }
    let (mut nodes, mut segments, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for (node, there) in serves.iter().enumerate() {
        // Two at least, so that one vehicle has somewhere to go.
        let stops = node < 2 || !there.is_empty() || !chance.one_in(4);
        if stops {
            places.push(format!("n{node}"));
        }
        nodes.push(format!(
            "\"n{node}\": (x: \"{} m\", y: \"{} m\", stop: {stops}, serves: {})",
            node * 7,
            6 * node.min(count - node),
            listed(there)
        ));
        let (capacity, to) = (chance.between(1, 2), (node + 1) % count);
        segments.push(format!("(from: \"n{node}\", to: \"n{to}\", capacity: {capacity})"));
    }
    let network = draft.beside(
        "PathNetwork",
        &[("nodes", format!("{{{}}}", nodes.join(", "))), ("segments", format!("[{}]", segments.join(", ")))],
    );
    let chance = &mut draft.chance;
    let most = (places.len() as u64).saturating_sub(1).clamp(1, 4);
    let vehicles = chance.between(1, most) as usize;
    let mut fields = vec![
        ("network", quoted(&network)),
        ("vehicles", vehicles.to_string()),
        ("start", listed(&places[..vehicles])),
        ("speed", "\"1.2 m/s\"".to_owned()),
        ("load_time", laws::time(chance, 5)),
        ("unload_time", laws::time(chance, 4)),
        ("capacity", chance.between(1, 3).to_string()),
        ("dispatching", chance.word(&["Nearest", "LongestWaiting", "LookAhead"])),
    ];
    if chance.one_in(2) {
        fields.push(("loaded_speed", "\"0.8 m/s\"".to_owned()));
    }
    if chance.one_in(3) {
        fields.extend([("length", "\"1.2 m\"".to_owned()), ("width", "\"0.8 m\"".to_owned())]);
    }
    if chance.one_in(3) {
        fields.extend([("acceleration", "\"0.5 m/s^2\"".to_owned()), ("braking", "\"0.7 m/s^2\"".to_owned())]);
    }
    if chance.one_in(2) {
        fields.push(("parking", "[\"n0\"]".to_owned()));
    }
    if chance.one_in(3) {
        let battery = r#"(capacity: "500 Wh", driving: "300 W", standing: "20 W", charging: "3 kW", chargers: ["n0"], charge_below: 0.7, resume_at: 0.9)"#;
        fields.push(("battery", battery.to_owned()));
    }
    draft.beside("Fleet", &fields);
}

/// A rail along some elements of a flow, in any order.
fn crane_rail(draft: &mut Draft<'_>) {
    let Some(flow) = draft.flows.iter_mut().find(|flow| !flow.is_driven && flow.stands.len() > 1) else { return };
    flow.is_driven = true;
    let stands = flow.stands.clone();
    let chance = &mut draft.chance;
    let mut stops = Vec::new();
    for stand in &stands {
        if !chance.one_in(5) {
            stops.push(format!("{}: \"{} m\"", quoted(&stand.name), chance.below(15)));
        }
    }
    let (first, last) = (quoted(&stands[0].name), quoted(&stands[stands.len() - 1].name));
    stops.retain(|stop| !stop.starts_with(&first) && !stop.starts_with(&last));
    stops.extend([format!("{first}: \"0 m\""), format!("{last}: \"16 m\"")]);
    let mut fields = vec![
        ("stops", format!("{{{}}}", stops.join(", "))),
        ("cranes", chance.between(1, 3).to_string()),
        ("clearance", format!("\"{} m\"", chance.between(1, 3))),
        ("speed", "\"2 m/s\"".to_owned()),
        ("pick_time", laws::time(chance, 4)),
        ("drop_time", laws::time(chance, 3)),
        ("dispatching", chance.word(&["Nearest", "LongestWaiting"])),
    ];
    if chance.one_in(2) {
        fields.push(("acceleration", "\"0.5 m/s^2\"".to_owned()));
    }
    draft.beside("CraneRail", &fields);
}

fn card_loop(draft: &mut Draft<'_>) {
    let flows: Vec<_> = draft.flows.iter().filter(|flow| !flow.stands.is_empty()).cloned().collect();
    if flows.is_empty() {
        return;
    }
    let flow = draft.chance.pick(&flows).clone();
    let first = draft.chance.below(flow.stands.len() as u64) as usize;
    let last = draft.chance.between(first as u64, flow.stands.len() as u64 - 1) as usize;
    let cards = match draft.chance.below(4) {
        0 if WORKING.contains(&flow.stands[last].kind) => format!("Work(\"{} min\")", draft.chance.between(3, 12)),
        _ => draft.chance.between(3, 9).to_string(),
    };
    let mut fields = vec![("cards", cards), ("from", listed(&[flow.stands[first].name.clone()]))];
    // Where parts follow routings, they come back to most elements: there cards go back at the end of the plant.
    if !flow.is_routed && (fields[0].1.starts_with("Work") || draft.chance.one_in(2)) {
        fields.push(("to", listed(&[flow.stands[last].name.clone()])));
    } else if fields[0].1.starts_with("Work") {
        fields[0].1 = "4".to_owned();
    }
    if draft.chance.one_in(4) {
        fields.push(("part_types", listed(&draft.chance.some(&flow.stands[first].types))));
    }
    let counts = !fields[0].1.starts_with("Work");
    let cards = draft.beside("CardLoop", &fields);
    if counts {
        draft.settings.push((format!("{cards}.cards"), "2".to_owned()));
    }
}

/// An element of one of these kinds, if there is any.
fn one_of(draft: &mut Draft<'_>, kinds: &[&str]) -> Option<String> {
    let names = draft.names_of(|element| kinds.contains(&element.kind));
    (!names.is_empty()).then(|| quoted(draft.chance.pick(&names)))
}

/// How a value becomes a reading.
fn signal(draft: &mut Draft<'_>, at_regular_times: bool) -> (&'static str, String) {
    let chance = &mut draft.chance;
    let mut fields = Vec::new();
    if at_regular_times || chance.one_in(2) {
        fields.push(format!("sampling: Every(\"{} s\")", chance.between(20, 90)));
    }
    if chance.one_in(3) {
        fields.push(format!("noise: 0.{}", chance.between(1, 9)));
    }
    if chance.one_in(4) {
        fields.push("drift_per_hour: 0.5, resolution: 0.1".to_owned());
    }
    if chance.one_in(4) {
        fields.push("drop_out: 0.05, range: (-1, 90)".to_owned());
    }
    ("signal", format!("({})", fields.join(", ")))
}

fn counter(draft: &mut Draft<'_>) {
    let Some(of) =
        one_of(draft, &["Station", "Assembly", "Batch", "ToolGroup", "Buffer", "Conveyor", "Sink", "Source"])
    else {
        return;
    };
    let counts = ["Arrived", "Departed", "Processed", "Good", "Scrapped", "Reworked", "Failures", "Lost"];
    let count = draft.chance.word(&counts);
    let (output, regular) = match draft.chance.below(3) {
        0 => ("Total", false),
        1 => ("PerInterval", true),
        _ => ("Rate(\"10 min\")", true),
    };
    let signal = signal(draft, regular);
    draft.beside("Counter", &[("of", of), ("count", count), ("output", output.to_owned()), signal]);
}

fn level_sensor(draft: &mut Draft<'_>) {
    let kinds = ["Station", "Buffer", "Conveyor", "ToolGroup", "Delay", "Pool", "Tank", "Assembly"];
    let Some(of) = one_of(draft, &kinds) else { return };
    let signal = signal(draft, false);
    draft.beside("LevelSensor", &[("of", of), signal]);
}

fn state_sensor(draft: &mut Draft<'_>) {
    let kinds =
        ["Station", "Buffer", "Conveyor", "Delay", "Assembly", "Batch", "Unbatch", "Disassembly", "Pump", "Tank"];
    let Some(of) = one_of(draft, &kinds) else { return };
    let signal = signal(draft, false);
    draft.beside("StateSensor", &[("of", of), signal]);
}

fn power_meter(draft: &mut Draft<'_>) {
    let signal = signal(draft, false);
    let powered = draft.names_of(|element| {
        element.has("energy") && !["Fleet", "AutomatedStorage", "CraneRail"].contains(&element.kind)
    });
    if powered.is_empty() || draft.chance.one_in(3) {
        draft.beside("PowerMeter", &[signal]);
    } else {
        let of = quoted(draft.chance.pick(&powered));
        draft.beside("PowerMeter", &[("of", of), signal]);
    }
}

fn process_value(draft: &mut Draft<'_>) {
    let Some(of) = one_of(draft, &["Station", "Assembly", "Conveyor", "Pump"]) else { return };
    let signal = signal(draft, true);
    let minutes = draft.chance.between(1, 8);
    draft.beside(
        "ProcessValue",
        &[
            ("of", of),
            ("value", "20".to_owned()),
            ("by_state", r#"{"Processing": 70, "Failed": 10}"#.to_owned()),
            ("initial", "30".to_owned()),
            ("time_constant", format!("\"{minutes} min\"")),
            signal,
        ],
    );
}

fn photo_eye(draft: &mut Draft<'_>) {
    let Some(at) = one_of(draft, &["Conveyor"]) else { return };
    let position = format!("\"{}.5 m\"", draft.chance.below(2));
    let mut fields = vec![("at", at), ("position", position)];
    if draft.chance.one_in(3) {
        fields.push(("sampling", "Every(\"15 s\")".to_owned()));
    }
    draft.beside("PhotoEye", &fields);
}

fn alarm(draft: &mut Draft<'_>) {
    let Some(sensor) = one_of(draft, SENSORS) else { return };
    let chance = &mut draft.chance;
    let limit = if chance.one_in(2) {
        ("above", chance.below(4).to_string())
    } else {
        ("below", chance.between(1, 9).to_string())
    };
    let delay = format!("\"{} s\"", chance.below(20));
    let severity = chance.word(&["Information", "Warning", "Critical"]);
    draft.beside(
        "Alarm",
        &[("sensor", sensor), limit, ("hysteresis", "0.5".to_owned()), ("delay", delay), ("severity", severity)],
    );
}
