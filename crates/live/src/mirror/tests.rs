//! What a signal says is taken as its type says.

use std::collections::BTreeMap;

use plant::registry::Registry;
use scenario::sources::Sources;

use super::*;
use crate::counters::Counters;
use crate::journal::Entry;
use crate::observation::Stamps;
use crate::twin::Twin;

const LINE: &str = r#"Scenario(schema: 1, name: "line", clock: (horizon: "1 d"), elements: {
    "in": Source(arrivals: Interarrival(Constant("1 h")), next: "saw"),
    "saw": Station(process_time: "40 s", queue: 20, next: "out"),
    "out": Sink(),
})"#;

fn twin(signals: &str) -> Twin {
    let text =
        format!("Signals(schema: 1, sources: {{\"log\": (from: Shdr(file: \"log.txt\"))}}, signals: {{{signals}}})");
    let files = [("line.ron", LINE), ("signals.ron", &text)];
    let files = BTreeMap::from(files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())));
    let registry = Arc::new(Registry::default());
    let plant = scenario::expand::open_from(Sources::new(files.clone()), "line.ron", &[], &registry).expect("a plant");
    let signals = Signals::open_from(Sources::new(files), "signals.ron", &plant.plant).expect("signals");
    Twin::new(plant.plant, 1, Arc::new(signals), None, None).expect("a twin")
}

fn seen(address: &str, second: i64, reading: Reading) -> Observation {
    let at = WallTime::from_nanos(1_700_000_000_000_000_000 + second * 1_000_000_000);
    Observation {
        source: 0,
        address: address.into(),
        reading,
        stamps: Stamps { source: Some(at), server: None, arrival: at },
        quality: Quality::Good,
        sequence: None,
        is_simulated: false,
        is_standing: false,
    }
}

#[test]
fn what_says_that_it_is_simulated_is_believed_once_it_is_applied() {
    let mut twin = twin(r#""in": (address: "in", shows: Started("in")), "heat": (address: "heat", type: Number)"#);
    let tagged = |observation| Observation { is_simulated: true, ..observation };
    let nothing = vec![
        seen("in", 0, Reading::Nothing),
        tagged(seen("nobody", 1, Reading::Nothing)),
        tagged(seen("heat", 2, Reading::Text("hot".into()))),
    ];
    told(&mut twin, nothing);
    assert!(!twin.mirror().is_simulated(), "nothing that says so was applied");
    told(&mut twin, vec![tagged(seen("heat", 3, Reading::Number(1.0)))]);
    assert!(twin.mirror().is_simulated());
    told(&mut twin, vec![seen("heat", 4, Reading::Number(1.0))]);
    assert!(twin.mirror().is_simulated(), "what was mixed stays mixed");
}

fn told(twin: &mut Twin, batch: Vec<Observation>) -> Counters {
    twin.take_in(Entry::Observations(batch), &mut |_| {}).expect("a sound model");
    twin.finish(&mut |_| {}).expect("a sound model");
    *twin.counters()
}

#[test]
fn values_are_of_the_types_of_their_signals() {
    let mut twin = twin(
        r#""in": (address: "in", shows: Started("in")),
           "begins": (address: "begins", type: Text, shows: Started("saw")),
           "down": (address: "down", type: Truth, shows: Down("saw")),
           "heat": (address: "heat", type: Number),
           "as it comes": (address: "any", shows: Down("saw")),"#,
    );
    let text = |text: &str| Reading::Text(text.into());
    let counters = told(
        &mut twin,
        vec![
            seen("in", 0, Reading::Nothing),
            // As a number it would say that nothing has begun.
            seen("begins", 0, Reading::Number(0.0)),
            seen("down", 1, text("ON")),
            seen("heat", 2, text(" 12.5")),
            seen("heat", 3, text("hot")),
            seen("down", 4, Reading::Number(2.0)),
            seen("any", 5, text("OFF")),
        ],
    );
    assert_eq!((counters.of(Fate::Applied), counters.of(Fate::Invalid)), (4, 3));
    let mirror = twin.mirror();
    assert!(mirror.part("0").is_some(), "the part is known by its name");
    let doubts: BTreeMap<&str, u64> = mirror.doubts().iter().map(|(why, count)| (why.as_ref(), *count)).collect();
    let expected = [("no value that its signal can have", 1), ("of another type than its signal", 2)];
    assert_eq!(doubts, BTreeMap::from(expected));
    let last: Vec<Option<Reading>> = mirror.last().iter().map(|last| Some(last.as_ref()?.reading.clone())).collect();
    let name = |name: &str| mirror.signals.signals.iter().position(|signal| &*signal.name == name).expect("a signal");
    assert_eq!(last[name("heat")], Some(Reading::Number(12.5)));
    assert_eq!(last[name("down")], Some(Reading::Truth(true)));
}

#[test]
fn what_stood_there_at_joining_is_so_and_has_not_happened() {
    let mut twin = twin(
        r#""in": (address: "in", shows: Started("in")), "down": (address: "down", shows: Down("saw")),
        "begins": (address: "begins", shows: Started("saw")), "ends": (address: "ends", shows: Finished("saw"))"#,
    );
    let standing = |address, reading| Observation { is_standing: true, ..seen(address, 0, reading) };
    let truth = Reading::Truth(true);
    let stood = ["begins", "ends", "in", "down"].map(|address| standing(address, truth.clone())).to_vec();
    let counters = told(&mut twin, stood);
    assert_eq!((counters.of(Fate::Applied), counters.of(Fate::Refused)), (4, 0), "{counters}");
    let saw = twin.plant().element("saw").expect("a station");
    let level = |twin: &Twin| twin.mirror().run().level(saw);
    assert_eq!(level(&twin), Some(0), "no part has come");
    assert_eq!(twin.mirror().last().iter().flatten().count(), 4, "everything was heard of");
    let counters = told(&mut twin, vec![seen("in", 10, truth.clone()), seen("down", 20, Reading::Truth(false))]);
    assert_eq!(
        (counters.of(Fate::Applied), counters.of(Fate::Refused)),
        (6, 0),
        "a repair of what was down: {counters}"
    );
    assert_eq!(level(&twin), Some(1));
}

#[test]
fn counts_in_fractions_add_up_and_leaps_are_not_believed() {
    let mut twin = twin(
        r#""in": (address: "in", shows: Started("in")), "count": (address: "count", scale: 0.5, shows: Count("saw"))"#,
    );
    // A part comes in each second, and a sensor counts both of its ends: two a part.
    let told_of = (0..20).flat_map(|second| {
        let ends = [2 * second, 2 * second + 1].map(|count| seen("count", second, Reading::Number(count as f64)));
        std::iter::once(seen("in", second, Reading::Nothing)).chain(ends)
    });
    let counters = told(&mut twin, told_of.collect());
    assert_eq!((counters.of(Fate::Refused), counters.of(Fate::Invalid)), (0, 0), "{counters}");
    let saw = twin.plant().element("saw").expect("a station");
    assert_eq!(twin.mirror().run().level(saw), Some(1), "nineteen of twenty are through");
    let leap = vec![seen("count", 30, Reading::Number(1e6)), seen("cuont", 31, Reading::Nothing)];
    let counters = told(&mut twin, leap);
    assert_eq!(counters.of(Fate::Invalid), 2, "{counters}");
    let unknown: Vec<(&str, u64)> = twin.mirror().unknown().iter().map(|(name, count)| (&**name, *count)).collect();
    assert_eq!(unknown, [("cuont", 1)]);
}
