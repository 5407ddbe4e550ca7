//! 2,000 plants made up from numbers, played in every way and held to what must hold of all; and the plants that once failed.
//!
//! A fault prints the scenario and the command that plays it again. A plant that has shown a defect goes into `kept/`, as
//! small as it can be made and with a word on what it broke: its text, because what a number makes changes with every kind
//! that the generator learns.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use kernel::TotalTime;
use plant::facet::facet_shapes;
use plant::registry::Registry;
use plant::report::ElementReport;
use plant::state::State;
use plant_generator::draft::{Drawn, quoted};
use plant_generator::examine::{Examined, examine};
use plant_generator::generated;

/// Plants that are played.
const PLANTS: u64 = 2_000;

/// Tests that share them, so that they run side by side.
const SHARES: u64 = 8;

/// A kind or a facet works in so many elements of each share at least.
const WORKING: u64 = 3;

/// A kind or a facet is drawn so often at least.
const DRAWN: u64 = 20;

/// Kinds that need the feature `motion`, and are played by `tests/moving.rs`: what a part does as a body takes some thousand
/// times as long as an event.
const BODIES: &[&str] =
    &["Robot", "Zone", "Pusher", "Diverter", "Turntable", "Lift", "BarcodeReader", "Scale", "ProximitySensor"];

/// A facet, and whether the report of an element shows that it did something.
type Effect = (&'static str, fn(&ElementReport) -> bool);

/// By what of its report one sees that a facet of an element did something.
const EFFECTS: &[Effect] = &[
    ("calendar", |report| is_ever(report, State::OffShift)),
    ("energy", |report| report.energy.iter().flatten().any(|(_, joules, _)| *joules > 0.0)),
    ("failures", |report| report.counts.failures > 0),
    ("maintenance", |report| is_ever(report, State::PlannedMaintenance)),
    ("fluid", |report| is_ever(report, State::WaitingForMaterial)),
    ("members", |report| report.level_maximum > 0),
    ("walking", |report| report.figures.iter().any(|figure| figure.name == "distance walked" && figure.value > 0.0)),
    ("quality", |report| report.counts.scrapped + report.counts.reworked > 0),
    ("setup", |report| is_ever(report, State::Setup)),
    ("staffing", |report| is_ever(report, State::WaitingForOperator)),
];

fn is_ever(report: &ElementReport, state: State) -> bool {
    report.time_in(state) > TotalTime::ZERO
}

/// Whether anything has happened at an element: its report is another one than at the beginning, but for the time that passed.
fn works(before: &ElementReport, after: &ElementReport) -> bool {
    let states = after.times.iter().filter(|(_, time)| *time > TotalTime::ZERO).count();
    before.counts != after.counts || before.figures != after.figures || after.level_maximum > 0 || states > 1
}

/// The kinds and facets that the generator has to draw.
fn wanted(registry: &Registry) -> Vec<&'static str> {
    let kinds = registry.kinds().iter().map(|kind| kind.name).filter(|name| !BODIES.contains(name));
    kinds.chain(facet_shapes().iter().map(|facet| facet.key)).collect()
}

/// The element by which one sees that one works which shows nothing of its own: what a merge leads to, the fleet of a network.
fn shown_by<'a>(drawn: &'a Drawn, elements: &'a [Drawn]) -> Option<&'a Drawn> {
    let says = |element: &Drawn, field: &str, name: &str| element.says(field) == Some(&quoted(name));
    match drawn.kind {
        "Merge" => shown_by(elements.iter().find(|other| says(drawn, "next", &other.name))?, elements),
        "PathNetwork" => elements.iter().find(|other| says(other, "network", &drawn.name)),
        _ => Some(drawn),
    }
}

/// Counts what of a plant has worked.
fn count_working(elements: &[Drawn], examined: &Examined, working: &mut BTreeMap<&'static str, u64>) {
    let [before, after] = &examined.reports;
    let reports = |name: &str| before.elements.iter().zip(&after.elements).find(|(_, after)| after.name == name);
    for drawn in elements {
        let shown = shown_by(drawn, elements).and_then(|shown| reports(&shown.name));
        *working.entry(drawn.kind).or_default() += u64::from(shown.is_some_and(|(before, after)| works(before, after)));
        let Some((_, after)) = reports(&drawn.name) else { continue };
        for (key, shows) in EFFECTS.iter().filter(|(key, _)| drawn.has(key)) {
            *working.entry(key).or_default() += u64::from(shows(after));
        }
    }
}

/// Plays every eighth plant.
fn play_share(share: u64) {
    let registry = Arc::new(Registry::default());
    let mut working = BTreeMap::new();
    let (mut faults, mut events, mut shipped, mut jams) = (Vec::new(), 0, 0, 0);
    for number in (share..PLANTS).step_by(SHARES as usize) {
        let plant = generated(number, &registry);
        match examine(&plant.text, &registry) {
            Ok(examined) => {
                events += examined.reports[1].event_count;
                shipped += examined.shipped();
                jams += u64::from(examined.reports[1].jam.is_some());
                count_working(&plant.elements, &examined, &mut working);
            }
            Err(fault) => faults.push((number, fault, plant.text)),
        }
    }
    println!("{events} events, {shipped} parts shipped, {jams} plants jammed; at work: {working:?}");
    for (number, fault, text) in faults.iter().take(2) {
        println!(
            "{text}\nplant {number}: {fault}\nplay it again: cargo run -p plant-generator -- {number} > plant.ron\n"
        );
    }
    let told: Vec<String> = faults.iter().map(|(number, fault, _)| format!("plant {number}: {fault}")).collect();
    assert!(told.is_empty(), "{} faults:\n{}", told.len(), told.join("\n"));
    let idle: Vec<_> =
        wanted(&registry).into_iter().filter(|name| working.get(name).is_none_or(|count| *count < WORKING)).collect();
    assert!(idle.is_empty(), "hardly ever at work: {idle:?}");
    assert!(jams < PLANTS / SHARES / 4, "{jams} plants jammed");
    assert!(shipped > 20 * PLANTS / SHARES, "{shipped} parts shipped");
}

macro_rules! shares {
    ($($name:ident: $share:literal,)*) => {
        $(#[test]
        fn $name() {
            play_share($share);
        })*
    };
}

shares! {
    share_0_holds: 0,
    share_1_holds: 1,
    share_2_holds: 2,
    share_3_holds: 3,
    share_4_holds: 4,
    share_5_holds: 5,
    share_6_holds: 6,
    share_7_holds: 7,
}

#[test]
fn every_kind_and_every_facet_is_drawn() {
    let registry = Registry::default();
    let mut drawn: BTreeMap<&str, u64> = BTreeMap::new();
    for number in 0..PLANTS {
        for element in generated(number, &registry).elements {
            for name in element.facets.into_iter().chain([element.kind]) {
                *drawn.entry(name).or_default() += 1;
            }
        }
    }
    println!("{drawn:?}");
    let rare: Vec<_> =
        wanted(&registry).into_iter().filter(|name| drawn.get(name).is_none_or(|count| *count < DRAWN)).collect();
    assert!(rare.is_empty(), "hardly ever drawn: {rare:?}; give each a line in `ways`, `beside` or `facets`");
    let shown: Vec<_> = EFFECTS.iter().map(|(key, _)| *key).collect();
    let unseen: Vec<_> = facet_shapes().iter().map(|facet| facet.key).filter(|key| !shown.contains(key)).collect();
    assert!(unseen.is_empty(), "nothing says how one sees that these work: {unseen:?}; give each a line in EFFECTS");
}

#[test]
fn a_number_is_always_the_same_plant_and_small_numbers_are_small_plants() {
    let registry = Registry::default();
    let mean = |numbers: std::ops::Range<u64>| {
        let count = numbers.end - numbers.start;
        numbers.map(|number| generated(number, &registry).elements.len() as u64).sum::<u64>() / count
    };
    assert_eq!(generated(77, &registry).text, generated(77, &registry).text);
    assert_ne!(generated(77, &registry).text, generated(78, &registry).text);
    let (small, large) = (mean(0..50), mean(PLANTS - 50..PLANTS));
    assert!(small < 15 && large > 2 * small, "{small} and {large} elements");
}

#[test]
fn plants_that_once_failed_hold() {
    let registry = Arc::new(Registry::default());
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("kept");
    let entries = std::fs::read_dir(&kept).unwrap_or_else(|error| panic!("{}: {error}", kept.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry of a directory").path()).collect();
    files.sort();
    let mut played = 0;
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "ron")) {
        let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert!(text.starts_with("// "), "{}: say first what it once broke", file.display());
        let examined = examine(&text, &registry).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
        assert!(examined.shipped() > 0, "{}: nothing gets through it", file.display());
        played += 1;
    }
    println!("{played} plants");
    assert!(played > 0, "{} is empty", kept.display());
}
