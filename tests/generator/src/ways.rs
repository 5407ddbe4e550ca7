//! Kinds that parts go through: one function and one line of a list for each.
//!
//! Each function puts an element of its kind, and what it cannot be without, at a [`Spot`] of a [`Flow`], and says what
//! the parts are when they leave it.

use crate::draft::{Draft, Flow, Spot, Stand, listed, quoted};
use crate::facets::work_seconds;
use crate::laws;

/// How a kind is put on the way of parts.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// The kind.
    pub kind: &'static str,
    /// Whether parts leave it as what they came, one by one: then it can be a step of a routing, or one of several ways.
    pub is_plain: bool,
    draw: fn(&mut Draft<'_>, &mut Flow, &Spot),
}

const fn plain(kind: &'static str, draw: fn(&mut Draft<'_>, &mut Flow, &Spot)) -> Way {
    Way { kind, is_plain: true, draw }
}

const fn special(kind: &'static str, draw: fn(&mut Draft<'_>, &mut Flow, &Spot)) -> Way {
    Way { kind, is_plain: false, draw }
}

/// Every kind on the way from sources to sinks, but for these two.
pub const WAYS: &[Way] = &[
    plain("Station", station),
    plain("Buffer", buffer),
    plain("Delay", delay),
    plain("AutomatedStorage", automated_storage),
    plain("Conveyor", conveyor),
    plain("ToolGroup", tool_group),
    plain("Furnace", furnace),
    plain("AdditiveStation", additive_station),
    special("Assembly", assembly),
    special("Disassembly", disassembly),
    special("Batch", batch),
    special("Unbatch", unbatch),
    special("Branch", branch),
    special("Merge", merge),
];

/// Puts a kind at a spot.
pub fn put(draft: &mut Draft<'_>, way: &Way, flow: &mut Flow, spot: &Spot) {
    // Branches and merges hold nothing.
    if !["Branch", "Merge"].contains(&way.kind) {
        flow.stands.push(Stand { name: spot.name.clone(), kind: way.kind, types: flow.types.clone() });
    }
    (way.draw)(draft, flow, spot);
}

/// One of the plain kinds.
pub fn plain_way(draft: &mut Draft<'_>) -> Way {
    let plain: Vec<Way> = WAYS.iter().filter(|way| way.is_plain).copied().collect();
    *draft.chance.pick(&plain)
}

/// Rules that ask nothing of process times.
const RULES: &[&str] = &["Fifo", "Lifo", "Spt", "Lpt", "Mopnr", "Lopnr", "Edd", "Priority", "SetupAvoiding"];

/// Rules that have to know the work that is left.
const WORK_RULES: &[&str] = &["Mwkr", "Lwkr", "CriticalRatio"];

/// A process time, and a rule that can do with it.
fn process_time(draft: &mut Draft<'_>, flow: &Flow, spot: &Spot) -> (String, String) {
    let seconds = work_seconds(&mut draft.chance);
    let law = laws::time(&mut draft.chance, seconds);
    draft.settings.push((format!("{}.process_time", spot.name), laws::time(&mut draft.chance, seconds)));
    let time = match draft.chance.below(7) {
        6 => format!("(base: {law}, options: {{\"colour\": {{\"red\": \"3 s\"}}}})"),
        0 => r#"(attribute: "size", unit: "9 s")"#.to_owned(),
        1 => {
            let part_type = quoted(draft.chance.pick(&flow.types));
            format!("{{{part_type}: {law}, \"*\": {}}}", laws::time(&mut draft.chance, seconds))
        }
        _ => law,
    };
    let rule = if !time.contains("attribute") && draft.chance.one_in(4) {
        draft.chance.word(WORK_RULES)
    } else {
        draft.chance.word(RULES)
    };
    (time, rule)
}

/// Room for what waits: where parts follow routings, as much as there may be, or they would soon stand in a circle.
fn queue(draft: &mut Draft<'_>, flow: &Flow, rule: &str) -> String {
    if flow.is_routed && !draft.chance.one_in(12) {
        return format!("(capacity: Unlimited, rule: {rule})");
    }
    match draft.chance.below(5) {
        0 => "0".to_owned(),
        1 => draft.chance.between(1, 6).to_string(),
        2 => "Unlimited".to_owned(),
        _ => format!("(capacity: {}, rule: {rule})", draft.chance.between(1, 8)),
    }
}

/// Room can become less during a run.
fn room_setting(draft: &mut Draft<'_>, spot: &Spot, field: &str) {
    let room = draft.chance.between(1, 9);
    draft.settings.push((format!("{}.{field}", spot.name), room.to_string()));
}

fn station(draft: &mut Draft<'_>, flow: &mut Flow, spot: &Spot) {
    let (time, rule) = process_time(draft, flow, spot);
    let mut fields = vec![("process_time", time), ("queue", queue(draft, flow, &rule))];
    if draft.chance.one_in(3) {
        fields.push(("capacity", draft.chance.between(2, 3).to_string()));
    }
    job(draft, &mut fields);
    room_setting(draft, spot, "queue");
    draft.add("Station", spot, flow, &fields);
}

/// For what a process time counts, and what comes to it.
fn job(draft: &mut Draft<'_>, fields: &mut Vec<(&'static str, String)>) {
    let chance = &mut draft.chance;
    if chance.one_in(4) {
        fields.push(("per", chance.word(&["Job", "Part", "Piece"])));
    }
    if chance.one_in(6) {
        fields.push(("interval", format!("\"{} s\"", chance.between(4, 15))));
    }
    if chance.one_in(5) {
        let (load, unload) = (chance.between(1, 9), chance.below(6));
        let occupies = chance.one_in(2);
        fields.push(("handling", format!("(load: \"{load} s\", unload: \"{unload} s\", occupies: {occupies})")));
    }
}

/// A furnace whose programs take all types together, or the first one apart.
fn furnace(draft: &mut Draft<'_>, flow: &mut Flow, spot: &Spot) {
    let queue = queue(draft, flow, "Fifo");
    let chance = &mut draft.chance;
    let hottest = chance.between(60, 300);
    let heat = match chance.below(2) {
        0 => format!("Heat(to: \"{hottest} degC\", power: \"30 kW\")"),
        _ => format!("Heat(to: \"{hottest} degC\", rate: \"{} K/s\")", chance.between(2, 20)),
    };
    let cool =
        if chance.one_in(2) { format!(", Cool(to: \"{} degC\", rate: \"9 K/s\")", hottest / 2) } else { String::new() };
    let program =
        |hold: u64, types: &str| format!("(segments: [{heat}, Hold(\"{hold} s\"){cool}], part_types: [{types}])");
    let programs = if flow.types.len() > 1 && chance.one_in(2) {
        let (first, rest) = (quoted(&flow.types[0]), program(chance.between(5, 30), "\"*\""));
        format!("{{\"one\": {}, \"rest\": {rest}}}", program(chance.between(5, 30), &first))
    } else {
        format!("{{\"all\": {}}}", program(chance.between(5, 30), "\"*\""))
    };
    let capacity = chance.between(1, 6);
    let mut fields = vec![
        ("capacity", capacity.to_string()),
        ("minimum", chance.between(1, capacity).to_string()),
        ("longest_wait", format!("\"{} s\"", chance.between(5, 60))),
        ("programs", programs),
        ("time_constant", format!("\"{} s\"", chance.between(30, 600))),
        ("holding", "(at: \"300 degC\", power: \"3 kW\")".to_owned()),
        ("queue", queue),
    ];
    if chance.one_in(3) {
        fields.push(("loading", format!("\"{} s\"", chance.between(1, 9))));
        fields.push(("unloading", format!("\"{} s\"", chance.between(1, 9))));
    }
    draft.add("Furnace", spot, flow, &fields);
}

/// A printer: every type has a volume, see [`Draft::part_type`].
fn additive_station(draft: &mut Draft<'_>, flow: &mut Flow, spot: &Spot) {
    let room = draft.chance.between(1, 9).to_string();
    let queue = if flow.is_routed { "Unlimited".to_owned() } else { room };
    let chance = &mut draft.chance;
    let mut fields = vec![
        ("build_volume", "(length: \"200 mm\", width: \"200 mm\", height: \"300 mm\")".to_owned()),
        ("packing_density", format!("0.{}", chance.between(1, 4))),
        ("least_fill", format!("0.{}", chance.below(9))),
        ("longest_wait", format!("\"{} s\"", chance.between(5, 60))),
        ("layer_thickness", "\"1 mm\"".to_owned()),
        ("recoating_time", "\"100 ms\"".to_owned()),
        ("build_rate", "\"900 l/h\"".to_owned()),
        ("cool_down", format!("\"{} s\"", chance.below(20))),
        ("removable_chamber", chance.one_in(2).to_string()),
        ("queue", queue),
    ];
    if chance.one_in(2) {
        fields.push(("preparation", format!("\"{} s\"", chance.between(1, 20))));
    }
    if chance.one_in(2) {
        let powder = "(bulk_density: \"0.45 g/cm^3\", density: \"1.01 g/cm^3\", recovery: 0.9, refresh: 0.3)";
        fields.push(("powder", powder.to_owned()));
    }
    draft.add("AdditiveStation", spot, flow, &fields);
}

fn buffer(draft: &mut Draft<'_>, flow: &mut Flow, spot: &Spot) {
    let capacity = if flow.is_routed { "Unlimited".to_owned() } else { draft.chance.between(1, 12).to_string() };
    let mut fields = vec![("capacity", capacity)];
    if draft.chance.one_in(3) {
        let seconds = work_seconds(&mut draft.chance);
        fields.push(("work", laws::time(&mut draft.chance, seconds)));
        fields.push(("rule", draft.chance.word(WORK_RULES)));
    } else {
        fields.push(("rule", draft.chance.word(RULES)));
    }
    if draft.chance.one_in(3) {
        fields.push(("minimum_dwell", laws::time(&mut draft.chance, 25)));
    }
    room_setting(draft, spot, "capacity");
    draft.add("Buffer", spot, flow, &fields);
}

fn automated_storage(draft: &mut Draft<'_>, flow: &mut Flow, spot: &Spot) {
    let chance = &mut draft.chance;
    let mut fields = vec![
        ("aisles", chance.between(1, 2).to_string()),
        ("sides", chance.between(1, 2).to_string()),
        ("bays", chance.between(9, 14).to_string()),
        ("tiers", chance.between(5, 9).to_string()),
        ("bay_width", "\"1.2 m\"".to_owned()),
        ("tier_height", "\"1 m\"".to_owned()),
        ("travel_speed", "\"3 m/s\"".to_owned()),
        ("lift_speed", "\"2 m/s\"".to_owned()),
        ("place", chance.word(&["Nearest", "Random"])),
        ("retrieval", chance.word(&["FirstIn", "Nearest"])),
        ("command_cycle", chance.word(&["Single", "Dual"])),
        ("dwell_point", chance.word(&["Stay", "InputOutput"])),
    ];
    if chance.one_in(2) {
        fields.push(("travel_acceleration", "\"1 m/s^2\"".to_owned()));
        fields.push(("lift_acceleration", "\"800 mm/s^2\"".to_owned()));
    }
    if chance.one_in(2) {
        fields.push(("transfer_time", laws::time(chance, 3)));
    }
    draft.settings.push((format!("{}.transfer_time", spot.name), laws::time(&mut draft.chance, 4)));
    draft.add("AutomatedStorage", spot, flow, &fields);
}

fn delay(draft: &mut Draft<'_>, flow: &mut Flow, spot: &Spot) {
    let seconds = work_seconds(&mut draft.chance);
    let mut fields = vec![("time", laws::time(&mut draft.chance, seconds))];
    if !flow.is_routed {
        fields.push(("capacity", draft.chance.between(1, 6).to_string()));
    }
    fields.push(("ordered", draft.chance.one_in(2).to_string()));
    draft.settings.push((format!("{}.time", spot.name), laws::time(&mut draft.chance, seconds)));
    room_setting(draft, spot, "capacity");
    draft.add("Delay", spot, flow, &fields);
}

fn conveyor(draft: &mut Draft<'_>, flow: &mut Flow, spot: &Spot) {
    let chance = &mut draft.chance;
    let length = chance.between(2, 9);
    let mut fields = vec![
        ("length", format!("\"{length} m\"")),
        ("speed", format!("\"0.{} m/s\"", chance.between(1, 9))),
        ("accumulating", chance.one_in(2).to_string()),
        ("part_length", format!("\"{} mm\"", chance.between(1, 8) * 100)),
        ("gap", format!("\"{} mm\"", chance.below(3) * 50)),
    ];
    if chance.one_in(3) {
        let (place, dwell) = (chance.below(length), laws::time(chance, 8));
        fields.push(("stoppers", format!("{{\"stop\": (position: \"{place}.5 m\", dwell: {dwell})}}")));
    }
    if chance.one_in(4) {
        fields.push(("acceleration", "\"0.1 m/s^2\"".to_owned()));
    }
    let (speed, gap, longer) = (chance.below(6), chance.below(9), length + chance.below(3));
    draft.settings.push((format!("{}.speed", spot.name), format!("\"0.{speed} m/s\"")));
    draft.settings.push((format!("{}.gap", spot.name), format!("\"{gap}0 mm\"")));
    draft.settings.push((format!("{}.length", spot.name), format!("\"{longer} m\"")));
    draft.add("Conveyor", spot, flow, &fields);
}

fn tool_group(draft: &mut Draft<'_>, flow: &mut Flow, spot: &Spot) {
    let (time, rule) = process_time(draft, flow, spot);
    let tools = draft.chance.between(1, 4);
    let ranking = match draft.chance.below(3) {
        0 => format!("[SetupAvoiding, Priority, {rule}]"),
        _ => rule,
    };
    let mut fields = vec![("tools", tools.to_string()), ("process_time", time), ("ranking", ranking)];
    if !flow.is_routed && draft.chance.one_in(2) {
        fields.push(("queue", draft.chance.between(4, 9).to_string()));
    }
    if draft.chance.one_in(3) {
        let (part_type, tool) = (quoted(draft.chance.pick(&flow.types)), draft.chance.between(1, tools));
        fields.push(("qualified", format!("{{{part_type}: [{tool}]}}")));
    }
    if draft.chance.one_in(2) {
        let (most, wait) = (draft.chance.between(2, 4), draft.chance.between(1, 6));
        let least = draft.chance.between(1, most);
        let together = draft.chance.word(&["Step", "Recipe"]);
        fields.push((
            "batch",
            format!("(minimum: {least}, maximum: {most}, longest_wait: \"{wait} min\", together: {together})"),
        ));
    }
    job(draft, &mut fields);
    draft.settings.push((format!("{}.ranking", spot.name), draft.chance.word(RULES)));
    draft.add("ToolGroup", spot, flow, &fields);
}

/// How parts come to one element that are bought for it, or made on a short line of their own.
fn component(draft: &mut Draft<'_>, part_type: &str, to: &str) {
    let mut flow = Flow::of(&[part_type.to_owned()]);
    let mut next = to.to_owned();
    let steps = draft.chance.below(3);
    for _ in 0..steps {
        let way = plain_way(draft);
        let spot = Spot { name: draft.fresh(way.kind), next: Some(next) };
        (way.draw)(draft, &mut flow, &spot);
        next = spot.name;
    }
    let arrivals = match draft.chance.below(3) {
        0 if steps == 0 => "Unlimited".to_owned(),
        _ => format!("Interarrival({})", laws::time(&mut draft.chance, 50)),
    };
    let spot = Spot { name: draft.fresh("source"), next: Some(next) };
    draft.add("Source", &spot, &flow, &[("arrivals", arrivals), ("part_type", quoted(part_type))]);
}

fn assembly(draft: &mut Draft<'_>, flow: &mut Flow, spot: &Spot) {
    let (time, _) = process_time(draft, flow, spot);
    let part = draft.part_type("component", "");
    component(draft, &part, &spot.name);
    let amount = draft.chance.between(1, 2);
    let bill = format!("[(any_of: {}), (any_of: [{}], amount: {amount})]", listed(&flow.types), quoted(&part));
    let mut fields = vec![("bill", bill), ("process_time", time), ("queue", draft.chance.between(2, 5).to_string())];
    let product = (!flow.keeps_types && draft.chance.one_in(2)).then(|| draft.part_type("product", ""));
    fields.extend(product.iter().map(|product| ("product", quoted(product))));
    draft.add("Assembly", spot, flow, &fields);
    flow.types = product.map_or(std::mem::take(&mut flow.types), |product| vec![product]);
}

fn disassembly(draft: &mut Draft<'_>, flow: &mut Flow, spot: &Spot) {
    if flow.keeps_types {
        return station(draft, flow, spot);
    }
    let (time, _) = process_time(draft, flow, spot);
    let (good, waste) = (draft.part_type("piece", ""), draft.part_type("waste", ""));
    let sink = draft.sink();
    let amount = draft.chance.between(1, 3);
    let pieces = format!(
        "[(part_type: {}, amount: {amount}), (part_type: {}, next: {})]",
        quoted(&good),
        quoted(&waste),
        quoted(&sink)
    );
    let queue = draft.chance.below(4).to_string();
    draft.add("Disassembly", spot, flow, &[("pieces", pieces), ("process_time", time), ("queue", queue)]);
    flow.types = vec![good];
    flow.packed.clear();
}

fn batch(draft: &mut Draft<'_>, flow: &mut Flow, spot: &Spot) {
    if flow.keeps_types {
        return station(draft, flow, spot);
    }
    let container = draft.part_type("box", "");
    let chance = &mut draft.chance;
    let mut fields = vec![
        ("size", chance.between(2, 4).to_string()),
        ("container", quoted(&container)),
        ("process_time", laws::time(chance, 20)),
        ("queue", chance.below(6).to_string()),
        ("same_type", chance.one_in(3).to_string()),
    ];
    if chance.one_in(2) {
        fields.push(("longest_wait", format!("\"{} min\"", chance.between(2, 9))));
    }
    draft.add("Batch", spot, flow, &fields);
    flow.packed.push(std::mem::replace(&mut flow.types, vec![container]));
}

fn unbatch(draft: &mut Draft<'_>, flow: &mut Flow, spot: &Spot) {
    if flow.keeps_types {
        return station(draft, flow, spot);
    }
    // Parts that are in nothing are packed first.
    let inside = if flow.packed.is_empty() {
        let name = draft.fresh("unbatch");
        batch(draft, flow, &Spot { name: spot.name.clone(), next: Some(name.clone()) });
        name
    } else {
        spot.name.clone()
    };
    let fields = [("process_time", laws::time(&mut draft.chance, 15)), ("queue", draft.chance.below(4).to_string())];
    draft.add("Unbatch", &Spot { name: inside, next: spot.next.clone() }, flow, &fields);
    flow.types = flow.packed.pop().unwrap_or_default();
}

fn branch(draft: &mut Draft<'_>, flow: &mut Flow, spot: &Spot) {
    let arms: Vec<String> = (0..draft.chance.between(2, 3))
        .map(|_| {
            let way = plain_way(draft);
            let arm = Spot { name: draft.fresh(way.kind), next: spot.next.clone() };
            // What is on one of several ways does not stand behind what is on another.
            (way.draw)(draft, flow, &arm);
            arm.name
        })
        .collect();
    let (one, other) = (quoted(&arms[0]), quoted(&arms[1]));
    let by = match draft.chance.below(6) {
        0 => format!("Probability({{{one}: {}, {other}: 2}})", draft.chance.between(1, 5)),
        1 => format!(
            "Attribute(attribute: \"weight\", cases: [Below(2, {one}), AtLeast(5, {other}), Equal(4, {one})], otherwise: {other})"
        ),
        2 => format!("PartType({{{}: {one}, \"*\": {other}}})", quoted(draft.chance.pick(&flow.types))),
        3 => format!("Alternation(sequence: [{one}, {other}, {one}], strict: {})", draft.chance.one_in(2)),
        4 => format!("ShortestQueue({})", listed(&arms)),
        _ => format!("FirstFree({})", listed(&arms)),
    };
    let spot = Spot { name: spot.name.clone(), next: None };
    draft.add("Branch", &spot, flow, &[("by", by)]);
}

fn merge(draft: &mut Draft<'_>, flow: &mut Flow, spot: &Spot) {
    let part_type = draft.chance.pick(&flow.types).clone();
    let side = draft.fresh("side");
    let from = Spot { name: side.clone(), next: Some(spot.name.clone()) };
    let arrivals = format!("Interarrival({})", laws::time(&mut draft.chance, 240));
    let alone = Flow::of(std::slice::from_ref(&part_type));
    draft.add("Source", &from, &alone, &[("arrivals", arrivals), ("part_type", quoted(&part_type))]);
    let priorities = if draft.chance.one_in(2) { format!("{{{}: 2}}", quoted(&side)) } else { "{}".to_owned() };
    draft.add("Merge", spot, flow, &[("priorities", priorities)]);
}
