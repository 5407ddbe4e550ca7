//! The skeleton of a plant: lines, job shops, circulating pallets. Each brings parts in, leads them through elements and
//! lets them out.

use crate::beside::WORKING;
use crate::draft::{Draft, Drawn, Flow, Spot, listed, quoted};
use crate::laws;
use crate::ways::{WAYS, Way, plain_way, put};

type Skeleton = fn(&mut Draft<'_>, u64);

/// Every skeleton; each takes how many elements it may have, more or less.
pub const SKELETONS: &[Skeleton] = &[line, line, shop, pallets];

/// New part types, a few.
fn types(draft: &mut Draft<'_>) -> Vec<String> {
    (0..draft.chance.between(1, 3)).map(|_| draft.part_type("part", "")).collect()
}

/// What may come in: parts without end only where what they come to takes time and has little room, those that circulate
/// only where something on their way takes time. Else they would come and go at one instant for ever.
#[derive(Debug, Clone, Copy)]
struct Supply {
    can_be_unlimited: bool,
    can_circulate: bool,
}

/// A source of parts that go to `next`, or follow their routings.
fn source(draft: &mut Draft<'_>, types: &[String], next: Option<String>, supply: Supply) {
    let mix = match draft.chance.below(3) {
        _ if types.len() == 1 => quoted(&types[0]),
        0 => listed(types),
        1 => quoted(draft.chance.pick(types)),
        _ => {
            let weights = types.iter().map(|part_type| (part_type, draft.chance.between(1, 4)));
            let weights: Vec<String> =
                weights.map(|(part_type, weight)| format!("\"{part_type}\": {weight}")).collect();
            format!("{{{}}}", weights.join(", "))
        }
    };
    let name = draft.fresh("source");
    let mut fields = vec![("part_type", mix)];
    let mean = draft.chance.between(25, 120);
    let arrivals = match draft.chance.below(10) {
        0 if supply.can_circulate => format!("Population({})", draft.chance.between(2, 12)),
        1 if supply.can_be_unlimited => "Unlimited".to_owned(),
        2 => {
            let rows: Vec<String> = (0..draft.chance.between(1, 6))
                .map(|row| {
                    let (part_type, priority) = (quoted(draft.chance.pick(types)), draft.chance.below(3));
                    let quantity = draft.chance.between(1, 4);
                    format!("(time: \"{} min\", part_type: {part_type}, quantity: {quantity}, priority: {priority}, due: \"{} min\")", row * 7, row * 7 + 40)
                })
                .collect();
            format!("Table([{}])", rows.join(", "))
        }
        3 => {
            for order in 0..draft.chance.between(1, 6) {
                let (part_type, quantity) = (quoted(draft.chance.pick(types)), draft.chance.between(1, 5));
                draft.enter(
                    "orders",
                    format!(
                        "(name: \"order {order} of {name}\", part_type: {part_type}, quantity: {quantity}, release: \"{} min\", due: \"{} min\", priority: {}, source: {})",
                        order * 9,
                        order * 9 + 30,
                        order % 3,
                        quoted(&name)
                    ),
                );
            }
            "Orders".to_owned()
        }
        _ => {
            if draft.chance.one_in(4) {
                fields.push(("batch_size", laws::count(&mut draft.chance)));
            }
            if draft.chance.one_in(5) {
                fields.push(("limit", draft.chance.between(5, 60).to_string()));
            }
            format!("Interarrival({})", laws::time(&mut draft.chance, mean))
        }
    };
    let when_blocked = draft.chance.word(&["Wait", "Pause", "Lose"]);
    if arrivals != "Unlimited" {
        fields.push(("when_blocked", when_blocked));
    }
    if arrivals == "Orders" {
        // Each order says what it is of.
        fields.retain(|(field, _)| *field != "part_type");
    }
    let says_when = arrivals == "Orders" || arrivals.starts_with("Table");
    if draft.chance.one_in(4) {
        let start = format!("\"{} min\"", draft.chance.below(6));
        if !says_when {
            fields.push(("start", start));
        }
    }
    fields.push(("arrivals", arrivals));
    draft.add("Source", &Spot { name, next }, &Flow::of(types), &fields);
}

/// Elements one after another, of any kind that parts go through, to a sink.
fn line(draft: &mut Draft<'_>, size: u64) {
    let types = types(draft);
    let mut flow = Flow::of(&types);
    let ways: Vec<Way> = (0..size).map(|_| *draft.chance.pick(WAYS)).collect();
    let (first, sink) = (chain_names(draft, &ways), draft.sink());
    chain(draft, &mut flow, &ways, &first, &sink);
    let holds_back = |element: &Drawn| element.kind == "Station" && !element.has_endless_queue();
    let can_be_unlimited = draft.element(&first[0]).is_some_and(holds_back);
    let supply = Supply { can_be_unlimited, can_circulate: flow.stands.iter().any(|stand| stand.kind != "Buffer") };
    source(draft, &types, Some(first[0].clone()), supply);
    draft.flows.push(flow);
}

/// Names for elements of these kinds.
fn chain_names(draft: &mut Draft<'_>, ways: &[Way]) -> Vec<String> {
    ways.iter().map(|way| draft.fresh(way.kind)).collect()
}

/// Elements one after another; the last one leads to `end`.
fn chain(draft: &mut Draft<'_>, flow: &mut Flow, ways: &[Way], names: &[String], end: &str) {
    for (place, way) in ways.iter().enumerate() {
        let next = names.get(place + 1).cloned().unwrap_or_else(|| end.to_owned());
        put(draft, way, flow, &Spot { name: names[place].clone(), next: Some(next) });
    }
}

/// Pallets that circulate: a part is put onto each, some things happen to the two, and they part again.
fn pallets(draft: &mut Draft<'_>, size: u64) {
    let (pallet, part) = (draft.part_type("pallet", ""), draft.part_type("part", ""));
    let mut flow = Flow { keeps_types: true, ..Flow::of(std::slice::from_ref(&pallet)) };
    let (load, unload) = (draft.fresh("assembly"), draft.fresh("disassembly"));
    let ways: Vec<Way> = (0..size.max(1)).map(|_| plain_way(draft)).collect();
    let (names, sink) = (chain_names(draft, &ways), draft.sink());
    let load_time = laws::time(&mut draft.chance, 20);
    let bill = format!("{{{}: 1, {}: 1}}", quoted(&pallet), quoted(&part));
    let spot = Spot { name: load.clone(), next: Some(names[0].clone()) };
    draft.add("Assembly", &spot, &flow, &[("bill", bill), ("process_time", load_time), ("queue", "9".to_owned())]);
    chain(draft, &mut flow, &ways, &names, &unload);
    let pieces = format!("[(part_type: {}), (part_type: {})]", quoted(&part), quoted(&pallet));
    let unload_time = laws::time(&mut draft.chance, 15);
    let spot = Spot { name: unload, next: Some(sink) };
    draft.add(
        "Disassembly",
        &spot,
        &flow,
        &[("pieces", pieces), ("process_time", unload_time), ("queue", "2".to_owned())],
    );
    let population = format!("Population({})", draft.chance.between(1, 9));
    let spot = Spot { name: draft.fresh("source"), next: Some(load.clone()) };
    draft.add("Source", &spot, &flow, &[("arrivals", population), ("part_type", quoted(&pallet))]);
    source(draft, &[part], Some(load), Supply { can_be_unlimited: true, can_circulate: true });
    draft.flows.push(flow);
}

/// A shop through which each type has a way of its own, which may come back to an element.
fn shop(draft: &mut Draft<'_>, size: u64) {
    let routed: Vec<(String, String)> = (0..draft.chance.between(1, 3))
        .map(|_| {
            let routing = draft.fresh("routing");
            let pieces = draft.chance.between(1, 4);
            (draft.part_type("lot", &format!("pieces: {pieces}, routing: {}", quoted(&routing))), routing)
        })
        .collect();
    let types: Vec<String> = routed.iter().map(|(part_type, _)| part_type.clone()).collect();
    let mut flow = Flow { is_routed: true, ..Flow::of(&types) };
    for _ in 0..size.max(2) {
        let way = plain_way(draft);
        let spot = Spot { name: draft.fresh(way.kind), next: None };
        put(draft, &way, &mut flow, &spot);
    }
    let carrier = draft.chance.one_in(2).then(|| {
        let name = draft.fresh("delay");
        let time = laws::time(&mut draft.chance, 20);
        draft.add("Delay", &Spot { name: name.clone(), next: None }, &flow, &[("time", time)]);
        name
    });
    for (_, routing) in &routed {
        let steps: Vec<String> = steps(draft, &flow, carrier.as_deref());
        let transport = match &carrier {
            Some(carrier) if draft.chance.one_in(2) => format!("transport: {}, ", quoted(carrier)),
            _ => String::new(),
        };
        let then = quoted(draft.sink());
        let steps = steps.join(",\n            ");
        draft.enter(
            "routings",
            format!("{}: (steps: [\n            {steps},\n        ], {transport}then: {then})", quoted(routing)),
        );
    }
    let can_circulate = flow.stands.iter().all(|stand| stand.kind != "Buffer");
    source(draft, &types, None, Supply { can_be_unlimited: false, can_circulate });
    draft.flows.push(flow);
}

/// The operations of one routing.
fn steps(draft: &mut Draft<'_>, flow: &Flow, carrier: Option<&str>) -> Vec<String> {
    let count = draft.chance.between(1, 2 * flow.stands.len() as u64);
    let (mut steps, mut done) = (Vec::new(), Vec::new());
    for number in 0..count {
        let stand = draft.chance.pick(&flow.stands).clone();
        let works = WORKING.contains(&stand.kind);
        let chance = &mut draft.chance;
        let mut fields = vec![format!("name: \"step {number}\"")];
        let same: Vec<String> =
            flow.stands.iter().filter(|other| other.kind == stand.kind).map(|other| other.name.clone()).collect();
        let at = if chance.one_in(3) { chance.some(&same) } else { vec![stand.name.clone()] };
        fields.push(format!("at: {}", listed(&at)));
        if works && chance.one_in(2) {
            let seconds = chance.between(10, 60);
            fields.push(format!("process_time: {}", laws::time(chance, seconds)));
            fields.push(format!("per: {}", chance.word(&["Job", "Part", "Piece"])));
        }
        if works && chance.one_in(2) {
            // Steps of one recipe are done together, so they have one setup.
            let recipe = chance.below(3);
            fields.push(format!("setup: \"setup {recipe}\", recipe: \"recipe {recipe}\""));
        }
        if chance.one_in(5) {
            fields.push("sampled: 0.7".to_owned());
        }
        if stand.kind == "ToolGroup" && chance.one_in(3) {
            // The tool that did it once does it again.
            let earlier = done.iter().rposition(|at_before: &Vec<String>| *at_before == at);
            fields.extend(earlier.map(|earlier| format!("same_tool_as: \"step {earlier}\"")));
        }
        done.push(at.clone());
        if works && number > 0 && chance.one_in(5) {
            fields.push(format!("rework: 0.2, rework_to: \"step {}\"", chance.below(number)));
        }
        if number + 1 < count && chance.one_in(4) {
            let spoils = chance.one_in(2);
            fields.push(format!("queue_time: \"{} s\", queue_time_spoils: {spoils}", chance.between(10, 200)));
        }
        if let Some(carrier) = carrier.filter(|_| number > 0 && chance.one_in(4)) {
            fields.push(format!("via: {}", quoted(carrier)));
        }
        steps.push(format!("({})", fields.join(", ")));
    }
    steps
}
