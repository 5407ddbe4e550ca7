//! A walk over the registry: every element kind, every facet and every code has documentation, an example that works
//! and a check that refuses something. What is added without them is named here and fails.

mod bare;
mod explanations;

use std::collections::BTreeSet;
use std::sync::Arc;

use paint_shop::PaintShop;
use plant::description::{FieldShape, Shape, ShapeKind, VariantContents};
use plant::facet::{FacetShape, facet_shapes};
use plant::kind::Kind;
use plant::registry::Registry;
use scenario::load::Rejected;

use crate::playing::{read_with, shown};

/// One element of each kind that its own check refuses, with the code.
const WRONG_ELEMENTS: &[(&str, &str, &str)] = &[
    ("Source", r#"Source(arrivals: Interarrival(Exponential("0 s")), next: "out")"#, "LW0208"),
    ("Sink", "Sink(capacity: 2)", "LW0301"),
    ("Station", r#"Station(capacity: 0, process_time: "40 s", next: "out")"#, "LW0501"),
    ("Assembly", r#"Assembly(bill: {}, process_time: "40 s", next: "out")"#, "LW0501"),
    ("Disassembly", r#"Disassembly(capacity: 0, pieces: [], process_time: "40 s", next: "out")"#, "LW0501"),
    ("Batch", r#"Batch(size: 0, container: "part", next: "out")"#, "LW0501"),
    ("Unbatch", r#"Unbatch(process_time: "-8 s", next: "out")"#, "LW0206"),
    (
        "Robot",
        r#"Robot(arm: DenavitHartenberg([]), pick: (), place: (), pattern: (columns: 0), next: "out")"#,
        "LW0501",
    ),
    ("Furnace", r#"Furnace(capacity: 2, programs: {}, time_constant: "1 h", next: "out")"#, "LW0501"),
    (
        "AdditiveStation",
        r#"AdditiveStation(build_volume: (length: "1 m", width: "1 m", height: "1 m"), packing_density: 0, layer_thickness: "1 mm", recoating_time: "1 s", build_rate: "1 l/h", next: "out")"#,
        "LW0501",
    ),
    ("Conveyor", r#"Conveyor(length: "1 m", speed: "1 m/s", part_length: "2 m", next: "out")"#, "LW0501"),
    ("Zone", r#"Zone(jam_after: "-1 s")"#, "LW0206"),
    ("Pusher", r#"Pusher(at: "out", position: "1 m", to: "out")"#, "LW0402"),
    ("Diverter", r#"Diverter(at: "out", position: "1 m", to: "out")"#, "LW0402"),
    ("Turntable", r#"Turntable(zone: "out", length: "1 m", speed: "1 m/s", to: {"*": (next: "out")})"#, "LW0402"),
    ("Lift", r#"Lift(zone: "out", length: "1 m", speed: "1 m/s", to: {"*": (next: "out")})"#, "LW0402"),
    ("BarcodeReader", r#"BarcodeReader(at: "out", position: "1 m")"#, "LW0402"),
    ("Scale", r#"Scale(at: "out", position: "1 m", length: "1 m")"#, "LW0402"),
    ("ProximitySensor", r#"ProximitySensor(at: "out", position: "1 m")"#, "LW0402"),
    ("PhotoEye", r#"PhotoEye(at: "out", position: "1 m")"#, "LW0402"),
    ("Pool", r#"Pool(members: "three")"#, "LW0201"),
    ("ToolGroup", r#"ToolGroup(tools: 0, process_time: "1 h", next: "out")"#, "LW0501"),
    ("Buffer", r#"Buffer(capacity: 0, next: "out")"#, "LW0501"),
    ("Branch", "Branch(by: FirstFree([]))", "LW0501"),
    ("Merge", r#"Merge(next: "nowhere")"#, "LW0401"),
    ("Delay", r#"Delay(time: "5", next: "out")"#, "LW0202"),
    ("PathNetwork", r#"PathNetwork(nodes: {"a": (capacity: 0)}, segments: [])"#, "LW0501"),
    ("Fleet", r#"Fleet(network: "out", vehicles: 1, start: ["a"], speed: "1 m/s")"#, "LW0402"),
    (
        "AutomatedStorage",
        r#"AutomatedStorage(bays: 0, tiers: 4, bay_width: "1 m", tier_height: "1 m", travel_speed: "1 m/s", lift_speed: "1 m/s", next: "out")"#,
        "LW0501",
    ),
    ("CraneRail", r#"CraneRail(stops: {}, speed: "1 m/s")"#, "LW0501"),
    ("CardLoop", r#"CardLoop(cards: 0, from: ["out"])"#, "LW0501"),
    ("Counter", r#"Counter(of: "nowhere")"#, "LW0401"),
    ("LevelSensor", r#"LevelSensor(of: "out", signal: (noise: -1))"#, "LW0501"),
    ("StateSensor", r#"StateSensor(of: "out", signal: (sampling: Every("0 s")))"#, "LW0501"),
    ("PowerMeter", r#"PowerMeter(of: "nowhere")"#, "LW0401"),
    ("ProcessValue", r#"ProcessValue(value: 20, by_state: {"Processing": 60})"#, "LW0501"),
    ("Tank", r#"Tank(capacity: "1 l", initial: "2 l")"#, "LW0501"),
    ("Pump", r#"Pump(from: "out", flow: "1 l/s")"#, "LW0402"),
    ("Pipe", r#"Pipe(volume: "0 l")"#, "LW0501"),
    ("Alarm", r#"Alarm(sensor: "out", above: 1)"#, "LW0402"),
    ("PaintBooth", r#"PaintBooth(coat_time: "60 s", tank: 2, coat: 3, next: "out")"#, "LW0951"),
];

/// One value of each facet that its own check refuses, with the code.
const WRONG_FACETS: &[(&str, &str, &str)] = &[
    ("calendar", "(shifts: [])", "LW0501"),
    ("energy", r#"(processing: "11 kW", idle: "2 kW", standby: "12 kW", warm_up_time: "5 min")"#, "LW0501"),
    ("failures", r#"[(time_to_repair: "5 min")]"#, "LW0501"),
    ("fluid", "()", "LW0501"),
    ("maintenance", r#"[(duration: "1 h")]"#, "LW0501"),
    ("members", "[(size: -2)]", "LW0206"),
    ("quality", "(yield_ratio: 1.2)", "LW0206"),
    ("setup", "()", "LW0501"),
    ("staffing", r#"(processing: "nowhere")"#, "LW0401"),
    ("walking", r#"(speed: "0 m/s", at: {}, base: ())"#, "LW0501"),
];

/// Elements that supply a name of their kind; every other kind supplies its example.
const SUPPLIES: &[(&str, &str)] = &[
    ("element", "Sink()"),
    ("Source", r#"Source(arrivals: Unlimited, next: "out")"#),
    (
        "Conveyor",
        r#"Conveyor(length: "40 m", speed: "1 m/s", part_length: "300 mm", next: "out", fidelity: Physics, zone: "zone")"#,
    ),
    ("Station", r#"Station(process_time: "40 s", next: "out")"#),
    ("Pool", r#"Pool(members: 2)"#),
    (
        "PathNetwork",
        r#"PathNetwork(nodes: {"depot": (capacity: 4), "gate": (x: "9 m")}, segments: [(from: "depot", to: "gate", two_way: true)])"#,
    ),
    ("Tank", r#"Tank(capacity: "2 m^3", initial: "1 m^3", area: "1 m^2")"#),
    ("sensor", r#"Counter(of: "out")"#),
];

/// What stands around the example of a kind where names alone do not make a plant of it: places have to fit.
const SURROUNDINGS: &[(&str, &[(&str, &str)])] = &[
    (
        "CardLoop",
        &[
            ("in", r#"Source(arrivals: Unlimited, next: "mill")"#),
            ("mill", r#"Station(process_time: "40 s", next: "packing")"#),
            ("packing", r#"Station(process_time: "40 s", next: "out")"#),
        ],
    ),
    ("PathNetwork", &[("tug", r#"Fleet(network: "subject", vehicles: 1, start: ["store"], speed: "1 m/s")"#)]),
    (
        "Turntable",
        &[
            ("sorting", "Zone()"),
            (
                "infeed",
                r#"Conveyor(length: "2 m", speed: "0.5 m/s", next: "subject", fidelity: Physics, zone: "sorting", place: (x: "-2 m"))"#,
            ),
            (
                "left",
                r#"Conveyor(length: "2 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "sorting", place: (x: "400 mm", y: "400 mm", heading: "90 deg"))"#,
            ),
            (
                "straight on",
                r#"Conveyor(length: "2 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "sorting", place: (x: "800 mm"))"#,
            ),
        ],
    ),
    (
        "Lift",
        &[
            ("store", "Zone()"),
            (
                "infeed",
                r#"Conveyor(length: "2 m", speed: "0.5 m/s", next: "subject", fidelity: Physics, zone: "store", place: (x: "-2 m"))"#,
            ),
            (
                "upper",
                r#"Conveyor(length: "2 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "store", place: (x: "800 mm", z: "2 m"))"#,
            ),
            (
                "lower",
                r#"Conveyor(length: "2 m", speed: "0.5 m/s", next: "out", fidelity: Physics, zone: "store", place: (x: "800 mm"))"#,
            ),
        ],
    ),
];

/// Our own kinds and those of the example plugin.
fn whole_registry() -> Arc<Registry> {
    Arc::new(Registry::with_plugins(&[&PaintShop]))
}

#[test]
fn every_kind_has_documentation_an_example_and_a_check() {
    let registry = whole_registry();
    let faults: Vec<String> = registry.kinds().iter().flat_map(|kind| faults_of_kind(kind, &registry)).collect();
    assert!(registry.kinds().len() >= 22, "{} kinds", registry.kinds().len());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn every_facet_has_documentation_an_example_and_a_check() {
    let registry = whole_registry();
    let faults: Vec<String> = facet_shapes().iter().flat_map(|facet| faults_of_facet(facet, &registry)).collect();
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// What a kind lacks, in words.
fn faults_of_kind(kind: &Kind, registry: &Arc<Registry>) -> Vec<String> {
    let mut faults = undocumented(&kind.shape);
    if kind.example.trim().is_empty() {
        faults.push("no example".to_owned());
    } else if let Err(rejected) = in_a_plant(kind.example, registry) {
        faults.push(format!("its example is refused:\n{}", shown(&rejected)));
    }
    match WRONG_ELEMENTS.iter().find(|(name, ..)| *name == kind.name) {
        None => faults.push("no check: add an element that it refuses to WRONG_ELEMENTS".to_owned()),
        Some((_, wrong, code)) => faults.extend(not_refused(wrong, code, registry)),
    }
    if let ShapeKind::Struct(fields) = &kind.shape.kind {
        let nonsense = |field: &FieldShape| swallows_nonsense(kind.name, &format!("{}: @", field.name), registry);
        faults.extend(fields.iter().filter_map(nonsense));
    }
    faults.into_iter().map(|fault| format!("{}: {fault}", kind.name)).collect()
}

/// What a facet lacks, in words.
fn faults_of_facet(facet: &FacetShape, registry: &Arc<Registry>) -> Vec<String> {
    let mut faults = undocumented(&facet.shape);
    let hosts: Vec<&Kind> = registry.kinds().iter().filter(|kind| kind.facets.contains(&facet.key)).collect();
    let Some(first) = hosts.first() else { return vec![format!("{}: no kind carries it", facet.key)] };
    for host in &hosts {
        let Some(element) = with_field(host.example, facet.key, facet.example) else { continue };
        if let Err(rejected) = in_a_plant(&element, registry) {
            faults.push(format!("its example is refused at a {}:\n{}", host.name, shown(&rejected)));
        }
    }
    match WRONG_FACETS.iter().find(|(key, ..)| *key == facet.key) {
        None => faults.push("no check: add a value that it refuses to WRONG_FACETS".to_owned()),
        Some((key, wrong, code)) => {
            let host = supply(first.name, registry).unwrap_or_else(|| first.example.to_owned());
            let base = if host.contains(&format!("{key}:")) { format!("{}()", first.name) } else { host };
            let element = with_field(&base, key, wrong).expect("a base without the facet");
            faults.extend(not_refused(&element, code, registry));
        }
    }
    faults.extend(swallows_nonsense(first.name, &format!("{}: @", facet.key), registry));
    if let ShapeKind::Struct(fields) = &facet.shape.kind {
        let inside = |field: &FieldShape| {
            swallows_nonsense(first.name, &format!("{}: ({}: @)", facet.key, field.name), registry)
        };
        faults.extend(fields.iter().filter_map(inside));
    }
    faults.into_iter().map(|fault| format!("{}: {fault}", facet.key)).collect()
}

/// What of a shape, or of any shape in it, is not documented.
fn undocumented(shape: &Shape) -> Vec<String> {
    let mut items: Vec<(String, String)> = Vec::new();
    shape.visit(&mut |shape| {
        items.push((format!("the type {}", shape.name), shape.documentation.clone()));
        match &shape.kind {
            ShapeKind::Struct(fields) => items.extend(documented(&shape.name, fields)),
            ShapeKind::Enum(variants) => {
                for variant in variants {
                    let owner = format!("{}::{}", shape.name, variant.name);
                    if let VariantContents::Arguments(fields) | VariantContents::Fields(fields) = &variant.contents {
                        items.extend(documented(&owner, fields));
                    }
                    items.push((owner, variant.documentation.clone()));
                }
            }
            _ => {}
        }
    });
    let bare = items.into_iter().filter(|(_, documentation)| documentation.trim().is_empty());
    bare.map(|(what, _)| format!("no documentation of {what}")).collect()
}

/// Each field with its documentation.
fn documented(owner: &str, fields: &[FieldShape]) -> Vec<(String, String)> {
    fields.iter().map(|field| (format!("{owner}.{}", field.name), field.documentation.clone())).collect()
}

/// The text of an element with one more field; nothing if it has that field already.
fn with_field(element: &str, key: &str, value: &str) -> Option<String> {
    if element.contains(&format!("{key}:")) {
        return None;
    }
    let inside = element.trim().strip_suffix(')')?.trim_end().trim_end_matches(',');
    let comma = if inside.ends_with('(') { "" } else { ", " };
    Some(format!("{inside}{comma}{key}: {value})"))
}

/// Why `element` is not refused with `code`, if it is not.
fn not_refused(element: &str, code: &str, registry: &Arc<Registry>) -> Option<String> {
    match in_a_plant(element, registry) {
        Ok(()) => Some(format!("its check accepts {element}")),
        Err(rejected) if rejected.complaints.iter().any(|complaint| complaint.code.id == code) => None,
        Err(rejected) => Some(format!("its check does not say {code}:\n{}", shown(&rejected))),
    }
}

/// Whether the field written in `field` (with `@` for the value) takes a value that no field can hold.
fn swallows_nonsense(kind: &str, field: &str, registry: &Arc<Registry>) -> Option<String> {
    const NONSENSE: &str = "[[[[Nonsense([])]]]]";
    let text = scenario_of(&[("subject", format!("{kind}({})", field.replace('@', NONSENSE)))], &[]);
    let place = text.find(NONSENSE)? as u32;
    let refused = match read_with(&text, registry) {
        Ok(_) => false,
        Err(rejected) => rejected.complaints.iter().any(|complaint| {
            let origin = complaint.origin;
            (place..place + NONSENSE.len() as u32).contains(&origin.start) && complaint.code.id != "LW0301"
        }),
    };
    (!refused).then(|| format!("`{field}` takes {NONSENSE}"))
}

/// Reads and plans `element` in a plant that has everything it names: what is missing is supplied until nothing is.
fn in_a_plant(element: &str, registry: &Arc<Registry>) -> Result<(), Box<Rejected>> {
    let mut elements = vec![("subject", element.to_owned())];
    let kind = element.split('(').next().unwrap_or_default();
    if let Some((_, around)) = SURROUNDINGS.iter().find(|(name, _)| *name == kind) {
        elements.extend(around.iter().map(|(name, element)| (*name, (*element).to_owned())));
    }
    let given = elements.len();
    let mut sections: Vec<(String, String)> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    loop {
        let mut all: Vec<(&str, String)> = elements.clone();
        all.extend(names.iter().filter_map(|name| {
            let (name, what) = name.split_once('\n')?;
            Some((name, supply(what, registry)?))
        }));
        if !all.iter().any(|(name, _)| *name == "out") {
            all.push(("out", "Sink()".to_owned()));
        }
        let rejected = match read_with(&scenario_of(&all, &sections), registry) {
            Ok(_) => return Ok(()),
            // All is well with it but the build.
            Err(rejected) if rejected.complaints.iter().all(|complaint| complaint.code.id == "LW0532") => return Ok(()),
            Err(rejected) => rejected,
        };
        let before = names.len() + sections.len();
        for complaint in rejected.complaints.iter().filter(|complaint| complaint.code.id == "LW0401") {
            let Some((what, name)) = missing(&complaint.message) else { continue };
            if supply(what, registry).is_some() {
                let entry = format!("{name}\n{what}");
                if !names.contains(&entry) && name != "nowhere" {
                    names.push(entry);
                }
            } else if !name.starts_with("no") && !sections.contains(&(what.to_owned(), name.to_owned())) {
                sections.push((what.to_owned(), name.to_owned()));
            }
        }
        elements.truncate(given);
        if names.len() + sections.len() == before {
            return Err(rejected);
        }
    }
}

/// What is missing and its name, from the words of a complaint of a dangling name.
fn missing(message: &str) -> Option<(&str, &str)> {
    let (what, name) = message.strip_prefix("there is no ")?.split_once(" called \"")?;
    Some((what.split(" or ").next()?, name.strip_suffix('"')?))
}

/// An element of kind `what`.
fn supply(what: &str, registry: &Registry) -> Option<String> {
    let listed = SUPPLIES.iter().find(|(kind, _)| *kind == what).map(|(_, text)| (*text).to_owned());
    listed.or_else(|| Some(registry.kind(what)?.example.to_owned()))
}

/// A scenario of `elements`, and of part types, attributes, skills, routings and calendars as asked for.
fn scenario_of(elements: &[(&str, String)], sections: &[(String, String)]) -> String {
    let named = |what: &str| -> BTreeSet<&str> {
        sections.iter().filter(|(section, _)| section == what).map(|(_, name)| name.as_str()).collect()
    };
    let mut types = named("part type");
    let attributes: Vec<String> = named("attribute").iter().map(|name| format!("\"{name}\": Constant(1)")).collect();
    if !attributes.is_empty() && types.is_empty() {
        types.insert("part");
    }
    let types: Vec<String> =
        types.iter().map(|name| format!("\"{name}\": (attributes: {{{}}})", attributes.join(", "))).collect();
    let calendars: Vec<String> = named("calendar")
        .iter()
        .map(|name| format!("\"{name}\": (shifts: [(from: \"06:00\", to: \"14:00\")])"))
        .collect();
    let routings: Vec<String> =
        named("routing").iter().map(|name| format!("\"{name}\": (steps: [], then: \"out\")")).collect();
    let mut written: Vec<String> = elements.iter().map(|(name, element)| format!("\"{name}\": {element}")).collect();
    let skills: Vec<String> = named("skill").iter().map(|name| format!("\"{name}\"")).collect();
    if !skills.is_empty() {
        written.push(format!("\"skilled\": Pool(members: [(skills: [{}])])", skills.join(", ")));
    }
    format!(
        "Scenario(clock: (horizon: \"1 d\"), part_types: {{{}}}, calendars: {{{}}}, routings: {{{}}}, elements: {{{}}})",
        types.join(", "),
        calendars.join(", "),
        routings.join(", "),
        written.join(", ")
    )
}
